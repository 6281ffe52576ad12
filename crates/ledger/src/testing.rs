//! For tests that ask whether anything changed: every row there is.

use sqlx::AssertSqlSafe;

use crate::Ledger;
use crate::error::{LedgerError, failed};

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
