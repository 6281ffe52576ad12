//! Folding twice changes nothing.
#![no_main]

use fuzzing::Fit;
use fuzzing::filter::FOLD;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (FOLD.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
