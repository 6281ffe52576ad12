//! Where the rules come from: the configuration file and the wordlists it names, read at start and on each reload.

use std::path::PathBuf;

use casework::{LoadError, Loaded, Source};
use policy::Charter;

use crate::config::Config;
use crate::lists::Lists;
use crate::wordings;

/// The configuration file and everything it names.
#[derive(Debug, Clone)]
pub struct ConfigFiles {
    /// The configuration file; none for the built-in sample group.
    pub config: Option<PathBuf>,
}

impl Source for ConfigFiles {
    fn load(&self) -> Result<Loaded, LoadError> {
        let config = Config::load(self.config.as_deref()).map_err(|problems| lines(&problems))?;
        let lists = Lists::load(&config.wordlists).map_err(|problems| lines(&problems))?;
        let charters = config.groups.into_iter().map(|group| {
            let wording = wordings::load(&group.notices).map_err(|problems| lines(&problems))?;
            Ok(Charter { wording, ..group.charter })
        });
        let charters = charters.collect::<Result<_, LoadError>>()?;
        Ok(Loaded { charters, guard: lists.guard(), lists: lists.wordlists })
    }
}

fn lines(problems: &[impl ToString]) -> LoadError {
    LoadError(problems.iter().map(ToString::to_string).collect())
}
