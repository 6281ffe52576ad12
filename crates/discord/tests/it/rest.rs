//! Requests, with what Discord answers and how long it is waited.

use std::sync::Arc;

use discord::error::{Code, RestError};
use discord::rest::{AuditReason, File, Refusals, Request, Rest, Route, Token, Urgency};
use policy::Reference;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::http::{Reply, Server, TestPace, first_byte, turn, within};

fn token() -> Token {
    Token::new("canary-token").expect("a token")
}

struct Bed {
    server: Server,
    pace: Arc<TestPace>,
    rest: Arc<Rest>,
}

impl Bed {
    async fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(replies, TestPace::jumping()).await
    }

    async fn with(replies: impl IntoIterator<Item = Reply>, pace: Arc<TestPace>) -> Self {
        let server = Server::start(replies).await;
        let rest = Rest::new(&server.base, &token(), pace.clone(), Refusals::default()).expect("a client");
        Self { server, pace, rest: Arc::new(rest) }
    }

    async fn call(&self, request: Request) -> Result<Value, RestError> {
        within(self.rest.call(request)).await
    }
}

fn message() -> Route {
    Route::channel(5).at("messages").one(7)
}

fn read() -> Request {
    Request::get(message())
}

fn remove() -> Request {
    Request::delete(message())
}

fn write() -> Request {
    Request::post(Route::channel(5).at("messages")).json(json!({ "content": "hello" }))
}

fn write_once() -> Request {
    let body = json!({ "content": "hello", "nonce": "beadle-1", "enforce_nonce": true });
    Request::post(Route::channel(5).at("messages")).json(body)
}

fn too_many(scope: &str, wait: f64) -> Reply {
    let body = json!({ "message": "canary", "retry_after": wait, "global": scope == "global" });
    Reply::new(429).with("x-ratelimit-scope", scope).json(&body)
}

fn name(outcome: &Result<Value, RestError>) -> String {
    match outcome {
        Ok(value) => format!("ok {value}"),
        Err(RestError::RateLimited(wait)) => format!("rate limited {}", wait.as_millis()),
        Err(RestError::NotYet(wait)) => format!("not yet {}", wait.as_millis()),
        Err(RestError::Unauthorised) => "unauthorised".to_owned(),
        Err(RestError::Refused(refusal)) => {
            format!("refused {} {:?}", refusal.status, refusal.code.map(Code::number))
        }
        Err(RestError::Unreachable(_)) => "unreachable".to_owned(),
        Err(RestError::Unanswered(_)) => "unanswered".to_owned(),
        Err(other) => other.to_string(),
    }
}

#[tokio::test]
async fn a_request_says_who_asks_for_what_and_why() {
    let bed = Bed::new([Reply::new(200).json(&json!({ "id": "7" }))]).await;
    let request = write().because(AuditReason::of_file(Reference::new(42).expect("a number")));
    assert_eq!(bed.call(request).await.expect("an answer"), json!({ "id": "7" }));
    let [seen] = &bed.server.seen()[..] else { panic!("one request") };
    assert_eq!(seen.line, "POST /channels/5/messages");
    assert_eq!(seen.body, r#"{"content":"hello"}"#);
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("authorization"), Some("Bot canary-token"));
    assert_eq!(seen.header("x-audit-log-reason"), Some("B-0042"));
    let agent = seen.header("user-agent").expect("a name");
    assert!(agent.starts_with("DiscordBot (http"), "{agent}");
}

#[tokio::test]
async fn files_go_with_what_would_be_the_body() {
    let bed = Bed::new([]).await;
    let file = File {
        part: "files[0]".to_owned(),
        name: "record.csv".to_owned(),
        media_type: "text/csv",
        content: b"a,b".to_vec(),
    };
    let request =
        Request::post(Route::channel(5).at("messages")).files(json!({ "content": "x" }), vec![file]);
    assert_eq!(bed.call(request).await.expect("an answer"), Value::Null);
    let [seen] = &bed.server.seen()[..] else { panic!("one request") };
    assert!(seen.header("content-type").expect("a type").starts_with("multipart/form-data; boundary="));
    for part in [
        "name=\"payload_json\"",
        "application/json",
        r#"{"content":"x"}"#,
        "name=\"files[0]\"",
        "filename=\"record.csv\"",
        "text/csv",
        "a,b",
    ] {
        assert!(seen.body.contains(part), "{part} in {}", seen.body);
    }
}

#[tokio::test]
async fn a_bucket_is_waited_for_a_little_and_told_when_it_takes_long() {
    let bed = Bed::new([
        Reply::new(204).bucket("a", 2, 1, "1.5"),
        Reply::new(204).bucket("a", 2, 0, "1.5"),
        Reply::new(204).bucket("a", 2, 0, "60"),
    ])
    .await;
    for _ in 0..3 {
        assert_eq!(name(&bed.call(remove()).await), "ok null");
    }
    assert_eq!(bed.pace.jumped(), [1_500]);
    // A minute is longer than anybody waits here, and nothing is asked.
    assert_eq!(name(&bed.call(remove()).await), "not yet 60000");
    assert_eq!(bed.server.lines().len(), 3);
    // Another channel, and another request at the same place, have buckets of their own.
    assert_eq!(name(&bed.call(Request::delete(Route::channel(6).at("messages").one(7))).await), "ok null");
    assert_eq!(name(&bed.call(read()).await), "ok null");
    assert!(bed.pace.jumped().is_empty());
}

#[tokio::test]
async fn too_many_is_waited_for_or_told_by_its_scope() {
    let rows = [
        ("user", 0.5, "ok null", vec![500], "ok null"),
        ("shared", 0.5, "ok null", vec![500], "ok null"),
        ("global", 0.5, "ok null", vec![500], "ok null"),
        ("user", 90.0, "not yet 90000", vec![], "ok null"),
        ("shared", 90.0, "not yet 90000", vec![], "ok null"),
        ("global", 90.0, "rate limited 90000", vec![], "rate limited 90000"),
    ];
    for (scope, wait, same, jumped, elsewhere) in rows {
        let bed = Bed::new([too_many(scope, wait)]).await;
        assert_eq!(name(&bed.call(remove()).await), same, "{scope} {wait}");
        assert_eq!(bed.pace.jumped(), jumped, "{scope} {wait}");
        let other = Request::get(Route::guild(9).at("members"));
        assert_eq!(name(&bed.call(other).await), elsewhere, "{scope} {wait}");
        let press = Request::post(Route::to("interactions").one(1).one("t").at("callback"));
        assert_eq!(name(&bed.call(press).await), "ok null", "{scope} {wait}");
    }
}

#[tokio::test]
async fn what_stands_before_discord_holds_up_everything() {
    let page = Reply::new(429).with("retry-after", "600").text("<html>");
    let bed = Bed::new([page]).await;
    assert_eq!(name(&bed.call(remove()).await), "rate limited 600000");
    assert_eq!(name(&bed.call(read()).await), "rate limited 600000");
    assert_eq!(bed.server.lines().len(), 1);
}

#[tokio::test]
async fn too_many_again_and_again_is_told_in_the_end() {
    let bed = Bed::new((0..10).map(|_| too_many("user", 0.1))).await;
    assert_eq!(name(&bed.call(write()).await), "not yet 100");
    assert_eq!(bed.server.lines().len(), 4);
}

#[tokio::test]
async fn removals_go_before_what_came_earlier() {
    let held = Arc::new(Notify::new());
    // All of them are counted in one bucket, of which one is left at a time.
    let first = Reply::new(204).bucket("a", 1, 0, "0.1").held(&held);
    let bed = Bed::with([first], TestPace::standing()).await;
    let at = || Route::channel(5).at("messages").one(7);
    let mut calls = JoinSet::new();
    let mut begin = |request: Request| {
        let rest = bed.rest.clone();
        calls.spawn(async move { rest.call(request).await.map(|_| ()) });
    };
    begin(Request::delete(at()).urgency(Urgency::Reading));
    bed.server.arrived(1).await;
    for (n, urgency) in
        [Urgency::Reading, Urgency::Letter, Urgency::Removal, Urgency::Deed].into_iter().enumerate()
    {
        bed.server.add(Reply::new(204).bucket("a", 1, 0, "0.1"));
        begin(Request::delete(at().with("n", n)).urgency(urgency));
    }
    // All of them have come to wait: nothing else is to be done.
    turn().await;
    held.notify_one();
    let mut done =
        async || within(calls.join_next()).await.expect("a call").expect("no panic").expect("an answer");
    done().await;
    for _ in 2..=5 {
        bed.pace.pass(100).await;
        done().await;
    }
    let order: Vec<String> =
        bed.server.lines().iter().map(|line| line[line.len() - 3..].to_owned()).collect();
    assert_eq!(order[1..], ["n=2", "n=3", "n=1", "n=0"]);
}

#[tokio::test]
async fn what_is_given_up_leaves_its_place() {
    let held = Arc::new(Notify::new());
    let bed = Bed::with([Reply::new(204).held(&held)], TestPace::standing()).await;
    {
        let call = bed.rest.call(remove());
        tokio::select! {
            _ = call => panic!("it is held"),
            () = bed.server.arrived(1) => {}
        }
    }
    assert_eq!(name(&bed.call(remove()).await), "ok null");
}

#[tokio::test]
async fn what_may_be_asked_twice_is_when_discord_loses_its_way() {
    let lost = || [Reply::new(502).text("<html>"), Reply::cut()];
    let rows: [(Request, &str, usize); 5] = [
        (read(), "ok null", 3),
        (remove(), "ok null", 3),
        (Request::put(Route::guild(5).at("bans").one(7)), "ok null", 3),
        (write_once(), "ok null", 3),
        (write(), "unanswered", 1),
    ];
    for (request, want, asked) in rows {
        let bed = Bed::new(lost()).await;
        let shown = format!("{request:?}");
        assert_eq!(name(&bed.call(request).await), want, "{shown}");
        assert_eq!(bed.server.lines().len(), asked, "{shown}");
        let bodies: Vec<String> = bed.server.seen().into_iter().map(|seen| seen.body).collect();
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    }
}

#[tokio::test]
async fn pauses_between_tries_grow_and_end() {
    let bed = Bed::new((0..10).map(|_| Reply::new(503))).await;
    assert_eq!(name(&bed.call(remove()).await), "unanswered");
    assert_eq!(bed.pace.jumped(), [187, 375, 750]);
    assert_eq!(name(&bed.call(read()).await), "unreachable");
    assert_eq!(bed.server.lines().len(), 8);
}

#[tokio::test]
async fn a_connection_that_is_cut_may_have_done_it() {
    let bed = Bed::new([Reply::cut()]).await;
    assert_eq!(name(&bed.call(write()).await), "unanswered");
    assert_eq!(bed.server.lines().len(), 1);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_done() {
    // A port that is taken, so that nobody else listens there either.
    let taken = TcpSocket::new_v4().expect("a socket");
    taken.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let base = format!("http://{}", taken.local_addr().expect("an address"));
    let pace = TestPace::jumping();
    let rest = Rest::new(&base, &token(), pace.clone(), Refusals::default()).expect("a client");
    let refused = within(rest.call(write())).await;
    assert_eq!(name(&refused), "unreachable");
    assert_eq!(pace.jumped().len(), 3);
    let shown = format!("{:?}", refused.expect_err("nobody listens"));
    assert!(!shown.contains("messages"), "{shown}");
}

#[tokio::test]
async fn a_refusal_is_told_by_its_numbers_alone() {
    let body = json!({
        "code": 50035,
        "message": "canary",
        "errors": { "content": { "_errors": [{ "code": "BASE_TYPE_BAD_LENGTH", "message": "canary" }] } },
    });
    let gone = json!({ "code": 10008, "message": "Unknown Message" });
    let bed = Bed::new([
        Reply::new(400).json(&body),
        Reply::new(404).json(&gone),
        Reply::new(200).text("<html>canary"),
    ])
    .await;
    let refused = bed.call(write()).await.expect_err("a refusal");
    assert_eq!(refused.code(), Some(Code::InvalidForm));
    let fields = &refused.refusal().expect("a refusal").fields;
    assert_eq!(fields[..], ["content: BASE_TYPE_BAD_LENGTH"]);
    let shown = format!("{refused:?} {refused}");
    assert!(!shown.contains("canary") && !shown.contains("hello"), "{shown}");
    assert_eq!(name(&bed.call(remove()).await), "refused 404 Some(10008)");
    let unread = bed.call(write()).await.expect_err("not JSON");
    assert!(matches!(unread, RestError::Unanswered(_)));
    assert!(!format!("{unread:?}").contains("canary"));
    assert_eq!(bed.server.lines().len(), 3);
}

#[tokio::test]
async fn a_page_from_what_stands_before_discord_is_no_refusal() {
    let ban = Request::put(Route::guild(5).at("bans").one(7));
    let roles = Request::patch(Route::guild(5).at("members").one(7)).json(json!({ "roles": [] }));
    let press = Request::patch(Route::to("webhooks").one(1).one("t").at("messages").at("@original"));
    // What it comes to, and how often it was asked.
    let rows: [(Request, &str, usize); 7] = [
        (read(), "unreachable", 4),
        (remove(), "unanswered", 4),
        (ban, "unanswered", 4),
        (roles, "unanswered", 4),
        (press, "unanswered", 4),
        (write_once(), "unanswered", 4),
        (write(), "unanswered", 1),
    ];
    for status in [302, 400, 401, 403, 404, 413] {
        for (request, want, asked) in &rows {
            let shown = format!("{status} {request:?}");
            let page = Reply::new(status).text("<html>canary");
            let bed = Bed::new([]).await;
            bed.server.always(page.clone());
            let outcome = bed.call(request.clone()).await;
            assert_eq!(name(&outcome), *want, "{shown}");
            assert!(!format!("{outcome:?}").contains("canary"), "{shown}");
            assert_eq!(bed.server.lines().len(), *asked, "{shown}");
            bed.server.always(Reply::new(204));
            assert_eq!(name(&bed.call(request.clone()).await), "ok null", "{shown}");
            // A few of them do no harm.
            bed.server.add(page);
            assert_eq!(
                name(&bed.call(request.clone()).await),
                if *asked > 1 { "ok null" } else { want },
                "{shown}"
            );
        }
    }
}

fn disowned() -> Reply {
    Reply::new(401).json(&json!({ "code": 0, "message": "401: Unauthorized" }))
}

#[tokio::test]
async fn a_token_is_over_once_discord_has_said_so_twice() {
    let bed = Bed::new([disowned(), disowned()]).await;
    assert_eq!(name(&bed.call(read()).await), "unauthorised");
    assert_eq!(bed.pace.jumped(), [2_000]);
    assert_eq!(name(&bed.call(remove()).await), "unauthorised");
    assert_eq!(bed.server.lines(), ["GET /channels/5/messages/7", "GET /users/@me"]);
    // What bears its own proof does not need it, and does not show it.
    let press = Request::post(Route::to("interactions").one(1).one("t").at("callback"));
    assert_eq!(name(&bed.call(press).await), "ok null");
    assert_eq!(bed.server.seen()[2].header("authorization"), None);
}

#[tokio::test]
async fn a_token_that_was_not_accepted_once_is_used_on() {
    let lost = || Reply::new(503);
    let page = || Reply::new(401).text("<html>");
    // After the first 401: what is answered, what the request comes to, and how often anything was asked for it.
    let rows = [
        (vec![], "ok null", 3),
        (vec![Reply::new(204), disowned()], "unreachable", 3),
        (vec![lost()], "unreachable", 2),
        (vec![page()], "unreachable", 2),
        (vec![Reply::cut()], "unreachable", 2),
        (vec![Reply::new(403).json(&json!({ "code": 0 }))], "unreachable", 2),
    ];
    for (replies, want, asked) in rows {
        for request in [read(), remove(), write()] {
            let shown = format!("{request:?} {replies:?}");
            let bed = Bed::new([disowned()].into_iter().chain(replies.clone())).await;
            assert_eq!(name(&bed.call(request.clone()).await), want, "{shown}");
            assert_eq!(bed.server.lines().len(), asked, "{shown}");
            assert_eq!(name(&bed.call(request).await), "ok null", "{shown}");
            assert_eq!(bed.server.lines().len(), asked + 1, "{shown}");
        }
    }
}

#[tokio::test]
async fn many_who_doubt_the_token_ask_once() {
    // What is answered to whether it is good, and what comes of the requests.
    let rows = [
        (Reply::new(204), "ok null", 7),
        (Reply::new(503), "unreachable", 4),
        (disowned(), "unauthorised", 4),
    ];
    for (reply, want, asked) in rows {
        let bed = Bed::with([disowned(), disowned(), disowned(), reply], TestPace::standing()).await;
        let mut calls = JoinSet::new();
        for channel in 1..=3_u64 {
            let rest = bed.rest.clone();
            let request = Request::get(Route::channel(channel).at("messages"));
            calls.spawn(async move { name(&rest.call(request).await) });
        }
        bed.server.arrived(3).await;
        turn().await;
        bed.pace.pass(2_000).await;
        let outcomes = within(calls.join_all()).await;
        assert!(outcomes.iter().all(|outcome| outcome == want), "{want}: {outcomes:?}");
        assert_eq!(bed.server.lines().len(), asked, "{want}");
    }
}

#[tokio::test]
async fn a_webhook_that_is_gone_is_never_asked_again() {
    let answer =
        |token: &str| Request::patch(Route::to("webhooks").one(1).one(token).at("messages").at("@original"));
    let unknown = |code: u32| Reply::new(404).json(&json!({ "code": code }));
    let bed = Bed::new([unknown(10_008), unknown(10_015)]).await;
    // There, a message is gone, which says nothing of the webhook.
    assert_eq!(name(&bed.call(answer("a")).await), "refused 404 Some(10008)");
    for _ in 0..3 {
        assert_eq!(name(&bed.call(answer("a")).await), "refused 404 Some(10015)");
    }
    assert_eq!(name(&bed.call(answer("b")).await), "ok null");
    assert_eq!(bed.server.lines().len(), 3);
    // A secret that has had its time is no word about the bot's token.
    bed.server.add(Reply::new(401).json(&json!({ "code": 50_027 })));
    assert_eq!(name(&bed.call(answer("c")).await), "refused 401 Some(50027)");
    assert_eq!(name(&bed.call(read()).await), "ok null");
}

#[tokio::test]
async fn discord_is_asked_by_secure_ways_only() {
    for base in ["http://discord.com/api/v10", "ftp://discord.com", "discord.com", ""] {
        assert!(
            matches!(
                Rest::new(base, &token(), TestPace::jumping(), Refusals::default()),
                Err(RestError::Setup(_))
            ),
            "{base}"
        );
    }
    let rest = Rest::new(discord::rest::DISCORD, &token(), TestPace::jumping(), Refusals::default())
        .expect("a client");
    assert!(!format!("{rest:?}").contains("canary"));
}

#[tokio::test]
async fn the_secure_way_is_built_in() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("https://{}", listener.local_addr().expect("an address"));
    let rest = Rest::new(&base, &token(), TestPace::standing(), Refusals::default()).expect("a client");
    tokio::select! {
        outcome = rest.call(read()) => panic!("{}", name(&outcome)),
        byte = first_byte(&listener) => assert_eq!(byte, 22),
    }
}
