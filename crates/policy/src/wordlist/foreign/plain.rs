//! One word a line, as people keep them in text files and in the first column of tables.

use super::{Item, Written, plain_entries, without_allowed};
use crate::wordlist::Wordlist;

/// What stands over the first column of a table.
const HEADINGS: [&str; 6] = ["word", "words", "term", "terms", "keyword", "phrase"];
/// What stands between the columns of a table.
const MARKS: [char; 3] = [',', ';', '\t'];

pub(super) fn read(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let place = format!("line {}", at + 1);
        let (cell, has_more) = first_cell(line);
        let item = if has_more && items.is_empty() && HEADINGS.contains(&&*cell.to_lowercase()) {
            Item::nothing(place, line, "it is the heading of a column")
        } else {
            Item::term(place, line, &cell, None)
        };
        items.push(if has_more { item.noted("of a table, the first column is read") } else { item });
    }
    items
}

/// The first column of a line, and whether there are more.
fn first_cell(line: &str) -> (String, bool) {
    let Some(inside) = line.strip_prefix('"') else {
        return match line.split_once(MARKS) {
            Some((cell, _)) => (cell.trim().to_owned(), true),
            None => (line.to_owned(), false),
        };
    };
    let mut cell = String::new();
    let mut rest = inside.chars();
    while let Some(c) = rest.next() {
        if c != '"' {
            cell.push(c);
        } else if rest.as_str().starts_with('"') {
            cell.push('"');
            rest.next();
        } else {
            break;
        }
    }
    (cell.trim().to_owned(), rest.as_str().trim_start().starts_with(MARKS))
}

pub(super) fn write(list: &Wordlist) -> Written {
    let (entries, mut left_out) = plain_entries(list);
    without_allowed(&list.allow, &mut left_out);
    let mut text = format!("# {}\n", list.description.replace(['\n', '\r'], " "));
    for spelling in entries.iter().flat_map(|entry| std::iter::once(&entry.term).chain(&entry.forms)) {
        text.push_str(&cell(spelling));
        text.push('\n');
    }
    Written { text, left_out }
}

/// A word as it stands in the first column.
fn cell(word: &str) -> String {
    if word.contains(MARKS) || word.starts_with(['#', '"']) {
        format!("\"{}\"", word.replace('"', "\"\""))
    } else {
        word.to_owned()
    }
}
