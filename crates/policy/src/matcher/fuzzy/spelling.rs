//! What a listed spelling is of the word it means: the lists hold many misspellings, as words or as forms of one.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::index::LEN_MAX;
use super::typo::{Slip, slip};
use super::{AS_LISTED, sound, vowels};
use crate::matcher::inflection;
use crate::matcher::lexicon::{Words, words};
use crate::matcher::masked::usual_words;
use crate::normalise::Marks;
use crate::wordlist::Entry;

/// Terms that are misspellings of others themselves.
const MISSPELT: [&[u8]; 5] = [b"kunt", b"fuk", b"fcuk", b"phuck", b"bich"];
/// The shortest spelling that is told by the consonants that are heard.
const BONES_LEN_MIN: usize = 6;

/// How a spelling hides the word that is meant, if it does: `gobshyte` for gobshite, `fcuk`, `bstrd`.
///
pub(in crate::matcher) fn spelt(letters: &[u8], entry: &Entry) -> Marks {
    static USUAL: LazyLock<HashSet<Vec<u8>>> = LazyLock::new(|| usual_words().collect());
    static KNOWN: LazyLock<Words> = LazyLock::new(|| words(AS_LISTED));
    let stem = entry.term.as_bytes();
    let phrase = !stem.iter().all(u8::is_ascii_lowercase);
    if phrase || letters.len() > LEN_MAX || USUAL.contains(letters) || KNOWN.contains(stem) {
        return Marks::NONE;
    }
    let misspelt = MISSPELT.contains(&stem);
    let own = inflection::forms(&entry.term, entry.category);
    if !misspelt && own.iter().any(|form| form.as_bytes() == letters) {
        return Marks::NONE;
    }
    let own = own.iter().map(String::as_bytes).filter(|_| !misspelt);
    let meant: Vec<&[u8]> = own.chain(USUAL.iter().map(Vec::as_slice)).collect();
    let any = |is: &dyn Fn(&[u8]) -> bool| meant.iter().any(|meant| is(meant));
    let sounds = sound::key(letters);
    // Who drops the vowels drops them all, but one that a word begins with; one letter less is a slip.
    let bare = !letters.iter().skip(1).any(|letter| b"aeiou".contains(letter));
    let missing =
        |meant: &[u8]| bare && vowels::missing(letters, meant).is_some_and(|missing| missing.consonants == 0);
    if any(&missing) {
        Marks::VOWELS_DROPPED
    } else if any(&|meant| sound::key(meant).as_slice() == sounds.as_slice()) {
        Marks::PHONETIC
    } else if !misspelt && (letters.starts_with(stem) || stem.starts_with(letters)) {
        Marks::NONE
    } else if any(&|meant| slip(letters, meant).is_some_and(|slip| slip > Slip::Doubled)) {
        Marks::TYPO
    } else if letters.len() >= BONES_LEN_MIN
        && any(&|meant| meant.len() >= BONES_LEN_MIN && sound::key(meant).bones().eq(sounds.bones()))
    {
        Marks::PHONETIC
    } else {
        Marks::NONE
    }
}
