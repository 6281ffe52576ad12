//! One or two groups with members, officers, a clock and platforms that fail, over a real ledger in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use casework::{Casework, LoadError, Loaded, Source};
use ledger::Ledger;
use ledger::testing::{self, Break};
use platform::{Inbound, Intake, Outbound, Position};
use policy::{
    Breaker, ChannelId, Charter, Duties, Letter, MemberId, MessageText, Periods, Post, PostId, PostKind,
    Procedure, Role, Roster, Surface, SurfaceKind,
};
use tempfile::TempDir;

use super::TRIPS;
use super::books::{self, Books};
use super::chance::Chance;
use super::faults::{Faulty, Fuse, Killed, Time};
use super::rules::{Memory, plain};
use super::steps::{Step, Words};
use crate::harness::{charter, group, loaded, member, read};

pub(super) const SECOND: i64 = 1000;
pub(super) const HOUR: i64 = 60 * 60 * SECOND;
pub(super) const DAY: i64 = 24 * HOUR;
pub(super) const START: i64 = 1_778_493_600_000;

/// Those who write; the first ones more than the others.
pub(super) const MEMBERS: [&str; 6] = ["alice", "bob", "cara", "dan", "fay", "gus"];
/// Those who report, and do nothing else that would have their names stand anywhere.
pub(super) const REPORTERS: [&str; 2] = ["quillon", "rookwood"];
pub(super) const OFFICERS: [(&str, Role); 7] = [
    ("mo", Role::Moderator),
    ("nia", Role::Moderator),
    ("asha", Role::Admin),
    ("kit", Role::Admin),
    ("sam", Role::Secretary),
    ("ed", Role::Executive),
    ("eve", Role::Executive),
];

/// A group, and where it is.
pub(super) struct Place {
    pub(super) key: &'static str,
    /// What the names of its people end in.
    pub(super) suffix: &'static str,
    pub(super) platform: Arc<Faulty>,
    /// Whether members are heard before a warning.
    pub(super) heard_before_warning: bool,
    /// When so much goes that it is left to people.
    pub(super) breaker: Breaker,
}

impl Place {
    pub(super) fn name(&self, name: &str) -> String {
        format!("{name}{}", self.suffix)
    }

    fn charter(&self) -> Charter {
        let mut roster = Roster::default();
        for (officer, role) in OFFICERS {
            roster.appoint(member(&self.name(officer)), role);
        }
        let periods = Periods { hearing_before_warning: self.heard_before_warning, ..Periods::default() };
        Charter {
            name: format!("The {} people", self.key),
            roster,
            procedure: Procedure { periods, breaker: self.breaker, ..Procedure::default() },
            duties: Duties { alternate: Some(member(&self.name("kit"))), ..Duties::default() },
            welcome: true,
            ..charter(self.key)
        }
    }
}

struct Files(Vec<Charter>);

impl Source for Files {
    fn load(&self) -> Result<Loaded, LoadError> {
        Ok(loaded(self.0.clone()))
    }
}

/// One run of the program.
struct Run {
    casework: Arc<Casework>,
    ledger: Ledger,
}

pub(super) struct World {
    directory: TempDir,
    run: Option<Run>,
    pub(super) time: Arc<Time>,
    fuse: Arc<Fuse>,
    pub(super) places: Vec<Place>,
    pub(super) books: Books,
    pub(super) memory: Memory,
    /// What comes next, because of what came before.
    pub(super) next: VecDeque<Step>,
    /// Everything that was ever handed in as a post.
    pub(super) posts: Vec<(usize, Post)>,
    pub(super) words: u32,
    /// What was answered in this step: by whom it was asked, what, and the answer.
    pub(super) answers: Vec<(usize, String, String, String)>,
    /// Whether everything that was due has been delivered in this step.
    pub(super) settled: bool,
    pub(super) errors: Vec<String>,
    /// Whether an officer asked in this step for something to be erased.
    pub(super) erases: bool,
    /// What was done last by hand, by group and member; how many effects there were.
    pub(super) by_hand: BTreeMap<(usize, String), (platform::Change, usize)>,
    /// Who brought which report: group, number of the file, or the post.
    pub(super) reporters: BTreeSet<(usize, String, String)>,
}

impl World {
    /// A world by chance, over a copy of an empty ledger.
    pub(super) async fn new(seed: u64, template: &Path, chance: &mut Chance) -> Self {
        let directory = tempfile::Builder::new().prefix("beadle-simulation-").tempdir_in(memory()).unwrap();
        for file in ["ledger.db", "ledger.key"] {
            std::fs::copy(template.join(file), directory.path().join(file)).unwrap();
        }
        let fuse = Arc::new(Fuse::default());
        let heard = !chance.one_in(3);
        let keys: &[(&'static str, &'static str)] =
            if chance.one_in(6) { &[("tea", ""), ("jam", "-jx")] } else { &[("tea", "")] };
        let place = |(nth, &(key, suffix)): (usize, &(&'static str, &'static str))| Place {
            key,
            suffix,
            platform: Arc::new(Faulty::new(
                Chance::new(seed, 10 + u64::try_from(nth).unwrap()),
                fuse.clone(),
            )),
            heard_before_warning: heard,
            breaker: if TRIPS.contains(&seed) {
                Breaker { enabled: true, floor: 3, factor: 2, per_member: 1 }
            } else {
                Breaker::default()
            },
        };
        let places: Vec<Place> = keys.iter().enumerate().map(place).collect();
        for place in &places {
            let officers = OFFICERS.iter().map(|(name, _)| *name);
            // Every other platform is left in peace after removals.
            place.platform.fake.set_lull(Duration::from_secs(seed % 2));
            for name in MEMBERS.into_iter().chain(REPORTERS).chain(officers) {
                let name = place.name(name);
                place.platform.fake.add_member(&member(&name), &name);
            }
        }
        let mut world = Self {
            directory,
            run: None,
            time: Arc::new(Time::new(START, fuse.clone())),
            fuse,
            places,
            books: Books::default(),
            memory: Memory::default(),
            next: VecDeque::new(),
            posts: Vec::new(),
            words: 0,
            answers: Vec::new(),
            settled: false,
            errors: Vec::new(),
            erases: false,
            by_hand: BTreeMap::new(),
            reporters: BTreeSet::new(),
        };
        world.start().await;
        world
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.run.as_ref().unwrap().ledger
    }

    fn casework(&self) -> Arc<Casework> {
        self.run.as_ref().unwrap().casework.clone()
    }

    /// Starts the program on what there is.
    async fn start(&mut self) {
        let ledger = Ledger::open(self.directory.path()).await.unwrap();
        let platforms: HashMap<_, _> = self
            .places
            .iter()
            .map(|place| (group(place.key), place.platform.clone() as Arc<dyn Outbound>))
            .collect();
        let source = Box::new(Files(self.places.iter().map(Place::charter).collect()));
        let casework = Casework::open(ledger.clone(), self.time.clone(), source, platforms).await.unwrap();
        self.run = Some(Run { casework: Arc::new(casework), ledger });
        self.casework().deliver_until(std::future::ready(())).await;
    }

    /// Ends the program, as far as the ledger can tell, and starts it again.
    pub(super) async fn restart(&mut self) {
        self.run = None;
        self.start().await;
        self.settled = false;
    }

    /// Has it happen; the process may die meanwhile, and is started again then. `places`: where it dies.
    async fn alive<T>(&mut self, deed: impl Future<Output = T>, places: Option<u32>) -> Option<T> {
        self.fuse.set(places);
        let done = survives(deed).await;
        self.fuse.set(None);
        if done.is_none() {
            self.restart().await;
        }
        done
    }

    /// Hands something in, and delivers what is due.
    pub(super) async fn takes(&mut self, inbound: Inbound, dies: Option<u32>, settles: bool) {
        let casework = self.casework();
        let again = inbound.clone();
        let deed = async move {
            let answer = casework.take(inbound).await;
            if settles { casework.settle().await.map(|()| answer) } else { Ok(answer) }
        };
        match self.alive(deed, dies).await {
            Some(Ok(Ok(answer))) => {
                self.settled = settles;
                self.note_answer(&again, answer.as_ref());
            }
            Some(Ok(Err(error)) | Err(error)) => self.errors.push(chain(&error)),
            // What was not dealt with is handed in again, as adapters do.
            None => {
                if let Inbound::Post { .. } | Inbound::Joined { .. } | Inbound::ByHand { .. } = again {
                    match self.casework().take(again).await {
                        Ok(_) => {}
                        Err(error) => self.errors.push(chain(&error)),
                    }
                }
            }
        }
    }

    fn note_answer(&mut self, inbound: &Inbound, answer: Option<&Letter>) {
        let (Inbound::Command { group, from, line, .. } | Inbound::Direct { group, from, text: line, .. }) =
            inbound
        else {
            return;
        };
        let place = self.places.iter().position(|place| place.key == group.as_str()).unwrap();
        let (from, line) = (from.as_str().to_owned(), line.expose().to_owned());
        if let Some(letter) = answer {
            plain(&self.places[place], &from, letter, &mut self.errors);
        }
        let answer = answer.map(read).unwrap_or_default();
        if let Some(about) = line.strip_prefix("report ")
            && answer.starts_with("Thank you")
        {
            let number = answer.split("B-").nth(1).unwrap_or_default().chars().take(4).collect();
            self.reporters.insert((place, number, from.clone()));
            if let Some(post) = about.split(' ').nth(1).and_then(|about| about.strip_prefix('#')) {
                self.reporters.insert((place, post.to_owned(), from.clone()));
            }
        }
        self.answers.push((place, from, line, answer));
    }

    /// Hands in two things at once.
    pub(super) async fn take_both(&mut self, one: Inbound, other: Inbound) {
        let casework = self.casework();
        let (first, second) = tokio::join!(casework.take(one.clone()), casework.take(other.clone()));
        for (inbound, answer) in [(one, first), (other, second)] {
            match answer {
                Ok(answer) => self.note_answer(&inbound, answer.as_ref()),
                Err(error) => self.errors.push(chain(&error)),
            }
        }
        self.settle(None).await;
    }

    /// Hands something in and drops what is under way after so many polls; the program goes on, or is started again.
    pub(super) async fn take_in_part(&mut self, inbound: Inbound, polls: u32, restarts: bool) {
        let casework = self.casework();
        let mut left = polls;
        {
            let mut deed = pin!(async {
                let answer = casework.take(inbound).await;
                (answer, casework.settle().await)
            });
            let done = std::future::poll_fn(|cx| {
                if left == 0 {
                    return Poll::Ready(None);
                }
                left -= 1;
                deed.as_mut().poll(cx).map(Some)
            });
            if let Some((answer, settled)) = done.await {
                self.settled = true;
                for error in [answer.err(), settled.err()].into_iter().flatten() {
                    self.errors.push(chain(&error));
                }
            }
        }
        drop(casework);
        if restarts {
            self.restart().await;
        }
    }

    /// Has something happen while the ledger can change only so many rows before it breaks in one way or the other. Then it
    /// can again, and what came to nothing is tried again: by adapters, and by whoever got no answer. Gives whether it came
    /// to that.
    pub(super) async fn breaks(&mut self, rows: u32, how: Break, step: &Step) -> bool {
        let inbound = match step {
            Step::Passes(ms) => {
                self.time.passes(*ms);
                None
            }
            step => self.inbound(step),
        };
        let casework = self.casework();
        testing::break_after(self.ledger(), rows, how).await.unwrap();
        let mut again = None;
        if let Some(inbound) = inbound {
            match casework.take(inbound.clone()).await {
                Ok(answer) => self.note_answer(&inbound, answer.as_ref()),
                Err(error) => {
                    self.note_broken(&error);
                    again = Some(inbound);
                }
            }
        }
        if let Err(error) = casework.settle().await {
            self.note_broken(&error);
        }
        let broke = testing::mend(self.ledger()).await.unwrap();
        if let Some(inbound) = again {
            match casework.take(inbound.clone()).await {
                Ok(answer) => self.note_answer(&inbound, answer.as_ref()),
                Err(error) => self.errors.push(chain(&error)),
            }
        }
        self.settle(None).await;
        broke
    }

    /// Nothing else may go wrong than what was broken.
    fn note_broken(&mut self, error: &dyn std::error::Error) {
        let chain = chain(error);
        if !chain.contains(testing::BROKEN) {
            self.errors.push(chain);
        }
    }

    /// Delivers what is due.
    pub(super) async fn settle(&mut self, dies: Option<u32>) {
        let casework = self.casework();
        let deed = async move { casework.settle().await };
        match self.alive(deed, dies).await {
            Some(Ok(())) => self.settled = true,
            Some(Err(error)) => self.errors.push(chain(&error)),
            None => {}
        }
    }

    pub(super) async fn look(&mut self) -> Books {
        let books = books::read(self.ledger()).await;
        std::mem::replace(&mut self.books, books)
    }

    pub(super) fn command(&mut self, place: usize, from: &str, line: &str) -> Inbound {
        self.erases |= line.starts_with("erase ");
        let group = group(self.places[place].key);
        Inbound::Command {
            group,
            from: member(from),
            line: MessageText::new(line),
            is_private: false,
            noted: None,
        }
    }

    pub(super) fn direct(&self, place: usize, from: &str, text: &str) -> Inbound {
        let group = group(self.places[place].key);
        Inbound::Direct {
            group,
            from: member(from),
            text: MessageText::new(text),
            with_officers: false,
            noted: None,
        }
    }

    /// Puts a post up where its author may post; gives what is to be handed in.
    pub(super) fn put_up(&mut self, words: &Words) -> Option<Inbound> {
        let place = &self.places[words.place];
        let surface = |kind, text: &str| Surface { kind, text: MessageText::new(text) };
        let mut surfaces = vec![surface(SurfaceKind::Body, &words.text)];
        surfaces.extend(words.quotes.iter().map(|text| surface(SurfaceKind::Quotation, text)));
        let post = Post {
            group: group(place.key),
            channel: ChannelId::new("general").unwrap(),
            id: PostId::new(words.id.clone()).unwrap(),
            revision: words.revision,
            author: member(&words.author),
            author_name: MessageText::new(&words.author),
            kind: PostKind::Message,
            written_at: self.time.shows(),
            surfaces,
            answers: words.answers.as_deref().and_then(PostId::new),
            directed: !words.aimed.is_empty(),
            addressed: words.aimed.iter().map(|name| member(name)).collect(),
            forwards: words.forwards.as_deref().and_then(PostId::new),
            promised: false,
        };
        if !place.platform.fake.put(post.clone()) {
            return None;
        }
        self.posts.push((words.place, post.clone()));
        Some(handed_in(post))
    }

    /// Everything in the files of the database, as bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let files = ["ledger.db", "ledger.db-wal"];
        files
            .iter()
            .flat_map(|file| std::fs::read(self.directory.path().join(file)).unwrap_or_default())
            .collect()
    }

    /// Who has a name in this group.
    pub(super) fn member(&self, place: usize, name: &str) -> MemberId {
        member(&self.places[place].name(name))
    }
}

pub(super) fn handed_in(post: Post) -> Inbound {
    let position = Some(Position(post.id.as_str().to_owned()));
    Inbound::Post { post, position }
}

/// A directory in memory, where there is one: what these ledgers promise of disks is tested elsewhere.
pub(super) fn memory() -> std::path::PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

/// Runs it to its end, unless the process dies: then everything of it is gone at once.
async fn survives<T>(deed: impl Future<Output = T>) -> Option<T> {
    let mut deed = pin!(deed);
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| deed.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Some),
        Err(death) if death.is::<Killed>() => Poll::Ready(None),
        Err(panic) => resume_unwind(panic),
    })
    .await
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    chain
}
