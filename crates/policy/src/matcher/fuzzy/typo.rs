//! Slips of the finger: two letters swapped, the key beside, one letter left out.

use super::index::{Index, hashes_without_one};

/// A slip, the stronger evidence last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slip {
    /// A letter typed twice: an innocent slip only, for listed words with repeats are read elsewhere.
    Doubled,
    /// A letter is missing.
    Dropped,
    /// The key beside, in place of a letter or with it.
    Beside,
    /// Two neighbours changed places.
    Swapped,
}

impl Slip {
    /// How much it explains: fingers that swap two letters leave all of the word.
    pub(super) fn weight(self) -> u8 {
        match self {
            Self::Doubled | Self::Dropped | Self::Beside => 1,
            Self::Swapped => 2,
        }
    }
}

/// The rows of a British keyboard; each is half a key to the right of the one above.
const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// For each letter the letters beside it, as bits.
const NEIGHBOURS: [u32; 26] = neighbours();

const fn neighbours() -> [u32; 26] {
    let mut beside = [0; 26];
    let mut row = 0;
    while row < 3 {
        let mut at = 0;
        while at < ROWS[row].len() {
            let letter = (ROWS[row][at] - b'a') as usize;
            if at + 1 < ROWS[row].len() {
                let right = (ROWS[row][at + 1] - b'a') as usize;
                beside[letter] |= 1 << right;
                beside[right] |= 1 << letter;
            }
            // Below stand the key at the same place and the one before it.
            let mut below = at.saturating_sub(1);
            while row + 1 < 3 && below <= at && below < ROWS[row + 1].len() {
                let under = (ROWS[row + 1][below] - b'a') as usize;
                beside[letter] |= 1 << under;
                beside[under] |= 1 << letter;
                below += 1;
            }
            at += 1;
        }
        row += 1;
    }
    beside
}

/// Whether two letters are neighbours on the keyboard.
pub(super) fn is_beside(a: u8, b: u8) -> bool {
    let place = |letter: u8| usize::from(letter.wrapping_sub(b'a'));
    NEIGHBOURS.get(place(a)).is_some_and(|bits| place(b) < 26 && bits & (1 << place(b)) != 0)
}

/// The slip that makes `word` of `meant`, if it is one slip.
pub(super) fn slip(word: &[u8], meant: &[u8]) -> Option<Slip> {
    let same = word.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (left, right) = (&word[same..], &meant[same..]);
    match word.len() as isize - meant.len() as isize {
        0 => match (left, right) {
            ([a, b, left @ ..], [c, d, right @ ..]) if a == d && b == c && left == right => {
                Some(Slip::Swapped)
            }
            ([a, left @ ..], [b, right @ ..]) if left == right && is_beside(*a, *b) => Some(Slip::Beside),
            _ => None,
        },
        -1 => (left == &right[1..]).then_some(Slip::Dropped),
        1 if &left[1..] == right => {
            let extra = left[0];
            let before = same.checked_sub(1).map(|at| word[at]);
            let around = [before, right.first().copied()].into_iter().flatten();
            let mut around = around.filter(|letter| *letter == extra || is_beside(extra, *letter));
            let doubled = before == Some(extra);
            around.next().map(|_| if doubled { Slip::Doubled } else { Slip::Beside })
        }
        _ => None,
    }
}

/// The keys under which a form is found by any word one slip away.
pub(super) fn keys(form: &[u8]) -> impl Iterator<Item = u64> {
    hashes_without_one(form)
}

/// The forms one slip away from a word, some of them more than once, and others.
pub(super) fn near(index: &Index, word: &[u8]) -> impl Iterator<Item = u32> {
    keys(word).flat_map(|key| index.get(key))
}
