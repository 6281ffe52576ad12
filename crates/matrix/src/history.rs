//! What members wrote lately, asked for page by page, backwards: room by room, always where the newest may stand that is not
//! known yet. Only rooms are read in which whoever asks is themselves.

use std::collections::HashMap;
use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::room::{Messages, MessagesOptions};
use matrix_sdk::ruma::{OwnedRoomId, UserId, uint};
use platform::{DeliveryError, Gathering, History, Page};
use policy::{ChannelId, MemberId, Post, PostId};

use crate::account::user;
use crate::compose::{opened, parsed, revision};
use crate::error;
use crate::outbound::Hands;
use crate::translate::event::{ENCRYPTED, Event, Relation};
use crate::translate::post::{self, Chain, Place as Spot};
use crate::translate::surfaces::Answered;

/// For so long pages are asked for: whoever asked waits for the answer.
const PATIENCE: Duration = Duration::from_secs(2 * 60);
/// How many pages are asked for at most.
const PAGES_MAX: usize = 200;

/// How far back a room was read.
#[derive(Debug, Default)]
struct Walk {
    /// Whether whoever asks is known to be in it.
    is_seen: bool,
    /// Where the next page ends.
    token: Option<String>,
    /// When the oldest event was sent that was read. What says that it was sent later came before it all the same.
    at: Option<i64>,
    /// Edits of what is still to come, the newest first.
    edits: HashMap<PostId, Vec<Event>>,
}

impl Hands {
    /// The latest posts of the group's rooms, as far as the bot can read them there and the `asker` is in them.
    pub(crate) async fn latest(&self, asker: &MemberId, limit: usize) -> Result<History, DeliveryError> {
        let rooms = self.shared.places.channels(&self.group.group);
        let mut gathering = Gathering::new(limit, rooms.into_iter().map(|room| (room, None)));
        let asker = user(asker);
        let mut walks: HashMap<OwnedRoomId, Walk> = HashMap::new();
        let begun = self.shared.clock.steady_ms();
        let mut asked = 0;
        while let Some((id, _)) = gathering.next() {
            let waited = Duration::from_millis(
                u64::try_from(self.shared.clock.steady_ms().saturating_sub(begun)).unwrap_or(0),
            );
            if asked == PAGES_MAX || waited >= PATIENCE {
                return Ok(gathering.end(true));
            }
            let Some(room) = self.shared.joined(&id) else {
                gathering.close(&id);
                continue;
            };
            asked += 1;
            let walk = walks.entry(id.clone()).or_default();
            match self.look_into(&room, walk, asker.as_deref()).await {
                Ok(Some(page)) => gathering.take(&id, page),
                Ok(None) => gathering.hide(&id),
                Err(DeliveryError::Forbidden | DeliveryError::Gone) => gathering.close(&id),
                Err(error) if asked == 1 => return Err(error),
                Err(_) => return Ok(gathering.end(true)),
            }
        }
        Ok(gathering.end(false))
    }

    /// The next page of a room; nothing where whoever asks is not in it.
    async fn look_into(
        &self,
        room: &Room,
        walk: &mut Walk,
        asker: Option<&UserId>,
    ) -> Result<Option<Page<i64>>, DeliveryError> {
        if !walk.is_seen {
            let Some(asker) = asker else { return Ok(None) };
            walk.is_seen = self.membership(room.room_id(), asker).await?.as_deref() == Some("join");
            if !walk.is_seen {
                return Ok(None);
            }
        }
        let mut options = MessagesOptions::backward().from(walk.token.as_deref());
        options.limit = uint!(100);
        let messages = room.messages(options).await.map_err(error::delivery)?;
        Ok(Some(self.told(room, walk, messages).await))
    }

    /// What members say on a page.
    async fn told(&self, room: &Room, walk: &mut Walk, messages: Messages) -> Page<i64> {
        let is_last = messages.chunk.is_empty() || messages.end.is_none() || messages.end == walk.token;
        walk.token = messages.end;
        let mut page = Page { posts: Vec::new(), unreadable: Vec::new(), reached: None };
        let mut events = Vec::new();
        for event in messages.chunk.iter().filter_map(parsed) {
            let sent = event.sent_at.as_millis();
            let at = walk.at.map_or(sent, |before| before.min(sent));
            walk.at = Some(at);
            events.push((at, opened(room, event).await));
        }
        let here: HashMap<PostId, usize> =
            events.iter().enumerate().map(|(place, (_, event))| (event.id.clone(), place)).collect();
        for (at, event) in &events {
            if event.redacted || event.state_key.is_some() || self.shared.is_me(event.sender.as_str()) {
                continue;
            }
            if event.kind == ENCRYPTED {
                page.unreadable.push(*at);
                continue;
            }
            match event.relation() {
                Relation::Edit(of) => walk.edits.entry(of).or_default().push(event.clone()),
                Relation::Reaction { .. } => {}
                Relation::None | Relation::Reply(_) | Relation::Thread { .. } => {
                    let edits = walk.edits.remove(&event.id).unwrap_or_default();
                    let edit = edits.iter().find(|edit| edit.may_edit(event));
                    let answered = match event.relation() {
                        Relation::Reply(of) => here.get(&of).map(|place| &events[*place].1),
                        _ => None,
                    };
                    let post = self.said(room, event, edit, answered).await;
                    page.posts.extend(post.map(|post| (*at, post)));
                }
            }
        }
        page.reached = walk.at.filter(|_| !is_last);
        page
    }

    /// An event in its newest revision as a post. What it answers is known where it stands near; nobody is asked for it.
    async fn said(
        &self,
        room: &Room,
        event: &Event,
        edit: Option<&Event>,
        answered: Option<&Event>,
    ) -> Option<Post> {
        let name = self.shared.name(room, &event.sender).await;
        let channel = ChannelId::new(room.room_id().as_str())?;
        let spot = Spot { group: self.group.group.clone(), channel, name };
        let heard = match event.relation() {
            Relation::Reply(of) => self.shared.recent.get(&of).filter(|heard| !heard.gone),
            _ => None,
        };
        let known = answered.filter(|event| !event.redacted).or(heard.as_ref().map(|heard| &*heard.event));
        let answered = match (event.relation(), known) {
            (Relation::Reply(_), Some(known)) => Answered::Known(known),
            (Relation::Reply(_), None) => Answered::Unknown,
            _ => Answered::Nothing,
        };
        let (said, chain) = match edit {
            Some(edit) => {
                let revision = revision(event, edit);
                (edit, Chain::Edit { original: event.id.clone(), revision })
            }
            None => (event, Chain::First),
        };
        post::post(said, &spot, chain, answered)
    }
}
