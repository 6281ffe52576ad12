//! A clock that a script moves, so that its transcript is the same each time.

use std::sync::atomic::{AtomicI64, Ordering};

use policy::{Clock, Timestamp};

/// A clock that stands still but for one second a line and what a script adds with `+3d`. With `=+3d` a script sets
/// it wrong: then it shows another time, though none has passed.
#[derive(Debug)]
pub struct ScriptClock {
    now_ms: AtomicI64,
    steady_ms: AtomicI64,
}

impl ScriptClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { now_ms: AtomicI64::new(start.as_millis()), steady_ms: AtomicI64::new(0) }
    }

    /// Moves the clock on: so much time passes.
    pub fn advance(&self, seconds: i64) {
        let seconds = seconds.max(0);
        self.set(seconds);
        self.steady_ms.fetch_add(seconds.saturating_mul(1000), Ordering::Relaxed);
    }

    /// Moves the clock on to `then`; it never goes back.
    pub fn advance_to(&self, then: Timestamp) {
        let before = self.now_ms.fetch_max(then.as_millis(), Ordering::Relaxed);
        let passed = then.as_millis().saturating_sub(before).max(0);
        self.steady_ms.fetch_add(passed, Ordering::Relaxed);
    }

    /// Sets the clock on or, with a number below zero, back. No time passes.
    pub fn set(&self, seconds: i64) {
        let set = self.now().plus_seconds(seconds);
        self.now_ms.store(set.as_millis(), Ordering::Relaxed);
    }
}

impl Clock for ScriptClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms.load(Ordering::Relaxed))
    }

    fn steady_ms(&self) -> i64 {
        self.steady_ms.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Step = fn(&ScriptClock);

    #[test]
    fn what_is_set_is_no_time_that_passes() {
        let clock = ScriptClock::new(Timestamp::EPOCH);
        let advance_to_25_s: Step = |clock| clock.advance_to(Timestamp::from_millis(25_000));
        let steps: [(&str, Step, i64, i64); 6] = [
            ("moved on", |clock| clock.advance(10), 10_000, 10_000),
            ("not moved back", |clock| clock.advance(-10), 10_000, 10_000),
            ("set on", |clock| clock.set(20), 30_000, 10_000),
            ("set back", |clock| clock.set(-25), 5_000, 10_000),
            ("moved on to", advance_to_25_s, 25_000, 30_000),
            ("there already", advance_to_25_s, 25_000, 30_000),
        ];
        for (name, step, now, steady) in steps {
            step(&clock);
            assert_eq!((clock.now().as_millis(), clock.steady_ms()), (now, steady), "{name}");
        }
    }
}
