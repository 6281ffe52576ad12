//! The record looked at from outside, whether a program has it open or not.

use std::path::Path;

use ledger::{BackupError, Glance, Ledger, LedgerError, OpenError, Tables};
use platform::checkup::{Check, Finding};
use policy::Timestamp;

use super::backlog::{backlog, canary};
use super::backups::OLD_AFTER_S;
use super::{attention, right, wrong};
use crate::config::GroupConfig;

/// How far behind the last entry a clock may be that was only nudged by a time server, in seconds.
const NUDGE_S: i64 = 60;

/// What was found of the record.
#[derive(Debug, Default)]
pub(in crate::cli) struct Looked {
    pub(in crate::cli) findings: Vec<Finding>,
    /// Whether it has been kept for longer than it may be without a backup.
    pub(in crate::cli) is_old: bool,
    /// Why no backup of it can be taken, as far as what stands beside the backups says so.
    pub(in crate::cli) no_backups: Option<Finding>,
}

/// Looks at the record in a folder, whose backups go to another, and at what lies about in these groups.
pub(in crate::cli) async fn record(
    place: &Path,
    backups: Option<&Path>,
    groups: &[GroupConfig],
    now: Timestamp,
) -> Looked {
    let mut looked = Looked::default();
    let glance = match Glance::at(place).await {
        Ok(Some(glance)) => glance,
        Ok(None) => {
            looked.findings.push(unbegun(place, backups).detailing([place.display().to_string()]));
            return looked;
        }
        Err(error) => {
            looked.findings.push(unopened(&error).detailing([place.display().to_string()]));
            return looked;
        }
    };
    if let Err(error) = look(glance, &mut looked, place, backups, groups, now).await {
        looked.findings.push(match error {
            Broken::Open(error) => unopened(&error),
            Broken::Read(error) => wrong(Check::Record, "the record cannot be read", shown(&error)),
        });
    }
    looked
}

/// What is said where no record was made.
fn unbegun(place: &Path, backups: Option<&Path>) -> Finding {
    match backups.map_or(Ok(()), |backups| ledger::may_begin(place, backups)) {
        Ok(()) => right(Check::Record, "there is no record yet: the first start makes it"),
        Err(error) => wrong(Check::Record, "the record is not where it should be", error.to_string()),
    }
}

/// Why nothing more can be seen.
enum Broken {
    Open(OpenError),
    Read(LedgerError),
}

impl From<OpenError> for Broken {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<LedgerError> for Broken {
    fn from(error: LedgerError) -> Self {
        Self::Read(error)
    }
}

async fn look(
    mut glance: Glance,
    looked: &mut Looked,
    place: &Path,
    backups: Option<&Path>,
    groups: &[GroupConfig],
    now: Timestamp,
) -> Result<(), Broken> {
    let (engine, is_fit) = glance.engine().await?;
    let needed = Ledger::engine_needed();
    looked.findings.push(match is_fit {
        true => right(Check::Sqlite, format!("SQLite is {engine}, and {needed} or later is needed")),
        false => wrong(
            Check::Sqlite,
            format!("SQLite is {engine}, and {needed} or later is needed"),
            "install a build of Beadle with its own SQLite",
        ),
    });
    let tables = glance.tables().await?;
    let said = match tables {
        Tables::Current => "the record can be opened",
        Tables::Earlier => "the record is of an earlier version: the next start brings it up to date",
    };
    looked.findings.push(right(Check::Record, said).detailing([place.display().to_string()]));
    looked.findings.push(match glance.soundness().await {
        Ok(true) => right(Check::Integrity, "the record is whole"),
        Ok(false) => attention(
            Check::Integrity,
            "the record is being copied or looked at by another program just now",
            "look again when that is over",
        ),
        Err(error) => wrong(Check::Integrity, "the record is damaged, or cannot be read", shown(&error)),
    });
    looked.findings.push(match glance.key().await {
        Ok(()) => right(Check::Key, "the key is the one of the record"),
        Err(error) => wrong(Check::Key, "the record cannot be read with the key there is", shown(&error)),
    });
    // Of tables that are not there yet nothing is asked.
    if tables == Tables::Earlier {
        return Ok(());
    }
    if let Some(backups) = backups
        && let Err(BackupError::Log(error)) = glance.log_in(backups).await
    {
        let said = "no backup of the record can be taken to where they are kept";
        looked.no_backups = Some(wrong(Check::Backups, said, shown(&error)));
    }
    looked.is_old = glance.is_older_than(now.plus_seconds(-OLD_AFTER_S)).await?;
    let clock = clock(&mut glance, now).await?;
    let is_believed = clock.remedy.is_none();
    looked.findings.push(clock);
    for group in groups {
        let found = glance.backlog(&group.charter.group, now).await?.unwrap_or_default();
        looked.findings.extend(backlog(&group.charter, &found, now, is_believed));
        let noted = glance.checked(&group.charter.group).await?;
        looked.findings.extend(canary(&group.charter, noted));
    }
    Ok(())
}

async fn clock(glance: &mut Glance, now: Timestamp) -> Result<Finding, LedgerError> {
    let (latest, doubt) = glance.clock().await?;
    if let Some(doubt) = doubt {
        return Ok(wrong(
            Check::Clock,
            format!("the clock is not believed: {}; nobody is let back and nothing is purged", doubt.why),
            "set the machine's clock, and have it kept by a time server; an admin who knows that it is right says `clock confirm`",
        ));
    }
    if latest.is_some_and(|latest| now.plus_seconds(NUDGE_S) < latest) {
        return Ok(wrong(
            Check::Clock,
            "the clock shows less than what was recorded last",
            "set the machine's clock, and have it kept by a time server",
        ));
    }
    Ok(right(Check::Clock, "the clock is not behind what was recorded last"))
}

fn unopened(error: &OpenError) -> Finding {
    wrong(Check::Record, "the record cannot be opened", shown(error))
}

/// An error with all its causes.
fn shown(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}
