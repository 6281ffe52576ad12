//! Posts that humans took down, as the server's audit log counts them: an entry for each moderator, member and channel, in
//! which Discord goes on counting without a word when more follow.

use std::collections::BTreeMap;

use platform::Inbound;
use policy::Timestamp;
use serde_json::Value;

use crate::hear::{Cut, Stopped};
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::memory::About;
use crate::rest::Route;
use crate::unread::What;

/// The entries for posts that were taken down, as Discord numbers them.
const MESSAGE_DELETE: u64 = 72;
/// How many entries are in one page, and are remembered.
const PAGE: usize = 100;
/// For how long an entry may go on counting; Discord does not say.
const COUNTS_ON_S: i64 = 60 * 60;
/// How long more are waited for before the log is looked at again.
const GATHER_MS: i64 = 10_000;

/// How many posts were told of, by entry.
type Counted = BTreeMap<Snowflake, u32>;

/// What was told of late.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TakenDown {
    /// When the last entry was made.
    last: Option<Timestamp>,
}

impl Listener {
    /// What an entry counts that was not told before.
    pub(crate) async fn hear_taken_down(&mut self, entry: &Value) -> Result<(), Stopped> {
        let Some((id, author, posts)) = counted(entry) else { return Ok(()) };
        let mut told = self.told_of().await?;
        self.taken_down.last = self.taken_down.last.max(Some(id.sent_at()));
        let more = posts.saturating_sub(told.get(&id).copied().unwrap_or_default());
        let (false, Some(author)) = (more == 0, author.member()) else { return Ok(()) };
        let group = self.group.group.clone();
        let by = json::id(entry, "user_id").and_then(Snowflake::member);
        told.insert(id, posts);
        while told.len() > PAGE {
            told.pop_first();
        }
        let noted = Some(self.to_keep(About::TakenDown(&self.group.group), &told).await?);
        self.take(Inbound::TakenDown { group, author, posts: more, by, noted }).await.map(|_| ())
    }

    /// How many posts were told of, by entry.
    async fn told_of(&self) -> Result<Counted, Stopped> {
        Ok(self.recall(About::TakenDown(&self.group.group)).await?.unwrap_or_default())
    }

    /// Something was deleted, and may be counted in an entry that was told already: that is looked at in a while.
    pub(crate) fn plan_to_look(&mut self) {
        let now = self.shared.pace.now();
        let counts_on = |last: Timestamp| now < last.plus_seconds(COUNTS_ON_S);
        if self.taken_down.last.is_some_and(counts_on) {
            self.unread.plan(What::TakenDown, self.shared.pace.steady_ms().saturating_add(GATHER_MS));
        }
    }

    /// Looks what entries count by now that were told.
    pub(crate) async fn look_at_taken_down(&mut self) -> Result<(), Cut> {
        let told = self.told_of().await?;
        if told.is_empty() {
            return Ok(());
        }
        let route = Route::guild(self.group.server.0).at("audit-logs");
        let route = route.with("action_type", MESSAGE_DELETE).with("limit", PAGE);
        let Some(page) = self.asked(route).await? else { return Ok(()) };
        // What was not told of at all is read in its turn.
        let known = |entry: &&Value| counted(entry).is_some_and(|(id, ..)| told.contains_key(&id));
        for entry in json::list(&page, "audit_log_entries").iter().rev().filter(known) {
            if json::id(entry, "user_id") != Some(self.shared.me) {
                self.hear_taken_down(entry).await?;
            }
        }
        Ok(())
    }
}

/// Whose posts an entry counts, and how many.
pub(crate) fn counted(entry: &Value) -> Option<(Snowflake, Snowflake, u32)> {
    if json::number(entry, "action_type") != Some(MESSAGE_DELETE) {
        return None;
    }
    let count = json::number(json::get(entry, "options")?, "count")?;
    Some((json::id(entry, "id")?, json::id(entry, "target_id")?, u32::try_from(count).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_deletions_of_somebodys_posts_are_counted() {
        let entry = |action: u64, options: Value| json!({"id": "9", "user_id": "2", "target_id": "1", "action_type": action, "options": options});
        let rows = [
            (entry(72, json!({"count": "3", "channel_id": "7"})), Some(3)),
            (entry(72, json!({"count": 2})), Some(2)),
            (entry(72, json!({"count": "99999999999"})), None),
            (entry(72, json!({"count": "-1"})), None),
            (entry(72, json!(null)), None),
            (entry(73, json!({"count": "3"})), None),
            (json!({"action_type": 72, "options": {"count": "3"}}), None),
            (json!(null), None),
        ];
        for (entry, want) in rows {
            assert_eq!(counted(&entry).map(|(_, _, posts)| posts), want, "{entry}");
        }
    }
}
