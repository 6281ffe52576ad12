//! The state of everything, behind one lock.

pub(crate) mod app;
pub(crate) mod audit;
mod authority;
pub(crate) mod channel;
pub(crate) mod channels;
pub(crate) mod dm;
mod filter;
pub(crate) mod guild;
pub(crate) mod guilds;
pub(crate) mod interaction;
pub(crate) mod members;
pub mod message;
pub(crate) mod messages;
mod posting;
pub(crate) mod reactions;
pub(crate) mod threads;
mod time;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::clock::{Clock, Moment};
use crate::gateway::Gateway;
use crate::rest::log::{Asked, Log};
use crate::snowflake::Snowflake;
use crate::world::app::Application;
use crate::world::channel::Channel;
use crate::world::dm::DmPolicy;
use crate::world::guild::{Guild, Invite, Member, User};
use crate::world::interaction::Interaction;
use crate::world::message::Message;

/// Everything that the fake knows.
#[derive(Debug)]
pub struct World {
    pub(crate) clock: Clock,
    pub(crate) applications: BTreeMap<Snowflake, Application>,
    pub(crate) users: BTreeMap<Snowflake, User>,
    pub(crate) guilds: BTreeMap<Snowflake, Guild>,
    pub(crate) channels: BTreeMap<Snowflake, Channel>,
    /// The messages of each channel.
    pub(crate) messages: BTreeMap<Snowflake, BTreeMap<Snowflake, Message>>,
    pub(crate) interactions: BTreeMap<Snowflake, Interaction>,
    /// Conversations by bot and user.
    pub(crate) dms: BTreeMap<(Snowflake, Snowflake), Snowflake>,
    /// Who installed which application for themselves.
    pub(crate) installed: BTreeSet<(Snowflake, Snowflake)>,
    pub(crate) dm_policies: BTreeMap<Snowflake, DmPolicy>,
    /// What was posted lately under a name that acts once: where, by whom, the name, when, which message.
    pub(crate) nonces: VecDeque<(Snowflake, Snowflake, String, Moment, Snowflake)>,
    pub(crate) gateway: Gateway,
    pub(crate) log: Log,
    /// Where the fake itself is found.
    pub(crate) base: String,
    last_id: Snowflake,
}

/// Something that a client did and Discord's description does not allow, or that must never happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: a method and path, or the gateway.
    pub place: String,
    /// What is wrong.
    pub detail: String,
}

impl World {
    pub(crate) fn new(gateway: Gateway, base: String, now: Moment) -> Self {
        Self {
            clock: Clock::new(now),
            applications: BTreeMap::new(),
            users: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            interactions: BTreeMap::new(),
            dms: BTreeMap::new(),
            installed: BTreeSet::new(),
            dm_policies: BTreeMap::new(),
            nonces: VecDeque::new(),
            gateway,
            log: Log::default(),
            base,
            last_id: Snowflake::default(),
        }
    }

    /// An id that nothing has yet; time moves a little.
    pub(crate) fn new_id(&mut self) -> Snowflake {
        self.last_id = Snowflake::at(self.clock.tick()).max(self.last_id.next());
        self.last_id
    }

    pub(crate) fn violated(&mut self, place: &str, detail: &str) {
        if !self.log.tolerated.iter().any(|part| detail.contains(part.as_str())) {
            self.log.violations.push(Violation { place: place.to_owned(), detail: detail.to_owned() });
        }
    }

    pub(crate) fn see_host(&mut self, host: &str) {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        if !matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
            self.violated("connection", &format!("addressed to {host:?}, which is not this machine"));
        }
        self.log.hosts.insert(host.to_owned());
    }

    /// What time it is.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Somebody.
    pub fn user(&self, id: Snowflake) -> Option<&User> {
        self.users.get(&id)
    }

    /// A guild.
    pub fn guild(&self, id: Snowflake) -> Option<&Guild> {
        self.guilds.get(&id)
    }

    /// Somebody in a guild.
    pub fn member(&self, guild: Snowflake, user: Snowflake) -> Option<&Member> {
        self.guilds.get(&guild)?.members.get(&user)
    }

    /// A channel, thread or conversation.
    pub fn channel(&self, id: Snowflake) -> Option<&Channel> {
        self.channels.get(&id)
    }

    /// All channels and threads of a guild.
    pub fn channels_of(&self, guild: Snowflake) -> impl Iterator<Item = &Channel> {
        self.channels.values().filter(move |channel| channel.guild == Some(guild))
    }

    /// An application.
    pub fn application(&self, id: Snowflake) -> Option<&Application> {
        self.applications.get(&id)
    }

    /// A message that stands somewhere.
    pub fn message(&self, channel: Snowflake, id: Snowflake) -> Option<&Message> {
        self.messages.get(&channel)?.get(&id)
    }

    /// What stands in a channel, oldest first.
    pub fn messages(&self, channel: Snowflake) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.get(&channel).into_iter().flat_map(BTreeMap::values)
    }

    /// An interaction.
    pub fn interaction(&self, id: Snowflake) -> Option<&Interaction> {
        self.interactions.get(&id)
    }

    /// An invite, and the guild it leads to.
    pub fn invite(&self, code: &str) -> Option<(&Guild, &Invite)> {
        self.guilds.values().find_map(|guild| Some((guild, guild.invites.get(code)?)))
    }

    /// What was asked, in order.
    pub fn requests(&self) -> impl DoubleEndedIterator<Item = &Asked> {
        self.log.asked.iter()
    }

    /// How many requests wait to go on.
    pub fn held(&self) -> usize {
        self.log.held
    }

    /// How many clients are connected to the gateway, and have said who they are.
    pub fn connected(&self) -> usize {
        self.gateway.connections.values().filter(|connection| connection.session.is_some()).count()
    }

    /// How often the clients that are connected have shown that they are there.
    pub fn heartbeats(&self) -> u64 {
        self.gateway.connections.values().map(|connection| connection.heartbeats).sum()
    }

    /// The conversation of a user with a bot, if there is one.
    pub fn dm(&self, bot: Snowflake, user: Snowflake) -> Option<&Channel> {
        self.dms.get(&(bot, user)).and_then(|id| self.channels.get(id))
    }

    pub(crate) fn app_of_bot(&self, bot: Snowflake) -> Option<&Application> {
        self.applications.values().find(|app| app.bot == bot)
    }

    /// Whether a name of somebody starts like that, in whatever case.
    pub(crate) fn is_called(&self, guild: Snowflake, user: Snowflake, text: &str) -> bool {
        let nick = self.member(guild, user).and_then(|member| member.nick.as_deref());
        let account = self.users.get(&user);
        let names = [
            nick,
            account.map(|user| user.username.as_str()),
            account.and_then(|user| user.global_name.as_deref()),
        ];
        names.into_iter().flatten().any(|name| name.to_lowercase().starts_with(text))
    }

    /// The guilds that two share.
    pub(crate) fn shared_guilds(&self, one: Snowflake, other: Snowflake) -> BTreeSet<Snowflake> {
        let both = self.guilds.values().filter(|guild| guild.has(one) && guild.has(other));
        both.map(|guild| guild.id).collect()
    }
}

/// Reads an id out of an object.
pub(crate) fn id_in(value: &Value) -> Option<Snowflake> {
    value.as_str().and_then(|text| text.parse().ok()).or_else(|| value.as_u64().map(Snowflake::from_number))
}
