//! What was heard lately: whose an event is, what was edited by what, what is gone.
//!
//! Saves asking the server about what has just come from it. Kept in memory only, and no more than so many events.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use matrix_sdk::ruma::OwnedRoomId;
use policy::{MemberId, PostId};

use crate::translate::event::Event;

/// So many events are remembered.
const EVENTS_MAX: usize = 4096;

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
        let heard = Heard { room, gone: event.redacted, event, edits: Vec::new() };
        if kept.events.insert(id.clone(), heard).is_none() {
            kept.order.push_back(id);
        }
        while kept.order.len() > EVENTS_MAX {
            let Some(oldest) = kept.order.pop_front() else { break };
            kept.events.remove(&oldest);
        }
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
