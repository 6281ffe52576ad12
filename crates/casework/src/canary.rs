//! Canaries: now and then each group that is heard is tried, by something harmless that the bot has to hear of itself. What
//! stays unheard twice in a row counts as not heard, like any other deafness.
//!
//! No canary is a row: nothing of it is about a member, and whether one was sent before a crash changes nothing. What comes
//! of it is recorded.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use futures_util::StreamExt;
use futures_util::stream;
use platform::checkup::{Check, Finding, Of};
use platform::{CanaryId, Deafness, DeliveryError, Echo};
use policy::canary::{Look, Watch};
use policy::{Canary, GroupId, Reception, Timestamp};

use crate::delivery::{WAIT_MAX, put_off};
use crate::desk::Casework;
use crate::error::CaseworkError;

/// How many are sent at once.
const AT_ONCE: usize = 8;

/// How it stands with the canaries of each group that is tried.
pub(crate) type Watches = HashMap<GroupId, Watch>;

/// A group that is heard, or of which nothing but a canary says that it is not.
#[derive(Debug)]
struct Tried {
    group: GroupId,
    settings: Canary,
    is_heard: bool,
}

/// What the looks at all groups came to.
#[derive(Debug, Default)]
struct Looked {
    to_send: Vec<(GroupId, CanaryId)>,
    silent: Vec<(GroupId, Timestamp)>,
}

impl Casework {
    /// Looks after the canaries for ever, beside the delivery, which waits for no platform that takes its time.
    pub(crate) async fn watch_always(&self) {
        loop {
            self.watch_due().await;
            // Told or not: it is looked once a minute.
            drop(tokio::time::timeout(WAIT_MAX, self.to_watch.notified()).await);
        }
    }

    /// Looks how it stands with each group, says which is not heard, and sends what is due.
    pub(crate) async fn watch_due(&self) {
        let looked = self.look_for_canaries().await;
        for (group, since) in looked.silent {
            tracing::error!(
                group = group.as_str(),
                "what the bot does itself is not heard, although the connection stands: the group is NOT heard"
            );
            if let Err(error) = self.is_deaf(&group, (since, Deafness::Silent), None).await {
                put_off(&error, "that a group is not heard was not recorded; it is tried again");
            }
        }
        let sent = stream::iter(looked.to_send).map(|(group, id)| self.send_canary(group, id));
        sent.buffer_unordered(AT_ONCE).for_each(|()| async {}).await;
    }

    async fn look_for_canaries(&self) -> Looked {
        let tried = self.tried_groups().await;
        let mut looked = Looked::default();
        let steady_ms = self.clock.steady_ms();
        let mut watches = self.watches();
        // An outage that has another cause is none of theirs.
        watches.retain(|group, _| tried.binary_search_by(|tried| tried.group.cmp(group)).is_ok());
        for Tried { group, settings, is_heard } in tried {
            // Of a silence that an earlier run left, nothing is known before the platform is heard.
            if is_heard {
                watches.entry(group.clone()).or_insert_with(|| Watch::new(settings, steady_ms));
            }
            let Some(watch) = watches.get_mut(&group) else { continue };
            match watch.look(settings, steady_ms) {
                Look::Wait => {}
                Look::Send => {
                    let now = self.now();
                    let id = CanaryId::made(now);
                    watch.begin(id, now);
                    looked.to_send.push((group, id));
                }
                Look::Silent(since) => looked.silent.push((group, since)),
            }
        }
        looked
    }

    /// All of them, in order.
    async fn tried_groups(&self) -> Vec<Tried> {
        let receptions = self.receptions.lock().await;
        let tried = receptions.heard_or_silent().filter_map(|(group, is_heard)| {
            // A group that is no longer configured is not tried.
            let settings = self.in_force(group).ok()?.charter.procedure.canary;
            settings.enabled.then(|| Tried { group: group.clone(), settings, is_heard })
        });
        let mut tried: Vec<_> = tried.collect();
        tried.sort_unstable_by(|one, other| one.group.cmp(&other.group));
        tried
    }

    async fn send_canary(&self, group: GroupId, id: CanaryId) {
        let Ok(platform) = self.platform(&group) else { return };
        // What takes longer is as good as not sent; and the others are to be looked after.
        let sent = tokio::time::timeout(WAIT_MAX, platform.canary(&group, id)).await;
        let sent = sent.unwrap_or_else(|late| Err(DeliveryError::Unanswered(Box::new(late))));
        let mut watches = self.watches();
        let Some(watch) = watches.get_mut(&group) else { return };
        match sent {
            Ok(Echo::Coming) => watch.sent(),
            Ok(Echo::None) => watch.rest(),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "whether the group is heard could not be tried; it is tried again"
                );
                watch.not_sent();
            }
        }
    }

    /// Whether it can be tried that a group is heard, where that is known. Otherwise nobody would notice when it is not.
    pub(crate) fn look_at_canary(&self, group: &GroupId, settings: Canary) -> Option<Finding> {
        let of = Of::Group(group.clone());
        if !settings.enabled {
            return Some(Finding::right(Check::Canary, of, "the canary is switched off"));
        }
        let can_be_sent = self.watches().get(group)?.can_be_sent()?;
        Some(if can_be_sent {
            Finding::right(Check::Canary, of, "the bot can try whether it hears what is written")
        } else {
            Finding::wrong(
                Check::Canary,
                of,
                "the bot cannot try any more whether it hears what is written, for what it sends to the officers' channel or \
                 room for that does not go through",
                "let it see that channel or room and write there; where it may, whoever runs it finds why in its log",
            )
        })
    }

    /// The bot heard of what it did itself. Where nothing else said that it did not hear, it hears again.
    pub(crate) async fn hears_canary(&self, group: &GroupId, id: CanaryId) -> Result<(), CaseworkError> {
        let is_known = self.watches().get_mut(group).is_some_and(|watch| watch.heard(id));
        if is_known {
            self.figures.heard_itself(group, self.now());
        }
        if !is_known || !self.is_silent(group).await {
            return Ok(());
        }
        self.compare_soon(group);
        self.receive(group, Reception::back).await
    }

    async fn is_silent(&self, group: &GroupId) -> bool {
        self.receptions.lock().await.is_silent(group)
    }

    /// The platform says that a group is heard again. Where only a canary had said that it was not, one says whether that is
    /// so.
    pub(crate) async fn try_again(&self, group: &GroupId) {
        if !self.is_silent(group).await {
            return;
        }
        let Ok(in_force) = self.in_force(group) else { return };
        let watch = Watch::at_once(in_force.charter.procedure.canary, self.clock.steady_ms());
        self.watches().insert(group.clone(), watch);
        self.to_watch.notify_one();
    }

    fn watches(&self) -> MutexGuard<'_, Watches> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
