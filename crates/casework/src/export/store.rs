//! Copies that were taken out of the ledger: where they stand, and that they do not outlive what they were taken of.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use policy::{GroupId, Reference, Timestamp};

use crate::desk::Casework;

/// How many days a copy stands in the data directory.
pub const EXPORT_DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Casework {
    /// Where copies are put.
    pub(crate) fn exports(&self) -> PathBuf {
        self.ledger.directory().join("exports")
    }

    /// Puts a copy where copies are put, for the owner's eyes only.
    pub(crate) fn put_away(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut directory = DirBuilder::new();
        directory.recursive(true);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            std::os::unix::fs::DirBuilderExt::mode(&mut directory, 0o700);
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        directory.create(self.exports())?;
        let mut file = options.open(self.exports().join(name))?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    /// Deletes the copies of a file that went.
    pub(crate) fn drop_exports(&self, group: &GroupId, file: Reference) {
        let stem = stem(group, &file.to_string());
        delete(&self.exports(), |name| name.strip_prefix(&stem).is_some_and(|rest| made_at(rest).is_some()));
    }

    /// Deletes a group's copies that have stood for long enough.
    pub(crate) fn clear_exports(&self, group: &GroupId, now: Timestamp) {
        let horizon = now.as_millis().saturating_sub(EXPORT_DAYS * DAY_MS);
        let stem = stem(group, "");
        delete(&self.exports(), |name| {
            let made_at = name
                .strip_prefix(&stem)
                .and_then(|rest| rest.rsplit_once('-'))
                .and_then(|(_, at)| made_at(at));
            made_at.is_some_and(|at| at < horizon)
        });
    }
}

/// How the names of copies begin. A key of the configuration is letters, digits and hyphens, whatever else it may become.
pub(crate) fn stem(group: &GroupId, what: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let group: String = group.as_str().chars().map(safe).collect();
    if what.is_empty() { format!("{group}-") } else { format!("{group}-{what}-") }
}

/// When a copy was made, from the end of its name: `1800000000000.csv`.
fn made_at(rest: &str) -> Option<i64> {
    rest.split('.').next()?.parse().ok()
}

/// What cannot be deleted is tried again the next day.
fn delete(place: &Path, which: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(&which)
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "a copy could not be deleted");
        }
    }
}
