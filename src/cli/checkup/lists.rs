//! Whether the wordlists and the words of notices can be used.

use platform::checkup::{Check, Finding};

use super::{right, wrong};
use crate::cli::faults;
use crate::config::Config;
use crate::lists::Lists;
use crate::wordings;

const WHAT_TO_DO: &str =
    "mend the file; what was in force before stays so until the program is started again";

/// Looks at the wordlists and the words of notices that the configuration names.
pub(in crate::cli) fn lists(config: &Config) -> Vec<Finding> {
    let faults = match Lists::load(&config.wordlists) {
        Ok(lists) => faults(&lists),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    };
    let found = if faults.is_empty() {
        right(Check::Wordlists, "the wordlists can be used")
    } else {
        wrong(Check::Wordlists, "the wordlists cannot be used", WHAT_TO_DO).detailing(faults)
    };
    let mut findings = vec![found.about("wordlists")];
    let wordings = config.groups.iter().filter_map(|group| wordings::load(&group.notices).err());
    let broken: Vec<_> = wordings.flatten().map(|problem| problem.to_string()).collect();
    let found = if broken.is_empty() {
        right(Check::Wordlists, "the words of notices can be used")
    } else {
        wrong(Check::Wordlists, "the words of notices cannot be used", WHAT_TO_DO).detailing(broken)
    };
    findings.push(found.about("notices"));
    findings
}
