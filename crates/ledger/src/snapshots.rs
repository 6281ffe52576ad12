//! The words cases rest on, sealed as one text each.

use std::borrow::Cow;

use policy::{Finding, GroupId, MessageText, Reference, Surface, SurfaceKind};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use zeroize::Zeroizing;

use crate::error::{LedgerError, failed};
use crate::files::FileKind;
use crate::ids::{FileIds, file_ids_of};
use crate::vault::Vault;
use crate::{Ledger, Transaction, words};

/// The words of a post as they were judged; kept sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The name the author went by.
    pub author_name: MessageText,
    /// Every text of the post.
    pub surfaces: Vec<Surface>,
    /// What was found in them.
    pub findings: Vec<Finding>,
}

impl Ledger {
    /// The words a case rests on; nothing once they are erased.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the words do not open.
    pub async fn snapshot(&self, group: &GroupId, case: Reference) -> Result<Option<Snapshot>, LedgerError> {
        let mut conn = self.reader().await?;
        let texts = words::read(&mut conn, &self.inner.vault, group, case, SNAPSHOT).await?;
        let snapshot = texts.into_iter().next().map(|(_, text)| {
            // The error of serde_json may quote the text.
            let written: Written<'_> =
                serde_json::from_slice(&text).map_err(|_| LedgerError::Unreadable(case))?;
            Ok(written.into())
        });
        snapshot.transpose()
    }
}

impl Transaction {
    /// Puts the words of a later revision in the place of those the case rested on.
    ///
    /// # Errors
    /// When there is no such file, it is no case, or the ledger cannot be written.
    pub async fn replace_snapshot(
        &mut self,
        group: &GroupId,
        case: Reference,
        snapshot: &Snapshot,
    ) -> Result<(), LedgerError> {
        let (conn, vault) = self.parts();
        let ids = file_ids_of(FileKind::Case, conn, group, case).await?;
        // There is none if it was erased.
        let old = sqlx::query!("delete from sealed where file_id = ? and kind = 'snapshot'", ids.file_id);
        old.execute(&mut *conn).await.map_err(failed)?;
        keep(conn, vault, group, case, ids, snapshot).await
    }
}

/// Seals a snapshot as of when the case was opened.
pub(crate) async fn keep(
    conn: &mut SqliteConnection,
    vault: &Vault,
    group: &GroupId,
    case: Reference,
    ids: FileIds,
    snapshot: &Snapshot,
) -> Result<(), LedgerError> {
    let opened_at_ms = sqlx::query_scalar!("select opened_at_ms from file where file_id = ?", ids.file_id);
    let opened_at_ms = opened_at_ms.fetch_one(&mut *conn).await.map_err(failed)?;
    let text = written(snapshot)?;
    words::keep(conn, vault, group, case, ids, SNAPSHOT, None, opened_at_ms, &text).await
}

const SNAPSHOT: &str = "snapshot";

/// A snapshot in the form in which it is sealed.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    author_name: Cow<'a, str>,
    surfaces: Vec<(SurfaceKind, Cow<'a, str>)>,
    findings: Cow<'a, [Finding]>,
}

fn written(snapshot: &Snapshot) -> Result<Zeroizing<Vec<u8>>, LedgerError> {
    let surfaces = snapshot.surfaces.iter().map(|surface| (surface.kind, surface.text.expose().into()));
    let written = Written {
        author_name: snapshot.author_name.expose().into(),
        surfaces: surfaces.collect(),
        findings: snapshot.findings.as_slice().into(),
    };
    let text =
        serde_json::to_vec(&written).map_err(|_| LedgerError::Inconsistent("a snapshot that is no JSON"))?;
    Ok(Zeroizing::new(text))
}

impl From<Written<'_>> for Snapshot {
    fn from(written: Written<'_>) -> Self {
        let surface = |(kind, text)| Surface { kind, text: MessageText::new(text) };
        Self {
            author_name: MessageText::new(written.author_name),
            surfaces: written.surfaces.into_iter().map(surface).collect(),
            findings: written.findings.into_owned(),
        }
    }
}
