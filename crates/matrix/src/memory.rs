//! What has to outlive a restart beside the ledger: which effects were done, how far private rooms were read, where a
//! member was before they were put out.
//!
//! Kept in the library's own store, beside the keys. All of it is about what the bot itself did; no words of members.

use std::collections::BTreeMap;

use matrix_sdk::{Client, StoreError};
use platform::EffectId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

/// Effects are remembered in so many rows, each rewritten as a whole.
const ROWS: i64 = 256;
/// So many in each. An effect is asked about again within minutes, or after a restart; this is months of them.
const PER_ROW: usize = 128;

/// How far an effect is known to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// Nothing is known of it.
    Unknown,
    /// It was asked for, and the answer was not seen.
    Asked,
    /// It was done.
    Yes,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Memory {
    client: Client,
    /// Held while a row is rewritten, so that none is lost between two.
    rewriting: Mutex<()>,
}

impl Memory {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, rewriting: Mutex::new(()) }
    }

    /// What is known of an effect.
    pub(crate) async fn is_done(&self, effect: EffectId) -> Result<Done, StoreError> {
        let row: Row = self.get(&row_key(effect)).await?.unwrap_or_default();
        let known = row.iter().rev().find(|(id, _)| *id == effect.0);
        Ok(match known {
            None => Done::Unknown,
            Some((_, false)) => Done::Asked,
            Some((_, true)) => Done::Yes,
        })
    }

    /// Remembers how far an effect has come.
    pub(crate) async fn remember(&self, effect: EffectId, done: bool) -> Result<(), StoreError> {
        self.change(&row_key(effect), |row: &mut Row| {
            row.retain(|(id, _)| *id != effect.0);
            row.push((effect.0, done));
            let overflow = row.len().saturating_sub(PER_ROW);
            row.drain(..overflow);
        })
        .await
    }

    /// What was kept under `key`; nothing if it is not what is expected there.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let kept = self.client.state_store().get_custom_value(key.as_bytes()).await?;
        Ok(kept.and_then(|kept| serde_json::from_slice(&kept).ok()))
    }

    /// Keeps `value` under `key`.
    pub(crate) async fn put<T: Serialize>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        let value = serde_json::to_vec(value)?;
        self.client.state_store().set_custom_value_no_read(key.as_bytes(), value).await
    }

    /// Changes what is kept under `key`; nobody else rewrites anything meanwhile.
    pub(crate) async fn change<T>(&self, key: &str, change: impl FnOnce(&mut T)) -> Result<(), StoreError>
    where
        T: Serialize + DeserializeOwned + Default,
    {
        let _rewriting = self.rewriting.lock().await;
        let mut kept: T = self.get(key).await?.unwrap_or_default();
        change(&mut kept);
        self.put(key, &kept).await
    }

    /// Forgets what was kept under `key`.
    pub(crate) async fn forget(&self, key: &str) -> Result<(), StoreError> {
        self.client.state_store().remove_custom_value(key.as_bytes()).await.map(|_| ())
    }
}

/// Effects, oldest first, and whether each was done.
type Row = Vec<(i64, bool)>;

/// What is remembered by name of a room, or of whatever a map is about.
pub(crate) type ByName = BTreeMap<String, String>;

fn row_key(effect: EffectId) -> String {
    format!("beadle/effects/{}", effect.0.rem_euclid(ROWS))
}
