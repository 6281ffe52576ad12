//! A member's request to reverse a case or a sanction.
//!
//! A case is heard by a moderator first, a sanction by the Executive at once. What nobody decides in time goes up by
//! itself; the Executive's word is the last inside the group, and a body outside stands beyond it. An appeal is
//! *accepted* or *dismissed* by a moderator, *allowed*, *varied* or *dismissed* by the Executive.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::case::{Case, State};
use crate::charter::Periods;
use crate::deadline::{Deadline, DeadlineKind};
use crate::finding::words;
use crate::ids::{MemberId, Reference};
use crate::ladder::Step;
use crate::person::{Conflict, Parties, Persons};
use crate::role::{Role, Roster};
use crate::sanction::{Sanction, SanctionState};
use crate::time::Timestamp;

/// What is appealed.
#[derive(Debug, Clone, Copy)]
pub enum Contested<'a> {
    /// A removal, and the strike that came of it.
    Case(&'a Case),
    /// A step of the ladder.
    Sanction(&'a Sanction),
}

/// A member's request to reverse a case or a sanction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// When it was lodged.
    pub lodged_at: Timestamp,
    /// Where it stands.
    pub state: AppealState,
}

/// Where an appeal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AppealState {
    /// A moderator is to decide.
    Lodged {
        /// By when; then it goes to the Executive by itself.
        due: Timestamp,
    },
    /// The moderator said yes.
    Accepted {
        /// Who decided.
        by: MemberId,
        /// When.
        at: Timestamp,
    },
    /// The moderator said no; the Executive is next.
    Dismissed {
        /// Who decided.
        by: MemberId,
        /// When.
        at: Timestamp,
    },
    /// The Executive is to decide.
    Executive {
        /// Since when.
        since: Timestamp,
        /// How it came there.
        came: Came,
    },
    /// The Executive has decided.
    Settled {
        /// Who recorded it.
        by: MemberId,
        /// When.
        at: Timestamp,
        /// What was decided.
        ruling: FinalRuling,
        /// Where it is minuted.
        minute: String,
    },
    /// The member took it back.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// A body outside the group has it: the file is frozen.
    External {
        /// When.
        at: Timestamp,
    },
}

/// How an appeal came before the Executive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// The member was not content with the moderator's answer.
    Asked,
    /// No moderator answered in time.
    Overdue,
    /// It is about a sanction, which the Executive hears at once.
    Directly,
    /// It came too late, and the Executive decides whether to hear it.
    Late,
}

words!(Came { Asked = "asked", Overdue = "overdue", Directly = "directly", Late = "late" });

/// What a moderator decides about an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The post goes back and no strike counts.
    Accept,
    /// The removal stands.
    Dismiss,
}

words!(Ruling { Accept = "accept", Dismiss = "dismiss" });

/// What the Executive decides about an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "ruling", content = "to", rename_all = "snake_case")]
pub enum FinalRuling {
    /// What was appealed is void, as if it had never been.
    Allowed,
    /// A sanction becomes this lighter one.
    Reduced(Step),
    /// The post stays away, and no strike counts.
    NoStrike,
    /// It stands.
    Dismissed,
    /// It came too late and is not heard.
    NotAdmitted,
}

impl FinalRuling {
    /// Whether the Executive looked at the matter and found that there was a breach.
    pub fn upholds(self) -> bool {
        match self {
            Self::Dismissed | Self::Reduced(_) => true,
            Self::Allowed | Self::NoStrike | Self::NotAdmitted => false,
        }
    }
}

impl AppealState {
    /// Whether the Executive looked at the matter and found that there was a breach, which is final in the group.
    pub fn is_upheld(&self) -> bool {
        matches!(self, Self::Settled { ruling, .. } if ruling.upholds())
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Lodged { .. } => "lodged",
            Self::Accepted { .. } => "accepted",
            Self::Dismissed { .. } => "dismissed",
            Self::Executive { .. } => "executive",
            Self::Settled { .. } => "settled",
            Self::Withdrawn { .. } => "withdrawn",
            Self::External { .. } => "external",
        }
    }

    /// Whether somebody in the group is still to decide. Until then nothing heavier may rest on what is appealed.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Lodged { .. } | Self::Executive { .. } => true,
            Self::Accepted { .. }
            | Self::Dismissed { .. }
            | Self::Settled { .. }
            | Self::Withdrawn { .. }
            | Self::External { .. } => false,
        }
    }

    /// What falls due while it stands so, counted from when it came to stand so: `since`.
    pub fn deadlines(&self, since: Timestamp, periods: Periods, zone: Tz) -> Vec<Deadline> {
        match self {
            Self::Lodged { due } => {
                let days = [2, 1].into_iter().filter_map(|before| periods.appeal_days.checked_sub(before));
                let reminders = days.filter(|&day| day > 0).map(|day| Deadline {
                    kind: DeadlineKind::AppealReminder,
                    due: since.noon_after(day, zone),
                });
                reminders.chain([Deadline { kind: DeadlineKind::AppealDue, due: *due }]).collect()
            }
            Self::Executive { .. } => vec![
                Deadline {
                    kind: DeadlineKind::AppealProgress,
                    due: since.noon_after(periods.progress_days, zone),
                },
                Deadline {
                    kind: DeadlineKind::AppealLate,
                    due: since.end_of_day_after(periods.executive_days, zone),
                },
            ],
            Self::Accepted { .. }
            | Self::Dismissed { .. }
            | Self::Settled { .. }
            | Self::Withdrawn { .. }
            | Self::External { .. } => Vec::new(),
        }
    }
}

/// Why an appeal cannot be lodged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotAppeal {
    /// Nothing was removed, or it was put back.
    #[error("the post has not been removed, so there is nothing to appeal")]
    NothingRemoved,
    /// The sanction is not decided: the member gives their side instead.
    #[error("nothing is decided yet; you can give your side with `reply`")]
    NothingDecided,
    /// It was taken back.
    #[error("it has been taken back, so there is nothing to appeal")]
    Void,
    /// It waits for a decision.
    #[error("your appeal is with the moderators already; they will answer you here")]
    AlreadyLodged,
    /// It waits for the Executive.
    #[error("your appeal is with the Executive already; they will answer you")]
    AlreadyExecutive,
    /// Nothing inside the group comes after the Executive.
    #[error("the Executive has decided, and that is final in the group")]
    Final,
    /// A body outside the group has it.
    #[error("a body outside the group has it; nothing more is decided here")]
    Frozen,
    /// The Executive has decided about a sanction that rests on it.
    #[error("the Executive has decided about {0}, which rests on it, and that is final in the group")]
    FinalAbove(Reference),
}

impl Contested<'_> {
    /// What people call it.
    pub fn reference(&self) -> Reference {
        match self {
            Self::Case(case) => case.reference,
            Self::Sanction(sanction) => sanction.reference,
        }
    }

    /// Whom it is about.
    pub fn subject(&self) -> &MemberId {
        match self {
            Self::Case(case) => &case.post.author,
            Self::Sanction(sanction) => &sanction.member,
        }
    }

    /// When the window to appeal closes: so many months after it was decided, and never before it stops counting.
    pub fn closes_at(&self, periods: Periods, zone: Tz) -> Timestamp {
        match self {
            Self::Case(case) => {
                let window = case.since.window_end(periods.appeal_months, zone);
                let spent = case.post.written_at.window_end(periods.strike_months, zone);
                if case.counts { window.max(spent) } else { window }
            }
            Self::Sanction(sanction) => {
                let decided = sanction.imposed().map_or(sanction.formed_at, |imposed| {
                    imposed.until.or(imposed.since).unwrap_or(imposed.signed_at)
                });
                decided.window_end(periods.appeal_months, zone)
            }
        }
    }

    fn is_decided(&self) -> Result<(), CannotAppeal> {
        match self {
            Self::Case(case) => match case.state {
                State::Hidden { .. } | State::Removed => Ok(()),
                State::Watched { .. } | State::Flagged | State::Dismissed | State::Restored => {
                    Err(CannotAppeal::NothingRemoved)
                }
            },
            Self::Sanction(sanction) => match sanction.state {
                SanctionState::Unserved { .. } | SanctionState::Live { .. } | SanctionState::Ended { .. } => {
                    Ok(())
                }
                SanctionState::Hearing { .. } | SanctionState::Signing { .. } => {
                    Err(CannotAppeal::NothingDecided)
                }
                SanctionState::Declined | SanctionState::Withdrawn | SanctionState::Void => {
                    Err(CannotAppeal::Void)
                }
            },
        }
    }
}

/// Where an appeal lodged now would stand, after the `earlier` one if there was one. `above` is a sanction that rests on
/// what is appealed and that the Executive upheld: then this was upheld with it.
///
/// # Errors
/// When there is nothing to appeal, it is being heard, or nobody in the group is left to hear it.
pub fn lodge(
    contested: &Contested<'_>,
    earlier: Option<&Appeal>,
    above: Option<Reference>,
    periods: Periods,
    zone: Tz,
    now: Timestamp,
) -> Result<AppealState, CannotAppeal> {
    contested.is_decided()?;
    if let Some(above) = above {
        return Err(CannotAppeal::FinalAbove(above));
    }
    let executive = |came| AppealState::Executive { since: now, came };
    let late = now > contested.closes_at(periods, zone);
    match earlier.map(|appeal| &appeal.state) {
        Some(AppealState::Lodged { .. }) => Err(CannotAppeal::AlreadyLodged),
        Some(AppealState::Executive { .. }) => Err(CannotAppeal::AlreadyExecutive),
        Some(AppealState::Settled { .. }) => Err(CannotAppeal::Final),
        Some(AppealState::External { .. }) => Err(CannotAppeal::Frozen),
        None
        | Some(
            AppealState::Dismissed { .. } | AppealState::Accepted { .. } | AppealState::Withdrawn { .. },
        ) if late => Ok(executive(Came::Late)),
        Some(AppealState::Dismissed { .. }) => Ok(executive(Came::Asked)),
        None | Some(AppealState::Accepted { .. } | AppealState::Withdrawn { .. }) => match contested {
            Contested::Case(_) => {
                Ok(AppealState::Lodged { due: now.end_of_day_after(periods.appeal_days, zone) })
            }
            Contested::Sanction(_) => Ok(executive(Came::Directly)),
        },
    }
}

/// The appeal before the Executive, once no moderator has answered it in time; nothing while there is time.
pub fn overdue(appeal: &Appeal, now: Timestamp) -> Option<AppealState> {
    match appeal.state {
        AppealState::Lodged { due } if due < now => {
            Some(AppealState::Executive { since: now, came: Came::Overdue })
        }
        AppealState::Lodged { .. }
        | AppealState::Accepted { .. }
        | AppealState::Dismissed { .. }
        | AppealState::Executive { .. }
        | AppealState::Settled { .. }
        | AppealState::Withdrawn { .. }
        | AppealState::External { .. } => None,
    }
}

/// Who hears an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hearing {
    /// Somebody who had no part in the decision.
    Fresh,
    /// The moderator who decided, because the group has no other; the member is told so.
    SameModerator,
}

/// Why this officer may not hear this appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotHear {
    /// Nobody judges their own matter.
    #[error("it is your own post: another moderator decides")]
    OwnPost,
    /// Nor one they have a part in.
    #[error("you have a part in this matter ({0}), so others decide it")]
    Conflicted(Conflict),
    /// Another officer is there to do it.
    #[error("you took the decision under appeal: another moderator decides")]
    OwnDecision,
    /// The Executive decides it.
    #[error("the Executive decides this, in the persons of those who had no part in it")]
    NotOnThePanel,
}

/// Whether `moderator` may hear an appeal at the first tier, about which the `deciders` have decided before: not in a
/// matter they have a part in, and not a decision they took as long as there is a moderator who did not.
///
/// # Errors
/// When they have a part in it, or somebody else can hear it.
pub fn hearing(
    parties: &Parties,
    deciders: &[MemberId],
    moderator: &MemberId,
    roster: &Roster,
    persons: &Persons,
) -> Result<Hearing, CannotHear> {
    match parties.conflict(moderator, persons) {
        Some(Conflict::Subject) => return Err(CannotHear::OwnPost),
        Some(conflict) => return Err(CannotHear::Conflicted(conflict)),
        None => {}
    }
    let decided = |officer: &MemberId| deciders.iter().any(|decider| persons.same(decider, officer));
    if !decided(moderator) {
        return Ok(Hearing::Fresh);
    }
    let mut others = roster.holders(Role::Moderator);
    let someone_fresh = others.any(|other| parties.conflict(other, persons).is_none() && !decided(other));
    if someone_fresh { Err(CannotHear::OwnDecision) } else { Ok(Hearing::SameModerator) }
}

/// Who sits on the Executive's panel: those without a part in it who decided nothing about it before. Where that leaves
/// nobody, the body outside the group is next.
pub fn panel(parties: &Parties, deciders: &[MemberId], roster: &Roster, persons: &Persons) -> Vec<MemberId> {
    let fresh = |officer: &&MemberId| {
        parties.conflict(officer, persons).is_none()
            && !deciders.iter().any(|decider| persons.same(decider, officer))
    };
    roster.holders(Role::Executive).filter(fresh).cloned().collect()
}

/// Who can hand an appeal to the body outside the group when nobody is left to sit on the panel: officers who may, have
/// no part in it and decided nothing about it before. The Secretary first, then the alternate, the Executive and the
/// other admins.
pub fn hands_on(
    parties: &Parties,
    deciders: &[MemberId],
    roster: &Roster,
    alternate: Option<&MemberId>,
    persons: &Persons,
) -> Vec<MemberId> {
    let may = |officer: &&MemberId| {
        (roster.holds(officer, Role::Admin) || roster.holds(officer, Role::Executive))
            && parties.conflict(officer, persons).is_none()
            && !deciders.iter().any(|decider| persons.same(decider, officer))
    };
    let in_turn: [Vec<MemberId>; 4] = [
        roster.holders(Role::Secretary).filter(may).cloned().collect(),
        alternate.into_iter().filter(may).cloned().collect(),
        roster.holders(Role::Executive).filter(may).cloned().collect(),
        roster.holders(Role::Admin).filter(may).cloned().collect(),
    ];
    in_turn.into_iter().find(|officers| !officers.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
