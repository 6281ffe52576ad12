//! Instants, calendar months and the clock's one trait.
//!
//! Deadlines are derived from the ledger and a [`Clock`], never from timers in memory.

use std::time::Duration;

use chrono::{
    DateTime, Datelike, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00Z.
    pub const EPOCH: Self = Self(0);

    /// The instant so many milliseconds after 1970-01-01T00:00Z, clamped to the years 1 to 9999.
    pub fn from_millis(millis: i64) -> Self {
        const YEAR_1: i64 = -62_135_596_800_000;
        const YEAR_9999: i64 = 253_402_300_799_000;
        Self(millis.clamp(YEAR_1, YEAR_9999))
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant and so many seconds more.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// When so much time has passed, what is left of a millisecond included.
    #[must_use]
    pub fn plus(self, wait: Duration) -> Self {
        let millis = i64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// The same time of day so many civil days later in `zone`.
    ///
    /// Of two such instants the later, and of none the first after the gap: never early.
    #[must_use]
    pub fn plus_days(self, days: u32, zone: Tz) -> Self {
        let local = self.civil(zone).naive_local();
        local.checked_add_days(Days::new(days.into())).map_or(self, |then| resolve_late(then, zone))
    }

    /// The end of the corresponding date so many months later in `zone` (the last of the month where there is none).
    ///
    /// The day of this instant is excluded and the last day included, as in *Dodds v Walker* \[1981\] 1 WLR 1027.
    #[must_use]
    pub fn window_end(self, months: u32, zone: Tz) -> Self {
        let last_day = self.civil(zone).date_naive().checked_add_months(Months::new(months));
        last_day
            .and_then(|day| day.succ_opt())
            .and_then(|day| day.and_hms_opt(0, 0, 0))
            .map_or(self, |midnight| Self::from_millis(resolve_late(midnight, zone).0 - 1))
    }

    /// The last moment of the civil day so many days later in `zone`: the day of this instant does not count.
    #[must_use]
    pub fn end_of_day_after(self, days: u32, zone: Tz) -> Self {
        let day = self.civil(zone).date_naive().checked_add_days(Days::new(u64::from(days) + 1));
        let midnight = day.and_then(|day| day.and_hms_opt(0, 0, 0));
        midnight.map_or(self, |midnight| Self::from_millis(resolve_late(midnight, zone).0 - 1))
    }

    /// Noon of the civil day so many days later in `zone`.
    #[must_use]
    pub fn noon_after(self, days: u32, zone: Tz) -> Self {
        let day = self.civil(zone).date_naive().checked_add_days(Days::new(days.into()));
        day.and_then(|day| day.and_hms_opt(12, 0, 0)).map_or(self, |noon| resolve_late(noon, zone))
    }

    /// Noon of a civil day in `zone`.
    pub(crate) fn noon_on(day: NaiveDate, zone: Tz) -> Self {
        day.and_hms_opt(12, 0, 0).map_or(Self::EPOCH, |noon| Self::from_millis(resolve_late(noon, zone).0))
    }

    /// The date as people write it: `21 November 2026`.
    pub fn long_date(self, zone: Tz) -> String {
        self.civil(zone).format("%-d %B %Y").to_string()
    }

    /// Date and time as people write them: `21 November 2026 at 14:05`.
    pub fn long_date_time(self, zone: Tz) -> String {
        self.civil(zone).format("%-d %B %Y at %H:%M").to_string()
    }

    /// The instant as it stands in the name of a file: `20261121T140500Z`.
    pub fn compact(self) -> String {
        self.civil(Tz::UTC).format("%Y%m%dT%H%M%SZ").to_string()
    }

    pub(crate) fn civil(self, zone: Tz) -> DateTime<Tz> {
        // `from_millis` keeps every instant within what chrono can hold.
        let utc = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        utc.with_timezone(&zone)
    }
}

fn resolve_late(local: NaiveDateTime, zone: Tz) -> Timestamp {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(then) => Timestamp(then.timestamp_millis()),
        LocalResult::Ambiguous(_, later) => Timestamp(later.timestamp_millis()),
        // Gaps are at most a few hours; the offset before the gap carries the time to just after it.
        LocalResult::None => {
            let before = local - TimeDelta::hours(3);
            match zone.from_local_datetime(&before) {
                LocalResult::Single(then) | LocalResult::Ambiguous(_, then) => {
                    Timestamp(then.timestamp_millis() + TimeDelta::hours(3).num_milliseconds())
                }
                LocalResult::None => Timestamp(local.and_utc().timestamp_millis()),
            }
        }
    }
}

/// A month of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    /// Its first day.
    first: NaiveDate,
}

impl Month {
    /// The month of an instant in `zone`.
    pub fn of(at: Timestamp, zone: Tz) -> Self {
        let day = at.civil(zone).date_naive();
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    /// The month before it.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { first: self.first.checked_sub_months(Months::new(1)).unwrap_or(self.first) }
    }

    /// When it begins in `zone`.
    pub fn begins(self, zone: Tz) -> Timestamp {
        resolve_late(self.first.and_time(NaiveTime::MIN), zone)
    }

    /// The month after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self { first: self.first.checked_add_months(Months::new(1)).unwrap_or(self.first) }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.first.format("%B %Y"))
    }
}

impl std::str::FromStr for Month {
    type Err = &'static str;

    /// Reads `2026-11`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A date may have a sign before it, a month has none.
        let is_month = text.len() == 7 && text.starts_with(|first: char| first.is_ascii_digit());
        let first = is_month.then(|| format!("{text}-01").parse().ok()).flatten();
        first.map(|first| Self { first }).ok_or("a month looks like 2026-11")
    }
}

/// Tells the time. The binary has the one that reads the system; tests and scripts have one they move.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The instant it is now.
    fn now(&self) -> Timestamp;

    /// Milliseconds on a clock that nobody sets, from a beginning of its own that no two runs of the program share.
    ///
    /// Where [`Clock::now`] has gone another way than this one, somebody set the clock.
    fn steady_ms(&self) -> i64;
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::London;

    fn at(text: &str) -> Timestamp {
        let parsed = DateTime::parse_from_rfc3339(text).expect("a valid instant in the table");
        Timestamp(parsed.timestamp_millis())
    }

    /// The calendar vectors of the ladder: corresponding dates, and the later of two o'clocks.
    #[test]
    fn calendar_vectors_hold_in_london() {
        let windows = [
            ("plain", "2026-05-10T12:00:00Z", 12, "2027-05-10T22:59:59.999Z"),
            ("leap day", "2024-02-29T12:00:00Z", 12, "2025-02-28T23:59:59.999Z"),
            ("day before leap day", "2024-02-28T12:00:00Z", 12, "2025-02-28T23:59:59.999Z"),
            ("not 365 days", "2027-03-01T12:00:00Z", 12, "2028-03-01T23:59:59.999Z"),
            ("retention", "2024-02-29T12:00:00Z", 24, "2026-02-28T23:59:59.999Z"),
            ("summer evening is the next civil day", "2026-05-10T23:30:00Z", 12, "2027-05-11T22:59:59.999Z"),
        ];
        for (name, from, months, want) in windows {
            assert_eq!(at(from).window_end(months, London), at(want), "{name}");
        }
        let days = [
            ("over the spring change", "2026-03-10T14:00:00Z", "2026-04-09T13:00:00Z"),
            ("ending in the gap", "2026-02-27T01:30:00Z", "2026-03-29T01:30:00Z"),
            ("ending in the fold", "2026-09-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("over the autumn change", "2026-10-01T08:00:00Z", "2026-10-31T09:00:00Z"),
        ];
        for (name, from, want) in days {
            assert_eq!(at(from).plus_days(30, London), at(want), "{name}");
        }
    }

    #[test]
    fn a_month_begins_and_ends_where_the_group_is() {
        let month: Month = "2026-10".parse().unwrap();
        assert_eq!(month.to_string(), "October 2026");
        assert_eq!(month.begins(London), at("2026-09-30T23:00:00Z"));
        assert_eq!(month.next().begins(London), at("2026-11-01T00:00:00Z"));
        assert_eq!("2026-12".parse::<Month>().unwrap().next().to_string(), "January 2027");
        for wrong in ["", "2026", "2026-13", "2026-1", "October", "-026-10"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn dates_read_as_people_write_them() {
        assert_eq!(at("2026-07-01T23:30:00Z").long_date_time(London), "2 July 2026 at 00:30");
        assert_eq!(Timestamp::from_millis(i64::MAX).long_date(London), "31 December 9999");
    }
}
