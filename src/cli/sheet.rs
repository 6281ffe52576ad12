//! `beadle sheet`: the data-protection sheet of the groups, as they are configured.

use std::io::{self, Write};

use anyhow::anyhow;

use super::Failure;
use super::groups::{group, keys};
use crate::config::Config;
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

pub(super) fn print(args: &Args, config: &Config) -> Result<(), Failure> {
    let groups = match &args.group {
        Some(key) => vec![group(key, config)?],
        None => config.groups.iter().collect(),
    };
    if args.format == Form::Html && groups.len() > 1 {
        return Err(Failure::Input(anyhow!(
            "a page is of one group: name it with --group; the groups are {}",
            keys(config)
        )));
    }
    let sheets: Vec<String> =
        groups.into_iter().map(|group| sheet::of(config, group, args.part, args.format)).collect();
    io::stdout().lock().write_all(sheets.join("\n").as_bytes())?;
    Ok(())
}
