//! A group's own words.

use super::*;

fn texts(language: Language, text: &str) -> Vec<TemplateText> {
    vec![TemplateText { file: "notices.ftl".to_owned(), language, text: text.to_owned() }]
}

fn problems(text: &str) -> String {
    let problems = Templates::new(1, texts(Language::English, text)).unwrap_err();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn removed() -> NoticeKind {
    samples().swap_remove(0)
}

/// Beadle's own texts keep the rules that a group's have to.
#[test]
fn our_own_texts_would_do_as_a_groups() {
    let ours =
        [(Language::English, include_str!("../en-GB.ftl")), (Language::Welsh, include_str!("../cy.ftl"))];
    for (language, text) in ours {
        let templates = Templates::new(1, texts(language, text))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>());
        let templates = templates.unwrap();
        for kind in samples() {
            let expected = written(&kind, language, &Templates::default(), true);
            assert_eq!(written(&kind, language, &templates, true), expected);
        }
    }
}

#[test]
fn a_group_words_parts_itself_and_adds_an_opening_and_a_closing() {
    let own = "
# How we greet.
opening = Dear member of { $group },

    we write to you because of the rules that we all agreed on.
post-said = You wrote:
closing = With best wishes
";
    let templates = Templates::new(3, texts(Language::English, own)).unwrap();
    assert_eq!(templates.version(), 3);
    insta::assert_snapshot!(written(&removed(), Language::English, &templates, false), @"
    Your post was removed. Case B-0042, 11 May 2026.
    Dear member of Riverside Branch,
    we write to you because of the rules that we all agreed on.
    We removed your post of 11 May 2026 at 10:50 in Riverside Branch. Our word filter did this by itself. No person has looked at it yet.
    You wrote:
    > what I wrote
    The rule is “Polite language”: Keep it polite. No swearing and no offensive words.
    This is a strike. You have 1 strike. A strike counts for 12 months. The next step may be a written warning.
    Do you think this was wrong? Reply here with: appeal B-0042 and why. A moderator will decide. If the answer is no, you can ask the Executive. You have until 11 May 2027.
    With best wishes
    The admin team, Riverside Branch. Questions: secretary@example.org.
    ");
    // The other language is as it comes.
    let welsh = written(&removed(), Language::Welsh, &templates, false);
    assert!(welsh.contains("Testun eich neges:") && welsh.contains("You wrote:"), "{welsh}");
}

#[test]
fn what_members_have_a_right_to_stays_in_every_letter() {
    insta::assert_snapshot!(problems(r#"
apeal-case = Appeal { $reference } until { $until }.
appeal-next = Write to us about { $reference }.
appeal-case = { "" }
sign-off = { $signed ->
    [one] Signed by one on { $date }.
   *[other] Signed by { $signed } of { $of } on { $date }.
}
rule = The rule is { $title }, { $code }: { $text }
answer-due = { appeal-next } { DATETIME($due) }
minute =
    .attribute = { $minute }
closing = Yours, { $secretary }
-brand = Beadle
closing = Twice
nothing at all
"#), @r#"
    notices.ftl:2: part “apeal-case”: there is no such part; did you mean “appeal-case”?
    notices.ftl:3: part “appeal-next”: it does not always tell the member $until; put { $until } into it, in every one of its choices
    notices.ftl:3: part “appeal-next”: it does not tell the member what to reply; put “appeal { $reference }” into it: that is what the bot understands
    notices.ftl:4: part “appeal-case”: it can come out empty, and members have a right to it; give it words, or take the part out of the file to keep ours
    notices.ftl:4: part “appeal-case”: it does not always tell the member $reference; put { $reference } into it, in every one of its choices
    notices.ftl:4: part “appeal-case”: it does not always tell the member $until; put { $until } into it, in every one of its choices
    notices.ftl:4: part “appeal-case”: it does not tell the member what to reply; put “appeal { $reference }” into it: that is what the bot understands
    notices.ftl:5: part “sign-off”: it does not always tell the member $of; put { $of } into it, in every one of its choices
    notices.ftl:5: part “sign-off”: it does not always tell the member $signed; put { $signed } into it, in every one of its choices
    notices.ftl:9: part “rule”: it asks for $code, which this part does not have; choose from $text, $title
    notices.ftl:10: part “answer-due”: it refers to another part or a function; write the words out; only variables like { $group } can stand in braces
    notices.ftl:10: part “answer-due”: it does not always tell the member $due; put { $due } into it, in every one of its choices
    notices.ftl:11: part “minute”: it has no words of its own; write them after the `=`
    notices.ftl:13: part “closing”: it asks for $secretary, which this part does not have; choose from $contact, $group
    notices.ftl:14: part “brand”: a name that begins with - is no part of a letter; write its words where they are used
    notices.ftl:15: part “closing”: it is in the file twice; keep the one that is meant
    notices.ftl:16: it cannot be read here: Expected a token starting with "="; write a part as `name = words`, its further lines set in by four spaces
    "#);
}

#[test]
fn one_language_has_one_file() {
    let two = [texts(Language::Welsh, "closing = Hwyl"), texts(Language::Welsh, "closing = Hwyl")].concat();
    let problems = Templates::new(1, two).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "notices.ftl:1: there is another file for cy; put all parts of a language into one file"
    );
}

#[test]
fn a_part_is_no_essay() {
    let long = format!("closing = {}", "a".repeat(1_001));
    assert!(problems(&long).contains("it has 1001 characters; keep it within 1000"));
}

#[test]
fn any_kind_can_be_previewed() {
    let templates = Templates::default();
    for word in NoticeKind::WORDS {
        for &language in Language::ALL {
            let letters = templates.preview(word, "Tea Club", "the Secretary", London, language).unwrap();
            assert!(!letters.is_empty(), "{word}");
        }
    }
    let none = templates.preview("thrown_out", "Tea Club", "the Secretary", London, Language::English);
    assert_eq!(none.unwrap(), []);
}

#[test]
fn every_own_part_is_one_that_letters_have_a_place_for() {
    let places = notice(removed(), Language::English).pieces().into_iter().filter_map(|piece| match piece {
        Piece::Own(part) => Some(part.id),
        Piece::Heading(..) | Piece::Part(_) | Piece::Excerpt(..) | Piece::Reason(_) => None,
    });
    assert!(places.eq(OWN_PARTS));
}
