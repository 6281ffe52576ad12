//! A request as it came, read.

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap};
use hyper::http::request::Parts;
use serde_json::Value;
use tokio::time::Instant;

use crate::snowflake::Snowflake;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) came: Instant,
    pub(crate) method: String,
    /// Without what all paths begin with.
    pub(crate) path: String,
    /// Its parts, decoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) authorization: Option<String>,
    pub(crate) host: String,
    pub(crate) agent: String,
    /// For the audit log, as it came.
    pub(crate) raw_reason: Option<String>,
    pub(crate) body: Value,
    pub(crate) files: Vec<File>,
    /// What cannot be read of it.
    pub(crate) problem: Option<&'static str>,
    pub(crate) has_version: bool,
}

/// A part of a form.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) field: String,
    pub(crate) name: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Request {
    pub(crate) fn read(head: &Parts, bytes: &Bytes) -> Self {
        let whole = head.uri.path();
        let version = whole.strip_prefix("/api/v10");
        let path = version.unwrap_or(whole).to_owned();
        let segments = path.split('/').skip(1).map(decoded).collect();
        let query = head.uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty());
        let query = query.map(|part| part.split_once('=').unwrap_or((part, "")));
        let query = query.map(|(name, text)| (decoded(name), decoded(&text.replace('+', " ")))).collect();
        let mut request = Self {
            came: Instant::now(),
            method: head.method.as_str().to_owned(),
            path,
            segments,
            query,
            authorization: header(&head.headers, AUTHORIZATION.as_str()),
            host: header(&head.headers, HOST.as_str()).unwrap_or_default(),
            agent: header(&head.headers, "user-agent").unwrap_or_default(),
            raw_reason: header(&head.headers, "x-audit-log-reason"),
            body: Value::Null,
            files: Vec::new(),
            problem: None,
            has_version: version.is_some(),
        };
        request.read_body(&header(&head.headers, CONTENT_TYPE.as_str()).unwrap_or_default(), bytes);
        if head.method == Method::GET && !bytes.is_empty() {
            request.problem = Some("a GET has no body");
        }
        request
    }

    fn read_body(&mut self, kind: &str, bytes: &Bytes) {
        if bytes.is_empty() {
            return;
        }
        if let Some((_, boundary)) =
            kind.split_once("boundary=").filter(|_| kind.starts_with("multipart/form-data"))
        {
            self.files = parts(bytes, boundary.trim_matches('"'));
            let at = self.files.iter().position(|file| file.field == "payload_json");
            match at.map(|at| serde_json::from_slice(&self.files.remove(at).bytes)) {
                Some(Ok(body)) => self.body = body,
                Some(Err(_)) => self.problem = Some("payload_json is not JSON"),
                None => {}
            }
        } else if kind.starts_with("application/json") {
            match serde_json::from_slice(bytes) {
                Ok(body) => self.body = body,
                Err(_) => self.problem = Some("the body is not JSON"),
            }
        } else {
            self.problem = Some("the body is neither JSON nor a form");
        }
    }

    /// What a query of that name says.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(one, _)| one == name).map(|(_, text)| text.as_str())
    }

    /// An id in the query.
    pub(crate) fn query_id(&self, name: &str) -> Option<Snowflake> {
        self.query(name).and_then(|text| text.parse().ok())
    }

    /// How many are asked for.
    pub(crate) fn limit(&self, standard: usize) -> usize {
        self.query("limit").and_then(|text| text.parse().ok()).unwrap_or(standard)
    }

    /// What was said for the audit log.
    pub(crate) fn reason(&self) -> Option<String> {
        self.raw_reason.as_deref().map(decoded).filter(|reason| !reason.is_empty())
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Reads `%41`.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut read, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = (*byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                read.push(decoded);
                at += 3;
            }
            None => {
                read.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// The parts of a form.
fn parts(bytes: &Bytes, boundary: &str) -> Vec<File> {
    let mark = format!("--{boundary}");
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| find(rest, mark.as_bytes())) {
        places.push(from + at);
        from += at + mark.len();
    }
    let pairs = places.iter().zip(places.iter().skip(1));
    let parts = pairs.filter_map(|(start, end)| part(&bytes.slice(start + mark.len()..*end)));
    parts.collect()
}

fn part(bytes: &Bytes) -> Option<File> {
    let (gap, end) = (find(bytes, b"\r\n\r\n")?, bytes.len().checked_sub(2)?);
    let head = String::from_utf8_lossy(bytes.get(..gap)?).into_owned();
    let disposition = head.lines().find(|line| line.to_lowercase().starts_with("content-disposition:"))?;
    let named = |name: &str| {
        let (_, rest) = disposition.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let start = (gap + 4).min(end);
    // "filename" ends with "name" as well, so that one is looked for with what stands before it.
    Some(File { field: named("; name")?, name: named("filename"), bytes: bytes.slice(start..end) })
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read() {
        let text = "--x\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.txt\"\r\n\r\nline\r\n\r\nline\r\n--x--\r\n";
        let found = parts(&Bytes::from_static(text.as_bytes()), "x");
        let found: Vec<_> =
            found.iter().map(|one| (one.field.as_str(), one.name.as_deref(), &one.bytes[..])).collect();
        assert_eq!(
            found,
            [
                ("payload_json", None, &b"{\"a\":1}"[..]),
                ("files[0]", Some("a.txt"), &b"line\r\n\r\nline"[..])
            ]
        );
    }

    #[test]
    fn percent_signs_are_read() {
        for (text, read) in [("a%20b", "a b"), ("100%", "100%"), ("%C3%A9", "é"), ("%é", "%é"), ("%4", "%4")]
        {
            assert_eq!(decoded(text), read);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_form_is_too_odd_to_be_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            drop(parts(&Bytes::from(bytes), "-"));
        }
    }
}
