//! Invitations: accepted from an officer of a group, declined from anybody else.
//!
//! An invitation into a private conversation is declined whoever sends it, for the bot writes to members in rooms that it
//! makes itself; whoever belongs to a group is asked into theirs instead.

use matrix_sdk::ruma::RoomId;
use matrix_sdk::ruma::UserId;
use matrix_sdk::ruma::api::client::membership::leave_room;
use matrix_sdk::{Room, RoomState};
use platform::DeliveryError;
use policy::{GroupId, MemberId};

use crate::account::{Shared, user};
use crate::calls;
use crate::errands::Errand;
use crate::error;
use crate::settings::GroupSettings;
use crate::tally::is_final;

impl Shared {
    /// Answers an invitation. What does not succeed, and what can wait, is left to an errand.
    pub(crate) async fn invited(&self, room: &Room) {
        let inviter = room.invite_details().await.ok().map(|invite| invite.inviter_id);
        let inviter = inviter.and_then(|inviter| MemberId::new(inviter.as_str()));
        let is_direct = room.is_direct().await.unwrap_or(false);
        let id = room.room_id().to_owned();
        let is_officer = |inviter: &MemberId| self.groups.values().any(|group| group.officers.has(inviter));
        match inviter {
            Some(inviter) if !is_direct && is_officer(&inviter) => {
                if let Err(error) = self.accept(&id).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(room = %id, error, "an invitation was not accepted; it is tried again");
                    self.errands.send(Errand::Accept { room: id });
                }
            }
            inviter => {
                self.errands.send(Errand::Decline { room: id, asked_by: inviter.filter(|_| is_direct) })
            }
        }
    }

    /// Accepts an invitation, unless it was answered or taken back.
    pub(crate) async fn accept(&self, id: &RoomId) -> Result<(), DeliveryError> {
        let Some(room) = self.still_invited(id) else { return Ok(()) };
        self.is_new_in(id).await;
        room.join().await.map_err(error::delivery)
    }

    /// Declines an invitation, unless it was answered or taken back. Whoever asked for a private conversation with it gets
    /// the private room of each of their groups.
    pub(crate) async fn decline(
        &self,
        id: &RoomId,
        asked_by: Option<&MemberId>,
    ) -> Result<(), DeliveryError> {
        if self.still_invited(id).is_none() {
            return Ok(());
        }
        let mut doors = Vec::new();
        if let Some(member) = asked_by {
            let groups = self.groups_of(member).await?.into_iter();
            doors.extend(groups.map(|group| Errand::Open {
                group,
                member: member.clone(),
                was_asked_for: true,
            }));
        }
        // The library would leave every room with it that this one says it replaces, and it can say what it likes.
        self.client.send(leave_room::v3::Request::new(id.to_owned())).await.map_err(error::http)?;
        for door in doors {
            self.errands.send(door);
        }
        Ok(())
    }

    fn still_invited(&self, id: &RoomId) -> Option<Room> {
        self.client.get_room(id).filter(|room| room.state() == RoomState::Invited)
    }

    /// The groups in which somebody holds an office, or is in a room.
    async fn groups_of(&self, member: &MemberId) -> Result<Vec<GroupId>, DeliveryError> {
        let Some(user) = user(member) else { return Ok(Vec::new()) };
        let mut groups = Vec::new();
        for group in self.groups.values() {
            if group.officers.has(member) || self.is_in(group, &user).await? {
                groups.push(group.group.clone());
            }
        }
        Ok(groups)
    }

    async fn is_in(&self, group: &GroupSettings, user: &UserId) -> Result<bool, DeliveryError> {
        let mut rooms = self.places.entrances(&group.group);
        rooms.retain(|id| self.joined(id).is_some());
        for id in rooms {
            match calls::membership(&self.client, &id, user).await.map_err(error::delivery) {
                Ok(stands) if stands.as_deref() == Some("join") => return Ok(true),
                Ok(_) => {}
                Err(error) if is_final(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}
