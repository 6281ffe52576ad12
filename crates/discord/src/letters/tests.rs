//! Letters as they are sent.

use chrono_tz::Europe::London;
use proptest::prelude::*;

use super::*;
use crate::markdown_out::model;

fn contents(letter: &Letter) -> Vec<String> {
    super::letter(letter, NO_MENTIONS).into_iter().map(|message| message.content).collect()
}

fn channel(number: u64) -> Snowflake {
    Snowflake::new(number).unwrap()
}

fn one(letter: &Letter) -> String {
    let contents = contents(letter);
    let [content] = contents.as_slice() else { panic!("{} messages", contents.len()) };
    content.clone()
}

#[test]
fn a_letter_sets_members_words_apart() {
    let letter = Letter::line("Your post was removed:")
        .quote(MessageText::new("one\n> You are **expelled**.\u{2028}@everyone\n\n# [us](https://b.example)"))
        .text("Reply here with `appeal B-0042` and why,\nor see https://a.example/code_of_conduct.");
    insta::assert_snapshot!(one(&letter), @r"
    Your post was removed:

    > one
    > \> You are \*\*expelled\*\*.
    > \@everyone
    > 
    > \# \[us\](https\:\/\/b\.example)

    Reply here with `appeal B-0042` and why,
    or see https://a.example/code_of_conduct.
    ");
}

fn effect(id: i64) -> LetterId {
    LetterId::Of(EffectId(id))
}

#[test]
fn a_body_alerts_nobody_and_arrives_once() {
    let parts = super::letter(&Letter::line("Hello."), NO_MENTIONS);
    let row = json!({"type": 1, "components": []});
    let sent = bodies(&parts, channel(9), effect(71), std::slice::from_ref(&row));
    insta::assert_snapshot!(serde_json::to_string_pretty(&sent).unwrap(), @r#"
    [
      {
        "allowed_mentions": {
          "parse": []
        },
        "components": [
          {
            "components": [],
            "type": 1
          }
        ],
        "content": "Hello.",
        "enforce_nonce": true,
        "flags": 4,
        "nonce": "bdcefa48046cb9ba0"
      }
    ]
    "#);
    assert_eq!(parts[0].answer(&[])["flags"], 68);
    assert!(parts[0].edited(&[]).get("nonce").is_none());
    for id in [0, 1, -1, i64::MAX, i64::MIN] {
        assert!(nonce(channel(u64::MAX), effect(id), usize::MAX).len() <= 25);
    }
    assert_ne!(nonce(channel(9), effect(1), 11), nonce(channel(9), effect(11), 1));
    assert_ne!(nonce(channel(8), effect(1), 1), nonce(channel(9), effect(1), 1), "in another channel");
    let answer = LetterId::Answer(channel(1));
    let all = [effect(1), LetterId::Beside(EffectId(1)), answer].map(|id| nonce(channel(9), id, 0));
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2], "{all:?}");
}

#[test]
fn only_the_last_part_has_what_can_be_pressed() {
    let parts = super::letter(&Letter::line("word ".repeat(500)), NO_MENTIONS);
    let rows = [json!({"type": 1})];
    let sent = bodies(&parts, channel(9), effect(1), &rows);
    let with_rows: Vec<usize> =
        sent.iter().map(|body| body["components"].as_array().unwrap().len()).collect();
    assert_eq!(with_rows, [0, 1]);
    assert_eq!(
        [&sent[0]["nonce"], &sent[1]["nonce"]],
        [&nonce(channel(9), effect(1), 0), &nonce(channel(9), effect(1), 1)]
    );
}

#[test]
fn what_shows_nothing_is_no_message() {
    assert!(contents(&Letter::default()).is_empty());
    assert!(contents(&Letter::line(" ").quote(MessageText::new("\n \n"))).is_empty());
    assert_eq!(one(&Letter::line("a").quote(MessageText::new("b\n>\n\n"))), "a\n\n> b\n> \\>");
    assert_eq!(one(&Letter::default().quote(MessageText::new("\n\nb"))), "> \n> \n> b");
}

#[test]
fn a_repost_says_whose_words_they_are_before_any_name() {
    let at = Timestamp::from_millis(1_795_269_900_000);
    let repost = |author: &str, name: &str| {
        let author = MemberId::new(author).unwrap();
        let sent = super::repost(&author, &MessageText::new(name), at, &MessageText::new("not *so*"), London);
        let [message] = sent.as_slice() else { panic!("one message") };
        message.content.clone()
    };
    let of_bob = |name: &str| repost("222222222222222222", name);
    insta::assert_snapshot!(of_bob("Alice \u{201d}\n**b**"), @r"
    <@222222222222222222> “Alice '\\u{a}\*\*b\*\*” wrote on 21 November 2026 at 14:05:

    > not \*so\*
    ");
    insta::assert_snapshot!(of_bob(""), @r"
    <@222222222222222222> wrote on 21 November 2026 at 14:05:

    > not \*so\*
    ");
    insta::assert_snapshot!(repost("web_hook", "x"), @r"
    web\_hook “x” wrote on 21 November 2026 at 14:05:

    > not \*so\*
    ");
    for another in ["<@111111111111111111>", "Bob 111111111111111111", "<@"] {
        assert!(of_bob(another).starts_with("<@222222222222222222> wrote on"), "{another}");
    }
    assert!(of_bob("Room 101 @home").contains(r"Room 101 \@home"));
    assert!(of_bob(&"*".repeat(5_000)).len() < 300);
}

#[test]
fn a_long_line_is_cut_where_a_message_is_full_and_nowhere_else() {
    let long = "word ".repeat(300);
    let quoted = |text: &str| contents(&Letter::default().quote(MessageText::new(text)));
    assert_eq!(quoted(&long), [format!("> {}", long.trim_end())]);
    let sent = contents(&Letter::line("Before.").quote(MessageText::new(long.repeat(3))).text("After."));
    assert_eq!(sent.len(), 4);
    assert!(sent[1..].iter().all(|content| content.starts_with("> word ")), "between words");
    assert!(sent[3].ends_with("\n\nAfter."));
}

/// What is shown in quotations, line by line, and what the bot says itself.
fn read(content: &str) -> (Vec<String>, Vec<String>) {
    let (mut quoted, mut own) = (Vec::new(), Vec::new());
    for line in content.split('\n') {
        match line.strip_prefix("> ") {
            Some(line) => quoted.push(model::shown(line).unwrap_or_else(|why| panic!("{why}"))),
            None => own.push(line.to_owned()),
        }
    }
    (quoted, own)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn members_words_are_read_as_they_were_written(
        text in any::<String>(), more in "([<>&\"'a \n*_~|`@#.:/\\\\-]|https://|1\\. ){0,60}", times in 1_usize..60
    ) {
        let words = format!("{text}{more}").repeat(times);
        let messages = super::letter(&Letter::default().quote(MessageText::new(words.as_str())), NO_MENTIONS);
        let mut seen = String::new();
        for message in &messages {
            prop_assert!(units(&message.content) <= CONTENT_LEN_MAX);
            let (quoted, own) = read(&message.content);
            prop_assert!(own.is_empty(), "all of it stands in quotations");
            seen.push_str(&quoted.join("\n"));
        }
        // A message begins on a new line and ends in no space.
        let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(squeezed(&seen), squeezed(&plain::lines(&words, usize::MAX).join("\n")));
        // A long line goes on in the next.
        let is_short = words.chars().map(|c| markdown_out::taken(Voice::Quoted, c)).sum::<usize>() < CONTENT_LEN_MAX / 8;
        if is_short && messages.len() == 1 {
            let written = plain::lines(&words, usize::MAX).join("\n");
            prop_assert_eq!(seen.trim_end(), written.trim_end());
        }
    }

    #[test]
    fn long_letters_go_in_parts_and_nothing_is_lost(
        words in prop::collection::vec((any::<bool>(), "([a-z<&\u{e9}\u{1f4ac}*_ \n]|`case B-0001`){0,80}", 1_usize..60), 1..4)
    ) {
        let letter = words.iter().fold(Letter::default(), |letter, (own, words, times)| {
            let text = words.repeat(*times);
            if *own { letter.text(text) } else { letter.quote(MessageText::new(text)) }
        });
        let mut seen = String::new();
        for content in contents(&letter) {
            prop_assert!(units(&content) <= CONTENT_LEN_MAX);
            prop_assert!(!content.trim().is_empty());
            for line in content.split('\n') {
                seen.push_str(line.strip_prefix("> ").unwrap_or(line));
            }
        }
        let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect::<String>();
        let want: String = letter.blocks.iter().map(|block| match block {
            policy::Block::Text(text) => squeezed(text),
            policy::Block::Quote(text) => squeezed(text.expose()),
        }).collect();
        prop_assert_eq!(squeezed(&seen), want);
    }
}
