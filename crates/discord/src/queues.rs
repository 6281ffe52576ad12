//! What waits for a listener: in order, and so much at most. Nobody waits for a listener that has too much to do.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::{SendError, TrySendError};
use tokio_util::task::TaskTracker;

use crate::gateway::{Dealt, Event};
use crate::hear::Missing;
use crate::listener::Told;

/// So much waits for one group at most.
const WAITING_MAX: usize = 1_024;

/// What waits for one listener. What there is no room for is left out, and asked for when the listener has come so far.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    sender: mpsc::Sender<Told>,
    /// Whether something was left out of which the listener has not been told.
    is_left_out: Arc<Mutex<bool>>,
}

impl Queue {
    /// A queue, and what comes out of it.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Told>) {
        let (sender, told) = mpsc::channel(WAITING_MAX);
        (Self { sender, is_left_out: Arc::default() }, told)
    }

    /// Puts something at the end, when there is room.
    ///
    /// # Errors
    /// When the listener has ended.
    pub(crate) async fn send(&self, told: Told) -> Result<(), SendError<Told>> {
        self.sender.send(told).await
    }

    /// Puts an event at the end, or leaves it out.
    pub(crate) fn put(&self, event: Event, tasks: &TaskTracker) {
        let mut is_left_out = self.is_left_out.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_left_out {
            // It comes again with the one before it, which is not dealt with.
            event.dealt.with();
            return;
        }
        match self.sender.try_send(Told::Event(event)) {
            Err(TrySendError::Full(Told::Event(event))) => {
                tracing::warn!("more happens in a group than can be dealt with; what follows is read later");
                *is_left_out = true;
                tasks.spawn(self.clone().tell(event.dealt));
            }
            Err(TrySendError::Closed(_)) => tracing::debug!("what is heard at the end comes again"),
            Ok(()) | Err(TrySendError::Full(_)) => {}
        }
    }

    /// Tells the listener, once there is room, that something was left out from that event on. What comes after is put at
    /// the end again: a channel is not read past what is missing.
    async fn tell(self, first: Dealt) {
        let Ok(place) = self.sender.reserve().await else { return };
        let mut is_left_out = self.is_left_out.lock().unwrap_or_else(PoisonError::into_inner);
        place.send(Told::Missed(Missing::new(first, 1)));
        *is_left_out = false;
    }
}
