//! The bot's own account and application, other users, conversations, and where the gateway is.

use serde_json::{Value, json};

use crate::errors::{INVALID_RECIPIENT, UNKNOWN_CHANNEL, UNKNOWN_USER};
use crate::rest::route::{id, not_here};
use crate::rest::{Answer, Call, Outcome, list};
use crate::world::World;
use crate::world::id_in;

impl World {
    pub(super) fn route_accounts(&mut self, call: &Call<'_>, path: &[&str]) -> Outcome {
        let by = call.bot;
        match (call.request.method.as_str(), path) {
            ("GET", ["gateway"]) => Answer::ok(json!({ "url": self.gateway.url })),
            ("GET", ["gateway", "bot"]) => Answer::ok(self.gateway_bot(call.app)),
            ("GET", ["users", "@me"]) => Answer::ok(self.self_json(by)),
            ("GET", ["users", "@me", "guilds"]) => self.my_guilds(call),
            ("GET", ["users", "@me", "guilds", guild, "member"]) => {
                self.guild_of(id(guild), by)?;
                Answer::ok(self.member_json(id(guild), by))
            }
            ("DELETE", ["users", "@me", "guilds", guild]) => {
                self.guild_of(id(guild), by)?;
                self.let_out(id(guild), by);
                Ok(Answer::Empty)
            }
            ("POST", ["users", "@me", "channels"]) => {
                let user = id_in(&call.body()["recipient_id"]).ok_or(INVALID_RECIPIENT)?;
                let channel = self.open_dm(by, user)?;
                let channel = self.channels.get(&channel).ok_or(UNKNOWN_CHANNEL)?;
                Answer::ok(self.any_channel_json(channel, Some(by)))
            }
            ("GET", ["users", user]) => {
                self.users.get(&id(user)).ok_or(UNKNOWN_USER)?;
                Answer::ok(self.user_json(id(user)))
            }
            ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => {
                Answer::ok(self.application_json(call))
            }
            _ => not_here(call),
        }
    }

    fn my_guilds(&self, call: &Call<'_>) -> Outcome {
        let (before, after) = (call.request.query_id("before"), call.request.query_id("after"));
        let guilds = self.guilds.values().filter(|guild| {
            guild.has(call.bot)
                && before.is_none_or(|before| guild.id < before)
                && after.is_none_or(|after| guild.id > after)
        });
        let guilds = guilds.take(call.request.limit(200)).map(|guild| {
            json!({
                "id": guild.id, "name": guild.name, "icon": null, "banner": null, "owner": guild.owner == call.bot,
                "permissions": self.permissions(guild.id, call.bot), "features": ["COMMUNITY"],
            })
        });
        list(guilds.collect::<Vec<_>>())
    }

    fn application_json(&self, call: &Call<'_>) -> Value {
        let Some(app) = self.applications.get(&call.app) else { return Value::Null };
        let guilds = self.guilds.values().filter(|guild| guild.has(app.bot)).count();
        json!({
            "id": app.id, "name": app.name, "icon": null, "description": "", "type": null,
            "bot": self.user_json(app.bot), "bot_public": false, "bot_require_code_grant": false,
            "verify_key": "00", "flags": app.flags(), "flags_new": app.flags().to_string(), "redirect_uris": [],
            "interactions_endpoint_url": null, "role_connections_verification_url": null,
            "owner": self.user_json(app.owner), "approximate_guild_count": guilds,
            "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0, "team": null, "eligible_oauth2_scopes": [],
        })
    }
}
