//! Whose turn it is: several groups have something under way at once, so that none waits for what another's platform takes
//! its time for.
//!
//! Only platforms are waited for at the same time. What else a delivery does, it does in its turn, and the others wait in
//! the order in which they came: where platforms answer at once, one effect is done after the other.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;
use std::{future, iter};

use futures_util::future::join_all;
use ledger::{Effect, EffectKind, Pause};
use policy::{GroupId, Timestamp};
use tokio::sync::{Notify, Semaphore};

use crate::delivery::WAIT_MAX;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::pauses::Pauses;

/// How many things are under way at most, over all groups: what waits costs memory, and a connection each.
const HANDS: usize = 32;
/// How many of them are anything but removals: letters without end leave hands for what should not stand.
const OTHERS_MAX: usize = 24;
/// How soon is looked again for what is to be removed while no hand is free for anything else.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The right to do something for a delivery on our side. Whoever has it lends it while a platform takes its time.
#[derive(Debug)]
pub(crate) struct Turn(Semaphore);

impl Default for Turn {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

impl Turn {
    async fn take(&self) {
        // It is never closed.
        if let Ok(turn) = self.0.acquire().await {
            turn.forget();
        }
    }

    fn give(&self) {
        self.0.add_permits(1);
    }

    /// Nobody has it, whatever was broken off.
    fn reset(&self) {
        self.0.forget_permits(usize::MAX);
        self.give();
    }

    /// Waits for a platform's answer, and has others go on unless it is there at once. For whoever has the turn.
    pub(crate) async fn lent_during<T>(&self, asked: impl Future<Output = T>) -> T {
        let mut asked = pin!(asked);
        let at_once = future::poll_fn(|context| {
            Poll::Ready(match asked.as_mut().poll(context) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            })
        });
        if let Some(answer) = at_once.await {
            return answer;
        }
        self.give();
        let answer = asked.await;
        self.take().await;
        answer
    }
}

/// What is under way until nothing is due any more.
#[derive(Debug, Default)]
struct Round {
    /// Held by the one who looks what comes next.
    scout: tokio::sync::Mutex<()>,
    under_way: Mutex<UnderWay>,
    /// Told when something is not under way any more.
    changed: Notify,
}

#[derive(Debug, Default)]
struct UnderWay {
    /// Groups in which something is being removed.
    removing: BTreeSet<GroupId>,
    /// Groups in which something else is done.
    doing: BTreeSet<GroupId>,
    /// Whether nothing more is taken up.
    is_over: bool,
    /// When what falls due was looked for, by the steady clock.
    fired_ms: i64,
}

impl UnderWay {
    fn of(&mut self, effect: &Effect) -> &mut BTreeSet<GroupId> {
        if effect.kind == EffectKind::Remove { &mut self.removing } else { &mut self.doing }
    }

    /// What is not taken up because of it: beside a removal nothing of its group, and beside anything else removals only.
    fn pauses(&self) -> Vec<Pause> {
        let until = Timestamp::from_millis(i64::MAX);
        let lanes = [(&self.removing, 0), (&self.doing, 1)];
        let pauses = lanes.into_iter().flat_map(|(groups, lane)| {
            groups.iter().map(move |group| Pause { group: group.clone(), lane, until })
        });
        pauses.collect()
    }

    fn is_nothing(&self) -> bool {
        self.removing.is_empty() && self.doing.is_empty()
    }
}

impl Round {
    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What there is to do next.
enum Next {
    Deliver(Box<Effect>),
    /// Nothing for so long, unless something is recorded, or over.
    Nothing(Duration),
    /// Nothing, and nothing is under way.
    Over,
}

impl Casework {
    /// Delivers what is due, a removal and something else of each group at a time, up to those after which everything is
    /// `ending`.
    pub(crate) async fn deliver_in_turn(
        &self,
        pauses: &Pauses,
        ending: &AtomicBool,
    ) -> Result<(), CaseworkError> {
        self.turn.reset();
        let round = Round::default();
        round.under_way().fired_ms = self.clock.steady_ms();
        let hands = iter::repeat_with(|| self.deliver_while_due(&round, pauses, ending)).take(HANDS);
        join_all(hands).await.into_iter().collect()
    }

    /// Delivers one effect after the other. What goes wrong ends the round; what is under way goes on to its end.
    async fn deliver_while_due(
        &self,
        round: &Round,
        pauses: &Pauses,
        ending: &AtomicBool,
    ) -> Result<(), CaseworkError> {
        loop {
            let scouting = round.scout.lock().await;
            let Some(effect) = self.take_up(round, pauses, ending).await? else { return Ok(()) };
            drop(scouting);
            let delivered = self.deliver(&effect, pauses).await;
            {
                let mut under_way = round.under_way();
                under_way.of(&effect).remove(&effect.group);
                under_way.is_over |= delivered.is_err();
            }
            self.turn.give();
            round.changed.notify_one();
            delivered?;
        }
    }

    /// Waits for something to be due, and takes it up. It comes with the turn; nothing when the round is over.
    async fn take_up(
        &self,
        round: &Round,
        pauses: &Pauses,
        ending: &AtomicBool,
    ) -> Result<Option<Box<Effect>>, CaseworkError> {
        loop {
            self.turn.take().await;
            self.looks();
            let next = if ending.load(Ordering::Relaxed) || round.under_way().is_over {
                Ok(Next::Over)
            } else {
                self.next_in_turn(round, pauses).await
            };
            if let Ok(Next::Deliver(effect)) = next {
                round.under_way().of(&effect).insert(effect.group.clone());
                return Ok(Some(effect));
            }
            self.turn.give();
            let wait = match next {
                Ok(Next::Nothing(wait)) => wait,
                Ok(Next::Deliver(_) | Next::Over) => {
                    round.under_way().is_over = true;
                    return Ok(None);
                }
                Err(error) => {
                    round.under_way().is_over = true;
                    return Err(error);
                }
            };
            let changes = async {
                tokio::select! {
                    biased;
                    () = round.changed.notified() => {}
                    () = self.recorded.notified() => {}
                }
            };
            // Nothing changed and something may be due: either way it is looked at again.
            drop(tokio::time::timeout(wait, changes).await);
        }
    }

    async fn next_in_turn(&self, round: &Round, pauses: &Pauses) -> Result<Next, CaseworkError> {
        self.fire_meanwhile(round).await?;
        let now = self.now();
        let mut pauses = pauses.at(now);
        let is_full = {
            let under_way = round.under_way();
            pauses.extend(under_way.pauses());
            under_way.doing.len() >= OTHERS_MAX
        };
        let due = self.ledger.next_due(now, &pauses).await?;
        // Removals come first: if this is none, there is none.
        if let Some(effect) = due.filter(|effect| !is_full || effect.kind == EffectKind::Remove) {
            return Ok(Next::Deliver(Box::new(effect)));
        }
        if round.under_way().is_nothing() {
            return Ok(Next::Over);
        }
        if is_full {
            return Ok(Next::Nothing(LOOK_AGAIN));
        }
        let at = self.ledger.next_attempt_at(&pauses).await?;
        Ok(Next::Nothing(at.map_or(WAIT_MAX, |at| self.wait_until(at))))
    }

    /// What falls due does not wait until nothing is under way: with many groups there is always something.
    async fn fire_meanwhile(&self, round: &Round) -> Result<(), CaseworkError> {
        let now_ms = self.clock.steady_ms();
        let since_ms = now_ms.saturating_sub(round.under_way().fired_ms);
        if Duration::from_millis(since_ms.unsigned_abs()) < WAIT_MAX {
            return Ok(());
        }
        round.under_way().fired_ms = now_ms;
        self.let_fall_due().await?;
        self.look_up().await;
        Ok(())
    }
}
