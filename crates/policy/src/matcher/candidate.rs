//! A reading of some cells as a term, before context and allow entries have had their say.

use super::trie::index;
use crate::normalise::{Cell, Marks};

/// Which reading of the text found a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// As written, with case, accents, styles and look-alikes folded.
    Plain,
    /// A longer word in which the term is joined with others.
    Compound,
    /// Pieces with spaces between them.
    Split,
    /// A word with markup, brackets, emoji or separators inside closed up.
    Closed,
    /// Letters that stand one by one.
    Apart,
    /// Digits and symbols read as letters.
    Leet,
    /// Masks read as any letter.
    Masked,
    /// A spelling that is not listed and means one that is.
    Meant,
}

impl View {
    /// Its name, for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Compound => "compound",
            Self::Split => "split",
            Self::Closed => "closed",
            Self::Apart => "apart",
            Self::Leet => "leet",
            Self::Masked => "masked",
            Self::Meant => "meant",
        }
    }

    /// What the view does, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plain => "the word as written",
            Self::Compound => "the term joined with other words",
            Self::Split => "pieces with spaces between",
            Self::Closed => "marks inside the word closed up",
            Self::Apart => "letters that stand apart",
            Self::Leet => "digits and symbols read as letters",
            Self::Masked => "masks read as letters",
            Self::Meant => "a spelling that means the term",
        }
    }
}

/// Some cells read as a term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) entry: u32,
    pub(super) view: View,
    pub(super) marks: Marks,
    /// Whether the reading counts by itself; if not, it needs abusive context.
    pub(super) certain: bool,
    /// The first cell.
    pub(super) from: usize,
    /// The cell after the last.
    pub(super) to: usize,
    /// In bytes of the original.
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Candidate {
    /// The cells `from..to` as a term, with what had to be undone in them and `marks`.
    pub(super) fn new(cells: &[Cell], from: usize, to: usize, entry: u32, view: View, marks: Marks) -> Self {
        let inside = &cells[from..to];
        let letters = inside.iter().filter(|cell| cell.is_letter());
        let mut marks = letters.fold(marks, |marks, cell| marks.with(cell.marks));
        if inside.iter().skip(1).any(|cell| cell.after_invisible) {
            marks = marks.with(Marks::INVISIBLE);
        }
        // Cells shown from right to left come in the order in which they are read.
        let start = inside.iter().map(|cell| cell.start).min().unwrap_or(0);
        let end = inside.iter().map(|cell| cell.end).max().unwrap_or(start);
        Self { entry, view, marks, certain: true, from, to, start, end }
    }

    pub(super) fn len(&self) -> u32 {
        self.end - self.start
    }
}

/// Whether a letter of a flag stands beside another; one by itself among letters is one of them.
fn is_flag(cells: &[Cell], at: usize) -> bool {
    let flag = |at: usize| cells.get(at).is_some_and(|cell| cell.flag);
    flag(at) && (flag(at + 1) || at.checked_sub(1).is_some_and(flag))
}

/// The words of a text, as ranges of cells.
pub(super) fn words(cells: &[Cell]) -> Vec<std::ops::Range<usize>> {
    let mut words = Vec::new();
    let mut from = None;
    for (at, cell) in cells.iter().enumerate() {
        let joins =
            cell.is_letter() && from.is_none_or(|_| at == 0 || is_flag(cells, at - 1) == is_flag(cells, at));
        match (joins, from) {
            (true, None) => from = Some(at),
            (true, Some(_)) => {}
            (false, Some(start)) => {
                words.push(start..at);
                from = cell.is_letter().then_some(at);
            }
            (false, None) => {}
        }
    }
    words.extend(from.map(|start| start..cells.len()));
    words
}

/// The letters of a range of cells, without what is no letter.
pub(super) fn letters(cells: &[Cell]) -> Vec<u8> {
    cells.iter().filter(|cell| cell.is_letter()).map(|cell| cell.byte).collect()
}

/// Cells with repeats collapsed: what the automaton reads.
#[derive(Debug, Default)]
pub(super) struct Hay {
    pub(super) bytes: Vec<u8>,
    /// The cell at which each byte begins.
    cells: Vec<u32>,
}

impl Hay {
    pub(super) fn new(cells: &[Cell]) -> Self {
        let mut hay =
            Self { bytes: Vec::with_capacity(cells.len()), cells: Vec::with_capacity(cells.len() + 1) };
        let mut last = 0;
        for (at, cell) in cells.iter().enumerate() {
            let repeats = cell.byte == last && (cell.byte.is_ascii_lowercase() || cell.byte == b' ');
            if !repeats {
                hay.bytes.push(cell.byte);
                hay.cells.push(index(at));
                last = cell.byte;
            }
        }
        hay.cells.push(index(cells.len()));
        hay
    }

    /// The cells of a range of bytes.
    pub(super) fn cells(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        self.cells[range.start] as usize..self.cells[range.end] as usize
    }
}
