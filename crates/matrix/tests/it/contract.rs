//! The contract of every platform, kept over a real server. What was encrypted for a member is read by another library.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use matrix::{AccountSettings, Credentials, GroupSettings, Hidden, Secret};
use platform::contract::{Harness, Sight, outbound_contract};
use platform::fake::{Fault, effect};
use platform::{
    Account, Action, CanaryId, Change, DeliveryError, Echo, Effect, Exclusion, History, Inbound, Intake,
    IntakeError, Mute, Officers, Outbound, Outright, Position, Receipt,
};
use policy::{
    ChannelId, Clock, GroupId, Letter, MemberId, MessageText, PlatformId, Post, PostId, PostKind, Timestamp,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{OnceCell, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::http::Method;
use crate::member::{Library, Member};
use crate::plain::{Act, Plain, Privacy};
use crate::proxy::{Kind, Proxy, Trouble};
use crate::sight::sight;
use crate::synapse::{self, Synapse};

/// Only a failing test waits so long.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// How a letter to a member ends.
const DOOR: &str = "You can answer here: https://matrix.to/#/";

/// What the adapter handed in, for whoever waits for it.
#[derive(Debug)]
struct Ear {
    heard: watch::Sender<Vec<Inbound>>,
    /// How far channels were read in the run before.
    positions: Vec<(ChannelId, Position)>,
}

impl Ear {
    fn new(positions: Vec<(ChannelId, Position)>) -> Self {
        Self { heard: watch::Sender::new(Vec::new()), positions }
    }

    /// Waits for something that was handed in, or will be.
    async fn until<T>(&self, what: &str, wanted: impl Fn(&Inbound) -> Option<T>) -> T {
        let mut heard = self.heard.subscribe();
        let found = async {
            loop {
                if let Some(found) = heard.borrow_and_update().iter().rev().find_map(&wanted) {
                    return found;
                }
                heard.changed().await.expect("the ear outlives whoever waits");
            }
        };
        match tokio::time::timeout(WAIT_MAX, found).await {
            Ok(found) => found,
            Err(_) => panic!("{what} was to be handed in; there is {:?}", self.heard.borrow()),
        }
    }

    async fn until_post(&self, what: &str, wanted: impl Fn(&Post) -> bool) -> Post {
        let post = |inbound: &Inbound| match inbound {
            Inbound::Post { post, .. } => wanted(post).then(|| post.clone()),
            Inbound::Command { .. }
            | Inbound::Direct { .. }
            | Inbound::Joined { .. }
            | Inbound::ByHand { .. }
            | Inbound::TakenDown { .. }
            | Inbound::Deaf { .. }
            | Inbound::Back { .. }
            | Inbound::Canary { .. }
            | Inbound::Unreadable { .. }
            | Inbound::Readable { .. }
            | Inbound::Read { .. }
            | Inbound::Limits { .. } => None,
        };
        self.until(what, post).await
    }

    /// How far each channel was read.
    fn read(&self) -> Vec<(ChannelId, Position)> {
        let mut read: HashMap<ChannelId, Position> = self.positions.iter().cloned().collect();
        for inbound in self.heard.borrow().iter() {
            let (channel, position) = match inbound {
                Inbound::Post { post, position: Some(position) } => (&post.channel, position),
                Inbound::Unreadable { channel, position, .. } | Inbound::Read { channel, position, .. } => {
                    (channel, position)
                }
                Inbound::Command { .. }
                | Inbound::Direct { .. }
                | Inbound::Joined { .. }
                | Inbound::ByHand { .. }
                | Inbound::TakenDown { .. }
                | Inbound::Deaf { .. }
                | Inbound::Back { .. }
                | Inbound::Canary { .. }
                | Inbound::Readable { .. }
                | Inbound::Post { position: None, .. }
                | Inbound::Limits { .. } => continue,
            };
            read.insert(channel.clone(), position.clone());
        }
        read.into_iter().collect()
    }
}

#[async_trait]
impl Intake for Ear {
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
        self.heard.send_modify(|heard| heard.push(inbound));
        Ok(None)
    }
    async fn settle(&self) -> Result<(), IntakeError> {
        Ok(())
    }
    async fn positions(&self, _: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
        Ok(self.positions.clone())
    }
    async fn unread(&self, _: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
        Ok(Vec::new())
    }
}

/// The time at which the server was when the test began. It does not go on: what is later by less than a minute is
/// believed, and so is what is earlier by less than a day.
#[derive(Debug)]
struct Begun(Timestamp);

impl Clock for Begun {
    fn now(&self) -> Timestamp {
        self.0
    }
    fn steady_ms(&self) -> i64 {
        0
    }
}

/// A member. The client is started with the first letter to them.
struct Person {
    id: MemberId,
    plain: Plain,
    synapse: &'static Synapse,
    account: synapse::Account,
    client: OnceCell<Member>,
}

impl Person {
    async fn new(synapse: &'static Synapse, name: &str) -> Self {
        let account = synapse.register(name).await;
        let plain = Plain::log_in(synapse, &account).await;
        Self { id: member(&account.user), plain, synapse, account, client: OnceCell::new() }
    }

    async fn client(&self) -> &Member {
        let start = async || Member::log_in(Library::Nio, self.synapse, self.account.clone()).await;
        self.client.get_or_init(start).await
    }
}

/// The adapter, in a group in which everybody to whom it writes has a client before it does: what was encrypted for no
/// device, none can read later.
struct Hands {
    bot: Arc<dyn Outbound>,
    people: Arc<[Person; 2]>,
}

#[async_trait]
impl Outbound for Hands {
    fn platform(&self) -> PlatformId {
        self.bot.platform()
    }
    fn lull(&self) -> Duration {
        self.bot.lull()
    }
    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        if let Action::Direct { to, .. } | Action::DirectWithOfficers { to, .. } = action
            && let Some(person) = self.people.iter().find(|person| person.id == *to)
        {
            person.client().await;
        }
        self.bot.apply(effect, action).await
    }
    async fn read(
        &self,
        group: &GroupId,
        channel: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        self.bot.read(group, channel, post).await
    }
    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        self.bot.after(group, channel, post, limit).await
    }
    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        self.bot.history(group, asker, limit).await
    }
    fn stops(&self, group: &GroupId) -> bool {
        self.bot.stops(group)
    }
    async fn stop(&self, group: &GroupId, words: &[Outright]) -> Result<(), DeliveryError> {
        self.bot.stop(group, words).await
    }
    async fn account(&self, group: &GroupId, member: &MemberId) -> Result<Account, DeliveryError> {
        self.bot.account(group, member).await
    }
    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        self.bot.exclusions(group, of).await
    }
    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        self.bot.mutes(group, of).await
    }
    async fn mend(&self, group: &GroupId) -> Result<(), DeliveryError> {
        self.bot.mend(group).await
    }
    async fn canary(&self, group: &GroupId, id: CanaryId) -> Result<Echo, DeliveryError> {
        self.bot.canary(group, id).await
    }
    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        self.bot.members(group).await
    }
}

struct Running {
    ear: Arc<Ear>,
    hands: Hands,
    stop: CancellationToken,
    tasks: TaskTracker,
}

struct MatrixHarness {
    settings: AccountSettings,
    credentials: Credentials,
    begun: Timestamp,
    proxy: Proxy,
    /// None only while it restarts.
    running: Option<Running>,
    mo: Plain,
    people: Arc<[Person; 2]>,
    channel: String,
    management: String,
    bot: String,
    _store: TempDir,
}

impl MatrixHarness {
    async fn start() -> Self {
        let synapse = Synapse::shared().await;
        let (mo, alice, bob, bot) = tokio::join!(
            Plain::new(synapse, "mo"),
            Person::new(synapse, "alice"),
            Person::new(synapse, "bob"),
            synapse.register("beadle"),
        );
        let (alice_id, bob_id) = (alice.plain.user(), bob.plain.user());
        let powers = json!({ "users": { (bot.user.as_str()): 100 } });
        let room = json!({
            "name": "Common room",
            "invite": [alice_id, bob_id, bot.user],
            "power_level_content_override": powers,
        });
        let officers = [bot.user.as_str()];
        let management = mo.create_room("Officers", Privacy::Open, &officers);
        let (channel, management) = tokio::join!(mo.create(&room), management);
        let joined = tokio::join!(alice.plain.join(&channel), bob.plain.join(&channel));
        assert_eq!(joined, (Ok(()), Ok(())), "they are invited");
        let timeline = mo.timeline(&channel).await;
        let begun = timeline.last().and_then(|event| event["origin_server_ts"].as_i64());
        let proxy = Proxy::start(synapse.url()).await;
        let store = tempfile::Builder::new().prefix("bot-").tempdir().expect("a temporary folder");
        let officers = Officers::default();
        officers.set([member(mo.user())]);
        let group = GroupSettings {
            group: group(),
            name: "Tea and talk".to_owned(),
            zone: chrono_tz::Europe::London,
            rooms: vec![channel.clone()],
            space: None,
            management_room: management.clone(),
            direct_on_join: false,
            officers,
        };
        let settings = AccountSettings {
            id: "main".to_owned(),
            homeserver: proxy.url().to_owned(),
            user: bot.user.clone(),
            store: store.path().join("account"),
            commands: std::collections::BTreeSet::new(),
            confirmed: std::collections::BTreeSet::new(),
            lengthy: std::collections::BTreeSet::new(),
            groups: vec![group],
        };
        let mut harness = Self {
            settings,
            credentials: Credentials {
                secret: Secret::Password(Hidden::new(bot.password)),
                recovery_key: None,
            },
            begun: Timestamp::from_millis(begun.expect("the server tells the time")),
            proxy,
            running: None,
            mo,
            people: Arc::new([alice, bob]),
            channel,
            management,
            bot: bot.user,
            _store: store,
        };
        harness.run(Vec::new()).await;
        harness
    }

    /// Opens the account and returns when it looks after the group.
    async fn run(&mut self, positions: Vec<(ChannelId, Position)>) {
        // A later run is not to take what was sent since for the future.
        let clock = Arc::new(Begun(self.begun.plus_seconds(30 * 60)));
        let opened = matrix::Account::open(self.settings.clone(), &self.credentials, clock).await;
        let (account, _) = opened.unwrap_or_else(|error| panic!("the account is to be opened: {error:?}"));
        let (ear, stop) = (Arc::new(Ear::new(positions)), CancellationToken::new());
        let tasks = TaskTracker::new();
        let bot = account.outbound(&group()).expect("a group of the account");
        let intake: Arc<dyn Intake> = Arc::<Ear>::clone(&ear);
        let until = stop.clone();
        tasks.spawn(async move {
            account.run(intake, until).await.unwrap_or_else(|error| panic!("it ended: {error:?}"));
        });
        let channel = self.channel();
        let told = |inbound: &Inbound| match inbound {
            Inbound::Limits { channel: of, .. } => (*of == channel).then_some(()),
            Inbound::Post { .. }
            | Inbound::Command { .. }
            | Inbound::Direct { .. }
            | Inbound::Joined { .. }
            | Inbound::ByHand { .. }
            | Inbound::TakenDown { .. }
            | Inbound::Deaf { .. }
            | Inbound::Back { .. }
            | Inbound::Canary { .. }
            | Inbound::Unreadable { .. }
            | Inbound::Readable { .. }
            | Inbound::Read { .. } => None,
        };
        ear.until("what stands in the way", told).await;
        let hands = Hands { bot, people: Arc::clone(&self.people) };
        self.running = Some(Running { ear, hands, stop, tasks });
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs")
    }

    fn ear(&self) -> &Ear {
        &self.running().ear
    }

    fn person(&self, member: &MemberId) -> &Person {
        self.people.iter().find(|person| person.id == *member).expect("a member")
    }

    /// Waits until the bot has heard all that was done before: it hears in order.
    async fn until_heard(&self) {
        let marker = self.mo.text(&self.channel, "so much for that").await;
        self.ear().until_post("a marker", |post| post.id.as_str() == marker).await;
        self.mo.redact(&self.channel, &marker).await.expect("one's own");
    }

    /// The rooms that a member is in or asked to, beside the channel, and which it is.
    async fn rooms_of(&self, person: &Person) -> Vec<(String, bool)> {
        let answer = person.plain.ask(Method::GET, "/sync?timeout=0", &Value::Null).await.expect("a sync");
        let those = |kind: &str| {
            let rooms = answer["rooms"][kind].as_object().cloned().unwrap_or_default();
            rooms.into_iter().map(|(id, _)| id).filter(|id| *id != self.channel).collect::<Vec<_>>()
        };
        let joined = those("join").into_iter().map(|id| (id, true));
        joined.chain(those("invite").into_iter().map(|id| (id, false))).collect()
    }

    /// What a member can read of the bot in rooms whose names end so.
    async fn told(&self, member: &MemberId, name: &str) -> Vec<Sight> {
        let (person, mut told) = (self.person(member), Vec::<(String, Sight)>::new());
        for (room, is_in) in self.rooms_of(person).await {
            assert!(person.client.initialized(), "{} got a room of somebody else's", member.as_str());
            let client = person.client().await;
            if !is_in {
                client.join(&room).await;
            }
            let state = person.plain.state(&room, "m.room.name", "").await.unwrap_or_default();
            if !state["name"].as_str().is_some_and(|called| called.ends_with(name)) {
                continue;
            }
            for event in person.plain.timeline(&room).await {
                if event["sender"] != self.bot || event["state_key"].is_string() {
                    continue;
                }
                assert_eq!(event["type"], "m.room.encrypted", "the server cannot read it");
                if event["content"]["ciphertext"].is_null() {
                    // Taken away again.
                    continue;
                }
                let wanted = json!({ "event": event["event_id"], "undecryptable": false });
                let seen = client.wait(wanted).await.content;
                // Clients show an edit in the place of what it edits, and go by what stands outside.
                let relation = &event["content"]["m.relates_to"];
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                match relation["rel_type"].as_str() {
                    Some("m.replace") => {
                        let edited = text(&relation["event_id"]);
                        let edited = told.iter_mut().find(|(id, _)| *id == edited).expect("it stands");
                        edited.1 = sight(&seen["m.new_content"]);
                    }
                    _ => told.push((text(&event["event_id"]), sight(&seen))),
                }
            }
        }
        told.into_iter().map(|(_, sight)| sight).collect()
    }

    /// What the bot put into a room for all who are there.
    async fn put_up(&self, room: &str) -> Vec<Sight> {
        let events = self.mo.timeline(room).await;
        let its =
            events.iter().filter(|event| event["sender"] == self.bot && event["type"] == "m.room.message");
        its.filter(|event| !event["content"]["body"].is_null())
            .map(|event| sight(&event["content"]))
            .collect()
    }
}

impl Drop for MatrixHarness {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.stop.cancel();
        }
    }
}

fn group() -> GroupId {
    GroupId::new("tea").expect("a valid id")
}

fn member(user: &str) -> MemberId {
    MemberId::new(user).expect("a valid id")
}

fn says(post: &Post, text: &str) -> bool {
    post.surfaces.iter().any(|surface| surface.text.expose() == text)
}

fn is_repost(sight: &Sight) -> bool {
    sight.own().contains(" wrote on ")
}

/// The request with which an action is done, or ends.
fn request(action: &Action) -> (Method, &'static str) {
    match action {
        Action::Direct { .. } | Action::DirectWithOfficers { .. } | Action::Rewrite { .. } => {
            (Method::PUT, "/send/m.room.encrypted/")
        }
        Action::Announce { .. } | Action::Repost { .. } | Action::TellOfficers { .. } => {
            (Method::PUT, "/send/m.room.message/")
        }
        Action::Remove { .. } => (Method::PUT, "/redact/"),
        Action::Exclude { .. } => (Method::POST, "/ban"),
        Action::Admit { .. } => (Method::POST, "/invite"),
        Action::Mute { .. } | Action::Unmute { .. } => (Method::PUT, "/state/m.room.power_levels"),
    }
}

impl Harness for MatrixHarness {
    fn outbound(&self) -> &dyn Outbound {
        &self.running().hands
    }
    fn group(&self) -> GroupId {
        group()
    }
    fn channel(&self) -> ChannelId {
        ChannelId::new(self.channel.as_str()).expect("a valid id")
    }
    fn alice(&self) -> MemberId {
        self.people[0].id.clone()
    }
    fn bob(&self) -> MemberId {
        self.people[1].id.clone()
    }
    /// What clients show of somebody whose name is gone.
    fn alice_account_name(&self) -> String {
        self.people[0].plain.user().to_owned()
    }
    fn account_shown(&self, member: &MemberId) -> String {
        member.as_str().to_owned()
    }
    fn date_shown(&self, post: &Post) -> String {
        post.written_at.long_date(chrono_tz::Europe::London)
    }
    fn later(&self) -> Timestamp {
        self.begun.plus_seconds(3 * 24 * 60 * 60)
    }
    async fn try_post(&mut self, author: &MemberId, text: &str) -> Option<Post> {
        let content = json!({ "msgtype": "m.text", "body": text });
        let sent = self.person(author).plain.try_send(&self.channel, "m.room.message", &content).await;
        let event = sent.ok()?;
        Some(self.ear().until_post("a post", |post| post.id.as_str() == event).await)
    }
    async fn edit(&mut self, post: &Post, text: &str) -> Post {
        self.person(&post.author).plain.edit(&self.channel, post.id.as_str(), text).await;
        let is_it = |heard: &Post| heard.id == post.id && heard.revision > post.revision && says(heard, text);
        self.ear().until_post("an edit", is_it).await
    }
    async fn delete(&mut self, post: &Post) {
        let author = &self.person(&post.author).plain;
        author.redact(&self.channel, post.id.as_str()).await.expect("one's own");
        self.until_heard().await;
    }
    async fn rename(&mut self, member: &MemberId, name: &str) -> Post {
        self.person(member).plain.set_name(name).await;
        let is_it =
            |post: &Post| post.kind == PostKind::Nickname && post.author == *member && says(post, name);
        self.ear().until_post("a nickname", is_it).await
    }
    /// Whoever leaves the room that the bot has with them wants no letters there.
    async fn close_messages(&mut self, member: &MemberId) {
        let member = &self.person(member).plain;
        let mut watch = member.watch().await;
        let asked = member.text(&self.channel, "!beadle").await;
        let door = tokio::time::timeout(WAIT_MAX, watch.invitation()).await.expect("the bot opens a room");
        member.leave(&door).await;
        member.redact(&self.channel, &asked).await.expect("one's own");
    }
    async fn leave(&mut self, member: &MemberId) {
        if self.mo.membership(&self.channel, member.as_str()).await.as_deref() == Some("join") {
            self.person(member).plain.leave(&self.channel).await;
        }
    }
    async fn join(&mut self, member: &MemberId) {
        // Refused while they are kept out.
        drop(self.person(member).plain.join(&self.channel).await);
    }
    async fn by_hand(&mut self, member: &MemberId, change: Change) {
        let done = match change {
            Change::Excluded => self.mo.act(Act::Ban, &self.channel, member.as_str()).await,
            Change::Admitted => self.mo.act(Act::Unban, &self.channel, member.as_str()).await,
            Change::Muted => {
                self.mo.set_power(&self.channel, member.as_str(), -1).await;
                Ok(())
            }
            Change::Unmuted => {
                self.mo.set_power(&self.channel, member.as_str(), 0).await;
                Ok(())
            }
            Change::Removed => self.mo.act(Act::Kick, &self.channel, member.as_str()).await,
        };
        done.expect("mo founded the room");
    }
    async fn fail_next(&mut self, action: &Action, fault: Fault) -> bool {
        assert!(self.proxy.is_through(), "what was to fail before did");
        let (method, part) = request(action);
        let limited = |wait: Duration| {
            let wait = u64::try_from(wait.as_millis()).expect("seconds");
            Kind::Refused(429, json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "", "retry_after_ms": wait }))
        };
        let refused = |status, code: &str| Kind::Refused(status, json!({ "errcode": code, "error": "" }));
        let is_way_in = if let Action::Admit { member } = action {
            self.mo.membership(&self.channel, member.as_str()).await.as_deref() == Some("ban")
        } else {
            false
        };
        let (method, part, kind) = match fault {
            // Of those that have limits of their own, all else is waited for with them.
            Fault::RateLimited(wait) if is_way_in => (Method::POST, "/unban", limited(wait)),
            Fault::NotYet(wait) if is_way_in => (method, part, limited(wait)),
            Fault::NotYet(wait) if matches!(action, Action::DirectWithOfficers { .. }) => {
                (Method::POST, "/createRoom", limited(wait))
            }
            // The room may be there already, and everything else is under the common limit.
            Fault::NotYet(_) => return false,
            Fault::RateLimited(wait) => (method, part, limited(wait)),
            Fault::Forbidden => (method, part, refused(403, "M_FORBIDDEN")),
            Fault::Gone => (method, part, refused(404, "M_NOT_FOUND")),
            // With the bot's next request alone that cannot be had; see `refusals`.
            Fault::Unreachable => return false,
            Fault::Unanswered { done: false } => (method, part, Kind::Lost),
            Fault::Unanswered { done: true } => (method, part, Kind::AnswerLost),
        };
        self.proxy.prepare(Trouble { method, part: part.to_owned(), kind });
        true
    }
    async fn restart(&mut self) -> bool {
        let Some(Running { ear, hands, stop, tasks }) = self.running.take() else { return false };
        stop.cancel();
        tasks.close();
        tasks.wait().await;
        drop(hands);
        let read = ear.read();
        self.run(read).await;
        true
    }
    async fn name(&self, member: &MemberId) -> String {
        let state = self.mo.state(&self.channel, "m.room.member", member.as_str()).await.unwrap_or_default();
        state["displayname"].as_str().unwrap_or(member.as_str()).to_owned()
    }
    async fn standing(&self) -> Vec<String> {
        let mut standing: Vec<(String, String)> = Vec::new();
        for event in self.mo.timeline(&self.channel).await {
            let is_theirs = event["type"] == "m.room.message" && event["sender"] != self.bot;
            let content = &event["content"];
            let Some(body) = content["body"].as_str().filter(|_| is_theirs) else { continue };
            let edited = content["m.relates_to"]["event_id"].as_str();
            let original = standing.iter_mut().find(|(id, _)| Some(id.as_str()) == edited);
            let new = content["m.new_content"]["body"].as_str().unwrap_or(body).to_owned();
            match original {
                Some((_, text)) => *text = new,
                // An edit without its original is still served to whoever asks.
                None => standing.push((event["event_id"].as_str().unwrap_or_default().to_owned(), new)),
            }
        }
        standing.into_iter().map(|(_, text)| text).collect()
    }
    async fn reposts(&self) -> Vec<Sight> {
        self.put_up(&self.channel).await.into_iter().filter(is_repost).collect()
    }
    async fn private(&self, member: &MemberId) -> Vec<Sight> {
        let mut told = self.told(member, ": moderation").await;
        for sight in &mut told {
            // The way back here stands at the end of each.
            let last = sight.lines.pop();
            assert!(last.is_some_and(|line| line.text.starts_with(DOOR) && !line.quoted));
        }
        told
    }
    async fn with_officers(&self, member: &MemberId) -> Vec<Sight> {
        self.told(member, ": you and the moderators").await
    }
    async fn announcements(&self) -> Vec<Sight> {
        self.put_up(&self.channel).await.into_iter().filter(|sight| !is_repost(sight)).collect()
    }
    async fn officers(&self) -> Vec<Sight> {
        self.put_up(&self.management).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn matrix_keeps_the_contract() {
    // Each is made ready while the one before is in use, for the server takes its time.
    let (ready, made) = mpsc::channel(1);
    let (made, tasks) = (tokio::sync::Mutex::new(made), TaskTracker::new());
    tasks.spawn(async move { while ready.send(MatrixHarness::start().await).await.is_ok() {} });
    outbound_contract(async || made.lock().await.recv().await.expect("there is always another")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_bot_sends_to_be_heard_comes_back_and_is_read_by_nobody() {
    let mut h = MatrixHarness::start().await;
    let made = |second: i64| CanaryId::made(Timestamp::from_millis(second * 1_000));
    let is = |inbound: &Inbound, wanted| matches!(inbound, Inbound::Canary { group: of, id } if *of == group() && *id == wanted);
    let sends = async |h: &MatrixHarness, id| {
        let sent = h.outbound().canary(&group(), id).await;
        assert!(matches!(sent, Ok(Echo::Coming)), "{sent:?}");
        h.ear().until("what the bot sent itself", |inbound| is(inbound, id).then_some(())).await;
    };
    sends(&h, made(1)).await;
    let encryption = json!({ "algorithm": "m.megolm.v1.aes-sha2" });
    h.mo.set_state(&h.management, "m.room.encryption", "", &encryption).await;
    h.until_heard().await;
    sends(&h, made(2)).await;
    // Whoever else sends such a thing is not the bot.
    h.mo.send(&h.management, "app.beadle.canary", &json!({ "id": made(3).to_string() })).await;
    h.until_heard().await;
    assert!(!h.ear().heard.borrow().iter().any(|inbound| is(inbound, made(3))));
    assert!(h.restart().await);
    sends(&h, made(4)).await;
    let events = h.mo.timeline(&h.management).await;
    let sent = events.iter().filter(|event| event["sender"] == h.bot && event["state_key"].is_null());
    let kinds: Vec<&str> = sent.filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(kinds, ["app.beadle.canary"; 3], "as it is, also where all else is encrypted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_blocks_invitations_is_reached_by_no_letter() {
    let h = MatrixHarness::start().await;
    let alice = h.alice();
    h.person(&alice).plain.block_invites().await;
    let letter = Letter::line("Nobody reads this.");
    let letters = [
        Action::Direct { to: alice.clone(), letter: letter.clone(), or_shown_since: None },
        Action::DirectWithOfficers { to: alice.clone(), officers: Vec::new(), letter },
    ];
    for (id, letter) in (1..).zip(letters) {
        for tried in 1..=2 {
            let mut answer = h.outbound().apply(effect(id), &letter).await;
            if matches!(answer, Err(DeliveryError::NotYet(_))) {
                // The room that was made nevertheless had not come from the server yet.
                h.until_heard().await;
                answer = h.outbound().apply(effect(id), &letter).await;
            }
            assert!(matches!(answer, Err(DeliveryError::Forbidden)), "{letter:?}, {tried}: {answer:?}");
        }
    }
    assert!(h.rooms_of(h.person(&alice)).await.is_empty(), "no room is left for her");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_who_blocks_invitations_keeps_no_letter_from_anybody() {
    let h = MatrixHarness::start().await;
    h.mo.block_invites().await;
    let letter = Action::DirectWithOfficers {
        to: h.alice(),
        officers: Vec::new(),
        letter: Letter::line("In the end."),
    };
    let answer = h.outbound().apply(effect(1), &letter).await;
    assert!(matches!(answer, Ok(Receipt::Done)), "{answer:?}");
    let told = h.with_officers(&h.alice()).await;
    assert_eq!(told.iter().map(Sight::own).collect::<Vec<_>>(), ["In the end."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_is_read_along_by_those_whom_it_is_meant_for_and_by_nobody_who_was_let_in_before() {
    let h = MatrixHarness::start().await;
    let mo = member(h.mo.user());
    let is_in = async || {
        let answer = h.mo.ask(Method::GET, "/sync?timeout=0", &Value::Null).await.expect("a sync");
        let rooms = answer["rooms"]["invite"].as_object().cloned().unwrap_or_default();
        !rooms.is_empty()
    };
    for (id, officers, want) in [(1, vec![mo.clone()], true), (2, vec![], false), (3, vec![mo], true)] {
        let letter = Letter::line(format!("Letter {id}."));
        let action = Action::DirectWithOfficers { to: h.alice(), officers, letter };
        let answer = h.outbound().apply(effect(id), &action).await;
        assert!(matches!(answer, Ok(Receipt::Done)), "{answer:?}");
        assert_eq!(is_in().await, want, "letter {id}");
    }
}
