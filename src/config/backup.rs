//! Backups that the bot takes by itself.

use std::path::{Path, PathBuf};

use ledger::Kept;

use super::raw::RawBackup;
use super::resolve::Check;
use super::secret::{SecretPlace, one_of};

/// Of how many days, and of how many weeks, backups can be kept: what was erased is to be gone from them after 35 days.
const DAYS: std::ops::RangeInclusive<i64> = 0..=35;
const WEEKS: std::ops::RangeInclusive<i64> = 0..=5;

/// Where backups are kept, with which key they are sealed, and how many stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupConfig {
    /// The directory.
    pub directory: PathBuf,
    /// Where the key is.
    pub key: SecretPlace,
    /// Which are kept on.
    pub kept: Kept,
}

impl Check {
    /// Nothing when none are taken; the outer nothing when something is wrong.
    pub(super) fn backup(&mut self, raw: RawBackup, folder: &Path) -> Option<Option<BackupConfig>> {
        let days = raw.daily.map(|written| self.number("backup.daily", &written, DAYS));
        let weeks = raw.weekly.map(|written| self.number("backup.weekly", &written, WEEKS));
        let kept = Kept { days: days.unwrap_or(Some(7))?, weeks: weeks.unwrap_or(Some(4))? };
        let directory = raw.directory.filter(|path| !path.value.is_empty());
        let mut keys = self.secret_places("backup.key", raw.key, folder);
        let Some(directory) = directory else {
            if !keys.is_empty() {
                let what = "there is a key, and no directory to keep backups in";
                self.report(raw.line, "backup.directory", what, "write directory = \"…\", or remove the key");
                return None;
            }
            return Some(None);
        };
        let key = keys.pop();
        let Some(key) = key.filter(|_| keys.is_empty()) else {
            let fix = format!("write one of {}, and make the key with `beadle key new FILE`", one_of("key"));
            let what = "backups are sealed, and it is not plain where the key is";
            self.report(directory.line, "backup.key", what, fix);
            return None;
        };
        let directory = folder.join(directory.value);
        if matches!(&key, SecretPlace::File(file) if file.starts_with(&directory)) {
            let fix = "keep the key elsewhere";
            let what = "whoever takes the backups away would have their key";
            self.report(raw.line, "backup.key_file", what, fix);
            return None;
        }
        Some(Some(BackupConfig { directory, key, kept }))
    }
}
