//! `beadle backup`: takes a sealed copy of the record, while the bot is running or not; `beadle restore` puts one back.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use ledger::{Backup, BackupError, BackupKey, Erasures, Kept, OpenError};
use policy::{Clock, Timestamp};
use tokio::runtime::Builder;

use super::ended::Ended;
use super::{Failure, say};
use crate::clock::SystemClock;
use crate::config::{Config, SecretPlace};
use crate::data_dir;
use crate::secrets::secret;

/// What to back up to.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Put the backup into DIR, and take none away there [default: the directory of [backup] in the configuration]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,

    /// Seal it with the key in FILE [default: the key of [backup] in the configuration]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Take none: read this backup from beginning to end, and say whether it is whole
    #[arg(long, value_name = "BACKUP", conflicts_with = "to")]
    check: Option<PathBuf>,
}

/// What to put back.
#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    /// The backup; it goes into the data directory, which must be empty
    backup: PathBuf,

    /// Open it with the key in FILE [default: the key of [backup] in the configuration]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Erase again what this log names, besides the erasures.log beside the backup; the longest counts
    #[arg(long, value_name = "LOG")]
    erasures: Vec<PathBuf>,

    /// Restore although it is not known what was erased since: that comes back
    #[arg(long, conflicts_with = "erasures")]
    without_erasures: bool,
}

pub(super) fn back_up(args: &Args, config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let key = key(args.key.as_deref(), config)?;
    if let Some(backup) = &args.check {
        let whole = ledger::read_back(backup, &key).map_err(failure)?;
        say(
            &mut io::stdout(),
            format_args!("{} is whole, taken {}", backup.display(), shown(whole.taken_at)),
        )?;
        return Ok(());
    }
    let place =
        data_dir::choose(named, config.data_dir.as_deref()).map_err(|error| Failure::Input(error.into()))?;
    let configured = config.backup.as_ref();
    let (to, kept) = match (&args.to, configured) {
        (Some(to), _) => (to, None),
        (None, Some(backup)) => (&backup.directory, Some(backup.kept)),
        (None, None) => {
            return Err(Failure::Input(anyhow!("nothing says where to: name a directory with --to")));
        }
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let now = SystemClock.now();
    let taken = runtime.block_on(until_ended(ledger::back_up(&place, to, &key, now)))?;
    say(&mut io::stdout(), format_args!("{}", taken.path.display()))?;
    if let Some(kept) = kept {
        prune(to, kept, now)?;
    }
    Ok(())
}

/// Waits for a backup, and leaves nothing of it when the program is to end before: the copy that it is made of would stay in
/// the open, with what is erased from the ledger meanwhile.
async fn until_ended(backup: impl Future<Output = Result<Backup, BackupError>>) -> Result<Backup, Failure> {
    let mut ended = Ended::listen()?;
    tokio::select! {
        biased;
        taken = backup => taken.map_err(failure),
        () = ended.next() => Err(Failure::Fault(anyhow!("stopped, as it was told to, before there was a backup"))),
    }
}

fn prune(place: &Path, kept: Kept, now: Timestamp) -> Result<(), Failure> {
    for gone in ledger::prune(place, kept, now).map_err(failure)? {
        say(&mut io::stdout(), format_args!("not kept on: {}", gone.display()))?;
    }
    Ok(())
}

pub(super) fn restore(args: &RestoreArgs, config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let place =
        data_dir::choose(named, config.data_dir.as_deref()).map_err(|error| Failure::Input(error.into()))?;
    let key = key(args.key.as_deref(), config)?;
    let erasures = if args.without_erasures {
        Erasures::Unknown
    } else {
        let beside = args.backup.with_file_name("erasures.log");
        Erasures::In(args.erasures.iter().cloned().chain(Some(beside).filter(|log| log.exists())).collect())
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let now = SystemClock.now();
    let restored = runtime.block_on(ledger::restore(&args.backup, &key, &place, &erasures, now));
    let restored = restored.map_err(failure)?;
    let mut out = io::stdout();
    say(&mut out, format_args!("{} has the record as it was {}", place.display(), shown(restored.taken_at)))?;
    match restored.last_erased_at {
        Some(last) => say(
            &mut out,
            format_args!(
                "erased again, of what went since: {}, the last of it {}; where a newer erasures.log is left, restore \
                 anew with it",
                restored.erased_again,
                shown(last)
            ),
        )?,
        None if args.without_erasures => {
            say(&mut out, "what was erased since is back: the Secretary has to know, and erase it again")?;
        }
        None => say(&mut out, "nothing was erased since, as far as the log goes")?,
    }
    say(
        &mut out,
        "when the bot starts, it tells the officers what time is missing; what waited is not done until an admin of each \
         group says `resume`",
    )?;
    if !config.matrix.is_empty() {
        say(
            &mut out,
            "on Matrix it logs in anew: its password or token has to be where the configuration says, and so has the \
             recovery key",
        )?;
    }
    Ok(())
}

/// The key that was named, or the one in the configuration.
fn key(named: Option<&Path>, config: &Config) -> Result<BackupKey, Failure> {
    match (named, &config.backup) {
        (Some(file), _) => BackupKey::read(file).map_err(failure),
        (None, Some(backup)) => read_key(&backup.key).map_err(|error| match error.downcast() {
            Ok(error) => failure(error),
            Err(error) => Failure::Input(error),
        }),
        (None, None) => Err(Failure::Input(anyhow!("nothing says which key: name its file with --key"))),
    }
}

/// Reads the key of backups where the configuration says that it is.
pub(super) fn read_key(place: &SecretPlace) -> anyhow::Result<BackupKey> {
    match place {
        // It is made there by us, so it is told by name what to do where there is none: that is no secret.
        SecretPlace::File(file) => Ok(BackupKey::read(file)?),
        SecretPlace::Credential(_) | SecretPlace::Env(_) => {
            let key = secret(place).and_then(|key| {
                BackupKey::parse(&key)
                    .context("it is no key: make one with `beadle key new FILE`, and hand that over")
            });
            key.context("the key of backups")
        }
    }
}

fn shown(at: Timestamp) -> String {
    format!("on {} UTC", at.long_date_time(chrono_tz::UTC))
}

/// What can be mended by whoever typed the command, and what cannot.
pub(super) fn failure(error: BackupError) -> Failure {
    let is_input = matches!(
        error,
        BackupError::NoLedger { .. }
            | BackupError::KeyMissing { .. }
            | BackupError::KeyExists { .. }
            | BackupError::KeyWrong { .. }
            | BackupError::Open(OpenError::KeyExposed { .. } | OpenError::KeyMalformed { .. })
            | BackupError::Foreign { .. }
            | BackupError::Newer { .. }
            | BackupError::NotEmpty { .. }
            | BackupError::ErasuresUnknown { .. }
            | BackupError::Log(_)
    );
    let is_missing = |source: &io::Error| source.kind() == io::ErrorKind::NotFound;
    let is_input = is_input || matches!(&error, BackupError::Io { source, .. } if is_missing(source));
    if is_input { Failure::Input(error.into()) } else { Failure::Fault(error.into()) }
}
