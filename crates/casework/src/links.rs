//! Accounts of one person, as two admins or the person say; and conflicts that officers declare.

use ledger::{EffectKind, File, Link, Transaction};
use policy::notice::Cause;
use policy::{Actor, Event, Letter, MemberId, MessageText, NoticeKind, Reference, Role, Timestamp};

use crate::answers::refuse;
use crate::commands::account;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::ladder::Change;
use crate::record::Told;
use crate::rights::Permit;

impl Casework {
    /// Says, or confirms, that two accounts are one person's. Two admins have to, or both accounts.
    pub(crate) async fn link(
        &self,
        permit: &Permit<'_>,
        names: (&str, &str),
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let Some((one, other)) = accounts(names) else {
            return Ok(refuse("Name two accounts."));
        };
        let who = permit.who();
        let persons = self.persons(group).await?;
        let is_own = |account: &MemberId| persons.same(account, &one) || persons.same(account, &other);
        let own = is_own(who);
        if !own && !in_force.charter.roster.holds(who, Role::Admin) {
            return Ok(refuse("Admins link accounts, and members their own."));
        }
        let mut doubts = "";
        for account in [&one, &other] {
            match self.named(in_force, account).await? {
                Ok(doubt) if doubts.is_empty() => doubts = doubt,
                Ok(_) => {}
                Err(refusal) => return Ok(refusal),
            }
        }
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if !own {
            for account in [&one, &other] {
                if let Some(refusal) = self.barred_from(permit, account, now).await? {
                    return Ok(refusal);
                }
            }
        }
        let known = tx.links(group).await?.into_iter().find(|link| is_of(link, &one, &other));
        let event = match known {
            None => {
                tx.say_linked(group, (&one, &other), who, now).await?;
                Event::LinkSaid
            }
            Some(Link { confirmed: Some(_), .. }) => {
                return Ok(refuse("These are linked already."));
            }
            Some(link) => {
                // Two admins, neither of them the person; or the person from both accounts.
                let first_own = is_own(&link.said_by);
                if persons.same(&link.said_by, who) || first_own != own {
                    let another = if first_own { "the other account" } else { "another admin" };
                    return Ok(refuse(format_args!("It has been said; {another} has to confirm it.")));
                }
                tx.confirm_linked(group, (&one, &other), who, now).await?;
                Event::Linked
            }
        };
        self.note_on_both(&mut tx, in_force, (&one, &other), who, event, now).await?;
        if event == Event::Linked {
            self.tell_both(&mut tx, in_force, (&one, &other), &NoticeKind::AccountsLinked, now).await?;
            self.shut_out_both(&mut tx, in_force, (&one, &other), now).await?;
        }
        self.commit(tx).await?;
        let answer = match event {
            Event::Linked => {
                "These accounts are now taken for one person's. What was earned before stays as it was."
            }
            _ => {
                "It is on record; it holds once it is confirmed: by another admin, or from the other account."
            }
        };
        Ok(Letter::line(format!("{answer}{doubts}")))
    }

    /// Whoever is shut out is shut out under every account that is theirs.
    async fn shut_out_both(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        (one, other): (&MemberId, &MemberId),
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let record = self.record_in(tx, in_force, one, now).await?;
        let Some(sanction) = record.sanctions.iter().find(|sanction| sanction.excludes(now)) else {
            return Ok(());
        };
        for account in [one, other].into_iter().filter(|account| **account != sanction.member) {
            tx.queue(group, sanction.reference, &EffectKind::Exclude(account.clone()), now).await?;
        }
        Ok(())
    }

    /// Says that two accounts are not one person's: what rested on it is taken back by itself.
    pub(crate) async fn unlink(
        &self,
        permit: &Permit<'_>,
        names: (&str, &str),
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let Some((one, other)) = accounts(names) else { return Ok(refuse("Name two accounts.")) };
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        for account in [&one, &other] {
            if let Some(refusal) = self.barred_from(permit, account, now).await? {
                return Ok(refusal);
            }
        }
        let Some(link) = tx.links(group).await?.into_iter().find(|link| is_of(link, &one, &other)) else {
            return Ok(refuse("These accounts are not linked."));
        };
        let shut_out = self.record_in(&mut tx, in_force, &one, now).await?.awaits_an_end();
        tx.unlink(group, (&one, &other), permit.who(), now).await?;
        self.note_on_both(&mut tx, in_force, (&one, &other), permit.who(), Event::Unlinked, now).await?;
        if link.confirmed.is_some() {
            // Of what was only said they never heard, and nothing came of it.
            self.tell_both(&mut tx, in_force, (&one, &other), &NoticeKind::AccountsUnlinked, now).await?;
        }
        let change = Change { cause: Cause::MistakenIdentity, strike_voided: false };
        for account in [&one, &other] {
            self.climb(&mut tx, in_force, account, change, now).await?;
            // Whoever was shut out for the other's sanction comes back.
            let record = self.record_in(&mut tx, in_force, account, now).await?;
            if shut_out && record.shut_out(now).is_none() {
                let file = tx.member_file(group, account, now).await?;
                tx.queue(group, file, &EffectKind::Admit(account.clone()), now).await?;
            }
        }
        self.commit(tx).await?;
        Ok(Letter::line(
            "These accounts are two people's. What rested on the link is taken back, and whoever it was taken back for is told.",
        ))
    }

    /// Writes to each of two accounts, naming the other in words that go with the notice: they are kept sealed.
    async fn tell_both(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        (one, other): (&MemberId, &MemberId),
        kind: &NoticeKind,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        for (account, another) in [(one, other), (other, one)] {
            let file = tx.member_file(&in_force.charter.group, account, now).await?;
            let name = MessageText::new(another.as_str());
            let told = Told { to: account, kind: kind.clone(), reason: Some(&name) };
            self.tell(tx, in_force, file, told, now).await?;
        }
        Ok(())
    }

    async fn note_on_both(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        (one, other): (&MemberId, &MemberId),
        who: &MemberId,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let persons = self.persons(group).await?;
        let own = persons.same(who, one) || persons.same(who, other);
        let actor = if own { Actor::Member } else { Actor::Officer(who.clone()) };
        for account in [one, other] {
            let reference = tx.member_file(group, account, now).await?;
            tx.note(group, reference, &actor, event, now).await?;
            let file = File::Member { reference, member: account.clone() };
            self.tell_officers(tx, in_force, &file, event, now).await?;
        }
        Ok(())
    }

    /// Records that an officer has a part in a file: from then on they neither see nor decide it.
    pub(crate) async fn declare_conflict(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let file = tx.file(group, reference).await?;
        let Some(file) = self.seen_by(permit.who(), in_force, file).await? else {
            return Ok(Letter::line(format!("There is no file {reference} in this group.")));
        };
        if !tx.declare_conflict(group, reference, permit.who(), now).await? {
            return Ok(Letter::line(format!("{reference}: that is on record already.")));
        }
        let actor = Actor::Officer(permit.who().clone());
        tx.note(group, reference, &actor, Event::ConflictDeclared, now).await?;
        if let File::Report(report) = &file {
            self.pass_on(&mut tx, in_force, report, permit.who(), now).await?;
        }
        self.commit(tx).await?;
        Ok(Letter::line(format!("{reference}: it is on record. Others see and decide it from now on.")))
    }
}

fn accounts((one, other): (&str, &str)) -> Option<(MemberId, MemberId)> {
    let (one, other) = (account(one)?, account(other)?);
    (one != other).then_some((one, other))
}

fn is_of(link: &Link, one: &MemberId, other: &MemberId) -> bool {
    let (first, second) = (&link.accounts.0, &link.accounts.1);
    (first, second) == (one, other) || (first, second) == (other, one)
}
