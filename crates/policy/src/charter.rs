//! Everything a group has settled for itself.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::breaker::Breaker;
use crate::canary::Canary;
use crate::cascade::Cascade;
use crate::finding::words;
use crate::ids::{GroupId, MemberId};
use crate::ladder::Ladder;
use crate::notice::{Language, TemplateText};
use crate::report::ReportClock;
use crate::retention::Retention;
use crate::role::Roster;
use crate::rule::Rulebook;
use crate::sanction::Quorums;
use crate::verdict::Policy;

/// Whether the bot acts or only watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Judges and acts.
    Live,
    /// Judges and tells the officers; members see nothing and no strike ever comes of it.
    Shadow,
}

words!(Mode { Live = "live", Shadow = "shadow" });

/// Everything a group has settled for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    /// Its key in the configuration.
    pub group: GroupId,
    /// What members call it; stands in every notice.
    pub name: String,
    /// Where its days begin and end.
    pub zone: Tz,
    /// What becomes of which words.
    pub policy: Policy,
    /// Its rules in words.
    pub rulebook: Rulebook,
    /// Its officers.
    pub roster: Roster,
    /// Whether it starts live or in shadow.
    pub mode: Mode,
    /// Who to write to when the bot is no help: the Secretary's published contact.
    pub contact: String,
    /// The body outside the group that members may turn to after the Executive.
    pub external_body: String,
    /// The numbers of the procedure.
    pub procedure: Procedure,
    /// Officers with a duty of their own.
    pub duties: Duties,
    /// Whether new members are sent the rules in private.
    pub welcome: bool,
    /// The words of its notices, where it has its own.
    pub wording: Wording,
}

/// The words of a group's notices, as they were read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    /// Which version they are, from 1; what was sent under one says the same for ever.
    pub version: u32,
    /// One text a language; none for the words that come with Beadle.
    pub texts: Vec<TemplateText>,
}

impl Wording {
    /// The version that notices are written with: 0 when there are no words but Beadle's own.
    pub fn in_force(&self) -> u32 {
        if self.texts.is_empty() { 0 } else { self.version }
    }

    /// What there is in this language; empty when it is Beadle's own.
    pub fn text(&self, language: Language) -> &str {
        self.texts.iter().find(|text| text.language == language).map_or("", |text| &text.text)
    }
}

/// Officers with a duty of their own. Where there is none, the Secretary has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Duties {
    /// Takes the Secretary's place where the Secretary has a part in the matter; otherwise the Executive does.
    pub alternate: Option<MemberId>,
    /// Is told at once when somebody may be in danger.
    pub safeguarding: Option<MemberId>,
    /// Is told at once when something may go to court.
    pub legal: Option<MemberId>,
}

/// The numbers of the procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Procedure {
    /// How soon what is to be done, and for how long it can be appealed.
    pub periods: Periods,
    /// How long the steps last and count.
    pub ladder: Ladder,
    /// How many officers sign.
    pub quorums: Quorums,
    /// How soon reports are answered.
    pub reports: ReportClock,
    /// How long what is kept.
    pub retention: Retention,
    /// How alike a post has to be to go with a removed one.
    pub cascade: Cascade,
    /// How many removals are too many.
    pub breaker: Breaker,
    /// How often is tried whether the group is heard.
    pub canary: Canary,
}

/// How soon what is to be done, and for how long it can be appealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// How long a strike counts, in months from the post; 12 by default.
    pub strike_months: u32,
    /// How soon a hidden post is to be looked at, in days; 3 by default.
    pub review_days: u32,
    /// How long a removal can be appealed, in months from the notice; 6 by default.
    ///
    /// A strike can be appealed as long as it counts, even if this is shorter.
    pub appeal_months: u32,
    /// How long a member may give their side before officers sign, in days; 7 by default, at least 3.
    pub hearing_days: u32,
    /// Whether a member is heard before a warning too; they always are before the heavier steps. Yes by default.
    pub hearing_before_warning: bool,
    /// How soon officers are to sign or decline, in days; 5 by default.
    pub signing_days: u32,
    /// How soon a moderator is to decide an appeal, in days; 5 by default. Then it goes to the Executive by itself.
    pub appeal_days: u32,
    /// How soon the Executive should decide, in days; 28 by default.
    pub executive_days: u32,
    /// How often the member hears that the Executive still has the appeal, in days; 14 by default.
    pub progress_days: u32,
    /// How long one moderator may mute somebody, in hours; 72 by default.
    pub mute_hours: u32,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            strike_months: 12,
            review_days: 3,
            appeal_months: 6,
            hearing_days: 7,
            hearing_before_warning: true,
            signing_days: 5,
            appeal_days: 5,
            executive_days: 28,
            progress_days: 14,
            mute_hours: 72,
        }
    }
}
