//! The wordlists in force: those in the binary, and those the configuration adds.

use std::path::Path;

use policy::guard::Guard;
use policy::wordlist::do_without;
use policy::{Wordlist, WordlistProblem};

use crate::config::WordlistConfig;
use crate::text_file::Refusal;

/// The longest wordlist or guard file that is read, in bytes.
pub const LIST_LEN_MAX: u64 = 16 * 1024 * 1024;

macro_rules! embedded {
    ($($file:literal),+ $(,)?) => { &[$(($file, include_str!(concat!("../", $file)))),+] };
}

/// The lists in the binary, by file, so that the program works from anywhere.
pub const SHIPPED: &[(&str, &str)] = embedded![
    "wordlists/english.toml",
    "wordlists/irish.toml",
    "wordlists/scots.toml",
    "wordlists/slurs.toml",
    "wordlists/welsh.toml",
    "wordlists/allow-names.toml",
    "wordlists/allow-places.toml",
    "wordlists/allow-words.toml",
];

/// The guard corpora in the binary, by file.
pub const SHIPPED_GUARD: &[(&str, &str)] = embedded![
    "wordlists/guard/names.txt",
    "wordlists/guard/places.txt",
    "wordlists/guard/sentences.txt",
    "wordlists/guard/words.txt",
];

/// The lists in force and the texts they must leave alone.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    /// The lists, shipped ones first.
    pub wordlists: Vec<Wordlist>,
    /// Innocent texts.
    pub guard: Vec<GuardText>,
}

/// A file of innocent texts, one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardText {
    /// Where it came from.
    pub file: String,
    /// What it says.
    pub text: String,
}

impl Lists {
    /// Reads the lists that `config` puts in force.
    ///
    /// # Errors
    /// Every problem of every list and file.
    pub fn load(config: &WordlistConfig) -> Result<Self, Vec<WordlistProblem>> {
        let mut lists = Self::default();
        let mut problems = Vec::new();
        if config.shipped {
            match Wordlist::parse_all(SHIPPED) {
                Ok(shipped) => lists.wordlists = shipped,
                Err(found) => problems.extend(found),
            }
        }
        for file in &config.files {
            match read_list(file) {
                Ok(list) => lists.put(list),
                Err(found) => problems.extend(found),
            }
        }
        for file in &config.guard {
            match read(file) {
                Ok(text) => lists.guard.push(GuardText { file: file.display().to_string(), text }),
                Err(problem) => problems.push(problem),
            }
        }
        do_without(&mut lists.wordlists);
        if problems.is_empty() { Ok(lists) } else { Err(problems) }
    }

    /// The innocent texts that no list may flag: those in the binary and those the configuration adds.
    pub fn guard(&self) -> Guard {
        let shipped = SHIPPED_GUARD.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned()));
        let added = self.guard.iter().map(|guard| (guard.file.clone(), guard.text.clone()));
        Guard::new(shipped.chain(added))
    }

    /// Adds a list, in the place of the one of the same name if there is one. What it does without is left to
    /// [`do_without`].
    pub fn put(&mut self, list: Wordlist) {
        match self.wordlists.iter_mut().find(|older| older.name == list.name) {
            Some(older) => *older = list,
            None => self.wordlists.push(list),
        }
    }
}

/// Reads one list from a file.
///
/// # Errors
/// Every problem of the list, or why the file cannot be read.
pub fn read_list(file: &Path) -> Result<Wordlist, Vec<WordlistProblem>> {
    let text = read(file).map_err(|problem| vec![problem])?;
    Wordlist::parse(&file.display().to_string(), &text)
}

fn read(file: &Path) -> Result<String, WordlistProblem> {
    crate::text_file::read(file, LIST_LEN_MAX).map_err(|refusal| unusable(file, refusal))
}

/// Why a file cannot be read.
pub(crate) fn unusable(file: &Path, refusal: Refusal) -> WordlistProblem {
    WordlistProblem {
        file: file.display().to_string(),
        line: refusal.line,
        entry: None,
        problem: refusal.what,
        fix: refusal.fix.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn files(folder: &str, ending: &str) -> BTreeSet<String> {
        let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(ending)).map(|name| format!("{folder}/{name}")).collect()
    }

    #[test]
    fn every_list_of_the_repository_is_in_the_binary() {
        let embedded = |all: &[(&str, &str)]| all.iter().map(|(file, _)| (*file).to_owned()).collect();
        let (lists, guard): (BTreeSet<String>, BTreeSet<String>) =
            (embedded(SHIPPED), embedded(SHIPPED_GUARD));
        assert_eq!(lists, files("wordlists", ".toml"));
        assert_eq!(guard, files("wordlists/guard", ".txt"));
    }

    #[test]
    fn a_list_takes_the_place_of_the_one_of_its_name() {
        let mut lists = Lists::default();
        let named = |file: &str, name: &str| Wordlist {
            file: file.to_owned(),
            name: name.to_owned(),
            ..Wordlist::default()
        };
        lists.put(named("wordlists/english.toml", "english"));
        lists.put(named("ours.toml", "ours"));
        lists.put(named("theirs.toml", "english"));
        let files: Vec<_> = lists.wordlists.iter().map(|list| list.file.as_str()).collect();
        assert_eq!(files, ["theirs.toml", "ours.toml"]);
    }
}
