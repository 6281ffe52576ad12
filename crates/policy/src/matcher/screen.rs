//! A first look that dismisses ordinary words, so that only what is left is folded and read.
//!
//! Most of what people write is everyday words, spaces and the punctuation between them: each is one look-up. A word
//! that is not among them is looked for in the automaton, the dictionary and the fuzzy readings; what holds more than
//! letters is read by itself. What none of them can explain away is a *spot*, and the text round it is read in full.
//! The screen never decides that something *is* a finding.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use rustc_hash::FxBuildHasher;

use super::candidate::Hay;
use super::compile::{Lexis, Trigger, collapse};
use super::everyday::{Key, Side, Sides, WORD_LEN_MAX, Word, key, key_at};
use super::joined::TERM_LEN_MIN;
use super::masked::LEN_MAX as MASKED_LEN_MAX;
use super::trie::{NodeId, Trie, bit};
use super::{disguised, meant, plain, witness};
use crate::normalise::{Cell, Folded, TAG_LEN_MAX, may_be_drawn, others, tables};
use crate::wordlist::Matching;

/// In how many pieces a term may stand with spaces between.
pub(super) const PIECES_MAX: u8 = 4;
/// How many words that were dismissed are remembered: people repeat themselves.
const DULL_MAX: usize = 16;
/// How often the same disguise or slip is read in one text and found to be nothing, before it is taken for nothing
/// wherever else it stands in it. Listed words are always read.
const VAIN_MAX: u32 = 8;
/// How far round a word the phrase is looked for of which it may be one, in bytes.
const PHRASE_LEN_MAX: usize = 48;

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
/// A chunk longer than this is read in full at once, in bytes.
const CHUNK_LEN_MAX: usize = 256;
/// How many signs may be a word that is drawn without one letter.
const DRAWN_LEN: std::ops::RangeInclusive<usize> = 4..=32;
/// How many words made of letters one by one are followed.
const RUNS_MAX: usize = 64;

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

/// Words so far that are the beginning of a form.
#[derive(Debug, Clone, Copy)]
struct Half {
    node: NodeId,
    start: usize,
    pieces: u8,
}

/// What may follow an apostrophe.
const ENDINGS: [&[u8]; 7] = [b"s", b"d", b"t", b"m", b"ll", b"re", b"ve"];
/// What may follow a number.
const UNITS: [&[u8]; 14] =
    [b"am", b"pm", b"st", b"nd", b"rd", b"th", b"k", b"m", b"p", b"s", b"km", b"kg", b"x", b"hrs"];

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

/// Letters and digits that stand one by one and are the beginning of a form.
#[derive(Debug, Clone, Copy)]
struct Run {
    node: NodeId,
    start: usize,
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
            let short = (1..=WORD_LEN_MAX).contains(&(to - from));
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
            Sides {
                before: side(before.next(), before.next()),
                after: side(after.next(), after.next()),
            }
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
        self.join(range, letters, opens);
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

    fn join_piece(&mut self, range: &Range<usize>, piece: &[u8]) {
        let opens = self.lexis.trie.walk(Trie::ROOT, piece.iter().copied());
        self.join(range, piece.iter().copied(), opens);
    }

    /// Follows the forms of which the words so far may be pieces: `pike y`, `mo ther fucker`.
    #[inline]
    fn join(
        &mut self,
        range: &Range<usize>,
        piece: impl ExactSizeIterator<Item = u8> + Clone,
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
    fn sign(&mut self, byte: u8, range: &Range<usize>) {
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
    fn mark(&mut self, byte: u8, range: &Range<usize>) {
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
        let listed = letters | 1 << 7;
        if !self.cold && self.lexis.remembered.has(listed) {
            return Doubt::Listed;
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

    /// What stands between white space and is more than a word: read by itself.
    fn chunk(&mut self, range: Range<usize>) {
        let chunk = &self.text[range.clone()];
        if !chunk.is_ascii() || chunk.bytes().any(|byte| matches!(byte, b'<' | b'&' | b'\\')) {
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
            } else if DRAWN_LEN.contains(&chunk.len()) && may_be_drawn(chunk.as_bytes()) {
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
        let rest = &bytes[from..bytes.len().min(from + TAG_LEN_MAX)];
        let len = rest.iter().position(|byte| *byte == b'>');
        if let Some(end) = len.map(|len| from + len + 1).filter(|end| *end > range.end) {
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
            return;
        }
        if apart {
            for (at, byte) in bytes.iter().enumerate() {
                if disguised::is_sign(*byte) {
                    self.sign(*byte, &range);
                } else if !is_gap(bytes, at) {
                    self.mark(*byte, &range);
                }
            }
        } else {
            self.runs.clear();
        }
        self.join_chunk(&range, bytes);
        // Letters that stand one by one with nothing but gaps between are read as such.
        if (letters == 0 && !drawn) || (apart && !marks && folded.is_none()) {
            return;
        }
        if bytes.len() > CHUNK_LEN_MAX {
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
            None => self.is_starred_nothing(bytes) || self.holds_nothing(chunk, &Folded::new(chunk)),
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

    /// Whether a chunk of letters and stars can be no term, its stars read as letters or as gaps.
    fn is_starred_nothing(&mut self, bytes: &[u8]) -> bool {
        let chunk = bytes.trim_ascii_end();
        let end = chunk.iter().rposition(|byte| !b".,;:?!)\"'".contains(byte)).map_or(0, |at| at + 1);
        let chunk = &chunk[..end];
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
        !spelt && !self.lexis.masked.fits_starred(chunk)
    }

    fn holds_nothing(&mut self, chunk: &str, folded: &Folded) -> bool {
        let cells = &folded.cells;
        if !folded.reversed.is_empty() {
            return false;
        }
        let mut reads_nothing = |cells: &[Cell]| {
            let mut found = Vec::new();
            plain::find(self.lexis, cells, &mut self.steps, &mut found);
            disguised::find(self.lexis, chunk, cells, &mut self.steps, &mut found);
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
                        listed.ambiguous.is_none() && self.stems[*entry as usize].len() >= TERM_LEN_MIN;
                    listed.matching == Matching::Anywhere
                        || joins
                        || (!begins && collapsed[at.start() - 1] == b'x')
                        || (begins && self.has_form(collapsed))
                        || humps()
                }
            })
        })
    }

    /// Whether the plain reading finds a term in a word by itself.
    pub(super) fn holds_term(&self, word: &str) -> bool {
        let mut collapsed = [0; 2 * WORD_LEN_MAX];
        let mut len = 0;
        for letter in word.bytes().map(|letter| letter.to_ascii_lowercase()) {
            if len == 0 || collapsed[len - 1] != letter {
                let Some(place) = collapsed.get_mut(len) else { return true };
                *place = letter;
                len += 1;
            }
        }
        if !self.may_hold_term(&collapsed[..len], word.as_bytes()) {
            return false;
        }
        let mut found = Vec::new();
        plain::find(self, &Folded::new(word).cells, &mut 0, &mut found);
        !found.is_empty()
    }
}
