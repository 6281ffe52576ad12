//! How a ledger stands, for whoever watches the program: what is open in each group, in numbers, and whether something can be
//! recorded. No names, no files.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::Ordering;

use policy::{DeadlineKind, GroupId, Timestamp};
use sqlx::{Connection, SqliteConnection};

use crate::error::{LedgerError, failed};
use crate::layout::size;
use crate::rows::{group, small, word};
use crate::{EffectKind, Ledger};

/// What stands open in a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Cases that a moderator is to look at.
    pub cases: u32,
    /// Appeals that a moderator is to decide.
    pub appeals: u32,
    /// Appeals that the Executive is to decide.
    pub appeals_to_executive: u32,
    /// Reports that are to be answered.
    pub reports: u32,
    /// Sanctions that wait for the member's side, for signatures, or to be served.
    pub sanctions: u32,
    /// Notices that do not go by themselves: the platform refused them, or refuses the deed of which they tell.
    pub undelivered: u32,
    /// Whether what the filter would take away is left to people, because so much went.
    pub has_tripped: bool,
    /// What is not done on the platform, by what and how.
    pub effects: Vec<Outstanding>,
    /// What has come and did not fire, by what.
    pub overdue: Vec<(DeadlineKind, u32)>,
}

/// Effects of one kind that are not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outstanding {
    /// The word for their kind, of [`EffectKind::WORDS`].
    pub kind: &'static str,
    /// How they stand.
    pub how: Progress,
    /// How many.
    pub effects: u32,
    /// When the oldest of them was recorded.
    pub oldest: Timestamp,
}

/// How an effect stands that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Progress {
    /// It was not tried, or merely put off because the platform asked for patience.
    Waiting,
    /// It was tried in vain, and is tried again.
    Failing,
    /// It may have happened, and is asked for again.
    Unknown,
    /// It did not happen, and will not.
    Refused,
}

impl Progress {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Failing, Self::Unknown, Self::Refused];

    /// The word for it in figures.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Failing => "failing",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }
}

impl Ledger {
    /// What stands open at `now` in each group of which anything is on record. It costs as much as there is open, and not as
    /// much as there is on record.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn tally(&self, now: Timestamp) -> Result<BTreeMap<GroupId, Tally>, LedgerError> {
        let mut conn = self.reader().await?;
        // One view of the ledger for all that is counted.
        let mut view = conn.begin().await.map_err(failed)?;
        let mut tally = counted(&mut view).await?;
        for (group, outstanding) in effects(&mut view).await? {
            tally.entry(group).or_default().effects.push(outstanding);
        }
        for (group, kind, deadlines) in overdue(&mut view, now).await? {
            tally.entry(group).or_default().overdue.push((kind, deadlines));
        }
        Ok(tally)
    }

    /// Whether something can be recorded: the one that writes is to be had, and what was to be recorded last was.
    pub async fn is_writable(&self) -> bool {
        let begun = async { self.begin().await?.inner.rollback().await.map_err(failed) };
        if let Err(error) = begun.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the ledger cannot be written");
            return false;
        }
        // What fails on a full disk is the commit, and there is one every minute at least where groups are heard.
        !self.inner.unwritten.load(Ordering::Relaxed)
    }

    /// How large it is on the disk, in bytes.
    ///
    /// # Errors
    /// When it is not there any more.
    pub fn size(&self) -> io::Result<u64> {
        size(self.directory())
    }
}

/// The groups, with what waits for people.
async fn counted(conn: &mut SqliteConnection) -> Result<BTreeMap<GroupId, Tally>, LedgerError> {
    let rows = sqlx::query!(
        r#"
        select g.key as "key!",
            (select count(*) from "case" c indexed by case_awaiting_review
                where c.group_id = g.group_id and c.state in ('flagged', 'hidden')) as "cases!: i64",
            (select count(*) from appeal a indexed by appeal_waiting
                where a.group_id = g.group_id and a.state in ('lodged', 'executive') and a.state = 'lodged')
                as "appeals!: i64",
            (select count(*) from appeal a indexed by appeal_waiting
                where a.group_id = g.group_id and a.state in ('lodged', 'executive') and a.state = 'executive')
                as "appeals_to_executive!: i64",
            (select count(*) from report r indexed by report_open
                where r.group_id = g.group_id and r.state = 'open') as "reports!: i64",
            (select count(*) from sanction s indexed by sanction_waiting
                where s.group_id = g.group_id and s.state in ('hearing', 'signing', 'unserved')) as "sanctions!: i64",
            (select count(*) from effect e indexed by effect_open
                where e.group_id = g.group_id and e.state <> 'done' and e.kind = 'notify' and (
                    e.state = 'refused'
                    or exists (select 1 from effect_held held where held.effect_id = e.effect_id)
                )) as "undelivered!: i64",
            exists (select 1 from breaker b where b.group_id = g.group_id and b.tripped_at_ms is not null)
                as "has_tripped!: bool"
        from "group" g
        "#
    );
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(|row| {
        let small = |number| small(number, "number of things");
        let tally = Tally {
            cases: small(row.cases)?,
            appeals: small(row.appeals)?,
            appeals_to_executive: small(row.appeals_to_executive)?,
            reports: small(row.reports)?,
            sanctions: small(row.sanctions)?,
            undelivered: small(row.undelivered)?,
            has_tripped: row.has_tripped,
            ..Tally::default()
        };
        Ok((group(row.key)?, tally))
    });
    rows.collect()
}

/// What is not done, group by group.
async fn effects(conn: &mut SqliteConnection) -> Result<Vec<(GroupId, Outstanding)>, LedgerError> {
    let rows = sqlx::query!(
        r#"
        select g.key as "key!", e.kind as "kind!",
            case
                when e.state = 'refused' then 'refused'
                when e.doubtful = 1 then 'unknown'
                -- The try that is under way says nothing yet.
                when e.denied = 1 or e.attempts - (e.state = 'sending') > e.put_off then 'failing'
                else 'waiting'
            end as "how!: String",
            count(*) as "effects!: i64", min(e.queued_at_ms) as "oldest_ms!: i64"
        from effect e indexed by effect_open
        join "group" g on g.group_id = e.group_id
        where e.state <> 'done'
        group by 1, 2, 3 order by 1, 2, 3
        "#
    );
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(|row| {
        let kind = EffectKind::WORDS.into_iter().find(|word| *word == row.kind);
        let how = Progress::ALL.into_iter().find(|how| how.word() == row.how);
        let outstanding = Outstanding {
            kind: kind.ok_or(LedgerError::Inconsistent("kind of an effect"))?,
            how: how.ok_or(LedgerError::Inconsistent("state of an effect"))?,
            effects: small(row.effects, "number of effects")?,
            oldest: Timestamp::from_millis(row.oldest_ms),
        };
        Ok((group(row.key)?, outstanding))
    });
    rows.collect()
}

/// What has come and did not fire, group by group.
async fn overdue(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Vec<(GroupId, DeadlineKind, u32)>, LedgerError> {
    let now = now.as_millis();
    let rows = sqlx::query!(
        r#"
        select g.key as "key!", d.kind as "kind!", count(*) as "deadlines!: i64"
        from deadline d indexed by deadline_due
        join "group" g on g.group_id = d.group_id
        where d.settled_at_ms is null and d.due_at_ms < ?
        group by 1, 2 order by 1, 2
        "#,
        now,
    );
    let rows = rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(|row| {
        let kind = word::<DeadlineKind>(&row.kind, "kind of a deadline")?;
        Ok((group(row.key)?, kind, small(row.deadlines, "number of deadlines")?))
    });
    rows.collect()
}
