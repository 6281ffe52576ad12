use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn event(kind: &str, content: &Value) -> Event {
    sent_by("@alice:b.example", kind, content)
}

fn sent_by(sender: &str, kind: &str, content: &Value) -> Event {
    let json =
        json!({"event_id": "$e", "sender": sender, "type": kind, "origin_server_ts": 1, "content": content});
    Event::parse(&json.to_string()).unwrap()
}

fn message(content: &Value) -> Event {
    event("m.room.message", content)
}

fn texts(event: &Event, answered: Answered<'_>) -> Vec<(SurfaceKind, String)> {
    surfaces(event, answered)
        .into_iter()
        .map(|surface| (surface.kind, surface.text.expose().to_owned()))
        .collect()
}

fn said(kind: &str, content: &Value) -> String {
    let texts = texts(&event(kind, content), Answered::Nothing);
    texts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n")
}

/// Every case in which other bots were tried: the word must come out as it was typed, or as a client shows it.
#[test]
fn no_way_to_type_a_word_hides_it() {
    let text = |body: &str| ("m.room.message", json!({"msgtype": "m.text", "body": body}));
    let html = |body: &str, formatted: &str| {
        let format = "org.matrix.custom.html";
        (
            "m.room.message",
            json!({"msgtype": "m.text", "body": body, "format": format, "formatted_body": formatted}),
        )
    };
    let of_type = |msgtype: &str| ("m.room.message", json!({"msgtype": msgtype, "body": "oh bollocks"}));
    let edit = |fallback: &str, formatted: &str, new: &str| {
        (
            "m.room.message",
            json!({"msgtype": "m.text", "body": fallback, "formatted_body": formatted,
                "m.new_content": {"msgtype": "m.text", "body": new},
                "m.relates_to": {"rel_type": "m.replace", "event_id": "$o"}}),
        )
    };
    let answers =
        json!([{"id": "1", "m.text": [{"body": "yes"}]}, {"id": "2", "m.text": [{"body": "bollocks"}]}]);
    let unstable = json!([{"id": "1", "org.matrix.msc1767.text": "bollocks"}]);
    let long = format!("{} bollocks", "all is well ".repeat(2_500));
    let mut rows = vec![
        ("plain", text("bollocks")),
        ("sentence", text("what bollocks, again")),
        ("30 kB", text(&long)),
        ("html only", html("nothing here", "<b>bollocks</b>")),
        ("spoiler", html("nothing here", "<span data-mx-spoiler>bollocks</span>")),
        ("spoiler's reason", html("nothing here", "<span data-mx-spoiler=\"bollocks\">no</span>")),
        ("a tag in the word, plain body spelt out", html("bollocks", "bol<i></i>locks")),
        ("a tag in the word", html("fine", "bol<b>locks</b>")),
        ("an entity in the word", html("fine", "b&#111;llocks")),
        ("a comment in the word", html("fine", "bol<!-- no -->locks")),
        ("hidden from those that show no replies", html("fine", "<mx-reply>bollocks</mx-reply>fine")),
        ("alternative text", html("fine", "<img src='mxc://b/c' alt='bollocks'>")),
        ("notice", of_type("m.notice")),
        ("emote", of_type("m.emote")),
        ("unknown type of message", of_type("com.example.unheard")),
        ("no type of message", ("m.room.message", json!({"body": "bollocks"}))),
        (
            "location",
            ("m.room.message", json!({"msgtype": "m.location", "body": "bollocks", "geo_uri": "geo:1,2"})),
        ),
        (
            "described location",
            ("m.location", json!({"m.location": {"uri": "geo:1,2", "description": "bollocks"}})),
        ),
        (
            "caption",
            (
                "m.room.message",
                json!({"msgtype": "m.image", "body": "bollocks", "filename": "a.png", "url": "mxc://b/c"}),
            ),
        ),
        (
            "file name",
            (
                "m.room.message",
                json!({"msgtype": "m.file", "body": "a caption", "filename": "bollocks.pdf", "url": "mxc://b/c"}),
            ),
        ),
        ("file name alone", ("m.room.message", json!({"msgtype": "m.image", "body": "bollocks.png"}))),
        ("sticker", ("m.sticker", json!({"body": "bollocks", "url": "mxc://b/c", "info": {}}))),
        (
            "poll's question",
            ("m.poll.start", json!({"m.poll": {"question": {"m.text": [{"body": "bollocks?"}]}}})),
        ),
        ("poll's answer", ("m.poll.start", json!({"m.poll": {"answers": answers}}))),
        (
            "poll's question, unstable",
            (
                "org.matrix.msc3381.poll.start",
                json!({"org.matrix.msc3381.poll.start": {"question": {"org.matrix.msc1767.text": "bollocks"}}}),
            ),
        ),
        (
            "poll's answer, unstable",
            (
                "org.matrix.msc3381.poll.start",
                json!({"org.matrix.msc3381.poll.start": {"answers": unstable}}),
            ),
        ),
        ("poll's end", ("m.poll.end", json!({"m.poll.end": {}, "org.matrix.msc1767.text": "bollocks"}))),
        (
            "reaction",
            (
                "m.reaction",
                json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "bollocks"}}),
            ),
        ),
        (
            "name of a picture for a reaction",
            (
                "m.reaction",
                json!({"com.beeper.reaction.shortcode": ":bollocks:",
                    "m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "mxc://b.example/abc"}}),
            ),
        ),
        (
            "server of a picture for a reaction",
            (
                "m.reaction",
                json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "mxc://bollocks/AbCdEfGhIjKlMnOpQr"}}),
            ),
        ),
        (
            "what is no name that a server makes up for a picture",
            (
                "m.reaction",
                json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "mxc://bollocks/x"}}),
            ),
        ),
        ("m.text alone", ("m.message", json!({"m.text": [{"body": "bollocks"}]}))),
        ("m.text as a text", ("m.message", json!({"m.text": "bollocks"}))),
        (
            "m.text in HTML",
            ("m.message", json!({"m.text": [{"body": "bol<b>locks</b>", "mimetype": "text/html"}]})),
        ),
        ("older m.text", ("m.message", json!({"org.matrix.msc1767.message": [{"body": "bollocks"}]}))),
        ("older html", ("m.message", json!({"org.matrix.msc1767.html": "bol<b>locks</b>"}))),
        ("captioned, extensible", ("m.image", json!({"m.caption": {"m.text": [{"body": "bollocks"}]}}))),
        (
            "file, extensible",
            ("m.file", json!({"org.matrix.msc1767.file": {"name": "bollocks", "url": "mxc://b/c"}})),
        ),
        ("edit", edit("* bollocks", "* bollocks", "bollocks")),
        ("edit, fallback clean", edit("* fine", "* fine", "bollocks")),
        ("edit, fallback alone", edit("* bollocks", "fine", "fine")),
        ("edit, formatted fallback alone", edit("* fine", "* <b>bollocks</b>", "fine")),
        (
            "edit, html only",
            (
                "m.room.message",
                json!({"body": "* fine", "m.new_content": {"body": "fine", "formatted_body": "<i>bollocks</i>"},
                    "m.relates_to": {"rel_type": "m.replace", "event_id": "$o"}}),
            ),
        ),
        (
            "edit of a poll",
            (
                "m.poll.start",
                json!({"m.new_content": {"m.poll": {"answers": answers}},
                    "m.relates_to": {"rel_type": "m.replace", "event_id": "$o"}}),
            ),
        ),
        ("edit that replaces nothing", ("m.room.message", json!({"m.new_content": {"body": "bollocks"}}))),
        (
            "thread",
            (
                "m.room.message",
                json!({"body": "bollocks", "m.relates_to": {"rel_type": "m.thread", "event_id": "$r"}}),
            ),
        ),
        (
            "name for one message",
            (
                "m.room.message",
                json!({"body": "hi", "com.beeper.per_message_profile": {"displayname": "bollocks"}}),
            ),
        ),
        (
            "preview of a page",
            ("m.room.message", json!({"body": "hi", "com.beeper.linkpreviews": [{"og:title": "bollocks"}]})),
        ),
        (
            "reason for going",
            ("m.room.member", json!({"membership": "leave", "reason": "bollocks", "displayname": "A"})),
        ),
        ("reason of a redaction", ("m.room.redaction", json!({"redacts": "$x", "reason": "bollocks"}))),
        ("room's name", ("m.room.name", json!({"name": "bollocks"}))),
        ("topic", ("m.room.topic", json!({"topic": "bollocks"}))),
        (
            "topic, extensible",
            ("m.room.topic", json!({"topic": "fine", "m.topic": {"m.text": [{"body": "bollocks"}]}})),
        ),
        ("widget", ("im.vector.modular.widgets", json!({"name": "bollocks", "url": "https://b.example"}))),
        (
            "name of a picture",
            ("im.ponies.room_emotes", json!({"images": {"bollocks": {"url": "mxc://b/c"}}})),
        ),
        (
            "unknown type of event",
            ("com.example.unheard", json!({"com.example.thing": [{"title": "bollocks"}]})),
        ),
    ];
    for disguise in [
        "BOLLOCKS!!!",
        "b0ll0ck5",
        "booollllocks",
        "b o l l o c k s",
        "b.o.l.l.o.c.k.s",
        "bol\u{200b}lo\u{200d}c\u{2060}k\u{ad}s",
        "bol\u{200f}lo\u{e0063}ck\u{fe0f}s",
        "b\u{43e}llocks",
        "\u{ff42}\u{ff4f}\u{ff4c}\u{ff4c}ocks",
        "\u{1d41b}ollocks",
        "bo\u{301}ll\u{f6}cks",
        "bol**locks**",
    ] {
        let (kind, content) = text(disguise);
        assert_eq!(said(kind, &content), disguise, "as it was typed");
    }
    rows.push(("our word inside a name", text("our Scunthorpe branch")));
    for (name, (kind, content)) in rows {
        let said = said(kind, &content);
        let want = if name.starts_with("our") { "Scunthorpe" } else { "bollocks" };
        assert!(said.contains(want), "{name}: {said:?}");
    }
}

#[test]
fn what_no_client_shows_is_left_alone() {
    let rows = [
        ("m.room.message", json!({"body": ""})),
        ("m.room.message", json!({})),
        ("m.room.message", json!({"msgtype": "bollocks", "format": "bollocks"})),
        (
            "m.room.message",
            json!({"url": "mxc://bollocks/bollocks", "info": {"mimetype": "bollocks", "w": 1}}),
        ),
        ("m.room.message", json!({"m.mentions": {"user_ids": ["@bollocks:b.example"]}})),
        (
            "m.room.message",
            json!({"file": {"key": {"k": "bollocks", "alg": "A"}, "iv": "b", "hashes": {"sha256": "c"}}}),
        ),
        (
            "m.room.encrypted",
            json!({"algorithm": "m.megolm", "ciphertext": "bollocks", "session_id": "bollocks"}),
        ),
        ("m.key.verification.key", json!({"key": "bollocks", "transaction_id": "bollocks"})),
        (
            "m.poll.response",
            json!({"m.poll.response": {"answers": ["bollocks"]}, "m.selections": ["bollocks"]}),
        ),
        ("m.space.child", json!({"via": ["bollocks.example"], "suggested": true})),
        ("m.room.power_levels", json!({"users": {"@bollocks:b.example": 50}, "events": {"m.room.name": 50}})),
        ("m.call.invite", json!({"call_id": "bollocks", "offer": {"sdp": "bollocks", "type": "offer"}})),
        (
            "m.room.message",
            json!({"formatted_body": "<!-- bollocks --><a href='https://bollocks.example'></a>"}),
        ),
    ];
    for (kind, content) in rows {
        assert_eq!(said(kind, &content), "", "{kind} {content}");
    }
}

#[test]
fn what_is_said_twice_is_one_surface() {
    let once = [
        json!({"body": "**so** it `is`", "formatted_body": "<strong>so</strong> it <code>is</code>"}),
        json!({"body": "**Bring** your `notes`, and the (_green_) book!", "formatted_body": "<b>Bring</b> your <code>notes</code>, and the (<i>green</i>) book!"}),
        json!({"body": "a\n\nb", "formatted_body": "<p>a</p>\n<p>b</p>\n"}),
        json!({"formatted_body": "<p>so</p>", "body": "so"}),
        json!({"body": "- a\n- b", "formatted_body": "<ul><li>a</li><li>b</li></ul>"}),
        json!({"body": "> a\n\nb", "formatted_body": "<blockquote>a</blockquote>b"}),
        json!({"body": "a.png", "filename": "a.png"}),
        json!({"body": "* so", "formatted_body": "* <b>so</b>", "m.new_content": {"body": "**so**", "formatted_body": "<b>so</b>"}}),
        json!({"body": "so", "m.text": [{"body": "<p>so</p>", "mimetype": "text/html"}, {"body": "so"}]}),
    ];
    for content in once {
        assert_eq!(texts(&message(&content), Answered::Nothing).len(), 1, "{content}");
    }
    let twice = [
        json!({"body": "bol**locks**", "formatted_body": "bol<b>locks</b>"}),
        json!({"body": "* f***", "m.new_content": {"body": "f"}}),
        json!({"body": "a", "formatted_body": "a <i title='b'></i>"}),
        json!({"body": "ab", "formatted_body": "a b"}),
    ];
    for content in twice {
        assert_eq!(texts(&message(&content), Answered::Nothing).len(), 2, "{content}");
    }
}

#[test]
fn a_quotation_of_what_is_answered_is_judged_once_and_is_no_hiding_place() {
    use SurfaceKind::{Body, Quotation};
    let original = message(
        &json!({"body": "what **bollocks** this is", "formatted_body": "what <b>bollocks</b> this is"}),
    );
    let fallback = |words: &str| {
        json!({"body": format!("> <@alice:b.example> {words}\n\nquite"), "formatted_body": format!(
            "<mx-reply><blockquote><a href=\"https://matrix.to/#/!r/$e\">In reply to</a> <a href=\"https://matrix.to/#/@alice:b.example\">@alice:b.example</a><br>{words}</blockquote></mx-reply>quite"
        )})
    };
    let known = Answered::Known(&original);
    let rows = [
        ("repeated", fallback("what **bollocks** this is"), known, vec![(Body, "quite")]),
        ("repeated in part", fallback("what bollocks\u{2026}"), known, vec![(Body, "quite")]),
        (
            "repeated as an emote",
            json!({"body": "> * <@alice:b.example> what bollocks\n> this is\n\nquite"}),
            known,
            vec![(Body, "quite")],
        ),
        ("made up", fallback("my own arse"), known, vec![(Body, "my own arse"), (Body, "quite")]),
        ("parts put together", fallback("bollocks is"), known, vec![(Body, "bollocks is"), (Body, "quite")]),
        ("cut within a word", fallback("bol"), known, vec![(Body, "bol"), (Body, "quite")]),
        (
            "gone",
            fallback("bollocks"),
            Answered::Unknown,
            vec![(Quotation, "@alice:b.example\nbollocks"), (Body, "quite")],
        ),
        (
            "another's name",
            json!({"body": "> <@arse:b.example> what bollocks this is\n\nquite"}),
            known,
            vec![(Quotation, "@arse:b.example"), (Body, "quite")],
        ),
        (
            "typed by the member",
            json!({"body": "> bollocks\n\nquite"}),
            known,
            vec![(Body, "> bollocks\n\nquite")],
        ),
        (
            "no answer at all",
            json!({"body": "> <@alice:b.example> bollocks\n\nquite"}),
            Answered::Nothing,
            vec![(Body, "> <@alice:b.example> bollocks\n\nquite")],
        ),
        ("nothing but a quotation", json!({"body": "> <@alice:b.example> what bollocks"}), known, vec![]),
        (
            "an answer in another form",
            json!({"m.text": [{"body": "> <@alice:b.example> what bollocks\n\nquite"}]}),
            known,
            vec![(Body, "quite")],
        ),
    ];
    for (name, content, answered, want) in rows {
        let texts = texts(&message(&content), answered);
        let texts: Vec<(SurfaceKind, &str)> =
            texts.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
        assert_eq!(texts, want, "{name}");
    }
}

#[test]
fn what_is_answered_may_have_been_edited_meanwhile() {
    let original = json!({"event_id": "$o", "sender": "@bob:b.example", "type": "m.room.message",
        "content": {"body": "before"},
        "unsigned": {"m.relations": {"m.replace": {"content": {"body": "* after", "m.new_content": {"body": "after"}}}}}});
    let original = Event::parse(&original.to_string()).unwrap();
    for words in ["before", "after"] {
        let answer = message(&json!({"body": format!("> <@bob:b.example> {words}\n\nquite")}));
        assert_eq!(texts(&answer, Answered::Known(&original)), [(SurfaceKind::Body, "quite".to_owned())]);
    }
}

#[test]
fn whose_name_and_whose_words_a_text_is() {
    use SurfaceKind::{Body, Name, Quotation};
    let other = event("m.room.member", &json!({"displayname": "A"}));
    assert_eq!(texts(&other, Answered::Nothing), [(Quotation, "A".to_owned())], "somebody else's");
    let member = json!({"event_id": "$e", "sender": "@a:b", "type": "m.room.member", "state_key": "@a:b",
        "content": {"displayname": "A", "reason": "r"}});
    let member = Event::parse(&member.to_string()).unwrap();
    assert_eq!(texts(&member, Answered::Nothing), [(Name, "A".to_owned()), (Body, "r".to_owned())]);
    let preview =
        message(&json!({"body": "b", "com.beeper.linkpreviews": [{"og:title": "t", "og:url": "u"}]}));
    assert_eq!(texts(&preview, Answered::Nothing), [(Body, "b".to_owned()), (Quotation, "t".to_owned())]);
}

#[test]
fn many_texts_are_put_together_and_none_is_lost() {
    let many: Vec<String> = (0..5_000).map(|n| format!("text{n}")).collect();
    let texts = texts(&message(&json!({"m.text": many})), Answered::Nothing);
    assert_eq!(texts.len(), SURFACES_MAX);
    let all: Vec<&str> = texts.iter().flat_map(|(_, text)| text.lines()).collect();
    assert_eq!(all, many);
}

#[test]
fn what_grows_when_it_is_read_is_read_to_its_end() {
    let formatted = format!("{}bollocks", "&nGt;".repeat(12_500));
    let texts = texts(&message(&json!({"formatted_body": formatted})), Answered::Nothing);
    assert!(texts.iter().all(|(_, text)| text.len() <= TEXT_LEN_MAX));
    assert!(texts.iter().any(|(_, text)| text.ends_with("bollocks")));
}

#[test]
fn what_is_nested_too_deeply_hides_nothing_beside_it() {
    let deep = format!("{}\"bollocks\"{}", "[".repeat(25_000), "]".repeat(25_000));
    let json = format!(
        r#"{{"event_id":"$e","sender":"@a:b","type":"m.room.message","content":{{"body":{deep},"a":{deep},"m.text":[{deep},{{"body":"seen","x":{deep}}}]}}}}"#
    );
    let event = Event::parse(&json).unwrap();
    assert_eq!(texts(&event, Answered::Nothing), [(SurfaceKind::Body, "seen".to_owned())]);
    assert_eq!(event.unread_fields, 3);
}

#[test]
fn what_is_not_counted_as_unread_is_read() {
    for (levels, want) in [(DEPTH_MAX, 0), (DEPTH_MAX + 1, 1)] {
        let deep = (0..levels).fold(json!("seen"), |inner, _| json!([inner]));
        let event = message(&json!({"m.text": deep}));
        assert_eq!(event.unread_fields, want);
        assert_eq!(texts(&event, Answered::Nothing).len(), 1 - want);
    }
}

/// Any JSON, with names and values that mean something among the others.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        Just("> <@a:b> q\n\nown".to_owned()),
        Just("<mx-reply>q</mx-reply>".to_owned()),
        Just("text/html".to_owned()),
        Just("m.replace".to_owned()),
        Just("$e".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    let name = prop_oneof![
        any::<String>(),
        prop::sample::select(&TEXTS[..]).prop_map(str::to_owned),
        prop::sample::select(
            &[
                "m.new_content",
                "m.relates_to",
                "m.in_reply_to",
                "event_id",
                "rel_type",
                "key",
                "m.text",
                "mimetype",
                "images",
                "m.mentions",
                "user_ids",
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_content_is_read(content in prop::collection::btree_map(any::<String>(), any_json(), 0..4), more in any_json()) {
        let mut content: serde_json::Map<String, Value> = content.into_iter().collect();
        content.insert("m.relates_to".to_owned(), more.clone());
        content.insert("m.new_content".to_owned(), more);
        let event = message(&Value::Object(content));
        event.relation();
        super::super::post::mentions(&event);
        for answered in [Answered::Nothing, Answered::Known(&event), Answered::Unknown] {
            prop_assert!(surfaces(&event, answered).iter().all(|s| s.text.expose().len() <= TEXT_LEN_MAX));
        }
    }

    #[test]
    fn anything_at_all_is_an_event_or_none(text in any::<String>(), json in any_json()) {
        let read = Event::parse(&text).is_ok();
        prop_assert!(!read || text.contains("event_id"));
        if let Ok(event) = Event::parse(&json.to_string()) {
            surfaces(&event, Answered::Nothing);
        }
    }

    #[test]
    fn whatever_is_typed_into_a_field_comes_out(
        name in prop::sample::select(&TEXTS[..]),
        namespace in prop::sample::select(&["", "m.", "org.matrix.msc1767.", "og:"][..]),
        around in prop::sample::select(&["", "m.new_content", "m.poll.start", "any.thing"][..]),
        text in "\\PC*\\S\\PC*",
    ) {
        let inner = json!({ format!("{namespace}{name}"): text });
        let content = if around.is_empty() { inner } else { json!({ around: [inner] }) };
        let texts = texts(&message(&content), Answered::Nothing);
        let said: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
        let want = if FORMATTED.contains(&name) { html::shown(&text).text } else { text.trim().to_owned() };
        prop_assert_eq!(said, if want.is_empty() { vec![] } else { vec![want.as_str()] });
    }
}
