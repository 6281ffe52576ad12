//! What must be found: the words of `must-flag.toml`, by themselves and in sentences.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::support::{data, findings, is_flagged};

/// The share of all texts that must be found, in thousandths.
const FLOOR: usize = 995;

#[derive(Deserialize)]
struct MustFlag {
    carriers: Vec<String>,
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    texts: String,
}

#[test]
fn words_of_abuse_are_found_by_themselves_and_in_sentences() {
    let table: MustFlag = toml::from_str(&data("must-flag.toml")).expect("a table of words");
    let (mut all, mut found) = (0, 0);
    let mut missed: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for group in &table.group {
        let words = group.words.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty());
        let carried = words
            .flat_map(|word| table.carriers.iter().map(move |carrier| (word, carrier.replace("{}", word))));
        let whole = group.texts.lines().filter(|line| !line.is_empty()).map(|line| (line, line.to_owned()));
        for (word, text) in carried.chain(whole) {
            all += 1;
            if is_flagged(&findings(&text)) {
                found += 1;
            } else {
                *missed.entry((&group.name, word)).or_default() += 1;
            }
        }
    }
    assert!(all > 13_000, "{all}");
    assert!(found * 1000 >= all * FLOOR, "{found} of {all}; missed {missed:#?}");
}

#[test]
fn emphasis_hides_no_word_of_abuse() {
    let table: MustFlag = toml::from_str(&data("must-flag.toml")).expect("a table of words");
    let words = table.group.iter().flat_map(|group| group.words.split([',', '\n']).map(str::trim));
    let plain: Vec<_> = words.filter(|word| is_flagged(&findings(&format!("you {word} there")))).collect();
    assert!(plain.len() > 1_000, "{}", plain.len());
    for shape in ["*you {}* there", "you *{}* there", "you **{}** there", "you {}* there"] {
        let hidden = |word: &&&str| !is_flagged(&findings(&shape.replace("{}", word)));
        let missed: Vec<_> = plain.iter().filter(hidden).collect();
        assert!(
            missed.len() * 1000 <= plain.len() * (1000 - FLOOR),
            "{shape}: {missed:?} of {}",
            plain.len()
        );
    }
}
