//! The same looks as `beadle doctor` takes, at the start and every hour, by the program that serves groups. What it hears of by
//! itself, or looks at in another way, it leaves out; what stops being right is told to the officers by the casework.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use casework::Casework;
use ledger::Ledger;
use platform::checkup::{Check, Finding, Of};
use policy::{Clock, GroupId, Timestamp};
use tokio_util::sync::CancellationToken;

use super::backlog::undelivered;
use super::backups::OLD_AFTER_S;
use super::{Asker, Looked, lists, machine};
use crate::cli::keeping::is_due;
use crate::config::{Config, GroupConfig, Home};

/// How long after a look the next one is, in seconds.
const AGAIN_AFTER_S: i64 = 60 * 60;
/// How long it looks away at most, so that a clock that was set is noticed.
const LOOK_AWAY_MAX: Duration = Duration::from_secs(10 * 60);
/// How soon a group is looked at again whose platform could not be asked; doubled each time.
const AGAIN_MIN: Duration = Duration::from_secs(1);
/// What a program that has run for less may still be about to mend: it takes the backup that was missed.
const SETTLED_AFTER_MS: i64 = 30 * 60 * 1000;

/// What is looked at, and with what.
pub(in crate::cli) struct Looking {
    pub(in crate::cli) casework: Arc<Casework>,
    pub(in crate::cli) ledger: Ledger,
    pub(in crate::cli) clock: Arc<dyn Clock>,
    pub(in crate::cli) config: Arc<Config>,
    /// The data folder.
    pub(in crate::cli) place: PathBuf,
    /// The groups whose accounts could be opened.
    pub(in crate::cli) groups: Vec<GroupId>,
}

/// Looks whether everything is in place that the groups need, until it is told to stop.
pub(in crate::cli) async fn look_regularly(looking: Looking, stop: CancellationToken) {
    let mut looked = HashMap::new();
    let mut again = AGAIN_MIN;
    loop {
        let is_all = tokio::select! {
            () = stop.cancelled() => return,
            is_all = looking.look(&mut looked) => is_all,
        };
        let wait = if is_all { LOOK_AWAY_MAX } else { again };
        again = if is_all { AGAIN_MIN } else { again.saturating_mul(2).min(LOOK_AWAY_MAX) };
        tokio::select! {
            () = stop.cancelled() => return,
            // Nothing comes of it but that it looks again.
            _ = tokio::time::timeout(wait, std::future::pending::<()>()) => {}
        }
    }
}

impl Looking {
    /// Looks at the groups that are due; whether the platforms of all of them could be asked.
    async fn look(&self, looked: &mut HashMap<GroupId, Timestamp>) -> bool {
        let now = self.clock.now();
        let due = |group: &GroupConfig| {
            let key = &group.charter.group;
            self.groups.contains(key) && is_due(now, looked.get(key).copied(), AGAIN_AFTER_S)
        };
        let due: Vec<&GroupConfig> = self.config.groups.iter().filter(|group| due(group)).collect();
        if due.is_empty() {
            return true;
        }
        let common = self.common(now).await;
        let mut is_all = true;
        for group in due {
            let mut found: Vec<_> =
                common.iter().filter(|finding| concerns(finding, group)).cloned().collect();
            let key = &group.charter.group;
            match self.ledger.letters_on_their_way(key).await {
                Ok(letters) => found.push(undelivered(&group.charter, letters, now)),
                Err(error) => not_looked(&error),
            }
            match self.casework.check_up(key, found).await {
                Ok(true) => drop(looked.insert(key.clone(), now)),
                Ok(false) => is_all = false,
                Err(error) => {
                    not_looked(&error);
                    looked.insert(key.clone(), now);
                }
            }
        }
        is_all
    }

    /// What is the same for all groups, or for all of an account.
    async fn common(&self, now: Timestamp) -> Vec<Finding> {
        let is_old =
            self.ledger.is_older_than(now.plus_seconds(-OLD_AFTER_S)).await.unwrap_or_else(|error| {
                not_looked(&error);
                false
            });
        // What stands beside the backups is read by the program itself, which logs what is wrong with it.
        let looked = Looked { is_old, ..Looked::default() };
        let (config, place) = (Arc::clone(&self.config), self.place.clone());
        let looking = move || {
            let mut found = machine(&config, &place, now, &looked, Asker::Program);
            // Those in the program were looked at when it was made.
            let has_files = !config.wordlists.files.is_empty()
                || !config.wordlists.guard.is_empty()
                || config
                    .groups
                    .iter()
                    .any(|group| group.notices.english.is_some() || group.notices.welsh.is_some());
            if has_files {
                found.extend(lists(&config));
            }
            found
        };
        // Disks and lists take their time.
        let found = tokio::task::spawn_blocking(looking).await;
        let mut found = found.unwrap_or_else(|error| {
            not_looked(&error);
            Vec::new()
        });
        if self.clock.steady_ms() < SETTLED_AFTER_MS {
            found.retain(|finding| finding.check != Check::BackupAge);
        }
        found
    }
}

/// Whether something is of a group, or of what serves it: nobody is told of others.
fn concerns(finding: &Finding, group: &GroupConfig) -> bool {
    match &finding.of {
        Of::Machine => true,
        Of::Account { on, id } => match &group.home {
            Home::Discord(home) => *on == "discord" && *id == home.account,
            Home::Matrix(home) => *on == "matrix" && *id == home.account,
            Home::Terminal(_) => false,
        },
        Of::Group(of) => *of == group.charter.group,
    }
}

fn not_looked(error: &(dyn std::error::Error + 'static)) {
    tracing::error!(error, "it was not looked whether everything is in place; that comes again in an hour");
}
