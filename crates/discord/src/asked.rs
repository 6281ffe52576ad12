//! What somebody asks of the bot, by a command, a press, a form or a message in private.
//!
//! All of it becomes a line, which is answered elsewhere. What comes from Discord is read as it is: nothing in it is taken
//! for granted.

use std::fmt;

use clap::Command;
use platform::typed::named;
use policy::{ChannelId, MemberId, MessageText, Offer, PostId};
use serde_json::Value;

use crate::buttons::{Press, Tag};
use crate::commands::{self, ENFORCE_MENU, RECORD_MENU, REPORT_MENU, Unclear};
use crate::forms::Form;
use crate::letters::veil::reference;
use crate::markdown_out::is_snowflake;

/// What somebody asks of the bot by one of Discord's own means. Only they see what is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Who.
    pub(crate) who: MemberId,
    /// In which server, unless in private.
    pub(crate) server: Option<String>,
    /// In which channel.
    pub(crate) channel: Option<ChannelId>,
    /// The group that a button or form is of. In a server, it has to be that server's.
    pub(crate) group: Option<Tag>,
    /// What.
    pub(crate) what: What,
    /// The post that is pointed at, with where it stands: its number alone does not tell.
    pub(crate) pointed: Option<Pointed>,
}

/// What is asked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// This line, as if typed.
    Line(MessageText),
    /// A form to write in.
    Form(Form),
    /// Suggestions for what is being typed.
    Suggestions {
        /// Of which command, `wordlist add` as one name.
        command: String,
        /// In which option.
        option: String,
        /// What is there so far.
        typed: MessageText,
    },
    /// Something of which no line can be made.
    Unclear(Unclear),
    /// What nothing of ours asks, or an older or later version of it.
    Unknown,
}

/// Without what it says.
impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "Line({line:?})"),
            Self::Form(form) => write!(f, "Form({form:?})"),
            Self::Suggestions { command, option, typed } => {
                write!(f, "Suggestions({command} {option} {typed:?})")
            }
            Self::Unclear(_) => write!(f, "Unclear"),
            Self::Unknown => write!(f, "Unknown"),
        }
    }
}

/// A message, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointed {
    /// In which server; none for a private message.
    pub(crate) server: Option<String>,
    /// In which channel.
    pub(crate) channel: ChannelId,
    /// Which.
    pub(crate) post: PostId,
}

const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
const AUTOCOMPLETE: u64 = 4;
const MODAL: u64 = 5;

/// What an interaction asks, as Discord sends it; nothing when nobody is named who asks.
pub(crate) fn asked(interaction: &Value, definition: &Command) -> Option<Asked> {
    let who = text(interaction, "/member/user/id").or_else(|| text(interaction, "/user/id"))?;
    let who = MemberId::new(who).filter(|_| is_snowflake(who))?;
    let server = text(interaction, "/guild_id").map(str::to_owned);
    let channel = text(interaction, "/channel_id").and_then(ChannelId::new);
    let mut asked = Asked { who, server, channel, group: None, what: What::Unknown, pointed: None };
    let Some(data) = interaction.get("data") else { return Some(asked) };
    match interaction.get("type").and_then(Value::as_u64) {
        Some(COMMAND) => asked.command(data, definition),
        Some(AUTOCOMPLETE) => {
            if let Some((command, option, typed)) = commands::typing(data, definition) {
                asked.what = What::Suggestions { command, option, typed };
            }
        }
        Some(COMPONENT) => asked.pressed(data),
        Some(MODAL) => asked.submitted(data),
        Some(_) | None => {}
    }
    Some(asked)
}

impl Asked {
    fn command(&mut self, data: &Value, definition: &Command) {
        let target = text(data, "/target_id").filter(|target| is_snowflake(target));
        let kind = data.get("type").and_then(Value::as_u64).unwrap_or(1);
        self.what = match (kind, text(data, "/name"), target) {
            (1, _, _) => match commands::line(data, definition) {
                Ok(line) => {
                    let (line, pointed) = pointing(&line);
                    self.pointed = pointed;
                    What::Line(line)
                }
                Err(unclear) => What::Unclear(unclear),
            },
            (2, Some(RECORD_MENU), Some(target)) => What::Line(MessageText::new(format!("history {target}"))),
            (3, Some(name), Some(target)) => {
                let Some(post) = PostId::new(target) else { return };
                self.point_at(&post);
                match name {
                    REPORT_MENU => What::Form(Form::Report { post }),
                    ENFORCE_MENU => What::Form(Form::Enforce { post }),
                    _ => What::Unknown,
                }
            }
            _ => What::Unknown,
        };
    }

    fn pressed(&mut self, data: &Value) {
        let Some((press, group)) = text(data, "/custom_id").and_then(Press::read) else { return };
        self.group = Some(group);
        let offer = match press {
            Press::Offer(offer) => offer,
            // What was chosen.
            Press::List => match text(data, "/values/0").and_then(reference) {
                Some(file) => Offer::Case(file),
                None => return,
            },
        };
        self.what = match Form::of(offer) {
            Some(form) => What::Form(form),
            None => What::Line(MessageText::new(offer.to_string())),
        };
    }

    fn submitted(&mut self, data: &Value) {
        let Some((form, group)) = text(data, "/custom_id").and_then(Form::read) else { return };
        self.group = Some(group);
        if let Form::Report { post } | Form::Enforce { post } = &form {
            self.point_at(post);
        }
        let components = data.get("components").unwrap_or(&Value::Null);
        self.what = What::Line(MessageText::new(form.line(components)));
    }

    /// What a menu was opened at stands where it was opened.
    fn point_at(&mut self, post: &PostId) {
        self.pointed = self.channel.clone().map(|channel| Pointed {
            server: self.server.clone(),
            channel,
            post: post.clone(),
        });
    }
}

fn text<'a>(value: &'a Value, at: &str) -> Option<&'a str> {
    value.pointer(at).and_then(Value::as_str)
}

/// What somebody wrote to the bot in private, as a line: accounts and messages that they pointed at are named as they are
/// typed.
pub(crate) fn wrote(words: &str, definition: &Command) -> (MessageText, Option<Pointed>) {
    pointing(&commands::typed(words, definition))
}

/// A line in which a message is named by its number where it was linked to, and that message.
fn pointing(line: &str) -> (MessageText, Option<Pointed>) {
    let mut pointed = None;
    let named = named(line, |word| {
        let found = linked(word)?;
        let post = found.post.clone();
        pointed = Some(found);
        Some(post)
    });
    (named, pointed)
}

/// The message that a word is a link to.
pub(crate) fn linked(word: &str) -> Option<Pointed> {
    let link = word.strip_prefix('<').and_then(|word| word.strip_suffix('>')).unwrap_or(word);
    let rest = link.strip_prefix("https://")?;
    let (host, path) = rest.split_once("/channels/")?;
    let host = host.strip_prefix("ptb.").or_else(|| host.strip_prefix("canary.")).unwrap_or(host);
    if !matches!(host, "discord.com" | "discordapp.com") {
        return None;
    }
    let parts: Vec<&str> = path.split(['?', '#']).next()?.trim_end_matches('/').splitn(4, '/').collect();
    let [server, channel, post] = parts.as_slice() else { return None };
    let is_private = *server == "@me";
    if !(is_private || is_snowflake(server)) || !is_snowflake(channel) || !is_snowflake(post) {
        return None;
    }
    Some(Pointed {
        server: (!is_private).then(|| (*server).to_owned()),
        channel: ChannelId::new(*channel)?,
        post: PostId::new(*post)?,
    })
}

#[cfg(test)]
mod tests;
