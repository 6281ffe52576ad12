//! What holds for every text.

use std::sync::LazyLock;

use policy::matcher::{Context, FINDINGS_MAX};
use policy::normalise::fold;
use policy::{Allow, AllowKind, Matcher, Wordlist};
use proptest::prelude::*;

use crate::support::{MATCHER, findings, shipped};

/// One list compiles in less time than all, and shows the same.
static SCOTS: LazyLock<Vec<Wordlist>> =
    LazyLock::new(|| shipped().into_iter().filter(|list| list.file == "scots.toml").collect());

/// Texts of the characters that matter, close to words that matter.
fn wild() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z ]{0,8}",
        "[fuckshitwanker*.\\-_|@$!10 ]{0,12}",
        "\\PC{0,6}",
        Just("fuck".to_owned()),
        Just("b0llocks".to_owned()),
        Just("\u{202E}tihs\u{202C}".to_owned()),
        Just("w\u{0301}\u{200B}ank".to_owned()),
        Just("you utter cock".to_owned()),
        Just("🇫🇺🇨🇰".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn spans_fall_on_character_boundaries_in_order(text in wild()) {
        let found = findings(&text);
        prop_assert!(found.len() <= FINDINGS_MAX);
        let mut end = 0;
        for finding in &found {
            prop_assert!(text.get(finding.span.clone()).is_some_and(|covered| !covered.is_empty()), "{:?}", finding);
            prop_assert!(finding.span.start >= end, "{:?}", found);
            end = finding.span.end;
        }
    }

    #[test]
    fn folding_twice_changes_nothing(text in wild()) {
        let once = fold(&text).into_owned();
        prop_assert_eq!(fold(&once), once.as_str());
    }

    #[test]
    fn an_innocent_sentence_elsewhere_changes_nothing(wild in wild()) {
        // Which language a text is in is told from all of it: foreign letters weigh, and so do words nobody knows.
        let text: String = wild.chars().filter(char::is_ascii).collect();
        let text = format!("We all think that this is what they said about it at the club.\n{text}");
        let alone = findings(&text);
        for (before, after) in [
            ("", " .\nThe garden party is on Saturday."),
            ("The garden party is on Saturday.\n\n", ""),
            ("Zoë’s café opens at 10 — I’d brought £5 🍰\n\n", " .\n\nSiân said “naïve”."),
        ] {
            let mut with = findings(&format!("{before}{text}{after}"));
            for finding in &mut with {
                let span = &mut finding.span;
                prop_assert!(span.start >= before.len(), "{:?}", finding);
                *span = span.start - before.len()..span.end - before.len();
            }
            prop_assert_eq!(&alone, &with, "{:?} {:?}", before, after);
        }
    }

    #[test]
    fn an_exception_never_adds_a_finding(text in wild(), word in "[a-z]{3,8}( [a-z]{3,8})?") {
        let mut lists = SCOTS.clone();
        let before = Matcher::new(&lists).expect("sound lists").find(&text, Context::default());
        let allow = Allow { term: word, kind: AllowKind::Word, source: None, line: None };
        lists.push(Wordlist::runtime("exceptions", Vec::new(), vec![allow]).expect("a sound list"));
        let Ok(more) = Matcher::new(&lists) else { return Ok(()) };
        let after: Vec<_> = more.find(&text, Context::default()).into_iter().map(|hit| hit.finding).collect();
        let before: Vec<_> = before.into_iter().map(|hit| hit.finding).collect();
        prop_assert!(after.iter().all(|finding| before.contains(finding)), "{:?} {:?}", before, after);
    }

    #[test]
    fn lists_of_any_text_never_panic(toml in wild()) {
        let _parsed = Wordlist::parse("any.toml", &toml);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_quick_look_dismisses_no_disguise(text in "(con§t!tu€n\\(y|ho❌ies|c🇬🇧unt|c🇫🇷u🇫🇷n🇫🇷t|5h1t|5h17|s#!t|wan'k|b'itch|D'Arcy|5k4nk|\\$\\|-\\|!\\+|\\|-\\||🅱️⭕1️⃣1️⃣⭕©️k5️⃣|1️⃣2️⃣|d:ck|12:45|£45\\.50|bo\\|\\|°cks|h/e/l/l/o|w/a/n/k/rrr|tit|us|f|u|c|k|7|it's|[a-z0-9$!@]{1,6})((, | )(con§t!tu€n\\(y|c🇬🇧unt|gra\\$s|5h1t|wan'k|©️⛎♑7️⃣|s|h|1|t|d:ck|the|[a-z0-9$!@]{1,5})){0,6}") {
        let context = Context::default();
        let read = MATCHER.explain(&text, context).into_iter().filter(|hit| hit.explanation.accepted);
        let read: Vec<_> = read.map(|hit| hit.finding).collect();
        let found: Vec<_> = MATCHER.find(&text, context).into_iter().map(|hit| hit.finding).collect();
        prop_assert_eq!(found, read);
    }

    #[test]
    fn a_quick_look_dismisses_no_sign_beside_a_word(text in "(what a |he is a )?([\"'.]?[(:!]{0,2}(unt|unts|ock|oon|rap|diot|uck|and|the|[a-z]{2,6})[!:(.,)]{0,2}|(pak|knobhead|w|cunt|bol|shit|yid|[a-z]{2,6})[!(:]{1,2}[.,)]?)(( |, )(Dave|and|(\\(|!|:)[a-z]{2,5}|[a-z]{2,5}[!(:]|\\((unt|ock|oon|unts)[.,]?)){0,3}") {
        let context = Context::default();
        let mut read = MATCHER.explain(&text, context);
        read.retain(|hit| hit.explanation.accepted);
        prop_assert_eq!(MATCHER.find(&text, context), read);
    }

    #[test]
    fn a_quick_look_dismisses_no_finding(text in "([A-Za-z']{1,9}|wank|shite?|coon|(un)?fuck(ing|er)?|bollocks|tit|xcuntx|f uck|pik ey)([ .,!?'\"()]{1,2}([a-zA-Z]{1,7}|7|w|[A-Z]{2,4}|twats?|gits|pen pidyn|p aki)){0,8}") {
        let context = Context::default();
        let mut slow = MATCHER.explain(&text, context);
        slow.retain(|hit| hit.explanation.accepted);
        prop_assert_eq!(MATCHER.find(&text, context), slow);
    }
}

/// What fuzzing found that the quick look dismissed.
#[test]
fn a_quick_look_dismisses_none_of_what_was_fuzzed() {
    for text in [
        "you c u n\u{2}t",
        "c\nu\u{8}n\u{2}t",
        "c u\u{2}n\u{2}t",
        "con§t!tu€n(y, s, h, $@, t",
        "s h $@ t",
        "s h €@ t",
    ] {
        let mut read = MATCHER.explain(text, Context::default());
        read.retain(|hit| hit.explanation.accepted);
        assert!(!read.is_empty(), "{text:?}");
        assert_eq!(MATCHER.find(text, Context::default()), read, "{text:?}");
    }
}

#[test]
fn steps_are_told_for_an_empty_text() {
    assert_eq!(MATCHER.steps(""), 0);
}
