//! `beadle config check`: looks for mistakes in the configuration and in the files it names.

use std::io;
use std::path::Path;

use super::{BUILT_IN, Failure, faults, say};
use crate::config::Config;
use crate::lists::Lists;
use crate::wordings;

pub(super) fn check(file: Option<&Path>) -> Result<(), Failure> {
    let faults: Vec<String> = match Config::load(file) {
        Ok(config) => {
            let Named { wordlists, notices } = Named::by(&config);
            [wordlists, notices].concat()
        }
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    };
    let mut out = io::stdout().lock();
    faults.iter().try_for_each(|fault| say(&mut out, fault))?;
    if !faults.is_empty() {
        return Err(Failure::Reported);
    }
    match file {
        Some(file) => say(&mut out, format_args!("{}: valid", file.display()))?,
        None => say(&mut out, BUILT_IN)?,
    }
    Ok(())
}

/// What is wrong with the files that a configuration names, a line each.
pub(super) struct Named {
    /// With the wordlists, by themselves and together.
    pub(super) wordlists: Vec<String>,
    /// With the words of the groups' notices.
    pub(super) notices: Vec<String>,
}

impl Named {
    pub(super) fn by(config: &Config) -> Self {
        let wordlists = match Lists::load(&config.wordlists) {
            Ok(lists) => faults(&lists),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        };
        let wordings = config.groups.iter().filter_map(|group| wordings::load(&group.notices).err());
        let notices = wordings.flatten().map(|problem| problem.to_string()).collect();
        Self { wordlists, notices }
    }
}
