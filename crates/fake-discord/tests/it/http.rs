//! Requests, written by hand: no client library stands between the test and what it checks.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A bot that makes requests.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    pub(crate) base: String,
    pub(crate) token: String,
    pub(crate) reason: Option<String>,
    pub(crate) agent: &'static str,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// Discord's code of a refusal.
    pub(crate) fn code(&self) -> u64 {
        self.body["code"].as_u64().unwrap_or_default()
    }
}

impl Http {
    pub(crate) fn new(base: &str, token: &str) -> Self {
        let agent = "DiscordBot (https://example.org, 1.0)";
        Self { base: base.to_owned(), token: token.to_owned(), reason: None, agent }
    }

    /// With something for the audit log, as it goes over the wire.
    pub(crate) fn because(&self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.ask("GET", path, &Value::Null).await
    }

    /// Fetches a whole address.
    pub(crate) async fn get_at(&self, url: &str) -> Response {
        let rest = url.strip_prefix("http://").expect("it is on this machine");
        let (host, path) = rest.split_once('/').expect("it has a path");
        let there = Self { base: format!("http://{host}/"), ..self.clone() };
        there.raw("GET", path, "", &[]).await.expect("it is answered")
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.ask("POST", path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Response {
        self.ask("PUT", path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Response {
        self.ask("PATCH", path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.ask("DELETE", path, &Value::Null).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Response {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.raw(method, path, "application/json", &bytes).await.expect("it is answered")
    }

    /// Sends a form with files beside an object.
    pub(crate) async fn form(&self, path: &str, body: &Value, files: &[(&str, &str, &str)]) -> Response {
        let part = |head: &str, text: &str| {
            format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
        };
        let mut form = part("name=\"payload_json\"", &body.to_string());
        for (field, name, text) in files {
            form.push_str(&part(&format!("name=\"{field}\"; filename=\"{name}\""), text));
        }
        form.push_str("--edge--\r\n");
        let sent = self.raw("POST", path, "multipart/form-data; boundary=edge", form.as_bytes()).await;
        sent.expect("it is answered")
    }

    /// Sends anything. Nothing if the connection ends without an answer.
    pub(crate) async fn raw(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Option<Response> {
        let rest = self.base.strip_prefix("http://").expect("it is on this machine");
        let (host, base) = rest.split_once('/').expect("it has a path");
        let mut head = format!("{method} /{base}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        head.push_str(&format!("User-Agent: {}\r\nContent-Length: {}\r\n", self.agent, body.len()));
        if !self.token.is_empty() {
            head.push_str(&format!("Authorization: Bot {}\r\n", self.token));
        }
        if let Some(reason) = &self.reason {
            head.push_str(&format!("X-Audit-Log-Reason: {reason}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Type: {kind}\r\n"));
        }
        let mut stream = TcpStream::connect(host).await.expect("the fake listens");
        stream.write_all(format!("{head}\r\n").as_bytes()).await.expect("it reads");
        stream.write_all(body).await.expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        read(&String::from_utf8_lossy(&answer))
    }
}

fn read(answer: &str) -> Option<Response> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let body = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
    Some(Response { status, headers, body })
}
