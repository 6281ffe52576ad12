//! What follows for a member when their strikes or sanctions change: what has become too heavy is taken back by itself,
//! and what the ladder has next is proposed to people.

use std::collections::BTreeSet;

use ledger::{EffectKind, File, Transaction};
use policy::ladder::{Breach, Reduction};
use policy::notice::{Cause, Remedy};
use policy::{
    Actor, AppealState, Because, Deadline, DeadlineKind, Event, GroupId, Imposed, MemberId, NoticeKind,
    Persons, Proposal, Reference, Sanction, SanctionState, Step, Strike, Timestamp,
};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::parties::{View, known_at};
use crate::record::Told;

/// How long the member has at least to answer what was added to a proposal, in days.
const HEARING_DAYS_MIN: u32 = 3;

/// How long after something was added to a proposal the member is asked about it, in seconds: what comes in one burst is
/// asked about at once.
const ASKED_AFTER_S: i64 = 60 * 60;

/// What may fall due of a sanction.
pub(crate) const SANCTION_DEADLINES: [DeadlineKind; 3] =
    [DeadlineKind::HearingOver, DeadlineKind::SigningDue, DeadlineKind::SuspensionOver];

/// Why the ladder is looked at again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    /// How it came to light, if something was wrong.
    pub(crate) cause: Cause,
    /// Whether a strike was cancelled.
    pub(crate) strike_voided: bool,
}

/// A sanction that becomes lighter, or nothing.
pub(crate) struct Relief<'a> {
    pub(crate) was: &'a Sanction,
    pub(crate) is: &'a Sanction,
    pub(crate) actor: &'a Actor,
    /// Why, for the notice; with none, the member is told by whoever calls.
    pub(crate) change: Option<Change>,
}

/// A person's record as the ladder sees it, over all their accounts.
pub(crate) struct Record {
    pub(crate) persons: Persons,
    pub(crate) sanctions: Vec<Sanction>,
    /// The strikes that were not voided, whose they are and whether they count now.
    strikes: Vec<(MemberId, Breach, bool)>,
    /// The sanctions that followed one which is no longer kept.
    bereft: BTreeSet<Reference>,
}

impl Record {
    /// What was signed and counts.
    fn imposed(&self) -> Vec<Imposed> {
        let imposed = self.sanctions.iter().filter_map(Sanction::imposed);
        imposed.map(|one| Imposed { earlier_is_gone: self.bereft.contains(&one.sanction), ..one }).collect()
    }

    /// The open proposal.
    pub(crate) fn open(&self) -> Option<&Sanction> {
        self.sanctions.iter().find(|sanction| sanction.is_proposal())
    }

    /// What the ladder proposes now. What officers declined, or was taken back, is dealt with.
    pub(crate) fn proposal(&self, in_force: &InForce) -> Option<Proposal> {
        let closed = |sanction: &&Sanction| match sanction.state {
            SanctionState::Declined | SanctionState::Void => true,
            SanctionState::Hearing { .. }
            | SanctionState::Signing { .. }
            | SanctionState::Withdrawn
            | SanctionState::Unserved { .. }
            | SanctionState::Live { .. }
            | SanctionState::Ended { .. } => false,
        };
        let closed: BTreeSet<Reference> = self
            .sanctions
            .iter()
            .filter(closed)
            .flat_map(|sanction| sanction.basis.iter().copied())
            .collect();
        let open =
            self.strikes.iter().filter(|(_, breach, counts)| *counts && !closed.contains(&breach.case));
        let open: Vec<_> = open.map(|(_, breach, _)| breach.clone()).collect();
        in_force.charter.procedure.ladder.propose(&open, &self.imposed(), in_force.charter.zone)
    }

    /// The step that follows next, if one does: that which is proposed, or would be for one more breach.
    pub(crate) fn next_step(&self, in_force: &InForce) -> Step {
        if let Some(proposal) = self.proposal(in_force) {
            return proposal.step;
        }
        let last = self.imposed().into_iter().max_by_key(|imposed| (imposed.signed_at, imposed.sanction));
        match last.map(|last| last.step) {
            None => Step::Warning,
            Some(Step::Warning) => Step::Suspension,
            Some(Step::Suspension | Step::Expulsion) => Step::Expulsion,
        }
    }

    /// What has to be taken back.
    fn reductions(&self, in_force: &InForce) -> Vec<(Reference, Reduction)> {
        let breaches: Vec<_> = self.strikes.iter().map(|(_, breach, _)| breach.clone()).collect();
        in_force.charter.procedure.ladder.replay(&breaches, &self.imposed(), in_force.charter.zone)
    }

    /// Whether the person is shut out at `now`, and until when.
    pub(crate) fn shut_out(&self, now: Timestamp) -> Option<Option<Timestamp>> {
        latest_end(self.sanctions.iter().filter(|sanction| sanction.excludes(now)))
    }

    /// Whether something put the person out that nothing has ended yet, whether or not its time is over.
    pub(crate) fn awaits_an_end(&self) -> bool {
        self.sanctions.iter().any(Sanction::awaits_its_end)
    }

    /// How many strikes count, in words.
    pub(crate) fn standing(&self, in_force: &InForce) -> String {
        let counting = self.strikes.iter().filter(|(_, _, counts)| *counts).count();
        let months = in_force.charter.procedure.periods.strike_months;
        let (strikes, count) = if counting == 1 { ("strike", "counts") } else { ("strikes", "count") };
        format!("{counting} {strikes} of the last {months} months {count}")
    }

    /// Whose strike is the last of those that a proposal rests on.
    fn account_of(&self, proposal: &Proposal) -> Option<&MemberId> {
        let on = self.strikes.iter().filter(|(_, breach, _)| proposal.basis.contains(&breach.case));
        on.max_by_key(|(_, breach, _)| (breach.conduct_at, breach.case)).map(|(account, ..)| account)
    }
}

impl Casework {
    /// A person's record, as a transaction has it.
    pub(crate) async fn record_in(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        member: &MemberId,
        now: Timestamp,
    ) -> Result<Record, CaseworkError> {
        let charter = &in_force.charter;
        let group = &charter.group;
        let links = tx.links(group).await?;
        let persons = known_at(&links, Timestamp::from_millis(i64::MAX));
        let platform = self.platform(group)?.platform();
        let (mut sanctions, mut strikes) = (Vec::new(), Vec::new());
        for account in persons.accounts(member) {
            sanctions.extend(tx.sanctions_of(group, account).await?);
            let counts = |strike: &Strike| {
                strike.counts_at(now, charter.procedure.periods.strike_months, charter.zone)
            };
            let all = tx.strikes(group, account).await?.into_iter().filter(|(_, strike)| strike.counts());
            strikes.extend(all.map(|(case, strike)| {
                let counts = counts(&strike);
                let blind = BTreeSet::new();
                let breach =
                    Breach { case, conduct_at: strike.conduct_at, platform: platform.clone(), blind };
                (account.clone(), breach, counts)
            }));
        }
        for (account, breach, _) in &mut strikes {
            // What was imposed on another account counts against what came after it was known to be theirs.
            let then = known_at(&links, breach.conduct_at);
            let unknown = sanctions.iter().filter(|sanction| !then.same(&sanction.member, account));
            breach.blind = unknown.map(|sanction| sanction.reference).collect();
        }
        sanctions.sort_by_key(|sanction| sanction.reference);
        let mut bereft = BTreeSet::new();
        for sanction in &sanctions {
            if let Because::Warned { sanction: earlier, .. } | Because::Suspended { sanction: earlier, .. } =
                sanction.because
                && !sanctions.iter().any(|one| one.reference == earlier)
                && tx.sanction(group, earlier).await?.is_none()
            {
                bereft.insert(sanction.reference);
            }
        }
        Ok(Record { persons, sanctions, strikes, bereft })
    }

    /// Looks at the ladder again after something changed for a member: reduces by itself, and only proposes otherwise.
    pub(crate) async fn climb(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        member: &MemberId,
        change: Change,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let record = self.record_in(tx, in_force, member, now).await?;
        let reductions = record.reductions(in_force);
        for (reference, reduction) in &reductions {
            let Some(sanction) = record.sanctions.iter().find(|sanction| sanction.reference == *reference)
            else {
                continue;
            };
            let lighter = match reduction {
                Reduction::Void => sanction.voided(),
                Reduction::To(step) => {
                    sanction.reduced(*step, &in_force.charter.procedure.ladder, now, in_force.charter.zone)
                }
            };
            let relief = Relief { was: sanction, is: &lighter, actor: &Actor::Bot, change: Some(change) };
            self.lighten(tx, in_force, &relief, now).await?;
        }
        let record =
            if reductions.is_empty() { record } else { self.record_in(tx, in_force, member, now).await? };
        let proposal = record.proposal(in_force);
        match (record.open(), proposal) {
            (None, None) => Ok(()),
            (None, Some(proposal)) => {
                let account = record.account_of(&proposal).unwrap_or(member).clone();
                self.propose(tx, in_force, &account, &proposal, now).await
            }
            (Some(open), proposal) if open.is_current(proposal.as_ref()) => Ok(()),
            (Some(open), proposal) => self.reform(tx, in_force, open, proposal.as_ref(), now).await,
        }
    }

    /// Takes a sanction back, in whole or in part, with everything that follows for the member.
    pub(crate) async fn lighten(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        relief: &Relief<'_>,
        now: Timestamp,
    ) -> Result<Remedy, CaseworkError> {
        let Relief { was: sanction, is: lighter, actor, change } = *relief;
        let group = &in_force.charter.group;
        let reference = sanction.reference;
        tx.update_sanction(group, lighter).await?;
        let is_void = lighter.state == SanctionState::Void;
        let event = if is_void { Event::Voided } else { Event::Reduced { step: lighter.step } };
        tx.note(group, reference, actor, event, now).await?;
        self.set_release(tx, in_force, lighter, now).await?;
        if is_void && change.is_some() {
            // What it asked for is done, by another way.
            let appeal = tx.appeal(group, reference).await?;
            if appeal.is_some_and(|appeal| appeal.state.is_open()) {
                let moot = AppealState::Withdrawn { at: now };
                self.appeal_stands(tx, in_force, reference, &moot, now).await?;
            }
        }
        let record = self.record_in(tx, in_force, &sanction.member, now).await?;
        // Its time may be over without anybody having been let in yet: what would have done it is moot from here on.
        let lifted = sanction.awaits_its_end() && record.shut_out(now).is_none();
        if lifted {
            for account in record.persons.accounts(&sanction.member) {
                tx.queue(group, reference, &EffectKind::Admit(account.clone()), now).await?;
            }
        }
        let remedy = Remedy { was: sanction.step, now: (!is_void).then_some(lighter.step), lifted };
        if let Some(Change { cause, strike_voided }) = change {
            let standing = self.standing(tx, in_force, &sanction.member, now).await?;
            let kind = NoticeKind::Corrected { cause, strike_voided, sanction: Some(remedy), standing };
            let told = Told { to: &sanction.member, kind, reason: None };
            self.tell(tx, in_force, reference, told, now).await?;
        }
        if let SanctionState::Unserved { .. } = lighter.state {
            // It counts from when this reaches the member, not from when the heavier one did.
            self.tell_decided(tx, in_force, lighter, None, now).await?;
        }
        self.tell_officers(tx, in_force, &File::Sanction(Box::new(lighter.clone())), event, now).await?;
        Ok(remedy)
    }

    /// Sets when the sanction, as it now stands, is to end by itself, in place of whatever of it was to come.
    pub(crate) async fn set_release(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let release = match sanction.state {
            SanctionState::Live { until: Some(due), .. } => {
                vec![Deadline { kind: DeadlineKind::SuspensionOver, due }]
            }
            SanctionState::Hearing { until: due } => vec![Deadline { kind: DeadlineKind::HearingOver, due }],
            SanctionState::Signing { due } => vec![Deadline { kind: DeadlineKind::SigningDue, due }],
            SanctionState::Live { until: None, .. }
            | SanctionState::Declined
            | SanctionState::Withdrawn
            | SanctionState::Unserved { .. }
            | SanctionState::Ended { .. }
            | SanctionState::Void => Vec::new(),
        };
        let group = &in_force.charter.group;
        tx.set_deadlines(group, sanction.reference, &SANCTION_DEADLINES, &release, now).await?;
        Ok(())
    }

    /// Opens a proposal: the member is asked for their side, and the officers hear of it.
    async fn propose(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        account: &MemberId,
        proposal: &Proposal,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let (periods, zone) = (charter.procedure.periods, charter.zone);
        let hear = is_heard(in_force, proposal.step);
        let hear_until = hear.then(|| now.plus_days(periods.hearing_days, zone));
        let sign_due = now.end_of_day_after(periods.signing_days, zone);
        let form =
            |reference| Sanction::propose(reference, account.clone(), proposal, hear_until, sign_due, now);
        let sanction = tx.open_sanction(&charter.group, now, form).await?;
        self.proposed(tx, in_force, &sanction, Event::Proposed { step: sanction.proposed }, now).await
    }

    /// Gives a proposal the form that the ladder now gives it, or withdraws it.
    pub(crate) async fn reform(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        open: &Sanction,
        proposal: Option<&Proposal>,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let mut reformed = open.reformed(proposal, now);
        let Some(proposal) = proposal else {
            tx.update_sanction(&charter.group, &reformed).await?;
            self.set_release(tx, in_force, &reformed, now).await?;
            tx.note(&charter.group, open.reference, &Actor::Bot, Event::Withdrawn, now).await?;
            if is_heard(in_force, open.proposed) {
                let standing = self.standing(tx, in_force, &open.member, now).await?;
                let kind = NoticeKind::SanctionDeclined { step: open.proposed, standing };
                let told = Told { to: &open.member, kind, reason: None };
                self.tell(tx, in_force, open.reference, told, now).await?;
            }
            let file = File::Sanction(Box::new(reformed));
            return self.tell_officers(tx, in_force, &file, Event::Withdrawn, now).await;
        };
        // Nobody is sanctioned for what they were not asked about.
        let more = proposal.step > open.proposed || !proposal.basis.is_subset(&open.basis);
        if more && proposal.step == open.proposed && is_told_already(in_force, open) {
            return self.add(tx, in_force, (open, &reformed), now).await;
        }
        if more && is_heard(in_force, proposal.step) {
            let earliest = now.plus_days(HEARING_DAYS_MIN, charter.zone);
            let until = match open.state {
                SanctionState::Hearing { until } => until.max(earliest),
                _ => earliest,
            };
            reformed.state = SanctionState::Hearing { until };
        }
        tx.update_sanction(&charter.group, &reformed).await?;
        if !more {
            let event = Event::Reformed { step: proposal.step };
            tx.note(&charter.group, open.reference, &Actor::Bot, event, now).await?;
            self.set_release(tx, in_force, &reformed, now).await?;
            return self.tell_bench(tx, in_force, &reformed, event, now).await;
        }
        self.proposed(tx, in_force, &reformed, Event::Reformed { step: proposal.step }, now).await
    }

    /// Adds breaches to a proposal of which everybody knows already: nobody is written to for each of them. The member is
    /// asked about all of them together, before anybody can sign.
    async fn add(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        (open, reformed): (&Sanction, &Sanction),
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let (group, reference) = (&charter.group, open.reference);
        tx.update_sanction(group, reformed).await?;
        let event = Event::Reformed { step: reformed.proposed };
        tx.note(group, reference, &Actor::Bot, event, now).await?;
        if let SanctionState::Hearing { until } = open.state
            && !self.has_more_than_asked(group, open).await?
        {
            let due = until.min(now.plus_seconds(ASKED_AFTER_S));
            let ask = [Deadline { kind: DeadlineKind::HearingOver, due }];
            tx.set_deadlines(group, reference, &SANCTION_DEADLINES, &ask, now).await?;
        }
        let events = self.ledger.events(group, reference).await?;
        if events.iter().any(|earlier| earlier.event == Event::BenchTooSmall) {
            return Ok(());
        }
        self.count_bench(tx, in_force, reformed, now).await
    }

    /// Whether a proposal rests on something that the member has not been asked about.
    pub(crate) async fn has_more_than_asked(
        &self,
        group: &GroupId,
        sanction: &Sanction,
    ) -> Result<bool, CaseworkError> {
        let notices = self.ledger.notices_of(group, sanction.reference).await?;
        let asked = notices.into_iter().find_map(|record| match record.notice.kind {
            NoticeKind::SideInvited { grounds, .. } => Some(grounds.breaches),
            _ => None,
        });
        let asked: BTreeSet<_> = asked.into_iter().flatten().map(|breach| breach.reference).collect();
        Ok(!sanction.basis.is_subset(&asked))
    }

    /// Asks the member about all that a proposal rests on by now, and gives them time for it.
    pub(crate) async fn ask_again(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &mut Sanction,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        if let SanctionState::Hearing { until } = &mut sanction.state {
            *until = now.plus_days(HEARING_DAYS_MIN, charter.zone).max(*until);
        }
        tx.update_sanction(&charter.group, sanction).await?;
        self.set_release(tx, in_force, sanction, now).await?;
        self.invite(tx, in_force, sanction, now).await
    }

    /// What follows from a proposal, new or with more in it: invitation, deadlines, word to those who may sign.
    async fn proposed(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        tx.note(&in_force.charter.group, sanction.reference, &Actor::Bot, event, now).await?;
        self.set_release(tx, in_force, sanction, now).await?;
        self.invite(tx, in_force, sanction, now).await?;
        self.tell_bench(tx, in_force, sanction, event, now).await?;
        self.count_bench(tx, in_force, sanction, now).await
    }

    /// Asks the member for their side of what is proposed, if they still have time for it.
    async fn invite(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let SanctionState::Hearing { until } = sanction.state else { return Ok(()) };
        let procedure = &in_force.charter.procedure;
        let kind = NoticeKind::SideInvited {
            step: sanction.proposed,
            why: why(sanction),
            grounds: self.grounds(tx, in_force, sanction).await?,
            until,
            suspension_days: procedure.ladder.suspension_days,
            quorum: procedure.quorums.of(sanction.proposed),
        };
        let told = Told { to: &sanction.member, kind, reason: None };
        self.tell(tx, in_force, sanction.reference, told, now).await
    }

    /// Has the Secretary know where too few may sign.
    async fn count_bench(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        sanction: &Sanction,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let reference = sanction.reference;
        let bench = self.bench(tx, in_force, sanction).await?;
        let needed = charter.procedure.quorums.of(sanction.proposed);
        if u32::try_from(bench.seats().len()).is_ok_and(|seats| seats < needed) {
            let file = File::Sanction(Box::new(sanction.clone()));
            let parties = self.parties_in(View::Transaction(tx), &charter.group, &file).await?;
            let secretaries = self.secretary_for(in_force, &parties).await?;
            tx.note(&charter.group, reference, &Actor::Bot, Event::BenchTooSmall, now).await?;
            self.tell_each(tx, in_force, reference, secretaries, Event::BenchTooSmall, now).await?;
        }
        Ok(())
    }
}

/// Whether those who may sign have had a letter that still says what they are to do.
fn is_told_already(in_force: &InForce, open: &Sanction) -> bool {
    match open.state {
        SanctionState::Hearing { .. } => true,
        // Whoever was heard is heard again, and who had signed has to sign again.
        SanctionState::Signing { .. } => !is_heard(in_force, open.proposed) && open.signatures.is_empty(),
        SanctionState::Declined
        | SanctionState::Withdrawn
        | SanctionState::Unserved { .. }
        | SanctionState::Live { .. }
        | SanctionState::Ended { .. }
        | SanctionState::Void => false,
    }
}

/// Whether the member is asked for their side before this step.
pub(crate) fn is_heard(in_force: &InForce, step: Step) -> bool {
    match step {
        Step::Warning => in_force.charter.procedure.periods.hearing_before_warning,
        Step::Suspension | Step::Expulsion => true,
    }
}

/// Why it is this step, as notices have it.
pub(crate) fn why(sanction: &Sanction) -> policy::notice::Why {
    use policy::notice::Why;
    if sanction.step < sanction.proposed {
        return Why::Milder { ladder: sanction.proposed };
    }
    match sanction.because {
        Because::First => Why::First,
        Because::Warned { since, until, .. } => Why::AfterWarning { served_at: since, live_until: until },
        Because::Suspended { since, until, .. } => {
            Why::AfterSuspension { ended_at: since, live_until: until }
        }
    }
}

/// The latest end of some sanctions; an end that is none is later than any.
pub(crate) fn latest_end<'a>(sanctions: impl Iterator<Item = &'a Sanction>) -> Option<Option<Timestamp>> {
    let ends = sanctions.filter_map(|sanction| sanction.imposed().map(|imposed| imposed.until));
    ends.max_by_key(|until| (until.is_none(), *until))
}
