//! What people have a bot do: commands, buttons, menus, forms.

use serde_json::{Value, json};

use crate::errors::{Refusal, UNKNOWN_COMMAND, UNKNOWN_INTERACTION, UNKNOWN_MESSAGE};
use crate::people::{App, Person};
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::app::Application;
use crate::world::interaction::Interaction;

/// What is told of an interaction besides who and where.
struct New {
    kind: u8,
    data: Value,
    message: Option<Snowflake>,
    target: Value,
}

/// # Errors
/// Every act is refused where a client would not offer it.
#[allow(clippy::missing_errors_doc, reason = "said once, above, for all of them")]
impl Person {
    /// Types a command, `group subcommand` where there are such, with its options by name. The channel may be in a
    /// guild or the conversation with the bot.
    pub fn use_command(
        &self,
        app: &App,
        channel: Snowflake,
        name: &str,
        options: &[(&str, Value)],
    ) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            let data = world.command_data(self.id, app.id, channel, name, options, None)?;
            world.interact(self.id, app.id, channel, &New { kind: 2, data, message: None, target: json!({}) })
        })
    }

    /// Types a part of an option, for which the bot offers completions.
    pub fn autocomplete(
        &self,
        app: &App,
        channel: Snowflake,
        name: &str,
        options: &[(&str, Value)],
        focused: &str,
    ) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            let data = world.command_data(self.id, app.id, channel, name, options, Some(focused))?;
            world.interact(self.id, app.id, channel, &New { kind: 4, data, message: None, target: json!({}) })
        })
    }

    /// Presses a button.
    pub fn press(
        &self,
        channel: Snowflake,
        message: Snowflake,
        custom_id: &str,
    ) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| world.use_component(self.id, channel, message, custom_id, None))
    }

    /// Chooses from a menu.
    pub fn select(
        &self,
        channel: Snowflake,
        message: Snowflake,
        custom_id: &str,
        values: &[&str],
    ) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| world.use_component(self.id, channel, message, custom_id, Some(values)))
    }

    /// Fills in the form that an interaction of theirs opened, by the ids of its fields, and sends it.
    pub fn submit_modal(
        &self,
        interaction: Snowflake,
        fields: &[(&str, &str)],
    ) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            let opened = world
                .interactions
                .get(&interaction)
                .filter(|one| one.user == self.id)
                .ok_or(UNKNOWN_INTERACTION)?;
            let form = opened.modal().ok_or(UNKNOWN_INTERACTION)?;
            let components: Vec<_> =
                form["components"].as_array().into_iter().flatten().map(|one| filled(one, fields)).collect();
            let data = json!({ "custom_id": form["custom_id"], "components": components });
            let (app, channel, message) = (opened.app, opened.channel, opened.message);
            world.interact(self.id, app, channel, &New { kind: 5, data, message, target: json!({}) })
        })
    }

    /// Chooses from the menu of a message.
    pub fn message_menu(
        &self,
        app: &App,
        channel: Snowflake,
        message: Snowflake,
        name: &str,
    ) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            let found = world.message_seen(self.id, channel, message)?;
            // It comes whole, whatever the application may read.
            let mut target = world.message_json(found, None);
            if let Some(guild) = world.channels.get(&channel).and_then(|channel| channel.guild) {
                target["guild_id"] = json!(guild);
            }
            let mut data = world.command_data(self.id, app.id, channel, name, &[], None)?;
            data["type"] = json!(3);
            data["target_id"] = json!(message);
            data["resolved"] = json!({ "messages": { message.to_string(): target } });
            let target = json!({ "target_message_id": message });
            world.interact(self.id, app.id, channel, &New { kind: 2, data, message: None, target })
        })
    }

    /// Chooses from the menu of a user.
    pub fn user_menu(
        &self,
        app: &App,
        channel: Snowflake,
        user: Snowflake,
        name: &str,
    ) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            let mut data = world.command_data(self.id, app.id, channel, name, &[], None)?;
            data["type"] = json!(2);
            data["target_id"] = json!(user);
            data["resolved"] = world.resolved(channel, [user]);
            let target = json!({ "target_user": world.user_json(user) });
            world.interact(self.id, app.id, channel, &New { kind: 2, data, message: None, target })
        })
    }
}

impl World {
    fn command_data(
        &self,
        user: Snowflake,
        app: Snowflake,
        channel: Snowflake,
        name: &str,
        options: &[(&str, Value)],
        focused: Option<&str>,
    ) -> Result<Value, Refusal> {
        self.may_in(channel, user, Permissions::USE_APPLICATION_COMMANDS)?;
        let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
        let (command, path) = self.offered(user, app, guild, name).ok_or(UNKNOWN_COMMAND)?;
        let mut described = &command["options"];
        let mut kinds = Vec::new();
        for part in &path {
            let option = described.as_array().into_iter().flatten().find(|one| one["name"] == *part);
            let option = option.ok_or(UNKNOWN_COMMAND)?;
            kinds.push(option["type"].clone());
            described = &option["options"];
        }
        let mut given = Vec::new();
        let mut users = Vec::new();
        for (name, value) in options {
            let option = described.as_array().into_iter().flatten().find(|one| one["name"] == *name);
            let option = option
                .ok_or_else(|| Refusal::form(name, "UNKNOWN_OPTION", "The command has no such option"))?;
            let mut one = json!({ "name": name, "type": option["type"], "value": value });
            if focused == Some(*name) {
                one["focused"] = json!(true);
            }
            if option["type"] == 6 {
                users.extend(crate::world::id_in(value));
            }
            given.push(one);
        }
        if focused.is_none() {
            let mut required =
                described.as_array().into_iter().flatten().filter(|one| one["required"] == true);
            if let Some(missing) = required.find(|one| !options.iter().any(|(name, _)| one["name"] == *name))
            {
                return Err(Refusal::form(
                    missing["name"].as_str().unwrap_or_default(),
                    "BASE_TYPE_REQUIRED",
                    "Required",
                ));
            }
        }
        let mut inner = json!(given);
        for (part, kind) in path.iter().zip(kinds).rev() {
            inner = json!([{ "name": part, "type": kind, "options": inner }]);
        }
        let mut data = json!({ "id": command["id"], "name": command["name"], "type": command["type"], "options": inner });
        if let Some(guild) = command.get("guild_id") {
            data["guild_id"] = guild.clone();
        }
        if !users.is_empty() {
            data["resolved"] = self.resolved(channel, users);
        }
        Ok(data)
    }

    /// The command of that name that a client would offer there, and the names below it.
    fn offered<'a>(
        &self,
        user: Snowflake,
        app: Snowflake,
        guild: Option<Snowflake>,
        name: &'a str,
    ) -> Option<(Value, Vec<&'a str>)> {
        let app = self.applications.get(&app)?;
        let of_guild = app.commands.get(&guild).into_iter().flatten().filter(|_| guild.is_some());
        let of_all = app.commands.get(&None).into_iter().flatten();
        let shares = match guild {
            Some(guild) => self.guilds.get(&guild).is_some_and(|guild| guild.has(app.bot)),
            // In a conversation, only as long as both are in one guild.
            None => !self.shared_guilds(user, app.bot).is_empty(),
        };
        let here = |one: &&Value| {
            let contexts = one["contexts"].as_array();
            let context = if guild.is_some() { 0 } else { 1 };
            let fits = contexts.is_none_or(|all| all.iter().any(|one| *one == context));
            let hidden_in_dm = guild.is_none() && one["dm_permission"] == false;
            let needed = one["default_member_permissions"].as_str().and_then(|text| text.parse::<u64>().ok());
            let may = match (needed, guild) {
                (Some(needed), Some(guild)) => {
                    let has = self.permissions(guild, user);
                    has.has(Permissions::ADMINISTRATOR)
                        || (needed != 0 && has.has(Permissions::from_bits(needed)))
                        || self.is_offered_all(app, guild, user)
                }
                _ => true,
            };
            let for_users =
                one["integration_types"].as_array().is_some_and(|all| all.iter().any(|one| *one == 1));
            let reaches = shares || (for_users && self.installed.contains(&(user, app.id)));
            reaches && fits && !hidden_in_dm && may
        };
        // A menu's name may have spaces; of a typed command, the words that follow are below it.
        let all: Vec<_> = of_guild.chain(of_all).filter(here).collect();
        if let Some(command) = all.iter().find(|one| one["name"] == name) {
            return Some(((*command).clone(), Vec::new()));
        }
        let mut words = name.split(' ');
        let first = words.next()?;
        let command = all.into_iter().find(|one| one["name"] == first)?;
        Some((command.clone(), words.collect()))
    }

    /// Whether the server offers all commands of an application to a role that somebody has.
    fn is_offered_all(&self, app: &Application, guild: Snowflake, user: Snowflake) -> bool {
        let member = self.guilds.get(&guild).and_then(|guild| guild.members.get(&user));
        member.is_some_and(|member| member.roles.iter().any(|role| app.offered_to.contains(&(guild, *role))))
    }

    fn resolved(&self, channel: Snowflake, users: impl IntoIterator<Item = Snowflake>) -> Value {
        let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
        let (mut accounts, mut members) = (json!({}), json!({}));
        for user in users {
            accounts[user.to_string()] = self.user_json(user);
            if let Some(member) = guild.and_then(|guild| self.bare_member_json(guild, user)) {
                members[user.to_string()] = member;
            }
        }
        json!({ "users": accounts, "members": members })
    }

    fn use_component(
        &mut self,
        user: Snowflake,
        channel: Snowflake,
        message: Snowflake,
        custom_id: &str,
        values: Option<&[&str]>,
    ) -> Result<Snowflake, Refusal> {
        let found = self.message_seen(user, channel, message)?;
        let component = found.component(custom_id).ok_or(UNKNOWN_INTERACTION)?;
        if component["disabled"] == true {
            return Err(UNKNOWN_INTERACTION.into());
        }
        let mut data =
            json!({ "custom_id": custom_id, "component_type": component["type"], "id": component["id"] });
        if let Some(values) = values {
            data["values"] = json!(values);
        }
        let author = found.author;
        let app =
            found.application.or_else(|| self.app_of_bot(author).map(|app| app.id)).ok_or(UNKNOWN_MESSAGE)?;
        self.interact(user, app, channel, &New { kind: 3, data, message: Some(message), target: json!({}) })
    }

    fn interact(
        &mut self,
        user: Snowflake,
        app: Snowflake,
        channel: Snowflake,
        new: &New,
    ) -> Result<Snowflake, Refusal> {
        let found = self.sight_of(channel, user)?;
        let (guild, place) = (found.guild, self.any_channel_json(found, Some(user)));
        let (id, bot) = (self.new_id(), self.applications.get(&app).map(|app| app.bot).unwrap_or_default());
        let token = format!("interaction{id}");
        let owners = match guild {
            Some(guild) => json!({ "0": guild }),
            None => json!({ "0": "0" }),
        };
        let mut told = json!({
            "id": id, "application_id": app, "type": new.kind, "token": token, "version": 1, "data": new.data,
            "channel_id": channel, "channel": place, "locale": "en-GB", "entitlements": [],
            "app_permissions": self.permissions_in(channel, bot), "authorizing_integration_owners": owners,
            "context": if guild.is_some() { 0 } else { 1 }, "attachment_size_limit": 10_485_760,
        });
        match guild {
            Some(guild) => {
                told["guild_id"] = json!(guild);
                told["guild_locale"] = json!("en-GB");
                told["guild"] = json!({ "id": guild, "locale": "en-GB", "features": ["COMMUNITY"] });
                told["member"] = self.member_json(guild, user);
                told["member"]["permissions"] = json!(self.permissions_in(channel, user));
            }
            None => told["user"] = self.user_json(user),
        }
        if let Some(message) = new.message.and_then(|message| self.message(channel, message)) {
            told["message"] = self.message_json(message, None);
        }
        let metadata = self.metadata(id, user, &owners, new);
        let interaction = Interaction {
            id,
            token,
            app,
            user,
            channel,
            guild,
            kind: new.kind,
            message: new.message,
            answer: None,
            response: None,
            is_ephemeral: false,
            followups: Vec::new(),
            made: self.now(),
            metadata,
        };
        self.interactions.insert(id, interaction);
        self.tell_interaction(app, guild, told);
        Ok(id)
    }

    fn metadata(&self, id: Snowflake, user: Snowflake, owners: &Value, new: &New) -> Value {
        let mut json = json!({
            "id": id, "type": new.kind, "user": self.user_json(user), "authorizing_integration_owners": owners,
        });
        crate::shape::merge(&mut json, new.target.clone());
        match new.kind {
            3 => json["interacted_message_id"] = json!(new.message),
            5 => {
                let mut before = json!({
                    "id": id, "type": 2, "user": self.user_json(user), "authorizing_integration_owners": owners,
                });
                if let Some(message) = new.message {
                    before["type"] = json!(3);
                    before["interacted_message_id"] = json!(message);
                }
                json["triggering_interaction_metadata"] = before;
            }
            _ => {}
        }
        json
    }
}

/// A form's part with what was written into it, without what only the form needed.
fn filled(component: &Value, fields: &[(&str, &str)]) -> Value {
    let mut json = json!({ "type": component["type"], "id": component["id"].as_u64().unwrap_or(0) });
    if let Some(id) = component["custom_id"].as_str() {
        let given = fields.iter().find(|(one, _)| *one == id).map(|(_, value)| *value);
        json["custom_id"] = json!(id);
        match component["type"].as_u64() {
            Some(4) => json["value"] = json!(given.or(component["value"].as_str()).unwrap_or_default()),
            _ => json["values"] = given.map_or(json!([]), |value| json!([value])),
        }
    }
    if let Some(inner) = component["components"].as_array() {
        json["components"] = inner.iter().map(|one| filled(one, fields)).collect();
    }
    if component["component"].is_object() {
        json["component"] = filled(&component["component"], fields);
    }
    json
}
