//! A Discord on loopback, for tests: the gateway and the REST interface, held to Discord's own description.
//!
//! [`FakeDiscord::start`] runs one inside the test. The test makes guilds and people, who act as people do through a
//! client, each within their permissions; any bot or library connects as it would to Discord. Every request is held to
//! Discord's OpenAPI description, and so is every answer of the fake: what does not fit fails the test.
//!
//! ```no_run
//! use fake_discord::{FakeDiscord, Intents, Matcher, Permissions};
//!
//! # async fn test() -> Result<(), fake_discord::Refusal> {
//! let discord = FakeDiscord::start().await;
//! let app = discord.application("Beadle", Intents::PRIVILEGED);
//! let branch = discord.guild("Branch");
//! let general = branch.channel("general");
//! branch.install(&app, Permissions::MEMBER | Permissions::MANAGE_MESSAGES);
//! let anna = branch.member("anna");
//!
//! // Start a bot with `discord.api_base()` and `app.token`; it finds the gateway by itself.
//! let said = anna.say(general, "something rude")?;
//! discord.wait_for("its removal", |world| world.message(general, said).is_none().then_some(())).await;
//! let asked = discord.requests_of(&Matcher::of("DELETE", "/messages/"));
//! assert_eq!(asked.len(), 1);
//! discord.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! Time is the fake's own and stands still unless the test moves it. Nothing listens or connects beyond this machine.

mod clock;
mod errors;
mod faults;
mod gateway;
mod limits;
mod openapi;
mod people;
mod permissions;
mod rest;
mod rules;
mod server;
mod shape;
mod snowflake;
mod world;

pub use clock::Moment;
pub use errors::{Code, Refusal};
pub use faults::{Fault, Matcher};
pub use gateway::intents::Intents;
pub use gateway::{Frame, GatewaySettings};
pub use limits::Limits;
pub use people::{App, GuildHandle, Person};
pub use permissions::Permissions;
pub use rest::log::Asked;
pub use server::FakeDiscord;
pub use snowflake::Snowflake;
pub use world::app::Application;
pub use world::audit::{Action, Entry};
pub use world::channel::{Channel, ChannelKind, Overwrite, Thread};
pub use world::dm::DmPolicy;
pub use world::guild::{Guild, Invite, Member, Role, User, Webhook};
pub use world::interaction::Interaction;
pub use world::message::{self, Draft, Message, Pings, Reaction};
pub use world::reactions::Emoji;
pub use world::{Violation, World};

/// The refusals that there are.
pub mod codes {
    pub use crate::errors::*;
}
