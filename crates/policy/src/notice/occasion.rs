//! What the author of a post is told after a decision, before there is anything to fill it with.

use super::facts::{About, Matter, Relief, Standing, Varied};
use super::kind::NoticeKind;
use crate::time::Timestamp;

/// What the author of a post is told. A decision names the occasion; the data of the notice is filled in where it
/// is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// A post was removed.
    Removed {
        /// By the filter, or by a moderator.
        by_filter: bool,
        /// Whether it is a strike.
        counts: bool,
    },
    /// A post was removed until a moderator has looked.
    Hidden {
        /// By the filter, or by a moderator.
        by_filter: bool,
        /// When a moderator is to look.
        review_due: Timestamp,
    },
    /// A post was removed because it quotes words that break a rule. Never a strike.
    Quoted,
    /// A post was removed because it carries words of a removed one on. Never a strike.
    CascadeRemoved {
        /// By the bot, or by a moderator.
        by_filter: bool,
    },
    /// A moderator looked at a hidden post: it stays away.
    Confirmed {
        /// Whether it is a strike.
        counts: bool,
    },
    /// A moderator looked again: the strike no longer counts.
    StrikeVoided,
    /// A post was put back.
    Restored {
        /// Whether it had been a strike until then.
        strike_voided: bool,
    },
    /// A post was put back that had gone because of another one, which was put back.
    RestoredAlong,
    /// A moderator said yes to an appeal.
    AppealAccepted {
        /// Whether it had been a strike until then.
        strike_voided: bool,
    },
    /// A moderator said no to an appeal.
    AppealDismissed {
        /// The moderator had taken the decision too, because the group has no other.
        same_moderator: bool,
    },
    /// The Executive said yes.
    AppealAllowed {
        /// Where the minutes have it.
        minute: String,
        /// Whether it had been a strike until then.
        strike_voided: bool,
    },
    /// The Executive said: the post stays away, without a strike.
    AppealVaried {
        /// Where the minutes have it.
        minute: String,
        /// Who stands beyond the Executive.
        external_body: String,
    },
}

impl Occasion {
    /// The kind of notice for it.
    pub fn about(self, about: About, standing: Standing, appeal_until: Timestamp) -> NoticeKind {
        let matter = Matter::Post { post_kind: about.post_kind, post_written_at: about.post_written_at };
        match self {
            Self::Removed { by_filter, counts } => {
                NoticeKind::Removed { about, by_filter, counts, standing, appeal_until }
            }
            Self::Hidden { by_filter, review_due } => {
                NoticeKind::Hidden { about, by_filter, review_due, standing, appeal_until }
            }
            Self::Quoted => NoticeKind::Quoted { about, standing, appeal_until },
            Self::CascadeRemoved { by_filter } => {
                NoticeKind::CascadeRemoved { about, by_filter, standing, appeal_until }
            }
            Self::Confirmed { counts } => NoticeKind::Confirmed { about, counts, standing, appeal_until },
            Self::StrikeVoided => NoticeKind::StrikeVoided { about, standing },
            Self::Restored { strike_voided } => NoticeKind::Restored { about, strike_voided, standing },
            Self::RestoredAlong => NoticeKind::RestoredAlong { about, standing },
            Self::AppealAccepted { strike_voided } => {
                NoticeKind::AppealAccepted { about, strike_voided, standing }
            }
            Self::AppealDismissed { same_moderator } => {
                NoticeKind::AppealDismissed { about, same_moderator, standing, appeal_until }
            }
            Self::AppealAllowed { minute, strike_voided } => {
                let relief = Relief { post_back: true, strike_voided, sanction: None };
                NoticeKind::AppealAllowed { matter, minute, relief, standing }
            }
            Self::AppealVaried { minute, external_body } => {
                NoticeKind::AppealVaried { matter, minute, varied: Varied::NoStrike, external_body }
            }
        }
    }
}
