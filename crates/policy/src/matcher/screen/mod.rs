//! A first look that dismisses ordinary words, so that only what is left is folded and read.
//!
//! Most of what people write is everyday words, spaces and the punctuation between them: each is one look-up. A word
//! that is not among them is looked for in the automaton, the dictionary and the fuzzy readings; what holds more than
//! letters is read by itself. What none of them can explain away is a *spot*, and the text round it is read in full.
//! The screen never decides that something *is* a finding.

mod chunks;
mod pieces;

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use rustc_hash::FxBuildHasher;

pub(super) use self::pieces::PIECES_MAX;

use self::chunks::CHUNK_LEN_MAX;
use self::pieces::{Half, Run};
use super::candidate::Hay;
use super::compile::{Lexis, Trigger, collapse};
use super::everyday::{Key, Side, Sides, WORD_LEN_MAX, Word, key, key_at};
use super::trie::{NodeId, Trie};
use crate::normalise::{Folded, tables};

/// How many words that were dismissed are remembered: people repeat themselves.
const DULL_MAX: usize = 16;
/// How often the same disguise or slip is read in one text and found to be nothing, before it is taken for nothing
/// wherever else it stands in it. Listed words are always read.
const VAIN_MAX: u32 = 8;
/// How far round a word the phrase is looked for of which it may be one, in bytes.
const PHRASE_LEN_MAX: usize = 48;

/// How many signs beside a word may be letters of it.
const SIGNS_MAX: usize = 4;

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

/// How near spots are read together, and how long they may then be, in bytes.
const CORE_GAP_MAX: usize = 64;
const CORE_LEN_MAX: usize = 512;
/// A first look at a text, from its beginning to its end.
pub(super) struct Screen<'a> {
    lexis: &'a Lexis,
    text: &'a str,
    /// How far it has come.
    at: usize,
    /// Spots that were found and not yet given out.
    spots: VecDeque<Range<usize>>,
    halves: Vec<Half>,
    runs: Vec<Run>,
    /// Empty; kept for its room.
    longer: Vec<Run>,
    dull: [Key; DULL_MAX],
    /// What has to be read, by where it begins, until it is known what it held.
    doubts: Vec<(usize, Key)>,
    /// How often the same was read and held nothing.
    vain: HashMap<Key, u32, FxBuildHasher>,
    /// The first `>` at or after the place that was last asked for.
    closes: usize,
    pub(super) steps: u64,
    /// Whether what was read before is forgotten, so that the work is the same every time.
    pub(super) cold: bool,
    /// Whether words that only mean a term are left alone.
    pub(super) listed_only: bool,
}

/// What a word may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// No term.
    None,
    /// A spelling that means one.
    Meant,
    /// One that holds a listed spelling.
    Listed,
}

/// What may follow an apostrophe.
const ENDINGS: [&[u8]; 7] = [b"s", b"d", b"t", b"m", b"ll", b"re", b"ve"];
/// How long the apostrophe at `at` is, in bytes; 0 if there is none.
fn apostrophe(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\'', ..]) => 1,
        Some([0xE2, 0x80, 0x99, ..]) => 3,
        _ => 0,
    }
}

/// Whether a character outside ASCII stands beside words and is never read as a part of one: `“ ” ’ …` and emoji.
fn is_edge(c: char) -> bool {
    matches!(c, '‘' | '’' | '“' | '”' | '…' | '–' | '—' | '\u{FE0F}')
        || (matches!(c, '\u{1F300}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}') && tables::leet(c) == 0)
}

impl<'a> Screen<'a> {
    pub(super) fn new(lexis: &'a Lexis, text: &'a str) -> Self {
        Self {
            lexis,
            text,
            at: 0,
            spots: VecDeque::new(),
            halves: Vec::new(),
            runs: Vec::new(),
            longer: Vec::new(),
            dull: [0; DULL_MAX],
            doubts: Vec::new(),
            vain: HashMap::default(),
            closes: 0,
            steps: 0,
            cold: false,
            listed_only: false,
        }
    }

    /// The next stretch that has to be read: spots that are near each other, as bytes.
    pub(super) fn next_core(&mut self) -> Option<Range<usize>> {
        let mut core: Option<Range<usize>> = None;
        loop {
            while let Some(spot) = self.spots.pop_front() {
                match &mut core {
                    None => core = Some(spot),
                    Some(core)
                        if spot.start <= core.end + CORE_GAP_MAX
                            && (spot.end <= core.end
                                || spot.end.saturating_sub(core.start) <= CORE_LEN_MAX) =>
                    {
                        *core = core.start.min(spot.start)..core.end.max(spot.end);
                    }
                    Some(_) => {
                        self.spots.push_front(spot);
                        return core;
                    }
                }
            }
            let far = core.as_ref().is_some_and(|core| self.at > core.end + CORE_GAP_MAX);
            if far || !self.advance() {
                return core;
            }
        }
    }

    /// Looks at what comes next; `false` at the end.
    fn advance(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        let is = |at: usize, wanted: Class| at < bytes.len() && class(bytes[at]) == wanted;
        let letters_end = |mut at: usize| {
            while is(at, Class::Letter) {
                at += 1;
            }
            at
        };
        let mut at = self.at;
        // Ordinary words in one go.
        loop {
            while is(at, Class::Space) {
                at += 1;
            }
            if at == bytes.len() {
                self.at = at;
                return false;
            }
            let start = at;
            let from = if is(at, Class::Letter) { at } else { self.skip_edges(at) };
            let to = letters_end(from);
            at = to;
            // What a sign beside it may be a letter of is read as a chunk.
            let short = (1..=WORD_LEN_MAX).contains(&(to - from)) && !self.is_signed(start, &(from..to));
            if short && (to == bytes.len() || is(to, Class::Space)) {
                self.word(from..to, key_at(bytes, from, to - from), from > start, false);
            } else {
                let joint = if short { apostrophe(bytes, to) } else { 0 };
                let rest = to + joint;
                if joint > 0 {
                    at = letters_end(rest);
                }
                let ending = rest..at;
                at = self.skip_edges(at);
                let ends = at == bytes.len() || is(at, Class::Space);
                if short && ends && ending.is_empty() {
                    self.word(from..to, key_at(bytes, from, to - from), from > start, at > to);
                } else if !(short && ends && self.contraction(from..to, ending)) {
                    while at < bytes.len() && class(bytes[at]) != Class::Space {
                        at += 1;
                    }
                    self.chunk(start..at);
                }
            }
            if !self.spots.is_empty() {
                self.at = at;
                return true;
            }
        }
    }

    /// Whether the punctuation right beside a word may be a letter of it: `(unt`, `pak!`.
    fn is_signed(&self, start: usize, word: &Range<usize>) -> bool {
        let bytes = self.text.as_bytes();
        let among = |at: usize| match bytes.get(at) {
            Some(byte) if byte.is_ascii() && class(*byte) == Class::Edge => tables::leet(char::from(*byte)),
            _ => 0,
        };
        let trie = &self.lexis.trie;
        // As far as the tree goes, with letters stretched; what a whole form begins is followed no further.
        let spells = |mut node: NodeId, mut last: u8, closing: u32| {
            for byte in &bytes[word.clone()] {
                let letter = byte.to_ascii_lowercase();
                match trie.child(node, letter) {
                    Some(next) => node = next,
                    None if letter == last => {}
                    None => return false,
                }
                last = letter;
                if trie.form(node).is_some() && closing == 0 {
                    return true;
                }
            }
            closing == 0 || trie.children(node, closing).next().is_some()
        };
        let signs =
            |run: &[u8]| run.iter().any(|byte| byte.is_ascii() && tables::leet(char::from(*byte)) != 0);
        if signs(&bytes[start..word.start]) {
            // What stands before the word may be several letters of it, or a gap: `(:unt`.
            let mut opened: Vec<(u8, NodeId)> = Vec::new();
            for at in (start..word.start).rev().take(SIGNS_MAX).rev() {
                let letters = among(at);
                let longer = opened.iter().flat_map(|(_, node)| trie.children(*node, letters));
                let longer: Vec<_> = longer.chain(trie.children(Trie::ROOT, letters)).collect();
                opened.extend(longer);
            }
            if opened.into_iter().any(|(letter, node)| spells(node, letter, 0)) {
                return true;
            }
        }
        // An exclamation mark may hide the first letter: `!unts`.
        let masked = word.start > start && bytes[word.start - 1] == b'!' && word.len() >= 4;
        if word.is_empty() || masked {
            return masked;
        }
        let closing =
            (word.end..bytes.len()).take(SIGNS_MAX).take_while(|at| class(bytes[*at]) == Class::Edge);
        let closing = closing.fold(0, |letters, at| letters | among(at));
        closing != 0 && spells(Trie::ROOT, 0, closing)
    }

    /// Where the punctuation and pictures that begin at `at` end.
    fn skip_edges(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        while at < bytes.len() {
            match class(bytes[at]) {
                Class::Edge => at += 1,
                Class::Letter | Class::Space => return at,
                Class::Other if bytes[at].is_ascii() => return at,
                Class::Other => match self.text[at..].chars().next().filter(|c| is_edge(*c)) {
                    Some(c) => at += c.len_utf8(),
                    None => return at,
                },
            }
        }
        at
    }

    /// A word of ASCII letters with nothing round it but punctuation.
    #[inline]
    fn word(&mut self, range: Range<usize>, letters: Key, opened: bool, closed: bool) {
        let word = self.lexis.everyday.get(letters);
        if range.len() == 1 {
            self.sign(self.text.as_bytes()[range.start].to_ascii_lowercase(), &range);
        } else {
            self.runs.clear();
            let suspicious = match word {
                Some(word) => {
                    word.of_phrase && self.fits_phrase(&range, letters) && self.is_in_phrase(&range)
                }
                None => {
                    self.is_doubtful(&range, letters)
                        || (self.may_be_of_phrase(&range, letters) && self.is_in_phrase(&range))
                }
            };
            if suspicious {
                self.spots.push_back(range.clone());
            }
        }
        if opened {
            self.halves.clear();
        }
        match word {
            Some(Word { opens, .. }) if self.halves.is_empty() => {
                self.halves.extend(opens.map(|node| Half { node, start: range.start, pieces: 1 }));
            }
            known => self.join_word(&range, known),
        }
        if closed {
            self.halves.clear();
        }
    }

    /// Whether a word that is not an everyday one has to be read.
    fn is_doubtful(&mut self, range: &Range<usize>, letters: Key) -> bool {
        match self.doubt(range.clone(), letters) {
            Doubt::None => false,
            Doubt::Meant => {
                let written = key(&self.text.as_bytes()[range.clone()]).unwrap_or(letters);
                !self.is_in_vain(range.start, written)
            }
            Doubt::Listed => true,
        }
    }

    /// Whether a word may be the one by which a phrase is noticed, also when its letters are stretched.
    fn may_be_of_phrase(&self, range: &Range<usize>, letters: Key) -> bool {
        let word = &self.text.as_bytes()[range.clone()];
        let stretched = word.windows(2).any(|pair| pair[0].eq_ignore_ascii_case(&pair[1]));
        self.fits_phrase(range, letters)
            || stretched
                && key(&collapse(&word.to_ascii_lowercase())).is_some_and(|key| self.fits_phrase(range, key))
    }

    /// Whether a phrase that is noticed by this word goes on as the text does beside it.
    fn fits_phrase(&self, range: &Range<usize>, letters: Key) -> bool {
        let bytes = self.text.as_bytes();
        let side = |space: Option<&u8>, letter: Option<&u8>| match (space, letter) {
            (None, _) | (Some(b' '), None) => Side::Nothing,
            // No phrase has them.
            (Some(b'.' | b',' | b'!' | b'?' | b';' | b')'), _) => Side::Nothing,
            (Some(b' '), Some(letter)) if letter.is_ascii_alphabetic() => {
                Side::Letter(letter.to_ascii_lowercase())
            }
            _ => Side::Unclear,
        };
        self.lexis.everyday.may_be_of_phrase(letters, || {
            let mut before = bytes[..range.start].iter().rev();
            let mut after = bytes[range.end..].iter();
            Sides { before: side(before.next(), before.next()), after: side(after.next(), after.next()) }
        })
    }

    fn join_word(&mut self, range: &Range<usize>, known: Option<Word>) {
        if self.halves.is_empty() && known.is_some_and(|word| word.opens.is_none()) {
            return;
        }
        let letters = self.text.as_bytes()[range.clone()].iter().map(u8::to_ascii_lowercase);
        let opens = match known {
            Some(word) => word.opens,
            None => self.lexis.trie.walk(Trie::ROOT, letters.clone()),
        };
        self.join(range, &letters, opens);
    }

    /// “don't”, “Jean's”: whether it is an everyday word with what is left out.
    fn contraction(&mut self, stem: Range<usize>, ending: Range<usize>) -> bool {
        let bytes = self.text.as_bytes();
        if ending.is_empty() || stem.len() + ending.len() > WORD_LEN_MAX {
            return false;
        }
        let first = key_at(bytes, stem.start, stem.len());
        let joined = first | key_at(bytes, ending.start, ending.len()) << (8 * stem.len());
        let everyday = |key| self.lexis.everyday.get(key).is_some_and(|word| !word.of_phrase);
        let usual = || ENDINGS.iter().any(|usual| bytes[ending.clone()].eq_ignore_ascii_case(usual));
        let letters = || bytes[stem.clone()].iter().chain(&bytes[ending.clone()]).map(u8::to_ascii_lowercase);
        // `retar'd` is no “Jean's”.
        let spells = || self.lexis.trie.walk(Trie::ROOT, letters()).is_some();
        if !everyday(joined) {
            if stem.len() < 2 || !usual() || spells() {
                return false;
            }
            if !everyday(first) && !self.is_dull(stem.clone(), first) {
                return false;
            }
        }
        self.runs.clear();
        if !self.halves.is_empty() {
            self.join_word(&stem, None);
        }
        self.halves.clear();
        true
    }

    /// Whether a listed phrase stands round a word.
    fn is_in_phrase(&mut self, range: &Range<usize>) -> bool {
        let from = self.text.floor_char_boundary(range.start.saturating_sub(PHRASE_LEN_MAX));
        let to = self.text.ceil_char_boundary((range.end + PHRASE_LEN_MAX).min(self.text.len()));
        let folded = Folded::new(&self.text[from..to]);
        let hay = Hay::new(&folded.cells);
        self.steps += hay.bytes.len() as u64;
        self.lexis
            .automaton
            .find_overlapping_iter(&hay.bytes)
            .any(|at| self.lexis.triggers(at.pattern().as_usize()).contains(&Trigger::Phrase))
    }

    /// Whether a word that is not an everyday one holds no term, in no reading of a single word.
    fn is_dull(&mut self, range: Range<usize>, letters: Key) -> bool {
        self.doubt(range, letters) == Doubt::None
    }

    /// What a word that is not an everyday one may be.
    fn doubt(&mut self, range: Range<usize>, letters: Key) -> Doubt {
        let word = &self.text[range];
        // Capitals inside make a word of several.
        let even = !word.as_bytes()[1..].iter().any(u8::is_ascii_uppercase);
        // A name may mean what the same word in small letters would not: the first letter stands lowest in the key.
        let letters = match word.as_bytes()[0].is_ascii_uppercase() {
            _ if !even => key(word.as_bytes()).unwrap_or(letters),
            true => letters ^ 0x20,
            false => letters,
        };
        if !self.cold && self.lexis.remembered.has(letters) {
            return Doubt::None;
        }
        let place = memory(letters);
        if self.dull[place] == letters {
            return Doubt::None;
        }
        self.steps += word.len() as u64;
        // No letter has the highest bit.
        let (listed, means) = (letters | 1 << 7, letters | 1 << 15);
        if !self.cold && self.lexis.remembered.has(listed) {
            return Doubt::Listed;
        }
        if !self.cold && self.lexis.remembered.has(means) {
            return if self.listed_only { Doubt::None } else { Doubt::Meant };
        }
        if self.lexis.holds_term(word) {
            if !self.cold {
                self.lexis.remembered.insert(listed);
            }
            return Doubt::Listed;
        }
        let meant = !self.listed_only && self.lexis.may_be_meant(word);
        if !meant {
            self.dull[place] = letters;
            // What was not asked is not known.
            if !self.listed_only && !self.cold {
                self.lexis.remembered.insert(letters);
            }
        }
        if meant && !self.cold {
            self.lexis.remembered.insert(means);
        }
        if meant { Doubt::Meant } else { Doubt::None }
    }

    /// Has a stretch read, unless the same was read in vain.
    fn spot(&mut self, range: Range<usize>) {
        if range.len() > CHUNK_LEN_MAX {
            self.spots.push_back(range);
            return;
        }
        let text = &self.text[range.clone()];
        let key = key(text.as_bytes()).unwrap_or_else(|| self.lexis.remembered.digest(text));
        if !self.is_in_vain(range.start, key) {
            self.spots.push_back(range);
        }
    }

    /// Whether the same was read often enough in this text and found to be nothing. If not, it is noted to be read.
    fn is_in_vain(&mut self, start: usize, key: Key) -> bool {
        let vain = self.vain.get(&key).is_some_and(|times| *times >= VAIN_MAX);
        if !vain {
            self.doubts.push((start, key));
        }
        vain
    }

    /// Hears whether what was read up to `end` held anything.
    pub(super) fn was_read(&mut self, end: usize, found: bool) {
        let Self { doubts, vain, .. } = self;
        doubts.retain(|(start, key)| {
            let read = *start < end;
            if read && !found {
                *vain.entry(*key).or_default() += 1;
            }
            !read
        });
    }
}

/// The place at which a dismissed word is remembered.
fn memory(key: Key) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
    let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60;
    usize::try_from(mixed).unwrap_or_default()
}
