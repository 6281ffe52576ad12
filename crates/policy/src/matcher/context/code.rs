//! Shapes of codes and of programs: “part no. CUN7-88”, `int cnt = 0;`, `assetId`.

use std::ops::Range;

use super::sentence::Sentence;
use crate::dictionary::Dictionary;
use crate::matcher::candidate::{Candidate, View, letters};
use crate::normalise::Cell;

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
    let outside = chunk[..before].iter().chain(&chunk[chunk.len() - after..]).filter(is_digit).count();
    let all = chunk.iter().filter(is_digit).count();
    let parted = chunk.iter().any(|cell| matches!(cell.byte, b'-' | b'/' | b'.' | b':'));
    (announced && all > usize::from(written)) || (!written && outside >= CODE_DIGITS_MIN && parted)
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
