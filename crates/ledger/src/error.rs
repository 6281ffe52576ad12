//! What can go wrong, named for what the caller or the person at the keyboard does next.

use std::io;
use std::path::PathBuf;

use policy::Reference;

use crate::files::FileKind;

/// The error of a library underneath.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a ledger was not opened. Nothing in the file was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another program has it.
    #[error("{} is held by another running Beadle: stop that one first, or choose another data directory", .path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a ledger of Beadle: move it away, or choose another data directory", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a later version of this program.
    #[error(
        "{} was written by a newer Beadle (schema {found}, this one knows {known}): run that version, or restore a \
         backup from before the upgrade", .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The number of its newest migration.
        found: i64,
        /// The number of ours.
        known: i64,
    },
    /// The file is damaged.
    #[error("{} is damaged: keep a copy of it, and restore a backup", .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: Source,
    },
    /// The database is gone, but its write-ahead log is not.
    #[error(
        "{} is there, but the ledger.db it belongs to is not: restore ledger.db from where it went or from a backup, or \
         move this file away to begin anew", .path.display()
    )]
    Orphan {
        /// The write-ahead log.
        path: PathBuf,
    },
    /// There was a ledger here, and it is gone or empty.
    #[error(
        "{} is gone or empty, and erasures.log beside it says that there was one: put it back from where it went, or run \
         `beadle restore` into an empty directory; to begin anew, move erasures.log away", .path.display()
    )]
    Lost {
        /// The file that should be there.
        path: PathBuf,
    },
    /// A restore was stopped before the record was in place. To begin anew beside it would leave the group without its past.
    #[error(
        "a restore into {0} was stopped before its end: run `beadle restore` again; to begin anew, empty the directory",
        .directory.display()
    )]
    HalfRestored {
        /// The directory.
        directory: PathBuf,
    },
    /// There are sealed texts and no key file.
    #[error("{} is missing, and the ledger has texts sealed with it: put it back from its backup", .path.display())]
    KeyMissing {
        /// The key file.
        path: PathBuf,
    },
    /// The key file holds something else.
    #[error("{} does not hold a key, which is 64 hexadecimal digits: put it back from its backup", .path.display())]
    KeyMalformed {
        /// The key file.
        path: PathBuf,
    },
    /// Others can read the key file.
    #[error("{0} can be read by others: run `chmod 600 {0}`", .path.display())]
    KeyExposed {
        /// The key file.
        path: PathBuf,
    },
    /// The key file holds the key of another ledger.
    #[error(
        "{} is not the key this ledger's texts are sealed with: put the right one back from its backup", .path.display()
    )]
    KeyWrong {
        /// The key file.
        path: PathBuf,
    },
    /// A migration failed, or the file's migrations are not those of this program.
    #[error("the tables of {} could not be brought up to date{}", .path.display(), unwritable(.source))]
    Migration {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Source,
    },
    /// This program was built with an SQLite it must not be built with.
    #[error("SQLite {found} is too old: Beadle needs {needed} or later")]
    Engine {
        /// The version it was built with.
        found: String,
        /// The version it needs.
        needed: String,
    },
    /// SQLite does not work the way the record relies on.
    #[error("{}: SQLite would not set `{setting}`", .path.display())]
    Arrangement {
        /// The file.
        path: PathBuf,
        /// What could not be set.
        setting: &'static str,
    },
    /// A file cannot be made, read or written.
    #[error("{} cannot be used{}", .path.display(), remedy(.source))]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite failed otherwise.
    #[error("{} could not be opened{}", .path.display(), unwritable(.source))]
    Database {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Source,
    },
}

/// Why something was not read or recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// SQLite failed: the disk is full, say. Try again later.
    #[error("the ledger could not be read or written")]
    Database(#[source] Source),
    /// The group has no file of that reference.
    #[error("there is no file {0}")]
    NoSuchFile(Reference),
    /// The file is of another kind than the one that was asked for.
    #[error("{file} is a {is}, not a {wanted}")]
    WrongKind {
        /// Which file.
        file: Reference,
        /// What it is.
        is: FileKind,
        /// What it would have to be.
        wanted: FileKind,
    },
    /// It has been recorded before: somebody, or an earlier delivery of the same event, was faster.
    #[error("{0} has been recorded already")]
    Duplicate(&'static str),
    /// What is there is not what the caller took for granted, or cannot be.
    #[error("the ledger is not as expected: {0}")]
    Inconsistent(&'static str),
    /// A sealed text does not open: it was damaged or tampered with.
    #[error("the sealed text of {0} cannot be opened")]
    Unreadable(Reference),
    /// It is erased, but a reader kept the write-ahead log from being emptied. Erase again, which is harmless.
    #[error("erased text may still stand in the write-ahead log")]
    Lingering,
    /// A log of what is gone cannot be read or written.
    #[error("what is gone could not be put into a log")]
    Log(#[source] crate::gone::LogError),
    /// The system gave no random bytes.
    #[error("no random bytes could be had: {0}")]
    Randomness(String),
}

/// What is to be done about a file that cannot be used, where that is plain.
pub(crate) fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ": there is no room left; make some",
        io::ErrorKind::PermissionDenied => {
            ": the account that runs Beadle has to be allowed to read and write there"
        }
        io::ErrorKind::ReadOnlyFilesystem => ": it is on a file system that cannot be written",
        io::ErrorKind::NotADirectory => ": what should be a directory on the way is a file",
        _ => "",
    }
}

/// What is to be done about a database that SQLite may not write, where that is why it failed.
fn unwritable(source: &Source) -> &'static str {
    const READ_ONLY: u32 = 8;
    const FULL: u32 = 13;
    const CANNOT_OPEN: u32 = 14;
    let first: &(dyn std::error::Error + 'static) = &**source;
    let mut causes = std::iter::successors(Some(first), |cause| cause.source());
    let code = causes.find_map(|cause| {
        let code = cause.downcast_ref::<sqlx::Error>()?.as_database_error()?.code()?;
        code.parse::<u32>().ok()
    });
    // The low byte of an extended code is the primary one.
    match code.map(|code| code & 0xff) {
        Some(READ_ONLY | CANNOT_OPEN) => {
            ": the account that runs Beadle has to be allowed to read and write it and the folder it is in; give both to that \
             account with `chown`, where they belong to another"
        }
        Some(FULL) => ": there is no room on the disk that it is on; make room and run it again",
        Some(_) | None => "",
    }
}

pub(crate) fn failed(error: sqlx::Error) -> LedgerError {
    LedgerError::Database(error.into())
}

/// As [`failed`], but a row that is unique and there already has a name.
pub(crate) fn duplicate(what: &'static str) -> impl FnOnce(sqlx::Error) -> LedgerError {
    move |error| match error.as_database_error() {
        Some(cause) if cause.is_unique_violation() => LedgerError::Duplicate(what),
        _ => failed(error),
    }
}

/// Holds a statement to having changed exactly one row.
pub(crate) fn one_row(
    result: &sqlx::sqlite::SqliteQueryResult,
    what: &'static str,
) -> Result<(), LedgerError> {
    if result.rows_affected() == 1 { Ok(()) } else { Err(LedgerError::Inconsistent(what)) }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn a_database_that_cannot_be_written_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
        // Whoever runs the tests may write every file.
        sqlx::raw_sql("create table tea (cup); pragma query_only = on").execute(&mut conn).await.unwrap();
        let refused = |error: sqlx::Error| OpenError::Database { path: path.clone(), source: error.into() };
        let error = sqlx::raw_sql("insert into tea values (1)").execute(&mut conn).await.unwrap_err();
        let told = refused(error).to_string();
        assert!(told.contains("chown"), "{told}");
        // Also where it comes as the cause of another, as when what a start records cannot be.
        let error = sqlx::raw_sql("insert into tea values (1)").execute(&mut conn).await.unwrap_err();
        let told = OpenError::Database { path: path.clone(), source: failed(error).into() }.to_string();
        assert!(told.contains("chown"), "{told}");
        let error = sqlx::raw_sql("select * from coffee").execute(&mut conn).await.unwrap_err();
        let told = refused(error).to_string();
        assert!(told.ends_with("could not be opened"), "{told}");
    }

    #[tokio::test]
    async fn a_database_that_has_no_room_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
        // SQLite says the same of a file that may not grow as of a disk that is full.
        sqlx::raw_sql("create table tea (cup); pragma max_page_count = 2").execute(&mut conn).await.unwrap();
        let error =
            sqlx::raw_sql("insert into tea values (zeroblob(100000))").execute(&mut conn).await.unwrap_err();
        let told = OpenError::Database { path, source: error.into() }.to_string();
        assert!(told.contains("there is no room") && told.contains("make room"), "{told}");
    }
}
