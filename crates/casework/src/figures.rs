//! What happens, counted where it happens, for whoever watches the program. It is told apart by groups and by closed lists of
//! words: by nothing of a person, a place or a post. What stands open is not counted here but asked of the ledger.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use ledger::{Effect, EffectKind};
use platform::DeliveryError;
use policy::{Finding, Grade, GroupId, Timestamp, Verdict};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::delivery::{Answer, Found};

/// Up to how many seconds something took, for a histogram: from a platform next door to an hour's outage.
const SECONDS: [f64; 12] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0];

/// How a change of the rules by their files ended.
const RELOADED: &str = "done";
const NOT_RELOADED: &str = "refused";

type Counts<L> = Family<L, Counter>;
type Seconds<L> = Family<L, Counter<f64, AtomicU64>>;
type Instants<L> = Family<L, Gauge<f64, AtomicU64>>;
type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

/// What happened since the program started. Clones count the same.
#[derive(Debug, Clone)]
pub struct Figures {
    judged: Counts<OfVerdict>,
    findings: Counts<OfGrade>,
    recorded: Durations<OfGroup>,
    removed: Durations<OfGroup>,
    attempts: Counts<OfAttempt>,
    waits: Seconds<OfGroup>,
    heard_itself: Instants<OfGroup>,
    reloads: Counts<OfReload>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfGroup {
    group: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfVerdict {
    group: String,
    verdict: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfGrade {
    group: String,
    grade: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAttempt {
    group: String,
    kind: &'static str,
    answer: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfReload {
    result: &'static str,
}

impl OfGroup {
    fn new(group: &GroupId) -> Self {
        Self { group: group.as_str().to_owned() }
    }
}

impl Default for Figures {
    fn default() -> Self {
        let durations = || Durations::new_with_constructor(|| Histogram::new(SECONDS));
        let figures = Self {
            judged: Family::default(),
            findings: Family::default(),
            recorded: durations(),
            removed: durations(),
            attempts: Family::default(),
            waits: Family::default(),
            heard_itself: Family::default(),
            reloads: Family::default(),
        };
        for result in [RELOADED, NOT_RELOADED] {
            drop(figures.reloads.get_or_create(&OfReload { result }));
        }
        figures
    }
}

impl Figures {
    /// Has these figures shown with others.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "posts_judged",
            "Posts that were judged, by what becomes of them",
            self.judged.clone(),
        );
        registry.register(
            "findings",
            "Listed words found in posts, by how strong they are",
            self.findings.clone(),
        );
        registry.register_with_unit(
            "post_recorded",
            "How long after a post was written what follows of it was on record",
            Unit::Seconds,
            self.recorded.clone(),
        );
        registry.register_with_unit(
            "post_removed",
            "How long after it was on record a post was removed",
            Unit::Seconds,
            self.removed.clone(),
        );
        registry.register(
            "effect_attempts",
            "What platforms were asked to do, by what they answered",
            self.attempts.clone(),
        );
        registry.register_with_unit(
            "rate_limit_wait",
            "How long platforms asked to be left in peace, in all",
            Unit::Seconds,
            self.waits.clone(),
        );
        registry.register_with_unit(
            "canary_last_timestamp",
            "When the bot last heard of what it did itself to see whether it hears a group",
            Unit::Seconds,
            self.heard_itself.clone(),
        );
        registry.register("rules_reloads", "How often the rules were read again", self.reloads.clone());
    }

    /// From now on a group is among them, though nothing has happened there: what was never seen cannot be seen to rise.
    pub(crate) fn expect(&self, group: &GroupId) {
        for verdict in Verdict::ALL {
            drop(self.judged.get_or_create(&of_verdict(group, *verdict)));
        }
        for grade in Grade::ALL {
            drop(self.findings.get_or_create(&of_grade(group, *grade)));
        }
        let of_group = OfGroup::new(group);
        drop(self.recorded.get_or_create(&of_group));
        drop(self.removed.get_or_create(&of_group));
        drop(self.waits.get_or_create(&of_group));
    }

    /// A post was judged.
    pub(crate) fn judged(&self, group: &GroupId, verdict: Verdict, findings: &[Finding]) {
        self.judged.get_or_create(&of_verdict(group, verdict)).inc();
        for finding in findings {
            self.findings.get_or_create(&of_grade(group, finding.grade)).inc();
        }
    }

    /// What follows of a post is on record.
    pub(crate) fn recorded(&self, group: &GroupId, written_at: Timestamp, now: Timestamp) {
        self.recorded.get_or_create(&OfGroup::new(group)).observe(seconds(written_at, now));
    }

    /// A platform answered what it was asked to do.
    pub(crate) fn answered(&self, effect: &Effect, answer: &Answer, now: Timestamp) {
        let group = effect.group.as_str().to_owned();
        let of_attempt = OfAttempt { group, kind: effect.kind.word(), answer: word(answer) };
        self.attempts.get_or_create(&of_attempt).inc();
        if effect.kind == EffectKind::Remove && answer.is_ok() {
            let took = seconds(effect.queued_at, now);
            self.removed.get_or_create(&OfGroup::new(&effect.group)).observe(took);
        }
    }

    /// A platform asked for patience.
    pub(crate) fn waits(&self, group: &GroupId, wait: Duration) {
        self.waits.get_or_create(&OfGroup::new(group)).inc_by(wait.as_secs_f64());
    }

    /// The bot heard of what it did itself. Of a group in which there is nothing to hear, or was not yet, nothing is said.
    pub(crate) fn heard_itself(&self, group: &GroupId, now: Timestamp) {
        self.heard_itself.get_or_create(&OfGroup::new(group)).set(seconds(Timestamp::EPOCH, now));
    }

    /// The rules were read again, or stay as they were because they cannot be used.
    pub(crate) fn reloaded(&self, is_done: bool) {
        let result = if is_done { RELOADED } else { NOT_RELOADED };
        self.reloads.get_or_create(&OfReload { result }).inc();
    }
}

fn of_verdict(group: &GroupId, verdict: Verdict) -> OfVerdict {
    OfVerdict { group: group.as_str().to_owned(), verdict: verdict.word() }
}

fn of_grade(group: &GroupId, grade: Grade) -> OfGrade {
    OfGrade { group: group.as_str().to_owned(), grade: grade.word() }
}

/// From one instant to another. A clock that was set back in between says that it took no time.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    let millis = to.as_millis().saturating_sub(from.as_millis()).max(0);
    Duration::from_millis(millis.unsigned_abs()).as_secs_f64()
}

/// The word for what a platform answered.
fn word(answer: &Answer) -> &'static str {
    match answer {
        Ok(Found::AsWanted) => "done",
        Ok(Found::ByHand(_)) => "left_to_humans",
        Ok(Found::InVain) => "in_vain",
        Err(DeliveryError::RateLimited(_)) => "rate_limited",
        Err(DeliveryError::NotYet(_)) => "not_yet",
        Err(DeliveryError::Forbidden) => "refused",
        Err(DeliveryError::Gone) => "gone",
        Err(DeliveryError::Unreachable(_)) => "unreachable",
        // Also what future adapters may add: it is asked for again like this.
        Err(_) => "unanswered",
    }
}
