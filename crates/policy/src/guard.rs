//! Corpora of innocent lines, which no list may flag.
//!
//! A list is checked against them before it comes into force, so that nobody finds out from a neighbour in
//! Scunthorpe. Lines that are empty or begin with `#` are notes.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::dictionary::Dictionary;
use crate::finding::{Finding, Grade};
use crate::matcher::{Context, Matcher};
use crate::wordlist::{Allow, Entry, Wordlist, WordlistProblem, term_key};

/// How many collisions of one new entry are told.
pub const COLLISIONS_MAX: usize = 20;
/// How many forms of one new entry are told.
pub const FORMS_TOLD_MAX: usize = 24;
/// How many ordinary words, and how many names, one term may find before the rest is only counted.
pub const WORDS_TOLD_MAX: usize = 12;

/// Corpora of innocent lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guard {
    corpora: Vec<Corpus>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Corpus {
    file: String,
    text: String,
}

/// An innocent line that would be flagged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{term}” would flag the innocent line {file}:{line}: “{text}”; allow that word, or make the entry narrower"
)]
pub struct GuardHit {
    /// The corpus.
    pub file: String,
    /// The line of it, from 1.
    pub line: usize,
    /// The line's text.
    pub text: String,
    /// The term that was found in it.
    pub term: String,
}

/// What a new entry would reach, for whoever adds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Spellings that are found as whole words, the term itself first; at most [`FORMS_TOLD_MAX`].
    pub forms: Vec<String>,
    /// Ways of writing the term in disguise that are found too.
    pub disguised: Vec<String>,
    /// Innocent lines it would flag; at most [`COLLISIONS_MAX`].
    pub collisions: Vec<GuardHit>,
    /// Words and names of the dictionary it would flag.
    pub words: Clashes,
}

/// What one of several new entries would hit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reached {
    /// Innocent lines it would flag; at most [`COLLISIONS_MAX`].
    pub collisions: Vec<GuardHit>,
    /// Words and names of the dictionary it would flag.
    pub words: Clashes,
}

/// Words and names of the dictionary that one term finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clashes {
    /// Ordinary words; at most [`WORDS_TOLD_MAX`] of them.
    pub words: Vec<String>,
    /// How many ordinary words there are.
    pub word_count: usize,
    /// Names of people and places; at most [`WORDS_TOLD_MAX`] of them.
    pub names: Vec<String>,
    /// How many names there are.
    pub name_count: usize,
}

impl Clashes {
    /// Whether the term finds no word of the dictionary.
    pub fn is_empty(&self) -> bool {
        self.word_count + self.name_count == 0
    }

    /// The best known come first.
    fn of(mut found: Vec<Found>) -> Self {
        found.sort_by(|a, b| (a.rank, &a.word).cmp(&(b.rank, &b.word)));
        let (words, names): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| found.is_word);
        let told = |all: &[Found]| all.iter().take(WORDS_TOLD_MAX).map(|found| found.word.clone()).collect();
        Self { words: told(&words), word_count: words.len(), names: told(&names), name_count: names.len() }
    }
}

/// A word of the dictionary that a term finds.
struct Found {
    word: String,
    is_word: bool,
    /// Everyday words before common ones before the rest.
    rank: u8,
}

impl std::fmt::Display for Clashes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kinds = [
            (&self.words, self.word_count, "word", "words"),
            (&self.names, self.name_count, "name", "names"),
        ];
        let mut first = true;
        for (told, count, one, many) in kinds.into_iter().filter(|(_, count, ..)| *count > 0) {
            if !first {
                f.write_str("; ")?;
            }
            first = false;
            write!(f, "{count} {}: {}", if count == 1 { one } else { many }, told.join(", "))?;
            if count > told.len() {
                write!(f, " and {} more", count - told.len())?;
            }
        }
        Ok(())
    }
}

/// Which words and names of the dictionary `matcher` flags, by the term that finds them.
///
/// Every word is read by itself, names and places with capitals as well; what was reviewed and found offensive
/// ([`Dictionary::offensive`]) is left out. Linear in the dictionary: some 700,000 short texts.
pub fn clashes(matcher: &Matcher, flagged: impl Fn(&[Finding]) -> bool) -> BTreeMap<String, Clashes> {
    let dictionary = Dictionary::british();
    let reviewed: HashSet<&str> = dictionary.offensive().collect();
    let mut by_term: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    dictionary.each(|word, standing| {
        if reviewed.contains(word) {
            return;
        }
        let small = offence(matcher, word, &flagged).map(|term| (term, word.to_owned()));
        let capital = || {
            let name = capitalised(word);
            offence(matcher, &name, &flagged).map(|term| (term, name))
        };
        let found = small.or_else(|| if standing.is_name() { capital() } else { None });
        if let Some((term, word)) = found {
            let rank = u8::from(!standing.is_everyday()) + u8::from(!standing.is_common());
            by_term.entry(term).or_default().push(Found { word, is_word: standing.is_word(), rank });
        }
    });
    by_term.into_iter().map(|(term, found)| (term, Clashes::of(found))).collect()
}

/// The term for which a text would be flagged.
fn offence(matcher: &Matcher, text: &str, flagged: impl Fn(&[Finding]) -> bool) -> Option<String> {
    let hits = matcher.find(text, Context::default());
    if hits.is_empty() {
        return None;
    }
    let findings: Vec<Finding> = hits.into_iter().map(|hit| hit.finding).collect();
    let strongest = findings.iter().max_by_key(|finding| finding.grade)?;
    flagged(&findings).then(|| strongest.term.clone())
}

/// A name as people write it: “bell end” is “Bell End”.
fn capitalised(name: &str) -> String {
    let mut starts = true;
    let letters = name.chars().map(|letter| {
        let capital = std::mem::replace(&mut starts, letter == ' ');
        if capital { letter.to_ascii_uppercase() } else { letter }
    });
    letters.collect()
}

/// Ways of hiding a term that members try: a mask, digits, letters apart, a letter stretched.
fn disguises(term: &str) -> Vec<String> {
    let key = term_key(term);
    let letters: Vec<char> = key.chars().filter(|letter| *letter != ' ').collect();
    let is_vowel = |letter: &char| "aeiou".contains(*letter);
    let inner =
        letters.iter().skip(1).position(is_vowel).map(|at| at + 1).filter(|at| at + 1 < letters.len());
    let with = |at: usize, other: &str| {
        let before: String = letters[..at].iter().collect();
        let after: String = letters[at + 1..].iter().collect();
        format!("{before}{other}{after}")
    };
    let digits = |letter: &char| match letter {
        'a' => '4',
        'e' => '3',
        'i' => '1',
        'o' => '0',
        's' => '5',
        other => *other,
    };
    let apart = |mark: &str| letters.iter().map(char::to_string).collect::<Vec<_>>().join(mark);
    let mut ways: Vec<String> = inner.map(|at| with(at, "*")).into_iter().collect();
    ways.push(letters.iter().map(digits).collect());
    ways.push(apart(" "));
    ways.push(apart("."));
    ways.extend(inner.map(|at| with(at, &letters[at].to_string().repeat(4))));
    let mut seen = HashSet::new();
    ways.retain(|way| *way != key && seen.insert(way.clone()));
    ways
}

impl Guard {
    /// Corpora from the names and texts of their files.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { corpora: files.into_iter().map(|(file, text)| Corpus { file, text }).collect() }
    }

    /// How many innocent lines there are.
    pub fn len(&self) -> usize {
        self.lines().count()
    }

    /// Whether there is no line, so that nothing is guarded.
    pub fn is_empty(&self) -> bool {
        self.lines().next().is_none()
    }

    /// Refuses lists that would flag an innocent line. Linear in the corpora.
    ///
    /// # Errors
    /// The first line flagged, with the term.
    pub fn check(&self, matcher: &Matcher, flagged: impl Fn(&[Finding]) -> bool) -> Result<(), GuardHit> {
        self.hits(matcher, flagged).next().map_or(Ok(()), Err)
    }

    /// All innocent lines that would be flagged.
    pub fn hits<'a>(
        &'a self,
        matcher: &'a Matcher,
        flagged: impl Fn(&[Finding]) -> bool + 'a,
    ) -> impl Iterator<Item = GuardHit> + 'a {
        self.lines().filter_map(move |(file, line, text)| {
            let term = offence(matcher, text, &flagged)?;
            Some(GuardHit { file: file.to_owned(), line, text: text.to_owned(), term })
        })
    }

    /// What `entry` by itself would reach, with the exceptions that `lists` already make.
    ///
    /// # Errors
    /// What is wrong with the entry.
    pub fn reach<'l>(
        &self,
        entry: &Entry,
        lists: impl IntoIterator<Item = &'l Wordlist>,
    ) -> Result<Reach, Vec<WordlistProblem>> {
        let exceptions = lists.into_iter().flat_map(|list| list.allow.iter().cloned()).collect();
        let matcher = Matcher::new(&[Wordlist::runtime("new entry", vec![entry.clone()], exceptions)?])?;
        let any = |findings: &[Finding]| !findings.is_empty();
        let collisions = self.hits(&matcher, any).take(COLLISIONS_MAX).collect();
        let words = clashes(&matcher, any).remove(&entry.term).unwrap_or_default();
        let mut disguised = disguises(&entry.term);
        disguised.retain(|way| offence(&matcher, way, any).is_some());
        let mut forms = matcher.forms();
        forms.sort_by_key(|form| (form.len(), form.clone()));
        forms.truncate(FORMS_TOLD_MAX);
        Ok(Reach { forms, disguised, collisions, words })
    }

    /// What each of several entries would hit when all come into force together, by its term; with these exceptions.
    ///
    /// # Errors
    /// What is wrong with the entries.
    pub fn reach_all(
        &self,
        entries: Vec<Entry>,
        exceptions: Vec<Allow>,
    ) -> Result<BTreeMap<String, Reached>, Vec<WordlistProblem>> {
        let matcher = Matcher::new(&[Wordlist::runtime("new entries", entries, exceptions)?])?;
        let words = clashes(&matcher, |findings| !findings.is_empty());
        let mut reached: BTreeMap<String, Reached> =
            words.into_iter().map(|(term, words)| (term, Reached { words, ..Reached::default() })).collect();
        for (file, line, text) in self.lines() {
            let hits = matcher.find(text, Context::default());
            let terms: BTreeSet<String> = hits.into_iter().map(|hit| hit.finding.term).collect();
            for term in terms {
                let collisions = &mut reached.entry(term.clone()).or_default().collisions;
                if collisions.len() < COLLISIONS_MAX {
                    collisions.push(GuardHit { file: file.to_owned(), line, text: text.to_owned(), term });
                }
            }
        }
        Ok(reached)
    }

    /// Every line with its file and number.
    fn lines(&self) -> impl Iterator<Item = (&str, usize, &str)> {
        self.corpora.iter().flat_map(|corpus| {
            let numbered = corpus.text.lines().enumerate();
            let lines = numbered.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
            lines.map(|(at, line)| (corpus.file.as_str(), at + 1, line))
        })
    }
}

/// What the guard refuses by default: anything of grade medium or above, and whatever attacks people for who they are.
pub fn is_offensive(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.grade >= Grade::Medium || finding.category.is_discriminatory())
}

/// What the preset `standard` acts on: anything of grade medium or above.
pub fn acts_by_default(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.grade >= Grade::Medium)
}
