//! Records what follows from a decision, all in one transaction: state, strike, notice, effects, history.

use ledger::{EffectKind, File, NoticeId, NoticeRecord, Transaction};
use policy::case::{Outcome, PostChange, StrikeChange};
use policy::notice::{About, Cause, CitedRule, Standing};
use policy::{
    Actor, Case, Contested, Deadline, DeadlineKind, Event, Language, MemberId, MessageText, Notice,
    NoticeKind, Occasion, Persons, Post, PostRef, Reference, Role, State, Strike, Timestamp, Voided,
};

use crate::deadlines::SECRETARY_TOLD_AFTER_DAYS;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::ladder::Change;
use crate::parties::View;

impl Casework {
    /// Records everything that follows from an outcome: state, strike, notice, effects, history.
    pub(crate) async fn carry_out(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        mut case: Case,
        outcome: &Outcome,
        step: &Step<'_>,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let reference = case.reference;
        if outcome.post != PostChange::Leave || outcome.state.word() != case.state.word() {
            case.since = step.now;
        }
        case.state = outcome.state;
        tx.update_case(group, &case).await?;
        match outcome.strike {
            StrikeChange::Keep => {}
            StrikeChange::Give => {
                let strike = Strike { conduct_at: case.post.written_at, voided: None };
                tx.give_strike(group, reference, &strike).await?;
            }
            StrikeChange::Void => {
                let voided = Voided { at: step.now, by: step.actor.clone() };
                tx.void_strike(group, reference, &voided).await?;
            }
        }
        // Removal is the first effect and goes out at once; the rest follows.
        match outcome.post {
            PostChange::Leave => {}
            PostChange::Remove => {
                tx.queue(group, reference, &EffectKind::Remove, step.now).await?;
            }
            PostChange::Repost => {
                tx.queue(group, reference, &EffectKind::Repost, step.now).await?;
            }
        }
        match outcome.state {
            State::Hidden { review_due } => {
                let overdue = review_due.plus_days(SECRETARY_TOLD_AFTER_DAYS, in_force.charter.zone);
                let review = [
                    Deadline { kind: DeadlineKind::ReviewDue, due: review_due },
                    Deadline { kind: DeadlineKind::ReviewOverdue, due: overdue },
                ];
                tx.set_deadlines(group, reference, &[], &review, step.now).await?;
            }
            State::Watched { .. } | State::Flagged | State::Dismissed | State::Removed | State::Restored => {
                let reviews = [DeadlineKind::ReviewDue, DeadlineKind::ReviewOverdue];
                tx.set_deadlines(group, reference, &reviews, &[], step.now).await?;
            }
        }
        tx.note(group, reference, &step.actor, step.event, step.now).await?;
        if let Some(occasion) = outcome.notice.clone() {
            self.tell_author(tx, in_force, &case, occasion, step.reason, step.now).await?;
        }
        self.carry_along(tx, in_force, &case, outcome, step.now).await?;
        let file = File::Case(Box::new(case));
        self.tell_officers(tx, in_force, &file, step.event, step.now).await?;
        if outcome.strike != StrikeChange::Keep
            && let Some(member) = file.subject()
        {
            let cause = match step.event {
                Event::AppealRuled { .. } | Event::AppealSettled { .. } => Cause::Appeal,
                _ => Cause::Review,
            };
            let change = Change { cause, strike_voided: outcome.strike == StrikeChange::Void };
            self.climb(tx, in_force, member, change, step.now).await?;
        }
        tracing::info!(case.reference = %reference, case.state = outcome.state.word(), "case moved on");
        Ok(())
    }

    /// Tells the officers what happened in a file: in their channel, or one by one where one of them has a part in it.
    pub(crate) async fn tell_officers(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: &File,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let free = self.moderators_free_of(tx, in_force, file).await?;
        if free.all_of_them {
            let group = &in_force.charter.group;
            tx.queue(group, file.reference(), &EffectKind::TellOfficers(event), now).await?;
            return Ok(());
        }
        self.tell_each(tx, in_force, file.reference(), free.officers, event, now).await
    }

    /// Puts on record what happened by itself or by a member, and tells the Secretary in private; the officers if there
    /// is no Secretary.
    pub(crate) async fn tell_secretaries(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: Reference,
        (actor, event): (&Actor, Event),
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        tx.note(&charter.group, file, actor, event, now).await?;
        let about = self.file_in(tx, in_force, file).await?;
        let parties = self.parties_in(View::Transaction(tx), &charter.group, &about).await?;
        let secretaries = self.secretary_for(in_force, &parties).await?;
        if secretaries.is_empty() {
            return self.tell_officers(tx, in_force, &about, event, now).await;
        }
        self.tell_each(tx, in_force, file, secretaries, event, now).await
    }

    /// A file that something is due or done about, and so is there.
    pub(crate) async fn file_in(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
    ) -> Result<File, CaseworkError> {
        let file = tx.file(&in_force.charter.group, reference).await?;
        file.ok_or(CaseworkError::Vanished(reference))
    }

    /// The moderators without a part in a matter.
    pub(crate) async fn moderators_free_of(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: &File,
    ) -> Result<Free, CaseworkError> {
        let charter = &in_force.charter;
        let parties = self.parties_in(View::Transaction(tx), &charter.group, file).await?;
        let persons = self.persons(&charter.group).await?;
        let all: Vec<_> = charter.roster.holders(Role::Moderator).collect();
        let free = all.iter().filter(|officer| parties.conflict(officer, &persons).is_none());
        let officers: Vec<MemberId> = free.map(|officer| (*officer).clone()).collect();
        Ok(Free { all_of_them: officers.len() == all.len(), officers })
    }

    /// Tells each of these officers, in private, what happened in a file.
    pub(crate) async fn tell_each(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: Reference,
        officers: Vec<MemberId>,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        for officer in officers {
            tx.queue(&in_force.charter.group, file, &EffectKind::TellOfficer(officer, event), now).await?;
        }
        Ok(())
    }

    /// Writes a notice to the author of a case.
    pub(crate) async fn tell_author(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: &Case,
        occasion: Occasion,
        reason: Option<&MessageText>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let about = about(case, in_force);
        let standing = self.standing(tx, in_force, &case.post.author, now).await?;
        let appeal_until = Contested::Case(case).closes_at(charter.procedure.periods, charter.zone);
        let kind = occasion.about(about, standing, appeal_until);
        self.tell(tx, in_force, case.reference, Told { to: &case.post.author, kind, reason }, now).await
    }

    /// How many strikes a member has now.
    pub(crate) async fn standing(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        member: &MemberId,
        now: Timestamp,
    ) -> Result<Standing, CaseworkError> {
        let charter = &in_force.charter;
        let strikes = tx.strikes(&charter.group, member).await?;
        let strikes = counting(&strikes, in_force, now);
        let next = self.record_in(tx, in_force, member, now).await?.next_step(in_force);
        Ok(Standing { strikes, strike_months: charter.procedure.periods.strike_months, next })
    }

    /// Writes a notice to a member, with the words an officer gave for it.
    pub(crate) async fn tell(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: Reference,
        told: Told<'_>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        self.write_notice(tx, in_force, file, told, now).await.map(|_| ())
    }

    /// The same in the place of an earlier one about the file, so that only one of them is to be read.
    pub(crate) async fn tell_instead(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        earlier: &NoticeRecord,
        told: Told<'_>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        match self.write_notice(tx, in_force, earlier.notice.reference, told, now).await? {
            Some(notice) => Ok(tx.put_instead(notice, earlier.id).await?),
            None => Ok(()),
        }
    }

    /// Writes the row of a notice; none to a program, which reads no letters: the officers heard of it.
    async fn write_notice(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: Reference,
        told: Told<'_>,
        now: Timestamp,
    ) -> Result<Option<NoticeId>, CaseworkError> {
        let charter = &in_force.charter;
        if !told.to.is_person() {
            return Ok(None);
        }
        if charter.wording.in_force() > 0 {
            tx.keep_templates(&charter.group, &charter.wording, now).await?;
        }
        let language = tx.language(&charter.group, told.to).await?;
        let notice = notice(in_force, file, told.kind, language, now);
        Ok(Some(tx.write_notice(&charter.group, told.to, &notice, told.reason).await?))
    }
}

/// A notice about a file, in the words of the group.
pub(crate) fn notice(
    in_force: &InForce,
    file: Reference,
    kind: NoticeKind,
    language: Language,
    now: Timestamp,
) -> Notice {
    let charter = &in_force.charter;
    Notice {
        reference: file,
        kind,
        group_name: charter.name.clone(),
        zone: charter.zone,
        written_at: now,
        contact: charter.contact.clone(),
        language,
        template: charter.wording.in_force(),
    }
}

/// Those who have no part in a matter.
pub(crate) struct Free {
    pub(crate) officers: Vec<MemberId>,
    /// Whether nobody has one.
    pub(crate) all_of_them: bool,
}

/// Who does what to a case, when, and why.
pub(crate) struct Step<'a> {
    pub(crate) actor: Actor,
    pub(crate) event: Event,
    pub(crate) reason: Option<&'a MessageText>,
    pub(crate) now: Timestamp,
}

/// What a member is told.
pub(crate) struct Told<'a> {
    pub(crate) to: &'a MemberId,
    pub(crate) kind: NoticeKind,
    /// An officer's words that go with it.
    pub(crate) reason: Option<&'a MessageText>,
}

/// The post of a case and the rule it rests on, as notices have them.
pub(crate) fn about(case: &Case, in_force: &InForce) -> About {
    let rule = in_force.charter.rulebook.find(&case.rule.code).map_or_else(
        // The rule was taken out of the rulebook since: its code is all that is left of it.
        || CitedRule {
            code: case.rule.code.clone(),
            version: Some(case.rule.version),
            title: case.rule.code.clone(),
            text: "This rule is no longer in our rulebook.".to_owned(),
        },
        |rule| CitedRule::new(rule, Some(case.rule.version)),
    );
    About {
        post_kind: case.post.kind,
        post_written_at: case.post.written_at,
        rule,
        stopped: case.post.id.is_stopped(),
    }
}

/// How many of these strikes count now.
pub(crate) fn counting(strikes: &[(Reference, Strike)], in_force: &InForce, now: Timestamp) -> u32 {
    let months = in_force.charter.procedure.periods.strike_months;
    let zone = in_force.charter.zone;
    let counting = strikes.iter().filter(|(_, strike)| strike.counts_at(now, months, zone)).count();
    u32::try_from(counting).unwrap_or(u32::MAX)
}

/// Those of some accounts whose person holds an office, under whichever of theirs.
pub(crate) fn officers_among(in_force: &InForce, members: &[MemberId], persons: &Persons) -> Vec<MemberId> {
    let roster = &in_force.charter.roster;
    let is_officer = |member: &&MemberId| {
        persons.accounts(member).iter().any(|account| roster.offices(account).next().is_some())
    };
    members.iter().filter(is_officer).cloned().collect()
}

pub(crate) fn post_ref(post: &Post) -> PostRef {
    PostRef {
        channel: post.channel.clone(),
        id: post.id.clone(),
        kind: post.kind,
        revision: post.revision,
        author: post.author.clone(),
        written_at: post.written_at,
    }
}
