//! The inflected forms of a listed stem, by the rules of English spelling.

use crate::finding::Category;

/// Endings of nouns, verbs and adjectives that swear words take: `wankers`, `cunting`, `shitty`, `bastardish`.
const ENDINGS: &[&str] = &[
    "s", "ed", "er", "ers", "ing", "ings", "in", "y", "ier", "iest", "ish", "ery", "ies", "ie", "able",
    "ingly",
];

/// The letters a word gains by a plural.
const PLURAL: &[&str] = &["s", "es"];

/// All forms of `stem` (its words joined), the stem itself first.
///
/// Words for peoples and beliefs are nouns and take a plural only: `japed` and `kiking` are other words.
pub(super) fn forms(stem: &str, category: Category) -> Vec<String> {
    let mut forms = vec![stem.to_owned()];
    match category {
        Category::Race | Category::Religion => plurals(stem, &mut forms),
        Category::General
        | Category::Sexual
        | Category::BodyPart
        | Category::Insult
        | Category::Disability
        | Category::Orientation
        | Category::Gender
        | Category::Sex
        | Category::Age => {
            plurals(stem, &mut forms);
            inflected(stem, &mut forms);
        }
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn plurals(stem: &str, forms: &mut Vec<String>) {
    forms.push(format!("{stem}s"));
    if stem.ends_with(['s', 'x', 'z', 'o', 'i']) || stem.ends_with("ch") || stem.ends_with("sh") {
        forms.extend(PLURAL.iter().map(|ending| format!("{stem}{ending}")));
    }
    if let Some(base) = stem.strip_suffix('y').or_else(|| stem.strip_suffix("ey")) {
        forms.push(format!("{base}ies"));
    }
}

fn inflected(stem: &str, forms: &mut Vec<String>) {
    let base = match stem.strip_suffix(['e', 'y']) {
        // `shite`, `shiting`; `pussy`, `pussies`; `eyed` endings need the letter kept as well.
        Some(base) if stem.ends_with('e') => base.to_owned(),
        Some(base) => {
            forms.extend(["ied", "ier", "iest", "ies"].iter().map(|ending| format!("{base}{ending}")));
            stem.to_owned()
        }
        None => stem.to_owned(),
    };
    forms.extend(ENDINGS.iter().map(|ending| format!("{base}{ending}")));
    if base != stem {
        forms.extend(["s", "d", "r", "rs", "y"].iter().map(|ending| format!("{stem}{ending}")));
    }
    if let Some(last) = doubled(&base) {
        let verbs = ENDINGS.iter().filter(|ending| **ending != "s" && **ending != "able");
        forms.extend(verbs.map(|ending| format!("{base}{last}{ending}")));
    }
}

/// The last letter, when it is doubled before an ending: after a single vowel.
fn doubled(base: &str) -> Option<char> {
    let is_vowel = |byte: u8| b"aeiou".contains(&byte);
    match base.as_bytes() {
        [.., before, vowel, last]
            if is_vowel(*vowel)
                && !is_vowel(*last)
                && (!is_vowel(*before) || *before == b'u')
                && !b"wxyh".contains(last) =>
        {
            Some(char::from(*last))
        }
        _ => None,
    }
}
