//! What is logged, and how.

use super::raw::RawLog;
use super::resolve::Check;
use crate::telemetry::{self, Format, LEVEL};

/// What is logged unless the command line or the environment says otherwise, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// A level, or levels by part of the program.
    pub level: String,
    /// How the lines are written.
    pub format: Format,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { level: LEVEL.to_owned(), format: Format::Text }
    }
}

impl Check {
    pub(super) fn log(&mut self, raw: RawLog) -> Option<LogConfig> {
        let format = self.word("log.format", raw.format, Format::Text, &Format::ALL);
        let level = match raw.level.filter(|written| !written.value.is_empty()) {
            None => LEVEL.to_owned(),
            Some(written) => {
                if let Err(refused) = telemetry::filter(Some(&written.value)) {
                    self.report(written.line, "log.level", refused, telemetry::LEVELS);
                }
                written.value
            }
        };
        Some(LogConfig { level, format: format? })
    }
}
