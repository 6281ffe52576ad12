//! Events as the posts that are judged.

use std::fmt::Write as _;

use policy::{
    ChannelId, GroupId, MemberId, MessageText, Post, PostId, PostKind, Surface, SurfaceKind, Timestamp,
};
use sha2::{Digest as _, Sha256};

use super::event::{Content, Event, Relation};
use super::html;
use super::json::Field;
use super::surfaces::{Answered, surfaces};
use crate::links;

/// How many members an event mentions at most, as far as we look.
pub(crate) const MENTIONS_MAX: usize = 50;

/// What an event does not say about itself.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The group its room is of.
    pub(crate) group: GroupId,
    /// Its room.
    pub(crate) channel: ChannelId,
    /// The name its sender goes by there.
    pub(crate) name: MessageText,
}

/// Which revision of a post an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chain {
    /// The post itself.
    First,
    /// An edit, by whoever wrote the original.
    Edit {
        /// What the original is called, and so the post.
        original: PostId,
        /// Higher than that of any edit before it, and than 0.
        revision: u32,
    },
}

/// An event as a post; nothing when a member typed no text into it.
///
/// Of what a member sets about themself it holds only the reason they give: the name is a post of its own, see
/// [`nickname_post`]. Somebody else's name is a quotation.
pub(crate) fn post(event: &Event, place: &Place, chain: Chain, answered: Answered<'_>) -> Option<Post> {
    let mut surfaces = surfaces(event, answered);
    if event.kind == "m.room.member" {
        surfaces.retain(|surface| surface.kind != SurfaceKind::Name);
    }
    if surfaces.is_empty() || event.redacted {
        return None;
    }
    let (id, revision) = match chain {
        Chain::First => (event.id.clone(), 0),
        Chain::Edit { original, revision } => (original, revision),
    };
    let (answers, aimed) = aim(event, answered);
    let mut addressed: Vec<MemberId> = Vec::new();
    let known = match answered {
        Answered::Known(original) => Some(original.sender.clone()),
        Answered::Nothing | Answered::Unknown => None,
    };
    for member in known.into_iter().chain(mentions(event)) {
        if member != event.sender && !addressed.contains(&member) {
            addressed.push(member);
        }
    }
    Some(Post {
        group: place.group.clone(),
        channel: place.channel.clone(),
        id,
        revision,
        author: event.sender.clone(),
        author_name: place.name.clone(),
        kind: kind(event),
        written_at: event.sent_at,
        surfaces,
        answers,
        directed: aimed || !addressed.is_empty(),
        addressed,
        forwards: None,
        promised: false,
    })
}

/// The event that this one answers, and whether it is aimed at somebody who is not known.
fn aim(event: &Event, answered: Answered<'_>) -> (Option<PostId>, bool) {
    let is_unknown = match answered {
        Answered::Unknown => true,
        Answered::Nothing | Answered::Known(_) => false,
    };
    match event.relation() {
        Relation::Reply(target) => (Some(target), is_unknown),
        Relation::Reaction { .. } => (None, is_unknown),
        // An edit does not say again what its original answers.
        Relation::Edit(_) => match answered {
            Answered::Known(original) => (Some(original.id.clone()), false),
            Answered::Nothing | Answered::Unknown => (None, is_unknown),
        },
        Relation::None | Relation::Thread { .. } => (None, false),
    }
}

fn kind(event: &Event) -> PostKind {
    match event.kind.as_str() {
        "m.room.name" if event.state_key.is_some() => PostKind::Title,
        "m.room.topic" if event.state_key.is_some() => PostKind::Topic,
        _ => PostKind::Message,
    }
}

/// The name that a member takes on with an event; nothing when it does that not, or the name is the one they had.
///
/// What the post is called depends on when the event says it was sent, so that it is called the same however late it is
/// read: the time is brought back ([`super::event::clamp`]) in the post.
pub(crate) fn nickname_post(event: &Event, place: &Place) -> Option<Post> {
    if event.kind != "m.room.member" || !event.is_about_sender() || event.redacted {
        return None;
    }
    let name = worn(&event.content)?;
    if event.previous.as_ref().and_then(worn).as_ref() == Some(&name) {
        return None;
    }
    let text = MessageText::new(name.as_str());
    Some(Post {
        group: place.group.clone(),
        channel: place.channel.clone(),
        id: nickname_id(&event.sender, &name)?,
        revision: minute(event.sent_at),
        author: event.sender.clone(),
        // The new name is what is judged, so it cannot be what the member is called meanwhile.
        author_name: MessageText::new(event.sender.as_str()),
        kind: PostKind::Nickname,
        written_at: event.sent_at,
        surfaces: vec![Surface { kind: SurfaceKind::Name, text }],
        answers: None,
        directed: false,
        addressed: Vec::new(),
        forwards: None,
        promised: false,
    })
}

/// The name a member goes by in a room. One that was filled in with an invitation nobody has seen as theirs yet.
fn worn(content: &Content) -> Option<String> {
    let is_there = matches!(content.text("membership").as_deref(), Some("join" | "knock"));
    content.text("displayname").filter(|name| is_there && !name.trim().is_empty())
}

/// Tells a name that was taken on again from the same one, which comes as an event from each room within moments.
fn minute(at: Timestamp) -> u32 {
    u32::try_from(at.as_millis() / 60_000).unwrap_or_default()
}

/// One rename comes as an event in each room; so they are one post, whose name tells which.
fn nickname_id(member: &MemberId, name: &str) -> Option<PostId> {
    let hash = hash(name);
    let id = PostId::new(format!("name/{}/{hash}", member.as_str()));
    // The longest accounts do not fit.
    id.or_else(|| PostId::new(format!("name/#{}/{hash}", self::hash(member.as_str()))))
}

/// The first 16 digits of a text's SHA-256.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(String::with_capacity(16), |mut digits, byte| {
        // Writing to a `String` cannot fail.
        write!(digits, "{byte:02x}").unwrap_or_default();
        digits
    })
}

/// Whose name a nickname's post is, and the hash of the name; nothing for any other post, and for an account whose own
/// name is too long to stand there (see [`is_worn`]).
pub(crate) fn parse_nickname(post: &PostId) -> Option<(MemberId, String)> {
    let (member, hash) = post.as_str().strip_prefix("name/")?.rsplit_once('/')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let member = links::member_id(member.to_owned())?;
    is_hash.then(|| (member, hash.to_owned()))
}

/// Whether a member who goes by `name` now wears the one that a nickname's post is about.
pub(crate) fn is_worn(post: &PostId, member: &MemberId, name: &str) -> bool {
    nickname_id(member, name).as_ref() == Some(post)
}

/// Whom an event mentions, in the way of today or as a link in its text; the first [`MENTIONS_MAX`], each once.
pub(crate) fn mentions(event: &Event) -> Vec<MemberId> {
    let whole = event.content.whole();
    let contents = [Some(whole), whole.get("m.new_content")].into_iter().flatten();
    let mut mentioned: Vec<MemberId> = Vec::new();
    for member in contents.flat_map(|content| listed(content).into_iter().chain(linked(content))) {
        if mentioned.len() < MENTIONS_MAX && !mentioned.contains(&member) {
            mentioned.push(member);
        }
    }
    mentioned
}

fn listed(content: Field<'_>) -> Vec<MemberId> {
    let ids = content.get("m.mentions").and_then(|mentions| mentions.get("user_ids"));
    let ids = ids.map(Field::elements).unwrap_or_default();
    ids.into_iter().filter_map(Field::text).filter_map(links::member_id).collect()
}

fn linked(content: Field<'_>) -> Vec<MemberId> {
    let formatted = content.get("formatted_body").and_then(Field::text).unwrap_or_default();
    html::shown(&formatted).links.iter().filter_map(|link| links::mentioned(link)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(fields: &str) -> Event {
        let json =
            format!(r#"{{"event_id":"$e","sender":"@alice:b.example","origin_server_ts":7200001,{fields}}}"#);
        Event::parse(&json).unwrap()
    }

    fn message(content: &str) -> Event {
        event(&format!(r#""type":"m.room.message","content":{content}"#))
    }

    fn renamed(content: &str, previous: &str) -> Event {
        event(&format!(
            r#""type":"m.room.member","state_key":"@alice:b.example","content":{content},
               "unsigned":{{"prev_content":{previous}}}"#
        ))
    }

    fn place() -> Place {
        Place {
            group: GroupId::new("group").unwrap(),
            channel: ChannelId::new("!r").unwrap(),
            name: MessageText::new("Alice"),
        }
    }

    fn first(event: &Event, answered: Answered<'_>) -> Post {
        post(event, &place(), Chain::First, answered).unwrap()
    }

    fn ids(members: &[MemberId]) -> Vec<&str> {
        members.iter().map(MemberId::as_str).collect()
    }

    #[test]
    fn a_post_is_aimed_at_those_it_answers_and_mentions_and_never_at_its_author() {
        let bob = Event::parse(
            r#"{"event_id":"$b","sender":"@bob:b.example","type":"m.room.message","content":{"body":"hi"}}"#,
        )
        .unwrap();
        let answer = r#"{"body":"yes","m.relates_to":{"m.in_reply_to":{"event_id":"$b"}}}"#;
        let post = first(&message(answer), Answered::Known(&bob));
        assert_eq!(post.answers.as_ref().map(PostId::as_str), Some("$b"));
        assert_eq!((post.directed, ids(&post.addressed)), (true, vec!["@bob:b.example"]));

        let unknown = first(&message(answer), Answered::Unknown);
        assert_eq!((unknown.directed, unknown.addressed.len()), (true, 0), "an answer all the same");

        let own = message(r#"{"body":"hm"}"#);
        let to_self = first(&message(answer), Answered::Known(&own));
        assert_eq!((to_self.directed, to_self.addressed.len()), (false, 0), "an answer to oneself");

        let plain = first(&own, Answered::Nothing);
        assert_eq!((plain.directed, plain.answers, plain.revision), (false, None, 0));

        let reaction = event(
            r#""type":"m.reaction","content":{"m.relates_to":{"rel_type":"m.annotation","event_id":"$b","key":"no"}}"#,
        );
        let reaction = first(&reaction, Answered::Known(&bob));
        assert_eq!((reaction.directed, reaction.answers), (true, None), "aimed, but no answer");
    }

    #[test]
    fn an_edit_is_its_original_in_a_later_revision() {
        let edit = message(
            r#"{"body":"* new","m.new_content":{"body":"new","m.mentions":{"user_ids":["@carol:b.example"]}},
                "m.relates_to":{"rel_type":"m.replace","event_id":"$o"}}"#,
        );
        let original = PostId::new("$o").unwrap();
        let chain = Chain::Edit { original: original.clone(), revision: 3 };
        let post = post(&edit, &place(), chain, Answered::Nothing).unwrap();
        assert_eq!((post.id, post.revision, post.surfaces.len()), (original, 3, 1));
        assert_eq!(ids(&post.addressed), ["@carol:b.example"]);
    }

    #[test]
    fn mentions_are_read_in_both_ways_and_have_an_end() {
        let both = message(
            r#"{"body":"a","m.mentions":{"user_ids":["@bob:b.example","@bob:b.example","bob",7,"@x y:z"],"room":true},
                "formatted_body":"<mx-reply><a href='https://matrix.to/#/@quoted:b.example'>q</a></mx-reply><a href='https://matrix.to/#/%40carol%3Ab.example'>Carol</a><a href='https://example.org'>x</a>"}"#,
        );
        assert_eq!(ids(&mentions(&both)), ["@bob:b.example", "@carol:b.example"]);
        let many: Vec<String> = (0..200).map(|n| format!(r#""@m{n}:b.example""#)).collect();
        let many = message(&format!(r#"{{"m.mentions":{{"user_ids":[{}]}}}}"#, many.join(",")));
        assert_eq!(mentions(&many).len(), MENTIONS_MAX);
        for odd in [r#"{"m.mentions":[]}"#, r#"{"m.mentions":{"user_ids":"@bob:b.example"}}"#, "{}"] {
            assert_eq!(mentions(&message(odd)), []);
        }
    }

    #[test]
    fn a_rename_is_one_post_in_all_rooms() {
        let join = r#"{"membership":"join","displayname":"New Name"}"#;
        let post = nickname_post(&renamed(join, "{}"), &place()).unwrap();
        assert_eq!(post.id.as_str(), "name/@alice:b.example/4e637072f628e09a");
        assert_eq!((post.kind, post.author_name.expose()), (PostKind::Nickname, "@alice:b.example"));
        assert_eq!(post.written_at, Timestamp::from_millis(7_200_001));
        assert_eq!(post.surfaces[0].kind, SurfaceKind::Name);

        let elsewhere = Place { channel: ChannelId::new("!other").unwrap(), ..place() };
        let there = nickname_post(&renamed(join, "{}"), &elsewhere).unwrap();
        assert_eq!(there.id, post.id, "the same rename in another room");
        assert_eq!((post.revision, there.revision), (120, 120), "the minute in which it was taken on");
    }

    #[test]
    fn only_a_name_that_is_new_and_ones_own_is_a_post() {
        let join = |name: &str| format!(r#"{{"membership":"join","displayname":"{name}"}}"#);
        let is_post =
            |content: &str, previous: &str| nickname_post(&renamed(content, previous), &place()).is_some();
        assert!(is_post(&join("New"), &join("Old")));
        assert!(is_post(&join("New"), "{}"), "at the first join");
        assert!(
            is_post(&join("New"), r#"{"membership":"invite","displayname":"New"}"#),
            "filled in by a server"
        );
        assert!(is_post(&join("New"), r#"{"membership":"leave","displayname":"New"}"#), "come back");
        assert!(!is_post(&join("Old"), &join("Old")), "another picture only");
        assert!(!is_post(&join(" "), &join("Old")));
        assert!(!is_post(r#"{"membership":"join"}"#, &join("Old")));
        assert!(!is_post(r#"{"membership":"leave","displayname":"New"}"#, "{}"));
        let by_other = event(&format!(
            r#""type":"m.room.member","state_key":"@bob:b.example","content":{}"#,
            join("New")
        ));
        assert_eq!(nickname_post(&by_other, &place()), None);
        let by_other = first(&by_other, Answered::Nothing);
        assert_eq!(by_other.surfaces[0].kind, SurfaceKind::Quotation, "it may have to go, and is no breach");
    }

    #[test]
    fn a_reason_is_a_post_beside_the_name() {
        let knock = renamed(r#"{"membership":"knock","displayname":"Al","reason":"let me in"}"#, "{}");
        assert_eq!(nickname_post(&knock, &place()).unwrap().surfaces.len(), 1);
        let reason = first(&knock, Answered::Nothing);
        assert_eq!((reason.kind, reason.surfaces.len()), (PostKind::Message, 1));
        assert_eq!(reason.surfaces[0].text.expose(), "let me in");
    }

    #[test]
    fn what_was_redacted_is_no_post() {
        let redacted =
            event(r#""type":"m.room.message","content":{"body":"left"},"unsigned":{"redacted_because":{}}"#);
        assert_eq!(post(&redacted, &place(), Chain::First, Answered::Nothing), None);
    }

    #[test]
    fn names_of_other_posts_are_no_nicknames() {
        for id in ["$e", "name/", "name/@a:b/x", "name/a/0123456789abcdef", "name/@a:b/0123456789abcdef/1"] {
            assert_eq!(parse_nickname(&PostId::new(id).unwrap()), None, "{id}");
        }
    }

    proptest! {
        #[test]
        fn a_nicknames_post_tells_whose_and_which(
            local in "[!-~&&[^:]]{1,240}", name in "\\PC{1,40}", other in "\\PC{1,40}"
        ) {
            let member = MemberId::new(format!("@{local}:b.example")).unwrap();
            let id = nickname_id(&member, &name).unwrap();
            prop_assert!(is_worn(&id, &member, &name));
            prop_assert_eq!(is_worn(&id, &member, &other), name == other);
            let stranger = MemberId::new("@stranger:b.example").unwrap();
            prop_assert!(stranger == member || !is_worn(&id, &stranger, &name));
            match parse_nickname(&id) {
                Some((found, found_hash)) => prop_assert_eq!((found, found_hash), (member, hash(&name))),
                None => prop_assert!(member.as_str().len() > 200, "only the longest do not fit"),
            }
        }
    }
}
