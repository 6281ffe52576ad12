//! Our own numbers for groups, members and files.

use policy::{GroupId, MemberId, Reference};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed};
use crate::files::FileKind;
use crate::rows::file_kind;

/// Where a file is to be found; what only its kind has stands under the same number.
#[derive(Clone, Copy)]
pub(crate) struct FileIds {
    pub(crate) group_id: i64,
    pub(crate) file_id: i64,
}

/// A file, and what it is.
pub(crate) struct FileRow {
    pub(crate) ids: FileIds,
    pub(crate) kind: FileKind,
}

pub(crate) async fn file_row(
    conn: &mut SqliteConnection,
    group: &GroupId,
    file: Reference,
) -> Result<Option<FileRow>, LedgerError> {
    let (group, number) = (group.as_str(), file.number());
    let row = sqlx::query!(
        r#"
        select f.group_id as "group_id!", f.file_id as "file_id!", f.kind as "kind!" from file f
        join "group" g on g.group_id = f.group_id
        where g.key = ? and f.number = ?
        "#,
        group,
        number,
    );
    let row = row.fetch_optional(conn).await.map_err(failed)?;
    let row = row.map(|row| {
        let ids = FileIds { group_id: row.group_id, file_id: row.file_id };
        Ok(FileRow { ids, kind: file_kind(&row.kind)? })
    });
    row.transpose()
}

/// Where a file of any kind is to be found.
pub(crate) async fn file_ids(
    conn: &mut SqliteConnection,
    group: &GroupId,
    file: Reference,
) -> Result<FileIds, LedgerError> {
    let row = file_row(conn, group, file).await?;
    row.map(|row| row.ids).ok_or(LedgerError::NoSuchFile(file))
}

/// Where a file that must be of this kind is to be found.
pub(crate) async fn file_ids_of(
    wanted: FileKind,
    conn: &mut SqliteConnection,
    group: &GroupId,
    file: Reference,
) -> Result<FileIds, LedgerError> {
    match file_row(conn, group, file).await? {
        None => Err(LedgerError::NoSuchFile(file)),
        Some(FileRow { ids, kind }) if kind == wanted => Ok(ids),
        Some(FileRow { kind: is, .. }) => Err(LedgerError::WrongKind { file, is, wanted }),
    }
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
