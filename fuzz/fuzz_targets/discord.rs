//! Whatever a frame of the gateway tells, only what came with it is named.
#![no_main]

use fuzzing::Fit;
use fuzzing::discord::DISCORD;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match (DISCORD.run)(bytes) {
        Fit::Read => Corpus::Keep,
        Fit::Unfit => Corpus::Reject,
    }
});
