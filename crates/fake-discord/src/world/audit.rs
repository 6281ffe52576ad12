//! What a guild writes down about what its moderators do.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;

/// What was done, as Discord numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action(pub u16);

/// One thing that was done.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which entry it is.
    pub id: Snowflake,
    /// What was done.
    pub action: Action,
    /// Who did it.
    pub by: Option<Snowflake>,
    /// To whom or what.
    pub target: Option<Snowflake>,
    /// Why, if it was said.
    pub reason: Option<String>,
    /// What is different now.
    pub changes: Vec<Value>,
    /// What else is known, such as how many.
    pub options: Option<Value>,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        impl Action { $($(#[$doc])* pub const $name: Self = Self($number);)* }
    };
}

actions! {
    /// The guild was changed.
    GUILD_UPDATE = 1;
    /// A channel was made.
    CHANNEL_CREATE = 10;
    /// A channel was changed.
    CHANNEL_UPDATE = 11;
    /// A channel was deleted.
    CHANNEL_DELETE = 12;
    /// An overwrite was made.
    OVERWRITE_CREATE = 13;
    /// An overwrite was changed.
    OVERWRITE_UPDATE = 14;
    /// An overwrite was deleted.
    OVERWRITE_DELETE = 15;
    /// A member was removed.
    MEMBER_KICK = 20;
    /// A member was banned.
    MEMBER_BAN_ADD = 22;
    /// A ban was lifted.
    MEMBER_BAN_REMOVE = 23;
    /// A member was renamed, timed out or the like.
    MEMBER_UPDATE = 24;
    /// A member was given or lost a role.
    MEMBER_ROLE_UPDATE = 25;
    /// A bot came in.
    BOT_ADD = 28;
    /// A role was made.
    ROLE_CREATE = 30;
    /// A role was changed.
    ROLE_UPDATE = 31;
    /// A role was deleted.
    ROLE_DELETE = 32;
    /// An invite was made.
    INVITE_CREATE = 40;
    /// An invite was deleted.
    INVITE_DELETE = 42;
    /// A webhook was deleted.
    WEBHOOK_DELETE = 52;
    /// Messages of somebody were deleted.
    MESSAGE_DELETE = 72;
    /// Many messages were deleted.
    MESSAGE_BULK_DELETE = 73;
    /// A message was pinned.
    MESSAGE_PIN = 74;
    /// A message was unpinned.
    MESSAGE_UNPIN = 75;
    /// A thread was opened.
    THREAD_CREATE = 110;
    /// A thread was changed.
    THREAD_UPDATE = 111;
    /// A thread was deleted.
    THREAD_DELETE = 112;
    /// The server's own filter blocked a message.
    AUTOMOD_BLOCK_MESSAGE = 143;
    /// What is said beside a voice channel's name was changed.
    VOICE_STATUS_UPDATE = 192;
    /// It was taken away.
    VOICE_STATUS_DELETE = 193;
}

/// How long entries are kept.
const KEPT_DAYS: u64 = 45;

impl Entry {
    /// When it was written.
    pub fn at(&self) -> Moment {
        self.id.moment()
    }
}

impl World {
    /// Writes down what was done, and tells those who may read it.
    pub(crate) fn write_down(&mut self, guild: Snowflake, entry: Entry) {
        let mut told = entry.json();
        told["guild_id"] = json!(guild);
        if let Some(guild) = self.guilds.get_mut(&guild) {
            guild.audit.push(entry);
        }
        let to = Audience::guild(guild, Intents::GUILD_MODERATION).who_may(Permissions::VIEW_AUDIT_LOG);
        self.emit(&to, "GUILD_AUDIT_LOG_ENTRY_CREATE", told);
    }

    /// An entry that is only to be filled in.
    pub(crate) fn entry(
        &mut self,
        action: Action,
        by: Snowflake,
        target: Option<Snowflake>,
        reason: Option<&str>,
    ) -> Entry {
        let (id, reason) = (self.new_id(), reason.map(str::to_owned));
        Entry { id, action, by: Some(by), target, reason, changes: Vec::new(), options: None }
    }

    pub(crate) fn forget_old_entries(&mut self) {
        let now = self.clock.now();
        for guild in self.guilds.values_mut() {
            guild.audit.retain(|entry| now.since(entry.at()).as_secs() < KEPT_DAYS * 86_400);
        }
    }
}

impl Entry {
    pub(crate) fn json(&self) -> Value {
        let mut json = json!({
            "id": self.id, "action_type": self.action.0, "user_id": self.by, "target_id": self.target,
        });
        if !self.changes.is_empty() {
            json["changes"] = json!(self.changes);
        }
        if let Some(options) = &self.options {
            json["options"] = options.clone();
        }
        if let Some(reason) = &self.reason {
            json["reason"] = json!(reason);
        }
        json
    }

    #[must_use]
    pub(crate) fn changing(mut self, key: &str, old: Value, new: Value) -> Self {
        let mut change = json!({ "key": key });
        if !old.is_null() {
            change["old_value"] = old;
        }
        if !new.is_null() {
            change["new_value"] = new;
        }
        self.changes.push(change);
        self
    }

    #[must_use]
    pub(crate) fn with(mut self, options: Value) -> Self {
        self.options = Some(options);
        self
    }
}
