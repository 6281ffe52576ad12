//! What a platform that only compares letters is told of the shipped lists.

use std::path::Path;

use policy::outright::outright;
use policy::{Dictionary, Grade, Policy, Preset};

use crate::support::MATCHER;

/// As many as a rule of Discord's own filter holds, of words and of innocent ones, and of how many a server has room.
const WORDS_MAX: usize = 1_000;
const INNOCENT_MAX: usize = 100;
const RULES_MAX: usize = 6;

#[test]
fn the_shipped_lists_fit_into_a_few_rules_of_a_platform() {
    for (preset, rules_max) in [(Preset::Standard, 2), (Preset::Strict, RULES_MAX / 2)] {
        let words = outright(&MATCHER, &Policy::new(preset));
        let strongest = words.iter().filter(|word| word.grade == Grade::Strongest).count();
        let innocent: usize = words.iter().map(|word| word.within.innocent().len()).sum();
        assert!(strongest > 0 && words.len() <= rules_max * WORDS_MAX, "{preset}: {} words", words.len());
        assert!(innocent <= rules_max * INNOCENT_MAX, "{preset}: {innocent} innocent words");
    }
}

#[test]
fn no_innocent_word_or_line_is_stopped() {
    let words = outright(&MATCHER, &Policy::new(Preset::Strict));
    let stops = |text: &str| words.iter().find(|word| word.stands_in(text)).map(|word| word.spelling.clone());
    let mut wrong = Vec::new();
    Dictionary::british().each(|word, standing| {
        let listed = MATCHER.find(word, policy::matcher::Context::default());
        if standing.is_everyday() && listed.is_empty() {
            wrong.extend(stops(word).map(|term| format!("{word}: {term}")));
        }
    });
    assert_eq!(wrong, [""; 0]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists/guard");
    for entry in std::fs::read_dir(folder).expect("the guard folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a readable corpus");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        wrong.extend(lines.filter_map(|line| Some(format!("{line}: {}", stops(line)?))));
    }
    assert_eq!(wrong, [""; 0]);
}
