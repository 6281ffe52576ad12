//! What Discord adds to the parts of a message that somebody posted.

use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::snowflake::Snowflake;

/// How deep components stand in each other at most.
const DEPTH: u32 = 6;

/// Numbers components in the order in which they stand, as Discord does with those that have no number.
pub(crate) fn number_components(components: &mut [Value]) {
    let mut next = 1;
    for one in components {
        number(one, &mut next, DEPTH);
    }
}

fn number(component: &mut Value, next: &mut u64, depth: u32) {
    let Some(object) = component.as_object_mut() else { return };
    if object.get("id").and_then(Value::as_u64).is_none_or(|id| id == 0) {
        object.insert("id".to_owned(), json!(*next));
    }
    *next += 1;
    let kind = object.get("type").and_then(Value::as_u64);
    for (name, value) in standards(kind) {
        object.entry(name.to_owned()).or_insert(value);
    }
    if depth == 0 {
        return;
    }
    for inner in component.get_mut("components").and_then(Value::as_array_mut).into_iter().flatten() {
        number(inner, next, depth - 1);
    }
    if let Some(accessory) = component.get_mut("accessory").filter(|one| one.is_object()) {
        number(accessory, next, depth - 1);
    }
}

/// What a component has that nobody wrote.
fn standards(kind: Option<u64>) -> Vec<(&'static str, Value)> {
    match kind {
        // Selects.
        Some(3 | 5..=8) => vec![("min_values", json!(1)), ("max_values", json!(1))],
        // A container.
        Some(17) => vec![("accent_color", Value::Null), ("spoiler", json!(false))],
        // A line between.
        Some(14) => vec![("spacing", json!(1)), ("divider", json!(true))],
        _ => Vec::new(),
    }
}

/// Writes all texts of components into one.
pub(crate) fn texts_of(components: &[Value], text: &mut String) {
    fn walk(component: &Value, text: &mut String, depth: u32) {
        if let Some(content) = component["content"].as_str() {
            text.push('\n');
            text.push_str(content);
        }
        if depth > 0 {
            for inner in component["components"].as_array().into_iter().flatten() {
                walk(inner, text, depth - 1);
            }
        }
    }
    for one in components {
        walk(one, text, DEPTH);
    }
}

/// What Discord says of a card that somebody did not say.
pub(crate) fn finish_embed(embed: &mut Value) {
    let Some(object) = embed.as_object_mut() else { return };
    object.retain(|_, value| !value.is_null());
    object.entry("type").or_insert_with(|| json!("rich"));
    for field in object.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
        if field["inline"].as_bool().is_none() {
            field["inline"] = json!(false);
        }
    }
}

/// Gives a file an address; all of them lead back to the fake.
pub(crate) fn finish_attachment(file: &mut Value, id: Snowflake, channel: Snowflake, base: &str) {
    // A file that stays has one.
    let has_address = file["url"].is_string();
    let Some(object) = file.as_object_mut().filter(|_| !has_address) else { return };
    object.retain(|_, value| !value.is_null());
    let name = object
        .get("filename")
        .and_then(Value::as_str)
        .unwrap_or("file")
        .replace([' ', '/', '%', '?', '#'], "_");
    let name: String = name.chars().filter(char::is_ascii).collect();
    let url = format!("{base}/attachments/{channel}/{id}/{name}?ex=65f0&is=65e0&hm=00");
    object.insert("id".to_owned(), json!(id));
    object.insert("url".to_owned(), json!(url));
    object.insert("proxy_url".to_owned(), json!(url));
    object.entry("size").or_insert_with(|| json!(0));
    object.entry("filename").or_insert_with(|| json!("file"));
}

/// Numbers the answers of a vote, and says when it ends.
pub(crate) fn finish_poll(poll: &mut Value, now: Moment) {
    let hours = poll["duration"].as_u64().unwrap_or(24).clamp(1, 768);
    let answers = poll["answers"].as_array().cloned().unwrap_or_default();
    let numbered: Vec<_> = (1..)
        .zip(&answers)
        .map(|(id, one)| json!({ "answer_id": id, "poll_media": one["poll_media"] }))
        .collect();
    *poll = json!({
        "question": { "text": poll["question"]["text"] },
        "answers": numbered,
        "expiry": now.plus(Duration::from_secs(hours * 3600)),
        "allow_multiselect": poll["allow_multiselect"].as_bool().unwrap_or(false),
        "layout_type": 1,
        "results": { "is_finalized": false, "answer_counts": [] },
        "voters": {},
    });
}

/// A vote as somebody sees it: who voted stays inside.
pub(crate) fn poll_json(poll: &Value, viewer: Option<Snowflake>) -> Value {
    let mut json = poll.clone();
    let counts = poll["voters"].as_object().into_iter().flatten().map(|(answer, users)| {
        let users = users.as_array().map(Vec::as_slice).unwrap_or_default();
        let mine = viewer.is_some_and(|viewer| users.iter().any(|one| *one == viewer.to_string()));
        json!({ "id": answer.parse::<u64>().unwrap_or(0), "count": users.len(), "me_voted": mine })
    });
    json["results"]["answer_counts"] = counts.collect();
    if let Some(json) = json.as_object_mut() {
        json.remove("voters");
    }
    json
}

/// The card that tells how a vote ended.
pub(crate) fn poll_result(poll: &Value) -> Value {
    let question = poll["question"]["text"].as_str().unwrap_or_default();
    let mut best = (0, 0);
    let mut all = 0;
    for (answer, users) in poll["voters"].as_object().into_iter().flatten() {
        let count = users.as_array().map_or(0, Vec::len);
        all += count;
        if count > best.0 {
            best = (count, answer.parse::<u64>().unwrap_or(0));
        }
    }
    let text = poll["answers"].as_array().into_iter().flatten();
    let text =
        text.filter(|one| one["answer_id"] == best.1).find_map(|one| one["poll_media"]["text"].as_str());
    let mut fields = vec![
        json!({ "name": "poll_question_text", "value": question, "inline": false }),
        json!({ "name": "victor_answer_votes", "value": best.0.to_string(), "inline": false }),
        json!({ "name": "total_votes", "value": all.to_string(), "inline": false }),
    ];
    if let Some(text) = text {
        fields.push(json!({ "name": "victor_answer_id", "value": best.1.to_string(), "inline": false }));
        fields.push(json!({ "name": "victor_answer_text", "value": text, "inline": false }));
    }
    json!({ "type": "poll_result", "fields": fields })
}
