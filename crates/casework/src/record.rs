//! Records what follows from a decision, all in one transaction: state, strike, notice, effects, history.

use ledger::{EffectKind, Transaction};
use policy::case::{Outcome, PostChange, StrikeChange};
use policy::{
    Actor, Case, Contested, Event, MessageText, Notice, NoticeKind, Post, PostRef, Reference, Strike,
    Timestamp, Voided,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;

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
        tx.note(group, reference, &step.actor, step.event, step.now).await?;
        if let Some(kind) = outcome.notice {
            self.tell_author(tx, in_force, &case, kind, step.reason, step.now).await?;
        }
        tx.queue(group, reference, &EffectKind::TellOfficers(step.event), step.now).await?;
        tracing::info!(case.reference = %reference, case.state = case.state.word(), "case moved on");
        Ok(())
    }

    /// Writes a notice to the author of a case.
    pub(crate) async fn tell_author(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: &Case,
        kind: NoticeKind,
        reason: Option<&MessageText>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let strikes = tx.strikes(&charter.group, &case.post.author).await?;
        let strikes = counting(&strikes, in_force, now);
        let (rule_title, rule_text) = charter.rulebook.find(&case.rule).map_or_else(
            // The rule was taken out of the rulebook since: its code is all that is left of it.
            || (case.rule.clone(), "This rule is no longer in our rulebook.".to_owned()),
            |rule| (rule.title.clone(), rule.text.clone()),
        );
        let review_due = match case.state {
            policy::State::Hidden { review_due } => Some(review_due),
            policy::State::Watched { .. }
            | policy::State::Flagged
            | policy::State::Dismissed
            | policy::State::Removed
            | policy::State::Restored => None,
        };
        let notice = Notice {
            kind,
            case: case.reference,
            group_name: charter.name.clone(),
            zone: charter.zone,
            written_at: now,
            post_kind: case.post.kind,
            post_written_at: case.post.written_at,
            rule_title,
            rule_text,
            strikes,
            strike_months: charter.procedure.periods.strike_months,
            appeal_until: Contested::Case(case).closes_at(charter.procedure.periods, charter.zone),
            review_due,
            contact: charter.contact.clone(),
        };
        tx.write_notice(&charter.group, &case.post.author, &notice, reason).await?;
        Ok(())
    }
}

/// Who does what to a case, when, and why.
pub(crate) struct Step<'a> {
    pub(crate) actor: Actor,
    pub(crate) event: Event,
    pub(crate) reason: Option<&'a MessageText>,
    pub(crate) now: Timestamp,
}

/// How many of these strikes count now.
pub(crate) fn counting(strikes: &[(Reference, Strike)], in_force: &InForce, now: Timestamp) -> u32 {
    let months = in_force.charter.procedure.periods.strike_months;
    let zone = in_force.charter.zone;
    let counting = strikes.iter().filter(|(_, strike)| strike.counts_at(now, months, zone)).count();
    u32::try_from(counting).unwrap_or(u32::MAX)
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
