//! When which board is shown. Pure; `now` is an argument.

use std::collections::BTreeMap;
use std::time::Duration;

use policy::GroupId;

use crate::ids::Snowflake;
use crate::pace::millis;

/// So long a board stays as it is at least.
pub(super) const PAUSE: Duration = Duration::from_secs(5);
/// So often it is looked at in any case: what falls due by itself is told nobody here.
pub(super) const REFRESH: Duration = Duration::from_secs(15 * 60);

/// When which group's board is shown next.
#[derive(Debug, Default)]
pub(super) struct Plan(BTreeMap<GroupId, Slot>);

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// When it is shown next.
    due: i64,
    /// It is not shown before.
    not_before: i64,
    /// How often in a row it could not be shown.
    failures: u32,
    /// Whether it is being shown.
    is_begun: bool,
    /// The message it is, since it was seen there.
    hangs: Option<Snowflake>,
}

impl Plan {
    /// What a board says may be something else.
    pub(super) fn changed(&mut self, group: &GroupId, now: i64) {
        match self.0.get_mut(group) {
            Some(slot) => slot.due = slot.due.min(now.max(slot.not_before)),
            None => {
                let slot = Slot { due: now, not_before: now, failures: 0, is_begun: false, hangs: None };
                self.0.insert(group.clone(), slot);
            }
        }
    }

    /// A message is gone. Gives whether it was a board.
    pub(super) fn gone(&mut self, message: Snowflake, now: i64) -> bool {
        let found = self.0.iter_mut().find(|(_, slot)| slot.hangs == Some(message));
        let Some((_, slot)) = found else { return false };
        slot.hangs = None;
        slot.due = slot.due.min(now.max(slot.not_before));
        true
    }

    /// The board that is shown next, and when. One that is being shown is not, until that is over.
    pub(super) fn next(&self) -> Option<(GroupId, i64)> {
        let idle = self.0.iter().filter(|(_, slot)| !slot.is_begun);
        let first = idle.min_by_key(|(_, slot)| slot.due)?;
        Some((first.0.clone(), first.1.due))
    }

    /// A board is being shown as things stand now. What changes meanwhile is shown later.
    pub(super) fn begun(&mut self, group: &GroupId, now: i64) {
        if let Some(slot) = self.0.get_mut(group) {
            slot.is_begun = true;
            slot.not_before = now.saturating_add(millis(PAUSE));
            slot.due = now.saturating_add(millis(REFRESH));
        }
    }

    /// It was shown.
    pub(super) fn shown(&mut self, group: &GroupId) {
        if let Some(slot) = self.0.get_mut(group) {
            slot.is_begun = false;
            slot.failures = 0;
        }
    }

    /// It could not be shown; it is tried again after a wait, by how often in a row that was so before.
    pub(super) fn failed(&mut self, group: &GroupId, now: i64, wait: impl FnOnce(u32) -> Duration) {
        if let Some(slot) = self.0.get_mut(group) {
            slot.is_begun = false;
            slot.not_before = slot.not_before.max(now.saturating_add(millis(wait(slot.failures))));
            slot.due = slot.not_before;
            slot.failures = slot.failures.saturating_add(1);
        }
    }

    /// It is that message, and was seen there.
    pub(super) fn hangs(&mut self, group: &GroupId, message: Snowflake) {
        if let Some(slot) = self.0.get_mut(group) {
            slot.hangs = Some(message);
        }
    }

    /// Whether it was seen there, and is not known to be gone since.
    pub(super) fn is_hanging(&self, group: &GroupId, message: Snowflake) -> bool {
        self.0.get(group).is_some_and(|slot| slot.hangs == Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAUSE_MS: i64 = 5_000;
    const REFRESH_MS: i64 = 15 * 60 * 1_000;

    fn group(name: &str) -> GroupId {
        GroupId::new(name).unwrap()
    }

    #[test]
    fn a_board_is_shown_at_once_then_seldom_and_last_as_things_stand() {
        let mut plan = Plan::default();
        let branch = group("branch");
        assert_eq!(plan.next(), None);
        plan.changed(&branch, 100);
        assert_eq!(plan.next(), Some((branch.clone(), 100)));
        plan.begun(&branch, 100);
        assert_eq!(plan.next(), None, "as long as it is being shown");
        plan.shown(&branch);
        assert_eq!(plan.next(), Some((branch.clone(), 100 + REFRESH_MS)), "in any case");
        for at in [101, 200, 4_000] {
            plan.changed(&branch, at);
        }
        assert_eq!(plan.next(), Some((branch.clone(), 100 + PAUSE_MS)), "once for all of these");
        plan.begun(&branch, 6_000);
        plan.changed(&branch, 60_000);
        assert_eq!(plan.next(), None, "what changes meanwhile waits");
        plan.shown(&branch);
        assert_eq!(plan.next(), Some((branch, 60_000)));
    }

    #[test]
    fn what_could_not_be_shown_is_tried_again_ever_later() {
        let mut plan = Plan::default();
        let branch = group("branch");
        plan.changed(&branch, 0);
        let wait = |failures: u32| Duration::from_secs(10 * u64::from(failures + 1));
        let mut now = 0;
        for want in [10_000, 30_000, 60_000] {
            plan.begun(&branch, now);
            plan.failed(&branch, now, wait);
            plan.changed(&branch, now + 1);
            assert_eq!(plan.next(), Some((branch.clone(), want)), "also when something changes");
            now = want;
        }
        plan.begun(&branch, now);
        plan.shown(&branch);
        plan.failed(&branch, now, wait);
        assert_eq!(plan.next(), Some((branch, now + 10_000)));
    }

    #[test]
    fn a_board_that_is_gone_is_shown_again() {
        let mut plan = Plan::default();
        let (branch, other) = (group("branch"), group("other"));
        for group in [&branch, &other] {
            plan.changed(group, 0);
            plan.begun(group, 0);
            plan.shown(group);
        }
        let id = |number| Snowflake::new(number).unwrap();
        plan.hangs(&branch, id(7));
        assert!(
            plan.is_hanging(&branch, id(7))
                && !plan.is_hanging(&branch, id(8))
                && !plan.is_hanging(&other, id(7))
        );
        assert!(!plan.gone(id(8), 10) && plan.gone(id(7), 10) && !plan.gone(id(7), 10));
        assert_eq!(plan.next(), Some((branch.clone(), PAUSE_MS)));
        assert!(!plan.is_hanging(&branch, id(7)));
    }

    proptest! {
        /// Whatever happens: no board is shown twice within the pause, and every change is shown within it.
        #[test]
        fn boards_rest_and_changes_are_shown(steps in prop::collection::vec((0_usize..3, any::<bool>(), 0_i64..9_000), 1..60)) {
            let groups = [group("a"), group("b"), group("c")];
            let mut plan = Plan::default();
            let mut last = [i64::MIN; 3];
            let mut waiting: [Option<i64>; 3] = [None; 3];
            let mut now = 0;
            for (which, changes, pause) in steps {
                if changes {
                    plan.changed(&groups[which], now);
                    waiting[which].get_or_insert(now);
                }
                now += pause;
                while let Some((group, at)) = plan.next().filter(|(_, at)| *at <= now) {
                    let which = groups.iter().position(|one| *one == group).unwrap();
                    prop_assert!(at >= last[which].saturating_add(PAUSE_MS));
                    if let Some(since) = waiting[which].take() {
                        prop_assert!(at <= since + PAUSE_MS);
                    }
                    // As a program that is on time.
                    plan.begun(&group, at);
                    plan.shown(&group);
                    last[which] = at;
                }
            }
            let end = now + PAUSE_MS;
            for (which, since) in waiting.iter().enumerate() {
                if since.is_some() {
                    let at = plan.0[&groups[which]].due;
                    prop_assert!(at <= end);
                }
            }
        }
    }
}
