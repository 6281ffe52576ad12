//! What a board says, as one message.

use policy::{Block, GroupId, Letter};
use serde_json::Value;

use crate::buttons::rows;
use crate::digest::Digest;
use crate::json;
use crate::letters::veil::{self, Reader};
use crate::letters::{Outgoing, letter};
use crate::markdown_out::Mentions;

const HEADING: &str = "What waits for the moderators:";
/// Says in words what the buttons offer.
const HINT: &str = "`case` and its reference shows one of them; `queue` lists them all.";

/// What a board says.
pub(super) struct Face {
    /// As it should be.
    words: Outgoing,
    /// As the server's own filter lets it pass.
    bare: Outgoing,
    rows: Vec<Value>,
}

impl Face {
    /// The board for a letter that says what waits, without anybody's words; nothing when nothing is said.
    pub(super) fn of(waiting: &Letter, group: &GroupId, mentions: Mentions<'_>) -> Option<Self> {
        let said = |block: &Block| match block {
            Block::Text(text) => Some(text.clone()),
            Block::Quote(_) => None,
        };
        let lines: Vec<String> = waiting.blocks.iter().filter_map(said).collect();
        let (heading, hint) =
            if !waiting.offers.is_empty() { (Some(HEADING), Some(HINT)) } else { (None, None) };
        let written = |lines: &[String], more: Option<String>| {
            let lines = lines.iter().map(String::as_str).chain(more.as_deref());
            let lines = heading.into_iter().chain(lines).chain(hint);
            lines.fold(Letter::default(), Letter::text)
        };
        let whole = written(&lines, None);
        let bare = veil::bare(&whole, Reader::Officers);
        Some(Self {
            words: fitted(lines.len(), mentions, |shown| {
                let left = lines.len().saturating_sub(shown);
                written(
                    lines.get(..shown).unwrap_or_default(),
                    (left > 0).then(|| format!("… and {left} more")),
                )
            })?,
            bare: fitted(bare.blocks.len(), mentions, |shown| Letter {
                blocks: bare.blocks.iter().take(shown).cloned().collect(),
                ..Letter::default()
            })?,
            rows: rows(&waiting.offers, group),
        })
    }

    /// Tells it from any other.
    pub(super) fn digest(&self) -> String {
        let rows = Value::from(self.rows.clone()).to_string();
        Digest::of([self.words.content(), rows.as_str()]).to_string()
    }

    /// The message.
    pub(super) fn body(&self) -> Value {
        self.words.edited(&self.rows)
    }

    /// The message where the server's own filter stops the other one.
    pub(super) fn bare_body(&self) -> Value {
        self.bare.edited(&self.rows)
    }

    /// Whether a message says it, in either way.
    pub(super) fn is_said_by(&self, message: &Value) -> bool {
        let said = json::text(message, "content").unwrap_or_default().trim();
        said == self.words.content().trim() || said == self.bare.content().trim()
    }
}

/// As much of something as fits into one message, of `all` that there is.
fn fitted(all: usize, mentions: Mentions<'_>, written: impl Fn(usize) -> Letter) -> Option<Outgoing> {
    let fits = |shown: &usize| letter(&written(*shown), mentions).len() <= 1;
    let sizes: Vec<usize> = (0..=all).collect();
    let shown = if fits(&all) { all } else { sizes.partition_point(fits).saturating_sub(1) };
    letter(&written(shown), mentions).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::{MessageText, Offer, Reference};
    use serde_json::json;

    fn group() -> GroupId {
        GroupId::new("branch").unwrap()
    }

    fn face(letter: &Letter) -> Face {
        Face::of(letter, &group(), &|_| None).unwrap()
    }

    fn listed(count: u32) -> Letter {
        let files = (1..=count).filter_map(Reference::new);
        files.fold(Letter::default(), |letter, file| {
            let letter = letter.text(format!("{file} hidden, waits for a moderator since 2 March 2026"));
            letter.offering(Offer::Case(file))
        })
    }

    fn buttons(face: &Face) -> String {
        let rows = face.body()["components"].clone();
        let parts =
            rows.as_array().unwrap().iter().flat_map(|row| row["components"].as_array().unwrap().clone());
        let named = parts.map(|part| match part["options"].as_array() {
            Some(options) => format!("list of {}", options.len()),
            None => part["label"].as_str().unwrap().to_owned(),
        });
        named.collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn a_board_lists_what_waits_and_quotes_nobody() {
        let face = face(&listed(2).quote(MessageText::new("canary")));
        insta::assert_snapshot!(face.words.content(), @"
        What waits for the moderators:

        B-0001 hidden, waits for a moderator since 2 March 2026

        B-0002 hidden, waits for a moderator since 2 March 2026

        `case` and its reference shows one of them; `queue` lists them all.
        ");
        insta::assert_snapshot!(buttons(&face), @"Look at B-0001 | Look at B-0002");
        assert_eq!(face.body()["allowed_mentions"], json!({ "parse": [] }));
        assert!(
            !face.body().to_string().contains("canary") && !face.bare_body().to_string().contains("canary")
        );
    }

    #[test]
    fn what_is_offered_can_be_pressed() {
        let file = Reference::new(1).unwrap();
        let alone = listed(1).offering(Offer::Confirm(file)).offering(Offer::Restore(file));
        insta::assert_snapshot!(buttons(&face(&alone)), @"Look at B-0001 | Confirm B-0001 | Restore B-0001");
        let nothing = face(&Letter::line("Nothing waits for a moderator."));
        insta::assert_snapshot!(nothing.words.content(), @"Nothing waits for a moderator.");
        assert_eq!(buttons(&nothing), "");
    }

    #[test]
    fn a_long_board_is_one_message_and_says_that_there_is_more() {
        let face = face(&listed(100));
        assert!(face.words.content().encode_utf16().count() <= 2_000);
        let end: Vec<&str> = face.words.content().lines().rev().take(5).collect();
        insta::assert_snapshot!(end.join("\n"), @"
        `case` and its reference shows one of them; `queue` lists them all.

        … and 68 more

        B-0032 hidden, waits for a moderator since 2 March 2026
        ");
        assert_eq!(buttons(&face), "list of 25");
        assert!(face.bare.content().encode_utf16().count() <= 2_000);
    }

    #[test]
    fn a_board_is_known_by_what_it_says() {
        let (one, two) = (face(&listed(1)), face(&listed(2)));
        assert_eq!(one.digest(), face(&listed(1)).digest());
        assert_ne!(one.digest(), two.digest());
        let posted = |content: &str| json!({ "content": content });
        assert!(one.is_said_by(&posted(one.words.content())) && one.is_said_by(&posted(one.bare.content())));
        assert!(!one.is_said_by(&posted(two.words.content())) && !one.is_said_by(&Value::Null));
    }
}
