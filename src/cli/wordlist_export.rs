//! `beadle wordlist export`: a group's words for another program, while the bot is running or not.

use std::io::{self, Write};
use std::path::Path;

use casework::in_group;
use ledger::OwnWords;
use policy::wordlist::foreign::{self, Format, Written};
use policy::wordlist::{Fingerprint, Wordlist};
use tokio::runtime::Builder;

use super::groups::group;
use super::wordlist_import::own_words;
use super::{Failure, Problems, say};
use crate::config::Config;
use crate::data_dir;
use crate::lists::Lists;

/// What to hand out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The group's key in the configuration
    #[arg(long)]
    group: String,

    /// How it is written: toml (as our own lists), plain (a word a line), automod (rules for a Discord server, in JSON),
    /// mjolnir or draupnir (for their configuration)
    #[arg(long = "as", value_name = "FORMAT")]
    form: Format,

    /// All words in force in the group, those of the files too, and not its own alone
    #[arg(long)]
    all: bool,
}

pub(super) fn export(args: &Args, config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let place =
        data_dir::choose(named, config.data_dir.as_deref()).map_err(|error| Failure::Input(error.into()))?;
    let group = &group(&args.group, config)?.charter.group;
    let lists = Lists::load(&config.wordlists).map_err(|problems| Problems::in_wordlists(&problems))?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let words = runtime.block_on(own_words(&place, group))?;
    let in_force = in_group(&lists.wordlists, &words).map_err(|error| Failure::Input(error.into()))?;
    let list = if args.all {
        all(&args.group, &words, &lists.wordlists, in_force)
    } else {
        own(&args.group, &words, in_force)
    };
    let Written { text, left_out } = foreign::write(args.form, &list);
    io::stdout().lock().write_all(text.as_bytes())?;
    let mut told = io::stderr().lock();
    left_out.iter().try_for_each(|line| say(&mut told, line))?;
    Ok(())
}

/// The group's own list.
fn own(key: &str, words: &OwnWords, mut in_force: Vec<Wordlist>) -> Wordlist {
    Wordlist {
        name: format!("own-{key}"),
        description: format!("The own words of the group {key}, version {}", words.version),
        licence: "the group's own".to_owned(),
        ..in_force.pop().unwrap_or_default()
    }
}

/// Everything that is in force in the group as one list, which stands in the place of all others.
fn all(key: &str, words: &OwnWords, files: &[Wordlist], in_force: Vec<Wordlist>) -> Wordlist {
    let mut licences: Vec<String> = files.iter().map(|list| list.licence.clone()).collect();
    licences.sort_unstable();
    licences.dedup();
    let mut list = Wordlist {
        name: format!("all-{key}"),
        language: "en-GB".to_owned(),
        description: format!(
            "All words in force in the group {key}: the lists in version {}, its own in version {}",
            Fingerprint::of_all(files),
            words.version
        ),
        licence: licences.join(" AND "),
        ..Wordlist::default()
    };
    for part in in_force {
        list.entries.extend(part.entries);
        list.allow.extend(part.allow);
    }
    list
}
