//! What falls due: a row of the ledger that fires once, however often the program was restarted in between.

use serde::{Deserialize, Serialize};

use crate::finding::words;
use crate::time::Timestamp;

/// What is to happen at a given time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// A hidden post should have been looked at: the officers are reminded.
    ReviewDue,
    /// It still has not been: the Secretary is told.
    ReviewOverdue,
    /// The moderators are reminded of an appeal.
    AppealReminder,
    /// Nobody has decided an appeal: it goes to the Executive.
    AppealDue,
    /// The member is told that the Executive still has the appeal; comes again.
    AppealProgress,
    /// It is time to look whether a file still has to be held; comes again.
    HoldReview,
}

words!(DeadlineKind {
    ReviewDue = "review_due",
    ReviewOverdue = "review_overdue",
    AppealReminder = "appeal_reminder",
    AppealDue = "appeal_due",
    AppealProgress = "appeal_progress",
    HoldReview = "hold_review",
});

impl DeadlineKind {
    /// Whether it waits until the clock can be believed: it lets somebody back, or something go.
    pub fn wants_a_plausible_clock(self) -> bool {
        match self {
            Self::ReviewDue
            | Self::ReviewOverdue
            | Self::AppealReminder
            | Self::AppealDue
            | Self::AppealProgress
            | Self::HoldReview => false,
        }
    }
}

/// Something that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Deadline {
    /// What.
    pub kind: DeadlineKind,
    /// The last moment of its time: it has come once that is past.
    pub due: Timestamp,
}
