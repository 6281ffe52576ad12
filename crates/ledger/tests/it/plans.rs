//! That what is asked of the ledger often does not take longer the more there is in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::support::Scratch;

/// Tables that stay small however long an installation runs: what officers set, and what is in doubt.
const SMALL: [&str; 15] = [
    "group",
    "vault",
    "setting",
    "words_version",
    "own_word",
    "template",
    "link",
    "clock_doubt",
    "position",
    "mute",
    "hold",
    "channel_limit",
    "reception",
    "checkup",
    "breaker",
];

/// What is read through as a whole although its table grows, by a part of the query, and why that may be.
const READ_THROUGH: [(&str, &str, &str); 19] = [
    ("select exists (select * from file_key)", "file_key", "it ends with the first row"),
    ("select exists (select 1 from file f", "f", "it ends with the first row"),
    ("select max(at_ms)", "e", "by time, it ends with the first row that counts"),
    ("select max(at_ms)", "n", "by time, it ends with the first row that counts"),
    ("update clock_doubt", "event", "once a doubt in the clock ends"),
    ("select min(t.review_at_ms)", "t", "by time, it ends with the first row"),
    ("where g.key = ? order by r.file_id", "r", "all reports of a group are wanted"),
    ("select r.number", "r", "newest first, to a limit"),
    ("select m.native_id", "m", "everybody's name is wanted"),
    ("from reporter r join file f", "f", "every reporter's name is wanted"),
    ("select max(own.case_id)", "own", "everybody's newest post is wanted, in an index alone"),
    ("exists (select 1 from unreadable u where u.group_id", "u", "it ends with the first row"),
    ("where g.key = ? order by u.unreadable_id", "u", "all of a group are wanted, once a start"),
    ("select file_id", "f", "once a day, in an index alone"),
    ("delete from member", "m", "once a day where something was purged; the question about each is a search"),
    ("update effect set state = 'unknown', doubtful = 1, attempts = max(", "effect", "by a restore, once"),
    ("as \"letters!: i64\"", "e", "once a restore, before officers are told of it"),
    ("as \"letters!: i64\"", "s", "once a restore, before officers are told of it"),
    (
        "where state = 'unknown' and due_at_ms = ? and group_id",
        "effect",
        "once a restore, when a person says so",
    ),
];

/// Indexes that hold only what is open or goes soon, which is little.
const OF_WHAT_IS_OPEN: [&str; 13] = [
    "effect_due",
    "effect_open",
    "effect_refused",
    "case_awaiting_review",
    "sanction_waiting",
    "sanction_in_force",
    "report_open",
    "appeal_waiting",
    "deadline_due",
    "hold_of_group",
    "file_of_group",
    "purge_list_by_group",
    "put_back_waiting",
];

/// The queries of this crate, as its macros had them checked.
fn queries() -> BTreeMap<String, usize> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.sqlx");
    let files = fs::read_dir(kept).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let query = |text: String| {
        let kept: serde_json::Value = serde_json::from_str(&text).unwrap();
        let parameters = kept["describe"]["parameters"]["Right"].as_u64().unwrap();
        (kept["query"].as_str().unwrap().to_owned(), usize::try_from(parameters).unwrap())
    };
    files.map(query).collect()
}

/// The steps of a query that read through a table, or through all that a group has in it, with its name in the query.
async fn reads_through(conn: &mut SqliteConnection, query: &str, parameters: usize) -> Vec<(String, String)> {
    let mut plan = sqlx::query(AssertSqlSafe(format!("explain query plan {query}")));
    for _ in 0..parameters {
        plan = plan.bind(None::<i64>);
    }
    let steps = plan.fetch_all(conn).await.unwrap();
    let steps = steps.iter().map(|row| row.get::<String, _>("detail"));
    let long = steps.filter_map(|step| {
        let mut words = step.split(' ');
        let (how, table) = (words.next()?, words.next()?.to_owned());
        // That somebody is named at all narrows nothing down.
        let is_wide = step.ends_with("(group_id=?)") || step.ends_with("_id>?)");
        let is_long = how == "SCAN" || how == "SEARCH" && is_wide || step.contains("AUTOMATIC");
        let index = step.split(" INDEX ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        (is_long && !OF_WHAT_IS_OPEN.contains(&index)).then_some((table, step))
    });
    long.collect()
}

/// The name a table goes by in a query is not in the plan; what is not a table of ours is one the query made.
fn table_of(query: &str, name: &str, tables: &[String]) -> Option<String> {
    let is_named = |table: &&String| {
        let quoted = format!("\"{table}\" {name} ");
        let query = format!("{} ", query.replace(['\n', ')', ','], " "));
        *table == name || query.contains(&format!(" {table} {name} ")) || query.contains(&quoted)
    };
    tables.iter().find(is_named).cloned()
}

#[tokio::test]
async fn no_query_reads_through_a_table_that_grows() {
    let scratch = Scratch::new();
    scratch.open().await.close().await;
    let mut conn = scratch.raw().await;
    let tables: Vec<String> = sqlx::query_scalar("select name from sqlite_schema where type = 'table'")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    let mut found = Vec::new();
    for (query, parameters) in queries() {
        let told = query.split_whitespace().collect::<Vec<_>>().join(" ");
        for (name, step) in reads_through(&mut conn, &query, parameters).await {
            let Some(table) = table_of(&told, &name, &tables) else { continue };
            let allowed = READ_THROUGH.iter().any(|(part, of, _)| told.contains(part) && *of == name);
            if !SMALL.contains(&table.as_str()) && !allowed {
                found.push(format!("{step}\n    {told}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Without one, taking a row away reads through every table that may refer to it.
#[tokio::test]
async fn every_reference_has_an_index() {
    let scratch = Scratch::new();
    scratch.open().await.close().await;
    let mut conn = scratch.raw().await;
    let references: Vec<(String, String)> = sqlx::query_as(
        "select distinct s.name, k.\"from\" from sqlite_schema s, pragma_foreign_key_list(s.name) k
         where s.type = 'table' and k.\"from\" not in ('group_id', 'kind')
             and not exists (
                 select 1 from pragma_index_list(s.name) i, pragma_index_info(i.name) c, pragma_index_info(i.name) first
                 where c.name = k.\"from\" and first.seqno = 0
                     and (c.seqno = 0 or c.seqno = 1 and first.name = 'group_id')
             )
             and not exists (
                 select 1 from pragma_table_info(s.name) c where c.name = k.\"from\" and c.pk = 1
             )",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let missing: Vec<_> = references.iter().filter(|(table, _)| !SMALL.contains(&table.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
