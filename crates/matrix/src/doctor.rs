//! An account looked at from outside: whether it can do what it is there for, and what to do where it cannot.
//!
//! Nothing is changed, and the keys are not touched, so that it can be done while the bot is running.

use matrix_sdk::Client;
use matrix_sdk::reqwest::StatusCode;
use serde_json::Value;

use crate::error::MatrixError;
use crate::links::encode;
use crate::login;
use crate::settings::{AccountSettings, GroupSettings};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found and, where something is wrong, what to do.
    pub text: String,
}

impl Finding {
    fn good(text: impl Into<String>) -> Self {
        Self { good: true, text: text.into() }
    }

    fn bad(text: impl Into<String>) -> Self {
        Self { good: false, text: text.into() }
    }
}

/// The power that removes posts and puts members out, unless a room says otherwise.
const POWER_DEFAULT: i64 = 50;

/// The version of rooms from which those who made one may do everything in it, without having a power level.
const CREATORS_RULE_SINCE: u32 = 12;

/// Looks at an account and at the rooms of its groups.
pub async fn examine(settings: &AccountSettings) -> Vec<Finding> {
    match Box::pin(Patient::of(settings)).await {
        Ok(patient) => Box::pin(patient.examine(settings)).await,
        Err(finding) => vec![finding],
    }
}

/// An account of which the server told that it is there.
struct Patient {
    client: Client,
    token: String,
    user: String,
}

impl Patient {
    async fn of(settings: &AccountSettings) -> Result<Self, Finding> {
        let client = login::outside(settings).await.map_err(|error| Finding::bad(told(&error)))?;
        let session = login::read_session(&settings.store).map_err(|error| Finding::bad(told(&error)))?;
        let Some(session) = session else {
            return Err(Finding::bad(format!(
                "{}: it has not logged in yet; start the bot once, and keep the recovery key that it shows",
                settings.user
            )));
        };
        let patient =
            Self { client, token: session.tokens.access_token, user: session.meta.user_id.to_string() };
        match patient.ask("_matrix/client/v3/account/whoami").await {
            Ok(_) => Ok(patient),
            Err(Some(StatusCode::UNAUTHORIZED)) => {
                let error = MatrixError::LoggedOut { user: patient.user, store: settings.store.clone() };
                Err(Finding::bad(told(&error)))
            }
            Err(_) => Err(Finding::bad(format!(
                "the homeserver `{}` does not answer; the bot waits for it",
                settings.homeserver
            ))),
        }
    }

    async fn examine(&self, settings: &AccountSettings) -> Vec<Finding> {
        let mut findings = vec![Finding::good(format!("{}: it is logged in", self.user))];
        findings.push(self.limits().await);
        for group in &settings.groups {
            let officers = [(group.management_room.as_str(), true)];
            let rooms = group.rooms.iter().chain(&group.space).map(|room| (room.as_str(), false));
            for (room, is_officers) in officers.into_iter().chain(rooms) {
                findings.push(self.room(group, room, is_officers).await);
            }
        }
        findings
    }

    /// Whether the server lets the bot send as fast as it needs to.
    async fn limits(&self) -> Finding {
        let path = format!("_synapse/admin/v1/users/{}/override_ratelimit", encode(&self.user));
        let lifted = match self.ask(&path).await {
            // Only an account with all rights on the server is told; the bot should be none.
            Ok(limits) => limits.get("messages_per_second").and_then(Value::as_u64) == Some(0),
            Err(_) => false,
        };
        if lifted {
            return Finding::good(format!("{}: the server's limits are lifted", self.user));
        }
        Finding::good(format!(
            "{user}: unless the server's operator lifted its limits, a Synapse lets it send ten messages at once and then \
             one in five seconds, and open one private room a minute. Nothing is lost, but it takes its time. The operator \
             lifts them with  POST /{path}  and  {{\"messages_per_second\": 0, \"burst_count\": 0}}  in an \
             administrator's name, and for private rooms with rc_room_creation and rc_invites in homeserver.yaml",
            user = self.user
        ))
    }

    async fn room(&self, group: &GroupSettings, room: &str, is_officers: bool) -> Finding {
        let called = format!("{}, {room}", group.group.as_str());
        let id = if room.starts_with('#') {
            match self.ask(&format!("_matrix/client/v3/directory/room/{}", encode(room))).await {
                Ok(found) => found.get("room_id").and_then(Value::as_str).map(str::to_owned),
                Err(_) => None,
            }
        } else {
            Some(room.to_owned())
        };
        let Some(id) = id else {
            return Finding::bad(format!(
                "{called}: there is no room of that address; look how it is written"
            ));
        };
        let member =
            format!("_matrix/client/v3/rooms/{}/state/m.room.member/{}", encode(&id), encode(&self.user));
        let stands = self.ask(&member).await.ok();
        let stands = stands.as_ref().and_then(|member| member.get("membership")?.as_str());
        if stands != Some("join") {
            return Finding::bad(format!(
                "{called}: {} is not in it; have an officer invite it, who is named in the configuration",
                self.user
            ));
        }
        if is_officers {
            return Finding::good(format!("{called}: it is in the officers' room"));
        }
        if self.created(&id).await {
            return Finding::good(format!("{called}: it made the room, and may do everything in it"));
        }
        let levels = format!("_matrix/client/v3/rooms/{}/state/m.room.power_levels", encode(&id));
        let levels = self.ask(&levels).await.unwrap_or_default();
        self.powers(&called, &levels)
    }

    /// Whether the room is of those that obey who made them, whatever power they have, and this account is one.
    async fn created(&self, id: &str) -> bool {
        let create = format!("_matrix/client/v3/rooms/{}/state/m.room.create?format=event", encode(id));
        let Ok(create) = self.ask(&create).await else { return false };
        let content = &create["content"];
        let version = content["room_version"].as_str().and_then(|version| version.parse::<u32>().ok());
        let others = content["additional_creators"].as_array().into_iter().flatten();
        let mut creators = others.chain([&create["sender"]]).filter_map(Value::as_str);
        version.is_some_and(|version| version >= CREATORS_RULE_SINCE)
            && creators.any(|creator| creator == self.user)
    }

    fn powers(&self, called: &str, levels: &Value) -> Finding {
        let level = |of: Option<&Value>, default: i64| of.and_then(Value::as_i64).unwrap_or(default);
        let own = level(
            levels.get("users").and_then(|users| users.get(&self.user)),
            level(levels.get("users_default"), 0),
        );
        let set = levels.get("state_default");
        let mute = level(
            levels.get("events").and_then(|events| events.get("m.room.power_levels")),
            level(set, POWER_DEFAULT),
        );
        let wanted = [
            ("remove posts", level(levels.get("redact"), POWER_DEFAULT)),
            ("put members out", level(levels.get("ban"), POWER_DEFAULT)),
            ("invite members again", level(levels.get("invite"), 0)),
            ("mute members", mute),
        ];
        let lacking: Vec<String> = wanted
            .into_iter()
            .filter(|(_, needed)| own < *needed)
            .map(|(what, needed)| format!("{what} ({needed})"))
            .collect();
        if lacking.is_empty() {
            return Finding::good(format!("{called}: it may do all it needs to"));
        }
        Finding::bad(format!(
            "{called}: with a power of {own} it cannot {}; raise its power level",
            lacking.join(", ")
        ))
    }

    /// What the server answers; nothing if it does not, or refuses with that status.
    async fn ask(&self, path: &str) -> Result<Value, Option<StatusCode>> {
        let address = self.client.homeserver().join(path).map_err(|_| None)?;
        let asked = self.client.http_client().get(address).bearer_auth(&self.token).send().await;
        let answer = asked.map_err(|_| None)?;
        let status = answer.status();
        if !status.is_success() {
            return Err(Some(status));
        }
        let answer = answer.bytes().await.map_err(|_| None)?;
        serde_json::from_slice(&answer).map_err(|_| None)
    }
}

/// An error with all its causes.
fn told(error: &MatrixError) -> String {
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(because) = cause {
        told.push_str(": ");
        told.push_str(&because.to_string());
        cause = because.source();
    }
    told
}
