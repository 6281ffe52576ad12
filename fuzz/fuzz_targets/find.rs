//! Findings stand on character boundaries and in order, and cost a bounded number of steps a byte.
#![no_main]

use beadle_fuzz::MATCHER;
use libfuzzer_sys::{Corpus, fuzz_target};
use policy::matcher::{Context, FINDINGS_MAX};

/// The steps a byte may cost, as in `crates/policy/tests/it/work.rs`; short texts have their margins on top.
const STEPS_MAX: u64 = 64;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((first, rest)) = bytes.split_first() else { return Corpus::Reject };
    let Ok(text) = std::str::from_utf8(rest) else { return Corpus::Reject };
    let context = Context { directed: first & 1 == 1 };
    let found = MATCHER.find(text, context);
    assert!(found.len() <= FINDINGS_MAX);
    let mut end = 0;
    for hit in &found {
        let span = hit.finding.span.clone();
        assert!(text.get(span.clone()).is_some_and(|covered| !covered.is_empty()), "{hit:?}");
        assert!(span.start >= end, "{found:?}");
        assert!(hit.explanation.accepted, "{hit:?}");
        end = span.end;
    }
    let steps = MATCHER.steps(text);
    assert!(steps <= STEPS_MAX * text.len() as u64 + 1_000, "{steps} steps for {} bytes", text.len());
    Corpus::Keep
});
