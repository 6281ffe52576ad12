//! Messages on their way out, each under a name by which the server knows a repeated one.

use std::collections::BTreeMap;

use matrix_sdk::Room;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::{OwnedEventId, OwnedTransactionId, uint};
use platform::DeliveryError;
use serde_json::{Value, json};

use crate::account::Shared;
use crate::calls;
use crate::error;
use crate::letters::Outgoing;

/// The field of a message that says for which effect it is.
const EFFECT: &str = "app.beadle.effect";

/// A letter to a room, in as many messages as it takes.
#[derive(Debug)]
pub(crate) struct Mail {
    name: String,
    msgtype: &'static str,
    parts: Vec<Outgoing>,
    extra: Option<(&'static str, Value)>,
    /// In the place of which messages of the bot's, part by part.
    instead_of: Vec<OwnedEventId>,
}

impl Mail {
    /// What somebody is to notice.
    pub(crate) fn text(name: String, parts: Vec<Outgoing>) -> Self {
        Self { name, msgtype: "m.text", parts, extra: None, instead_of: Vec::new() }
    }

    /// What stands there for whoever looks.
    pub(crate) fn notice(name: String, parts: Vec<Outgoing>) -> Self {
        Self { name, msgtype: "m.notice", parts, extra: None, instead_of: Vec::new() }
    }

    /// The same with a field that no client shows.
    pub(crate) fn with(self, field: &'static str, value: Value) -> Self {
        Self { extra: Some((field, value)), ..self }
    }

    /// The same in the place of these messages.
    pub(crate) fn instead_of(self, messages: Vec<OwnedEventId>) -> Self {
        Self { instead_of: messages, ..self }
    }
}

impl Shared {
    /// Sends a letter. Sent again under its name, what has arrived does not arrive again.
    pub(crate) async fn post(&self, room: &Room, mail: &Mail) -> Result<(), DeliveryError> {
        for (number, part) in mail.parts.iter().enumerate() {
            let name = format!("{}-{number}", mail.name);
            let mut content = match mail.instead_of.get(number) {
                None => calls::message(mail.msgtype, &part.plain, &part.html),
                Some(earlier) => calls::edit(earlier, mail.msgtype, &part.plain, &part.html),
            };
            content[EFFECT] = json!(name);
            if let Some((field, value)) = &mail.extra {
                content[*field] = value.clone();
            }
            let name = OwnedTransactionId::from(name);
            room.send_raw("m.room.message", content)
                .with_transaction_id(&name)
                .await
                .map_err(error::delivery)?;
        }
        for (number, left_over) in mail.instead_of.iter().enumerate().skip(mail.parts.len()) {
            let name = OwnedTransactionId::from(format!("{}-{number}", mail.name));
            match room.redact(left_over, None, Some(name)).await.map_err(error::http) {
                Ok(_) | Err(DeliveryError::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The messages that hold a letter, part by part, if it is among the newest of a room.
    pub(crate) async fn sent_as(&self, room: &Room, name: &str) -> Result<Vec<OwnedEventId>, DeliveryError> {
        let mut parts = BTreeMap::new();
        for sent in self.newest(room).await? {
            let effect = sent.content.get(EFFECT).and_then(Value::as_str);
            let part =
                effect.and_then(|effect| effect.strip_prefix(name)?.strip_prefix('-')?.parse::<usize>().ok());
            // What was put in the place of another stands there.
            if let (Some(part), Some(event)) = (part, calls::edited(&sent.content).or(sent.event_id)) {
                parts.entry(part).or_insert(event);
            }
        }
        Ok(parts.into_values().collect())
    }

    /// Whether the last of a letter stands among the newest messages of a room. Asked after an answer was lost, for the
    /// server does not know names for ever.
    pub(crate) async fn stands(&self, room: &Room, mail: &Mail) -> Result<bool, DeliveryError> {
        let last = format!("{}-{}", mail.name, mail.parts.len().saturating_sub(1));
        let newest = self.newest(room).await?;
        Ok(newest.iter().any(|sent| sent.content.get(EFFECT).and_then(Value::as_str) == Some(&last)))
    }

    /// What the bot sent that is among the newest messages of a room.
    async fn newest(&self, room: &Room) -> Result<Vec<Sent>, DeliveryError> {
        let mut newest = MessagesOptions::backward();
        newest.limit = uint!(100);
        let messages = room.messages(newest).await.map_err(error::delivery)?;
        let sent =
            messages.chunk.iter().filter_map(|event| event.raw().deserialize_as_unchecked::<Sent>().ok());
        Ok(sent.filter(|sent| self.is_me(&sent.sender)).collect())
    }
}

/// As much of an event as is looked at to find out whether it was sent.
#[derive(serde::Deserialize)]
struct Sent {
    #[serde(default)]
    event_id: Option<OwnedEventId>,
    sender: String,
    content: calls::Content,
}
