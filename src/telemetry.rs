//! Logs: to stderr, so that stdout holds nothing but what was asked for.

mod json;

use std::fmt;
use std::io::IsTerminal as _;
use std::str::FromStr;

use anyhow::Context;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The environment variable that says what is logged when the command line does not.
pub const LOG_VARIABLE: &str = "BEADLE_LOG";

/// What is logged when nobody says anything else: the terminal stays clean.
pub const LEVEL: &str = "warn";

/// What to write for a level.
pub const LEVELS: &str = "write off, error, warn, info, debug or trace";

/// Libraries that handle members' words and know nothing of keeping them out of logs. They are silent unless somebody
/// asks for them by name.
const SILENT: [&str; 6] = ["matrix_sdk", "ruma", "hyper", "reqwest", "serenity", "tungstenite"];

/// How what is logged is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines for people.
    Text,
    /// An object of JSON a line, for programs that gather logs.
    Json,
}

impl Format {
    /// Both there are.
    pub const ALL: [Self; 2] = [Self::Text, Self::Json];
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

impl FromStr for Format {
    type Err = NoFormat;

    fn from_str(text: &str) -> Result<Self, NoFormat> {
        Self::ALL.into_iter().find(|format| format.to_string() == text).ok_or(NoFormat)
    }
}

/// A word that names no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such format")]
pub struct NoFormat;

/// A text that names no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no log level")]
pub struct NoLevel(String);

/// What is logged: a level, or levels by part of the program, such as `info` or `warn,beadle=debug`.
///
/// Warnings and errors unless `wanted` says otherwise. Libraries through whose hands members' words go are logged only
/// where `wanted` names them.
///
/// # Errors
/// When `wanted` names no level.
pub fn filter(wanted: Option<&str>) -> Result<Targets, NoLevel> {
    let wanted = wanted.filter(|wanted| !wanted.is_empty()).unwrap_or(LEVEL);
    // A lone word would be taken for a part of the program, and its every line logged.
    let lone_words_are_levels = wanted
        .split(',')
        .all(|piece| piece.contains('=') || (!piece.is_empty() && piece.parse::<LevelFilter>().is_ok()));
    match wanted.parse() {
        Ok(targets) if lone_words_are_levels => Ok(silenced(targets, wanted)),
        _ => Err(NoLevel(wanted.to_owned())),
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
pub fn start(filter: Targets, format: Format) -> anyhow::Result<()> {
    let colours = std::io::stderr().is_terminal();
    let text =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours).with_target(true);
    let lines = match format {
        Format::Text => text.boxed(),
        Format::Json => json::Lines.boxed(),
    };
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
            assert_eq!(refused, format!("`{bad}` is no log level"));
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
