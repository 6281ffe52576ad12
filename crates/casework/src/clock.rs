//! Whether the clock can be believed. While it cannot, nobody is let back and nothing is purged; everything else goes on.
//!
//! The ledger remembers a doubt, so that a restart does not end it. A long outage is no jump: the steady clock of one
//! run tells nothing about another.

use ledger::{Belief, ClockDoubt, EffectKind, Transaction};
use policy::{Actor, DeadlineKind, Event, Implausible, Letter, Reading, Timestamp, plausible};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::rights::Permit;

/// How far behind the last entry a clock may be that was only nudged by a time server, in seconds.
const NUDGE_SECONDS: i64 = 60;

/// What is known about the clock.
#[derive(Debug, Default)]
pub(crate) struct ClockWatch {
    /// The last reading of this run that was believed.
    believed: Option<Reading>,
    /// Why the clock is not believed now.
    doubt: Option<ClockDoubt>,
}

impl ClockWatch {
    /// Takes up the watch with the doubt that an earlier run left.
    pub(crate) fn new(doubt: Option<ClockDoubt>) -> Self {
        Self { believed: None, doubt }
    }

    /// What the clock should show now.
    fn expected(&self, now: Reading, latest: Option<Timestamp>) -> Timestamp {
        match self.believed {
            Some(then) => {
                let passed = now.steady_ms.saturating_sub(then.steady_ms);
                Timestamp::from_millis(then.wall.as_millis().saturating_add(passed))
            }
            None => latest.unwrap_or(now.wall),
        }
    }

    /// Whether the clock is back where it belongs.
    fn is_back(&self, doubt: ClockDoubt, now: Reading, latest: Option<Timestamp>) -> bool {
        match (doubt.why, self.believed) {
            (Implausible::Behind, _) => plausible(now, None, latest).is_ok(),
            (Implausible::Jumped, Some(_)) => plausible(now, self.believed, latest).is_ok(),
            // Another run saw the jump. A clock that nobody put right shows more than it showed then.
            (Implausible::Jumped, None) if doubt.shown > doubt.expected => {
                now.wall < doubt.shown && plausible(now, None, latest).is_ok()
            }
            // One that was set back is late at worst, and what is late lets nobody in early.
            (Implausible::Jumped, None) => now.wall >= doubt.expected && plausible(now, None, latest).is_ok(),
        }
    }
}

impl Casework {
    /// Whether the clock can be believed now. To be asked before a transaction is begun: it may need one.
    pub(crate) async fn clock_is_believed(&self) -> Result<bool, CaseworkError> {
        let mut watch = self.clock_watch.lock().await;
        // The entries first: what is recorded in between is not from the future.
        let latest = self.ledger.latest().await?.map(|at| at.plus_seconds(-NUDGE_SECONDS));
        let now = Reading { wall: self.clock.now(), steady_ms: self.clock.steady_ms() };
        match watch.doubt {
            None => match plausible(now, watch.believed, latest) {
                Ok(()) => watch.believed = Some(now),
                Err(why) => {
                    let doubt = ClockDoubt { why, shown: now.wall, expected: watch.expected(now, latest) };
                    let mut tx = self.ledger.begin().await?;
                    tx.doubt_clock(&doubt).await?;
                    self.tell_all_of_clock(tx, &Actor::Bot, Event::ClockDoubted { why }, now.wall).await?;
                    watch.doubt = Some(doubt);
                    tracing::warn!(error = &why as &dyn std::error::Error, "the clock is not believed");
                }
            },
            Some(doubt) if watch.is_back(doubt, now, latest) => {
                let mut tx = self.ledger.begin().await?;
                tx.believe_clock(Belief::Returned, now.wall).await?;
                self.tell_all_of_clock(tx, &Actor::Bot, Event::ClockBelieved, now.wall).await?;
                *watch = ClockWatch { believed: Some(now), doubt: None };
                tracing::info!("the clock is believed again");
            }
            Some(_) => {}
        }
        Ok(watch.doubt.is_none())
    }

    /// An admin says that the clock is right.
    pub(crate) async fn confirm_clock(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        if self.clock_is_believed().await? {
            return Ok(refuse("The clock is believed."));
        }
        let mut watch = self.clock_watch.lock().await;
        let now = Reading { wall: self.clock.now(), steady_ms: self.clock.steady_ms() };
        let mut tx = self.ledger.begin().await?;
        tx.believe_clock(Belief::Confirmed, now.wall).await?;
        let by = Actor::Officer(permit.who().clone());
        self.tell_all_of_clock(tx, &by, Event::ClockBelieved, now.wall).await?;
        *watch = ClockWatch { believed: Some(now), doubt: None };
        let shown = now.wall.long_date_time(permit.in_force().charter.zone);
        Ok(Letter::line(format!("The clock is right, then: it is {shown}. What waited for it goes on.")))
    }

    /// The kinds of deadlines that do not fire now, because the clock is not believed.
    pub(crate) async fn withheld(&self) -> Result<Vec<DeadlineKind>, CaseworkError> {
        if self.clock_is_believed().await? {
            return Ok(Vec::new());
        }
        Ok(DeadlineKind::ALL.iter().copied().filter(|kind| kind.wants_a_plausible_clock()).collect())
    }

    /// Tells the officers of every group, for the clock is everybody's.
    async fn tell_all_of_clock(
        &self,
        mut tx: Transaction,
        actor: &Actor,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let mut groups: Vec<_> = self.platforms.keys().collect();
        groups.sort();
        for group in groups {
            let file = tx.group_file(group, now).await?;
            // Who confirmed it is an officer of one group only.
            let here = match actor {
                Actor::Officer(officer) => {
                    let roster = &self.in_force(group)?.charter.roster;
                    if roster.offices(officer).next().is_some() { actor } else { &Actor::Bot }
                }
                Actor::Bot | Actor::Member => actor,
            };
            tx.note(group, file, here, event, now).await?;
            tx.queue(group, file, &EffectKind::TellOfficers(event), now).await?;
        }
        tx.commit().await?;
        self.recorded.notify_one();
        Ok(())
    }
}
