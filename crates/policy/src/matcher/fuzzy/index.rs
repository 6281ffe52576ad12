//! A compact map from hashes of letters to numbers: most questions are answered by one bit.

/// The odd multiplier of the rolling hash.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The longest word that is read, in letters: words are no longer in earnest.
pub(super) const LEN_MAX: usize = 40;

/// The powers of `BASE`.
const POWERS: [u64; LEN_MAX + 1] = {
    let mut powers = [1_u64; LEN_MAX + 1];
    let mut at = 1;
    while at <= LEN_MAX {
        powers[at] = powers[at - 1].wrapping_mul(BASE);
        at += 1;
    }
    powers
};

/// How many bits of the filter there are for each pair: one question in sixteen passes by chance, or fewer.
const FILTER_SPREAD: usize = 16;

/// The hash of some letters.
pub(super) fn hash(letters: &[u8]) -> u64 {
    letters.iter().fold(0, |hash, letter| push(hash, *letter))
}

fn push(hash: u64, letter: u8) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(letter))
}

/// The hash of a word of at most `LEN_MAX` letters, then that of the word without each of its letters, the last
/// letter first; each takes one step.
pub(super) fn hashes_without_one(word: &[u8]) -> impl Iterator<Item = u64> {
    let len = word.len().min(LEN_MAX);
    let mut before = [0; LEN_MAX + 1];
    for at in 0..len {
        before[at + 1] = push(before[at], word[at]);
    }
    let whole = before[len];
    let mut after = 0_u64;
    let without = (0..len).rev().map(move |at| {
        let power = POWERS[len - 1 - at];
        let hash = before[at].wrapping_mul(power).wrapping_add(after);
        after = u64::from(word[at]).wrapping_mul(power).wrapping_add(after);
        hash
    });
    std::iter::once(whole).chain(without)
}

/// Numbers by hash. Two keys may share a hash: who asks verifies.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// One bit for each hash that is there, and some by chance.
    filter: Box<[u64]>,
    /// Where each bucket of `pairs` begins, by the first bits of the mixed hash; and the end.
    starts: Box<[u32]>,
    /// The last half of the mixed hash, then the number.
    pairs: Box<[(u32, u32)]>,
}

/// The low bits of a product depend on few letters; of this, all bits depend on all.
fn mix(hash: u64) -> u64 {
    (hash ^ (hash >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// The number in some bits of a mixed hash, as a place.
fn bits(mixed: u64, shift: u32) -> usize {
    usize::try_from(mixed >> shift).unwrap_or(0)
}

fn tag(mixed: u64) -> u32 {
    u32::try_from(mixed & u64::from(u32::MAX)).unwrap_or(0)
}

impl Index {
    pub(super) fn new(pairs: impl Iterator<Item = (u64, u32)>) -> Self {
        let pairs: Vec<_> = pairs.map(|(hash, number)| (mix(hash), number)).collect();
        let count = pairs.len();
        let buckets = (count.next_power_of_two() / 2).max(2);
        let mut filter = vec![0; (count * FILTER_SPREAD).next_power_of_two().max(64) / 64];
        let (words, shift) = (filter.len(), 64 - buckets.trailing_zeros());
        let mut starts = vec![0_u32; buckets + 1];
        for (mixed, _) in &pairs {
            filter[word(*mixed, words)] |= bit(*mixed);
            starts[bits(*mixed, shift) + 1] += 1;
        }
        for bucket in 0..buckets {
            starts[bucket + 1] += starts[bucket];
        }
        let mut next = starts.clone();
        let mut sorted = vec![(0, 0); count];
        for (mixed, number) in pairs {
            let place = &mut next[bits(mixed, shift)];
            sorted[*place as usize] = (tag(mixed), number);
            *place += 1;
        }
        Self { filter: filter.into(), starts: starts.into(), pairs: sorted.into() }
    }

    pub(super) fn get(&self, hash: u64) -> impl Iterator<Item = u32> {
        let mixed = mix(hash);
        let known =
            self.filter.get(word(mixed, self.filter.len())).is_some_and(|bits| bits & bit(mixed) != 0);
        let pairs = if known { self.bucket(mixed) } else { &[] };
        let tag = tag(mixed);
        pairs.iter().filter(move |(other, _)| *other == tag).map(|(_, number)| *number)
    }

    fn bucket(&self, mixed: u64) -> &[(u32, u32)] {
        let buckets = self.starts.len() - 1;
        let bucket = bits(mixed, 64 - buckets.trailing_zeros());
        &self.pairs[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }
}

/// The word of a filter for a hash; there is a power of two of them.
fn word(mixed: u64, words: usize) -> usize {
    bits(mixed, 16) & words.wrapping_sub(1)
}

/// The bit in that word.
fn bit(mixed: u64) -> u64 {
    1 << (mixed & 63)
}
