//! Which room answers what.

use crate::errors::{NOT_FOUND, Refusal};
use crate::rest::{Answer, Call, Outcome, done};
use crate::snowflake::Snowflake;
use crate::world::World;

/// Reads an id of a path; it has been held to the description.
pub(super) fn id(text: &str) -> Snowflake {
    text.parse().unwrap_or_default()
}

impl World {
    pub(super) fn route(&mut self, call: &Call<'_>, path: &[&str]) -> Outcome {
        match path {
            ["gateway", ..] | ["users", ..] | ["oauth2", ..] | ["applications", "@me"] => {
                self.route_accounts(call, path)
            }
            ["applications", _, "commands", ..] | ["applications", _, "guilds", _, "commands", ..] => {
                self.route_commands(call, path)
            }
            ["channels", channel, rest @ ..] => self.route_channels(call, id(channel), rest),
            ["guilds", guild, rest @ ..] => self.route_guilds(call, id(guild), rest),
            ["interactions", interaction, token, "callback"] => {
                self.answer_interaction(call, id(interaction), token)
            }
            ["webhooks", rest @ ..] => self.route_webhooks(call, rest),
            ["invites", rest @ ..] => self.route_invites(call, rest),
            _ => not_here(call),
        }
    }

    fn route_channels(&mut self, call: &Call<'_>, channel: Snowflake, path: &[&str]) -> Outcome {
        match (call.request.method.as_str(), path) {
            (_, ["messages", "pins", ..] | ["pins", ..]) => self.route_pins(call, channel, path),
            (_, ["messages", _, "threads"] | ["threads" | "thread-members" | "users", ..]) => {
                self.route_threads(call, channel, path)
            }
            (_, ["messages", _, "reactions", ..]) => self.route_reactions(call, channel, path),
            (_, ["messages" | "polls", ..]) => self.route_messages(call, channel, path),
            (_, ["invites"]) => self.route_channel_invites(call, channel),
            (_, ["webhooks"]) => self.channel_webhooks(call, channel),
            ("POST", ["typing"]) => done(self.sight_of(channel, call.bot).map(|_| ())),
            _ => self.route_channel(call, channel, path),
        }
    }

    fn route_guilds(&mut self, call: &Call<'_>, guild: Snowflake, path: &[&str]) -> Outcome {
        self.guild_of(guild, call.bot)?;
        match path {
            ["members", ..] | ["bans", ..] | ["bulk-ban"] => self.route_members(call, guild, path),
            _ => self.route_guild(call, guild, path),
        }
    }
}

/// What is described, and this fake does not have: it fails the test that asks for it, and says so.
pub(super) fn not_here(call: &Call<'_>) -> Outcome {
    let what = format!("this fake has no {} {}", call.request.method, call.request.path);
    Err(Refusal { status: 501, message: what, ..NOT_FOUND.into() })
}

/// An answer of nothing but a status.
pub(super) fn empty() -> Outcome {
    Ok(Answer::Empty)
}
