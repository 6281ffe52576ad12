//! The officers' board: one message in their channel that always says what waits.
//!
//! It is changed in its place, and only when there is something else to say. So that it is found it is pinned, where the
//! bot may do that; elsewhere it is put up anew when much was said below it. When it is gone it is put up again.

mod face;
mod plan;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use platform::{DeliveryError, Desk, IntakeError};
use policy::GroupId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::account::Shared;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::memory::{About, Stands};
use crate::pace::back_off;
use crate::rest::{Request, Route, Urgency};
use face::Face;
use plan::Plan;

/// From so many newer messages on, a board that is not pinned is put up anew.
const BELOW_MAX: usize = 20;
/// A board that cannot be changed for longer than this is put up anew: Discord lets old messages be changed only so often.
const PATIENCE: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);
/// `SUPPRESS_NOTIFICATIONS`: nobody's device makes a sound.
pub(crate) const SILENT: u64 = 1 << 12;
/// So many boards are shown at once.
const AT_ONCE: usize = 8;

/// Which boards have to be looked at when.
#[derive(Debug, Default)]
pub(crate) struct Boards {
    plan: Mutex<Plan>,
    changed: Notify,
}

impl Boards {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A board as it was put up last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Hung {
    stands: Stands,
    /// Tells what it says from anything else; empty when that is not known.
    says: String,
    /// Nothing until it was tried.
    is_pinned: Option<bool>,
    /// The one before, which is still to be taken down.
    before: Option<Stands>,
}

/// Why a board does not say what it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BoardError {
    /// The server is not known yet.
    #[error("the server is not known yet")]
    NotYet(#[source] DeliveryError),
    /// What waits cannot be read, or where the board hangs.
    #[error(transparent)]
    Record(#[from] IntakeError),
    /// Discord does not take it.
    #[error(transparent)]
    Discord(#[from] RestError),
}

impl BoardError {
    /// How long nothing else comes of it at least.
    fn wait(&self) -> Duration {
        match self {
            Self::NotYet(DeliveryError::RateLimited(wait))
            | Self::Discord(RestError::RateLimited(wait) | RestError::NotYet(wait)) => *wait,
            Self::NotYet(_) | Self::Discord(_) | Self::Record(_) => Duration::ZERO,
        }
    }
}

impl Shared {
    /// What a group's board says may be something else now.
    pub(crate) fn board_changed(&self, group: &GroupId) {
        if self.groups.contains_key(group) {
            self.boards.plan().changed(group, self.pace.steady_ms());
            self.boards.changed.notify_one();
        }
    }

    /// Messages were deleted: a board among them is put up again.
    pub(crate) fn board_gone(&self, messages: &[Snowflake]) {
        let now = self.pace.steady_ms();
        let is_one = messages.iter().any(|message| self.boards.plan().gone(*message, now));
        if is_one {
            self.boards.changed.notify_one();
        }
    }

    /// Keeps all boards as they should be until `stop`. None waits for one that Discord does not take.
    pub(crate) async fn run_boards(&self, desk: &Arc<dyn Desk>, stop: &CancellationToken) {
        for group in self.groups.keys() {
            self.board_changed(group);
        }
        let mut shown = FuturesUnordered::new();
        while !stop.is_cancelled() {
            let now = self.pace.steady_ms();
            let next = self.boards.plan().next().filter(|_| shown.len() < AT_ONCE);
            let at = match next {
                Some((group, at)) if at <= now => {
                    self.boards.plan().begun(&group, now);
                    shown.push(async move { self.keep_board(desk, &group).await });
                    continue;
                }
                Some((_, at)) => at,
                None => i64::MAX,
            };
            tokio::select! {
                () = stop.cancelled() => {}
                Some(()) = shown.next() => {}
                () = self.boards.changed.notified() => {}
                () = self.pace.until(at) => {}
            }
        }
        // What was begun is finished.
        while shown.next().await.is_some() {}
    }

    async fn keep_board(&self, desk: &Arc<dyn Desk>, group: &GroupId) {
        let Err(error) = self.show_board(desk, group).await else {
            self.boards.plan().shown(group);
            return;
        };
        let now = self.pace.steady_ms();
        let chance = self.pace.chance();
        let wait = |failures| back_off(FIRST_PAUSE, LONGEST_PAUSE, failures, chance).max(error.wait());
        self.boards.plan().failed(group, now, wait);
        let (group, error) = (group.as_str(), &error);
        match error {
            BoardError::NotYet(_) => {}
            BoardError::Discord(RestError::Refused(_)) => tracing::warn!(
                group,
                error = error as &dyn std::error::Error,
                "the officers' board cannot say what waits: the bot has to see the officers' channel, write in it and read \
                 what was written before. It is tried again"
            ),
            BoardError::Record(_) | BoardError::Discord(_) => tracing::warn!(
                group,
                error = error as &dyn std::error::Error,
                "the officers' board does not say yet what waits; it is tried again"
            ),
        }
    }

    /// Has a group's board say what waits now.
    ///
    /// # Errors
    /// When that could not be read, or Discord did not take it.
    pub(crate) async fn show_board(&self, desk: &Arc<dyn Desk>, group: &GroupId) -> Result<(), BoardError> {
        let Some(settings) = self.groups.get(group) else { return Ok(()) };
        self.servers.has_come(settings.server.0).map_err(BoardError::NotYet)?;
        let mentions = |word: &str| self.mentioned(settings.server.0, word);
        let Some(face) = Face::of(&desk.board(group).await?, group, &mentions) else { return Ok(()) };
        let channel = settings.officers_channel.0;
        let about = About::Board(group);
        let mut hung = self.memory.get::<Hung>(about).await?;
        if let Some(known) = &mut hung {
            self.finish(group, known).await?;
            if known.stands.channel == channel && self.still_hangs(group, known, &face).await? {
                self.boards.plan().hangs(group, known.stands.message);
                return Ok(());
            }
        }
        self.hang(group, channel, &face, hung.map(|hung| hung.stands)).await
    }

    /// Does what was left to do when a board was put up: it is pinned, and the one before it taken down.
    async fn finish(&self, group: &GroupId, hung: &mut Hung) -> Result<(), BoardError> {
        let about = About::Board(group);
        if hung.is_pinned.is_none() {
            hung.is_pinned = Some(self.pin(hung.stands).await?);
            self.memory.put(about, hung).await?;
        }
        if let Some(before) = hung.before {
            self.take_down(before).await?;
            hung.before = None;
            self.memory.put(about, hung).await?;
        }
        Ok(())
    }

    /// Has the board that is there say what it should; gives whether it is there, where it is found.
    async fn still_hangs(&self, group: &GroupId, known: &Hung, face: &Face) -> Result<bool, BoardError> {
        let says = face.digest();
        let is_seen = self.boards.plan().is_hanging(group, known.stands.message);
        if is_seen && known.says == says {
            return Ok(true);
        }
        let changed = match known.says == says {
            // It is as it was; after a start it is looked whether it still is at all.
            true => self.look(known.stands).await,
            false if known.is_pinned != Some(true) && self.is_buried(known.stands).await? => {
                return Ok(false);
            }
            false => self.revise(known.stands, face).await,
        };
        let found = match changed {
            Ok(found) => found,
            Err(error) if is_gone(&error) => return Ok(false),
            Err(RestError::NotYet(wait)) if wait > PATIENCE => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let now = Hung { says, is_pinned: Some(json::is_true(&found, "pinned")), ..known.clone() };
        if now != *known {
            self.memory.put(About::Board(group), &now).await?;
        }
        Ok(true)
    }

    async fn look(&self, stands: Stands) -> Result<Value, RestError> {
        self.rest.call(Request::get(message(stands)).urgency(Urgency::Upkeep)).await
    }

    async fn revise(&self, stands: Stands, face: &Face) -> Result<Value, RestError> {
        let revise =
            |body| self.rest.call(Request::patch(message(stands)).json(body).urgency(Urgency::Upkeep));
        match revise(face.body()).await {
            Err(error) if error.is_held_up() => revise(face.bare_body()).await,
            done => done,
        }
    }

    /// Whether much was said below.
    async fn is_buried(&self, stands: Stands) -> Result<bool, RestError> {
        let route = Route::channel(stands.channel).at("messages");
        let route = route.with("after", stands.message).with("limit", BELOW_MAX);
        match self.rest.call(Request::get(route)).await {
            Ok(below) => Ok(below.as_array().is_some_and(|below| below.len() >= BELOW_MAX)),
            Err(error) if error.refusal().is_some() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Puts a board up, and takes the one before it down.
    async fn hang(
        &self,
        group: &GroupId,
        channel: Snowflake,
        face: &Face,
        before: Option<Stands>,
    ) -> Result<(), BoardError> {
        // Put up again after a crash, it does not hang there twice. Of all that the bot writes anywhere, the one before tells it
        // apart, and the first its channel.
        let nonce = match before {
            Some(before) => format!("q{:x}", before.message.number()),
            None => format!("f{:x}", channel.number()),
        };
        let post = |mut body: Value| {
            body["nonce"] = json!(nonce);
            body["enforce_nonce"] = json!(true);
            body["flags"] = json!(json::flags(&body, "flags") | SILENT);
            let request = Request::post(Route::channel(channel).at("messages")).json(body);
            self.rest.call(request.urgency(Urgency::Upkeep))
        };
        let posted = match post(face.body()).await {
            Err(error) if error.is_held_up() => post(face.bare_body()).await?,
            posted => posted?,
        };
        let id = json::id(&posted, "id").ok_or(RestError::Setup("Discord put up a board without a name"))?;
        let stands = Stands { channel, message: id };
        // It may be one that was put up before a crash and said something else.
        let says = if face.is_said_by(&posted) { face.digest() } else { String::new() };
        let is_old = says.is_empty();
        let before = before.filter(|before| *before != stands);
        let mut hung = Hung { stands, says, is_pinned: None, before };
        self.memory.put(About::Board(group), &hung).await?;
        self.boards.plan().hangs(group, stands.message);
        self.finish(group, &mut hung).await?;
        if is_old {
            self.board_changed(group);
        }
        Ok(())
    }

    /// Pins the board, if the bot may.
    async fn pin(&self, stands: Stands) -> Result<bool, RestError> {
        let route = Route::channel(stands.channel).at("messages").at("pins").one(stands.message);
        match self.rest.call(Request::put(route).urgency(Urgency::Upkeep)).await {
            Ok(_) => Ok(true),
            Err(error) if error.refusal().is_some() => {
                tracing::info!(
                    error = &error as &dyn std::error::Error,
                    "the officers' board is not pinned, but put up anew when much was said below it; with the permission \
                     to pin messages it would stay where it is"
                );
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Takes something down that the bot put up, such as a board that another one stands for.
    pub(crate) async fn take_down(&self, stands: Stands) -> Result<(), RestError> {
        match self.rest.call(Request::delete(message(stands)).urgency(Urgency::Upkeep)).await {
            Err(error) if error.refusal().is_none() => Err(error),
            // Whatever is in the way there, nothing will come of trying again.
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

pub(crate) fn message(stands: Stands) -> Route {
    Route::channel(stands.channel).at("messages").one(stands.message)
}

pub(crate) fn is_gone(error: &RestError) -> bool {
    matches!(error.code(), Some(Code::UnknownMessage | Code::UnknownChannel))
}

#[cfg(test)]
mod tests;
