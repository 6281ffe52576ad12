//! The private conversations of the bot, and how far each was read: a bot cannot ask Discord which it has.
//!
//! One that somebody opened while nobody listened is known once they write again.

use std::collections::BTreeMap;

use platform::IntakeError;
use serde::{Deserialize, Serialize};

use crate::account::Shared;
use crate::ids::Snowflake;
use crate::memory::{About, part_of};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// For so long after the last word in it, a conversation is looked into after an outage. A suspension is over by then.
const USED_FOR_MS: i64 = 90 * DAY_MS;
/// So many are kept in a part: the ones that were used last.
const IN_PART_MAX: usize = 1_000;

/// A conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Conversation {
    /// The last message that need not be read.
    read: Snowflake,
    /// Whether that was dealt with, and is not merely what stood there when the bot first wrote.
    is_dealt_with: bool,
    /// When anything was written there, to the day.
    used_ms: i64,
}

type Conversations = BTreeMap<Snowflake, Conversation>;

impl Shared {
    /// The conversations of a part that were used of late, with the last message in each that was dealt with.
    pub(crate) async fn conversations(&self, part: u64) -> Result<Vec<(Snowflake, Snowflake)>, IntakeError> {
        let known = self.memory.get::<Conversations>(About::Conversations(part)).await?.unwrap_or_default();
        let now = self.pace.now().as_millis();
        let used = known.into_iter().filter(|(_, one)| now.saturating_sub(one.used_ms) < USED_FOR_MS);
        Ok(used.map(|(channel, one)| (channel, one.read)).collect())
    }

    /// The last message in a conversation that was dealt with, where that is known.
    pub(crate) async fn read_in_private(&self, channel: Snowflake) -> Result<Option<Snowflake>, IntakeError> {
        let known = self.memory.get::<Conversations>(About::Conversations(part_of(channel))).await?;
        let known = known.and_then(|known| known.get(&channel).copied());
        Ok(known.filter(|known| known.is_dealt_with).map(|known| known.read))
    }

    /// A message in a conversation was dealt with, and all before it.
    pub(crate) async fn mark_read_in_private(&self, channel: Snowflake, message: Snowflake) {
        let now = self.pace.now().as_millis();
        let change = |known: Option<Conversation>| {
            let read = known.map_or(message, |known| known.read.max(message));
            Some(Conversation { read, is_dealt_with: true, used_ms: now })
        };
        self.note_conversation(channel, change).await;
    }

    /// The bot is about to write in a conversation; `newest` is the last that stands there of one that it just asked for.
    pub(crate) async fn use_conversation(&self, channel: Snowflake, newest: Option<Snowflake>) {
        let now = self.pace.now().as_millis();
        let change = |known: Option<Conversation>| match known {
            Some(known) if now.saturating_sub(known.used_ms) < DAY_MS => Some(known),
            Some(known) => Some(Conversation { used_ms: now, ..known }),
            None => newest.map(|read| Conversation { read, is_dealt_with: false, used_ms: now }),
        };
        self.note_conversation(channel, change).await;
    }

    async fn note_conversation(
        &self,
        channel: Snowflake,
        change: impl FnOnce(Option<Conversation>) -> Option<Conversation>,
    ) {
        let about = About::Conversations(part_of(channel));
        let _alone = self.conversing.lock().await;
        let noted = async {
            let mut all = self.memory.get::<Conversations>(about).await?.unwrap_or_default();
            let before = all.get(&channel).copied();
            let Some(after) = change(before).filter(|after| before != Some(*after)) else { return Ok(()) };
            all.insert(channel, after);
            if all.len() > IN_PART_MAX
                && let Some(oldest) = all.iter().min_by_key(|(_, one)| one.used_ms).map(|(oldest, _)| *oldest)
            {
                all.remove(&oldest);
            }
            self.memory.put(about, &all).await
        };
        if let Err(error) = noted.await {
            // What is read again is answered once, as it was.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "how far a conversation was read was not noted"
            );
        }
    }
}
