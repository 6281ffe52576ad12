//! Makes ledgers of a size that no group fills in a day.
//!
//! What it writes comes of a ledger that the bot filled itself: every row of one group is copied into others, under
//! other ids. It goes by the tables' own columns and references, so that a new table is copied without a word here.
//! Copied words are sealed for the group they come from, and open for nobody.

use std::collections::HashMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use crate::error::{LedgerError, failed};

/// Copies everything of the group `of` in the ledger in `source` into the ledger in `target`, once for each of `keys`,
/// as a group of that name. Nobody else may have either ledger open.
///
/// # Errors
/// When one of them cannot be used, or holds a group of that name already.
pub async fn multiply(source: &Path, of: &str, target: &Path, keys: &[String]) -> Result<(), LedgerError> {
    let options = SqliteConnectOptions::new()
        .filename(target.join("ledger.db"))
        // The rows were checked where they come from; what is built is thrown away when the building breaks off.
        .foreign_keys(false)
        .pragma("synchronous", "off")
        .pragma("cache_size", "-2000000")
        .disable_statement_logging();
    let mut conn = options.connect().await.map_err(failed)?;
    let source = source.join("ledger.db");
    sqlx::query("attach ? as source")
        .bind(source.to_string_lossy().into_owned())
        .execute(&mut conn)
        .await
        .map_err(failed)?;
    let of: i64 = sqlx::query_scalar("select group_id from source.\"group\" where key = ?")
        .bind(of)
        .fetch_one(&mut conn)
        .await
        .map_err(failed)?;
    let triggers = put_aside_triggers(&mut conn).await?;
    let tables = tables(&mut conn).await?;
    for keys in keys.chunks(50) {
        let mut transaction = conn.begin().await.map_err(failed)?;
        for key in keys {
            copy(&mut transaction, &tables, of, key).await?;
        }
        transaction.commit().await.map_err(failed)?;
    }
    for trigger in triggers {
        run(&mut conn, trigger).await?;
    }
    conn.close().await.map_err(failed)
}

/// A table with rows of groups.
struct Table {
    name: String,
    /// Each column, and the table that gives it its numbers, if one does.
    columns: Vec<(String, Option<String>)>,
}

/// Takes the triggers away, and gives what makes them again: they would act a second time on what is copied.
async fn put_aside_triggers(conn: &mut SqliteConnection) -> Result<Vec<String>, LedgerError> {
    let triggers: Vec<(String, String)> =
        sqlx::query_as("select name, sql from main.sqlite_schema where type = 'trigger'")
            .fetch_all(&mut *conn)
            .await
            .map_err(failed)?;
    for (name, _) in &triggers {
        run(conn, format!("drop trigger main.{name}")).await?;
    }
    Ok(triggers.into_iter().map(|(_, sql)| sql).collect())
}

async fn tables(conn: &mut SqliteConnection) -> Result<Vec<Table>, LedgerError> {
    // Only those to the column that gives the numbers: other columns of a reference say the same over again.
    let references: Vec<(String, String, String, String)> = sqlx::query_as(
        "select s.name, k.\"from\", k.\"table\", k.\"to\"
         from main.sqlite_schema s, pragma_foreign_key_list(s.name) k, pragma_table_info(k.\"table\") c
         where s.type = 'table' and c.name = k.\"to\" and c.pk > 0 and k.\"to\" <> 'group_id'
             and k.\"to\" like '%\\_id' escape '\\'",
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(failed)?;
    let references: HashMap<_, _> =
        references.into_iter().map(|(table, column, parent, to)| ((table, column), (parent, to))).collect();
    let columns: Vec<(String, String, bool)> = sqlx::query_as(
        "select s.name, c.name, c.pk > 0 from main.sqlite_schema s, pragma_table_info(s.name) c
         where s.type = 'table' and s.name <> 'group' and s.name not like '\\_sqlx%' escape '\\'
             and s.sql like '% group_id integer %' and (s.name, c.name) <> ('effect', 'name')
         order by s.rowid, c.cid",
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(failed)?;
    let mut tables: Vec<Table> = Vec::new();
    for (table, column, is_key) in columns {
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table.clone(), columns: Vec::new() });
        }
        let numbered_by = numbered_by(&references, &table, &column, is_key);
        if let Some(last) = tables.last_mut() {
            last.columns.push((column, numbered_by));
        }
    }
    Ok(tables)
}

/// The table whose rows a column names, followed to the one where the numbers are given: the ids of cases, say, are
/// those of their files.
fn numbered_by(
    references: &HashMap<(String, String), (String, String)>,
    table: &str,
    column: &str,
    is_key: bool,
) -> Option<String> {
    let mut at = (table.to_owned(), column.to_owned());
    let mut found = (is_key && column != "group_id" && column.ends_with("_id")).then(|| table.to_owned());
    while let Some(parent) = references.get(&at) {
        found = Some(parent.0.clone());
        at = parent.clone();
    }
    found
}

async fn copy(conn: &mut SqliteConnection, tables: &[Table], of: i64, key: &str) -> Result<(), LedgerError> {
    let group_id: i64 = sqlx::query_scalar(
        "insert into main.\"group\" (key, file_number, register_number, settings_version)
         select ?, file_number, register_number, settings_version from source.\"group\" where group_id = ?
         returning group_id",
    )
    .bind(key)
    .bind(of)
    .fetch_one(&mut *conn)
    .await
    .map_err(failed)?;
    let mut shifts = HashMap::new();
    for name in tables.iter().flat_map(|table| &table.columns).filter_map(|(_, numbered)| numbered.as_ref()) {
        if !shifts.contains_key(name) {
            shifts.insert(name.clone(), shift(conn, name).await?);
        }
    }
    for Table { name, columns } in tables {
        let values = columns.iter().map(|(column, numbered)| match numbered {
            _ if column == "group_id" => group_id.to_string(),
            Some(by) => format!("\"{column}\" + {}", shifts.get(by).copied().unwrap_or_default()),
            None => format!("\"{column}\""),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let named = columns.iter().map(|(column, _)| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
        let copy = format!(
            "insert into main.\"{name}\" ({named}) select {values} from source.\"{name}\" where group_id = {of}"
        );
        run(conn, copy).await?;
    }
    Ok(())
}

/// By how much the numbers of a table's rows are raised, so that they follow those there are.
async fn shift(conn: &mut SqliteConnection, table: &str) -> Result<i64, LedgerError> {
    let last = format!("select coalesce(max(rowid), 0) from main.\"{table}\"");
    sqlx::query_scalar(AssertSqlSafe(last)).fetch_one(conn).await.map_err(failed)
}

async fn run(conn: &mut SqliteConnection, statement: String) -> Result<(), LedgerError> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(conn).await.map_err(failed)?;
    Ok(())
}
