//! What all posts have in common, whatever they are made of.

use policy::{ChannelId, GroupId, MemberId, MessageText, Post, PostKind, Timestamp};

use super::surfaces::Texts;
use crate::ids::{PostName, Snowflake};

/// What an event does not say about itself.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The group that the server is.
    pub(crate) group: GroupId,
    /// The bot's own account.
    pub(crate) me: Snowflake,
    /// The application that the account belongs to.
    pub(crate) app: Snowflake,
}

impl Place {
    /// Whether a post is to the bot, which is shown it then whatever else is kept from it.
    pub(crate) fn is_told_us(&self, post: &Post) -> bool {
        self.me.member().is_some_and(|me| post.addressed.contains(&me))
    }
}

/// How many tenths of a second lie between a message and what was done to it; one at least. So it is the same however
/// often it is read, and later edits count as later.
pub(crate) fn tenths_after(message: Snowflake, at: Timestamp) -> u32 {
    let tenths = (at.as_millis() - message.sent_at().as_millis()) / 100;
    u32::try_from(tenths.max(1)).unwrap_or(u32::MAX)
}

/// The minute of an instant. Tells a thing that was done again from the same one, which is told again.
pub(crate) fn minute(at: Timestamp) -> u32 {
    u32::try_from(at.as_millis() / 60_000).unwrap_or_default()
}

/// A post that is no message: nobody answers or forwards it.
pub(crate) struct Draft<'a> {
    /// Where it was heard of.
    pub(crate) place: &'a Place,
    /// Where it stands.
    pub(crate) channel: ChannelId,
    /// What it is called.
    pub(crate) name: PostName,
    /// What sort of thing it is.
    pub(crate) kind: PostKind,
    /// Which of its revisions it is.
    pub(crate) revision: u32,
    /// When that was written.
    pub(crate) written_at: Timestamp,
    /// Who wrote it.
    pub(crate) author: Snowflake,
    /// The name they go by.
    pub(crate) author_name: MessageText,
    /// What it says.
    pub(crate) texts: Texts,
    /// At whom it is aimed.
    pub(crate) addressed: Vec<MemberId>,
}

impl Draft<'_> {
    /// The post; nothing when it says nothing.
    pub(crate) fn post(self) -> Option<Post> {
        if self.texts.is_empty() { None } else { self.silent() }
    }

    /// The post, whether or not it says anything.
    pub(crate) fn silent(self) -> Option<Post> {
        Some(Post {
            group: self.place.group.clone(),
            channel: self.channel,
            id: self.name.id()?,
            revision: self.revision,
            author: self.author.member()?,
            author_name: self.author_name,
            kind: self.kind,
            written_at: self.written_at,
            surfaces: self.texts.into_surfaces(),
            answers: None,
            directed: !self.addressed.is_empty(),
            addressed: self.addressed,
            forwards: None,
            promised: false,
        })
    }
}
