//! A member was told that they are put out, and the platform refuses it: what they were told is put right where it stands,
//! and once it may be done they are told again and put out.
//!
//! Which of the two holds, the last notice about it says. As long as that is the correction, nobody is put out for the
//! file: who is put out is told first.

use ledger::{Addressee, Effect, EffectKind, NoticeDelivery, NoticeRecord, Transaction};
use policy::{Deadline, DeadlineKind, Event, GroupId, MemberId, NoticeKind, Reference, Sanction, Timestamp};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::Told;
use crate::sanctions::appeal_against;

/// After how many days what was refused is tried again by itself; twice as many each further time.
const AGAIN_DAYS_MIN: u32 = 1;
/// The most of them: a member is not told one thing and the other every day.
const AGAIN_DAYS_MAX: u32 = 8;

impl Casework {
    /// The notices to a member about being put out for a file, newest first: that they are, and that it was not carried out.
    async fn said(
        &self,
        group: &GroupId,
        file: Reference,
        member: &MemberId,
    ) -> Result<Vec<NoticeRecord>, CaseworkError> {
        let mut said = self.ledger.notices_of(group, file).await?;
        let to = Addressee::Member(member.clone());
        said.retain(|record| {
            let kind = &record.notice.kind;
            record.to == to && (kind.puts_out() || is_correction(kind))
        });
        Ok(said)
    }

    /// Whether the last that a member was told about being put out for a file is that it was not carried out.
    pub(crate) async fn is_told_otherwise(
        &self,
        group: &GroupId,
        file: Reference,
        member: &MemberId,
    ) -> Result<bool, CaseworkError> {
        let said = self.said(group, file, member).await?;
        Ok(said.first().is_some_and(|record| is_correction(&record.notice.kind)))
    }

    /// Whether somebody reads that they are put out by an exclusion that the platform refused, and is in the group. Where
    /// the platform does not say who is, that is not known, and what they were told stands.
    pub(crate) async fn is_in_vain(&self, effect: &Effect) -> Result<bool, CaseworkError> {
        let EffectKind::Exclude(account) = &effect.kind else { return Ok(false) };
        let said = self.said(&effect.group, effect.file, account).await?;
        let Some(last) = said.first().filter(|record| record.notice.kind.puts_out()) else {
            return Ok(false);
        };
        // It was true once, and whoever came back in is another matter.
        if self.ledger.was_put_out_since(last.id, account).await? {
            return Ok(false);
        }
        let asked = self.platform(&effect.group)?.exclusions(&effect.group, std::slice::from_ref(account));
        let out = self.turn.lent_during(asked).await;
        let out = out.map_err(CaseworkError::Unreadable)?;
        Ok(!out.iter().any(|exclusion| exclusion.member == *account))
    }

    /// Puts right what a member was told of an exclusion that the platform refused, tells the officers, and has it tried
    /// again.
    pub(crate) async fn take_word_back(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        effect: &Effect,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let (group, file) = (&effect.group, effect.file);
        let sanction = tx.sanction(group, file).await?.filter(|sanction| sanction.excludes(now));
        let Some(sanction) = sanction else { return Ok(()) };
        let said = self.said(group, file, &sanction.member).await?;
        let Some(last) = said.first().filter(|record| record.notice.kind.puts_out()) else { return Ok(()) };
        let kind = NoticeKind::NotCarriedOut {
            step: sanction.step,
            told_at: last.notice.written_at,
            appeal: appeal_against(in_force, &sanction, now),
        };
        let told = Told { to: &sanction.member, kind, reason: None };
        self.tell_instead(tx, in_force, last, told, now).await?;
        let earlier = said.iter().filter(|record| is_correction(&record.notice.kind)).count();
        let doublings = u32::try_from(earlier).unwrap_or(u32::MAX).min(AGAIN_DAYS_MAX);
        let days = (AGAIN_DAYS_MIN << doublings).min(AGAIN_DAYS_MAX);
        self.set_again(tx, in_force, file, Some(days), now).await?;
        tracing::warn!(file.reference = %file, "an exclusion was refused; the member is told so");
        self.say(tx, in_force, file, Event::NotCarriedOut, now).await
    }

    /// Sets when an exclusion is tried again, in place of whenever it was to be.
    async fn set_again(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: Reference,
        days: Option<u32>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let kind = DeadlineKind::ExclusionAgain;
        let again = days.map(|days| Deadline { kind, due: now.noon_after(days, charter.zone) });
        Ok(tx.set_deadlines(&charter.group, file, &[kind], again.as_slice(), now).await?)
    }

    /// Tells somebody again that they are put out, who was told that it was not carried out, and has it done; gives whether
    /// they had been told so.
    pub(crate) async fn put_out_again(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        now: Timestamp,
    ) -> Result<bool, CaseworkError> {
        let (group, file) = (&in_force.charter.group, sanction.reference);
        let said = self.said(group, file, &sanction.member).await?;
        let Some(last) = said.first().filter(|record| is_correction(&record.notice.kind)) else {
            return Ok(false);
        };
        if !sanction.excludes(now) {
            self.set_again(tx, in_force, file, None, now).await?;
            return Ok(true);
        }
        if matches!(last.delivery, NoticeDelivery::Queued | NoticeDelivery::Held) {
            // What is on its way arrives before what says otherwise.
            self.set_again(tx, in_force, file, Some(AGAIN_DAYS_MIN), now).await?;
            return Ok(true);
        }
        let kind = self.decided_notice(tx, in_force, sanction, now).await?;
        let before = said.iter().find(|record| record.notice.kind.puts_out());
        let reason = before.and_then(|record| record.reason.as_ref());
        self.tell_instead(tx, in_force, last, Told { to: &sanction.member, kind, reason }, now).await?;
        self.put_out(tx, in_force, sanction, now).await?;
        self.set_again(tx, in_force, file, None, now).await?;
        Ok(true)
    }

    /// The bot may do what it could not: whoever was told that they were not put out for that is told again, and put out.
    pub(crate) async fn put_out_whom_it_could_not(
        &self,
        in_force: &InForce,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        for sanction in self.ledger.sanctions_in_force(&in_force.charter.group).await? {
            let mut tx = self.ledger.begin().await?;
            if self.put_out_again(&mut tx, in_force, &sanction, now).await? {
                self.commit(tx).await?;
            }
        }
        Ok(())
    }
}

/// Whether a notice says that what was told before was not carried out.
fn is_correction(kind: &NoticeKind) -> bool {
    matches!(kind, NoticeKind::NotCarriedOut { .. })
}
