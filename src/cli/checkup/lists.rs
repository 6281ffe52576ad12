//! Whether the wordlists and the words of notices can be used.

use platform::checkup::{Check, Finding};

use super::{right, wrong};
use crate::cli::config_check::Named;
use crate::config::Config;

const WHAT_TO_DO: &str =
    "mend the file; what was in force before stays so until the program is started again";

/// Looks at the wordlists and the words of notices that the configuration names.
pub(in crate::cli) fn lists(config: &Config) -> Vec<Finding> {
    let Named { wordlists, notices } = Named::by(config);
    vec![
        found("the wordlists", wordlists).about("wordlists"),
        found("the words of notices", notices).about("notices"),
    ]
}

fn found(what: &str, faults: Vec<String>) -> Finding {
    if faults.is_empty() {
        right(Check::Wordlists, format!("{what} can be used"))
    } else {
        wrong(Check::Wordlists, format!("{what} cannot be used"), WHAT_TO_DO).detailing(faults)
    }
}
