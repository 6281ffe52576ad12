//! What was typed and is shown to nobody.

use std::fmt;

use crate::secrets::is_secret;

/// A token or a password. It is written into its own file, and shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    /// The secret in what was typed; nothing when it is none.
    pub(super) fn new(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        is_secret(typed).then(|| Self(typed.to_owned()))
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
