//! What is made of whatever comes as an event, and what has to hold of it: for fuzzing and for tests.
//!
//! This is where our own reading begins: on a timeline or in a room's state, decrypted or not. Messages to devices, keys
//! and what is encrypted are read by matrix-sdk before, and none of that reaches us as JSON.

use std::sync::LazyLock;

use policy::matcher::TEXT_LEN_MAX;
use policy::{ChannelId, GroupId, MemberId, MessageText, Post, PostId, PostKind};

use crate::commands::{self, Asked, asked};
use crate::translate::event::{Event, Relation, event_id};
use crate::translate::post::{
    Chain, MENTIONS_MAX, Place, is_worn, mentions, nickname_post, parse_nickname, post,
};
use crate::translate::surfaces::{Answered, SURFACES_MAX};

/// What was understood of an event.
#[derive(Debug, Default)]
pub struct Heard {
    /// What somebody said: whatever the event answers is gone, or it answers nothing, or it answers itself.
    pub posts: Vec<Post>,
    /// What somebody asks of the bot, as they would type it, wherever it was sent.
    pub lines: Vec<MessageText>,
}

/// Reads an event, and everything that is ever made of one; nothing when it is none.
///
/// # Panics
/// When something does not hold that has to, whatever stands in it.
pub fn event(json: &str) -> Option<Heard> {
    let event = match Event::parse(json) {
        Ok(event) => event,
        Err(malformed) => {
            // It is logged.
            let told = malformed.to_string();
            assert!(told.starts_with("an event ") || told.starts_with('$'));
            assert!(told.len() < 300);
            return None;
        }
    };
    let mut heard = Heard::default();
    heard.hear(&event);
    let decrypted = event.decrypted();
    assert!(decrypted.state_key.is_none() && decrypted.redacts.is_none() && decrypted.previous.is_none());
    heard.hear(&decrypted);
    Some(heard)
}

impl Heard {
    fn hear(&mut self, event: &Event) {
        assert!(event_id(event.id.as_str().to_owned()).as_ref() == Some(&event.id));
        check_relation(event);
        let posts = posts(event);
        posts.iter().for_each(|post| check(post, event));
        self.posts.extend(posts);
        for place in [commands::Place::Management, commands::Place::Private, commands::Place::Group] {
            self.lines.extend(line(place, event));
        }
    }
}

static PLACE: LazyLock<Place> = LazyLock::new(|| Place {
    group: GroupId::new("group").unwrap_or_else(|| unreachable!("it is a name")),
    channel: ChannelId::new("!r").unwrap_or_else(|| unreachable!("it is a room")),
    name: MessageText::new("Alice"),
});

/// What an event says, whatever is known of what it answers.
fn posts(event: &Event) -> Vec<Post> {
    let chain = || match event.relation() {
        Relation::Edit(original) => Chain::Edit { original, revision: 1 },
        Relation::Reply(_) | Relation::Reaction { .. } | Relation::Thread { .. } | Relation::None => {
            Chain::First
        }
    };
    let answered = [Answered::Nothing, Answered::Unknown, Answered::Known(event)];
    let said = answered.into_iter().filter_map(|answered| post(event, &PLACE, chain(), answered));
    said.chain(nickname_post(event, &PLACE)).collect()
}

/// What holds for every post.
fn check(post: &Post, event: &Event) {
    assert!(post.author == event.sender && post.written_at == event.sent_at);
    assert!(!event.redacted, "what was taken back is judged");
    let lens = || post.surfaces.iter().map(|surface| surface.text.expose().len());
    assert!(!post.surfaces.is_empty() && lens().all(|len| len > 0));
    // Two of a kind that were not put together are more than one would hold; and there are three kinds.
    assert!(post.surfaces.len() <= SURFACES_MAX + 3 + 2 * lens().sum::<usize>() / TEXT_LEN_MAX);
    assert!(post.addressed.len() <= MENTIONS_MAX + 1);
    assert!(!post.addressed.contains(&post.author));
    assert!(post.directed || post.addressed.is_empty());
    match post.kind {
        PostKind::Nickname => {
            let name = post.surfaces.first().map_or("", |surface| surface.text.expose());
            assert!(is_worn(&post.id, &event.sender, name));
            let told = parse_nickname(&post.id);
            assert!(told.is_none_or(|(member, _)| member == event.sender));
        }
        PostKind::Message | PostKind::Title | PostKind::Topic | PostKind::Fixture => {
            let edited = match event.relation() {
                Relation::Edit(original) => Some(original),
                Relation::Reply(_) | Relation::Reaction { .. } | Relation::Thread { .. } | Relation::None => {
                    None
                }
            };
            assert_eq!(post.id, edited.unwrap_or_else(|| event.id.clone()));
            assert!(lens().all(|len| len <= TEXT_LEN_MAX));
            assert!(post.kind == PostKind::Message || event.state_key.is_some());
        }
    }
}

fn check_relation(event: &Event) {
    let is_name = |id: &PostId| event_id(id.as_str().to_owned()).is_some();
    let target = match event.relation() {
        Relation::Edit(target) => {
            assert_eq!(event.edits_unread().as_ref(), Some(&target), "others see the same edit");
            assert!(event.state_key.is_none());
            Some(target)
        }
        Relation::Reply(target) | Relation::Reaction { target, .. } => Some(target),
        Relation::Thread { root } => Some(root),
        Relation::None => None,
    };
    assert!(target.iter().chain(&event.redacts).all(is_name));
    let is_edit = matches!(event.relation(), Relation::Edit(_));
    assert!(!is_edit || !event.may_edit(event), "an edit is edited by none");
    let mentioned = mentions(event);
    assert!(mentioned.len() <= MENTIONS_MAX);
    assert!(mentioned.iter().map(MemberId::as_str).all(|id| id.starts_with('@') && id.contains(':')));
}

/// What an event asks in a place, as a line.
fn line(place: commands::Place, event: &Event) -> Option<MessageText> {
    match asked(place, event) {
        Asked::Command(line) => {
            assert!(place != commands::Place::Private, "what is said in private are words");
            Some(line)
        }
        Asked::Words(line) => {
            assert!(place == commands::Place::Private, "only in private is every word for the bot");
            Some(line)
        }
        Asked::Report { post, line } => {
            assert!(place == commands::Place::Group);
            assert!(line.expose().contains(&format!("#{}", post.as_str())));
            Some(line)
        }
        Asked::OpenDoor | Asked::Nothing => None,
    }
}

/// The same for JSON that need not be kept: everything that is ever asked of it.
#[cfg(test)]
pub(crate) fn read(json: &str) {
    let _heard = event(json);
}
