//! Guilds, their roles and members.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::clock::Moment;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::audit::Entry;

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct User {
    /// Whose it is.
    pub id: Snowflake,
    /// The name that nobody else has.
    pub username: String,
    /// The name that is shown.
    pub global_name: Option<String>,
    /// Whether it is an application's.
    pub bot: bool,
    /// Whether they pay, and may write 4,000 characters.
    pub nitro: bool,
}

/// A guild.
#[derive(Clone, Debug)]
pub struct Guild {
    /// Which it is; also the id of the role that all have.
    pub id: Snowflake,
    /// What it is called.
    pub name: String,
    /// Who may do everything.
    pub owner: Snowflake,
    /// Its roles.
    pub roles: BTreeMap<Snowflake, Role>,
    /// Who is in it.
    pub members: BTreeMap<Snowflake, Member>,
    /// Who may not come in, and why.
    pub bans: BTreeMap<Snowflake, Option<String>>,
    /// What moderators did.
    pub audit: Vec<Entry>,
    /// Whether moderators need two factors.
    pub two_factors: bool,
    /// The rules of its own filter.
    pub automod: BTreeMap<Snowflake, Value>,
    /// The ways in.
    pub invites: BTreeMap<String, Invite>,
    /// What posts under any name.
    pub webhooks: BTreeMap<Snowflake, Webhook>,
    /// Who was ever in it.
    pub(crate) came: BTreeSet<Snowflake>,
    pub(crate) emojis: Vec<Value>,
    pub(crate) stickers: Vec<Value>,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Which it is.
    pub id: Snowflake,
    /// What it is called.
    pub name: String,
    /// The greater, the higher.
    pub position: u32,
    /// What those who have it may do.
    pub permissions: Permissions,
    /// Whether everybody may ping it.
    pub mentionable: bool,
    /// The bot whose own it is.
    pub managed_by: Option<Snowflake>,
    pub(crate) color: u32,
    pub(crate) hoist: bool,
}

/// Somebody in a guild.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who it is.
    pub user: Snowflake,
    /// What they are called here.
    pub nick: Option<String>,
    /// Their roles, without the one that all have.
    pub roles: BTreeSet<Snowflake>,
    /// Since when.
    pub joined: Moment,
    /// Until when they may only read.
    pub timed_out: Option<Moment>,
    /// Whether they came back, and the like.
    pub flags: u32,
}

/// A way in.
#[derive(Clone, Debug)]
pub struct Invite {
    /// What it is followed by.
    pub code: String,
    /// Where it leads.
    pub channel: Snowflake,
    /// Whose it is.
    pub inviter: Snowflake,
    /// When it was made.
    pub made: Moment,
    /// How many seconds it holds; zero is for ever.
    pub max_age: u32,
    /// How often it can be used; zero is as often as one likes.
    pub max_uses: u32,
    /// How often it was.
    pub uses: u32,
    /// Whether who comes by it goes again unless given a role.
    pub temporary: bool,
    /// Who alone may use it, if it is not for all.
    pub for_users: Option<BTreeSet<Snowflake>>,
    /// What roles they are given.
    pub roles: BTreeSet<Snowflake>,
}

/// Something that posts under any name.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Which it is.
    pub id: Snowflake,
    /// Where it posts.
    pub channel: Snowflake,
    /// What it is called.
    pub name: String,
    /// What opens it.
    pub token: String,
    /// Who made it.
    pub maker: Snowflake,
}

impl Guild {
    /// The role of that name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.values().find(|role| role.name == name)
    }

    /// Whether somebody is in it.
    pub fn has(&self, user: Snowflake) -> bool {
        self.members.contains_key(&user)
    }

    /// How high the highest role of somebody is.
    pub(crate) fn height(&self, user: Snowflake) -> u32 {
        let Some(member) = self.members.get(&user) else { return 0 };
        let roles = member.roles.iter().filter_map(|role| self.roles.get(role));
        roles.map(|role| role.position).max().unwrap_or(0)
    }
}

impl Member {
    /// Whether they may only read at that time.
    pub fn is_timed_out(&self, now: Moment) -> bool {
        self.timed_out.is_some_and(|until| until > now)
    }
}
