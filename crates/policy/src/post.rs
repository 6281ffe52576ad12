//! One thing a member wrote, with every text in which a word can hide.

use crate::ids::{ChannelId, GroupId, MemberId, PostId};
use crate::text::MessageText;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing a member wrote, in the state in which it stands now.
///
/// An edit arrives as the same post with a higher [`Post::revision`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The group it was written in.
    pub group: GroupId,
    /// The channel it stands in.
    pub channel: ChannelId,
    /// Names this post for all its revisions.
    pub id: PostId,
    /// 0 as first written, higher with each edit.
    pub revision: u32,
    /// Who wrote it; [`MemberId::nobody`] where no person did.
    pub author: MemberId,
    /// The name the author goes by, for the officers and for a quotation if the post is restored.
    pub author_name: MessageText,
    /// What sort of thing it is.
    pub kind: PostKind,
    /// When this revision was written, by the platform's clock.
    pub written_at: Timestamp,
    /// Every text of it.
    pub surfaces: Vec<Surface>,
    /// The post it answers, if it is a reply.
    pub answers: Option<PostId>,
    /// Whether it is aimed at somebody: a reply or a mention. Words about nobody weigh less.
    pub directed: bool,
    /// At whom, as far as the platform tells: the author of the post it answers, and whom it mentions. Whoever is
    /// among them has a part in the matter and does not decide it.
    pub addressed: Vec<MemberId>,
    /// The post it is a forward of. The words come along as a quotation.
    pub forwards: Option<PostId>,
    /// Whether its author was promised to hear of it, because the platform stopped it at our behest. It is told of a post
    /// that was stopped ([`PostId::stopped`]), by whoever's rule that was: the same one may come with it and without it.
    pub promised: bool,
}

/// What sort of thing a post is; tells the adapter how it is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostKind {
    /// A message in a channel.
    Message,
    /// The name a member goes by in the group; removing it puts the account's own name back.
    Nickname,
    /// What a channel or thread is called, by a member; removing it leaves it without that name.
    Title,
    /// What a channel is about, by a member; removing it leaves it without one.
    Topic,
    /// Words in what the group itself is made of: what it is called, its events and emoji, the tags that its platform puts
    /// beside names. No bot takes that away, so that officers are told of it and nothing else ever comes of it.
    Fixture,
}

impl PostKind {
    /// Whether what it says can change while its name stays. What a nickname says is in its name: another one is another
    /// post, and the same one taken on again says nothing new.
    pub fn has_revisions(self) -> bool {
        match self {
            Self::Message | Self::Title | Self::Topic | Self::Fixture => true,
            Self::Nickname => false,
        }
    }

    /// Whether it can carry on what another post said: a name is too short for that, and nobody answers one; and what
    /// nobody takes away is not drawn along.
    pub fn may_quote(self) -> bool {
        match self {
            Self::Message | Self::Title | Self::Topic => true,
            Self::Nickname | Self::Fixture => false,
        }
    }

    /// Whether a bot can take it away at all. What it cannot is shown to the officers, who change it by hand: it is never
    /// hidden, removed or counted.
    pub fn is_removable(self) -> bool {
        match self {
            Self::Message | Self::Nickname | Self::Title | Self::Topic => true,
            Self::Fixture => false,
        }
    }
}

/// One text of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surface {
    /// Where in the post the text stands.
    pub kind: SurfaceKind,
    /// The text as it was written.
    pub text: MessageText,
}

/// Where in a post a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurfaceKind {
    /// The text itself.
    Body,
    /// Somebody else's words, quoted or forwarded. They may have to go, but are no breach by the one who quotes.
    Quotation,
    /// The name a member chose.
    Name,
}

impl SurfaceKind {
    /// Whether the words are the author's own.
    pub fn is_own(self) -> bool {
        match self {
            Self::Body | Self::Name => true,
            Self::Quotation => false,
        }
    }
}
