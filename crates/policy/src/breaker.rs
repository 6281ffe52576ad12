//! The breaker: when the filter takes away far more than a group is used to, from several of its members, then something is
//! wrong with the filter more likely than with them: a word that was added by mistake hits everybody at once. From then on
//! nothing goes without a person, until one says that it is over.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Grade};
use crate::ids::MemberId;
use crate::time::Timestamp;
use crate::verdict::{Judgement, Verdict};

/// Over how long removals are counted, in seconds.
pub const WINDOW_S: i64 = 10 * 60;
/// Over how many days is looked for what is usual. The last day is not among them: it is what is being looked at.
pub const USUAL_DAYS: u32 = 28;
/// How many of those days are left out, the busiest first: a mishap does not become what is usual.
pub const MISHAPS: usize = 2;
/// From how many members posts have to go at least, whatever a group has settled: one who floods a channel with abuse must
/// not switch the filter off.
pub const MEMBERS_MIN: usize = 3;

/// When a group's breaker trips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Whether it can; yes by default.
    pub enabled: bool,
    /// How many removals within ten minutes it takes at least; 40 by default.
    pub floor: u32,
    /// How many times as many as in the busiest ten minutes of a usual day; 5 by default.
    pub factor: u32,
    /// How many of one member's posts count at most; 10 by default.
    pub per_member: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { enabled: true, floor: 40, factor: 5, per_member: 10 }
    }
}

/// A post that the filter took away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Whose.
    pub author: MemberId,
    /// When it was written.
    pub written_at: Timestamp,
}

/// What is usual, by how many removals there were in the busiest ten minutes of each day.
pub fn usual(mut peaks: Vec<u32>) -> u32 {
    peaks.sort_unstable_by(|one, other| other.cmp(one));
    peaks.get(MISHAPS).copied().unwrap_or(0)
}

impl Breaker {
    /// What these removals count for, where only so many of one member's do.
    pub fn weight(&self, taken: &[Taken]) -> u32 {
        let mut by_member = BTreeMap::<&MemberId, u32>::new();
        for one in taken {
            let posts = by_member.entry(&one.author).or_insert(0);
            *posts = posts.saturating_add(1).min(self.per_member);
        }
        by_member.values().fold(0, |all, posts| all.saturating_add(*posts))
    }

    /// Whether the removals of the last ten minutes could be too many, whatever is usual.
    pub fn may_trip(&self, recent: &[Taken]) -> bool {
        self.enabled && members(recent) >= MEMBERS_MIN && self.weight(recent) >= self.floor
    }

    /// Whether the removals of the last ten minutes are far more than usual.
    ///
    /// After an outage, what was written in hours is judged within minutes. So what is usual counts once for each ten
    /// minutes in which any of it was written.
    pub fn trips(&self, usual: u32, recent: &[Taken], now: Timestamp) -> bool {
        let far_more = self.factor.saturating_mul(usual).saturating_mul(stretches(recent, now));
        self.may_trip(recent) && self.weight(recent) >= far_more
    }
}

/// From how many members these posts are.
pub fn members(taken: &[Taken]) -> usize {
    taken.iter().map(|one| &one.author).collect::<BTreeSet<_>>().len()
}

/// In how many stretches of ten minutes, counted back from now, these posts were written; at least one.
fn stretches(taken: &[Taken], now: Timestamp) -> u32 {
    let back =
        |one: &Taken| now.as_millis().saturating_sub(one.written_at.as_millis()).max(0) / (WINDOW_S * 1_000);
    let stretches = taken.iter().map(back).collect::<BTreeSet<_>>().len();
    u32::try_from(stretches).unwrap_or(u32::MAX).max(1)
}

/// Whether a post is left to people while the breaker has tripped: what would go is.
///
/// But for one thing. The strongest words and strong discriminatory ones that somebody throws at somebody else do harm as
/// long as they stand, and whoever trips the breaker on purpose must not win that by it. They go, unless the word is newer
/// than what is usual here: then it may be the mistake.
pub fn spares(judgement: &Judgement, findings: &[Finding], now: Timestamp) -> bool {
    let worst = judgement.worst.and_then(|worst| findings.get(worst));
    let goes = worst.is_some_and(|worst| !judgement.quoted && is_abuse(worst) && is_settled(worst, now));
    judgement.verdict >= Verdict::Hide && !goes
}

fn is_abuse(finding: &Finding) -> bool {
    let is_gravest = match finding.grade {
        Grade::Mild | Grade::Medium => false,
        Grade::Strong => finding.category.is_discriminatory(),
        Grade::Strongest => true,
    };
    finding.directed && is_gravest
}

/// Whether the word has been in force for as long as is looked at for what is usual.
fn is_settled(finding: &Finding, now: Timestamp) -> bool {
    finding.since.is_none_or(|since| since.plus_seconds(i64::from(USUAL_DAYS) * 86_400) <= now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::{Category, Disguise};

    const NOW_S: i64 = 100 * 86_400;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    /// So many posts by each of these members, all written so many seconds ago.
    fn taken(by: &[u32], ago_s: i64) -> Vec<Taken> {
        let of = |(who, posts): (usize, &u32)| {
            let author = MemberId::new(format!("m{who}")).unwrap();
            vec![Taken { author, written_at: at(NOW_S - ago_s) }; usize::try_from(*posts).unwrap()]
        };
        by.iter().enumerate().flat_map(of).collect()
    }

    #[test]
    fn it_trips_over_many_removals_from_several_members() {
        let breaker = Breaker::default();
        // How many posts of each member went, what is usual, and whether that is too many.
        let rows: [(&str, &[u32], u32, bool); 12] = [
            ("nothing", &[], 0, false),
            ("one member floods", &[400], 0, false),
            ("two members flood", &[400, 400], 0, false),
            ("three members flood, of whom ten posts each count", &[400, 400, 400], 0, false),
            ("four members flood", &[400, 400, 400, 400], 0, true),
            ("just too few", &[10, 10, 10, 9], 0, false),
            ("just enough", &[10, 10, 10, 10], 0, true),
            ("one post of everybody's", &[1; 40], 0, true),
            ("one post of nearly everybody's", &[1; 39], 0, false),
            ("it is usual to have eight", &[1; 40], 8, true),
            ("it is usual to have nine", &[1; 44], 9, false),
            ("far more than nine all the same", &[1; 45], 9, true),
        ];
        for (name, by, usual, want) in rows {
            let recent = taken(by, 1);
            assert_eq!(breaker.trips(usual, &recent, at(NOW_S)), want, "{name}");
            assert_eq!(breaker.may_trip(&recent), want || name == "it is usual to have nine", "{name}");
            let off = Breaker { enabled: false, ..breaker };
            assert!(!off.trips(usual, &recent, at(NOW_S)), "{name}");
        }
    }

    #[test]
    fn what_was_written_over_hours_and_is_judged_at_once_is_held_against_what_is_usual_in_hours() {
        let breaker = Breaker::default();
        let hours = |posts_each: u32| -> Vec<Taken> {
            (0..36)
                .flat_map(|stretch| {
                    taken(&vec![1; usize::try_from(posts_each).unwrap()], stretch * WINDOW_S + 5)
                })
                .collect()
        };
        // Within six hours, and each ten minutes as many as in the busiest of a usual day.
        let breaker_of_all = Breaker { per_member: 100, ..breaker };
        assert!(!breaker_of_all.trips(4, &hours(4), at(NOW_S)), "144 in six hours");
        assert!(breaker_of_all.trips(4, &hours(20), at(NOW_S)), "720 in six hours");
        assert!(breaker_of_all.trips(0, &hours(4), at(NOW_S)), "where there is usually nothing");
        assert!(breaker.trips(4, &taken(&[10, 10, 10, 10], 5), at(NOW_S)));
        // A clock that is behind that of the platform.
        assert!(breaker.trips(4, &taken(&[10, 10, 10, 10], -90), at(NOW_S)));
    }

    #[test]
    fn what_is_usual_is_no_mishap() {
        let rows: [(&[u32], u32); 6] = [
            (&[], 0),
            (&[300], 0),
            (&[300, 40], 0),
            (&[2, 300, 1, 40], 2),
            (&[5, 5, 5], 5),
            (&[1, 2, 3, 4], 2),
        ];
        for (peaks, want) in rows {
            assert_eq!(usual(peaks.to_vec()), want, "{peaks:?}");
        }
    }

    fn finding(grade: Grade, category: Category, directed: bool, since: Option<Timestamp>) -> Finding {
        let (term, disguise) = ("spoilt".to_owned(), Disguise::None);
        Finding { term, grade, category, surface: 0, span: 0..5, disguise, directed, since }
    }

    /// Every verdict × whether it is quoted × grade × category × whether it is aimed × how new the word is.
    #[test]
    fn only_the_gravest_that_is_aimed_at_somebody_goes_while_it_has_tripped() {
        let new = at(NOW_S - 27 * 86_400);
        let old = at(NOW_S - 28 * 86_400);
        let mut gone = 0;
        for &verdict in Verdict::ALL {
            for (quoted, directed) in [(false, false), (false, true), (true, false), (true, true)] {
                for (&grade, &category) in Grade::ALL
                    .iter()
                    .flat_map(|grade| Category::ALL.iter().map(move |category| (grade, category)))
                {
                    for since in [None, Some(old), Some(new)] {
                        let findings = [finding(grade, category, directed, since)];
                        let judged =
                            Judgement { verdict, counts: true, quoted, worst: Some(0), spared: false };
                        let said = spares(&judged, &findings, at(NOW_S));
                        let grave = grade == Grade::Strongest
                            || grade == Grade::Strong && category.is_discriminatory();
                        let goes = directed && grave && !quoted && since != Some(new);
                        assert_eq!(said, verdict >= Verdict::Hide && !goes, "{grade} {category} {since:?}");
                        gone += usize::from(verdict >= Verdict::Hide && goes);
                    }
                }
            }
        }
        assert!(gone > 0);
        let nothing =
            Judgement { verdict: Verdict::Hide, counts: false, quoted: false, worst: None, spared: false };
        assert!(spares(&nothing, &[], at(NOW_S)));
    }

    proptest! {
        /// Whatever a group settles, one or two members never trip it; it never trips below its floor; and more removals
        /// never make it stay.
        #[test]
        fn nobody_trips_it_alone_and_more_is_never_less(
            by in prop::collection::vec(0_u32..30, 0..12),
            more in 0_usize..12,
            usual in 0_u32..20,
            floor in 1_u32..120,
            factor in 1_u32..10,
            per_member in 1_u32..40,
        ) {
            let breaker = Breaker { enabled: true, floor, factor, per_member };
            let recent = taken(&by, 1);
            let trips = breaker.trips(usual, &recent, at(NOW_S));
            let few = by.iter().filter(|posts| **posts > 0).count() < MEMBERS_MIN;
            prop_assert!(!(trips && few));
            prop_assert!(!trips || u32::try_from(recent.len()).unwrap() >= floor);
            let mut with_more = by.clone();
            if let Some(posts) = with_more.get_mut(more) {
                *posts += 1;
            }
            prop_assert!(!trips || breaker.trips(usual, &taken(&with_more, 1), at(NOW_S)));
            prop_assert!(breaker.weight(&recent) <= per_member.saturating_mul(12));
        }
    }
}
