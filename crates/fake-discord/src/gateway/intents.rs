//! What a client of the gateway wants to hear.

use std::ops::BitOr;

/// A set of intents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Intents(u64);

macro_rules! intents {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        impl Intents {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*
            /// Every one that there is.
            pub const ALL: Self = Self($(1 << $bit)|*);
        }
    };
}

intents! {
    /// Guilds, channels, roles, threads.
    GUILDS = 0;
    /// Members who come, go and change.
    GUILD_MEMBERS = 1;
    /// Bans, and what is written down.
    GUILD_MODERATION = 2;
    /// Emoji, stickers, sounds.
    GUILD_EXPRESSIONS = 3;
    /// Integrations.
    GUILD_INTEGRATIONS = 4;
    /// Webhooks.
    GUILD_WEBHOOKS = 5;
    /// Invites.
    GUILD_INVITES = 6;
    /// Who talks where.
    GUILD_VOICE_STATES = 7;
    /// Who is there.
    GUILD_PRESENCES = 8;
    /// Messages in guilds.
    GUILD_MESSAGES = 9;
    /// Reactions in guilds.
    GUILD_MESSAGE_REACTIONS = 10;
    /// Who is typing in guilds.
    GUILD_MESSAGE_TYPING = 11;
    /// Messages in conversations.
    DIRECT_MESSAGES = 12;
    /// Reactions in conversations.
    DIRECT_MESSAGE_REACTIONS = 13;
    /// Who is typing in conversations.
    DIRECT_MESSAGE_TYPING = 14;
    /// What is in messages.
    MESSAGE_CONTENT = 15;
    /// Events that are planned.
    GUILD_SCHEDULED_EVENTS = 16;
    /// The rules of the server's own filter.
    AUTO_MODERATION_CONFIGURATION = 20;
    /// What it did.
    AUTO_MODERATION_EXECUTION = 21;
    /// Votes in guilds.
    GUILD_MESSAGE_POLLS = 24;
    /// Votes in conversations.
    DIRECT_MESSAGE_POLLS = 25;
}

impl Intents {
    /// None: what everybody hears.
    pub const NONE: Self = Self(0);

    /// Those that an application is given only when asked for at its page.
    pub const PRIVILEGED: Self =
        Self(Self::GUILD_MEMBERS.0 | Self::GUILD_PRESENCES.0 | Self::MESSAGE_CONTENT.0);

    /// Those of a number, if all of them exist.
    pub const fn from_bits(bits: u64) -> Option<Self> {
        if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
    }

    /// The number.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether all of `others` are among them.
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether one of `others` is, or none is asked for.
    pub(crate) const fn has_one_of(self, others: Self) -> bool {
        others.0 == 0 || self.0 & others.0 != 0
    }

    /// Those among `others` too.
    pub(crate) const fn among(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }
}

impl BitOr for Intents {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
