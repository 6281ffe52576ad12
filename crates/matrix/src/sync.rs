//! The server's stream of events, read without a gap.
//!
//! The library keeps how far it has synchronised before anything is done with what came; so that is never what we rest
//! on. Each room has a mark of its own, moved once what was read has been dealt with, and whatever lies between that mark
//! and now is fetched page by page.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::api::client::filter::FilterDefinition;
use matrix_sdk::ruma::api::client::sync::sync_events::v3::Filter;
use matrix_sdk::ruma::presence::PresenceState;
use matrix_sdk::ruma::{EventId, OwnedRoomId, RoomId, uint};
use matrix_sdk::sync::{JoinedRoomUpdate, SyncResponse};
use matrix_sdk::{Client, Room, SessionChange};
use platform::{DeliveryError, Inbound, Intake, Limit, Position};
use policy::{ChannelId, GroupId, Letter, PostId, Timestamp};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::account::Shared;
use crate::errands::Errand;
use crate::error::{self, MatrixError};
use crate::login;
use crate::places::Place;

/// How long the server may keep us waiting when there is nothing new.
const POLL: Duration = Duration::from_secs(30);
/// The first wait after the server did not answer; it doubles.
const WAIT_MIN: Duration = Duration::from_millis(500);
/// The longest wait.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// So many keys that came wait to be looked at.
const KEYS_MAX: usize = 1024;
/// How often it is tried again to enter a room that was closed.
const KNOCK_EVERY_MS: i64 = 10 * 60 * 1000;

/// How far a room was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// A place in the server's stream; everything before it was dealt with.
    pub(crate) token: String,
    /// What was dealt with last after that place, if anything.
    pub(crate) event: Option<String>,
    /// What was dealt with last at all: where the server forgets the place, this says where it was.
    pub(crate) last: Option<String>,
    /// When that was sent, as far as it is believed.
    pub(crate) at: Timestamp,
}

impl Mark {
    pub(crate) fn position(&self) -> Position {
        let named = |event: &Option<String>| event.as_deref().unwrap_or("-").to_owned();
        let (event, last) = (named(&self.event), named(&self.last));
        Position(format!("{} {event} {} {last}", self.token, self.at.as_millis()))
    }

    pub(crate) fn read(position: &str) -> Option<Self> {
        let mut parts = position.split(' ');
        let (token, event, at) = (parts.next()?, parts.next()?, parts.next()?);
        let named = |event: &str| (event != "-").then(|| event.to_owned());
        Some(Self {
            token: token.to_owned(),
            event: named(event),
            last: parts.next().and_then(named),
            at: Timestamp::from_millis(at.parse().ok()?),
        })
    }
}

/// Why reading ended for now.
#[derive(Debug)]
pub(crate) enum Broken {
    /// It was to end.
    Stopped,
    /// The server did not answer; it is tried again.
    Later(DeliveryError),
}

/// Reads one account's stream.
pub(crate) struct Ear {
    pub(crate) shared: Arc<Shared>,
    pub(crate) intake: Arc<dyn Intake>,
    pub(crate) stop: CancellationToken,
    marks: HashMap<OwnedRoomId, Mark>,
    /// Rooms of which nothing came yet since they were taken up.
    entered: BTreeSet<OwnedRoomId>,
    /// Rooms whose powers changed, to be looked at once everything that came was dealt with.
    pub(crate) changed_powers: BTreeSet<OwnedRoomId>,
    /// Whether rooms may have moved, or come to a space.
    pub(crate) changed_rooms: bool,
    /// What could not be entered, and when that was tried.
    closed: BTreeSet<(GroupId, String)>,
    knocked_at: i64,
    /// The keys that came: of which room, and what they open.
    keys: Receiver<(OwnedRoomId, String)>,
    /// What could not be read since the start, and which key would open it.
    pub(crate) unread: HashMap<PostId, String>,
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
    watch.abort();
    sessions.abort();
    ended
}

/// Tells which keys have come.
async fn watch_keys(client: Client, told: Sender<(OwnedRoomId, String)>) {
    let Some(keys) = client.encryption().room_keys_received_stream().await else { return };
    let mut keys = std::pin::pin!(keys);
    while let Some(received) = keys.next().await {
        // Having missed some only means that we are told too little; the next start looks at all of them.
        for key in received.unwrap_or_default() {
            if told.send((key.room_id, key.session_id)).await.is_err() {
                return;
            }
        }
    }
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
        loop {
            let settings = settings(since.as_deref());
            let answer = tokio::select! {
                () = self.stop.cancelled() => return Ok(()),
                answer = Box::pin(self.shared.client.sync_once(settings)) => answer,
            };
            let response = match answer {
                Ok(response) => response,
                Err(error) if error::is_logged_out(&error) => return Err(self.logged_out()),
                Err(error) => {
                    let patience = error::patience(&error);
                    tracing::warn!(
                        error = &*error::nameless(error) as &dyn std::error::Error,
                        "the server does not answer"
                    );
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
            since = Some(next);
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

    /// How far each room was read in earlier runs: channels as the ledger has it, other rooms as we remember it.
    async fn read_marks(&mut self) {
        for group in self.shared.groups.keys() {
            let positions = match self.intake.positions(group).await {
                Ok(positions) => positions,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "positions were not read");
                    continue;
                }
            };
            for (channel, position) in positions {
                if let (Ok(room), Some(mark)) = (RoomId::parse(channel.as_str()), Mark::read(&position.0)) {
                    self.marks.insert(room, mark);
                }
            }
        }
        for (room, _) in self.shared.places.all() {
            // Of a channel it is where the bot came in; the ledger knows better once anything was recorded there.
            if !self.marks.contains_key(&room)
                && let Ok(Some(position)) = self.shared.memory.get::<String>(&mark_key(&room)).await
                && let Some(mark) = Mark::read(&position)
            {
                self.marks.insert(room, mark);
            }
        }
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

    async fn hear_room(
        &mut self,
        room: &Room,
        place: &Place,
        since: Option<&str>,
        update: Option<&JoinedRoomUpdate>,
        next: &str,
    ) -> Result<(), Broken> {
        let id = room.room_id().to_owned();
        let mark = match self.marks.get(&id).cloned() {
            Some(mark) => mark,
            None => {
                let events = update.map_or(&[][..], |update| &update.timeline.events);
                let came = !events.is_empty() && !matches!(place, Place::Private(_));
                match since.filter(|_| came && self.own_entry(events).is_none()) {
                    // The bot was there already when the last look was taken, so nothing of this was there before it.
                    Some(since) => self.mark_at(&id, since).await,
                    None => return self.begin(room, place, events, next).await,
                }
            }
        };
        let is_even = since == Some(mark.token.as_str()) && mark.event.is_none();
        let was_entered = update.is_some() && self.entered.remove(&id);
        // Only now it is known which rooms a space has, and whether a room has moved.
        self.changed_rooms |= was_entered;
        match update {
            Some(update) if is_even && !update.timeline.limited => {
                // Of a room that was entered meanwhile comes also what was there before.
                let entry = if was_entered { self.own_entry(&update.timeline.events) } else { None };
                let new = entry.map_or(0, |entry| entry + 1);
                self.hear_batch(room, place, &update.timeline.events[new..], next).await?;
            }
            None if is_even => {
                self.marks.insert(id, Mark { token: next.to_owned(), ..mark });
                return Ok(());
            }
            Some(_) | None => self.fill(room, place, next).await?,
        }
        self.move_mark(&id, place, next).await;
        Ok(())
    }

    /// Marks a room that was never read as read up to a place in the stream.
    async fn mark_at(&mut self, id: &RoomId, token: &str) -> Mark {
        let mark = Mark { token: token.to_owned(), event: None, last: None, at: self.shared.clock.now() };
        self.marks.insert(id.to_owned(), mark.clone());
        // The library goes on from here after a crash, and the ledger knows nothing of the room yet.
        self.remember(id, &mark).await;
        mark
    }

    /// Takes up a room that was never read: from where the bot came in, or from now.
    async fn begin(
        &mut self,
        room: &Room,
        place: &Place,
        events: &[TimelineEvent],
        next: &str,
    ) -> Result<(), Broken> {
        let own = self.own_entry(events);
        let is_private = matches!(place, Place::Private(_));
        let new = match own {
            Some(entry) => &events[entry + 1..],
            // Only the bot and whom it asked in write there, and it made the room.
            None if is_private => events,
            None => &[],
        };
        let id = room.room_id().to_owned();
        let at = self.shared.clock.now();
        let mark = Mark { token: next.to_owned(), event: None, last: None, at };
        if events.is_empty() {
            self.entered.insert(id.clone());
            // The library goes on from here after a crash; what comes next must not count as there before the bot.
            self.remember(&id, &mark).await;
        } else {
            self.changed_rooms = true;
        }
        // Until everything was dealt with, there is no mark: it would begin here again.
        self.marks.insert(id.clone(), mark);
        let heard = self.hear_batch(room, place, new, next).await;
        if heard.is_err() {
            self.marks.remove(&id);
            return heard;
        }
        self.move_mark(&id, place, next).await;
        Ok(())
    }

    /// Where among events the bot came in, for the last time.
    fn own_entry(&self, events: &[TimelineEvent]) -> Option<usize> {
        events.iter().rposition(|event| self.is_own_entry(event))
    }

    fn is_own_entry(&self, event: &TimelineEvent) -> bool {
        let field = |name| event.raw().get_field::<String>(name).ok().flatten();
        field("type").as_deref() == Some("m.room.member")
            && field("state_key").is_some_and(|who| self.shared.is_me(&who))
            && field("sender").is_some_and(|who| self.shared.is_me(&who))
    }

    /// Deals with events that follow each other without a gap; `next` is the place after the last.
    async fn hear_batch(
        &mut self,
        room: &Room,
        place: &Place,
        events: &[TimelineEvent],
        next: &str,
    ) -> Result<(), Broken> {
        let id = room.room_id();
        for (number, event) in events.iter().enumerate() {
            if self.stop.is_cancelled() {
                return Err(Broken::Stopped);
            }
            let Some(mut mark) = self.marks.get(id).cloned() else { return Ok(()) };
            let name = event.event_id().map(|event| event.to_string());
            mark.last = name.clone().or(mark.last);
            if number + 1 == events.len() {
                mark.token = next.to_owned();
                mark.event = None;
            } else {
                mark.event = name.or(mark.event);
            }
            mark.at = self.hear(room, place, event, &mark).await?;
            self.marks.insert(id.to_owned(), mark);
        }
        Ok(())
    }

    /// How far a room is read while an event is dealt with whose own mark is `after`.
    pub(crate) fn mark_before(&self, room: &Room, after: &Mark) -> Mark {
        self.marks.get(room.room_id()).unwrap_or(after).clone()
    }

    /// Fetches and deals with everything from a room's mark to now.
    async fn fill(&mut self, room: &Room, place: &Place, next: &str) -> Result<(), Broken> {
        let id = room.room_id().to_owned();
        let mut filled = 0_usize;
        loop {
            let Some(mark) = self.marks.get(&id).cloned() else { return Ok(()) };
            let mut options = MessagesOptions::forward().from(mark.token.as_str());
            options.limit = uint!(100);
            // What is newer comes with what is heard next.
            options.to = Some(next.to_owned());
            let page = match Box::pin(room.messages(options)).await.map_err(error::delivery) {
                Ok(page) => page,
                Err(DeliveryError::Forbidden | DeliveryError::Gone) => {
                    return self.find_place_again(room, &mark, next).await;
                }
                Err(error) => return Err(Broken::Later(error)),
            };
            let done = mark.event.as_deref().and_then(|last| {
                page.chunk.iter().position(|event| event.event_id().is_some_and(|id| id == last))
            });
            let new = &page.chunk[done.map_or(0, |done| done + 1)..];
            filled += new.len();
            let end = page.end.as_deref();
            self.hear_batch(room, place, new, end.unwrap_or(&mark.token)).await?;
            match end {
                Some(end) if !page.chunk.is_empty() && end != mark.token => {
                    let reached = self.marks.get(&id).cloned().unwrap_or(mark);
                    self.marks.insert(id.clone(), Mark { token: end.to_owned(), event: None, ..reached });
                }
                Some(_) | None => break,
            }
        }
        if filled > 0 {
            tracing::info!(room = %id, events = filled, "read what came meanwhile");
        }
        Ok(())
    }

    /// The server no longer knows the place in its stream; the last event dealt with says where it was.
    async fn find_place_again(&mut self, room: &Room, mark: &Mark, next: &str) -> Result<(), Broken> {
        let id = room.room_id().to_owned();
        let last = mark.event.as_deref().or(mark.last.as_deref());
        let last = last.and_then(|last| <&EventId>::try_from(last).ok());
        let around = match last {
            Some(last) => room.event_with_context(last, true, uint!(0), None).await.ok(),
            None => None,
        };
        let token = around.and_then(|around| around.next_batch_token);
        if token.is_none() {
            tracing::error!(room = %id, "the server lost our place; what came while the bot was away is not read");
        }
        let token = token.unwrap_or_else(|| next.to_owned());
        self.marks.insert(id, Mark { token, event: None, ..mark.clone() });
        Err(Broken::Later(DeliveryError::Unreachable("the place in the stream was found anew".into())))
    }

    /// Everything up to `next` was dealt with.
    async fn move_mark(&mut self, id: &RoomId, place: &Place, next: &str) {
        // The last of it may not have been recorded any more.
        if self.stop.is_cancelled() {
            return;
        }
        let before = self.marks.get(id);
        let mark = Mark {
            token: next.to_owned(),
            event: None,
            last: before.and_then(|mark| mark.last.clone()),
            at: before.map_or_else(|| self.shared.clock.now(), |mark| mark.at),
        };
        let position = mark.position();
        self.marks.insert(id.to_owned(), mark.clone());
        match (place, ChannelId::new(id.as_str())) {
            (Place::Channel(group) | Place::Space(group), Some(channel)) => {
                self.take(Inbound::Read { group: group.clone(), channel, position }).await;
            }
            (Place::Management(_) | Place::Private(_), _) | (_, None) => {
                self.remember(id, &mark).await;
            }
        }
    }

    /// Keeps a mark beside the ledger, which knows channels only, and those late.
    async fn remember(&self, room: &RoomId, mark: &Mark) {
        if let Err(error) = self.shared.memory.put(&mark_key(room), &mark.position().0).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a mark was not kept");
        }
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

    /// Looks at everything that could not be read, once: keys may have come while the bot was away.
    async fn retry_all(&mut self) {
        for (id, place) in self.shared.places.all() {
            if let Place::Channel(group) | Place::Space(group) = place {
                self.retry(&group, &id, |_| true).await;
            }
        }
    }

    /// Looks again at what could not be read and may be opened by a key that came.
    async fn retry_with_keys(&mut self) {
        let mut rooms: BTreeMap<OwnedRoomId, BTreeSet<String>> = BTreeMap::new();
        while let Ok((room, session)) = self.keys.try_recv() {
            rooms.entry(room).or_default().insert(session);
        }
        for (id, sessions) in rooms {
            if let Some(Place::Channel(group) | Place::Space(group)) = self.shared.places.get(&id) {
                let came =
                    |session: Option<&String>| session.is_none_or(|session| sessions.contains(session));
                self.retry(&group, &id, came).await;
            }
        }
    }

    /// Looks again at what could not be read in a room, as far as `may_open` says of the key to it, where that is known.
    async fn retry(&mut self, group: &GroupId, id: &RoomId, may_open: impl Fn(Option<&String>) -> bool) {
        let Some(room) = self.shared.joined(id) else { return };
        let unread = match self.intake.unread(group).await {
            Ok(unread) => unread,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "what was unread was not told");
                return;
            }
        };
        let Some(mark) = self.marks.get(id).cloned() else { return };
        for (channel, post) in unread {
            if channel.as_str() != id.as_str() || !may_open(self.unread.get(&post)) {
                continue;
            }
            if let Err(Broken::Later(error)) = self.read_again(group, &room, &post, &mark).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "an event was not read again");
            }
        }
    }
}

fn mark_key(room: &RoomId) -> String {
    format!("beadle/mark/{room}")
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
