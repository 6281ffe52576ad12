//! A sanction from proposal to end: the member is heard, officers sign, it is served, and it ends or is taken back.
//!
//! People decide: the ladder proposes, and nothing becomes a sanction without the signatures it needs, from distinct
//! persons who have no part in the matter, who opened the evidence as it stands and say why. They may choose less than
//! is proposed, never more.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::ids::{MemberId, PlatformId, Reference};
use crate::ladder::{Because, Imposed, Ladder, Proposal, Step};
use crate::person::{Conflict, Parties, Persons};
use crate::role::{Role, Roster};
use crate::time::Timestamp;

/// How many characters a reason for signing or declining has at least.
pub const REASON_LEN_MIN: usize = 20;

/// A step against a member, proposed or in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanction {
    /// What people call it.
    pub reference: Reference,
    /// Against whom.
    pub member: MemberId,
    /// Where it bites.
    pub platform: PlatformId,
    /// What the ladder proposed: nobody may decide more.
    pub proposed: Step,
    /// What it is: as proposed, or less.
    pub step: Step,
    /// Why it is the next step.
    pub because: Because,
    /// The cases it rests on.
    pub basis: BTreeSet<Reference>,
    /// When the proposal took the form it has; what was signed or read before does not count for it.
    pub formed_at: Timestamp,
    /// Where it stands.
    pub state: SanctionState,
    /// Who has signed the proposal in the form it has.
    pub signatures: Vec<Signature>,
}

/// One officer's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Whose.
    pub by: MemberId,
    /// The heaviest step they agree to.
    pub step: Step,
    /// When.
    pub at: Timestamp,
}

/// Where a sanction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SanctionState {
    /// Proposed: the member may give their side.
    Hearing {
        /// Until when, before anybody signs.
        until: Timestamp,
    },
    /// Proposed: officers are to sign or decline.
    Signing {
        /// By when.
        due: Timestamp,
    },
    /// Proposed once; an officer declined it.
    Declined,
    /// Proposed once; its grounds went before it was signed.
    Withdrawn,
    /// A signed warning that has not reached the member.
    Unserved {
        /// When it was signed.
        signed_at: Timestamp,
    },
    /// In force.
    Live {
        /// When it was signed.
        signed_at: Timestamp,
        /// Since when.
        since: Timestamp,
        /// Until when, if it is a suspension.
        until: Option<Timestamp>,
    },
    /// A suspension that is over.
    Ended {
        /// When it was signed.
        signed_at: Timestamp,
        /// Since when it was in force.
        since: Timestamp,
        /// When it ended.
        until: Timestamp,
    },
    /// Taken back.
    Void,
}

/// How many signatures a step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorums {
    /// For a warning; 1 by default.
    pub warning: u32,
    /// For a suspension; 2 by default.
    pub suspension: u32,
    /// For an expulsion; 3 by default.
    pub expulsion: u32,
}

impl Default for Quorums {
    fn default() -> Self {
        Self { warning: 1, suspension: 2, expulsion: 3 }
    }
}

impl Quorums {
    /// How many signatures this step needs.
    pub fn of(self, step: Step) -> u32 {
        match step {
            Step::Warning => self.warning,
            Step::Suspension => self.suspension,
            Step::Expulsion => self.expulsion,
        }
    }
}

/// Everything that is looked at when an officer signs, as it is in the recording transaction.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// Who signs.
    pub officer: &'a MemberId,
    /// The step they agree to, if it is lighter than the one proposed.
    pub lighter: Option<Step>,
    /// Their reason.
    pub reason: &'a str,
    /// When they last opened the evidence.
    pub opened_at: Option<Timestamp>,
    /// What the ladder proposes now.
    pub proposal: Option<&'a Proposal>,
    /// Those of the cases and sanctions it rests on that are under appeal.
    pub under_appeal: &'a [Reference],
    /// When they sign.
    pub now: Timestamp,
}

/// What a signature comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signed {
    /// More are needed.
    Counted {
        /// How many there are.
        signatures: u32,
        /// How many there have to be.
        quorum: u32,
    },
    /// It is decided.
    Decided {
        /// What.
        step: Step,
    },
}

/// Why an officer cannot sign or decline; says what has to happen first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotSign {
    /// The member is still to be heard.
    #[error("the member may still give their side; it can be signed after that")]
    StillHearing {
        /// Until when.
        until: Timestamp,
    },
    /// It has been decided, declined or withdrawn.
    #[error("it is no longer a proposal")]
    NotProposed,
    /// They have a part in it.
    #[error("you have a part in this matter ({0}), so others decide it")]
    Conflicted(Conflict),
    /// Only the admin team signs; the Executive where too few of it have no part in the matter.
    #[error("the admins sign this, or the Executive where there are too few")]
    NotASignatory,
    /// One person, one signature.
    #[error("you have signed already, under this account or another of yours")]
    Twice,
    /// They have not seen what they would sign.
    #[error("open the evidence first, as it now stands: it changed, or you have not looked")]
    NotRead,
    /// Others read the reason: the member on appeal, the Executive, the Secretary.
    #[error("say why, in at least {REASON_LEN_MIN} characters")]
    NoReason,
    /// Less may be chosen, never more.
    #[error("the ladder proposes {}; you may choose that or less", .0.one())]
    Heavier(Step),
    /// A strike was voided or another one came since.
    #[error("the ladder now says otherwise, so the proposal is changed; look at it again")]
    Stale,
    /// What it rests on may fall.
    #[error("{0}, on which it rests, is under appeal; it can be signed once that is decided")]
    UnderAppeal(Reference),
}

impl Sanction {
    /// A new proposal. The member is heard until `hear_until`, or not at all; officers sign by `sign_due`.
    pub fn propose(
        reference: Reference,
        member: MemberId,
        proposal: &Proposal,
        hear_until: Option<Timestamp>,
        sign_due: Timestamp,
        now: Timestamp,
    ) -> Self {
        let state = hear_until
            .map_or(SanctionState::Signing { due: sign_due }, |until| SanctionState::Hearing { until });
        Self {
            reference,
            member,
            platform: proposal.platform.clone(),
            proposed: proposal.step,
            step: proposal.step,
            because: proposal.because,
            basis: proposal.basis.clone(),
            formed_at: now,
            state,
            signatures: Vec::new(),
        }
    }

    /// Whether people are still to decide.
    pub fn is_proposal(&self) -> bool {
        match self.state {
            SanctionState::Hearing { .. } | SanctionState::Signing { .. } => true,
            SanctionState::Declined
            | SanctionState::Withdrawn
            | SanctionState::Unserved { .. }
            | SanctionState::Live { .. }
            | SanctionState::Ended { .. }
            | SanctionState::Void => false,
        }
    }

    /// Whether this is still what the ladder proposes.
    pub fn is_current(&self, proposal: Option<&Proposal>) -> bool {
        proposal.is_some_and(|proposal| {
            (proposal.step, &proposal.platform, &proposal.basis)
                == (self.proposed, &self.platform, &self.basis)
        })
    }

    /// The proposal in the form that the ladder now gives it: signatures begin anew, the member's time to answer goes
    /// on. A proposal whose grounds have gone is withdrawn.
    #[must_use]
    pub fn reformed(&self, proposal: Option<&Proposal>, now: Timestamp) -> Self {
        match proposal {
            None => Self { state: SanctionState::Withdrawn, signatures: Vec::new(), ..self.clone() },
            Some(proposal) => Self {
                platform: proposal.platform.clone(),
                proposed: proposal.step,
                step: proposal.step,
                because: proposal.because,
                basis: proposal.basis.clone(),
                formed_at: now,
                signatures: Vec::new(),
                ..self.clone()
            },
        }
    }

    /// What a signature comes to. The caller records it, and what is decided, in the same transaction.
    ///
    /// Whoever agrees to a heavier step agrees to a lighter one, so the lightest that somebody chose is decided, by as
    /// many as *that* needs.
    ///
    /// # Errors
    /// When they may not, have not read it, or the ladder has moved since.
    pub fn sign(
        &self,
        hand: &Hand<'_>,
        bench: &Bench,
        quorums: Quorums,
        persons: &Persons,
    ) -> Result<Signed, CannotSign> {
        self.may_decide(hand, bench, persons)?;
        if hand.lighter.is_some_and(|step| step > self.proposed) {
            return Err(CannotSign::Heavier(self.proposed));
        }
        if self.signatures.iter().any(|signature| persons.same(&signature.by, hand.officer)) {
            return Err(CannotSign::Twice);
        }
        if !self.is_current(hand.proposal) {
            return Err(CannotSign::Stale);
        }
        if let Some(&reference) = hand.under_appeal.first() {
            return Err(CannotSign::UnderAppeal(reference));
        }
        let agreed = hand.lighter.unwrap_or(self.proposed);
        let earlier = self.signatures_of(bench, persons);
        let step = earlier.iter().map(|signature| signature.step).fold(agreed, Step::min);
        let signatures = u32::try_from(earlier.len()).unwrap_or(u32::MAX).saturating_add(1);
        let quorum = quorums.of(step);
        Ok(if signatures >= quorum {
            Signed::Decided { step }
        } else {
            Signed::Counted { signatures, quorum }
        })
    }

    /// The signatures that count: of officers who still sit and have no part in it, whatever they said or whoever turned
    /// out to be whom since they signed; one of each person.
    pub fn signatures_of(&self, bench: &Bench, persons: &Persons) -> Vec<&Signature> {
        let mut counted: Vec<&Signature> = Vec::new();
        for signature in &self.signatures {
            let free = bench.sits(&signature.by, persons) && bench.conflict(&signature.by, persons).is_none();
            if free && !counted.iter().any(|before| persons.same(&before.by, &signature.by)) {
                counted.push(signature);
            }
        }
        counted
    }

    /// Whether an officer may decline it. One is enough: people may always choose less.
    ///
    /// # Errors
    /// As for [`Sanction::sign`], but a stale proposal, one under appeal, or one that the member has not answered yet, may
    /// be declined.
    pub fn decline(&self, hand: &Hand<'_>, bench: &Bench, persons: &Persons) -> Result<(), CannotSign> {
        match self.state {
            // Nobody has to be heard to be let off.
            SanctionState::Hearing { until: due } => {
                let heard = Self { state: SanctionState::Signing { due }, ..self.clone() };
                heard.may_decide(hand, bench, persons)
            }
            SanctionState::Signing { .. }
            | SanctionState::Declined
            | SanctionState::Withdrawn
            | SanctionState::Unserved { .. }
            | SanctionState::Live { .. }
            | SanctionState::Ended { .. }
            | SanctionState::Void => self.may_decide(hand, bench, persons),
        }
    }

    fn may_decide(&self, hand: &Hand<'_>, bench: &Bench, persons: &Persons) -> Result<(), CannotSign> {
        if let Some(conflict) = bench.conflict(hand.officer, persons) {
            return Err(CannotSign::Conflicted(conflict));
        }
        if !bench.sits(hand.officer, persons) {
            return Err(CannotSign::NotASignatory);
        }
        match self.state {
            SanctionState::Signing { .. } => {}
            SanctionState::Hearing { until } => return Err(CannotSign::StillHearing { until }),
            SanctionState::Declined
            | SanctionState::Withdrawn
            | SanctionState::Unserved { .. }
            | SanctionState::Live { .. }
            | SanctionState::Ended { .. }
            | SanctionState::Void => return Err(CannotSign::NotProposed),
        }
        if hand.opened_at.is_none_or(|opened| opened < self.formed_at) {
            return Err(CannotSign::NotRead);
        }
        if hand.reason.trim().chars().count() < REASON_LEN_MIN {
            return Err(CannotSign::NoReason);
        }
        Ok(())
    }

    /// The sanction once it is decided: a warning waits to be served, the others begin at once.
    #[must_use]
    pub fn decided(&self, step: Step, ladder: &Ladder, now: Timestamp, zone: Tz) -> Self {
        let state = match step {
            Step::Warning => SanctionState::Unserved { signed_at: now },
            Step::Suspension => SanctionState::Live {
                signed_at: now,
                since: now,
                until: Some(ladder.suspension_end(now, zone)),
            },
            Step::Expulsion => SanctionState::Live { signed_at: now, since: now, until: None },
        };
        Self { step, state, ..self.clone() }
    }

    /// The warning once the member has it. Anything else stays as it is.
    #[must_use]
    pub fn served(&self, at: Timestamp) -> Self {
        match self.state {
            SanctionState::Unserved { signed_at } => {
                // Nobody can have it before it was signed, whatever date was entered by hand.
                let since = at.max(signed_at);
                Self { state: SanctionState::Live { signed_at, since, until: None }, ..self.clone() }
            }
            SanctionState::Hearing { .. }
            | SanctionState::Signing { .. }
            | SanctionState::Declined
            | SanctionState::Withdrawn
            | SanctionState::Live { .. }
            | SanctionState::Ended { .. }
            | SanctionState::Void => self.clone(),
        }
    }

    /// The warning as it counts once it is known that it reached the member at another time than `was`. Anything else
    /// stays as it is.
    #[must_use]
    pub fn served_instead(&self, was: Timestamp, at: Timestamp) -> Self {
        match self.state {
            SanctionState::Live { signed_at, since, until: None }
                if self.step == Step::Warning && since == was.max(signed_at) =>
            {
                let since = at.max(signed_at);
                Self { state: SanctionState::Live { signed_at, since, until: None }, ..self.clone() }
            }
            SanctionState::Live { .. }
            | SanctionState::Unserved { .. }
            | SanctionState::Hearing { .. }
            | SanctionState::Signing { .. }
            | SanctionState::Declined
            | SanctionState::Withdrawn
            | SanctionState::Ended { .. }
            | SanctionState::Void => self.clone(),
        }
    }

    /// The suspension once its time is over, or nothing while it is not, or is no suspension.
    pub fn ended(&self, now: Timestamp) -> Option<Self> {
        match self.state {
            SanctionState::Live { signed_at, since, until: Some(until) } if until <= now => {
                Some(Self { state: SanctionState::Ended { signed_at, since, until }, ..self.clone() })
            }
            SanctionState::Live { .. }
            | SanctionState::Hearing { .. }
            | SanctionState::Signing { .. }
            | SanctionState::Declined
            | SanctionState::Withdrawn
            | SanctionState::Unserved { .. }
            | SanctionState::Ended { .. }
            | SanctionState::Void => None,
        }
    }

    /// The sanction taken back.
    #[must_use]
    pub fn voided(&self) -> Self {
        Self { state: SanctionState::Void, ..self.clone() }
    }

    /// The sanction made lighter: a warning is to be served anew, of a suspension the time served is credited.
    ///
    /// A step that is not lighter changes nothing.
    #[must_use]
    pub fn reduced(&self, step: Step, ladder: &Ladder, now: Timestamp, zone: Tz) -> Self {
        let Some(imposed) = self.imposed().filter(|_| step < self.step) else { return self.clone() };
        let lighter = ladder.reduced(&imposed, step, zone);
        let state = match (lighter.since, lighter.until) {
            (Some(since), Some(until)) if until <= now => {
                SanctionState::Ended { signed_at: lighter.signed_at, since, until }
            }
            (Some(since), until) => SanctionState::Live { signed_at: lighter.signed_at, since, until },
            (None, _) => SanctionState::Unserved { signed_at: lighter.signed_at },
        };
        Self { step, state, ..self.clone() }
    }

    /// The sanction as the ladder sees it; nothing unless it was signed and counts.
    pub fn imposed(&self) -> Option<Imposed> {
        let (signed_at, since, until) = match self.state {
            SanctionState::Unserved { signed_at } => (signed_at, None, None),
            SanctionState::Live { signed_at, since, until } => (signed_at, Some(since), until),
            SanctionState::Ended { signed_at, since, until } => (signed_at, Some(since), Some(until)),
            SanctionState::Hearing { .. }
            | SanctionState::Signing { .. }
            | SanctionState::Declined
            | SanctionState::Withdrawn
            | SanctionState::Void => return None,
        };
        Some(Imposed {
            // Whoever has the whole record knows.
            earlier_is_gone: false,
            sanction: self.reference,
            step: self.step,
            platform: self.platform.clone(),
            basis: self.basis.clone(),
            signed_at,
            since,
            until,
        })
    }

    /// Whether it put the member out and nothing has ended that: its time may be over, and they are let in only by what
    /// ends it.
    pub fn awaits_its_end(&self) -> bool {
        let shuts_out = match self.step {
            Step::Warning => false,
            Step::Suspension | Step::Expulsion => true,
        };
        shuts_out && matches!(self.state, SanctionState::Live { .. })
    }

    /// Whether it shuts the member out of its platform at `now`.
    pub fn excludes(&self, now: Timestamp) -> bool {
        match (self.step, self.state) {
            (Step::Suspension, SanctionState::Live { until, .. }) => until.is_none_or(|until| now < until),
            (Step::Expulsion, SanctionState::Live { .. }) => true,
            _ => false,
        }
    }
}

impl SanctionState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hearing { .. } => "hearing",
            Self::Signing { .. } => "signing",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Unserved { .. } => "unserved",
            Self::Live { .. } => "live",
            Self::Ended { .. } => "ended",
            Self::Void => "void",
        }
    }
}

/// Who may sign in one matter: admins without a part in it, and where there are fewer than it needs, the Executive too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bench {
    parties: Parties,
    seats: Vec<MemberId>,
}

impl Bench {
    /// The bench of a matter in which a step needs so many signatures.
    pub fn of(roster: &Roster, parties: Parties, persons: &Persons, quorum: u32) -> Self {
        let mut seats = Vec::new();
        for role in [Role::Admin, Role::Executive] {
            let enough = u32::try_from(seats.len()).is_ok_and(|seats| seats >= quorum);
            if role == Role::Executive && enough {
                break;
            }
            for officer in roster.holders(role) {
                let seated = seats.iter().any(|seat: &MemberId| persons.same(seat, officer));
                if !seated && parties.conflict(officer, persons).is_none() {
                    seats.push(officer.clone());
                }
            }
        }
        Self { parties, seats }
    }

    /// One account of each person who may sign.
    pub fn seats(&self) -> &[MemberId] {
        &self.seats
    }

    fn sits(&self, officer: &MemberId, persons: &Persons) -> bool {
        self.seats.iter().any(|seat| persons.same(seat, officer))
    }

    fn conflict(&self, officer: &MemberId, persons: &Persons) -> Option<Conflict> {
        self.parties.conflict(officer, persons)
    }
}

#[cfg(test)]
mod tests;
