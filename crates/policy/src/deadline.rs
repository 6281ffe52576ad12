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
    /// The member has had their time to answer a proposal: officers are to sign.
    HearingOver,
    /// A proposal is neither signed nor declined: the officers are reminded, and the Secretary hears of it.
    SigningDue,
    /// A suspension is over.
    SuspensionOver,
    /// Officers are to look again at a mute.
    MuteReview,
    /// A mute is over.
    MuteOver,
    /// Those whose turn a report is are reminded of it.
    ReportReminder,
    /// Nobody has answered a report: it goes up. Before the Executive it is said to be late; that comes again.
    ReportDue,
    /// It is time to look whether a file still has to be held; comes again.
    HoldReview,
    /// Expulsions that outlived their files are to be reaffirmed or lifted; comes again.
    TombstoneReview,
    /// The counts of the month before go to the Secretary; comes again.
    DigestDue,
    /// A request to erase is soon to be answered: the Secretary is reminded.
    ErasureReminder,
    /// A request to erase was not answered in time: the Secretary is told; comes again.
    ErasureDue,
    /// The Executive should have decided an appeal: they and the Secretary hear that it is late; comes again.
    AppealLate,
    /// What the platform refused is tried again: the member is told again, and put out.
    ExclusionAgain,
    /// The breaker has tripped, and nobody has said that it is over: the officers are reminded; comes again.
    BreakerStands,
}

words!(DeadlineKind {
    ReviewDue = "review_due",
    ReviewOverdue = "review_overdue",
    AppealReminder = "appeal_reminder",
    AppealDue = "appeal_due",
    AppealProgress = "appeal_progress",
    HearingOver = "hearing_over",
    SigningDue = "signing_due",
    SuspensionOver = "suspension_over",
    MuteReview = "mute_review",
    MuteOver = "mute_over",
    ReportReminder = "report_reminder",
    ReportDue = "report_due",
    HoldReview = "hold_review",
    TombstoneReview = "tombstone_review",
    DigestDue = "digest_due",
    ErasureReminder = "erasure_reminder",
    ErasureDue = "erasure_due",
    AppealLate = "appeal_late",
    ExclusionAgain = "exclusion_again",
    BreakerStands = "breaker_stands",
});

/// Something that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Deadline {
    /// What.
    pub kind: DeadlineKind,
    /// The last moment of its time: it has come once that is past.
    pub due: Timestamp,
}

impl DeadlineKind {
    /// What takes its place once that has come too, in the same file: the rest of its chain. After an outage of a week
    /// nobody needs the reminders of days that are over.
    pub fn gives_way_to(self) -> &'static [Self] {
        match self {
            Self::ReviewDue => &[Self::ReviewOverdue],
            Self::AppealReminder => &[Self::AppealReminder, Self::AppealDue],
            Self::ReportReminder => &[Self::ReportReminder, Self::ReportDue],
            Self::MuteReview => &[Self::MuteOver],
            Self::ErasureReminder => &[Self::ErasureDue],
            Self::ReviewOverdue
            | Self::AppealDue
            | Self::AppealProgress
            | Self::HearingOver
            | Self::SigningDue
            | Self::SuspensionOver
            | Self::MuteOver
            | Self::ReportDue
            | Self::HoldReview
            | Self::TombstoneReview
            | Self::DigestDue
            | Self::ErasureDue
            | Self::AppealLate
            | Self::ExclusionAgain
            | Self::BreakerStands => &[],
        }
    }

    /// Whether it waits while the clock cannot be believed: nobody is let back, nobody's time
    /// to answer runs out, nothing goes up and nobody is told again by a clock that somebody set.
    pub fn wants_a_plausible_clock(self) -> bool {
        match self {
            Self::SuspensionOver
            | Self::MuteOver
            | Self::HearingOver
            | Self::SigningDue
            | Self::AppealDue
            | Self::ReportDue
            | Self::ExclusionAgain => true,
            Self::ReviewDue
            | Self::ReviewOverdue
            | Self::AppealReminder
            | Self::AppealProgress
            | Self::MuteReview
            | Self::ReportReminder
            | Self::HoldReview
            | Self::TombstoneReview
            | Self::DigestDue
            | Self::ErasureReminder
            | Self::ErasureDue
            | Self::AppealLate
            | Self::BreakerStands => false,
        }
    }
}
