//! What members and officers ask of the bot, read from what they send.
//!
//! Which commands there are is not known here: a line is handed on as it was typed. Only what has a form of its own on
//! Matrix, reports and links to posts, is put into words that can be typed.

use platform::typed::{NO_REASON, after, complaint, or, report_line};
use policy::{Complaint, MessageText, PostId};

use crate::links;
use crate::translate::event::{Event, Relation};
use crate::translate::surfaces::split_fallback;

/// What a room is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// The officers' room.
    Management,
    /// A room with one member, for what is between the bot and them.
    Private,
    /// A room of the group.
    Group,
}

/// What somebody asks of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// This line, as a command.
    Command(MessageText),
    /// What they wrote to the bot in private.
    Words(MessageText),
    /// That the officers look at a post.
    Report {
        /// The post.
        post: PostId,
        /// The same as a command.
        line: MessageText,
    },
    /// A room of their own with the bot.
    OpenDoor,
    /// Nothing.
    Nothing,
}

/// What comes before a command.
pub(crate) const COMMAND: &str = "!beadle";
/// What comes before a report of the post that is answered.
const REPORT: &str = "!report";
/// Why, in a report that has no words of its own.
const BY_FLAG: &str = "Reported with a \u{1f6a9} reaction.";

/// What an event asks of the bot. What was edited into it later asks nothing.
pub(crate) fn asked(place: Place, event: &Event) -> Asked {
    match event.relation() {
        Relation::Reaction { target, key } => match place {
            Place::Group if event.kind == "m.reaction" && is_flag(key.expose()) => {
                report(&target, None, BY_FLAG)
            }
            Place::Group | Place::Management | Place::Private => Asked::Nothing,
        },
        Relation::Edit(_) => Asked::Nothing,
        Relation::Reply(target) => typed(place, event, Some(&target)),
        Relation::None | Relation::Thread { .. } => typed(place, event, None),
    }
}

fn typed(place: Place, event: &Event, answered: Option<&PostId>) -> Asked {
    let Some(text) = text(event) else { return Asked::Nothing };
    let text = if answered.is_some() { split_fallback(&text).1 } else { &text }.trim();
    let line = after(COMMAND, text);
    match place {
        Place::Management => line.map_or(Asked::Nothing, |line| Asked::Command(named(or_help(line)))),
        Place::Private => match line.map_or(text, or_help) {
            "" => Asked::Nothing,
            words => Asked::Words(match after(REPORT, words) {
                Some(why) => named(as_report(why).trim()),
                None => named(words),
            }),
        },
        Place::Group => match (after(REPORT, text), answered) {
            (Some(why), Some(target)) => {
                let (complaint, why) = complaint(why);
                report(target, complaint, or(why, NO_REASON))
            }
            // Asked as it stands, the answer tells what is missing.
            (Some(why), None) => Asked::Command(named(as_report(why).trim())),
            (None, _) if line.is_some() => Asked::OpenDoor,
            (None, _) => Asked::Nothing,
        },
    }
}

/// What somebody typed themselves, captions included. A notice is for people: answering one, two bots would never end.
fn text(event: &Event) -> Option<String> {
    if event.kind != "m.room.message" || event.state_key.is_some() || event.redacted {
        return None;
    }
    let body = event.content.text("body")?;
    match event.content.text("msgtype")?.as_str() {
        "m.text" | "m.emote" => Some(body),
        "m.notice" => None,
        _ => event.content.text("filename").filter(|name| *name != body).map(|_| body),
    }
}

fn as_report(why: &str) -> String {
    format!("report {why}")
}

fn or_help(line: &str) -> &str {
    or(line, "help")
}

/// 🚩, as an emoji or as a character.
fn is_flag(key: &str) -> bool {
    key.trim_end_matches(['\u{fe0f}', '\u{fe0e}']) == "\u{1f6a9}"
}

fn report(post: &PostId, complaint: Option<Complaint>, why: &str) -> Asked {
    let line = report_line(complaint, post, why);
    Asked::Report { post: post.clone(), line: MessageText::new(line) }
}

/// A line in which a post is named by its id where it was linked to.
fn named(line: &str) -> MessageText {
    platform::typed::named(line, |word| links::linked_in(word).map(|linked| linked.event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn event(kind: &str, content: &Value) -> Event {
        let json = json!({"event_id": "$e", "sender": "@a:b", "type": kind, "content": content});
        Event::parse(&json.to_string()).unwrap()
    }

    fn message(body: &str) -> Event {
        event("m.room.message", &json!({"msgtype": "m.text", "body": body}))
    }

    fn reply(body: &str) -> Event {
        let relates = json!({"m.in_reply_to": {"event_id": "$x"}});
        event("m.room.message", &json!({"msgtype": "m.text", "body": body, "m.relates_to": relates}))
    }

    fn shown(asked: &Asked) -> String {
        match asked {
            Asked::Command(line) => format!("command: {}", line.expose()),
            Asked::Words(words) => format!("words: {}", words.expose()),
            Asked::Report { post, line } => format!("report of {}: {}", post.as_str(), line.expose()),
            Asked::OpenDoor => "door".to_owned(),
            Asked::Nothing => "-".to_owned(),
        }
    }

    #[test]
    fn what_a_text_asks_depends_on_where_it_stands() {
        let rows = [
            // text, in the officers' room, in private, in a room of the group
            ("!beadle queue", "command: queue", "words: queue", "door"),
            ("!BEADLE  case B-0042 ", "command: case B-0042", "words: case B-0042", "door"),
            ("!beadle", "command: help", "words: help", "door"),
            ("!beadles", "-", "words: !beadles", "-"),
            ("hello !beadle", "-", "words: hello !beadle", "-"),
            ("appeal B-0042 it was a\nquotation", "-", "words: appeal B-0042 it was a\nquotation", "-"),
            ("  ", "-", "-", "-"),
            ("!report", "-", "words: report", "command: report"),
            ("!report them", "-", "words: report them", "command: report them"),
            ("> <@a:b> quoted\n\n!beadle", "-", "words: > <@a:b> quoted\n\n!beadle", "-"),
            (
                "!beadle remove https://matrix.to/#/!r:b/$p?via=b spam not here",
                "command: remove #$p spam not here",
                "words: remove #$p spam not here",
                "door",
            ),
            (
                "!beadle case B-1 https://matrix.to/#/!r:b/$p",
                "command: case B-1 https://matrix.to/#/!r:b/$p",
                "words: case B-1 https://matrix.to/#/!r:b/$p",
                "door",
            ),
        ];
        for (text, management, private, group) in rows {
            let answers =
                [Place::Management, Place::Private, Place::Group].map(|place| asked(place, &message(text)));
            assert_eq!(answers.each_ref().map(shown), [management, private, group], "{text}");
        }
    }

    #[test]
    fn reports_are_read_in_all_their_forms() {
        let no_reason = "report of $x: report inappropriate #$x No reason was given.";
        let rows = [
            ("!report", no_reason),
            ("!Report ", no_reason),
            ("> <@c:b> quoted\n> more\n\n!report", no_reason),
            ("!report he is rude", "report of $x: report inappropriate #$x he is rude"),
            ("!report spam every day", "report of $x: report spam #$x every day"),
            ("!report Safeguarding", "report of $x: report safeguarding #$x No reason was given."),
            ("!reported", "-"),
            ("I would !report that", "-"),
        ];
        for (text, want) in rows {
            assert_eq!(shown(&asked(Place::Group, &reply(text))), want, "{text}");
        }
        let links = [
            ("https://matrix.to/#/!r:b/$p", "words: report inappropriate #$p No reason was given."),
            (
                "https://matrix.to/#/%21r%3Ab/%24p?via=b  this is rude",
                "words: report inappropriate #$p this is rude",
            ),
            (
                "report https://matrix.to/#/!r:b/$p this is rude",
                "words: report inappropriate #$p this is rude",
            ),
            ("!report https://matrix.to/#/!r:b/$p rude", "words: report inappropriate #$p rude"),
            ("report abuse matrix:roomid/r:b/e/p rude", "words: report abuse #$p rude"),
            ("report spam #$p again", "words: report spam #$p again"),
            ("report spam @bob:b again", "words: report spam @bob:b again"),
            ("https://example.org/ is fun", "words: https://example.org/ is fun"),
        ];
        for (text, want) in links {
            assert_eq!(shown(&asked(Place::Private, &message(text))), want, "{text}");
        }
    }

    #[test]
    fn a_flag_reports_what_it_is_put_on() {
        let reaction = |key: &str| {
            let relates = json!({"rel_type": "m.annotation", "event_id": "$x", "key": key});
            event("m.reaction", &json!({"m.relates_to": relates}))
        };
        for flag in ["\u{1f6a9}", "\u{1f6a9}\u{fe0f}", "\u{1f6a9}\u{fe0e}"] {
            let want = "report of $x: report inappropriate #$x Reported with a \u{1f6a9} reaction.";
            assert_eq!(shown(&asked(Place::Group, &reaction(flag))), want);
            assert_eq!(asked(Place::Management, &reaction(flag)), Asked::Nothing);
            assert_eq!(asked(Place::Private, &reaction(flag)), Asked::Nothing);
        }
        for other in ["\u{1f44d}", "\u{1f3f4}", "\u{1f6a9}\u{1f6a9}", "!report", ""] {
            assert_eq!(asked(Place::Group, &reaction(other)), Asked::Nothing, "{other}");
        }
    }

    #[test]
    fn only_what_somebody_typed_asks_for_something() {
        let content =
            |msgtype: &str, body: &str| json!({"msgtype": msgtype, "body": body, "filename": "a.png"});
        let words = |content: &Value| shown(&asked(Place::Private, &event("m.room.message", content)));
        assert_eq!(words(&content("m.notice", "help")), "-", "another bot");
        assert_eq!(words(&content("m.image", "a.png")), "-", "a file's name");
        assert_eq!(words(&content("m.image", "appeal B-1 look")), "words: appeal B-1 look");
        assert_eq!(words(&json!({"msgtype": "m.image", "body": "a.png"})), "-");
        assert_eq!(words(&json!({"body": "help"})), "-");
        assert_eq!(shown(&asked(Place::Private, &event("m.sticker", &content("m.text", "help")))), "-");
        let edit = json!({"msgtype": "m.text", "body": "* !beadle mode live", "m.new_content": {"body": "!beadle mode live"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}});
        assert_eq!(asked(Place::Management, &event("m.room.message", &edit)), Asked::Nothing);
    }

    proptest! {
        #[test]
        fn any_text_can_be_sent(text in "\\PC{0,60}", start in prop::sample::select(&["", "!beadle ", "!report ", "!é"][..])) {
            for place in [Place::Management, Place::Private, Place::Group] {
                for event in [message(&format!("{start}{text}")), reply(&format!("{start}{text}"))] {
                    let asked = asked(place, &event);
                    prop_assert!(place == Place::Private || !matches!(asked, Asked::Words(_)));
                }
            }
        }
    }
}
