//! What members of a group are called, as far as files tell: so that their names can be covered in what others read.

use policy::{GroupId, MemberId, MessageText};

use crate::Ledger;
use crate::error::{LedgerError, failed};
use crate::rows::{member, reference};

impl Ledger {
    /// The names that authors went by in their newest case whose text is kept; of so many authors at most, those with the
    /// newest cases.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the words of a case do not open.
    pub async fn names_in_cases(
        &self,
        group: &GroupId,
        limit: u32,
    ) -> Result<Vec<(MemberId, MessageText)>, LedgerError> {
        let mut conn = self.reader().await?;
        let key = group.as_str();
        let rows = sqlx::query!(
            r#"
            select m.native_id as "author!", f.number as "number!" from "case" c
            join file f on f.group_id = c.group_id and f.file_id = c.case_id
            join member m on m.group_id = c.group_id and m.member_id = c.author_id
            where c.case_id in (
                select max(own.case_id) from "case" own
                join "group" g on g.group_id = own.group_id
                join sealed s on s.file_id = own.case_id and s.kind = 'snapshot'
                where g.key = ? group by own.author_id
            )
            order by c.case_id desc limit ?
            "#,
            key,
            limit,
        );
        let rows = rows.fetch_all(&mut *conn).await.map_err(failed)?;
        drop(conn);
        let mut names = Vec::new();
        for row in rows {
            let snapshot = self.snapshot(group, reference(row.number)?).await?;
            let author = member(row.author)?;
            names.extend(snapshot.map(|snapshot| (author, snapshot.author_name)));
        }
        Ok(names)
    }
}
