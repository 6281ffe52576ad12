//! What members ask about what is kept of them, and how officers answer: erasing it, correcting it.

use std::collections::BTreeMap;

use ledger::{File, FileEvent, FileKind, Keeping, Transaction, WordsKind};
use policy::notice::{ErasureAnswer, KeptFiles, WhyKept};
use policy::{
    Actor, Contested, Deadline, DeadlineKind, Event, Letter, MemberId, MessageText, NoticeKind, Reference,
    Sanction, SanctionState, Step, Strike, Timestamp,
};

use crate::answers::refuse;
use crate::commands::account;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::Told;
use crate::retention::kept_until;
use crate::rights::Permit;

/// What a request to erase has coming.
const ERASURE_DEADLINES: [DeadlineKind; 2] = [DeadlineKind::ErasureReminder, DeadlineKind::ErasureDue];
/// How many days before a request has to be answered the Secretary is reminded of it.
const REMINDED_BEFORE_DAYS: i64 = 7;
/// After how many days the Secretary is told again of a request that was not answered in time.
const OVERDUE_AGAIN_DAYS: u32 = 7;

/// What becomes of the files somebody is asked to erase.
struct Sorted {
    go: Vec<Reference>,
    /// What is kept, why, and until when at least.
    kept: Vec<(Reference, WhyKept, Timestamp)>,
}

impl Casework {
    /// A member asks for what is kept about them to be erased.
    pub(crate) async fn ask_for_erasure(
        &self,
        permit: &Permit<'_>,
        words: Option<&MessageText>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let own = tx.member_file(group, permit.who(), now).await?;
        if let Some(words) = words {
            tx.keep_words(group, own, WordsKind::Request, words, now).await?;
        }
        let zone = in_force.charter.zone;
        let earlier = unanswered(&self.ledger.events(group, own).await?);
        // Asking again does not put the answer off.
        let due = in_force.charter.procedure.retention.answer_by(earlier.unwrap_or(now), zone);
        if earlier.is_none() {
            let reminder = due.plus_seconds(-REMINDED_BEFORE_DAYS * 24 * 60 * 60);
            let deadlines = [
                Deadline { kind: DeadlineKind::ErasureReminder, due: reminder },
                Deadline { kind: DeadlineKind::ErasureDue, due },
            ];
            tx.set_deadlines(group, own, &ERASURE_DEADLINES, &deadlines, now).await?;
        }
        self.tell_secretaries(&mut tx, in_force, own, (&Actor::Member, Event::ErasureAsked), now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "Your request is on record as {own}, and the Secretary has it. You will be told what was erased, and of \
             what is kept, why and until when. You should have an answer by {}.",
            due.long_date(zone)
        )))
    }

    /// The Secretary is reminded of a request to erase that is soon to be answered, or should have been.
    pub(crate) async fn remind_of_erasure(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        own: Reference,
        kind: DeadlineKind,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let Some(asked_at) = unanswered(&self.ledger.events(&charter.group, own).await?) else {
            return Ok(());
        };
        let due = charter.procedure.retention.answer_by(asked_at, charter.zone);
        let event = if now <= due { Event::ErasureWaits { due } } else { Event::ErasureOverdue { due } };
        if kind == DeadlineKind::ErasureDue {
            let again = Deadline { kind, due: now.end_of_day_after(OVERDUE_AGAIN_DAYS, charter.zone) };
            tx.set_deadlines(&charter.group, own, &[], &[again], now).await?;
        } else if now > due {
            // After an outage both have come, and once is enough.
            return Ok(());
        }
        self.tell_secretaries(tx, in_force, own, (&Actor::Bot, event), now).await
    }

    /// A member asks for a correction of what a file about them says.
    pub(crate) async fn ask_for_correction(
        &self,
        permit: &Permit<'_>,
        file: Reference,
        words: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        // To a member, what is about somebody else is not there, nor what others reported of them.
        let known = tx.file(group, file).await?;
        let known = known.filter(|known| !matches!(known, File::Report(_)));
        if known.is_none_or(|known| known.subject() != Some(permit.who())) {
            return Ok(refuse(format_args!("I know no file {file} about you.")));
        }
        tx.keep_words(group, file, WordsKind::Request, words, now).await?;
        self.tell_secretaries(&mut tx, in_force, file, (&Actor::Member, Event::CorrectionAsked), now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!("What you say stands with {file} now, and the Secretary has it.")))
    }

    /// Adds a correction to a file, beside what it says.
    pub(crate) async fn rectify(
        &self,
        permit: &Permit<'_>,
        file: Reference,
        words: &MessageText,
    ) -> Result<Letter, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if let Err(refusal) = self.theirs(&mut tx, permit, file).await? {
            return Ok(refusal);
        }
        tx.keep_words(group, file, WordsKind::Correction, words, now).await?;
        let by = Actor::Officer(permit.who().clone());
        tx.note(group, file, &by, Event::Corrected, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "The correction stands with {file} now, beside what it corrects, and in the member's record."
        )))
    }

    /// Erases what may go of a file, or of all files about a member, and tells the member what is kept and until when.
    pub(crate) async fn erase(
        &self,
        permit: &Permit<'_>,
        target: &str,
        reason: Option<&MessageText>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        if !self.clock_is_believed().await? {
            return Ok(refuse("The clock cannot be believed, so nothing is erased: see `clock confirm`."));
        }
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let (subject, files) = match self.files_to_erase(&mut tx, permit, target).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(refusal),
        };
        let sorted = self.sort(&mut tx, in_force, &files, now).await?;
        let own = tx.member_file(group, &subject, now).await?;
        let asked = self.ledger.events(group, own).await?;
        // A request is answered even where there is nothing besides.
        if sorted.go.is_empty() && sorted.kept.is_empty() && unanswered(&asked).is_none() {
            return Ok(refuse(format_args!("Nothing is kept about {}.", subject.as_str())));
        }
        if !asked.iter().any(|noted| noted.event == Event::ErasureAsked) {
            return Ok(refuse(format_args!(
                "{} has not asked for anything to be erased; they do with `erase-me`. What has had its time goes by itself.",
                subject.as_str()
            )));
        }
        let gone = self.purge_in(&mut tx, in_force, &sorted.go, now).await?;
        let answer = answer(&sorted);
        let by = Actor::Officer(permit.who().clone());
        tx.note(group, own, &by, Event::ErasureAnswered { answer }, now).await?;
        tx.set_deadlines(group, own, &ERASURE_DEADLINES, &[], now).await?;
        let told = Told {
            to: &subject,
            kind: NoticeKind::ErasureAnswered { answer, kept: by_reason(&sorted) },
            reason,
        };
        self.tell(&mut tx, in_force, own, told, now).await?;
        self.commit(tx).await?;
        for file in &gone {
            self.drop_exports(group, *file);
        }
        if !gone.is_empty() {
            self.scrub().await;
        }
        Ok(told_of(&sorted, in_force))
    }

    /// Whom it is about, and which of their files are asked for; a member's own file holds the request and stays.
    async fn files_to_erase(
        &self,
        tx: &mut Transaction,
        permit: &Permit<'_>,
        target: &str,
    ) -> Result<Result<(MemberId, Vec<Reference>), Letter>, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let reference = target.starts_with(['b', 'B']).then(|| target.parse::<Reference>().ok()).flatten();
        if let Some(reference) = reference {
            let file = match self.theirs(tx, permit, reference).await? {
                Ok(file) => file,
                Err(refusal) => return Ok(Err(refusal)),
            };
            return Ok(match file.subject() {
                // Whom it is about is not to hear that there is one.
                _ if matches!(file, File::Report(_)) => {
                    Err(refuse(format_args!("{reference} is a report: it goes when its time is over.")))
                }
                Some(subject) if !matches!(file, File::Member { .. }) => {
                    Ok((subject.clone(), vec![reference]))
                }
                Some(subject) => Err(refuse(format_args!(
                    "{reference} is where requests are kept: `erase {} WHY` answers the request.",
                    subject.as_str()
                ))),
                None => Err(refuse(format_args!("{reference} is about no member."))),
            });
        }
        let Some(member) = account(target) else {
            return Ok(Err(refuse("Name the member's account, or a file such as B-0042.")));
        };
        if self.persons(group).await?.same(&member, permit.who()) {
            return Ok(Err(refuse(
                "It is about you: nobody decides in their own matter. Ask another officer.",
            )));
        }
        let part = self.own_part(permit.who(), group).await?;
        let files = self.ledger.files_about(group, &member).await?;
        if files.iter().any(|keeping| part.is_in(keeping.file, None)) {
            return Ok(Err(refuse("You have a part in a matter of theirs, so others decide it.")));
        }
        let files = files.iter().filter(|keeping| keeping.kind != FileKind::Member);
        let files = files.map(|keeping| keeping.file).collect();
        Ok(Ok((member, files)))
    }

    /// What may go at once, and what is kept.
    async fn sort(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        files: &[Reference],
        now: Timestamp,
    ) -> Result<Sorted, CaseworkError> {
        let group = &in_force.charter.group;
        let mut sorted = Sorted { go: Vec::new(), kept: Vec::new() };
        for &file in files {
            let Some(keeping) = tx.keeping(group, file).await? else { continue };
            match self.why_kept(tx, in_force, &keeping, now).await? {
                None => sorted.go.push(file),
                Some(why) => sorted.kept.push((file, why, kept_until(&keeping, in_force))),
            }
        }
        Ok(sorted)
    }

    /// Why a file does not go, if it does not: the reason that weighs most.
    async fn why_kept(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        keeping: &Keeping,
        now: Timestamp,
    ) -> Result<Option<WhyKept>, CaseworkError> {
        let (group, file) = (&in_force.charter.group, keeping.file);
        if keeping.held {
            return Ok(Some(WhyKept::Held));
        }
        if tx.appeal(group, file).await?.is_some_and(|appeal| appeal.state.is_open()) {
            return Ok(Some(WhyKept::UnderAppeal));
        }
        let sanction = tx.sanction(group, file).await?;
        if let Some(sanction) = sanction.filter(|sanction| still_stands(sanction, in_force, now)) {
            let waits = matches!(sanction.state, SanctionState::Unserved { .. });
            let why =
                if waits || sanction.excludes(now) { WhyKept::InForce } else { WhyKept::SanctionCounts };
            return Ok(Some(why));
        }
        let strike = tx.case(group, file).await?.and_then(|case| case.strike);
        if strike.is_some_and(|strike| strike_counts(&strike, in_force, now)) {
            return Ok(Some(WhyKept::StrikeCounts));
        }
        if !keeping.open {
            return Ok(None);
        }
        for sanction in self.ledger.sanctions_on(group, file).await? {
            if tx.sanction(group, sanction).await?.is_some_and(|sanction| sanction.imposed().is_some()) {
                return Ok(Some(WhyKept::RestsOnIt));
            }
        }
        Ok(Some(WhyKept::Open))
    }
}

/// Whether a sanction is in force, can be appealed, or tells what has been dealt with: the ladder would otherwise begin
/// anew.
fn still_stands(sanction: &Sanction, in_force: &InForce, now: Timestamp) -> bool {
    let charter = &in_force.charter;
    let (ladder, periods, zone) = (charter.procedure.ladder, charter.procedure.periods, charter.zone);
    let counts_until = match (sanction.step, sanction.imposed()) {
        (Step::Expulsion, Some(_)) => return true,
        (Step::Warning, Some(imposed)) => match imposed.since {
            Some(since) => since.window_end(ladder.warning_months, zone),
            None => return true,
        },
        (Step::Suspension, Some(imposed)) => match imposed.until {
            Some(until) => until.window_end(ladder.suspension_months, zone),
            None => return true,
        },
        (Step::Warning | Step::Suspension | Step::Expulsion, None) => {
            sanction.formed_at.window_end(periods.strike_months, zone)
        }
    };
    now <= counts_until.max(Contested::Sanction(sanction).closes_at(periods, zone))
}

fn strike_counts(strike: &Strike, in_force: &InForce, now: Timestamp) -> bool {
    let charter = &in_force.charter;
    strike.counts_at(now, charter.procedure.periods.strike_months, charter.zone)
}

/// Since when a request to erase waits for its answer, if one does.
fn unanswered(events: &[FileEvent]) -> Option<Timestamp> {
    events.iter().fold(None, |asked_at, noted| match noted.event {
        Event::ErasureAsked => asked_at.or(Some(noted.at)),
        Event::ErasureAnswered { .. } => None,
        _ => asked_at,
    })
}

/// What the member is told.
fn answer(sorted: &Sorted) -> ErasureAnswer {
    match sorted.kept.iter().map(|(_, _, until)| *until).max() {
        None => ErasureAnswer::Erased,
        Some(until) if sorted.go.is_empty() => ErasureAnswer::Kept { until },
        Some(until) => ErasureAnswer::PartlyErased { until },
    }
}

/// What the member is told of what is kept.
fn by_reason(sorted: &Sorted) -> Vec<KeptFiles> {
    let mut reasons = BTreeMap::<WhyKept, KeptFiles>::new();
    for &(file, why, until) in &sorted.kept {
        let kept = reasons.entry(why).or_insert_with(|| KeptFiles { why, files: Vec::new(), until });
        kept.files.push(file);
        kept.until = kept.until.max(until);
    }
    reasons.into_values().collect()
}

/// What the officer is told.
fn told_of(sorted: &Sorted, in_force: &InForce) -> Letter {
    let go: Vec<_> = sorted.go.iter().map(ToString::to_string).collect();
    let letter = Letter::line(if go.is_empty() && sorted.kept.is_empty() {
        "Nothing is kept besides the request. The member is told.".to_owned()
    } else if go.is_empty() {
        "Nothing could be erased. The member is told.".to_owned()
    } else {
        format!("Erased: {}. The member is told.", go.join(", "))
    });
    sorted.kept.iter().fold(letter, |letter, (file, why, until)| {
        letter.text(format!(
            "{file} is kept, until {} at least: {why}.",
            until.long_date(in_force.charter.zone)
        ))
    })
}
