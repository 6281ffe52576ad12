//! Who holds an office in a group: said at the start, and again whenever it changes while the bot is running.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use policy::MemberId;

/// The officers of one group. Every clone is the same officers.
#[derive(Debug, Clone, Default)]
pub struct Officers(Arc<RwLock<BTreeSet<MemberId>>>);

impl Officers {
    /// From now on, these hold an office.
    pub fn set(&self, officers: impl IntoIterator<Item = MemberId>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = officers.into_iter().collect();
    }

    /// Whether somebody holds an office now.
    pub fn has(&self, member: &MemberId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(member)
    }

    /// All of them as of now.
    pub fn all(&self) -> Vec<MemberId> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
