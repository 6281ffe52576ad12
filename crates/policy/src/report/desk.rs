//! Whose turn a report is: the officers of its tier without a part in it, or of the first tier above that has some.

use crate::charter::Duties;
use crate::ids::MemberId;
use crate::notice::Handler;
use crate::person::{Parties, Persons};
use crate::report::{Lane, Tier};
use crate::role::{Role, Roster};

/// Whose turn a report is, in persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The tier.
    pub tier: Tier,
    /// Who that is, as its reporter is told.
    pub handler: Handler,
    /// The officers, of whom any may answer. Never empty.
    pub officers: Vec<MemberId>,
}

/// Who may deal with one report. Officers with a part in the matter are treated as absent: they neither see it nor
/// answer it.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The officers of the group.
    pub roster: &'a Roster,
    /// Those of them with a duty of their own.
    pub duties: &'a Duties,
    /// Who has a part in the matter.
    pub parties: &'a Parties,
    /// Those who answered the report before: the next tier is to be others.
    pub answered: &'a [MemberId],
    /// Who is who.
    pub persons: &'a Persons,
}

impl Desk<'_> {
    /// Who deals with a report of this lane when it comes before `tier`: those of that tier, or of the first above it
    /// that has somebody without a part in it. Nothing when no tier has: then an outside body is next.
    pub fn turn(&self, lane: Lane, tier: Tier) -> Option<Turn> {
        self.of_tier(lane, tier).or_else(|| self.turn(lane, tier.next()?))
    }

    /// Who deals with it after `tier`. Those who just had it are not asked again in other words: where the Secretary stands
    /// in for a named officer, say, the Secretary's tier is passed over. Nothing when nobody above is left.
    pub fn after(&self, lane: Lane, tier: Tier) -> Option<Turn> {
        // Also those who answered since had it.
        let had = Desk { answered: &[], ..*self }.of_tier(lane, tier).map(|turn| turn.officers);
        let next = self.turn(lane, tier.next()?)?;
        let again = next.tier != Tier::Executive && had.as_ref() == Some(&next.officers);
        if again { self.after(lane, next.tier) } else { Some(next) }
    }

    /// Whether this officer may see a report that stands before `tier`: whose turn it is may, and whose it was.
    pub fn may_see(&self, lane: Lane, tier: Tier, officer: &MemberId) -> bool {
        // Having answered it is no reason to be kept from one's own answer; and others may have come in for it.
        [Desk { answered: &[], ..*self }, *self].iter().any(|desk| {
            let reached = Tier::ALL.iter().filter(|&&reached| reached <= tier);
            reached
                .filter_map(|&reached| desk.of_tier(lane, reached))
                .any(|turn| turn.officers.iter().any(|seat| self.persons.same(seat, officer)))
        })
    }

    fn of_tier(&self, lane: Lane, tier: Tier) -> Option<Turn> {
        let turn = |handler, officers: Vec<MemberId>| {
            (!officers.is_empty()).then_some(Turn { tier, handler, officers })
        };
        match (tier, lane) {
            (Tier::Admins, Lane::Ordinary | Lane::DataProtection) => {
                turn(Handler::AdminTeam, self.free(Role::Admin))
            }
            (Tier::Admins, Lane::Safeguarding) => {
                turn(Handler::NamedOfficer, self.named(self.duties.safeguarding.as_ref()))
            }
            (Tier::Admins, Lane::Legal) => {
                turn(Handler::NamedOfficer, self.named(self.duties.legal.as_ref()))
            }
            (Tier::Secretary, _) => {
                let alternate = self.duties.alternate.iter().filter(|officer| self.is_free(officer));
                turn(Handler::Secretary, self.free(Role::Secretary))
                    .or_else(|| turn(Handler::Alternate, alternate.cloned().collect()))
            }
            (Tier::Executive, _) => turn(Handler::Executive, self.free(Role::Executive)),
        }
    }

    /// The officer with the duty; the Secretary where the group has named none.
    fn named(&self, officer: Option<&MemberId>) -> Vec<MemberId> {
        match officer {
            Some(officer) => {
                std::iter::once(officer).filter(|officer| self.is_free(officer)).cloned().collect()
            }
            None => self.free(Role::Secretary),
        }
    }

    fn free(&self, role: Role) -> Vec<MemberId> {
        self.roster.holders(role).filter(|officer| self.is_free(officer)).cloned().collect()
    }

    fn is_free(&self, officer: &MemberId) -> bool {
        self.parties.conflict(officer, self.persons).is_none()
            && !self.answered.iter().any(|before| self.persons.same(before, officer))
    }
}
