//! The Executive's decisions about appeals, entered with their minute by one who sits on the panel.

use ledger::{File, Transaction, WordsKind};
use policy::appeal::{Came, CannotHear, FinalRuling};
use policy::case::{Act, Outcome, StrikeChange};
use policy::notice::{Cause, Matter, Relief as Undone, Varied};
use policy::{
    Actor, AppealState, Case, Event, Letter, MessageText, NoticeKind, Occasion, Reference, Sanction,
};

use crate::answers::{refuse, refuse_in};
use crate::appeals::contested;
use crate::commands::Minuted;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::ladder::{Change, Relief};
use crate::letters;
use crate::record::{Step, Told};
use crate::rights::Permit;

/// A decision as it is entered.
pub(crate) struct Minute<'a> {
    pub(crate) decided: Minuted,
    /// Where the minutes have it.
    pub(crate) place: &'a str,
    pub(crate) reason: Option<&'a MessageText>,
}

impl Casework {
    /// Records what the Executive decided about an appeal, with everything that follows, in one transaction.
    pub(crate) async fn enter_minute(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        minute: &Minute<'_>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        if minute.reason.is_none() && minute.decided != Minuted::Allow {
            return Ok(refuse(format_args!(
                "The member is told why: minute {reference} … {} WHY.",
                minute.place
            )));
        }
        let mut tx = self.ledger.begin().await?;
        let file = match self.theirs(&mut tx, permit, reference).await? {
            Ok(file) => file,
            Err(refusal) => return Ok(refusal),
        };
        let appeal = tx.appeal(group, reference).await?;
        let came = match appeal.map(|appeal| appeal.state) {
            Some(AppealState::Executive { came, .. }) => Some(came),
            _ => None,
        };
        let undoes = minute.decided == Minuted::Allow && matches!(file, File::Sanction(_));
        if came.is_none() && !undoes {
            return Ok(refuse(format_args!("No appeal about {reference} is before the Executive.")));
        }
        if !self.panel(in_force, &file).await?.contains(permit.who()) {
            return Ok(refuse_in(reference, CannotHear::NotOnThePanel));
        }
        if let (None, File::Sanction(sanction)) = (came, &file) {
            return self.take_back_by_minute(tx, permit, sanction, minute.place, minute.reason).await;
        }
        if minute.decided == Minuted::Refuse && came != Some(Came::Late) {
            return Ok(refuse_in(
                reference,
                "the appeal came in time, so it is heard: allow, vary or dismiss",
            ));
        }
        let by = permit.who().clone();
        let ruling = match &file {
            File::Case(case) => self.settle_case(&mut tx, in_force, case, minute, &by).await?,
            File::Sanction(sanction) => {
                self.settle_sanction(&mut tx, in_force, sanction, minute, &by).await?
            }
            File::Report(_) | File::Member { .. } | File::Group { .. } => {
                Err("nobody can appeal that".to_owned())
            }
        };
        let ruling = match ruling {
            Ok(ruling) => ruling,
            Err(why) => return Ok(refuse_in(reference, why)),
        };
        let now = self.now();
        let state = AppealState::Settled { by, at: now, ruling, minute: minute.place.to_owned() };
        self.appeal_stands(&mut tx, in_force, reference, &state, now).await?;
        if let Some(reason) = minute.reason {
            tx.keep_words(group, reference, WordsKind::Reason, reason, now).await?;
        }
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "{reference}: the Executive's decision is on record, and the member is told."
        )))
    }

    /// Records a decision about a post, or says why it cannot be.
    async fn settle_case(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: &Case,
        minute: &Minute<'_>,
        by: &policy::MemberId,
    ) -> Result<Result<FinalRuling, String>, CaseworkError> {
        let charter = &in_force.charter;
        let (ruling, act) = match minute.decided {
            Minuted::Allow => (FinalRuling::Allowed, Act::Restore),
            Minuted::Vary => (FinalRuling::NoStrike, Act::Void),
            Minuted::Reduce(_) => {
                return Ok(Err("it is about a post; `vary` cancels its strike".to_owned()));
            }
            Minuted::Dismiss | Minuted::Refuse => {
                return self
                    .dismiss(tx, in_force, &File::Case(Box::new(case.clone())), minute, by)
                    .await
                    .map(Ok);
            }
        };
        let snapshot = self.ledger.snapshot(&charter.group, case.reference).await?;
        if act == Act::Restore
            && let Some(why) = letters::why_gone(snapshot.as_ref())
        {
            return Ok(Err(format!("{why}, so it cannot be put back; `vary` cancels its strike")));
        }
        let outcome = match case.act(act, case.opened_at) {
            Ok(outcome) => outcome,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let (place, external_body) = (minute.place.to_owned(), charter.external_body.clone());
        let notice = Some(match act {
            Act::Restore => {
                let strike_voided = outcome.strike == StrikeChange::Void;
                Occasion::AppealAllowed { minute: place, strike_voided }
            }
            _ => Occasion::AppealVaried { minute: place, external_body },
        });
        let case = Case { decided_by: Some(by.clone()), ..case.clone() };
        let step = self.step(by, ruling, minute);
        self.carry_out(tx, in_force, case, &Outcome { notice, ..outcome }, &step).await?;
        Ok(Ok(ruling))
    }

    /// Records a decision about a sanction, or says why it cannot be.
    async fn settle_sanction(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        minute: &Minute<'_>,
        by: &policy::MemberId,
    ) -> Result<Result<FinalRuling, String>, CaseworkError> {
        let charter = &in_force.charter;
        let now = self.now();
        let (ruling, lighter) = match minute.decided {
            Minuted::Allow => (FinalRuling::Allowed, sanction.voided()),
            Minuted::Vary => {
                return Ok(Err(
                    "it is about a sanction: say what it becomes in the place of `vary`, `warning` or `suspension`".to_owned()
                ));
            }
            Minuted::Reduce(step) if step >= sanction.step => {
                return Ok(Err(format!("it is {}: that would not be lighter", sanction.step.one())));
            }
            Minuted::Reduce(step) => {
                let lighter = sanction.reduced(step, &charter.procedure.ladder, now, charter.zone);
                (FinalRuling::Reduced(step), lighter)
            }
            Minuted::Dismiss | Minuted::Refuse => {
                let file = File::Sanction(Box::new(sanction.clone()));
                return self.dismiss(tx, in_force, &file, minute, by).await.map(Ok);
            }
        };
        let step = self.step(by, ruling, minute);
        tx.note(&charter.group, sanction.reference, &step.actor, step.event, now).await?;
        let relief = Relief { was: sanction, is: &lighter, actor: &step.actor, change: None };
        let remedy = self.lighten(tx, in_force, &relief, now).await?;
        let matter = Matter::Sanction { step: sanction.step };
        let place = minute.place.to_owned();
        let kind = match ruling {
            FinalRuling::Reduced(step) => NoticeKind::AppealVaried {
                matter,
                minute: place,
                varied: Varied::Reduced { was: sanction.step, now: step },
                external_body: charter.external_body.clone(),
            },
            _ => NoticeKind::AppealAllowed {
                matter,
                minute: place,
                relief: Undone { post_back: false, strike_voided: false, sanction: Some(remedy) },
                standing: self.standing(tx, in_force, &sanction.member, now).await?,
            },
        };
        let told = Told { to: &sanction.member, kind, reason: minute.reason };
        self.tell(tx, in_force, sanction.reference, told, now).await?;
        self.tell_officers(tx, in_force, &File::Sanction(Box::new(lighter)), step.event, now).await?;
        let change = Change { cause: Cause::Appeal, strike_voided: false };
        self.climb(tx, in_force, &sanction.member, change, now).await?;
        Ok(Ok(ruling))
    }

    /// The Executive said no, or would not hear it.
    async fn dismiss(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: &File,
        minute: &Minute<'_>,
        by: &policy::MemberId,
    ) -> Result<FinalRuling, CaseworkError> {
        let heard = minute.decided == Minuted::Dismiss;
        let ruling = if heard { FinalRuling::Dismissed } else { FinalRuling::NotAdmitted };
        let kind = contested(file).map(|(_, matter)| NoticeKind::AppealDismissedFinal {
            matter,
            heard,
            minute: minute.place.to_owned(),
            external_body: in_force.charter.external_body.clone(),
        });
        self.advance(tx, in_force, file, kind, &self.step(by, ruling, minute)).await?;
        Ok(ruling)
    }

    fn step<'a>(&self, by: &policy::MemberId, ruling: FinalRuling, minute: &Minute<'a>) -> Step<'a> {
        Step {
            actor: Actor::Officer(by.clone()),
            event: Event::AppealSettled { ruling },
            reason: minute.reason,
            now: self.now(),
        }
    }
}
