//! What happens by itself as time goes on.

use std::time::Duration;

use serde_json::json;

use crate::clock::Moment;
use crate::shape;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::message::{Draft, kind};

impl World {
    /// Moves time, with what happens by itself: threads are put away, votes end, sessions and entries are forgotten.
    pub(crate) fn advance(&mut self, time: Duration) {
        self.clock.advance(time);
        let now = self.clock.now();
        self.gateway.forget_sessions(now);
        self.forget_old_entries();
        for thread in self.silent_threads(now) {
            self.set_archived(thread, true);
        }
        for (channel, message) in self.ended_polls(now) {
            self.end_poll(channel, message);
        }
    }

    fn silent_threads(&self, now: Moment) -> Vec<Snowflake> {
        let silent = self.channels.values().filter(|channel| {
            let Some(thread) = channel.thread.as_ref().filter(|thread| !thread.archived) else {
                return false;
            };
            let last = channel.last_message.map_or(thread.made, Snowflake::moment).max(thread.changed);
            now.since(last) >= Duration::from_secs(u64::from(thread.archive_after) * 60)
        });
        silent.map(|channel| channel.id).collect()
    }

    fn ended_polls(&self, now: Moment) -> Vec<(Snowflake, Snowflake)> {
        let all = self.messages.values().flat_map(|messages| messages.values());
        let ended = all.filter(|message| {
            let Some(poll) = &message.poll else { return false };
            let expiry = poll["expiry"].as_str().and_then(Moment::parse);
            poll["results"]["is_finalized"] == false && expiry.is_some_and(|expiry| expiry <= now)
        });
        ended.map(|message| (message.channel, message.id)).collect()
    }

    /// Ends a vote, and has its result posted, which repeats the question.
    pub(crate) fn end_poll(&mut self, channel: Snowflake, message: Snowflake) {
        let Some(found) = self.messages.get_mut(&channel).and_then(|all| all.get_mut(&message)) else {
            return;
        };
        let author = found.author;
        let Some(poll) = &mut found.poll else { return };
        poll["results"]["is_finalized"] = json!(true);
        let embed = shape::poll_result(poll);
        self.tell_message("MESSAGE_UPDATE", channel, message);
        let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
        let mut reference = json!({ "type": 0, "channel_id": channel, "message_id": message });
        if let Some(guild) = guild {
            reference["guild_id"] = json!(guild);
        }
        let draft = Draft {
            kind: Some(kind::POLL_RESULT),
            embeds: vec![embed],
            reference: Some(reference),
            ..Draft::default()
        };
        self.put_message(author, channel, draft);
    }
}
