//! A line is one of the commands there are, or what is wrong with it is told.
#![no_main]

use fuzzing::Fit;
use fuzzing::commands::COMMAND;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (COMMAND.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
