//! Requests to a homeserver, as any program could make them: what the tests set up goes past every client library.

use std::fmt;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::synapse::Account;

pub(crate) use reqwest::Method;

/// Somebody who makes requests.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What the server answers when it does not do what was asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `M_FORBIDDEN` and the like.
    pub(crate) code: String,
    /// What it says for people.
    pub(crate) message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)
    }
}

impl Http {
    /// Somebody whom the server does not know yet.
    pub(crate) fn new(base: &str) -> Self {
        // Made once, for it reads all certificates of the machine; here nothing needs one.
        static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
            // No connection is kept: it would belong to the runtime of one test, and break when the server is restarted.
            let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy();
            client.build().expect("a client can be made")
        });
        Self { client: CLIENT.clone(), base: base.to_owned(), token: None }
    }

    /// The same, logged in.
    pub(crate) async fn log_in(mut self, account: &Account) -> Self {
        let request = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": account.user },
            "password": account.password,
        });
        let answer = self.done(Method::POST, "/_matrix/client/v3/login", &request).await;
        self.token = Some(answer["access_token"].as_str().expect("an access token").to_owned());
        self
    }

    /// Asks for `path`, which is encoded where it has to be.
    ///
    /// # Errors
    /// The server's refusal, also of too many requests.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Value, Refusal> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.expect("the server can be reached");
        let status = answer.status();
        let text = answer.bytes().await.expect("an answer has an end");
        let answer: Value = serde_json::from_slice(&text).unwrap_or_default();
        if status.is_success() {
            return Ok(answer);
        }
        let said = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        Err(Refusal { status: status.as_u16(), code: said("errcode"), message: said("error") })
    }

    /// Asks for something that nothing should prevent.
    ///
    /// # Panics
    /// If it was refused.
    pub(crate) async fn done(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.ask(method.clone(), path, body).await;
        answer.unwrap_or_else(|refusal| panic!("{method} {path}: {refusal}"))
    }
}
