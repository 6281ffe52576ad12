//! Commands, buttons, menus and forms as they come in: a line for the desk, and its answer for whoever asked.
//!
//! Everything is answered to that person alone and seen by nobody else, so that every line goes in as a private
//! [`Inbound::Command`]: what may be asked in private only may be asked here as well, in whichever channel it was typed, and
//! offices are looked at in the same way in either case. It also has letters sent again that somebody refused before, and
//! they can now be left where they are.
//!
//! Nothing is carried out before Discord has taken the first answer. It takes none after 3 s, when somebody was told that
//! it failed, and no second one: so nothing is done late that is told again after a restart, and nothing twice that is told
//! twice. No clock of ours has a say in that.

mod answers;
mod suggestions;
mod whose;

use std::sync::Arc;

use platform::{Desk, Inbound};
use policy::{Letter, MessageText, Offer};
use serde_json::{Value, json};

use crate::account::Shared;
use crate::asked::{Asked, What, asked};
use crate::buttons::Tag;
use crate::forms::Form;
use crate::ids::Snowflake;
use crate::settings::GroupSettings;
use answers::Turn;

pub(crate) use whose::{Elsewhere, Homes};

/// What is said where the desk says nothing.
const NOTED: &str = "That is noted.";
const NOT_RECORDED: &str = "I could not record that, so nothing was changed. Please try again in a moment.";
const UNKNOWN: &str = "I do not know what that asks of me any more. `help` lists what you can ask.";
const NOT_YOURS: &str = "That is for officers of the group. Nothing was changed.";

impl Shared {
    /// Answers an interaction, whatever it asks. It may take minutes, so that each is dealt with by itself.
    pub(crate) async fn interact(&self, desk: &Arc<dyn Desk>, interaction: &Value) {
        let Some(turn) = Turn::read(interaction) else { return };
        let Some(asked) = asked(interaction, &self.settings.commands) else { return };
        if turn.wants_suggestions() {
            self.suggest(desk, &turn, &asked).await;
            return;
        }
        match &asked.what {
            What::Line(line) => self.carry_out(desk, &turn, &asked, line).await,
            What::Form(form) => self.open(&turn, &asked, form, interaction).await,
            What::Unclear(unclear) => self.refuse(&turn, &unclear.to_string()).await,
            What::Unknown | What::Suggestions { .. } => self.refuse(&turn, UNKNOWN).await,
        }
    }

    /// Hands in a line and shows what is said to it.
    async fn carry_out(&self, desk: &Arc<dyn Desk>, turn: &Turn, asked: &Asked, line: &MessageText) {
        if !self.promise(turn).await {
            return;
        }
        let who = Snowflake::parse(asked.who.as_str());
        if let Some(who) = who {
            self.forget_refusal(who).await;
        }
        let group = match self.meant(desk, asked, line).await {
            Ok(group) => group,
            Err(elsewhere) => return self.keep(turn, None, &Letter::line(elsewhere.to_string())).await,
        };
        // What they could not be told before can be said with the answer.
        if let Some(who) = who {
            let now = (self.pace.now(), self.pace.steady_ms());
            self.tokens.put((who, &group.group), turn.token().to_owned(), now);
        }
        let inbound = Inbound::Command {
            group: group.group.clone(),
            from: asked.who.clone(),
            line: line.clone(),
            is_private: true,
            // Nothing is done of what comes again.
            noted: None,
        };
        let letter = match desk.take(inbound).await {
            Ok(letter) => letter.unwrap_or_else(|| Letter::line(NOTED)),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what somebody asked is not recorded"
                );
                Letter::line(NOT_RECORDED)
            }
        };
        self.board_changed(&group.group);
        self.keep(turn, Some(group), &letter).await;
    }

    /// The group that is meant, once it is clear where the message stands that is meant.
    async fn meant(
        &self,
        desk: &Arc<dyn Desk>,
        asked: &Asked,
        line: &MessageText,
    ) -> Result<&GroupSettings, Elsewhere> {
        let group = self.home(desk, asked, line).await?;
        let told_in = asked.channel.as_ref().filter(|_| asked.server.is_some());
        self.point(group, asked.pointed.as_ref(), told_in).await?;
        Ok(group)
    }

    /// Opens a form, which has to be the first answer: what is written into it comes as an interaction of its own.
    async fn open(&self, turn: &Turn, asked: &Asked, form: &Form, interaction: &Value) {
        let group = match self.home_at_once(asked) {
            Ok(Some(group)) => group,
            // Forms are opened in a server, or from a button that names its group.
            Ok(None) => return self.refuse(turn, UNKNOWN).await,
            Err(elsewhere) => return self.refuse(turn, &elsewhere.to_string()).await,
        };
        // Looked at again when it comes back, where lines are answered; here so that nobody writes in vain.
        if is_officers(form) && !group.officers.has(&asked.who) {
            return self.refuse(turn, NOT_YOURS).await;
        }
        if let Form::Report { post } | Form::Enforce { post } = form {
            self.take_as_shown(group, post, interaction);
        }
        self.respond(turn, json!({ "type": 9, "data": form.modal(&Tag::of(&group.group)) })).await;
    }
}

/// Whether only officers have a use for a form.
fn is_officers(form: &Form) -> bool {
    match form {
        Form::Enforce { .. } => true,
        Form::Report { .. } => false,
        Form::Offer(offer) => match offer {
            Offer::Confirm(_) | Offer::Restore(_) | Offer::Sign(..) | Offer::Decline(_) => true,
            Offer::Appeal(_) | Offer::Reply(_) | Offer::Acknowledge | Offer::MyRecord | Offer::Case(_) => {
                false
            }
        },
    }
}

#[cfg(test)]
pub(crate) mod tests;
