//! Corpora of innocent lines, which no list may flag.
//!
//! A list is checked against them before it comes into force, so that nobody finds out from a neighbour in
//! Scunthorpe. Lines that are empty or begin with `#` are notes.

use crate::finding::{Finding, Grade};
use crate::matcher::{Context, Matcher};
use crate::wordlist::{Entry, Wordlist, WordlistProblem};

/// How many collisions of one new entry are told.
pub const COLLISIONS_MAX: usize = 20;
/// How many forms of one new entry are told.
pub const FORMS_TOLD_MAX: usize = 24;

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
    /// Innocent lines it would flag; at most [`COLLISIONS_MAX`].
    pub collisions: Vec<GuardHit>,
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
            let hits = matcher.find(text, Context::default());
            let findings: Vec<Finding> = hits.into_iter().map(|hit| hit.finding).collect();
            let strongest = findings.iter().max_by_key(|finding| finding.grade)?;
            flagged(&findings).then(|| GuardHit {
                file: file.to_owned(),
                line,
                text: text.to_owned(),
                term: strongest.term.clone(),
            })
        })
    }

    /// What `entry` by itself would reach, with the exceptions that `lists` already make.
    ///
    /// # Errors
    /// What is wrong with the entry.
    pub fn reach(&self, entry: &Entry, lists: &[Wordlist]) -> Result<Reach, Vec<WordlistProblem>> {
        let exceptions = lists.iter().flat_map(|list| list.allow.iter().cloned()).collect();
        let matcher = Matcher::new(&[Wordlist::runtime("new entry", vec![entry.clone()], exceptions)?])?;
        let collisions = self.hits(&matcher, |findings| !findings.is_empty()).take(COLLISIONS_MAX).collect();
        let mut forms = matcher.forms();
        forms.sort_by_key(|form| (form.len(), form.clone()));
        forms.truncate(FORMS_TOLD_MAX);
        Ok(Reach { forms, collisions })
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
