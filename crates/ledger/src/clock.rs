//! The newest entry, against which a clock is checked, and the times at which the clock was not believed.

use policy::{Implausible, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::put_back::WHEN_SAID_MS;
use crate::{Ledger, Transaction};

/// That the clock is not believed, and how far it is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockDoubt {
    /// Why.
    pub why: Implausible,
    /// What it showed when this was noticed.
    pub shown: Timestamp,
    /// What it should have shown then.
    pub expected: Timestamp,
}

/// How the clock came to be believed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Belief {
    /// It went back to what it should show.
    Returned,
    /// A person said that it is right.
    Confirmed,
}

impl Ledger {
    /// The newest instant recorded in any group by a clock that was believed. A clock that is behind it is wrong.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn latest(&self) -> Result<Option<Timestamp>, LedgerError> {
        latest(&mut *self.reader().await?).await
    }

    /// The doubt in the clock that stands, if one does; restarts do not end it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn clock_doubt(&self) -> Result<Option<ClockDoubt>, LedgerError> {
        doubt(&mut *self.reader().await?).await
    }
}

/// The newest instant that was recorded by a clock that was believed.
pub(crate) async fn latest(conn: &mut SqliteConnection) -> Result<Option<Timestamp>, LedgerError> {
    // What a clock dated that was set forward and then back says nothing about the time; nor what was dated later
    // than a person knows it to be.
    let newest = sqlx::query_scalar!(
        r#"
        select max(at_ms) as "at_ms?: i64" from (
            select at_ms from (
                select e.at_ms from event e
                where not exists (
                    select 1 from clock_doubt d
                    where e.event_id > d.event_id and (d.outcome is null or e.event_id <= d.last_event_id)
                        and (d.why = 'jumped' and d.shown_at_ms > d.expected_at_ms and d.outcome is not 'confirmed'
                            or d.why = 'behind' and d.outcome is 'confirmed')
                )
                order by e.at_ms desc limit 1
            )
            union all
            select at_ms from (
                select n.written_at_ms as at_ms from notice n
                where not exists (
                    select 1 from clock_doubt d
                    where n.notice_id > d.notice_id and (d.outcome is null or n.notice_id <= d.last_notice_id)
                        and (d.why = 'jumped' and d.shown_at_ms > d.expected_at_ms and d.outcome is not 'confirmed'
                            or d.why = 'behind' and d.outcome is 'confirmed')
                )
                order by n.written_at_ms desc limit 1
            )
        )
        "#
    );
    let newest = newest.fetch_one(conn).await.map_err(failed)?;
    Ok(newest.map(Timestamp::from_millis))
}

/// The doubt in the clock that stands.
pub(crate) async fn doubt(conn: &mut SqliteConnection) -> Result<Option<ClockDoubt>, LedgerError> {
    let row = sqlx::query!(
        r#"
        select why as "why!", shown_at_ms as "shown_at_ms!", expected_at_ms as "expected_at_ms!"
        from clock_doubt where outcome is null
        "#
    );
    let row = row.fetch_optional(conn).await.map_err(failed)?.map(|row| {
        let why = match row.why.as_str() {
            "behind" => Implausible::Behind,
            "jumped" => Implausible::Jumped,
            _ => return Err(LedgerError::Inconsistent("doubt in the clock")),
        };
        Ok(ClockDoubt {
            why,
            shown: Timestamp::from_millis(row.shown_at_ms),
            expected: Timestamp::from_millis(row.expected_at_ms),
        })
    });
    row.transpose()
}

impl Transaction {
    /// Records that the clock is not believed from now on.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when it was not before; or when the ledger cannot be written.
    pub async fn doubt_clock(&mut self, doubt: &ClockDoubt) -> Result<(), LedgerError> {
        let why = match doubt.why {
            Implausible::Behind => "behind",
            Implausible::Jumped => "jumped",
        };
        let (shown_at_ms, expected_at_ms) = (doubt.shown.as_millis(), doubt.expected.as_millis());
        let inserted = sqlx::query!(
            "insert into clock_doubt (why, shown_at_ms, expected_at_ms, event_id, notice_id)
             values (
                 ?, ?, ?, coalesce((select max(event_id) from event), 0), coalesce((select max(notice_id) from notice), 0)
             )",
            why,
            shown_at_ms,
            expected_at_ms,
        );
        let inserted = inserted.execute(&mut *self.inner).await.map_err(duplicate("a doubt in the clock"))?;
        one_row(&inserted, "a doubt in the clock was not written")
    }

    /// Records that the clock is believed again, and has whatever waited for a later time that was never to come
    /// delivered from `now` on.
    ///
    /// # Errors
    /// When it was believed, or the ledger cannot be written.
    pub async fn believe_clock(&mut self, belief: Belief, now: Timestamp) -> Result<(), LedgerError> {
        let outcome = match belief {
            Belief::Returned => "returned",
            Belief::Confirmed => "confirmed",
        };
        let now_ms = now.as_millis();
        // Of a clock that is behind, a person who confirms it says that what is dated later was dated wrongly.
        let updated = sqlx::query!(
            "update clock_doubt set outcome = ?1,
                 event_id = iif(why = 'behind' and ?1 = 'confirmed',
                     coalesce((select min(event_id) - 1 from event where at_ms > ?2), event_id), event_id),
                 notice_id = iif(why = 'behind' and ?1 = 'confirmed',
                     coalesce((select min(notice_id) - 1 from notice where written_at_ms > ?2), notice_id), notice_id),
                 last_event_id = coalesce((select max(event_id) from event), 0),
                 last_notice_id = coalesce((select max(notice_id) from notice), 0)
             where outcome is null",
            outcome,
            now_ms,
        );
        one_row(&updated.execute(&mut *self.inner).await.map_err(failed)?, "the clock was believed")?;
        let late = sqlx::query!(
            "update effect set due_at_ms = ?1 where state in ('pending', 'unknown') and due_at_ms > ?1 and due_at_ms < ?2",
            now_ms,
            WHEN_SAID_MS,
        );
        late.execute(&mut *self.inner).await.map_err(failed)?;
        Ok(())
    }
}
