//! What the bot may not do in a room, found out at every start and at every change.

use matrix_sdk::ruma::events::{MessageLikeEventType, StateEventType};
use matrix_sdk::{Room, RoomMemberships};
use platform::Limit;
use policy::MemberId;

use crate::account::Shared;

impl Shared {
    /// All that stands in the bot's way in a room; nothing while it is not known who may do what there.
    pub(crate) async fn limits(&self, room: &Room) -> Option<Vec<Limit>> {
        let powers = room.power_levels().await.ok()?;
        let me = &*self.me;
        let mut limits = Vec::new();
        if !powers.user_can_redact_event_of_other(me) {
            limits.push(Limit::Remove);
        }
        if !powers.user_can_send_message(me, MessageLikeEventType::RoomMessage) {
            limits.push(Limit::Write);
        }
        if !powers.user_can_send_state(me, StateEventType::RoomPowerLevels) {
            limits.push(Limit::Mute);
        }
        if !powers.user_can_invite(me) {
            limits.push(Limit::Invite);
        }
        if !powers.user_can_ban(me) {
            limits.push(Limit::Exclude);
            return Some(limits);
        }
        let members = room.members(RoomMemberships::JOIN).await.unwrap_or_default();
        let above = members.iter().map(|member| member.user_id());
        let above = above.filter(|user| *user != me && !powers.user_can_ban_user(me, user));
        limits.extend(above.filter_map(|user| MemberId::new(user.as_str())).map(Limit::Outranked));
        Some(limits)
    }
}
