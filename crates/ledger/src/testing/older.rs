//! Ledgers as earlier programs left them.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::error::{LedgerError, Source, failed};
use crate::open::{APPLICATION_ID, KEY, MIGRATOR, private};

/// Makes the ledger that a program whose newest migration has that number left in `directory`, where there is none: the rows
/// of each migration's fixture came in right after it, and the key that opens them lies beside.
///
/// # Errors
/// When a migration has no fixture, or one of the two does not go over what was there before.
pub async fn as_of(directory: &Path, version: i64) -> Result<(), LedgerError> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let options = SqliteConnectOptions::new()
        .filename(directory.join("ledger.db"))
        .create_if_missing(true)
        .foreign_keys(true)
        .pragma("application_id", APPLICATION_ID.to_string());
    let mut conn = options.connect().await.map_err(failed)?;
    for migration in MIGRATOR.iter().filter(|migration| migration.version <= version) {
        MIGRATOR.run_to(migration.version, &mut conn).await.map_err(broken)?;
        let name = format!("{:04}_{}.sql", migration.version, migration.description.replace(' ', "_"));
        let rows = fs::read_to_string(fixtures.join(name)).map_err(broken)?;
        sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut conn).await.map_err(failed)?;
    }
    conn.close().await.map_err(failed)?;
    copy_private(&fixtures.join(KEY), &directory.join(KEY)).map_err(broken)
}

fn broken(error: impl Into<Source>) -> LedgerError {
    LedgerError::Database(error.into())
}

fn copy_private(from: &Path, to: &Path) -> io::Result<()> {
    private(OpenOptions::new().write(true).create_new(true)).open(to)?.write_all(&fs::read(from)?)
}
