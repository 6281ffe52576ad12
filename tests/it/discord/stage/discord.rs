//! A script on Discord, inside the test: the server as its founder sets it up, the bot, and the time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use beadle::sources::ConfigFiles;
use discord::rest::{Refusals, Token};
use discord::{Account, AccountSettings, AutoMod, GroupSettings, RoleId, ServerId, Suspension};
use fake_discord::{App, FakeDiscord, GuildHandle, Intents, Moment, Permissions, Person, Snowflake};
use platform::{Inbound, Intake as _, Officers};
use policy::{ChannelId, Clock, MemberId, PostId, Timestamp};
use tempfile::TempDir;
use terminal::{Line, ScriptClock};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ledger_view::View;
use super::names::Names;
use super::pace::StagePace;
use super::record::{Desk, Record};
use super::{Office, RESTART, START_MS, group};
use crate::beadle::keep_secret;
use crate::discord::{by_role, invited, stayed_here};

/// Who holds which office, as in the built-in sample.
const OFFICERS: [(&str, &str); 6] = [
    ("mo", "moderator"),
    ("nia", "moderator"),
    ("asha", "admin"),
    ("kit", "admin"),
    ("sam", "secretary"),
    ("ed", "executive"),
];

/// The channels of the built-in sample.
const CHANNELS: [&str; 2] = ["general", "tearoom"];

/// Something that members can point at by its number.
#[derive(Debug, Clone)]
pub(super) struct Numbered {
    pub(super) channel: Snowflake,
    pub(super) message: Snowflake,
    pub(super) post: PostId,
}

/// The server, and everybody in it.
pub(super) struct Stage {
    pub(super) discord: Arc<FakeDiscord>,
    pub(super) app: App,
    pub(super) guild: GuildHandle,
    pub(super) channels: BTreeMap<&'static str, Snowflake>,
    pub(super) officers: Snowflake,
    pub(super) private: Snowflake,
    pub(super) suspended: Snowflake,
    pub(super) people: BTreeMap<String, Person>,
    pub(super) clock: Arc<ScriptClock>,
    pace: Arc<StagePace>,
    pub(super) record: Arc<Record>,
    posts: Mutex<Vec<Numbered>>,
    folder: TempDir,
}

/// The bot while it runs.
struct Running {
    account: Account,
    office: Office,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Plays a script, and gives what came of it.
pub(super) async fn play(script: &str) -> Vec<String> {
    let stage = Stage::set().await;
    let mut lines = Vec::new();
    for act in script.split(RESTART) {
        let running = stage.start().await;
        for line in act.lines() {
            stage.take(&running, Line::from_str(line).expect("a line of the terminal's")).await;
        }
        lines = stage.view(&running).await;
        stage.holds_to_the_world(running.office.hands.as_ref()).await;
        stage.stop(running).await;
    }
    stage.discord.check();
    lines
}

impl Stage {
    async fn set() -> Self {
        let start = Moment::from_millis(u64::try_from(START_MS).expect("it is after 1970"));
        let discord = Arc::new(FakeDiscord::start_at(start).await);
        let app = discord.application("Beadle", Intents::PRIVILEGED);
        let guild = discord.guild("Thistlebrook Social Club");
        guild.everybody_may(Permissions::MEMBER);
        let suspended = guild.role("Suspended", Permissions::NONE);
        // Discord shows officers' commands to whoever may remove posts by hand.
        let moderates = guild.role("Moderators", Permissions::MANAGE_MESSAGES);
        let own = guild.install(&app, invited(&by_role(suspended), AutoMod::Off));
        guild.raise(own);
        let channels = CHANNELS.map(|name| (name, guild.channel(name)));
        let (officers, private) = (guild.channel("officers"), guild.channel("your-matters"));
        guild.overwrite(officers, guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
        for role in [own, moderates] {
            guild.overwrite(officers, role, Permissions::VIEW_CHANNEL, Permissions::NONE);
        }
        // As the bot itself would have it, and note that it was not.
        for (_, channel) in channels {
            guild.overwrite(channel, suspended, Permissions::NONE, Permissions::VIEW_CHANNEL);
        }
        guild.overwrite(officers, suspended, Permissions::NONE, Permissions::VIEW_CHANNEL);
        guild.overwrite(private, suspended, Permissions::VIEW_CHANNEL, Permissions::NONE);
        let mut people = BTreeMap::new();
        for member in super::terminal::seed().members {
            let person = guild.member(member.id.as_str());
            person.set_global_name(Some(&member.account_name));
            if OFFICERS.iter().any(|(officer, _)| *officer == member.id.as_str()) {
                guild.give(&person, moderates);
            }
            people.insert(member.id.as_str().to_owned(), person);
        }
        let clock = Arc::new(ScriptClock::new(Timestamp::from_millis(START_MS)));
        let stage = Self {
            pace: StagePace::new(Arc::clone(&clock)),
            record: Record::new(clock.clone()),
            posts: Mutex::default(),
            folder: tempfile::tempdir().expect("a directory can be made"),
            channels: BTreeMap::from(channels),
            discord,
            app,
            guild,
            officers,
            private,
            suspended,
            people,
            clock,
        };
        keep_secret(&stage.folder.path().join("token"), &stage.app.token);
        fs::write(stage.folder.path().join("beadle.toml"), stage.config()).expect("it can be written");
        stage
    }

    /// The built-in sample as it is configured for a server.
    fn config(&self) -> String {
        let mut config = format!(
            "[[discord]]\nid = \"bot\"\ntoken_file = \"token\"\napi = \"{}\"\n\n[[groups]]\nid = \"thistlebrook\"\n\
             name = \"Thistlebrook Social Club\"\nplatform = \"discord\"\ncontact = \"secretary@thistlebrook.example\"\n\
             officers = [\n",
            self.discord.api_base()
        );
        for (officer, role) in OFFICERS {
            let id = self.people[officer].id;
            writeln!(config, "  {{ member = \"{id}\", roles = [\"{role}\"] }},").expect("it is a string");
        }
        write!(
            config,
            "]\n[groups.discord]\naccount = \"bot\"\nserver = \"{}\"\nofficers_channel = \"{}\"\n\
             private_channel = \"{}\"\nsuspension_role = \"{}\"\nwelcome_channel = \"{}\"\n",
            self.guild.id, self.officers, self.private, self.suspended, self.channels["general"]
        )
        .expect("it is a string");
        config
    }

    fn settings(&self) -> AccountSettings {
        let holders = Officers::default();
        holders.set(OFFICERS.iter().map(|(officer, _)| self.member(officer)));
        AccountSettings {
            id: "bot".to_owned(),
            token: Token::new(&self.app.token).expect("a token"),
            base: self.discord.api_base(),
            commands: casework::commands::definition(),
            for_members: casework::commands::for_members().into_iter().collect(),
            groups: vec![GroupSettings {
                group: group(),
                name: "Thistlebrook Social Club".to_owned(),
                zone: chrono_tz::Europe::London,
                server: server_id(self.guild.id),
                officers_channel: set_channel(self.officers),
                private_channel: set_channel(self.private),
                suspension: Suspension::Role(role_id(self.suspended)),
                welcome_channel: Some(set_channel(self.channels["general"])),
                automod: AutoMod::Off,
                officers: holders,
            }],
        }
    }

    /// Starts the bot, and returns when nothing is in its way and its commands are offered.
    async fn start(&self) -> Running {
        let account = Account::open_at(self.settings(), self.pace.clone(), Refusals::default()).await;
        let account = account.unwrap_or_else(|error| panic!("the account is to be opened: {error:?}"));
        let hands = account.outbound(&group()).expect("a group of the account");
        let files = ConfigFiles { config: Some(self.folder.path().join("beadle.toml")) };
        let data = self.folder.path().join("data");
        fs::create_dir_all(&data).expect("a directory can be made");
        let office = Office::open(&data, files, hands, self.clock.clone(), &self.record).await;
        let desk =
            Arc::new(Desk { casework: Arc::clone(&office.casework), record: Arc::clone(&self.record) });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (until, running) = (stop.clone(), account.clone());
        tasks.spawn(async move {
            running.run(desk, until).await.unwrap_or_else(|error| panic!("it ended: {error:?}"));
        });
        for channel in self.channels.values().chain([&self.officers, &self.private]) {
            let channel = ChannelId::new(channel.to_string()).expect("a valid id");
            let is_free = |inbound: &Inbound| matches!(inbound, Inbound::Limits { channel: of, limits, .. } if *of == channel && limits.is_empty());
            self.record.until_more("that nothing is in its way", 0, is_free).await;
        }
        let app = self.app.id;
        let offered =
            |world: &fake_discord::World| (!world.application(app)?.commands.is_empty()).then_some(());
        self.discord.wait_for("that commands are offered", offered).await;
        // As the program does it when it starts.
        office.casework.deliver_until(async {}).await;
        let running = Running { account, office, stop, tasks };
        self.settle(&running).await;
        running
    }

    async fn stop(&self, running: Running) {
        let Running { account, office, stop, tasks } = running;
        stop.cancel();
        tasks.close();
        tasks.wait().await;
        stayed_here(&account);
        office.close().await;
        self.record.forget_heard();
    }

    async fn take(&self, running: &Running, line: Line) {
        match line {
            Line::Blank => return,
            Line::Advance { seconds } => self.clock.advance(seconds),
            Line::SetClock { seconds } => self.clock.set(seconds),
            Line::Command { by, command } => {
                self.tick();
                self.command(&by.expect("scripts say who"), &command).await;
            }
            Line::Member { who, deed } => {
                self.tick();
                self.act(&who, &deed).await;
            }
            other => panic!("{other:?} is in no script"),
        }
        self.keep_time();
        self.settle(running).await;
    }

    fn tick(&self) {
        self.clock.advance(1);
        self.keep_time();
    }

    /// Discord's time is the script's, whatever the bot's clock shows.
    fn keep_time(&self) {
        let passed = u64::try_from(self.clock.steady_ms()).expect("it goes on");
        let then = Moment::from_millis(u64::try_from(START_MS).expect("it is after 1970") + passed);
        let now = self.discord.see(fake_discord::World::now);
        self.discord.advance(then.since(now));
        self.pace.moved();
    }

    /// Does all that is due, until the bot has heard of all that came of it.
    async fn settle(&self, running: &Running) {
        for _ in 0..2 {
            running.office.casework.settle().await.expect("it can be recorded");
            self.hear_all().await;
        }
        self.number_what_the_bot_put_up();
    }

    /// Returns when all was heard that happened before: it is heard in order.
    pub(super) async fn hear_all(&self) {
        let marker = self.guild.owner.say(self.officers, "so much for that").expect("an owner may");
        self.hears_post(marker).await;
    }

    /// Waits until a message was dealt with.
    pub(super) async fn hears_post(&self, message: Snowflake) {
        let id = message.to_string();
        let is_it = |inbound: &Inbound| match inbound {
            Inbound::Post { post, .. } => post.id.as_str() == id,
            _ => false,
        };
        self.record.until_more("a post", 0, is_it).await;
    }

    pub(super) fn member(&self, name: &str) -> MemberId {
        MemberId::new(self.people[name].id.to_string()).expect("a valid id")
    }

    pub(super) fn posts(&self) -> MutexGuard<'_, Vec<Numbered>> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What stands in the channels has numbers in the order in which it was put up, as in the terminal.
    fn number_what_the_bot_put_up(&self) {
        let mut posts = self.posts();
        let known: BTreeSet<Snowflake> = posts.iter().map(|post| post.message).collect();
        let mut new = BTreeMap::new();
        for channel in self.channels.values() {
            let put_up = self.discord.messages(*channel).into_iter().filter(|one| one.author == self.app.bot);
            new.extend(put_up.map(|message| (message.id, numbered(*channel, message.id))));
        }
        posts.extend(new.into_iter().filter(|(id, _)| !known.contains(id)).map(|(_, post)| post));
    }

    async fn view(&self, running: &Running) -> Vec<String> {
        let seed = super::terminal::members();
        let posts = self.posts().clone();
        let view = View {
            ledger: &running.office.ledger,
            hands: running.office.hands.as_ref(),
            record: &self.record,
            group: group(),
            members: seed.iter().map(|member| self.member(member.as_str())).collect(),
            posts: posts.iter().map(|post| post.post.clone()).collect(),
            names: self.names(&posts),
        };
        view.lines().await
    }

    fn names(&self, posts: &[Numbered]) -> Names {
        let mut names = Names::default();
        for (number, post) in posts.iter().enumerate() {
            names.put(&post.post.as_str(), (number + 1).to_string());
        }
        for (name, person) in &self.people {
            names.put(&person.id, name.as_str());
        }
        for (name, channel) in &self.channels {
            names.put(channel, *name);
        }
        names.put(&"\"discord\"", "\"terminal\"");
        // What somebody is called everywhere is told as standing in the server.
        names.put(&self.guild.id, "names");
        names
    }
}

pub(super) fn numbered(channel: Snowflake, message: Snowflake) -> Numbered {
    let post = PostId::new(message.to_string()).expect("a valid id");
    Numbered { channel, message, post }
}

fn server_id(id: Snowflake) -> ServerId {
    ServerId::new(&id.to_string()).expect("a valid id")
}

/// A channel as a group is set up with it.
fn set_channel(id: Snowflake) -> discord::ChannelId {
    discord::ChannelId::new(&id.to_string()).expect("a valid id")
}

fn role_id(id: Snowflake) -> RoleId {
    RoleId::new(&id.to_string()).expect("a valid id")
}
