//! What is asked.

use std::fmt;

use serde_json::Value;

use super::reason::AuditReason;
use super::route::Route;
use crate::rate_limits::{Urgency, Verb};

/// One request, before it is sent. It can be sent again.
#[derive(Clone)]
pub struct Request {
    pub(crate) verb: Verb,
    pub(crate) route: Route,
    pub(crate) body: Body,
    pub(crate) reason: Option<AuditReason>,
    pub(crate) urgency: Urgency,
}

#[derive(Clone)]
pub(crate) enum Body {
    None,
    Json(Value),
    /// What would be the body is one part, and files the others.
    Files(Value, Vec<File>),
}

/// A file that goes with a request.
#[derive(Clone)]
pub struct File {
    /// The part it is: `files[0]`.
    pub part: String,
    /// Its name for people.
    pub name: String,
    /// `text/csv` and the like.
    pub media_type: &'static str,
    /// What is in it.
    pub content: Vec<u8>,
}

impl Request {
    fn new(verb: Verb, route: Route, urgency: Urgency) -> Self {
        Self { verb, route, body: Body::None, reason: None, urgency }
    }

    /// Asks what is there.
    #[must_use]
    pub fn get(route: Route) -> Self {
        Self::new(Verb::Get, route, Urgency::Reading)
    }

    /// Makes something new. Asked once only, unless it carries a nonce that Discord enforces.
    #[must_use]
    pub fn post(route: Route) -> Self {
        let urgency = if route.is_callback() { Urgency::Answer } else { Urgency::Letter };
        Self::new(Verb::Post, route, urgency)
    }

    /// Makes it be there.
    #[must_use]
    pub fn put(route: Route) -> Self {
        Self::new(Verb::Put, route, Urgency::Deed)
    }

    /// Changes what is there.
    #[must_use]
    pub fn patch(route: Route) -> Self {
        Self::new(Verb::Patch, route, Urgency::Deed)
    }

    /// Takes it away.
    #[must_use]
    pub fn delete(route: Route) -> Self {
        Self::new(Verb::Delete, route, Urgency::Removal)
    }

    /// With this body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// With this body and these files.
    #[must_use]
    pub fn files(mut self, body: Value, files: Vec<File>) -> Self {
        self.body = Body::Files(body, files);
        self
    }

    /// With this in the server's audit log.
    #[must_use]
    pub fn because(mut self, reason: AuditReason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// As urgent as this, and not as requests of its sort are.
    #[must_use]
    pub fn urgency(mut self, urgency: Urgency) -> Self {
        self.urgency = urgency;
        self
    }

    /// Whether asking twice comes to the same as asking once.
    pub(crate) fn is_repeatable(&self) -> bool {
        let (Body::Json(body) | Body::Files(body, _)) = &self.body else { return self.verb != Verb::Post };
        let has_nonce = match body.get("nonce") {
            Some(Value::String(nonce)) => !nonce.is_empty(),
            Some(Value::Number(_)) => true,
            _ => false,
        };
        self.verb != Verb::Post || has_nonce && body.get("enforce_nonce") == Some(&Value::Bool(true))
    }
}

/// Shows what is asked of whom, without what is said.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.verb, self.route)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_comes_to_the_same_may_be_asked_twice() {
        let there = || Route::channel(5).at("messages");
        let post = |body| Request::post(there()).json(body).is_repeatable();
        assert!(!Request::post(there()).is_repeatable());
        assert!(!post(json!({})));
        assert!(!post(json!({ "nonce": "a" })));
        assert!(!post(json!({ "nonce": "a", "enforce_nonce": false })));
        assert!(!post(json!({ "nonce": "", "enforce_nonce": true })));
        assert!(!post(json!({ "nonce": null, "enforce_nonce": true })));
        assert!(post(json!({ "nonce": "a", "enforce_nonce": true })));
        assert!(post(json!({ "nonce": 7, "enforce_nonce": true })));
        for request in [Request::get, Request::put, Request::patch, Request::delete] {
            assert!(request(there()).json(json!({})).is_repeatable());
        }
    }

    #[test]
    fn a_request_is_shown_without_what_is_said() {
        let request = Request::post(Route::channel(5).at("messages")).json(json!({ "content": "canary" }));
        assert_eq!(format!("{request:?}"), "Post /channels/{}/messages");
    }
}
