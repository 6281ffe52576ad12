//! What each room is to the bot.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use policy::{GroupId, MemberId};

/// What a room is to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A channel of a group.
    Channel(GroupId),
    /// The space whose rooms are a group's.
    Space(GroupId),
    /// Where a group's officers are told what happens.
    Management(GroupId),
    /// Where a member and the bot write to each other, or the officers as well.
    Private(Private),
}

/// A room for one member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Private {
    /// The group it is about.
    pub(crate) group: GroupId,
    /// Whose it is.
    pub(crate) member: MemberId,
    /// Whether officers are there.
    pub(crate) with_officers: bool,
}

/// All rooms that mean something to the bot.
#[derive(Debug, Default)]
pub(crate) struct Places(Mutex<BTreeMap<OwnedRoomId, Place>>);

impl Places {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<OwnedRoomId, Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, room: &RoomId) -> Option<Place> {
        self.lock().get(room).cloned()
    }

    /// Says what a room is; gives whether that is news.
    pub(crate) fn set(&self, room: &RoomId, place: Place) -> bool {
        self.lock().insert(room.to_owned(), place.clone()) != Some(place)
    }

    pub(crate) fn forget(&self, room: &RoomId) {
        self.lock().remove(room);
    }

    pub(crate) fn all(&self) -> Vec<(OwnedRoomId, Place)> {
        self.lock().iter().map(|(room, place)| (room.clone(), place.clone())).collect()
    }

    /// The channels of a group.
    pub(crate) fn channels(&self, group: &GroupId) -> Vec<OwnedRoomId> {
        self.those(|place| matches!(place, Place::Channel(of) if of == group))
    }

    /// The channels of a group and its space: where a member is let in or kept out.
    pub(crate) fn entrances(&self, group: &GroupId) -> Vec<OwnedRoomId> {
        self.those(|place| matches!(place, Place::Channel(of) | Place::Space(of) if of == group))
    }

    /// Where the officers of a group are told what happens.
    pub(crate) fn management(&self, group: &GroupId) -> Option<OwnedRoomId> {
        self.those(|place| matches!(place, Place::Management(of) if of == group)).into_iter().next()
    }

    /// The rooms made for a member.
    pub(crate) fn private(&self, wanted: &Private) -> Vec<OwnedRoomId> {
        self.those(|place| matches!(place, Place::Private(private) if private == wanted))
    }

    fn those(&self, wanted: impl Fn(&Place) -> bool) -> Vec<OwnedRoomId> {
        self.lock().iter().filter(|(_, place)| wanted(place)).map(|(room, _)| room.clone()).collect()
    }
}
