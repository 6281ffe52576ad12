//! Letters drawn with several signs: `|-|` is an h, `/\` an a.
//!
//! They are a reading of their own over the folded text, because most such signs are also something else: a mask,
//! markup, a bracket. A chunk is read so when it holds a glyph that is hardly anything but a letter; doubtful glyphs
//! then count as well.

use std::ops::Range;

use super::{Cell, Marks};

/// The most signs of one glyph.
const SIGNS_MAX: usize = 4;

/// How sure it is that a glyph is a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sure {
    /// Wherever it stands.
    Yes,
    /// Inside a word.
    Inside,
    /// Beside a glyph that is sure.
    Beside,
}

use Sure::{Beside, Inside, Yes};

/// The glyphs by letter.
const GLYPHS: &[(u8, Sure, &[&str])] = &[
    (b'a', Yes, &["/\\", "/-\\", "|-\\"]),
    (b'a', Beside, &["^"]),
    (b'b', Yes, &["|3", "|8"]),
    (b'b', Inside, &["13", "!3", "/3", "(3", "]3"]),
    (b'd', Yes, &["|)", "|]", "|}", "[)"]),
    (b'd', Beside, &["c|"]),
    (b'e', Beside, &["[-", "|=-"]),
    (b'f', Yes, &["|=", "|#"]),
    (b'f', Beside, &["ph", "/="]),
    (b'g', Yes, &["(_+", "(_-"]),
    (
        b'h',
        Yes,
        &["|-|", "]-[", "[-]", "}{", ")-(", "/-/", "(-)", "|~|", "|=|", "}-{", "{-}", "\\-\\", "]~["],
    ),
    (b'h', Beside, &[":-:"]),
    (b'i', Beside, &["]["]),
    (b'j', Beside, &["_|", "_/"]),
    (b'k', Yes, &["|<", "|{", "|(", "/<", "|x"]),
    (b'l', Yes, &["|_"]),
    (b'l', Beside, &["1_", "[_"]),
    (b'm', Beside, &["^^"]),
    (b'm', Yes, &["|\\/|", "/\\/\\", "|v|", "(v)", "[v]", "/v\\", "/|\\", "{v}"]),
    (b'n', Yes, &["|\\|", "/\\/", "|v", "[\\]", "(\\)", "{\\}", "<\\>"]),
    (b'n', Beside, &["^/"]),
    (b'o', Inside, &["()", "[]", "<>", "{}"]),
    (b'p', Yes, &["|*", "|>", "|°", "|\"", "|d"]),
    (b'q', Beside, &["(_,)", "()_"]),
    (b'r', Yes, &["|2", "|?", "|^", "|z"]),
    (b'r', Beside, &["/2", "12"]),
    (b's', Beside, &["z"]),
    (b't', Yes, &["-|-", "']['", "~|~"]),
    (b'u', Yes, &["|_|", "(_)", "[_]", "{_}", "\\_/", "\\_\\", "/_/", "l_|"]),
    (b'u', Beside, &["l|"]),
    (b'v', Yes, &["\\/"]),
    (b'v', Beside, &["|/"]),
    (b'w', Yes, &["\\/\\/", "vv", "\\^/", "\\|/", "|/\\|", "(/\\)", "\\x/", "'//"]),
    (b'x', Yes, &["><", ")("]),
    (b'y', Yes, &["'/", "`/"]),
    (b'z', Beside, &["~/_", "7_"]),
];

/// Glyphs that some draw for another letter.
const OTHERWISE: &[(&str, u8)] = &[("|>", b'd'), ("}{", b'x'), ("|#", b'h'), ("|v", b'v'), ("|d", b'd')];

/// One glyph as it is compared.
#[derive(Debug, Clone, Copy)]
struct Glyph {
    signs: [u8; SIGNS_MAX],
    len: usize,
    letter: u8,
    /// What else it may be; the same letter if nothing.
    other: u8,
    sure: Sure,
}

/// What stands for `°`, which is no ASCII sign, in a glyph.
const DEGREE: u8 = super::SYMBOL;

/// The glyphs by their first sign, the longest first.
struct Table {
    glyphs: Vec<Glyph>,
    from: [(u8, u8); 128],
    /// The second signs of sure glyphs, a bit each, by the first sign.
    pairs: [u128; 128],
    /// The same of all glyphs; all bits where one sign is a glyph.
    seconds: [u128; 128],
}

fn table() -> &'static Table {
    static TABLE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(|| {
        let mut glyphs: Vec<Glyph> = Vec::new();
        for (letter, sure, all) in GLYPHS {
            for written in *all {
                let mut signs = [0; SIGNS_MAX];
                let bytes = written.chars().map(|c| if c == '°' { DEGREE } else { c as u8 });
                let len = signs.iter_mut().zip(bytes).map(|(sign, byte)| *sign = byte).count();
                let other =
                    OTHERWISE.iter().find(|(glyph, _)| glyph == written).map_or(*letter, |(_, other)| *other);
                glyphs.push(Glyph { signs, len, letter: *letter, other, sure: *sure });
            }
        }
        glyphs.sort_by_key(|glyph| (glyph.signs[0], std::cmp::Reverse(glyph.len)));
        let mut table = Table { glyphs, from: [(0, 0); 128], pairs: [0; 128], seconds: [0; 128] };
        for (at, glyph) in table.glyphs.iter().enumerate() {
            let first = usize::from(glyph.signs[0]);
            let at = u8::try_from(at).unwrap_or(u8::MAX);
            let (from, to) = table.from[first];
            table.from[first] = if to == 0 { (at, at + 1) } else { (from, at + 1) };
            table.seconds[first] |= if glyph.len > 1 { 1 << glyph.signs[1] } else { u128::MAX };
            if glyph.sure != Beside {
                table.pairs[first] |= 1 << glyph.signs[1];
            }
        }
        table
    });
    &TABLE
}

/// Whether some pair of neighbours could begin a letter drawn with signs: a quick look.
pub(crate) fn may_be_drawn(signs: &[u8]) -> bool {
    let pairs = &table().pairs;
    let pair = |pair: &[u8]| {
        let bits = pairs.get(usize::from(pair[0])).copied().unwrap_or(0);
        !pair[0].is_ascii_alphanumeric() && pair[1].is_ascii() && bits >> pair[1] & 1 != 0
    };
    signs.windows(2).any(pair)
}

/// A sign: a cell, or one half of a cell that was written with a backslash before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    cell: usize,
    /// Whether it is what the backslash stands before.
    half: bool,
}

struct Signs<'a> {
    text: &'a str,
    cells: &'a [Cell],
    table: &'static Table,
    /// Whether there is any backslash.
    escapes: bool,
}

impl Signs<'_> {
    /// Whether a cell was written with a backslash before it.
    fn is_escaped(&self, cell: &Cell) -> bool {
        self.escapes
            && cell.byte.is_ascii_punctuation()
            && cell.end >= cell.start + 2
            && self.text.as_bytes().get(cell.start as usize) == Some(&b'\\')
            && self.text.as_bytes().get(cell.start as usize + 1) == Some(&cell.byte)
    }

    fn sign(&self, place: Place) -> Option<u8> {
        let cell = self.cells.get(place.cell)?;
        Some(match cell.byte {
            DEGREE if self.text[cell.start as usize..].starts_with('°') => DEGREE,
            DEGREE => super::OTHER_LETTER,
            _ if !place.half && self.is_escaped(cell) => b'\\',
            byte => byte,
        })
    }

    fn after(&self, place: Place) -> Place {
        if !place.half && self.cells.get(place.cell).is_some_and(|cell| self.is_escaped(cell)) {
            Place { half: true, ..place }
        } else {
            Place { cell: place.cell + 1, half: false }
        }
    }

    /// The longest glyph at a place, and the place after it. `beside` tells whether doubtful ones count.
    fn glyph(&self, at: Place, beside: bool) -> Option<(&'static Glyph, Place)> {
        let first = self.sign(at)?;
        let seconds = self.table.seconds[usize::from(first)];
        if seconds != u128::MAX && self.sign(self.after(at)).is_none_or(|next| seconds >> next & 1 == 0) {
            return None;
        }
        let (from, to) = self.table.from[usize::from(first)];
        let glyphs = &self.table.glyphs[usize::from(from)..usize::from(to)];
        glyphs.iter().find_map(|glyph| {
            let mut end = at;
            for sign in &glyph.signs[..glyph.len] {
                if self.sign(end)? != *sign {
                    return None;
                }
                end = self.after(end);
            }
            if self.parts(at) || self.parts(end) {
                return None;
            }
            let counts = match glyph.sure {
                Yes => true,
                Inside => beside || self.goes_on(at, end),
                Beside => beside && self.fits(glyph, at, end),
            };
            counts.then_some((glyph, end))
        })
    }

    /// Whether a place stands between the cells of one character: before the 4 of `¾`.
    fn parts(&self, place: Place) -> bool {
        let start = |cell: usize| self.cells.get(cell).map(|cell| cell.start);
        !place.half && place.cell > 0 && start(place.cell).is_some_and(|at| start(place.cell - 1) == Some(at))
    }

    /// Whether a letter follows, or stands before what may be drawn as well: `w[]<s`.
    fn goes_on(&self, at: Place, end: Place) -> bool {
        let Some(next) = self.cells.get(end.cell) else { return false };
        let before =
            at.cell.checked_sub(1).is_some_and(|before| self.cells[before].byte.is_ascii_alphanumeric());
        next.is_letter() || (before && b"<({[|/".contains(&next.byte))
    }

    /// Whether a doubtful glyph leaves a sure one alone: the bar of `c|<` is half a k.
    fn fits(&self, glyph: &Glyph, at: Place, end: Place) -> bool {
        if glyph.len == 1 {
            // A doubled z is one: `jizz`.
            let same = |place: usize| self.cells.get(place).is_some_and(|cell| cell.byte == glyph.signs[0]);
            return !(same(at.cell + 1) || at.cell > 0 && same(at.cell - 1));
        }
        glyph.len != 2 || self.glyph(self.after(at), false).is_none_or(|(_, longer)| longer == end)
    }

    /// Whether some pair of neighbours could begin a sure glyph.
    fn may_hold(&self) -> bool {
        let pair = |pair: &[Cell]| self.table.pairs[usize::from(pair[0].byte)] >> pair[1].byte & 1 != 0;
        self.cells.windows(2).any(pair) || (self.escapes && self.cells.len() > 1)
    }

    /// Every place of some cells where a glyph may begin, with the glyph there.
    fn walk(
        &self,
        chunk: &Range<usize>,
        beside: bool,
        mut each: impl FnMut(Place, Option<(&'static Glyph, Place)>),
    ) {
        let mut at = Place { cell: chunk.start, half: false };
        // Two bars are a spoiler's, unless the first ends a glyph.
        let mut after_bar = false;
        while at.cell < chunk.end {
            let found = self.glyph(at, beside).filter(|(glyph, end)| {
                let spoiler =
                    after_bar && glyph.signs[0] == b'|' && b"*_~`\"(-=|dvx".contains(&glyph.signs[1]);
                !spoiler && (end.cell < chunk.end || *end == Place { cell: chunk.end, half: false })
            });
            if let Some((glyph, end)) = found {
                each(at, Some((glyph, end)));
                (at, after_bar) = (end, false);
            } else {
                each(at, None);
                after_bar = self.sign(at) == Some(b'|');
                at = self.after(at);
            }
        }
    }
}

/// More sequences of cells over the same text, in which letters made of several signs are one cell each; in the second
/// those that may be two letters are read as the other one.
///
/// `None`, and no memory taken, when no such letter is in it. Linear: a place is compared with the few glyphs that
/// begin with its sign.
pub(super) fn compose(text: &str, cells: &[Cell]) -> [Option<Vec<Cell>>; 2] {
    let signs = Signs { text, cells, table: table(), escapes: text.contains('\\') };
    let mut composed = [None, None];
    if !signs.may_hold() {
        return composed;
    }
    // The second is begun where it first differs.
    let mut at = 0;
    while at < cells.len() {
        let from = at;
        at += cells[at..].iter().take_while(|cell| cell.byte == b' ').count();
        let to = at + cells[at..].iter().take_while(|cell| cell.byte != b' ').count();
        let chunk = at..to;
        at = to;
        let (mut sure, mut differs) = (false, false);
        let letters = cells[chunk.clone()].iter().any(Cell::is_letter);
        if letters || chunk.len() > SIGNS_MAX {
            signs.walk(&chunk, false, |_, glyph| {
                sure |= glyph.is_some();
                differs |= glyph.is_some_and(|(glyph, _)| glyph.other != glyph.letter);
            });
        }
        let [first, second] = &mut composed;
        for (other, composed, draws) in [(false, first, sure), (true, second, sure && differs)] {
            if draws {
                let composed = composed.get_or_insert_with(|| {
                    let mut composed = Vec::with_capacity(cells.len());
                    composed.extend_from_slice(&cells[..from]);
                    composed
                });
                composed.extend_from_slice(&cells[from..chunk.start]);
                signs.walk(&chunk, true, |place, glyph| {
                    let letter = |glyph: &Glyph| if other { glyph.other } else { glyph.letter };
                    composed.push(signs.cell(place, glyph.map(|(glyph, end)| (letter(glyph), end))));
                });
            } else if let Some(composed) = composed {
                composed.extend_from_slice(&cells[from..to]);
            }
        }
    }
    composed
}

impl Signs<'_> {
    /// The cell of a glyph, or of the sign that is none.
    fn cell(&self, place: Place, glyph: Option<(u8, Place)>) -> Cell {
        let first = self.cells[place.cell];
        let start = first.start + u32::from(place.half);
        match glyph {
            Some((letter, end)) => {
                let end = match self.cells.get(end.cell) {
                    Some(cut) if end.half => cut.start + 1,
                    _ => self.cells[end.cell - 1].end,
                };
                Cell {
                    byte: letter,
                    upper: false,
                    flag: false,
                    marks: first.marks.with(Marks::LEET),
                    start,
                    end,
                    ..first
                }
            }
            // The backslash of an escape whose sign belongs to the next glyph, or that sign alone.
            None => {
                let escaped = self.is_escaped(&first);
                let byte = if escaped && !place.half { b'\\' } else { first.byte };
                let end = if escaped && !place.half { first.start + 1 } else { first.end };
                Cell { byte, start, end, ..first }
            }
        }
    }
}
