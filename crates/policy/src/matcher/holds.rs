//! Whether a word by itself holds a term: one pass of the automaton tells for most.

use super::compile::{Lexis, Trigger};
use super::everyday::WORD_LEN_MAX;
use super::joined::TERM_LEN_MIN;
use super::plain;
use crate::normalise::Folded;
use crate::wordlist::Matching;

impl Lexis {
    /// Whether a match of the automaton in a word, `collapsed`, stands where it may be a finding. `written` is the word
    /// with its capitals.
    pub(super) fn may_hold_term(&self, collapsed: &[u8], written: &[u8]) -> bool {
        let humps =
            || written.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
        self.automaton.find_overlapping_iter(collapsed).any(|at| {
            let begins = at.start() == 0;
            self.triggers(at.pattern().as_usize()).iter().any(|trigger| match trigger {
                Trigger::Phrase => false,
                Trigger::Word(entry) => {
                    let listed = &self.entries[*entry as usize];
                    let joins =
                        listed.ambiguous.is_none() && self.stems[*entry as usize].len() >= TERM_LEN_MIN;
                    listed.matching == Matching::Anywhere
                        || joins
                        || (!begins && collapsed[at.start() - 1] == b'x')
                        || (begins && self.has_form(collapsed))
                        || humps()
                }
            })
        })
    }

    /// Whether the plain reading finds a term in a word by itself.
    pub(super) fn holds_term(&self, word: &str) -> bool {
        let mut collapsed = [0; 2 * WORD_LEN_MAX];
        let mut len = 0;
        for letter in word.bytes().map(|letter| letter.to_ascii_lowercase()) {
            if len == 0 || collapsed[len - 1] != letter {
                let Some(place) = collapsed.get_mut(len) else { return true };
                *place = letter;
                len += 1;
            }
        }
        if !self.may_hold_term(&collapsed[..len], word.as_bytes()) {
            return false;
        }
        let mut found = Vec::new();
        plain::find(self, &Folded::new(word).cells, &mut 0, &mut found);
        !found.is_empty()
    }
}
