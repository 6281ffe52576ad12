//! What people write to the bot in private, and its answers.

use std::sync::Arc;

use platform::{Desk, EffectId, Inbound};
use policy::Letter;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::account::Shared;
use crate::asked;
use crate::buttons::offers;
use crate::gateway::Event;
use crate::hear::{Stopped, hand_in};
use crate::ids::Snowflake;
use crate::json;
use crate::letters;
use crate::letters::veil::Reader;
use crate::rest::{Request, Route, Urgency};
use crate::settings::GroupSettings;

/// Deals with what is written, one thing after the other, until the program ends.
pub(crate) async fn listen(
    shared: Arc<Shared>,
    desk: Arc<dyn Desk>,
    mut written: mpsc::Receiver<Event>,
    stop: CancellationToken,
) {
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            next = written.recv() => next,
        };
        let Some(event) = next else { return };
        match hear(&shared, &desk, &stop, &event.data).await {
            Ok(()) => event.dealt.with(),
            Err(Stopped) => return,
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
    let (Some(user), Some(channel)) =
        (author.and_then(|author| json::id(author, "id")), json::id(message, "channel_id"))
    else {
        return Ok(());
    };
    let (Some(content), Some(id)) = (json::text(message, "content"), json::id(message, "id")) else {
        return Ok(());
    };
    if is_program || user == shared.me {
        return Ok(());
    }
    shared.directs.put(user, channel);
    shared.can_be_written_to(user).await;
    let (text, pointed) = asked::wrote(content, &shared.settings.commands);
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
    let Some(from) = user.member() else { return Ok(()) };
    let inbound = Inbound::Direct { group: group.group.clone(), from, text };
    if let Some(letter) = hand_in(shared, desk, stop, inbound).await? {
        shared.reply(channel, id, &letter, Some(group)).await;
    }
    shared.board_changed(&group.group);
    Ok(())
}

impl Shared {
    /// Answers a message where it stands.
    async fn reply(
        &self,
        channel: Snowflake,
        message: Snowflake,
        letter: &Letter,
        group: Option<&GroupSettings>,
    ) {
        let rows = group.map(|group| offers::rows(&offers::offered(letter, Reader::Member), &group.group));
        let mentions = |word: &str| group.and_then(|group| self.mentioned(group.server.0, word));
        let parts = letters::letter(letter, &mentions);
        // Told by what is answered, so that one that is read again is not answered twice.
        let answers = EffectId(i64::try_from(message.number() >> 1).unwrap_or(i64::MAX));
        for body in letters::bodies(&parts, channel, answers, &rows.unwrap_or_default()) {
            let request = Request::post(Route::channel(channel).at("messages")).json(body);
            if let Err(error) = self.rest.call(request.urgency(Urgency::Answer)).await {
                tracing::warn!(%error, "somebody was not answered");
                return;
            }
        }
    }
}
