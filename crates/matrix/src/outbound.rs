//! What the bot does in a group's rooms.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use matrix_sdk::Room;
use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId, RoomId, UserId};
use platform::checkup::Finding;
use platform::{
    Account, Action, CanaryId, DeliveryError, Echo, Effect, EffectId, Exclusion, History, Mute, Outbound,
    Receipt,
};
use policy::{ChannelId, GroupId, Letter, MemberId, MessageText, PlatformId, Post, PostId, PostKind};

use crate::account::{Shared, user};
use crate::letters::Outgoing;
use crate::memory::Done;
use crate::places::{Place, Private};
use crate::send::Mail;
use crate::settings::GroupSettings;
use crate::{letters, links};

/// The bot in one of its groups.
#[derive(Debug)]
pub(crate) struct Hands {
    pub(crate) shared: Arc<Shared>,
    pub(crate) group: GroupSettings,
}

#[async_trait]
impl Outbound for Hands {
    #[expect(clippy::unwrap_used, reason = "the id is a literal and valid")]
    fn platform(&self) -> PlatformId {
        PlatformId::new("matrix").unwrap()
    }

    /// A homeserver answers one request after the other, and a letter in an encrypted room is several of them.
    fn lull(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        let id = effect.id;
        self.shared.has_entered()?;
        let memory = &self.shared.memory;
        let known = memory.is_done(id).await.map_err(ours)?;
        if known == Done::Yes {
            return Ok(Receipt::AlreadyDone);
        }
        let receipt = self.act(id, known, action).await?;
        memory.remember(id, true).await.map_err(ours)?;
        Ok(receipt)
    }

    async fn read(
        &self,
        group: &GroupId,
        _: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        self.shared.has_entered()?;
        if *group != self.group.group {
            return Ok(None);
        }
        self.read_post(post).await
    }

    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        self.shared.has_entered()?;
        match self.channel(channel) {
            Ok(room) if *group == self.group.group => self.read_after(&room, post, limit).await,
            Ok(_) | Err(_) => Ok(Vec::new()),
        }
    }

    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        self.shared.has_entered()?;
        if *group != self.group.group {
            return Ok(History::default());
        }
        Box::pin(self.latest(asker, limit)).await
    }

    async fn account(&self, group: &GroupId, member: &MemberId) -> Result<Account, DeliveryError> {
        self.shared.has_entered()?;
        if *group != self.group.group {
            return Ok(Account::Nobody);
        }
        self.known(member).await
    }

    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        self.shared.has_entered()?;
        if *group != self.group.group {
            return Ok(Vec::new());
        }
        self.kept_out(of).await
    }

    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        self.shared.has_entered()?;
        if *group != self.group.group {
            return Ok(Vec::new());
        }
        self.muted(of).await
    }

    async fn check_up(&self, group: &GroupId) -> Result<Vec<Finding>, DeliveryError> {
        self.shared.has_entered()?;
        if *group != self.group.group {
            return Ok(Vec::new());
        }
        Box::pin(self.look_around()).await
    }

    async fn canary(&self, group: &GroupId, id: CanaryId) -> Result<Echo, DeliveryError> {
        self.shared.has_entered()?;
        if *group != self.group.group {
            return Ok(Echo::None);
        }
        self.send_canary(id).await.map(|()| Echo::Coming)
    }

    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        self.shared.has_entered()?;
        if *group != self.group.group {
            return Ok(Vec::new());
        }
        self.names().await
    }
}

impl Hands {
    async fn act(&self, id: EffectId, known: Done, action: &Action) -> Result<Receipt, DeliveryError> {
        match action {
            Action::Remove { channel, post, kind, author } => match kind {
                PostKind::Message | PostKind::Title | PostKind::Topic | PostKind::Fixture => {
                    self.remove(id, channel, post, author).await
                }
                PostKind::Nickname => self.remove_name(id, post, author).await,
            },
            Action::Repost { channel, kind: _, author, author_name, written_at, text } => {
                let room = self.channel(channel)?;
                let quotation = letters::repost(author, author_name, *written_at, text, self.group.zone);
                self.mail(id, known, &room, Mail::notice(id.to_string(), quotation)).await
            }
            Action::Direct { to, letter, or_shown_since: _ } => {
                let room = self.door(to, None).await?;
                let parts = self.in_private(&room, letter).await?;
                self.mail(id, known, &room, Mail::text(id.to_string(), parts)).await
            }
            Action::Rewrite { to, earlier, letter } => self.rewrite(id, known, to, *earlier, letter).await,
            Action::DirectWithOfficers { to, officers, letter } => {
                let room = self.door(to, Some(officers)).await?;
                self.mail(id, known, &room, Mail::text(id.to_string(), self.among_officers(letter))).await
            }
            Action::TellOfficers { letter } => {
                let room = self.shared.places.management(&self.group.group);
                let room = self.room(room.as_deref())?;
                self.mail(id, known, &room, Mail::text(id.to_string(), self.among_officers(letter))).await
            }
            Action::Announce { channel, letter } => {
                let room = self.channel(channel)?;
                self.mail(id, known, &room, Mail::notice(id.to_string(), letters::letter(letter))).await
            }
            Action::Exclude { member, until: _ } => self.exclude(member).await,
            Action::Admit { member } => self.admit(member).await,
            Action::Mute { member, until: _ } => self.mute(member).await,
            Action::Unmute { member } => self.unmute(member).await,
        }
    }

    /// A letter to a member alone. The reference stands in it; the link leads back here from wherever it is kept.
    async fn in_private(&self, room: &Room, letter: &Letter) -> Result<Vec<Outgoing>, DeliveryError> {
        let via: Vec<String> =
            room.route().await.unwrap_or_default().iter().map(ToString::to_string).collect();
        let channel = ChannelId::new(room.room_id().as_str()).ok_or(DeliveryError::Gone)?;
        let link = links::link(&channel, None, &via);
        Ok(letters::letter(&letter.clone().text(format!("You can answer here: {link}"))))
    }

    /// Puts a letter in the place of an earlier one, in whichever of a member's rooms that stands.
    async fn rewrite(
        &self,
        id: EffectId,
        known: Done,
        to: &MemberId,
        earlier: EffectId,
        letter: &Letter,
    ) -> Result<Receipt, DeliveryError> {
        for with_officers in [false, true] {
            let door = Private { group: self.group.group.clone(), member: to.clone(), with_officers };
            let rooms = self.shared.places.private(&door);
            for room in rooms.iter().filter_map(|room| self.shared.joined(room)) {
                let standing = self.shared.sent_as(&room, &earlier.to_string()).await?;
                if standing.is_empty() {
                    continue;
                }
                let parts = match with_officers {
                    false => self.in_private(&room, letter).await?,
                    true => self.among_officers(letter),
                };
                let mail = Mail::text(id.to_string(), parts).instead_of(standing);
                return self.mail(id, known, &room, mail).await;
            }
        }
        Err(DeliveryError::Gone)
    }

    /// A letter where officers talk to each other, and have to say so when they talk to the bot.
    fn among_officers(&self, letter: &Letter) -> Vec<Outgoing> {
        letters::letter(&letters::addressed(letter, &self.shared.settings.commands))
    }

    /// Sends what an effect says. Asked again after an answer was lost, it looks first whether it arrived.
    async fn mail(
        &self,
        id: EffectId,
        known: Done,
        room: &Room,
        mail: Mail,
    ) -> Result<Receipt, DeliveryError> {
        match known {
            Done::Yes => return Ok(Receipt::AlreadyDone),
            Done::Asked if self.shared.stands(room, &mail).await? => return Ok(Receipt::AlreadyDone),
            Done::Asked => {}
            Done::Unknown => self.shared.memory.remember(id, false).await.map_err(ours)?,
        }
        self.shared.post(room, &mail).await.map(|()| Receipt::Done)
    }

    /// A member's own room, or the one that they share with these officers.
    async fn door(&self, to: &MemberId, officers: Option<&[MemberId]>) -> Result<Room, DeliveryError> {
        let Some(whose) = user(to) else { return Err(DeliveryError::Gone) };
        let with_officers = officers.is_some();
        if with_officers && !self.is_here(&whose).await? {
            return Err(DeliveryError::Forbidden);
        }
        let wanted = Private { group: self.group.group.clone(), member: to.clone(), with_officers };
        self.shared.open(&wanted, officers.unwrap_or_default(), false).await
    }

    /// A channel of the group, by name.
    pub(crate) fn channel(&self, channel: &ChannelId) -> Result<Room, DeliveryError> {
        let id = RoomId::parse(channel.as_str()).map_err(|_| DeliveryError::Gone)?;
        match self.shared.places.get(&id) {
            Some(Place::Channel(group) | Place::Space(group)) if group == self.group.group => {
                self.room(Some(&id))
            }
            // It is configured no longer, or not entered yet.
            _ => Err(DeliveryError::Unreachable("the room is none of the group's".into())),
        }
    }

    pub(crate) fn room(&self, id: Option<&RoomId>) -> Result<Room, DeliveryError> {
        let room = id.and_then(|id| self.shared.joined(id));
        room.ok_or_else(|| DeliveryError::Unreachable("the bot is not in the room".into()))
    }

    /// The rooms by which one comes into the group.
    pub(crate) fn entrances(&self) -> Vec<OwnedRoomId> {
        self.shared.places.entrances(&self.group.group)
    }

    /// Those of the entrances that the bot is in. Of one that it was put out of the officers are told; it keeps nothing
    /// from being done in the others.
    ///
    /// # Errors
    /// When the bot is in none, so that nothing counts as done.
    pub(crate) fn open_entrances(&self) -> Result<Vec<OwnedRoomId>, DeliveryError> {
        self.open(self.entrances())
    }

    /// The rooms in which members of the group write; otherwise as [`Hands::open_entrances`].
    ///
    /// # Errors
    /// As there.
    pub(crate) fn open_channels(&self) -> Result<Vec<OwnedRoomId>, DeliveryError> {
        self.open(self.shared.places.channels(&self.group.group))
    }

    fn open(&self, mut rooms: Vec<OwnedRoomId>) -> Result<Vec<OwnedRoomId>, DeliveryError> {
        rooms.retain(|id| self.shared.joined(id).is_some());
        match rooms.is_empty() {
            true => Err(DeliveryError::Unreachable("the bot is in no room of the group".into())),
            false => Ok(rooms),
        }
    }

    async fn is_here(&self, user: &UserId) -> Result<bool, DeliveryError> {
        for room in self.open_entrances()? {
            let stands = crate::calls::membership(&self.shared.client, &room, user).await;
            if stands.map_err(crate::error::delivery)?.as_deref() == Some("join") {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A post's own event.
pub(crate) fn event_id(post: &PostId) -> Option<OwnedEventId> {
    OwnedEventId::try_from(post.as_str()).ok()
}

/// Our own store did not answer; nothing was asked of the server.
pub(crate) fn ours(error: impl std::error::Error + Send + Sync + 'static) -> DeliveryError {
    DeliveryError::Unreachable(Box::new(error))
}
