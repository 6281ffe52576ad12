//! What people with permissions do to others, past any bot.

use std::time::Duration;

use crate::errors::Refusal;
use crate::people::{GuildHandle, Person};
use crate::snowflake::Snowflake;
use crate::world::members::MemberChange;

/// # Errors
/// Every act is refused as Discord would refuse it to that person.
#[allow(clippy::missing_errors_doc, reason = "said once, above, for all of them")]
impl Person {
    /// Bans somebody.
    pub fn ban(&self, guild: &GuildHandle, user: Snowflake, reason: Option<&str>) -> Result<(), Refusal> {
        self.handle.act(|world| world.ban(self.id, guild.id, user, Duration::ZERO, reason))
    }

    /// Lifts a ban.
    pub fn unban(&self, guild: &GuildHandle, user: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.unban(self.id, guild.id, user, None))
    }

    /// Removes somebody.
    pub fn kick(&self, guild: &GuildHandle, user: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.kick(self.id, guild.id, user, None))
    }

    /// Has somebody only read for a time; no time ends that.
    pub fn time_out(&self, guild: &GuildHandle, user: Snowflake, time: Duration) -> Result<(), Refusal> {
        self.handle.act(|world| {
            let until = (!time.is_zero()).then(|| world.now().plus(time));
            let change = MemberChange { timed_out: Some(until), ..MemberChange::default() };
            world.change_member(self.id, guild.id, user, change, None)
        })
    }

    /// Calls somebody else something.
    pub fn rename_member(
        &self,
        guild: &GuildHandle,
        user: Snowflake,
        nick: Option<&str>,
    ) -> Result<(), Refusal> {
        let change = MemberChange { nick: Some(nick.map(str::to_owned)), ..MemberChange::default() };
        self.handle.act(|world| world.change_member(self.id, guild.id, user, change, None))
    }

    /// Gives somebody a role.
    pub fn give_role(&self, guild: &GuildHandle, user: Snowflake, role: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.give_role(self.id, guild.id, user, role, true, None))
    }

    /// Takes a role away from somebody.
    pub fn take_role(&self, guild: &GuildHandle, user: Snowflake, role: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.give_role(self.id, guild.id, user, role, false, None))
    }

    /// Deletes a role.
    pub fn delete_role(&self, guild: &GuildHandle, role: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.delete_role(self.id, guild.id, role, None))
    }

    /// Deletes a channel or thread.
    pub fn delete_channel(&self, channel: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.delete_channel(self.id, channel, None)).map(|_| ())
    }
}
