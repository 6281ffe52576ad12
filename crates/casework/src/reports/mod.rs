//! Reports: a member tells the officers of something, those whose turn it is answer, and what nobody answers goes up.
//!
//! Who reported is asked of the ledger for two ends only: to tell who has a part in the matter, and, at delivery, to
//! write to them. No text for anybody else names them. Officers with a part in a matter, and those whose turn it never
//! was, get the same answer as if there were no such report. Nothing follows from how many reports there are.

mod turns;
pub(crate) mod words;

use ledger::{File, NewReport, WordsKind};
use policy::notice::Handler;
use policy::report::{CannotMove, Outcome};
use policy::{
    About, Actor, Complaint, Event, GroupId, Letter, MemberId, MessageText, NoticeKind, Post, PostId,
    Reference, Report, ReportState, Role, State, Tier,
};

use crate::acts::snapshot;
use crate::answers::{RECORD_MAX, refuse, refuse_in};
use crate::commands::Reported;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::letters;
use crate::lists::{Line, listed};
use crate::record::officers_among;
use crate::rights::Permit;

use turns::{REPORT_DEADLINES, Told, tier_of};
pub(crate) use words::{news, summary};

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
        let event = Event::ReportContested { tier: tier_of(turn.as_ref()) };
        tx.set_idle(group, reference, false).await?;
        tx.keep_words(group, reference, WordsKind::Appeal, words, now).await?;
        tx.note(group, reference, &Actor::Member, event, now).await?;
        let told = Told::Escalated { was_due: None };
        self.moves_to(&mut tx, in_force, &report, turn.as_ref(), (event, told), now).await?;
        self.commit(tx).await?;
        Ok(Some(Letter::line(format!("Thank you. What you say about {reference} is on record."))))
    }

    /// The reports that wait for an officer.
    pub(crate) async fn reports_for(&self, permit: &Permit<'_>) -> Result<Vec<Report>, CaseworkError> {
        let charter = &permit.in_force().charter;
        let mut theirs = Vec::new();
        for report in self.ledger.reports_open(&charter.group, RECORD_MAX).await? {
            let ReportState::Open { tier, .. } = report.state else { continue };
            let matter = self.matter(&charter.group, &report).await?;
            let turn = matter.desk(charter).turn(report.complaint.lane(), tier);
            if turn.is_some_and(|turn| matter.is_theirs(&turn, permit.who())) {
                theirs.push(report);
            }
        }
        Ok(theirs)
    }

    /// The reports that wait for whoever asks.
    pub(crate) async fn reports(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let (in_force, now) = (permit.in_force(), self.now());
        let reports = self.reports_for(permit).await?;
        if reports.is_empty() {
            return Ok(Letter::line("No report waits for you."));
        }
        let lines = reports.iter().map(|report| Line::report(report, in_force, now)).collect();
        Ok(listed([lines]).text(
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

    async fn reported_post(&self, group: &GroupId, id: &PostId) -> Result<Option<Post>, CaseworkError> {
        self.platform(group)?.read(group, None, id).await.map_err(CaseworkError::Unreadable)
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
