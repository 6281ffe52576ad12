//! Our own numbers for groups, members and cases.

use policy::{GroupId, MemberId, Reference};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed};

/// Where a case is to be found.
#[derive(Clone, Copy)]
pub(crate) struct CaseIds {
    pub(crate) group_id: i64,
    pub(crate) case_id: i64,
}

pub(crate) async fn case_ids(
    conn: &mut SqliteConnection,
    group: &GroupId,
    case: Reference,
) -> Result<CaseIds, LedgerError> {
    let (group, number) = (group.as_str(), case.number());
    let ids = sqlx::query_as!(
        CaseIds,
        r#"
        select c.group_id as "group_id!", c.case_id as "case_id!" from "case" c
        join "group" g on g.group_id = c.group_id
        where g.key = ? and c.number = ?
        "#,
        group,
        number,
    );
    ids.fetch_optional(conn).await.map_err(failed)?.ok_or(LedgerError::NoSuchCase(case))
}

/// Our number for a group; it gets one when it has none.
pub(crate) async fn group_id(conn: &mut SqliteConnection, group: &GroupId) -> Result<i64, LedgerError> {
    let key = group.as_str();
    let known = sqlx::query_scalar!(r#"select group_id as "group_id!" from "group" where key = ?"#, key);
    if let Some(id) = known.fetch_optional(&mut *conn).await.map_err(failed)? {
        return Ok(id);
    }
    let new = sqlx::query!(r#"insert into "group" (key) values (?)"#, key);
    Ok(new.execute(conn).await.map_err(failed)?.last_insert_rowid())
}

/// Our number for a member; they get one when they have none.
pub(crate) async fn member_id(
    conn: &mut SqliteConnection,
    group_id: i64,
    member: &MemberId,
) -> Result<i64, LedgerError> {
    let native_id = member.as_str();
    let known = sqlx::query_scalar!(
        r#"select member_id as "member_id!" from member where group_id = ? and native_id = ?"#,
        group_id,
        native_id,
    );
    if let Some(id) = known.fetch_optional(&mut *conn).await.map_err(failed)? {
        return Ok(id);
    }
    let new = sqlx::query!("insert into member (group_id, native_id) values (?, ?)", group_id, native_id);
    Ok(new.execute(conn).await.map_err(failed)?.last_insert_rowid())
}

pub(crate) async fn member_id_if(
    conn: &mut SqliteConnection,
    group_id: i64,
    member: Option<&MemberId>,
) -> Result<Option<i64>, LedgerError> {
    match member {
        Some(member) => member_id(conn, group_id, member).await.map(Some),
        None => Ok(None),
    }
}
