//! What officers see of one file.

use ledger::{File, Way, WordsKind};
use policy::{Case, GroupId, Letter, Reference};

use crate::answers::{RECORD_MAX, delivery, outstanding};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::letters;
use crate::rights::Permit;

impl Casework {
    /// Everything in one file, for an officer who may see it.
    pub(crate) async fn show(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let Some(file) = self.ledger.file(group, reference).await? else {
            return Ok(Letter::line(format!("There is no file {reference} in this group.")));
        };
        self.opens(permit, &[reference], Way::Opened).await?;
        let letter = match &file {
            File::Case(case) => self.show_case(in_force, case).await?,
            File::Member { member, .. } => {
                Letter::line(format!("{reference} what concerns {} and no other file", member.as_str()))
            }
            File::Group { .. } => Letter::line(format!("{reference} what concerns the group as a whole")),
        };
        let letter = match self.ledger.hold(group, reference).await? {
            Some(hold) => letter.text(format!(
                "Held by {} since {}; to be looked at again on {}.",
                hold.owner.as_str(),
                hold.held_at.long_date(in_force.charter.zone),
                hold.review_at.long_date(in_force.charter.zone)
            )),
            None => letter,
        };
        let letter = self.show_history(letter, in_force, reference).await?;
        self.show_delivery(letter, in_force, reference).await
    }

    async fn show_case(&self, in_force: &InForce, case: &Case) -> Result<Letter, CaseworkError> {
        let letter = Letter::line(letters::summary(case, in_force, self.now()));
        let Some(snapshot) = self.ledger.snapshot(&in_force.charter.group, case.reference).await? else {
            return Ok(letter.text("The text has been erased."));
        };
        let found = snapshot.findings.iter().map(|finding| {
            let aimed = if finding.directed { ", aimed at somebody" } else { "" };
            format!("{} ({} {}, {}{aimed})", finding.term, finding.grade, finding.category, finding.disguise)
        });
        let found = found.collect::<Vec<_>>().join(", ");
        let letter = letter.quote(letters::post_text(&snapshot));
        Ok(if found.is_empty() { letter } else { letter.text(format!("Found: {found}")) })
    }

    /// What happened, and what people said about it.
    async fn show_history(
        &self,
        mut letter: Letter,
        in_force: &InForce,
        reference: Reference,
    ) -> Result<Letter, CaseworkError> {
        let group = &in_force.charter.group;
        for event in self.ledger.events(group, reference).await? {
            let at = event.at.long_date_time(in_force.charter.zone);
            letter = letter.text(format!("{at}: {}", letters::event(event.event, &event.actor)));
        }
        for &kind in WordsKind::ALL {
            letter = self.show_words(letter, group, reference, kind).await?;
        }
        Ok(letter)
    }

    async fn show_words(
        &self,
        mut letter: Letter,
        group: &GroupId,
        reference: Reference,
        kind: WordsKind,
    ) -> Result<Letter, CaseworkError> {
        let intro = match kind {
            WordsKind::Reason => "An officer's reason:",
            WordsKind::Appeal => "The member's appeal:",
            WordsKind::Hold => "Why it is held:",
            WordsKind::Request => "What the member asks about this file:",
            WordsKind::Correction => "A correction:",
        };
        for words in self.ledger.words(group, reference, kind).await? {
            letter = letter.text(intro).quote(words.words);
        }
        Ok(letter)
    }

    /// What was to be done and is not, and whether notices arrived.
    async fn show_delivery(
        &self,
        mut letter: Letter,
        in_force: &InForce,
        reference: Reference,
    ) -> Result<Letter, CaseworkError> {
        let group = &in_force.charter.group;
        let stuck = self.ledger.stuck(group, RECORD_MAX).await?;
        for effect in stuck.iter().filter(|effect| effect.file == reference) {
            letter = letter.text(outstanding(effect));
        }
        for record in self.ledger.notices_of(group, reference).await? {
            let delivery = delivery(&record.delivery, &record.notice);
            let heading = record.notice.heading(&in_force.templates)?;
            letter = letter.text(format!("Notice \u{201c}{heading}\u{201d}: {delivery}"));
        }
        Ok(letter)
    }
}
