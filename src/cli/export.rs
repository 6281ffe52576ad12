//! `beadle export`: a copy of a file or of the register, for an officer at the machine the bot runs on.
//!
//! It opens the ledger, so the bot must not be running; while it is, officers take copies with the command `export`.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use casework::Casework;
use casework::export::{Format, Names, Source};
use ledger::Ledger;
use policy::{GroupId, MemberId};
use tokio::runtime::Builder;

use super::groups::group;
use super::{Failure, no_ledger, say};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::data_dir;
use crate::sources::ConfigFiles;

/// What to take a copy of.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// `register`, or a file such as B-0042
    source: Source,

    /// The group's key in the configuration
    #[arg(long)]
    group: String,

    /// The officer who takes the copy; it stands in the copy and in the ledger
    #[arg(long, value_name = "MEMBER")]
    by: String,

    /// `csv` for a spreadsheet, `html` to read and print
    #[arg(long)]
    format: Format,

    /// Leave out the names of other people
    #[arg(long)]
    redacted: bool,

    /// Where the copy goes; nothing may be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn export(
    args: &Args,
    config_file: Option<&Path>,
    config: &Config,
    named: Option<&Path>,
) -> Result<(), Failure> {
    let place =
        data_dir::choose(named, config.data_dir.as_deref()).map_err(|error| Failure::Input(error.into()))?;
    let group = &group(&args.group, config)?.charter.group;
    if !ledger::exists(&place) {
        return Err(no_ledger(&place));
    }
    let by =
        MemberId::new(&*args.by).ok_or_else(|| Failure::Input(anyhow!("--by: not a member's account")))?;
    let files = ConfigFiles { config: config_file.map(Path::to_owned) };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let copy = runtime.block_on(take(args, &place, files, group, &by))?;
    write(&args.out, &copy).with_context(|| format!("{} cannot be written", args.out.display()))?;
    say(&mut io::stdout(), format_args!("{}", args.out.display()))?;
    Ok(())
}

async fn take(
    args: &Args,
    place: &Path,
    files: ConfigFiles,
    group: &GroupId,
    by: &MemberId,
) -> Result<Vec<u8>, Failure> {
    let ledger = Ledger::open(place).await.context("the ledger cannot be opened")?;
    let casework = Casework::open(ledger.clone(), Arc::new(SystemClock), Box::new(files), HashMap::new())
        .await
        .map_err(|error| Failure::Input(error.into()))?;
    let names = if args.redacted { Names::Redacted } else { Names::All };
    let copy = casework.copy(group, by, args.source, args.format, names).await;
    drop(casework);
    ledger.close().await;
    copy.map_err(|error| Failure::Fault(error.into()))?.map_err(|refusal| Failure::Input(anyhow!(refusal)))
}

/// Writes the copy for the eyes of whoever runs this, and over nothing.
fn write(out: &Path, copy: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(out)?;
    file.write_all(copy)?;
    file.sync_all()
}
