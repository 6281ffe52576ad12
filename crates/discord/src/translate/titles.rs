//! What channels, threads and forum posts are called, what they are about, and what goes on in voice channels.
//!
//! Discord tells what is set and seldom who set it. Where that is not known, the words are a quotation: they may have to
//! go, and nobody answers for them.

use policy::{MessageText, Post, PostKind, SurfaceKind, Timestamp};
use serde_json::Value;

use super::post::{Draft, Place, minute};
use super::surfaces::Texts;
use crate::digest::Digest;
use crate::ids::{PostName, Snowflake};
use crate::json;

/// What an event does not say about what was set.
#[derive(Clone, Default)]
pub(crate) struct Setting<'a> {
    /// The channel as it was before, where that is known; what stayed the same is nothing new.
    pub(crate) before: Option<&'a Value>,
    /// Who set it, where the audit log tells. Who made a thread stands in it, and need not be told.
    pub(crate) by: Option<Snowflake>,
    /// The name they go by, where it is known.
    pub(crate) name: Option<&'a str>,
    /// When; nothing when it merely stands so.
    pub(crate) at: Option<Timestamp>,
}

/// The post by which a title is known, of all that a channel is or was called.
pub(crate) fn title(channel: Snowflake, words: &str) -> PostName {
    PostName::Title { channel, digest: Digest::of([words]) }
}

/// The same for a topic.
pub(crate) fn topic(channel: Snowflake, words: &str) -> PostName {
    PostName::Topic { channel, digest: Digest::of([words]) }
}

/// The same for the status of a voice channel.
pub(crate) fn status(channel: Snowflake, words: &str) -> PostName {
    PostName::Status { channel, digest: Digest::of([words]) }
}

/// What a channel, a thread or a forum post is called and what it is about, as a channel or thread is made, changed,
/// listed or asked for. Nothing where nobody is known whom to write to about it.
pub(crate) fn channel_posts(channel: &Value, place: &Place, setting: &Setting<'_>) -> Vec<Post> {
    let Some(id) = json::id(channel, "id") else { return Vec::new() };
    let post = |name: PostName, kind, text| Set { id, name, kind, text }.post(channel, place, setting);
    let named = set(channel, "name", setting);
    let named = named.and_then(|words| post(title(id, words), PostKind::Title, words));
    let about = set(channel, "topic", setting);
    let about = about.and_then(|words| post(topic(id, words), PostKind::Topic, words));
    named.into_iter().chain(about).collect()
}

/// What somebody says goes on in a voice channel, with a `VOICE_CHANNEL_STATUS_UPDATE` or in a list of channels. Nothing
/// where it is not known who.
pub(crate) fn status_post(channel: &Value, place: &Place, setting: &Setting<'_>) -> Option<Post> {
    let id = json::id(channel, "id")?;
    let text = set(channel, "status", setting)?;
    Set { id, name: status(id, text), kind: PostKind::Topic, text }.post(channel, place, setting)
}

/// What is set of a channel, by name, whoever set it.
pub(crate) fn names(channel: &Value) -> Vec<PostName> {
    let Some(id) = json::id(channel, "id") else { return Vec::new() };
    let name =
        |field, of: fn(Snowflake, &str) -> PostName| json::text(channel, field).map(|words| of(id, words));
    [name("name", title), name("topic", topic), name("status", status)].into_iter().flatten().collect()
}

/// Whether somebody answers for what is set, and it is not only found to stand so.
pub(crate) fn is_claimed(post: &Post) -> bool {
    post.surfaces.iter().any(|surface| surface.kind.is_own())
}

/// Who renamed a thread, as Discord says in the thread itself, and to what: the event of the renaming does not tell who.
pub(crate) fn renamed(message: &Value) -> Option<(Snowflake, &str)> {
    const CHANNEL_NAME_CHANGE: u64 = 4;
    let is_renaming = json::number(message, "type") == Some(CHANNEL_NAME_CHANGE);
    let by = json::id(json::get(message, "author")?, "id")?;
    json::text(message, "content").filter(|_| is_renaming).map(|title| (by, title))
}

/// A text that is set, unless it was so before.
fn set<'v>(channel: &'v Value, name: &str, setting: &Setting<'_>) -> Option<&'v str> {
    let before = setting.before.and_then(|before| json::text(before, name));
    json::text(channel, name).filter(|text| before != Some(text))
}

struct Set<'a> {
    id: Snowflake,
    name: PostName,
    kind: PostKind,
    text: &'a str,
}

impl Set<'_> {
    fn post(self, channel: &Value, place: &Place, setting: &Setting<'_>) -> Option<Post> {
        let owner = json::id(channel, "owner_id");
        // Whoever makes a thread gives it its name. Later on somebody else may have given it another.
        let maker = owner.filter(|_| json::is_true(channel, "newly_created"));
        let (author, kind) = match setting.by.or(maker) {
            Some(by) => (by, SurfaceKind::Body),
            None => (owner?, SurfaceKind::Quotation),
        };
        if author == place.me {
            return None;
        }
        let made_at = json::get(channel, "thread_metadata");
        let made_at = made_at.and_then(|thread| json::instant(thread, "create_timestamp"));
        let made_at = made_at.unwrap_or_else(|| self.id.sent_at());
        let called = setting.name.map_or_else(|| author.to_string(), str::to_owned);
        Draft {
            place,
            channel: self.id.channel()?,
            name: self.name,
            kind: self.kind,
            revision: setting.at.map(minute).unwrap_or_default(),
            written_at: setting.at.unwrap_or(made_at),
            author,
            author_name: MessageText::new(called),
            texts: match self.kind {
                PostKind::Title => Texts::verbatim(kind, self.text),
                PostKind::Message | PostKind::Nickname | PostKind::Topic | PostKind::Fixture => {
                    Texts::of(kind, self.text)
                }
            },
            addressed: Vec::new(),
        }
        .post()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place() -> Place {
        let id = |number| Snowflake::new(number).unwrap();
        Place { group: policy::GroupId::new("branch").unwrap(), me: id(1), app: id(2) }
    }

    fn by(number: u64) -> Setting<'static> {
        Setting { by: Snowflake::new(number), ..Setting::default() }
    }

    fn thread(name: &str, newly_created: bool) -> Value {
        json!({"id": "175928847299117063", "type": 11, "owner_id": "50", "name": name, "newly_created": newly_created,
            "thread_metadata": {"create_timestamp": "2026-08-06T12:00:00+00:00"}})
    }

    fn only(posts: &[Post]) -> (&str, SurfaceKind, &str) {
        assert_eq!((posts.len(), posts[0].surfaces.len()), (1, 1));
        (posts[0].author.as_str(), posts[0].surfaces[0].kind, posts[0].surfaces[0].text.expose())
    }

    #[test]
    fn a_title_is_its_makers_or_nobodys() {
        let made = channel_posts(&thread("Title", true), &place(), &Setting::default());
        assert_eq!(only(&made), ("50", SurfaceKind::Body, "Title"));
        assert_eq!((made[0].kind, made[0].channel.as_str()), (PostKind::Title, "175928847299117063"));
        assert_eq!((made[0].revision, made[0].written_at.as_millis()), (0, 1_786_017_600_000));

        let standing = channel_posts(&thread("Title", false), &place(), &Setting::default());
        assert_eq!(only(&standing), ("50", SurfaceKind::Quotation, "Title"), "somebody may have renamed it");
        assert_eq!(standing[0].id, made[0].id);

        let renamed = channel_posts(&thread("Title", false), &place(), &by(51));
        assert_eq!(only(&renamed), ("51", SurfaceKind::Body, "Title"));
        assert_eq!(channel_posts(&thread("Title", false), &place(), &by(1)), [], "set by the bot");
        let nobodys = json!({"id": "7", "type": 0, "name": "general", "topic": "t"});
        assert_eq!(channel_posts(&nobodys, &place(), &Setting::default()), []);
    }

    #[test]
    fn what_stays_the_same_is_nothing_new() {
        let before = json!({"id": "7", "name": "general", "topic": "old"});
        let now = json!({"id": "7", "name": "general", "topic": "new"});
        let at = Some(Timestamp::from_millis(7_200_001));
        let setting = Setting { before: Some(&before), at, name: Some("Olga"), ..by(51) };
        let posts = channel_posts(&now, &place(), &setting);
        assert_eq!(only(&posts), ("51", SurfaceKind::Body, "new"));
        assert_eq!(
            (posts[0].kind, posts[0].revision, posts[0].author_name.expose()),
            (PostKind::Topic, 120, "Olga")
        );
        assert_eq!(channel_posts(&now, &place(), &Setting { before: None, ..setting }).len(), 2);
    }

    #[test]
    fn a_status_is_of_whoever_set_it() {
        let event = json!({"id": "7", "guild_id": "9", "status": "revising"});
        let post = status_post(&event, &place(), &by(51)).unwrap();
        assert_eq!((post.kind, post.author.as_str()), (PostKind::Topic, "51"));
        assert!(matches!(PostName::parse(&post.id), Some(PostName::Status { .. })));
        assert_eq!(status_post(&event, &place(), &Setting::default()), None);
        assert_eq!(status_post(&json!({"id": "7", "status": null}), &place(), &by(51)), None);
        let same = Setting { before: Some(&event), ..by(51) };
        assert_eq!(status_post(&event, &place(), &same), None);
    }

    #[test]
    fn discord_says_in_the_thread_who_renamed_it() {
        let message = json!({"type": 4, "content": "New", "author": {"id": "51"}});
        assert_eq!(renamed(&message), Some((Snowflake::new(51).unwrap(), "New")));
        assert_eq!(renamed(&json!({"type": 0, "content": "New", "author": {"id": "51"}})), None);
        assert_eq!(renamed(&json!({"type": 4, "content": "New"})), None);
    }
}
