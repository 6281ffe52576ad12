//! What notices have in common: posts, rules, steps, who decides.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::Reference;
use crate::ladder::Step;
use crate::post::PostKind;
use crate::rule::Rule;
use crate::time::Timestamp;

/// The post a notice is about, and the rule it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What sort of thing the post was.
    pub post_kind: PostKind,
    /// When it was written.
    pub post_written_at: Timestamp,
    /// The rule.
    pub rule: CitedRule,
    /// Whether its platform stopped it before anybody saw it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
}

/// A rule as it stood when it was cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitedRule {
    /// What officers type to name it.
    pub code: String,
    /// Which version of it; none in a group that does not number them.
    pub version: Option<u32>,
    /// Its heading.
    pub title: String,
    /// What it asks.
    pub text: String,
}

impl CitedRule {
    /// A rule of the rulebook, in this version of it.
    pub fn new(rule: &Rule, version: Option<u32>) -> Self {
        Self { code: rule.code.clone(), version, title: rule.title.clone(), text: rule.text.clone() }
    }
}

/// How many strikes a member has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How many count.
    pub strikes: u32,
    /// For how many months a strike counts.
    pub strike_months: u32,
    /// The step that may follow next.
    pub next: Step,
}

/// Why it is this step of the ladder and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Why {
    /// No earlier warning counts.
    First,
    /// A breach while a warning was live.
    AfterWarning {
        /// When the warning reached the member.
        served_at: Timestamp,
        /// Until when it is live.
        live_until: Timestamp,
    },
    /// A breach soon after a suspension.
    AfterSuspension {
        /// When the suspension ended.
        ended_at: Timestamp,
        /// Until when it is live.
        live_until: Timestamp,
    },
    /// The officers chose a milder step than the ladder.
    Milder {
        /// The step the ladder has.
        ladder: Step,
    },
}

/// What a sanction rests on, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grounds {
    /// The breaches.
    pub breaches: Vec<Breach>,
}

/// One breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The case of it.
    pub reference: Reference,
    /// The post and the rule.
    pub about: About,
}

/// Who agreed to a sanction. Names are in the register only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// How many agreed.
    pub signed: u32,
    /// Of how many who could have.
    pub of: u32,
    /// When the last of them did.
    pub at: Timestamp,
}

/// How a sanction can be appealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SanctionAppeal {
    /// Until when.
    pub until: Timestamp,
    /// Within how many days the Executive is to answer.
    pub answer_days: u32,
}

/// What an appeal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "matter", rename_all = "snake_case")]
pub enum Matter {
    /// A removed post.
    Post {
        /// What sort of thing it was.
        post_kind: PostKind,
        /// When it was written.
        post_written_at: Timestamp,
    },
    /// A sanction.
    Sanction {
        /// Which.
        step: Step,
    },
}

/// Who hears an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hearer {
    /// A moderator who had no part in it.
    Moderator,
    /// The moderator who decided before, because the group has no other.
    SameModerator,
    /// The Executive.
    Executive,
}

/// What follows from an appeal that was allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relief {
    /// Whether the post is put back.
    pub post_back: bool,
    /// Whether a strike is cancelled.
    pub strike_voided: bool,
    /// What becomes of a sanction.
    pub sanction: Option<Remedy>,
}

/// What becomes of a sanction that was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What it was.
    pub was: Step,
    /// What it is now; none when nothing is left of it.
    pub now: Option<Step>,
    /// Whether the member can come back because of it.
    pub lifted: bool,
}

/// What holds after an appeal that was allowed in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "varied", rename_all = "snake_case")]
pub enum Varied {
    /// A milder step.
    Reduced {
        /// What it was.
        was: Step,
        /// What it is now.
        now: Step,
    },
    /// A shorter suspension.
    Shortened {
        /// Until when.
        until: Timestamp,
    },
    /// The post stays away, without a strike.
    NoStrike,
}

/// How it came to light that something was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An appeal was right.
    Appeal,
    /// The officers looked again.
    Review,
    /// It was somebody else.
    MistakenIdentity,
}

/// Who deals with a report.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handler {
    /// The admins.
    AdminTeam,
    /// The officer named for safeguarding or legal matters.
    NamedOfficer,
    /// The Secretary.
    Secretary,
    /// The officer who stands in for the Secretary.
    Alternate,
    /// The Executive.
    Executive,
    /// A body beyond the group, by its name.
    External(String),
}

/// How a request to erase what is kept is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum ErasureAnswer {
    /// It is erased.
    Erased,
    /// Some of it is.
    PartlyErased {
        /// Until when the rest is kept.
        until: Timestamp,
    },
    /// It is kept.
    Kept {
        /// Until when.
        until: Timestamp,
    },
}

/// Files that are kept although the member asked for them to be erased, all for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFiles {
    /// Why.
    pub why: WhyKept,
    /// Which.
    pub files: Vec<Reference>,
    /// Until when, at least; the last of them.
    pub until: Timestamp,
}

/// Why a file is not erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyKept {
    /// An officer holds it, for a reason that outweighs the request.
    Held,
    /// An appeal about it is open.
    UnderAppeal,
    /// It is a sanction in force.
    InForce,
    /// It is a sanction that may still count for the next step, or be appealed.
    SanctionCounts,
    /// It is a case whose strike counts.
    StrikeCounts,
    /// A sanction that is kept rests on it.
    RestsOnIt,
    /// Something in it is still to be done.
    Open,
}

impl fmt::Display for WhyKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Held => "it is held",
            Self::UnderAppeal => "an appeal about it is open",
            Self::InForce => "the sanction is in force",
            Self::SanctionCounts => "the sanction may still count, or be appealed",
            Self::StrikeCounts => "its strike counts",
            Self::RestsOnIt => "a sanction rests on it",
            Self::Open => "something in it is still open",
        })
    }
}
