//! `beadle wordlist lint FILES…`: looks for mistakes in wordlists, and for innocent texts they would flag.
//!
//! A mistake, or an innocent line of the guard that would be flagged, is a failure. Words and names of the dictionary
//! that an entry finds are told: whether they are innocent is for the reader to say.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use policy::guard::{acts_by_default, clashes};
use policy::wordlist::do_without;
use policy::{Matcher, Wordlist};

use super::{Failure, Problems, faults, say};
use crate::config::WordlistConfig;
use crate::lists::{self, Lists};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The lists, as TOML; they are checked together with the lists in force
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
}

pub(super) fn lint(args: &Args, config: &WordlistConfig) -> Result<(), Failure> {
    let mut sound: Vec<Wordlist> = Vec::new();
    let mut problems: Vec<String> = Vec::new();
    for file in &args.files {
        match lists::read_list(file) {
            Ok(list) => sound.push(list),
            Err(found) => problems.extend(found.iter().map(ToString::to_string)),
        }
    }
    // A list that cannot be read may hold the allow entries another needs: together only when all can be.
    let mut found = BTreeMap::new();
    if problems.is_empty() {
        let mut in_force = Lists::load(config).map_err(|problems| Problems::in_wordlists(&problems))?;
        sound.iter().for_each(|list| in_force.put(list.clone()));
        do_without(&mut in_force.wordlists);
        problems = faults(&in_force);
        // Lists that do not go together are among the faults.
        found = Matcher::new(&in_force.wordlists)
            .map(|matcher| clashes(&matcher, acts_by_default))
            .unwrap_or_default();
    }
    let mut out = io::stdout().lock();
    problems.iter().try_for_each(|problem| say(&mut out, problem))?;
    for list in &sound {
        if problems.is_empty() {
            let (terms, allowed) = (list.entries.len(), list.allow.len());
            say(&mut out, format_args!("{}: {terms} terms, {allowed} allowed, no problems", list.file))?;
        }
        for entry in &list.entries {
            if let Some(clashes) = found.get(&entry.term) {
                let (place, term) = (list.place(entry.line), &entry.term);
                say(&mut out, format_args!("{place}: entry “{term}” finds, of the dictionary, {clashes}"))?;
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Reported) }
}
