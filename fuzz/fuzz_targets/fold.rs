//! Folding twice changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::normalise::fold;

fuzz_target!(|text: &str| {
    let once = fold(text).into_owned();
    assert_eq!(fold(&once), once.as_str());
});
