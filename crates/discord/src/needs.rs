//! What the bot has to be allowed in a server, and what it cannot do without: one table, of which the invitation, what
//! officers are told and what `beadle doctor` says are made.

use std::collections::BTreeSet;
use std::fmt;

use policy::Limit;
use serenity::model::Permissions;

use crate::ids::Snowflake;
use crate::server::{Channel, Kind, Server};
use crate::settings::{AutoMod, GroupSettings, Suspension};

/// `PIN_MESSAGES`, which is newer than the library's list. The board hangs without it as well, only not as high.
const PIN_MESSAGES: u64 = 1 << 51;

/// What somebody needs of the channel in whose private threads they appeal.
const APPEALING: Permissions = Permissions::VIEW_CHANNEL
    .union(Permissions::READ_MESSAGE_HISTORY)
    .union(Permissions::SEND_MESSAGES_IN_THREADS);

/// A permission that the bot needs.
struct Need {
    permission: Permissions,
    /// What Discord calls it in its settings.
    name: &'static str,
    place: Where,
    /// What the bot cannot do without it.
    limit: Limit,
}

/// Where a permission is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// In every channel in which members write.
    Channels,
    /// In those in which they talk.
    Voice,
    /// Where members have threads of their own with the officers.
    Private,
    /// In the server as a whole.
    Server,
    /// In the server as a whole, where members are suspended by a role.
    SuspendsByRole,
    /// In the server as a whole, where its own filter stops the group's words.
    Stops,
}

const fn need(permission: Permissions, name: &'static str, place: Where, limit: Limit) -> Need {
    Need { permission, name, place, limit }
}

static NEEDS: [Need; 17] = [
    need(Permissions::VIEW_CHANNEL, "View Channel", Where::Channels, Limit::Enter),
    need(Permissions::READ_MESSAGE_HISTORY, "Read Message History", Where::Channels, Limit::Enter),
    need(Permissions::CONNECT, "Connect", Where::Voice, Limit::Enter),
    need(Permissions::MANAGE_MESSAGES, "Manage Messages", Where::Channels, Limit::Remove),
    need(Permissions::MANAGE_CHANNELS, "Manage Channels", Where::Channels, Limit::Rename),
    need(Permissions::MANAGE_THREADS, "Manage Threads", Where::Channels, Limit::Rename),
    need(Permissions::SET_VOICE_CHANNEL_STATUS, "Set Voice Channel Status", Where::Voice, Limit::Rename),
    need(Permissions::MANAGE_NICKNAMES, "Manage Nicknames", Where::Server, Limit::Rename),
    need(Permissions::SEND_MESSAGES, "Send Messages", Where::Channels, Limit::Write),
    need(Permissions::SEND_MESSAGES_IN_THREADS, "Send Messages in Threads", Where::Channels, Limit::Write),
    need(Permissions::CREATE_PRIVATE_THREADS, "Create Private Threads", Where::Private, Limit::Write),
    need(Permissions::BAN_MEMBERS, "Ban Members", Where::Server, Limit::Exclude),
    need(Permissions::MANAGE_ROLES, "Manage Roles", Where::SuspendsByRole, Limit::Exclude),
    need(Permissions::MODERATE_MEMBERS, "Timeout Members", Where::Server, Limit::Mute),
    need(Permissions::CREATE_INSTANT_INVITE, "Create Invite", Where::Server, Limit::Invite),
    need(Permissions::VIEW_AUDIT_LOG, "View Audit Log", Where::Server, Limit::Watch),
    // What the server's own filter keeps back Discord tells nobody without it. It is a great power for that alone, so that it
    // is asked for only where the bot keeps rules of its own there.
    need(
        Permissions::MANAGE_GUILD,
        "Manage Server, so that AutoMod stops what it is to stop",
        Where::Stops,
        Limit::Watch,
    ),
];

/// Something that the bot cannot do in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lack {
    /// What.
    pub(crate) limit: Limit,
    /// What has to be given to it for that.
    pub(crate) missing: Vec<&'static str>,
}

/// What closes a channel to whoever is suspended, and what opens the one in which they appeal.
const CLOSING: &str = "Manage Roles in this channel";
const OPENING: &str = "Manage Roles in this channel, so that whoever is suspended can appeal there";

impl Lack {
    /// Whether a bot that may do that much in a channel sets it right by itself as soon as it runs.
    pub(crate) fn is_mended_by(&self, here: Permissions) -> bool {
        here.contains(Permissions::MANAGE_ROLES)
            && self.missing.iter().all(|missing| [CLOSING, OPENING].contains(missing))
    }
}

/// All that stands in the bot's way, by channel. What concerns the server as a whole is said of the officers' channel.
pub(crate) fn lacks(server: &Server, group: &GroupSettings) -> Vec<(Snowflake, Vec<Lack>)> {
    let leaks = leaks(server, group);
    let found = server.channels().filter(|(_, channel)| holds_words(channel));
    found.map(|(id, channel)| (id, lacks_in(server, group, (id, channel), &leaks))).collect()
}

/// The same, without what has to be given.
pub(crate) fn limits(server: &Server, group: &GroupSettings) -> Vec<(Snowflake, Vec<Limit>)> {
    let limits = |lacks: Vec<Lack>| {
        let mut limits: Vec<_> = lacks.into_iter().map(|lack| lack.limit).collect();
        limits.dedup();
        limits
    };
    lacks(server, group).into_iter().map(|(channel, lacks)| (channel, limits(lacks))).collect()
}

/// The channels that whoever is suspended by a role sees, and should not.
pub(crate) fn leaks(server: &Server, group: &GroupSettings) -> BTreeSet<Snowflake> {
    server.channels().map(|(channel, _)| channel).filter(|channel| is_leak(server, group, *channel)).collect()
}

/// Whether a channel is one of them.
pub(crate) fn is_leak(server: &Server, group: &GroupSettings, channel: Snowflake) -> bool {
    channel != group.private_channel.0 && suspended_sees(server, group, channel)
}

/// Whether the role of the suspended sees a channel by itself.
pub(crate) fn suspended_sees(server: &Server, group: &GroupSettings, channel: Snowflake) -> bool {
    match &group.suspension {
        Suspension::Role(role) => server.is_seen_with(role.0, channel),
        Suspension::Ban => false,
    }
}

/// What whoever is suspended by a role needs where they can appeal, and has not: to see it, and to read and answer there.
pub(crate) fn lacked_by_suspended(server: &Server, group: &GroupSettings) -> Permissions {
    let Suspension::Role(role) = &group.suspension else { return Permissions::empty() };
    let channel = group.private_channel.0;
    // What is the officers' own is opened to nobody.
    if channel == group.officers_channel.0 || server.channel(channel).is_none() {
        return Permissions::empty();
    }
    APPEALING - server.permissions_with(role.0, channel)
}

/// What the bot asks a server for, as an invitation says it, where members are kept out in these ways and the server's own
/// filter stops so much: no more than it has a use for, and never to be an administrator.
pub fn asked_for<'s>(groups: impl IntoIterator<Item = (&'s Suspension, AutoMod)>) -> u64 {
    let (mut by_role, mut stops) = (false, false);
    for (suspension, automod) in groups {
        by_role |= matches!(suspension, Suspension::Role(_));
        stops |= automod == AutoMod::Strongest;
    }
    let is_needed = |need: &&Need| match need.place {
        Where::SuspendsByRole => by_role,
        Where::Stops => stops,
        Where::Channels | Where::Voice | Where::Private | Where::Server => true,
    };
    NEEDS.iter().filter(is_needed).fold(PIN_MESSAGES, |all, need| all | need.permission.bits())
}

/// The link by which people invite the bot of an application to a server, where members are kept out in these ways and the
/// server's own filter stops so much.
pub fn invitation<'s>(
    application: impl fmt::Display,
    groups: impl IntoIterator<Item = (&'s Suspension, AutoMod)>,
) -> String {
    let permissions = asked_for(groups);
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={permissions}"
    )
}

fn lacks_in(
    server: &Server,
    group: &GroupSettings,
    (id, channel): (Snowflake, &Channel),
    leaks: &BTreeSet<Snowflake>,
) -> Vec<Lack> {
    let (here, whole) = (server.mine_in(id), server.permissions(&server.mine()));
    let is_officers = id == group.officers_channel.0;
    let mut lacks = Vec::new();
    for need in &NEEDS {
        let (applies, given) = match need.place {
            Where::Channels => (true, here),
            Where::Voice => (channel.kind == Kind::Voice, here),
            Where::Private => (id == group.private_channel.0, here),
            Where::Server => (is_officers, whole),
            Where::SuspendsByRole => (is_officers && suspends_by_role(group), whole),
            Where::Stops => (is_officers && stops(group), whole),
        };
        if applies && !given.contains(need.permission) {
            lack(&mut lacks, &need.limit, need.name);
        }
    }
    if let Some(enter) = lacks.iter().position(|lack| lack.limit == Limit::Enter) {
        // Where the bot is not, it can do nothing else either.
        return vec![lacks.swap_remove(enter)];
    }
    if leaks.contains(&id) {
        lack(&mut lacks, &Limit::Exclude, CLOSING);
    }
    if id == group.private_channel.0 && !lacked_by_suspended(server, group).is_empty() {
        lack(&mut lacks, &Limit::Write, OPENING);
    }
    if let Suspension::Role(role) = &group.suspension
        && is_officers
        && whole.contains(Permissions::MANAGE_ROLES)
        && !server.can_give(&server.mine(), role.0)
    {
        lack(&mut lacks, &Limit::Exclude, "a role above the one of the suspended");
    }
    lacks
}

fn lack(lacks: &mut Vec<Lack>, limit: &Limit, missing: &'static str) {
    match lacks.iter_mut().find(|lack| lack.limit == *limit) {
        Some(lack) => lack.missing.push(missing),
        None => lacks.push(Lack { limit: limit.clone(), missing: vec![missing] }),
    }
}

/// Whether members write in it, or in threads of it.
fn holds_words(channel: &Channel) -> bool {
    matches!(channel.kind, Kind::Text | Kind::Voice | Kind::Forum)
}

fn stops(group: &GroupSettings) -> bool {
    group.automod == AutoMod::Strongest
}

fn suspends_by_role(group: &GroupSettings) -> bool {
    matches!(group.suspension, Suspension::Role(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::RoleId;

    #[test]
    fn the_bot_never_asks_to_be_an_administrator() {
        let role = Suspension::Role(RoleId::new("7").unwrap());
        // Where nobody is suspended by a role, it gives none; where AutoMod stops nothing for it, it keeps no rules there.
        for (how, gives_roles) in [(&Suspension::Ban, false), (&role, true)] {
            for (automod, keeps_rules) in [(AutoMod::Off, false), (AutoMod::Strongest, true)] {
                let asked = Permissions::from_bits_retain(asked_for([(how, automod)]));
                assert!(!asked.contains(Permissions::ADMINISTRATOR));
                assert_eq!(asked.contains(Permissions::MANAGE_ROLES), gives_roles);
                assert_eq!(asked.contains(Permissions::MANAGE_GUILD), keeps_rules);
                assert!(asked.contains(Permissions::BAN_MEMBERS));
            }
        }
        let both = [(&Suspension::Ban, AutoMod::Off), (&Suspension::Ban, AutoMod::Strongest)];
        assert_eq!(asked_for(both), asked_for([both[1]]), "one bot is asked for all its groups");
    }
}
