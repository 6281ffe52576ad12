//! Every Unicode scalar value, one by one: the space is small enough to walk.

use policy::normalise::fold;

use crate::support::{MATCHER, findings};

#[test]
fn folding_twice_changes_nothing_for_any_character() {
    let mut text = String::new();
    for c in '\0'..=char::MAX {
        text.clear();
        text.push(c);
        let once = fold(&text).into_owned();
        assert_eq!(fold(&once), once, "{c:?} U+{:04X}", u32::from(c));
    }
}

#[test]
fn no_single_character_is_a_finding_and_none_breaks_a_word_apart() {
    for c in '\0'..=char::MAX {
        let alone = MATCHER.find(c.encode_utf8(&mut [0; 4]), policy::matcher::Context::default());
        assert!(alone.is_empty(), "{c:?} U+{:04X} {alone:?}", u32::from(c));
    }
}

#[test]
fn any_character_may_stand_beside_a_word_with_a_space_between() {
    for c in ('\0'..=char::MAX).step_by(31) {
        let text = format!("{c} bollocks {c}");
        let found = findings(&text);
        assert!(found.iter().any(|finding| &text[finding.span.clone()] == "bollocks"), "{c:?} {found:?}");
    }
}
