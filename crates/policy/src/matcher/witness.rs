//! The dictionary as a witness against a disguised reading: `gra$s†°n` is a place, and no term is in it.
//!
//! What stands round a finding is read with the same rules of leet, gaps and repeats as the finding itself. Where
//! the whole is an ordinary longer word, so is the part; where an everyday word explains the same signs, nobody hid
//! another behind them.

use std::ops::Range;

use super::candidate::View;
use super::compile::Lexis;
use super::disguised::{is_sign, leet, trim};
use super::joined::TERM_LEN_MIN;
use super::trie::{Trie, bit};
use crate::dictionary::{Dictionary, Place};
use crate::normalise::{Cell, Marks, SYMBOL, tables};

/// How many ways of reading are followed at one place.
const WAYS_MAX: usize = 48;
/// How far a word may reach, in cells.
const REACH_MAX: usize = 64;
/// How many cells a gap inside a word may have.
const GAP_LEN_MAX: u8 = 6;
/// The shortest longer word that vouches for its part, in letters.
const LONGER_MIN: usize = 5;

/// Whether the chunk round `span` is an ordinary word, read as what was found in `span` is.
pub(super) fn speaks_against(
    lexis: &Lexis,
    text: &str,
    cells: &[Cell],
    span: &Range<usize>,
    view: View,
) -> bool {
    let drawn = cells[span.clone()].iter().any(|cell| cell.marks.has(Marks::LEET));
    let plain = match view {
        View::Plain | View::Compound if !drawn => true,
        View::Split => return false,
        _ => false,
    };
    let inside = |cell: &&Cell| cell.byte != b' ';
    let before = cells[..span.start].iter().rev().take(REACH_MAX + 1).take_while(inside).count();
    let after = cells[span.end..].iter().take(REACH_MAX + 1).take_while(inside).count();
    let chunk = span.start - before..span.end + after;
    let core = unwrapped(cells, &trim(text, cells, &chunk));
    if plain {
        if !is_beside_sign(text, cells, span, &core) {
            return false;
        }
        // Two or three letters among signs are the middle of something.
        if span.len() < TERM_LEN_MIN {
            return true;
        }
    }
    if core.start > span.start || core.len() > REACH_MAX {
        return false;
    }
    let whole = core.start == span.start && core.end <= span.end;
    let explains = match view {
        _ if !whole => Explains::Longer,
        View::Leet | View::Closed => Explains::Everyday,
        // Symbols beyond ASCII are letters sooner than masks.
        View::Masked if span.clone().any(|at| cells[at].byte == SYMBOL && leet(text, cells, at) != 0) => {
            Explains::Common
        }
        // And so are several signs of which each is read as one: `m@$+oid`.
        View::Masked if is_leet(text, cells, span) => Explains::Common,
        _ => return false,
    };
    let edge = |at: &usize| b"/-_.:,'".contains(&cells[*at].byte);
    // Few letters drawn with signs among others that cannot be read are none: `h[]|\/|<>$£xu^`.
    let cut = |beside: Option<usize>| {
        beside.filter(|at| core.contains(at)).is_some_and(|at| !edge(&at) && !is_sign(cells[at].byte))
    };
    if drawn
        && view == View::Plain
        && span.len() < LONGER_MIN
        && (cut(span.start.checked_sub(1)) || cut(Some(span.end)))
    {
        return true;
    }
    let piece = (core.start..span.start).rev().find(edge).map(|at| at + 1);
    std::iter::once(core.start).chain(piece).any(|from| {
        let mut reading = Reading::new(text, cells, !whole);
        for at in from..chunk.end {
            reading.step(at);
            if reading.ways.is_empty() {
                break;
            }
            let ends = at + 1 == core.end || at + 1 == chunk.end;
            let longer = whole || at + 1 - from > span.len();
            if ends && longer && at + 1 >= span.end && reading.is_ordinary(lexis, explains) {
                return true;
            }
        }
        false
    })
}

/// Whether several signs stand for letters, each of which is read as one.
fn is_leet(text: &str, cells: &[Cell], span: &Range<usize>) -> bool {
    let mut signs = span.clone().filter(|at| !cells[*at].is_letter());
    let mut count = 0;
    let all = signs.all(|at| {
        count += 1;
        cells[at].byte != b'*' && leet(text, cells, at) != 0
    });
    all && count > 1
}

/// Which words are taken for what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Explains {
    /// Any that is longer than what was found.
    Longer,
    /// Those of an ordinary dictionary.
    Common,
    Everyday,
}

/// Whether a sign that is read as a letter stands right beside a plain word, and the chunk goes on behind it:
/// `ßµ§tard`.
fn is_beside_sign(text: &str, cells: &[Cell], span: &Range<usize>, core: &Range<usize>) -> bool {
    let reads = |at: Option<usize>| at.is_some_and(|at| core.contains(&at) && leet(text, cells, at) != 0);
    let goes_on =
        |at: Option<usize>| reads(at) || at.is_some_and(|at| core.contains(&at) && is_sign(cells[at].byte));
    let before = |back: usize| span.start.checked_sub(back);
    (reads(before(1)) && goes_on(before(2))) || (reads(Some(span.end)) && goes_on(Some(span.end + 1)))
}

/// The cells without markdown's doubled marks on both sides.
fn unwrapped(cells: &[Cell], core: &Range<usize>) -> Range<usize> {
    let mark = |at: &usize| b"|*_~`".contains(&cells[*at].byte);
    let opening = core.clone().take_while(mark).count();
    let closing = core.clone().rev().take_while(mark).count();
    if opening + closing >= core.len() || opening != closing {
        return core.clone();
    }
    core.start + opening..core.end - closing
}

/// One way of reading the cells so far.
#[derive(Debug, Clone, Copy)]
struct Way {
    place: Place,
    last: u8,
    gap: u8,
    /// The last of its letters, in the trail; 0 before the first.
    trail: usize,
}

/// All ways of reading some cells as words.
struct Reading<'a> {
    dictionary: &'static Dictionary,
    text: &'a str,
    cells: &'a [Cell],
    /// Whether letters may be repeated.
    stretches: bool,
    ways: Vec<Way>,
    next: Vec<Way>,
    /// The letters of all ways, each with the place of the one before it.
    trail: Vec<(usize, u8)>,
}

impl<'a> Reading<'a> {
    fn new(text: &'a str, cells: &'a [Cell], stretches: bool) -> Self {
        let dictionary = Dictionary::british();
        let start = Way { place: dictionary.root(), last: 0, gap: 0, trail: 0 };
        Self { dictionary, text, cells, stretches, ways: vec![start], next: Vec::new(), trail: vec![(0, 0)] }
    }

    /// Takes every way over the cell at `at`.
    fn step(&mut self, at: usize) {
        let cell = self.cells[at];
        let among = if cell.is_letter() { 0 } else { leet(self.text, self.cells, at) };
        let other = (cell.is_letter()
            && (cell.marks.has(Marks::LOOK_ALIKE) || cell.marks.has(Marks::ACCENTS)))
        .then(|| self.text.get(cell.start as usize..)?.chars().next().and_then(tables::otherwise))
        .flatten()
        .and_then(|letter| u8::try_from(letter).ok());
        // What is read as a letter elsewhere is no gap.
        let is_gap = !is_sign(cell.byte) && (among == 0 || matches!(cell.byte, b':' | b'|'));
        self.next.clear();
        // Both of two bars are letters, or neither.
        let second = cell.byte == b'|' && at > 0 && self.cells[at - 1].byte == b'|';
        for way in &self.ways {
            let is_gap = is_gap && (!second || way.gap > 0);
            let among = if second && way.gap > 0 { 0 } else { among };
            if is_gap && way.last != 0 && way.gap < GAP_LEN_MAX {
                self.next.push(Way { gap: way.gap + 1, ..*way });
            }
            if self.stretches && cell.is_letter() && cell.byte == way.last && way.gap == 0 {
                self.next.push(*way);
            }
            let written = cell.byte.is_ascii_lowercase().then_some(cell.byte).into_iter().chain(other);
            let read = (b'a'..=b'z').filter(|letter| among & bit(*letter) != 0);
            for letter in read.chain(written) {
                if let Some(place) = self.dictionary.step(way.place, letter) {
                    self.trail.push((way.trail, letter));
                    self.next.push(Way { place, last: letter, gap: 0, trail: self.trail.len() - 1 });
                }
            }
        }
        if cell.is_letter() && cell.marks.has(Marks::LEET) {
            self.step_over_signs(&cell);
        }
        self.next.sort_by_key(|way| (way.place, way.gap));
        self.next.dedup_by_key(|way| (way.place, way.gap > 0));
        self.next.truncate(WAYS_MAX);
        std::mem::swap(&mut self.ways, &mut self.next);
    }

    /// Takes every way over a letter drawn with several signs, each sign read by itself: `f°|d$` is no `f°d$`.
    fn step_over_signs(&mut self, cell: &Cell) {
        let Some(signs) = self.text.get(cell.start as usize..cell.end as usize) else { return };
        let mut ways = self.ways.clone();
        for sign in signs.chars() {
            let small = sign.to_ascii_lowercase();
            let among = if small.is_ascii_lowercase() {
                u8::try_from(small).map_or(0, bit)
            } else {
                tables::leet(sign)
            };
            let mut on = Vec::new();
            for way in ways {
                for letter in (b'a'..=b'z').filter(|letter| among & bit(*letter) != 0) {
                    if let Some(place) = self.dictionary.step(way.place, letter) {
                        self.trail.push((way.trail, letter));
                        on.push(Way { place, last: letter, gap: 0, trail: self.trail.len() - 1 });
                    }
                }
            }
            on.truncate(WAYS_MAX);
            ways = on;
        }
        self.next.extend(ways);
    }

    /// Whether one of the ways has come to the end of a word that holds no term.
    fn is_ordinary(&self, lexis: &Lexis, explains: Explains) -> bool {
        self.ways.iter().filter(|way| way.gap == 0).any(|way| {
            let Some(standing) = self.dictionary.standing_at(way.place) else { return false };
            let known = match explains {
                Explains::Longer => true,
                Explains::Common => standing.is_common(),
                Explains::Everyday => standing.is_everyday(),
            };
            if !known {
                return false;
            }
            let letters = self.letters(way.trail);
            let long = explains != Explains::Longer || letters.len() >= LONGER_MIN;
            long && (lexis.is_allowed_word(&letters)
                || !(is_form(lexis, &letters) || lexis.is_term_in(&letters)))
        })
    }

    fn letters(&self, mut at: usize) -> Vec<u8> {
        let mut letters = Vec::new();
        while at > 0 {
            let (before, letter) = self.trail[at];
            letters.push(letter);
            at = before;
        }
        letters.reverse();
        letters
    }
}

fn is_form(lexis: &Lexis, letters: &[u8]) -> bool {
    let end = lexis.trie.walk(Trie::ROOT, letters.iter().copied());
    end.is_some_and(|node| lexis.trie.form(node).is_some())
}
