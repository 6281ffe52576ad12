//! Events in the shapes in which Discord sends them, what becomes of each, and of each with anything put into it.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use policy::{MemberId, Post, SurfaceKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::deletions::gone;
use super::message::{Reading, Writer, read};
use crate::fuzzing::{check, hear_all, place, posts};

fn recorded() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let named = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap())
    };
    files.map(named).collect()
}

/// What becomes of an event: its posts, and what else is to say of it.
fn heard(kind: &str, event: &Value) -> (Vec<Post>, String) {
    let more = match kind {
        "MESSAGE_CREATE" | "MESSAGE_UPDATE" => match read(event, &place()) {
            Reading::Told(told) => {
                let stays = if told.is_deletable { "" } else { " that stays" };
                format!("{:?}{stays}", told.writer)
            }
            Reading::Silent => "silent".to_owned(),
            Reading::Withheld => "withheld".to_owned(),
            Reading::Partial => "only a part".to_owned(),
        },
        "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK" => format!("gone: {:?}", gone(event)),
        _ => String::new(),
    };
    (posts(kind, event), more)
}

fn shown(post: &Post) -> String {
    let mut shown =
        format!("  {:?} {} r{} by {}", post.kind, post.id.as_str(), post.revision, post.author.as_str());
    write!(shown, " ({}) in {}", post.author_name.expose(), post.channel.as_str()).unwrap();
    if let Some(answers) = &post.answers {
        write!(shown, " answers {}", answers.as_str()).unwrap();
    }
    if let Some(forwards) = &post.forwards {
        write!(shown, " forwards {}", forwards.as_str()).unwrap();
    }
    if post.directed {
        let at: Vec<&str> = post.addressed.iter().map(MemberId::as_str).collect();
        write!(shown, " at [{}]", at.join(", ")).unwrap();
    }
    if post.promised {
        shown.push_str(" promised");
    }
    for surface in &post.surfaces {
        write!(shown, "\n    {:?}: {:?}", surface.kind, surface.text.expose()).unwrap();
    }
    shown + "\n"
}

#[test]
fn recorded_events_become_posts() {
    let mut all = String::new();
    for (name, event) in &recorded() {
        let kind = event["t"].as_str().unwrap();
        let (posts, more) = heard(kind, &event["d"]);
        writeln!(all, "{name}: {kind} {more}").unwrap();
        if posts.is_empty() {
            all.push_str("  no post\n");
        }
        for post in posts {
            all.push_str(&shown(&post));
        }
    }
    insta::assert_snapshot!(all);
}

fn told(name: &str) -> super::message::Told {
    match read(&recorded()[name]["d"], &place()) {
        Reading::Told(told) => *told,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn an_update_that_says_nothing_new_has_the_digest_of_what_was_said() {
    let (plain, pinned, edited) =
        (told("message_plain"), told("message_pinned_update"), told("message_edited"));
    assert_eq!((plain.digest, plain.post.revision), (pinned.digest, pinned.post.revision));
    assert_ne!(plain.digest, edited.digest);
    assert!(edited.post.revision > plain.post.revision && edited.post.id == plain.post.id);

    let (link, unfolded) = (told("message_link"), told("message_link_unfolded"));
    assert_ne!(link.digest, unfolded.digest, "there is something new to judge");
    assert_eq!(link.post.revision, unfolded.post.revision, "and nobody edited it");
    let new: Vec<_> = unfolded.post.surfaces.iter().filter(|one| !link.post.surfaces.contains(one)).collect();
    assert!(!new.is_empty() && new.iter().all(|surface| surface.kind == SurfaceKind::Quotation));
}

#[test]
fn nobody_answers_for_what_no_member_wrote() {
    for (name, event) in &recorded() {
        let Reading::Told(told) = read(&event["d"], &place()) else { continue };
        let own = told.post.surfaces.iter().any(|surface| surface.kind.is_own());
        let answers = matches!(told.writer, Writer::Member | Writer::Invoker { .. });
        assert!(answers || !own, "{name}");
    }
    let by_app = told("message_user_app");
    assert_eq!(by_app.post.author.as_str(), "80351110224678912", "whoever had it written");
    assert!(by_app.post.surfaces.iter().any(|surface| surface.kind.is_own()));
}

#[test]
fn flags_of_any_size_spoil_nothing() {
    let mut message = recorded()["message_plain"]["d"].clone();
    for flags in [json!(u64::MAX), json!(-1), json!(1e300), json!(0.5), json!("9007199254740993"), json!([])]
    {
        message["flags"] = flags.clone();
        message["type"] = json!(0.0);
        assert!(
            matches!(read(&message, &place()), Reading::Told(told) if told.writer == Writer::Member),
            "{flags}"
        );
    }
}

/// A message with a text in every field in which Discord documents one, each made by `text`.
fn fullest(text: &mut dyn FnMut() -> String) -> Value {
    let mut snapshot = content(text);
    snapshot["type"] = json!(0);
    let mut message = content(text);
    let reply = json!({"type": 1, "message_id": "175928847299117063", "channel_id": "7"});
    let head = json!({
        "id": "175928847299117064", "channel_id": "7", "guild_id": "9", "type": 0, "timestamp": "x", "edited_timestamp": null,
        "author": {"id": "50", "username": "nelly"}, "message_reference": reply,
        "message_snapshots": [{"message": snapshot}],
        "poll": {
            "question": {"text": text()},
            "answers": [
                {"answer_id": 1, "poll_media": {"text": text(), "emoji": {"id": "17", "name": "yes_yes"}}},
                {"answer_id": 2, "poll_media": {"text": text()}},
            ],
        },
    });
    message.as_object_mut().unwrap().extend(head.as_object().unwrap().clone());
    message
}

/// What a message and a forward have in common.
fn content(text: &mut dyn FnMut() -> String) -> Value {
    let media = json!({"url": "https://x.example", "proxy_url": "x", "placeholder": "eA==", "placeholder_version": 1});
    let row = |menu: Value| json!({"type": 1, "components": [menu]});
    json!({
        "content": text(),
        "embeds": [{
            "type": "rich", "url": "https://x.example", "title": text(), "description": text(),
            "fields": [{"name": text(), "value": text()}, {"name": text(), "value": text()}],
            "author": {"name": text(), "url": "https://x.example"}, "footer": {"text": text()},
            "provider": {"name": text()}, "image": {"url": "https://x.example", "description": text()},
        }],
        "attachments": [{"filename": text(), "title": text(), "description": text(), "url": "https://x.example"}],
        "sticker_items": [{"id": "1", "name": text()}],
        "stickers": [{"id": "1", "name": text(), "description": text(), "tags": "x"}],
        "components": [
            {"type": 17, "components": [
                {"type": 10, "content": text()},
                {"type": 9, "components": [{"type": 10, "content": text()}],
                    "accessory": {"type": 11, "media": media, "description": text()}},
                {"type": 9, "components": [{"type": 10, "content": text()}],
                    "accessory": {"type": 2, "style": 1, "label": text()}},
                {"type": 12, "items": [{"media": media, "description": text()}]},
                {"type": 13, "file": media, "name": text()},
                {"type": 14},
                {"type": 1, "components": [{"type": 2, "style": 5, "url": "https://x.example", "label": text()}]},
                row(json!({"type": 3, "custom_id": "x", "placeholder": text(), "options": [
                    {"label": text(), "description": text(), "value": "x"}, {"label": text(), "value": "x"}]})),
                row(json!({"type": 5, "custom_id": "x", "placeholder": text()})),
                row(json!({"type": 6, "custom_id": "x", "placeholder": text()})),
                row(json!({"type": 7, "custom_id": "x", "placeholder": text()})),
                row(json!({"type": 8, "custom_id": "x", "placeholder": text()})),
                row(json!({"type": 4, "custom_id": "x", "label": text(), "placeholder": text(), "value": text()})),
                {"type": 18, "label": text(), "description": text(), "component":
                    {"type": 21, "custom_id": "x", "options": [{"label": text(), "value": "x", "description": text()}]}},
                {"type": 99, "label": text(), "thing": {"title": text(), "text": [text(), text()]}},
            ]},
        ],
        "field_of_tomorrow": {"title": text(), "items": [{"text": text()}, {"deeper": {"description": text()}}]},
    })
}

#[test]
fn a_text_in_any_documented_field_is_read() {
    for writer in
        [json!({}), json!({"webhook_id": "3"}), json!({"author": {"id": "50", "username": "b", "bot": true}})]
    {
        let mut planted = Vec::new();
        let mut message = fullest(&mut || {
            planted.push(format!("mark {} here", planted.len()));
            planted[planted.len() - 1].clone()
        });
        message.as_object_mut().unwrap().extend(writer.as_object().unwrap().clone());
        let Reading::Told(told) = read(&message, &place()) else { panic!("{writer}") };
        assert!(planted.len() > 80);
        let read: Vec<&str> =
            told.post.surfaces.iter().flat_map(|surface| surface.text.expose().lines()).collect();
        for mark in &planted {
            assert!(read.contains(&mark.as_str()), "{mark} of {message:#}");
        }
        assert!(!read.contains(&"x") && !read.contains(&"eA=="), "what nobody is shown");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However long the texts are: nothing is cut off that Discord would take.
    #[test]
    fn what_stands_in_any_field_is_judged(words in "[a-z]{1,12}( [a-z]{1,12}){0,5}", pad in 0_usize..3_000) {
        let mut count = 0;
        let message = fullest(&mut || {
            count += 1;
            format!("{words} {count} {}", "x ".repeat(pad / 2)).trim_end().to_owned()
        });
        let Reading::Told(told) = read(&message, &place()) else { panic!("no post") };
        let texts = told.post.surfaces.iter().flat_map(|surface| surface.text.expose().lines());
        let begins: HashSet<String> = texts.map(|text| text.trim_end_matches([' ', 'x']).to_owned()).collect();
        for number in 1..=count {
            prop_assert!(begins.contains(&format!("{words} {number}")), "{}", number);
        }
        check(&told.post);
    }
}

/// The value with another in the place of each of the values in it, one after the other.
fn replaced(value: &Value, by: &Value) -> Vec<Value> {
    let mut all = vec![by.clone()];
    match value {
        Value::Array(elements) => {
            for (at, element) in elements.iter().enumerate() {
                all.extend(replaced(element, by).into_iter().map(|element| {
                    let mut elements = elements.clone();
                    elements[at] = element;
                    Value::from(elements)
                }));
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                all.extend(replaced(field, by).into_iter().map(|field| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), field);
                    Value::from(fields)
                }));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    all
}

#[test]
fn whatever_stands_anywhere_in_an_event_it_is_read() {
    let deep =
        (0..100).fold(json!("deep"), |inner, _| json!({"components": [inner], "message": {"content": "d"}}));
    let hostile = [
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("\u{0}\u{feff}\u{202e}\n"),
        json!("18446744073709551615"),
        json!("9999-12-31T23:59:59.999999+00:00"),
        json!("<@1><:a:2>[x](https://%ff)<!--"),
        json!([{"message": {"message_snapshots": [{"message": {"content": "x"}}]}}, [], {}]),
        json!({"id": "3", "name": "x", "user": {"id": "4"}, "0": "5"}),
        deep,
    ];
    for event in recorded().values() {
        for (turn, value) in hostile.iter().enumerate() {
            // Each place gets two of them, and each of them comes to each sort of place in one event or another.
            let some =
                replaced(&event["d"], value).into_iter().enumerate().filter(|(at, _)| (at + turn) % 6 == 0);
            some.for_each(|(_, event)| hear_all(&event));
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (1..20_u64).prop_map(|id| Value::from(id.to_string())),
        "\\PC{0,12}".prop_map(Value::from),
        "[<>@#:/\\[\\]()a1]{0,16}".prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "id",
        "channel_id",
        "author",
        "content",
        "type",
        "message_reference",
        "message_id",
        "message_snapshots",
        "message",
        "embeds",
        "components",
        "options",
        "label",
        "value",
        "emoji",
        "name",
        "poll",
        "attachments",
        "mentions",
        "user",
        "user_id",
        "member",
        "nick",
        "interaction_metadata",
        "webhook_id",
        "edited_timestamp",
        "referenced_message",
        "owner_id",
        "topic",
        "status",
        "ids",
        "reactions",
        "other",
    ]);
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..9).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_read(value in any_value(), content in any_value()) {
        hear_all(&value);
        let head = json!({"id": "1", "channel_id": "7", "author": {"id": "50"}, "content": "c", "user_id": "50",
            "message_id": "1", "emoji": {"name": "x"}, "name": "t", "owner_id": "50", "user": {"id": "50"}});
        let mut whole = value.as_object().cloned().unwrap_or_default();
        whole.extend(head.as_object().cloned().unwrap_or_default());
        whole.insert("components".to_owned(), content);
        hear_all(&Value::from(whole));
    }
}

#[test]
fn an_event_full_of_anything_is_read() {
    for part in ["[", "<", "](http://", "<@1>", "a ", "\0", "\u{e9}", "**", "<!-- <a ", "<:a_b:1>"] {
        let text = part.repeat(100_000 / part.len());
        let list: Vec<Value> =
            (0..300).map(|n| json!({"filename": format!("{part}{n}"), "name": part})).collect();
        hear_all(&json!({
            "id": "1", "channel_id": "7", "author": {"id": "50"}, "content": text, "attachments": list, "name": text,
            "topic": text, "status": text, "user_id": "50", "message_id": "2", "nick": text, "user": {"id": "50"},
            "owner_id": "50", "emoji": {"name": text}, "mentions": vec![json!({"id": "3"}); 5_000]
        }));
    }
}
