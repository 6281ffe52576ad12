//! Terms in pieces: words that together spell one, and letters that stand one by one.

use std::ops::Range;

use super::Screen;
use crate::matcher::trie::{NodeId, Trie, bit};
use crate::normalise::tables;

/// In how many pieces a term may stand with spaces between.
pub(in crate::matcher) const PIECES_MAX: u8 = 4;
/// How many words made of letters one by one are followed.
const RUNS_MAX: usize = 64;

/// Words so far that are the beginning of a form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Half {
    pub(super) node: NodeId,
    pub(super) start: usize,
    pub(super) pieces: u8,
}

/// Letters and digits that stand one by one and are the beginning of a form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    node: NodeId,
    start: usize,
}

impl Screen<'_> {
    pub(super) fn join_piece(&mut self, range: &Range<usize>, piece: &[u8]) {
        let opens = self.lexis.trie.walk(Trie::ROOT, piece.iter().copied());
        self.join(range, &piece.iter().copied(), opens);
    }

    /// Follows the forms of which the words so far may be pieces: `pike y`, `mo ther fucker`.
    #[inline]
    pub(super) fn join(
        &mut self,
        range: &Range<usize>,
        piece: &(impl ExactSizeIterator<Item = u8> + Clone),
        opens: Option<NodeId>,
    ) {
        let trie = &self.lexis.trie;
        let mut whole = None;
        self.halves.retain_mut(|half| {
            let Some(node) = trie.walk(half.node, piece.clone()) else { return false };
            if trie.form(node).is_some() && whole.is_none() {
                // The first begun is the longest, and holds the others.
                whole = Some(half.start);
            }
            (half.node, half.pieces) = (node, half.pieces + 1);
            half.pieces < PIECES_MAX
        });
        if let Some(start) = whole {
            self.spot(start..range.end);
        }
        self.halves.extend(opens.map(|node| Half { node, start: range.start, pieces: 1 }));
    }

    /// One more letter or digit that stands by itself.
    pub(super) fn sign(&mut self, byte: u8, range: &Range<usize>) {
        let among = bit(byte) | tables::leet(char::from(byte));
        let mut runs = std::mem::take(&mut self.runs);
        let mut longer = std::mem::take(&mut self.longer);
        self.lengthen(&[Run { node: Trie::ROOT, start: range.start }], among, range.end, &mut longer);
        self.lengthen(&runs, among, range.end, &mut longer);
        runs.clear();
        (self.runs, self.longer) = (longer, runs);
        self.steps += 1;
    }

    /// A mark between letters that stand one by one: it may be one itself, or the gap.
    pub(super) fn mark(&mut self, byte: u8, range: &Range<usize>) {
        if self.runs.is_empty() {
            return;
        }
        let among = if byte.is_ascii() { tables::leet(char::from(byte)) } else { 0 };
        if among == 0 {
            return;
        }
        let mut runs = std::mem::take(&mut self.runs);
        let mut longer = std::mem::take(&mut self.longer);
        self.lengthen(&runs, among, range.end, &mut longer);
        runs.append(&mut longer);
        runs.truncate(RUNS_MAX);
        (self.runs, self.longer) = (runs, longer);
        self.steps += 1;
    }

    /// Puts `runs` with one letter more, any of `among`, into `longer`; those that are whole forms are spots that end
    /// at `end`.
    fn lengthen(&mut self, runs: &[Run], among: u32, end: usize, longer: &mut Vec<Run>) {
        let trie = &self.lexis.trie;
        for run in runs {
            for (_, node) in trie.children(run.node, among) {
                if trie.form(node).is_some() {
                    self.spot(run.start..end);
                }
                if longer.len() < RUNS_MAX {
                    longer.push(Run { node, ..*run });
                }
            }
        }
    }
}
