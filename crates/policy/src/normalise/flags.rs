//! Flags: two regional indicators by themselves that are the code of a country are one picture, not two letters.

use std::ops::Range;

use super::{Cell, SYMBOL};

/// The codes of countries and of what else has a flag: second letters by the first.
const CODES: [&str; 26] = [
    "cdefgilmoqrstuwxz",
    "abdefghijlmnoqrstvwyz",
    "acdfghiklmnopruvwxyz",
    "egjkmoz",
    "aceghrstu",
    "ijkmor",
    "abdefghilmnpqrstuwy",
    "kmnrtu",
    "cdelmnoqrst",
    "emop",
    "eghimnprwyz",
    "abcikrstuvy",
    "acdefghklmnopqrstuvwxyz",
    "acefgiloprtuz",
    "m",
    "aefghklmnrstwy",
    "a",
    "eosuw",
    "abcdeghijklmnorstvxyz",
    "acdfghjklmnortvwz",
    "agmnsyz",
    "aceginu",
    "fs",
    "k",
    "et",
    "amw",
];

/// Puts a symbol in place of every flag; the stretches `reversed` keep what they hold.
pub(super) fn close_up(cells: &mut Vec<Cell>, reversed: &mut [Range<usize>]) {
    let joins = |cells: &[Cell], at: usize| {
        at > 0
            && cells.get(at).is_some_and(|cell| cell.flag && cell.start == cells[at - 1].end)
            && cells[at - 1].flag
    };
    let mut flags: Vec<usize> = Vec::new();
    for at in 1..cells.len() {
        let pair = joins(cells, at) && !joins(cells, at - 1) && !joins(cells, at + 1);
        if pair && is_code(cells[at - 1].byte, cells[at].byte) {
            flags.push(at - 1);
        }
    }
    if flags.is_empty() {
        return;
    }
    for at in &flags {
        cells[*at] = Cell { byte: SYMBOL, flag: false, end: cells[at + 1].end, ..cells[*at] };
    }
    let mut at = 0;
    let mut gone = flags.iter().map(|flag| flag + 1).peekable();
    cells.retain(|_| {
        let goes = gone.next_if_eq(&at).is_some();
        at += 1;
        !goes
    });
    for range in reversed {
        let moved = |at: usize| at - flags.partition_point(|flag| flag + 1 < at);
        *range = moved(range.start)..moved(range.end);
    }
}

fn is_code(first: u8, second: u8) -> bool {
    let row = usize::from(first.wrapping_sub(b'a'));
    CODES.get(row).is_some_and(|seconds| seconds.as_bytes().contains(&second))
}
