//! What was read before: words and chunks that hold no term, and what words beyond the dictionary mean.
//!
//! It tells nothing that reading anew would not tell. A slot holds what came last. Its parts are written one after the
//! other and are mixed with one another, so that parts of two words, written by two threads at once, are read as neither.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use super::everyday::Key;
use super::fuzzy::{LetterCase, Reading};
use crate::normalise::Marks;

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Both halves of a key, and the two of them mixed.
#[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
fn halves(key: Key) -> (u64, u64, u64) {
    let (low, high) = (key as u64, (key >> 64) as u64);
    (low, high, (low ^ high.rotate_left(32)).wrapping_mul(ODD))
}

/// The slot of what was `mixed`, of a number that is a power of two.
fn place(mixed: u64, slots: usize) -> usize {
    usize::try_from(mixed >> (u64::BITS - slots.trailing_zeros())).unwrap_or_default()
}

/// How many words are remembered to hold no term.
const REMEMBERED_LEN: usize = 1 << 13;

/// Words beyond the everyday ones, and chunks that are more than a word, that were read and hold no term: the names and
/// terms of art of a group come again and again, and so do its links. It tells nothing that reading the word anew would
/// not tell; a slot holds one word, the latest.
///
/// What is too long for a key is known by a digest that nobody can foresee, so that no text can pass for another.
#[derive(Debug)]
pub(super) struct Remembered {
    slots: Box<[(AtomicU64, AtomicU64)]>,
    digests: [RandomState; 2],
}

impl Default for Remembered {
    fn default() -> Self {
        let empty = |_| (AtomicU64::new(0), AtomicU64::new(0));
        Self {
            slots: (0..REMEMBERED_LEN).map(empty).collect(),
            digests: [RandomState::new(), RandomState::new()],
        }
    }
}

impl Clone for Remembered {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Remembered {
    /// The slot of a word, and what stands in its halves if it is there.
    fn slot(&self, word: Key) -> (&(AtomicU64, AtomicU64), u64, u64) {
        let (low, high, mixed) = halves(word);
        (&self.slots[place(mixed, REMEMBERED_LEN)], low, high ^ mixed.rotate_left(17) ^ ODD)
    }

    /// What a text too long for a key is known by.
    pub(super) fn digest(&self, text: &str) -> Key {
        let [first, second] = &self.digests;
        Key::from(first.hash_one(text)) << 64 | Key::from(second.hash_one(text))
    }

    /// Whether a word is known to hold no term.
    #[inline]
    pub(super) fn has(&self, word: Key) -> bool {
        let (slot, first, second) = self.slot(word);
        slot.0.load(Ordering::Relaxed) == first && slot.1.load(Ordering::Relaxed) == second
    }

    /// Remembers that a word holds no term.
    pub(super) fn insert(&self, word: Key) {
        let (slot, first, second) = self.slot(word);
        slot.0.store(first, Ordering::Relaxed);
        slot.1.store(second, Ordering::Relaxed);
    }
}

/// How many readings are remembered.
const READINGS_LEN: usize = 1 << 11;

/// What words mean that no list and no dictionary has: looking for it takes long.
#[derive(Debug)]
pub(super) struct Readings {
    slots: Box<[[AtomicU64; 3]]>,
}

impl Default for Readings {
    fn default() -> Self {
        Self { slots: (0..READINGS_LEN).map(|_| [const { AtomicU64::new(0) }; 3]).collect() }
    }
}

impl Clone for Readings {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Readings {
    /// What a word in this case is remembered to mean: `None` if it is not remembered.
    pub(super) fn get(&self, word: Key, case: LetterCase) -> Option<Option<Reading>> {
        let (low, high, mixed) = halves(word);
        let slot = &self.slots[place(mixed, READINGS_LEN)];
        let [first, second, packed] = slot.each_ref().map(|part| part.load(Ordering::Relaxed));
        let same =
            first == low ^ packed.wrapping_mul(ODD) && second == high ^ (packed ^ mixed).wrapping_mul(ODD);
        (same && packed & 7 == case as u64 + 1).then(|| unpacked(packed))
    }

    /// Remembers what a word in this case means.
    pub(super) fn insert(&self, word: Key, case: LetterCase, reading: Option<Reading>) {
        let (low, high, mixed) = halves(word);
        let packed = packed(reading) | (case as u64 + 1);
        let slot = &self.slots[place(mixed, READINGS_LEN)];
        slot[0].store(low ^ packed.wrapping_mul(ODD), Ordering::Relaxed);
        slot[1].store(high ^ (packed ^ mixed).wrapping_mul(ODD), Ordering::Relaxed);
        slot[2].store(packed, Ordering::Relaxed);
    }
}

/// A reading in the upper bits of a number; the lowest three are left for the case.
fn packed(reading: Option<Reading>) -> u64 {
    reading.map_or(0, |Reading { entry, marks, certain }| {
        u64::from(entry) << 32 | u64::from(marks.bits()) << 16 | u64::from(certain) << 4 | 1 << 3
    })
}

#[expect(clippy::cast_possible_truncation, reason = "the parts are taken as they were put")]
fn unpacked(packed: u64) -> Option<Reading> {
    (packed & 1 << 3 != 0).then(|| Reading {
        entry: (packed >> 32) as u32,
        marks: Marks::from_bits((packed >> 16) as u16),
        certain: packed & 1 << 4 != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::super::everyday::key;
    use super::*;

    #[test]
    fn a_word_is_remembered_until_another_takes_its_slot() {
        let remembered = Remembered::default();
        let words = ["ravi", "ravioli", "cockfosters", "a", "abcdefghijklmnop", "abcdefghijklmnoq"];
        for word in words {
            let key = key(word.as_bytes()).expect("a short word");
            assert!(!remembered.has(key), "{word}");
            remembered.insert(key);
            assert!(remembered.has(key), "{word}");
        }
        assert!(!remembered.has(0));
    }

    #[test]
    fn a_reading_is_remembered_as_it_was() {
        let readings = Readings::default();
        let certain = Reading { entry: 70_000, marks: Marks::TYPO.with(Marks::REPEATS), certain: true };
        let unsure = Reading { entry: 0, marks: Marks::PHONETIC, certain: false };
        for (word, case, reading) in [
            ("fck", LetterCase::Lower, Some(certain)),
            ("abcdefghijklmnop", LetterCase::Mixed, Some(unsure)),
            ("ravioli", LetterCase::Capitals, None),
        ] {
            let key = key(word.as_bytes()).expect("a short word");
            assert_eq!(readings.get(key, case), None, "{word}");
            readings.insert(key, case, reading);
            assert_eq!(readings.get(key, case), Some(reading), "{word}");
            assert_eq!(readings.get(key, LetterCase::Capitalised), None, "{word}");
        }
    }
}
