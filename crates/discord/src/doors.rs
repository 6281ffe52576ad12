//! Where somebody is written to: in private, in a thread of theirs with the officers, and where neither can be, with the
//! answer to whatever they ask of the bot next.
//!
//! Whoever takes no private messages is not asked again for some days, for Discord counts each refusal; unless they turn
//! to the bot.

use std::collections::BTreeSet;

use platform::{DeliveryError, Effect, EffectId, Receipt};
use policy::{Letter, MemberId, Timestamp};
use serde_json::{Value, json};

use crate::account::{Shared, member_of};
use crate::buttons::rows;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::letters;
use crate::letters::veil::{self, Reader};
use crate::memory::About;
use crate::outbound::{Hands, ours};
use crate::rest::{AuditReason, Request, Route, Urgency};
use crate::send::Said;

/// A thread in which nobody writes is put out of the way after a week; a letter brings it back.
const ARCHIVE_AFTER_MINUTES: u32 = 7 * 24 * 60;
/// A private thread, as Discord numbers channels.
const PRIVATE_THREAD: u8 = 12;
/// What stands before a letter that only its reader sees, in a channel where what they reply is for all to read.
const PASSES: &str = "Only you see this, and Discord takes it away again. What you write in this channel does not reach me: \
    where it says to reply here, write it to me in a private message";

impl Hands {
    /// Writes to somebody in private, or says it with the answer to what they asked since then.
    pub(crate) async fn direct(
        &self,
        said: Said,
        to: &MemberId,
        letter: &Letter,
        or_shown_since: Option<Timestamp>,
    ) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(to.as_str()).ok_or(DeliveryError::Gone)?;
        let refused = self.shared.memory.get::<bool>(About::Refused(user)).await.map_err(ours)?;
        if refused.is_none() {
            match self.direct_at_home(said, user, letter).await {
                Err(error) if is_closed(&error) => {
                    self.shared.memory.put(About::Refused(user), &true).await.map_err(ours)?;
                }
                done => return done.map_err(RestError::delivery),
            }
        }
        match or_shown_since {
            Some(since) => self.direct_where_they_are(said, user, letter, since).await,
            None => Err(DeliveryError::Forbidden),
        }
    }

    async fn direct_at_home(
        &self,
        said: Said,
        user: Snowflake,
        letter: &Letter,
    ) -> Result<Receipt, RestError> {
        let channel = self.shared.direct_channel(user).await?;
        self.write(channel, said, letter, Reader::Member).await
    }

    /// Writes a letter into a channel. Where what it quotes is held up by the server's own AutoMod, it says so instead, and
    /// where its own words are as well, that there is something to be read.
    pub(crate) async fn write(
        &self,
        channel: Snowflake,
        said: Said,
        letter: &Letter,
        reader: Reader,
    ) -> Result<Receipt, RestError> {
        let done = self.write_instead(channel, (said, None), letter, reader).await?;
        done.ok_or(RestError::Setup("a letter was not put up"))
    }

    /// The same, in the place of an earlier letter if one is given; nothing when that is not known to stand there.
    async fn write_instead(
        &self,
        channel: Snowflake,
        (said, earlier): (Said, Option<EffectId>),
        letter: &Letter,
        reader: Reader,
    ) -> Result<Option<Receipt>, RestError> {
        let rows = self.rows(letter);
        let (veiled, bare) = (veil::veiled(letter, reader), veil::bare(letter, reader));
        let wordings =
            [letter, &veiled, &bare].map(|letter| letters::letter(letter, &|word| self.mentioned(word)));
        match earlier {
            None => self.shared.post(channel, said, &wordings, &rows).await.map(Some),
            Some(earlier) => self.shared.rewrite(channel, (said, earlier), &wordings, &rows).await,
        }
    }

    /// Puts a letter in the place of an earlier one to the same member, in private or in the thread of theirs.
    pub(crate) async fn rewrite(
        &self,
        effect: Effect,
        to: &MemberId,
        earlier: EffectId,
        letter: &Letter,
    ) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(to.as_str()).ok_or(DeliveryError::Gone)?;
        match self.shared.direct_channel(user).await {
            Ok(channel) => {
                let done =
                    self.write_instead(channel, (effect.into(), Some(earlier)), letter, Reader::Member).await;
                if let Some(receipt) = done.map_err(RestError::delivery)? {
                    return Ok(receipt);
                }
            }
            // Then nothing was written there, either.
            Err(error) if error.refusal().is_some() => {}
            Err(error) => return Err(error.delivery()),
        }
        let known = About::Door(&self.group.group, user);
        let thread = self.shared.memory.get::<Snowflake>(known).await.map_err(ours)?;
        let Some(thread) = thread else { return Err(DeliveryError::Gone) };
        let mut done =
            self.write_instead(thread, (effect.into(), Some(earlier)), letter, Reader::Member).await;
        if done.as_ref().is_err_and(|error| error.code() == Some(Code::ThreadArchived)) {
            self.bring_back(thread).await.map_err(RestError::delivery)?;
            done = self.write_instead(thread, (effect.into(), Some(earlier)), letter, Reader::Member).await;
        }
        done.map_err(RestError::delivery)?.ok_or(DeliveryError::Gone)
    }

    /// What can be pressed below a letter.
    fn rows(&self, letter: &Letter) -> Vec<Value> {
        rows(&letter.offers, &self.group.group)
    }

    /// As an answer to whatever they asked of this group since then, which only they see; refused when they asked nothing, or
    /// that is too long ago.
    async fn direct_where_they_are(
        &self,
        said: Said,
        user: Snowflake,
        letter: &Letter,
        since: Timestamp,
    ) -> Result<Receipt, DeliveryError> {
        let now = self.shared.pace.steady_ms();
        let Some(token) = self.shared.tokens.of(user, &self.group.group, since, now) else {
            return Err(DeliveryError::Forbidden);
        };
        let rows = self.rows(letter);
        let or_press = if rows.is_empty() { "." } else { ", or press the button below." };
        let letter = Letter::line(format!("{PASSES}{or_press}")).and(letter.clone());
        let parts = letters::letter(&letter, &|word| self.mentioned(word));
        let last = parts.len().saturating_sub(1);
        for (number, part) in parts.iter().enumerate() {
            let route = Route::to("webhooks").one(self.shared.application).one(&token);
            let body = part.answer(if number == last { &rows } else { &[] });
            if let Err(error) = self.shared.rest.call(Request::post(route).json(body)).await {
                return match (number, error.refusal()) {
                    // They went on to something else: what is a minute old cannot be answered any more.
                    (_, Some(_)) => Err(DeliveryError::Forbidden),
                    (0, None) => Err(error.delivery()),
                    (_, None) => Err(DeliveryError::Unanswered(Box::new(error))),
                };
            }
        }
        tracing::info!(letter = ?said.id, "a letter was delivered as an answer");
        Ok(Receipt::Done)
    }

    /// Writes to somebody and some officers in a private thread.
    pub(crate) async fn direct_with_officers(
        &self,
        effect: Effect,
        to: &MemberId,
        officers: &[MemberId],
        letter: &Letter,
    ) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(to.as_str()).ok_or(DeliveryError::Gone)?;
        let server = self.group.server.0;
        let member =
            member_of(&self.shared.rest, server, user, Urgency::Letter).await.map_err(RestError::delivery)?;
        if member.is_none() {
            return Err(DeliveryError::Forbidden);
        }
        let officers: BTreeSet<Snowflake> =
            officers.iter().filter_map(|officer| Snowflake::parse(officer.as_str())).collect();
        let _alone = self.shared.opening.lock(&self.group.group).await;
        let known = About::Door(&self.group.group, user);
        if let Some(thread) = self.shared.memory.get::<Snowflake>(known).await.map_err(ours)? {
            match self.write_in_thread(thread, (user, &officers), effect, letter).await {
                Err(error) if error.code() == Some(Code::UnknownChannel) => {
                    self.shared.memory.forget(known).await.map_err(ours)?;
                }
                done => return done.map_err(RestError::delivery),
            }
        }
        let thread = self.open_thread(effect).await.map_err(RestError::delivery)?;
        self.shared.memory.put(known, &thread).await.map_err(ours)?;
        self.write_in_thread(thread, (user, &officers), effect, letter).await.map_err(RestError::delivery)
    }

    async fn open_thread(&self, effect: Effect) -> Result<Snowflake, RestError> {
        let channel = self.group.private_channel.0;
        let body = json!({
            "name": "For you and the moderators",
            "type": PRIVATE_THREAD,
            "invitable": false,
            "auto_archive_duration": ARCHIVE_AFTER_MINUTES,
        });
        let reason = AuditReason::of_file(effect.file);
        let request = Request::post(Route::channel(channel).at("threads")).json(body).because(reason);
        let thread = self.shared.rest.call(request).await?;
        json::id(&thread, "id").ok_or(RestError::Setup("Discord opened a thread without a name"))
    }

    /// Whoever is to read it is let in before, and again where they left; whoever else is there is put out.
    async fn write_in_thread(
        &self,
        thread: Snowflake,
        (user, officers): (Snowflake, &BTreeSet<Snowflake>),
        effect: Effect,
        letter: &Letter,
    ) -> Result<Receipt, RestError> {
        self.let_in(thread, user).await?;
        for other in self.others_in(thread).await? {
            if other != user && !officers.contains(&other) {
                self.put_out_of(thread, other).await?;
            }
        }
        for officer in officers {
            // An officer who is not on the server keeps nobody from reading their letter.
            match self.let_in(thread, *officer).await {
                Err(error) if error.refusal().is_none() => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        self.write(thread, effect.into(), letter, Reader::Member).await
    }

    /// Everybody who is in a thread beside the bot.
    async fn others_in(&self, thread: Snowflake) -> Result<Vec<Snowflake>, RestError> {
        let route = Route::channel(thread).at("thread-members");
        let listed = self.shared.rest.call(Request::get(route)).await?;
        let Some(listed) = listed.as_array() else {
            return Err(RestError::Setup("Discord does not say who is in a thread"));
        };
        let listed = listed.iter().filter_map(|one| json::id(one, "user_id"));
        Ok(listed.filter(|one| *one != self.shared.me).collect())
    }

    /// As long as they cannot be put out, nothing is written there.
    async fn put_out_of(&self, thread: Snowflake, user: Snowflake) -> Result<(), RestError> {
        let route = Route::channel(thread).at("thread-members").one(user);
        match self.shared.rest.call(Request::delete(route)).await {
            // They went by themselves meanwhile.
            Err(error) if matches!(error.code(), Some(Code::UnknownMember | Code::UnknownUser)) => Ok(()),
            done => done.map(|_| ()),
        }
    }

    async fn let_in(&self, thread: Snowflake, user: Snowflake) -> Result<(), RestError> {
        let route = || Route::channel(thread).at("thread-members").one(user);
        match self.shared.rest.call(Request::put(route())).await {
            Err(error) if error.code() == Some(Code::ThreadArchived) => {
                self.bring_back(thread).await?;
                self.shared.rest.call(Request::put(route())).await.map(|_| ())
            }
            done => done.map(|_| ()),
        }
    }

    /// A thread that was put out of the way comes back.
    async fn bring_back(&self, thread: Snowflake) -> Result<(), RestError> {
        let request = Request::patch(Route::channel(thread)).json(json!({"archived": false}));
        self.shared.rest.call(request).await.map(|_| ())
    }
}

impl Shared {
    /// Somebody turned to the bot: they may take private messages again.
    pub(crate) async fn forget_refusal(&self, user: Snowflake) {
        if let Err(error) = self.memory.forget(About::Refused(user)).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "it stays noted that somebody takes no letters"
            );
        }
    }
}

/// Whether somebody takes no private messages from the bot.
fn is_closed(error: &RestError) -> bool {
    matches!(error.code(), Some(Code::CannotWriteTo | Code::NoMutualGuild))
}
