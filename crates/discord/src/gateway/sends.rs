//! How much may be said to a gateway: it closes the connection at more than 120 frames within 60 s.

use std::collections::VecDeque;

const WINDOW: i64 = 60_000;
const MAX: usize = 118;

/// What was said of late.
#[derive(Debug, Default)]
pub(super) struct Sends(VecDeque<i64>);

impl Sends {
    /// Whether a sign of life may be given now. Discord may ask for one at any time.
    pub(super) fn may_live(&mut self, now: i64) -> bool {
        self.of_late(now) < MAX
    }

    /// Something is said.
    pub(super) fn count(&mut self, now: i64) {
        self.0.push_back(now);
    }

    fn of_late(&mut self, now: i64) -> usize {
        while self.0.front().is_some_and(|sent| sent.saturating_add(WINDOW) <= now) {
            self.0.pop_front();
        }
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_said_than_the_gateway_bears() {
        let mut sends = Sends::default();
        for _ in 0..MAX {
            assert!(sends.may_live(1));
            sends.count(1);
        }
        assert!(!sends.may_live(WINDOW));
        assert!(sends.may_live(WINDOW + 1));
    }
}
