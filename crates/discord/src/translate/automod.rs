//! What the server's own AutoMod kept back.

use policy::{MessageText, Post, PostKind, SurfaceKind, Timestamp};
use serde_json::Value;

use super::post::{Draft, Place, minute};
use super::surfaces::Texts;
use crate::digest::Digest;
use crate::ids::PostName;
use crate::json;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// At whose behest AutoMod kept something back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behest {
    /// By a rule that people made: what it says is judged like everything else.
    Theirs,
    /// By a rule of the bot's, made of the group's words ([`crate::automod`]).
    Ours,
}

/// What somebody tried to post, of an `AUTO_MODERATION_ACTION_EXECUTION`. It stands nowhere, so that there is nothing to
/// remove. Where a rule of the bot's own kept it back, it is a post also without its text: its author is to hear of it.
///
/// Discord tells once for each thing that a rule does, and again for each rule, whoever made it: all of that is one post under
/// one name, of which a rule of the bot's promised its author word ([`Post::promised`]). So is the same text tried again in the
/// same place on the same day. Nothing when the message was let through, for then it comes by itself, and
/// nothing for a name, which does so too.
pub(crate) fn blocked_post(
    event: &Value,
    place: &Place,
    name: Option<&str>,
    at: Timestamp,
    behest: Behest,
) -> Option<Post> {
    if json::get(event, "message_id").is_some() {
        return None;
    }
    let author = json::id(event, "user_id").filter(|user| *user != place.me)?;
    // What would have begun a thread stands in none. Its author is to hear of it all the same, if it was for us.
    let server = || json::id(event, "guild_id").filter(|_| behest == Behest::Ours);
    let channel = json::id(event, "channel_id").or_else(server)?;
    let content = json::text(event, "content").or_else(|| json::text(event, "matched_content"));
    let told = content.or_else(|| json::text(event, "matched_keyword").filter(|_| behest == Behest::Ours));
    // Nothing in it tells one try from another. By the day, nobody answers twice for one, and whoever tries it day by day
    // answers for each.
    let day = at.as_millis().div_euclid(DAY_MS).to_string();
    let digest = Digest::of([author.to_string().as_str(), channel.to_string().as_str(), &day, told?]);
    let draft = Draft {
        place,
        channel: channel.channel()?,
        name: PostName::Stopped(digest),
        kind: PostKind::Message,
        revision: minute(at),
        written_at: at,
        author,
        author_name: MessageText::new(name.map_or_else(|| author.to_string(), str::to_owned)),
        texts: Texts::of(SurfaceKind::Body, content.unwrap_or_default()),
        addressed: Vec::new(),
    };
    match behest {
        Behest::Theirs => draft.post(),
        Behest::Ours => draft.silent().map(|post| Post { promised: true, ..post }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Snowflake;
    use serde_json::json;

    fn post(event: &Value) -> Option<Post> {
        post_at(event, 7_200_001)
    }

    fn post_at(event: &Value, millis: i64) -> Option<Post> {
        let id = |number| Snowflake::new(number).unwrap();
        let place = Place { group: policy::GroupId::new("branch").unwrap(), me: id(1), app: id(2) };
        blocked_post(event, &place, Some("Nelly"), Timestamp::from_millis(millis), Behest::Theirs)
    }

    fn execution(action: u8, rule: &str) -> Value {
        json!({"guild_id": "9", "action": {"type": action}, "rule_id": rule, "rule_trigger_type": 1, "user_id": "50",
            "channel_id": "7", "content": "the whole text", "matched_keyword": "text", "matched_content": "text"})
    }

    #[test]
    fn what_was_kept_back_is_one_post_however_often_it_is_told() {
        let first = post(&execution(1, "100")).unwrap();
        assert_eq!(first.surfaces[0].text.expose(), "the whole text");
        assert_eq!((first.author_name.expose(), first.channel.as_str(), first.revision), ("Nelly", "7", 120));
        assert!(matches!(PostName::parse(&first.id), Some(PostName::Stopped(_))) && !first.promised);
        for other in [execution(2, "100"), execution(3, "100"), execution(1, "101")] {
            assert_eq!(post(&other), Some(first.clone()));
        }
        let mut elsewhere = execution(1, "100");
        elsewhere["channel_id"] = json!("8");
        assert_ne!(post(&elsewhere).unwrap().id, first.id);
        let (later, tomorrow) =
            (post_at(&execution(1, "100"), 80_000_000), post_at(&execution(1, "100"), 90_000_000));
        assert_eq!(later.unwrap().id, first.id);
        assert_ne!(tomorrow.unwrap().id, first.id);
    }

    #[test]
    fn what_a_rule_of_ours_kept_back_says_so_and_is_a_post_also_without_its_text() {
        let id = |number| Snowflake::new(number).unwrap();
        let place = Place { group: policy::GroupId::new("branch").unwrap(), me: id(1), app: id(2) };
        let ours = |event: &Value| blocked_post(event, &place, None, Timestamp::EPOCH, Behest::Ours);
        let whole = ours(&execution(1, "100")).unwrap();
        assert!(whole.promised && whole.id.is_stopped());
        // The same by a rule of people's is the same post, of which nobody promised anything.
        let theirs = blocked_post(&execution(1, "101"), &place, None, Timestamp::EPOCH, Behest::Theirs);
        assert_eq!(theirs, Some(Post { promised: false, ..whole.clone() }));
        assert_eq!(whole.surfaces[0].text.expose(), "the whole text");
        let mut silent = execution(1, "100");
        (silent["content"], silent["matched_content"]) = (json!(""), json!(""));
        let silent = ours(&silent).unwrap();
        assert!(silent.promised && silent.id.is_stopped() && silent.surfaces.is_empty());
        assert_ne!(silent.id, whole.id);
        let mut nowhere = execution(1, "100");
        nowhere["channel_id"] = json!(null);
        assert_eq!(ours(&nowhere).map(|post| post.channel.as_str().to_owned()).as_deref(), Some("9"));
        assert_eq!(post(&nowhere), None);
        let mut other = execution(1, "100");
        other["message_id"] = json!("3");
        assert_eq!(ours(&other), None, "what was let through comes by itself");
    }

    #[test]
    fn what_was_let_through_or_cannot_be_read_is_none() {
        for (field, value) in [
            ("message_id", json!("3")),
            ("content", json!("")),
            ("channel_id", json!(null)),
            ("user_id", json!("1")),
            ("user_id", json!(null)),
        ] {
            let mut event = execution(2, "100");
            event[field] = value;
            event["matched_content"] = json!(null);
            assert_eq!(post(&event), None, "{field}");
        }
    }
}
