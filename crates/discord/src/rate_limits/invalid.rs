//! Requests that Discord turned away. After 10,000 within 10 minutes it answers nobody at this address any more.

use std::collections::VecDeque;

use super::Urgency;

const WINDOW: i64 = 10 * 60;
/// From here on somebody should look.
const WARN: u32 = 4_000;
/// From here on only what cannot wait is asked.
const GUARD: u32 = 8_000;
/// From here on nothing is: there may be other programs at this address.
const STOP: u32 = 9_500;

/// How many there were of late.
#[derive(Debug, Default)]
pub(crate) struct Invalid {
    /// In which second how many.
    seconds: VecDeque<(i64, u32)>,
    sum: u32,
    is_warned: bool,
}

impl Invalid {
    /// Counts one more. Gives how many there are when that is news for people.
    pub(crate) fn count(&mut self, now: i64) -> Option<u32> {
        self.forget(now);
        let second = now.div_euclid(1_000);
        match self.seconds.back_mut() {
            Some((last, many)) if *last >= second => *many += 1,
            _ => self.seconds.push_back((second, 1)),
        }
        self.sum += 1;
        let is_news = self.sum >= WARN && !self.is_warned;
        self.is_warned |= is_news;
        is_news.then_some(self.sum)
    }

    /// How many there were within the window.
    pub(crate) fn of_late(&mut self, now: i64) -> u32 {
        self.forget(now);
        self.sum
    }

    /// Until when nothing of such urgency may be asked.
    pub(crate) fn shut_until(&mut self, urgency: Urgency, now: i64) -> Option<i64> {
        self.forget(now);
        let bound = if urgency <= Urgency::Removal { STOP } else { GUARD };
        if self.sum < bound {
            return None;
        }
        // Once so many of the oldest are forgotten that it is fewer again.
        let mut left = self.sum;
        for (second, many) in &self.seconds {
            left = left.saturating_sub(*many);
            if left < bound {
                return Some((second + WINDOW + 1).saturating_mul(1_000));
            }
        }
        None
    }

    fn forget(&mut self, now: i64) {
        let second = now.div_euclid(1_000);
        while let Some((first, many)) = self.seconds.front()
            && first + WINDOW < second
        {
            self.sum = self.sum.saturating_sub(*many);
            self.seconds.pop_front();
        }
        self.is_warned &= self.sum >= WARN / 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removals_and_answers_go_on_longer_than_the_rest() {
        let mut invalid = Invalid::default();
        let mut news = Vec::new();
        for _ in 0..GUARD {
            news.extend(invalid.count(5_000));
        }
        assert_eq!((news, invalid.of_late(5_000)), (vec![WARN], GUARD));
        assert_eq!(invalid.shut_until(Urgency::Answer, 5_000), None);
        assert_eq!(invalid.shut_until(Urgency::Removal, 5_000), None);
        assert_eq!(invalid.shut_until(Urgency::Deed, 5_000), Some(606_000));
        for _ in GUARD..STOP {
            invalid.count(6_000);
        }
        assert_eq!(invalid.shut_until(Urgency::Answer, 6_000), Some(606_000));
        assert_eq!(invalid.shut_until(Urgency::Reading, 606_000), None);
    }

    #[test]
    fn what_is_ten_minutes_old_counts_no_more() {
        let mut invalid = Invalid::default();
        for second in 0..10_000 {
            invalid.count(second * 1_000);
            assert!(i64::from(invalid.sum) <= WINDOW + 1, "at {second} s");
            assert_eq!(invalid.shut_until(Urgency::Reading, second * 1_000), None, "at {second} s");
        }
    }
}
