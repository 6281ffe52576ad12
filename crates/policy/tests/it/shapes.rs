//! Names, places, codes and other languages: what only looks like a term, and abuse that looks like them.

use serde::Deserialize;

use crate::support::{data, findings, is_flagged};

#[derive(Deserialize)]
struct Table {
    innocent: Vec<String>,
    abuse: Vec<String>,
}

fn check(file: &str) {
    let table: Table = toml::from_str(&data(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let wrong = |texts: &[String], flagged: bool| -> Vec<String> {
        texts.iter().filter(|text| is_flagged(&findings(text)) != flagged).cloned().collect()
    };
    assert_eq!(wrong(&table.innocent, false), Vec::<String>::new(), "{file}: innocent, and flagged");
    assert_eq!(wrong(&table.abuse, true), Vec::<String>::new(), "{file}: abuse, and missed");
}

#[test]
fn places_names_and_codes_are_told_from_abuse() {
    check("shapes.toml");
}

#[test]
fn sentences_of_other_languages_are_left_alone_but_for_their_abuse() {
    check("languages.toml");
}
