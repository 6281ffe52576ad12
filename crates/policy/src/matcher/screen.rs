//! A first look that dismisses ordinary words, so that only what is left is folded and read.
//!
//! Most of what people write is everyday words, spaces and the punctuation between them: each is one look-up. A word
//! that is not among them is looked for in the automaton, the dictionary and the fuzzy readings; what holds more than
//! letters is read by itself. What none of them can explain away is a *spot*, and the text round it is read in full.
//! The screen never decides that something *is* a finding.

use std::ops::Range;

use super::candidate::letters;
use super::compile::{Lexis, Trigger, collapse};
use super::everyday::{Key, key};
use super::plain::JOINED_LETTERS_MIN;
use super::trie::{NodeId, Trie};
use super::{disguised, plain};
use crate::normalise::Folded;
use crate::wordlist::Matching;

/// In how many pieces a term may stand with spaces between.
pub(super) const PIECES_MAX: u8 = 4;
/// The fewest letters that stand one by one to be read as a word.
const APART_MIN: u32 = 3;
/// How many words that were dismissed are remembered: people repeat themselves.
const DULL_MAX: usize = 16;

/// What a byte is to the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Space,
    /// Punctuation that ends or opens words: `. , ; : ! ? " ' ( )`.
    Edge,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut at = 0;
    while at < 128 {
        #[expect(clippy::cast_possible_truncation, reason = "below 128")]
        let byte = at as u8;
        classes[at] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b' ' | b'\n' | b'\r' | b'\t' => Class::Space,
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'"' | b'(' | b')' | b'\'' => Class::Edge,
            _ => Class::Other,
        };
        at += 1;
    }
    classes
};

fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// The places of `text` that have to be read, in order, as bytes.
pub(super) fn spots(lexis: &Lexis, text: &str) -> (Vec<Range<usize>>, u64) {
    let mut screen = Screen {
        lexis,
        text,
        spots: Vec::new(),
        halves: Vec::new(),
        lone: Lone::default(),
        dull: [0; DULL_MAX],
        steps: 0,
    };
    screen.scan();
    (screen.spots, screen.steps)
}

struct Screen<'a> {
    lexis: &'a Lexis,
    text: &'a str,
    spots: Vec<Range<usize>>,
    halves: Vec<Half>,
    lone: Lone,
    dull: [Key; DULL_MAX],
    steps: u64,
}

/// Words so far that are the beginning of a form.
#[derive(Debug, Clone, Copy)]
struct Half {
    node: NodeId,
    start: usize,
    pieces: u8,
}

/// Letters and digits that stand one by one.
#[derive(Debug, Clone, Copy, Default)]
struct Lone {
    start: usize,
    signs: u32,
    letters: u32,
}

impl Screen<'_> {
    fn scan(&mut self) {
        let bytes = self.text.as_bytes();
        let end_of = |mut at: usize, wanted: Class| {
            while at < bytes.len() && class(bytes[at]) == wanted {
                at += 1;
            }
            at
        };
        let mut at = 0;
        loop {
            at = end_of(at, Class::Space);
            if at == bytes.len() {
                return;
            }
            let start = at;
            let from = end_of(start, Class::Edge);
            let mut letters: Key = 0;
            at = from;
            while at < bytes.len() && class(bytes[at]) == Class::Letter {
                letters = letters << 8 | Key::from(bytes[at] | 0x20);
                at += 1;
            }
            let to = at;
            at = end_of(at, Class::Edge);
            let ends = at == bytes.len() || class(bytes[at]) == Class::Space;
            if ends && (1..=16).contains(&(to - from)) {
                self.word(from..to, letters, from > start, at > to);
            } else {
                while at < bytes.len() && class(bytes[at]) != Class::Space {
                    at += 1;
                }
                self.chunk(start..at);
            }
        }
    }

    /// A word of ASCII letters with nothing round it but punctuation.
    fn word(&mut self, range: Range<usize>, letters: Key, opened: bool, closed: bool) {
        let word = self.lexis.everyday.get(letters);
        if range.len() == 1 {
            self.lone(&range, 1, 1);
        } else {
            self.lone = Lone::default();
            if word.is_none() && !self.is_dull(&range, letters) {
                self.spots.push(range.clone());
            }
        }
        if opened {
            self.halves.clear();
        }
        if !self.halves.is_empty() || word.is_none_or(|word| word.opens) {
            let piece = self.text[range.clone()].to_ascii_lowercase();
            self.join(&range, piece.as_bytes());
        }
        if closed {
            self.halves.clear();
        }
    }

    /// Follows the forms of which the words so far may be pieces: `pike y`, `mo ther fucker`.
    fn join(&mut self, range: &Range<usize>, piece: &[u8]) {
        let walk = |node| self.lexis.trie.walk(node, piece.iter().copied());
        let mut joined = Vec::new();
        std::mem::swap(&mut joined, &mut self.halves);
        joined.retain_mut(|half| {
            let Some(node) = walk(half.node) else { return false };
            if self.lexis.trie.form(node).is_some() {
                self.spots.push(half.start..range.end);
            }
            (half.node, half.pieces) = (node, half.pieces + 1);
            half.pieces < PIECES_MAX
        });
        joined.extend(walk(Trie::ROOT).map(|node| Half { node, start: range.start, pieces: 1 }));
        self.halves = joined;
        self.steps += piece.len() as u64;
    }

    /// More letters or digits that stand one by one.
    fn lone(&mut self, range: &Range<usize>, signs: u32, letters: u32) {
        if self.lone.signs == 0 {
            self.lone.start = range.start;
        }
        self.lone.signs += signs;
        self.lone.letters += letters;
        if self.lone.signs >= APART_MIN && self.lone.letters > 0 {
            self.spots.push(self.lone.start..range.end);
        }
    }

    /// Whether a word that is not an everyday one holds no term, in no reading of a single word.
    fn is_dull(&mut self, range: &Range<usize>, letters: Key) -> bool {
        let place = memory(letters);
        if self.dull[place] == letters {
            return true;
        }
        self.steps += range.len() as u64;
        let word = &self.text.as_bytes()[range.clone()];
        let small = word.to_ascii_lowercase();
        let dull = !self.lexis.everyday.is_of_phrase(letters)
            && !self.lexis.may_hold_term(&collapse(&small), word)
            && !self.lexis.may_be_meant(&small, word);
        if dull {
            self.dull[place] = letters;
        }
        dull
    }

    /// What stands between white space and is more than a word: read by itself.
    fn chunk(&mut self, range: Range<usize>) {
        let chunk = &self.text[range.clone()];
        if chunk.is_ascii() {
            self.read_chunk(range, &chunk.to_ascii_lowercase().into_bytes(), None);
        } else {
            let folded = Folded::new(chunk);
            let bytes: Vec<u8> = folded.cells.iter().map(|cell| cell.byte).collect();
            self.read_chunk(range, &bytes, Some(&folded));
        }
    }

    /// The same with what its characters are read as.
    fn read_chunk(&mut self, range: Range<usize>, bytes: &[u8], folded: Option<&Folded>) {
        let chunk = &self.text[range.clone()];
        self.steps += bytes.len() as u64;
        let (mut signs, mut letters, mut apart) = (0, 0, true);
        let mut before = false;
        for byte in bytes {
            let sign = disguised::is_sign(*byte);
            signs += u32::from(sign);
            letters += u32::from(sign && !byte.is_ascii_digit());
            apart &= !(sign && before);
            before = sign;
        }
        // The letters of flags are no neighbours of each other.
        apart |= folded.is_some_and(|folded| folded.cells.iter().any(|cell| cell.flag));
        if signs == 0 && folded.is_none_or(|folded| folded.reversed.is_empty()) {
            return;
        }
        if apart {
            self.lone(&range, signs, letters);
        } else {
            self.lone = Lone::default();
        }
        self.join_chunk(&range, bytes);
        if letters == 0 {
            return;
        }
        let memory = key(bytes).filter(|_| folded.is_none()).map(|key| (key, memory(key)));
        if memory.is_some_and(|(key, place)| self.dull[place] == key) {
            return;
        }
        let nothing = match folded {
            None => self.holds_nothing(chunk, &Folded::new(chunk)),
            Some(folded) => self.holds_nothing(chunk, folded),
        };
        if !nothing {
            self.spots.push(range);
        } else if let Some((key, place)) = memory {
            self.dull[place] = key;
        }
    }

    /// The first word of a chunk may be a piece with those before it, its last one with those that follow.
    fn join_chunk(&mut self, range: &Range<usize>, bytes: &[u8]) {
        let first = bytes.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        if !self.halves.is_empty() && first > 0 {
            self.join(range, &bytes[..first]);
        }
        if first < bytes.len() {
            self.halves.clear();
            let last = bytes.iter().rev().take_while(|byte| byte.is_ascii_lowercase()).count();
            if last > 0 {
                self.join(range, &bytes[bytes.len() - last..]);
            }
        } else if self.halves.is_empty() {
            self.join(range, bytes);
        }
    }

    fn holds_nothing(&mut self, chunk: &str, folded: &Folded) -> bool {
        let cells = &folded.cells;
        if !folded.reversed.is_empty() || (!chunk.is_ascii() && !disguised::turned(chunk, cells).is_empty()) {
            return false;
        }
        let mut words =
            cells.chunk_by(|a, b| a.is_letter() == b.is_letter()).filter(|word| word[0].is_letter());
        if words.any(|word| key(&letters(word)).is_some_and(|key| self.lexis.everyday.is_of_phrase(key))) {
            return false;
        }
        let mut found = Vec::new();
        plain::find(self.lexis, cells, &mut self.steps, &mut found);
        disguised::find(self.lexis, chunk, cells, &mut self.steps, &mut found);
        found.is_empty()
    }
}

/// The place at which a dismissed word is remembered.
fn memory(key: Key) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
    let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60;
    usize::try_from(mixed).unwrap_or_default()
}

impl Lexis {
    /// Whether a match of the automaton in a word, `collapsed`, stands where it may be a finding. `written` is the word
    /// with its capitals.
    pub(super) fn may_hold_term(&self, collapsed: &[u8], written: &[u8]) -> bool {
        let humps =
            || written.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
        self.automaton.find_overlapping_iter(collapsed).any(|at| {
            let begins = at.start() == 0;
            self.triggers(at.pattern().as_usize()).iter().any(|trigger| match trigger {
                Trigger::Phrase => false,
                Trigger::Word(entry) => {
                    let listed = &self.entries[*entry as usize];
                    let joins =
                        listed.ambiguous.is_none() && self.stems[*entry as usize].len() >= JOINED_LETTERS_MIN;
                    listed.matching == Matching::Anywhere
                        || joins
                        || (!begins && collapsed[at.start() - 1] == b'x')
                        || (begins && self.has_form(collapsed))
                        || humps()
                }
            })
        })
    }

    /// Whether the fuzzy readings may see a term in a word.
    #[expect(clippy::unused_self, reason = "until the fuzzy readings are wired in")]
    pub(super) fn may_be_meant(&self, _small: &[u8], _written: &[u8]) -> bool {
        false
    }
}
