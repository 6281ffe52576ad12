//! What lists are made into: patterns for one pass, forms for words, a tree for disguises.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::FxBuildHasher;

use super::candidate::{Candidate, View, letters};
use super::everyday::{Everyday, PhraseWords, Side, Sides, key as key_of};
use super::fuzzy::{Fuzzy, LetterCase, Reading, spelt};
use super::inflection;
use super::joined::TERM_LEN_MIN;
use super::lexicon::{is_common, is_partner};
use super::masked::Masked;
use super::memory::{Readings, Remembered};
use super::trie::{Trie, index};
use crate::dictionary::Dictionary;
use crate::normalise::{Cell, Marks, fold};
use crate::wordlist::{Entry, Matching, Wordlist, WordlistProblem, duplicates, term_key};

/// The letters of a word or phrase.
type Letters = Box<[u8]>;
/// Phrases by each of their words.
type Phrases = HashMap<Letters, Vec<Letters>, FxBuildHasher>;

/// The shortest phrase that is looked for in disguise, in letters.
const HIDDEN_PHRASE_MIN: usize = 8;

/// One spelling that is found as a whole.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// Its letters, the words joined.
    pub(super) letters: Letters,
    /// Whether it is written in several words.
    pub(super) spaced: bool,
    /// The entry it belongs to.
    pub(super) entry: u32,
}

/// What a pattern of the automaton says when it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trigger {
    /// A word that contains this entry's term or form.
    Word(u32),
    /// Several words that together are a term.
    Phrase,
}

/// Compiled lists.
#[derive(Debug, Clone)]
pub(super) struct Lexis {
    pub(super) entries: Vec<Entry>,
    pub(super) forms: Vec<Form>,
    pub(super) automaton: AhoCorasick,
    pub(super) trie: Trie,
    pub(super) masked: Masked,
    pub(super) fuzzy: Fuzzy,
    pub(super) everyday: Everyday,
    pub(super) remembered: Remembered,
    pub(super) readings: Readings,
    /// How letters hide the word of an entry by their spelling.
    spellings: Readings,
    /// By pattern of the automaton.
    triggers: Vec<Vec<Trigger>>,
    /// The stem of each entry, joined; compounds are built on it.
    pub(super) stems: Vec<Letters>,
    /// The entries that are found in any word.
    anywhere: Vec<u32>,
    by_letters: HashMap<Letters, Vec<u32>, FxBuildHasher>,
    allowed: HashSet<Letters, FxBuildHasher>,
    /// The allowed words as a tree: what a disguised word may be instead.
    pub(super) innocent: Trie,
    /// Allowed phrases by each of their words.
    phrases: Phrases,
    /// Allowed phrases that have signs in them, as they are written.
    with_signs: Vec<Box<str>>,
}

impl Lexis {
    pub(super) fn compile(lists: &[Wordlist]) -> Result<Self, Vec<WordlistProblem>> {
        let problems = duplicates(lists);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut builder = Builder::default();
        for entry in lists.iter().flat_map(|list| &list.entries) {
            builder.entry(entry);
        }
        for allow in lists.iter().flat_map(|list| &list.allow) {
            builder.allow(&allow.term);
        }
        builder.finish().map_err(|error| {
            lists
                .first()
                .map(|list| vec![list.problem(None, "", error, "split the list")])
                .unwrap_or_default()
        })
    }

    pub(super) fn triggers(&self, pattern: usize) -> &[Trigger] {
        &self.triggers[pattern]
    }

    /// The forms whose letters are these once repeats are collapsed on both sides.
    pub(super) fn collapsed_forms(&self, collapsed: &[u8]) -> impl Iterator<Item = &Form> {
        self.by_letters.get(collapsed).into_iter().flatten().map(|form| &self.forms[*form as usize])
    }

    /// Whether any form has these letters once repeats are collapsed.
    pub(super) fn has_form(&self, collapsed: &[u8]) -> bool {
        self.by_letters.contains_key(collapsed)
    }

    /// Every word that is innocent as it stands, and every phrase with its words joined.
    pub(super) fn allowed(&self) -> impl Iterator<Item = &[u8]> {
        self.allowed.iter().map(|word| &**word)
    }

    /// Whether a word is innocent as it stands, or as the plural of one that is.
    pub(super) fn is_allowed_word(&self, word: &[u8]) -> bool {
        let mut singular =
            [Some(word), word.strip_suffix(b"s"), word.strip_suffix(b"es")].into_iter().flatten();
        singular.any(|word| self.allowed.contains(word))
    }

    /// The stems that are found in any word.
    pub(super) fn stems_anywhere(&self) -> impl Iterator<Item = &[u8]> {
        self.anywhere.iter().map(|entry| &*self.stems[*entry as usize])
    }

    /// Whether a word holds a term and is not known to be innocent.
    ///
    /// Asked of the pieces of joined words, which asks it of theirs: each is shorter than the word it is a piece of, and
    /// most are in the dictionary, where the asking ends.
    pub(super) fn is_term_in(&self, word: &[u8]) -> bool {
        let long = word.len() >= TERM_LEN_MIN && !self.is_allowed_word(word);
        long && std::str::from_utf8(word).is_ok_and(|word| self.holds_term(word))
    }

    /// Whether what stands beside a term is what terms are joined with.
    pub(super) fn fits_together(&self, letters: &[u8], term: &Range<usize>) -> bool {
        let fits = |side: &[u8]| side.is_empty() || is_partner(side);
        fits(&letters[..term.start]) && fits(&letters[term.end..])
    }

    /// How letters hide the word of an entry by their spelling, if they do.
    pub(super) fn spelling_of(&self, entry: u32, letters: &[u8]) -> Marks {
        let spelt = || spelt(letters, &self.entries[entry as usize]);
        let Some(key) = key_of(letters) else { return spelt() };
        let known = self.spellings.get(key, LetterCase::Lower).flatten();
        known.filter(|known| known.entry == entry).map_or_else(
            || {
                let marks = spelt();
                self.spellings.insert(key, LetterCase::Lower, Some(Reading { entry, marks, certain: true }));
                marks
            },
            |known| known.marks,
        )
    }

    /// The same for what was found as written; stretched letters are named so.
    pub(super) fn spelling(&self, candidate: &Candidate, cells: &[Cell]) -> Marks {
        let written = matches!(candidate.view, View::Plain | View::Compound | View::Split);
        if !written || candidate.marks.has(Marks::REPEATS) {
            return Marks::NONE;
        }
        let parted = |letter: u8| matches!(letter, b' ' | b'-');
        let cells = &cells[candidate.from..candidate.to];
        // “knob head”
        if candidate.view == View::Plain
            && cells.iter().any(|cell| parted(cell.byte))
            && !self.entries[candidate.entry as usize].term.bytes().any(parted)
        {
            return Marks::SEPARATED;
        }
        self.spelling_of(candidate.entry, &letters(cells))
    }

    /// Every phrase that is innocent: its words apart by spaces, and as it is written. One may come several times.
    pub(super) fn all_allowed_phrases(&self) -> impl Iterator<Item = &str> {
        let spaced = self.phrases.values().flatten();
        let spaced = spaced.filter_map(|phrase| std::str::from_utf8(phrase).ok());
        spaced.chain(self.with_signs.iter().map(|phrase| &**phrase))
    }

    /// The allowed phrases in which a word stands.
    pub(super) fn allowed_phrases(&self, word: &[u8]) -> impl Iterator<Item = &[u8]> {
        // Phrases are kept without apostrophes: “Polack's House” is under `polacks`.
        let possessive = [word, b"s"].concat();
        let of = |word: &[u8]| self.phrases.get(word).into_iter().flatten().map(|phrase| &**phrase);
        of(word).chain(word.strip_suffix(b"s").into_iter().flat_map(of)).chain(of(&possessive))
    }
}

/// Letters with each run of one letter as a single one.
pub(super) fn collapse(letters: &[u8]) -> Vec<u8> {
    let mut collapsed = letters.to_vec();
    collapsed.dedup();
    collapsed
}

#[derive(Default)]
struct Builder {
    entries: Vec<Entry>,
    forms: Vec<Form>,
    known: HashMap<(Letters, bool), usize, FxBuildHasher>,
    stems: Vec<Letters>,
    triggers: Vec<Vec<Trigger>>,
    patterns: HashMap<Vec<u8>, usize, FxBuildHasher>,
    ordered: Vec<Vec<u8>>,
    allowed: HashSet<Letters, FxBuildHasher>,
    phrases: Phrases,
    with_signs: Vec<Box<str>>,
    phrase_words: PhraseWords,
}

/// The word by which a listed phrase is noticed: the one that is met least.
fn rarest(phrase: &str) -> Option<&str> {
    let words = phrase.split(' ').filter(|word| word.len() > 1 && key_of(word.as_bytes()).is_some());
    words.max_by_key(|word| (!is_common(word.as_bytes()), word.len()))
}

impl Builder {
    fn entry(&mut self, entry: &Entry) {
        let id = index(self.entries.len());
        let key = term_key(&entry.term);
        let stem = key.replace(' ', "");
        self.entries.push(entry.clone());
        self.stems.push(stem.as_bytes().into());
        let inflected = match entry.matching {
            Matching::Stem | Matching::Anywhere => inflection::forms(&stem, entry.category),
            Matching::Word => vec![stem.clone()],
        };
        // “bell ends”, but “the bell ended the round”.
        let inflected = inflected.into_iter().filter(|form| {
            !key.contains(' ')
                || form.strip_prefix(&*stem).is_some_and(|rest| matches!(rest, "" | "s" | "es"))
        });
        let inflected: Vec<_> = inflected.collect();
        self.spelling(id, &entry.term);
        for form in &inflected {
            // What does not begin with the stem needs a pattern of its own.
            if !collapse(form.as_bytes()).starts_with(&collapse(stem.as_bytes())) {
                self.spelling(id, form);
            }
            self.form(id, form, key.contains(' '));
        }
        for form in &entry.forms {
            self.spelling(id, form);
            let key = term_key(form);
            self.form(id, &key.replace(' ', ""), key.contains(' '));
        }
    }

    fn form(&mut self, entry: u32, letters: &str, spaced: bool) {
        let id = self.forms.len();
        let letters: Letters = letters.as_bytes().into();
        let stronger = |old: usize| {
            let old = &self.entries[self.forms[old].entry as usize];
            let new = &self.entries[entry as usize];
            // A listed term beats another's inflection only by strength, and certainty beats ambiguity.
            let rank = |entry: &Entry| (entry.ambiguous.is_none(), entry.usage.unless.is_none(), entry.grade);
            rank(new) > rank(old)
        };
        match self.known.get(&(letters.clone(), spaced)) {
            Some(old) if stronger(*old) => self.forms[*old].entry = entry,
            Some(_) => {}
            None => {
                self.known.insert((letters.clone(), spaced), id);
                self.forms.push(Form { letters, spaced, entry });
            }
        }
    }

    /// Patterns for a spelling of one word or several.
    fn spelling(&mut self, entry: u32, spelling: &str) {
        let key = &term_key(spelling);
        let joined = key.replace(' ', "");
        self.pattern(joined.as_bytes(), Trigger::Word(entry));
        if key.contains(' ') {
            for joint in [" ", "-", "_"] {
                self.pattern(key.replace(' ', joint).as_bytes(), Trigger::Phrase);
            }
            self.pattern(fold(spelling).as_bytes(), Trigger::Phrase);
            // Stretched words are looked up without what is stretched.
            if let Some(word) = rarest(key) {
                let written = fold(spelling);
                let marked =
                    written.bytes().any(|byte| !byte.is_ascii_lowercase() && !b" '-".contains(&byte));
                self.phrase_word(key, word.as_bytes(), word.as_bytes(), marked);
                self.phrase_word(key, word.as_bytes(), &collapse(word.as_bytes()), marked);
            }
        }
    }

    /// Notes that `phrase` is noticed by its word `word`, which is looked up as `spelling`; `marked` if it is written with
    /// more than letters, so that nothing is known of what stands beside the word.
    fn phrase_word(&mut self, phrase: &str, word: &[u8], spelling: &[u8], marked: bool) {
        let Some(key) = key_of(spelling) else { return };
        let known = self.phrase_words.entry(key).or_default();
        let words: Vec<&[u8]> = phrase.split(' ').map(str::as_bytes).collect();
        let side = |letter: Option<&u8>| letter.map_or(Side::Nothing, |letter| Side::Letter(*letter));
        for at in (0..words.len()).filter(|at| words[*at] == word) {
            let mut before = side(words[..at].last().and_then(|word| word.last()));
            let mut after = side(words.get(at + 1).and_then(|word| word.first()));
            if marked {
                (before, after) = (Side::Nothing, Side::Nothing);
            }
            if !known.contains(&Sides { before, after }) {
                known.push(Sides { before, after });
            }
        }
    }

    fn pattern(&mut self, spelling: &[u8], trigger: Trigger) {
        let collapsed = collapse(spelling);
        let next = self.ordered.len();
        let at = *self.patterns.entry(collapsed.clone()).or_insert(next);
        if at == next {
            self.ordered.push(collapsed);
            self.triggers.push(Vec::new());
        }
        if !self.triggers[at].contains(&trigger) {
            self.triggers[at].push(trigger);
        }
    }

    fn allow(&mut self, term: &str) {
        let key = &*term_key(term);
        if !key.contains(' ') {
            self.allowed.insert(key.as_bytes().into());
            return;
        }
        for word in key.split(' ') {
            self.phrases.entry(word.as_bytes().into()).or_default().push(key.as_bytes().into());
        }
        let written = term.to_lowercase();
        if written != key {
            self.with_signs.push(written.into());
        }
        // Joined as in a hashtag or an address.
        self.allowed.insert(key.replace(' ', "").into_bytes().into());
    }

    fn finish(mut self) -> Result<Lexis, String> {
        // They stay as long as the program runs, and grew by doubling.
        self.entries.shrink_to_fit();
        self.forms.shrink_to_fit();
        self.stems.shrink_to_fit();
        self.triggers.shrink_to_fit();
        self.with_signs.shrink_to_fit();
        // The two that take longest, side by side.
        let (automaton, fuzzy) = std::thread::scope(|scope| {
            let fuzzy = scope.spawn(|| {
                let spellings = self.forms.iter().map(|form| (&*form.letters, form.entry));
                Fuzzy::compile(spellings, &self.entries)
            });
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .build(&self.ordered);
            (automaton, fuzzy.join())
        });
        let automaton = automaton.map_err(|error| error.to_string())?;
        let fuzzy = fuzzy.map_err(|_| "the fuzzy readings could not be compiled".to_owned())?;
        // Short phrases written as one word in disguise meet by chance.
        let hidden = |form: &Form| !form.spaced || form.letters.len() >= HIDDEN_PHRASE_MIN;
        let forms = self.forms.iter().enumerate().filter(|(_, form)| hidden(form));
        let named: Vec<_> = forms.map(|(at, form)| (&*form.letters, index(at))).collect();
        let trie = Trie::new(named.iter().copied());
        let masked = Masked::new(named.into_iter());
        let mut by_letters: HashMap<Letters, Vec<u32>, FxBuildHasher> = HashMap::default();
        for (at, form) in self.forms.iter().enumerate() {
            by_letters.entry(collapse(&form.letters).into()).or_default().push(index(at));
        }
        let innocent = Trie::new(self.allowed.iter().map(|word| (&**word, 0)));
        let entries = self.entries.iter().enumerate();
        let anywhere =
            entries.filter(|(_, entry)| entry.matching == Matching::Anywhere).map(|(at, _)| index(at));
        let mut lexis = Lexis {
            anywhere: anywhere.collect(),
            innocent,
            entries: self.entries,
            forms: self.forms,
            automaton,
            trie,
            masked,
            fuzzy,
            everyday: Everyday::default(),
            remembered: Remembered::default(),
            readings: Readings::default(),
            spellings: Readings::default(),
            triggers: self.triggers,
            stems: self.stems,
            by_letters,
            allowed: self.allowed,
            phrases: self.phrases,
            with_signs: self.with_signs,
        };
        let holds_term = |word: &str| lexis.holds_term(word);
        let opens = |word: &str| lexis.trie.walk(Trie::ROOT, word.bytes());
        lexis.everyday =
            Everyday::new(Dictionary::british().everyday(), self.phrase_words, holds_term, opens);
        Ok(lexis)
    }
}
