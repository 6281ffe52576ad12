//! What happens to members: they come, go, and are renamed, timed out and banned.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::errors::{
    BANNED_HERE, MISSING_PERMISSIONS, Refusal, UNKNOWN_BAN, UNKNOWN_INVITE, UNKNOWN_MEMBER, UNKNOWN_ROLE,
    UNKNOWN_USER,
};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::audit::Action;
use crate::world::message::{Draft, kind};

/// The longest time-out.
const LONGEST: Duration = Duration::from_secs(28 * 86_400);

/// What is changed of a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemberChange {
    pub(crate) nick: Option<Option<String>>,
    pub(crate) roles: Option<BTreeSet<Snowflake>>,
    pub(crate) timed_out: Option<Option<Moment>>,
}

impl World {
    /// Comes in, as one can who was not banned.
    pub(crate) fn join(&mut self, user: Snowflake, guild: Snowflake) -> Result<(), Refusal> {
        let found = self.guilds.get(&guild).ok_or(crate::errors::UNKNOWN_GUILD)?;
        if found.bans.contains_key(&user) {
            return Err(BANNED_HERE.into());
        }
        if !found.has(user) {
            self.let_in(guild, user);
        }
        Ok(())
    }

    /// Comes in by an invite.
    pub(crate) fn accept(&mut self, user: Snowflake, code: &str) -> Result<Snowflake, Refusal> {
        let now = self.clock.now();
        let (guild, invite) = self.invite(code).ok_or(UNKNOWN_INVITE)?;
        let (guild, roles) = (guild.id, invite.roles.clone());
        let is_for = invite.for_users.as_ref().is_none_or(|users| users.contains(&user));
        let is_over =
            invite.max_age > 0 && now.since(invite.made) >= Duration::from_secs(invite.max_age.into());
        let is_used = invite.max_uses > 0 && invite.uses >= invite.max_uses;
        if !is_for || is_over || is_used {
            return Err(UNKNOWN_INVITE.into());
        }
        self.join(user, guild)?;
        let found = self.guilds.get_mut(&guild);
        if let Some(invite) = found.and_then(|guild| guild.invites.get_mut(code)) {
            invite.uses += 1;
        }
        if !roles.is_empty() {
            if let Some(member) = self.guilds.get_mut(&guild).and_then(|guild| guild.members.get_mut(&user)) {
                member.roles.extend(roles);
            }
            self.tell_member(guild, user);
        }
        Ok(guild)
    }

    /// Goes, or is gone.
    pub(crate) fn let_out(&mut self, guild: Snowflake, user: Snowflake) {
        let was = self.guilds.get_mut(&guild).and_then(|guild| guild.members.remove(&user));
        if was.is_none() {
            return;
        }
        // A bot's own role goes with it.
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.roles.retain(|_, role| role.managed_by != Some(user));
        }
        for thread in self.channels.values_mut().filter(|channel| channel.guild == Some(guild)) {
            if let Some(thread) = &mut thread.thread {
                thread.members.remove(&user);
            }
        }
        let json = self.user_json(user);
        let told = json!({ "guild_id": guild, "user": json });
        self.emit(&Audience::guild(guild, Intents::GUILD_MEMBERS), "GUILD_MEMBER_REMOVE", told);
        if self.app_of_bot(user).is_some() {
            let gone = Audience::bot(user, Some(guild), Intents::GUILDS);
            self.emit(&gone, "GUILD_DELETE", json!({ "id": guild }));
        }
    }

    /// Removes a member as somebody who may.
    pub(crate) fn kick(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        user: Snowflake,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may(guild, by, Permissions::KICK_MEMBERS)?;
        if !found.has(user) {
            return Err(UNKNOWN_MEMBER.into());
        }
        self.is_above(found, by, user)?;
        self.let_out(guild, user);
        let entry = self.entry(Action::MEMBER_KICK, by, Some(user), reason);
        self.write_down(guild, entry);
        Ok(())
    }

    /// Bans somebody as somebody who may.
    pub(crate) fn ban(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        user: Snowflake,
        delete: Duration,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may(guild, by, Permissions::BAN_MEMBERS)?;
        if !self.users.contains_key(&user) {
            return Err(UNKNOWN_USER.into());
        }
        if found.has(user) || found.owner == user {
            self.is_above(found, by, user)?;
        }
        if found.bans.contains_key(&user) {
            return Ok(());
        }
        let reason_kept = reason.map(str::to_owned);
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.bans.insert(user, reason_kept);
        }
        self.let_out(guild, user);
        let told = json!({ "guild_id": guild, "user": self.user_json(user) });
        self.emit(&Audience::guild(guild, Intents::GUILD_MODERATION), "GUILD_BAN_ADD", told);
        let entry = self.entry(Action::MEMBER_BAN_ADD, by, Some(user), reason);
        self.write_down(guild, entry);
        if !delete.is_zero() {
            self.delete_recent(guild, user, delete);
        }
        Ok(())
    }

    fn delete_recent(&mut self, guild: Snowflake, user: Snowflake, time: Duration) {
        let now = self.clock.now();
        let channels: Vec<_> = self.channels_of(guild).map(|channel| channel.id).collect();
        for channel in channels {
            let of_user = self.messages(channel).filter(|message| message.author == user);
            let recent: Vec<_> =
                of_user.filter(|one| now.since(one.id.moment()) <= time).map(|one| one.id).collect();
            for id in &recent {
                if let Some(all) = self.messages.get_mut(&channel) {
                    all.remove(id);
                }
            }
            if !recent.is_empty() {
                let to = Audience::guild(guild, Intents::GUILD_MESSAGES).who_see(channel);
                self.emit(
                    &to,
                    "MESSAGE_DELETE_BULK",
                    json!({ "ids": recent, "channel_id": channel, "guild_id": guild }),
                );
            }
        }
    }

    /// Lifts a ban as somebody who may.
    pub(crate) fn unban(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        user: Snowflake,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may(guild, by, Permissions::BAN_MEMBERS)?;
        if !found.bans.contains_key(&user) {
            return Err(UNKNOWN_BAN.into());
        }
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.bans.remove(&user);
        }
        let told = json!({ "guild_id": guild, "user": self.user_json(user) });
        self.emit(&Audience::guild(guild, Intents::GUILD_MODERATION), "GUILD_BAN_REMOVE", told);
        let entry = self.entry(Action::MEMBER_BAN_REMOVE, by, Some(user), reason);
        self.write_down(guild, entry);
        Ok(())
    }

    /// Changes a member as somebody who may.
    pub(crate) fn change_member(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        user: Snowflake,
        change: MemberChange,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.guild_of(guild, by)?;
        let member = found.members.get(&user).ok_or(UNKNOWN_MEMBER)?.clone();
        if change.nick.is_some() {
            if by == user {
                let may = self.permissions(guild, by);
                if !may.has_any(Permissions::CHANGE_NICKNAME | Permissions::MANAGE_NICKNAMES) {
                    return Err(MISSING_PERMISSIONS.into());
                }
            } else {
                self.is_above(self.may(guild, by, Permissions::MANAGE_NICKNAMES)?, by, user)?;
            }
        }
        if let Some(until) = change.timed_out {
            self.may(guild, by, Permissions::MODERATE_MEMBERS)?;
            self.is_above(found, by, user)?;
            // Administrators cannot be timed out.
            if until.is_some() && self.permissions(guild, user).has(Permissions::ADMINISTRATOR) {
                return Err(MISSING_PERMISSIONS.into());
            }
            if until.is_some_and(|until| until > self.now().plus(LONGEST)) {
                return Err(Refusal::form(
                    "communication_disabled_until",
                    "COMMUNICATION_DISABLED_TOO_LONG",
                    "Not longer than 28 days",
                ));
            }
        }
        if let Some(roles) = &change.roles {
            self.may(guild, by, Permissions::MANAGE_ROLES)?;
            for role in roles.symmetric_difference(&member.roles) {
                self.can_move_role(guild, by, *role)?;
            }
        }
        self.update_member(by, guild, user, change, reason);
        Ok(())
    }

    /// Gives or takes one role as somebody who may.
    pub(crate) fn give_role(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        user: Snowflake,
        role: Snowflake,
        gives: bool,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may(guild, by, Permissions::MANAGE_ROLES)?;
        let mut roles = found.members.get(&user).ok_or(UNKNOWN_MEMBER)?.roles.clone();
        self.can_move_role(guild, by, role)?;
        if gives {
            roles.insert(role)
        } else {
            roles.remove(&role)
        };
        self.update_member(
            by,
            guild,
            user,
            MemberChange { roles: Some(roles), ..MemberChange::default() },
            reason,
        );
        Ok(())
    }

    fn can_move_role(&self, guild: Snowflake, by: Snowflake, role: Snowflake) -> Result<(), Refusal> {
        let found = self.guild_of(guild, by)?;
        let moved = found.roles.get(&role).ok_or(UNKNOWN_ROLE)?;
        if role == guild || moved.managed_by.is_some() {
            return Err(MISSING_PERMISSIONS.into());
        }
        self.is_above_role(found, by, role)
    }

    fn update_member(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        user: Snowflake,
        change: MemberChange,
        reason: Option<&str>,
    ) {
        self.clock.tick();
        let mut own = self.entry(Action::MEMBER_UPDATE, by, Some(user), reason);
        let mut of_roles = self.entry(Action::MEMBER_ROLE_UPDATE, by, Some(user), reason);
        let Some(found) = self.guilds.get_mut(&guild) else { return };
        let names = |roles: Vec<&Snowflake>| -> Value {
            let named = roles.into_iter().filter_map(|id| found.roles.get(id));
            named.map(|role| json!({ "id": role.id, "name": role.name })).collect()
        };
        let Some(old) = found.members.get(&user).cloned() else { return };
        let mut new = old.clone();
        if let Some(nick) = change.nick {
            new.nick = nick.filter(|nick| !nick.trim().is_empty());
            if new.nick != old.nick {
                own = own.changing("nick", json!(old.nick), json!(new.nick));
            }
        }
        if let Some(until) = change.timed_out {
            new.timed_out = until;
            if new.timed_out != old.timed_out {
                own = own.changing("communication_disabled_until", json!(old.timed_out), json!(until));
            }
        }
        if let Some(roles) = change.roles {
            let given = names(roles.difference(&old.roles).collect());
            let taken = names(old.roles.difference(&roles).collect());
            for (key, list) in [("$add", given), ("$remove", taken)] {
                if list.as_array().is_some_and(|list| !list.is_empty()) {
                    of_roles = of_roles.changing(key, Value::Null, list);
                }
            }
            new.roles = roles;
        }
        found.members.insert(user, new);
        self.tell_member(guild, user);
        for entry in [own, of_roles] {
            if !entry.changes.is_empty() {
                self.write_down(guild, entry);
            }
        }
    }

    /// Tells how a member is now.
    pub(crate) fn tell_member(&mut self, guild: Snowflake, user: Snowflake) {
        let mut told = self.member_json(guild, user);
        told["guild_id"] = json!(guild);
        // A bot hears of itself without the intent.
        let to = Audience::guild(guild, Intents::GUILD_MEMBERS).or_itself(user);
        self.emit(&to, "GUILD_MEMBER_UPDATE", told);
    }

    /// Changes the name that is shown everywhere; every guild of theirs is told.
    pub(crate) fn set_global_name(&mut self, user: Snowflake, name: Option<&str>) {
        if let Some(user) = self.users.get_mut(&user) {
            user.global_name = name.map(str::to_owned);
        }
        let guilds: Vec<_> =
            self.guilds.values().filter(|guild| guild.has(user)).map(|guild| guild.id).collect();
        for guild in guilds {
            self.tell_member(guild, user);
        }
    }

    /// Has the guild greet somebody.
    pub(crate) fn greet(&mut self, user: Snowflake, channel: Snowflake) -> Snowflake {
        self.put_message(user, channel, Draft { kind: Some(kind::JOIN), ..Draft::default() })
    }
}
