//! What Discord calls things, and what its posts are called here.

use std::fmt;
use std::str::FromStr;

use policy::{ChannelId, MemberId, PostId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The id of anything on Discord: a user, a channel, a message. Later ones are larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub(crate) struct Snowflake(u64);

/// Discord's own beginning of time, 2015-01-01T00:00Z.
const EPOCH_MS: i64 = 1_420_070_400_000;

impl Snowflake {
    /// The id with this number; 0 is none.
    pub(crate) fn new(number: u64) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The id in a text, which says nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// Its number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// When what it names was made, by Discord's clock.
    pub(crate) fn sent_at(self) -> Timestamp {
        let since_epoch = i64::try_from(self.0 >> 22).unwrap_or(i64::MAX);
        Timestamp::from_millis(EPOCH_MS.saturating_add(since_epoch))
    }

    /// The id as that of a channel. There is always one.
    pub(crate) fn channel(self) -> Option<ChannelId> {
        ChannelId::new(self.to_string())
    }

    /// The id as that of somebody's account. There is always one.
    pub(crate) fn member(self) -> Option<MemberId> {
        MemberId::new(self.to_string())
    }

    /// The id of a message as that of a post. There is always one.
    pub(crate) fn post(self) -> Option<PostId> {
        PostId::new(self.to_string())
    }
}

impl TryFrom<u64> for Snowflake {
    type Error = InvalidSnowflake;

    fn try_from(number: u64) -> Result<Self, InvalidSnowflake> {
        Self::new(number).ok_or(InvalidSnowflake)
    }
}

impl From<Snowflake> for u64 {
    fn from(id: Snowflake) -> Self {
        id.0
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What was read is no id of Discord's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id on Discord is a number of up to 20 digits")]
pub(crate) struct InvalidSnowflake;

impl FromStr for Snowflake {
    type Err = InvalidSnowflake;

    /// Reads what [`Snowflake`] writes, and nothing else: two ways to write one id would be two posts.
    fn from_str(text: &str) -> Result<Self, InvalidSnowflake> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        let number = is_number.then(|| text.parse().ok()).flatten();
        number.and_then(Self::new).ok_or(InvalidSnowflake)
    }
}

/// What the name of a post says about it. What is no message has no id on Discord, so its name is put together here.
///
/// Words stand in no name. What people see of a channel or somebody can be set again and again, by one or another: each
/// thing that was ever set is a post of its own, known by the digest of its words, so that nobody has to answer for
/// what somebody else put in the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PostName {
    /// A message.
    Message(Snowflake),
    /// A name that somebody goes by.
    Nick {
        /// Who.
        user: Snowflake,
        /// Of the name.
        digest: Digest,
    },
    /// What a channel or thread is called.
    Title {
        /// Which.
        channel: Snowflake,
        /// Of the title.
        digest: Digest,
    },
    /// What a channel is about.
    Topic {
        /// Which.
        channel: Snowflake,
        /// Of the topic.
        digest: Digest,
    },
    /// What goes on in a voice channel.
    Status {
        /// Which.
        channel: Snowflake,
        /// Of the status.
        digest: Digest,
    },
    /// What the server itself is made of: its name, an event, an emoji, a sticker, a sound, or the tag beside a member's name.
    Fixture {
        /// Of what, or beside whose name.
        of: Snowflake,
        /// Of its words.
        digest: Digest,
    },
    /// All that somebody put to a message as reactions.
    Reactions {
        /// To which message.
        message: Snowflake,
        /// Who.
        user: Snowflake,
    },
    /// What AutoMod kept back by a rule of people's, as it was called once: so it stands on record. It stands nowhere else.
    AutoMod(Digest),
    /// What AutoMod kept back, by whoever's rule: see [`PostId::stopped`].
    Stopped(Digest),
}

impl PostName {
    /// What the name of a post says; nothing when it is not one of ours.
    pub(crate) fn parse(post: &PostId) -> Option<Self> {
        let name = post.as_str();
        let Some((sort, rest)) = name.split_once(':') else {
            return Snowflake::parse(name).map(Self::Message);
        };
        if sort == "automod" {
            return rest.parse().ok().map(Self::AutoMod);
        }
        if sort == "stopped" {
            return rest.parse().ok().map(Self::Stopped);
        }
        let (of, which) = rest.split_once(':')?;
        let of = Snowflake::parse(of)?;
        if sort == "react" {
            return Snowflake::parse(which).map(|user| Self::Reactions { message: of, user });
        }
        let digest = which.parse().ok()?;
        match sort {
            "nick" => Some(Self::Nick { user: of, digest }),
            "title" => Some(Self::Title { channel: of, digest }),
            "topic" => Some(Self::Topic { channel: of, digest }),
            "status" => Some(Self::Status { channel: of, digest }),
            "fixture" => Some(Self::Fixture { of, digest }),
            _ => None,
        }
    }

    /// The name itself. There is always one.
    pub(crate) fn id(&self) -> Option<PostId> {
        PostId::new(self.to_string())
    }
}

impl fmt::Display for PostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => message.fmt(f),
            Self::Nick { user, digest } => write!(f, "nick:{user}:{digest}"),
            Self::Title { channel, digest } => write!(f, "title:{channel}:{digest}"),
            Self::Topic { channel, digest } => write!(f, "topic:{channel}:{digest}"),
            Self::Status { channel, digest } => write!(f, "status:{channel}:{digest}"),
            Self::Fixture { of, digest } => write!(f, "fixture:{of}:{digest}"),
            Self::Reactions { message, user } => write!(f, "react:{message}:{user}"),
            Self::AutoMod(digest) => write!(f, "automod:{digest}"),
            Self::Stopped(digest) => write!(f, "stopped:{digest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_says_when_it_was_given() {
        // The example of Discord's own documentation.
        let id = Snowflake::parse("175928847299117063").unwrap();
        assert_eq!(id.sent_at(), Timestamp::from_millis(1_462_015_105_796));
        assert_eq!(
            Snowflake::parse("18446744073709551615").unwrap().sent_at().as_millis(),
            5_818_116_911_103
        );
    }

    #[test]
    fn an_id_is_written_in_one_way() {
        for wrong in
            ["", "0", "01", "+1", "-1", " 1", "1 ", "1.0", "1e3", "\u{661}", "18446744073709551616", "<@1>"]
        {
            assert_eq!(wrong.parse::<Snowflake>(), Err(InvalidSnowflake), "{wrong:?}");
        }
        let id = Snowflake::parse("80351110224678912").unwrap();
        assert_eq!(id.channel().unwrap().as_str(), "80351110224678912");
        assert_eq!(id.member().unwrap().as_str(), "80351110224678912");
        assert_eq!(PostName::parse(&id.post().unwrap()), Some(PostName::Message(id)));
        assert!(
            Snowflake::parse("9").unwrap() < Snowflake::parse("10").unwrap(),
            "by number, not by letters"
        );
    }

    #[test]
    fn names_that_are_not_ours_say_nothing() {
        let digest = "0123456789abcdef";
        let wrong = [
            "nick:1",
            "nick:1:",
            "nick::0123456789abcdef",
            "nick:1:0123456789abcdef:2",
            "nick:1:0123456789ABCDEF",
            "nick:01:0123456789abcdef",
            "react:1:0123456789abcdef",
            "react:1",
            "title:1:2",
            "automod:1",
            "automod:1:0123456789abcdef",
            "other:1:0123456789abcdef",
            "$event",
            ":",
            digest,
        ];
        for wrong in wrong {
            assert_eq!(PostName::parse(&PostId::new(wrong).unwrap()), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_noted_of_ids_is_their_numbers_and_none_is_nothing() {
        let noted = BTreeMap::from([(Snowflake::new(7).unwrap(), Snowflake::new(9).unwrap())]);
        let text = serde_json::to_string(&noted).unwrap();
        assert_eq!(text, r#"{"7":9}"#);
        assert_eq!(serde_json::from_str::<BTreeMap<Snowflake, Snowflake>>(&text).unwrap(), noted);
        for wrong in [r#"{"0":9}"#, r#"{"7":0}"#, r#"{"x":9}"#, r#"{"7":"9"}"#] {
            assert!(serde_json::from_str::<BTreeMap<Snowflake, Snowflake>>(wrong).is_err(), "{wrong}");
        }
    }

    fn names() -> impl Strategy<Value = PostName> {
        let id = (1..=u64::MAX).prop_map(|number| Snowflake::new(number).unwrap());
        (0..8_u8, id.clone(), id, "\\PC{0,8}").prop_map(|(sort, of, user, words)| {
            let digest = Digest::of([words.as_str()]);
            match sort {
                0 => PostName::Message(of),
                1 => PostName::Nick { user: of, digest },
                2 => PostName::Title { channel: of, digest },
                3 => PostName::Topic { channel: of, digest },
                4 => PostName::Status { channel: of, digest },
                5 => PostName::Reactions { message: of, user },
                6 => PostName::AutoMod(digest),
                _ => PostName::Stopped(digest),
            }
        })
    }

    proptest! {
        #[test]
        fn a_name_reads_back(name in names()) {
            let id = name.id().unwrap();
            prop_assert_eq!(id.is_stopped(), matches!(name, PostName::Stopped(_)));
            prop_assert_eq!(PostName::parse(&id), Some(name));
        }

        #[test]
        fn any_name_can_be_asked(text in "\\PC{1,60}|[a-z]{4,7}:[0-9:]{1,20}:[0-9a-f]{16}") {
            let post = PostId::new(text);
            if let Some(name) = post.as_ref().and_then(PostName::parse) {
                prop_assert_eq!(name.id(), post, "there is one way to write it");
            }
        }
    }
}
