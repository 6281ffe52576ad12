//! A ledger looked at from outside, whether a program has it open or not. Nothing in it is changed, and whoever has it open
//! waits for nothing but what a backup has it wait for.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use policy::{GroupId, Timestamp};
use sqlx::{ConnectOptions, SqliteConnection};

use crate::backlog::{Backlog, backlog};
use crate::backup::BackupError;
use crate::checkup::Checked;
use crate::clock::{ClockDoubt, doubt, latest};
use crate::connect::{opened, options, reading};
use crate::error::{LedgerError, OpenError, failed};
use crate::layout::DATABASE;
use crate::open::{self, ENGINE_MIN, Header, KEY, LOCK, is_fit};
use crate::settings::{Settings, settings_of};
use crate::upkeep::{blocking, long_look, sound};
use crate::vault::Vault;
use crate::{Ledger, gone, rotation};

/// A ledger that is looked at from outside.
pub struct Glance {
    directory: PathBuf,
    path: PathBuf,
    conn: SqliteConnection,
}

/// Of which version the tables of a ledger are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// Of this program's.
    Current,
    /// Of an earlier one: the next start brings them up to date.
    Earlier,
}

impl Glance {
    /// Looks at the ledger in a directory; nothing where none was made yet.
    ///
    /// # Errors
    /// When there was one and it is gone, when it is foreign or newer, or when it cannot be read. Each error says what to do.
    pub async fn at(directory: &Path) -> Result<Option<Self>, OpenError> {
        if open::look(directory)? == Header::Absent {
            return Ok(None);
        }
        let path = directory.join(DATABASE);
        // Nothing is locked: whoever only looks keeps nobody out.
        let beside = File::open(directory.join(LOCK)).or_else(|_| File::open(directory));
        let beside = beside.map_err(|source| OpenError::Io { path: directory.to_owned(), source })?;
        let conn = reading(options(&path, &Arc::new(beside))).connect().await;
        let conn = conn.map_err(|error| opened(&path, error))?;
        Ok(Some(Self { directory: directory.to_owned(), path, conn }))
    }

    /// The version of SQLite, and whether it is one that the record was tested with.
    ///
    /// # Errors
    /// When it does not say.
    pub async fn engine(&mut self) -> Result<(String, bool), OpenError> {
        let engine = sqlx::query_scalar("select sqlite_version()").fetch_one(&mut self.conn).await;
        let engine: String = engine.map_err(|error| opened(&self.path, error))?;
        let is_fit = is_fit(&engine);
        Ok((engine, is_fit))
    }

    /// Of which version its tables are.
    ///
    /// # Errors
    /// When they are of a newer one, or it cannot be read.
    pub async fn tables(&mut self) -> Result<Tables, OpenError> {
        let version = sqlx::query_scalar("pragma user_version").fetch_one(&mut self.conn).await;
        let version: i64 = version.map_err(|error| opened(&self.path, error))?;
        open::refuse_newer(&self.path, version)?;
        Ok(if version == open::newest() { Tables::Current } else { Tables::Earlier })
    }

    /// Looks whether everything in it is where it belongs; whether that could be looked at now. It takes long where the ledger
    /// is large.
    ///
    /// # Errors
    /// [`OpenError::Corrupt`] when it is damaged, or when it cannot be read.
    pub async fn soundness(&mut self) -> Result<bool, OpenError> {
        let Some(_alone) = blocking(&self.directory, long_look).await? else { return Ok(false) };
        sound(&mut self.conn, &self.path).await?;
        Ok(true)
    }

    /// Looks whether the key file holds its key.
    ///
    /// # Errors
    /// When the key is missing, wrong, malformed or can be read by others, or when the ledger cannot be read.
    pub async fn key(&mut self) -> Result<(), OpenError> {
        let failed = |error| opened(&self.path, error);
        let check_value = sqlx::query_scalar!("select check_value from vault");
        let Some(check_value) = check_value.fetch_optional(&mut self.conn).await.map_err(failed)? else {
            // Nothing was ever sealed.
            return Ok(());
        };
        let path = self.directory.join(KEY);
        match Vault::read(&path)? {
            Some(vault) if vault.made(&check_value) => Ok(()),
            // A change of keys was cut short, which the next start makes up for.
            _ if rotation::is_begun(&path, &check_value)? => Ok(()),
            Some(_) => Err(OpenError::KeyWrong { path }),
            None => Err(OpenError::KeyMissing { path }),
        }
    }

    /// Looks whether the log of erasures beside the backups in a place, where both are there, is the one of this ledger. Without
    /// the key that cannot be told.
    ///
    /// # Errors
    /// [`BackupError::Log`] when it is another's, damaged, or cannot be read; otherwise when the ledger or its key cannot be.
    pub async fn log_in(&mut self, place: &Path) -> Result<(), BackupError> {
        if let Some(vault) = self.vault().await? {
            gone::read(&place.join(gone::LOG), &vault.gone_cipher())?;
        }
        Ok(())
    }

    /// Its key, as it made the tags of the ledger; nothing where that is not there, or another.
    async fn vault(&mut self) -> Result<Option<Vault>, OpenError> {
        let failed = |error| opened(&self.path, error);
        let check_value = sqlx::query_scalar!("select check_value from vault");
        let check_value = check_value.fetch_optional(&mut self.conn).await.map_err(failed)?;
        let tags = sqlx::query_scalar!(r#"select tags as "tags?" from vault"#);
        let tags = tags.fetch_optional(&mut self.conn).await.map_err(failed)?.flatten();
        let Some(mut vault) = Vault::read(&self.directory.join(KEY))? else { return Ok(None) };
        let is_its_key = check_value.is_some_and(|value| vault.made(&value));
        let is_ready = is_its_key && tags.is_none_or(|tags| vault.take_tags(&tags));
        Ok(is_ready.then_some(vault))
    }

    /// The newest instant that was recorded by a clock that was believed, and the doubt in the clock, if one stands.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn clock(&mut self) -> Result<(Option<Timestamp>, Option<ClockDoubt>), LedgerError> {
        Ok((latest(&mut self.conn).await?, doubt(&mut self.conn).await?))
    }

    /// Whether anything was recorded before an instant.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn is_older_than(&mut self, at: Timestamp) -> Result<bool, LedgerError> {
        has_recorded_before(&mut self.conn, at).await
    }

    /// What lies about in a group; nothing for one of which nothing was ever recorded.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn backlog(&mut self, group: &GroupId, now: Timestamp) -> Result<Option<Backlog>, LedgerError> {
        backlog(&mut self.conn, group, now).await
    }

    /// Everything that the program which serves a group looked at, as it stood then.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn checked(&mut self, group: &GroupId) -> Result<Vec<Checked>, LedgerError> {
        Checked::of(&mut self.conn, group).await
    }

    /// What a group's officers have settled; nothing for one of which nothing was ever recorded.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn settings(&mut self, group: &GroupId) -> Result<Option<Settings>, LedgerError> {
        settings_of(&mut self.conn, group).await
    }
}

impl std::fmt::Debug for Glance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Glance").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl Ledger {
    /// Whether anything was recorded before an instant.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn is_older_than(&self, at: Timestamp) -> Result<bool, LedgerError> {
        has_recorded_before(&mut *self.reader().await?, at).await
    }

    /// The version of SQLite that the ledger has to have at least.
    pub fn engine_needed() -> String {
        ENGINE_MIN.map(|part| part.to_string()).join(".")
    }
}

async fn has_recorded_before(conn: &mut SqliteConnection, at: Timestamp) -> Result<bool, LedgerError> {
    let at_ms = at.as_millis();
    let has = sqlx::query_scalar!(
        r#"select exists (select 1 from event old where old.at_ms < ?) as "has!: bool""#,
        at_ms
    );
    has.fetch_one(conn).await.map_err(failed)
}
