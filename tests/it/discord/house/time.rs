//! How time passes in the house: when a story says so, and at once where nobody waits long.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use discord::pace::Pace;
use fake_discord::{FakeDiscord, World};
use policy::{Clock, Timestamp};
use tokio::sync::{Notify, watch};

use super::House;

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Whoever means to wait no longer than that has the time pass at once, as for the longest of Discord's limits; a connection
/// that hears nothing looks about after five seconds, and must not.
const MOMENT: Duration = Duration::from_millis(4_999);
/// Longer than anything waits that waits for no person.
const A_WHILE: Duration = Duration::from_secs(30);

/// The time of the fake, as everybody's.
#[derive(Debug)]
pub(super) struct FakePace {
    discord: Arc<FakeDiscord>,
    moved: Notify,
    /// How many wait for a first answer, for which Discord gives three seconds: no time is jumped over meanwhile.
    asked: watch::Sender<usize>,
}

impl FakePace {
    pub(super) fn new(discord: &Arc<FakeDiscord>) -> Arc<Self> {
        Arc::new(Self { discord: Arc::clone(discord), moved: Notify::new(), asked: watch::Sender::new(0) })
    }

    /// Somebody waits for a first answer.
    pub(super) fn hold(&self) {
        self.asked.send_modify(|asked| *asked += 1);
    }

    /// They have it.
    pub(super) fn let_go(&self) {
        self.asked.send_modify(|asked| *asked = asked.saturating_sub(1));
    }

    fn advance(&self, by: Duration) {
        self.discord.advance(by);
        self.moved.notify_waiters();
    }

    async fn come_to(&self, instant: i64) {
        let wait = Duration::from_millis(u64::try_from(instant - self.steady_ms()).unwrap_or(0));
        if wait <= MOMENT {
            // The sender lives as long as this.
            drop(self.asked.subscribe().wait_for(|asked| *asked == 0).await);
            return self.advance(wait);
        }
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.steady_ms() >= instant {
                return;
            }
            moved.await;
        }
    }
}

impl Clock for FakePace {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.steady_ms())
    }
    fn steady_ms(&self) -> i64 {
        i64::try_from(self.discord.see(|world| world.now().millis())).expect("a time of this age")
    }
}

impl Pace for FakePace {
    fn until<'here, 'run>(&'here self, instant: i64) -> Pin<Box<dyn Future<Output = ()> + Send + 'run>>
    where
        'here: 'run,
        Self: 'run,
    {
        Box::pin(self.come_to(instant))
    }
    fn chance(&self) -> f64 {
        0.5
    }
}

impl House {
    /// Time passes, and what falls due is done.
    pub(crate) async fn pass(&self, time: Duration) {
        self.pace.advance(time);
        self.settle().await;
    }

    /// What waits for no person is over.
    pub(crate) async fn pass_a_while(&self) {
        self.pass(A_WHILE).await;
    }

    /// Nothing is under way any more: a story that looks at all that is on record does not look too early.
    pub(crate) async fn is_quiet(&self) {
        let mut before = self.record().await;
        loop {
            self.pass_a_while().await;
            let now = self.record().await;
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// Returns when the world is as wished, while time passes: for what is tried again and again.
    ///
    /// # Panics
    /// If it never is.
    pub(crate) async fn in_time<T>(&self, what: &str, mut look: impl FnMut(&World) -> Option<T>) -> T {
        for _ in 0..600 {
            // Whatever is under way gets on before more time is over.
            for _ in 0..20 {
                if let Some(found) = self.discord.see(&mut look) {
                    return found;
                }
                for _ in 0..50 {
                    tokio::task::yield_now().await;
                }
                self.settle().await;
            }
            self.pass(Duration::from_secs(1)).await;
        }
        panic!("it never came: {what}");
    }
}
