//! Guilds, channels, roles and accounts; nobody is asked.

use serde_json::{Value, json};

use crate::gateway::intents::Intents;
use crate::people::{App, GuildHandle, Person};
use crate::permissions::Permissions;
use crate::server::FakeDiscord;
use crate::snowflake::Snowflake;
use crate::world::channel::{ChannelKind, Overwrite};
use crate::world::dm::DmPolicy;
use crate::world::guild::Webhook;

impl FakeDiscord {
    /// An application whose owner has switched these intents on.
    pub fn application(&self, name: &str, intents: Intents) -> App {
        let handle = self.handle().clone();
        handle.act(|world| {
            let id = world.make_application(name, intents);
            let app = world.applications.get(&id);
            let (bot, token) = app.map(|app| (app.bot, app.token.clone())).unwrap_or_default();
            App { handle: handle.clone(), id, bot, token }
        })
    }

    /// Somebody with an account, in no guild.
    pub fn person(&self, name: &str) -> Person {
        let handle = self.handle().clone();
        let id = handle.act(|world| world.make_user(name, false));
        Person { handle, id }
    }

    /// A guild, with an owner and without channels.
    pub fn guild(&self, name: &str) -> GuildHandle {
        let owner = self.person("owner");
        let handle = self.handle().clone();
        let id = handle.act(|world| world.make_guild(name, owner.id));
        GuildHandle { handle, id, owner }
    }
}

impl GuildHandle {
    /// A channel for texts.
    pub fn channel(&self, name: &str) -> Snowflake {
        self.channel_of(ChannelKind::Text, name)
    }

    /// A channel of a kind.
    pub fn channel_of(&self, kind: ChannelKind, name: &str) -> Snowflake {
        self.handle.act(|world| {
            let channel = world.make_channel(self.id, kind, name);
            world.tell_channel("CHANNEL_CREATE", channel);
            channel
        })
    }

    /// Puts a channel under a category, which does not change who may do what in it.
    pub fn put_under(&self, channel: Snowflake, category: Snowflake) {
        self.handle.act(|world| {
            if let Some(channel) = world.channels.get_mut(&channel) {
                channel.parent = Some(category);
            }
            world.tell_channel("CHANNEL_UPDATE", channel);
        });
    }

    /// A role above all others.
    pub fn role(&self, name: &str, permissions: Permissions) -> Snowflake {
        self.handle.act(|world| world.make_role(self.id, name, permissions, true))
    }

    /// A role below all others, as a new one is made.
    pub fn role_below(&self, name: &str, permissions: Permissions) -> Snowflake {
        self.handle.act(|world| world.make_role(self.id, name, permissions, false))
    }

    /// Says what everybody may.
    pub fn everybody_may(&self, permissions: Permissions) {
        self.set_permissions(self.id, permissions);
    }

    /// Says what those who have a role may.
    pub fn set_permissions(&self, role: Snowflake, permissions: Permissions) {
        self.handle.act(|world| {
            let found = world.guilds.get_mut(&self.id).and_then(|guild| guild.roles.get_mut(&role));
            if let Some(role) = found {
                role.permissions = permissions;
            }
            world.tell_role("GUILD_ROLE_UPDATE", self.id, role);
        });
    }

    /// Has everybody able to ping a role.
    pub fn set_mentionable(&self, role: Snowflake) {
        self.handle.act(|world| {
            if let Some(role) = world.guilds.get_mut(&self.id).and_then(|guild| guild.roles.get_mut(&role)) {
                role.mentionable = true;
            }
            world.tell_role("GUILD_ROLE_UPDATE", self.id, role);
        });
    }

    /// Renames a role.
    pub fn rename_role(&self, role: Snowflake, name: &str) {
        self.handle.act(|world| {
            if let Some(role) = world.guilds.get_mut(&self.id).and_then(|guild| guild.roles.get_mut(&role)) {
                name.clone_into(&mut role.name);
            }
            world.tell_role("GUILD_ROLE_UPDATE", self.id, role);
        });
    }

    /// Puts a role above all others.
    pub fn raise(&self, role: Snowflake) {
        self.handle.act(|world| {
            if let Some(guild) = world.guilds.get_mut(&self.id) {
                let old = guild.roles.get(&role).map_or(0, |role| role.position);
                let top = guild.roles.values().map(|role| role.position).max().unwrap_or(0);
                for other in guild.roles.values_mut().filter(|other| other.position > old) {
                    other.position -= 1;
                }
                if let Some(role) = guild.roles.get_mut(&role) {
                    role.position = top;
                }
            }
            let all: Vec<_> = world
                .guilds
                .get(&self.id)
                .into_iter()
                .flat_map(|guild| guild.roles.keys())
                .copied()
                .collect();
            for role in all.into_iter().filter(|role| *role != self.id) {
                world.tell_role("GUILD_ROLE_UPDATE", self.id, role);
            }
        });
    }

    /// Somebody new, who comes in.
    pub fn member(&self, name: &str) -> Person {
        let id = self.handle.act(|world| {
            let id = world.make_user(name, false);
            world.let_in(self.id, id);
            id
        });
        Person { handle: self.handle.clone(), id }
    }

    /// Lets somebody in who has an account.
    pub fn add(&self, person: &Person) {
        self.handle.act(|world| world.let_in(self.id, person.id));
    }

    /// Offers all commands of an application to those who have a role, as under Integrations in a server's settings.
    pub fn offer_commands(&self, app: &App, role: Snowflake) {
        self.handle.act(|world| {
            if let Some(found) = world.applications.get_mut(&app.id) {
                found.offered_to.insert((self.id, role));
            }
        });
    }

    /// Gives somebody a role.
    pub fn give(&self, person: &Person, role: Snowflake) {
        self.set_role(person, role, true);
    }

    /// Takes a role away from somebody.
    pub fn take(&self, person: &Person, role: Snowflake) {
        self.set_role(person, role, false);
    }

    fn set_role(&self, person: &Person, role: Snowflake, has: bool) {
        self.handle.act(|world| {
            let found = world.guilds.get_mut(&self.id).and_then(|guild| guild.members.get_mut(&person.id));
            if let Some(member) = found {
                if has {
                    member.roles.insert(role)
                } else {
                    member.roles.remove(&role)
                };
            }
            world.tell_member(self.id, person.id);
        });
    }

    /// Lets a bot in, with a role of its own that is below all others. The role is given back.
    pub fn install(&self, app: &App, permissions: Permissions) -> Snowflake {
        self.handle.act(|world| world.install(self.id, app.bot, permissions))
    }

    /// Takes a bot out again.
    pub fn remove_bot(&self, app: &App) {
        self.handle.act(|world| world.let_out(self.id, app.bot));
    }

    /// Says what is different in a channel for everybody, a role or a member.
    pub fn overwrite(&self, channel: Snowflake, whom: Snowflake, allow: Permissions, deny: Permissions) {
        self.handle.act(|world| {
            let blind = world.bots_blind_to(channel);
            let is_member = world.users.contains_key(&whom);
            if let Some(channel) = world.channels.get_mut(&channel) {
                channel.overwrites.insert(whom, Overwrite { is_member, allow, deny });
            }
            world.tell_channel("CHANNEL_UPDATE", channel);
            world.sync_threads(channel, &blind);
        });
    }

    /// Hands the guild over to another member.
    pub fn hand_over(&mut self, to: &Person) {
        self.owner = to.clone();
        self.handle.act(|world| {
            if let Some(guild) = world.guilds.get_mut(&self.id) {
                guild.owner = to.id;
            }
            world.tell_guild(self.id);
        });
    }

    /// Renames the guild.
    pub fn rename(&self, name: &str) {
        self.handle.act(|world| {
            if let Some(guild) = world.guilds.get_mut(&self.id) {
                name.clone_into(&mut guild.name);
            }
            world.tell_guild(self.id);
        });
    }

    /// Has the guild out of reach for the gateway, as when Discord itself has trouble, or back again.
    pub fn set_unavailable(&self, is_away: bool) {
        self.handle.act(|world| {
            let bots: Vec<_> = world.applications.values().map(|app| app.bot).collect();
            let here = |bot: &Snowflake| world.guilds.get(&self.id).is_some_and(|guild| guild.has(*bot));
            let bots: Vec<_> = bots.into_iter().filter(here).collect();
            for bot in bots {
                if is_away {
                    let to = crate::gateway::Audience::bot(bot, Some(self.id), Intents::GUILDS);
                    world.emit(&to, "GUILD_DELETE", json!({ "id": self.id, "unavailable": true }));
                } else {
                    world.tell_of_guild(self.id, bot);
                }
            }
        });
    }

    /// Asks moderators for two factors, or no longer.
    pub fn ask_two_factors(&self, asks: bool) {
        self.handle.act(|world| {
            if let Some(guild) = world.guilds.get_mut(&self.id) {
                guild.two_factors = asks;
            }
        });
    }

    /// A webhook of a channel.
    pub fn webhook(&self, channel: Snowflake, name: &str) -> Snowflake {
        self.handle.act(|world| {
            let id = world.new_id();
            let (name, token) = (name.to_owned(), format!("hook{id}"));
            let webhook = Webhook { id, channel, name, token, maker: self.owner.id };
            if let Some(guild) = world.guilds.get_mut(&self.id) {
                guild.webhooks.insert(id, webhook);
            }
            id
        })
    }

    /// A rule of the server's own filter, that blocks these words and alerts a channel.
    pub fn filter(
        &self,
        name: &str,
        keywords: &[&str],
        alerts: Option<Snowflake>,
        exempt: &[Snowflake],
    ) -> Snowflake {
        let mut actions = vec![json!({ "type": 1, "metadata": {} })];
        actions.extend(alerts.map(|channel| json!({ "type": 2, "metadata": { "channel_id": channel } })));
        self.handle.act(|world| {
            let id = world.new_id();
            let rule = json!({
                "id": id, "guild_id": self.id, "creator_id": self.owner.id, "name": name, "event_type": 1,
                "trigger_type": 1, "enabled": true, "exempt_roles": exempt, "exempt_channels": [],
                "trigger_metadata": { "keyword_filter": keywords, "regex_patterns": [], "allow_list": [] },
                "actions": actions,
            });
            if let Some(guild) = world.guilds.get_mut(&self.id) {
                guild.automod.insert(id, rule);
            }
            id
        })
    }

    /// Changes such a rule in the server's settings.
    pub fn change_filter(&self, rule: Snowflake, change: impl FnOnce(&mut Value) + Send) {
        self.handle.act(|world| {
            let rule = world.guilds.get_mut(&self.id).and_then(|guild| guild.automod.get_mut(&rule));
            if let Some(rule) = rule {
                change(rule);
            }
        });
    }

    /// Takes such a rule away in the server's settings.
    pub fn remove_filter(&self, rule: Snowflake) {
        self.handle.act(|world| {
            if let Some(guild) = world.guilds.get_mut(&self.id) {
                guild.automod.remove(&rule);
            }
        });
    }

    /// An emoji of the guild's own.
    pub fn emoji(&self, name: &str) -> Snowflake {
        let json = json!({
            "name": name, "roles": [], "require_colons": true, "managed": false, "animated": false, "available": true,
        });
        self.add_expression(json, true)
    }

    /// A sticker of the guild's own.
    pub fn sticker(&self, name: &str) -> Snowflake {
        let json = json!({
            "name": name, "tags": name, "type": 2, "format_type": 1, "description": null, "available": true,
            "guild_id": self.id,
        });
        self.add_expression(json, false)
    }

    fn add_expression(&self, mut json: Value, is_emoji: bool) -> Snowflake {
        self.handle.act(|world| {
            let id = world.new_id();
            json["id"] = json!(id);
            let Some(guild) = world.guilds.get_mut(&self.id) else { return id };
            let all = if is_emoji { &mut guild.emojis } else { &mut guild.stickers };
            all.push(json);
            let name = if is_emoji { "GUILD_EMOJIS_UPDATE" } else { "GUILD_STICKERS_UPDATE" };
            let told = json!({ "guild_id": self.id, if is_emoji { "emojis" } else { "stickers" }: all });
            let to = crate::gateway::Audience::guild(self.id, Intents::GUILD_EXPRESSIONS);
            world.emit(&to, name, told);
            id
        })
    }
}

impl Person {
    /// Says whether bots can write to them.
    pub fn set_dms(&self, policy: DmPolicy) {
        self.handle.act(|world| world.dm_policies.insert(self.id, policy));
    }

    /// Installs an application for themselves: its commands that allow it are there without a common guild.
    pub fn install(&self, app: &App) {
        self.handle.act(|world| world.installed.insert((self.id, app.id)));
    }

    /// Has them pay, and write 4,000 characters.
    pub fn subscribe(&self) {
        self.handle.act(|world| {
            if let Some(user) = world.users.get_mut(&self.id) {
                user.nitro = true;
            }
        });
    }
}

impl App {
    /// Has its owner switch intents on and others off.
    pub fn set_intents(&self, intents: Intents) {
        self.change(|app| app.intents = intents);
    }

    /// Has its owner reset the token, as nobody told the bot. Its sessions go on.
    pub fn reset_token(&self) {
        self.change(|app| app.token.push_str(".reset"));
    }

    /// Says whether its owner uses two factors.
    pub fn set_two_factors(&self, has: bool) {
        self.change(|app| app.owner_has_two_factors = has);
    }

    fn change(&self, change: impl FnOnce(&mut crate::world::app::Application)) {
        self.handle.act(|world| {
            world.applications.entry(self.id).and_modify(change);
        });
    }
}
