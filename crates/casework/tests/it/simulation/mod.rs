//! A seeded simulation: random people do random things to a real ledger, platforms fail, the process dies, the clock is
//! set, and after every step what must always hold is asked of the database and of what the platform saw.
//!
//! A failing seed is printed with its steps. `BEADLE_SEED=17 cargo test -p beadle-casework --test it simulation` replays
//! it, `BEADLE_SEEDS=0..100000` runs as many as wanted.

mod books;
mod broken;
mod chance;
mod faults;
mod rules;
mod steps;
mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chance::Chance;
use ledger::{Ledger, testing};
use steps::Step;
use tempfile::TempDir;
use world::{DAY, HOUR, OFFICERS, World};

/// How many seeds the test command runs of each kind.
const STEADY: Range<u64> = 0..80;
const RESTLESS: Range<u64> = 1_000_000..1_000_016;
const LONG: Range<u64> = 2_000_000..2_000_004;
/// In these, three removals of three members within ten minutes are too many.
const TRIPS: Range<u64> = 3_000_000..3_000_012;

/// What a seed came to.
#[derive(Debug, Default)]
struct Story {
    steps: Vec<String>,
    /// Steps, answers and everything that platforms did.
    hash: u64,
    seen: BTreeMap<&'static str, u32>,
}

/// What a seed found.
#[derive(Debug)]
struct Failure {
    seed: u64,
    wrong: Vec<String>,
    steps: Vec<String>,
}

impl Failure {
    fn report(&self) -> String {
        let mut report = format!("seed {} after {} steps:\n", self.seed, self.steps.len());
        for wrong in &self.wrong {
            writeln!(report, "  WRONG: {wrong}").unwrap();
        }
        for (nth, step) in self.steps.iter().enumerate() {
            writeln!(report, "  {nth}: {step}").unwrap();
        }
        let replay = format!("BEADLE_SEED={} cargo test -p beadle-casework --test it simulation", self.seed);
        writeln!(report, "again: {replay}").unwrap();
        report
    }
}

/// A way to break the record, to see that it is noticed: after so many steps.
type Doctor = (usize, &'static str);

/// One seed under way.
struct Tale {
    seed: u64,
    world: World,
    story: Story,
    hasher: DefaultHasher,
}

impl Tale {
    fn new(seed: u64, world: World) -> Self {
        Self { seed, world, story: Story::default(), hasher: DefaultHasher::new() }
    }

    async fn step(&mut self, step: &Step) -> Result<(), Failure> {
        self.story.steps.push(format!("{} {step:?}", self.world.time.shows().as_millis()));
        self.world.settled = false;
        self.world.happens(step).await;
        self.look(step).await
    }

    async fn look(&mut self, step: &Step) -> Result<(), Failure> {
        let before = self.world.look().await;
        self.story.steps.last().hash(&mut self.hasher);
        self.world.answers.hash(&mut self.hasher);
        let mut wrong = rules::check(&mut self.world, &before);
        let jumped = matches!(step, Step::Set(ms) if ms.abs() > 5 * 60 * 1000);
        if jumped && self.world.settled && !before.clock_is_doubted && !self.world.books.clock_is_doubted {
            wrong.push("the clock was set, and is believed".to_owned());
        }
        self.fail_if(wrong)
    }

    fn fail_if(&self, wrong: Vec<String>) -> Result<(), Failure> {
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Failure { seed: self.seed, wrong, steps: self.story.steps.clone() })
    }

    /// Faults stop, time passes, and everything settles.
    async fn calms_down(&mut self) -> Result<(), Failure> {
        for place in &self.world.places {
            place.platform.trouble(0);
            place.platform.outage(0);
            for (name, _) in OFFICERS {
                place
                    .platform
                    .fake
                    .set_takes_messages(&policy::MemberId::new(place.name(name)).unwrap(), true);
            }
        }
        self.world.next.clear();
        self.step(&Step::Restarts).await?;
        self.step(&Step::Passes(HOUR)).await?;
        let asha = self.world.places[0].name("asha");
        self.step(&Step::Command(0, asha, "clock confirm".to_owned())).await?;
        for days in [1, 6, 8, 31, 1] {
            self.step(&Step::Passes(days * DAY)).await?;
        }
        let checks = ["pragma integrity_check", "pragma foreign_key_check"];
        let checks = testing::look(self.world.ledger(), &checks).await.unwrap();
        let mut wrong = rules::at_rest(&self.world);
        if checks[0] != [["ok"]] || !checks[1].is_empty() {
            wrong.push(format!("the database is damaged: {checks:?}"));
        }
        self.fail_if(wrong)
    }

    /// What is the same for the same seed: nothing of it depends on names drawn by the ledger, nor on time.
    fn told(mut self) -> Story {
        for place in &self.world.places {
            for (_, action) in place.platform.fake.effects() {
                format!("{action:?}").hash(&mut self.hasher);
            }
        }
        self.story.hash = self.hasher.finish();
        self.story.seen = std::mem::take(&mut self.world.memory.seen);
        self.story
    }
}

async fn run(seed: u64, template: &Path, doctor: Option<Doctor>) -> Result<Story, Failure> {
    let restless = (RESTLESS.start..LONG.start).contains(&seed);
    let mut chance = Chance::new(seed, 1);
    let world = World::new(seed, template, &mut chance).await;
    let mut tale = Tale::new(seed, world);
    let is_long = (LONG.start..TRIPS.start).contains(&seed);
    let steps = if is_long { 160 } else { 30 + chance.below(30) };
    for nth in 0..steps {
        // Time never stands still between two things that happen.
        tale.world.time.passes(1000);
        if let Some((_, statement)) = doctor.filter(|(at, _)| *at == nth) {
            testing::doctor(tale.world.ledger(), statement).await.unwrap();
        }
        let step = tale.world.draw(&mut chance, restless);
        tale.step(&step).await?;
        if TRIPS.contains(&seed) && chance.one_in(4) {
            for step in tale.world.uproar(&mut chance) {
                tale.step(&step).await?;
            }
        }
        if is_long && nth % 3 == 0 {
            tale.step(&Step::Passes(6 * DAY)).await?;
        }
    }
    tale.calms_down().await?;
    Ok(tale.told())
}

/// An empty ledger, to be copied.
fn template() -> TempDir {
    let directory = tempfile::tempdir_in(world::memory()).unwrap();
    runtime().block_on(async { Ledger::open(directory.path()).await.unwrap().close().await });
    directory
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Runs a seed; what panics is a failure like any other, but for its steps.
fn run_alone(seed: u64, template: &Path, doctor: Option<Doctor>) -> Result<Story, Failure> {
    let story = catch_unwind(AssertUnwindSafe(|| runtime().block_on(run(seed, template, doctor))));
    story.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let wrong = vec![format!("panicked: {}", said.unwrap_or_default())];
        Err(Failure { seed, wrong, steps: Vec::new() })
    })
}

/// Runs all of them on every core, and gives what was seen.
fn run_all(seeds: Range<u64>) -> BTreeMap<&'static str, u32> {
    let template = template();
    let next = AtomicU64::new(seeds.start);
    let failures = Mutex::new(Vec::new());
    let seen = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds.end) {
            match run_alone(seed, template.path(), None) {
                Ok(story) => {
                    let mut seen = seen.lock().unwrap();
                    for (what, times) in story.seen {
                        *seen.entry(what).or_insert(0) += times;
                    }
                }
                Err(failure) => failures.lock().unwrap().push(failure),
            }
            if failures.lock().unwrap().len() >= 10 {
                break;
            }
        }
    };
    on_every_core(work);
    let failures = failures.into_inner().unwrap();
    let reports: Vec<String> = failures.iter().map(Failure::report).collect();
    assert!(failures.is_empty(), "{} seeds failed\n{}", failures.len(), reports.join("\n"));
    seen.into_inner().unwrap()
}

/// Does the same on every core, and waits for all of them.
fn on_every_core(work: impl Fn() + Sync) {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(&work);
        }
    });
}

/// The seeds that somebody asked for by the environment.
fn asked_for() -> Option<Range<u64>> {
    if let Ok(seed) = std::env::var("BEADLE_SEED") {
        let seed: u64 = seed.parse().unwrap();
        return Some(seed..seed + 1);
    }
    let seeds = std::env::var("BEADLE_SEEDS").ok()?;
    let (from, to) = seeds.split_once("..").unwrap();
    Some(from.parse().unwrap()..to.parse().unwrap())
}

#[test]
fn whatever_happens_what_must_hold_holds() {
    if let Some(seeds) = asked_for() {
        run_all(seeds);
        return;
    }
    let seen = run_all(STEADY);
    // A simulation in which nothing happens shows nothing.
    for (what, least) in [("warnings", 70), ("suspensions", 18), ("expulsions", 2), ("appeals", 14)] {
        assert!(seen.get(what).is_some_and(|times| *times >= least), "{what}: {seen:?}");
    }
}

#[test]
fn whatever_is_dropped_or_asked_at_once_what_must_hold_holds() {
    if asked_for().is_none() {
        run_all(RESTLESS);
    }
}

#[test]
fn twenty_six_months_pass_and_what_must_hold_holds() {
    if asked_for().is_none() {
        let seen = run_all(LONG);
        assert!(seen.get("purged").is_some_and(|files| *files > 5), "{seen:?}");
    }
}

#[test]
fn far_more_removals_than_usual_are_left_to_people_and_what_must_hold_holds() {
    if asked_for().is_none() {
        let seen = run_all(TRIPS);
        for (what, least) in [("trips", 12), ("spared", 20)] {
            assert!(seen.get(what).is_some_and(|times| *times >= least), "{what}: {seen:?}");
        }
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let template = template();
    for seed in STEADY.take(4) {
        let [one, other] = [(); 2].map(|()| {
            run_alone(seed, template.path(), None).unwrap_or_else(|failure| panic!("{}", failure.report()))
        });
        assert_eq!(one.steps, other.steps, "seed {seed}");
        assert_eq!(one.hash, other.hash, "seed {seed}");
    }
}

/// What is broken behind the ledger's back, and what is said about it.
const BREAKS: &[(&str, &str)] = &[
    (
        "pragma foreign_keys = off; drop trigger register_is_never_deleted;
         delete from register where number = 1; pragma foreign_keys = on",
        "the register has a gap",
    ),
    (
        "update sanction set step = 'expulsion', proposed = 'expulsion', state = 'live', due_at_ms = null,
             signed_at_ms = formed_at_ms, since_ms = formed_at_ms, until_ms = null
         where state in ('hearing', 'signing')",
        "expulsion",
    ),
    (
        "update \"case\" set state = 'restored', review_due_at_ms = null where state = 'removed'",
        "a strike of a post that is not away",
    ),
    ("delete from effect where kind = 'remove'", "a removed post without its effect"),
];

#[test]
fn a_rule_that_is_broken_is_reported_with_its_seed() {
    let template = template();
    for (statement, said) in BREAKS {
        let mut failures =
            (0..25).filter_map(|seed| run_alone(seed, template.path(), Some((20, statement))).err());
        let failure = failures.find(|failure| failure.wrong.iter().any(|wrong| wrong.contains(said)));
        let report = failure.unwrap_or_else(|| panic!("nobody noticed: {statement}")).report();
        assert!(report.contains("again: BEADLE_SEED=") && report.contains("Words("), "{report}");
    }
}
