//! Decided sanctions are taken back: by an admin what one officer signed, by the Executive's minute what several did.

use ledger::{File, Transaction, WordsKind};
use policy::notice::Cause;
use policy::{Actor, AppealState, CannotSign, GroupId, Letter, MessageText, Reference, Role, Sanction};

use crate::answers::{refuse, refuse_in};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::ladder::{Change, Relief};
use crate::parties::View;
use crate::rights::Permit;
use crate::sanctions::no_sanction;

impl Casework {
    /// Takes a decided sanction back. An admin does so alone where one officer signed it; what several signed is not one
    /// officer's to undo, and the Executive's minute or an appeal undoes it.
    pub(crate) async fn take_back(
        &self,
        permit: &Permit<'_>,
        sanction: &Sanction,
        reason: Option<&MessageText>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let reference = sanction.reference;
        let Some(reason) = reason else {
            return Ok(refuse_in(reference, "say why: `void B-… WHY`"));
        };
        if !in_force.charter.roster.holds(permit.who(), Role::Admin) {
            return Ok(refuse_in(reference, "an admin takes sanctions back"));
        }
        let mut tx = self.ledger.begin().await?;
        let file = File::Sanction(Box::new(sanction.clone()));
        let parties = self.parties_in(View::Transaction(&mut tx), group, &file).await?;
        if let Some(conflict) = parties.conflict(permit.who(), &self.persons(group).await?) {
            return Ok(refuse_in(reference, CannotSign::Conflicted(conflict)));
        }
        if let Some(why) = self.is_final(&mut tx, group, reference).await? {
            return Ok(refuse_in(reference, why));
        }
        let Some(sanction) = tx.sanction(group, reference).await? else {
            return Ok(no_sanction(reference));
        };
        if sanction.imposed().is_none() {
            return Ok(refuse(format_args!(
                "{reference} is {}: there is nothing to take back; `decline` a proposal.",
                sanction.state.word()
            )));
        }
        if sanction.signatures.len() > 1 {
            return Ok(refuse_in(
                reference,
                format_args!(
                    "{} officers signed it, so no one of them takes it back: the Executive does, with `minute {reference} \
                     allow PLACE WHY`",
                    sanction.signatures.len()
                ),
            ));
        }
        self.undo(tx, permit, &sanction, reason).await
    }

    /// Takes a sanction back by the Executive's minute, without an appeal. That `permit` is of somebody on the panel has
    /// been looked at.
    pub(crate) async fn take_back_by_minute(
        &self,
        mut tx: Transaction,
        permit: &Permit<'_>,
        sanction: &Sanction,
        place: &str,
        reason: Option<&MessageText>,
    ) -> Result<Letter, CaseworkError> {
        let (group, reference) = (&permit.in_force().charter.group, sanction.reference);
        let Some(reason) = reason else {
            return Ok(refuse_in(
                reference,
                "it is not under appeal; say why it is taken back: `minute B-… allow PLACE WHY`",
            ));
        };
        if sanction.imposed().is_none() {
            return Ok(refuse_in(reference, "nothing that was decided stands there"));
        }
        if let Some(why) = self.is_final(&mut tx, group, reference).await? {
            return Ok(refuse_in(reference, why));
        }
        let minuted = MessageText::new(format!("{place}: {}", reason.expose()));
        self.undo(tx, permit, sanction, &minuted).await
    }

    /// Why nobody in the group takes a sanction back any more, if nobody does.
    async fn is_final(
        &self,
        tx: &mut Transaction,
        group: &GroupId,
        sanction: Reference,
    ) -> Result<Option<&'static str>, CaseworkError> {
        Ok(match tx.appeal(group, sanction).await?.map(|appeal| appeal.state) {
            Some(AppealState::External { .. }) => Some("a body outside the group has it"),
            Some(state) if state.is_upheld() => {
                Some("the Executive has decided about it, and that is final in the group")
            }
            Some(_) | None => None,
        })
    }

    /// Records that a sanction is taken back, with everything that follows.
    async fn undo(
        &self,
        mut tx: Transaction,
        permit: &Permit<'_>,
        sanction: &Sanction,
        reason: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let (reference, now) = (sanction.reference, self.now());
        tx.keep_words(&in_force.charter.group, reference, WordsKind::Reason, reason, now).await?;
        let actor = Actor::Officer(permit.who().clone());
        let change = Change { cause: Cause::Review, strike_voided: false };
        let relief = Relief { was: sanction, is: &sanction.voided(), actor: &actor, change: Some(change) };
        self.lighten(&mut tx, in_force, &relief, now).await?;
        self.climb(&mut tx, in_force, &sanction.member, change, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!("{reference}: taken back. The member is told.")))
    }
}
