//! Messages as the posts that are judged.
//!
//! A message is the same object when it is sent, when it is updated and when it is asked for. Discord also tells of an
//! update when nobody edited anything: a link was unfolded, a message was pinned, a flag was set. Whoever hands in what
//! is read here therefore
//!
//! - keeps the last [`Told::digest`] of each message and hands in nothing when it is the same: nothing new is said;
//! - hands in everything else as it is. An embed that came late is part of the same [`Post::revision`]: it is judged if
//!   there is no case yet, and changes nothing about a case there is. It can never be a second strike, for a post has
//!   one case. A post that only waits for a moderator, or that one let stand, is not taken away for it;
//! - asks for the whole message where only a part came ([`Reading::Partial`]).

use policy::{MemberId, Post, PostId, PostKind, SurfaceKind, Timestamp};
use serde_json::Value;

use super::names;
use super::post::{Place, tenths_after};
use super::surfaces::{MENTIONS_MAX, Texts, Words};
use crate::digest::Digest;
use crate::ids::Snowflake;
use crate::json;

/// Who stands behind a message, and so whether anybody can be asked to answer for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writer {
    /// A member.
    Member,
    /// A member, by a program that they brought along: what it writes, they had it write. They are the post's author.
    Invoker {
        /// The program.
        app: Option<Snowflake>,
    },
    /// Whoever has the address of a webhook. All its words are quotations: they may have to go, and are no breach.
    Webhook,
    /// A program that the server let in. The same holds for its words, also where a member asked it something.
    Bot,
    /// The bot itself. It is not judged.
    Ours,
    /// Discord, which repeats what is judged elsewhere: the title of a thread, the question of a poll. The same holds for
    /// its words as for a bot's.
    System,
}

impl Writer {
    /// Whose the words are.
    fn words(self) -> Words {
        match self {
            Self::Member => Words::Members,
            Self::Invoker { .. } => Words::Composed,
            Self::Webhook | Self::Bot | Self::Ours | Self::System => Words::Nobodys,
        }
    }
}

/// A message that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// What it says.
    pub(crate) post: Post,
    /// Who stands behind it.
    pub(crate) writer: Writer,
    /// Tells its words from others; see the head of this file.
    pub(crate) digest: Digest,
    /// Whether Discord lets it be removed at all.
    pub(crate) is_deletable: bool,
}

/// What an object says as a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Something.
    Told(Box<Told>),
    /// Nothing: there is no text in it.
    Silent,
    /// Nothing at all. Nobody can send that by means known here, so Discord keeps what members write from the bot.
    Withheld,
    /// It is not the whole message, so that it cannot be judged.
    Partial,
}

/// The kinds of messages that matter here.
mod kind {
    pub(super) const DEFAULT: u64 = 0;
    pub(super) const REPLY: u64 = 19;
    pub(super) const CHAT_INPUT_COMMAND: u64 = 20;
    pub(super) const CONTEXT_MENU_COMMAND: u64 = 23;
    /// Shown to officers where they asked for it: what AutoMod kept back is judged as a post of its own.
    pub(super) const AUTO_MODERATION_ACTION: u64 = 24;
    /// What a member calls the stage that they open or lead. It stands nowhere else with who typed it.
    pub(super) const STAGE_START: u64 = 27;
    pub(super) const STAGE_TOPIC: u64 = 31;
    /// Somebody came or went, called, renamed a channel or gave it a picture; what a thread was begun at.
    pub(super) const STAYS: [u64; 6] = [1, 2, 3, 4, 5, 21];
}

/// Reads a message, as it is sent, updated or asked for.
pub(crate) fn read(message: &Value, place: &Place) -> Reading {
    let whole = whole(message);
    let Some((id, author)) = whole else { return Reading::Partial };
    let kind = json::number(message, "type").unwrap_or(kind::DEFAULT);
    let writer = writer(message, kind, author, place);
    let mut texts = match kind {
        kind::AUTO_MODERATION_ACTION => return Reading::Silent,
        _ => Texts::of_message(message, writer.words()),
    };
    if writer == Writer::Webhook {
        // Each message of a webhook can come under another name.
        let name = json::at(message, &["author"]).and_then(|author| json::text(author, "username"));
        texts = texts.and(SurfaceKind::Quotation, name.unwrap_or_default());
    }
    if texts.is_empty() {
        return if is_withheld(message, kind, writer) { Reading::Withheld } else { Reading::Silent };
    }
    // Told by what is said and not by whose words it is: what is answered may be gone when the message is read again.
    let digest = texts.digest();
    if kind == kind::REPLY && writer == Writer::Member {
        texts = quoting(texts, message, author);
    }
    let is_deletable = !kind::STAYS.contains(&kind);
    match post(message, place, id, (writer, kind), texts) {
        Some(post) => Reading::Told(Box::new(Told { post, writer, digest, is_deletable })),
        None => Reading::Partial,
    }
}

/// Whether somebody's message says, shows and shares nothing. Without the intent for what messages hold, this is all that
/// is left of one, unless it is to the bot.
fn is_withheld(message: &Value, kind: u64, writer: Writer) -> bool {
    const HELD: [&str; 6] =
        ["attachments", "embeds", "components", "sticker_items", "stickers", "message_snapshots"];
    const SHARED: [&str; 4] = ["poll", "activity", "application", "call"];
    writer == Writer::Member
        && matches!(kind, kind::DEFAULT | kind::REPLY)
        && HELD.iter().all(|name| json::list(message, name).is_empty())
        && SHARED.iter().all(|name| json::get(message, name).is_none())
}

/// The texts of an answer, of which what it quotes of another's message is a quotation.
fn quoting(texts: Texts, message: &Value, author: Snowflake) -> Texts {
    let Some(answered) = json::get(message, "referenced_message") else { return texts };
    let of_another = json::at(answered, &["author"]).and_then(|of| json::id(of, "id")) != Some(author);
    match json::text(answered, "content").filter(|_| of_another) {
        Some(content) => texts.quoting(content),
        None => texts,
    }
}

/// The id and the author of a message that is whole: some updates hold only what changed.
fn whole(message: &Value) -> Option<(Snowflake, Snowflake)> {
    let author = json::get(message, "author")?;
    json::get(message, "content")?;
    Some((json::id(message, "id")?, json::id(author, "id")?))
}

fn writer(message: &Value, kind: u64, author: Snowflake, place: &Place) -> Writer {
    let app = json::id(message, "application_id");
    if author == place.me || app == Some(place.app) {
        return Writer::Ours;
    }
    match kind {
        kind::DEFAULT | kind::REPLY | kind::CHAT_INPUT_COMMAND | kind::CONTEXT_MENU_COMMAND => {}
        kind::STAGE_START | kind::STAGE_TOPIC => return Writer::Member,
        // Of a kind that is not known, nobody knows whose words it repeats.
        _ => return Writer::System,
    }
    if let Some(invoker) = invoker(message) {
        return if is_brought_along(message, invoker) { Writer::Invoker { app } } else { Writer::Bot };
    }
    let is = |name| json::get(message, "author").is_some_and(|author| json::is_true(author, name));
    match json::id(message, "webhook_id") {
        Some(_) if app.is_none() => Writer::Webhook,
        Some(_) => Writer::Bot,
        None if is("bot") || is("system") => Writer::Bot,
        None => Writer::Member,
    }
}

/// Who had a program write a message.
fn invoker(message: &Value) -> Option<&Value> {
    let user = |of| json::at(message, &[of, "user"]).filter(|user| json::id(user, "id").is_some());
    user("interaction_metadata").or_else(|| user("interaction"))
}

/// Whether a program writes for whoever brought it along, and not for the server that let it in, nor for somebody who
/// only pressed a button of another member's.
fn is_brought_along(message: &Value, invoker: &Value) -> bool {
    let owners = json::at(message, &["interaction_metadata", "authorizing_integration_owners"]);
    let owner = |sort: &str| owners.and_then(|owners| json::get(owners, sort));
    owner("0").is_none() && owner("1").is_none_or(|owner| json::snowflake(owner) == json::id(invoker, "id"))
}

fn post(
    message: &Value,
    place: &Place,
    id: Snowflake,
    (writer, kind): (Writer, u64),
    texts: Texts,
) -> Option<Post> {
    let (member, user) = match writer {
        Writer::Invoker { .. } => (None, invoker(message)?),
        Writer::Member | Writer::Webhook | Writer::Bot | Writer::Ours | Writer::System => {
            (json::get(message, "member"), json::get(message, "author")?)
        }
    };
    let author = json::id(user, "id")?;
    let reference = json::get(message, "message_reference");
    let refers_to = |sort: u64| {
        let reference = reference.filter(|of| json::number(of, "type").unwrap_or_default() == sort)?;
        json::id(reference, "message_id")?.post()
    };
    let answers: Option<PostId> = if kind == kind::REPLY { refers_to(0) } else { None };
    let answered = answers.as_ref().and(json::at(message, &["referenced_message", "author"]));
    let answered = answered.and_then(|author| json::id(author, "id"));
    let named = json::list(message, "mentions").iter().filter_map(|user| json::id(user, "id"));
    let mut addressed: Vec<MemberId> = Vec::new();
    for user in answered.into_iter().chain(named).chain(texts.mentioned().iter().copied()) {
        let member = user.member()?;
        if user != author && !addressed.contains(&member) && addressed.len() < MENTIONS_MAX {
            addressed.push(member);
        }
    }
    // An answer to somebody who is not known is aimed all the same.
    let is_aimed =
        answers.is_some() && answered.is_none() || !json::list(message, "mention_roles").is_empty();
    let (revision, written_at) = revision(message, id);
    Some(Post {
        group: place.group.clone(),
        channel: json::id(message, "channel_id")?.channel()?,
        id: id.post()?,
        revision,
        author: match writer {
            Writer::Webhook | Writer::Bot => MemberId::nobody(&author.to_string())?,
            Writer::Member | Writer::Invoker { .. } | Writer::Ours | Writer::System => author.member()?,
        },
        author_name: names::author_name(member, user, author),
        kind: PostKind::Message,
        written_at,
        surfaces: texts.into_surfaces(),
        answers,
        directed: is_aimed || !addressed.is_empty(),
        addressed,
        forwards: refers_to(1),
        promised: false,
    })
}

/// Which revision of a message this is, and when it was written.
fn revision(message: &Value, id: Snowflake) -> (u32, Timestamp) {
    match json::instant(message, "edited_timestamp") {
        Some(edited) => (tenths_after(id, edited), edited.max(id.sent_at())),
        None => (0, id.sent_at()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::surfaces::MENTIONS_MAX;
    use policy::GroupId;
    use serde_json::json;

    fn place() -> Place {
        let id = |number| Snowflake::new(number).unwrap();
        Place { group: GroupId::new("branch").unwrap(), me: id(1), app: id(2) }
    }

    /// A message with these fields in the place of its own.
    fn with(fields: &Value) -> Value {
        let mut message = json!({
            "id": "175928847299117063", "channel_id": "7", "type": 0, "content": "words",
            "author": {"id": "50", "username": "nelly", "global_name": "Nelly"}, "edited_timestamp": null
        });
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        message
    }

    fn told(fields: &Value) -> Told {
        match read(&with(fields), &place()) {
            Reading::Told(told) => *told,
            other => panic!("{other:?}"),
        }
    }

    fn ids(members: &[MemberId]) -> Vec<&str> {
        members.iter().map(MemberId::as_str).collect()
    }

    #[test]
    fn whoever_wrote_a_message_is_told_apart() {
        let by = |owners: Value| {
            json!({"application_id": "4", "webhook_id": "4", "type": 20,
            "author": {"id": "5", "bot": true}, "interaction_metadata": {"user": {"id": "50"},
            "authorizing_integration_owners": owners}})
        };
        let invoker = Writer::Invoker { app: Snowflake::new(4) };
        let rows = [
            (json!({}), Writer::Member, "50"),
            (json!({"type": 19}), Writer::Member, "50"),
            (json!({"type": 31}), Writer::Member, "50"),
            (json!({"author": {"id": "5", "bot": true}}), Writer::Bot, "~5"),
            (json!({"author": {"id": "5", "system": true}}), Writer::Bot, "~5"),
            (json!({"author": {"id": "3", "bot": true}, "webhook_id": "3"}), Writer::Webhook, "~3"),
            (json!({"author": {"id": "3"}, "webhook_id": "3", "application_id": "4"}), Writer::Bot, "~3"),
            (by(json!({"1": "50"})), invoker, "50"),
            (by(json!(null)), invoker, "50"),
            (by(json!({"0": "9"})), Writer::Bot, "~5"),
            (by(json!({"0": "9", "1": "50"})), Writer::Bot, "~5"),
            (by(json!({"1": "60"})), Writer::Bot, "~5"),
            (json!({"author": {"id": "1", "bot": true}}), Writer::Ours, "1"),
            (json!({"author": {"id": "6"}, "application_id": "2", "webhook_id": "2"}), Writer::Ours, "6"),
            (json!({"type": 46}), Writer::System, "50"),
            (json!({"type": 4_000_000_000_u64}), Writer::System, "50"),
        ];
        for (fields, writer, author) in rows {
            let told = told(&fields);
            assert_eq!((told.writer, told.post.author.as_str()), (writer, author), "{fields}");
            let is_own = told.post.surfaces.iter().any(|surface| surface.kind.is_own());
            assert_eq!(is_own, matches!(writer, Writer::Member | Writer::Invoker { .. }), "{fields}");
        }
    }

    #[test]
    fn a_revision_is_the_same_however_often_it_is_read() {
        let edited = |at: &str| told(&json!({"edited_timestamp": at})).post;
        let first = told(&json!({})).post;
        assert_eq!((first.revision, first.written_at.as_millis()), (0, 1_462_015_105_796));
        let rows = [
            ("2016-04-30T11:18:26.796000+00:00", 10, 1_462_015_106_796),
            ("2016-04-30T11:18:25.796000+00:00", 1, 1_462_015_105_796),
            ("2010-01-01T00:00:00+00:00", 1, 1_462_015_105_796),
            ("9999-01-01T00:00:00+00:00", u32::MAX, 253_370_764_800_000),
        ];
        for (at, revision, written_at) in rows {
            let post = edited(at);
            assert_eq!((post.revision, post.written_at.as_millis()), (revision, written_at), "{at}");
        }
        assert_eq!(edited("some day").revision, 0, "what cannot be read is no edit");
    }

    #[test]
    fn a_message_is_aimed_at_those_it_answers_and_mentions_and_never_at_its_author() {
        let reply = |author: Value| {
            json!({"type": 19, "message_reference": {"message_id": "40", "channel_id": "7"},
            "referenced_message": {"author": author}})
        };
        let answer = told(&reply(json!({"id": "60"}))).post;
        assert_eq!(answer.answers.as_ref().map(PostId::as_str), Some("40"));
        assert_eq!((answer.directed, ids(&answer.addressed)), (true, vec!["60"]));
        let to_self = told(&reply(json!({"id": "50"}))).post;
        assert_eq!((to_self.directed, to_self.addressed.len()), (false, 0), "an answer to oneself");
        let unknown = told(&reply(json!(null))).post;
        assert_eq!((unknown.directed, unknown.addressed.len()), (true, 0), "an answer all the same");

        let fields =
            json!({"content": "<@61> <@50> <@60> words", "mentions": [{"id": "60"}, {"id": "60"}, {}]});
        assert_eq!(ids(&told(&fields).post.addressed), ["60", "61"]);
        let role = told(&json!({"mention_roles": ["8"]})).post;
        assert_eq!((role.directed, role.addressed.len()), (true, 0));
        let many: Vec<Value> = (100..300).map(|id| json!({"id": id.to_string()})).collect();
        assert_eq!(told(&json!({"mentions": many})).post.addressed.len(), MENTIONS_MAX);

        // A thread's first message and a pin refer to another one and answer nothing.
        let pinned = json!({"type": 6, "message_reference": {"type": 0, "message_id": "40"}});
        assert_eq!(told(&pinned).post.answers, None);
    }

    #[test]
    fn what_an_answer_quotes_of_another_is_theirs() {
        let texts = |answered: Value| {
            let told = told(&json!({
                "type": 19, "content": "> utter **rubbish**\nplease do not",
                "message_reference": {"message_id": "40"}, "referenced_message": answered
            }));
            let texts = told.post.surfaces.into_iter().map(|one| (one.kind, one.text.expose().to_owned()));
            (texts.collect::<Vec<_>>(), told.digest)
        };
        let of = |author: &str, content: &str| json!({"content": content, "author": {"id": author}});
        let (quoting, digest) = texts(of("60", "this is utter **rubbish**"));
        let (quotation, body) = (SurfaceKind::Quotation, SurfaceKind::Body);
        assert_eq!(
            quoting,
            [(quotation, "utter **rubbish**".to_owned()), (body, "please do not".to_owned())]
        );
        let own = [(body, "> utter **rubbish**\nplease do not".to_owned())];
        for answered in [of("60", "this is fine"), of("50", "this is utter **rubbish**"), Value::Null] {
            assert_eq!(texts(answered), (own.to_vec(), digest), "nothing new is said");
        }
    }

    #[test]
    fn a_forward_names_what_it_forwards_and_owns_nothing_of_it() {
        let forward = told(&json!({
            "content": "", "message_reference": {"type": 1, "message_id": "40", "channel_id": "8"},
            "message_snapshots": [{"message": {"content": "theirs", "message_snapshots": [
                {"message": {"content": "another's"}}]}}]
        }));
        assert_eq!(forward.post.forwards.as_ref().map(PostId::as_str), Some("40"));
        assert_eq!((forward.post.answers, forward.post.directed), (None, false));
        let texts: Vec<_> = forward.post.surfaces.iter().map(|one| (one.kind, one.text.expose())).collect();
        assert_eq!(texts, [(SurfaceKind::Quotation, "theirs"), (SurfaceKind::Quotation, "another's")]);
    }

    #[test]
    fn a_part_of_a_message_is_told_from_one_that_says_nothing() {
        for missing in ["id", "author", "content", "channel_id"] {
            let mut part = with(&json!({}));
            part.as_object_mut().unwrap().remove(missing);
            assert_eq!(read(&part, &place()), Reading::Partial, "{missing}");
        }
        let picture = json!({"content": "", "attachments": [{"id": "1"}]});
        assert_eq!(read(&with(&picture), &place()), Reading::Silent);
        assert_eq!(read(&with(&json!({"type": 24})), &place()), Reading::Silent, "shown to officers");
        assert_eq!(read(&Value::Null, &place()), Reading::Partial);
    }

    #[test]
    fn a_message_in_which_there_is_nothing_was_kept_from_the_bot() {
        let bare = json!({"content": "", "attachments": [], "embeds": [], "components": []});
        assert_eq!(read(&with(&bare), &place()), Reading::Withheld);
        for (name, value) in [
            ("type", json!(7)),
            ("attachments", json!([{"id": "1"}])),
            ("sticker_items", json!([{"id": "1"}])),
            ("embeds", json!([{"type": "gifv"}])),
            ("activity", json!({"type": 1})),
            ("author", json!({"id": "50", "username": "rook", "bot": true})),
            ("webhook_id", json!("60")),
        ] {
            let mut message = with(&bare);
            message[name] = value;
            assert_ne!(read(&message, &place()), Reading::Withheld, "{name}");
        }
    }

    #[test]
    fn what_discord_keeps_is_told() {
        for (kind, is_deletable) in [(0, true), (19, true), (4, false), (18, true), (21, false), (46, true)] {
            assert_eq!(told(&json!({"type": kind})).is_deletable, is_deletable, "{kind}");
        }
    }

    #[test]
    fn the_name_is_the_one_that_readers_saw() {
        let name = |fields: Value| told(&fields).post.author_name.expose().to_owned();
        assert_eq!(name(json!({"member": {"nick": "Nick"}})), "Nick");
        assert_eq!(name(json!({})), "Nelly");
        assert_eq!(name(json!({"author": {"id": "50", "username": "nelly"}})), "nelly");
        assert_eq!(name(json!({"author": {"id": "50"}})), "50");
    }
}
