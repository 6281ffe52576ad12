//! Logs: to stderr, so that stdout holds nothing but what was asked for.

use std::io::IsTerminal as _;

use anyhow::{Context, bail};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The environment variable that says what is logged when the command line does not.
pub const LOG_VARIABLE: &str = "BEADLE_LOG";

/// What is logged: a level, or levels by part of the program, such as `info` or `warn,beadle=debug`.
///
/// Warnings and errors unless `wanted` says otherwise, so that the terminal stays clean.
///
/// # Errors
/// When `wanted` names no level.
pub fn filter(wanted: Option<&str>) -> anyhow::Result<Targets> {
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Ok(Targets::new().with_default(LevelFilter::WARN));
    };
    // A lone word would be taken for a part of the program, and its every line logged.
    let lone_words_are_levels = wanted
        .split(',')
        .all(|piece| piece.contains('=') || (!piece.is_empty() && piece.parse::<LevelFilter>().is_ok()));
    match wanted.parse() {
        Ok(targets) if lone_words_are_levels => Ok(targets),
        _ => bail!("`{wanted}` is no log level: write off, error, warn, info, debug or trace"),
    }
}

/// Sends what passes `filter` to stderr from now on.
///
/// # Errors
/// When it has been done before.
pub fn start(filter: Targets) -> anyhow::Result<()> {
    let colours = std::io::stderr().is_terminal();
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours).with_target(true);
    tracing_subscriber::registry().with(filter).with(lines).try_init().context("logging was started before")
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn levels_are_read_and_other_words_refused() {
        for good in ["off", "INFO", "warn,beadle=debug", ""] {
            assert!(filter(Some(good)).is_ok(), "{good}");
        }
        for bad in ["loud", "beadle=loud", "warn,beadle", "warn,"] {
            let refused = filter(Some(bad)).expect_err(bad).to_string();
            assert!(refused.contains("off, error, warn, info, debug or trace"), "{refused}");
        }
        assert_eq!(filter(None).unwrap().to_string(), "warn");
    }
}
