//! What whoever watches the program is told: how things stand, in numbers, and what is in the way. No words but ours.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;

use ledger::Tally;
use policy::GroupId;

use crate::delivery::WAIT_MAX;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::figures::Figures;
use crate::reception::Hearing;

/// After how long without a look at what there is to do the delivery counts as stuck: it looks every minute, unless all its
/// hands wait for platforms.
const STILL_MAX: Duration = WAIT_MAX.saturating_mul(15);

impl Casework {
    /// What happened since the program started.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// What stands open in each group that is configured.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn tally(&self) -> Result<BTreeMap<GroupId, Tally>, CaseworkError> {
        let mut kept = self.ledger.tally(self.now()).await?;
        let rules = self.rules.load_full();
        let groups = rules.charters().iter().map(|charter| charter.group.clone());
        Ok(groups.map(|group| (group.clone(), kept.remove(&group).unwrap_or_default())).collect())
    }

    /// What shows that the program does not work any more, though it runs; nothing when it does.
    pub async fn ailments(&self) -> Vec<&'static str> {
        let mut ailments = Vec::new();
        if let Err(error) = self.ledger.receptions().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the ledger could not be read");
            ailments.push("the record cannot be read");
        }
        let looked_ms = *self.looked_ms.lock().unwrap_or_else(PoisonError::into_inner);
        let still_ms = looked_ms.map_or(0, |looked| self.clock.steady_ms().saturating_sub(looked));
        if Duration::from_millis(still_ms.unsigned_abs()) > STILL_MAX {
            ailments.push("nothing has been looked after for a quarter of an hour");
        }
        ailments
    }

    /// What keeps groups from being looked after as they should be, a line each; nothing when they are.
    pub async fn hindrances(&self) -> Vec<String> {
        let mut hindrances = Vec::new();
        if !self.ledger.is_writable().await {
            hindrances.push("the record cannot be written".to_owned());
        }
        for (group, hearing) in self.hearing().await {
            let group = group.as_str();
            match hearing {
                Hearing::Now => {}
                Hearing::NotYet => hindrances.push(format!("{group} is not heard yet")),
                Hearing::Unserved => {
                    hindrances.push(format!(
                        "{group} is not heard: its account cannot be used, and the log says why"
                    ));
                }
                Hearing::Deaf { since, why } => {
                    let since = since.compact();
                    hindrances.push(format!("{group} has not been heard since {since}: {why}"));
                }
            }
        }
        hindrances
    }

    /// Whether the delivery looks by itself from now on, so that it would be missed.
    pub(crate) fn looks_by_itself(&self, it_does: bool) {
        let now_ms = it_does.then(|| self.clock.steady_ms());
        *self.looked_ms.lock().unwrap_or_else(PoisonError::into_inner) = now_ms;
    }

    /// The delivery looks what there is to do.
    pub(crate) fn looks(&self) {
        if let Some(looked) = self.looked_ms.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *looked = self.clock.steady_ms();
        }
    }
}
