//! Private rooms: made for one member, found again, and never made twice.
//!
//! What such a room is for stands in its own state, set as it is made, so that there is no moment at which a room
//! exists and nobody knows what for.

use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::ruma::api::client::membership::joined_rooms;
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request, RoomPreset};
use matrix_sdk::ruma::events::AnyInitialStateEvent;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{OwnedUserId, RoomId, UserId};
use platform::DeliveryError;
use policy::{GroupId, MemberId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::account::{Shared, user};
use crate::calls;
use crate::error;
use crate::places::{Place, Private};

/// After so long the server's stream has mostly told of a room that was made.
const SOON: Duration = Duration::from_secs(1);

/// The state that says what a room is for.
const KIND: &str = "app.beadle.room";

#[derive(Debug, Serialize, Deserialize)]
struct Purpose {
    group: GroupId,
    member: MemberId,
    with_officers: bool,
}

impl Purpose {
    fn private(self) -> Private {
        Private { group: self.group, member: self.member, with_officers: self.with_officers }
    }
}

impl Shared {
    /// The room that is `wanted`, made if there is none.
    ///
    /// Whoever left it has closed it: that is [`DeliveryError::Forbidden`], unless they asked for it now. Whoever was never
    /// asked in has not.
    /// In one that is shared with officers, these read along and nobody else.
    pub(crate) async fn open(
        &self,
        wanted: &Private,
        officers: &[MemberId],
        was_asked_for: bool,
    ) -> Result<Room, DeliveryError> {
        let Some(whose) = user(&wanted.member) else { return Err(DeliveryError::Gone) };
        let mut unheard_of = self.opening.lock().await;
        let room = self.open_for(wanted, whose, was_asked_for, &mut unheard_of).await?;
        if wanted.with_officers {
            self.ask_officers_in(&room, &wanted.member, officers).await?;
        }
        Ok(room)
    }

    async fn open_for(
        &self,
        wanted: &Private,
        whose: OwnedUserId,
        was_asked_for: bool,
        unheard_of: &mut bool,
    ) -> Result<Room, DeliveryError> {
        for id in self.places.private(wanted) {
            let Some(room) = self.joined(&id) else {
                self.places.forget(&id);
                continue;
            };
            let stands = calls::membership(&self.client, &id, &whose).await.map_err(error::delivery)?;
            return match stands.as_deref() {
                Some("join" | "invite") => Ok(room),
                Some(_) if !was_asked_for => Err(DeliveryError::Forbidden),
                // The room was made, and the invitation into it failed; or they want back in.
                None | Some(_) => {
                    room.invite_user_by_id(&whose).await.map_err(limited_alone)?;
                    Ok(room)
                }
            };
        }
        if *unheard_of && self.is_on_its_way(wanted).await? {
            return Err(DeliveryError::NotYet(SOON));
        }
        let made = self.make(wanted, whose).await;
        // A server makes the room before it finds that whom it is for takes no invitations.
        *unheard_of |= matches!(made, Err(DeliveryError::Unanswered(_) | DeliveryError::Forbidden));
        made
    }

    /// Whether such a room was made, and what the server's stream told of it was not dealt with yet.
    async fn is_on_its_way(&self, wanted: &Private) -> Result<bool, DeliveryError> {
        let rooms =
            self.client.send(joined_rooms::v3::Request::new()).await.map_err(error::http)?.joined_rooms;
        for id in rooms.iter().filter(|id| self.places.get(id).is_none()) {
            let purpose = calls::state(&self.client, id, KIND, "").await.map_err(error::delivery)?;
            let purpose = purpose.and_then(|purpose| serde_json::from_value(Value::Object(purpose)).ok());
            if purpose.map(Purpose::private).as_ref() == Some(wanted) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn make(&self, wanted: &Private, whose: OwnedUserId) -> Result<Room, DeliveryError> {
        let Some(group) = self.groups.get(&wanted.group) else { return Err(DeliveryError::Gone) };
        let purpose = Purpose {
            group: wanted.group.clone(),
            member: wanted.member.clone(),
            with_officers: wanted.with_officers,
        };
        let mut request = Request::new();
        request.preset = Some(RoomPreset::PrivateChat);
        request.is_direct = !wanted.with_officers;
        request.name = Some(match wanted.with_officers {
            false => format!("{}: moderation", group.name),
            true => format!("{}: you and the moderators", group.name),
        });
        request.invite = vec![whose];
        request.initial_state = vec![
            initial("m.room.encryption", &json!({ "algorithm": "m.megolm.v1.aes-sha2" }))?,
            initial("m.room.guest_access", &json!({ "guest_access": "forbidden" }))?,
            initial(KIND, &json!(purpose))?,
        ];
        // Nobody brings somebody else in, and nobody renames it into something else.
        let powers = json!({ "invite": 100, "state_default": 100, "redact": 100 });
        let powers = Raw::new(&powers).map_err(|error| DeliveryError::Unreachable(error.into()))?;
        request.power_level_content_override = Some(powers.cast_unchecked());
        let room = self.client.create_room(request).await.map_err(limited_alone)?;
        self.places.set(room.room_id(), Place::Private(wanted.clone()));
        Ok(room)
    }

    /// Asks every officer in who is to read along, and everybody else out. Whoever left stays away, and whoever takes no
    /// invitations keeps nothing from the others.
    async fn ask_officers_in(
        &self,
        room: &Room,
        whose: &MemberId,
        officers: &[MemberId],
    ) -> Result<(), DeliveryError> {
        let known = calls::memberships(&self.client, room.room_id()).await.map_err(error::delivery)?;
        for one in &known {
            let stays = self.is_me(&one.user)
                || one.user == whose.as_str()
                || officers.iter().any(|officer| one.user == officer.as_str());
            if let (false, "join" | "invite", Ok(user)) =
                (stays, one.membership.as_str(), UserId::parse(one.user.as_str()))
            {
                room.kick_user(&user, None).await.map_err(error::delivery)?;
            }
        }
        // Whom the bot put out did not leave.
        let is_away = |user: &UserId| {
            known.iter().any(|one| {
                let was_put_out = one.membership == "leave" && self.is_me(&one.by);
                one.user == user.as_str() && !was_put_out
            })
        };
        for officer in officers.iter().filter(|officer| *officer != whose).filter_map(user) {
            if is_away(&officer) {
                continue;
            }
            match room.invite_user_by_id(&officer).await.map_err(limited_alone) {
                Ok(()) => {}
                Err(error @ (DeliveryError::Forbidden | DeliveryError::Gone)) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(room = %room.room_id(), error, "an officer cannot be asked in");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What a room is for, if the bot made it for somebody of one of its groups.
    pub(crate) async fn purpose(&self, room: &Room) -> Option<Private> {
        let state = room.get_state_event(KIND.into(), "").await.ok().flatten()?;
        let event = serde_json::to_value(state_json(&state)).ok()?;
        let is_ours = event.get("sender").and_then(Value::as_str).is_some_and(|sender| self.is_me(sender));
        let purpose: Purpose = serde_json::from_value(event.get("content")?.clone()).ok()?;
        let is_known = is_ours && self.groups.contains_key(&purpose.group);
        is_known.then(|| purpose.private())
    }

    /// Finds the private rooms of earlier runs.
    pub(crate) async fn find_doors(&self) {
        for room in self.client.joined_rooms() {
            self.find_door(room.room_id()).await;
        }
    }

    /// Whether a room is a private one; remembered if so.
    pub(crate) async fn find_door(&self, room: &RoomId) -> Option<Place> {
        let joined = self.joined(room)?;
        let place = Place::Private(self.purpose(&joined).await?);
        self.places.set(room, place.clone());
        Some(place)
    }
}

fn state_json(
    state: &matrix_sdk::deserialized_responses::RawAnySyncOrStrippedState,
) -> &serde_json::value::RawValue {
    use matrix_sdk::deserialized_responses::RawAnySyncOrStrippedState as State;
    match state {
        State::Sync(event) => event.json(),
        State::Stripped(event) => event.json(),
    }
}

fn initial(kind: &str, content: &Value) -> Result<Raw<AnyInitialStateEvent>, DeliveryError> {
    let event = json!({ "type": kind, "state_key": "", "content": content });
    let raw = Raw::new(&event).map_err(|error| DeliveryError::Unreachable(error.into()))?;
    Ok(raw.cast_unchecked())
}

/// The longest wait that may be for the general limit on what is sent.
const GENERAL_WAIT_MAX: Duration = Duration::from_secs(10);

/// Rooms and invitations have limits of their own, by which nothing else has to wait. A short wait is for the general
/// limit: if what is less urgent went on, it would use up each allowance before the room is asked for again.
pub(crate) fn limited_alone(failed: matrix_sdk::Error) -> DeliveryError {
    match error::delivery(failed) {
        DeliveryError::RateLimited(wait) if wait > GENERAL_WAIT_MAX => DeliveryError::NotYet(wait),
        other => other,
    }
}
