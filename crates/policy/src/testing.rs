//! Made-up cases and posts for the tables of this crate's tests.

use crate::case::{Actor, Case, PostRef, State};
use crate::ids::{ChannelId, GroupId, MemberId, PostId, Reference};
use crate::post::{Post, PostKind, Surface, SurfaceKind};
use crate::rule::RuleRef;
use crate::text::MessageText;
use crate::time::Timestamp;
use crate::verdict::Verdict;

pub(crate) fn member(id: &str) -> MemberId {
    MemberId::new(id).unwrap()
}

pub(crate) fn every_state() -> impl Iterator<Item = State> {
    let watched = Verdict::ALL.iter().map(|&verdict| State::Watched { verdict });
    watched.chain([
        State::Flagged,
        State::Dismissed,
        State::Hidden { review_due: Timestamp::EPOCH },
        State::Removed,
        State::Restored,
    ])
}

pub(crate) fn case_in(state: State) -> Case {
    Case {
        reference: Reference::new(1).unwrap(),
        post: PostRef {
            channel: ChannelId::new("tea").unwrap(),
            id: PostId::new("1").unwrap(),
            kind: PostKind::Message,
            revision: 0,
            author: member("alice"),
            written_at: Timestamp::EPOCH,
        },
        opened_by: Actor::Bot,
        opened_at: Timestamp::EPOCH,
        since: Timestamp::EPOCH,
        rule: RuleRef { code: "language".to_owned(), version: 1 },
        grounds: None,
        counts: true,
        state,
        strike: None,
        decided_by: None,
        drawn: None,
        spared: None,
    }
}

pub(crate) fn post(revision: u32) -> Post {
    Post {
        group: GroupId::new("group").unwrap(),
        channel: ChannelId::new("tea").unwrap(),
        id: PostId::new("1").unwrap(),
        revision,
        author: member("alice"),
        author_name: MessageText::new("Alice"),
        kind: PostKind::Message,
        written_at: Timestamp::EPOCH,
        surfaces: vec![Surface { kind: SurfaceKind::Body, text: MessageText::new("hello") }],
        answers: None,
        directed: false,
        addressed: Vec::new(),
        forwards: None,
        promised: false,
    }
}
