//! How guilds come to be, and their roles.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::errors::{MISSING_PERMISSIONS, Refusal, UNKNOWN_ROLE};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::app::Application;
use crate::world::audit::Action;
use crate::world::guild::{Guild, Member, Role, User};

impl World {
    pub(crate) fn make_user(&mut self, name: &str, is_bot: bool) -> Snowflake {
        let id = self.new_id();
        let username: String =
            name.to_lowercase().chars().filter(|c| c.is_alphanumeric() || "._".contains(*c)).collect();
        let user = User { id, username, global_name: None, bot: is_bot, nitro: false };
        self.users.insert(id, user);
        id
    }

    pub(crate) fn make_application(&mut self, name: &str, intents: Intents) -> Snowflake {
        let (owner, bot) = (self.make_user(&format!("{name} owner"), false), self.make_user(name, true));
        // As with every application of late, its bot has the same id.
        let (id, token) = (bot, format!("fake.{bot}.token"));
        let app = Application {
            id,
            name: name.to_owned(),
            bot,
            token,
            intents,
            owner_has_two_factors: true,
            commands: BTreeMap::new(),
            offered_to: BTreeSet::new(),
            resumes: Vec::new(),
            owner,
            commands_made: BTreeMap::new(),
            identified: std::collections::VecDeque::new(),
            asked_for_members: BTreeMap::new(),
            last_identify: BTreeMap::new(),
            opened: std::collections::VecDeque::new(),
        };
        self.applications.insert(id, app);
        id
    }

    pub(crate) fn make_guild(&mut self, name: &str, owner: Snowflake) -> Snowflake {
        let id = self.new_id();
        let everyone = Role {
            id,
            name: "@everyone".to_owned(),
            position: 0,
            permissions: Permissions::MEMBER,
            mentionable: false,
            managed_by: None,
            color: 0,
            hoist: false,
        };
        let guild = Guild {
            id,
            name: name.to_owned(),
            owner,
            roles: BTreeMap::from([(id, everyone)]),
            members: BTreeMap::new(),
            bans: BTreeMap::new(),
            audit: Vec::new(),
            two_factors: false,
            automod: BTreeMap::new(),
            invites: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            emojis: Vec::new(),
            stickers: Vec::new(),
            came: BTreeSet::new(),
        };
        self.guilds.insert(id, guild);
        self.let_in(id, owner);
        id
    }

    /// Tells how a guild is now.
    pub(crate) fn tell_guild(&mut self, guild: Snowflake) {
        let told = self.guild_json(guild);
        self.emit(&Audience::guild(guild, Intents::GUILDS), "GUILD_UPDATE", told);
    }

    /// Lets somebody in; nobody is asked.
    pub(crate) fn let_in(&mut self, guild: Snowflake, user: Snowflake) {
        self.let_in_with(guild, user, BTreeSet::new());
    }

    fn let_in_with(&mut self, guild: Snowflake, user: Snowflake, roles: BTreeSet<Snowflake>) {
        let joined = self.clock.tick();
        let is_bot = self.app_of_bot(user).is_some();
        let Some(found) = self.guilds.get_mut(&guild) else { return };
        // The first flag says that they were here before.
        let flags = u32::from(!found.came.insert(user));
        let member = Member { user, nick: None, roles, joined, timed_out: None, flags };
        found.members.insert(user, member);
        if is_bot {
            self.tell_of_guild(guild, user);
        }
        let mut told = self.member_json(guild, user);
        told["guild_id"] = json!(guild);
        self.emit(&Audience::guild(guild, Intents::GUILD_MEMBERS), "GUILD_MEMBER_ADD", told);
    }

    /// Lets a bot in with a role of its own.
    pub(crate) fn install(
        &mut self,
        guild: Snowflake,
        bot: Snowflake,
        permissions: Permissions,
    ) -> Snowflake {
        let role = self.new_id();
        let name = self.users.get(&bot).map(|user| user.username.clone()).unwrap_or_default();
        if let Some(found) = self.guilds.get_mut(&guild) {
            for other in found.roles.values_mut().filter(|role| role.position > 0) {
                other.position += 1;
            }
            let own = Role {
                id: role,
                name,
                position: 1,
                permissions,
                mentionable: false,
                managed_by: Some(bot),
                color: 0,
                hoist: false,
            };
            found.roles.insert(role, own);
        }
        self.let_in_with(guild, bot, BTreeSet::from([role]));
        self.tell_role("GUILD_ROLE_CREATE", guild, role);
        let owner = self.guilds.get(&guild).map(|guild| guild.owner).unwrap_or_default();
        let entry = self.entry(Action::BOT_ADD, owner, Some(bot), None);
        self.write_down(guild, entry);
        role
    }

    /// Makes a role above all others, or above none.
    pub(crate) fn make_role(
        &mut self,
        guild: Snowflake,
        name: &str,
        permissions: Permissions,
        on_top: bool,
    ) -> Snowflake {
        let id = self.new_id();
        if let Some(found) = self.guilds.get_mut(&guild) {
            let top = found.roles.values().map(|role| role.position).max().unwrap_or(0);
            if !on_top {
                found.roles.values_mut().filter(|role| role.position > 0).for_each(|role| role.position += 1);
            }
            let role = Role {
                id,
                name: name.to_owned(),
                position: if on_top { top + 1 } else { 1 },
                permissions,
                mentionable: false,
                managed_by: None,
                color: 0,
                hoist: false,
            };
            found.roles.insert(id, role);
        }
        self.tell_role("GUILD_ROLE_CREATE", guild, id);
        id
    }

    pub(crate) fn tell_role(&mut self, name: &'static str, guild: Snowflake, role: Snowflake) {
        let found = self.guilds.get(&guild).and_then(|guild| guild.roles.get(&role));
        let Some(json) = found.map(crate::shape::role_json) else { return };
        self.emit(&Audience::guild(guild, Intents::GUILDS), name, json!({ "guild_id": guild, "role": json }));
    }

    /// Makes a role as somebody who may.
    pub(crate) fn create_role(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        form: &Value,
        reason: Option<&str>,
    ) -> Result<Snowflake, Refusal> {
        self.may(guild, by, Permissions::MANAGE_ROLES)?;
        let permissions = permissions_in(&form["permissions"]);
        if let Some(wanted) = permissions {
            self.can_give(guild, by, wanted)?;
        }
        let everyone = self.guilds.get(&guild).and_then(|guild| guild.roles.get(&guild.id));
        let standard = everyone.map_or(Permissions::NONE, |role| role.permissions);
        let name = form["name"].as_str().unwrap_or("new role").to_owned();
        let role = self.make_role(guild, &name, permissions.unwrap_or(standard), false);
        self.fill_role(guild, role, form);
        let entry = self.entry(Action::ROLE_CREATE, by, Some(role), reason);
        self.write_down(guild, entry.changing("name", Value::Null, json!(name)));
        Ok(role)
    }

    /// Changes a role as somebody who may.
    pub(crate) fn update_role(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        role: Snowflake,
        form: &Value,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may(guild, by, Permissions::MANAGE_ROLES)?;
        let old = found.roles.get(&role).ok_or(UNKNOWN_ROLE)?.clone();
        self.is_above_role(found, by, role)?;
        if let Some(wanted) = permissions_in(&form["permissions"]) {
            self.can_give(guild, by, wanted.without(old.permissions))?;
        }
        self.fill_role(guild, role, form);
        self.tell_role("GUILD_ROLE_UPDATE", guild, role);
        let entry = self.entry(Action::ROLE_UPDATE, by, Some(role), reason);
        let new = self
            .guilds
            .get(&guild)
            .and_then(|guild| guild.roles.get(&role))
            .map_or(old.name.clone(), |role| role.name.clone());
        self.write_down(guild, entry.changing("name", json!(old.name), json!(new)));
        Ok(())
    }

    /// Deletes a role as somebody who may.
    pub(crate) fn delete_role(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        role: Snowflake,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may(guild, by, Permissions::MANAGE_ROLES)?;
        let old = found.roles.get(&role).ok_or(UNKNOWN_ROLE)?.clone();
        self.is_above_role(found, by, role)?;
        if role == guild || old.managed_by.is_some() {
            return Err(MISSING_PERMISSIONS.into());
        }
        if let Some(found) = self.guilds.get_mut(&guild) {
            found.roles.remove(&role);
            for other in found.roles.values_mut().filter(|other| other.position > old.position) {
                other.position -= 1;
            }
            for member in found.members.values_mut() {
                member.roles.remove(&role);
            }
        }
        for channel in self.channels.values_mut().filter(|channel| channel.guild == Some(guild)) {
            channel.overwrites.remove(&role);
        }
        let to = Audience::guild(guild, Intents::GUILDS);
        self.emit(&to, "GUILD_ROLE_DELETE", json!({ "guild_id": guild, "role_id": role }));
        let entry = self.entry(Action::ROLE_DELETE, by, Some(role), reason);
        self.write_down(guild, entry.changing("name", json!(old.name), Value::Null));
        Ok(())
    }

    /// Moves roles as somebody who may.
    pub(crate) fn move_roles(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        wanted: &[(Snowflake, u32)],
    ) -> Result<(), Refusal> {
        let found = self.may(guild, by, Permissions::MANAGE_ROLES)?;
        let height = if found.owner == by { u32::MAX } else { found.height(by) };
        for (role, position) in wanted {
            let old = found.roles.get(role).ok_or(UNKNOWN_ROLE)?;
            if old.position >= height || *position >= height {
                return Err(MISSING_PERMISSIONS.into());
            }
        }
        let Some(found) = self.guilds.get_mut(&guild) else { return Ok(()) };
        let mut order: Vec<_> = found
            .roles
            .values()
            .filter(|role| role.id != guild)
            .map(|role| (role.position, role.id))
            .collect();
        for (role, position) in wanted {
            order.retain(|(_, id)| id != role);
            order.sort_unstable();
            let place = usize::try_from(position.saturating_sub(1)).unwrap_or(usize::MAX).min(order.len());
            order.insert(place, (*position, *role));
        }
        let mut moved = Vec::new();
        for (place, (_, id)) in (1_u32..).zip(order) {
            if let Some(role) = found.roles.get_mut(&id)
                && role.position != place
            {
                role.position = place;
                moved.push(id);
            }
        }
        for role in moved {
            self.tell_role("GUILD_ROLE_UPDATE", guild, role);
        }
        Ok(())
    }

    fn fill_role(&mut self, guild: Snowflake, role: Snowflake, form: &Value) {
        let Some(role) = self.guilds.get_mut(&guild).and_then(|guild| guild.roles.get_mut(&role)) else {
            return;
        };
        if let Some(name) = form["name"].as_str() {
            role.name = name.to_owned();
        }
        if let Some(permissions) = permissions_in(&form["permissions"]) {
            role.permissions = permissions;
        }
        if let Some(is) = form["mentionable"].as_bool() {
            role.mentionable = is;
        }
        if let Some(is) = form["hoist"].as_bool() {
            role.hoist = is;
        }
        let color = form["color"].as_u64().or_else(|| form["colors"]["primary_color"].as_u64());
        if let Some(color) = color.and_then(|color| u32::try_from(color).ok()) {
            role.color = color;
        }
    }

    /// Nobody can give what they do not have.
    pub(crate) fn can_give(
        &self,
        guild: Snowflake,
        by: Snowflake,
        wanted: Permissions,
    ) -> Result<(), Refusal> {
        if self.permissions(guild, by).has(wanted) { Ok(()) } else { Err(MISSING_PERMISSIONS.into()) }
    }
}

/// Permissions as a number or as text.
pub(crate) fn permissions_in(value: &Value) -> Option<Permissions> {
    let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    number.map(Permissions::from_bits)
}
