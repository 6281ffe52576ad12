//! What humans do with Discord's own means, as the server's audit log has it.

use std::collections::BTreeSet;

use platform::Change;
use policy::Timestamp;
use serde_json::{Value, json};

use crate::hear::{Cut, Stopped, in_patience};
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::memory::{About, part_of};
use crate::pages::{PAGE, Page};
use crate::rest::Route;
use crate::settings::Suspension;
use crate::translate::names::Naming;
use crate::unread::What;

/// So many are known again that were heard: what is told and read comes twice.
const HEARD_MAX: usize = 1_000;
/// So many deeds are remembered as told in each part, over restarts.
const TOLD_MAX: usize = 100;

/// The entries that matter, as Discord numbers them.
mod action {
    pub(super) const CHANNEL_CREATE: u64 = 10;
    pub(super) const CHANNEL_UPDATE: u64 = 11;
    pub(super) const KICK: u64 = 20;
    pub(super) const BAN: u64 = 22;
    pub(super) const UNBAN: u64 = 23;
    pub(super) const MEMBER_UPDATE: u64 = 24;
    pub(super) const MEMBER_ROLE_UPDATE: u64 = 25;
    pub(super) const THREAD_CREATE: u64 = 110;
    pub(super) const THREAD_UPDATE: u64 = 111;
    pub(super) const VOICE_STATUS: u64 = 192;
}

/// What somebody did to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deed {
    pub(crate) to: Snowflake,
    pub(crate) by: Option<Snowflake>,
    pub(crate) change: Change,
}

impl Listener {
    /// One entry as it is made. What is to be undone with it and cannot be now is done when the log is read.
    pub(crate) async fn hear_entry(&mut self, entry: &Value) -> Result<(), Stopped> {
        match self.hear_audited(entry).await {
            Ok(()) => Ok(()),
            Err(Cut::Stopped) => Err(Stopped),
            Err(Cut::Unanswered) => {
                let Some(since) = self.cursors.newest().or_else(|| json::id(entry, "id")) else {
                    return Ok(());
                };
                self.put_off_since(What::Deeds, since).await
            }
        }
    }

    /// One entry, as it is made or read later.
    async fn hear_audited(&mut self, entry: &Value) -> Result<(), Cut> {
        if json::id(entry, "id").is_some_and(|id| self.audited.contains(&id)) {
            return Ok(());
        }
        let by = json::id(entry, "user_id");
        if by == Some(self.shared.me) {
            self.hear_set_words(entry, by).await?;
            return Ok(self.mark_audited(entry).await?);
        }
        let suspended = match &self.group.suspension {
            Suspension::Role(role) => Some(role.0),
            Suspension::Ban => None,
        };
        if let Some(deed) = deed(entry, suspended, self.shared.pace.now()) {
            self.tell_once(json::id(entry, "id"), deed).await?;
        }
        self.hear_taken_down(entry).await?;
        self.hear_set_words(entry, by).await?;
        Ok(self.mark_audited(entry).await?)
    }

    /// Tells of what a human did, unless that was told before: also before a restart, after which some entries come again.
    /// That it was told is kept with it.
    async fn tell_once(&mut self, entry: Option<Snowflake>, deed: Deed) -> Result<(), Cut> {
        let Some(entry) = entry else { return Ok(self.by_hand(deed.to, deed.change, deed.by, None).await?) };
        let part = part_of(entry);
        let told: Option<BTreeSet<Snowflake>> = self.recall(About::Deeds(&self.group.group, part)).await?;
        let mut told = told.unwrap_or_default();
        if !told.insert(entry) {
            return Ok(());
        }
        while told.len() > TOLD_MAX {
            told.pop_first();
        }
        self.forget_ended(deed, entry.sent_at()).await?;
        let noted = self.to_keep(About::Deeds(&self.group.group, part), &told).await?;
        Ok(self.by_hand(deed.to, deed.change, deed.by, Some(noted)).await?)
    }

    /// What the bot did and a human ended is not done again for whoever comes back.
    async fn forget_ended(&self, deed: Deed, at: Timestamp) -> Result<(), Cut> {
        let hands = &self.hands;
        let forget = || async move {
            match deed.change {
                Change::Admitted => hands.forget_suspended(deed.to, at).await,
                Change::Unmuted => hands.forget_muted(deed.to, at).await,
                Change::Excluded | Change::Muted | Change::Removed => Ok(()),
            }
        };
        let again = "what a human ended is not noted yet; it is tried again";
        if let Err(error) = in_patience(&self.shared, &self.stop, again, forget).await? {
            tracing::warn!(%error, "what was hidden from somebody stays so");
        }
        Ok(())
    }

    /// Names, titles and topics that somebody set.
    async fn hear_set_words(&mut self, entry: &Value, by: Option<Snowflake>) -> Result<(), Stopped> {
        let (Some(by), Some(at)) = (by, json::id(entry, "id").map(Snowflake::sent_at)) else { return Ok(()) };
        let Some(target) = json::id(entry, "target_id") else { return Ok(()) };
        match json::number(entry, "action_type") {
            Some(action::MEMBER_UPDATE) => match changed(entry, "nick") {
                Some(Some(nick)) => {
                    let member = json!({"user": {"id": target.to_string()}, "nick": nick});
                    self.take_name(&member, &Naming { by: Some(by), at: Some(at), ..Naming::default() }).await
                }
                Some(None) | None => Ok(()),
            },
            Some(
                action::CHANNEL_CREATE
                | action::CHANNEL_UPDATE
                | action::THREAD_CREATE
                | action::THREAD_UPDATE,
            ) => {
                let mut channel = json!({"id": target.to_string()});
                for field in ["name", "topic"] {
                    if let Some(Some(text)) = changed(entry, field) {
                        channel[field] = json!(text);
                    }
                }
                self.hear_set(&channel, by, at).await
            }
            Some(action::VOICE_STATUS) => {
                let options = json::get(entry, "options");
                let channel = options.and_then(|options| json::id(options, "channel_id")).unwrap_or(target);
                let status = options.and_then(|options| json::text(options, "status"));
                match status {
                    Some(status) => {
                        let channel = json!({"id": channel.to_string(), "status": status});
                        self.hear_set(&channel, by, at).await
                    }
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Notes how far the log was read. While something before is unread, that stays.
    async fn mark_audited(&mut self, entry: &Value) -> Result<(), Stopped> {
        let Some(id) = json::id(entry, "id") else { return Ok(()) };
        self.audited.insert(id);
        if self.audited.len() > HEARD_MAX {
            self.audited.pop_first();
        }
        if self.audited.last() == Some(&id) && !self.unread.holds(What::Deeds) {
            self.note_audited(id).await;
        }
        Ok(())
    }

    async fn note_audited(&self, id: Snowflake) {
        if let Err(error) = self.shared.memory.put(About::Audit(&self.group.group), &id).await {
            // What is read again has no further consequences.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "how far the audit log was read was not noted"
            );
        }
    }

    /// Reads on in the log from where it was read last. What was done before the bot came is nobody's to take over.
    pub(crate) async fn read_audit_log(&mut self) -> Result<(), Cut> {
        let log = Route::guild(self.group.server.0).at("audit-logs").with("limit", PAGE);
        let mut next: Option<Snowflake> = self.recall(About::Audit(&self.group.group)).await?;
        if next.is_none() {
            // What was just done is told of as well, and only then is heard.
            match self.asked(log.clone()).await {
                Ok(page) => {
                    if let Some(newest) = page.and_then(entries).and_then(|page| page.newest()) {
                        self.note_audited(newest).await;
                    }
                }
                Err(cut) => {
                    // What is done until there is an answer is the bot's to take over.
                    if let Some(came) = self.came {
                        self.note_audited(came).await;
                    }
                    return Err(cut);
                }
            }
        }
        while let Some(after) = next {
            let page = self.asked(log.clone().with("after", after)).await?.and_then(entries);
            let Some(page) = page else { return Ok(()) };
            next = page.next();
            for entry in page.things() {
                self.hear_audited(entry).await?;
            }
            if let Some(newest) = page.newest() {
                self.note_audited(newest).await;
            }
        }
        // What was heard meanwhile lies behind it.
        if let Some(newest) = self.audited.last() {
            let read: Option<Snowflake> = self.recall(About::Audit(&self.group.group)).await?;
            if read.is_some_and(|read| read < *newest) {
                self.note_audited(*newest).await;
            }
        }
        Ok(())
    }
}

/// The entries of a page of the log.
fn entries(mut page: Value) -> Option<Page> {
    Page::read(page.get_mut("audit_log_entries")?.take())
}

/// What an entry says that somebody did to a member, if it does.
pub(crate) fn deed(entry: &Value, suspended: Option<Snowflake>, now: Timestamp) -> Option<Deed> {
    let to = json::id(entry, "target_id")?;
    let by = json::id(entry, "user_id");
    let change = match json::number(entry, "action_type")? {
        action::KICK => Change::Removed,
        action::BAN => Change::Excluded,
        action::UNBAN => Change::Admitted,
        action::MEMBER_UPDATE => match changed(entry, "communication_disabled_until")? {
            Some(_) if timed_out_until(entry).is_some_and(|until| until > now) => Change::Muted,
            Some(_) | None => Change::Unmuted,
        },
        action::MEMBER_ROLE_UPDATE => {
            let names = |field: &str| {
                let roles = json::list(entry, "changes")
                    .iter()
                    .filter(|change| json::text(change, "key") == Some(field));
                roles
                    .flat_map(|change| json::list(change, "new_value"))
                    .any(|role| json::id(role, "id") == suspended)
            };
            suspended?;
            match (names("$add"), names("$remove")) {
                (true, _) => Change::Excluded,
                (false, true) => Change::Admitted,
                (false, false) => return None,
            }
        }
        _ => return None,
    };
    Some(Deed { to, by, change })
}

fn timed_out_until(entry: &Value) -> Option<Timestamp> {
    let change = change(entry, "communication_disabled_until")?;
    json::instant(change, "new_value")
}

fn change<'v>(entry: &'v Value, field: &str) -> Option<&'v Value> {
    json::list(entry, "changes").iter().find(|change| json::text(change, "key") == Some(field))
}

/// The text that a field was changed to, or that there is none any more; nothing when it was not changed.
fn changed<'v>(entry: &'v Value, field: &str) -> Option<Option<&'v str>> {
    change(entry, field).map(|change| json::text(change, "new_value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_what_was_done_to_whom() {
        let entry = |action: u64, changes: Value| json!({"id": "9", "user_id": "2", "target_id": "1", "action_type": action, "changes": changes});
        let timed_out = |until: Value| json!([{"key": "communication_disabled_until", "new_value": until}]);
        let roles = |key: &str, role: &str| json!([{"key": key, "new_value": [{"id": "5", "name": "x"}, {"id": role, "name": "y"}]}]);
        let rows = [
            (entry(22, json!([])), Some(Change::Excluded)),
            (entry(23, json!(null)), Some(Change::Admitted)),
            (entry(24, timed_out(json!("2026-11-22T12:00:00.000000+00:00"))), Some(Change::Muted)),
            (entry(24, timed_out(json!("2001-11-22T12:00:00.000000+00:00"))), Some(Change::Unmuted)),
            (entry(24, timed_out(json!(null))), Some(Change::Unmuted)),
            (entry(24, json!([{"key": "nick", "new_value": "x"}])), None),
            (entry(25, roles("$add", "7")), Some(Change::Excluded)),
            (entry(25, roles("$remove", "7")), Some(Change::Admitted)),
            (entry(25, roles("$add", "8")), None),
            (entry(20, json!([])), Some(Change::Removed)),
            (entry(21, json!([])), None),
            (json!({"action_type": 22}), None),
            (json!(null), None),
        ];
        let now = Timestamp::from_millis(1_700_000_000_000);
        for (entry, want) in rows {
            let done = deed(&entry, Snowflake::new(7), now);
            assert_eq!(done.map(|deed| deed.change), want, "{entry}");
        }
        assert_eq!(deed(&entry(25, roles("$add", "7")), None, now), None, "no role suspends here");
    }
}
