//! What tests set up, and who acts in it: people do what a person can do with a client, within their permissions.

mod acts;
mod control;
mod interactions;
mod moderators;
mod setup;

use std::fmt;

use crate::server::Handle;
use crate::snowflake::Snowflake;

/// An application with its bot.
#[derive(Clone)]
pub struct App {
    handle: Handle,
    /// Which it is.
    pub id: Snowflake,
    /// Its bot's account.
    pub bot: Snowflake,
    /// What its bot shows itself with.
    pub token: String,
}

/// A guild that a test has made.
#[derive(Clone)]
pub struct GuildHandle {
    handle: Handle,
    /// Which it is.
    pub id: Snowflake,
    /// Whose it is.
    pub owner: Person,
}

/// Somebody who acts.
#[derive(Clone)]
pub struct Person {
    handle: Handle,
    /// Who it is.
    pub id: Snowflake,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for GuildHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuildHandle").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}
