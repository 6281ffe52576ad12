//! Sanctions from proposal to service: the member's side, officers' signatures, the decision, and its end.

use ledger::{EffectKind, File, NoticeRecord, Transaction, WordsKind};
use policy::notice::{Breach, Cause, Grounds, SanctionAppeal, SignOff};
use policy::{
    Actor, AppealState, Because, Bench, CannotSign, Case, Contested, Event, GroupId, Hand, Letter,
    MessageText, NoticeKind, Offer, Parties, Proposal, Reference, Sanction, SanctionState, Signature, Signed,
    Step, Timestamp,
};

use crate::answers::{refuse, refuse_in};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::ladder::{Change, Record, why};
use crate::lists::{Line, listed};
use crate::parties::{View, together};
use crate::record::{Told, about};
use crate::rights::Permit;

/// How often a proposal that nobody decides is brought up again, in days.
const SIGNING_AGAIN_DAYS: u32 = 7;

impl Casework {
    /// Those who may sign in a matter.
    pub(crate) async fn bench(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
    ) -> Result<Bench, CaseworkError> {
        let charter = &in_force.charter;
        let file = File::Sanction(Box::new(sanction.clone()));
        let parties = self.parties_in(View::Transaction(tx), &charter.group, &file).await?;
        let persons = self.persons(&charter.group).await?;
        Ok(Bench::of(&charter.roster, parties, &persons, charter.procedure.quorums.of(sanction.proposed)))
    }

    /// Tells each of those who may sign, in private.
    pub(crate) async fn tell_bench(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let seats = self.bench(tx, in_force, sanction).await?.seats().to_vec();
        self.tell_each(tx, in_force, sanction.reference, seats, event, now).await
    }

    /// The cases that a sanction rests on, in order of reference.
    pub(crate) async fn cases_under(
        &self,
        mut view: View<'_>,
        group: &GroupId,
        sanction: &Sanction,
    ) -> Result<Vec<Case>, CaseworkError> {
        let mut cases = Vec::new();
        for &reference in &sanction.basis {
            let case = view.case(group, reference).await?;
            cases.push(case.ok_or(CaseworkError::Vanished(reference))?);
        }
        Ok(cases)
    }

    /// What a sanction rests on, as notices have it.
    pub(crate) async fn grounds(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
    ) -> Result<Grounds, CaseworkError> {
        let view = View::Transaction(tx);
        let mut cases = self.cases_under(view, &in_force.charter.group, sanction).await?;
        cases.sort_by_key(|case| (case.post.written_at, case.reference));
        let breach = |case: &Case| Breach { reference: case.reference, about: about(case, in_force) };
        Ok(Grounds { breaches: cases.iter().map(breach).collect() })
    }

    /// Takes down what a member has to say about what is proposed against them.
    pub(crate) async fn take_side(
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
        let sanction = tx.sanction(group, reference).await?;
        // Their own account's: that another is theirs too is what others say.
        let sanction = sanction.filter(|sanction| sanction.member == *permit.who());
        let Some(mut sanction) = sanction.filter(Sanction::is_proposal) else {
            return Ok(Letter::line(format!(
                "I know nothing {reference} that waits for your side. The reference stands in the message you got; \
                 what is decided can be appealed: appeal {reference} and why."
            ))
            .offering(Offer::Appeal(reference)));
        };
        tx.keep_words(group, reference, WordsKind::Side, words, now).await?;
        tx.note(group, reference, &Actor::Member, Event::SideGiven, now).await?;
        if let SanctionState::Hearing { .. } = sanction.state {
            if self.has_more_than_asked(group, &sanction).await? {
                self.ask_again(&mut tx, in_force, &mut sanction, now).await?;
                self.commit(tx).await?;
                return Ok(Letter::line(format!(
                    "Thank you. More was added to {reference} since you were asked. You are asked about that as well, and \
                     the officers decide once you have answered or your time is over."
                )));
            }
            self.open_signing(&mut tx, in_force, &mut sanction, now).await?;
        }
        self.tell_bench(&mut tx, in_force, &sanction, Event::SideGiven, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "Thank you. The officers can decide {reference} from now on, and read what you wrote first. You can add to it \
             until they have decided."
        )))
    }

    /// Signs a proposal, which may be the signature that decides it.
    pub(crate) async fn sign(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        step: Step,
        reason: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let group = &charter.group;
        if !self.clock_is_believed().await? {
            return Ok(refuse("The clock cannot be believed, so nothing is signed: see `clock confirm`."));
        }
        if self.waits(group).await? {
            return Ok(refuse(
                "The record was put back from a backup, so nothing is signed until an admin says `resume`.",
            ));
        }
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let Some(sanction) = tx.sanction(group, reference).await? else {
            return Ok(no_sanction(reference));
        };
        let record = self.record_in(&mut tx, in_force, &sanction.member, now).await?;
        let proposal = record.proposal(in_force);
        let under_appeal = self.under_appeal(&mut tx, group, &sanction).await?;
        let hand = Hand {
            officer: permit.who(),
            lighter: (step != sanction.proposed).then_some(step),
            reason: reason.expose(),
            opened_at: self.read_at(group, reference, permit.who()).await?,
            proposal: proposal.as_ref(),
            under_appeal: &under_appeal,
            now,
        };
        let bench = self.bench(&mut tx, in_force, &sanction).await?;
        let signed = match sanction.sign(&hand, &bench, charter.procedure.quorums, &record.persons) {
            Ok(signed) => signed,
            Err(CannotSign::Stale) => {
                return self.renew(tx, in_force, &sanction, proposal.as_ref(), now).await;
            }
            Err(error) => return Ok(unsigned(reference, &error)),
        };
        let signature = Signature { by: permit.who().clone(), step, at: now };
        tx.sign(group, &sanction, &signature).await?;
        tx.keep_words(group, reference, WordsKind::Reason, reason, now).await?;
        let officer = Actor::Officer(permit.who().clone());
        tx.note(group, reference, &officer, Event::Signed { step }, now).await?;
        let answer = match signed {
            Signed::Counted { signatures, quorum } => {
                self.tell_bench(&mut tx, in_force, &sanction, Event::Signed { step }, now).await?;
                format!("{reference}: you have signed. {signatures} of {quorum} have; it waits for the rest.")
            }
            Signed::Decided { step } => {
                let mut decided = sanction.decided(step, &charter.procedure.ladder, now, charter.zone);
                decided.signatures =
                    sanction.signatures_of(&bench, &record.persons).into_iter().cloned().collect();
                decided.signatures.push(signature);
                self.decide(&mut tx, in_force, &decided, &officer, reason, now).await?;
                format!("{reference}: {} is decided. The member is told.", step.one())
            }
        };
        self.commit(tx).await?;
        Ok(Letter::line(answer))
    }

    /// When an officer last opened a proposal, if that was after the member's last word.
    async fn read_at(
        &self,
        group: &GroupId,
        reference: Reference,
        officer: &policy::MemberId,
    ) -> Result<Option<Timestamp>, CaseworkError> {
        let events = self.ledger.events(group, reference).await?;
        let last_word = events.iter().rfind(|noted| noted.event == Event::SideGiven).map(|noted| noted.at);
        let opened_at = self.ledger.opened_at(group, reference, officer).await?;
        Ok(opened_at.filter(|opened| last_word.is_none_or(|said| said <= *opened)))
    }

    /// What was looked at is no longer what the ladder says: the proposal takes its new form, and is signed by nobody.
    async fn renew(
        &self,
        mut tx: Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        proposal: Option<&Proposal>,
        now: Timestamp,
    ) -> Result<Letter, CaseworkError> {
        self.reform(&mut tx, in_force, sanction, proposal, now).await?;
        self.commit(tx).await?;
        let reference = sanction.reference;
        Ok(Letter::line(format!("{reference}: {}. Your signature was not taken.", CannotSign::Stale)))
    }

    /// Those of the files that a proposal rests on about which an appeal is open.
    async fn under_appeal(
        &self,
        tx: &mut Transaction,
        group: &GroupId,
        sanction: &Sanction,
    ) -> Result<Vec<Reference>, CaseworkError> {
        let mut on: Vec<Reference> = sanction.basis.iter().copied().collect();
        // The earlier steps fall with what they rest on, and then this one does.
        let mut because = sanction.because;
        while let Because::Warned { sanction: earlier, .. } | Because::Suspended { sanction: earlier, .. } =
            because
        {
            on.push(earlier);
            let Some(earlier) = tx.sanction(group, earlier).await? else { break };
            on.extend(earlier.basis);
            because = earlier.because;
        }
        let mut open = Vec::new();
        for reference in on {
            let appeal = tx.appeal(group, reference).await?.map(|appeal| appeal.state);
            let waits =
                |state: &AppealState| state.is_open() || matches!(state, AppealState::External { .. });
            if appeal.as_ref().is_some_and(waits) {
                open.push(reference);
            }
        }
        Ok(open)
    }

    /// Puts a decided sanction into force: the member is told, then it is done.
    async fn decide(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        decided: &Sanction,
        officer: &Actor,
        reason: &MessageText,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let reference = decided.reference;
        tx.update_sanction(group, decided).await?;
        let event = Event::Decided { step: decided.step };
        tx.note(group, reference, officer, event, now).await?;
        self.set_release(tx, in_force, decided, now).await?;
        self.tell_decided(tx, in_force, decided, Some(reason), now).await?;
        if decided.excludes(now) {
            self.put_out(tx, in_force, decided, now).await?;
        }
        self.tell_officers(tx, in_force, &File::Sanction(Box::new(decided.clone())), event, now).await
    }

    /// Has somebody put out, under every account that is theirs.
    pub(crate) async fn put_out(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        for account in self.persons(group).await?.accounts(&sanction.member) {
            tx.queue(group, sanction.reference, &EffectKind::Exclude(account.clone()), now).await?;
        }
        Ok(())
    }

    /// Writes the notice of a sanction in force.
    pub(crate) async fn tell_decided(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        reason: Option<&MessageText>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let kind = self.decided_notice(tx, in_force, sanction, now).await?;
        self.tell(tx, in_force, sanction.reference, Told { to: &sanction.member, kind, reason }, now).await
    }

    /// What is told of a sanction in force.
    pub(crate) async fn decided_notice(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        now: Timestamp,
    ) -> Result<NoticeKind, CaseworkError> {
        let charter = &in_force.charter;
        let ladder = charter.procedure.ladder;
        let grounds = self.grounds(tx, in_force, sanction).await?;
        let appeal = appeal_against(in_force, sanction, now);
        // Of as many as if nobody had a part in it: a smaller number would tell the member that an officer stood aside, and
        // so perhaps who reported them.
        let everybody = Parties { subject: Some(sanction.member.clone()), ..Parties::default() };
        let persons = self.persons(&charter.group).await?;
        let quorum = charter.procedure.quorums.of(sanction.proposed);
        let bench = Bench::of(&charter.roster, everybody, &persons, quorum);
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let signed = count(sanction.signatures.len());
        let at = sanction.signatures.last().map_or(now, |last| last.at);
        // Those who stand in may be more, and an officer may have lost their seat since they signed.
        let sign_off = SignOff { signed, of: count(bench.seats().len()).max(signed), at };
        Ok(match (sanction.step, sanction.state) {
            (Step::Suspension, SanctionState::Live { since: from, until: Some(until), .. }) => {
                NoticeKind::Suspended {
                    why: why(sanction),
                    grounds,
                    from,
                    until,
                    live_months: ladder.suspension_months,
                    sign_off,
                    appeal,
                }
            }
            (Step::Expulsion, SanctionState::Live { since: from, .. }) => {
                NoticeKind::Expelled { why: why(sanction), grounds, from, sign_off, appeal }
            }
            _ => NoticeKind::WarningIssued {
                grounds,
                live_months: ladder.warning_months,
                suspension_days: ladder.suspension_days,
                sign_off,
                appeal,
            },
        })
    }

    /// Declines a proposal. One officer is enough: people may always choose less.
    pub(crate) async fn decline(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        reason: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let Some(sanction) = tx.sanction(group, reference).await? else {
            return Ok(no_sanction(reference));
        };
        let hand = Hand {
            officer: permit.who(),
            lighter: None,
            reason: reason.expose(),
            opened_at: self.ledger.opened_at(group, reference, permit.who()).await?,
            proposal: None,
            under_appeal: &[],
            now,
        };
        let bench = self.bench(&mut tx, in_force, &sanction).await?;
        let persons = self.persons(group).await?;
        if let Err(error) = sanction.decline(&hand, &bench, &persons) {
            return Ok(unsigned(reference, &error));
        }
        let declined = Sanction { state: SanctionState::Declined, ..sanction };
        tx.update_sanction(group, &declined).await?;
        tx.keep_words(group, reference, WordsKind::Reason, reason, now).await?;
        tx.note(group, reference, &Actor::Officer(permit.who().clone()), Event::Declined, now).await?;
        self.set_release(&mut tx, in_force, &declined, now).await?;
        let standing = self.standing(&mut tx, in_force, &declined.member, now).await?;
        let kind = NoticeKind::SanctionDeclined { step: declined.proposed, standing };
        self.tell(&mut tx, in_force, reference, Told { to: &declined.member, kind, reason: None }, now)
            .await?;
        self.tell_bench(&mut tx, in_force, &declined, Event::Declined, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!("{reference}: declined. The member is told that nothing more follows.")))
    }

    /// Has a warning count from when its notice reached the member.
    pub(crate) async fn begin_warning(
        &self,
        tx: &mut Transaction,
        group: &GroupId,
        record: &NoticeRecord,
        at: Timestamp,
    ) -> Result<(), CaseworkError> {
        let now = self.now();
        if !matches!(record.notice.kind, NoticeKind::WarningIssued { .. }) {
            return Ok(());
        }
        let reference = record.notice.reference;
        let sanction = tx.sanction(group, reference).await?.ok_or(CaseworkError::Vanished(reference))?;
        if let SanctionState::Unserved { .. } = sanction.state {
            tx.update_sanction(group, &sanction.served(at)).await?;
            tx.note(group, reference, &Actor::Bot, Event::Served, now).await?;
        }
        Ok(())
    }

    /// The member has had their time: officers are to sign. But what was added since they were asked, they are asked about
    /// first.
    pub(crate) async fn end_hearing(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let Some(mut sanction) = tx.sanction(&charter.group, reference).await? else { return Ok(()) };
        let SanctionState::Hearing { until } = sanction.state else { return Ok(()) };
        if self.has_more_than_asked(&charter.group, &sanction).await? {
            return self.ask_again(tx, in_force, &mut sanction, now).await;
        }
        if now < until {
            // It was to ask about more, which is gone since.
            return self.set_release(tx, in_force, &sanction, now).await;
        }
        self.open_signing(tx, in_force, &mut sanction, now).await?;
        tx.note(&charter.group, reference, &Actor::Bot, Event::Heard, now).await?;
        self.tell_bench(tx, in_force, &sanction, Event::Heard, now).await
    }

    /// The member was heard, or had their time: officers may sign from now on.
    async fn open_signing(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &mut Sanction,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let due = now.end_of_day_after(charter.procedure.periods.signing_days, charter.zone);
        sanction.state = SanctionState::Signing { due };
        tx.update_sanction(&charter.group, sanction).await?;
        self.set_release(tx, in_force, sanction, now).await
    }

    /// Nobody signed or declined in time: those who may are reminded, the Secretary hears of it, and so on every week.
    pub(crate) async fn remind_of_signing(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let Some(sanction) = tx.sanction(&charter.group, reference).await? else { return Ok(()) };
        if !matches!(sanction.state, SanctionState::Signing { .. }) {
            return Ok(());
        }
        // Strikes may have been spent while nobody decided: the proposal goes with them.
        let change = Change { cause: Cause::Review, strike_voided: false };
        self.climb(tx, in_force, &sanction.member, change, now).await?;
        let Some(sanction) = tx.sanction(&charter.group, reference).await? else { return Ok(()) };
        if !matches!(sanction.state, SanctionState::Signing { .. }) {
            return Ok(());
        }
        tx.note(&charter.group, reference, &Actor::Bot, Event::SigningOverdue, now).await?;
        let again = policy::Deadline {
            kind: policy::DeadlineKind::SigningDue,
            due: now.noon_after(SIGNING_AGAIN_DAYS, charter.zone),
        };
        tx.set_deadlines(&charter.group, reference, &[], &[again], now).await?;
        let seats = self.bench(tx, in_force, &sanction).await?.seats().to_vec();
        let file = File::Sanction(Box::new(sanction));
        let parties = self.parties_in(View::Transaction(tx), &charter.group, &file).await?;
        let secretaries = self.secretary_for(in_force, &parties).await?;
        let told = together(seats, secretaries);
        self.tell_each(tx, in_force, reference, told, Event::SigningOverdue, now).await
    }

    /// A suspension is over: the member may come back and is told so.
    pub(crate) async fn release(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let group = &charter.group;
        let Some(sanction) = tx.sanction(group, reference).await? else { return Ok(()) };
        let Some(ended) = sanction.ended(now) else { return Ok(()) };
        let SanctionState::Ended { until, .. } = ended.state else { return Ok(()) };
        tx.update_sanction(group, &ended).await?;
        tx.note(group, reference, &Actor::Bot, Event::SuspensionOver, now).await?;
        let record = self.record_in(tx, in_force, &ended.member, now).await?;
        if record.shut_out(now).is_none() {
            for account in record.persons.accounts(&ended.member) {
                tx.queue(group, reference, &EffectKind::Admit(account.clone()), now).await?;
            }
        }
        let kind = NoticeKind::SuspensionEnded {
            due: until,
            lifted_at: now,
            live_until: until.window_end(charter.procedure.ladder.suspension_months, charter.zone),
        };
        self.tell(tx, in_force, reference, Told { to: &ended.member, kind, reason: None }, now).await?;
        self.tell_officers(tx, in_force, &File::Sanction(Box::new(ended)), Event::SuspensionOver, now).await
    }

    /// What waits for signatures, with those of it that wait for this officer.
    /// The sanctions that are proposed and in which an officer has no part.
    pub(crate) async fn proposals_for(&self, permit: &Permit<'_>) -> Result<Vec<Sanction>, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let part = self.own_part(permit.who(), group).await?;
        let mut waiting = self.ledger.sanctions_waiting(group, crate::answers::RECORD_MAX).await?;
        waiting.retain(|sanction| !part.is_in(sanction.reference, Some(&sanction.member)));
        Ok(waiting)
    }

    pub(crate) async fn proposals(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let waiting = self.proposals_for(permit).await?;
        if waiting.is_empty() {
            return Ok(Letter::line("No sanction is proposed."));
        }
        let lines = waiting.iter().map(|sanction| Line::sanction(sanction, in_force)).collect();
        Ok(listed([lines]).text("Open one with `case B-…`, then: sign B-… STEP WHY, or decline B-… WHY"))
    }
}

impl Record {
    /// The lines about sanctions in a member's record, oldest first; proposals of which nothing came are left out.
    pub(crate) fn lines(&self, in_force: &InForce, shown: impl Fn(Reference) -> bool) -> Vec<Line> {
        let shown = self.sanctions.iter().filter(|sanction| {
            let idle = matches!(sanction.state, SanctionState::Withdrawn | SanctionState::Declined);
            !idle && shown(sanction.reference)
        });
        shown.map(|sanction| Line::sanction(sanction, in_force)).collect()
    }
}

/// How a sanction in force can be appealed by whoever is told of it now.
pub(crate) fn appeal_against(in_force: &InForce, sanction: &Sanction, now: Timestamp) -> SanctionAppeal {
    let charter = &in_force.charter;
    let periods = charter.procedure.periods;
    SanctionAppeal {
        // One that was made lighter can be appealed anew.
        until: Contested::Sanction(sanction)
            .closes_at(periods, charter.zone)
            .max(now.window_end(periods.appeal_months, charter.zone)),
        answer_days: periods.executive_days,
    }
}

pub(crate) fn no_sanction(reference: Reference) -> Letter {
    refuse(format_args!("There is no sanction {reference} in this group."))
}

fn unsigned(reference: Reference, error: &CannotSign) -> Letter {
    match error {
        // Whoever has a part in it does not learn more than that.
        CannotSign::Conflicted(_) => refuse(format_args!("{error}.")),
        CannotSign::NotRead => {
            refuse_in(reference, format_args!("{error}: `case {reference}`")).offering(Offer::Case(reference))
        }
        _ => refuse_in(reference, error),
    }
}
