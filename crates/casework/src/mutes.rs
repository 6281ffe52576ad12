//! The interim measure: a moderator keeps a member from posting for some hours. Not a strike, and looked at again.

use ledger::{EffectKind, File, Mute, Transaction, WordsKind};
use policy::{
    Actor, Deadline, DeadlineKind, Event, Letter, MessageText, NoticeKind, Reference, Role, Timestamp,
};

use crate::answers::refuse;
use crate::commands::account;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::Told;
use crate::rights::Permit;

/// How soon officers look at a mute again, in hours.
const REVIEW_HOURS: i64 = 24;
/// For how many days after a mute another one is another officer's to decide.
const AGAIN_DAYS: u32 = 7;

const MUTE_DEADLINES: [DeadlineKind; 2] = [DeadlineKind::MuteReview, DeadlineKind::MuteOver];

impl Casework {
    /// Keeps a member from posting for so many hours.
    pub(crate) async fn mute(
        &self,
        permit: &Permit<'_>,
        name: &str,
        hours: u32,
        reason: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let group = &charter.group;
        let Some(member) = account(name) else {
            return Ok(refuse("Name the member's account."));
        };
        let most = charter.procedure.periods.mute_hours;
        if hours == 0 || hours > most {
            return Ok(refuse(format_args!("A moderator may mute for 1 to {most} hours.")));
        }
        let doubt = match self.named(in_force, &member).await? {
            Ok(doubt) => doubt,
            Err(refusal) => return Ok(refusal),
        };
        let now = self.now();
        let until = now.plus_seconds(i64::from(hours) * 60 * 60);
        let mut tx = self.ledger.begin().await?;
        let reference = tx.member_file(group, &member, now).await?;
        let file = File::Member { reference, member: member.clone() };
        if let Some(refusal) = self.barred_from(permit, &member, now).await? {
            return Ok(refusal);
        }
        if let Some(last) = tx.last_mute(group, &member).await? {
            match last.ended_at {
                None => {
                    let until = last.until.long_date_time(charter.zone);
                    return Ok(refuse(format_args!("{} is muted already, until {until}.", member.as_str())));
                }
                Some(ended) if now < ended.plus_days(AGAIN_DAYS, charter.zone) => {
                    let persons = self.persons(group).await?;
                    let another = !persons.same(&last.by, permit.who())
                        && charter.roster.holds(permit.who(), Role::Admin);
                    if !another {
                        return Ok(refuse(format_args!(
                            "{} was muted until {}: so soon after, an admin who did not decide that one may mute again.",
                            member.as_str(),
                            ended.long_date_time(charter.zone)
                        )));
                    }
                }
                Some(_) => {}
            }
        }
        tx.mute(group, &member, &Mute { by: permit.who().clone(), at: now, until, ended_at: None }).await?;
        tx.keep_words(group, reference, WordsKind::Reason, reason, now).await?;
        tx.note(group, reference, &Actor::Officer(permit.who().clone()), Event::Muted, now).await?;
        let review = now.plus_seconds(REVIEW_HOURS * 60 * 60);
        let review = (review < until).then_some(Deadline { kind: DeadlineKind::MuteReview, due: review });
        let over = Deadline { kind: DeadlineKind::MuteOver, due: until };
        let deadlines: Vec<_> = review.into_iter().chain([over]).collect();
        tx.set_deadlines(group, reference, &MUTE_DEADLINES, &deadlines, now).await?;
        tx.queue(group, reference, &EffectKind::Mute(member.clone()), now).await?;
        let kind = NoticeKind::InterimMuted { until };
        let told = Told { to: &member, kind, reason: Some(reason) };
        self.tell(&mut tx, in_force, reference, told, now).await?;
        self.tell_officers(&mut tx, in_force, &file, Event::Muted, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "{} cannot post until {}. They are told; officers look at it again. It is no strike.{doubt}",
            member.as_str(),
            until.long_date_time(charter.zone)
        )))
    }

    /// Ends a mute before its time.
    pub(crate) async fn unmute(&self, permit: &Permit<'_>, name: &str) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let Some(member) = account(name) else {
            return Ok(refuse("Name the member's account."));
        };
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if let Some(refusal) = self.barred_from(permit, &member, now).await? {
            return Ok(refusal);
        }
        let last = tx.last_mute(group, &member).await?;
        if last.is_none_or(|mute| mute.ended_at.is_some()) {
            return Ok(refuse(format_args!("{} is not muted.", member.as_str())));
        }
        let file = File::Member { reference: tx.member_file(group, &member, now).await?, member };
        let actor = Actor::Officer(permit.who().clone());
        self.unmuted(&mut tx, in_force, &file, &actor, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line("The mute is over. The member is told."))
    }

    /// The time of a mute is over.
    pub(crate) async fn end_mute(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let Some(file @ File::Member { .. }) = tx.file(group, reference).await? else { return Ok(()) };
        let Some(member) = file.subject() else { return Ok(()) };
        if tx.last_mute(group, member).await?.is_none_or(|mute| mute.ended_at.is_some()) {
            return Ok(());
        }
        self.unmuted(tx, in_force, &file, &Actor::Bot, now).await
    }

    /// Officers are asked to look at a mute again.
    pub(crate) async fn review_mute(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        self.say(tx, in_force, reference, Event::MuteReview, now).await
    }

    async fn unmuted(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: &File,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let Some(member) = file.subject() else { return Ok(()) };
        let reference = file.reference();
        tx.end_mute(group, member, now).await?;
        tx.note(group, reference, actor, Event::Unmuted, now).await?;
        tx.set_deadlines(group, reference, &MUTE_DEADLINES, &[], now).await?;
        tx.queue(group, reference, &EffectKind::Unmute(member.clone()), now).await?;
        let kind = NoticeKind::InterimEnded { early: *actor != Actor::Bot };
        self.tell(tx, in_force, reference, Told { to: member, kind, reason: None }, now).await?;
        self.tell_officers(tx, in_force, file, Event::Unmuted, now).await
    }
}
