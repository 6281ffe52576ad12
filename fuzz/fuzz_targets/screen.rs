//! What is found is what reading everything in every way accepts: the quick look dismisses no finding.
#![no_main]

use fuzzing::Fit;
use fuzzing::filter::SCREEN;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (SCREEN.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
