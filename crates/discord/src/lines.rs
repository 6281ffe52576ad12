//! Whether each group is heard over the gateway, and how that is handed in.
//!
//! A group's listener says that it is heard again once it has caught up, which takes its time; that it is not heard is said
//! at once and past the listener, which may be waiting for a Discord that does not answer. One is said after the other, and
//! each by how things stand then, so that what was said last is how it is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use platform::{Deafness, Desk, Inbound};
use policy::{GroupId, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::account::Shared;
use crate::gateway::Waiting;
use crate::hear::{Stopped, hand_in, unless_refused};
use crate::ids::Snowflake;
use crate::locks::Locks;

/// That a group is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silence {
    pub(crate) since: Timestamp,
    pub(crate) why: Deafness,
    /// Until when at least, where that is known.
    pub(crate) until: Option<Timestamp>,
}

/// What can come between the bot and a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Link {
    /// The connection over which its server is heard.
    Connection,
    /// The server itself, which Discord may not have at hand.
    Server,
}

/// The lines to all groups of an account.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    silent: Mutex<BTreeMap<(GroupId, Link), Silence>>,
    /// A group's is held while it is said how it is heard.
    saying: Locks<GroupId>,
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(GroupId, Link), Silence>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing is heard over a link any more, or for another reason. It began with the first.
    pub(crate) fn cut(&self, group: &GroupId, link: Link, silence: Silence) {
        let mut silent = self.lock();
        let known = silent.entry((group.clone(), link)).or_insert(silence);
        *known = Silence { since: known.since, ..silence };
    }

    /// A link stands.
    pub(crate) fn mend(&self, group: &GroupId, link: Link) {
        self.lock().remove(&(group.clone(), link));
    }

    /// Whether a group is not heard.
    pub(crate) fn is_silent(&self, group: &GroupId) -> bool {
        self.silence(group).is_some()
    }

    fn silence(&self, group: &GroupId) -> Option<Silence> {
        let silent = self.lock();
        [Link::Connection, Link::Server]
            .into_iter()
            .find_map(|link| silent.get(&(group.clone(), link)).copied())
    }

    /// Says that a group is heard, unless it is not by now.
    pub(crate) async fn say_back(
        &self,
        shared: &Shared,
        desk: &Arc<dyn Desk>,
        stop: &CancellationToken,
        group: &GroupId,
    ) -> Result<(), Stopped> {
        let back = |silence: Option<Silence>| match silence {
            None => Some(Inbound::Back { group: group.clone() }),
            Some(_) => None,
        };
        self.say(shared, desk, stop, group, back).await
    }

    /// Says that a group is not heard, unless it is by now.
    pub(crate) async fn say_deaf(
        &self,
        shared: &Shared,
        desk: &Arc<dyn Desk>,
        stop: &CancellationToken,
        group: &GroupId,
    ) -> Result<(), Stopped> {
        let deaf = |silence: Option<Silence>| silence.map(|silence| silence.of(group));
        self.say(shared, desk, stop, group, deaf).await
    }

    /// Says of a group what is so once everything before was said.
    async fn say(
        &self,
        shared: &Shared,
        desk: &Arc<dyn Desk>,
        stop: &CancellationToken,
        group: &GroupId,
        what: impl FnOnce(Option<Silence>) -> Option<Inbound>,
    ) -> Result<(), Stopped> {
        let _held = self.saying.lock(group).await;
        match what(self.silence(group)) {
            Some(inbound) => hand_in(shared, desk, stop, inbound).await.map(|_| ()),
            None => Ok(()),
        }
    }
}

impl Silence {
    /// Because a connection waits; nothing where that takes seconds, at every start.
    pub(crate) fn waiting(now: Timestamp, until: Timestamp, why: Waiting) -> Option<Self> {
        let (why, until) = match why {
            Waiting::Turn => return None,
            Waiting::CrashLoop => (Deafness::Unstable, Some(until)),
            Waiting::Budget => (Deafness::Exhausted, Some(until)),
            // It is tried again then, and may be in vain.
            Waiting::Unreachable => (Deafness::Unreachable, None),
        };
        Some(Self { since: now, why, until })
    }

    pub(crate) fn of(self, group: &GroupId) -> Inbound {
        let Self { since, why, until } = self;
        Inbound::Deaf { group: group.clone(), since, why, until }
    }
}

impl Shared {
    /// Says that a group is not heard, and sees to it that its officers can be told: of a server that was never heard of,
    /// the bot asks how it is made.
    pub(crate) async fn say_deaf(
        &self,
        desk: &Arc<dyn Desk>,
        stop: &CancellationToken,
        group: &GroupId,
    ) -> Result<(), Stopped> {
        self.lines.say_deaf(self, desk, stop, group).await?;
        let Some(settings) = self.groups.get(group) else { return Ok(()) };
        self.know_unheard(stop, settings.server.0).await
    }

    /// Asks how a server is made that was never heard of.
    pub(crate) async fn know_unheard(
        &self,
        stop: &CancellationToken,
        server: Snowflake,
    ) -> Result<(), Stopped> {
        if self.servers.has_come(server).is_ok() {
            return Ok(());
        }
        let again = "a server that is not heard cannot be asked for either; it is tried again";
        let asked = unless_refused(self, stop, again, || self.ask_for_server(server)).await?;
        match asked {
            // It may have been heard of meanwhile, and that is newer.
            Ok(found) => self.servers.put_new(found),
            Err(refused) => {
                tracing::warn!(%server, %refused, "officers of a server cannot be told that it is not heard")
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn a_group_is_heard_where_all_links_stand() {
        let lines = Lines::default();
        let group = GroupId::new("tea").expect("a valid id");
        let silence = |since, why| Silence { since: at(since), why, until: None };
        assert_eq!(lines.silence(&group), None);
        lines.cut(&group, Link::Connection, silence(1, Deafness::Unreachable));
        lines.cut(&group, Link::Connection, silence(2, Deafness::Exhausted));
        assert_eq!(lines.silence(&group), Some(silence(1, Deafness::Exhausted)), "since the first");
        lines.cut(&group, Link::Server, silence(3, Deafness::Unreachable));
        lines.mend(&group, Link::Connection);
        assert_eq!(lines.silence(&group), Some(silence(3, Deafness::Unreachable)));
        lines.mend(&group, Link::Server);
        assert_eq!(lines.silence(&group), None);
    }

    #[test]
    fn waiting_for_a_turn_is_nothing_to_speak_of() {
        let waiting = |why| Silence::waiting(at(1), at(9), why).map(|silence| (silence.why, silence.until));
        assert_eq!(waiting(Waiting::Turn), None);
        assert_eq!(waiting(Waiting::CrashLoop), Some((Deafness::Unstable, Some(at(9)))));
        assert_eq!(waiting(Waiting::Budget), Some((Deafness::Exhausted, Some(at(9)))));
        assert_eq!(waiting(Waiting::Unreachable), Some((Deafness::Unreachable, None)));
    }
}
