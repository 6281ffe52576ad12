//! What is known of a server: its channels, its roles, and who may do what where. Told at the start and at every change.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serenity::model::Permissions;

use crate::ids::Snowflake;
use crate::json;

/// A server as far as the bot has to know it. Of its members it knows none but the bot itself: they are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    id: Snowflake,
    /// The bot.
    me: Snowflake,
    owner: Snowflake,
    /// Whether whoever moderates it needs two factors: a bot, those of whoever owns its application.
    pub(crate) asks_two_factors: bool,
    roles: BTreeMap<Snowflake, Role>,
    channels: BTreeMap<Snowflake, Channel>,
    /// The roles of the bot.
    my_roles: BTreeSet<Snowflake>,
}

/// A role. The one that everybody has bears the id of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Role {
    /// The higher, the more it ranks.
    pub(crate) position: u64,
    pub(crate) permissions: Permissions,
    /// Whether it is nobody's to give or take: that of a program, or of those who pay for the server.
    pub(crate) is_fixed: bool,
}

/// A channel or a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) kind: Kind,
    /// The category it is in, or the channel a thread is of.
    pub(crate) parent: Option<Snowflake>,
    overwrites: Vec<Overwrite>,
    /// The newest message in it, which may be gone.
    pub(crate) last_message: Option<Snowflake>,
    /// Who made it, of a thread.
    maker: Option<Snowflake>,
}

impl Channel {
    /// Whether it is a place of its own in which something may stand, and no heading over channels.
    pub(crate) fn holds_something(&self) -> bool {
        !self.kind.is_thread() && self.kind != Kind::Category
    }
}

/// What sort of channel it is, as far as that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Members write in it.
    Text,
    /// Members talk in it, and write.
    Voice,
    /// It holds threads, and nothing else is written in it.
    Forum,
    /// It holds channels.
    Category,
    /// A thread of a channel.
    Thread {
        /// Whether only those who were let in see it.
        private: bool,
        /// Whether nobody has written in it for some time, so that it is out of the way.
        archived: bool,
    },
    /// Nothing that Discord had when this was written.
    Other,
}

impl Kind {
    fn read(channel: &Value) -> Self {
        let archived =
            json::at(channel, &["thread_metadata", "archived"]).and_then(Value::as_bool) == Some(true);
        match json::number(channel, "type") {
            Some(0 | 5) => Self::Text,
            Some(2 | 13) => Self::Voice,
            Some(4) => Self::Category,
            Some(10 | 11) => Self::Thread { private: false, archived },
            Some(12) => Self::Thread { private: true, archived },
            Some(15 | 16) => Self::Forum,
            _ => Self::Other,
        }
    }

    /// Whether messages stand in it.
    pub(crate) fn holds_messages(self) -> bool {
        match self {
            // What is new may hold them: better asked in vain than not looked at.
            Self::Text | Self::Voice | Self::Thread { .. } | Self::Other => true,
            Self::Forum | Self::Category => false,
        }
    }

    /// Whether it is a thread.
    pub(crate) fn is_thread(self) -> bool {
        matches!(self, Self::Thread { .. })
    }
}

/// What is different for a role or somebody in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Overwrite {
    of: Whose,
    allow: Permissions,
    deny: Permissions,
}

/// For whom something is different in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Role(Snowflake),
    Member(Snowflake),
}

impl Whose {
    pub(crate) fn id(self) -> Snowflake {
        match self {
            Self::Role(id) | Self::Member(id) => id,
        }
    }

    /// As Discord numbers it.
    pub(crate) fn sort(self) -> u8 {
        match self {
            Self::Role(_) => 0,
            Self::Member(_) => 1,
        }
    }
}

/// Somebody in the server, as far as it matters for what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) user: Snowflake,
    pub(crate) roles: BTreeSet<Snowflake>,
}

impl Standing {
    /// Of somebody as Discord tells of a member.
    pub(crate) fn read(member: &Value) -> Option<Self> {
        let user = json::at(member, &["user"]).and_then(|user| json::id(user, "id"))?;
        let roles = json::list(member, "roles").iter().filter_map(json::snowflake).collect();
        Some(Self { user, roles })
    }
}

/// What an event changed of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing that the bot has to look at.
    None,
    /// What somebody may do, or where.
    Powers,
}

impl Server {
    /// The server in a `GUILD_CREATE`; nothing in one of a server that Discord has not at hand.
    pub(crate) fn read(guild: &Value, me: Snowflake) -> Option<Self> {
        let mut server = Self {
            id: json::id(guild, "id")?,
            me,
            owner: json::id(guild, "owner_id")?,
            asks_two_factors: asks_two_factors(guild),
            roles: json::list(guild, "roles").iter().filter_map(role).collect(),
            channels: BTreeMap::new(),
            my_roles: BTreeSet::new(),
        };
        for channel in json::list(guild, "channels").iter().chain(json::list(guild, "threads")) {
            server.put_channel(channel);
        }
        let standings = json::list(guild, "members").iter().filter_map(Standing::read);
        if let Some(mine) = standings.into_iter().find(|standing| standing.user == me) {
            server.my_roles = mine.roles;
        }
        Some(server)
    }

    /// Takes in an event about the server.
    pub(crate) fn take(&mut self, event: &str, data: &Value) -> Change {
        match event {
            "GUILD_UPDATE" => {
                self.owner = json::id(data, "owner_id").unwrap_or(self.owner);
                self.asks_two_factors = asks_two_factors(data);
                Change::Powers
            }
            "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" => {
                self.roles.extend(json::get(data, "role").and_then(role));
                Change::Powers
            }
            "GUILD_ROLE_DELETE" => {
                let gone = json::id(data, "role_id");
                gone.and_then(|gone| self.roles.remove(&gone)).map_or(Change::None, |_| Change::Powers)
            }
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" => {
                self.put_channel(data);
                Change::Powers
            }
            "THREAD_CREATE" | "THREAD_UPDATE" => {
                self.put_channel(data);
                Change::None
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                if let Some(gone) = json::id(data, "id") {
                    self.channels.retain(|id, channel| {
                        *id != gone && !(channel.kind.is_thread() && channel.parent == Some(gone))
                    });
                }
                Change::Powers
            }
            "THREAD_LIST_SYNC" => {
                for thread in json::list(data, "threads") {
                    self.put_channel(thread);
                }
                Change::None
            }
            "GUILD_MEMBER_UPDATE" => self.take_member(data),
            "MESSAGE_CREATE" => {
                let channel = json::id(data, "channel_id").and_then(|id| self.channels.get_mut(&id));
                if let Some(channel) = channel {
                    channel.last_message = channel.last_message.max(json::id(data, "id"));
                }
                Change::None
            }
            _ => Change::None,
        }
    }

    fn take_member(&mut self, member: &Value) -> Change {
        match Standing::read(member) {
            Some(standing) if standing.user == self.me && standing.roles != self.my_roles => {
                self.my_roles = standing.roles;
                Change::Powers
            }
            Some(_) | None => Change::None,
        }
    }

    /// Takes in a channel or thread as Discord tells of it.
    pub(crate) fn put_channel(&mut self, channel: &Value) {
        let Some(id) = json::id(channel, "id") else { return };
        let known = self.channels.get(&id).and_then(|known| known.last_message);
        let overwrites = json::list(channel, "permission_overwrites").iter().filter_map(overwrite);
        let read = Channel {
            kind: Kind::read(channel),
            parent: json::id(channel, "parent_id"),
            overwrites: overwrites.collect(),
            last_message: json::id(channel, "last_message_id").max(known),
            maker: json::id(channel, "owner_id"),
        };
        self.channels.insert(id, read);
    }

    /// Its id.
    pub(crate) fn id(&self) -> Snowflake {
        self.id
    }

    /// A channel or thread of it.
    pub(crate) fn channel(&self, id: Snowflake) -> Option<&Channel> {
        self.channels.get(&id)
    }

    /// Whether it is a thread that a member shares with the officers: the bot makes no other private ones.
    pub(crate) fn is_door(&self, id: Snowflake) -> bool {
        self.channels.get(&id).is_some_and(|channel| {
            matches!(channel.kind, Kind::Thread { private: true, .. }) && channel.maker == Some(self.me)
        })
    }

    /// All its channels and the threads that are known.
    pub(crate) fn channels(&self) -> impl Iterator<Item = (Snowflake, &Channel)> {
        self.channels.iter().map(|(id, channel)| (*id, channel))
    }

    /// A role of it.
    pub(crate) fn role(&self, id: Snowflake) -> Option<Role> {
        self.roles.get(&id).copied()
    }

    /// The bot in it.
    pub(crate) fn mine(&self) -> Standing {
        Standing { user: self.me, roles: self.my_roles.clone() }
    }

    /// What somebody may do in the server as a whole.
    pub(crate) fn permissions(&self, of: &Standing) -> Permissions {
        if of.user == self.owner {
            return Permissions::all();
        }
        let everybody = self.roles.get(&self.id).map_or(Permissions::empty(), |role| role.permissions);
        let roles = of.roles.iter().filter_map(|role| self.roles.get(role));
        let given = roles.fold(everybody, |given, role| given | role.permissions);
        if given.contains(Permissions::ADMINISTRATOR) { Permissions::all() } else { given }
    }

    /// What somebody may do in a channel, or in the channel that a thread is of. Whether they were let into a private
    /// thread is not known here.
    pub(crate) fn permissions_in(&self, channel: Snowflake, of: &Standing) -> Permissions {
        let given = self.permissions(of);
        if given.contains(Permissions::ADMINISTRATOR) {
            return given;
        }
        let Some(overwrites) = self.overwrites(channel) else { return Permissions::empty() };
        let mut here = given;
        let everybody = Whose::Role(self.id);
        for overwrite in overwrites.iter().filter(|it| it.of == everybody) {
            here = (here - overwrite.deny) | overwrite.allow;
        }
        let is_theirs = |whose: Whose| matches!(whose, Whose::Role(role) if of.roles.contains(&role));
        let theirs = overwrites.iter().filter(|it| it.of != everybody && is_theirs(it.of));
        let (deny, allow) = theirs.fold((Permissions::empty(), Permissions::empty()), |(deny, allow), it| {
            (deny | it.deny, allow | it.allow)
        });
        here = (here - deny) | allow;
        for overwrite in overwrites.iter().filter(|it| it.of == Whose::Member(of.user)) {
            here = (here - overwrite.deny) | overwrite.allow;
        }
        // Whoever does not see a channel does nothing in it.
        if here.contains(Permissions::VIEW_CHANNEL) { here } else { Permissions::empty() }
    }

    /// What the bot may do in a channel.
    pub(crate) fn mine_in(&self, channel: Snowflake) -> Permissions {
        self.permissions_in(channel, &self.mine())
    }

    /// What a role or somebody may and may not in a channel, whatever they may in the server.
    pub(crate) fn overwrite(&self, channel: Snowflake, of: Whose) -> (Permissions, Permissions) {
        let known = self.channels.get(&channel).into_iter().flat_map(|channel| &channel.overwrites);
        let known = known.filter(|it| it.of == of);
        known
            .map(|it| (it.allow, it.deny))
            .next_back()
            .unwrap_or((Permissions::empty(), Permissions::empty()))
    }

    /// Sets that, as Discord did; it tells of it later.
    pub(crate) fn set_overwrite(
        &mut self,
        channel: Snowflake,
        of: Whose,
        (allow, deny): (Permissions, Permissions),
    ) {
        let Some(channel) = self.channels.get_mut(&channel) else { return };
        channel.overwrites.retain(|it| it.of != of);
        channel.overwrites.push(Overwrite { of, allow, deny });
    }

    fn overwrites(&self, channel: Snowflake) -> Option<&[Overwrite]> {
        let found = self.channels.get(&channel)?;
        if !found.kind.is_thread() {
            return Some(&found.overwrites);
        }
        let parent = self.channels.get(&found.parent?)?;
        Some(&parent.overwrites)
    }

    /// Whether it is theirs.
    pub(crate) fn is_owner(&self, user: Snowflake) -> bool {
        user == self.owner
    }

    /// The roles with which somebody is not below the bot, as long as they have them.
    pub(crate) fn roles_above_mine(&self) -> BTreeSet<Snowflake> {
        let mine = self.mine();
        let given = |role: Snowflake| Standing { user: self.id, roles: BTreeSet::from([role]) };
        let others = self.roles.keys().copied().filter(|role| *role != self.id && !mine.roles.contains(role));
        others.filter(|role| !self.outranks(&mine, &given(*role))).collect()
    }

    /// Whether the rank of `one` is above that of `other`, which Discord asks for before it lets one do anything to the other.
    pub(crate) fn outranks(&self, one: &Standing, other: &Standing) -> bool {
        if other.user == self.owner || one.user == other.user {
            return false;
        }
        one.user == self.owner || self.rank(one) > self.rank(other)
    }

    /// Whether somebody can give a role to others, or take it from them.
    pub(crate) fn can_give(&self, one: &Standing, role: Snowflake) -> bool {
        let Some(given) = self.place_of(role) else { return false };
        let may = self.permissions(one).contains(Permissions::MANAGE_ROLES);
        may && (one.user == self.owner || self.rank(one).is_some_and(|rank| rank > given))
    }

    fn rank(&self, of: &Standing) -> Option<Place> {
        of.roles.iter().filter_map(|role| self.place_of(*role)).max()
    }

    /// Of two roles at one position, the older ranks higher.
    fn place_of(&self, role: Snowflake) -> Option<Place> {
        self.roles.get(&role).map(|found| (found.position, std::cmp::Reverse(role)))
    }

    /// Whether somebody with this role alone sees a channel. Threads are seen with theirs.
    pub(crate) fn is_seen_with(&self, role: Snowflake, channel: Snowflake) -> bool {
        let is_thread = self.channel(channel).is_some_and(|channel| channel.kind.is_thread());
        !is_thread && self.permissions_with(role, channel).contains(Permissions::VIEW_CHANNEL)
    }

    /// What somebody with this role alone may do in a channel.
    pub(crate) fn permissions_with(&self, role: Snowflake, channel: Snowflake) -> Permissions {
        // Nobody has the greatest id, so that no overwrite is for them alone and no server theirs.
        let Some(nobody) = Snowflake::new(u64::MAX) else { return Permissions::empty() };
        self.permissions_in(channel, &Standing { user: nobody, roles: BTreeSet::from([role]) })
    }
}

fn asks_two_factors(guild: &Value) -> bool {
    json::number(guild, "mfa_level").is_some_and(|level| level > 0)
}

/// Where a role stands among the others.
type Place = (u64, std::cmp::Reverse<Snowflake>);

fn role(role: &Value) -> Option<(Snowflake, Role)> {
    let position = json::number(role, "position").unwrap_or_default();
    let is_fixed = json::is_true(role, "managed");
    Some((json::id(role, "id")?, Role { position, permissions: permissions(role, "permissions"), is_fixed }))
}

fn overwrite(overwrite: &Value) -> Option<Overwrite> {
    let id = json::id(overwrite, "id")?;
    let is_role = json::number(overwrite, "type") == Some(0);
    Some(Overwrite {
        of: if is_role { Whose::Role(id) } else { Whose::Member(id) },
        allow: permissions(overwrite, "allow"),
        deny: permissions(overwrite, "deny"),
    })
}

/// Also those that are newer than the library's list: what is written back is to have them still.
fn permissions(value: &Value, name: &str) -> Permissions {
    Permissions::from_bits_retain(json::number(value, name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id(number: u64) -> Snowflake {
        Snowflake::new(number).unwrap()
    }

    const ME: u64 = 9;

    fn standing(user: u64, roles: &[u64]) -> Standing {
        Standing { user: id(user), roles: roles.iter().copied().map(id).collect() }
    }

    fn bits(permissions: Permissions) -> String {
        permissions.bits().to_string()
    }

    /// A server 100 of owner 1: everybody sees channels and writes; 20 moderates, 30 administrates, 40 sees nothing.
    fn server() -> Server {
        let sees = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
        let guild = json!({
            "id": "100", "owner_id": "1",
            "roles": [
                {"id": "100", "position": 0, "permissions": bits(sees)},
                {"id": "20", "position": 2, "permissions": bits(Permissions::MANAGE_MESSAGES | Permissions::MANAGE_ROLES)},
                {"id": "30", "position": 3, "permissions": bits(Permissions::ADMINISTRATOR)},
                {"id": "40", "position": 1, "permissions": "0"},
            ],
            "channels": [
                {"id": "201", "type": 0},
                {"id": "202", "type": 0, "permission_overwrites": [
                    {"id": "100", "type": 0, "allow": "0", "deny": bits(Permissions::VIEW_CHANNEL)},
                    {"id": "20", "type": 0, "allow": bits(Permissions::VIEW_CHANNEL), "deny": "0"},
                ]},
                {"id": "203", "type": 15, "permission_overwrites": [
                    {"id": "40", "type": 0, "allow": "0", "deny": bits(Permissions::VIEW_CHANNEL)},
                    {"id": "7", "type": 1, "allow": bits(Permissions::MANAGE_MESSAGES), "deny": bits(Permissions::SEND_MESSAGES)},
                ]},
            ],
            "threads": [{"id": "301", "type": 11, "parent_id": "203", "thread_metadata": {"archived": false}}],
            "members": [{"user": {"id": "9"}, "roles": ["20"]}],
        });
        Server::read(&guild, id(ME)).unwrap()
    }

    #[test]
    fn what_somebody_may_do_depends_on_roles_and_channels() {
        let server = server();
        let rows = [
            // who, where, what they may do of: see, write, moderate
            (standing(5, &[]), 201, (true, true, false)),
            (standing(5, &[]), 202, (false, false, false)),
            (standing(5, &[20]), 202, (true, true, true)),
            (standing(5, &[30]), 202, (true, true, true)),
            (standing(1, &[]), 202, (true, true, true)),
            (standing(5, &[40]), 203, (false, false, false)),
            (standing(5, &[40]), 301, (false, false, false)),
            (standing(5, &[40, 20]), 203, (false, false, false)),
            (standing(7, &[]), 203, (true, false, true)),
            (standing(7, &[]), 301, (true, false, true)),
            (standing(5, &[999]), 201, (true, true, false)),
            (standing(5, &[]), 999, (false, false, false)),
        ];
        for (who, channel, want) in rows {
            let may = server.permissions_in(id(channel), &who);
            let seen = (
                may.contains(Permissions::VIEW_CHANNEL),
                may.contains(Permissions::SEND_MESSAGES),
                may.contains(Permissions::MANAGE_MESSAGES),
            );
            assert_eq!(seen, want, "{who:?} in {channel}");
        }
    }

    #[test]
    fn ranks_are_those_of_the_highest_role_and_nobody_is_above_the_owner() {
        let server = server();
        let (me, owner) = (server.mine(), standing(1, &[]));
        assert_eq!(me, standing(ME, &[20]));
        for (other, below) in [
            (standing(5, &[]), true),
            (standing(5, &[40]), true),
            (standing(5, &[20]), false),
            (standing(5, &[30]), false),
            (owner.clone(), false),
            (me.clone(), false),
        ] {
            assert_eq!(server.outranks(&me, &other), below, "{other:?}");
        }
        assert!(server.outranks(&owner, &standing(5, &[30])));
        assert!(
            server.can_give(&me, id(40)) && !server.can_give(&me, id(30)) && !server.can_give(&me, id(20))
        );
        assert!(!server.can_give(&standing(5, &[40]), id(40)), "nobody gives roles without the permission");
        assert!(!server.can_give(&me, id(999)));
    }

    #[test]
    fn of_two_roles_at_one_position_the_older_ranks_higher() {
        let guild = json!({"id": "100", "owner_id": "1", "roles": [
            {"id": "20", "position": 1}, {"id": "30", "position": 1},
        ]});
        let server = Server::read(&guild, id(ME)).unwrap();
        assert!(server.outranks(&standing(5, &[20]), &standing(6, &[30])));
        assert!(!server.outranks(&standing(6, &[30]), &standing(5, &[20])));
    }

    #[test]
    fn a_channel_is_seen_with_a_role_that_is_not_kept_out_of_it() {
        let server = server();
        let seen: Vec<_> = server.channels().map(|(id, _)| id).collect();
        let seen: Vec<_> = seen.into_iter().filter(|channel| server.is_seen_with(id(40), *channel)).collect();
        assert_eq!(seen, [id(201)], "threads go with their channel");
    }

    #[test]
    fn what_is_set_of_a_role_in_a_channel_is_known_at_once() {
        let mut server = server();
        assert_eq!(
            server.overwrite(id(201), Whose::Role(id(40))),
            (Permissions::empty(), Permissions::empty())
        );
        let hidden = (Permissions::ADD_REACTIONS, Permissions::VIEW_CHANNEL);
        server.set_overwrite(id(201), Whose::Role(id(40)), hidden);
        server.set_overwrite(id(201), Whose::Role(id(40)), hidden);
        assert_eq!(server.overwrite(id(201), Whose::Role(id(40))), hidden);
        assert!(!server.is_seen_with(id(40), id(201)));
    }

    #[test]
    fn events_change_what_is_known() {
        let mut server = server();
        let deny = json!({"id": "201", "type": 0, "permission_overwrites": [
            {"id": "100", "type": 0, "allow": "0", "deny": bits(Permissions::VIEW_CHANNEL)}]});
        assert_eq!(server.take("CHANNEL_UPDATE", &deny), Change::Powers);
        assert!(server.mine_in(id(201)).is_empty());
        let mine = json!({"guild_id": "100", "user": {"id": "9"}, "roles": ["30"]});
        assert_eq!(server.take("GUILD_MEMBER_UPDATE", &mine), Change::Powers);
        assert_eq!(server.take("GUILD_MEMBER_UPDATE", &mine), Change::None);
        assert!(server.mine_in(id(201)).contains(Permissions::VIEW_CHANNEL));
        let other = json!({"guild_id": "100", "user": {"id": "5"}, "roles": ["20"]});
        assert_eq!(server.take("GUILD_MEMBER_UPDATE", &other), Change::None);
        let thread = json!({"id": "302", "type": 12, "parent_id": "201", "last_message_id": "7"});
        assert_eq!(server.take("THREAD_CREATE", &thread), Change::None);
        for message in [json!({"id": "9", "channel_id": "302"}), json!({"id": "8", "channel_id": "302"})] {
            server.take("MESSAGE_CREATE", &message);
        }
        assert_eq!(server.channel(id(302)).unwrap().last_message, Some(id(9)));
        server.take("THREAD_UPDATE", &thread);
        assert_eq!(server.channel(id(302)).unwrap().last_message, Some(id(9)), "it does not go back");
        server.take("CHANNEL_DELETE", &json!({"id": "201"}));
        assert!(server.channel(id(201)).is_none() && server.channel(id(302)).is_none());
        assert_eq!(server.take("GUILD_ROLE_DELETE", &json!({"role_id": "30"})), Change::Powers);
        assert!(server.mine_in(id(202)).is_empty());
        assert_eq!(server.take("TYPING_START", &json!(null)), Change::None);
    }
}
