//! Members put out, let in, kept from posting; who is there, and who is kept out.

use std::collections::{BTreeMap, BTreeSet};

use matrix_sdk::ruma::{OwnedRoomId, RoomId, UserId};
use platform::{Account, DeliveryError, Exclusion, Mute, Receipt};
use policy::{MemberId, MessageText};
use serde_json::{Value, json};

use crate::account::user;
use crate::calls::{self, Membership};
use crate::doors::limited_alone;
use crate::error;
use crate::memory::ByName;
use crate::outbound::{Hands, ours};
use crate::tally::{Tally, is_final};

/// The power that posts in no room.
const MUTED: i64 = -1;

impl Hands {
    /// Bans in every room of the group. What a human banned already stays as it is.
    pub(crate) async fn exclude(&self, member: &MemberId) -> Result<Receipt, DeliveryError> {
        let Some(user) = user(member) else { return Err(DeliveryError::Gone) };
        let _alone = self.shared.barring.lock().await;
        // Where an admission that was not finished would have gone on holds no more.
        self.shared.memory.forget(&self.key("back", member)).await.map_err(ours)?;
        let mut tally = Tally::default();
        for id in self.open_entrances()? {
            tally.add(self.exclude_from(&id, member, &user).await)?;
        }
        tally.end()
    }

    async fn exclude_from(
        &self,
        id: &RoomId,
        member: &MemberId,
        user: &UserId,
    ) -> Result<Receipt, DeliveryError> {
        let stands = self.membership(id, user).await?;
        if stands.as_deref() == Some("ban") {
            return Ok(Receipt::AlreadyDone);
        }
        // Remembered before, so that they are let into the same rooms again.
        if let Some(stands @ ("join" | "invite")) = stands.as_deref() {
            self.note_room(member, id, stands).await?;
        }
        self.entrance(id)?.ban_user(user, None).await.map_err(error::delivery)?;
        Ok(Receipt::Done)
    }

    /// Lifts every ban and invites into the rooms in which the member was; where nothing is known, into all.
    ///
    /// Invitations are few within the server's limits. What is left is done when it is asked for again.
    pub(crate) async fn admit(&self, member: &MemberId) -> Result<Receipt, DeliveryError> {
        let Some(user) = user(member) else { return Err(DeliveryError::Gone) };
        let _alone = self.shared.barring.lock().await;
        let entrances = self.open_entrances()?;
        let plan_key = self.key("back", member);
        let plan: Vec<OwnedRoomId> = match self.shared.memory.get(&plan_key).await.map_err(ours)? {
            Some(plan) => plan,
            None => {
                let plan = self.rooms_to_return_to(member, &user, &entrances).await?;
                self.shared.memory.put(&plan_key, &plan).await.map_err(ours)?;
                plan
            }
        };
        let (mut tally, mut closed) = (Tally::default(), BTreeSet::new());
        for id in entrances {
            let lifted = self.lift(&id, &user).await;
            if lifted.as_ref().is_err_and(|error| !is_final(error)) {
                closed.insert(id);
            }
            tally.add(lifted)?;
        }
        if self.invite_back(&user, &plan_key, plan, &closed, &mut tally).await? {
            self.shared.memory.forget(&plan_key).await.map_err(ours)?;
            self.shared.memory.forget(&self.rooms_key(member)).await.map_err(ours)?;
        }
        tally.end()
    }

    async fn lift(&self, id: &RoomId, user: &UserId) -> Result<Receipt, DeliveryError> {
        if self.membership(id, user).await?.as_deref() != Some("ban") {
            return Ok(Receipt::AlreadyDone);
        }
        self.entrance(id)?.unban_user(user, None).await.map_err(error::delivery)?;
        Ok(Receipt::Done)
    }

    /// Invites into the rooms of a plan, but for those that are `closed` for now. Gives whether none is left.
    async fn invite_back(
        &self,
        user: &UserId,
        plan_key: &str,
        plan: Vec<OwnedRoomId>,
        closed: &BTreeSet<OwnedRoomId>,
        tally: &mut Tally,
    ) -> Result<bool, DeliveryError> {
        let mut left = plan.clone();
        for id in plan.into_iter().filter(|id| !closed.contains(id)) {
            let invited = self.invite(&id, user).await;
            // What was refused may be allowed when it is asked for again.
            let is_settled = invited.is_ok();
            // The limit on invitations is on those into the other rooms as well.
            let is_limited = matches!(invited, Err(DeliveryError::NotYet(_)));
            tally.add(invited)?;
            if is_limited {
                break;
            }
            if is_settled {
                left.retain(|other| *other != id);
                self.shared.memory.put(plan_key, &left).await.map_err(ours)?;
            }
        }
        Ok(left.is_empty())
    }

    async fn invite(&self, id: &RoomId, user: &UserId) -> Result<Receipt, DeliveryError> {
        // The bot was put out of it meanwhile, which officers are told of.
        let Some(room) = self.shared.joined(id) else { return Ok(Receipt::AlreadyDone) };
        if matches!(self.membership(id, user).await?.as_deref(), Some("join" | "invite")) {
            return Ok(Receipt::AlreadyDone);
        }
        room.invite_user_by_id(user).await.map_err(limited_alone)?;
        Ok(Receipt::Done)
    }

    /// The rooms in which somebody is banned and was before; none when they are not banned at all.
    async fn rooms_to_return_to(
        &self,
        member: &MemberId,
        user: &UserId,
        entrances: &[OwnedRoomId],
    ) -> Result<Vec<OwnedRoomId>, DeliveryError> {
        let noted: ByName =
            self.shared.memory.get(&self.rooms_key(member)).await.map_err(ours)?.unwrap_or_default();
        let mut banned = Vec::new();
        for id in entrances {
            match self.membership(id, user).await {
                Ok(stands) if stands.as_deref() == Some("ban") => banned.push(id.clone()),
                Ok(_) => {}
                Err(error) if is_final(&error) => {}
                Err(error) => return Err(error),
            }
        }
        let known: Vec<OwnedRoomId> =
            banned.iter().filter(|id| noted.contains_key(id.as_str())).cloned().collect();
        let rooms = if known.is_empty() { banned } else { known };
        // A room that was replaced meanwhile is nowhere to return to; nobody was in the new one.
        let rooms: BTreeSet<OwnedRoomId> = rooms.iter().map(|id| self.shared.moved_to(id)).collect();
        Ok(rooms.into_iter().collect())
    }

    /// Under what something about a member is remembered.
    fn key(&self, about: &str, member: &MemberId) -> String {
        format!("beadle/{about}/{}/{}", self.group.group.as_str(), member.as_str())
    }

    fn rooms_key(&self, member: &MemberId) -> String {
        self.key("rooms", member)
    }

    async fn note_room(&self, member: &MemberId, room: &RoomId, stands: &str) -> Result<(), DeliveryError> {
        let key = self.rooms_key(member);
        let note = |noted: &mut ByName| {
            noted.insert(room.to_string(), stands.to_owned());
        };
        self.shared.memory.change(&key, note).await.map_err(ours)
    }

    /// Gives the member a power with which nobody posts. Whoever a human gave it already stays as they are.
    pub(crate) async fn mute(&self, member: &MemberId) -> Result<Receipt, DeliveryError> {
        if user(member).is_none() {
            return Err(DeliveryError::Gone);
        }
        let key = self.mutes_key(member);
        let mut former: BTreeMap<String, Option<i64>> =
            self.shared.memory.get(&key).await.map_err(ours)?.unwrap_or_default();
        let mut tally = Tally::default();
        for id in self.open_channels()? {
            tally.add(self.mute_in(&id, member, &key, &mut former).await)?;
        }
        tally.end()
    }

    async fn mute_in(
        &self,
        id: &RoomId,
        member: &MemberId,
        key: &str,
        former: &mut BTreeMap<String, Option<i64>>,
    ) -> Result<Receipt, DeliveryError> {
        let mut levels = self.levels(id).await?;
        let level = level_of(&levels, member);
        if level.is_some_and(|level| level <= MUTED) {
            return Ok(Receipt::AlreadyDone);
        }
        // What was remembered of a mute that a human lifted holds no more.
        former.insert(id.to_string(), level);
        self.shared.memory.put(key, former).await.map_err(ours)?;
        set_level(&mut levels, member, Some(MUTED));
        self.set_levels(id, &levels).await?;
        Ok(Receipt::Done)
    }

    /// Gives the member the power they had before, or none of their own.
    pub(crate) async fn unmute(&self, member: &MemberId) -> Result<Receipt, DeliveryError> {
        if user(member).is_none() {
            return Err(DeliveryError::Gone);
        }
        let key = self.mutes_key(member);
        let former: BTreeMap<String, Option<i64>> =
            self.shared.memory.get(&key).await.map_err(ours)?.unwrap_or_default();
        let mut tally = Tally::default();
        for id in self.open_channels()? {
            let before = former.get(id.as_str()).copied().flatten();
            tally.add(self.unmute_in(&id, member, before).await)?;
        }
        let receipt = tally.end()?;
        self.shared.memory.forget(&key).await.map_err(ours)?;
        Ok(receipt)
    }

    async fn unmute_in(
        &self,
        id: &RoomId,
        member: &MemberId,
        before: Option<i64>,
    ) -> Result<Receipt, DeliveryError> {
        let mut levels = self.levels(id).await?;
        if level_of(&levels, member).is_none_or(|level| level > MUTED) {
            return Ok(Receipt::AlreadyDone);
        }
        set_level(&mut levels, member, before);
        self.set_levels(id, &levels).await?;
        Ok(Receipt::Done)
    }

    fn mutes_key(&self, member: &MemberId) -> String {
        self.key("mutes", member)
    }

    async fn levels(&self, room: &RoomId) -> Result<calls::Content, DeliveryError> {
        let levels = calls::state(&self.shared.client, room, "m.room.power_levels", "").await;
        Ok(levels.map_err(error::delivery)?.unwrap_or_default())
    }

    async fn set_levels(&self, room: &RoomId, levels: &calls::Content) -> Result<(), DeliveryError> {
        let set = calls::set_state(&self.shared.client, room, "m.room.power_levels", "", levels).await;
        set.map_err(error::delivery)
    }

    /// What is known of an account: whether it is or was in a room of the group.
    pub(crate) async fn known(&self, member: &MemberId) -> Result<Account, DeliveryError> {
        let Some(user) = user(member) else { return Ok(Account::Nobody) };
        for id in self.open_entrances()? {
            if self.membership(&id, &user).await?.is_some() {
                return Ok(Account::Known);
            }
        }
        Ok(Account::Nobody)
    }

    /// Who of these may not post in some channel of the group. It is a human's doing where the bot did it in not all of them.
    pub(crate) async fn muted(&self, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        let mut former = Vec::new();
        for member in of {
            let known: Option<BTreeMap<String, Option<i64>>> =
                self.shared.memory.get(&self.mutes_key(member)).await.map_err(ours)?;
            former.push(known.unwrap_or_default());
        }
        let mut muted: BTreeMap<&MemberId, bool> = BTreeMap::new();
        for id in self.open_channels()? {
            let levels = self.levels(&id).await?;
            for (member, former) in of.iter().zip(&former) {
                if level_of(&levels, member).is_some_and(|level| level <= MUTED) {
                    *muted.entry(member).or_insert(true) &= former.contains_key(id.as_str());
                }
            }
        }
        let told = |(member, ours): (&MemberId, bool)| Mute { member: member.clone(), ours, until: None };
        Ok(muted.into_iter().map(told).collect())
    }

    /// Who of these is banned from a room of the group.
    pub(crate) async fn kept_out(&self, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        if of.is_empty() {
            return Ok(Vec::new());
        }
        let mut kept_out: BTreeMap<MemberId, bool> = BTreeMap::new();
        for one in self.everybody().await? {
            let banned = MemberId::new(one.user.as_str()).filter(|_| one.membership == "ban");
            let Some(member) = banned.filter(|member| of.contains(member)) else { continue };
            let ours = kept_out.entry(member).or_insert(true);
            *ours &= self.shared.is_me(&one.by);
        }
        let told = |(member, ours)| Exclusion { member, ours, until: None };
        Ok(kept_out.into_iter().map(told).collect())
    }

    /// Everybody who is there, under each of their names.
    pub(crate) async fn names(&self) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        let mut names = std::collections::BTreeSet::new();
        for one in self.everybody().await? {
            if one.membership != "join" || self.shared.is_me(&one.user) {
                continue;
            }
            let Ok(user) = UserId::parse(one.user.as_str()) else { continue };
            names.insert((one.user.clone(), one.user.clone()));
            names.insert((one.user.clone(), user.localpart().to_owned()));
            names.extend(one.name.map(|name| (one.user, name)));
        }
        let named = names
            .into_iter()
            .filter_map(|(member, name)| Some((MemberId::new(member)?, MessageText::new(name))));
        Ok(named.collect())
    }

    async fn everybody(&self) -> Result<Vec<Membership>, DeliveryError> {
        let mut all = Vec::new();
        for id in self.open_entrances()? {
            all.extend(calls::memberships(&self.shared.client, &id).await.map_err(error::delivery)?);
        }
        Ok(all)
    }

    /// How somebody stands in a room, as [`calls::membership`] has it.
    pub(crate) async fn membership(
        &self,
        room: &RoomId,
        user: &UserId,
    ) -> Result<Option<String>, DeliveryError> {
        calls::membership(&self.shared.client, room, user).await.map_err(error::delivery)
    }

    fn entrance(&self, id: &RoomId) -> Result<matrix_sdk::Room, DeliveryError> {
        let room = self.shared.joined(id);
        room.ok_or_else(|| DeliveryError::Unreachable("the bot is not in the room".into()))
    }
}

/// A member's own power, if the room gives them one. Old rooms hold it as text.
fn level_of(levels: &calls::Content, member: &MemberId) -> Option<i64> {
    let level = levels.get("users")?.get(member.as_str())?;
    level.as_i64().or_else(|| level.as_str()?.trim().parse().ok())
}

fn set_level(levels: &mut calls::Content, member: &MemberId, level: Option<i64>) {
    let users = levels.entry("users").or_insert_with(|| json!({}));
    let Value::Object(users) = users else { return };
    match level {
        Some(level) => users.insert(member.as_str().to_owned(), json!(level)),
        None => users.remove(member.as_str()),
    };
}
