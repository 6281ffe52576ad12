//! Threads and who is in them.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::errors::{MISSING_PERMISSIONS, UNKNOWN_CHANNEL, UNKNOWN_MEMBER};
use crate::permissions::Permissions;
use crate::rest::messages::{draft_of, not_empty};
use crate::rest::route::{id, not_here};
use crate::rest::{Answer, Call, Outcome, done, ids, list};
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::channel::{Channel, ChannelKind};
use crate::world::threads::NewThread;

impl World {
    pub(super) fn route_threads(&mut self, call: &Call<'_>, channel: Snowflake, path: &[&str]) -> Outcome {
        let by = call.bot;
        match (call.request.method.as_str(), path) {
            ("POST", ["messages", message, "threads"]) => {
                let new = NewThread {
                    message: Some(id(message)),
                    ..new_thread(call.body(), ChannelKind::PublicThread)
                };
                let thread = self.open_thread(by, channel, new)?;
                self.opened(call, thread, None)
            }
            ("POST", ["threads"]) if call.body()["message"].is_object() => {
                let draft = draft_of(call.request, &call.body()["message"]);
                not_empty(&draft)?;
                let new = new_thread(call.body(), ChannelKind::PublicThread);
                let thread = self.post_in_forum(by, channel, new, draft)?;
                self.opened(call, thread, Some(thread))
            }
            ("POST", ["threads"]) => {
                // As the documentation has it: private unless said otherwise.
                let kind = ChannelKind::of(call.body()["type"].as_u64().unwrap_or(12));
                let kind = kind.filter(|kind| kind.is_thread()).unwrap_or(ChannelKind::PrivateThread);
                let thread = self.open_thread(by, channel, new_thread(call.body(), kind))?;
                self.opened(call, thread, None)
            }
            ("PUT", ["thread-members", user]) => done(self.add_to_thread(by, channel, whom(by, user))),
            ("DELETE", ["thread-members", user]) => done(self.take_from_thread(by, channel, whom(by, user))),
            ("GET", ["thread-members", user]) => {
                let found = self.sight_of(channel, by)?;
                let member = self.thread_member_json(found, whom(by, user)).ok_or(UNKNOWN_MEMBER)?;
                Answer::ok(member)
            }
            ("GET", ["thread-members"]) => {
                let found = self.sight_of(channel, by)?;
                let members = found.thread.as_ref().map(|thread| &thread.members);
                let users = members.into_iter().flat_map(|members| members.keys());
                list(users.filter_map(|user| self.thread_member_json(found, *user)).collect::<Vec<_>>())
            }
            ("GET", ["threads", "archived", kind]) => self.archived(call, channel, *kind == "private", false),
            ("GET", ["users", "@me", "threads", "archived", "private"]) => {
                self.archived(call, channel, true, true)
            }
            _ => not_here(call),
        }
    }

    fn opened(&self, call: &Call<'_>, thread: Snowflake, message: Option<Snowflake>) -> Outcome {
        let channel = self.channels.get(&thread).ok_or(UNKNOWN_CHANNEL)?;
        let mut json = self.thread_json(channel, Some(call.bot));
        if let Some(message) = message {
            json["message"] = self.sent(call, thread, message)?;
        }
        Ok(Answer::Json(201, json))
    }

    fn archived(&self, call: &Call<'_>, channel: Snowflake, is_private: bool, only_mine: bool) -> Outcome {
        self.may_in(channel, call.bot, Permissions::READ_MESSAGE_HISTORY)?;
        if is_private && !only_mine {
            let may = self.permissions_in(channel, call.bot);
            if !may.has(Permissions::MANAGE_THREADS) {
                return Err(MISSING_PERMISSIONS.into());
            }
        }
        let before = call.request.query("before");
        let is_before = |thread: &Channel| match before {
            None => true,
            Some(text) => match (Moment::parse(text), text.parse::<Snowflake>()) {
                (Some(before), _) => thread.thread.as_ref().is_some_and(|one| one.changed < before),
                (None, Ok(before)) => thread.id < before,
                (None, Err(_)) => true,
            },
        };
        let threads = self.channels.values().filter(|one| {
            one.parent == Some(channel)
                && one.is_archived()
                && (one.kind == ChannelKind::PrivateThread) == is_private
                && (!only_mine
                    || one.thread.as_ref().is_some_and(|thread| thread.members.contains_key(&call.bot)))
                && is_before(one)
        });
        let mut threads: Vec<_> = threads.collect();
        threads.sort_by_key(|one| std::cmp::Reverse(one.thread.as_ref().map(|thread| thread.changed)));
        let limit = call.request.limit(50);
        Answer::ok(self.threads_json(threads.iter().take(limit).copied(), call.bot, threads.len() > limit))
    }

    pub(super) fn active_threads(&self, call: &Call<'_>, guild: Snowflake) -> Outcome {
        let threads = self.channels.values().filter(|one| {
            one.guild == Some(guild)
                && one.kind.is_thread()
                && !one.is_archived()
                && self.permissions_in(one.id, call.bot).has(Permissions::VIEW_CHANNEL)
        });
        let mut json = self.threads_json(threads, call.bot, false);
        json["has_more"] = json!(false);
        Answer::ok(json)
    }

    fn threads_json<'a>(
        &self,
        threads: impl Iterator<Item = &'a Channel>,
        viewer: Snowflake,
        has_more: bool,
    ) -> Value {
        let threads: Vec<_> = threads.collect();
        let members: Vec<_> = threads.iter().filter_map(|one| self.thread_member_json(one, viewer)).collect();
        let threads: Vec<_> = threads.iter().map(|one| self.thread_json(one, Some(viewer))).collect();
        json!({ "threads": threads, "members": members, "has_more": has_more })
    }
}

fn whom(by: Snowflake, text: &str) -> Snowflake {
    if text == "@me" { by } else { id(text) }
}

fn new_thread(body: &Value, kind: ChannelKind) -> NewThread {
    let after = body["auto_archive_duration"].as_u64().and_then(|after| u32::try_from(after).ok());
    NewThread {
        name: body["name"].as_str().unwrap_or_default().to_owned(),
        kind,
        archive_after: after.unwrap_or(4320),
        invitable: body["invitable"].as_bool().unwrap_or(true),
        tags: ids(&body["applied_tags"]),
        message: None,
    }
}
