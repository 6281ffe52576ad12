//! Backups that the bot takes by itself.

use std::path::{Path, PathBuf};

use ledger::Kept;

use super::raw::RawBackup;
use super::resolve::Check;

/// Of how many days, and of how many weeks, backups can be kept: what was erased is to be gone from them after 35 days.
const DAYS: std::ops::RangeInclusive<i64> = 0..=35;
const WEEKS: std::ops::RangeInclusive<i64> = 0..=5;

/// Where backups are kept, with which key they are sealed, and how many stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupConfig {
    /// The directory.
    pub directory: PathBuf,
    /// The file of the key.
    pub key_file: PathBuf,
    /// Which are kept on.
    pub kept: Kept,
}

impl Check {
    /// Nothing when none are taken; the outer nothing when something is wrong.
    pub(super) fn backup(&mut self, raw: RawBackup, folder: &Path) -> Option<Option<BackupConfig>> {
        let days = raw.daily.map(|written| self.number("backup.daily", &written, DAYS));
        let weeks = raw.weekly.map(|written| self.number("backup.weekly", &written, WEEKS));
        let kept = Kept { days: days.unwrap_or(Some(7))?, weeks: weeks.unwrap_or(Some(4))? };
        let [directory, key_file] =
            [raw.directory, raw.key_file].map(|path| path.filter(|path| !path.value.is_empty()));
        let Some(directory) = directory else {
            if let Some(key) = key_file {
                let what = "there is a key, and no directory to keep backups in";
                self.report(key.line, "backup.directory", what, "write directory = \"…\", or remove the key");
                return None;
            }
            return Some(None);
        };
        let Some(key_file) = key_file else {
            let fix = "write key_file = \"…\", and make the key with `beadle key new FILE`";
            self.report(directory.line, "backup.key_file", "backups are sealed, and there is no key", fix);
            return None;
        };
        let (directory, key_file) = (folder.join(directory.value), folder.join(key_file.value));
        if key_file.starts_with(&directory) {
            let fix = "keep the key elsewhere";
            let what = "whoever takes the backups away would have their key";
            self.report(raw.line, "backup.key_file", what, fix);
            return None;
        }
        Some(Some(BackupConfig { directory, key_file, kept }))
    }
}
