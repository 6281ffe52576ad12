//! `beadle key`: makes the key of backups, and puts new keys in the place of old ones.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use ledger::BackupKey;
use tokio::runtime::Builder;

use super::backup::failure;
use super::{Failure, no_ledger, say};
use crate::config::{Config, SecretPlace};
use crate::data_dir;

/// What to do about keys.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make a key for backups
    New {
        /// Where it goes; nothing may be there yet
        file: PathBuf,
    },
    /// Seal the ledger with a new key and destroy the old one, while the bot is not running
    Rotate {
        /// Make a new key for backups instead; the old one is kept beside it for the backups taken with it
        #[arg(long)]
        backup: bool,
    },
}

/// The file of the key of backups.
fn key_file(config: &Config) -> Result<&Path, Failure> {
    let refused = match config.backup.as_ref().map(|backup| &backup.key) {
        Some(SecretPlace::File(file)) => return Ok(file),
        None => "the configuration names no key_file under [backup]",
        Some(SecretPlace::Credential(_) | SecretPlace::Env(_)) => {
            "the key of backups is handed over, and stands in no file that the configuration names: make another with \
             `beadle key new FILE`, hand that over, and keep the old one for the backups taken with it, 35 days"
        }
    };
    Err(Failure::Input(anyhow!(refused)))
}

pub(super) fn key(command: &Command, config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    match command {
        Command::New { file } => {
            let key = BackupKey::create(file).map_err(failure)?;
            say(
                &mut io::stdout(),
                format_args!(
                    "{}: the key {}; keep a copy of it away from this machine, for no backup opens without it",
                    file.display(),
                    key.name()
                ),
            )?;
        }
        Command::Rotate { backup: true } => {
            let file = key_file(config)?;
            let old = BackupKey::replace(file).map_err(failure)?;
            say(
                &mut io::stdout(),
                format_args!(
                    "{} has a new key: keep a copy of it away from this machine. The backups so far are opened with {}: \
                     delete it when the last of them is gone, in 35 days. Take one with the new key now, by `beadle backup`: \
                     until there is one, `beadle doctor` cannot open the last",
                    file.display(),
                    old.display()
                ),
            )?;
        }
        Command::Rotate { backup: false } => {
            let place = data_dir::choose(named, config.data_dir.as_deref())
                .map_err(|error| Failure::Input(error.into()))?;
            if !ledger::exists(&place) {
                return Err(no_ledger(&place));
            }
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let count = runtime
                .block_on(ledger::rotate(&place))
                .context("the change of keys did not come to its end; the ledger opens as before")?;
            say(
                &mut io::stdout(),
                format_args!(
                    "{} has a new key; sealed anew with it: {count}. A copy of the old key file opens nothing any more; a \
                     backup that was taken before holds its own",
                    place.join(ledger::KEY_FILE).display()
                ),
            )?;
        }
    }
    Ok(())
}
