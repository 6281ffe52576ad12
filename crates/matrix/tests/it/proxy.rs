//! Stands between the bot and its server, and has what it is told to go wrong.

use std::io;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::http::Method;

/// Hands requests on to a server. Ends when it is dropped.
pub(crate) struct Proxy {
    url: String,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

/// What goes wrong, once.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// With which request.
    pub(crate) method: Method,
    /// What its path contains.
    pub(crate) part: String,
    /// How.
    pub(crate) kind: Kind,
}

/// How a request goes wrong.
#[derive(Debug)]
pub(crate) enum Kind {
    /// The server never has it, and this is answered.
    Refused(u16, Value),
    /// The server never has it, and nothing is answered.
    Lost,
    /// The server does it, and its answer is lost.
    AnswerLost,
}

#[derive(Debug)]
struct Shared {
    server: String,
    client: reqwest::Client,
    trouble: Mutex<Option<Trouble>>,
}

impl Proxy {
    /// Stands before the server at `server`.
    pub(crate) async fn start(server: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let client = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
        let shared = Arc::new(Shared { server, client, trouble: Mutex::new(None) });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(accept(listener, Arc::clone(&shared), stop.clone(), tasks.clone()));
        Self { url, shared, stop }
    }

    /// Where it listens, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Has the next such request go wrong.
    pub(crate) fn prepare(&self, trouble: Trouble) {
        *self.shared.trouble.lock().expect("no thread panics with it") = Some(trouble);
    }

    /// Whether what was prepared has happened.
    pub(crate) fn is_through(&self) -> bool {
        self.shared.trouble.lock().expect("no thread panics with it").is_none()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken, tasks: TaskTracker) {
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let (shared, stop) = (Arc::clone(&shared), stop.clone());
        tasks.spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&shared), request));
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // It ends with an error where nothing is to be answered.
            drop(stop.run_until_cancelled(served).await);
        });
    }
}

/// An error has the connection closed without an answer.
async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let lost = || io::Error::other("lost");
    match shared.trouble_with(&request) {
        None => shared.hand_on(request).await,
        Some(Kind::Refused(status, said)) => {
            let body = Full::new(Bytes::from(said.to_string()));
            let answer = Response::builder().status(status).header(CONTENT_TYPE, "application/json");
            answer.body(body).map_err(io::Error::other)
        }
        Some(Kind::Lost) => {
            // All of it has left whoever asks.
            request.into_body().collect().await.map_err(io::Error::other)?;
            Err(lost())
        }
        Some(Kind::AnswerLost) => {
            shared.hand_on(request).await?;
            Err(lost())
        }
    }
}

impl Shared {
    fn trouble_with(&self, request: &Request<Incoming>) -> Option<Kind> {
        let mut trouble = self.trouble.lock().expect("no thread panics with it");
        let is_it =
            |one: &mut Trouble| one.method == request.method() && request.uri().path().contains(&one.part);
        trouble.take_if(is_it).map(|trouble| trouble.kind)
    }

    async fn hand_on(&self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let mut asked = self.client.request(head.method, format!("{}{}", self.server, head.uri)).body(body);
        for name in [AUTHORIZATION, CONTENT_TYPE] {
            if let Some(value) = head.headers.get(&name) {
                asked = asked.header(name, value);
            }
        }
        let answer = asked.send().await.map_err(io::Error::other)?;
        let mut response = Response::builder().status(answer.status());
        if let Some(value) = answer.headers().get(CONTENT_TYPE) {
            response = response.header(CONTENT_TYPE, value);
        }
        let body = answer.bytes().await.map_err(io::Error::other)?;
        response.body(Full::new(body)).map_err(io::Error::other)
    }
}
