//! The Secretary's numbered list of every notice and decision. Lines are added by what they record.

use policy::{Actor, Event, GroupId, Notice, NoticeKind, Reference, RuleRef, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::ids::FileIds;
use crate::rows::{actor, event, reference, small};
use crate::{Addressee, Ledger, NoticeId};

/// One line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterLine {
    /// From 1, without gaps in its group but where a backup was put back: lines that were lost keep theirs.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The file it is about; none once that was purged.
    pub file: Option<Reference>,
    /// The rules it rests on, each in its wording: those that a notice cites, or else those of the file, which for a
    /// sanction are those of its cases.
    pub rules: Vec<RuleRef>,
    /// What was sent or decided.
    pub kind: RegisterKind,
}

/// What a line of the register records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisterKind {
    /// A member was written to.
    Notice {
        /// Which notice.
        id: NoticeId,
        /// To whom.
        to: Addressee,
        /// On what occasion.
        kind: NoticeKind,
    },
    /// Something was decided.
    Decision {
        /// By whom.
        by: Actor,
        /// What.
        event: Event,
    },
    /// What it recorded was purged, because its time was over: number and date are left.
    Purged,
}

/// What a line is about.
pub(crate) enum Entry {
    Notice(i64),
    Decision(i64),
}

pub(crate) async fn add(
    conn: &mut SqliteConnection,
    FileIds { group_id, file_id }: FileIds,
    at_ms: i64,
    entry: Entry,
) -> Result<(), LedgerError> {
    let number = sqlx::query_scalar!(
        r#"update "group" set register_number = register_number + 1 where group_id = ? returning register_number"#,
        group_id,
    );
    let number = number.fetch_one(&mut *conn).await.map_err(failed)?;
    let (notice_id, event_id) = match entry {
        Entry::Notice(id) => (Some(id), None),
        Entry::Decision(id) => (None, Some(id)),
    };
    let inserted = sqlx::query!(
        "insert into register (group_id, number, file_id, at_ms, notice_id, event_id) values (?, ?, ?, ?, ?, ?)",
        group_id,
        number,
        file_id,
        at_ms,
        notice_id,
        event_id,
    );
    one_row(&inserted.execute(conn).await.map_err(failed)?, "a line of the register was not written")
}

impl Ledger {
    /// The last lines of the register, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn register(&self, group: &GroupId, limit: u32) -> Result<Vec<RegisterLine>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = sqlx::query!(
            r#"
            select r.number as "number!", r.at_ms as "at_ms!", f.number as "file_number?", r.notice_id as "notice_id?",
                n.body as "body?", addressee.native_id as "addressee?", e.actor as "actor?",
                officer.native_id as "officer?", e.event as "event?",
                (
                    select json_group_array(json_object('code', cited.rule, 'version', cited.rule_version)) from (
                        select c.rule, c.rule_version from "case" c where c.case_id = r.file_id
                        union
                        select c.rule, c.rule_version from sanction_basis b join "case" c on c.case_id = b.case_id
                        where b.sanction_id = r.file_id
                    ) cited
                ) as "rules!: String"
            from register r
            join "group" g on g.group_id = r.group_id
            left join file f on f.file_id = r.file_id
            left join notice n on n.notice_id = r.notice_id
            left join member addressee on addressee.member_id = n.to_id
            left join event e on e.event_id = r.event_id
            left join member officer on officer.member_id = e.officer_id
            where g.key = ?
            order by r.number desc limit ?
            "#,
            group,
            limit,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(|row| {
            let file = row.file_number.map(reference).transpose()?;
            let kind = match (row.notice_id, row.body, row.actor, row.event) {
                (Some(id), Some(body), None, None) => {
                    let to = Addressee::from_column(row.addressee)?;
                    RegisterKind::Notice { id: id.into(), to, kind: notice(&body)?.kind }
                }
                (None, None, Some(by), Some(what)) => {
                    RegisterKind::Decision { by: actor(&by, row.officer)?, event: event(&what)? }
                }
                (None, None, None, None) if file.is_none() => RegisterKind::Purged,
                _ => return Err(LedgerError::Inconsistent("line of the register")),
            };
            let cited = match &kind {
                RegisterKind::Notice { kind, .. } => kind.rules(),
                RegisterKind::Decision { .. } | RegisterKind::Purged => Vec::new(),
            };
            let rules = if cited.is_empty() { rules(&row.rules)? } else { cited };
            Ok(RegisterLine {
                number: small(row.number, "number in the register")?,
                at: Timestamp::from_millis(row.at_ms),
                file,
                rules,
                kind,
            })
        });
        rows.collect()
    }
}

/// Rules from a column.
fn rules(cited: &str) -> Result<Vec<RuleRef>, LedgerError> {
    serde_json::from_str(cited).map_err(|_| LedgerError::Inconsistent("rules of a line of the register"))
}

/// A notice from its column.
pub(crate) fn notice(body: &str) -> Result<Notice, LedgerError> {
    serde_json::from_str(body).map_err(|_| LedgerError::Inconsistent("notice"))
}
