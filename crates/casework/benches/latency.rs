//! From a post coming in to its removal leaving for the platform, with the real ledger file in between.
//!
//! Run with `cargo bench -p beadle-casework`.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use casework::{Casework, LoadError, Loaded, Source};
use criterion::{Criterion, criterion_group, criterion_main};
use ledger::Ledger;
use platform::{
    Action, DeliveryError, Effect, Exclusion, History, Inbound, Intake, Mute, Outbound, Position, Receipt,
};
use policy::guard::Guard;
use policy::{
    ChannelId, Charter, Clock, Duties, GroupId, MemberId, MessageText, Mode, PlatformId, Policy, Post,
    PostId, PostKind, Preset, Procedure, Roster, Rulebook, Surface, SurfaceKind, Timestamp, Wording,
    Wordlist,
};
use tokio::runtime::{Builder, Runtime};

const LIST: &str = "[list]\nname = \"made-up\"\nlanguage = \"en-GB\"\ndescription = \"One word\"\n\
                    licence = \"Apache-2.0\"\n[[entry]]\nterm = \"worstlo\"\ngrade = \"strongest\"\n\
                    category = \"general\"\nmatch = \"word\"\nsource = \"made up\"\n";

#[derive(Debug)]
struct StoodStill;

impl Clock for StoodStill {
    fn now(&self) -> Timestamp {
        Timestamp::EPOCH
    }

    fn steady_ms(&self) -> i64 {
        0
    }
}

struct OneWord;

impl Source for OneWord {
    fn load(&self) -> Result<Loaded, LoadError> {
        let list = Wordlist::parse("made-up.toml", LIST)
            .map_err(|problems| LoadError(problems.iter().map(ToString::to_string).collect()))?;
        Ok(Loaded { charters: vec![charter()], lists: vec![list], guard: Guard::default() })
    }
}

/// A platform that does nothing but note when it was last asked to remove something.
#[derive(Default)]
struct Stopwatch(Mutex<Option<Instant>>);

#[async_trait]
impl Outbound for Stopwatch {
    fn platform(&self) -> PlatformId {
        PlatformId::new("stopwatch").expect("a valid id")
    }

    async fn apply(&self, _: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        if matches!(action, Action::Remove { .. }) {
            *self.0.lock().expect("nobody panics holding it") = Some(now());
        }
        Ok(Receipt::Done)
    }

    async fn read(
        &self,
        _: &GroupId,
        _: Option<&ChannelId>,
        _: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        Ok(None)
    }

    async fn after(
        &self,
        _: &GroupId,
        _: &ChannelId,
        _: &PostId,
        _: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        Ok(Vec::new())
    }

    async fn history(&self, _: &GroupId, _: &MemberId, _: usize) -> Result<History, DeliveryError> {
        Ok(History::default())
    }

    async fn exclusions(&self, _: &GroupId, _: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        Ok(Vec::new())
    }

    async fn mutes(&self, _: &GroupId, _: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        Ok(Vec::new())
    }

    async fn members(&self, _: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        Ok(Vec::new())
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
}

fn group() -> GroupId {
    GroupId::new("bench").expect("a valid id")
}

fn charter() -> Charter {
    Charter {
        group: group(),
        name: "Bench".to_owned(),
        zone: chrono_tz::Europe::London,
        policy: Policy::new(Preset::Standard),
        rulebook: Rulebook::default(),
        roster: Roster::default(),
        mode: Mode::Live,
        contact: "nobody".to_owned(),
        external_body: "the national office".to_owned(),
        procedure: Procedure::default(),
        duties: Duties::default(),
        welcome: false,
        wording: Wording::default(),
    }
}

fn inbound(number: u64, text: &str) -> Inbound {
    let post = Post {
        group: group(),
        channel: ChannelId::new("general").expect("a valid id"),
        id: PostId::new(number.to_string()).expect("a valid id"),
        revision: 0,
        author: MemberId::new("alice").expect("a valid id"),
        author_name: MessageText::new("Alice"),
        kind: PostKind::Message,
        written_at: Timestamp::EPOCH,
        surfaces: vec![Surface { kind: SurfaceKind::Body, text: MessageText::new(text) }],
        answers: None,
        directed: false,
        addressed: Vec::new(),
        forwards: None,
        promised: false,
    };
    Inbound::Post { post, position: Some(Position(number.to_string())) }
}

struct Bench {
    runtime: Runtime,
    casework: Casework,
    platform: Arc<Stopwatch>,
    next: u64,
    _directory: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let directory = tempfile::tempdir().expect("a directory");
        let platform = Arc::new(Stopwatch::default());
        let outbound: Arc<dyn Outbound> = platform.clone();
        let casework = runtime.block_on(async {
            let ledger = Ledger::open(directory.path()).await.expect("a ledger");
            let platforms = HashMap::from([(group(), outbound)]);
            Casework::open(ledger, Arc::new(StoodStill), Box::new(OneWord), platforms)
                .await
                .expect("casework")
        });
        Self { runtime, casework, platform, next: 0, _directory: directory }
    }

    fn post(&mut self, text: &str) -> Inbound {
        self.next += 1;
        inbound(self.next, text)
    }
}

fn latency(criterion: &mut Criterion) {
    let mut bench = Bench::new();
    criterion.bench_function("clean post: in and judged", |bencher| {
        bencher.iter_custom(|times| {
            let mut total = Duration::ZERO;
            for _ in 0..times {
                let post = bench.post("Good morning all, who has the keys to the hall?");
                let start = now();
                black_box(bench.runtime.block_on(bench.casework.take(post)).expect("taken"));
                total += start.elapsed();
            }
            total
        });
    });
    criterion.bench_function("bad post: in and recorded", |bencher| {
        bencher.iter_custom(|times| {
            let mut total = Duration::ZERO;
            for _ in 0..times {
                let post = bench.post("what a worstlo morning");
                let start = now();
                black_box(bench.runtime.block_on(bench.casework.take(post)).expect("taken"));
                total += start.elapsed();
                bench.runtime.block_on(bench.casework.settle()).expect("settled");
            }
            total
        });
    });
    criterion.bench_function("bad post: in, recorded and its removal asked of the platform", |bencher| {
        bencher.iter_custom(|times| {
            let mut total = Duration::ZERO;
            for _ in 0..times {
                let post = bench.post("what a worstlo morning");
                let start = now();
                bench.runtime.block_on(async {
                    bench.casework.take(post).await.expect("taken");
                    bench.casework.settle().await.expect("settled");
                });
                let removed = bench.platform.0.lock().expect("nobody panics holding it").take();
                total += removed.expect("it was removed") - start;
            }
            total
        });
    });
}

criterion_group! { name = benches; config = Criterion::default().sample_size(50); targets = latency }
criterion_main!(benches);
