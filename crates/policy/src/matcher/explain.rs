//! Why a finding is one, or why a word that looked like one is none.

use super::candidate::View;
use crate::finding::{Disguise, Finding};

/// A finding with what spoke for and against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What was found.
    pub finding: Finding,
    /// How it was found and weighed.
    pub explanation: Explanation,
}

/// How a term was found and weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Which reading of the text found it.
    pub view: View,
    /// Every disguise seen through, the one that hides most first.
    pub disguises: Vec<Disguise>,
    /// What was weighed, in the order in which it was.
    pub reasons: Vec<Reason>,
    /// Whether it counts.
    pub accepted: bool,
}

impl Explanation {
    /// What spoke for it, in words.
    pub fn in_favour(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.view.words()).chain(self.side(true))
    }

    /// What spoke against it, in words.
    pub fn against(&self) -> impl Iterator<Item = &'static str> {
        self.side(false)
    }

    fn side(&self, favour: bool) -> impl Iterator<Item = &'static str> {
        self.reasons.iter().filter(move |reason| reason.speaks_for() == favour).map(|reason| reason.words())
    }
}

/// One witness for or against a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The term has no innocent sense.
    Unambiguous,
    /// The term has an innocent sense, and only context can tell.
    Ambiguous,
    /// The spelling may mean something else, and only context can tell.
    Unsure,
    /// “you …” stands just before it.
    Addressed,
    /// “utter …”, “bloody …” stands just before it.
    Intensified,
    /// Somebody is said to be one.
    SaidOfSomebody,
    /// Somebody is called by it.
    Called,
    /// Somebody is pointed at.
    PointedAt,
    /// A body is spoken of lewdly.
    Lewd,
    /// Somebody is addressed in the sentence.
    SecondPerson,
    /// Its letters were hidden.
    Hidden,
    /// A word of the innocent sense is in the sentence.
    InnocentSense,
    /// It is written as a name.
    Name,
    /// An allow entry covers it.
    Allowed,
    /// It is written in another script in a text of that script.
    OtherLanguage,
}

impl Reason {
    /// Whether it speaks for a finding.
    pub fn speaks_for(self) -> bool {
        match self {
            Self::Unambiguous
            | Self::Addressed
            | Self::Intensified
            | Self::SaidOfSomebody
            | Self::Called
            | Self::PointedAt
            | Self::Lewd
            | Self::SecondPerson
            | Self::Hidden => true,
            Self::Ambiguous
            | Self::Unsure
            | Self::InnocentSense
            | Self::Name
            | Self::Allowed
            | Self::OtherLanguage => false,
        }
    }

    /// The witness in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unambiguous => "the term has no innocent sense",
            Self::Ambiguous => "the term has an innocent sense",
            Self::Unsure => "the spelling may mean something else",
            Self::Addressed => "“you” stands just before it",
            Self::Intensified => "a word that strengthens abuse stands just before it",
            Self::SaidOfSomebody => "somebody is said to be one",
            Self::Called => "somebody is called by it",
            Self::PointedAt => "somebody is pointed at",
            Self::Lewd => "a body is spoken of lewdly",
            Self::SecondPerson => "somebody is addressed",
            Self::Hidden => "its letters were hidden",
            Self::InnocentSense => "a word of its innocent sense stands near",
            Self::Name => "it is written as a name",
            Self::Allowed => "an allow entry covers it",
            Self::OtherLanguage => "the text is in another script",
        }
    }
}
