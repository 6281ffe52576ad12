//! One connection of a shard, from the first word to the last.

use std::time::Duration;

use serde_json::Value;

use super::close::{After, Fatal, KEEP_SESSION, after};
use super::frame::{self, Frame};
use super::sends::Sends;
use super::session::Dealings;
use super::shard::{Live, Shard};
use super::socket::{Incoming, Socket};
use super::{Control, Event, Heard};
use crate::pace::millis;

/// How long the other side may take for its first word.
const HELLO_TIMEOUT: Duration = Duration::from_secs(20);
/// And to say that the session stands.
const READY_TIMEOUT: Duration = Duration::from_secs(90);
/// How often it is kept up to where everything was dealt with.
const TICK: Duration = Duration::from_secs(5);

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Whoever runs the gateway wants it to stop, or nobody listens any more.
    Stopped,
    /// The servers have to be divided otherwise.
    Divide,
    /// People have to mend something.
    Fatal(Fatal),
    /// It was lost, or is to be made anew; the session may go on.
    Lost,
    /// The session is not to be used, or not now.
    Invalid { is_resumable: bool },
    /// The session is over, for the other side said so while closing.
    Over,
}

/// See the module.
pub(super) struct Connection<'a> {
    shard: &'a mut Shard,
    socket: Socket,
    sends: Sends,
    /// How often a sign of life is given, once that was said.
    interval: Option<Duration>,
    heartbeat_at: i64,
    /// The last sign of life was not heard of.
    is_unheard: bool,
    /// Until when something has to be said.
    patience: Option<i64>,
    /// When to try to begin a session.
    identify_at: Option<i64>,
    tick_at: i64,
    /// Since when the session stands.
    up_since: Option<i64>,
    has_lasted: bool,
    /// Whether anything came of it yet.
    is_fruitful: bool,
}

impl<'a> Connection<'a> {
    pub(super) fn new(shard: &'a mut Shard, socket: Socket) -> Self {
        let now = shard.pace.steady_ms();
        Self {
            shard,
            socket,
            sends: Sends::default(),
            interval: None,
            heartbeat_at: i64::MAX,
            is_unheard: false,
            patience: Some(now.saturating_add(millis(HELLO_TIMEOUT))),
            identify_at: None,
            tick_at: now.saturating_add(millis(TICK)),
            up_since: None,
            has_lasted: false,
            is_fruitful: false,
        }
    }

    /// Runs to the end. The shard is told whether it was worth it.
    pub(super) async fn run(mut self) -> End {
        let end = loop {
            if let Err(end) = self.on_time().await {
                break end;
            }
            let due = self.due();
            let went = tokio::select! {
                biased;
                () = self.shard.stop.cancelled() => Err(End::Stopped),
                incoming = self.socket.next() => self.on_incoming(incoming).await,
                // Only once there is nothing to read: the answer may be in it.
                () = self.shard.pace.until(due) => self.on_silence(),
            };
            if let Err(end) = went {
                break end;
            }
        };
        self.shard.is_fruitful = self.is_fruitful;
        self.shard.was_up = self.up_since.is_some();
        self.socket.close(KEEP_SESSION, &*self.shard.pace).await;
        end
    }

    /// When something has to be done without anything coming in.
    fn due(&self) -> i64 {
        let others = [self.patience, self.identify_at].into_iter().flatten();
        others.chain([self.heartbeat_at, self.tick_at]).min().unwrap_or(self.tick_at)
    }

    /// Nothing came in, and it is time for something. A sign of life is due and the last was not answered: nobody is there.
    fn on_silence(&self) -> Result<(), End> {
        if self.is_unheard && self.heartbeat_at <= self.shard.pace.steady_ms() {
            tracing::warn!(shard = self.shard.number, "the gateway does not answer");
            return Err(End::Lost);
        }
        Ok(())
    }

    /// Does what is due, whatever comes in.
    async fn on_time(&mut self) -> Result<(), End> {
        let now = self.shard.pace.steady_ms();
        if self.patience.is_some_and(|patience| patience <= now) {
            tracing::warn!(shard = self.shard.number, "the gateway says nothing");
            return Err(End::Lost);
        }
        if self.heartbeat_at <= now && !self.is_unheard {
            self.beat().await?;
        }
        if self.identify_at.is_some_and(|at| at <= now) {
            self.identify().await?;
        }
        if self.tick_at <= now {
            self.tick_at = now.saturating_add(millis(TICK));
            self.on_tick(now).await;
        }
        Ok(())
    }

    async fn on_tick(&mut self, now: i64) {
        self.shard.keep().await;
        if !self.has_lasted && self.up_since.is_some_and(|since| super::budget::has_lasted(since, now)) {
            self.has_lasted = true;
            self.shard.failures = 0;
            self.shard.gate.lasted(self.shard.number).await;
        }
    }

    async fn on_incoming(&mut self, incoming: Incoming) -> Result<(), End> {
        let text = match incoming {
            Incoming::Text(text) => text,
            Incoming::Broken => return Err(self.unreadable()),
            Incoming::Closed(code) => {
                tracing::info!(shard = self.shard.number, code, "the gateway closed the connection");
                return Err(match after(code) {
                    After::Resume => End::Lost,
                    After::Identify => End::Over,
                    After::Divide => End::Divide,
                    After::Never(fatal) => End::Fatal(fatal),
                });
            }
        };
        let Some(frame) = frame::read(&text) else { return Err(self.unreadable()) };
        // Events may be large, and are handed on one by one.
        drop(text);
        match frame {
            Frame::Hello { interval } => self.on_hello(interval).await,
            Frame::Heartbeat => self.beat().await,
            Frame::Ack => {
                self.is_unheard = false;
                Ok(())
            }
            Frame::Reconnect => Err(End::Lost),
            Frame::Invalid { is_resumable } => Err(End::Invalid { is_resumable }),
            Frame::Dispatch { name, seq, data } => self.on_dispatch(name, seq, data).await,
            Frame::Unreadable { name, seq } => {
                self.skip(&name, seq);
                Ok(())
            }
            Frame::Unknown => Ok(()),
        }
    }

    /// What cannot be read counts as dealt with: after every other end of it, it would come again. What is missing before it
    /// is seen by what comes after it.
    fn skip(&mut self, name: &str, seq: u64) {
        let shard = self.shard.number;
        tracing::error!(shard, seq, event = name, "an event cannot be read and is passed over");
        let dealt = self.shard.live.as_ref().and_then(|live| {
            let is_next = seq == live.dealings.received().saturating_add(1);
            is_next.then(|| live.dealings.receive(seq)).flatten()
        });
        if let Some(dealt) = dealt {
            self.is_fruitful = true;
            dealt.settle();
        }
    }

    fn unreadable(&self) -> End {
        tracing::warn!(shard = self.shard.number, "the gateway said something that cannot be read");
        End::Lost
    }

    async fn on_hello(&mut self, interval: Duration) -> Result<(), End> {
        // The first sign of life comes at any time within the interval, so that not all come at once.
        let first = interval.mul_f64(self.shard.pace.chance().clamp(0.0, 1.0));
        let now = self.shard.pace.steady_ms();
        self.heartbeat_at = now.saturating_add(millis(first));
        if self.interval.replace(interval).is_some() {
            return Ok(());
        }
        match &self.shard.live {
            Some(live) => {
                let seq = live.dealings.received();
                let resume = frame::resume(&self.shard.settings.token, &live.id, seq);
                self.patience = Some(now.saturating_add(millis(READY_TIMEOUT)));
                self.say(resume).await
            }
            None => self.identify().await,
        }
    }

    /// Begins a session, or sets the time to try again.
    async fn identify(&mut self) -> Result<(), End> {
        if let Err(later) = self.shard.gate.pass(self.shard.number).await {
            self.patience = None;
            self.identify_at = Some(later);
            return Ok(());
        }
        self.identify_at = None;
        let now = self.shard.pace.steady_ms();
        self.patience = Some(now.saturating_add(millis(READY_TIMEOUT)));
        let settings = &self.shard.settings;
        let identify = frame::identify(&settings.token, settings.intents, self.shard.number, self.shard.of);
        self.say(identify).await
    }

    /// Gives a sign of life.
    async fn beat(&mut self) -> Result<(), End> {
        let now = self.shard.pace.steady_ms();
        if let Some(interval) = self.interval {
            self.heartbeat_at = now.saturating_add(millis(interval));
        }
        if !self.sends.may_live(now) {
            return Ok(());
        }
        self.is_unheard = true;
        let seq = self.shard.live.as_ref().map(|live| live.dealings.received()).filter(|seq| *seq > 0);
        self.say(frame::heartbeat(seq)).await
    }

    async fn say(&mut self, text: String) -> Result<(), End> {
        self.sends.count(self.shard.pace.steady_ms());
        if self.socket.send(text, &*self.shard.pace).await { Ok(()) } else { Err(End::Lost) }
    }

    async fn on_dispatch(&mut self, name: String, seq: u64, data: Value) -> Result<(), End> {
        if name == "READY" {
            let Some((id, url)) = frame::session_of(&data) else { return Err(End::Over) };
            let (id, resume_url) = (id.to_owned(), url.to_owned());
            let dealings = Dealings::default();
            let caught_up = dealings.hold();
            self.shard.live = Some(Live { id, resume_url, dealings, kept: 0 });
            self.is_up();
            self.tell(Control::Identified { caught_up }).await?;
        }
        let Some(live) = &mut self.shard.live else {
            // Nothing comes before READY that has to be dealt with.
            return Ok(());
        };
        let received = live.dealings.received();
        if received > 0 && seq > received + 1 {
            // Before what comes after it, so that nobody believes to have heard everything up to there.
            let caught_up = live.dealings.hold();
            self.tell(Control::Missed { caught_up }).await?;
        }
        let Some(live) = &mut self.shard.live else { return Ok(()) };
        let is_resumed = name == "RESUMED";
        // What was received before is in good hands.
        if let Some(dealt) = live.dealings.receive(seq) {
            self.is_fruitful = true;
            let event = Event { shard: self.shard.number, name, data, seq, dealt };
            self.hand_on(Heard::Event(event)).await?;
        }
        if is_resumed {
            self.is_fruitful = true;
            self.is_up();
            self.tell(Control::Resumed).await?;
        }
        Ok(())
    }

    fn is_up(&mut self) {
        self.patience = None;
        self.up_since = Some(self.shard.pace.steady_ms());
        tracing::info!(shard = self.shard.number, "the gateway is connected");
    }

    async fn tell(&mut self, control: Control) -> Result<(), End> {
        let (shard, of) = (self.shard.number, self.shard.of);
        self.hand_on(Heard::Control { shard, of, control }).await
    }

    /// Hands on in order. While nobody takes it, nothing is read, but signs of life are given: whether the other side
    /// answers them cannot be known then.
    async fn hand_on(&mut self, heard: Heard) -> Result<(), End> {
        let out = self.shard.out.clone();
        if let Ok(place) = out.try_reserve() {
            place.send(heard);
            return Ok(());
        }
        let mut end = None;
        loop {
            let due = self.heartbeat_at.min(self.tick_at);
            tokio::select! {
                biased;
                () = self.shard.stop.cancelled() => return Err(End::Stopped),
                place = out.reserve() => {
                    let Ok(place) = place else { return Err(End::Stopped) };
                    place.send(heard);
                    self.is_unheard = false;
                    return end.map_or(Ok(()), Err);
                }
                () = self.shard.pace.until(due) => {}
            }
            let now = self.shard.pace.steady_ms();
            if self.heartbeat_at <= now {
                // The connection is lost, but not what came over it.
                end = self.beat().await.err().or(end);
            }
            if self.tick_at <= now {
                self.tick_at = now.saturating_add(millis(TICK));
                self.on_tick(now).await;
            }
        }
    }
}
