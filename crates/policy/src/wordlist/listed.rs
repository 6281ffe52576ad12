//! Where spellings stand in lists: looked up by thousands when a list is taken in.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::{Entry, Wordlist, term_key};
use crate::normalise::fold;

/// What several lists hold, by spelling.
#[derive(Debug, Clone, Default)]
pub struct Listed<'l> {
    terms: HashMap<String, (&'l Wordlist, &'l Entry), FxBuildHasher>,
    allowed: HashMap<String, &'l Wordlist, FxBuildHasher>,
}

impl<'l> Listed<'l> {
    /// What these lists hold. Of what stands in two of them, the first counts.
    pub fn new(lists: impl IntoIterator<Item = &'l Wordlist>) -> Self {
        let mut listed = Self::default();
        for list in lists {
            for entry in &list.entries {
                for spelling in std::iter::once(&entry.term).chain(&entry.forms) {
                    listed.terms.entry(term_key(spelling)).or_insert((list, entry));
                }
            }
            for allow in &list.allow {
                listed.allowed.entry(fold(&allow.term).into_owned()).or_insert(list);
            }
        }
        listed
    }

    /// The entry that has this spelling, as a term or as a form, however it is written; and its list.
    pub fn term(&self, spelling: &str) -> Option<(&'l Wordlist, &'l Entry)> {
        self.terms.get(&term_key(spelling)).copied()
    }

    /// The list that has this word for innocent.
    pub fn allow(&self, word: &str) -> Option<&'l Wordlist> {
        self.allowed.get(&*fold(word)).copied()
    }
}
