//! Discord's own description of its interface, and what does not fit it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

const DESCRIPTION: &str = include_str!("../openapi/openapi.json");
/// Under these two names the description is known to the validator: as answers fit it, and as requests do.
const ANSWERED: &str = "urn:discord:answered";
const ASKED: &str = "urn:discord:asked";
/// How many problems of one request are told.
const TOLD: usize = 5;
/// How deep unknown fields are looked for.
const DEPTH: u32 = 12;

/// One thing that can be asked for.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its path, with names where ids stand.
    pub(crate) template: String,
    method: String,
    segments: Vec<Segment>,
    query: Vec<(String, Value)>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Named(String),
}

struct Description {
    document: Value,
    operations: Vec<Operation>,
    registry: Result<Registry<'static>, String>,
    validators: Mutex<HashMap<String, Result<Arc<Validator>, String>>>,
}

static THE: LazyLock<Description> = LazyLock::new(|| {
    let mut document: Value = serde_json::from_str(DESCRIPTION).unwrap_or_default();
    correct(&mut document, "");
    for (place, name, schema) in MISSING {
        if let Some(object) = document.pointer_mut(place).and_then(Value::as_object_mut) {
            object.insert((*name).to_owned(), serde_json::from_str(schema).unwrap_or_default());
        }
    }
    let operations = operations(&document);
    let mut asked = document.clone();
    // Ids are written as text, and taken as numbers too.
    if let Some(id) = asked.pointer_mut("/components/schemas/SnowflakeType/type") {
        *id = json!(["string", "integer"]);
    }
    let registry = Registry::new().add(ANSWERED, document.clone());
    let registry = registry.and_then(|registry| registry.add(ASKED, asked));
    let registry = registry.and_then(jsonschema::RegistryBuilder::prepare).map_err(|error| error.to_string());
    Description { document, operations, registry, validators: Mutex::default() }
});

/// What the documentation has and the description has not, or has otherwise: where, the name, and the schema.
const MISSING: &[(&str, &str, &str)] = &[
    // Forwards.
    ("/components/schemas", "MessageReferenceType", r#"{ "type": "integer", "enum": [0, 1] }"#),
    // What is wrong with single fields is said with words for codes.
    ("/components/schemas/Error/properties", "code", r#"{ "type": ["integer", "string"] }"#),
    (
        "/components/schemas/ApplicationCommandUpdateRequest/properties",
        "nsfw",
        r#"{ "type": ["boolean", "null"] }"#,
    ),
    (
        "/components/schemas/ApplicationCommandCreateRequest/properties",
        "nsfw",
        r#"{ "type": ["boolean", "null"] }"#,
    ),
];

/// Where the documentation says otherwise, it wins.
fn correct(schema: &mut Value, name: &str) {
    match schema {
        Value::Object(object) => {
            // Its unions exclude each other by what is meant, not by what is written: many fit twice.
            if let Some(one_of) = object.remove("oneOf") {
                object.insert("anyOf".to_owned(), one_of);
            }
            // Permissions have outgrown numbers, and are written as text.
            let is_permissions =
                matches!(name, "allow" | "deny" | "permissions" | "default_member_permissions");
            let is_number = |kind: &Value| {
                kind == "integer" || kind.as_array().is_some_and(|all| all.contains(&json!("integer")))
            };
            if is_permissions && object.get("type").is_some_and(is_number) {
                object.insert("type".to_owned(), json!(["integer", "string", "null"]));
            }
            for (name, inner) in object {
                correct(inner, name);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|inner| correct(inner, "")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (template, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in
            item.as_object().into_iter().flatten().filter(|(name, _)| *name != "parameters")
        {
            let segments = template.split('/').skip(1).map(|part| {
                let named = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
                named
                    .map_or_else(|| Segment::Literal(part.to_owned()), |name| Segment::Named(name.to_owned()))
            });
            let query =
                operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
            let query =
                query.map(|one| (one["name"].as_str().unwrap_or_default().to_owned(), one["schema"].clone()));
            all.push(Operation {
                template: template.clone(),
                method: method.to_uppercase(),
                segments: segments.collect(),
                query: query.collect(),
            });
        }
    }
    all
}

/// What is asked for with that method and path.
pub(crate) fn find(method: &str, path: &[&str]) -> Option<&'static Operation> {
    let fits = |one: &&Operation| {
        one.method == method
            && one.segments.len() == path.len()
            && one.segments.iter().zip(path).all(|(segment, part)| match segment {
                Segment::Literal(literal) => literal == part,
                Segment::Named(_) => !part.is_empty(),
            })
    };
    let literals =
        |one: &&Operation| one.segments.iter().filter(|one| matches!(one, Segment::Literal(_))).count();
    THE.operations.iter().filter(fits).max_by_key(literals)
}

impl Operation {
    /// What is wrong with the ids in a path.
    pub(crate) fn problems_of_path(&self, path: &[&str]) -> Vec<String> {
        let named = self.segments.iter().zip(path).filter_map(|(segment, part)| match segment {
            Segment::Named(name) if name.ends_with("_id") => Some((name, part)),
            Segment::Named(_) | Segment::Literal(_) => None,
        });
        // The webhooks of interactions have the application's id there.
        let wrong = named.filter(|(_, part)| part.parse::<u64>().is_err());
        wrong.map(|(name, part)| format!("{name} is {part:?}, not an id")).collect()
    }

    /// What is wrong with a query.
    pub(crate) fn problems_of_query(&self, query: &[(String, String)]) -> Vec<String> {
        let problems = query.iter().filter_map(|(name, text)| {
            // Discord passes over what it does not know; see `unknown_in_query`.
            let (_, schema) = self.query.iter().find(|(known, _)| known == name)?;
            let readings = [
                Some(json!(text)),
                text.parse::<u64>().ok().map(|number| json!(number)),
                match text.to_lowercase().as_str() {
                    "true" | "1" => Some(json!(true)),
                    "false" | "0" => Some(json!(false)),
                    _ => None,
                },
                Some(json!([text])),
            ];
            let fits = readings
                .into_iter()
                .flatten()
                .any(|value| problems_with_schema(ASKED, schema, &value).is_empty());
            (!fits).then(|| format!("query {name} cannot be {text:?}"))
        });
        problems.collect()
    }

    /// What is wrong with what was sent.
    pub(crate) fn problems_of_body(&self, body: &Value) -> Vec<String> {
        let body_pointer = self.pointer("/requestBody/content/application~1json/schema");
        if THE.document.pointer(&body_pointer).is_none() {
            let is_form = THE.document.pointer(&self.pointer("/requestBody/content")).is_some();
            return if body.is_null() || is_form { Vec::new() } else { vec!["takes no body".to_owned()] };
        }
        if body.is_null() {
            let is_required =
                THE.document.pointer(&self.pointer("/requestBody/required")) == Some(&json!(true));
            // Nothing is taken for an object without fields.
            let fits = !is_required || problems_at(ASKED, &body_pointer, &json!({})).is_empty();
            return if fits { Vec::new() } else { vec!["wants a body".to_owned()] };
        }
        problems_at(ASKED, &body_pointer, body)
    }

    /// What was asked in the query and no description has.
    pub(crate) fn unknown_in_query(&self, query: &[(String, String)]) -> Vec<String> {
        let unknown = query.iter().filter(|(name, _)| !self.query.iter().any(|(known, _)| known == name));
        unknown.map(|(name, _)| format!("query {name}: there is no such field")).collect()
    }

    /// What was sent and no description has: a word spelt wrong, which Discord passes over without a word.
    pub(crate) fn unknown_in_body(&self, body: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(schema) =
            THE.document.pointer(&self.pointer("/requestBody/content/application~1json/schema"))
        {
            unknown_fields(schema, body, "", DEPTH, &mut problems);
        }
        problems
    }

    /// What is wrong with an answer.
    pub(crate) fn problems_of_answer(&self, status: u16, body: Option<&Value>) -> Vec<String> {
        let of_status = self.pointer(&format!("/responses/{status}"));
        if THE.document.pointer(&of_status).is_none() {
            return vec![format!("{status} is not among its answers")];
        }
        let pointer = format!("{of_status}/content/application~1json/schema");
        match (THE.document.pointer(&pointer), body) {
            (Some(_), Some(body)) => problems_at(ANSWERED, &pointer, body),
            (Some(_), None) => vec!["the answer is empty".to_owned()],
            (None, Some(_)) if THE.document.pointer(&format!("{of_status}/content")).is_none() => {
                vec!["the answer should be empty".to_owned()]
            }
            (None, _) => Vec::new(),
        }
    }

    fn pointer(&self, rest: &str) -> String {
        let path = self.template.replace('~', "~0").replace('/', "~1");
        format!("/paths/{path}/{}{rest}", self.method.to_lowercase())
    }
}

/// What is wrong with a refusal.
pub(crate) fn problems_of_refusal(body: &Value, is_limit: bool) -> Vec<String> {
    let name = if is_limit { "RatelimitedResponse" } else { "ErrorResponse" };
    problems_at(ANSWERED, &format!("/components/schemas/{name}"), body)
}

fn problems_at(uri: &str, pointer: &str, value: &Value) -> Vec<String> {
    let pointer = pointer.replace('{', "%7B").replace('}', "%7D");
    problems_with_schema(uri, &json!({ "$ref": format!("{uri}#{pointer}") }), value)
}

fn problems_with_schema(uri: &str, schema: &Value, value: &Value) -> Vec<String> {
    // What stands in the document refers to the document.
    let text = schema.to_string().replace("\"#/components/", &format!("\"{uri}#/components/"));
    match validator(&text) {
        Ok(validator) => {
            let errors = validator.iter_errors(value).take(TOLD);
            errors.map(|error| shortened(&format!("{}: {error}", error.instance_path()))).collect()
        }
        Err(problem) => vec![problem],
    }
}

fn validator(schema: &str) -> Result<Arc<Validator>, String> {
    let mut known = THE.validators.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(schema) {
        return found.clone();
    }
    let registry = THE.registry.as_ref().map_err(Clone::clone)?;
    let value: Value = serde_json::from_str(schema).map_err(|error| error.to_string())?;
    let options = jsonschema::options().with_registry(registry).should_validate_formats(true);
    let built = options.should_ignore_unknown_formats(true).build(&value).map(Arc::new);
    let built = built.map_err(|error| error.to_string());
    known.insert(schema.to_owned(), built.clone());
    built
}

/// Fields that no description of the place has: a word spelt wrong would otherwise pass.
fn unknown_fields(schema: &Value, value: &Value, place: &str, depth: u32, problems: &mut Vec<String>) {
    if depth == 0 || problems.len() >= TOLD {
        return;
    }
    match value {
        Value::Object(object) => {
            let mut known = Vec::new();
            let is_open = fields_of(schema, &mut known, DEPTH);
            let names: BTreeSet<_> = known.iter().map(|(name, _)| *name).collect();
            for (name, inner) in object {
                if !names.contains(name.as_str()) && !is_open {
                    problems.push(format!("{place}/{name}: there is no such field"));
                }
                let schemas: Vec<_> = known
                    .iter()
                    .filter(|(one, _)| one == name)
                    .map(|(_, schema)| (*schema).clone())
                    .collect();
                if !schemas.is_empty() {
                    unknown_fields(
                        &json!({ "anyOf": schemas }),
                        inner,
                        &format!("{place}/{name}"),
                        depth - 1,
                        problems,
                    );
                }
            }
        }
        Value::Array(all) => {
            let mut items = Vec::new();
            items_of(schema, &mut items, DEPTH);
            let schema = json!({ "anyOf": items });
            for (index, inner) in all.iter().enumerate() {
                unknown_fields(&schema, inner, &format!("{place}/{index}"), depth - 1, problems);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let unions = ["anyOf", "allOf"].into_iter().filter_map(|name| schema[name].as_array()).flatten();
    let referred = schema["$ref"].as_str().and_then(|to| THE.document.pointer(to.trim_start_matches('#')));
    unions.chain(referred)
}

/// Collects the fields of all branches; says whether any field may stand there.
fn fields_of<'a>(schema: &'a Value, fields: &mut Vec<(&'a str, &'a Value)>, depth: u32) -> bool {
    let own = schema["properties"].as_object().into_iter().flatten();
    fields.extend(own.map(|(name, schema)| (name.as_str(), schema)));
    let mut is_open = schema.get("additionalProperties").is_some_and(|more| *more != json!(false));
    if depth > 0 {
        for branch in branches(schema) {
            is_open |= fields_of(branch, fields, depth - 1);
        }
    }
    is_open
}

fn items_of(schema: &Value, items: &mut Vec<Value>, depth: u32) {
    items.extend(schema.get("items").cloned());
    if depth > 0 {
        branches(schema).for_each(|branch| items_of(branch, items, depth - 1));
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(400) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, path: &str) -> &'static Operation {
        find(method, &path.split('/').skip(1).collect::<Vec<_>>()).expect("it is described")
    }

    #[test]
    fn the_most_literal_path_is_meant() {
        assert_eq!(
            operation("GET", "/channels/1/messages/pins").template,
            "/channels/{channel_id}/messages/pins"
        );
        assert_eq!(
            operation("GET", "/channels/1/messages/2").template,
            "/channels/{channel_id}/messages/{message_id}"
        );
        assert!(find("PUT", &["channels", "1", "messages"]).is_none());
    }

    #[test]
    fn a_request_is_held_to_the_description() {
        let create = operation("POST", "/channels/1/messages");
        assert_eq!(
            create.problems_of_body(&json!({ "content": "x", "nonce": "a", "enforce_nonce": true })),
            [""; 0]
        );
        let table = [
            (json!({ "content": 1 }), "/content"),
            (json!({ "contents": "x" }), "/contents: there is no such field"),
            (json!({ "nonce": "x".repeat(26) }), "/nonce"),
            (json!({ "embeds": [{ "titel": "x" }] }), "/embeds/0/titel: there is no such field"),
            (
                json!({ "components": [{ "type": 1, "components": [{ "type": 2, "style": 1, "custom_id": "" }] }] }),
                "/components",
            ),
        ];
        for (body, problem) in table {
            let mut found = create.problems_of_body(&body);
            found.extend(create.unknown_in_body(&body));
            assert!(found.iter().any(|one| one.contains(problem)), "{body}: {found:?}");
        }
        assert_eq!(
            operation("DELETE", "/channels/1/messages/2").problems_of_body(&json!({})),
            ["takes no body"]
        );
    }

    #[test]
    fn permissions_may_be_text() {
        let overwrite = operation("PUT", "/channels/1/permissions/2");
        assert_eq!(overwrite.problems_of_body(&json!({ "type": 0, "allow": "0", "deny": "1024" })), [""; 0]);
    }

    #[test]
    fn queries_and_ids_are_held_to_it_too() {
        let list = operation("GET", "/channels/1/messages");
        let of = |name: &str, text: &str| list.problems_of_query(&[(name.to_owned(), text.to_owned())]).len();
        assert_eq!(
            [of("limit", "100"), of("limit", "101"), of("limit", "x"), of("after", "12")],
            [0, 1, 1, 0]
        );
        let unknown = list.unknown_in_query(&[("nope".to_owned(), "1".to_owned())]);
        assert_eq!(unknown, ["query nope: there is no such field"]);
        assert_eq!(list.problems_of_path(&["channels", "x", "messages"]), ["channel_id is \"x\", not an id"]);
    }
}
