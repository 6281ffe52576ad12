//! What members write and what proves who the bot is stands in no log, at the finest level.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use discord::rest::{Refusals, Request, Rest, Route, Token};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::gateway::bed::{Bed, Said};
use crate::http::{Reply, Server, TestPace, within};

/// Everything that is logged, one line each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("nobody panicked").clone()
    }

    fn push(&self, line: String) {
        self.0.lock().expect("nobody panicked").push(line);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {field}={value:?}"));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(span.metadata().name().to_owned());
        span.record(&mut line);
        self.push(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        self.push(line.0);
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().target().to_owned());
        event.record(&mut line);
        self.push(line.0);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

/// All that goes wrong with words and secrets at hand.
async fn story(log: &Log) {
    let refusal =
        json!({ "code": 50_035, "message": "canary", "errors": { "canary words": { "_errors": [] } } });
    let server = Server::start([
        Reply::new(400).json(&refusal),
        Reply::new(503).text("canary"),
        Reply::new(200).text("canary"),
        Reply::cut(),
    ])
    .await;
    let token = Token::new("canary-token").expect("a token");
    let rest = Rest::new(&server.base, &token, TestPace::jumping(), Refusals::default()).expect("a client");
    let hook = || Route::to("webhooks").one(1).one("canary");
    for route in [Route::channel(5).at("messages"), hook(), hook()] {
        let request = Request::post(route).json(json!({ "content": "canary" }));
        let outcome = within(rest.call(request)).await.expect_err("none is answered well");
        log.push(format!("{outcome} {outcome:?}"));
    }

    let (mut bed, mut wire) = Bed::ready().await;
    wire.event("MESSAGE_CREATE", 2, &json!({ "content": "canary" })).await;
    log.push(format!("{:?}", bed.event().await));
    wire.say_text("canary").await;
    assert_eq!(bed.heard().await, Said::Lost);
    let mut wire = bed.ws.accept().await;
    wire.hello().await;
    wire.hear().await;
    wire.close(4009).await;
    bed.stop().await.expect("it was stopped");
}

#[tokio::test]
async fn no_words_and_no_secrets_are_logged() {
    // What is logged for the first time while subscribers come and go on other threads may be taken for wanted by nobody,
    // so it happens once before.
    story(&Log::default()).await;
    let log = Log::default();
    let _second = tracing::Dispatch::new(log.clone());
    let _logging = tracing::subscriber::set_default(log.clone());
    story(&log).await;
    let lines = log.lines();
    assert!(lines.iter().any(|line| line.contains("Discord answered")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("cannot be read")), "{lines:#?}");
    let told: Vec<&String> = lines.iter().filter(|line| line.contains("canary")).collect();
    assert!(told.is_empty(), "{told:#?}");
}
