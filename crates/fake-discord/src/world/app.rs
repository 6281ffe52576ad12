//! Applications and their bots.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::Value;

use crate::clock::Moment;
use crate::gateway::intents::Intents;
use crate::snowflake::Snowflake;

/// An application with a bot.
#[derive(Clone, Debug)]
pub struct Application {
    /// Which it is.
    pub id: Snowflake,
    /// What it is called.
    pub name: String,
    /// Its bot's account.
    pub bot: Snowflake,
    /// What its bot shows itself with.
    pub token: String,
    /// The intents its owner switched on; only privileged ones need that.
    pub intents: Intents,
    /// Whether its owner uses two factors.
    pub owner_has_two_factors: bool,
    /// Its commands: for all, then for single guilds.
    pub commands: BTreeMap<Option<Snowflake>, Vec<Value>>,
    /// The roles whose holders are offered all commands in a guild, whatever else they may.
    pub offered_to: BTreeSet<(Snowflake, Snowflake)>,
    /// Of each RESUME, whether it came to the address that is for it.
    pub resumes: Vec<bool>,
    pub(crate) owner: Snowflake,
    pub(crate) commands_made: BTreeMap<Option<Snowflake>, u32>,
    pub(crate) identified: VecDeque<Moment>,
    pub(crate) asked_for_members: BTreeMap<Snowflake, Moment>,
    pub(crate) last_identify: BTreeMap<u32, Moment>,
    /// Users with whom it opened a conversation, and when.
    pub(crate) opened: VecDeque<Moment>,
}

impl Application {
    /// How often it identified within a day, and when the first of those was.
    pub(crate) fn identifies(&mut self, now: Moment) -> (u32, Moment) {
        let day = Duration::from_secs(86_400);
        while self.identified.front().is_some_and(|then| now.since(*then) >= day) {
            self.identified.pop_front();
        }
        let count = u32::try_from(self.identified.len()).unwrap_or(u32::MAX);
        (count, self.identified.front().copied().unwrap_or(now))
    }

    /// The flags by which it sees what its owner switched on: the "limited" ones, as for a small application.
    pub(crate) fn flags(&self) -> u32 {
        let limited = [
            (Intents::GUILD_PRESENCES, 1 << 13),
            (Intents::GUILD_MEMBERS, 1 << 15),
            (Intents::MESSAGE_CONTENT, 1 << 19),
        ];
        limited.iter().filter(|(intent, _)| self.intents.has(*intent)).map(|(_, flag)| flag).sum()
    }
}
