//! A server on the fake with a bot that looks after it, some members and somebody who moderates.

use std::sync::Arc;
use std::time::Duration;

use discord::pace::Pace;
use discord::rest::{Refusals, Token};
use discord::{Account, AccountSettings, AutoMod, Awaited, GroupSettings, RoleId, ServerId, Suspension};
use fake_discord::{
    App, Asked, FakeDiscord, GuildHandle, Intents, Matcher, Message, Permissions, Person, Snowflake,
};
use platform::checkup::Finding;
use platform::fake::effect;
use platform::{Action, Change, DeliveryError, Inbound, Officers, Outbound, Receipt};
use policy::{ChannelId, Clock, GroupId, Letter, MemberId, PostId, PostKind, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ear::{Ear, Kept};

/// Whoever means to wait no longer than that has the time pass at once. A connection that hears nothing looks about after
/// five seconds, and must not.
const MOMENT: Duration = Duration::from_secs(4);

/// The fake's time.
#[derive(Debug)]
pub(crate) struct FakePace {
    discord: Arc<FakeDiscord>,
    moved: Notify,
}

impl FakePace {
    pub(crate) fn advance(&self, by: Duration) {
        self.discord.advance(by);
        self.moved.notify_waiters();
    }
}

impl Clock for FakePace {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.steady_ms())
    }
    fn steady_ms(&self) -> i64 {
        i64::try_from(self.discord.see(|world| world.now().millis())).expect("a time of this age")
    }
}

#[async_trait::async_trait]
impl Pace for FakePace {
    async fn until(&self, instant: i64) {
        let wait = Duration::from_millis(u64::try_from(instant - self.steady_ms()).unwrap_or(0));
        if wait <= MOMENT {
            return self.advance(wait);
        }
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.steady_ms() >= instant {
                return;
            }
            moved.await;
        }
    }
    fn chance(&self) -> f64 {
        0.5
    }
}

/// How the group keeps somebody out for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Role,
    Ban,
}

pub(crate) struct Running {
    pub(crate) ear: Arc<Ear>,
    pub(crate) hands: Arc<dyn Outbound>,
    stop: CancellationToken,
    tasks: TaskTracker,
    account: Account,
}

pub(crate) struct Bed {
    pub(crate) discord: Arc<FakeDiscord>,
    pub(crate) pace: Arc<FakePace>,
    pub(crate) app: App,
    pub(crate) guild: GuildHandle,
    /// Where members talk, and are invited to.
    pub(crate) general: Snowflake,
    pub(crate) officers: Snowflake,
    pub(crate) private: Snowflake,
    /// The role of the suspended.
    pub(crate) suspended: Snowflake,
    pub(crate) alice: Person,
    pub(crate) bob: Person,
    pub(crate) mo: Person,
    /// The bot's own role.
    pub(crate) own: Snowflake,
    settings: AccountSettings,
    pub(crate) kept: Arc<Kept>,
    /// None only while it restarts.
    running: Option<Running>,
}

/// What the bot is given where people follow its invitation.
pub(crate) fn invited(account: &Account) -> Permissions {
    let invitation = account.invitation();
    let (_, bits) = invitation.split_once("permissions=").expect("it says what the bot needs");
    Permissions::from_bits(bits.parse().expect("a number"))
}

impl Bed {
    pub(crate) async fn new(how: How) -> Self {
        Self::new_after(how, |_| {}).await
    }

    /// With a bot that comes when something happened.
    pub(crate) async fn new_after(how: How, happens: impl FnOnce(&Self)) -> Self {
        let discord = Arc::new(FakeDiscord::start().await);
        let app = discord.application("Beadle", Intents::PRIVILEGED);
        let guild = discord.guild("Tea and talk");
        guild.everybody_may(Permissions::MEMBER);
        let suspended = guild.role("Suspended", Permissions::NONE);
        let moderates = guild.role("Moderators", Permissions::MANAGE_MESSAGES);
        // Before it is known what it needs.
        let own = guild.install(&app, Permissions::NONE);
        guild.raise(own);
        let (general, officers) = (guild.channel("general"), guild.channel("officers"));
        let private = guild.channel("your-matters");
        guild.overwrite(officers, guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
        for role in [own, moderates] {
            guild.overwrite(officers, role, Permissions::VIEW_CHANNEL, Permissions::NONE);
        }
        let (alice, bob, mo) = (guild.member("alice"), guild.member("bob"), guild.member("mo"));
        guild.give(&mo, moderates);
        let pace = Arc::new(FakePace { discord: Arc::clone(&discord), moved: Notify::new() });
        let holders = Officers::default();
        holders.set([member(mo.id)]);
        let group = GroupSettings {
            group: group(),
            name: "Tea and talk".to_owned(),
            zone: chrono_tz::Europe::London,
            server: server_id(guild.id),
            officers_channel: set_channel(officers),
            private_channel: set_channel(private),
            suspension: match how {
                How::Role => Suspension::Role(role_id(suspended)),
                How::Ban => Suspension::Ban,
            },
            welcome_channel: Some(set_channel(general)),
            automod: AutoMod::Off,
            officers: holders,
        };
        let settings = AccountSettings {
            id: "main".to_owned(),
            token: Token::new(&app.token).expect("a token"),
            base: discord.api_base(),
            commands: clap::Command::new("beadle"),
            for_members: std::collections::BTreeSet::new(),
            groups: vec![group],
        };
        let kept = Kept::new(pace.clone());
        let mut bed = Self {
            discord,
            pace,
            app,
            guild,
            general,
            officers,
            private,
            suspended,
            alice,
            bob,
            mo,
            own,
            settings,
            kept,
            running: None,
        };
        let account = bed.open().await;
        bed.guild.set_permissions(own, invited(&account));
        happens(&bed);
        bed.run().await;
        let is_back = |heard: &[Inbound]| {
            heard.iter().any(|inbound| matches!(inbound, Inbound::Back { .. })).then_some(())
        };
        bed.ear().until("that everything is heard", is_back).await;
        bed
    }

    /// The account, not yet running.
    pub(crate) async fn open(&self) -> Account {
        let account = Account::open_at(self.settings.clone(), self.pace.clone(), Refusals::default()).await;
        account.unwrap_or_else(|error| panic!("the account is to be opened: {error:?}"))
    }

    /// The bot, which is to be opened when Discord can be reached.
    pub(crate) fn awaited(&self) -> Awaited {
        self.awaited_at(self.pace.clone())
    }

    /// The same at a pace of its own.
    pub(crate) fn awaited_at(&self, pace: Arc<dyn Pace>) -> Awaited {
        Awaited::at(self.settings.clone(), pace, Refusals::default())
    }

    /// What is seen of the bot from outside.
    pub(crate) async fn examine(&self) -> Vec<Finding> {
        discord::doctor::examine(&self.settings, self.pace.clone(), Refusals::default()).await
    }

    /// The same, were the group set up in another way.
    pub(crate) async fn examine_as(&self, change: impl FnOnce(&mut GroupSettings)) -> Vec<Finding> {
        let mut settings = self.settings.clone();
        change(settings.groups.first_mut().expect("a group"));
        discord::doctor::examine(&settings, self.pace.clone(), Refusals::default()).await
    }

    /// Opens the account, and returns when nothing is in its way.
    async fn run(&mut self) {
        self.start().await;
        for channel in [self.general, self.officers, self.private] {
            let channel = channel_id(channel);
            let is_free = |heard: &[Inbound]| {
                let last = heard.iter().rev().find_map(|inbound| match inbound {
                    Inbound::Limits { channel: of, limits, .. } if *of == channel => Some(limits),
                    _ => None,
                });
                last.filter(|limits| limits.is_empty()).map(|_| ())
            };
            self.ear().until("that nothing is in its way", is_free).await;
        }
    }

    /// Opens the account, whatever is in its way.
    async fn start(&mut self) {
        let account = self.open().await;
        let (ear, stop) = (Ear::new(Arc::clone(&self.kept)), CancellationToken::new());
        let tasks = TaskTracker::new();
        let hands = account.outbound(&group()).expect("a group of the account");
        let (desk, until, running) = (ear.clone(), stop.clone(), account.clone());
        tasks.spawn(async move {
            running.run(desk, until).await.unwrap_or_else(|error| panic!("it ended: {error:?}"));
        });
        self.running = Some(Running { ear, hands, stop, tasks, account });
    }

    /// Starts the bot again in a group that keeps members out in another way now.
    pub(crate) async fn restart_as(&mut self, how: How) {
        let suspension = match how {
            How::Role => Suspension::Role(role_id(self.suspended)),
            How::Ban => Suspension::Ban,
        };
        self.restart_suspending(suspension).await;
    }

    /// The same with any role.
    pub(crate) async fn restart_suspending(&mut self, how: Suspension) {
        for group in &mut self.settings.groups {
            group.suspension = how.clone();
        }
        self.restart().await;
    }

    /// Starts the bot again in a group whose server stops words or does not.
    pub(crate) async fn restart_stopping(&mut self, what: AutoMod) {
        for group in &mut self.settings.groups {
            group.automod = what;
        }
        if what == AutoMod::Strongest {
            // Whoever switches it on follows the new invitation.
            self.guild.set_permissions(self.own, invited(&self.open().await));
        }
        self.restart().await;
    }

    pub(crate) async fn restart(&mut self) {
        self.restart_after(|_| {}).await;
    }

    /// Stops the bot, and starts it again when something happened.
    pub(crate) async fn restart_after(&mut self, happens: impl FnOnce(&Self)) {
        self.stop().await;
        happens(self);
        self.run().await;
    }

    /// The same, when what happened is in its way.
    pub(crate) async fn restart_hindered(&mut self, happens: impl FnOnce(&Self)) {
        self.stop().await;
        happens(self);
        self.start().await;
    }

    /// Stops the bot, which another run may follow.
    pub(crate) async fn stop(&mut self) {
        let Some(Running { stop, tasks, account, .. }) = self.running.take() else { return };
        stop.cancel();
        tasks.close();
        tasks.wait().await;
        assert!(account.strayed().is_empty(), "{:?}", account.strayed());
    }

    pub(crate) async fn apply(&self, id: i64, action: &Action) -> Result<Receipt, DeliveryError> {
        self.hands().apply(effect(id), action).await
    }

    /// Does something that is to succeed.
    pub(crate) async fn does(&self, id: i64, action: &Action) -> Receipt {
        self.apply(id, action).await.unwrap_or_else(|error| panic!("{id}, {action:?}: {error:?}"))
    }

    /// Whether something is refused.
    pub(crate) async fn is_refused(&self, id: i64, action: &Action) -> bool {
        matches!(self.apply(id, action).await, Err(DeliveryError::Forbidden))
    }

    /// Whoever is kept out, and whether the bot did it.
    pub(crate) async fn kept_out(&self) -> Vec<(MemberId, bool)> {
        let anybody = [&self.alice, &self.bob, &self.mo, &self.guild.owner].map(|one| member(one.id));
        let all = self.hands().exclusions(&group(), &anybody).await.expect("they are told");
        all.into_iter().map(|exclusion| (exclusion.member, exclusion.ours)).collect()
    }

    /// What was asked of a kind, as lines.
    pub(crate) fn asked(&self, method: &str, part: &str) -> Vec<String> {
        self.discord.requests_of(&Matcher::of(method, part)).iter().map(Asked::line).collect()
    }

    /// How far a channel or thread was read.
    pub(crate) fn read_in(&self, channel: Snowflake) -> Option<Snowflake> {
        self.kept.position(&channel_id(channel)).map(|read| read.parse().expect("an id"))
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs")
    }

    pub(crate) fn hands(&self) -> &dyn Outbound {
        self.running().hands.as_ref()
    }

    pub(crate) fn ear(&self) -> &Ear {
        &self.running().ear
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.pace.advance(by);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.pace.now()
    }

    /// What the bot wrote in a channel or thread.
    pub(crate) fn written_in(&self, channel: Snowflake) -> Vec<Message> {
        self.discord.messages(channel).into_iter().filter(|message| message.author == self.app.bot).collect()
    }

    /// What the bot wrote to somebody in private.
    pub(crate) fn written_to(&self, person: &Person) -> Vec<Message> {
        let all = self.discord.dms(&self.app, person.id);
        all.into_iter().filter(|message| message.author == self.app.bot).collect()
    }

    /// The private threads into which somebody was let at any time.
    pub(crate) fn threads_of(&self, person: &Person) -> Vec<Snowflake> {
        let threads = self.discord.see(|world| {
            let all = world.channels_of(self.guild.id).filter(|one| one.parent == Some(self.private));
            all.map(|thread| thread.id).collect::<Vec<_>>()
        });
        let let_in = |thread: &Snowflake| {
            let line = format!("PUT /channels/{thread}/thread-members/{}", person.id);
            self.discord.requests().iter().any(|asked| asked.line() == line)
        };
        threads.into_iter().filter(let_in).collect()
    }

    /// The roles of somebody who is there.
    pub(crate) fn roles(&self, person: &Person) -> Vec<Snowflake> {
        let roles =
            self.discord.see(|world| world.member(self.guild.id, person.id).map(|it| it.roles.clone()));
        roles.expect("they are there").into_iter().collect()
    }

    pub(crate) fn is_there(&self, person: &Person) -> bool {
        self.discord.see(|world| world.member(self.guild.id, person.id).is_some())
    }

    pub(crate) fn is_banned(&self, person: &Person) -> bool {
        self.discord
            .see(|world| world.guild(self.guild.id).is_some_and(|guild| guild.bans.contains_key(&person.id)))
    }

    /// Somebody comes in if they can, and the bot has dealt with it.
    pub(crate) async fn join(&self, person: &Person) {
        if self.is_there(person) {
            return;
        }
        let whose = member(person.id);
        let joined =
            |inbound: &Inbound| matches!(inbound, Inbound::Joined { member, .. } if *member == whose);
        let before = self.ear().count(joined);
        if person.join(&self.guild).is_ok() {
            self.ear().until_more("a newcomer", before, joined).await;
        }
    }

    /// Takes something away from the bot that it was given by its invitation.
    pub(crate) async fn may_no_longer(&self, permission: Permissions) {
        let may = invited(&self.open().await).without(permission);
        self.guild.set_permissions(self.own, may);
    }

    /// Gives the bot something beside what its invitation asks for.
    pub(crate) async fn may_also(&self, permission: Permissions) {
        let may = invited(&self.open().await) | permission;
        self.guild.set_permissions(self.own, may);
    }

    /// Lets the server stop a word wherever it is written, also of the bot, which does not manage the server.
    pub(crate) fn stops(&self, word: &str) {
        self.guild.filter("words", &[word], None, &[]);
    }

    /// Returns when all was heard that happened before: it is heard in order.
    pub(crate) async fn ear_has_heard(&self, by: &Person) {
        let marker = by.say(self.general, "so much for that").expect("a member").to_string();
        self.ear().until_post("a marker", |post| post.id.as_str() == marker).await;
    }

    /// Returns when it was heard that a human let somebody in.
    pub(crate) async fn ear_has_heard_by_hand(&self, whom: &Person) {
        let whose = member(whom.id);
        let admitted = |inbound: &Inbound| matches!(inbound, Inbound::ByHand { member, change: Change::Admitted, .. } if *member == whose);
        self.ear().until_more("what a human did", 0, admitted).await;
    }

    /// Only this machine was asked, in ways that Discord describes.
    pub(crate) fn check(&self) {
        self.discord.check();
        let hosts = self.discord.hosts_seen();
        assert!(hosts.iter().all(|host| host.starts_with("127.0.0.1:")), "{hosts:?}");
        // The bot connects to nobody else, and says to whom it would have.
        let strayed = self.running.as_ref().map(|running| running.account.strayed()).unwrap_or_default();
        assert!(strayed.is_empty(), "{strayed:?}");
    }
}

impl Drop for Bed {
    #[expect(clippy::print_stderr, reason = "a test that failed tells what was asked last")]
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.stop.cancel();
        }
        if !std::thread::panicking() {
            return self.check();
        }
        let asked = self.discord.requests();
        for asked in asked.iter().skip(asked.len().saturating_sub(12)) {
            eprintln!("{} -> {:?} {:?}", asked.line(), asked.status, asked.code);
        }
    }
}

pub(crate) fn group() -> GroupId {
    GroupId::new("tea").expect("a valid id")
}

pub(crate) fn member(user: Snowflake) -> MemberId {
    MemberId::new(user.to_string()).expect("a valid id")
}

pub(crate) fn channel_id(channel: Snowflake) -> ChannelId {
    ChannelId::new(channel.to_string()).expect("a valid id")
}

/// A removal of a post by its name; whose it is makes no difference.
pub(crate) fn remove(channel: Snowflake, post: &impl ToString) -> Action {
    Action::Remove {
        channel: channel_id(channel),
        post: PostId::new(post.to_string()).expect("a valid id"),
        kind: PostKind::Message,
        author: MemberId::new("1").expect("a valid id"),
    }
}

/// A line to somebody.
pub(crate) fn direct(to: &Person, line: &str) -> Action {
    Action::Direct { to: member(to.id), letter: Letter::line(line), or_shown_since: None }
}

pub(crate) fn exclude(whom: &Person, until: Option<Timestamp>) -> Action {
    Action::Exclude { member: member(whom.id), until }
}

pub(crate) fn mute(whom: &Person, until: Timestamp) -> Action {
    Action::Mute { member: member(whom.id), until }
}

pub(crate) fn admit(whom: &Person) -> Action {
    Action::Admit { member: member(whom.id) }
}

fn server_id(id: Snowflake) -> ServerId {
    ServerId::new(&id.to_string()).expect("a valid id")
}

/// A channel as a group is set up with it.
fn set_channel(id: Snowflake) -> discord::ChannelId {
    discord::ChannelId::new(&id.to_string()).expect("a valid id")
}

pub(crate) fn role_id(id: Snowflake) -> RoleId {
    RoleId::new(&id.to_string()).expect("a valid id")
}
