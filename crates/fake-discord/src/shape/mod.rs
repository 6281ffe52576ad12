//! The objects of the world as JSON, as Discord writes them.

mod messages;
mod parts;

use serde_json::{Value, json};

use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::channel::{Channel, ChannelKind, Overwrite};
use crate::world::guild::{Guild, Invite, Role, Webhook};

pub(crate) use parts::{
    finish_attachment, finish_embed, finish_poll, number_components, poll_result, texts_of,
};

/// Puts the parts of one object into another.
pub(crate) fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}

pub(crate) fn role_json(role: &Role) -> Value {
    let mut json = json!({
        "id": role.id, "name": role.name, "permissions": role.permissions, "position": role.position,
        "color": role.color,
        "colors": { "primary_color": role.color, "secondary_color": null, "tertiary_color": null },
        "hoist": role.hoist, "managed": role.managed_by.is_some(), "mentionable": role.mentionable,
        "icon": null, "unicode_emoji": null, "flags": 0,
    });
    if let Some(bot) = role.managed_by {
        json["tags"] = json!({ "bot_id": bot });
    }
    json
}

fn overwrite_json((id, one): (&Snowflake, &Overwrite)) -> Value {
    json!({ "id": id, "type": u8::from(one.is_member), "allow": one.allow, "deny": one.deny })
}

impl World {
    pub(crate) fn user_json(&self, id: Snowflake) -> Value {
        let Some(user) = self.users.get(&id) else {
            return json!({
                "id": id, "username": "Deleted User", "discriminator": "0", "avatar": null, "global_name": null,
                "public_flags": 0, "flags": 0, "primary_guild": null,
            });
        };
        let mut json = json!({
            "id": id, "username": user.username, "discriminator": "0", "global_name": user.global_name,
            "avatar": null, "banner": null, "accent_color": null, "public_flags": 0, "flags": 0,
            "avatar_decoration_data": null, "collectibles": null, "primary_guild": null,
        });
        if user.bot {
            json["bot"] = json!(true);
            // Bots keep the old number.
            json["discriminator"] = json!("0001");
        }
        json
    }

    /// Somebody as they see themselves.
    pub(crate) fn self_json(&self, id: Snowflake) -> Value {
        let mut json = self.user_json(id);
        merge(
            &mut json,
            json!({ "mfa_enabled": true, "locale": "en-US", "premium_type": 0, "email": null, "verified": true }),
        );
        json
    }

    /// A member without the user, as beside a message.
    pub(crate) fn bare_member_json(&self, guild: Snowflake, user: Snowflake) -> Option<Value> {
        let member = self.member(guild, user)?;
        let now = self.now();
        Some(json!({
            "nick": member.nick, "avatar": null, "banner": null, "roles": member.roles,
            "joined_at": member.joined, "premium_since": null,
            "communication_disabled_until": member.timed_out.filter(|until| *until > now),
            "deaf": false, "mute": false, "pending": false, "flags": member.flags,
            "avatar_decoration_data": null, "collectibles": null,
        }))
    }

    pub(crate) fn member_json(&self, guild: Snowflake, user: Snowflake) -> Value {
        let mut json = self.bare_member_json(guild, user).unwrap_or_else(|| json!({}));
        json["user"] = self.user_json(user);
        json
    }

    pub(crate) fn guild_json(&self, id: Snowflake) -> Value {
        let Some(guild) = self.guilds.get(&id) else { return json!({ "id": id, "unavailable": true }) };
        let roles: Vec<_> = guild.roles.values().map(role_json).collect();
        json!({
            "id": id, "name": guild.name, "icon": null, "description": null, "home_header": null, "splash": null,
            "discovery_splash": null, "features": ["COMMUNITY"], "banner": null, "owner_id": guild.owner,
            "application_id": null, "region": "london", "afk_channel_id": null, "afk_timeout": 300,
            "system_channel_id": null, "system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": null,
            "verification_level": 1, "roles": roles, "default_message_notifications": 1,
            "mfa_level": u8::from(guild.two_factors), "explicit_content_filter": 2, "max_presences": null,
            "max_members": 500_000, "max_stage_video_channel_users": 50, "max_video_channel_users": 25,
            "vanity_url_code": null, "premium_tier": 0, "premium_subscription_count": 0,
            "preferred_locale": "en-GB", "rules_channel_id": null, "safety_alerts_channel_id": null,
            "public_updates_channel_id": null, "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0,
            "emojis": guild.emojis, "stickers": guild.stickers, "incidents_data": null,
        })
    }

    /// A channel, thread or conversation.
    pub(crate) fn any_channel_json(&self, channel: &Channel, viewer: Option<Snowflake>) -> Value {
        match channel.kind {
            ChannelKind::Dm => {
                let others = channel.recipients.iter().filter(|one| Some(**one) != viewer);
                let others: Vec<_> = others.map(|one| self.user_json(*one)).collect();
                json!({
                    "id": channel.id, "type": 1, "last_message_id": channel.last_message, "flags": 0,
                    "recipients": others, "last_pin_timestamp": channel.last_pin,
                })
            }
            kind if kind.is_thread() => self.thread_json(channel, viewer),
            _ => self.channel_json(channel),
        }
    }

    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let overwrites: Vec<_> = channel.overwrites.iter().map(overwrite_json).collect();
        let mut json = json!({
            "id": channel.id, "type": channel.kind.number(), "guild_id": channel.guild, "name": channel.name,
            "position": channel.position, "permission_overwrites": overwrites, "parent_id": channel.parent,
            "flags": channel.flags, "nsfw": channel.nsfw,
        });
        if channel.kind != ChannelKind::Category {
            merge(
                &mut json,
                json!({
                    "last_message_id": channel.last_message, "rate_limit_per_user": channel.slow, "topic": channel.topic,
                }),
            );
        }
        if channel.kind.is_voice() {
            merge(&mut json, json!({ "bitrate": 64_000, "user_limit": 0, "rtc_region": null }));
        } else if channel.kind.is_forum() {
            merge(
                &mut json,
                json!({
                    "available_tags": [], "default_reaction_emoji": null, "default_sort_order": null,
                    "default_forum_layout": 0, "default_thread_rate_limit_per_user": 0,
                }),
            );
        } else if channel.kind.has_messages() {
            json["last_pin_timestamp"] = json!(channel.last_pin);
        }
        json
    }

    pub(crate) fn thread_json(&self, channel: &Channel, viewer: Option<Snowflake>) -> Value {
        let Some(thread) = &channel.thread else { return self.channel_json(channel) };
        let mut metadata = json!({
            "archived": thread.archived, "archive_timestamp": thread.changed,
            "auto_archive_duration": thread.archive_after, "locked": thread.locked, "create_timestamp": thread.made,
        });
        if channel.kind == ChannelKind::PrivateThread {
            metadata["invitable"] = json!(thread.invitable);
        }
        let mut json = json!({
            "id": channel.id, "type": channel.kind.number(), "guild_id": channel.guild, "name": channel.name,
            "parent_id": channel.parent, "owner_id": thread.owner, "last_message_id": channel.last_message,
            "rate_limit_per_user": channel.slow, "flags": channel.flags, "thread_metadata": metadata,
            "message_count": thread.count, "member_count": thread.members.len(), "total_message_sent": thread.sent,
            "applied_tags": thread.tags,
        });
        if let Some(member) = viewer.and_then(|viewer| self.thread_member_json(channel, viewer)) {
            json["member"] = member;
        }
        json
    }

    pub(crate) fn thread_member_json(&self, channel: &Channel, user: Snowflake) -> Option<Value> {
        let joined = channel.thread.as_ref()?.members.get(&user)?;
        Some(json!({ "id": channel.id, "user_id": user, "join_timestamp": joined, "flags": 0 }))
    }

    pub(crate) fn invite_json(&self, guild: &Guild, invite: &Invite) -> Value {
        let channel = self.channels.get(&invite.channel);
        let expires = (invite.max_age > 0)
            .then(|| invite.made.plus(std::time::Duration::from_secs(invite.max_age.into())));
        let roles = invite.roles.iter().filter_map(|id| guild.roles.get(id));
        let roles: Vec<_> = roles
            .map(|role| json!({
                "id": role.id, "name": role.name, "position": role.position, "color": role.color,
                "colors": { "primary_color": role.color, "secondary_color": null, "tertiary_color": null },
                "icon": null, "unicode_emoji": null, "permissions": role.permissions,
            }))
            .collect();
        json!({
            "type": 0, "code": invite.code, "inviter": self.user_json(invite.inviter), "expires_at": expires,
            "guild": {
                "id": guild.id, "name": guild.name, "splash": null, "banner": null, "description": null, "icon": null,
                "features": ["COMMUNITY"], "verification_level": 1, "vanity_url_code": null, "nsfw_level": 0,
                "nsfw": false, "premium_subscription_count": 0,
            },
            "guild_id": guild.id,
            "channel": {
                "id": invite.channel, "type": channel.map_or(0, |channel| channel.kind.number()),
                "name": channel.map(|channel| channel.name.clone()),
            },
            "max_age": invite.max_age, "max_uses": invite.max_uses, "uses": invite.uses, "temporary": invite.temporary,
            "created_at": invite.made, "flags": 0, "roles": roles,
        })
    }

    pub(crate) fn webhook_json(&self, guild: Snowflake, webhook: &Webhook) -> Value {
        json!({
            "id": webhook.id, "type": 1, "name": webhook.name, "avatar": null, "channel_id": webhook.channel,
            "guild_id": guild, "application_id": null, "user": self.user_json(webhook.maker),
        })
    }
}
