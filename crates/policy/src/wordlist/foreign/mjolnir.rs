//! The lists of words in the configurations of Mjolnir and Draupnir, in YAML, at `protections.wordlist.words`.
//!
//! Both look for a word anywhere, in other words too, whatever its case. For Mjolnir each is a regular expression, of which
//! the edges of words are understood; for Draupnir it is the word itself. Rules of policy lists, which both also have, ban
//! accounts, rooms and servers, and are no words.

use super::quoted::quoted;
use super::yaml::{self, Found};
use super::{Item, Refusal, Written, counted, plain_entries, reach, without_allowed};
use crate::wordlist::{Matching, Wordlist};

/// What means something in a regular expression.
const SPECIAL: &str = "\\^$.|?*+()[]{}";
/// The edge of a word in one, beside a character that JavaScript takes for a part of words: an ASCII letter, a digit, or `_`.
/// Beside any other it means the contrary, that a word goes on.
const EDGE: &str = "\\b";
/// That no word goes on before and behind, whatever stands beside it: nothing of what `\b` knows, and no letter or accent of
/// the scripts that put spaces between words. Mjolnir sets no flag by which JavaScript would know them by name.
const NO_WORD_BEFORE: &str = r"(?<![\w\u00C0-\u1FFF])";
const NO_WORD_BEHIND: &str = r"(?![\w\u00C0-\u1FFF])";

/// Where the words stand: in the whole file, or in a part of it that somebody saved.
const PLACES: [&[&str]; 3] = [&["protections", "wordlist", "words"], &["wordlist", "words"], &["words"]];

pub(super) fn read(text: &str, patterns: bool) -> Result<Vec<Item>, Refusal> {
    let found = yaml::read(text, &PLACES, "entity")?;
    if !found.has_list && found.others.is_empty() {
        return Err((
            None,
            "there is no list of words in it, at protections.wordlist.words".to_owned(),
            "name the configuration file itself, with that list in it",
        ));
    }
    let words = found.listed.into_iter().map(|Found { line, text }| {
        let place = format!("line {line}");
        match text {
            None => Item::nothing(place, "", "it is no text; write the word out"),
            Some(text) if patterns => pattern(place, &text),
            Some(text) => Item::term(place, &text, &text, Some(Matching::Anywhere)),
        }
    });
    let mut items: Vec<Item> = words.collect();
    items.extend(found.others.into_iter().map(|Found { line, text }| {
        let why = "it is a rule of a policy list, which bans an account, a room or a server, and no word";
        Item::nothing(format!("line {line}"), text.as_deref().unwrap_or_default(), why)
    }));
    Ok(items)
}

/// A regular expression, if it is a word with or without edges.
fn pattern(place: String, raw: &str) -> Item {
    let begun = [EDGE, NO_WORD_BEFORE].into_iter().find_map(|edge| raw.strip_prefix(edge));
    let (inner, begins) = begun.map_or((raw, false), |inner| (inner, true));
    let ended = [EDGE, NO_WORD_BEHIND].into_iter().find_map(|edge| inner.strip_suffix(edge));
    let (inner, ends) = ended.map_or((inner, false), |inner| (inner, true));
    let Some(word) = literal(inner) else {
        return Item::nothing(place, raw, "it is a regular expression; list the words it is for");
    };
    let (matching, note) = reach(begins, ends);
    let item = Item::term(place, raw, &word, Some(matching));
    note.into_iter().fold(item, Item::noted)
}

/// The text that a regular expression means, if it means one.
fn literal(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(rest.next().filter(|next| !next.is_alphanumeric())?),
            c if SPECIAL.contains(c) => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

pub(super) fn write(list: &Wordlist, patterns: bool) -> Written {
    let (entries, mut left_out) = plain_entries(list);
    without_allowed(&list.allow, &mut left_out);
    let spelt = entries.iter().flat_map(|entry| {
        let forms = entry.forms.iter().map(|form| (form.as_str(), Matching::Word));
        std::iter::once((entry.term.as_str(), entry.matching)).chain(forms)
    });
    let spelt: Vec<(&str, Matching)> = spelt.collect();
    let narrower = spelt.iter().filter(|(_, matching)| *matching != Matching::Anywhere).count();
    if !patterns && narrower > 0 {
        left_out.push(format!(
            "Draupnir looks for every word inside other words too: {} less here",
            counted(narrower, "word reaches", "words reach")
        ));
    }
    let mut text =
        format!("# {}\nprotections:\n  wordlist:\n    words:", list.description.replace(['\n', '\r'], " "));
    if spelt.is_empty() {
        text.push_str(" []");
    }
    for (word, matching) in spelt {
        let word = if patterns { as_pattern(word, matching) } else { word.to_owned() };
        text.push_str("\n      - ");
        text.push_str(&quoted(&word));
    }
    text.push('\n');
    Written { text, left_out }
}

/// A word as a regular expression.
fn as_pattern(word: &str, matching: Matching) -> String {
    let mut pattern = String::new();
    for c in word.chars() {
        if SPECIAL.contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    let before = if word.starts_with(has_edge) { EDGE } else { NO_WORD_BEFORE };
    let behind = if word.ends_with(has_edge) { EDGE } else { NO_WORD_BEHIND };
    match matching {
        Matching::Word => format!("{before}{pattern}{behind}"),
        Matching::Stem => format!("{before}{pattern}"),
        Matching::Anywhere => pattern,
    }
}

/// Whether a word that begins or ends with it has its edge there for JavaScript.
fn has_edge(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
