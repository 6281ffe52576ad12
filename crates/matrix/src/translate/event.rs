//! One event of a room, as much of it as is needed and can be trusted to have its shape.

use std::fmt;

use policy::{MemberId, MessageText, PostId, Timestamp};
use serde_json::value::RawValue;

use super::json::Field;

/// How deep a field is read, in levels of lists and objects. The deepest text that clients write is an edited poll's
/// answer, under six.
pub(crate) const DEPTH_MAX: usize = 16;

/// The type of what is encrypted, and stays so as long as it cannot be decrypted.
pub(crate) const ENCRYPTED: &str = "m.room.encrypted";

/// One event of a room, decrypted where it was encrypted.
#[derive(Clone)]
pub(crate) struct Event {
    /// What it is called.
    pub(crate) id: PostId,
    /// Who sent it.
    pub(crate) sender: MemberId,
    /// Its type. Anybody can make one up, so that it is as private as a text.
    pub(crate) kind: String,
    /// What of the room it sets, if it sets something.
    pub(crate) state_key: Option<String>,
    /// When it was sent, as the sender's server says; see [`clamp`].
    pub(crate) sent_at: Timestamp,
    /// What it says.
    pub(crate) content: Content,
    /// What stood there before, if it set something and the server tells.
    pub(crate) previous: Option<Content>,
    /// The edit of it that the server thinks the latest, if it tells of any.
    pub(crate) edit: Option<Content>,
    /// Whether it was redacted.
    pub(crate) redacted: bool,
    /// Which event it redacts. Old rooms say so beside the content, newer ones in it.
    pub(crate) redacts: Option<PostId>,
    /// Whether it came encrypted: then nobody but its sender vouches for anything in it.
    pub(crate) was_encrypted: bool,
    /// How many fields of the content are nested more deeply than is read.
    pub(crate) unread_fields: usize,
}

/// What an event says: an object.
#[derive(Clone)]
pub(crate) struct Content(Box<RawValue>);

/// What an event has to do with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Nothing, or nothing that makes sense.
    None,
    /// It takes the place of that one. Whether it may is for whoever knows that one.
    Edit(PostId),
    /// It answers that one.
    Reply(PostId),
    /// It stands in a thread and answers nothing there.
    Thread {
        /// What the thread began with.
        root: PostId,
    },
    /// A reaction.
    Reaction {
        /// To that one.
        target: PostId,
        /// What is shown: an emoji, or any text.
        key: MessageText,
    },
}

/// What came is no event. Tells nothing of what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {problem}", .event.as_ref().map_or("an event", PostId::as_str))]
pub(crate) struct Malformed {
    /// What it is called, if it says so.
    pub(crate) event: Option<PostId>,
    /// What is wrong with it.
    pub(crate) problem: Problem,
}

/// What is wrong with something that should be an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// It cannot be read at all.
    #[error("is not JSON")]
    NotJson,
    /// It has no name.
    #[error("has no valid id")]
    NoId,
    /// Nobody sent it.
    #[error("has no valid sender")]
    NoSender,
    /// It is of no type.
    #[error("has no type")]
    NoType,
    /// It says nothing.
    #[error("has no content")]
    NoContent,
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// When it lacks what every event has. Whatever else is odd about it is read as far as it goes.
    pub(crate) fn parse(json: &str) -> Result<Self, Malformed> {
        let none = |problem| Malformed { event: None, problem };
        let whole = Field::parse(json).ok_or_else(|| none(Problem::NotJson))?;
        let text = |name| whole.get(name).and_then(Field::text);
        let id = text("event_id").and_then(event_id).ok_or_else(|| none(Problem::NoId))?;
        let lacks = |problem| Malformed { event: Some(id.clone()), problem };
        let sender = text("sender").and_then(MemberId::new).ok_or_else(|| lacks(Problem::NoSender))?;
        let kind = text("type").ok_or_else(|| lacks(Problem::NoType))?;
        let content = whole.get("content").and_then(Content::new).ok_or_else(|| lacks(Problem::NoContent))?;
        let sent_at = whole.get("origin_server_ts").and_then(Field::whole_number).unwrap_or_default();
        let unsigned = whole.get("unsigned");
        let edit =
            unsigned.and_then(|unsigned| unsigned.get("m.relations")?.get("m.replace")?.get("content"));
        let redacts = text("redacts").or_else(|| content.text("redacts")).and_then(event_id);
        let redacts = redacts.filter(|_| kind == "m.room.redaction");
        Ok(Self {
            sender,
            kind,
            state_key: text("state_key"),
            sent_at: Timestamp::from_millis(sent_at),
            unread_fields: content.unread_fields(),
            content,
            previous: unsigned.and_then(|unsigned| unsigned.get("prev_content")).and_then(Content::new),
            edit: edit.and_then(Content::new),
            redacts,
            was_encrypted: false,
            redacted: unsigned
                .and_then(|unsigned| unsigned.get("redacted_because"))
                .is_some_and(Field::is_object),
            id,
        })
    }

    /// The same event where all of this was encrypted: it can neither set anything of the room nor redact, whatever it says
    /// of itself, for no server has looked at it.
    #[must_use]
    pub(crate) fn decrypted(self) -> Self {
        Self { state_key: None, previous: None, redacts: None, was_encrypted: true, ..self }
    }

    /// What it has to do with another event, as far as it says so without contradiction.
    pub(crate) fn relation(&self) -> Relation {
        self.find_relation().unwrap_or(Relation::None)
    }

    /// The event it says it edits, where what it puts in its place cannot be read: what it has to do with others is never
    /// encrypted.
    pub(crate) fn edits_unread(&self) -> Option<PostId> {
        let relates = self.content.get("m.relates_to")?;
        let is_edit = relates.get("rel_type").and_then(Field::text).as_deref() == Some("m.replace");
        relates.get("event_id").and_then(Field::text).and_then(event_id).filter(|_| is_edit)
    }

    fn find_relation(&self) -> Option<Relation> {
        let relates = self.content.get("m.relates_to")?;
        let target = || relates.get("event_id").and_then(Field::text).and_then(event_id);
        let answered =
            || relates.get("m.in_reply_to")?.get("event_id").and_then(Field::text).and_then(event_id);
        let kind = relates.get("rel_type").and_then(Field::text);
        match kind.as_deref() {
            Some("m.replace") => {
                let edits = self.state_key.is_none()
                    && self.content.get("m.new_content").is_some_and(Field::is_object);
                target().filter(|_| edits).map(Relation::Edit)
            }
            Some("m.annotation") => {
                let key = relates.get("key").and_then(Field::text)?;
                target().map(|target| Relation::Reaction { target, key: MessageText::new(key) })
            }
            Some("m.thread") => {
                let falls_back = relates.get("is_falling_back").is_some_and(Field::is_true);
                match answered().filter(|_| !falls_back) {
                    Some(answered) => Some(Relation::Reply(answered)),
                    None => target().map(|root| Relation::Thread { root }),
                }
            }
            Some(_) | None => answered().map(Relation::Reply),
        }
    }

    /// Whether clients put this edit in the place of `original`. They leave those of others alone, and what is an edit
    /// itself. Of an original that cannot be decrypted nobody knows what it is an edit of.
    pub(crate) fn may_edit(&self, original: &Self) -> bool {
        let is_edit = matches!(original.relation(), Relation::Edit(_));
        let same_kind = original.kind == self.kind || original.kind == ENCRYPTED;
        original.sender == self.sender && original.state_key.is_none() && same_kind && !is_edit
    }

    /// Whether the sender set something about themself: joined, left, was renamed.
    pub(crate) fn is_about_sender(&self) -> bool {
        self.state_key.as_deref() == Some(self.sender.as_str())
    }
}

/// Without what it says.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Content {
    fn new(field: Field<'_>) -> Option<Self> {
        field.is_object().then(|| Self(field.to_owned()))
    }

    /// The field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Field<'_>> {
        self.whole().get(name)
    }

    /// The text of that name, if it is one.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(Field::text)
    }

    /// How many bytes it takes.
    pub(crate) fn len(&self) -> usize {
        self.0.get().len()
    }

    /// All of it.
    pub(crate) fn whole(&self) -> Field<'_> {
        Field::of(&self.0)
    }

    fn unread_fields(&self) -> usize {
        self.whole().members().into_iter().filter(|(_, field)| field.depth() > DEPTH_MAX).count()
    }
}

/// How long a name is at most, as servers have it.
const ID_LEN_MAX: usize = 255;

/// Names of events have no spaces in them, so that they can stand in a line with other words. They stand in addresses, too,
/// so that none is taken that leads out of one.
pub(crate) fn event_id(id: String) -> Option<PostId> {
    let is_plain = id.len() <= ID_LEN_MAX && id.bytes().all(|byte| byte.is_ascii_graphic());
    let leads_out = id.split(['/', '\\']).any(|part| part.starts_with('.'));
    let is_one = id.starts_with('$') && is_plain && !leads_out;
    PostId::new(id).filter(|_| is_one)
}

/// How long before the event before it one may have been sent, and how far in the future.
const BEFORE_MAX_S: i64 = 24 * 60 * 60;
const AHEAD_MAX_S: i64 = 60;

/// When an event was sent, and whether what it says of that is absurd.
///
/// It is the word of the sender's server. What follows depends on it, so it is kept between a day before the event
/// `previous` to it in the room and a minute from `now`.
pub(crate) fn clamp(sent_at: Timestamp, previous: Timestamp, now: Timestamp) -> (Timestamp, bool) {
    let likely = sent_at.max(previous.plus_seconds(-BEFORE_MAX_S)).min(now.plus_seconds(AHEAD_MAX_S));
    (likely, likely != sent_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(content: &str) -> Event {
        parse(&format!(
            r#"{{"event_id":"$e","sender":"@a:b","type":"m.room.message","origin_server_ts":1,"content":{content}}}"#
        ))
    }

    fn parse(json: &str) -> Event {
        Event::parse(json).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn relations_are_what_they_say_or_none() {
        let reply = |id| Relation::Reply(PostId::new(id).unwrap());
        let of = |relates: &str| {
            event(&format!(r#"{{"m.relates_to":{relates},"m.new_content":{{}}}}"#)).relation()
        };
        let rows = [
            (r#"{"m.in_reply_to":{"event_id":"$x"}}"#, reply("$x")),
            (
                r#"{"rel_type":"m.thread","event_id":"$r"}"#,
                Relation::Thread { root: PostId::new("$r").unwrap() },
            ),
            (
                r#"{"rel_type":"m.thread","event_id":"$r","is_falling_back":true,"m.in_reply_to":{"event_id":"$x"}}"#,
                Relation::Thread { root: PostId::new("$r").unwrap() },
            ),
            (
                r#"{"rel_type":"m.thread","event_id":"$r","is_falling_back":false,"m.in_reply_to":{"event_id":"$x"}}"#,
                reply("$x"),
            ),
            (r#"{"rel_type":"m.replace","event_id":"$x"}"#, Relation::Edit(PostId::new("$x").unwrap())),
            (
                r#"{"rel_type":"m.annotation","event_id":"$x","key":"👍"}"#,
                Relation::Reaction { target: PostId::new("$x").unwrap(), key: MessageText::new("👍") },
            ),
            (r#"{"rel_type":"m.reference","event_id":"$x"}"#, Relation::None),
            (r#"{"rel_type":"m.reference","event_id":"$x","m.in_reply_to":{"event_id":"$y"}}"#, reply("$y")),
            (r#"{"rel_type":"m.annotation","event_id":"$x"}"#, Relation::None),
            (r#"{"rel_type":"m.replace","event_id":17}"#, Relation::None),
            (r#"{"rel_type":"m.replace","event_id":"no event"}"#, Relation::None),
            (r#"{"rel_type":"m.replace","event_id":"$x y"}"#, Relation::None),
            (r#"{"rel_type":"m.replace","event_id":"$/../../x"}"#, Relation::None),
            (r#"{"rel_type":"m.replace","event_id":"$x/.."}"#, Relation::None),
            (r#"{"rel_type":"m.replace","event_id":"$å"}"#, Relation::None),
            (
                r#"{"rel_type":"m.replace","event_id":"$a/b+c:b.example"}"#,
                Relation::Edit(PostId::new("$a/b+c:b.example").unwrap()),
            ),
            (r#"{"rel_type":["m.replace"],"event_id":"$x"}"#, Relation::None),
            (r#"{"m.in_reply_to":"$x"}"#, Relation::None),
            (r#"{"m.in_reply_to":[]}"#, Relation::None),
            (r#""$x""#, Relation::None),
        ];
        for (relates, want) in rows {
            assert_eq!(of(relates), want, "{relates}");
        }
        let bare = event(r#"{"m.relates_to":{"rel_type":"m.replace","event_id":"$x"}}"#);
        assert_eq!(bare.relation(), Relation::None, "there is nothing to put in its place");
    }

    #[test]
    fn what_is_no_event_is_refused_without_its_words() {
        let rows = [
            ("bollocks", "an event is not JSON"),
            (r#"{"body":"bollocks"}"#, "an event has no valid id"),
            (r#"{"event_id":"bollocks"}"#, "an event has no valid id"),
            (r#"{"event_id":"$e"}"#, "$e has no valid sender"),
            (r#"{"event_id":"$e","sender":""}"#, "$e has no valid sender"),
            (r#"{"event_id":"$e","sender":"@a:b","type":{}}"#, "$e has no type"),
            (r#"{"event_id":"$e","sender":"@a:b","type":"t","content":"bollocks"}"#, "$e has no content"),
        ];
        for (json, want) in rows {
            assert_eq!(Event::parse(json).unwrap_err().to_string(), want);
        }
        let shown = format!("{:?}", event(r#"{"body":"bollocks"}"#));
        assert!(!shown.contains("bollocks"), "{shown}");
    }

    #[test]
    fn what_the_server_tells_beside_the_content_is_kept() {
        let event = parse(
            r#"{"event_id":"$e","sender":"@a:b","type":"m.room.member","state_key":"@a:b","content":{},
                "origin_server_ts":"soon","unsigned":{"redacted_because":{},"prev_content":{"displayname":"Al"},
                "m.relations":{"m.replace":{"content":{"body":"later"}}}}}"#,
        );
        assert!(event.redacted && event.is_about_sender());
        assert_eq!(event.previous.and_then(|content| content.text("displayname")).as_deref(), Some("Al"));
        assert_eq!(event.edit.and_then(|content| content.text("body")).as_deref(), Some("later"));
        assert_eq!(event.sent_at, Timestamp::EPOCH);
    }

    #[test]
    fn what_was_encrypted_sets_nothing_and_redacts_nothing() {
        let lying = parse(
            r#"{"event_id":"$e","sender":"@a:b","type":"m.room.member","state_key":"@c:b","redacts":"$x",
                "content":{"membership":"ban","redacts":"$x"},"unsigned":{"prev_content":{"membership":"join"}}}"#,
        );
        let read = lying.decrypted();
        assert!(
            read.was_encrypted
                && read.state_key.is_none()
                && read.previous.is_none()
                && read.redacts.is_none()
        );
    }

    #[test]
    fn only_what_is_ones_own_can_be_edited() {
        let relates = r#"{"m.new_content":{},"m.relates_to":{"rel_type":"m.replace","event_id":"$x"}}"#;
        let edit = event(relates);
        let original = |fields: &str, content: &str| {
            parse(&format!(r#"{{"event_id":"$x","content":{content},{fields}}}"#))
        };
        let rows = [
            (r#""sender":"@a:b","type":"m.room.message""#, "{}", true),
            (r#""sender":"@a:b","type":"m.room.encrypted""#, "{}", true),
            (r#""sender":"@c:b","type":"m.room.message""#, "{}", false),
            (r#""sender":"@a:b","type":"m.poll.start""#, "{}", false),
            (r#""sender":"@a:b","type":"m.room.message","state_key":"""#, "{}", false),
            (r#""sender":"@a:b","type":"m.room.message""#, relates, false),
        ];
        for (fields, content, want) in rows {
            assert_eq!(edit.may_edit(&original(fields, content)), want, "{fields} {content}");
        }
    }

    #[test]
    fn what_is_redacted_is_read_where_old_rooms_and_new_ones_say_it() {
        let of = |fields: &str| {
            let event =
                parse(&format!(r#"{{"event_id":"$e","sender":"@a:b","type":"m.room.redaction",{fields}}}"#));
            event.redacts.map(|id| id.as_str().to_owned())
        };
        assert_eq!(of(r#""redacts":"$old","content":{}"#).as_deref(), Some("$old"));
        assert_eq!(of(r#""content":{"redacts":"$new"}"#).as_deref(), Some("$new"));
        assert_eq!(of(r#""redacts":7,"content":{"redacts":"no id"}"#), None);
    }

    #[test]
    fn an_edit_that_cannot_be_read_says_what_it_edits() {
        let of = |relates: &str| {
            let event = event(&format!(r#"{{"ciphertext":"x","m.relates_to":{relates}}}"#));
            event.edits_unread().map(|id| id.as_str().to_owned())
        };
        assert_eq!(of(r#"{"rel_type":"m.replace","event_id":"$x"}"#).as_deref(), Some("$x"));
        assert_eq!(of(r#"{"rel_type":"m.thread","event_id":"$x"}"#), None);
        assert_eq!(of(r#"{"rel_type":"m.replace","event_id":{}}"#), None);
    }

    #[test]
    fn absurd_times_are_brought_back() {
        let at = Timestamp::from_millis;
        let (previous, now) = (at(1_000_000_000_000), at(1_000_000_500_000));
        let day = BEFORE_MAX_S * 1000;
        let rows = [
            (1_000_000_400_000, 1_000_000_400_000, false),
            (1_000_000_000_000 - day, 1_000_000_000_000 - day, false),
            (1_000_000_000_000 - day - 1, 1_000_000_000_000 - day, true),
            (1_000_000_560_000, 1_000_000_560_000, false),
            (1_000_000_560_001, 1_000_000_560_000, true),
            (i64::MAX, 1_000_000_560_000, true),
            (i64::MIN, 1_000_000_000_000 - day, true),
        ];
        for (sent, want, absurd) in rows {
            assert_eq!(clamp(at(sent), previous, now), (at(want), absurd), "{sent}");
        }
        let (likely, _) = clamp(at(5), at(i64::MAX), at(i64::MIN));
        assert_eq!(likely, at(i64::MIN).plus_seconds(AHEAD_MAX_S), "a clock that went back");
    }

    #[test]
    fn fields_that_are_nested_too_deeply_are_counted() {
        let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        let content = format!(r#"{{"body":"seen","a":{},"b":{},"c":{}}}"#, deep(30_000), deep(17), deep(16));
        let event = event(&content);
        assert_eq!((event.unread_fields, event.content.text("body").as_deref()), (2, Some("seen")));
    }

    proptest! {
        #[test]
        fn instants_stay_within_their_bounds(sent in any::<i64>(), previous in any::<i64>(), now in any::<i64>()) {
            let at = Timestamp::from_millis;
            let (likely, absurd) = clamp(at(sent), at(previous), at(now));
            prop_assert!(likely <= at(now).plus_seconds(AHEAD_MAX_S));
            prop_assert_eq!(absurd, likely != at(sent));
        }
    }
}
