//! Notices become served: by the platform, in a place shared with the officers, or by hand.

use ledger::{Addressee, Effect, File, NoticeDelivery, NoticeRecord, Settled, Transaction, Way, WordsKind};
use policy::notice::{Cause, Day, Fallback, served_on};
use policy::{Actor, Event, GroupId, Letter, MessageText, NoticeKind, Reference, Timestamp};

use crate::answers::{refuse, refuse_in};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::ladder::Change;
use crate::lists::Line;
use crate::parties::View;
use crate::rights::Permit;

/// Where a notice goes that was refused, if there is another way.
pub(crate) fn next_way(settled: Settled, effect: &Effect, notice: Option<&NoticeRecord>) -> Settled {
    match (settled, notice.map(|record| record.notice.kind.fallback())) {
        (Settled::Refused, Some(_)) if effect.instead_of.is_some() => Settled::Anew,
        (Settled::Refused, Some(Fallback::Officers)) if effect.way == Way::Direct => Settled::WithOfficers,
        _ => settled,
    }
}

/// What is put on record about a notice that no way is left for.
pub(crate) fn refused(notice: Option<&NoticeRecord>) -> Option<Event> {
    match notice.map_or(Fallback::Officers, |record| record.notice.kind.fallback()) {
        Fallback::Officers => Some(Event::NoticeRefused),
        Fallback::Unnamed => Some(Event::AnswerRefused),
        Fallback::Waits => None,
    }
}

/// A line about a notice that did not arrive, for whoever looks after the queue; none for what needs nobody.
pub(crate) fn waiting(record: &NoticeRecord) -> Option<Line> {
    let reference = record.notice.reference;
    let text = match record.notice.kind.fallback() {
        Fallback::Officers => {
            let to = record.to.as_str();
            format!("{reference} notice to {to} NOT delivered: serve it by hand, then `serve {reference}`")
        }
        Fallback::Unnamed => {
            format!("{reference} a notice NOT delivered: whom it is for gets it when they write to me")
        }
        Fallback::Waits => return None,
    };
    Some(Line::of(reference, text))
}

impl Casework {
    /// Called in the transaction in which a notice becomes served, by whatever way: periods that count from then
    /// begin here.
    pub(crate) async fn served(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        notice: &NoticeRecord,
        at: Timestamp,
    ) -> Result<(), CaseworkError> {
        self.begin_warning(tx, &in_force.charter.group, notice, at).await?;
        tracing::info!(
            file.reference = %notice.notice.reference,
            notice.kind = notice.notice.kind.word(),
            "notice served"
        );
        Ok(())
    }

    /// Tells those who have to do something about it that a notice was refused: the Secretary, in private.
    pub(crate) async fn say_refused(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        reference: Reference,
        notice: Option<&NoticeRecord>,
        event: Event,
    ) -> Result<(), CaseworkError> {
        let (group, now) = (&in_force.charter.group, self.now());
        tx.note(group, reference, &Actor::Bot, event, now).await?;
        // A reporter is served by nobody's hand: nobody is to know who that is, and few that there is a report.
        if event == Event::AnswerRefused {
            return Ok(());
        }
        let file = self.file_in(tx, in_force, reference).await?;
        let parties = self.parties_in(View::Transaction(tx), group, &file).await?;
        let mut secretaries = self.secretary_for(in_force, &parties).await?;
        secretaries.retain(|secretary| {
            notice.is_none_or(|record| record.to != Addressee::Member(secretary.clone()))
        });
        if event == Event::NoticeRefused && !secretaries.is_empty() {
            return self.tell_each(tx, in_force, reference, secretaries, event, now).await;
        }
        self.tell_officers(tx, in_force, &file, event, now).await
    }

    /// Records that an officer served the oldest notice of a file by hand that was refused, or is held back.
    pub(crate) async fn serve(
        &self,
        permit: &Permit<'_>,
        reference: Reference,
        day: Option<&str>,
        words: &[String],
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let now = self.now();
        // What is no day begins the words; but what looks like one is not taken for words.
        let parsed = day.and_then(|day| day.parse::<Day>().ok());
        if let Some(day) = day.filter(|day| parsed.is_none() && day.starts_with(|c: char| c.is_ascii_digit()))
        {
            return Ok(refuse(format_args!("{day:?} is no day; write it as 2026-01-31.")));
        }
        let words: Vec<&str> =
            day.filter(|_| parsed.is_none()).into_iter().chain(words.iter().map(String::as_str)).collect();
        let words = words.join(" ");
        let mut tx = self.ledger.begin().await?;
        if let Err(refusal) = self.theirs(&mut tx, permit, reference).await? {
            return Ok(refusal);
        }
        let Some(notice) = tx.undelivered_of(&charter.group, reference).await? else {
            let Some(day) = parsed.filter(|_| !words.is_empty()) else {
                return Ok(refuse(format_args!(
                    "{reference} has no notice that waits to be served by hand. The Secretary corrects a day that was \
                     entered wrongly with `serve {reference} DAY WHY`."
                )));
            };
            return self.correct_service(tx, permit, reference, day, &words).await;
        };
        let at = match parsed {
            None => now,
            Some(day) => match served_on(day, notice.notice.written_at, now, charter.zone) {
                Ok(at) => at,
                Err(why) => return Ok(refuse_in(reference, why)),
            },
        };
        tx.serve_by_hand(notice.id, at).await?;
        let actor = Actor::Officer(permit.who().clone());
        tx.note(&charter.group, reference, &actor, Event::NoticeServed { at }, now).await?;
        if !words.is_empty() {
            let words = MessageText::new(words);
            tx.keep_words(&charter.group, reference, WordsKind::Service, &words, now).await?;
        }
        self.served(&mut tx, in_force, &notice, at).await?;
        if at < now
            && let Some(File::Sanction(sanction)) = tx.file(&charter.group, reference).await?
        {
            // What happened since that day came after the warning, and may lead further.
            let change = Change { cause: Cause::Review, strike_voided: false };
            self.climb(&mut tx, in_force, &sanction.member, change, now).await?;
        }
        self.commit(tx).await?;
        let templates = self.templates_of(&charter.group, notice.notice.template).await?;
        let heading = notice.notice.heading(&templates)?;
        let on = at.long_date(charter.zone);
        Ok(Letter::line(format!("{reference}: \u{201c}{heading}\u{201d} counts as served on {on}.")))
    }

    /// Records that a notice was served by hand on another day than was entered, and has counted anew what counts from
    /// then. What was entered before stays on record.
    async fn correct_service(
        &self,
        mut tx: Transaction,
        permit: &Permit<'_>,
        reference: Reference,
        day: Day,
        why: &str,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let (group, now) = (&charter.group, self.now());
        let file = self.file_in(&mut tx, in_force, reference).await?;
        let parties = self.parties_in(View::Transaction(&mut tx), group, &file).await?;
        if !self.secretary_for(in_force, &parties).await?.contains(permit.who()) {
            return Ok(refuse_in(
                reference,
                "only the Secretary corrects the day on which a notice was served",
            ));
        }
        if self.is_frozen(&mut tx, group, reference).await? {
            return Ok(refuse_in(reference, "a body outside the group has it"));
        }
        let Some((notice, was)) = self.served_by_hand(group, reference).await? else {
            return Ok(refuse_in(reference, "it has no notice that was or is to be served by hand"));
        };
        let at = match served_on(day, notice.notice.written_at, now, charter.zone) {
            Ok(at) => at,
            Err(why) => return Ok(refuse_in(reference, why)),
        };
        let (then, on) = (was.long_date(charter.zone), at.long_date(charter.zone));
        if then == on {
            return Ok(refuse_in(reference, format_args!("it counts as served on {on} already")));
        }
        tx.correct_service(notice.id, at).await?;
        let actor = Actor::Officer(permit.who().clone());
        tx.note(group, reference, &actor, Event::ServiceCorrected { was, at }, now).await?;
        let words = MessageText::new(format!("Served on {on}, not on {then}: {why}"));
        tx.keep_words(group, reference, WordsKind::Service, &words, now).await?;
        self.count_anew(&mut tx, in_force, &file, &notice, (was, at)).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "{reference}: the notice counts as served on {on}, and no longer on {then}. Both stay on record."
        )))
    }

    /// The notice of a file that was served by hand, and when: that of a warning, from which periods count, or else the
    /// newest.
    async fn served_by_hand(
        &self,
        group: &GroupId,
        reference: Reference,
    ) -> Result<Option<(NoticeRecord, Timestamp)>, CaseworkError> {
        let notices = self.ledger.notices_of(group, reference).await?;
        let by_hand = notices.into_iter().filter_map(|record| match record.delivery {
            NoticeDelivery::ByHand { at } => Some((record, at)),
            NoticeDelivery::Queued
            | NoticeDelivery::Held
            | NoticeDelivery::Served { .. }
            | NoticeDelivery::WithOfficers { .. }
            | NoticeDelivery::Refused { .. } => None,
        });
        let (warnings, others): (Vec<_>, Vec<_>) =
            by_hand.partition(|(record, _)| matches!(record.notice.kind, NoticeKind::WarningIssued { .. }));
        Ok(warnings.into_iter().chain(others).next())
    }

    /// A warning counts from another time than was thought: the ladder is looked at again.
    async fn count_anew(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        file: &File,
        notice: &NoticeRecord,
        (was, at): (Timestamp, Timestamp),
    ) -> Result<(), CaseworkError> {
        let (File::Sanction(sanction), NoticeKind::WarningIssued { .. }) = (file, &notice.notice.kind) else {
            return Ok(());
        };
        let (group, now) = (&in_force.charter.group, self.now());
        let counted = sanction.served_instead(was, at);
        tx.update_sanction(group, &counted).await?;
        self.set_release(tx, in_force, &counted, now).await?;
        let change = Change { cause: Cause::Review, strike_voided: false };
        self.climb(tx, in_force, &counted.member, change, now).await
    }
}

#[cfg(test)]
mod tests {
    use ledger::{EffectId, EffectKind, EffectState, NoticeId};
    use policy::{Language, MemberId, Notice};

    use super::*;

    fn record(kind: NoticeKind) -> NoticeRecord {
        let notice = Notice {
            reference: Reference::new(1).unwrap(),
            kind,
            group_name: "Tea".to_owned(),
            zone: chrono_tz::Europe::London,
            written_at: Timestamp::EPOCH,
            contact: "the Secretary".to_owned(),
            language: Language::English,
            template: 0,
        };
        let delivery = NoticeDelivery::Refused { at: Timestamp::EPOCH };
        let (id, to) = (NoticeId::from(1), Addressee::Member(MemberId::new("alice").unwrap()));
        NoticeRecord { id, to, notice, reason: None, delivery }
    }

    fn effect(way: Way) -> Effect {
        Effect {
            id: EffectId::from(1),
            name: 1,
            group: GroupId::new("tea").unwrap(),
            file: Reference::new(1).unwrap(),
            kind: EffectKind::Notify(NoticeId::from(1)),
            lane: ledger::LANE_OF_WORDS,
            way,
            instead_of: None,
            state: EffectState::Sending,
            attempts: 1,
            queued_at: Timestamp::EPOCH,
            not_before: Timestamp::EPOCH,
        }
    }

    /// Every kind of notice: officers never learn from a refused one who reported.
    #[test]
    fn no_notice_about_a_report_reaches_or_names_anybody_but_its_member() {
        for kind in policy::notice::samples() {
            let reported = kind.word().starts_with("report_");
            let notice = record(kind);
            let next = next_way(Settled::Refused, &effect(Way::Direct), Some(&notice));
            let word = notice.notice.kind.word();
            let alone = reported || word == "rules_welcome";
            assert_eq!(next == Settled::WithOfficers, !alone, "{word}");
            assert_eq!(
                next_way(Settled::Refused, &effect(Way::WithOfficers), Some(&notice)),
                Settled::Refused
            );
            assert_eq!(next_way(Settled::Done, &effect(Way::Direct), Some(&notice)), Settled::Done);
            for way in [Way::Direct, Way::WithOfficers] {
                let rewriting = Effect { instead_of: Some(1), ..effect(way) };
                assert_eq!(next_way(Settled::Refused, &rewriting, Some(&notice)), Settled::Anew, "{word}");
            }
            let line = waiting(&notice);
            assert_eq!(line.as_ref().is_some_and(|line| line.text().contains("alice")), !alone, "{word}");
            assert_eq!(refused(Some(&notice)) == Some(Event::AnswerRefused), reported, "{word}");
        }
    }
}
