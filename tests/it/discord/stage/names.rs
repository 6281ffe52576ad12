//! What accounts, channels and posts are called in a script, whatever they are called on a platform.

use super::START_MS;

/// How many digits an instant has that is written in milliseconds since 1970.
const INSTANT_DIGITS: usize = 13;

/// Names of a platform, and those that a script has for the same.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    pub(super) fn put(&mut self, on_platform: &impl ToString, in_script: impl Into<String>) {
        self.0.push((on_platform.to_string(), in_script.into()));
        // The longer first: the name of a nickname has that of its member in it.
        self.0.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    }

    /// A text in the script's names, with instants in days and seconds since the beginning.
    pub(super) fn read(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (on_platform, in_script) in &self.0 {
            text = text.replace(on_platform.as_str(), in_script);
        }
        counts(&instants(&text))
    }
}

/// Instants to the second: on a platform, everything that is made takes a moment of its own.
fn instants(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, after) = rest.split_at(at);
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (digits, after) = after.split_at(end);
        read.push_str(before);
        match digits.parse::<i64>() {
            Ok(instant) if digits.len() == INSTANT_DIGITS => {
                let seconds = (instant - START_MS).div_euclid(1000);
                read.push_str(&format!(
                    "day {} + {} s",
                    seconds.div_euclid(86_400),
                    seconds.rem_euclid(86_400)
                ));
            }
            _ => read.push_str(digits),
        }
        rest = after;
    }
    read.push_str(rest);
    read
}

/// Texts that are covered, without how long they are: some have names in them.
fn counts(text: &str) -> String {
    const COVERED: &str = "MessageText(";
    let mut parts = text.split(COVERED);
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        read.push_str(COVERED);
        read.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    read
}
