//! The words round a term, as far as its sentence goes.

use std::ops::Range;

use super::tables::{Role, Signs, signs};
use crate::normalise::{Cell, SYMBOL};

/// How many words on either side are looked at.
const WORDS_MAX: usize = 10;
/// How many cells on either side are looked at.
const CELLS_MAX: usize = 120;
/// The longest word that is looked up, in letters; longer ones are in no table.
const WORD_LEN_MAX: usize = 24;

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Gap(u8);

impl Gap {
    pub(super) const NONE: Self = Self(0);
    /// A comma, a colon, the end of the sentence.
    pub(super) const PAUSE: Self = Self(1);
    pub(super) const QUOTE: Self = Self(1 << 1);
    pub(super) const HYPHEN: Self = Self(1 << 2);
    /// A digit, a bracket, a sign of calculation.
    pub(super) const MARK: Self = Self(1 << 3);

    fn of(byte: u8) -> Self {
        match byte {
            b' ' | b'*' | b'_' | b'~' | b'`' => Self::NONE,
            b'"' | b'\'' => Self::QUOTE,
            b'-' | b'/' => Self::HYPHEN,
            b'&' | b'=' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b'#' | b'@' | b'|'
            | b'\\' => Self::MARK,
            byte if byte.is_ascii_digit() => Self::MARK,
            _ => Self::PAUSE,
        }
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// One word beside a term.
#[derive(Debug, Clone)]
pub(super) struct Word {
    letters: [u8; WORD_LEN_MAX],
    len: usize,
    /// What the tables know of it.
    pub(super) signs: Signs,
    /// Whether it is written with a capital, and not all in capitals.
    pub(super) capital: bool,
    /// Whether it ends in an apostrophe and an s.
    pub(super) clipped: bool,
    /// What stands between it and the neighbour that is nearer to the term.
    pub(super) gap: Gap,
}

impl Word {
    pub(super) fn letters(&self) -> &[u8] {
        &self.letters[..self.len]
    }

    /// Whether it stands for a person, or for those who do something: “footballers”.
    pub(super) fn is_somebody(&self) -> bool {
        self.is(Role::PRONOUN) || self.is(Role::PERSON) || (self.len > 5 && self.letters().ends_with(b"ers"))
    }

    pub(super) fn is(&self, role: Role) -> bool {
        self.signs.has(role)
    }

    /// Whether it is one of `list`, as it stands or in the singular.
    pub(super) fn among(&self, list: &str) -> bool {
        let word = self.letters();
        list.split_ascii_whitespace().any(|listed| {
            let listed = listed.as_bytes();
            listed == word || word.strip_suffix(b"s") == Some(listed)
        })
    }
}

/// The sentence round a word.
pub(in crate::matcher) struct Sentence {
    /// Words before, the nearest first.
    pub(super) before: Vec<Word>,
    /// Words after, the nearest first.
    pub(super) after: Vec<Word>,
    /// What stands directly before the term, and directly after it.
    pub(super) gap_before: Gap,
    pub(super) gap_after: Gap,
    /// Whether the term ends in an s.
    pub(super) plural: bool,
    /// Whether it ends as a verb: -ed, -ing.
    pub(super) verbal: bool,
    /// Whether it is written with a capital, and not all in capitals.
    pub(super) capital: bool,
}

impl Sentence {
    /// Reads the sentence round `span`.
    pub(in crate::matcher) fn round(cells: &[Cell], span: &Range<usize>) -> Self {
        let (before, gap_before) = words(cells, Side::Before(span.start));
        let (after, gap_after) = words(cells, Side::After(span.end));
        let word = &cells[span.clone()];
        // The hump of a camel-case word has its capital for another reason.
        let joined = span.start.checked_sub(1).is_some_and(|at| cells[at].is_letter())
            || cells.get(span.end).is_some_and(Cell::is_letter);
        let ends = |ending: &[u8]| {
            word.len() > ending.len() + 2
                && word[word.len() - ending.len()..].iter().map(|cell| cell.byte).eq(ending.iter().copied())
        };
        Self {
            before,
            after,
            gap_before,
            gap_after,
            plural: ends(b"s") && !ends(b"ss"),
            verbal: ends(b"ed") || ends(b"ing"),
            capital: is_capital(word) && !joined,
        }
    }

    /// All its words but the term.
    pub(super) fn words(&self) -> impl Iterator<Item = &Word> {
        self.before.iter().chain(&self.after)
    }

    /// The words up to the next pause behind the term.
    pub(super) fn clause(&self) -> impl Iterator<Item = &Word> {
        let behind = if self.gap_after.has(Gap::PAUSE) { &[][..] } else { &self.after[..] };
        self.before.iter().chain(behind.iter().take_while(|word| !word.gap.has(Gap::PAUSE)))
    }

    /// Whether any of its words plays `role`.
    pub(super) fn any(&self, role: Role) -> bool {
        self.words().any(|word| word.is(role))
    }

    /// Whether the thought ends with the term.
    pub(super) fn ends(&self) -> bool {
        self.after.is_empty()
            || [Gap::PAUSE, Gap::QUOTE, Gap::MARK].iter().any(|gap| self.gap_after.has(*gap))
    }
}

fn is_capital(cells: &[Cell]) -> bool {
    let mut letters = cells.iter().filter(|cell| cell.is_letter());
    letters.next().is_some_and(|cell| cell.upper)
        && letters.next().is_some_and(|cell| !cell.upper)
        && letters.all(|cell| !cell.upper)
}

#[derive(Clone, Copy)]
enum Side {
    Before(usize),
    After(usize),
}

/// The words on one side up to the end of the sentence, and what stands next to the term.
fn words(cells: &[Cell], side: Side) -> (Vec<Word>, Gap) {
    let mut found: Vec<Word> = Vec::with_capacity(WORDS_MAX);
    let mut gap = Gap::NONE;
    let mut beside = Gap::NONE;
    let mut at = match side {
        Side::Before(at) | Side::After(at) => at,
    };
    let limit = match side {
        Side::Before(at) => at.saturating_sub(CELLS_MAX),
        Side::After(at) => cells.len().min(at + CELLS_MAX),
    };
    // The cell that comes next in the direction of reading.
    let next = |at: usize| match side {
        Side::Before(_) => (at > limit).then(|| at - 1),
        Side::After(_) => (at < limit).then_some(at),
    };
    let step = |at: usize| match side {
        Side::Before(_) => at - 1,
        Side::After(_) => at + 1,
    };
    let part_of_word = |at: usize| {
        cells[at].is_letter()
            || (matches!(cells[at].byte, b'\'' | SYMBOL)
                && at > 0
                && cells[at - 1].is_letter()
                && cells.get(at + 1).is_some_and(Cell::is_letter))
    };
    while let Some(cell) = next(at) {
        if part_of_word(cell) {
            let from = at;
            while next(at).is_some_and(part_of_word) {
                at = step(at);
            }
            let range = if from < at { from..at } else { at..from };
            if found.is_empty() {
                beside = gap;
            }
            // The u of `u8` addresses nobody.
            let beside_digit = range.len() == 1
                && (range.start > 0 && cells[range.start - 1].byte.is_ascii_digit()
                    || cells.get(range.end).is_some_and(|cell| cell.byte.is_ascii_digit()));
            let mut read = word(&cells[range], gap);
            if beside_digit {
                read.signs = Signs::default();
            }
            found.push(read);
            gap = Gap::NONE;
            if found.len() >= WORDS_MAX {
                break;
            }
            continue;
        }
        let byte = cells[cell].byte;
        if matches!(byte, b'!' | b'?' | b'\n') || (byte == b'.' && !shortens(cells, cell)) {
            gap = gap.with(Gap::PAUSE);
            break;
        }
        if byte != b'.' {
            gap = gap.with(Gap::of(byte));
        }
        at = step(at);
    }
    if found.is_empty() {
        beside = gap;
    }
    let found_len = found.len();
    // Every sentence begins with a capital.
    if let (Side::Before(_), Some(first)) = (side, found.last_mut().filter(|_| found_len < WORDS_MAX)) {
        first.capital &= first.is(Role::TITLE);
    }
    (found, beside)
}

fn word(cells: &[Cell], gap: Gap) -> Word {
    let mut letters = [0; WORD_LEN_MAX];
    let mut len = 0;
    // Apostrophes are dropped, so that “can’t” is one word.
    for cell in cells.iter().filter(|cell| cell.is_letter()).take(WORD_LEN_MAX) {
        letters[len] = cell.byte;
        len += 1;
    }
    let clipped = matches!(cells, [.., mark, s] if mark.byte == b'\'' && s.byte == b's');
    let own = signs(&letters[..len]);
    let signs = if clipped { own.with(signs(&letters[..len - 1])) } else { own };
    Word { letters, len, signs, capital: is_capital(cells), clipped, gap }
}

/// Whether the full stop at `at` ends a shortened form of address and not the sentence.
fn shortens(cells: &[Cell], at: usize) -> bool {
    let from = cells[..at].iter().rev().take(5).take_while(|cell| cell.is_letter()).count();
    let word = word(&cells[at - from..at], Gap::NONE);
    from > 0 && from < 5 && word.is(Role::TITLE) && cells[at - from].upper
}
