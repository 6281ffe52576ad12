//! The command line: what can be asked, and how it ends.

mod backup;
#[cfg(any(feature = "terminal", feature = "matrix", feature = "discord"))]
mod beside;
mod check;
mod checkup;
mod completions;
mod config_check;
mod doctor;
mod ended;
mod evaluate;
mod export;
mod groups;
mod healthcheck;
mod init;
#[cfg(any(feature = "terminal", feature = "matrix", feature = "discord"))]
mod keeping;
mod key;
#[cfg(feature = "discord")]
mod on_discord;
#[cfg(feature = "matrix")]
mod on_matrix;
mod run;
#[cfg(any(feature = "matrix", feature = "discord"))]
mod serve;
mod sheet;
#[cfg(feature = "terminal")]
mod sit;
#[cfg(any(feature = "terminal", feature = "matrix", feature = "discord"))]
mod tasks;
mod wordlist_export;
mod wordlist_import;
mod wordlist_lint;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use ledger::{BackupError, NoLedger};
use policy::guard::is_offensive;
use policy::{Matcher, WordlistProblem};

use crate::config::{Config, ConfigProblem};
use crate::lists::Lists;
use crate::telemetry;

/// What was asked on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "beadle",
    version,
    about = "Moderates a closed members' group under its own code of conduct",
    long_about = "Moderates a closed members' group under its own code of conduct.\n\n\
                  Without a command it opens a sample group in your terminal. No account is needed anywhere."
)]
pub struct Cli {
    /// Read the configuration from FILE; without it, the built-in sample group is used
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Keep the ledger and its key in DIR instead of the usual place
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Log to stderr: off, error, warn, info, debug or trace [default: $BEADLE_LOG, or as configured]
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge the lines on stdin, one answer a line, and change nothing
    Check(check::Args),
    /// Measure the filter on labelled texts, a table of families out, and change nothing
    Evaluate(evaluate::Args),
    /// Work on wordlists
    #[command(subcommand)]
    Wordlist(WordlistCommand),
    /// Work on the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Set up an installation: asks, and writes the configuration, the record and its key
    Init(init::Args),
    /// Look whether everything is in place for the groups, and say what to do where it is not
    Doctor(doctor::Args),
    /// Say whether the program that runs here works, for a supervisor
    Healthcheck(healthcheck::Args),
    /// Take a copy of the register or of a file, while the bot is not running
    Export(export::Args),
    /// Take a sealed backup of the record, while the bot is running or not
    Backup(backup::Args),
    /// Put a backup back into an empty data directory, and erase again what was erased since
    Restore(backup::RestoreArgs),
    /// Make keys, and put new ones in the place of old ones
    #[command(subcommand)]
    Key(key::Command),
    /// Print what data protection asks a group to write down: records, an assessment, a notice for members
    Sheet(sheet::Args),
    /// Print a script that completes beadle's options in your shell
    Completions(completions::Args),
}

#[derive(Debug, Subcommand)]
enum WordlistCommand {
    /// Look for mistakes in wordlists, and for innocent texts they would flag
    Lint(wordlist_lint::Args),
    /// Take words of another program into a group's own list, while the bot is not running
    Import(wordlist_import::Args),
    /// Print a group's words for another program
    Export(wordlist_export::Args),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Look for mistakes in the configuration and the files it names
    Check,
}

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub enum Failure {
    /// What it was given is wrong, and stdout says what.
    Reported,
    /// Something that it looked at is wrong, and stdout says what.
    Amiss,
    /// What it was given is wrong.
    Input(anyhow::Error),
    /// Something else failed.
    Fault(anyhow::Error),
}

impl Failure {
    /// 1 when something failed or was found wrong, 2 when the input was wrong.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Fault(_) | Self::Amiss => 1,
            Self::Reported | Self::Input(_) => 2,
        }
    }

    /// Whether nobody reads the answers any more, as in `beadle check | head`.
    ///
    /// A session that cannot be shown is another matter: it ends before its input does, and its error is the
    /// terminal's, with the broken pipe as its cause.
    pub fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Reported | Self::Amiss | Self::Input(_) => false,
            Self::Fault(error) => {
                error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
            }
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Everything that is wrong with a file, a line each, under one heading.
#[derive(Debug, thiserror::Error)]
#[error("{heading}\n{}", lines.join("\n"))]
struct Problems {
    heading: String,
    lines: Vec<String>,
}

impl Problems {
    fn in_configuration(problems: &[ConfigProblem]) -> Failure {
        Failure::Input(anyhow::Error::new(Self {
            heading: "the configuration cannot be used".to_owned(),
            lines: problems.iter().map(ToString::to_string).collect(),
        }))
    }

    fn in_wordlists(problems: &[WordlistProblem]) -> Failure {
        Failure::Input(anyhow::Error::new(Self {
            heading: "the wordlists cannot be used".to_owned(),
            lines: problems.iter().map(ToString::to_string).collect(),
        }))
    }
}

impl Cli {
    /// What the process ends with that was given a command line which is refused, or asks for no more than help or the version.
    pub fn refused(refusal: &clap::Error, line: impl IntoIterator<Item = OsString>) -> u8 {
        let code = u8::try_from(refusal.exit_code()).unwrap_or(1);
        // What is refused has no command yet, but a supervisor knows 0 and 1 alone.
        let is_supervised = line.into_iter().any(|word| word == "healthcheck");
        if is_supervised { code.min(1) } else { code }
    }

    /// Does what was asked.
    ///
    /// # Errors
    /// When it cannot be done; what was wrong is in the [`Failure`], or on stdout for commands that report.
    pub fn execute(self) -> Result<(), Failure> {
        let done = self.carry_out().map_err(|failure| self.advised(failure));
        match &self.command {
            Some(Command::Healthcheck(_)) => done.map_err(healthcheck::unseen),
            Some(_) | None => done,
        }
    }

    fn carry_out(&self) -> Result<(), Failure> {
        // Before anything is logged; what is wrong with it is told by whoever needs it.
        let loaded = Config::load(self.config.as_deref());
        self.start_log(loaded.as_ref().ok())?;
        let config = || loaded.as_ref().map_err(|problems| Problems::in_configuration(problems));
        match &self.command {
            None => run::run(self.config.as_deref(), config()?, self.data_dir.as_deref()),
            Some(Command::Check(args)) => check::check(args, config()?),
            Some(Command::Evaluate(args)) => evaluate::evaluate(args, config()?),
            Some(Command::Wordlist(WordlistCommand::Lint(args))) => {
                wordlist_lint::lint(args, &config()?.wordlists)
            }
            Some(Command::Wordlist(WordlistCommand::Import(args))) => {
                wordlist_import::import(args, self.config.as_deref(), config()?, self.data_dir.as_deref())
            }
            Some(Command::Wordlist(WordlistCommand::Export(args))) => {
                wordlist_export::export(args, config()?, self.data_dir.as_deref())
            }
            Some(Command::Config(ConfigCommand::Check)) => config_check::check(self.config.as_deref()),
            Some(Command::Export(args)) => {
                export::export(args, self.config.as_deref(), config()?, self.data_dir.as_deref())
            }
            Some(Command::Init(args)) => init::init(args),
            Some(Command::Doctor(args)) => {
                doctor::examine(args, self.config.as_deref(), self.data_dir.as_deref())
            }
            Some(Command::Healthcheck(_)) => healthcheck::check(config()?, self.data_dir.as_deref()),
            Some(Command::Backup(args)) => backup::back_up(args, config()?, self.data_dir.as_deref()),
            Some(Command::Restore(args)) => backup::restore(args, config()?, self.data_dir.as_deref()),
            Some(Command::Key(command)) => key::key(command, config()?, self.data_dir.as_deref()),
            Some(Command::Sheet(args)) => sheet::print(args, config()?, self.data_dir.as_deref()),
            Some(Command::Completions(args)) => completions::print(args),
        }
    }

    /// Says what names another place where a ledger was looked for in vain, unless the place itself was named.
    fn advised(&self, failure: Failure) -> Failure {
        let error = match failure {
            Failure::Input(error) if is_about_no_ledger(&error) => error,
            other => return other,
        };
        Failure::Input(match (&self.data_dir, &self.config) {
            (Some(_), _) => error,
            (None, None) => anyhow::anyhow!("{error}: name the configuration with --config"),
            (None, Some(_)) => anyhow::anyhow!("{error}: name the data folder of the bot with --data-dir"),
        })
    }

    /// Logs what the command line says, or the environment, or the configuration, in this order.
    fn start_log(&self, config: Option<&Config>) -> Result<(), Failure> {
        let log = config.map(|config| config.log.clone()).unwrap_or_default();
        let variable = || std::env::var(telemetry::LOG_VARIABLE).ok().filter(|level| !level.is_empty());
        let level = self.log.clone().or_else(variable).unwrap_or(log.level);
        let filter = telemetry::filter(Some(&level))
            .map_err(|refused| Failure::Input(anyhow::anyhow!("{refused}: {}", telemetry::LEVELS)))?;
        Ok(telemetry::start(filter, log.format)?)
    }
}

/// What is said of the configuration that holds where none is named.
const BUILT_IN: &str = "built-in configuration: valid; name a file with --config FILE";

/// How many innocent lines are named that lists would flag: whoever mends the first sees what is left.
const GUARD_HITS_TOLD_MAX: usize = 20;

/// Everything that keeps lists from being in force together, a line each.
fn faults(lists: &Lists) -> Vec<String> {
    let matcher = match Matcher::new(&lists.wordlists) {
        Ok(matcher) => matcher,
        Err(problems) => return problems.iter().map(ToString::to_string).collect(),
    };
    let guard = lists.guard();
    let mut hits = guard.hits(&matcher, is_offensive);
    let mut faults: Vec<String> =
        hits.by_ref().take(GUARD_HITS_TOLD_MAX).map(|hit| hit.to_string()).collect();
    match hits.count() {
        0 => {}
        more => faults.push(format!("… and {more} innocent lines more")),
    }
    faults
}

fn is_about_no_ledger(error: &anyhow::Error) -> bool {
    error.is::<NoLedger>() || matches!(error.downcast_ref(), Some(BackupError::NoLedger(_)))
}

/// Why nothing can be done with a ledger where there is none.
fn no_ledger(place: &Path) -> Failure {
    Failure::Input(NoLedger { directory: place.to_owned() }.into())
}

/// Writes a line to `out`.
fn say(out: &mut impl Write, line: impl std::fmt::Display) -> io::Result<()> {
    writeln!(out, "{line}")
}
