//! Guilds: their channels, roles, audit log, filter and what else belongs to them.

use serde_json::{Value, json};

use crate::errors::{Refusal, UNKNOWN_EMOJI, UNKNOWN_ROLE, UNKNOWN_RULE};
use crate::permissions::Permissions;
use crate::rest::route::{id, not_here};
use crate::rest::{Answer, Call, Outcome, done, list, object};
use crate::shape::role_json;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::id_in;

/// How many rules that look for words a server has at most.
const KEYWORD_RULES_MAX: usize = 6;

impl World {
    pub(super) fn route_guild(&mut self, call: &Call<'_>, guild: Snowflake, path: &[&str]) -> Outcome {
        let by = call.bot;
        let found = self.guild_of(guild, by)?;
        match (call.request.method.as_str(), path) {
            ("GET", []) => {
                let mut json = self.guild_json(guild);
                if call.request.query("with_counts").is_some_and(|text| text == "true" || text == "1") {
                    json["approximate_member_count"] = json!(found.members.len());
                    json["approximate_presence_count"] = json!(found.members.len());
                }
                Answer::ok(json)
            }
            ("GET", ["channels"]) => {
                let channels = self.channels_of(guild).filter(|channel| !channel.kind.is_thread());
                list(channels.map(|channel| self.channel_json(channel)).collect::<Vec<_>>())
            }
            ("POST", ["channels"]) => {
                let channel = self.create_channel(by, guild, &object(call.body()), call.reason())?;
                let found = self.sight_of(channel, by);
                let channel =
                    found.ok().or_else(|| self.channels.get(&channel)).map(|one| self.channel_json(one));
                Ok(Answer::Json(201, channel.unwrap_or_default()))
            }
            ("GET", ["threads", "active"]) => self.active_threads(call, guild),
            ("GET", ["roles"]) => list(found.roles.values().map(role_json).collect::<Vec<_>>()),
            ("GET", ["roles", "member-counts"]) => {
                let count =
                    |role| found.members.values().filter(|member| member.roles.contains(role)).count();
                let counts = found.roles.keys().filter(|role| **role != guild);
                Answer::ok(
                    counts
                        .map(|role| (role.to_string(), json!(count(role))))
                        .collect::<serde_json::Map<_, _>>()
                        .into(),
                )
            }
            ("GET", ["roles", role]) => {
                let role = found.roles.get(&id(role)).ok_or(UNKNOWN_ROLE)?;
                Answer::ok(role_json(role))
            }
            ("POST", ["roles"]) => {
                let role = self.create_role(by, guild, &object(call.body()), call.reason())?;
                self.role_answer(guild, role)
            }
            ("PATCH", ["roles"]) => {
                let moves = call.body().as_array().into_iter().flatten().filter_map(|one| {
                    Some((id_in(&one["id"])?, u32::try_from(one["position"].as_u64()?).ok()?))
                });
                self.move_roles(by, guild, &moves.collect::<Vec<_>>())?;
                let found = self.guild_of(guild, by)?;
                list(found.roles.values().map(role_json).collect::<Vec<_>>())
            }
            ("PATCH", ["roles", role]) => {
                self.update_role(by, guild, id(role), &object(call.body()), call.reason())?;
                self.role_answer(guild, id(role))
            }
            ("DELETE", ["roles", role]) => done(self.delete_role(by, guild, id(role), call.reason())),
            ("GET", ["audit-logs"]) => self.audit_log(call, guild),
            ("GET", ["auto-moderation", "rules"]) => {
                let found = self.may(guild, by, Permissions::MANAGE_GUILD)?;
                list(found.automod.values().cloned().collect::<Vec<_>>())
            }
            ("GET", ["auto-moderation", "rules", rule]) => {
                let found = self.may(guild, by, Permissions::MANAGE_GUILD)?;
                Answer::ok(found.automod.get(&id(rule)).cloned().ok_or(UNKNOWN_RULE)?)
            }
            ("POST", ["auto-moderation", "rules"]) => {
                let found = self.may(guild, by, Permissions::MANAGE_GUILD)?;
                let sort = &call.body()["trigger_type"];
                let alike = found.automod.values().filter(|rule| rule["trigger_type"] == *sort);
                if *sort == 1 && alike.count() >= KEYWORD_RULES_MAX {
                    return Err(Refusal::form(
                        "",
                        "AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED",
                        "Maximum number of rules of this type exceeded",
                    ));
                }
                let rule = self.new_id();
                let mut json = json!({
                    "id": rule, "guild_id": guild, "creator_id": by, "enabled": false, "exempt_roles": [],
                    "exempt_channels": [], "trigger_metadata": {},
                });
                crate::shape::merge(&mut json, call.body().clone());
                self.set_rule(guild, rule, json)
            }
            ("PATCH", ["auto-moderation", "rules", rule]) => {
                let found = self.may(guild, by, Permissions::MANAGE_GUILD)?;
                let mut json = found.automod.get(&id(rule)).cloned().ok_or(UNKNOWN_RULE)?;
                crate::shape::merge(&mut json, object(call.body()));
                self.set_rule(guild, id(rule), json)
            }
            ("DELETE", ["auto-moderation", "rules", rule]) => {
                self.may(guild, by, Permissions::MANAGE_GUILD)?;
                let rules = self.guilds.get_mut(&guild).map(|guild| &mut guild.automod);
                let gone = rules.and_then(|rules| rules.remove(&id(rule)));
                gone.map(|_| Answer::Empty).ok_or_else(|| UNKNOWN_RULE.into())
            }
            ("GET", ["webhooks"]) => {
                let found = self.may(guild, by, Permissions::MANAGE_WEBHOOKS)?;
                list(found.webhooks.values().map(|one| self.webhook_json(guild, one)).collect::<Vec<_>>())
            }
            ("GET", ["emojis"]) => list(found.emojis.clone()),
            ("GET", ["stickers"]) => list(found.stickers.clone()),
            ("GET", [kind @ ("emojis" | "stickers"), one]) => {
                let all = if *kind == "emojis" { &found.emojis } else { &found.stickers };
                Answer::ok(all.iter().find(|other| other["id"] == *one).cloned().ok_or(UNKNOWN_EMOJI)?)
            }
            ("GET", ["invites"]) => {
                let found = self.may(guild, by, Permissions::MANAGE_GUILD)?;
                list(found.invites.values().map(|one| self.invite_json(found, one)).collect::<Vec<_>>())
            }
            ("GET", ["integrations"]) => list([]),
            _ => not_here(call),
        }
    }

    fn set_rule(&mut self, guild: Snowflake, rule: Snowflake, mut json: Value) -> Outcome {
        for field in ["keyword_filter", "regex_patterns", "allow_list"] {
            if json["trigger_type"] == 1 && !json["trigger_metadata"][field].is_array() {
                json["trigger_metadata"][field] = json!([]);
            }
        }
        if let Some(guild) = self.guilds.get_mut(&guild) {
            guild.automod.insert(rule, json.clone());
        }
        Answer::ok(json)
    }

    fn role_answer(&self, guild: Snowflake, role: Snowflake) -> Outcome {
        let role = self.guilds.get(&guild).and_then(|guild| guild.roles.get(&role)).ok_or(UNKNOWN_ROLE)?;
        Answer::ok(role_json(role))
    }

    fn audit_log(&self, call: &Call<'_>, guild: Snowflake) -> Outcome {
        let found = self.may(guild, call.bot, Permissions::VIEW_AUDIT_LOG)?;
        let request = call.request;
        let (by, target) = (request.query_id("user_id"), request.query_id("target_id"));
        let action = request.query("action_type").and_then(|text| text.parse::<u16>().ok());
        let (before, after) = (request.query_id("before"), request.query_id("after"));
        let entries = found.audit.iter().filter(|entry| {
            by.is_none_or(|by| entry.by == Some(by))
                && target.is_none_or(|target| entry.target == Some(target))
                && action.is_none_or(|action| entry.action.0 == action)
                && before.is_none_or(|before| entry.id < before)
                && after.is_none_or(|after| entry.id > after)
        });
        let entries: Vec<_> = if after.is_some() {
            // Then it goes forward.
            entries.take(request.limit(50)).collect()
        } else {
            entries.rev().take(request.limit(50)).collect()
        };
        let mut users: Vec<_> = entries.iter().flat_map(|entry| [entry.by, entry.target]).flatten().collect();
        users.sort_unstable();
        users.dedup();
        let users =
            users.into_iter().filter(|user| self.users.contains_key(user)).map(|user| self.user_json(user));
        Answer::ok(json!({
            "audit_log_entries": entries.iter().map(|entry| entry.json()).collect::<Vec<_>>(),
            "users": users.collect::<Vec<_>>(),
            "integrations": [], "webhooks": [], "guild_scheduled_events": [], "threads": [],
            "application_commands": [], "auto_moderation_rules": Vec::<Value>::new(),
        }))
    }
}
