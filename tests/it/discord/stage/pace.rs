//! The time of a play: the script's, which stands still between its lines.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use discord::pace::Pace;
use policy::{Clock, Timestamp};
use terminal::ScriptClock;
use tokio::sync::Notify;

/// Whoever means to wait no longer than that has waited already. A connection that hears nothing looks about after five
/// seconds, and must not.
const MOMENT_MS: i64 = 4_000;

/// The script's clock as the adapter waits for it. What is waited for in between takes no time of the script's.
#[derive(Debug)]
pub(super) struct StagePace {
    script: Arc<ScriptClock>,
    waited_ms: AtomicI64,
    moved: Notify,
}

impl StagePace {
    pub(super) fn new(script: Arc<ScriptClock>) -> Arc<Self> {
        Arc::new(Self { script, waited_ms: AtomicI64::new(0), moved: Notify::new() })
    }

    /// Has everybody look who waits.
    pub(super) fn moved(&self) {
        self.moved.notify_waiters();
    }
}

impl Clock for StagePace {
    fn now(&self) -> Timestamp {
        self.script.now()
    }

    fn steady_ms(&self) -> i64 {
        self.script.steady_ms() + self.waited_ms.load(Ordering::Relaxed)
    }
}

#[async_trait::async_trait]
impl Pace for StagePace {
    async fn until(&self, instant: i64) {
        let wait = instant - self.steady_ms();
        if wait <= MOMENT_MS {
            self.waited_ms.fetch_add(wait.max(0), Ordering::Relaxed);
            return self.moved();
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

    fn chance(&self) -> f64 {
        0.5
    }
}
