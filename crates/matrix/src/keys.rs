//! Keys that come late open what could not be read before.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures_util::StreamExt as _;
use matrix_sdk::Client;
use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use policy::GroupId;
use tokio::sync::mpsc::Sender;

use crate::places::Place;
use crate::sync::{Broken, Ear};

/// Tells which keys have come.
pub(crate) async fn watch_keys(client: Client, told: Sender<(OwnedRoomId, String)>) {
    let Some(keys) = client.encryption().room_keys_received_stream().await else { return };
    let mut keys = pin!(keys);
    while let Some(received) = keys.next().await {
        // Having missed some only means that we are told too little; the next start looks at all of them.
        for key in received.unwrap_or_default() {
            if told.send((key.room_id, key.session_id)).await.is_err() {
                return;
            }
        }
    }
}

impl Ear {
    /// Looks at everything that could not be read, once: keys may have come while the bot was away.
    pub(crate) async fn retry_all(&mut self) {
        for (id, place) in self.shared.places.all() {
            if let Place::Channel(group) | Place::Space(group) = place {
                self.retry(&group, &id, |_| true).await;
            }
        }
    }

    /// Looks again at what could not be read and may be opened by a key that came.
    pub(crate) async fn retry_with_keys(&mut self) {
        let mut rooms: BTreeMap<OwnedRoomId, BTreeSet<String>> = BTreeMap::new();
        while let Ok((room, session)) = self.keys.try_recv() {
            rooms.entry(room).or_default().insert(session);
        }
        for (id, sessions) in rooms {
            if let Some(Place::Channel(group) | Place::Space(group)) = self.shared.places.get(&id) {
                let came =
                    |session: Option<&String>| session.is_none_or(|session| sessions.contains(session));
                self.retry(&group, &id, came).await;
            }
        }
    }

    /// Looks again at what could not be read in a room, as far as `may_open` says of the key to it, where that is known.
    async fn retry(&mut self, group: &GroupId, id: &RoomId, may_open: impl Fn(Option<&String>) -> bool) {
        let Some(room) = self.shared.joined(id) else { return };
        let unread = match self.intake.unread(group).await {
            Ok(unread) => unread,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "what was unread was not told");
                return;
            }
        };
        let Some(mark) = self.marks.get(id).cloned() else { return };
        for (channel, post) in unread {
            if channel.as_str() != id.as_str() || !may_open(self.unread.get(&post)) {
                continue;
            }
            if let Err(Broken::Later(error)) = self.read_again(group, &room, &post, &mark).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "an event was not read again");
            }
        }
    }
}
