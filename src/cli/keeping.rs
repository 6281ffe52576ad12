//! Looks after the ledger while the bot runs: checks all of it after a start that did not and now and then, takes a backup
//! each day, and writes down beside the backups what is gone.

use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use ledger::{GONE_DAYS, Ledger};
use policy::{Clock, Timestamp};
use tokio::sync::watch::Sender;
use tokio_util::sync::CancellationToken;

use super::Failure;
use super::backup::read_key;
use crate::config::BackupConfig;

/// How long it looks away at most, so that a clock that was set is noticed.
const LOOK_AWAY_MAX: Duration = Duration::from_secs(10 * 60);
/// How long after a backup the next one is taken, in seconds.
const BACKUP_SECONDS: i64 = 24 * 60 * 60;
/// How long after one that failed it is tried again, in seconds.
const AGAIN_SECONDS: i64 = 60 * 60;
/// How long after a look at the whole of it the next one is, in seconds: the larger it is, the longer that takes.
const CHECK_SECONDS: i64 = 60 * 60;
const CHECK_LARGE_SECONDS: i64 = 24 * 60 * 60;
/// From how many bytes on it is large.
const LARGE_BYTES: u64 = 64 * 1024 * 1024;
/// How long it is known what is gone, in seconds.
const GONE_SECONDS: i64 = GONE_DAYS * 24 * 60 * 60;
/// How often is looked what may be forgotten of that where no backups are taken, in seconds.
const FORGET_SECONDS: i64 = 24 * 60 * 60;

/// What is known from one look to the next.
#[derive(Debug, Default)]
struct Looked {
    /// When the last backup failed, if none was taken since.
    failed_at: Option<Timestamp>,
    /// When the whole of it was looked at last; at the start, unless that was put off.
    checked_at: Option<Timestamp>,
    /// When it was looked what may be forgotten.
    forgot_at: Option<Timestamp>,
}

/// Looks after the ledger until it is told to stop. When the last backup was taken is `told` to whoever watches.
///
/// # Errors
/// When the ledger is damaged: then nothing it says can be relied on.
pub(super) async fn look_after(
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    backup: Option<BackupConfig>,
    told: Sender<Timestamp>,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let mut looked = Looked::default();
    loop {
        let sound = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            sound = look(&ledger, &*clock, backup.as_ref(), &told, &mut looked) => sound,
        };
        sound?;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = ledger.more_is_gone() => {}
            // Nothing comes of it but that it looks again.
            _ = tokio::time::timeout(LOOK_AWAY_MAX, std::future::pending::<()>()) => {}
        }
    }
}

async fn look(
    ledger: &Ledger,
    clock: &dyn Clock,
    backup: Option<&BackupConfig>,
    told: &Sender<Timestamp>,
    looked: &mut Looked,
) -> Result<(), Failure> {
    let now = clock.now();
    let checked_at = if ledger.was_checked() { Some(*looked.checked_at.get_or_insert(now)) } else { None };
    if is_due(now, checked_at, check_after(ledger)) {
        let checked = ledger.check().await;
        if checked.map_err(|error| Failure::Fault(anyhow!(error).context("the ledger was looked at")))? {
            tracing::info!("the whole ledger was looked at, and is sound");
            looked.checked_at = Some(now);
        }
    }
    let Some(backup) = backup else {
        // Copies that are taken by hand are looked after by hand.
        if is_due(now, looked.forgot_at, FORGET_SECONDS) {
            looked.forgot_at = Some(now);
            if let Err(error) = ledger.forget_what_went(now.plus_seconds(-GONE_SECONDS), None).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what was erased long ago is still known by its number; it is forgotten tomorrow"
                );
            }
        }
        return Ok(());
    };
    if let Err(error) = ledger.log_what_is_gone(&backup.directory).await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "what was erased was not written down beside the backups; it is tried again"
        );
    }
    if is_due(now, looked.failed_at, AGAIN_SECONDS) {
        looked.failed_at = None;
        if let Err(error) = back_up(ledger, backup, now, told).await {
            tracing::error!("no backup was taken; it is tried again in an hour: {error:#}");
            looked.failed_at = Some(now);
        }
    }
    Ok(())
}

/// How long after a look at the whole ledger the next one is.
fn check_after(ledger: &Ledger) -> i64 {
    if ledger.size().unwrap_or(0) < LARGE_BYTES { CHECK_SECONDS } else { CHECK_LARGE_SECONDS }
}

/// Whether it is time again; also when the clock was set back since.
pub(super) fn is_due(now: Timestamp, last: Option<Timestamp>, after_seconds: i64) -> bool {
    last.is_none_or(|last| last.plus_seconds(after_seconds) <= now || now.plus_seconds(after_seconds) < last)
}

/// Takes a backup if it is time for one.
async fn back_up(
    ledger: &Ledger,
    backup: &BackupConfig,
    now: Timestamp,
    told: &Sender<Timestamp>,
) -> anyhow::Result<()> {
    let place = &backup.directory;
    let last = ledger::last_backup(place)?;
    told.send_replace(last.unwrap_or(Timestamp::EPOCH));
    if !is_due(now, last, BACKUP_SECONDS) {
        return Ok(());
    }
    let key = read_key(&backup.key)?;
    ledger::back_up(ledger.directory(), place, &key, now).await?;
    told.send_replace(now);
    let gone = ledger::prune(place, backup.kept, now)?;
    tracing::info!(not_kept_on = gone.len(), "a backup was taken and read back");
    ledger.make_up().await?;
    ledger.forget_what_went(now.plus_seconds(-GONE_SECONDS), Some(place)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_due_a_day_after_the_last_and_when_the_clock_was_set_back() {
        let at = |hours: i64| Timestamp::from_millis(1_800_000_000_000).plus_seconds(hours * 60 * 60);
        for (last, now, want) in [
            (None, 0, true),
            (Some(0), 0, false),
            (Some(0), 23, false),
            (Some(0), 24, true),
            (Some(20), 0, false),
            (Some(48), 0, true),
        ] {
            assert_eq!(is_due(at(now), last.map(at), BACKUP_SECONDS), want, "{last:?} {now}");
        }
    }
}
