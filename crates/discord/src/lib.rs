//! Discord as a platform: servers as groups, channels and threads, members' messages and names.

mod account;
mod asked;
mod audit;
mod awaited;
#[cfg(test)]
mod bed;
mod board;
mod buttons;
mod catch_up;
mod commands;
mod conversations;
mod cursors;
mod digest;
mod directs;
pub mod doctor;
mod doors;
pub mod error;
mod forms;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod gateway;
mod hear;
#[cfg(test)]
mod hostile;
mod ids;
mod interactions;
mod invite;
mod json;
mod letters;
mod limits;
mod lines;
mod listener;
mod load;
mod locks;
mod markdown_out;
mod members;
mod memory;
mod mutes;
mod needs;
mod openings;
mod outbound;
pub mod pace;
mod pages;
mod powers;
mod queues;
mod radius;
mod recent;
mod register;
mod remove;
pub mod rest;
mod restore;
mod send;
mod server;
mod settings;
mod shown;
mod sight;
mod standing;
mod suspend;
mod taken_down;
mod tokens;
mod translate;
mod worn;

pub use account::Account;
pub use awaited::Awaited;
pub use needs::asked_for;
pub use settings::{AccountSettings, ChannelId, GroupSettings, RoleId, ServerId, Suspension};
