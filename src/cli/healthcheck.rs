//! `beadle healthcheck`: whether the program that runs here works, for whoever starts it again when it does not.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{Failure, say};
use crate::config::Config;
use crate::data_dir;
use crate::watch::answer::{TEXT, WELL};

/// How long an answer may take; the program itself gives up a little before.
const ANSWER_MAX: Duration = Duration::from_secs(12);
/// How much of an answer is read, in bytes.
const ANSWER_LEN_MAX: usize = 8 * 1024;

/// How it is found out.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Asks the program that runs for /healthz, where [watch] is configured; otherwise looks whether one runs at all, by \
                  whether it has the record to itself. It ends with 0 where all is well, and with 1 otherwise."
)]
pub(super) struct Args {}

pub(super) fn check(config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let ailments = match config.watch {
        Some(address) => super::run::runtime()?.block_on(asked(address)),
        None => looked(
            &data_dir::choose(named, config.data_dir.as_deref()).map_err(|e| Failure::Input(e.into()))?,
        )?,
    };
    let mut out = io::stdout().lock();
    if ailments.is_empty() {
        return Ok(say(&mut out, "ok")?);
    }
    for ailment in ailments {
        say(&mut out, ailment)?;
    }
    Err(Failure::Amiss)
}

/// Why it could not be seen: also what it was given wrong is told with 1, for the supervisor knows 0 and 1, and Docker keeps 2 for
/// itself.
pub(super) fn unseen(failure: Failure) -> Failure {
    match failure {
        Failure::Input(error) => Failure::Fault(error),
        Failure::Reported | Failure::Amiss | Failure::Fault(_) => failure,
    }
}

/// What a program says that is watched at an address, a line each; nothing when all is well.
async fn asked(address: SocketAddr) -> Vec<String> {
    let answer = tokio::time::timeout(ANSWER_MAX, answer(address)).await;
    let answer = answer.unwrap_or_else(|_| Err(anyhow::anyhow!("it took too long")));
    match answer {
        Ok(Some(ailments)) => ailments,
        // What that says is not ours to print.
        Ok(None) => vec![format!(
            "something else answers at {address}, as [watch] has it: have one of the two listen elsewhere"
        )],
        Err(error) => vec![format!("the program does not answer at {address}, as [watch] has it: {error:#}")],
    }
}

/// As [`asked`]; nothing where it is another program that answers.
async fn answer(address: SocketAddr) -> anyhow::Result<Option<Vec<String>>> {
    let stream = TcpStream::connect(address).await.context("does it run?")?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async move {
        let question = Request::get("/healthz").header(HOST, address.to_string());
        let answer = sender.send_request(question.body(Empty::<Bytes>::new())?).await?;
        let status = answer.status();
        let is_text = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == TEXT);
        let body = Limited::new(answer.into_body(), ANSWER_LEN_MAX).collect().await;
        let body = body.map_err(|error| anyhow::anyhow!("its answer breaks off ({error})"))?;
        let body = body.to_bytes();
        let text = String::from_utf8_lossy(&body);
        anyhow::Ok(match status {
            StatusCode::OK if is_text && text == WELL => Some(Vec::new()),
            StatusCode::SERVICE_UNAVAILABLE if is_text && !text.is_empty() => {
                Some(text.lines().map(str::to_owned).collect())
            }
            _ => None,
        })
    };
    // How it ends is told with what was exchanged.
    let (answer, _) = tokio::join!(exchange, connection);
    answer
}

/// What can be seen without asking: whether a program has the record in this folder to itself.
fn looked(place: &Path) -> Result<Vec<String>, Failure> {
    let is_in_use = ledger::is_in_use(place).map_err(|error| Failure::Fault(error.into()))?;
    let said = || vec![format!("no program runs that keeps its record in {}", place.display())];
    Ok(if is_in_use { Vec::new() } else { said() })
}
