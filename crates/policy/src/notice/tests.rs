use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Europe::London;

use super::part::{Part, Piece, Value};
use super::template::{OWN_PARTS, Texts, Uses, built_in, messages};
use super::*;
use crate::post::PostKind;

mod letters;
mod own;
mod reading;

fn notice(kind: NoticeKind, language: Language) -> Notice {
    Notice {
        reference: Reference::new(42).unwrap(),
        kind,
        group_name: "Riverside Branch".to_owned(),
        zone: London,
        written_at: Timestamp::from_millis(1_778_493_600_000),
        contact: "secretary@example.org".to_owned(),
        language,
        template: 0,
    }
}

/// The letter as lines, with something for the excerpt and the reason where `said` asks for it.
fn written(kind: &NoticeKind, language: Language, templates: &Templates, said: bool) -> String {
    let excerpt = MessageText::new("what I wrote");
    let reason = said.then(|| MessageText::new("It was rude."));
    let letter = notice(kind.clone(), language).write(templates, Some(&excerpt), reason.as_ref()).unwrap();
    let line = |block| match block {
        Block::Text(text) => text,
        Block::Quote(text) => format!("> {}", text.expose()),
    };
    letter.blocks.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// All parts of a letter, those within others too.
fn parts(notice: &Notice) -> Vec<Part> {
    fn add(part: &Part, into: &mut Vec<Part>) {
        for (_, value) in &part.values {
            if let Value::Phrase(phrase) = value {
                add(phrase, into);
            }
        }
        into.push(part.clone());
    }
    let mut all = Vec::new();
    for piece in notice.pieces() {
        let pieces = match piece {
            Piece::Heading(one, other) | Piece::Excerpt(one, other) => vec![one, other],
            Piece::Part(part) | Piece::Reason(part) => vec![part],
            Piece::Own(_) => vec![],
        };
        pieces.iter().for_each(|part| add(part, &mut all));
    }
    all
}

fn variables(texts: &Texts) -> BTreeMap<&str, BTreeSet<&str>> {
    let messages = messages(&texts.resource);
    messages.map(|message| (message.id.name, Uses::of(message.value.as_ref().unwrap()).variables)).collect()
}

#[test]
fn both_languages_have_the_same_parts_with_the_same_variables() {
    assert_eq!(variables(built_in(Language::English)), variables(built_in(Language::Welsh)));
}

#[test]
fn every_part_is_used_and_is_given_what_it_asks_for() {
    let mut used = BTreeMap::new();
    for kind in samples() {
        for part in parts(&notice(kind, Language::English)) {
            let names: BTreeSet<&str> = part.values.iter().map(|(name, _)| *name).collect();
            assert_eq!(*used.entry(part.id).or_insert_with(|| names.clone()), names, "{}", part.id);
        }
    }
    assert_eq!(used, variables(built_in(Language::English)));
}

#[test]
fn the_samples_are_of_every_kind_and_a_kind_has_one_word() {
    let samples = samples();
    let words: BTreeSet<_> = samples.iter().map(NoticeKind::word).collect();
    assert_eq!(words, NoticeKind::WORDS.into_iter().collect());
    for kind in samples {
        let notice = notice(kind, Language::Welsh);
        let json = serde_json::to_value(&notice).unwrap();
        assert_eq!(json["kind"]["kind"], notice.kind.word());
        assert_eq!(json["language"], "cy");
        assert_eq!(serde_json::from_value::<Notice>(json).unwrap(), notice);
    }
}

#[test]
fn every_kind_is_written_in_every_language_without_a_gap() {
    for kind in samples() {
        for &language in Language::ALL {
            for said in [false, true] {
                let text = written(&kind, language, &Templates::default(), said);
                assert!(!text.contains(['{', '}', '$', '\u{2068}', '\u{2069}']), "{text}");
                assert!(text.lines().all(|line| !line.trim().is_empty() && !line.contains("  ")), "{text}");
                assert_eq!(text.contains("> It was rude."), said, "{text}");
                assert_eq!(text.contains(DIVIDER), language == Language::Welsh, "{text}");
            }
        }
    }
}

#[test]
fn the_words_of_people_are_put_in_as_they_are() {
    let hostile = "{ $group } \u{2066}@everyone\n\n.attribute = 1\n-term { FUNCTION() }";
    let kind = samples().swap_remove(0);
    let mut notice = notice(kind, Language::English);
    let letter = |notice: &Notice| {
        let said = MessageText::new(hostile);
        notice.write(&Templates::default(), Some(&said), Some(&said)).unwrap()
    };
    let quotes = letter(&notice).blocks.into_iter().filter(|block| matches!(block, Block::Quote(_)));
    assert!(quotes.map(|block| block == Block::Quote(MessageText::new(hostile))).eq([true, true]));
    notice.group_name = "{ $contact } { -x }".to_owned();
    let Some(Block::Text(end)) = letter(&notice).blocks.pop() else { panic!("it ends with words") };
    assert_eq!(end, "The admin team, { $contact } { -x }. Questions: secretary@example.org.");
}

/// The commands that stand in the words of letters to members; everything else in them is no command.
fn named(text: &str) -> BTreeSet<String> {
    let commands = ["appeal B-0042", "reply B-0042", "acknowledge", "my-record"];
    let is_named = |command: &&str| match *command {
        "my-record" => text.contains("my-record"),
        command => text.contains(&format!(": {command}")),
    };
    commands.into_iter().filter(is_named).map(str::to_owned).collect()
}

#[test]
fn a_letter_offers_what_its_words_say_can_be_done() {
    let mut table = BTreeMap::<_, BTreeSet<String>>::new();
    for kind in samples() {
        for &language in Language::ALL {
            let letter = notice(kind.clone(), language).write(&Templates::default(), None, None).unwrap();
            let offered: Vec<String> = letter.offers.iter().map(Offer::to_string).collect();
            let text = written(&kind, language, &Templates::default(), false);
            assert_eq!(offered.iter().cloned().collect::<BTreeSet<_>>(), named(&text), "{text}");
            let offered = if offered.is_empty() { "nothing".to_owned() } else { offered.join(", ") };
            table.entry(kind.word()).or_default().insert(offered);
        }
    }
    let rows = NoticeKind::WORDS.into_iter().map(|word| {
        let offered: Vec<_> = table[word].iter().map(String::as_str).collect();
        format!("{word}: {}", offered.join(" or "))
    });
    let rows: Vec<_> = rows.filter(|row| !row.ends_with(": nothing")).collect();
    insta::assert_snapshot!(rows.join("\n"), @"
    removed: appeal B-0042
    hidden: appeal B-0042
    quoted: appeal B-0042
    cascade_removed: appeal B-0042
    confirmed: appeal B-0042
    appeal_dismissed: appeal B-0042
    side_invited: reply B-0042
    warning_issued: appeal B-0042
    suspended: appeal B-0042
    expelled: appeal B-0042
    not_carried_out: appeal B-0042
    report_answered: appeal B-0042 or nothing
    rules_welcome: acknowledge
    erasure_answered: my-record or nothing
    ");
}

#[test]
fn an_erased_text_is_said_to_be_erased() {
    let notice = notice(samples().swap_remove(0), Language::English);
    let letter = notice.write(&Templates::default(), None, None).unwrap();
    assert!(letter.blocks.contains(&Block::Text("The text has been erased from our records.".to_owned())));
}

#[test]
fn of_what_its_platform_stopped_it_is_said_that_nobody_saw_it() {
    let is_stopped = |kind: &NoticeKind| matches!(kind, NoticeKind::Removed { about, .. } if about.stopped);
    let stopped = samples().into_iter().find(is_stopped).unwrap();
    let text = written(&stopped, Language::English, &Templates::default(), false);
    insta::assert_snapshot!(text);
    let letter = notice(stopped, Language::English).write(&Templates::default(), None, None).unwrap();
    let unknown = "We do not have the text: it was not given to us, or has been erased.";
    assert!(letter.blocks.contains(&Block::Text(unknown.to_owned())));
    for kind in samples().into_iter().filter(|kind| !is_stopped(kind)) {
        let text = written(&kind, Language::English, &Templates::default(), false);
        assert!(!text.contains("Nobody else saw it"), "{text}");
    }
}

/// A warning tells five things besides who agreed to it, without a name.
#[test]
fn a_warning_has_its_five_blocks() {
    let warning = samples().into_iter().find(|kind| kind.word() == "warning_issued").unwrap();
    let ids: BTreeSet<_> = parts(&notice(warning, Language::English)).iter().map(|part| part.id).collect();
    for needed in [
        "warning-nature",
        "ground",
        "warning-change",
        "warning-live",
        "warning-next",
        "appeal-sanction",
        "sign-off",
    ] {
        assert!(ids.contains(needed), "{needed}");
    }
}

#[test]
fn every_removal_says_what_why_what_next_and_how_to_appeal() {
    let needed = ["matter-post", "post-said", "post-message", "strikes", "appeal-case", "signature"];
    let removals = ["removed", "hidden", "quoted", "cascade_removed", "confirmed"];
    for kind in samples().into_iter().filter(|kind| removals.contains(&kind.word())) {
        let ids: BTreeSet<_> = parts(&notice(kind, Language::English)).iter().map(|part| part.id).collect();
        let other = ["post-nickname", "post-title", "post-topic"].iter().any(|id| ids.contains(id));
        for needed in needed.iter().filter(|id| **id != "post-message" || !other) {
            assert!(ids.contains(needed), "{needed}");
        }
        assert!(ids.contains("rule") || ids.contains("rule-versioned"));
    }
}

#[test]
fn welsh_counts_as_welsh_does() {
    let counted = |strikes| {
        let standing = Standing { strikes, strike_months: 2, next: crate::ladder::Step::Warning };
        let about = About {
            post_kind: PostKind::Message,
            post_written_at: Timestamp::EPOCH,
            rule: CitedRule { code: String::new(), version: None, title: "R".into(), text: "T".into() },
            stopped: false,
        };
        let kind = NoticeKind::StrikeVoided { about, standing };
        let text = written(&kind, Language::Welsh, &Templates::default(), false);
        let line = text.lines().find(|line| line.contains("mwyach")).unwrap().to_owned();
        line.trim_start_matches("Nid yw\u{2019}r tramgwydd yn cyfrif mwyach. ").to_owned()
    };
    insta::assert_snapshot!((0..8).map(counted).collect::<Vec<_>>().join("\n"), @"
    Does gennych chi ddim un tramgwydd.
    Mae gennych chi 1 tramgwydd.
    Mae gennych chi 2 dramgwydd.
    Mae gennych chi 3 thramgwydd.
    Mae gennych chi 4 tramgwydd.
    Mae gennych chi 5 tramgwydd.
    Mae gennych chi 6 thramgwydd.
    Mae gennych chi 7 tramgwydd.
    ");
}
