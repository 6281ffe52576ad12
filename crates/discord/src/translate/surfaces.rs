//! Every text of a message that somebody can have typed.
//!
//! Discord adds ways to say something faster than anybody keeps up. What it has today is read in its order; then all
//! that is left is searched at every depth for the names under which Discord puts what it shows. Only what is not the
//! message's own is left out: people, the message that is answered, the reactions of others.

use std::collections::HashSet;

use policy::matcher::TEXT_LEN_MAX;
use policy::{MessageText, Surface, SurfaceKind};
use serde_json::{Map, Value};

use super::emoji::Emoji;
use super::markdown::shown;
use super::quoted;
use crate::digest::Digest;
use crate::ids::Snowflake;
use crate::json;

/// How many surfaces there are before further texts are put together with those of their kind.
pub(crate) const SURFACES_MAX: usize = 64;
/// How many bytes of text are read in all. The fullest message that Discord takes has a tenth of it.
pub(crate) const BYTES_MAX: usize = 1 << 20;
/// How deep is read, in levels of lists and objects. The deepest text that Discord shows is under fifteen: an option of
/// a menu in a row in a container of a forward.
pub(crate) const DEPTH_MAX: usize = 32;
/// How many mentions are taken in at most.
pub(crate) const MENTIONS_MAX: usize = 50;

/// What two surfaces have in common where a text is too long for one, so that no word is cut in both.
const OVERLAP: usize = 256;

/// What is read first, in this order.
const FIRST: [&str; 6] = ["content", "poll", "attachments", "sticker_items", "stickers", "components"];

/// What of a message is not its own: people, other messages, what is judged under another name, and marks of software.
const NOT_ITS_OWN: [&str; 20] = [
    "activity",
    "application",
    "author",
    "call",
    "channel",
    "guild",
    "interaction",
    "interaction_metadata",
    "lobby_member",
    "member",
    "mention_channels",
    "mention_roles",
    "mentions",
    "message_reference",
    "nonce",
    "purchase_notification",
    "reactions",
    "referenced_message",
    "resolved",
    "thread",
];

/// The same further down, where an `author` is a line of text above an embed.
const NOT_OWN_WITHIN: [&str; 8] =
    ["application", "clip_participants", "default_values", "member", "members", "resolved", "user", "users"];

/// The names of fields that hold a text which is shown.
const TEXTS: [&str; 16] = [
    "alt",
    "answer",
    "caption",
    "content",
    "description",
    "filename",
    "label",
    "name",
    "placeholder",
    "question",
    "summary",
    "text",
    "title",
    "tooltip",
    "topic",
    "value",
];

/// What of an object is read before the rest, in this order, as it is seen from top to bottom.
const ABOVE: [&str; 8] = ["author", "question", "title", "label", "name", "filename", "content", "text"];

/// Whose the words of a message are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// Those of a member, who can write everything but embeds: Discord copies them from the page that is linked to.
    Members,
    /// Those of a member who has a program write for them, embeds included.
    Composed,
    /// Nobody's who could answer for them.
    Nobodys,
}

impl Words {
    fn own(self) -> SurfaceKind {
        match self {
            Self::Members | Self::Composed => SurfaceKind::Body,
            Self::Nobodys => SurfaceKind::Quotation,
        }
    }

    fn embedded(self, is_rich: bool) -> SurfaceKind {
        match self {
            Self::Composed if is_rich => SurfaceKind::Body,
            Self::Composed | Self::Members | Self::Nobodys => SurfaceKind::Quotation,
        }
    }
}

/// The texts that are found, each once, and whom they mention.
#[derive(Default)]
pub(crate) struct Texts {
    said: HashSet<(SurfaceKind, Digest)>,
    texts: Vec<(SurfaceKind, String)>,
    bytes: usize,
    mentioned: Vec<Snowflake>,
}

impl Texts {
    /// Every text of a message.
    pub(crate) fn of_message(message: &Value, words: Words) -> Self {
        let mut texts = Self::default();
        texts.message(message, words, 0);
        texts
    }

    /// One text in which marks mean something.
    pub(crate) fn of(kind: SurfaceKind, text: &str) -> Self {
        Self::default().and(kind, text)
    }

    /// One text that Discord shows as it is, and that can be set again as it was. Where something in it would keep a word
    /// from being read, the words stand below it as well.
    pub(crate) fn verbatim(kind: SurfaceKind, text: &str) -> Self {
        let mut texts = Self::default();
        texts.put(kind, text);
        texts.and(kind, text)
    }

    /// Adds a text that somebody typed.
    pub(crate) fn and(mut self, kind: SurfaceKind, text: &str) -> Self {
        self.push(kind, text);
        self
    }

    /// The same texts, of which what is quoted of the message that is answered, which has this content, is a quotation.
    pub(crate) fn quoting(mut self, answered: &str) -> Self {
        let answered = shown(&answered[..answered.floor_char_boundary(BYTES_MAX)]).text;
        let parts = |(kind, text): (SurfaceKind, String)| match kind {
            SurfaceKind::Body => quoted::parts(&text, &answered).unwrap_or_else(|| vec![(kind, text)]),
            SurfaceKind::Quotation | SurfaceKind::Name => vec![(kind, text)],
        };
        let texts: Vec<_> = self.texts.iter().cloned().flat_map(parts).collect();
        if texts.len() <= SURFACES_MAX {
            self.texts = texts;
        }
        self
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whom the texts mention, each once.
    pub(crate) fn mentioned(&self) -> &[Snowflake] {
        &self.mentioned
    }

    /// Tells these texts from others. The same however often the message is read.
    pub(crate) fn digest(&self) -> Digest {
        let kind = |kind: SurfaceKind| match kind {
            SurfaceKind::Body => "body",
            SurfaceKind::Quotation => "quotation",
            SurfaceKind::Name => "name",
        };
        Digest::of(self.texts.iter().flat_map(|(of, text)| [kind(*of), text.as_str()]))
    }

    /// The texts as surfaces, in their order.
    pub(crate) fn into_surfaces(self) -> Vec<Surface> {
        let surface = |(kind, text): (_, String)| Surface { kind, text: MessageText::new(text) };
        self.texts.into_iter().map(surface).collect()
    }

    fn message(&mut self, message: &Value, words: Words, depth: usize) {
        let Some(fields) = message.as_object().filter(|_| depth <= DEPTH_MAX) else { return };
        for name in FIRST {
            if let Some(field) = fields.get(name) {
                self.field(name, field, At::new(words.own()), depth + 1);
            }
        }
        for embed in json::list(message, "embeds") {
            self.embed(embed, words, depth + 2);
        }
        for snapshot in json::list(message, "message_snapshots") {
            // Somebody else wrote it, whoever sends it on.
            if let Some(forwarded) = json::get(snapshot, "message") {
                self.message(forwarded, Words::Nobodys, depth + 3);
            }
        }
        for (name, field) in fields {
            let is_read = FIRST.contains(&name.as_str()) || name == "embeds" || name == "message_snapshots";
            if !is_read && !NOT_ITS_OWN.contains(&name.as_str()) {
                self.field(name, field, At::new(words.own()), depth + 1);
            }
        }
    }

    fn embed(&mut self, embed: &Value, words: Words, depth: usize) {
        let sort = json::text(embed, "type").unwrap_or("rich");
        let kind = words.embedded(sort == "rich");
        if sort != "poll_result" {
            return self.value(embed, At::new(kind), depth);
        }
        // A form that Discord fills in; the names of its fields are not shown.
        for field in json::list(embed, "fields") {
            let name = json::text(field, "name").unwrap_or_default();
            if name.ends_with("_text") || name.ends_with("_name") {
                self.push(kind, json::text(field, "value").unwrap_or_default());
            }
        }
    }

    fn field(&mut self, name: &str, field: &Value, at: At, depth: usize) {
        let is_shown = TEXTS.contains(&name) && !(at.is_option && name == "value");
        self.value(field, At { is_shown, is_option: name == "options", ..at }, depth);
    }

    fn value(&mut self, value: &Value, at: At, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        match value {
            Value::String(text) if at.is_shown => self.push(at.kind, text),
            Value::Array(elements) => elements.iter().for_each(|element| self.value(element, at, depth + 1)),
            Value::Object(fields) => self.object(fields, at, depth),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn object(&mut self, fields: &Map<String, Value>, at: At, depth: usize) {
        // Of a picture, that is the picture itself in a few bytes.
        let is_media = ["proxy_url", "placeholder_version"].iter().any(|name| fields.contains_key(*name));
        let mut in_order: Vec<_> = fields.iter().collect();
        let place = |name: &str| ABOVE.iter().position(|above| *above == name).unwrap_or(ABOVE.len());
        in_order.sort_by_key(|(name, _)| place(name));
        for (name, field) in in_order {
            match name.as_str() {
                "emoji" => self.emoji(field, at.kind),
                "placeholder" if is_media => {}
                name if NOT_OWN_WITHIN.contains(&name) => {}
                name => self.field(name, field, at, depth + 1),
            }
        }
    }

    fn emoji(&mut self, emoji: &Value, kind: SurfaceKind) {
        if let Some(emoji) = Emoji::read(emoji) {
            self.push(kind, &emoji.written());
        }
    }

    fn push(&mut self, kind: SurfaceKind, text: &str) {
        let room = BYTES_MAX.saturating_sub(self.bytes);
        let shown = shown(&text[..text.floor_char_boundary(room)]);
        for user in shown.mentioned {
            if self.mentioned.len() < MENTIONS_MAX && !self.mentioned.contains(&user) {
                self.mentioned.push(user);
            }
        }
        self.put(kind, &shown.text);
    }

    fn put(&mut self, kind: SurfaceKind, text: &str) {
        let room = BYTES_MAX.saturating_sub(self.bytes);
        let text = text[..text.floor_char_boundary(room)].trim();
        if text.is_empty() || !self.said.insert((kind, Digest::of([text]))) {
            return;
        }
        self.bytes += text.len();
        for piece in pieces(text) {
            self.add(kind, piece);
        }
    }

    fn add(&mut self, kind: SurfaceKind, text: &str) {
        let is_full = self.texts.len() >= SURFACES_MAX;
        let same = self.texts.iter_mut().rev().find(|(other, _)| *other == kind);
        match same.filter(|(_, before)| is_full && before.len() + text.len() < TEXT_LEN_MAX) {
            Some((_, before)) => {
                before.push('\n');
                before.push_str(text);
            }
            None => self.texts.push((kind, text.to_owned())),
        }
    }
}

/// Where a field stands.
#[derive(Clone, Copy)]
struct At {
    /// What a text would be here.
    kind: SurfaceKind,
    /// Whether a text here is shown.
    is_shown: bool,
    /// Whether it is within the options of a menu, whose values are shown to nobody.
    is_option: bool,
}

impl At {
    fn new(kind: SurfaceKind) -> Self {
        Self { kind, is_shown: false, is_option: false }
    }
}

/// A text in pieces that are read to their ends.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let all = rest.take()?;
        if all.len() <= TEXT_LEN_MAX {
            return Some(all);
        }
        let end = all.floor_char_boundary(TEXT_LEN_MAX);
        rest = Some(&all[all.floor_char_boundary(end - OVERLAP)..]);
        Some(&all[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(message: &Value, words: Words) -> Vec<(SurfaceKind, String)> {
        let surfaces = Texts::of_message(message, words).into_surfaces();
        surfaces.into_iter().map(|surface| (surface.kind, surface.text.expose().to_owned())).collect()
    }

    fn texts(message: &Value) -> Vec<String> {
        read(message, Words::Members).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn what_nobody_is_shown_is_no_text() {
        let message = json!({
            "id": "1", "nonce": "n", "timestamp": "t", "content": "c",
            "author": {"username": "u", "global_name": "g"}, "mentions": [{"username": "m"}],
            "referenced_message": {"content": "r"}, "thread": {"name": "t"}, "reactions": [{"emoji": {"name": "e"}}],
            "attachments": [{
                "url": "https://cdn.example/a/b.png", "proxy_url": "p", "placeholder": "aGFzaA==", "content_type": "c",
                "waveform": "w", "application": {"name": "a"}, "clip_participants": [{"username": "p"}]
            }],
            "components": [{"type": 1, "components": [
                {"type": 3, "custom_id": "i", "options": [{"label": "l", "value": "v"}]},
                {"type": 5, "default_values": [{"id": "1", "type": "user"}], "placeholder": "h"}
            ]}],
            "embeds": [{"type": "article", "url": "u", "image": {"url": "i", "proxy_url": "p", "placeholder": "x"}}]
        });
        assert_eq!(texts(&message), ["c", "l", "h"]);
    }

    #[test]
    fn each_text_is_there_once_in_each_kind() {
        let message = json!({"content": " a\n", "attachments": [{"title": "a"}], "embeds": [{"title": "a"}, {"title": "a"}]});
        let want = [(SurfaceKind::Body, "a".to_owned()), (SurfaceKind::Quotation, "a".to_owned())];
        assert_eq!(read(&message, Words::Members), want);
        assert_eq!(read(&message, Words::Composed), want[..1]);
        assert_eq!(read(&message, Words::Nobodys), want[1..]);
    }

    #[test]
    fn only_what_a_program_writes_for_a_member_is_theirs_in_embeds() {
        let embeds =
            json!({"embeds": [{"type": "rich", "title": "written"}, {"type": "link", "title": "copied"}]});
        let kinds = |words| read(&embeds, words).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(kinds(Words::Composed), [SurfaceKind::Body, SurfaceKind::Quotation]);
        assert_eq!(kinds(Words::Members), [SurfaceKind::Quotation, SurfaceKind::Quotation]);
    }

    #[test]
    fn many_texts_and_long_ones_are_all_there() {
        let many: Vec<Value> = (0..500).map(|n| json!({"filename": format!("file {n} end")})).collect();
        let message = json!({"content": "c", "attachments": many, "embeds": [{"title": "t"}]});
        let all = read(&message, Words::Members);
        assert_eq!(all.len(), SURFACES_MAX + 1);
        let body: Vec<&str> = all.iter().flat_map(|(_, text)| text.lines()).collect();
        assert_eq!(body.len(), 502);
        assert_eq!(all.last(), Some(&(SurfaceKind::Quotation, "t".to_owned())));

        let long = "ab ".repeat(50_000);
        let pieces = texts(&json!({"content": long}));
        assert_eq!(pieces.len(), 3);
        assert!(pieces.iter().all(|piece| piece.len() <= TEXT_LEN_MAX));
    }

    #[test]
    fn a_text_without_end_has_one() {
        let message = json!({"content": "a ".repeat(BYTES_MAX), "embeds": [{"title": "not read any more"}]});
        let all = texts(&message);
        assert!(all.iter().map(String::len).sum::<usize>() <= BYTES_MAX + all.len() * OVERLAP);
        let deep = (0..100).fold(json!({"content": "deep"}), |inner, _| json!({"components": [inner]}));
        assert!(texts(&deep).is_empty());
        let deep = (0..10).fold(json!({"content": "deep"}), |inner, _| json!({"components": [inner]}));
        assert_eq!(texts(&deep), ["deep"]);
    }

    #[test]
    fn the_same_texts_have_the_same_digest() {
        let digest = |message: &Value| Texts::of_message(message, Words::Members).digest();
        let first = json!({"content": "a", "pinned": false});
        assert_eq!(digest(&first), digest(&json!({"content": "a", "pinned": true, "flags": 4})));
        assert_ne!(digest(&first), digest(&json!({"content": "b"})));
        assert_ne!(digest(&first), digest(&json!({"content": "a", "embeds": [{"title": "b"}]})));
        assert_ne!(digest(&json!({"content": "a"})), digest(&json!({"embeds": [{"title": "a"}]})));
    }
}
