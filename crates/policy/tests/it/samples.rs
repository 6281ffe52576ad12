//! Floors on the sample files: what must be found, and what must pass.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::support::{data, findings, is_flagged};

#[derive(Deserialize)]
struct Sample {
    text: String,
    family: String,
    #[serde(default)]
    base: String,
}

fn samples(file: &str) -> Vec<Sample> {
    data(file).lines().map(|line| serde_json::from_str(line).expect("a sample")).collect()
}

#[test]
fn report() {
    let mut table: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for sample in samples("positive.jsonl") {
        let row = table.entry(sample.family.clone()).or_default();
        row.1 += 1;
        let found = findings(&sample.text);
        if is_flagged(&found) {
            row.0 += 1;
        } else {
            println!("MISS {:18} {:12} {:?}", sample.family, sample.base, sample.text);
        }
    }
    println!("{table:?}");
    for sample in samples("negative.jsonl") {
        let found = findings(&sample.text);
        if is_flagged(&found) {
            println!("FP {:18} {:?} {:?}", sample.family, sample.text, found);
        }
    }
    for place in data("uk_places_hard.txt").lines() {
        for text in [place.to_owned(), format!("Greetings from {place}"), format!("anyone near {}?", place.to_lowercase())] {
            let found = findings(&text);
            if is_flagged(&found) {
                println!("PLACE {text} {found:?}");
            }
        }
    }
    for line in data("ofcom_graded.jsonl").lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row");
        let word = row["word"].as_str().expect("a word");
        let found = findings(word);
        let expect = row["expect"].as_str().expect("expect");
        if is_flagged(&found) != (expect == "flag") {
            println!("OFCOM {expect} {word} {found:?}");
        }
    }
}
