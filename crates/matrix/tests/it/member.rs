//! Members played by client libraries that are not ours: matrix-nio, with encryption and without cross-signing, and
//! matrix-js-sdk, cross-signed, which excludes insecure devices. Each is a process of its own that speaks lines of JSON.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::plain::edited;
use super::synapse::{Account, Synapse};
use super::venv;

/// How long a member waits for something to come, in milliseconds. Plenty on a busy machine; only a failing test
/// waits so long.
pub(crate) const WAIT_MS: u32 = 120_000;

/// Which library plays a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    /// matrix-nio: encrypts, and has no cross-signing.
    Nio,
    /// matrix-js-sdk: cross-signed, excludes insecure devices (MSC4153) unless told otherwise.
    Js,
}

/// A member. The process ends when this is dropped, or when the test's does.
pub(crate) struct Member {
    account: Account,
    device: String,
    process: Child,
    requests: Mutex<ChildStdin>,
    waiting: Arc<Waiting>,
    folder: TempDir,
    next: AtomicU64,
}

/// Who waits for the answer to which request. None when the process has ended.
type Waiting = Mutex<Option<HashMap<u64, oneshot::Sender<Result<Value, String>>>>>;

/// An event as a member's client has it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Seen {
    /// The room's id.
    pub(crate) room: String,
    /// The event's id.
    pub(crate) event: String,
    /// Who sent it.
    pub(crate) sender: String,
    /// The type, after decryption.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// For state, what it is about.
    pub(crate) state_key: Option<String>,
    /// The content, after decryption; not replaced by edits. Empty when redacted.
    pub(crate) content: Value,
    /// Whether it came encrypted, or tried to.
    pub(crate) encrypted: bool,
    /// Whether it is redacted.
    pub(crate) redacted: bool,
    /// The event that redacted it, if the client has it.
    pub(crate) redaction: Option<Value>,
    /// Why it could not be read, in the client's words.
    pub(crate) undecryptable: Option<String>,
}

/// What the client has of rooms.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Rooms {
    /// Ids of those joined.
    pub(crate) joined: Vec<String>,
    /// Those invited to.
    pub(crate) invited: Vec<Invited>,
}

/// An invitation.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Invited {
    /// The room's id.
    pub(crate) room: String,
    /// Who invited.
    pub(crate) from: String,
}

impl Member {
    /// A member played by matrix-nio, with an account of its own.
    pub(crate) async fn nio(synapse: &Synapse, name: &str) -> Self {
        Self::new(Library::Nio, synapse, name).await
    }

    /// A member played by matrix-js-sdk, with an account of its own.
    pub(crate) async fn js(synapse: &Synapse, name: &str) -> Self {
        Self::new(Library::Js, synapse, name).await
    }

    /// A member played by `library`: logged in, keys published, accepting invitations.
    ///
    /// # Panics
    /// If it cannot be started; with what it said.
    pub(crate) async fn new(library: Library, synapse: &Synapse, name: &str) -> Self {
        Self::log_in(library, synapse, synapse.register(name).await).await
    }

    /// Another device of the same member, played by matrix-nio, and so not cross-signed.
    pub(crate) async fn second_device(&self, synapse: &Synapse) -> Self {
        Self::log_in(Library::Nio, synapse, self.account.clone()).await
    }

    /// Somebody who has an account, played by `library` from now on.
    ///
    /// # Panics
    /// As [`Member::new`].
    pub(crate) async fn log_in(library: Library, synapse: &Synapse, account: Account) -> Self {
        let folder = tempfile::Builder::new().prefix("member-").tempdir().expect("a temporary folder");
        let (mut process, answers) = spawn(library, &folder).await;
        let waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let requests = Mutex::new(process.stdin.take().expect("it was asked for"));
        let others = Arc::clone(&waiting);
        // A thread and no task, for it blocks; it ends with the process.
        std::thread::spawn(move || hand_out(answers, &others));
        let next = AtomicU64::new(1);
        let mut start = json!({
            "homeserver": synapse.url(), "user": account.user, "password": account.password,
        });
        let mut member = Self { account, device: String::new(), process, requests, waiting, folder, next };
        if library == Library::Nio {
            start["store"] = member.folder.path().to_str().expect("a path in UTF-8").into();
        }
        let started = member.done("start", start).await;
        member.device = started["device"].as_str().expect("a device id").to_owned();
        member
    }

    /// The full user id.
    pub(crate) fn user(&self) -> &str {
        &self.account.user
    }

    /// The account, for plain requests in this member's name.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// The id of its device.
    pub(crate) fn device(&self) -> &str {
        &self.device
    }

    /// Joins a room it is invited to, or will be in a moment.
    pub(crate) async fn join(&self, room: &str) {
        self.done("join", json!({ "room": room })).await;
    }

    /// Sends an event, encrypted if the room is, and gives its id.
    pub(crate) async fn send(&self, room: &str, kind: &str, content: &Value) -> String {
        self.id("send", json!({ "room": room, "type": kind, "content": content })).await
    }

    /// Says something.
    pub(crate) async fn text(&self, room: &str, body: &str) -> String {
        self.send(room, "m.room.message", &json!({ "msgtype": "m.text", "body": body })).await
    }

    /// Edits what it said, with the fallback that clients add.
    pub(crate) async fn edit(&self, room: &str, event: &str, body: &str) -> String {
        self.send(room, "m.room.message", &edited(event, body)).await
    }

    /// Replies to an event.
    pub(crate) async fn reply(&self, room: &str, event: &str, body: &str) -> String {
        let relation = json!({ "m.in_reply_to": { "event_id": event } });
        let content = json!({ "msgtype": "m.text", "body": body, "m.relates_to": relation });
        self.send(room, "m.room.message", &content).await
    }

    /// Reacts to an event; clients do that in plain, also in encrypted rooms.
    pub(crate) async fn react(&self, room: &str, event: &str, key: &str) -> String {
        let relation = json!({ "rel_type": "m.annotation", "event_id": event, "key": key });
        self.send(room, "m.reaction", &json!({ "m.relates_to": relation })).await
    }

    /// Redacts an event.
    pub(crate) async fn redact(&self, room: &str, event: &str, reason: &str) -> String {
        self.id("redact", json!({ "room": room, "event": event, "reason": reason })).await
    }

    /// Everything the client has of a room, in the order of arrival.
    pub(crate) async fn timeline(&self, room: &str) -> Vec<Seen> {
        read(self.done("timeline", json!({ "room": room })).await)
    }

    /// Waits until the client has an event with all of `wanted`, which it may have already: any field of [`Seen`] with
    /// its value, `contains` for a part of its content as compact JSON, `undecryptable` as true or false, `after` for an event
    /// it comes after.
    ///
    /// # Panics
    /// If there is none in [`WAIT_MS`].
    pub(crate) async fn wait(&self, mut wanted: Value) -> Seen {
        wanted["timeout_ms"] = WAIT_MS.into();
        read(self.done("wait", wanted).await)
    }

    /// Waits until it can read something in `room` that contains `part`.
    pub(crate) async fn wait_for(&self, room: &str, part: &str) -> Seen {
        self.wait(json!({ "room": room, "contains": part, "undecryptable": false })).await
    }

    /// Waits until its client shows `event` no more.
    pub(crate) async fn wait_until_redacted(&self, room: &str, event: &str) -> Seen {
        self.wait(json!({ "room": room, "event": event, "redacted": true })).await
    }

    /// Waits until its client has `user` in the room: what it sends before that, they may not be able to read.
    pub(crate) async fn wait_for_member(&self, room: &str, user: &str) {
        self.done("member", json!({ "room": room, "user": user, "timeout_ms": WAIT_MS })).await;
    }

    /// The rooms it is in and is invited to.
    pub(crate) async fn rooms(&self) -> Rooms {
        read(self.done("rooms", json!({})).await)
    }

    /// Waits for an invitation, from `sender` if given, and gives the room's id. Meant for members who do not accept
    /// invitations by themselves.
    pub(crate) async fn invited(&self, sender: Option<&str>) -> String {
        let mut wanted = json!({ "timeout_ms": WAIT_MS });
        if let Some(sender) = sender {
            wanted["sender"] = sender.into();
        }
        self.id("invited", wanted).await
    }

    /// Whether it accepts every invitation by itself, which it does until told otherwise.
    pub(crate) async fn accept_invites(&self, yes: bool) {
        self.done("accept_invites", json!({ "yes": yes })).await;
    }

    /// Leaves a room, or declines an invitation.
    pub(crate) async fn leave(&self, room: &str) {
        self.done("leave", json!({ "room": room })).await;
    }

    /// Sets its display name.
    pub(crate) async fn set_name(&self, name: &str) {
        self.done("name", json!({ "name": name })).await;
    }

    /// For matrix-js-sdk, whether it neither writes to nor reads devices that their owner has not signed.
    pub(crate) async fn exclude_insecure(&self, yes: bool) {
        self.done("exclude_insecure", json!({ "yes": yes })).await;
    }

    /// For matrix-nio: says something that everybody in the room can read except `user`, whose devices are not given the
    /// key until [`Member::hand_over`].
    pub(crate) async fn text_unread_by(&self, user: &str, room: &str, body: &str) -> String {
        let content = json!({ "msgtype": "m.text", "body": body });
        let request =
            json!({ "room": room, "type": "m.room.message", "content": content, "keep_from": user });
        self.id("send_unread", request).await
    }

    /// For matrix-nio: gives the key of such an event after all.
    pub(crate) async fn hand_over(&self, event: &str) {
        self.done("hand_over", json!({ "event": event })).await;
    }

    async fn id(&self, op: &str, request: Value) -> String {
        read(self.done(op, request).await)
    }

    async fn done(&self, op: &str, request: Value) -> Value {
        let answer = self.ask(op, request).await;
        answer.unwrap_or_else(|error| panic!("{op} by {}: {error}\n{}", self.user(), self.said()))
    }

    /// Has the member do something.
    ///
    /// # Errors
    /// The refusal of its server or its library, in their words.
    pub(crate) async fn ask(&self, op: &str, mut request: Value) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        request["id"] = id.into();
        request["op"] = op.into();
        let (sender, answer) = oneshot::channel();
        match self.waiting.lock().expect("no thread panics with it").as_mut() {
            Some(waiting) => waiting.insert(id, sender),
            None => return Err("the member's process has ended".to_owned()),
        };
        let line = format!("{request}\n");
        let written = self.requests.lock().expect("no thread panics with it").write_all(line.as_bytes());
        written.map_err(|error| error.to_string())?;
        answer.await.unwrap_or_else(|_| Err("the member's process has ended".to_owned()))
    }

    /// The end of what it wrote to its standard error.
    fn said(&self) -> String {
        const LINES_MAX: usize = 20;
        let said = fs::read_to_string(self.folder.path().join("errors.log")).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(LINES_MAX)..].join("\n")
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // An error says that it has ended, which is what is wanted.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

async fn spawn(library: Library, folder: &TempDir) -> (Child, BufReader<ChildStdout>) {
    let tools = venv::tools().await;
    let mut command = match library {
        Library::Nio => Command::new(&tools.python),
        Library::Js => Command::new("node"),
    };
    match library {
        Library::Nio => command.arg(venv::script("nio_member.py")),
        Library::Js => command.arg(venv::script("js_member.mjs")).arg(&tools.modules),
    };
    let errors = fs::File::create(folder.path().join("errors.log")).expect("a temporary file");
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    let answers = process.stdout.take().expect("it was asked for");
    (process, BufReader::new(answers))
}

/// Hands each answer to whoever waits for it, until there are no more.
fn hand_out(answers: BufReader<ChildStdout>, waiting: &Waiting) {
    for line in answers.lines().map_while(Result::ok) {
        let Ok(mut answer) = serde_json::from_str::<Value>(&line) else { continue };
        let asker = answer["id"].as_u64().and_then(|id| waiting.lock().ok()?.as_mut()?.remove(&id));
        let answer = match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["ok"].take()),
        };
        // Whoever gave up waiting has no use for it.
        drop(asker.map(|asker| asker.send(answer)));
    }
    // Dropping the senders tells those who still wait.
    drop(waiting.lock().expect("no thread panics with it").take());
}

fn read<T: serde::de::DeserializeOwned>(answer: Value) -> T {
    serde_json::from_value(answer).expect("members answer as agreed")
}
