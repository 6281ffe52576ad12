//! Findings stand on character boundaries and in order, and cost a bounded number of steps a byte.
#![no_main]

use fuzzing::Fit;
use fuzzing::filter::FIND;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (FIND.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
