//! Commands that take their time: everything else that is heard is dealt with meanwhile.

use std::sync::Arc;

use platform::Inbound;
use policy::{GroupId, MessageText};

use super::event_id;
use crate::errands::Errand;
use crate::sync::Ear;
use crate::translate::event::Event;

/// So many are dealt with at once.
const LENGTHY_MAX: usize = 4;

impl Ear {
    /// Whether a line is one of them.
    pub(super) fn is_lengthy(&self, line: &MessageText) -> bool {
        let mut words = line.expose().split_whitespace().map(str::to_lowercase);
        let name = words.next().zip(words.next()).map(|(one, other)| format!("{one} {other}"));
        name.is_some_and(|name| self.shared.settings.lengthy.contains(&name))
    }

    /// Hands in a command: one that takes its time, beside everything else.
    pub(super) async fn carry_out_in_time(
        &mut self,
        is_lengthy: bool,
        group: &GroupId,
        event: &Event,
        inbound: Inbound,
    ) {
        if is_lengthy {
            self.carry_out_beside(group, event, inbound).await;
        } else {
            self.carry_out(group, event, inbound).await;
        }
    }

    /// Hands in a command that changes nothing, and goes on meanwhile. One that is lost with the end of the program is not
    /// answered, and is asked again.
    async fn carry_out_beside(&mut self, group: &GroupId, event: &Event, inbound: Inbound) {
        if self.is_carried_out(&event.id).await {
            return;
        }
        self.remember_carried_out(&event.id).await;
        if self.lengthy.0.len() >= LENGTHY_MAX {
            let later = "I am still at work for others on what takes its time. Please ask again in a moment.";
            self.answer(group, &event.sender, policy::Letter::line(later), &event.id);
            return;
        }
        let (shared, intake) = (Arc::clone(&self.shared), Arc::clone(&self.intake));
        let (group, to, about) = (group.clone(), event.sender.clone(), event_id(&event.id));
        let (tasks, over) = &self.lengthy;
        let over = over.clone();
        tasks.spawn(async move {
            let answer = tokio::select! {
                biased;
                () = over.cancelled() => return,
                answer = intake.take(inbound) => answer,
            };
            let answer = answer.unwrap_or_else(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "a command was not carried out");
                Some(policy::Letter::line("I could not do that. Please try again in a moment."))
            });
            if let Some(letter) = answer {
                shared.errands.send(Errand::Answer { group, to, letter, about });
            }
        });
    }
}
