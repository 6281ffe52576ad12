//! Where a secret is. It never stands in the configuration itself, nor on a command line.

use std::path::{Path, PathBuf};

use super::resolve::Check;
use super::section::{Located, Section};

/// The longest name of a credential or a variable.
const NAME_LEN_MAX: usize = 255;

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// In a file of its own.
    File(PathBuf),
    /// Among the credentials that the service manager hands over, by name: systemd's `LoadCredential=`.
    Credential(String),
    /// In a variable of the environment.
    Env(String),
}

/// One secret as it is written: each of the three says where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct RawSecret {
    pub(super) file: Option<Located<String>>,
    pub(super) credential: Option<Located<String>>,
    pub(super) env: Option<Located<String>>,
}

impl RawSecret {
    /// Reads the three keys of a secret: for a file, a credential and a variable.
    pub(super) fn read(section: &mut Section<'_>, [file, credential, env]: [&'static str; 3]) -> Self {
        Self { file: section.text(file), credential: section.text(credential), env: section.text(env) }
    }
}

impl Check {
    /// Every place that is written down for a secret; a valid configuration has one at most. What is written is never
    /// shown: it may be the secret itself.
    pub(super) fn secret_places(&mut self, key: &str, raw: RawSecret, folder: &Path) -> Vec<SecretPlace> {
        let given = |written: Option<Located<String>>| written.filter(|written| !written.value.is_empty());
        let file = given(raw.file).map(|file| SecretPlace::File(folder.join(file.value)));
        let credential = given(raw.credential).map(|name| {
            if !is_credential(&name.value) {
                let fix = "write the name before the colon in LoadCredential=, such as discord-token";
                self.report(name.line, &format!("{key}_credential"), "it is no name of a credential", fix);
            }
            SecretPlace::Credential(name.value)
        });
        let env = given(raw.env).map(|name| {
            if !is_variable(&name.value) {
                let fix = "write the name of a variable, such as DISCORD_TOKEN, and set it before starting";
                self.report(name.line, &format!("{key}_env"), "it is no name of a variable", fix);
            }
            SecretPlace::Env(name.value)
        });
        [file, credential, env].into_iter().flatten().collect()
    }

    /// Where a secret is that need not be there.
    pub(super) fn optional_secret(
        &mut self,
        key: &str,
        raw: RawSecret,
        line: Option<usize>,
        folder: &Path,
    ) -> Option<SecretPlace> {
        let mut places = self.secret_places(key, raw, folder);
        if places.len() > 1 {
            let name = key.rsplit('.').next().unwrap_or(key);
            let fix = format!("write one of {}, and the others \"\"", one_of(name));
            self.report(line, key, "it is not plain where it is", fix);
        }
        places.pop()
    }
}

/// The keys that say where a secret is.
pub(super) fn one_of(name: &str) -> String {
    format!("{name}_file, {name}_credential and {name}_env")
}

/// Whether it can be the name of a file among credentials, and of nothing outside their folder.
fn is_credential(name: &str) -> bool {
    name.len() <= NAME_LEN_MAX
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn is_variable(name: &str) -> bool {
    name.len() <= NAME_LEN_MAX
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
