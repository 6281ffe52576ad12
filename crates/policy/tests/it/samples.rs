//! Floors on the sample files: what must be found, and what must pass.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::support::{data, findings, is_flagged};

/// The ways of writing that are seen through, with how many of the six samples of each must be found.
const FLOORS: &[(&str, usize)] = &[
    ("accents", 6),
    ("bidi_control", 6),
    ("bracketed", 6),
    ("case_alternate", 6),
    ("celtic", 6),
    ("circled", 6),
    ("combining", 6),
    ("compound", 6),
    ("context_abusive", 14),
    ("emoji_insert", 6),
    ("emoji_letter", 6),
    ("emoji_name", 6),
    ("fullwidth", 6),
    ("hashtag_camel", 6),
    ("homoglyph_cyrillic", 6),
    ("homoglyph_greek", 6),
    ("homoglyph_other", 6),
    ("html_split", 6),
    ("inflection", 6),
    ("leet_digit", 6),
    ("leet_heavy", 6),
    ("leet_symbol", 6),
    ("letter_dropped", 6),
    ("markdown_split", 6),
    ("mask_grawlix", 5),
    ("mask_heavy", 6),
    ("mask_star", 6),
    ("math_alnum", 6),
    ("mixed", 5),
    ("newline_letters", 6),
    ("phonetic", 6),
    ("plain", 6),
    ("regional_indicator", 6),
    ("repeat", 6),
    ("sep_dash", 6),
    ("sep_dot", 6),
    ("sep_other", 6),
    ("small_caps", 6),
    ("soft_hyphen", 6),
    ("space_all", 6),
    ("space_split", 6),
    ("spoiler_split", 6),
    ("superscript", 6),
    ("transposition", 6),
    ("typo_adjacent", 6),
    ("upside_down", 6),
    ("url_embedded", 6),
    ("username", 6),
    ("vowel_drop", 6),
    ("word_join", 6),
    ("zalgo", 6),
    ("zero_width", 6),
];

#[derive(Deserialize)]
struct Sample {
    text: String,
    family: String,
}

fn samples(file: &str) -> Vec<Sample> {
    data(file).lines().map(|line| serde_json::from_str(line).expect("a sample")).collect()
}

#[test]
fn every_way_of_writing_reaches_its_floor() {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut missed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for sample in samples("positive.jsonl") {
        if is_flagged(&findings(&sample.text)) {
            *found.entry(sample.family).or_default() += 1;
        } else {
            missed.entry(sample.family).or_default().push(sample.text);
        }
    }
    let named = |family: &String| FLOORS.iter().any(|(listed, _)| listed == family);
    assert!(found.keys().chain(missed.keys()).all(named), "a family without a floor");
    for (family, floor) in FLOORS {
        let count = found.get(*family).copied().unwrap_or(0);
        assert!(count >= *floor, "{family}: {count} of {floor}; missed {:?}", missed.get(*family));
    }
}

#[test]
fn no_innocent_sample_is_flagged() {
    for sample in samples("negative.jsonl") {
        let found = findings(&sample.text);
        assert!(!is_flagged(&found), "{}: {:?} {found:?}", sample.family, sample.text);
    }
}

#[test]
fn no_notorious_place_is_flagged() {
    for place in data("uk_places_hard.txt").lines() {
        for text in [place.to_owned(), format!("Greetings from {place}!"), format!("Anyone near {place}?")] {
            let found = findings(&text);
            assert!(!is_flagged(&found), "{text:?} {found:?}");
        }
    }
}

#[test]
fn graded_words_by_themselves_are_judged_as_expected() {
    for line in data("ofcom_graded.jsonl").lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row");
        let word = row["word"].as_str().expect("a word");
        let expect = row["expect"].as_str().expect("what is expected");
        let found = findings(word);
        assert_eq!(is_flagged(&found), expect == "flag", "{word}: {expect}, {found:?}");
    }
}
