//! A member's complaint: answered within days, and by its own clock passed upwards when nobody answers.
//!
//! Reports never act by their number: however many there are, people look at one after the other.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::charter::Duties;
use crate::deadline::{Deadline, DeadlineKind};
use crate::finding::words;
use crate::ids::{MemberId, PostId, Reference};
use crate::notice::Handler;
use crate::person::{Parties, Persons};
use crate::role::{Role, Roster};
use crate::time::Timestamp;

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
mod tests {
    use super::*;
    use crate::testing::member;
    use chrono::DateTime;
    use chrono_tz::Europe::London;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
    }

    fn report(complaint: Complaint, received: &str) -> Report {
        let received_at = at(received);
        let due = ReportClock::default().due(complaint.lane(), Tier::Admins, received_at, London);
        Report {
            reference: Reference::new(7).unwrap(),
            complaint,
            about: About::Moderation { file: None },
            received_at,
            state: ReportState::Open { tier: Tier::Admins, due },
        }
    }

    fn due(report: &Report) -> Timestamp {
        match report.state {
            ReportState::Open { due, .. } => due,
            _ => panic!("closed"),
        }
    }

    /// Five days end at midnight closing the fifth, by the group's clocks.
    #[test]
    fn days_are_counted_in_full() {
        let rows = [
            (Complaint::Abuse, "2026-07-01T09:00:00Z", "2026-07-06T22:59:59.999Z"),
            (Complaint::Abuse, "2026-07-01T23:30:00Z", "2026-07-07T22:59:59.999Z"),
            (Complaint::Spam, "2026-10-23T12:00:00Z", "2026-10-28T23:59:59.999Z"),
            (Complaint::Legal, "2026-07-01T09:00:00Z", "2026-07-03T09:00:00Z"),
            (Complaint::DataProtection, "2026-07-01T09:00:00Z", "2026-07-31T22:59:59.999Z"),
        ];
        for (complaint, received, want) in rows {
            assert_eq!(due(&report(complaint, received)), at(want), "{complaint} {received}");
        }
        let clock = ReportClock::default();
        let reminders = clock.reminders(Lane::Ordinary, Tier::Admins, at("2026-07-01T09:00:00Z"), London);
        assert_eq!(
            reminders,
            [at("2026-07-04T11:00:00Z"), at("2026-07-05T11:00:00Z")],
            "noon of days 3 and 4"
        );
    }

    /// Unanswered or contested, it goes up one tier at a time, and no further than the Executive.
    #[test]
    fn silence_and_discontent_go_up() {
        let clock = ReportClock::default();
        let early = at("2026-07-02T09:00:00Z");
        let late = at("2026-07-07T09:00:00Z");
        let first = report(Complaint::Abuse, "2026-07-01T09:00:00Z");
        assert_eq!(first.overdue(clock, early, London), Err(CannotMove::NotYet));
        assert_eq!(first.contested(clock, late, London), Err(CannotMove::NotYet));
        let second = first.overdue(clock, late, London).unwrap();
        assert!(matches!(second.state, ReportState::Open { tier: Tier::Secretary, .. }));
        let answered = second.answered(Outcome::NoBreach, late).unwrap();
        assert_eq!(answered.answered(Outcome::Acted, late), Err(CannotMove::Answered));
        assert_eq!(answered.overdue(clock, at("2027-01-01T00:00:00Z"), London), Err(CannotMove::Answered));
        let third = answered.contested(clock, late, London).unwrap();
        assert!(matches!(third.state, ReportState::Open { tier: Tier::Executive, .. }));
        assert_eq!(third.overdue(clock, at("2027-01-01T00:00:00Z"), London), Err(CannotMove::NothingAbove));
        let last = third.answered(Outcome::Acted, late).unwrap();
        assert_eq!(last.contested(clock, late, London), Err(CannotMove::NothingAbove));
    }

    fn roster(offices: &[(&str, Role)]) -> Roster {
        let mut roster = Roster::default();
        for (officer, role) in offices {
            roster.appoint(member(officer), *role);
        }
        roster
    }

    fn full() -> Roster {
        roster(&[
            ("mo", Role::Moderator),
            ("nia", Role::Moderator),
            ("asha", Role::Admin),
            ("sam", Role::Secretary),
            ("ed", Role::Executive),
        ])
    }

    fn named() -> Duties {
        Duties {
            alternate: Some(member("mo")),
            safeguarding: Some(member("nia")),
            legal: Some(member("asha")),
        }
    }

    type Row<'a> = (Lane, Tier, &'a [&'a str], &'a [&'a str], Option<(Handler, &'a [&'a str])>);

    /// A lane and tier, those with a part in it, those who answered before; whose turn it is, and what they are called.
    #[test]
    fn whose_turn_it_is() {
        use Handler::{AdminTeam, Alternate, Executive, NamedOfficer, Secretary};
        use Lane::{DataProtection, Legal, Ordinary, Safeguarding};
        let (roster, persons) = (full(), Persons::linked([(member("sam"), member("sam-phone"))]));
        let (none, all): (&[&str], &[&str]) = (&[], &["mo", "nia", "asha", "sam", "ed"]);
        let rows: &[Row<'_>] = &[
            (Ordinary, Tier::Admins, none, none, Some((AdminTeam, &["asha", "sam"]))),
            (DataProtection, Tier::Admins, none, none, Some((AdminTeam, &["asha", "sam"]))),
            (Safeguarding, Tier::Admins, none, none, Some((NamedOfficer, &["nia"]))),
            (Legal, Tier::Admins, none, none, Some((NamedOfficer, &["asha"]))),
            (Ordinary, Tier::Admins, &["asha"], none, Some((AdminTeam, &["sam"]))),
            (Ordinary, Tier::Admins, &["asha", "sam-phone"], none, Some((Alternate, &["mo"]))),
            (Safeguarding, Tier::Admins, &["nia"], none, Some((Secretary, &["sam"]))),
            (Safeguarding, Tier::Admins, &["nia", "sam"], none, Some((Alternate, &["mo"]))),
            (Ordinary, Tier::Secretary, none, none, Some((Secretary, &["sam"]))),
            (Ordinary, Tier::Secretary, &["sam-phone"], none, Some((Alternate, &["mo"]))),
            (Ordinary, Tier::Secretary, none, &["sam"], Some((Alternate, &["mo"]))),
            (Ordinary, Tier::Secretary, &["sam", "mo"], none, Some((Executive, &["ed"]))),
            (Ordinary, Tier::Executive, none, none, Some((Executive, &["ed"]))),
            (Ordinary, Tier::Executive, &["ed"], none, None),
            (Ordinary, Tier::Admins, all, none, None),
        ];
        for (lane, tier, conflicted, answered, want) in rows {
            let ids = |names: &[&str]| names.iter().map(|name| member(name)).collect::<Vec<_>>();
            let (parties, answered) =
                (Parties { declared: ids(conflicted), ..Parties::default() }, ids(answered));
            let duties = named();
            let desk = Desk {
                roster: &roster,
                duties: &duties,
                parties: &parties,
                answered: &answered,
                persons: &persons,
            };
            let turn = desk.turn(*lane, *tier).map(|turn| (turn.handler, turn.officers));
            let want = want.clone().map(|(handler, officers)| (handler, ids(officers)));
            assert_eq!(turn, want, "{lane:?} {tier} {conflicted:?} {answered:?}");
        }
    }

    /// Whoever has a part in it never has a turn and never sees it, at any tier of any lane; and the turn only goes up.
    #[test]
    fn officers_with_a_part_in_it_are_as_if_absent() {
        let officers = ["mo", "nia", "asha", "sam", "ed"];
        let lanes = [Lane::Ordinary, Lane::Safeguarding, Lane::Legal, Lane::DataProtection];
        let (roster, persons) = (full(), Persons::default());
        for set in 0_u32..1 << officers.len() {
            let chosen = officers.iter().enumerate().filter(|(n, _)| set & (1 << n) != 0);
            let declared: Vec<_> = chosen.map(|(_, name)| member(name)).collect();
            let parties = Parties { declared: declared.clone(), ..Parties::default() };
            for duties in [named(), Duties::default()] {
                let desk = Desk {
                    roster: &roster,
                    duties: &duties,
                    parties: &parties,
                    answered: &[],
                    persons: &persons,
                };
                for (&lane, &tier) in
                    lanes.iter().flat_map(|lane| Tier::ALL.iter().map(move |tier| (lane, tier)))
                {
                    let turn = desk.turn(lane, tier);
                    if let Some(turn) = &turn {
                        assert!(turn.tier >= tier && !turn.officers.is_empty());
                        assert!(turn.officers.iter().all(|officer| !declared.contains(officer)));
                        assert!(turn.officers.iter().all(|officer| desk.may_see(lane, turn.tier, officer)));
                    }
                    assert!(declared.iter().all(|officer| !desk.may_see(lane, tier, officer)));
                    if let Some(after) = desk.after(lane, tier) {
                        assert!(after.tier > tier);
                        let had = turn.filter(|turn| turn.tier == tier).map(|turn| turn.officers);
                        let again = had == Some(after.officers) && after.tier != Tier::Executive;
                        assert!(!again, "nobody is asked twice in a row");
                    }
                }
            }
        }
    }

    /// One of the admins answered: the next tier is the Secretary all the same, unless it was they who answered.
    #[test]
    fn discontent_goes_to_somebody_else() {
        let (roster, duties, persons, parties) =
            (full(), Duties::default(), Persons::default(), Parties::default());
        for (lane, answered, want) in [
            (Lane::Ordinary, "asha", Handler::Secretary),
            (Lane::Ordinary, "sam", Handler::Executive),
            (Lane::Safeguarding, "sam", Handler::Executive),
        ] {
            let answered = [member(answered)];
            let desk = Desk {
                roster: &roster,
                duties: &duties,
                parties: &parties,
                answered: &answered,
                persons: &persons,
            };
            let next = desk.after(lane, Tier::Admins).unwrap();
            assert_eq!(next.handler, want, "{lane:?} {answered:?}");
        }
    }

    /// A safeguarding report is its officer's alone until it reaches another tier.
    #[test]
    fn what_is_for_one_officer_is_seen_by_one() {
        let (roster, duties, persons, parties) = (full(), named(), Persons::default(), Parties::default());
        let desk =
            Desk { roster: &roster, duties: &duties, parties: &parties, answered: &[], persons: &persons };
        let seen = |tier| {
            let officers = ["mo", "nia", "asha", "sam", "ed"].into_iter();
            officers
                .filter(|officer| desk.may_see(Lane::Safeguarding, tier, &member(officer)))
                .collect::<Vec<_>>()
        };
        assert_eq!(seen(Tier::Admins), ["nia"]);
        assert_eq!(seen(Tier::Secretary), ["nia", "sam"]);
        assert_eq!(seen(Tier::Executive), ["nia", "sam", "ed"]);
    }

    #[test]
    fn what_falls_due_is_two_reminders_and_the_end() {
        let since = at("2026-07-01T09:00:00Z");
        let clock = ReportClock::default();
        let rows = [
            (Lane::Ordinary, Tier::Admins, 3),
            (Lane::Safeguarding, Tier::Admins, 3),
            (Lane::Legal, Tier::Admins, 1),
            (Lane::Legal, Tier::Secretary, 3),
            (Lane::DataProtection, Tier::Admins, 3),
        ];
        for (lane, tier, want) in rows {
            let deadlines = clock.deadlines(lane, tier, since, London);
            assert_eq!(deadlines.len(), want, "{lane:?} {tier}");
            let last = deadlines.last().copied().unwrap();
            let due = Deadline { kind: DeadlineKind::ReportDue, due: clock.due(lane, tier, since, London) };
            assert_eq!(last, due);
            assert!(deadlines.is_sorted_by_key(|deadline| deadline.due), "{lane:?} {tier}");
        }
    }

    #[test]
    fn the_same_again_is_known_and_grievances_are_not() {
        let post = |id: &str| About::Post { post: PostId::new(id).unwrap(), author: member("bob") };
        assert!(post("1").repeats(&post("1")));
        assert!(!post("1").repeats(&post("2")));
        assert!(!post("1").repeats(&About::Member { member: member("bob") }));
        let of = |file| About::Moderation { file };
        assert!(of(Reference::new(4)).repeats(&of(Reference::new(4))));
        assert!(!of(None).repeats(&of(None)));
    }
}
