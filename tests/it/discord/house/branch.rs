//! A group and its server: who is in it, who holds which office, and how it is set up.

use std::collections::HashMap;

use discord::{AutoMod, ChannelId, GroupSettings, ServerId, Suspension};
use fake_discord::{App, FakeDiscord, GuildHandle, Permissions, Person, Snowflake};
use platform::Officers;
use policy::{
    Charter, Duties, GroupId, MemberId, Mode, Periods, Policy, Preset, Procedure, Role, Roster, Rulebook,
    Wording,
};

use super::{How, member};
use crate::discord::{by_role, invited};

/// Who is there in every group: two members, and somebody in each office. The admins are two.
pub(crate) const PEOPLE: [&str; 8] = ["ada", "bob", "mo", "nia", "asha", "kit", "sam", "ed"];
pub(super) const OFFICES: [(&str, Role); 6] = [
    ("mo", Role::Moderator),
    ("nia", Role::Moderator),
    ("asha", Role::Admin),
    ("kit", Role::Admin),
    ("sam", Role::Secretary),
    ("ed", Role::Executive),
];

/// One group and its server.
pub(crate) struct Branch {
    pub(crate) group: GroupId,
    pub(crate) guild: GuildHandle,
    pub(crate) general: Snowflake,
    pub(crate) officers: Snowflake,
    pub(crate) private: Snowflake,
    /// The role of the suspended.
    pub(crate) suspended: Snowflake,
    /// Whose holders remove posts by hand, so that Discord offers them officers' commands.
    pub(crate) moderators: Snowflake,
    suspension: Suspension,
    automod: AutoMod,
    people: HashMap<&'static str, Person>,
}

impl Branch {
    pub(super) fn found(
        discord: &FakeDiscord,
        app: &App,
        (how, automod): (How, AutoMod),
        (group, shard): (&str, Option<(u64, u64)>),
    ) -> Self {
        let guild = loop {
            let guild = discord.guild(group);
            // Discord divides servers among shards by their numbers.
            if shard.is_none_or(|(number, of)| (guild.id.number() >> 22) % of == number) {
                break guild;
            }
        };
        guild.everybody_may(Permissions::MEMBER);
        let suspended = guild.role("Suspended", Permissions::NONE);
        let moderators = guild.role("Moderators", Permissions::MANAGE_MESSAGES);
        let (general, officers) = (guild.channel("general"), guild.channel("officers"));
        let private = guild.channel("your-matters");
        guild.overwrite(officers, guild.id, Permissions::NONE, Permissions::VIEW_CHANNEL);
        guild.overwrite(officers, moderators, Permissions::VIEW_CHANNEL, Permissions::NONE);
        // Set up as it should be, so that nothing is in the way of which officers had to hear.
        for channel in [general, officers] {
            guild.overwrite(channel, suspended, Permissions::NONE, Permissions::VIEW_CHANNEL);
        }
        guild.overwrite(private, suspended, Permissions::VIEW_CHANNEL, Permissions::NONE);
        let people: HashMap<_, _> = PEOPLE.into_iter().map(|name| (name, guild.member(name))).collect();
        for (name, _) in OFFICES {
            guild.give(&people[name], moderators);
        }
        let group = GroupId::new(group).expect("a valid id");
        let suspension = match how {
            How::Role => by_role(suspended),
            How::Ban => Suspension::Ban,
        };
        let branch = Self {
            group,
            guild,
            general,
            officers,
            private,
            suspended,
            moderators,
            suspension,
            automod,
            people,
        };
        branch.invite(app);
        branch
    }

    /// Has the bot come as it is invited, and lets it into the officers' channel.
    pub(crate) fn invite(&self, app: &App) {
        let own = self.guild.install(app, invited(&self.suspension, self.automod));
        self.guild.raise(own);
        self.guild.overwrite(self.officers, own, Permissions::VIEW_CHANNEL, Permissions::NONE);
    }

    /// Lets the bot manage the server beside what it is invited for.
    pub(crate) fn let_manage(&self, discord: &FakeDiscord, app: &App) {
        let may = invited(&self.suspension, self.automod) | Permissions::MANAGE_GUILD;
        let roles = discord.see(|world| world.guild(self.guild.id).map(|guild| guild.roles.clone()));
        let roles = roles.unwrap_or_default();
        let own = roles.values().find(|role| role.managed_by == Some(app.bot)).expect("it is there");
        self.guild.set_permissions(own.id, may);
    }

    pub(crate) fn person(&self, name: &str) -> &Person {
        &self.people[name]
    }

    pub(crate) fn member(&self, name: &str) -> MemberId {
        member(self.person(name))
    }

    pub(super) fn charter(&self, preset: Preset) -> Charter {
        let mut roster = Roster::default();
        for (name, role) in OFFICES {
            roster.appoint(self.member(name), role);
        }
        Charter {
            group: self.group.clone(),
            name: self.group.as_str().to_owned(),
            zone: chrono_tz::Europe::London,
            policy: Policy::new(preset),
            rulebook: Rulebook::default(),
            roster,
            mode: Mode::Live,
            contact: "the Secretary".to_owned(),
            external_body: "the national office".to_owned(),
            procedure: Procedure {
                periods: Periods { hearing_before_warning: false, ..Periods::default() },
                ..Procedure::default()
            },
            duties: Duties::default(),
            welcome: false,
            wording: Wording::default(),
        }
    }

    pub(super) fn settings(&self, officers: &Officers) -> GroupSettings {
        GroupSettings {
            group: self.group.clone(),
            name: self.group.as_str().to_owned(),
            zone: chrono_tz::Europe::London,
            server: server_id(self.guild.id),
            officers_channel: set_channel(self.officers),
            private_channel: set_channel(self.private),
            suspension: self.suspension.clone(),
            welcome_channel: Some(set_channel(self.general)),
            automod: self.automod,
            officers: officers.clone(),
        }
    }
}

fn server_id(id: Snowflake) -> ServerId {
    ServerId::new(&id.to_string()).expect("a valid id")
}

/// A channel as a group is set up with it.
fn set_channel(id: Snowflake) -> ChannelId {
    ChannelId::new(&id.to_string()).expect("a valid id")
}
