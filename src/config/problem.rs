//! What is wrong with a configuration, and what to write instead.

use std::fmt;

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The file, as it was named on the command line.
    pub file: String,
    /// The line, counted from 1; none when it is about something that is not there.
    pub line: Option<usize>,
    /// The key, from the top of the file: `groups.periods.strike_months`. Empty for the file itself.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub fix: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}; {}", self.what, self.fix)
    }
}

impl std::error::Error for ConfigProblem {}

/// The choice that was probably meant by `word`, if one is near enough.
pub(crate) fn nearest<'c>(word: &str, choices: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    let slips_max = (word.chars().count() / 3).max(1);
    choices
        .into_iter()
        .map(|choice| (strsim::damerau_levenshtein(&word, &choice.to_lowercase()), choice))
        .filter(|(slips, _)| *slips <= slips_max)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, choice)| choice)
}

/// What to write when `word` is none of the choices.
pub(crate) fn choose(word: &str, choices: &[&str]) -> String {
    if let [only] = choices {
        return format!("write `{only}`");
    }
    let all = choices.join(", ");
    match nearest(word, choices.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? The choices are {all}"),
        None => format!("choose one of {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_keyboard_finds_its_word_and_another_word_finds_none() {
        let keys = ["time_zone", "mode", "members", "officers", "policy"];
        let rows = [
            ("timezone", Some("time_zone")),
            ("Time-Zone", Some("time_zone")),
            ("mod", Some("mode")),
            ("oficers", Some("officers")),
            ("member", Some("members")),
            ("contact", None),
            ("x", None),
        ];
        for (word, want) in rows {
            assert_eq!(nearest(word, keys), want, "{word}");
        }
    }
}
