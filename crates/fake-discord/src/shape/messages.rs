//! Messages as JSON.

use serde_json::{Value, json};

use crate::shape::merge;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::message::{Message, kind};

impl World {
    /// A message as somebody sees it, or as all do.
    pub(crate) fn message_json(&self, message: &Message, viewer: Option<Snowflake>) -> Value {
        let mut json = self.basic_message_json(message, viewer);
        if let Some(to) = message.reference.as_ref().filter(|to| to["type"] != 1) {
            let answered = crate::world::id_in(&to["message_id"]).and_then(|id| {
                let channel = crate::world::id_in(&to["channel_id"])?;
                self.message(channel, id)
            });
            if matches!(message.kind, kind::REPLY | kind::THREAD_STARTER | kind::CONTEXT_MENU_COMMAND) {
                json["referenced_message"] =
                    answered.map_or(Value::Null, |one| self.basic_message_json(one, viewer));
            }
        }
        if !message.reactions.is_empty() {
            let reactions = message.reactions.iter().map(|one| {
                let me = viewer.is_some_and(|viewer| one.users.contains(&viewer));
                json!({
                    "emoji": { "id": one.emoji, "name": one.name }, "count": one.users.len(),
                    "count_details": { "burst": 0, "normal": one.users.len() },
                    "burst_colors": [], "me_burst": false, "me": me,
                })
            });
            json["reactions"] = reactions.collect();
        }
        json
    }

    fn basic_message_json(&self, message: &Message, viewer: Option<Snowflake>) -> Value {
        let mut json = self.snapshot(message);
        let author = match &message.webhook {
            Some(name) => json!({
                "id": message.author, "username": name, "discriminator": "0000", "avatar": null, "global_name": null,
                "public_flags": 0, "flags": 0, "bot": true, "primary_guild": null,
            }),
            None => self.user_json(message.author),
        };
        merge(
            &mut json,
            json!({
                "id": message.id, "channel_id": message.channel, "author": author, "pinned": message.pinned.is_some(),
                "mention_everyone": message.pings.everyone, "tts": message.tts,
            }),
        );
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                json[name] = value;
            }
        };
        // What an interaction brings about is posted through the webhook that every application is.
        let through = message.application.filter(|_| message.interaction.is_some());
        put(
            "webhook_id",
            message.webhook.is_some().then_some(message.author).or(through).map(|id| json!(id)),
        );
        put("application_id", message.application.map(|id| json!(id)));
        put("nonce", message.nonce.clone());
        put("message_reference", message.reference.clone());
        put("position", message.position.map(|at| json!(at)));
        put("poll", message.poll.as_ref().map(|poll| crate::shape::parts::poll_json(poll, viewer)));
        put("interaction_metadata", message.interaction.clone());
        let is_forward = !message.snapshots.is_empty();
        put("message_snapshots", is_forward.then(|| json!(message.snapshots)));
        let thread = self.channels.get(&message.id).filter(|one| one.parent == Some(message.channel));
        put("thread", thread.map(|thread| self.thread_json(thread, None)));
        json
    }

    /// What is passed on of a message: everything but who wrote it.
    pub(crate) fn snapshot(&self, message: &Message) -> Value {
        let mentions: Vec<_> = message.pings.users.iter().map(|user| self.user_json(*user)).collect();
        let mut json = json!({
            "type": message.kind, "content": message.content, "mentions": mentions,
            "mention_roles": message.pings.roles, "attachments": message.attachments, "embeds": message.embeds,
            "timestamp": message.id.moment(), "edited_timestamp": message.edited, "flags": message.flags,
            "components": message.components,
        });
        if !message.stickers.is_empty() {
            json["sticker_items"] = json!(message.stickers);
        }
        json
    }
}
