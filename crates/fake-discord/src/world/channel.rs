//! Channels, threads and conversations.

use std::collections::BTreeMap;

use crate::clock::Moment;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// An ordinary one.
    Text,
    /// A conversation with a bot.
    Dm,
    /// One to talk in, which has a chat as well.
    Voice,
    /// A heading over others.
    Category,
    /// One that others can follow.
    Announcement,
    /// A thread in one of those.
    AnnouncementThread,
    /// A thread that all can read.
    PublicThread,
    /// A thread for those who were added to it.
    PrivateThread,
    /// One to talk in before an audience.
    Stage,
    /// One that has only threads.
    Forum,
    /// One that has only threads with pictures.
    Media,
}

/// A channel.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Which it is.
    pub id: Snowflake,
    /// The guild it is in, unless it is a conversation.
    pub guild: Option<Snowflake>,
    /// What it is.
    pub kind: ChannelKind,
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub topic: Option<String>,
    /// The category, or the channel of a thread.
    pub parent: Option<Snowflake>,
    /// Where it stands.
    pub position: u32,
    /// What is different here for a role or a member.
    pub overwrites: BTreeMap<Snowflake, Overwrite>,
    /// What is said beside a voice channel's name.
    pub status: Option<String>,
    /// What only a thread has.
    pub thread: Option<Thread>,
    /// Who talks in a conversation, the bot first.
    pub recipients: Vec<Snowflake>,
    pub(crate) nsfw: bool,
    pub(crate) slow: u32,
    pub(crate) flags: u32,
    pub(crate) last_message: Option<Snowflake>,
    pub(crate) last_pin: Option<Moment>,
}

/// What is different in a channel for a role or a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overwrite {
    /// Whether it is for a member, not a role.
    pub is_member: bool,
    /// What they may, whatever the guild says.
    pub allow: Permissions,
    /// What they may not.
    pub deny: Permissions,
}

/// What only a thread has.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Who opened it.
    pub owner: Snowflake,
    /// Whether it is put away.
    pub archived: bool,
    /// Whether only moderators can take it out again.
    pub locked: bool,
    /// Whether members may add others to a private one.
    pub invitable: bool,
    /// Who is in it, and since when.
    pub members: BTreeMap<Snowflake, Moment>,
    /// The tags of a forum's post.
    pub tags: Vec<Snowflake>,
    pub(crate) changed: Moment,
    pub(crate) made: Moment,
    /// After how many minutes of silence it is put away.
    pub(crate) archive_after: u32,
    pub(crate) count: u32,
    pub(crate) sent: u32,
}

impl ChannelKind {
    const NUMBERS: [(Self, u8); 11] = [
        (Self::Text, 0),
        (Self::Dm, 1),
        (Self::Voice, 2),
        (Self::Category, 4),
        (Self::Announcement, 5),
        (Self::AnnouncementThread, 10),
        (Self::PublicThread, 11),
        (Self::PrivateThread, 12),
        (Self::Stage, 13),
        (Self::Forum, 15),
        (Self::Media, 16),
    ];

    /// Discord's number of it.
    pub fn number(self) -> u8 {
        Self::NUMBERS.iter().find(|(kind, _)| *kind == self).map_or(0, |(_, number)| *number)
    }

    /// The kind of a number.
    pub fn of(number: u64) -> Option<Self> {
        Self::NUMBERS.iter().find(|(_, one)| u64::from(*one) == number).map(|(kind, _)| *kind)
    }

    /// Whether it is a thread of any kind.
    pub fn is_thread(self) -> bool {
        matches!(self, Self::AnnouncementThread | Self::PublicThread | Self::PrivateThread)
    }

    /// Whether one can talk in it.
    pub(crate) fn is_voice(self) -> bool {
        matches!(self, Self::Voice | Self::Stage)
    }

    /// Whether every message begins a thread.
    pub(crate) fn is_forum(self) -> bool {
        matches!(self, Self::Forum | Self::Media)
    }

    /// Whether messages can stand in it.
    pub(crate) fn has_messages(self) -> bool {
        !self.is_forum() && self != Self::Category
    }
}

impl Channel {
    pub(crate) fn new(id: Snowflake, guild: Option<Snowflake>, kind: ChannelKind, name: &str) -> Self {
        Self {
            id,
            guild,
            kind,
            name: name.to_owned(),
            topic: None,
            parent: None,
            position: 0,
            overwrites: BTreeMap::new(),
            status: None,
            thread: None,
            recipients: Vec::new(),
            nsfw: false,
            slow: 0,
            flags: 0,
            last_message: None,
            last_pin: None,
        }
    }

    /// Whether it is a conversation.
    pub fn is_dm(&self) -> bool {
        self.kind == ChannelKind::Dm
    }

    /// Whether it is a thread that is put away.
    pub fn is_archived(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.archived)
    }
}
