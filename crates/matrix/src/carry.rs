//! Exclusions carried into rooms that the bot enters later: whoever is kept out of a group's rooms is kept out of a new
//! one as well.
//!
//! Once for each time that the bot enters a room: what people lift there by hand afterwards stays lifted.

use std::collections::BTreeSet;

use matrix_sdk::Room;
use matrix_sdk::ruma::{OwnedRoomId, RoomId, UserId};
use platform::{DeliveryError, Receipt};
use policy::GroupId;

use crate::account::Shared;
use crate::calls;
use crate::errands::Errand;
use crate::error;
use crate::outbound::ours;
use crate::tally::{Tally, is_final};

impl Shared {
    /// Keeps everybody out of the rooms of a group that were entered since whom the bot keeps out of the others. What does
    /// not succeed is left to an errand.
    pub(crate) async fn carry_into_new(&self, group: &GroupId) {
        let sources = self.sources(group).await;
        for id in self.places.entrances(group) {
            if let Err(error) = self.carry_from(&sources, &id).await {
                tracing::warn!(
                    room = %id,
                    error = &error as &dyn std::error::Error,
                    "exclusions were not carried over; it is tried again"
                );
                self.errands.send(Errand::CarryOver { group: group.clone(), room: id });
            }
        }
    }

    /// Keeps everybody out of a room whom the bot keeps out of a group's others, unless that was done.
    pub(crate) async fn carry_over(&self, group: &GroupId, room: &RoomId) -> Result<(), DeliveryError> {
        self.carry_from(&self.sources(group).await, room).await
    }

    /// From now on the bot is new in a room: what happened to its group before was not carried there.
    pub(crate) async fn is_new_in(&self, room: &RoomId) {
        if let Err(error) = self.memory.forget(&key(room)).await {
            tracing::error!(error = &error as &dyn std::error::Error, "not remembered as entered anew");
        }
    }

    /// The rooms of a group in which everybody is kept out who is to be: those that were not entered just now. Where that
    /// is known of none, all.
    async fn sources(&self, group: &GroupId) -> Vec<OwnedRoomId> {
        let mut all = self.places.entrances(group);
        all.retain(|id| self.joined(id).is_some());
        let mut settled = Vec::new();
        for id in &all {
            if matches!(self.is_carried(id).await, Ok(true)) {
                settled.push(id.clone());
            }
        }
        if settled.is_empty() { all } else { settled }
    }

    async fn is_carried(&self, room: &RoomId) -> Result<bool, DeliveryError> {
        Ok(self.memory.get(&key(room)).await.map_err(ours)?.unwrap_or(false))
    }

    async fn carry_from(&self, sources: &[OwnedRoomId], id: &RoomId) -> Result<(), DeliveryError> {
        if self.is_carried(id).await? {
            return Ok(());
        }
        // The bot was put out of it; entered again, it is new there.
        let Some(room) = self.joined(id) else { return Ok(()) };
        // Whoever is let in meanwhile is not to be put out of this room after it.
        let _alone = self.barring.lock().await;
        let excluded = self.excluded(sources, id).await?;
        if !excluded.is_empty() {
            self.bar(&room, excluded).await?;
        }
        self.memory.put(&key(id), &true).await.map_err(ours)
    }

    /// Keeps some out of a room. Whom the bot may not put out does not keep the others in.
    ///
    /// # Errors
    /// When it is to be tried again, or the bot may put nobody out there yet.
    async fn bar(&self, room: &Room, excluded: BTreeSet<String>) -> Result<(), DeliveryError> {
        let all = calls::memberships(&self.client, room.room_id()).await.map_err(error::delivery)?;
        let is_done = |user: &str| {
            all.iter().any(|one| one.user == user && one.membership == "ban" && self.is_me(&one.by))
        };
        let (mut tally, mut is_able) = (Tally::default(), false);
        for user in excluded {
            let Ok(account) = UserId::parse(user.as_str()) else { continue };
            let barred = match is_done(&user) {
                true => Ok(Receipt::AlreadyDone),
                false => room.ban_user(&account, None).await.map(|()| Receipt::Done).map_err(error::delivery),
            };
            is_able |= barred.is_ok();
            tally.add(barred)?;
        }
        match tally.end() {
            Err(error) if is_final(&error) && is_able => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(room = %room.room_id(), error, "an exclusion could not be carried over");
                Ok(())
            }
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    /// Everybody whom the bot keeps out of some rooms other than `new`.
    async fn excluded(
        &self,
        sources: &[OwnedRoomId],
        new: &RoomId,
    ) -> Result<BTreeSet<String>, DeliveryError> {
        let mut excluded = BTreeSet::new();
        for id in sources.iter().filter(|id| *id != new) {
            let all = match calls::memberships(&self.client, id).await.map_err(error::delivery) {
                Ok(all) => all,
                Err(error) if is_final(&error) => continue,
                Err(error) => return Err(error),
            };
            let ours = all.into_iter().filter(|one| one.membership == "ban" && self.is_me(&one.by));
            excluded.extend(ours.map(|one| one.user));
        }
        Ok(excluded)
    }
}

/// Where it is remembered that exclusions were carried into a room.
fn key(room: &RoomId) -> String {
    format!("beadle/carried/{room}")
}
