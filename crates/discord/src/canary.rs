//! Whether the gateway still tells what is written: one line in the officers' channel, which the bot changes in its place and
//! then has to hear of, the whole way that members' messages take. Nobody's device makes a sound, and nothing piles up.
//!
//! Of what the bot writes itself Discord never keeps the words from it. Whether it is shown those of members is seen in their
//! messages (`Listener::note_shown`).

use platform::{CanaryId, DeliveryError, Inbound};
use serde_json::{Value, json};

use crate::account::Shared;
use crate::board::{SILENT, is_gone, message};
use crate::error::RestError;
use crate::hear::Stopped;
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::memory::{About, Stands};
use crate::outbound::ours;
use crate::rest::{Request, Route, Urgency};
use crate::settings::GroupSettings;

/// What stands before a canary's name, in small type.
const BEFORE: &str = "-# I change this line from time to time, to see that I hear what is written. (";
/// What stands behind it.
const BEHIND: &str = ")";

impl Shared {
    /// Changes the line in a group's officers' channel, or puts it up where it is not.
    ///
    /// # Errors
    /// When Discord did not take it, or it could not be noted where it stands.
    pub(crate) async fn send_canary(&self, group: &GroupSettings, id: CanaryId) -> Result<(), DeliveryError> {
        let (channel, about) = (group.officers_channel.0, About::Canary(&group.group));
        let known = self.memory.get::<Stands>(about).await.map_err(ours)?;
        if let Some(stands) = known.filter(|stands| stands.channel == channel) {
            let body = json!({ "content": line(id), "allowed_mentions": { "parse": [] } });
            let changed = Request::patch(message(stands)).json(body).urgency(Urgency::Upkeep);
            match self.rest.call(changed).await {
                Ok(_) => return Ok(()),
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(error.delivery()),
            }
        } else if let Some(elsewhere) = known {
            // Officers talk in another channel now.
            self.take_down(elsewhere).await.map_err(RestError::delivery)?;
        }
        let message = self.put_up_canary(channel, id).await.map_err(RestError::delivery)?;
        self.memory.put(about, &Stands { channel, message }).await.map_err(ours)
    }

    async fn put_up_canary(&self, channel: Snowflake, id: CanaryId) -> Result<Snowflake, RestError> {
        let body = json!({
            "content": line(id),
            "allowed_mentions": { "parse": [] },
            "flags": SILENT,
            // Put up again after a crash, it does not stand there twice.
            "nonce": format!("c{:x}", channel.number()),
            "enforce_nonce": true,
        });
        let request = Request::post(Route::channel(channel).at("messages")).json(body);
        let posted = self.rest.call(request.urgency(Urgency::Upkeep)).await?;
        json::id(&posted, "id").ok_or(RestError::Setup("Discord put up a line without a name"))
    }
}

impl Listener {
    /// Hands in that the bot heard of its own line, where a message is that.
    pub(crate) async fn hear_canary(&self, message: &Value) -> Result<(), Stopped> {
        let is_mine =
            json::get(message, "author").and_then(|author| json::id(author, "id")) == Some(self.shared.me);
        let is_there = json::id(message, "channel_id") == Some(self.group.officers_channel.0);
        let Some(id) = json::text(message, "content").filter(|_| is_mine && is_there).and_then(read) else {
            return Ok(());
        };
        self.take(Inbound::Canary { group: self.group.group.clone(), id }).await.map(|_| ())
    }
}

fn line(id: CanaryId) -> String {
    format!("{BEFORE}{id}{BEHIND}")
}

fn read(line: &str) -> Option<CanaryId> {
    CanaryId::parse(line.strip_prefix(BEFORE)?.strip_suffix(BEHIND)?)
}

#[cfg(test)]
mod tests {
    use policy::Timestamp;

    use super::*;

    #[test]
    fn the_line_is_known_again_and_nothing_else_is() {
        let id = CanaryId::made(Timestamp::from_millis(1_778_493_600_000));
        assert_eq!(read(&line(id)), Some(id));
        let shown = line(id);
        insta::assert_snapshot!(shown, @"-# I change this line from time to time, to see that I hear what is written. (19e167ab100)");
        for other in
            ["", "19e167ab100", shown.trim_end_matches(')'), &shown.to_uppercase(), &format!("{shown} ")]
        {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
