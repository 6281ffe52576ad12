//! Matrix: closed, encrypted rooms as a platform.
//!
//! An [`Account`] logs in, hears what happens in the rooms of its groups and hands it in, and does in them what was
//! recorded. What is pure stands apart from what asks a server: `translate`, `letters`, `links` and `commands` know
//! events and texts and no client.

mod account;
mod calls;
mod canary;
mod carry;
mod commands;
mod compose;
pub mod doctor;
mod doors;
mod errands;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod hear;
mod help;
mod history;
mod invitations;
mod keys;
mod letters;
mod likeness;
mod links;
mod login;
mod marks;
mod members;
mod memory;
mod outbound;
mod places;
mod powers;
mod recent;
#[cfg(test)]
mod refusals;
mod remove;
mod rooms;
mod send;
mod settings;
mod sync;
mod tally;
mod translate;

pub use account::Account;
pub use error::{MatrixError, Source};
pub use settings::{AccountSettings, Credentials, GroupSettings, Hidden, Secret};
