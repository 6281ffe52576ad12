//! The fake's own time. It stands still unless a test moves it, and for a millisecond with everything that is made.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};
use tokio::time::Instant;

const DAY: u64 = 86_400_000;

/// A moment of the fake's time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

/// Where time is.
#[derive(Debug)]
pub(crate) struct Clock {
    now: Moment,
    /// Since when it goes by itself, if it does.
    runs: Option<Instant>,
}

impl Moment {
    /// When a fake starts unless it is told otherwise: Monday 2 March 2026, nine in the morning.
    pub const START: Self = Self(1_772_442_000_000);

    /// The moment so many milliseconds after the beginning of 1970.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// How many milliseconds after the beginning of 1970 it is.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// So much later.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        Self(self.0.saturating_add(millis(time)))
    }

    /// How long after `other`; nothing if it is before.
    pub fn since(self, other: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(other.0))
    }

    /// Reads what [`Display`](fmt::Display) writes, and what is usual besides: `Z`, another offset, no fraction.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once(['T', ' '])?;
        let mut date = date.splitn(3, '-').map(|part| part.parse::<u64>().ok());
        let (year, month, day) = (date.next()??, date.next()??, date.next()??);
        let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (time, zone) = rest.split_at_checked(zone)?;
        let mut time = time.splitn(3, ':');
        let (hour, minute, seconds) = (time.next()?, time.next()?, time.next()?);
        let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let (hour, minute) = (hour.parse::<u64>().ok()?, minute.parse::<u64>().ok()?);
        let seconds = seconds.parse::<u64>().ok()?;
        if !(1970..10_000).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || seconds > 60 {
            return None;
        }
        let fraction: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
        let days = (1970..year).map(days_of_year).sum::<u64>()
            + (1..month).map(|month| days_of_month(year, month)).sum::<u64>()
            + (day - 1);
        let local = days * DAY + hour * 3_600_000 + minute * 60_000 + seconds * 1000 + fraction;
        match zone.split_at_checked(1) {
            None | Some(("Z", "")) => Some(Self(local)),
            Some((sign, offset)) => {
                let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
                let (hours, minutes) = (hours.parse::<u64>().ok()?, minutes.parse::<u64>().ok()?);
                let offset = hours.checked_mul(3_600_000)?.checked_add(minutes.checked_mul(60_000)?)?;
                if sign == "-" { local.checked_add(offset) } else { local.checked_sub(offset) }.map(Self)
            }
        }
    }
}

/// As Discord writes times.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut days, rest) = (self.0 / DAY, self.0 % DAY);
        let mut year = 1970;
        while days >= days_of_year(year) {
            days -= days_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while days >= days_of_month(year, month) {
            days -= days_of_month(year, month);
            month += 1;
        }
        let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
        let (second, milli) = (rest / 1000 % 60, rest % 1000);
        write!(
            f,
            "{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}000+00:00",
            days + 1
        )
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Clock {
    pub(crate) fn new(now: Moment) -> Self {
        Self { now, runs: None }
    }

    pub(crate) fn now(&self) -> Moment {
        self.now.plus(self.runs.map_or(Duration::ZERO, |since| since.elapsed()))
    }

    /// Has it go by itself, as fast as real time.
    pub(crate) fn run(&mut self) {
        self.runs = self.runs.or_else(|| Some(Instant::now()));
    }

    pub(crate) fn advance(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }

    /// Moves by the least there is, so that what is made has an id and a time of its own.
    pub(crate) fn tick(&mut self) -> Moment {
        self.advance(Duration::from_millis(1));
        self.now()
    }
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_year(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_discord_writes_them() {
        assert_eq!(Moment::START.to_string(), "2026-03-02T09:00:00.000000+00:00");
        assert_eq!(Moment::from_millis(951_782_400_123).to_string(), "2000-02-29T00:00:00.123000+00:00");
    }

    #[test]
    fn times_are_read_in_every_usual_form() {
        for text in [
            "2026-03-02T09:00:00Z",
            "2026-03-02T09:00:00.000+00:00",
            "2026-03-02T10:30:00+01:30",
            "2026-03-02T08:00:00-01:00",
        ] {
            assert_eq!(Moment::parse(text), Some(Moment::START), "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-03-02",
            "2026-13-02T09:00:00Z",
            "2026-03-02T25:00:00Z",
            "x-y-zTa:b:c",
            "2026-03-02T09:00:00+é",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(millis in 0_u64..4_000_000_000_000) {
            let moment = Moment::from_millis(millis);
            proptest::prop_assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
        }

        #[test]
        fn no_text_is_too_odd_to_be_read(text in ".{0,40}") {
            proptest::prop_assert!(Moment::parse(&text).is_none_or(|moment| moment.millis() > 0));
        }
    }
}
