//! Whatever an event says, it becomes bounded posts of its sender's.
#![no_main]

use fuzzing::Fit;
use fuzzing::matrix::MATRIX;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (MATRIX.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
