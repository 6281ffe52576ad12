//! Reads tables of a TOML file key by key, and goes on after a mistake so that all are reported at once.
//!
//! A derived `Deserialize` stops at the first unknown key or wrong type; whoever mends a file by hand should not
//! have to start the program once a mistake.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{ConfigProblem, nearest};

/// A value and the line it stands on; no line for what comes from the built-in sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) line: Option<usize>,
}

impl<T> Located<T> {
    pub(crate) fn built_in(value: T) -> Self {
        Self { value, line: None }
    }
}

/// One file while it is read.
pub(crate) struct Source<'t> {
    file: &'t str,
    text: &'t str,
    problems: RefCell<Vec<ConfigProblem>>,
    unset: RefCell<Vec<String>>,
}

impl<'t> Source<'t> {
    pub(crate) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, problems: RefCell::default(), unset: RefCell::default() }
    }

    /// Reads the whole file with `read`, which is not called when the file is no TOML.
    pub(crate) fn read<R>(self, read: impl FnOnce(Section<'_>) -> R) -> (Option<R>, Leftovers) {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let line = error.span().map(|span| self.line(&span));
            let fix = "mend the line; config.example.toml shows how everything is written";
            self.report(line, "", &format!("not valid TOML: {}", error.message()), fix);
        }
        let found = errors.is_empty().then(|| {
            let path = String::new();
            read(Section { source: &self, path, line: None, table: root.get_ref(), known: Vec::new() })
        });
        (found, Leftovers { problems: self.problems.into_inner(), unset: self.unset.into_inner() })
    }

    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().get(..span.start).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn report(&self, line: Option<usize>, key: &str, what: &str, fix: &str) {
        self.problems.borrow_mut().push(ConfigProblem {
            file: self.file.to_owned(),
            line,
            key: key.to_owned(),
            what: what.to_owned(),
            fix: fix.to_owned(),
        });
    }
}

/// What reading a file leaves besides its values.
pub(crate) struct Leftovers {
    pub(crate) problems: Vec<ConfigProblem>,
    /// Options that were asked for and are not in the file.
    pub(crate) unset: Vec<String>,
}

const A_TABLE: &str = "a table, such as { key = \"value\" }";

/// One table while it is read. Whoever has asked for every key it may have calls [`Section::finish`].
pub(crate) struct Section<'s> {
    source: &'s Source<'s>,
    path: String,
    line: Option<usize>,
    table: &'s DeTable<'s>,
    known: Vec<&'static str>,
}

impl<'s> Section<'s> {
    /// The line the table stands on.
    pub(crate) fn line(&self) -> Option<usize> {
        self.line
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<Located<String>> {
        let (path, value) = self.take(key)?;
        self.as_text(&path, value)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<Located<bool>> {
        let (path, value) = self.take(key)?;
        let line = self.source.line(&value.span());
        match value.get_ref().as_bool() {
            Some(value) => Some(Located { value, line: Some(line) }),
            None => self.wrong_type(&path, value, "true or false"),
        }
    }

    /// A whole number.
    pub(super) fn number(&mut self, key: &'static str) -> Option<Located<i64>> {
        let (path, value) = self.take(key)?;
        let line = self.source.line(&value.span());
        let number = value.get_ref().as_integer();
        match number.and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok()) {
            Some(value) => Some(Located { value, line: Some(line) }),
            None => self.wrong_type(&path, value, "a whole number"),
        }
    }

    /// A list of texts; those that are none are left out.
    pub(crate) fn texts(&mut self, key: &'static str) -> Option<Vec<Located<String>>> {
        let (path, value) = self.take(key)?;
        match value.get_ref().as_array() {
            Some(items) => Some(items.iter().filter_map(|item| self.as_text(&path, item)).collect()),
            None => self.wrong_type(&path, value, "a list of texts, such as [\"one\", \"two\"]"),
        }
    }

    /// A table in this one.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'s>> {
        let (path, value) = self.take(key)?;
        self.as_section(path, value, A_TABLE)
    }

    /// A list of tables; those that are none are left out.
    pub(super) fn sections(&mut self, key: &'static str) -> Option<Located<Vec<Section<'s>>>> {
        let (path, value) = self.take(key)?;
        let line = Some(self.source.line(&value.span()));
        match value.get_ref().as_array() {
            Some(items) => {
                let table = |item| self.as_section(path.clone(), item, A_TABLE);
                Some(Located { value: items.iter().filter_map(table).collect(), line })
            }
            None => self.wrong_type(&path, value, "a list of tables"),
        }
    }

    /// A table whose keys are no option names: each with its text. `a.b = "c"` is the same as `"a.b" = "c"`.
    pub(super) fn pairs(&mut self, key: &'static str) -> Option<Vec<(String, Located<String>)>> {
        let (path, value) = self.take(key)?;
        let table = self.as_section(path, value, A_TABLE)?;
        let mut pairs = Vec::new();
        table.collect_pairs("", &mut pairs);
        Some(pairs)
    }

    /// Reports the keys nobody asked for.
    pub(crate) fn finish(self) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if self.known.contains(&name) {
                continue;
            }
            let fix = match nearest(name, self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys here are {}", self.known.join(", ")),
            };
            let line = self.source.line(&key.span());
            self.source.report(Some(line), &self.join(name), "there is no such option", &fix);
        }
    }

    fn join(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn take(&mut self, key: &'static str) -> Option<(String, &'s Spanned<DeValue<'s>>)> {
        self.known.push(key);
        let path = self.join(key);
        match self.table.get(key) {
            Some(value) => Some((path, value)),
            None => {
                self.source.unset.borrow_mut().push(path);
                None
            }
        }
    }

    fn as_text(&self, path: &str, value: &Spanned<DeValue<'_>>) -> Option<Located<String>> {
        let line = self.source.line(&value.span());
        match value.get_ref().as_str() {
            Some(text) => Some(Located { value: text.to_owned(), line: Some(line) }),
            None => self.wrong_type(path, value, "a text in quotes"),
        }
    }

    fn as_section(&self, path: String, value: &'s Spanned<DeValue<'s>>, want: &str) -> Option<Section<'s>> {
        let line = Some(self.source.line(&value.span()));
        match value.get_ref().as_table() {
            Some(table) => Some(Section { source: self.source, path, line, table, known: Vec::new() }),
            None => self.wrong_type(&path, value, want),
        }
    }

    fn collect_pairs(&self, prefix: &str, pairs: &mut Vec<(String, Located<String>)>) {
        for (key, value) in self.table {
            let name = if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{key}") };
            let path = self.join(key.get_ref());
            if value.get_ref().is_table() {
                if let Some(inner) = self.as_section(path, value, A_TABLE) {
                    inner.collect_pairs(&name, pairs);
                }
            } else if let Some(text) = self.as_text(&path, value) {
                pairs.push((name, text));
            }
        }
    }

    fn wrong_type<T>(&self, path: &str, value: &Spanned<DeValue<'_>>, want: &str) -> Option<T> {
        let line = self.source.line(&value.span());
        let what = format!("it is of type {}", value.get_ref().type_str());
        self.source.report(Some(line), path, &what, &format!("write {want}"));
        None
    }
}
