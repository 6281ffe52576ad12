//! What was heard lately: whose an event is, what was edited by what, what is gone.
//!
//! Saves asking the server about what has just come from it. Kept in memory only, and no more than so many events.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use policy::{MemberId, PostId};

use crate::translate::event::Event;

/// So many events are remembered.
const EVENTS_MAX: usize = 4096;
/// And what they say, as long as it is no more than so many bytes together.
const BYTES_MAX: usize = 8 << 20;
/// Of so many posts is remembered in which order their edits came.
const EDITED_MAX: usize = 1024;

/// An event that was heard.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) room: OwnedRoomId,
    pub(crate) event: Arc<Event>,
    /// The events that edit it, by its own sender, in the order in which they came.
    pub(crate) edits: Vec<PostId>,
    /// Whether it was redacted, by whomever. Its edits may stand all the same.
    pub(crate) gone: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    events: HashMap<PostId, Heard>,
    order: VecDeque<PostId>,
    bytes: usize,
    /// The events that made a post what it is in a room, and which revision each is.
    revisions: HashMap<(PostId, OwnedRoomId), Vec<(PostId, u32)>>,
    edited: VecDeque<(PostId, OwnedRoomId)>,
}

impl Recent {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, event: &PostId) -> Option<Heard> {
        self.lock().events.get(event).cloned()
    }

    /// Remembers an event that has just come, with everything that came after it.
    pub(crate) fn heard(&self, room: OwnedRoomId, event: Arc<Event>) {
        let mut kept = self.lock();
        let id = event.id.clone();
        if let Some(known) = kept.events.get_mut(&id) {
            // It was read again: what edits it has come meanwhile.
            known.gone |= event.redacted;
            return;
        }
        kept.bytes += event.content.len();
        let heard = Heard { room, gone: event.redacted, event, edits: Vec::new() };
        kept.events.insert(id.clone(), heard);
        kept.order.push_back(id);
        while kept.order.len() > EVENTS_MAX || kept.bytes > BYTES_MAX {
            let Some(oldest) = kept.order.pop_front() else { break };
            if let Some(forgotten) = kept.events.remove(&oldest) {
                kept.bytes -= forgotten.event.content.len();
            }
        }
    }

    /// Which revision of `post` an edit in a room is: `at_least`, or more where one that came there before it is as much. When
    /// an edit was sent is the word of its sender's server.
    pub(crate) fn revision(&self, post: &PostId, room: &RoomId, edit: &PostId, at_least: u32) -> u32 {
        let mut kept = self.lock();
        let key = (post.clone(), room.to_owned());
        if !kept.revisions.contains_key(&key) {
            kept.edited.push_back(key.clone());
        }
        let edits = kept.revisions.entry(key).or_default();
        if let Some((_, known)) = edits.iter().find(|(known, _)| known == edit) {
            return *known;
        }
        let last = edits.last().map_or(0, |(_, last)| *last);
        let revision = at_least.max(last.saturating_add(1));
        edits.push((edit.clone(), revision));
        while kept.edited.len() > EDITED_MAX {
            let Some(oldest) = kept.edited.pop_front() else { break };
            kept.revisions.remove(&oldest);
        }
        revision
    }

    /// Remembers that `event` was edited by `edit`, of `sender`; what somebody else sends is no edit of it.
    pub(crate) fn edited_by(&self, event: &PostId, sender: &MemberId, edit: &PostId) {
        let mut kept = self.lock();
        let Some(heard) = kept.events.get_mut(event).filter(|heard| heard.event.sender == *sender) else {
            return;
        };
        if heard.edits.iter().all(|known| known != edit) {
            heard.edits.push(edit.clone());
        }
    }

    /// Whether an event is known to be gone.
    pub(crate) fn is_gone(&self, event: &PostId) -> bool {
        self.lock().events.get(event).is_some_and(|heard| heard.gone)
    }

    /// Remembers that an event is gone.
    pub(crate) fn gone(&self, event: &PostId) {
        if let Some(heard) = self.lock().events.get_mut(event) {
            heard.gone = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matrix_sdk::ruma::{owned_room_id, room_id};

    fn id(name: &str) -> PostId {
        PostId::new(name).unwrap()
    }

    fn event(name: &str, bytes: usize) -> Arc<Event> {
        let body = "x".repeat(bytes);
        let json = format!(
            r#"{{"event_id":"{name}","sender":"@a:b","type":"m.room.message","content":{{"body":"{body}"}}}}"#
        );
        Arc::new(Event::parse(&json).unwrap())
    }

    #[test]
    fn what_is_remembered_is_bounded_in_number_and_in_bytes() {
        for (bytes, most) in [(10, EVENTS_MAX), (60_000, BYTES_MAX / 60_000)] {
            let recent = Recent::default();
            for number in 0..EVENTS_MAX + 10 {
                recent.heard(owned_room_id!("!r:b"), event(&format!("${number}"), bytes));
            }
            let kept = recent.lock();
            assert!(kept.events.len() <= most && kept.events.len() + 10 > most, "{bytes}");
            assert_eq!(kept.events.len(), kept.order.len());
        }
    }

    #[test]
    fn each_edit_is_a_later_revision_whatever_it_says_of_when_it_was_sent() {
        let recent = Recent::default();
        let (here, there) = (room_id!("!r:b"), room_id!("!s:b"));
        let of = |edit: &str, at_least| recent.revision(&id("$post"), here, &id(edit), at_least);
        assert_eq!([of("$a", 7), of("$b", 7), of("$c", 1), of("$d", 90)], [7, 8, 9, 90]);
        assert_eq!([of("$b", 7), of("$d", 3)], [8, 90], "read again they are the same");
        assert_eq!(recent.revision(&id("$other"), here, &id("$a"), 1), 1);
        let again = |room, event: &str| recent.revision(&id("name/@a:b/0"), room, &id(event), 5);
        let taken_on_twice = [(here, "$e"), (there, "$f"), (here, "$g"), (there, "$h")];
        assert_eq!(taken_on_twice.map(|(room, event)| again(room, event)), [5, 5, 6, 6], "in each room");
    }

    #[test]
    fn what_is_read_again_keeps_what_edits_it() {
        let recent = Recent::default();
        let post = event("$post", 1);
        recent.heard(owned_room_id!("!r:b"), Arc::clone(&post));
        recent.edited_by(&post.id, &post.sender, &id("$edit"));
        recent.edited_by(&post.id, &policy::MemberId::new("@other:b").unwrap(), &id("$lie"));
        recent.heard(owned_room_id!("!r:b"), Arc::clone(&post));
        assert_eq!(recent.get(&post.id).unwrap().edits, [id("$edit")]);
    }
}
