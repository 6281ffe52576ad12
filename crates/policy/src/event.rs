//! What happens in files, in order, for their history and for the officers.

use serde::{Deserialize, Serialize};

use crate::appeal::{FinalRuling, Ruling};
use crate::case::Act;
use crate::notice::ErasureAnswer;
use crate::retention::Implausible;
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// Something that happened in a file; its own history, and what officers are told. It holds nobody's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was opened, or went further because of an edit.
    Judged {
        /// What became of the post.
        verdict: Verdict,
    },
    /// An officer acted.
    Acted {
        /// How.
        act: Act,
    },
    /// The author appealed.
    AppealLodged,
    /// A moderator decided the appeal.
    AppealRuled {
        /// How.
        ruling: Ruling,
    },
    /// The author asked the Executive.
    ExecutiveAsked,
    /// Nobody has looked at the hidden post in time.
    ReviewDue,
    /// Nobody has looked a day later either.
    ReviewOverdue,
    /// The appeal still waits for a moderator.
    AppealWaits,
    /// No moderator decided the appeal in time: it is before the Executive.
    AppealOverdue,
    /// The appeal still waits for the Executive.
    ExecutiveWaits,
    /// The Executive decided the appeal.
    AppealSettled {
        /// How.
        ruling: FinalRuling,
    },
    /// A notice could not be delivered: somebody has to serve it by hand.
    NoticeRefused,
    /// Something recorded could not be done on the platform: the bot lacks a permission.
    EffectRefused,
    /// The removed text was erased by destroying its key.
    TextErased,
    /// An officer set the file apart from every purge and erasure.
    Held,
    /// The file is no longer held.
    HoldReleased,
    /// It is time to look whether the file still has to be held.
    HoldReviewDue,
    /// Files were put on the list of what will be purged; the Secretary is told which.
    PurgeListed {
        /// How many.
        files: u32,
        /// The first moment at which they may go.
        due: Timestamp,
    },
    /// Files were purged, because their time was over.
    Purged {
        /// How many.
        files: u32,
    },
    /// A member asked for what is kept about them to be erased.
    ErasureAsked,
    /// An officer answered such a request.
    ErasureAnswered {
        /// How.
        answer: ErasureAnswer,
    },
    /// A member asked for a correction of what is kept about them.
    CorrectionAsked,
    /// An officer added a correction.
    Corrected,
    /// The clock cannot be believed: nobody is let back and nothing is purged.
    ClockDoubted {
        /// Why.
        why: Implausible,
    },
    /// The clock is believed again.
    ClockBelieved,
    /// An officer took a copy out of the ledger.
    Exported,
}

impl Event {
    /// Whether something was decided by it, so that it belongs in the register.
    pub fn is_decision(self) -> bool {
        match self {
            Self::Acted { .. }
            | Self::AppealRuled { .. }
            | Self::AppealOverdue
            | Self::AppealSettled { .. }
            | Self::Held
            | Self::HoldReleased
            | Self::ErasureAnswered { .. }
            | Self::Corrected => true,
            Self::Judged { .. }
            | Self::AppealLodged
            | Self::ExecutiveAsked
            | Self::ReviewDue
            | Self::ReviewOverdue
            | Self::AppealWaits
            | Self::ExecutiveWaits
            | Self::NoticeRefused
            | Self::EffectRefused
            | Self::TextErased
            | Self::HoldReviewDue
            | Self::PurgeListed { .. }
            | Self::Purged { .. }
            | Self::ErasureAsked
            | Self::CorrectionAsked
            | Self::ClockDoubted { .. }
            | Self::ClockBelieved
            | Self::Exported => false,
        }
    }
}
