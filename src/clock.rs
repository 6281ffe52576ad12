//! The only reader of the system's clock.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use policy::{Clock, Timestamp};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Where the steady clock of this process begins.
#[expect(clippy::disallowed_methods, reason = "everybody else takes the time from this clock")]
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The clock of the machine Beadle runs on.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "everybody else takes the time from this clock")]
    fn now(&self) -> Timestamp {
        // A machine set to before 1970 has no clock worth heeding; the ledger keeps what it is given.
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Timestamp::from_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX));
        match ledger::days_ahead() {
            0 => now,
            days => now.plus_seconds(i64::from(days).saturating_mul(DAY_SECONDS)),
        }
    }

    fn steady_ms(&self) -> i64 {
        i64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        let written = Timestamp::from_millis(1_795_219_200_000); // 21 November 2026
        assert!(SystemClock.now() > written);
        assert!(SystemClock.now() <= SystemClock.now());
        assert!(SystemClock.steady_ms() <= SystemClock.steady_ms());
    }
}
