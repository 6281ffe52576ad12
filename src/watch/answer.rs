//! What is answered to whom.

use std::net::IpAddr;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue};
use hyper::http::uri::Authority;
use hyper::{Method, Request, Response, StatusCode};

use super::Watched;
use super::page::page;

/// How long an answer may take, so that whoever asks hears that it took too long.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// What every answer is but the figures.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
/// What is said where all is well.
pub(crate) const WELL: &str = "ok\n";
/// What Prometheus reads.
const FIGURES: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is said, and whether all is well.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    status: StatusCode,
    kind: &'static str,
    text: String,
}

impl Answer {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, kind: TEXT, text: text.into() }
    }

    /// All is well unless there is something in these lines.
    fn of<L: AsRef<str>>(lines: &[L]) -> Self {
        if lines.is_empty() {
            return Self::new(StatusCode::OK, WELL);
        }
        let text = lines.iter().flat_map(|line| [line.as_ref(), "\n"]).collect::<String>();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, text)
    }
}

/// What is asked, or why that is not answered.
pub(super) fn asked<B>(request: &Request<B>) -> Result<String, Answer> {
    refused(request).map_or_else(|| Ok(request.uri().path().to_owned()), Err)
}

/// Answers a question.
pub(super) async fn answer(asked: Result<String, Answer>, watched: &Watched) -> Response<Full<Bytes>> {
    let answer = match asked {
        Err(refusal) => refusal,
        Ok(path) => {
            let said = tokio::time::timeout(ANSWER_MAX, said(&path, watched)).await;
            let too_long = "it took too long to find out\n";
            said.unwrap_or_else(|_| Answer::new(StatusCode::SERVICE_UNAVAILABLE, too_long))
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(answer.text)));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if answer.status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}

/// Why a question is not answered.
fn refused<B>(request: &Request<B>) -> Option<Answer> {
    // A page in a browser on this machine may give its own name the address of this machine, to read what is said here.
    let host = request.headers().get(HOST).map(|host| host.to_str().unwrap_or_default());
    if !host.is_none_or(is_this_machine) {
        return Some(Answer::new(StatusCode::FORBIDDEN, "ask 127.0.0.1 or localhost\n"));
    }
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    (!asks).then(|| Answer::new(StatusCode::METHOD_NOT_ALLOWED, "nothing can be changed here\n"))
}

/// Whether somebody asks this machine by a name that is no other's.
fn is_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

async fn said(path: &str, watched: &Watched) -> Answer {
    match path {
        "/healthz" => Answer::of(&watched.casework.ailments().await),
        "/readyz" => Answer::of(&watched.casework.hindrances().await),
        "/metrics" => match page(watched).await {
            Ok(text) => Answer { status: StatusCode::OK, kind: FIGURES, text },
            Err(error) => {
                tracing::warn!("no figures could be put together: {error:#}");
                Answer::new(StatusCode::SERVICE_UNAVAILABLE, "the record cannot be read\n")
            }
        },
        _ => Answer::new(StatusCode::NOT_FOUND, "there are /healthz, /readyz and /metrics\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, host: Option<&str>) -> Option<StatusCode> {
        let mut request = Request::builder().method(method).uri("/metrics");
        if let Some(host) = host {
            request = request.header(HOST, host);
        }
        refused(&request.body(()).unwrap()).map(|answer| answer.status)
    }

    #[test]
    fn only_this_machine_is_answered_and_only_what_it_asks() {
        for host in [None, Some("127.0.0.1:9464"), Some("localhost"), Some("LOCALHOST:9"), Some("[::1]:9464")]
        {
            assert_eq!(asked("GET", host), None, "{host:?}");
            assert_eq!(asked("HEAD", host), None, "{host:?}");
            assert_eq!(asked("POST", host), Some(StatusCode::METHOD_NOT_ALLOWED), "{host:?}");
        }
        for host in ["example.org", "localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "", "a b"] {
            assert_eq!(asked("GET", Some(host)), Some(StatusCode::FORBIDDEN), "{host:?}");
        }
    }

    #[test]
    fn what_is_in_the_way_stands_in_lines_and_is_no_success() {
        let none: [&str; 0] = [];
        assert_eq!(Answer::of(&none), Answer::new(StatusCode::OK, "ok\n"));
        let two = Answer::of(&["tea is not heard yet", "the record cannot be written"]);
        assert_eq!(two.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(two.text, "tea is not heard yet\nthe record cannot be written\n");
    }
}
