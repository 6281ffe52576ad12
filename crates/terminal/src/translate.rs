//! From what stands in the group to what the bot is handed.

use std::collections::{BTreeSet, HashMap};

use platform::{Gathering, History, Inbound, Page, Position};
use policy::{ChannelId, MemberId, MessageText, Post, PostId, PostKind, Surface, SurfaceKind};

use crate::group::{Content, Group, StoredPost, kind};
use crate::seed::Seed;

/// How far each channel has been read, as numbers of events.
pub(crate) type Taken = HashMap<ChannelId, u64>;

/// The number of an event as the position behind it, and back; what is no number is the beginning.
pub(crate) fn event_of(position: &Position) -> u64 {
    position.0.parse().unwrap_or(0)
}

/// Every post and edit the bot has not been handed yet, in the order in which they were written. An edited post
/// comes once, as it stands.
pub(crate) fn not_taken(group: &Group, seed: &Seed, taken: &Taken) -> Vec<(u64, Inbound)> {
    let is_new = |post: &StoredPost| post.event > taken.get(&post.channel).copied().unwrap_or(0);
    let mut inbounds: Vec<(u64, Inbound)> = group
        .posts()
        .filter(|(_, stored)| is_new(stored))
        .filter_map(|(number, stored)| Some((stored.event, inbound(stored, post(group, seed, number)?))))
        .collect();
    inbounds.sort_by_key(|(event, _)| *event);
    inbounds
}

pub(crate) fn inbound(stored: &StoredPost, post: Post) -> Inbound {
    Inbound::Post { post, position: Some(Position(stored.event.to_string())) }
}

/// A member's post as it stands; nothing for the bot's own, and for what is gone.
pub(crate) fn post(group: &Group, seed: &Seed, number: u64) -> Option<Post> {
    let stored = group.post(number)?;
    let author = stored.author.as_ref()?;
    let kind = kind(&stored.content)?;
    let author_name = match kind {
        PostKind::Message | PostKind::Title | PostKind::Topic | PostKind::Fixture => {
            name(group, seed, author)
        }
        // The new name is what is judged, so it cannot be what the member is called meanwhile.
        PostKind::Nickname => account_name(seed, author),
    };
    Some(Post {
        group: seed.group.clone(),
        channel: stored.channel.clone(),
        id: post_id(number)?,
        revision: stored.revision,
        author: author.clone(),
        author_name,
        kind,
        written_at: stored.written_at,
        surfaces: surfaces(&stored.content),
        answers: stored.answers.and_then(post_id),
        directed: stored.directed,
        addressed: stored.addressed.clone(),
        forwards: match &stored.content {
            Content::Forward { post, .. } => post_id(*post),
            Content::Message { .. }
            | Content::Name(_)
            | Content::Repost { .. }
            | Content::Announcement(_)
            | Content::Removed
            | Content::Deleted => None,
        },
        promised: false,
    })
}

fn surfaces(content: &Content) -> Vec<Surface> {
    let surface = |kind, text: &crate::group::Words| Surface { kind, text: text.0.clone() };
    match content {
        Content::Message { body, quotation } => {
            let quotation = quotation.iter().map(|words| surface(SurfaceKind::Quotation, words));
            quotation.chain([surface(SurfaceKind::Body, body)]).collect()
        }
        Content::Forward { text, .. } => vec![surface(SurfaceKind::Quotation, text)],
        Content::Name(name) => vec![surface(SurfaceKind::Name, name)],
        Content::Repost { .. } | Content::Announcement(_) | Content::Removed | Content::Deleted => Vec::new(),
    }
}

/// Members' posts that stand in a channel behind that one, oldest first; so many at most.
pub(crate) fn after(group: &Group, seed: &Seed, channel: &ChannelId, number: u64, limit: usize) -> Vec<Post> {
    let behind = group.posts().filter(|(later, stored)| *later > number && stored.channel == *channel);
    behind.filter_map(|(later, _)| post(group, seed, later)).take(limit).collect()
}

/// Members' posts that stand in any channel, the latest so many, newest first, for somebody who sees all channels or none.
pub(crate) fn latest(group: &Group, seed: &Seed, asker: &MemberId, limit: usize) -> History {
    let channels: BTreeSet<&ChannelId> = group.posts().map(|(_, stored)| &stored.channel).collect();
    let mut gathering = Gathering::new(limit, channels.into_iter().map(|channel| (channel.clone(), None)));
    let is_there = group.is_there(asker);
    while let Some((channel, _)) = gathering.next() {
        if !is_there {
            gathering.hide(&channel);
            continue;
        }
        let here = group.posts().rev().filter(|(_, stored)| stored.channel == channel);
        let posts = here.filter_map(|(number, _)| Some((number, post(group, seed, number)?)));
        let posts = posts.filter(|(_, post)| post.kind != PostKind::Nickname).collect();
        gathering.take(&channel, Page { posts, unreadable: Vec::new(), reached: None });
    }
    gathering.end(false)
}

/// The name a member goes by; the id of one who left.
pub(crate) fn name(group: &Group, seed: &Seed, member: &MemberId) -> MessageText {
    group.chosen_name(member).map_or_else(|| account_name(seed, member), |words| words.0.clone())
}

fn account_name(seed: &Seed, member: &MemberId) -> MessageText {
    MessageText::new(seed.account_name(member).unwrap_or_else(|| member.as_str()))
}

/// Posts are named by their numbers.
pub(crate) fn post_id(number: u64) -> Option<PostId> {
    PostId::new(number.to_string())
}

/// The number of a post of ours; nothing for a name we did not give.
pub(crate) fn number_of(id: &PostId) -> Option<u64> {
    let number: u64 = id.as_str().parse().ok()?;
    (number.to_string() == id.as_str()).then_some(number)
}

/// The members whom a text names with `@`, in order, each once.
pub(crate) fn mentioned<'a>(seed: &'a Seed, text: &str) -> Vec<&'a MemberId> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let mut mentioned = Vec::new();
    for after in text.split('@').skip(1) {
        let word = after.split(|c: char| !is_name(c) && c != '.').next().unwrap_or_default();
        if let Some(member) = seed.find_member(word.trim_end_matches('.'))
            && !mentioned.contains(&member)
        {
            mentioned.push(member);
        }
    }
    mentioned
}
