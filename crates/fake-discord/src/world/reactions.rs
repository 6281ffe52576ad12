//! What others put to a message: reactions and votes.

use serde_json::{Value, json};

use crate::errors::{REACTION_BLOCKED, Refusal, UNKNOWN_MESSAGE};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::message::Reaction;

/// An emoji, or a guild's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emoji {
    pub(crate) id: Option<Snowflake>,
    pub(crate) name: String,
}

impl World {
    /// Reacts with an emoji, or a guild's own.
    pub(crate) fn react(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        id: Snowflake,
        emoji: &Emoji,
    ) -> Result<(), Refusal> {
        self.may_in(channel, by, Permissions::READ_MESSAGE_HISTORY)?;
        let message = self.message_seen(by, channel, id)?;
        let is_new = !message.reactions.iter().any(|one| emoji.is(one));
        if is_new {
            self.may_in(channel, by, Permissions::ADD_REACTIONS)?;
            if message.reactions.len() >= 20 {
                return Err(REACTION_BLOCKED.into());
            }
        }
        let author = message.author;
        let Some(message) = self.messages.get_mut(&channel).and_then(|all| all.get_mut(&id)) else {
            return Err(UNKNOWN_MESSAGE.into());
        };
        let place = message.reactions.iter().position(|one| emoji.is(one)).unwrap_or_else(|| {
            message.reactions.push(Reaction { emoji: emoji.id, name: emoji.name.clone(), users: Vec::new() });
            message.reactions.len() - 1
        });
        let users = &mut message.reactions[place].users;
        if users.contains(&by) {
            return Ok(());
        }
        users.push(by);
        let mut told = self.reaction_json(by, channel, id, emoji);
        told["message_author_id"] = json!(author);
        if let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild) {
            told["member"] = self.member_json(guild, by);
        }
        self.tell_reaction("MESSAGE_REACTION_ADD", channel, told);
        Ok(())
    }

    /// Takes somebody's reaction away.
    pub(crate) fn unreact(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        id: Snowflake,
        emoji: &Emoji,
        user: Snowflake,
    ) -> Result<(), Refusal> {
        self.message_seen(by, channel, id)?;
        if user != by {
            self.may_in(channel, by, Permissions::MANAGE_MESSAGES)?;
        }
        let message =
            self.messages.get_mut(&channel).and_then(|all| all.get_mut(&id)).ok_or(UNKNOWN_MESSAGE)?;
        let Some(reaction) = message.reactions.iter_mut().find(|one| emoji.is(one)) else {
            return Err(crate::errors::UNKNOWN_EMOJI.into());
        };
        let before = reaction.users.len();
        reaction.users.retain(|one| *one != user);
        let was_there = reaction.users.len() < before;
        message.reactions.retain(|one| !one.users.is_empty());
        if was_there {
            let told = self.reaction_json(user, channel, id, emoji);
            self.tell_reaction("MESSAGE_REACTION_REMOVE", channel, told);
        }
        Ok(())
    }

    /// Takes all reactions away, or all with one emoji.
    pub(crate) fn unreact_all(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        id: Snowflake,
        emoji: Option<&Emoji>,
    ) -> Result<(), Refusal> {
        self.may_in(channel, by, Permissions::MANAGE_MESSAGES)?;
        let message =
            self.messages.get_mut(&channel).and_then(|all| all.get_mut(&id)).ok_or(UNKNOWN_MESSAGE)?;
        message.reactions.retain(|one| emoji.is_some_and(|emoji| !emoji.is(one)));
        let mut told = json!({ "channel_id": channel, "message_id": id });
        if let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild) {
            told["guild_id"] = json!(guild);
        }
        let name = match emoji {
            Some(emoji) => {
                told["emoji"] = emoji.json();
                "MESSAGE_REACTION_REMOVE_EMOJI"
            }
            None => "MESSAGE_REACTION_REMOVE_ALL",
        };
        self.tell_reaction(name, channel, told);
        Ok(())
    }

    fn reaction_json(&self, user: Snowflake, channel: Snowflake, id: Snowflake, emoji: &Emoji) -> Value {
        let mut told = json!({
            "user_id": user, "channel_id": channel, "message_id": id, "emoji": emoji.json(), "burst": false, "type": 0,
        });
        if let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild) {
            told["guild_id"] = json!(guild);
        }
        told
    }

    fn tell_reaction(&mut self, name: &'static str, channel: Snowflake, told: Value) {
        let place = self.channels.get(&channel);
        let bot = place.and_then(|place| place.recipients.first().copied()).unwrap_or_default();
        let to = match place.and_then(|place| place.guild) {
            Some(guild) => Audience::guild(guild, Intents::GUILD_MESSAGE_REACTIONS).who_see(channel),
            None => Audience::bot(bot, None, Intents::DIRECT_MESSAGE_REACTIONS),
        };
        self.emit(&to, name, told);
    }

    /// Votes in a poll, for this answer besides others where that is allowed.
    pub(crate) fn vote(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        id: Snowflake,
        answer: u64,
    ) -> Result<(), Refusal> {
        self.message_seen(by, channel, id)?;
        let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
        let message =
            self.messages.get_mut(&channel).and_then(|all| all.get_mut(&id)).ok_or(UNKNOWN_MESSAGE)?;
        let poll = message
            .poll
            .as_mut()
            .filter(|poll| poll["results"]["is_finalized"] == false)
            .ok_or(UNKNOWN_MESSAGE)?;
        let is_there =
            poll["answers"].as_array().is_some_and(|all| all.iter().any(|one| one["answer_id"] == answer));
        if !is_there {
            return Err(UNKNOWN_MESSAGE.into());
        }
        let (several, voter) = (poll["allow_multiselect"] == true, json!(by));
        if let Some(voters) = poll["voters"].as_object_mut() {
            for (_, users) in voters.iter_mut().filter(|(other, _)| !several || **other == answer.to_string())
            {
                if let Some(users) = users.as_array_mut() {
                    users.retain(|one| *one != voter);
                }
            }
            let users = voters.entry(answer.to_string()).or_insert_with(|| json!([]));
            if let Some(users) = users.as_array_mut() {
                users.push(voter);
            }
        }
        let mut told = json!({ "user_id": by, "channel_id": channel, "message_id": id, "answer_id": answer });
        let to = match guild {
            Some(guild) => {
                told["guild_id"] = json!(guild);
                Audience::guild(guild, Intents::GUILD_MESSAGE_POLLS).who_see(channel)
            }
            None => return Ok(()),
        };
        self.emit(&to, "MESSAGE_POLL_VOTE_ADD", told);
        Ok(())
    }
}

impl Emoji {
    /// Reads `👍` or `name:id`.
    pub fn of(text: &str) -> Self {
        match text.split_once(':').and_then(|(name, id)| Some((name, id.parse().ok()?))) {
            Some((name, id)) => Self { id: Some(id), name: name.to_owned() },
            None => Self { id: None, name: text.to_owned() },
        }
    }

    pub(crate) fn is(&self, reaction: &Reaction) -> bool {
        reaction.emoji == self.id && (self.id.is_some() || reaction.name == self.name)
    }

    fn json(&self) -> Value {
        json!({ "id": self.id, "name": self.name })
    }
}
