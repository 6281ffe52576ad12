//! The masked reading: `f*ck`, `b******t`, `wank!r`.
//!
//! A mask stands for any letter, so a tree of letters would be followed along all its branches. Here the forms of one
//! length stand in a table with one set of forms for each letter at each place; what is written narrows them down
//! by one intersection a letter, however many are masked.

use std::ops::Range;

use super::candidate::{Candidate, View};
use super::compile::Lexis;
use super::disguised::preference;
use super::evidence::{Shown, mask_counts};
use super::trie::bit;
use crate::normalise::{Cell, Marks, SYMBOL, tables};

/// The longest form that is looked for behind masks, in letters.
pub(super) const LEN_MAX: usize = 24;

/// Forms by length, and by the letter at each place.
#[derive(Debug, Clone, Default)]
pub(super) struct Masked {
    by_len: Vec<Table>,
}

/// The forms of one length.
#[derive(Debug, Clone, Default)]
struct Table {
    forms: Vec<u32>,
    /// Sets of forms, as bits: the set of letter `l` at place `p` begins at `(p * 26 + l) * width`.
    sets: Vec<u64>,
    width: usize,
}

/// What is written at one place: the letters it may stand for, as bits from `a`.
type Place = u32;

/// Any letter.
const ANY: Place = (1 << 26) - 1;

impl Masked {
    /// Builds the tables from forms of `a` to `z` with what they are called.
    pub(super) fn new<'a>(forms: impl Iterator<Item = (&'a [u8], u32)>) -> Self {
        let mut by_len: Vec<Vec<(&[u8], u32)>> = vec![Vec::new(); LEN_MAX + 1];
        for (letters, form) in forms.filter(|(letters, _)| letters.len() <= LEN_MAX) {
            by_len[letters.len()].push((letters, form));
        }
        Self { by_len: by_len.iter().enumerate().map(|(len, forms)| Table::new(len, forms)).collect() }
    }

    /// Whether a form fits the words on both sides of the mark at `at`, the mark read as a letter.
    pub(super) fn fits_between(&self, text: &[u8], at: usize) -> bool {
        let letter = |byte: &&u8| byte.is_ascii_alphabetic();
        let before = text[..at].iter().rev().take(LEN_MAX).take_while(letter).count();
        let after = text[at + 1..].iter().take(LEN_MAX).take_while(letter).count();
        let mut places = [ANY; 2 * LEN_MAX + 1];
        let places = &mut places[..before + 1 + after];
        for (place, byte) in
            places.iter_mut().zip(&text[at - before..]).filter(|(_, byte)| byte.is_ascii_alphabetic())
        {
            *place = bit(byte.to_ascii_lowercase());
        }
        self.fits(places).next().is_some()
    }

    /// Whether a form fits letters and stars, or the same with a few stars more or fewer.
    pub(super) fn fits_starred(&self, chunk: &[u8]) -> bool {
        let mut places = [ANY; LEN_MAX + 4];
        for (place, byte) in places.iter_mut().zip(chunk) {
            *place = if *byte == b'*' { ANY } else { bit(*byte) };
        }
        let fits = |places: &[Place]| self.fits(places).next().is_some();
        if fits(&places[..chunk.len()]) {
            return true;
        }
        let Some(first) = chunk.iter().position(|byte| *byte == b'*') else { return false };
        let stars = chunk[first..].iter().take_while(|byte| **byte == b'*').count();
        if stars < 2 {
            return false;
        }
        let rest = places;
        let after = chunk.len() - first - stars;
        (first + stars - 1..=first + stars + 2).any(|to| {
            places[first..to].fill(ANY);
            places[to..to + after].copy_from_slice(&rest[first + stars..chunk.len()]);
            fits(&places[..to + after])
        })
    }

    /// The forms of `places.len()` letters that fit.
    fn fits(&self, places: &[Place]) -> impl Iterator<Item = u32> {
        let table = self.by_len.get(places.len());
        table.into_iter().flat_map(|table| table.fits(places))
    }
}

impl Table {
    fn new(len: usize, forms: &[(&[u8], u32)]) -> Self {
        let width = forms.len().div_ceil(64);
        let mut sets = vec![0; len * 26 * width];
        for (at, (letters, _)) in forms.iter().enumerate() {
            for (place, letter) in letters.iter().enumerate() {
                let letter = usize::from(letter - b'a');
                sets[(place * 26 + letter) * width + at / 64] |= 1 << (at % 64);
            }
        }
        Self { forms: forms.iter().map(|(_, form)| *form).collect(), sets, width }
    }

    fn fits(&self, places: &[Place]) -> impl Iterator<Item = u32> {
        let known = || places.iter().enumerate().filter(|(_, place)| **place != ANY);
        (0..self.width).flat_map(move |word| {
            let all = if known().next().is_some() { u64::MAX } else { 0 };
            let mut left = known().fold(
                all,
                |left, (at, place)| {
                    if left == 0 { 0 } else { left & self.set(at, *place, word) }
                },
            );
            std::iter::from_fn(move || {
                let at = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                self.forms.get(word * 64 + at as usize).copied()
            })
        })
    }

    /// One word of the set of forms with any letter of `letters` at a place.
    fn set(&self, place: usize, letters: Place, word: usize) -> u64 {
        let mut left = letters;
        let mut set = 0;
        while left != 0 {
            let letter = left.trailing_zeros() as usize;
            left &= left - 1;
            set |= self.sets[(place * 26 + letter) * self.width + word];
        }
        set
    }
}

/// Marks that stand for a letter and for little else inside a word.
const HARD: &[u8] = b"*#@$%^&!";
/// Marks that may stand for a letter, but are common between words.
const SOFT: &[u8] = b"-_.+=~?";
/// How many soft masks one word may have.
const SOFT_MAX: usize = 2;

/// What a cell is in a masked word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Hard,
    Soft,
    Other,
}

impl Kind {
    fn of(cell: &Cell) -> Self {
        match cell.byte {
            byte if byte.is_ascii_lowercase() => Self::Letter,
            byte if byte.is_ascii_digit() => Self::Digit,
            byte if HARD.contains(&byte) => Self::Hard,
            // An emoji hides the one letter it stands for.
            SYMBOL => Self::Hard,
            byte if SOFT.contains(&byte) => Self::Soft,
            _ => Self::Other,
        }
    }
}

/// Reads the masked words of a chunk, whose punctuation is trimmed.
pub(super) fn find(
    lexis: &Lexis,
    cells: &[Cell],
    core: &Range<usize>,
    steps: &mut u64,
    found: &mut Vec<Candidate>,
) {
    let kind = |at: usize| Kind::of(&cells[at]);
    if core.clone().all(|at| matches!(kind(at), Kind::Letter | Kind::Digit | Kind::Other)) {
        return;
    }
    let mut reader = Reader { lexis, cells, steps, places: Vec::new() };
    let mut at = core.start;
    while at < core.end {
        let hard = |at: usize| !matches!(kind(at), Kind::Other | Kind::Soft);
        let len = (at..core.end).take_while(|at| hard(*at)).count();
        let token = at..at + len;
        if token.clone().any(|at| kind(at) == Kind::Hard) {
            found.extend(reader.token(token));
        }
        at += len + 1;
    }
    if core.clone().any(|at| kind(at) == Kind::Soft) {
        reader.soft(core, found);
    }
}

struct Reader<'a> {
    lexis: &'a Lexis,
    cells: &'a [Cell],
    steps: &'a mut u64,
    places: Vec<Place>,
}

impl Reader<'_> {
    /// One run of letters and masks, also without the emphasis round it: `**f*ck**`, `#f*ck`.
    fn token(&mut self, token: Range<usize>) -> Option<Candidate> {
        let mut inner = token;
        loop {
            if let Some(found) = self.masked(inner.clone()) {
                return Some(found);
            }
            let (first, last) = (self.cells[inner.start].byte, self.cells[inner.end - 1].byte);
            inner = match (first, last) {
                (b'*', b'*') if inner.len() > 4 => inner.start + 1..inner.end - 1,
                (b'#' | b'@', _) if inner.len() > 3 => inner.start + 1..inner.end,
                _ => return None,
            };
        }
    }

    /// Words with one or two soft masks in them.
    fn soft(&mut self, core: &Range<usize>, found: &mut Vec<Candidate>) {
        let kind = |at: usize| Kind::of(&self.cells[at]);
        let starts =
            |at: usize| kind(at) == Kind::Letter && (at == core.start || kind(at - 1) != Kind::Letter);
        let mut tokens = Vec::new();
        for from in core.clone().filter(|at| starts(*at)) {
            let (mut soft, mut to) = (0, from);
            while to < core.end && to - from <= LEN_MAX {
                match kind(to) {
                    Kind::Letter => {}
                    Kind::Soft if soft < SOFT_MAX => soft += 1,
                    Kind::Soft | Kind::Digit | Kind::Hard | Kind::Other => break,
                }
                to += 1;
                let ends = to == core.end || kind(to) != Kind::Letter;
                if ends && soft > 0 && kind(to - 1) == Kind::Letter {
                    tokens.push(from..to);
                }
            }
        }
        for token in tokens {
            found.extend(self.masked(token));
        }
    }

    /// The form that these cells are most likely to be.
    fn masked(&mut self, token: Range<usize>) -> Option<Candidate> {
        if !(3..=LEN_MAX).contains(&token.len()) || !self.cells[token.clone()].iter().any(Cell::is_letter) {
            return None;
        }
        let cells = &self.cells[token.clone()];
        let places = cells.iter().map(|cell| match Kind::of(cell) {
            Kind::Letter => bit(cell.byte),
            Kind::Digit => tables::leet(char::from(cell.byte)),
            Kind::Hard | Kind::Soft | Kind::Other => ANY,
        });
        self.places.clear();
        self.places.extend(places);
        self.best(&token).or_else(|| self.stretched(&token))
    }

    /// The same where more or fewer stars were written than letters were meant: `f**ing`.
    fn stretched(&mut self, token: &Range<usize>) -> Option<Candidate> {
        let masks = self.places.iter().filter(|place| **place == ANY).count();
        let from = self.places.iter().position(|place| *place == ANY)?;
        let run = self.places[from..].iter().take_while(|place| **place == ANY).count();
        let shown = self.places.len() - masks;
        let stars = self.cells[token.clone()].iter().filter(|cell| cell.byte == b'*').count();
        if run < 2
            || run != masks
            || run != stars
            || shown < 3
            || from == 0
            || from + run == self.places.len()
        {
            return None;
        }
        self.places.remove(from);
        for _ in 0..3 {
            // One star too few was looked at already after the first turn.
            if let Some(found) = self.best(token).filter(|_| self.places.len() != token.len()) {
                return Some(found);
            }
            self.places.insert(from, ANY);
        }
        self.best(token)
    }

    fn best(&mut self, token: &Range<usize>) -> Option<Candidate> {
        let cells = &self.cells[token.clone()];
        let shown = Shown::of(cells, |cell| match Kind::of(cell) {
            Kind::Hard => Some(false),
            Kind::Soft => Some(true),
            Kind::Letter | Kind::Digit | Kind::Other => None,
        });
        *self.steps += self.places.len() as u64;
        let fits = self.lexis.masked.fits(&self.places).map(|form| &self.lexis.forms[form as usize]);
        let counting = fits.filter(|form| {
            let grade = self.lexis.entries[form.entry as usize].grade;
            mask_counts(shown, form, grade, self.cells, token)
        });
        let best = counting.max_by_key(|form| preference(self.lexis, form, u32::from(shown.masked)))?;
        Some(Candidate::new(self.cells, token.start, token.end, best.entry, View::Masked, Marks::MASK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_narrow_forms_down_to_those_that_fit() {
        let words = ["fuck", "fork", "cunt", "shit", "shite", "bollocks"];
        let masked = Masked::new((0..).zip(words).map(|(at, word)| (word.as_bytes(), at)));
        for (written, expected) in [
            ("f**k", &["fuck", "fork"][..]),
            ("fu*k", &["fuck"]),
            ("s***e", &["shite"]),
            ("b******s", &["bollocks"]),
            ("****", &[]),
            ("x***", &[]),
            ("", &[]),
        ] {
            let places: Vec<_> =
                written.bytes().map(|letter| if letter == b'*' { ANY } else { bit(letter) }).collect();
            let found: Vec<_> = masked.fits(&places).map(|at| words[at as usize]).collect();
            assert_eq!(found, expected, "{written}");
        }
    }
}
