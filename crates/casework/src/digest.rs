//! Counts for the committee. Small numbers are not told, for in a small group they point at somebody.

use std::fmt::Display;

use ledger::{Digest, Transaction};
use policy::{Actor, Deadline, DeadlineKind, Event, Letter, Month, Reference, Role, Timestamp};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::rights::Permit;

/// From how many on things that members did or suffered are counted out.
const TOLD_FROM: u32 = 5;
/// How long the time is if no month was named, in seconds.
const LATELY_SECONDS: i64 = 30 * 24 * 60 * 60;

impl Casework {
    /// Has the Secretary sent the counts of every month, from the one on in which the group's own file was opened: no
    /// file is opened, and no number taken, for that alone.
    pub(crate) async fn await_digest(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let (group, zone) = (&charter.group, charter.zone);
        if tx.awaits(group, DeadlineKind::DigestDue).await? {
            return Ok(());
        }
        let Some(own) = tx.group_file_if_any(group).await? else { return Ok(()) };
        let due = Month::of(now, zone).next().begins(zone).noon_after(0, zone);
        tx.set_deadlines(group, own, &[], &[Deadline { kind: DeadlineKind::DigestDue, due }], now).await?;
        Ok(())
    }

    /// The Secretary is sent the counts of the month before; again on the first day of the next one.
    pub(crate) async fn send_digest(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        own: Reference,
        was_due: Timestamp,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let zone = charter.zone;
        // Of months in which the bot was away one is told; `digest MONTH` tells the others.
        let next = Month::of(now, zone).next().begins(zone).noon_after(0, zone);
        let again = [Deadline { kind: DeadlineKind::DigestDue, due: next }];
        tx.set_deadlines(&charter.group, own, &[], &again, now).await?;
        let month = Month::of(was_due, zone);
        let event = Event::DigestSent { from: month.previous().begins(zone), until: month.begins(zone) };
        let secretaries: Vec<_> = charter.roster.holders(Role::Secretary).cloned().collect();
        if secretaries.is_empty() {
            return Ok(());
        }
        tx.note(&charter.group, own, &Actor::Bot, event, now).await?;
        self.tell_each(tx, in_force, own, secretaries, event, now).await
    }

    /// The counts of a month, as they are sent.
    pub(crate) async fn digest_of(
        &self,
        in_force: &InForce,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Letter, CaseworkError> {
        let charter = &in_force.charter;
        let digest = self.ledger.digest(&charter.group, (from, until), self.now()).await?;
        Ok(told(&digest, &Month::of(from, charter.zone).to_string(), in_force))
    }

    /// What happened in a month, or lately, and what stands open now.
    pub(crate) async fn digest(
        &self,
        permit: &Permit<'_>,
        month: Option<Month>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let now = self.now();
        let (name, time) = match month {
            Some(month) if now < month.begins(charter.zone) => {
                return Ok(Letter::line(format!("{month} has not begun.")));
            }
            Some(month) => {
                (month.to_string(), (month.begins(charter.zone), month.next().begins(charter.zone)))
            }
            None => {
                let from = now.plus_seconds(-LATELY_SECONDS);
                (format!("the 30 days to {}", now.long_date(charter.zone)), (from, now.plus_seconds(1)))
            }
        };
        let digest = self.ledger.digest(&charter.group, time, now).await?;
        Ok(told(&digest, &name, in_force))
    }
}

fn told(digest: &Digest, name: &str, in_force: &InForce) -> Letter {
    let charter = &in_force.charter;
    let mut letter = Letter::line(format!("{}, {name}:", charter.name));
    for removals in &digest.removals {
        let rule =
            charter.rulebook.find(&removals.rule).map_or(removals.rule.as_str(), |rule| rule.title.as_str());
        let by = if removals.by_filter { "the filter" } else { "people" };
        letter = letter.text(format!(
            "Removed or hidden under \u{201c}{rule}\u{201d}, found by {by}: {}",
            few(removals.posts)
        ));
    }
    if digest.removals.is_empty() {
        letter = letter.text("Removed or hidden: 0");
    }
    let lines = [
        format!("Of these put back: {}", few(digest.restored)),
        format!("Strikes: {}, of which voided: {}", few(digest.strikes), few(digest.voided)),
        format!(
            "Appeals: {}; accepted: {}, dismissed: {}, allowed by the Executive: {}{}",
            few(digest.appeals),
            few(digest.accepted),
            few(digest.dismissed),
            few(digest.allowed),
            rate(digest)
        ),
        format!(
            "Sanctions proposed: {}; decided: {}; taken back: {}",
            few(digest.sanctions),
            each(&digest.decided),
            few(digest.taken_back)
        ),
        format!(
            "Reports: {}; about: {}; what came of them: {}",
            few(digest.reports),
            each(&digest.complaints),
            each(&digest.outcomes)
        ),
        format!("Mutes: {}", few(digest.mutes)),
        format!("Notices to members: {}", few(digest.notices)),
        format!(
            "Now: overdue {}, reports overdue {}, notices to be served by hand {}, files that will go {}, files held {}",
            digest.overdue, digest.overdue_reports, digest.unserved, digest.listed, digest.held
        ),
    ];
    lines.into_iter().fold(letter, Letter::text)
}

/// A number of things that members did or suffered.
fn few(number: u32) -> String {
    match number {
        0 => "0".to_owned(),
        1..TOLD_FROM => format!("fewer than {TOLD_FROM}"),
        _ => number.to_string(),
    }
}

/// Numbers of things by their kind.
fn each<K: Display>(counts: &[(K, u32)]) -> String {
    let each: Vec<_> = counts.iter().map(|(kind, number)| format!("{kind} {}", few(*number))).collect();
    if each.is_empty() { "0".to_owned() } else { each.join(", ") }
}

/// How many appeals were right, where the number says nothing about anybody.
fn rate(digest: &Digest) -> String {
    let right = digest.accepted.saturating_add(digest.allowed);
    if digest.appeals < TOLD_FROM || right < TOLD_FROM {
        return String::new();
    }
    format!(" ({} in 100 were right)", u64::from(right) * 100 / u64::from(digest.appeals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_not_told() {
        for (number, want) in [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (70, "70")] {
            assert_eq!(few(number), want);
        }
        let digest = |appeals, accepted| Digest { appeals, accepted, ..Digest::default() };
        assert_eq!(rate(&digest(20, 5)), " (25 in 100 were right)");
        assert_eq!(rate(&digest(20, 4)), "");
        assert_eq!(rate(&digest(0, 0)), "");
    }
}
