//! How threads are opened, and who comes into them.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::errors::{
    ARCHIVED_THREAD, HAS_THREAD, MISSING_PERMISSIONS, NOT_ON_THIS_CHANNEL, Refusal, UNKNOWN_CHANNEL,
    UNKNOWN_MEMBER,
};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::audit::Action;
use crate::world::channel::{Channel, ChannelKind, Thread};
use crate::world::message::{Draft, flag, kind};

/// What a thread is to be.
#[derive(Clone, Debug)]
pub(crate) struct NewThread {
    pub(crate) name: String,
    pub(crate) kind: ChannelKind,
    pub(crate) archive_after: u32,
    pub(crate) invitable: bool,
    pub(crate) tags: Vec<Snowflake>,
    /// The message it begins with.
    pub(crate) message: Option<Snowflake>,
}

impl World {
    /// Opens a thread as somebody who may.
    pub(crate) fn open_thread(
        &mut self,
        by: Snowflake,
        parent: Snowflake,
        new: NewThread,
    ) -> Result<Snowflake, Refusal> {
        let found = self.sight_of(parent, by)?;
        let guild = found.guild.ok_or(NOT_ON_THIS_CHANNEL)?;
        let is_forum = found.kind.is_forum();
        if found.kind.is_thread() || found.kind.is_voice() || found.kind == ChannelKind::Category {
            return Err(NOT_ON_THIS_CHANNEL.into());
        }
        let needed = match new.kind {
            ChannelKind::PrivateThread => Permissions::CREATE_PRIVATE_THREADS,
            _ if is_forum => Permissions::SEND_MESSAGES,
            _ => Permissions::CREATE_PUBLIC_THREADS,
        };
        self.may_in(parent, by, needed)?;
        self.pass_filter_of_titles(by, parent, &new.name)?;
        if let Some(message) = new.message {
            self.message_seen(by, parent, message)?;
            if self.channels.contains_key(&message) {
                return Err(HAS_THREAD.into());
            }
        }
        let id = match new.message {
            Some(message) => message,
            None => self.new_id(),
        };
        let now = self.clock.tick();
        let kind = match (new.kind, self.channels.get(&parent).map(|parent| parent.kind)) {
            (ChannelKind::PublicThread, Some(ChannelKind::Announcement)) => ChannelKind::AnnouncementThread,
            (kind, _) => kind,
        };
        let mut channel = Channel::new(id, Some(guild), kind, &new.name);
        channel.parent = Some(parent);
        channel.thread = Some(Thread {
            owner: by,
            archived: false,
            locked: false,
            invitable: new.invitable,
            members: [(by, now)].into(),
            tags: new.tags,
            changed: now,
            made: now,
            archive_after: new.archive_after,
            count: 0,
            sent: 0,
        });
        self.channels.insert(id, channel);
        let Some(channel) = self.channels.get(&id) else { return Err(UNKNOWN_CHANNEL.into()) };
        let mut told = self.thread_json(channel, None);
        told["newly_created"] = json!(true);
        self.emit(&Audience::guild(guild, Intents::GUILDS).who_see(id), "THREAD_CREATE", told);
        let entry = self.entry(Action::THREAD_CREATE, by, Some(id), None);
        self.write_down(guild, entry.changing("name", Value::Null, json!(new.name)));
        if let Some(message) = new.message {
            if let Some(message) = self.messages.get_mut(&parent).and_then(|all| all.get_mut(&message)) {
                message.flags |= flag::HAS_THREAD;
            }
            self.tell_message("MESSAGE_UPDATE", parent, message);
            let reference =
                json!({ "type": 0, "guild_id": guild, "channel_id": parent, "message_id": message });
            let starter =
                Draft { kind: Some(kind::THREAD_STARTER), reference: Some(reference), ..Draft::default() };
            self.put_message(by, id, starter);
        } else if kind == ChannelKind::PublicThread && !is_forum {
            let reference = json!({ "type": 0, "guild_id": guild, "channel_id": id });
            let said = Draft {
                kind: Some(kind::THREAD_CREATED),
                content: new.name,
                reference: Some(reference),
                ..Draft::default()
            };
            self.put_message(by, parent, said);
        }
        Ok(id)
    }

    /// Opens a thread in a forum, with its first message.
    pub(crate) fn post_in_forum(
        &mut self,
        by: Snowflake,
        forum: Snowflake,
        new: NewThread,
        draft: Draft,
    ) -> Result<Snowflake, Refusal> {
        let is_forum = self.sight_of(forum, by)?.kind.is_forum();
        if !is_forum {
            return Err(NOT_ON_THIS_CHANNEL.into());
        }
        if draft.is_empty() {
            return Err(crate::errors::EMPTY_MESSAGE.into());
        }
        self.pass_filter(by, forum, &draft)?;
        let thread = self.open_thread(by, forum, new)?;
        // The first message has the thread's own id.
        let message = self.put_message_as(by, thread, draft, thread);
        if let Some(forum) = self.channels.get_mut(&forum) {
            forum.last_message = Some(message);
        }
        Ok(thread)
    }

    /// Adds somebody to a thread.
    pub(crate) fn add_to_thread(
        &mut self,
        by: Snowflake,
        thread: Snowflake,
        user: Snowflake,
    ) -> Result<(), Refusal> {
        let found = self.sight_of(thread, by)?;
        let (guild, Some(details)) = (found.guild.unwrap_or_default(), &found.thread) else {
            return Err(NOT_ON_THIS_CHANNEL.into());
        };
        if details.archived {
            return Err(ARCHIVED_THREAD.into());
        }
        if by != user {
            self.may_in(thread, by, Permissions::SEND_MESSAGES)?;
            let manages = self.permissions_in(thread, by).has(Permissions::MANAGE_THREADS);
            if found.kind == ChannelKind::PrivateThread
                && !details.invitable
                && !manages
                && details.owner != by
            {
                return Err(MISSING_PERMISSIONS.into());
            }
        }
        let parent = found.parent.unwrap_or_default();
        if self.member(guild, user).is_none()
            || !self.permissions_in(parent, user).has(Permissions::VIEW_CHANNEL)
        {
            return Err(UNKNOWN_MEMBER.into());
        }
        let now = self.clock.tick();
        let details = self.channels.get_mut(&thread).and_then(|channel| channel.thread.as_mut());
        if let Some(details) = details {
            details.members.entry(user).or_insert(now);
        }
        self.tell_thread_members(thread, guild, Some(user), None, now);
        Ok(())
    }

    /// Whoever writes in a thread, or is called there, is in it from then on.
    pub(crate) fn draw_into_thread(&mut self, thread: Snowflake, users: impl IntoIterator<Item = Snowflake>) {
        for user in users {
            let Some(channel) = self.channels.get(&thread) else { return };
            let (guild, parent) = (channel.guild.unwrap_or_default(), channel.parent.unwrap_or_default());
            let is_in = channel.thread.as_ref().is_none_or(|one| one.members.contains_key(&user));
            let sees_parent = self.permissions_in(parent, user).has(Permissions::VIEW_CHANNEL);
            if is_in || !sees_parent {
                continue;
            }
            let now = self.clock.tick();
            if let Some(one) = self.channels.get_mut(&thread).and_then(|channel| channel.thread.as_mut()) {
                one.members.insert(user, now);
            }
            self.tell_thread_members(thread, guild, Some(user), None, now);
        }
    }

    /// Takes somebody out of a thread.
    pub(crate) fn take_from_thread(
        &mut self,
        by: Snowflake,
        thread: Snowflake,
        user: Snowflake,
    ) -> Result<(), Refusal> {
        let found = self.sight_of(thread, by)?;
        let (guild, Some(details)) = (found.guild.unwrap_or_default(), &found.thread) else {
            return Err(NOT_ON_THIS_CHANNEL.into());
        };
        let manages = self.permissions_in(thread, by).has(Permissions::MANAGE_THREADS);
        let is_own = details.owner == by && found.kind == ChannelKind::PrivateThread;
        if by != user && !manages && !is_own {
            return Err(MISSING_PERMISSIONS.into());
        }
        if details.archived {
            return Err(ARCHIVED_THREAD.into());
        }
        let now = self.clock.tick();
        if let Some(details) = self.channels.get_mut(&thread).and_then(|channel| channel.thread.as_mut()) {
            details.members.remove(&user);
        }
        self.tell_thread_members(thread, guild, None, Some(user), now);
        Ok(())
    }

    fn tell_thread_members(
        &mut self,
        thread: Snowflake,
        guild: Snowflake,
        added: Option<Snowflake>,
        gone: Option<Snowflake>,
        now: Moment,
    ) {
        let count = self
            .channels
            .get(&thread)
            .and_then(|channel| channel.thread.as_ref())
            .map_or(0, |one| one.members.len());
        let mut told = json!({ "id": thread, "guild_id": guild, "member_count": count });
        if let Some(user) = added {
            let member = json!({
                "id": thread, "user_id": user, "join_timestamp": now, "flags": 0, "member": self.member_json(guild, user),
            });
            told["added_members"] = json!([member]);
        }
        if let Some(user) = gone {
            told["removed_member_ids"] = json!([user]);
        }
        self.emit(&Audience::guild(guild, Intents::GUILDS).who_see(thread), "THREAD_MEMBERS_UPDATE", told);
        let bot = added.filter(|user| self.app_of_bot(*user).is_some());
        if let (Some(bot), Some(channel)) = (bot, self.channels.get(&thread)) {
            let told = self.thread_json(channel, Some(bot));
            self.emit(&Audience::bot(bot, Some(guild), Intents::GUILDS), "THREAD_CREATE", told);
        }
    }

    /// The bots of a guild that cannot see a channel.
    pub(crate) fn bots_blind_to(&self, channel: Snowflake) -> Vec<Snowflake> {
        let guild = self.channels.get(&channel).and_then(|channel| self.guilds.get(&channel.guild?));
        let bots = self.applications.values().map(|app| app.bot);
        let bots = bots.filter(|bot| guild.is_some_and(|guild| guild.has(*bot)));
        bots.filter(|bot| !self.permissions_in(channel, *bot).has(Permissions::VIEW_CHANNEL)).collect()
    }

    /// Tells bots that see a channel since now of the threads in it.
    pub(crate) fn sync_threads(&mut self, channel: Snowflake, were_blind: &[Snowflake]) {
        let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild) else { return };
        for bot in were_blind {
            if !self.permissions_in(channel, *bot).has(Permissions::VIEW_CHANNEL) {
                continue;
            }
            let threads =
                self.channels.values().filter(|one| one.parent == Some(channel) && one.kind.is_thread());
            let threads = threads.filter(|one| {
                !one.is_archived() && self.permissions_in(one.id, *bot).has(Permissions::VIEW_CHANNEL)
            });
            let threads: Vec<_> = threads.map(|one| self.thread_json(one, Some(*bot))).collect();
            let members: Vec<_> = threads.iter().filter_map(|one| one.get("member").cloned()).collect();
            let told = json!({ "guild_id": guild, "channel_ids": [channel], "threads": threads, "members": members });
            self.emit(&Audience::bot(*bot, Some(guild), Intents::GUILDS), "THREAD_LIST_SYNC", told);
        }
    }
}
