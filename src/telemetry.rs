//! Logs: to stderr, so that stdout holds nothing but what was asked for.

use std::io::IsTerminal as _;

use anyhow::{Context, bail};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The environment variable that says what is logged when the command line does not.
pub const LOG_VARIABLE: &str = "BEADLE_LOG";

/// Libraries that handle members' words and know nothing of keeping them out of logs. They are silent unless somebody
/// asks for them by name.
const SILENT: [&str; 6] = ["matrix_sdk", "ruma", "hyper", "reqwest", "serenity", "tungstenite"];

/// What is logged: a level, or levels by part of the program, such as `info` or `warn,beadle=debug`.
///
/// Warnings and errors unless `wanted` says otherwise, so that the terminal stays clean. Libraries through whose hands
/// members' words go are logged only where `wanted` names them.
///
/// # Errors
/// When `wanted` names no level.
pub fn filter(wanted: Option<&str>) -> anyhow::Result<Targets> {
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Ok(silenced(Targets::new().with_default(LevelFilter::WARN), ""));
    };
    // A lone word would be taken for a part of the program, and its every line logged.
    let lone_words_are_levels = wanted
        .split(',')
        .all(|piece| piece.contains('=') || (!piece.is_empty() && piece.parse::<LevelFilter>().is_ok()));
    match wanted.parse() {
        Ok(targets) if lone_words_are_levels => Ok(silenced(targets, wanted)),
        _ => bail!("`{wanted}` is no log level: write off, error, warn, info, debug or trace"),
    }
}

fn silenced(targets: Targets, wanted: &str) -> Targets {
    let named = |library: &str| wanted.split(',').any(|piece| piece.trim().starts_with(library));
    targets.with_targets(
        SILENT.into_iter().filter(|library| !named(library)).map(|library| (library, LevelFilter::OFF)),
    )
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
        assert!(filter(None).unwrap().would_enable("beadle", &tracing::Level::WARN));
        assert!(!filter(None).unwrap().would_enable("beadle", &tracing::Level::INFO));
    }

    #[test]
    fn libraries_that_see_words_are_silent_unless_named() {
        for wanted in [None, Some("trace"), Some("debug,beadle=trace")] {
            let filter = filter(wanted).unwrap();
            for target in
                ["matrix_sdk::room", "matrix_sdk_crypto::store", "ruma_common", "hyper_util::client"]
            {
                assert!(!filter.would_enable(target, &tracing::Level::ERROR), "{target} under {wanted:?}");
            }
            assert!(filter.would_enable("matrix::sync", &tracing::Level::WARN));
        }
        let named = filter(Some("warn,matrix_sdk=debug")).unwrap();
        assert!(named.would_enable("matrix_sdk::room", &tracing::Level::DEBUG));
    }
}
