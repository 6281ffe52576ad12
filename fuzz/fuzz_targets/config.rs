//! A configuration is valid in all its parts, or refused with problems that name their places.
#![no_main]

use fuzzing::Fit;
use fuzzing::config::CONFIG;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (CONFIG.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
