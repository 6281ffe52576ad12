//! The fuzzy readings of a text: words that are not listed and mean one that is (see [`super::fuzzy`]).

use std::ops::Range;

use super::candidate::{Candidate, View, words};
use super::compile::Lexis;
use super::everyday::key;
use super::fuzzy::{LetterCase, Reading, vouches};
use crate::dictionary::Dictionary;
use crate::normalise::{Cell, Marks};

/// The longest word that is read, in letters.
const WORD_LEN_MAX: usize = 32;

/// Reads the words of `cells` that stand by themselves.
pub(super) fn find(lexis: &Lexis, cells: &[Cell], steps: &mut u64, found: &mut Vec<Candidate>) {
    for word in words(cells).into_iter().filter(|word| stands_alone(cells, word)) {
        if found.iter().any(|other| other.from < word.end && word.start < other.to) {
            continue;
        }
        *steps += word.len() as u64;
        let inside = &cells[word.clone()];
        let letters: Vec<u8> = inside.iter().map(|cell| cell.byte).collect();
        let upper = inside.iter().filter(|cell| cell.upper).count();
        let case = case(upper, inside[0].upper, inside.len());
        if let Some(Reading { entry, marks, certain }) = lexis.meant(&letters, case) {
            let candidate = Candidate::new(cells, word.start, word.end, entry, View::Meant, marks);
            found.push(Candidate { certain, ..candidate });
        }
    }
}

/// Whether nothing but punctuation stands round a word: codes, addresses and names with marks are no words.
fn stands_alone(cells: &[Cell], word: &Range<usize>) -> bool {
    let space = |cell: Option<&Cell>| cell.is_none_or(|cell| cell.byte == b' ');
    // Curly quotes, dashes and pictures.
    let drawn = |cell: &&Cell| !cell.byte.is_ascii_graphic() && cell.byte != b' ' && !cell.is_letter();
    let opens = |cell: &&Cell| b"\"'([{*_~#|>".contains(&cell.byte) || drawn(cell);
    let closes = |cell: &&Cell| b".,;:!?\"')]}*_~|".contains(&cell.byte) || drawn(cell);
    let before = cells[..word.start].iter().rev().take(SIDE_MAX);
    let opened = before.clone().take_while(opens).count();
    let after = cells[word.end..].iter().take(SIDE_MAX);
    let mut closed = after.clone().take_while(closes).count();
    // “wnker's”
    if let [apostrophe, s, ..] = &cells[word.end..]
        && apostrophe.byte == b'\''
        && s.byte == b's'
    {
        closed = 2;
    }
    word.len() <= WORD_LEN_MAX
        && space(cells[..word.start - opened].last())
        && space(cells.get(word.end + closed))
}

/// How many marks on either side of a word are looked at.
const SIDE_MAX: usize = 12;

fn case(upper: usize, first: bool, len: usize) -> LetterCase {
    match (upper, first) {
        (0, _) => LetterCase::Lower,
        (1, true) => LetterCase::Capitalised,
        _ if upper == len => LetterCase::Capitals,
        _ => LetterCase::Mixed,
    }
}

/// A word with `keep` letters of each run of three or more.
fn unstretched(letters: &[u8], keep: usize) -> Vec<u8> {
    let runs = letters.chunk_by(|a, b| a == b);
    runs.flat_map(|run| if run.len() > 2 { &run[..keep] } else { run }).copied().collect()
}

impl Lexis {
    /// What a word may mean, also when its letters are stretched.
    pub(super) fn meant(&self, letters: &[u8], case: LetterCase) -> Option<Reading> {
        // Most words round a spot are everyday ones.
        let everyday = key(letters).is_some_and(|key| self.everyday.get(key).is_some());
        if everyday || self.is_allowed_word(letters) || !letters.iter().all(u8::is_ascii_lowercase) {
            return None;
        }
        let Some(key) = key(letters) else { return self.guess(letters, case) };
        self.readings.get(key, case).unwrap_or_else(|| {
            let reading = self.guess(letters, case);
            self.readings.insert(key, case, reading);
            reading
        })
    }

    /// What a word that is no everyday one may mean.
    fn guess(&self, letters: &[u8], case: LetterCase) -> Option<Reading> {
        let dictionary = Dictionary::british();
        if !letters.windows(3).any(|three| three[0] == three[1] && three[1] == three[2]) {
            return self.fuzzy.read(letters, dictionary, case);
        }
        // “sheeeet music” is stretched, and means no more than it says.
        let [one, two] = [1, 2].map(|keep| unstretched(letters, keep));
        let innocent = |word: &[u8]| self.is_allowed_word(word) || vouches(dictionary, word);
        if innocent(&one) || innocent(&two) {
            return None;
        }
        let reading = self.fuzzy.read(letters, dictionary, case);
        reading
            .or_else(|| self.fuzzy.read(&one, dictionary, case))
            .map(|reading| Reading { marks: reading.marks.with(Marks::REPEATS), ..reading })
    }

    /// Whether a word by itself may mean a term.
    pub(super) fn may_be_meant(&self, word: &str) -> bool {
        let bytes = word.as_bytes();
        let mut small = [0; WORD_LEN_MAX];
        let Some(small) = small.get_mut(..bytes.len()) else { return false };
        small.copy_from_slice(bytes);
        small.make_ascii_lowercase();
        // Most words that are no everyday ones are in the dictionary all the same, and that is quicker to see.
        if vouches(Dictionary::british(), small) {
            return false;
        }
        let upper = bytes.iter().filter(|byte| byte.is_ascii_uppercase()).count();
        let case = case(upper, bytes[0].is_ascii_uppercase(), bytes.len());
        self.meant(small, case).is_some()
    }
}
