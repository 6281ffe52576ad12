//! A group with a few members and officers, a clock the test moves, and the real ledger in a directory of its own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use casework::{Casework, LoadError, Loaded, Source};
use ledger::Ledger;
use platform::fake::Fake;
use platform::{Inbound, Intake, Outbound, Position};
use policy::guard::Guard;
use policy::{
    Block, Case, ChannelId, Charter, Clock, Duties, GroupId, Letter, MemberId, MessageText, Mode, Offer,
    Periods, Policy, Post, PostId, PostKind, Preset, Procedure, Reference, Role, Roster, Rulebook, Surface,
    SurfaceKind, Timestamp, Wording, Wordlist,
};
use tempfile::TempDir;

/// Words of every grade, made up so that no test depends on a shipped list.
pub(crate) const LIST: &str = r#"
[list]
name = "made-up"
language = "en-GB"
description = "Words nobody uses"
licence = "Apache-2.0"

[[entry]]
term = "mildo"
grade = "mild"
category = "general"
match = "word"
source = "made up"

[[entry]]
term = "medlo"
grade = "medium"
category = "general"
match = "word"
source = "made up"

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

/// A clock that only the test moves: what it shows, and how far it was set from what has passed, in seconds.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<(Timestamp, i64)>);

impl TestClock {
    /// So many seconds pass.
    pub(crate) fn advance(&self, seconds: i64) {
        self.advance_ms(seconds * 1000);
    }

    /// So many milliseconds pass.
    pub(crate) fn advance_ms(&self, millis: i64) {
        let mut now = self.0.lock().unwrap();
        now.0 = Timestamp::from_millis(now.0.as_millis() + millis);
    }

    /// Somebody sets it, and no time passes.
    pub(crate) fn set(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        now.0 = now.0.plus_seconds(seconds);
        now.1 += seconds;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().0
    }

    fn steady_ms(&self) -> i64 {
        let now = self.0.lock().unwrap();
        now.0.plus_seconds(-now.1).as_millis()
    }
}

/// What the files say, changed by the test.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    loaded: Arc<Mutex<Result<Loaded, LoadError>>>,
    in_force: Arc<Mutex<Vec<Charter>>>,
}

impl Files {
    fn new(loaded: Loaded) -> Self {
        Self { loaded: Arc::new(Mutex::new(Ok(loaded))), in_force: Arc::default() }
    }

    pub(crate) fn replace(&self, loaded: Result<Loaded, LoadError>) {
        *self.loaded.lock().unwrap() = loaded;
    }

    /// What was said to be in force last.
    pub(crate) fn told(&self) -> Vec<Charter> {
        self.in_force.lock().unwrap().clone()
    }
}

impl Source for Files {
    fn load(&self) -> Result<Loaded, LoadError> {
        self.loaded.lock().unwrap().clone()
    }

    fn in_force(&self, charters: &[Charter]) {
        *self.in_force.lock().unwrap() = charters.to_vec();
    }
}

pub(crate) struct Harness {
    pub(crate) casework: Arc<Casework>,
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) platform: Arc<Fake>,
    pub(crate) files: Files,
    pub(crate) directory: TempDir,
}

pub(crate) fn group(id: &str) -> GroupId {
    GroupId::new(id).unwrap()
}

pub(crate) fn member(id: &str) -> MemberId {
    MemberId::new(id).unwrap()
}

pub(crate) fn case_ref(number: u32) -> Reference {
    Reference::new(number).unwrap()
}

/// A charter with moderators mo and nia, admin asha, secretary sam and executive ed.
pub(crate) fn charter(id: &str) -> Charter {
    let mut roster = Roster::default();
    let officers = [
        ("mo", Role::Moderator),
        ("nia", Role::Moderator),
        ("asha", Role::Admin),
        ("sam", Role::Secretary),
        ("ed", Role::Executive),
    ];
    for (officer, role) in officers {
        roster.appoint(member(officer), role);
    }
    Charter {
        group: group(id),
        name: format!("The {id} group"),
        zone: chrono_tz::Europe::London,
        policy: Policy::new(Preset::Standard),
        rulebook: Rulebook::default(),
        roster,
        mode: Mode::Live,
        contact: "secretary@example.org".to_owned(),
        external_body: "the national office".to_owned(),
        // Most stories are about posts: nobody is asked for their side of a first strike in them.
        procedure: Procedure {
            periods: Periods { hearing_before_warning: false, ..Periods::default() },
            ..Procedure::default()
        },
        duties: Duties::default(),
        welcome: false,
        wording: Wording::default(),
    }
}

pub(crate) fn loaded(charters: Vec<Charter>) -> Loaded {
    let lists = vec![Wordlist::parse("made-up.toml", LIST).unwrap()];
    Loaded { charters, lists, guard: Guard::default() }
}

/// A directory in memory where there is such a place: what a disk has to promise is tested with the ledger.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

impl Harness {
    /// The group `tea`, live, with the standard preset.
    pub(crate) async fn new() -> Self {
        Self::with(vec![charter("tea")]).await
    }

    pub(crate) async fn with(charters: Vec<Charter>) -> Self {
        let platform = Arc::new(Fake::new());
        for name in ["alice", "bob", "mo", "nia", "asha", "sam", "ed"] {
            platform.add_member(&member(name), name);
        }
        let clock = Arc::new(TestClock(Mutex::new((Timestamp::from_millis(1_778_493_600_000), 0))));
        let files = Files::new(loaded(charters));
        Self::open(scratch(), platform, clock, files).await
    }

    async fn open(directory: TempDir, platform: Arc<Fake>, clock: Arc<TestClock>, files: Files) -> Self {
        let data = directory.path().to_owned();
        Self::open_at(&data, directory, platform, clock, files).await
    }

    async fn open_at(
        data: &Path,
        directory: TempDir,
        platform: Arc<Fake>,
        clock: Arc<TestClock>,
        files: Files,
    ) -> Self {
        let ledger = Ledger::open(data).await.unwrap();
        let outbound: Arc<dyn Outbound> = platform.clone();
        let charters = files.load().unwrap().charters;
        let platforms: HashMap<_, _> =
            charters.into_iter().map(|charter| (charter.group, Arc::clone(&outbound))).collect();
        let source = Box::new(files.clone());
        let casework = Casework::open(ledger.clone(), clock.clone(), source, platforms).await.unwrap();
        Self { casework: Arc::new(casework), ledger, clock, platform, files, directory }
    }

    /// Ends the process, as far as the ledger can tell, and starts another.
    pub(crate) async fn restart(self) -> Self {
        let data = self.ledger.directory().to_owned();
        self.moves_to(data).await
    }

    /// The same with a ledger that is somewhere else in its directory.
    pub(crate) async fn moves_to(self, data: PathBuf) -> Self {
        let Self { casework, ledger, clock, platform, files, directory } = self;
        drop(casework);
        drop(ledger);
        Self::open_at(&data, directory, platform, clock, files).await
    }

    /// Puts a post up and hands it in, without delivering.
    pub(crate) async fn takes(&self, post: Post) {
        self.platform.put(post.clone());
        self.hands_in(post).await;
    }

    pub(crate) async fn hands_in(&self, post: Post) {
        let position = Some(Position(post.id.as_str().to_owned()));
        let answer = self.casework.take(Inbound::Post { post, position }).await.unwrap();
        assert_eq!(answer, None);
    }

    /// Puts a post up, hands it in and delivers what is due.
    pub(crate) async fn post(&self, id: &str, author: &str, text: &str) {
        self.takes(post(self, "tea", id, author, text)).await;
        self.settle().await;
    }

    pub(crate) async fn settle(&self) {
        self.casework.settle().await.unwrap();
    }

    /// The answer to an officer's command.
    pub(crate) async fn command(&self, from: &str, line: &str) -> String {
        self.command_in("tea", from, line).await
    }

    pub(crate) async fn command_in(&self, id: &str, from: &str, line: &str) -> String {
        self.command_as(id, from, line, false).await
    }

    /// The answer to a command that nobody else sees.
    pub(crate) async fn private_command(&self, from: &str, line: &str) -> String {
        self.command_as("tea", from, line, true).await
    }

    async fn command_as(&self, id: &str, from: &str, line: &str, is_private: bool) -> String {
        let line = MessageText::new(line);
        let inbound =
            Inbound::Command { group: group(id), from: member(from), line, is_private, noted: None };
        let answer = self.casework.take(inbound).await.unwrap().unwrap();
        self.settle().await;
        read(&answer)
    }

    /// The answer to a private message.
    pub(crate) async fn direct(&self, from: &str, text: &str) -> String {
        self.direct_in(from, text, false).await
    }

    /// What the bot says to a line in the place that a member shares with the officers.
    pub(crate) async fn with_officers(&self, from: &str, text: &str) -> String {
        self.direct_in(from, text, true).await
    }

    async fn direct_in(&self, from: &str, text: &str, with_officers: bool) -> String {
        let text = MessageText::new(text);
        let inbound =
            Inbound::Direct { group: group("tea"), from: member(from), text, with_officers, noted: None };
        let answer = self.casework.take(inbound).await.unwrap().unwrap();
        self.settle().await;
        read(&answer)
    }

    /// Has every proposal declined, so that the story is about the posts alone.
    pub(crate) async fn declines_all(&self) {
        for sanction in self.ledger.sanctions_waiting(&group("tea"), 1000).await.unwrap() {
            let reference = sanction.reference;
            self.command("asha", &format!("case {reference}")).await;
            let answer =
                self.command("asha", &format!("decline {reference} Nothing of the kind is needed.")).await;
            assert!(answer.contains("declined"), "{answer}");
        }
    }

    /// Hands in that somebody came into the group, and delivers what is due.
    pub(crate) async fn joins(&self, name: &str) {
        let inbound = Inbound::Joined { group: group("tea"), member: member(name) };
        self.casework.take(inbound).await.unwrap();
        self.settle().await;
    }

    /// Hands in that a human did something to a member, and delivers what is due.
    pub(crate) async fn hands(&self, change: platform::Change, name: &str, by: Option<&str>) {
        let (group, member, by) = (group("tea"), member(name), by.map(member));
        let inbound = Inbound::ByHand { group, member, change, by, noted: None };
        self.casework.take(inbound).await.unwrap();
        self.settle().await;
    }

    /// Hands in that an officer took posts away with the platform's own means, and delivers what is due.
    pub(crate) async fn takes_down(&self, author: &str, posts: u32, by: &str) {
        let (group, author, by) = (group("tea"), member(author), Some(member(by)));
        let inbound = Inbound::TakenDown { group, author, posts, by, noted: None };
        self.casework.take(inbound).await.unwrap();
        self.settle().await;
    }

    pub(crate) async fn case(&self, number: u32) -> Option<Case> {
        self.ledger.case(&group("tea"), case_ref(number)).await.unwrap()
    }

    pub(crate) async fn state(&self, number: u32) -> &'static str {
        self.case(number).await.map_or("none", |case| case.state.word())
    }

    /// How many strikes were given, and how many of them are not voided.
    pub(crate) async fn strikes(&self, author: &str) -> (usize, usize) {
        let strikes = self.ledger.strikes(&group("tea"), &member(author)).await.unwrap();
        (strikes.len(), strikes.iter().filter(|(_, strike)| strike.counts()).count())
    }

    /// Everything a member was told, from the so-manieth letter on.
    pub(crate) fn letters_from(&self, to: &str, first: usize) -> String {
        self.platform.letters(&member(to)).iter().skip(first).map(read).collect::<Vec<_>>().join("\n--\n")
    }

    /// The headings of what a member was told, in order.
    pub(crate) fn told(&self, to: &str) -> Vec<String> {
        let heading = |letter: &Letter| read(letter).split('.').next().unwrap_or_default().to_owned();
        self.platform.letters(&member(to)).iter().map(heading).collect()
    }

    pub(crate) fn stands(&self, id: &str) -> bool {
        self.platform.post(&PostId::new(id).unwrap()).is_some()
    }
}

pub(crate) fn post(harness: &Harness, group_id: &str, id: &str, author: &str, text: &str) -> Post {
    Post {
        group: group(group_id),
        channel: ChannelId::new("general").unwrap(),
        id: PostId::new(id).unwrap(),
        revision: 0,
        author: member(author),
        author_name: MessageText::new(author),
        kind: PostKind::Message,
        written_at: harness.clock.now(),
        surfaces: vec![Surface { kind: SurfaceKind::Body, text: MessageText::new(text) }],
        answers: None,
        directed: false,
        addressed: Vec::new(),
        forwards: None,
        promised: false,
    }
}

/// What a letter says; whatever it names in backticks and can offer about a file, it has to offer. What is about no file
/// is also named in passing.
pub(crate) fn read(letter: &Letter) -> String {
    for command in commands_in(letter).into_iter().filter(|command| command.file().is_some()) {
        assert!(letter.offers.contains(&command), "`{command}` is named and not offered: {letter:?}");
    }
    let line = |block: &Block| match block {
        Block::Text(text) => text.clone(),
        Block::Quote(text) => format!("> {}", text.expose()),
    };
    letter.blocks.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What the bot's own words name in backticks, with its file, and can be offered.
fn commands_in(letter: &Letter) -> Vec<Offer> {
    let own = letter.blocks.iter().filter_map(|block| match block {
        Block::Text(text) => Some(text.as_str()),
        Block::Quote(_) => None,
    });
    let commands = own.flat_map(|text| text.split('`').skip(1).step_by(2));
    let offers = commands.filter_map(|command| {
        let mut words = command.split(' ');
        let (word, file) = (words.next()?, words.next().map(str::parse::<Reference>));
        Offer::new(word, file.transpose().ok()?, None)
    });
    offers.collect()
}
