//! A server that answers requests by a script, and the time as the tests move it.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use discord::pace::Pace;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use policy::{Clock, Timestamp};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// When a test begins.
pub(crate) const BEGIN: i64 = 1_800_000_000_000;

/// The end of whatever should have ended long before.
pub(crate) async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("it ends")
}

/// Lets everybody else on this thread do what they can, and read what was sent to them.
pub(crate) async fn turn() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// The first byte that somebody sends who connects here: 22 begins the handshake of a secure connection.
pub(crate) async fn first_byte(listener: &TcpListener) -> u8 {
    within(async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.read_u8().await.expect("a first byte")
    })
    .await
}

/// Time that passes when a test says so, or at once when it jumps.
#[derive(Debug, Default)]
pub(crate) struct TestPace {
    jumps: bool,
    state: Mutex<Passing>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Passing {
    now: i64,
    /// What is waited for.
    sleepers: Vec<i64>,
    /// How long each jump was.
    jumped: Vec<i64>,
}

impl TestPace {
    /// Time that a test moves.
    pub(crate) fn standing() -> Arc<Self> {
        Arc::default()
    }

    /// Time in which nobody waits: it is later at once.
    pub(crate) fn jumping() -> Arc<Self> {
        Arc::new(Self { jumps: true, ..Self::default() })
    }

    pub(crate) fn advance(&self, by: i64) {
        self.state.lock().expect("nobody panicked").now += by;
        self.changed.notify_waiters();
    }

    /// Waits until somebody waits for exactly so long, and lets that pass.
    pub(crate) async fn pass(&self, by: i64) {
        within(async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                {
                    let state = self.state.lock().expect("nobody panicked");
                    if state.sleepers.contains(&(state.now + by)) {
                        break;
                    }
                }
                changed.await;
            }
        })
        .await;
        self.advance(by);
    }

    /// How long was jumped each time.
    pub(crate) fn jumped(&self) -> Vec<i64> {
        std::mem::take(&mut self.state.lock().expect("nobody panicked").jumped)
    }
}

impl Clock for TestPace {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(BEGIN + self.steady_ms())
    }

    fn steady_ms(&self) -> i64 {
        self.state.lock().expect("nobody panicked").now
    }
}

/// Takes somebody who waits off the list, also when they gave up.
struct Sleeper<'a>(&'a TestPace, i64);

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().expect("nobody panicked");
        let index = state.sleepers.iter().position(|instant| *instant == self.1).expect("somebody waits");
        state.sleepers.swap_remove(index);
    }
}

#[async_trait::async_trait]
impl Pace for TestPace {
    async fn until(&self, instant: i64) {
        if self.jumps {
            let mut state = self.state.lock().expect("nobody panicked");
            let by = (instant - state.now).max(0);
            state.now += by;
            state.jumped.push(by);
            return;
        }
        self.state.lock().expect("nobody panicked").sleepers.push(instant);
        let _sleeper = Sleeper(self, instant);
        self.changed.notify_waiters();
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.steady_ms() >= instant {
                return;
            }
            changed.await;
        }
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    /// Answered only once this says so.
    held: Option<Arc<Notify>>,
}

impl Reply {
    pub(crate) fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// The connection is cut instead.
    pub(crate) fn cut() -> Self {
        Self::new(0)
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string();
        self
    }

    pub(crate) fn text(mut self, body: &str) -> Self {
        self.body = body.to_owned();
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// With a bucket, in which so many are left for so long.
    pub(crate) fn bucket(self, name: &str, limit: u32, remaining: u32, reset_after: &str) -> Self {
        self.with("x-ratelimit-bucket", name)
            .with("x-ratelimit-limit", &limit.to_string())
            .with("x-ratelimit-remaining", &remaining.to_string())
            .with("x-ratelimit-reset-after", reset_after)
    }

    pub(crate) fn held(mut self, by: &Arc<Notify>) -> Self {
        self.held = Some(by.clone());
        self
    }
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `GET /path?query`.
    pub(crate) line: String,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of letters"))
    }
}

#[derive(Debug, Default)]
struct Script {
    replies: Mutex<VecDeque<Reply>>,
    /// What is answered when the script is over.
    rest: Mutex<Option<Reply>>,
    seen: Mutex<Vec<Seen>>,
    arrived: Notify,
}

/// See the module.
pub(crate) struct Server {
    pub(crate) base: String,
    script: Arc<Script>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Answers with these, one after the other, and then with 204.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}/api/v10", listener.local_addr().expect("an address"));
        let script =
            Arc::new(Script { replies: Mutex::new(replies.into_iter().collect()), ..Script::default() });
        let mut tasks = JoinSet::new();
        tasks.spawn({
            let script = script.clone();
            async move {
                let mut connections = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    let script = script.clone();
                    connections.spawn(async move {
                        let service = service_fn(move |request| answer(script.clone(), request));
                        // The client may go, and some are cut on purpose.
                        let served = hyper::server::conn::http1::Builder::new();
                        let _ended = served.serve_connection(TokioIo::new(stream), service).await;
                    });
                }
            }
        });
        Self { base, script, _tasks: tasks }
    }

    /// Answers with this whenever the script is over.
    pub(crate) fn then_always(self, reply: Reply) -> Self {
        self.always(reply);
        self
    }

    /// The same from now on.
    pub(crate) fn always(&self, reply: Reply) {
        *self.script.rest.lock().expect("nobody panicked") = Some(reply);
    }

    pub(crate) fn add(&self, reply: Reply) {
        self.script.replies.lock().expect("nobody panicked").push_back(reply);
    }

    /// All that was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.script.seen.lock().expect("nobody panicked").clone()
    }

    /// The first lines of it.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }

    /// Once so many were asked.
    pub(crate) async fn arrived(&self, many: usize) {
        within(async {
            loop {
                let arrived = self.script.arrived.notified();
                tokio::pin!(arrived);
                arrived.as_mut().enable();
                if self.script.seen.lock().expect("nobody panicked").len() >= many {
                    return;
                }
                arrived.await;
            }
        })
        .await;
    }
}

/// The connection is cut.
#[derive(Debug, thiserror::Error)]
#[error("cut")]
struct Cut;

async fn answer(script: Arc<Script>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let line = format!("{} {}", head.method, path.strip_prefix("/api/v10").unwrap_or(path));
    let body = String::from_utf8(body.to_vec()).expect("texts only");
    let reply = script.replies.lock().expect("nobody panicked").pop_front();
    let reply = reply
        .or_else(|| script.rest.lock().expect("nobody panicked").clone())
        .unwrap_or_else(|| Reply::new(204));
    script.seen.lock().expect("nobody panicked").push(Seen { line, headers: head.headers, body });
    script.arrived.notify_waiters();
    if let Some(held) = &reply.held {
        held.notified().await;
    }
    if reply.status == 0 {
        return Err(Cut);
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(Bytes::from(reply.body))).expect("a response"))
}
