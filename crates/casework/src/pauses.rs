//! What a platform has asked to wait for, and how many removals it takes at once.
//!
//! In memory only: after a restart the platform is asked once, and says it again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ledger::{Effect, Pause};
use policy::{GroupId, Timestamp};

/// How many removals are asked for at once. A removal is a round trip, most of it waiting: a handful hide that, and more
/// would only stand in line at the server, behind the members' own messages.
const ABREAST_MAX: u32 = 8;

/// What is waited for.
#[derive(Debug, Default)]
pub(crate) struct Pauses(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    pauses: Vec<(Timestamp, Pause)>,
    /// How many removals a group's platform takes at once, where it complained of more lately.
    abreast: HashMap<GroupId, u32>,
}

impl Pauses {
    /// What is paused now.
    pub(crate) fn at(&self, now: Timestamp) -> Vec<Pause> {
        let mut known = self.known();
        // A clock that was set back must not make a pause of seconds one of days.
        known.pauses.retain(|(since, pause)| *since <= now && now < pause.until);
        known.pauses.iter().map(|(_, pause)| pause.clone()).collect()
    }

    /// The platform wants patience, until then: nothing as urgent or less is asked for in that group, so that what is
    /// most urgent goes first when it is over.
    pub(crate) fn limited(&self, effect: &Effect, until: Timestamp, now: Timestamp) {
        let mut known = self.known();
        known.abreast.insert(effect.group.clone(), 1);
        let pause = Pause { group: effect.group.clone(), lane: effect.lane, until };
        known.pauses.push((now, pause));
    }

    /// The platform took this many at once without complaint: it may take more.
    pub(crate) fn passed(&self, group: &GroupId) {
        let mut known = self.known();
        let Some(abreast) = known.abreast.get_mut(group) else { return };
        *abreast = abreast.saturating_mul(2);
        if *abreast >= ABREAST_MAX {
            known.abreast.remove(group);
        }
    }

    /// How many removals are asked for at once.
    pub(crate) fn abreast(&self, group: &GroupId) -> u32 {
        self.known().abreast.get(group).copied().unwrap_or(ABREAST_MAX)
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

    #[test]
    fn after_a_complaint_removals_go_one_by_one_and_then_more_and_more() {
        let (pauses, removal) = (Pauses::default(), removal());
        assert_eq!(pauses.abreast(&removal.group), ABREAST_MAX);
        pauses.limited(&removal, at(1), at(0));
        let widths: Vec<_> = std::iter::repeat_with(|| {
            let width = pauses.abreast(&removal.group);
            pauses.passed(&removal.group);
            width
        })
        .take(5)
        .collect();
        assert_eq!(widths, [1, 2, 4, 8, 8]);
    }
}
