//! What has to hold of any bytes that come from outside, each a function of them; and inputs to see whether it does.
//!
//! `cargo fuzz` runs the functions on what libFuzzer finds, `tests/bounded.rs` on a number of inputs that are the same
//! each time: the corpus in `fuzz/corpus`, and changes of it. CONTRIBUTING.md says how.

#[cfg(feature = "commands")]
pub mod commands;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "discord")]
pub mod discord;
pub mod filter;
pub mod inputs;
#[cfg(feature = "matrix")]
pub mod matrix;

mod json;
mod seeds;

pub use seeds::{Seeds, root};

/// Whether bytes were anything that is looked at. What is not says nothing about the code, and is not kept in a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It was read, or refused for a reason that is told.
    Read,
    /// It cannot come: it is no text, or longer than is ever handed on.
    Unfit,
}

/// What inputs look like, for whatever changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// What people write.
    Text,
    /// Lines with a key and a value each.
    Lines,
    /// JSON.
    Json,
}

/// Something that bytes are put to.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name: that of its folder in `fuzz/corpus`, of its dictionary and of what `cargo fuzz run` runs.
    pub name: &'static str,
    /// Panics when something does not hold.
    pub run: fn(&[u8]) -> Fit,
    /// What its inputs look like.
    pub shape: Shape,
    /// Further folders with inputs for it, from the top of the project.
    pub more: &'static [&'static str],
}

/// All there are.
pub const TARGETS: &[Target] = &[
    filter::FIND,
    filter::FOLD,
    filter::SCREEN,
    filter::WORDLIST,
    filter::FOREIGN,
    #[cfg(feature = "commands")]
    commands::COMMAND,
    #[cfg(feature = "config")]
    config::CONFIG,
    #[cfg(feature = "discord")]
    discord::DISCORD,
    #[cfg(feature = "matrix")]
    matrix::MATRIX,
];
