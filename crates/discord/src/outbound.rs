//! What the bot does on Discord, one call of the port after the other.

use std::sync::Arc;

use async_trait::async_trait;
use platform::checkup::Finding;
use platform::{
    Account, Action, Asked, CanaryId, DeliveryError, Echo, Effect, Exclusion, History, Mute, Outbound,
    Outright, Receipt,
};
use policy::{ChannelId, GroupId, MemberId, MessageText, PlatformId, Post, PostId, PostKind};
use serde_json::Value;
use serenity::model::Permissions;

use crate::account::{Shared, member_of};
use crate::error::{Code, RestError};
use crate::ids::{PostName, Snowflake};
use crate::json;
use crate::letters;
use crate::letters::veil::Reader;
use crate::markdown_out::Mentioned;
use crate::memory::About;
use crate::pages::{Page, messages_after};
use crate::remove;
use crate::rest::{Request, Route, Urgency};
use crate::server::Server;
use crate::settings::{AutoMod, GroupSettings};
use crate::translate::message::{Reading, Writer, read};
use crate::translate::post::Place;

/// So many channels are looked through at most for a message of which nothing but its number is known. Whoever means
/// another one gives the link to it, which names the channel.
const LOOKED_THROUGH_MAX: usize = 20;

/// What the bot does in one group.
#[derive(Debug)]
pub(crate) struct Hands {
    pub(crate) shared: Arc<Shared>,
    pub(crate) group: GroupSettings,
}

#[async_trait]
impl Outbound for Hands {
    fn platform(&self) -> PlatformId {
        platform()
    }

    fn abreast(&self) -> u32 {
        remove::ABREAST
    }

    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        let done = self.act(effect, action).await;
        // What waits for officers changes with what is done.
        self.shared.board_changed(&self.group.group);
        done
    }

    async fn read(
        &self,
        group: &GroupId,
        channel: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(None);
        }
        let channel = match channel {
            Some(channel) => Some(Snowflake::parse(channel.as_str()).ok_or(DeliveryError::Gone)?),
            None => None,
        };
        self.read_post(channel, post).await.map_err(RestError::delivery)
    }

    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        // What is no message has nothing after it.
        let (Some(PostName::Message(post)), true) = (PostName::parse(post), *group == self.group.group)
        else {
            return Ok(Vec::new());
        };
        let channel = match self.channel(channel).await {
            Err(DeliveryError::Gone) => return Ok(Vec::new()),
            channel => channel?,
        };
        self.read_after(channel, post, limit).await.map_err(RestError::delivery)
    }

    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(History::default());
        }
        self.latest(asker, limit).await
    }

    fn stops(&self, group: &GroupId) -> bool {
        *group == self.group.group && self.group.automod == AutoMod::Strongest
    }

    async fn stop(&self, group: &GroupId, words: &[Outright]) -> Result<(), DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(());
        }
        self.have_stopped(words).await
    }

    async fn account(&self, group: &GroupId, member: &MemberId) -> Result<Account, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(Account::Nobody);
        }
        self.known(member).await
    }

    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(Vec::new());
        }
        self.kept_out(of).await
    }

    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(Vec::new());
        }
        self.muted(of).await
    }

    async fn mend(&self, group: &GroupId) -> Result<(), DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group == self.group.group {
            self.set_sight().await;
            self.hold_all().await?;
        }
        Ok(())
    }

    async fn check_up(&self, group: &GroupId) -> Result<Vec<Finding>, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(Vec::new());
        }
        self.look_around().await.map_err(RestError::delivery)
    }

    async fn canary(&self, group: &GroupId, id: CanaryId) -> Result<Echo, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(Echo::None);
        }
        self.shared.send_canary(&self.group, id).await.map(|()| Echo::Coming)
    }

    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        self.shared.servers.has_come(self.group.server.0)?;
        if *group != self.group.group {
            return Ok(Vec::new());
        }
        self.names().await.map_err(RestError::delivery)
    }
}

impl Hands {
    async fn act(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        match action {
            Action::Remove { channel, post, kind: _, author: _ } => self.remove(effect, channel, post).await,
            Action::Repost { kind: PostKind::Nickname, author, text, .. } => {
                self.once(effect, self.wear_again(effect, author, text)).await
            }
            Action::Repost {
                channel,
                kind: PostKind::Message | PostKind::Title | PostKind::Topic | PostKind::Fixture,
                author,
                author_name,
                written_at,
                text,
            } => {
                let channel = self.channel(channel).await?;
                let parts = letters::repost(author, author_name, *written_at, text, self.group.zone);
                self.shared.post(channel, effect.into(), &[parts], &[]).await.map_err(RestError::delivery)
            }
            Action::Direct { to, letter, or_shown_since } => {
                self.direct(effect.into(), to, letter, *or_shown_since).await
            }
            Action::Rewrite { to, earlier, letter } => self.rewrite(effect, to, *earlier, letter).await,
            Action::TellOfficers { letter } => {
                let channel = self.group.officers_channel.0;
                self.write(channel, effect.into(), letter, Reader::Officers)
                    .await
                    .map_err(RestError::delivery)
            }
            Action::DirectWithOfficers { to, officers, letter } => {
                self.direct_with_officers(effect, to, officers, letter).await
            }
            Action::Announce { channel, letter } => {
                let channel = self.channel(channel).await?;
                let parts = letters::letter(letter, &|word| self.mentioned(word));
                self.shared.post(channel, effect.into(), &[parts], &[]).await.map_err(RestError::delivery)
            }
            Action::Exclude { member, until } => {
                self.once(effect, self.exclude(effect, member, *until)).await
            }
            Action::Admit { member } => self.once(effect, self.admit(effect, member)).await,
            Action::Mute { member, until } => self.once(effect, self.mute(effect, member, *until)).await,
            Action::Unmute { member } => self.once(effect, self.unmute(effect, member)).await,
        }
    }

    /// Does what nobody may do again under the name of this effect, however things came to stand since.
    async fn once(
        &self,
        effect: Effect,
        deed: impl Future<Output = Result<Receipt, DeliveryError>> + Send,
    ) -> Result<Receipt, DeliveryError> {
        let about = About::Done(effect.id);
        if effect.asked == Asked::Perhaps
            && self.shared.memory.get::<bool>(about).await.map_err(ours)? == Some(true)
        {
            return Ok(Receipt::AlreadyDone);
        }
        let receipt = deed.await?;
        if let Err(error) = self.shared.memory.put(about, &true).await {
            // Asked again at once, it finds things as it left them.
            tracing::warn!(error = &error as &dyn std::error::Error, "that something was done was not noted");
        }
        Ok(receipt)
    }

    /// A channel or thread of the group's server, by name.
    async fn channel(&self, channel: &ChannelId) -> Result<Snowflake, DeliveryError> {
        let id = Snowflake::parse(channel.as_str()).ok_or(DeliveryError::Gone)?;
        let is_ours =
            self.shared.is_in(self.group.server.0, id, Urgency::Letter).await.map_err(RestError::delivery)?;
        if is_ours { Ok(id) } else { Err(DeliveryError::Gone) }
    }

    /// What a word of the bot's names that people know by another name.
    pub(crate) fn mentioned(&self, word: &str) -> Option<Mentioned> {
        self.shared.mentioned(self.group.server.0, word)
    }

    /// Where what is read was found.
    pub(crate) fn place(&self) -> Place {
        Place { group: self.group.group.clone(), me: self.shared.me, app: self.shared.application }
    }

    /// A message as it stands now.
    async fn read_post(&self, channel: Option<Snowflake>, post: &PostId) -> Result<Option<Post>, RestError> {
        let Some(PostName::Message(message)) = PostName::parse(post) else { return Ok(None) };
        let found = match channel {
            Some(channel) => self.message_in(channel, message).await?,
            None => self.find(message).await?,
        };
        let Some(found) = found else { return Ok(None) };
        match self.shared.shown.instead_of(&found, self.shared.pace.steady_ms()) {
            Some(shown) => Ok(Some(shown)),
            None => Ok(self.judged(&self.with_member(found).await?)),
        }
    }

    /// A message of this channel, if that is one of the group's.
    async fn message_in(&self, channel: Snowflake, message: Snowflake) -> Result<Option<Value>, RestError> {
        if !self.shared.is_in(self.group.server.0, channel, Urgency::Reading).await? {
            return Ok(None);
        }
        let route = Route::channel(channel).at("messages").one(message);
        match self.shared.rest.call(Request::get(route)).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if matches!(error.code(), Some(Code::UnknownMessage | Code::UnknownChannel)) => {
                Ok(None)
            }
            // That it is not for the bot to see does not say that it is gone.
            Err(error) => Err(error),
        }
    }

    /// A message of the group's, wherever it stands. Its name does not say in which channel: the bot knows those of late, and
    /// looks through others.
    async fn find(&self, message: Snowflake) -> Result<Option<Value>, RestError> {
        let server = self.group.server.0;
        if let Some(channel) = self.shared.recent.channel_of(message) {
            // What is remembered is of all groups of the account.
            return match self.shared.is_in(server, channel, Urgency::Reading).await {
                Ok(true) => self.found(Route::channel(channel).at("messages").one(message)).await,
                Ok(false) => Ok(None),
                Err(error) if error.refusal().is_some() => Ok(None),
                Err(error) => Err(error),
            };
        }
        // Whoever types any number would have the bot ask in vain, which Discord counts against it. A list that does not
        // have it is an answer like any other.
        let Some(before) = Snowflake::new(message.number() - 1) else { return Ok(None) };
        for channel in self.channels_of(message) {
            let route = Route::channel(channel).at("messages").with("after", before).with("limit", 1);
            let Some(Value::Array(page)) = self.found(route).await? else { continue };
            let found = page.into_iter().find(|found| json::id(found, "id") == Some(message));
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// What is asked for; nothing where it is not there, or not for the bot.
    async fn found(&self, route: Route) -> Result<Option<Value>, RestError> {
        match self.shared.rest.call(Request::get(route)).await {
            Ok(found) => Ok(Some(found)),
            Err(error)
                if matches!(
                    error.code(),
                    Some(
                        Code::UnknownMessage
                            | Code::UnknownChannel
                            | Code::MissingAccess
                            | Code::MissingPermission
                    )
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// A message that was asked for, with what only an event says of its author: the name they go by here.
    async fn with_member(&self, mut message: Value) -> Result<Value, RestError> {
        let author = json::get(&message, "author").and_then(|author| json::id(author, "id"));
        let is_members = json::get(&message, "webhook_id").is_none();
        if let Some(author) = author.filter(|_| is_members)
            && let Some(member) =
                member_of(&self.shared.rest, self.group.server.0, author, Urgency::Reading).await?
        {
            message["member"] = member;
        }
        Ok(message)
    }

    /// The channels in which a message may stand as far as the bot could read it there, likeliest first, and not too many.
    fn channels_of(&self, message: Snowflake) -> Vec<Snowflake> {
        let reads = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
        let may_hold = |server: &Server| {
            let mine = server.mine();
            let holding = server.channels().filter(|(id, channel)| {
                // A message is no older than its channel, and no newer than the last there.
                channel.kind.holds_messages()
                    && *id <= message
                    && channel.last_message.is_none_or(|last| last >= message)
                    && server.permissions_in(*id, &mine).contains(reads)
            });
            let mut holding: Vec<_> = holding.map(|(id, channel)| (channel.last_message, id)).collect();
            // Most is written where something was written last.
            holding.sort_unstable_by(|one, other| other.cmp(one));
            holding.into_iter().map(|(_, id)| id).take(LOOKED_THROUGH_MAX).collect()
        };
        self.shared.servers.with(self.group.server.0, may_hold).unwrap_or_default()
    }

    /// A message as the post that is judged; nothing for one that nobody answers for.
    fn judged(&self, message: &Value) -> Option<Post> {
        match read(message, &self.place()) {
            Reading::Told(told) if told.writer != Writer::Ours => Some(told.post),
            Reading::Told(_) | Reading::Silent | Reading::Withheld | Reading::Partial => None,
        }
    }

    async fn read_after(
        &self,
        channel: Snowflake,
        post: Snowflake,
        limit: usize,
    ) -> Result<Vec<Post>, RestError> {
        let mut posts = Vec::new();
        let mut next = Some(post);
        while let Some(after) = next.filter(|_| posts.len() < limit) {
            let answer = match self.shared.rest.call(Request::get(messages_after(channel, after))).await {
                Err(error) if error.code() == Some(Code::UnknownChannel) => break,
                answer => answer?,
            };
            let Some(page) = Page::read(answer) else { break };
            next = page.next();
            posts.extend(page.things().filter_map(|message| self.judged(message)));
        }
        posts.truncate(limit);
        Ok(posts)
    }
}

impl Shared {
    /// Whether a channel or thread is in a server.
    ///
    /// # Errors
    /// When Discord does not say, or not to the bot.
    pub(crate) async fn is_in(
        &self,
        server: Snowflake,
        channel: Snowflake,
        urgency: Urgency,
    ) -> Result<bool, RestError> {
        Ok(self.is_there(server, channel, urgency).await? == Some(true))
    }

    /// The same; nothing when there is no such channel any more.
    pub(crate) async fn is_there(
        &self,
        server: Snowflake,
        channel: Snowflake,
        urgency: Urgency,
    ) -> Result<Option<bool>, RestError> {
        if self.servers.with(server, |server| server.channel(channel).is_some()) == Some(true) {
            return Ok(Some(true));
        }
        // Threads are not told of that were put out of the way.
        match self.rest.call(Request::get(Route::channel(channel)).urgency(urgency)).await {
            Ok(found) => Ok(Some(json::id(&found, "guild_id") == Some(server))),
            Err(error) if error.code() == Some(Code::UnknownChannel) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a word of the bot's names that people on a server know by another name.
    pub(crate) fn mentioned(&self, server: Snowflake, word: &str) -> Option<Mentioned> {
        let id = Snowflake::parse(word)?;
        let is_channel = self.servers.with(server, |server| server.channel(id).is_some());
        Some(if is_channel == Some(true) { Mentioned::Channel } else { Mentioned::Member })
    }
}

/// What Discord is called on record.
#[expect(clippy::unwrap_used, reason = "the id is a literal and valid")]
pub(crate) fn platform() -> PlatformId {
    PlatformId::new("discord").unwrap()
}

/// What we note ourselves could not be read or written; nothing was asked of Discord.
pub(crate) fn ours(error: impl std::error::Error + Send + Sync + 'static) -> DeliveryError {
    DeliveryError::Unreachable(Box::new(error))
}
