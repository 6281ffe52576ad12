//! What stands somewhere, taken away: messages, names, titles, reactions.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use platform::{DeliveryError, Effect, Receipt};
use policy::{ChannelId, PostId, Reference};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::account::member_of;
use crate::digest::Digest;
use crate::error::{Code, RestError};
use crate::ids::{PostName, Snowflake};
use crate::json;
use crate::outbound::Hands;
use crate::rest::{AuditReason, Request, Route, Urgency};

/// Discord deletes so many at once at most.
const BULK_MAX: usize = 100;
/// How many are asked for at once: one that goes alone, and as many as go together after it.
pub(crate) const ABREAST: u32 = 101;
const _: () = assert!(ABREAST as usize == 1 + BULK_MAX);
/// What is older can be deleted one by one only. Discord's limit is 14 days; an hour is for clocks.
const BULK_AGE_MS: i64 = (14 * 24 - 1) * 60 * 60 * 1_000;

impl Hands {
    /// Takes a post away. What is gone already was taken away by somebody else.
    pub(crate) async fn remove(
        &self,
        effect: Effect,
        channel: &ChannelId,
        post: &PostId,
    ) -> Result<Receipt, DeliveryError> {
        let (Some(name), Some(channel)) = (PostName::parse(post), Snowflake::parse(channel.as_str())) else {
            return Err(DeliveryError::Gone);
        };
        let stands_in = match name {
            PostName::Message(_) | PostName::Reactions { .. } => Some(channel),
            PostName::Title { channel, .. }
            | PostName::Topic { channel, .. }
            | PostName::Status { channel, .. } => Some(channel),
            PostName::Nick { .. }
            | PostName::Fixture { .. }
            | PostName::AutoMod(_)
            | PostName::Stopped(_) => None,
        };
        if let Some(channel) = stands_in {
            let there = self.shared.is_there(self.group.server.0, channel, Urgency::Removal).await;
            match there.map_err(RestError::delivery)? {
                Some(true) => {}
                // Nothing of another group's is this one's to take away.
                Some(false) => return Err(DeliveryError::Gone),
                None => return Ok(Receipt::AlreadyDone),
            }
        }
        let reason = AuditReason::of_file(effect.file);
        let done = match name {
            PostName::Message(message) => self.remove_message(channel, message, effect.file).await,
            PostName::Nick { user, digest } => self.remove_name(user, digest, reason).await,
            PostName::Title { channel, digest } => {
                let unnamed = json!({"name": format!("untitled-{channel}")});
                self.remove_field(channel, "name", digest, unnamed, reason).await
            }
            PostName::Topic { channel, digest } => {
                self.remove_field(channel, "topic", digest, json!({"topic": ""}), reason).await
            }
            PostName::Status { channel, .. } => self.remove_status(channel, reason).await,
            PostName::Reactions { message, user } => self.remove_reactions(channel, message, user).await,
            // Nobody asks for this: it is flagged at most, and for people to change. The bot asks for no power over the server
            // itself, and no member's tag is its to take.
            PostName::Fixture { .. } => return Err(DeliveryError::Forbidden),
            // AutoMod kept it back: it stands nowhere.
            PostName::AutoMod(_) | PostName::Stopped(_) => Ok(Receipt::AlreadyDone),
        };
        done.map_err(RestError::delivery)
    }

    async fn remove_message(
        &self,
        channel: Snowflake,
        message: Snowflake,
        file: Reference,
    ) -> Result<Receipt, RestError> {
        let age = self.shared.pace.now().as_millis() - message.sent_at().as_millis();
        if age < BULK_AGE_MS
            && let Some(done) = self.shared.removals.together(self, channel, message, file).await
        {
            return done;
        }
        self.delete(channel, message, file).await
    }

    async fn delete(
        &self,
        channel: Snowflake,
        message: Snowflake,
        file: Reference,
    ) -> Result<Receipt, RestError> {
        let route = Route::channel(channel).at("messages").one(message);
        let request = Request::delete(route).because(AuditReason::of_file(file));
        gone_is_done(self.shared.rest.call(request).await)
    }

    /// The name somebody goes by, if it still is the one that was judged: what they are called by their account stands
    /// again, and where that is what was judged, a name of nothing but numbers.
    async fn remove_name(
        &self,
        user: Snowflake,
        digest: Digest,
        reason: AuditReason,
    ) -> Result<Receipt, RestError> {
        let server = self.group.server.0;
        let Some(member) = member_of(&self.shared.rest, server, user, Urgency::Removal).await? else {
            return Ok(Receipt::AlreadyDone);
        };
        let is_judged = |name: Option<&str>| name.is_some_and(|name| Digest::of([name]) == digest);
        let nick = json::text(&member, "nick");
        let shown = shown_name(&member);
        let name = if is_judged(nick) && !is_judged(shown) {
            Value::Null
        } else if is_judged(nick) || nick.is_none() && is_judged(shown) {
            Value::String(covering_name(user))
        } else {
            return Ok(Receipt::AlreadyDone);
        };
        let route = Route::guild(server).at("members").one(user);
        let request = Request::patch(route).json(json!({"nick": name})).because(reason);
        self.shared.rest.call(request.urgency(Urgency::Removal)).await.map(|_| Receipt::Done)
    }

    /// What a channel or thread is called or about, if it still is what was judged.
    async fn remove_field(
        &self,
        channel: Snowflake,
        field: &str,
        digest: Digest,
        instead: Value,
        reason: AuditReason,
    ) -> Result<Receipt, RestError> {
        let channel_route = || Route::channel(channel);
        let stands =
            match self.shared.rest.call(Request::get(channel_route()).urgency(Urgency::Removal)).await {
                Err(error) if error.code() == Some(Code::UnknownChannel) => return Ok(Receipt::AlreadyDone),
                answer => answer?,
            };
        if json::text(&stands, field).is_none_or(|text| Digest::of([text]) != digest) {
            return Ok(Receipt::AlreadyDone);
        }
        let mut instead = instead;
        let put_away = json::at(&stands, &["thread_metadata", "archived"]);
        if put_away.and_then(Value::as_bool) == Some(true) {
            // Of a thread that is out of the way, Discord changes nothing else.
            instead["archived"] = json!(false);
        }
        let request = Request::patch(channel_route()).json(instead).because(reason).urgency(Urgency::Removal);
        self.shared.rest.call(request).await.map(|_| Receipt::Done)
    }

    /// What goes on in a voice channel. Discord does not tell what it is, so that a newer one goes as well.
    async fn remove_status(&self, channel: Snowflake, reason: AuditReason) -> Result<Receipt, RestError> {
        let route = Route::channel(channel).at("voice-status");
        let request =
            Request::put(route).json(json!({"status": ""})).because(reason).urgency(Urgency::Removal);
        gone_is_done(self.shared.rest.call(request).await)
    }

    /// All that somebody put to a message as reactions.
    async fn remove_reactions(
        &self,
        channel: Snowflake,
        message: Snowflake,
        user: Snowflake,
    ) -> Result<Receipt, RestError> {
        let route = || Route::channel(channel).at("messages").one(message);
        let stands = match self.shared.rest.call(Request::get(route()).urgency(Urgency::Removal)).await {
            Err(error) if is_gone(&error) => return Ok(Receipt::AlreadyDone),
            answer => answer?,
        };
        let mut receipt = Receipt::AlreadyDone;
        for reaction in json::list(&stands, "reactions") {
            let Some(emoji) = json::get(reaction, "emoji").and_then(path_of) else { continue };
            let route = route().at("reactions").one(emoji).one(user);
            if gone_is_done(self.shared.rest.call(Request::delete(route).urgency(Urgency::Removal)).await)?
                == Receipt::Done
            {
                receipt = Receipt::Done;
            }
        }
        Ok(receipt)
    }
}

/// What somebody is called where they wear no name of their own on the server.
pub(crate) fn shown_name(member: &Value) -> Option<&str> {
    let account = json::get(member, "user")?;
    json::text(account, "global_name").or_else(|| json::text(account, "username"))
}

/// What covers the name of an account that had to go.
pub(crate) fn covering_name(user: Snowflake) -> String {
    format!("Member {}", user.number() % 1_000_000)
}

/// An emoji as paths name it.
pub(crate) fn path_of(emoji: &Value) -> Option<String> {
    let name = json::text(emoji, "name")?;
    Some(match json::id(emoji, "id") {
        Some(id) => format!("{name}:{id}"),
        None => name.to_owned(),
    })
}

fn is_gone(error: &RestError) -> bool {
    matches!(error.code(), Some(Code::UnknownMessage | Code::UnknownChannel | Code::UnknownEmoji))
}

fn gone_is_done(answer: Result<Value, RestError>) -> Result<Receipt, RestError> {
    match answer {
        Ok(_) => Ok(Receipt::Done),
        Err(error) if is_gone(&error) => Ok(Receipt::AlreadyDone),
        Err(error) => Err(error),
    }
}

/// Messages that are to go while others of their channel are going: one request for all of them.
#[derive(Debug, Default)]
pub(crate) struct Removals(Mutex<BTreeMap<Snowflake, Vec<Queued>>>);

#[derive(Debug)]
struct Queued {
    message: Snowflake,
    file: Reference,
    /// Whether it went with the others; each is asked for alone otherwise.
    went: oneshot::Sender<bool>,
}

impl Removals {
    /// Has a message go together with others, if others of its channel are going just now; nothing when it is to be asked
    /// for alone.
    async fn together(
        &self,
        hands: &Hands,
        channel: Snowflake,
        message: Snowflake,
        file: Reference,
    ) -> Option<Result<Receipt, RestError>> {
        let queued = {
            let mut going = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match going.get_mut(&channel) {
                Some(waiting) if waiting.len() < BULK_MAX => {
                    let (went, heard) = oneshot::channel();
                    waiting.push(Queued { message, file, went });
                    Some(heard)
                }
                Some(_) => return None,
                None => {
                    going.insert(channel, Vec::new());
                    None
                }
            }
        };
        let Some(heard) = queued else {
            // The first goes alone, and takes those along that come meanwhile.
            let leader = Leader { removals: self, channel, is_over: false };
            let first = hands.delete(channel, message, file).await;
            leader.take_along(hands).await;
            return Some(first);
        };
        match heard.await {
            Ok(true) => Some(Ok(Receipt::Done)),
            Ok(false) | Err(_) => None,
        }
    }
}

/// Whoever has others of a channel wait. Dropped in the middle, it has them go alone.
struct Leader<'a> {
    removals: &'a Removals,
    channel: Snowflake,
    /// Whether nobody waits for it any more, and somebody else may lead.
    is_over: bool,
}

impl Leader<'_> {
    async fn take_along(mut self, hands: &Hands) {
        loop {
            let waiting = {
                let mut going = self.removals.0.lock().unwrap_or_else(PoisonError::into_inner);
                match going.get_mut(&self.channel).map(std::mem::take) {
                    Some(waiting) if !waiting.is_empty() => waiting,
                    Some(_) | None => {
                        going.remove(&self.channel);
                        self.is_over = true;
                        return;
                    }
                }
            };
            let went = waiting.len() > 1 && self.delete_all(hands, &waiting).await;
            for queued in waiting {
                if queued.went.send(went).is_err() {
                    tracing::debug!("whoever asked for a removal was stopped meanwhile");
                }
            }
        }
    }

    /// Whether all of them went.
    async fn delete_all(&self, hands: &Hands, waiting: &[Queued]) -> bool {
        let mut ids: Vec<String> = waiting.iter().map(|queued| queued.message.to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() < 2 {
            return false;
        }
        let route = Route::channel(self.channel).at("messages").at("bulk-delete");
        let files = waiting.iter().map(|queued| queued.file);
        let request =
            Request::post(route).json(json!({"messages": ids})).because(AuditReason::of_files(files));
        hands.shared.rest.call(request.urgency(Urgency::Removal)).await.is_ok()
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.removals.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.channel);
    }
}
