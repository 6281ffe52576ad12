//! The group that is meant by `--group`.

use anyhow::anyhow;

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
