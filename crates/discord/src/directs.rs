//! What people write to the bot in private, and its answers.

use std::sync::Arc;

use platform::{Desk, EffectId, Inbound};
use policy::{GroupId, Letter};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::account::{Shared, member_of};
use crate::asked;
use crate::buttons::offers;
use crate::gateway::Event;
use crate::hear::{Stopped, hand_in};
use crate::ids::Snowflake;
use crate::json;
use crate::letters;
use crate::letters::veil::Reader;
use crate::markdown_out::NO_MENTIONS;
use crate::memory::About;
use crate::rest::{Request, Route, Urgency};

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
    if let Err(error) = shared.memory.forget(About::Refused(user)).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "that somebody can be written to was not noted"
        );
    }
    let (text, _pointed) = asked::wrote(content, &shared.settings.commands);
    let (group, is_only) = match shared.group_for(user).await {
        Some(found) => found,
        None => {
            let letter = Letter::line(
                "I look after groups on Discord, and you are in none of them, so that I cannot help you.",
            );
            shared.reply(channel, id, &letter, None).await;
            return Ok(());
        }
    };
    let Some(from) = user.member() else { return Ok(()) };
    let answer = hand_in(shared, desk, stop, Inbound::Direct { group: group.clone(), from, text }).await?;
    if let Some(mut letter) = answer {
        if !is_only && let Some(name) = shared.groups.get(&group).map(|group| &group.name) {
            letter = letter
                .text(format!("This is about {name}. For another group, use my commands in its server."));
        }
        shared.reply(channel, id, &letter, Some(&group)).await;
    }
    Ok(())
}

impl Shared {
    /// The group somebody means who writes in private, and whether it is the only one they are in: that in which they
    /// were written to last, or the first.
    pub(crate) async fn group_for(&self, user: Snowflake) -> Option<(GroupId, bool)> {
        let mut theirs = Vec::new();
        for group in self.groups.values() {
            match member_of(&self.rest, group.server.0, user).await {
                Ok(Some(_)) => theirs.push(group.group.clone()),
                Ok(None) => {}
                // Whether they are there is not known just now: better answered than not.
                Err(_) => theirs.push(group.group.clone()),
            }
        }
        let last = self.memory.get::<String>(About::WrittenFrom(user)).await.ok().flatten();
        let last = last.and_then(GroupId::new).filter(|last| self.groups.contains_key(last));
        let is_only =
            theirs.len() <= 1 && last.as_ref().is_none_or(|last| theirs.iter().all(|group| group == last));
        // Whoever was put out is in no server any more, and has the letter about it.
        let meant = last.or_else(|| theirs.into_iter().next())?;
        Some((meant, is_only))
    }

    /// Answers a message where it stands.
    async fn reply(&self, channel: Snowflake, message: Snowflake, letter: &Letter, group: Option<&GroupId>) {
        let rows = group.map(|group| offers::rows(&offers::offered(letter, Reader::Member), group));
        let parts = letters::letter(letter, NO_MENTIONS);
        // Told by what is answered, so that one that is read again is not answered twice.
        let answers = EffectId(i64::try_from(message.number() >> 1).unwrap_or(i64::MAX));
        for body in letters::bodies(&parts, answers, &rows.unwrap_or_default()) {
            let request = Request::post(Route::channel(channel).at("messages")).json(body);
            if let Err(error) = self.rest.call(request.urgency(Urgency::Answer)).await {
                tracing::warn!(%error, "somebody was not answered");
                return;
            }
        }
    }
}
