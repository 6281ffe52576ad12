//! The names that members go by.
//!
//! Three names are seen of somebody: the one they wear on the server, the one of their account, and the account's own.
//! The first there is stands at everything they write, and is judged; the others are when they come to stand there. A
//! name of the account cannot be changed by anybody else, but can be covered by one on the server.

use policy::{ChannelId, MessageText, Post, PostKind, SurfaceKind, Timestamp};
use serde_json::Value;

use super::post::{Draft, Place, minute};
use super::surfaces::Texts;
use crate::digest::Digest;
use crate::ids::{PostName, Snowflake};
use crate::json;

/// What an event does not say about a name.
#[derive(Clone, Default)]
pub(crate) struct Naming<'a> {
    /// The name that was worn before, where that is known.
    pub(crate) before: Option<&'a str>,
    /// Who set the name on the server, where the audit log tells. Members set their own, and moderators that of others: where
    /// it is not known who did, nobody answers for it.
    pub(crate) by: Option<Snowflake>,
    /// When; nothing when it merely stands so.
    pub(crate) at: Option<Timestamp>,
}

/// The name that somebody goes by: of a `member` of the server, and the `user` that they are elsewhere.
pub(crate) fn worn<'v>(member: Option<&'v Value>, user: &'v Value) -> Option<&'v str> {
    let on_server = member.and_then(|member| json::text(member, "nick"));
    on_server.or_else(|| json::text(user, "global_name")).or_else(|| json::text(user, "username"))
}

/// The name to show for whoever wrote something.
pub(crate) fn author_name(member: Option<&Value>, user: &Value, id: Snowflake) -> MessageText {
    MessageText::new(worn(member, user).map_or_else(|| id.to_string(), str::to_owned))
}

/// The post by which a name is known, of all that somebody wears or wore.
pub(crate) fn nick(user: Snowflake, name: &str) -> PostName {
    PostName::Nick { user, digest: Digest::of([name]) }
}

/// The name that a member took on with a `GUILD_MEMBER_ADD`, a `GUILD_MEMBER_UPDATE`, or wears in a list of members.
/// Nothing when it is the one they had, when somebody else gave it to them, and for programs.
///
/// A name stands in no channel: it is told as standing in `channel`.
pub(crate) fn nickname_post(
    member: &Value,
    place: &Place,
    channel: &ChannelId,
    naming: &Naming<'_>,
) -> Option<Post> {
    let user = json::get(member, "user")?;
    let id = json::id(user, "id")?;
    let name = worn(Some(member), user)?;
    let is_set_here = json::text(member, "nick").is_some();
    let by_other = is_set_here && naming.by.is_some_and(|by| by != id);
    let is_own = !is_set_here || naming.by == Some(id);
    let kind = if is_own { SurfaceKind::Name } else { SurfaceKind::Quotation };
    if naming.before == Some(name) || by_other || json::is_true(user, "bot") || id == place.me {
        return None;
    }
    // What is judged cannot be what the member is called meanwhile.
    let other = json::text(user, "username").filter(|username| *username != name);
    let since = naming.at.or_else(|| json::instant(member, "joined_at"));
    Draft {
        place,
        channel: channel.clone(),
        name: nick(id, name),
        kind: PostKind::Nickname,
        revision: naming.at.map(minute).unwrap_or_default(),
        written_at: since.unwrap_or_else(|| id.sent_at()),
        author: id,
        author_name: MessageText::new(other.map_or_else(|| id.to_string(), str::to_owned)),
        texts: Texts::verbatim(kind, name),
        addressed: Vec::new(),
    }
    .post()
}

/// Who goes by which name, told by its digest; nothing for programs.
pub(crate) fn standing(member: &Value, me: Snowflake) -> Option<(Snowflake, Digest)> {
    let user = json::get(member, "user")?;
    let id = json::id(user, "id").filter(|id| *id != me && !json::is_true(user, "bot"))?;
    Some((id, Digest::of([worn(Some(member), user)?])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn place() -> Place {
        let id = |number| Snowflake::new(number).unwrap();
        Place { group: policy::GroupId::new("branch").unwrap(), me: id(1), app: id(2) }
    }

    fn post(member: &Value, naming: &Naming<'_>) -> Option<Post> {
        nickname_post(member, &place(), &ChannelId::new("9").unwrap(), naming)
    }

    fn member(nick: Option<&str>, global: Option<&str>) -> Value {
        json!({"guild_id": "9", "nick": nick, "joined_at": "2026-08-06T12:00:00+00:00",
            "user": {"id": "80351110224678912", "username": "nelly", "global_name": global}})
    }

    #[test]
    fn the_name_that_is_seen_is_the_one_that_is_judged() {
        let (own, anybodys) = (SurfaceKind::Name, SurfaceKind::Quotation);
        let rows = [
            (Some("Nick"), Some("Global"), "Nick", "nelly", anybodys),
            (None, Some("Global"), "Global", "nelly", own),
            (Some(" "), Some("Global"), "Global", "nelly", own),
            (None, None, "nelly", "80351110224678912", own),
        ];
        for (nick, global, want, called, kind) in rows {
            let member = member(nick, global);
            let post = post(&member, &Naming::default()).unwrap();
            assert_eq!(post.surfaces[0].text.expose(), want);
            assert_eq!((post.surfaces.len(), post.surfaces[0].kind), (1, kind));
            let id = Snowflake::new(80_351_110_224_678_912).unwrap();
            assert_eq!(standing(&member, place().me), Some((id, Digest::of([want]))));
            assert_eq!(standing(&member, id), None, "the bot itself");
            assert_eq!((post.author_name.expose(), post.kind), (called, PostKind::Nickname));
            assert_eq!((post.revision, post.written_at.as_millis()), (0, 1_786_017_600_000));
            let name = PostName::parse(&post.id).unwrap();
            assert_eq!(name, super::nick(Snowflake::new(80_351_110_224_678_912).unwrap(), want));
        }
    }

    #[test]
    fn only_a_name_that_is_new_and_ones_own_is_a_post() {
        let by = |number| Naming { by: Snowflake::new(number), ..Naming::default() };
        let named = member(Some("Nick"), Some("Global"));
        let own = post(&named, &by(80_351_110_224_678_912)).unwrap();
        assert_eq!(own.surfaces[0].kind, SurfaceKind::Name);
        assert_eq!(post(&named, &by(17)), None, "given by somebody else");
        assert!(post(&member(None, Some("Global")), &by(17)).is_some(), "what was uncovered is their own");
        assert_eq!(
            post(&named, &Naming { before: Some("Nick"), ..Naming::default() }),
            None,
            "another role only"
        );
        assert!(post(&named, &Naming { before: Some("Global"), ..Naming::default() }).is_some());
        let bot = json!({"nick": "Bot", "user": {"id": "3", "username": "b", "bot": true}});
        assert_eq!(post(&bot, &Naming::default()), None);
        assert_eq!(standing(&bot, place().me), None);
        for odd in [json!({}), json!({"user": {"id": "3"}}), json!({"user": {"username": "n"}}), json!([])] {
            assert_eq!(post(&odd, &Naming::default()), None);
        }
    }

    #[test]
    fn a_name_can_be_given_back_as_it_was() {
        let texts = |name: &str| {
            let surfaces = post(&member(Some(name), None), &Naming::default()).unwrap().surfaces;
            surfaces.iter().map(|surface| surface.text.expose().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(texts("[x](y) **z**"), ["[x](y) **z**"]);
        assert_eq!(texts("<i words=here>"), ["<i words=here>", "<i words=here>\ni words=here"]);
    }

    #[test]
    fn a_name_taken_on_again_is_the_same_post_later() {
        let at = |millis| Naming { at: Some(Timestamp::from_millis(millis)), ..Naming::default() };
        let named = member(Some("Nick"), None);
        let (first, again) = (post(&named, &at(7_200_001)).unwrap(), post(&named, &at(7_300_001)).unwrap());
        assert_eq!(first.id, again.id);
        assert_eq!((first.revision, again.revision), (120, 121));
        assert_eq!(first.written_at, Timestamp::from_millis(7_200_001));
    }
}
