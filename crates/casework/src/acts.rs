//! What officers do to posts and cases.

use ledger::{NewCase, Snapshot, Transaction, WordsKind};
use policy::case::Act;
use policy::{Actor, AppealState, Case, Event, Letter, MessageText, Mode, Post, PostId, State, Verdict};

use crate::commands::Target;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::moderate::{Step, post_ref};
use crate::rights::Permit;

/// What an officer asks for.
pub(crate) struct Request<'a> {
    pub(crate) act: Act,
    pub(crate) target: &'a Target,
    pub(crate) rule: Option<&'a str>,
    pub(crate) reason: Option<&'a MessageText>,
}

impl Casework {
    /// Does an act, or says why not. The rights and the state are looked at within the recording transaction.
    pub(crate) async fn act(
        &self,
        permit: &Permit<'_>,
        request: &Request<'_>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let removes = matches!(request.act, Act::Remove | Act::Hide);
        if removes && in_force.mode == Mode::Shadow {
            return Ok(Letter::line(
                "The group is in shadow mode: nothing is done that members can see. An admin can change that with \
                 `mode live`. Nothing was changed.",
            ));
        }
        if let Some(code) = request.rule
            && charter.rulebook.find(code).is_none()
        {
            let codes: Vec<_> = charter.rulebook.rules().iter().map(|rule| rule.code.as_str()).collect();
            return Ok(Letter::line(format!(
                "There is no rule {code:?}. Choose one of: {}. Nothing was changed.",
                codes.join(", ")
            )));
        }
        // The platform is asked before the ledger is held, so that a slow platform holds up nobody.
        let post = match request.target {
            Target::Case(_) => None,
            Target::Post(id) => self.post_as_it_stands(permit, id).await?,
        };
        let now = self.now();
        let review_due = now.plus_days(charter.periods.review_days, charter.zone);
        let mut tx = self.ledger.begin().await?;
        self.save_positions(&mut tx).await?;
        let mut case = match self.find_or_open(&mut tx, permit, request, post.as_ref()).await? {
            Ok(case) => case,
            Err(refusal) => return Ok(Letter::line(format!("{refusal} Nothing was changed."))),
        };
        if case.post.author == *permit.who() && !removes {
            return Ok(Letter::line(
                "It is your own post: nobody decides in their own matter. Ask another moderator. Nothing was changed.",
            ));
        }
        let outcome = match case.act(request.act, review_due) {
            Ok(outcome) => outcome,
            Err(error) => {
                return Ok(Letter::line(format!("{}: {error}. Nothing was changed.", case.reference)));
            }
        };
        if let Some(code) = request.rule {
            case.rule = code.to_owned();
        }
        case.decided_by = Some(permit.who().clone());
        let actor = Actor::Officer(permit.who().clone());
        let step = Step {
            actor: actor.clone(),
            event: Event::Acted { act: request.act },
            reason: request.reason,
            now,
        };
        let reference = case.reference;
        if let Some(reason) = request.reason {
            tx.keep_words(&charter.group, reference, WordsKind::Reason, reason, now).await?;
        }
        self.carry_out(&mut tx, in_force, case, &outcome, &step).await?;
        if outcome.state == State::Restored {
            self.close_open_appeal(&mut tx, permit, reference, now).await?;
        }
        tx.commit().await?;
        self.recorded.notify_one();
        let told = if outcome.notice.is_some() { " The member is told." } else { "" };
        Ok(Letter::line(format!("{reference} is now {}.{told}", outcome.state.word())))
    }

    async fn post_as_it_stands(
        &self,
        permit: &Permit<'_>,
        id: &PostId,
    ) -> Result<Option<Post>, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let platform = self.platforms.get(group).ok_or_else(|| CaseworkError::UnknownGroup(group.clone()))?;
        match platform.read(group, id).await {
            Ok(post) => Ok(post),
            Err(error) => Err(CaseworkError::Unreadable(error)),
        }
    }

    /// The case the officer means, or a new one for a post that has none; or why there can be none.
    async fn find_or_open(
        &self,
        tx: &mut Transaction,
        permit: &Permit<'_>,
        request: &Request<'_>,
        post: Option<&Post>,
    ) -> Result<Result<Case, String>, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let id = match request.target {
            Target::Case(reference) => {
                let case = tx.case(group, *reference).await?;
                return Ok(case.ok_or_else(|| format!("There is no case {reference} in this group.")));
            }
            Target::Post(id) => id,
        };
        if let Some(case) = tx.case_of_post(group, id).await? {
            return Ok(Ok(case));
        }
        let Some(post) = post else {
            return Ok(Err(format!("There is no post {} in this group.", id.as_str())));
        };
        let Some(rule) = request.rule else {
            return Ok(Err("Name the rule it breaks behind the post; `rules` lists them.".to_owned()));
        };
        let snapshot = Snapshot {
            author_name: post.author_name.clone(),
            surfaces: post.surfaces.clone(),
            findings: in_force.matcher.assess(post),
        };
        let actor = Actor::Officer(permit.who().clone());
        let now = self.now();
        let new = NewCase {
            post: post_ref(post),
            opened_by: actor.clone(),
            opened_at: now,
            rule: rule.to_owned(),
            grounds: None,
            counts: true,
            state: State::Flagged,
            decided_by: None,
        };
        let reference = tx.open_case(group, &new, &snapshot).await?;
        tx.note(group, reference, &actor, Event::Judged { verdict: Verdict::Flag }, now).await?;
        let case = tx.case(group, reference).await?;
        case.map(Ok).ok_or(CaseworkError::Vanished(reference))
    }

    /// A post put back settles the appeal that asked for it.
    async fn close_open_appeal(
        &self,
        tx: &mut Transaction,
        permit: &Permit<'_>,
        reference: policy::CaseRef,
        now: policy::Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &permit.in_force().charter.group;
        let open = tx.appeal(group, reference).await?.is_some_and(|appeal| appeal.state.is_open());
        if open {
            let accepted = AppealState::Accepted { by: permit.who().clone(), at: now };
            tx.set_appeal(group, reference, &accepted).await?;
        }
        Ok(())
    }
}
