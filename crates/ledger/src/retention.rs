//! What is kept for how long: which files have had their time, the list of what will go, and that it goes.
//!
//! A purge takes a file with every row of every table, and its key. The register keeps number and date of its lines, so
//! that the numbers stay gap-free, and the table `purge` how much went. Nothing open or held goes, whoever asks.

use policy::{GroupId, MemberId, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::files::FileKind;
use crate::ids::{FileIds, file_ids, group_id};
use crate::rows::{file_kind, member, reference, small};
use crate::{Ledger, Transaction, connect, tombstones};

/// What decides whether a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// Which file.
    pub file: Reference,
    /// What sort of matter it is about.
    pub kind: FileKind,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its last dated communication; its opening when there was none.
    pub communicated_at: Timestamp,
    /// Whether nothing came of it, so that it is kept for a shorter time.
    pub idle: bool,
    /// Whether something in it is still to happen, or another file that is kept rests on it.
    pub open: bool,
    /// Whether it is held.
    pub held: bool,
}

/// A file on the list of what will go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub file: Reference,
    /// Since when.
    pub listed_at: Timestamp,
    /// It does not go before.
    pub due: Timestamp,
}

struct KeepingRow {
    number: i64,
    kind: String,
    opened_at_ms: i64,
    communicated_at_ms: i64,
    idle: bool,
    open: bool,
    held: bool,
}

impl TryFrom<KeepingRow> for Keeping {
    type Error = LedgerError;

    fn try_from(row: KeepingRow) -> Result<Self, LedgerError> {
        Ok(Self {
            file: reference(row.number)?,
            kind: file_kind(&row.kind)?,
            opened_at: Timestamp::from_millis(row.opened_at_ms),
            communicated_at: Timestamp::from_millis(row.communicated_at_ms),
            idle: row.idle,
            open: row.open,
            held: row.held,
        })
    }
}

/// Asks what decides whether files go; what follows `from` is up to the caller. The one place that knows what is open.
macro_rules! keepings {
    ($tail:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            KeepingRow,
            r#"
            select f.number as "number!", f.kind as "kind!", f.opened_at_ms as "opened_at_ms!",
                coalesce(f.communicated_at_ms, f.opened_at_ms) as "communicated_at_ms!: i64", f.idle as "idle!: bool",
                (
                    exists (
                        select 1 from appeal a where a.file_id = f.file_id and a.state in ('lodged', 'executive')
                    ) or exists (
                        select 1 from deadline d
                        where d.file_id = f.file_id and d.settled_at_ms is null and d.kind <> 'hold_review'
                    ) or exists (
                        select 1 from effect e
                        where e.file_id = f.file_id
                            and (e.state in ('pending', 'sending', 'unknown') or e.kind = 'notify' and e.state = 'refused')
                    ) or exists (
                        select 1 from "case" c where c.case_id = f.file_id and c.state in ('flagged', 'hidden')
                    ) or exists (
                        select 1 from sanction s where s.sanction_id = f.file_id
                            and (s.state in ('hearing', 'signing', 'unserved') or s.state = 'live' and s.step = 'suspension')
                    ) or exists (
                        select 1 from report r where r.file_id = f.file_id and r.state = 'open'
                    ) or exists (
                        select 1 from mute u where u.file_id = f.file_id and u.ended_at_ms is null
                    )
                    -- What a sanction rests on is kept until that is about to go.
                    or exists (
                        select 1 from sanction_basis b join sanction s on s.sanction_id = b.sanction_id
                        where b.case_id = f.file_id and s.state not in ('declined', 'withdrawn', 'void')
                            and not exists (select 1 from purge_list l where l.file_id = b.sanction_id)
                    )
                ) as "open!: bool",
                exists (
                    select 1 from hold h where h.file_id = f.file_id and h.released_at_ms is null
                ) as "held!: bool"
            from file f
            join "group" g on g.group_id = f.group_id
            "# + $tail,
            $($argument),+
        )
    };
}

async fn keeping(
    conn: &mut SqliteConnection,
    group: &GroupId,
    file: Reference,
) -> Result<Option<Keeping>, LedgerError> {
    let (group, number) = (group.as_str(), file.number());
    let row = keepings!("where g.key = ? and f.number = ?", group, number);
    row.fetch_optional(conn).await.map_err(failed)?.map(Keeping::try_from).transpose()
}

async fn listed(
    conn: &mut SqliteConnection,
    group: &GroupId,
    due_before: Timestamp,
) -> Result<Vec<Listed>, LedgerError> {
    let (group, due_before) = (group.as_str(), due_before.as_millis());
    let rows = sqlx::query!(
        r#"
        select f.number as "number!", p.listed_at_ms as "listed_at_ms!", p.due_at_ms as "due_at_ms!"
        from purge_list p
        join file f on f.file_id = p.file_id
        join "group" g on g.group_id = p.group_id
        where g.key = ? and p.due_at_ms < ?
        -- What rests on something goes before it: it has the later number.
        order by p.due_at_ms, f.number desc
        "#,
        group,
        due_before,
    );
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(|row| {
        Ok(Listed {
            file: reference(row.number)?,
            listed_at: Timestamp::from_millis(row.listed_at_ms),
            due: Timestamp::from_millis(row.due_at_ms),
        })
    });
    rows.collect()
}

impl Ledger {
    /// What decides whether a file goes.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn keeping(&self, group: &GroupId, file: Reference) -> Result<Option<Keeping>, LedgerError> {
        let mut conn = self.reader().await?;
        self::keeping(&mut conn, group, file).await
    }

    /// The files about a member, of whatever kind, the newest first. What a kind has its subject in is named here.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn files_about(&self, group: &GroupId, member: &MemberId) -> Result<Vec<Keeping>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, member) = (group.as_str(), member.as_str());
        let rows = keepings!(
            r#"
            where f.file_id in (
                select c.case_id from "case" c
                join member m on m.group_id = c.group_id and m.member_id = c.author_id
                join "group" g on g.group_id = m.group_id where g.key = ?1 and m.native_id = ?2
                union all
                select s.sanction_id from sanction s
                join member m on m.group_id = s.group_id and m.member_id = s.member_id
                join "group" g on g.group_id = m.group_id where g.key = ?1 and m.native_id = ?2
                union all
                select o.file_id from member_file o
                join member m on m.group_id = o.group_id and m.member_id = o.member_id
                join "group" g on g.group_id = m.group_id where g.key = ?1 and m.native_id = ?2
            )
            order by f.number desc
            "#,
            group,
            member
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Keeping::try_from).collect()
    }

    /// The files of a group that are to go, in the order in which they do.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn purge_list(&self, group: &GroupId) -> Result<Vec<Listed>, LedgerError> {
        let mut conn = self.reader().await?;
        listed(&mut conn, group, Timestamp::from_millis(i64::MAX)).await
    }

    /// When the files of a group were last looked through for what has had its time.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn looked_through_at(&self, group: &GroupId) -> Result<Option<Timestamp>, LedgerError> {
        let mut conn = self.reader().await?;
        let key = group.as_str();
        let at_ms = sqlx::query_scalar!(
            r#"
            select l.at_ms as "at_ms!" from retention_look l join "group" g on g.group_id = l.group_id where g.key = ?
            "#,
            key,
        );
        Ok(at_ms.fetch_optional(&mut *conn).await.map_err(failed)?.map(Timestamp::from_millis))
    }

    /// Everybody of a group who stands in the ledger, so that their names can be masked where they are not meant to be read.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn members(&self, group: &GroupId) -> Result<Vec<MemberId>, LedgerError> {
        let mut conn = self.reader().await?;
        let key = group.as_str();
        let names = sqlx::query_scalar!(
            r#"
            select m.native_id as "native_id!" from member m join "group" g on g.group_id = m.group_id
            where g.key = ? order by m.member_id
            "#,
            key,
        );
        names.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(member).collect()
    }

    /// Whether there is anything of a group in the ledger.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn knows(&self, group: &GroupId) -> Result<bool, LedgerError> {
        let mut conn = self.reader().await?;
        let key = group.as_str();
        let known = sqlx::query_scalar!(
            r#"select exists (select 1 from file f join "group" g on g.group_id = f.group_id where g.key = ?) as "known!: bool""#,
            key,
        );
        known.fetch_one(&mut *conn).await.map_err(failed)
    }

    /// The cases opened before an instant whose words are kept although no strike rests on them, none of them open or
    /// held. Whether their words have had their time is up to the caller.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn idle_texts(
        &self,
        group: &GroupId,
        opened_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Reference>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, before) = (group.as_str(), opened_before.as_millis());
        let rows = keepings!(
            r#"
            join "case" c on c.case_id = f.file_id
            join file_key k on k.file_id = f.file_id
            where g.key = ? and f.opened_at_ms < ?
                and not exists (select 1 from strike s where s.case_id = f.file_id and s.voided_at_ms is null)
            order by f.file_id limit ?
            "#,
            group,
            before,
            limit
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        let idle = rows.into_iter().filter(|row| !row.open && !row.held);
        idle.map(|row| reference(row.number)).collect()
    }

    /// Rewrites the database without a trace of what was purged or erased, and empties the write-ahead log.
    ///
    /// Deleted cells are overwritten at once; what a page kept of them when its rows were moved about is not. This is
    /// what gets rid of that, and it takes as long as copying the database.
    ///
    /// # Errors
    /// [`LedgerError::Lingering`] when a reader kept the log from being emptied, or when the ledger cannot be written.
    pub async fn scrub(&self) -> Result<(), LedgerError> {
        let mut conn = self.inner.writer.acquire().await.map_err(failed)?;
        sqlx::raw_sql("vacuum").execute(&mut *conn).await.map_err(failed)?;
        connect::checkpoint(&mut conn).await
    }
}

impl Transaction {
    /// What decides whether a file goes, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn keeping(
        &mut self,
        group: &GroupId,
        file: Reference,
    ) -> Result<Option<Keeping>, LedgerError> {
        self::keeping(&mut self.inner, group, file).await
    }

    /// Has a file kept for the shorter time, because nothing came of it; or not, because something did after all.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written.
    pub async fn set_idle(
        &mut self,
        group: &GroupId,
        file: Reference,
        idle: bool,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { file_id, .. } = file_ids(conn, group, file).await?;
        let updated = sqlx::query!("update file set idle = ? where file_id = ?", idle, file_id);
        one_row(&updated.execute(conn).await.map_err(failed)?, "a file was not there to be idle")
    }

    /// Files of a group that are neither open, nor held, nor listed, whose last communication is from before the one
    /// instant, or from before the other if nothing came of them; the oldest first. The group's own is never among
    /// them, and a member's own not while something happened in it since.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn over(
        &mut self,
        group: &GroupId,
        before: Timestamp,
        idle_before: Timestamp,
    ) -> Result<Vec<Keeping>, LedgerError> {
        let (group, before, idle_before) = (group.as_str(), before.as_millis(), idle_before.as_millis());
        let rows = keepings!(
            r#"
            where g.key = ?1 and coalesce(f.communicated_at_ms, f.opened_at_ms) < max(?2, ?3)
                and coalesce(f.communicated_at_ms, f.opened_at_ms) < iif(f.idle, ?3, ?2)
                and f.kind <> 'group'
                and not exists (select 1 from purge_list p where p.file_id = f.file_id)
                and not (f.kind = 'member' and exists (
                    select 1 from event e where e.file_id = f.file_id and e.at_ms >= ?2
                ))
            order by coalesce(f.communicated_at_ms, f.opened_at_ms), f.file_id
            "#,
            group,
            before,
            idle_before
        );
        let rows = rows.fetch_all(&mut *self.inner).await.map_err(failed)?;
        rows.into_iter().filter(|row| !row.open && !row.held).map(Keeping::try_from).collect()
    }

    /// The files on a group's list whose time to go has come.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn due_to_go(&mut self, group: &GroupId, now: Timestamp) -> Result<Vec<Listed>, LedgerError> {
        listed(&mut self.inner, group, now).await
    }

    /// Puts a file on the list of what will go.
    ///
    /// # Errors
    /// When there is no such file, it stands there already, or the ledger cannot be written.
    pub async fn list_for_purge(&mut self, group: &GroupId, listed: &Listed) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids(conn, group, listed.file).await?;
        let (listed_at_ms, due_at_ms) = (listed.listed_at.as_millis(), listed.due.as_millis());
        let inserted = sqlx::query!(
            "insert into purge_list (file_id, group_id, listed_at_ms, due_at_ms) values (?, ?, ?, ?)",
            file_id,
            group_id,
            listed_at_ms,
            due_at_ms,
        );
        one_row(&inserted.execute(conn).await.map_err(failed)?, "a file was not listed")
    }

    /// Takes a file off the list, because it is not to go after all.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written.
    pub async fn unlist(&mut self, group: &GroupId, file: Reference) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { file_id, .. } = file_ids(conn, group, file).await?;
        let unlisted = sqlx::query!("delete from purge_list where file_id = ?", file_id);
        unlisted.execute(conn).await.map_err(failed)?;
        Ok(())
    }

    /// Records that the files of a group were looked through.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn looked_through(&mut self, group: &GroupId, now: Timestamp) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let (group_id, at_ms) = (group_id(conn, group).await?, now.as_millis());
        let written = sqlx::query!(
            "insert into retention_look (group_id, at_ms) values (?, ?)
             on conflict do update set at_ms = excluded.at_ms",
            group_id,
            at_ms,
        );
        one_row(&written.execute(conn).await.map_err(failed)?, "a look through the files was not written")
    }

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
                tombstones::raise(conn, vault, group, ids.file_id, review_at).await?;
                take_away(conn, ids.file_id).await?;
                gone.push(file);
            }
        }
        forget_members(conn, group_id).await?;
        finish(conn, purge_id, !gone.is_empty(), now).await?;
        Ok(gone)
    }

    /// Takes away what is dated before an instant and belongs to no file that goes as a whole: what happened in the
    /// group's own file and in members' own, and who opened what. Gives how many rows went.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn purge_by_age(
        &mut self,
        group: &GroupId,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let purge_id = begin(conn, group_id, now).await?;
        let gone = take_away_old(conn, purge_id, group_id, before.as_millis()).await?;
        finish(conn, purge_id, gone > 0, now).await?;
        Ok(gone)
    }
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
            and not exists (select added_by_id from added_word where added_by_id = m.member_id)
            and not exists (select ended_by_id from added_word where ended_by_id = m.member_id)
            and not exists (select by_id from excepted_word where by_id = m.member_id)
            and not exists (select officer_id from access where officer_id = m.member_id)
            and not exists (select owner_id from hold where owner_id = m.member_id)
            and not exists (select releaser_id from hold where releaser_id = m.member_id)
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
        let source = include_str!("retention.rs");
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
