//! Whether backups are taken, how old the last one is, and whether it can be opened.

use std::path::Path;

use ledger::{Backup, BackupError, BackupKey};
use platform::checkup::{Check, Finding, Standing};
use policy::Timestamp;

use super::files::no_backups;
use super::secrets::is_handed_over;
use super::{Asker, Looked, attention, right, wrong};
use crate::cli::backup::read_key;
use crate::config::BackupConfig;

const HOUR_S: i64 = 60 * 60;
/// One is taken each day: what is older by some hours was missed.
const LATE_AFTER_S: i64 = 30 * HOUR_S;
/// How old the last one may become, and the record without one, before something is wrong.
pub(in crate::cli) const OLD_AFTER_S: i64 = 3 * 24 * HOUR_S;
/// How much later than now a backup may be dated: clocks differ.
const AHEAD_MAX_S: i64 = HOUR_S;

/// Looks at the backups that are configured for the record in a data folder.
pub(super) fn backups(
    config: Option<&BackupConfig>,
    place: &Path,
    now: Timestamp,
    looked: &Looked,
    asker: Asker,
) -> Vec<Finding> {
    let Some(config) = config else {
        return vec![attention(
            Check::Backups,
            "no backups are taken: were this machine lost, so were all cases, strikes and letters",
            "make a key with `beadle key new FILE`, keep a copy of it elsewhere, and name it with a directory under [backup] in \
             the configuration",
        )];
    };
    let directory = [config.directory.display().to_string()];
    let not_taken = looked.no_backups.clone().or_else(|| no_backups(&config.directory, place));
    let taken = not_taken.map(|found| found.detailing(directory));
    let mut findings = vec![taken.unwrap_or_else(|| right(Check::Backups, "a backup is taken every day"))];
    let key = read_key(&config.key);
    findings.push(match &key {
        Ok(_) => right(Check::BackupKey, "the key of backups can be read"),
        Err(error) => {
            let found = wrong(Check::BackupKey, "the key of backups cannot be read", format!("{error:#}"));
            let is_elsewhere = is_handed_over(&config.key) && asker == Asker::Person;
            if is_elsewhere { found.no_worse_than(Standing::Attention) } else { found }
        }
    });
    match ledger::backups(&config.directory) {
        Ok(all) => {
            findings.push(
                age(all.first(), now, looked.is_old).detailing([config.directory.display().to_string()]),
            );
            if let (Some(last), Ok(key), Asker::Person) = (all.first(), &key, asker) {
                findings.push(opened(&last.path, key));
            }
        }
        Err(error) => {
            let found = wrong(Check::BackupAge, "the directory of backups cannot be read", error.to_string());
            findings.push(found.detailing([config.directory.display().to_string()]));
        }
    }
    findings
}

fn age(last: Option<&Backup>, now: Timestamp, is_old: bool) -> Finding {
    let remedy =
        "take one with `beadle backup`, which says what keeps it from being taken, and so does the bot's log";
    let check = Check::BackupAge;
    let Some(last) = last else {
        return match is_old {
            true => wrong(check, "there is no backup yet, though the record is some days old", remedy),
            false => attention(check, "there is no backup yet: the bot takes the first when it runs", remedy),
        };
    };
    let taken = last.taken_at;
    let said = format!("the last backup was taken on {} UTC", taken.long_date_time(chrono_tz::UTC));
    if taken > now.plus_seconds(AHEAD_MAX_S) {
        let said = format!("{said}, which is later than the machine's clock shows");
        return attention(check, said, "look whether the machine's clock is right");
    }
    if taken.plus_seconds(OLD_AFTER_S) < now {
        return wrong(check, said, remedy);
    }
    if taken.plus_seconds(LATE_AFTER_S) < now {
        return attention(check, said, remedy);
    }
    right(check, said)
}

/// Reads the last one from beginning to end.
fn opened(last: &Path, key: &BackupKey) -> Finding {
    let check = Check::BackupOpens;
    let found = match ledger::read_back(last, key) {
        Ok(_) => right(check, "the last backup can be opened, and is whole"),
        // As after `key rotate --backup`, until the next is taken.
        Err(BackupError::KeyWrong { .. }) => wrong(
            check,
            "the last backup cannot be opened with the key of backups that is configured",
            "it was taken with an earlier key: take a new one with `beadle backup`, and keep the earlier key as long as there are \
             backups taken with it",
        ),
        Err(error) => wrong(check, "the last backup cannot be opened", error.to_string()),
    };
    found.detailing([last.display().to_string()])
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_backup_that_was_missed_is_noted_and_one_that_is_old_is_wrong() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let (right, attention, wrong) = (Standing::Right, Standing::Attention, Standing::Wrong);
        for (hours_ago, is_old, want) in [
            (Some(0), true, right),
            (Some(29), true, right),
            (Some(31), true, attention),
            (Some(73), false, wrong),
            (Some(-2), true, attention),
            (None, false, attention),
            (None, true, wrong),
        ] {
            let taken_at = hours_ago.map(|hours: i64| now.plus_seconds(-hours * HOUR_S));
            let last = taken_at.map(|taken_at| Backup { path: PathBuf::from("one"), taken_at });
            assert_eq!(age(last.as_ref(), now, is_old).standing, want, "{hours_ago:?} {is_old}");
        }
    }
}
