//! What comes from Discord, and what it asks.

use policy::{GroupId, Reference, Step};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::commands::tests::definition;

const ASHA: &str = "111111111111111111";
const CHANNEL: &str = "222222222222222222";
const SERVER: &str = "333333333333333333";
const POST: &str = "444444444444444444";

fn in_server(kind: u64, data: &Value) -> Value {
    json!({"type": kind, "id": "1", "token": "secret", "guild_id": SERVER, "channel_id": CHANNEL,
        "member": {"user": {"id": ASHA, "username": "asha"}}, "data": data})
}

fn what(interaction: &Value) -> What {
    asked(interaction, &definition()).unwrap().what
}

fn line(text: &str) -> What {
    What::Line(MessageText::new(text))
}

fn tag() -> Tag {
    Tag::of(&GroupId::new("branch").unwrap())
}

#[test]
fn who_asks_and_where_is_read_in_servers_and_in_private() {
    let found = asked(&in_server(COMMAND, &json!({"name": "queue", "type": 1})), &definition()).unwrap();
    assert_eq!((found.who.as_str(), found.server.as_deref()), (ASHA, Some(SERVER)));
    assert_eq!(found.channel.as_ref().map(ChannelId::as_str), Some(CHANNEL));
    assert_eq!(found.what, line("queue"));
    let private =
        json!({"type": COMMAND, "user": {"id": ASHA}, "channel_id": CHANNEL, "data": {"name": "queue"}});
    let found = asked(&private, &definition()).unwrap();
    assert_eq!((found.who.as_str(), found.server), (ASHA, None));
    for nobody in [
        json!({}),
        json!({"type": 1}),
        json!({"type": COMMAND, "user": {"id": "me"}, "data": {"name": "queue"}}),
    ] {
        assert_eq!(asked(&nobody, &definition()), None, "{nobody}");
    }
}

#[test]
fn commands_become_lines() {
    let link = format!("https://discord.com/channels/{SERVER}/{CHANNEL}/{POST}");
    let data = json!({"type": 1, "name": "remove", "options": [
        {"name": "target", "type": 3, "value": link}, {"name": "rule", "type": 3, "value": "abuse"}]});
    let found = asked(&in_server(COMMAND, &data), &definition()).unwrap();
    assert_eq!(found.what, line(&format!("remove #{POST} abuse")));
    let pointed = found.pointed.unwrap();
    assert_eq!(
        (pointed.server.as_deref(), pointed.channel.as_str(), pointed.post.as_str()),
        (Some(SERVER), CHANNEL, POST)
    );
    let data = json!({"type": 1, "name": "remove", "options": [
        {"name": "target", "type": 3, "value": "1"}, {"name": "reason", "type": 3, "value": "so"}]});
    let What::Unclear(unclear) = what(&in_server(COMMAND, &data)) else { panic!("unclear") };
    insta::assert_snapshot!(unclear, @"Please fill in `rule` as well, or leave `reason` out. Nothing was changed.");
}

#[test]
fn menus_open_a_form_or_are_a_line() {
    let menu = |kind: u64, name: &str, target: &str| {
        in_server(COMMAND, &json!({"type": kind, "name": name, "target_id": target}))
    };
    let post = PostId::new(POST).unwrap();
    let found = asked(&menu(3, REPORT_MENU, POST), &definition()).unwrap();
    assert_eq!(found.what, What::Form(Form::Report { post: post.clone() }));
    assert_eq!(found.pointed.map(|pointed| pointed.channel), ChannelId::new(CHANNEL));
    assert_eq!(what(&menu(3, ENFORCE_MENU, POST)), What::Form(Form::Enforce { post }));
    assert_eq!(what(&menu(2, RECORD_MENU, ASHA)), line(&format!("history {ASHA}")));
    for other in [
        menu(2, REPORT_MENU, POST),
        menu(3, RECORD_MENU, POST),
        menu(3, REPORT_MENU, "x"),
        menu(2, "x", ASHA),
    ] {
        assert_eq!(what(&other), What::Unknown, "{other}");
    }
}

#[test]
fn presses_become_forms_or_lines() {
    let press = |custom_id: &str, values: Value| {
        asked(&in_server(COMPONENT, &json!({"custom_id": custom_id, "values": values})), &definition())
            .unwrap()
    };
    let appeal = press("1:appeal:B-0042::branch", json!([]));
    assert_eq!(appeal.group, Some(tag()));
    let form = Form::of(Offer::Appeal(Reference::new(42).unwrap())).unwrap();
    assert_eq!(appeal.what, What::Form(form));
    assert_eq!(press("1:case:B-0042::branch", json!([])).what, line("case B-0042"));
    assert_eq!(press("1:acknowledge:::branch", json!([])).what, line("acknowledge"));
    assert_eq!(press("1:case:::branch", json!(["B-0007"])).what, line("case B-0007"));
    for (id, values) in [("1:case:::branch", json!([])), ("1:case:::branch", json!(["x"])), ("x", json!([]))]
    {
        assert_eq!(press(id, values).what, What::Unknown, "{id}");
    }
}

#[test]
fn forms_become_lines() {
    let submit = |custom_id: &str| {
        let row = |name: &str, value: &str| json!({"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]});
        let rows = [row("words", "it was a quotation"), row("step", "warning"), row("rule", "abuse")];
        asked(&in_server(MODAL, &json!({"custom_id": custom_id, "components": rows})), &definition()).unwrap()
    };
    let sign = Press::Offer(Offer::Sign(Reference::new(42).unwrap(), Some(Step::Warning)));
    assert_eq!(
        submit(&format!("f{}", sign.custom_id(&tag()))).what,
        line("sign B-0042 warning it was a quotation")
    );
    assert_eq!(submit("f1:sign:B-0042::branch").what, line("sign B-0042 warning it was a quotation"));
    let enforced = submit(&format!("f1:enforce:{POST}:branch"));
    assert_eq!(enforced.what, line(&format!("enforce #{POST} abuse it was a quotation")));
    assert_eq!(enforced.group, Some(tag()));
    assert_eq!(enforced.pointed.map(|pointed| pointed.channel), ChannelId::new(CHANNEL));
    assert_eq!(submit("1:appeal:B-0042::branch").what, What::Unknown);
}

#[test]
fn what_is_being_typed_asks_for_suggestions() {
    let data = json!({"type": 1, "name": "case", "options": [{"name": "case", "type": 3, "value": "B-", "focused": true}]});
    let want = What::Suggestions {
        command: "case".to_owned(),
        option: "case".to_owned(),
        typed: MessageText::new("B-"),
    };
    assert_eq!(what(&in_server(AUTOCOMPLETE, &data)), want);
    assert_eq!(what(&in_server(AUTOCOMPLETE, &json!({"name": "case"}))), What::Unknown);
}

#[test]
fn what_is_written_in_private_is_a_line() {
    let link = format!("https://canary.discord.com/channels/{SERVER}/{CHANNEL}/{POST}");
    let rows = [
        ("appeal B-0042 it was\na quotation", "appeal B-0042 it was\na quotation".to_owned()),
        (link.as_str(), format!("report inappropriate #{POST} No reason was given.")),
        (&format!("report spam <{link}> again"), format!("report spam #{POST} again")),
        (&format!("remove {link} abuse"), format!("remove #{POST} abuse")),
        (&format!("mute <@{ASHA}> 24"), format!("mute @{ASHA} 24")),
        ("hello", "hello".to_owned()),
        ("", String::new()),
    ];
    for (words, want) in rows {
        assert_eq!(wrote(words, &definition()).0.expose(), want, "{words}");
    }
    assert_eq!(wrote(&link, &definition()).1.map(|pointed| pointed.post), PostId::new(POST));
    assert_eq!(wrote("hello", &definition()).1, None);
}

#[test]
fn only_links_to_messages_are_links() {
    let private = linked(&format!("https://discordapp.com/channels/@me/{CHANNEL}/{POST}?x=1")).unwrap();
    assert_eq!((private.server, private.post.as_str()), (None, POST));
    for other in [
        format!("https://discord.com/channels/{SERVER}/{CHANNEL}"),
        format!("https://discord.com/channels/{SERVER}/{CHANNEL}/{POST}/1"),
        format!("https://discord.com.b.example/channels/{SERVER}/{CHANNEL}/{POST}"),
        format!("https://b.example/discord.com/channels/{SERVER}/{CHANNEL}/{POST}"),
        format!("http://discord.com/channels/{SERVER}/{CHANNEL}/{POST}"),
        format!("https://discord.com/channels/x/{CHANNEL}/{POST}"),
        "https://".to_owned(),
    ] {
        assert_eq!(linked(&other), None, "{other}");
    }
}

#[test]
fn what_is_asked_does_not_show_its_words() {
    let data = json!({"type": 1, "name": "appeal", "options": [
        {"name": "case", "value": "B-0042"}, {"name": "words", "value": "my secret"}]});
    let found = asked(&in_server(COMMAND, &data), &definition()).unwrap();
    assert!(!format!("{found:?}").contains("secret"), "{found:?}");
}

/// Any value of JSON, often with names that mean something here.
fn anything() -> impl Strategy<Value = Value> {
    let names = [
        "type",
        "data",
        "member",
        "user",
        "id",
        "name",
        "options",
        "value",
        "values",
        "custom_id",
        "components",
        "component",
        "target_id",
        "focused",
        "guild_id",
    ];
    let words = prop::sample::select(
        &[
            ASHA,
            "queue",
            "case",
            "rules",
            "show",
            "1:case:::branch",
            "f1:sign:B-0042::branch",
            REPORT_MENU,
            "",
        ][..],
    );
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_u64..7).prop_map(Value::from),
        words.prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(names.to_vec()), inner, 0..6)
                .prop_map(|map| map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn anything_may_come(value in anything(), data in anything(), kind in 0_u64..7) {
        let definition = definition();
        let _ = asked(&value, &definition);
        let found = asked(&in_server(kind, &data), &definition).unwrap();
        prop_assert_eq!(found.who.as_str(), ASHA);
    }

    #[test]
    fn any_words_may_be_written(words in "(mute|remove|report|rules|post|<@111111111111111111>|https://discord.com/channels/|@me|/|1|\\s|\\PC){0,20}") {
        let _ = wrote(&words, &definition());
    }
}
