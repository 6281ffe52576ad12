//! What was written while nobody listened: each channel is read on from where it was read last.

use std::collections::HashMap;

use policy::Timestamp;
use serde_json::Value;

use crate::hear::{Stopped, pause};
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::members::user_of;
use crate::memory::About;
use crate::rest::Route;
use crate::server::Kind;
use crate::translate::names::Naming;

/// How many messages are in one page.
const PAGE: usize = 100;
/// How many archived threads are in one page.
const THREADS: usize = 100;
/// For so long before the newest of all that was heard, what stands in a channel is looked through for changes.
const CHANGED_FOR_S: i64 = 7 * 24 * 60 * 60;
/// What was changed shortly before may not have been heard, for events overtake one another.
const OVERLAP_S: i64 = 60;

impl Listener {
    /// Reads on in every channel, and takes over what humans did meanwhile.
    pub(crate) async fn catch_up(&mut self) -> Result<(), Stopped> {
        self.know_positions().await?;
        let was_here = self.positions.as_ref().is_some_and(|positions| !positions.is_empty());
        self.read_audit_log().await?;
        self.look_at_taken_down(true).await?;
        if was_here {
            self.find_archived_threads().await?;
        }
        let channels = self.shared.servers.with(self.group.server.0, |server| {
            let holding = server.channels().filter(|(_, channel)| channel.kind.holds_messages());
            holding.map(|(id, channel)| (id, channel.last_message)).collect::<Vec<_>>()
        });
        // From here on, what is new was made while nobody listened.
        let newest = self.positions.as_ref().and_then(|positions| positions.values().max().copied());
        for (channel, last) in channels.unwrap_or_default() {
            let known = self.positions.as_ref().and_then(|positions| positions.get(&channel).copied());
            let from = match (known, newest) {
                (Some(known), newest) => {
                    self.read_changes(channel, known, newest.unwrap_or(known)).await?;
                    known
                }
                // It was made since, and is read from its beginning.
                (None, Some(newest)) if channel > newest => channel,
                // Nobody was asked to judge what was there before the bot.
                (None, _) => {
                    self.has_read(channel, last.unwrap_or(channel)).await?;
                    continue;
                }
            };
            if last.is_some_and(|last| last > from) {
                self.read_on(channel, from).await?;
            }
        }
        match self.shared.memory.get::<i64>(About::Joined(&self.group.group)).await.ok().flatten() {
            // Whoever was there before the bot did not come in.
            None => self.has_joined(Some(self.shared.pace.now())).await,
            Some(_) if !was_here => {}
            Some(known) => return self.read_members(Timestamp::from_millis(known)).await,
        }
        if was_here { self.read_members(self.shared.pace.now()).await } else { Ok(()) }
    }

    /// Notes that whoever came in until then was told of.
    pub(crate) async fn has_joined(&self, at: Option<Timestamp>) {
        let (about, Some(at)) = (About::Joined(&self.group.group), at.map(Timestamp::as_millis)) else {
            return;
        };
        let noted = match self.shared.memory.get::<i64>(about).await {
            Ok(Some(known)) if known >= at => return,
            Ok(_) => self.shared.memory.put(about, &at).await,
            Err(error) => Err(error),
        };
        if let Err(error) = noted {
            // They are told of again.
            tracing::warn!(error = &error as &dyn std::error::Error, "that somebody came in was not noted");
        }
    }

    /// Asks how far each channel was read, once.
    async fn know_positions(&mut self) -> Result<(), Stopped> {
        let mut failures = 0;
        loop {
            match self.desk.positions(&self.group.group).await {
                Ok(kept) => {
                    let kept = kept.into_iter().filter_map(|(channel, position)| {
                        Some((Snowflake::parse(channel.as_str())?, Snowflake::parse(&position.0)?))
                    });
                    let mut positions: HashMap<Snowflake, Snowflake> = kept.collect();
                    // What was read since is further on than what is written down.
                    for (channel, position) in self.positions.take().unwrap_or_default() {
                        let known = positions.entry(channel).or_insert(position);
                        *known = position.max(*known);
                    }
                    // Names stand in the server as a whole, which holds no messages.
                    positions.remove(&self.group.server.0);
                    self.positions = Some(positions);
                    return Ok(());
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "how far channels were read cannot be read; it is tried again"
                    );
                    pause(&self.shared, &self.stop, failures).await?;
                    failures += 1;
                }
            }
        }
    }

    /// Reads the messages of a channel that came after that one, oldest first.
    async fn read_on(&mut self, channel: Snowflake, from: Snowflake) -> Result<(), Stopped> {
        let mut after = from;
        loop {
            let route = Route::channel(channel).at("messages").with("after", after).with("limit", PAGE);
            let Some(Value::Array(page)) = self.asked(route).await? else { return Ok(()) };
            let mut messages: Vec<(Snowflake, &Value)> =
                page.iter().filter_map(|message| Some((json::id(message, "id")?, message))).collect();
            messages.sort_unstable_by_key(|(id, _)| *id);
            let Some((last, _)) = messages.last() else { return Ok(()) };
            after = *last;
            for (_, message) in messages {
                self.hear_message(message).await?;
            }
            if page.len() < PAGE {
                return Ok(());
            }
        }
    }

    /// Reads what was written in a channel up to there and changed since the newest of all was heard. Of changes there is
    /// no list, so that the last page is looked through, where anybody wrote lately: people change what they just wrote.
    async fn read_changes(
        &mut self,
        channel: Snowflake,
        upto: Snowflake,
        newest: Snowflake,
    ) -> Result<(), Stopped> {
        if upto.sent_at().plus_seconds(CHANGED_FOR_S) < newest.sent_at() {
            return Ok(());
        }
        let before = upto.number().saturating_add(1);
        let route = Route::channel(channel).at("messages").with("before", before).with("limit", PAGE);
        let Some(Value::Array(page)) = self.asked(route).await? else { return Ok(()) };
        let since = newest.sent_at().plus_seconds(-OVERLAP_S);
        // The last comes first.
        for message in page.iter().rev() {
            if json::instant(message, "edited_timestamp").is_some_and(|changed| changed >= since) {
                self.hear_message(message).await?;
            }
        }
        Ok(())
    }

    /// Threads that were written in and put away since: they are told of nowhere.
    async fn find_archived_threads(&mut self) -> Result<(), Stopped> {
        let server = self.group.server.0;
        let newest = self.positions.as_ref().and_then(|positions| positions.values().max().copied());
        let Some(since) = newest.map(Snowflake::sent_at) else { return Ok(()) };
        let parents = self.shared.servers.with(server, |server| {
            let with_threads =
                server.channels().filter(|(_, channel)| matches!(channel.kind, Kind::Text | Kind::Forum));
            with_threads.map(|(id, _)| id).collect::<Vec<_>>()
        });
        for parent in parents.unwrap_or_default() {
            for kind in ["public", "private"] {
                let route =
                    Route::channel(parent).at("threads").at("archived").at(kind).with("limit", THREADS);
                let Some(page) = self.asked(route).await? else { continue };
                for thread in json::list(&page, "threads") {
                    let put_away = json::get(thread, "thread_metadata")
                        .and_then(|data| json::instant(data, "archive_timestamp"));
                    // They come in the order in which they were put away, last first.
                    if put_away.is_some_and(|at| at < since) {
                        break;
                    }
                    self.shared.servers.change(server, |server| server.put_channel(thread));
                }
            }
        }
        Ok(())
    }

    /// Who came in since, and the names that all others go by, some of which may have been taken on since.
    async fn read_members(&mut self, told: Timestamp) -> Result<(), Stopped> {
        let mut failures = 0;
        let members = loop {
            match self.hands.everybody().await {
                Ok(members) => break members,
                Err(error) if error.refusal().is_some() => return Ok(()),
                Err(_) => {
                    pause(&self.shared, &self.stop, failures).await?;
                    failures += 1;
                }
            }
        };
        let suspended = self.hands.suspended().await.unwrap_or_default();
        let came_in = |member: &Value| json::instant(member, "joined_at").filter(|at| *at > told);
        let (mut newcomers, members): (Vec<Value>, Vec<Value>) =
            members.into_iter().partition(|member| came_in(member).is_some());
        newcomers.sort_by_key(came_in);
        for member in newcomers {
            self.hear_newcomer(&member).await?;
        }
        for member in members {
            // They may have left and come back meanwhile.
            if user_of(&member).is_some_and(|user| suspended.contains_key(&user.number())) {
                self.bring_back(&member).await?;
            }
            self.hear_name(&member, &Naming::default()).await?;
        }
        Ok(())
    }
}
