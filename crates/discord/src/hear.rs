//! Everything that is heard, given to whom it concerns: each group has a listener of its own, which takes one thing after
//! the other, so that no group waits for another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use platform::{Deafness, DeliveryError, Desk, Inbound, IntakeError};
use policy::{GroupId, Letter};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::account::Shared;
use crate::directs::Reader;
use crate::error::RestError;
use crate::gateway::{Control, Dealt, Event, Heard};
use crate::ids::Snowflake;
use crate::json;
use crate::lines::{Link, Silence};
use crate::listener::Listener;
use crate::memory::{PARTS, part_of};
use crate::pace::{back_off, millis};
use crate::queues::{Queue, Told};
use crate::rest::Request;

/// The shard over which comes what is written in private.
const FIRST_SHARD: u32 = 0;
/// How often something is asked for whose answer cannot be read: an answer may have been spoilt on its way.
const UNREADABLE_TRIES: u32 = 5;
/// So long a connection may be lost before that is said.
const BLINK: Duration = Duration::from_secs(30);
/// For so long one thing that was not heard is asked for while everything else waits.
const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Hears for all groups of an account.
pub(crate) struct Ear {
    shared: Arc<Shared>,
    desk: Arc<dyn Desk>,
    stop: CancellationToken,
    listeners: BTreeMap<GroupId, Queue>,
    /// For what is written in private, by part.
    directs: Vec<Queue>,
    tasks: TaskTracker,
}

impl Ear {
    /// For an account, until `stop`.
    pub(crate) fn new(shared: Arc<Shared>, desk: Arc<dyn Desk>, stop: CancellationToken) -> Self {
        let tasks = TaskTracker::new();
        let mut listeners = BTreeMap::new();
        for group in shared.settings.groups.clone() {
            let (queue, told) = Queue::new();
            listeners.insert(group.group.clone(), queue);
            let listener = Listener::new(Arc::clone(&shared), Arc::clone(&desk), group, stop.clone(), told);
            tasks.spawn(listener.listen());
        }
        {
            let (shared, desk, stop) = (Arc::clone(&shared), Arc::clone(&desk), stop.clone());
            tasks.spawn(async move { shared.run_boards(&desk, &stop).await });
        }
        {
            let (shared, stop) = (Arc::clone(&shared), stop.clone());
            tasks.spawn(async move { shared.keep_registered(&stop).await });
        }
        let directs = (0..PARTS).map(|part| {
            let (queue, written) = Queue::new();
            let reader = Reader::new(Arc::clone(&shared), Arc::clone(&desk), stop.clone(), part);
            tasks.spawn(reader.listen(written));
            queue
        });
        let directs = directs.collect();
        Self { shared, desk, stop, listeners, directs, tasks }
    }

    /// Takes everything until nothing comes any more. What was begun is finished.
    pub(crate) async fn hear(self, mut heard: mpsc::Receiver<Heard>) {
        while let Some(heard) = heard.recv().await {
            match heard {
                Heard::Event(event) => self.take(event),
                Heard::Control { shard, of, control } => self.control((shard, of), control),
            }
        }
        self.stop.cancel();
        let Self { listeners, directs, tasks, .. } = self;
        drop((listeners, directs));
        tasks.close();
        tasks.wait().await;
    }

    /// Gives an event to whom it concerns, and waits for nobody.
    fn take(&self, event: Event) {
        let server = match event.name.as_str() {
            "GUILD_CREATE" | "GUILD_UPDATE" | "GUILD_DELETE" => json::id(&event.data, "id"),
            _ => json::id(&event.data, "guild_id"),
        };
        match (event.name.as_str(), server) {
            ("READY", _) => {
                self.miss_servers(&event);
                event.dealt.settle();
            }
            ("INTERACTION_CREATE", _) => self.interact(event),
            (_, Some(server)) => {
                let listener =
                    self.shared.group_of(server).and_then(|group| self.listeners.get(&group.group));
                match listener {
                    Some(listener) => listener.put(Told::Event(event), &self.tasks),
                    // The bot is in a server that nobody gave it to look after.
                    None => event.dealt.settle(),
                }
            }
            ("MESSAGE_CREATE", None) => {
                let part = json::id(&event.data, "channel_id").map(part_of);
                let reader = part.and_then(|part| self.directs.get(usize::try_from(part).ok()?));
                match reader {
                    Some(reader) => reader.put(Told::Event(event), &self.tasks),
                    None => event.dealt.settle(),
                }
            }
            (_, None) => event.dealt.settle(),
        }
    }

    /// Says of which servers the bot is not a member.
    fn miss_servers(&self, ready: &Event) {
        let there: BTreeSet<Snowflake> =
            json::list(&ready.data, "guilds").iter().filter_map(|guild| json::id(guild, "id")).collect();
        for group in &self.shared.settings.groups {
            let (server, of) = (group.server.0, ready.shard);
            // Each shard is told of its own servers only; which these are, it says itself.
            let shards = json::list(&ready.data, "shard").get(1).and_then(Value::as_u64).unwrap_or(1);
            let shards = u32::try_from(shards).unwrap_or(u32::MAX);
            if hears((of, shards), server) && !there.contains(&server) {
                tracing::error!(
                    group = group.group.as_str(),
                    %server,
                    "the bot is not in the group's server, so that the group is NOT moderated: invite it there"
                );
            }
        }
    }

    /// Answers somebody who pressed or asked for something, beside everything else: they wait for seconds only, and would
    /// try again.
    fn interact(&self, event: Event) {
        let (shared, desk) = (Arc::clone(&self.shared), Arc::clone(&self.desk));
        let Event { data, dealt, .. } = event;
        // After a restart nobody waits for the answer any more, and an answer may take minutes.
        dealt.settle();
        self.tasks.spawn(async move { shared.interact(&desk, &data).await });
    }

    /// Tells those whom it concerns how the hearing goes, and waits for nobody, as with events.
    fn control(&self, (shard, of): (u32, u32), control: Control) {
        match control {
            Control::Identified { caught_up } => {
                tracing::info!(shard, "Discord is heard from now on");
                self.mend((shard, of));
                // Each server is told of in the session, and that is dealt with once it was caught up with.
                match shard {
                    FIRST_SHARD => {
                        self.miss_directs(&Missing::new(caught_up, self.directs.len()));
                    }
                    _ => caught_up.settle(),
                }
            }
            Control::Missed { caught_up } => {
                tracing::warn!(shard, "something was not heard, and is asked for");
                let in_private = if shard == FIRST_SHARD { self.directs.len() } else { 0 };
                let missing = Missing::new(caught_up, self.listeners.len() + in_private);
                if shard == FIRST_SHARD {
                    self.miss_directs(&missing);
                }
                for listener in self.listeners.values() {
                    listener.put(Told::Missed(vec![missing.clone()]), &self.tasks);
                }
            }
            Control::Resumed => {
                tracing::info!(shard, "Discord is heard again");
                self.mend((shard, of));
                for listener in self.listeners.values() {
                    listener.put(Told::Resumed, &self.tasks);
                }
            }
            Control::Lost { since } => {
                tracing::warn!(shard, since = since.as_millis(), "Discord is not heard; it is tried again");
                let silence = Silence { since, why: Deafness::Unreachable, until: None };
                // Most connections go on at once.
                self.cut((shard, of), silence, BLINK);
            }
            Control::Waiting { until, why } => {
                let Some(silence) = Silence::waiting(self.shared.pace.now(), until, why) else { return };
                tracing::error!(shard, until = until.as_millis(), ?why, "Discord is NOT heard for now");
                self.cut((shard, of), silence, Duration::ZERO);
            }
        }
    }

    /// Has what was written in private read.
    fn miss_directs(&self, missing: &Missing) {
        for reader in &self.directs {
            reader.put(Told::Missed(vec![missing.clone()]), &self.tasks);
        }
    }

    /// The groups that are heard over a shard.
    fn groups_of(&self, shard: (u32, u32)) -> impl Iterator<Item = &GroupId> {
        let groups = self.shared.settings.groups.iter();
        groups.filter(move |group| hears(shard, group.server.0)).map(|group| &group.group)
    }

    fn mend(&self, shard: (u32, u32)) {
        self.groups_of(shard).for_each(|group| self.shared.lines.mend(group, Link::Connection));
    }

    /// What is heard over a shard is not any more: it is said of each group that is not heard after so long either.
    fn cut(&self, shard: (u32, u32), silence: Silence, after: Duration) {
        let groups: Vec<GroupId> = self.groups_of(shard).cloned().collect();
        for group in &groups {
            self.shared.lines.cut(group, Link::Connection, silence);
        }
        let (shared, desk, stop) = (Arc::clone(&self.shared), Arc::clone(&self.desk), self.stop.clone());
        let until = shared.pace.steady_ms().saturating_add(millis(after));
        self.tasks.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = shared.pace.until(until) => {}
            }
            let silent = groups.iter().filter(|group| shared.lines.is_silent(group));
            // Whoever is stopped meanwhile says it at the next start.
            drop(join_all(silent.map(|group| shared.say_deaf(&desk, &stop, group))).await);
        });
    }
}

/// Whether a server is heard over that shard, of so many.
fn hears((shard, of): (u32, u32), server: Snowflake) -> bool {
    (server.number() >> 22) % u64::from(of.max(1)) == u64::from(shard)
}

/// That something was not heard: dealt with once each of those who listen has caught up with it, and told again after a
/// restart if one has not.
#[derive(Debug, Clone)]
pub(crate) struct Missing(Arc<Mutex<Waited>>);

#[derive(Debug)]
struct Waited {
    /// How many have not caught up.
    by: usize,
    dealt: Option<Dealt>,
}

impl Missing {
    /// For so many who are told of it.
    pub(crate) fn new(dealt: Dealt, by: usize) -> Self {
        Self(Arc::new(Mutex::new(Waited { by, dealt: Some(dealt) })))
    }

    /// One of them has caught up, or gives up.
    pub(crate) fn end(self, is_caught_up: bool) {
        let mut waited = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waited.by = waited.by.saturating_sub(1);
        let is_over = waited.by == 0;
        if let Some(dealt) = waited.dealt.take_if(|_| is_over || !is_caught_up)
            && is_caught_up
        {
            dealt.settle();
        }
    }
}

/// Asks for something until there is an answer, the less often the longer that takes. Whoever asks says what was wrong.
pub(crate) async fn until_answered<T, F>(
    shared: &Shared,
    stop: &CancellationToken,
    mut ask: impl FnMut() -> F,
) -> Result<T, Stopped>
where
    F: Future<Output = Option<T>>,
{
    let mut failures = 0;
    loop {
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        pause(shared, stop, failures).await?;
        failures += 1;
    }
}

/// Hands something in, as often as it takes; nothing when the program ends before.
pub(crate) async fn hand_in(
    shared: &Shared,
    desk: &Arc<dyn Desk>,
    stop: &CancellationToken,
    inbound: Inbound,
) -> Result<Option<Letter>, Stopped> {
    let taken = || {
        let inbound = inbound.clone();
        async move {
            let taken = desk.take(inbound).await.inspect_err(|error| {
                tracing::error!(error = error as &dyn std::error::Error, "not recorded; it is tried again");
            });
            taken.ok()
        }
    };
    until_answered(shared, stop, taken).await
}

/// Asks for what is on record, or has something put there, as often as it takes.
pub(crate) async fn surely<T, F>(
    shared: &Shared,
    stop: &CancellationToken,
    mut ask: impl FnMut() -> F,
) -> Result<T, Stopped>
where
    F: Future<Output = Result<T, IntakeError>>,
{
    let asked = || {
        let asked = ask();
        async move {
            let answer = asked.await.inspect_err(|error| {
                tracing::error!(
                    error = error as &dyn std::error::Error,
                    "what is noted cannot be read or written; it is tried again"
                );
            });
            answer.ok()
        }
    };
    until_answered(shared, stop, asked).await
}

/// What went wrong in asking Discord, or in having it do something.
pub(crate) trait Trouble: fmt::Display {
    /// Whether it is the same however often it is tried, when it was tried so often.
    fn is_final(&self, tries: u32) -> bool;

    /// Whether it is only too early for it.
    fn is_limit(&self) -> bool;
}

impl Trouble for RestError {
    fn is_final(&self, tries: u32) -> bool {
        self.refusal().is_some() || (self.is_unreadable() && tries >= UNREADABLE_TRIES)
    }

    fn is_limit(&self) -> bool {
        matches!(self, Self::RateLimited(_) | Self::NotYet(_))
    }
}

impl Trouble for DeliveryError {
    fn is_final(&self, _tries: u32) -> bool {
        matches!(self, Self::Forbidden | Self::Gone)
    }

    fn is_limit(&self) -> bool {
        matches!(self, Self::RateLimited(_) | Self::NotYet(_))
    }
}

/// Asks Discord for something, or has it done, until it answers or refuses; what it refuses is for whoever asks. While it
/// does neither, this is said. What it answers again and again and nobody can read counts as refused: a group must not
/// wait for one page of one channel for ever.
pub(crate) async fn unless_refused<T, E, F>(
    shared: &Shared,
    stop: &CancellationToken,
    again: &'static str,
    mut ask: impl FnMut() -> F,
) -> Result<Result<T, E>, Stopped>
where
    E: Trouble,
    F: Future<Output = Result<T, E>>,
{
    let mut tries = 0;
    let asked = || {
        tries += 1;
        let (asked, tries) = (ask(), tries);
        async move {
            let answer = asked.await;
            match &answer {
                Err(error) if error.is_limit() => {
                    tracing::debug!(%error, "{again}");
                    None
                }
                Err(error) if !error.is_final(tries) => {
                    tracing::warn!(%error, "{again}");
                    None
                }
                Ok(_) | Err(_) => Some(answer),
            }
        }
    };
    until_answered(shared, stop, asked).await
}

/// What Discord answers within a while; nothing when it refuses.
pub(crate) async fn asked(
    shared: &Shared,
    stop: &CancellationToken,
    request: Request,
) -> Result<Option<Value>, Cut> {
    let ask = || shared.rest.call(request.clone());
    let again = "Discord does not answer; it is asked again";
    Ok(said_of(in_patience(shared, stop, again, ask).await?))
}

/// What was answered; nothing where that was refused, which is said.
fn said_of(answer: Result<Value, RestError>) -> Option<Value> {
    let said = |error: &RestError| match error.is_unreadable() {
        true => tracing::error!(%error, "what Discord answers cannot be read and is passed over"),
        false => tracing::debug!(%error, "not read"),
    };
    answer.inspect_err(said).ok()
}

/// As [`unless_refused`], but not for longer than [`PATIENCE`]; a question that was put is waited for.
pub(crate) async fn in_patience<T, E, F>(
    shared: &Shared,
    stop: &CancellationToken,
    again: &'static str,
    mut ask: impl FnMut() -> F,
) -> Result<Result<T, E>, Cut>
where
    E: Trouble,
    F: Future<Output = Result<T, E>>,
{
    let until = shared.pace.steady_ms().saturating_add(millis(PATIENCE));
    let mut tries = 0;
    loop {
        tries += 1;
        match ask().await {
            // With many groups that is what happens at every start.
            Err(error) if error.is_limit() => tracing::debug!(%error, "{again}"),
            Err(error) if !error.is_final(tries) => tracing::warn!(%error, "{again}"),
            answer => return Ok(answer),
        }
        if shared.pace.steady_ms() >= until {
            return Err(Cut::Unanswered);
        }
        pause(shared, stop, tries - 1).await?;
    }
}

/// Waits, the longer the more often something failed.
async fn pause(shared: &Shared, stop: &CancellationToken, failures: u32) -> Result<(), Stopped> {
    let wait = back_off(FIRST_PAUSE, LONGEST_PAUSE, failures, shared.pace.chance());
    let until = shared.pace.steady_ms().saturating_add(millis(wait));
    tokio::select! {
        () = stop.cancelled() => Err(Stopped),
        () = shared.pace.until(until) => Ok(()),
    }
}

/// The program ends; what was not dealt with comes again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopped;

/// Why something was not read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cut {
    /// The program ends.
    Stopped,
    /// Discord does not answer for now.
    Unanswered,
}

impl From<Stopped> for Cut {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::received;

    #[test]
    fn what_is_missing_is_dealt_with_once_everybody_has_caught_up() {
        // How those who were told of it end, and whether it need not come again.
        let rows: [(&[bool], bool); 6] = [
            (&[true], true),
            (&[true, true, true], true),
            (&[true, true], false),
            (&[false, true, true], false),
            (&[true, true, false], false),
            (&[], false),
        ];
        for (ends, want) in rows {
            let (dealt, is_dealt_with) = received();
            let told = if ends == [true] { 1 } else { 3 };
            let missing = Missing::new(dealt, told);
            for is_caught_up in ends {
                assert!(!is_dealt_with(), "{ends:?}");
                // Whoever tells them still has it.
                missing.clone().end(*is_caught_up);
            }
            assert_eq!(is_dealt_with(), want, "{ends:?}");
        }
    }
}
