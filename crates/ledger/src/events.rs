//! What happened in files.

use policy::{Actor, Event, GroupId, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::ids::{FileIds, file_ids, member_id_if};
use crate::rows::{actor, actor_columns, event, event_json};
use crate::{Ledger, Transaction, register};

/// Something that happened in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEvent {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// What.
    pub event: Event,
}

impl Ledger {
    /// What happened in a file, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn events(&self, group: &GroupId, file: Reference) -> Result<Vec<FileEvent>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, number) = (group.as_str(), file.number());
        let rows = sqlx::query!(
            r#"
            select e.at_ms as "at_ms!", e.actor as "actor!", officer.native_id as "officer?", e.event as "event!"
            from event e
            join file f on f.file_id = e.file_id
            join "group" g on g.group_id = f.group_id
            left join member officer on officer.member_id = e.officer_id
            where g.key = ? and f.number = ?
            order by e.event_id
            "#,
            group,
            number,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(|row| {
            Ok(FileEvent {
                at: Timestamp::from_millis(row.at_ms),
                actor: actor(&row.actor, row.officer)?,
                event: event(&row.event)?,
            })
        });
        rows.collect()
    }
}

impl Transaction {
    /// Adds to a file's history. Decisions get their line in the register too.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written.
    pub async fn note(
        &mut self,
        group: &GroupId,
        file: Reference,
        actor: &Actor,
        event: Event,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let ids = file_ids(conn, group, file).await?;
        let event_id = note(conn, ids, actor, event, now).await?;
        if event.is_decision() {
            register::add(conn, ids, now.as_millis(), register::Entry::Decision(event_id)).await?;
        }
        Ok(())
    }
}

pub(crate) async fn note(
    conn: &mut SqliteConnection,
    FileIds { group_id, file_id }: FileIds,
    actor: &Actor,
    event: Event,
    now: Timestamp,
) -> Result<i64, LedgerError> {
    let (actor, officer) = actor_columns(actor);
    let officer_id = member_id_if(conn, group_id, officer).await?;
    let at_ms = now.as_millis();
    let event = event_json(event)?;
    let inserted = sqlx::query!(
        "insert into event (group_id, file_id, at_ms, actor, officer_id, event) values (?, ?, ?, ?, ?, ?)",
        group_id,
        file_id,
        at_ms,
        actor,
        officer_id,
        event,
    );
    let inserted = inserted.execute(conn).await.map_err(failed)?;
    one_row(&inserted, "an event was not written")?;
    Ok(inserted.last_insert_rowid())
}
