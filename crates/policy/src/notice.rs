//! What a member is told, as data and as plain English.
//!
//! A [`Notice`] holds no words of anybody: the excerpt and a moderator's reasons are kept under the case key and
//! join it only when it is written out as a [`Letter`]. Short sentences, no jargon, no shaming; the rule is named,
//! never the word.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::ids::CaseRef;
use crate::text::MessageText;
use crate::time::Timestamp;

/// Occasions on which a member is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeKind {
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
    },
    /// A post was removed because it quotes one that broke a rule. Never a strike.
    Quoted,
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
    /// An appeal has arrived.
    AppealReceived,
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
    /// The Executive has been asked.
    ExecutiveAsked,
}

/// One dated written communication to a member, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The occasion.
    pub kind: NoticeKind,
    /// The case it is about.
    pub case: CaseRef,
    /// What members call the group.
    pub group_name: String,
    /// Where the group's days begin and end.
    pub zone: Tz,
    /// When it was written.
    pub written_at: Timestamp,
    /// When the post was written.
    pub post_written_at: Timestamp,
    /// The heading of the rule.
    pub rule_title: String,
    /// The rule in words.
    pub rule_text: String,
    /// How many strikes count, this one included.
    pub strikes: u32,
    /// For how many months a strike counts.
    pub strike_months: u32,
    /// Until when the member can appeal.
    pub appeal_until: Timestamp,
    /// When a hidden post is to be looked at.
    pub review_due: Option<Timestamp>,
    /// Who to write to when the bot is no help.
    pub contact: String,
}

/// A text for a person, in blocks, so that each platform can set members' words apart safely.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
}

/// One block of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The bot's own words; one paragraph.
    Text(String),
    /// Somebody's words: data, never markup, mention or link.
    Quote(MessageText),
}

impl Letter {
    /// A letter of one paragraph.
    pub fn line(text: impl Into<String>) -> Self {
        Self::default().text(text)
    }

    /// The same with one paragraph more.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// The same with somebody's words set apart.
    #[must_use]
    pub fn quote(mut self, text: MessageText) -> Self {
        self.blocks.push(Block::Quote(text));
        self
    }
}
