//! Words for whose sake a post is taken away wherever they stand: whatever is round them, and whoever they are aimed at.
//!
//! A platform that can stop posts before anybody sees them only compares letters. It can be told these and no others; all
//! that takes more than that stays with the [`Matcher`].

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;

use crate::dictionary::{Dictionary, Standing};
use crate::finding::Grade;
use crate::matcher::{Context, Hit, Matcher, Reason, View};
use crate::verdict::{Policy, Verdict};
use crate::wordlist::Entry;

/// Shorter ones are looked for as whole words only: they stand in too many others by chance.
const INSIDE_LEN_MIN: usize = 4;
/// In how many innocent words one may stand and still be looked for inside of words.
const INNOCENT_MAX: usize = 8;

/// A spelling that is taken away wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outright {
    /// In small letters, its words apart by single spaces.
    pub spelling: String,
    /// How strong it is.
    pub grade: Grade,
    /// Whether it is as bad inside of any word.
    pub within: Within,
}

/// Where a spelling is looked for, and in which innocent words or phrases that hold it it is not; those are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Within {
    /// As a whole word or phrase: it stands in too many innocent words.
    Words(Vec<String>),
    /// Anywhere.
    Anything(Vec<String>),
}

impl Within {
    /// The innocent words and phrases.
    pub fn innocent(&self) -> &[String] {
        match self {
            Self::Words(innocent) | Self::Anything(innocent) => innocent,
        }
    }
}

impl Outright {
    /// Whether somebody who only compares letters finds it in a text.
    pub fn stands_in(&self, text: &str) -> bool {
        let mut text = text.to_lowercase();
        for innocent in self.within.innocent() {
            text = text.replace(innocent.as_str(), " ");
        }
        match &self.within {
            Within::Anything(_) => text.contains(&self.spelling),
            Within::Words(_) => is_word_in(&self.spelling, &text),
        }
    }
}

/// Whether something stands in a text where no letter stands beside it.
fn is_word_in(spelling: &str, text: &str) -> bool {
    text.match_indices(spelling).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

/// The spellings of a group's lists that its table takes away outright, the strongest first. Those that stand inside of
/// others are told once. Linear in the dictionary.
pub fn outright(matcher: &Matcher, policy: &Policy) -> Vec<Outright> {
    let mut grades: BTreeMap<String, Grade> = BTreeMap::new();
    for (spelling, entry) in matcher.spellings() {
        if is_outright(matcher, policy, &spelling, entry) {
            let known = grades.entry(spelling).or_insert(entry.grade);
            *known = (*known).max(entry.grade);
        }
    }
    let mut round = innocent_round(matcher, &grades);
    let mut short_first: Vec<_> = grades.into_iter().collect();
    short_first.sort_by_key(|(spelling, _)| spelling.len());
    let mut told: Vec<Outright> = Vec::new();
    for (spelling, grade) in short_first {
        let Round { words, phrases } = round.remove(&spelling).unwrap_or_default();
        // “he” and “she” end and begin other words.
        let is_short = spelling.len() < INSIDE_LEN_MIN || spelling.contains(' ');
        let within = if !is_short && words.len() <= INNOCENT_MAX {
            Within::Anything(words)
        } else if phrases.len() <= INNOCENT_MAX {
            Within::Words(phrases)
        } else {
            continue;
        };
        let word = Outright { spelling, grade, within };
        if !told.iter().any(|shorter| covers(shorter, &word)) {
            told.push(word);
        }
    }
    told.sort_by(|one, other| (other.grade, &one.spelling).cmp(&(one.grade, &other.spelling)));
    told
}

/// Whether a spelling is found for sure, by itself and as a name, and its table takes it away at whomever it is aimed.
fn is_outright(matcher: &Matcher, policy: &Policy, spelling: &str, entry: &Entry) -> bool {
    let needs_context =
        entry.ambiguous.is_some() || entry.usage.unless.is_some() || entry.usage.homograph.is_some();
    let goes = |aimed| policy.measure(entry.grade, entry.category, aimed).verdict == Verdict::Delete;
    if needs_context || !goes(false) || !goes(true) {
        return false;
    }
    let is_certain = |text: &str| {
        let hits = matcher.find(text, Context::default());
        let whole = |hit: &Hit| {
            hit.finding.span == (0..text.len())
                && hit.finding.term == entry.term
                && hit.explanation.view == View::Plain
                && hit.explanation.reasons.contains(&Reason::Unambiguous)
        };
        hits.iter().any(whole)
    };
    is_certain(spelling) && is_certain(&capitalised(spelling))
}

/// What holds a spelling and is innocent, but for what holds another of them.
#[derive(Default)]
struct Round {
    /// Words and phrases.
    words: Vec<String>,
    /// Those in which it is a word.
    phrases: Vec<String>,
}

fn innocent_round(matcher: &Matcher, spellings: &BTreeMap<String, Grade>) -> BTreeMap<String, Round> {
    let listed: Vec<&str> = spellings.keys().map(String::as_str).collect();
    let mut round: BTreeMap<String, Round> = BTreeMap::new();
    let Ok(automaton) = AhoCorasick::new(&listed) else { return round };
    let mut note = |word: &str, is_name: bool| {
        let mut found = automaton.find_overlapping_iter(word).peekable();
        if found.peek().is_none() || !is_innocent(matcher, word, is_name) {
            return;
        }
        for at in found {
            let spelling = listed[at.pattern().as_usize()];
            let round = round.entry(spelling.to_owned()).or_default();
            round.words.push(word.to_owned());
            round.phrases.extend(is_word_in(spelling, word).then(|| word.to_owned()));
        }
    };
    Dictionary::british().each(|word, standing| {
        if !standing.is_offensive() {
            note(word, Standing::is_name(standing));
        }
    });
    // What only looks like a listed word when it is joined is left to people, for there is not room for everything.
    let joined: BTreeSet<String> = matcher.allowed_phrases().map(|phrase| phrase.replace(' ', "")).collect();
    let words = matcher.allowed().filter(|word| !joined.contains(*word));
    words.chain(matcher.allowed_phrases()).for_each(|word| note(word, true));
    for Round { words, phrases } in round.values_mut() {
        shortest(words);
        shortest(phrases);
    }
    round
}

/// Whether a word is no offence, by itself or, if it is one, as a name.
fn is_innocent(matcher: &Matcher, word: &str, is_name: bool) -> bool {
    let stands = |text: &str| matcher.find(text, Context::default()).is_empty();
    stands(word) || (is_name && stands(&capitalised(word)))
}

/// Leaves out the words that hold another of them.
fn shortest(words: &mut Vec<String>) {
    words.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    words.dedup();
    let mut kept: Vec<String> = Vec::new();
    for word in words.drain(..) {
        // More than can be told are not told, however many they are.
        if kept.len() <= INNOCENT_MAX && !kept.iter().any(|shorter| word.contains(shorter.as_str())) {
            kept.push(word);
        }
    }
    kept.sort();
    *words = kept;
}

/// Whether whoever looks for `shorter` finds all that `longer` finds.
fn covers(shorter: &Outright, longer: &Outright) -> bool {
    match &shorter.within {
        Within::Words(_) => false,
        Within::Anything(innocent) => {
            longer.spelling.contains(&shorter.spelling)
                && !innocent.iter().any(|word| longer.spelling.contains(word.as_str()))
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Preset;
    use crate::wordlist::Wordlist;

    const LIST: &str = r#"
[list]
name = "made-up"
language = "en-GB"
description = "Words nobody uses"
licence = "Apache-2.0"

[[entry]]
term = "zzyzx"
grade = "strongest"
category = "general"
match = "stem"
source = "made up"

[[entry]]
term = "qorb"
grade = "strongest"
category = "general"
match = "word"
source = "made up"

[[entry]]
term = "vex zaw"
grade = "strongest"
category = "general"
match = "word"
source = "made up"

[[entry]]
term = "plim"
grade = "strongest"
category = "general"
match = "word"
ambiguous = "a made-up tool"
source = "made up"

[[entry]]
term = "ough"
grade = "strongest"
category = "general"
match = "word"
source = "made up"

[[entry]]
term = "wug"
grade = "strongest"
category = "general"
match = "word"
source = "made up"

[[entry]]
term = "grolm"
grade = "strong"
category = "insult"
match = "word"
source = "made up"

[[allow]]
term = "Qorbham"
kind = "place"

[[allow]]
term = "Qorbhampton"
kind = "place"

[[allow]]
term = "Wug's Lane"
kind = "place"

[[allow]]
term = "Wug Mountain"
kind = "place"
"#;

    fn told(policy: &Policy) -> Vec<String> {
        let list = Wordlist::parse("made-up.toml", LIST).unwrap();
        let words = outright(&Matcher::new(&[list]).unwrap(), policy);
        let told = |word: &Outright| match &word.within {
            Within::Words(innocent) => {
                format!("{} {} but {}", word.grade, word.spelling, innocent.join(", "))
            }
            Within::Anything(innocent) => {
                format!("{} *{}* but {}", word.grade, word.spelling, innocent.join(", "))
            }
        };
        words.iter().map(told).collect()
    }

    #[test]
    fn what_goes_wherever_it_stands_is_told_with_the_innocent_words_that_hold_it() {
        assert_eq!(
            told(&Policy::new(Preset::Standard)),
            [
                "strongest ough but ",
                "strongest *qorb* but qorbham",
                "strongest vex zaw but ",
                "strongest wug but wug mountain, wug's lane",
                "strongest *zzyzx* but ",
            ],
            "not what needs its sentence, nor what is only hidden"
        );
    }

    #[test]
    fn the_table_of_the_group_decides() {
        let strict = told(&Policy::new(Preset::Strict));
        assert!(strict.contains(&"strong *grolm* but ".to_owned()), "{strict:?}");
        assert_eq!(
            strict.last().map(String::as_str),
            Some("strong *grolm* but "),
            "the strongest come first"
        );
        assert_eq!(told(&Policy::new(Preset::Relaxed)), [""; 0], "what is aimed at nobody stands there");
        let spared = Policy::new(Preset::Standard)
            .with("strongest.undirected".parse().unwrap(), "hide".parse().unwrap());
        assert_eq!(told(&spared), [""; 0]);
    }

    #[test]
    fn whoever_only_compares_letters_finds_it_where_it_is_said() {
        let inside = Outright {
            spelling: "qorb".to_owned(),
            grade: Grade::Strongest,
            within: Within::Anything(vec!["qorbham".to_owned()]),
        };
        let whole = Outright { within: Within::Words(vec!["qorb hill".to_owned()]), ..inside.clone() };
        let table = [
            ("a Qorb!", true, true),
            ("superqorbs", true, false),
            ("in Qorbham", false, false),
            ("Qorbham qorb", true, true),
            ("Qorb Hill", true, false),
            ("korb", false, false),
        ];
        for (text, in_any, as_word) in table {
            assert_eq!((inside.stands_in(text), whole.stands_in(text)), (in_any, as_word), "{text}");
        }
    }
}
