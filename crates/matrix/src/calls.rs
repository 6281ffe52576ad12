//! A few requests that the library has no better words for.

use matrix_sdk::ruma::api::client::membership::get_member_events;
use matrix_sdk::ruma::api::client::message::send_message_event;
use matrix_sdk::ruma::api::client::room::get_room_event;
use matrix_sdk::ruma::api::client::state::get_state_event_for_key::v3 as get_state;
use matrix_sdk::ruma::api::client::state::send_state_event;
use matrix_sdk::ruma::events::{
    AnyMessageLikeEventContent, AnyStateEventContent, MessageLikeEventType, StateEventType,
};
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{EventId, OwnedEventId, RoomId, TransactionId, UserId};
use matrix_sdk::{Client, Error, Result};
use serde_json::{Map, Value, json};

use crate::error;

/// The fields of a piece of state, as the server has it now.
pub(crate) type Content = Map<String, Value>;

/// A piece of a room's state as the server has it now; nothing where there is none.
pub(crate) async fn state(
    client: &Client,
    room: &RoomId,
    kind: &str,
    state_key: &str,
) -> Result<Option<Content>> {
    let request = get_state::Request::new(room.to_owned(), StateEventType::from(kind), state_key.to_owned());
    match client.send(request).await.map_err(Error::from) {
        Ok(response) => Ok(serde_json::from_str(response.event_or_content.get()).ok()),
        Err(refused) if error::is_missing(&refused) => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// An event as it was sent: where it is encrypted, without looking inside.
pub(crate) async fn sent(client: &Client, room: &RoomId, event: &EventId) -> Result<String> {
    let request = get_room_event::v3::Request::new(room.to_owned(), event.to_owned());
    let response = client.send(request).await?;
    Ok(response.event.json().get().to_owned())
}

/// Sets a piece of a room's state.
pub(crate) async fn set_state(
    client: &Client,
    room: &RoomId,
    kind: &str,
    state_key: &str,
    content: &Content,
) -> Result<()> {
    let content = Raw::new(content)?.cast_unchecked::<AnyStateEventContent>();
    let request = send_state_event::v3::Request::new_raw(
        room.to_owned(),
        StateEventType::from(kind),
        state_key.to_owned(),
        content,
    );
    client.send(request).await?;
    Ok(())
}

/// Sends an event as it is, also to a room that is encrypted.
pub(crate) async fn send_plain(
    client: &Client,
    room: &RoomId,
    kind: &str,
    name: &TransactionId,
    content: &Content,
) -> Result<()> {
    let content = Raw::new(content)?.cast_unchecked::<AnyMessageLikeEventContent>();
    let request = send_message_event::v3::Request::new_raw(
        room.to_owned(),
        name.to_owned(),
        MessageLikeEventType::from(kind),
        content,
    );
    client.send(request).await?;
    Ok(())
}

/// How somebody stands in a room: `join`, `invite`, `leave`, `ban`, `knock`; nothing for a stranger to it.
pub(crate) async fn membership(client: &Client, room: &RoomId, user: &UserId) -> Result<Option<String>> {
    let content = state(client, room, "m.room.member", user.as_str()).await?;
    Ok(content.and_then(|content| content.get("membership").and_then(Value::as_str).map(str::to_owned)))
}

/// Somebody's place in a room, as the server has it now.
pub(crate) struct Membership {
    /// The event that says so.
    pub(crate) event: OwnedEventId,
    /// Who.
    pub(crate) user: String,
    /// Who said so.
    pub(crate) by: String,
    /// `join`, `ban` and so on.
    pub(crate) membership: String,
    /// What they are called.
    pub(crate) name: Option<String>,
}

/// Everybody who was ever in a room, as the server has them now.
pub(crate) async fn memberships(client: &Client, room: &RoomId) -> Result<Vec<Membership>> {
    let response = client.send(get_member_events::v3::Request::new(room.to_owned())).await?;
    Ok(response.chunk.iter().filter_map(|event| read_membership(event.json().get())).collect())
}

fn read_membership(event: &str) -> Option<Membership> {
    let event: Content = serde_json::from_str(event).ok()?;
    let text = |of: &Content, key: &str| of.get(key).and_then(Value::as_str).map(str::to_owned);
    let content = event.get("content")?.as_object()?;
    Some(Membership {
        event: OwnedEventId::try_from(text(&event, "event_id")?).ok()?,
        user: text(&event, "state_key")?,
        by: text(&event, "sender")?,
        membership: text(content, "membership")?,
        name: text(content, "displayname"),
    })
}

/// A content in which nobody is mentioned, whatever the text looks like.
pub(crate) fn message(msgtype: &str, plain: &str, html: &str) -> Value {
    json!({
        "msgtype": msgtype,
        "body": plain,
        "format": "org.matrix.custom.html",
        "formatted_body": html,
        "m.mentions": {},
    })
}

/// The same in the place of an earlier message of the bot's. Clients that know no edits show it as one more.
pub(crate) fn edit(earlier: &EventId, msgtype: &str, plain: &str, html: &str) -> Value {
    let mut content = message(msgtype, &format!("* {plain}"), &format!("* {html}"));
    content["m.new_content"] = message(msgtype, plain, html);
    content["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": earlier });
    content
}

/// The message in the place of which a content is put, if it is.
pub(crate) fn edited(content: &Content) -> Option<OwnedEventId> {
    let relation = content.get("m.relates_to").filter(|relation| relation["rel_type"] == "m.replace")?;
    OwnedEventId::try_from(relation["event_id"].as_str()?).ok()
}
