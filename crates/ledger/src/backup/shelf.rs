//! The place where backups are kept: which there are, which are kept on, and when the last was taken.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use policy::Timestamp;

use super::stream::Header;
use super::{Backup, BackupError};
use crate::die_at;
use crate::gone::LOG;
use crate::vault::sync_directory;

/// How the name of a backup ends.
const SUFFIX: &str = ".backup";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// What was erased from the ledger is to be gone from the backups after so many days, as long as new ones are taken.
pub const BACKUP_DAYS_MAX: i64 = 35;
/// For how many days it is known what was erased, as long as new backups are taken: longer than any of them is kept.
pub const GONE_DAYS: i64 = 100;

/// How many backups are kept: the newest of each of the last days, and of each of the last weeks. None is kept for longer
/// than 35 days but the newest of all, so that there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Of how many days.
    pub days: u32,
    /// Of how many weeks.
    pub weeks: u32,
}

/// What a backup is called that was taken at an instant.
pub(super) fn name(taken_at: Timestamp) -> String {
    // Two that were asked for within one second have two names.
    format!("beadle-{}-{:03}{SUFFIX}", taken_at.compact(), taken_at.as_millis().rem_euclid(1000))
}

/// The backups in a place, the newest first. A file only has such a name once it was read back whole.
///
/// # Errors
/// When the place cannot be read. One that does not exist has none.
pub fn backups(place: &Path) -> Result<Vec<Backup>, BackupError> {
    let io = |source| BackupError::io(place, source);
    let files = match fs::read_dir(place) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
    };
    let mut found = Vec::new();
    for file in files {
        let path = file.map_err(io)?.path();
        let named = path.file_name().and_then(|name| name.to_str());
        if !named.is_some_and(|name| name.starts_with("beadle-") && name.ends_with(SUFFIX)) {
            continue;
        }
        let opened = File::open(&path).map(BufReader::new);
        let header = opened.and_then(|mut file| Header::read(&mut file));
        if let Some(header) = header.map_err(|source| BackupError::io(&path, source))? {
            found.push(Backup { path, taken_at: header.taken_at });
        }
    }
    found.sort_by(|one, other| other.taken_at.cmp(&one.taken_at).then_with(|| other.path.cmp(&one.path)));
    Ok(found)
}

/// Whether there are backups of a ledger in a place, or what was written down beside them of what was erased.
pub fn is_kept_in(place: &Path) -> bool {
    place.join(LOG).exists() || backups(place).is_ok_and(|all| !all.is_empty())
}

/// When the last backup in a place was taken and read back.
///
/// # Errors
/// When the place cannot be read.
pub fn last_backup(place: &Path) -> Result<Option<Timestamp>, BackupError> {
    Ok(backups(place)?.first().map(|backup| backup.taken_at))
}

/// Takes away the backups that are not kept on, and gives them. The newest of all is kept, however old it is.
///
/// # Errors
/// When the place cannot be read, or a file not taken away.
pub fn prune(place: &Path, kept: Kept, now: Timestamp) -> Result<Vec<PathBuf>, BackupError> {
    let all = backups(place)?;
    let taken: Vec<_> = all.iter().map(|backup| backup.taken_at).collect();
    let mut gone = Vec::new();
    for (backup, stays) in all.into_iter().zip(stays(&taken, kept, now)) {
        if !stays {
            fs::remove_file(&backup.path).map_err(|source| BackupError::io(&backup.path, source))?;
            die_at("backup::pruned");
            gone.push(backup.path);
        }
    }
    if let Some(one) = gone.first() {
        sync_directory(one).map_err(|source| BackupError::io(place, source))?;
    }
    Ok(gone)
}

/// Which stay, of backups taken at these instants, the newest first.
fn stays(taken: &[Timestamp], kept: Kept, now: Timestamp) -> Vec<bool> {
    let mut days = Periods { length_ms: DAY_MS, left: kept.days, last: None };
    let mut weeks = Periods { length_ms: 7 * DAY_MS, left: kept.weeks, last: None };
    let oldest = now.as_millis() - BACKUP_DAYS_MAX * DAY_MS;
    let stays = taken.iter().enumerate().map(|(place, at)| {
        // Both count: whatever a day keeps is also the newest of its week.
        let (of_day, of_week) = (days.keeps(*at), weeks.keeps(*at));
        place == 0 || (of_day || of_week) && at.as_millis() >= oldest
    });
    stays.collect()
}

/// Days or weeks of which the newest is kept.
struct Periods {
    length_ms: i64,
    left: u32,
    last: Option<i64>,
}

impl Periods {
    fn keeps(&mut self, at: Timestamp) -> bool {
        let period = at.as_millis().div_euclid(self.length_ms);
        if self.last == Some(period) || self.left == 0 {
            return false;
        }
        self.last = Some(period);
        self.left -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days before now of which a backup is kept on, when one was taken twice a day for so many days.
    fn kept_of(taken_days: i64, kept: Kept) -> Vec<i64> {
        let now = Timestamp::from_millis(1_800_000_000_000 / DAY_MS * DAY_MS + DAY_MS - 1);
        let ages: Vec<_> = (0..2 * taken_days).map(|half| half * DAY_MS / 2).collect();
        let taken: Vec<_> = ages.iter().map(|age| Timestamp::from_millis(now.as_millis() - age)).collect();
        let stays = stays(&taken, kept, now);
        ages.iter().zip(stays).filter(|(_, stays)| *stays).map(|(age, _)| age / DAY_MS).collect()
    }

    #[test]
    fn the_newest_of_days_and_weeks_are_kept_and_no_other_for_longer_than_35_days() {
        for (taken, (days, weeks), want) in [
            (1, (7, 4), vec![0]),
            (3, (7, 4), vec![0, 1, 2]),
            (3, (1, 0), vec![0]),
            (60, (3, 0), vec![0, 1, 2]),
            (60, (0, 0), vec![0]),
            (60, (2, 3), vec![0, 1, 2, 9]),
            (60, (1, 52), vec![0, 2, 9, 16, 23, 30]),
        ] {
            assert_eq!(
                kept_of(taken, Kept { days, weeks }),
                want,
                "{days} days and {weeks} weeks of {taken}"
            );
        }
    }

    #[test]
    fn the_newest_is_kept_however_old_it_is() {
        let old = Timestamp::from_millis(0);
        let now = Timestamp::from_millis(400 * DAY_MS);
        assert_eq!(stays(&[old], Kept { days: 7, weeks: 4 }, now), [true]);
    }
}
