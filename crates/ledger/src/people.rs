//! Who is who and who has a part in what: accounts of one person, officers with a conflict.

use std::collections::BTreeSet;

use policy::{GroupId, MemberId, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::files::FileKind;
use crate::ids::{FileIds, file_ids, file_ids_of, group_id, member_id};
use crate::rows::{member, reference};
use crate::{Ledger, Transaction};

/// That two accounts are one person's, as somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The accounts.
    pub accounts: (MemberId, MemberId),
    /// Who said so first.
    pub said_by: MemberId,
    /// Who confirmed it, and when; it holds from then on.
    pub confirmed: Option<(MemberId, Timestamp)>,
}

struct LinkRow {
    one: String,
    other: String,
    said_by: String,
    confirmed_by: Option<String>,
    confirmed_at_ms: Option<i64>,
}

impl TryFrom<LinkRow> for Link {
    type Error = LedgerError;

    fn try_from(row: LinkRow) -> Result<Self, LedgerError> {
        let confirmed = match (row.confirmed_by, row.confirmed_at_ms) {
            (Some(by), Some(at_ms)) => Some((member(by)?, Timestamp::from_millis(at_ms))),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(LedgerError::Inconsistent("link by halves")),
        };
        let accounts = (member(row.one)?, member(row.other)?);
        Ok(Self { accounts, said_by: member(row.said_by)?, confirmed })
    }
}

pub(crate) async fn links(conn: &mut SqliteConnection, group: &GroupId) -> Result<Vec<Link>, LedgerError> {
    let group = group.as_str();
    let rows = sqlx::query_as!(
        LinkRow,
        r#"
        select one.native_id as "one!", other.native_id as "other!", said.native_id as "said_by!",
            confirmed.native_id as "confirmed_by?", l.confirmed_at_ms as "confirmed_at_ms?"
        from link l
        join "group" g on g.group_id = l.group_id
        join member one on one.member_id = l.one_id
        join member other on other.member_id = l.other_id
        join member said on said.member_id = l.said_by_id
        left join member confirmed on confirmed.member_id = l.confirmed_by_id
        where g.key = ? and l.ended_at_ms is null
        order by l.link_id
        "#,
        group,
    );
    rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(Link::try_from).collect()
}

async fn part_in(
    conn: &mut SqliteConnection,
    group: &GroupId,
    file: Reference,
) -> Result<(Vec<MemberId>, Vec<MemberId>), LedgerError> {
    let (group, number) = (group.as_str(), file.number());
    let declared = sqlx::query_scalar!(
        r#"
        select m.native_id as "native_id!" from conflict c
        join file f on f.group_id = c.group_id and f.file_id = c.file_id
        join "group" g on g.group_id = c.group_id
        join member m on m.member_id = c.officer_id
        where g.key = ? and f.number = ?
        "#,
        group,
        number,
    );
    let declared = declared.fetch_all(&mut *conn).await.map_err(failed)?;
    let targets = sqlx::query_scalar!(
        r#"
        select m.native_id as "native_id!" from case_target t
        join file f on f.group_id = t.group_id and f.file_id = t.case_id
        join "group" g on g.group_id = t.group_id
        join member m on m.member_id = t.officer_id
        where g.key = ? and f.number = ?
        "#,
        group,
        number,
    );
    let targets = targets.fetch_all(conn).await.map_err(failed)?;
    let members = |ids: Vec<String>| ids.into_iter().map(member).collect::<Result<Vec<_>, _>>();
    Ok((members(declared)?, members(targets)?))
}

impl Ledger {
    /// What was said of accounts that are one person's, confirmed or not, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn links(&self, group: &GroupId) -> Result<Vec<Link>, LedgerError> {
        let mut conn = self.reader().await?;
        self::links(&mut conn, group).await
    }

    /// The files in which an officer has a part of their own: they said so, or a post was aimed at them; and sanctions
    /// that rest on such a case.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn files_of_part(
        &self,
        group: &GroupId,
        officer: &MemberId,
    ) -> Result<BTreeSet<Reference>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, officer) = (group.as_str(), officer.as_str());
        let numbers = sqlx::query_scalar!(
            r#"
            with part as (
                select c.file_id from conflict c join member m on m.member_id = c.officer_id
                join "group" g on g.group_id = m.group_id where g.key = ?1 and m.native_id = ?2
                union
                select t.case_id from case_target t join member m on m.member_id = t.officer_id
                join "group" g on g.group_id = m.group_id where g.key = ?1 and m.native_id = ?2
            )
            select f.number as "number!" from file f where f.file_id in (
                select file_id from part
                union
                select b.sanction_id from sanction_basis b join part p on p.file_id = b.case_id
            )
            "#,
            group,
            officer,
        );
        numbers.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(reference).collect()
    }

    /// The sanctions that rest on a case.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sanctions_on(
        &self,
        group: &GroupId,
        case: Reference,
    ) -> Result<Vec<Reference>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, number) = (group.as_str(), case.number());
        let numbers = sqlx::query_scalar!(
            r#"
            select s.number as "number!" from sanction_basis b
            join file s on s.file_id = b.sanction_id
            join file c on c.file_id = b.case_id
            join "group" g on g.group_id = c.group_id
            where g.key = ? and c.number = ?
            "#,
            group,
            number,
        );
        numbers.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(reference).collect()
    }

    /// Officers who said that they have a part in a file, and those at whom its post was aimed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn part_in(
        &self,
        group: &GroupId,
        file: Reference,
    ) -> Result<(Vec<MemberId>, Vec<MemberId>), LedgerError> {
        let mut conn = self.reader().await?;
        self::part_in(&mut conn, group, file).await
    }
}

impl Transaction {
    /// What was said of accounts that are one person's, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn links(&mut self, group: &GroupId) -> Result<Vec<Link>, LedgerError> {
        self::links(&mut self.inner, group).await
    }

    /// Records that somebody says that two accounts are one person's; the caller has made sure that nobody has.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn say_linked(
        &mut self,
        group: &GroupId,
        accounts: (&MemberId, &MemberId),
        by: &MemberId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let (one_id, other_id) = pair(conn, group_id, accounts).await?;
        let (by_id, at_ms) = (member_id(conn, group_id, by).await?, now.as_millis());
        let inserted = sqlx::query!(
            "insert into link (group_id, one_id, other_id, said_by_id, said_at_ms) values (?, ?, ?, ?, ?)",
            group_id,
            one_id,
            other_id,
            by_id,
            at_ms,
        );
        one_row(&inserted.execute(conn).await.map_err(failed)?, "a link was not written")
    }

    /// Records that another confirms it.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when it was not said, or is confirmed; or when the ledger cannot be written.
    pub async fn confirm_linked(
        &mut self,
        group: &GroupId,
        accounts: (&MemberId, &MemberId),
        by: &MemberId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let (one_id, other_id) = pair(conn, group_id, accounts).await?;
        let (by_id, at_ms) = (member_id(conn, group_id, by).await?, now.as_millis());
        let updated = sqlx::query!(
            "update link set confirmed_by_id = ?, confirmed_at_ms = ?
             where group_id = ? and one_id = ? and other_id = ? and confirmed_at_ms is null and ended_at_ms is null",
            by_id,
            at_ms,
            group_id,
            one_id,
            other_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "there was no link to confirm")
    }

    /// Records that two accounts are not one person's after all.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when nobody had said so; or when the ledger cannot be written.
    pub async fn unlink(
        &mut self,
        group: &GroupId,
        accounts: (&MemberId, &MemberId),
        by: &MemberId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let (one_id, other_id) = pair(conn, group_id, accounts).await?;
        let (by_id, at_ms) = (member_id(conn, group_id, by).await?, now.as_millis());
        let updated = sqlx::query!(
            "update link set ended_by_id = ?, ended_at_ms = ?
             where group_id = ? and one_id = ? and other_id = ? and ended_at_ms is null",
            by_id,
            at_ms,
            group_id,
            one_id,
            other_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "there was no link to end")
    }

    /// Officers who said that they have a part in a file, and those at whom its post was aimed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn part_in(
        &mut self,
        group: &GroupId,
        file: Reference,
    ) -> Result<(Vec<MemberId>, Vec<MemberId>), LedgerError> {
        self::part_in(&mut self.inner, group, file).await
    }

    /// Records that an officer has a part in a matter; gives whether it is new.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written.
    pub async fn declare_conflict(
        &mut self,
        group: &GroupId,
        file: Reference,
        officer: &MemberId,
        now: Timestamp,
    ) -> Result<bool, LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids(conn, group, file).await?;
        let (officer_id, at_ms) = (member_id(conn, group_id, officer).await?, now.as_millis());
        let inserted = sqlx::query!(
            "insert into conflict (file_id, officer_id, group_id, at_ms) values (?, ?, ?, ?) on conflict do nothing",
            file_id,
            officer_id,
            group_id,
            at_ms,
        );
        Ok(inserted.execute(conn).await.map_err(failed)?.rows_affected() > 0)
    }

    /// Records at which officers a case's post was aimed, besides those there are.
    ///
    /// # Errors
    /// When there is no such file, it is no case, or the ledger cannot be written.
    pub async fn aim_at(
        &mut self,
        group: &GroupId,
        case: Reference,
        officers: &[MemberId],
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } = file_ids_of(FileKind::Case, conn, group, case).await?;
        for officer in officers {
            let officer_id = member_id(conn, group_id, officer).await?;
            let inserted = sqlx::query!(
                "insert into case_target (case_id, officer_id, group_id) values (?, ?, ?) on conflict do nothing",
                file_id,
                officer_id,
                group_id,
            );
            inserted.execute(&mut *conn).await.map_err(failed)?;
        }
        Ok(())
    }
}

/// Our numbers for two accounts, the lower first, as the table has them.
async fn pair(
    conn: &mut SqliteConnection,
    group_id: i64,
    (one, other): (&MemberId, &MemberId),
) -> Result<(i64, i64), LedgerError> {
    let one_id = member_id(conn, group_id, one).await?;
    let other_id = member_id(conn, group_id, other).await?;
    Ok((one_id.min(other_id), one_id.max(other_id)))
}
