//! Chance that is the same every time: splitmix64, after Steele, Lea and Flood.

/// A source of numbers that look random and depend on the seed only.
#[derive(Debug, Clone)]
pub struct Chance(u64);

/// What has a word by which it is put in order.
pub(crate) trait Keyed {
    /// The word.
    fn key(&self) -> &str;
}

impl Keyed for &str {
    fn key(&self) -> &str {
        self
    }
}

impl Keyed for String {
    fn key(&self) -> &str {
        self
    }
}

impl<T> Keyed for (&str, T) {
    fn key(&self) -> &str {
        self.0
    }
}

/// FNV-1a, mixed once more, because its high bits say little about short words.
fn hash(word: &str) -> u64 {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Chance(hash).next()
}

/// A pool in the order that [`Chance::draw`] needs.
pub(crate) fn shuffled<T: Keyed>(mut pool: Vec<T>) -> Vec<T> {
    pool.sort_by_cached_key(|one| hash(one.key()));
    pool
}

impl Chance {
    /// A source for `seed` and a name, so that what one name draws never disturbs another.
    pub fn new(seed: u64, name: &str) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ hash(name))
    }

    /// The source for the `nth` text: what one text draws never disturbs the next.
    pub fn nth(&self, nth: usize) -> Self {
        let mut chance = self.clone();
        chance.0 ^= (nth as u64).wrapping_mul(0xd134_2543_de82_ef95);
        chance.next();
        chance
    }

    /// One of a pool that [`shuffled`] has put in order. A word more or less in it changes few draws, so that a change
    /// of the lists leaves most texts as they are.
    ///
    /// # Panics
    /// When the pool is empty.
    pub(crate) fn draw<'p, T: Keyed>(&mut self, pool: &'p [T]) -> &'p T {
        let point = self.next();
        let at = pool.partition_point(|one| hash(one.key()) < point);
        pool.get(at).unwrap_or(&pool[0])
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in about `percent` of a hundred cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<'a, T: ?Sized + 'a>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// One character of `choices`.
    pub(crate) fn letter(&mut self, choices: &str) -> char {
        let at = self.below(choices.chars().count());
        choices.chars().nth(at).unwrap_or('x')
    }

    /// `count` different numbers below `end`, in order; fewer when there are fewer.
    pub(crate) fn places(&mut self, count: usize, end: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..end).collect();
        while all.len() > count {
            all.swap_remove(self.below(all.len()));
        }
        all.sort_unstable();
        all
    }
}
