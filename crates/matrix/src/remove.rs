//! Posts taken away, with every event that makes them up.

use matrix_sdk::Room;
use matrix_sdk::room::{IncludeRelations, RelationsOptions};
use matrix_sdk::ruma::events::relation::RelationType;
use matrix_sdk::ruma::{EventId, OwnedTransactionId, RoomId, uint};
use platform::{DeliveryError, EffectId, Receipt};
use policy::{ChannelId, MemberId, PostId};

use crate::calls;
use crate::compose::parsed;
use crate::error;
use crate::outbound::{Hands, event_id};
use crate::tally::Tally;
use crate::translate::event::Event;
use crate::translate::post::{is_worn, parse_nickname};

/// What stands where a post stood, for whoever asks their client. The author is told in private.
const REASON: &str = "Removed under the rules of the group";

impl Hands {
    /// Takes away a post: its first event and whatever edits it, for the server shows an older one when a newer goes.
    pub(crate) async fn remove(
        &self,
        effect: EffectId,
        channel: &ChannelId,
        post: &PostId,
        author: &MemberId,
    ) -> Result<Receipt, DeliveryError> {
        let room = self.channel(channel)?;
        let Some(first) = event_id(post) else { return Err(DeliveryError::Gone) };
        let (stands, edits) = match self.shared.recent.get(post) {
            // It has just come, and so has all that edits it. An edit may stand where its original is gone.
            Some(heard) => (!heard.gone, heard.edits),
            None => {
                let stands = self.fetch(&room, &first).await?.is_some_and(|event| !event.redacted);
                (stands, self.edits(&room, &first, author).await?)
            }
        };
        let mut done = stands && self.redact(effect, &room, &first).await?;
        for edit in edits.iter().filter(|edit| !self.shared.recent.is_gone(edit)) {
            let Some(edit) = event_id(edit) else { continue };
            done |= self.redact(effect, &room, &edit).await?;
        }
        Ok(if done { Receipt::Done } else { Receipt::AlreadyDone })
    }

    /// Takes a name away in every room in which it is still worn.
    pub(crate) async fn remove_name(
        &self,
        effect: EffectId,
        post: &PostId,
        author: &MemberId,
    ) -> Result<Receipt, DeliveryError> {
        if parse_nickname(post).is_none() {
            return Err(DeliveryError::Gone);
        }
        let mut tally = Tally::default();
        for id in self.open_entrances()? {
            tally.add(self.remove_name_in(effect, &id, post, author).await)?;
        }
        tally.end()
    }

    async fn remove_name_in(
        &self,
        effect: EffectId,
        id: &RoomId,
        post: &PostId,
        author: &MemberId,
    ) -> Result<Receipt, DeliveryError> {
        let Some(room) = self.shared.joined(id) else { return Ok(Receipt::AlreadyDone) };
        let all = calls::memberships(&self.shared.client, id).await.map_err(error::delivery)?;
        let wears = |one: &calls::Membership| {
            let name = one.name.as_deref().filter(|_| one.user == author.as_str());
            name.is_some_and(|name| is_worn(post, author, name))
        };
        match all.into_iter().find(wears) {
            Some(worn) if self.redact(effect, &room, &worn.event).await? => Ok(Receipt::Done),
            Some(_) | None => Ok(Receipt::AlreadyDone),
        }
    }

    /// Redacts one event; gives whether it was there.
    async fn redact(&self, effect: EffectId, room: &Room, event: &EventId) -> Result<bool, DeliveryError> {
        let name = OwnedTransactionId::from(format!("{effect}-{event}"));
        let was_there = match room.redact(event, Some(REASON), Some(name)).await.map_err(error::http) {
            Ok(_) => true,
            Err(DeliveryError::Gone) => false,
            Err(error) => return Err(error),
        };
        if let Some(gone) = PostId::new(event.as_str()) {
            self.shared.recent.gone(&gone);
        }
        Ok(was_there)
    }

    /// The events that edit one, by its own author, that still stand.
    async fn edits(
        &self,
        room: &Room,
        first: &EventId,
        author: &MemberId,
    ) -> Result<Vec<PostId>, DeliveryError> {
        let edits = self.edit_events(room, first).await?;
        let theirs = edits.into_iter().filter(|edit| edit.sender == *author && !edit.redacted);
        Ok(theirs.map(|edit| edit.id).collect())
    }

    /// Every event that says it edits one, newest first.
    pub(crate) async fn edit_events(
        &self,
        room: &Room,
        first: &EventId,
    ) -> Result<Vec<Event>, DeliveryError> {
        let mut options = RelationsOptions {
            include_relations: IncludeRelations::RelationsOfType(RelationType::Replacement),
            limit: Some(uint!(100)),
            ..RelationsOptions::default()
        };
        let mut edits = Vec::new();
        loop {
            let page = match room.relations(first.to_owned(), options.clone()).await.map_err(error::delivery)
            {
                Ok(page) => page,
                Err(DeliveryError::Gone) => return Ok(edits),
                Err(error) => return Err(error),
            };
            edits.extend(page.chunk.iter().filter_map(parsed));
            match page.next_batch_token.filter(|_| !page.chunk.is_empty()) {
                Some(next) => options.from = Some(next),
                None => return Ok(edits),
            }
        }
    }

    /// An event as it stands now.
    pub(crate) async fn fetch(&self, room: &Room, id: &EventId) -> Result<Option<Event>, DeliveryError> {
        match room.event(id, None).await.map_err(error::delivery) {
            Ok(event) => Ok(parsed(&event)),
            // What one may not see is not there for the bot.
            Err(DeliveryError::Gone | DeliveryError::Forbidden) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
