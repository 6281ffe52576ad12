//! The figures as Prometheus reads them: what was counted, and what stands now, asked for when somebody asks.
//!
//! What tells figures apart are groups and closed lists of words, so that there are never more of them than those.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::atomic::AtomicU64;

use anyhow::Context as _;
use casework::Hearing;
use ledger::{EffectKind, Progress, Tally};
use policy::{DeadlineKind, GroupId, Timestamp};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::Watched;

/// Up to how many groups it is said of every kind of thing that there is none; beyond, only what there is.
const ZEROS_GROUPS_MAX: usize = 50;

/// What tells figures of one name apart.
type Labels<const N: usize> = [(&'static str, String); N];

/// Seconds since 1970, or a number of them.
type Seconds = Gauge<f64, AtomicU64>;

/// Puts all figures together.
pub(super) async fn page(watched: &Watched) -> anyhow::Result<String> {
    let _one_at_a_time = watched.asking.lock().await;
    let casework = &watched.casework;
    let tally = casework.tally().await?;
    let heard = casework.hearing().await;
    let mut registry = Registry::with_prefix("beadle");
    registry.register("build", "Which version this is", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
    casework.figures().register(&mut registry);
    hearing(&mut registry, &heard, casework.now());
    waiting(&mut registry, &tally);
    effects(&mut registry, &tally);
    overdue(&mut registry, &tally);
    let writable = Gauge::<i64>::default();
    writable.set(i64::from(watched.ledger.is_writable().await));
    registry.register("ledger_writable", "Whether something can be recorded", writable);
    let size = watched.ledger.size().context("the ledger is not where it was")?;
    let of_ledger = Gauge::<i64>::default();
    of_ledger.set(i64::try_from(size).unwrap_or(i64::MAX));
    registry.register_with_unit("ledger_size", "How large the ledger is on the disk", Unit::Bytes, of_ledger);
    if let Some(last) = &watched.backup {
        let taken = Seconds::default();
        taken.set(seconds(*last.borrow()));
        let help = "When the last backup was taken and read back, 0 when none was";
        registry.register_with_unit("backup_last_timestamp", help, Unit::Seconds, taken);
    }
    if let Some(turned_away) = &watched.turned_away {
        let requests = Gauge::<i64>::default();
        requests.set(i64::from(turned_away()));
        let help = "Requests that Discord turned away within ten minutes, of 10000 after which it answers nobody here";
        registry.register("discord_requests_turned_away", help, requests);
    }
    let mut page = String::new();
    text::encode(&mut page, &registry).context("a figure could not be written")?;
    Ok(page)
}

/// Which groups are heard, and until when each was.
fn hearing(registry: &mut Registry, hearing: &[(GroupId, Hearing)], now: Timestamp) {
    let heard = hearing.iter().map(|(group, hearing)| (of(group), i64::from(*hearing == Hearing::Now)));
    gauges(registry, "group_heard", "Whether a group is heard", heard);
    let last = hearing.iter().filter_map(|(group, hearing)| match hearing {
        Hearing::Now => Some((of(group), now)),
        Hearing::Deaf { since, .. } => Some((of(group), *since)),
        Hearing::NotYet | Hearing::Unserved => None,
    });
    instants(registry, "group_last_heard_timestamp", "Until when a group was heard", last);
}

/// What waits for people.
fn waiting(registry: &mut Registry, tally: &BTreeMap<GroupId, Tally>) {
    let mut each = |name, help, count: fn(&Tally) -> u32| {
        let counts = tally.iter().map(|(group, tally)| (of(group), i64::from(count(tally))));
        gauges(registry, name, help, counts);
    };
    each("cases_waiting", "Cases that a moderator is to look at", |tally| tally.cases);
    each("reports_waiting", "Reports that are to be answered", |tally| tally.reports);
    each(
        "sanctions_waiting",
        "Sanctions that wait for the member's side, for signatures, or to be served",
        |tally| tally.sanctions,
    );
    each("notices_undelivered", "Notices that do not go by themselves", |tally| tally.undelivered);
    each("breaker_tripped", "Whether what the filter would take away is left to officers", |tally| {
        u32::from(tally.has_tripped)
    });
    let appeals = tally.iter().flat_map(|(group, tally)| {
        [("moderators", tally.appeals), ("executive", tally.appeals_to_executive)]
            .map(|(tier, appeals)| (also(group, "tier", tier), i64::from(appeals)))
    });
    gauges(registry, "appeals_waiting", "Appeals that are to be decided, by whom", appeals);
}

/// What is to be done on platforms and is not.
fn effects(registry: &mut Registry, tally: &BTreeMap<GroupId, Tally>) {
    let none = has_zeros(tally).flat_map(|group| {
        EffectKind::WORDS
            .into_iter()
            .flat_map(move |kind| Progress::ALL.into_iter().map(move |how| (of_state(group, kind, how), 0)))
    });
    let all = || tally.iter().flat_map(|(group, tally)| tally.effects.iter().map(move |one| (group, one)));
    let some = all().map(|(group, one)| (of_state(group, one.kind, one.how), i64::from(one.effects)));
    let help = "What is to be done on platforms and is not, by how it stands";
    gauges(registry, "effects", help, none.chain(some));
    // Of one kind there may be several, in another state each: the oldest counts. What was refused waits for nothing.
    let mut oldest: BTreeMap<_, Timestamp> = BTreeMap::new();
    for (group, one) in all().filter(|(_, one)| one.how != Progress::Refused) {
        let known = oldest.entry((group, one.kind)).or_insert(one.oldest);
        *known = one.oldest.min(*known);
    }
    let oldest = oldest.into_iter().map(|((group, kind), at)| (also(group, "kind", kind), at));
    let help = "Since when the oldest of what is to be done is on record";
    instants(registry, "effects_oldest_timestamp", help, oldest);
}

/// What has come and did not fire.
fn overdue(registry: &mut Registry, tally: &BTreeMap<GroupId, Tally>) {
    let none = has_zeros(tally)
        .flat_map(|group| DeadlineKind::ALL.iter().map(move |kind| (also(group, "kind", kind.word()), 0)));
    let some = tally.iter().flat_map(|(group, tally)| {
        let overdue = tally.overdue.iter();
        overdue.map(move |(kind, deadlines)| (also(group, "kind", kind.word()), i64::from(*deadlines)))
    });
    let help = "What fell due and did not happen: the clock is doubted, say, or something cannot be read";
    gauges(registry, "deadlines_overdue", help, none.chain(some));
}

/// The groups of which is said what there is none of.
fn has_zeros(tally: &BTreeMap<GroupId, Tally>) -> impl Iterator<Item = &GroupId> {
    let are_few = tally.len() <= ZEROS_GROUPS_MAX;
    tally.keys().filter(move |_| are_few)
}

fn of(group: &GroupId) -> Labels<1> {
    [("group", group.as_str().to_owned())]
}

fn also(group: &GroupId, label: &'static str, value: &str) -> Labels<2> {
    [("group", group.as_str().to_owned()), (label, value.to_owned())]
}

fn of_state(group: &GroupId, kind: &str, how: Progress) -> Labels<3> {
    [("group", group.as_str().to_owned()), ("kind", kind.to_owned()), ("state", how.word().to_owned())]
}

/// Numbers of one name; of two with the same labels, the later.
fn gauges<L>(registry: &mut Registry, name: &str, help: &str, values: impl IntoIterator<Item = (L, i64)>)
where
    L: EncodeLabelSet + Debug + Clone + Eq + Hash + Send + Sync + 'static,
{
    let family = Family::<L, Gauge>::default();
    for (labels, value) in values {
        family.get_or_create(&labels).set(value);
    }
    registry.register(name, help, family);
}

/// Instants of one name.
fn instants<L>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    values: impl IntoIterator<Item = (L, Timestamp)>,
) where
    L: EncodeLabelSet + Debug + Clone + Eq + Hash + Send + Sync + 'static,
{
    let family = Family::<L, Seconds>::default();
    for (labels, at) in values {
        family.get_or_create(&labels).set(seconds(at));
    }
    registry.register_with_unit(name, help, Unit::Seconds, family);
}

/// Seconds since 1970.
fn seconds(at: Timestamp) -> f64 {
    std::time::Duration::from_millis(at.as_millis().max(0).unsigned_abs()).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use ledger::Outstanding;

    use super::*;

    fn group(number: usize) -> GroupId {
        GroupId::new(format!("g{number}")).unwrap()
    }

    /// What is said of so many groups, of which the first has something to do: the figures of that name.
    fn said(groups: usize, name: &str) -> Vec<String> {
        let mut tally: BTreeMap<_, _> = (0..groups).map(|number| (group(number), Tally::default())).collect();
        let one = |how, second: i64| Outstanding {
            kind: "remove",
            how,
            effects: 1,
            oldest: Timestamp::from_millis(second * 1_000),
        };
        let first = tally.get_mut(&group(0)).unwrap();
        first.effects = vec![one(Progress::Failing, 7), one(Progress::Waiting, 9), one(Progress::Refused, 3)];
        first.overdue = vec![(DeadlineKind::MuteOver, 2)];
        let mut registry = Registry::default();
        effects(&mut registry, &tally);
        overdue(&mut registry, &tally);
        let mut page = String::new();
        text::encode(&mut page, &registry).unwrap();
        let mut lines: Vec<_> =
            page.lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect();
        lines.sort();
        lines
    }

    #[test]
    fn the_oldest_of_a_kind_counts_and_nothing_that_was_refused() {
        assert_eq!(
            said(1, "effects_oldest"),
            [r#"effects_oldest_timestamp_seconds{group="g0",kind="remove"} 7.0"#]
        );
    }

    #[test]
    fn of_few_groups_it_is_said_what_there_is_none_of() {
        let kinds = EffectKind::WORDS.len() * Progress::ALL.len();
        assert_eq!(said(2, "effects{").len(), 2 * kinds);
        assert_eq!(said(2, "deadlines_overdue{").len(), 2 * DeadlineKind::ALL.len());
        let overdue = said(2, "deadlines_overdue{");
        assert!(
            overdue.contains(&r#"deadlines_overdue{group="g0",kind="mute_over"} 2"#.to_owned()),
            "{overdue:?}"
        );
        assert!(
            overdue.contains(&r#"deadlines_overdue{group="g1",kind="mute_over"} 0"#.to_owned()),
            "{overdue:?}"
        );
    }

    #[test]
    fn of_many_groups_only_what_there_is_is_said() {
        assert_eq!(
            said(ZEROS_GROUPS_MAX, "deadlines_overdue{").len(),
            ZEROS_GROUPS_MAX * DeadlineKind::ALL.len()
        );
        assert_eq!(said(ZEROS_GROUPS_MAX + 1, "deadlines_overdue{").len(), 1);
        assert_eq!(said(ZEROS_GROUPS_MAX + 1, "effects{").len(), 3);
    }
}
