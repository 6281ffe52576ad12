//! An expulsion outlives its file: of whom it keeps out nothing is left but a tag. The Executive is asked before the file
//! goes, and again and again after, and can let them in.

use ledger::{EffectKind, Listed, Transaction, WordsKind};
use policy::{
    Actor, Deadline, DeadlineKind, Event, GroupId, Letter, MemberId, MessageText, NoticeKind, Reference,
    Role, SanctionState, Step, Timestamp,
};

use crate::answers::refuse;
use crate::commands::account;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::parties::{View, together};
use crate::record::Told;
use crate::rights::Permit;

impl Casework {
    /// Whether an account is shut out for good by an expulsion whose file is gone.
    pub(crate) async fn is_out_for_good(
        &self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<bool, CaseworkError> {
        for account in self.persons(group).await?.accounts(member) {
            if self.ledger.tombstone(group, account).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is kept of a member's expulsion whose file is gone, in words for them.
    pub(crate) async fn outlived(
        &self,
        in_force: &InForce,
        member: &MemberId,
    ) -> Result<Option<String>, CaseworkError> {
        let charter = &in_force.charter;
        let kept = self.ledger.tombstone(&charter.group, member).await?;
        Ok(kept.map(|kept| {
            format!(
                "Shut out for good since {}. The file of that is gone; what keeps this account out is a mark without a \
                 name. The Executive looks at it again on {}.",
                kept.since.long_date(charter.zone),
                kept.review_at.long_date(charter.zone)
            )
        }))
    }

    /// Purges files, and has the expulsions among them looked at when it is time.
    pub(crate) async fn purge_in(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        files: &[Reference],
        now: Timestamp,
    ) -> Result<Vec<Reference>, CaseworkError> {
        let charter = &in_force.charter;
        let review_at = charter.procedure.retention.review_at(now, charter.zone);
        let gone = tx.purge(&charter.group, files, review_at, now).await?;
        self.await_tombstone_review(tx, in_force, now).await?;
        Ok(gone)
    }

    pub(crate) async fn await_tombstone_review(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let Some(due) = tx.tombstone_review_at(group).await? else { return Ok(()) };
        let own = tx.group_file(group, now).await?;
        let kind = DeadlineKind::TombstoneReview;
        tx.set_deadlines(group, own, &[kind], &[Deadline { kind, due }], now).await?;
        Ok(())
    }

    /// The Executive and the Secretary hear that the file of an expulsion is to go, if it is one.
    pub(crate) async fn say_what_outlives(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        listed: &Listed,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let lasting = tx.sanction(&charter.group, listed.file).await?.is_some_and(|sanction| {
            sanction.step == Step::Expulsion && matches!(sanction.state, SanctionState::Live { .. })
        });
        if !lasting {
            return Ok(());
        }
        let file = self.file_in(tx, in_force, listed.file).await?;
        let parties = self.parties_in(View::Transaction(tx), &charter.group, &file).await?;
        let persons = self.persons(&charter.group).await?;
        let secretaries = self.secretary_for(in_force, &parties).await?;
        let executive = charter.roster.holders(Role::Executive);
        let free = executive.filter(|officer| parties.conflict(officer, &persons).is_none());
        let told = together(secretaries, free.cloned());
        let event = Event::Outlived { due: listed.due };
        tx.note(&charter.group, listed.file, &Actor::Bot, event, now).await?;
        self.tell_each(tx, in_force, listed.file, told, event, now).await
    }

    /// The Executive and the Secretary are asked to look again at the expulsions of which no file is left.
    pub(crate) async fn review_tombstones(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        own: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let again_at = charter.procedure.retention.review_at(now, charter.zone);
        let accounts = tx.review_tombstones(&charter.group, now, again_at).await?;
        self.await_tombstone_review(tx, in_force, now).await?;
        if accounts == 0 {
            return Ok(());
        }
        let mut told: Vec<MemberId> = charter.roster.holders(Role::Secretary).cloned().collect();
        let executive = charter.roster.holders(Role::Executive).filter(|officer| !told.contains(officer));
        let executive: Vec<_> = executive.cloned().collect();
        told.extend(executive);
        let event = Event::TombstonesDue { accounts };
        tx.note(&charter.group, own, &Actor::Bot, event, now).await?;
        self.tell_each(tx, in_force, own, told, event, now).await
    }

    /// Lets somebody in whose expulsion has outlived its file.
    pub(crate) async fn readmit(
        &self,
        permit: &Permit<'_>,
        name: &str,
        why: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let Some(member) = account(name) else {
            return Ok(refuse("Name the account."));
        };
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if let Some(refusal) = self.barred_from(permit, &member, now).await? {
            return Ok(refusal);
        }
        let persons = self.persons(group).await?;
        let mut lifted = Vec::new();
        for account in persons.accounts(&member) {
            if tx.lift_tombstone(group, account, now).await? {
                lifted.push(account.clone());
            }
        }
        if lifted.is_empty() {
            return Ok(refuse(format_args!(
                "No expulsion of {} has outlived its file. One whose file is kept is taken back there: `history` has it.",
                member.as_str()
            )));
        }
        let file = tx.member_file(group, &member, now).await?;
        tx.keep_words(group, file, WordsKind::Reason, why, now).await?;
        tx.note(group, file, &Actor::Officer(permit.who().clone()), Event::Readmitted, now).await?;
        for account in lifted {
            tx.queue(group, file, &EffectKind::Admit(account.clone()), now).await?;
            let own = tx.member_file(group, &account, now).await?;
            let told = Told { to: &account, kind: NoticeKind::Readmitted, reason: Some(why) };
            self.tell(&mut tx, in_force, own, told, now).await?;
        }
        let file = ledger::File::Member { reference: file, member: member.clone() };
        self.tell_officers(&mut tx, in_force, &file, Event::Readmitted, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "{} may come back in, and a letter says so. Whoever is not in the group may not get it: then `queue` has it as a \
             notice to be served by hand.",
            member.as_str()
        )))
    }
}
