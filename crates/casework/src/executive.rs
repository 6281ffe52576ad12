//! The Executive's decisions about appeals, entered with their minute by one who sits on the panel.

use ledger::WordsKind;
use policy::appeal::{Came, FinalRuling};
use policy::case::{Act, Outcome, StrikeChange};
use policy::{Actor, AppealState, Case, Event, Letter, MessageText, Occasion, Reference};

use crate::commands::Minuted;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::record::Step;
use crate::rights::Permit;

impl Casework {
    /// Records what the Executive decided about an appeal, with everything that follows, in one transaction.
    pub(crate) async fn enter_minute(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        decided: Minuted,
        minute: &str,
        reason: Option<&MessageText>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let refuse = |why: String| Ok(Letter::line(format!("{why} Nothing was changed.")));
        if reason.is_none() && decided != Minuted::Allow {
            return refuse(format!("The member is told why: minute {reference} … {minute} WHY."));
        }
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let Some(mut case) = tx.case(&charter.group, reference).await? else {
            return refuse(format!("There is no case {reference} in this group."));
        };
        let appeal = tx.appeal(&charter.group, reference).await?;
        let Some(AppealState::Executive { came, .. }) = appeal.map(|appeal| appeal.state) else {
            return refuse(format!("No appeal about {reference} is before the Executive."));
        };
        if !self.panel(in_force, &case).await?.contains(permit.who()) {
            return refuse(format!("{reference}: {}.", policy::appeal::CannotHear::NotOnThePanel));
        }
        if decided == Minuted::Refuse && came != Came::Late {
            return refuse(format!(
                "{reference}: the appeal came in time, so it is heard: allow, vary or dismiss."
            ));
        }
        if decided == Minuted::Allow && self.ledger.snapshot(&charter.group, reference).await?.is_none() {
            return refuse(format!(
                "{reference}: the text has been erased, so it cannot be put back; `vary` cancels its strike."
            ));
        }
        let (ruling, outcome) = match Self::consequences(&case, decided, minute, &charter.external_body) {
            Ok(consequences) => consequences,
            Err(why) => return refuse(format!("{reference}: {why}.")),
        };
        let by = permit.who().clone();
        let state = AppealState::Settled { by: by.clone(), at: now, ruling, minute: minute.to_owned() };
        self.appeal_stands(&mut tx, in_force, reference, &state, now).await?;
        if let Some(reason) = reason {
            tx.keep_words(&charter.group, reference, WordsKind::Reason, reason, now).await?;
        }
        case.decided_by = Some(by.clone());
        let step = Step { actor: Actor::Officer(by), event: Event::AppealSettled { ruling }, reason, now };
        self.carry_out(&mut tx, in_force, case, &outcome, &step).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "{reference}: the Executive's decision is on record, and the member is told."
        )))
    }

    /// What follows from a decision of the Executive, or why it cannot be.
    fn consequences(
        case: &Case,
        decided: Minuted,
        minute: &str,
        external_body: &str,
    ) -> Result<(FinalRuling, Outcome), String> {
        let (minute, external_body) = (minute.to_owned(), external_body.to_owned());
        let dismissed = |heard| {
            let (minute, external_body) = (minute.clone(), external_body.clone());
            case.unmoved(Occasion::AppealDismissedFinal { heard, minute, external_body })
        };
        Ok(match decided {
            Minuted::Allow => {
                let restored = case.act(Act::Restore, case.opened_at).map_err(|error| error.to_string())?;
                let strike_voided = restored.strike == StrikeChange::Void;
                let notice = Some(Occasion::AppealAllowed { minute, strike_voided });
                (FinalRuling::Allowed, Outcome { notice, ..restored })
            }
            Minuted::Vary => {
                let voided = case.act(Act::Void, case.opened_at).map_err(|error| error.to_string())?;
                let notice = Some(Occasion::AppealVaried { minute, external_body });
                (FinalRuling::NoStrike, Outcome { notice, ..voided })
            }
            Minuted::Dismiss => (FinalRuling::Dismissed, dismissed(true)),
            Minuted::Refuse => (FinalRuling::NotAdmitted, dismissed(false)),
        })
    }
}
