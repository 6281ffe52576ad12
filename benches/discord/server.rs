//! The guilds, who is in them, and what they say.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fake_discord::{App, FakeDiscord, GuildHandle, Intents, Moment, Permissions, Person, Snowflake, World};

use crate::figures::{Figures, Sent, delete};
use crate::{Whose, now};

/// What is said and goes.
pub(crate) const WORD: &str = "fuck off";

/// What people say all day.
const CHAT: [&str; 8] = [
    "has anybody got the minutes of last week's meeting?",
    "I can bring the banner on Saturday, it is in my garage",
    "the train from Scunthorpe is late again, start without me",
    "lovely turnout today, thank you all for coming :)",
    "does the hall have a kettle or shall we bring flasks",
    "https://example.org/agenda.pdf is the agenda, comments by Friday please",
    "happy birthday Pritti!! 🎂",
    "I will ask the assessor about the passage next to the cockpit",
];

/// How often it is looked whether something has happened that only counts when all of it has.
const LOOK: Duration = Duration::from_millis(50);

/// For how long nothing is asked for when nothing is left to be.
const QUIET: Duration = Duration::from_secs(20);

/// So many write to the bot in private at once.
const DIRECTS_AT_ONCE: usize = 100;

/// How long nothing may come before what is missing counts as missed.
const IDLE_MAX: Duration = Duration::from_secs(30);

pub(crate) struct Servers {
    discord: FakeDiscord,
    beadle: App,
    minimal: App,
    guilds: Vec<Server>,
    /// Where the minimal bot is.
    apart: Server,
    officers: [Person; 4],
    /// Whose turn it is to chat, and to swear.
    chatting: AtomicUsize,
    swearing: AtomicUsize,
}

struct Server {
    guild: GuildHandle,
    general: Snowflake,
    management: Snowflake,
    private: Snowflake,
    suspended: Snowflake,
    members: Vec<Person>,
    /// Who has not sworn for the longest time first.
    turns: Mutex<VecDeque<usize>>,
}

impl Servers {
    pub(crate) async fn found(guilds: usize, members: usize) -> Self {
        let discord = FakeDiscord::start().await;
        discord.stop_checking();
        let there = discord.see(World::now);
        discord.advance(Moment::from_millis(unix_millis()).since(there));
        discord.run_clock();
        let beadle = discord.application("Beadle", Intents::PRIVILEGED);
        let minimal = discord.application("Minimal", Intents::PRIVILEGED);
        let officers = ["mo", "asha", "sam", "ed"].map(|name| discord.person(name));
        let found = |name: String, app: &App, members: usize| {
            let guild = discord.guild(&name);
            let [general, management, private] =
                ["general", "officers", "with-the-moderators"].map(|name| guild.channel(name));
            let suspended = guild.role("Suspended", Permissions::NONE);
            let role = discord::RoleId::new(&suspended.to_string()).expect("a valid id");
            // What the invitation asks for that is printed for the bot.
            let asked = discord::asked_for([(&discord::Suspension::Role(role), discord::AutoMod::Off)]);
            guild.install(app, Permissions::from_bits(asked));
            officers.iter().for_each(|officer| guild.add(officer));
            let members =
                (0..members).map(|number| guild.member(&format!("member {number}"))).collect::<Vec<_>>();
            let turns = Mutex::new((0..members.len()).collect());
            Server { guild, general, management, private, suspended, members, turns }
        };
        let apart = found("Apart".to_owned(), &minimal, members.max(500));
        let guilds = (0..guilds).map(|number| found(format!("Guild {number}"), &beadle, members)).collect();
        let (chatting, swearing) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { discord, beadle, minimal, guilds, apart, officers, chatting, swearing }
    }

    pub(crate) fn token(&self) -> &str {
        &self.beadle.token
    }

    /// Where the minimal bot is, and as what.
    pub(crate) fn of_minimal(&self) -> (&FakeDiscord, &App) {
        (&self.discord, &self.minimal)
    }

    /// What the operator has written for it.
    pub(crate) fn config(&self) -> String {
        let mut config = format!(
            "[[discord]]\nid = \"bot\"\ntoken_file = \"token\"\napi = \"{}\"\n",
            self.discord.api_base()
        );
        let roles = ["moderator", "admin", "secretary", "executive"];
        let officers = self.officers.iter().zip(roles);
        let officers: String = officers
            .map(|(officer, role)| format!("{{ member = \"{}\", roles = [\"{role}\"] }}, ", officer.id))
            .collect();
        for (number, server) in self.guilds.iter().enumerate() {
            write!(
                config,
                "\n[[groups]]\nid = \"group-{number}\"\nname = \"Group {number}\"\nplatform = \"discord\"\n\
                 contact = \"the Secretary\"\nofficers = [{officers}]\n[groups.discord]\naccount = \"bot\"\n\
                 server = \"{}\"\nofficers_channel = \"{}\"\nprivate_channel = \"{}\"\nsuspension_role = \"{}\"\n\
                 welcome_channel = \"{}\"\n[groups.breaker]\nenabled = false\n",
                server.guild.id, server.management, server.private, server.suspended, server.general
            )
            .expect("it is a string");
        }
        config
    }

    fn turn(&self, whose: Whose, turn: &AtomicUsize) -> &Server {
        match whose {
            Whose::Minimal => &self.apart,
            Whose::Beadle => {
                let turn = turn.fetch_add(1, Ordering::Relaxed);
                &self.guilds[turn % self.guilds.len()]
            }
        }
    }

    /// Somebody writes what goes, who has not for the longest time.
    pub(crate) fn swear(&self, whose: Whose) -> Sent {
        let server = self.turn(whose, &self.swearing);
        let mut turns = server.turns.lock().expect("nobody panics holding it");
        turns.rotate_left(1);
        let author = &server.members[*turns.back().expect("a guild has members")];
        let at = now();
        let message = author.say(server.general, &format!("oh {WORD}, all of you")).expect("they may write");
        Sent { at, channel: server.general, message, author: author.id }
    }

    /// Somebody writes what stays.
    pub(crate) fn chat(&self, whose: Whose, number: usize) {
        let server = self.turn(whose, &self.chatting);
        let author = &server.members[number % server.members.len()];
        let text = CHAT[number % CHAT.len()];
        author.say(server.general, text).expect("they may write");
    }

    /// The connection is lost, and the session too if it is said.
    pub(crate) fn lose(&self, is_session_lost: bool) {
        if is_session_lost {
            self.discord.forget_sessions();
        }
        self.discord.drop_connections();
    }

    /// Waits until the board hangs where the officers talk, in every guild.
    pub(crate) async fn wait_for_boards(&self) {
        let mut every = tokio::time::interval(LOOK);
        let mut left: Vec<_> = self.guilds.iter().map(|server| server.management).collect();
        while !left.is_empty() {
            every.tick().await;
            left.retain(|channel| {
                let hangs = |world: &World| world.messages(*channel).any(|one| one.author == self.beadle.bot);
                !self.discord.see(hangs)
            });
        }
    }

    /// Has those who swear next write to the bot before, and waits until it has answered: conversations that it begins
    /// itself it begins slowly, so that Discord does not shut it out.
    pub(crate) async fn get_to_know(&self, many: usize) {
        let each = many.div_ceil(self.guilds.len());
        let mut members = Vec::new();
        for server in &self.guilds {
            let turns = server.turns.lock().expect("nobody panics holding it");
            members.extend(turns.iter().take(each).map(|number| &server.members[*number]));
        }
        let mut every = tokio::time::interval(LOOK);
        for some in members.chunks(DIRECTS_AT_ONCE) {
            for member in some {
                member.dm(&self.beadle, "help").expect("they may write");
            }
            let mut left = some.to_vec();
            while !left.is_empty() {
                every.tick().await;
                left.retain(|member| {
                    let is_answered = |world: &World| {
                        let dm = world.dm(self.beadle.bot, member.id);
                        dm.is_some_and(|dm| world.messages(dm.id).any(|one| one.author == self.beadle.bot))
                    };
                    !self.discord.see(is_answered)
                });
            }
        }
        self.discord.forget_requests();
    }

    /// Waits until the program has asked for nothing for a while.
    pub(crate) async fn wait_until_nothing_is_asked(&self) {
        let mut every = tokio::time::interval(QUIET);
        loop {
            every.tick().await;
            self.discord.forget_requests();
            every.tick().await;
            if self.discord.requests().is_empty() {
                return;
            }
        }
    }

    /// Waits until its DELETE has come.
    pub(crate) async fn wait_until_gone(&self, one: &Sent) {
        let gone = |world: &World| world.message(one.channel, one.message).is_none().then_some(());
        self.discord.wait_for(&delete(one), gone).await;
    }

    /// Waits until all that was to come has, and gives how long each took; then forgets what was asked.
    pub(crate) async fn figures(&self, sent: &[Sent], whose: Whose) -> Figures {
        let bot = match whose {
            Whose::Beadle => self.beadle.bot,
            Whose::Minimal => self.minimal.bot,
        };
        let mut every = tokio::time::interval(LOOK * 10);
        let (mut last, mut heard) = (0, now());
        loop {
            every.tick().await;
            let asked = self.discord.requests();
            let direct = |author| self.discord.see(|world| world.dm(bot, author).map(|dm| dm.id));
            let figures = Figures::of(sent, &asked, direct);
            let is_complete = figures.gone.len() == sent.len()
                && (whose == Whose::Minimal || figures.told.len() == sent.len());
            if asked.len() != last {
                (last, heard) = (asked.len(), now());
            }
            if is_complete || heard.elapsed() > IDLE_MAX {
                self.discord.forget_requests();
                return figures;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the fake's time is that of the program, which is real")]
fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
