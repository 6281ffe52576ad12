//! Secrets that the configuration names and does not hold: one way for all of them.
//!
//! No argument takes one, for a command line can be read by everybody on the machine. No error shows one either, nor
//! what was written in place of its name, for people put the secret itself there.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ledger::is_exposed;

use crate::config::SecretPlace;

/// The longest password, token or key that is read, in bytes.
const SECRET_LEN_MAX: usize = 4096;
/// Where the service manager says that its credentials are.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The secret in this place.
///
/// # Errors
/// When it cannot be read, others could read it, or what is there is no secret.
pub(crate) fn secret(place: &SecretPlace) -> anyhow::Result<String> {
    secret_with(place, |name| std::env::var_os(name))
}

fn secret_with(place: &SecretPlace, variable: impl Fn(&str) -> Option<OsString>) -> anyhow::Result<String> {
    match place {
        SecretPlace::File(file) => one_secret(&in_file(file, true)?),
        SecretPlace::Credential(name) => {
            let Some(folder) = variable(CREDENTIALS).filter(|folder| !folder.is_empty()) else {
                bail!(
                    "there are no credentials: start the program as a service with LoadCredential={name}:/path/of/the/file, \
                     or name a file"
                );
            };
            // Whom they are shown to is the service manager's care, which may give a group a right for that.
            one_secret(&in_file(&PathBuf::from(folder).join(name), false)?)
                .with_context(|| format!("the credential `{name}`"))
        }
        SecretPlace::Env(name) => {
            let Some(content) = variable(name) else {
                bail!("the environment has no `{name}`: set it before starting")
            };
            one_secret(content.as_encoded_bytes()).with_context(|| format!("the variable `{name}`"))
        }
    }
}

/// Whether a text can be a secret, without anything round it.
pub(crate) fn is_secret(text: &str) -> bool {
    !text.is_empty() && text.len() <= SECRET_LEN_MAX && !text.contains(char::is_control)
}

/// The only secret in something.
fn one_secret(content: &[u8]) -> anyhow::Result<String> {
    let secret = std::str::from_utf8(content).ok().map(str::trim);
    match secret.filter(|secret| is_secret(secret)) {
        Some(secret) => Ok(secret.to_owned()),
        None => bail!("there is no secret in it: write it there, alone, on one line"),
    }
}

/// What a file holds, as far as a secret can be long. Where its rights are looked at, nobody but its owner may read or change
/// it.
fn in_file(file: &Path, rights: bool) -> anyhow::Result<Vec<u8>> {
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Not its name, which may be the secret.
            let folder =
                file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            bail!(
                "the file that is named for it is not in {}: write it there, alone, on one line",
                folder.display()
            );
        }
        Err(error) => return Err(error).with_context(|| cannot_be_read(file)),
    };
    // A pipe would be waited for, for ever.
    if !metadata.is_file() {
        bail!("{} is no file", file.display());
    }
    let handle = File::open(file).with_context(|| cannot_be_read(file))?;
    if rights && is_exposed(&handle.metadata().with_context(|| cannot_be_read(file))?) {
        bail!("others can read or change {file}: chmod 600 {file}", file = file.display());
    }
    let mut content = Vec::new();
    let len_max = u64::try_from(SECRET_LEN_MAX).unwrap_or(u64::MAX);
    // One more than there may be, so that a longer one is known for what it is.
    handle.take(len_max + 2).read_to_end(&mut content).with_context(|| cannot_be_read(file))?;
    Ok(content)
}

fn cannot_be_read(file: &Path) -> String {
    format!("{} cannot be read", file.display())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const TOKEN: &str = "s3cret-MTk4.Nzg5.token";

    /// A folder with one file of these rights.
    fn folder(content: &[u8], mode: u32) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("token");
        fs::write(&file, content).expect("the file can be written");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("its rights can be set");
        folder
    }

    fn nowhere(_: &str) -> Option<OsString> {
        None
    }

    fn told(place: &SecretPlace, variable: impl Fn(&str) -> Option<OsString>) -> String {
        format!("{:#}", secret_with(place, variable).expect_err("it is refused"))
    }

    #[test]
    fn a_secret_comes_from_a_file_a_credential_or_the_environment() {
        let folder = folder(format!(" {TOKEN}\r\n").as_bytes(), 0o600);
        let path = folder.path().as_os_str().to_owned();
        let variables = move |name: &str| match name {
            "CREDENTIALS_DIRECTORY" => Some(path.clone()),
            "TOKEN" => Some(format!("{TOKEN}\n").into()),
            _ => None,
        };
        for place in [
            SecretPlace::File(folder.path().join("token")),
            SecretPlace::Credential("token".to_owned()),
            SecretPlace::Env("TOKEN".to_owned()),
        ] {
            assert_eq!(secret_with(&place, &variables).unwrap(), TOKEN, "{place:?}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_or_change_is_refused_with_what_to_do() {
        for (mode, good) in [
            (0o400, true),
            (0o600, true),
            (0o640, false),
            (0o644, false),
            (0o604, false),
            (0o660, false),
            (0o602, false),
        ] {
            let folder = folder(TOKEN.as_bytes(), mode);
            let file = folder.path().join("token");
            let place = SecretPlace::File(file.clone());
            if good {
                assert_eq!(secret_with(&place, nowhere).unwrap(), TOKEN, "{mode:o}");
            } else {
                let told = told(&place, nowhere);
                assert!(told.contains(&format!("chmod 600 {}", file.display())), "{mode:o}: {told}");
                assert!(!told.contains(TOKEN));
            }
        }
        // A service manager shows its credentials by rights of its own.
        let folder = folder(TOKEN.as_bytes(), 0o440);
        let path = folder.path().as_os_str().to_owned();
        let place = SecretPlace::Credential("token".to_owned());
        assert_eq!(secret_with(&place, |_| Some(path.clone())).unwrap(), TOKEN);
    }

    #[test]
    fn what_is_no_secret_is_refused_and_never_shown() {
        let long = TOKEN.repeat(300);
        let rows: [&[u8]; 6] = [
            b"",
            b" \n",
            b"s3cret-MTk4.Nzg5.token\nanother",
            b"s3cret-MTk4.Nzg5.token\0",
            b"s3cret-MTk4.Nzg5.token\xff",
            long.as_bytes(),
        ];
        for content in rows {
            let folder = folder(content, 0o600);
            let told = told(&SecretPlace::File(folder.path().join("token")), nowhere);
            assert!(told.contains("alone, on one line") && !told.contains("s3cret"), "{told}");
            let value = content.to_vec();
            let in_variable = move |_: &str| {
                use std::os::unix::ffi::OsStringExt as _;
                Some(OsString::from_vec(value.clone()))
            };
            let told = self::told(&SecretPlace::Env("TOKEN".to_owned()), in_variable);
            assert!(told.contains("the variable `TOKEN`") && !told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn what_is_not_there_is_named_but_for_a_file_which_may_be_the_secret() {
        let folder = folder(TOKEN.as_bytes(), 0o600);
        let missing = told(&SecretPlace::File(folder.path().join(TOKEN)), nowhere);
        assert!(missing.contains("is not in") && !missing.contains(TOKEN), "{missing}");
        assert!(told(&SecretPlace::File(folder.path().to_owned()), nowhere).contains("is no file"));
        assert!(told(&SecretPlace::Env("TOKEN".to_owned()), nowhere).contains("has no `TOKEN`"));
        let none = told(&SecretPlace::Credential("token".to_owned()), nowhere);
        assert!(none.contains("LoadCredential=token:"), "{none}");
        let gone = told(&SecretPlace::Credential("other".to_owned()), |_| Some(folder.path().into()));
        assert!(gone.contains("is not in"), "{gone}");
    }
}
