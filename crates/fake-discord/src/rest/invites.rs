//! Ways in.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::errors::{MISSING_PERMISSIONS, NOT_ON_THIS_CHANNEL, Refusal, UNKNOWN_INVITE};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::rest::request::Request;
use crate::rest::route::not_here;
use crate::rest::{Answer, Call, Outcome, ids, list};
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::audit::Action;
use crate::world::guild::Invite;

impl World {
    pub(super) fn route_channel_invites(&mut self, call: &Call<'_>, channel: Snowflake) -> Outcome {
        let by = call.bot;
        let found = self.sight_of(channel, by)?;
        let guild = found.guild.ok_or(NOT_ON_THIS_CHANNEL)?;
        if call.request.method == "GET" {
            self.may_in(channel, by, Permissions::MANAGE_CHANNELS)?;
            let guild = self.guild_of(guild, by)?;
            let invites = guild.invites.values().filter(|one| one.channel == channel);
            return list(invites.map(|one| self.invite_json(guild, one)).collect::<Vec<_>>());
        }
        self.may_in(channel, by, Permissions::CREATE_INSTANT_INVITE)?;
        let body = form_of(call.request);
        let roles: BTreeSet<_> = ids(&body["role_ids"]).into_iter().collect();
        if !roles.is_empty() {
            let found = self.may(guild, by, Permissions::MANAGE_ROLES)?;
            for role in &roles {
                self.is_above_role(found, by, *role)?;
            }
        }
        let number = |field: &str, standard| {
            body[field].as_u64().and_then(|one| u32::try_from(one).ok()).unwrap_or(standard)
        };
        let id = self.new_id();
        let invite = Invite {
            code: format!("{:x}", id.number()),
            channel,
            inviter: by,
            made: self.now(),
            max_age: number("max_age", 86_400),
            max_uses: number("max_uses", 0),
            uses: 0,
            temporary: body["temporary"] == true,
            for_users: users_of(call.request)?,
            roles,
        };
        let code = invite.code.clone();
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.invites.insert(code.clone(), invite);
        }
        let told = json!({
            "channel_id": channel, "guild_id": guild, "code": code, "created_at": self.now(), "type": 0,
            "max_age": number("max_age", 86_400), "max_uses": number("max_uses", 0), "uses": 0,
            "temporary": body["temporary"] == true, "inviter": self.user_json(by), "expires_at": null,
        });
        self.emit(&Audience::guild(guild, Intents::GUILD_INVITES), "INVITE_CREATE", told);
        let mut entry = self.entry(Action::INVITE_CREATE, by, None, call.reason());
        entry = entry.changing("code", Value::Null, code.clone().into());
        self.write_down(guild, entry);
        let (guild, invite) = self.invite(&code).ok_or(UNKNOWN_INVITE)?;
        Answer::ok(self.invite_json(guild, invite))
    }

    pub(super) fn route_invites(&mut self, call: &Call<'_>, path: &[&str]) -> Outcome {
        match (call.request.method.as_str(), path) {
            ("GET", [code]) => {
                let (guild, invite) = self.invite(code).ok_or(UNKNOWN_INVITE)?;
                Answer::ok(self.invite_json(guild, invite))
            }
            ("GET", [code, "target-users"]) => {
                let (_, invite) = self.invite(code).ok_or(UNKNOWN_INVITE)?;
                let users = invite.for_users.iter().flatten().map(|user| format!("{user}\n"));
                Ok(Answer::Text("text/csv", format!("user_id\n{}", users.collect::<String>())))
            }
            ("GET", [code, "target-users", "job-status"]) => {
                let (_, invite) = self.invite(code).ok_or(UNKNOWN_INVITE)?;
                let count = invite.for_users.as_ref().map_or(0, BTreeSet::len);
                // Here the list is read at once.
                Answer::ok(json!({
                    "status": 2, "total_users": count, "processed_users": count, "created_at": invite.made,
                    "completed_at": invite.made, "error_message": null,
                }))
            }
            ("DELETE", [code]) => {
                let (guild, invite) = self.invite(code).ok_or(UNKNOWN_INVITE)?;
                let (guild_id, json) = (guild.id, self.invite_json(guild, invite));
                let may_all = self.permissions(guild_id, call.bot).has(Permissions::MANAGE_GUILD);
                let here = self.permissions_in(invite.channel, call.bot).has(Permissions::MANAGE_CHANNELS);
                if !may_all && !here {
                    return Err(MISSING_PERMISSIONS.into());
                }
                if let Some(guild) = self.guilds.get_mut(&guild_id) {
                    guild.invites.remove(*code);
                }
                let told = json!({ "channel_id": json["channel"]["id"], "guild_id": guild_id, "code": code });
                self.emit(&Audience::guild(guild_id, Intents::GUILD_INVITES), "INVITE_DELETE", told);
                let entry = self.entry(Action::INVITE_DELETE, call.bot, None, call.reason());
                self.write_down(guild_id, entry.changing("code", (*code).into(), Value::Null));
                Answer::ok(json)
            }
            _ => not_here(call),
        }
    }
}

/// What was sent, also as fields of a form.
fn form_of(request: &Request) -> Value {
    if request.body.is_object() {
        return request.body.clone();
    }
    let fields = request.files.iter().filter(|file| file.name.is_none()).map(|file| {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (file.field.clone(), value)
    });
    Value::Object(fields.collect())
}

/// Whom an invite is for: a table with one column of ids.
fn users_of(request: &Request) -> Result<Option<BTreeSet<Snowflake>>, Refusal> {
    let Some(file) = request.files.iter().find(|file| file.field == "target_users_file") else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&file.bytes);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.enumerate().filter(|(at, line)| *at > 0 || line.parse::<Snowflake>().is_ok());
    let users: Result<BTreeSet<Snowflake>, _> =
        lines.map(|(_, line)| line.trim_end_matches(',').parse()).collect();
    users.map(Some).map_err(|_| Refusal::form("target_users_file", "INVALID_CSV", "Not a list of user ids"))
}
