//! What is heard of one group, one thing after the other.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use platform::{Change, Deafness, Desk, Inbound, Noted, Position};
use policy::{Letter, Post};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::account::Shared;
use crate::cursors::Cursors;
use crate::hear::{Cut, Stopped, hand_in, surely, unless_refused};
use crate::ids::Snowflake;
use crate::json;
use crate::lines::{Link, Silence};
use crate::memory::{About, Watch};
use crate::outbound::Hands;
use crate::pace::Alarm;
use crate::queues::{Told, Waiting};
use crate::ranks::Ranks;
use crate::rest::Route;
use crate::server::{self, Server};
use crate::settings::GroupSettings;
use crate::spelt::Spelt;
use crate::taken_down::TakenDown;
use crate::titles::Titles;
use crate::translate::automod::Behest;
use crate::translate::emoji::Emoji;
use crate::translate::message::{Reading, Writer, read};
use crate::translate::{deletions, reactions, titles};
use crate::unread::{Probe, Unread, What};

/// Hears one group.
pub(crate) struct Listener {
    pub(crate) shared: Arc<Shared>,
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) group: GroupSettings,
    pub(crate) stop: CancellationToken,
    pub(crate) hands: Hands,
    /// What is to be heard next.
    pub(crate) told: Waiting,
    /// How far each channel was read.
    pub(crate) cursors: Cursors,
    /// What was the newest when the bot came; nothing before it has caught up for the first time.
    pub(crate) came: Option<Snowflake>,
    /// The newest message it had heard when it was away, until all since was read.
    pub(crate) away: Option<Snowflake>,
    /// Whether what is read now waits no longer for what happens.
    pub(crate) is_patient: bool,
    /// Whether the names that stood when the bot came are still to be noted.
    pub(crate) is_new: bool,
    /// What is still to be read.
    pub(crate) unread: Unread,
    /// Who came in while it was not known who else did, as they were told of.
    pub(crate) met: BTreeSet<Snowflake>,
    /// The letters that stand at messages.
    pub(crate) spelt: Spelt,
    /// Entries of the audit log that were heard of late.
    pub(crate) audited: BTreeSet<Snowflake>,
    /// Channels into which the bot was let, and which were not read on since.
    pub(crate) entered: BTreeSet<Snowflake>,
    /// What channels are called as it was handed in last, so that what stays is not new.
    pub(crate) titles: Titles,
    /// Where Discord keeps from the bot what members write. That it does not at the start it has said then.
    pub(crate) withheld: BTreeSet<Snowflake>,
    /// What stands in the bot's way, as it was told last.
    pub(crate) limits: HashMap<Snowflake, Vec<policy::Limit>>,
    /// Who has roles that stand above the bot's.
    pub(crate) ranks: Ranks,
    /// What humans took down of late.
    pub(crate) taken_down: TakenDown,
    /// Whose the rules of the server's filter are of which it was heard.
    pub(crate) behests: HashMap<Snowflake, Behest>,
}

impl Listener {
    pub(crate) fn new(
        shared: Arc<Shared>,
        desk: Arc<dyn Desk>,
        group: GroupSettings,
        stop: CancellationToken,
        told: Waiting,
    ) -> Self {
        let hands = Hands { shared: Arc::clone(&shared), group: group.clone() };
        Self {
            shared,
            desk,
            group,
            stop,
            hands,
            told,
            cursors: Cursors::default(),
            came: None,
            away: None,
            is_patient: false,
            is_new: false,
            unread: Unread::default(),
            met: BTreeSet::new(),
            spelt: Spelt::default(),
            audited: BTreeSet::new(),
            entered: BTreeSet::new(),
            titles: Titles::default(),
            withheld: BTreeSet::new(),
            limits: HashMap::new(),
            ranks: Ranks::default(),
            taken_down: TakenDown::default(),
            behests: HashMap::new(),
        }
    }

    /// Deals with everything that is told, until the program ends.
    pub(crate) async fn listen(mut self) {
        if self.group.welcome_channel.is_none() {
            tracing::warn!(
                group = self.group.group.as_str(),
                "welcome_channel is not set: whoever's ban ends is invited by nobody but you"
            );
        }
        // Before anything is heard, which may be told again from before the last of them.
        if self.know_cursors().await.is_err() {
            return;
        }
        let mut alarm = Alarm::new(Arc::clone(&self.shared.pace));
        let mut probe = Probe::default();
        loop {
            // Also where something happens all the time.
            if self.take_unclaimed().await.is_err() {
                return;
            }
            self.probe(&mut probe);
            let unread = self.unread.due().filter(|_| !probe.is_under_way());
            alarm.set(self.titles.due().into_iter().chain(unread).min());
            let next = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                (what, is_answered) = probe.ended() => match self.take_up(what, is_answered).await {
                    Ok(()) => continue,
                    Err(Stopped) => return,
                },
                next = self.told.next() => next,
                () = alarm.ring() => continue,
            };
            let dealt = match next {
                None => return,
                Some(Told::Missed(missing)) => {
                    let caught_up = self.go_on(true).await;
                    missing.into_iter().for_each(|missing| missing.end(caught_up.is_ok()));
                    caught_up
                }
                Some(Told::Resumed) => match self.go_on(false).await {
                    Ok(()) => self.tell_back().await,
                    stopped => stopped,
                },
                Some(Told::Event(event)) => {
                    let heard = self.hear(&event.name, &event.data).await;
                    if heard.is_ok() {
                        self.titles.settle(event.dealt);
                    }
                    heard
                }
            };
            if dealt.is_err() {
                return;
            }
        }
    }

    /// A session went on, or goes on over a gap. A program that was started anew has not caught up yet.
    async fn go_on(&mut self, is_gap: bool) -> Result<(), Stopped> {
        let is_known = self.knows_server();
        if is_known && self.came.is_some() && !is_gap {
            return Ok(());
        }
        if (!is_known || is_gap) && !self.know_server().await? {
            return Ok(());
        }
        self.tell_limits().await?;
        self.catch_up().await
    }

    fn knows_server(&self) -> bool {
        self.shared.servers.has_come(self.group.server.0).is_ok()
    }

    /// Asks how the server is made, as often as it takes; whether the bot sees it.
    async fn know_server(&self) -> Result<bool, Stopped> {
        let (shared, server) = (&self.shared, self.group.server.0);
        let again = "the group's server cannot be asked for; it is tried again";
        let seen = unless_refused(shared, &self.stop, again, || shared.load_server(server)).await?;
        if let Err(error) = &seen {
            tracing::error!(%server, %error, "the group's server cannot be seen, so that it is NOT moderated");
        }
        Ok(seen.is_ok())
    }

    /// Deals with one event.
    pub(crate) async fn hear(&mut self, event: &str, data: &Value) -> Result<(), Stopped> {
        if event == "GUILD_CREATE" {
            return self.hear_server(data).await;
        }
        if event == "GUILD_DELETE" {
            return self.lose_server(data).await;
        }
        // Whoever goes on with a session after a restart is told of no server, but at once of what happened there.
        if !self.knows_server() {
            self.know_server().await?;
        }
        let server = self.group.server.0;
        if self.shared.servers.change(server, |server| server.take(event, data))
            == Some(server::Change::Powers)
        {
            self.tell_limits().await?;
            self.read_entered().await?;
        }
        self.hear_rank(event, data).await?;
        match event {
            "MESSAGE_CREATE" | "MESSAGE_UPDATE" => {
                self.hear_canary(data).await?;
                self.hear_message(data).await
            }
            "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK" => {
                self.plan_to_look();
                let gone = deletions::gone(data).map(|(_, posts)| posts).unwrap_or_default();
                let gone = gone.iter().filter_map(|post| Snowflake::parse(post.as_str()));
                self.shared.board_gone(&gone.collect::<Vec<_>>());
                Ok(())
            }
            "MESSAGE_REACTION_ADD" => self.hear_reaction(data).await,
            "MESSAGE_REACTION_REMOVE" | "MESSAGE_REACTION_REMOVE_EMOJI" | "MESSAGE_REACTION_REMOVE_ALL" => {
                self.hear_unreaction(event, data);
                Ok(())
            }
            "GUILD_MEMBER_ADD" => self.hear_newcomer(data).await,
            "GUILD_MEMBER_UPDATE" => self.hear_member(data).await,
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" => {
                if event == "THREAD_CREATE" && !json::is_true(data, "newly_created") {
                    self.read_found(std::slice::from_ref(data)).await?;
                }
                self.hear_channel(data).await
            }
            "THREAD_UPDATE" => self.hear_thread(data).await,
            "THREAD_LIST_SYNC" => {
                let threads = json::list(data, "threads");
                self.read_found(threads).await?;
                self.hear_channels(threads).await
            }
            "AUTO_MODERATION_ACTION_EXECUTION" => self.hear_blocked(data).await,
            "GUILD_AUDIT_LOG_ENTRY_CREATE" => self.hear_entry(data).await,
            _ => self.hear_fixtures(event, data).await,
        }
    }

    async fn hear_server(&mut self, data: &Value) -> Result<(), Stopped> {
        let Some(server) = Server::read(data, self.shared.me) else { return Ok(()) };
        self.shared.servers.put(server);
        self.shared.lines.mend(&self.group.group, Link::Server);
        self.tell_limits().await?;
        self.catch_up().await?;
        self.hear_channels(json::list(data, "channels")).await?;
        self.hear_channels(json::list(data, "threads")).await?;
        self.hear_fixtures("GUILD_CREATE", data).await?;
        self.tell_back().await
    }

    /// Says that from here on, everything is heard.
    async fn tell_back(&self) -> Result<(), Stopped> {
        let Self { shared, desk, stop, group, .. } = self;
        shared.lines.say_back(shared, desk, stop, &group.group).await
    }

    /// The bot was put out of the server; when Discord merely has it not at hand, it comes again.
    async fn lose_server(&mut self, data: &Value) -> Result<(), Stopped> {
        if json::is_true(data, "unavailable") {
            let silence = Silence { since: self.shared.pace.now(), why: Deafness::Unreachable, until: None };
            self.shared.lines.cut(&self.group.group, Link::Server, silence);
            return self.shared.say_deaf(&self.desk, &self.stop, &self.group.group).await;
        }
        self.shared.servers.forget(self.group.server.0);
        tracing::error!(group = self.group.group.as_str(), "the bot was put out of the server");
        self.tell_limits().await
    }

    /// A message as it is sent or changed.
    pub(crate) async fn hear_message(&mut self, message: &Value) -> Result<(), Stopped> {
        let (Some(channel), Some(id)) = (json::id(message, "channel_id"), json::id(message, "id")) else {
            return Ok(());
        };
        if let Err(cut) = self.know_channel(channel).await {
            return match cut {
                Cut::Stopped => Err(Stopped),
                Cut::Unanswered => {
                    let since = self.cursors.newest().unwrap_or(id);
                    self.put_off_since(What::Message(channel, id), since).await
                }
            };
        }
        if self.is_door(channel) {
            return self.hear_in_door(channel, id, message).await;
        }
        if !matches!(read(message, &self.hands.place()), Reading::Partial) {
            return self.hear_whole(message).await;
        }
        match self.whole(channel, id).await {
            Ok(Some(whole)) => self.hear_whole(&whole).await,
            Ok(None) => self.mark_read(channel, id).await,
            Err(Cut::Stopped) => Err(Stopped),
            Err(Cut::Unanswered) => {
                let since = self.cursors.newest().unwrap_or(id);
                self.put_off_since(What::Message(channel, id), since).await
            }
        }
    }

    /// Asks for a channel that was told of nowhere: a thread that was put away comes back with what is written there, and
    /// whose it is decides what that is.
    async fn know_channel(&mut self, channel: Snowflake) -> Result<(), Cut> {
        let server = self.group.server.0;
        if self.shared.servers.with(server, |server| server.channel(channel).is_some()) != Some(false) {
            return Ok(());
        }
        if let Some(found) = self.asked_now(Route::channel(channel)).await? {
            self.shared.servers.change(server, |server| server.put_channel(&found));
        }
        Ok(())
    }

    /// A message of which everything is told.
    pub(crate) async fn hear_whole(&mut self, message: &Value) -> Result<(), Stopped> {
        let (Some(channel), Some(id)) = (json::id(message, "channel_id"), json::id(message, "id")) else {
            return Ok(());
        };
        let place = self.hands.place();
        let reading = read(message, &place);
        if let Some((by, title)) = titles::renamed(message) {
            self.hear_renamed(channel, by, title, id.sent_at()).await?;
        }
        let told = match reading {
            Reading::Told(told) => told,
            Reading::Withheld => {
                self.note_shown(channel, false).await?;
                return self.mark_read(channel, id).await;
            }
            Reading::Silent | Reading::Partial => return self.mark_read(channel, id).await,
        };
        if told.writer == Writer::Member && !place.is_told_us(&told.post) {
            self.note_shown(channel, true).await?;
        }
        let is_news = self.shared.recent.is_news(channel, id, Some(told.digest));
        if told.writer == Writer::Ours || !told.is_deletable || !is_news {
            return self.mark_read(channel, id).await;
        }
        let position = self.cursors.after(channel, id).map(|read| Position(read.to_string()));
        self.take(Inbound::Post { post: told.post, position }).await?;
        self.cursors.advance(channel, id);
        self.shared.recent.note_told(channel, id, Some(told.digest));
        Ok(())
    }

    /// Notes whether the bot is shown what is written in a channel, as a message there has it.
    async fn note_shown(&mut self, channel: Snowflake, is_shown: bool) -> Result<(), Stopped> {
        let parent = |server: &Server| {
            let thread = server.channel(channel).filter(|channel| channel.kind.is_thread())?;
            thread.parent
        };
        let parent = self.shared.servers.with(self.group.server.0, parent).flatten();
        let channel = parent.unwrap_or(channel);
        let is_new = if is_shown { self.withheld.remove(&channel) } else { self.withheld.insert(channel) };
        if is_new { self.tell_limits().await } else { Ok(()) }
    }

    /// Marks a channel as read up to there, where there is nothing to judge.
    pub(crate) async fn mark_read(&mut self, channel: Snowflake, message: Snowflake) -> Result<(), Stopped> {
        let Some(read) = self.cursors.after(channel, message) else { return Ok(()) };
        self.cursors.advance(channel, message);
        let Some(channel) = channel.channel() else { return Ok(()) };
        let position = Position(read.to_string());
        self.take(Inbound::Read { group: self.group.group.clone(), channel, position }).await.map(|_| ())
    }

    /// Asks how far each channel was read.
    async fn know_cursors(&mut self) -> Result<(), Stopped> {
        let (desk, group) = (&self.desk, &self.group.group);
        let kept = surely(&self.shared, &self.stop, || desk.positions(group)).await?;
        self.cursors = Cursors::new(kept.into_iter().filter_map(|(channel, position)| {
            Some((Snowflake::parse(channel.as_str())?, Snowflake::parse(&position.0)?))
        }));
        Ok(())
    }

    /// A message of which only a part was told; nothing when it is gone.
    pub(crate) async fn whole(&self, channel: Snowflake, message: Snowflake) -> Result<Option<Value>, Cut> {
        self.asked_now(Route::channel(channel).at("messages").one(message)).await
    }

    /// The watch as it is noted.
    pub(crate) fn watch(&self, away: Option<Snowflake>) -> Option<Watch> {
        self.came.map(|came| Watch { came, away, is_new: self.is_new })
    }

    /// What is noted about something, asked until it can be read.
    pub(crate) async fn recall<T: DeserializeOwned>(&self, about: About<'_>) -> Result<Option<T>, Stopped> {
        surely(&self.shared, &self.stop, || self.shared.memory.get(about)).await
    }

    /// Notes something, as often as it takes.
    pub(crate) async fn remember<T: Serialize>(&self, about: About<'_>, value: &T) -> Result<(), Stopped> {
        surely(&self.shared, &self.stop, || self.shared.memory.put(about, value)).await
    }

    /// The same as a memo that is kept along with what is handed in.
    pub(crate) async fn to_keep<T: Serialize>(&self, about: About<'_>, value: &T) -> Result<Noted, Stopped> {
        surely(&self.shared, &self.stop, || async { self.shared.memory.to_keep(about, value) }).await
    }

    async fn hear_reaction(&mut self, data: &Value) -> Result<(), Stopped> {
        let (Some(channel), Some(message)) = (json::id(data, "channel_id"), json::id(data, "message_id"))
        else {
            return Ok(());
        };
        if self.is_door(channel) {
            return Ok(());
        }
        let Some(added) = json::get(data, "emoji").and_then(Emoji::read) else { return Ok(()) };
        // Only letters mean something together with those that stand there.
        let mut standing = Vec::new();
        if added.letters().is_some() {
            self.know_spelt(channel, message).await?;
            standing = self.spelt.standing(message);
            standing.retain(|emoji| *emoji != added);
            if let Some(by) = json::id(data, "user_id") {
                self.spelt.add(message, by, &added);
            }
        }
        let now = self.shared.pace.now();
        match reactions::reaction_post(data, &self.hands.place(), &standing, now) {
            Some(post) => self.take_beside(post).await,
            None => Ok(()),
        }
    }

    /// Asks which letters stand at a message, unless that is known.
    async fn know_spelt(&mut self, channel: Snowflake, message: Snowflake) -> Result<(), Stopped> {
        if self.spelt.knows(message, self.shared.pace.steady_ms()) {
            return Ok(());
        }
        let whole = match self.whole(channel, message).await {
            Ok(whole) => whole,
            // What was told is read all the same.
            Err(Cut::Unanswered) => None,
            Err(Cut::Stopped) => return Err(Stopped),
        };
        self.spelt.learn(message, whole.as_ref(), self.shared.pace.steady_ms());
        Ok(())
    }

    /// Reactions were taken away.
    fn hear_unreaction(&mut self, event: &str, data: &Value) {
        let Some(message) = json::id(data, "message_id") else { return };
        let emoji = json::get(data, "emoji").and_then(Emoji::read);
        match (event, &emoji, json::id(data, "user_id")) {
            ("MESSAGE_REACTION_REMOVE", Some(emoji), Some(by)) => self.spelt.remove(message, by, emoji),
            ("MESSAGE_REACTION_REMOVE_EMOJI", Some(_), _) => self.spelt.remove_all(message, emoji.as_ref()),
            ("MESSAGE_REACTION_REMOVE_ALL", ..) => self.spelt.remove_all(message, None),
            _ => {}
        }
    }

    /// Takes a post that stands in no history: how far its channel was read stays as it is.
    pub(crate) async fn take_beside(&mut self, post: Post) -> Result<(), Stopped> {
        self.take(Inbound::Post { post, position: None }).await.map(|_| ())
    }

    /// Somebody did something to a member with Discord's own means.
    pub(crate) async fn by_hand(
        &self,
        member: Snowflake,
        change: Change,
        by: Option<Snowflake>,
        noted: Option<Noted>,
    ) -> Result<(), Stopped> {
        let Some(member) = member.member() else { return Ok(()) };
        let (group, by) = (self.group.group.clone(), by.and_then(Snowflake::member));
        self.take(Inbound::ByHand { group, member, change, by, noted }).await.map(|_| ())
    }

    pub(crate) async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, Stopped> {
        hand_in(&self.shared, &self.desk, &self.stop, inbound).await
    }
}
