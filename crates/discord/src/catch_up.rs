//! What was written while nobody listened: each channel is read on from where it was read last.
//!
//! What there is to catch up with is on record before the first page of it is read, and until the last is dealt with: a
//! crash between them begins again from the same place. A channel that was never read is read from where the bot came, for
//! whatever it has heard of since has left a cursor.

use policy::Timestamp;
use serde_json::Value;

use crate::hear::Stopped;
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::memory::{About, Watch};
use crate::pages::{PAGE, Page, messages_after};
use crate::rest::Route;
use crate::server::Kind;

/// How many archived threads are in one page.
const THREADS: usize = 100;
/// For so long before the newest of all that was heard, what stands in a channel is looked through for changes.
const CHANGED_FOR_S: i64 = 7 * 24 * 60 * 60;
/// What was changed shortly before may not have been heard, for events overtake one another.
const OVERLAP_S: i64 = 60;

impl Listener {
    /// Reads on in every channel, and takes over what humans did meanwhile.
    pub(crate) async fn catch_up(&mut self) -> Result<(), Stopped> {
        let Some(Watch { came, away }) = self.take_up_watch().await? else { return Ok(()) };
        self.came = Some(came);
        // All channels are looked through now.
        self.entered.clear();
        self.read_audit_log().await?;
        self.look_at_taken_down(true).await?;
        if let Some(away) = away {
            for (parent, _) in self.channels(holds_threads) {
                self.find_archived_threads(parent, away).await?;
            }
        }
        for (channel, last) in self.channels(Kind::holds_messages) {
            let from = self.cursors.of(channel).unwrap_or(came);
            if let Some(away) = away {
                self.read_changes(channel, from, away).await?;
            }
            if last.is_some_and(|last| last > from) {
                self.read_on(channel, from).await?;
            }
        }
        let joined: Option<i64> = self.recall(About::Joined(&self.group.group)).await?;
        let now = self.shared.pace.now();
        if joined.is_none() {
            // Whoever was there before the bot did not come in.
            self.note_joined(Some(now)).await;
        }
        if away.is_some() {
            self.read_names(false, joined.map_or(now, Timestamp::from_millis)).await?;
        }
        let caught_up = Watch { came, away: None };
        if let Err(error) = self.shared.memory.put(About::Watch(&self.group.group), &caught_up).await {
            // It is caught up with once more after a restart, which has no further consequences.
            tracing::warn!(error = &error as &dyn std::error::Error, "that all was read was not noted");
        }
        Ok(())
    }

    /// Notes that whoever came in until then was told of.
    pub(crate) async fn note_joined(&self, at: Option<Timestamp>) {
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

    /// Since when the group is looked after, and since when nobody did; the latter is nothing when the bot has just come. It
    /// is on record from here on, so that a crash does not lose it. Nothing where the server is not known.
    async fn take_up_watch(&mut self) -> Result<Option<Watch>, Stopped> {
        let Some(newest) = self.newest() else { return Ok(None) };
        let kept: Option<Watch> = self.recall(About::Watch(&self.group.group)).await?;
        let heard = self.cursors.newest();
        let watch = match kept.map(|kept| kept.came).or(heard) {
            Some(came) => {
                let away = kept.and_then(|kept| kept.away).or(heard).unwrap_or(came);
                Watch { came, away: Some(away) }
            }
            None => {
                // Once it is noted that the bot was here, what is not noted is new.
                self.read_names(true, self.shared.pace.now()).await?;
                for (parent, _) in self.channels(holds_threads) {
                    self.find_archived_threads(parent, newest).await?;
                }
                // By Discord's clock, as everything else here: ours may be wrong.
                Watch { came: self.newest().unwrap_or(newest), away: None }
            }
        };
        let noted = Watch { away: watch.away.or(Some(watch.came)), ..watch };
        self.remember(About::Watch(&self.group.group), &noted).await?;
        Ok(Some(watch))
    }

    /// The newest channel or message that is known; nothing where the server is not.
    fn newest(&self) -> Option<Snowflake> {
        self.shared.servers.with(self.group.server.0, |server| {
            let all = server.channels().flat_map(|(id, channel)| [Some(id), channel.last_message]);
            all.flatten().max().unwrap_or(server.id())
        })
    }

    /// The channels and threads of a sort, with the newest message in each.
    fn channels(&self, is_wanted: impl Fn(Kind) -> bool) -> Vec<(Snowflake, Option<Snowflake>)> {
        let channels = self.shared.servers.with(self.group.server.0, |server| {
            let wanted = server.channels().filter(|(_, channel)| is_wanted(channel.kind));
            wanted.map(|(id, channel)| (id, channel.last_message)).collect()
        });
        channels.unwrap_or_default()
    }

    /// Reads what was written where the bot could not be, now that it can, before anything else is heard there.
    pub(crate) async fn read_entered(&mut self) -> Result<(), Stopped> {
        let Some(came) = self.came else { return Ok(()) };
        while let Some(channel) = self.entered.pop_first() {
            let from = self.cursors.of(channel).unwrap_or(came);
            let kind = self
                .shared
                .servers
                .with(self.group.server.0, |server| server.channel(channel).map(|channel| channel.kind));
            let Some(kind) = kind.flatten() else { continue };
            if holds_threads(kind) {
                self.find_archived_threads(channel, from).await?;
            }
            if kind.holds_messages() {
                // Asked in any case: of what it does not see, the bot is not told which message is the newest.
                self.read_on(channel, from).await?;
            }
            let threads = self.shared.servers.with(self.group.server.0, |server| {
                let of_it = server.channels().filter(|(_, thread)| thread.parent == Some(channel));
                of_it.filter(|(_, thread)| thread.kind.is_thread()).map(|(id, _)| id).collect::<Vec<_>>()
            });
            for thread in threads.unwrap_or_default() {
                self.read_on(thread, self.cursors.of(thread).unwrap_or(came)).await?;
            }
        }
        Ok(())
    }

    /// Reads on in threads that the bot is told of because it sees them from now on.
    pub(crate) async fn read_found(&mut self, threads: &[Value]) -> Result<(), Stopped> {
        let Some(came) = self.came else { return Ok(()) };
        for thread in threads {
            let Some(id) = json::id(thread, "id") else { continue };
            let from = self.cursors.of(id).unwrap_or(came);
            if json::id(thread, "last_message_id").is_some_and(|last| last > from) {
                self.read_on(id, from).await?;
            }
        }
        Ok(())
    }

    /// Reads the messages of a channel that came after that one, oldest first. Where Discord refuses, the channel stays
    /// behind until it is read on there.
    async fn read_on(&mut self, channel: Snowflake, from: Snowflake) -> Result<(), Stopped> {
        self.cursors.set_behind(channel, false);
        let mut next = Some(from);
        while let Some(after) = next {
            let Some(page) = self.asked(messages_after(channel, after)).await?.and_then(Page::read) else {
                self.cursors.set_behind(channel, true);
                return Ok(());
            };
            next = page.next();
            for message in page.things() {
                self.hear_message(message).await?;
            }
        }
        Ok(())
    }

    /// Reads what was written in a channel up to there and changed since the bot was away. Of changes there is no list, so
    /// that the last page is looked through, where anybody wrote lately: people change what they just wrote.
    async fn read_changes(
        &mut self,
        channel: Snowflake,
        upto: Snowflake,
        away: Snowflake,
    ) -> Result<(), Stopped> {
        if upto.sent_at().plus_seconds(CHANGED_FOR_S) < away.sent_at() {
            return Ok(());
        }
        let before = upto.number().saturating_add(1);
        let route = Route::channel(channel).at("messages").with("before", before).with("limit", PAGE);
        let Some(Value::Array(page)) = self.asked(route).await? else { return Ok(()) };
        let since = away.sent_at().plus_seconds(-OVERLAP_S);
        // The last comes first.
        for message in page.iter().rev() {
            if json::instant(message, "edited_timestamp").is_some_and(|changed| changed >= since) {
                self.hear_message(message).await?;
            }
        }
        Ok(())
    }

    /// Threads of a channel that were written in and put away since: they are told of nowhere.
    async fn find_archived_threads(&mut self, parent: Snowflake, since: Snowflake) -> Result<(), Stopped> {
        for kind in ["public", "private"] {
            let mut before: Option<String> = None;
            loop {
                let route =
                    Route::channel(parent).at("threads").at("archived").at(kind).with("limit", THREADS);
                let route = match &before {
                    Some(before) => route.with("before", before),
                    None => route,
                };
                let Some(page) = self.asked(route).await? else { break };
                let put_away = |thread| json::get(thread, "thread_metadata");
                // They come in the order in which they were put away, last first.
                let threads = json::list(&page, "threads").iter();
                let threads: Vec<&Value> = threads
                    .take_while(|thread| {
                        let at = put_away(thread).and_then(|data| json::instant(data, "archive_timestamp"));
                        at.is_none_or(|at| at >= since.sent_at())
                    })
                    .collect();
                for thread in &threads {
                    self.shared.servers.change(self.group.server.0, |server| server.put_channel(thread));
                }
                let is_all_of_it = threads.len() == json::list(&page, "threads").len();
                let last = threads.last().and_then(|last| json::text(put_away(last)?, "archive_timestamp"));
                // A page that leads to itself is the last.
                let next = last.filter(|last| before.as_deref() != Some(last));
                let next = next.filter(|_| is_all_of_it && json::is_true(&page, "has_more"));
                before = match next {
                    Some(next) => Some(next.to_owned()),
                    None => break,
                };
            }
        }
        Ok(())
    }
}

/// Whether threads are put away in it.
fn holds_threads(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Forum)
}
