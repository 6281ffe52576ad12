//! A post comes in: assess, judge, decide, record.

use ledger::{EffectKind, NewCase, Snapshot, Transaction};
use platform::Position;
use policy::case::{Outcome, PostChange, StrikeChange};
use policy::{
    Actor, Case, CaseRef, Decision, Event, Finding, Grounds, Judgement, MessageText, Mode, Notice,
    NoticeKind, Post, PostRef, Rulebook, Strike, Timestamp, Voided, appeal, decide,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::failpoint::die_at;
use crate::in_force::InForce;

impl Casework {
    /// Judges a post and records what follows.
    #[tracing::instrument(skip_all)]
    pub(crate) async fn moderate(&self, post: &Post, position: Position) -> Result<(), CaseworkError> {
        let in_force = self.in_force(&post.group)?;
        let findings = in_force.matcher.assess(post);
        let judgement = in_force.policy.judge(&findings, post);
        if judgement.worst.is_none() {
            self.read_up_to(&post.group, &post.channel, position);
            return Ok(());
        }
        die_at!("moderate::judged");
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        self.forget_read(&post.group, &post.channel);
        tx.save_position(&post.group, &post.channel, &position.0).await?;
        let existing = tx.case_of_post(&post.group, &post.id).await?;
        let review_due = now.plus_days(in_force.charter.periods.review_days, in_force.charter.zone);
        let decision = decide(in_force.mode, post, &judgement, existing.as_ref(), review_due);
        let snapshot = || Snapshot {
            author_name: post.author_name.clone(),
            surfaces: post.surfaces.clone(),
            findings: findings.clone(),
        };
        let (case, outcome) = match (decision, existing) {
            (Decision::Open(outcome), _) => {
                let new = new_case(&in_force, post, &findings, &judgement, &outcome, now);
                let reference = tx.open_case(&post.group, &new, &snapshot()).await?;
                (self.reread(&mut tx, post, reference).await?, outcome)
            }
            (Decision::Escalate(outcome), Some(case)) => {
                let new = new_case(&in_force, post, &findings, &judgement, &outcome, now);
                let NewCase { post: latest, rule, grounds, counts, .. } = new;
                tx.replace_snapshot(&post.group, case.reference, &snapshot()).await?;
                (Case { post: latest, rule, grounds, counts, decided_by: None, ..case }, outcome)
            }
            (Decision::Nothing | Decision::Escalate(_), _) => return self.commit(tx).await,
        };
        let event = Event::Judged { verdict: judgement.verdict };
        let step = Step { actor: Actor::Filter, event, reason: None, now };
        self.carry_out(&mut tx, &in_force, case, &outcome, &step).await?;
        self.commit(tx).await
    }

    async fn reread(
        &self,
        tx: &mut Transaction,
        post: &Post,
        reference: CaseRef,
    ) -> Result<Case, CaseworkError> {
        let case = tx.case(&post.group, reference).await?;
        case.ok_or_else(|| CaseworkError::Vanished(reference))
    }

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
            strike_months: charter.periods.strike_months,
            appeal_until: appeal::closes_at(case, charter.periods, charter.zone),
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
pub(crate) fn counting(strikes: &[(CaseRef, Strike)], in_force: &InForce, now: Timestamp) -> u32 {
    let months = in_force.charter.periods.strike_months;
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

fn new_case(
    in_force: &InForce,
    post: &Post,
    findings: &[Finding],
    judgement: &Judgement,
    outcome: &Outcome,
    now: Timestamp,
) -> NewCase {
    let worst = judgement.worst.and_then(|index| findings.get(index));
    NewCase {
        post: post_ref(post),
        opened_by: Actor::Filter,
        opened_at: now,
        rule: worst.map_or("language", |finding| Rulebook::code_for(finding.category)).to_owned(),
        grounds: worst.map(|finding| Grounds { grade: finding.grade, category: finding.category }),
        // No strike ever comes of what was seen in shadow mode.
        counts: judgement.counts && in_force.mode == Mode::Live,
        state: outcome.state,
        decided_by: None,
    }
}
