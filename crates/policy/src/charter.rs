//! Everything a group has settled for itself.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::finding::words;
use crate::ids::GroupId;
use crate::role::Roster;
use crate::rule::Rulebook;
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
}

/// The numbers of the procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Procedure {
    /// How soon what is to be done, and for how long it can be appealed.
    pub periods: Periods,
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
    /// How soon a moderator is to decide an appeal, in days; 5 by default. Then it goes to the Executive by itself.
    pub appeal_days: u32,
    /// How soon the Executive should decide, in days; 28 by default.
    pub executive_days: u32,
    /// How often the member hears that the Executive still has the appeal, in days; 14 by default.
    pub progress_days: u32,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            strike_months: 12,
            review_days: 3,
            appeal_months: 6,
            appeal_days: 5,
            executive_days: 28,
            progress_days: 14,
        }
    }
}
