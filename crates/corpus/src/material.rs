//! The words and sentences that texts are made of.

use std::collections::{HashMap, HashSet};

use policy::{Grade, Wordlist};

use crate::chance::{Chance, shuffled};
use crate::disguise::Loss;

macro_rules! lists {
    ($($name:literal),+) => { [$(($name, include_str!(concat!("../../../wordlists/", $name)))),+] };
}

const CELTIC: &[&str] = &["irish", "scots", "welsh"];

/// What careless filters look for inside words.
const TRAPS: &[&str] = &[
    "anal", "anus", "arse", "ass", "bastard", "bitch", "boob", "bum", "butt", "chink", "clit", "cock",
    "coon", "crap", "cum", "cunt", "dago", "damn", "dick", "dyke", "fag", "fanny", "fuc", "fuk", "git",
    "gook", "hell", "hoe", "homo", "hore", "jap", "jizz", "kike", "knob", "minge", "mong", "muff", "negro",
    "nig", "niger", "nonce", "paki", "penis", "piss", "poof", "porn", "prick", "pube", "puss", "queer",
    "rape", "scat", "sex", "shag", "shat", "shit", "skank", "slag", "slut", "sod", "spaz", "spic", "spunk",
    "tard", "tart", "tit", "tosser", "turd", "twat", "wank", "whor", "willy", "wog", "wop", "yid",
];

/// Stems that make a dictionary word offensive wherever they stand in it, and the beginnings of those words that they do not.
const STEMS: &[(&str, &[&str])] = &[
    ("fuck", &[]),
    ("cunt", &[]),
    (
        "shit",
        &[
            "shittim", "shittah", "shitta", "mishit", "akshit", "dikshit", "rakshit", "kshit", "parashit",
            "vashit", "bakshit", "shital",
        ],
    ),
    ("bollock", &[]),
    ("bollix", &[]),
    ("arsehole", &[]),
    ("asshole", &[]),
    ("bastard", &[]),
    ("bastaard", &[]),
    ("bitch", &["bitchumen"]),
    ("nigger", &["snigger", "unsnigger"]),
    ("whore", &[]),
    ("slut", &["slutch", "slutsk"]),
    (
        "twat",
        &[
            "saltwat",
            "wristwat",
            "nightwat",
            "sweetwat",
            "whitewat",
            "meltwat",
            "footwat",
            "catwat",
            "bitwat",
            "flatwat",
            "hotwat",
            "boatwat",
            "saltwort",
            "lightwat",
            "meatwat",
            "countwat",
            "frontwat",
            "floodwat",
            "outwat",
            "twattl",
            "sunset",
            "stewart",
            "deathwat",
            "fruitwat",
            "freshwat",
            "nightwatch",
        ],
    ),
    ("wank", &["swank", "twank", "wankel", "wankie", "rwank", "swanked", "kwank", "nwank"]),
    ("cocksuck", &[]),
    ("dickhead", &[]),
    ("faggot", &[]),
    ("poofter", &[]),
    ("spastic", &[]),
    ("retarded", &[]),
    ("shite", &[]),
    ("pikey", &[]),
    ("golliwog", &[]),
    ("gollywog", &[]),
    ("jigaboo", &[]),
    ("wetback", &[]),
    ("pickaninn", &[]),
    ("piccaninn", &[]),
    ("darkie", &[]),
    ("darky", &[]),
    ("negro", &["denegro"]),
    ("pissh", &[]),
];

/// Everything texts are made of.
#[derive(Debug)]
pub(crate) struct Material {
    /// Common offensive words by lemma, with their inflections.
    pub(crate) staples: Vec<Vec<&'static str>>,
    /// Every single word that the lists want flagged.
    pub(crate) listed: Vec<String>,
    /// Those of them that are the terms of their entries, and no other spellings.
    pub(crate) headwords: Vec<String>,
    /// Every other spelling of a term.
    pub(crate) spellings: HashSet<String>,
    /// Every phrase that the lists want flagged.
    pub(crate) phrases: Vec<String>,
    /// The same from the lists of Scots, Irish and Welsh, words and phrases.
    pub(crate) celtic: Vec<String>,
    /// Mild words.
    pub(crate) mild: Vec<String>,
    /// Every spelling that stands in a list, of whatever grade.
    pub(crate) terms: HashSet<String>,
    terms_by_len: HashMap<usize, HashSet<String>>,
    skeletons: HashSet<String>,
    everyday_by_len: HashMap<usize, Vec<&'static str>>,
    everyday_set: HashSet<&'static str>,
    words_set: HashSet<&'static str>,
    names_set: HashSet<&'static str>,
    pub(crate) everyday: Vec<&'static str>,
    pub(crate) common: Vec<&'static str>,
    pub(crate) rare: Vec<&'static str>,
    pub(crate) names: Vec<&'static str>,
    /// Innocent words that hold a term, with the term.
    pub(crate) inside: Vec<(&'static str, &'static str)>,
    pub(crate) inside_rare: Vec<(&'static str, &'static str)>,
    /// Names that hold one.
    pub(crate) trap_names: Vec<&'static str>,
    /// Words one slip away from a term, with the term.
    pub(crate) near: Vec<(&'static str, String)>,
    pub(crate) near_rare: Vec<(&'static str, String)>,
    pub(crate) near_names: Vec<(&'static str, String)>,
    /// Everyday words by what they begin and end with, as far as terms do.
    pub(crate) beginnings: HashMap<String, Vec<&'static str>>,
    pub(crate) endings: HashMap<String, Vec<&'static str>>,
    pub(crate) carriers: Vec<&'static str>,
    pub(crate) openers: Vec<&'static str>,
    pub(crate) closers: Vec<&'static str>,
    pub(crate) sounded: Vec<(&'static str, &'static str)>,
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// A hand-written file of this crate, a text a line.
macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../data/", $name, ".txt"))
    };
}
pub(crate) use data;

/// A file of innocent lines of the shipped lists.
macro_rules! guard {
    ($name:literal) => {
        include_str!(concat!("../../../wordlists/guard/", $name, ".txt"))
    };
}
pub(crate) use guard;

pub(crate) fn one(chance: &mut Chance, text: &'static str) -> &'static str {
    let all: Vec<&'static str> = lines(text).collect();
    chance.pick(&all)
}

impl Material {
    /// Reads the lists and dictionaries in the program. A list that is not sound is found by its own tests first.
    pub(crate) fn new() -> Self {
        let lists = lists!["english.toml", "slurs.toml", "irish.toml", "scots.toml", "welsh.toml"]
            .map(|(name, text)| Wordlist::parse(name, text).expect("the shipped lists are sound"));
        let staples: Vec<Vec<&str>> = lines(data!("staples")).map(|line| line.split(' ').collect()).collect();
        let mut terms: HashSet<String> = staples.iter().flatten().map(|word| (*word).to_owned()).collect();
        let (mut listed, mut headwords, mut phrases, mut celtic, mut mild) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut spellings = HashSet::new();
        for list in &lists {
            for entry in &list.entries {
                for (nth, spelling) in std::iter::once(&entry.term).chain(&entry.forms).enumerate() {
                    let spelling = spelling.to_lowercase();
                    if nth > 0 {
                        spellings.insert(spelling.clone());
                    }
                    let letters: String = spelling.chars().filter(char::is_ascii_alphabetic).collect();
                    terms.insert(letters.clone());
                    let single = letters == spelling;
                    match (entry.grade, &entry.ambiguous) {
                        (_, Some(_)) => {}
                        (Grade::Mild, None) if list.name == "english" => mild.push(spelling),
                        (Grade::Mild, None) => {}
                        _ if CELTIC.contains(&list.name.as_str()) => celtic.push(spelling),
                        _ if !single => phrases.push(spelling),
                        _ => {
                            if nth == 0 {
                                headwords.push(letters.clone());
                            }
                            listed.push(letters);
                        }
                    }
                }
            }
        }
        let (mut terms_by_len, skeletons) =
            (HashMap::<usize, HashSet<String>>::new(), terms.iter().map(|term| skeleton(term)).collect());
        for term in &terms {
            terms_by_len.entry(term.len()).or_default().insert(term.clone());
        }
        let inflected: Vec<String> = terms.iter().flat_map(|term| inflections(term)).collect();
        terms.extend(inflected);
        let innocent = |word: &&str| !terms.contains(*word) && !is_offensive(word);
        let read = |text: &'static str| {
            let all: HashSet<&str> = lines(text).collect();
            // The possessive of a word in -s, which lost its apostrophe.
            let is_word = |word: &&str| !(word.ends_with("ss") && all.contains(&word[..word.len() - 1]));
            shuffled(lines(text).filter(is_word).filter(innocent).collect())
        };
        let everyday = read(include_str!("../../../wordlists/dictionary/everyday.txt"));
        let common = read(include_str!("../../../wordlists/dictionary/common.txt"));
        let rare = read(include_str!("../../../wordlists/dictionary/rare.txt"));
        let names = read(include_str!("../../../wordlists/dictionary/names.txt"));

        let trap = |word: &'static str| {
            let found = TRAPS.iter().find(|trap| word.contains(**trap) && word.len() > trap.len());
            found.map(|trap| (word, *trap))
        };
        let inside: Vec<_> = everyday.iter().chain(&common).filter_map(|word| trap(word)).collect();
        let inside_rare: Vec<_> = rare.iter().filter_map(|word| trap(word)).collect();
        let trap_names = names.iter().filter_map(|name| trap(name)).map(|(name, _)| name).collect();

        let targets: Vec<&str> = staples
            .iter()
            .flatten()
            .copied()
            .chain(listed.iter().map(String::as_str).filter(|word| word.len() < 8))
            .filter(|word| word.len() > 3)
            .collect();
        let words_set: HashSet<&str> = everyday.iter().chain(&common).copied().collect();
        let rare_set: HashSet<&str> = rare.iter().copied().collect();
        let names_set: HashSet<&str> = names.iter().copied().collect();
        let (mut near, mut near_rare, mut near_names) = (Vec::new(), Vec::new(), Vec::new());
        let mut had = HashSet::new();
        for term in &targets {
            for slip in slips(term) {
                if had.contains(&slip) {
                    continue;
                }
                for (set, found) in
                    [(&words_set, &mut near), (&rare_set, &mut near_rare), (&names_set, &mut near_names)]
                {
                    if let Some(word) = set.get(slip.as_str()) {
                        found.push((*word, (*term).to_owned()));
                    }
                }
                had.insert(slip);
            }
        }

        let (mut beginnings, mut endings) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for term in targets.iter().filter(|term| term.len() < 10) {
            for at in 1..term.len() {
                endings.entry(term[..at].to_owned()).or_default();
                beginnings.entry(term[at..].to_owned()).or_default();
            }
        }
        for word in &everyday {
            for at in 0..=word.len() {
                if let Some(words) = beginnings.get_mut(&word[..at]) {
                    words.push(*word);
                }
                if let Some(words) = endings.get_mut(&word[at..]) {
                    words.push(*word);
                }
            }
        }

        let mut everyday_by_len: HashMap<usize, Vec<&str>> = HashMap::new();
        for word in &everyday {
            everyday_by_len.entry(word.len()).or_default().push(word);
        }
        let pair = |line: &'static str| line.split_once(' ');
        Self {
            skeletons,
            everyday_set: everyday.iter().copied().collect(),
            carriers: lines(data!("carriers")).collect(),
            openers: data!("openers").lines().collect(),
            closers: data!("closers").lines().collect(),
            sounded: lines(data!("sounded")).filter_map(pair).collect(),
            staples,
            listed: shuffled(listed),
            headwords: shuffled(headwords),
            spellings,
            phrases: shuffled(phrases),
            celtic: shuffled(celtic),
            mild: shuffled(mild),
            terms,
            terms_by_len,
            everyday_by_len,
            words_set,
            names_set,
            everyday,
            common,
            rare,
            names,
            inside: shuffled(inside),
            inside_rare: shuffled(inside_rare),
            trap_names: shuffled(trap_names),
            near: shuffled(near),
            near_rare: shuffled(near_rare),
            near_names: shuffled(near_names),
            beginnings,
            endings,
        }
    }

    /// Whether everybody knows the word.
    pub(crate) fn is_everyday(&self, word: &str) -> bool {
        self.everyday_set.contains(word)
    }

    /// Whether it is an innocent word or name.
    pub(crate) fn is_known(&self, word: &str) -> bool {
        self.words_set.contains(word) || self.names_set.contains(word)
    }

    /// Whether an everyday word could be meant by letters of which some are masked.
    pub(crate) fn could_be_everyday(&self, masked: &str) -> bool {
        let pattern: Vec<char> = masked.to_lowercase().chars().collect();
        self.everyday_by_len
            .get(&pattern.len())
            .is_some_and(|words| words.iter().any(|word| fits(&pattern, word)))
    }

    /// Whether an everyday word is one slip away.
    pub(crate) fn is_near_everyday(&self, word: &str) -> bool {
        slips(word).iter().any(|slip| self.everyday_set.contains(slip.as_str()))
    }

    /// Whether what is left of an innocent word could as well be meant for a term, so that nobody can tell.
    pub(crate) fn could_be_term(&self, text: &str, loss: Loss) -> bool {
        let text = text.to_lowercase();
        match loss {
            Loss::None => false,
            Loss::Pieces => {
                let mut pieces = text.split(|letter: char| !letter.is_ascii_alphabetic());
                pieces.any(|piece| self.terms.contains(piece))
            }
            Loss::Masked => {
                let pattern: Vec<char> = text.chars().collect();
                let same = self.terms_by_len.get(&pattern.len());
                let shorter = text
                    .split(|letter: char| !letter.is_ascii_alphabetic())
                    .any(|piece| self.terms.contains(piece));
                shorter || same.is_some_and(|terms| terms.iter().any(|term| fits(&pattern, term)))
            }
            Loss::Vowels => self.skeletons.contains(&skeleton(&text)),
            Loss::Spelling => {
                let is_spelling = |slip: &String| {
                    self.terms_by_len.get(&slip.len()).is_some_and(|terms| terms.contains(slip))
                };
                self.skeletons.contains(&text) || slips(&text).iter().any(is_spelling)
            }
        }
    }
}

/// Whether `word` can be read where everything but letters stands for one letter.
fn fits(pattern: &[char], word: &str) -> bool {
    pattern.iter().zip(word.chars()).all(|(sign, letter)| !sign.is_ascii_alphabetic() || *sign == letter)
}

fn skeleton(word: &str) -> String {
    word.chars()
        .enumerate()
        .filter(|(at, letter)| *at == 0 || !"aeiou".contains(*letter))
        .map(|(_, letter)| letter)
        .collect()
}

/// Regular inflections, more of them than there are.
fn inflections(term: &str) -> Vec<String> {
    let last = term.chars().next_back().unwrap_or('x');
    let stem = term.strip_suffix(['e', 'y']).unwrap_or(term);
    let mut forms = Vec::new();
    for ending in [
        "s", "es", "ed", "er", "ers", "ing", "ings", "y", "ish", "ies", "ier", "ie", "in", "ery", "like",
        "ly", "iest", "ism", "ness",
    ] {
        forms.push(format!("{term}{ending}"));
        forms.push(format!("{stem}{ending}"));
        forms.push(format!("{term}{last}{ending}"));
    }
    forms
}

/// Whether a dictionary word is no innocent one, although it stands in no list.
fn is_offensive(word: &str) -> bool {
    STEMS
        .iter()
        .any(|(stem, innocent)| word.contains(stem) && !innocent.iter().any(|start| word.contains(start)))
}

/// Every spelling one letter more, less, other, or changed with its neighbour; none for what is not plain letters.
fn slips(word: &str) -> Vec<String> {
    let mut slips = Vec::new();
    if !word.is_ascii() {
        return slips;
    }
    for at in 0..=word.len() {
        let (before, after) = word.split_at(at);
        slips.extend(('a'..='z').map(|letter| format!("{before}{letter}{after}")));
        if let Some(rest) = after.get(1..) {
            slips.push(format!("{before}{rest}"));
            slips.extend(('a'..='z').map(|letter| format!("{before}{letter}{rest}")));
            if let Some(rest) = rest.get(1..) {
                slips.push(format!("{before}{}{}{rest}", &after[1..2], &after[..1]));
            }
        }
    }
    slips
}
