//! Who holds an office in a group: said at the start, and again whenever it changes while the bot is running.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use policy::MemberId;

/// The officers of one group. Every clone is the same officers.
#[derive(Debug, Clone, Default)]
pub struct Officers(Arc<RwLock<Held>>);

#[derive(Debug, Default)]
struct Held {
    officers: BTreeSet<MemberId>,
    moderators: Vec<MemberId>,
}

impl Officers {
    /// From now on, `officers` hold an office, `moderators` among them that of a moderator: they are asked into a place that
    /// a member shares with the officers.
    pub fn set(
        &self,
        officers: impl IntoIterator<Item = MemberId>,
        moderators: impl IntoIterator<Item = MemberId>,
    ) {
        let held =
            Held { officers: officers.into_iter().collect(), moderators: moderators.into_iter().collect() };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = held;
    }

    /// Whether somebody holds an office now.
    pub fn has(&self, member: &MemberId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).officers.contains(member)
    }

    /// All of them as of now.
    pub fn all(&self) -> Vec<MemberId> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).officers.iter().cloned().collect()
    }

    /// The moderators as of now.
    pub fn moderators(&self) -> Vec<MemberId> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).moderators.clone()
    }
}
