//! A member's complaint: answered within days, and by its own clock passed upwards when nobody answers.
//!
//! Reports never act by their number: however many there are, people look at one after the other.

mod desk;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::deadline::{Deadline, DeadlineKind};
use crate::finding::words;
use crate::ids::{MemberId, PostId, Reference};
use crate::time::Timestamp;

pub use desk::{Desk, Turn};

/// What a report is about, in the words of the procedures Beadle is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Complaint {
    /// Insults, threats, shaming.
    Abuse,
    /// Unwelcome contact again and again.
    Harassment,
    /// Attacks on people for who they are.
    Discrimination,
    /// Something untrue or misleading.
    Inaccurate,
    /// Something inappropriate of another kind.
    Inappropriate,
    /// Advertising and repetition.
    Spam,
    /// Something that looks like a trick or a fraud.
    Suspicious,
    /// Somebody's private information.
    Privacy,
    /// Somebody may be in danger.
    Safeguarding,
    /// Libel, copyright, anything that may bring the group before a court.
    Legal,
    /// How the group handles personal data.
    DataProtection,
    /// What moderators did or did not do.
    Moderation,
}

words!(Complaint {
    Abuse = "abuse",
    Harassment = "harassment",
    Discrimination = "discrimination",
    Inaccurate = "inaccurate",
    Inappropriate = "inappropriate",
    Spam = "spam",
    Suspicious = "suspicious",
    Privacy = "privacy",
    Safeguarding = "safeguarding",
    Legal = "legal",
    DataProtection = "data-protection",
    Moderation = "moderation",
});

/// How a report travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The admin team answers within days.
    Ordinary,
    /// The named officer is told at once, and nobody else sees it.
    Safeguarding,
    /// The named officer is told at once; the clock runs in hours.
    Legal,
    /// Answered within the days the law gives.
    DataProtection,
}

impl Complaint {
    /// The lane it takes.
    pub fn lane(self) -> Lane {
        match self {
            Self::Safeguarding => Lane::Safeguarding,
            Self::Legal => Lane::Legal,
            Self::DataProtection => Lane::DataProtection,
            Self::Abuse
            | Self::Harassment
            | Self::Discrimination
            | Self::Inaccurate
            | Self::Inappropriate
            | Self::Spam
            | Self::Suspicious
            | Self::Privacy
            | Self::Moderation => Lane::Ordinary,
        }
    }
}

/// What a report points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum About {
    /// A post.
    Post {
        /// Which.
        post: PostId,
        /// Who wrote it.
        author: MemberId,
    },
    /// A person.
    Member {
        /// Whom.
        member: MemberId,
    },
    /// A case or a sanction, or the moderation as such.
    Moderation {
        /// The file, if one was named.
        file: Option<Reference>,
    },
}

impl About {
    /// The word for what it points at.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Post { .. } => "post",
            Self::Member { .. } => "member",
            Self::Moderation { .. } => "moderation",
        }
    }

    /// Whether a second report about `other` would say nothing new. Of the moderation as such there may be much to say.
    pub fn repeats(&self, other: &Self) -> bool {
        self == other && *self != Self::Moderation { file: None }
    }

    /// The member it is about, if it is about one.
    pub fn subject(&self) -> Option<&MemberId> {
        match self {
            Self::Post { author, .. } => Some(author),
            Self::Member { member } => Some(member),
            Self::Moderation { .. } => None,
        }
    }
}

/// A member's complaint. Who brought it is kept elsewhere, under a key of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What people call it.
    pub reference: Reference,
    /// What it is about.
    pub complaint: Complaint,
    /// What it points at.
    pub about: About,
    /// When it came in.
    pub received_at: Timestamp,
    /// Where it stands.
    pub state: ReportState,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReportState {
    /// Somebody is to answer it.
    Open {
        /// Whose turn it is.
        tier: Tier,
        /// By when.
        due: Timestamp,
    },
    /// It was answered.
    Answered {
        /// By whom it was answered.
        tier: Tier,
        /// What came of it.
        outcome: Outcome,
        /// When.
        at: Timestamp,
    },
    /// An outside body took it: the file is frozen.
    External {
        /// When.
        at: Timestamp,
    },
}

impl ReportState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Answered { .. } => "answered",
            Self::External { .. } => "external",
        }
    }
}

/// Whose turn a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The admin team, or the named officer of its lane.
    Admins,
    /// The Secretary, or the alternate where the Secretary has a part in it.
    Secretary,
    /// The Executive Committee. Nothing inside the group comes after it.
    Executive,
}

words!(Tier { Admins = "admins", Secretary = "secretary", Executive = "executive" });

impl Tier {
    /// The next tier up; none above the Executive.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Admins => Some(Self::Secretary),
            Self::Secretary => Some(Self::Executive),
            Self::Executive => None,
        }
    }
}

/// What came of a report, as its reporter is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Something was done about it. What, is the other member's affair.
    Acted,
    /// It broke no rule.
    NoBreach,
    /// Those concerned were given advice.
    Advice,
    /// Those concerned came to terms.
    Mediated,
    /// It went to the platform, the police or another body.
    Referred,
}

words!(Outcome {
    Acted = "acted",
    NoBreach = "no-breach",
    Advice = "advice",
    Mediated = "mediated",
    Referred = "referred",
});

/// How long the tiers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportClock {
    /// Days for each tier to answer; 5 by default. A day counts in full, and the last one ends at midnight.
    pub answer_days: u32,
    /// Hours for the named officer to answer what may go to court; 48 by default.
    pub legal_hours: u32,
    /// Days to answer about personal data; 30 by default.
    pub data_protection_days: u32,
}

impl Default for ReportClock {
    fn default() -> Self {
        Self { answer_days: 5, legal_hours: 48, data_protection_days: 30 }
    }
}

impl ReportClock {
    /// By when a report of this lane is due that came before this tier at `since`.
    pub fn due(self, lane: Lane, tier: Tier, since: Timestamp, zone: Tz) -> Timestamp {
        match (lane, tier) {
            (Lane::Legal, Tier::Admins) => since.plus_seconds(i64::from(self.legal_hours) * 60 * 60),
            (Lane::DataProtection, Tier::Admins) => since.end_of_day_after(self.data_protection_days, zone),
            _ => since.end_of_day_after(self.answer_days, zone),
        }
    }

    /// When those whose turn it is are reminded: two days and one day before it is due, at noon. None in lanes whose
    /// officer was told at once to act at once.
    pub fn reminders(self, lane: Lane, tier: Tier, since: Timestamp, zone: Tz) -> Vec<Timestamp> {
        let days = match (lane, tier) {
            (Lane::Legal, Tier::Admins) => return Vec::new(),
            (Lane::DataProtection, Tier::Admins) => self.data_protection_days,
            _ => self.answer_days,
        };
        [2, 1]
            .into_iter()
            .filter_map(|before| days.checked_sub(before))
            .filter(|&day| day > 0)
            .map(|day| since.noon_after(day, zone))
            .collect()
    }

    /// What falls due of a report that came before this tier at `since`.
    pub fn deadlines(self, lane: Lane, tier: Tier, since: Timestamp, zone: Tz) -> Vec<Deadline> {
        let reminders = self.reminders(lane, tier, since, zone).into_iter();
        let due = self.due(lane, tier, since, zone);
        reminders
            .map(|due| Deadline { kind: DeadlineKind::ReportReminder, due })
            .chain([Deadline { kind: DeadlineKind::ReportDue, due }])
            .collect()
    }
}

/// Why a report cannot be answered or passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotMove {
    /// It was answered.
    #[error("it was answered already")]
    Answered,
    /// An outside body has it.
    #[error("it is with an outside body, so the file is frozen")]
    Frozen,
    /// There is nobody above.
    #[error("the Executive has answered; an outside body is next")]
    NothingAbove,
    /// It waits for an answer that is not late.
    #[error("it still waits for its answer")]
    NotYet,
}

impl Report {
    /// The report once it is answered.
    ///
    /// # Errors
    /// When it is closed.
    pub fn answered(&self, outcome: Outcome, now: Timestamp) -> Result<Self, CannotMove> {
        match self.state {
            ReportState::Open { tier, .. } => {
                Ok(Self { state: ReportState::Answered { tier, outcome, at: now }, ..self.clone() })
            }
            ReportState::Answered { .. } => Err(CannotMove::Answered),
            ReportState::External { .. } => Err(CannotMove::Frozen),
        }
    }

    /// The report before the next tier, because its time ran out unanswered.
    ///
    /// # Errors
    /// When it is not late, is closed, or stands before the Executive: there the lateness is said, and goes on.
    pub fn overdue(&self, clock: ReportClock, now: Timestamp, zone: Tz) -> Result<Self, CannotMove> {
        match self.state {
            ReportState::Open { due, .. } if now <= due => Err(CannotMove::NotYet),
            ReportState::Open { tier, .. } => self.before(tier.next(), clock, now, zone),
            ReportState::Answered { .. } => Err(CannotMove::Answered),
            ReportState::External { .. } => Err(CannotMove::Frozen),
        }
    }

    /// The report before the next tier, because its reporter is not content with the answer.
    ///
    /// # Errors
    /// When it was not answered yet, or the Executive has.
    pub fn contested(&self, clock: ReportClock, now: Timestamp, zone: Tz) -> Result<Self, CannotMove> {
        match self.state {
            ReportState::Answered { tier, .. } => self.before(tier.next(), clock, now, zone),
            ReportState::Open { .. } => Err(CannotMove::NotYet),
            ReportState::External { .. } => Err(CannotMove::Frozen),
        }
    }

    /// The report as it stands before this tier from `now` on.
    #[must_use]
    pub fn raised(&self, tier: Tier, clock: ReportClock, now: Timestamp, zone: Tz) -> Self {
        let due = clock.due(self.complaint.lane(), tier, now, zone);
        Self { state: ReportState::Open { tier, due }, ..self.clone() }
    }

    /// The report with an outside body, because nobody in the group can deal with it.
    #[must_use]
    pub fn beyond(&self, now: Timestamp) -> Self {
        Self { state: ReportState::External { at: now }, ..self.clone() }
    }

    /// The tier it has reached; nothing once an outside body has it, and none answered.
    pub fn tier(&self) -> Option<Tier> {
        match self.state {
            ReportState::Open { tier, .. } | ReportState::Answered { tier, .. } => Some(tier),
            ReportState::External { .. } => None,
        }
    }

    fn before(
        &self,
        tier: Option<Tier>,
        clock: ReportClock,
        now: Timestamp,
        zone: Tz,
    ) -> Result<Self, CannotMove> {
        Ok(self.raised(tier.ok_or(CannotMove::NothingAbove)?, clock, now, zone))
    }
}

#[cfg(test)]
mod tests;
