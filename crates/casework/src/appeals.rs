//! Appeals: a member asks, a moderator who had no part in it decides, the Executive is next.

use ledger::WordsKind;
use policy::appeal::{self, Hearing};
use policy::case::{Act, Outcome, PostChange, StrikeChange};
use policy::notice::Hearer;
use policy::{
    Actor, Appeal, AppealState, Contested, Event, GroupId, Letter, MemberId, MessageText, Occasion, Parties,
    Persons, Reference, Ruling, State,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::record::Step;
use crate::rights::Permit;

impl Casework {
    /// Lodges a member's appeal, with the moderators the first time and with the Executive the second.
    pub(crate) async fn appeal(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        words: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let own = tx
            .case(&charter.group, reference)
            .await?
            .filter(|case| case.post.author == *permit.who() && !matches!(case.state, State::Watched { .. }));
        // Whether somebody else has such a case is nobody's business, nor what was only watched.
        let Some(case) = own else {
            return Ok(Letter::line(format!(
                "I know no case {reference} about a post of yours. The reference stands in the message you got, and \
                 `my-record` lists your cases."
            )));
        };
        let earlier = tx.appeal(&charter.group, reference).await?;
        let (periods, zone) = (charter.procedure.periods, charter.zone);
        let lodged = appeal::lodge(&Contested::Case(&case), earlier.as_ref(), periods, zone, now);
        let state = match lodged {
            Ok(state) => state,
            Err(error) => {
                return Ok(Letter::line(format!(
                    "{reference}: {error}. If you need more help, write to {}.",
                    charter.contact
                )));
            }
        };
        let (event, occasion) = match state {
            AppealState::Lodged { due } => {
                (Event::AppealLodged, Occasion::AppealReceived { hearer: Hearer::Moderator, due: Some(due) })
            }
            _ => (Event::ExecutiveAsked, Occasion::ExecutiveAsked { due: None }),
        };
        tx.lodge_appeal(&charter.group, reference, &Appeal { lodged_at: now, state }, words).await?;
        let outcome = Outcome {
            state: case.state,
            strike: StrikeChange::Keep,
            post: PostChange::Leave,
            notice: Some(occasion),
        };
        let step = Step { actor: Actor::Member, event, reason: None, now };
        self.carry_out(&mut tx, in_force, case, &outcome, &step).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!("Thank you. Your appeal about {reference} is on record.")))
    }

    /// Decides an appeal at the first tier.
    pub(crate) async fn decide_appeal(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        ruling: Ruling,
        reason: Option<&MessageText>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let refuse = |why: String| Ok(Letter::line(format!("{why} Nothing was changed.")));
        if ruling == Ruling::Dismiss && reason.is_none() {
            return refuse(format!("A dismissal needs a reason: decide {reference} dismiss WHY."));
        }
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let Some(mut case) = tx.case(&charter.group, reference).await? else {
            return refuse(format!("There is no case {reference} in this group."));
        };
        match tx.appeal(&charter.group, reference).await?.map(|appeal| appeal.state) {
            Some(AppealState::Lodged { .. }) => {}
            Some(AppealState::Executive { .. }) => {
                return refuse(format!("The appeal about {reference} is before the Executive."));
            }
            _ => {
                return refuse(format!("There is no open appeal about {reference}."));
            }
        }
        let parties = Parties { subject: Some(case.post.author.clone()), ..Parties::default() };
        let persons = Persons::default();
        let deciders = self.deciders(&charter.group, reference).await?;
        let hearing = match appeal::hearing(&parties, &deciders, permit.who(), &charter.roster, &persons) {
            Ok(hearing) => hearing,
            Err(error) => return refuse(format!("{reference}: {error}.")),
        };
        let by = permit.who().clone();
        let (state, outcome) = match ruling {
            Ruling::Accept if self.ledger.snapshot(&charter.group, reference).await?.is_none() => {
                return refuse(format!(
                    "{reference}: the text has been erased, so it cannot be put back. `void` its strike and write to \
                     the member."
                ));
            }
            Ruling::Accept => {
                let restored = match case.act(Act::Restore, now) {
                    Ok(restored) => restored,
                    Err(error) => return refuse(format!("{reference}: {error}.")),
                };
                let strike_voided = restored.strike == StrikeChange::Void;
                let notice = Some(Occasion::AppealAccepted { strike_voided });
                (AppealState::Accepted { by, at: now }, Outcome { notice, ..restored })
            }
            Ruling::Dismiss => {
                let same_moderator = hearing == Hearing::SameModerator;
                let notice = Some(Occasion::AppealDismissed { same_moderator });
                let stays = Outcome {
                    state: case.state,
                    strike: StrikeChange::Keep,
                    post: PostChange::Leave,
                    notice,
                };
                (AppealState::Dismissed { by, at: now }, stays)
            }
        };
        tx.set_appeal(&charter.group, reference, &state).await?;
        if let Some(reason) = reason {
            tx.keep_words(&charter.group, reference, WordsKind::Reason, reason, now).await?;
        }
        case.decided_by = Some(permit.who().clone());
        let actor = Actor::Officer(permit.who().clone());
        let step = Step { actor, event: Event::AppealRuled { ruling }, reason, now };
        self.carry_out(&mut tx, in_force, case, &outcome, &step).await?;
        self.commit(tx).await?;
        let result = match ruling {
            Ruling::Accept => "accepted: the post goes back",
            Ruling::Dismiss => "dismissed: the member is told why, and that the Executive is next",
        };
        Ok(Letter::line(format!("The appeal about {reference} is {result}.")))
    }

    /// Officers who have decided anything about the post, or an appeal about it.
    async fn deciders(&self, group: &GroupId, case: Reference) -> Result<Vec<MemberId>, CaseworkError> {
        let events = self.ledger.events(group, case).await?;
        let deciders = events.into_iter().filter_map(|event| match (event.actor, event.event) {
            (Actor::Officer(officer), Event::Acted { .. } | Event::AppealRuled { .. }) => Some(officer),
            _ => None,
        });
        Ok(deciders.collect())
    }
}
