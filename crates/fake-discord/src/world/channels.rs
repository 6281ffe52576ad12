//! How channels and threads come to be, change and go.

use serde_json::{Value, json};

use crate::errors::{ARCHIVED_THREAD, MISSING_PERMISSIONS, NOT_ON_THIS_CHANNEL, Refusal, UNKNOWN_OVERWRITE};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::audit::Action;
use crate::world::channel::{Channel, ChannelKind, Overwrite};
use crate::world::guilds::permissions_in;
use crate::world::id_in;
use crate::world::message::{Draft, kind};

impl World {
    /// Makes a channel; nobody is asked.
    pub(crate) fn make_channel(&mut self, guild: Snowflake, kind: ChannelKind, name: &str) -> Snowflake {
        let id = self.new_id();
        let count = self.channels_of(guild).count();
        let mut channel = Channel::new(id, Some(guild), kind, name);
        channel.position = u32::try_from(count).unwrap_or(u32::MAX);
        self.channels.insert(id, channel);
        id
    }

    /// Tells of a channel that came, changed or is going.
    pub(crate) fn tell_channel(&mut self, name: &'static str, channel: Snowflake) {
        let Some(found) = self.channels.get(&channel) else { return };
        let Some(guild) = found.guild else { return };
        let (told, is_thread) = (self.any_channel_json(found, None), found.kind.is_thread());
        let to = Audience::guild(guild, Intents::GUILDS);
        self.emit(&if is_thread { to.who_see(channel) } else { to }, name, told);
    }

    /// Makes a channel as somebody who may.
    pub(crate) fn create_channel(
        &mut self,
        by: Snowflake,
        guild: Snowflake,
        form: &Value,
        reason: Option<&str>,
    ) -> Result<Snowflake, Refusal> {
        self.may(guild, by, Permissions::MANAGE_CHANNELS)?;
        let kind = ChannelKind::of(form["type"].as_u64().unwrap_or(0));
        let kind = kind.filter(|kind| !kind.is_thread() && *kind != ChannelKind::Dm);
        let kind = kind.ok_or_else(|| Refusal::form("type", "BASE_TYPE_CHOICES", "Not a type of channel"))?;
        let overwrites = form["permission_overwrites"].as_array().cloned().unwrap_or_default();
        for one in &overwrites {
            self.can_overwrite(guild, by, &overwrite_in(one))?;
        }
        let id = self.make_channel(guild, kind, form["name"].as_str().unwrap_or_default());
        self.fill_channel(id, form);
        self.tell_channel("CHANNEL_CREATE", id);
        let entry = self.entry(Action::CHANNEL_CREATE, by, Some(id), reason);
        self.write_down(guild, entry.changing("name", Value::Null, form["name"].clone()));
        Ok(id)
    }

    /// Changes a channel or thread as somebody who may.
    pub(crate) fn update_channel(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        form: &Value,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.sight_of(channel, by)?;
        let guild = found.guild.ok_or(NOT_ON_THIS_CHANNEL)?;
        let old = found.clone();
        if found.kind.is_thread() {
            self.can_change_thread(by, found, form)?;
        } else {
            self.may_in(channel, by, Permissions::MANAGE_CHANNELS)?;
            if let Some(overwrites) = form["permission_overwrites"].as_array() {
                self.may_in(channel, by, Permissions::MANAGE_ROLES)?;
                for one in overwrites {
                    self.can_overwrite(guild, by, &overwrite_in(one))?;
                }
            }
        }
        if let Some(name) = form["name"].as_str() {
            self.pass_filter_of_titles(by, channel, name)?;
        }
        self.fill_channel(channel, form);
        self.fill_thread(channel, form);
        let is_thread = old.kind.is_thread();
        self.tell_channel(if is_thread { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" }, channel);
        if let Some(name) = form["name"].as_str().filter(|name| is_thread && *name != old.name) {
            let kind = Some(kind::CHANNEL_NAME_CHANGE);
            self.put_message(by, channel, Draft { kind, content: name.to_owned(), ..Draft::default() });
        }
        let action = if is_thread { Action::THREAD_UPDATE } else { Action::CHANNEL_UPDATE };
        let mut entry = self.entry(action, by, Some(channel), reason);
        if let Some(new) = self.channels.get(&channel) {
            if new.name != old.name {
                entry = entry.changing("name", json!(old.name), json!(new.name));
            }
            if new.topic != old.topic {
                entry = entry.changing("topic", json!(old.topic), json!(new.topic));
            }
            if new.is_archived() != old.is_archived() {
                entry = entry.changing("archived", json!(old.is_archived()), json!(new.is_archived()));
            }
        }
        if !entry.changes.is_empty() {
            self.write_down(guild, entry);
        }
        Ok(())
    }

    fn can_change_thread(&self, by: Snowflake, channel: &Channel, form: &Value) -> Result<(), Refusal> {
        let Some(thread) = &channel.thread else { return Err(NOT_ON_THIS_CHANNEL.into()) };
        let manages = self.permissions_in(channel.id, by).has(Permissions::MANAGE_THREADS);
        let opens = form["archived"].as_bool() == Some(false);
        if thread.archived && !opens {
            return Err(ARCHIVED_THREAD.into());
        }
        let is_own = thread.owner == by;
        let only_opens = opens && form.as_object().is_some_and(|form| form.len() == 1);
        let may = if form.get("locked").is_some() || (thread.locked && !manages) {
            manages
        } else {
            manages || is_own || only_opens
        };
        if may { Ok(()) } else { Err(MISSING_PERMISSIONS.into()) }
    }

    fn fill_channel(&mut self, channel: Snowflake, form: &Value) {
        let Some(channel) = self.channels.get_mut(&channel) else { return };
        if let Some(name) = form["name"].as_str() {
            channel.name = name.to_owned();
        }
        if let Some(topic) = form.get("topic") {
            channel.topic = topic.as_str().filter(|topic| !topic.is_empty()).map(str::to_owned);
        }
        if let Some(parent) = form.get("parent_id") {
            channel.parent = id_in(parent);
        }
        if let Some(is) = form["nsfw"].as_bool() {
            channel.nsfw = is;
        }
        if let Some(slow) = form["rate_limit_per_user"].as_u64() {
            channel.slow = u32::try_from(slow).unwrap_or(u32::MAX);
        }
        if let Some(position) = form["position"].as_u64() {
            channel.position = u32::try_from(position).unwrap_or(u32::MAX);
        }
        if let Some(overwrites) = form["permission_overwrites"].as_array() {
            let all = overwrites.iter().filter_map(|one| Some((id_in(&one["id"])?, overwrite_in(one))));
            channel.overwrites = all.collect();
        }
    }

    fn fill_thread(&mut self, channel: Snowflake, form: &Value) {
        let now = self.clock.tick();
        let Some(thread) = self.channels.get_mut(&channel).and_then(|channel| channel.thread.as_mut()) else {
            return;
        };
        if let Some(is) = form["archived"].as_bool() {
            thread.archived = is;
            thread.changed = now;
        }
        if let Some(is) = form["locked"].as_bool() {
            thread.locked = is;
        }
        if let Some(is) = form["invitable"].as_bool() {
            thread.invitable = is;
        }
        if let Some(after) = form["auto_archive_duration"].as_u64() {
            thread.archive_after = u32::try_from(after).unwrap_or(u32::MAX);
        }
        if let Some(tags) = form["applied_tags"].as_array() {
            thread.tags = tags.iter().filter_map(id_in).collect();
        }
    }

    /// Puts a thread away or takes it out; nobody is asked.
    pub(crate) fn set_archived(&mut self, channel: Snowflake, is_archived: bool) {
        self.fill_thread(channel, &json!({ "archived": is_archived }));
        self.tell_channel("THREAD_UPDATE", channel);
    }

    /// Deletes a channel or thread as somebody who may, or leaves a conversation.
    pub(crate) fn delete_channel(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        reason: Option<&str>,
    ) -> Result<Value, Refusal> {
        let found = self.sight_of(channel, by)?;
        let is_thread = found.kind.is_thread();
        let Some(guild) = found.guild else {
            // It stands where it was when it is opened again.
            return Ok(self.any_channel_json(found, Some(by)));
        };
        let needed = if is_thread { Permissions::MANAGE_THREADS } else { Permissions::MANAGE_CHANNELS };
        let found = self.may_in(channel, by, needed)?;
        let (json, parent, kind) = (self.any_channel_json(found, Some(by)), found.parent, found.kind);
        let name = json["name"].clone();
        if is_thread {
            let told =
                json!({ "id": channel, "guild_id": guild, "parent_id": parent, "type": kind.number() });
            self.emit(&Audience::guild(guild, Intents::GUILDS).who_see(channel), "THREAD_DELETE", told);
        } else {
            self.tell_channel("CHANNEL_DELETE", channel);
        }
        let mut gone: Vec<_> = vec![channel];
        gone.extend(
            self.channels
                .values()
                .filter(|one| one.kind.is_thread() && one.parent == Some(channel))
                .map(|one| one.id),
        );
        for id in gone {
            self.channels.remove(&id);
            self.messages.remove(&id);
        }
        let action = if is_thread { Action::THREAD_DELETE } else { Action::CHANNEL_DELETE };
        let entry = self.entry(action, by, Some(channel), reason);
        self.write_down(guild, entry.changing("name", name, Value::Null));
        Ok(json)
    }

    /// Says what is different in a channel for a role or member, as somebody who may.
    pub(crate) fn set_overwrite(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        whom: Snowflake,
        form: &Value,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may_in(channel, by, Permissions::MANAGE_ROLES)?;
        let guild = found.guild.filter(|_| !found.kind.is_thread()).ok_or(NOT_ON_THIS_CHANNEL)?;
        let (old, blind) = (found.overwrites.get(&whom).copied(), self.bots_blind_to(channel));
        let mut new = old.unwrap_or_default();
        if let Some(of) = form["type"].as_u64() {
            new.is_member = of == 1;
        }
        new.allow = permissions_in(&form["allow"]).unwrap_or(new.allow);
        new.deny = permissions_in(&form["deny"]).unwrap_or(new.deny);
        let changed = Overwrite {
            is_member: new.is_member,
            allow: Permissions::from_bits(new.allow.bits() ^ old.unwrap_or_default().allow.bits()),
            deny: Permissions::from_bits(new.deny.bits() ^ old.unwrap_or_default().deny.bits()),
        };
        self.can_overwrite(guild, by, &changed)?;
        if let Some(found) = self.channels.get_mut(&channel) {
            found.overwrites.insert(whom, new);
        }
        self.tell_channel("CHANNEL_UPDATE", channel);
        self.sync_threads(channel, &blind);
        let action = if old.is_some() { Action::OVERWRITE_UPDATE } else { Action::OVERWRITE_CREATE };
        let entry = self.entry(action, by, Some(channel), reason);
        let entry = entry.changing("deny", json!(old.map(|old| old.deny)), json!(new.deny));
        self.write_down(
            guild,
            entry.with(json!({ "id": whom, "type": u8::from(new.is_member).to_string() })),
        );
        Ok(())
    }

    /// Takes that back.
    pub(crate) fn delete_overwrite(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        whom: Snowflake,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may_in(channel, by, Permissions::MANAGE_ROLES)?;
        let guild = found.guild.ok_or(NOT_ON_THIS_CHANNEL)?;
        let old = *found.overwrites.get(&whom).ok_or(UNKNOWN_OVERWRITE)?;
        self.can_overwrite(guild, by, &old)?;
        if let Some(found) = self.channels.get_mut(&channel) {
            found.overwrites.remove(&whom);
        }
        self.tell_channel("CHANNEL_UPDATE", channel);
        let entry = self.entry(Action::OVERWRITE_DELETE, by, Some(channel), reason);
        self.write_down(
            guild,
            entry.with(json!({ "id": whom, "type": u8::from(old.is_member).to_string() })),
        );
        Ok(())
    }

    /// Nobody can say about others what they may not do themselves.
    fn can_overwrite(&self, guild: Snowflake, by: Snowflake, overwrite: &Overwrite) -> Result<(), Refusal> {
        self.can_give(guild, by, overwrite.allow | overwrite.deny)
    }

    /// Says what stands beside a voice channel's name.
    pub(crate) fn set_voice_status(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        status: Option<&str>,
        is_inside: bool,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let found = self.may_in(channel, by, Permissions::SET_VOICE_CHANNEL_STATUS)?;
        if found.kind != ChannelKind::Voice {
            return Err(NOT_ON_THIS_CHANNEL.into());
        }
        let guild = found.guild.unwrap_or_default();
        if !is_inside {
            self.may_in(channel, by, Permissions::MANAGE_CHANNELS)?;
        }
        let status = status.filter(|status| !status.is_empty()).map(str::to_owned);
        if let Some(found) = self.channels.get_mut(&channel) {
            found.status.clone_from(&status);
        }
        let told = json!({ "id": channel, "guild_id": guild, "status": status });
        self.emit(&Audience::guild(guild, Intents::GUILDS), "VOICE_CHANNEL_STATUS_UPDATE", told);
        let action = if status.is_some() { Action::VOICE_STATUS_UPDATE } else { Action::VOICE_STATUS_DELETE };
        let entry = self.entry(action, by, Some(channel), reason);
        let entry = if let Some(status) = status { entry.with(json!({ "status": status })) } else { entry };
        self.write_down(guild, entry);
        Ok(())
    }
}

fn overwrite_in(value: &Value) -> Overwrite {
    Overwrite {
        is_member: value["type"].as_u64() == Some(1),
        allow: permissions_in(&value["allow"]).unwrap_or_default(),
        deny: permissions_in(&value["deny"]).unwrap_or_default(),
    }
}
