//! A real Synapse for the tests, on loopback, with its data in a folder that goes with it.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::http::{Http, Method};
use super::venv;

/// The password of every account: what is tested is never whether it can be guessed.
const PASSWORD: &str = "a password";
/// As `homeserver.py` has it.
const SHARED_SECRET: &str = "for tests alone";
/// Who may do what the operator of a server may; its name is taken on every server.
const OPERATOR: &str = "operator";
/// Starting takes two to four seconds on a quiet machine.
const START_MAX: Duration = Duration::from_secs(120);
/// How many ports are tried.
const TRIES_MAX: u32 = 5;

/// How much the server lets a user do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limits {
    /// As much as they like.
    Lifted,
    /// What Synapse allows unless configured: 0.2 messages a second after ten at once, and the like. Logins and
    /// registrations are free all the same, since here all of them come from one address.
    Default,
}

/// An account on a server.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// The full user id.
    pub(crate) user: String,
    /// The password.
    pub(crate) password: String,
}

/// A homeserver. It ends when this is dropped, and when the process of the test ends however that may be.
pub(crate) struct Synapse {
    data: TempDir,
    port: u16,
    limits: Limits,
    /// None while it is stopped.
    running: Option<Running>,
    operator: OnceCell<Http>,
}

struct Running {
    child: Child,
    /// What `homeserver.py` ends with.
    orders: ChildStdin,
}

impl Synapse {
    /// The one that most tests share, with limits lifted. Rooms and accounts are a test's own.
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: OnceCell<Synapse> = OnceCell::const_new();
        SHARED.get_or_init(|| Self::start(Limits::Lifted)).await
    }

    /// Starts one of a test's own and returns when it answers.
    ///
    /// # Panics
    /// If it does not start; with the end of its log.
    pub(crate) async fn start(limits: Limits) -> Self {
        let tools = venv::tools().await;
        let data = tempfile::Builder::new().prefix("synapse-").tempdir().expect("a temporary folder");
        let mut said = String::new();
        for _ in 0..TRIES_MAX {
            let port = free_port();
            match run(&tools.python, data.path(), port, limits).await {
                Ok(running) => {
                    return Self { data, port, limits, running: Some(running), operator: OnceCell::new() };
                }
                // Another process may have taken the port in the meantime.
                Err(log) => said = log,
            }
        }
        panic!("Synapse did not start:\n{said}");
    }

    /// Where it answers, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes an account. Tests that share a server do not meet: each name is given a number of its own.
    pub(crate) async fn register(&self, name: &str) -> Account {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("{name}-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.make_account(&name, false).await
    }

    /// A caller with the rights of the server's operator.
    pub(crate) async fn operator(&self) -> &Http {
        let made = self.operator.get_or_init(async || {
            let account = self.make_account(OPERATOR, true).await;
            Http::new(&self.url()).log_in(&account).await
        });
        made.await
    }

    /// Lifts the limits for one user, as the operator of a server would for a bot.
    pub(crate) async fn exempt(&self, user: &str) {
        let path = format!("/_synapse/admin/v1/users/{user}/override_ratelimit");
        let free = json!({ "messages_per_second": 0, "burst_count": 0 });
        self.operator().await.done(Method::POST, &path, &free).await;
    }

    /// Stops it as an operator would; its data stay. Nothing happens if it is stopped.
    pub(crate) async fn stop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        tokio::task::spawn_blocking(move || {
            // It may have died by itself; that it is gone is all that is wanted.
            if running.orders.write_all(b"stop\n").is_err() {
                running.kill();
            }
            running.child.wait().expect("a child can be waited for");
        })
        .await
        .expect("Synapse can be stopped");
    }

    /// Starts it again after [`Synapse::stop`], on the same port with the same data.
    pub(crate) async fn start_again(&mut self) {
        assert!(self.running.is_none(), "it is running");
        let tools = venv::tools().await;
        let running = run(&tools.python, self.data.path(), self.port, self.limits).await;
        self.running = Some(running.unwrap_or_else(|log| panic!("Synapse did not start again:\n{log}")));
    }

    /// Stops it and starts it again.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.start_again().await;
    }

    /// By the secret shared with the server: no other way makes an operator.
    async fn make_account(&self, name: &str, admin: bool) -> Account {
        const PATH: &str = "/_synapse/admin/v1/register";
        let http = Http::new(&self.url());
        let answer = http.done(Method::GET, PATH, &Value::Null).await;
        let nonce = answer["nonce"].as_str().expect("a nonce");
        let mut mac = Hmac::<Sha1>::new_from_slice(SHARED_SECRET.as_bytes()).expect("a key of any length");
        let role = if admin { "admin" } else { "notadmin" };
        mac.update([nonce, name, PASSWORD, role].join("\0").as_bytes());
        let mac: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let request = json!({
            "nonce": nonce, "username": name, "password": PASSWORD, "admin": admin, "mac": mac,
        });
        let answer = http.done(Method::POST, PATH, &request).await;
        let user = answer["user_id"].as_str().expect("a user id").to_owned();
        Account { user, password: PASSWORD.to_owned() }
    }
}

impl Running {
    fn kill(&mut self) {
        // An error says that it has ended, which is what is wanted.
        drop(self.child.kill());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        drop(self.child.wait());
    }
}

/// Starts the server and waits until it says that it is ready, or gives the end of its log.
async fn run(python: &Path, data: &Path, port: u16, limits: Limits) -> Result<Running, String> {
    let limits = match limits {
        Limits::Lifted => "lifted",
        Limits::Default => "default",
    };
    let errors = fs::File::create(data.join("errors.log")).expect("a temporary file");
    let mut child = Command::new(python)
        .arg(venv::script("homeserver.py"))
        .arg(data)
        .args([&port.to_string(), limits])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .expect("Python can be started");
    let orders = child.stdin.take().expect("it was asked for");
    let answers = child.stdout.take().expect("it was asked for");
    // Ends the process again if it is given up here.
    let running = Running { child, orders };
    let said = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        BufReader::new(answers).read_line(&mut line).map(|_| line)
    });
    match tokio::time::timeout(START_MAX, said).await {
        Ok(Ok(Ok(line))) if line == "ready\n" => Ok(running),
        _ => Err(end_of_log(data)),
    }
}

fn end_of_log(data: &Path) -> String {
    const LINES_MAX: usize = 30;
    let texts = ["homeserver.log", "errors.log"].map(|name| fs::read_to_string(data.join(name)));
    let all = texts.into_iter().flatten().collect::<String>();
    let lines: Vec<&str> = all.lines().collect();
    lines[lines.len().saturating_sub(LINES_MAX)..].join("\n")
}

/// A port that nobody listens at, below those that the kernel gives to outgoing connections: one of those could have it
/// while the server is stopped.
fn free_port() -> u16 {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two test processes at once begin at places of their own.
    let begin = u16::try_from(std::process::id() % u32::from(COUNT)).expect("less than COUNT");
    (0..COUNT)
        .map(|_| FIRST + (begin + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("one of many ports is free")
}
