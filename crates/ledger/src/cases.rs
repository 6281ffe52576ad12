//! Cases: files about one post each, of which the schema allows one a post.

use policy::{
    Actor, Case, ChannelId, DrawnBy, Grounds, GroupId, MemberId, PostId, PostRef, Reference, RuleRef, State,
    Timestamp, Verdict,
};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::files::{self, FileKind};
use crate::ids::{FileIds, file_ids_of, group_id, member_id, member_id_if};
use crate::rows::{CaseRow, actor_columns, post_kind_word, reference, small, state_columns};
use crate::snapshots::{self, Snapshot};
use crate::{Ledger, Transaction};

/// A case about to be opened; its number and its strike come later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// The post it is about.
    pub post: PostRef,
    /// Whether the filter or an officer opens it.
    pub opened_by: Actor,
    /// When.
    pub opened_at: Timestamp,
    /// The rule it rests on.
    pub rule: RuleRef,
    /// What the filter found.
    pub grounds: Option<Grounds>,
    /// Whether a removal of this post is a breach by its author.
    pub counts: bool,
    /// Where it stands.
    pub state: State,
    /// The officer who decided, if one did.
    pub decided_by: Option<MemberId>,
    /// The removed post that drew this one along, if one did.
    pub drawn: Option<DrawnBy>,
    /// What the filter would have done to the post, if it left that to people.
    pub spared: Option<Verdict>,
}

/// Asks for cases with everything that belongs to them; what follows `from` is up to the caller.
///
/// The groups stand in the joins so that SQLite goes from a number, or a member, to their cases without reading all
/// cases of the group.
macro_rules! cases {
    ($tail:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            CaseRow,
            r#"
            select f.number as "number!", c.channel as "channel!", c.post as "post!", c.post_kind as "post_kind!",
                c.revision as "revision!", c.written_at_ms as "written_at_ms!", author.native_id as "author!",
                c.opened_by as "opened_by!", opener.native_id as "opener?", f.opened_at_ms as "opened_at_ms!",
                c.rule as "rule!", c.rule_version as "rule_version!", c.grade as "grade?", c.category as "category?", c.counts as "counts!: bool",
                c.state as "state!", c.since_ms as "since_ms!", c.verdict as "verdict?", c.review_due_at_ms as "review_due_at_ms?",
                decider.native_id as "decider?", s.conduct_at_ms as "conduct_at_ms?",
                s.voided_at_ms as "voided_at_ms?", s.voided_by as "voided_by?", voider.native_id as "voider?",
                c.drawn_by as "drawn_by?", c.drawn_percent as "drawn_percent?", c.drawn_run as "drawn_run?",
                c.spared as "spared?"
            from "case" c
            join file f on f.group_id = c.group_id and f.file_id = c.case_id
            join "group" g on g.group_id = c.group_id
            join member author on author.group_id = c.group_id and author.member_id = c.author_id
            left join member opener on opener.member_id = c.opener_id
            left join member decider on decider.member_id = c.decider_id
            left join strike s on s.case_id = c.case_id
            left join member voider on voider.member_id = s.voider_id
            "# + $tail,
            $($argument),+
        )
    };
}

pub(crate) async fn case(
    conn: &mut SqliteConnection,
    group: &GroupId,
    case: Reference,
) -> Result<Option<Case>, LedgerError> {
    let (group, number) = (group.as_str(), case.number());
    let row = cases!("where g.key = ? and f.number = ?", group, number);
    row.fetch_optional(conn).await.map_err(failed)?.map(Case::try_from).transpose()
}

async fn case_of_post(
    conn: &mut SqliteConnection,
    group: &GroupId,
    post: &PostId,
) -> Result<Option<Case>, LedgerError> {
    let (group, post) = (group.as_str(), post.as_str());
    let row = cases!("where g.key = ? and c.post = ?", group, post);
    row.fetch_optional(conn).await.map_err(failed)?.map(Case::try_from).transpose()
}

impl Ledger {
    /// The case there is about a post.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn case_of_post(&self, group: &GroupId, post: &PostId) -> Result<Option<Case>, LedgerError> {
        let mut conn = self.reader().await?;
        self::case_of_post(&mut conn, group, post).await
    }

    /// A case; nothing when the group has no file of that reference, or one of another kind.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn case(&self, group: &GroupId, case: Reference) -> Result<Option<Case>, LedgerError> {
        let mut conn = self.reader().await?;
        self::case(&mut conn, group, case).await
    }

    /// The cases a moderator is still to look at, flagged and hidden, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn queue(&self, group: &GroupId, limit: u32) -> Result<Vec<Case>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = cases!(
            "where g.key = ? and c.state in ('flagged', 'hidden') order by c.case_id limit ?",
            group,
            limit
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Case::try_from).collect()
    }

    /// The cases whose posts went for their own sake since then and have not come back, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn removed_since(
        &self,
        group: &GroupId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, since_ms) = (group.as_str(), since.as_millis());
        let rows = cases!(
            "where g.key = ? and c.since_ms >= ? and c.state in ('hidden', 'removed') and c.drawn_by is null
             order by c.since_ms desc, c.case_id desc limit ?",
            group,
            since_ms,
            limit
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Case::try_from).collect()
    }

    /// The same cases of one channel, each with the revision of its post.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn removed_in(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Reference, u32)>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, channel, since_ms) = (group.as_str(), channel.as_str(), since.as_millis());
        let rows = sqlx::query!(
            r#"
            select recent.number as "number!", c.revision as "revision!"
            from "group" g
            join "case" c on c.group_id = g.group_id
            join file recent on recent.group_id = c.group_id and recent.file_id = c.case_id
            where g.key = ? and c.since_ms >= ? and c.channel = ? and c.state in ('hidden', 'removed')
                and c.drawn_by is null
            order by c.since_ms desc, c.case_id desc limit ?
            "#,
            group,
            since_ms,
            channel,
            limit,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter();
        rows.map(|row| Ok((reference(row.number)?, small(row.revision, "revision")?))).collect()
    }

    /// The cases whose posts this one drew along, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn drawn_by(&self, group: &GroupId, case: Reference) -> Result<Vec<Case>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, number) = (group.as_str(), case.number());
        let rows = cases!("where g.key = ? and c.drawn_by = ? order by c.case_id", group, number);
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Case::try_from).collect()
    }

    /// The cases about a member's posts, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn cases_of(
        &self,
        group: &GroupId,
        author: &MemberId,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, author) = (group.as_str(), author.as_str());
        let rows = cases!(
            "where g.key = ? and author.native_id = ? order by c.case_id desc limit ?",
            group,
            author,
            limit
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Case::try_from).collect()
    }
}

impl Transaction {
    /// A case, as this transaction has it; nothing when the group has no file of that reference, or one of another kind.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn case(&mut self, group: &GroupId, case: Reference) -> Result<Option<Case>, LedgerError> {
        self::case(&mut self.inner, group, case).await
    }

    /// The case there is about a post.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn case_of_post(
        &mut self,
        group: &GroupId,
        post: &PostId,
    ) -> Result<Option<Case>, LedgerError> {
        self::case_of_post(&mut self.inner, group, post).await
    }

    /// Opens a case under the next number of its group, and seals the words it rests on.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when the post has a case already; or when the ledger cannot be written. Drop the
    /// transaction then: it has taken the number.
    pub async fn open_case(
        &mut self,
        group: &GroupId,
        case: &NewCase,
        snapshot: &Snapshot,
    ) -> Result<Reference, LedgerError> {
        let (conn, vault) = self.parts();
        let group_id = group_id(conn, group).await?;
        let (ids, reference) = files::open(conn, group_id, FileKind::Case, case.opened_at).await?;
        let case_id = ids.file_id;

        let (opened_by, opener) = actor_columns(&case.opened_by);
        let author_id = member_id(conn, group_id, &case.post.author).await?;
        let opener_id = member_id_if(conn, group_id, opener).await?;
        let decider_id = member_id_if(conn, group_id, case.decided_by.as_ref()).await?;
        let (channel, post) = (case.post.channel.as_str(), case.post.id.as_str());
        let post_kind = post_kind_word(case.post.kind);
        let written_at_ms = case.post.written_at.as_millis();
        let (grade, category) = grounds_columns(case.grounds);
        let (state, verdict, review_due_at_ms) = state_columns(case.state);
        let (drawn_by, drawn_percent, drawn_run) = drawn_columns(case.drawn);
        let spared = case.spared.map(Verdict::word);
        let since_ms = case.opened_at.as_millis();
        let inserted = sqlx::query!(
            r#"
            insert into "case" (
                case_id, group_id, channel, post, post_kind, revision, written_at_ms, author_id, opened_by, opener_id,
                rule, rule_version, grade, category, counts, state, since_ms, verdict, review_due_at_ms, decider_id, drawn_by,
                drawn_percent, drawn_run, spared
            ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            "#,
            case_id,
            group_id,
            channel,
            post,
            post_kind,
            case.post.revision,
            written_at_ms,
            author_id,
            opened_by,
            opener_id,
            case.rule.code,
            case.rule.version,
            grade,
            category,
            case.counts,
            state,
            since_ms,
            verdict,
            review_due_at_ms,
            decider_id,
            drawn_by,
            drawn_percent,
            drawn_run,
            spared,
        );
        let inserted = inserted.execute(&mut *conn).await.map_err(duplicate("a case about this post"))?;
        one_row(&inserted, "a case was not written")?;

        snapshots::keep(conn, vault, group, reference, ids, snapshot).await?;
        Ok(reference)
    }

    /// Writes what may change of a case: state and since when, revision and when it was written, rule, grounds, whether
    /// it counts, who decided, what drew it along, and whether it was spared. Strikes are written by [`Transaction::give_strike`] and
    /// [`Transaction::void_strike`].
    ///
    /// # Errors
    /// When there is no such file, it is no case, or the ledger cannot be written.
    pub async fn update_case(&mut self, group: &GroupId, case: &Case) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let ids = file_ids_of(FileKind::Case, conn, group, case.reference).await?;
        let FileIds { group_id, file_id: case_id } = ids;
        let decider_id = member_id_if(conn, group_id, case.decided_by.as_ref()).await?;
        let written_at_ms = case.post.written_at.as_millis();
        let (grade, category) = grounds_columns(case.grounds);
        let (state, verdict, review_due_at_ms) = state_columns(case.state);
        let (drawn_by, drawn_percent, drawn_run) = drawn_columns(case.drawn);
        let spared = case.spared.map(Verdict::word);
        let since_ms = case.since.as_millis();
        let updated = sqlx::query!(
            r#"
            update "case" set revision = ?, written_at_ms = ?, rule = ?, rule_version = ?, grade = ?, category = ?, counts = ?, state = ?, since_ms = ?,
                verdict = ?, review_due_at_ms = ?, decider_id = ?, drawn_by = ?, drawn_percent = ?, drawn_run = ?,
                spared = ?
            where case_id = ?
            "#,
            case.post.revision,
            written_at_ms,
            case.rule.code,
            case.rule.version,
            grade,
            category,
            case.counts,
            state,
            since_ms,
            verdict,
            review_due_at_ms,
            decider_id,
            drawn_by,
            drawn_percent,
            drawn_run,
            spared,
            case_id,
        );
        one_row(&updated.execute(conn).await.map_err(failed)?, "a case was not written")
    }
}

fn drawn_columns(drawn: Option<DrawnBy>) -> (Option<u32>, Option<u8>, Option<u16>) {
    (
        drawn.map(|drawn| drawn.source.number()),
        drawn.map(|drawn| drawn.likeness.percent),
        drawn.map(|drawn| drawn.likeness.run),
    )
}

fn grounds_columns(grounds: Option<Grounds>) -> (Option<&'static str>, Option<&'static str>) {
    (grounds.map(|grounds| grounds.grade.word()), grounds.map(|grounds| grounds.category.word()))
}
