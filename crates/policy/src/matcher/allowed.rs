//! Allow entries: innocent words, phrases and names that have the last word.

use std::ops::Range;

use super::candidate::{self, Candidate, View};
use super::compile::Lexis;
use super::disguised;
use super::lexicon::is_common;
use super::witness;
use crate::dictionary::{Dictionary, Standing};
use crate::normalise::Cell;

/// How many cells on either side are looked at.
const CELLS_MAX: usize = 64;
/// How many letters the parts of a word with capitals inside have on average, at least.
const HUMP_LEN_MIN: usize = 3;

/// Whether an allow entry covers the cells of a reading: their word, a hump of it, or a phrase round it.
pub(super) fn is_allowed(lexis: &Lexis, text: &str, cells: &[Cell], candidate: &Candidate) -> bool {
    let span = candidate.from..candidate.to;
    let term = &lexis.entries[candidate.entry as usize].term;
    let before = cells[..span.start].iter().rev().take(CELLS_MAX).take_while(|cell| cell.is_letter()).count();
    let after = cells[span.end..].iter().take(CELLS_MAX).take_while(|cell| cell.is_letter()).count();
    let word = span.start - before..span.end + after;
    // A disguise is no innocent word, whatever its letters spell without it: `f#ck` is not FCK.
    let letters = candidate::letters(&cells[word.clone()]);
    if letters.len() == word.len()
        && (lexis.is_allowed_word(&letters) || is_in_humps(lexis, term, cells, &word, &span))
    {
        return true;
    }
    if is_tagged(lexis, cells, candidate) {
        return true;
    }
    // `shit🔥ake` is a mushroom with a picture in it; what is hidden is no part of a longer word.
    if disguised::reads_as(&lexis.innocent, text, cells, &span)
        || witness::speaks_against(lexis, text, cells, &span, candidate.view)
    {
        return true;
    }
    // A phrase is looked up by the first word of the span, which may be a part of it.
    let first = cells[word.clone()].iter().take_while(|cell| cell.is_letter()).map(|cell| cell.byte);
    let first: Vec<u8> = first.collect();
    lexis.allowed_phrases(&first).any(|phrase| covers(cells, &word, phrase, &first))
}

/// `#ShiiteClub`, `DumbbellEnds`: the capitals of a word tell its parts. A part that is an allowed word is innocent, and
/// so is a term that begins or ends within one when all of them are words.
fn is_in_humps(lexis: &Lexis, term: &str, cells: &[Cell], word: &Range<usize>, span: &Range<usize>) -> bool {
    let begins = |at: &usize| *at == word.start || (cells[*at].upper && !cells[*at - 1].upper);
    let starts: Vec<usize> = word.clone().filter(begins).collect();
    // Capitals here and there make no words.
    let even = cells[word.clone()].windows(2).all(|pair| !(pair[0].upper && pair[1].upper));
    if starts.len() < 2 || word.len() < HUMP_LEN_MIN * starts.len() || !even {
        return false;
    }
    let humps = || {
        let ends = starts.iter().skip(1).copied().chain([word.end]);
        starts.iter().zip(ends).map(|(start, end)| *start..end)
    };
    let around = humps().find(|hump| hump.start <= span.start && span.end <= hump.end);
    if around.is_some_and(|hump| lexis.is_allowed_word(&candidate::letters(&cells[hump]))) {
        return true;
    }
    let whole = candidate::letters(&cells[word.clone()]);
    let places: Vec<Range<usize>> = if span == word {
        let at = whole.windows(term.len()).enumerate().filter(|(_, part)| *part == term.as_bytes());
        at.map(|(at, _)| word.start + at..word.start + at + term.len()).collect()
    } else {
        vec![span.clone()]
    };
    let parted = |place: &Range<usize>| {
        let crosses = humps().any(|hump| place.start < hump.start && hump.start < place.end);
        let aligned =
            humps().any(|hump| hump.start == place.start) && humps().any(|hump| hump.end == place.end);
        crosses && !aligned
    };
    let known = |hump: Range<usize>| {
        let letters = candidate::letters(&cells[hump]);
        is_common(&letters) || Dictionary::british().standing(&letters).is_some_and(Standing::is_word)
    };
    !places.is_empty() && places.iter().all(parted) && humps().all(known)
}

/// `#Hags`, `@punk`: the mark of a tag is no letter that was left out.
fn is_tagged(lexis: &Lexis, cells: &[Cell], candidate: &Candidate) -> bool {
    let at = candidate.from;
    let opens = at == 0 || cells[at - 1].byte == b' ' || !cells[at - 1].is_letter();
    candidate.view == View::Masked
        && (cells[at].byte == b'#'
            || (cells[at].byte == b'@' && !lexis.entries[candidate.entry as usize].term.starts_with('a')))
        && opens
        && cells[at + 1..candidate.to].iter().all(Cell::is_letter)
}

/// Whether `phrase` stands in `cells` with its word `first` at the start of `word` and reaches over all of it.
fn covers(cells: &[Cell], word: &Range<usize>, phrase: &[u8], first: &[u8]) -> bool {
    let stem = first.strip_suffix(b"s").unwrap_or(first);
    let words = || phrase.split(|byte| *byte == b' ');
    words()
        .enumerate()
        .filter(|(_, word)| [first, stem].contains(word) || word.strip_suffix(b"s") == Some(first))
        .any(|(place, _)| {
            let mut back = word.start;
            let before = words().count() - place;
            let precede = words().rev().skip(before).all(|expected| {
                let gap = cells[..back].iter().rev().take(4).take_while(|cell| !cell.is_letter()).count();
                let end = back - gap;
                let len = word_len(cells[..end].iter().rev());
                back = end - len;
                gap > 0 && same_word(&cells[back..end], expected)
            });
            let mut on = word.start;
            let follow = words().skip(place).all(|expected| {
                on += cells[on..].iter().take(4).take_while(|cell| !cell.is_letter()).count();
                let len = word_len(cells[on..].iter());
                let same = same_word(&cells[on..on + len], expected);
                on += len;
                same
            });
            precede && follow && on >= word.end
        })
}

/// How many cells of one word come first, an apostrophe among them.
fn word_len<'a>(cells: impl Iterator<Item = &'a Cell>) -> usize {
    cells.take(64).take_while(|cell| cell.is_letter() || cell.byte == b'\'').count()
}

fn same_word(cells: &[Cell], expected: &[u8]) -> bool {
    let mut letters = cells.iter().filter(|cell| cell.is_letter()).map(|cell| cell.byte);
    let same = expected.iter().all(|expected| letters.next() == Some(*expected));
    // In the plural too.
    same && letters.next().is_none_or(|last| last == b's') && letters.next().is_none()
}
