//! How a bot answers what people have it do.

use serde_json::{Value, json};

use crate::errors::{
    ALREADY_ACKNOWLEDGED, EMPTY_MESSAGE, NOT_FOUND, Refusal, UNKNOWN_INTERACTION, UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::rest::messages::draft_of;
use crate::rest::route::{empty, id, not_here};
use crate::rest::{Answer, Call, Outcome};
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::interaction::{ANSWER, Interaction};
use crate::world::message::{Draft, flag, kind};
use crate::world::messages::Change;

/// What an answer is.
mod callback {
    pub(super) const PONG: u64 = 1;
    pub(super) const MESSAGE: u64 = 4;
    pub(super) const LATER: u64 = 5;
    pub(super) const UPDATE_LATER: u64 = 6;
    pub(super) const UPDATE: u64 = 7;
    pub(super) const CHOICES: u64 = 8;
    pub(super) const MODAL: u64 = 9;
}

impl World {
    pub(super) fn answer_interaction(
        &mut self,
        call: &Call<'_>,
        interaction: Snowflake,
        token: &str,
    ) -> Outcome {
        let now = self.now();
        let found = self.interactions.get(&interaction).filter(|one| one.token == token);
        let found = found.filter(|one| now.since(one.made) < ANSWER).ok_or(UNKNOWN_INTERACTION)?;
        if found.answer.is_some() {
            return Err(ALREADY_ACKNOWLEDGED.into());
        }
        let (found, body) = (found.clone(), call.body());
        let answer = body["type"].as_u64().unwrap_or(0);
        let data = &body["data"];
        let fits = match answer {
            callback::MESSAGE | callback::LATER => matches!(found.kind, 2 | 3 | 5),
            // A form that was opened from a message can change it.
            callback::UPDATE | callback::UPDATE_LATER => {
                matches!(found.kind, 3 | 5) && found.message.is_some()
            }
            callback::CHOICES => found.kind == 4,
            callback::MODAL => matches!(found.kind, 2 | 3),
            callback::PONG => found.kind == 1,
            _ => false,
        };
        if !fits {
            let message =
                format!("a callback of type {answer} does not answer an interaction of type {}", found.kind);
            return Err(Refusal::form("type", "INTERACTION_CALLBACK_TYPE_INVALID", &message));
        }
        let is_ephemeral = data["flags"].as_u64().is_some_and(|flags| flags & flag::EPHEMERAL != 0);
        if answer == callback::CHOICES && data["choices"].as_array().is_none_or(|choices| choices.len() > 25)
        {
            return Err(Refusal::form(
                "data.choices",
                "BASE_TYPE_MAX_LENGTH",
                "Must be 25 or fewer in length.",
            ));
        }
        let made = match answer {
            callback::MESSAGE => {
                let draft = draft_of(call.request, data);
                if draft.is_empty() {
                    return Err(EMPTY_MESSAGE.into());
                }
                Some(self.respond(&found, draft, is_ephemeral)?)
            }
            callback::LATER => {
                let draft = Draft { flags: flag::LOADING, ..Draft::default() };
                Some(self.respond(&found, draft, is_ephemeral)?)
            }
            callback::UPDATE => {
                let message = found.message.ok_or(UNKNOWN_MESSAGE)?;
                let change =
                    Change { flags: None, ..self.change_of_data(call, found.channel, message, data) };
                self.change_message(found.channel, message, change, true);
                Some(message)
            }
            callback::UPDATE_LATER => found.message,
            _ => None,
        };
        if let Some(one) = self.interactions.get_mut(&interaction) {
            one.answer = Some((answer, data.clone()));
            one.response = made;
            one.is_ephemeral = is_ephemeral;
        }
        if call.request.query("with_response").is_none_or(|text| !matches!(text, "true" | "1" | "True")) {
            return empty();
        }
        let mut json = json!({ "interaction": {
            "id": interaction, "type": found.kind, "channel_id": found.channel,
            "response_message_loading": answer == callback::LATER, "response_message_ephemeral": is_ephemeral,
        }});
        if let Some(guild) = found.guild {
            json["interaction"]["guild_id"] = json!(guild);
        }
        if let Some(message) = made {
            json["interaction"]["response_message_id"] = json!(message);
            // What is still to come is not shown.
            let is_shown = matches!(answer, callback::MESSAGE | callback::UPDATE);
            if let Some(message) = self.message(found.channel, message).filter(|_| is_shown) {
                json["resource"] = json!({ "type": answer, "message": self.message_json(message, None) });
            }
        }
        Answer::ok(json)
    }

    fn respond(
        &mut self,
        interaction: &Interaction,
        draft: Draft,
        is_ephemeral: bool,
    ) -> Result<Snowflake, Refusal> {
        let bot = self.applications.get(&interaction.app).map(|app| app.bot).ok_or(UNKNOWN_WEBHOOK)?;
        // Answers call nobody but users, unless it is said otherwise.
        let allowed = draft.allowed.clone().or_else(|| Some(json!({ "parse": ["users"] })));
        let is_command = interaction.kind == 2 && interaction.response.is_none();
        let of_menu = interaction.metadata.get("target_user").is_some()
            || interaction.metadata.get("target_message_id").is_some();
        let mut draft = Draft {
            kind: is_command.then_some(if of_menu {
                kind::CONTEXT_MENU_COMMAND
            } else {
                kind::CHAT_INPUT_COMMAND
            }),
            interaction: Some(interaction.metadata.clone()),
            application: Some(interaction.app),
            allowed,
            ..draft
        };
        if is_ephemeral {
            draft.flags |= flag::EPHEMERAL;
            draft.only_for = Some(interaction.user);
        }
        if !is_ephemeral {
            self.pass_filter(bot, interaction.channel, &draft)?;
        }
        Ok(self.put_message(bot, interaction.channel, draft))
    }

    pub(super) fn route_followups(&mut self, call: &Call<'_>, path: &[&str]) -> Outcome {
        let (app, token, rest) = match path {
            [app, token, rest @ ..] => (app, token, rest),
            _ => return not_here(call),
        };
        let interaction = self.interaction_of(app, token)?;
        let found = self.interactions.get(&interaction).ok_or(UNKNOWN_WEBHOOK)?.clone();
        if found.answer.is_none() {
            return Err(UNKNOWN_WEBHOOK.into());
        }
        let call = &Call { app: found.app, bot: self.bot_of(found.app), reason: None, request: call.request };
        match (call.request.method.as_str(), rest) {
            ("POST", []) => self.follow_up(call, &found),
            ("GET", ["messages", message]) => {
                let message = response(&found, message)?;
                Answer::ok(self.sent(call, found.channel, message)?)
            }
            ("PATCH", ["messages", message]) => {
                let message = response(&found, message)?;
                self.message(found.channel, message).ok_or(UNKNOWN_MESSAGE)?;
                let mut change = self.change_of(call.request, found.channel, message);
                // What was to come has come.
                let flags = self.message(found.channel, message).map_or(0, |one| one.flags);
                change.flags =
                    Some(change.flags.unwrap_or(flags) & !flag::LOADING | flags & flag::IS_COMPONENTS_V2);
                let was_loading = flags & flag::LOADING != 0;
                self.change_message(found.channel, message, change, !was_loading);
                Answer::ok(self.sent(call, found.channel, message)?)
            }
            ("DELETE", ["messages", message]) => {
                let message = response(&found, message)?;
                self.message(found.channel, message).ok_or(UNKNOWN_MESSAGE)?;
                self.take_message(found.channel, message);
                empty()
            }
            _ => not_here(call),
        }
    }

    fn bot_of(&self, app: Snowflake) -> Snowflake {
        self.applications.get(&app).map(|app| app.bot).unwrap_or_default()
    }

    fn follow_up(&mut self, call: &Call<'_>, found: &Interaction) -> Outcome {
        let draft = draft_of(call.request, call.body());
        if draft.is_empty() {
            return Err(EMPTY_MESSAGE.into());
        }
        // The first after "later" fills what was promised, and is as private as that.
        let loading = found.response.filter(|message| {
            let message = self.message(found.channel, *message);
            message.is_some_and(|message| message.flags & flag::LOADING != 0)
        });
        if let Some(message) = loading {
            let change = Change {
                flags: Some(draft.flags & !flag::LOADING),
                ..self.change_of(call.request, found.channel, message)
            };
            self.change_message(found.channel, message, change, false);
            return Answer::ok(self.sent(call, found.channel, message)?);
        }
        let is_ephemeral = draft.flags & flag::EPHEMERAL != 0;
        let message = self.respond(found, draft, is_ephemeral)?;
        if let Some(one) = self.interactions.get_mut(&found.id) {
            one.followups.push(message);
        }
        Answer::ok(self.sent(call, found.channel, message)?)
    }

    fn change_of_data(
        &self,
        call: &Call<'_>,
        channel: Snowflake,
        message: Snowflake,
        data: &Value,
    ) -> Change {
        let mut request = call.request.clone();
        request.body = data.clone();
        self.change_of(&request, channel, message)
    }

    /// Tells an application of what somebody had it do.
    pub(crate) fn tell_interaction(&mut self, app: Snowflake, guild: Option<Snowflake>, told: Value) {
        let bot = self.bot_of(app);
        self.emit(&Audience::bot(bot, guild, Intents::NONE), "INTERACTION_CREATE", told);
    }
}

fn response(found: &Interaction, message: &str) -> Result<Snowflake, Refusal> {
    if message == "@original" {
        return found.response.ok_or_else(|| NOT_FOUND.into());
    }
    let message = id(message);
    let is_its = found.response == Some(message) || found.followups.contains(&message);
    if is_its { Ok(message) } else { Err(UNKNOWN_MESSAGE.into()) }
}
