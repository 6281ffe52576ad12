//! A member, or whoever founded the group, without a client: plain requests. For what goes before a test, for what no
//! decent client would send, and where speed counts. It reads no encrypted rooms.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::http::{Http, Method, Refusal};
use super::synapse::{Account, Synapse};

const V3: &str = "/_matrix/client/v3";
/// How long the server holds a /sync that has nothing to say.
const POLL_MS: u32 = 10_000;
/// The content of a room's state that has it encrypted.
const MEGOLM: &str = "m.megolm.v1.aes-sha2";

/// A member without a client.
pub(crate) struct Plain {
    user: String,
    http: Http,
}

/// Whether a room is made encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// The server can read it.
    Open,
    /// It cannot.
    Encrypted,
}

impl Plain {
    /// Makes an account whose name begins with `name`.
    pub(crate) async fn new(synapse: &Synapse, name: &str) -> Self {
        Self::log_in(synapse, &synapse.register(name).await).await
    }

    /// Somebody who has an account: a device more, without encryption.
    pub(crate) async fn log_in(synapse: &Synapse, account: &Account) -> Self {
        let http = Http::new(&synapse.url()).log_in(account).await;
        Self { user: account.user.clone(), http }
    }

    /// The full user id.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// Sends a request under this name.
    ///
    /// # Errors
    /// The server's refusal.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Value, Refusal> {
        self.http.ask(method, &format!("{V3}{path}"), body).await
    }

    async fn done(&self, method: Method, path: &str, body: &Value) -> Value {
        self.http.done(method, &format!("{V3}{path}"), body).await
    }

    /// Makes a private room of the server's newest version and gives its id. Whoever is invited has yet to join.
    pub(crate) async fn create_room(&self, name: &str, privacy: Privacy, invited: &[&str]) -> String {
        let encryption =
            json!({ "type": "m.room.encryption", "state_key": "", "content": { "algorithm": MEGOLM } });
        let state = match privacy {
            Privacy::Open => json!([]),
            Privacy::Encrypted => json!([encryption]),
        };
        let more = json!({ "name": name, "initial_state": state, "invite": invited });
        self.create(&more).await
    }

    /// Makes a space that has `rooms`.
    pub(crate) async fn create_space(&self, name: &str, rooms: &[&str], invited: &[&str]) -> String {
        let more = json!({ "name": name, "creation_content": { "type": "m.space" }, "invite": invited });
        let space = self.create(&more).await;
        for room in rooms {
            self.set_state(&space, "m.space.child", room, &json!({ "via": ["beadle.test"] })).await;
        }
        space
    }

    /// Makes a private room with whatever else `more` asks for, as `/createRoom` has it.
    pub(crate) async fn create(&self, more: &Value) -> String {
        let mut request = json!({ "preset": "private_chat", "visibility": "private" });
        let more = more.as_object().expect("an object").clone();
        request.as_object_mut().expect("an object").extend(more);
        text_of(&self.done(Method::POST, "/createRoom", &request).await, "room_id")
    }

    /// Replaces the room by one of another version and gives that one's id.
    pub(crate) async fn upgrade(&self, room: &str, version: &str) -> String {
        let request = json!({ "new_version": version });
        let answer = self.done(Method::POST, &format!("/rooms/{}/upgrade", coded(room)), &request).await;
        text_of(&answer, "replacement_room")
    }

    /// Invites, kicks, bans, unbans: what one member does with another.
    ///
    /// # Errors
    /// The server's refusal.
    pub(crate) async fn act(&self, act: Act, room: &str, user: &str) -> Result<(), Refusal> {
        let path = format!("/rooms/{}/{}", coded(room), act.path());
        self.ask(Method::POST, &path, &json!({ "user_id": user })).await.map(drop)
    }

    /// Accepts an invitation, or comes back.
    ///
    /// # Errors
    /// The server's refusal.
    pub(crate) async fn join(&self, room: &str) -> Result<(), Refusal> {
        self.ask(Method::POST, &format!("/join/{}", coded(room)), &json!({})).await.map(drop)
    }

    /// Leaves, or declines an invitation.
    pub(crate) async fn leave(&self, room: &str) {
        self.done(Method::POST, &format!("/rooms/{}/leave", coded(room)), &json!({})).await;
    }

    /// Sends an event of any type with any content, in plain, and gives its id.
    pub(crate) async fn send(&self, room: &str, kind: &str, content: &Value) -> String {
        self.try_send(room, kind, content)
            .await
            .unwrap_or_else(|refusal| panic!("{kind} to {room}: {refusal}"))
    }

    /// The same, where the server may refuse.
    ///
    /// # Errors
    /// The server's refusal.
    pub(crate) async fn try_send(&self, room: &str, kind: &str, content: &Value) -> Result<String, Refusal> {
        let path = format!("/rooms/{}/send/{}/{}", coded(room), coded(kind), transaction());
        self.ask(Method::PUT, &path, content).await.map(|answer| text_of(&answer, "event_id"))
    }

    /// Says something.
    pub(crate) async fn text(&self, room: &str, body: &str) -> String {
        self.send(room, "m.room.message", &json!({ "msgtype": "m.text", "body": body })).await
    }

    /// Edits what was said, with the fallback that clients add.
    pub(crate) async fn edit(&self, room: &str, event: &str, body: &str) -> String {
        self.send(room, "m.room.message", &edited(event, body)).await
    }

    /// Redacts an event.
    ///
    /// # Errors
    /// The server's refusal.
    pub(crate) async fn redact(&self, room: &str, event: &str) -> Result<(), Refusal> {
        let path = format!("/rooms/{}/redact/{}/{}", coded(room), coded(event), transaction());
        self.ask(Method::PUT, &path, &json!({})).await.map(drop)
    }

    /// Sets state and gives the event's id.
    pub(crate) async fn set_state(&self, room: &str, kind: &str, key: &str, content: &Value) -> String {
        let path = state_path(room, kind, key);
        text_of(&self.done(Method::PUT, &path, content).await, "event_id")
    }

    /// The content of state, if there is any.
    pub(crate) async fn state(&self, room: &str, kind: &str, key: &str) -> Option<Value> {
        match self.ask(Method::GET, &state_path(room, kind, key), &Value::Null).await {
            Ok(content) => Some(content),
            Err(refusal) if refusal.code == "M_NOT_FOUND" => None,
            Err(refusal) => panic!("{kind} of {room}: {refusal}"),
        }
    }

    /// The membership of a user: `join`, `invite`, `ban`, `leave`.
    pub(crate) async fn membership(&self, room: &str, user: &str) -> Option<String> {
        let member = self.state(room, "m.room.member", user).await?;
        Some(text_of(&member, "membership"))
    }

    /// Gives a user a power level.
    pub(crate) async fn set_power(&self, room: &str, user: &str, level: i64) {
        let mut levels = self.state(room, "m.room.power_levels", "").await.expect("every room has it");
        levels["users"][user] = level.into();
        self.set_state(room, "m.room.power_levels", "", &levels).await;
    }

    /// Sets the display name, which rooms show soon after: the server goes through them one by one.
    pub(crate) async fn set_name(&self, name: &str) {
        let path = format!("/profile/{}/displayname", coded(&self.user));
        self.done(Method::PUT, &path, &json!({ "displayname": name })).await;
    }

    /// Refuses all invitations from now on (MSC4380).
    pub(crate) async fn block_invites(&self) {
        let path = format!("/user/{}/account_data/m.invite_permission_config", coded(&self.user));
        self.done(Method::PUT, &path, &json!({ "default_action": "block" })).await;
    }

    /// One event as the server gives it now: whether it is redacted is in its `unsigned`.
    pub(crate) async fn event(&self, room: &str, event: &str) -> Value {
        let path = format!("/rooms/{}/event/{}", coded(room), coded(event));
        self.done(Method::GET, &path, &Value::Null).await
    }

    /// Whether an event is redacted.
    pub(crate) async fn is_redacted(&self, room: &str, event: &str) -> bool {
        !self.event(room, event).await["unsigned"]["redacted_because"].is_null()
    }

    /// Everything in a room that this member may see, the oldest first.
    pub(crate) async fn timeline(&self, room: &str) -> Vec<Value> {
        let mut events = Vec::new();
        let mut from = String::new();
        loop {
            let path = format!("/rooms/{}/messages?dir=f&limit=1000{from}", coded(room));
            let mut page = self.done(Method::GET, &path, &Value::Null).await;
            events.append(page["chunk"].as_array_mut().expect("a list"));
            let Some(end) = page["end"].as_str() else { return events };
            from = format!("&from={}", coded(end));
        }
    }

    /// Looks at what comes from now on.
    pub(crate) async fn watch(&self) -> Watch<'_> {
        let filter = json!({ "room": { "timeline": { "limit": 100 } } });
        let path = format!("/user/{}/filter", coded(&self.user));
        let filter = text_of(&self.done(Method::POST, &path, &filter).await, "filter_id");
        let mut watch = Watch {
            member: self,
            filter,
            since: None,
            events: VecDeque::new(),
            invitations: VecDeque::new(),
        };
        watch.sync().await;
        watch
    }
}

/// What one member may do with another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Asks them in.
    Invite,
    /// Puts them out; with an invitation they may come back.
    Kick,
    /// Puts them out for good.
    Ban,
    /// Lifts that; they still have to be invited to a private room.
    Unban,
}

impl Act {
    fn path(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Kick => "kick",
            Self::Ban => "ban",
            Self::Unban => "unban",
        }
    }
}

/// What comes in for a member, from one moment on: all of it, however much at once.
pub(crate) struct Watch<'a> {
    member: &'a Plain,
    filter: String,
    since: Option<String>,
    /// Rooms and their events, which nobody has asked for yet.
    events: VecDeque<(String, Value)>,
    /// Rooms of invitations, likewise.
    invitations: VecDeque<String>,
}

impl Watch<'_> {
    /// Waits for an event of a joined room that is `wanted`, and passes over those before it for good. Give it a limit
    /// of time from outside.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&str, &Value) -> bool) -> Value {
        loop {
            while let Some((room, event)) = self.events.pop_front() {
                if wanted(&room, &event) {
                    return event;
                }
            }
            self.sync().await;
        }
    }

    /// Waits until all of `events` have been redacted, in whatever order. Give it a limit of time from outside.
    pub(crate) async fn until_redacted(&mut self, events: &[String]) {
        let mut standing: BTreeSet<&str> = events.iter().map(String::as_str).collect();
        while !standing.is_empty() {
            let redaction = self.until(|_, event| redacted_by(event).is_some()).await;
            standing.remove(redacted_by(&redaction).expect("it was waited for"));
        }
    }

    /// Waits for an invitation and gives the room's id. Give it a limit of time from outside.
    pub(crate) async fn invitation(&mut self) -> String {
        loop {
            if let Some(room) = self.invitations.pop_front() {
                return room;
            }
            self.sync().await;
        }
    }

    async fn sync(&mut self) {
        let from = match &self.since {
            Some(since) => format!("&timeout={POLL_MS}&since={}", coded(since)),
            None => String::new(),
        };
        let path = format!("/sync?filter={}{from}", coded(&self.filter));
        let answer = self.member.done(Method::GET, &path, &Value::Null).await;
        let before = self.since.replace(text_of(&answer, "next_batch"));
        let invited = answer["rooms"]["invite"].as_object().into_iter().flatten();
        self.invitations.extend(invited.map(|(room, _)| room.clone()));
        // The first answer only says where we are.
        let Some(before) = before else { return };
        for (room, news) in answer["rooms"]["join"].as_object().into_iter().flatten() {
            let timeline = &news["timeline"];
            if timeline["limited"] == true {
                self.fill(room, &text_of(timeline, "prev_batch"), &before).await;
            }
            let events = timeline["events"].as_array().into_iter().flatten();
            self.events.extend(events.map(|event| (room.clone(), event.clone())));
        }
    }

    /// Fetches what the server left out of a busy room, in its order.
    async fn fill(&mut self, room: &str, newest: &str, oldest: &str) {
        let mut left_out = Vec::new();
        let mut from = newest.to_owned();
        loop {
            let (room, from_here, to) = (coded(room), coded(&from), coded(oldest));
            let path = format!("/rooms/{room}/messages?dir=b&limit=1000&from={from_here}&to={to}");
            let mut page = self.member.done(Method::GET, &path, &Value::Null).await;
            left_out.append(page["chunk"].as_array_mut().expect("a list"));
            match page["end"].as_str() {
                Some(end) => end.clone_into(&mut from),
                None => break,
            }
        }
        self.events.extend(left_out.into_iter().rev().map(|event| (room.to_owned(), event)));
    }
}

/// The id of the event that this one redacts, if it does: new rooms have it in the content.
pub(crate) fn redacted_by(event: &Value) -> Option<&str> {
    if event["type"] != "m.room.redaction" {
        return None;
    }
    event["redacts"].as_str().or(event["content"]["redacts"].as_str())
}

/// The content of an edit, with the fallback that clients add.
pub(crate) fn edited(event: &str, body: &str) -> Value {
    json!({
        "msgtype": "m.text",
        "body": format!("* {body}"),
        "m.new_content": { "msgtype": "m.text", "body": body },
        "m.relates_to": { "rel_type": "m.replace", "event_id": event },
    })
}

fn state_path(room: &str, kind: &str, key: &str) -> String {
    format!("/rooms/{}/state/{}/{}", coded(room), coded(kind), coded(key))
}

fn text_of(answer: &Value, key: &str) -> String {
    let text = answer[key].as_str();
    text.unwrap_or_else(|| panic!("an answer without {key}: {answer}")).to_owned()
}

/// An id as a part of a path.
fn coded(part: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    part.bytes().map(byte).collect()
}

/// Each event is sent once.
fn transaction() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
