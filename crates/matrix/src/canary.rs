//! Whether the stream still tells what is written: an event of a type of its own in the officers' room, which the bot then has
//! to hear of in the stream. No app shows it, and no push rule knows it, so that nobody's device makes a sound.
//!
//! It is sent as it is, also where the room is encrypted: a server notifies of whatever is encrypted, for it cannot see what it
//! is. Whether the bot can read what is encrypted is seen in what members write.

use matrix_sdk::Room;
use matrix_sdk::ruma::OwnedTransactionId;
use platform::{CanaryId, DeliveryError, Inbound};
use serde_json::{Value, json};

use crate::calls;
use crate::error;
use crate::outbound::Hands;
use crate::places::Place;
use crate::sync::Ear;
use crate::translate::event::Event;

/// The type of the event.
const CANARY: &str = "app.beadle.canary";
/// The field that names it.
const ID: &str = "id";

impl Hands {
    /// Sends one to the officers' room.
    pub(crate) async fn send_canary(&self, id: CanaryId) -> Result<(), DeliveryError> {
        let room = self.shared.places.management(&self.group.group);
        let room = self.room(room.as_deref())?;
        let name = OwnedTransactionId::from(format!("canary-{id}"));
        let content = json!({ (ID): id.to_string() });
        let Value::Object(content) = content else { return Ok(()) };
        let sent = calls::send_plain(&self.shared.client, room.room_id(), CANARY, &name, &content).await;
        sent.map_err(error::delivery)
    }
}

impl Ear {
    /// Hands in that the bot heard of one, where an event of its own is that.
    pub(crate) async fn hear_canary(&self, place: &Place, room: &Room, event: &Event) {
        let Place::Management(group) = place else { return };
        if event.kind != CANARY {
            return;
        }
        match event.content.text(ID).as_deref().and_then(CanaryId::parse) {
            Some(id) => {
                self.take(Inbound::Canary { group: group.clone(), id }).await;
            }
            None => tracing::warn!(room = %room.room_id(), "a canary has no name"),
        }
    }
}
