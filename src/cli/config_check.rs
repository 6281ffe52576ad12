//! `beadle config check`: looks for mistakes in the configuration and in the files it names.

use std::io;
use std::path::Path;

use policy::Matcher;

use super::{Failure, say};
use crate::config::Config;
use crate::lists::Lists;

pub(super) fn check(file: Option<&Path>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(problems) => {
            problems.iter().try_for_each(|problem| say(&mut out, problem))?;
            return Err(Failure::Reported);
        }
    };
    let compiled = Lists::load(&config.wordlists).and_then(|lists| Matcher::new(&lists.wordlists));
    if let Err(problems) = compiled {
        problems.iter().try_for_each(|problem| say(&mut out, problem))?;
        return Err(Failure::Reported);
    }
    match file {
        Some(file) => say(&mut out, format_args!("{}: valid", file.display()))?,
        None => say(&mut out, "built-in configuration: valid; name a file with --config FILE")?,
    }
    Ok(())
}
