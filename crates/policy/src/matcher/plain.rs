//! The plain reading: words as written, their inflections and compounds, and a term parted by spaces.

use std::ops::Range;

use super::candidate::{Candidate, Hay, View, letters, words};
use super::compile::{Lexis, Trigger, collapse};
use super::disguised::is_sign;
use super::fuzzy::LetterCase;
use super::joined::{self, TERM_LEN_MIN, WORD_LEN_MAX};
use super::lexicon::is_common;
use super::screen::PIECES_MAX;
use super::trie::Trie;
use crate::dictionary::{Dictionary, Standing};
use crate::finding::Grade;
use crate::normalise::{Cell, Marks};
use crate::wordlist::Matching;

/// The shortest term that is looked for with a space inside: shorter ones meet by chance.
const SPLIT_LETTERS_MIN: usize = 4;
/// The shortest piece that is a word by itself when everybody knows it: shorter ones are halves of words as well.
const EVERYDAY_LEN_MIN: usize = 5;
/// How many cells before a word are looked at.
const SIDE_MAX: usize = 12;
/// Finds what the plain reading of `cells` holds. Linear: each match of the automaton costs at most
/// [`WORD_LEN_MAX`] steps, and matches at one place are at most as many as the terms that end alike.
pub(super) fn find(lexis: &Lexis, cells: &[Cell], steps: &mut u64, found: &mut Vec<Candidate>) {
    let hay = Hay::new(cells);
    *steps += hay.bytes.len() as u64;
    let mut reader: Option<Reader<'_>> = None;
    if cells.iter().any(|cell| cell.byte == b' ') {
        let reader = reader.get_or_insert_with(|| Reader { lexis, cells, words: words(cells), cut: None });
        found.extend((0..reader.words.len()).filter_map(|first| reader.split(first, steps)));
    }
    for at in lexis.automaton.find_overlapping_iter(&hay.bytes) {
        let span = hay.cells(at.start()..at.end());
        let begins = begins_word(cells, span.start);
        for trigger in lexis.triggers(at.pattern().as_usize()) {
            *steps += 1;
            // Most matches stand inside ordinary words and are dismissed here.
            if !begins && !lexis.can_stand_inside(*trigger, cells, &span) {
                continue;
            }
            let reader =
                reader.get_or_insert_with(|| Reader { lexis, cells, words: words(cells), cut: None });
            found.extend(match trigger {
                Trigger::Word(entry) => reader.word(span.clone(), *entry, begins),
                Trigger::Phrase => reader.phrase(span.clone()),
            });
        }
    }
}

fn begins_word(cells: &[Cell], at: usize) -> bool {
    at == 0 || !cells[at - 1].is_letter() || cells[at - 1].flag != cells[at].flag
}

impl Lexis {
    /// Whether a match that does not begin a word can be anything: a term run together with other words, the
    /// hump of a camel-case word, or a name between x's.
    fn can_stand_inside(&self, trigger: Trigger, cells: &[Cell], span: &Range<usize>) -> bool {
        let Trigger::Word(entry) = trigger else { return false };
        let listed = &self.entries[entry as usize];
        listed.matching == Matching::Anywhere
            || cells[span.start].upper
            || cells[span.start - 1].byte == b'x'
            || (listed.ambiguous.is_none() && self.stems[entry as usize].len() >= TERM_LEN_MIN)
    }
}

struct Reader<'a> {
    lexis: &'a Lexis,
    cells: &'a [Cell],
    words: Vec<Range<usize>>,
    /// The word that was cut last.
    cut: Option<Range<usize>>,
}

impl Reader<'_> {
    /// The word in which a cell stands.
    fn word_at(&self, cell: usize) -> Option<Range<usize>> {
        let at = self.words.partition_point(|word| word.end <= cell);
        self.words.get(at).filter(|word| word.start <= cell).cloned()
    }

    fn word(&mut self, span: Range<usize>, entry: u32, begins: bool) -> Option<Candidate> {
        // The letters of a flag are no part of the word before them.
        let word = self.word_at(span.start).filter(|word| span.end <= word.end)?;
        // `B00FUCK9X2` is a number of goods.
        let digit = |cell: Option<&Cell>| cell.is_some_and(|cell| cell.byte.is_ascii_digit());
        let coded = digit(self.cells[..word.start].last())
            && digit(self.cells.get(word.end))
            && self.cells[word.clone()].iter().any(|cell| cell.upper);
        if coded {
            return None;
        }
        if word.len() <= WORD_LEN_MAX {
            let plain = if begins { self.whole(word.clone(), View::Plain) } else { None };
            let decorated = || self.whole(self.undecorated(&word)?, View::Plain);
            if let Some(found) = plain.or_else(decorated) {
                return Some(found);
            }
        }
        if let Some(found) = self.hump(&word, &span) {
            return Some(found);
        }
        let cut = if word.len() <= WORD_LEN_MAX { self.compound(&word) } else { None };
        cut.or_else(|| match self.lexis.entries[entry as usize].matching {
            // Too long to be cut.
            Matching::Anywhere if word.len() > WORD_LEN_MAX => self.stands(span, entry),
            Matching::Anywhere | Matching::Word | Matching::Stem => None,
        })
    }

    /// The cells as one whole form.
    fn whole(&self, range: Range<usize>, view: View) -> Option<Candidate> {
        let letters = letters(&self.cells[range.clone()]);
        let spaced = self.cells[range.clone()].iter().any(|cell| !cell.is_letter());
        let (entry, marks) = form_of(self.lexis, &letters, spaced)?;
        // “retarred” is tarred again.
        let standing =
            if marks.has(Marks::REPEATS) { Dictionary::british().standing(&letters) } else { None };
        if standing.is_some_and(|standing| !standing.is_offensive()) {
            return None;
        }
        Some(Candidate::new(self.cells, range.start, range.end, entry, view, marks))
    }

    /// A word without the x's that some set round a name: `xXnameXx`.
    fn undecorated(&self, word: &Range<usize>) -> Option<Range<usize>> {
        let cells = &self.cells[word.clone()];
        let before = cells.iter().take_while(|cell| cell.byte == b'x').count();
        let after = cells.iter().rev().take_while(|cell| cell.byte == b'x').count();
        (before > 0 && after > 0 && before + after < cells.len())
            .then(|| word.start + before..word.end - after)
    }

    /// The part of a camel-case word that holds the match: `bunchOfFuckClub`.
    fn hump(&self, word: &Range<usize>, span: &Range<usize>) -> Option<Candidate> {
        let starts = |at: usize| at == word.start || (self.cells[at].upper && !self.cells[at - 1].upper);
        if !starts(span.start) || span.len() > WORD_LEN_MAX {
            return None;
        }
        let limit = word.end.min(span.start + WORD_LEN_MAX);
        let end = (span.start + 2..limit)
            .find(|at| self.cells[*at].upper != self.cells[at - 1].upper)
            .unwrap_or(limit);
        let shape = &self.cells[span.start + 1..end];
        let even = shape.iter().all(|cell| !cell.upper) || shape.iter().all(|cell| cell.upper);
        if end < span.end || !even || (span.start == word.start && end == word.end) {
            return None;
        }
        self.whole(span.start..end, View::Compound)
    }

    /// The match itself, wherever it stands.
    fn stands(&self, span: Range<usize>, entry: u32) -> Option<Candidate> {
        let stem = &self.lexis.stems[entry as usize];
        let marks =
            stretch(stem, &letters(&self.cells[span.clone()]), self.lexis.entries[entry as usize].grade)?;
        Some(Candidate::new(self.cells, span.start, span.end, entry, View::Compound, marks))
    }

    /// A term joined with other words.
    fn compound(&mut self, word: &Range<usize>) -> Option<Candidate> {
        // Many terms may meet in one word, and it is cut once.
        if self.cut.as_ref() == Some(word) {
            return None;
        }
        self.cut = Some(word.clone());
        let all = letters(&self.cells[word.clone()]);
        let capitals: Vec<bool> = self.cells[word.clone()].iter().map(|cell| cell.upper).collect();
        let found = joined::find(self.lexis, &all, &capitals)?;
        // A slip of a longer word is that word: `shithow`.
        let case =
            if capitals.iter().any(|capital| *capital) { LetterCase::Mixed } else { LetterCase::Lower };
        let meant =
            if self.lexis.fits_together(&all, &found.letters) { None } else { self.lexis.meant(&all, case) };
        if let Some(meant) = meant.filter(|meant| meant.certain) {
            let entry = meant.entry;
            return Some(Candidate::new(self.cells, word.start, word.end, entry, View::Meant, meant.marks));
        }
        // And so is a listed misspelling of one.
        let place = if self.lexis.spelling_of(found.entry, &all) == Marks::NONE {
            joined::place(&all, &found, joined::is_camel_case(&capitals))
        } else {
            0..all.len()
        };
        let marks = if found.letters.start > 0 { Marks::JOINED } else { Marks::NONE };
        let stretched =
            all[place.clone()].windows(3).any(|three| three[0] == three[1] && three[1] == three[2]);
        let marks = if stretched { marks.with(Marks::REPEATS) } else { marks };
        let (from, to) = (word.start + place.start, word.start + place.end);
        Some(Candidate::new(self.cells, from, to, found.entry, View::Compound, marks))
    }

    /// Several words that together are a term; its last word may be inflected.
    fn phrase(&self, span: Range<usize>) -> Option<Candidate> {
        let first = self.word_at(span.start)?;
        let last = self.word_at(span.end - 1)?;
        if first.start != span.start || last.end - span.start > WORD_LEN_MAX {
            return None;
        }
        // “the bell ended”: what is one word with an ending is not two.
        let all = letters(&self.cells[first.start..last.end]);
        let collapsed = collapse(&all);
        if !self.lexis.collapsed_forms(&collapsed).any(|form| form.spaced) {
            return None;
        }
        self.whole(first.start..last.end, View::Plain)
    }

    /// The pieces of a form with white space between them, the first of which is the word at `first`.
    ///
    /// No more than half of the pieces may be words by themselves.
    fn split(&self, first: usize, steps: &mut u64) -> Option<Candidate> {
        let trie = &self.lexis.trie;
        let mut node = Trie::ROOT;
        let (mut pieces, mut known, mut longest) = (0, 0, 0);
        let mut best = None;
        for at in first..(first + usize::from(PIECES_MAX)).min(self.words.len()) {
            let word = &self.words[at];
            if at > first {
                let gap = &self.cells[self.words[at - 1].end..word.start];
                if gap.is_empty() || gap.iter().any(|cell| cell.byte != b' ') {
                    break;
                }
            }
            let piece = &self.cells[word.clone()];
            *steps += 1;
            // “fuck in front of”: what follows a whole word is the next one, unless it is a letter that is none.
            let whole = trie.form(node).is_some();
            let Some(on) = trie.walk(node, piece.iter().map(|cell| cell.byte)) else { break };
            // Nor is a letter behind a word that was written in one its ending: “bollocks y'all”.
            if whole && (is_word_by_itself(piece) || pieces == 1 && piece.len() == 1) {
                break;
            }
            node = on;
            pieces += 1;
            longest = longest.max(piece.len());
            // Stretched words are words too: “shhhh it's a surprise”.
            let piece = letters(piece);
            let stretched = || piece.windows(3).any(|three| three[0] == three[1] && three[1] == three[2]);
            let everyday = || {
                let standing = Dictionary::british().standing(&piece);
                piece.len() >= EVERYDAY_LEN_MIN && standing.is_some_and(Standing::is_everyday)
            };
            let is_form =
                || trie.walk(Trie::ROOT, piece.iter().copied()).is_some_and(|at| trie.form(at).is_some());
            known += usize::from(
                is_common(&piece)
                    || (stretched() && is_common(&collapse(&piece)))
                    || (everyday() && !is_form()),
            );
            let form = trie.form(node).map(|form| &self.lexis.forms[form as usize]);
            // Letters that stand one by one are read as such.
            if pieces > 1
                && longest > 1
                && known * 2 <= pieces
                && self.cells[self.words[first].start].flag == self.cells[word.start].flag
                && form.is_some_and(|form| form.letters.len() >= SPLIT_LETTERS_MIN)
                && !(pieces == 2 && (self.are_names(first, at) || self.is_name_with_word(first, at)))
            {
                best = self.whole(self.words[first].start..word.end, View::Split);
            }
        }
        if best.is_none() || self.is_end(&self.words[first]) {
            return None;
        }
        let best: Candidate = best?;
        let inside = &self.cells[best.from..best.to];
        // “par t what”: a word that is half of a misspelling only is itself.
        let behind = self.words.get(first + 1).map(|word| letters(&self.cells[word.clone()]));
        if self.words[first].len() == 1
            && behind.is_some_and(|behind| Dictionary::british().standing(&behind).is_some())
            && self.lexis.spelling_of(best.entry, &letters(inside)) != Marks::NONE
        {
            return None;
        }
        // The words of a phrase stand apart anyway.
        let term = &self.lexis.entries[best.entry as usize].term;
        let opening = letters(&self.cells[self.words[first].clone()]);
        let phrase = term.split_once(' ').is_some_and(|(word, _)| word.as_bytes() == opening);
        let marks = if phrase { best.marks } else { best.marks.with(Marks::SEPARATED) };
        Some(Candidate { marks, ..best })
    }

    /// Whether a word is the end of something longer: “it's hit”, `d–e–nonce`, `c**n once`, “M e r e s t what”.
    fn is_end(&self, word: &Range<usize>) -> bool {
        let before = &self.cells[..word.start];
        let marks =
            before.iter().rev().take(SIDE_MAX).take_while(|cell| !is_sign(cell.byte) && cell.byte != b' ');
        let marks = marks.count();
        let mut rest = before[..before.len() - marks].iter().rev().take(SIDE_MAX);
        let Some(last) = rest.next() else { return false };
        if last.byte != b' ' {
            return true;
        }
        if matches!(before.last().map(|cell| cell.byte), Some(b'-' | b'_' | b'/' | b'.')) {
            return true;
        }
        // One more of the letters that stand one by one.
        let mut rest = rest.skip_while(|cell| cell.byte == b' ');
        let letter = rest.next().filter(|cell| cell.is_letter() && !b"aiuox".contains(&cell.byte));
        word.len() == 1 && marks == 0 && letter.is_some() && rest.next().is_none_or(|cell| cell.byte == b' ')
    }

    /// “Mr Pak is away”: a name and a small word.
    fn is_name_with_word(&self, first: usize, last: usize) -> bool {
        const SMALL_LEN_MAX: usize = 3;
        let name = &self.cells[self.words[first].clone()];
        let capital = name[0].upper && !name[1..].iter().any(|cell| cell.upper);
        let small = letters(&self.cells[self.words[last].clone()]);
        capital
            && name.len() > 2
            && small.len() <= SMALL_LEN_MAX
            && is_common(&small)
            && Dictionary::british().standing(letters(name)).is_some_and(Standing::is_name)
    }

    /// “Mo Ng”, “Wan King”: two capitals are a name.
    fn are_names(&self, first: usize, last: usize) -> bool {
        [first, last].iter().all(|at| {
            let cells = &self.cells[self.words[*at].clone()];
            cells[0].upper && cells.iter().skip(1).any(|cell| !cell.upper)
        })
    }
}

/// Whether some letters are a word that may follow any other: “fuck in”, “wank as”, “twat a”.
fn is_word_by_itself(piece: &[Cell]) -> bool {
    match piece {
        [letter] => b"abciknorux".contains(&letter.byte),
        [_, _] => is_common(&letters(piece)),
        _ => false,
    }
}

/// The form that these letters are, with repeats undone where the form has fewer.
///
/// `spaced` tells whether they are written in several words: “bell end” is a place and “bellend” is none.
fn form_of(lexis: &Lexis, letters: &[u8], spaced: bool) -> Option<(u32, Marks)> {
    let collapsed = collapse(letters);
    let fits = lexis.collapsed_forms(&collapsed).filter_map(|form| {
        let entry = &lexis.entries[form.entry as usize];
        let marks = stretch(&form.letters, letters, entry.grade)?;
        let excess = letters.len() - form.letters.len();
        // The nearest spelling; but stretched letters do not make a word more innocent.
        let rank = (excess > 0 && entry.ambiguous.is_some(), excess, form.spaced != spaced);
        Some((rank, form.entry, marks))
    });
    fits.min_by_key(|(rank, ..)| *rank).map(|(_, entry, marks)| (entry, marks))
}

/// Whether `letters` are `form` with some letters repeated, and whether any are.
///
/// Short words are doubled by other words (`noob`, `moong`): for them one doubled letter is no disguise.
fn stretch(form: &[u8], letters: &[u8], grade: Grade) -> Option<Marks> {
    let (mut longest, mut stretched) = (0, 0);
    let mut form_runs = form.chunk_by(|a, b| a == b);
    for run in letters.chunk_by(|a, b| a == b) {
        let of_form = form_runs.next()?;
        if of_form[0] != run[0] || of_form.len() > run.len() {
            return None;
        }
        if run.len() > of_form.len() {
            stretched += 1;
            longest = longest.max(run.len());
        }
    }
    if stretched == 0 {
        return Some(Marks::NONE);
    }
    let clear = match form.len() {
        0..=3 => longest >= 3 && !form.contains(&b'o'),
        4 => longest >= 3 || stretched >= 2 || grade == Grade::Strongest && !form.contains(&b'o'),
        _ => true,
    };
    clear.then_some(Marks::REPEATS)
}
