//! Counts for the committee: what happened in a time, and what stands open now. No names, no files.

use policy::report::Outcome;
use policy::{Complaint, GroupId, Step, Timestamp};
use sqlx::{Connection, SqliteConnection};

use crate::Ledger;
use crate::error::{LedgerError, failed};
use crate::rows::{small, word};

/// How many posts were removed under one rule, and by whom they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removals {
    /// The code of the rule.
    pub rule: String,
    /// Whether the filter found them, or an officer did.
    pub by_filter: bool,
    /// How many.
    pub posts: u32,
}

/// What happened in a time, and what stands open now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Digest {
    /// Posts taken away, for good or until somebody looked, by rule.
    pub removals: Vec<Removals>,
    /// Of these, how many are back.
    pub restored: u32,
    /// Strikes of posts of that time.
    pub strikes: u32,
    /// Of these, how many were voided since.
    pub voided: u32,
    /// Appeals lodged.
    pub appeals: u32,
    /// Of these, how many a moderator accepted.
    pub accepted: u32,
    /// How many a moderator dismissed, and that went no further.
    pub dismissed: u32,
    /// How many the Executive allowed, in full or in part.
    pub allowed: u32,
    /// Proposals of sanctions.
    pub sanctions: u32,
    /// Sanctions decided, by step.
    pub decided: Vec<(Step, u32)>,
    /// Sanctions taken back.
    pub taken_back: u32,
    /// Reports by members.
    pub reports: u32,
    /// Of these, how many are about what.
    pub complaints: Vec<(Complaint, u32)>,
    /// Of these, what came of how many.
    pub outcomes: Vec<(Outcome, u32)>,
    /// Mutes by moderators.
    pub mutes: u32,
    /// Notices to members.
    pub notices: u32,
    /// Now: hidden posts whose look is overdue, and appeals whose answer is.
    pub overdue: u32,
    /// Now: reports whose answer is overdue.
    pub overdue_reports: u32,
    /// Now: notices to be served by hand.
    pub unserved: u32,
    /// Now: files on the list of what will go.
    pub listed: u32,
    /// Now: files that are held.
    pub held: u32,
}

impl Ledger {
    /// What happened in a group from one instant until before another, and what stands open at `now`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn digest(
        &self,
        group: &GroupId,
        (from, until): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Digest, LedgerError> {
        let mut conn = self.reader().await?;
        // One view of the ledger for all that is counted.
        let mut view = conn.begin().await.map_err(failed)?;
        let (key, from, until, now) = (group.as_str(), from.as_millis(), until.as_millis(), now.as_millis());
        let rows = sqlx::query!(
            r#"
            select c.rule as "rule!", c.opened_by as "opened_by!", count(*) as "posts!: i64" from "case" c
            join file f on f.file_id = c.case_id
            join "group" g on g.group_id = f.group_id
            where g.key = ? and f.opened_at_ms >= ? and f.opened_at_ms < ?
                and c.state in ('removed', 'hidden', 'restored')
            group by c.rule, c.opened_by order by c.rule, c.opened_by
            "#,
            key,
            from,
            until,
        );
        let rows = rows.fetch_all(&mut *view).await.map_err(failed)?.into_iter().map(|row| {
            let posts = small(row.posts, "number of posts")?;
            Ok(Removals { rule: row.rule, by_filter: row.opened_by == "bot", posts })
        });
        let removals = rows.collect::<Result<_, LedgerError>>()?;
        let counts = sqlx::query!(
            r#"
            with here as (select group_id from "group" where key = ?1),
                opened as (
                    select f.file_id, f.kind from file f
                    where f.group_id in here and f.opened_at_ms >= ?2 and f.opened_at_ms < ?3
                ),
                lodged as (
                    select a.state, a.ruling from appeal a
                    where a.group_id in here and a.lodged_at_ms >= ?2 and a.lodged_at_ms < ?3
                )
            select
                (select count(*) from "case" c join opened o on o.file_id = c.case_id where c.state = 'restored')
                    as "restored!: i64",
                (select count(*) from strike s join opened o on o.file_id = s.case_id) as "strikes!: i64",
                (select count(*) from strike s join opened o on o.file_id = s.case_id where s.voided_at_ms is not null)
                    as "voided!: i64",
                (select count(*) from lodged) as "appeals!: i64",
                (select count(*) from lodged where state = 'accepted') as "accepted!: i64",
                (select count(*) from lodged where state = 'dismissed') as "dismissed!: i64",
                (select count(*) from lodged where state = 'settled' and ruling ->> '$.ruling' not in ('dismissed', 'not_admitted'))
                    as "allowed!: i64",
                (select count(*) from opened where kind = 'sanction') as "sanctions!: i64",
                (select count(*) from opened where kind = 'report') as "reports!: i64",
                (select count(*) from notice n
                    where +n.group_id in here and n.written_at_ms >= ?2 and n.written_at_ms < ?3) as "notices!: i64",
                (select count(*) from "case" c where c.group_id in here and c.state in ('flagged', 'hidden')
                        and c.review_due_at_ms < ?4)
                    + (select count(*) from appeal a where a.group_id in here and a.state in ('lodged', 'executive')
                        and a.state = 'lodged' and a.due_at_ms < ?4)
                    + (select count(*) from appeal a
                        where a.group_id in here and a.state in ('lodged', 'executive') and a.state = 'executive'
                            and exists (
                                select 1 from deadline d
                                where d.file_id = a.file_id and d.kind = 'appeal_late' and d.outcome = 'fired'
                            ))
                    as "overdue!: i64",
                (select count(*) from event e
                    where e.group_id in here and e.at_ms >= ?2 and e.at_ms < ?3
                        and json_extract(e.event, '$.event') = 'voided') as "taken_back!: i64",
                (select count(*) from mute u
                    where u.group_id in here and u.at_ms >= ?2 and u.at_ms < ?3) as "mutes!: i64",
                (select count(*) from report r indexed by report_open
                    where r.group_id in here and r.state = 'open' and r.due_at_ms < ?4) as "overdue_reports!: i64",
                (select count(*) from effect e
                    where e.group_id in here and e.kind = 'notify' and e.state = 'refused') as "unserved!: i64",
                (select count(*) from purge_list p where p.group_id in here) as "listed!: i64",
                (select count(*) from hold h where h.group_id in here and h.released_at_ms is null) as "held!: i64"
            "#,
            key,
            from,
            until,
            now,
        );
        let counts = counts.fetch_one(&mut *view).await.map_err(failed)?;
        let (complaints, outcomes) = reports(&mut view, key, (from, until)).await?;
        let decided = decided(&mut view, key, (from, until)).await?;
        let small = |number| small(number, "number of things");
        Ok(Digest {
            removals,
            restored: small(counts.restored)?,
            strikes: small(counts.strikes)?,
            voided: small(counts.voided)?,
            appeals: small(counts.appeals)?,
            accepted: small(counts.accepted)?,
            dismissed: small(counts.dismissed)?,
            allowed: small(counts.allowed)?,
            sanctions: small(counts.sanctions)?,
            decided,
            taken_back: small(counts.taken_back)?,
            reports: small(counts.reports)?,
            complaints,
            outcomes,
            mutes: small(counts.mutes)?,
            notices: small(counts.notices)?,
            overdue: small(counts.overdue)?,
            overdue_reports: small(counts.overdue_reports)?,
            unserved: small(counts.unserved)?,
            listed: small(counts.listed)?,
            held: small(counts.held)?,
        })
    }
}

/// How many reports of a time are about what, and what came of them.
async fn reports(
    conn: &mut SqliteConnection,
    key: &str,
    (from_ms, until_ms): (i64, i64),
) -> Result<(Vec<(Complaint, u32)>, Vec<(Outcome, u32)>), LedgerError> {
    let rows = sqlx::query!(
        r#"
        select r.complaint as "complaint!", r.outcome as "outcome?", count(*) as "reports!: i64" from "group" g
        join file f on f.group_id = g.group_id
        join report r on r.file_id = f.file_id
        where g.key = ? and f.opened_at_ms >= ? and f.opened_at_ms < ?
        group by r.complaint, r.outcome order by r.complaint, r.outcome
        "#,
        key,
        from_ms,
        until_ms,
    );
    let (mut complaints, mut outcomes) = (Vec::new(), Vec::new());
    for row in rows.fetch_all(conn).await.map_err(failed)? {
        let reports = small(row.reports, "number of reports")?;
        add(&mut complaints, word::<Complaint>(&row.complaint, "complaint of a report")?, reports);
        if let Some(outcome) = row.outcome {
            add(&mut outcomes, word::<Outcome>(&outcome, "outcome of a report")?, reports);
        }
    }
    Ok((complaints, outcomes))
}

/// How many sanctions were decided in a time, by step.
async fn decided(
    conn: &mut SqliteConnection,
    key: &str,
    (from_ms, until_ms): (i64, i64),
) -> Result<Vec<(Step, u32)>, LedgerError> {
    let rows = sqlx::query!(
        r#"
        select json_extract(e.event, '$.step') as "step!: String", count(*) as "sanctions!: i64" from event e
        join "group" g on g.group_id = e.group_id
        where g.key = ? and e.at_ms >= ? and e.at_ms < ? and json_extract(e.event, '$.event') = 'decided'
        group by 1
        "#,
        key,
        from_ms,
        until_ms,
    );
    let rows = rows
        .fetch_all(conn)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| Ok((word::<Step>(&row.step, "step")?, small(row.sanctions, "number of sanctions")?)));
    let mut decided = rows.collect::<Result<Vec<_>, LedgerError>>()?;
    decided.sort_by_key(|(step, _)| *step);
    Ok(decided)
}

fn add<K: PartialEq>(counts: &mut Vec<(K, u32)>, of: K, more: u32) {
    match counts.iter_mut().find(|(kind, _)| *kind == of) {
        Some((_, count)) => *count = count.saturating_add(more),
        None => counts.push((of, more)),
    }
}
