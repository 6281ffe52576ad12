//! The server's stream of events, read without a gap.
//!
//! The library keeps how far it has synchronised before anything is done with what came; so that is never what we rest
//! on. Each room has a mark of its own (`marks.rs`).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::api::client::filter::FilterDefinition;
use matrix_sdk::ruma::api::client::sync::sync_events::v3::Filter;
use matrix_sdk::ruma::presence::PresenceState;
use matrix_sdk::ruma::{OwnedRoomId, uint};
use matrix_sdk::sync::SyncResponse;
use matrix_sdk::{Client, SessionChange};
use platform::{Deafness, DeliveryError, Inbound, Intake, Limit};
use policy::{ChannelId, GroupId, Letter, PostId, Timestamp};
use tokio::sync::mpsc::{Receiver, channel};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::account::Shared;
use crate::errands::Errand;
use crate::error::{self, MatrixError};
use crate::keys::watch_keys;
use crate::login;
use crate::marks::Mark;
use crate::places::Place;

/// How long the server may keep us waiting when there is nothing new.
const POLL: Duration = Duration::from_secs(30);
/// The first wait after the server did not answer; it doubles.
const WAIT_MIN: Duration = Duration::from_millis(500);
/// The longest wait.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// So many keys that came wait to be looked at.
const KEYS_MAX: usize = 1024;
/// So long a server may not answer before that is said, in seconds.
const BLINK_S: i64 = 30;
/// How often it is tried again to enter a room that was closed.
const KNOCK_EVERY_MS: i64 = 10 * 60 * 1000;

/// Why reading ended for now.
#[derive(Debug)]
pub(crate) enum Broken {
    /// It was to end.
    Stopped,
    /// The server did not answer; it is tried again.
    Later(DeliveryError),
}

/// What was said of a server that does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// It answers.
    None,
    /// Nothing: it has not answered since then.
    Since(Timestamp),
    /// That nothing is heard.
    Said,
}

/// Reads one account's stream.
pub(crate) struct Ear {
    pub(crate) shared: Arc<Shared>,
    pub(crate) intake: Arc<dyn Intake>,
    pub(crate) stop: CancellationToken,
    pub(crate) marks: HashMap<OwnedRoomId, Mark>,
    /// Rooms of which nothing came yet since they were taken up.
    pub(crate) entered: BTreeSet<OwnedRoomId>,
    /// Rooms whose powers changed, to be looked at once everything that came was dealt with.
    pub(crate) changed_powers: BTreeSet<OwnedRoomId>,
    /// Whether rooms may have moved, or come to a space.
    pub(crate) changed_rooms: bool,
    /// What could not be entered, and when that was tried.
    closed: BTreeSet<(GroupId, String)>,
    knocked_at: i64,
    /// The keys that came: of which room, and what they open.
    pub(crate) keys: Receiver<(OwnedRoomId, String)>,
    /// What could not be read since the start, and which key would open it.
    pub(crate) unread: HashMap<PostId, String>,
    /// Commands that take their time, which end when nothing is heard any more.
    pub(crate) lengthy: (TaskTracker, CancellationToken),
}

/// Hands in what happens until `stop`.
pub(crate) async fn listen(
    shared: Arc<Shared>,
    intake: Arc<dyn Intake>,
    stop: CancellationToken,
) -> Result<(), MatrixError> {
    let client = shared.client.clone();
    let tasks = TaskTracker::new();
    let sessions = tasks.spawn(keep_sessions(client.clone(), Arc::clone(&shared)));
    let (told, keys) = channel(KEYS_MAX);
    let watch = tasks.spawn(watch_keys(client, told));
    let mut ear = Ear {
        shared,
        intake,
        lengthy: (TaskTracker::new(), stop.child_token()),
        stop,
        marks: HashMap::new(),
        entered: BTreeSet::new(),
        changed_powers: BTreeSet::new(),
        changed_rooms: false,
        closed: BTreeSet::new(),
        knocked_at: 0,
        keys,
        unread: HashMap::new(),
    };
    let ended = ear.run().await;
    let (lengthy, over) = &ear.lengthy;
    over.cancel();
    lengthy.close();
    lengthy.wait().await;
    watch.abort();
    sessions.abort();
    ended
}

/// Writes renewed tokens down.
async fn keep_sessions(client: Client, shared: Arc<Shared>) {
    let mut changes = client.subscribe_to_session_changes();
    while let Ok(change) = changes.recv().await {
        if matches!(change, SessionChange::TokensRefreshed)
            && let Err(error) = login::keep_session(&client, &shared.settings.store)
        {
            tracing::error!(error = &error as &dyn std::error::Error, "renewed tokens were not kept");
        }
    }
}

impl Ear {
    async fn run(&mut self) -> Result<(), MatrixError> {
        let mut since: Option<String> = None;
        let mut failures = 0;
        let mut silence = Silence::None;
        loop {
            let settings = settings(since.as_deref());
            let answer = tokio::select! {
                () = self.stop.cancelled() => return Ok(()),
                answer = Box::pin(self.shared.client.sync_once(settings)) => answer,
            };
            let response = match answer {
                Ok(response) => response,
                Err(error) if error::is_logged_out(&error) => {
                    self.say_deaf(self.shared.clock.now(), Deafness::Token).await;
                    return Err(self.logged_out());
                }
                Err(error) => {
                    let patience = error::patience(&error);
                    tracing::warn!(
                        error = &*error::nameless(error) as &dyn std::error::Error,
                        "the server does not answer"
                    );
                    silence = self.not_heard(silence).await;
                    if self.wait(failures, patience).await.is_err() {
                        return Ok(());
                    }
                    failures += 1;
                    continue;
                }
            };
            failures = 0;
            let is_first = since.is_none();
            let next = response.next_batch.clone();
            if is_first {
                self.changed_rooms = true;
                self.shared.find_doors().await;
            }
            self.answer_invitations(&response).await;
            self.enter_if_changed().await;
            if is_first {
                self.shared.set_entered();
                self.read_marks().await;
            }
            if self.hear_all(since.as_deref(), &response).await.is_err() {
                return Ok(());
            }
            // What was heard may have moved a room, or taken one into a space.
            self.enter_if_changed().await;
            if self.hear_new(since.as_deref(), &response).await.is_err() {
                return Ok(());
            }
            if is_first {
                self.shared.take_the_rest_away().await;
                self.retry_all().await;
            }
            self.retry_with_keys().await;
            self.tell_limits().await;
            if is_first || silence == Silence::Said {
                self.say_back().await;
            }
            silence = Silence::None;
            since = Some(next);
        }
    }

    /// The server does not answer: after a while that is said.
    async fn not_heard(&self, silence: Silence) -> Silence {
        let now = self.shared.clock.now();
        match silence {
            Silence::None => Silence::Since(now),
            Silence::Since(since) if since.plus_seconds(BLINK_S) <= now => {
                self.say_deaf(since, Deafness::Unreachable).await;
                Silence::Said
            }
            Silence::Since(_) | Silence::Said => silence,
        }
    }

    async fn say_deaf(&self, since: Timestamp, why: Deafness) {
        for group in self.shared.groups.keys().cloned() {
            self.take(Inbound::Deaf { group, since, why, until: None }).await;
        }
    }

    /// Says that everything is heard, and was read on from where it was heard last.
    async fn say_back(&self) {
        for group in self.shared.groups.keys().cloned() {
            self.take(Inbound::Back { group }).await;
        }
    }

    fn logged_out(&self) -> MatrixError {
        let settings = &self.shared.settings;
        MatrixError::LoggedOut { user: settings.user.clone(), store: settings.store.clone() }
    }

    /// Waits after a failure; an error when it is to end.
    pub(crate) async fn wait(&self, failures: u32, asked: Option<Duration>) -> Result<(), Broken> {
        let wait = asked.unwrap_or(WAIT_MIN.saturating_mul(1 << failures.min(10)).min(WAIT_MAX));
        match tokio::time::timeout(wait, self.stop.cancelled()).await {
            Ok(()) => Err(Broken::Stopped),
            Err(_) => Ok(()),
        }
    }

    async fn answer_invitations(&mut self, response: &SyncResponse) {
        for id in response.rooms.invited.keys() {
            if let Some(room) = self.shared.client.get_room(id) {
                self.shared.invited(&room).await;
                self.changed_rooms = true;
            }
        }
        // One whose invitation was accepted later.
        self.changed_rooms |= response.rooms.joined.iter().any(|(id, update)| {
            self.shared.places.get(id).is_none() && self.own_entry(&update.timeline.events).is_some()
        });
        for id in response.rooms.left.keys() {
            if let Some(Place::Channel(_) | Place::Space(_)) = self.shared.places.get(id) {
                self.changed_powers.insert(id.clone());
            }
        }
    }

    /// Enters what is to be entered, where that may have changed or is to be tried again.
    async fn enter_if_changed(&mut self) {
        let now = self.shared.clock.steady_ms();
        let is_late = !self.closed.is_empty() && now - self.knocked_at > KNOCK_EVERY_MS;
        if std::mem::take(&mut self.changed_rooms) || is_late {
            self.knocked_at = now;
            self.enter().await;
        }
    }

    /// Enters what is to be entered, and says what stayed closed, or was closed and is no longer.
    async fn enter(&mut self) {
        let before: BTreeSet<OwnedRoomId> = self.shared.places.all().into_iter().map(|(id, _)| id).collect();
        let closed = self.shared.enter_all().await;
        for (id, place) in self.shared.places.all() {
            if matches!(place, Place::Channel(_) | Place::Space(_)) && !before.contains(&id) {
                self.changed_powers.insert(id);
            }
        }
        let closed: BTreeSet<(GroupId, String)> =
            closed.into_iter().map(|closed| (closed.group, closed.room)).collect();
        // Rooms that are named by an address are told of under it while nobody knows what else they are called; of what was
        // told in an earlier run, only the ledger knows.
        let addresses = self.shared.groups.values().flat_map(|group| {
            let rooms = group.rooms.iter().chain(&group.space);
            rooms.filter(|room| room.starts_with('#')).map(|room| (group.group.clone(), room.clone()))
        });
        let told: BTreeSet<(GroupId, String)> = addresses.chain(self.closed.iter().cloned()).collect();
        for (group, room) in told.union(&closed) {
            // Of their own room officers cannot be told: the operator reads of it in the log.
            if self.shared.groups.get(group).is_some_and(|group| group.management_room == *room) {
                continue;
            }
            let is_closed = closed.contains(&(group.clone(), room.clone()));
            // One that was entered under its id says by itself what it allows.
            if !is_closed && room.starts_with('!') {
                continue;
            }
            let limits = if is_closed { vec![Limit::Enter] } else { Vec::new() };
            if let Some(channel) = ChannelId::new(room.as_str()) {
                self.take(Inbound::Limits { group: group.clone(), channel, limits }).await;
            }
        }
        self.closed = closed;
    }

    /// Deals with everything that came, room by room.
    async fn hear_all(&mut self, since: Option<&str>, response: &SyncResponse) -> Result<(), Broken> {
        for id in response.rooms.joined.keys() {
            if self.shared.places.get(id).is_none() {
                self.shared.find_door(id).await;
            }
        }
        self.hear_those(self.shared.places.all(), since, response).await
    }

    /// Deals with what came in rooms that were taken up just now. The bot may have been there before, and what was
    /// written since the last look would not come again.
    async fn hear_new(&mut self, since: Option<&str>, response: &SyncResponse) -> Result<(), Broken> {
        let mut new = self.shared.places.all();
        new.retain(|(id, _)| !self.marks.contains_key(id) && response.rooms.joined.contains_key(id));
        self.hear_those(new, since, response).await
    }

    async fn hear_those(
        &mut self,
        rooms: Vec<(OwnedRoomId, Place)>,
        since: Option<&str>,
        response: &SyncResponse,
    ) -> Result<(), Broken> {
        for (id, place) in rooms {
            let update = response.rooms.joined.get(&id);
            let Some(room) = self.shared.joined(&id) else { continue };
            match self.hear_room(&room, &place, since, update, &response.next_batch).await {
                Ok(()) => {}
                Err(Broken::Stopped) => return Err(Broken::Stopped),
                // Its mark stays where it is, so that the next time begins there.
                Err(Broken::Later(error)) => tracing::warn!(
                    room = %id,
                    error = &error as &dyn std::error::Error,
                    "a room was not read to the end; it is read on later"
                ),
            }
        }
        Ok(())
    }

    /// Hands something in until it is recorded. Gives the answer; none either when it is to end.
    pub(crate) async fn take(&self, inbound: Inbound) -> Option<Letter> {
        let mut failures = 0;
        loop {
            match self.intake.take(inbound.clone()).await {
                Ok(answer) => return answer,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "not recorded; it is tried again"
                    );
                    self.wait(failures, None).await.ok()?;
                    failures += 1;
                }
            }
        }
    }

    /// Says what stands in the bot's way in rooms where that may have changed.
    async fn tell_limits(&mut self) {
        for id in std::mem::take(&mut self.changed_powers) {
            let Some(Place::Channel(group) | Place::Space(group)) = self.shared.places.get(&id) else {
                continue;
            };
            let Some(channel) = ChannelId::new(id.as_str()) else { continue };
            let limits = match self.shared.joined(&id) {
                Some(room) => match self.shared.limits(&room).await {
                    Some(limits) => limits,
                    None => {
                        self.changed_powers.insert(id);
                        continue;
                    }
                },
                None => vec![Limit::Enter],
            };
            if !limits.contains(&Limit::Exclude) && !limits.contains(&Limit::Enter) {
                // It may not have been able to before.
                self.shared.errands.send(Errand::CarryOver { group: group.clone(), room: id });
            }
            self.take(Inbound::Limits { group, channel, limits }).await;
        }
    }
}

fn settings(since: Option<&str>) -> SyncSettings {
    let mut filter = FilterDefinition::default();
    // More than a hundred no server gives; what is beyond is fetched.
    filter.room.timeline.limit = Some(uint!(100));
    filter.room.ephemeral.types = Some(Vec::new());
    filter.presence.types = Some(Vec::new());
    let settings =
        SyncSettings::new().filter(Filter::FilterDefinition(filter)).set_presence(PresenceState::Offline);
    match since {
        // What happened while the bot was away is dealt with at once.
        None => settings.timeout(Duration::ZERO),
        Some(since) => settings.timeout(POLL).token(since.to_owned()),
    }
}
