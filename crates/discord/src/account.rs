//! A bot on Discord: what every part of the adapter shares.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use platform::{Deafness, DeliveryError, Desk, Outbound};
use policy::{Clock, GroupId};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::board::Boards;
use crate::error::RestError;
use crate::gateway::{Gateway, GatewayError, GatewayIntents};
use crate::hear::Ear;
use crate::ids::Snowflake;
use crate::interactions::Homes;
use crate::json;
use crate::lines::{Lines, Link, Silence};
use crate::locks::Locks;
use crate::memory::Memory;
use crate::openings::Openings;
use crate::outbound::Hands;
use crate::pace::{Pace, RealPace, millis};
use crate::recent::Recent;
use crate::remove::Removals;
use crate::rest::{Refusals, Request, Rest, Route, Urgency};
use crate::server::Server;
use crate::settings::{AccountSettings, GroupSettings};
use crate::shown::Shown;
use crate::tokens::Tokens;

/// How long an effect waits for the server it is about to be told of.
const ENTRY_WAIT: Duration = Duration::from_secs(2);

/// A bot on Discord.
#[derive(Debug, Clone)]
pub struct Account(pub(crate) Arc<Shared>);

/// What every part of the adapter shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) rest: Arc<Rest>,
    /// The bot itself.
    pub(crate) me: Snowflake,
    /// The application it belongs to.
    pub(crate) application: Snowflake,
    pub(crate) settings: AccountSettings,
    pub(crate) groups: BTreeMap<GroupId, GroupSettings>,
    pub(crate) servers: Servers,
    pub(crate) lines: Lines,
    pub(crate) memory: Arc<Memory>,
    pub(crate) directs: Directs,
    pub(crate) openings: Openings,
    pub(crate) homes: Homes,
    pub(crate) tokens: Tokens,
    pub(crate) recent: Recent,
    pub(crate) removals: Removals,
    pub(crate) shown: Shown,
    pub(crate) boards: Boards,
    pub(crate) pace: Arc<dyn Pace>,
    /// A group's is held while somebody's roles or bans are changed there, so that one change does not undo the other in part.
    pub(crate) barring: Locks<GroupId>,
    /// The same while a thread for somebody is looked for or made, so that nobody gets two.
    pub(crate) opening: Locks<GroupId>,
    /// Held while what was written in a channel is noted, so that nothing is left out.
    pub(crate) noting: tokio::sync::Mutex<()>,
    /// The same for how far private conversations were read.
    pub(crate) conversing: tokio::sync::Mutex<()>,
}

impl Account {
    /// Asks Discord who the bot is. All bots of a program share `refusals`.
    ///
    /// # Errors
    /// When Discord cannot be asked, or does not know the token.
    pub async fn open(
        settings: AccountSettings,
        clock: Arc<dyn Clock>,
        refusals: Refusals,
    ) -> Result<Self, RestError> {
        Self::open_at(settings, Arc::new(RealPace::new(clock)), refusals).await
    }

    /// The same at the pace of a test, which need not wait.
    ///
    /// # Errors
    /// As [`Account::open`].
    pub async fn open_at(
        settings: AccountSettings,
        pace: Arc<dyn Pace>,
        refusals: Refusals,
    ) -> Result<Self, RestError> {
        let rest = Arc::new(Rest::new(&settings.base, &settings.token, Arc::clone(&pace), refusals)?);
        let me = rest.call(Request::get(Route::to("users").at("@me"))).await?;
        let application = rest.call(Request::get(Route::to("applications").at("@me"))).await?;
        let (Some(me), Some(application)) = (json::id(&me, "id"), json::id(&application, "id")) else {
            return Err(RestError::Setup("Discord does not say who the bot is"));
        };
        let groups = settings.groups.iter().map(|group| (group.group.clone(), group.clone())).collect();
        let clock: Arc<dyn Clock> = Arc::<dyn Pace>::clone(&pace);
        let memory = Arc::new(Memory::new(&settings.id, clock));
        Ok(Self(Arc::new(Shared {
            rest,
            me,
            application,
            groups,
            servers: Servers::default(),
            lines: Lines::default(),
            memory,
            directs: Directs::default(),
            openings: Openings::default(),
            homes: Homes::default(),
            tokens: Tokens::default(),
            recent: Recent::default(),
            removals: Removals::default(),
            shown: Shown::default(),
            boards: Boards::default(),
            pace,
            barring: Locks::default(),
            opening: Locks::default(),
            noting: tokio::sync::Mutex::default(),
            conversing: tokio::sync::Mutex::default(),
            settings,
        })))
    }

    /// What the bot does in one of the account's groups.
    ///
    /// Until the group's server is known, everything is answered with [`DeliveryError::RateLimited`].
    pub fn outbound(&self, group: &GroupId) -> Option<Arc<dyn Outbound>> {
        let settings = self.0.groups.get(group)?.clone();
        Some(Arc::new(Hands { shared: Arc::clone(&self.0), group: settings }))
    }

    /// With Discord on this machine, whom else the bot was to connect to, which it did not.
    pub fn strayed(&self) -> Vec<String> {
        self.0.rest.strayed()
    }

    /// Hands in what happens on the account's servers until `stop`, from where each channel was read last.
    ///
    /// # Errors
    /// When nothing can be heard any more until people mend something. Discord being down is waited for.
    pub async fn run(&self, desk: Arc<dyn Desk>, stop: CancellationToken) -> Result<(), GatewayError> {
        let shared = &self.0;
        shared.memory.open(desk.clone());
        let gateway = Gateway::new(
            Arc::clone(&shared.rest),
            shared.settings.token.clone(),
            INTENTS,
            shared.memory.clone(),
            Arc::clone(&shared.pace),
        );
        let (out, heard) = mpsc::channel(HEARD_MAX);
        let listening = TaskTracker::new().spawn(gateway.run(out, stop.clone()));
        Ear::new(Arc::clone(shared), Arc::clone(&desk), stop.child_token()).hear(heard).await;
        let ended = listening.await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "the hearing broke off");
            Err(GatewayError::Broken)
        });
        if let Err(error) = &ended {
            shared.say_last(&desk, &stop, error.deafness()).await;
        }
        ended
    }
}

/// What the bot has to hear: what members write, who comes and goes, what humans do, and how the server is made.
pub(crate) const INTENTS: GatewayIntents = GatewayIntents::GUILDS
    .union(GatewayIntents::GUILD_MEMBERS)
    .union(GatewayIntents::GUILD_MODERATION)
    .union(GatewayIntents::GUILD_EMOJIS_AND_STICKERS)
    .union(GatewayIntents::GUILD_SCHEDULED_EVENTS)
    .union(GatewayIntents::GUILD_MESSAGES)
    .union(GatewayIntents::GUILD_MESSAGE_REACTIONS)
    .union(GatewayIntents::DIRECT_MESSAGES)
    .union(GatewayIntents::MESSAGE_CONTENT)
    .union(GatewayIntents::AUTO_MODERATION_EXECUTION);

/// So much waits at most until it is looked to which group it belongs.
const HEARD_MAX: usize = 256;
/// For so long a program that hears nothing any more tries to say so, after as long for what it has to know for that.
const LAST_WORDS: Duration = Duration::from_secs(10);

impl Shared {
    /// Says to all officers that their group is heard no more until people mend something, before the program may end. What
    /// cannot be said in time is on record, and said once it can be.
    async fn say_last(&self, desk: &Arc<dyn Desk>, stop: &CancellationToken, why: Deafness) {
        let silence = Silence { since: self.pace.now(), why, until: None };
        for group in self.groups.keys() {
            self.lines.cut(group, Link::Connection, silence);
        }
        // With a token that is not accepted nothing else can be done either.
        let may_write = why != Deafness::Token;
        if may_write {
            // First, for what is asked of a server that is not known is put off.
            let known = self.groups.values().map(|group| self.know_unheard(stop, group.server.0));
            self.in_time(stop, async { drop(join_all(known).await) }).await;
        }
        let said = async {
            let all = self.groups.keys().map(|group| self.lines.say_deaf(self, desk, stop, group));
            if join_all(all).await.iter().any(Result::is_err) || !may_write {
                return;
            }
            // Once more after what was put off before the servers were known.
            for wait in [Duration::ZERO, ENTRY_WAIT] {
                self.pace.until(self.pace.steady_ms().saturating_add(millis(wait))).await;
                if let Err(error) = desk.settle().await {
                    tracing::error!(error = &error as &dyn std::error::Error, "officers were not told");
                }
            }
        };
        self.in_time(stop, said).await;
    }

    /// Does something, for so long and no longer.
    async fn in_time(&self, stop: &CancellationToken, what: impl Future<Output = ()>) {
        let until = self.pace.steady_ms().saturating_add(millis(LAST_WORDS));
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = what => {}
            () = self.pace.until(until) => tracing::warn!("officers could not be told in time"),
        }
    }

    /// The group whose server it is.
    pub(crate) fn group_of(&self, server: Snowflake) -> Option<&GroupSettings> {
        self.groups.values().find(|group| group.server.0 == server)
    }
}

/// The servers that were told of.
#[derive(Debug, Default)]
pub(crate) struct Servers(Mutex<BTreeMap<Snowflake, Server>>);

impl Servers {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Snowflake, Server>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a server in as Discord tells of it.
    pub(crate) fn put(&self, server: Server) {
        self.lock().insert(server.id(), server);
    }

    /// Takes in a server that was asked for, unless it was told of meanwhile.
    pub(crate) fn put_new(&self, server: Server) {
        self.lock().entry(server.id()).or_insert(server);
    }

    /// The bot is not in it any more.
    pub(crate) fn forget(&self, server: Snowflake) {
        self.lock().remove(&server);
    }

    /// What is known of a server; nothing for one that was not told of.
    pub(crate) fn with<T>(&self, server: Snowflake, look: impl FnOnce(&Server) -> T) -> Option<T> {
        self.lock().get(&server).map(look)
    }

    /// Changes what is known of a server.
    pub(crate) fn change<T>(&self, server: Snowflake, change: impl FnOnce(&mut Server) -> T) -> Option<T> {
        self.lock().get_mut(&server).map(change)
    }

    /// Whether a server is known, so that something can be done there.
    ///
    /// # Errors
    /// [`DeliveryError::RateLimited`], so that everything waits in its order.
    pub(crate) fn has_come(&self, server: Snowflake) -> Result<(), DeliveryError> {
        match self.lock().contains_key(&server) {
            true => Ok(()),
            false => Err(DeliveryError::RateLimited(ENTRY_WAIT)),
        }
    }
}

/// The private channels that were opened, by whose they are. There are always the same, so that none is kept for longer.
#[derive(Debug, Default)]
pub(crate) struct Directs(Mutex<HashMap<Snowflake, Snowflake>>);

/// So many are remembered before they are asked for again.
const DIRECTS_MAX: usize = 10_000;

impl Directs {
    fn lock(&self) -> MutexGuard<'_, HashMap<Snowflake, Snowflake>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, user: Snowflake) -> Option<Snowflake> {
        self.lock().get(&user).copied()
    }

    pub(crate) fn put(&self, user: Snowflake, channel: Snowflake) {
        let mut known = self.lock();
        if known.len() >= DIRECTS_MAX {
            known.clear();
        }
        known.insert(user, channel);
    }
}

/// Somebody in a server as Discord tells of them; nothing when they are not there.
///
/// # Errors
/// What Discord refused otherwise.
pub(crate) async fn member_of(
    rest: &Rest,
    server: Snowflake,
    user: Snowflake,
    urgency: Urgency,
) -> Result<Option<Value>, RestError> {
    let request = Request::get(Route::guild(server).at("members").one(user));
    match rest.call(request.urgency(urgency)).await {
        Ok(member) => Ok(Some(member)),
        Err(error) => match error.code() {
            Some(crate::error::Code::UnknownMember | crate::error::Code::UnknownUser) => Ok(None),
            _ => Err(error),
        },
    }
}
