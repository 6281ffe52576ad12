//! What is written in the threads that members share with the officers.
//!
//! A letter there says that it can be answered there, so that what its member writes is heard as in private. It is no post
//! of the group's: nobody is to be punished for quoting what they appeal about. What officers say there is between people.

use policy::Letter;
use serde_json::Value;

use crate::asked::wrote;
use crate::directs::{Written, deal_with};
use crate::hear::{Stopped, surely};
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::memory::About;

impl Listener {
    /// Whether it is a thread that a member shares with the officers.
    pub(crate) fn is_door(&self, channel: Snowflake) -> bool {
        self.shared.servers.with(self.group.server.0, |server| server.is_door(channel)) == Some(true)
    }

    /// A message in such a thread, as it is sent, changed or read on after an outage. As in private, it is dealt with once,
    /// and what it is changed into later asks nothing.
    pub(crate) async fn hear_in_door(
        &mut self,
        door: Snowflake,
        id: Snowflake,
        message: &Value,
    ) -> Result<(), Stopped> {
        if self.is_unheard(door, id).await?
            && let Some(user) = self.whose(door, message).await?
            && let Some(content) = json::text(message, "content")
        {
            self.hear_member_out((user, door, id), content).await?;
        }
        self.mark_read(door, id).await
    }

    async fn is_unheard(&self, door: Snowflake, id: Snowflake) -> Result<bool, Stopped> {
        if self.cursors.of(door).is_some_and(|read| id <= read) {
            return Ok(false);
        }
        let shared = &self.shared;
        Ok(!surely(shared, &self.stop, || shared.is_dealt_with(door, id)).await?)
    }

    /// The member whose thread it is, if they wrote that themselves.
    async fn whose(&self, door: Snowflake, message: &Value) -> Result<Option<Snowflake>, Stopped> {
        /// A message and an answer to one; whatever else stands there, Discord says.
        const TYPED: [u64; 2] = [0, 19];
        let Some(author) = json::get(message, "author") else { return Ok(None) };
        let is_program = json::is_true(author, "bot") || json::get(message, "webhook_id").is_some();
        let is_typed = TYPED.contains(&json::number(message, "type").unwrap_or_default());
        let Some(user) = json::id(author, "id").filter(|_| is_typed && !is_program) else { return Ok(None) };
        let theirs: Option<Snowflake> = self.recall(About::Door(&self.group.group, user)).await?;
        Ok((theirs == Some(door)).then_some(user))
    }

    async fn hear_member_out(
        &self,
        (by, channel, message): (Snowflake, Snowflake, Snowflake),
        content: &str,
    ) -> Result<(), Stopped> {
        // Among others, people call whom they mean.
        let called = [format!("<@{}>", self.shared.me), format!("<@!{}>", self.shared.me)];
        let content = content.trim_start();
        let content = called.iter().find_map(|name| content.strip_prefix(name.as_str())).unwrap_or(content);
        let (text, pointed) = wrote(content.trim_start(), &self.shared.settings.commands);
        if let Err(elsewhere) = self.shared.point(&self.group, pointed.as_ref(), None).await {
            let letter = Letter::line(elsewhere.to_string());
            self.shared.reply(channel, message, &letter, Some(&self.group)).await;
            return self.remember(About::Heard(channel), &message).await;
        }
        let written = Written { by, channel, message, with_officers: true };
        deal_with(&self.shared, &self.desk, &self.stop, &self.group, &written, text).await
    }
}
