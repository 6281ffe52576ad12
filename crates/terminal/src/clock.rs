//! A clock that a script moves, so that its transcript is the same each time.

use std::sync::atomic::{AtomicI64, Ordering};

use policy::{Clock, Timestamp};

/// A clock that stands still but for one second a line and what a script adds with `+3d`.
#[derive(Debug)]
pub struct ScriptClock {
    now_ms: AtomicI64,
}

impl ScriptClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { now_ms: AtomicI64::new(start.as_millis()) }
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: i64) {
        let moved = self.now().plus_seconds(seconds.max(0));
        self.now_ms.store(moved.as_millis(), Ordering::Relaxed);
    }

    /// Moves the clock on to `then`; it never goes back.
    pub fn advance_to(&self, then: Timestamp) {
        self.now_ms.fetch_max(then.as_millis(), Ordering::Relaxed);
    }
}

impl Clock for ScriptClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms.load(Ordering::Relaxed))
    }
}
