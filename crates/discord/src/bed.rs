//! A server on a Discord of this machine, with the bot in it and a desk that says what a test tells it to: what tests of
//! what goes back and forth begin with.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake_discord::{
    App, FakeDiscord, GuildHandle, Intents, Interaction, Message as Posted, Permissions, Person,
    Snowflake as Id,
};
use futures_util::{SinkExt, StreamExt};
use platform::{
    Board, Choice, Desk, Inbound, Intake, IntakeError, Memo, Memos, Officers, Outbound, Position, Sought,
    Suggest,
};
use policy::{ChannelId, Clock, GroupId, Letter, MemberId, PostId, Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::account::{Account, Shared};
use crate::commands::tests::definition;
use crate::ids::Snowflake;
use crate::pace::Pace;
use crate::rest::{Refusals, Token};
use crate::server::Server;
use crate::settings::{self, AccountSettings, AutoMod, GroupSettings, ServerId, Suspension};

/// What a bot is given where people follow its invitation, nobody is suspended by a role and AutoMod is left alone.
pub(crate) fn invited() -> Permissions {
    Permissions::from_bits(crate::needs::asked_for([(&Suspension::Ban, AutoMod::Off)]))
}

/// The end of whatever should have ended long before.
pub(crate) async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("it ends")
}

/// Time that passes when a test says so, or at once when it jumps.
#[derive(Debug, Default)]
pub(crate) struct TestPace {
    jumps: bool,
    now: Mutex<i64>,
    changed: Notify,
}

impl TestPace {
    pub(crate) fn standing() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn jumping() -> Arc<Self> {
        Arc::new(Self { jumps: true, ..Self::default() })
    }

    pub(crate) fn advance(&self, by: i64) {
        *self.now.lock().unwrap() += by;
        self.changed.notify_waiters();
    }
}

impl Clock for TestPace {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_772_442_000_000 + self.steady_ms())
    }

    fn steady_ms(&self) -> i64 {
        *self.now.lock().unwrap()
    }
}

#[async_trait::async_trait]
impl Pace for TestPace {
    async fn until(&self, instant: i64) {
        if self.jumps {
            let mut now = self.now.lock().unwrap();
            *now = instant.max(*now);
            return;
        }
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.steady_ms() >= instant {
                return;
            }
            changed.await;
        }
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

/// Says what it was told to, and remembers what it heard.
#[derive(Default)]
pub(crate) struct TestDesk {
    /// What it says, one after the other; then the same that it always says.
    pub(crate) says: Mutex<VecDeque<Letter>>,
    pub(crate) heard: Mutex<Vec<Inbound>>,
    pub(crate) choices: Mutex<Vec<Choice>>,
    /// The files about which somebody was written to, and in which group.
    pub(crate) files: Mutex<Vec<(GroupId, MemberId, &'static str)>>,
    pub(crate) asked_for: Mutex<Vec<(Sought, String)>>,
    pub(crate) board: Mutex<Letter>,
    pub(crate) boards_shown: Mutex<usize>,
    pub(crate) memos: Mutex<BTreeMap<String, String>>,
    /// Nothing can be written.
    pub(crate) is_full: AtomicBool,
    /// Nothing can be noted.
    pub(crate) is_full_for_memos: AtomicBool,
    /// A letter that is delivered while somebody's line is dealt with.
    pub(crate) delivers: Mutex<Option<(Arc<dyn Outbound>, platform::Action)>>,
    /// Whether it arrived.
    pub(crate) delivered: Mutex<Option<bool>>,
}

impl TestDesk {
    fn check(&self) -> Result<(), IntakeError> {
        match self.is_full.load(Ordering::Relaxed) {
            true => Err(IntakeError("the disk is full".into())),
            false => Ok(()),
        }
    }

    /// The lines that came in, with who said them where.
    pub(crate) fn lines(&self) -> Vec<String> {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        let line = |inbound: Inbound| match inbound {
            Inbound::Direct { group, from: _, text: line, with_officers: false, .. }
            | Inbound::Command { group, from: _, line, is_private: true, .. } => {
                format!("{}: {}", group.as_str(), line.expose())
            }
            other => format!("{other:?}"),
        };
        heard.into_iter().map(line).collect()
    }

    pub(crate) fn will_say(&self, letter: Letter) {
        self.says.lock().unwrap().push_back(letter);
    }
}

#[async_trait::async_trait]
impl Intake for TestDesk {
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
        self.check()?;
        self.heard.lock().unwrap().push(inbound);
        let delivers = self.delivers.lock().unwrap().take();
        if let Some((outbound, action)) = delivers {
            let applied = outbound.apply(platform::fake::effect(1), &action).await;
            *self.delivered.lock().unwrap() = Some(applied.is_ok());
        }
        let says = self.says.lock().unwrap().pop_front();
        Ok(Some(says.unwrap_or_else(|| Letter::line("So be it."))))
    }

    async fn settle(&self) -> Result<(), IntakeError> {
        Ok(())
    }

    async fn positions(&self, _: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
        Ok(Vec::new())
    }

    async fn unread(&self, _: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
        Ok(Vec::new())
    }
}

#[async_trait::async_trait]
impl Memos for TestDesk {
    async fn recall(&self, _: &str, name: &str) -> Result<Option<String>, IntakeError> {
        Ok(self.memos.lock().unwrap().get(name).cloned())
    }

    async fn remember(&self, _: &str, name: &str, memo: Option<Memo>) -> Result<(), IntakeError> {
        self.check()?;
        if self.is_full_for_memos.load(Ordering::Relaxed) {
            return Err(IntakeError("the disk is full".into()));
        }
        let mut memos = self.memos.lock().unwrap();
        match memo {
            Some(memo) => memos.insert(name.to_owned(), memo.text),
            None => memos.remove(name),
        };
        Ok(())
    }
}

#[async_trait::async_trait]
impl Suggest for TestDesk {
    async fn suggest(
        &self,
        group: &GroupId,
        to: &MemberId,
        sought: Sought,
        typed: &str,
    ) -> Result<Vec<Choice>, IntakeError> {
        self.check()?;
        self.asked_for.lock().unwrap().push((sought, typed.to_owned()));
        let files = self.files.lock().unwrap();
        let theirs = files.iter().filter(|(of, whose, _)| of == group && whose == to);
        let theirs =
            theirs.map(|(_, _, file)| Choice { value: (*file).to_owned(), label: (*file).to_owned() });
        Ok(self.choices.lock().unwrap().iter().cloned().chain(theirs).collect())
    }
}

#[async_trait::async_trait]
impl Board for TestDesk {
    async fn board(&self, _: &GroupId) -> Result<Letter, IntakeError> {
        self.check()?;
        *self.boards_shown.lock().unwrap() += 1;
        Ok(self.board.lock().unwrap().clone())
    }
}

/// A connection to the gateway that hears everything.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn identify(url: &str, token: &str, intents: Intents) -> Self {
        let (stream, _) =
            tokio_tungstenite::connect_async(format!("{url}/?v=10&encoding=json")).await.expect("it listens");
        let mut socket = Self(stream);
        let identify = json!({ "op": 2, "d": {
            "token": token, "intents": intents.bits(),
            "properties": { "os": "linux", "browser": "test", "device": "test" },
        }});
        socket.0.send(Message::Text(identify.to_string())).await.expect("it reads");
        socket
    }

    async fn event(&mut self, name: &str) -> Value {
        loop {
            let (heard, event) = self.next(name).await;
            if heard == name {
                return event;
            }
        }
    }

    /// The next event with its name; of what is none, the name is empty.
    async fn next(&mut self, before: &str) -> (String, Value) {
        let frame = self.0.next().await.expect("it is open").expect("a frame");
        let Message::Text(text) = frame else { panic!("{frame:?} before {before}") };
        let mut frame: Value = serde_json::from_str(&text).expect("JSON");
        (frame["t"].as_str().unwrap_or_default().to_owned(), frame["d"].take())
    }
}

/// What every test begins with. The bot may everything but is no administrator, unless it is said otherwise.
pub(crate) struct Bed {
    pub(crate) discord: FakeDiscord,
    pub(crate) app: App,
    pub(crate) guild: GuildHandle,
    /// The servers of the other groups.
    pub(crate) others: Vec<GuildHandle>,
    pub(crate) general: Id,
    pub(crate) officers: Id,
    /// A member.
    pub(crate) anna: Person,
    /// An officer, who owns the server.
    pub(crate) olga: Person,
    /// The bot's own role.
    pub(crate) role: Id,
    pub(crate) account: Account,
    pub(crate) desk: Arc<TestDesk>,
    pub(crate) pace: Arc<TestPace>,
    settings: AccountSettings,
    socket: Socket,
}

/// The name of the first group.
pub(crate) fn branch() -> GroupId {
    GroupId::new("branch").unwrap()
}

pub(crate) fn server_id(id: Id) -> ServerId {
    ServerId::new(&id.to_string()).unwrap()
}

pub(crate) fn channel_id(id: Id) -> settings::ChannelId {
    settings::ChannelId::new(&id.to_string()).unwrap()
}

pub(crate) fn ours(id: Id) -> Snowflake {
    Snowflake::new(id.number()).unwrap()
}

impl Bed {
    pub(crate) async fn new() -> Self {
        Self::with(Intents::PRIVILEGED, TestPace::jumping(), 1).await
    }

    /// With the intents that the application was given, and so many groups.
    pub(crate) async fn with(given: Intents, pace: Arc<TestPace>, groups: usize) -> Self {
        let discord = FakeDiscord::start().await;
        let app = discord.application("Beadle", given);
        let guild = discord.guild("Branch");
        let (general, officers) = (guild.channel("general"), guild.channel("officers"));
        let permissions = invited();
        let role = guild.install(&app, permissions);
        let (anna, olga) = (guild.member("anna"), guild.owner.clone());
        let held = Officers::default();
        let officer = MemberId::new(olga.id.to_string()).unwrap();
        held.set([officer]);
        let mut settings = AccountSettings {
            id: "main".to_owned(),
            token: Token::new(&app.token).unwrap(),
            base: discord.api_base(),
            commands: definition(),
            for_members: ["appeal", "rules"].map(str::to_owned).into(),
            groups: vec![GroupSettings {
                group: branch(),
                name: "Branch".to_owned(),
                zone: chrono_tz::Europe::London,
                server: server_id(guild.id),
                officers_channel: channel_id(officers),
                private_channel: channel_id(general),
                suspension: Suspension::Ban,
                welcome_channel: None,
                automod: AutoMod::Off,
                officers: held,
            }],
        };
        let mut others = Vec::new();
        for number in 1..groups {
            let other = discord.guild("Other");
            let channel = other.channel("general");
            other.install(&app, permissions);
            settings.groups.push(GroupSettings {
                group: GroupId::new(format!("other-{number}")).unwrap(),
                server: server_id(other.id),
                officers_channel: channel_id(channel),
                private_channel: channel_id(channel),
                ..settings.groups[0].clone()
            });
            others.push(other);
        }
        // Whatever the application was given.
        let all = Intents::ALL.bits() & !Intents::PRIVILEGED.bits() | given.bits();
        let intents = Intents::from_bits(all & !Intents::GUILD_PRESENCES.bits()).expect("all exist");
        let mut socket = Socket::identify(&discord.gateway_url(), &app.token, intents).await;
        let desk = Arc::<TestDesk>::default();
        let account = account(&settings, &desk, &pace).await;
        for _ in 0..groups {
            let told = within(socket.event("GUILD_CREATE")).await;
            account.0.servers.put(Server::read(&told, account.0.me).expect("a server"));
        }
        Self {
            discord,
            app,
            guild,
            others,
            general,
            officers,
            anna,
            olga,
            role,
            account,
            desk,
            pace,
            settings,
            socket,
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.account.0
    }

    pub(crate) fn dyn_desk(&self) -> Arc<dyn Desk> {
        Arc::clone(&self.desk) as Arc<dyn Desk>
    }

    /// The program ends and starts again, with what is on record.
    pub(crate) async fn restart(&mut self, change: impl FnOnce(&mut GroupSettings)) {
        change(&mut self.settings.groups[0]);
        let known = self.account.0.servers.with(ours(self.guild.id), Server::clone).expect("a server");
        self.account = account(&self.settings, &self.desk, &self.pace).await;
        self.account.0.servers.put(known);
    }

    /// All events up to one, as Discord tells of them.
    pub(crate) async fn heard_until(
        &mut self,
        is_last: impl Fn(&str, &Value) -> bool,
    ) -> Vec<(String, Value)> {
        let mut heard = Vec::new();
        loop {
            let (name, event) = within(self.socket.next("the last")).await;
            if name.is_empty() {
                continue;
            }
            let is_over = is_last(&name, &event);
            heard.push((name, event));
            if is_over {
                return heard;
            }
        }
    }

    /// The next interaction, as Discord tells of it.
    pub(crate) async fn told(&mut self) -> Value {
        within(self.socket.event("INTERACTION_CREATE")).await
    }

    /// Deals with the next interaction, which somebody just began.
    pub(crate) async fn answer(&mut self) {
        let told = self.told().await;
        within(self.shared().interact(&self.dyn_desk(), &told)).await;
    }

    pub(crate) fn interaction(&self, id: Id) -> Interaction {
        self.discord.see(|world| world.interaction(id).cloned()).expect("there is one")
    }

    /// The messages that somebody was shown for an interaction.
    pub(crate) fn shown(&self, id: Id) -> Vec<Posted> {
        let interaction = self.interaction(id);
        let all = interaction.response.iter().chain(&interaction.followups);
        all.filter_map(|id| self.discord.see(|world| world.message(interaction.channel, *id).cloned()))
            .collect()
    }

    /// What they say.
    pub(crate) fn said(&self, id: Id) -> String {
        let shown = self.shown(id);
        for message in &shown {
            assert!(message.pings().is_empty(), "nobody is pinged");
            assert_eq!(message.only_for, Some(self.interaction(id).user), "only they see it");
        }
        shown.iter().map(|message| message.content.as_str()).collect::<Vec<_>>().join("\n---\n")
    }

    /// Has the bot say something with these buttons.
    pub(crate) async fn post(&self, channel: Id, rows: Value) -> Id {
        let route = crate::rest::Route::channel(channel).at("messages");
        let body = json!({ "content": "Press.", "components": rows });
        let posted = self
            .shared()
            .rest
            .call(crate::rest::Request::post(route).json(body))
            .await
            .expect("it is posted");
        posted["id"].as_str().unwrap().parse().unwrap()
    }
}

async fn account(settings: &AccountSettings, desk: &Arc<TestDesk>, pace: &Arc<TestPace>) -> Account {
    let opened =
        Account::open_at(settings.clone(), Arc::clone(pace) as Arc<dyn Pace>, Refusals::default()).await;
    let account = opened.expect("it opens");
    account.0.memory.open(Arc::clone(desk) as Arc<dyn Memos>);
    account
}

/// What can be pressed below a message, by what it says.
pub(crate) fn buttons(message: &Posted) -> String {
    let rows =
        message.components.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default());
    let named = rows.map(|part| part["label"].as_str().map_or_else(|| "list".to_owned(), str::to_owned));
    named.collect::<Vec<_>>().join(" | ")
}
