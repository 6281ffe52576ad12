//! Everyday words that hold no term: what most of every message is made of, dismissed by one look-up each.

use std::collections::{HashMap, HashSet};

use rustc_hash::FxBuildHasher;

/// The longest word that is looked up, in letters.
const WORD_LEN_MAX: usize = 16;

/// The letters of a word, packed: equal keys are equal words.
pub(super) type Key = u128;

/// The key of a word of small letters, unless it is too long for one.
pub(super) fn key(letters: &[u8]) -> Option<Key> {
    (letters.len() <= WORD_LEN_MAX)
        .then(|| letters.iter().fold(0, |key, letter| key << 8 | Key::from(*letter)))
}

/// What matters of an everyday word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// Whether some listed form begins with it, so that the next word may complete it.
    pub(super) opens: bool,
    /// Whether it is the word by which a listed phrase is noticed.
    pub(super) of_phrase: bool,
}

/// Words by their letters.
#[derive(Debug, Clone, Default)]
pub(super) struct Everyday {
    words: HashMap<Key, Word, FxBuildHasher>,
    /// Words of listed phrases, of each phrase one.
    phrases: HashSet<Key, FxBuildHasher>,
}

impl Everyday {
    pub(super) fn new<'a>(
        words: impl Iterator<Item = &'a str>,
        phrases: HashSet<Key, FxBuildHasher>,
        holds_term: impl Fn(&str) -> bool,
        opens: impl Fn(&str) -> bool,
    ) -> Self {
        let mut known = HashMap::with_capacity_and_hasher(1 << 16, FxBuildHasher);
        for word in words {
            let Some(key) = key(word.as_bytes()) else { continue };
            if !holds_term(word) {
                let of_phrase = phrases.contains(&key);
                known.insert(key, Word { opens: opens(word), of_phrase });
            }
        }
        Self { words: known, phrases }
    }

    pub(super) fn get(&self, key: Key) -> Option<Word> {
        self.words.get(&key).copied()
    }

    /// Whether the word is the one by which a listed phrase is noticed.
    pub(super) fn is_of_phrase(&self, key: Key) -> bool {
        self.phrases.contains(&key)
    }
}
