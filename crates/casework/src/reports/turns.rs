//! Whose turn a report is: it goes up by silence, by discontent, and where those whose turn it is have a part in it.

use ledger::{File, Transaction};
use policy::notice::Handler;
use policy::report::CannotMove;
use policy::{
    About, Actor, Charter, Complaint, Deadline, DeadlineKind, Desk, Event, GroupId, Language, MemberId,
    MessageText, NoticeKind, Parties, Persons, Reference, Report, ReportState, Tier, Timestamp, Turn,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::notice;

/// What may still fall due of a report; all of it is moot once the report stands otherwise.
pub(super) const REPORT_DEADLINES: [DeadlineKind; 2] =
    [DeadlineKind::ReportReminder, DeadlineKind::ReportDue];
/// How often it is said that the Executive is late, in days.
const LATE_AGAIN_DAYS: u32 = 7;

/// Who has a part in a report, and who answered it before.
pub(super) struct Matter {
    pub(super) parties: Parties,
    pub(super) answered: Vec<MemberId>,
    pub(super) persons: Persons,
}

impl Matter {
    pub(super) fn desk<'a>(&'a self, charter: &'a Charter) -> Desk<'a> {
        Desk {
            roster: &charter.roster,
            duties: &charter.duties,
            parties: &self.parties,
            answered: &self.answered,
            persons: &self.persons,
        }
    }

    /// Whether it is this officer's turn.
    pub(super) fn is_theirs(&self, turn: &Turn, officer: &MemberId) -> bool {
        turn.officers.iter().any(|seat| self.persons.same(seat, officer))
    }
}

/// What the reporter hears when the report comes before somebody.
#[derive(Clone, Copy)]
pub(super) enum Told {
    /// That it has arrived.
    Received,
    /// That it went up, and when the answer was due, if that is why.
    Escalated { was_due: Option<Timestamp> },
}

/// The tier whose turn it is; where nobody's is, the last one.
pub(super) fn tier_of(turn: Option<&Turn>) -> Tier {
    turn.map_or(Tier::Executive, |turn| turn.tier)
}

impl Casework {
    /// Those whose turn it is are reminded.
    pub(crate) async fn remind_of_report(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let report = tx.report(&charter.group, reference).await?.ok_or(CaseworkError::Vanished(reference))?;
        let ReportState::Open { tier, due } = report.state else { return Ok(()) };
        // After an outage it may be too late for that.
        if now > due {
            return Ok(());
        }
        let matter = self.matter(&charter.group, &report).await?;
        let turn = matter.desk(charter).turn(report.complaint.lane(), tier);
        tx.note(&charter.group, reference, &Actor::Bot, Event::ReportWaits, now).await?;
        let officers = turn.map(|turn| turn.officers).unwrap_or_default();
        self.tell_each(tx, in_force, reference, officers, Event::ReportWaits, now).await
    }

    /// A report that nobody answered in time goes up; before the Executive it is said to be late, again and again.
    pub(crate) async fn report_due(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let group = &charter.group;
        let report = tx.report(group, reference).await?.ok_or(CaseworkError::Vanished(reference))?;
        let ReportState::Open { tier, due } = report.state else { return Ok(()) };
        let matter = self.matter(group, &report).await?;
        let lane = report.complaint.lane();
        match report.overdue(charter.procedure.reports, now, charter.zone) {
            Ok(_) => {
                let turn = matter.desk(charter).after(lane, tier);
                let event = Event::ReportOverdue { tier: tier_of(turn.as_ref()) };
                tx.note(group, reference, &Actor::Bot, event, now).await?;
                let told = Told::Escalated { was_due: Some(due) };
                self.moves_to(tx, in_force, &report, turn.as_ref(), (event, told), now).await
            }
            Err(CannotMove::NothingAbove) => {
                let Some(turn) = matter.desk(charter).turn(lane, tier) else {
                    let told = Told::Escalated { was_due: Some(due) };
                    return self.moves_to(tx, in_force, &report, None, (Event::ReportLate, told), now).await;
                };
                let again_at = now.noon_after(LATE_AGAIN_DAYS, charter.zone);
                let again = [Deadline { kind: DeadlineKind::ReportDue, due: again_at }];
                tx.set_deadlines(group, reference, &[], &again, now).await?;
                tx.note(group, reference, &Actor::Bot, Event::ReportLate, now).await?;
                self.tell_each(tx, in_force, reference, turn.officers, Event::ReportLate, now).await
            }
            Err(CannotMove::NotYet | CannotMove::Answered | CannotMove::Frozen) => Ok(()),
        }
    }

    /// Passes a report on at once where nobody is left of those whose turn it is, now that an officer says to have a
    /// part in it.
    pub(crate) async fn pass_on(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        report: &Report,
        officer: &MemberId,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let ReportState::Open { tier, .. } = report.state else { return Ok(()) };
        let (charter, lane) = (&in_force.charter, report.complaint.lane());
        let mut matter = self.matter(&charter.group, report).await?;
        let had = matter.desk(charter).turn(lane, tier).map(|turn| turn.officers).unwrap_or_default();
        matter.parties.declared.push(officer.clone());
        let turn = matter.desk(charter).turn(lane, tier);
        let officers = turn.iter().flat_map(|turn| &turn.officers);
        if had.is_empty() || officers.into_iter().any(|officer| had.contains(officer)) {
            return Ok(());
        }
        let event = Event::ReportPassedOn { tier: tier_of(turn.as_ref()) };
        tx.note(&charter.group, report.reference, &Actor::Bot, event, now).await?;
        let told = Told::Escalated { was_due: None };
        self.moves_to(tx, in_force, report, turn.as_ref(), (event, told), now).await
    }

    /// Records where a report stands from now on, and what follows from that.
    pub(super) async fn moves_to(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        report: &Report,
        turn: Option<&Turn>,
        news: (Event, Told),
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let moved = match turn {
            Some(turn) => report.raised(turn.tier, charter.procedure.reports, now, charter.zone),
            None => report.beyond(now),
        };
        tx.update_report(&charter.group, &moved).await?;
        self.goes_to(tx, in_force, &moved, turn, news, now).await
    }

    /// What follows when a report comes before those whose turn it is, or, with no turn, leaves the group: deadlines, a
    /// notice to the reporter, and news to those officers alone.
    pub(super) async fn goes_to(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        report: &Report,
        turn: Option<&Turn>,
        (event, told): (Event, Told),
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let (group, reference, lane) = (&charter.group, report.reference, report.complaint.lane());
        let clock = charter.procedure.reports;
        let deadlines =
            turn.map(|turn| clock.deadlines(lane, turn.tier, now, charter.zone)).unwrap_or_default();
        tx.set_deadlines(group, reference, &REPORT_DEADLINES, &deadlines, now).await?;
        let kind = match (turn, told) {
            (Some(turn), Told::Received) => NoticeKind::ReportReceived {
                handler: turn.handler.clone(),
                due: clock.due(lane, turn.tier, now, charter.zone),
            },
            (Some(turn), Told::Escalated { was_due }) => NoticeKind::ReportEscalated {
                was_due,
                handler: turn.handler.clone(),
                due: clock.due(lane, turn.tier, now, charter.zone),
            },
            (None, told) => {
                tx.note(group, reference, &Actor::Bot, Event::ReportBeyond, now).await?;
                let was_due = match told {
                    Told::Received => None,
                    Told::Escalated { was_due } => was_due,
                };
                let handler = Handler::External(charter.external_body.clone());
                NoticeKind::ReportEscalated { was_due, handler, due: now }
            }
        };
        self.tell_reporter(tx, in_force, reference, kind, None, now).await?;
        let officers = turn.map(|turn| turn.officers.clone()).unwrap_or_default();
        self.tell_each(tx, in_force, reference, officers, event, now).await
    }

    /// Writes a notice to whoever brought a report.
    pub(super) async fn tell_reporter(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        report: Reference,
        kind: NoticeKind,
        reason: Option<&MessageText>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        if charter.wording.in_force() > 0 {
            tx.keep_templates(&charter.group, &charter.wording, now).await?;
        }
        let language = match tx.reporter(&charter.group, report).await? {
            Some(reporter) => tx.language(&charter.group, &reporter).await?,
            None => Language::default(),
        };
        let notice = notice(in_force, report, kind, language, now);
        tx.write_notice_to_reporter(&charter.group, &notice, reason).await?;
        Ok(())
    }

    /// Who has a part in a report, and who answered it before.
    pub(super) async fn matter(&self, group: &GroupId, report: &Report) -> Result<Matter, CaseworkError> {
        let reporter = self.ledger.reporter(group, report.reference).await?;
        let events = self.ledger.events(group, report.reference).await?;
        let answered = events.into_iter().filter_map(|event| match (event.actor, event.event) {
            (Actor::Officer(officer), Event::ReportAnswered { .. }) => Some(officer),
            _ => None,
        });
        let answered = answered.collect();
        let mut matter = self.matter_of(group, report.complaint, &report.about, reporter, answered).await?;
        matter.parties.declared.extend(self.ledger.part_in(group, report.reference).await?.0);
        Ok(matter)
    }

    pub(super) async fn matter_of(
        &self,
        group: &GroupId,
        complaint: Complaint,
        about: &About,
        reporter: Option<MemberId>,
        answered: Vec<MemberId>,
    ) -> Result<Matter, CaseworkError> {
        let named = match about {
            About::Moderation { file: Some(file) } => self.ledger.file(group, *file).await?,
            // What is complained of is what was decided about that post.
            About::Post { post, .. } if complaint == Complaint::Moderation => {
                self.ledger.case_of_post(group, post).await?.map(|case| File::Case(Box::new(case)))
            }
            About::Post { .. } | About::Member { .. } | About::Moderation { file: None } => None,
        };
        let mut declared = Vec::new();
        if let Some(named) = &named {
            let events = self.ledger.events(group, named.reference()).await?;
            declared.extend(events.into_iter().filter_map(|event| match event.actor {
                Actor::Officer(officer) => Some(officer),
                Actor::Bot | Actor::Member => None,
            }));
        }
        let subject = about.subject().or_else(|| named.as_ref().and_then(File::subject)).cloned();
        let mut parties =
            Parties { subject, reporters: reporter.into_iter().collect(), targets: Vec::new(), declared };
        if let About::Post { post, .. } = about
            && let Some(case) = self.ledger.case_of_post(group, post).await?
        {
            // Whoever has a part in what became of the post has one in what is said of it.
            let (declared, targets) = self.ledger.part_in(group, case.reference).await?;
            parties.declared.extend(declared);
            parties.targets.extend(targets);
        }
        Ok(Matter { parties, answered, persons: self.persons(group).await? })
    }
}
