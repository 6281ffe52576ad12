//! A list is refused with problems or read; what was read compiles or is refused, and finds without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::matcher::Context;
use policy::{Matcher, Wordlist};

fuzz_target!(|text: &str| {
    match Wordlist::parse("any.toml", text) {
        Err(problems) => assert!(!problems.is_empty()),
        Ok(list) => {
            if let Ok(matcher) = Matcher::new(std::slice::from_ref(&list)) {
                for entry in &list.entries {
                    let _hits = matcher.find(&entry.term, Context { directed: true });
                }
            }
        }
    }
});
