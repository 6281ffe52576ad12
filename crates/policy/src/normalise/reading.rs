//! What each character is read as: looked up in pages of 256, each made when a text first needs it.
//!
//! Everything that costs something, the decompositions and the searching of tables, is done once a page; afterwards
//! any character costs two look-ups, so that no script and no heap of accents is slower than another.

use std::sync::OnceLock;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::tables;
use super::{Marks, OTHER_LETTER, SYMBOL};

/// Characters from here on are private, ideographs or invisible, and need no table.
const TABLED_END: u32 = 0x2_0000;
const PAGE_LEN: u32 = 0x100;
const PAGES: usize = (TABLED_END / PAGE_LEN) as usize;

/// What one character is read as, packed so that a page takes 512 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading(u16);

/// What became of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It was read as one character.
    One,
    /// It was read as several: ligatures, fractions, abbreviations in one sign.
    Several,
    /// It sits on the letter before it.
    Mark,
    /// It cannot be seen.
    Invisible,
}

impl Reading {
    const UPPER: u16 = 1 << 7;
    const FLAG: u16 = 1 << 8;
    const MARKS_AT: u16 = 9;
    const KIND_AT: u16 = 12;

    /// The marks a reading may carry, by their place.
    const MARKS: [Marks; 6] = [
        Marks::NONE,
        Marks::ACCENTS,
        Marks::STYLED,
        Marks::LOOK_ALIKE,
        Marks::LOOK_ALIKE.with(Marks::ACCENTS),
        Marks::LOOK_ALIKE.with(Marks::STYLED),
    ];

    const INVISIBLE: Self = Self((Kind::Invisible as u16) << Self::KIND_AT);
    const MARK: Self = Self((Kind::Mark as u16) << Self::KIND_AT);

    const fn plain(byte: u8) -> Self {
        Self(byte as u16)
    }

    fn one(c: char, read: char, marks: Marks) -> Self {
        let place = Self::MARKS.iter().position(|known| *known == marks).unwrap_or(0);
        let upper = if c.is_uppercase() { Self::UPPER } else { 0 };
        let flag = if matches!(c, '\u{1F1E6}'..='\u{1F1FF}') { Self::FLAG } else { 0 };
        let place = u16::try_from(place).unwrap_or(0) << Self::MARKS_AT;
        Self(u16::from(byte_of(read)) | upper | flag | place)
    }

    /// Parts are kept beside the page; `place` is where.
    fn several(c: char, place: usize) -> Self {
        let upper = if c.is_uppercase() { Self::UPPER } else { 0 };
        let place = u16::try_from(place).unwrap_or(0);
        Self(
            (Kind::Several as u16) << Self::KIND_AT | upper | (place & 0x7F) | (place >> 7) << Self::MARKS_AT,
        )
    }

    fn place(self) -> usize {
        usize::from(self.0 & 0x7F) | usize::from(self.0 >> Self::MARKS_AT & 7) << 7
    }

    pub(super) fn kind(self) -> Kind {
        match self.0 >> Self::KIND_AT {
            0 => Kind::One,
            1 => Kind::Several,
            2 => Kind::Mark,
            _ => Kind::Invisible,
        }
    }

    pub(super) fn byte(self) -> u8 {
        (self.0 & 0x7F) as u8
    }

    pub(super) fn upper(self) -> bool {
        self.0 & Self::UPPER != 0
    }

    pub(super) fn flag(self) -> bool {
        self.0 & Self::FLAG != 0
    }

    pub(super) fn marks(self) -> Marks {
        Self::MARKS[usize::from(self.0 >> Self::MARKS_AT & 7).min(Self::MARKS.len() - 1)]
    }
}

/// One character of several that one sign is read as.
pub(super) type Part = (char, Marks);

struct Page {
    readings: [Reading; PAGE_LEN as usize],
    several: Vec<Box<[Part]>>,
}

impl Page {
    fn new(at: usize) -> Self {
        let mut page = Self { readings: [Reading::plain(SYMBOL); PAGE_LEN as usize], several: Vec::new() };
        for (place, reading) in page.readings.iter_mut().enumerate() {
            let c = u32::try_from(at * PAGE_LEN as usize + place).ok().and_then(char::from_u32);
            let Some(c) = c else { continue };
            *reading = match read(c) {
                Read::One(read, marks) => Reading::one(c, read, marks),
                Read::Several(parts) => {
                    page.several.push(parts.into());
                    Reading::several(c, page.several.len() - 1)
                }
                Read::Mark => Reading::MARK,
                Read::Invisible => Reading::INVISIBLE,
            };
        }
        page
    }
}

/// The page on which `c` stands, and its place there; nothing for what is in no table.
fn page(c: char) -> Option<(&'static Page, usize)> {
    static TABLE: [OnceLock<Box<Page>>; PAGES] = [const { OnceLock::new() }; PAGES];
    let at = (u32::from(c) / PAGE_LEN) as usize;
    let page = TABLE.get(at)?.get_or_init(|| Box::new(Page::new(at)));
    Some((page, (u32::from(c) % PAGE_LEN) as usize))
}

/// What `c` is read as.
#[inline]
pub(super) fn of(c: char) -> Reading {
    match page(c) {
        Some((page, place)) => page.readings[place],
        None => match u32::from(c) {
            TABLED_END..=0x3_FFFF => Reading::plain(OTHER_LETTER),
            0xE_0000..=0xE_0FFF => Reading::INVISIBLE,
            _ => Reading::plain(SYMBOL),
        },
    }
}

/// The page that was used last: a text stays on few.
#[derive(Debug, Default)]
pub(super) struct LastPage(Option<(u32, &'static [Reading; PAGE_LEN as usize])>);

impl LastPage {
    /// What `c` is read as.
    #[inline]
    pub(super) fn of(&mut self, c: char) -> Reading {
        let at = u32::from(c) / PAGE_LEN;
        let place = (u32::from(c) % PAGE_LEN) as usize;
        match self.0 {
            Some((last, readings)) if last == at => readings[place],
            _ => {
                if let Some((page, _)) = page(c) {
                    self.0 = Some((at, &page.readings));
                }
                of(c)
            }
        }
    }
}

/// The characters as which `c` is read, where they are several.
pub(super) fn parts(c: char) -> &'static [Part] {
    page(c).map_or(&[], |(page, place)| {
        let reading = page.readings[place];
        let several = (reading.kind() == Kind::Several).then(|| page.several.get(reading.place()));
        several.flatten().map_or(&[], |parts| &**parts)
    })
}

/// The byte that stands for a character in a cell.
pub(super) fn byte_of(read: char) -> u8 {
    match u8::try_from(read) {
        Ok(byte) if byte.is_ascii_whitespace() => b' ',
        Ok(byte) if byte.is_ascii() => byte.to_ascii_lowercase(),
        _ if read.is_whitespace() => b' ',
        _ if read.is_alphabetic() => OTHER_LETTER,
        _ => SYMBOL,
    }
}

enum Read {
    One(char, Marks),
    Several(Vec<Part>),
    Mark,
    Invisible,
}

/// Reads one character, from the tables and from Unicode's decompositions.
fn read(c: char) -> Read {
    if c.is_ascii() {
        return if c.is_ascii_control() && !c.is_ascii_whitespace() {
            Read::Invisible
        } else {
            Read::One(c, Marks::NONE)
        };
    }
    if is_apostrophe(c) {
        return Read::One('\'', Marks::NONE);
    }
    if tables::is_invisible(c) {
        return Read::Invisible;
    }
    match c {
        '“' | '”' | '„' | '«' | '»' => return Read::One('"', Marks::NONE),
        '∗' | '⁎' | '✱' | '٭' => return Read::One('*', Marks::NONE),
        // A letter of mathematics, and no letter of another script.
        '⊂' => return Read::One('c', Marks::LOOK_ALIKE),
        _ => {}
    }
    if is_combining_mark(c) {
        return Read::Mark;
    }
    // Syllables of Hangul are no heaps of letters.
    if matches!(c, '\u{AC00}'..='\u{D7A3}') {
        return Read::One(c, Marks::NONE);
    }
    if let Some(letter) = tables::enclosed(c).or_else(|| tables::small_cap(c)) {
        return Read::One(letter, Marks::STYLED);
    }
    if let Some(letter) = tables::look_alike(c) {
        let stroked = tables::is_stroked(c) || tables::is_stroked(lower(c));
        return Read::One(letter, if stroked { Marks::ACCENTS } else { Marks::LOOK_ALIKE });
    }
    decompose(c)
}

/// Reads a character through Unicode's compatibility decomposition.
fn decompose(c: char) -> Read {
    let mut accented = false;
    let mut parts = Vec::new();
    decompose_compatible(c, |part| {
        accented |= is_combining_mark(part);
        if !is_combining_mark(part) && !tables::is_invisible(part) {
            parts.push(part);
        }
    });
    let mark = if accented { Marks::ACCENTS } else { Marks::STYLED };
    let part = |part: char| {
        if is_apostrophe(part) {
            ('\'', mark)
        } else if part.is_ascii() {
            (part.to_ascii_lowercase(), mark)
        } else if let Some(letter) = tables::small_cap(part).or_else(|| tables::look_alike(part)) {
            (letter, Marks::LOOK_ALIKE.with(mark))
        } else {
            (lower(part), mark)
        }
    };
    match &*parts {
        [] => Read::Mark,
        [only] if *only == c => Read::One(c, Marks::NONE),
        [only] => {
            let (read, marks) = part(*only);
            // What has no Latin shape stays what it is.
            if read.is_ascii() { Read::One(read, marks) } else { Read::One(c, Marks::NONE) }
        }
        several if several.iter().any(char::is_ascii_alphanumeric) => {
            Read::Several(several.iter().map(|of| part(*of)).collect())
        }
        // Ligatures of other scripts, spacing accents.
        [.., last] => Read::One(if c.is_alphabetic() { c } else { *last }, Marks::NONE),
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '‘' | '’' | '‛' | 'ʼ' | '′' | '＇')
}

/// The lower case of a character where that is one character.
pub(super) fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}
