//! Everyday words that hold no term: what most of every message is made of, dismissed by one look-up each.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::trie::NodeId;

/// The longest word that is looked up, in letters.
pub(super) const WORD_LEN_MAX: usize = 16;

/// How many words there is room for: what a table of 65,536 places holds, so that it need not grow.
const WORDS_MAX: usize = (1 << 16) / 8 * 7;

/// The letters of a word, packed: equal keys are equal words.
pub(super) type Key = u128;

/// The key of a word of small letters, unless it is too long for one.
pub(super) fn key(letters: &[u8]) -> Option<Key> {
    let mut packed = [0; WORD_LEN_MAX];
    packed.get_mut(..letters.len())?.copy_from_slice(letters);
    Some(Key::from_le_bytes(packed))
}

/// The key of the `len` ASCII letters of any case that stand in `text` from `at` on; at most [`WORD_LEN_MAX`].
#[inline]
pub(super) fn key_at(text: &[u8], at: usize, len: usize) -> Key {
    const SMALL: Key = Key::from_le_bytes([0x20; WORD_LEN_MAX]);
    let mask = Key::MAX >> (8 * (WORD_LEN_MAX - len.clamp(1, WORD_LEN_MAX)));
    let packed = match text.get(at..at + WORD_LEN_MAX).and_then(|bytes| bytes.try_into().ok()) {
        Some(bytes) => Key::from_le_bytes(bytes),
        None => text[at..at + len].iter().rev().fold(0, |key, letter| key << 8 | Key::from(*letter)),
    };
    (packed | SMALL) & mask
}

/// What matters of an everyday word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// Where in the tree of forms it leads, if some form begins with it, so that the next word may complete it.
    pub(super) opens: Option<NodeId>,
    /// Whether it is the word by which a listed phrase is noticed.
    pub(super) of_phrase: bool,
}

/// The same in the room of a number: there is one for each of many words.
#[derive(Debug, Clone, Copy)]
struct Packed(u32);

impl Packed {
    const OF_PHRASE: u32 = 1 << 31;
    /// In place of a node: there are fewer.
    const OPENS_NOTHING: u32 = Self::OF_PHRASE - 1;

    fn of(word: Word) -> Self {
        let opens = word.opens.unwrap_or(Self::OPENS_NOTHING);
        Self(opens | if word.of_phrase { Self::OF_PHRASE } else { 0 })
    }

    fn word(self) -> Word {
        let opens = self.0 & !Self::OF_PHRASE;
        Word {
            opens: (opens != Self::OPENS_NOTHING).then_some(opens),
            of_phrase: self.0 & Self::OF_PHRASE != 0,
        }
    }
}

/// The halves of a key: whole ones are padded in a table.
#[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
fn parts(key: Key) -> (u64, u64) {
    (key as u64, (key >> 64) as u64)
}

/// Words by their letters.
#[derive(Debug, Clone, Default)]
pub(super) struct Everyday {
    words: HashMap<(u64, u64), Packed, FxBuildHasher>,
    /// Words of listed phrases, of each phrase one, with what stands on either side of them there.
    phrases: PhraseWords,
}

/// Words by which listed phrases are noticed.
pub(super) type PhraseWords = HashMap<Key, Vec<Sides>, FxBuildHasher>;

/// The letters next to a word, beyond a space: the last of the word before it and the first of the one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) before: Side,
    pub(super) after: Side,
}

/// What stands on one side of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// No word.
    Nothing,
    /// A word, with this small letter.
    Letter(u8),
    /// What has to be folded to tell.
    Unclear,
}

impl Side {
    /// Whether a phrase that has `wanted` on this side may go on here.
    fn may_be(self, wanted: Self) -> bool {
        wanted == Self::Nothing || self == Self::Unclear || self == wanted
    }
}

impl Everyday {
    pub(super) fn new<'a>(
        words: impl Iterator<Item = &'a str> + Clone + Send,
        phrases: PhraseWords,
        holds_term: impl Fn(&str) -> bool + Sync,
        opens: impl Fn(&str) -> Option<NodeId>,
    ) -> Self {
        let mut known = HashMap::with_capacity_and_hasher(WORDS_MAX, FxBuildHasher);
        let half = words.clone().count() / 2;
        let (first, last) = (words.clone().take(half), words.skip(half));
        let mut insert = |word: &str| {
            if let Some(key) = key(word.as_bytes()) {
                let word = Word { opens: opens(word), of_phrase: phrases.contains_key(&key) };
                known.insert(parts(key), Packed::of(word));
            }
        };
        // Asking takes longest: about half of the words beside the others.
        std::thread::scope(|scope| {
            let asked = last.clone();
            let beside = scope.spawn(|| asked.map(&holds_term).collect::<Vec<bool>>());
            first.filter(|word| !holds_term(word)).for_each(&mut insert);
            match beside.join() {
                Ok(held) => last.zip(held).filter(|(_, held)| !held).for_each(|(word, _)| insert(word)),
                // A thread that could not be heard is asked again, and fails here.
                Err(_) => last.filter(|word| !holds_term(word)).for_each(&mut insert),
            }
        });
        Self { words: known, phrases }
    }

    #[inline]
    pub(super) fn get(&self, key: Key) -> Option<Word> {
        self.words.get(&parts(key)).map(|word| word.word())
    }

    /// Whether the word is the one by which a listed phrase is noticed.
    pub(super) fn is_of_phrase(&self, key: Key) -> bool {
        self.phrases.contains_key(&key)
    }

    /// Whether the word is the one by which a phrase is noticed that may stand between these `sides`.
    pub(super) fn may_be_of_phrase(&self, key: Key, sides: impl FnOnce() -> Sides) -> bool {
        self.phrases.get(&key).is_some_and(|phrases| {
            let here = sides();
            phrases.iter().any(|phrase| here.before.may_be(phrase.before) && here.after.may_be(phrase.after))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_wherever_a_word_stands() {
        for word in ["a", "ravi", "abcdefgh", "abcdefghi", "abcdefghijklmnop"] {
            let expected = key(word.as_bytes());
            for text in [
                word.to_owned(),
                format!("xx {word}"),
                format!("{} and more of the same", word.to_uppercase()),
            ] {
                let at = text.to_lowercase().find(word).expect("it is there");
                assert_eq!(Some(key_at(text.as_bytes(), at, word.len())), expected, "{text}");
            }
        }
    }
}
