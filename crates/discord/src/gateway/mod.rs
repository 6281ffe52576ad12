//! Hears what happens on Discord: every event as it was sent, in order, until somebody has dealt with it.
//!
//! Not serenity's gateway client: it gives events to tasks of their own, drops what it does not know, and cannot go on with
//! a session after a restart.
//!
//! Events that were handed on and not dealt with come again after a restart, for what is kept of a session goes only as
//! far as everything was dealt with. When a session cannot go on, [`Control::Identified`] says that something may be
//! missing, and whoever listens asks for what was written since; until they have, a restart says so again. The same goes
//! for [`Control::Missed`].

mod budget;
mod close;
mod connection;
pub(crate) mod frame;
mod gate;
mod sends;
mod session;
mod shard;
mod socket;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use platform::{Deafness, Source};
use policy::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::RestError;
use crate::pace::{Pace, back_off, millis};
use crate::rest::{Request, Rest, Route, Token};
use budget::StartLimit;
use gate::Gate;
use shard::{Ended, Shard};

pub use budget::{Identifies, Waiting};
pub use serenity::all::GatewayIntents;
#[cfg(test)]
pub(crate) use session::received;
pub use session::{Dealt, Session, Sessions};

/// More shards than any bot has.
const SHARDS_MAX: u32 = 10_000;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Something that was heard.
#[derive(Debug)]
pub enum Heard {
    /// Something happened.
    Event(Event),
    /// How the hearing itself goes.
    Control {
        /// Of which shard.
        shard: u32,
        /// Of how many: which servers it hears.
        of: u32,
        /// How.
        control: Control,
    },
}

/// Something that happened, as Discord sent it.
pub struct Event {
    /// Which shard heard it. What is written to the bot in private comes over the first.
    pub shard: u32,
    /// What sort of thing: `MESSAGE_CREATE`.
    pub name: String,
    /// All that was sent.
    pub data: Value,
    /// Which of the session it is.
    pub seq: u64,
    /// To be used once it was dealt with.
    pub dealt: Dealt,
}

/// Shows what sort of event it is: what is in it are members' words.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("name", &self.name).field("seq", &self.seq).finish_non_exhaustive()
    }
}

/// How the hearing itself goes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Control {
    /// A session was begun. What happened before is not heard of any more, and has to be asked for.
    Identified {
        /// To be used once that was asked for and dealt with. Before that, no restart goes on with the session: this
        /// comes again.
        caught_up: Dealt,
    },
    /// The session goes on, but something that happened before the next event is missing, and has to be asked for.
    Missed {
        /// As after [`Control::Identified`].
        caught_up: Dealt,
    },
    /// The session went on, and everything since was heard, but for what was told to be missing.
    Resumed,
    /// The connection was lost. Either of the others follows, or nothing is heard for long.
    Lost {
        /// When.
        since: Timestamp,
    },
    /// Nothing is heard until then, and it is known why.
    Waiting {
        /// Until when, if nothing changes.
        until: Timestamp,
        /// Why.
        why: Waiting,
    },
}

/// Why nothing will be heard until people mend something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// The token is wrong.
    #[error("Discord does not accept the bot's token; is it the newest one from the developer portal?")]
    Token,
    /// Something that has to be switched on is not.
    #[error(
        "the bot may not hear what it has to; switch on {} under “Privileged Gateway Intents” on the page “Bot” of the \
         developer portal", .asked.join(", ")
    )]
    Intents {
        /// What was asked for that has to be switched on.
        asked: Vec<&'static str>,
    },
    /// Discord does not know something that was asked for.
    #[error("Discord does not know the intents {0}; is there a newer version of this program?")]
    InvalidIntents(u64),
    /// Discord speaks another version by now.
    #[error(
        "Discord does not speak version 10 of its gateway any more; is there a newer version of this program?"
    )]
    Version,
    /// Discord named a place that is no gateway.
    #[error("Discord named a gateway to which no token can be sent")]
    Address,
    /// Discord does not tell where its gateway is.
    #[error("Discord does not tell where its gateway is")]
    Unknown(#[source] RestError),
    /// What is kept cannot be read.
    #[error("what is kept of earlier connections cannot be read")]
    Sessions(#[source] Source),
    /// A part of it ended that should not have.
    #[error("a connection ended as none should")]
    Broken,
}

impl GatewayError {
    /// Why nothing is heard, as officers are told.
    pub(crate) fn deafness(&self) -> Deafness {
        match self {
            Self::Token => Deafness::Token,
            Self::Intents { .. } => Deafness::Intents,
            Self::InvalidIntents(_) | Self::Version => Deafness::Version,
            Self::Address | Self::Unknown(_) => Deafness::Refused,
            Self::Sessions(_) | Self::Broken => Deafness::Broken,
        }
    }
}

/// What a gateway needs to know.
pub(crate) struct Settings {
    token: Token,
    intents: u64,
}

/// All shards of a bot. See the module.
pub struct Gateway {
    rest: Arc<Rest>,
    settings: Arc<Settings>,
    sessions: Arc<dyn Sessions>,
    pace: Arc<dyn Pace>,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("intents", &self.settings.intents).finish_non_exhaustive()
    }
}

/// What Discord advises.
struct Plan {
    url: String,
    shards: u32,
    limit: StartLimit,
}

impl Gateway {
    /// A gateway that hears of `intents` and keeps its sessions in `sessions`.
    pub fn new(
        rest: Arc<Rest>,
        token: Token,
        intents: GatewayIntents,
        sessions: Arc<dyn Sessions>,
        pace: Arc<dyn Pace>,
    ) -> Self {
        let settings = Arc::new(Settings { token, intents: intents.bits() });
        Self { rest, settings, sessions, pace }
    }

    /// Hears until `stop`, with as many shards as Discord advises, and with others once it wants that. Everything goes to
    /// `out`, what one shard hears in order; nothing more is read while nobody takes it. Stopped, it leaves the sessions as
    /// they can go on.
    ///
    /// # Errors
    /// When people have to mend something.
    pub async fn run(self, out: mpsc::Sender<Heard>, stop: CancellationToken) -> Result<(), GatewayError> {
        loop {
            let Some(plan) = self.plan(&out, &stop).await? else { return Ok(()) };
            match self.run_shards(plan, &out, &stop).await? {
                Ended::Stopped => return Ok(()),
                // Each time a session was begun for it and counted, so that this cannot go round and round.
                Ended::Divided => {
                    tracing::warn!("Discord wants the servers divided otherwise, and is asked how");
                    let control = Control::Lost { since: self.pace.now() };
                    tokio::select! {
                        biased;
                        () = stop.cancelled() => return Ok(()),
                        told = out.send(Heard::Control { shard: 0, of: 1, control }) => {
                            if told.is_err() {
                                return Ok(());
                            }
                        }
                    }
                }
            }
        }
    }

    /// Runs all shards until one of them ends, or the token is over, and then has all of them end.
    async fn run_shards(
        &self,
        plan: Plan,
        out: &mpsc::Sender<Heard>,
        stop: &CancellationToken,
    ) -> Result<Ended, GatewayError> {
        let gate = Gate::new(self.sessions.clone(), self.pace.clone(), plan.limit).await;
        let gate = Arc::new(gate.map_err(GatewayError::Sessions)?);
        let stop = stop.child_token();
        let mut shards = JoinSet::new();
        for number in 0..plan.shards {
            let shard = Shard {
                number,
                of: plan.shards,
                url: plan.url.clone(),
                settings: self.settings.clone(),
                gate: gate.clone(),
                sessions: self.sessions.clone(),
                pace: self.pace.clone(),
                radius: self.rest.radius().clone(),
                out: out.clone(),
                stop: stop.clone(),
                live: None,
                failures: 0,
                old: Vec::new(),
                vain: 0,
                unopened: 0,
                is_fruitful: false,
                was_up: false,
            };
            shards.spawn(shard.run());
        }
        let mut result = Ok(Ended::Stopped);
        loop {
            let ended = tokio::select! {
                biased;
                ended = shards.join_next() => match ended {
                    Some(ended) => ended.unwrap_or(Err(GatewayError::Broken)),
                    None => break,
                },
                // A session outlives the token it was begun with, and whoever only hears does nothing.
                () = self.rest.token_is_over(), if !stop.is_cancelled() => Err(GatewayError::Token),
            };
            stop.cancel();
            if matches!(result, Ok(Ended::Stopped)) {
                result = ended;
            }
        }
        result
    }

    /// Asks where to connect and how often, as long as it takes; nothing when it is stopped.
    async fn plan(
        &self,
        out: &mpsc::Sender<Heard>,
        stop: &CancellationToken,
    ) -> Result<Option<Plan>, GatewayError> {
        let mut failures = 0;
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return Ok(None),
                asked = self.rest.call(Request::get(Route::to("gateway").at("bot"))) => asked,
            };
            let wait = match asked {
                Ok(advice) => return Ok(Some(self.read(&advice)?)),
                Err(RestError::Unauthorised) => return Err(GatewayError::Token),
                Err(error @ (RestError::Refused(_) | RestError::Setup(_))) => {
                    return Err(GatewayError::Unknown(error));
                }
                Err(RestError::RateLimited(wait) | RestError::NotYet(wait)) => wait,
                Err(error) => {
                    tracing::warn!(%error, "Discord does not tell where its gateway is");
                    back_off(FIRST_PAUSE, LONGEST_PAUSE, failures, self.pace.chance())
                }
            };
            failures += 1;
            let until = Timestamp::from_millis(self.pace.now().as_millis().saturating_add(millis(wait)));
            let control = Control::Waiting { until, why: Waiting::Unreachable };
            let until = self.pace.steady_ms().saturating_add(millis(wait));
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(None),
                // Nobody has to take it for the next try to be made.
                () = async {
                    let told = out.send(Heard::Control { shard: 0, of: 1, control }).await;
                    if told.is_err() {
                        stop.cancelled().await;
                    }
                    std::future::pending::<()>().await;
                } => {}
                () = self.pace.until(until) => {}
            }
        }
    }

    fn read(&self, advice: &Value) -> Result<Plan, GatewayError> {
        let url = advice.get("url").and_then(Value::as_str).ok_or(GatewayError::Address)?;
        let shards =
            advice.get("shards").and_then(Value::as_u64).and_then(|shards| u32::try_from(shards).ok());
        Ok(Plan {
            url: url.to_owned(),
            shards: shards.unwrap_or(1).clamp(1, SHARDS_MAX),
            limit: StartLimit::read(advice.get("session_start_limit"), self.pace.now()),
        })
    }
}
