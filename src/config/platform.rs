//! The platforms there are.

use std::fmt;
use std::str::FromStr;

/// Where a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// The terminal.
    Terminal,
    /// Matrix.
    Matrix,
    /// Discord.
    Discord,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Terminal, Self::Matrix, Self::Discord];

    /// As the configuration has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Matrix => "matrix",
            Self::Discord => "discord",
        }
    }

    /// As people have it.
    pub(crate) fn called(self) -> &'static str {
        match self {
            Self::Terminal => "in the terminal",
            Self::Matrix => "on Matrix",
            Self::Discord => "on Discord",
        }
    }

    /// Whether this program knows it.
    pub(crate) fn is_built(self) -> bool {
        match self {
            Self::Terminal => cfg!(feature = "terminal"),
            Self::Matrix => cfg!(feature = "matrix"),
            Self::Discord => cfg!(feature = "discord"),
        }
    }
}

impl FromStr for Platform {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|platform| platform.word() == word).ok_or(())
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_known_by_its_word_and_by_no_other() {
        for platform in Platform::ALL {
            assert_eq!(platform.word().parse(), Ok(platform));
            assert_eq!(platform.to_string(), platform.word());
        }
        for word in ["", "Discord", "slack"] {
            assert_eq!(word.parse::<Platform>(), Err(()), "{word}");
        }
    }
}
