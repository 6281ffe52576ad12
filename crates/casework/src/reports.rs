//! Reports: a member tells the officers of something, those whose turn it is answer, and what nobody answers goes up.
//!
//! Who reported is asked of the ledger for two ends only: to tell who has a part in the matter, and, at delivery, to
//! write to them. No text for anybody else names them. Officers with a part in a matter, and those whose turn it never
//! was, get the same answer as if there were no such report. Nothing follows from how many reports there are.

use ledger::{File, NewReport, Transaction, WordsKind};
use policy::notice::Handler;
use policy::report::{CannotMove, Outcome};
use policy::{
    About, Actor, Charter, Complaint, Deadline, DeadlineKind, Desk, Event, GroupId, Lane, Language, Letter,
    MemberId, MessageText, NoticeKind, Parties, Persons, Post, PostId, Reference, Report, ReportState, Role,
    State, Tier, Timestamp, Turn,
};

use crate::acts::snapshot;
use crate::answers::{LINES_MAX, RECORD_MAX, and_more, refuse, refuse_in};
use crate::commands::Reported;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::letters;
use crate::record::{notice, officers_among};
use crate::rights::Permit;

/// What may still fall due of a report; all of it is moot once the report stands otherwise.
const REPORT_DEADLINES: [DeadlineKind; 2] = [DeadlineKind::ReportReminder, DeadlineKind::ReportDue];
/// How often it is said that the Executive is late, in days.
const LATE_AGAIN_DAYS: u32 = 7;

/// Who has a part in a report, and who answered it before.
struct Matter {
    parties: Parties,
    answered: Vec<MemberId>,
    persons: Persons,
}

impl Matter {
    fn desk<'a>(&'a self, charter: &'a Charter) -> Desk<'a> {
        Desk {
            roster: &charter.roster,
            duties: &charter.duties,
            parties: &self.parties,
            answered: &self.answered,
            persons: &self.persons,
        }
    }

    /// Whether it is this officer's turn.
    fn is_theirs(&self, turn: &Turn, officer: &MemberId) -> bool {
        turn.officers.iter().any(|seat| self.persons.same(seat, officer))
    }
}

/// What the reporter hears when the report comes before somebody.
#[derive(Clone, Copy)]
enum Told {
    /// That it has arrived.
    Received,
    /// That it went up, and when the answer was due, if that is why.
    Escalated { was_due: Option<Timestamp> },
}

impl Casework {
    /// Opens a report and tells those whose turn it is.
    pub(crate) async fn report(
        &self,
        permit: &Permit<'_>,
        complaint: Complaint,
        reported: &Reported,
        words: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let (group, now) = (&charter.group, self.now());
        // The platform is asked before the ledger is held, so that a slow platform holds up nobody.
        let post = match reported {
            Reported::Post(id) => self.reported_post(group, id).await?,
            Reported::Member(_) | Reported::File(_) | Reported::Moderation => None,
        };
        let doubt = match reported {
            Reported::Member(member) => match self.named(in_force, member).await? {
                Ok(doubt) => doubt,
                Err(refusal) => return Ok(refusal),
            },
            Reported::Post(_) | Reported::File(_) | Reported::Moderation => "",
        };
        let mut tx = self.ledger.begin().await?;
        let about = match self.about(permit, reported, post.as_ref()).await? {
            Ok(about) => about,
            Err(why) => return Ok(refuse(why)),
        };
        let earlier = tx.reports_by(group, permit.who()).await?;
        let lane = complaint.lane();
        let same = earlier.iter().find_map(|report| match report.state {
            ReportState::Open { due, .. }
                if report.about.repeats(&about) && report.complaint.lane() == lane =>
            {
                Some((report.reference, due))
            }
            ReportState::Open { .. } | ReportState::Answered { .. } | ReportState::External { .. } => None,
        });
        if let Some((reference, due)) = same {
            return Ok(Letter::line(format!(
                "You have reported this already: it is {reference}, and you will have an answer by {}. Nothing was \
                 changed.",
                due.long_date(charter.zone)
            )));
        }
        let mut matter =
            self.matter_of(group, complaint, &about, Some(permit.who().clone()), Vec::new()).await?;
        let aimed_at = post.as_ref().map(|post| officers_among(in_force, &post.addressed, &matter.persons));
        matter.parties.targets.extend(aimed_at.iter().flatten().cloned());
        let turn = matter.desk(charter).turn(lane, Tier::Admins);
        let clock = charter.procedure.reports;
        let state = match &turn {
            Some(turn) => {
                ReportState::Open { tier: turn.tier, due: clock.due(lane, turn.tier, now, charter.zone) }
            }
            None => ReportState::External { at: now },
        };
        let new = NewReport {
            complaint,
            about: about.clone(),
            received_at: now,
            state,
            reporter: permit.who().clone(),
            words: words.clone(),
            snapshot: post.as_ref().map(|post| snapshot(in_force, post)),
        };
        let reference = tx.open_report(group, &new).await?;
        let report = Report { reference, complaint, about, received_at: now, state };
        // Whom the post was aimed at has a part in it for good, whatever becomes of the post.
        for officer in aimed_at.iter().flatten() {
            tx.declare_conflict(group, reference, officer, now).await?;
        }
        tx.note(group, reference, &Actor::Member, Event::ReportReceived, now).await?;
        self.goes_to(&mut tx, in_force, &report, turn.as_ref(), (Event::ReportReceived, Told::Received), now)
            .await?;
        self.commit(tx).await?;
        tracing::info!(report.reference = %reference, "report received");
        Ok(Letter::line(match report.state {
            ReportState::Open { due, .. } => format!(
                "Thank you. Your report is on record as {reference}. You will have an answer by {}.{doubt}",
                due.long_date(charter.zone)
            ),
            ReportState::Answered { .. } | ReportState::External { .. } => {
                format!("Thank you. Your report is on record as {reference}. I have written to you about it.")
            }
        }))
    }

    /// Answers a report, and tells the reporter.
    pub(crate) async fn answer_report(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        outcome: Outcome,
        words: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let (group, now) = (&charter.group, self.now());
        let mut tx = self.ledger.begin().await?;
        let file = tx.report(group, reference).await?.map(File::Report);
        let Some(File::Report(report)) = self.seen_by(permit.who(), in_force, file).await? else {
            return Ok(refuse(format_args!("There is no report {reference} in this group.")));
        };
        let answered = match report.answered(outcome, now) {
            Ok(answered) => answered,
            Err(error) => return Ok(refuse_in(reference, error)),
        };
        let mut matter = self.matter(group, &report).await?;
        let (lane, tier) = (report.complaint.lane(), report.tier().unwrap_or(Tier::Executive));
        let turn = matter.desk(charter).turn(lane, tier);
        let Some(turn) = turn.filter(|turn| matter.is_theirs(turn, permit.who())) else {
            return Ok(refuse_in(reference, "it is for others to answer now"));
        };
        matter.answered.push(permit.who().clone());
        let next = matter.desk(charter).after(lane, tier).map(|next| next.handler);
        let next = next.unwrap_or_else(|| Handler::External(charter.external_body.clone()));
        let event = Event::ReportAnswered { outcome };
        tx.update_report(group, &answered).await?;
        tx.set_deadlines(group, reference, &REPORT_DEADLINES, &[], now).await?;
        // What led to nothing is kept for a shorter time.
        tx.set_idle(group, reference, outcome == Outcome::NoBreach).await?;
        tx.keep_words(group, reference, WordsKind::Reason, words, now).await?;
        tx.note(group, reference, &Actor::Officer(permit.who().clone()), event, now).await?;
        let kind = NoticeKind::ReportAnswered { handler: turn.handler.clone(), outcome, next };
        self.tell_reporter(&mut tx, in_force, reference, kind, Some(words), now).await?;
        let others = turn.officers.into_iter().filter(|other| other != permit.who()).collect();
        self.tell_each(&mut tx, in_force, reference, others, event, now).await?;
        self.commit(tx).await?;
        tracing::info!(report.reference = %reference, "report answered");
        Ok(Letter::line(format!("{reference} is answered: {outcome}. The reporter is told, in your words.")))
    }

    /// Takes an answered report of one's own to the next tier. Nothing when there is none of that reference: whether
    /// somebody else has one is nobody's business.
    pub(crate) async fn contest_report(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        words: &MessageText,
    ) -> Result<Option<Letter>, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let (group, now) = (&charter.group, self.now());
        let mut tx = self.ledger.begin().await?;
        let Some(report) = tx.report(group, reference).await? else { return Ok(None) };
        if tx.reporter(group, reference).await?.as_ref() != Some(permit.who()) {
            return Ok(None);
        }
        if let Err(error) = report.contested(charter.procedure.reports, now, charter.zone) {
            let help = match error {
                CannotMove::NothingAbove | CannotMove::Frozen => {
                    format!("You can write to {}.", charter.external_body)
                }
                CannotMove::NotYet | CannotMove::Answered => {
                    format!("If you need more help, write to {}.", charter.contact)
                }
            };
            return Ok(Some(refuse(format_args!("{reference}: {error}. {help}"))));
        }
        let matter = self.matter(group, &report).await?;
        let (lane, tier) = (report.complaint.lane(), report.tier().unwrap_or(Tier::Executive));
        let turn = matter.desk(charter).after(lane, tier);
        let tier = turn.as_ref().map_or(Tier::Executive, |turn| turn.tier);
        let event = Event::ReportContested { tier };
        tx.set_idle(group, reference, false).await?;
        tx.keep_words(group, reference, WordsKind::Appeal, words, now).await?;
        tx.note(group, reference, &Actor::Member, event, now).await?;
        let told = Told::Escalated { was_due: None };
        self.moves_to(&mut tx, in_force, &report, turn.as_ref(), (event, told), now).await?;
        self.commit(tx).await?;
        Ok(Some(Letter::line(format!("Thank you. What you say about {reference} is on record."))))
    }

    /// The reports that wait for whoever asks.
    pub(crate) async fn reports(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let mut lines = Vec::new();
        for report in self.ledger.reports_open(&charter.group, RECORD_MAX).await? {
            let ReportState::Open { tier, .. } = report.state else { continue };
            let matter = self.matter(&charter.group, &report).await?;
            let turn = matter.desk(charter).turn(report.complaint.lane(), tier);
            if turn.is_some_and(|turn| matter.is_theirs(&turn, permit.who())) {
                lines.push(summary(&report, in_force, self.now()));
            }
        }
        if lines.is_empty() {
            return Ok(Letter::line("No report waits for you."));
        }
        let all = lines.len();
        let letter = lines.into_iter().take(LINES_MAX).fold(Letter::default(), Letter::text);
        Ok(and_more(letter, all).text(
            "Read one with `case`. Answer it with: answer REPORT acted|no-breach|advice|mediated|referred WORDS, which \
             the reporter is sent.",
        ))
    }

    /// What officers see of a report beside its history.
    pub(crate) async fn show_report(
        &self,
        in_force: &InForce,
        report: &Report,
    ) -> Result<Letter, CaseworkError> {
        let letter = Letter::line(summary(report, in_force, self.now()));
        Ok(match self.ledger.snapshot(&in_force.charter.group, report.reference).await? {
            Some(snapshot) => letter.text("What the post said then:").quote(letters::post_text(&snapshot)),
            None => letter,
        })
    }

    /// The file, unless it is a report that this officer may not see: because they have a part in it, or because it never
    /// was their turn.
    pub(crate) async fn seen_by(
        &self,
        officer: &MemberId,
        in_force: &InForce,
        file: Option<File>,
    ) -> Result<Option<File>, CaseworkError> {
        let Some(File::Report(report)) = &file else { return Ok(file) };
        let charter = &in_force.charter;
        let matter = self.matter(&charter.group, report).await?;
        // Beyond the group, it has been before everybody.
        let reached = report.tier().unwrap_or(Tier::Executive);
        let may_see = matter.desk(charter).may_see(report.complaint.lane(), reached, officer);
        Ok(file.filter(|_| may_see))
    }

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
                let tier = turn.as_ref().map_or(Tier::Executive, |turn| turn.tier);
                let event = Event::ReportOverdue { tier };
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
        let event = Event::ReportPassedOn { tier: turn.as_ref().map_or(Tier::Executive, |turn| turn.tier) };
        tx.note(&charter.group, report.reference, &Actor::Bot, event, now).await?;
        let told = Told::Escalated { was_due: None };
        self.moves_to(tx, in_force, report, turn.as_ref(), (event, told), now).await
    }

    /// Records where a report stands from now on, and what follows from that.
    async fn moves_to(
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
    async fn goes_to(
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
    async fn tell_reporter(
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
    async fn matter(&self, group: &GroupId, report: &Report) -> Result<Matter, CaseworkError> {
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

    async fn matter_of(
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

    async fn reported_post(&self, group: &GroupId, id: &PostId) -> Result<Option<Post>, CaseworkError> {
        self.platform(group)?.read(group, id).await.map_err(CaseworkError::Unreadable)
    }

    /// What a report points at, or why it cannot.
    async fn about(
        &self,
        permit: &Permit<'_>,
        reported: &Reported,
        post: Option<&Post>,
    ) -> Result<Result<About, String>, CaseworkError> {
        Ok(match (reported, post) {
            (Reported::Post(_), Some(post)) => {
                Ok(About::Post { post: post.id.clone(), author: post.author.clone() })
            }
            (Reported::Post(id), None) => Err(format!(
                "There is no post {} in this group, or no longer. You can report the member: @ and their account name.",
                id.as_str()
            )),
            (Reported::Member(member), _) => Ok(About::Member { member: member.clone() }),
            (Reported::Moderation, _) => Ok(About::Moderation { file: None }),
            (Reported::File(file), _) if self.knows(permit, *file).await? => {
                Ok(About::Moderation { file: Some(*file) })
            }
            (Reported::File(file), _) => Err(format!(
                "I know no file {file} of yours. You can report without it: report moderation moderation and why."
            )),
        })
    }

    /// Whether somebody may know that there is such a file: their own, or an officer's who may see it.
    async fn knows(&self, permit: &Permit<'_>, reference: Reference) -> Result<bool, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let (group, who) = (&charter.group, permit.who());
        let Some(file) = self.ledger.file(group, reference).await? else { return Ok(false) };
        let is_officer =
            [Role::Moderator, Role::Executive].iter().any(|role| charter.roster.holds(who, *role));
        Ok(match &file {
            File::Case(case) => {
                is_officer || (case.post.author == *who && !matches!(case.state, State::Watched { .. }))
            }
            File::Sanction(sanction) => is_officer || sanction.member == *who,
            File::Member { member, .. } => is_officer || member == who,
            File::Group { .. } => is_officer,
            File::Report(_) => {
                self.ledger.reporter(group, reference).await?.as_ref() == Some(who)
                    || self.seen_by(who, in_force, Some(file)).await?.is_some()
            }
        })
    }
}

/// The line for officers about something that happened to a report, where it says more than the history.
pub(crate) fn news(report: &Report, event: Event, in_force: &InForce) -> Option<String> {
    let (reference, complaint) = (report.reference, report.complaint);
    let about = about_words(&report.about);
    let due = match report.state {
        ReportState::Open { due, .. } => due.long_date(in_force.charter.zone),
        ReportState::Answered { outcome, .. } => {
            return Some(format!("{reference} the report of {about} is answered: {outcome}."));
        }
        ReportState::External { .. } => return None,
    };
    let please = format!("Please answer by {due}: see `case {reference}`, then `answer`.");
    Some(match event {
        Event::ReportReceived => format!("{reference} a member reports {about}: {complaint}. {please}"),
        Event::ReportWaits => {
            format!("{reference} the report of {about} still waits for an answer. {please}")
        }
        Event::ReportOverdue { .. } => {
            format!(
                "{reference} nobody answered the report of {about} in time; now it is your turn. {please}"
            )
        }
        Event::ReportContested { .. } => format!(
            "{reference} the reporter is not content with the answer about {about}; now it is your turn. {please}"
        ),
        Event::ReportPassedOn { .. } => format!(
            "{reference} those who were to answer the report of {about} have a part in it; now it is your turn. {please}"
        ),
        Event::ReportLate => format!(
            "{reference} the report of {about} should have been answered by {due} and is LATE: see `case {reference}`, \
             then `answer`."
        ),
        _ => return None,
    })
}

/// What a report points at, in words.
fn about_words(about: &About) -> String {
    match about {
        About::Post { post, author } => format!("post {} by {}", post.as_str(), author.as_str()),
        About::Member { member } => member.as_str().to_owned(),
        About::Moderation { file: Some(file) } => format!("the moderation in {file}"),
        About::Moderation { file: None } => "the moderation".to_owned(),
    }
}

/// One line about a report for lists.
pub(crate) fn summary(report: &Report, in_force: &InForce, now: Timestamp) -> String {
    let zone = in_force.charter.zone;
    let stands = match report.state {
        ReportState::Open { tier, due } => {
            let tier = match (tier, report.complaint.lane()) {
                (Tier::Admins, Lane::Safeguarding | Lane::Legal) => "the officer in charge of such matters",
                (Tier::Admins | Tier::Secretary | Tier::Executive, _) => letters::tier_words(tier),
            };
            let date = due.long_date(zone);
            if due < now {
                format!("before {tier}, answer OVERDUE since {date}")
            } else {
                format!("before {tier}, answer due by {date}")
            }
        }
        ReportState::Answered { outcome, at, .. } => format!("answered {}: {outcome}", at.long_date(zone)),
        ReportState::External { at } => {
            format!("beyond the group since {}: {}", at.long_date(zone), in_force.charter.external_body)
        }
    };
    format!(
        "{} {} about {}, {}; {stands}",
        report.reference,
        report.complaint,
        about_words(&report.about),
        report.received_at.long_date_time(zone),
    )
}
