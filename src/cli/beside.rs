//! What runs beside whatever hears groups, on chat platforms and in the terminal alike, and how all of it ends.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use casework::Casework;
use ledger::Ledger;
use policy::{Clock, GroupId, Timestamp};
use tokio::sync::watch::{Receiver, channel};

use super::Failure;
use super::checkup::regular::{Looking, look_regularly};
use super::ended::Ended;
use super::keeping::look_after;
use super::tasks::{Hurry, Stopped, Tasks};
use crate::config::Config;
use crate::data_dir;

/// How long what is under way may take once the program is to end. Together with the ledger's closing that is less than the ten
/// seconds after which container engines kill what is not over.
const STOP_MAX: Duration = Duration::from_secs(5);
/// How long closing the ledger may take after that.
pub(super) const CLOSE_MAX: Duration = Duration::from_secs(3);

/// Where the record of what is served is, or is begun: not while there are backups of one that is not there.
pub(super) fn place_of_record(config: &Config, named: Option<&Path>) -> Result<PathBuf, Failure> {
    let place =
        data_dir::choose(named, config.data_dir.as_deref()).map_err(|error| Failure::Input(error.into()))?;
    if let Some(backup) = &config.backup {
        ledger::may_begin(&place, &backup.directory).map_err(|error| Failure::Input(error.into()))?;
    }
    Ok(place)
}

/// What is served, and what it is looked after with.
pub(super) struct Beside<'c> {
    pub(super) casework: Arc<Casework>,
    pub(super) ledger: Ledger,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) config: &'c Config,
    /// The data folder.
    pub(super) place: PathBuf,
    /// The groups that are served.
    pub(super) groups: Vec<GroupId>,
}

impl Beside<'_> {
    /// Has what is decided delivered, and the groups and their record looked after. Gives when the last backup was taken,
    /// where they are.
    pub(super) fn begin(self, tasks: &mut Tasks) -> Option<Receiver<Timestamp>> {
        let Self { casework, ledger, clock, config, place, groups } = self;
        tasks.work("the delivery", |stop| {
            let casework = Arc::clone(&casework);
            async move { casework.deliver_until(stop.cancelled()).await }
        });
        let looking = Looking {
            casework,
            ledger: ledger.clone(),
            clock: Arc::clone(&clock),
            config: Arc::new(config.clone()),
            place,
            groups,
        };
        tasks.work("the check-up", |stop| look_regularly(looking, stop));
        let (told, last_backup) = channel(Timestamp::EPOCH);
        let backup = config.backup.clone();
        let last_backup = backup.is_some().then_some(last_backup);
        tasks.watch("the look after the ledger", |stop| look_after(ledger, clock, backup, told, stop));
        last_backup
    }
}

/// What ends a stop that takes too long: its time is over, or somebody wants it at once.
pub(super) async fn hurry() -> Hurry {
    // Signals from now on: the one that has it stop was taken.
    let Ok(mut again) = Ended::listen() else { return Hurry::TimeOver };
    tracing::info!("ending: what is under way is finished first, unless it takes long");
    match tokio::time::timeout(STOP_MAX, again.next()).await {
        Ok(()) => Hurry::AtOnce,
        Err(_) => Hurry::TimeOver,
    }
}

/// Closes the ledger, unless everything is to end at once, and says how it ended. Whoever told it to end waits `at_most` so
/// long.
pub(super) async fn close(
    ledger: Ledger,
    at_most: Option<Duration>,
    result: Result<(), Stopped>,
) -> Result<(), Failure> {
    match (&result, at_most) {
        (Err(Stopped::AtOnce), _) => {}
        (Ok(()) | Err(Stopped::Failed(_)), None) => ledger.close().await,
        (Ok(()) | Err(Stopped::Failed(_)), Some(at_most)) => {
            if tokio::time::timeout(at_most, ledger.close()).await.is_err() {
                tracing::warn!("the ledger was not closed in time; nothing recorded is lost");
            }
        }
    }
    result.map_err(|stopped| match stopped {
        Stopped::Failed(failure) => failure,
        Stopped::AtOnce => Failure::Fault(anyhow!(
            "stopped at once, as it was told to twice: what was under way is asked for again at the next start"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of the repository.
    fn text(path: &str) -> String {
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
    }

    #[test]
    fn a_stop_takes_no_longer_than_people_are_told_and_is_waited_for() {
        assert_eq!([STOP_MAX, CLOSE_MAX, STOP_MAX + CLOSE_MAX].map(|time| time.as_secs()), [5, 3, 8]);
        for file in ["README.md", "CHANGELOG.md"] {
            assert!(text(file).contains("eight seconds at most"), "{file}");
        }
        for (file, key) in [
            ("packaging/systemd/beadle.service", "TimeoutStopSec="),
            ("packaging/compose.yaml", "stop_grace_period:"),
        ] {
            let text = text(file);
            let waits = text.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap().trim();
            let waits: u64 = waits.trim_end_matches('s').parse().unwrap();
            assert!(Duration::from_secs(waits) > STOP_MAX + CLOSE_MAX, "{file}: {waits}");
        }
    }
}
