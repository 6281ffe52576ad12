//! What was written while nobody listened: each channel is read on from where it was read last.
//!
//! What there is to catch up with is on record before the first page of it is read, and until the last is dealt with: a
//! crash between them begins again from the same place. A channel that was never read is read from where the bot came, for
//! whatever it has heard of since has left a cursor.

use policy::Timestamp;
use serde_json::{Value, json};

use crate::hear::{Cut, Stopped};
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::memory::{About, Watch};
use crate::pages::{PAGE, Page, messages_after, messages_before};
use crate::remove::path_of;
use crate::rest::Route;
use crate::server::{Kind, Server};
use crate::translate::emoji::Emoji;
use crate::translate::reactions::{self, EMOJI_MAX};
use crate::unread::What;

/// How many archived threads are in one page.
const THREADS: usize = 100;
/// For so long before the newest of all that was heard, what stands in a channel is looked through for changes.
const CHANGED_FOR_S: i64 = 7 * 24 * 60 * 60;
/// So many pages are looked through for them at most.
const CHANGED_PAGES_MAX: usize = 10;
/// What was changed shortly before may not have been heard, for events overtake one another.
const OVERLAP_S: i64 = 60;

impl Listener {
    /// Reads on in every channel, and takes over what humans did meanwhile: that first, for what follows of it may be told
    /// as well. What Discord does not answer is put off, and nothing else waits for it.
    pub(crate) async fn catch_up(&mut self) -> Result<(), Stopped> {
        let Some(Watch { came, away, is_new }) = self.take_up_watch().await? else { return Ok(()) };
        (self.came, self.away, self.is_new) = (Some(came), away, is_new);
        // All channels are looked through now.
        self.entered.clear();
        self.spelt.forget();
        let has_names = away.is_some() || is_new;
        let parents: Vec<_> = match away {
            Some(_) => self.channels(holds_threads).into_iter().map(What::Threads).collect(),
            None => Vec::new(),
        };
        let names = has_names.then_some(What::Names);
        let now = self.shared.pace.steady_ms();
        for what in [What::Deeds].iter().chain(&parents).chain(&names) {
            self.unread.plan(*what, now);
        }
        self.read_all([What::Deeds]).await?;
        self.read_all(parents).await?;
        let channels = self.channels(Kind::holds_messages).into_iter().map(What::Channel);
        let channels: Vec<_> = channels.collect();
        for channel in &channels {
            self.unread.plan(*channel, now);
        }
        self.read_all(channels).await?;
        let joined: Option<i64> = self.recall(About::Joined(&self.group.group)).await?;
        if joined.is_none() {
            // Whoever was there before the bot did not come in.
            self.note_joined(Some(self.shared.pace.now())).await;
        }
        self.read_all(names).await?;
        self.note_watch().await;
        Ok(())
    }

    /// Notes that whoever came in until then was told of.
    pub(crate) async fn note_joined(&self, at: Option<Timestamp>) {
        let (about, Some(at)) = (About::Joined(&self.group.group), at.map(Timestamp::as_millis)) else {
            return;
        };
        let noted = match self.shared.memory.get::<i64>(about).await {
            // Put anew in any case, so that it is kept for as long as nobody comes in.
            Ok(known) => self.shared.memory.put(about, &known.map_or(at, |known| known.max(at))).await,
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
        let is_new = kept.is_some_and(|kept| kept.is_new);
        let watch = match kept.map(|kept| kept.came).or(heard) {
            Some(came) => {
                let away = kept.and_then(|kept| kept.away).or(heard).unwrap_or(came);
                Watch { came, away: Some(away), is_new }
            }
            None => {
                // What stands in a thread that was put away was there before the bot, and may be the newest.
                self.came = Some(newest);
                let parents: Vec<_> = self.channels(holds_threads).into_iter().map(What::Threads).collect();
                self.read_all(parents).await?;
                // By Discord's clock, as everything else here: ours may be wrong.
                Watch { came: self.newest().unwrap_or(newest), away: None, is_new: true }
            }
        };
        let noted = Watch { away: watch.away.or(Some(watch.came)), ..watch };
        self.remember(About::Watch(&self.group.group), &noted).await?;
        Ok(Some(watch))
    }

    /// Whether something was written in a channel that was not heard, as far as Discord says.
    pub(crate) fn has_unheard(&self) -> bool {
        let has_unheard = |server: &Server| {
            server.channels().filter(|(_, channel)| channel.kind.holds_messages()).any(|(id, channel)| {
                let read = self.cursors.of(id).or(self.came);
                read.zip(channel.last_message).is_some_and(|(read, last)| read < last)
            })
        };
        self.shared.servers.with(self.group.server.0, has_unheard).unwrap_or_default()
    }

    /// The newest channel or message that is known; nothing where the server is not.
    fn newest(&self) -> Option<Snowflake> {
        self.shared.servers.with(self.group.server.0, |server| {
            let all = server.channels().flat_map(|(id, channel)| [Some(id), channel.last_message]);
            all.flatten().max().unwrap_or(server.id())
        })
    }

    /// The channels and threads of a sort.
    fn channels(&self, is_wanted: impl Fn(Kind) -> bool) -> Vec<Snowflake> {
        let channels = self.shared.servers.with(self.group.server.0, |server| {
            let wanted = server.channels().filter(|(_, channel)| is_wanted(channel.kind));
            wanted.map(|(id, _)| id).collect()
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
                let found = self.find_archived_threads(channel, from).await;
                self.unless_unanswered(What::Threads(channel), from, found).await?;
            }
            if kind.holds_messages() {
                // Asked in any case: of what it does not see, the bot is not told which message is the newest.
                self.read_live(channel, from).await?;
            }
            let threads = self.shared.servers.with(self.group.server.0, |server| {
                let of_it = server.channels().filter(|(_, thread)| thread.parent == Some(channel));
                of_it.filter(|(_, thread)| thread.kind.is_thread()).map(|(id, _)| id).collect::<Vec<_>>()
            });
            for thread in threads.unwrap_or_default() {
                self.read_live(thread, self.cursors.of(thread).unwrap_or(came)).await?;
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
                self.read_live(id, from).await?;
            }
        }
        Ok(())
    }

    /// Reads on in a channel before anything else is heard, or puts that off.
    async fn read_live(&mut self, channel: Snowflake, from: Snowflake) -> Result<(), Stopped> {
        let read = self.read_on(channel, from).await;
        self.unless_unanswered(What::Channel(channel), from, read).await
    }

    /// Puts off what was not answered.
    async fn unless_unanswered(
        &mut self,
        what: What,
        since: Snowflake,
        read: Result<(), Cut>,
    ) -> Result<(), Stopped> {
        match read {
            Ok(()) => Ok(()),
            Err(Cut::Stopped) => Err(Stopped),
            Err(Cut::Unanswered) => self.put_off_since(what, since).await,
        }
    }

    /// Reads what was written in a channel since it was read last, and what was changed since the bot was away.
    pub(crate) async fn read_channel(&mut self, channel: Snowflake) -> Result<(), Cut> {
        let Some(from) = self.cursors.of(channel).or(self.came) else { return Ok(()) };
        if let Some(away) = self.away {
            self.read_changes(channel, from, away).await?;
        }
        let last = self.shared.servers.with(self.group.server.0, |server| {
            server.channel(channel).and_then(|channel| channel.last_message)
        });
        if last.flatten().is_some_and(|last| last > from) || self.cursors.is_behind(channel) {
            self.read_on(channel, from).await?;
        }
        Ok(())
    }

    /// Reads which threads of a channel were put away since the bot was away; what was written in them is read after that.
    pub(crate) async fn read_threads(&mut self, parent: Snowflake) -> Result<(), Cut> {
        let Some(since) = self.away.or(self.came) else { return Ok(()) };
        self.find_archived_threads(parent, since).await?;
        let now = self.shared.pace.steady_ms();
        let is_of_it = |server: &Server| {
            let of_it = server.channels().filter(|(_, thread)| thread.parent == Some(parent));
            of_it.filter(|(_, thread)| thread.kind.is_thread()).map(|(id, _)| id).collect::<Vec<_>>()
        };
        for thread in self.shared.servers.with(self.group.server.0, is_of_it).unwrap_or_default() {
            self.unread.plan(What::Channel(thread), now);
        }
        Ok(())
    }

    /// Reads the messages of a channel that came after that one, oldest first. Where Discord refuses, the channel stays
    /// behind until it is read on there.
    async fn read_on(&mut self, channel: Snowflake, from: Snowflake) -> Result<(), Cut> {
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
                self.read_letters(message).await?;
            }
        }
        Ok(())
    }

    /// Reads the letters that stand at a message as reactions: when they came nobody tells, and what was heard before has no
    /// further consequences. Only they are asked for by whom they are, for they are few.
    async fn read_letters(&mut self, message: &Value) -> Result<(), Cut> {
        let (Some(channel), Some(id)) = (json::id(message, "channel_id"), json::id(message, "id")) else {
            return Ok(());
        };
        if self.is_door(channel) || self.came.is_none_or(|came| id <= came) {
            return Ok(());
        }
        let letters = json::list(message, "reactions").iter().take(EMOJI_MAX).filter_map(|reaction| {
            let emoji = json::get(reaction, "emoji")?;
            Emoji::read(emoji).filter(|read| read.letters().is_some()).map(|read| (emoji, read))
        });
        let letters: Vec<_> = letters.collect();
        let author = json::at(message, &["author"]).and_then(|author| json::id(author, "id"));
        // Whoever puts a letter behind others has said what they spell.
        for (place, (emoji, _)) in letters.iter().enumerate().skip(1) {
            let Some(path) = path_of(emoji) else { continue };
            let route = Route::channel(channel).at("messages").one(id).at("reactions").one(path);
            let Some(Value::Array(by)) = self.asked(route.with("limit", PAGE)).await? else { continue };
            let before: Vec<Emoji> = letters.iter().take(place).map(|(_, read)| read.clone()).collect();
            for user in by {
                let put = json!({
                    "channel_id": channel.to_string(), "message_id": id.to_string(), "emoji": emoji,
                    "user_id": json::id(&user, "id").map(|user| user.to_string()),
                    "message_author_id": author.map(|author| author.to_string()),
                    "member": { "user": user },
                });
                let now = self.shared.pace.now();
                if let Some(post) = reactions::reaction_post(&put, &self.hands.place(), &before, now) {
                    self.take_beside(post).await?;
                }
            }
        }
        Ok(())
    }

    /// Reads what was written in a channel up to there and changed since the bot was away. Of changes there is no list, so
    /// that what was written lately is looked through: people change what they just wrote.
    async fn read_changes(
        &mut self,
        channel: Snowflake,
        upto: Snowflake,
        away: Snowflake,
    ) -> Result<(), Cut> {
        let first = away.sent_at().plus_seconds(-CHANGED_FOR_S);
        let since = away.sent_at().plus_seconds(-OVERLAP_S);
        let came = self.came;
        let is_changed = |message: &&Value| {
            // What links lead to is shown later, which is no edit.
            let unfolds = json::id(message, "id")
                .filter(|id| !json::list(message, "embeds").is_empty() && came < Some(*id));
            let changed = json::instant(message, "edited_timestamp");
            unfolds.map(Snowflake::sent_at).into_iter().chain(changed).any(|at| at >= since)
        };
        let (mut changed, mut lettered) = (Vec::new(), Vec::new());
        let mut before = (upto.sent_at() >= first).then(|| upto.number().saturating_add(1));
        for _ in 0..CHANGED_PAGES_MAX {
            let Some(end) = before else { break };
            let page = self.asked(messages_before(channel, end)).await?.and_then(Page::read);
            let Some(page) = page else { break };
            before = page.previous().filter(|oldest| oldest.sent_at() >= first).map(Snowflake::number);
            // The last page comes first.
            let of_page: Vec<Value> = page.things().filter(is_changed).cloned().collect();
            changed.splice(0..0, of_page);
            let has_letters = |message: &&Value| json::list(message, "reactions").len() > 1;
            lettered.extend(page.things().filter(has_letters).cloned());
        }
        for message in &changed {
            self.hear_message(message).await?;
        }
        for message in &lettered {
            self.read_letters(message).await?;
        }
        Ok(())
    }

    /// Threads of a channel that were written in and put away since: they are told of nowhere.
    async fn find_archived_threads(&self, parent: Snowflake, since: Snowflake) -> Result<(), Cut> {
        for kind in ["public", "private"] {
            let mut before: Option<String> = None;
            loop {
                let route = match &before {
                    Some(before) => archived(parent, kind).with("before", before),
                    None => archived(parent, kind),
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

/// Where the threads of a channel are that were put away.
pub(crate) fn archived(parent: Snowflake, kind: &'static str) -> Route {
    Route::channel(parent).at("threads").at("archived").at(kind).with("limit", THREADS)
}

/// Whether threads are put away in it.
fn holds_threads(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Forum)
}
