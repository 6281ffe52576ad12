//! Lists of words: what they hold, and what makes a list sound.

pub mod foreign;
mod listed;
mod parse;
mod problem;

use std::borrow::Cow;
use std::collections::HashSet;

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::finding::{Category, Grade, words};
use crate::matcher::context::senses::Senses;
use crate::normalise::fold;
use crate::place::place;
use crate::time::Timestamp;

pub use listed::Listed;
pub use problem::WordlistProblem;

/// The most entries one list may have.
pub const ENTRIES_MAX: usize = 10_000;
/// The most allow entries one list may have; place names are many.
pub const ALLOW_MAX: usize = 100_000;
/// The longest term, in characters after folding.
pub const TERM_LEN_MAX: usize = 40;
/// The shortest term, in letters: one letter would be found everywhere.
pub const TERM_LETTERS_MIN: usize = 2;
/// The most forms one entry may list.
pub const FORMS_MAX: usize = 64;

/// A list of terms and of innocent words that contain them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wordlist {
    /// The file it came from, for messages about it.
    pub file: String,
    /// What it is called.
    pub name: String,
    /// The language of its words, such as `en-GB`.
    pub language: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// Under which licence it may be used.
    pub licence: String,
    /// The terms to find.
    pub entries: Vec<Entry>,
    /// The innocent words.
    pub allow: Vec<Allow>,
    /// Terms of other lists that are not looked for while this one is in force.
    pub without: Vec<String>,
    /// Tells one wording of its file from another.
    pub fingerprint: Fingerprint,
}

/// Tells one wording of what lists say from another. It keeps apart what nobody forges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(u32);

impl Fingerprint {
    /// That of a text.
    pub fn of(text: &str) -> Self {
        // FNV-1a: the same in every version of the program.
        let hash = text
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Self(hash)
    }

    /// That of several lists together, in any order.
    pub fn of_all<'l>(lists: impl IntoIterator<Item = &'l Wordlist>) -> Self {
        let mut each: Vec<_> =
            lists.into_iter().map(|list| format!("{}:{}\n", list.name, list.fingerprint)).collect();
        each.sort_unstable();
        Self::of(&each.concat())
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// One term of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The term as it was written, one word or several.
    pub term: String,
    /// How strong it is.
    pub grade: Grade,
    /// What it is about.
    pub category: Category,
    /// Which words it reaches.
    pub matching: Matching,
    /// More spellings and irregular inflections, each found as a whole word.
    pub forms: Vec<String>,
    /// The innocent sense, if there is one; the term then acts only in abusive context.
    pub ambiguous: Option<String>,
    /// How its innocent and its abusive sense are told apart.
    pub usage: Usage,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// Where its grade or the word itself comes from.
    pub source: String,
    /// When it came into force, for terms added while running.
    pub since: Option<Timestamp>,
    /// Its line in the file; nothing for terms added while running.
    pub line: Option<usize>,
}

/// How the senses of a term are told apart. Lists of words are words with spaces between, small ASCII letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// The innocent sense of a term that is abuse unless that sense shows.
    pub unless: Option<String>,
    /// Whether an ambiguous term is abuse more often than not, so that a weak witness is enough.
    pub suspect: bool,
    /// Whether the grammar of insults says nothing: “what a cracker” praises.
    pub literal: bool,
    /// Whether the innocent sense may be a verb.
    pub verb: bool,
    /// Whether it is a name of people, so that a capital letter excuses it.
    pub name: bool,
    /// The fields of the innocent sense.
    pub(crate) senses: Senses,
    /// More words that stand near the innocent sense.
    pub near: String,
    /// Words directly before the innocent sense.
    pub before: String,
    /// Words directly after the innocent sense.
    pub after: String,
    /// Words that stand near the abusive sense.
    pub abusive_near: String,
    /// Words directly before the abusive sense.
    pub abusive_before: String,
    /// Words directly after the abusive sense.
    pub abusive_after: String,
    /// What the word is in another language.
    pub homograph: Option<String>,
}

/// An innocent word or phrase, found as a whole; its plural and possessive are innocent too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The word or phrase as it was written.
    pub term: String,
    /// What it is.
    pub kind: AllowKind,
    /// Where it comes from.
    pub source: Option<String>,
    /// Its line in the file; nothing for exceptions added while running.
    pub line: Option<usize>,
}

/// Which words a term reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// This form only.
    Word,
    /// This form with its inflections and compounds.
    Stem,
    /// Inside other words too.
    Anywhere,
}

/// What an innocent word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllowKind {
    /// A place.
    Place,
    /// A family name.
    Surname,
    /// A given name, or that of a group or product.
    Name,
    /// An ordinary word.
    Word,
    /// The title of a work.
    Title,
}

words!(Matching { Word = "word", Stem = "stem", Anywhere = "anywhere" });
words!(AllowKind { Place = "place", Surname = "surname", Name = "name", Word = "word", Title = "title" });

impl Wordlist {
    /// Reads a list in TOML. `file` names it in messages.
    ///
    /// # Errors
    /// Every problem of the file, in the order of its lines, each with its line, entry and fix.
    pub fn parse(file: &str, toml: &str) -> Result<Self, Vec<WordlistProblem>> {
        let mut list = parse::read(file, toml)?;
        list.0.fingerprint = Fingerprint::of(toml);
        let mut problems = list.1;
        problems.extend(list.0.problems());
        if problems.is_empty() {
            return Ok(list.0);
        }
        problems.sort_by_key(|problem| problem.line);
        list.0.entries.clear();
        Err(problems)
    }

    /// Reads several lists, each a file's name and its TOML: the longest beside the others, for it takes as long as they.
    ///
    /// # Errors
    /// Every problem of every file, in the order of the files.
    pub fn parse_all(files: &[(&str, &str)]) -> Result<Vec<Self>, Vec<WordlistProblem>> {
        let parse = |(file, toml): &(&str, &str)| Self::parse(file, toml);
        let longest = files.iter().enumerate().max_by_key(|(_, (_, toml))| toml.len()).map(|(at, _)| at);
        let Some(longest) = longest else { return Ok(Vec::new()) };
        let parsed = std::thread::scope(|scope| {
            let beside = scope.spawn(|| parse(&files[longest]));
            let mut parsed: Vec<_> = files[..longest].iter().map(parse).collect();
            let after: Vec<_> = files[longest + 1..].iter().map(parse).collect();
            // A thread that could not be heard is read again, and fails here.
            parsed.push(beside.join().unwrap_or_else(|_| parse(&files[longest])));
            parsed.extend(after);
            parsed
        });
        let mut lists = Vec::new();
        let mut problems = Vec::new();
        for list in parsed {
            match list {
                Ok(list) => lists.push(list),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(lists) } else { Err(problems) }
    }

    /// A list made while running from terms and exceptions that admins added. `name` stands for the file.
    ///
    /// # Errors
    /// Every problem, as for a file.
    pub fn runtime(
        name: &str,
        entries: Vec<Entry>,
        exceptions: Vec<Allow>,
    ) -> Result<Self, Vec<WordlistProblem>> {
        let list = Self {
            file: name.to_owned(),
            name: name.to_owned(),
            language: "en-GB".to_owned(),
            description: "Words added while running".to_owned(),
            licence: String::new(),
            entries,
            allow: exceptions,
            ..Self::default()
        };
        let problems = list.problems();
        if problems.is_empty() { Ok(list) } else { Err(problems) }
    }

    /// Everything that is wrong with this list by itself.
    fn problems(&self) -> Vec<WordlistProblem> {
        let mut problems = Vec::new();
        if self.entries.len() > ENTRIES_MAX {
            problems.push(self.problem(
                None,
                "",
                format!("more than {ENTRIES_MAX} entries"),
                "split the list",
            ));
        }
        if self.allow.len() > ALLOW_MAX {
            problems.push(self.problem(
                None,
                "",
                format!("more than {ALLOW_MAX} allow entries"),
                "split the list",
            ));
        }
        for entry in &self.entries {
            for spelling in std::iter::once(&entry.term).chain(&entry.forms) {
                if let Some((problem, fix)) = flaw(spelling) {
                    problems.push(self.problem(entry.line, &entry.term, problem, fix));
                }
            }
            if entry.forms.len() > FORMS_MAX {
                let problem = format!("more than {FORMS_MAX} forms");
                problems.push(self.problem(entry.line, &entry.term, problem, "make a second entry of some"));
            }
            if entry.ambiguous.is_some() && entry.usage.unless.is_some() {
                problems.push(self.problem(
                    entry.line,
                    &entry.term,
                    "both “ambiguous” and “unless”",
                    "keep “ambiguous” if the term is innocent in doubt, “unless” if it is not",
                ));
            }
            if entry.usage.suspect && entry.ambiguous.is_none() {
                problems.push(self.problem(
                    entry.line,
                    &entry.term,
                    "“suspect” without “ambiguous”",
                    "name the innocent sense",
                ));
            }
            if entry.source.trim().is_empty() {
                problems.push(self.problem(
                    entry.line,
                    &entry.term,
                    "no source",
                    "say where the word comes from",
                ));
            }
        }
        for allow in &self.allow {
            if let Some((problem, fix)) = flaw(&allow.term) {
                problems.push(self.problem(allow.line, &allow.term, problem, fix));
            }
        }
        problems.extend(duplicates(std::slice::from_ref(self)));
        problems
    }

    /// Whether the list has this spelling, as a term or as a form of one, however it is written.
    pub fn has(&self, spelling: &str) -> bool {
        let key = term_key(spelling);
        let spellings =
            self.entries.iter().flat_map(|entry| std::iter::once(&entry.term).chain(&entry.forms));
        spellings.into_iter().any(|listed| term_key(listed) == key)
    }

    /// Where something of the list stands, for people.
    pub fn place(&self, line: Option<usize>) -> String {
        place(&self.file, line)
    }

    pub(crate) fn problem(
        &self,
        line: Option<usize>,
        entry: &str,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> WordlistProblem {
        WordlistProblem {
            file: self.file.clone(),
            line,
            entry: (!entry.is_empty()).then(|| entry.to_owned()),
            problem: problem.into(),
            fix: fix.into(),
        }
    }
}

/// Leaves out of each list the terms that another one does without.
pub fn do_without(lists: &mut [Wordlist]) {
    let without: Vec<(usize, HashSet<String>)> = lists
        .iter()
        .enumerate()
        .filter(|(_, list)| !list.without.is_empty())
        .map(|(at, list)| (at, list.without.iter().map(|term| term_key(term)).collect()))
        .collect();
    for (at, terms) in &without {
        let others = lists.iter_mut().enumerate().filter(|(other, _)| other != at);
        for (_, list) in others {
            list.entries.retain(|entry| !terms.contains(&term_key(&entry.term)));
        }
    }
}

/// A term as it is kept: without space round it or twice inside, in small letters.
pub fn tidy(term: &str) -> String {
    term.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Terms listed twice, within one list or across lists; the later one is the problem.
///
/// A spelling may be a term once and an allow entry once: an exception to a term is no contradiction.
pub(crate) fn duplicates(lists: &[Wordlist]) -> Vec<WordlistProblem> {
    use std::collections::HashMap;
    let mut problems = Vec::new();
    let mut terms: HashMap<String, (&Wordlist, &Entry), FxBuildHasher> = HashMap::default();
    let mut allows: HashMap<Cow<'_, str>, (&Wordlist, &Allow), FxBuildHasher> = HashMap::default();
    for list in lists {
        for entry in &list.entries {
            for spelling in std::iter::once(&entry.term).chain(&entry.forms) {
                // An entry may list spellings that only differ in an apostrophe or a hyphen.
                let listed = terms.insert(term_key(spelling), (list, entry));
                let other =
                    |first: &(&Wordlist, &Entry)| !std::ptr::eq(first.1, entry) || *spelling == entry.term;
                if let Some((first, listed)) = listed.filter(other) {
                    let first = format!("{} ({})", first.place(listed.line), listed.term);
                    let problem = format!("“{spelling}” is listed already, at {first}");
                    problems.push(list.problem(entry.line, &entry.term, problem, "keep one of the two"));
                }
            }
        }
        for allow in &list.allow {
            // Exact: “D'Agostino” and “Dagostino” are two ways to write a name.
            if let Some((first, listed)) = allows.insert(fold(&allow.term), (list, allow)) {
                let problem = format!("is allowed already, at {}", first.place(listed.line));
                problems.push(list.problem(allow.line, &allow.term, problem, "keep one of the two"));
            }
        }
    }
    problems
}

/// A spelling as the matcher compares it: folded, its words apart by single spaces, hyphens as spaces.
pub fn term_key(spelling: &str) -> String {
    if spelling.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return spelling.to_owned();
    }
    let folded = fold(spelling);
    let words = folded.split(|c: char| c.is_whitespace() || c == '-' || c == '‐' || c == '_');
    let mut key = String::with_capacity(folded.len());
    for word in words.filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().filter(|c| !matches!(c, '\'' | '’' | '.' | ',' | '!')));
    }
    key
}

/// What is wrong with a spelling, and the fix.
fn flaw(spelling: &str) -> Option<(String, String)> {
    let key = term_key(spelling);
    let letters = key.chars().filter(|c| *c != ' ').count();
    if letters == 0 {
        return Some(("the term is empty".into(), "write the word, or delete the entry".into()));
    }
    if letters < TERM_LETTERS_MIN {
        return Some((
            format!("“{spelling}” is one letter long"),
            format!("use at least {TERM_LETTERS_MIN} letters: a single one would be found everywhere"),
        ));
    }
    if key.chars().count() > TERM_LEN_MAX {
        return Some((
            format!("“{spelling}” is longer than {TERM_LEN_MAX} characters"),
            "list the word that matters in it".into(),
        ));
    }
    if let Some(odd) = key.chars().find(|c| !c.is_ascii_lowercase() && *c != ' ') {
        return Some((
            format!("“{spelling}” contains {odd:?}, which is not a letter"),
            "write the plain word: disguises are seen through by themselves".into(),
        ));
    }
    None
}
