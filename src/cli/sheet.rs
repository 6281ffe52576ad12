//! `beadle sheet`: the data-protection sheet of the groups, as they are configured and as their officers settled them.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context as _, anyhow};
use ledger::Settings;
use tokio::runtime::Builder;

use super::Failure;
use super::groups::{group, keys, record};
use crate::config::{Config, GroupConfig};
use crate::data_dir;
use crate::sheet::{self, Form, Part};

/// What to print.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only of the group with this key in the configuration
    #[arg(long, value_name = "KEY")]
    group: Option<String>,

    /// Only this part
    #[arg(long)]
    part: Option<Part>,

    /// How it is written; as `html`, name a group where there are several
    #[arg(long, default_value = "markdown")]
    format: Form,
}

pub(super) fn print(args: &Args, config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let groups: Vec<&GroupConfig> = match &args.group {
        Some(key) => vec![group(key, config)?],
        None => config.groups.iter().collect(),
    };
    if args.format == Form::Html && groups.len() > 1 {
        return Err(Failure::Input(anyhow!(
            "a page is of one group: name it with --group; the groups are {}",
            keys(config)
        )));
    }
    let place =
        data_dir::choose(named, config.data_dir.as_deref()).map_err(|error| Failure::Input(error.into()))?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let settled = runtime.block_on(settled(&place, &groups))?;
    // Not in the notice, which members are given as it stands.
    for (group, _) in groups.iter().zip(&settled).filter(|(_, settled)| settled.is_none()) {
        // Nobody is left to tell if stderr is closed.
        drop(writeln!(io::stderr(), "beadle: {}: {}", group.charter.group.as_str(), sheet::NO_RECORD));
    }
    let sheets = groups.iter().zip(&settled);
    let sheets =
        sheets.map(|(group, settled)| sheet::of(config, group, settled.as_ref(), args.part, args.format));
    let sheets: Vec<String> = sheets.collect();
    io::stdout().lock().write_all(sheets.join("\n").as_bytes())?;
    Ok(())
}

/// What the officers of each group settled; nothing for one of which there is no record.
async fn settled(place: &Path, groups: &[&GroupConfig]) -> Result<Vec<Option<Settings>>, Failure> {
    let Some(mut record) = record(place).await? else { return Ok(vec![None; groups.len()]) };
    let mut settled = Vec::with_capacity(groups.len());
    for group in groups {
        let of_group = record.settings(&group.charter.group).await;
        settled.push(of_group.context("what the groups' officers settled cannot be read")?);
    }
    Ok(settled)
}
