//! Everyday words as rivals: they may explain a word as well as a listed one does.

use std::sync::LazyLock;

use super::index::{self, Index, LEN_MAX};
use super::{sound, vowels};
use crate::dictionary::Dictionary;

/// Everyday words by what they have in common with others. Made when first needed.
pub(super) struct Rivals {
    /// Shorter ones first.
    words: Vec<&'static str>,
    /// Of each the set of its letters.
    sets: Vec<u32>,
    skeletons: Index,
    sounds: Index,
}

impl Rivals {
    pub(super) fn get() -> &'static Self {
        static RIVALS: LazyLock<Rivals> = LazyLock::new(|| {
            let mut words: Vec<_> = Dictionary::british().everyday().collect();
            words.sort_by_key(|word| word.len());
            let sets = words.iter().map(|word| letters(word.as_bytes())).collect();
            let by = |key: fn(&[u8]) -> u64| {
                Index::new((0..).zip(&words).map(|(at, word)| (key(word.as_bytes()), at)))
            };
            let skeletons = by(vowels::skeleton);
            let sounds = by(|word| index::hash(sound::key(word).as_slice()));
            Rivals { words, sets, skeletons, sounds }
        });
        &RIVALS
    }

    /// The words with these consonants.
    pub(super) fn with_skeleton(&self, key: u64) -> impl Iterator<Item = &'static str> {
        self.skeletons.get(key).map(|at| self.words[at as usize])
    }

    /// The words with this sound.
    pub(super) fn with_sound(&self, key: u64) -> impl Iterator<Item = &'static str> {
        self.sounds.get(key).map(|at| self.words[at as usize])
    }

    /// The words at most two slips away.
    pub(super) fn around(&self, form: &[u8]) -> impl Iterator<Item = &'static str> {
        let set = letters(form);
        let from = self.words.partition_point(|word| word.len() + 2 < form.len());
        let to = self.words.partition_point(|word| word.len() <= form.len() + 2);
        let near = (from..to).filter(move |at| {
            // A slip changes the set by two letters, by one if it changes the length.
            let longer = self.words[*at].len().abs_diff(form.len());
            (set ^ self.sets[*at]).count_ones() as usize + longer <= 4
        });
        near.map(|at| self.words[at]).filter(move |word| distance(form, word.as_bytes(), 2) <= 2)
    }
}

/// The letters of a word, as bits.
fn letters(word: &[u8]) -> u32 {
    word.iter().fold(0, |set, letter| set | 1 << (letter.wrapping_sub(b'a') & 31))
}

/// How many letters are put in, left out, changed or swapped with their neighbours; whatever is more than `most`
/// is told as one more.
pub(super) fn distance(a: &[u8], b: &[u8], most: usize) -> usize {
    if a.len().abs_diff(b.len()) > most || a.len() > LEN_MAX || b.len() > LEN_MAX {
        return most + 1;
    }
    let first: [usize; LEN_MAX + 1] = std::array::from_fn(|at| at);
    let (mut before, mut last, mut row) = ([0; LEN_MAX + 1], first, [0; LEN_MAX + 1]);
    for (i, x) in a.iter().enumerate() {
        // Beyond the diagonals that lie `most` to either side no way is short enough.
        let from = i.saturating_sub(most);
        let to = (i + most + 1).min(b.len());
        row[from] = if from == 0 { i + 1 } else { most + 1 };
        let mut least = row[from];
        for j in from..to {
            let y = b[j];
            let mut steps = (last[j] + usize::from(*x != y)).min(row[j] + 1);
            if j < i + most {
                steps = steps.min(last[j + 1] + 1);
            }
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == y {
                steps = steps.min(before[j - 1] + 1);
            }
            row[j + 1] = steps;
            least = least.min(steps);
        }
        if least > most {
            return most + 1;
        }
        (before, last, row) = (last, row, before);
    }
    last[b.len()].min(most + 1)
}
