//! Warning, suspension, expulsion: which step follows for a member.
//!
//! A pure fold over what counts: strikes that were not voided and sanctions that were signed. It only ever proposes;
//! people decide, and may choose less. What lowers a step takes effect by itself ([`Ladder::replay`]); nothing raises
//! one. The rules are those of the branch procedures Beadle is made for: a warning, then 30 days, then for good, with
//! twelve months in which a further breach counts.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::finding::words;
use crate::ids::{PlatformId, Reference};
use crate::time::Timestamp;

/// A step of the ladder, lighter ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A written warning.
    Warning,
    /// Shut out for some days.
    Suspension,
    /// Shut out for good.
    Expulsion,
}

words!(Step { Warning = "warning", Suspension = "suspension", Expulsion = "expulsion" });

impl Step {
    /// The word for it with its article, for sentences.
    pub fn one(self) -> &'static str {
        match self {
            Self::Warning => "a warning",
            Self::Suspension => "a suspension",
            Self::Expulsion => "an expulsion",
        }
    }
}

/// One strike that was not voided, as the ladder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The case it belongs to.
    pub case: Reference,
    /// When the post was written.
    pub conduct_at: Timestamp,
    /// Where it was written.
    pub platform: PlatformId,
    /// The sanctions that do not count against it: they were imposed on another account of the person, of which it was
    /// only known after the breach that it is theirs.
    pub blind: BTreeSet<Reference>,
}

/// One signed sanction that was not voided, as the ladder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imposed {
    /// The sanction.
    pub sanction: Reference,
    /// The step it is now.
    pub step: Step,
    /// Where it bites. Breaches count everywhere, a suspension shuts out of one platform.
    pub platform: PlatformId,
    /// The cases it rests on.
    pub basis: BTreeSet<Reference>,
    /// When the officers had signed it.
    pub signed_at: Timestamp,
    /// Since when it is in force; none for a warning that has not arrived.
    pub since: Option<Timestamp>,
    /// When a suspension ends or ended, whichever is earlier.
    pub until: Option<Timestamp>,
    /// Whether the sanction it followed is no longer kept, so that its place on the ladder cannot be reckoned again.
    pub earlier_is_gone: bool,
}

/// How long the steps last and how long they are held against somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// For how many months after it was served a warning makes the next breach a suspension; 12 by default.
    pub warning_months: u32,
    /// How many days a suspension lasts; 30 by default.
    pub suspension_days: u32,
    /// For how many months after its end a suspension makes the next breach an expulsion; 12 by default.
    pub suspension_months: u32,
}

impl Default for Ladder {
    fn default() -> Self {
        Self { warning_months: 12, suspension_days: 30, suspension_months: 12 }
    }
}

/// What one breach leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// A step to be proposed.
    Propose {
        /// Which.
        step: Step,
        /// Why it is this one.
        because: Because,
    },
    /// The member is shut out of that platform already: it is put on record and changes nothing.
    Record {
        /// The sanction that shuts them out.
        sanction: Reference,
    },
}

/// Why a step is the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Because {
    /// Nothing counts against the member yet.
    First,
    /// It happened while a warning was live.
    Warned {
        /// The warning.
        sanction: Reference,
        /// When it had been served.
        since: Timestamp,
        /// The last moment at which it is held against them.
        until: Timestamp,
    },
    /// It happened within so many months of a suspension's end.
    Suspended {
        /// The suspension.
        sanction: Reference,
        /// When it had ended.
        since: Timestamp,
        /// The last moment at which it is held against them.
        until: Timestamp,
    },
}

/// The step that the ladder proposes now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub step: Step,
    /// Why it is this one.
    pub because: Because,
    /// Where it would bite.
    pub platform: PlatformId,
    /// The cases it rests on: several before a sanction is served are one matter.
    pub basis: BTreeSet<Reference>,
}

/// What becomes of a sanction whose grounds have gone. Never heavier than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// It no longer counts at all.
    Void,
    /// It becomes a lighter step.
    To(Step),
}

impl Ladder {
    /// What a breach leads to, given the sanctions that count.
    ///
    /// Whoever is shut out of that platform does not climb by it, whatever else is held against them: an account of
    /// theirs that is still inside is shut out as well, and that is all.
    pub fn next(&self, breach: &Breach, imposed: &[Imposed], zone: Tz) -> Next {
        let at = breach.conduct_at;
        let counts = |sanction: &&Imposed| !breach.blind.contains(&sanction.sanction);
        let here = |sanction: &&Imposed| sanction.platform == breach.platform;
        if let Some(expulsion) =
            imposed.iter().filter(counts).filter(here).find(|one| one.step == Step::Expulsion)
        {
            return Next::Record { sanction: expulsion.sanction };
        }
        let running = imposed.iter().filter(counts).filter(here).find(|one| {
            one.step == Step::Suspension
                && one.since.is_some_and(|since| since <= at)
                && one.until.is_none_or(|until| at <= until)
        });
        if let Some(running) = running {
            return Next::Record { sanction: running.sanction };
        }
        let suspended = imposed.iter().filter(counts).filter(|one| one.step == Step::Suspension);
        let ended = latest(suspended.filter_map(|one| {
            let end = one.until.filter(|&end| end < at)?;
            Some((one.sanction, end, end.window_end(self.suspension_months, zone)))
        }));
        if let Some((sanction, since, until)) = ended.filter(|&(_, _, until)| at <= until) {
            let because = Because::Suspended { sanction, since, until };
            return Next::Propose { step: Step::Expulsion, because };
        }
        let served = imposed.iter().filter(counts).filter(|one| one.step == Step::Warning);
        let warned = latest(served.filter_map(|one| {
            let served = one.since.filter(|&served| served < at)?;
            Some((one.sanction, served, served.window_end(self.warning_months, zone)))
        }));
        match warned.filter(|&(_, _, until)| at <= until) {
            Some((sanction, since, until)) => {
                Next::Propose { step: Step::Suspension, because: Because::Warned { sanction, since, until } }
            }
            None => Next::Propose { step: Step::Warning, because: Because::First },
        }
    }

    /// The step to propose now, or none. `breaches` are the strikes that count now.
    ///
    /// Strikes that a sanction rests on, or that were earned before one was served, are dealt with: whoever has not
    /// been told yet has not been told in vain. All others are one matter, of the heaviest step one of them leads to.
    pub fn propose(&self, breaches: &[Breach], imposed: &[Imposed], zone: Tz) -> Option<Proposal> {
        let mut open: Vec<&Breach> =
            breaches.iter().filter(|breach| !imposed.iter().any(|one| one.deals_with(breach))).collect();
        open.sort_by_key(|breach| (breach.conduct_at, breach.case));
        let proposed = open.iter().filter_map(|breach| match self.next(breach, imposed, zone) {
            Next::Propose { step, because } => Some((*breach, step, because)),
            Next::Record { .. } => None,
        });
        let proposed: Vec<_> = proposed.collect();
        // Of equals the last, where the member was seen last.
        let &(breach, step, because) = proposed.iter().max_by_key(|&&(_, step, _)| step)?;
        let basis = proposed.iter().map(|(breach, ..)| breach.case).collect();
        Some(Proposal { step, because, platform: breach.platform.clone(), basis })
    }

    /// What has to be taken back of the sanctions, given the strikes that were not voided, whether spent or not:
    /// the ladder is walked again, and whatever is now heavier than it allows is reduced. In order of signing.
    pub fn replay(&self, breaches: &[Breach], imposed: &[Imposed], zone: Tz) -> Vec<(Reference, Reduction)> {
        let mut in_order: Vec<&Imposed> = imposed.iter().collect();
        in_order.sort_by_key(|one| (one.signed_at, one.sanction));
        let mut standing: Vec<Imposed> = Vec::with_capacity(in_order.len());
        let mut reductions = Vec::new();
        for one in in_order {
            let grounds = breaches.iter().filter(|breach| one.basis.contains(&breach.case));
            let grounds: Vec<_> = grounds.cloned().collect();
            // What it followed had its time and was purged. It was signed on that, and nothing has fallen since.
            if one.earlier_is_gone && !grounds.is_empty() {
                standing.push(one.clone());
                continue;
            }
            match self.propose(&grounds, &standing, zone).map(|proposal| proposal.step) {
                None => reductions.push((one.sanction, Reduction::Void)),
                Some(step) if step < one.step => {
                    reductions.push((one.sanction, Reduction::To(step)));
                    standing.push(self.reduced(one, step, zone));
                }
                Some(_) => standing.push(one.clone()),
            }
        }
        reductions
    }

    /// When a suspension that begins at `since` ends: the same time of day so many days later, never early.
    pub fn suspension_end(&self, since: Timestamp, zone: Tz) -> Timestamp {
        since.plus_days(self.suspension_days, zone)
    }

    /// A sanction made lighter. A warning counts from when *it* is served, so not yet; of a suspension the time that
    /// was served is credited.
    pub fn reduced(&self, one: &Imposed, step: Step, zone: Tz) -> Imposed {
        let (since, until) = match step {
            Step::Warning => (None, None),
            Step::Suspension => (one.since, one.since.map(|since| self.suspension_end(since, zone))),
            Step::Expulsion => (one.since, one.until),
        };
        Imposed { step, since, until, ..one.clone() }
    }
}

impl Imposed {
    /// Whether a breach is dealt with by this sanction: it rests on it, or the breach came before the member was told.
    fn deals_with(&self, breach: &Breach) -> bool {
        let later = || self.since.is_none_or(|since| breach.conduct_at <= since);
        self.basis.contains(&breach.case) || !breach.blind.contains(&self.sanction) && later()
    }
}

/// The one that is held against somebody longest.
fn latest(
    windows: impl Iterator<Item = (Reference, Timestamp, Timestamp)>,
) -> Option<(Reference, Timestamp, Timestamp)> {
    windows.max_by_key(|&(sanction, _, until)| (until, sanction))
}

#[cfg(test)]
mod tests;
