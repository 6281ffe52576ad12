//! The one way to ask Discord for something: the same in tests as in the program, with its own patience.
//!
//! A call waits for a limit only as long as somebody would wait for it; then it says how long the limit holds, and the
//! outbox decides what comes first. What is refused is told by its numbers, never in Discord's words: they quote members.

mod answer;
mod reason;
mod refusals;
mod request;
mod route;
mod token;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::error::{Code, Doubtful, NotJson, Refusal, RestError};
use crate::pace::{Pace, back_off, between, millis};
use crate::radius::{Names, Radius};
use crate::rate_limits::{Admission, Invalid, Kind, Permit, RateLimits, Reach, Ticket, Told, Verb, Wish};
use answer::Answer;
use request::Body;

pub use crate::rate_limits::Urgency;
pub use reason::AuditReason;
pub use refusals::Refusals;
pub use request::{File, Request};
pub use route::Route;
pub use token::Token;

/// Where Discord is.
pub const DISCORD: &str = "https://discord.com/api/v10";

/// As Discord asks programs to name themselves: with an address, of which Beadle has none yet.
const USER_AGENT: &str = concat!("DiscordBot (https://beadle.invalid, ", env!("CARGO_PKG_VERSION"), ")");
/// How long a call waits for limits and between tries, all in all.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same for answers to a press, which somebody sees fail after 3 s.
const PATIENCE_OF_ANSWERS: Duration = Duration::from_secs(2);
/// How often one call asks at most, whatever the reason.
const TRIES_MAX: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// After which a token that was not accepted is shown once more.
const DOUBT: Duration = Duration::from_secs(2);
/// When a limit opens of which nothing is known but that others are before.
const LATER: Duration = Duration::from_secs(1);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);
/// A page of a thousand members is about one megabyte.
const ANSWER_LEN_MAX: usize = 16 << 20;
/// Webhooks remembered as gone.
const GONE_MAX: usize = 10_000;

const REASON: HeaderName = HeaderName::from_static("x-audit-log-reason");

/// Asks Discord. See the module.
pub struct Rest {
    client: reqwest::Client,
    base: String,
    authorization: HeaderValue,
    radius: Arc<Radius>,
    pace: Arc<dyn Pace>,
    refusals: Refusals,
    state: Mutex<State>,
    /// Cancelled once Discord does not accept the token any more.
    token_over: CancellationToken,
    /// Held while Discord is asked whether it accepts the token, so that many who doubt it ask once.
    doubting: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    limits: RateLimits,
    /// Told to those who wait when they are to look again.
    bells: HashMap<Ticket, Arc<Notify>>,
    /// Webhooks that are no more: asking for them again would be held against us.
    gone: HashSet<String>,
    proof: Proof,
}

/// What came of it when the token was doubted last.
#[derive(Debug, Clone, Copy, Default)]
struct Proof {
    /// How often that was.
    number: u64,
    is_accepted: bool,
}

impl State {
    /// Stands in the queue; nothing when it is too long.
    fn queue(&mut self, wish: Wish) -> Option<(Ticket, Arc<Notify>)> {
        let ticket = self.limits.queue(wish)?;
        let bell = Arc::clone(self.bells.entry(ticket).or_default());
        Some((ticket, bell))
    }

    /// Has those look whether they may go whose turn it may be. Whoever goes or leaves does the same for the next.
    fn call(&mut self, now: i64) {
        for ticket in self.limits.called(now) {
            if let Some(bell) = self.bells.get(&ticket) {
                bell.notify_one();
            }
        }
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Rest {
    /// Asks at `base`, which is [`DISCORD`] for everybody but tests. What is refused is counted with what is refused the other
    /// bots of the program.
    ///
    /// # Errors
    /// [`RestError::Setup`] when `base` is neither `https` nor on this machine, or cannot be asked at all.
    pub fn new(
        base: &str,
        token: &Token,
        pace: Arc<dyn Pace>,
        refusals: Refusals,
    ) -> Result<Self, RestError> {
        let base = base.trim_end_matches('/');
        let url =
            reqwest::Url::parse(base).map_err(|_| RestError::Setup("the address of Discord is none"))?;
        let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(RestError::Setup("Discord is asked by https only"));
        }
        let mut authorization = HeaderValue::from_str(&format!("Bot {}", token.expose()))
            .map_err(|_| RestError::Setup("the token cannot be one"))?;
        authorization.set_sensitive(true);
        let radius = Arc::new(Radius::of(&url));
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(Names(Arc::clone(&radius))))
            .local_address(radius.here())
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .use_rustls_tls()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .build()
            .map_err(|_| RestError::Setup("no secure connection can be made"))?;
        Ok(Self {
            client,
            base: base.to_owned(),
            authorization,
            radius,
            pace,
            refusals,
            state: Mutex::default(),
            token_over: CancellationToken::new(),
            doubting: tokio::sync::Mutex::default(),
        })
    }

    /// Whom the bot connects to.
    pub(crate) fn radius(&self) -> &Arc<Radius> {
        &self.radius
    }

    /// With Discord on this machine, whom else the bot was to connect to, which it did not.
    pub fn strayed(&self) -> Vec<String> {
        self.radius.strayed()
    }

    /// Asks, as often as that is of use and does no harm, and gives what was answered: null where there is no content.
    ///
    /// # Errors
    /// Named for what the caller does next; see [`RestError::delivery`].
    pub async fn call(&self, request: Request) -> Result<Value, RestError> {
        let patience = if request.urgency == Urgency::Answer { PATIENCE_OF_ANSWERS } else { PATIENCE };
        let until = self.pace.steady_ms().saturating_add(millis(patience));
        let (mut tries, mut was_doubted) = (0, false);
        loop {
            self.check(&request)?;
            let under_way = self.admitted(&request, until).await?;
            tries += 1;
            let outcome = self.ask(&request, under_way).await;
            if doubts_token(&outcome, &request) && !was_doubted {
                self.prove_token(&request, until).await?;
                was_doubted = true;
                continue;
            }
            let again = tries < TRIES_MAX && is_passing(&outcome, &request);
            if !again {
                return self.conclude(&request, outcome);
            }
            // The limits know how long to be silent.
            if matches!(&outcome, Ok(answer) if answer.status == 429) {
                continue;
            }
            let pause = back_off(FIRST_PAUSE, LONGEST_PAUSE, tries - 1, self.pace.chance());
            let next = self.pace.steady_ms().saturating_add(millis(pause));
            if next > until {
                return self.conclude(&request, outcome);
            }
            self.pace.until(next).await;
        }
    }

    /// Whether so much waits for the limit on all requests that the last of it waits for more than a second.
    pub(crate) fn is_crowded(&self) -> bool {
        self.state().limits.is_crowded()
    }

    /// Returns once Discord does not accept the token any more.
    pub(crate) async fn token_is_over(&self) {
        self.token_over.cancelled().await;
    }

    /// Asks Discord, which did not accept the token, whether that is so: while something is wrong there, it says so to bots
    /// whose token is good. That is asked as urgently as what it was said to.
    ///
    /// # Errors
    /// When it is so, or cannot be told.
    async fn prove_token(&self, doubtful: &Request, until: i64) -> Result<(), RestError> {
        let before = self.state().proof.number;
        let _alone = self.doubting.lock().await;
        let request = Request::get(Route::to("users").at("@me")).urgency(doubtful.urgency);
        self.check(&request)?;
        let latest = self.state().proof;
        let is_accepted = match latest.number == before {
            true => self.asks_for_proof(&request, until).await?,
            // Somebody else asked meanwhile.
            false => latest.is_accepted,
        };
        if is_accepted { Ok(()) } else { Err(RestError::Unreachable(Box::new(Doubtful))) }
    }

    /// Whether Discord accepts the token now; neither is said where it says something else.
    async fn asks_for_proof(&self, request: &Request, until: i64) -> Result<bool, RestError> {
        let later = self.pace.steady_ms().saturating_add(millis(DOUBT));
        self.pace.until(later).await;
        let under_way = self.admitted(request, until.max(later)).await?;
        let outcome = self.ask(request, under_way).await;
        if doubts_token(&outcome, request) {
            self.token_over.cancel();
            return Err(RestError::Unauthorised);
        }
        let is_accepted = outcome.is_ok_and(|answer| (200..300).contains(&answer.status));
        tracing::warn!(is_accepted, "Discord did not accept the bot's token, and was asked once more");
        let mut state = self.state();
        state.proof = Proof { number: state.proof.number + 1, is_accepted };
        Ok(is_accepted)
    }

    /// Whether there is any point in asking.
    fn check(&self, request: &Request) -> Result<(), RestError> {
        if !request.route.bears_secret() && self.token_over.is_cancelled() {
            return Err(RestError::Unauthorised);
        }
        let now = self.pace.steady_ms();
        if let Some(until) = self.refusals.shut_until(request.urgency, now) {
            return Err(RestError::RateLimited(between(now, until)));
        }
        if request.route.bears_secret()
            && request.route.major().is_some_and(|hook| self.state().gone.contains(hook))
        {
            let code = Some(Code::UnknownWebhook);
            return Err(RestError::Refused(Refusal { status: 404, code, fields: Vec::new() }));
        }
        Ok(())
    }

    /// Waits until the request may go.
    async fn admitted<'a>(&'a self, request: &Request, until: i64) -> Result<UnderWay<'a>, RestError> {
        let wish = self.wish(request);
        let Some((ticket, bell)) = self.state().queue(wish) else { return Err(RestError::NotYet(LATER)) };
        let queued = Queued { rest: self, ticket };
        loop {
            let now = self.pace.steady_ms();
            let admission = {
                let mut state = self.state();
                let admission = state.limits.admit(queued.ticket, now);
                state.call(now);
                admission
            };
            let (opens, reach) = match admission {
                Admission::Go(permit) => return Ok(UnderWay { rest: self, permit: Some(permit) }),
                Admission::Wait(opens, reach) => (opens, reach),
            };
            let is_too_long = opens.is_some_and(|opens| opens > until);
            if is_too_long || now >= until {
                let wait = opens.map_or(LATER, |opens| between(now, opens)).max(Duration::from_millis(1));
                return Err(match reach {
                    Reach::Bucket => RestError::NotYet(wait),
                    Reach::Everything => RestError::RateLimited(wait),
                });
            }
            tokio::select! {
                () = bell.notified() => {}
                () = self.pace.until(opens.unwrap_or(until)) => {}
            }
        }
    }

    fn wish(&self, request: &Request) -> Wish {
        let route = &request.route;
        let age = match (request.verb, route.message()) {
            (Verb::Delete, Some(message)) => age(message, self.pace.now().as_millis()),
            _ => 0,
        };
        Wish {
            kind: Kind { verb: request.verb, template: route.template().to_owned(), age },
            major: route.major().map(str::to_owned),
            urgency: request.urgency,
            is_apart: route.bears_secret(),
        }
    }

    /// Sends it once.
    async fn ask(&self, request: &Request, under_way: UnderWay<'_>) -> Result<Answer, reqwest::Error> {
        let response = self.prepared(request)?.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = read(response).await;
        // The limits count it whether or not the rest of it came.
        let answer = Answer::new(status, &headers, body.as_deref().unwrap_or_default());
        under_way.settle(&answer);
        self.count(request, &answer);
        body.map(|_| answer)
    }

    fn prepared(&self, request: &Request) -> Result<reqwest::RequestBuilder, reqwest::Error> {
        let method = match request.verb {
            Verb::Get => reqwest::Method::GET,
            Verb::Post => reqwest::Method::POST,
            Verb::Put => reqwest::Method::PUT,
            Verb::Patch => reqwest::Method::PATCH,
            Verb::Delete => reqwest::Method::DELETE,
        };
        let mut headers = HeaderMap::new();
        if !request.route.bears_secret() {
            headers.insert(AUTHORIZATION, self.authorization.clone());
        }
        if let Some(reason) = &request.reason
            && let Ok(reason) = HeaderValue::from_str(reason.as_header())
        {
            headers.insert(REASON, reason);
        }
        let url = format!("{}{}", self.base, request.route.path_and_query());
        let prepared = self.client.request(method, url).headers(headers);
        Ok(match &request.body {
            // Some servers in between want to be told that there is nothing.
            Body::None if matches!(request.verb, Verb::Post | Verb::Put | Verb::Patch) => prepared.body(""),
            Body::None => prepared,
            Body::Json(body) => {
                prepared.header(reqwest::header::CONTENT_TYPE, "application/json").body(body.to_string())
            }
            Body::Files(body, files) => {
                let json = Part::text(body.to_string()).mime_str("application/json")?;
                let mut form = Form::new().part("payload_json", json);
                for file in files {
                    let part = Part::bytes(file.content.clone()).file_name(file.name.clone());
                    form = form.part(file.part.clone(), part.mime_str(file.media_type)?);
                }
                prepared.multipart(form)
            }
        })
    }

    /// Remembers what an answer means for those to come.
    fn count(&self, request: &Request, answer: &Answer) {
        if answer.is_invalid()
            && let Some(sum) = self.refusals.count(self.pace.steady_ms())
        {
            tracing::warn!(
                refused = sum,
                "Discord refused many requests of late, of all bots together, and will answer none at 10,000"
            );
        }
        let is_gone = request.route.bears_secret()
            && answer.status == 404
            && !answer.is_from_between()
            && matches!(answer.refusal().code, None | Some(Code::UnknownWebhook | Code::InvalidWebhookToken));
        if is_gone && let Some(hook) = request.route.major() {
            let mut state = self.state();
            // What is forgotten is asked for once more, and known again.
            if state.gone.len() >= GONE_MAX {
                state.gone.clear();
            }
            state.gone.insert(hook.to_owned());
        }
    }

    /// What it comes to.
    fn conclude(
        &self,
        request: &Request,
        outcome: Result<Answer, reqwest::Error>,
    ) -> Result<Value, RestError> {
        let answer = match outcome {
            Ok(answer) => answer,
            // The address holds accounts and secrets.
            Err(error) if error.is_connect() || error.is_builder() || request.verb == Verb::Get => {
                return Err(RestError::Unreachable(Box::new(error.without_url())));
            }
            Err(error) => return Err(RestError::Unanswered(Box::new(error.without_url()))),
        };
        tracing::debug!(request = ?request, status = answer.status, "Discord answered");
        match answer.status {
            200..300 if answer.is_empty => Ok(Value::Null),
            200..300 => answer.content.ok_or_else(|| RestError::Unanswered(Box::new(NotJson))),
            429 => {
                let (wait, reach) = answer.told.too_many.unwrap_or((LATER, Reach::Bucket));
                Err(match reach {
                    Reach::Bucket => RestError::NotYet(wait),
                    Reach::Everything => RestError::RateLimited(wait),
                })
            }
            _ if answer.is_trouble() => Err(match request.verb {
                Verb::Get => RestError::Unreachable(answer.trouble()),
                Verb::Post | Verb::Put | Verb::Patch | Verb::Delete => {
                    RestError::Unanswered(answer.trouble())
                }
            }),
            // With a token that it accepts elsewhere: nothing was done, and nothing is said of what was asked for.
            401 if !request.route.bears_secret() => Err(RestError::Unreachable(answer.trouble())),
            _ => Err(RestError::Refused(answer.refusal())),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether Discord said that it does not know the token.
fn doubts_token(outcome: &Result<Answer, reqwest::Error>, request: &Request) -> bool {
    !request.route.bears_secret() && outcome.as_ref().is_ok_and(Answer::is_unauthorised)
}

/// Whether it may be otherwise the next time, and asking again does no harm.
fn is_passing(outcome: &Result<Answer, reqwest::Error>, request: &Request) -> bool {
    match outcome {
        Ok(answer) => match answer.status {
            429 => true,
            _ => answer.is_trouble() && request.is_repeatable(),
        },
        Err(error) if error.is_builder() => false,
        Err(error) => error.is_connect() || request.is_repeatable(),
    }
}

/// The body, if it is not too long.
async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_LEN_MAX {
            // It is no JSON then, which is what follows from it.
            body.truncate(0);
            body.push(b'!');
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Discord counts deletions of fresh, older and old messages apart.
fn age(message: u64, now: i64) -> u8 {
    const EPOCH: i64 = 1_420_070_400_000;
    let written = i64::try_from(message >> 22).unwrap_or(i64::MAX).saturating_add(EPOCH);
    match now.saturating_sub(written) {
        ..10_000 => 0,
        10_000..1_209_600_000 => 1,
        _ => 2,
    }
}

/// A place in the queue, given up when nobody waits for it any more.
struct Queued<'a> {
    rest: &'a Rest,
    ticket: Ticket,
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        let now = self.rest.pace.steady_ms();
        let mut state = self.rest.state();
        state.limits.leave(self.ticket);
        state.bells.remove(&self.ticket);
        state.call(now);
    }
}

/// A request under way, also when nobody waits for it any more.
struct UnderWay<'a> {
    rest: &'a Rest,
    permit: Option<Permit>,
}

impl UnderWay<'_> {
    fn settle(mut self, answer: &Answer) {
        // What stands before Discord knows nothing of its limits.
        let is_silent = answer.is_trouble() && answer.told == Told::default();
        self.end((!is_silent).then_some(&answer.told));
    }

    fn end(&mut self, told: Option<&Told>) {
        if let Some(permit) = self.permit.take() {
            let now = self.rest.pace.steady_ms();
            let mut state = self.rest.state();
            state.limits.settle(&permit, told, now);
            state.call(now);
            if told.is_some_and(|told| matches!(told.too_many, Some((_, Reach::Everything)))) {
                // They may have to wait for longer than they would.
                state.bells.values().for_each(|bell| bell.notify_one());
            }
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.end(None);
    }
}

#[cfg(test)]
mod tests;
