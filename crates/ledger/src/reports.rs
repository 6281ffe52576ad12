//! Reports: files about what a member brought to the officers' notice. Who that was is kept in `reporters`.

use policy::{
    About, Complaint, GroupId, MemberId, MessageText, PostId, Reference, Report, ReportState, Timestamp,
};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::files::{self, FileKind};
use crate::ids::{FileIds, file_ids, file_ids_of, group_id, member_id_if};
use crate::rows::{member, reference, word};
use crate::snapshots::{self, Snapshot};
use crate::{Ledger, Transaction, WordsKind, reporters};

/// A report about to be opened; its number comes later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// What it is about.
    pub complaint: Complaint,
    /// What it points at.
    pub about: About,
    /// When it came in.
    pub received_at: Timestamp,
    /// Where it stands.
    pub state: ReportState,
    /// Who brought it.
    pub reporter: MemberId,
    /// What they say.
    pub words: MessageText,
    /// What the post said at that time, if it is about one.
    pub snapshot: Option<Snapshot>,
}

struct ReportRow {
    number: i64,
    opened_at_ms: i64,
    complaint: String,
    about: String,
    post: Option<String>,
    subject: Option<String>,
    about_file: Option<i64>,
    state: String,
    tier: Option<String>,
    due_at_ms: Option<i64>,
    outcome: Option<String>,
    state_at_ms: Option<i64>,
}

/// Asks for reports; what follows `from` is up to the caller.
macro_rules! reports {
    ($tail:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            ReportRow,
            r#"
            select f.number as "number!", f.opened_at_ms as "opened_at_ms!", r.complaint as "complaint!",
                r.about as "about!", r.post as "post?", subject.native_id as "subject?", named.number as "about_file?",
                r.state as "state!", r.tier as "tier?", r.due_at_ms as "due_at_ms?", r.outcome as "outcome?",
                r.state_at_ms as "state_at_ms?"
            from report r
            join file f on f.group_id = r.group_id and f.file_id = r.file_id
            join "group" g on g.group_id = r.group_id
            left join member subject on subject.member_id = r.subject_id
            left join file named on named.file_id = r.about_file_id
            "# + $tail,
            $($argument),+
        )
    };
}

impl TryFrom<ReportRow> for Report {
    type Error = LedgerError;

    fn try_from(row: ReportRow) -> Result<Self, LedgerError> {
        let subject = row.subject.map(member).transpose()?;
        let file = row.about_file.map(reference).transpose()?;
        let about = match (row.about.as_str(), row.post, subject, file) {
            ("post", Some(post), Some(author), None) => {
                About::Post { post: PostId::new(post).ok_or(LedgerError::Inconsistent("post"))?, author }
            }
            ("member", None, Some(member), None) => About::Member { member },
            ("moderation", None, None, file) => About::Moderation { file },
            _ => return Err(LedgerError::Inconsistent("what a report points at")),
        };
        let at = |ms: Option<i64>| ms.map(Timestamp::from_millis);
        let tier = row.tier.map(|tier| word(&tier, "tier of a report")).transpose()?;
        let outcome = row.outcome.map(|outcome| word(&outcome, "outcome of a report")).transpose()?;
        let state = match (row.state.as_str(), tier, at(row.due_at_ms), outcome, at(row.state_at_ms)) {
            ("open", Some(tier), Some(due), None, None) => ReportState::Open { tier, due },
            ("answered", Some(tier), None, Some(outcome), Some(at)) => {
                ReportState::Answered { tier, outcome, at }
            }
            ("external", None, None, None, Some(at)) => ReportState::External { at },
            _ => return Err(LedgerError::Inconsistent("state of a report")),
        };
        Ok(Self {
            reference: reference(row.number)?,
            complaint: word(&row.complaint, "complaint of a report")?,
            about,
            received_at: Timestamp::from_millis(row.opened_at_ms),
            state,
        })
    }
}

/// A report's state in columns.
struct StateColumns {
    state: &'static str,
    tier: Option<&'static str>,
    due_at_ms: Option<i64>,
    outcome: Option<&'static str>,
    state_at_ms: Option<i64>,
}

fn state_columns(state: ReportState) -> StateColumns {
    let columns =
        StateColumns { state: state.word(), tier: None, due_at_ms: None, outcome: None, state_at_ms: None };
    match state {
        ReportState::Open { tier, due } => {
            StateColumns { tier: Some(tier.word()), due_at_ms: Some(due.as_millis()), ..columns }
        }
        ReportState::Answered { tier, outcome, at } => StateColumns {
            tier: Some(tier.word()),
            outcome: Some(outcome.word()),
            state_at_ms: Some(at.as_millis()),
            ..columns
        },
        ReportState::External { at } => StateColumns { state_at_ms: Some(at.as_millis()), ..columns },
    }
}

pub(crate) async fn report(
    conn: &mut SqliteConnection,
    group: &GroupId,
    report: Reference,
) -> Result<Option<Report>, LedgerError> {
    let (group, number) = (group.as_str(), report.number());
    let row = reports!("where g.key = ? and f.number = ?", group, number);
    row.fetch_optional(conn).await.map_err(failed)?.map(Report::try_from).transpose()
}

/// The reports whose reporter has this tag, newest first.
pub(crate) async fn by_tag(
    conn: &mut SqliteConnection,
    group: &GroupId,
    tag: &[u8; 32],
) -> Result<Vec<Report>, LedgerError> {
    let (group, tag) = (group.as_str(), tag.as_slice());
    let rows = reports!(
        "join reporter who on who.file_id = r.file_id
         where g.key = ? and who.tag = ? order by who.file_id desc",
        group,
        tag
    );
    rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(Report::try_from).collect()
}

impl Ledger {
    /// A report; nothing when the group has no file of that reference, or one of another kind.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn report(&self, group: &GroupId, report: Reference) -> Result<Option<Report>, LedgerError> {
        let mut conn = self.reader().await?;
        self::report(&mut conn, group, report).await
    }

    /// The reports that wait for an answer, oldest first. Who may see which is for the caller to tell.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reports_open(&self, group: &GroupId, limit: u32) -> Result<Vec<Report>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = reports!("where g.key = ? and r.state = 'open' order by r.file_id limit ?", group, limit);
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Report::try_from).collect()
    }

    /// The reports of a group, oldest first. Who may see which is for the caller to tell.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reports(&self, group: &GroupId) -> Result<Vec<Report>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = reports!("where g.key = ? order by r.file_id", group);
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Report::try_from).collect()
    }

    /// The reports about a member, or a post of theirs, newest first. They are no part of the member's record: that a
    /// member was reported says nothing, and who reported it must not be guessed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reports_about(
        &self,
        group: &GroupId,
        member: &MemberId,
        limit: u32,
    ) -> Result<Vec<Report>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, member) = (group.as_str(), member.as_str());
        let rows = reports!(
            "join member about on about.group_id = r.group_id and about.member_id = r.subject_id
             where g.key = ? and about.native_id = ? order by r.file_id desc limit ?",
            group,
            member,
            limit
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Report::try_from).collect()
    }
}

impl Transaction {
    /// A report, as this transaction has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn report(
        &mut self,
        group: &GroupId,
        report: Reference,
    ) -> Result<Option<Report>, LedgerError> {
        self::report(&mut self.inner, group, report).await
    }

    /// Opens a report under the next number of its group, and seals its words, what the post said, and who brought it.
    ///
    /// # Errors
    /// When the file it is about is not there, or the ledger cannot be written. Drop the transaction then: it has taken
    /// the number.
    pub async fn open_report(&mut self, group: &GroupId, new: &NewReport) -> Result<Reference, LedgerError> {
        let (conn, vault) = self.parts();
        let group_id = group_id(conn, group).await?;
        let (ids, reference) = files::open(conn, group_id, FileKind::Report, new.received_at).await?;
        insert(conn, group, ids, new).await?;
        reporters::keep(conn, vault, group, reference, ids, &new.reporter).await?;
        if let Some(snapshot) = &new.snapshot {
            snapshots::keep(conn, vault, group, reference, ids, snapshot).await?;
        }
        self.keep_words(group, reference, WordsKind::Report, &new.words, new.received_at).await?;
        Ok(reference)
    }

    /// Writes where a report stands now.
    ///
    /// # Errors
    /// When there is no such file, it is no report, or the ledger cannot be written.
    pub async fn update_report(&mut self, group: &GroupId, report: &Report) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let FileIds { file_id, .. } = file_ids_of(FileKind::Report, conn, group, report.reference).await?;
        let columns = state_columns(report.state);
        let updated = sqlx::query!(
            "update report set state = ?, tier = ?, due_at_ms = ?, outcome = ?, state_at_ms = ? where file_id = ?",
            columns.state,
            columns.tier,
            columns.due_at_ms,
            columns.outcome,
            columns.state_at_ms,
            file_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "a report was not written")
    }
}

async fn insert(
    conn: &mut SqliteConnection,
    group: &GroupId,
    FileIds { group_id, file_id }: FileIds,
    new: &NewReport,
) -> Result<(), LedgerError> {
    let post = match &new.about {
        About::Post { post, .. } => Some(post.as_str()),
        About::Member { .. } | About::Moderation { .. } => None,
    };
    let about_file_id = match &new.about {
        About::Moderation { file: Some(file) } => Some(file_ids(conn, group, *file).await?.file_id),
        About::Post { .. } | About::Member { .. } | About::Moderation { file: None } => None,
    };
    let subject_id = member_id_if(conn, group_id, new.about.subject()).await?;
    let (complaint, about) = (new.complaint.word(), new.about.word());
    let columns = state_columns(new.state);
    let inserted = sqlx::query!(
        "insert into report (
            file_id, group_id, complaint, about, post, subject_id, about_file_id, state, tier, due_at_ms, outcome,
            state_at_ms
         ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        file_id,
        group_id,
        complaint,
        about,
        post,
        subject_id,
        about_file_id,
        columns.state,
        columns.tier,
        columns.due_at_ms,
        columns.outcome,
        columns.state_at_ms,
    );
    one_row(&inserted.execute(conn).await.map_err(failed)?, "a report was not written")
}
