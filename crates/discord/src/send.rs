//! Messages of the bot's: put up once, found again after a crash, changed when they turn out to be wrong.

use std::collections::VecDeque;

use platform::{Asked, Effect, EffectId, IntakeError, Receipt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::Shared;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::{self, LetterId, Outgoing};
use crate::memory::About;
use crate::rest::{Request, Route, Urgency};

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
    letter: LetterId,
    message: Snowflake,
}

/// A letter that is to stand somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    /// By what it is known again.
    pub(crate) id: LetterId,
    /// Whether it may have been sent before.
    asked: Asked,
}

impl From<Effect> for Said {
    fn from(effect: Effect) -> Self {
        Self { id: LetterId::Of(effect.id), asked: effect.asked }
    }
}

impl Said {
    /// What is said besides when an effect is carried out.
    pub(crate) fn beside(effect: Effect) -> Self {
        Self { id: LetterId::Beside(effect.id), asked: effect.asked }
    }
}

/// A letter while it is put up: which message stands for which of its parts.
#[derive(Debug, Default)]
struct Laid {
    messages: Vec<Option<Snowflake>>,
    /// Whether a part was put up or changed.
    is_new: bool,
}

impl Laid {
    fn stands(&self) -> impl Iterator<Item = Snowflake> {
        self.messages.iter().copied().flatten()
    }
}

impl Shared {
    /// Puts up a letter, in the first of these wordings that the server's own filter lets through to its last
    /// part. Asked for again after an answer was lost, it looks first which parts of it stand there.
    ///
    /// # Errors
    /// What Discord refused; nothing of it stands there then. [`RestError::Unanswered`] when a part may be up.
    pub(crate) async fn post(
        &self,
        channel: Snowflake,
        said: Said,
        wordings: &[Vec<Outgoing>],
        rows: &[Value],
    ) -> Result<Receipt, RestError> {
        let own = match said.asked {
            Asked::Never => Vec::new(),
            Asked::Perhaps => {
                let written = self.written(channel).await?;
                if written.iter().any(|written| written.letter == said.id) {
                    return Ok(Receipt::AlreadyDone);
                }
                self.own(channel, &written).await?
            }
        };
        let mut laid = Laid::default();
        let Err(error) = self.lay(channel, said, wordings, rows, &mut laid, &own).await else {
            let messages: Vec<Snowflake> = laid.stands().collect();
            if let Err(error) = self.note_written(channel, (said.id, said.id), &messages).await {
                // For as long as it is among the last in its channel, it is known again by what it says.
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "where a letter stands was not noted"
                );
            }
            return Ok(if laid.is_new { Receipt::Done } else { Receipt::AlreadyDone });
        };
        if laid.stands().next().is_none() && !laid.is_new {
            return Err(error);
        }
        if error.refusal().is_none() {
            return Err(RestError::Unanswered(Box::new(InPart(error))));
        }
        // Half of it is not left standing where the rest is never taken.
        for message in laid.stands() {
            self.take_away(channel, message).await.map_err(|error| RestError::Unanswered(Box::new(error)))?;
        }
        Err(error)
    }

    /// Puts a letter in the place of what was written in this channel for an earlier effect, in the first of these
    /// wordings that is let through; nothing when the bot knows of no such letter there.
    ///
    /// # Errors
    /// What Discord refused: what stood there may be changed in part. [`RestError::Unanswered`] when it is, and the rest
    /// may be as well.
    pub(crate) async fn rewrite(
        &self,
        channel: Snowflake,
        (said, earlier): (Said, EffectId),
        wordings: &[Vec<Outgoing>],
        rows: &[Value],
    ) -> Result<Option<Receipt>, RestError> {
        let written = self.written(channel).await?;
        if written.iter().any(|written| written.letter == said.id) {
            return Ok(Some(Receipt::AlreadyDone));
        }
        let earlier = LetterId::Of(earlier);
        let stood = written.iter().filter(|written| written.letter == earlier);
        let stood: Vec<Snowflake> = stood.map(|written| written.message).collect();
        let parts = wordings.first().map_or(&[][..], Vec::as_slice);
        if stood.is_empty() || parts.is_empty() {
            return Ok(None);
        }
        // It may have become longer, and the rest of it stand there.
        let tail = match said.asked {
            Asked::Perhaps if parts.len() > stood.len() => {
                let own = self.own(channel, &written).await?;
                standing(&own, parts).split_off(stood.len())
            }
            Asked::Perhaps | Asked::Never => Vec::new(),
        };
        let messages = stood.into_iter().map(Some).chain(tail).collect();
        let mut laid = Laid { messages, is_new: false };
        match self.lay(channel, said, wordings, rows, &mut laid, &[]).await {
            Ok(()) => {}
            Err(error) if laid.is_new && error.refusal().is_none() => {
                return Err(RestError::Unanswered(Box::new(InPart(error))));
            }
            Err(error) => return Err(error),
        }
        let messages: Vec<Snowflake> = laid.stands().collect();
        if let Err(error) = self.note_written(channel, (said.id, earlier), &messages).await {
            // Asked again, it changes the same messages once more.
            tracing::warn!(error = &error as &dyn std::error::Error, "what a letter became was not noted");
        }
        Ok(Some(Receipt::Done))
    }

    /// Has a letter stand there in the first wording that is let through. What was put up in one before becomes what the
    /// next one says, so that a letter of which a later part is stopped is whole all the same. `own` is what stands there
    /// of which it is not known what it is.
    async fn lay(
        &self,
        channel: Snowflake,
        said: Said,
        wordings: &[Vec<Outgoing>],
        rows: &[Value],
        laid: &mut Laid,
        own: &[(String, Snowflake)],
    ) -> Result<(), RestError> {
        let mut stopped = RestError::Setup("a letter had no wording");
        for parts in wordings {
            let is_first = laid.stands().next().is_none();
            if is_first {
                laid.messages = standing(own, parts);
            }
            match self.lay_parts(channel, said, parts, rows, laid, is_first).await {
                Err(error) if error.is_held_up() => stopped = error,
                done => return done,
            }
        }
        Err(stopped)
    }

    /// The same in one wording, in which what stands is already or into which it is changed.
    async fn lay_parts(
        &self,
        channel: Snowflake,
        said: Said,
        parts: &[Outgoing],
        rows: &[Value],
        laid: &mut Laid,
        is_said: bool,
    ) -> Result<(), RestError> {
        if laid.messages.len() < parts.len() {
            laid.messages.resize(parts.len(), None);
        }
        let bodies =
            letters::edits(parts, rows).into_iter().zip(letters::bodies(parts, channel, said.id, rows));
        for (number, (place, (edited, sent))) in laid.messages.iter_mut().zip(bodies).enumerate() {
            *place = match *place {
                Some(_) if is_said => continue,
                Some(message) => self.change(channel, message, edited, (number > 0).then_some(sent)).await?,
                None => self.put_up(channel, sent).await?,
            };
            laid.is_new = true;
        }
        while laid.messages.len() > parts.len() {
            if let Some(left_over) = laid.messages.last().copied().flatten() {
                self.take_away(channel, left_over).await?;
            }
            laid.messages.pop();
        }
        Ok(())
    }

    /// Takes down a message of the bot's. That it cannot be is no reason to try for ever.
    async fn take_away(&self, channel: Snowflake, message: Snowflake) -> Result<(), RestError> {
        let route = Route::channel(channel).at("messages").one(message);
        match self.rest.call(Request::delete(route).urgency(Urgency::Letter)).await {
            Err(error) if error.refusal().is_none() => return Err(error),
            Err(error) if error.code() != Some(Code::UnknownMessage) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a part of a letter is left standing"
                );
            }
            Ok(_) | Err(_) => {}
        }
        Ok(())
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

    /// Notes what stands as a letter, where an earlier one did.
    async fn note_written(
        &self,
        channel: Snowflake,
        (letter, earlier): (LetterId, LetterId),
        messages: &[Snowflake],
    ) -> Result<(), IntakeError> {
        let _alone = self.noting.lock().await;
        let about = About::Written(channel);
        let mut written: VecDeque<Written> = self.memory.get(about).await?.unwrap_or_default();
        written.retain(|written| written.letter != earlier);
        written.extend(messages.iter().map(|message| Written { letter, message: *message }));
        while written.len() > LOOKED_THROUGH {
            written.pop_front();
        }
        self.memory.put(about, &written).await
    }

    /// What stands at the end of a channel as the bot's own and as nothing that it knows of: two letters may say the same.
    async fn own(
        &self,
        channel: Snowflake,
        written: &VecDeque<Written>,
    ) -> Result<Vec<(String, Snowflake)>, RestError> {
        let route = Route::channel(channel).at("messages").with("limit", LOOKED_THROUGH);
        let messages = match self.rest.call(Request::get(route)).await {
            // Where it cannot read, it cannot have been refused to write for that.
            Err(error) if error.refusal().is_some() => return Ok(Vec::new()),
            answer => answer?,
        };
        let own = messages
            .as_array()
            .into_iter()
            .flatten()
            .filter(|message| {
                json::at(message, &["author"]).and_then(|author| json::id(author, "id")) == Some(self.me)
            })
            .filter_map(|message| {
                Some((json::text(message, "content")?.to_owned(), json::id(message, "id")?))
            })
            .filter(|(_, id)| !written.iter().any(|written| written.message == *id));
        Ok(own.collect())
    }
}

/// Which parts of a letter are among these messages.
fn standing(own: &[(String, Snowflake)], parts: &[Outgoing]) -> Vec<Option<Snowflake>> {
    let mut left: Vec<_> = own.iter().collect();
    let found = parts.iter().map(|part| {
        let at = left.iter().position(|(content, _)| content.trim() == part.content().trim())?;
        Some(left.swap_remove(at).1)
    });
    found.collect()
}
