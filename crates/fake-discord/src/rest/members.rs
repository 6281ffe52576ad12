//! Members and bans.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::errors::{MISSING_ACCESS, Refusal, UNKNOWN_BAN, UNKNOWN_MEMBER};
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::rest::route::{id, not_here};
use crate::rest::{Answer, Call, Outcome, done, ids, list};
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::members::MemberChange;

impl World {
    pub(super) fn route_members(&mut self, call: &Call<'_>, guild: Snowflake, path: &[&str]) -> Outcome {
        let by = call.bot;
        match (call.request.method.as_str(), path) {
            ("GET", ["members"]) => {
                let may = self
                    .applications
                    .get(&call.app)
                    .is_some_and(|app| app.intents.has(Intents::GUILD_MEMBERS));
                if !may {
                    return Err(MISSING_ACCESS.into());
                }
                let after = call.request.query_id("after").unwrap_or_default();
                let found = self.guild_of(guild, by)?;
                let users = found.members.keys().filter(|user| **user > after).take(call.request.limit(1));
                list(users.map(|user| self.member_json(guild, *user)).collect::<Vec<_>>())
            }
            ("GET", ["members", "search"]) => {
                let text = call.request.query("query").unwrap_or_default().to_lowercase();
                let found = self.guild_of(guild, by)?;
                let users = found.members.keys().filter(|user| self.is_called(guild, **user, &text));
                list(
                    users
                        .take(call.request.limit(1))
                        .map(|user| self.member_json(guild, *user))
                        .collect::<Vec<_>>(),
                )
            }
            ("GET", ["members", user]) => self.member_answer(guild, id(user)),
            ("PATCH", ["members", user]) => {
                let user = if *user == "@me" { by } else { id(user) };
                self.change_member(by, guild, user, change_of(call.body())?, call.reason())?;
                self.member_answer(guild, user)
            }
            ("DELETE", ["members", user]) => done(self.kick(by, guild, id(user), call.reason())),
            ("PUT", ["members", user, "roles", role]) => {
                done(self.give_role(by, guild, id(user), id(role), true, call.reason()))
            }
            ("DELETE", ["members", user, "roles", role]) => {
                done(self.give_role(by, guild, id(user), id(role), false, call.reason()))
            }
            ("GET", ["bans"]) => {
                let found = self.may(guild, by, Permissions::BAN_MEMBERS)?;
                let (before, after) = (call.request.query_id("before"), call.request.query_id("after"));
                let limit = call.request.limit(1000);
                let bans = found.bans.iter().filter(|(user, _)| {
                    before.is_none_or(|before| **user < before) && after.is_none_or(|after| **user > after)
                });
                let mut bans: Vec<_> = bans.collect();
                if before.is_some() && after.is_none() {
                    bans.drain(..bans.len().saturating_sub(limit));
                }
                list(
                    bans.into_iter()
                        .take(limit)
                        .map(|(user, reason)| self.ban_json(*user, reason))
                        .collect::<Vec<_>>(),
                )
            }
            ("GET", ["bans", user]) => {
                let found = self.may(guild, by, Permissions::BAN_MEMBERS)?;
                let reason = found.bans.get(&id(user)).ok_or(UNKNOWN_BAN)?;
                Answer::ok(self.ban_json(id(user), reason))
            }
            ("PUT", ["bans", user]) => {
                let delete = deletion(call.body());
                done(self.ban(by, guild, id(user), delete, call.reason()))
            }
            ("DELETE", ["bans", user]) => done(self.unban(by, guild, id(user), call.reason())),
            ("POST", ["bulk-ban"]) => self.ban_many(call, guild),
            _ => not_here(call),
        }
    }

    fn member_answer(&self, guild: Snowflake, user: Snowflake) -> Outcome {
        self.member(guild, user).ok_or(UNKNOWN_MEMBER)?;
        Answer::ok(self.member_json(guild, user))
    }

    fn ban_json(&self, user: Snowflake, reason: &Option<String>) -> Value {
        json!({ "user": self.user_json(user), "reason": reason })
    }

    fn ban_many(&mut self, call: &Call<'_>, guild: Snowflake) -> Outcome {
        self.may(guild, call.bot, Permissions::BAN_MEMBERS | Permissions::MANAGE_GUILD)?;
        let delete = deletion(call.body());
        let (mut banned, mut failed) = (Vec::new(), Vec::new());
        for user in ids(&call.body()["user_ids"]) {
            let was = self.guilds.get(&guild).is_some_and(|guild| guild.bans.contains_key(&user));
            match self.ban(call.bot, guild, user, delete, call.reason()) {
                Ok(()) if !was => banned.push(user),
                Ok(()) | Err(_) => failed.push(user),
            }
        }
        if banned.is_empty() {
            return Err(Refusal {
                status: 400,
                code: 500_000,
                message: "Failed to ban users".to_owned(),
                errors: None,
            });
        }
        Answer::ok(json!({ "banned_users": banned, "failed_users": failed }))
    }
}

fn deletion(body: &Value) -> Duration {
    let days = body["delete_message_days"].as_u64().map(|days| days.saturating_mul(86_400));
    Duration::from_secs(body["delete_message_seconds"].as_u64().or(days).unwrap_or(0))
}

fn change_of(body: &Value) -> Result<MemberChange, Refusal> {
    let timed_out = match body.get("communication_disabled_until") {
        None => None,
        Some(Value::String(text)) => {
            let until = Moment::parse(text);
            let wrong =
                || Refusal::form("communication_disabled_until", "DATE_TIME_TYPE_PARSE", "Not a time");
            Some(Some(until.ok_or_else(wrong)?))
        }
        Some(_) => Some(None),
    };
    Ok(MemberChange {
        nick: body.get("nick").map(|nick| nick.as_str().map(str::to_owned)),
        roles: body.get("roles").map(|roles| ids(roles).into_iter().collect::<BTreeSet<_>>()),
        timed_out,
    })
}
