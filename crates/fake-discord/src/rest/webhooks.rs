//! Webhooks, and through them what follows an interaction's first answer.

use crate::errors::{INVALID_WEBHOOK_TOKEN, Refusal, UNKNOWN_WEBHOOK};
use crate::permissions::Permissions;
use crate::rest::route::{id, not_here};
use crate::rest::{Answer, Call, Outcome, list};
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::audit::Action;

impl World {
    pub(super) fn channel_webhooks(&mut self, call: &Call<'_>, channel: Snowflake) -> Outcome {
        let found = self.may_in(channel, call.bot, Permissions::MANAGE_WEBHOOKS)?;
        let guild = found.guild.unwrap_or_default();
        if call.request.method != "GET" {
            return not_here(call);
        }
        let webhooks = self.guild_of(guild, call.bot)?.webhooks.values().filter(|one| one.channel == channel);
        list(webhooks.map(|one| self.webhook_json(guild, one)).collect::<Vec<_>>())
    }

    pub(super) fn route_webhooks(&mut self, call: &Call<'_>, path: &[&str]) -> Outcome {
        match (call.request.method.as_str(), path) {
            ("GET", [webhook]) => {
                let guild = self.guild_of_webhook(id(webhook))?;
                let found = self.may(guild, call.bot, Permissions::MANAGE_WEBHOOKS)?;
                let webhook = found.webhooks.get(&id(webhook)).ok_or(UNKNOWN_WEBHOOK)?;
                Answer::ok(self.webhook_json(guild, webhook))
            }
            ("DELETE", [webhook]) => {
                let guild = self.guild_of_webhook(id(webhook))?;
                self.may(guild, call.bot, Permissions::MANAGE_WEBHOOKS)?;
                if let Some(found) = self.guilds.get_mut(&guild) {
                    found.webhooks.remove(&id(webhook));
                }
                let entry = self.entry(Action::WEBHOOK_DELETE, call.bot, Some(id(webhook)), call.reason());
                self.write_down(guild, entry);
                Ok(Answer::Empty)
            }
            _ => self.route_followups(call, path),
        }
    }

    fn guild_of_webhook(&self, webhook: Snowflake) -> Result<Snowflake, Refusal> {
        let guild = self.guilds.values().find(|guild| guild.webhooks.contains_key(&webhook));
        guild.map(|guild| guild.id).ok_or_else(|| UNKNOWN_WEBHOOK.into())
    }

    /// The interaction that a token opens.
    pub(super) fn interaction_of(&self, app: &str, token: &str) -> Result<Snowflake, Refusal> {
        let found = self.interactions.values().find(|one| one.token == token && one.app == id(app));
        let found = found.filter(|one| self.now().since(one.made) < crate::world::interaction::TOKEN);
        found.map(|one| one.id).ok_or_else(|| INVALID_WEBHOOK_TOKEN.into())
    }
}
