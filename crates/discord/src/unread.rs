//! What is still to be read, because Discord did not answer when it was asked for: taken up again in a while, beside what is
//! heard meanwhile, so that no part of Discord that is out of order keeps a group from being looked after.
//!
//! First only whether there is an answer is looked at, while the listener goes on; then the listener reads. That something is
//! still to be read is on record with the watch, so that it is read after a restart.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use crate::catch_up::archived;
use crate::hear::{Cut, Stopped, Trouble, asked};
use crate::ids::Snowflake;
use crate::listener::Listener;
use crate::memory::About;
use crate::pace::{back_off, millis};
use crate::rest::{Request, Route, Urgency};

const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);
/// What limits let wait is taken up again so much later.
const LIMITED_WAIT: Duration = Duration::from_secs(5);
/// So often it gives way, and then no more.
const GIVES_WAY_MAX: u32 = 3;
/// After so many of a sort in a row that were not answered, the others are put off without a question.
const SILENT_MAX: usize = 3;

/// Something to be read. Of what is due at once, the first of these is first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// What humans did, in the audit log.
    Deeds,
    /// What entries of the audit log count by now.
    TakenDown,
    /// The threads of a channel that were put away.
    Threads(Snowflake),
    /// What was written and changed in a channel.
    Channel(Snowflake),
    /// A message of which a part was told.
    Message(Snowflake, Snowflake),
    /// How somebody is there who is suspended or muted.
    Member(Snowflake),
    /// Who is there, and the names they go by. After the deeds, which tell who gave a name.
    Names,
    /// Who has roles that stand above the bot's.
    Ranks,
}

#[derive(Debug, Clone, Copy)]
struct Later {
    failures: u32,
    /// How often it gave way to what happened.
    given_way: u32,
    /// When it is taken up, by the steady clock.
    due: i64,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Unread(BTreeMap<What, Later>);

impl Unread {
    /// Something is to be read, at that instant unless it is put off.
    pub(crate) fn plan(&mut self, what: What, due: i64) {
        self.0.entry(what).or_insert(Later { failures: 0, given_way: 0, due });
    }

    /// It gives way to what happens until that instant.
    fn give_way(&mut self, what: What, due: i64) {
        let later = self.0.entry(what).or_insert(Later { failures: 0, given_way: 0, due });
        later.due = due;
        later.given_way = later.given_way.saturating_add(1);
    }

    /// Whether it gave way so often that it does not any more: where something happens all the time, it would never be read.
    fn has_waited_enough(&self, what: What) -> bool {
        self.0.get(&what).is_some_and(|later| later.given_way >= GIVES_WAY_MAX)
    }

    /// It was not answered.
    pub(crate) fn put_off(&mut self, what: What, now: i64, chance: f64) {
        let failures = self.0.get(&what).map_or(0, |later| later.failures);
        let wait = back_off(FIRST_WAIT, LONGEST_WAIT, failures, chance);
        let due = now.saturating_add(millis(wait));
        self.0.insert(what, Later { failures: failures.saturating_add(1), given_way: 0, due });
    }

    /// It was read. Where one thing is answered, others may be.
    pub(crate) fn end(&mut self, what: What, now: i64) {
        self.0.remove(&what);
        for later in self.0.values_mut().filter(|later| later.failures > 0) {
            later.due = later.due.min(now);
        }
    }

    pub(crate) fn holds(&self, what: What) -> bool {
        self.0.contains_key(&what)
    }

    /// Whether anything is left that was not heard. What is counted, and who ranks where, is looked at anew at every start.
    fn is_behind(&self) -> bool {
        self.0.keys().any(|what| !matches!(what, What::TakenDown | What::Ranks))
    }

    /// What is taken up next, and when.
    pub(crate) fn next(&self) -> Option<(What, i64)> {
        let waits = |what: What| what == What::Names && self.holds(What::Deeds);
        let all = self.0.iter().filter(|(what, _)| !waits(**what));
        all.map(|(what, later)| (*what, later.due)).min_by_key(|(what, due)| (*due, *what))
    }

    pub(crate) fn due(&self) -> Option<i64> {
        self.next().map(|(_, due)| due)
    }
}

/// Whether something is answered by now. It is asked beside the listener, also while that asks for something itself, which
/// may have to wait for the same limit.
#[derive(Default)]
pub(crate) struct Probe(Option<(What, AbortOnDropHandle<bool>)>);

impl Probe {
    pub(crate) fn is_under_way(&self) -> bool {
        self.0.is_some()
    }

    /// What was asked for and whether it was answered. Never, while nothing is asked for.
    pub(crate) async fn ended(&mut self) -> (What, bool) {
        let Some((what, answer)) = &mut self.0 else { return std::future::pending().await };
        // One that broke off was not answered.
        let ended = (*what, answer.await.unwrap_or(false));
        self.0 = None;
        ended
    }
}

impl Listener {
    /// Asks whether what is due is answered by now.
    pub(crate) fn probe(&self, probe: &mut Probe) {
        let now = self.shared.pace.steady_ms();
        let Some((what, _)) = self.unread.next().filter(|(_, due)| *due <= now && !probe.is_under_way())
        else {
            return;
        };
        let server = Route::guild(self.group.server.0);
        let route = match what {
            What::Deeds | What::TakenDown => server.at("audit-logs").with("limit", 1),
            What::Threads(parent) => archived(parent, "public"),
            What::Channel(channel) => Route::channel(channel).at("messages").with("limit", 1),
            What::Message(channel, message) => Route::channel(channel).at("messages").one(message),
            What::Member(user) => server.at("members").one(user),
            What::Names | What::Ranks => server.at("members").with("limit", 1),
        };
        let (shared, urgency) = (Arc::clone(&self.shared), self.urgency());
        let answer = TaskTracker::new().spawn(async move {
            let answer = shared.rest.call(Request::get(route).urgency(urgency)).await;
            // What cannot be read is for whoever reads it.
            answer.as_ref().err().is_none_or(|error| error.is_final(1) || error.is_unreadable())
        });
        probe.0 = Some((what, AbortOnDropHandle::new(answer)));
    }

    /// Takes up what was put off, now that there is an answer, or puts it off once more.
    pub(crate) async fn take_up(&mut self, what: What, is_answered: bool) -> Result<(), Stopped> {
        if !is_answered {
            self.put_off(what);
            return Ok(());
        }
        if self.unread.holds(what) {
            self.read_all([what]).await?;
            self.note_watch().await;
        }
        Ok(())
    }

    /// Reads these, one after the other. What is not answered is put off.
    pub(crate) async fn read_all(&mut self, all: impl IntoIterator<Item = What>) -> Result<(), Stopped> {
        let mut silent = 0;
        for what in all {
            let is_too_early = what == What::Names && self.unread.holds(What::Deeds);
            if silent >= SILENT_MAX || is_too_early {
                self.put_off(what);
                continue;
            }
            self.is_patient = self.unread.has_waited_enough(what);
            let read = self.read_one(what).await;
            self.is_patient = false;
            match read {
                Ok(()) => {
                    silent = 0;
                    self.unread.end(what, self.shared.pace.steady_ms());
                }
                Err(Cut::Unanswered) => {
                    // Where something else waits, all the rest does for it.
                    silent = if self.gives_way() { SILENT_MAX } else { silent + 1 };
                    self.put_off(what);
                }
                Err(Cut::Stopped) => return Err(Stopped),
            }
        }
        Ok(())
    }

    async fn read_one(&mut self, what: What) -> Result<(), Cut> {
        match what {
            What::Deeds => {
                self.read_audit_log().await?;
                self.look_at_taken_down().await
            }
            What::TakenDown => self.look_at_taken_down().await,
            What::Threads(parent) => self.read_threads(parent).await,
            What::Channel(channel) => self.read_channel(channel).await,
            What::Message(channel, message) => match self.whole(channel, message).await? {
                Some(whole) => Ok(self.hear_message(&whole).await?),
                None => Ok(()),
            },
            What::Member(user) => self.look_at(user).await,
            What::Names => self.read_who_is_there().await,
            What::Ranks => self.read_ranks().await,
        }
    }

    fn put_off(&mut self, what: What) {
        let (group, now) = (self.group.group.as_str(), self.shared.pace.steady_ms());
        if let What::Channel(channel) = what {
            self.cursors.set_behind(channel, true);
        }
        if self.shared.rest.is_crowded() {
            tracing::debug!(group, ?what, "limits take their time; it is taken up in a while");
            self.unread.give_way(what, now.saturating_add(millis(LIMITED_WAIT)));
        } else {
            tracing::warn!(group, ?what, "not read yet; it is taken up in a while");
            self.unread.put_off(what, now, self.shared.pace.chance());
        }
    }

    /// Puts something off that happened since then, also over a restart.
    pub(crate) async fn put_off_since(&mut self, what: What, since: Snowflake) -> Result<(), Stopped> {
        self.put_off(what);
        self.away = Some(self.away.map_or(since, |away| away.min(since)));
        match self.watch(self.away) {
            Some(watch) => self.remember(About::Watch(&self.group.group), &watch).await,
            None => Ok(()),
        }
    }

    /// Notes whether all was read.
    pub(crate) async fn note_watch(&mut self) {
        if !self.unread.is_behind() {
            self.away = None;
        }
        let Some(watch) = self.watch(self.away) else { return };
        let noted = self.shared.memory.put(About::Watch(&self.group.group), &watch).await;
        if let Err(error) = noted {
            // It is caught up with once more after a restart, which has no further consequences.
            tracing::warn!(error = &error as &dyn std::error::Error, "that all was read was not noted");
        }
    }

    /// What Discord answers within a while; nothing when it refuses. What happens does not wait for it where so much is asked
    /// for that limits take their time, as with many groups at a start.
    pub(crate) async fn asked(&self, route: Route) -> Result<Option<Value>, Cut> {
        let request = Request::get(route).urgency(self.urgency());
        tokio::select! {
            biased;
            answer = asked(&self.shared, &self.stop, request) => answer,
            () = self.is_overtaken() => Err(Cut::Unanswered),
        }
    }

    /// Groups in which something was written that was not heard go before the others.
    fn urgency(&self) -> Urgency {
        if self.has_unheard() { Urgency::Upkeep } else { Urgency::Reading }
    }

    /// The same for what is wanted to hear what happens now.
    pub(crate) async fn asked_now(&self, route: Route) -> Result<Option<Value>, Cut> {
        asked(&self.shared, &self.stop, Request::get(route).urgency(Urgency::Deed)).await
    }

    /// Returns once something happened for which what is read waits.
    async fn is_overtaken(&self) {
        self.told.any().await;
        if self.is_patient || !self.shared.rest.is_crowded() {
            std::future::pending().await
        }
    }

    /// Whether what is read waits for what happens.
    fn gives_way(&self) -> bool {
        self.told.is_any() && self.shared.rest.is_crowded()
    }
}

#[cfg(test)]
mod tests {
    use fake_discord::{Fault, Intents, Matcher};
    use futures_util::FutureExt;
    use serde_json::json;

    use super::*;
    use crate::bed::{Bed, TestPace, ours, within};
    use crate::gateway::{Event, received};
    use crate::queues::{Queue, Told};
    use crate::settings::GroupSettings;

    fn channel(number: u64) -> What {
        What::Channel(Snowflake::new(number).unwrap())
    }

    #[test]
    fn what_is_not_answered_waits_longer_each_time_and_holds_nothing_up() {
        let mut unread = Unread::default();
        unread.plan(channel(1), 0);
        unread.plan(channel(2), 0);
        let mut waits = Vec::new();
        for _ in 0..7 {
            unread.put_off(channel(1), 0, 1.0);
            waits.push(unread.0[&channel(1)].due / 1_000);
            assert_eq!(unread.next(), Some((channel(2), 0)));
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 600, 600]);
        unread.end(channel(2), 5);
        assert_eq!(unread.next(), Some((channel(1), 5)), "Discord answers again");
    }

    #[tokio::test]
    async fn what_happens_waits_for_nothing_that_many_wait_to_read() {
        let bed = Bed::with(Intents::PRIVILEGED, TestPace::standing(), 1).await;
        let shared = Arc::clone(&bed.account.0);
        let group: GroupSettings = shared.settings.groups[0].clone();
        let (queue, told) = Queue::new();
        let stop = tokio_util::sync::CancellationToken::new();
        let listener = Listener::new(Arc::clone(&shared), bed.dyn_desk(), group, stop, told);
        let page = || Route::channel(ours(bed.general)).at("messages").with("limit", 1);
        assert!(matches!(within(listener.asked(page())).await, Ok(Some(Value::Array(_)))));

        // No answer comes any more, and behind the first many wait for one.
        bed.discord.fail_times(Matcher::of("GET", "/messages"), Fault::Hold, 1_000);
        let elsewhere = |nth| Snowflake::new(nth).expect("a number");
        let asked = (1..200).map(|nth| Route::channel(elsewhere(nth)).at("messages").with("limit", 1));
        let asked = asked.map(|route| shared.rest.call(Request::get(route)));
        let mut asked = std::pin::pin!(futures_util::future::join_all(asked));
        let mut asks = std::pin::pin!(listener.asked(page()));
        assert!(asks.as_mut().now_or_never().is_none());
        assert!(asked.as_mut().now_or_never().is_none());
        assert!(shared.rest.is_crowded());
        assert!(asks.as_mut().now_or_never().is_none(), "nothing happens");
        let (dealt, _) = received();
        let event = Event { shard: 0, name: "TYPING_START".to_owned(), data: json!({}), seq: 2, dealt };
        queue.put(Told::Event(event), &TaskTracker::new());
        assert!(matches!(within(asks).await, Err(Cut::Unanswered)));
        assert!(matches!(within(listener.asked(page())).await, Err(Cut::Unanswered)), "at once");
    }

    #[test]
    fn names_come_after_who_gave_them() {
        let mut unread = Unread::default();
        unread.plan(What::Names, 0);
        unread.put_off(What::Deeds, 0, 1.0);
        assert_eq!(unread.next(), Some((What::Deeds, 30_000)));
        unread.end(What::Deeds, 0);
        assert_eq!(unread.next(), Some((What::Names, 0)));
    }

    #[test]
    fn counts_are_looked_at_anew_after_a_restart() {
        let mut unread = Unread::default();
        unread.plan(What::TakenDown, 0);
        assert!(!unread.is_behind());
        unread.plan(What::Deeds, 0);
        assert!(unread.is_behind());
    }
}
