//! What was sent when, and what came of it when.

use std::collections::HashMap;
use std::time::Instant;

use fake_discord::{Asked, Snowflake};
use serde_json::Value;

/// A message with a listed word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) at: Instant,
    pub(crate) channel: Snowflake,
    pub(crate) message: Snowflake,
    pub(crate) author: Snowflake,
}

/// How long everything took, in milliseconds, shortest first.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Until its DELETE had come.
    pub(crate) gone: Vec<f64>,
    /// Until the first letter to its author had.
    pub(crate) told: Vec<f64>,
}

impl Figures {
    /// Looks through all that was asked. `direct` is the private channel with somebody.
    pub(crate) fn of(
        sent: &[Sent],
        asked: &[Asked],
        direct: impl Fn(Snowflake) -> Option<Snowflake>,
    ) -> Self {
        let mut by_line: HashMap<String, Vec<Instant>> = HashMap::new();
        for one in asked {
            by_line.entry(one.line()).or_default().push(one.came);
            // Those that had to wait for another go together.
            if let Some(messages) = one.path.strip_suffix("/bulk-delete") {
                let together = one.body["messages"].as_array().into_iter().flatten();
                for message in together.filter_map(Value::as_str) {
                    by_line.entry(format!("DELETE {messages}/{message}")).or_default().push(one.came);
                }
            }
        }
        let took = |one: &Sent, line: &str| {
            let first = by_line.get(line)?.iter().find(|came| **came >= one.at)?;
            Some(first.duration_since(one.at).as_secs_f64() * 1000.0)
        };
        let gone = sent.iter().filter_map(|one| took(one, &delete(one)));
        let told = sent
            .iter()
            .filter_map(|one| took(one, &format!("POST /channels/{}/messages", direct(one.author)?)));
        let mut figures = Self { gone: gone.collect(), told: told.collect() };
        figures.gone.sort_by(f64::total_cmp);
        figures.told.sort_by(f64::total_cmp);
        figures
    }
}

/// What asks for its end.
pub(crate) fn delete(one: &Sent) -> String {
    format!("DELETE /channels/{}/messages/{}", one.channel, one.message)
}

/// The least of which so many in a hundred are no more; not a number where there is none.
pub(crate) fn at(times: &[f64], percent: usize) -> f64 {
    let nth = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(nth).copied().unwrap_or(f64::NAN)
}
