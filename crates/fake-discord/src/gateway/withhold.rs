//! What an application may not know of messages: without the intent, their content is empty on every way.

use serde_json::{Value, json};

use crate::gateway::intents::Intents;
use crate::snowflake::Snowflake;
use crate::world::World;

impl World {
    /// Whether an application may have the intent and, on the gateway, asked for it.
    fn reads_content(&self, app: Snowflake, asked: Intents) -> bool {
        let enabled =
            self.applications.get(&app).is_some_and(|app| app.intents.has(Intents::MESSAGE_CONTENT));
        enabled && asked.has(Intents::MESSAGE_CONTENT)
    }

    pub(super) fn withhold_event(&self, app: Snowflake, intents: Intents, name: &str, data: &mut Value) {
        if self.reads_content(app, intents) {
            return;
        }
        match name {
            "MESSAGE_CREATE" | "MESSAGE_UPDATE" => self.empty(app, data),
            "AUTO_MODERATION_ACTION_EXECUTION" => {
                data["content"] = json!("");
                data["matched_content"] = json!("");
            }
            _ => {}
        }
    }

    /// A message that is asked for.
    pub(crate) fn withhold(&self, app: Snowflake, message: &mut Value) {
        if !self.reads_content(app, Intents::MESSAGE_CONTENT) {
            self.empty(app, message);
        }
    }

    fn empty(&self, app: Snowflake, message: &mut Value) {
        if let Some(answered) = message.get_mut("referenced_message").filter(|one| one.is_object()) {
            self.empty(app, answered);
        }
        let Some(bot) = self.applications.get(&app).map(|app| app.bot.to_string()) else { return };
        let channel = message["channel_id"].as_str().and_then(|id| id.parse::<Snowflake>().ok());
        let is_dm = channel.and_then(|id| self.channels.get(&id)).is_some_and(|channel| channel.is_dm());
        let is_own = message["author"]["id"] == bot;
        let calls_it =
            message["mentions"].as_array().is_some_and(|all| all.iter().any(|one| one["id"] == bot));
        if is_dm || is_own || calls_it {
            return;
        }
        clear(message);
        for snapshot in
            message.get_mut("message_snapshots").and_then(Value::as_array_mut).into_iter().flatten()
        {
            clear(&mut snapshot["message"]);
        }
    }
}

fn clear(message: &mut Value) {
    let Some(message) = message.as_object_mut() else { return };
    message.insert("content".to_owned(), json!(""));
    for part in ["embeds", "attachments", "components"] {
        message.insert(part.to_owned(), json!([]));
    }
    message.remove("poll");
}
