//! Messages of the bot's: put up once, found again after a crash, changed when they turn out to be wrong.

use platform::{Asked, Effect, Receipt};
use serde_json::{Value, json};

use crate::account::Shared;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::{self, Outgoing};
use crate::memory::{About, Stands};
use crate::rest::{Request, Route};

/// How many messages are looked through for one that may stand there already: one page.
const LOOKED_THROUGH: usize = 100;

/// Some parts of a letter are up and others are not, so that it is not known to be there.
#[derive(Debug, thiserror::Error)]
#[error("a part of the letter could not be sent")]
struct InPart(#[source] RestError);

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
            Asked::Perhaps => self.standing(channel, parts).await?,
        };
        let mut stands = Vec::new();
        let mut sent = false;
        for (number, body) in letters::bodies(parts, effect.id, rows).into_iter().enumerate() {
            if let Some(Some(message)) = standing.get(number) {
                stands.push(Stands { channel: channel.number(), message: message.number() });
                continue;
            }
            let request = Request::post(Route::channel(channel).at("messages")).json(body);
            match self.rest.call(request).await {
                Ok(message) => {
                    sent = true;
                    let id = json::id(&message, "id").map(Snowflake::number);
                    stands.extend(id.map(|message| Stands { channel: channel.number(), message }));
                }
                Err(error) if sent || !stands.is_empty() => {
                    return Err(RestError::Unanswered(Box::new(InPart(error))));
                }
                Err(error) => return Err(error),
            }
        }
        if let Err(error) = self.memory.put(About::Letter(effect.id), &stands).await {
            // It can be sent no second time, and only not be corrected.
            tracing::warn!(error = &error as &dyn std::error::Error, "where a letter stands was not noted");
        }
        Ok(if sent { Receipt::Done } else { Receipt::AlreadyDone })
    }

    /// Which parts of a letter stand at the end of a channel, as the bot's own.
    async fn standing(
        &self,
        channel: Snowflake,
        parts: &[Outgoing],
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
            .collect();
        let found = parts.iter().map(|part| {
            let at = own.iter().position(|(content, _)| content.trim() == part.content().trim())?;
            Some(own.swap_remove(at).1)
        });
        Ok(found.collect())
    }

    /// Puts other words into a message of the bot's. Gives whether it still stood.
    ///
    /// # Errors
    /// What Discord refused.
    pub(crate) async fn rewrite(&self, stands: Stands, body: Value) -> Result<bool, RestError> {
        let route = Route::channel(stands.channel).at("messages").one(stands.message);
        match self.rest.call(Request::patch(route).json(body)).await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.code(), Some(Code::UnknownMessage | Code::UnknownChannel)) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// The private channel of the bot and somebody.
    ///
    /// # Errors
    /// What Discord refused.
    pub(crate) async fn direct_channel(&self, user: Snowflake) -> Result<Snowflake, RestError> {
        if let Some(known) = self.directs.get(user) {
            return Ok(known);
        }
        let route = Route::to("users").at("@me").at("channels");
        let body = json!({"recipient_id": user.to_string()});
        let channel = self.rest.call(Request::post(route).json(body)).await?;
        let id = json::id(&channel, "id")
            .ok_or(RestError::Setup("Discord opened a conversation without a name"))?;
        self.directs.put(user, id);
        Ok(id)
    }
}
