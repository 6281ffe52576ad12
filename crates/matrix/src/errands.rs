//! Small things that the bot does at once and that follow from no decision: an answer to whoever asked, a sign that a
//! command was heard, a private room for somebody who came in.
//!
//! They are not recorded. Somebody who got no answer asks again. Under the server's limits they wait for their turn. Only
//! what is to be taken away is remembered until it was.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use matrix_sdk::ruma::events::reaction::ReactionEventContent;
use matrix_sdk::ruma::events::relation::Annotation;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedRoomId, OwnedTransactionId, RoomId};
use platform::DeliveryError;
use policy::{GroupId, Letter, MemberId, MessageText, PostId};
use serde_json::json;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;

use crate::account::Shared;
use crate::error;
use crate::letters;
use crate::outbound::event_id;
use crate::places::Private;
use crate::send::Mail;

/// One of them.
#[derive(Debug)]
pub(crate) enum Errand {
    /// Writes to whoever asked, in private.
    Answer {
        group: GroupId,
        to: MemberId,
        letter: Letter,
        /// What they asked in, so that a repeated answer is the same one.
        about: OwnedEventId,
    },
    /// Asks whether a command is meant, to be answered with a reaction.
    Ask { group: GroupId, to: MemberId, line: MessageText, about: OwnedEventId },
    /// Shows that something was heard.
    React { room: OwnedRoomId, event: OwnedEventId, sign: &'static str },
    /// Takes away what was meant for the bot alone: a report.
    TakeAway { room: OwnedRoomId, event: OwnedEventId },
    /// Accepts an invitation that could not be accepted at once.
    Accept { room: OwnedRoomId },
    /// Declines an invitation.
    Decline {
        room: OwnedRoomId,
        /// Who wants a private conversation, if it is to one.
        asked_by: Option<MemberId>,
    },
    /// Keeps everybody out of a room that joined the group whom the bot keeps out of the others.
    CarryOver { group: GroupId, room: OwnedRoomId },
    /// Opens the private room of a member, who asked for it or has come in.
    Open { group: GroupId, member: MemberId, was_asked_for: bool },
}

/// So many wait at most.
const WAITING_MAX: usize = 1024;
/// An errand is given up after so many tries.
const TRIES_MAX: u32 = 12;
/// The first wait after a failure; it doubles.
const WAIT_MIN: Duration = Duration::from_secs(1);
/// The longest wait.
const WAIT_MAX: Duration = Duration::from_secs(5 * 60);

/// The errands that wait.
#[derive(Debug)]
pub(crate) struct Errands {
    new: Sender<Errand>,
    waiting: Mutex<Option<Receiver<Errand>>>,
}

impl Default for Errands {
    fn default() -> Self {
        let (new, waiting) = channel(WAITING_MAX);
        Self { new, waiting: Mutex::new(Some(waiting)) }
    }
}

impl Errands {
    pub(crate) fn send(&self, errand: Errand) {
        // Whoever runs them is gone only when the program ends.
        if let Err(TrySendError::Full(_)) = self.new.try_send(errand) {
            tracing::warn!("an errand was given up, for too many wait");
        }
    }
}

/// An errand, and how often it was tried.
#[derive(Debug)]
struct Tried {
    errand: Errand,
    tries: u32,
    /// When it is tried next, as the clock counts that never goes back.
    due_ms: i64,
}

impl Shared {
    /// Runs errands one after the other until `stop`. One that does not succeed lets others go first.
    pub(crate) async fn run_errands(&self, stop: CancellationToken) {
        let waiting = self.errands.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut waiting) = waiting else { return };
        let mut later = Vec::new();
        loop {
            let next = tokio::select! {
                () = stop.cancelled() => return,
                next = self.next_errand(&mut waiting, &mut later) => next,
            };
            let Some(next) = next else { return };
            tokio::select! {
                () = stop.cancelled() => return,
                unfinished = self.run_errand(next, &stop) => later.extend(unfinished),
            }
            if later.len() > WAITING_MAX {
                later.remove(0);
                tracing::warn!("an errand was given up, for too many wait");
            }
        }
    }

    async fn next_errand(&self, waiting: &mut Receiver<Errand>, later: &mut Vec<Tried>) -> Option<Tried> {
        let new = |errand| Tried { errand, tries: 0, due_ms: 0 };
        let first = later.iter().enumerate().min_by_key(|(_, tried)| tried.due_ms);
        let Some((place, due_ms)) = first.map(|(place, tried)| (place, tried.due_ms)) else {
            return waiting.recv().await.map(new);
        };
        let wait = u64::try_from(due_ms.saturating_sub(self.clock.steady_ms())).unwrap_or(0);
        if wait > 0
            && let Ok(errand) = tokio::time::timeout(Duration::from_millis(wait), waiting.recv()).await
        {
            return errand.map(new);
        }
        Some(later.remove(place))
    }

    /// Tries an errand; gives it back where the server did not answer. Under the server's limits it waits here, for they
    /// are on the others as well.
    async fn run_errand(&self, mut tried: Tried, stop: &CancellationToken) -> Option<Tried> {
        while tried.tries < TRIES_MAX {
            let outcome = self.try_errand(&tried.errand).await;
            let tries = tried.tries;
            tried.tries += 1;
            match outcome {
                Ok(()) => return None,
                Err(DeliveryError::RateLimited(wait) | DeliveryError::NotYet(wait)) => {
                    if tokio::time::timeout(wait, stop.cancelled()).await.is_ok() {
                        return None;
                    }
                }
                Err(DeliveryError::Unreachable(_) | DeliveryError::Unanswered(_)) => {
                    let wait = WAIT_MIN.saturating_mul(1 << tries).min(WAIT_MAX);
                    let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                    tried.due_ms = self.clock.steady_ms().saturating_add(wait_ms);
                    return Some(tried);
                }
                Err(error) => {
                    tracing::info!(error = &error as &dyn std::error::Error, "an errand was refused");
                    return None;
                }
            }
        }
        tracing::warn!("an errand was given up");
        None
    }

    async fn try_errand(&self, errand: &Errand) -> Result<(), DeliveryError> {
        match errand {
            Errand::Answer { group, to, letter, about } => {
                let room = self.open(&private(group, to), &[], true).await?;
                self.post(&room, &Mail::text(format!("answer-{about}"), letters::letter(letter))).await
            }
            Errand::Ask { group, to, line, about } => {
                let room = self.open(&private(group, to), &[], true).await?;
                let question = Letter::line("React with \u{2705} to this message if this is what you want:")
                    .quote(line.clone())
                    .text("Until then, nothing is done.");
                let asked = json!({ "line": line.expose() });
                let mail = Mail::text(format!("ask-{about}"), letters::letter(&question));
                self.post(&room, &mail.with(ASKED, asked)).await
            }
            Errand::React { room, event, sign } => {
                let Some(room) = self.joined(room) else { return Ok(()) };
                let content = ReactionEventContent::new(Annotation::new(event.clone(), (*sign).to_owned()));
                let name = OwnedTransactionId::from(format!("sign-{event}"));
                let sent = room.send(content).with_transaction_id(name).await;
                sent.map(|_| ()).map_err(error::delivery)
            }
            Errand::TakeAway { room: id, event } => {
                let name = OwnedTransactionId::from(format!("away-{event}"));
                if let Some(room) = self.joined(id) {
                    room.redact(event, None, Some(name)).await.map_err(error::http)?;
                }
                self.is_taken_away(id, event).await;
                Ok(())
            }
            Errand::Accept { room } => self.accept(room).await,
            Errand::Decline { room, asked_by } => self.decline(room, asked_by.as_ref()).await,
            Errand::CarryOver { group, room } => self.carry_over(group, room).await,
            Errand::Open { group, member, was_asked_for } => {
                let wanted = private(group, member);
                let is_new = self.places.private(&wanted).is_empty();
                let room = self.open(&wanted, &[], *was_asked_for).await?;
                if !is_new && !was_asked_for {
                    return Ok(());
                }
                let name = self.groups.get(group).map_or("", |group| group.name.as_str());
                let greeting = Letter::line(format!(
                    "This room is for you and the bot that looks after the rules of {name}. What it has to tell you, it \
                     tells you here."
                ))
                .text("Write `help` to see what you can ask it.");
                let mail = Mail::text(format!("greeting-{}", room.room_id()), letters::letter(&greeting));
                self.post(&room, &mail).await
            }
        }
    }
}

/// What is still to be taken away: rooms and events.
type ToTakeAway = Vec<(OwnedRoomId, OwnedEventId)>;

/// Where that is remembered.
const TO_TAKE_AWAY: &str = "beadle/to-take-away";

impl Shared {
    /// Takes away what was meant for the bot alone, now or after a restart.
    pub(crate) async fn take_away(&self, room: &RoomId, event: &PostId) {
        let Some(event) = event_id(event) else { return };
        self.change_to_take_away(|all| all.push((room.to_owned(), event.clone()))).await;
        self.errands.send(Errand::TakeAway { room: room.to_owned(), event });
    }

    /// Goes on with what earlier runs left to be taken away.
    pub(crate) async fn take_the_rest_away(&self) {
        let all: ToTakeAway = self.memory.get(TO_TAKE_AWAY).await.ok().flatten().unwrap_or_default();
        for (room, event) in all {
            self.errands.send(Errand::TakeAway { room, event });
        }
    }

    async fn is_taken_away(&self, room: &RoomId, event: &EventId) {
        self.change_to_take_away(|all| all.retain(|(of, which)| of != room || which != event)).await;
    }

    async fn change_to_take_away(&self, change: impl FnOnce(&mut ToTakeAway)) {
        if let Err(error) = self.memory.change(TO_TAKE_AWAY, change).await {
            tracing::error!(error = &error as &dyn std::error::Error, "not remembered as to be taken away");
        }
    }
}

/// The field of a question that says what was asked.
pub(crate) const ASKED: &str = "app.beadle.asked";

fn private(group: &GroupId, member: &MemberId) -> Private {
    Private { group: group.clone(), member: member.clone(), with_officers: false }
}
