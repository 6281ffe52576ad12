//! One shard: connection after connection, with what has to be known between them.

use std::sync::Arc;
use std::time::Duration;

use policy::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::close::Fatal;
use super::connection::{Connection, End};
use super::gate::Gate;
use super::session::{Dealings, Session};
use super::socket::{Socket, address};
use super::{Control, GatewayError, Heard, Sessions, Settings, Waiting};
use crate::pace::{Pace, back_off, millis};
use crate::radius::Radius;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// Discord wants between one and five seconds after it turned a session down.
const INVALID_PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(4));
/// A session that was resumed so often without anything coming of it is given up.
const VAIN_MAX: u32 = 5;
/// After so many connections that were not made, every other is tried where sessions begin.
const UNOPENED_MAX: u32 = 3;
/// Waits that people are told of.
const LONG: Duration = Duration::from_secs(30);

/// How a shard came to its end without anybody having to mend something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was stopped, or nobody listens any more.
    Stopped,
    /// The servers have to be divided otherwise.
    Divided,
}

/// A session in use.
pub(super) struct Live {
    pub(super) id: String,
    pub(super) resume_url: String,
    pub(super) dealings: Dealings,
    /// Up to where it is kept.
    pub(super) kept: u64,
}

/// See the module.
pub(super) struct Shard {
    pub(super) number: u32,
    pub(super) of: u32,
    pub(super) url: String,
    pub(super) settings: Arc<Settings>,
    pub(super) gate: Arc<Gate>,
    pub(super) sessions: Arc<dyn Sessions>,
    pub(super) pace: Arc<dyn Pace>,
    pub(super) radius: Arc<Radius>,
    pub(super) out: mpsc::Sender<Heard>,
    pub(super) stop: CancellationToken,
    pub(super) live: Option<Live>,
    /// Sessions that are over, of which not everything was dealt with.
    pub(super) old: Vec<Dealings>,
    /// Connections in a row that did not last.
    pub(super) failures: u32,
    /// Connections in a row that resumed and of which nothing came.
    pub(super) vain: u32,
    /// Connections in a row that could not be made.
    pub(super) unopened: u32,
    /// Whether anything came of the last connection.
    pub(super) is_fruitful: bool,
    /// Whether the session stood in the last connection.
    pub(super) was_up: bool,
}

impl Shard {
    /// Runs until it is stopped or people have to mend something.
    pub(super) async fn run(mut self) -> Result<Ended, GatewayError> {
        self.live = self.load().await?;
        loop {
            let end = match self.connect().await {
                Ok(socket) => {
                    let resumes = self.live.is_some();
                    self.is_fruitful = false;
                    self.was_up = false;
                    let end = Connection::new(&mut self, socket).run().await;
                    self.vain = if resumes && !self.is_fruitful { self.vain + 1 } else { 0 };
                    end
                }
                Err(end) => end,
            };
            self.keep().await;
            if end == End::Divide {
                // What is not there is not gone on with, only to be turned down once more.
                self.forget().await;
                return Ok(Ended::Divided);
            }
            let Some(pause) = self.go_on_after(end)? else { return Ok(Ended::Stopped) };
            if self.was_up {
                self.was_up = false;
                let since = self.pace.now();
                if !self.tell(Control::Lost { since }).await {
                    return Ok(Ended::Stopped);
                }
            }
            if self.live.is_none() {
                self.forget().await;
            }
            if self.unopened == UNOPENED_MAX && !self.tell_unreachable(pause).await {
                return Ok(Ended::Stopped);
            }
            let until = self.pace.steady_ms().saturating_add(millis(pause));
            if !self.wait(until).await {
                return Ok(Ended::Stopped);
            }
        }
    }

    /// What follows from the end of a connection: after which pause to connect again, if at all.
    fn go_on_after(&mut self, end: End) -> Result<Option<Duration>, GatewayError> {
        let shard = self.number;
        let mut pause = None;
        match end {
            End::Stopped | End::Divide => return Ok(None),
            // A session of other intents or shards is not gone on with, so nothing has to be forgotten.
            End::Fatal(fatal) => return Err(fatal.error(self.settings.intents)),
            End::Invalid { is_resumable } => {
                tracing::info!(shard, is_resumable, "the gateway turned the session down");
                if !is_resumable {
                    self.give_up();
                }
                let (least, more) = INVALID_PAUSE;
                pause = Some(least + more.mul_f64(self.pace.chance().clamp(0.0, 1.0)));
            }
            End::Over => self.give_up(),
            End::Lost => {}
        }
        if self.vain >= VAIN_MAX && self.live.is_some() {
            tracing::warn!(shard, "the session was resumed in vain and is given up");
            self.give_up();
        }
        if self.live.is_none() {
            self.vain = 0;
        }
        // Also a pause of another kind counts: the next one may be longer.
        let failures = self.failures;
        self.failures = failures.saturating_add(1);
        // The first time it is nobody's fault.
        let grown = match failures.checked_sub(1) {
            None => Duration::ZERO,
            Some(more) => back_off(FIRST_PAUSE, LONGEST_PAUSE, more, self.pace.chance()),
        };
        Ok(Some(pause.unwrap_or_default().max(grown)))
    }

    /// The session is over. What was heard in it may still be dealt with.
    fn give_up(&mut self) {
        self.old.extend(self.live.take().map(|live| live.dealings));
    }

    /// Connects where the session goes on, or where one is begun once that may be.
    async fn connect(&mut self) -> Result<Socket, End> {
        if self.live.is_none() {
            self.wait_for_turn().await?;
        }
        // Where the session was to go on there may be nobody any more.
        let is_elsewhere = self.unopened >= UNOPENED_MAX && self.unopened % 2 == 1;
        let resume = self.live.as_ref().filter(|_| !is_elsewhere).and_then(|live| address(&live.resume_url));
        let url = resume.or_else(|| address(&self.url)).ok_or(End::Fatal(Fatal::Address))?;
        let socket = tokio::select! {
            () = self.stop.cancelled() => return Err(End::Stopped),
            socket = Socket::open(&url, &self.radius, &*self.pace) => socket,
        };
        self.unopened = if socket.is_some() { 0 } else { self.unopened.saturating_add(1) };
        if socket.is_none() {
            tracing::warn!(shard = self.number, "the gateway cannot be reached");
        }
        socket.ok_or(End::Lost)
    }

    /// Waits until a session may be begun, and says so when that takes long.
    async fn wait_for_turn(&mut self) -> Result<(), End> {
        let mut told = None;
        while let Some((until, why)) = self.gate.wait(self.number).await {
            let now = self.pace.now();
            let is_long = until.as_millis().saturating_sub(now.as_millis()) > millis(LONG);
            if is_long && told != Some(why) {
                told = Some(why);
                tracing::warn!(shard = self.number, ?why, "no session is begun for a while");
                if !self.tell(Control::Waiting { until, why }).await {
                    return Err(End::Stopped);
                }
            }
            if !self.wait(self.gate.steady(now, until)).await {
                return Err(End::Stopped);
            }
        }
        Ok(())
    }

    /// Waits; whether it is to go on.
    async fn wait(&self, until: i64) -> bool {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            () = self.pace.until(until) => true,
        }
    }

    /// Tells whoever listens; whether anybody does.
    async fn tell(&self, control: Control) -> bool {
        let heard = Heard::Control { shard: self.number, of: self.of, control };
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            sent = self.out.send(heard) => sent.is_ok(),
        }
    }

    /// Tells that the gateway cannot be reached, after some tries.
    async fn tell_unreachable(&self, pause: Duration) -> bool {
        let until = Timestamp::from_millis(self.pace.now().as_millis().saturating_add(millis(pause)));
        self.tell(Control::Waiting { until, why: Waiting::Unreachable }).await
    }

    /// The session of an earlier run, if it is one that can go on.
    async fn load(&self) -> Result<Option<Live>, GatewayError> {
        let session = self.sessions.load(self.number).await.map_err(GatewayError::Sessions)?;
        let fits = |session: &Session| {
            session.shards == self.of && session.intents == self.settings.intents && session.seq > 0
        };
        Ok(session.filter(fits).map(|session| Live {
            id: session.id,
            resume_url: session.resume_url,
            dealings: Dealings::after(session.seq),
            kept: session.seq,
        }))
    }

    /// Keeps the session up to where everything was dealt with.
    pub(super) async fn keep(&mut self) {
        // A session that can go on would keep what came before it from being asked for after a restart.
        self.old.retain(Dealings::are_open);
        let Some(live) = self.live.as_mut().filter(|_| self.old.is_empty()) else { return };
        let seq = live.dealings.dealt_with();
        if seq == live.kept {
            return;
        }
        let session = Session {
            id: live.id.clone(),
            resume_url: live.resume_url.clone(),
            seq,
            shards: self.of,
            intents: self.settings.intents,
        };
        match self.sessions.save(self.number, Some(&session)).await {
            Ok(()) => live.kept = seq,
            // More is heard again after a restart, or is caught up with.
            Err(error) => tracing::warn!(shard = self.number, %error, "the session could not be kept"),
        }
    }

    /// Forgets the session that is kept.
    async fn forget(&self) {
        if let Err(error) = self.sessions.save(self.number, None).await {
            // It is turned down once more after a restart.
            tracing::warn!(shard = self.number, %error, "the session could not be forgotten");
        }
    }
}
