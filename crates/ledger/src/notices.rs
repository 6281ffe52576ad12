//! Notices to members. The delivery of a notice is the state of its effect, so the two cannot disagree.

use policy::{GroupId, MemberId, MessageText, Notice, Reference, Timestamp};
use sqlx::SqliteConnection;

use crate::appeals::text;
use crate::error::{LedgerError, failed, one_row};
use crate::files::FileKind;
use crate::ids::{FileIds, file_ids, file_ids_of, member_id_if};
use crate::register::{self, notice};
use crate::rows::{self, group};
use crate::vault::Vault;
use crate::{EffectKind, Ledger, Transaction, Way, outbox, reporters, row_ids, words};

row_ids! {
    /// Names a notice.
    NoticeId
}

/// A notice and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRecord {
    /// Which.
    pub id: NoticeId,
    /// To whom.
    pub to: Addressee,
    /// What it says, as data.
    pub notice: Notice,
    /// The moderator's reason that goes with it; none once it is erased.
    pub reason: Option<MessageText>,
    /// Whether it arrived.
    pub delivery: NoticeDelivery,
}

/// To whom a notice goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// A member.
    Member(MemberId),
    /// Whoever brought the report that it is about. Only its delivery asks who that is: [`Ledger::reporter`].
    Reporter,
}

impl Addressee {
    /// What they are called in lists: the member's account, or that it is the reporter.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Member(member) => member.as_str(),
            Self::Reporter => "the reporter",
        }
    }

    pub(crate) fn from_column(member: Option<String>) -> Result<Self, LedgerError> {
        Ok(match member {
            Some(id) => Self::Member(rows::member(id)?),
            None => Self::Reporter,
        })
    }
}

/// Whether a notice arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeDelivery {
    /// It is on its way.
    Queued,
    /// It does not go as long as the platform refuses the deed of which it tells. It may be served by hand.
    Held,
    /// The member has it.
    Served {
        /// Since when.
        at: Timestamp,
    },
    /// It was said in a place that the member shares with the officers.
    WithOfficers {
        /// Since when.
        at: Timestamp,
    },
    /// An officer served it by hand.
    ByHand {
        /// On which day, at noon unless that cannot be.
        at: Timestamp,
    },
    /// The platform will not deliver it: somebody has to serve it by hand.
    Refused {
        /// Since when this is known.
        at: Timestamp,
    },
}

struct NoticeRow {
    notice_id: i64,
    group_key: String,
    addressee: Option<String>,
    body: String,
    state: String,
    is_held: bool,
    way: String,
    settled_at_ms: Option<i64>,
    sealed: Option<Vec<u8>>,
    sealed_at_ms: Option<i64>,
    wrapped: Option<Vec<u8>>,
}

/// Asks for notices with their reason and delivery; what follows `from` is up to the caller.
macro_rules! notices {
    ($tail:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            NoticeRow,
            r#"
            select n.notice_id as "notice_id!", g.key as "group_key!", addressee.native_id as "addressee?",
                n.body as "body!", e.state as "state!",
                exists (select 1 from effect_held held where held.effect_id = e.effect_id) as "is_held!: bool", e.way as "way!", e.settled_at_ms as "settled_at_ms?", s.sealed as "sealed?",
                s.at_ms as "sealed_at_ms?", k.wrapped as "wrapped?"
            from notice n
            join "group" g on g.group_id = n.group_id
            left join member addressee on addressee.member_id = n.to_id
            join effect e on e.notice_id = n.notice_id
            left join sealed s on s.notice_id = n.notice_id
            left join file_key k on k.file_id = n.file_id
            "# + $tail,
            $($argument),+
        )
    };
}

impl NoticeRow {
    fn read(self, vault: &Vault) -> Result<(GroupId, NoticeRecord), LedgerError> {
        let group = group(self.group_key)?;
        let notice = notice(&self.body)?;
        let reason = match (self.sealed, self.sealed_at_ms, self.wrapped) {
            (Some(sealed), Some(at_ms), Some(wrapped)) => {
                let key = vault.unwrap(&wrapped, &group, notice.reference)?;
                let reason =
                    key.open(REASON, at_ms, &sealed).ok_or(LedgerError::Unreadable(notice.reference))?;
                Some(text(notice.reference, &reason)?)
            }
            (None, None, _) => None,
            _ => return Err(LedgerError::Inconsistent("a reason without its key")),
        };
        let delivery = match (self.state.as_str(), self.settled_at_ms.map(Timestamp::from_millis)) {
            ("pending", None) if self.is_held => NoticeDelivery::Held,
            ("pending" | "sending" | "unknown", None) => NoticeDelivery::Queued,
            ("done", Some(at)) => match Way::read(&self.way)? {
                Way::Direct => NoticeDelivery::Served { at },
                Way::WithOfficers => NoticeDelivery::WithOfficers { at },
                Way::ByHand => NoticeDelivery::ByHand { at },
            },
            ("refused", Some(at)) => NoticeDelivery::Refused { at },
            _ => return Err(LedgerError::Inconsistent("delivery of a notice")),
        };
        let (id, to) = (self.notice_id.into(), Addressee::from_column(self.addressee)?);
        Ok((group, NoticeRecord { id, to, notice, reason, delivery }))
    }
}

const REASON: &str = "notice";

impl Ledger {
    /// The notices to a member, newest first; those about reports they brought among them.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a reason does not open.
    pub async fn notices_to(
        &self,
        group: &GroupId,
        member: &MemberId,
        limit: u32,
    ) -> Result<Vec<NoticeRecord>, LedgerError> {
        let mut conn = self.reader().await?;
        let tag = reporters::tag(&self.inner.vault, group, member);
        let tag = tag.as_slice();
        let (group, member) = (group.as_str(), member.as_str());
        let rows = notices!(
            r#"
            where n.notice_id in (
                select own.notice_id from notice own
                join member m on m.group_id = own.group_id and m.member_id = own.to_id
                join "group" g on g.group_id = m.group_id
                where g.key = ? and m.native_id = ?
                union all
                select own.notice_id from reporter r
                join notice own on own.file_id = r.file_id and own.to_id is null
                where r.tag = ?
            )
            order by n.notice_id desc limit ?
            "#,
            group,
            member,
            tag,
            limit
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok(row.read(&self.inner.vault)?.1)).collect()
    }

    /// The notices of a file, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a reason does not open.
    pub async fn notices_of(
        &self,
        group: &GroupId,
        file: Reference,
    ) -> Result<Vec<NoticeRecord>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, number) = (group.as_str(), file.number());
        let rows = notices!(
            "join file f on f.group_id = n.group_id and f.file_id = n.file_id
             where g.key = ? and f.number = ? order by n.notice_id desc",
            group,
            number
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok(row.read(&self.inner.vault)?.1)).collect()
    }

    /// A notice, and the group it belongs to.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the reason does not open.
    pub async fn notice(&self, id: NoticeId) -> Result<Option<(GroupId, NoticeRecord)>, LedgerError> {
        let mut conn = self.reader().await?;
        let id = id.get();
        let row = notices!("where n.notice_id = ?", id).fetch_optional(&mut *conn).await.map_err(failed)?;
        row.map(|row| row.read(&self.inner.vault)).transpose()
    }

    /// The notices the platform refused to deliver, oldest first: they are to be served by hand. Those to reporters are
    /// not among them, since nobody who could serve them is to know who that is.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a reason does not open.
    pub async fn undelivered(&self, group: &GroupId, limit: u32) -> Result<Vec<NoticeRecord>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = notices!(
            // Few are refused: the search begins with those of the group, which are in the order of their notices.
            "where g.key = ? and e.group_id = g.group_id and e.state = 'refused' and +n.group_id = e.group_id
               and n.to_id is not null order by e.effect_id limit ?",
            group,
            limit
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok(row.read(&self.inner.vault)?.1)).collect()
    }
}

impl Transaction {
    /// The oldest notice of a file that the platform refused to deliver, or that is held back because the platform refuses
    /// the deed of which it tells.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the reason does not open.
    pub async fn undelivered_of(
        &mut self,
        group: &GroupId,
        file: Reference,
    ) -> Result<Option<NoticeRecord>, LedgerError> {
        let (conn, vault) = self.parts();
        let (group, number) = (group.as_str(), file.number());
        let row = notices!(
            "join file f on f.group_id = n.group_id and f.file_id = n.file_id
             where g.key = ? and f.number = ? and (
                 e.state = 'refused' or exists (select 1 from effect_held held where held.effect_id = e.effect_id)
             ) order by n.notice_id limit 1",
            group,
            number
        );
        let row = row.fetch_optional(conn).await.map_err(failed)?;
        row.map(|row| Ok(row.read(vault)?.1)).transpose()
    }

    /// Records that a notice which was refused or is held back was served by hand.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when it is neither; or when the ledger cannot be written.
    pub async fn serve_by_hand(&mut self, notice: NoticeId, at: Timestamp) -> Result<(), LedgerError> {
        let (id, at_ms) = (notice.get(), at.as_millis());
        let updated = sqlx::query!(
            "update effect set state = 'done', way = 'by_hand', settled_at_ms = ?
             where notice_id = ? and (
                 state = 'refused'
                 or exists (select 1 from effect_held held where held.effect_id = effect.effect_id)
             )",
            at_ms,
            id,
        );
        one_row(
            &updated.execute(&mut *self.inner).await.map_err(failed)?,
            "a notice was not there to be served",
        )
    }

    /// Records that a notice which was served by hand was so at another time.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when it is not one that was served by hand; or when the ledger cannot be written.
    pub async fn correct_service(&mut self, notice: NoticeId, at: Timestamp) -> Result<(), LedgerError> {
        let (id, at_ms) = (notice.get(), at.as_millis());
        let updated = sqlx::query!(
            "update effect set settled_at_ms = ? where notice_id = ? and state = 'done' and way = 'by_hand'",
            at_ms,
            id,
        );
        one_row(
            &updated.execute(&mut *self.inner).await.map_err(failed)?,
            "a notice was not there to be corrected",
        )
    }

    /// Records a notice, its line in the register and the effect that delivers it, and seals its reason.
    ///
    /// # Errors
    /// When there is no such file, or the ledger cannot be written.
    pub async fn write_notice(
        &mut self,
        group: &GroupId,
        to: &MemberId,
        notice: &Notice,
        reason: Option<&MessageText>,
    ) -> Result<NoticeId, LedgerError> {
        self.write_notice_to(group, Some(to), notice, reason).await
    }

    /// As [`Transaction::write_notice`], to whoever brought the report that it is about.
    ///
    /// # Errors
    /// When there is no such file or it is no report, the notice is none to reporters, or the ledger cannot be written.
    pub async fn write_notice_to_reporter(
        &mut self,
        group: &GroupId,
        notice: &Notice,
        reason: Option<&MessageText>,
    ) -> Result<NoticeId, LedgerError> {
        file_ids_of(FileKind::Report, &mut self.inner, group, notice.reference).await?;
        self.write_notice_to(group, None, notice, reason).await
    }

    async fn write_notice_to(
        &mut self,
        group: &GroupId,
        to: Option<&MemberId>,
        notice: &Notice,
        reason: Option<&MessageText>,
    ) -> Result<NoticeId, LedgerError> {
        let (conn, vault) = self.parts();
        let ids = file_ids(conn, group, notice.reference).await?;
        let id = insert(conn, ids, to, notice).await?;
        let at_ms = notice.written_at.as_millis();
        if let Some(reason) = reason {
            let text = reason.expose().as_bytes();
            words::keep(conn, vault, group, notice.reference, ids, REASON, Some(id), at_ms, text).await?;
        }
        register::add(conn, ids, at_ms, register::Entry::Notice(id)).await?;
        outbox::queue(conn, ids, &EffectKind::Notify(id.into()), notice.written_at).await?;
        Ok(id.into())
    }
}

async fn insert(
    conn: &mut SqliteConnection,
    FileIds { group_id, file_id }: FileIds,
    to: Option<&MemberId>,
    notice: &Notice,
) -> Result<i64, LedgerError> {
    let to_id = member_id_if(conn, group_id, to).await?;
    let kind = notice.kind.word();
    let body =
        serde_json::to_string(notice).map_err(|_| LedgerError::Inconsistent("a notice that is no JSON"))?;
    let at_ms = notice.written_at.as_millis();
    let inserted = sqlx::query!(
        "insert into notice (group_id, file_id, to_id, kind, body, written_at_ms) values (?, ?, ?, ?, ?, ?)",
        group_id,
        file_id,
        to_id,
        kind,
        body,
        at_ms,
    );
    let inserted = inserted.execute(conn).await.map_err(failed)?;
    one_row(&inserted, "a notice was not written")?;
    Ok(inserted.last_insert_rowid())
}
