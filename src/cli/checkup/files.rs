//! Whether nobody else on the machine can read what the bot keeps.

use std::path::Path;

use platform::checkup::Finding;
#[cfg(unix)]
use platform::checkup::{Check, Of};

use crate::config::Config;

/// Looks at the rights of the data folder and of what is in it.
#[cfg(unix)]
pub(super) fn files(config: &Config, place: &Path) -> Vec<Finding> {
    let mut findings: Vec<_> = folder(place).into_iter().collect();
    let key = place.join("ledger.key");
    findings.extend(private(Of::Machine, &key, "ledger.key", "the key of the record"));
    for account in &config.matrix {
        let session = place.join("matrix").join(&account.id).join("session.json");
        let of = Of::Account { on: "matrix", id: account.id.clone() };
        findings.extend(private(of, &session, "session", &format!("the session of `{}`", account.id)));
    }
    findings
}

/// Elsewhere, who may read a file is not to be told from its mode.
#[cfg(not(unix))]
pub(super) fn files(_config: &Config, _place: &Path) -> Vec<Finding> {
    Vec::new()
}

/// The folder, if it was made: what is in it is as safe as it is.
#[cfg(unix)]
fn folder(place: &Path) -> Option<Finding> {
    let mode = mode(place)?;
    let remedy = format!("chmod 700 {}", place.display());
    let found = if mode & 0o007 != 0 {
        super::wrong(Check::Files, "everybody on the machine can look into the data folder", remedy)
    } else if mode & 0o070 != 0 {
        super::attention(
            Check::Files,
            "a group of the machine's accounts can look into the data folder",
            remedy,
        )
    } else {
        super::right(Check::Files, "nobody else can look into the data folder")
    };
    Some(found.about("data folder").detailing([place.display().to_string()]))
}

/// A file that is its owner's alone, if it was made.
#[cfg(unix)]
fn private(of: Of, file: &Path, subject: &str, what: &str) -> Option<Finding> {
    let found = if mode(file)? & 0o077 == 0 {
        Finding::right(Check::Files, of, format!("nobody else can read {what}"))
    } else {
        let remedy = format!("chmod 600 {}", file.display());
        Finding::wrong(Check::Files, of, format!("others can read {what}"), remedy)
    };
    Some(found.about(subject).detailing([file.display().to_string()]))
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).ok().map(|data| data.permissions().mode())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use platform::checkup::Standing;

    use super::*;

    #[test]
    fn what_others_can_read_is_named_with_what_to_do() {
        let place = tempfile::tempdir().unwrap();
        let key = place.path().join("ledger.key");
        fs::write(&key, "").unwrap();
        let config = Config::load(None).unwrap();
        let (right, attention, wrong) = (Standing::Right, Standing::Attention, Standing::Wrong);
        for (folder, file, want) in [
            (0o700, 0o600, [right, right]),
            (0o700, 0o640, [right, wrong]),
            (0o750, 0o400, [attention, right]),
            (0o755, 0o600, [wrong, right]),
            (0o701, 0o604, [wrong, wrong]),
        ] {
            fs::set_permissions(&key, fs::Permissions::from_mode(file)).unwrap();
            fs::set_permissions(place.path(), fs::Permissions::from_mode(folder)).unwrap();
            let found = files(&config, place.path());
            let standings: Vec<_> = found.iter().map(|finding| finding.standing).collect();
            assert_eq!(standings, want, "{folder:o} {file:o}");
            let told = found.iter().filter_map(|finding| finding.remedy.as_deref());
            assert!(
                told.clone().all(|remedy| remedy.starts_with("chmod ")),
                "{:?}",
                told.collect::<Vec<_>>()
            );
        }
        assert_eq!(files(&config, &place.path().join("not yet")), []);
    }
}
