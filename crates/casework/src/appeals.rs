//! Appeals: a member asks, a moderator who had no part in it decides, the Executive is next.

use ledger::{Transaction, WordsKind};
use policy::appeal::{self, Hearing};
use policy::case::{Act, Outcome, StrikeChange};
use policy::notice::Hearer;
use policy::{
    Actor, Appeal, AppealState, Case, Contested, DeadlineKind, Event, GroupId, Letter, MemberId, MessageText,
    Occasion, Parties, Persons, Reference, Ruling, State, Timestamp,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::Step;
use crate::rights::Permit;

/// What may still fall due of an appeal; all of it is moot once the appeal stands otherwise.
const APPEAL_DEADLINES: [DeadlineKind; 3] =
    [DeadlineKind::AppealReminder, DeadlineKind::AppealDue, DeadlineKind::AppealProgress];

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
            _ => {
                let due = now.end_of_day_after(periods.executive_days, zone);
                (Event::ExecutiveAsked, Occasion::ExecutiveAsked { due: Some(due) })
            }
        };
        let deadlines = state.deadlines(now, periods, zone);
        tx.lodge_appeal(&charter.group, reference, &Appeal { lodged_at: now, state }, words).await?;
        tx.set_deadlines(&charter.group, reference, &APPEAL_DEADLINES, &deadlines, now).await?;
        if event == Event::ExecutiveAsked {
            self.tell_panel(&mut tx, in_force, &case, event, now).await?;
        }
        let outcome = case.unmoved(occasion);
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
        let parties = parties(&case);
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
                let stays = case.unmoved(Occasion::AppealDismissed { same_moderator });
                (AppealState::Dismissed { by, at: now }, stays)
            }
        };
        self.appeal_stands(&mut tx, in_force, reference, &state, now).await?;
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

    /// Records where an appeal stands now, and what falls due because of it.
    pub(crate) async fn appeal_stands(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        state: &AppealState,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let deadlines = state.deadlines(now, charter.procedure.periods, charter.zone);
        tx.set_appeal(&charter.group, reference, state).await?;
        tx.set_deadlines(&charter.group, reference, &APPEAL_DEADLINES, &deadlines, now).await?;
        Ok(())
    }

    /// Those of the Executive who may decide an appeal about a case.
    pub(crate) async fn panel(
        &self,
        in_force: &InForce,
        case: &Case,
    ) -> Result<Vec<MemberId>, CaseworkError> {
        let charter = &in_force.charter;
        let deciders = self.deciders(&charter.group, case.reference).await?;
        Ok(appeal::panel(&parties(case), &deciders, &charter.roster, &Persons::default()))
    }

    /// Tells each of the panel, in private, that an appeal is theirs to decide.
    pub(crate) async fn tell_panel(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: &Case,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let panel = self.panel(in_force, case).await?;
        self.tell_each(tx, in_force, case.reference, panel, event, now).await
    }

    /// Officers who have decided anything about the post, or an appeal about it.
    async fn deciders(&self, group: &GroupId, case: Reference) -> Result<Vec<MemberId>, CaseworkError> {
        let events = self.ledger.events(group, case).await?;
        let deciders = events.into_iter().filter_map(|event| match (event.actor, event.event) {
            (
                Actor::Officer(officer),
                Event::Acted { .. } | Event::AppealRuled { .. } | Event::AppealSettled { .. },
            ) => Some(officer),
            _ => None,
        });
        Ok(deciders.collect())
    }
}

/// Who has a part in a case.
fn parties(case: &Case) -> Parties {
    Parties { subject: Some(case.post.author.clone()), ..Parties::default() }
}
