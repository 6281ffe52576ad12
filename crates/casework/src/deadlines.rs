//! What falls due: rows of the ledger, looked at by the clock. Each fires once, in one transaction with what follows.

use ledger::{Due, EffectKind, Transaction};
use policy::{
    Actor, Appeal, AppealState, Case, Deadline, DeadlineKind, Event, Occasion, Reference, Role, State,
    Timestamp, appeal,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::failpoint::die_at;
use crate::in_force::InForce;
use crate::record::Step;

/// How long after the officers were reminded of a hidden post the Secretary is told, in days.
const SECRETARY_TOLD_AFTER_DAYS: u32 = 1;

impl Casework {
    /// Lets everything fire that has fallen due in the groups that are configured, the oldest of each first.
    pub(crate) async fn fire_due(&self) -> Result<(), CaseworkError> {
        let withheld = self.withheld().await?;
        for group in self.ledger.groups_due(self.now()).await? {
            if !self.platforms.contains_key(&group) {
                continue;
            }
            let in_force = self.in_force(&group)?;
            while let Some(due) = self.ledger.next_deadline_but(&group, self.now(), &withheld).await? {
                self.fire(&in_force, &due).await?;
            }
        }
        Ok(())
    }

    #[tracing::instrument(skip_all, fields(file.reference = %due.file, deadline = due.deadline.kind.word()))]
    async fn fire(&self, in_force: &InForce, due: &Due) -> Result<(), CaseworkError> {
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        tx.fire(due.id, now).await?;
        match due.deadline.kind {
            kind @ (DeadlineKind::ReviewDue
            | DeadlineKind::ReviewOverdue
            | DeadlineKind::AppealReminder
            | DeadlineKind::AppealDue
            | DeadlineKind::AppealProgress) => {
                self.fire_of_case(&mut tx, in_force, due.file, kind, now).await?
            }
            DeadlineKind::HoldReview => self.remind_of_hold(&mut tx, in_force, due.file, now).await?,
        }
        die_at!("deadline::written");
        self.commit(tx).await
    }

    async fn fire_of_case(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        kind: DeadlineKind,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let case = tx.case(group, reference).await?.ok_or(CaseworkError::Vanished(reference))?;
        let appeal = tx.appeal(group, reference).await?;
        match kind {
            DeadlineKind::ReviewDue => self.remind_of_review(tx, in_force, &case, now).await,
            DeadlineKind::ReviewOverdue => self.tell_secretary(tx, in_force, &case, now).await,
            DeadlineKind::AppealReminder => match appeal {
                Some(Appeal { state: AppealState::Lodged { .. }, .. }) => {
                    self.say(tx, in_force, reference, Event::AppealWaits, now).await
                }
                _ => Ok(()),
            },
            DeadlineKind::AppealDue => self.pass_up(tx, in_force, case, appeal, now).await,
            DeadlineKind::AppealProgress => self.report_progress(tx, in_force, case, appeal, now).await,
            // Files of every kind are held: it fires above.
            DeadlineKind::HoldReview => Ok(()),
        }
    }

    async fn remind_of_review(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: &Case,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let State::Hidden { review_due } = case.state else { return Ok(()) };
        self.say(tx, in_force, case.reference, Event::ReviewDue, now).await?;
        let due = review_due.plus_days(SECRETARY_TOLD_AFTER_DAYS, in_force.charter.zone);
        let overdue = [Deadline { kind: DeadlineKind::ReviewOverdue, due }];
        tx.set_deadlines(&in_force.charter.group, case.reference, &[], &overdue, now).await?;
        Ok(())
    }

    async fn tell_secretary(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: &Case,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        if !matches!(case.state, State::Hidden { .. }) {
            return Ok(());
        }
        let charter = &in_force.charter;
        let secretaries: Vec<_> = charter.roster.holders(Role::Secretary).cloned().collect();
        if secretaries.is_empty() {
            return self.say(tx, in_force, case.reference, Event::ReviewOverdue, now).await;
        }
        tx.note(&charter.group, case.reference, &Actor::Bot, Event::ReviewOverdue, now).await?;
        self.tell_each(tx, in_force, case.reference, secretaries, Event::ReviewOverdue, now).await
    }

    /// An appeal that nobody decided in time goes to the Executive, and the member hears so.
    async fn pass_up(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: Case,
        appeal: Option<Appeal>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let Some((appeal, was_due)) = appeal.and_then(|appeal| match appeal.state {
            AppealState::Lodged { due } => Some((appeal, due)),
            _ => None,
        }) else {
            return Ok(());
        };
        let Some(state) = appeal::overdue(&appeal, now) else { return Ok(()) };
        let charter = &in_force.charter;
        self.appeal_stands(tx, in_force, case.reference, &state, now).await?;
        self.tell_panel(tx, in_force, &case, Event::AppealOverdue, now).await?;
        let due = now.end_of_day_after(charter.procedure.periods.executive_days, charter.zone);
        let told = Occasion::AppealEscalated { was_due, due };
        self.tell_of_appeal(tx, in_force, case, told, Event::AppealOverdue, now).await
    }

    /// The member hears that the Executive still has the appeal, and when they will hear again.
    async fn report_progress(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: Case,
        appeal: Option<Appeal>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let Some(Appeal { lodged_at, state: AppealState::Executive { since, .. } }) = appeal else {
            return Ok(());
        };
        let (periods, zone) = (in_force.charter.procedure.periods, in_force.charter.zone);
        let again_at = now.noon_after(periods.progress_days, zone);
        let again = [Deadline { kind: DeadlineKind::AppealProgress, due: again_at }];
        tx.set_deadlines(&in_force.charter.group, case.reference, &[], &again, now).await?;
        self.tell_panel(tx, in_force, &case, Event::ExecutiveWaits, now).await?;
        let due = since.end_of_day_after(periods.executive_days, zone);
        let told = Occasion::AppealProgress { lodged_at, due, again_at };
        self.tell_of_appeal(tx, in_force, case, told, Event::ExecutiveWaits, now).await
    }

    /// Records that an appeal moved on without the post or its strike being touched, and tells the member.
    async fn tell_of_appeal(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: Case,
        told: Occasion,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let outcome = case.unmoved(told);
        let step = Step { actor: Actor::Bot, event, reason: None, now };
        self.carry_out(tx, in_force, case, &outcome, &step).await
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
        tx.queue(group, file, &EffectKind::TellOfficers(event), now).await?;
        Ok(())
    }
}
