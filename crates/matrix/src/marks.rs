//! How far each room was read, and reading on from there.
//!
//! A mark is moved once what was read has been dealt with, and whatever lies between it and now is fetched page by page.

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::{EventId, RoomId, uint};
use matrix_sdk::sync::JoinedRoomUpdate;
use platform::{DeliveryError, Inbound, Position};
use policy::{ChannelId, Timestamp};

use crate::error;
use crate::places::Place;
use crate::sync::{Broken, Ear};

/// How far a room was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// A place in the server's stream; everything before it was dealt with.
    pub(crate) token: String,
    /// What was dealt with last after that place, if anything.
    pub(crate) event: Option<String>,
    /// What was dealt with last at all: where the server forgets the place, this says where it was.
    pub(crate) last: Option<String>,
    /// When that was sent, as far as it is believed.
    pub(crate) at: Timestamp,
}

impl Mark {
    pub(crate) fn position(&self) -> Position {
        let named = |event: &Option<String>| event.as_deref().unwrap_or("-").to_owned();
        let (event, last) = (named(&self.event), named(&self.last));
        Position(format!("{} {event} {} {last}", self.token, self.at.as_millis()))
    }

    pub(crate) fn read(position: &str) -> Option<Self> {
        let mut parts = position.split(' ');
        let (token, event, at) = (parts.next()?, parts.next()?, parts.next()?);
        let named = |event: &str| (event != "-").then(|| event.to_owned());
        Some(Self {
            token: token.to_owned(),
            event: named(event),
            last: parts.next().and_then(named),
            at: Timestamp::from_millis(at.parse().ok()?),
        })
    }
}

impl Ear {
    /// How far each room was read in earlier runs: channels as the ledger has it, other rooms as we remember it.
    pub(crate) async fn read_marks(&mut self) {
        for group in self.shared.groups.keys() {
            let positions = match self.intake.positions(group).await {
                Ok(positions) => positions,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "positions were not read");
                    continue;
                }
            };
            for (channel, position) in positions {
                if let (Ok(room), Some(mark)) = (RoomId::parse(channel.as_str()), Mark::read(&position.0)) {
                    self.marks.insert(room, mark);
                }
            }
        }
        for (room, _) in self.shared.places.all() {
            // Of a channel it is where the bot came in; the ledger knows better once anything was recorded there.
            if !self.marks.contains_key(&room)
                && let Ok(Some(position)) = self.shared.memory.get::<String>(&mark_key(&room)).await
                && let Some(mark) = Mark::read(&position)
            {
                self.marks.insert(room, mark);
            }
        }
    }

    /// Deals with everything in a room from its mark to now.
    pub(crate) async fn hear_room(
        &mut self,
        room: &Room,
        place: &Place,
        since: Option<&str>,
        update: Option<&JoinedRoomUpdate>,
        next: &str,
    ) -> Result<(), Broken> {
        let id = room.room_id().to_owned();
        let mark = match self.marks.get(&id).cloned() {
            Some(mark) => mark,
            None => {
                let events = update.map_or(&[][..], |update| &update.timeline.events);
                let came = !events.is_empty() && !matches!(place, Place::Private(_));
                match since.filter(|_| came && self.own_entry(events).is_none()) {
                    // The bot was there already when the last look was taken, so nothing of this was there before it.
                    Some(since) => self.mark_at(&id, since).await,
                    None => return self.begin(room, place, events, next).await,
                }
            }
        };
        let is_even = since == Some(mark.token.as_str()) && mark.event.is_none();
        let was_entered = update.is_some() && self.entered.remove(&id);
        // Only now it is known which rooms a space has, and whether a room has moved.
        self.changed_rooms |= was_entered;
        match update {
            Some(update) if is_even && !update.timeline.limited => {
                // Of a room that was entered meanwhile comes also what was there before.
                let entry = if was_entered { self.own_entry(&update.timeline.events) } else { None };
                let new = entry.map_or(0, |entry| entry + 1);
                self.hear_batch(room, place, &update.timeline.events[new..], next).await?;
            }
            None if is_even => {
                self.marks.insert(id, Mark { token: next.to_owned(), ..mark });
                return Ok(());
            }
            Some(_) | None => self.fill(room, place, next).await?,
        }
        self.move_mark(&id, place, next).await;
        Ok(())
    }

    /// Marks a room that was never read as read up to a place in the stream.
    async fn mark_at(&mut self, id: &RoomId, token: &str) -> Mark {
        let mark = Mark { token: token.to_owned(), event: None, last: None, at: self.shared.clock.now() };
        self.marks.insert(id.to_owned(), mark.clone());
        // The library goes on from here after a crash, and the ledger knows nothing of the room yet.
        self.remember(id, &mark).await;
        mark
    }

    /// Takes up a room that was never read: from where the bot came in, or from now.
    async fn begin(
        &mut self,
        room: &Room,
        place: &Place,
        events: &[TimelineEvent],
        next: &str,
    ) -> Result<(), Broken> {
        let own = self.own_entry(events);
        let is_private = matches!(place, Place::Private(_));
        let new = match own {
            Some(entry) => &events[entry + 1..],
            // Only the bot and whom it asked in write there, and it made the room.
            None if is_private => events,
            None => &[],
        };
        let id = room.room_id().to_owned();
        let at = self.shared.clock.now();
        let mark = Mark { token: next.to_owned(), event: None, last: None, at };
        if events.is_empty() {
            self.entered.insert(id.clone());
            // The library goes on from here after a crash; what comes next must not count as there before the bot.
            self.remember(&id, &mark).await;
        } else {
            self.changed_rooms = true;
        }
        // Until everything was dealt with, there is no mark: it would begin here again.
        self.marks.insert(id.clone(), mark);
        let heard = self.hear_batch(room, place, new, next).await;
        if heard.is_err() {
            self.marks.remove(&id);
            return heard;
        }
        self.move_mark(&id, place, next).await;
        Ok(())
    }

    /// Where among events the bot came in, for the last time.
    pub(crate) fn own_entry(&self, events: &[TimelineEvent]) -> Option<usize> {
        events.iter().rposition(|event| self.is_own_entry(event))
    }

    fn is_own_entry(&self, event: &TimelineEvent) -> bool {
        let field = |name| event.raw().get_field::<String>(name).ok().flatten();
        field("type").as_deref() == Some("m.room.member")
            && field("state_key").is_some_and(|who| self.shared.is_me(&who))
            && field("sender").is_some_and(|who| self.shared.is_me(&who))
    }

    /// Deals with events that follow each other without a gap; `next` is the place after the last.
    async fn hear_batch(
        &mut self,
        room: &Room,
        place: &Place,
        events: &[TimelineEvent],
        next: &str,
    ) -> Result<(), Broken> {
        let id = room.room_id();
        for (number, event) in events.iter().enumerate() {
            if self.stop.is_cancelled() {
                return Err(Broken::Stopped);
            }
            let Some(mut mark) = self.marks.get(id).cloned() else { return Ok(()) };
            let name = event.event_id().map(|event| event.to_string());
            mark.last = name.clone().or(mark.last);
            if number + 1 == events.len() {
                mark.token = next.to_owned();
                mark.event = None;
            } else {
                mark.event = name.or(mark.event);
            }
            mark.at = self.hear(room, place, event, &mark).await?;
            self.marks.insert(id.to_owned(), mark);
        }
        Ok(())
    }

    /// How far a room is read while an event is dealt with whose own mark is `after`.
    pub(crate) fn mark_before(&self, room: &Room, after: &Mark) -> Mark {
        self.marks.get(room.room_id()).unwrap_or(after).clone()
    }

    /// Fetches and deals with everything from a room's mark to now.
    async fn fill(&mut self, room: &Room, place: &Place, next: &str) -> Result<(), Broken> {
        let id = room.room_id().to_owned();
        let mut filled = 0_usize;
        loop {
            let Some(mark) = self.marks.get(&id).cloned() else { return Ok(()) };
            let mut options = MessagesOptions::forward().from(mark.token.as_str());
            options.limit = uint!(100);
            // What is newer comes with what is heard next.
            options.to = Some(next.to_owned());
            let page = match Box::pin(room.messages(options)).await.map_err(error::delivery) {
                Ok(page) => page,
                Err(DeliveryError::Forbidden | DeliveryError::Gone) => {
                    return self.find_place_again(room, &mark, next).await;
                }
                Err(error) => return Err(Broken::Later(error)),
            };
            let done = mark.event.as_deref().and_then(|last| {
                page.chunk.iter().position(|event| event.event_id().is_some_and(|id| id == last))
            });
            let new = &page.chunk[done.map_or(0, |done| done + 1)..];
            filled += new.len();
            let end = page.end.as_deref();
            self.hear_batch(room, place, new, end.unwrap_or(&mark.token)).await?;
            match end {
                Some(end) if !page.chunk.is_empty() && end != mark.token => {
                    let reached = self.marks.get(&id).cloned().unwrap_or(mark);
                    self.marks.insert(id.clone(), Mark { token: end.to_owned(), event: None, ..reached });
                }
                Some(_) | None => break,
            }
        }
        if filled > 0 {
            tracing::info!(room = %id, events = filled, "read what came meanwhile");
        }
        Ok(())
    }

    /// The server no longer knows the place in its stream; the last event dealt with says where it was.
    async fn find_place_again(&mut self, room: &Room, mark: &Mark, next: &str) -> Result<(), Broken> {
        let id = room.room_id().to_owned();
        let last = mark.event.as_deref().or(mark.last.as_deref());
        let last = last.and_then(|last| <&EventId>::try_from(last).ok());
        let around = match last {
            Some(last) => room.event_with_context(last, true, uint!(0), None).await.ok(),
            None => None,
        };
        let token = around.and_then(|around| around.next_batch_token);
        if token.is_none() {
            tracing::error!(room = %id, "the server lost our place; what came while the bot was away is not read");
        }
        let token = token.unwrap_or_else(|| next.to_owned());
        self.marks.insert(id, Mark { token, event: None, ..mark.clone() });
        Err(Broken::Later(DeliveryError::Unreachable("the place in the stream was found anew".into())))
    }

    /// Everything up to `next` was dealt with.
    async fn move_mark(&mut self, id: &RoomId, place: &Place, next: &str) {
        // The last of it may not have been recorded any more.
        if self.stop.is_cancelled() {
            return;
        }
        let before = self.marks.get(id);
        let mark = Mark {
            token: next.to_owned(),
            event: None,
            last: before.and_then(|mark| mark.last.clone()),
            at: before.map_or_else(|| self.shared.clock.now(), |mark| mark.at),
        };
        let position = mark.position();
        self.marks.insert(id.to_owned(), mark.clone());
        match (place, ChannelId::new(id.as_str())) {
            (Place::Channel(group) | Place::Space(group), Some(channel)) => {
                self.take(Inbound::Read { group: group.clone(), channel, position }).await;
            }
            (Place::Management(_) | Place::Private(_), _) | (_, None) => {
                self.remember(id, &mark).await;
            }
        }
    }

    /// Keeps a mark beside the ledger, which knows channels only, and those late.
    async fn remember(&self, room: &RoomId, mark: &Mark) {
        if let Err(error) = self.shared.memory.put(&mark_key(room), &mark.position().0).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a mark was not kept");
        }
    }
}

fn mark_key(room: &RoomId) -> String {
    format!("beadle/mark/{room}")
}
