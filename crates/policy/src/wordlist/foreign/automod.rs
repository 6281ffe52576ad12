//! Rules of Discord's AutoMod, in the JSON in which its interface gives and takes them.
//!
//! A keyword is a word or phrase with `*` at its ends for “and whatever stands there”. Regular expressions, Discord's own
//! lists and limits on mentions are no words: each is told, and stays where it is.

use aho_corasick::AhoCorasick;
use serde_json::Value;

use super::quoted::quoted;
use super::{Item, Refusal, Written, counted, plain_entries, reach, shown};
use crate::normalise::fold;
use crate::wordlist::{Allow, AllowKind, Entry, Matching, Wordlist};

/// How many rules with keywords a server has at most.
pub const RULES_MAX: usize = 6;
/// How many keywords a rule has at most.
pub const KEYWORDS_MAX: usize = 1_000;
/// How long a keyword or an allowed word is at most, in characters.
pub const KEYWORD_LEN_MAX: usize = 60;
/// How many allowed words a rule with keywords has at most.
pub const ALLOW_MAX: usize = 100;

/// Kinds of rules, by their numbers.
const KEYWORD: u64 = 1;
const SPAM: u64 = 3;
const PRESET: u64 = 4;
const MENTIONS: u64 = 5;
const PROFILE: u64 = 6;

pub(super) fn read(text: &str) -> Result<Vec<Item>, Refusal> {
    const FIX: &str = "save the list of rules as Discord's interface gives it";
    let value: Value = serde_json::from_str(text).map_err(|error| {
        (Some(error.line()), "this is no JSON".to_owned(), "save the answer of Discord's interface as it is")
    })?;
    let rules = match &value {
        Value::Array(rules) => rules.as_slice(),
        Value::Object(_) => std::slice::from_ref(&value),
        _ => return Err((None, "there are no rules in it".to_owned(), FIX)),
    };
    let mut items = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        Rule::new(at, rule).read(&mut items);
    }
    if items.is_empty() && rules.iter().all(|rule| rule.get("trigger_type").is_none()) {
        return Err((None, "there are no rules in it".to_owned(), FIX));
    }
    Ok(items)
}

/// A rule as it is read.
struct Rule<'v> {
    name: String,
    value: &'v Value,
}

impl<'v> Rule<'v> {
    fn new(at: usize, value: &'v Value) -> Self {
        let name = value
            .get("name")
            .and_then(Value::as_str)
            .map_or_else(|| format!("rule {}", at + 1), |name| format!("rule “{}”", shown(name)));
        Self { name, value }
    }

    fn read(&self, items: &mut Vec<Item>) {
        let before = items.len();
        let kind = self.value.get("trigger_type").and_then(Value::as_u64);
        match kind {
            Some(KEYWORD | PROFILE) => {
                self.each("keyword_filter", "keyword", items, keyword);
                self.each("regex_patterns", "pattern", items, |place, raw| {
                    Item::nothing(place, raw, "it is a regular expression; list the words it is for")
                });
                self.each("allow_list", "allowed word", items, allowed);
                if kind == Some(PROFILE) {
                    for item in &mut items[before..] {
                        item.note = item.note.or(Some("there for names alone, here for all that is posted"));
                    }
                }
            }
            Some(PRESET) => {
                self.presets(items);
                self.each("allow_list", "allowed word", items, allowed);
            }
            Some(SPAM) => self.is_no_list("it is Discord's own look for spam, and has no words", items),
            Some(MENTIONS) => self.is_no_list("it is a limit on mentions, and has no words", items),
            _ => self.is_no_list("it is no rule of a kind that is known", items),
        }
        if self.value.get("enabled").and_then(Value::as_bool) == Some(false) {
            for item in &mut items[before..] {
                *item = Item::nothing(
                    std::mem::take(&mut item.place),
                    &item.text,
                    "its rule is switched off on Discord; switch it on there, or list the word by hand",
                );
            }
        }
    }

    fn is_no_list(&self, why: &str, items: &mut Vec<Item>) {
        items.push(Item::nothing(self.name.clone(), "", why));
    }

    fn presets(&self, items: &mut Vec<Item>) {
        for preset in self.values("presets") {
            let which = match preset.as_u64() {
                Some(1) => "profanity",
                Some(2) => "sexual content",
                Some(3) => "slurs",
                _ => "unknown",
            };
            let why = "it is a list of Discord's own, whose words nobody is shown; the shipped lists have such words";
            items.push(Item::nothing(self.name.clone(), which, why));
        }
    }

    fn values(&self, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
        let list =
            self.value.get("trigger_metadata").and_then(|data| data.get(key)).and_then(Value::as_array);
        list.map_or(&[][..], Vec::as_slice).iter()
    }

    fn each(&self, key: &str, what: &str, items: &mut Vec<Item>, read: impl Fn(String, &str) -> Item) {
        for (at, value) in self.values(key).enumerate() {
            let place = format!("{}, {what} {}", self.name, at + 1);
            items.push(match value.as_str() {
                Some(raw) => read(place, raw),
                None => Item::nothing(place, "", "it is no text"),
            });
        }
    }
}

fn keyword(place: String, raw: &str) -> Item {
    let word = raw.trim();
    let (matching, note) = reach(!word.starts_with('*'), !word.ends_with('*'));
    let item = Item::term(place, raw, word.trim_matches('*'), Some(matching));
    note.into_iter().fold(item, Item::noted)
}

fn allowed(place: String, raw: &str) -> Item {
    if raw.contains('*') {
        return Item::nothing(
            place,
            raw,
            "allowed words are whole words here; write out those that are meant",
        );
    }
    Item::allow(place, raw, raw, AllowKind::Word)
}

pub(super) fn write(list: &Wordlist) -> Written {
    let (mut entries, mut left_out) = plain_entries(list);
    // What does not fit any more is the mildest.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.grade));
    let mut keywords: Vec<String> = entries.iter().flat_map(|entry| spelt(entry)).collect();
    let before = keywords.len();
    keywords.retain(|keyword| keyword.chars().count() <= KEYWORD_LEN_MAX);
    if keywords.len() < before {
        left_out.push(format!(
            "{} longer than {KEYWORD_LEN_MAX} characters: left out",
            counted(before - keywords.len(), "keyword is", "keywords are")
        ));
    }
    let room = RULES_MAX * KEYWORDS_MAX;
    if keywords.len() > room {
        left_out.push(format!(
            "AutoMod has {RULES_MAX} rules of {KEYWORDS_MAX} keywords: the last {}, of the mildest, left out",
            counted(keywords.len() - room, "is", "are")
        ));
        keywords.truncate(room);
    }
    let mut rules = Vec::new();
    let parts: Vec<&[String]> = if keywords.is_empty() && !list.allow.is_empty() {
        // Allowed words go along even where there is nothing to allow them from.
        vec![&[]]
    } else {
        keywords.chunks(KEYWORDS_MAX).collect()
    };
    for (at, part) in parts.iter().enumerate() {
        let (allow, more) = needed(&list.allow, part);
        if more > 0 {
            left_out.push(format!(
                "rule {}: {} no room among {ALLOW_MAX}: left out",
                at + 1,
                counted(more, "allowed word has", "allowed words have")
            ));
        }
        rules.push(rule(&format!("{} {}", list.name, at + 1), part, &allow));
    }
    Written { text: format!("[{}]\n", rules.join(",")), left_out }
}

/// An entry as keywords.
fn spelt(entry: &Entry) -> impl Iterator<Item = String> + '_ {
    let term = match entry.matching {
        Matching::Word => entry.term.clone(),
        Matching::Stem => format!("{}*", entry.term),
        Matching::Anywhere => format!("*{}*", entry.term),
    };
    std::iter::once(term).chain(entry.forms.iter().cloned())
}

/// The allowed words of a rule, those first in which one of its keywords stands; and how many have no room.
fn needed<'l>(allow: &'l [Allow], keywords: &[String]) -> (Vec<&'l str>, usize) {
    let mut words: Vec<&str> = allow
        .iter()
        .map(|allow| allow.term.as_str())
        .filter(|word| word.chars().count() <= KEYWORD_LEN_MAX)
        .collect();
    if words.len() > ALLOW_MAX {
        let plain: Vec<String> =
            keywords.iter().map(|keyword| fold(keyword.trim_matches('*')).into_owned()).collect();
        let found = AhoCorasick::new(&plain);
        // A word that no keyword stands in needs no exception. Whether AutoMod would find it there is for Discord to say.
        words.sort_by_cached_key(|word| found.as_ref().is_ok_and(|found| !found.is_match(&*fold(word))));
    }
    let more = allow.len() - words.len().min(ALLOW_MAX);
    words.truncate(ALLOW_MAX);
    (words, more)
}

fn rule(name: &str, keywords: &[String], allow: &[&str]) -> String {
    let keywords: Vec<_> = keywords.iter().map(|keyword| quoted(keyword)).collect();
    let allow: Vec<_> = allow.iter().map(|word| quoted(word)).collect();
    format!(
        "\n{{\"name\": {}, \"event_type\": 1, \"trigger_type\": {KEYWORD}, \"enabled\": true,\n \"trigger_metadata\": \
         {{\"keyword_filter\": [{}], \"allow_list\": [{}]}},\n \"actions\": [{{\"type\": 1}}]}}",
        quoted(name),
        keywords.join(", "),
        allow.join(", ")
    )
}
