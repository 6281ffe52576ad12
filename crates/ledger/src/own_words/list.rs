//! What a group's own list is, and how its words and acts stand in rows.

use std::collections::BTreeSet;

use policy::wordlist::Matching;
use policy::{AllowKind, Category, Grade, MemberId, Timestamp};

use crate::error::LedgerError;
use crate::rows::{small, word};

/// One word of a group's own list, whoever put it there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OwnWord {
    /// The word as it was typed.
    pub term: String,
    /// What it is there for.
    pub what: WordIs,
}

/// What a word is in a group's own list for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WordIs {
    /// It is looked for.
    Term {
        /// How strong it is.
        grade: Grade,
        /// What it is about.
        category: Category,
        /// Which words it reaches.
        matching: Matching,
    },
    /// It is a term of the files, and not looked for.
    Out,
    /// It is never flagged.
    Allowed {
        /// What it is.
        kind: AllowKind,
    },
}

/// A word of the list as it is in force, with who put it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWord {
    /// The word.
    pub word: OwnWord,
    /// Who put it there.
    pub by: MemberId,
    /// When; older posts never count for it.
    pub at: Timestamp,
    /// In which version.
    pub version: u32,
}

/// A group's own list as it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnWords {
    /// Rises with each change of the list; 0 before the first.
    pub version: u32,
    /// Its words, in the order in which they came.
    pub words: Vec<KeptWord>,
}

/// What was done to a group's own list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordsAct {
    /// A term was added.
    Added,
    /// A term that had been added was taken off.
    Removed,
    /// A term of the files was taken out.
    TakenOut,
    /// A term of the files that had been taken out is looked for again.
    PutBack,
    /// A word was allowed.
    Allowed,
    /// An allowed word no longer is.
    Disallowed,
    /// A file of words was taken in.
    Imported,
    /// An earlier version was put in force again.
    Back {
        /// Which.
        to: u32,
    },
}

/// One version of a group's own list: what was done, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordsVersion {
    /// Its number.
    pub version: u32,
    /// When it came into force.
    pub at: Timestamp,
    /// Who made it.
    pub by: MemberId,
    /// What they did.
    pub act: WordsAct,
    /// The first words that came into the list with it.
    pub came: Vec<OwnWord>,
    /// How many came.
    pub came_count: u32,
    /// The first words that went with it.
    pub went: Vec<OwnWord>,
    /// How many went.
    pub went_count: u32,
}

impl OwnWords {
    /// The words alone.
    pub fn plain(&self) -> Vec<OwnWord> {
        self.words.iter().map(|kept| kept.word.clone()).collect()
    }

    /// The list as it is once somebody has it be these words: what stays keeps its author and date.
    #[must_use]
    pub fn changed(&self, words: &[OwnWord], by: &MemberId, at: Timestamp) -> Self {
        let version = self.version + 1;
        let wanted: BTreeSet<&OwnWord> = words.iter().collect();
        let had: BTreeSet<&OwnWord> = self.words.iter().map(|kept| &kept.word).collect();
        let stays = self.words.iter().filter(|kept| wanted.contains(&kept.word)).cloned();
        let comes = words.iter().filter(|word| !had.contains(word));
        let comes = comes.map(|word| KeptWord { word: word.clone(), by: by.clone(), at, version });
        Self { version, words: stays.chain(comes).collect() }
    }

    /// The terms of the files that are not looked for.
    pub fn taken_out(&self) -> impl Iterator<Item = &str> {
        self.words.iter().filter(|kept| kept.word.what == WordIs::Out).map(|kept| kept.word.term.as_str())
    }
}

impl WordsAct {
    pub(super) fn columns(self) -> (&'static str, Option<u32>) {
        match self {
            Self::Added => ("added", None),
            Self::Removed => ("removed", None),
            Self::TakenOut => ("taken_out", None),
            Self::PutBack => ("put_back", None),
            Self::Allowed => ("allowed", None),
            Self::Disallowed => ("disallowed", None),
            Self::Imported => ("imported", None),
            Self::Back { to } => ("back", Some(to)),
        }
    }

    pub(super) fn read(act: &str, back_to: Option<i64>) -> Result<Self, LedgerError> {
        Ok(match (act, back_to) {
            ("added", None) => Self::Added,
            ("removed", None) => Self::Removed,
            ("taken_out", None) => Self::TakenOut,
            ("put_back", None) => Self::PutBack,
            ("allowed", None) => Self::Allowed,
            ("disallowed", None) => Self::Disallowed,
            ("imported", None) => Self::Imported,
            ("back", Some(to)) => Self::Back { to: small(to, "version of a list of words")? },
            _ => return Err(LedgerError::Inconsistent("what was done to a list of words")),
        })
    }
}

/// A word as its row has it.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) term: String,
    pub(super) grade: Option<String>,
    pub(super) category: Option<String>,
    pub(super) matching: Option<String>,
    pub(super) kind: Option<String>,
}

impl TryFrom<Row> for OwnWord {
    type Error = LedgerError;

    fn try_from(row: Row) -> Result<Self, LedgerError> {
        let what = match (&*row.what, row.grade, row.category, row.matching, row.kind) {
            ("term", Some(grade), Some(category), Some(matching), None) => WordIs::Term {
                grade: word(&grade, "grade")?,
                category: word(&category, "category")?,
                matching: word(&matching, "matching")?,
            },
            ("out", None, None, None, None) => WordIs::Out,
            ("allowed", None, None, None, Some(kind)) => {
                WordIs::Allowed { kind: word(&kind, "kind of a word")? }
            }
            _ => return Err(LedgerError::Inconsistent("word of a group's own list")),
        };
        Ok(Self { term: row.term, what })
    }
}
