//! What officers do to posts and cases.

use ledger::{File, NewCase, Snapshot, Transaction, WordsKind};
use policy::case::{Act, PostChange, StrikeChange};
use policy::{
    Actor, AppealState, Case, Conflict, Event, GroupId, Letter, MessageText, Mode, Occasion, Post, Reference,
    State, Verdict,
};

use crate::answers::{refuse, refuse_in};
use crate::commands::Target;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::letters;
use crate::parties::View;
use crate::record::{Step, officers_among, post_ref};
use crate::rights::Permit;

/// What an officer asks for.
pub(crate) struct Request<'a> {
    pub(crate) act: Act,
    pub(crate) target: &'a Target,
    pub(crate) rule: Option<&'a str>,
    pub(crate) reason: Option<&'a MessageText>,
}

impl Casework {
    /// Does an act, or says why not. The case's state is looked at within the recording transaction.
    pub(crate) async fn act(
        &self,
        permit: &Permit<'_>,
        request: &Request<'_>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let removes = matches!(request.act, Act::Remove | Act::Hide);
        if in_force.mode == Mode::Shadow && (removes || request.act == Act::Confirm) {
            return Ok(refuse(
                "The group is in shadow mode: nothing is done to members. An admin can change that with `mode live`.",
            ));
        }
        if let Some(code) = request.rule
            && charter.rulebook.find(code).is_none()
        {
            let codes: Vec<_> = charter.rulebook.rules().iter().map(|rule| rule.code.as_str()).collect();
            return Ok(refuse(format_args!(
                "There is no rule {code:?}. Choose one of: {}.",
                codes.join(", ")
            )));
        }
        let now = self.now();
        let review_due = now.plus_days(charter.procedure.periods.review_days, charter.zone);
        // The platform is asked before the ledger is held, so that a slow platform holds up nobody.
        let post = self.post_as_it_stands(&charter.group, request.target).await?;
        let mut tx = self.ledger.begin().await?;
        let mut case = match self.find_or_open(&mut tx, permit, request, post.as_ref()).await? {
            Ok(case) => case,
            Err(refusal) => return Ok(refuse(refusal)),
        };
        let reference = case.reference;
        if let Some(why) = self.part_in_act(&mut tx, permit, &case, request.act).await? {
            return Ok(refuse(why));
        }
        if self.is_frozen(&mut tx, &charter.group, reference).await? {
            return Ok(refuse_in(reference, "a body outside the group has it"));
        }
        if request.rule.is_some() && case.drawn.is_some() && case.state.post_stands() {
            // Whoever names a rule says that the post breaks it by itself, not that it goes because of another.
            case.counts = true;
        }
        let mut outcome = match case.act(request.act, review_due) {
            Ok(outcome) => outcome,
            Err(error) => return Ok(refuse_in(reference, error)),
        };
        if outcome.strike == StrikeChange::Void
            && let Some(why) = self.rests_on_it(&mut tx, &charter.group, reference).await?
        {
            return Ok(refuse(why));
        }
        match outcome.post {
            PostChange::Leave => {}
            PostChange::Remove => {
                // What goes is what stands there now, not what stood there when the case was opened.
                let Some(post) = &post else {
                    return Ok(refuse_in(reference, "the post is gone already; `void` the case to close it"));
                };
                case.post = post_ref(post);
                tx.replace_snapshot(&charter.group, reference, &snapshot(in_force, post)).await?;
            }
            PostChange::Repost => {
                let snapshot = self.ledger.snapshot(&charter.group, reference).await?;
                if let Some(why) = letters::why_gone(snapshot.as_ref()) {
                    let what = format_args!("{why}, so it cannot be put back; `void` its strike");
                    return Ok(refuse_in(reference, what));
                }
            }
        }
        if let Some(code) = request.rule {
            case.rule = charter.rulebook.cite(code);
        }
        case.decided_by = Some(permit.who().clone());
        let actor = Actor::Officer(permit.who().clone());
        if let Some(reason) = request.reason {
            tx.keep_words(&charter.group, reference, WordsKind::Reason, reason, now).await?;
        }
        if outcome.state == State::Restored {
            match self.grant_open_appeal(&mut tx, permit, &case, now).await? {
                Ok(true) => {
                    let strike_voided = outcome.strike == StrikeChange::Void;
                    outcome.notice = Some(Occasion::AppealAccepted { strike_voided });
                }
                Ok(false) => {}
                Err(error) => return Ok(refuse_in(reference, error)),
            }
        }
        let step = Step { actor, event: Event::Acted { act: request.act }, reason: request.reason, now };
        self.carry_out(&mut tx, in_force, case, &outcome, &step).await?;
        self.commit(tx).await?;
        let told = if outcome.notice.is_some() { " The member is told." } else { "" };
        Ok(Letter::line(format!("{reference} is now {}.{told}", outcome.state.word())))
    }

    /// Why no single officer takes back the strike of a case: a sanction rests on it that several signed, that the
    /// Executive upheld, or that an outside body has. It would fall with the strike.
    async fn rests_on_it(
        &self,
        tx: &mut Transaction,
        group: &GroupId,
        case: Reference,
    ) -> Result<Option<String>, CaseworkError> {
        for reference in self.ledger.sanctions_on(group, case).await? {
            let Some(sanction) = tx.sanction(group, reference).await? else { continue };
            if sanction.imposed().is_none() {
                continue;
            }
            let appeal = tx.appeal(group, reference).await?.map(|appeal| appeal.state);
            let why = match appeal {
                Some(AppealState::External { .. }) => "which a body outside the group has".to_owned(),
                Some(state) if state.is_upheld() => {
                    "about which the Executive has decided, and that is final in the group".to_owned()
                }
                _ if sanction.signatures.len() > 1 => format!(
                    "which {} officers signed. The Executive takes that back: `minute {reference} allow PLACE WHY`",
                    sanction.signatures.len()
                ),
                _ => continue,
            };
            return Ok(Some(format!("{case}: {reference} rests on it, {why}.")));
        }
        Ok(None)
    }

    /// Why an officer with a part in a matter may not do this. Somebody at whom a post was aimed may take it down until
    /// another officer has looked, and no more.
    async fn part_in_act(
        &self,
        tx: &mut Transaction,
        permit: &Permit<'_>,
        case: &Case,
        act: Act,
    ) -> Result<Option<String>, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let parties =
            self.parties_in(View::Transaction(tx), group, &File::Case(Box::new(case.clone()))).await?;
        let part = parties.conflict(permit.who(), &self.persons(group).await?);
        Ok(match part {
            None => None,
            Some(Conflict::Target) if act == Act::Hide => None,
            Some(Conflict::Subject) => Some(
                "It is your own post: nobody decides in their own matter. Ask another moderator.".to_owned(),
            ),
            Some(part) => Some(format!(
                "You have a part in this matter ({part}), so others decide it. You can `hide` the post until they have."
            )),
        })
    }

    /// The post the officer means, or that of the case they mean as long as it stands.
    async fn post_as_it_stands(
        &self,
        group: &GroupId,
        target: &Target,
    ) -> Result<Option<Post>, CaseworkError> {
        let (channel, id) = match target {
            Target::Post(id) => (None, id.clone()),
            Target::Case(reference) => {
                let case = self.ledger.case(group, *reference).await?;
                match case.filter(|case| case.state.post_stands()) {
                    Some(case) => (Some(case.post.channel), case.post.id),
                    None => return Ok(None),
                }
            }
        };
        self.platform(group)?.read(group, channel.as_ref(), &id).await.map_err(CaseworkError::Unreadable)
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
        let actor = Actor::Officer(permit.who().clone());
        let now = self.now();
        let new = NewCase {
            post: post_ref(post),
            opened_by: actor.clone(),
            opened_at: now,
            rule: in_force.charter.rulebook.cite(rule),
            grounds: None,
            counts: true,
            state: State::Flagged,
            decided_by: None,
            drawn: None,
            spared: None,
        };
        let reference = tx.open_case(group, &new, &snapshot(in_force, post)).await?;
        let aimed_at = officers_among(in_force, &post.addressed, &self.persons(group).await?);
        tx.aim_at(group, reference, &aimed_at).await?;
        tx.note(group, reference, &actor, Event::Judged { verdict: Verdict::Flag, words: None }, now).await?;
        let case = tx.case(group, reference).await?;
        case.map(Ok).ok_or(CaseworkError::Vanished(reference))
    }
}

/// The words of a post as they stand, with what the filter finds in them.
pub(crate) fn snapshot(in_force: &InForce, post: &Post) -> Snapshot {
    Snapshot {
        author_name: post.author_name.clone(),
        surfaces: post.surfaces.clone(),
        findings: in_force.matcher.assess(post),
    }
}
