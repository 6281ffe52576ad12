//! How a message comes to stand in a channel.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::errors::{
    CANNOT_FORWARD, EMPTY_MESSAGE, NOT_A_TEXT_CHANNEL, Refusal, THREAD_LOCKED, UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::shape;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::channel::Channel;
use crate::world::message::{Draft, Message, Pings, flag, kind};

/// How long a name that acts once is remembered.
const NONCE: Duration = Duration::from_secs(300);

impl World {
    /// Posts as somebody who may, or says why not.
    pub(crate) fn post(
        &mut self,
        author: Snowflake,
        channel: Snowflake,
        draft: Draft,
    ) -> Result<Snowflake, Refusal> {
        let needed = needed(&draft);
        let found = self.may_in(channel, author, Permissions::SEND_MESSAGES)?;
        if !found.kind.has_messages() {
            return Err(NOT_A_TEXT_CHANNEL.into());
        }
        if draft.is_empty() {
            return Err(EMPTY_MESSAGE.into());
        }
        let is_bot = self.users.get(&author).is_some_and(|user| user.bot);
        let has_cards = !draft.embeds.is_empty() || !draft.components.is_empty();
        if !is_bot && has_cards {
            return Err(Refusal::form(
                "embeds",
                "MESSAGE_FORM_UNKNOWN",
                "Only applications post cards and components",
            ));
        }
        self.may_in(channel, author, needed)?;
        let found = self.channels.get(&channel).ok_or(UNKNOWN_CHANNEL)?;
        if found.is_dm() && is_bot {
            self.can_write_to(found, author)?;
        }
        self.has_room(author, &draft)?;
        let is_locked = found.thread.as_ref().is_some_and(|thread| thread.locked);
        if is_locked && !self.permissions_in(channel, author).has(Permissions::MANAGE_THREADS) {
            return Err(THREAD_LOCKED.into());
        }
        if let Some(answered) = draft.reply_to
            && self.message(channel, answered).is_none()
        {
            return Err(Refusal::form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message"));
        }
        self.pass_filter(author, channel, &draft)?;
        if self.channels.get(&channel).is_some_and(Channel::is_archived) {
            self.set_archived(channel, false);
        }
        Ok(self.put_message(author, channel, draft))
    }

    /// Passes a message on into another channel.
    pub(crate) fn forward(
        &mut self,
        author: Snowflake,
        to: Snowflake,
        from: Snowflake,
        message: Snowflake,
    ) -> Result<Draft, Refusal> {
        let needed = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
        if self.may_in(from, author, needed).is_err() || !self.can_read_content(author, from, message) {
            return Err(CANNOT_FORWARD.into());
        }
        self.sight_of(to, author)?;
        let original = self.message(from, message).ok_or(UNKNOWN_MESSAGE)?;
        if original.poll.is_some() || !kind::is_written(original.kind) {
            return Err(Refusal::form(
                "message_reference",
                "MESSAGE_REFERENCE_CANNOT_FORWARD",
                "Cannot be forwarded",
            ));
        }
        let guild = self.channels.get(&from).and_then(|channel| channel.guild);
        let mut reference = json!({ "type": 1, "channel_id": from, "message_id": message });
        if let Some(guild) = guild {
            reference["guild_id"] = json!(guild);
        }
        // What is passed on a second time is what was passed on first.
        let snapshots = if original.snapshots.is_empty() {
            vec![json!({ "message": self.snapshot(original) })]
        } else {
            original.snapshots.clone()
        };
        Ok(Draft { snapshots, reference: Some(reference), flags: flag::HAS_SNAPSHOT, ..Draft::default() })
    }

    fn can_read_content(&self, reader: Snowflake, channel: Snowflake, message: Snowflake) -> bool {
        let Some(app) = self.app_of_bot(reader) else { return true };
        let Some(message) = self.message(channel, message) else { return true };
        app.intents.has(Intents::MESSAGE_CONTENT) || message.author == reader
    }

    /// Puts a message where it is to stand; nobody is asked.
    pub(crate) fn put_message(&mut self, author: Snowflake, channel: Snowflake, draft: Draft) -> Snowflake {
        let id = self.new_id();
        self.put_message_as(author, channel, draft, id)
    }

    /// The same, with an id that is given.
    pub(crate) fn put_message_as(
        &mut self,
        author: Snowflake,
        channel: Snowflake,
        draft: Draft,
        id: Snowflake,
    ) -> Snowflake {
        let pings = self.pings_of(author, channel, &draft);
        let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
        let mut reference = draft.reference;
        if let Some(answered) = draft.reply_to {
            let mut to = json!({ "type": 0, "channel_id": channel, "message_id": answered });
            if let Some(guild) = guild {
                to["guild_id"] = json!(guild);
            }
            reference = Some(to);
        }
        let standard = if draft.reply_to.is_some() { kind::REPLY } else { kind::DEFAULT };
        let base = self.base.clone();
        let mut message = Message {
            id,
            channel,
            author,
            webhook: draft.webhook,
            kind: draft.kind.unwrap_or(standard),
            content: draft.content,
            flags: draft.flags,
            edited: None,
            pinned: None,
            embeds: draft.embeds,
            attachments: draft.attachments,
            components: draft.components,
            stickers: draft.stickers,
            poll: draft.poll,
            snapshots: draft.snapshots,
            reference,
            interaction: draft.interaction,
            application: draft.application,
            nonce: draft.nonce,
            pings,
            reactions: Vec::new(),
            only_for: draft.only_for,
            tts: draft.tts,
            position: None,
        };
        shape::number_components(&mut message.components);
        for embed in &mut message.embeds {
            shape::finish_embed(embed);
        }
        for file in &mut message.attachments {
            let file_id = self.new_id();
            shape::finish_attachment(file, file_id, channel, &base);
        }
        if let Some(poll) = &mut message.poll {
            shape::finish_poll(poll, self.clock.now());
        }
        if let Some(found) = self.channels.get_mut(&channel) {
            found.last_message = Some(id);
            if let Some(thread) = &mut found.thread {
                message.position = Some(thread.count);
                thread.count += 1;
                thread.sent += 1;
            }
        }
        if let Some(nonce) = message.nonce.as_ref().map(Value::to_string) {
            self.nonces.push_back((channel, author, nonce, self.clock.now(), id));
        }
        let called = message.pings.users.clone();
        let is_person = message.webhook.is_none() && kind::is_written(message.kind);
        self.messages.entry(channel).or_default().insert(id, message);
        if is_person && self.channels.get(&channel).is_some_and(|channel| channel.kind.is_thread()) {
            self.draw_into_thread(channel, std::iter::once(author).chain(called));
        }
        self.tell_message("MESSAGE_CREATE", channel, id);
        id
    }

    /// The message that was posted under that name a short while ago, and where: whoever writes has each name once,
    /// whichever channel it is in.
    pub(crate) fn posted_as(&mut self, author: Snowflake, nonce: &Value) -> Option<(Snowflake, Snowflake)> {
        let (now, nonce) = (self.clock.now(), nonce.to_string());
        while self.nonces.front().is_some_and(|(_, _, _, then, _)| now.since(*then) > NONCE) {
            self.nonces.pop_front();
        }
        let same = self.nonces.iter().filter(|(_, by, name, ..)| *by == author && *name == nonce);
        let mut found = same.map(|(channel, _, _, _, id)| (*channel, *id));
        found.find(|(channel, id)| self.message(*channel, *id).is_some())
    }

    /// Tells of a message that came or changed.
    pub(crate) fn tell_message(&mut self, name: &'static str, channel: Snowflake, message: Snowflake) {
        let Some(found) = self.message(channel, message) else { return };
        let mut told = self.message_json(found, None);
        let author = found.author;
        let only_for = found.only_for;
        let Some(place) = self.channels.get(&channel) else { return };
        told["channel_type"] = json!(place.kind.number());
        let to = match place.guild {
            // What only one sees is told to the application that wrote it, as if it were in a conversation.
            Some(guild) if only_for.is_some() => {
                Audience::bot(author, None, Intents::DIRECT_MESSAGES).in_guild(guild)
            }
            Some(guild) => {
                told["guild_id"] = json!(guild);
                let is_webhook = found.webhook.is_some();
                if !is_webhook && let Some(member) = self.bare_member_json(guild, author) {
                    told["member"] = member;
                }
                Audience::guild(guild, Intents::GUILD_MESSAGES).who_see(channel)
            }
            None => Audience::bot(
                place.recipients.first().copied().unwrap_or_default(),
                None,
                Intents::DIRECT_MESSAGES,
            ),
        };
        self.emit(&to, name, told);
    }

    /// That it is not too long for who writes it.
    fn has_room(&self, author: Snowflake, draft: &Draft) -> Result<(), Refusal> {
        let most = if self.users.get(&author).is_some_and(|user| user.nitro) { 4000 } else { 2000 };
        if draft.content.chars().count() > most {
            let message = format!("Must be {most} or fewer in length.");
            return Err(Refusal::form("content", "BASE_TYPE_MAX_LENGTH", &message));
        }
        Ok(())
    }

    fn pings_of(&self, author: Snowflake, channel: Snowflake, draft: &Draft) -> Pings {
        let mut text = draft.content.clone();
        shape::texts_of(&draft.components, &mut text);
        let mut pings = mentioned(&text);
        let answered = draft.reply_to.and_then(|id| self.message(channel, id)).map(|message| message.author);
        let allowed = draft.allowed.as_ref().filter(|allowed| allowed.is_object());
        if let Some(allowed) = allowed {
            let parse =
                |what: &str| allowed["parse"].as_array().is_some_and(|all| all.iter().any(|one| one == what));
            let listed = |what: &str| -> BTreeSet<Snowflake> {
                let all = allowed[what].as_array();
                all.into_iter().flatten().filter_map(crate::world::id_in).collect()
            };
            pings.everyone &= parse("everyone");
            pings.users.retain(|user| parse("users") || listed("users").contains(user));
            pings.roles.retain(|role| parse("roles") || listed("roles").contains(role));
        }
        let calls_answered = allowed.map_or(Some(true), |allowed| allowed["replied_user"].as_bool());
        if calls_answered.unwrap_or(false) {
            pings.users.extend(answered);
        }
        let may_all = self.permissions_in(channel, author).has(Permissions::MENTION_EVERYONE);
        let guild = self.channels.get(&channel).and_then(|channel| self.guilds.get(&channel.guild?));
        pings.everyone &= guild.is_some() && may_all;
        pings.roles.retain(|role| {
            let role = guild.and_then(|guild| guild.roles.get(role));
            role.is_some_and(|role| role.mentionable || may_all)
        });
        pings.users.retain(|user| self.users.contains_key(user));
        pings
    }
}

fn needed(draft: &Draft) -> Permissions {
    let mut needed = Permissions::SEND_MESSAGES;
    let for_parts = [
        (!draft.attachments.is_empty(), Permissions::ATTACH_FILES),
        (!draft.embeds.is_empty(), Permissions::EMBED_LINKS),
        (draft.poll.is_some(), Permissions::SEND_POLLS),
        (draft.tts, Permissions::SEND_TTS_MESSAGES),
        (draft.reply_to.is_some(), Permissions::READ_MESSAGE_HISTORY),
    ];
    for (_, one) in for_parts.into_iter().filter(|(is_needed, _)| *is_needed) {
        needed |= one;
    }
    needed
}

/// Everybody whom a text calls by the signs for it.
fn mentioned(text: &str) -> Pings {
    let everyone = text.contains("@everyone") || text.contains("@here");
    let mut pings = Pings { everyone, ..Pings::default() };
    for part in text.split("<@").skip(1) {
        let Some((inner, _)) = part.split_once('>') else { continue };
        if let Some(role) = inner.strip_prefix('&') {
            pings.roles.extend(role.parse::<Snowflake>());
        } else {
            pings.users.extend(inner.trim_start_matches('!').parse::<Snowflake>());
        }
    }
    pings
}
