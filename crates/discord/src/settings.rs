//! What an account and its groups are set up with.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use platform::Officers;
use policy::GroupId;

use crate::ids::Snowflake;
use crate::rest::Token;

/// A bot on Discord, under which some groups are served.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// What the operator calls it; what it notes for itself is kept under that name.
    pub id: String,
    /// What it shows Discord.
    pub token: Token,
    /// Where Discord's REST interface is: [`crate::rest::DISCORD`] for everybody but tests.
    pub base: String,
    /// All commands there are, as they are defined for every platform.
    pub commands: clap::Command,
    /// Those of them that members may give, by name; the others are shown to officers.
    pub for_members: BTreeSet<String>,
    /// The groups it serves.
    pub groups: Vec<GroupSettings>,
}

/// A group on Discord: one server.
#[derive(Debug, Clone)]
pub struct GroupSettings {
    /// Which.
    pub group: GroupId,
    /// What members call it.
    pub name: String,
    /// Where its days begin.
    pub zone: Tz,
    /// Its server.
    pub server: ServerId,
    /// The channel where officers are told what happens.
    pub officers_channel: ChannelId,
    /// The channel whose private threads are for one member and the moderators each. Whoever is suspended by a role sees
    /// it, and no other.
    pub private_channel: ChannelId,
    /// How somebody is kept out for a time.
    pub suspension: Suspension,
    /// The channel into which somebody is invited who is let in again after a ban; without one, nobody is.
    pub welcome_channel: Option<ChannelId>,
    /// What the server's own filter stops of the group's words before anybody sees it.
    pub automod: AutoMod,
    /// Who holds an office. Whoever keeps a clone can change it while the bot is running.
    pub officers: Officers,
}

/// How somebody is kept out for a time. For good, they are banned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspension {
    /// They stay in the server with this role alone, which sees no channel but [`GroupSettings::private_channel`].
    Role(RoleId),
    /// They are banned until it is over.
    Ban,
}

/// What a server's own filter, AutoMod, stops of a group's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AutoMod {
    /// Nothing: the bot reads what members write, and takes away what is to go.
    Off,
    /// Those for which a post goes wherever they stand. The bot keeps rules of its own for that, and touches no others.
    Strongest,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) Snowflake);

        impl $name {
            /// The id with these digits; nothing when they are none.
            pub fn new(digits: &str) -> Option<Self> {
                Snowflake::parse(digits).map(Self)
            }
        }
    )+};
}

ids! {
    /// The id of a server, as people copy it from Discord.
    ServerId,
    /// The id of a channel of a server, likewise.
    ChannelId,
    /// The id of a role of a server, likewise.
    RoleId,
}
