//! Messages: what stands in channels, and what somebody means to post.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::snowflake::Snowflake;

/// Flags of messages.
pub mod flag {
    /// Links are not shown with what they lead to.
    pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
    /// It began a thread.
    pub const HAS_THREAD: u64 = 1 << 5;
    /// Only one member sees it.
    pub const EPHEMERAL: u64 = 1 << 6;
    /// A bot is still thinking.
    pub const LOADING: u64 = 1 << 7;
    /// Nobody's device makes a sound.
    pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    /// It is only a voice.
    pub const IS_VOICE_MESSAGE: u64 = 1 << 13;
    /// It passes another message on.
    pub const HAS_SNAPSHOT: u64 = 1 << 14;
    /// It is made of components alone.
    pub const IS_COMPONENTS_V2: u64 = 1 << 15;
}

/// Kinds of messages, by Discord's numbers.
pub mod kind {
    /// An ordinary one.
    pub const DEFAULT: u8 = 0;
    /// Somebody gave a thread another name.
    pub const CHANNEL_NAME_CHANGE: u8 = 4;
    /// Somebody pinned a message.
    pub const PINNED: u8 = 6;
    /// Somebody came.
    pub const JOIN: u8 = 7;
    /// Somebody opened a thread.
    pub const THREAD_CREATED: u8 = 18;
    /// It answers another.
    pub const REPLY: u8 = 19;
    /// The answer to a command.
    pub const CHAT_INPUT_COMMAND: u8 = 20;
    /// The first of a thread: the message it began with.
    pub const THREAD_STARTER: u8 = 21;
    /// The answer to a menu.
    pub const CONTEXT_MENU_COMMAND: u8 = 23;
    /// The server's own filter tells of something.
    pub const AUTO_MODERATION: u8 = 24;
    /// A poll is over.
    pub const POLL_RESULT: u8 = 46;

    /// Whether it can be deleted.
    pub(crate) fn can_be_deleted(kind: u8) -> bool {
        !matches!(kind, 1..=5 | 21)
    }

    /// Whether somebody wrote it.
    pub(crate) fn is_written(kind: u8) -> bool {
        matches!(kind, DEFAULT | REPLY | CHAT_INPUT_COMMAND | CONTEXT_MENU_COMMAND)
    }
}

/// A message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Which it is.
    pub id: Snowflake,
    /// Where it stands.
    pub channel: Snowflake,
    /// Who wrote it; a webhook's own id if one did.
    pub author: Snowflake,
    /// The webhook's name in this message, if one wrote it.
    pub webhook: Option<String>,
    /// What it is: see [`kind`].
    pub kind: u8,
    /// Its text.
    pub content: String,
    /// See [`flag`].
    pub flags: u64,
    /// When its words were last changed.
    pub edited: Option<Moment>,
    /// Since when it is pinned.
    pub pinned: Option<Moment>,
    /// Cards.
    pub embeds: Vec<Value>,
    /// Files.
    pub attachments: Vec<Value>,
    /// Buttons, menus and texts.
    pub components: Vec<Value>,
    /// Stickers.
    pub stickers: Vec<Value>,
    /// A vote.
    pub poll: Option<Value>,
    /// What it passes on.
    pub snapshots: Vec<Value>,
    /// What it answers or passes on.
    pub reference: Option<Value>,
    /// Who had an application write it.
    pub interaction: Option<Value>,
    /// The application that wrote it.
    pub application: Option<Snowflake>,
    /// What its author made it known by.
    pub nonce: Option<Value>,
    /// Whom it pinged.
    pub pings: Pings,
    /// Reactions to it.
    pub reactions: Vec<Reaction>,
    /// Who alone sees it.
    pub only_for: Option<Snowflake>,
    pub(crate) tts: bool,
    pub(crate) position: Option<u32>,
}

/// Whom a message calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pings {
    /// Everybody.
    pub everyone: bool,
    /// These.
    pub users: BTreeSet<Snowflake>,
    /// All who have these roles.
    pub roles: BTreeSet<Snowflake>,
}

/// What several reacted with.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// The emoji's id, if it is a guild's own.
    pub emoji: Option<Snowflake>,
    /// The emoji, or the name of the guild's own.
    pub name: String,
    /// Who.
    pub users: Vec<Snowflake>,
}

/// What somebody means to post.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub(crate) kind: Option<u8>,
    pub(crate) content: String,
    pub(crate) flags: u64,
    pub(crate) embeds: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) stickers: Vec<Value>,
    pub(crate) poll: Option<Value>,
    pub(crate) snapshots: Vec<Value>,
    pub(crate) reply_to: Option<Snowflake>,
    pub(crate) reference: Option<Value>,
    pub(crate) interaction: Option<Value>,
    pub(crate) application: Option<Snowflake>,
    pub(crate) webhook: Option<String>,
    pub(crate) nonce: Option<Value>,
    pub(crate) allowed: Option<Value>,
    pub(crate) only_for: Option<Snowflake>,
    pub(crate) tts: bool,
}

impl Pings {
    /// Whether nobody is called.
    pub fn is_empty(&self) -> bool {
        !self.everyone && self.users.is_empty() && self.roles.is_empty()
    }
}

impl Message {
    /// Whom it called when it was posted.
    pub fn pings(&self) -> &Pings {
        &self.pings
    }

    /// Whether it is made of components alone.
    pub fn is_of_components(&self) -> bool {
        self.flags & flag::IS_COMPONENTS_V2 != 0
    }

    /// The component with that id, at any depth.
    pub fn component(&self, custom_id: &str) -> Option<&Value> {
        fn find<'a>(all: &'a [Value], custom_id: &str) -> Option<&'a Value> {
            all.iter().find_map(|one| {
                if one["custom_id"] == custom_id {
                    return Some(one);
                }
                let inner = one["components"].as_array().and_then(|inner| find(inner, custom_id));
                inner.or_else(|| Some(&one["accessory"]).filter(|one| one["custom_id"] == custom_id))
            })
        }
        find(&self.components, custom_id)
    }
}

impl Draft {
    /// A text.
    pub fn text(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// Answers a message in the same channel.
    #[must_use]
    pub fn reply_to(mut self, message: Snowflake) -> Self {
        self.reply_to = Some(message);
        self
    }

    /// With a file: its name and perhaps the words for those who cannot see it.
    #[must_use]
    pub fn file(mut self, name: &str, description: Option<&str>) -> Self {
        let mut file = json!({ "filename": name, "size": 64, "content_type": "application/octet-stream" });
        if let Some(description) = description {
            file["description"] = json!(description);
        }
        self.attachments.push(file);
        self
    }

    /// With a file whose shown title is not its name.
    #[must_use]
    pub fn titled_file(mut self, name: &str, title: &str) -> Self {
        self = self.file(name, None);
        if let Some(file) = self.attachments.last_mut() {
            file["title"] = json!(title);
        }
        self
    }

    /// With a sticker.
    #[must_use]
    pub fn sticker(mut self, id: Snowflake, name: &str) -> Self {
        self.stickers.push(json!({ "id": id, "name": name, "format_type": 1 }));
        self
    }

    /// With a card.
    #[must_use]
    pub fn embed(mut self, embed: Value) -> Self {
        self.embeds.push(embed);
        self
    }

    /// With a vote.
    #[must_use]
    pub fn poll(mut self, question: &str, answers: &[&str]) -> Self {
        let answers: Vec<_> = answers.iter().map(|text| json!({ "poll_media": { "text": text } })).collect();
        self.poll = Some(json!({ "question": { "text": question }, "answers": answers }));
        self
    }

    /// Made of components alone. Only applications and webhooks can post it.
    #[must_use]
    pub fn components(mut self, components: &[Value]) -> Self {
        self.components = components.to_vec();
        self.flags |= flag::IS_COMPONENTS_V2;
        self
    }

    /// With that flag.
    #[must_use]
    pub fn flag(mut self, flag: u64) -> Self {
        self.flags |= flag;
        self
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        let lists = [&self.embeds, &self.attachments, &self.components, &self.stickers, &self.snapshots];
        self.content.trim().is_empty() && self.poll.is_none() && lists.iter().all(|list| list.is_empty())
    }
}
