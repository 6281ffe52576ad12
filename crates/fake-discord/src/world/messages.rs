//! What happens to messages that stand.

use std::time::Duration;

use serde_json::{Value, json};

use crate::errors::{
    BULK_COUNT, NOT_IN_DM, NOT_YOURS, POLL_CANNOT_CHANGE, Refusal, SYSTEM_MESSAGE, TOO_OLD_FOR_BULK,
    UNKNOWN_MESSAGE,
};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::shape;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::audit::{Action, Entry};
use crate::world::message::{Draft, Message, flag, kind};

/// Past this, messages cannot be deleted together.
const OLD: Duration = Duration::from_secs(14 * 86_400);
/// Within this, deletions by one moderator are written down together.
const TOGETHER: Duration = Duration::from_secs(300);

/// What is changed of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<Value>>,
    pub(crate) flags: Option<u64>,
}

impl World {
    /// A message that somebody can see.
    pub(crate) fn message_seen(
        &self,
        by: Snowflake,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<&Message, Refusal> {
        self.sight_of(channel, by)?;
        let visible = |message: &&Message| message.only_for.is_none_or(|only| only == by);
        self.message(channel, id).filter(visible).ok_or_else(|| UNKNOWN_MESSAGE.into())
    }

    /// Changes a message. Of others' messages, moderators can only hide the cards.
    pub(crate) fn edit(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        id: Snowflake,
        change: Change,
    ) -> Result<(), Refusal> {
        let message = self.message_seen(by, channel, id)?;
        let words = change.content.is_some() || change.embeds.is_some() || change.components.is_some();
        if message.author != by {
            if words || change.attachments.is_some() || change.flags.is_none() {
                return Err(NOT_YOURS.into());
            }
            self.may_in(channel, by, Permissions::MANAGE_MESSAGES)?;
        } else if message.poll.is_some() && words {
            return Err(POLL_CANNOT_CHANGE.into());
        } else if !kind::is_written(message.kind) {
            return Err(SYSTEM_MESSAGE.into());
        } else if message.is_of_components() && change.content.as_ref().is_some_and(|text| !text.is_empty()) {
            return Err(Refusal::form(
                "content",
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                "Not beside components",
            ));
        }
        if self.channels.get(&channel).is_some_and(crate::world::channel::Channel::is_archived) {
            return Err(crate::errors::ARCHIVED_THREAD.into());
        }
        if let Some(text) = &change.content
            && text.chars().count()
                > if self.users.get(&by).is_some_and(|user| user.nitro) { 4000 } else { 2000 }
        {
            return Err(Refusal::form("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length."));
        }
        if let Some(text) = &change.content {
            self.pass_filter(by, channel, &Draft::text(text.clone()))?;
        }
        self.change_message(channel, id, change, words);
        Ok(())
    }

    /// Changes a message; nobody is asked. What is not words leaves no time of editing.
    pub(crate) fn change_message(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        change: Change,
        is_words: bool,
    ) {
        let (now, base) = (self.clock.tick(), self.base.clone());
        let mut new_files: Vec<Snowflake> = Vec::new();
        for _ in change.attachments.iter().flatten() {
            new_files.push(self.new_id());
        }
        let Some(message) = self.messages.get_mut(&channel).and_then(|all| all.get_mut(&id)) else { return };
        if let Some(content) = change.content {
            message.content = content;
        }
        if let Some(mut embeds) = change.embeds {
            embeds.iter_mut().for_each(shape::finish_embed);
            message.embeds = embeds;
        }
        if let Some(mut components) = change.components {
            shape::number_components(&mut components);
            message.components = components;
        }
        if let Some(mut files) = change.attachments {
            for (file, new) in files.iter_mut().zip(new_files) {
                shape::finish_attachment(file, new, channel, &base);
            }
            message.attachments = files;
        }
        if let Some(flags) = change.flags {
            let can_change = flag::SUPPRESS_EMBEDS | flag::IS_COMPONENTS_V2 | flag::LOADING;
            message.flags = message.flags & !can_change | flags & can_change;
            if flags & flag::SUPPRESS_EMBEDS != 0 {
                message.embeds.clear();
            }
        }
        if is_words {
            message.edited = Some(now);
        }
        self.tell_message("MESSAGE_UPDATE", channel, id);
    }

    /// Deletes a message.
    pub(crate) fn delete(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        id: Snowflake,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let message = self.message_seen(by, channel, id)?;
        let (author, kind) = (message.author, message.kind);
        let place = self.sight_of(channel, by)?;
        let guild = place.guild;
        if author != by {
            if place.is_dm() {
                return Err(NOT_IN_DM.into());
            }
            self.may_in(channel, by, Permissions::MANAGE_MESSAGES)?;
        }
        if !kind::can_be_deleted(kind) {
            return Err(SYSTEM_MESSAGE.into());
        }
        self.take_message(channel, id);
        // What a bot deletes is written down as what a person does is, if it is somebody else's.
        if let Some(guild) = guild.filter(|_| author != by) {
            self.write_down_deletion(guild, channel, by, author, reason);
        }
        Ok(())
    }

    /// Deletes a message; nobody is asked.
    pub(crate) fn take_message(&mut self, channel: Snowflake, id: Snowflake) {
        let Some(message) = self.messages.get_mut(&channel).and_then(|all| all.remove(&id)) else { return };
        let place = self.channels.get_mut(&channel);
        if let Some(thread) = place.and_then(|place| place.thread.as_mut()) {
            thread.count = thread.count.saturating_sub(1);
        }
        let place = self.channels.get(&channel);
        let guild = place.and_then(|place| place.guild);
        let bot = place.and_then(|place| place.recipients.first().copied());
        let mut told = json!({ "id": id, "channel_id": channel });
        let to = match guild {
            Some(guild) => {
                told["guild_id"] = json!(guild);
                let to = Audience::guild(guild, Intents::GUILD_MESSAGES).who_see(channel);
                if message.only_for.is_some() {
                    Audience::bot(message.author, None, Intents::DIRECT_MESSAGES)
                } else {
                    to
                }
            }
            None => Audience::bot(bot.unwrap_or_default(), None, Intents::DIRECT_MESSAGES),
        };
        self.emit(&to, "MESSAGE_DELETE", told);
    }

    fn write_down_deletion(
        &mut self,
        guild: Snowflake,
        channel: Snowflake,
        by: Snowflake,
        author: Snowflake,
        reason: Option<&str>,
    ) {
        let now = self.clock.now();
        let entries = self.guilds.get_mut(&guild).map(|guild| &mut guild.audit);
        let same = |entry: &&mut Entry| {
            entry.action == Action::MESSAGE_DELETE
                && entry.by == Some(by)
                && entry.target == Some(author)
                && entry.reason.as_deref() == reason
                && entry.options.as_ref().is_some_and(|options| options["channel_id"] == channel.to_string())
                && now.since(entry.at()) < TOGETHER
        };
        // An entry that counts on is not told again.
        if let Some(entry) = entries.and_then(|entries| entries.iter_mut().rev().find(same)) {
            let count =
                entry.options.as_ref().and_then(|options| options["count"].as_str()?.parse::<u32>().ok());
            entry.options =
                Some(json!({ "channel_id": channel, "count": (count.unwrap_or(1) + 1).to_string() }));
            return;
        }
        let entry = self.entry(Action::MESSAGE_DELETE, by, Some(author), reason);
        self.write_down(guild, entry.with(json!({ "channel_id": channel, "count": "1" })));
    }

    /// Deletes many messages of a channel together.
    pub(crate) fn delete_many(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        ids: &[Snowflake],
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let place = self.may_in(channel, by, Permissions::MANAGE_MESSAGES)?;
        let guild = place.guild.ok_or(NOT_IN_DM)?;
        if !(2..=100).contains(&ids.len()) {
            return Err(BULK_COUNT.into());
        }
        let now = self.clock.now();
        if ids.iter().any(|id| now.since(id.moment()) > OLD) {
            return Err(TOO_OLD_FOR_BULK.into());
        }
        let mut gone = Vec::new();
        for id in ids {
            let deletable =
                self.message(channel, *id).is_some_and(|message| kind::can_be_deleted(message.kind));
            if deletable && let Some(all) = self.messages.get_mut(&channel) {
                all.remove(id);
                gone.push(*id);
            }
        }
        let to = Audience::guild(guild, Intents::GUILD_MESSAGES).who_see(channel);
        self.emit(
            &to,
            "MESSAGE_DELETE_BULK",
            json!({ "ids": gone, "channel_id": channel, "guild_id": guild }),
        );
        let entry = self.entry(Action::MESSAGE_BULK_DELETE, by, Some(channel), reason);
        self.write_down(guild, entry.with(json!({ "count": gone.len().to_string() })));
        Ok(())
    }

    /// Pins a message, or lets it go.
    pub(crate) fn set_pinned(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        id: Snowflake,
        is_pinned: bool,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let place = self.may_in(channel, by, Permissions::PIN_MESSAGES)?;
        let guild = place.guild;
        let message = self.message_seen(by, channel, id)?;
        if !kind::is_written(message.kind) {
            return Err(SYSTEM_MESSAGE.into());
        }
        if message.pinned.is_some() == is_pinned {
            return Ok(());
        }
        let author = message.author;
        let now = self.clock.tick();
        if let Some(message) = self.messages.get_mut(&channel).and_then(|all| all.get_mut(&id)) {
            message.pinned = is_pinned.then_some(now);
        }
        if let Some(place) = self.channels.get_mut(&channel) {
            place.last_pin = Some(now);
        }
        self.tell_message("MESSAGE_UPDATE", channel, id);
        let mut told = json!({ "channel_id": channel, "last_pin_timestamp": now });
        let bot = self.channels.get(&channel).and_then(|place| place.recipients.first().copied());
        let to = match guild {
            Some(guild) => {
                told["guild_id"] = json!(guild);
                Audience::guild(guild, Intents::GUILDS).who_see(channel)
            }
            None => Audience::bot(bot.unwrap_or_default(), None, Intents::DIRECT_MESSAGES),
        };
        self.emit(&to, "CHANNEL_PINS_UPDATE", told);
        if let Some(guild) = guild {
            let action = if is_pinned { Action::MESSAGE_PIN } else { Action::MESSAGE_UNPIN };
            let entry = self.entry(action, by, Some(author), reason);
            self.write_down(guild, entry.with(json!({ "channel_id": channel, "message_id": id })));
        }
        if is_pinned {
            let reference = json!({ "type": 0, "channel_id": channel, "message_id": id, "guild_id": guild });
            let reference = if guild.is_some() {
                reference
            } else {
                json!({ "type": 0, "channel_id": channel, "message_id": id })
            };
            let draft = Draft { kind: Some(kind::PINNED), reference: Some(reference), ..Draft::default() };
            self.put_message(by, channel, draft);
        }
        Ok(())
    }
}
