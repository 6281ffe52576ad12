//! How many sessions may be begun. Discord allows 1,000 a day over all shards, and takes the token away at the last.
//!
//! So each is counted before it is begun, and whoever begins many that do not last has to wait longer and longer.

use std::collections::BTreeMap;
use std::time::Duration;

use policy::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::pace::millis;

const DAY: i64 = 24 * 60 * 60 * 1_000;
/// Of 1,000, so many are left for whatever else uses the token.
const SPARED_OF_1000: u32 = 100;
/// How long those of one key are apart: Discord says 5 s, counted where they arrive.
const APART: i64 = 5_250;
/// After the first that did not last, and doubled after each further one.
const FIRST_WAIT: i64 = 5_000;
const LONGEST_WAIT: i64 = 15 * 60 * 1_000;
/// More than that many are never kept.
const SENT_MAX: usize = 2_000;

/// The sessions that were begun of late.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifies {
    /// When, oldest first.
    sent: Vec<Timestamp>,
    /// How many in a row did not last, for each shard.
    barren: BTreeMap<u32, u32>,
    /// When the last of a shard was begun.
    last: BTreeMap<u32, Timestamp>,
}

/// What Discord says of the sessions that may be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StartLimit {
    total: u32,
    remaining: u32,
    resets_at: Timestamp,
    told_at: Timestamp,
    max_concurrency: u32,
}

/// Why a gateway waits before it begins a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Waiting {
    /// Others are beginning theirs.
    Turn,
    /// The last ones did not last.
    CrashLoop,
    /// There were so many within a day that one more might cost the token.
    Budget,
    /// Discord cannot be reached.
    Unreachable,
}

impl StartLimit {
    /// Reads `session_start_limit`. What is missing is taken for the usual.
    pub(super) fn read(limit: Option<&Value>, now: Timestamp) -> Self {
        let number = |key: &str, usual: u32| {
            let told = limit.and_then(|limit| limit.get(key)?.as_u64());
            told.map_or(usual, |told| u32::try_from(told).unwrap_or(u32::MAX))
        };
        let total = number("total", 1_000);
        Self {
            total,
            remaining: number("remaining", total),
            resets_at: later(now, i64::from(number("reset_after", 0))),
            told_at: now,
            max_concurrency: number("max_concurrency", 1).max(1),
        }
    }
}

impl Identifies {
    /// When the next session of `shard` may be begun, if that is not now.
    pub(super) fn wait(
        &self,
        shard: u32,
        limit: &StartLimit,
        now: Timestamp,
    ) -> Option<(Timestamp, Waiting)> {
        let waits = [
            (self.day_is_over(limit, now), Waiting::Budget),
            (self.patience(shard, now), Waiting::CrashLoop),
            (self.turn(shard, limit, now), Waiting::Turn),
        ];
        let waits = waits.into_iter().filter_map(|(until, why)| Some((until?, why)));
        waits.filter(|(until, _)| *until > now).max_by_key(|(until, _)| *until)
    }

    /// Counts one that is about to be begun.
    pub(super) fn count(&mut self, shard: u32, now: Timestamp) {
        self.sent.retain(|sent| is_of_late(*sent, now));
        let overflow = (self.sent.len() + 1).saturating_sub(SENT_MAX);
        self.sent.drain(..overflow);
        self.sent.push(now);
        let barren = self.barren.entry(shard).or_default();
        *barren = barren.saturating_add(1);
        self.last.insert(shard, now);
    }

    /// The last one of `shard` lasted. Says whether that is news.
    pub(super) fn lasted(&mut self, shard: u32) -> bool {
        self.barren.remove(&shard).is_some()
    }

    /// When there is room in the day again.
    fn day_is_over(&self, limit: &StartLimit, now: Timestamp) -> Option<Timestamp> {
        let spared = u64::from(limit.total) * u64::from(SPARED_OF_1000) / 1_000;
        let spared = usize::try_from(spared).unwrap_or(usize::MAX);
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let most = size(limit.total).saturating_sub(spared).max(1);
        let of_late: Vec<Timestamp> =
            self.sent.iter().copied().filter(|sent| is_of_late(*sent, now)).collect();
        // With `most` of late, the oldest but the last `most - 1` have to be a day old.
        let ours = (of_late.len() >= most).then(|| later(of_late[of_late.len() - most], DAY));
        // Discord's own count knows those of other programs with the same token.
        let since = self.sent.iter().filter(|sent| **sent >= limit.told_at).count();
        let left =
            size(limit.remaining).saturating_sub(since).saturating_sub(spared.min(size(limit.total) / 2));
        let theirs = (left == 0 && now < limit.resets_at).then_some(limit.resets_at);
        ours.max(theirs)
    }

    fn patience(&self, shard: u32, now: Timestamp) -> Option<Timestamp> {
        let barren = self.barren.get(&shard).copied().filter(|barren| *barren > 0)?;
        let last = self.last.get(&shard)?;
        let wait = FIRST_WAIT.checked_shl(barren - 1).filter(|wait| (1..LONGEST_WAIT).contains(wait));
        // A clock that was set back must not make it longer.
        Some(later((*last).min(now), wait.unwrap_or(LONGEST_WAIT)))
    }

    fn turn(&self, shard: u32, limit: &StartLimit, now: Timestamp) -> Option<Timestamp> {
        let key = |shard: u32| shard % limit.max_concurrency;
        let last =
            self.last.iter().filter(|(other, _)| key(**other) == key(shard)).map(|(_, last)| *last).max()?;
        Some(later(last.min(now), APART))
    }
}

/// What is not a day old, or seems to be of the future because a clock was set.
fn is_of_late(sent: Timestamp, now: Timestamp) -> bool {
    now.as_millis().saturating_sub(sent.as_millis()) < DAY
}

fn later(from: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_millis(from.as_millis().saturating_add(by))
}

/// A session that stood for so long was worth it.
pub(super) const LASTING: Duration = Duration::from_secs(60);

/// Whether something that began then has lasted.
pub(super) fn has_lasted(since: i64, now: i64) -> bool {
    now.saturating_sub(since) >= millis(LASTING)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn usual(concurrency: u32) -> StartLimit {
        StartLimit::read(Some(&json!({ "max_concurrency": concurrency })), at(0))
    }

    #[test]
    fn shards_of_one_key_take_turns() {
        let mut identifies = Identifies::default();
        assert_eq!(identifies.wait(0, &usual(2), at(0)), None);
        identifies.count(0, at(0));
        assert_eq!(identifies.wait(1, &usual(2), at(0)), None);
        assert_eq!(identifies.wait(2, &usual(2), at(0)), Some((at(APART), Waiting::Turn)));
        assert_eq!(identifies.wait(2, &usual(2), at(APART)), None);
        assert_eq!(identifies.wait(1, &usual(1), at(0)), Some((at(APART), Waiting::Turn)));
    }

    #[test]
    fn whoever_begins_many_that_do_not_last_waits_longer_and_longer() {
        let mut identifies = Identifies::default();
        let mut waits = Vec::new();
        let mut now = at(0);
        for _ in 0..12 {
            identifies.count(0, now);
            let (until, why) = identifies.wait(0, &usual(1), now).expect("a wait");
            waits.push((until.as_millis() - now.as_millis()) / 1_000);
            assert!(matches!(why, Waiting::CrashLoop | Waiting::Turn));
            now = until;
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]);
        assert!(identifies.lasted(0));
        assert!(!identifies.lasted(0));
        assert_eq!(identifies.wait(0, &usual(1), later(now, APART)), None);
    }

    #[test]
    fn a_tenth_of_the_day_is_left_for_others() {
        let mut identifies = Identifies::default();
        for n in 0..900 {
            let now = at(n * 10_000);
            assert_eq!(identifies.wait(0, &usual(1), now), None, "{n}");
            identifies.count(0, now);
            identifies.lasted(0);
        }
        let now = at(9_000_000);
        assert_eq!(identifies.wait(0, &usual(1), now), Some((at(DAY), Waiting::Budget)));
        assert_eq!(identifies.wait(0, &usual(1), at(DAY)), None);
        identifies.count(0, at(DAY));
        assert_eq!(
            identifies.wait(0, &usual(1), later(at(DAY), 6_000)),
            Some((at(DAY + 10_000), Waiting::Budget))
        );
    }

    #[test]
    fn what_discord_counted_for_others_counts() {
        let told = json!({ "total": 1000, "remaining": 102, "reset_after": 60_000 });
        let limit = StartLimit::read(Some(&told), at(0));
        let mut identifies = Identifies::default();
        for n in 0..2 {
            assert_eq!(identifies.wait(0, &limit, at(n * 10_000)), None);
            identifies.count(0, at(n * 10_000));
            identifies.lasted(0);
        }
        assert_eq!(identifies.wait(0, &limit, at(20_000)), Some((at(60_000), Waiting::Budget)));
        assert_eq!(identifies.wait(0, &limit, at(60_000)), None);
    }

    #[test]
    fn what_is_missing_is_taken_for_the_usual() {
        let odd = json!({ "total": "many", "remaining": -1, "max_concurrency": 0 });
        assert_eq!(StartLimit::read(Some(&odd), at(5)), StartLimit::read(None, at(5)));
    }

    proptest! {
        /// Whatever becomes of them and wherever the clock is set: never more than nine tenths within a day, and never
        /// more than a day to wait.
        #[test]
        fn never_more_than_may_be_and_nobody_waits_for_ever(
            steps in prop::collection::vec((0_u32..3, 0_i64..20_000_000, any::<bool>()), 1..200),
            total in 1_u32..60,
        ) {
            let limit = StartLimit::read(Some(&json!({ "total": total, "max_concurrency": 1 })), at(0));
            let mut identifies = Identifies::default();
            let mut sent: Vec<i64> = Vec::new();
            let mut now = 0;
            for (shard, later, lasts) in steps {
                now += later;
                if let Some((until, _)) = identifies.wait(shard, &limit, at(now)) {
                    prop_assert!(until.as_millis() - now <= DAY);
                    continue;
                }
                identifies.count(shard, at(now));
                sent.push(now);
                if lasts {
                    identifies.lasted(shard);
                }
                let of_late = sent.iter().filter(|sent| **sent > now - DAY).count();
                prop_assert!(of_late <= usize::try_from(total).expect("a small number"));
                let pairs = sent.windows(2).all(|pair| pair[1] - pair[0] >= APART);
                prop_assert!(pairs);
            }
        }
    }
}
