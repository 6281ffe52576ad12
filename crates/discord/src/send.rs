//! Messages of the bot's: put up once, found again after a crash, changed when they turn out to be wrong.

use std::collections::VecDeque;

use platform::{Asked, Effect, EffectId, IntakeError, Receipt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::Shared;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::{self, Outgoing};
use crate::memory::About;
use crate::rest::{Request, Route};

/// How many messages are looked through for one that may stand there already, and how many are remembered of the bot's:
/// one page.
const LOOKED_THROUGH: usize = 100;

/// Some parts of a letter are up and others are not, so that it is not known to be there.
#[derive(Debug, thiserror::Error)]
#[error("a part of the letter could not be sent")]
struct InPart(#[source] RestError);

/// A message that the bot wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    /// As what.
    effect: i64,
    message: u64,
}

impl Shared {
    /// Puts up what an effect says. Asked for again after an answer was lost, it looks first which parts of it stand there.
    ///
    /// # Errors
    /// What Discord refused, before anything was put up; [`RestError::Unanswered`] when a part is up.
    pub(crate) async fn post(
        &self,
        channel: Snowflake,
        effect: Effect,
        parts: &[Outgoing],
        rows: &[Value],
    ) -> Result<Receipt, RestError> {
        let standing = match effect.asked {
            Asked::Never => Vec::new(),
            Asked::Perhaps => {
                let written = self.written(channel).await?;
                if written.iter().any(|written| written.effect == effect.id.0) {
                    return Ok(Receipt::AlreadyDone);
                }
                self.standing(channel, parts, &written).await?
            }
        };
        let mut messages = Vec::new();
        let mut sent = false;
        for (number, body) in letters::bodies(parts, effect.id, rows).into_iter().enumerate() {
            if let Some(Some(message)) = standing.get(number) {
                messages.push(*message);
                continue;
            }
            let request = Request::post(Route::channel(channel).at("messages")).json(body);
            match self.rest.call(request).await {
                Ok(message) => {
                    sent = true;
                    messages.extend(json::id(&message, "id"));
                }
                Err(error) if sent || !messages.is_empty() => {
                    return Err(RestError::Unanswered(Box::new(InPart(error))));
                }
                Err(error) => return Err(error),
            }
        }
        if let Err(error) = self.note_written(channel, effect, &messages).await {
            // For as long as it is among the last in its channel, it is known again by what it says.
            tracing::warn!(error = &error as &dyn std::error::Error, "where a letter stands was not noted");
        }
        Ok(if sent { Receipt::Done } else { Receipt::AlreadyDone })
    }

    /// Puts what an effect says in the place of what was written in this channel as an earlier one; nothing when the bot
    /// knows of no such letter there.
    ///
    /// # Errors
    /// What Discord refused, before anything was changed; [`RestError::Unanswered`] when a part is.
    pub(crate) async fn rewrite(
        &self,
        channel: Snowflake,
        (effect, earlier): (Effect, EffectId),
        parts: &[Outgoing],
        rows: &[Value],
    ) -> Result<Option<Receipt>, RestError> {
        let written = self.written(channel).await?;
        if written.iter().any(|written| written.effect == effect.id.0) {
            return Ok(Some(Receipt::AlreadyDone));
        }
        let stood = written.iter().filter(|written| written.effect == earlier.0);
        let stood: Vec<Snowflake> = stood.filter_map(|written| Snowflake::new(written.message)).collect();
        if stood.is_empty() || parts.is_empty() {
            return Ok(None);
        }
        // It may have become longer, and the rest of it stand there.
        let standing = match effect.asked {
            Asked::Perhaps if parts.len() > stood.len() => self.standing(channel, parts, &written).await?,
            Asked::Perhaps | Asked::Never => Vec::new(),
        };
        let mut messages = Vec::new();
        let sent = letters::bodies(parts, effect.id, rows);
        for (number, (body, sent)) in letters::edits(parts, rows).into_iter().zip(sent).enumerate() {
            let message = match (stood.get(number), standing.get(number)) {
                (Some(message), _) => {
                    self.change(channel, *message, body, (number > 0).then_some(sent)).await
                }
                (None, Some(Some(message))) => Ok(Some(*message)),
                (None, Some(None) | None) => self.put_up(channel, sent).await,
            };
            match message {
                Ok(message) => messages.extend(message),
                Err(error) if number > 0 => return Err(RestError::Unanswered(Box::new(InPart(error)))),
                Err(error) => return Err(error),
            }
        }
        for left_over in stood.iter().skip(parts.len()) {
            let route = Route::channel(channel).at("messages").one(*left_over);
            match self.rest.call(Request::delete(route)).await {
                Err(error) if error.code() != Some(Code::UnknownMessage) => {
                    return Err(RestError::Unanswered(Box::new(InPart(error))));
                }
                Ok(_) | Err(_) => {}
            }
        }
        if let Err(error) = self.note_rewritten(channel, effect, earlier, &messages).await {
            // Asked again, it changes the same messages once more.
            tracing::warn!(error = &error as &dyn std::error::Error, "what a letter became was not noted");
        }
        Ok(Some(Receipt::Done))
    }

    /// Changes a message, or puts up another where it is gone, if there is one for that.
    async fn change(
        &self,
        channel: Snowflake,
        message: Snowflake,
        body: Value,
        otherwise: Option<Value>,
    ) -> Result<Option<Snowflake>, RestError> {
        let route = Route::channel(channel).at("messages").one(message);
        match (self.rest.call(Request::patch(route).json(body)).await, otherwise) {
            (Ok(_), _) => Ok(Some(message)),
            (Err(error), Some(other)) if error.code() == Some(Code::UnknownMessage) => {
                self.put_up(channel, other).await
            }
            (Err(error), _) => Err(error),
        }
    }

    async fn put_up(&self, channel: Snowflake, body: Value) -> Result<Option<Snowflake>, RestError> {
        let request = Request::post(Route::channel(channel).at("messages")).json(body);
        Ok(json::id(&self.rest.call(request).await?, "id"))
    }

    /// What the bot wrote in a channel of late.
    async fn written(&self, channel: Snowflake) -> Result<VecDeque<Written>, RestError> {
        let written = self.memory.get(About::Written(channel)).await;
        // Nothing was asked of Discord yet.
        Ok(written.map_err(|error| RestError::Unreachable(Box::new(error)))?.unwrap_or_default())
    }

    async fn note_written(
        &self,
        channel: Snowflake,
        effect: Effect,
        messages: &[Snowflake],
    ) -> Result<(), IntakeError> {
        self.note_rewritten(channel, effect, effect.id, messages).await
    }

    /// Notes what stands where an earlier letter did.
    async fn note_rewritten(
        &self,
        channel: Snowflake,
        effect: Effect,
        earlier: EffectId,
        messages: &[Snowflake],
    ) -> Result<(), IntakeError> {
        let _alone = self.noting.lock().await;
        let about = About::Written(channel);
        let mut written: VecDeque<Written> = self.memory.get(about).await?.unwrap_or_default();
        written.retain(|written| written.effect != earlier.0);
        written.extend(
            messages.iter().map(|message| Written { effect: effect.id.0, message: message.number() }),
        );
        while written.len() > LOOKED_THROUGH {
            written.pop_front();
        }
        self.memory.put(about, &written).await
    }

    /// Which parts of a letter stand at the end of a channel, as the bot's own and as nothing else that it wrote: two
    /// letters may say the same.
    async fn standing(
        &self,
        channel: Snowflake,
        parts: &[Outgoing],
        written: &VecDeque<Written>,
    ) -> Result<Vec<Option<Snowflake>>, RestError> {
        let route = Route::channel(channel).at("messages").with("limit", LOOKED_THROUGH);
        let messages = match self.rest.call(Request::get(route)).await {
            // Where it cannot read, it cannot have been refused to write for that.
            Err(error) if error.refusal().is_some() => return Ok(vec![None; parts.len()]),
            answer => answer?,
        };
        let mut own: Vec<(&str, Snowflake)> = messages
            .as_array()
            .into_iter()
            .flatten()
            .filter(|message| {
                json::at(message, &["author"]).and_then(|author| json::id(author, "id")) == Some(self.me)
            })
            .filter_map(|message| Some((json::text(message, "content")?, json::id(message, "id")?)))
            .filter(|(_, id)| !written.iter().any(|written| written.message == id.number()))
            .collect();
        let found = parts.iter().map(|part| {
            let at = own.iter().position(|(content, _)| content.trim() == part.content().trim())?;
            Some(own.swap_remove(at).1)
        });
        Ok(found.collect())
    }
}
