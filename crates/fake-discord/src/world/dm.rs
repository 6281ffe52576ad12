//! Conversations with bots, and who lets them write.

use std::time::Duration;

use crate::errors::{
    CANNOT_SEND_TO_USER, INVALID_RECIPIENT, NO_MUTUAL_GUILDS, Refusal, TOO_FAST_WITH_DMS, UNKNOWN_USER,
};
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::channel::{Channel, ChannelKind};

/// Whether bots can write to somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DmPolicy {
    /// They can, as long as they share a guild.
    #[default]
    Open,
    /// Nobody of a guild can.
    Closed,
    /// This bot was blocked.
    Blocked,
    /// Discord says that they share no guild, whatever is so.
    NoMutualGuild,
}

/// How many conversations a bot can open in ten minutes before Discord finds that too fast.
const OPENED: usize = 200;

impl World {
    /// Opens the conversation of a bot with a user, or finds it.
    pub(crate) fn open_dm(&mut self, bot: Snowflake, user: Snowflake) -> Result<Snowflake, Refusal> {
        let recipient = self.users.get(&user).ok_or(UNKNOWN_USER)?;
        if recipient.bot {
            return Err(CANNOT_SEND_TO_USER.into());
        }
        if bot == user {
            return Err(INVALID_RECIPIENT.into());
        }
        if let Some(open) = self.dm(bot, user) {
            return Ok(open.id);
        }
        self.count_opened(bot)?;
        Ok(self.begin_dm(bot, user))
    }

    /// The conversation that somebody has with a bot, begun by them if there is none.
    pub(crate) fn dm_of(&mut self, user: Snowflake, bot: Snowflake) -> Snowflake {
        match self.dm(bot, user) {
            Some(open) => open.id,
            None => self.begin_dm(bot, user),
        }
    }

    fn count_opened(&mut self, bot: Snowflake) -> Result<(), Refusal> {
        let now = self.clock.now();
        if let Some(app) = self.applications.values_mut().find(|app| app.bot == bot) {
            while app.opened.front().is_some_and(|then| now.since(*then) > Duration::from_secs(600)) {
                app.opened.pop_front();
            }
            if app.opened.len() >= OPENED {
                return Err(TOO_FAST_WITH_DMS.into());
            }
            app.opened.push_back(now);
        }
        Ok(())
    }

    fn begin_dm(&mut self, bot: Snowflake, user: Snowflake) -> Snowflake {
        let id = self.new_id();
        let mut channel = Channel::new(id, None, ChannelKind::Dm, "");
        channel.recipients = vec![bot, user];
        self.channels.insert(id, channel);
        self.dms.insert((bot, user), id);
        id
    }

    /// That a bot can write in a conversation now.
    pub(crate) fn can_write_to(&self, channel: &Channel, bot: Snowflake) -> Result<(), Refusal> {
        let Some(user) = channel.recipients.iter().find(|one| **one != bot) else { return Ok(()) };
        match self.dm_policies.get(user).copied().unwrap_or_default() {
            DmPolicy::Closed | DmPolicy::Blocked => Err(CANNOT_SEND_TO_USER.into()),
            DmPolicy::NoMutualGuild => Err(NO_MUTUAL_GUILDS.into()),
            DmPolicy::Open if self.shared_guilds(bot, *user).is_empty() => Err(NO_MUTUAL_GUILDS.into()),
            DmPolicy::Open => Ok(()),
        }
    }
}
