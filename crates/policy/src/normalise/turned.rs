//! Words that stand on their heads or in a mirror.
//!
//! Turning a page turns the order of its letters as well, so a phrase is read from its end. The tools that write so
//! differ: some turn the page, some mirror it, some turn each letter and leave the order. Each is a reading of its
//! own, and only stretches in which every letter can be turned are read at all.

use std::ops::Range;

use super::{Cell, Marks, tables};

/// The fewest letters of a turned word.
const LETTERS_MIN: usize = 3;

/// Phrases written upside down or mirrored, as cells in the order in which they are meant.
pub(super) fn turned(text: &str, cells: &[Cell]) -> Vec<Vec<Cell>> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for phrase in phrases(text, cells, tables::turned) {
        all.extend(read(text, cells[phrase.clone()].iter().rev(), tables::turned));
        all.extend(read(text, cells[phrase].iter(), tables::turned));
    }
    for phrase in phrases(text, cells, tables::mirrored) {
        all.extend(read(text, cells[phrase].iter().rev(), tables::mirrored));
    }
    all
}

type Turn = fn(char) -> Option<char>;

/// The character that a cell was read from.
fn written(text: &str, cell: &Cell) -> Option<char> {
    text.get(cell.start as usize..)?.chars().next()
}

/// Stretches of words of which every letter can be turned; the first word and the last hold letters that only
/// occur in turned ones.
fn phrases(text: &str, cells: &[Cell], turn: Turn) -> Vec<Range<usize>> {
    let mut phrases: Vec<Range<usize>> = Vec::new();
    // Whether only words that can be turned stood since the last phrase.
    let mut open = false;
    let mut at = 0;
    while at < cells.len() {
        at += cells[at..].iter().take_while(|cell| cell.byte == b' ').count();
        let from = at;
        at += cells[at..].iter().take_while(|cell| cell.byte != b' ').count();
        let word = trim(cells, from..at);
        let mut strange = 0;
        let can = cells[word.clone()].iter().all(|cell| {
            let c = written(text, cell);
            strange += usize::from(c.is_some_and(|c| !c.is_ascii()));
            c.and_then(turn).is_some()
        });
        if !can || word.is_empty() {
            open = false;
        } else if strange > 0 {
            match phrases.last_mut() {
                Some(last) if open => last.end = word.end,
                _ => phrases.push(word),
            }
            open = true;
        }
    }
    phrases.retain(|phrase| phrase.len() >= LETTERS_MIN);
    phrases
}

/// A chunk without the marks of the sentence round it.
fn trim(cells: &[Cell], chunk: Range<usize>) -> Range<usize> {
    let edge = |cell: &&Cell| cell.byte.is_ascii_punctuation();
    let to = chunk.end - cells[chunk.clone()].iter().rev().take_while(edge).count();
    let from = chunk.start + cells[chunk.start..to.max(chunk.start)].iter().take_while(edge).count();
    from..to.max(from)
}

fn read<'a>(text: &str, cells: impl Iterator<Item = &'a Cell>, turn: Turn) -> Option<Vec<Cell>> {
    let turned = cells.map(|cell| {
        if cell.byte == b' ' {
            return Some(*cell);
        }
        // Marks between the words of a phrase stay as they are.
        let read = written(text, cell).map(|c| turn(c).unwrap_or(char::from(cell.byte)))?;
        let byte = u8::try_from(read).ok()?;
        Some(Cell { byte, marks: Marks::TURNED, upper: false, flag: false, ..*cell })
    });
    turned.collect()
}
