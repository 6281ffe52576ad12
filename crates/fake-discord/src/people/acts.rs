//! What everybody can do: write, change what they wrote, react, open threads, come and go.

use serde_json::{Value, json};

use crate::errors::{CANNOT_SEND_TO_USER, Refusal, UNKNOWN_CHANNEL};
use crate::people::{App, GuildHandle, Person};
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::channel::ChannelKind;
use crate::world::members::MemberChange;
use crate::world::message::{Draft, flag};
use crate::world::messages::Change;
use crate::world::reactions::Emoji;
use crate::world::threads::NewThread;

/// # Errors
/// Every act is refused as Discord would refuse it to that person.
#[allow(clippy::missing_errors_doc, reason = "said once, above, for all of them")]
impl Person {
    /// Writes something.
    pub fn say(&self, channel: Snowflake, text: &str) -> Result<Snowflake, Refusal> {
        self.post(channel, Draft::text(text))
    }

    /// Posts anything. People cannot post cards or components.
    pub fn post(&self, channel: Snowflake, draft: Draft) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| world.post(self.id, channel, draft))
    }

    /// Answers a message.
    pub fn reply(&self, channel: Snowflake, to: Snowflake, text: &str) -> Result<Snowflake, Refusal> {
        self.post(channel, Draft::text(text).reply_to(to))
    }

    /// Passes a message on into another channel.
    pub fn forward(&self, from: Snowflake, message: Snowflake, to: Snowflake) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            let draft = world.forward(self.id, to, from, message)?;
            world.post(self.id, to, draft)
        })
    }

    /// Posts a vote.
    pub fn poll(&self, channel: Snowflake, question: &str, answers: &[&str]) -> Result<Snowflake, Refusal> {
        self.post(channel, Draft::default().poll(question, answers))
    }

    /// Votes.
    pub fn vote(&self, channel: Snowflake, message: Snowflake, answer: u64) -> Result<(), Refusal> {
        self.handle.act(|world| world.vote(self.id, channel, message, answer))
    }

    /// Posts a file.
    pub fn attach(
        &self,
        channel: Snowflake,
        name: &str,
        description: Option<&str>,
    ) -> Result<Snowflake, Refusal> {
        self.post(channel, Draft::default().file(name, description))
    }

    /// Posts a sticker.
    pub fn sticker(&self, channel: Snowflake, sticker: Snowflake, name: &str) -> Result<Snowflake, Refusal> {
        self.post(channel, Draft::default().sticker(sticker, name))
    }

    /// Changes what they wrote.
    pub fn edit(&self, channel: Snowflake, message: Snowflake, text: &str) -> Result<(), Refusal> {
        let change = Change { content: Some(text.to_owned()), ..Change::default() };
        self.handle.act(|world| world.edit(self.id, channel, message, change))
    }

    /// Deletes what they wrote, or what another did if they may.
    pub fn delete(&self, channel: Snowflake, message: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.delete(self.id, channel, message, None))
    }

    /// Reacts with `👍`, or with `name:id`.
    pub fn react(&self, channel: Snowflake, message: Snowflake, emoji: &str) -> Result<(), Refusal> {
        self.handle.act(|world| world.react(self.id, channel, message, &Emoji::of(emoji)))
    }

    /// Takes that back.
    pub fn unreact(&self, channel: Snowflake, message: Snowflake, emoji: &str) -> Result<(), Refusal> {
        self.handle.act(|world| world.unreact(self.id, channel, message, &Emoji::of(emoji), self.id))
    }

    /// Pins a message.
    pub fn pin(&self, channel: Snowflake, message: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.set_pinned(self.id, channel, message, true, None))
    }

    /// Opens a thread that all can read, from a message or without one.
    pub fn thread(
        &self,
        channel: Snowflake,
        name: &str,
        from: Option<Snowflake>,
    ) -> Result<Snowflake, Refusal> {
        let new = new_thread(name, ChannelKind::PublicThread, from);
        self.handle.act(|world| world.open_thread(self.id, channel, new))
    }

    /// Opens a thread for those who are added to it.
    pub fn private_thread(&self, channel: Snowflake, name: &str) -> Result<Snowflake, Refusal> {
        let new = new_thread(name, ChannelKind::PrivateThread, None);
        self.handle.act(|world| world.open_thread(self.id, channel, new))
    }

    /// Adds somebody to a thread.
    pub fn add_to_thread(&self, thread: Snowflake, user: Snowflake) -> Result<(), Refusal> {
        self.handle.act(|world| world.add_to_thread(self.id, thread, user))
    }

    /// Begins a thread in a forum.
    pub fn forum_post(&self, forum: Snowflake, title: &str, text: &str) -> Result<Snowflake, Refusal> {
        let new = new_thread(title, ChannelKind::PublicThread, None);
        self.handle.act(|world| world.post_in_forum(self.id, forum, new, Draft::text(text)))
    }

    /// Renames a thread or channel.
    pub fn rename(&self, channel: Snowflake, name: &str) -> Result<(), Refusal> {
        self.change_channel(channel, &json!({ "name": name }))
    }

    /// Says what a channel is about.
    pub fn set_topic(&self, channel: Snowflake, topic: &str) -> Result<(), Refusal> {
        self.change_channel(channel, &json!({ "topic": topic }))
    }

    /// Puts a thread away, or takes it out again.
    pub fn archive(&self, thread: Snowflake, is_archived: bool) -> Result<(), Refusal> {
        self.change_channel(thread, &json!({ "archived": is_archived }))
    }

    fn change_channel(&self, channel: Snowflake, form: &Value) -> Result<(), Refusal> {
        self.handle.act(|world| world.update_channel(self.id, channel, form, None))
    }

    /// Says what stands beside the name of a voice channel in which they are.
    pub fn set_voice_status(&self, channel: Snowflake, status: &str) -> Result<(), Refusal> {
        self.handle.act(|world| world.set_voice_status(self.id, channel, Some(status), true, None))
    }

    /// Calls themselves something in a guild.
    pub fn nick(&self, guild: &GuildHandle, nick: Option<&str>) -> Result<(), Refusal> {
        let change = MemberChange { nick: Some(nick.map(str::to_owned)), ..MemberChange::default() };
        self.handle.act(|world| world.change_member(self.id, guild.id, self.id, change, None))
    }

    /// Changes the name that is shown everywhere.
    pub fn set_global_name(&self, name: Option<&str>) {
        self.handle.act(|world| world.set_global_name(self.id, name));
    }

    /// Comes into a guild.
    pub fn join(&self, guild: &GuildHandle) -> Result<(), Refusal> {
        self.handle.act(|world| world.join(self.id, guild.id))
    }

    /// Comes in by an invite.
    pub fn accept(&self, code: &str) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| world.accept(self.id, code))
    }

    /// Leaves a guild.
    pub fn leave(&self, guild: &GuildHandle) {
        self.handle.act(|world| world.let_out(guild.id, self.id));
    }

    /// Has the guild greet them in a channel.
    pub fn be_greeted(&self, channel: Snowflake) -> Snowflake {
        self.handle.act(|world| world.greet(self.id, channel))
    }

    /// Writes to a bot. Discord's clients let nobody do that who shares no guild with it.
    pub fn dm(&self, app: &App, text: &str) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            if world.shared_guilds(self.id, app.bot).is_empty() && world.dm(app.bot, self.id).is_none() {
                return Err(CANNOT_SEND_TO_USER.into());
            }
            let channel = world.dm_of(self.id, app.bot);
            world.post(self.id, channel, Draft::text(text))
        })
    }

    /// Has an application they installed for themselves write something.
    pub fn user_app_says(&self, channel: Snowflake, app: &App, draft: Draft) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            world.may_in(
                channel,
                self.id,
                Permissions::USE_APPLICATION_COMMANDS | Permissions::SEND_MESSAGES,
            )?;
            let is_seen = world.permissions_in(channel, self.id).has(Permissions::USE_EXTERNAL_APPS);
            let user = world.user_json(self.id);
            let id = world.new_id();
            let metadata = json!({
                "id": id, "type": 2, "user": user, "authorizing_integration_owners": { "1": self.id },
            });
            let mut draft = Draft {
                kind: Some(crate::world::message::kind::CHAT_INPUT_COMMAND),
                interaction: Some(metadata),
                application: Some(app.id),
                ..draft
            };
            if !is_seen {
                draft.flags |= flag::EPHEMERAL;
                draft.only_for = Some(self.id);
            }
            Ok(world.put_message(app.bot, channel, draft))
        })
    }
}

impl GuildHandle {
    /// Has a webhook write something under a name.
    ///
    /// # Errors
    /// If there is no such webhook.
    pub fn webhook_says(&self, webhook: Snowflake, name: &str, draft: Draft) -> Result<Snowflake, Refusal> {
        self.handle.act(|world| {
            let found = world.guilds.get(&self.id).and_then(|guild| guild.webhooks.get(&webhook));
            let channel = found.ok_or(UNKNOWN_CHANNEL)?.channel;
            let draft = Draft { webhook: Some(name.to_owned()), ..draft };
            Ok(world.put_message(webhook, channel, draft))
        })
    }

    /// Has Discord show what links in a message lead to, a while after it was posted.
    pub fn unfurl(&self, channel: Snowflake, message: Snowflake, embeds: Vec<Value>) {
        let change = Change { embeds: Some(embeds), ..Change::default() };
        self.handle.act(|world| world.change_message(channel, message, change, false));
    }
}

fn new_thread(name: &str, kind: ChannelKind, message: Option<Snowflake>) -> NewThread {
    NewThread { name: name.to_owned(), kind, archive_after: 4320, invitable: true, tags: Vec::new(), message }
}
