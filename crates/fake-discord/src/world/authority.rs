//! What somebody may do where, as Discord reckons it.

use crate::errors::{
    MISSING_ACCESS, MISSING_PERMISSIONS, Refusal, TWO_FACTORS_NEEDED, UNKNOWN_CHANNEL, UNKNOWN_GUILD,
};
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::channel::{Channel, ChannelKind};
use crate::world::guild::Guild;

impl World {
    /// What somebody may in a guild, channels apart.
    pub fn permissions(&self, guild: Snowflake, user: Snowflake) -> Permissions {
        let Some(guild) = self.guilds.get(&guild) else { return Permissions::NONE };
        self.while_timed_out(guild, user, base(guild, user))
    }

    /// What somebody may in a channel.
    pub fn permissions_in(&self, channel: Snowflake, user: Snowflake) -> Permissions {
        let Some(channel) = self.channels.get(&channel) else { return Permissions::NONE };
        let Some(guild) = channel.guild else {
            let takes_part = channel.recipients.contains(&user);
            return if takes_part { Permissions::IN_PRIVATE } else { Permissions::NONE };
        };
        let Some(guild) = self.guilds.get(&guild) else { return Permissions::NONE };
        let base = base(guild, user);
        if base == Permissions::ALL || !guild.has(user) {
            return base;
        }
        // A thread has no rules of its own.
        let ruled = if channel.kind.is_thread() {
            channel.parent.and_then(|parent| self.channels.get(&parent)).unwrap_or(channel)
        } else {
            channel
        };
        let here = with_overwrites(base, ruled, guild, user);
        let here = self.while_timed_out(guild, user, here);
        without_what_follows(here, channel, user)
    }

    /// A channel that somebody can see.
    pub(crate) fn sight_of(&self, channel: Snowflake, user: Snowflake) -> Result<&Channel, Refusal> {
        let found = self.channels.get(&channel).ok_or(UNKNOWN_CHANNEL)?;
        if let Some(guild) = found.guild.and_then(|guild| self.guilds.get(&guild))
            && !guild.has(user)
        {
            return Err(MISSING_ACCESS.into());
        }
        if !self.permissions_in(channel, user).has(Permissions::VIEW_CHANNEL) {
            return Err(if found.is_dm() { UNKNOWN_CHANNEL } else { MISSING_ACCESS }.into());
        }
        Ok(found)
    }

    /// That somebody may do something in a channel.
    pub(crate) fn may_in(
        &self,
        channel: Snowflake,
        user: Snowflake,
        needed: Permissions,
    ) -> Result<&Channel, Refusal> {
        let found = self.sight_of(channel, user)?;
        if !self.permissions_in(channel, user).has(needed) {
            return Err(MISSING_PERMISSIONS.into());
        }
        if let Some(guild) = found.guild {
            self.has_factors(guild, user, needed)?;
        }
        Ok(found)
    }

    /// That somebody may do something in a guild.
    pub(crate) fn may(
        &self,
        guild: Snowflake,
        user: Snowflake,
        needed: Permissions,
    ) -> Result<&Guild, Refusal> {
        let found = self.guild_of(guild, user)?;
        if !self.permissions(guild, user).has(needed) {
            return Err(MISSING_PERMISSIONS.into());
        }
        self.has_factors(guild, user, needed)?;
        Ok(found)
    }

    /// A guild in which somebody is.
    pub(crate) fn guild_of(&self, guild: Snowflake, user: Snowflake) -> Result<&Guild, Refusal> {
        self.guilds.get(&guild).filter(|guild| guild.has(user)).ok_or_else(|| UNKNOWN_GUILD.into())
    }

    /// That somebody stands above somebody else.
    pub(crate) fn is_above(&self, guild: &Guild, user: Snowflake, other: Snowflake) -> Result<(), Refusal> {
        let is = guild.owner != other && (guild.owner == user || guild.height(user) > guild.height(other));
        if is { Ok(()) } else { Err(MISSING_PERMISSIONS.into()) }
    }

    /// That somebody's highest role stands above a role.
    pub(crate) fn is_above_role(
        &self,
        guild: &Guild,
        user: Snowflake,
        role: Snowflake,
    ) -> Result<(), Refusal> {
        let height = guild.roles.get(&role).map_or(0, |role| role.position);
        let is = guild.owner == user || guild.height(user) > height;
        if is { Ok(()) } else { Err(MISSING_PERMISSIONS.into()) }
    }

    /// Where two factors are asked of moderators, a bot needs its owner to have them.
    fn has_factors(&self, guild: Snowflake, user: Snowflake, needed: Permissions) -> Result<(), Refusal> {
        let asked = self.guilds.get(&guild).is_some_and(|guild| guild.two_factors);
        let lacks = self.applications.values().any(|app| app.bot == user && !app.owner_has_two_factors);
        if asked && lacks && needed.has_any(Permissions::NEEDS_TWO_FACTORS) {
            return Err(TWO_FACTORS_NEEDED.into());
        }
        Ok(())
    }

    fn while_timed_out(&self, guild: &Guild, user: Snowflake, may: Permissions) -> Permissions {
        let is_out = guild.members.get(&user).is_some_and(|member| member.is_timed_out(self.clock.now()));
        if is_out && may != Permissions::ALL { may & Permissions::TIMED_OUT } else { may }
    }
}

fn base(guild: &Guild, user: Snowflake) -> Permissions {
    let Some(member) = guild.members.get(&user) else { return Permissions::NONE };
    if guild.owner == user {
        return Permissions::ALL;
    }
    let mut may = guild.roles.get(&guild.id).map_or(Permissions::NONE, |everyone| everyone.permissions);
    for role in member.roles.iter().filter_map(|role| guild.roles.get(role)) {
        may |= role.permissions;
    }
    if may.has(Permissions::ADMINISTRATOR) { Permissions::ALL } else { may }
}

/// First what is said to all, then what is said to roles, then what is said to the member; each time a yes wins.
fn with_overwrites(mut may: Permissions, channel: &Channel, guild: &Guild, user: Snowflake) -> Permissions {
    if let Some(all) = channel.overwrites.get(&guild.id) {
        may = may.without(all.deny) | all.allow;
    }
    let (mut allow, mut deny) = (Permissions::NONE, Permissions::NONE);
    for role in guild.members.get(&user).into_iter().flat_map(|member| &member.roles) {
        if let Some(one) = channel.overwrites.get(role) {
            allow |= one.allow;
            deny |= one.deny;
        }
    }
    may = may.without(deny) | allow;
    if let Some(own) = channel.overwrites.get(&user) {
        may = may.without(own.deny) | own.allow;
    }
    may
}

/// What is lost with something else.
fn without_what_follows(may: Permissions, channel: &Channel, user: Snowflake) -> Permissions {
    if !may.has(Permissions::VIEW_CHANNEL) {
        return Permissions::NONE;
    }
    if channel.kind.is_voice() && !may.has(Permissions::CONNECT) {
        // It is seen in the list, and that is all.
        return may & (Permissions::VIEW_CHANNEL | Permissions::MANAGE_CHANNELS | Permissions::MANAGE_ROLES);
    }
    if channel.kind == ChannelKind::PrivateThread
        && !may.has(Permissions::MANAGE_THREADS)
        && !channel.thread.as_ref().is_some_and(|thread| thread.members.contains_key(&user))
    {
        return Permissions::NONE;
    }
    let mut may = may;
    if channel.kind.is_thread() {
        may = may.without(Permissions::SEND_MESSAGES);
        if may.has(Permissions::SEND_MESSAGES_IN_THREADS) {
            may |= Permissions::SEND_MESSAGES;
        }
    }
    if !may.has(Permissions::SEND_MESSAGES) {
        may = may.without(
            Permissions::MENTION_EVERYONE
                | Permissions::SEND_TTS_MESSAGES
                | Permissions::ATTACH_FILES
                | Permissions::EMBED_LINKS
                | Permissions::SEND_POLLS,
        );
    }
    may
}
