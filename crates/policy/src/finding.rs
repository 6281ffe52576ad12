//! What was found in a post: a listed term, where, how strong, and the disguise seen through.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How strong a word is, in the four grades of Ofcom's published research on offensive language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Little concern.
    Mild,
    /// Some concern.
    Medium,
    /// Strong.
    Strong,
    /// The strongest, least acceptable words.
    Strongest,
}

/// What a word is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// General swearing.
    General,
    /// About sex.
    Sexual,
    /// A part of the body.
    BodyPart,
    /// An insult to a person that names no characteristic.
    Insult,
    /// Race, colour, nationality or ethnic origin.
    Race,
    /// Religion or belief.
    Religion,
    /// Disability or mental health.
    Disability,
    /// Sexual orientation.
    Orientation,
    /// Gender identity.
    Gender,
    /// Sex: misogyny and misandry.
    Sex,
    /// Age.
    Age,
}

/// How a word was disguised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disguise {
    /// Written plainly; upper and lower case are not told apart.
    None,
    /// Letters repeated: `fuuuck`.
    Repeats,
    /// Digits and symbols read as letters: `sh1t`.
    Leet,
    /// Letters masked: `f*ck`, `sh#t`.
    Mask,
    /// Letters apart by spaces, marks or line breaks: `f u c k`, `f.u.c.k`.
    Separated,
    /// Characters that cannot be seen: zero-width, soft hyphen, bidi controls.
    Invisible,
    /// Accents and combining marks on letters.
    Accents,
    /// Letters of another script that look alike.
    LookAlike,
    /// Fullwidth, mathematical, circled and other styled letters.
    Styled,
    /// Markdown, HTML, spoiler marks or brackets inside the word.
    Markup,
    /// Words run together: `whattheshite`, `#UtterWanker`.
    Joined,
    /// Letters that stand on their heads.
    Turned,
    /// Vowels left out: `bllcks`.
    VowelsDropped,
    /// Spelt as it sounds: `phuck`.
    Phonetic,
    /// A slip of the finger: letters swapped, one left out, or the key beside it.
    Typo,
}

macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it in wordlists, configuration and output.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::finding::UnknownWord;
            fn from_str(text: &str) -> Result<Self, $crate::finding::UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.word() == text).ok_or_else(|| $crate::finding::UnknownWord {
                    what: stringify!($type),
                    choices: Self::ALL.iter().map(|value| value.word()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}
pub(crate) use words;

/// A word that is none of the choices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {}: choose one of {choices}", what.to_lowercase())]
pub struct UnknownWord {
    pub(crate) what: &'static str,
    pub(crate) choices: String,
}

words!(Grade { Mild = "mild", Medium = "medium", Strong = "strong", Strongest = "strongest" });
words!(Category {
    General = "general",
    Sexual = "sexual",
    BodyPart = "body_part",
    Insult = "insult",
    Race = "race",
    Religion = "religion",
    Disability = "disability",
    Orientation = "orientation",
    Gender = "gender",
    Sex = "sex",
    Age = "age",
});
words!(Disguise {
    None = "none",
    Repeats = "repeats",
    Leet = "leet",
    Mask = "mask",
    Separated = "separated",
    Invisible = "invisible",
    Accents = "accents",
    LookAlike = "look_alike",
    Styled = "styled",
    Markup = "markup",
    Joined = "joined",
    Turned = "turned",
    VowelsDropped = "vowels_dropped",
    Phonetic = "phonetic",
    Typo = "typo",
});

impl Category {
    /// Whether the word attacks people for who they are (Equality Act 2010 characteristics and their kin).
    pub fn is_discriminatory(self) -> bool {
        match self {
            Self::General | Self::Sexual | Self::BodyPart | Self::Insult => false,
            Self::Race
            | Self::Religion
            | Self::Disability
            | Self::Orientation
            | Self::Gender
            | Self::Sex
            | Self::Age => true,
        }
    }
}

/// One listed term found in one surface of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The term as the wordlist has it.
    pub term: String,
    /// How strong it is.
    pub grade: Grade,
    /// What it is about.
    pub category: Category,
    /// Which surface of the post, by its place in [`crate::post::Post::surfaces`].
    pub surface: usize,
    /// Where in that surface, in bytes; on character boundaries.
    pub span: Range<usize>,
    /// The disguise seen through; the one that hides most when there are several.
    pub disguise: Disguise,
    /// Whether it is aimed at somebody, as far as the text tells.
    pub directed: bool,
    /// When the term came into force, for terms added while running: older posts never count for it.
    pub since: Option<crate::time::Timestamp>,
}
