//! Reads the TOML of a list, remembering on which line everything stands.

use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::suggestion;
use super::{Allow, AllowKind, Entry, Matching, Usage, Wordlist, WordlistProblem};
use crate::finding::{Category, Grade};
use crate::matcher::context::senses::Senses;

const TOP_KEYS: &[&str] = &["list", "entry", "allow"];
const LIST_KEYS: &[&str] = &["name", "language", "description", "licence", "without"];
const ENTRY_KEYS: &[&str] = &[
    "term",
    "grade",
    "category",
    "match",
    "forms",
    "ambiguous",
    "note",
    "source",
    "unless",
    "suspect",
    "literal",
    "verb",
    "name",
    "senses",
    "near",
    "before",
    "after",
    "abusive_near",
    "abusive_before",
    "abusive_after",
    "homograph",
];
const ALLOW_KEYS: &[&str] = &["term", "kind", "source"];

/// The list as far as it could be read, with what was wrong.
///
/// # Errors
/// When the file is no TOML at all.
pub(super) fn read(file: &str, toml: &str) -> Result<(Wordlist, Vec<WordlistProblem>), Vec<WordlistProblem>> {
    let mut reader = Reader { file, lines: Lines::of(toml), problems: Vec::new() };
    let root = match DeTable::parse(toml) {
        Ok(root) => root,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            reader.report(at, None, error.message().to_owned(), "correct the TOML there".to_owned());
            return Err(reader.problems);
        }
    };
    let mut list = Wordlist { file: file.to_owned(), ..Wordlist::default() };
    let table = Table { at: 0, name: None, of: root.get_ref() };
    reader.known_keys(&table, TOP_KEYS, "");
    match root.get_ref().iter().find(|(key, _)| key.get_ref() == "list") {
        Some((key, value)) => reader.head(key.span().start, value, &mut list),
        None => {
            reader.report(0, None, "no [list]".into(), "add a [list] with name, language and licence".into())
        }
    }
    for (at, of) in reader.tables(root.get_ref(), "entry") {
        let table = Table { at, name: text_of(of, "term"), of };
        if let Some(entry) = reader.entry(&table) {
            list.entries.push(entry);
        }
    }
    for (at, of) in reader.tables(root.get_ref(), "allow") {
        let table = Table { at, name: text_of(of, "term"), of };
        if let Some(allow) = reader.allow(&table) {
            list.allow.push(allow);
        }
    }
    Ok((list, reader.problems))
}

/// Finds the line of an offset.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// Counted from 1.
    fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|newline| *newline < offset) + 1
    }
}

/// A table of the file, with what is needed to speak about it.
struct Table<'a, 'i> {
    at: usize,
    name: Option<String>,
    of: &'a DeTable<'i>,
}

struct Reader<'f> {
    file: &'f str,
    lines: Lines,
    problems: Vec<WordlistProblem>,
}

impl Reader<'_> {
    fn report(&mut self, at: usize, entry: Option<&str>, problem: String, fix: String) {
        let line = Some(self.lines.line(at));
        self.problems.push(WordlistProblem {
            file: self.file.to_owned(),
            line,
            entry: entry.map(str::to_owned),
            problem,
            fix,
        });
    }

    fn known_keys(&mut self, table: &Table<'_, '_>, known: &[&str], what: &str) {
        for (key, _) in table.of {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let problem = format!("unknown key “{name}”{what}");
                self.report(key.span().start, table.name.as_deref(), problem, suggestion(name, known));
            }
        }
    }

    fn head(&mut self, at: usize, value: &Spanned<DeValue<'_>>, list: &mut Wordlist) {
        let DeValue::Table(of) = value.get_ref() else {
            return self.report(at, None, "“list” is not a table".into(), "write it as [list]".into());
        };
        let table = Table { at, name: None, of };
        self.known_keys(&table, LIST_KEYS, " in [list]");
        list.name = self.required(&table, "name").unwrap_or_default();
        list.language = self.required(&table, "language").unwrap_or_default();
        list.description = self.optional(&table, "description").unwrap_or_default();
        list.licence = self.required(&table, "licence").unwrap_or_default();
        list.without = self.strings(&table, "without");
    }

    fn tables<'a, 'i>(&mut self, root: &'a DeTable<'i>, name: &str) -> Vec<(usize, &'a DeTable<'i>)> {
        let Some((key, value)) = root.iter().find(|(key, _)| key.get_ref() == name) else {
            return Vec::new();
        };
        let DeValue::Array(array) = value.get_ref() else {
            self.report(
                key.span().start,
                None,
                format!("“{name}” is one table"),
                format!("write it as [[{name}]]"),
            );
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push((item.span().start, table)),
                other => {
                    let problem = format!("“{name}” holds a {} where a table belongs", other.type_str());
                    self.report(item.span().start, None, problem, format!("write it as [[{name}]]"));
                }
            }
        }
        tables
    }

    fn entry(&mut self, table: &Table<'_, '_>) -> Option<Entry> {
        self.known_keys(table, ENTRY_KEYS, "");
        let term = self.required(table, "term");
        let grade = self.choice(table, "grade", Grade::ALL.iter().map(|grade| grade.word()));
        let category = self.choice(table, "category", Category::ALL.iter().map(|category| category.word()));
        let matching = self.choice(table, "match", Matching::ALL.iter().map(|matching| matching.word()));
        let source = self.required(table, "source");
        let forms = self.strings(table, "forms");
        let ambiguous = self.optional(table, "ambiguous");
        let usage = self.usage(table);
        let note = self.optional(table, "note");
        Some(Entry {
            term: term?,
            grade: grade?,
            category: category?,
            matching: matching?,
            forms,
            ambiguous,
            usage,
            note,
            source: source?,
            since: None,
            line: Some(self.lines.line(table.at)),
        })
    }

    fn usage(&mut self, table: &Table<'_, '_>) -> Usage {
        let mut senses = Senses::NONE;
        for name in self.strings(table, "senses") {
            if let Some(sense) = Senses::named(&name) {
                senses = senses.with(sense);
                continue;
            }
            let known: Vec<_> = Senses::names().collect();
            let problem = format!("“{name}” is no field of senses");
            self.report(table.at, table.name.as_deref(), problem, suggestion(&name, &known));
        }
        let mut words = |key: &str| {
            let words = self.optional(table, key).unwrap_or_default();
            if words.bytes().any(|byte| !byte.is_ascii_lowercase() && byte != b' ') {
                let problem = format!("“{key}” holds more than words");
                let fix = "write plain words in small letters with spaces between".to_owned();
                self.report(table.at, table.name.as_deref(), problem, fix);
            }
            words
        };
        let (near, before, after) = (words("near"), words("before"), words("after"));
        let abusive = (words("abusive_near"), words("abusive_before"), words("abusive_after"));
        Usage {
            unless: self.optional(table, "unless"),
            suspect: self.flag(table, "suspect"),
            literal: self.flag(table, "literal"),
            verb: self.flag(table, "verb"),
            name: self.flag(table, "name"),
            senses,
            near,
            before,
            after,
            abusive_near: abusive.0,
            abusive_before: abusive.1,
            abusive_after: abusive.2,
            homograph: self.optional(table, "homograph"),
        }
    }

    /// A key that is true or false, and false when it is absent.
    fn flag(&mut self, table: &Table<'_, '_>, key: &str) -> bool {
        let Some(value) = get(table.of, key) else { return false };
        if let DeValue::Boolean(flag) = value.get_ref() {
            return *flag;
        }
        let problem = format!("“{key}” is a {}", value.get_ref().type_str());
        let fix = format!("write {key} = true, or leave it out");
        self.report(value.span().start, table.name.as_deref(), problem, fix);
        false
    }

    fn allow(&mut self, table: &Table<'_, '_>) -> Option<Allow> {
        self.known_keys(table, ALLOW_KEYS, "");
        let term = self.required(table, "term");
        let kind = self.choice(table, "kind", AllowKind::ALL.iter().map(|kind| kind.word()));
        let source = self.optional(table, "source");
        Some(Allow { term: term?, kind: kind?, source, line: Some(self.lines.line(table.at)) })
    }

    fn required(&mut self, table: &Table<'_, '_>, key: &str) -> Option<String> {
        if get(table.of, key).is_none() {
            let fix = format!("add {key} = \"…\"");
            self.report(table.at, table.name.as_deref(), format!("no “{key}”"), fix);
            return None;
        }
        self.optional(table, key)
    }

    fn optional(&mut self, table: &Table<'_, '_>, key: &str) -> Option<String> {
        let value = get(table.of, key)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_string());
        }
        let problem = format!("“{key}” is a {}", value.get_ref().type_str());
        self.report(value.span().start, table.name.as_deref(), problem, "write it in quotation marks".into());
        None
    }

    fn strings(&mut self, table: &Table<'_, '_>, key: &str) -> Vec<String> {
        let Some(value) = get(table.of, key) else { return Vec::new() };
        let strings = value.get_ref().as_array().map(|array| {
            array.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        strings.flatten().unwrap_or_else(|| {
            let fix = format!("write it as {key} = [\"one\", \"two\"]");
            self.report(
                value.span().start,
                table.name.as_deref(),
                format!("“{key}” is not a list of words"),
                fix,
            );
            Vec::new()
        })
    }

    /// A value that must be one of a few words.
    fn choice<T: FromStr>(
        &mut self,
        table: &Table<'_, '_>,
        key: &str,
        choices: impl Iterator<Item = &'static str>,
    ) -> Option<T> {
        let word = self.required(table, key)?;
        if let Ok(value) = word.parse() {
            return Some(value);
        }
        let choices: Vec<_> = choices.collect();
        let at = get(table.of, key).map_or(table.at, |value| value.span().start);
        let problem = format!("“{word}” is no {key}");
        self.report(at, table.name.as_deref(), problem, suggestion(&word, &choices));
        None
    }
}

fn get<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> Option<&'a Spanned<DeValue<'i>>> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
}

fn text_of(table: &DeTable<'_>, key: &str) -> Option<String> {
    get(table, key).and_then(|value| value.get_ref().as_str()).map(str::to_owned)
}
