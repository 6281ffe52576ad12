//! The disguises undone at a place, as a small set.

use crate::finding::Disguise;

/// A set of disguises, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Marks(u16);

impl Marks {
    /// The set as a number.
    pub(crate) fn bits(self) -> u16 {
        self.0
    }

    /// The set that has these [`Self::bits`].
    pub(crate) fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// No disguise.
    pub const NONE: Self = Self(0);
    /// See [`Disguise::Repeats`].
    pub const REPEATS: Self = Self(1);
    /// See [`Disguise::Markup`].
    pub const MARKUP: Self = Self(1 << 1);
    /// See [`Disguise::Accents`].
    pub const ACCENTS: Self = Self(1 << 2);
    /// See [`Disguise::Invisible`].
    pub const INVISIBLE: Self = Self(1 << 3);
    /// See [`Disguise::Styled`].
    pub const STYLED: Self = Self(1 << 4);
    /// See [`Disguise::LookAlike`].
    pub const LOOK_ALIKE: Self = Self(1 << 5);
    /// See [`Disguise::Leet`].
    pub const LEET: Self = Self(1 << 6);
    /// See [`Disguise::Separated`].
    pub const SEPARATED: Self = Self(1 << 7);
    /// See [`Disguise::Mask`].
    pub const MASK: Self = Self(1 << 8);
    /// See [`Disguise::Joined`].
    pub const JOINED: Self = Self(1 << 9);
    /// See [`Disguise::Turned`].
    pub const TURNED: Self = Self(1 << 10);
    /// See [`Disguise::VowelsDropped`].
    pub const VOWELS_DROPPED: Self = Self(1 << 11);
    /// See [`Disguise::Phonetic`].
    pub const PHONETIC: Self = Self(1 << 12);
    /// See [`Disguise::Typo`].
    pub const TYPO: Self = Self(1 << 13);

    /// The bits with their disguises; the one that hides most of what is seen comes first. A spelling of its own is
    /// named where nothing else hides the letters.
    const BY_WEIGHT: [(Self, Disguise); 14] = [
        (Self::MASK, Disguise::Mask),
        (Self::TURNED, Disguise::Turned),
        (Self::SEPARATED, Disguise::Separated),
        (Self::LEET, Disguise::Leet),
        (Self::LOOK_ALIKE, Disguise::LookAlike),
        (Self::STYLED, Disguise::Styled),
        (Self::INVISIBLE, Disguise::Invisible),
        (Self::ACCENTS, Disguise::Accents),
        (Self::MARKUP, Disguise::Markup),
        (Self::TYPO, Disguise::Typo),
        (Self::PHONETIC, Disguise::Phonetic),
        (Self::VOWELS_DROPPED, Disguise::VowelsDropped),
        (Self::REPEATS, Disguise::Repeats),
        (Self::JOINED, Disguise::Joined),
    ];

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in the set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The disguise that hides most.
    pub fn heaviest(self) -> Disguise {
        Self::BY_WEIGHT
            .iter()
            .find(|(bit, _)| self.has(*bit))
            .map_or(Disguise::None, |(_, disguise)| *disguise)
    }

    /// Every disguise of the set, the one that hides most first.
    pub fn disguises(self) -> impl Iterator<Item = Disguise> {
        Self::BY_WEIGHT.into_iter().filter(move |(bit, _)| self.has(*bit)).map(|(_, disguise)| disguise)
    }
}
