//! The breaker: far more removals than usual, by the filter and of several members, switch the group over to people. What
//! the filter would take away then stands and is flagged, until an admin says that it may go on.

use ledger::{Effect, Fuse, Transaction};
use policy::breaker::{MEMBERS_MIN, USUAL_DAYS, WINDOW_S, members, spares, usual};
use policy::{
    Actor, Case, Deadline, DeadlineKind, Drawn, Event, Finding, GroupId, Judgement, Letter, Mode, Post,
    Reference, Taken, Timestamp, Verdict,
};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::rights::Permit;

/// How often officers are reminded, in days.
const REMINDED_DAYS: u32 = 1;
/// How many kinds of words are named at most.
const KINDS_MAX: u32 = 5;

impl Casework {
    /// The judgement of a post as the breaker has it.
    pub(crate) async fn unless_tripped(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        post: &Post,
        judgement: Judgement,
        findings: &[Finding],
        now: Timestamp,
    ) -> Result<Judgement, CaseworkError> {
        let charter = &in_force.charter;
        if judgement.verdict < Verdict::Hide || !has_tripped(in_force, tx.fuse(&charter.group).await?) {
            return Ok(judgement);
        }
        let is_left = spares(&judgement, findings, now);
        Ok(if is_left { judgement.left_to_people(post) } else { judgement })
    }

    /// What a post has to do with a removed one, as the breaker has it: what only the filter took away draws nothing along
    /// without a person.
    pub(crate) async fn drawn_unless_tripped(
        &self,
        in_force: &InForce,
        source: &Case,
        drawn: Drawn,
    ) -> Result<Drawn, CaseworkError> {
        let Drawn::Goes(likeness) = drawn else { return Ok(drawn) };
        if source.decided_by.is_some() {
            return Ok(drawn);
        }
        let fuse = self.ledger.fuse(&in_force.charter.group).await?;
        Ok(if has_tripped(in_force, fuse) { Drawn::Offered(likeness) } else { drawn })
    }

    /// Records that the filter took the post of a case away, and trips the breaker if that is one too many; whether it was.
    pub(crate) async fn taken_away(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        case: Reference,
        now: Timestamp,
    ) -> Result<bool, CaseworkError> {
        let charter = &in_force.charter;
        let (group, breaker) = (&charter.group, charter.procedure.breaker);
        tx.take_away(group, case, now).await?;
        let fuse = tx.fuse(group).await?;
        if !breaker.enabled || fuse.tripped_at.is_some() {
            return Ok(false);
        }
        let recent = tx.taken(group, counted_from(fuse, now), now).await?;
        // What is usual is asked for only where it matters.
        if !breaker.may_trip(&recent) {
            return Ok(false);
        }
        let peaks = tx.peaks(group, usual_between(now), breaker.per_member).await?;
        let trips = breaker.trips(usual(peaks), &recent, now);
        if trips {
            self.trip(tx, in_force, &recent, now).await?;
        }
        Ok(trips)
    }

    async fn trip(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        recent: &[Taken],
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        tracing::warn!(
            group = in_force.charter.group.as_str(),
            posts = recent.len(),
            "the breaker has tripped: what the filter would take away is left to people"
        );
        tx.trip(&in_force.charter.group, now).await?;
        let event = Event::BreakerTripped { posts: count(recent.len()), members: count(members(recent)) };
        self.say_of_group(tx, in_force, event, now).await?;
        self.remind_again(tx, in_force, now).await
    }

    /// Has officers reminded a day later.
    async fn remind_again(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let file = tx.group_file(&charter.group, now).await?;
        let kind = DeadlineKind::BreakerStands;
        let due = Deadline { kind, due: now.plus_days(REMINDED_DAYS, charter.zone) };
        Ok(tx.set_deadlines(&charter.group, file, &[kind], &[due], now).await?)
    }

    /// Reminds the officers that the breaker has tripped, unless it was reset, or switched off.
    pub(crate) async fn remind_of_breaker(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let Some(since) = tx.fuse(&charter.group).await?.tripped_at else { return Ok(()) };
        if charter.procedure.breaker.enabled {
            self.say_of_group(tx, in_force, Event::BreakerStands { since }, now).await?;
        }
        // Whoever switches it on again finds it as it was.
        self.remind_again(tx, in_force, now).await
    }

    /// How it stands with the breaker.
    pub(crate) async fn show_breaker(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let charter = &permit.in_force().charter;
        let (group, breaker, now) = (&charter.group, charter.procedure.breaker, self.now());
        if !breaker.enabled {
            return Ok(Letter::line(
                "The breaker is switched off: however much the filter takes away, it goes on.",
            ));
        }
        let fuse = self.ledger.fuse(group).await?;
        if let Some(since) = fuse.tripped_at {
            let letter = Letter::line(format!(
                "The breaker tripped on {}: what I would take away stands, and waits for you in `queue`, without a strike.",
                since.long_date_time(charter.zone)
            ));
            let letter = self.of_what_kinds(letter, group, since).await?;
            return Ok(with_what_helps(self.with_what_is_stopped(letter, group)));
        }
        let recent = self.ledger.taken(group, counted_from(fuse, now), now).await?;
        let usual = usual(self.ledger.peaks(group, usual_between(now), breaker.per_member).await?);
        Ok(Letter::line(format!(
            "The breaker has not tripped. In the last ten minutes I took away {} of {}.",
            posts(recent.len()),
            of_members(members(&recent)),
        ))
        .text(format!(
            "It trips at {}, or at {} times as many as in the busiest ten minutes of a usual day where that is more: that is {usual} \
             here. Of one member {} count at most, and it takes {MEMBERS_MIN} members.",
            posts(usize::try_from(breaker.floor).unwrap_or(usize::MAX)),
            breaker.factor,
            posts(usize::try_from(breaker.per_member).unwrap_or(usize::MAX)),
        )))
    }

    /// An admin says that the filter may go on.
    pub(crate) async fn reset_breaker(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let (group, now) = (&in_force.charter.group, self.now());
        let mut tx = self.ledger.begin().await?;
        if !tx.reset_breaker(group, now).await? {
            return Ok(refuse("The breaker has not tripped."));
        }
        let file = tx.group_file(group, now).await?;
        tx.set_deadlines(group, file, &[DeadlineKind::BreakerStands], &[], now).await?;
        let by = Actor::Officer(permit.who().clone());
        self.note_of_group(&mut tx, in_force, (&by, Event::BreakerReset), now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(
            "The filter takes posts away again, and what it takes is counted anew. What was left standing still waits for you: \
             see `queue`.",
        ))
    }

    /// What stands at the head of the queue while the breaker has tripped.
    pub(crate) async fn breaker_in_queue(&self, in_force: &InForce) -> Result<Option<String>, CaseworkError> {
        let charter = &in_force.charter;
        let since = self.ledger.fuse(&charter.group).await?.tripped_at;
        Ok(since.filter(|_| charter.procedure.breaker.enabled).map(|since| {
            format!(
                "The BREAKER tripped on {}: what I would take away is left to you until an admin says `breaker reset`.",
                since.long_date_time(charter.zone)
            )
        }))
    }

    /// What officers are told of the breaker; nothing for other events.
    pub(crate) async fn news_of_breaker(
        &self,
        effect: &Effect,
        event: Event,
    ) -> Result<Option<Letter>, CaseworkError> {
        let (file, in_force) = (effect.file, self.in_force(&effect.group)?);
        Ok(match event {
            Event::BreakerTripped { posts, members } => {
                let letter = Letter::line(format!(
                    "{file} The BREAKER has tripped: within ten minutes I took away {posts} posts of {members} members, far more \
                     than usual here. A word may have been added or graded by mistake, so from now on I leave that to you: what I \
                     would take away stands, flagged, without a strike, and waits in `queue`."
                ));
                let letter = self.of_what_kinds(letter, &effect.group, effect.queued_at).await?;
                Some(with_what_helps(self.with_what_is_stopped(letter, &effect.group)))
            }
            Event::BreakerStands { since } => {
                let letter = Letter::line(format!(
                    "{file} The BREAKER tripped on {}, and nobody has reset it: what I would take away is still left to you.",
                    since.long_date_time(in_force.charter.zone)
                ));
                Some(with_what_helps(self.with_what_is_stopped(letter, &effect.group)))
            }
            Event::BreakerReset => Some(Letter::line(format!(
                "{file} The breaker was reset: I take posts away by myself again. What was left standing still waits in `queue`."
            ))),
            _ => None,
        })
    }

    /// What was taken away in the ten minutes before it tripped, by kind of word; never the words.
    async fn of_what_kinds(
        &self,
        letter: Letter,
        group: &GroupId,
        tripped_at: Timestamp,
    ) -> Result<Letter, CaseworkError> {
        let after = tripped_at.plus_seconds(-WINDOW_S);
        let kinds = self.ledger.taken_for(group, after, tripped_at, KINDS_MAX).await?;
        if kinds.is_empty() {
            return Ok(letter);
        }
        let kinds = kinds.iter().map(|kind| {
            let posts = posts(usize::try_from(kind.posts).unwrap_or(usize::MAX));
            format!("{posts} for {} {} ({})", kind.grade, kind.category, kind.rule)
        });
        Ok(letter.text(format!("What went then: {}.", kinds.collect::<Vec<_>>().join("; "))))
    }

    /// The same with what becomes of words that the platform stops before anybody sees them, where it does.
    fn with_what_is_stopped(&self, letter: Letter, group: &GroupId) -> Letter {
        match self.platform(group) {
            Ok(platform) if platform.stops(group) => letter.text(
                "Meanwhile I have the platform stop no words before anybody sees them. What it stops all the same, because it had \
                 not heard of that yet, cannot stand: it is hidden, without a strike, its author is told, and it waits in `queue` too.",
            ),
            Ok(_) | Err(_) => letter,
        }
    }
}

/// The same with what there is to do about it.
fn with_what_helps(letter: Letter) -> Letter {
    letter
        .text(
            "Please look at what went and at what stands: `queue` lists what waits, and `case` with its number shows each post \
             with the word that was found in it. `restore` puts back what should not have gone; `remove`, `hide` or `void` \
             decides about what stands.",
        )
        .text(
            "An admin takes a wrong word out with `wordlist remove`, or changes with `policy set` what becomes of such words, and \
             then says `breaker reset`. Until then only the strongest words, and strong discriminatory ones, still go where they \
             are aimed at somebody, unless the word is new.",
        )
}

/// Whether what the filter would take away is left to people.
pub(crate) fn has_tripped(in_force: &InForce, fuse: Fuse) -> bool {
    in_force.mode == Mode::Live && in_force.charter.procedure.breaker.enabled && fuse.tripped_at.is_some()
}

/// From when on removals are counted: those of the last ten minutes, and of them those since it was reset.
fn counted_from(fuse: Fuse, now: Timestamp) -> Timestamp {
    let window = now.plus_seconds(-WINDOW_S);
    // What a clock told that was set back since, is no reason to count nothing.
    fuse.reset_at.filter(|reset| *reset <= now).map_or(window, |reset| reset.max(window))
}

/// The days in which is looked for what is usual.
fn usual_between(now: Timestamp) -> (Timestamp, Timestamp) {
    const DAY_S: i64 = 24 * 60 * 60;
    (now.plus_seconds(-DAY_S * i64::from(USUAL_DAYS + 1)), now.plus_seconds(-DAY_S))
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

fn posts(many: usize) -> String {
    if many == 1 { "1 post".to_owned() } else { format!("{many} posts") }
}

fn of_members(many: usize) -> String {
    if many == 1 { "1 member".to_owned() } else { format!("{many} members") }
}
