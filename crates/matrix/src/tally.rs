//! One thing done in many rooms: what a room refuses keeps it from none of the others.

use platform::{DeliveryError, Receipt};

/// What came of it so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    is_done: bool,
    worst: Option<DeliveryError>,
}

impl Tally {
    /// Counts what came of it in one more room.
    ///
    /// # Errors
    /// When the server asks for patience: the rest has to wait.
    pub(crate) fn add(&mut self, outcome: Result<Receipt, DeliveryError>) -> Result<(), DeliveryError> {
        match outcome {
            Ok(receipt) => self.is_done |= receipt == Receipt::Done,
            Err(patience @ DeliveryError::RateLimited(_)) => return Err(patience),
            Err(error) if self.worst.as_ref().is_none_or(|worst| weight(worst) < weight(&error)) => {
                self.worst = Some(error);
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// What came of the whole.
    ///
    /// # Errors
    /// The most serious of all: one that is to be tried again, so that the rest is done then, before one that is not.
    pub(crate) fn end(self) -> Result<Receipt, DeliveryError> {
        match self.worst {
            Some(error) => Err(error),
            None if self.is_done => Ok(Receipt::Done),
            None => Ok(Receipt::AlreadyDone),
        }
    }
}

/// Whether trying again is of no use.
pub(crate) fn is_final(error: &DeliveryError) -> bool {
    matches!(error, DeliveryError::Forbidden | DeliveryError::Gone)
}

fn weight(error: &DeliveryError) -> u8 {
    match error {
        DeliveryError::Gone => 0,
        DeliveryError::Forbidden => 1,
        DeliveryError::NotYet(_) => 2,
        DeliveryError::Unreachable(_) => 3,
        // It may have been done, which whoever asks again has to know.
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn outcome(of: char) -> Result<Receipt, DeliveryError> {
        match of {
            'd' => Ok(Receipt::Done),
            'a' => Ok(Receipt::AlreadyDone),
            'g' => Err(DeliveryError::Gone),
            'f' => Err(DeliveryError::Forbidden),
            'n' => Err(DeliveryError::NotYet(Duration::from_secs(1))),
            'u' => Err(DeliveryError::Unreachable("down".into())),
            'l' => Err(DeliveryError::RateLimited(Duration::from_secs(1))),
            _ => Err(DeliveryError::Unanswered("lost".into())),
        }
    }

    fn name(of: &Result<Receipt, DeliveryError>) -> char {
        match of {
            Ok(Receipt::Done) => 'd',
            Ok(Receipt::AlreadyDone) => 'a',
            Err(DeliveryError::Gone) => 'g',
            Err(DeliveryError::Forbidden) => 'f',
            Err(DeliveryError::NotYet(_)) => 'n',
            Err(DeliveryError::Unreachable(_)) => 'u',
            Err(DeliveryError::RateLimited(_)) => 'l',
            Err(_) => '?',
        }
    }

    #[test]
    fn the_most_serious_of_what_went_wrong_is_told() {
        let rows = [
            ("", 'a'),
            ("aa", 'a'),
            ("ada", 'd'),
            ("dfd", 'f'),
            ("gf", 'f'),
            ("fg", 'f'),
            ("fun", 'u'),
            ("nfd", 'n'),
            ("u?f", '?'),
            ("?u", '?'),
            ("?ld", 'l'),
        ];
        for (rooms, want) in rows {
            let mut tally = Tally::default();
            let all = rooms.chars().map(outcome).try_for_each(|one| tally.add(one));
            let told = all.and_then(|()| tally.end());
            assert_eq!(name(&told), want, "{rooms}");
        }
    }
}
