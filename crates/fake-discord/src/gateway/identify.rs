//! How a client says who it is, comes back, and asks for members.

use std::time::Duration;

use serde_json::{Value, json};

use crate::gateway::frames::{close, op};
use crate::gateway::intents::Intents;
use crate::gateway::session::Session;
use crate::gateway::{Connection, Order};
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::id_in;

/// How many members are sent at once.
const CHUNK: usize = 1000;
/// How many may be asked for by name.
const BY_NAME: usize = 100;
/// How many guilds one shard can have.
const GUILDS_A_SHARD: usize = 2500;

impl World {
    pub(super) fn identify(&mut self, id: u64, data: &Value) -> Result<(), u16> {
        if self.connection(id)?.session.is_some() {
            return Err(close::ALREADY_AUTHENTICATED);
        }
        let app = self.app_of_token(data).ok_or(close::AUTHENTICATION_FAILED)?;
        let shard = shard_of(&data["shard"])?;
        let intents = data["intents"].as_u64().and_then(Intents::from_bits).ok_or(close::INVALID_INTENTS)?;
        let application = self.applications.get(&app).ok_or(close::AUTHENTICATION_FAILED)?;
        if !application.intents.has(intents.among(Intents::PRIVILEGED)) {
            return Err(close::DISALLOWED_INTENTS);
        }
        let bot = application.bot;
        let guilds: Vec<_> =
            self.guilds.values().filter(|guild| guild.has(bot)).map(|guild| guild.id).collect();
        if shard.1 == 1 && guilds.len() > GUILDS_A_SHARD {
            return Err(close::SHARDING_REQUIRED);
        }
        if !self.count_identify(id, app, shard)? {
            return Ok(());
        }
        let large = data["large_threshold"].as_u64().unwrap_or(50).clamp(50, 250);
        let name = format!("{:032x}", self.new_id().number());
        let mut session = Session::new(app, intents, shard, id, large);
        let mine: Vec<_> = guilds.into_iter().filter(|guild| session.serves(*guild)).collect();
        session.push("READY", &self.ready(app, &name, shard, &mine));
        if self.gateway.settings.sends_guilds && intents.has(Intents::GUILDS) {
            for guild in &mine {
                session.push("GUILD_CREATE", &self.guild_create(*guild, bot, intents, large));
            }
        }
        self.gateway.sessions.insert(name.clone(), session);
        self.attach(id, app, name);
        Ok(())
    }

    pub(super) fn resume(&mut self, id: u64, data: &Value) -> Result<(), u16> {
        if self.connection(id)?.session.is_some() {
            return Err(close::ALREADY_AUTHENTICATED);
        }
        let app = self.app_of_token(data).ok_or(close::AUTHENTICATION_FAILED)?;
        let now = self.clock.now();
        self.gateway.forget_sessions(now);
        let is_at_resume_url = self.connection(id)?.is_resume;
        self.applications.entry(app).and_modify(|app| app.resumes.push(is_at_resume_url));
        let name = data["session_id"].as_str().unwrap_or_default().to_owned();
        let seen = data["seq"].as_u64().ok_or(close::INVALID_SEQ)?;
        let session = self.gateway.sessions.get_mut(&name).filter(|session| session.app == app);
        let Some(session) =
            session.filter(|session| session.connection.is_none() || session.connection == Some(id))
        else {
            return self.take_over_or_refuse(id, app, &name, seen);
        };
        if !session.rewind(seen) {
            self.gateway.sessions.remove(&name);
            return self.refuse_session(id);
        }
        session.left = None;
        session.connection = Some(id);
        session.push("RESUMED", &json!({ "_trace": [] }));
        self.attach(id, app, name);
        Ok(())
    }

    /// A client may come back before its lost connection was noticed: that one ends.
    fn take_over_or_refuse(&mut self, id: u64, app: Snowflake, name: &str, seen: u64) -> Result<(), u16> {
        let old = self.gateway.sessions.get_mut(name).filter(|session| session.app == app);
        let Some(session) = old else { return self.refuse_session(id) };
        let other = session.connection.replace(id);
        let can_resume = session.rewind(seen);
        if let Some(other) = other.and_then(|other| self.gateway.connections.get_mut(&other)) {
            other.session = None;
            other.orders.push_back(Order::Drop);
        }
        if !can_resume {
            self.gateway.sessions.remove(name);
            return self.refuse_session(id);
        }
        if let Some(session) = self.gateway.sessions.get_mut(name) {
            session.push("RESUMED", &json!({ "_trace": [] }));
        }
        self.attach(id, app, name.to_owned());
        Ok(())
    }

    fn refuse_session(&mut self, id: u64) -> Result<(), u16> {
        let refusal = json!({ "op": op::INVALID_SESSION, "d": false, "s": null, "t": null });
        if let Some(connection) = self.gateway.connections.get_mut(&id) {
            connection.orders.push_back(Order::Send(refusal));
        }
        Ok(())
    }

    fn attach(&mut self, id: u64, app: Snowflake, session: String) {
        if let Some(connection) = self.gateway.connections.get_mut(&id) {
            connection.session = Some(session);
            connection.app = Some(app);
        }
    }

    fn connection(&self, id: u64) -> Result<&Connection, u16> {
        self.gateway.connections.get(&id).ok_or(close::NOT_AUTHENTICATED)
    }

    pub(super) fn is_identified(&self, id: u64) -> Result<(), u16> {
        let is = self.connection(id)?.session.is_some();
        if is { Ok(()) } else { Err(close::NOT_AUTHENTICATED) }
    }

    fn app_of_token(&self, data: &Value) -> Option<Snowflake> {
        let token = data["token"].as_str()?;
        let token = token.strip_prefix("Bot ").unwrap_or(token);
        self.applications.values().find(|app| app.token == token).map(|app| app.id)
    }

    /// Counts towards the day's; who goes past that loses the token. False if it came too soon after another.
    fn count_identify(&mut self, id: u64, app: Snowflake, shard: (u32, u32)) -> Result<bool, u16> {
        let now = self.clock.now();
        let settings = self.gateway.settings.clone();
        let Some(application) = self.applications.get_mut(&app) else {
            return Err(close::AUTHENTICATION_FAILED);
        };
        if application.identifies(now).0 >= settings.identifies_a_day {
            application.token.push_str(".reset");
            self.gateway.sessions.retain(|_, session| session.app != app);
            self.gateway.order(Some(app), &Order::Close(close::AUTHENTICATION_FAILED));
            self.violated("gateway", "identified more often than a day allows: the token is reset");
            return Err(close::AUTHENTICATION_FAILED);
        }
        application.identified.push_back(now);
        let bucket = shard.0 % settings.max_concurrency.max(1);
        let last = application.last_identify.insert(bucket, now);
        let too_soon = last.is_some_and(|last| now.since(last) < Duration::from_secs(5));
        if settings.counts_concurrency && too_soon {
            self.refuse_session(id)?;
            return Ok(false);
        }
        Ok(true)
    }

    fn ready(&self, app: Snowflake, session: &str, shard: (u32, u32), guilds: &[Snowflake]) -> Value {
        let guilds: Vec<_> = guilds.iter().map(|id| json!({ "id": id, "unavailable": true })).collect();
        let flags = self.applications.get(&app).map_or(0, crate::world::app::Application::flags);
        let bot = self.applications.get(&app).map(|app| app.bot).unwrap_or_default();
        json!({
            "v": 10,
            "user": self.self_json(bot),
            "guilds": guilds,
            "session_id": session,
            "resume_gateway_url": self.gateway.resume_url,
            "shard": [shard.0, shard.1],
            "application": { "id": app, "flags": flags },
            "user_settings": {}, "relationships": [], "private_channels": [], "presences": [],
            "session_type": "normal", "_trace": [],
        })
    }

    pub(super) fn request_members(&mut self, id: u64, data: &Value) -> Result<(), u16> {
        let name = self.connection(id)?.session.clone().ok_or(close::NOT_AUTHENTICATED)?;
        let (app, intents) = match self.gateway.sessions.get(&name) {
            Some(session) => (session.app, session.intents),
            None => return Err(close::NOT_AUTHENTICATED),
        };
        let bot = self.applications.get(&app).map(|app| app.bot).unwrap_or_default();
        // Libraries send ids as numbers as well, and Discord takes them.
        let guild = id_in(&data["guild_id"]).unwrap_or_default();
        if !self.guilds.get(&guild).is_some_and(|guild| guild.has(bot)) {
            return Ok(());
        }
        let (query, limit) = (data["query"].as_str(), data["limit"].as_u64());
        let wants_all = query == Some("") && limit == Some(0);
        if wants_all && !intents.has(Intents::GUILD_MEMBERS) {
            self.violated("gateway", "asked for all members without the intent");
            return Err(close::DISALLOWED_INTENTS);
        }
        if wants_all && let Some(retry_after) = self.too_soon_for_members(app, guild) {
            let told = json!({
                "opcode": op::REQUEST_MEMBERS, "retry_after": retry_after.as_secs_f64(),
                "meta": { "guild_id": guild, "nonce": data["nonce"] },
            });
            if let Some(session) = self.gateway.sessions.get_mut(&name) {
                session.push("RATE_LIMITED", &told);
            }
            return Ok(());
        }
        let Some(found) = self.guilds.get(&guild) else { return Ok(()) };
        let named: Vec<Snowflake> = match &data["user_ids"] {
            Value::Array(ids) => ids.iter().filter_map(id_in).take(BY_NAME).collect(),
            one => id_in(one).into_iter().collect(),
        };
        let unknown: Vec<_> = named.iter().filter(|id| !found.has(**id)).copied().collect();
        let users: Vec<Snowflake> = if query.is_some() {
            let text = query.unwrap_or_default().to_lowercase();
            let all = found.members.keys().copied().filter(|user| self.is_called(guild, *user, &text));
            let most = limit
                .filter(|most| *most > 0)
                .map_or(BY_NAME, |most| usize::try_from(most).unwrap_or(BY_NAME));
            all.take(if wants_all { usize::MAX } else { most.min(BY_NAME) }).collect()
        } else {
            named.into_iter().filter(|id| found.has(*id)).collect()
        };
        let count = users.len().div_ceil(CHUNK).max(1);
        for index in 0..count {
            let some = users.iter().skip(index * CHUNK).take(CHUNK);
            let members: Vec<_> = some.map(|user| self.member_json(guild, *user)).collect();
            let mut chunk = json!({
                "guild_id": guild, "members": members, "chunk_index": index, "chunk_count": count,
            });
            if !unknown.is_empty() {
                chunk["not_found"] = json!(unknown);
            }
            if !data["nonce"].is_null() {
                chunk["nonce"] = data["nonce"].clone();
            }
            if let Some(session) = self.gateway.sessions.get_mut(&name) {
                session.push("GUILD_MEMBERS_CHUNK", &chunk);
            }
        }
        Ok(())
    }

    /// How long to wait before all members of a guild can be asked for again; counts the request if there is no need.
    fn too_soon_for_members(&mut self, app: Snowflake, guild: Snowflake) -> Option<Duration> {
        let (now, limits) = (self.clock.now(), self.gateway.settings.limits_member_requests);
        let app = self.applications.get_mut(&app)?;
        let since = app.asked_for_members.get(&guild).map(|then| now.since(*then));
        let left =
            since.and_then(|since| Duration::from_secs(30).checked_sub(since)).filter(|left| !left.is_zero());
        if left.is_none() || !limits {
            app.asked_for_members.insert(guild, now);
            return None;
        }
        left
    }

    /// A guild as it is told when a client comes or the bot is let in.
    pub(crate) fn guild_create(
        &self,
        guild: Snowflake,
        bot: Snowflake,
        intents: Intents,
        large: u64,
    ) -> Value {
        let mut json = self.guild_json(guild);
        let Some(found) = self.guilds.get(&guild) else { return json };
        let count = found.members.len();
        // Without the intent for who is there, a bot is told only of itself.
        let shows_all =
            intents.has(Intents::GUILD_PRESENCES) && u64::try_from(count).unwrap_or(u64::MAX) <= large;
        let members = found.members.keys().filter(|user| shows_all || **user == bot);
        let members: Vec<_> = members.map(|user| self.member_json(guild, *user)).collect();
        let (mut channels, mut threads) = (Vec::new(), Vec::new());
        for channel in self.channels.values().filter(|channel| channel.guild == Some(guild)) {
            if !channel.kind.is_thread() {
                channels.push(self.channel_json(channel));
            } else if !channel.is_archived()
                && self.permissions_in(channel.id, bot).has(Permissions::VIEW_CHANNEL)
            {
                threads.push(self.thread_json(channel, Some(bot)));
            }
        }
        let more = json!({
            "joined_at": found.members.get(&bot).map(|member| member.joined),
            "large": u64::try_from(count).unwrap_or(u64::MAX) > large,
            "unavailable": false,
            "member_count": count,
            "voice_states": [], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [],
            "members": members, "channels": channels, "threads": threads,
        });
        crate::shape::merge(&mut json, more);
        json
    }

    /// Lets in: a bot that is connected hears of its new guild.
    pub(crate) fn tell_of_guild(&mut self, guild: Snowflake, bot: Snowflake) {
        let app = self.applications.values().find(|app| app.bot == bot).map(|app| app.id);
        let sessions =
            self.gateway.sessions.iter().filter(|(_, one)| Some(one.app) == app && one.serves(guild));
        let hearing: Vec<_> = sessions.map(|(id, one)| (id.clone(), one.intents, one.large)).collect();
        for (id, intents, large) in hearing.into_iter().filter(|(_, intents, _)| intents.has(Intents::GUILDS))
        {
            let told = self.guild_create(guild, bot, intents, large);
            if let Some(session) = self.gateway.sessions.get_mut(&id) {
                session.push("GUILD_CREATE", &told);
            }
        }
    }
}

fn shard_of(shard: &Value) -> Result<(u32, u32), u16> {
    let Some(pair) = shard.as_array() else {
        return if shard.is_null() { Ok((0, 1)) } else { Err(close::INVALID_SHARD) };
    };
    let number = |at: usize| pair.get(at).and_then(Value::as_u64).and_then(|one| u32::try_from(one).ok());
    match (number(0), number(1)) {
        (Some(one), Some(all)) if one < all && pair.len() == 2 => Ok((one, all)),
        _ => Err(close::INVALID_SHARD),
    }
}
