//! What stands between white space and is more than a word.

use std::ops::Range;

use super::pieces::Half;
use super::{Screen, memory};
use crate::matcher::compile::collapse;
use crate::matcher::everyday::{WORD_LEN_MAX, key, key_at};
use crate::matcher::masked::LEN_MAX as MASKED_LEN_MAX;
use crate::matcher::trie::{NodeId, Trie};
use crate::matcher::{disguised, meant, plain, witness};
use crate::normalise::{Cell, Folded, TAG_LEN_MAX, may_be_drawn, others};

/// A chunk longer than this is read in full at once, in bytes.
pub(super) const CHUNK_LEN_MAX: usize = 256;
/// How many signs may be a word that is drawn without one letter.
const DRAWN_LEN: std::ops::RangeInclusive<usize> = 4..=32;

/// What may follow a number.
const UNITS: [&[u8]; 14] =
    [b"am", b"pm", b"st", b"nd", b"rd", b"th", b"k", b"m", b"p", b"s", b"km", b"kg", b"x", b"hrs"];

/// Whether a chunk is a price or the like: `£1,245.60`, `½`.
fn is_number(chunk: &str) -> bool {
    let (mut digits, mut other) = (false, false);
    for c in chunk.chars() {
        digits |= c.is_ascii_digit();
        other |= !(c.is_ascii_digit()
            || matches!(c, '£' | '€' | '½' | '¼' | '¾' | '–' | '.' | ',' | '/' | '%' | ')'));
    }
    digits && !other && chunk.len() > 3
}

impl Screen<'_> {
    /// What stands between white space and is more than a word: read by itself.
    pub(super) fn chunk(&mut self, range: Range<usize>) {
        let chunk = &self.text[range.clone()];
        let folds = |byte: u8| matches!(byte, b'<' | b'&' | b'\\') || byte.is_ascii_control();
        if !chunk.is_ascii() || chunk.bytes().any(folds) {
            if is_number(chunk) {
                self.runs.clear();
                self.halves.clear();
                return;
            }
            self.tag(&range);
            let folded = Folded::new(chunk);
            let bytes: Vec<u8> = folded.cells.iter().map(|cell| cell.byte).collect();
            self.read_chunk(range, &bytes, Some(&folded));
        } else if !chunk.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            if let [mark] = chunk.as_bytes() {
                self.mark(*mark, &range);
            } else {
                self.read_chunk(range, chunk.as_bytes(), None);
            }
        } else if let Some(half) = self.compound(&range) {
            self.runs.clear();
            let first = chunk.bytes().take_while(u8::is_ascii_alphabetic).count();
            if !self.halves.is_empty() && (1..=WORD_LEN_MAX).contains(&first) {
                self.join_word(&(range.start..range.start + first), None);
            }
            self.halves.clear();
            self.halves.extend(half.map(|node| Half { node, start: range.start, pieces: 1 }));
        } else {
            self.read_chunk(range, &chunk.to_ascii_lowercase().into_bytes(), None);
        }
    }

    /// A tag that goes on behind white space: what stands round it is one word.
    fn tag(&mut self, range: &Range<usize>) {
        let bytes = self.text.as_bytes();
        let opens = |at: &usize| {
            bytes[*at] == b'<'
                && bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || b"/!".contains(next))
        };
        let Some(from) = range.clone().rfind(opens) else { return };
        if self.closes <= from {
            let len = bytes[from..].iter().position(|byte| *byte == b'>');
            self.closes = len.map_or(bytes.len(), |len| from + len);
        }
        let end = self.closes + 1;
        if end > range.end && end <= bytes.len().min(from + TAG_LEN_MAX) {
            let word = bytes[end..].iter().take_while(|byte| !byte.is_ascii_whitespace()).take(TAG_LEN_MAX);
            self.spots.push_back(range.start..end + word.count());
        }
    }

    /// Numbers, and dull words with a mark between that is read as no letter: `half-hearted`, `7pm`, `2,000`,
    /// `https://example.org`. Gives what the last word opens.
    fn compound(&mut self, range: &Range<usize>) -> Option<Option<NodeId>> {
        let text = self.text.as_bytes();
        let mut half = None;
        let (mut numbers, mut words) = (false, 0);
        let mut at = range.start;
        while at < range.end {
            let first = text[at];
            let same =
                |wanted: fn(&u8) -> bool| text[at..range.end].iter().take_while(|byte| wanted(byte)).count();
            if first.is_ascii_alphabetic() {
                let len = same(u8::is_ascii_alphabetic);
                let piece = &text[at..at + len];
                if numbers {
                    if words > 0 || !UNITS.iter().any(|unit| piece.eq_ignore_ascii_case(unit)) {
                        return None;
                    }
                } else {
                    let letters = || piece.iter().map(u8::to_ascii_lowercase);
                    let goes_on = half.is_some_and(|node| self.lexis.trie.walk(node, letters()).is_some());
                    half = self.lexis.trie.walk(Trie::ROOT, letters());
                    let known = |screen: &mut Self| {
                        let key = key_at(text, at, len);
                        let everyday = screen.lexis.everyday.get(key).is_some_and(|word| !word.of_phrase);
                        everyday
                            || (screen.is_dull(at..at + len, key) && !screen.lexis.everyday.is_of_phrase(key))
                    };
                    if goes_on || !(2..=WORD_LEN_MAX).contains(&len) || !known(self) {
                        return None;
                    }
                }
                words += 1;
                at += len;
            } else if first.is_ascii_digit() {
                let len = same(u8::is_ascii_digit);
                // A number by itself may stand among letters that stand one by one.
                // Nor is what follows a unit a number: `5k4nk`.
                let unit = numbers && text[at - 1].is_ascii_alphabetic();
                if half.is_some() || unit || (len == 1 && range.len() < 3) {
                    return None;
                }
                numbers = at == range.start || text[at - 1].is_ascii_digit() || words == 0;
                at += len;
            } else {
                let percent = first == b'%' && at > range.start && text[at - 1].is_ascii_digit();
                let mark = percent || b"-/.,:;?'\"=".contains(&first) || (first == b'#' && at == range.start);
                let masks = b"-.?=:".contains(&first)
                    && (range.start + 1..range.end - 1).contains(&at)
                    && text[at - 1].is_ascii_alphabetic()
                    && text[at + 1].is_ascii_alphabetic();
                if !mark || (masks && self.lexis.masked.fits_between(text, at)) {
                    return None;
                }
                numbers = false;
                at += 1;
            }
        }
        Some(half.filter(|_| text[range.end - 1].is_ascii_alphabetic()))
    }

    /// The same with what its characters are read as.
    fn read_chunk(&mut self, range: Range<usize>, bytes: &[u8], folded: Option<&Folded>) {
        let chunk = &self.text[range.clone()];
        self.steps += bytes.len() as u64;
        let (mut signs, mut letters, mut apart, mut marks) = (0, 0, true, false);
        let mut before = 0;
        for (at, byte) in bytes.iter().enumerate() {
            let sign = disguised::is_sign(*byte);
            signs += u32::from(sign);
            letters += u32::from(sign && !byte.is_ascii_digit());
            apart &= !(sign && disguised::is_sign(before));
            marks |= !sign && (!is_gap(bytes, at) || (bytes.len() <= MASKED_LEN_MAX && *byte == before));
            before = *byte;
        }
        // The letters of flags are no neighbours of each other.
        apart |= folded.is_some_and(|folded| folded.cells.iter().any(|cell| cell.flag));
        let drawn = letters == 0
            && (folded.is_some_and(|folded| disguised::may_be_drawn(chunk, &folded.cells))
                || (DRAWN_LEN.contains(&bytes.len()) && may_be_drawn(bytes)));
        if signs == 0 && !drawn && folded.is_none_or(|folded| folded.reversed.is_empty()) {
            // Marks alone may be letters, or the gap, among those that stand one by one: `s h $@ t`.
            for at in (0..bytes.len()).filter(|at| !is_gap(bytes, *at)) {
                self.mark(bytes[at], &range);
            }
            return;
        }
        // Letters that stand one by one with nothing but gaps between are read as such.
        let apart_only = (letters == 0 && !drawn) || (apart && !marks && folded.is_none());
        let whole = !apart_only && bytes.len() > CHUNK_LEN_MAX;
        if apart {
            // What is read as a whole is only joined with what stands before and behind it.
            let ends = if whole { disguised::SPAN_MAX } else { bytes.len() };
            for (at, byte) in bytes.iter().enumerate() {
                if at >= ends && at + ends < bytes.len() {
                    self.runs.clear();
                } else if disguised::is_sign(*byte) {
                    self.sign(*byte, &range);
                } else if !is_gap(bytes, at) {
                    self.mark(*byte, &range);
                }
            }
        } else {
            self.runs.clear();
        }
        self.join_chunk(&range, bytes);
        if apart_only {
            return;
        }
        if whole {
            self.spots.push_back(range);
            return;
        }
        let mut words = bytes.chunk_by(|a, b| a.is_ascii_lowercase() == b.is_ascii_lowercase());
        let of_phrase =
            |letters: &[u8]| key(letters).is_some_and(|key| self.lexis.everyday.is_of_phrase(key));
        if words.any(|word| of_phrase(word) || of_phrase(&collapse(word))) && self.is_in_phrase(&range) {
            self.spots.push_back(range.clone());
        }
        // As written: capitals part words.
        let short = key(chunk.as_bytes());
        let memory = short.map(|key| (key, memory(key)));
        if memory.is_some_and(|(key, place)| self.dull[place] == key) {
            return;
        }
        let remembered = &self.lexis.remembered;
        let lasting = (!self.cold).then(|| short.unwrap_or_else(|| remembered.digest(chunk)));
        if lasting.is_some_and(|key| remembered.has(key)) {
            return;
        }
        let nothing = match folded {
            None => self.is_starred_nothing(chunk, bytes) || self.holds_nothing(chunk, &Folded::new(chunk)),
            Some(folded) => self.holds_nothing(chunk, folded),
        };
        if !nothing {
            self.spot(range);
            return;
        }
        if let Some((key, place)) = memory {
            self.dull[place] = key;
        }
        if let Some(key) = lasting {
            self.lexis.remembered.insert(key);
        }
    }

    /// The first word of a chunk may be a piece with those before it, its last one with those that follow.
    fn join_chunk(&mut self, range: &Range<usize>, bytes: &[u8]) {
        let first = bytes.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        if !self.halves.is_empty() && first > 0 {
            self.join_piece(range, &bytes[..first]);
        }
        if first < bytes.len() {
            self.halves.clear();
            let last = bytes.iter().rev().take_while(|byte| byte.is_ascii_lowercase()).count();
            if last > 0 {
                self.join_piece(range, &bytes[bytes.len() - last..]);
            }
        } else if self.halves.is_empty() {
            self.join_piece(range, bytes);
        }
    }

    /// Whether a chunk of letters and stars can be no term, its stars read as letters or as gaps: `written` as it stands in
    /// the text, `bytes` as it is compared.
    fn is_starred_nothing(&mut self, written: &str, bytes: &[u8]) -> bool {
        let chunk = bytes.trim_ascii_end();
        let end = chunk.iter().rposition(|byte| !b".,;:?!)\"'".contains(byte)).map_or(0, |at| at + 1);
        let (written, chunk) = (&written[..end], &chunk[..end]);
        let plain = chunk.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'*');
        if !plain
            || !chunk.contains(&b'*')
            || chunk.len() > MASKED_LEN_MAX
            || !chunk.first().is_some_and(u8::is_ascii_lowercase)
        {
            return false;
        }
        self.steps += chunk.len() as u64;
        let trie = &self.lexis.trie;
        let letters = |from: usize| chunk[from..].iter().copied().filter(u8::is_ascii_lowercase);
        let spells = |from: usize| {
            let nodes = letters(from).scan(Trie::ROOT, |node, letter| {
                *node = trie.child(*node, letter)?;
                Some(*node)
            });
            nodes.into_iter().any(|node| trie.form(node).is_some())
        };
        let starts = (0..chunk.len()).filter(|at| chunk[*at] != b'*' && (*at == 0 || chunk[at - 1] == b'*'));
        let spelt = starts.into_iter().any(spells);
        // A mark of emphasis at its end hides nothing that stands inside: `*you shitcunt*`.
        let holds = |word: &str| word.len() > 1 && self.lexis.holds_term(word);
        let inside = || written.split('*').any(holds) || holds(&written.replace('*', ""));
        !spelt && !self.lexis.masked.fits_starred(chunk) && !inside()
    }

    fn holds_nothing(&mut self, chunk: &str, folded: &Folded) -> bool {
        let cells = &folded.cells;
        if !folded.reversed.is_empty() {
            return false;
        }
        let mut reads_nothing = |cells: &[Cell]| {
            let mut found = Vec::new();
            plain::find(self.lexis, cells, &mut self.steps, &mut found);
            disguised::find(self.lexis, chunk, cells, &(0..chunk.len()), &mut self.steps, &mut found);
            meant::find(self.lexis, cells, &mut self.steps, &mut found);
            // What is cut out of ordinary words in disguise would be heard and excused again.
            found.iter().all(|found| {
                let span = found.from..found.to;
                witness::speaks_against(self.lexis, chunk, cells, &span, found.view)
            })
        };
        reads_nothing(cells) && others(chunk, cells).all(|cells| reads_nothing(&cells))
    }
}

/// Whether the mark at `at` is read as nothing but a gap: `-` and the like, and markdown's doubled marks.
fn is_gap(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'-' | b'.' | b',' | b':' | b';' | b'/' | b'\\' | b'"' | b'\'' | b'`' | b' ' => true,
        mark @ (b'|' | b'*' | b'_' | b'~') => {
            bytes.get(at + 1) == Some(&mark) || (at > 0 && bytes[at - 1] == mark)
        }
        _ => false,
    }
}
