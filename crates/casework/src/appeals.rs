//! Appeals: a member asks, a moderator who had no part in it decides, the Executive is next. What the officers decided
//! together goes to the Executive at once.

use ledger::{File, Transaction, WordsKind};
use policy::appeal::{self, CannotHear, Hearing};
use policy::case::{Act, Outcome, StrikeChange};
use policy::notice::{Hearer, Matter};
use policy::{
    Actor, Appeal, AppealState, Case, Contested, DeadlineKind, Event, GroupId, Letter, MemberId, MessageText,
    NoticeKind, Occasion, Offer, Reference, Ruling, State, Timestamp,
};

use crate::answers::{refuse, refuse_in};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::letters;
use crate::parties::View;
use crate::record::{Step, Told};
use crate::rights::Permit;

/// What may still fall due of an appeal; all of it is moot once the appeal stands otherwise.
const APPEAL_DEADLINES: [DeadlineKind; 4] = [
    DeadlineKind::AppealReminder,
    DeadlineKind::AppealDue,
    DeadlineKind::AppealProgress,
    DeadlineKind::AppealLate,
];

/// What can be appealed of a file, and what notices call it.
pub(crate) fn contested(file: &File) -> Option<(Contested<'_>, Matter)> {
    match file {
        File::Case(case) => {
            let matter = Matter::Post { post_kind: case.post.kind, post_written_at: case.post.written_at };
            Some((Contested::Case(case), matter))
        }
        File::Sanction(sanction) => {
            Some((Contested::Sanction(sanction), Matter::Sanction { step: sanction.step }))
        }
        // The reporter takes an answer further by another way.
        File::Report(_) | File::Member { .. } | File::Group { .. } => None,
    }
}

impl Casework {
    /// Lodges a member's appeal: about a post with the moderators the first time and with the Executive the second,
    /// about a sanction with the Executive at once.
    pub(crate) async fn appeal(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        words: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let group = &charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        // Whether somebody else has such a file is nobody's business, nor what was only watched.
        let Some(file) = self.own_file(&mut tx, permit, reference).await? else {
            return Ok(unknown(reference));
        };
        let Some((contested, matter)) = contested(&file) else { return Ok(unknown(reference)) };
        let earlier = tx.appeal(group, reference).await?;
        let above = self.upheld_above(&mut tx, group, &file).await?;
        let (periods, zone) = (charter.procedure.periods, charter.zone);
        let state = match appeal::lodge(&contested, earlier.as_ref(), above, periods, zone, now) {
            Ok(state) => state,
            Err(error) => {
                return Ok(Letter::line(format!(
                    "{reference}: {error}. If you need more help, write to {}.",
                    charter.contact
                )));
            }
        };
        let (event, kind) = match (&state, &file) {
            (AppealState::Lodged { due }, _) => {
                let kind = NoticeKind::AppealReceived { matter, hearer: Hearer::Moderator, due: Some(*due) };
                (Event::AppealLodged, kind)
            }
            (_, File::Sanction(_)) => {
                let due = Some(now.end_of_day_after(periods.executive_days, zone));
                (Event::ExecutiveAsked, NoticeKind::AppealReceived { matter, hearer: Hearer::Executive, due })
            }
            _ => {
                let due = Some(now.end_of_day_after(periods.executive_days, zone));
                (Event::ExecutiveAsked, NoticeKind::ExecutiveAsked { matter, due })
            }
        };
        let deadlines = state.deadlines(now, periods, zone);
        tx.lodge_appeal(group, reference, &Appeal { lodged_at: now, state }, words).await?;
        tx.set_deadlines(group, reference, &APPEAL_DEADLINES, &deadlines, now).await?;
        let step = Step { actor: Actor::Member, event, reason: None, now };
        if event == Event::ExecutiveAsked {
            self.before_the_executive(&mut tx, in_force, &file, kind, &step).await?;
        } else {
            self.advance(&mut tx, in_force, &file, Some(kind), &step).await?;
        }
        self.commit(tx).await?;
        Ok(Letter::line(format!("Thank you. Your appeal about {reference} is on record.")))
    }

    /// A sanction resting on a case that the Executive upheld, if one does.
    async fn upheld_above(
        &self,
        tx: &mut Transaction,
        group: &GroupId,
        file: &File,
    ) -> Result<Option<Reference>, CaseworkError> {
        let File::Case(case) = file else { return Ok(None) };
        for sanction in self.ledger.sanctions_on(group, case.reference).await? {
            if tx.appeal(group, sanction).await?.is_some_and(|appeal| appeal.state.is_upheld()) {
                return Ok(Some(sanction));
            }
        }
        Ok(None)
    }

    /// A file about the member who asks, under whichever of their accounts.
    async fn own_file(
        &self,
        tx: &mut Transaction,
        permit: &Permit<'_>,
        reference: Reference,
    ) -> Result<Option<File>, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let persons = self.persons(group).await?;
        let file = tx.file(group, reference).await?;
        Ok(file.filter(|file| {
            let watched = matches!(file, File::Case(case) if matches!(case.state, State::Watched { .. }));
            !watched && file.subject().is_some_and(|subject| persons.same(subject, permit.who()))
        }))
    }

    /// Takes an appeal back, as long as nobody has decided it.
    pub(crate) async fn withdraw_appeal(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let Some(file) = self.own_file(&mut tx, permit, reference).await? else {
            return Ok(unknown(reference));
        };
        if !tx.appeal(group, reference).await?.is_some_and(|appeal| appeal.state.is_open()) {
            return Ok(Letter::line(format!("No appeal of yours about {reference} waits for a decision.")));
        }
        self.appeal_stands(&mut tx, in_force, reference, &AppealState::Withdrawn { at: now }, now).await?;
        let step = Step { actor: Actor::Member, event: Event::AppealWithdrawn, reason: None, now };
        self.advance(&mut tx, in_force, &file, None, &step).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!("Your appeal about {reference} is taken back. What was decided stands.")))
    }

    /// Records that a body outside the group has a matter: the file is frozen.
    pub(crate) async fn send_outside(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let file = match self.theirs(&mut tx, permit, reference).await? {
            Ok(file) => file,
            Err(refusal) => return Ok(refusal),
        };
        let deciders = self.deciders(group, reference).await?;
        let persons = self.persons(group).await?;
        if deciders.iter().any(|decider| persons.same(decider, permit.who())) {
            let parties = self.parties_in(View::Transaction(&mut tx), group, &file).await?;
            let alternate = in_force.charter.duties.alternate.as_ref();
            // Where everybody else has a part in it, whoever decided puts on record where it went: nothing is decided by it.
            if !appeal::hands_on(&parties, &deciders, &in_force.charter.roster, alternate, &persons)
                .is_empty()
            {
                return Ok(refuse_in(reference, "you decided in it, so others do this"));
            }
        }
        match tx.appeal(group, reference).await?.map(|appeal| appeal.state) {
            Some(AppealState::Settled { .. }) => {}
            // Where nobody in the group may hear it, nobody has to be waited for.
            Some(AppealState::Executive { .. }) if self.panel(in_force, &file).await?.is_empty() => {}
            Some(AppealState::External { .. }) => {
                return Ok(refuse(format_args!("{reference} is with an outside body already.")));
            }
            None
            | Some(
                AppealState::Lodged { .. }
                | AppealState::Executive { .. }
                | AppealState::Accepted { .. }
                | AppealState::Dismissed { .. }
                | AppealState::Withdrawn { .. },
            ) => {
                return Ok(refuse_in(reference, "the Executive has not decided an appeal about it"));
            }
        }
        self.appeal_stands(&mut tx, in_force, reference, &AppealState::External { at: now }, now).await?;
        let actor = Actor::Officer(permit.who().clone());
        let step = Step { actor, event: Event::WentOutside, reason: None, now };
        self.advance(&mut tx, in_force, &file, None, &step).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "{reference} is with a body outside the group; nothing more is decided here."
        )))
    }

    /// Whether a body outside the group has a file, so that nothing more is decided about it.
    pub(crate) async fn is_frozen(
        &self,
        tx: &mut Transaction,
        group: &GroupId,
        reference: Reference,
    ) -> Result<bool, CaseworkError> {
        let appeal = tx.appeal(group, reference).await?;
        Ok(matches!(appeal, Some(Appeal { state: AppealState::External { .. }, .. })))
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
        if ruling == Ruling::Dismiss && reason.is_none() {
            return Ok(refuse(format_args!("A dismissal needs a reason: decide {reference} dismiss WHY.")));
        }
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if let Err(refusal) = self.theirs(&mut tx, permit, reference).await? {
            return Ok(refusal);
        }
        match tx.appeal(&charter.group, reference).await?.map(|appeal| appeal.state) {
            Some(AppealState::Lodged { .. }) => {}
            Some(AppealState::Executive { .. }) => {
                return Ok(refuse(format_args!("The appeal about {reference} is before the Executive.")));
            }
            _ => {
                return Ok(refuse(format_args!("There is no open appeal about {reference}.")));
            }
        }
        let Some(mut case) = tx.case(&charter.group, reference).await? else {
            return Ok(refuse(format_args!("There is no case {reference} in this group.")));
        };
        let hearing = match self.may_hear(&mut tx, permit, &case).await? {
            Ok(hearing) => hearing,
            Err(error) => return Ok(refuse_in(reference, error)),
        };
        let by = permit.who().clone();
        let snapshot = self.ledger.snapshot(&charter.group, reference).await?;
        if ruling == Ruling::Accept
            && let Some(why) = letters::why_gone(snapshot.as_ref())
        {
            return Ok(refuse(format_args!(
                "{reference}: {why}, so it cannot be put back. `void` its strike and write to the member."
            )));
        }
        let (state, outcome) = match ruling {
            Ruling::Accept => {
                let restored = match case.act(Act::Restore, now) {
                    Ok(restored) => restored,
                    Err(error) => return Ok(refuse_in(reference, error)),
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

    /// Settles an open appeal about a case that is put back unasked: it asked for that. Whether there was one, or why it
    /// is not this officer's to grant.
    pub(crate) async fn grant_open_appeal(
        &self,
        tx: &mut Transaction,
        permit: &Permit<'_>,
        case: &Case,
        now: Timestamp,
    ) -> Result<Result<bool, CannotHear>, CaseworkError> {
        let in_force = permit.in_force();
        let (group, reference) = (&in_force.charter.group, case.reference);
        match tx.appeal(group, reference).await?.map(|appeal| appeal.state) {
            Some(AppealState::Lodged { .. }) => {
                if let Err(error) = self.may_hear(tx, permit, case).await? {
                    return Ok(Err(error));
                }
            }
            // Whoever upheld it may think again before the Executive has to.
            Some(AppealState::Executive { .. }) => {}
            None
            | Some(
                AppealState::Accepted { .. }
                | AppealState::Dismissed { .. }
                | AppealState::Settled { .. }
                | AppealState::Withdrawn { .. }
                | AppealState::External { .. },
            ) => return Ok(Ok(false)),
        }
        let accepted = AppealState::Accepted { by: permit.who().clone(), at: now };
        self.appeal_stands(tx, in_force, reference, &accepted, now).await?;
        let actor = Actor::Officer(permit.who().clone());
        tx.note(group, reference, &actor, Event::AppealRuled { ruling: Ruling::Accept }, now).await?;
        Ok(Ok(true))
    }

    /// Whether an officer may hear an appeal about a case at the first tier, and as whom; or why not.
    pub(crate) async fn may_hear(
        &self,
        tx: &mut Transaction,
        permit: &Permit<'_>,
        case: &Case,
    ) -> Result<Result<Hearing, CannotHear>, CaseworkError> {
        let charter = &permit.in_force().charter;
        let file = File::Case(Box::new(case.clone()));
        let parties = self.parties_in(View::Transaction(tx), &charter.group, &file).await?;
        let persons = self.persons(&charter.group).await?;
        let deciders = self.deciders(&charter.group, case.reference).await?;
        Ok(appeal::hearing(&parties, &deciders, permit.who(), &charter.roster, &persons))
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

    /// Records a step in a file that changes nothing but how far an appeal is, and tells the member and the officers.
    pub(crate) async fn advance(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: &File,
        kind: Option<NoticeKind>,
        step: &Step<'_>,
    ) -> Result<(), CaseworkError> {
        let reference = file.reference();
        tx.note(&in_force.charter.group, reference, &step.actor, step.event, step.now).await?;
        if let (Some(kind), Some(to)) = (kind, file.subject()) {
            self.tell(tx, in_force, reference, Told { to, kind, reason: step.reason }, step.now).await?;
        }
        self.tell_officers(tx, in_force, file, step.event, step.now).await
    }

    /// Those of the Executive who may decide an appeal about a file.
    pub(crate) async fn panel(
        &self,
        in_force: &InForce,
        file: &File,
    ) -> Result<Vec<MemberId>, CaseworkError> {
        let charter = &in_force.charter;
        let group = &charter.group;
        let deciders = self.deciders(group, file.reference()).await?;
        let parties = self.parties(group, file).await?;
        Ok(appeal::panel(&parties, &deciders, &charter.roster, &self.persons(group).await?))
    }

    /// Officers who have decided anything in a file, or an appeal about it.
    pub(crate) async fn deciders(
        &self,
        group: &GroupId,
        file: Reference,
    ) -> Result<Vec<MemberId>, CaseworkError> {
        let events = self.ledger.events(group, file).await?;
        let deciders = events.into_iter().filter_map(|event| match (event.actor, event.event) {
            (
                Actor::Officer(officer),
                Event::Acted { .. }
                | Event::AppealRuled { .. }
                | Event::AppealSettled { .. }
                | Event::Signed { .. }
                | Event::Decided { .. },
            ) => Some(officer),
            _ => None,
        });
        Ok(deciders.collect())
    }
}

fn unknown(reference: Reference) -> Letter {
    let letter = Letter::line(format!(
        "I know no case {reference} about a post of yours. The reference stands in the message you got, and `my-record` \
         lists your cases."
    ));
    letter.offering(Offer::MyRecord)
}
