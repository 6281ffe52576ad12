//! What is wrong with a list, said so that it can be put right.

use crate::place::place;

/// One problem of a wordlist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}{problem}; {fix}", place(file, *line), entry.as_ref().map(|term| format!("entry “{term}”: ")).unwrap_or_default())]
pub struct WordlistProblem {
    /// The list it is in.
    pub file: String,
    /// Where, counted from 1; nothing when the whole list is meant, or it stands in no file.
    pub line: Option<usize>,
    /// The term of the entry, where it has one.
    pub entry: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

/// The known word most like `given`, if one is like it at all.
fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(given, word), word))
        .filter(|(distance, word)| *distance <= 2.max(word.len() / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// “did you mean …?”, or the choices when nothing is near.
pub(super) fn suggestion(given: &str, known: &[&str]) -> String {
    match nearest(given, known.iter().copied()) {
        Some(word) => format!("did you mean “{word}”?"),
        None => format!("choose one of {}", known.join(", ")),
    }
}
