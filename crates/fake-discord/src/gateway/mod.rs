//! The gateway: what is told to whom as it happens, and again to those who were away.

mod connection;
pub(crate) mod frames;
mod identify;
pub(crate) mod intents;
mod session;
mod withhold;
mod zlib;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::gateway::intents::Intents;
use crate::gateway::session::Session;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;

pub(crate) use connection::accept;

/// What is between the world and its clients.
#[derive(Debug)]
pub(crate) struct Gateway {
    /// Where it is found: first, and to resume.
    pub(crate) url: String,
    pub(crate) resume_url: String,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) connections: BTreeMap<u64, Connection>,
    pub(crate) settings: GatewaySettings,
    mischief: VecDeque<Mischief>,
    /// What is held back, and how many others go first.
    held: Vec<(usize, Audience, &'static str, Value)>,
    next: u64,
}

/// How the gateway behaves.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// How often a client has to show that it is there.
    pub heartbeat: Duration,
    /// How many shards it advises.
    pub shards: u32,
    /// How many may identify within five seconds.
    pub max_concurrency: u32,
    /// Whether more than that are refused. Time is the fake's: it has to be moved between them.
    pub counts_concurrency: bool,
    /// Whether all members of a guild can be asked for once in thirty seconds only, of the fake's time.
    pub limits_member_requests: bool,
    /// How often an application may identify in a day.
    pub identifies_a_day: u32,
    /// How long a session is kept for whoever lost the connection.
    pub session_kept: Duration,
    /// Whether guilds follow a READY, as always, or are never sent.
    pub sends_guilds: bool,
    /// Whether whoever connects is greeted, or waits for ever.
    pub greets: bool,
    /// Whether whoever connects is thrown out at once, as while Discord is down.
    pub is_down: bool,
    /// Whether nothing is told over connections that stand, although heartbeats are answered.
    pub is_mute: bool,
}

/// A client that is connected.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    pub(crate) session: Option<String>,
    pub(crate) app: Option<Snowflake>,
    pub(crate) orders: VecDeque<Order>,
    pub(crate) is_deaf: bool,
    pub(crate) is_resume: bool,
    pub(crate) heartbeats: u64,
}

/// What a client said on the gateway, heartbeats apart.
#[derive(Clone, Debug)]
pub struct Frame {
    /// On which connection: they are numbered as they come.
    pub connection: u64,
    /// What it was: 2 to identify, 6 to resume, 8 to ask for members.
    pub op: u64,
    /// With what.
    pub data: Value,
}

/// What a test has a connection do.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    /// A frame of its own.
    Send(Value),
    /// Close with that code.
    Close(u16),
    /// End without a word.
    Drop,
}

/// What happens to the next event of a name.
#[derive(Clone, Debug)]
pub(crate) enum Mischief {
    /// It is told twice.
    Twice(String),
    /// It is told after so many others.
    Later(String, usize),
    /// It is not told at all.
    Never(String),
    /// It is counted, and gets lost on its way.
    Lost(String),
}

/// Who hears of something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Audience {
    guild: Option<Snowflake>,
    intent: Intents,
    bot: Option<Snowflake>,
    channel: Option<Snowflake>,
    needed: Permissions,
    /// A bot that hears of it whatever it asked for.
    itself: Option<Snowflake>,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_millis(41_250),
            shards: 1,
            max_concurrency: 1,
            counts_concurrency: false,
            limits_member_requests: false,
            identifies_a_day: 1000,
            session_kept: Duration::from_secs(180),
            sends_guilds: true,
            greets: true,
            is_down: false,
            is_mute: false,
        }
    }
}

impl Audience {
    /// All bots of a guild who want such things.
    pub(crate) const fn guild(guild: Snowflake, intent: Intents) -> Self {
        Self { guild: Some(guild), intent, bot: None, channel: None, needed: Permissions::NONE, itself: None }
    }

    /// One bot, in a conversation or wherever.
    pub(crate) const fn bot(bot: Snowflake, guild: Option<Snowflake>, intent: Intents) -> Self {
        Self { guild, intent, bot: Some(bot), channel: None, needed: Permissions::NONE, itself: None }
    }

    /// And one whom it is about.
    pub(crate) const fn or_itself(mut self, user: Snowflake) -> Self {
        self.itself = Some(user);
        self
    }

    /// The same, on the shard that has a guild.
    pub(crate) const fn in_guild(mut self, guild: Snowflake) -> Self {
        self.guild = Some(guild);
        self
    }

    /// Those among them who see a channel.
    pub(crate) const fn who_see(mut self, channel: Snowflake) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Those among them who may do something in the guild.
    pub(crate) const fn who_may(mut self, needed: Permissions) -> Self {
        self.needed = needed;
        self
    }
}

impl Gateway {
    pub(crate) fn new(url: String, resume_url: String) -> Self {
        Self {
            url,
            resume_url,
            sessions: BTreeMap::new(),
            connections: BTreeMap::new(),
            settings: GatewaySettings::default(),
            mischief: VecDeque::new(),
            held: Vec::new(),
            next: 0,
        }
    }

    pub(crate) fn next_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn plan(&mut self, mischief: Mischief) {
        self.mischief.push_back(mischief);
    }

    fn mischief_with(&mut self, name: &str) -> Option<Mischief> {
        let planned = self.mischief.iter().position(|one| match one {
            Mischief::Twice(of) | Mischief::Later(of, _) | Mischief::Never(of) | Mischief::Lost(of) => {
                of == name
            }
        })?;
        self.mischief.remove(planned)
    }

    /// Ends the sessions that were away too long.
    pub(crate) fn forget_sessions(&mut self, now: Moment) {
        let kept = self.settings.session_kept;
        self.sessions.retain(|_, session| session.left.is_none_or(|left| now.since(left) < kept));
    }

    /// What connections are told to do, to all of an application or to all.
    pub(crate) fn order(&mut self, app: Option<Snowflake>, order: &Order) {
        for connection in self.connections.values_mut() {
            if app.is_none() || connection.app == app {
                connection.orders.push_back(order.clone());
            }
        }
    }
}

impl World {
    /// Tells of something, to each as far as it may know.
    pub(crate) fn emit(&mut self, to: &Audience, name: &'static str, data: Value) {
        match self.gateway.mischief_with(name) {
            None => self.tell(to, name, &data),
            Some(Mischief::Never(_)) => {}
            Some(Mischief::Lost(_)) => {
                for id in self.who_hear(to) {
                    if let Some(session) = self.gateway.sessions.get_mut(&id) {
                        session.lose();
                    }
                }
            }
            Some(Mischief::Twice(_)) => {
                self.tell(to, name, &data);
                self.tell(to, name, &data);
            }
            Some(Mischief::Later(_, others)) => {
                self.gateway.held.push((others.max(1), *to, name, data));
                return;
            }
        }
        let mut due = Vec::new();
        self.gateway.held.retain_mut(|(others, to, name, data)| {
            *others -= 1;
            if *others == 0 {
                due.push((*to, *name, data.take()));
            }
            *others > 0
        });
        for (to, name, data) in due {
            self.tell(&to, name, &data);
        }
    }

    /// Tells what is still held back.
    pub(crate) fn release_held(&mut self) {
        for (_, to, name, data) in std::mem::take(&mut self.gateway.held) {
            self.tell(&to, name, &data);
        }
    }

    fn tell(&mut self, to: &Audience, name: &'static str, data: &Value) {
        let hearing = self.gateway.sessions.iter().filter(|(_, one)| self.hears(one, to));
        let hearing = hearing.map(|(id, one)| (id.clone(), one.app, one.intents)).collect::<Vec<_>>();
        for (id, app, intents) in hearing {
            let mut told = data.clone();
            self.withhold_event(app, intents, name, &mut told);
            if let Some(session) = self.gateway.sessions.get_mut(&id) {
                session.push(name, &told);
            }
        }
    }

    fn who_hear(&self, to: &Audience) -> Vec<String> {
        let hearing = self.gateway.sessions.iter().filter(|(_, one)| self.hears(one, to));
        hearing.map(|(id, _)| id.clone()).collect()
    }

    fn hears(&self, session: &Session, to: &Audience) -> bool {
        let Some(app) = self.applications.get(&session.app) else { return false };
        let wants = session.intents.has_one_of(to.intent) || to.itself == Some(app.bot);
        if !wants || to.bot.is_some_and(|bot| bot != app.bot) {
            return false;
        }
        let Some(guild) = to.guild else { return session.shard.0 == 0 };
        let is_in = self.guilds.get(&guild).is_some_and(|guild| guild.has(app.bot));
        session.serves(guild)
            && (is_in || to.bot.is_some())
            && to
                .channel
                .is_none_or(|channel| self.permissions_in(channel, app.bot).has(Permissions::VIEW_CHANNEL))
            && self.permissions(guild, app.bot).has(to.needed)
    }

    pub(crate) fn gateway_bot(&mut self, app: Snowflake) -> Value {
        let now = self.clock.now();
        let (settings, url) = (self.gateway.settings.clone(), self.gateway.url.clone());
        let used = self.applications.get_mut(&app).map_or((0, now), |app| app.identifies(now));
        let day = Duration::from_secs(86_400);
        let reset = crate::clock::millis(day).saturating_sub(crate::clock::millis(now.since(used.1)));
        json!({
            "url": url,
            "shards": settings.shards,
            "session_start_limit": {
                "total": settings.identifies_a_day,
                "remaining": settings.identifies_a_day.saturating_sub(used.0),
                "reset_after": if used.0 == 0 { 0 } else { reset },
                "max_concurrency": settings.max_concurrency,
            },
        })
    }
}
