//! `beadle`: opens the group.

use std::path::Path;

use anyhow::anyhow;

use super::Failure;
use crate::config::Config;
use crate::data_dir;

pub(super) fn run(config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let place = data_dir::choose(named, config.data_dir.as_deref()).map_err(|e| Failure::Input(e.into()))?;
    Err(Failure::Fault(anyhow!("no platform can be opened yet; the ledger would be in {}", place.display())))
}
