//! How much may be asked: buckets by route, all together, and what was refused.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::{Moment, millis};

/// What the fake limits. Time is the fake's own: where limits bind, the test moves it or has it go by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limits {
    /// Headers only: nobody comes near them.
    #[default]
    Generous,
    /// As Discord's have been seen. Every request then takes a millisecond.
    AsSeen,
}

/// How many requests a bot may make in a second.
const GLOBAL: usize = 50;
/// How many refusals an address may collect in ten minutes.
const INVALID: usize = 10_000;
const INVALID_WINDOW: Duration = Duration::from_secs(600);
const FORTNIGHT: Duration = Duration::from_secs(14 * 86_400);

/// How a request stands with the limits.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) bucket: String,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset: Moment,
    pub(crate) reset_after: Duration,
}

/// Too much was asked.
#[derive(Clone, Debug)]
pub(crate) struct TooMuch {
    pub(crate) retry_after: Duration,
    pub(crate) scope: &'static str,
    pub(crate) standing: Option<Standing>,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) limits: Limits,
    buckets: BTreeMap<String, VecDeque<Moment>>,
    all: VecDeque<Moment>,
    invalid: VecDeque<Moment>,
}

/// What a bucket holds, and in which time.
struct Size(u32, Duration);

impl Counters {
    /// Counts a request. `route` is its method and path with names for ids, `top` the channel, guild, webhook or
    /// interaction, and `age` that of the message that is to be deleted.
    pub(crate) fn count(
        &mut self,
        route: &str,
        top: &str,
        age: Option<Duration>,
        now: Moment,
    ) -> Result<Standing, TooMuch> {
        let (name, size) = bucket_of(route, age, self.limits);
        let is_outside = route.contains("/interactions/") || route.contains("/{webhook_token}");
        if self.limits == Limits::AsSeen && !is_outside {
            forget(&mut self.all, now, Duration::from_secs(1));
            if self.all.len() >= GLOBAL {
                let retry_after = left(&self.all, now, Duration::from_secs(1));
                return Err(TooMuch { retry_after, scope: "global", standing: None });
            }
        }
        let times = self.buckets.entry(format!("{name}:{top}")).or_default();
        forget(times, now, size.1);
        let used = u32::try_from(times.len()).unwrap_or(u32::MAX);
        let is_full = used >= size.0;
        if !is_full {
            times.push_back(now);
            self.all.push_back(now);
        }
        let reset_after = left(times, now, size.1);
        let standing = Standing {
            bucket: name,
            limit: size.0,
            remaining: size.0.saturating_sub(used + 1),
            reset: now.plus(reset_after),
            reset_after,
        };
        if is_full {
            return Err(TooMuch { retry_after: reset_after, scope: "user", standing: Some(standing) });
        }
        Ok(standing)
    }

    /// Whether anybody comes near the limits.
    pub(crate) fn binds(&self) -> bool {
        self.limits == Limits::AsSeen
    }

    /// Counts a refusal; true if there have been so many that Discord would shut the address out.
    pub(crate) fn refused(&mut self, now: Moment) -> bool {
        forget(&mut self.invalid, now, INVALID_WINDOW);
        self.invalid.push_back(now);
        self.invalid.len() == INVALID
    }

    /// Whether there have been too many.
    pub(crate) fn is_shut_out(&self, now: Moment) -> bool {
        self.invalid.len() >= INVALID && self.invalid(now) >= INVALID
    }

    /// How many refusals there were in the last ten minutes.
    pub(crate) fn invalid(&self, now: Moment) -> usize {
        self.invalid.iter().filter(|then| now.since(**then) < INVALID_WINDOW).count()
    }
}

impl TooMuch {
    pub(crate) fn body(&self) -> Value {
        json!({
            "message": "You are being rate limited.",
            "retry_after": seconds(self.retry_after),
            "global": self.scope == "global",
            "code": 0,
        })
    }
}

/// Seconds with a fraction, as in headers.
pub(crate) fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

impl Standing {
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            (
                "x-ratelimit-reset",
                format!("{}.{:03}", self.reset.millis() / 1000, self.reset.millis() % 1000),
            ),
            ("x-ratelimit-reset-after", format!("{:.3}", seconds(self.reset_after))),
            ("x-ratelimit-bucket", self.bucket.clone()),
        ]
    }
}

/// The bucket of a route. Deleting has three, by the message's age.
fn bucket_of(route: &str, age: Option<Duration>, limits: Limits) -> (String, Size) {
    let (suffix, size) = match age {
        Some(age) if age > FORTNIGHT => ("-old", Size(30, Duration::from_secs(4))),
        Some(age) if age < Duration::from_secs(10) => ("-new", Size(5, Duration::from_secs(1))),
        Some(_) => ("", Size(3, Duration::from_millis(333))),
        None => ("", Size(5, Duration::from_secs(5))),
    };
    // Not the route itself: clients must not read anything into it.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in route.bytes().chain(suffix.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let size = if limits == Limits::Generous { Size(1_000_000, Duration::from_secs(1)) } else { size };
    (format!("{hash:016x}"), size)
}

fn forget(times: &mut VecDeque<Moment>, now: Moment, window: Duration) {
    while times.front().is_some_and(|then| now.since(*then) >= window) {
        times.pop_front();
    }
}

/// How long until the oldest is forgotten.
fn left(times: &VecDeque<Moment>, now: Moment, window: Duration) -> Duration {
    let since = times.front().map_or(0, |then| millis(now.since(*then)));
    Duration::from_millis(millis(window).saturating_sub(since).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: &str = "DELETE /channels/{channel_id}/messages/{message_id}";

    #[test]
    fn a_bucket_empties_with_time_and_is_one_for_each_channel() {
        let mut counters = Counters { limits: Limits::AsSeen, ..Counters::default() };
        let young = Some(Duration::from_secs(1));
        let now = Moment::START;
        let left: Vec<_> =
            (0..5).map(|_| counters.count(ROUTE, "1", young, now).map(|one| one.remaining).ok()).collect();
        assert_eq!(left, [Some(4), Some(3), Some(2), Some(1), Some(0)]);
        let refused = counters.count(ROUTE, "1", young, now).expect_err("it is full");
        assert_eq!((refused.scope, refused.retry_after), ("user", Duration::from_secs(1)));
        assert!(counters.count(ROUTE, "2", young, now).is_ok());
        assert!(counters.count(ROUTE, "1", young, now.plus(Duration::from_secs(1))).is_ok());
    }

    #[test]
    fn messages_of_another_age_are_deleted_from_another_bucket() {
        let mut counters = Counters { limits: Limits::AsSeen, ..Counters::default() };
        let ages = [1, 60, 15 * 86_400].map(Duration::from_secs);
        let of = |counters: &mut Counters, age| {
            counters.count(ROUTE, "1", Some(age), Moment::START).map(|one| (one.limit, one.bucket))
        };
        let found = ages.map(|age| of(&mut counters, age).expect("none is full"));
        assert_eq!(found.each_ref().map(|(limit, _)| *limit), [5, 3, 30]);
        assert!(found[0].1 != found[1].1 && found[1].1 != found[2].1);
    }

    #[test]
    fn all_together_may_not_be_more_than_fifty_a_second() {
        let mut counters = Counters { limits: Limits::AsSeen, ..Counters::default() };
        for channel in 0..50 {
            assert!(
                counters
                    .count("GET /channels/{channel_id}", &channel.to_string(), None, Moment::START)
                    .is_ok()
            );
        }
        let refused = counters
            .count("GET /channels/{channel_id}", "50", None, Moment::START)
            .expect_err("it is too much");
        assert_eq!((refused.scope, refused.body()["global"].clone()), ("global", json!(true)));
        assert!(counters.count("POST /interactions/{interaction_id}", "50", None, Moment::START).is_ok());
    }

    #[test]
    fn ten_thousand_refusals_in_ten_minutes_are_told_once() {
        let mut counters = Counters::default();
        let told = (0..10_001).filter(|_| counters.refused(Moment::START)).count();
        assert_eq!((told, counters.invalid(Moment::START.plus(INVALID_WINDOW))), (1, 0));
    }
}
