//! Looks at the database past every query of ours, so that tests can hold what is recorded against rules of their own.

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::Ledger;
use crate::error::{LedgerError, failed};

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
