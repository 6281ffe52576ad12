//! Another key in `ledger.key`. What the old one had sealed is sealed with the new one in one transaction; at any instant
//! the database and one of the two key files belong together, so a stop in between is made up for with the next start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use policy::GroupId;
use sqlx::SqliteConnection;

use crate::error::{LedgerError, OpenError, failed, one_row};
use crate::open::KEY;
use crate::rows::{group, reference};
use crate::vault::{Vault, sync_directory};
use crate::{Ledger, Transaction, die_at};

/// The new key, until it takes the place of the old.
const NEXT: &str = "ledger.key.next";
/// How many keys are sealed anew at a time.
const BATCH: i64 = 1000;

/// Why a ledger has not got another key. What there is belongs together, and can be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// The ledger cannot be opened, or the key files cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Seals everything in a ledger with a new key, and destroys the old one. Nobody else may have the ledger meanwhile. Gives
/// how many keys were sealed anew.
///
/// # Errors
/// When the ledger is in use or cannot be opened, or something cannot be read or written.
pub async fn rotate(directory: &Path) -> Result<u64, RotationError> {
    let ledger = Ledger::open(directory).await?;
    let (path, next) = (directory.join(KEY), directory.join(NEXT));
    let new = Vault::create(&next)?;
    die_at("rotate::key_made");
    let mut transaction = ledger.begin().await?;
    let count = seal_anew(&mut transaction, &new).await?;
    die_at("rotate::sealed");
    transaction.commit().await?;
    die_at("rotate::committed");
    let io = |source| OpenError::Io { path: path.clone(), source };
    // By this handle its bytes are reached when its name is another's.
    let old = OpenOptions::new().write(true).open(&path).map_err(io)?;
    place(&next, &path).map_err(io)?;
    die_at("rotate::key_placed");
    destroy(old).map_err(io)?;
    die_at("rotate::old_destroyed");
    // What was sealed with the old key stands in no free page either.
    ledger.scrub().await?;
    ledger.close().await;
    Ok(count)
}

/// Makes up for a rotation that was cut short: of two keys, the one that the database is sealed with stays.
pub(crate) fn settle(path: &Path, check_value: Option<&[u8]>) -> Result<(), OpenError> {
    let next = path.with_file_name(NEXT);
    let Some(new) = Vault::read(&next)? else { return Ok(()) };
    let io = |source| OpenError::Io { path: next.clone(), source };
    if check_value.is_some_and(|value| new.made(value)) {
        let old = match OpenOptions::new().write(true).open(path) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(io(error)),
        };
        place(&next, path).map_err(io)?;
        old.map_or(Ok(()), destroy).map_err(io)
    } else {
        fs::remove_file(&next).and_then(|()| sync_directory(&next)).map_err(io)
    }
}

/// Whether a rotation was cut short that the next start makes up for: the key that the database is sealed with is still the
/// next one.
pub(crate) fn is_begun(path: &Path, check_value: &[u8]) -> Result<bool, OpenError> {
    Ok(Vault::read(&path.with_file_name(NEXT))?.is_some_and(|next| next.made(check_value)))
}

fn place(next: &Path, path: &Path) -> io::Result<()> {
    fs::rename(next, path)?;
    sync_directory(path)
}

/// Overwrites a key file that has no name any more. What a disk keeps of it elsewhere is out of reach.
fn destroy(mut old: File) -> io::Result<()> {
    let length = usize::try_from(old.metadata()?.len().min(4096)).unwrap_or_default();
    old.seek(SeekFrom::Start(0))?;
    old.write_all(&vec![b'0'; length])?;
    old.sync_all()
}

async fn seal_anew(transaction: &mut Transaction, new: &Vault) -> Result<u64, LedgerError> {
    let (conn, old) = transaction.parts();
    let mut count = files(conn, old, new).await?;
    count += reporters(conn, old, new).await?;
    count += memos(conn, old, new).await?;
    let (check_value, tags) = (new.check_value()?, old.tags_for(new)?);
    let written =
        sqlx::query!("update vault set check_value = ?, tags = ? where vault_id = 1", check_value, tags);
    one_row(&written.execute(conn).await.map_err(failed)?, "the ledger has no key")?;
    Ok(count)
}

async fn files(conn: &mut SqliteConnection, old: &Vault, new: &Vault) -> Result<u64, LedgerError> {
    let (mut count, mut last) = (0, 0);
    loop {
        let rows = sqlx::query!(
            r#"
            select k.file_id as "id!", k.wrapped as "wrapped!", f.number as "number!", g.key as "key!"
            from file_key k join file f on f.file_id = k.file_id join "group" g on g.group_id = f.group_id
            where k.file_id > ? order by k.file_id limit ?
            "#,
            last,
            BATCH,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        let Some(end) = rows.last() else { return Ok(count) };
        last = end.id;
        for row in rows {
            let group: GroupId = group(row.key)?;
            let wrapped = old.rewrap(new, &row.wrapped, &group, reference(row.number)?)?;
            let written = sqlx::query!("update file_key set wrapped = ? where file_id = ?", wrapped, row.id);
            one_row(
                &written.execute(&mut *conn).await.map_err(failed)?,
                "the key of a file was not written",
            )?;
            count += 1;
        }
    }
}

async fn reporters(conn: &mut SqliteConnection, old: &Vault, new: &Vault) -> Result<u64, LedgerError> {
    let (mut count, mut last) = (0, 0);
    loop {
        let rows = sqlx::query!(
            r#"
            select r.file_id as "id!", r.wrapped as "wrapped!", f.number as "number!", g.key as "key!"
            from reporter r join file f on f.file_id = r.file_id join "group" g on g.group_id = f.group_id
            where r.file_id > ? order by r.file_id limit ?
            "#,
            last,
            BATCH,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        let Some(end) = rows.last() else { return Ok(count) };
        last = end.id;
        for row in rows {
            let group: GroupId = group(row.key)?;
            let wrapped = old.rewrap_reporter_key(new, &row.wrapped, &group, reference(row.number)?)?;
            let written = sqlx::query!("update reporter set wrapped = ? where file_id = ?", wrapped, row.id);
            one_row(
                &written.execute(&mut *conn).await.map_err(failed)?,
                "the key of a report was not written",
            )?;
            count += 1;
        }
    }
}

async fn memos(conn: &mut SqliteConnection, old: &Vault, new: &Vault) -> Result<u64, LedgerError> {
    let (mut count, mut last) = (0, 0);
    loop {
        let rows = sqlx::query!(
            r#"select memo_id as "id!", tag as "tag!", sealed as "sealed!" from memo where memo_id > ? order by memo_id limit ?"#,
            last,
            BATCH,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        let Some(end) = rows.last() else { return Ok(count) };
        last = end.id;
        for row in rows {
            let sealed = old.reseal_memo(new, &row.tag, &row.sealed)?;
            let written = sqlx::query!("update memo set sealed = ? where memo_id = ?", sealed, row.id);
            one_row(&written.execute(&mut *conn).await.map_err(failed)?, "a memo was not written")?;
            count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use policy::{MemberId, MessageText, Timestamp};
    use sqlx::{AssertSqlSafe, Row};

    use super::*;
    use crate::WordsKind;

    const NOW: i64 = 1_800_000_000_000;

    async fn with_words(directory: &Path) -> (GroupId, policy::Reference) {
        let ledger = Ledger::open(directory).await.unwrap();
        let (tea, alice) = (GroupId::new("tea").unwrap(), MemberId::new("alice").unwrap());
        let now = Timestamp::from_millis(NOW);
        let mut transaction = ledger.begin().await.unwrap();
        let file = transaction.member_file(&tea, &alice, now).await.unwrap();
        let words = MessageText::new("said in confidence");
        transaction.keep_words(&tea, file, WordsKind::Reason, &words, now).await.unwrap();
        transaction.keep_memo("bot", "place", "somewhere", now.plus_seconds(60), now).await.unwrap();
        transaction.commit().await.unwrap();
        ledger.close().await;
        (tea, file)
    }

    /// Whatever is made with a key, and whether another key makes it anew.
    const MADE_WITH_A_KEY: [(&str, &str, bool); 9] = [
        ("file_key", "wrapped", true),
        ("memo", "sealed", true),
        // Tags stay, for their key stays.
        ("memo", "tag", false),
        ("reporter", "sealed", false),
        ("reporter", "tag", false),
        ("reporter", "wrapped", true),
        // Under the key of its file, which is what is sealed anew; so is who brought a report.
        ("sealed", "sealed", false),
        ("tombstone", "tag", false),
        ("vault", "check_value", true),
    ];

    /// What a rotation does not know would be sealed with a key that is gone.
    #[tokio::test]
    async fn a_rotation_knows_every_column_that_is_made_with_a_key() {
        let source = include_str!("rotation.rs");
        let directory = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(directory.path()).await.unwrap();
        let mut reader = ledger.reader().await.unwrap();
        let columns = "select t.name as \"table\", c.name as \"column\"
                       from sqlite_schema t, pragma_table_info(t.name) c
                       where t.type = 'table' and upper(c.type) = 'BLOB' and t.name not like '\\_sqlx%' escape '\\'
                           and c.name <> 'tags' order by t.name, c.name";
        let rows = sqlx::query(AssertSqlSafe(columns)).fetch_all(&mut *reader).await.unwrap();
        let found: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let known = MADE_WITH_A_KEY.map(|(table, column, _)| (table.to_owned(), column.to_owned()));
        assert_eq!(found, known);
        for (table, column, _) in MADE_WITH_A_KEY.iter().filter(|(.., anew)| *anew) {
            assert!(source.contains(&format!("update {table} set {column} = ?")), "{table}.{column}");
        }
    }

    #[tokio::test]
    async fn with_another_key_all_reads_as_before_and_the_old_one_opens_nothing_any_more() {
        let directory = tempfile::tempdir().unwrap();
        let (tea, file) = with_words(directory.path()).await;
        let key = directory.path().join(KEY);
        let before = fs::read(&key).unwrap();
        assert_eq!(rotate(directory.path()).await.unwrap(), 2);
        let ledger = Ledger::open(directory.path()).await.unwrap();
        assert_eq!(ledger.words(&tea, file, WordsKind::Reason).await.unwrap().len(), 1);
        let memo = ledger.memo("bot", "place", Timestamp::from_millis(NOW)).await.unwrap();
        assert_eq!(memo.as_deref(), Some("somewhere"), "its tag is the same");
        ledger.close().await;
        fs::write(&key, before).unwrap();
        let refused = Ledger::open(directory.path()).await.unwrap_err();
        assert!(matches!(refused, OpenError::KeyWrong { .. }), "{refused}");
    }
}
