//! Commands that an application registers.

use serde_json::{Value, json};

use crate::errors::{Refusal, TOO_MANY_COMMANDS, UNKNOWN_APPLICATION, UNKNOWN_COMMAND};
use crate::rest::route::{id, not_here};
use crate::rest::{Answer, Call, Outcome, list, object};
use crate::snowflake::Snowflake;
use crate::world::World;

/// How many new ones a guild may have in a day.
const NEW_A_DAY: u32 = 200;
/// How many there may be: typed, of users, of messages.
const MOST: [(u64, usize); 3] = [(1, 100), (2, 15), (3, 15)];

impl World {
    pub(super) fn route_commands(&mut self, call: &Call<'_>, path: &[&str]) -> Outcome {
        let (guild, rest) = match path {
            ["applications", _, "guilds", guild, "commands", rest @ ..] => (Some(id(guild)), rest),
            ["applications", _, "commands", rest @ ..] => (None, rest),
            _ => return not_here(call),
        };
        if path.get(1).map(|app| id(app)) != Some(call.app) {
            return Err(UNKNOWN_APPLICATION.into());
        }
        if let Some(guild) = guild {
            self.guild_of(guild, call.bot)?;
        }
        match (call.request.method.as_str(), rest) {
            ("GET", []) => list(self.commands_of(call.app, guild)),
            ("PUT", []) => {
                let wanted = call.body().as_array().cloned().unwrap_or_default();
                self.put_commands(call.app, guild, wanted)?;
                list(self.commands_of(call.app, guild))
            }
            ("POST", []) => {
                let mut all = self.commands_of(call.app, guild);
                let same = |one: &Value| one["name"] == call.body()["name"] && kind(one) == kind(call.body());
                let was_there = all.iter().any(same);
                all.retain(|one| !same(one));
                all.push(call.body().clone());
                self.put_commands(call.app, guild, all)?;
                let made = self.commands_of(call.app, guild).into_iter().find(same).unwrap_or_default();
                Ok(Answer::Json(if was_there { 200 } else { 201 }, made))
            }
            ("GET", ["permissions"]) => list(self.offered_to(call.app, guild)),
            ("GET", [command]) => Answer::ok(self.command(call.app, guild, command)?),
            ("PATCH", [command]) => {
                let mut wanted = self.command(call.app, guild, command)?;
                crate::shape::merge(&mut wanted, object(call.body()));
                let id = wanted["id"].clone();
                let mut all = self.commands_of(call.app, guild);
                all.iter_mut().filter(|one| one["id"] == id).for_each(|one| *one = wanted.clone());
                if let Some(app) = self.applications.get_mut(&call.app) {
                    app.commands.insert(guild, all);
                }
                Answer::ok(wanted)
            }
            ("DELETE", [command]) => {
                self.command(call.app, guild, command)?;
                let all = self.applications.get_mut(&call.app).and_then(|app| app.commands.get_mut(&guild));
                if let Some(all) = all {
                    all.retain(|one| one["id"] != *command);
                }
                Ok(Answer::Empty)
            }
            _ => not_here(call),
        }
    }

    fn commands_of(&self, app: Snowflake, guild: Option<Snowflake>) -> Vec<Value> {
        let all = self.applications.get(&app).and_then(|app| app.commands.get(&guild));
        all.cloned().unwrap_or_default()
    }

    /// Which commands a guild offers to whom, as far as it says: here, all of them to some roles.
    fn offered_to(&self, app: Snowflake, guild: Option<Snowflake>) -> Option<Value> {
        let (found, guild) = (self.applications.get(&app)?, guild?);
        let roles = found.offered_to.iter().filter(|(of, _)| *of == guild);
        let roles: Vec<_> =
            roles.map(|(_, role)| json!({ "id": role, "type": 1, "permission": true })).collect();
        let all = json!({ "id": app, "application_id": app, "guild_id": guild, "permissions": roles });
        (!roles.is_empty()).then_some(all)
    }

    fn command(&self, app: Snowflake, guild: Option<Snowflake>, id: &str) -> Result<Value, Refusal> {
        let all = self.commands_of(app, guild);
        all.into_iter().find(|one| one["id"] == id).ok_or_else(|| UNKNOWN_COMMAND.into())
    }

    fn put_commands(
        &mut self,
        app: Snowflake,
        guild: Option<Snowflake>,
        wanted: Vec<Value>,
    ) -> Result<(), Refusal> {
        for (of_kind, most) in MOST {
            if wanted.iter().filter(|one| kind(one) == of_kind).count() > most {
                return Err(TOO_MANY_COMMANDS.into());
            }
        }
        let old = self.commands_of(app, guild);
        let mut all = Vec::new();
        for form in wanted {
            let same = old.iter().find(|one| one["name"] == form["name"] && kind(one) == kind(&form));
            let (id, version) = (same.map(|one| one["id"].clone()), self.new_id());
            if id.is_none() {
                self.count_command(app, guild)?;
            }
            let id = id.unwrap_or_else(|| json!(version));
            all.push(command_json(app, guild, &form, &id, version));
        }
        if let Some(app) = self.applications.get_mut(&app) {
            app.commands.insert(guild, all);
        }
        Ok(())
    }

    /// The day's limit is the fake's whole life: no test makes so many.
    fn count_command(&mut self, app: Snowflake, guild: Option<Snowflake>) -> Result<(), Refusal> {
        let Some(app) = self.applications.get_mut(&app) else { return Ok(()) };
        let made = app.commands_made.entry(guild).or_default();
        *made += 1;
        if *made > NEW_A_DAY {
            let message = "Max number of daily application command creates has been reached (200)".to_owned();
            return Err(Refusal { status: 400, code: 30034, message, errors: None });
        }
        Ok(())
    }
}

fn kind(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

fn command_json(
    app: Snowflake,
    guild: Option<Snowflake>,
    form: &Value,
    id: &Value,
    version: Snowflake,
) -> Value {
    let permissions = match &form["default_member_permissions"] {
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    };
    let mut json = json!({
        "id": id, "application_id": app, "version": version, "type": kind(form), "name": form["name"],
        "description": form["description"].as_str().unwrap_or_default(), "default_member_permissions": permissions,
        "nsfw": form["nsfw"].as_bool().unwrap_or(false),
    });
    for field in [
        "name_localizations",
        "description_localizations",
        "options",
        "contexts",
        "integration_types",
        "dm_permission",
    ] {
        if let Some(value) = form.get(field).filter(|value| !value.is_null()) {
            json[field] = value.clone();
        }
    }
    if let Some(guild) = guild {
        json["guild_id"] = json!(guild);
    }
    json
}
