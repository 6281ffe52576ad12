//! Folds a text while keeping the way back to the bytes it came from.
//!
//! Folding is the view on which all the others are built: case, accents, styled and look-alike letters become
//! plain letters, and what cannot be seen is dropped. It never reads digits or symbols as letters and never
//! closes a gap: those are readings of their own (see `matcher::disguised`), each with its own evidence, because
//! “£45 at 17 High St” must not become letters.

mod flags;
mod glyphs;
mod look_alikes;
mod marks;
mod markup;
mod reading;
pub(crate) mod tables;
mod turned;

use std::borrow::Cow;
use std::ops::Range;

use self::markup::{Effect, Entity, Tags};
use self::reading::{Kind, LastPage};
use crate::finding::Disguise;

use glyphs::compose;
pub(crate) use glyphs::may_be_drawn;
pub use marks::Marks;
pub(crate) use markup::TAG_LEN_MAX;
use turned::turned;

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

/// What a byte is to the fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A character of ASCII that stands for itself.
    Plain,
    /// One that cannot be seen.
    Control,
    /// One that may begin a tag, an entity or an escape.
    Markup,
    /// Part of a character beyond ASCII.
    Beyond,
}

/// The class of each byte.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Beyond; 256];
    let mut at = 0_u8;
    while at < 128 {
        classes[at as usize] = match at {
            b'<' | b'&' | b'\\' | b':' => Class::Markup,
            _ if at.is_ascii_control() && !at.is_ascii_whitespace() => Class::Control,
            _ => Class::Plain,
        };
        at += 1;
    }
    classes
};

/// The byte that stands for one of ASCII in a cell.
const fn ascii(byte: u8) -> u8 {
    if byte.is_ascii_whitespace() { b' ' } else { byte.to_ascii_lowercase() }
}

/// Where a text is written from right to left, what was dropped before the next cell, whether there were letters of
/// flags, and the page in use.
#[derive(Debug, Default)]
struct Pending {
    override_from: Option<usize>,
    invisible: bool,
    marks: Marks,
    flags: bool,
    page: LastPage,
}

impl Folded {
    /// Folds the whole of `text`. One pass; a character costs about the same whatever it is and whatever stands
    /// round it.
    ///
    /// Tags and entities of HTML and escapes of Markdown are undone: an entity is the character it names, a tag
    /// inside a word closes up, and a tag that parts words is a space.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded = Self { cells: Vec::with_capacity(text.len()), reversed: Vec::new() };
        let mut pending = Pending::default();
        let mut tags = Tags::new(text);
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match CLASSES[usize::from(byte)] {
                Class::Plain => at = folded.plain(bytes, at, &mut pending),
                Class::Control => {
                    pending.invisible = true;
                    at += 1;
                }
                Class::Markup => at = folded.markup(text, at, &mut tags, &mut pending),
                Class::Beyond => at = folded.beyond_ascii(text, at, &mut pending),
            }
        }
        folded.close(&mut pending.override_from);
        if pending.flags {
            flags::close_up(&mut folded.cells, &mut folded.reversed);
        }
        folded
    }

    /// Folds the plain characters from `at` on, of which there is one at least, and tells where they end.
    fn plain(&mut self, bytes: &[u8], at: usize, pending: &mut Pending) -> usize {
        self.push(ascii(bytes[at]), bytes[at].is_ascii_uppercase(), false, Marks::NONE, at..at + 1, pending);
        let rest = &bytes[at + 1..];
        let len = rest.iter().take_while(|byte| CLASSES[usize::from(**byte)] == Class::Plain).count();
        let first = byte_offset(at + 1);
        self.cells.extend(rest[..len].iter().zip(first..).map(|(byte, start)| Cell {
            byte: ascii(*byte),
            upper: byte.is_ascii_uppercase(),
            flag: false,
            after_invisible: false,
            marks: Marks::NONE,
            start,
            end: start + 1,
        }));
        at + 1 + len
    }

    /// Folds the characters beyond ASCII from `at` on, and tells where it stopped.
    fn beyond_ascii(&mut self, text: &str, at: usize, pending: &mut Pending) -> usize {
        let mut end = at;
        for c in text[at..].chars() {
            if c.is_ascii() {
                break;
            }
            let start = end;
            // Heaps of accents are common in hostile texts.
            if matches!(c, '\u{300}'..='\u{36F}') {
                let accents = accents_len(&text.as_bytes()[start..]);
                if accents > 0 {
                    self.mark(start + accents, Marks::ACCENTS);
                    return start + accents;
                }
            }
            end += c.len_utf8();
            self.character(c, start..end, Marks::NONE, pending);
        }
        end
    }

    /// Folds one character that stands, or is named, at `span`.
    #[inline]
    fn character(&mut self, c: char, span: Range<usize>, marks: Marks, pending: &mut Pending) {
        let reading = pending.page.of(c);
        match reading.kind() {
            Kind::One => {
                let marks = marks.with(reading.marks());
                pending.flags |= reading.flag();
                self.push(reading.byte(), reading.upper(), reading.flag(), marks, span, pending);
            }
            Kind::Several => {
                for (part, of_part) in reading::parts(c) {
                    let byte = reading::byte_of(*part);
                    self.push(byte, reading.upper(), false, marks.with(*of_part), span.clone(), pending);
                }
            }
            Kind::Mark => self.mark(span.end, marks.with(Marks::ACCENTS)),
            Kind::Invisible => {
                match c {
                    // How a picture is drawn is part of it.
                    '\u{FE0F}' => {
                        if let Some(last) =
                            self.cells.last_mut().filter(|last| last.end == byte_offset(span.start))
                        {
                            last.end = byte_offset(span.end);
                        }
                    }
                    '\u{202E}' | '\u{2067}' => {
                        pending.override_from = pending.override_from.or(Some(self.cells.len()));
                    }
                    '\u{202C}' | '\u{2069}' | '\u{202D}' => self.close(&mut pending.override_from),
                    _ => {}
                }
                if marks == Marks::NONE {
                    pending.invisible = true;
                } else {
                    self.gap(marks, pending);
                }
            }
        }
    }

    /// Folds what may be markup at `at`, and tells where to go on.
    fn markup(&mut self, text: &str, at: usize, tags: &mut Tags<'_>, pending: &mut Pending) -> usize {
        let bytes = text.as_bytes();
        match bytes[at] {
            b'<' => {
                let may_be = matches!(bytes.get(at + 1), Some(b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'!'));
                if let Some(tag) = may_be.then(|| tags.at(at)).flatten() {
                    let end = at + tag.len;
                    let inside =
                        self.cells.last().is_some_and(|last| last.is_letter() && last.end == byte_offset(at))
                            && bytes.get(end).is_some_and(u8::is_ascii_lowercase);
                    match tag.effect {
                        Effect::Close => self.gap(Marks::MARKUP, pending),
                        // Lines begin with capitals, halves of words do not.
                        Effect::Line if inside => self.gap(Marks::MARKUP, pending),
                        Effect::Line | Effect::Break => {
                            self.push(b' ', false, false, Marks::NONE, at..end, pending);
                        }
                    }
                    return end;
                }
            }
            b'&' => {
                let may_be = matches!(bytes.get(at + 1), Some(b'a'..=b'z' | b'A'..=b'Z' | b'#'));
                if let Some(Entity { names, len }) = may_be.then(|| markup::entity(&bytes[at..])).flatten() {
                    let span = at..at + len;
                    self.character(names, span, Marks::MARKUP, pending);
                    if let (Some(accent), Some(last)) = (markup::accent(&bytes[at..]), self.cells.last_mut())
                    {
                        last.marks = last.marks.with(accent);
                    }
                    return at + len;
                }
            }
            b':' => {
                if let Some((letter, len)) = markup::letter_emoji(&bytes[at..]) {
                    self.push(letter, false, false, Marks::STYLED, at..at + len, pending);
                    return at + len;
                }
            }
            // A slash after a backslash is half a letter drawn with both, or a path.
            _ => {
                if let Some(&escaped) = bytes.get(at + 1)
                    && escaped.is_ascii_punctuation()
                    && escaped != b'/'
                {
                    self.push(escaped, false, false, Marks::MARKUP, at..at + 2, pending);
                    return at + 2;
                }
            }
        }
        self.push(bytes[at], false, false, Marks::NONE, at..at + 1, pending);
        at + 1
    }

    #[inline]
    fn push(
        &mut self,
        byte: u8,
        upper: bool,
        flag: bool,
        marks: Marks,
        span: Range<usize>,
        pending: &mut Pending,
    ) {
        self.cells.push(Cell {
            byte,
            upper,
            flag,
            after_invisible: std::mem::take(&mut pending.invisible),
            marks: marks.with(std::mem::take(&mut pending.marks)),
            start: byte_offset(span.start),
            end: byte_offset(span.end),
        });
    }

    /// Notes what was dropped inside a word; before one it is no part of it.
    fn gap(&mut self, marks: Marks, pending: &mut Pending) {
        if self.cells.last().is_some_and(Cell::is_letter) {
            pending.marks = pending.marks.with(marks);
        }
    }

    /// Sets a mark, which ends at `end`, on the character before it.
    fn mark(&mut self, end: usize, marks: Marks) {
        if let Some(last) = self.cells.last_mut().filter(|cell| cell.byte != b' ') {
            last.marks = last.marks.with(marks);
            last.end = byte_offset(end);
        }
    }

    fn close(&mut self, override_from: &mut Option<usize>) {
        if let Some(from) = override_from.take()
            && from + 1 < self.cells.len()
        {
            self.reversed.push(from..self.cells.len());
        }
    }
}

/// How many bytes of combining marks from U+0300 to U+036F come first; U+034F, which is none, ends them.
fn accents_len(bytes: &[u8]) -> usize {
    let is_accent = |pair: &&[u8]| match pair {
        [0xCC, _] => true,
        [0xCD, last] => *last < 0xB0 && *last != 0x8F,
        _ => false,
    };
    bytes.chunks_exact(2).take_while(is_accent).count() * 2
}

/// The cells of `text` with each look-alike that may be two letters read as the second; `None` when there is none.
fn otherwise(text: &str, cells: &[Cell], second: fn(char) -> Option<char>) -> Option<Vec<Cell>> {
    if text.is_ascii() {
        return None;
    }
    let mut other: Option<Vec<Cell>> = None;
    for (at, cell) in cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| cell.marks.has(Marks::LOOK_ALIKE) || cell.marks.has(Marks::ACCENTS))
    {
        let written = text.get(cell.start as usize..).and_then(|rest| rest.chars().next());
        // An accent hides nothing: `ή` is an η.
        let letter = written.and_then(|c| {
            second(c).or_else(|| {
                let mut parts = c.to_lowercase();
                parts.next().filter(|_| parts.next().is_none()).and_then(second)
            })
        });
        if let Some(letter) = letter.and_then(|letter| u8::try_from(letter).ok()) {
            other.get_or_insert_with(|| cells.to_vec())[at].byte = letter;
        }
    }
    other
}

/// Every other sequence of cells that the same text may be read as, each as meant from left to right.
pub(crate) fn others(text: &str, cells: &[Cell]) -> impl Iterator<Item = Vec<Cell>> {
    let drawn = compose(text, cells).into_iter().flatten();
    let sigma = || text.contains('σ').then(|| otherwise(text, cells, tables::by_name)).flatten();
    drawn.chain(otherwise(text, cells, tables::otherwise)).chain(sigma()).chain(turned(text, cells))
}

/// Offsets are kept in 32 bits: no text is longer than `matcher::TEXT_LEN_MAX`.
fn byte_offset(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// The folded reading of a text: case, accents, styles, look-alikes and invisible characters undone.
///
/// Folding twice changes nothing. Borrowed when the text already reads so. Characters only: markup stays as it is.
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
        let reading = reading::of(c);
        match reading.kind() {
            Kind::One if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            Kind::One => folded.push(match reading.byte() {
                OTHER_LETTER | SYMBOL => reading::lower(c),
                // White space keeps its width.
                b' ' => c,
                byte => char::from(byte),
            }),
            Kind::Several => folded.extend(reading::parts(c).iter().map(|(part, _)| *part)),
            Kind::Mark | Kind::Invisible => {}
        }
    }
    Cow::Owned(folded)
}

/// How many characters `text` folds into: what is measured where only folding is.
pub fn letter_count(text: &str) -> usize {
    Folded::new(text).cells.len()
}

/// One character of a folded text, for those who want to see what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// What it is read as; U+0002 for a letter that looks like no Latin one, U+0001 for any other symbol.
    pub read: char,
    /// The bytes it was read from.
    pub span: Range<usize>,
    /// What was undone to read it.
    pub disguises: Vec<Disguise>,
}

/// The readings of a text, as the filter sees them: folded, with letters made of several signs put together (where
/// there are any), and whatever stands on its head or in a mirror turned.
pub fn readings(text: &str) -> Vec<Vec<Sign>> {
    let folded = Folded::new(text);
    let others: Vec<_> = others(text, &folded.cells).collect();
    let all = std::iter::once(folded.cells).chain(others);
    all.map(|cells| cells.iter().map(Sign::of).collect()).collect()
}

impl Sign {
    fn of(cell: &Cell) -> Self {
        let mut disguises: Vec<_> = cell.marks.disguises().collect();
        if cell.after_invisible {
            disguises.push(Disguise::Invisible);
        }
        Self { read: char::from(cell.byte), span: cell.start as usize..cell.end as usize, disguises }
    }
}
