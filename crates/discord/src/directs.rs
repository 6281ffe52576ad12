//! What people write to the bot in private, and its answers.

use std::sync::Arc;

use platform::{Desk, Inbound};
use policy::{Letter, MessageText};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::account::Shared;
use crate::asked::wrote;
use crate::buttons::rows;
use crate::hear::{Stopped, asked, hand_in, surely};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::{self, LetterId};
use crate::memory::PARTS;
use crate::pages::{Page, messages_after};
use crate::queues::Told;
use crate::rest::{Request, Route, Urgency};
use crate::settings::GroupSettings;

/// Deals with what is written, one thing after the other, until the program ends.
pub(crate) async fn listen(
    shared: Arc<Shared>,
    desk: Arc<dyn Desk>,
    mut written: mpsc::Receiver<Told>,
    stop: CancellationToken,
) {
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            next = written.recv() => next,
        };
        let dealt = match next {
            None => return,
            Some(Told::Event(event)) => {
                let heard = hear(&shared, &desk, &stop, &event.data).await;
                if heard.is_ok() {
                    event.dealt.settle();
                }
                heard
            }
            Some(Told::Missed(missing)) => {
                let caught_up = catch_up(&shared, &desk, &stop).await;
                missing.into_iter().for_each(|missing| missing.end(caught_up.is_ok()));
                caught_up
            }
            Some(Told::Resumed) => Ok(()),
        };
        if dealt.is_err() {
            return;
        }
    }
}

/// Reads on in every conversation.
async fn catch_up(
    shared: &Arc<Shared>,
    desk: &Arc<dyn Desk>,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    for part in 0..PARTS {
        for (channel, read) in surely(shared, stop, || shared.conversations(part)).await? {
            let mut next = Some(read);
            while let Some(after) = next {
                let page = asked(shared, stop, messages_after(channel, after)).await?.and_then(Page::read);
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
        }
    }
    Ok(())
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
    if read.is_some_and(|read| id <= read) {
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
    let inbound = Inbound::Direct { group: group.group.clone(), from, text, with_officers };
    if let Some(letter) = hand_in(shared, desk, stop, inbound).await? {
        shared.reply(written.channel, written.message, &letter, Some(group)).await;
    }
    shared.board_changed(&group.group);
    Ok(())
}

impl Shared {
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
