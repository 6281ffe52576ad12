//! One breach by one member; it counts until voided or spent.

use chrono_tz::Tz;

use crate::case::Actor;
use crate::time::Timestamp;

/// One breach by one member, belonging to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// When the post was written: windows count from conduct, not from paperwork.
    pub conduct_at: Timestamp,
    /// When and by whom it was voided.
    pub voided: Option<Voided>,
}

/// When and by whom a strike was voided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voided {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}

impl Strike {
    /// Whether it has not been voided. It may be spent all the same: see [`Strike::counts_at`].
    pub fn counts(&self) -> bool {
        self.voided.is_none()
    }

    /// Whether it counts at `now`: not voided, and within so many months of the post.
    pub fn counts_at(&self, now: Timestamp, months: u32, zone: Tz) -> bool {
        self.counts() && now <= self.conduct_at.window_end(months, zone)
    }
}
