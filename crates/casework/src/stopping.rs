//! What platforms stop themselves before anybody sees it: they are handed the words that need no reading, at every start, at
//! every change of the rules, when the breaker trips and when it is reset, and every hour. Looked at in the same moments in
//! which a platform is compared with the ledger.

use std::collections::HashMap;
use std::sync::Arc;

use platform::{DeliveryError, Outbound};
use policy::outright::outright;
use policy::{GroupId, Mode, Outright, Timestamp};

use crate::breaker::has_tripped;
use crate::delivery::put_off;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;

/// How long after words were handed down they are handed down again, in seconds: people change what stands on platforms.
const AGAIN_SECONDS: i64 = 60 * 60;

/// What each group's platform was handed last, or was to be.
pub(crate) type HandedDown = HashMap<GroupId, Handed>;

/// The words of a group that its platform is to stop.
pub(crate) struct Handed {
    /// The rules they come of.
    under: Arc<InForce>,
    /// Whether the platform is to stop any.
    stops: bool,
    words: Vec<Outright>,
    /// When the platform had them; nothing where it has not yet.
    at: Option<Timestamp>,
}

impl Casework {
    /// Hands the words down where they are others than were handed down last, or that was long ago; whether all platforms
    /// could be reached.
    pub(crate) async fn hand_down_due(&self) -> bool {
        // One after the other, or a platform would be asked for the same twice at once.
        let mut handed_down = self.handed_down.lock().await;
        let mut groups: Vec<_> = self.platforms.keys().cloned().collect();
        groups.sort();
        let mut all = true;
        for group in groups {
            let (Ok(in_force), Ok(platform)) = (self.in_force(&group), self.platform(&group)) else {
                continue;
            };
            let now = self.now();
            let stops = match self.is_to_stop(&in_force, platform.as_ref()).await {
                Ok(stops) => stops,
                Err(error) => {
                    put_off(&error, "whether the breaker has tripped is not known; it is looked at again");
                    all = false;
                    continue;
                }
            };
            let is_same = |known: &Handed| Arc::ptr_eq(&known.under, &in_force) && known.stops == stops;
            // They are derived from the whole dictionary, which takes too long to be done for nothing.
            let mut handed = match handed_down.remove(&group).filter(is_same) {
                Some(known) => known,
                None => Handed { words: to_stop(&in_force, stops), under: in_force, stops, at: None },
            };
            if handed.is_due(now) {
                handed.at = match platform.stop(&group, &handed.words).await {
                    Ok(()) => Some(now),
                    Err(error) => is_over(&group, &error).then_some(now),
                };
                all &= handed.at.is_some();
            }
            handed_down.insert(group, handed);
        }
        all
    }

    /// Whether a platform is to stop anything. One that is not there yet does not; nor does any while the group is only
    /// watched, or its breaker has tripped and what goes is left to people.
    async fn is_to_stop(&self, in_force: &InForce, platform: &dyn Outbound) -> Result<bool, CaseworkError> {
        let group = &in_force.charter.group;
        if in_force.mode == Mode::Shadow || !platform.stops(group) {
            return Ok(false);
        }
        Ok(!has_tripped(in_force, self.ledger.fuse(group).await?))
    }
}

impl Handed {
    fn is_due(&self, now: Timestamp) -> bool {
        self.at.is_none_or(|at| now < at || at.plus_seconds(AGAIN_SECONDS) <= now)
    }
}

/// What goes wherever it stands, if any of it is to be stopped.
fn to_stop(in_force: &InForce, stops: bool) -> Vec<Outright> {
    if stops { outright(&in_force.matcher, &in_force.policy) } else { Vec::new() }
}

/// Whether what was not done is tried again only when it is due.
fn is_over(group: &GroupId, error: &DeliveryError) -> bool {
    match error {
        // What the bot lacks for it is said with everything else that it lacks.
        DeliveryError::Forbidden | DeliveryError::Gone => {
            tracing::warn!(group = group.as_str(), %error, "the platform does not stop words itself");
            true
        }
        DeliveryError::NotYet(_) | DeliveryError::RateLimited(_) => false,
        error => {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "the words that the platform stops itself could not be handed down; it is tried again"
            );
            false
        }
    }
}
