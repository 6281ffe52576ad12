//! Folds a text while keeping the way back to the bytes it came from.
//!
//! Folding is the view on which all the others are built: case, accents, styled and look-alike letters become
//! plain letters, and what cannot be seen is dropped. It never reads digits or symbols as letters and never
//! closes a gap: those are readings of their own (see `matcher::disguised`), each with its own evidence, because
//! “£45 at 17 High St” must not become letters.

mod glyphs;
mod look_alikes;
mod marks;
mod markup;
mod reading;
pub(crate) mod tables;
mod turned;

use std::borrow::Cow;
use std::ops::Range;

use self::markup::{Entity, Tags};
use self::reading::Kind;
use crate::finding::Disguise;

pub(crate) use glyphs::compose;
pub use marks::Marks;
pub(crate) use turned::turned;

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

/// What an ASCII character is to the fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ascii {
    /// It stands for itself.
    Plain,
    /// It cannot be seen.
    Control,
    /// It may begin a tag, an entity or an escape.
    Markup,
}

/// The class of each ASCII character, and the byte that stands for it in a cell.
const ASCII: [(Ascii, u8); 128] = {
    let mut table = [(Ascii::Plain, 0); 128];
    let mut at = 0_u8;
    while at < 128 {
        let class = match at {
            b'<' | b'&' | b'\\' => Ascii::Markup,
            _ if at.is_ascii_control() && !at.is_ascii_whitespace() => Ascii::Control,
            _ => Ascii::Plain,
        };
        let byte = if at.is_ascii_whitespace() { b' ' } else { at.to_ascii_lowercase() };
        table[at as usize] = (class, byte);
        at += 1;
    }
    table
};

/// Where a text is written from right to left, and what was dropped before the next cell.
#[derive(Debug, Default)]
struct Pending {
    override_from: Option<usize>,
    invisible: bool,
    marks: Marks,
}

impl Folded {
    /// Folds the whole of `text`. One pass; a character costs about the same whatever it is and whatever stands
    /// round it.
    ///
    /// Tags and entities of HTML and escapes of Markdown are undone: an entity is the character it names, a tag
    /// inside a word closes up, a tag that begins a block or a line is a space.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded = Self { cells: Vec::with_capacity(text.len()), reversed: Vec::new() };
        let mut pending = Pending::default();
        let mut tags = Tags::new(text);
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let Some(&(class, read)) = ASCII.get(usize::from(byte)) else {
                at = folded.beyond_ascii(text, at, &mut pending);
                continue;
            };
            match class {
                Ascii::Plain => {
                    folded.push(
                        read,
                        byte.is_ascii_uppercase(),
                        false,
                        Marks::NONE,
                        at..at + 1,
                        &mut pending,
                    );
                    at += 1;
                }
                Ascii::Control => {
                    pending.invisible = true;
                    at += 1;
                }
                Ascii::Markup => at = folded.markup(text, at, &mut tags, &mut pending),
            }
        }
        folded.close(&mut pending.override_from);
        folded
    }

    /// Folds the character at `at`, and tells where the next one is.
    fn beyond_ascii(&mut self, text: &str, at: usize, pending: &mut Pending) -> usize {
        // Heaps of accents are common in hostile texts.
        let accents = accents_len(&text.as_bytes()[at..]);
        if accents > 0 {
            self.mark(at + accents, Marks::ACCENTS);
            return at + accents;
        }
        let Some(c) = text[at..].chars().next() else { return text.len() };
        let end = at + c.len_utf8();
        self.character(c, at..end, Marks::NONE, pending);
        end
    }

    /// Folds one character that stands, or is named, at `span`.
    fn character(&mut self, c: char, span: Range<usize>, marks: Marks, pending: &mut Pending) {
        let reading = reading::of(c);
        match reading.kind() {
            Kind::One => {
                let marks = marks.with(reading.marks());
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
                if let Some(tag) = tags.at(at) {
                    let end = at + tag.len;
                    if tag.breaks {
                        self.push(b' ', false, false, Marks::NONE, at..end, pending);
                    } else {
                        self.gap(Marks::MARKUP, pending);
                    }
                    return end;
                }
            }
            b'&' => {
                if let Some(Entity { names, len }) = markup::entity(&bytes[at..]) {
                    let span = at..at + len;
                    match ASCII.get(names as usize) {
                        Some(&(_, read)) => {
                            self.push(read, names.is_ascii_uppercase(), false, Marks::MARKUP, span, pending);
                        }
                        None => self.character(names, span, Marks::MARKUP, pending),
                    }
                    if let (Some(accent), Some(last)) = (markup::accent(&bytes[at..]), self.cells.last_mut())
                    {
                        last.marks = last.marks.with(accent);
                    }
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
    let composed = compose(text, &folded.cells);
    let turned = turned(text, &folded.cells);
    let all = std::iter::once(folded.cells).chain(composed).chain(turned);
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
