//! Connections: one that writes, and some that cannot. How they are set up is what keeps the record safe.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, SqliteConnection, SqlitePool};

use crate::error::{LedgerError, OpenError, failed};

/// Each has a thread, a cache and some 180 prepared statements of its own: one for who asks, one for who delivers.
const READERS_MAX: u32 = 2;
/// How much of the file a reader keeps at hand, in KiB as SQLite has it: below zero.
const READERS_CACHE: &str = "-512";
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many prepared statements a connection keeps.
const STATEMENTS_MAX: usize = 256;

pub(crate) fn options(path: &Path, lock: &Arc<File>) -> SqliteConnectOptions {
    let lock = Arc::clone(lock);
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "on")
        .pragma("trusted_schema", "off")
        .pragma("cell_size_check", "on")
        // Nothing is ever sorted by it: SQLite lets go of it as the last thing when it closes the connection, and
        // so the lock outlives every connection, even those of a handle that was dropped and not closed.
        .collation("beadle_lock", move |left, right| {
            let _held = &lock;
            left.cmp(right)
        })
        // There are about 180 queries: every connection keeps what it has prepared of them.
        .statement_cache_capacity(STATEMENTS_MAX)
        .disable_statement_logging()
}

pub(crate) fn reading(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.read_only(true).pragma("query_only", "on").pragma("cache_size", READERS_CACHE)
}

/// Connections that stay: none breaks by waiting, and each would have to be arranged and prepare everything anew.
///
/// But for one of which a transaction went wrong so that SQLite rolled it back by itself, as it does when the disk is full:
/// sqlx believes that it is still under way, and would begin no other. It is replaced before anybody gets it again.
fn lasting(path: &Path, reads_only: bool) -> SqlitePoolOptions {
    let at = path.to_owned();
    SqlitePoolOptions::new()
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(|conn, _| Box::pin(async { Ok(!conn.is_in_transaction()) }))
        .after_connect(move |conn, _| {
            let path = at.clone();
            Box::pin(async move {
                let arranged = arranged(conn, &path, reads_only).await;
                arranged.map_err(|error| sqlx::Error::Configuration(error.into()))
            })
        })
}

pub(crate) async fn writer(path: &Path, lock: &Arc<File>) -> Result<SqlitePool, OpenError> {
    // More than one connection that writes, and commits can be lost.
    let pool = lasting(path, false).max_connections(1);
    let pool = pool.connect_with(options(path, lock).journal_mode(SqliteJournalMode::Wal)).await;
    pool.map_err(|error| opened(path, error))
}

pub(crate) async fn readers(path: &Path, lock: &Arc<File>) -> Result<SqlitePool, OpenError> {
    let pool = lasting(path, true).max_connections(READERS_MAX);
    pool.connect_with(reading(options(path, lock))).await.map_err(|error| opened(path, error))
}

/// Asks SQLite for every setting the record relies on: it ignores those it does not know.
async fn arranged(conn: &mut SqliteConnection, path: &Path, reads_only: bool) -> Result<(), OpenError> {
    let mode: String = sqlx::query_scalar("pragma journal_mode")
        .fetch_one(&mut *conn)
        .await
        .map_err(|error| opened(path, error))?;
    if mode != "wal" {
        return Err(OpenError::Arrangement { path: path.to_owned(), setting: "journal_mode" });
    }
    let settings = [
        ("synchronous", "pragma synchronous", 2),
        ("foreign_keys", "pragma foreign_keys", 1),
        ("secure_delete", "pragma secure_delete", 1),
        ("trusted_schema", "pragma trusted_schema", 0),
        ("cell_size_check", "pragma cell_size_check", 1),
        ("query_only", "pragma query_only", i64::from(reads_only)),
    ];
    for (setting, ask, want) in settings {
        let is: i64 =
            sqlx::query_scalar(ask).fetch_one(&mut *conn).await.map_err(|error| opened(path, error))?;
        if is != want {
            return Err(OpenError::Arrangement { path: path.to_owned(), setting });
        }
    }
    Ok(())
}

/// Names an error of SQLite: a damaged file, or anything else.
pub(crate) fn opened(path: &Path, error: sqlx::Error) -> OpenError {
    const CORRUPT: u32 = 11;
    const NOT_A_DATABASE: u32 = 26;
    let error = match error {
        // What was found when the connection was arranged is named already.
        sqlx::Error::Configuration(cause) => match cause.downcast::<OpenError>() {
            Ok(named) => return *named,
            Err(cause) => sqlx::Error::Configuration(cause),
        },
        error => error,
    };
    let code =
        error.as_database_error().and_then(|cause| cause.code()).and_then(|code| code.parse::<u32>().ok());
    // The low byte of an extended code is the primary one.
    match code.map(|code| code & 0xff) {
        Some(CORRUPT | NOT_A_DATABASE) => OpenError::Corrupt { path: path.to_owned(), source: error.into() },
        Some(_) | None => OpenError::Database { path: path.to_owned(), source: error.into() },
    }
}

/// Empties the write-ahead log into the database.
pub(crate) async fn checkpoint(conn: &mut SqliteConnection) -> Result<(), LedgerError> {
    let (busy, _, _): (i64, i64, i64) =
        sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(conn).await.map_err(failed)?;
    if busy == 0 { Ok(()) } else { Err(LedgerError::Lingering) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ledger;

    #[tokio::test]
    async fn one_connection_writes_and_the_others_cannot() {
        let directory = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(directory.path()).await.unwrap();
        assert_eq!(ledger.inner.writer.options().get_max_connections(), 1);
        let mut reader = ledger.reader().await.unwrap();
        for statement in ["insert into \"group\" (key) values ('tea')", "pragma user_version = 9", "vacuum"] {
            let error = sqlx::raw_sql(statement).execute(&mut *reader).await.unwrap_err();
            assert_eq!(
                error.as_database_error().and_then(|cause| cause.code()).as_deref(),
                Some("8"),
                "{statement}"
            );
        }
        // Nor can they once they forget that they only ask.
        sqlx::raw_sql("pragma query_only = off").execute(&mut *reader).await.unwrap();
        let error = sqlx::raw_sql("insert into \"group\" (key) values ('tea')").execute(&mut *reader).await;
        assert!(error.unwrap_err().to_string().contains("readonly"));
    }

    /// As on a disk that was full for a while: SQLite rolls back by itself, within a transaction or when it is committed.
    #[tokio::test]
    async fn what_sqlite_rolled_back_by_itself_keeps_nothing_from_being_recorded_afterwards() {
        let directory = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(directory.path()).await.unwrap();
        let mut transaction = ledger.begin().await.unwrap();
        let rolled_back = sqlx::raw_sql("rollback").execute(transaction.parts().0).await;
        rolled_back.unwrap();
        assert!(transaction.commit().await.is_err(), "there is nothing to commit");
        for statement in ["insert into \"group\" (key) values ('tea')", "rollback"] {
            let mut transaction = ledger.begin().await.unwrap();
            sqlx::raw_sql(statement).execute(transaction.parts().0).await.unwrap();
            drop(transaction);
        }
        let mut transaction = ledger.begin().await.unwrap();
        sqlx::raw_sql("insert into \"group\" (key) values ('tea')")
            .execute(transaction.parts().0)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(ledger.inner.writer.size(), 1);
        assert!(ledger.is_writable().await);
        // The connection that came in its place is arranged like the first.
        let mut conn = ledger.inner.writer.acquire().await.unwrap();
        arranged(&mut conn, &directory.path().join("ledger.db"), false).await.unwrap();
    }

    #[tokio::test]
    async fn a_setting_that_is_not_in_force_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        Ledger::open(directory.path()).await.unwrap().close().await;
        let lock = Arc::new(File::create(directory.path().join("other.lock")).unwrap());
        let mut conn = options(&path, &lock).connect().await.unwrap();
        arranged(&mut conn, &path, false).await.unwrap();
        for (statement, setting) in [
            ("pragma synchronous = normal", "synchronous"),
            ("pragma synchronous = full; pragma foreign_keys = off", "foreign_keys"),
            ("pragma foreign_keys = on; pragma secure_delete = fast", "secure_delete"),
            ("pragma secure_delete = on; pragma trusted_schema = on", "trusted_schema"),
            ("pragma trusted_schema = off; pragma cell_size_check = off", "cell_size_check"),
            ("pragma cell_size_check = on; pragma query_only = on", "query_only"),
            ("pragma query_only = off; pragma journal_mode = delete", "journal_mode"),
        ] {
            sqlx::raw_sql(statement).execute(&mut conn).await.unwrap();
            let found = arranged(&mut conn, &path, false).await.unwrap_err();
            let named = matches!(found, OpenError::Arrangement { setting: named, .. } if named == setting);
            assert!(named, "{setting}: {found:?}");
        }
    }
}
