//! How what a group needs stood when it was looked at last, and what its officers know of that: they are told once, also when
//! the program was started again in between.

use policy::checkup::{Check, Standing, Watched};
use policy::{GroupId, Timestamp};
use sqlx::SqliteConnection;

use crate::error::{LedgerError, failed, one_row};
use crate::ids::group_id;
use crate::rows::{small, word};
use crate::{Ledger, Transaction};

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What.
    pub check: Check,
    /// Which of several; empty where there is one alone.
    pub subject: String,
    /// How it stands, and what officers know of it.
    pub watched: Watched,
    /// What is so.
    pub said: String,
    /// What officers can do about it, where they can.
    pub remedy: Option<String>,
}

struct CheckedRow {
    what: String,
    subject: String,
    standing: String,
    known: String,
    said: String,
    remedy: Option<String>,
}

impl CheckedRow {
    /// Nothing of what another version of this program looked at.
    fn read(self) -> Option<Result<Checked, LedgerError>> {
        let check = self.what.parse().ok()?;
        Some(self.watched().map(|watched| {
            let Self { subject, said, remedy, .. } = self;
            Checked { check, subject, watched, said, remedy }
        }))
    }

    fn watched(&self) -> Result<Watched, LedgerError> {
        let standing = |text: &str| word::<Standing>(text, "how something stands");
        Ok(Watched { standing: standing(&self.standing)?, known: standing(&self.known)? })
    }
}

impl Checked {
    /// Everything that was looked at for a group, as it stood then.
    pub(crate) async fn of(conn: &mut SqliteConnection, group: &GroupId) -> Result<Vec<Self>, LedgerError> {
        let group = group.as_str();
        let rows = sqlx::query_as!(
            CheckedRow,
            r#"
            select c.what as "what!", c.subject as "subject!", c.standing as "standing!", c.known as "known!",
                c.said as "said!", c.remedy as "remedy?"
            from checkup c join "group" g on g.group_id = c.group_id
            where g.key = ? order by c.checkup_id
            "#,
            group,
        );
        let rows = rows.fetch_all(conn).await.map_err(failed)?;
        rows.into_iter().filter_map(CheckedRow::read).collect()
    }
}

impl Ledger {
    /// Everything that was looked at for a group, as it stood then.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn checked(&self, group: &GroupId) -> Result<Vec<Checked>, LedgerError> {
        let mut conn = self.reader().await?;
        Checked::of(&mut conn, group).await
    }

    /// What officers are told with a look, as it stands now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn told_with(&self, group: &GroupId, look: u32) -> Result<Vec<Checked>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = sqlx::query_as!(
            CheckedRow,
            r#"
            select c.what as "what!", c.subject as "subject!", c.standing as "standing!", c.known as "known!",
                c.said as "said!", c.remedy as "remedy?"
            from checkup c join "group" g on g.group_id = c.group_id
            where g.key = ? and c.look = ? order by c.checkup_id
            "#,
            group,
            look,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        rows.into_iter().filter_map(CheckedRow::read).collect()
    }
}

impl Transaction {
    /// The number of the next look with which officers of a group are told of something.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn next_look(&mut self, group: &GroupId) -> Result<u32, LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let number = sqlx::query_scalar!(
            r#"update "group" set look_number = look_number + 1 where group_id = ? returning look_number"#,
            group_id,
        );
        small(number.fetch_one(conn).await.map_err(failed)?, "number of a look")
    }

    /// Records how something stands, in place of how it stood; `told` is the look with which officers are told of it, if they
    /// are.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn keep_checked(
        &mut self,
        group: &GroupId,
        checked: &Checked,
        told: Option<u32>,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let conn = &mut *self.inner;
        let group_id = group_id(conn, group).await?;
        let Checked { check, subject, watched, said, remedy } = checked;
        let (what, now_ms) = (check.word(), now.as_millis());
        let (standing, known) = (watched.standing.word(), watched.known.word());
        let written = sqlx::query!(
            "insert into checkup (group_id, what, subject, standing, since_ms, known, look, said, remedy)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (group_id, what, subject) do update set standing = excluded.standing,
                 since_ms = iif(standing = excluded.standing, since_ms, excluded.since_ms), known = excluded.known,
                 look = coalesce(excluded.look, look), said = excluded.said, remedy = excluded.remedy",
            group_id,
            what,
            subject,
            standing,
            now_ms,
            known,
            told,
            said,
            remedy,
        );
        one_row(&written.execute(conn).await.map_err(failed)?, "how something stands was not written")
    }

    /// Forgets something that is not there to be looked at any more.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn forget_checked(
        &mut self,
        group: &GroupId,
        check: Check,
        subject: &str,
    ) -> Result<(), LedgerError> {
        let (key, what) = (group.as_str(), check.word());
        let forgotten = sqlx::query!(
            r#"
            delete from checkup where what = ? and subject = ? and group_id = (select group_id from "group" where key = ?)
            "#,
            what,
            subject,
            key,
        );
        forgotten.execute(&mut *self.inner).await.map_err(failed)?;
        Ok(())
    }
}
