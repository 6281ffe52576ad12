//! Words that are no listed form, yet mean one: vowels dropped, spelt as it sounds, a slip of the finger.
//!
//! A word is looked up three times: by its consonants, by its sound, and by what is left when one letter is taken
//! away. Nearly every word ends there. What is found is verified letter by letter and must be the better
//! explanation: an everyday word that is as near takes the reading's certainty away.

mod everyday;
mod index;
mod sound;
mod spelling;
mod typo;
mod vowels;

#[cfg(test)]
mod tests;

use std::sync::{LazyLock, OnceLock};

use self::everyday::{Rivals, distance};
use self::index::{Index, LEN_MAX};
pub(super) use self::spelling::spelt;

use self::typo::Slip;
use self::vowels::Missing;
use super::lexicon::{Words, words};
use super::trie::index;
use crate::dictionary::{Dictionary, Standing};
use crate::finding::Grade;
use crate::normalise::Marks;
use crate::wordlist::Entry;

/// The shortest word that is read at all: `fk`.
const WORD_LEN_MIN: usize = 2;
/// The shortest form, and the shortest word, between which a slip is looked for.
const SLIP_LEN_MIN: usize = 4;

/// The shortest term whose readings count by themselves: three letters are near to too much.
const SURE_LEN_MIN: usize = 4;
/// The shortest phrase that is read when written as one word.
const PHRASE_LEN_MIN: usize = 7;

/// The shortest term whose ending may be another in its forms.
const LONG_LEN_MIN: usize = 10;
/// The longest word without vowels that is no clear slip of a term.
const BARE_LEN_MAX: usize = 5;
/// The length from which a capitalised word that sounds like a term is hardly a name.
const NO_NAME_LEN_MIN: usize = 8;

/// The shortest part of a compound that is told by its letters.
const PART_LEN_MIN: usize = 3;

/// Terms that are read as listed only: short words of Welsh and Irish and others that are near to too much.
const AS_LISTED: &str = "\
basdad beaner bastad bastaird bitseach bitsh bolocs boong cachgi cachlyd cachu cachwr coc dago didicoy ffwc ffwcio \
ffyc focain fookin fuckan fudnugget geehole hwren jackeen mofo mudslime muzzie noncey polack sket slebog slwt sperg \
terf thot wancar";

/// How the case of a word's letters was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterCase {
    /// All small.
    Lower,
    /// The first letter capital: the head of a sentence, or a name.
    Capitalised,
    /// All capital: shouting, or an abbreviation.
    Capitals,
    /// Anything else.
    Mixed,
}

/// What a word is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) entry: u32,
    pub(super) marks: Marks,
    /// Whether it counts by itself; if not, it needs abusive context.
    pub(super) certain: bool,
}

/// A listed spelling.
#[derive(Debug, Clone, Copy)]
struct Form {
    start: u32,
    len: u32,
    entry: u32,
    grade: Grade,
    /// Its entry has an innocent sense, or is so short that much comes near it.
    ambiguous: bool,
}

/// Compiled forms, ready to read words.
#[derive(Debug, Clone)]
pub(super) struct Fuzzy {
    letters: Box<[u8]>,
    forms: Box<[Form]>,
    skeletons: Index,
    sounds: Index,
    slips: Index,
    /// By form: everyday words a slip away from one of its slips, looked for when first needed.
    beside: Box<[OnceLock<Box<[&'static str]>>]>,
}

impl Fuzzy {
    /// Compiles listed spellings, letters with the index of their entry. The cost is linear in their letters and in
    /// the everyday words.
    pub(super) fn compile<'a>(forms: impl Iterator<Item = (&'a [u8], u32)>, entries: &[Entry]) -> Self {
        let mut letters = Vec::new();
        let mut kept = Vec::new();
        let read: Vec<bool> = entries.iter().map(is_read).collect();
        for (spelling, entry) in forms {
            let Some(listed) = entries.get(entry as usize).filter(|_| read[entry as usize]) else { continue };
            let phrase = listed.term.contains([' ', '-']);
            if spelling.len() > LEN_MAX || phrase && spelling.len() < PHRASE_LEN_MIN {
                continue;
            }
            let (start, len) = (index(letters.len()), index(spelling.len()));
            letters.extend_from_slice(spelling);
            let ambiguous = listed.ambiguous.is_some() || listed.term.len() < SURE_LEN_MIN;
            kept.push(Form { start, len, entry, grade: listed.grade, ambiguous });
        }
        let spelling = |form: &Form| &letters[form.start as usize..][..form.len as usize];
        let numbered = || kept.iter().enumerate().map(|(at, form)| (index(at), spelling(form), form));
        let usual =
            || numbered().filter(|(_, form, entry)| is_usual(form, &entries[entry.entry as usize].term));
        let skeletons = Index::new(usual().map(|(at, form, _)| (vowels::skeleton(form), at)));
        let sounds =
            Index::new(numbered().map(|(at, form, _)| (index::hash(sound::key(form).as_slice()), at)));
        let long = usual().filter(|(_, form, entry)| form.len() >= SLIP_LEN_MIN && !entry.ambiguous);
        let slips = Index::new(long.flat_map(|(at, form, _)| typo::keys(form).map(move |key| (key, at))));

        let beside = kept.iter().map(|_| OnceLock::new()).collect();
        Self { letters: letters.into(), forms: kept.into(), skeletons, sounds, slips, beside }
    }

    /// What `word` may be: small letters as written, known to be no listed form. The best reading, if there is one.
    pub(super) fn read(&self, word: &[u8], dictionary: &Dictionary, case: LetterCase) -> Option<Reading> {
        if !(WORD_LEN_MIN..=LEN_MAX).contains(&word.len()) {
            return None;
        }
        // The dictionary is asked last: few words come so far.
        let reading = self.guess(word, case)?;
        (!vouches(dictionary, word)).then_some(reading)
    }

    /// The best reading of a word that no dictionary knows.
    fn guess(&self, word: &[u8], case: LetterCase) -> Option<Reading> {
        if vowels::is_abbreviation(word) {
            return None;
        }
        let vowels = self.vowels(word, case);
        let bare =
            vowels.filter(|reading| reading.certain && !word.iter().any(|letter| vowels::is_vowel(*letter)));
        // A word that keeps a vowel more likely sounds like the other, or is a slip of it, than it lacks some.
        bare.or_else(|| {
            let slip = self.typo(word, case);
            let typo = slip.map(|(_, reading)| reading);
            let swapped = typo.filter(|_| slip.is_some_and(|(slip, _)| slip == Slip::Swapped));
            let sound = self.sound(word, case);
            let certain =
                [swapped, sound, typo, vowels].into_iter().flatten().find(|reading| reading.certain);
            certain.or(vowels).or(sound).or(typo)
        })
    }

    fn spelling(&self, form: &Form) -> &[u8] {
        &self.letters[form.start as usize..][..form.len as usize]
    }

    /// The forms with these numbers.
    fn forms(&self, numbers: impl Iterator<Item = u32>) -> impl Iterator<Item = (usize, &Form)> {
        numbers.map(|at| (at as usize, &self.forms[at as usize]))
    }

    /// Whether a word is itself a form that an index has under its key.
    fn has(&self, index: &Index, key: u64, word: &[u8]) -> bool {
        self.forms(index.get(key)).any(|(_, form)| self.spelling(form) == word)
    }

    fn vowels(&self, word: &[u8], case: LetterCase) -> Option<Reading> {
        let key = vowels::skeleton(word);
        let found = self.forms(self.skeletons.get(key)).filter_map(|(_, form)| {
            let missing = vowels::missing(word, self.spelling(form))?;
            Some((form.ambiguous, missing, std::cmp::Reverse(form.grade), form.entry))
        });
        let (ambiguous, missing, _, entry) = found.min()?;
        let all = !word.iter().any(|letter| vowels::is_vowel(*letter));
        let meant = vowels::is_meant(word) || vowels::begins_meant(word);
        if word.len() == 2 && (!meant || case == LetterCase::Capitals) {
            return None;
        }
        let everyday = Rivals::get()
            .with_skeleton(key)
            .filter(|rival| !self.has(&self.skeletons, key, rival.as_bytes()));
        let rival = everyday.filter_map(|rival| vowels::missing(word, rival.as_bytes())).min();
        let better = |rival: Missing| {
            // A bare word may be either; what keeps some of its vowels is the word that has the others.
            if all { rival.consonants < missing.consonants } else { rival < missing }
        };
        if !meant && rival.is_some_and(better) {
            return None;
        }
        let len_min = if all { 4 } else { 5 };
        let worse = rival.is_none_or(|rival| {
            // The shorter word is the likelier one; few write the other without its vowels when it is long.
            let shorter = if word.len() > len_min + 1 {
                rival.vowels >= missing.vowels
            } else {
                rival.vowels > missing.vowels + 1
            };
            rival.consonants > missing.consonants || all && rival.consonants == missing.consonants && shorter
        });
        let full = all || missing.consonants == 0;
        let clear = meant || word.len() >= len_min && worse && full;
        let name = match case {
            LetterCase::Lower | LetterCase::Mixed => false,
            LetterCase::Capitalised => !all && !meant,
            // Four capitals or fewer are an abbreviation.
            LetterCase::Capitals => !all || word.len() <= 4,
        };
        let certain = clear && !name && (meant || !ambiguous);
        // One letter of several is missing: more likely a slip.
        let marks = if !all && missing == Missing::ONE_VOWEL { Marks::TYPO } else { Marks::VOWELS_DROPPED };
        Some(Reading { entry, marks, certain })
    }

    fn sound(&self, word: &[u8], case: LetterCase) -> Option<Reading> {
        if word.len() < 3 {
            return None;
        }
        let sounds = sound::key(word);
        self.sounds_like(word, &sounds, case).or_else(|| {
            let upright = sound::upright(word)?;
            self.sounds_like(word, &sound::key(upright.as_slice()), case)
        })
    }

    fn sounds_like(&self, word: &[u8], sounds: &sound::Key, case: LetterCase) -> Option<Reading> {
        let key = index::hash(sounds.as_slice());
        let reach = reach(word);
        let found = self.forms(self.sounds.get(key)).filter_map(|(_, form)| {
            let spelling = self.spelling(form);
            let same = sound::key(spelling).as_slice() == sounds.as_slice();
            let distance = distance(word, spelling, reach);
            let near = same && distance <= reach;
            near.then_some((form.ambiguous, distance, std::cmp::Reverse(form.grade), form.entry))
        });
        let (ambiguous, way, grade, entry) = found.min()?;
        let everyday =
            Rivals::get().with_sound(key).filter(|rival| !self.has(&self.sounds, key, rival.as_bytes()));
        let rival = everyday.map(|rival| distance(word, rival.as_bytes(), reach)).min();
        if rival.is_some_and(|rival| rival < way) {
            return None;
        }
        let strongest = grade.0 == Grade::Strongest;
        let clear = match case {
            LetterCase::Lower | LetterCase::Mixed => strongest || word.len() >= 4,
            // Names are written so, in forms and signatures with capitals throughout.
            LetterCase::Capitalised | LetterCase::Capitals => {
                word.len() >= if strongest { 6 } else { NO_NAME_LEN_MIN } && way <= 2
                    || strongest && word.len() >= 6
            }
        };
        let certain = clear && !ambiguous && rival.is_none_or(|rival| rival > way);
        Some(Reading { entry, marks: Marks::PHONETIC, certain })
    }

    fn typo(&self, word: &[u8], case: LetterCase) -> Option<(Slip, Reading)> {
        if word.len() < SLIP_LEN_MIN {
            return None;
        }
        let found = self.forms(typo::near(&self.slips, word)).filter_map(|(at, form)| {
            let slip = typo::slip(word, self.spelling(form)).filter(|slip| *slip > Slip::Doubled)?;
            Some((slip, form.grade, std::cmp::Reverse(at)))
        });
        let (slip, _, at) = found.max()?;
        let (at, form) = (at.0, &self.forms[at.0]);
        let rival = self.beside(at).iter().filter_map(|rival| typo::slip(word, rival.as_bytes())).max();
        if rival.is_some_and(|rival| rival.weight() > slip.weight()) {
            return None;
        }
        let name = matches!(case, LetterCase::Capitalised | LetterCase::Capitals);
        // `mkng` is rather making.
        let bare = word.len() <= BARE_LEN_MAX && !word.iter().any(|letter| vowels::is_vowel(*letter));
        // A duckhead is one who likes ducks.
        let compound = slip == Slip::Beside && self.is_compound(word);
        let certain = !name && !compound && !bare && rival.is_none_or(|rival| rival.weight() < slip.weight());
        Some((slip, Reading { entry: form.entry, marks: Marks::TYPO, certain }))
    }

    /// Whether a word is made of two everyday ones, neither of them a form.
    fn is_compound(&self, word: &[u8]) -> bool {
        let listed = |part: &[u8]| self.has(&self.slips, index::hash(part), part);
        let dictionary = Dictionary::british();
        let everyday = |part: &[u8]| dictionary.standing(part).is_some_and(Standing::is_everyday);
        let innocent = |part: &[u8]| everyday(part) && !listed(part);
        let places = || PART_LEN_MIN..=word.len().saturating_sub(PART_LEN_MIN);
        // In `billshit` a term stands whole: it is no `bills` and `hit`.
        let whole = |at: usize| listed(&word[at..]) && everyday(&word[..at]);
        places().any(|at| innocent(&word[..at]) && innocent(&word[at..])) && !places().any(whole)
    }

    /// The everyday words that a slip of this form may also be a slip of.
    fn beside(&self, at: usize) -> &[&'static str] {
        let form = self.spelling(&self.forms[at]);
        self.beside[at].get_or_init(|| {
            let listed = |word: &[u8]| self.has(&self.slips, index::hash(word), word);
            Rivals::get().around(form).filter(|word| !listed(word.as_bytes())).collect()
        })
    }
}

/// Whether an entry's spellings are worth guessing at: what standard policy leaves alone is not, nor what other
/// languages and names come too near to.
fn is_read(entry: &Entry) -> bool {
    static KNOWN: LazyLock<Words> = LazyLock::new(|| words(AS_LISTED));
    entry.grade >= Grade::Medium && !KNOWN.contains(entry.term.as_bytes())
}

/// Whether a form is the term or an inflection of it that is written often enough to be mistyped. Listed misspellings
/// are not: what is a slip away from `shiet` is two away from what was meant, and anything.
fn is_usual(form: &[u8], term: &str) -> bool {
    const RARE: [&[u8]; 6] = [b"able", b"ingly", b"ings", b"iest", b"ish", b"ie"];
    let term: Vec<u8> = term.bytes().filter(u8::is_ascii_lowercase).collect();
    let stem = match term.len() {
        // `motherfucking` is a form of `motherfucker`.
        LONG_LEN_MIN.. => &term[..term.len() - 2],
        _ => term.strip_suffix(b"e").or(term.strip_suffix(b"y")).unwrap_or(&term),
    };
    form == term || form.starts_with(stem) && !RARE.iter().any(|ending| form.ends_with(ending))
}

/// How far a spelling may be from the word it sounds like, by its length: the key is coarse.
fn reach(word: &[u8]) -> usize {
    let longer = usize::from(word.contains(&b'x'));
    match word.len() {
        ..=5 => 2 + longer,
        6..=8 => 3 + longer,
        9.. => 4 + longer,
    }
}

/// Whether the dictionary says that a word is an ordinary one. SCOWL's rarer words and names hold abbreviations: of
/// those without a vowel it knows nothing.
pub(super) fn vouches(dictionary: &Dictionary, word: &[u8]) -> bool {
    let pronounceable = word.iter().any(|letter| vowels::is_vowel(*letter) || *letter == b'y');
    dictionary.standing(word).is_some_and(|standing| standing.is_common() || pronounceable)
}
