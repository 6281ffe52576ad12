//! Folds a text while keeping the way back to the bytes it came from.
//!
//! Folding is the view on which all the others are built: case, accents, styled and look-alike letters become
//! plain letters, and what cannot be seen is dropped. It never reads digits or symbols as letters and never
//! closes a gap: those are readings of their own (see `matcher::disguised`), each with its own evidence, because
//! “£45 at 17 High St” must not become letters.

mod marks;
pub(crate) mod tables;

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

pub use marks::Marks;

/// Stands in a folded text for a letter of no Latin shape: part of a word, and of no listed term.
pub(crate) const OTHER_LETTER: u8 = 0x02;
/// Stands in a folded text for a symbol outside ASCII, such as an emoji.
pub(crate) const SYMBOL: u8 = 0x01;

/// One character of a folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Lower-case ASCII, a space for any white space, [`OTHER_LETTER`] or [`SYMBOL`].
    pub(crate) byte: u8,
    /// Whether it was written as a capital.
    pub(crate) upper: bool,
    /// Whether it is the letter of a flag: flags are no part of the word before them.
    pub(crate) flag: bool,
    /// Whether something invisible was dropped just before it.
    pub(crate) after_invisible: bool,
    /// What was undone to read it.
    pub(crate) marks: Marks,
    /// Where it starts in the original, in bytes.
    pub(crate) start: u32,
    /// Where it ends in the original, with the marks set on it.
    pub(crate) end: u32,
}

impl Cell {
    /// Whether it is part of a word.
    pub(crate) fn is_letter(&self) -> bool {
        self.byte.is_ascii_lowercase() || self.byte == OTHER_LETTER
    }
}

/// A text folded into cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) cells: Vec<Cell>,
    /// Stretches of cells that an override shows from right to left.
    pub(crate) reversed: Vec<Range<usize>>,
}

impl Folded {
    /// Folds the whole of `text`. One pass; a character costs the same whatever stands round it.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded = Self { cells: Vec::with_capacity(text.len()), reversed: Vec::new() };
        let mut invisible = false;
        let mut override_from = None;
        for (start, c) in text.char_indices() {
            let end = start + c.len_utf8();
            if c.is_ascii() {
                if !c.is_ascii_control() || c.is_ascii_whitespace() {
                    folded.push(c, Marks::NONE, c, start..end, &mut invisible);
                } else {
                    invisible = true;
                }
                continue;
            }
            match c {
                '\u{202E}' | '\u{2067}' => override_from = override_from.or(Some(folded.cells.len())),
                '\u{202C}' | '\u{2069}' | '\u{202D}' => folded.close(&mut override_from),
                _ => {}
            }
            match fold_char(c, &mut |letter, marks| folded.push(letter, marks, c, start..end, &mut invisible))
            {
                Kept::Read => {}
                Kept::Invisible => invisible = true,
                Kept::Mark => {
                    if let Some(last) = folded.cells.last_mut().filter(|cell| cell.byte != b' ') {
                        last.marks = last.marks.with(Marks::ACCENTS);
                        last.end = byte_offset(end);
                    }
                }
            }
        }
        folded.close(&mut override_from);
        folded
    }

    fn push(&mut self, read: char, marks: Marks, c: char, span: Range<usize>, invisible: &mut bool) {
        let byte = match u8::try_from(read) {
            Ok(byte) if byte.is_ascii_whitespace() => b' ',
            Ok(byte) if byte.is_ascii() => byte.to_ascii_lowercase(),
            _ if read.is_whitespace() => b' ',
            _ if read.is_alphabetic() => OTHER_LETTER,
            _ => SYMBOL,
        };
        self.cells.push(Cell {
            byte,
            upper: c.is_uppercase(),
            flag: matches!(c, '\u{1F1E6}'..='\u{1F1FF}'),
            after_invisible: std::mem::take(invisible),
            marks,
            start: byte_offset(span.start),
            end: byte_offset(span.end),
        });
    }

    fn close(&mut self, override_from: &mut Option<usize>) {
        if let Some(from) = override_from.take()
            && from + 1 < self.cells.len()
        {
            self.reversed.push(from..self.cells.len());
        }
    }
}

/// Offsets are kept in 32 bits: no text is longer than `matcher::TEXT_LEN_MAX`.
fn byte_offset(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// What became of a character.
enum Kept {
    /// It was read as one character or more.
    Read,
    /// It cannot be seen and was dropped.
    Invisible,
    /// It sits on the letter before it and was dropped.
    Mark,
}

/// Reads one character, telling `emit` what it stands for and what was undone.
fn fold_char(c: char, emit: &mut impl FnMut(char, Marks)) -> Kept {
    if c.is_ascii() {
        emit(c.to_ascii_lowercase(), Marks::NONE);
        return Kept::Read;
    }
    if is_apostrophe(c) {
        emit('\'', Marks::NONE);
        return Kept::Read;
    }
    if tables::is_invisible(c) {
        return Kept::Invisible;
    }
    if is_combining_mark(c) {
        return Kept::Mark;
    }
    if let Some(letter) = tables::enclosed(c).or_else(|| small_cap(c)) {
        emit(letter, Marks::STYLED);
        return Kept::Read;
    }
    if let Some(letter) = look_alike(c) {
        emit(letter, Marks::LOOK_ALIKE);
        return Kept::Read;
    }
    decompose(c, emit)
}

/// Reads a character through Unicode's compatibility decomposition.
fn decompose(c: char, emit: &mut impl FnMut(char, Marks)) -> Kept {
    let mut accented = false;
    let mut parts = 0_usize;
    let mut read = Kept::Mark;
    decompose_compatible(c, |part| {
        accented |= is_combining_mark(part);
        parts += 1;
    });
    let mark = if accented { Marks::ACCENTS } else { Marks::STYLED };
    decompose_compatible(c, |part| {
        if is_combining_mark(part) || tables::is_invisible(part) {
            return;
        }
        read = Kept::Read;
        if part == c {
            emit(lower(c), Marks::NONE);
        } else if is_apostrophe(part) {
            emit('\'', mark);
        } else if part.is_ascii() {
            emit(part.to_ascii_lowercase(), mark);
        } else if let Some(letter) = small_cap(part).or_else(|| look_alike(part)) {
            emit(letter, Marks::LOOK_ALIKE.with(mark));
        } else {
            emit(lower(part), mark);
        }
    });
    read
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '‘' | '’' | '‛' | 'ʼ' | '′')
}

fn small_cap(c: char) -> Option<char> {
    tables::small_cap(c).or_else(|| tables::small_cap(lower(c)))
}

fn look_alike(c: char) -> Option<char> {
    tables::look_alike(c).or_else(|| tables::look_alike(lower(c)))
}

/// The lower case of a character where that is one character.
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

/// The folded reading of a text: case, accents, styles, look-alikes and invisible characters undone.
///
/// Folding twice changes nothing. Borrowed when the text already reads so.
///
/// ```
/// assert_eq!(policy::normalise::fold("Ｃａｆé\u{200B}"), "cafe");
/// assert_eq!(policy::normalise::fold("£45 at 17 High St"), "£45 at 17 high st");
/// ```
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase() && !byte.is_ascii_control()) {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_control() && !c.is_ascii_whitespace() {
            continue;
        }
        fold_char(c, &mut |letter, _| folded.push(letter));
    }
    Cow::Owned(folded)
}
