//! Appeals before the Executive: who is told when one comes there, what falls due, and what happens where nobody of
//! them may hear it.

use ledger::{File, Transaction};
use policy::{
    Actor, Appeal, AppealState, Deadline, DeadlineKind, Event, MemberId, NoticeKind, Reference, Timestamp,
    appeal,
};

use crate::appeals::contested;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::parties::together;
use crate::record::Step;

/// How often an appeal that is late before the Executive is brought up again, in days.
const LATE_AGAIN_DAYS: u32 = 7;

impl Casework {
    /// Records that an appeal came before the Executive: the member is told by when to expect what, and those who can
    /// act are told to: each of the panel in private, and about a sanction also whoever does what is the Secretary's. Where
    /// nobody of the Executive may hear it, no date is promised and others are told.
    pub(crate) async fn before_the_executive(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: &File,
        kind: NoticeKind,
        step: &Step<'_>,
    ) -> Result<(), CaseworkError> {
        let panel = self.panel(in_force, file).await?;
        if panel.is_empty() {
            self.advance(tx, in_force, file, beyond(in_force, file), step).await?;
            return self.ask_to_hand_on(tx, in_force, file, step.now).await;
        }
        let told = match file {
            File::Sanction(_) => self.with_secretary(in_force, file, panel).await?,
            File::Case(_) | File::Report(_) | File::Member { .. } | File::Group { .. } => panel,
        };
        self.tell_each(tx, in_force, file.reference(), told, step.event, step.now).await?;
        self.advance(tx, in_force, file, Some(kind), step).await
    }

    /// The member hears that the Executive still has the appeal, and when they will hear again.
    pub(crate) async fn report_progress(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let Some(Appeal { lodged_at, state: AppealState::Executive { since, .. } }) =
            tx.appeal(group, reference).await?
        else {
            return Ok(());
        };
        let file = self.file_in(tx, in_force, reference).await?;
        let Some((_, matter)) = contested(&file) else { return Ok(()) };
        let (periods, zone) = (in_force.charter.procedure.periods, in_force.charter.zone);
        let again_at = now.noon_after(periods.progress_days, zone);
        let again = [Deadline { kind: DeadlineKind::AppealProgress, due: again_at }];
        tx.set_deadlines(group, reference, &[], &again, now).await?;
        let due = since.end_of_day_after(periods.executive_days, zone);
        let kind = NoticeKind::AppealProgress { matter, lodged_at, due, again_at };
        let step = Step { actor: Actor::Bot, event: Event::ExecutiveWaits, reason: None, now };
        self.before_the_executive(tx, in_force, &file, kind, &step).await
    }

    /// The Executive has not decided an appeal in time: they and the Secretary hear it, and again until they have.
    pub(crate) async fn appeal_late(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let Some(Appeal { state: AppealState::Executive { .. }, .. }) = tx.appeal(group, reference).await?
        else {
            return Ok(());
        };
        let again_at = now.noon_after(LATE_AGAIN_DAYS, in_force.charter.zone);
        let again = [Deadline { kind: DeadlineKind::AppealLate, due: again_at }];
        tx.set_deadlines(group, reference, &[], &again, now).await?;
        let file = self.file_in(tx, in_force, reference).await?;
        let panel = self.panel(in_force, &file).await?;
        if panel.is_empty() {
            return self.ask_to_hand_on(tx, in_force, &file, now).await;
        }
        let told = self.with_secretary(in_force, &file, panel).await?;
        tx.note(group, reference, &Actor::Bot, Event::AppealLate, now).await?;
        self.tell_each(tx, in_force, reference, told, Event::AppealLate, now).await
    }

    /// Nobody of the Executive may hear an appeal: those who can hand it to the outside body are told, or else all
    /// officers.
    async fn ask_to_hand_on(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: &File,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let (group, reference) = (&charter.group, file.reference());
        tx.note(group, reference, &Actor::Bot, Event::AppealBeyond, now).await?;
        let parties = self.parties(group, file).await?;
        let persons = self.persons(group).await?;
        let deciders = self.deciders(group, reference).await?;
        let alternate = charter.duties.alternate.as_ref();
        let mut able = appeal::hands_on(&parties, &deciders, &charter.roster, alternate, &persons);
        if able.is_empty() {
            // All others have a part in it: then those who decided may put on record where it went.
            able = appeal::hands_on(&parties, &[], &charter.roster, alternate, &persons);
        }
        if able.is_empty() {
            return self.tell_officers(tx, in_force, file, Event::AppealBeyond, now).await;
        }
        self.tell_each(tx, in_force, reference, able, Event::AppealBeyond, now).await
    }

    /// The panel, and whoever does what is the Secretary's in the matter.
    async fn with_secretary(
        &self,
        in_force: &InForce,
        file: &File,
        panel: Vec<MemberId>,
    ) -> Result<Vec<MemberId>, CaseworkError> {
        let parties = self.parties(&in_force.charter.group, file).await?;
        Ok(together(panel, self.secretary_for(in_force, &parties).await?))
    }
}

fn beyond(in_force: &InForce, file: &File) -> Option<NoticeKind> {
    let external_body = in_force.charter.external_body.clone();
    contested(file).map(|(_, matter)| NoticeKind::AppealBeyond { matter, external_body })
}
