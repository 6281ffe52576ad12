//! What the server itself is made of, where words can stand: its name, its events, its emoji, stickers and sounds, and the
//! tags of other servers beside members' names. The bot takes nothing of it away; the officers are told.

use policy::{ChannelId, MemberId, MessageText, Post, PostKind, SurfaceKind, Timestamp};
use serde_json::Value;

use super::post::{Place, minute};
use super::surfaces::Texts;
use crate::ids::{PostName, Snowflake};
use crate::json;

/// How many of a sort are read at most; Discord allows a server no more than a thousand of any.
const MAX: usize = 2_000;

/// Which fields of something hold words.
struct Sort {
    /// Under which name lists of it come.
    list: &'static str,
    id: &'static str,
    texts: &'static [&'static [&'static str]],
}

const SERVER: Sort = Sort { list: "", id: "id", texts: &[&["name"], &["description"]] };
const EVENTS: Sort = Sort {
    list: "guild_scheduled_events",
    id: "id",
    texts: &[&["name"], &["description"], &["entity_metadata", "location"]],
};
const EMOJIS: Sort = Sort { list: "emojis", id: "id", texts: &[&["name"]] };
const STICKERS: Sort = Sort { list: "stickers", id: "id", texts: &[&["name"], &["description"], &["tags"]] };
const SOUNDS: Sort = Sort { list: "soundboard_sounds", id: "sound_id", texts: &[&["name"]] };

/// What an event tells of it, each with what it is of.
pub(crate) fn posts(
    event: &str,
    data: &Value,
    place: &Place,
    server: Snowflake,
    now: Timestamp,
) -> Vec<(Snowflake, Post)> {
    let (alone, lists): (Option<Sort>, &[Sort]) = match event {
        "GUILD_CREATE" => (Some(SERVER), &[EVENTS, EMOJIS, STICKERS, SOUNDS]),
        "GUILD_UPDATE" => (Some(SERVER), &[]),
        "GUILD_SCHEDULED_EVENT_CREATE" | "GUILD_SCHEDULED_EVENT_UPDATE" => (Some(EVENTS), &[]),
        "GUILD_SOUNDBOARD_SOUND_CREATE" | "GUILD_SOUNDBOARD_SOUND_UPDATE" => (Some(SOUNDS), &[]),
        "GUILD_EMOJIS_UPDATE" => (None, &[EMOJIS]),
        "GUILD_STICKERS_UPDATE" => (None, &[STICKERS]),
        "GUILD_SOUNDBOARD_SOUNDS_UPDATE" => (None, &[SOUNDS]),
        _ => return Vec::new(),
    };
    let now = if event == "GUILD_CREATE" { None } else { Some(now) };
    let is_new = event == "GUILD_SCHEDULED_EVENT_CREATE";
    let read = |sort: &Sort, one: &Value| {
        let of = json::id(one, sort.id)?;
        // Whoever makes an event writes what it says. Later on somebody else may have; and nobody says who made the rest.
        let maker = json::id(one, "creator_id").or_else(|| json::id(json::get(one, "user")?, "id"));
        let kind = if is_new && maker.is_some() { SurfaceKind::Body } else { SurfaceKind::Quotation };
        let words = sort.texts.iter().filter_map(|path| json::at(one, path)?.as_str());
        post(of, maker.filter(|maker| *maker != place.me), kind, words, place, server, now)
    };
    let alone = alone.and_then(|sort| read(&sort, data));
    let listed = lists
        .iter()
        .flat_map(|sort| json::list(data, sort.list).iter().take(MAX).map(move |one| (sort, one)));
    alone.into_iter().chain(listed.filter_map(|(sort, one)| read(sort, one))).collect()
}

/// The tag of another server that somebody wears beside their name. They chose it, and did not write it.
pub(crate) fn tag(
    member: &Value,
    place: &Place,
    server: Snowflake,
    at: Option<Timestamp>,
) -> Option<(Snowflake, Post)> {
    let user = json::get(member, "user")?;
    let id = json::id(user, "id").filter(|id| *id != place.me)?;
    let worn = json::get(user, "primary_guild").filter(|worn| json::is_true(worn, "identity_enabled"))?;
    let words = json::text(worn, "tag")?;
    post(id, Some(id), SurfaceKind::Quotation, [words].into_iter(), place, server, at)
}

fn post<'v>(
    of: Snowflake,
    author: Option<Snowflake>,
    kind: SurfaceKind,
    words: impl Iterator<Item = &'v str>,
    place: &Place,
    server: Snowflake,
    at: Option<Timestamp>,
) -> Option<(Snowflake, Post)> {
    let texts = words.fold(Texts::default(), |texts, text| texts.and(kind, text));
    if texts.is_empty() {
        return None;
    }
    let author = match author {
        Some(author) => author.member()?,
        None => MemberId::nobody(&server.to_string())?,
    };
    let everywhere: ChannelId = server.channel()?;
    let post = Post {
        group: place.group.clone(),
        channel: everywhere,
        id: PostName::Fixture { of, digest: texts.digest() }.id()?,
        revision: at.map(minute).unwrap_or_default(),
        author_name: MessageText::new(author.as_str()),
        author,
        kind: PostKind::Fixture,
        written_at: at.unwrap_or_else(|| of.sent_at()),
        surfaces: texts.into_surfaces(),
        answers: None,
        directed: false,
        addressed: Vec::new(),
        forwards: None,
        promised: false,
    };
    Some((of, post))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id(number: u64) -> Snowflake {
        Snowflake::new(number).unwrap()
    }

    fn place() -> Place {
        Place { group: policy::GroupId::new("branch").unwrap(), me: id(1), app: id(2) }
    }

    /// What an event tells: of what, whose, whether they wrote it, and the words.
    fn told(event: &str, data: &Value) -> Vec<(u64, String, bool, String)> {
        let all = posts(event, data, &place(), id(9), Timestamp::from_millis(60_000));
        let shown = |(of, post): (Snowflake, Post)| {
            assert_eq!(post.kind, PostKind::Fixture, "{event}: nobody can take it away");
            let own = post.surfaces.iter().all(|surface| surface.kind == SurfaceKind::Body);
            let words: Vec<&str> = post.surfaces.iter().map(|surface| surface.text.expose()).collect();
            (of.number(), post.author.as_str().to_owned(), own, words.join(" | "))
        };
        all.into_iter().map(shown).collect()
    }

    fn row(of: u64, author: &str, own: bool, words: &str) -> (u64, String, bool, String) {
        (of, author.to_owned(), own, words.to_owned())
    }

    #[test]
    fn every_word_of_the_server_itself_is_read() {
        let event = json!({"id": "30", "creator_id": "50", "name": "Quiz", "description": "Bring pens",
            "entity_metadata": {"location": "The Hall"}});
        let emoji = json!({"id": "31", "name": "wave"});
        let sticker =
            json!({"id": "32", "name": "Hi", "description": "a hand", "tags": "wave", "user": {"id": "51"}});
        let sound = json!({"sound_id": "33", "name": "gong"});
        let event_row = |own| row(30, "50", own, "Quiz | Bring pens | The Hall");
        let emoji_row = || row(31, "~9", false, "wave");
        let sticker_row = || row(32, "51", false, "Hi | a hand | wave");
        let sound_row = || row(33, "~9", false, "gong");
        let server = json!({"id": "9", "name": "Branch", "description": "Tea", "emojis": [emoji], "stickers": [sticker],
            "guild_scheduled_events": [event], "soundboard_sounds": [sound]});
        let server_row = || row(9, "~9", false, "Branch | Tea");
        let all = vec![server_row(), event_row(false), emoji_row(), sticker_row(), sound_row()];
        let rows = [
            ("GUILD_CREATE", server.clone(), all),
            ("GUILD_UPDATE", server, vec![server_row()]),
            ("GUILD_SCHEDULED_EVENT_CREATE", event.clone(), vec![event_row(true)]),
            ("GUILD_SCHEDULED_EVENT_UPDATE", event, vec![event_row(false)]),
            ("GUILD_EMOJIS_UPDATE", json!({"emojis": [emoji]}), vec![emoji_row()]),
            ("GUILD_STICKERS_UPDATE", json!({"stickers": [sticker]}), vec![sticker_row()]),
            ("GUILD_SOUNDBOARD_SOUND_CREATE", sound.clone(), vec![sound_row()]),
            ("GUILD_SOUNDBOARD_SOUNDS_UPDATE", json!({"soundboard_sounds": [sound]}), vec![sound_row()]),
            ("GUILD_EMOJIS_UPDATE", json!({"emojis": [{"id": "31", "name": null}, null, 7]}), vec![]),
            ("TYPING_START", json!({"id": "9", "name": "Branch"}), vec![]),
        ];
        for (event, data, want) in rows {
            assert_eq!(told(event, &data), want, "{event}");
        }
    }

    #[test]
    fn what_is_named_anew_is_another_post_and_the_same_again_the_same() {
        let named = |name: &str| {
            let all =
                posts("GUILD_UPDATE", &json!({"id": "9", "name": name}), &place(), id(9), Timestamp::EPOCH);
            all[0].1.id.clone()
        };
        assert_eq!(named("Tea"), named("Tea"));
        assert_ne!(named("Tea"), named("Talk"));
        assert!(matches!(PostName::parse(&named("Tea")), Some(PostName::Fixture { of, .. }) if of == id(9)));
    }

    #[test]
    fn a_tag_is_worn_and_not_written() {
        let member = |worn: Value| json!({"user": {"id": "50", "username": "nelly", "primary_guild": worn}});
        let worn =
            |enabled: bool| json!({"identity_enabled": enabled, "identity_guild_id": "8", "tag": "TEA"});
        let (of, post) = tag(&member(worn(true)), &place(), id(9), None).unwrap();
        assert_eq!((of, post.author.as_str(), post.surfaces.len()), (id(50), "50", 1));
        assert_eq!(post.kind, PostKind::Fixture);
        assert_eq!((post.surfaces[0].kind, post.surfaces[0].text.expose()), (SurfaceKind::Quotation, "TEA"));
        for none in [worn(false), json!(null), json!({"identity_enabled": true, "tag": null})] {
            assert_eq!(tag(&member(none), &place(), id(9), None), None);
        }
    }
}
