//! What somebody may do: a set of bits.

use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign, Not};

use serde::{Serialize, Serializer};

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u64);

macro_rules! bits {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        impl Permissions {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*
            /// Every one.
            pub const ALL: Self = Self($(1 << $bit)|*);
        }
    };
}

bits! {
    /// To make invites.
    CREATE_INSTANT_INVITE = 0;
    /// To remove members.
    KICK_MEMBERS = 1;
    /// To ban members.
    BAN_MEMBERS = 2;
    /// Everything, whatever channels say.
    ADMINISTRATOR = 3;
    /// To change channels.
    MANAGE_CHANNELS = 4;
    /// To change the guild.
    MANAGE_GUILD = 5;
    /// To react with what nobody has reacted with yet.
    ADD_REACTIONS = 6;
    /// To read the audit log.
    VIEW_AUDIT_LOG = 7;
    /// To speak before others.
    PRIORITY_SPEAKER = 8;
    /// To show a screen.
    STREAM = 9;
    /// To see a channel.
    VIEW_CHANNEL = 10;
    /// To write in a channel.
    SEND_MESSAGES = 11;
    /// To have messages read aloud.
    SEND_TTS_MESSAGES = 12;
    /// To delete the messages of others.
    MANAGE_MESSAGES = 13;
    /// To have links shown with what they lead to.
    EMBED_LINKS = 14;
    /// To attach files.
    ATTACH_FILES = 15;
    /// To read what was written before.
    READ_MESSAGE_HISTORY = 16;
    /// To ping everybody.
    MENTION_EVERYONE = 17;
    /// To use emoji of other guilds.
    USE_EXTERNAL_EMOJIS = 18;
    /// To see the guild's numbers.
    VIEW_GUILD_INSIGHTS = 19;
    /// To join a voice channel.
    CONNECT = 20;
    /// To speak there.
    SPEAK = 21;
    /// To mute others there.
    MUTE_MEMBERS = 22;
    /// To deafen others there.
    DEAFEN_MEMBERS = 23;
    /// To move others between voice channels.
    MOVE_MEMBERS = 24;
    /// To speak without pressing a key.
    USE_VAD = 25;
    /// To change one's own nickname.
    CHANGE_NICKNAME = 26;
    /// To change those of others.
    MANAGE_NICKNAMES = 27;
    /// To change and give roles below one's own.
    MANAGE_ROLES = 28;
    /// To change webhooks.
    MANAGE_WEBHOOKS = 29;
    /// To change emoji, stickers and sounds.
    MANAGE_GUILD_EXPRESSIONS = 30;
    /// To use commands.
    USE_APPLICATION_COMMANDS = 31;
    /// To ask to speak.
    REQUEST_TO_SPEAK = 32;
    /// To change events.
    MANAGE_EVENTS = 33;
    /// To change threads, and see the private ones.
    MANAGE_THREADS = 34;
    /// To open public threads.
    CREATE_PUBLIC_THREADS = 35;
    /// To open private threads.
    CREATE_PRIVATE_THREADS = 36;
    /// To use stickers of other guilds.
    USE_EXTERNAL_STICKERS = 37;
    /// To write in threads.
    SEND_MESSAGES_IN_THREADS = 38;
    /// To use activities.
    USE_EMBEDDED_ACTIVITIES = 39;
    /// To time members out.
    MODERATE_MEMBERS = 40;
    /// To see what the guild earns.
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 41;
    /// To use the soundboard.
    USE_SOUNDBOARD = 42;
    /// To make emoji, stickers and sounds.
    CREATE_GUILD_EXPRESSIONS = 43;
    /// To make events.
    CREATE_EVENTS = 44;
    /// To use sounds of other guilds.
    USE_EXTERNAL_SOUNDS = 45;
    /// To send voice messages.
    SEND_VOICE_MESSAGES = 46;
    /// To say what a voice channel is about.
    SET_VOICE_CHANNEL_STATUS = 48;
    /// To post polls.
    SEND_POLLS = 49;
    /// To have the answers of one's own applications seen by all.
    USE_EXTERNAL_APPS = 50;
    /// To pin messages.
    PIN_MESSAGES = 51;
    /// To write in a channel in slow mode as often as one likes.
    BYPASS_SLOWMODE = 52;
}

impl Permissions {
    /// None.
    pub const NONE: Self = Self(0);

    /// What everybody may in an ordinary guild.
    pub const MEMBER: Self = Self(
        Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::SEND_MESSAGES_IN_THREADS.0
            | Self::CREATE_PUBLIC_THREADS.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::EMBED_LINKS.0
            | Self::ATTACH_FILES.0
            | Self::ADD_REACTIONS.0
            | Self::SEND_POLLS.0
            | Self::CHANGE_NICKNAME.0
            | Self::CONNECT.0
            | Self::SPEAK.0
            | Self::USE_APPLICATION_COMMANDS.0
            | Self::USE_EXTERNAL_APPS.0
            | Self::USE_EXTERNAL_EMOJIS.0
            | Self::USE_EXTERNAL_STICKERS.0
            | Self::SET_VOICE_CHANNEL_STATUS.0
            | Self::SEND_VOICE_MESSAGES.0,
    );

    /// What a member who is timed out keeps.
    pub(crate) const TIMED_OUT: Self = Self(Self::VIEW_CHANNEL.0 | Self::READ_MESSAGE_HISTORY.0);

    /// What a user may in a conversation of two.
    pub(crate) const IN_PRIVATE: Self = Self(
        Self::MEMBER.0 & !(Self::CREATE_PUBLIC_THREADS.0 | Self::SEND_MESSAGES_IN_THREADS.0)
            | Self::PIN_MESSAGES.0,
    );

    /// For whoever has it in a guild where two-factor authentication is asked of moderators.
    pub(crate) const NEEDS_TWO_FACTORS: Self = Self(
        Self::KICK_MEMBERS.0
            | Self::BAN_MEMBERS.0
            | Self::ADMINISTRATOR.0
            | Self::MANAGE_CHANNELS.0
            | Self::MANAGE_GUILD.0
            | Self::MANAGE_MESSAGES.0
            | Self::MANAGE_ROLES.0
            | Self::MANAGE_WEBHOOKS.0
            | Self::MANAGE_GUILD_EXPRESSIONS.0
            | Self::MANAGE_THREADS.0
            | Self::MODERATE_MEMBERS.0,
    );

    /// Those of a number; bits that Discord does not have yet are kept.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The number.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether all of `others` are among them.
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether one of `others` is among them.
    pub const fn has_any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// These without `others`.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Permissions {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for Permissions {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// As text, as Discord writes them.
impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
