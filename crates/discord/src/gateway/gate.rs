//! Through which every shard passes before it begins a session.

use std::sync::Arc;
use std::time::Duration;

use platform::Source;
use policy::Timestamp;
use tokio::sync::Mutex;

use super::budget::StartLimit;
use super::{Identifies, Sessions, Waiting};
use crate::pace::{Pace, between, millis};

/// How long is waited when what was counted cannot be kept.
const KEPT_LATER: Duration = Duration::from_secs(5);

/// See the module.
pub(super) struct Gate {
    sessions: Arc<dyn Sessions>,
    pace: Arc<dyn Pace>,
    limit: StartLimit,
    identifies: Mutex<Identifies>,
}

impl Gate {
    pub(super) async fn new(
        sessions: Arc<dyn Sessions>,
        pace: Arc<dyn Pace>,
        limit: StartLimit,
    ) -> Result<Self, Source> {
        let identifies = Mutex::new(sessions.identifies().await?);
        Ok(Self { sessions, pace, limit, identifies })
    }

    /// When `shard` may begin a session, if that is not now.
    pub(super) async fn wait(&self, shard: u32) -> Option<(Timestamp, Waiting)> {
        self.identifies.lock().await.wait(shard, &self.limit, self.pace.now())
    }

    /// Counts a session that `shard` begins at once; or gives the instant of the steady clock at which to ask again.
    pub(super) async fn pass(&self, shard: u32) -> Result<(), i64> {
        let now = self.pace.now();
        // Held while it is written: what is not kept is not counted, and not begun.
        let mut identifies = self.identifies.lock().await;
        if let Some((until, _)) = identifies.wait(shard, &self.limit, now) {
            return Err(self.steady(now, until));
        }
        let mut counted = identifies.clone();
        counted.count(shard, now);
        if let Err(error) = self.sessions.save_identifies(&counted).await {
            tracing::error!(shard, %error, "no session can be begun, for it cannot be counted");
            return Err(self.pace.steady_ms().saturating_add(millis(KEPT_LATER)));
        }
        *identifies = counted;
        Ok(())
    }

    /// The session of `shard` lasted.
    pub(super) async fn lasted(&self, shard: u32) {
        let mut identifies = self.identifies.lock().await;
        if identifies.lasted(shard)
            && let Err(error) = self.sessions.save_identifies(&identifies).await
        {
            // The next session only waits longer than it had to.
            tracing::warn!(shard, %error, "it could not be kept that the session lasted");
        }
    }

    /// The instant of the steady clock that people call `until`.
    pub(super) fn steady(&self, now: Timestamp, until: Timestamp) -> i64 {
        let wait = between(now.as_millis(), until.as_millis());
        self.pace.steady_ms().saturating_add(millis(wait))
    }
}
