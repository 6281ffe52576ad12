//! The bot at size: 1,000 groups, 100,000 members, 1,000,000 cases; how long everything takes then, and how large the
//! ledger is.
//!
//! Run with `cargo bench -p beadle-casework --bench scale`; `BEADLE_SCALE=0.01` does it with a hundredth of the groups,
//! and `BEADLE_DAYS=1` lets a day pass at the end, for a look through all files.
//!
//! The first run fills a ledger in `target/scale/`, which later runs with the same tables begin with. Two groups, a
//! large one and a small one, are filled through the bot itself: two years of posts, appeals, reports, sanctions and
//! looks into files, with a clock that is moved. The other groups are copies of their rows. What is measured is
//! measured in the large one that the bot filled, amid the others; the words of copies open for nobody, and no measure
//! reads them. What a measure changes stays, so that a ledger that was measured often is a little larger.

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs};

use async_trait::async_trait;
use casework::{Casework, LoadError, Loaded, Source};
use ledger::{Ledger, testing};
use platform::{
    Action, DeliveryError, Effect, Exclusion, History, Inbound, Intake, Mute, Outbound, Position, Receipt,
};
use policy::guard::Guard;
use policy::{
    Block, Breaker, ChannelId, Charter, Clock, Duties, GroupId, Letter, MemberId, MessageText, Mode, Periods,
    PlatformId, Policy, Post, PostId, PostKind, Preset, Procedure, Role, Roster, Rulebook, Surface,
    SurfaceKind, Timestamp, Wording, Wordlist,
};
use tokio::runtime::{Builder, Runtime};

/// What stands for a group's list: one word that is deleted, one that is hidden.
const LIST: &str = r#"
[list]
name = "made-up"
language = "en-GB"
description = "Words nobody uses"
licence = "Apache-2.0"

[[entry]]
term = "stronko"
grade = "strong"
category = "insult"
match = "word"
source = "made up"

[[entry]]
term = "worstlo"
grade = "strongest"
category = "general"
match = "word"
source = "made up"
"#;

const OFFICERS: [(&str, Role); 6] = [
    ("mo", Role::Moderator),
    ("nia", Role::Moderator),
    ("asha", Role::Admin),
    ("kit", Role::Admin),
    ("sam", Role::Secretary),
    ("ed", Role::Executive),
];
const WHY: &str = "There have been several posts of this kind, and a word about them did not help.";

/// A group that the bot fills, and how many there are of its kind.
struct Kind {
    key: &'static str,
    groups: f64,
    members: u64,
    cases: u64,
}

/// Together 1,000 groups, 100,640 members and 1,000,640 cases.
const LARGE: Kind = Kind { key: "large", groups: 40.0, members: 500, cases: 5000 };
const SMALL: Kind = Kind { key: "small", groups: 960.0, members: 84, cases: 834 };
/// How long a group has been kept when it is measured: long enough for what is old to go day by day.
const DAYS: u64 = 25 * 30;
const DAY: i64 = 24 * 60 * 60;
const BEGIN_MS: i64 = 1_700_000_000_000;

#[derive(Debug)]
struct Hands(Mutex<Timestamp>);

impl Hands {
    fn advance(&self, seconds: i64) {
        let mut now = self.0.lock().expect("nobody panics holding it");
        *now = now.plus_seconds(seconds);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nobody panics holding it")
    }

    fn steady_ms(&self) -> i64 {
        self.now().as_millis()
    }
}

struct Charters(Vec<String>);

impl Source for Charters {
    fn load(&self) -> Result<Loaded, LoadError> {
        let list = Wordlist::parse("made-up.toml", LIST)
            .map_err(|problems| LoadError(problems.iter().map(ToString::to_string).collect()))?;
        let charters = self.0.iter().map(|key| charter(key)).collect();
        Ok(Loaded { charters, lists: vec![list], guard: Guard::default() })
    }
}

fn charter(key: &str) -> Charter {
    let mut roster = Roster::default();
    for (officer, role) in OFFICERS {
        roster.appoint(member(officer), role);
    }
    Charter {
        group: group(key),
        name: format!("The {key} group"),
        zone: chrono_tz::Europe::London,
        policy: Policy::new(Preset::Standard),
        rulebook: Rulebook::default(),
        roster,
        mode: Mode::Live,
        contact: "secretary@example.org".to_owned(),
        external_body: "the national office".to_owned(),
        procedure: Procedure {
            periods: Periods { hearing_before_warning: false, ..Periods::default() },
            // More goes here than anywhere.
            breaker: Breaker { enabled: false, ..Breaker::default() },
            ..Procedure::default()
        },
        duties: Duties::default(),
        welcome: false,
        wording: Wording::default(),
    }
}

/// A platform that does at once whatever it is asked.
#[derive(Default)]
struct Willing(Mutex<HashMap<PostId, Post>>);

#[async_trait]
impl Outbound for Willing {
    fn platform(&self) -> PlatformId {
        PlatformId::new("willing").expect("a valid id")
    }

    async fn apply(&self, _: Effect, _: &Action) -> Result<Receipt, DeliveryError> {
        Ok(Receipt::Done)
    }

    async fn read(
        &self,
        _: &GroupId,
        _: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        Ok(self.0.lock().expect("nobody panics holding it").get(post).cloned())
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

fn group(key: &str) -> GroupId {
    GroupId::new(key).expect("a valid id")
}

fn member(name: &str) -> MemberId {
    MemberId::new(name).expect("a valid id")
}

/// Numbers that look drawn by chance, the same each time.
struct Dice(u64);

impl Dice {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.draw(times) == 0
    }

    /// A member; those with low numbers come up often, as a few people write most of what is removed.
    fn author(&mut self, members: u64) -> String {
        let (one, other) = (self.draw(members), self.draw(members));
        format!("member{}", one * other / members)
    }
}

/// A group at work.
struct Bot {
    key: String,
    casework: Casework,
    ledger: Ledger,
    clock: Arc<Hands>,
    platform: Arc<Willing>,
    posts: u64,
}

impl Bot {
    async fn open(directory: &Path, keys: Vec<String>, now: Timestamp) -> Self {
        let ledger = Ledger::open(directory).await.expect("a ledger");
        let clock = Arc::new(Hands(Mutex::new(now)));
        let platform = Arc::new(Willing::default());
        let outbound: Arc<dyn Outbound> = platform.clone();
        let key = keys[0].clone();
        let platforms = keys.iter().map(|key| (group(key), Arc::clone(&outbound))).collect();
        let casework = Casework::open(ledger.clone(), clock.clone(), Box::new(Charters(keys)), platforms)
            .await
            .expect("casework");
        let posts = u64::try_from(now.as_millis()).expect("a time after 1970");
        Self { key, casework, ledger, clock, platform, posts }
    }

    async fn close(self) {
        let Self { casework, ledger, .. } = self;
        drop(casework);
        ledger.close().await;
    }

    /// A post, and its number.
    async fn post(&mut self, author: &str, text: &str) -> String {
        self.posts += 1;
        let number = self.posts.to_string();
        let post = Post {
            group: group(&self.key),
            channel: ChannelId::new("general").expect("a valid id"),
            id: PostId::new(number.clone()).expect("a valid id"),
            revision: 0,
            author: member(author),
            author_name: MessageText::new(author),
            kind: PostKind::Message,
            written_at: self.clock.now(),
            surfaces: vec![Surface { kind: SurfaceKind::Body, text: MessageText::new(text) }],
            answers: None,
            directed: false,
            addressed: Vec::new(),
            forwards: None,
            promised: false,
        };
        {
            let mut standing = self.platform.0.lock().expect("nobody panics holding it");
            standing.clear();
            standing.insert(post.id.clone(), post.clone());
        }
        let position = Some(Position(number.clone()));
        self.casework.take(Inbound::Post { post, position }).await.expect("taken");
        number
    }

    async fn settle(&self) {
        self.casework.settle().await.expect("settled");
    }

    async fn command(&self, from: &str, line: &str) -> String {
        let line = MessageText::new(line);
        let inbound = Inbound::Command {
            group: group(&self.key),
            from: member(from),
            line,
            is_private: false,
            noted: None,
        };
        read(self.casework.take(inbound).await.expect("taken").as_ref())
    }

    async fn direct(&self, from: &str, text: &str) -> String {
        let inbound = Inbound::Direct {
            group: group(&self.key),
            from: member(from),
            text: MessageText::new(text),
            with_officers: false,
            noted: None,
        };
        read(self.casework.take(inbound).await.expect("taken").as_ref())
    }

    /// The cases that wait for a moderator.
    async fn waiting(&self) -> Vec<String> {
        let cases = self.ledger.queue(&group(&self.key), 100).await.expect("a queue");
        cases.iter().map(|case| case.reference.to_string()).collect()
    }

    /// One day in a group of this kind, with what its officers get round to.
    async fn day(&mut self, kind: &Kind, dice: &mut Dice, day: u64) {
        let due = kind.cases * (day + 1) / DAYS - kind.cases * day / DAYS;
        for _ in 0..due {
            self.clock.advance(600);
            let author = dice.author(kind.members);
            let word =
                if dice.one_in(5) { "you are a stronko, and I say so" } else { "what a worstlo morning" };
            self.post(&author, word).await;
            self.settle().await;
            let newest = self.ledger.cases_of(&group(&self.key), &member(&author), 1).await.expect("cases");
            let case = newest[0].reference;
            if dice.one_in(2) {
                self.command("mo", &format!("case {case}")).await;
            }
            if dice.one_in(12) {
                self.direct(&author, &format!("appeal {case} I quoted somebody, and did not mean it.")).await;
            }
            if dice.one_in(15) {
                let other = dice.author(kind.members);
                let post = self.post(&author, "I shall say it all the same.").await;
                self.direct(&other, &format!("report abuse #{post} He goes on and on.")).await;
            }
        }
        self.clock.advance(DAY - 600 * i64::try_from(due).unwrap_or_default());
        self.settle().await;
        if day.is_multiple_of(2) && DAYS - day > 3 {
            self.office_hour(dice).await;
        }
    }

    async fn office_hour(&self, dice: &mut Dice) {
        let here = group(&self.key);
        for case in self.waiting().await {
            let act = if dice.one_in(4) { "restore" } else { "confirm" };
            self.command("mo", &format!("{act} {case}")).await;
        }
        for (file, _) in self.ledger.open_appeals(&here, 100).await.expect("appeals") {
            let file = file.reference();
            let ruling = if dice.one_in(4) { "accept" } else { "dismiss" };
            self.command("nia", &format!("decide {file} {ruling} We have looked at it again.")).await;
            self.command("mo", &format!("decide {file} {ruling} We have looked at it again.")).await;
        }
        for report in self.ledger.reports_open(&here, 100).await.expect("reports") {
            let report = report.reference;
            self.command("asha", &format!("case {report}")).await;
            self.command("asha", &format!("answer {report} no-breach We have looked into it.")).await;
        }
        for sanction in self.ledger.sanctions_waiting(&here, 100).await.expect("sanctions") {
            let (file, step) = (sanction.reference, sanction.proposed.word());
            if dice.one_in(3) {
                self.command("asha", &format!("case {file}")).await;
                self.command("asha", &format!("decline {file} {WHY}")).await;
                continue;
            }
            for officer in ["asha", "kit", "sam"] {
                self.command(officer, &format!("case {file}")).await;
                self.command(officer, &format!("sign {file} {step} {WHY}")).await;
            }
        }
        self.settle().await;
    }
}

fn read(letter: Option<&Letter>) -> String {
    let line = |block: &Block| match block {
        Block::Text(text) => text.clone(),
        Block::Quote(text) => text.expose().to_owned(),
    };
    letter.iter().flat_map(|letter| &letter.blocks).map(line).collect::<Vec<_>>().join("\n")
}

fn begin() -> Timestamp {
    Timestamp::from_millis(BEGIN_MS)
}

fn end() -> Timestamp {
    begin().plus_seconds(DAY * i64::try_from(DAYS).unwrap_or_default())
}

/// Fills a ledger with one group of this kind, through the bot.
async fn work(kind: &Kind, directory: &Path) {
    let start = now();
    let mut bot = Bot::open(directory, vec![kind.key.to_owned()], begin()).await;
    let mut dice = Dice(kind.cases);
    for day in 0..DAYS {
        bot.day(kind, &mut dice, day).await;
    }
    assert!(bot.clock.now() >= end(), "the clock has come to where the measures begin");
    bot.close().await;
    println!("filled the {} group in {:.0?}", kind.key, start.elapsed());
}

/// The groups of a kind but for the first large one.
fn copies(kind: &Kind, scale: f64) -> Vec<String> {
    let groups = (1_u32..).take_while(|&number| f64::from(number) <= kind.groups * scale);
    let keys = groups.map(|number| format!("{}{number}", kind.key));
    keys.skip(usize::from(kind.key == LARGE.key)).collect()
}

/// The directory of a filled ledger, which is made when there is none with these tables and of this size.
async fn filled(scale: f64) -> PathBuf {
    let mut hash = DefaultHasher::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut migrations: Vec<_> = fs::read_dir(root.join("migrations"))
        .expect("migrations")
        .map(|entry| entry.expect("a file").path())
        .collect();
    migrations.sort();
    for path in migrations {
        fs::read(path).expect("a file").hash(&mut hash);
    }
    let place = root.join("target/scale").join(format!("{:016x}", hash.finish()));
    let directory = place.join(scale.to_string());
    if directory.join("filled").exists() {
        return directory;
    }
    if directory.exists() {
        fs::remove_dir_all(&directory).expect("an unfinished ledger goes");
    }
    let large = worked(&LARGE, &place).await;
    let small = worked(&SMALL, &place).await;
    copy(&large, &directory);
    let start = now();
    testing::multiply(&large, LARGE.key, &directory, &copies(&LARGE, scale)).await.expect("copied");
    testing::multiply(&small, SMALL.key, &directory, &copies(&SMALL, scale)).await.expect("copied");
    fs::write(directory.join("filled"), "").expect("a file");
    println!("copied it into the other groups in {:.0?}", start.elapsed());
    directory
}

/// The directory of a ledger with the one group of this kind, which is filled when there is none.
async fn worked(kind: &Kind, place: &Path) -> PathBuf {
    let directory = place.join(kind.key);
    if !directory.join("ledger.db").exists() {
        // Its transactions are small and many; in memory they wait for no disk.
        let memory = Path::new("/dev/shm");
        let draft = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let draft = draft.expect("a directory");
        work(kind, draft.path()).await;
        copy(draft.path(), &directory);
    }
    directory
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    // The key first: a copy that broke off is not taken for a ledger.
    for file in ["ledger.key", "ledger.db"] {
        fs::copy(from.join(file), to.join(file)).expect("copied");
    }
}

/// What was measured of one thing.
fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let (first, last) = (times[0], times[times.len() - 1]);
    println!("{what:<44} {:>10.2?}  ({first:.2?} to {last:.2?})", times[times.len() / 2]);
}

/// Measures an answer; it must be one to the point.
async fn answer(bot: &Bot, from: &str, line: &str, wanted: &str) {
    let mut times = Vec::new();
    for _ in 0..20 {
        let start = now();
        let answer = bot.command(from, line).await;
        times.push(start.elapsed());
        assert!(answer.contains(wanted), "{line}: {answer}");
    }
    tell(&format!("/{}", line.split(' ').next().unwrap_or_default()), times);
}

async fn posts(bot: &mut Bot) {
    let mut times: [Vec<Duration>; 3] = Default::default();
    for turn in 0..50 {
        bot.clock.advance(1);
        let author = format!("member{}", 400 + turn);
        for (text, at) in
            [("Good morning all, who has the keys to the hall?", 0), ("what a worstlo morning", 1)]
        {
            let start = now();
            bot.post(&author, text).await;
            times[at].push(start.elapsed());
        }
        let start = now();
        bot.settle().await;
        times[2].push(start.elapsed());
    }
    let [clean, bad, settled] = times;
    tell("a clean post: in and judged", clean);
    tell("a bad post: in and recorded", bad);
    tell("all its effects done", settled);
}

async fn acts(bot: &mut Bot) {
    let mut times = Vec::new();
    for turn in 0..10 {
        bot.post(&format!("member{}", 300 + turn), "you are a stronko, and I say so").await;
        bot.settle().await;
        let waiting = bot.waiting().await;
        let case = waiting.last().expect("a hidden post");
        let start = now();
        bot.command("mo", &format!("confirm {case}")).await;
        times.push(start.elapsed());
        bot.settle().await;
    }
    tell("/confirm, with what the ladder makes of it", times);
    let here = group(&bot.key);
    let mut times = Vec::new();
    for sanction in bot.ledger.sanctions_waiting(&here, 100).await.expect("sanctions").iter().take(20) {
        let (file, step) = (sanction.reference, sanction.proposed.word());
        for officer in ["asha", "kit", "sam"] {
            bot.command(officer, &format!("case {file}")).await;
            let start = now();
            let answer = bot.command(officer, &format!("sign {file} {step} {WHY}")).await;
            if answer.contains(" of ") || answer.contains("is decided") {
                times.push(start.elapsed());
            }
            bot.settle().await;
        }
    }
    if !times.is_empty() {
        tell("/sign", times);
    }
}

async fn answers(bot: &Bot) {
    let cases = bot.ledger.cases_of(&group(&bot.key), &member("member0"), 1000).await.expect("cases");
    println!("member0 has {} cases", cases.len());
    let newest = cases[0].reference;
    answer(bot, "mo", "queue", "").await;
    answer(bot, "mo", "appeals", "").await;
    answer(bot, "asha", "proposals", "").await;
    answer(bot, "asha", "reports", "").await;
    answer(bot, "mo", "history member0", "strike").await;
    answer(bot, "mo", &format!("case {newest}"), "worstlo").await;
    answer(bot, "sam", "digest", "Strikes").await;
    let mut times = Vec::new();
    for _ in 0..20 {
        let start = now();
        let record = bot.direct("member0", "my-record").await;
        times.push(start.elapsed());
        assert!(record.contains("What we hold"), "{record}");
    }
    tell("my-record", times);
}

async fn looks(bot: &Bot) {
    let ledger = &bot.ledger;
    let now_is = bot.clock.now();
    let mut times: [Vec<Duration>; 5] = Default::default();
    for _ in 0..20 {
        let start = now();
        ledger.next_due(now_is, &[]).await.expect("read");
        times[0].push(start.elapsed());
        let start = now();
        ledger.next_attempt_at(&[]).await.expect("read");
        times[1].push(start.elapsed());
        let start = now();
        ledger.next_deadline_after(now_is).await.expect("read");
        times[2].push(start.elapsed());
        let start = now();
        ledger.groups_due(now_is).await.expect("read");
        times[3].push(start.elapsed());
        let start = now();
        bot.settle().await;
        times[4].push(start.elapsed());
    }
    let [due, attempt, deadline, groups, idle] = times;
    tell("next_due", due);
    tell("next_attempt_at", attempt);
    tell("next_deadline_after", deadline);
    tell("groups_due", groups);
    tell("a delivery with nothing to deliver", idle);
}

async fn a_day(bot: &Bot) {
    bot.clock.advance(DAY);
    let start = now();
    // It ends where it comes upon words of a copy.
    let outcome = bot.casework.settle().await;
    println!("a day's look, purge, deadlines and effects: {:.1?}, {outcome:?}", start.elapsed());
}

async fn measure(scale: f64) {
    let directory = filled(scale).await;
    let mut keys = vec![LARGE.key.to_owned()];
    keys.extend(copies(&LARGE, scale));
    keys.extend(copies(&SMALL, scale));
    let size = fs::metadata(directory.join("ledger.db")).expect("the database").len();
    println!("{} groups, {size} bytes", keys.len());
    // A ledger that was measured is later than one that was not.
    let start = now();
    let ledger = Ledger::open(&directory).await.expect("a ledger");
    println!("opened in {:.1?}", start.elapsed());
    let later = ledger.latest().await.expect("read").unwrap_or(end()).plus_seconds(60);
    ledger.close().await;
    let mut bot = Bot::open(&directory, keys, later.max(end())).await;
    let start = now();
    bot.settle().await;
    println!("what was due at once: {:.1?}", start.elapsed());
    looks(&bot).await;
    posts(&mut bot).await;
    acts(&mut bot).await;
    answers(&bot).await;
    if env::var_os("BEADLE_DAYS").is_some() {
        a_day(&bot).await;
    }
    bot.close().await;
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn main() {
    // `cargo test --benches` only wants to know that it can be built.
    if env::args().any(|argument| argument == "--test") {
        return;
    }
    let scale = env::var("BEADLE_SCALE").ok().map_or(1.0, |scale| scale.parse().expect("a number"));
    runtime().block_on(measure(scale));
}
