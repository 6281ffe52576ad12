//! What the bot writes, as the body of a message to Discord.
//!
//! Members' words are data: they stand behind a bar, with every sign escaped, and alert nobody. Nothing that the bot writes
//! alerts anybody or is unfolded into a preview.

pub(crate) mod veil;

use std::fmt;

use chrono_tz::Tz;
use platform::lines::{Line, Room, Voice, shorten};
use platform::{EffectId, plain};
use policy::{Letter, MemberId, MessageText, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::digest::Digest;
use crate::ids::Snowflake;
use crate::markdown_out::{self, Mentions, NO_MENTIONS, is_snowflake};

/// What the bot says somewhere, by which it is known again: sent once more, it does not arrive twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LetterId {
    /// What an effect says.
    Of(#[serde(with = "Named")] EffectId),
    /// What is said besides when it is carried out, and is no part of it.
    Beside(#[serde(with = "Named")] EffectId),
    /// The answer to a message.
    Answer(Snowflake),
}

/// How an effect is named in what is noted.
#[derive(Serialize, Deserialize)]
#[serde(remote = "EffectId")]
struct Named(i64);

/// One message.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    content: String,
}

/// Without what it says.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} bytes)", self.content.len())
    }
}

/// How long a message is at most, in UTF-16 units, as clients count. Discord allows 2,000 characters, of which some are two
/// units: counted so, none is ever too long.
pub(crate) const CONTENT_LEN_MAX: usize = 1_990;

/// How many characters of a name are shown.
const NAME_LEN_MAX: usize = 80;

/// `SUPPRESS_EMBEDS`: no link of ours is unfolded.
const SUPPRESS_EMBEDS: u32 = 1 << 2;
/// `EPHEMERAL`: for the eyes of whoever asked.
pub(crate) const EPHEMERAL: u32 = 1 << 6;

/// What comes beside a line's own characters at most: its mark and line breaks.
const FRAME_LEN: usize = 4;

const ROOM: Room = Room { len_max: CONTENT_LEN_MAX - FRAME_LEN, taken: markdown_out::taken };

impl Outgoing {
    /// The message for a channel, as part `part` of letter `id` there. Sent again so within minutes, it does not
    /// arrive twice. `rows` are what can be pressed below it.
    fn sent(&self, channel: Snowflake, id: LetterId, part: usize, rows: &[Value]) -> Value {
        let mut body = self.body(SUPPRESS_EMBEDS, rows);
        body["nonce"] = json!(nonce(channel, id, part));
        body["enforce_nonce"] = json!(true);
        body
    }

    /// The message as an answer that only whoever asked can see.
    pub(crate) fn answer(&self, rows: &[Value]) -> Value {
        self.body(SUPPRESS_EMBEDS | EPHEMERAL, rows)
    }

    /// What a message becomes that was sent before.
    pub(crate) fn edited(&self, rows: &[Value]) -> Value {
        self.body(SUPPRESS_EMBEDS, rows)
    }

    /// What stands in it.
    pub(crate) fn content(&self) -> &str {
        &self.content
    }

    fn body(&self, flags: u32, rows: &[Value]) -> Value {
        json!({
            "content": self.content,
            "allowed_mentions": { "parse": [] },
            "flags": flags,
            "components": rows,
        })
    }
}

/// By what Discord knows a part of a letter again: 25 characters at most. It looks among all that the bot wrote anywhere,
/// and what is refused in one channel is written in another.
fn nonce(channel: Snowflake, id: LetterId, part: usize) -> String {
    let (channel, part) = (channel.to_string(), part.to_string());
    let id = match id {
        LetterId::Of(effect) => effect.0.to_string(),
        LetterId::Beside(effect) => format!("beside {}", effect.0),
        LetterId::Answer(message) => format!("answer {message}"),
    };
    format!("b{}", Digest::of([channel.as_str(), &id, &part]))
}

/// The bodies of all parts of a letter in a channel. What can be pressed stands below the last.
pub(crate) fn bodies(parts: &[Outgoing], channel: Snowflake, id: LetterId, rows: &[Value]) -> Vec<Value> {
    let last = parts.len().saturating_sub(1);
    let bodies = parts.iter().enumerate();
    bodies
        .map(|(number, part)| part.sent(channel, id, number, if number == last { rows } else { &[] }))
        .collect()
}

/// The bodies of all parts of a letter, as what earlier messages become.
pub(crate) fn edits(parts: &[Outgoing], rows: &[Value]) -> Vec<Value> {
    let last = parts.len().saturating_sub(1);
    let bodies = parts.iter().enumerate();
    bodies.map(|(number, part)| part.edited(if number == last { rows } else { &[] })).collect()
}

/// A letter as messages: mostly one, so many that nothing is lost, and none when there is nothing to be seen in it.
pub(crate) fn letter(letter: &Letter, mentions: Mentions<'_>) -> Vec<Outgoing> {
    paginate(ROOM.letter(letter), mentions)
}

/// A removed post as it is put back. The account stands before the name, which anybody can choose, as a mention that clients
/// show and that alerts nobody; a name in which an account is named is left out, for it may be another's.
pub(crate) fn repost(
    author: &MemberId,
    author_name: &MessageText,
    written_at: Timestamp,
    text: &MessageText,
    zone: Tz,
) -> Vec<Outgoing> {
    let account = author.as_str();
    let account = match is_snowflake(account) {
        true => format!("<@{account}>"),
        false => markdown_out::quoted(&plain::escape(account)),
    };
    let name = plain::escape(&shorten(author_name.expose(), NAME_LEN_MAX));
    let name = name.replace(['\u{201c}', '\u{201d}', '"'], "'");
    let called = match names_account(&name) || name.trim().is_empty() {
        true => String::new(),
        false => format!(" \u{201c}{}\u{201d}", markdown_out::quoted(&name)),
    };
    let mut page = Page::default();
    page.add(Voice::Own, 0, &format!("{account}{called} wrote on {}:", written_at.long_date_time(zone)));
    turn(page, ROOM.lines(text.expose(), Voice::Quoted, 1), NO_MENTIONS)
}

/// Whether a name shows an account's number, or looks like a mention.
fn names_account(name: &str) -> bool {
    name.contains("<@") || name.split(|c: char| !c.is_ascii_digit()).any(is_snowflake)
}

fn paginate(lines: Vec<Line>, mentions: Mentions<'_>) -> Vec<Outgoing> {
    turn(Page::default(), lines, mentions)
}

/// Writes lines, turning the page where one is full.
fn turn(mut page: Page, lines: Vec<Line>, mentions: Mentions<'_>) -> Vec<Outgoing> {
    let mut pages = Vec::new();
    for line in lines {
        let text = match line.voice {
            Voice::Own => markdown_out::own(&line.text, mentions),
            Voice::Quoted => markdown_out::quoted(&line.text),
        };
        if !page.content.is_empty() && page.len + units(&text) + FRAME_LEN > CONTENT_LEN_MAX {
            pages.push(std::mem::take(&mut page));
        }
        page.add(line.voice, line.block, &text);
    }
    pages.push(page);
    pages.into_iter().map(Page::finish).filter(|message| !message.content.is_empty()).collect()
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A message while it is written.
#[derive(Default)]
struct Page {
    content: String,
    /// In UTF-16 units.
    len: usize,
    /// The number of the block whose line was the last.
    last: Option<usize>,
}

impl Page {
    fn add(&mut self, voice: Voice, block: usize, text: &str) {
        self.push(match self.last {
            None => "",
            Some(last) if last == block => "\n",
            Some(_) => "\n\n",
        });
        self.push(match voice {
            Voice::Own => "",
            Voice::Quoted => "> ",
        });
        self.push(text);
        self.last = Some(block);
    }

    fn push(&mut self, text: &str) {
        self.content.push_str(text);
        self.len += units(text);
    }

    /// The message without the empty lines at its end: Discord takes space there away, and of an empty quoted line it would
    /// leave the mark, to be seen.
    fn finish(self) -> Outgoing {
        let mut content = self.content.as_str();
        loop {
            let shorter = content.trim_end();
            let shorter = match shorter.strip_suffix('>') {
                Some(before) if before.is_empty() || before.ends_with('\n') => before,
                Some(_) | None => shorter,
            };
            if shorter == content {
                break;
            }
            content = shorter;
        }
        Outgoing { content: content.to_owned() }
    }
}

#[cfg(test)]
mod tests;
