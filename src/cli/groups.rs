//! The group that is meant by `--group`, and the record of what its officers settled.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use ledger::{Glance, Tables};

use super::Failure;
use crate::config::{Config, GroupConfig};

/// The group of that key in the configuration.
pub(super) fn group<'a>(key: &str, config: &'a Config) -> Result<&'a GroupConfig, Failure> {
    let found = config.groups.iter().find(|group| group.charter.group.as_str() == key);
    found.ok_or_else(|| {
        Failure::Input(anyhow!(
            "--group: the configuration has no group {key:?}; its groups are {}",
            keys(config)
        ))
    })
}

/// The keys of all groups, one after the other.
pub(super) fn keys(config: &Config) -> String {
    let keys = config.groups.iter().map(|group| group.charter.group.as_str());
    keys.collect::<Vec<_>>().join(", ")
}

/// The record in a folder, to read what groups settled, whether the bot is running or not; nothing where there is none.
pub(super) async fn record(place: &Path) -> Result<Option<Glance>, Failure> {
    const UNREAD: &str = "what the groups' officers settled cannot be read";
    let Some(mut glance) = Glance::at(place).await.context(UNREAD)? else { return Ok(None) };
    if glance.tables().await.context(UNREAD)? == Tables::Earlier {
        return Err(Failure::Input(anyhow!(
            "the ledger in {} is of an earlier version: start the bot once, which brings it up to date",
            place.display()
        )));
    }
    Ok(Some(glance))
}
