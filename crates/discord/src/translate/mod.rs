//! What Discord tells, as posts: pure, without a client.
//!
//! Everything is read from raw JSON. Libraries know yesterday's fields, and what they do not know they drop.

pub(crate) mod automod;
pub(crate) mod deletions;
pub(crate) mod message;
pub(crate) mod names;
pub(crate) mod post;
pub(crate) mod reactions;
pub(crate) mod surfaces;
pub(crate) mod titles;

pub(crate) mod emoji;
pub(crate) mod fixtures;
#[cfg(test)]
mod judged;
mod markdown;
mod quoted;
#[cfg(test)]
pub(crate) mod recorded;
