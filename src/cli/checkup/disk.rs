//! Whether there is room where the record and its backups are kept.

use std::path::Path;

use platform::checkup::Finding;
#[cfg(unix)]
use platform::checkup::{Check, Standing};

#[cfg(unix)]
const MIB: u64 = 1024 * 1024;
#[cfg(unix)]
const GIB: u64 = 1024 * MIB;
/// With less the bot can hardly record anything.
#[cfg(unix)]
const ROOM_MIN: u64 = 100 * MIB;
/// With less people should know.
#[cfg(unix)]
const ROOM_SCARCE: u64 = GIB;
/// With as much nobody need know how small a part of a large disk that is.
#[cfg(unix)]
const ROOM_PLENTY: u64 = 10 * GIB;

/// Looks at the room in the data folder and where backups go.
#[cfg(unix)]
pub(super) fn disk(place: &Path, backups: Option<&Path>) -> Vec<Finding> {
    // A backup is a copy first, and what has gone is rewritten: each takes as much again as the record.
    let record = ledger::size(place).unwrap_or(0);
    let kept = room(place, "data folder", "where the record is kept", record);
    let copied = backups.map(|backups| room(backups, "backups", "where backups are kept", record));
    kept.into_iter().chain(copied.flatten()).collect()
}

/// Elsewhere the system is not asked.
#[cfg(not(unix))]
pub(super) fn disk(_place: &Path, _backups: Option<&Path>) -> Vec<Finding> {
    Vec::new()
}

#[cfg(unix)]
fn room(place: &Path, subject: &str, there: &str, needed: u64) -> Option<Finding> {
    // What is not there yet will be on the same disk.
    let system = rustix::fs::statvfs(super::existing(place)).ok()?;
    let (free, whole) =
        (system.f_bavail.saturating_mul(system.f_frsize), system.f_blocks.saturating_mul(system.f_frsize));
    let said = format!("{} of {} are free {there}", shown(free), shown(whole));
    let remedy = "make room on that disk, or move the data to a larger one";
    let found = match standing(free, whole, needed) {
        Standing::Right => super::right(Check::Disk, said),
        Standing::Attention => super::attention(Check::Disk, format!("only {said}"), remedy),
        Standing::Wrong => super::wrong(Check::Disk, format!("only {said}"), remedy),
    };
    Some(found.about(subject).detailing([place.display().to_string()]))
}

/// Whether so many bytes are enough, of so many there are, where as many may be needed at once.
#[cfg(unix)]
fn standing(free: u64, whole: u64, needed: u64) -> Standing {
    if free < ROOM_MIN {
        Standing::Wrong
    } else if free < ROOM_SCARCE || free < (whole / 10).min(ROOM_PLENTY) || free < needed.saturating_mul(2) {
        Standing::Attention
    } else {
        Standing::Right
    }
}

/// `512 MiB`, `1.5 GiB`.
#[cfg(unix)]
fn shown(bytes: u64) -> String {
    if bytes < GIB {
        return format!("{} MiB", bytes / MIB);
    }
    let tenths = bytes / (GIB / 10);
    format!("{}.{} GiB", tenths / 10, tenths % 10)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn room_is_scarce_before_there_is_none() {
        let rows = [
            (50 * GIB, 100 * GIB, 0, Standing::Right),
            (10 * GIB, 100 * GIB, 0, Standing::Right),
            (9 * GIB, 100 * GIB, 0, Standing::Attention),
            // A tenth of a large disk is much.
            (10 * GIB, 4000 * GIB, 0, Standing::Right),
            (10 * GIB - 1, 4000 * GIB, 0, Standing::Attention),
            (GIB, 4 * GIB, 0, Standing::Right),
            (GIB - 1, 4 * GIB, 0, Standing::Attention),
            (100 * MIB, GIB, 0, Standing::Attention),
            (100 * MIB - 1, GIB, 0, Standing::Wrong),
            (0, 0, 0, Standing::Wrong),
            // A backup would not fit beside what is rewritten.
            (50 * GIB, 100 * GIB, 25 * GIB, Standing::Right),
            (50 * GIB, 100 * GIB, 26 * GIB, Standing::Attention),
            (50 * GIB, 4000 * GIB, 26 * GIB, Standing::Attention),
        ];
        for (free, whole, needed, want) in rows {
            assert_eq!(standing(free, whole, needed), want, "{free} of {whole}, {needed}");
        }
    }

    #[test]
    fn what_is_not_there_yet_is_looked_at_where_it_will_be() {
        let folder = tempfile::tempdir().unwrap();
        let found = disk(&folder.path().join("not/yet"), Some(Path::new("neither/this")));
        let subjects: Vec<_> = found.iter().filter_map(|finding| finding.subject.as_deref()).collect();
        assert_eq!(subjects, ["data folder", "backups"]);
        assert_eq!((shown(512 * MIB), shown(GIB + GIB / 2)), ("512 MiB".to_owned(), "1.5 GiB".to_owned()));
    }
}
