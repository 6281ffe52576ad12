//! `beadle wordlist import FILE`: words of another program into a group's own list, as one version.
//!
//! It writes the ledger, so the bot must not be running; a dry run only reads it, and says the same while it is.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use casework::{Casework, Imported, in_group};
use ledger::{Ledger, OpenError, OwnWords};
use policy::wordlist::Matching;
use policy::wordlist::foreign::{self, Format, Item, Options, Plan};
use policy::{Category, Grade, GroupId, MemberId, WordlistProblem};
use tokio::runtime::Builder;

use super::groups::{group, record};
use super::{Failure, Problems, no_ledger, say};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::data_dir;
use crate::lists::{LIST_LEN_MAX, Lists, unusable};
use crate::sources::ConfigFiles;

/// What to take in.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file
    file: PathBuf,

    /// How it is written: plain (a word a line, or the first column of a table), automod (the rules of a Discord server, in
    /// JSON), mjolnir or draupnir (their configuration), or toml (as our own lists)
    #[arg(long, value_name = "FORMAT")]
    from: Format,

    /// The group's key in the configuration
    #[arg(long)]
    group: String,

    /// The admin who takes the words in; it stands in the ledger
    #[arg(long, value_name = "MEMBER", required_unless_present = "dry_run")]
    by: Option<String>,

    /// How strong words are whose file does not say: mild, medium, strong or strongest [default: medium]
    #[arg(long)]
    grade: Option<Grade>,

    /// What they are about [default: general]
    #[arg(long)]
    category: Option<Category>,

    /// Which words each reaches, whatever the file says: word, stem or anywhere
    #[arg(long)]
    matching: Option<Matching>,

    /// Add words also where they hit innocent ones
    #[arg(long)]
    despite: bool,

    /// Say what would become of each word, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    fn options(&self) -> Options {
        let cautious = Options::cautious(self.from);
        Options {
            grade: self.grade.unwrap_or(cautious.grade),
            category: self.category.unwrap_or(cautious.category),
            matching: self.matching,
            despite: self.despite,
            ..cautious
        }
    }
}

pub(super) fn import(
    args: &Args,
    config_file: Option<&Path>,
    config: &Config,
    named: Option<&Path>,
) -> Result<(), Failure> {
    let place =
        data_dir::choose(named, config.data_dir.as_deref()).map_err(|error| Failure::Input(error.into()))?;
    let group = &group(&args.group, config)?.charter.group;
    let items = read(&args.file, args.from).map_err(|problems| refused(&problems))?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    if args.dry_run {
        let plan = runtime.block_on(would(args, config, &place, group, &items))?;
        return tell(&plan, "Nothing was changed: this was a dry run");
    }
    let by = args.by.as_deref().and_then(MemberId::new);
    let by = by.ok_or_else(|| Failure::Input(anyhow!("--by: not a member's account")))?;
    if !ledger::exists(&place) {
        return Err(no_ledger(&place));
    }
    let files = ConfigFiles { config: config_file.map(Path::to_owned) };
    let Imported { plan, version } = runtime.block_on(take_in(args, &place, files, group, &by, &items))?;
    match version {
        Some(version) => tell(&plan, &format!("Version {version} of the group's own words")),
        None => tell(&plan, "Nothing was changed"),
    }
}

/// The group's own words, whether the bot is running or not.
pub(super) async fn own_words(place: &Path, group: &GroupId) -> Result<OwnWords, Failure> {
    let mut record = record(place).await?.ok_or_else(|| no_ledger(place))?;
    let settled = record.settings(group).await.context("the group's own words cannot be read")?;
    Ok(settled.unwrap_or_default().words)
}

fn read(file: &Path, from: Format) -> Result<Vec<Item>, Vec<WordlistProblem>> {
    let text = crate::text_file::read(file, LIST_LEN_MAX).map_err(|refusal| vec![unusable(file, refusal)])?;
    foreign::read(from, &file.display().to_string(), &text)
}

fn refused(problems: &[WordlistProblem]) -> Failure {
    Failure::Input(anyhow::Error::new(Problems {
        heading: "the file cannot be taken in".to_owned(),
        lines: problems.iter().map(ToString::to_string).collect(),
    }))
}

/// What an import would do now.
async fn would(
    args: &Args,
    config: &Config,
    place: &Path,
    group: &GroupId,
    items: &[Item],
) -> Result<Plan, Failure> {
    let lists = Lists::load(&config.wordlists).map_err(|problems| Problems::in_wordlists(&problems))?;
    let words = own_words(place, group).await?;
    let in_force = in_group(&lists.wordlists, &words).map_err(|error| Failure::Input(error.into()))?;
    let own = in_force.last().cloned().unwrap_or_default();
    foreign::plan(items, args.options(), &lists.wordlists, &own, &lists.guard())
        .map_err(|problems| refused(&problems))
}

async fn take_in(
    args: &Args,
    place: &Path,
    files: ConfigFiles,
    group: &GroupId,
    by: &MemberId,
    items: &[Item],
) -> Result<Imported, Failure> {
    let ledger = Ledger::open(place).await.map_err(|error| {
        let is_locked = matches!(error, OpenError::Locked { .. });
        let failed = anyhow::Error::new(error);
        if is_locked {
            failed.context(
                "words cannot be taken in while the bot runs; stop it first, or have an admin use `wordlist import` where \
                 officers give commands",
            )
        } else {
            failed.context("the ledger cannot be opened")
        }
    })?;
    let casework = Casework::open(ledger.clone(), Arc::new(SystemClock), Box::new(files), HashMap::new())
        .await
        .map_err(|error| Failure::Input(error.into()))?;
    let imported = casework.import_words(group, by, items, args.options()).await;
    drop(casework);
    ledger.close().await;
    imported
        .map_err(|error| Failure::Fault(error.into()))?
        .map_err(|refusal| Failure::Input(anyhow!(refusal)))
}

/// What became of each word, and of all of them.
fn tell(plan: &Plan, outcome: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    plan.lines.iter().try_for_each(|line| say(&mut out, line))?;
    say(&mut out, format_args!("{outcome}: {}", plan.counts()))?;
    Ok(())
}
