//! What happens in files, in order, for their history and for the officers.

use serde::{Deserialize, Serialize};

use crate::appeal::{FinalRuling, Ruling};
use crate::case::{Act, DrawnBy};
use crate::rule::Edition;
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
    /// A notice to somebody whom officers need not know could not be delivered: it waits until they write.
    AnswerRefused,
    /// An officer served a notice by hand.
    NoticeServed {
        /// When the member got it.
        at: Timestamp,
    },
    /// The rules were sent to a new member.
    RulesSent {
        /// In which wording.
        edition: Edition,
    },
    /// The member says that they have read the rules.
    RulesAcknowledged {
        /// In which wording.
        edition: Edition,
    },
    /// The rules were posted in a channel.
    RulesPosted {
        /// In which wording.
        edition: Edition,
    },
    /// The post came under this case because of a removed one.
    Drawn {
        /// Which, and how alike.
        by: DrawnBy,
    },
    /// The post was put back; posts that went with it stay away.
    DrawnStay {
        /// How many.
        posts: u32,
    },
}

impl Event {
    /// Whether something was decided by it, so that it belongs in the register.
    pub fn is_decision(self) -> bool {
        match self {
            Self::Acted { .. }
            | Self::AppealRuled { .. }
            | Self::AppealOverdue
            | Self::AppealSettled { .. }
            | Self::NoticeServed { .. }
            | Self::RulesPosted { .. } => true,
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
            | Self::AnswerRefused
            | Self::RulesSent { .. }
            | Self::RulesAcknowledged { .. }
            | Self::Drawn { .. }
            | Self::DrawnStay { .. } => false,
        }
    }
}
