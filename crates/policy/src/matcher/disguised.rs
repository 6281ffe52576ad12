//! The disguised readings: signs read as letters, masks as any letter, gaps inside a word closed.
//!
//! Each place of a word may be read in several ways. All readings are followed at once through the tree of forms,
//! so that a text costs a bounded number of steps a character however it is made: at most [`SPAN_MAX`] cells from
//! a start and [`PATHS_MAX`] paths alive at one of them. What is read is then weighed by [`super::evidence`].

use std::cmp::Reverse;
use std::ops::Range;

use super::candidate::{Candidate, words};
use super::compile::Lexis;
use super::evidence::{Gaps, Path, weigh};
use super::trie::Trie;
use crate::finding::Grade;
use crate::normalise::{Cell, SYMBOL, tables};

/// How far a reading may reach, in cells.
const SPAN_MAX: usize = 96;
/// How many readings are followed at one place.
const PATHS_MAX: usize = 128;
/// How many cells a gap inside a word may have.
const GAP_LEN_MAX: u8 = 12;
/// The fewest letters that stand one by one to be read as a word.
const APART_MIN: usize = 3;

/// Characters that stand for any letter: `f*ck`, `wank!r`, `boll^cks`, `sh_t`.
const MASKS: &[u8] = b"*#@$%^&!_-.?+=~";

/// Reads words in disguise in `cells` of `text`.
pub(super) fn find(lexis: &Lexis, text: &str, cells: &[Cell], steps: &mut u64, found: &mut Vec<Candidate>) {
    let mut reader = Reader { lexis, cells, walk: Walk::new(&lexis.trie, text, cells), found };
    for chunk in chunks(cells) {
        reader.chunk(&chunk);
    }
    for run in runs(cells) {
        reader.run(&run);
    }
    *steps += reader.walk.steps;
}

/// What stands between white space.
fn chunks(cells: &[Cell]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += cells[at..].iter().take_while(|cell| cell.byte == b' ').count();
        let from = at;
        at += cells[at..].iter().take_while(|cell| cell.byte != b' ').count();
        (from < at).then_some(from..at)
    })
}

/// Stretches of at least [`APART_MIN`] letters or digits of which no two are neighbours.
fn runs(cells: &[Cell]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut from, mut last, mut count) = (0, 0, 0);
    let alone = |at: usize| {
        is_sign(&cells[at])
            && (at == 0 || !is_sign(&cells[at - 1]) || cells[at - 1].flag != cells[at].flag)
            && cells.get(at + 1).is_none_or(|next| !is_sign(next))
    };
    let mut close = |from: usize, last: usize, count: usize| {
        if count >= APART_MIN {
            runs.push(from..last + 1);
        }
    };
    for at in (0..cells.len()).filter(|at| is_sign(&cells[*at])) {
        if !alone(at) {
            close(from, last, count);
            count = 0;
        } else if count > 0 && at - last <= usize::from(GAP_LEN_MAX) {
            (last, count) = (at, count + 1);
        } else {
            close(from, last, count);
            (from, last, count) = (at, at, 1);
        }
    }
    close(from, last, count);
    runs
}

fn is_sign(cell: &Cell) -> bool {
    cell.is_letter() || cell.byte.is_ascii_digit()
}

struct Reader<'a> {
    lexis: &'a Lexis,
    cells: &'a [Cell],
    walk: Walk<'a>,
    found: &'a mut Vec<Candidate>,
}

impl Reader<'_> {
    /// Reads one chunk from every place where a word may start.
    fn chunk(&mut self, chunk: &Range<usize>) {
        let core = self.walk.trim(chunk);
        let inside = &self.cells[core.clone()];
        if core.len() < 3 || inside.iter().all(Cell::is_letter) || !inside.iter().any(Cell::is_letter) {
            return;
        }
        let mut at = core.start;
        while at < core.end {
            let before =
                at.checked_sub(1).filter(|before| *before >= core.start).map(|before| &self.cells[before]);
            // A letter may follow a number (`88sh1t`); a digit in the middle of a code begins nothing.
            let begins = before
                .is_none_or(|before| !is_sign(before) || (!before.is_letter() && self.cells[at].is_letter()));
            if begins && self.walk.can_start(at) {
                self.follow(at, &core, chunk, false);
            }
            at += 1;
        }
    }

    /// Reads letters that stand one by one.
    fn run(&mut self, run: &Range<usize>) {
        for at in run.clone() {
            if is_sign(&self.cells[at]) {
                self.follow(at, run, run, true);
            }
        }
    }

    /// Follows all readings that start at `from`, and keeps the best one that ends where a word may end.
    fn follow(&mut self, from: usize, core: &Range<usize>, chunk: &Range<usize>, apart: bool) {
        self.walk.start();
        let mut best = None;
        for at in (from..core.end).take(SPAN_MAX) {
            self.walk.step(at, !apart);
            if self.walk.paths.is_empty() {
                break;
            }
            let ends = at + 1 == core.end || !is_sign(&self.cells[at + 1]);
            let mask_goes_on = self.cells.get(at + 1).is_some_and(|next| b"*#@$%^&".contains(&next.byte));
            if !ends {
                continue;
            }
            for path in &self.walk.paths {
                if path.in_gap() || (path.ends_in_mask() && mask_goes_on) || path.is_plain() {
                    continue;
                }
                let Some(form) = self.lexis.trie.form(path.node) else { continue };
                let form = &self.lexis.forms[form as usize];
                let span = from..at + 1;
                let Some((view, marks)) =
                    weigh(self.lexis, form, path, self.cells, &span, core, chunk, apart)
                else {
                    continue;
                };
                let candidate = Candidate::new(self.cells, span.start, span.end, form.entry, view, marks);
                // The longest; then certainty; then the word most often masked, and failing that the one that does its
                // author the least harm: where several words fit, nobody is taken to have meant the worst.
                let entry = &self.lexis.entries[form.entry as usize];
                let rank = (
                    candidate.len(),
                    entry.ambiguous.is_none(),
                    Reverse(usual(&form.letters)),
                    !entry.category.is_discriminatory(),
                    // Nobody masks a mild word that is not usual.
                    entry.grade >= Grade::Medium,
                    Reverse((entry.grade, path.cost(), form.entry)),
                );
                if best.as_ref().is_none_or(|(_, best_rank)| rank > *best_rank) {
                    best = Some((candidate, rank));
                }
            }
        }
        self.found.extend(best.map(|(candidate, _)| candidate));
    }
}

/// The words that people mask most, the commonest first: what `s***` and `b****y` most likely are.
const USUAL: [&str; 22] = [
    "fuck", "shit", "cunt", "bloody", "bollock", "bastard", "bugger", "wank", "arse", "bitch", "piss",
    "crap", "twat", "dick", "cock", "prick", "bull", "nigger", "faggot", "paki", "retard", "slut",
];

/// How far down the usual words this one is; the longest distance when it is none of them.
fn usual(letters: &[u8]) -> usize {
    USUAL.iter().position(|word| letters.starts_with(word.as_bytes())).unwrap_or(USUAL.len())
}

/// Follows readings through a tree of words.
struct Walk<'a> {
    trie: &'a Trie,
    text: &'a str,
    cells: &'a [Cell],
    steps: u64,
    paths: Vec<Path>,
    next: Vec<Path>,
}

impl<'a> Walk<'a> {
    fn new(trie: &'a Trie, text: &'a str, cells: &'a [Cell]) -> Self {
        Self { trie, text, cells, steps: 0, paths: Vec::new(), next: Vec::new() }
    }

    /// Forgets all paths and begins a word.
    fn start(&mut self) {
        self.paths.clear();
        self.paths.push(Path::START);
    }

    /// The chunk without the punctuation of the sentence round it.
    fn trim(&self, chunk: &Range<usize>) -> Range<usize> {
        let plain = |at: usize| {
            let cell = &self.cells[at];
            b".,;:?!)\"'>]}".contains(&cell.byte) || (cell.byte == SYMBOL && self.leet(at) == 0)
        };
        let (mut from, mut to) = (chunk.start, chunk.end);
        while to > from && plain(to - 1) {
            to -= 1;
        }
        while from < to
            && (b"\"'".contains(&self.cells[from].byte) || self.cells[from].byte == SYMBOL)
            && plain(from)
        {
            from += 1;
        }
        // The possessive is no part of the word.
        if let [.., apostrophe, s] = &self.cells[from..to]
            && apostrophe.byte == b'\''
            && s.byte == b's'
        {
            to -= 2;
        }
        from..to
    }

    fn can_start(&self, at: usize) -> bool {
        let cell = &self.cells[at];
        cell.byte.is_ascii_lowercase() || cell.byte == b'*' || self.leet(at) != 0
    }

    /// The letters that the sign at a place may stand for.
    fn leet(&self, at: usize) -> u32 {
        let cell = &self.cells[at];
        match cell.byte {
            SYMBOL => self.text[cell.start as usize..].chars().next().map_or(0, tables::leet),
            byte => tables::leet(char::from(byte)),
        }
    }

    /// Takes every path over the cell at `at`.
    fn step(&mut self, at: usize, masks: bool) {
        let cell = self.cells[at];
        let leet = if cell.is_letter() { 0 } else { self.leet(at) };
        let before_letter = self.cells.get(at + 1).is_some_and(Cell::is_letter);
        let after_letter = at > 0 && self.cells[at - 1].is_letter();
        // An emoji hides the one letter it stands for; elsewhere it is a picture.
        let emoji_mask = cell.byte == SYMBOL && before_letter && after_letter;
        let mask = masks && (MASKS.contains(&cell.byte) || emoji_mask);
        let gap = !is_sign(&cell);
        self.next.clear();
        for path in std::mem::take(&mut self.paths) {
            self.steps += 1;
            if gap && path.node != Trie::ROOT {
                self.next.extend(path.over_gap(Gaps::of(&cell), GAP_LEN_MAX));
            }
            if cell.is_letter() && cell.byte == path.letter() && path.can_repeat() {
                self.next.push(path.repeated());
            }
            for (letter, node) in self.trie.edges(path.node) {
                if cell.byte == *letter {
                    self.next.push(path.real(*node, *letter));
                } else if leet & 1 << (letter - b'a') != 0 {
                    self.next.push(path.leet(*node, *letter, cell.byte.is_ascii_digit()));
                } else if mask && (before_letter || path.node != Trie::ROOT) {
                    self.next.extend(path.masked(*node, *letter, cell.byte));
                }
                self.steps += 1;
            }
        }
        // The cheapest reading of each place in the tree, and of those the cheapest.
        self.next.sort_by_key(|path| (path.node, path.cost()));
        self.next.dedup_by_key(|path| (path.node, path.in_gap()));
        if self.next.len() > PATHS_MAX {
            self.next.sort_by_key(Path::cost);
            self.next.truncate(PATHS_MAX);
        }
        std::mem::swap(&mut self.paths, &mut self.next);
    }
}

/// Whether the chunk in which `span` stands reads as a longer word of `innocent`, disguised as it is.
///
/// Masks explain anything and do not count.
pub(super) fn reads_as(innocent: &Trie, text: &str, cells: &[Cell], span: &Range<usize>) -> bool {
    let inside = |cell: &&Cell| cell.byte != b' ';
    let before = cells[..span.start].iter().rev().take(SPAN_MAX).take_while(inside).count();
    let after = cells[span.end..].iter().take(SPAN_MAX).take_while(inside).count();
    let mut walk = Walk::new(innocent, text, cells);
    let core = walk.trim(&(span.start - before..span.end + after));
    if core.start >= span.start && core.end <= span.end {
        return false;
    }
    let words = words(&cells[core.clone()]);
    // The word may begin where the chunk does, or at a piece of it: `example.org/p@k1stan`.
    let starts = words.iter().map(|word| core.start + word.start).filter(|at| *at <= span.start);
    std::iter::once(core.start).chain(starts).collect::<std::collections::BTreeSet<_>>().into_iter().any(
        |from| {
            walk.start();
            (from..core.end).take(SPAN_MAX).any(|at| {
                walk.step(at, false);
                let longer = at + 1 - from > span.len() && at + 1 >= span.end;
                let ends = cells.get(at + 1).is_none_or(|next| !is_sign(next));
                longer
                    && ends
                    && walk.paths.iter().any(|path| !path.in_gap() && innocent.form(path.node).is_some())
            })
        },
    )
}
