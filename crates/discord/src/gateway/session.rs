//! What of a session outlives a connection, and a restart.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use platform::Source;
use serde::{Deserialize, Serialize};

use super::Identifies;

/// A session as it is kept: with it and the token, a gateway goes on after `seq`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its name.
    pub id: String,
    /// Where it goes on.
    pub resume_url: String,
    /// Up to where everything was dealt with.
    pub seq: u64,
    /// Of how many shards this was one.
    pub shards: u32,
    /// What it was to hear of.
    pub intents: u64,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("seq", &self.seq)
            .field("shards", &self.shards)
            .finish_non_exhaustive()
    }
}

/// Where sessions are kept. Once one of these returns, what was kept is still there after a crash.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// The session of a shard.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn load(&self, shard: u32) -> Result<Option<Session>, Source>;

    /// Keeps the session of a shard, or forgets it.
    ///
    /// # Errors
    /// When it cannot be written.
    async fn save(&self, shard: u32, session: Option<&Session>) -> Result<(), Source>;

    /// The sessions that were begun of late, of all shards.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn identifies(&self) -> Result<Identifies, Source>;

    /// Keeps them. A session is begun only after that.
    ///
    /// # Errors
    /// When they cannot be written.
    async fn save_identifies(&self, identifies: &Identifies) -> Result<(), Source>;
}

/// Which events of a session were received, and which of them dealt with.
#[derive(Debug, Default)]
struct Progress {
    received: u64,
    outstanding: BTreeSet<u64>,
}

/// The same, as those who deal with events share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Dealings(Arc<Mutex<Progress>>);

impl Dealings {
    /// Everything up to `seq` was dealt with.
    pub(super) fn after(seq: u64) -> Self {
        Self(Arc::new(Mutex::new(Progress { received: seq, outstanding: BTreeSet::new() })))
    }

    /// The last that was received.
    pub(super) fn received(&self) -> u64 {
        self.progress().received
    }

    /// Up to where everything was dealt with.
    pub(super) fn dealt_with(&self) -> u64 {
        let progress = self.progress();
        progress.outstanding.first().map_or(progress.received, |first| first.saturating_sub(1))
    }

    /// Whether something is not dealt with.
    pub(super) fn are_open(&self) -> bool {
        !self.progress().outstanding.is_empty()
    }

    /// Holds back everything from here on, until what may be missing was asked for.
    pub(super) fn hold(&self) -> Dealt {
        let mut progress = self.progress();
        // The number of the next one, which the next one will not have; or of none, before the first.
        let seq = if progress.received == 0 { 0 } else { progress.received + 1 };
        progress.received = seq;
        progress.outstanding.insert(seq);
        Dealt { dealings: self.clone(), seq }
    }

    /// Takes one in, to be dealt with; nothing when it was received before.
    pub(super) fn receive(&self, seq: u64) -> Option<Dealt> {
        let mut progress = self.progress();
        if seq <= progress.received {
            return None;
        }
        progress.received = seq;
        progress.outstanding.insert(seq);
        Some(Dealt { dealings: self.clone(), seq })
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The promise that something is dealt with. Dropped without a word, it comes again after a restart.
#[derive(Debug)]
#[must_use = "what is not dealt with comes again"]
pub struct Dealt {
    dealings: Dealings,
    seq: u64,
}

impl Dealt {
    /// All that follows from it is recorded: it need not come again.
    pub fn settle(self) {
        self.dealings.progress().outstanding.remove(&self.seq);
    }
}

/// An event that was received, and whether it was dealt with.
#[cfg(test)]
pub(crate) fn received() -> (Dealt, impl Fn() -> bool) {
    let dealings = Dealings::after(1);
    let dealt = dealings.receive(2);
    (dealt.expect("it is new"), move || dealings.dealt_with() == 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_session_is_shown_without_what_is_needed_to_use_it() {
        let session = Session {
            id: "canary".to_owned(),
            resume_url: "wss://canary".to_owned(),
            seq: 7,
            shards: 1,
            intents: 0,
        };
        assert_eq!(format!("{session:?}"), "Session { seq: 7, shards: 1, .. }");
    }

    #[test]
    fn what_is_missing_holds_back_all_that_comes_after() {
        let dealings = Dealings::after(5);
        let missing = dealings.hold();
        assert!(dealings.receive(6).is_none());
        dealings.receive(9).expect("it is new").settle();
        assert_eq!((dealings.dealt_with(), dealings.received()), (5, 9));
        missing.settle();
        assert_eq!(dealings.dealt_with(), 9);
        // Before the first one, nothing at all can be kept.
        let dealings = Dealings::default();
        let missing = dealings.hold();
        dealings.receive(1).expect("it is new").settle();
        assert_eq!(dealings.dealt_with(), 0);
        missing.settle();
        assert_eq!(dealings.dealt_with(), 1);
        assert!(!dealings.are_open());
    }

    proptest! {
        /// In whatever order they are dealt with, what is kept is never beyond one that is not.
        #[test]
        fn nothing_outstanding_is_ever_passed_over(
            from in 1_u64..1_000,
            steps in prop::collection::vec((1_u64..4, any::<prop::sample::Index>(), any::<bool>()), 1..60),
        ) {
            let dealings = Dealings::after(from);
            let mut open: Vec<Dealt> = Vec::new();
            let mut seq = from;
            for (further, which, deal) in steps {
                seq += further;
                open.push(dealings.receive(seq).expect("it is new"));
                prop_assert!(dealings.receive(seq).is_none());
                if deal {
                    open.swap_remove(which.index(open.len())).settle();
                }
                let least = open.iter().map(|dealt| dealt.seq).min();
                prop_assert_eq!(dealings.dealt_with(), least.map_or(seq, |least| least - 1));
                prop_assert_eq!(dealings.received(), seq);
            }
        }
    }
}
