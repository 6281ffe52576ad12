//! Where the ledger and its key are kept.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The system names no usual place for data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no home folder to keep data in; name a place with --data-dir DIR")]
pub struct NoUsualPlace;

/// The place named on the command line, or in the configuration, or the system's usual one, in this order.
///
/// # Errors
/// When nothing was named and there is no usual place, as for an account without a home.
pub fn choose(named: Option<&Path>, configured: Option<&Path>) -> Result<PathBuf, NoUsualPlace> {
    match named.or(configured) {
        Some(place) => Ok(place.to_owned()),
        None => ProjectDirs::from("", "", "beadle")
            .map(|usual| usual.data_local_dir().to_owned())
            .ok_or(NoUsualPlace),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_configuration() {
        let (named, configured) = (Path::new("named"), Path::new("configured"));
        assert_eq!(choose(Some(named), Some(configured)), Ok(named.to_owned()));
        assert_eq!(choose(None, Some(configured)), Ok(configured.to_owned()));
    }
}
