//! What waits for a listener: in order, and so much at most. Nobody waits for a listener that has too much to do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc};
use tokio_util::task::TaskTracker;

use crate::gateway::Event;
use crate::hear::Missing;

/// So much waits for one listener at most.
const WAITING_MAX: usize = 1_024;

/// Something for a listener.
#[derive(Debug)]
pub(crate) enum Told {
    /// Something happened.
    Event(Event),
    /// Something that happened before the next event was not heard.
    Missed(Vec<Missing>),
    /// The session went on.
    Resumed,
}

/// What waits for one listener. What there is no room for is left out, and asked for when the listener has come so far.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    sender: mpsc::Sender<Told>,
    late: Arc<Mutex<Late>>,
    arrived: Arc<Notify>,
}

/// The other end of a queue: what waits in it, in order.
#[derive(Debug)]
pub(crate) struct Waiting {
    told: mpsc::Receiver<Told>,
    arrived: Arc<Notify>,
}

impl Waiting {
    /// What comes next; nothing once nothing comes any more.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        self.told.recv().await
    }

    /// Whether something waits.
    pub(crate) fn is_any(&self) -> bool {
        !self.told.is_empty()
    }

    /// Returns once something waits.
    pub(crate) async fn any(&self) {
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            // From here on nothing that comes is missed.
            arrived.as_mut().enable();
            if self.is_any() {
                return;
            }
            arrived.await;
        }
    }
}

/// What the listener is told once there is room.
#[derive(Debug, Default)]
struct Late {
    /// What is missing. Events that come after it are left out as well until that was told: no channel is read past what is
    /// missing.
    missing: Vec<Missing>,
    /// That the session went on.
    is_resumed: bool,
}

impl Late {
    fn is_empty(&self) -> bool {
        self.missing.is_empty() && !self.is_resumed
    }

    /// What comes next of it.
    fn take(&mut self) -> Option<Told> {
        match self.missing.is_empty() {
            false => Some(Told::Missed(std::mem::take(&mut self.missing))),
            true => std::mem::take(&mut self.is_resumed).then_some(Told::Resumed),
        }
    }
}

impl Queue {
    /// A queue, and what comes out of it.
    pub(crate) fn new() -> (Self, Waiting) {
        let (sender, told) = mpsc::channel(WAITING_MAX);
        let arrived = Arc::<Notify>::default();
        (Self { sender, late: Arc::default(), arrived: Arc::clone(&arrived) }, Waiting { told, arrived })
    }

    fn late(&self) -> MutexGuard<'_, Late> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts something at the end, or has it told once there is room.
    pub(crate) fn put(&self, told: Told, tasks: &TaskTracker) {
        let mut late = self.late();
        let told = match told {
            // It comes again with the one before it, which is not dealt with.
            Told::Event(event) if !late.missing.is_empty() => return event.dealt.settle(),
            told if late.missing.is_empty() => match self.sender.try_send(told) {
                Ok(()) => return self.arrived.notify_waiters(),
                Err(TrySendError::Closed(_)) => {
                    tracing::debug!("what is heard at the end comes again");
                    return;
                }
                Err(TrySendError::Full(told)) => told,
            },
            told => told,
        };
        if late.is_empty() {
            tasks.spawn(self.clone().tell());
        }
        match told {
            Told::Event(event) => {
                tracing::warn!("more happens than can be dealt with; what follows is read later");
                late.missing.push(Missing::new(event.dealt, 1));
            }
            Told::Missed(missing) => late.missing.extend(missing),
            Told::Resumed => late.is_resumed = true,
        }
    }

    /// Tells the listener what is late. What comes after that is put at the end again.
    async fn tell(self) {
        while let Ok(place) = self.sender.reserve().await {
            let mut late = self.late();
            if let Some(told) = late.take() {
                place.send(told);
                self.arrived.notify_waiters();
            }
            if late.is_empty() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::bed::within;
    use crate::gateway::received;

    fn event() -> (Told, impl Fn() -> bool) {
        let (dealt, is_dealt_with) = received();
        let event = Event { shard: 0, name: "TYPING_START".to_owned(), data: Value::Null, seq: 2, dealt };
        (Told::Event(event), is_dealt_with)
    }

    /// What comes out, by its sort.
    async fn next(told: &mut Waiting) -> (char, Vec<Missing>) {
        match within(told.next()).await.expect("it is open") {
            Told::Event(_) => ('e', Vec::new()),
            Told::Missed(missing) => ('m', missing),
            Told::Resumed => ('r', Vec::new()),
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_a_listener_that_has_too_much_to_do() {
        let (queue, mut told) = Queue::new();
        let tasks = TaskTracker::new();
        for _ in 0..WAITING_MAX {
            queue.put(event().0, &tasks);
        }
        // None of these waits, whatever it is, and however often it comes.
        queue.put(Told::Resumed, &tasks);
        let (gap, is_gap_over) = received();
        queue.put(Told::Missed(vec![Missing::new(gap, 1)]), &tasks);
        queue.put(Told::Resumed, &tasks);
        let ((first, is_first_over), (second, is_second_over)) = (event(), event());
        queue.put(first, &tasks);
        queue.put(second, &tasks);
        assert!(is_first_over() && is_second_over(), "they come again with what is missing before them");
        assert!(!is_gap_over());
        for _ in 0..WAITING_MAX {
            assert_eq!(next(&mut told).await.0, 'e');
        }
        let (sort, missing) = next(&mut told).await;
        assert_eq!((sort, missing.len()), ('m', 1));
        missing.into_iter().for_each(|missing| missing.end(true));
        assert!(is_gap_over());
        assert_eq!(next(&mut told).await.0, 'r', "once");
        queue.put(event().0, &tasks);
        assert_eq!(next(&mut told).await.0, 'e', "from here on there is room");
    }

    #[tokio::test]
    async fn the_first_that_is_left_out_stands_for_those_that_follow() {
        let (queue, mut told) = Queue::new();
        let tasks = TaskTracker::new();
        for _ in 0..WAITING_MAX {
            queue.put(event().0, &tasks);
        }
        let ((first, is_first_over), (second, is_second_over)) = (event(), event());
        queue.put(first, &tasks);
        queue.put(second, &tasks);
        assert!(!is_first_over() && is_second_over());
        for _ in 0..WAITING_MAX {
            next(&mut told).await;
        }
        let (_, missing) = next(&mut told).await;
        missing.into_iter().for_each(|missing| missing.end(true));
        assert!(is_first_over());
    }
}
