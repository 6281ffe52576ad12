//! What is found is what reading everything in every way accepts: the quick look dismisses no finding.
#![no_main]

use beadle_fuzz::MATCHER;
use libfuzzer_sys::{Corpus, fuzz_target};
use policy::matcher::Context;

/// A text up to here is read in one window, so that the two ways of reading it see the same.
const SAME_LEN_MAX: usize = 200;

fuzz_target!(|text: &str| -> Corpus {
    if text.len() > SAME_LEN_MAX {
        return Corpus::Reject;
    }
    let found = MATCHER.find(text, Context::default());
    let mut read = MATCHER.explain(text, Context::default());
    read.retain(|hit| hit.explanation.accepted);
    assert_eq!(found, read, "{text:?}");
    Corpus::Keep
});
