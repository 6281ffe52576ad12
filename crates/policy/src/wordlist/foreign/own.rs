//! Our own lists, in TOML: read as words for a group's own list, and written.

use super::quoted::quoted;
use super::{Item, Meant};
use crate::wordlist::{Entry, Matching, Usage, Wordlist, WordlistProblem};

/// Why an entry stays in its file.
const TWO_SENSES: &str = "how its senses are told apart cannot be kept in the group's own list; name the file in \
                          `wordlists.files` of the configuration instead";

pub(super) fn read(file: &str, text: &str) -> Result<Vec<Item>, Vec<WordlistProblem>> {
    let list = Wordlist::parse(file, text)?;
    let mut items: Vec<Item> = Vec::new();
    for term in &list.without {
        items.push(Item {
            place: "[list]".to_owned(),
            text: super::shown(term),
            meant: Meant::Without { term: super::tidy(term) },
            note: None,
        });
    }
    for entry in &list.entries {
        let place = || place(entry.line);
        if entry.ambiguous.is_some() || entry.usage != Usage::default() {
            items.push(Item::nothing(place(), &entry.term, TWO_SENSES));
            continue;
        }
        items.push(graded(Item::term(place(), &entry.term, &entry.term, Some(entry.matching)), entry));
        for form in &entry.forms {
            let item = Item::term(place(), form, form, Some(Matching::Word));
            items.push(graded(item, entry).noted("a form, which becomes a word of its own"));
        }
    }
    for allow in &list.allow {
        items.push(Item::allow(place(allow.line), &allow.term, &allow.term, allow.kind));
    }
    Ok(items)
}

/// Where in the list it stands.
fn place(line: Option<usize>) -> String {
    line.map_or_else(|| "[list]".to_owned(), |line| format!("line {line}"))
}

/// The same with what the entry says of it.
fn graded(mut item: Item, entry: &Entry) -> Item {
    if let Meant::Term { grade, category, .. } = &mut item.meant {
        (*grade, *category) = (Some(entry.grade), Some(entry.category));
    }
    item
}

pub(super) fn write(list: &Wordlist) -> String {
    let mut toml = Toml::default();
    toml.text.push_str("[list]\n");
    toml.line("name", quoted(&list.name));
    toml.line("language", quoted(&list.language));
    toml.line("description", quoted(&list.description));
    toml.line("licence", quoted(&list.licence));
    toml.texts("without", &list.without);
    for entry in &list.entries {
        toml.entry(entry);
    }
    for allow in &list.allow {
        toml.text.push_str("\n[[allow]]\n");
        toml.line("term", quoted(&allow.term));
        toml.line("kind", quoted(allow.kind.word()));
        toml.optional("source", allow.source.as_deref());
    }
    toml.text
}

/// A file that is being written.
#[derive(Default)]
struct Toml {
    text: String,
}

impl Toml {
    fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        self.text.push_str(&format!("{key} = {value}\n"));
    }

    fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.line(key, quoted(text));
        }
    }

    fn words(&mut self, key: &str, words: &str) {
        self.optional(key, Some(words).filter(|words| !words.is_empty()));
    }

    fn flag(&mut self, key: &str, is_set: bool) {
        if is_set {
            self.line(key, true);
        }
    }

    fn texts<T: AsRef<str>>(&mut self, key: &str, texts: &[T]) {
        if !texts.is_empty() {
            let texts: Vec<_> = texts.iter().map(|text| quoted(text.as_ref())).collect();
            self.line(key, format_args!("[{}]", texts.join(", ")));
        }
    }

    fn entry(&mut self, entry: &Entry) {
        self.text.push_str("\n[[entry]]\n");
        self.line("term", quoted(&entry.term));
        self.line("grade", quoted(entry.grade.word()));
        self.line("category", quoted(entry.category.word()));
        self.line("match", quoted(entry.matching.word()));
        self.texts("forms", &entry.forms);
        self.optional("ambiguous", entry.ambiguous.as_deref());
        self.usage(&entry.usage);
        self.optional("note", entry.note.as_deref());
        self.line("source", quoted(&entry.source));
    }

    fn usage(&mut self, usage: &Usage) {
        self.optional("unless", usage.unless.as_deref());
        for (key, is_set) in [
            ("suspect", usage.suspect),
            ("literal", usage.literal),
            ("verb", usage.verb),
            ("name", usage.name),
        ] {
            self.flag(key, is_set);
        }
        self.texts("senses", &usage.senses.each().collect::<Vec<_>>());
        for (key, words) in [
            ("near", &usage.near),
            ("before", &usage.before),
            ("after", &usage.after),
            ("abusive_near", &usage.abusive_near),
            ("abusive_before", &usage.abusive_before),
            ("abusive_after", &usage.abusive_after),
        ] {
            self.words(key, words);
        }
        self.optional("homograph", usage.homograph.as_deref());
    }
}
