//! Shapes of codes and of programs: “part no. CUN7-88”, `int cnt = 0;`, `assetId`.

use std::ops::Range;

use super::sentence::Sentence;
use crate::dictionary::Dictionary;
use crate::matcher::candidate::{Candidate, View, letters};
use crate::normalise::{Cell, Marks};

/// How many cells on either side are looked at.
const CELLS_MAX: usize = 40;
/// How many digits round a reading make a code of it.
const CODE_DIGITS_MIN: usize = 2;
/// Declare a name in a program, or use one.
const DECLARES: &str =
    "int let var const def float double char bool string long unsigned static return self auto size";

/// “part no. CUN7-88”, “CU-NT10/SH17”: capitals and digits, and more digits than a word has letters in disguise.
pub(super) fn is_code(
    candidate: &Candidate,
    cells: &[Cell],
    span: &Range<usize>,
    strict: bool,
    announced: bool,
) -> bool {
    let written = match candidate.view {
        View::Compound | View::Split | View::Meant => return false,
        View::Plain if strict => return false,
        View::Plain => true,
        _ => false,
    };
    let ends = |cell: &&Cell| cell.byte != b' ';
    let before = cells[..span.start].iter().rev().take(CELLS_MAX).take_while(ends).count();
    let after = cells[span.end..].iter().take(CELLS_MAX).take_while(ends).count();
    let chunk = &cells[span.start - before..span.end + after];
    let small = chunk.iter().any(|cell| cell.is_letter() && !cell.upper);
    let letters = chunk.iter().filter(|cell| cell.is_letter()).count();
    if small || letters < 2 {
        return false;
    }
    let is_digit = |cell: &&Cell| cell.byte.is_ascii_digit();
    if is_range(chunk) {
        return true;
    }
    let outside = chunk[..before].iter().chain(&chunk[chunk.len() - after..]).filter(is_digit).count();
    let all = chunk.iter().filter(is_digit).count();
    let parted = chunk.iter().any(|cell| matches!(cell.byte, b'-' | b'/' | b'.' | b':'));
    (announced && all > usize::from(written)) || (!written && outside >= CODE_DIGITS_MIN && parted)
}

/// `T1-T5`: from one shelf or bay of a letter to another.
fn is_range(chunk: &[Cell]) -> bool {
    let edge = |cell: &&Cell| cell.byte.is_ascii_punctuation();
    let to = chunk.len() - chunk.iter().rev().take_while(edge).count();
    let from = chunk[..to].iter().take_while(edge).count();
    let mut ends = chunk[from..to].split(|cell| matches!(cell.byte, b'-' | b'/'));
    let number = |end: Option<&[Cell]>| match end {
        Some([letter, digits @ ..]) if letter.upper && !digits.is_empty() => {
            digits.iter().all(|cell| cell.byte.is_ascii_digit()).then_some(letter.byte)
        }
        _ => None,
    };
    let (first, last) = (number(ends.next()), number(ends.next()));
    first.is_some() && first == last && ends.next().is_none()
}

/// `q3hKt/w4nX+9sLut==`: capitals, small letters and digits without order.
pub(super) fn is_key(cells: &[Cell], span: &Range<usize>) -> bool {
    const LEN_MIN: usize = 12;
    const TURNS_MIN: usize = 4;
    let ends = |cell: &&Cell| cell.byte != b' ';
    let before = cells[..span.start].iter().rev().take(CELLS_MAX).take_while(ends).count();
    let after = cells[span.end..].iter().take(CELLS_MAX).take_while(ends).count();
    let chunk = &cells[span.start - before..span.end + after];
    let written = &cells[span.clone()];
    let mixed = written.iter().any(|cell| cell.is_letter() && !cell.upper)
        && written.iter().skip(1).any(|cell| cell.upper);
    let digit = |cell: &Cell| cell.byte.is_ascii_digit();
    let usual = |cell: &Cell| {
        cell.marks == Marks::NONE
            && (cell.is_letter() || digit(cell) || matches!(cell.byte, b'+' | b'/' | b'=' | b'_' | b'-'))
    };
    let turns = chunk.windows(2).filter(|pair| digit(&pair[0]) != digit(&pair[1])).count();
    mixed && chunk.len() >= LEN_MIN && turns >= TURNS_MIN && chunk.iter().all(usual)
}

/// `x = f(u, c, k)`: what is given to a function.
pub(super) fn is_call(sentence: &Sentence, cells: &[Cell], span: &Range<usize>) -> bool {
    let written = &cells[span.clone()];
    let mut gaps = written.split(Cell::is_letter).skip(1).filter(|gap| !gap.is_empty());
    let is = |gap: Option<&[Cell]>, wanted: &[u8]| {
        gap.is_some_and(|gap| gap.iter().map(|cell| cell.byte).eq(wanted.iter().copied()))
    };
    let opens = is(gaps.next(), b"(");
    opens
        && gaps.all(|gap| is(Some(gap), b", "))
        && cells.get(span.end).is_some_and(|cell| cell.byte == b')')
        && !sentence.has_second_person()
}

/// `int cnt = 0;`, `cnt++`, `self.cnt`, `assetId`: a name in a program, where vowels are dropped for brevity.
pub(super) fn is_identifier(
    sentence: &Sentence,
    candidate: &Candidate,
    cells: &[Cell],
    span: &Range<usize>,
) -> bool {
    if candidate.view != View::Meant || !cells[span.clone()].iter().all(Cell::is_letter) {
        return false;
    }
    if has_humps(&cells[span.clone()]) {
        return true;
    }
    let declared = sentence.before.first().is_some_and(|word| word.among(DECLARES));
    let mut behind = cells[span.end..].iter().map(|cell| cell.byte).skip_while(|byte| *byte == b' ');
    let (mark, next) = (behind.next(), behind.next());
    let closes = matches!(mark, Some(b'=' | b';' | b'+' | b'-' | b'<' | b'>' | b',' | b'['));
    (declared && closes)
        || (mark == Some(b'=') && next != Some(b')'))
        || (mark == Some(b'+') && next == Some(b'+'))
}

/// Whether a word has a capital inside, and begins with a word of the dictionary before it.
fn has_humps(cells: &[Cell]) -> bool {
    let at = cells.windows(2).position(|pair| !pair[0].upper && pair[1].upper);
    at.is_some_and(|at| {
        let standing = Dictionary::british().standing(letters(&cells[..=at]));
        at >= 2 && standing.is_some_and(|word| (word.is_common() || word.is_name()) && !word.is_offensive())
    })
}
