//! What falls due: rows of the ledger, looked at by the clock. Each fires once, in one transaction with what follows.

use ledger::{Due, Transaction, die_at};
use policy::{
    Actor, Appeal, AppealState, Case, DeadlineKind, Event, NoticeKind, Reference, State, Timestamp, appeal,
};

use crate::appeals::contested;
use crate::delivery::put_off;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::Step;

/// How long after the officers were reminded of a hidden post the Secretary is told, in days.
pub(crate) const SECRETARY_TOLD_AFTER_DAYS: u32 = 1;

impl Casework {
    /// Lets everything fire that has fallen due in the groups that are configured, the oldest of each first.
    pub(crate) async fn fire_due(&self) -> Result<(), CaseworkError> {
        let withheld = self.withheld().await?;
        let waiting = self.waiting_groups().await?;
        for group in self.ledger.groups_due(self.now()).await? {
            if !self.platforms.contains_key(&group) || waiting.contains(&group) {
                continue;
            }
            let in_force = self.in_force(&group)?;
            let mut failed = Vec::new();
            while let Some(due) =
                self.ledger.next_deadline_but(&group, self.now(), &withheld, &failed).await?
            {
                if let Err(error) = self.fire(&in_force, &due, &withheld).await {
                    put_off(&error, "a deadline did not fire; it is tried again");
                    failed.push(due.id);
                }
            }
        }
        Ok(())
    }

    #[tracing::instrument(skip_all, fields(file.reference = %due.file, deadline = due.deadline.kind.word()))]
    async fn fire(
        &self,
        in_force: &InForce,
        due: &Due,
        withheld: &[DeadlineKind],
    ) -> Result<(), CaseworkError> {
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        // Of a chain that came all at once only the last counts; what waits for the clock takes nobody's place.
        let later = due.deadline.kind.gives_way_to().iter().filter(|kind| !withheld.contains(kind));
        let later: Vec<_> = later.copied().collect();
        if !later.is_empty() && tx.pass_over(due.id, &later, now).await? {
            return self.commit(tx).await;
        }
        tx.fire(due.id, now).await?;
        let file = due.file;
        match due.deadline.kind {
            DeadlineKind::ReviewDue => self.remind_of_review(&mut tx, in_force, file, now).await?,
            DeadlineKind::ReviewOverdue => self.tell_secretary(&mut tx, in_force, file, now).await?,
            DeadlineKind::AppealReminder => self.remind_of_appeal(&mut tx, in_force, file, now).await?,
            DeadlineKind::AppealDue => self.pass_up(&mut tx, in_force, file, now).await?,
            DeadlineKind::AppealProgress => self.report_progress(&mut tx, in_force, file, now).await?,
            DeadlineKind::HearingOver => self.end_hearing(&mut tx, in_force, file, now).await?,
            DeadlineKind::SigningDue => self.remind_of_signing(&mut tx, in_force, file, now).await?,
            DeadlineKind::SuspensionOver => self.release(&mut tx, in_force, file, now).await?,
            DeadlineKind::MuteReview => self.review_mute(&mut tx, in_force, file, now).await?,
            DeadlineKind::MuteOver => self.end_mute(&mut tx, in_force, file, now).await?,
            DeadlineKind::ReportReminder => self.remind_of_report(&mut tx, in_force, file, now).await?,
            DeadlineKind::ReportDue => self.report_due(&mut tx, in_force, file, now).await?,
            DeadlineKind::HoldReview => self.remind_of_hold(&mut tx, in_force, file, now).await?,
            DeadlineKind::TombstoneReview => self.review_tombstones(&mut tx, in_force, file, now).await?,
            DeadlineKind::DigestDue => {
                self.send_digest(&mut tx, in_force, file, due.deadline.due, now).await?;
            }
            DeadlineKind::ErasureReminder | DeadlineKind::ErasureDue => {
                self.remind_of_erasure(&mut tx, in_force, file, due.deadline.kind, now).await?;
            }
            DeadlineKind::ExclusionAgain => {
                if let Some(sanction) = tx.sanction(&in_force.charter.group, file).await? {
                    self.put_out_again(&mut tx, in_force, &sanction, now).await?;
                }
            }
            DeadlineKind::AppealLate => self.appeal_late(&mut tx, in_force, file, now).await?,
            DeadlineKind::BreakerStands => self.remind_of_breaker(&mut tx, in_force, now).await?,
        }
        die_at("deadline::written");
        self.commit(tx).await
    }

    async fn remind_of_review(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        match tx.case(group, reference).await? {
            Some(Case { state: State::Hidden { .. }, .. }) => {
                self.say(tx, in_force, reference, Event::ReviewDue, now).await
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn tell_secretary(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        match tx.case(&in_force.charter.group, reference).await? {
            Some(Case { state: State::Hidden { .. }, .. }) => {
                let late = (&Actor::Bot, Event::ReviewOverdue);
                self.tell_secretaries(tx, in_force, reference, late, now).await
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn remind_of_appeal(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        match tx.appeal(&in_force.charter.group, reference).await? {
            Some(Appeal { state: AppealState::Lodged { .. }, .. }) => {
                self.say(tx, in_force, reference, Event::AppealWaits, now).await
            }
            _ => Ok(()),
        }
    }

    /// An appeal that nobody decided in time goes to the Executive, and the member hears so.
    async fn pass_up(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let Some(appeal) = tx.appeal(&charter.group, reference).await? else { return Ok(()) };
        let (AppealState::Lodged { due: was_due }, Some(state)) =
            (&appeal.state, appeal::overdue(&appeal, now))
        else {
            return Ok(());
        };
        let file = self.file_in(tx, in_force, reference).await?;
        self.appeal_stands(tx, in_force, reference, &state, now).await?;
        let Some((_, matter)) = contested(&file) else { return Ok(()) };
        let due = now.end_of_day_after(charter.procedure.periods.executive_days, charter.zone);
        let kind = NoticeKind::AppealEscalated { matter, was_due: *was_due, due };
        let step = Step { actor: Actor::Bot, event: Event::AppealOverdue, reason: None, now };
        self.before_the_executive(tx, in_force, &file, kind, &step).await
    }

    /// Puts something on record that happened by the clock, and tells the officers.
    pub(crate) async fn say(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: Reference,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        tx.note(group, file, &Actor::Bot, event, now).await?;
        let file = self.file_in(tx, in_force, file).await?;
        self.tell_officers(tx, in_force, &file, event, now).await
    }
}
