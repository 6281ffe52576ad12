//! Where policy, ledger and platform meet: moderate, act, appeal, deliver, command.
//!
//! Every path through this crate has one shape. Something comes in through [`platform::Intake`]; policy decides;
//! the decision and all its consequences are recorded in one transaction; and only then does the delivery do what
//! was recorded. Nothing is done on a platform that has no row, and there is no way back except through the ledger.

mod access;
mod acts;
mod answers;
mod appeals;
mod before_executive;
mod board;
mod bulletin;
mod channels;
mod checkup;
mod clock;
pub mod commands;
mod compare;
mod deadlines;
mod delivery;
mod desk;
mod digest;
mod enforce;
mod error;
mod executive;
pub mod export;
mod figures;
mod follow;
mod holds;
mod in_force;
mod in_vain;
mod ladder;
mod letters;
mod links;
mod lists;
mod mask;
mod members;
mod memos;
mod moderate;
mod mutes;
mod my_record;
mod named;
mod names;
mod parties;
mod pauses;
mod put_back;
mod reception;
mod record;
mod reports;
mod requests;
mod retention;
mod rights;
mod rules;
mod sanctions;
mod service;
mod show;
mod suggest;
mod take_back;
mod templates;
mod tombstones;
mod turns;
mod watched;
mod wordlists;

pub use desk::Casework;
pub use error::CaseworkError;
pub use figures::Figures;
pub use in_force::{LoadError, Loaded, Source};
pub use reception::Hearing;
