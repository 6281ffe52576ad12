//! A post comes in: assess, judge, decide, record.

use ledger::{EffectKind, NewCase, Snapshot, Transaction, die_at};
use platform::Position;
use policy::case::{Outcome, PostChange};
use policy::{
    Actor, Case, Decision, Drawn, Event, Finding, Grounds, Judgement, Mode, Post, Reference, Rulebook,
    Timestamp, Verdict, decide,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::{Step, officers_among, post_ref};

impl Casework {
    /// Judges a post that came in, and records what follows.
    pub(crate) async fn hear(&self, post: &Post, position: Option<Position>) -> Result<(), CaseworkError> {
        // One that says no position was heard before something that is still to be read.
        let in_turn = position.is_some();
        self.moderate(post, position).await?;
        if in_turn {
            self.heard.hear(&post.group, &post.channel, post.written_at);
        }
        Ok(())
    }

    /// Judges a post and records what follows.
    #[tracing::instrument(skip_all)]
    pub(crate) async fn moderate(
        &self,
        post: &Post,
        position: Option<Position>,
    ) -> Result<(), CaseworkError> {
        let in_force = self.in_force(&post.group)?;
        let findings = in_force.matcher.assess(post);
        let judgement = in_force.policy.judge(&findings, post);
        self.figures.judged(&post.group, judgement.verdict, &findings);
        let drawn = self.drawn_along(&in_force, post).await?;
        let was_unread = self.was_unread(&post.group, &post.id).await?;
        let is_clean = judgement.verdict == Verdict::Allow && drawn.is_none();
        if is_clean && !was_unread {
            if let Some(position) = position {
                self.read_up_to(&post.group, &post.channel, position);
            }
            return Ok(());
        }
        die_at("moderate::judged");
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if let Some(position) = position {
            self.forget_read(&post.group, &post.channel);
            tx.save_position(&post.group, &post.channel, &position.0).await?;
        }
        if was_unread {
            tx.read_at_last(&post.group, &post.id).await?;
        }
        if is_clean {
            return self.commit(tx).await;
        }
        let judgement = self.unless_tripped(&mut tx, &in_force, post, judgement, &findings, now).await?;
        if let Some((source, drawn)) = drawn.filter(|(_, drawn)| outweighs(*drawn, judgement.verdict)) {
            self.draw(&mut tx, &in_force, post, &source, drawn).await?;
            return self.commit_about(post, tx).await;
        }
        let existing = tx.case_of_post(&post.group, &post.id).await?;
        let review_due = now.plus_days(in_force.charter.procedure.periods.review_days, in_force.charter.zone);
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
                let NewCase { post: latest, rule, grounds, counts, spared, .. } = new;
                tx.replace_snapshot(&post.group, case.reference, &snapshot()).await?;
                (Case { post: latest, rule, grounds, counts, decided_by: None, spared, ..case }, outcome)
            }
            (Decision::Again, Some(case)) => return self.remove_again(tx, case, post).await,
            (Decision::Nothing | Decision::Escalate(_) | Decision::Again, _) => return self.commit(tx).await,
        };
        let aimed_at = officers_among(&in_force, &post.addressed, &self.persons(&post.group).await?);
        tx.aim_at(&post.group, case.reference, &aimed_at).await?;
        let verdict = judgement.verdict;
        let event = match case.spared {
            Some(_) => Event::Spared { verdict },
            None => Event::Judged { verdict, words: Some(in_force.words()) },
        };
        let step = Step { actor: Actor::Bot, event, reason: None, now };
        let reference = case.reference;
        self.carry_out(&mut tx, &in_force, case, &outcome, &step).await?;
        let trips =
            outcome.post == PostChange::Remove && self.taken_away(&mut tx, &in_force, reference, now).await?;
        self.commit_about(post, tx).await?;
        if trips {
            // What the platform stops itself is for people to decide as well, without waiting for what is delivered.
            self.to_compare.notify_one();
        }
        Ok(())
    }

    /// Commits what follows of a post, and counts how long that took.
    async fn commit_about(&self, post: &Post, tx: Transaction) -> Result<(), CaseworkError> {
        self.commit(tx).await?;
        self.figures.recorded(&post.group, post.written_at, self.now());
        Ok(())
    }

    /// Takes away a revision of a removed post that came after the removal.
    async fn remove_again(
        &self,
        mut tx: Transaction,
        mut case: Case,
        post: &Post,
    ) -> Result<(), CaseworkError> {
        case.post.revision = post.revision;
        tx.update_case(&post.group, &case).await?;
        tx.queue(&post.group, case.reference, &EffectKind::Remove, self.now()).await?;
        self.commit_about(post, tx).await
    }

    async fn reread(
        &self,
        tx: &mut Transaction,
        post: &Post,
        reference: Reference,
    ) -> Result<Case, CaseworkError> {
        let case = tx.case(&post.group, reference).await?;
        case.ok_or_else(|| CaseworkError::Vanished(reference))
    }
}

/// Whether what a post has to do with a removed one says more about it than its own words.
fn outweighs(drawn: Drawn, verdict: Verdict) -> bool {
    match drawn {
        Drawn::Goes(_) => verdict < Verdict::Hide,
        Drawn::Offered(_) => verdict == Verdict::Allow,
        Drawn::Stays => false,
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
        opened_by: Actor::Bot,
        opened_at: now,
        rule: in_force
            .charter
            .rulebook
            .cite(worst.map_or("language", |finding| Rulebook::code_for(finding.category))),
        grounds: worst.map(|finding| Grounds { grade: finding.grade, category: finding.category }),
        // No strike ever comes of what was seen in shadow mode.
        counts: judgement.counts && in_force.mode == Mode::Live,
        state: outcome.state,
        decided_by: None,
        drawn: None,
        spared: judgement.spared.then_some(judgement.verdict),
    }
}
