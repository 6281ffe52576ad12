//! What people write to the bot in private, and its answers.

use std::sync::Arc;

use platform::{Desk, Inbound, IntakeError};
use policy::{Letter, MessageText};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::account::Shared;
use crate::asked::wrote;
use crate::buttons::rows;
use crate::hear::{Cut, Missing, Stopped, asked, hand_in, surely};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::{self, LetterId};
use crate::memory::About;
use crate::pace::Alarm;
use crate::pages::{Page, messages_after};
use crate::queues::{Told, Waiting};
use crate::rest::{Request, Route, Urgency};
use crate::settings::GroupSettings;
use crate::unread::{Unread, What};

/// Reads what is written in one part of the private conversations, one thing after the other: whoever writes in another part
/// does not wait for it.
pub(crate) struct Reader {
    shared: Arc<Shared>,
    desk: Arc<dyn Desk>,
    stop: CancellationToken,
    part: u64,
    /// Conversations that Discord did not give when they were to be read.
    unread: Unread,
    /// What was not heard, until these are read.
    missing: Vec<Missing>,
}

impl Reader {
    /// Of a part of the conversations.
    pub(crate) fn new(shared: Arc<Shared>, desk: Arc<dyn Desk>, stop: CancellationToken, part: u64) -> Self {
        Self { shared, desk, stop, part, unread: Unread::default(), missing: Vec::new() }
    }

    /// Deals with what is written until the program ends.
    pub(crate) async fn listen(mut self, mut written: Waiting) {
        let mut alarm = Alarm::new(Arc::clone(&self.shared.pace));
        loop {
            alarm.set(self.unread.due());
            let next = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                next = written.next() => next,
                () = alarm.ring() => match self.take_up().await {
                    Ok(()) => continue,
                    Err(Stopped) => return,
                },
            };
            let dealt = match next {
                None => return,
                Some(Told::Event(event)) => {
                    let heard = self.hear_event(&event.data).await;
                    if heard.is_ok() {
                        event.dealt.settle();
                    }
                    heard
                }
                Some(Told::Missed(missing)) => {
                    self.missing.extend(missing);
                    self.catch_up().await
                }
                Some(Told::Resumed) => Ok(()),
            };
            if dealt.is_err() {
                return;
            }
        }
    }

    async fn hear_event(&self, message: &Value) -> Result<(), Stopped> {
        // It is read with what came before it.
        let is_late = |channel| self.unread.holds(What::Channel(channel));
        if json::id(message, "channel_id").is_some_and(is_late) {
            return Ok(());
        }
        hear(&self.shared, &self.desk, &self.stop, message).await
    }

    /// Reads on in every conversation. Those that Discord does not give are read later, and hold up no others.
    async fn catch_up(&mut self) -> Result<(), Stopped> {
        for (channel, read) in self.conversations().await? {
            self.read_on(channel, read).await?;
        }
        self.end_missing();
        Ok(())
    }

    /// Reads on in a conversation that was put off.
    async fn take_up(&mut self) -> Result<(), Stopped> {
        let Some((What::Channel(channel), _)) = self.unread.next() else { return Ok(()) };
        let known = self.conversations().await?;
        match known.into_iter().find(|(known, _)| *known == channel) {
            Some((_, read)) => self.read_on(channel, read).await?,
            // It had its time.
            None => self.unread.end(What::Channel(channel), self.shared.pace.steady_ms()),
        }
        self.end_missing();
        Ok(())
    }

    async fn conversations(&self) -> Result<Vec<(Snowflake, Snowflake)>, Stopped> {
        surely(&self.shared, &self.stop, || self.shared.conversations(self.part)).await
    }

    async fn read_on(&mut self, channel: Snowflake, read: Snowflake) -> Result<(), Stopped> {
        let (what, pace) = (What::Channel(channel), Arc::clone(&self.shared.pace));
        match self.read_pages(channel, read).await {
            Ok(()) => self.unread.end(what, pace.steady_ms()),
            Err(Cut::Unanswered) => {
                tracing::warn!("a private conversation is not read yet; it is taken up in a while");
                self.unread.put_off(what, pace.steady_ms(), pace.chance());
            }
            Err(Cut::Stopped) => return Err(Stopped),
        }
        Ok(())
    }

    async fn read_pages(&self, channel: Snowflake, read: Snowflake) -> Result<(), Cut> {
        let Self { shared, desk, stop, .. } = self;
        let mut next = Some(read);
        while let Some(after) = next {
            let page =
                asked(shared, stop, Request::get(messages_after(channel, after)).urgency(Urgency::Upkeep))
                    .await?
                    .and_then(Page::read);
            let Some(page) = page else { break };
            for message in page.things() {
                hear(shared, desk, stop, message).await?;
            }
            // Also over what the bot wrote itself.
            if let Some(newest) = page.newest() {
                shared.mark_read_in_private(channel, newest).await;
            }
            next = page.next();
        }
        Ok(())
    }

    /// Nothing is missing any more once every conversation is read.
    fn end_missing(&mut self) {
        if self.unread.due().is_none() {
            self.missing.drain(..).for_each(|missing| missing.end(true));
        }
    }
}

async fn hear(
    shared: &Arc<Shared>,
    desk: &Arc<dyn Desk>,
    stop: &CancellationToken,
    message: &Value,
) -> Result<(), Stopped> {
    let author = json::get(message, "author");
    let is_program = author.is_some_and(|author| json::is_true(author, "bot"))
        || json::get(message, "webhook_id").is_some();
    let (Some(user), Some(channel), Some(id)) = (
        author.and_then(|author| json::id(author, "id")),
        json::id(message, "channel_id"),
        json::id(message, "id"),
    ) else {
        return Ok(());
    };
    if is_program || user == shared.me {
        return Ok(());
    }
    // What is read after an outage may be told of as well, and what was dealt with last before a restart once more.
    let read = surely(shared, stop, || shared.read_in_private(channel)).await?;
    if read.is_some_and(|read| id <= read)
        || surely(shared, stop, || shared.is_dealt_with(channel, id)).await?
    {
        return Ok(());
    }
    if let Some(content) = json::text(message, "content") {
        answer(shared, desk, stop, (user, channel, id), content).await?;
    }
    shared.mark_read_in_private(channel, id).await;
    Ok(())
}

async fn answer(
    shared: &Arc<Shared>,
    desk: &Arc<dyn Desk>,
    stop: &CancellationToken,
    (user, channel, id): (Snowflake, Snowflake, Snowflake),
    content: &str,
) -> Result<(), Stopped> {
    shared.directs.put(user, channel);
    shared.forget_refusal(user).await;
    let (text, pointed) = wrote(content, &shared.settings.commands);
    let group = match shared.home_in_private(desk, user, &text).await {
        Ok(group) => group,
        Err(elsewhere) => {
            shared.reply(channel, id, &Letter::line(elsewhere.to_string()), None).await;
            return Ok(());
        }
    };
    if let Err(elsewhere) = shared.point(group, pointed.as_ref(), None).await {
        shared.reply(channel, id, &Letter::line(elsewhere.to_string()), None).await;
        return Ok(());
    }
    let written = Written { by: user, channel, message: id, with_officers: false };
    deal_with(shared, desk, stop, group, &written, text).await
}

/// Something that somebody wrote to the bot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) by: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) message: Snowflake,
    /// Whether officers read it, and the answer.
    pub(crate) with_officers: bool,
}

/// Hands in what somebody wrote to the bot, and answers it where it stands.
pub(crate) async fn deal_with(
    shared: &Shared,
    desk: &Arc<dyn Desk>,
    stop: &CancellationToken,
    group: &GroupSettings,
    written: &Written,
    text: MessageText,
) -> Result<(), Stopped> {
    let Some(from) = written.by.member() else { return Ok(()) };
    let with_officers = written.with_officers;
    // Whoever is stopped before it is marked as read is told of it again.
    let heard = || async { shared.memory.to_keep(About::Heard(written.channel), &written.message) };
    let noted = Some(surely(shared, stop, heard).await?);
    let inbound = Inbound::Direct { group: group.group.clone(), from, text, with_officers, noted };
    if let Some(letter) = hand_in(shared, desk, stop, inbound).await? {
        shared.reply(written.channel, written.message, &letter, Some(group)).await;
    }
    shared.board_changed(&group.group);
    Ok(())
}

impl Shared {
    /// Whether what somebody wrote to the bot is on record as dealt with, which is earlier than how far was read.
    pub(crate) async fn is_dealt_with(
        &self,
        channel: Snowflake,
        message: Snowflake,
    ) -> Result<bool, IntakeError> {
        let heard: Option<Snowflake> = self.memory.get(About::Heard(channel)).await?;
        Ok(heard.is_some_and(|heard| message <= heard))
    }

    /// Answers a message where it stands.
    pub(crate) async fn reply(
        &self,
        channel: Snowflake,
        message: Snowflake,
        letter: &Letter,
        group: Option<&GroupSettings>,
    ) {
        let rows = group.map(|group| rows(&letter.offers, &group.group)).unwrap_or_default();
        let mentions = |word: &str| group.and_then(|group| self.mentioned(group.server.0, word));
        let parts = letters::letter(letter, &mentions);
        // Told by what is answered, so that one that is read again is not answered twice.
        let id = LetterId::Answer(message);
        for body in letters::bodies(&parts, channel, id, &rows) {
            let request = Request::post(Route::channel(channel).at("messages")).json(body);
            if let Err(error) = self.rest.call(request.urgency(Urgency::Answer)).await {
                tracing::warn!(%error, "somebody was not answered");
                return;
            }
        }
    }
}
