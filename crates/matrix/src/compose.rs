//! Posts made of events, with what the server has to be asked for: what was edited, what was answered, who wrote.

use std::sync::Arc;

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::events::room::encrypted::OriginalSyncRoomEncryptedEvent;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{UserId, uint};
use platform::DeliveryError;
use policy::{ChannelId, GroupId, MemberId, MessageText, Post, PostId, Timestamp};
use serde_json::json;

use crate::account::{Shared, user};
use crate::calls;
use crate::error;
use crate::outbound::{Hands, event_id};
use crate::translate::event::{ENCRYPTED, Event, Malformed, Relation};
use crate::translate::post::{self, Chain, Place as Spot, is_worn, parse_nickname};
use crate::translate::surfaces::Answered;

/// So many events after a post are looked at for what follows it, for in a burst most of them are no post any more.
const AFTER_EVENTS_MAX: usize = 500;

impl Shared {
    /// The post that an event is, or the revision of one; nothing for an event without a text.
    ///
    /// An edit counts as one only if it is by the author of what it edits: anything else is a post of its own.
    pub(crate) async fn compose(
        &self,
        group: &GroupId,
        room: &Room,
        event: &Event,
        sent_at: Timestamp,
    ) -> Result<Option<Post>, DeliveryError> {
        let Some(channel) = ChannelId::new(room.room_id().as_str()) else { return Ok(None) };
        let spot = Spot { group: group.clone(), channel, name: self.name(room, &event.sender).await };
        let mut answered = None;
        let chain = match event.relation() {
            Relation::Edit(target) => match self.original(room, event, &target).await? {
                Some(original) => {
                    let revision =
                        self.recent.revision(&target, room.room_id(), &event.id, revision(&original, event));
                    // What it answers, only the original says.
                    if let Relation::Reply(target) = original.relation() {
                        answered = Some(self.answered(room, &target).await?);
                    }
                    Chain::Edit { original: target, revision }
                }
                None => {
                    tracing::warn!(
                        event = event.id.as_str(),
                        "says that it edits what it may not; it is judged by itself"
                    );
                    Chain::First
                }
            },
            Relation::Reply(target) | Relation::Reaction { target, .. } => {
                answered = Some(self.answered(room, &target).await?);
                Chain::First
            }
            Relation::None | Relation::Thread { .. } => Chain::First,
        };
        let answered = match &answered {
            None => Answered::Nothing,
            Some(Some(event)) => Answered::Known(event),
            Some(None) => Answered::Unknown,
        };
        let post = post::post(event, &spot, chain, answered);
        Ok(post.map(|post| Post { written_at: sent_at, ..post }))
    }

    /// What an edit may edit: a first event, by its own author.
    async fn original(
        &self,
        room: &Room,
        edit: &Event,
        target: &PostId,
    ) -> Result<Option<Arc<Event>>, DeliveryError> {
        let original = self.event(room, target).await?;
        let original = original.filter(|original| edit.may_edit(original) && original.id != edit.id);
        if original.is_some() && edit.was_encrypted && !self.is_sent_as_edit(room, edit, target).await? {
            return Ok(None);
        }
        Ok(original)
    }

    /// Whether the server and other clients take an encrypted event for an edit of that one. They go by what stands outside
    /// of the encryption, which need not be what it says inside.
    async fn is_sent_as_edit(
        &self,
        room: &Room,
        edit: &Event,
        target: &PostId,
    ) -> Result<bool, DeliveryError> {
        let Some(id) = event_id(&edit.id) else { return Ok(false) };
        let sent = match calls::sent(&self.client, room.room_id(), &id).await.map_err(error::delivery) {
            Ok(sent) => sent,
            Err(DeliveryError::Gone | DeliveryError::Forbidden) => return Ok(false),
            Err(error) => return Err(error),
        };
        let sent = Event::parse(&sent).ok();
        Ok(sent.is_some_and(|sent| sent.edits_unread().as_ref() == Some(target)))
    }

    /// What an event answers. Of what is gone the words are known no more: whoever repeats them says them anew.
    async fn answered(&self, room: &Room, target: &PostId) -> Result<Option<Arc<Event>>, DeliveryError> {
        if self.recent.is_gone(target) {
            return Ok(None);
        }
        Ok(self.event(room, target).await?.filter(|event| !event.redacted))
    }

    /// An event of a room, from memory or from the server.
    pub(crate) async fn event(&self, room: &Room, id: &PostId) -> Result<Option<Arc<Event>>, DeliveryError> {
        if let Some(heard) = self.recent.get(id) {
            let is_here = heard.room == room.room_id();
            return Ok(is_here.then_some(heard.event));
        }
        let Some(id) = event_id(id) else { return Ok(None) };
        match room.event(&id, None).await.map_err(error::delivery) {
            Ok(event) => Ok(parsed(&event).map(Arc::new)),
            Err(DeliveryError::Gone | DeliveryError::Forbidden) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a member is called in a room.
    pub(crate) async fn name(&self, room: &Room, member: &MemberId) -> MessageText {
        let Some(user) = user(member) else { return MessageText::new(member.as_str()) };
        let known = room.get_member_no_sync(&user).await.ok().flatten();
        let name = known.as_ref().map_or(user.localpart(), |known| known.name());
        MessageText::new(name)
    }
}

/// Counts revisions so that both a fresh edit and one that is read again have the same number: tenths of a second since
/// the post was first written.
pub(crate) fn revision(original: &Event, edit: &Event) -> u32 {
    let millis = edit.sent_at.as_millis().saturating_sub(original.sent_at.as_millis());
    u32::try_from(millis / 100).unwrap_or(if millis < 0 { 0 } else { u32::MAX }).max(1)
}

/// An event that came, whether it could be decrypted or not.
///
/// # Errors
/// When no sense can be made of it.
pub(crate) fn read(event: &TimelineEvent) -> Result<Event, Malformed> {
    let read = Event::parse(event.raw().json().get())?;
    Ok(match &event.kind {
        TimelineEventKind::Decrypted(_) => read.decrypted(),
        TimelineEventKind::UnableToDecrypt { .. } | TimelineEventKind::PlainText { .. } => read,
    })
}

/// An event that came encrypted and was not even tried, decrypted if it can be. The library passes over one that is odd
/// in what stands beside the ciphertext, and other clients show it all the same.
pub(crate) async fn opened(room: &Room, event: Event) -> Event {
    if event.kind != ENCRYPTED || event.redacted {
        return event;
    }
    let text = |name| event.content.text(name);
    let sent = json!({
        "type": ENCRYPTED,
        "event_id": event.id.as_str(),
        "sender": event.sender.as_str(),
        "origin_server_ts": event.sent_at.as_millis(),
        "content": {
            "algorithm": text("algorithm"),
            "ciphertext": text("ciphertext"),
            "session_id": text("session_id"),
        },
    });
    let Ok(sent) = Raw::new(&sent).map(Raw::cast_unchecked::<OriginalSyncRoomEncryptedEvent>) else {
        return event;
    };
    let opened = room.decrypt_event(&sent, None).await.ok();
    let opened = opened.as_ref().and_then(parsed).filter(|opened| opened.kind != ENCRYPTED);
    opened.unwrap_or(event)
}

/// The same, as far as sense can be made of it.
pub(crate) fn parsed(event: &TimelineEvent) -> Option<Event> {
    read(event).ok()
}

impl Hands {
    /// A post as it stands now.
    pub(crate) async fn read_post(&self, post: &PostId) -> Result<Option<Post>, DeliveryError> {
        if let Some((member, _)) = parse_nickname(post) {
            return self.read_name(post, &member).await;
        }
        let Some(id) = event_id(post) else { return Ok(None) };
        for room in self.rooms_of(post) {
            let Some(event) = self.fetch(&room, &id).await? else { continue };
            return self.standing(&room, event).await;
        }
        Ok(None)
    }

    /// Where in the group to look for a post: where it was heard, or everywhere.
    fn rooms_of(&self, post: &PostId) -> Vec<Room> {
        let mut ids = self.shared.places.channels(&self.group.group);
        if let Some(heard) = self.shared.recent.get(post) {
            ids.retain(|id| *id == heard.room);
        }
        ids.iter().filter_map(|id| self.shared.joined(id)).collect()
    }

    /// An event in its newest revision; nothing when it is gone.
    async fn standing(&self, room: &Room, event: Event) -> Result<Option<Post>, DeliveryError> {
        if event.redacted || self.shared.is_me(event.sender.as_str()) {
            return Ok(None);
        }
        let group = &self.group.group;
        for edit in self.edits_of(room, &event).await? {
            if edit.redacted || !edit.may_edit(&event) {
                continue;
            }
            let post = self.shared.compose(group, room, &edit, edit.sent_at).await?;
            // What only says that it edits this one is a post of its own.
            if let Some(post) = post.filter(|post| post.id == event.id) {
                return Ok(Some(post));
            }
        }
        self.shared.compose(group, room, &event, event.sent_at).await
    }

    /// Every event that says it edits one, newest first; those of one that has just come are known.
    async fn edits_of(&self, room: &Room, event: &Event) -> Result<Vec<Event>, DeliveryError> {
        let Some(heard) = self.shared.recent.get(&event.id) else {
            let Some(id) = event_id(&event.id) else { return Ok(Vec::new()) };
            return self.edit_events(room, &id).await;
        };
        let mut edits = Vec::new();
        for id in heard.edits.iter().rev().filter(|id| !self.shared.recent.is_gone(id)) {
            let Some(edit) = self.shared.event(room, id).await? else { continue };
            edits.push(Event::clone(&edit));
        }
        Ok(edits)
    }

    /// A name that is still worn somewhere.
    async fn read_name(&self, post: &PostId, member: &MemberId) -> Result<Option<Post>, DeliveryError> {
        let Some(user) = user(member) else { return Ok(None) };
        for id in self.entrances() {
            let Some(room) = self.shared.joined(&id) else { continue };
            let Some(event) = self.member_event(&room, &user).await? else { continue };
            let name = event.content.text("displayname");
            let channel = ChannelId::new(id.as_str());
            if let Some(channel) = channel.filter(|_| name.is_some_and(|name| is_worn(post, member, &name))) {
                let spot = Spot {
                    group: self.group.group.clone(),
                    channel,
                    name: self.shared.name(&room, member).await,
                };
                return Ok(post::nickname_post(&event, &spot).filter(|worn| worn.id == *post));
            }
        }
        Ok(None)
    }

    async fn member_event(&self, room: &Room, user: &UserId) -> Result<Option<Event>, DeliveryError> {
        let all = calls::memberships(&self.shared.client, room.room_id()).await.map_err(error::delivery)?;
        match all.into_iter().find(|one| one.user == *user) {
            Some(one) => self.fetch(room, &one.event).await,
            None => Ok(None),
        }
    }

    /// What was first written after a post, as it stands now.
    pub(crate) async fn read_after(
        &self,
        room: &Room,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        let mut posts = Vec::new();
        let Some(id) = event_id(post) else { return Ok(posts) };
        let around = match room.event_with_context(&id, true, uint!(0), None).await.map_err(error::delivery) {
            Ok(around) => around,
            Err(DeliveryError::Gone | DeliveryError::Forbidden) => return Ok(posts),
            Err(error) => return Err(error),
        };
        let (mut from, mut looked_at) = (around.next_batch_token, 0);
        while let Some(token) = from.take().filter(|_| posts.len() < limit && looked_at < AFTER_EVENTS_MAX) {
            let mut options = MessagesOptions::forward().from(token.as_str());
            options.limit = uint!(100);
            let page = room.messages(options).await.map_err(error::delivery)?;
            looked_at += page.chunk.len();
            for event in page.chunk.iter().filter_map(parsed) {
                let is_post = event.state_key.is_none() && !matches!(event.relation(), Relation::Edit(_));
                if is_post && posts.len() < limit {
                    posts.extend(self.standing(room, event).await?);
                }
            }
            from = page.end.filter(|_| !page.chunk.is_empty());
        }
        Ok(posts)
    }
}
