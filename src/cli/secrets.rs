//! Secrets that the configuration names and does not hold.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// The longest password, token or key that is read from a file, in bytes.
const SECRET_LEN_MAX: usize = 4096;

/// The secret that stands in a file, alone.
pub(super) fn secret_in(file: &Path) -> anyhow::Result<String> {
    let content = fs::read_to_string(file);
    let content = content.with_context(|| format!("the secret in {} cannot be read", file.display()))?;
    let secret = content.trim();
    if secret.is_empty() || secret.len() > SECRET_LEN_MAX {
        bail!("{} holds no secret: write it there, alone, on one line", file.display());
    }
    Ok(secret.to_owned())
}

/// The secret in a variable of the environment.
pub(super) fn secret_named(name: &str) -> anyhow::Result<String> {
    match std::env::var(name) {
        Ok(secret) if !secret.trim().is_empty() => Ok(secret.trim().to_owned()),
        // What is not text is told without showing it.
        Ok(_) | Err(_) => bail!("the environment has no secret in `{name}`: set it before starting"),
    }
}
