//! How much of a word must really be there for a disguised reading to count.
//!
//! Prices, postcodes, formulas, file names and acronyms are full of digits and symbols. A reading counts when
//! enough letters of the term are written, when what replaces the others is of one kind, and when the pieces
//! between gaps are no words by themselves.

use std::ops::Range;

use super::candidate::{View, letters, words};
use super::compile::{Form, Lexis};
use super::lexicon::is_common;
use super::trie::{NodeId, Trie};
use crate::dictionary::Dictionary;
use crate::finding::Grade;
use crate::normalise::{Cell, Marks, SYMBOL};
use crate::wordlist::Entry;

/// How many cells beside a word are looked at.
const SIDE_MAX: usize = 12;

/// What gaps inside a word are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gaps(u8);

impl Gaps {
    const NONE: Self = Self(0);
    /// Markdown, spoiler marks, brackets and quotation marks.
    const MARKUP: Self = Self(1);
    /// Emoji and other symbols.
    const EMOJI: Self = Self(1 << 1);
    const SPACE: Self = Self(1 << 2);
    const DOT: Self = Self(1 << 3);
    const OTHER: Self = Self(1 << 4);
    /// Marks that hide letters: `basta?d`, `ars@hole`.
    const SIGN: Self = Self(1 << 5);

    /// What a cell is as a gap; `reads` tells whether it may be a letter as well.
    pub(super) fn of(cell: &Cell, reads: bool) -> Self {
        match cell.byte {
            b'*' | b'_' | b'~' | b'`' | b'|' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>'
            | b'"' | b'\'' => Self::MARKUP,
            SYMBOL if reads => Self::SIGN.with(Self::EMOJI),
            SYMBOL => Self::EMOJI,
            b'#' | b'@' | b'$' | b'%' | b'&' | b'^' | b'!' | b'?' | b'+' | b'=' => {
                Self::SIGN.with(Self::OTHER)
            }
            b' ' => Self::SPACE,
            b'.' => Self::DOT,
            _ => Self::OTHER,
        }
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// One way of reading the cells so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    /// How far into the tree of forms it has come.
    pub(super) node: NodeId,
    last: u8,
    /// Letters that are written.
    real: u8,
    /// Letters written as digits, and as symbols.
    digits: u8,
    symbols: u8,
    repeats: u8,
    gap_count: u8,
    gap_len: u8,
    gaps: Gaps,
    last_is: Last,
}

/// How the last letter of a path was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Real,
    Digit,
    Symbol,
}

impl Path {
    /// Nothing read yet.
    pub(super) const START: Self = Self {
        node: Trie::ROOT,
        last: 0,
        real: 0,
        digits: 0,
        symbols: 0,
        repeats: 0,
        gap_count: 0,
        gap_len: 0,
        gaps: Gaps::NONE,
        last_is: Last::Real,
    };

    pub(super) fn letter(&self) -> u8 {
        self.last
    }

    pub(super) fn in_gap(&self) -> bool {
        self.gap_len > 0
    }

    /// Whether nothing was undone: the plain reading has judged it already.
    pub(super) fn is_plain(&self) -> bool {
        self.digits == 0 && self.symbols == 0 && self.gap_count == 0
    }

    /// How far-fetched the reading is.
    pub(super) fn cost(&self) -> u32 {
        u32::from(self.digits + self.symbols) * 10 + u32::from(self.gap_count) * 2 + u32::from(self.repeats)
    }

    fn onto(&self, node: NodeId, letter: u8, last_is: Last) -> Self {
        Self { node, last: letter, gap_len: 0, last_is, ..*self }
    }

    pub(super) fn real(&self, node: NodeId, letter: u8) -> Self {
        Self { real: self.real.saturating_add(1), ..self.onto(node, letter, Last::Real) }
    }

    /// Whether the letter before may be repeated here: only a written one, without a gap.
    pub(super) fn can_repeat(&self) -> bool {
        self.gap_len == 0 && self.last_is == Last::Real
    }

    /// Whether the sign before it may be: what stands for a letter is stretched with it.
    pub(super) fn can_stretch(&self) -> bool {
        self.gap_len == 0 && self.last_is != Last::Real
    }

    pub(super) fn repeated(&self) -> Self {
        Self { repeats: self.repeats.saturating_add(1), gap_len: 0, ..*self }
    }

    pub(super) fn leet(&self, node: NodeId, letter: u8, digit: bool) -> Self {
        if digit {
            Self { digits: self.digits.saturating_add(1), ..self.onto(node, letter, Last::Digit) }
        } else {
            Self { symbols: self.symbols.saturating_add(1), ..self.onto(node, letter, Last::Symbol) }
        }
    }

    pub(super) fn over_gap(&self, gap: Gaps, len_max: u8) -> Option<Self> {
        (self.gap_len < len_max).then(|| Self {
            gap_count: self.gap_count.saturating_add(u8::from(self.gap_len == 0)),
            gap_len: self.gap_len + 1,
            gaps: self.gaps.with(gap),
            ..*self
        })
    }
}

/// Whether a reading counts, and as what.
#[expect(clippy::too_many_arguments, reason = "the witnesses of one reading, called from one place")]
pub(super) fn weigh(
    lexis: &Lexis,
    form: &Form,
    path: &Path,
    cells: &[Cell],
    span: &Range<usize>,
    core: &Range<usize>,
    chunk: &Range<usize>,
    apart: bool,
) -> Option<(View, Marks)> {
    let entry = &lexis.entries[form.entry as usize];
    let len = form.letters.len();
    let repeats = if path.repeats > 0 { Marks::REPEATS } else { Marks::NONE };
    if path.repeats > 0 && len < 4 {
        return None;
    }
    let leet = path.digits + path.symbols;
    if leet > 0 && !leet_counts(path, len, entry, cells, span, core) {
        return None;
    }
    let leet_mark = if leet > 0 { Marks::LEET } else { Marks::NONE };
    if path.gap_count == 0 {
        return Some((View::Leet, leet_mark.with(repeats)));
    }
    let signs = || cells[span.clone()].iter().filter(|cell| !cell.is_letter()).count();
    // Of a short word a mark that may be another letter leaves too little: `qu@n†`, `pro%#d`.
    if !apart && path.gaps.has(Gaps::SIGN) && len <= 4 && signs() > 1 {
        return None;
    }
    // A number behind a mark is none of the letters: `name_2`.
    if !apart && leet == 1 && path.last_is == Last::Digit && b"_-.".contains(&cells[span.end - 2].byte) {
        return None;
    }
    let gap_mark = if apart {
        apart_counts(path, len, entry.grade, cells, span, core)?
    } else {
        closed_counts(path, len, entry, cells, span, chunk)?
    };
    let view = if apart { View::Apart } else { View::Closed };
    // Among signs that are letters, and in place of them, a mark parts nothing.
    let parts = path.gaps.has(Gaps::SPACE.with(Gaps::DOT)) || !path.gaps.has(Gaps::SIGN.with(Gaps::MARKUP));
    // Where every other letter is set off, the marks part them.
    let parts = parts || usize::from(path.gap_count) * 2 >= len;
    let gap_mark = match (apart || parts, leet > 0) {
        (true, _) => gap_mark,
        (false, true) => Marks::NONE,
        (false, false) if path.gaps.has(Gaps::SIGN) => Marks::MASK,
        (false, false) => gap_mark,
    };
    Some((view, gap_mark.with(leet_mark).with(repeats)))
}

/// `sh1t` and `$h!t` count; `455` has no letter, and `A55` is a road.
fn leet_counts(
    path: &Path,
    len: usize,
    entry: &Entry,
    cells: &[Cell],
    span: &Range<usize>,
    core: &Range<usize>,
) -> bool {
    // What little is written of it must be the whole word, and a word with no other sense.
    let whole = span.start == core.start && span.end >= core.end && path.gap_count == 0;
    let sure = whole && len >= 4 && entry.ambiguous.is_none() && entry.grade >= Grade::Medium;
    // An exclamation mark or a bracket after a word is punctuation.
    if path.last_is == Last::Symbol
        && path.symbols == 1
        && path.digits == 0
        && path.real as usize + 1 == len
        && len < 4
    {
        return false;
    }
    match (len, path.real) {
        (0..=2, _) => false,
        (_, 0) => sure && is_drawn(&cells[span.clone()]),
        (3, real) => real == 2 && entry.grade >= Grade::Strong && span == core,
        (_, 1) if path.digits == 0 => true,
        (_, 1) => sure,
        (4, _) => true,
        (_, real) => usize::from(real) * 4 >= len || sure,
    }
}

/// Whether all signs are letter emoji or digits in keys, and not of one shape.
fn is_drawn(cells: &[Cell]) -> bool {
    let drawn = cells.iter().all(|cell| cell.end - cell.start > 1);
    let first = cells.first().map(|cell| (cell.byte, cell.end - cell.start));
    let mixed = cells.iter().any(|cell| Some((cell.byte, cell.end - cell.start)) != first);
    drawn && (mixed || cells.iter().all(|cell| cell.byte == SYMBOL))
}

/// Letters that stand one by one must be the whole of what stands so, or be set off by another kind of gap.
fn apart_counts(
    path: &Path,
    len: usize,
    grade: Grade,
    cells: &[Cell],
    span: &Range<usize>,
    run: &Range<usize>,
) -> Option<Marks> {
    if usize::from(path.gap_count) + 1 < len {
        return None;
    }
    let enough = match len {
        0..=2 => false,
        3 => {
            grade == Grade::Strongest
                || (grade == Grade::Strong && !path.gaps.has(Gaps::DOT.with(Gaps::SPACE)))
        }
        _ => true,
    };
    let gap_after = |at: usize| {
        let rest = cells[at + 1..].iter().skip_while(move |cell| cell.byte == cells[at].byte);
        rest.take_while(|cell| !cell.is_letter()).map(|cell| cell.byte)
    };
    let inner = || (span.start..span.end - 1).filter(|at| cells[*at].is_letter());
    // Letters with all sorts of marks between go on with any.
    let mixed = inner().any(|at| !gap_after(at).eq(gap_after(span.start)));
    let like_inside = |at: usize| {
        gap_after(at).eq(gap_after(span.start)) || (mixed && !gap_after(at).any(|gap| gap == b' '))
    };
    let after_apostrophe = |at: usize| {
        at >= 2 && cells[at - 1].byte == b'\'' && cells[at - 2].is_letter() && cells[at + 1].byte == b' '
    };
    let lone = |at: usize| b"aiuox".contains(&cells[at].byte);
    let letter_before = |at: usize| (run.start..at).rev().find(|at| cells[*at].is_letter());
    let starts = letter_before(span.start).is_none_or(|at| {
        // “I'm f u c k”: the letter before belongs to what stands before it.
        let elsewhere = letter_before(at).map_or(lone(at), |before| !like_inside(before));
        // “it's f u c k”
        elsewhere || !like_inside(at) || after_apostrophe(at)
    });
    let ends = span.end == run.end || {
        let after = (span.end..run.end).find(|at| cells[*at].is_letter());
        // Only digits: “b a s t a r d 1/2”.
        after.is_none_or(|at| (lone(at) && at + 1 == run.end) || !like_inside(span.end - 1))
    };
    if !(enough && starts && ends) {
        return None;
    }
    let inside = &cells[span.clone()];
    let flags = inside.iter().all(|cell| cell.flag || !cell.is_letter());
    let longest_gap =
        inside.chunk_by(|a, b| a.is_letter() == b.is_letter()).filter(|run| !run[0].is_letter());
    let markup = path.gaps == Gaps::MARKUP && longest_gap.map(<[Cell]>::len).max().is_some_and(|len| len > 1);
    Some(match (flags, markup) {
        (true, _) => Marks::STYLED,
        (false, true) => Marks::MARKUP,
        (false, false) => Marks::SEPARATED,
    })
}

/// What may follow an apostrophe.
const ENDINGS: [&[u8]; 8] = [b"s", b"d", b"t", b"m", b"ll", b"re", b"ve", b"em"];
/// What stands before an apostrophe in names and words of other languages: “D'Arcy”, “O'Hare”, “l'ami”.
const ELIDED: [&[u8]; 10] = [b"d", b"o", b"l", b"m", b"t", b"s", b"j", b"n", b"c", b"qu"];

/// Whether the one apostrophe in a word is one of spelling: “they'll”, “Jean's”, “D'Arcy”.
fn is_elided(inside: &[Cell]) -> bool {
    let pieces = words(inside);
    let [left, right] = &*pieces else { return true };
    let capital = inside[right.start].upper && !inside[right.end - 1].upper;
    let (left, right) = (letters(&inside[left.clone()]), letters(&inside[right.clone()]));
    let standing = |word: &[u8]| Dictionary::british().standing(word);
    let ends = ENDINGS.contains(&&*right) && standing(&left).is_some();
    let begins = ELIDED.contains(&&*left)
        && (capital || standing(&right).is_some_and(|standing| standing.is_common()));
    ends || begins
}

/// Gaps inside a chunk: the pieces must not be words by themselves, and the term must end where the word does.
fn closed_counts(
    path: &Path,
    len: usize,
    entry: &Entry,
    cells: &[Cell],
    span: &Range<usize>,
    chunk: &Range<usize>,
) -> Option<Marks> {
    if len < 3 || (len == 3 && path.gaps.has(Gaps::DOT.with(Gaps::OTHER))) {
        return None;
    }
    let inside = &cells[span.clone()];
    // Letters that stand one by one are read as such.
    if usize::from(path.gap_count) + 1 >= len {
        return None;
    }
    let known = words(inside).iter().all(|piece| {
        let piece = letters(&inside[piece.clone()]);
        is_common(&piece) && piece != b"sh"
    });
    let before = span.start.checked_sub(1).filter(|at| *at >= chunk.start).map(|at| cells[at]);
    let tied = before.is_some_and(|cell| {
        // “it's.hit”: the start is the end of another word.
        (cell.byte == b'\'' || cell.byte == SYMBOL || (cell.byte == b'-' && path.gaps.has(Gaps::OTHER)))
            && span.start >= chunk.start + 2
            && cells[span.start - 2].is_letter()
    });
    // `p/e/a/c/o/c/k`: the same mark goes on beyond the term.
    let inner = |cell: &Cell| !cell.is_letter() && inside.iter().any(|other| other.byte == cell.byte);
    let (before, after) = (&cells[chunk.start..span.start], &cells[span.end..chunk.end]);
    let gap_before = before.iter().rev().take(SIDE_MAX).take_while(|cell| inner(cell)).count();
    let gap_after = after.iter().take(SIDE_MAX).take_while(|cell| inner(cell)).count();
    let goes_on_before = gap_before > 0 && before.iter().rev().nth(gap_before).is_some_and(Cell::is_letter);
    let goes_on_after = gap_after > 0 && after.get(gap_after).is_some_and(Cell::is_letter);
    // A single apostrophe is part of many names and words; quotation marks come in pairs.
    let near = span.start.saturating_sub(SIDE_MAX).max(chunk.start)..chunk.end.min(span.end + SIDE_MAX);
    let quoted = cells[near].iter().filter(|cell| cell.byte == b'\'').count();
    let marks = inside.iter().filter(|cell| !cell.is_letter() && cell.byte != b'\'').count();
    if marks == 0 && quoted < 2 && path.gap_count == 1 {
        let sure = len >= 4 && entry.ambiguous.is_none();
        if !sure || is_elided(inside) {
            return None;
        }
    }
    // Gaelic puts a letter before a capital: “an t-Ard”.
    if let [first, mark, second, ..] = inside
        && mark.byte == b'-'
        && !first.upper
        && second.upper
    {
        return None;
    }
    if known || tied || goes_on_before || goes_on_after {
        return None;
    }
    // `fuc~ks`: one mark by itself parts letters, as any other would.
    let lone = path.gap_count == 1
        && inside.iter().find(|cell| !cell.is_letter()).is_some_and(|mark| {
            let same = |cell: Option<&Cell>| cell.is_some_and(|cell| cell.byte == mark.byte);
            let beside = span.start.checked_sub(1).and_then(|at| cells.get(at));
            b"_~'|\"`".contains(&mark.byte) && marks < 2 && !same(beside) && !same(cells.get(span.end))
        });
    Some(if path.gaps == Gaps::MARKUP && !lone { Marks::MARKUP } else { Marks::SEPARATED })
}
