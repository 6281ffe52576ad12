//! How much may be said to a gateway: it closes the connection at more than 120 frames within 60 s.

use std::collections::VecDeque;

const WINDOW: i64 = 60_000;
const MAX: usize = 118;
/// Of those, so many are for signs of life.
const RESERVED: usize = 10;

/// What was said of late.
#[derive(Debug, Default)]
pub(super) struct Sends(VecDeque<i64>);

impl Sends {
    /// Whether something may be asked now.
    pub(super) fn may_ask(&mut self, now: i64) -> bool {
        self.of_late(now) < MAX - RESERVED
    }

    /// Whether a sign of life may be given now.
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
    fn signs_of_life_have_places_of_their_own() {
        let mut sends = Sends::default();
        for _ in 0..MAX - RESERVED {
            assert!(sends.may_ask(0));
            sends.count(0);
        }
        assert!(!sends.may_ask(WINDOW - 1));
        for _ in 0..RESERVED {
            assert!(sends.may_live(1));
            sends.count(1);
        }
        assert!(!sends.may_live(WINDOW - 1));
        assert!(sends.may_ask(WINDOW));
    }
}
