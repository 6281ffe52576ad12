//! How long what is kept, and whether the clock can be believed when something is to go or somebody to come back.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::finding::words;
use crate::time::Timestamp;

/// How long records are kept. R65 of the procedures Beadle is made for: two years, then deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Months from the last dated communication of a file; 24 by default.
    pub file_months: u32,
    /// Days after the appeal window for removed text that nothing came of; 14 by default.
    pub text_days: u32,
    /// Months for a report that led to nothing; 6 by default.
    pub report_months: u32,
    /// How many days before a purge the Secretary gets the list of what will go; 30 by default.
    pub heads_up_days: u32,
    /// Months after which a hold, and an expulsion that outlives its file, is to be looked at again; 6 by default.
    pub review_months: u32,
    /// Months within which a member's request to erase is to be answered; 1 by default, as the law has it.
    pub request_months: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            file_months: 24,
            text_days: 14,
            report_months: 6,
            heads_up_days: 30,
            review_months: 6,
            request_months: 1,
        }
    }
}

/// What sort of record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// A case with a strike, a sanction, or a report that something came of.
    File,
    /// The text of a removed post that was no breach.
    Text,
    /// A report that led to nothing.
    IdleReport,
}

words!(Kept { File = "file", Text = "text", IdleReport = "idle-report" });

impl Retention {
    /// The last moment it may be kept, counted from its last dated communication, or for a text from the end of the
    /// time to appeal.
    pub fn until(self, kept: Kept, from: Timestamp, zone: Tz) -> Timestamp {
        match kept {
            Kept::File => from.window_end(self.file_months, zone),
            Kept::Text => from.end_of_day_after(self.text_days, zone),
            Kept::IdleReport => from.window_end(self.report_months, zone),
        }
    }

    /// The first instant that still has time at `now`: what is dated before it has had its time, by [`Retention::until`].
    pub fn horizon(self, kept: Kept, now: Timestamp, zone: Tz) -> Timestamp {
        // Calendars cannot be run backwards; but whatever is dated later is kept later, so it can be looked for.
        let (mut over, mut kept_still) = (Timestamp::from_millis(i64::MIN).as_millis(), now.as_millis());
        while over < kept_still {
            let middle = over + (kept_still - over) / 2;
            if self.until(kept, Timestamp::from_millis(middle), zone) < now {
                over = middle + 1;
            } else {
                kept_still = middle;
            }
        }
        Timestamp::from_millis(kept_still)
    }

    /// When a hold or a lasting expulsion is to be looked at again.
    pub fn review_at(self, from: Timestamp, zone: Tz) -> Timestamp {
        from.window_end(self.review_months, zone)
    }

    /// The last moment at which what a member asked at `from` is to be answered.
    pub fn answer_by(self, from: Timestamp, zone: Tz) -> Timestamp {
        from.window_end(self.request_months, zone)
    }
}

/// How far the wall clock may part from the steady one before it is no longer believed, in milliseconds.
const DRIFT_MAX_MS: i64 = 5 * 60 * 1000;

/// What two clocks say at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock.
    pub wall: Timestamp,
    /// Milliseconds on a clock that nobody sets, from an arbitrary start.
    pub steady_ms: i64,
}

/// Why the wall clock is not believed: nobody is let back and nothing is purged until a person has looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Implausible {
    /// It is before something that has happened.
    #[error("the clock is before the last entry of the ledger")]
    Behind,
    /// Somebody, or something, set it while we were running.
    #[error("the clock was set while Beadle was running")]
    Jumped,
}

/// Whether the wall clock can be believed: it is not before `latest`, the last entry of the ledger, and since the
/// `earlier` reading, which was believed, it went as fast as the steady clock.
///
/// # Errors
/// When it cannot.
pub fn plausible(
    now: Reading,
    earlier: Option<Reading>,
    latest: Option<Timestamp>,
) -> Result<(), Implausible> {
    if latest.is_some_and(|latest| now.wall < latest) {
        return Err(Implausible::Behind);
    }
    let jumped = earlier.is_some_and(|earlier| {
        let wall = now.wall.as_millis().saturating_sub(earlier.wall.as_millis());
        let steady = now.steady_ms.saturating_sub(earlier.steady_ms);
        wall.abs_diff(steady) > DRIFT_MAX_MS.unsigned_abs()
    });
    if jumped { Err(Implausible::Jumped) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use chrono_tz::Europe::London;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
    }

    #[test]
    fn records_go_with_their_corresponding_date() {
        let rows = [
            (Kept::File, "2024-02-29T12:00:00Z", "2026-02-28T23:59:59.999Z"),
            (Kept::File, "2026-05-10T23:30:00Z", "2028-05-11T22:59:59.999Z"),
            (Kept::Text, "2026-05-10T12:00:00Z", "2026-05-24T22:59:59.999Z"),
            (Kept::IdleReport, "2026-08-31T12:00:00Z", "2027-02-28T23:59:59.999Z"),
        ];
        for (kept, from, want) in rows {
            assert_eq!(Retention::default().until(kept, at(from), London), at(want), "{kept} {from}");
        }
    }

    proptest! {
        /// The horizon is where `until` changes sides, to the millisecond.
        #[test]
        fn what_is_dated_before_the_horizon_has_had_its_time(ms in 0_i64..4_000_000_000_000, kept in 0..Kept::ALL.len()) {
            let (retention, now, kept) = (Retention::default(), Timestamp::from_millis(ms), Kept::ALL[kept]);
            let horizon = retention.horizon(kept, now, London);
            let just_before = Timestamp::from_millis(horizon.as_millis() - 1);
            prop_assert!(retention.until(kept, horizon, London) >= now);
            prop_assert!(retention.until(kept, just_before, London) < now);
        }
    }

    #[test]
    fn a_clock_is_believed_when_it_goes_as_clocks_go() {
        const HOUR: i64 = 60 * 60 * 1000;
        let start = at("2026-05-10T12:00:00Z");
        let reading = |wall_ms: i64, steady_ms: i64| Reading {
            wall: Timestamp::from_millis(start.as_millis() + wall_ms),
            steady_ms,
        };
        let first = reading(0, 0);
        let rows = [
            ("an hour later", reading(HOUR, HOUR), Ok(())),
            ("a nudge by the time server", reading(HOUR + 2000, HOUR), Ok(())),
            ("an hour forward", reading(2 * HOUR, HOUR), Err(Implausible::Jumped)),
            ("an hour back, but after all entries", reading(HOUR, 2 * HOUR), Err(Implausible::Jumped)),
            ("before the last entry", reading(-1, HOUR), Err(Implausible::Behind)),
        ];
        for (name, now, want) in rows {
            assert_eq!(plausible(now, Some(first), Some(start)), want, "{name}");
        }
        assert_eq!(plausible(reading(365 * 24 * HOUR, 0), None, Some(start)), Ok(()), "a long outage");
        assert_eq!(plausible(first, None, None), Ok(()), "an empty ledger");
    }
}
