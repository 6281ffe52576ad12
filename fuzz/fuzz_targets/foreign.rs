//! A list of another program is refused with problems that name their places, or read item by item, and written again.
#![no_main]

use fuzzing::Fit;
use fuzzing::filter::FOREIGN;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (FOREIGN.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
