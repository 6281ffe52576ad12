//! What is waited for: because a platform asked for it, or so that what is said keeps no removal waiting. And how many
//! removals a platform takes at once.
//!
//! In memory only: after a restart the platform is asked once, and says it again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ledger::{Effect, LANE_OF_WORDS, Pause};
use policy::{GroupId, Timestamp};

/// How long what is said gives way to removals at most, in seconds: where there is no end of them, people are told in
/// between.
const LULLS_SECONDS_MAX: i64 = 30;

/// What is waited for.
#[derive(Debug, Default)]
pub(crate) struct Pauses(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    pauses: Vec<(Timestamp, Pause)>,
    /// How many removals a group's platform takes at once, where it complained of more lately.
    abreast: HashMap<GroupId, u32>,
    /// Removals of which each came before the lull after the one before was over.
    removals: HashMap<GroupId, Removals>,
}

#[derive(Debug)]
struct Removals {
    since: Timestamp,
    last: Timestamp,
    lull_until: Timestamp,
}

impl Removals {
    /// Whether `now` is among them or in the lull after them.
    fn last_at(&self, now: Timestamp) -> bool {
        // A clock that was set back must not make a lull longer.
        self.last <= now && now < self.lull_until
    }
}

impl Pauses {
    /// What is paused now.
    pub(crate) fn at(&self, now: Timestamp) -> Vec<Pause> {
        let mut known = self.known();
        // A clock that was set back must not make a pause of seconds one of days.
        known.pauses.retain(|(since, pause)| *since <= now && now < pause.until);
        known.removals.retain(|_, removals| removals.last_at(now));
        let lulls = known.removals.iter().map(|(group, removals)| Pause {
            group: group.clone(),
            lane: LANE_OF_WORDS,
            until: removals.lull_until.min(removals.since.plus_seconds(LULLS_SECONDS_MAX)),
        });
        let asked = known.pauses.iter().map(|(_, pause)| pause.clone());
        lulls.filter(|lull| now < lull.until).chain(asked).collect()
    }

    /// Something was removed: nothing is said in that group for so long.
    pub(crate) fn removed(&self, group: &GroupId, lull: Duration, now: Timestamp) {
        let lull_until = now.plus(lull);
        let mut known = self.known();
        let since =
            known.removals.get(group).filter(|removals| removals.last_at(now)).map(|removals| removals.since);
        known.removals.insert(group.clone(), Removals { since: since.unwrap_or(now), last: now, lull_until });
    }

    /// The platform wants patience, until then: nothing as urgent or less is asked for in that group, so that what is
    /// most urgent goes first when it is over.
    pub(crate) fn limited(&self, effect: &Effect, until: Timestamp, now: Timestamp) {
        let mut known = self.known();
        known.abreast.insert(effect.group.clone(), 1);
        let pause = Pause { group: effect.group.clone(), lane: effect.lane, until };
        known.pauses.push((now, pause));
    }

    /// The platform took this many at once without complaint: it may take more, up to `most`.
    pub(crate) fn passed(&self, group: &GroupId, most: u32) {
        let mut known = self.known();
        let Some(abreast) = known.abreast.get_mut(group) else { return };
        *abreast = abreast.saturating_mul(2);
        if *abreast >= most {
            known.abreast.remove(group);
        }
    }

    /// How many removals are asked for at once of a platform that takes `most`.
    pub(crate) fn abreast(&self, group: &GroupId, most: u32) -> u32 {
        self.known().abreast.get(group).copied().unwrap_or(most).min(most)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ledger::{EffectKind, EffectState, Way};
    use policy::Reference;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn removal() -> Effect {
        Effect {
            id: 1.into(),
            name: 7,
            group: GroupId::new("tea").unwrap(),
            file: Reference::new(1).unwrap(),
            kind: EffectKind::Remove,
            lane: 0,
            way: Way::Direct,
            instead_of: None,
            state: EffectState::Sending,
            attempts: 1,
            queued_at: at(0),
            not_before: at(0),
        }
    }

    #[test]
    fn a_pause_ends_in_time_or_with_the_clock_it_was_measured_by() {
        for (now, want) in [(100, 1), (129, 1), (130, 0), (99, 0)] {
            let pauses = Pauses::default();
            pauses.limited(&removal(), at(130), at(100));
            assert_eq!(pauses.at(at(now)).len(), want, "{now}");
        }
    }

    /// Removals at those seconds, with a lull of two; when is it, and until when is nothing said.
    #[test]
    fn what_is_said_gives_way_to_removals_but_not_for_ever() {
        let without_end: Vec<i64> = (0..=40).collect();
        let rows: [(&[i64], i64, Option<i64>); 8] = [
            (&[100], 100, Some(102)),
            (&[100], 101, Some(102)),
            (&[100], 102, None),
            (&[100], 99, None),
            (&[100, 101], 101, Some(103)),
            (&without_end[..=28], 28, Some(30)),
            (&without_end[..=29], 29, Some(30)),
            (&without_end, 40, None),
        ];
        for (removals, now, want) in rows {
            let pauses = Pauses::default();
            for &second in removals {
                pauses.removed(&removal().group, Duration::from_secs(2), at(second));
            }
            let told = pauses.at(at(now));
            let want =
                want.map(|until| Pause { group: removal().group, lane: LANE_OF_WORDS, until: at(until) });
            assert_eq!(told, Vec::from_iter(want), "{removals:?} {now}");
        }
    }

    #[test]
    fn after_a_complaint_removals_go_one_by_one_and_then_more_and_more() {
        let (pauses, removal) = (Pauses::default(), removal());
        assert_eq!(pauses.abreast(&removal.group, 8), 8);
        pauses.limited(&removal, at(1), at(0));
        let widths: Vec<_> = std::iter::repeat_with(|| {
            let width = pauses.abreast(&removal.group, 8);
            pauses.passed(&removal.group, 8);
            width
        })
        .take(5)
        .collect();
        assert_eq!(widths, [1, 2, 4, 8, 8]);
    }
}
