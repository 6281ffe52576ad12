//! Events in the shapes in which clients send them, what becomes of each, and of each with anything put into it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use policy::{ChannelId, GroupId, MemberId, MessageText, Post};
use serde_json::{Value, json};

use super::event::{Event, Relation};
use super::post::{Chain, Place, nickname_post, post};
use super::surfaces::Answered;
use crate::fuzzing::read;

fn recorded() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let named = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&file).unwrap())
    };
    files.map(named).collect()
}

fn events() -> BTreeMap<String, Event> {
    let event = |(name, json): (String, String)| {
        let event = Event::parse(&json).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, event)
    };
    recorded().into_iter().map(event).collect()
}

fn posts(event: &Event, all: &BTreeMap<String, Event>) -> Vec<Post> {
    let place = Place {
        group: GroupId::new("group").unwrap(),
        channel: ChannelId::new("!r").unwrap(),
        name: MessageText::new("Alice"),
    };
    let (chain, target) = match event.relation() {
        Relation::Edit(original) => (Chain::Edit { original, revision: 1 }, None),
        Relation::Reply(target) | Relation::Reaction { target, .. } => (Chain::First, Some(target)),
        Relation::Thread { .. } | Relation::None => (Chain::First, None),
    };
    let answered = match &target {
        Some(target) => all.values().find(|e| e.id == *target).map_or(Answered::Unknown, Answered::Known),
        None => Answered::Nothing,
    };
    nickname_post(event, &place).into_iter().chain(post(event, &place, chain, answered)).collect()
}

fn shown(post: &Post) -> String {
    let mut shown = format!("  {:?} {} r{}", post.kind, post.id.as_str(), post.revision);
    if let Some(answers) = &post.answers {
        write!(shown, " answers {}", answers.as_str()).unwrap();
    }
    if post.directed {
        let at: Vec<&str> = post.addressed.iter().map(MemberId::as_str).collect();
        write!(shown, " at [{}]", at.join(", ")).unwrap();
    }
    for surface in &post.surfaces {
        write!(shown, "\n    {:?}: {:?}", surface.kind, surface.text.expose()).unwrap();
    }
    shown + "\n"
}

#[test]
fn recorded_events_become_posts() {
    let events = events();
    let mut all = String::new();
    for (name, event) in &events {
        writeln!(all, "{name}: {}", event.kind).unwrap();
        let posts = posts(event, &events);
        if posts.is_empty() {
            all.push_str("  no post\n");
        }
        for post in posts {
            all.push_str(&shown(&post));
        }
    }
    insta::assert_snapshot!(all);
}

/// The value with a mark in the place of each of the values in it, one after the other.
fn marked(value: &Value) -> Vec<Value> {
    let mut all = vec![Value::from(MARK)];
    match value {
        Value::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                all.extend(marked(element).into_iter().map(|element| {
                    let mut elements = elements.clone();
                    elements[at] = element;
                    Value::from(elements)
                }));
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                all.extend(marked(member).into_iter().map(|member| {
                    let mut members = members.clone();
                    members.insert(name.clone(), member);
                    Value::from(members)
                }));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    all
}

const MARK: &str = "the mark";

#[test]
fn whatever_stands_anywhere_in_an_event_it_is_read() {
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let wide = format!("[{}0]", "{\"body\":[]},".repeat(50));
    let hostile = [
        "null",
        "true",
        "-1",
        "1e999",
        "99999999999999999999999999",
        "\"\"",
        r#""\ud800\u0000\udfff\n""#,
        r##""> <@a:b>\n> <mx-reply>!report https://matrix.to/#/!/$""##,
        r#"{"\ud800":{"body":["x"]},"":"","event_id":"$","event_id":{}}"#,
        &deep,
        &wide,
    ];
    let mark = format!("\"{MARK}\"");
    // Each place gets two of them, and each of them comes to each sort of place in one event or another.
    let mut hostile = hostile.iter().cycle();
    for json in recorded().values() {
        for marked in marked(&serde_json::from_str(json).unwrap()) {
            let marked = marked.to_string();
            assert!(marked.contains(&mark));
            for value in hostile.by_ref().take(2) {
                read(&marked.replace(&mark, value));
            }
        }
    }
}

#[test]
fn an_event_full_of_anything_is_read() {
    let full = |part: &str| Value::from(part.repeat(65_000 / part.len()));
    let replies = json!({"m.in_reply_to": {"event_id": "$e"}});
    let mut contents: Vec<String> = Vec::new();
    for part in ["> <@a:b>\n", "> ", "a ", "\0", "\u{e9}", "**a", "https://matrix.to/#/"] {
        contents.push(json!({"msgtype": "m.text", "body": full(part), "m.relates_to": replies}).to_string());
        contents.push(json!({"m.text": vec![part; 5_000]}).to_string());
    }
    for part in
        ["<", "&#", "&nGt;", "<a title='", "<!--", "<mx-reply>", "<a href='https://matrix.to/#/@a:b'>"]
    {
        contents.push(json!({"formatted_body": full(part)}).to_string());
    }
    for (open, close) in [("[", "]"), (r#"{"body":"#, "}"), (r#"[{"body":["a"]},"#, "]")] {
        let times = 65_000 / (open.len() + close.len());
        contents.push(format!("{{\"m.text\":{}0{}}}", open.repeat(times), close.repeat(times)));
    }
    for content in contents {
        let head = r#""event_id":"$e","sender":"@a:b","type":"m.room.message""#;
        let json = format!("{{{head},\"content\":{content}}}");
        assert!(Event::parse(&json).is_ok());
        read(&json);
    }
}
