//! How often Discord turned requests away of late, over all bots of a program.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Invalid, Urgency};

/// How often Discord turned requests away of late. It counts them by the address they come from, whichever bot asked, so all
/// bots of a program share this; their times are of one steady clock.
///
/// It does not outlive the program: what is noted over a restart is one bot's, and costs a write each time. Another program,
/// and one that was started anew, begins at nothing; for those, the guard stops short of what Discord bears.
#[derive(Debug, Clone, Default)]
pub struct Refusals(Arc<Mutex<Invalid>>);

impl Refusals {
    /// Counts one more. Gives how many there are when that is news for people.
    pub(super) fn count(&self, now: i64) -> Option<u32> {
        self.lock().count(now)
    }

    /// How many there were within ten minutes.
    pub fn of_late(&self, now: i64) -> u32 {
        self.lock().of_late(now)
    }

    /// Until when nothing of such urgency may be asked.
    pub(super) fn shut_until(&self, urgency: Urgency, now: i64) -> Option<i64> {
        self.lock().shut_until(urgency, now)
    }

    fn lock(&self) -> MutexGuard<'_, Invalid> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
