//! What members ask about what is kept of them, and how officers answer: erasing it, correcting it.

use ledger::{FileKind, Keeping, Transaction, WordsKind};
use policy::notice::ErasureAnswer;
use policy::{Actor, Event, Letter, MemberId, MessageText, NoticeKind, Reference, Strike, Timestamp};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::holds::refuse;
use crate::in_force::InForce;
use crate::record::Told;
use crate::retention::kept_until;
use crate::rights::Permit;

/// What becomes of the files somebody is asked to erase.
struct Sorted {
    go: Vec<Reference>,
    /// What is kept, why, and until when at least.
    kept: Vec<(Reference, &'static str, Timestamp)>,
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
        self.tell_secretaries(&mut tx, in_force, own, (&Actor::Member, Event::ErasureAsked), now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "Your request is on record as {own}, and the Secretary has it. You will be told what was erased, and of \
             what is kept, why and until when. You should have an answer within a month."
        )))
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
        // To a member, what is about somebody else is not there.
        let known = tx.file(group, file).await?;
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
        if let Some(refusal) = self.not_theirs(&mut tx, permit, file).await? {
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
        let (subject, files) = match self.files_to_erase(in_force, target).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(refusal),
        };
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if self.persons(group).await?.same(&subject, permit.who()) {
            return Ok(refuse("It is about you: nobody decides in their own matter. Ask another officer."));
        }
        let own = self.own_part(permit.who(), group).await?;
        if let Some(file) = files.iter().find(|file| own.is_in(**file, None)) {
            return Ok(refuse(format_args!("{file}: you have a part in this matter, so others decide it.")));
        }
        let sorted = sort(&mut tx, in_force, &files, now).await?;
        if sorted.go.is_empty() && sorted.kept.is_empty() {
            return Ok(refuse(format_args!("Nothing is kept about {}.", subject.as_str())));
        }
        let gone = tx.purge(group, &sorted.go, now).await?;
        let answer = answer(&sorted);
        let own = tx.member_file(group, &subject, now).await?;
        let by = Actor::Officer(permit.who().clone());
        tx.note(group, own, &by, Event::ErasureAnswered { answer }, now).await?;
        let told = Told { to: &subject, kind: NoticeKind::ErasureAnswered { answer }, reason };
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
        in_force: &InForce,
        target: &str,
    ) -> Result<Result<(MemberId, Vec<Reference>), Letter>, CaseworkError> {
        let group = &in_force.charter.group;
        let reference = target.starts_with(['b', 'B']).then(|| target.parse::<Reference>().ok()).flatten();
        if let Some(reference) = reference {
            let file = self.ledger.file(group, reference).await?;
            return Ok(match file.as_ref().map(|file| file.subject()) {
                Some(Some(subject)) => Ok((subject.clone(), vec![reference])),
                Some(None) => Err(refuse(format_args!("{reference} is about no member."))),
                None => Err(refuse(format_args!("There is no file {reference} in this group."))),
            });
        }
        let Some(member) = MemberId::new(target.trim_start_matches('@')) else {
            return Ok(Err(refuse("Name the member's account, or a file such as B-0042.")));
        };
        let files = self.ledger.files_about(group, &member).await?;
        let files = files.iter().filter(|keeping| keeping.kind != FileKind::Member);
        let files = files.map(|keeping| keeping.file).collect();
        Ok(Ok((member, files)))
    }
}

/// What may go at once, and what is kept.
async fn sort(
    tx: &mut Transaction,
    in_force: &InForce,
    files: &[Reference],
    now: Timestamp,
) -> Result<Sorted, CaseworkError> {
    let group = &in_force.charter.group;
    let mut sorted = Sorted { go: Vec::new(), kept: Vec::new() };
    for &file in files {
        let Some(keeping) = tx.keeping(group, file).await? else { continue };
        let strike = tx.case(group, file).await?.and_then(|case| case.strike);
        match kept_because(&keeping, strike.as_ref(), in_force, now) {
            None => sorted.go.push(file),
            Some(why) => sorted.kept.push((file, why, kept_until(&keeping, in_force))),
        }
    }
    Ok(sorted)
}

fn kept_because(
    keeping: &Keeping,
    strike: Option<&Strike>,
    in_force: &InForce,
    now: Timestamp,
) -> Option<&'static str> {
    let charter = &in_force.charter;
    let months = charter.procedure.periods.strike_months;
    if keeping.held {
        Some("it is held")
    } else if keeping.open {
        Some("something in it is still open")
    } else if strike.is_some_and(|strike| strike.counts_at(now, months, charter.zone)) {
        Some("its strike counts")
    } else {
        None
    }
}

/// What the member is told.
fn answer(sorted: &Sorted) -> ErasureAnswer {
    match sorted.kept.iter().map(|(_, _, until)| *until).max() {
        None => ErasureAnswer::Erased,
        Some(until) if sorted.go.is_empty() => ErasureAnswer::Kept { until },
        Some(until) => ErasureAnswer::PartlyErased { until },
    }
}

/// What the officer is told.
fn told_of(sorted: &Sorted, in_force: &InForce) -> Letter {
    let go: Vec<_> = sorted.go.iter().map(ToString::to_string).collect();
    let letter = Letter::line(if go.is_empty() {
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
