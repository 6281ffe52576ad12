//! Where something stands that a problem is about.

/// A file, and the line in it where one is meant.
pub(crate) fn place(file: &str, line: Option<usize>) -> String {
    line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"))
}
