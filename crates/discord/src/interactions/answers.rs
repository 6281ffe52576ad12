//! How an interaction is answered: at once, or with a promise and then the answer, to whoever asked alone.

use std::time::Duration;

use policy::Letter;
use serde_json::{Value, json};

use crate::account::Shared;
use crate::buttons::rows;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::{self, EPHEMERAL};
use crate::pace::{back_off, millis};
use crate::rest::{Request, Route};
use crate::settings::GroupSettings;

/// The callbacks of Discord that are used here.
const MESSAGE: u8 = 4;
const PROMISE: u8 = 5;
const AUTOCOMPLETE: u64 = 4;

/// For how long parts of an answer are sent: Discord takes them for 15 minutes.
const LIFE: Duration = Duration::from_secs(14 * 60);
/// How often one part is sent of which no answer came.
const TRIES_MAX: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// What stands for a part of an answer that Discord does not take.
const NOT_SHOWN: &str = "A part of my answer cannot be shown here.";

/// Somebody waits for an answer. Shown nowhere, for with its token anybody speaks as the bot.
pub(super) struct Turn {
    id: Snowflake,
    token: String,
    kind: u64,
}

impl Turn {
    /// How an interaction is answered; nothing for one that cannot be.
    pub(super) fn read(interaction: &Value) -> Option<Self> {
        let token = json::text(interaction, "token")?.to_owned();
        Some(Self { id: json::id(interaction, "id")?, token, kind: json::number(interaction, "type")? })
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Whether it is somebody typing, who can be shown suggestions and nothing else.
    pub(super) fn wants_suggestions(&self) -> bool {
        self.kind == AUTOCOMPLETE
    }
}

impl Shared {
    /// Gives the first answer. Gives whether Discord took it, as the only one.
    pub(super) async fn respond(&self, turn: &Turn, body: Value) -> bool {
        let mut may_be_there = false;
        loop {
            let route = Route::to("interactions").one(turn.id).one(&turn.token).at("callback");
            let Err(error) = self.rest.call(Request::post(route).json(body.clone())).await else {
                return true;
            };
            match error.code() {
                Some(Code::AlreadyAnswered) if may_be_there => return true,
                Some(Code::AlreadyAnswered) => {
                    tracing::debug!("an interaction was told of twice");
                    return false;
                }
                Some(Code::UnknownInteraction) => {
                    tracing::info!(
                        "an interaction came too late to be carried out; its user was told that it failed"
                    );
                    return false;
                }
                _ => {}
            }
            if may_be_there || !matches!(error, RestError::Unanswered(_)) {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "an interaction could not be answered"
                );
                return false;
            }
            may_be_there = true;
        }
    }

    /// Promises an answer that only whoever asked will see. Gives whether they wait for it.
    pub(super) async fn promise(&self, turn: &Turn) -> bool {
        // What was promised so stays so.
        self.respond(turn, json!({ "type": PROMISE, "data": { "flags": EPHEMERAL } })).await
    }

    /// Says at once why nothing comes of it.
    pub(super) async fn refuse(&self, turn: &Turn, why: &str) {
        for part in letters::letter(&Letter::line(why), &|_| None).iter().take(1) {
            self.respond(turn, json!({ "type": MESSAGE, "data": part.answer(&[]) })).await;
        }
    }

    /// Keeps a promise, with what can be pressed where it is an answer of a group's.
    ///
    /// Each part is a message of its own, also the first: Discord puts whichever comes first in the place of the promise.
    /// A letter that was refused before may come between, and would be lost if that place were written to again.
    pub(super) async fn keep(&self, turn: &Turn, of: Option<&GroupSettings>, letter: &Letter) {
        let parts = letters::letter(letter, &|word| of.and_then(|of| self.mentioned(of.server.0, word)));
        let rows = of.map(|of| rows(&letter.offers, &of.group)).unwrap_or_default();
        let last = parts.len().saturating_sub(1);
        let until = self.pace.steady_ms().saturating_add(millis(LIFE));
        for (number, part) in parts.iter().enumerate() {
            let body = part.answer(if number == last { &rows } else { &[] });
            let Err(error) = self.follow_up(turn, body, until).await else { continue };
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer could not be shown");
            if error.refusal().is_none() || self.is_over(&error) {
                return;
            }
            for part in letters::letter(&Letter::line(NOT_SHOWN), &|_| None) {
                if self.follow_up(turn, part.answer(&[]), until).await.is_err() {
                    return;
                }
            }
        }
    }

    /// Whether nothing more is taken for an interaction.
    fn is_over(&self, error: &RestError) -> bool {
        matches!(
            error.code(),
            Some(Code::UnknownWebhook | Code::InvalidWebhookToken | Code::UnknownInteraction)
        )
    }

    /// Sends a message, with the patience that there is until `until`. Sent twice, it harms nobody.
    async fn follow_up(&self, turn: &Turn, body: Value, until: i64) -> Result<(), RestError> {
        let mut failures = 0;
        loop {
            let route = Route::to("webhooks").one(self.application).one(&turn.token);
            let error = match self.rest.call(Request::post(route).json(body.clone())).await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            let wait = match &error {
                RestError::RateLimited(wait) | RestError::NotYet(wait) => *wait,
                RestError::Unanswered(_) | RestError::Unreachable(_) if failures + 1 < TRIES_MAX => {
                    failures += 1;
                    back_off(FIRST_PAUSE, LONGEST_PAUSE, failures - 1, self.pace.chance())
                }
                _ => return Err(error),
            };
            let next = self.pace.steady_ms().saturating_add(millis(wait).max(1));
            if next > until {
                return Err(error);
            }
            self.pace.until(next).await;
        }
    }
}
