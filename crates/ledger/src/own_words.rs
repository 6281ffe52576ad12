//! A group's own list of words, version by version. Nothing of it is taken away: a change ends rows and begins others.

mod list;

use std::collections::BTreeSet;

use policy::{GroupId, MemberId, Timestamp};
use sqlx::{Connection, SqliteConnection};

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::ids::group_id;
use crate::rows::{member, small};
use crate::settings::changed;
use crate::{Ledger, Transaction};

use list::Row;
pub use list::{KeptWord, OwnWord, OwnWords, WordIs, WordsAct, WordsVersion};

/// The number of the newest version; 0 before the first.
async fn newest(conn: &mut SqliteConnection, group_id: i64) -> Result<u32, LedgerError> {
    let newest = sqlx::query_scalar!(
        r#"select max(version) as "version?: i64" from words_version where group_id = ?"#,
        group_id,
    );
    small(newest.fetch_one(conn).await.map_err(failed)?.unwrap_or(0), "version of a list of words")
}

/// The list of a group by our number, as it is in force.
pub(crate) async fn own_words(conn: &mut SqliteConnection, group_id: i64) -> Result<OwnWords, LedgerError> {
    let rows = sqlx::query!(
        r#"
        select w.what as "what!", w.term as "term!", w.grade as "grade?", w.category as "category?",
            w.matching as "matching?", w.kind as "kind?", v.version as "version!", v.at_ms as "at_ms!",
            m.native_id as "by!"
        from own_word w
        join words_version v on v.group_id = w.group_id and v.version = w.since_version
        join member m on m.group_id = v.group_id and m.member_id = v.by_id
        where w.group_id = ? and w.until_version is null
        order by w.word_id
        "#,
        group_id,
    );
    let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
    let mut words = Vec::with_capacity(rows.len());
    for row in rows {
        let (by, at) = (member(row.by)?, Timestamp::from_millis(row.at_ms));
        let version = small(row.version, "version of a list of words")?;
        let kept = Row {
            what: row.what,
            term: row.term,
            grade: row.grade,
            category: row.category,
            matching: row.matching,
            kind: row.kind,
        };
        words.push(KeptWord { word: kept.try_into()?, by, at, version });
    }
    Ok(OwnWords { version: newest(conn, group_id).await?, words })
}

/// The group's number, where there is anything about it.
async fn known_group(conn: &mut SqliteConnection, group: &GroupId) -> Result<Option<i64>, LedgerError> {
    let key = group.as_str();
    let found = sqlx::query_scalar!(r#"select group_id as "group_id!" from "group" where key = ?"#, key);
    found.fetch_optional(conn).await.map_err(failed)
}

impl Ledger {
    /// The words of a version of the group's own list, in the order in which they came; none where there was no such
    /// version. Version 0 is the empty list before the first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn words_at(&self, group: &GroupId, version: u32) -> Result<Option<Vec<OwnWord>>, LedgerError> {
        let mut conn = self.reader().await?;
        let mut view = conn.begin().await.map_err(failed)?;
        let Some(group_id) = known_group(&mut view, group).await? else {
            return Ok((version == 0).then(Vec::new));
        };
        if version > newest(&mut view, group_id).await? {
            return Ok(None);
        }
        let rows = sqlx::query_as!(
            Row,
            r#"
            select what as "what!", term as "term!", grade as "grade?", category as "category?",
                matching as "matching?", kind as "kind?"
            from own_word
            where group_id = ? and since_version <= ? and (until_version is null or until_version > ?)
            order by word_id
            "#,
            group_id,
            version,
            version,
        );
        let rows = rows.fetch_all(&mut *view).await.map_err(failed)?.into_iter();
        rows.map(OwnWord::try_from).collect::<Result<_, _>>().map(Some)
    }

    /// So many versions of the group's own list, the latest first, those before `before` where that is given; of each, so
    /// many words that came and went.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn words_log(
        &self,
        group: &GroupId,
        before: Option<u32>,
        versions: u32,
        words: u32,
    ) -> Result<Vec<WordsVersion>, LedgerError> {
        let mut conn = self.reader().await?;
        let mut view = conn.begin().await.map_err(failed)?;
        let Some(group_id) = known_group(&mut view, group).await? else { return Ok(Vec::new()) };
        let rows = sqlx::query!(
            r#"
            select v.version as "version!", v.at_ms as "at_ms!", v.act as "act!", v.back_to as "back_to?",
                m.native_id as "by!",
                (select count(*) from own_word w
                 where w.group_id = v.group_id and w.since_version = v.version) as "came!: i64",
                (select count(*) from own_word w
                 where w.group_id = v.group_id and w.until_version = v.version) as "went!: i64"
            from words_version v join member m on m.group_id = v.group_id and m.member_id = v.by_id
            where v.group_id = ?1 and (?2 is null or v.version < ?2)
            order by v.version desc limit ?3
            "#,
            group_id,
            before,
            versions,
        );
        let mut log = Vec::new();
        for row in rows.fetch_all(&mut *view).await.map_err(failed)? {
            let version = small(row.version, "version of a list of words")?;
            log.push(WordsVersion {
                version,
                at: Timestamp::from_millis(row.at_ms),
                by: member(row.by)?,
                act: WordsAct::read(&row.act, row.back_to)?,
                came: came(&mut view, group_id, version, words).await?,
                came_count: small(row.came, "words of a version")?,
                went: went(&mut view, group_id, version, words).await?,
                went_count: small(row.went, "words of a version")?,
            });
        }
        Ok(log)
    }
}

async fn came(
    conn: &mut SqliteConnection,
    group_id: i64,
    version: u32,
    many: u32,
) -> Result<Vec<OwnWord>, LedgerError> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select what as "what!", term as "term!", grade as "grade?", category as "category?",
            matching as "matching?", kind as "kind?"
        from own_word where group_id = ? and since_version = ? order by word_id limit ?
        "#,
        group_id,
        version,
        many,
    );
    rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(OwnWord::try_from).collect()
}

async fn went(
    conn: &mut SqliteConnection,
    group_id: i64,
    version: u32,
    many: u32,
) -> Result<Vec<OwnWord>, LedgerError> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select what as "what!", term as "term!", grade as "grade?", category as "category?",
            matching as "matching?", kind as "kind?"
        from own_word where group_id = ? and until_version = ? order by word_id limit ?
        "#,
        group_id,
        version,
        many,
    );
    rows.fetch_all(conn).await.map_err(failed)?.into_iter().map(OwnWord::try_from).collect()
}

impl Transaction {
    /// Has the group's own list be these words, as one version more, and gives its number; none when they are what it has
    /// now. What stays keeps its author and date.
    ///
    /// # Errors
    /// [`LedgerError::Duplicate`] when a word is there twice for the same; or when the ledger cannot be written.
    pub async fn set_words(
        &mut self,
        group: &GroupId,
        act: WordsAct,
        words: &[OwnWord],
        by: &MemberId,
        now: Timestamp,
    ) -> Result<Option<u32>, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let before = own_words(conn, group_id).await?;
        let wanted: BTreeSet<&OwnWord> = words.iter().collect();
        let had: BTreeSet<&OwnWord> = before.words.iter().map(|kept| &kept.word).collect();
        if wanted == had && words.len() == had.len() {
            return Ok(None);
        }
        let version = before.version + 1;
        let (_, by_id) = changed(conn, group, by).await?;
        let (at_ms, (act, back_to)) = (now.as_millis(), act.columns());
        let inserted = sqlx::query!(
            "insert into words_version (group_id, version, at_ms, by_id, act, back_to) values (?, ?, ?, ?, ?, ?)",
            group_id,
            version,
            at_ms,
            by_id,
            act,
            back_to,
        );
        one_row(
            &inserted.execute(&mut *conn).await.map_err(failed)?,
            "a version of the words was not written",
        )?;
        for gone in had.difference(&wanted) {
            end(conn, group_id, gone, version).await?;
        }
        // As they came, and one that is there twice is refused by the table.
        for word in words.iter().filter(|word| !had.contains(word)) {
            begin(conn, group_id, word, version).await?;
        }
        Ok(Some(version))
    }
}

fn what(word: &OwnWord) -> &'static str {
    match word.what {
        WordIs::Term { .. } => "term",
        WordIs::Out => "out",
        WordIs::Allowed { .. } => "allowed",
    }
}

async fn end(
    conn: &mut SqliteConnection,
    group_id: i64,
    word: &OwnWord,
    version: u32,
) -> Result<(), LedgerError> {
    let what = what(word);
    let ended = sqlx::query!(
        "update own_word set until_version = ?
         where group_id = ? and what = ? and term = ? and until_version is null",
        version,
        group_id,
        what,
        word.term,
    );
    one_row(&ended.execute(conn).await.map_err(failed)?, "a word of a group's own list was not there")
}

async fn begin(
    conn: &mut SqliteConnection,
    group_id: i64,
    word: &OwnWord,
    version: u32,
) -> Result<(), LedgerError> {
    let what = what(word);
    let (grade, category, matching) = match word.what {
        WordIs::Term { grade, category, matching } => {
            (Some(grade.word()), Some(category.word()), Some(matching.word()))
        }
        WordIs::Out | WordIs::Allowed { .. } => (None, None, None),
    };
    let kind = match word.what {
        WordIs::Allowed { kind } => Some(kind.word()),
        WordIs::Term { .. } | WordIs::Out => None,
    };
    let inserted = sqlx::query!(
        "insert into own_word (group_id, what, term, grade, category, matching, kind, since_version)
         values (?, ?, ?, ?, ?, ?, ?, ?)",
        group_id,
        what,
        word.term,
        grade,
        category,
        matching,
        kind,
        version,
    );
    let inserted = inserted.execute(conn).await.map_err(duplicate("a word of this spelling"))?;
    one_row(&inserted, "a word was not written")
}
