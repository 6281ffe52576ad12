//! The filters that are compared, each behind one function, and the texts they read.

use std::path::Path;

use aho_corasick::AhoCorasick;
use policy::matcher::Context;
use policy::{Matcher, Wordlist};
use rustrict::Censor;

/// How many messages of ordinary chat are read.
pub const MESSAGES: usize = 3_000;
/// How long hostile texts are, in characters.
pub const HOSTILE_LEN: [usize; 2] = [4_000, 65_000];

/// One filter, ready to read.
pub enum Filter {
    /// Ours.
    Beadle(Box<Matcher>),
    /// The least that reading with these terms can cost.
    AhoCorasick(Box<AhoCorasick>),
    /// Crate `rustrict` with its own words.
    Rustrict,
    /// Crate `censor` with its own words.
    Censor(Box<censor::Censor>),
}

impl Filter {
    /// What the tables call them, ours first.
    pub const NAMES: [&str; 4] = ["beadle", "aho-corasick", "rustrict", "censor"];

    /// The filter of this name, with all its words loaded; ours from the text of its lists.
    ///
    /// # Panics
    /// When there is none, or the lists are not sound.
    pub fn load(name: &str) -> Self {
        match name {
            "beadle" => Self::Beadle(Box::new(Matcher::new(&lists()).expect("sound lists"))),
            "aho-corasick" => {
                let lists = lists();
                let terms = lists.iter().flat_map(|list| list.entries.iter().map(|entry| &entry.term));
                let built = AhoCorasick::builder().ascii_case_insensitive(true).build(terms);
                Self::AhoCorasick(Box::new(built.expect("an automaton")))
            }
            "rustrict" => {
                // Its words are read when they are first needed.
                let _words = Censor::from_str("shit").analyze();
                Self::Rustrict
            }
            "censor" => Self::Censor(Box::new(censor::Standard + censor::Sex)),
            _ => panic!("there is no filter `{name}`"),
        }
    }

    /// Whether the filter sees something in a text: all of the text is read in either case.
    pub fn sees(&self, text: &str) -> bool {
        match self {
            Self::Beadle(matcher) => !matcher.find(text, Context::default()).is_empty(),
            Self::AhoCorasick(automaton) => automaton.find_iter(text).count() > 0,
            Self::Rustrict => Censor::from_str(text).analyze().is(rustrict::Type::INAPPROPRIATE),
            // It has no other way to read a text to its end.
            Self::Censor(censor) => censor.count(text) > 0,
        }
    }
}

/// The shipped lists, read from their files.
fn lists() -> Vec<Wordlist> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists");
    let files =
        std::fs::read_dir(folder).expect("the wordlists").map(|entry| entry.expect("an entry").path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "toml"));
    let read = |file: std::path::PathBuf| {
        (file.to_string_lossy().into_owned(), std::fs::read_to_string(&file).expect("a readable list"))
    };
    let read: Vec<_> = files.map(read).collect();
    let named: Vec<_> = read.iter().map(|(file, text)| (&**file, &**text)).collect();
    Wordlist::parse_all(&named).expect("sound lists")
}

/// What people ordinarily write.
pub fn chat() -> Vec<String> {
    corpus::chat(1, MESSAGES).collect()
}

/// Offensive texts, disguised in every common way, some of each.
pub fn dirty() -> Vec<String> {
    corpus::items(1, 40).filter(|item| item.label == 1).map(|item| item.text).collect()
}
