//! An account looked at: whether it can do what it is there for, and what to do where it cannot.
//!
//! Only the server is asked, by plain requests: nothing is changed, and the keys are not touched, so that it can be done while
//! the bot is running. The bot that runs looks in the same way at what it does not hear of by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use matrix_sdk::Client;
use matrix_sdk::reqwest::{RequestBuilder, StatusCode};
use platform::DeliveryError;
use platform::checkup::{Check, Finding, Of};
use serde_json::{Value, json};

use crate::error::{MatrixError, Source};
use crate::links::encode;
use crate::login;
use crate::outbound::Hands;
use crate::settings::{AccountSettings, GroupSettings};

/// The power that removes posts and puts members out, unless a room says otherwise.
const POWER_DEFAULT: i64 = 50;

/// The version of rooms from which those who made one may do everything in it, without having a power level.
const CREATORS_RULE_SINCE: u32 = 12;

/// The only encryption of rooms that the bot knows, and clients use.
const MEGOLM: &str = "m.megolm.v1.aes-sha2";

/// How many pages of a space's rooms are asked for at most.
const PAGES_MAX: u32 = 10;

/// How long the server is left alone when it asks for patience.
const PATIENCE: Duration = Duration::from_secs(5);

/// What limits mean that a server has unless its operator lifted them.
const LIMITED: &str = "a Synapse lets it send ten messages at once and then one in five seconds, and open one private room a \
                       minute: nothing is lost, but it takes its time";

/// What a server's limits mean for an account, and how its operator lifts them.
pub fn lifting(user: &str) -> String {
    format!("{LIMITED}. {}", lifted_by(user))
}

fn lifted_by(user: &str) -> String {
    format!(
        "The operator lifts them with  POST /{}  and  {{\"messages_per_second\": 0, \"burst_count\": 0}}  in an administrator's \
         name, and for private rooms with rc_room_creation and rc_invites in homeserver.yaml",
        limits_of(user)
    )
}

/// Where a Synapse tells and takes the limits of an account.
fn limits_of(user: &str) -> String {
    format!("_synapse/admin/v1/users/{}/override_ratelimit", encode(user))
}

/// Looks at an account and at the rooms of its groups.
pub async fn examine(settings: &AccountSettings) -> Vec<Finding> {
    // Boxed, like all that enters the library: its futures are large.
    match Box::pin(Patient::of(settings)).await {
        Ok(patient) => Box::pin(patient.examine(settings)).await,
        Err(finding) => vec![*finding],
    }
}

/// Why the server said nothing by which it could be told how something stands.
#[derive(Debug, thiserror::Error)]
enum Silence {
    /// It does not know the session any more.
    #[error("the homeserver does not know the session any more")]
    LoggedOut,
    /// It asks for patience.
    #[error("the homeserver asks for patience")]
    Patience,
    /// It does not answer, or with something else.
    #[error("the homeserver does not answer")]
    Unanswered(#[source] Source),
}

impl From<Silence> for DeliveryError {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Patience => Self::RateLimited(PATIENCE),
            Silence::LoggedOut => Self::Unreachable(Box::new(silence)),
            Silence::Unanswered(source) => Self::Unreachable(source),
        }
    }
}

/// What the server says; nothing where it has no such thing, or does not say it to the bot.
type Answer = Result<Option<Value>, Silence>;

/// An account of which the server told that it is there.
struct Patient {
    client: Client,
    token: String,
    user: String,
    device: String,
    of: Of,
}

impl Patient {
    async fn of(settings: &AccountSettings) -> Result<Self, Box<Finding>> {
        let of = || of_account(settings);
        let wrong = |error: &MatrixError| {
            let remedy = "look at `homeserver` and `data_dir` in the configuration";
            Box::new(Finding::wrong(Check::MatrixSession, of(), told(error), remedy))
        };
        let client = login::outside(settings).await.map_err(|error| wrong(&error))?;
        let session = login::read_session(&settings.store).map_err(|error| wrong(&error))?;
        let Some(session) = session else {
            return Err(Box::new(Finding::attention(
                Check::MatrixSession,
                of(),
                "it has not logged in yet",
                "start the bot once, and keep the recovery key that it shows",
            )));
        };
        let patient = Self {
            client,
            token: session.tokens.access_token,
            user: session.meta.user_id.to_string(),
            device: session.meta.device_id.to_string(),
            of: of(),
        };
        match patient.get("_matrix/client/v3/account/whoami").await {
            Ok(_) => Ok(patient),
            Err(Silence::LoggedOut) => Err(Box::new(
                Finding::wrong(
                    Check::MatrixSession,
                    of(),
                    "its session was ended",
                    "give the account's recovery key in the configuration, and remove the folder of the session to log in anew",
                )
                .detailing([settings.store.display().to_string()]),
            )),
            Err(silence) => Err(Box::new(patient.unheard(&silence))),
        }
    }

    fn unheard(&self, silence: &Silence) -> Finding {
        let remedy = "see whether it runs and can be reached from this machine; the bot waits for it";
        Finding::wrong(Check::MatrixSession, self.of.clone(), silence.to_string(), remedy)
    }

    async fn examine(&self, settings: &AccountSettings) -> Vec<Finding> {
        let mut findings = vec![Finding::right(
            Check::MatrixSession,
            self.of.clone(),
            format!("{} is logged in", self.user),
        )];
        let looked = async {
            findings.extend(self.identity().await?);
            findings.push(self.limits().await?);
            for group in &settings.groups {
                findings.extend(self.group(group).await?);
            }
            Ok::<_, Silence>(())
        };
        let looked = looked.await;
        if let Err(silence) = looked {
            findings.push(self.unheard(&silence));
        }
        findings
    }

    /// Whether members' clients trust the bot, and what is left of its keys when its data are lost.
    async fn identity(&self) -> Result<Vec<Finding>, Silence> {
        Ok(vec![self.signature().await?, self.backup().await?, self.recovery().await?])
    }

    /// Whether the device is signed by the account's own identity, as the server shows it to everybody: whether the signature is
    /// good, each client sees for itself.
    async fn signature(&self) -> Result<Finding, Silence> {
        let asked = json!({ "device_keys": { (self.user.clone()): [] } });
        let keys = self.post("_matrix/client/v3/keys/query", &asked).await?.unwrap_or_default();
        let identity = keys["self_signing_keys"][&self.user]["keys"].as_object();
        let signed = &keys["device_keys"][&self.user][&self.device]["signatures"][&self.user];
        let is_signed = identity.is_some_and(|identity| identity.keys().any(|key| signed.get(key).is_some()));
        if is_signed {
            let said = "members' clients can trust its device, which its own identity signed";
            return Ok(Finding::right(Check::MatrixDevice, self.of.clone(), said));
        }
        Ok(Finding::wrong(
            Check::MatrixDevice,
            self.of.clone(),
            "its device is not signed by an identity of its own, so that members' clients may keep their messages from it",
            "stop the bot, put its folder of the account away, and start it with the account's recovery key in the configuration",
        ))
    }

    async fn backup(&self) -> Result<Finding, Silence> {
        let (check, of) = (Check::MatrixBackup, self.of.clone());
        Ok(match self.get("_matrix/client/v3/room_keys/version").await? {
            Some(_) => {
                Finding::right(check, of, "the keys of encrypted rooms are backed up on the homeserver")
            }
            None => Finding::attention(
                check,
                of,
                "the keys of encrypted rooms are backed up nowhere: were the bot's data lost, it could not read what was \
                 written before",
                "start the bot again, which makes a backup where there is none",
            ),
        })
    }

    async fn recovery(&self) -> Result<Finding, Silence> {
        let path = format!(
            "_matrix/client/v3/user/{}/account_data/m.secret_storage.default_key",
            encode(&self.user)
        );
        let kept = self.get(&path).await?;
        let (check, of) = (Check::MatrixRecovery, self.of.clone());
        Ok(match kept.as_ref().and_then(|kept| kept.get("key")) {
            Some(_) => Finding::right(check, of, "its recovery key gives its keys back"),
            None => Finding::attention(
                check,
                of,
                "it has no recovery key: were the bot's data lost, members would see another, untrusted bot",
                "put the file `recovery-key-was-told` of the account's folder away, start the bot again, and keep the key that it \
                 shows",
            ),
        })
    }

    /// Whether the server lets the bot send as fast as it needs to.
    async fn limits(&self) -> Result<Finding, Silence> {
        // Only an account with all rights on the server is told; the bot should be none. Other servers have no such thing.
        let limits = self.get(&limits_of(&self.user)).await.ok().flatten();
        let lifted = limits.and_then(|limits| limits.get("messages_per_second").and_then(Value::as_u64));
        let (check, of) = (Check::MatrixLimits, self.of.clone());
        if lifted == Some(0) {
            return Ok(Finding::right(check, of, "the server's limits are lifted"));
        }
        Ok(Finding::attention(
            check,
            of,
            format!("unless the server's operator lifted its limits, which only they can see, {LIMITED}"),
            lifted_by(&self.user),
        ))
    }

    async fn group(&self, group: &GroupSettings) -> Result<Vec<Finding>, Silence> {
        let mut findings = Vec::new();
        let mut seen = BTreeSet::new();
        for name in [&group.management_room].into_iter().chain(&group.rooms) {
            let kind = if *name == group.management_room { Kind::Management } else { Kind::Channel };
            findings.extend(self.named(group, name, kind).await?.1);
            seen.insert(name.clone());
        }
        let Some(space) = &group.space else { return Ok(findings) };
        let (id, found) = self.named(group, space, Kind::Space).await?;
        findings.extend(found);
        let Some(id) = id else { return Ok(findings) };
        for (room, kind) in self.children(&id).await? {
            if seen.insert(room.clone()) {
                findings.extend(self.room(group, &room, &room, kind).await?);
            }
        }
        Ok(findings)
    }

    /// A room as the configuration names it; gives its id, if there is one that the bot is in.
    async fn named(
        &self,
        group: &GroupSettings,
        name: &str,
        kind: Kind,
    ) -> Result<(Option<String>, Vec<Finding>), Silence> {
        let id = if name.starts_with('#') {
            let found = self.get(&format!("_matrix/client/v3/directory/room/{}", encode(name))).await?;
            found.and_then(|found| found.get("room_id").and_then(Value::as_str).map(str::to_owned))
        } else {
            Some(name.to_owned())
        };
        let Some(id) = id else {
            let (said, remedy) =
                ("there is no room of that address", "look how it is written in the configuration");
            let found =
                Finding::wrong(Check::MatrixRooms, of_group(group), format!("{name}: {said}"), remedy);
            return Ok((None, vec![found.about(name)]));
        };
        let findings = self.room(group, name, &id, kind).await?;
        Ok((Some(id), findings))
    }

    async fn room(
        &self,
        group: &GroupSettings,
        called: &str,
        id: &str,
        kind: Kind,
    ) -> Result<Vec<Finding>, Silence> {
        let of = || of_group(group);
        let member = self.state(id, &format!("m.room.member/{}", encode(&self.user))).await?;
        let stands = member.as_ref().and_then(|member| member.get("membership")?.as_str());
        if stands != Some("join") {
            let said = format!("{called}: {} is not in it", self.user);
            let remedy = "have an officer invite it, who is named in the configuration";
            return Ok(vec![Finding::wrong(Check::MatrixRooms, of(), said, remedy).about(called)]);
        }
        let mut findings =
            vec![Finding::right(Check::MatrixRooms, of(), format!("{called}: it is in the room"))];
        if kind != Kind::Space {
            findings.push(self.encryption(of(), called, id).await?);
        }
        if kind != Kind::Management {
            findings.push(self.powers(of(), called, id).await?);
        }
        Ok(findings.into_iter().map(|finding| finding.about(called)).collect())
    }

    /// Whether anybody but those in a room can read what is written there.
    async fn encryption(&self, of: Of, called: &str, id: &str) -> Result<Finding, Silence> {
        let set = self.state(id, "m.room.encryption").await?;
        let algorithm = set.as_ref().and_then(|set| set.get("algorithm")?.as_str());
        let check = Check::MatrixEncryption;
        Ok(match algorithm {
            Some(MEGOLM) => Finding::right(check, of, format!("{called}: it is encrypted")),
            Some(_) => Finding::wrong(
                check,
                of,
                format!(
                    "{called}: it is encrypted in a way that the bot does not know, and it can read nothing there"
                ),
                "look for a newer version of the bot, or make another room",
            ),
            None => Finding::attention(
                check,
                of,
                format!(
                    "{called}: it is not encrypted, and whoever runs a server of somebody in it can read it"
                ),
                "if that is not meant so, switch encryption on in the room's settings; it cannot be switched off again",
            ),
        })
    }

    async fn powers(&self, of: Of, called: &str, id: &str) -> Result<Finding, Silence> {
        if self.created(id).await? {
            let said = format!("{called}: it made the room, and may do everything in it");
            return Ok(Finding::right(Check::MatrixPowers, of, said));
        }
        let levels = self.state(id, "m.room.power_levels").await?.unwrap_or_default();
        Ok(powers(of, called, &levels, &self.user))
    }

    /// Whether the room is of those that obey who made them, whatever power they have, and this account is one.
    async fn created(&self, id: &str) -> Result<bool, Silence> {
        let Some(create) = self.state(id, "m.room.create?format=event").await? else { return Ok(false) };
        let content = &create["content"];
        let version = content["room_version"].as_str().and_then(|version| version.parse::<u32>().ok());
        let others = content["additional_creators"].as_array().into_iter().flatten();
        let mut creators = others.chain([&create["sender"]]).filter_map(Value::as_str);
        Ok(version.is_some_and(|version| version >= CREATORS_RULE_SINCE)
            && creators.any(|creator| creator == self.user))
    }

    /// The rooms that a space names, and those that spaces in it do.
    async fn children(&self, space: &str) -> Result<Vec<(String, Kind)>, Silence> {
        let (mut named, mut spaces) = (BTreeSet::new(), BTreeSet::new());
        let mut from = String::new();
        for _ in 0..PAGES_MAX {
            let path = format!("_matrix/client/v1/rooms/{}/hierarchy?limit=100{from}", encode(space));
            let Some(page) = self.get(&path).await? else { break };
            for room in page["rooms"].as_array().into_iter().flatten() {
                if room["room_type"] == "m.space" {
                    spaces.extend(room["room_id"].as_str().map(str::to_owned));
                }
                for child in room["children_state"].as_array().into_iter().flatten() {
                    // A room without servers was taken out of it.
                    let is_in = child["content"]["via"].as_array().is_some_and(|via| !via.is_empty());
                    named.extend(child["state_key"].as_str().filter(|_| is_in).map(str::to_owned));
                }
            }
            let Some(next) = page["next_batch"].as_str() else { break };
            from = format!("&from={}", encode(next));
        }
        named.remove(space);
        let kind = |room: &str| if spaces.contains(room) { Kind::Space } else { Kind::Channel };
        Ok(named.iter().map(|room| (room.clone(), kind(room))).collect())
    }

    /// A piece of a room's state.
    async fn state(&self, room: &str, what: &str) -> Answer {
        self.get(&format!("_matrix/client/v3/rooms/{}/state/{what}", encode(room))).await
    }

    async fn get(&self, path: &str) -> Answer {
        let address = self.client.homeserver().join(path);
        let address = address.map_err(|error| Silence::Unanswered(Box::new(error)))?;
        self.ask(self.client.http_client().get(address)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let address = self.client.homeserver().join(path);
        let address = address.map_err(|error| Silence::Unanswered(Box::new(error)))?;
        self.ask(self.client.http_client().post(address).body(body.to_string())).await
    }

    async fn ask(&self, request: RequestBuilder) -> Answer {
        // The address holds accounts.
        let unanswered =
            |error: matrix_sdk::reqwest::Error| Silence::Unanswered(Box::new(error.without_url()));
        let answer = request.bearer_auth(&self.token).send().await.map_err(unanswered)?;
        match answer.status() {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED => return Err(Silence::LoggedOut),
            StatusCode::TOO_MANY_REQUESTS => return Err(Silence::Patience),
            status if status.is_server_error() => {
                return Err(Silence::Unanswered(format!("it answered {status}").into()));
            }
            _ => return Ok(None),
        }
        let answer = answer.bytes().await.map_err(unanswered)?;
        // What cannot be read may quote what was asked.
        let answer = serde_json::from_slice(&answer).map_err(|_| "its answer cannot be read");
        answer.map(Some).map_err(|error| Silence::Unanswered(error.into()))
    }
}

/// What a room is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Channel,
    Space,
    Management,
}

impl Hands {
    /// How everything stands that the bot does not hear of by itself.
    ///
    /// # Errors
    /// When the server cannot be asked now.
    pub(crate) async fn look_around(&self) -> Result<Vec<Finding>, DeliveryError> {
        let shared = &self.shared;
        let (Some(token), Some(device)) = (shared.client.access_token(), shared.client.device_id()) else {
            return Err(Silence::LoggedOut.into());
        };
        let patient = Patient {
            client: shared.client.clone(),
            token,
            user: shared.me.to_string(),
            device: device.to_string(),
            of: of_account(&shared.settings),
        };
        let mut findings = patient.identity().await?;
        let group = &self.group.group;
        let rooms = shared.places.channels(group).into_iter().chain(shared.places.management(group));
        for room in rooms.filter(|room| shared.joined(room).is_some()) {
            let room = room.as_str();
            findings.push(patient.encryption(of_group(&self.group), room, room).await?.about(room));
        }
        Ok(findings)
    }
}

fn of_account(settings: &AccountSettings) -> Of {
    Of::Account { on: "matrix", id: settings.id.clone() }
}

fn of_group(group: &GroupSettings) -> Of {
    Of::Group(group.group.clone())
}

/// Whether `user` has the power for all that the bot does, by a room's power levels.
fn powers(of: Of, called: &str, levels: &Value, user: &str) -> Finding {
    let level = |of: Option<&Value>, default: i64| of.and_then(Value::as_i64).unwrap_or(default);
    let own =
        level(levels.get("users").and_then(|users| users.get(user)), level(levels.get("users_default"), 0));
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
        let said = format!("{called}: it may do all it needs to");
        return Finding::right(Check::MatrixPowers, of, said);
    }
    let said = format!("{called}: with a power of {own} it cannot {}", lacking.join(", "));
    Finding::wrong(Check::MatrixPowers, of, said, "raise its power level")
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
