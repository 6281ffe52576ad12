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
    /// The member's time to give their side is over: officers may sign.
    HearingOver,
    /// Officers should have signed or declined: they are reminded.
    SigningDue,
    /// The moderators are reminded of an appeal.
    AppealReminder,
    /// Nobody has decided an appeal: it goes to the Executive.
    AppealDue,
    /// The member is told that the Executive still has the appeal; comes again.
    AppealProgress,
    /// Those whose turn it is are reminded of a report.
    ReportReminder,
    /// Nobody has answered a report: it goes up a tier.
    ReportDue,
    /// A suspension is over.
    Release,
    /// An interim mute is over.
    Unmute,
    /// An interim mute is to be looked at.
    MuteReview,
    /// A hold or a lasting expulsion is to be looked at again.
    Review,
    /// The Secretary gets the list of what will be purged.
    PurgeAnnounced,
    /// It is purged.
    Purge,
    /// The text of a removed post is erased.
    TextErasure,
}

words!(DeadlineKind {
    ReviewDue = "review_due",
    ReviewOverdue = "review_overdue",
    HearingOver = "hearing_over",
    SigningDue = "signing_due",
    AppealReminder = "appeal_reminder",
    AppealDue = "appeal_due",
    AppealProgress = "appeal_progress",
    ReportReminder = "report_reminder",
    ReportDue = "report_due",
    Release = "release",
    Unmute = "unmute",
    MuteReview = "mute_review",
    Review = "review",
    PurgeAnnounced = "purge_announced",
    Purge = "purge",
    TextErasure = "text_erasure",
});

impl DeadlineKind {
    /// Whether it waits while the clock cannot be believed, because it cannot be taken back: somebody comes back, or
    /// something is gone.
    pub fn wants_a_plausible_clock(self) -> bool {
        match self {
            Self::Release | Self::Unmute | Self::Purge | Self::TextErasure => true,
            Self::ReviewDue
            | Self::ReviewOverdue
            | Self::HearingOver
            | Self::SigningDue
            | Self::AppealReminder
            | Self::AppealDue
            | Self::AppealProgress
            | Self::ReportReminder
            | Self::ReportDue
            | Self::MuteReview
            | Self::Review
            | Self::PurgeAnnounced => false,
        }
    }
}

/// Something that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Deadline {
    /// What.
    pub kind: DeadlineKind,
    /// When.
    pub due: Timestamp,
}
