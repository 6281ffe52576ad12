//! The rooms of the groups: entered, followed to where they move, and taken from a space.

use std::collections::BTreeSet;
use std::iter;

use matrix_sdk::Room;
use matrix_sdk::ruma::{OwnedRoomId, OwnedRoomOrAliasId, OwnedServerName, RoomId, RoomOrAliasId};
use policy::GroupId;
use serde_json::Value;

use crate::account::Shared;
use crate::calls;
use crate::places::Place;
use crate::settings::GroupSettings;

/// A room that was to be entered and was not.
#[derive(Debug)]
pub(crate) struct Closed {
    pub(crate) group: GroupId,
    /// As it is named in the configuration, or its id.
    pub(crate) room: String,
}

/// Spaces within spaces are followed so deep.
const DEPTH_MAX: u32 = 8;

impl Shared {
    /// Enters every room of every group that is not entered yet, and says what each is. Gives those that are closed.
    pub(crate) async fn enter_all(&self) -> Vec<Closed> {
        let mut closed = Vec::new();
        for group in self.groups.values() {
            let of = || group.group.clone();
            self.enter_management(group, &mut closed).await;
            for room in &group.rooms {
                if let Some(room) = self.enter_as(room, Place::Channel(of()), &mut closed).await {
                    self.follow(group, room, &mut closed).await;
                }
            }
            if let Some(space) = &group.space
                && let Some(space) = self.enter_as(space, Place::Space(of()), &mut closed).await
            {
                let moved = self.follow(group, space.clone(), &mut closed).await;
                for space in iter::once(space).chain(moved) {
                    self.enter_space(group, &space, &mut closed).await;
                }
            }
            // Only now all are known in which somebody may be kept out.
            self.carry_into_new(&group.group).await;
        }
        closed
    }

    /// Enters the officers' room, where it is now: it is one alone.
    async fn enter_management(&self, group: &GroupSettings, closed: &mut Vec<Closed>) {
        let Some(room) = self.enter(&group.management_room, &[]).await else {
            closed.push(Closed { group: group.group.clone(), room: group.management_room.clone() });
            return;
        };
        let moved = self.successors(group, room.clone(), closed).await;
        let now = moved.last().unwrap_or(&room);
        if let Some(before) = self.places.management(&group.group).filter(|before| before != now.room_id()) {
            self.places.forget(&before);
        }
        self.places.set(now.room_id(), Place::Management(group.group.clone()));
    }

    async fn enter_as(&self, room: &str, place: Place, closed: &mut Vec<Closed>) -> Option<Room> {
        let group = match &place {
            Place::Channel(group) | Place::Space(group) | Place::Management(group) => group.clone(),
            Place::Private(private) => private.group.clone(),
        };
        match self.enter(room, &[]).await {
            Some(entered) => {
                self.places.set(entered.room_id(), place);
                Some(entered)
            }
            None => {
                closed.push(Closed { group, room: room.to_owned() });
                None
            }
        }
    }

    /// Enters a room, unless the bot is in it.
    async fn enter(&self, room: &str, via: &[OwnedServerName]) -> Option<Room> {
        let wanted: OwnedRoomOrAliasId = RoomOrAliasId::parse(room).ok()?;
        let known: Option<OwnedRoomId> = match wanted.clone().try_into() {
            Ok(id) => Some(id),
            Err(alias) => self.resolve(&alias).await,
        };
        if let Some(joined) = known.as_deref().and_then(|id| self.joined(id)) {
            return Some(joined);
        }
        if let Some(id) = &known {
            self.is_new_in(id).await;
        }
        match self.client.join_room_by_id_or_alias(&wanted, via).await {
            Ok(room) => Some(room),
            Err(error) => {
                tracing::warn!(room, error = &error as &dyn std::error::Error, "a room cannot be entered");
                None
            }
        }
    }

    async fn resolve(&self, alias: &matrix_sdk::ruma::RoomAliasId) -> Option<OwnedRoomId> {
        self.client.resolve_room_alias(alias).await.ok().map(|found| found.room_id)
    }

    /// Follows a room to where it moved, as often as it did.
    async fn follow(&self, group: &GroupSettings, from: Room, closed: &mut Vec<Closed>) -> Vec<Room> {
        let entered = self.successors(group, from, closed).await;
        for room in &entered {
            self.add(group, room);
        }
        entered
    }

    /// Enters what a room was replaced by, and what that was replaced by.
    async fn successors(&self, group: &GroupSettings, from: Room, closed: &mut Vec<Closed>) -> Vec<Room> {
        let mut seen = BTreeSet::from([from.room_id().to_owned()]);
        let (mut from, mut entered) = (from, Vec::new());
        while let Some(next) = from.successor_room() {
            if !seen.insert(next.room_id.clone()) {
                break;
            }
            let via: Vec<OwnedServerName> = self.servers_of(&from).await;
            let Some(room) = self.enter(next.room_id.as_str(), &via).await else {
                closed.push(Closed { group: group.group.clone(), room: next.room_id.to_string() });
                break;
            };
            // Anybody who may write the notice of a move could name any room; only its own start proves it.
            if !self.came_from(&room, from.room_id()).await {
                tracing::warn!(room = %room.room_id(), "a room does not say that it replaces the old one");
                break;
            }
            entered.push(room.clone());
            from = room;
        }
        entered
    }

    /// Where a room is now, as far as it was followed.
    pub(crate) fn moved_to(&self, room: &RoomId) -> OwnedRoomId {
        let mut seen = BTreeSet::new();
        let mut now = room.to_owned();
        while seen.insert(now.clone()) {
            let next = self.joined(&now).and_then(|room| room.successor_room());
            match next.filter(|next| self.places.get(&next.room_id).is_some()) {
                Some(next) => now = next.room_id,
                None => break,
            }
        }
        now
    }

    async fn came_from(&self, room: &Room, old: &RoomId) -> bool {
        let created = calls::state(&self.client, room.room_id(), "m.room.create", "").await.ok().flatten();
        let before =
            created.as_ref().and_then(|created| created.get("predecessor")?.get("room_id")?.as_str());
        before == Some(old.as_str())
    }

    async fn servers_of(&self, room: &Room) -> Vec<OwnedServerName> {
        room.route().await.unwrap_or_default()
    }

    /// Makes a room a channel of a group.
    fn add(&self, group: &GroupSettings, room: &Room) {
        if self.places.get(room.room_id()).is_some() {
            return;
        }
        let place = match room.is_space() {
            true => Place::Space(group.group.clone()),
            false => Place::Channel(group.group.clone()),
        };
        self.places.set(room.room_id(), place);
    }

    /// Enters the rooms of a space, and of the spaces in it.
    async fn enter_space(&self, group: &GroupSettings, space: &Room, closed: &mut Vec<Closed>) {
        let mut seen = BTreeSet::from([space.room_id().to_owned()]);
        let mut spaces = vec![(space.clone(), 0)];
        while let Some((space, depth)) = spaces.pop() {
            for (id, via) in self.children(&space).await {
                if !seen.insert(id.clone()) {
                    continue;
                }
                let Some(room) = self.enter(id.as_str(), &via).await else {
                    closed.push(Closed { group: group.group.clone(), room: id.to_string() });
                    continue;
                };
                self.add(group, &room);
                if room.is_space() && depth < DEPTH_MAX {
                    spaces.push((room.clone(), depth + 1));
                }
                self.follow(group, room, closed).await;
            }
        }
    }

    /// The rooms that a space names, with the servers through which they are reached. A room without servers was taken
    /// out of it.
    async fn children(&self, space: &Room) -> Vec<(OwnedRoomId, Vec<OwnedServerName>)> {
        let children = space.get_state_events("m.space.child".into()).await.unwrap_or_default();
        let child = |event: &Value| {
            let id = OwnedRoomId::try_from(event.get("state_key")?.as_str()?).ok()?;
            let via = event.get("content")?.get("via")?.as_array()?;
            let via: Vec<OwnedServerName> =
                via.iter().filter_map(|server| server.as_str()?.try_into().ok()).collect();
            (!via.is_empty()).then_some((id, via))
        };
        let events = children.iter().filter_map(|event| serde_json::to_value(event).ok());
        events.filter_map(|event| child(&event)).collect()
    }
}
