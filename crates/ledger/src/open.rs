//! Opens a ledger: looks before it touches, and refuses what it cannot keep safe.
//!
//! `ledger.db` is made under another name and renamed when its tables are there. So whatever carries that name
//! without our `application_id` is somebody else's, and is told apart by its first hundred bytes, unopened.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteJournalMode;
use sqlx::{ConnectOptions, Connection, SqlitePool};
use tokio::sync::{Mutex, Notify};

use crate::connect::{checkpoint, opened, options, readers, reading, writer};
use crate::error::{LedgerError, OpenError, failed};
use crate::failpoint::die_at;
use crate::layout::DATABASE;
use crate::upkeep::{blocking, reading_file, sound};
use crate::vault::{Vault, sync_directory};
use crate::{Inner, Ledger, backup, clean, gone, outbox, rotation};

pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// `Bdle`, at its place in the header of the file.
pub(crate) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"Bdle");
/// The oldest SQLite this arrangement was tested with. Those before 3.51.3 need the one writer.
pub(crate) const ENGINE_MIN: [u32; 3] = [3, 50, 2];
/// The name of the key file.
pub const KEY: &str = "ledger.key";
/// The name of the file whose lock keeps other programs out.
pub(crate) const LOCK: &str = "ledger.lock";
/// What the database is called until its tables are there.
const DRAFT: &str = "ledger.db.new";
/// That, and what SQLite keeps beside it.
pub(crate) const DRAFTS: [&str; 4] =
    [DRAFT, "ledger.db.new-wal", "ledger.db.new-shm", "ledger.db.new-journal"];
/// A handle that was just dropped closes its connections on threads of their own: how often and how long to wait.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

impl Ledger {
    /// Opens the ledger in `directory`, and makes directory, database and key where there are none.
    ///
    /// # Errors
    /// When another program has it, when it is foreign, newer or damaged, when the key file is missing, wrong or
    /// readable by others, or when a file cannot be used. Each error says what to do, and the database is untouched.
    pub async fn open(directory: &Path) -> Result<Ledger, OpenError> {
        let path = directory.join(DATABASE);
        let lock = lock(directory).await?;
        let reading = reading_file(directory)?;
        backup::clear(directory, &reading);
        let ended_well = clean::take(&path).map_err(|source| OpenError::Io { path: path.clone(), source })?;
        match look(directory)? {
            Header::Absent => create(directory, &path, &lock).await?,
            Header::Ours => backup::finish(directory)
                .map_err(|source| OpenError::Io { path: directory.to_owned(), source })?,
        }
        let found = inspect(&path, &lock, ended_well.is_none()).await?;
        let mut vault = vault(&directory.join(KEY), &found)?;
        let known = found.check_value.is_some_and(|value| vault.made(&value));

        let writer = writer(&path, &lock).await?;
        migrate(&writer, found.version, &path).await?;
        let tags = sqlx::query_scalar!(r#"select tags as "tags?" from vault"#).fetch_optional(&writer).await;
        if let Some(tags) = tags.map_err(|error| opened(&path, error))?.flatten()
            && !vault.take_tags(&tags)
        {
            return Err(OpenError::KeyWrong { path: directory.join(KEY) });
        }
        let readers = readers(&path, &lock).await?;
        let ledger = Ledger {
            inner: Arc::new(Inner {
                writer,
                readers,
                vault,
                lock,
                directory: directory.to_owned(),
                reading,
                owed: AtomicU8::new(0),
                checked: AtomicBool::new(ended_well.is_none()),
                unchecked: ended_well.map_or(0, |times| times + 1),
                unwritten: AtomicBool::new(false),
                // A stop between a purge and its entry in the log is made up for.
                gone: AtomicBool::new(true),
                more_is_gone: Notify::new(),
                logging: Mutex::new(()),
            }),
        };
        ledger
            .settle_in(known)
            .await
            .map_err(|source| OpenError::Database { path, source: source.into() })?;
        Ok(ledger)
    }

    /// What a start records: a new key's check value, and that what was being sent may have been sent.
    async fn settle_in(&self, key_is_known: bool) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        let (conn, vault) = transaction.parts();
        if !key_is_known {
            let check_value = vault.check_value()?;
            let written = sqlx::query!(
                "insert into vault (vault_id, check_value) values (1, ?)
                 on conflict do update set check_value = excluded.check_value",
                check_value,
            );
            written.execute(&mut *conn).await.map_err(failed)?;
        }
        let recovered = outbox::recover(conn).await?;
        transaction.commit().await?;
        if recovered > 0 {
            tracing::warn!(
                effects = recovered,
                "the last run ended while sending: it is unknown what arrived"
            );
        }
        self.log_beside().await;
        // Had the last run ended between an erasure and its checkpoint, this makes up for it.
        self.checkpoint().await
    }
}

/// Keeps other programs out of a directory, which is made where there is none.
pub(crate) async fn lock(directory: &Path) -> Result<Arc<File>, OpenError> {
    blocking(directory, lock_blocking).await.map(Arc::new)
}

fn lock_blocking(directory: &Path) -> Result<File, OpenError> {
    private_directory(directory).map_err(|source| OpenError::Io { path: directory.to_owned(), source })?;

    let path = directory.join(LOCK);
    let io = |source| OpenError::Io { path: path.clone(), source };
    let file =
        private(OpenOptions::new().write(true).create(true).truncate(false)).open(&path).map_err(io)?;
    match try_lock(&file, LOCK_TRIES).map_err(io)? {
        true => Ok(file),
        false => Err(OpenError::Locked { path }),
    }
}

/// Whether a program has the ledger in a directory to itself at the moment.
///
/// # Errors
/// When the directory cannot be looked into.
pub fn is_in_use(directory: &Path) -> Result<bool, OpenError> {
    let path = directory.join(LOCK);
    let taken = match File::open(&path) {
        // Whoever starts meanwhile tries more often than this takes.
        Ok(file) => try_lock(&file, 1).map(|is_free| !is_free),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    };
    taken.map_err(|source| OpenError::Io { path, source })
}

/// Tries so often to take a lock, with a pause after each but the last; whether it was free.
pub(crate) fn try_lock(file: &File, tries: u32) -> io::Result<bool> {
    for attempt in 1.. {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if attempt < tries => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(source)) => return Err(source),
        }
    }
    Ok(true)
}

/// Makes a directory that only its owner can look into, and those on the way to it; does nothing where there is one.
pub(crate) fn private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[derive(PartialEq, Eq)]
pub(crate) enum Header {
    Absent,
    Ours,
}

/// Looks what there is of a ledger in a directory.
///
/// # Errors
/// When there was one and it is gone, when it is foreign or newer, or when it cannot be read.
pub(crate) fn look(directory: &Path) -> Result<Header, OpenError> {
    let path = directory.join(DATABASE);
    match header(&path)? {
        Header::Absent if backup::is_begun(directory) => {
            Err(OpenError::HalfRestored { directory: directory.to_owned() })
        }
        Header::Absent if directory.join(gone::LOG).exists() => Err(OpenError::Lost { path }),
        found => Ok(found),
    }
}

/// Reads the header of the database without opening it: opening may already write.
pub(crate) fn header(path: &Path) -> Result<Header, OpenError> {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let io = |source| OpenError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut bytes).map_err(io)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(io(error)),
    };
    if bytes.is_empty() {
        let log = sibling(path, "-wal");
        let orphan = fs::metadata(&log).is_ok_and(|log| log.len() > 0);
        return if orphan { Err(OpenError::Orphan { path: log }) } else { Ok(Header::Absent) };
    }
    let number = |at: usize| {
        let field = bytes.get(at..at + 4).and_then(|field| field.try_into().ok());
        field.map(u32::from_be_bytes)
    };
    if !bytes.starts_with(MAGIC) || number(68) != Some(APPLICATION_ID) {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    let version = number(60).map_or(0, i64::from);
    refuse_newer(path, version)?;
    Ok(Header::Ours)
}

/// The number of the newest migration that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0)
}

pub(crate) fn refuse_newer(path: &Path, found: i64) -> Result<(), OpenError> {
    let known = newest();
    if found <= known { Ok(()) } else { Err(OpenError::Newer { path: path.to_owned(), found, known }) }
}

/// Takes away what is left of a database that was not made to its end.
pub(crate) fn clear_draft(directory: &Path) -> Result<(), OpenError> {
    for file in DRAFTS.map(|name| directory.join(name)) {
        match fs::remove_file(&file) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(OpenError::Io { path: file, source });
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Makes the database, whole or not at all.
async fn create(directory: &Path, path: &Path, lock: &Arc<File>) -> Result<(), OpenError> {
    clear_draft(directory)?;
    let draft = directory.join(DRAFT);
    let io = |source| OpenError::Io { path: draft.clone(), source };
    private(OpenOptions::new().write(true).create_new(true)).open(&draft).map_err(io)?;

    let id = APPLICATION_ID.to_string();
    let options = options(&draft, lock).journal_mode(SqliteJournalMode::Wal).pragma("application_id", id);
    let mut conn = options.connect().await.map_err(|error| opened(&draft, error))?;
    MIGRATOR
        .run(&mut conn)
        .await
        .map_err(|source| OpenError::Migration { path: draft.clone(), source: source.into() })?;
    // Nothing may be left beside it that the new name would not reach.
    let emptied = checkpoint(&mut conn).await;
    die_at("create::drafted");
    emptied.map_err(|error| OpenError::Database { path: draft.clone(), source: error.into() })?;
    conn.close().await.map_err(|error| opened(&draft, error))?;
    fs::rename(&draft, path).and_then(|()| sync_directory(path)).map_err(io)?;
    die_at("create::named");
    Ok(())
}

/// Brings the tables from the migration of that number to the newest, one after the other: each is there whole or not at
/// all, and the next start goes on where this one ended.
async fn migrate(writer: &SqlitePool, from: i64, path: &Path) -> Result<(), OpenError> {
    let failed = |source: MigrateError| OpenError::Migration { path: path.to_owned(), source: source.into() };
    for migration in MIGRATOR.iter().filter(|migration| migration.version > from) {
        die_at("migrate::begun");
        MIGRATOR.run_to(migration.version, writer).await.map_err(failed)?;
        die_at("migrate::applied");
    }
    // Looks also whether those before are the ones of this program.
    MIGRATOR.run(writer).await.map_err(failed)
}

/// What a look at the database, through a connection that cannot write, has found. It comes before migrations, so
/// these two tables stay as they are.
pub(crate) struct Found {
    pub(crate) check_value: Option<Vec<u8>>,
    has_sealed: bool,
    /// The number of the newest migration.
    pub(crate) version: i64,
}

pub(crate) async fn inspect(path: &Path, lock: &Arc<File>, whole: bool) -> Result<Found, OpenError> {
    let failed = |error| opened(path, error);
    let mut conn = reading(options(path, lock)).connect().await.map_err(failed)?;

    let engine: String =
        sqlx::query_scalar("select sqlite_version()").fetch_one(&mut conn).await.map_err(failed)?;
    if !is_fit(&engine) {
        return Err(OpenError::Engine { found: engine, needed: Ledger::engine_needed() });
    }
    // The header alone does not tell: the newest may still stand in the write-ahead log.
    let version: i64 =
        sqlx::query_scalar("pragma user_version").fetch_one(&mut conn).await.map_err(failed)?;
    refuse_newer(path, version)?;
    if whole {
        sound(&mut conn, path).await?;
    }
    let check_value = sqlx::query_scalar!("select check_value from vault");
    let check_value = check_value.fetch_optional(&mut conn).await.map_err(failed)?;
    let has_sealed = sqlx::query_scalar!(r#"select exists (select * from file_key) as "any!: bool""#);
    let has_sealed = has_sealed.fetch_one(&mut conn).await.map_err(failed)?;
    conn.close().await.map_err(failed)?;
    Ok(Found { check_value, has_sealed, version })
}

pub(crate) fn is_fit(engine: &str) -> bool {
    let parts: Option<Vec<u32>> = engine.split('.').map(|part| part.parse().ok()).collect();
    parts.is_some_and(|parts| parts.as_slice() >= ENGINE_MIN.as_slice())
}

/// The key, which must be the one of old as long as anything is sealed with it.
fn vault(path: &Path, found: &Found) -> Result<Vault, OpenError> {
    rotation::settle(path, found.check_value.as_deref())?;
    match Vault::read(path)? {
        Some(vault) => {
            let right = found.check_value.as_ref().is_some_and(|value| vault.made(value));
            if right || !found.has_sealed {
                Ok(vault)
            } else {
                Err(OpenError::KeyWrong { path: path.to_owned() })
            }
        }
        None if found.has_sealed => Err(OpenError::KeyMissing { path: path.to_owned() }),
        None => Vault::create(path),
    }
}

/// The file SQLite keeps beside a database.
pub(crate) fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_older_than_tested_is_not_fit() {
        for (version, want) in [
            ("3.50.2", true),
            ("3.51", true),
            ("4.0.0", true),
            ("3.50.1", false),
            ("3.49.9", false),
            ("", false),
        ] {
            assert_eq!(is_fit(version), want, "{version:?}");
        }
    }
}
