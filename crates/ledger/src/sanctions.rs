//! Sanctions: files about a step of the ladder each, with what they rest on and who signed them.

use policy::{GroupId, MemberId, PlatformId, Reference, Sanction, SanctionState, Signature, Step, Timestamp};
use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::files::{self, FileKind};
use crate::ids::{FileIds, file_ids_of, group_id, member_id};
use crate::rows::{json, member, reference, to_json, word};
use crate::{Ledger, Transaction};

struct SanctionRow {
    number: i64,
    member: String,
    platform: String,
    proposed: String,
    step: String,
    because: String,
    formed_at_ms: i64,
    state: String,
    due_at_ms: Option<i64>,
    signed_at_ms: Option<i64>,
    since_ms: Option<i64>,
    until_ms: Option<i64>,
    basis: String,
    signatures: String,
}

/// A signature in the JSON that the query makes of its row.
#[derive(Deserialize)]
struct SignatureRow {
    by: String,
    step: Step,
    at: i64,
}

/// Asks for sanctions with their grounds, and with the signatures under the form they have; what follows `from` is up
/// to the caller.
macro_rules! sanctions {
    ($tail:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            SanctionRow,
            r#"
            select f.number as "number!", subject.native_id as "member!", s.platform as "platform!",
                s.proposed as "proposed!", s.step as "step!", s.because as "because!",
                s.formed_at_ms as "formed_at_ms!", s.state as "state!", s.due_at_ms as "due_at_ms?",
                s.signed_at_ms as "signed_at_ms?", s.since_ms as "since_ms?", s.until_ms as "until_ms?",
                (
                    select json_group_array(of_case.number) from sanction_basis b
                    join file of_case on of_case.file_id = b.case_id where b.sanction_id = s.sanction_id
                ) as "basis!: String",
                (
                    select json_group_array(json_object('by', officer.native_id, 'step', i.step, 'at', i.at_ms))
                    from (
                        select officer_id, step, at_ms from signature
                        where sanction_id = s.sanction_id and formed_at_ms = s.formed_at_ms order by at_ms, officer_id
                    ) i
                    join member officer on officer.member_id = i.officer_id
                ) as "signatures!: String"
            from sanction s
            join file f on f.group_id = s.group_id and f.file_id = s.sanction_id
            join "group" g on g.group_id = s.group_id
            join member subject on subject.group_id = s.group_id and subject.member_id = s.member_id
            "# + $tail,
            $($argument),+
        )
    };
}

impl TryFrom<SanctionRow> for Sanction {
    type Error = LedgerError;

    fn try_from(row: SanctionRow) -> Result<Self, LedgerError> {
        let times = [row.due_at_ms, row.signed_at_ms, row.since_ms, row.until_ms];
        let basis: Vec<i64> = json(&row.basis, "grounds of a sanction")?;
        let signatures: Vec<SignatureRow> = json(&row.signatures, "signatures")?;
        let signature = |row: SignatureRow| {
            Ok(Signature { by: member(row.by)?, step: row.step, at: Timestamp::from_millis(row.at) })
        };
        Ok(Self {
            reference: reference(row.number)?,
            member: member(row.member)?,
            platform: PlatformId::new(row.platform).ok_or(LedgerError::Inconsistent("platform"))?,
            proposed: word(&row.proposed, "step")?,
            step: word(&row.step, "step")?,
            because: json(&row.because, "reason of a sanction")?,
            basis: basis.into_iter().map(reference).collect::<Result<_, _>>()?,
            formed_at: Timestamp::from_millis(row.formed_at_ms),
            state: state(&row.state, times.map(|at| at.map(Timestamp::from_millis)))?,
            signatures: signatures.into_iter().map(signature).collect::<Result<_, LedgerError>>()?,
        })
    }
}

fn state(
    word: &str,
    [due, signed_at, since, until]: [Option<Timestamp>; 4],
) -> Result<SanctionState, LedgerError> {
    Ok(match (word, due, signed_at, since, until) {
        ("hearing", Some(until), None, None, None) => SanctionState::Hearing { until },
        ("signing", Some(due), None, None, None) => SanctionState::Signing { due },
        ("declined", None, None, None, None) => SanctionState::Declined,
        ("withdrawn", None, None, None, None) => SanctionState::Withdrawn,
        ("unserved", None, Some(signed_at), None, None) => SanctionState::Unserved { signed_at },
        ("live", None, Some(signed_at), Some(since), until) => {
            SanctionState::Live { signed_at, since, until }
        }
        ("ended", None, Some(signed_at), Some(since), Some(until)) => {
            SanctionState::Ended { signed_at, since, until }
        }
        ("void", None, None, None, None) => SanctionState::Void,
        _ => return Err(LedgerError::Inconsistent("state of a sanction")),
    })
}

/// A state's times in columns: due, signed, since, until.
fn times(state: SanctionState) -> [Option<i64>; 4] {
    let ms = |at: Timestamp| Some(at.as_millis());
    match state {
        SanctionState::Hearing { until: due } | SanctionState::Signing { due } => [ms(due), None, None, None],
        SanctionState::Declined | SanctionState::Withdrawn | SanctionState::Void => [None; 4],
        SanctionState::Unserved { signed_at } => [None, ms(signed_at), None, None],
        SanctionState::Live { signed_at, since, until } => {
            [None, ms(signed_at), ms(since), until.and_then(ms)]
        }
        SanctionState::Ended { signed_at, since, until } => [None, ms(signed_at), ms(since), ms(until)],
    }
}

pub(crate) async fn sanction(
    conn: &mut SqliteConnection,
    group: &GroupId,
    sanction: Reference,
) -> Result<Option<Sanction>, LedgerError> {
    let (group, number) = (group.as_str(), sanction.number());
    let row = sanctions!("where g.key = ? and f.number = ?", group, number);
    row.fetch_optional(conn).await.map_err(failed)?.map(Sanction::try_from).transpose()
}

async fn sanctions_of(
    conn: &mut SqliteConnection,
    group: &GroupId,
    member: &MemberId,
) -> Result<Vec<Sanction>, LedgerError> {
    let (group, member) = (group.as_str(), member.as_str());
    let rows = sanctions!("where g.key = ? and subject.native_id = ? order by s.sanction_id", group, member);
    rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(Sanction::try_from).collect()
}

impl Ledger {
    /// A sanction; nothing when the group has no file of that reference, or one of another kind.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sanction(
        &self,
        group: &GroupId,
        sanction: Reference,
    ) -> Result<Option<Sanction>, LedgerError> {
        let mut conn = self.reader().await?;
        self::sanction(&mut conn, group, sanction).await
    }

    /// Everything that was ever proposed or decided against an account, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sanctions_of(
        &self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Vec<Sanction>, LedgerError> {
        let mut conn = self.reader().await?;
        self::sanctions_of(&mut conn, group, member).await
    }

    /// What waits for the member's side, for signatures, or to be served, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sanctions_waiting(&self, group: &GroupId, limit: u32) -> Result<Vec<Sanction>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = sanctions!(
            "where g.key = ? and s.state in ('hearing', 'signing', 'unserved') order by s.sanction_id limit ?",
            group,
            limit
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Sanction::try_from).collect()
    }

    /// The suspensions and expulsions in force, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sanctions_in_force(&self, group: &GroupId) -> Result<Vec<Sanction>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = sanctions!(
            "where g.key = ? and s.state = 'live' and s.step <> 'warning' order by s.sanction_id",
            group
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Sanction::try_from).collect()
    }
}

impl Transaction {
    /// A sanction, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sanction(
        &mut self,
        group: &GroupId,
        sanction: Reference,
    ) -> Result<Option<Sanction>, LedgerError> {
        self::sanction(&mut self.inner, group, sanction).await
    }

    /// Everything that was ever proposed or decided against an account, as this transaction has it, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sanctions_of(
        &mut self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Vec<Sanction>, LedgerError> {
        self::sanctions_of(&mut self.inner, group, member).await
    }

    /// Opens a file for a proposal, which `form` makes under its reference.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when one against this account is open already; or when the ledger cannot be written.
    pub async fn open_sanction(
        &mut self,
        group: &GroupId,
        now: Timestamp,
        form: impl FnOnce(Reference) -> Sanction,
    ) -> Result<Sanction, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let (FileIds { file_id, .. }, reference) =
            files::open(conn, group_id, FileKind::Sanction, now).await?;
        let sanction = form(reference);
        let member_id = member_id(conn, group_id, &sanction.member).await?;
        let (platform, proposed, step) =
            (sanction.platform.as_str(), sanction.proposed.word(), sanction.step.word());
        let because = to_json(&sanction.because)?;
        let (formed_at_ms, state) = (sanction.formed_at.as_millis(), sanction.state.word());
        let [due_at_ms, signed_at_ms, since_ms, until_ms] = times(sanction.state);
        let inserted = sqlx::query!(
            "insert into sanction (
                sanction_id, group_id, member_id, platform, proposed, step, because, formed_at_ms, state, due_at_ms,
                signed_at_ms, since_ms, until_ms
             ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            file_id,
            group_id,
            member_id,
            platform,
            proposed,
            step,
            because,
            formed_at_ms,
            state,
            due_at_ms,
            signed_at_ms,
            since_ms,
            until_ms,
        );
        let inserted =
            inserted.execute(&mut *conn).await.map_err(duplicate("a proposal against this member"))?;
        one_row(&inserted, "a sanction was not written")?;
        set_basis(conn, FileIds { group_id, file_id }, group, &sanction).await?;
        Ok(sanction)
    }

    /// Writes what may change of a sanction: its form, grounds, step and state. Signatures are written by
    /// [`Transaction::sign`].
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when there is no such sanction; or when the ledger cannot be written.
    pub async fn update_sanction(&mut self, group: &GroupId, sanction: &Sanction) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let ids = file_ids_of(FileKind::Sanction, conn, group, sanction.reference).await?;
        let sanction_id = ids.file_id;
        let (proposed, step, state) = (sanction.proposed.word(), sanction.step.word(), sanction.state.word());
        let because = to_json(&sanction.because)?;
        let formed_at_ms = sanction.formed_at.as_millis();
        let [due_at_ms, signed_at_ms, since_ms, until_ms] = times(sanction.state);
        let updated = sqlx::query!(
            "update sanction set proposed = ?, step = ?, because = ?, formed_at_ms = ?, state = ?, due_at_ms = ?,
                signed_at_ms = ?, since_ms = ?, until_ms = ?
             where sanction_id = ?",
            proposed,
            step,
            because,
            formed_at_ms,
            state,
            due_at_ms,
            signed_at_ms,
            since_ms,
            until_ms,
            sanction_id,
        );
        one_row(&updated.execute(&mut *conn).await.map_err(failed)?, "a sanction was not written")?;
        set_basis(conn, ids, group, sanction).await
    }

    /// Records a signature under the form that the proposal has.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when this officer has signed it; when there is no such sanction, or the ledger cannot
    /// be written.
    pub async fn sign(
        &mut self,
        group: &GroupId,
        sanction: &Sanction,
        signature: &Signature,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { group_id, file_id } =
            file_ids_of(FileKind::Sanction, conn, group, sanction.reference).await?;
        let officer_id = member_id(conn, group_id, &signature.by).await?;
        let (formed_at_ms, step, at_ms) =
            (sanction.formed_at.as_millis(), signature.step.word(), signature.at.as_millis());
        let inserted = sqlx::query!(
            "insert into signature (sanction_id, formed_at_ms, officer_id, group_id, step, at_ms)
             values (?, ?, ?, ?, ?, ?)",
            file_id,
            formed_at_ms,
            officer_id,
            group_id,
            step,
            at_ms,
        );
        let inserted = inserted.execute(conn).await.map_err(duplicate("a signature of this officer"))?;
        one_row(&inserted, "a signature was not written")
    }
}

/// Writes what a sanction rests on, in place of what it rested on.
async fn set_basis(
    conn: &mut SqliteConnection,
    FileIds { group_id, file_id }: FileIds,
    group: &GroupId,
    sanction: &Sanction,
) -> Result<(), LedgerError> {
    let old = sqlx::query!("delete from sanction_basis where sanction_id = ?", file_id);
    old.execute(&mut *conn).await.map_err(failed)?;
    for &case in &sanction.basis {
        let case_id = file_ids_of(FileKind::Case, conn, group, case).await?.file_id;
        let inserted = sqlx::query!(
            "insert into sanction_basis (sanction_id, case_id, group_id) values (?, ?, ?)",
            file_id,
            case_id,
            group_id,
        );
        one_row(&inserted.execute(&mut *conn).await.map_err(failed)?, "the grounds were not written")?;
    }
    Ok(())
}
