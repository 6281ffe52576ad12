//! Up to when the posts of each channel were heard, so that one that is found by another way is known for one that is still
//! to come.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use policy::{ChannelId, GroupId, Reception, Timestamp};

/// See the module. What it does not know for sure was heard: nothing is held against anybody twice, or by rules that came
/// after it was said.
#[derive(Debug)]
pub(crate) struct Heard {
    /// Since when this run hears.
    since: Timestamp,
    /// Until when earlier runs heard a group.
    earlier: HashMap<GroupId, Timestamp>,
    /// When the latest post of a channel was written that was heard in this run, in its turn.
    latest: Mutex<HashMap<GroupId, HashMap<ChannelId, Timestamp>>>,
}

impl Heard {
    /// As an earlier run left it.
    pub(crate) fn new(kept: &[(GroupId, Reception)], now: Timestamp) -> Self {
        let earlier = kept.iter().map(|(group, reception)| (group.clone(), reception.heard_at)).collect();
        Self { since: now, earlier, latest: Mutex::default() }
    }

    /// What was written in a channel at `at` was heard in its turn, and all that was written there before.
    pub(crate) fn hear(&self, group: &GroupId, channel: &ChannelId, at: Timestamp) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let channels = latest.entry(group.clone()).or_default();
        let known = channels.entry(channel.clone()).or_insert(at);
        *known = at.max(*known);
    }

    /// Whether what was written in a channel at `at` is still to be heard.
    pub(crate) fn is_to_come(&self, group: &GroupId, channel: &ChannelId, at: Timestamp) -> bool {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let here = latest.get(group).and_then(|channels| channels.get(channel));
        let up_to = here.or_else(|| self.earlier.get(group)).copied();
        at > up_to.unwrap_or(self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn what_comes_after_the_latest_that_was_heard_in_a_channel_is_to_come() {
        let [tea, chess] = ["tea", "chess"].map(|group| GroupId::new(group).unwrap());
        let [open, other] = ["open", "other"].map(|channel| ChannelId::new(channel).unwrap());
        let heard = Heard::new(&[(tea.clone(), Reception::begun(at(100)))], at(200));
        let to_come = |group, channel, second| heard.is_to_come(group, channel, at(second));
        // Of an earlier run, and of none.
        assert_eq!([100, 101].map(|second| to_come(&tea, &open, second)), [false, true]);
        assert_eq!([200, 201].map(|second| to_come(&chess, &open, second)), [false, true]);
        heard.hear(&tea, &open, at(150));
        // An edit of what was written long ago.
        heard.hear(&tea, &open, at(20));
        assert_eq!([150, 151].map(|second| to_come(&tea, &open, second)), [false, true]);
        assert_eq!([100, 101].map(|second| to_come(&tea, &other, second)), [false, true]);
        assert_eq!([200, 201].map(|second| to_come(&chess, &open, second)), [false, true]);
    }
}
