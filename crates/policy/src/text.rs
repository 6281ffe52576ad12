//! People's words, in a type that cannot leak them.

use std::fmt;

/// What a member wrote. It has no `Display` and no `Serialize`, and its `Debug` tells only its length.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct MessageText(Box<str>);

impl MessageText {
    /// Wraps a text as it came from the platform.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into_boxed_str())
    }

    /// The text itself, for the matcher, the vault and the person entitled to read it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageText({} chars)", self.0.chars().count())
    }
}
