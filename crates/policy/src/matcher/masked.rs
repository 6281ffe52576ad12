//! The masked reading: `f*ck`, `b******t`, `wank!r`.
//!
//! A mask stands for any letter, so a tree of letters would be followed along all its branches. Here the forms of one
//! length stand in a table with one set of forms for each letter at each place; what is written narrows them down
//! by one intersection a letter, however many are masked.

use std::ops::Range;

use super::candidate::{Candidate, View, letters as letters_of, words};
use super::compile::{Form, Lexis};
use super::disguised::{may_go_on, preference};
use super::lexicon::is_common;
use super::trie::{Trie, bit};
use crate::dictionary::{Dictionary, Standing};
use crate::finding::Grade;
use crate::normalise::{Cell, Marks, SYMBOL, tables};
use crate::wordlist::Entry;

/// The longest form that is looked for behind masks, in letters.
pub(super) const LEN_MAX: usize = 24;

/// Forms by length, and by the letter at each place.
#[derive(Debug, Clone, Default)]
pub(super) struct Masked {
    by_len: Vec<Table>,
}

/// The forms of one length.
#[derive(Debug, Clone, Default)]
struct Table {
    forms: Vec<u32>,
    /// Sets of forms, as bits: the set of letter `l` at place `p` begins at `(p * 26 + l) * width`.
    sets: Vec<u64>,
    width: usize,
}

/// What is written at one place: the letters it may stand for, as bits from `a`.
type Place = u32;

/// Any letter.
const ANY: Place = (1 << 26) - 1;

impl Masked {
    /// Builds the tables from forms of `a` to `z` with what they are called.
    pub(super) fn new<'a>(forms: impl Iterator<Item = (&'a [u8], u32)>) -> Self {
        let mut by_len: Vec<Vec<(&[u8], u32)>> = vec![Vec::new(); LEN_MAX + 1];
        for (letters, form) in forms.filter(|(letters, _)| letters.len() <= LEN_MAX) {
            by_len[letters.len()].push((letters, form));
        }
        Self { by_len: by_len.iter().enumerate().map(|(len, forms)| Table::new(len, forms)).collect() }
    }

    /// Whether a form fits the words on both sides of the mark at `at`, the mark read as a letter.
    pub(super) fn fits_between(&self, text: &[u8], at: usize) -> bool {
        let letter = |byte: &&u8| byte.is_ascii_alphabetic();
        let before = text[..at].iter().rev().take(LEN_MAX).take_while(letter).count();
        let after = text[at + 1..].iter().take(LEN_MAX).take_while(letter).count();
        let mut places = [ANY; 2 * LEN_MAX + 1];
        let places = &mut places[..before + 1 + after];
        for (place, byte) in
            places.iter_mut().zip(&text[at - before..]).filter(|(_, byte)| byte.is_ascii_alphabetic())
        {
            *place = bit(byte.to_ascii_lowercase());
        }
        self.fits(places).next().is_some()
    }

    /// Whether a form fits letters and stars, or the same with a few stars more or fewer.
    pub(super) fn fits_starred(&self, chunk: &[u8]) -> bool {
        let mut places = [ANY; LEN_MAX + 4];
        for (place, byte) in places.iter_mut().zip(chunk) {
            *place = if *byte == b'*' { ANY } else { bit(*byte) };
        }
        let fits = |places: &[Place]| self.fits(places).next().is_some();
        if fits(&places[..chunk.len()]) {
            return true;
        }
        let Some(first) = chunk.iter().position(|byte| *byte == b'*') else { return false };
        let stars = chunk[first..].iter().take_while(|byte| **byte == b'*').count();
        if stars < 2 {
            return false;
        }
        let rest = places;
        let after = chunk.len() - first - stars;
        (first + stars - 1..=first + stars + 2).any(|to| {
            places[first..to].fill(ANY);
            places[to..to + after].copy_from_slice(&rest[first + stars..chunk.len()]);
            fits(&places[..to + after])
        })
    }

    /// The forms of `places.len()` letters that fit.
    fn fits(&self, places: &[Place]) -> impl Iterator<Item = u32> {
        let table = self.by_len.get(places.len());
        table.into_iter().flat_map(|table| table.fits(places))
    }
}

impl Table {
    fn new(len: usize, forms: &[(&[u8], u32)]) -> Self {
        let width = forms.len().div_ceil(64);
        let mut sets = vec![0; len * 26 * width];
        for (at, (letters, _)) in forms.iter().enumerate() {
            for (place, letter) in letters.iter().enumerate() {
                let letter = usize::from(letter - b'a');
                sets[(place * 26 + letter) * width + at / 64] |= 1 << (at % 64);
            }
        }
        Self { forms: forms.iter().map(|(_, form)| *form).collect(), sets, width }
    }

    fn fits(&self, places: &[Place]) -> impl Iterator<Item = u32> {
        let known = || places.iter().enumerate().filter(|(_, place)| **place != ANY);
        (0..self.width).flat_map(move |word| {
            let all = if known().next().is_some() { u64::MAX } else { 0 };
            let mut left = known().fold(
                all,
                |left, (at, place)| {
                    if left == 0 { 0 } else { left & self.set(at, *place, word) }
                },
            );
            std::iter::from_fn(move || {
                let at = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                self.forms.get(word * 64 + at as usize).copied()
            })
        })
    }

    /// One word of the set of forms with any letter of `letters` at a place.
    fn set(&self, place: usize, letters: Place, word: usize) -> u64 {
        let mut left = letters;
        let mut set = 0;
        while left != 0 {
            let letter = left.trailing_zeros() as usize;
            left &= left - 1;
            set |= self.sets[(place * 26 + letter) * self.width + word];
        }
        set
    }
}

/// Marks that stand for a letter and for little else inside a word.
pub(super) const HARD: &[u8] = b"*#@$%^&!";
/// Marks that may stand for a letter, but are common between words.
const SOFT: &[u8] = b"-_.+=~?";
/// The shortest word that explains the marks beside it.
const WORD_LEN_MIN: usize = 3;
/// How many cells beside a word are looked at.
const SIDE_MAX: usize = 12;
/// The longest masked word of one sense that may be any ordinary word: `ta**s` are tanks.
const CERTAIN_LEN_MAX: usize = 5;
/// How far ordinary words are looked for that a mask fits, in letters tried.
const FITTING_STEPS_MAX: usize = 10_000;

/// The words that people mask to their first and last letters, the commonest first.
const USUAL: [&str; 36] = [
    "fuck",
    "shit",
    "shite",
    "cunt",
    "bloody",
    "bollock",
    "bastard",
    "bugger",
    "wank",
    "arse",
    "ass",
    "bitch",
    "piss",
    "crap",
    "twat",
    "dick",
    "cock",
    "prick",
    "toss",
    "slut",
    "whore",
    "bullshit",
    "bellend",
    "knobhead",
    "gobshite",
    "motherfuck",
    "fuckwit",
    "nigger",
    "faggot",
    "paki",
    "pikey",
    "retard",
    "spastic",
    "tranny",
    "poof",
    "nigga",
];
/// What these words go on with.
const USUAL_ENDINGS: [&str; 20] = [
    "", "s", "es", "y", "ty", "er", "ers", "ed", "in", "ing", "ting", "ter", "ish", "head", "heads", "hole",
    "holes", "wit", "wits", "face",
];
/// Words that one letter and as many stars as are missing stand for.
const ONE_LETTER_SHOWN: [&[u8]; 9] =
    [b"fuck", b"fucker", b"fucking", b"shit", b"cunt", b"cunts", b"wanker", b"bastard", b"bollocks"];

/// Every word that people mask to its first and last letters, with its endings.
pub(super) fn usual_words() -> impl Iterator<Item = Vec<u8>> {
    USUAL.iter().flat_map(|word| {
        USUAL_ENDINGS.iter().map(move |ending| [word.as_bytes(), ending.as_bytes()].concat())
    })
}

/// Whether a form is one of which everybody knows how many stars are meant: `w**ers` are wagers.
fn is_miscounted(letters: &[u8]) -> bool {
    const WORDS: [&[u8]; 7] = [b"fuck", b"shit", b"cunt", b"bollock", b"bastard", b"motherfuck", b"bullshit"];
    is_usual(letters) && WORDS.iter().any(|word| letters.starts_with(word))
}

/// How many letters may be hidden of which only the ends are shown, and the longer words of which more may.
const ENDS_MASKED_MAX: usize = 4;
const BOTH_ENDS_SHOWN: [&[u8]; 30] = [
    b"bollocks",
    b"bollocking",
    b"bastard",
    b"bastards",
    b"fucking",
    b"fuckers",
    b"wanking",
    b"wankers",
    b"arsehole",
    b"arseholes",
    b"asshole",
    b"assholes",
    b"dickhead",
    b"dickheads",
    b"knobhead",
    b"bullshit",
    b"gobshite",
    b"motherfucker",
    b"motherfuckers",
    b"shitting",
    b"niggers",
    b"faggots",
    b"spastic",
    b"spastics",
    b"bellend",
    b"bellends",
    b"shithead",
    b"bitches",
    b"fuckwit",
    b"retards",
];

/// Whether a form is one that people mask beyond its first and last letters.
fn is_usual(letters: &[u8]) -> bool {
    let rest = |word: &&str| letters.strip_prefix(word.as_bytes());
    USUAL.iter().filter_map(rest).any(|rest| USUAL_ENDINGS.iter().any(|ending| ending.as_bytes() == rest))
}

/// What a cell is in a masked word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Hard,
    Soft,
    Other,
}

impl Kind {
    fn of(cell: &Cell) -> Self {
        match cell.byte {
            // `×` looks like an x, and rarely is one.
            b'x' if cell.marks.has(Marks::LOOK_ALIKE) => Self::Hard,
            byte if byte.is_ascii_lowercase() => Self::Letter,
            byte if byte.is_ascii_digit() => Self::Digit,
            byte if HARD.contains(&byte) => Self::Hard,
            // An emoji hides the one letter it stands for.
            SYMBOL => Self::Hard,
            byte if SOFT.contains(&byte) => Self::Soft,
            _ => Self::Other,
        }
    }

    /// What the cell at `at` is among its neighbours: different marks in a row hide letters (`b?=ch`).
    fn at(cells: &[Cell], at: usize) -> Self {
        let kind = Self::of(&cells[at]);
        let differs = |other: Option<&Cell>| {
            other.is_some_and(|other| match Self::of(other) {
                Self::Hard => true,
                Self::Soft => other.byte != cells[at].byte,
                Self::Letter | Self::Digit | Self::Other => false,
            })
        };
        let mixed =
            kind == Self::Soft && (differs(cells.get(at + 1)) || at > 0 && differs(cells.get(at - 1)));
        if mixed { Self::Hard } else { kind }
    }
}

/// Reads the masked words of a chunk, whose punctuation is trimmed.
pub(super) fn find(
    lexis: &Lexis,
    cells: &[Cell],
    core: &Range<usize>,
    steps: &mut u64,
    found: &mut Vec<Candidate>,
) {
    let masks = |at: usize| matches!(Kind::of(&cells[at]), Kind::Hard | Kind::Soft);
    if !core.clone().any(masks) {
        return;
    }
    let begun = *steps;
    let mut reader = Reader { lexis, cells, steps, places: Vec::new() };
    for token in reader.tokens(core) {
        if may_go_on(*reader.steps - begun, token.start - core.start) {
            *reader.steps += token.len() as u64;
            found.extend(reader.token(token));
        }
    }
}

struct Reader<'a> {
    lexis: &'a Lexis,
    cells: &'a [Cell],
    steps: &'a mut u64,
    places: Vec<Place>,
}

/// How much of a masked word is written, and what hides the rest.
#[derive(Debug, Clone, Copy)]
struct Shown {
    /// Letters that are written.
    real: usize,
    /// Letters that are masked.
    masked: usize,
    /// Whether they are masked by marks that are common between words.
    soft: bool,
    /// Whether the first letter is written.
    first: bool,
}

impl Reader<'_> {
    /// The runs of letters and masks that may be words: with marks that are common between words, only if one such
    /// mark is all that hides letters in the run.
    fn tokens(&self, core: &Range<usize>) -> Vec<Range<usize>> {
        let mut tokens = Vec::new();
        let mut at = core.start;
        while at < core.end {
            let mut soft = None;
            let len = (at..core.end)
                .take_while(|at| match Kind::at(self.cells, *at) {
                    Kind::Letter | Kind::Digit | Kind::Hard => true,
                    Kind::Soft => {
                        let mark = self.cells[*at].byte;
                        *soft.get_or_insert(mark) == mark
                    }
                    Kind::Other => false,
                })
                .count();
            let token = at..at + len;
            let hard = token.clone().any(|at| Kind::at(self.cells, at) == Kind::Hard);
            match soft {
                Some(_) if hard => {
                    // Each part by itself: `well-f*cked`.
                    let inside = |at: &usize| Kind::at(self.cells, *at) != Kind::Soft;
                    let mut from = token.start;
                    while from < token.end {
                        let len = (from..token.end).take_while(inside).count();
                        tokens.push(from..from + len);
                        from += len + 1;
                    }
                }
                _ => tokens.push(token),
            }
            at += len.max(1);
            // The mark that ended the run begins no word.
            while at < core.end && matches!(Kind::at(self.cells, at), Kind::Soft | Kind::Other) {
                at += 1;
            }
        }
        tokens.retain(|token| {
            token.len() >= 3
                && token.clone().any(|at| matches!(Kind::at(self.cells, at), Kind::Hard | Kind::Soft))
        });
        tokens
    }

    /// One run of letters and masks, also without the emphasis round it: `**f*ck**`, `#f*ck`.
    fn token(&mut self, token: Range<usize>) -> Option<Candidate> {
        let mut inner = token;
        loop {
            if let Some(found) = self.masked(inner.clone()) {
                return Some(found);
            }
            let (first, last) = (self.cells[inner.start].byte, self.cells[inner.end - 1].byte);
            inner = match (first, last) {
                (b'*' | b'_' | b'~', mark) if inner.len() > 4 && first == mark => {
                    inner.start + 1..inner.end - 1
                }
                (b'#' | b'@', _) if inner.len() > 3 => inner.start + 1..inner.end,
                _ => return None,
            };
        }
    }

    /// The form that these cells are most likely to be.
    fn masked(&mut self, token: Range<usize>) -> Option<Candidate> {
        let cells = &self.cells[token.clone()];
        let first = cells.first().is_some_and(|cell| Kind::of(cell) == Kind::Letter);
        // What marks a tag or a member hides no letter.
        if !(3..=LEN_MAX).contains(&token.len()) || (!first && b"#@".contains(&cells[0].byte)) {
            return None;
        }
        let count = |wanted: Kind| token.clone().filter(|at| Kind::at(self.cells, *at) == wanted).count();
        let (real, hard, soft) = (count(Kind::Letter), count(Kind::Hard), count(Kind::Soft));
        let shown = Shown { real, masked: hard + soft, soft: soft > 0, first };
        if real == 0
            || shown.masked == 0
            || self.goes_on(&token)
            || self.is_spelt(&token)
            || self.is_emphasised(&token)
        {
            return None;
        }
        // “**a bit** more”, “spa*”, “$water”: marks beside a word that everybody knows hide nothing of it.
        let letter = |cell: &&Cell| Kind::of(cell) == Kind::Letter;
        let word: Vec<u8> = cells.iter().filter(letter).map(|cell| cell.byte).collect();
        let whole =
            cells.chunk_by(|a, b| letter(&a) == letter(&b)).filter(|run| letter(&&run[0])).count() == 1;
        let outside = !first || Kind::of(&cells[cells.len() - 1]) != Kind::Letter;
        let known = || Dictionary::british().standing(&word).is_some_and(Standing::is_common);
        if whole && outside && word.len() >= WORD_LEN_MIN && known() {
            return None;
        }
        let places = cells.iter().map(|cell| match Kind::of(cell) {
            Kind::Letter => bit(cell.byte),
            Kind::Digit => tables::leet(char::from(cell.byte)),
            Kind::Hard | Kind::Soft | Kind::Other => ANY,
        });
        self.places.clear();
        self.places.extend(places);
        self.best(&token, shown).or_else(|| self.stretched(&token, shown))
    }

    /// `t*i*t*a*n*i*c` is a word spelt out, not a masked one.
    fn is_spelt(&self, token: &Range<usize>) -> bool {
        let letter = |cell: &Cell| Kind::of(cell) == Kind::Letter;
        let mut pieces =
            self.cells[token.clone()].chunk_by(|a, b| letter(a) == letter(b)).filter(|run| letter(&run[0]));
        let mut count = 0;
        pieces.all(|piece| {
            count += 1;
            piece.len() == 1
        }) && count >= 4
            && self.cells[token.clone()].len() <= 2 * count
    }

    /// `wan*ker*`: the marks stand round a part of the word, not for letters of it.
    fn is_emphasised(&self, token: &Range<usize>) -> bool {
        let cells = &self.cells[token.clone()];
        let letter = |cell: &Cell| Kind::of(cell) == Kind::Letter;
        let mut marks = cells.chunk_by(|a, b| letter(a) == letter(b)).filter(|run| !letter(&run[0]));
        let pair = [marks.next(), marks.next()];
        let [Some(opening), Some(closing)] = pair else { return false };
        let same =
            opening.len() == closing.len() && opening.iter().zip(closing).all(|(a, b)| a.byte == b.byte);
        let outside = !letter(&cells[0]) || !letter(&cells[cells.len() - 1]);
        let spells = || {
            let node = self.lexis.trie.walk(Trie::ROOT, letters_of(cells));
            node.is_some_and(|node| self.lexis.trie.form(node).is_some())
        };
        marks.next().is_none() && same && outside && spells()
    }

    /// Whether letters and masks go on beyond a word.
    fn goes_on(&self, token: &Range<usize>) -> bool {
        let mask = |cell: &&Cell| HARD.contains(&cell.byte) || cell.byte == SYMBOL;
        let goes_on = |side: &mut dyn Iterator<Item = &Cell>| {
            let mut side = side.take(SIDE_MAX).peekable();
            let mut masks = 0;
            while side.next_if(mask).is_some() {
                masks += 1;
            }
            masks > 0 && side.next().is_some_and(Cell::is_letter)
        };
        goes_on(&mut self.cells[..token.start].iter().rev()) || goes_on(&mut self.cells[token.end..].iter())
    }

    /// The same where more or fewer stars were written than letters were meant: `f**ing`.
    fn stretched(&mut self, token: &Range<usize>, shown: Shown) -> Option<Candidate> {
        let from = self.places.iter().position(|place| *place == ANY)?;
        let run = self.places[from..].iter().take_while(|place| **place == ANY).count();
        let stars = self.cells[token.clone()].iter().filter(|cell| cell.byte == b'*').count();
        if run < 2
            || run != shown.masked
            || run != stars
            || shown.real < 4
            || from == 0
            || from + run == self.places.len()
        {
            return None;
        }
        let written = self.places.len();
        self.places.remove(from);
        for len in written - 1..=written + 1 {
            if len != written
                && let Some(found) = self.best(token, shown)
            {
                return Some(found);
            }
            self.places.insert(from, ANY);
        }
        None
    }

    fn best(&mut self, token: &Range<usize>, shown: Shown) -> Option<Candidate> {
        *self.steps += self.places.len() as u64;
        let fits = self.lexis.masked.fits(&self.places).map(|form| &self.lexis.forms[form as usize]);
        // Only of the words that people mask often are stars miscounted.
        let exact = self.places.len() == token.len();
        let counting =
            fits.filter(|form| (exact || is_miscounted(&form.letters)) && self.counts(form, token, shown));
        let hidden = u32::try_from(shown.masked).unwrap_or(u32::MAX);
        let best = counting.max_by_key(|form| preference(self.lexis, form, hidden))?;
        // Among letters that are drawn with signs the others are as well.
        let drawn = self.cells[token.clone()].iter().any(|cell| cell.marks.has(Marks::LEET));
        let marks = if drawn { Marks::LEET } else { Marks::MASK };
        Some(Candidate::new(self.cells, token.start, token.end, best.entry, View::Masked, marks))
    }

    /// `f*ck` and `b******t` count, `f***` for what everybody reads in it; `f*g` is a formula and `*uck` a duck.
    fn counts(&self, form: &Form, token: &Range<usize>, shown: Shown) -> bool {
        let Shown { real, masked, soft, first } = shown;
        let letters = &*form.letters;
        if letters.len() < 4 {
            return false;
        }
        if !first {
            return !soft && masked == 1 && real >= 4;
        }
        let usual = is_usual(letters);
        // `s***y` is any of many words.
        if real == 2 && letters.ends_with(b"ty") && !letters.ends_with(b"tty") {
            return false;
        }
        // Of a long word the ends alone tell nothing, unless it is one of a few.
        if real == 2 && masked > ENDS_MASKED_MAX && !BOTH_ENDS_SHOWN.contains(&letters) {
            return false;
        }
        if real == 1 {
            return ONE_LETTER_SHOWN.contains(&letters) && masked + 1 == letters.len();
        }
        // `b_ll_cks`: all of its vowels and nothing else.
        let vowel = |letter: &u8| b"aeiou".contains(letter);
        let vowels = letters.len() == self.places.len()
            && letters
                .iter()
                .zip(&self.places)
                .skip(1)
                .all(|(letter, place)| vowel(letter) == (*place == ANY));
        if soft {
            let pieces = words(&self.cells[token.clone()]);
            let piece =
                |piece: &Range<usize>| &self.cells[token.start + piece.start..token.start + piece.end];
            let known = pieces.iter().all(|at| is_common(&letters_of(piece(at))));
            let grade = self.lexis.entries[form.entry as usize].grade;
            let light = masked == 1 && real >= 3 || masked == 2 && grade == Grade::Strongest;
            let run = self
                .places
                .iter()
                .skip_while(|place| **place != ANY)
                .take_while(|place| **place == ANY)
                .count();
            return !known && (vowels || light || usual && run == masked && masked >= 2);
        }
        vowels || usual || masked < real || masked == real && real >= 3
    }
}

/// Whether what was read as `term` may be an ordinary word that everybody knows: `t*nk*r` is a tanker. What people mask
/// often is one of a few words.
pub(super) fn may_be_a_word(entry: &Entry, cells: &[Cell]) -> bool {
    let certain = entry.ambiguous.is_none();
    let masks = cells.iter().filter(|cell| Kind::of(cell) != Kind::Letter).count();
    let known =
        USUAL.iter().any(|usual| entry.term.starts_with(usual)) || masks < 2 || cells.len() > CERTAIN_LEN_MAX;
    !(certain && known) && fits_a_word(cells)
}

fn fits_a_word(cells: &[Cell]) -> bool {
    let dictionary = Dictionary::british();
    let mut left = FITTING_STEPS_MAX;
    let mut open = vec![(0, dictionary.root())];
    while let Some((at, place)) = open.pop() {
        let Some(cell) = cells.get(at) else {
            if dictionary.standing_at(place).is_some_and(|word| word.is_everyday() && !word.is_offensive()) {
                return true;
            }
            continue;
        };
        let among = match Kind::of(cell) {
            Kind::Letter => bit(cell.byte),
            Kind::Digit => tables::leet(char::from(cell.byte)),
            Kind::Hard | Kind::Soft | Kind::Other => ANY,
        };
        for letter in (b'a'..=b'z').filter(|letter| among & bit(*letter) != 0) {
            left -= 1;
            if left == 0 {
                return false;
            }
            open.extend(dictionary.step(place, letter).map(|place| (at + 1, place)));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_narrow_forms_down_to_those_that_fit() {
        let words = ["fuck", "fork", "cunt", "shit", "shite", "bollocks"];
        let masked = Masked::new((0..).zip(words).map(|(at, word)| (word.as_bytes(), at)));
        for (written, expected) in [
            ("f**k", &["fuck", "fork"][..]),
            ("fu*k", &["fuck"]),
            ("s***e", &["shite"]),
            ("b******s", &["bollocks"]),
            ("****", &[]),
            ("x***", &[]),
            ("", &[]),
        ] {
            let places: Vec<_> =
                written.bytes().map(|letter| if letter == b'*' { ANY } else { bit(letter) }).collect();
            let found: Vec<_> = masked.fits(&places).map(|at| words[at as usize]).collect();
            assert_eq!(found, expected, "{written}");
        }
    }
}
