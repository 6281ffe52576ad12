//! What the documentation asks of requests beyond the description, in one table.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::rest::Request;
use crate::world::message::flag;

/// What is wrong: where in the body, Discord's word for it, and in words.
type Problem = (String, &'static str, String);

/// A rule about bodies.
struct Rule {
    /// Where it holds: what the path contains, with names for ids.
    place: &'static str,
    check: fn(&Value) -> Option<Problem>,
}

const RULES: [Rule; 9] = [
    // The description says 4,000, which is for people who pay.
    Rule { place: "/messages", check: |body| too_long(body, "content", 2000) },
    Rule { place: "/webhooks/", check: |body| too_long(body, "content", 2000) },
    Rule { place: "/callback", check: |body| too_long(&body["data"], "content", 2000) },
    Rule { place: "/messages", check: message },
    Rule { place: "/webhooks/", check: message },
    Rule { place: "/threads", check: |body| message(&body["message"]) },
    Rule { place: "/callback", check: answer },
    Rule { place: "/callback", check: modal },
    Rule { place: "/commands", check: commands },
];

/// The first rule that a request breaks.
pub(crate) fn refuses(template: &str, request: &Request) -> Option<Problem> {
    RULES.iter().filter(|rule| template.contains(rule.place)).find_map(|rule| (rule.check)(&request.body))
}

/// What is wrong with how it is asked.
pub(crate) fn problems_of_request(request: &Request) -> Vec<String> {
    let mut problems = Vec::new();
    if !request.has_version {
        problems.push("asked without a version, or another than the tenth".to_owned());
    }
    if !request.agent.starts_with("DiscordBot (") {
        problems
            .push(format!("the user agent {:?} does not say DiscordBot (address, version)", request.agent));
    }
    if let Some(raw) = &request.raw_reason {
        let length = request.reason().map_or(0, |reason| reason.chars().count());
        if !(1..=512).contains(&length) {
            problems.push(format!("a reason of {length} characters"));
        }
        if !raw.is_ascii() {
            problems.push("a reason that is not percent-encoded".to_owned());
        }
    }
    problems
}

fn too_long(body: &Value, field: &str, most: usize) -> Option<Problem> {
    let length = body[field].as_str().map_or(0, |text| text.chars().count());
    let told = format!("Must be {most} or fewer in length.");
    (length > most).then(|| (field.to_owned(), "BASE_TYPE_MAX_LENGTH", told))
}

fn message(body: &Value) -> Option<Problem> {
    cards(body).or_else(|| components(body))
}

/// An answer that is a message; forms have rules of their own.
fn answer(body: &Value) -> Option<Problem> {
    if matches!(body["type"].as_u64(), Some(4 | 7)) { message(&body["data"]) } else { None }
}

/// All cards of a message together may have 6,000 characters.
fn cards(body: &Value) -> Option<Problem> {
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let of_card = |card: &Value| {
        let fields = card["fields"].as_array().into_iter().flatten();
        let fields: usize = fields.map(|field| length(&field["name"]) + length(&field["value"])).sum();
        let own = length(&card["title"]) + length(&card["description"]);
        own + fields + length(&card["footer"]["text"]) + length(&card["author"]["name"])
    };
    let all: usize = body["embeds"].as_array().into_iter().flatten().map(of_card).sum();
    (all > 6000)
        .then(|| ("embeds".to_owned(), "MAX_EMBED_SIZE_EXCEEDED", format!("{all} characters in embeds")))
}

fn components(body: &Value) -> Option<Problem> {
    let all = body["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_new = body["flags"].as_u64().is_some_and(|flags| flags & flag::IS_COMPONENTS_V2 != 0);
    let is_said = |field: &str| match &body[field] {
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Object(_) => true,
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    };
    if is_new {
        let beside = ["content", "embeds", "poll", "sticker_ids"].into_iter().find(|field| is_said(field));
        if let Some(field) = beside {
            let code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2";
            return Some((field.to_owned(), code, "not beside components v2".to_owned()));
        }
    } else {
        if all.len() > 5 {
            return Some((
                "components".to_owned(),
                "BASE_TYPE_BAD_LENGTH",
                "Must be between 1 and 5 in length.".to_owned(),
            ));
        }
        let other = all.iter().position(|one| one["type"] != 1);
        if let Some(at) = other {
            return Some((
                format!("components.{at}.type"),
                "BASE_TYPE_CHOICES",
                "only rows without the flag".to_owned(),
            ));
        }
    }
    let mut ids = BTreeSet::new();
    let mut count = 0;
    walk(all, "components", 6, &mut |place, one| {
        count += 1;
        component(place, one, &mut ids)
    })
    .or_else(|| {
        let told = || {
            (
                "components".to_owned(),
                "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
                format!("{count} components"),
            )
        };
        (count > 40).then(told)
    })
}

type Look<'a> = dyn FnMut(&str, &Value) -> Option<Problem> + 'a;

fn walk(all: &[Value], place: &str, depth: u32, look: &mut Look<'_>) -> Option<Problem> {
    for (at, one) in all.iter().enumerate() {
        let place = format!("{place}.{at}");
        if let Some(problem) = look(&place, one) {
            return Some(problem);
        }
        let inner = one["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        let accessory = one.get("accessory").map(std::slice::from_ref).unwrap_or_default();
        let label = one.get("component").map(std::slice::from_ref).unwrap_or_default();
        for more in [inner, accessory, label] {
            let found =
                if depth > 0 { walk(more, &format!("{place}.components"), depth - 1, look) } else { None };
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

fn component(place: &str, one: &Value, ids: &mut BTreeSet<String>) -> Option<Problem> {
    let long = |field: &str, most: usize| {
        let length = one[field].as_str().map_or(0, |text| text.chars().count());
        let told = || {
            (
                format!("{place}.{field}"),
                "BASE_TYPE_BAD_LENGTH",
                format!("Must be between 1 and {most} in length."),
            )
        };
        (length > most || one[field] == "").then(told)
    };
    if let Some(id) = one["custom_id"].as_str()
        && !ids.insert(id.to_owned())
    {
        return Some((
            format!("{place}.custom_id"),
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "custom id cannot be duplicated".to_owned(),
        ));
    }
    let inner = one["components"].as_array().map_or(0, Vec::len);
    let problem = match one["type"].as_u64() {
        Some(1) if !(1..=5).contains(&inner) => Some((
            format!("{place}.components"),
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 5 in length.".to_owned(),
        )),
        Some(2) => {
            let has_link = one["style"] == 5;
            let is_right = has_link == one["url"].is_string() && has_link != one["custom_id"].is_string();
            let told = || {
                (
                    format!("{place}.custom_id"),
                    "BASE_TYPE_REQUIRED",
                    "a link has a url, another button a custom id".to_owned(),
                )
            };
            (!is_right && one["style"] != 6).then(told).or_else(|| long("label", 80))
        }
        Some(3) => {
            let options = one["options"].as_array().map_or(0, Vec::len);
            let told = || {
                (
                    format!("{place}.options"),
                    "BASE_TYPE_BAD_LENGTH",
                    "Must be between 1 and 25 in length.".to_owned(),
                )
            };
            (!(1..=25).contains(&options)).then(told).or_else(|| long("placeholder", 150))
        }
        Some(4) => long("label", 45).or_else(|| long("placeholder", 100)).or_else(|| long("value", 4000)),
        Some(10) => long("content", 4000),
        Some(18) => long("label", 45).or_else(|| long("description", 100)),
        _ => None,
    };
    problem.or_else(|| long("custom_id", 100))
}

/// A form.
fn modal(body: &Value) -> Option<Problem> {
    if body["type"] != 9 {
        return None;
    }
    let data = &body["data"];
    let all = data["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let length = data["title"].as_str().map_or(0, |title| title.chars().count());
    if !(1..=45).contains(&length) {
        return Some((
            "data.title".to_owned(),
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 45 in length.".to_owned(),
        ));
    }
    if !(1..=5).contains(&all.len()) {
        return Some((
            "data.components".to_owned(),
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 5 in length.".to_owned(),
        ));
    }
    let mut ids = BTreeSet::new();
    walk(all, "data.components", 6, &mut |place, one| component(place, one, &mut ids))
}

/// Commands: their names, and the 8,000 characters that each may have.
fn commands(body: &Value) -> Option<Problem> {
    let all = body.as_array().map_or_else(|| std::slice::from_ref(body), Vec::as_slice);
    let mut names = BTreeSet::new();
    for (at, one) in all.iter().enumerate().filter(|(_, one)| one.is_object()) {
        let (name, kind) = (one["name"].as_str().unwrap_or_default(), one["type"].as_u64().unwrap_or(1));
        let told =
            |field: &str, code, message: &str| Some((format!("{at}.{field}"), code, message.to_owned()));
        if kind == 1 {
            if let Some(problem) = named(one, &at.to_string()) {
                return Some(problem);
            }
            if one["description"].as_str().is_none_or(str::is_empty) {
                return told("description", "BASE_TYPE_REQUIRED", "This field is required");
            }
        } else if one["description"].as_str().is_some_and(|text| !text.is_empty())
            || one.get("options").is_some()
        {
            return told(
                "description",
                "APPLICATION_COMMANDS_CONTEXT_MENU_CANNOT_HAVE_DESCRIPTION",
                "a menu has none",
            );
        }
        if !names.insert((name.to_owned(), kind)) {
            return told(
                "name",
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            );
        }
        if size(one, 4) > 8000 {
            return told("options", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
        }
    }
    None
}

/// A name in lower case, without spaces, here and in all options; what is required comes first.
fn named(one: &Value, place: &str) -> Option<Problem> {
    let name = one["name"].as_str().unwrap_or_default();
    let is_right =
        |c: char| c == '-' || c == '_' || c == '\'' || (c.is_alphanumeric() && c.to_lowercase().eq([c]));
    if name.is_empty() || !name.chars().all(is_right) {
        return Some((
            format!("{place}.name"),
            "APPLICATION_COMMAND_INVALID_NAME",
            format!("Command name is invalid: {name}"),
        ));
    }
    let options = one["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut is_optional, mut names) = (false, BTreeSet::new());
    for (at, option) in options.iter().enumerate() {
        let place = format!("{place}.options.{at}");
        let is_required = option["required"] == true;
        if is_required && is_optional {
            return Some((
                place,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options".to_owned(),
            ));
        }
        is_optional |= !is_required;
        if !names.insert(option["name"].as_str().unwrap_or_default()) {
            return Some((
                place,
                "APPLICATION_COMMAND_OPTION_NAME_INVALID",
                "Option names must be unique".to_owned(),
            ));
        }
        if option["autocomplete"] == true && option["choices"].as_array().is_some_and(|all| !all.is_empty()) {
            return Some((
                place,
                "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES",
                "either choices or autocompletion".to_owned(),
            ));
        }
        if let Some(problem) = named(option, &place) {
            return Some(problem);
        }
    }
    None
}

/// How many characters count: names, descriptions and values.
fn size(one: &Value, depth: u32) -> usize {
    let length = |field: &str| one[field].as_str().map_or(0, |text| text.chars().count());
    let inner = ["options", "choices"].into_iter().filter_map(|field| one[field].as_array()).flatten();
    let inner: usize = if depth == 0 { 0 } else { inner.map(|option| size(option, depth - 1)).sum() };
    length("name") + length("description") + length("value") + inner
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_discord_would_not_take_is_found() {
        let button = |id: &str| json!({ "type": 2, "style": 1, "label": "x", "custom_id": id });
        let row = |all: &[Value]| json!({ "type": 1, "components": all });
        let of = |body: &Value| message(body).map(|(place, ..)| place).unwrap_or_default();
        let table = [
            (json!({ "components": [row(&[button("a")])] }), ""),
            (
                json!({ "components": [row(&[button("a"), button("a")])] }),
                "components.0.components.1.custom_id",
            ),
            (json!({ "components": [row(&[])] }), "components.0.components"),
            (json!({ "components": [button("a")] }), "components.0.type"),
            (
                json!({ "components": [row(&[json!({ "type": 2, "style": 5, "label": "x" })])] }),
                "components.0.components.0.custom_id",
            ),
            (
                json!({ "flags": 32768, "content": "x", "components": [{ "type": 10, "content": "y" }] }),
                "content",
            ),
            (json!({ "flags": 32768, "components": [{ "type": 10, "content": "y" }] }), ""),
            (
                json!({ "embeds": [{ "description": "x".repeat(4000) }, { "description": "x".repeat(2001) }] }),
                "embeds",
            ),
        ];
        for (body, place) in table {
            assert_eq!(of(&body), place, "{body}");
        }
    }

    #[test]
    fn names_of_commands_are_in_lower_case_and_required_options_come_first() {
        let command =
            |name: &str, options: Value| json!([{ "name": name, "description": "x", "options": options }]);
        let of = |body: &Value| commands(body).map(|(_, code, _)| code).unwrap_or_default();
        assert_eq!(of(&command("my-record", json!([]))), "");
        assert_eq!(of(&command("My record", json!([]))), "APPLICATION_COMMAND_INVALID_NAME");
        let options = json!([{ "name": "a", "description": "x", "type": 3 }, { "name": "b", "description": "x", "type": 3, "required": true }]);
        assert_eq!(of(&command("x", options)), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID");
        assert_eq!(of(&json!([{ "name": "Report to moderators", "type": 3 }])), "");
    }
}
