//! A gateway server that a test plays by hand, and a gateway that talks to it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use discord::gateway::{
    Control, Dealt, Event, Gateway, GatewayError, GatewayIntents, Heard, Identifies, Session, Sessions,
    Waiting,
};
use discord::rest::{Refusals, Rest, Token};
use futures_util::{SinkExt, StreamExt};
use platform::Source;
use policy::{Clock, Timestamp};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_util::sync::CancellationToken;

use crate::http::{Reply, Server, TestPace, turn, within};

/// How often a sign of life is wanted here.
pub(crate) const INTERVAL: i64 = 40_000;
/// How many events wait to be taken.
pub(crate) const CHANNEL: usize = 8;

/// Keeps sessions as the ledger would.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    sessions: Mutex<BTreeMap<u32, Session>>,
    identifies: Mutex<Identifies>,
    /// Whether nothing can be written.
    pub(crate) is_full: AtomicBool,
}

impl Kept {
    pub(crate) fn session(&self) -> Option<Session> {
        self.sessions.lock().expect("nobody panicked").get(&0).cloned()
    }

    pub(crate) fn set_identifies(&self, identifies: Value) {
        *self.identifies.lock().expect("nobody panicked") =
            serde_json::from_value(identifies).expect("as it is kept");
    }

    /// How many sessions were begun within a day.
    pub(crate) fn identified(&self) -> usize {
        let kept =
            serde_json::to_value(&*self.identifies.lock().expect("nobody panicked")).expect("as it is kept");
        kept["sent"].as_array().expect("a list").len()
    }

    fn check(&self) -> Result<(), Source> {
        if self.is_full.load(Ordering::Relaxed) { Err("the disk is full".into()) } else { Ok(()) }
    }
}

#[async_trait::async_trait]
impl Sessions for Kept {
    async fn load(&self, shard: u32) -> Result<Option<Session>, Source> {
        Ok(self.sessions.lock().expect("nobody panicked").get(&shard).cloned())
    }

    async fn save(&self, shard: u32, session: Option<&Session>) -> Result<(), Source> {
        self.check()?;
        let mut sessions = self.sessions.lock().expect("nobody panicked");
        match session {
            Some(session) => sessions.insert(shard, session.clone()),
            None => sessions.remove(&shard),
        };
        Ok(())
    }

    async fn identifies(&self) -> Result<Identifies, Source> {
        Ok(self.identifies.lock().expect("nobody panicked").clone())
    }

    async fn save_identifies(&self, identifies: &Identifies) -> Result<(), Source> {
        self.check()?;
        *self.identifies.lock().expect("nobody panicked") = identifies.clone();
        Ok(())
    }
}

/// Where gateways connect.
pub(crate) struct Ws {
    listener: TcpListener,
    pub(crate) url: String,
}

impl Ws {
    async fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("ws://{}", listener.local_addr().expect("an address"));
        Self { listener, url }
    }

    /// The next that connects.
    pub(crate) async fn accept(&mut self) -> Wire {
        within(async {
            let (stream, _) = self.listener.accept().await.expect("a connection");
            let mut path = String::new();
            #[expect(clippy::result_large_err, reason = "the library has it so")]
            let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
                path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
                Ok(response)
            };
            let stream = tokio_tungstenite::accept_hdr_async(stream, note).await.expect("a handshake");
            Wire { stream, path }
        })
        .await
    }

    /// The next that connects is turned away.
    pub(crate) async fn turn_away(&mut self) {
        drop(within(self.listener.accept()).await.expect("a connection"));
    }
}

/// The server's end of a connection.
pub(crate) struct Wire {
    stream: WebSocketStream<TcpStream>,
    pub(crate) path: String,
}

impl Wire {
    pub(crate) async fn say(&mut self, frame: &Value) {
        self.say_text(&frame.to_string()).await;
    }

    pub(crate) async fn say_text(&mut self, text: &str) {
        within(self.stream.send(Message::Text(text.to_owned()))).await.expect("somebody listens");
    }

    pub(crate) async fn hello(&mut self) {
        self.say(&json!({ "op": 10, "d": { "heartbeat_interval": INTERVAL } })).await;
    }

    pub(crate) async fn ack(&mut self) {
        self.say(&json!({ "op": 11 })).await;
    }

    pub(crate) async fn event(&mut self, name: &str, seq: u64, data: &Value) {
        self.say(&json!({ "op": 0, "t": name, "s": seq, "d": data })).await;
    }

    pub(crate) async fn ready(&mut self, session: &str, ws: &Ws) {
        let resume_url = format!("{}/resume", ws.url);
        self.event("READY", 1, &json!({ "session_id": session, "resume_gateway_url": resume_url })).await;
    }

    /// Once everything that was said has been read: a sign of life is asked for and given.
    pub(crate) async fn settled(&mut self) {
        self.say(&json!({ "op": 1 })).await;
        while self.hear().await["op"] != 1 {}
        self.ack().await;
        turn().await;
    }

    pub(crate) async fn hear(&mut self) -> Value {
        match within(self.stream.next()).await.expect("a connection").expect("a frame") {
            Message::Text(text) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("{other:?}"),
        }
    }

    /// The code with which the other side closes, whatever it said before.
    pub(crate) async fn farewell(&mut self) -> Option<u16> {
        loop {
            match within(self.stream.next()).await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "canary".into() };
        within(self.stream.close(Some(frame))).await.expect("somebody listens");
        // To the end, so that it is not cut.
        while let Some(Ok(_)) = within(self.stream.next()).await {}
    }
}

/// What is said of where to connect, and how.
fn advice(ws: &Ws, shards: u32, concurrency: u32) -> Reply {
    let limit = json!({ "total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": concurrency });
    Reply::new(200).json(&json!({ "url": ws.url, "shards": shards, "session_start_limit": limit }))
}

/// Whether it ended as it should.
pub(crate) type Wanted = fn(&GatewayError) -> bool;

/// Something that was handed on.
#[derive(Debug, PartialEq)]
pub(crate) enum Said {
    Event(String, u64),
    Identified,
    Missed,
    Resumed,
    Lost,
    Waiting(Timestamp, Waiting),
}

/// A gateway and its surroundings.
pub(crate) struct Bed {
    pub(crate) pace: Arc<TestPace>,
    pub(crate) ws: Ws,
    pub(crate) kept: Arc<Kept>,
    server: Server,
    rest: Arc<Rest>,
    out: mpsc::Receiver<Heard>,
    stop: CancellationToken,
    running: JoinSet<Result<(), GatewayError>>,
}

impl Bed {
    pub(crate) async fn start() -> Self {
        Self::of(1, 1).await
    }

    /// With so many shards, of which so many may begin at a time.
    pub(crate) async fn of(shards: u32, concurrency: u32) -> Self {
        Self::with(Arc::default(), shards, concurrency).await
    }

    /// With what was kept.
    pub(crate) async fn with(kept: Arc<Kept>, shards: u32, concurrency: u32) -> Self {
        let ws = Ws::bind().await;
        let server = Server::start([]).await.then_always(advice(&ws, shards, concurrency));
        Self::around(kept, ws, server, TestPace::standing())
    }

    pub(crate) fn around(kept: Arc<Kept>, ws: Ws, server: Server, pace: Arc<TestPace>) -> Self {
        let (sender, out) = mpsc::channel(CHANNEL);
        let stop = CancellationToken::new();
        let token = Token::new("canary-token").expect("a token");
        let rest =
            Arc::new(Rest::new(&server.base, &token, pace.clone(), Refusals::default()).expect("a client"));
        let intents = GatewayIntents::from_bits_retain(37_383);
        let gateway = Gateway::new(Arc::clone(&rest), token, intents, kept.clone(), pace.clone());
        let mut running = JoinSet::new();
        running.spawn(gateway.run(sender, stop.clone()));
        Self { pace, ws, kept, server, rest, out, stop, running }
    }

    /// Whom the bot was to connect to elsewhere.
    pub(crate) fn strayed(&self) -> Vec<String> {
        self.rest.strayed()
    }

    /// From now on, so many shards are advised.
    pub(crate) fn advise(&self, shards: u32) {
        self.server.always(advice(&self.ws, shards, 1));
    }

    /// With a session that stands, of which everything is dealt with.
    pub(crate) async fn ready() -> (Self, Wire) {
        let mut bed = Self::start().await;
        let wire = bed.begin().await;
        (bed, wire)
    }

    /// A session is begun, and READY dealt with.
    pub(crate) async fn begin(&mut self) -> Wire {
        let mut wire = self.ws.accept().await;
        wire.hello().await;
        assert_eq!(wire.hear().await["op"], 2);
        wire.ready("s1", &self.ws).await;
        assert_eq!(self.heard().await, Said::Identified);
        assert_eq!(self.heard_event().await, ("READY".to_owned(), 1));
        wire
    }

    /// The next that was handed on, dealt with at once.
    pub(crate) async fn heard(&mut self) -> Said {
        let (said, dealt) = self.put_off().await;
        dealt.into_iter().for_each(Dealt::settle);
        said
    }

    /// The next that was handed on, and what to use once it is dealt with.
    pub(crate) async fn put_off(&mut self) -> (Said, Option<Dealt>) {
        match within(self.out.recv()).await.expect("it runs") {
            Heard::Event(event) => (Said::Event(event.name, event.seq), Some(event.dealt)),
            Heard::Control { control, .. } => match control {
                Control::Identified { caught_up } => (Said::Identified, Some(caught_up)),
                Control::Missed { caught_up } => (Said::Missed, Some(caught_up)),
                Control::Resumed => (Said::Resumed, None),
                Control::Lost { .. } => (Said::Lost, None),
                Control::Waiting { until, why } => (Said::Waiting(until, why), None),
                other => panic!("{other:?}"),
            },
        }
    }

    /// The next event, dealt with.
    pub(crate) async fn heard_event(&mut self) -> (String, u64) {
        match self.heard().await {
            Said::Event(name, seq) => (name, seq),
            other => panic!("{other:?}"),
        }
    }

    /// The next event, as it is.
    pub(crate) async fn event(&mut self) -> Event {
        match within(self.out.recv()).await.expect("it runs") {
            Heard::Event(event) => event,
            Heard::Control { control, .. } => panic!("{control:?}"),
        }
    }

    /// The time people see.
    pub(crate) fn now(&self) -> i64 {
        self.pace.now().as_millis()
    }

    /// How it ends by itself.
    pub(crate) async fn ended(&mut self) -> Result<(), GatewayError> {
        within(self.running.join_next()).await.expect("it was started").expect("no panic")
    }

    /// Stops it.
    pub(crate) async fn stop(mut self) -> Result<(), GatewayError> {
        self.stop.cancel();
        self.ended().await
    }

    /// The process is killed, and started again with what was kept.
    pub(crate) async fn killed(mut self) -> Self {
        self.running.shutdown().await;
        Self::around(self.kept, self.ws, self.server, self.pace)
    }

    /// The process is stopped, and started again.
    pub(crate) async fn restarted(mut self) -> Self {
        self.stop.cancel();
        self.ended().await.expect("it was stopped");
        Self::around(self.kept, self.ws, self.server, self.pace)
    }
}
