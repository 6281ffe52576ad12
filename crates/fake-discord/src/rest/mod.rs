//! The REST interface: what comes in, in the order in which Discord would look at it.

mod applications;
mod channels;
mod commands;
mod guilds;
mod interactions;
mod invites;
pub(crate) mod log;
mod members;
mod messages;
mod request;
mod route;
mod threads;
mod webhooks;

use std::io;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, VIA};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request as HttpRequest, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::errors::{METHOD_NOT_ALLOWED, NOT_FOUND, Refusal, TOO_LARGE, UNAUTHORIZED};
use crate::faults::Fault;
use crate::limits::{Standing, TooMuch};
use crate::openapi::{self, Operation};
use crate::rest::log::Asked;
pub(crate) use crate::rest::request::Request;
use crate::rules;
use crate::server::Handle;
use crate::snowflake::Snowflake;
use crate::world::World;

/// How large a file can be where nobody pays.
const LARGEST_FILE: usize = 10 * 1024 * 1024;

/// What a page for people is.
const PAGE: &str = "text/html; charset=UTF-8";

/// What is answered when all went well.
#[derive(Debug)]
pub(crate) enum Answer {
    /// An object.
    Json(u16, Value),
    /// Nothing: 204.
    Empty,
    /// A text of a kind.
    Text(&'static str, String),
}

/// What comes of a request.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// Who asks for what.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    /// The application whose bot asks, and the bot.
    pub(crate) app: Snowflake,
    pub(crate) bot: Snowflake,
    pub(crate) reason: Option<String>,
}

/// What goes back.
#[derive(Debug)]
enum Reply {
    Answer { status: u16, kind: &'static str, headers: Vec<(&'static str, String)>, body: Bytes },
    Never,
    Close,
}

impl Call<'_> {
    pub(crate) fn body(&self) -> &Value {
        &self.request.body
    }

    pub(crate) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

impl Answer {
    pub(crate) fn ok(value: Value) -> Outcome {
        Ok(Self::Json(200, value))
    }
}

/// Waits for requests until the fake ends.
pub(crate) async fn accept(listener: TcpListener, handle: Handle) {
    let stop = handle.stop();
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let client = handle.clone();
        handle.spawn(async move {
            let stop = client.stop();
            let service = service_fn(move |request| answer(client.clone(), request));
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // It ends with an error where nothing is to be answered.
            drop(stop.run_until_cancelled(served).await);
        });
    }
}

/// An error has the connection closed without an answer.
async fn answer(handle: Handle, request: HttpRequest<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let bytes = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Request::read(&head, &bytes);
    let (method, path) = (request.method.as_str(), request.path.as_str());
    if let Some(hook) = handle.quietly(|world| world.log.hook_of(method, path)) {
        (hook.act)();
    }
    let mut changes = handle.changes();
    let then = handle.act(|world| world.log.holds(method, path).then_some(world.log.let_go));
    while then.is_some_and(|then| handle.see(|world| world.log.let_go == then)) {
        changes.changed().await.map_err(io::Error::other)?;
    }
    match handle.act(|world| world.reply(&request)) {
        Reply::Close => Err(io::Error::other("closed without an answer")),
        Reply::Never => std::future::pending().await,
        Reply::Answer { status, kind, headers, body } => {
            let mut response = Response::builder().status(status).header(CONTENT_TYPE, kind);
            // By this libraries tell Discord's own refusals from those of what stands before it.
            if kind != PAGE {
                response = response.header(VIA, "1.1 google");
            }
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Full::new(body)).map_err(io::Error::other)
        }
    }
}

impl World {
    fn reply(&mut self, request: &Request) -> Reply {
        self.see_host(&request.host);
        let app = self.app_of(request);
        let number = self.log.keep(Asked {
            came: request.came.into_std(),
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            reason: request.reason(),
            body: request.body.clone(),
            files: request.files.iter().filter_map(|file| file.name.clone()).collect(),
            app,
            status: None,
            code: None,
        });
        let fault = self.log.fault_of(&request.method, &request.path);
        if let Some(reply) = self.instead(number, fault.as_ref()) {
            return reply;
        }
        let segments: Vec<_> = request.segments.iter().map(String::as_str).collect();
        let operation = openapi::find(&request.method, &segments);
        let standing = match self.count(request, operation, app) {
            Ok(standing) => standing,
            Err(too_much) => return self.slow_down(number, &too_much),
        };
        let outcome = self.outcome(request, operation, app);
        if matches!(fault, Some(Fault::DoneButNoAnswer)) {
            return Reply::Close;
        }
        let headers = standing.headers();
        match outcome {
            Err(refusal) if refusal.status == 501 => {
                self.violated(&format!("{} {}", request.method, request.path), "the fake has no such thing");
                self.refuse(number, refusal.status, &refusal.body(), headers)
            }
            Err(refusal) => self.refuse(number, refusal.status, &refusal.body(), headers),
            Ok(_) if matches!(fault, Some(Fault::Malformed)) => {
                self.log.answered(number, 200, None);
                let body = Bytes::from_static(b"{\"id\": \"1");
                Reply::Answer { status: 200, kind: "application/json", headers, body }
            }
            Ok(answer) => {
                self.hold_to_description(request, operation, &answer);
                let (status, kind, body) = match answer {
                    Answer::Json(status, value) => {
                        (status, "application/json", Bytes::from(value.to_string()))
                    }
                    Answer::Empty => (204, "text/html; charset=utf-8", Bytes::new()),
                    Answer::Text(kind, text) => (200, kind, Bytes::from(text)),
                };
                self.log.answered(number, status, None);
                Reply::Answer { status, kind, headers, body }
            }
        }
    }

    /// What comes back where nothing is done.
    fn instead(&mut self, number: usize, fault: Option<&Fault>) -> Option<Reply> {
        match fault {
            Some(Fault::Hang) => Some(Reply::Never),
            Some(Fault::CloseBeforeAnswer) => Some(Reply::Close),
            // It need not fit the description: that may be what is tested.
            Some(Fault::Status(status, body)) => Some(self.refusal(number, *status, body, Vec::new())),
            Some(Fault::Page(status, page)) => Some(self.page(number, *status, page)),
            Some(Fault::RateLimit { retry_after, scope }) => {
                let too_much = TooMuch { retry_after: *retry_after, scope, standing: None };
                Some(self.slow_down(number, &too_much))
            }
            Some(Fault::Hold | Fault::DoneButNoAnswer | Fault::Malformed) | None => {
                let is_shut_out = self.log.counters.is_shut_out(self.now());
                is_shut_out.then(|| self.page(number, 429, "error code: 1015"))
            }
        }
    }

    fn outcome(
        &mut self,
        request: &Request,
        operation: Option<&'static Operation>,
        app: Option<Snowflake>,
    ) -> Outcome {
        if request.path.starts_with("/attachments/") {
            return Ok(Answer::Text("application/octet-stream", "what was attached".to_owned()));
        }
        let place = format!("{} {}", request.method, request.path);
        let segments: Vec<_> = request.segments.iter().map(String::as_str).collect();
        let Some(operation) = operation else {
            self.violated(&place, "Discord has no such thing to ask for");
            let other = ["GET", "POST", "PUT", "PATCH", "DELETE"]
                .iter()
                .any(|one| openapi::find(one, &segments).is_some());
            return Err(if other { METHOD_NOT_ALLOWED } else { NOT_FOUND }.into());
        };
        let is_open = matches!(segments.first(), Some(&"interactions" | &"webhooks")) && segments.len() > 2;
        let is_known = app.is_some() || is_open || segments == ["gateway"];
        let problems =
            if self.log.is_lax { Vec::new() } else { self.problems_of(request, operation, &place) };
        if !is_known {
            return Err(UNAUTHORIZED.into());
        }
        if let Some(first) = problems.first() {
            let mut refusal = Refusal::form("", "BASE_TYPE_INVALID", first);
            if operation.template.ends_with("/bulk-delete") {
                refusal = crate::errors::BULK_COUNT.into();
            }
            if request.problem.is_some() {
                refusal = crate::errors::INVALID_JSON.into();
            }
            return Err(refusal);
        }
        if request.files.iter().any(|file| file.bytes.len() > LARGEST_FILE) {
            return Err(TOO_LARGE.into());
        }
        if let Some((path, code, message)) = rules::refuses(operation.template.as_str(), request) {
            self.violated(&place, &format!("{path}: {message}"));
            return Err(Refusal::form(&path, code, &message));
        }
        let app = app.unwrap_or_default();
        let bot = self.applications.get(&app).map(|app| app.bot).unwrap_or_default();
        let call = Call { request, app, bot, reason: request.reason() };
        self.route(&call, &segments)
    }

    /// What is wrong with a request; what Discord would pass over is held against the client all the same.
    fn problems_of(&mut self, request: &Request, operation: &Operation, place: &str) -> Vec<String> {
        let segments: Vec<_> = request.segments.iter().map(String::as_str).collect();
        let mut problems = operation.problems_of_path(&segments);
        problems.extend(request.problem.map(str::to_owned));
        problems.extend(operation.problems_of_query(&request.query));
        problems.extend(operation.problems_of_body(&request.body));
        let mut passed_over = operation.unknown_in_body(&request.body);
        passed_over.extend(operation.unknown_in_query(&request.query));
        passed_over.extend(rules::problems_of_request(request));
        for problem in passed_over.iter().chain(&problems) {
            self.violated(place, problem);
        }
        problems
    }

    fn app_of(&self, request: &Request) -> Option<Snowflake> {
        let token = request.authorization.as_deref()?.strip_prefix("Bot ")?;
        self.applications.values().find(|app| app.token == token).map(|app| app.id)
    }

    fn count(
        &mut self,
        request: &Request,
        operation: Option<&'static Operation>,
        app: Option<Snowflake>,
    ) -> Result<Standing, TooMuch> {
        // Where what may be asked in a time is limited, asking takes some.
        let now = if self.log.counters.binds() { self.clock.tick() } else { self.clock.now() };
        let template = operation.map_or(request.path.as_str(), |operation| operation.template.as_str());
        let segment = |at: usize| request.segments.get(at).map_or("", String::as_str);
        let top = match segment(0) {
            "channels" | "guilds" => segment(1).to_owned(),
            // What bears a secret is counted by it.
            "interactions" | "webhooks" => format!("{}/{}", segment(1), segment(2)),
            _ => String::new(),
        };
        let is_deletion =
            request.method == "DELETE" && template == "/channels/{channel_id}/messages/{message_id}";
        let ids = segment(1).parse::<Snowflake>().ok().zip(segment(3).parse::<Snowflake>().ok());
        let age =
            ids.filter(|_| is_deletion).map(|(channel, message)| match self.message(channel, message) {
                Some(_) => now.since(message.moment()),
                // What is not there any more counts as if it were new.
                None => Duration::ZERO,
            });
        // Every application has its own.
        let top = format!("{top}:{}", app.map_or(0, Snowflake::number));
        self.log.counters.count(&format!("{} {template}", request.method), &top, age, now)
    }

    fn refuse(
        &mut self,
        number: usize,
        status: u16,
        body: &Value,
        headers: Vec<(&'static str, String)>,
    ) -> Reply {
        if (400..500).contains(&status) {
            for problem in openapi::problems_of_refusal(body, false) {
                self.violated("the fake's refusal", &problem);
            }
        }
        self.refusal(number, status, body, headers)
    }

    fn refusal(
        &mut self,
        number: usize,
        status: u16,
        body: &Value,
        headers: Vec<(&'static str, String)>,
    ) -> Reply {
        self.log.answered(number, status, Some(body));
        if matches!(status, 401 | 403) {
            self.count_refusal();
        }
        Reply::Answer { status, kind: "application/json", headers, body: Bytes::from(body.to_string()) }
    }

    /// What stands before Discord answers for it.
    fn page(&mut self, number: usize, status: u16, page: &'static str) -> Reply {
        self.log.answered(number, status, None);
        Reply::Answer { status, kind: PAGE, headers: Vec::new(), body: Bytes::from_static(page.as_bytes()) }
    }

    fn slow_down(&mut self, number: usize, too_much: &TooMuch) -> Reply {
        let body = too_much.body();
        self.log.answered(number, 429, Some(&body));
        for problem in openapi::problems_of_refusal(&body, true) {
            self.violated("the fake's limit", &problem);
        }
        if too_much.scope != "shared" {
            self.count_refusal();
        }
        let mut headers = too_much.standing.as_ref().map(Standing::headers).unwrap_or_default();
        let whole = too_much.retry_after.saturating_add(Duration::from_millis(999)).as_secs();
        headers.push(("retry-after", whole.to_string()));
        headers.push(("x-ratelimit-scope", too_much.scope.to_owned()));
        if too_much.scope == "global" {
            headers.push(("x-ratelimit-global", "true".to_owned()));
        }
        Reply::Answer { status: 429, kind: "application/json", headers, body: Bytes::from(body.to_string()) }
    }

    pub(crate) fn count_refusal(&mut self) {
        let now = self.clock.now();
        if self.log.counters.refused(now) {
            self.violated("limits", "10,000 refusals within ten minutes: Discord shuts the address out");
        }
    }

    fn hold_to_description(
        &mut self,
        request: &Request,
        operation: Option<&'static Operation>,
        answer: &Answer,
    ) {
        let Some(operation) = operation.filter(|_| !self.log.is_lax) else { return };
        let problems = match answer {
            Answer::Json(status, body) => operation.problems_of_answer(*status, Some(body)),
            Answer::Empty => operation.problems_of_answer(204, None),
            Answer::Text(..) => Vec::new(),
        };
        for problem in problems {
            self.violated(&format!("the fake's answer to {} {}", request.method, request.path), &problem);
        }
    }
}

/// A list as answer.
pub(crate) fn list(items: impl IntoIterator<Item = Value>) -> Outcome {
    Answer::ok(items.into_iter().collect())
}

/// Nothing as answer.
pub(crate) fn done(result: Result<(), Refusal>) -> Outcome {
    result.map(|()| Answer::Empty)
}

/// The ids of a list.
pub(crate) fn ids(value: &Value) -> Vec<Snowflake> {
    value.as_array().into_iter().flatten().filter_map(crate::world::id_in).collect()
}

/// An empty object for what was not sent.
pub(crate) fn object(value: &Value) -> Value {
    if value.is_object() { value.clone() } else { json!({}) }
}
