//! What is looked at of the configuration, the machine and the record, to know whether everything is in place that a group
//! needs: by `beadle doctor`, and by the program that serves groups. Accounts are looked at by their adapters.

pub(super) mod backlog;
mod backups;
mod disk;
mod files;
mod lists;
mod record;
#[cfg(any(feature = "terminal", feature = "matrix", feature = "discord"))]
pub(super) mod regular;
pub(super) mod report;
mod secrets;

use std::path::Path;

use platform::checkup::{Check, Finding, Of};
use policy::Timestamp;

use crate::config::Config;

pub(super) use lists::lists;
pub(super) use record::{Looked, record};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// A person at the machine, who waits until all of it was looked at, and to whom credentials may not be shown.
    Person,
    /// The program that serves groups, beside everything else it does.
    #[cfg_attr(
        not(any(feature = "terminal", feature = "matrix", feature = "discord")),
        expect(dead_code, reason = "only groups that are served are looked after so")
    )]
    Program,
}

/// Looks at the machine: at files and their rights, secrets, room, backups, which depend on what was found of the record.
pub(super) fn machine(
    config: &Config,
    place: &Path,
    now: Timestamp,
    looked: &Looked,
    asker: Asker,
) -> Vec<Finding> {
    let mut findings = files::files(config, place);
    findings.extend(secrets::secrets(config, place, asker));
    findings.extend(disk::disk(place, config.backup.as_ref().map(|backup| &*backup.directory)));
    findings.extend(backups::backups(config.backup.as_ref(), place, now, looked, asker));
    findings
}

/// A folder, or where it will be once it is made: the nearest on the way to it that is there.
#[cfg(unix)]
fn existing(place: &Path) -> &Path {
    let existing = place.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    if existing.as_os_str().is_empty() { Path::new(".") } else { existing }
}

fn right(check: Check, said: impl Into<String>) -> Finding {
    Finding::right(check, Of::Machine, said)
}

fn attention(check: Check, said: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding::attention(check, Of::Machine, said, remedy)
}

fn wrong(check: Check, said: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding::wrong(check, Of::Machine, said, remedy)
}
