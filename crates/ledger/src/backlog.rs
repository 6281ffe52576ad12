//! What lies about in a group: counts for whoever looks after it, without names or files.

use policy::{GroupId, Timestamp};
use sqlx::SqliteConnection;

use crate::Ledger;
use crate::error::{LedgerError, failed};
use crate::put_back::WHEN_SAID_MS;
use crate::rows::small;

/// How long something may be tried before it counts as stuck, in seconds.
const STUCK_AFTER_S: i64 = 60 * 60;
/// How long after its day something may still happen, in seconds.
const LATE_AFTER_S: i64 = 15 * 60;

/// How many of something, and since when the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pile {
    /// How many.
    pub count: u32,
    /// Since when the oldest; nothing where there is none.
    pub since: Option<Timestamp>,
}

impl Pile {
    fn of(count: i64, since_ms: Option<i64>) -> Result<Self, LedgerError> {
        Ok(Self { count: small(count, "number of things")?, since: since_ms.map(Timestamp::from_millis) })
    }
}

/// What lies about in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Letters that somebody has to serve by hand.
    pub unserved: Pile,
    /// Letters that are on their way.
    pub undelivered: Pile,
    /// What was tried for a while to be done to posts and members, or was refused.
    pub stuck: Pile,
    /// Posts at which somebody should have looked by now.
    pub reviews: u32,
    /// Appeals that a moderator should have decided by now.
    pub appeals: u32,
    /// Appeals that the Executive should have decided by now.
    pub executive: u32,
    /// Reports that should have been answered by now.
    pub reports: u32,
    /// Proposals that should have been signed or declined by now.
    pub proposals: u32,
    /// Suspensions that should be over by now.
    pub suspensions: u32,
    /// Requests to erase that should have been answered by now.
    pub requests: u32,
    /// What should have fallen due by now and did not.
    pub deadlines: Pile,
    /// Since when what the filter would take away is left to people; nothing while it is not.
    pub tripped_since: Option<Timestamp>,
    /// Whether nothing is done before a person says so, since the record was put back from a backup.
    pub waits: bool,
}

impl Ledger {
    /// The letters of a group that are on their way.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn letters_on_their_way(&self, group: &GroupId) -> Result<Pile, LedgerError> {
        let mut conn = self.reader().await?;
        let key = group.as_str();
        let row = sqlx::query!(
            r#"
            select count(*) as "count!: i64", min(e.queued_at_ms) as "since?: i64" from effect e
            join "group" g on g.group_id = e.group_id
            where g.key = ? and e.kind = 'notify' and e.state <> 'done' and e.state <> 'refused' and e.due_at_ms < ?
            "#,
            key,
            WHEN_SAID_MS,
        );
        let row = row.fetch_one(&mut *conn).await.map_err(failed)?;
        Pile::of(row.count, row.since)
    }
}

/// What lies about in a group; nothing for one of which nothing was ever recorded.
pub(crate) async fn backlog(
    conn: &mut SqliteConnection,
    group: &GroupId,
    now: Timestamp,
) -> Result<Option<Backlog>, LedgerError> {
    let (key, now_ms) = (group.as_str(), now.as_millis());
    let stuck_ms = now.plus_seconds(-STUCK_AFTER_S).as_millis();
    let late_ms = now.plus_seconds(-LATE_AFTER_S).as_millis();
    let row = sqlx::query!(
        r#"
        with here as (select group_id from "group" where key = ?1),
            open as (
                select e.kind, e.state, e.notice_id, e.queued_at_ms, e.attempts, e.due_at_ms,
                    e.kind = 'exclude' and e.state = 'refused' and exists (
                        select 1 from effect later
                        where later.file_id = e.file_id and later.effect_id > e.effect_id
                            and later.member_id = e.member_id and later.kind in ('exclude', 'admit')
                    ) as superseded
                from effect e where e.group_id in here and e.state <> 'done'
            ),
            -- Those to reporters go when they write, and nobody can serve them.
            unserved as (
                select o.queued_at_ms from open o join notice n on n.notice_id = o.notice_id
                where o.kind = 'notify' and o.state = 'refused' and n.to_id is not null
            ),
            undelivered as (
                select queued_at_ms from open where kind = 'notify' and state <> 'refused' and due_at_ms < ?2
            ),
            stuck as (
                select queued_at_ms from open
                where kind in ('remove', 'repost', 'exclude', 'admit', 'mute', 'unmute', 'cascade') and not superseded
                    and (state = 'refused' or attempts > 0 and queued_at_ms < ?3) and due_at_ms < ?2
            ),
            late as (
                select d.due_at_ms from deadline d
                where d.group_id in here and d.settled_at_ms is null and d.due_at_ms < ?4
            )
        select g.group_id as "group_id!: i64",
            (select count(*) from unserved) as "unserved!: i64",
            (select min(queued_at_ms) from unserved) as "unserved_since?: i64",
            (select count(*) from undelivered) as "undelivered!: i64",
            (select min(queued_at_ms) from undelivered) as "undelivered_since?: i64",
            (select count(*) from stuck) as "stuck!: i64",
            (select min(queued_at_ms) from stuck) as "stuck_since?: i64",
            (select count(*) from late) as "late!: i64",
            (select min(due_at_ms) from late) as "late_since?: i64",
            (select count(*) from "case" c where c.group_id in here and c.state in ('flagged', 'hidden')
                and c.review_due_at_ms < ?5) as "reviews!: i64",
            (select count(*) from appeal a where a.group_id in here and a.state in ('lodged', 'executive')
                and a.state = 'lodged' and a.due_at_ms < ?5) as "appeals!: i64",
            (select count(*) from appeal a where a.group_id in here and a.state in ('lodged', 'executive')
                and a.state = 'executive' and exists (
                    select 1 from deadline d
                    where d.file_id = a.file_id and d.kind = 'appeal_late' and d.outcome = 'fired'
                )) as "executive!: i64",
            (select count(*) from report r indexed by report_open
                where r.group_id in here and r.state = 'open' and r.due_at_ms < ?5) as "reports!: i64",
            (select count(*) from sanction s where s.group_id in here and s.state in ('hearing', 'signing', 'unserved')
                and s.state = 'signing' and s.due_at_ms < ?5) as "proposals!: i64",
            (select count(*) from sanction s where s.group_id in here and s.state = 'live' and s.step <> 'warning'
                and s.step = 'suspension' and s.until_ms < ?4) as "suspensions!: i64",
            (select count(*) from deadline d where d.group_id in here and d.settled_at_ms is null
                and d.kind = 'erasure_due' and (d.due_at_ms < ?5 or exists (
                    -- It comes again a week later until there is an answer; a new request has a month.
                    select 1 from deadline earlier
                    where earlier.file_id = d.file_id and earlier.kind = 'erasure_due' and earlier.outcome = 'fired'
                        and earlier.settled_at_ms > d.due_at_ms - 864000000
                ))) as "requests!: i64",
            (select b.tripped_at_ms from breaker b where b.group_id = g.group_id) as "tripped_since?: i64",
            exists (select 1 from put_back p where p.group_id = g.group_id and p.resumed_at_ms is null)
                as "waits!: bool"
        from "group" g where g.key = ?1
        "#,
        key,
        WHEN_SAID_MS,
        stuck_ms,
        late_ms,
        now_ms,
    );
    let Some(row) = row.fetch_optional(conn).await.map_err(failed)? else { return Ok(None) };
    let small = |number| small(number, "number of things");
    Ok(Some(Backlog {
        unserved: Pile::of(row.unserved, row.unserved_since)?,
        undelivered: Pile::of(row.undelivered, row.undelivered_since)?,
        stuck: Pile::of(row.stuck, row.stuck_since)?,
        reviews: small(row.reviews)?,
        appeals: small(row.appeals)?,
        executive: small(row.executive)?,
        reports: small(row.reports)?,
        proposals: small(row.proposals)?,
        suspensions: small(row.suspensions)?,
        requests: small(row.requests)?,
        deadlines: Pile::of(row.late, row.late_since)?,
        tripped_since: row.tripped_since.map(Timestamp::from_millis),
        waits: row.waits,
    }))
}
