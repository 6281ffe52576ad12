//! Messages on their way out, each under a name by which the server knows a repeated one.

use matrix_sdk::Room;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::{OwnedTransactionId, uint};
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
}

impl Mail {
    /// What somebody is to notice.
    pub(crate) fn text(name: String, parts: Vec<Outgoing>) -> Self {
        Self { name, msgtype: "m.text", parts, extra: None }
    }

    /// What stands there for whoever looks.
    pub(crate) fn notice(name: String, parts: Vec<Outgoing>) -> Self {
        Self { name, msgtype: "m.notice", parts, extra: None }
    }

    /// The same with a field that no client shows.
    pub(crate) fn with(self, field: &'static str, value: Value) -> Self {
        Self { extra: Some((field, value)), ..self }
    }
}

impl Shared {
    /// Sends a letter. Sent again under its name, what has arrived does not arrive again.
    pub(crate) async fn post(&self, room: &Room, mail: &Mail) -> Result<(), DeliveryError> {
        for (number, part) in mail.parts.iter().enumerate() {
            let name = format!("{}-{number}", mail.name);
            let mut content = calls::message(mail.msgtype, &part.plain, &part.html);
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
        Ok(())
    }

    /// Whether the last of a letter stands among the newest messages of a room. Asked after an answer was lost, for the
    /// server does not know names for ever.
    pub(crate) async fn stands(&self, room: &Room, mail: &Mail) -> Result<bool, DeliveryError> {
        let last = format!("{}-{}", mail.name, mail.parts.len().saturating_sub(1));
        let mut newest = MessagesOptions::backward();
        newest.limit = uint!(100);
        let messages = room.messages(newest).await.map_err(error::delivery)?;
        let stands = messages.chunk.iter().any(|event| {
            let sent = event.raw().deserialize_as_unchecked::<Sent>().ok();
            sent.is_some_and(|sent| {
                self.is_me(&sent.sender) && sent.content.get(EFFECT).and_then(Value::as_str) == Some(&last)
            })
        });
        Ok(stands)
    }
}

/// As much of an event as is looked at to find out whether it was sent.
#[derive(serde::Deserialize)]
struct Sent {
    sender: String,
    content: calls::Content,
}
