//! Names of things, each of a type of its own, so that a channel cannot be passed for a member.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest id we accept from a platform, in bytes (Matrix allows 255).
pub const ID_LEN_MAX: usize = 255;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The id, or nothing when it is empty, longer than [`ID_LEN_MAX`] or holds a control character.
            pub fn new(id: impl Into<String>) -> Option<Self> {
                let id: String = id.into();
                let valid = !id.is_empty() && id.len() <= ID_LEN_MAX && !id.chars().any(char::is_control);
                valid.then(|| Self(id.into_boxed_str()))
            }

            /// The id as the platform or the configuration writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(id: String) -> Result<Self, InvalidId> {
                Self::new(id).ok_or(InvalidId(stringify!($name)))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into()
            }
        }
    )+};
}

ids! {
    /// A closed community under one policy, by its key in the configuration.
    GroupId,
    /// A chat platform, by its name in the configuration: `discord`.
    PlatformId,
    /// A place in a group where members post, as the platform names it.
    ChannelId,
    /// Somebody's account, as the platform names it.
    MemberId,
    /// One thing a member wrote, as the platform names it; the same for all its edits.
    PostId,
}

/// What begins the name of an author who is nobody's account; no platform's accounts do.
const NOBODY: char = '~';

impl MemberId {
    /// The author of what no person wrote, such as a program or the server itself, by the id it has on its platform. Nobody
    /// can be written to there, and nobody answers for it.
    pub fn nobody(id: &str) -> Option<Self> {
        Self::new(format!("{NOBODY}{id}"))
    }

    /// Whether it can be a person's account.
    pub fn is_person(&self) -> bool {
        !self.0.starts_with(NOBODY)
    }
}

/// What begins the name of a post that stands nowhere, because its platform stopped it; no platform's own names do.
const STOPPED: &str = "stopped:";

impl PostId {
    /// The name of a post that its platform stopped before anybody saw it, by whoever's rule: because it was told to stop a
    /// word that stood there ([`crate::outright`]), or for what people have it stop. `id` tells it from others.
    pub fn stopped(id: &str) -> Option<Self> {
        Self::new(format!("{STOPPED}{id}"))
    }

    /// Whether it was stopped so: it stands nowhere, and nobody but its author has seen it.
    pub fn is_stopped(&self) -> bool {
        self.0.starts_with(STOPPED)
    }
}

/// A platform gave an id that is empty, too long or holds control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct InvalidId(&'static str);

/// The short reference of a file within its group, which people can type: `B-0042`.
///
/// Cases, sanctions and reports are numbered in one sequence, so that a reference alone says which is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference(u32);

impl Reference {
    /// The reference with this number, or nothing for 0: numbers start at 1.
    pub fn new(number: u32) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number without its prefix.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "B-{:04}", self.0)
    }
}

/// What was typed is not a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reference looks like B-0042")]
pub struct InvalidReference;

impl FromStr for Reference {
    type Err = InvalidReference;

    /// Reads `B-0042`, `b-42`, `B42`, `42` and `B-0042:`: people type references by hand, into sentences.
    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let digits = text.trim().trim_end_matches([':', ',', '.', ';']);
        let digits = digits.trim_start_matches(['b', 'B']).trim_start_matches('-');
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidReference);
        }
        digits.parse().ok().and_then(Self::new).ok_or(InvalidReference)
    }
}
