//! What officers see of one file.

use ledger::{Access, File, NoticeDelivery, WordsKind};
use policy::notice::Fallback;
use policy::{Case, GroupId, Letter, MemberId, Reference, Sanction};

use crate::answers::{RECORD_MAX, delivery, outstanding};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::letters;
use crate::mask::Mask;
use crate::parties::{OwnPart, View};
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
        let file = self.ledger.file(group, reference).await?;
        // A report that somebody may not see is to them as if there were none.
        let Some(file) = self.seen_by(permit.who(), in_force, file).await? else {
            return Ok(Letter::line(format!("There is no file {reference} in this group.")));
        };
        if let Some(conflict) = self.part_of(permit.who(), group, &file).await? {
            return Ok(Letter::line(format!(
                "{reference}: you have a part in this matter ({conflict}), so others see and decide it."
            )));
        }
        // What is shown of a sanction is what its cases hold.
        let mut opened = vec![reference];
        if let File::Sanction(sanction) = &file {
            opened.extend(sanction.basis.iter().copied());
        }
        self.opens(permit, &opened, Access::Opened).await?;
        let part = self.own_part(permit.who(), group).await?;
        let letter = match &file {
            File::Case(case) => self.show_case(in_force, case, &part).await?,
            File::Sanction(sanction) => self.show_sanction(in_force, sanction, &part).await?,
            File::Member { member, .. } => {
                Letter::line(format!("{reference} what concerns {} and no other file", member.as_str()))
            }
            File::Group { .. } => Letter::line(format!("{reference} what concerns the group as a whole")),
            File::Report(report) => self.show_report(in_force, report).await?,
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

    /// A sanction with what those who sign have to see: why, the evidence, the member's record.
    async fn show_sanction(
        &self,
        in_force: &InForce,
        sanction: &Sanction,
        part: &OwnPart,
    ) -> Result<Letter, CaseworkError> {
        let now = self.now();
        let waits = letters::awaited_of(sanction);
        let mut letter = Letter::line(letters::sanction(sanction, in_force))
            .text(letters::because(sanction, in_force))
            .text("It rests on:");
        letter = waits.into_iter().fold(letter, Letter::offering);
        for case in self.cases_under(View::Ledger(&self.ledger), &in_force.charter.group, sanction).await? {
            // What such a case waits for by itself is another matter.
            letter.blocks.extend(self.show_case(in_force, &case, part).await?.blocks);
        }
        let mut tx = self.ledger.begin().await?;
        let record = self.record_in(&mut tx, in_force, &sanction.member, now).await?;
        drop(tx);
        let standing = record.standing(in_force);
        letter = letter.text(format!("The record of {}: {standing}", sanction.member.as_str()));
        for line in record.lines(in_force, |file| file != sanction.reference && !part.is_in(file, None)) {
            letter = letter.text(line.text());
        }
        let accounts = record.persons.accounts(&sanction.member);
        if accounts.len() > 1 {
            let accounts: Vec<_> = accounts.into_iter().map(MemberId::as_str).collect();
            letter = letter.text(format!("Accounts of one person: {}", accounts.join(", ")));
        }
        for signature in &sanction.signatures {
            letter = letter.text(format!("Signed for {} by {}", signature.step.one(), signature.by.as_str()));
        }
        Ok(letter)
    }

    async fn show_case(
        &self,
        in_force: &InForce,
        case: &Case,
        part: &OwnPart,
    ) -> Result<Letter, CaseworkError> {
        let letter = Letter::line(letters::summary(case, in_force, self.now()));
        let mut letter = letters::awaited(case).into_iter().fold(letter, Letter::offering);
        let drawn = self.ledger.drawn_by(&in_force.charter.group, case.reference).await?;
        for drawn in drawn.into_iter().filter(|drawn| !part.is_in(drawn.reference, None)) {
            letter = letter.text(format!("It drew {}", letters::summary(&drawn, in_force, self.now())));
        }
        let Some(snapshot) = self.ledger.snapshot(&in_force.charter.group, case.reference).await? else {
            return Ok(letter.text("The text has been erased."));
        };
        let found = snapshot.findings.iter().map(|finding| {
            let aimed = if finding.directed { ", aimed at somebody" } else { "" };
            format!("{} ({} {}, {}{aimed})", finding.term, finding.grade, finding.category, finding.disguise)
        });
        let found = found.collect::<Vec<_>>().join(", ");
        let letter = match letters::known_text(&snapshot) {
            Some(text) => letter.quote(text),
            None => letter.text("Its text was not given to me."),
        };
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
            WordsKind::Side => "The member's side:",
            WordsKind::Report => "What was reported, in the words of the reporter:",
            WordsKind::Service => "How a notice was served:",
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
            let templates = self.templates_of(group, record.notice.template).await?;
            let heading = record.notice.heading(&templates)?;
            letter = letter.text(format!("Notice \u{201c}{heading}\u{201d}: {delivery}"));
            let is_held = record.delivery == NoticeDelivery::Held;
            if is_held {
                letter = letter.text(format!(
                    "It goes once that is done. Where it is settled by hand instead: serve it, then `serve {reference}`."
                ));
            }
            let to_be_served = is_held || matches!(record.delivery, NoticeDelivery::Refused { .. });
            if to_be_served && record.notice.kind.fallback() == Fallback::Officers {
                // Whoever serves it by hand needs its words; what it offers is its member's to do.
                letter.blocks.extend(
                    self.in_full(group, &record, &Mask::none(&in_force.charter.roster)).await?.blocks,
                );
            }
        }
        Ok(letter)
    }
}
