//! A bot on discord.py: a process of its own that speaks lines of JSON.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use fake_discord::{App, FakeDiscord};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::venv;

/// How long something may take, in real time; only a failing test waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The bot. The process ends when this is dropped.
pub(crate) struct Library {
    process: Child,
    requests: ChildStdin,
    lines: watch::Receiver<Vec<Value>>,
    next: u64,
    /// How many of the events have been asked for.
    read: Mutex<usize>,
}

impl Library {
    /// Starts it, and waits until it has been told of its guilds and members.
    pub(crate) async fn start(discord: &FakeDiscord, app: &App) -> (Self, Value) {
        // Its habits, over which Discord passes.
        discord.tolerate("there is no such field");
        discord.tolerate("the user agent");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/bot.py");
        let mut command = Command::new(venv::python().await);
        command.arg("-I").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("Python starts");
        let requests = process.stdin.take().expect("it was asked for");
        let output = process.stdout.take().expect("it was asked for");
        let (sender, lines) = watch::channel(Vec::new());
        // A thread and no task, for it blocks; it ends with the process.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let read: Value = serde_json::from_str(&line).expect("a line is JSON");
                sender.send_modify(|lines| lines.push(read));
            }
        });
        let mut library = Self { process, requests, lines, next: 1, read: Mutex::new(0) };
        library.write(
            &json!({ "base": discord.api_base(), "gateway": discord.gateway_url(), "token": app.token }),
        );
        let ready = library.heard("ready").await;
        (library, ready)
    }

    fn write(&mut self, line: &Value) {
        writeln!(self.requests, "{line}").expect("it reads");
    }

    /// Asks for something, which may be refused with a status and a code.
    pub(crate) async fn ask(&mut self, op: &str, mut request: Value) -> Result<Value, String> {
        let id = self.next;
        self.next += 1;
        request["id"] = json!(id);
        request["op"] = json!(op);
        self.write(&request);
        let answer = self.line(|lines| lines.iter().find(|line| line["id"] == id).cloned(), op).await;
        match answer.get("ok") {
            Some(ok) => Ok(ok.clone()),
            None => Err(answer["error"].as_str().unwrap_or_default().to_owned()),
        }
    }

    /// Asks for something that nothing should prevent.
    pub(crate) async fn done(&mut self, op: &str, request: Value) -> Value {
        self.ask(op, request).await.unwrap_or_else(|error| panic!("{op}: {error}"))
    }

    /// The next event of a name; others between are passed over.
    pub(crate) async fn heard(&self, name: &str) -> Value {
        let from = *self.read.lock().expect("no thread panics with it");
        let find = |lines: &[Value]| {
            let found = lines.iter().enumerate().skip(from).find(|(_, line)| line["event"] == name);
            found.map(|(at, line)| (at, line.clone()))
        };
        let (at, line) = self.line(find, name).await;
        *self.read.lock().expect("no thread panics with it") = at + 1;
        line
    }

    async fn line<T>(&self, find: impl Fn(&[Value]) -> Option<T>, what: &str) -> T {
        let mut lines = self.lines.clone();
        let found = tokio::time::timeout(PATIENCE, async {
            lines
                .wait_for(|lines| find(lines).is_some() || lines.iter().any(|line| line["event"] == "error"))
                .await
                .is_ok()
        });
        let is_there = found.await.unwrap_or(false);
        let lines = self.lines.borrow().clone();
        match find(&lines) {
            Some(found) if is_there => found,
            _ => panic!(
                "no {what}; it said:\n{}",
                lines.iter().map(|line| format!("  {line}\n")).collect::<String>()
            ),
        }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
