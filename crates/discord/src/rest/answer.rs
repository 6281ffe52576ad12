//! What an answer says beside its content: limits, and what was wrong.

use std::time::Duration;

use platform::Source;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::error::{Code, FromBetween, Refusal};
use crate::json;
use crate::rate_limits::{Reach, Told};

/// How long is waited where an answer says *too many* and no more.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many wrong fields are named, so deep, in so many characters.
const FIELDS_MAX: usize = 10;
const DEPTH_MAX: usize = 16;
const FIELD_LEN_MAX: usize = 120;

/// What is read of an answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) told: Told,
    /// Whether too many were asked by others as well: that is nobody's fault.
    pub(super) is_shared: bool,
    /// Nothing where there was no content, or none that is JSON.
    pub(super) content: Option<Value>,
    /// Whether there was any content.
    pub(super) is_empty: bool,
}

impl Answer {
    pub(super) fn new(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let content: Option<Value> = json::read(body);
        let mut told = Told {
            bucket: text(headers, "x-ratelimit-bucket").map(str::to_owned),
            limit: text(headers, "x-ratelimit-limit").and_then(|limit| limit.parse().ok()),
            remaining: text(headers, "x-ratelimit-remaining").and_then(|left| left.parse().ok()),
            reset_after: text(headers, "x-ratelimit-reset-after").and_then(seconds),
            too_many: None,
        };
        let scope = text(headers, "x-ratelimit-scope");
        if status == 429 {
            told.too_many = Some(too_many(headers, scope, content.as_ref()));
        }
        Self { status, told, is_shared: scope == Some("shared"), content, is_empty: body.is_empty() }
    }

    /// Whether Discord turned it away as something that should not have been asked.
    pub(super) fn is_invalid(&self) -> bool {
        matches!(self.status, 401 | 403) || self.status == 429 && !self.is_shared
    }

    /// Whether what stands before Discord said no, and not Discord itself, which says no with a number and a sentence. That
    /// is no word about what was asked for, whatever the status.
    pub(super) fn is_from_between(&self) -> bool {
        let is_discords = self.content.as_ref().is_some_and(|content| {
            content.get("code").is_some_and(Value::is_u64)
                || content.get("message").is_some_and(Value::is_string)
        });
        !(200..300).contains(&self.status) && !is_discords
    }

    /// Whether Discord does not know the token, or the secret in the path.
    pub(super) fn is_unauthorised(&self) -> bool {
        self.status == 401 && !self.is_from_between()
    }

    /// Whether Discord lost its way, or never heard of the request.
    pub(super) fn is_trouble(&self) -> bool {
        self.status >= 500 || self.is_from_between()
    }

    /// What that trouble was.
    pub(super) fn trouble(&self) -> Source {
        match self.is_from_between() {
            true => Box::new(FromBetween { status: self.status }),
            false => Box::new(self.refusal()),
        }
    }

    /// What was wrong.
    pub(super) fn refusal(&self) -> Refusal {
        let code = self.content.as_ref().and_then(|content| content.get("code")?.as_u64());
        let code = code.and_then(|code| u32::try_from(code).ok()).filter(|code| *code > 0);
        let mut fields = Vec::new();
        if let Some(errors) = self.content.as_ref().and_then(|content| content.get("errors")) {
            wrong_fields(errors, "", 0, &mut fields);
        }
        Refusal { status: self.status, code: code.map(Code::new), fields }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

fn too_many(headers: &HeaderMap, scope: Option<&str>, content: Option<&Value>) -> (Duration, Reach) {
    let said = content.and_then(|content| content.get("retry_after")?.as_f64());
    let wait = said.and_then(|said| Duration::try_from_secs_f64(said).ok());
    let wait = wait.or_else(|| text(headers, "retry-after").and_then(seconds)).unwrap_or(PATIENCE);
    let is_global = scope == Some("global")
        || text(headers, "x-ratelimit-global") == Some("true")
        || content.and_then(|content| content.get("global")?.as_bool()) == Some(true)
        // What stands before Discord turned it away, and does so with everything from this address.
        || content.is_none() && scope.is_none();
    (wait, if is_global { Reach::Everything } else { Reach::Bucket })
}

/// Fields and the names of what is wrong with them. Words are left out: they may quote what was in the field.
fn wrong_fields(errors: &Value, path: &str, depth: usize, fields: &mut Vec<String>) {
    let Some(errors) = errors.as_object() else { return };
    for (key, under) in errors {
        if fields.len() >= FIELDS_MAX || depth > DEPTH_MAX || path.len() > FIELD_LEN_MAX {
            return;
        }
        if key == "_errors" {
            let first = under.get(0).and_then(|first| first.get("code")?.as_str());
            let code = first.filter(|code| is_name(code)).unwrap_or("wrong");
            fields.push(if path.is_empty() { code.to_owned() } else { format!("{path}: {code}") });
        } else if is_name(key) {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            wrong_fields(under, &path, depth + 1, fields);
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        Answer::new(status, &headers, body.as_bytes())
    }

    #[test]
    fn limits_are_read_from_headers() {
        let headers = [
            ("x-ratelimit-bucket", "abc"),
            ("x-ratelimit-limit", "5"),
            ("x-ratelimit-remaining", "4"),
            ("x-ratelimit-reset-after", "0.333"),
        ];
        let told = answer(204, &headers, "").told;
        assert_eq!(told.bucket.as_deref(), Some("abc"));
        assert_eq!((told.limit, told.remaining), (Some(5), Some(4)));
        assert_eq!(told.reset_after, Some(Duration::from_millis(333)));
        let odd =
            [("x-ratelimit-limit", "-1"), ("x-ratelimit-remaining", ""), ("x-ratelimit-reset-after", "inf")];
        assert_eq!(answer(200, &odd, "").told, Told::default());
        for reset_after in ["-1", "nan", "1e300"] {
            assert_eq!(answer(200, &[("x-ratelimit-reset-after", reset_after)], "").told.reset_after, None);
        }
    }

    #[test]
    fn too_many_is_read_wherever_it_comes_from() {
        let user = ("x-ratelimit-scope", "user");
        let shared = ("x-ratelimit-scope", "shared");
        let global = ("x-ratelimit-scope", "global");
        let rows: [(&[_], &str, u64, Reach, bool); 7] = [
            (&[user], r#"{"retry_after": 1.5}"#, 1_500, Reach::Bucket, true),
            (&[shared], r#"{"retry_after": 60}"#, 60_000, Reach::Bucket, false),
            (&[global], r#"{"retry_after": 0.2, "global": true}"#, 200, Reach::Everything, true),
            (&[], r#"{"retry_after": 0.2, "global": true}"#, 200, Reach::Everything, true),
            (&[user, ("retry-after", "7")], "", 7_000, Reach::Bucket, true),
            (&[("retry-after", "600")], "<html>", 600_000, Reach::Everything, true),
            (&[user], r#"{"retry_after": -1}"#, 5_000, Reach::Bucket, true),
        ];
        for (headers, body, wait, reach, is_invalid) in rows {
            let answer = answer(429, headers, body);
            assert_eq!(
                answer.told.too_many,
                Some((Duration::from_millis(wait), reach)),
                "{headers:?} {body}"
            );
            assert_eq!(answer.is_invalid(), is_invalid, "{headers:?} {body}");
        }
    }

    #[test]
    fn discord_says_no_with_a_number_or_a_sentence_and_what_stands_before_it_with_neither() {
        let rows = [
            (404, r#"{"message": "404: Not Found", "code": 0}"#, false),
            (403, r#"{"code": 50013}"#, false),
            (401, r#"{"message": "401: Unauthorized"}"#, false),
            (404, "<html>Not Found</html>", true),
            (404, "", true),
            (403, "[]", true),
            (403, r#""blocked""#, true),
            (403, r#"{"title": "Error 1020", "error_code": 1020}"#, true),
            (404, r#"{"code": "not_found"}"#, true),
            (302, "", true),
            (502, "<html>", true),
            (500, r#"{"message": "500: Internal Server Error", "code": 0}"#, false),
            (204, "", false),
            (200, "<html>", false),
        ];
        for (status, body, want) in rows {
            assert_eq!(answer(status, &[], body).is_from_between(), want, "{status} {body}");
        }
    }

    #[test]
    fn wrong_fields_are_named_and_what_was_in_them_is_not() {
        let body = json!({
            "code": 50035,
            "message": "canary",
            "errors": {
                "content": { "_errors": [{ "code": "BASE_TYPE_MAX_LENGTH", "message": "canary" }] },
                "components": { "0": { "label": { "_errors": [{ "code": "the canary", "message": "canary" }] } } },
                "the canary": { "_errors": [] },
                "_errors": "canary",
            },
        });
        let refusal = answer(400, &[], &body.to_string()).refusal();
        let fields = ["wrong", "components.0.label: wrong", "content: BASE_TYPE_MAX_LENGTH"];
        assert_eq!(refusal.fields, fields);
        assert_eq!(refusal.code, Some(Code::InvalidForm));
        assert!(!format!("{refusal:?} {refusal}").contains("canary"));
    }

    #[test]
    fn endless_errors_have_an_end() {
        let deep = format!("{}{}", r#"{"a":"#.repeat(100), "1") + &"}".repeat(100);
        let refusal = answer(400, &[], &format!(r#"{{"errors":{deep}}}"#)).refusal();
        assert!(refusal.fields.is_empty());
        let wide: serde_json::Map<_, _> =
            (0..500).map(|n| (format!("f{n}"), json!({ "_errors": [] }))).collect();
        let refusal = answer(400, &[], &json!({ "errors": wide }).to_string()).refusal();
        assert_eq!(refusal.fields.len(), FIELDS_MAX);
    }
}
