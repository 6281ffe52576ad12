//! Waiting and chance, as arguments: the program really waits, tests move a clock and load the dice.

use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use policy::{Clock, Timestamp};

/// Tells the time, waits for it, and throws dice.
#[async_trait]
pub trait Pace: Clock {
    /// Returns once [`Clock::steady_ms`] has come to `instant`. An instant, not a length: whoever computed it a moment
    /// ago waits no longer for that.
    async fn until(&self, instant: i64);

    /// A number from 0 up to 1 that nobody can foresee, for the spreading of what many programs would do at once.
    fn chance(&self) -> f64;
}

/// Really waits.
#[derive(Debug)]
pub struct RealPace(Arc<dyn Clock>);

impl RealPace {
    /// Waits by the time of `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(clock)
    }
}

impl Clock for RealPace {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn steady_ms(&self) -> i64 {
        self.0.steady_ms()
    }
}

#[async_trait]
impl Pace for RealPace {
    #[expect(clippy::disallowed_methods, reason = "everybody else of this crate waits here")]
    async fn until(&self, instant: i64) {
        loop {
            let left = instant.saturating_sub(self.0.steady_ms());
            match u64::try_from(left) {
                Ok(left) if left > 0 => tokio::time::sleep(Duration::from_millis(left)).await,
                _ => return,
            }
        }
    }

    fn chance(&self) -> f64 {
        // The standard library's own randomness, which is of the system; dice need no better.
        let thrown = RandomState::new().hash_one(0_u8) >> 32;
        u32::try_from(thrown).map_or(0.0, |thrown| f64::from(thrown) / (f64::from(u32::MAX) + 1.0))
    }
}

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A wait that goes on while other things are waited for.
pub(crate) struct Alarm {
    pace: Arc<dyn Pace>,
    /// For which instant, and what is left of it.
    set: Option<(i64, Wait)>,
}

impl Alarm {
    /// One that is not set.
    pub(crate) fn new(pace: Arc<dyn Pace>) -> Self {
        Self { pace, set: None }
    }

    /// Has it ring at this instant, or never. Set to the same again, it is the same wait.
    pub(crate) fn set(&mut self, instant: Option<i64>) {
        if self.set.as_ref().map(|(set, _)| *set) != instant {
            self.set = instant.map(|instant| {
                let pace = Arc::clone(&self.pace);
                let wait: Wait = Box::pin(async move { pace.until(instant).await });
                (instant, wait)
            });
        }
    }

    /// Returns once it rings, and not again before it is set anew.
    pub(crate) async fn ring(&mut self) {
        match &mut self.set {
            Some((_, wait)) => wait.await,
            None => std::future::pending().await,
        }
        self.set = None;
    }
}

/// A length in whole milliseconds, as instants of the steady clock are counted.
pub(crate) fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// The way from one instant to another, nothing when it lies behind.
pub(crate) fn between(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}

/// A wait that doubles with every failure up to `most`, and is shortened by chance to no less than half of that.
pub(crate) fn back_off(first: Duration, most: Duration, failures: u32, chance: f64) -> Duration {
    let whole = first.saturating_mul(1_u32.checked_shl(failures.min(31)).unwrap_or(u32::MAX)).min(most);
    whole.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_a_bound_and_chance_only_shortens() {
        let wait =
            |failures, chance| back_off(Duration::from_secs(1), Duration::from_secs(60), failures, chance);
        assert_eq!(wait(0, 1.0), Duration::from_secs(1));
        assert_eq!(wait(3, 1.0), Duration::from_secs(8));
        assert_eq!(wait(3, 0.0), Duration::from_secs(4));
        assert_eq!(wait(40, 1.0), Duration::from_secs(60));
        assert_eq!(wait(u32::MAX, f64::NAN.max(0.0)), Duration::from_secs(30));
    }
}
