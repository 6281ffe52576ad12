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
