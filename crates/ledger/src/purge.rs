//! What has had its time goes: files with every row of every table and their key, and rows by their age.
//!
//! The register keeps number and date of its lines, so that there are no gaps, and the table `purge` how much
//! went. Nothing open or held goes, whoever asks.

use policy::{GroupId, MemberId, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::files::FileKind;
use crate::gone::Gone;
use crate::ids::{FileIds, file_ids, group_id};
use crate::retention::keeping;
use crate::rows::{small, to_json};
use crate::upkeep::Tidying;
use crate::{Ledger, Transaction, gone, tombstones};

impl Ledger {
    /// Rewrites the database without a trace of what was purged or erased, and empties the write-ahead log.
    ///
    /// Deleted cells are overwritten at once; what a page kept of them when its rows were moved about is not. This is
    /// what gets rid of that, and it takes as long as copying the database.
    ///
    /// # Errors
    /// [`LedgerError::Lingering`] when a reader kept the log from being emptied, or when the ledger cannot be written.
    pub async fn scrub(&self) -> Result<(), LedgerError> {
        self.log_beside().await;
        self.tidy(Tidying::Rewrite).await
    }
}

impl Transaction {
    /// Takes away everything there is of these files, and gives which went: what is open, held or another group's
    /// stays. An expulsion in force goes on without its file, as a [`Tombstone`](crate::Tombstone) to be looked at at
    /// `review_at`. See [`Ledger::scrub`] for what is to follow the commit.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn purge(
        &mut self,
        group: &GroupId,
        files: &[Reference],
        review_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Reference>, LedgerError> {
        let (conn, vault) = self.parts();
        let group_id = group_id(conn, group).await?;
        let purge_id = begin(conn, group_id, now).await?;
        let mut gone = Vec::new();
        for &file in files {
            let Some(keeping) = keeping(conn, group, file).await? else { continue };
            if !keeping.open && !keeping.held && keeping.kind != FileKind::Group {
                let ids = file_ids(conn, group, file).await?;
                count(conn, purge_id, ids).await?;
                tombstones::raise(conn, vault, group, ids.file_id, review_at, now).await?;
                take_away(conn, ids.file_id).await?;
                let number = i64::from(file.number());
                let purged = Gone::Purged { group: group.as_str().to_owned(), number };
                gone::record(conn, now, &purged).await?;
                gone.push(file);
            }
        }
        forget_members(conn, group_id).await?;
        finish(conn, purge_id, !gone.is_empty(), now).await?;
        self.is_gone();
        Ok(gone)
    }

    /// Takes away what is dated before an instant and belongs to no file that goes as a whole: what happened in the
    /// group's own file and in members' own, who opened what, which posts could not be read and what the bot could not
    /// do, and whose accounts are one person's unless that is one of these officers. Gives how many rows went.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn purge_by_age(
        &mut self,
        group: &GroupId,
        before: Timestamp,
        officers: &[MemberId],
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let purge_id = begin(conn, group_id, now).await?;
        let mut gone = take_away_old(conn, purge_id, group_id, before.as_millis()).await?;
        gone += take_away_links(conn, group_id, before.as_millis(), officers).await?;
        gone += take_away_of_channels(conn, group_id, before.as_millis()).await?;
        if gone > 0 {
            forget_members(conn, group_id).await?;
            let aged = Gone::Aged { group: group.as_str().to_owned(), before_ms: before.as_millis() };
            gone::record(conn, now, &aged).await?;
        }
        finish(conn, purge_id, gone > 0, now).await?;
        self.is_gone();
        Ok(gone)
    }
}

/// Takes away a file that went before and is back with an old copy, whatever state that has it in.
pub(crate) async fn take_away_again(
    conn: &mut SqliteConnection,
    group_id: i64,
    file_id: i64,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let purge_id = begin(conn, group_id, now).await?;
    take_away(conn, file_id).await?;
    forget_members(conn, group_id).await?;
    // It was counted when it went first.
    finish(conn, purge_id, false, now).await
}

/// Takes away what had gone by its age. Accounts that are one person's are looked at again with the next look.
pub(crate) async fn take_away_old_again(
    conn: &mut SqliteConnection,
    group_id: i64,
    before_ms: i64,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let purge_id = begin(conn, group_id, now).await?;
    take_away_old(conn, purge_id, group_id, before_ms).await?;
    take_away_of_channels(conn, group_id, before_ms).await?;
    forget_members(conn, group_id).await?;
    finish(conn, purge_id, false, now).await
}

/// From here until [`finish`], rows of the append-only tables can be taken away.
async fn begin(conn: &mut SqliteConnection, group_id: i64, now: Timestamp) -> Result<i64, LedgerError> {
    let at_ms = now.as_millis();
    let inserted = sqlx::query!("insert into purge (group_id, started_at_ms) values (?, ?)", group_id, at_ms);
    let inserted = inserted.execute(conn).await.map_err(failed)?;
    one_row(&inserted, "a purge was not written")?;
    Ok(inserted.last_insert_rowid())
}

async fn finish(
    conn: &mut SqliteConnection,
    purge_id: i64,
    anything: bool,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let at_ms = now.as_millis();
    let finished = if anything {
        let updated = sqlx::query!("update purge set finished_at_ms = ? where purge_id = ?", at_ms, purge_id);
        updated.execute(conn).await
    } else {
        sqlx::query!("delete from purge where purge_id = ?", purge_id).execute(conn).await
    };
    one_row(&finished.map_err(failed)?, "no purge was under way")
}

/// Adds what there is of a file to the counts, which outlive it.
async fn count(conn: &mut SqliteConnection, purge_id: i64, ids: FileIds) -> Result<(), LedgerError> {
    let updated = sqlx::query!(
        "update purge set
             cases = cases + (select count(*) from file where file_id = ?1 and kind = 'case'),
             sanctions = sanctions + (select count(*) from file where file_id = ?1 and kind = 'sanction'),
             reports = reports + (select count(*) from file where file_id = ?1 and kind = 'report'),
             strikes = strikes + (select count(*) from strike where case_id = ?1),
             appeals = appeals + (select count(*) from appeal where file_id = ?1),
             notices = notices + (select count(*) from notice where file_id = ?1),
             accesses = accesses + (select count(*) from access where file_id = ?1)
         where purge_id = ?2",
        ids.file_id,
        purge_id,
    );
    one_row(&updated.execute(conn).await.map_err(failed)?, "no purge was under way")
}

/// Every row of a file, in an order in which nothing that is left refers to what went. A table that is not here keeps
/// its file from going: it refers to it.
async fn take_away(conn: &mut SqliteConnection, file_id: i64) -> Result<(), LedgerError> {
    for statement in [
        sqlx::query!("delete from sealed where file_id = ?", file_id),
        sqlx::query!("delete from file_key where file_id = ?", file_id),
        sqlx::query!(
            "update register set file_id = null, notice_id = null, event_id = null where file_id = ?",
            file_id
        ),
        sqlx::query!("delete from effect where file_id = ?", file_id),
        sqlx::query!("delete from deadline where file_id = ?", file_id),
        sqlx::query!("delete from appeal where file_id = ?", file_id),
        sqlx::query!("delete from access where file_id = ?", file_id),
        sqlx::query!("delete from conflict where file_id = ?", file_id),
        sqlx::query!("delete from mute where file_id = ?", file_id),
        sqlx::query!("delete from reporter where file_id = ?", file_id),
        sqlx::query!("delete from report where file_id = ?", file_id),
        sqlx::query!("update report set about_file_id = null where about_file_id = ?", file_id),
        sqlx::query!("delete from signature where sanction_id = ?", file_id),
        sqlx::query!("delete from sanction_basis where sanction_id = ?", file_id),
        sqlx::query!("delete from sanction_basis where case_id = ?", file_id),
        sqlx::query!("delete from sanction where sanction_id = ?", file_id),
        sqlx::query!("delete from case_target where case_id = ?", file_id),
        sqlx::query!("delete from hold where file_id = ?", file_id),
        sqlx::query!("delete from purge_list where file_id = ?", file_id),
        sqlx::query!("delete from event where file_id = ?", file_id),
        sqlx::query!("delete from notice where file_id = ?", file_id),
        sqlx::query!("delete from strike where case_id = ?", file_id),
        sqlx::query!(r#"delete from "case" where case_id = ?"#, file_id),
        sqlx::query!("delete from member_file where file_id = ?", file_id),
        sqlx::query!("delete from file where file_id = ?", file_id),
    ] {
        statement.execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}

/// Takes away members to whom nothing refers any more. Every column that refers to one is here, those that refer to
/// most members first: the first that does ends the search.
async fn forget_members(conn: &mut SqliteConnection, group_id: i64) -> Result<(), LedgerError> {
    let forgotten = sqlx::query!(
        r#"
        delete from member as m where m.group_id = ?
            and not exists (select member_id from member_file where member_id = m.member_id)
            and not exists (select author_id from "case" where group_id = m.group_id and author_id = m.member_id)
            and not exists (select opener_id from "case" where opener_id = m.member_id)
            and not exists (select decider_id from "case" where decider_id = m.member_id)
            and not exists (select voider_id from strike where voider_id = m.member_id)
            and not exists (select officer_id from event where officer_id = m.member_id)
            and not exists (select to_id from notice where group_id = m.group_id and to_id = m.member_id)
            and not exists (select member_id from effect where member_id = m.member_id)
            and not exists (select member_id from sanction where group_id = m.group_id and member_id = m.member_id)
            and not exists (select officer_id from signature where officer_id = m.member_id)
            and not exists (select officer_id from conflict where officer_id = m.member_id)
            and not exists (select officer_id from case_target where officer_id = m.member_id)
            and not exists (select one_id from link where one_id = m.member_id)
            and not exists (select other_id from link where other_id = m.member_id)
            and not exists (select said_by_id from link where said_by_id = m.member_id)
            and not exists (select confirmed_by_id from link where confirmed_by_id = m.member_id)
            and not exists (select ended_by_id from link where ended_by_id = m.member_id)
            and not exists (select by_id from mute where by_id = m.member_id)
            and not exists (select subject_id from report where group_id = m.group_id and subject_id = m.member_id)
            and not exists (select officer_id from effect where officer_id = m.member_id)
            and not exists (select decider_id from appeal where decider_id = m.member_id)
            and not exists (select by_id from setting where by_id = m.member_id)
            and not exists (select by_id from words_version where by_id = m.member_id)
            and not exists (select officer_id from access where officer_id = m.member_id)
            and not exists (select owner_id from hold where owner_id = m.member_id)
            and not exists (select releaser_id from hold where releaser_id = m.member_id)
            and not exists (select member_id from unreadable where group_id = m.group_id and member_id = m.member_id)
            and not exists (select member_id from unreadable_sender where group_id = m.group_id and member_id = m.member_id)
            and not exists (select member_id from channel_limit where member_id = m.member_id)
        "#,
        group_id,
    );
    forgotten.execute(conn).await.map_err(failed)?;
    Ok(())
}

/// What is old in files that do not go as a whole, unless they are held, and who opened what.
async fn take_away_old(
    conn: &mut SqliteConnection,
    purge_id: i64,
    group_id: i64,
    before_ms: i64,
) -> Result<u64, LedgerError> {
    let mut gone = 0;
    let accesses = sqlx::query!("delete from access where group_id = ? and at_ms < ?", group_id, before_ms);
    let accesses = accesses.execute(&mut *conn).await.map_err(failed)?.rows_affected();
    gone += accesses;
    let accesses = small(i64::try_from(accesses).unwrap_or(i64::MAX), "number of looks")?;
    let counted =
        sqlx::query!("update purge set accesses = accesses + ? where purge_id = ?", accesses, purge_id);
    one_row(&counted.execute(&mut *conn).await.map_err(failed)?, "no purge was under way")?;
    let own = sqlx::query_scalar!(
        r#"
        select file_id as "file_id!" from file f
        where group_id = ? and kind in ('member', 'group')
            and not exists (select 1 from hold h where h.file_id = f.file_id and h.released_at_ms is null)
            and exists (select 1 from event e where e.file_id = f.file_id and e.at_ms < ?)
        "#,
        group_id,
        before_ms,
    );
    for file_id in own.fetch_all(&mut *conn).await.map_err(failed)? {
        gone += take_away_old_of(conn, file_id, before_ms).await?;
    }
    Ok(gone)
}

/// Links that ended long ago or that nobody ever confirmed, and those of accounts about which nothing is kept any more.
/// An officer's stay: nobody signs twice, however long ago that was said.
async fn take_away_links(
    conn: &mut SqliteConnection,
    group_id: i64,
    before_ms: i64,
    officers: &[MemberId],
) -> Result<u64, LedgerError> {
    let officers = to_json(&officers.iter().map(MemberId::as_str).collect::<Vec<_>>())?;
    let deleted = sqlx::query!(
        r#"
        delete from link where group_id = ?1 and said_at_ms < ?2 and coalesce(ended_at_ms, 0) < ?2 and (
            ended_at_ms is not null or confirmed_at_ms is null or not (
                exists (
                    select 1 from "case" c where c.group_id = link.group_id and c.author_id in (one_id, other_id)
                ) or exists (
                    select 1 from sanction s where s.group_id = link.group_id and s.member_id in (one_id, other_id)
                ) or exists (
                    select 1 from member_file o where o.group_id = link.group_id and o.member_id in (one_id, other_id)
                ) or exists (
                    select 1 from member m where m.member_id in (one_id, other_id)
                        and m.native_id in (select value from json_each(?3))
                )
            )
        )
        "#,
        group_id,
        before_ms,
        officers,
    );
    Ok(deleted.execute(&mut *conn).await.map_err(failed)?.rows_affected())
}

/// Posts that nobody could read in all that time, of whom officers were told so, and what the bot could not do once.
async fn take_away_of_channels(
    conn: &mut SqliteConnection,
    group_id: i64,
    before_ms: i64,
) -> Result<u64, LedgerError> {
    let mut gone = 0;
    for statement in [
        sqlx::query!("delete from unreadable where group_id = ? and at_ms < ?", group_id, before_ms),
        sqlx::query!(
            "delete from unreadable_sender as s where s.group_id = ? and s.told_at_ms < ? and not exists (
                 select 1 from unreadable u
                 where u.group_id = s.group_id and u.member_id = s.member_id and u.channel = s.channel
             )",
            group_id,
            before_ms,
        ),
        sqlx::query!("delete from channel_limit where group_id = ? and went_at_ms < ?", group_id, before_ms),
    ] {
        gone += statement.execute(&mut *conn).await.map_err(failed)?.rows_affected();
    }
    Ok(gone)
}

async fn take_away_old_of(
    conn: &mut SqliteConnection,
    file_id: i64,
    before_ms: i64,
) -> Result<u64, LedgerError> {
    let mut gone = 0;
    for statement in [
        // A notice that is still on its way, or to be served by hand, is kept with what belongs to it.
        sqlx::query!(
            "delete from sealed where file_id = ?1 and at_ms < ?2 and (notice_id is null or notice_id in (
                 select notice_id from effect where file_id = ?1 and kind = 'notify' and state = 'done'
             ))",
            file_id,
            before_ms,
        ),
        sqlx::query!(
            "update register set file_id = null, notice_id = null, event_id = null
             where file_id = ?1 and at_ms < ?2 and (notice_id is null or notice_id in (
                 select notice_id from effect where file_id = ?1 and kind = 'notify' and state = 'done'
             ))",
            file_id,
            before_ms,
        ),
        sqlx::query!(
            "delete from effect where file_id = ? and queued_at_ms < ?
                 and (state = 'done' or state = 'refused' and kind <> 'notify')",
            file_id,
            before_ms,
        ),
        sqlx::query!(
            "delete from notice where file_id = ?1 and written_at_ms < ?2 and not exists (
                 select 1 from effect e where e.notice_id = notice.notice_id
             )",
            file_id,
            before_ms,
        ),
        sqlx::query!(
            "delete from deadline where file_id = ? and due_at_ms < ? and settled_at_ms is not null",
            file_id,
            before_ms,
        ),
        sqlx::query!("delete from event where file_id = ? and at_ms < ?", file_id, before_ms),
    ] {
        gone += statement.execute(&mut *conn).await.map_err(failed)?.rows_affected();
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row};

    use crate::Ledger;

    /// A table or column that a purge does not know would keep what it refers to, for ever.
    #[tokio::test]
    async fn a_purge_knows_every_table_of_a_file_and_every_column_of_a_member() {
        let source = include_str!("purge.rs");
        let directory = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(directory.path()).await.unwrap();
        let mut reader = ledger.reader().await.unwrap();
        let references = "select s.name as \"table\", k.\"table\" as parent, k.\"from\" as \"column\"
                          from sqlite_schema s, pragma_foreign_key_list(s.name) k where s.type = 'table'";
        let rows = sqlx::query(AssertSqlSafe(references)).fetch_all(&mut *reader).await.unwrap();
        for row in rows {
            let (table, parent, column): (String, String, String) = (row.get(0), row.get(1), row.get(2));
            let name = if table == "case" { "\"case\"".to_owned() } else { table.clone() };
            match (parent.as_str(), column.as_str()) {
                (
                    "file" | "case" | "sanction" | "report" | "file_key",
                    "file_id" | "case_id" | "sanction_id",
                ) if table != "register" => {
                    assert!(source.contains(&format!("delete from {name} where {column} = ?")), "{table}");
                }
                ("member", column) if column != "group_id" => {
                    assert!(source.contains(&format!("select {column} from {name}")), "{table}.{column}");
                }
                _ => {}
            }
        }
    }
}
