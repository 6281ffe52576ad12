//! A first look that dismisses ordinary messages without folding them into cells.
//!
//! Most of what people write is words, spaces and the punctuation between them. Such a text can only hold a term in
//! its plain reading, and only where the automaton says so; everything else goes the whole way. The screen never
//! decides that something *is* a finding.

use super::compile::{Lexis, Trigger, collapse};
use super::plain::JOINED_LETTERS_MIN;
use crate::wordlist::Matching;

/// What a byte is to the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Capital,
    Digit,
    Space,
    /// Punctuation that ends or opens words: `. , ; : ! ? " ( )`.
    Edge,
    Apostrophe,
    /// Whatever may be a disguise.
    Strange,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Strange; 256];
    let mut at = 0;
    while at < 128 {
        #[expect(clippy::cast_possible_truncation, reason = "below 128")]
        let byte = at as u8;
        classes[at] = match byte {
            b'a'..=b'z' => Class::Letter,
            b'A'..=b'Z' => Class::Capital,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\n' | b'\r' | b'\t' => Class::Space,
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'"' | b'(' | b')' => Class::Edge,
            b'\'' => Class::Apostrophe,
            _ => Class::Strange,
        };
        at += 1;
    }
    classes
};

/// Where in a chunk the screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing of it yet, or only what opens a word.
    Opening,
    /// In its letters.
    Word,
    /// Behind its letters.
    Closing,
    /// In a number, which holds no letters.
    Number,
}

/// Whether `text` is ordinary and holds no term. One pass, and one of the automaton.
pub(super) fn dismisses(lexis: &Lexis, text: &str) -> bool {
    ordinary(text).is_some_and(|hay| nothing_stands_in(lexis, &hay))
}

/// The text in small letters with repeats collapsed, if it is words, spaces and punctuation and nothing else.
fn ordinary(text: &str) -> Option<Vec<u8>> {
    let mut hay = Vec::with_capacity(text.len());
    let mut place = Place::Opening;
    let (mut apostrophes, mut letters, mut capitals, mut lone) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut last = 0;
    for byte in text.bytes() {
        let class = CLASSES[usize::from(byte)];
        place = match (class, place) {
            (Class::Letter | Class::Capital, Place::Opening | Place::Word) => {
                letters += 1;
                // A capital after a small letter may begin a hump: `whatTheWord`.
                if class == Class::Capital {
                    capitals += 1;
                    if capitals < letters {
                        return None;
                    }
                }
                Place::Word
            }
            (Class::Apostrophe, _) => {
                apostrophes += 1;
                // Two of them may stand round a letter.
                if apostrophes > 1 {
                    return None;
                }
                place
            }
            (Class::Edge, Place::Word | Place::Closing) => Place::Closing,
            (Class::Edge, _) => place,
            (Class::Digit, Place::Opening | Place::Number) => Place::Number,
            (Class::Space, _) => {
                // Letters that stand one by one.
                lone = if letters == 1 {
                    lone + 1
                } else if letters == 0 {
                    lone
                } else {
                    0
                };
                if lone > 2 {
                    return None;
                }
                (apostrophes, letters, capitals) = (0, 0, 0);
                Place::Opening
            }
            (Class::Strange, _)
            | (Class::Letter | Class::Capital, Place::Closing | Place::Number)
            | (Class::Digit, Place::Word | Place::Closing) => return None,
        };
        let small = if class == Class::Space { b' ' } else { byte.to_ascii_lowercase() };
        if small != last || !(small.is_ascii_lowercase() || small == b' ') {
            hay.push(small);
        }
        last = small;
    }
    (lone < 2).then_some(hay)
}

/// Whether every match of the automaton stands where it cannot be a finding.
fn nothing_stands_in(lexis: &Lexis, hay: &[u8]) -> bool {
    lexis.automaton.find_overlapping_iter(hay).all(|at| {
        let before = at.start().checked_sub(1).map_or(b' ', |before| hay[before]);
        let begins = !before.is_ascii_lowercase();
        let rest = || hay[at.end()..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        lexis.triggers(at.pattern().as_usize()).iter().all(|trigger| match trigger {
            Trigger::Phrase | Trigger::Split => {
                let words =
                    || hay[at.start()..at.end() + rest()].iter().filter(|byte| byte.is_ascii_lowercase());
                !begins || !lexis.has_form(&collapse(&words().copied().collect::<Vec<_>>()))
            }
            Trigger::Word(entry) => {
                let listed = &lexis.entries[*entry as usize];
                let joins =
                    listed.ambiguous.is_none() && lexis.stems[*entry as usize].len() >= JOINED_LETTERS_MIN;
                let word = || lexis.has_form(&hay[at.start()..at.end() + rest()]);
                let decorated = before == b'x';
                !(listed.matching == Matching::Anywhere || joins || decorated || (begins && word()))
            }
        })
    })
}
