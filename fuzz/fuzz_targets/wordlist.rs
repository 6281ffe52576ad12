//! A list is refused with problems that name their places, or read; what was read compiles or is refused.
#![no_main]

use fuzzing::Fit;
use fuzzing::filter::WORDLIST;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (WORDLIST.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
