//! Holds: an officer sets a file apart from purge and erasure, says why, and is asked again whether it has to be.

use ledger::{Hold, Transaction, WordsKind};
use policy::{Actor, Deadline, DeadlineKind, Event, Letter, MemberId, MessageText, Reference, Timestamp};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::parties::{View, together};
use crate::rights::Permit;

impl Casework {
    /// Holds a file, or says why not.
    pub(crate) async fn hold(
        &self,
        permit: &Permit<'_>,
        file: Reference,
        why: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if let Err(refusal) = self.theirs(&mut tx, permit, file).await? {
            return Ok(refusal);
        }
        if let Some(hold) = tx.hold_on(&charter.group, file).await? {
            let (owner, since) = (hold.owner.as_str(), hold.held_at.long_date(charter.zone));
            return Ok(refuse(format_args!("{file} has been held by {owner} since {since}.")));
        }
        let review_at = charter.procedure.retention.review_at(now, charter.zone);
        let hold = Hold { owner: permit.who().clone(), held_at: now, review_at };
        tx.hold(&charter.group, file, &hold).await?;
        tx.keep_words(&charter.group, file, WordsKind::Hold, why, now).await?;
        let review = [Deadline { kind: DeadlineKind::HoldReview, due: review_at }];
        tx.set_deadlines(&charter.group, file, &[], &review, now).await?;
        tx.note(&charter.group, file, &Actor::Officer(hold.owner), Event::Held, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "{file} is held: it is neither purged nor erased. On {} you are asked whether it still has to be; \
             `release {file}` ends it.",
            review_at.long_date(charter.zone)
        )))
    }

    /// Ends the hold on a file, or says why not.
    pub(crate) async fn release_hold(
        &self,
        permit: &Permit<'_>,
        file: Reference,
    ) -> Result<Letter, CaseworkError> {
        let charter = &permit.in_force().charter;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if let Err(refusal) = self.theirs(&mut tx, permit, file).await? {
            return Ok(refusal);
        }
        if tx.hold_on(&charter.group, file).await?.is_none() {
            return Ok(refuse(format_args!("{file} is not held.")));
        }
        tx.release_hold(&charter.group, file, permit.who(), now).await?;
        tx.set_deadlines(&charter.group, file, &[DeadlineKind::HoldReview], &[], now).await?;
        let by = Actor::Officer(permit.who().clone());
        tx.note(&charter.group, file, &by, Event::HoldReleased, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!("{file} is no longer held: it goes when its time is over.")))
    }

    /// Asks the officer who holds a file, and the Secretary, whether it still has to be held; and again later.
    pub(crate) async fn remind_of_hold(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let Some(hold) = tx.hold_on(&charter.group, file).await? else { return Ok(()) };
        let review_at = charter.procedure.retention.review_at(now, charter.zone);
        tx.review_hold_at(&charter.group, file, review_at).await?;
        let review = [Deadline { kind: DeadlineKind::HoldReview, due: review_at }];
        tx.set_deadlines(&charter.group, file, &[], &review, now).await?;
        tx.note(&charter.group, file, &Actor::Bot, Event::HoldReviewDue, now).await?;
        let held = self.file_in(tx, in_force, file).await?;
        let parties = self.parties_in(View::Transaction(tx), &charter.group, &held).await?;
        let secretaries = self.secretary_for(in_force, &parties).await?;
        let persons = self.persons(&charter.group).await?;
        let may_look = |owner: &MemberId| {
            parties.conflict(owner, &persons).is_none() && charter.roster.offices(owner).next().is_some()
        };
        let told = together(secretaries, Some(hold.owner).filter(may_look));
        self.tell_each(tx, in_force, file, told, Event::HoldReviewDue, now).await
    }
}
