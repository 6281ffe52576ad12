//! What stands in the bot's way in a channel.

use crate::ids::MemberId;

/// Something that the bot cannot do in a channel, because it may not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Limit {
    /// Be there: it is not in the channel, and can do nothing else in it either.
    Enter,
    /// Read what members write: it is there, and the platform keeps their words from it.
    Read,
    /// Take posts away.
    Remove,
    /// Take names, titles and topics away.
    Rename,
    /// Write.
    Write,
    /// Put members out.
    Exclude,
    /// Keep members from posting.
    Mute,
    /// Let members in again.
    Invite,
    /// See what humans do to members past the bot.
    Watch,
    /// Put out or mute this member, who ranks as high as the bot or higher.
    Outranked(MemberId),
}
