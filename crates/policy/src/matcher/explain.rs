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
        self.side(true)
    }

    /// What spoke against it, in words.
    pub fn against(&self) -> impl Iterator<Item = &'static str> {
        self.side(false)
    }

    /// All of it for people to read, line by line; what there is nothing to say of is left out.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        fn joined<'w>(words: impl Iterator<Item = &'w str>, mark: &str) -> String {
            words.collect::<Vec<_>>().join(mark)
        }
        let disguises = joined(self.disguises.iter().map(|disguise| disguise.word()), ", ");
        let lines = [
            ("read as", self.view.words().to_owned()),
            ("disguises", disguises),
            ("for", joined(self.in_favour(), "; ")),
            ("against", joined(self.against(), "; ")),
        ];
        lines.into_iter().filter(|(_, said)| !said.is_empty()).map(|(what, said)| format!("{what}: {said}"))
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
    /// A sort of people is spoken of as of vermin.
    AgainstGroup,
    /// A person is spoken of in the sentence.
    OfSomebody,
    /// A hostile word stands in the sentence.
    Hostile,
    /// A word that shows its abusive sense stands with it.
    AbusivePhrase,
    /// The term has an innocent sense, and nothing but that would excuse it.
    Unless,
    /// Somebody is addressed in the sentence.
    SecondPerson,
    /// Its letters were hidden.
    Hidden,
    /// A word of the innocent sense is in the sentence.
    InnocentSense,
    /// It stands in a phrase of its innocent sense.
    InnocentPhrase,
    /// It is used as an innocent verb.
    Verb,
    /// It stands in the title of a work.
    Title,
    /// It is written as a name.
    Name,
    /// It is written as the name of a place.
    Place,
    /// It is a part of a code or a number.
    Code,
    /// An allow entry covers it.
    Allowed,
    /// It is written in another script in a text of that script, or is a word of another language in a sentence of it.
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
            | Self::AgainstGroup
            | Self::OfSomebody
            | Self::Hostile
            | Self::AbusivePhrase
            | Self::Unless
            | Self::SecondPerson
            | Self::Hidden => true,
            Self::Ambiguous
            | Self::Unsure
            | Self::InnocentSense
            | Self::InnocentPhrase
            | Self::Verb
            | Self::Title
            | Self::Name
            | Self::Place
            | Self::Code
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
            Self::AgainstGroup => "it is said with hostility to a group",
            Self::OfSomebody => "a person is spoken of",
            Self::Hostile => "a hostile word stands near",
            Self::AbusivePhrase => "a word of its abusive sense stands with it",
            Self::Unless => "the term is abuse unless its innocent sense shows",
            Self::SecondPerson => "somebody is addressed",
            Self::Hidden => "its letters were hidden",
            Self::InnocentSense => "a word of its innocent sense stands near",
            Self::InnocentPhrase => "it stands in a phrase of its innocent sense",
            Self::Verb => "it is used as an innocent verb",
            Self::Title => "it stands in a title",
            Self::Name => "it is written as a name",
            Self::Place => "it is written as the name of a place",
            Self::Code => "it is part of a code or a number",
            Self::Allowed => "an allow entry covers it",
            Self::OtherLanguage => "the text is in another script or language",
        }
    }
}
