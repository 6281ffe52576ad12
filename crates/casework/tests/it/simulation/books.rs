//! What the database says, read past every query of the product.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Ledger, testing};

/// A file, as far as rules ask.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) group: String,
    pub(super) number: u32,
    pub(super) kind: String,
    pub(super) communicated_at: i64,
    pub(super) held: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) file: i64,
    pub(super) group: String,
    pub(super) number: u32,
    pub(super) post: String,
    pub(super) author: String,
    pub(super) state: String,
    pub(super) decider: String,
    /// When the post of a strike that counts was written.
    pub(super) strike: Option<i64>,
}

#[derive(Debug, Clone)]
pub(super) struct Sanction {
    pub(super) file: i64,
    pub(super) group: String,
    pub(super) number: u32,
    pub(super) member: String,
    pub(super) proposed: String,
    pub(super) step: String,
    pub(super) because: String,
    pub(super) state: String,
    pub(super) signed_at: Option<i64>,
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
    pub(super) basis: BTreeSet<i64>,
    pub(super) signers: Vec<String>,
    pub(super) invited: usize,
    pub(super) heard: usize,
}

impl Sanction {
    pub(super) fn counts(&self) -> bool {
        ["unserved", "live", "ended"].contains(&self.state.as_str())
    }

    pub(super) fn is_proposal(&self) -> bool {
        ["hearing", "signing"].contains(&self.state.as_str())
    }

    pub(super) fn shuts_out(&self, now: i64) -> bool {
        self.state == "live"
            && (self.step == "expulsion"
                || self.step == "suspension" && self.until.is_some_and(|at| now <= at))
    }
}

#[derive(Debug, Clone)]
pub(super) struct Effect {
    pub(super) id: i64,
    pub(super) name: i64,
    pub(super) group: String,
    pub(super) file: i64,
    pub(super) kind: String,
    pub(super) whom: String,
    pub(super) state: String,
}

impl Effect {
    pub(super) fn is_outstanding(&self) -> bool {
        !["done", "refused"].contains(&self.state.as_str())
    }
}

#[derive(Debug, Clone)]
pub(super) struct Deadline {
    pub(super) file: i64,
    pub(super) kind: String,
    pub(super) due: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Appeal {
    pub(super) file: i64,
    pub(super) state: String,
    pub(super) decider: String,
}

#[derive(Debug, Clone)]
pub(super) struct Mute {
    pub(super) file: i64,
    pub(super) until: i64,
    pub(super) is_over: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Books {
    pub(super) files: BTreeMap<i64, File>,
    pub(super) cases: Vec<Case>,
    pub(super) sanctions: Vec<Sanction>,
    /// Files, and who said or is taken to have a part in them.
    pub(super) parts: BTreeSet<(i64, String)>,
    /// Accounts that are one person's, by group.
    pub(super) links: Vec<(String, String, String)>,
    pub(super) effects: Vec<Effect>,
    pub(super) deadlines: Vec<Deadline>,
    pub(super) appeals: Vec<Appeal>,
    pub(super) mutes: Vec<Mute>,
    /// Reports that wait, by file.
    pub(super) reports: BTreeSet<i64>,
    pub(super) shadow: BTreeSet<String>,
    /// Groups whose breaker has tripped, and how many posts were left standing because of it.
    pub(super) tripped: BTreeSet<String>,
    pub(super) spared: usize,
    pub(super) clock_is_doubted: bool,
    /// What contradicts a rule that the rows tell of alone.
    pub(super) wrong: Vec<String>,
}

const QUERIES: &[&str] = &[
    r#"select f.file_id, g.key, f.number, f.kind, coalesce(f.communicated_at_ms, f.opened_at_ms),
        exists (select 1 from hold h where h.file_id = f.file_id and h.released_at_ms is null)
       from file f join "group" g using (group_id) order by f.file_id"#,
    r#"select c.case_id, g.key, f.number, c.post, m.native_id, c.state, d.native_id,
        (select s.conduct_at_ms from strike s where s.case_id = c.case_id and s.voided_at_ms is null)
       from "case" c join file f on f.file_id = c.case_id join "group" g on g.group_id = c.group_id
       join member m on m.member_id = c.author_id left join member d on d.member_id = c.decider_id order by c.case_id"#,
    r#"select s.sanction_id, g.key, f.number, m.native_id, s.proposed, s.step, s.because, s.state, s.signed_at_ms,
        s.since_ms, s.until_ms,
        (select group_concat(b.case_id) from sanction_basis b where b.sanction_id = s.sanction_id),
        (select group_concat(o.native_id) from signature q join member o on o.member_id = q.officer_id
         where q.sanction_id = s.sanction_id and q.formed_at_ms = s.formed_at_ms),
        (select count(*) from notice n where n.file_id = s.sanction_id and n.kind = 'side_invited'),
        (select count(*) from event e where e.file_id = s.sanction_id and e.event ->> '$.event' in ('side_given', 'heard'))
       from sanction s join file f on f.file_id = s.sanction_id join "group" g on g.group_id = s.group_id
       join member m on m.member_id = s.member_id order by s.sanction_id"#,
    r#"select c.file_id, m.native_id from conflict c join member m on m.member_id = c.officer_id
       union all select t.case_id, m.native_id from case_target t join member m on m.member_id = t.officer_id"#,
    r#"select g.key, a.native_id, b.native_id from link l join "group" g using (group_id)
       join member a on a.member_id = l.one_id join member b on b.member_id = l.other_id
       where l.confirmed_at_ms is not null and l.ended_at_ms is null"#,
    r#"select e.effect_id, e.name, g.key, e.file_id, e.kind, coalesce(m.native_id, o.native_id), e.state
       from effect e join "group" g using (group_id)
       left join member m on m.member_id = e.member_id left join member o on o.member_id = e.officer_id
       where e.state not in ('done', 'refused') or e.kind = 'notify' and e.state = 'refused' or e.effect_id > (select max(effect_id) - 80 from effect)
       order by e.effect_id"#,
    "select file_id, kind, due_at_ms from deadline where settled_at_ms is null order by deadline_id",
    r#"select a.file_id, a.state, m.native_id from appeal a left join member m on m.member_id = a.decider_id
       order by a.appeal_id"#,
    "select file_id, until_ms, ended_at_ms is not null from mute order by mute_id",
    "select file_id from report where state = 'open'",
    r#"select g.key, (select s.mode from setting s where s.group_id = g.group_id and s.mode is not null
        order by s.setting_id desc limit 1) from "group" g"#,
    "select count(*) from clock_doubt where outcome is null",
    r#"select g.key from breaker b join "group" g using (group_id) where b.tripped_at_ms is not null"#,
    r#"select count(*) from "case" where spared is not null"#,
    // Rules that the rows tell of alone.
    r#"
    select 'the register has a gap in ' || g.key from "group" g
    where g.register_number <> (select count(*) from register r where r.group_id = g.group_id)
        or g.register_number <> (select coalesce(max(r.number), 0) from register r where r.group_id = g.group_id)
    union all
    select 'no notice of a removal, file ' || e.file_id from effect e
    where e.kind = 'remove' and not exists (
        -- Written with it or, where it takes what was edited into a removed post, with the removal of that.
        select 1 from notice n where n.file_id = e.file_id and n.written_at_ms <= e.queued_at_ms
            and n.kind in ('removed', 'hidden', 'quoted', 'cascade_removed') and not exists (
                select 1 from effect back where back.file_id = e.file_id and back.kind = 'repost'
                    and back.queued_at_ms > n.written_at_ms and back.queued_at_ms <= e.queued_at_ms
            )
    )
    union all
    select 'a removed post without its effect, file ' || c.case_id from "case" c
    where c.state in ('hidden', 'removed') and not exists (
        select 1 from effect e where e.file_id = c.case_id and e.kind = 'remove'
    )
    union all
    select 'a strike of a post that is not away, file ' || s.case_id from strike s join "case" c using (case_id)
    where s.voided_at_ms is null and c.state <> 'removed'
    union all
    select 'one post, two cases: ' || c.post from "case" c group by c.group_id, c.post having count(*) > 1
    union all
    select 'a signature for what was not opened, file ' || q.sanction_id from signature q where not exists (
        select 1 from access a where a.file_id = q.sanction_id and a.officer_id = q.officer_id
            and a.at_ms >= q.formed_at_ms
    )
    and exists (select 1 from sanction s where s.sanction_id = q.sanction_id and s.state in ('hearing', 'signing'))
    union all
    select 'heavier than proposed, file ' || s.sanction_id from sanction s
    where case s.step when 'warning' then 1 when 'suspension' then 2 else 3 end
        > case s.proposed when 'warning' then 1 when 'suspension' then 2 else 3 end
    union all
    select 'a warning counts that nobody got, file ' || s.sanction_id from sanction s
    where s.state = 'live' and s.step = 'warning' and not exists (
        select 1 from notice n join effect e on e.notice_id = n.notice_id
        where n.file_id = s.sanction_id and n.kind = 'warning_issued' and e.state = 'done'
    )
    union all
    select 'refused, and the member reads that they are out, file ' || e.file_id from effect e
    join sanction s on s.sanction_id = e.file_id and s.member_id = e.member_id
    where e.kind = 'exclude' and e.state = 'refused' and s.state = 'live'
    and not exists (
        select 1 from effect later where later.file_id = e.file_id and later.member_id = e.member_id
            and later.effect_id > e.effect_id and later.kind in ('exclude', 'admit')
    )
    and (
        select n.kind from notice n where n.file_id = e.file_id and n.to_id = e.member_id
            and n.kind in ('suspended', 'expelled', 'not_carried_out') order by n.notice_id desc limit 1
    ) is not 'not_carried_out'
    union all
    select 'put out, and the member reads that they were not, file ' || e.file_id from effect e
    join notice n on n.file_id = e.file_id and n.to_id = e.member_id and n.kind = 'not_carried_out'
    join effect told on told.notice_id = n.notice_id
    where e.kind = 'exclude' and e.state = 'done' and e.effect_id > told.effect_id and not exists (
        select 1 from effect again join notice so on so.notice_id = again.notice_id
        where so.file_id = e.file_id and so.to_id = e.member_id and so.kind in ('suspended', 'expelled')
            and so.notice_id > n.notice_id and again.effect_id < e.effect_id
    )
    union all
    select 'a notice without delivery: ' || n.notice_id from notice n
    where not exists (select 1 from effect e where e.notice_id = n.notice_id)
    union all
    select 'a notice that is not in the register: ' || n.notice_id from notice n
    where not exists (select 1 from register r where r.notice_id = n.notice_id)
    union all
    select 'said more often than it fell due: ' || d.event || ', file ' || f.file_id from file f join (
        select 'review_due' as event, 'review_due' as kind union all select 'review_overdue', 'review_overdue'
        union all select 'appeal_waits', 'appeal_reminder' union all select 'appeal_overdue', 'appeal_due'
        union all select 'heard', 'hearing_over' union all select 'mute_review', 'mute_review'
        union all select 'hold_review_due', 'hold_review' union all select 'suspension_over', 'suspension_over'
        union all select 'erasure_waits', 'erasure_reminder' union all select 'erasure_overdue', 'erasure_due'
    ) d
    where (select count(*) from event e where e.file_id = f.file_id and e.event ->> '$.event' = d.event)
        > (select count(*) from deadline x where x.file_id = f.file_id and x.kind = d.kind and x.outcome = 'fired')
    union all
    select 'a mute of more than 72 hours, file ' || file_id from mute where until_ms - at_ms > 72 * 3600000
    union all
    select 'a strike of a post that was left to people, file ' || c.case_id from strike s join "case" c using (case_id)
    where c.spared is not null and c.decider_id is null
    union all
    select 'its author was told of a post that was left to people, file ' || c.case_id from notice n
    join "case" c on c.case_id = n.file_id
    where c.spared is not null and c.decider_id is null and n.kind in ('removed', 'hidden', 'quoted')
    union all
    select 'taken away although that is left to people, file ' || e.file_id from event e
    join "case" c on c.case_id = e.file_id
    join breaker b on b.group_id = c.group_id
    where b.tripped_at_ms is not null and e.event ->> '$.event' = 'judged' and e.actor = 'bot' and c.grade is not 'strongest'
        and exists (
            select 1 from effect r where r.file_id = e.file_id and r.kind = 'remove' and r.queued_at_ms = e.at_ms
        )
        and e.event_id > (
            select max(t.event_id) from event t where t.group_id = b.group_id and t.event ->> '$.event' = 'breaker_tripped'
        )
    union all
    select 'the breaker has tripped, and nobody will be reminded: ' || g.key from breaker b join "group" g using (group_id)
    where b.tripped_at_ms is not null and not exists (
        select 1 from deadline d where d.group_id = b.group_id and d.kind = 'breaker_stands' and d.settled_at_ms is null
    )
    union all
    select 'an appeal decided by nobody, file ' || file_id from appeal
    where state in ('accepted', 'dismissed', 'settled') and decider_id is null
    "#,
];

/// Looks at everything.
pub(super) async fn read(ledger: &Ledger) -> Books {
    let answers = testing::look(ledger, QUERIES).await.unwrap();
    let [
        files,
        cases,
        sanctions,
        parts,
        links,
        effects,
        deadlines,
        appeals,
        mutes,
        reports,
        modes,
        doubts,
        tripped,
        spared,
        wrong,
    ] = <[Vec<Vec<String>>; 15]>::try_from(answers).unwrap();
    Books {
        files: files.iter().map(|row| (number(&row[0]), file(row))).collect(),
        cases: cases.iter().map(|row| case(row)).collect(),
        sanctions: sanctions.iter().map(|row| sanction(row)).collect(),
        parts: parts.into_iter().map(|row| (number(&row[0]), row[1].clone())).collect(),
        links: links.into_iter().map(|row| (row[0].clone(), row[1].clone(), row[2].clone())).collect(),
        effects: effects.iter().map(|row| effect(row)).collect(),
        deadlines: deadlines
            .iter()
            .map(|row| Deadline { file: number(&row[0]), kind: row[1].clone(), due: number(&row[2]) })
            .collect(),
        appeals: appeals
            .iter()
            .map(|row| Appeal { file: number(&row[0]), state: row[1].clone(), decider: row[2].clone() })
            .collect(),
        mutes: mutes
            .iter()
            .map(|row| Mute { file: number(&row[0]), until: number(&row[1]), is_over: row[2] == "1" })
            .collect(),
        reports: reports.iter().map(|row| number(&row[0])).collect(),
        shadow: modes.into_iter().filter(|row| row[1] == "shadow").map(|row| row[0].clone()).collect(),
        tripped: tripped.into_iter().flatten().collect(),
        spared: spared[0][0].parse().unwrap(),
        clock_is_doubted: doubts[0][0] != "0",
        wrong: wrong.into_iter().flatten().collect(),
    }
}

fn number(text: &str) -> i64 {
    text.parse().unwrap()
}

fn maybe(text: &str) -> Option<i64> {
    text.parse().ok()
}

fn file(row: &[String]) -> File {
    File {
        group: row[1].clone(),
        number: row[2].parse().unwrap(),
        kind: row[3].clone(),
        communicated_at: number(&row[4]),
        held: row[5] == "1",
    }
}

fn case(row: &[String]) -> Case {
    Case {
        file: number(&row[0]),
        group: row[1].clone(),
        number: row[2].parse().unwrap(),
        post: row[3].clone(),
        author: row[4].clone(),
        state: row[5].clone(),
        decider: row[6].clone(),
        strike: maybe(&row[7]),
    }
}

fn sanction(row: &[String]) -> Sanction {
    let listed = |text: &str| -> Vec<String> {
        text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    Sanction {
        file: number(&row[0]),
        group: row[1].clone(),
        number: row[2].parse().unwrap(),
        member: row[3].clone(),
        proposed: row[4].clone(),
        step: row[5].clone(),
        because: row[6].clone(),
        state: row[7].clone(),
        signed_at: maybe(&row[8]),
        since: maybe(&row[9]),
        until: maybe(&row[10]),
        basis: listed(&row[11]).iter().map(|id| number(id)).collect(),
        signers: listed(&row[12]),
        invited: row[13].parse().unwrap(),
        heard: row[14].parse().unwrap(),
    }
}

fn effect(row: &[String]) -> Effect {
    Effect {
        id: number(&row[0]),
        name: number(&row[1]),
        group: row[2].clone(),
        file: number(&row[3]),
        kind: row[4].clone(),
        whom: row[5].clone(),
        state: row[6].clone(),
    }
}

impl Books {
    /// Whether both accounts are one person's, by walking the links.
    pub(super) fn same(&self, group: &str, one: &str, other: &str) -> bool {
        let mut reached = BTreeSet::from([one]);
        loop {
            let before = reached.len();
            for (of, a, b) in &self.links {
                if of == group && (reached.contains(a.as_str()) || reached.contains(b.as_str())) {
                    reached.extend([a.as_str(), b.as_str()]);
                }
            }
            if reached.len() == before {
                return reached.contains(other);
            }
        }
    }

    pub(super) fn case_of(&self, file: i64) -> Option<&Case> {
        self.cases.iter().find(|case| case.file == file)
    }

    pub(super) fn sanction_of(&self, file: i64) -> Option<&Sanction> {
        self.sanctions.iter().find(|sanction| sanction.file == file)
    }
}
