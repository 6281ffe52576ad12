//! Ambiguous words: the abusive and the innocent use of each, both of which must be judged rightly.

use serde::Deserialize;

use policy::matcher::Context;

use crate::support::{MATCHER, data, findings, is_flagged};

/// The fewest pairs of a hundred in which both sentences are judged rightly, of pairs that built the witnesses
/// and of pairs written after them.
const BUILT_MIN: usize = 97;
const FRESH_MIN: usize = 90;

#[derive(Deserialize)]
struct Table {
    pair: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    set: String,
    word: String,
    abusive: String,
    innocent: String,
}

/// The pairs of a set judged wrongly, with what was found, and how many pairs the set has.
fn wrong(set: &str) -> (Vec<String>, usize) {
    let table: Table = toml::from_str(&data("ambiguous.toml")).unwrap_or_else(|error| panic!("{error}"));
    let pairs: Vec<_> = table.pair.into_iter().filter(|pair| pair.set == set).collect();
    let tell = |text: &str| {
        let hits = MATCHER.explain(text, Context::default());
        let reasons = hits.iter().map(|hit| format!("{} {:?}", hit.finding.term, hit.explanation.reasons));
        reasons.collect::<Vec<_>>().join("; ")
    };
    let wrong = pairs.iter().filter_map(|pair| {
        let missed = !is_flagged(&findings(&pair.abusive));
        let hit = is_flagged(&findings(&pair.innocent));
        let mut words = Vec::new();
        if missed {
            words.push(format!("{}: missed {:?} ({})", pair.word, pair.abusive, tell(&pair.abusive)));
        }
        if hit {
            words.push(format!("{}: flagged {:?} ({})", pair.word, pair.innocent, tell(&pair.innocent)));
        }
        (missed || hit).then(|| words.join("\n"))
    });
    (wrong.collect(), pairs.len())
}

#[test]
fn both_senses_are_told_apart_in_pairs_that_built_the_witnesses() {
    let (wrong, all) = wrong("built");
    let right = all - wrong.len();
    assert!(right * 100 >= all * BUILT_MIN, "{right} of {all}\n{}", wrong.join("\n"));
}

#[test]
fn both_senses_are_told_apart_in_pairs_written_afterwards() {
    let (wrong, all) = wrong("fresh");
    let right = all - wrong.len();
    assert!(right * 100 >= all * FRESH_MIN, "{right} of {all}\n{}", wrong.join("\n"));
}
