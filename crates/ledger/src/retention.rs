//! What is kept for how long: which files have had their time, and the list of what will go.

use policy::{GroupId, MemberId, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::files::FileKind;
use crate::ids::{FileIds, file_ids, group_id};
use crate::rows::{file_kind, member, reference};
use crate::{Ledger, Transaction};

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

pub(crate) async fn keeping(
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

    /// The cases that stand where they do since before an instant, whose words are kept although no strike rests on them,
    /// none of them open or held. Whether their words have had their time is up to the caller.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn idle_texts(
        &self,
        group: &GroupId,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Reference>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, before) = (group.as_str(), before.as_millis());
        let rows = keepings!(
            r#"
            join "case" c on c.case_id = f.file_id
            join file_key k on k.file_id = f.file_id
            where g.key = ?1 and f.opened_at_ms < ?2 and c.since_ms < ?2
                and not exists (select 1 from strike s where s.case_id = f.file_id and s.voided_at_ms is null)
                -- The columns above, by the names they have in the answer.
                and not "open!: bool" and not "held!: bool"
            order by f.file_id limit ?3
            "#,
            group,
            before,
            limit
        );
        rows.fetch_all(&mut *conn)
            .await
            .map_err(failed)?
            .into_iter()
            .map(|row| reference(row.number))
            .collect()
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
}
