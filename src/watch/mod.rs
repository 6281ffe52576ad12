//! Where the program can be watched, over HTTP: whether it is alive, whether all groups are looked after, and figures.
//!
//! Nobody is asked who they are, so it listens to this machine alone. Nothing can be changed there; what is said are groups'
//! ids, numbers and our own words.

pub(crate) mod answer;
mod page;

use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use casework::Casework;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ledger::Ledger;
use policy::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How many are talked to at once; others wait.
const CONNECTIONS_MAX: usize = 8;
/// How long a conversation may take, which is one question and one answer.
const CONVERSATION_MAX: Duration = Duration::from_secs(15);
/// How much of a question is read, in bytes.
const QUESTION_LEN_MAX: usize = 8 * 1024;
/// How long nobody is let in after somebody could not be: the system is short of something.
const PAUSE: Duration = Duration::from_secs(1);

/// What is watched.
pub struct Watched {
    casework: Arc<Casework>,
    ledger: Ledger,
    /// When the last backup was taken, where they are; 1970 when none was.
    backup: Option<Receiver<Timestamp>>,
    /// How many requests Discord turned away within ten minutes, where there is a bot.
    turned_away: Option<Box<dyn Fn() -> u32 + Send + Sync>>,
    /// Held while figures are put together, so that it is done once at a time.
    asking: tokio::sync::Mutex<()>,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

impl Watched {
    /// The casework of a ledger.
    pub fn new(casework: Arc<Casework>, ledger: Ledger) -> Self {
        Self { casework, ledger, backup: None, turned_away: None, asking: tokio::sync::Mutex::default() }
    }

    /// The same, with backups, of which the last was taken then.
    #[must_use]
    pub fn with_backup(mut self, last: Option<Receiver<Timestamp>>) -> Self {
        self.backup = last;
        self
    }

    /// The same, with the number of requests that Discord turned away within ten minutes.
    #[must_use]
    pub fn with_turned_away(mut self, turned_away: Option<Box<dyn Fn() -> u32 + Send + Sync>>) -> Self {
        self.turned_away = turned_away;
        self
    }
}

/// A place at which somebody may ask.
#[derive(Debug)]
pub struct Watch {
    listener: TcpListener,
}

impl Watch {
    /// Takes the place; nothing without one. Whoever asks from now on waits for [`Watch::serve`].
    ///
    /// # Errors
    /// When another program has it.
    pub async fn open(address: Option<SocketAddr>) -> anyhow::Result<Option<Self>> {
        let Some(address) = address else { return Ok(None) };
        let opened = async {
            let listener = TcpListener::bind(address).await?;
            tracing::info!("watched at http://{}", listener.local_addr()?);
            Ok::<_, std::io::Error>(Some(Self { listener }))
        };
        opened.await.with_context(|| {
            format!("nobody could watch the program at {address}, as [watch] has it; is another one there?")
        })
    }

    /// Answers until it is told to stop.
    pub async fn serve(self, watched: Watched, stop: CancellationToken) {
        let watched = Arc::new(watched);
        let mut conversations = JoinSet::new();
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                // One that broke off concerns whoever asked.
                Some(_) = conversations.join_next() => continue,
                asked = self.listener.accept(), if conversations.len() < CONNECTIONS_MAX => asked,
            };
            match asked {
                Ok((stream, _)) => {
                    conversations.spawn(converse(stream, Arc::clone(&watched)));
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "somebody could not ask how it stands"
                    );
                    // Ended early, it is told to stop.
                    drop(tokio::time::timeout(PAUSE, stop.cancelled()).await);
                }
            }
        }
    }
}

/// Answers one question.
async fn converse(stream: TcpStream, watched: Arc<Watched>) {
    let service = service_fn(|request: Request<Incoming>| {
        let (asked, watched) = (answer::asked(&request), Arc::clone(&watched));
        async move { Ok::<_, Infallible>(answer::answer(asked, &watched).await) }
    });
    let mut server = http1::Builder::new();
    server.keep_alive(false).max_buf_size(QUESTION_LEN_MAX);
    let served = server.serve_connection(TokioIo::new(stream), service);
    // Whoever asks nothing, or does not wait for the answer, is nobody's concern.
    drop(tokio::time::timeout(CONVERSATION_MAX, served).await);
}
