//! The disguised readings: signs read as letters, gaps inside a word closed.
//!
//! Each place of a word may be read in several ways. All readings are followed at once through the tree of forms,
//! so that a text costs a bounded number of steps a character however it is made: at most [`SPAN_MAX`] cells from
//! a start and [`PATHS_MAX`] paths alive at one of them. What is read is then weighed by [`super::evidence`].

use std::cmp::Reverse;
use std::ops::Range;

use super::candidate::{Candidate, View, letters, words};
use super::compile::{Form, Lexis};
use super::evidence::{Gaps, Path, weigh};
use super::masked;
use super::trie::{NodeId, Trie, bit};
use crate::finding::Grade;
use crate::normalise::{Cell, Marks, OTHER_LETTER, SYMBOL, tables};

/// How far a reading may reach, in cells.
pub(super) const SPAN_MAX: usize = 96;
/// How many readings are followed at one place.
const PATHS_MAX: usize = 128;
/// The shortest number that is taken for a hexadecimal one, in cells.
const HEX_LEN_MIN: usize = 8;
/// How many cells a gap inside a word may have.
const GAP_LEN_MAX: u8 = 12;
/// The fewest letters that stand one by one to be read as a word.
const APART_MIN: usize = 3;
/// The fewest letter emoji that are read without any letter beside them.
const DRAWN_MIN: usize = 3;
/// The longest term that is not looked for between marks that are letters of the same disguise.
const TIED_LEN_MAX: usize = 5;

/// How many steps the readings of one chunk or run may take: so many in any, and so many more for each cell up to where
/// one begins. A word takes a few dozen, and nobody writes a hundred of them without a space. What comes after too many
/// is read as written only.
const STEPS_MIN: u64 = 2_048;
/// See [`STEPS_MIN`].
const STEPS_PER_CELL: u64 = 1;

/// How often a letter is written to be a stretched one, and the longest stretch.
const STRETCH_MIN: usize = 3;
const STRETCH_MAX: usize = 12;

/// How many letters of a word are looked at before all its readings are followed.
const OPENING_LEN: u8 = 4;
/// How many ways of reading an opening are tried.
const OPENING_WAYS_MAX: u32 = 64;

/// Reads words in disguise in `cells` of `text`, in chunks that touch the bytes `inside` at least.
pub(super) fn find(
    lexis: &Lexis,
    text: &str,
    cells: &[Cell],
    inside: &Range<usize>,
    steps: &mut u64,
    found: &mut Vec<Candidate>,
) {
    let mut reader = Reader { lexis, cells, walk: Walk::new(&lexis.trie, text, cells), found };
    let touches = |range: &Range<usize>| {
        let cells = &cells[range.clone()];
        // Where letters are turned they stand in any order.
        cells.iter().any(|cell| (cell.start as usize) < inside.end)
            && cells.iter().any(|cell| cell.end as usize > inside.start)
    };
    for chunk in chunks(cells).filter(touches) {
        reader.chunk(&chunk);
    }
    for run in runs(cells).into_iter().filter(touches) {
        reader.run(&run);
    }
    *steps += reader.walk.steps;
}

/// What stands between white space.
fn chunks(cells: &[Cell]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += cells[at..].iter().take_while(|cell| cell.byte == b' ').count();
        let from = at;
        at += cells[at..].iter().take_while(|cell| cell.byte != b' ').count();
        (from < at).then_some(from..at)
    })
}

/// Stretches of at least [`APART_MIN`] letters or digits of which no two are neighbours.
fn runs(cells: &[Cell]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut from, mut last, mut count) = (0, 0, 0);
    let alone = |at: usize| {
        let parted =
            |at: usize| at == 0 || !is_sign(cells[at - 1].byte) || cells[at - 1].flag != cells[at].flag;
        let ends = |at: usize| cells.get(at + 1).is_none_or(|next| !is_sign(next.byte));
        is_sign(cells[at].byte)
            && ((parted(at) && ends(at)) || {
                let same = stretch(cells, at);
                same.len() >= STRETCH_MIN && parted(same.start) && ends(same.end - 1)
            })
    };
    let mut close = |from: usize, last: usize, count: usize| {
        if count >= APART_MIN {
            runs.push(from..last + 1);
        }
    };
    // The last letter of `gra$s` is none that stands apart: across white space go only chunks with no other letters.
    let mut mixed_before = false;
    for chunk in chunks(cells) {
        let signs = || chunk.clone().filter(|at| is_sign(cells[*at].byte));
        if signs().next().is_none() {
            continue;
        }
        let mixed = !signs().all(alone);
        let mut crosses = true;
        for at in signs() {
            let joins =
                count > 0 && at - last <= usize::from(GAP_LEN_MAX) && !(crosses && (mixed || mixed_before));
            if !alone(at) {
                close(from, last, count);
                count = 0;
            } else if joins {
                (last, count) = (at, count + 1);
            } else {
                close(from, last, count);
                (from, last, count) = (at, at, 1);
            }
            crosses = false;
        }
        mixed_before = mixed;
    }
    close(from, last, count);
    runs
}

/// The same letter written again and again, which is one that is stretched: `m/o/n/ggg`.
fn stretch(cells: &[Cell], at: usize) -> Range<usize> {
    let same = |cell: &&Cell| cell.is_letter() && cell.byte == cells[at].byte;
    let before = cells[..at].iter().rev().take(STRETCH_MAX).take_while(same).count();
    let after = cells[at..].iter().take(STRETCH_MAX).take_while(same).count();
    at - before..at + after.max(1)
}

/// Whether what is read as `byte` is a letter or a digit.
pub(super) fn is_sign(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte == OTHER_LETTER || byte.is_ascii_digit()
}

/// `3ca43ca-a3ef-3e6ecfa5da60`: numbers of machines, in which any letters meet.
fn is_hexadecimal(cells: &[Cell]) -> bool {
    let digits = cells.iter().filter(|cell| cell.byte.is_ascii_digit()).count();
    let hex = |cell: &Cell| matches!(cell.byte, b'0'..=b'9' | b'a'..=b'f' | b'-' | b':');
    cells.len() >= HEX_LEN_MIN && digits * 4 >= cells.len() && cells.iter().all(hex)
}

/// Whether one more reading may begin `cells` after where its chunk does, in which so many `steps` were taken.
pub(super) fn may_go_on(steps: u64, cells: usize) -> bool {
    steps <= STEPS_MIN + STEPS_PER_CELL * cells as u64
}

struct Reader<'a> {
    lexis: &'a Lexis,
    cells: &'a [Cell],
    walk: Walk<'a>,
    found: &'a mut Vec<Candidate>,
}

impl Reader<'_> {
    /// Reads one chunk from every place where a word may start.
    fn chunk(&mut self, chunk: &Range<usize>) {
        let core = trim(self.walk.text, self.cells, chunk);
        let inside = &self.cells[core.clone()];
        if core.len() < 3 || inside.iter().all(Cell::is_letter) {
            return;
        }
        if !inside.iter().any(Cell::is_letter) && !may_be_drawn(self.walk.text, inside) {
            return;
        }
        if is_hexadecimal(inside) {
            return;
        }
        let first = self.found.len();
        let begun = self.walk.steps;
        let mut at = core.start;
        while at < core.end {
            let before =
                at.checked_sub(1).filter(|before| *before >= core.start).map(|before| &self.cells[before]);
            // A letter may follow a number (`88sh1t`); a digit in the middle of a code begins nothing.
            let begins = before.is_none_or(|before| {
                !is_sign(before.byte) || (!before.is_letter() && self.cells[at].is_letter())
            });
            if begins && self.walk.can_start(at) && may_go_on(self.walk.steps - begun, at - core.start) {
                self.follow(at, &core, chunk, false);
            }
            at += 1;
        }
        // After those: of readings that are equally good the first is kept, and one that reads every sign is better.
        let masked = self.found.len();
        masked::find(self.lexis, self.cells, &core, &mut self.walk.steps, self.found);
        self.unmask(first, masked);
    }

    /// Of the readings from `first` on drops those that pass over a mark where one of those from `masked` on reads it
    /// as the letter it hides: `knob*ead` is no “knobead”.
    fn unmask(&mut self, first: usize, masked: usize) {
        let (closed, masks) = self.found[first..].split_at(masked - first);
        let (lexis, cells) = (self.lexis, self.cells);
        let hidden = |candidate: &Candidate| {
            let same = |mask: &Candidate| mask.start == candidate.start && mask.end == candidate.end;
            let inside = &cells[candidate.from..candidate.to];
            let hides = |run: &[Cell]| {
                let mark = run[0].byte;
                masked::HARD.contains(&mark) || b"?+=".contains(&mark) || (mark == SYMBOL && run.len() > 1)
            };
            let runs =
                inside.chunk_by(|a, b| a.is_letter() == b.is_letter()).filter(|run| !run[0].is_letter());
            let (mut count, mut hidden) = (0, true);
            runs.for_each(|run| (count, hidden) = (count + 1, hidden && hides(run)));
            let paired = count > 1;
            // Marks in pairs are markup round letters, but for what is no word without them: `bo*loc*s`.
            let misspelt = || lexis.spelling_of(candidate.entry, &letters(inside)) != Marks::NONE;
            hidden && candidate.view == View::Closed && masks.iter().any(same) && (!paired || misspelt())
        };
        let drop: Vec<bool> = closed.iter().map(hidden).collect();
        let mut at = 0;
        self.found.retain(|_| {
            at += 1;
            at <= first || !drop.get(at - 1 - first).is_some_and(|drop| *drop)
        });
    }

    /// Whether a sign beside a term is a letter like those in it, and the word goes on behind it: `con§t!+µ€n(y`.
    fn is_tied(&self, span: &Range<usize>, core: &Range<usize>) -> bool {
        let letter = |at: usize| {
            let mark = self.cells[at].byte;
            let doubled = |other: Option<&Cell>| other.is_some_and(|other| other.byte == mark);
            !is_sign(mark)
                && !matches!(mark, b'*' | b':' | b'!' | b'|' | b'(' | b'[' | b'{' | b'<')
                && !doubled(self.cells.get(at + 1))
                && !doubled(at.checked_sub(1).map(|at| &self.cells[at]))
                && self.walk.leet(at) != 0
        };
        let sign = |at: usize| is_sign(self.cells[at].byte);
        let goes_on = |at: usize| sign(at) || self.walk.leet(at) != 0;
        let before = span.start >= core.start + 2 && letter(span.start - 1) && goes_on(span.start - 2);
        let after = span.end + 2 <= core.end && letter(span.end) && goes_on(span.end + 1);
        before || after
    }

    /// Reads letters that stand one by one.
    fn run(&mut self, run: &Range<usize>) {
        let begun = self.walk.steps;
        for at in run.clone() {
            if is_sign(self.cells[at].byte) && may_go_on(self.walk.steps - begun, at - run.start) {
                self.follow(at, run, run, true);
            }
        }
    }

    /// Follows all readings that start at `from`, and keeps the best one that ends where a word may end.
    fn follow(&mut self, from: usize, core: &Range<usize>, chunk: &Range<usize>, apart: bool) {
        if !self.walk.opens(from, core.end) {
            return;
        }
        self.walk.start();
        let mut best = None;
        for at in (from..core.end).take(SPAN_MAX) {
            self.walk.step(at);
            if self.walk.paths.is_empty() {
                break;
            }
            let ends = at + 1 == core.end || !is_sign(self.cells[at + 1].byte);
            if !ends {
                continue;
            }
            for path in &self.walk.paths {
                if path.in_gap() || path.is_plain() {
                    continue;
                }
                let Some(form) = self.lexis.trie.form(path.node) else { continue };
                let form = &self.lexis.forms[form as usize];
                let span = from..at + 1;
                if !apart && form.letters.len() <= TIED_LEN_MAX && self.is_tied(&span, core) {
                    continue;
                }
                let Some((view, marks)) =
                    weigh(self.lexis, form, path, self.cells, &span, core, chunk, apart)
                else {
                    continue;
                };
                let candidate = Candidate::new(self.cells, span.start, span.end, form.entry, view, marks);
                let rank = (candidate.len(), preference(self.lexis, form, path.cost()));
                if best.as_ref().is_none_or(|(_, best_rank)| rank > *best_rank) {
                    best = Some((candidate, rank));
                }
            }
        }
        self.found.extend(best.map(|(candidate, _)| candidate));
    }
}

/// Which of several words that fit is taken to be meant, the greatest first: certainty; then the word most often
/// masked, and failing that the one that does its author the least harm.
pub(super) fn preference(lexis: &Lexis, form: &Form, cost: u32) -> impl Ord + use<> {
    let entry = &lexis.entries[form.entry as usize];
    (
        entry.ambiguous.is_none(),
        Reverse(usual(&form.letters)),
        !entry.category.is_discriminatory(),
        // Nobody hides a mild word that is not usual.
        entry.grade >= Grade::Medium,
        Reverse((entry.grade, cost, form.entry)),
    )
}

/// The words that people mask most, the commonest first: what `s***` and `b****y` most likely are.
const USUAL: [&str; 22] = [
    "fuck", "shit", "cunt", "bloody", "bollock", "bastard", "bugger", "wank", "arse", "bitch", "piss",
    "crap", "twat", "dick", "cock", "prick", "bull", "nigger", "faggot", "paki", "retard", "slut",
];

/// How far down the usual words this one is; the longest distance when it is none of them.
fn usual(letters: &[u8]) -> usize {
    USUAL.iter().position(|word| letters.starts_with(word.as_bytes())).unwrap_or(USUAL.len())
}

/// Follows readings through a tree of words.
struct Walk<'a> {
    trie: &'a Trie,
    text: &'a str,
    cells: &'a [Cell],
    steps: u64,
    paths: Vec<Path>,
    next: Vec<Path>,
}

impl<'a> Walk<'a> {
    fn new(trie: &'a Trie, text: &'a str, cells: &'a [Cell]) -> Self {
        Self { trie, text, cells, steps: 0, paths: Vec::new(), next: Vec::new() }
    }

    /// Forgets all paths and begins a word.
    fn start(&mut self) {
        self.paths.clear();
        self.paths.push(Path::START);
    }

    fn can_start(&self, at: usize) -> bool {
        let cell = &self.cells[at];
        cell.byte.is_ascii_lowercase() || cell.byte == b'*' || self.leet(at) != 0
    }

    fn leet(&self, at: usize) -> u32 {
        leet(self.text, self.cells, at)
    }

    /// Whether some word may begin at `from`: a look at its first letters, which dismisses most places.
    fn opens(&mut self, from: usize, end: usize) -> bool {
        let mut ways = OPENING_WAYS_MAX;
        let opens = self.goes_on(Trie::ROOT, from, end, OPENING_LEN, &mut ways);
        self.steps += u64::from(OPENING_WAYS_MAX - ways);
        opens
    }

    fn goes_on(&self, node: NodeId, from: usize, end: usize, left: u8, ways: &mut u32) -> bool {
        if left == 0 || (node != Trie::ROOT && self.trie.form(node).is_some()) {
            return true;
        }
        let mut before = 0;
        for at in (from..end).take(usize::from(GAP_LEN_MAX) + 1) {
            // Where there are too many ways to try, all are followed.
            let Some(fewer) = ways.checked_sub(1) else { return true };
            *ways = fewer;
            let cell = &self.cells[at];
            let among = if cell.is_letter() { bit(cell.byte) } else { self.leet(at) };
            let goes_on = |(_, node)| self.goes_on(node, at + 1, end, left - 1, ways);
            if self.trie.children(node, among).any(goes_on) {
                return true;
            }
            // Only gaps and repeated letters are passed over.
            let repeats =
                at > 0 && cell.is_letter() && (cell.byte == self.cells[at - 1].byte || cell.byte == before);
            if node == Trie::ROOT || (is_sign(cell.byte) && !repeats) {
                return false;
            }
            before = cell.byte;
        }
        false
    }

    /// Takes every path over the cell at `at`.
    fn step(&mut self, at: usize) {
        let cell = self.cells[at];
        let leet = if cell.is_letter() { 0 } else { self.leet(at) };
        let gap = !is_sign(cell.byte);
        // `bu1l5hi7777`
        let same =
            |at: Option<usize>| at.and_then(|at| self.cells.get(at)).is_some_and(|c| c.byte == cell.byte);
        let stretched = leet != 0
            && same(at.checked_sub(1))
            && (same(at.checked_sub(2)) || same(Some(at + 1)))
            && cell.byte != SYMBOL;
        self.next.clear();
        for path in std::mem::take(&mut self.paths) {
            self.steps += 1;
            if gap && path.node != Trie::ROOT {
                self.next.extend(path.over_gap(Gaps::of(&cell, leet != 0), GAP_LEN_MAX));
            }
            if cell.is_letter() && cell.byte == path.letter() && path.can_repeat() {
                self.next.push(path.repeated());
            }
            if stretched && path.can_stretch() {
                self.next.push(path.repeated());
            }
            if let Some(node) = self.trie.child(path.node, cell.byte) {
                self.next.push(path.real(node, cell.byte));
            }
            for (letter, node) in self.trie.children(path.node, leet) {
                self.next.push(path.leet(node, letter, cell.byte.is_ascii_digit()));
            }
        }
        // The cheapest reading of each place in the tree, and of those the cheapest.
        if self.next.len() > 1 {
            self.next.sort_by_key(|path| (path.node, path.cost()));
            self.next.dedup_by_key(|path| (path.node, path.in_gap()));
        }
        if self.next.len() > PATHS_MAX {
            self.next.sort_by_key(Path::cost);
            self.next.truncate(PATHS_MAX);
        }
        std::mem::swap(&mut self.paths, &mut self.next);
    }
}

/// The chunk without the punctuation of the sentence round it.
pub(super) fn trim(text: &str, cells: &[Cell], chunk: &Range<usize>) -> Range<usize> {
    let plain = |at: usize| {
        let cell = &cells[at];
        b".,;:?!)\"'>]}".contains(&cell.byte) || (cell.byte == SYMBOL && leet(text, cells, at) == 0)
    };
    let (mut from, mut to) = (chunk.start, chunk.end);
    while to > from && plain(to - 1) {
        to -= 1;
    }
    while from < to && (b"\"'".contains(&cells[from].byte) || cells[from].byte == SYMBOL) && plain(from) {
        from += 1;
    }
    // The possessive is no part of the word.
    if let [.., apostrophe, s] = &cells[from..to]
        && apostrophe.byte == b'\''
        && s.byte == b's'
    {
        to -= 2;
    }
    from..to
}

/// The letters that the sign at a place may stand for.
pub(super) fn leet(text: &str, cells: &[Cell], at: usize) -> u32 {
    let cell = &cells[at];
    let same = |at: usize| cells.get(at).is_some_and(|other| other.byte == cell.byte);
    match cell.byte {
        // Two bars between letters may be two letters: `be||end`.
        b'|' if same(at + 1) || (at > 0 && same(at - 1)) => {
            let first = if at > 0 && same(at - 1) { at - 1 } else { at };
            let beside = |at: Option<usize>| {
                at.and_then(|at| cells.get(at)).is_some_and(|cell| !matches!(cell.byte, b'|' | b' '))
            };
            let pair = beside(first.checked_sub(1)) && beside(Some(first + 2));
            if pair { tables::leet('|') } else { 0 }
        }
        // Markdown's other doubled marks are no letters.
        b'*' | b'_' | b'~' if same(at + 1) || (at > 0 && same(at - 1)) => 0,
        SYMBOL => text[cell.start as usize..].chars().next().map_or(0, tables::leet),
        byte => tables::leet(char::from(byte)),
    }
}

/// Whether some cells that hold no letter may be letters all the same: letter emoji and digits in keys.
pub(super) fn may_be_drawn(text: &str, cells: &[Cell]) -> bool {
    let drawn = |at: &usize| {
        let cell = &cells[*at];
        cell.end - cell.start > 1
            && (cell.byte == SYMBOL || cell.byte.is_ascii_digit())
            && leet(text, cells, *at) != 0
    };
    (0..cells.len()).filter(drawn).nth(DRAWN_MIN - 1).is_some()
}

/// Whether the chunk in which `span` stands reads as a longer word of `innocent`, disguised as it is.
///
/// Masks explain anything and do not count.
pub(super) fn reads_as(innocent: &Trie, text: &str, cells: &[Cell], span: &Range<usize>) -> bool {
    let inside = |cell: &&Cell| cell.byte != b' ';
    let before = cells[..span.start].iter().rev().take(SPAN_MAX).take_while(inside).count();
    let after = cells[span.end..].iter().take(SPAN_MAX).take_while(inside).count();
    let mut walk = Walk::new(innocent, text, cells);
    let core = trim(text, cells, &(span.start - before..span.end + after));
    if core.start >= span.start && core.end <= span.end {
        return false;
    }
    let words = words(&cells[core.clone()]);
    // The word may begin where the chunk does, or at a piece of it: `example.org/p@k1stan`.
    let starts = words.iter().map(|word| core.start + word.start).filter(|at| *at <= span.start);
    std::iter::once(core.start).chain(starts).collect::<std::collections::BTreeSet<_>>().into_iter().any(
        |from| {
            walk.start();
            (from..core.end).take(SPAN_MAX).any(|at| {
                walk.step(at);
                let longer = at + 1 - from > span.len() && at + 1 >= span.end;
                let ends = cells.get(at + 1).is_none_or(|next| !is_sign(next.byte));
                longer
                    && ends
                    && walk.paths.iter().any(|path| !path.in_gap() && innocent.form(path.node).is_some())
            })
        },
    )
}
