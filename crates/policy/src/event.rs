//! What happens in files, in order, for their history and for the officers.

use serde::{Deserialize, Serialize};

use crate::appeal::{FinalRuling, Ruling};
use crate::case::Act;
use crate::report::{Outcome, Tier};
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
    /// A member reported something.
    ReportReceived,
    /// Those whose turn the report is were reminded of it.
    ReportWaits,
    /// Nobody answered the report in time: it went up.
    ReportOverdue {
        /// Whose turn it is now.
        tier: Tier,
    },
    /// The Executive has not answered the report in time either. Said again until it is answered.
    ReportLate,
    /// The report was answered.
    ReportAnswered {
        /// What came of it.
        outcome: Outcome,
    },
    /// The reporter was not content with the answer: the report went up.
    ReportContested {
        /// Whose turn it is now.
        tier: Tier,
    },
    /// Nobody is left in the group who could deal with the report without having a part in it: an outside body is next.
    ReportBeyond,
}

impl Event {
    /// Whether something was decided by it, so that it belongs in the register.
    pub fn is_decision(self) -> bool {
        match self {
            Self::Acted { .. }
            | Self::AppealRuled { .. }
            | Self::AppealOverdue
            | Self::AppealSettled { .. }
            | Self::ReportOverdue { .. }
            | Self::ReportAnswered { .. }
            | Self::ReportBeyond => true,
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
            | Self::ReportReceived
            | Self::ReportWaits
            | Self::ReportLate
            | Self::ReportContested { .. } => false,
        }
    }
}
