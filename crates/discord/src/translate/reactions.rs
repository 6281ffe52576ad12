//! Reactions: pictures whose names are words, and letters that spell one.
//!
//! Letters are put to a message one by one, often by several people, and are read in the order in which they stand. Whoever
//! puts the letter that makes the word has said it.

use policy::{MessageText, Post, PostKind, SurfaceKind, Timestamp};
use serde_json::Value;

use super::emoji::Emoji;
use super::names;
use super::post::{Draft, Place, tenths_after};
use super::surfaces::Texts;
use crate::ids::PostName;
use crate::json;

/// How many different emoji are read of one message. Discord takes 20.
pub(crate) const EMOJI_MAX: usize = 64;

/// The emoji that stand at a message, in the order in which they are shown, as far as the message says.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn standing(message: &Value) -> Vec<Emoji> {
    let reactions = json::list(message, "reactions").iter().take(EMOJI_MAX);
    reactions.filter_map(|reaction| Emoji::read(json::get(reaction, "emoji")?)).collect()
}

/// What somebody says with a `MESSAGE_REACTION_ADD`, at a message at which those emoji stood before. Nothing when it says
/// nothing.
///
/// All that one member puts to one message is one post, and each reaction a revision of it: a word spelt letter by
/// letter is one strike at most.
pub(crate) fn reaction_post(event: &Value, place: &Place, standing: &[Emoji], at: Timestamp) -> Option<Post> {
    let message = json::id(event, "message_id")?;
    let author = json::id(event, "user_id").filter(|user| *user != place.me)?;
    let emoji = Emoji::read(json::get(event, "emoji")?)?;
    let member = json::get(event, "member");
    let user = member.and_then(|member| json::get(member, "user"));
    let is_bot = user.is_some_and(|user| json::is_true(user, "bot"));
    let kind = if is_bot { SurfaceKind::Quotation } else { SurfaceKind::Body };
    let spelt = spelt(standing, &emoji).unwrap_or_default();
    let texts = Texts::of(kind, &spelt).and(kind, &said(&emoji));
    let answered = json::id(event, "message_author_id").filter(|other| *other != author);
    let author_name = user.map(|user| names::author_name(member, user, author));
    Draft {
        place,
        channel: json::id(event, "channel_id")?.channel()?,
        name: PostName::Reactions { message, user: author },
        kind: PostKind::Message,
        revision: tenths_after(message, at),
        written_at: at,
        author,
        author_name: author_name.unwrap_or_else(|| MessageText::new(author.to_string())),
        texts,
        addressed: answered.and_then(|other| other.member()).into_iter().collect(),
    }
    .post()
}

/// What an emoji says by itself. A character that stands for a single letter says nothing.
fn said(emoji: &Emoji) -> String {
    match emoji {
        Emoji::Character(_) if emoji.letters().is_some_and(|letters| letters.len() < 2) => String::new(),
        Emoji::Character(_) | Emoji::Picture(..) => emoji.written(),
    }
}

/// The letters in a row once this one stands behind the others; nothing when it is none, or stood there before. What
/// stands between letters keeps nobody from reading on.
fn spelt(standing: &[Emoji], last: &Emoji) -> Option<String> {
    let end = last.letters()?;
    let others = || standing.iter().take(EMOJI_MAX);
    if others().any(|emoji| emoji == last) {
        return None;
    }
    let begin: String = others().filter_map(Emoji::letters).collect();
    (!begin.is_empty()).then_some(begin + &end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Snowflake;
    use proptest::prelude::*;
    use serde_json::json;

    fn place() -> Place {
        let id = |number| Snowflake::new(number).unwrap();
        Place { group: policy::GroupId::new("branch").unwrap(), me: id(1), app: id(2) }
    }

    fn flag(letter: char) -> Value {
        let place = u32::from(letter) - u32::from('a') + 0x1f1e6;
        json!({"id": null, "name": char::from_u32(place).unwrap().to_string()})
    }

    fn stood(emoji: &[Value]) -> Vec<Emoji> {
        let reactions: Vec<Value> = emoji.iter().map(|emoji| json!({"count": 1, "emoji": emoji})).collect();
        standing(&json!({"reactions": reactions}))
    }

    fn added(emoji: &Value) -> Value {
        json!({"user_id": "50", "channel_id": "7", "message_id": "175928847299117063", "guild_id": "9",
            "message_author_id": "60", "emoji": emoji,
            "member": {"nick": "Nick", "user": {"id": "50", "username": "nelly"}}})
    }

    fn post(event: &Value, standing: &[Emoji]) -> Option<Post> {
        reaction_post(event, &place(), standing, Timestamp::from_millis(1_462_015_110_796))
    }

    fn texts(emoji: &Value, standing: &[Emoji]) -> Vec<String> {
        let surfaces = post(&added(emoji), standing).map(|post| post.surfaces).unwrap_or_default();
        surfaces.iter().map(|surface| surface.text.expose().to_owned()).collect()
    }

    #[test]
    fn whoever_makes_the_word_says_it() {
        let before = stood(&[flag('f'), flag('u')]);
        assert_eq!(texts(&flag('n'), &before), ["FUN"]);
        assert_eq!(texts(&flag('f'), &[]), [""; 0], "one letter is no word");
        assert_eq!(texts(&flag('u'), &before), [""; 0], "it stood there");
        let thumb = json!({"id": null, "name": "\u{1f44d}"});
        assert_eq!(texts(&thumb, &before), ["\u{1f44d}"]);
        let between = stood(&[flag('f'), thumb, flag('u')]);
        assert_eq!(texts(&flag('n'), &between), ["FUN"], "what stands between does not hide it");
        let picture = json!({"id": "17", "name": "letter_n"});
        assert_eq!(texts(&picture, &before), ["FUN", ":letter_n:"]);
        assert_eq!(texts(&json!({"id": "17", "name": "so_fun"}), &before), [":so_fun:"]);
        assert_eq!(texts(&json!({"id": "17", "name": null}), &before), [""; 0], "a picture that is gone");
    }

    #[test]
    fn a_reaction_is_aimed_at_whose_message_it_is_put_to() {
        let reaction = post(&added(&json!({"id": "17", "name": "so_fun"})), &[]).unwrap();
        let user = Snowflake::new(50).unwrap();
        let message = Snowflake::new(175_928_847_299_117_063).unwrap();
        assert_eq!(PostName::parse(&reaction.id), Some(PostName::Reactions { message, user }));
        assert_eq!(
            (reaction.revision, reaction.kind),
            (50, PostKind::Message),
            "five seconds after the message"
        );
        assert_eq!((reaction.author.as_str(), reaction.author_name.expose()), ("50", "Nick"));
        assert_eq!((reaction.directed, reaction.addressed[0].as_str()), (true, "60"));
        assert_eq!((reaction.answers, reaction.surfaces[0].kind), (None, SurfaceKind::Body));

        let mut own = added(&json!({"id": "17", "name": "so_fun"}));
        own["message_author_id"] = json!("50");
        assert!(!post(&own, &[]).unwrap().directed);
        own["user_id"] = json!("1");
        assert_eq!(post(&own, &[]), None, "the bot's own");
        let mut bots = added(&json!({"id": "17", "name": "so_fun"}));
        bots["member"]["user"]["bot"] = json!(true);
        assert_eq!(post(&bots, &[]).unwrap().surfaces[0].kind, SurfaceKind::Quotation);
    }

    proptest! {
        #[test]
        fn letters_are_read_in_their_order(word in "[a-z]{2,12}") {
            let mut seen = Vec::new();
            let mut all = Vec::new();
            for letter in word.chars() {
                if !seen.contains(&letter) {
                    seen.push(letter);
                    all.push(flag(letter));
                }
            }
            prop_assume!(all.len() > 1);
            let last = all.pop().unwrap();
            let want: String = seen.iter().collect();
            prop_assert_eq!(texts(&last, &stood(&all)), [want.to_uppercase()]);
        }
    }
}
