//! A British dictionary: the witness that a word is an ordinary one.
//!
//! Half a million words and names from SCOWL and the places of Britain and Ireland from GeoNames (see
//! `wordlists/dictionary/README.md`), packed when the crate is built into an automaton that is read where it lies: it
//! costs nothing to load. Words that are listed terms stand in it too; whoever asks has looked for those first.

use std::sync::LazyLock;

use fst::{Map, Streamer};

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/british.fst"));
static EVERYDAY: &str = include_str!("../../../wordlists/dictionary/everyday.txt");
static OFFENSIVE: &str = include_str!("../../../wordlists/dictionary/offensive.txt");

/// Words with how common they are.
#[derive(Debug)]
pub struct Dictionary {
    words: Map<&'static [u8]>,
}

/// A place in the dictionary: the letters that led there are the beginning of some word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    node: usize,
    bits: u64,
}

/// How well known a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing(u8);

impl Standing {
    const EVERYDAY: u8 = 1;
    const COMMON: u8 = 1 << 1;
    const RARE: u8 = 1 << 2;
    const NAME: u8 = 1 << 3;
    const PLACE: u8 = 1 << 4;
    const OFFENSIVE: u8 = 1 << 5;

    /// Whether it was read and found to be a term of abuse or an oath, so that it vouches for nothing.
    pub fn is_offensive(self) -> bool {
        self.0 & Self::OFFENSIVE != 0
    }

    /// Whether everybody knows it.
    pub fn is_everyday(self) -> bool {
        self.0 & Self::EVERYDAY != 0
    }

    /// Whether it is in an ordinary dictionary: everyday words are.
    pub fn is_common(self) -> bool {
        self.0 & (Self::EVERYDAY | Self::COMMON) != 0
    }

    /// Whether it is a word at all, and not only a name.
    pub fn is_word(self) -> bool {
        self.0 & (Self::EVERYDAY | Self::COMMON | Self::RARE) != 0
    }

    /// Whether people or places are named so.
    pub fn is_name(self) -> bool {
        self.0 & (Self::NAME | Self::PLACE) != 0
    }

    /// Whether a place in Britain or Ireland is named so, or is told from others by this word of its name.
    pub fn is_place(self) -> bool {
        self.0 & Self::PLACE != 0
    }
}

impl Dictionary {
    /// The dictionary in the program.
    pub fn british() -> &'static Self {
        static BRITISH: LazyLock<Dictionary> = LazyLock::new(|| {
            let words = Map::new(PACKED).expect("what build.rs packed");
            Dictionary { words }
        });
        &BRITISH
    }

    /// What is known of a word: small ASCII letters, no apostrophes. Places have spaces where their names do.
    pub fn standing(&self, word: impl AsRef<[u8]>) -> Option<Standing> {
        self.words.get(word).and_then(|bits| u8::try_from(bits).ok()).map(Standing)
    }

    /// Where every word begins.
    pub fn root(&self) -> Place {
        Place { node: self.words.as_fst().root().addr(), bits: 0 }
    }

    /// The way on from a place by one letter.
    pub fn step(&self, place: Place, letter: u8) -> Option<Place> {
        let node = self.words.as_fst().node(place.node);
        let transition = node.transition(node.find_input(letter)?);
        Some(Place { node: transition.addr, bits: place.bits + transition.out.value() })
    }

    /// What is known of the word that ends at a place.
    pub fn standing_at(&self, place: Place) -> Option<Standing> {
        let node = self.words.as_fst().node(place.node);
        let bits = place.bits + node.is_final().then(|| node.final_output().value())?;
        u8::try_from(bits).ok().map(Standing)
    }

    /// The words with which `letters` begin, by their length, the shortest first.
    pub fn prefixes<'a>(&'a self, letters: &'a [u8]) -> impl Iterator<Item = (usize, Standing)> + 'a {
        let fst = self.words.as_fst();
        let mut node = Some(fst.root());
        let mut bits = fst::raw::Output::zero();
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < letters.len() {
                let from = node?;
                let transition = from.transition(from.find_input(letters[at])?);
                bits = bits.cat(transition.out);
                let next = fst.node(transition.addr);
                node = Some(next);
                at += 1;
                if next.is_final() {
                    let bits = u8::try_from(bits.cat(next.final_output()).value()).unwrap_or_default();
                    return Some((at, Standing(bits)));
                }
            }
            None
        })
    }

    /// Every everyday word, in alphabetical order.
    pub fn everyday(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        EVERYDAY.lines()
    }

    /// Shows every word and name, in alphabetical order.
    pub fn each(&self, mut show: impl FnMut(&str, Standing)) {
        let mut words = self.words.stream();
        while let Some((word, bits)) = words.next() {
            if let (Ok(word), Ok(bits)) = (std::str::from_utf8(word), u8::try_from(bits)) {
                show(word, Standing(bits));
            }
        }
    }

    /// The words of it that were read and found to be terms of abuse or oaths: no list need leave them alone.
    pub fn offensive(&self) -> impl Iterator<Item = &'static str> {
        OFFENSIVE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    }
}
