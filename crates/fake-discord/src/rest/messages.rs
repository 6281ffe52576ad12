//! Messages, reactions and pins.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::errors::{EMPTY_MESSAGE, Refusal, UNKNOWN_MESSAGE};
use crate::permissions::Permissions;
use crate::rest::request::Request;
use crate::rest::route::{empty, id, not_here};
use crate::rest::{Answer, Call, Outcome, done, ids, list};
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::id_in;
use crate::world::message::{Draft, Message, flag};
use crate::world::messages::Change;
use crate::world::reactions::Emoji;

impl World {
    pub(super) fn route_messages(&mut self, call: &Call<'_>, channel: Snowflake, path: &[&str]) -> Outcome {
        let by = call.bot;
        match (call.request.method.as_str(), path) {
            ("GET", ["messages"]) => self.list_messages(call, channel),
            ("POST", ["messages"]) => self.create_message(call, channel),
            ("POST", ["messages", "bulk-delete"]) => {
                done(self.delete_many(by, channel, &ids(&call.body()["messages"]), call.reason()))
            }
            ("GET", ["messages", message]) => {
                self.may_in(channel, by, Permissions::READ_MESSAGE_HISTORY)?;
                let message = self.message_seen(by, channel, id(message))?;
                let json = self.message_for(call, message);
                Answer::ok(json)
            }
            ("PATCH", ["messages", message]) => {
                let message = id(message);
                let change = self.change_of(call.request, channel, message);
                self.edit(by, channel, message, change)?;
                Answer::ok(self.sent(call, channel, message)?)
            }
            ("DELETE", ["messages", message]) => done(self.delete(by, channel, id(message), call.reason())),
            ("GET", ["polls", message, "answers", answer]) => {
                let found = self.message_seen(by, channel, id(message))?;
                let voters =
                    found.poll.as_ref().map(|poll| ids(&poll["voters"][*answer])).unwrap_or_default();
                let after = call.request.query_id("after").unwrap_or_default();
                let voters = voters.into_iter().filter(|user| *user > after).take(call.request.limit(25));
                Answer::ok(json!({ "users": voters.map(|user| self.user_json(user)).collect::<Vec<_>>() }))
            }
            ("POST", ["polls", message, "expire"]) => {
                let message = id(message);
                if self.message_seen(by, channel, message)?.author != by {
                    return Err(crate::errors::NOT_YOURS.into());
                }
                self.end_poll(channel, message);
                Answer::ok(self.sent(call, channel, message)?)
            }
            _ => not_here(call),
        }
    }

    /// A message as the application that asks may have it.
    pub(super) fn message_for(&self, call: &Call<'_>, message: &Message) -> Value {
        let mut json = self.message_json(message, Some(call.bot));
        self.withhold(call.app, &mut json);
        json
    }

    pub(super) fn sent(
        &self,
        call: &Call<'_>,
        channel: Snowflake,
        message: Snowflake,
    ) -> Result<Value, Refusal> {
        let message = self.message(channel, message).ok_or(UNKNOWN_MESSAGE)?;
        Ok(self.message_for(call, message))
    }

    fn list_messages(&mut self, call: &Call<'_>, channel: Snowflake) -> Outcome {
        self.sight_of(channel, call.bot)?;
        // Who may not read what was written before, sees nothing of it.
        if !self.permissions_in(channel, call.bot).has(Permissions::READ_MESSAGE_HISTORY) {
            return list([]);
        }
        let request = call.request;
        let limit = request.limit(50);
        let all: Vec<&Message> = self.messages(channel).filter(|one| one.only_for.is_none()).collect();
        let some: Vec<&Message> = if let Some(around) = request.query_id("around") {
            let at = all.partition_point(|one| one.id < around);
            let start = at.saturating_sub(limit / 2);
            all.into_iter().skip(start).take(limit).collect()
        } else if let Some(after) = request.query_id("after") {
            all.into_iter().filter(|one| one.id > after).take(limit).collect()
        } else {
            let before = request.query_id("before");
            let older: Vec<_> =
                all.into_iter().filter(|one| before.is_none_or(|before| one.id < before)).collect();
            let skip = older.len().saturating_sub(limit);
            older.into_iter().skip(skip).collect()
        };
        // The newest comes first, whatever was asked.
        list(some.into_iter().rev().map(|message| self.message_for(call, message)).collect::<Vec<_>>())
    }

    fn create_message(&mut self, call: &Call<'_>, channel: Snowflake) -> Outcome {
        let body = call.body();
        let nonce = Some(&body["nonce"]).filter(|nonce| !nonce.is_null()).cloned();
        if body["enforce_nonce"] == true
            && let Some(nonce) = &nonce
            && let Some((channel, posted)) = self.posted_as(call.bot, nonce)
        {
            return Answer::ok(self.sent(call, channel, posted)?);
        }
        let mut draft = draft_of(call.request, body);
        draft.nonce = nonce;
        let reference = &body["message_reference"];
        if reference["type"] == 1 {
            let from = id_in(&reference["channel_id"]).unwrap_or(channel);
            let original = id_in(&reference["message_id"]).unwrap_or_default();
            let forwarded = self.forward(call.bot, channel, from, original)?;
            draft = Draft { nonce: draft.nonce, ..forwarded };
        } else if let Some(answered) = id_in(&reference["message_id"]) {
            let exists = self.message(channel, answered).is_some();
            if exists || reference["fail_if_not_exists"] != false {
                draft.reply_to = Some(answered);
            }
        }
        let message = self.post(call.bot, channel, draft)?;
        Answer::ok(self.sent(call, channel, message)?)
    }

    /// What a PATCH changes.
    pub(super) fn change_of(&self, request: &Request, channel: Snowflake, message: Snowflake) -> Change {
        let body = &request.body;
        let array = |name: &str| body.get(name).map(|all| all.as_array().cloned().unwrap_or_default());
        let old =
            self.message(channel, message).map(|message| message.attachments.clone()).unwrap_or_default();
        let attachments = array("attachments").map(|kept| {
            let kept = kept.iter().filter_map(|one| old.iter().find(|file| file["id"] == one["id"]).cloned());
            kept.chain(new_files(request, body)).collect::<Vec<_>>()
        });
        let attachments = attachments.or_else(|| {
            let new = new_files(request, body);
            (!new.is_empty()).then(|| old.into_iter().chain(new).collect())
        });
        Change {
            content: body.get("content").map(|content| content.as_str().unwrap_or_default().to_owned()),
            embeds: array("embeds"),
            components: array("components"),
            attachments,
            flags: body["flags"].as_u64(),
        }
    }

    pub(super) fn route_reactions(&mut self, call: &Call<'_>, channel: Snowflake, path: &[&str]) -> Outcome {
        let by = call.bot;
        match (call.request.method.as_str(), path) {
            ("GET", ["messages", message, "reactions", emoji]) => {
                self.may_in(channel, by, Permissions::READ_MESSAGE_HISTORY)?;
                let (found, emoji) = (self.message_seen(by, channel, id(message))?, Emoji::of(emoji));
                let reaction = found.reactions.iter().find(|one| emoji.is(one));
                let after = call.request.query_id("after");
                let users = reaction.into_iter().flat_map(|one| &one.users);
                let mut users: Vec<_> =
                    users.filter(|user| after.is_none_or(|after| **user > after)).copied().collect();
                users.sort_unstable();
                users.truncate(call.request.limit(25));
                list(users.into_iter().map(|user| self.user_json(user)).collect::<Vec<_>>())
            }
            ("PUT", ["messages", message, "reactions", emoji, "@me"]) => {
                done(self.react(by, channel, id(message), &Emoji::of(emoji)))
            }
            ("DELETE", ["messages", message, "reactions", emoji, user]) => {
                let user = if *user == "@me" { by } else { id(user) };
                done(self.unreact(by, channel, id(message), &Emoji::of(emoji), user))
            }
            ("DELETE", ["messages", message, "reactions", rest @ ..]) => {
                let emoji = rest.first().map(|emoji| Emoji::of(emoji));
                done(self.unreact_all(by, channel, id(message), emoji.as_ref()))
            }
            _ => not_here(call),
        }
    }

    pub(super) fn route_pins(&mut self, call: &Call<'_>, channel: Snowflake, path: &[&str]) -> Outcome {
        let by = call.bot;
        match (call.request.method.as_str(), path) {
            ("PUT", [.., "pins", message]) => {
                done(self.set_pinned(by, channel, id(message), true, call.reason()))
            }
            ("DELETE", [.., "pins", message]) => {
                done(self.set_pinned(by, channel, id(message), false, call.reason()))
            }
            ("GET", _) => {
                self.may_in(channel, by, Permissions::VIEW_CHANNEL)?;
                let before = call.request.query("before").and_then(Moment::parse);
                let pinned = self.messages(channel).filter_map(|message| Some((message.pinned?, message)));
                let mut pinned: Vec<_> =
                    pinned.filter(|(at, _)| before.is_none_or(|before| *at < before)).collect();
                pinned.sort_unstable_by_key(|(at, _)| std::cmp::Reverse(*at));
                let limit = call.request.limit(50);
                let has_more = pinned.len() > limit;
                let items = pinned.into_iter().take(limit);
                if path.first() == Some(&"pins") {
                    return list(
                        items.map(|(_, message)| self.message_for(call, message)).collect::<Vec<_>>(),
                    );
                }
                let items = items.map(
                    |(at, message)| json!({ "pinned_at": at, "message": self.message_for(call, message) }),
                );
                Answer::ok(json!({ "items": items.collect::<Vec<_>>(), "has_more": has_more }))
            }
            _ => empty(),
        }
    }
}

/// What a body would have posted.
pub(super) fn draft_of(request: &Request, body: &Value) -> Draft {
    let array = |name: &str| body[name].as_array().cloned().unwrap_or_default();
    let wanted =
        flag::SUPPRESS_EMBEDS | flag::EPHEMERAL | flag::SUPPRESS_NOTIFICATIONS | flag::IS_COMPONENTS_V2;
    let sticker = |id: Value| json!({ "id": id, "name": "sticker", "format_type": 1 });
    Draft {
        content: body["content"].as_str().unwrap_or_default().to_owned(),
        flags: body["flags"].as_u64().unwrap_or(0) & (wanted | flag::IS_VOICE_MESSAGE),
        embeds: array("embeds"),
        attachments: new_files(request, body),
        components: array("components"),
        stickers: array("sticker_ids").into_iter().map(sticker).collect(),
        poll: Some(&body["poll"]).filter(|poll| poll.is_object()).cloned(),
        allowed: Some(&body["allowed_mentions"]).filter(|allowed| allowed.is_object()).cloned(),
        tts: body["tts"] == true,
        ..Draft::default()
    }
}

/// The files of a form, with what the body says about them.
fn new_files(request: &Request, body: &Value) -> Vec<Value> {
    let described = body["attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
    let files = request.files.iter().filter(|file| file.name.is_some());
    let files = files.enumerate().map(|(at, file)| {
        let number = file.field.trim_start_matches("files[").trim_end_matches(']');
        let number = number.parse::<u64>().unwrap_or(u64::try_from(at).unwrap_or(0));
        let about = described.iter().find(|one| id_in(&one["id"]) == Some(Snowflake::from_number(number)));
        let about = |field: &str| about.map(|one| one[field].clone()).filter(|value| !value.is_null());
        let mut json = json!({
            "filename": about("filename").unwrap_or_else(|| json!(file.name)), "size": file.bytes.len(),
        });
        for field in ["description", "title"] {
            if let Some(value) = about(field) {
                json[field] = value;
            }
        }
        json
    });
    files.collect()
}

/// That there is something to post.
pub(super) fn not_empty(draft: &Draft) -> Result<(), Refusal> {
    if draft.is_empty() { Err(EMPTY_MESSAGE.into()) } else { Ok(()) }
}
