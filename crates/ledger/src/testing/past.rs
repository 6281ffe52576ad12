//! Looks at the database past every query of ours, so that tests can hold what is recorded against rules of their own.

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::Ledger;
use crate::error::{LedgerError, failed};

/// What a ledger that [cannot write](break_after) says of it.
pub const BROKEN: &str = "nothing more can be written, for a test";

/// Asks each of these, and gives its rows as text; nothing is the empty text. All see one state of the ledger.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn look(ledger: &Ledger, queries: &[&'static str]) -> Result<Vec<Vec<Vec<String>>>, LedgerError> {
    let mut conn = ledger.reader().await?;
    let mut answers = Vec::with_capacity(queries.len());
    for query in queries {
        answers.push(rows(&mut conn, query).await?);
    }
    Ok(answers)
}

/// Changes the database behind the ledger's back.
///
/// # Errors
/// When the ledger cannot be written.
pub async fn doctor(ledger: &Ledger, statement: &'static str) -> Result<(), LedgerError> {
    let mut conn = ledger.inner.writer.acquire().await.map_err(failed)?;
    sqlx::raw_sql(statement).execute(&mut *conn).await.map_err(failed)?;
    Ok(())
}

/// What becomes of a change that cannot be made, and of those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// It fails, and so does every other until the ledger is [mended](mend).
    Refused,
    /// It fails, once, and SQLite rolls back by itself all that belongs to it, as it does on a disk that is full.
    RolledBack,
}

impl Break {
    /// Each way.
    pub const ALL: [Self; 2] = [Self::Refused, Self::RolledBack];

    fn raised(self) -> &'static str {
        match self {
            Self::Refused => "abort",
            Self::RolledBack => "rollback",
        }
    }
}

/// Lets the ledger change so many rows more; the next change fails in one way or the other.
///
/// # Errors
/// When the ledger cannot be written.
pub async fn break_after(ledger: &Ledger, rows: u32, how: Break) -> Result<(), LedgerError> {
    let raised = how.raised();
    let mut conn = ledger.inner.writer.acquire().await.map_err(failed)?;
    let tables =
        "select name from main.sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *conn).await.map_err(failed)?;
    let upto = format!("create temp table broken as select total_changes() + {rows} as upto");
    sqlx::raw_sql(AssertSqlSafe(upto)).execute(&mut *conn).await.map_err(failed)?;
    for table in tables {
        for deed in ["insert", "update", "delete"] {
            // Of one statement all rows fail, or none: it is done as a whole or not at all.
            let trigger = format!(
                "create temp trigger \"broken_{deed}_{table}\" before {deed} on \"{table}\"
                 when total_changes() >= (select upto from temp.broken)
                 begin select raise({raised}, '{BROKEN}'); end"
            );
            sqlx::raw_sql(AssertSqlSafe(trigger)).execute(&mut *conn).await.map_err(failed)?;
        }
    }
    Ok(())
}

/// Ends what [`break_after`] began. Gives whether it had come to that.
///
/// # Errors
/// When the ledger cannot be written.
pub async fn mend(ledger: &Ledger) -> Result<bool, LedgerError> {
    let mut conn = ledger.inner.writer.acquire().await.map_err(failed)?;
    // What is temporary goes with a connection that was replaced, for SQLite rolled something back by itself.
    let is_there = "select exists (select 1 from temp.sqlite_schema where name = 'broken')";
    if !sqlx::query_scalar(is_there).fetch_one(&mut *conn).await.map_err(failed)? {
        return Ok(true);
    }
    let is_broken = "select total_changes() >= upto from temp.broken";
    let is_broken: bool = sqlx::query_scalar(is_broken).fetch_one(&mut *conn).await.map_err(failed)?;
    let triggers = "select name from temp.sqlite_schema where type = 'trigger'";
    let triggers: Vec<String> = sqlx::query_scalar(triggers).fetch_all(&mut *conn).await.map_err(failed)?;
    for trigger in triggers {
        let ended = format!("drop trigger temp.\"{trigger}\"");
        sqlx::raw_sql(AssertSqlSafe(ended)).execute(&mut *conn).await.map_err(failed)?;
    }
    sqlx::raw_sql("drop table temp.broken").execute(&mut *conn).await.map_err(failed)?;
    Ok(is_broken)
}

async fn rows(conn: &mut SqliteConnection, query: &'static str) -> Result<Vec<Vec<String>>, LedgerError> {
    let rows = sqlx::query(query).fetch_all(conn).await.map_err(failed)?;
    let cells = |row: &sqlx::sqlite::SqliteRow| {
        let cell = |column| row.try_get_unchecked::<Option<String>, _>(column).map(Option::unwrap_or_default);
        (0..row.len()).map(cell).collect::<Result<Vec<_>, _>>().map_err(failed)
    };
    rows.iter().map(cells).collect()
}

impl Ledger {
    /// Every row of every table, as text, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn rows(&self) -> Result<Vec<String>, LedgerError> {
        let mut conn = self.reader().await?;
        let tables = "select name from sqlite_schema where type = 'table' order by name";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *conn).await.map_err(failed)?;
        let mut rows = Vec::new();
        for table in tables {
            let columns =
                "select group_concat('quote(\"' || name || '\")', ' || '','' || ') from pragma_table_info(?)";
            let columns: String =
                sqlx::query_scalar(columns).bind(&table).fetch_one(&mut *conn).await.map_err(failed)?;
            let of_table = format!("select {columns} from \"{table}\" order by 1");
            let of_table: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(of_table)).fetch_all(&mut *conn).await.map_err(failed)?;
            rows.extend(of_table.into_iter().map(|row| format!("{table}: {row}")));
        }
        Ok(rows)
    }
}
