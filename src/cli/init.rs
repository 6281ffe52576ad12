//! `beadle init`: sets an installation up, or adds a group to one.
//!
//! Whoever sits at a terminal is asked. Otherwise everything comes from flags and a file of answers, and nothing is waited for.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use tokio::runtime::Builder;

use super::{Failure, Problems, say};
use crate::config::{CONFIG_LEN_MAX, Config, RawConfig};
use crate::init::dialogue::{Ended, Person, hold};
use crate::init::given::{Flags, Given, fill_in};
use crate::init::{Existing, Setup, announced, left_to_do, takes_groups, write};
use crate::text_file;

/// Where the configuration goes unless somebody says otherwise.
const CONFIG: &str = "beadle.toml";

/// What is known before anybody is asked.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
    The configuration goes to --config FILE, or to beadle.toml where you are; --data-dir DIR says where the record is kept. \
    Nothing that is there is written over.\n\n\
    At a terminal you are asked for everything that no flag says. Without one, or with --answers, nobody is asked: what is \
    missing or wrong is listed, and nothing is written. A token or a password is no flag and no answer in a file: at a terminal \
    it is asked for, and shown as stars; otherwise you put it into its file yourself.")]
pub(super) struct Args {
    /// Take the answers from FILE, in TOML and by the names of the flags with _ for -, and ask nothing
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,

    /// Add a group to the configuration that is there
    #[arg(long)]
    add_group: bool,

    // The two of the whole program, which mean something else while there is none of what they name.
    /// Write the configuration to FILE, or add a group to the one there [default: beadle.toml]
    #[arg(long, value_name = "FILE", display_order = 0)]
    config: Option<PathBuf>,

    /// Keep the record and its key in DIR [default: beside the configuration, beadle-data for beadle.toml]
    #[arg(long, value_name = "DIR", display_order = 1)]
    data_dir: Option<PathBuf>,

    #[command(flatten)]
    flags: Flags,
}

pub(super) fn init(args: &Args) -> Result<(), Failure> {
    let file = args.config.as_deref().unwrap_or(Path::new(CONFIG));
    let existing = if args.add_group { Some(existing(file)?) } else { nothing_there(file).map(|()| None)? };
    let mut setup = Setup::new(file, existing);
    if args.add_group {
        takes_groups(&setup).map_err(|told| Failure::Input(anyhow!("{}: {told}", file.display())))?;
    }
    let given = given(args)?;
    match person().filter(|_| args.answers.is_none()) {
        Some(mut person) => match hold(&mut setup, given, &mut *person)? {
            Ended::Answered => person.say("")?,
            Ended::Stopped => return Err(Failure::Input(anyhow!("stopped: nothing was written"))),
        },
        None => fill_in(&mut setup, given).map_err(|lines| {
            let heading = "nothing was written, for this is missing or wrong:".to_owned();
            Failure::Input(anyhow::Error::new(Problems { heading, lines }))
        })?,
    }
    let config = setup.config().map_err(|problems| Problems::in_configuration(&problems))?;
    let announced = announced(&setup, "Written:");
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let copy = runtime.block_on(write(&setup))?;
    let mut out = io::stdout();
    say(&mut out, announced)?;
    if let Some(copy) = copy {
        say(&mut out, format_args!("{} is the configuration as it was.", copy.display()))?;
    }
    say(&mut out, format_args!("\n{}", left_to_do(&setup, &config)))?;
    Ok(())
}

/// Refuses to set up what is set up already.
fn nothing_there(file: &Path) -> Result<(), Failure> {
    let name = file.display();
    if file.symlink_metadata().is_ok() {
        return Err(Failure::Input(anyhow!(
            "{name} is there already, and stays as it is: add a group to it with --add-group, or name another file with --config"
        )));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Failure::Input(anyhow!(
            "there is no folder {} to write {name} into: make it, or name a file elsewhere with --config",
            folder.display()
        )));
    }
    Ok(())
}

/// The configuration to which groups are added.
fn existing(file: &Path) -> Result<Existing, Failure> {
    let text = text_file::read(file, CONFIG_LEN_MAX).map_err(|refusal| {
        Failure::Input(anyhow!(
            "{}: {}; without --add-group, a new one is set up",
            file.display(),
            refusal.what
        ))
    })?;
    let config = Config::resolve(RawConfig::parse(file, &text));
    let config = config.map_err(|problems| Problems::in_configuration(&problems))?;
    Ok(Existing { text, config })
}

fn given(args: &Args) -> Result<Given, Failure> {
    let data_dir = args.data_dir.as_deref().map(|place| {
        // What is typed starts where one is, and what stands in the configuration where that is.
        let place = std::path::absolute(place).context("the data directory has no name")?;
        place
            .into_os_string()
            .into_string()
            .map_err(|_| anyhow!("the name of the data directory is no UTF-8"))
    });
    let given = Given::by_flags(&args.flags, data_dir.transpose().map_err(Failure::Input)?.as_deref());
    let Some(file) = &args.answers else { return Ok(given) };
    let text = text_file::read(file, CONFIG_LEN_MAX).map_err(|refusal| {
        let line = refusal.line.map_or(String::new(), |line| format!(":{line}"));
        Failure::Input(anyhow!("{}{line}: {}; {}", file.display(), refusal.what, refusal.fix))
    })?;
    Ok(given.and_in(file, &text))
}

/// Whoever can be asked.
#[cfg(feature = "terminal")]
fn person() -> Option<Box<dyn Person>> {
    terminal::ask::somebody_is_there().then(|| Box::new(AtTerminal) as Box<dyn Person>)
}

#[cfg(not(feature = "terminal"))]
fn person() -> Option<Box<dyn Person>> {
    None
}

#[cfg(feature = "terminal")]
struct AtTerminal;

#[cfg(feature = "terminal")]
impl Person for AtTerminal {
    fn say(&mut self, text: &str) -> io::Result<()> {
        say(&mut io::stdout(), text)
    }

    fn line(&mut self, prompt: &str) -> io::Result<Option<String>> {
        terminal::ask::ask(prompt)
    }

    fn hidden(&mut self, prompt: &str) -> io::Result<Option<String>> {
        terminal::ask::ask_hidden(prompt)
    }

    fn can_hide(&self) -> bool {
        terminal::ask::can_hide()
    }
}
