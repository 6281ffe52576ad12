//! When a notice that was served by hand counts as served.

use std::str::FromStr;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::time::Timestamp;

/// A civil day, as officers write it: 2026-01-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(NaiveDate);

/// A text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day looks like 2026-01-31")]
pub struct NotADay;

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self).map_err(|_| NotADay)
    }
}

/// Why a notice cannot have been served that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotServedThen {
    /// The day has not come yet.
    #[error("that day has not come yet")]
    Future,
    /// There was no such notice yet.
    #[error("the notice was written after that day")]
    BeforeWritten,
}

/// The moment from which a notice counts that was handed over on `day`: noon, as nobody wrote down the hour, but not
/// before it was written nor after `now`.
///
/// # Errors
/// When the day cannot be.
pub fn served_on(
    Day(day): Day,
    written_at: Timestamp,
    now: Timestamp,
    zone: Tz,
) -> Result<Timestamp, NotServedThen> {
    if day > now.civil(zone).date_naive() {
        return Err(NotServedThen::Future);
    }
    if day < written_at.civil(zone).date_naive() {
        return Err(NotServedThen::BeforeWritten);
    }
    Ok(Timestamp::noon_on(day, zone).max(written_at).min(now))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::London;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_counts_from_noon_within_what_can_be() {
        // 2 July 2026, 00:30 in London, which is still the first in UTC.
        let written = Timestamp::from_millis(1_782_948_600_000);
        let now = written.plus_seconds(3 * 86_400);
        let served = |text| served_on(day(text), written, now, London);
        let said = |text| served(text).map(|at| at.long_date_time(London));
        assert_eq!(said("2026-07-01"), Err(NotServedThen::BeforeWritten));
        assert_eq!(said("2026-07-02").unwrap(), "2 July 2026 at 12:00");
        assert_eq!(said("2026-07-05").unwrap(), "5 July 2026 at 00:30");
        assert_eq!(said("2026-07-06"), Err(NotServedThen::Future));
        let evening = written.plus_seconds(20 * 3600);
        assert_eq!(served_on(day("2026-07-02"), evening, now, London), Ok(evening));
    }
}
