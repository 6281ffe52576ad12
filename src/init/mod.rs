//! Sets an installation up: asks what it has to know, and writes the configuration and what goes with it.
//!
//! What is asked stands in one table, [`questions::all`], of which flags, files of answers and the dialogue are made. Each
//! answer is looked at as soon as it is there, and by the configuration's own checks: the configuration is written as it would
//! be, with something valid for whatever was not answered yet, and read ([`check`]). Nothing is put on the disk before all is
//! answered ([`papers`]).

mod check;
pub(crate) mod dialogue;
mod example;
pub(crate) mod given;
mod papers;
mod question;
mod questions;
mod secrets;
mod setup;
mod steps;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use check::takes_groups;
pub(crate) use papers::{announced, write};
pub(crate) use setup::{Existing, Setup};
pub(crate) use steps::left_to_do;

use std::fmt;
use std::str::FromStr;

/// Where a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    Discord,
    Matrix,
    Terminal,
}

impl Platform {
    pub(crate) const ALL: [Self; 3] = [Self::Discord, Self::Matrix, Self::Terminal];

    /// As the configuration has it.
    fn word(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Matrix => "matrix",
            Self::Terminal => "terminal",
        }
    }

    /// As people have it.
    fn called(self) -> &'static str {
        match self {
            Self::Discord => "on Discord",
            Self::Matrix => "on Matrix",
            Self::Terminal => "in the terminal",
        }
    }

    /// Whether this program knows it.
    fn is_built(self) -> bool {
        match self {
            Self::Discord => cfg!(feature = "discord"),
            Self::Matrix => cfg!(feature = "matrix"),
            Self::Terminal => cfg!(feature = "terminal"),
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
