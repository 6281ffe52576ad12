//! What goes wrong with a request, named for what follows from it.
//!
//! Nothing that Discord says in words is kept: it quotes names and texts of members.

use std::fmt;
use std::time::Duration;

use platform::{DeliveryError, Source};

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestError {
    /// The address or the token cannot be used at all.
    #[error("{0}")]
    Setup(&'static str),
    /// There is a limit on everything that is asked. Nothing was done.
    #[error("Discord asks to wait {} s", .0.as_secs())]
    RateLimited(Duration),
    /// There is a limit on this alone. Nothing was done.
    #[error("it cannot be asked for another {} s", .0.as_secs())]
    NotYet(Duration),
    /// Discord does not know the token, and said so twice. Nothing will be done with it again.
    #[error("Discord does not accept the bot's token; is it the newest one from the developer portal?")]
    Unauthorised,
    /// Discord will not do it.
    #[error(transparent)]
    Refused(Refusal),
    /// Discord could not be reached. Nothing was done.
    #[error("Discord could not be reached")]
    Unreachable(#[source] Source),
    /// The answer never came, or none that can be read: it may have been done.
    #[error("Discord did not answer, so it may have been done")]
    Unanswered(#[source] Source),
}

/// The whole of an answer came, and it is nothing that can be read.
#[derive(Debug, thiserror::Error)]
#[error("the answer is not JSON")]
pub(crate) struct NotJson;

/// Discord said that it does not know the token, and neither that nor the contrary when it was asked once more.
#[derive(Debug, thiserror::Error)]
#[error("Discord did not accept the bot's token, and does not say whether it does")]
pub(crate) struct Doubtful;

/// What stands before Discord answered in its place, with a page for people or nothing at all.
#[derive(Debug, thiserror::Error)]
#[error("what stands before Discord answered with {status}")]
pub(crate) struct FromBetween {
    pub(crate) status: u16,
}

/// A refusal by its numbers. It is Discord's own: what stands before Discord refuses nothing, however it puts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Discord's own number, where it gives one.
    pub code: Option<Code>,
    /// Which fields were wrong and how, `components.0.label: BASE_TYPE_MAX_LENGTH`; never what was in them.
    pub fields: Vec<String>,
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Discord refused it with {}", self.status)?;
        if let Some(code) = self.code {
            write!(f, ", {code}")?;
        }
        if !self.fields.is_empty() {
            write!(f, " ({})", self.fields.join(", "))?;
        }
        Ok(())
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal $words:literal,)+) => {
        /// Discord's numbers for what is wrong, as far as something follows from them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $number, "`: ", $words, ".")] $name,)+
            /// Any other.
            Other(u32),
        }

        impl Code {
            /// The code of that number.
            pub fn new(number: u32) -> Self {
                match number {
                    $($number => Self::$name,)+
                    other => Self::Other(other),
                }
            }

            /// Its number.
            pub fn number(self) -> u32 {
                match self {
                    $(Self::$name => $number,)+
                    Self::Other(other) => other,
                }
            }

            fn words(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($words),)+
                    Self::Other(_) => None,
                }
            }
        }

        #[cfg(test)]
        const CODES: &[Code] = &[$(Code::$name),+];
    };
}

codes! {
    UnknownChannel = 10_003 "there is no such channel",
    UnknownGuild = 10_004 "there is no such server",
    UnknownMember = 10_007 "nobody of that name is in the server",
    UnknownMessage = 10_008 "there is no such message",
    UnknownRole = 10_011 "there is no such role",
    UnknownUser = 10_013 "there is no such account",
    UnknownEmoji = 10_014 "there is no such emoji",
    UnknownWebhook = 10_015 "there is no such webhook",
    UnknownBan = 10_026 "they are not banned",
    UnknownInteraction = 10_062 "nobody waits for that answer any more",
    ChannelWriteLimit = 20_028 "too much is written in that channel",
    GuildWriteLimit = 20_029 "too much is written in that server",
    TooManyBans = 30_035 "too many who are not in the server were banned",
    DirectsTooFast = 40_003 "private conversations are opened too fast",
    TargetBanned = 40_007 "they are banned from the server",
    AlreadyAnswered = 40_060 "that was answered already",
    MissingAccess = 50_001 "the bot cannot see it",
    CannotWriteTo = 50_007 "they take no private messages from the bot",
    MissingPermission = 50_013 "the bot lacks a permission",
    BulkCount = 50_016 "too few or too many at once",
    SystemMessage = 50_021 "a message of Discord's own cannot be changed",
    InvalidWebhookToken = 50_027 "the webhook has another secret",
    BulkTooOld = 50_034 "some of them are too old",
    InvalidForm = 50_035 "it was not well formed",
    ThreadArchived = 50_083 "the thread is archived",
    NoMutualGuild = 50_278 "they share no server with the bot",
    TwoFactorRequired = 60_003 "the owner of the bot needs two-factor authentication",
    IndexNotReady = 110_000 "it cannot be searched yet",
    Overloaded = 130_000 "Discord has too much to do",
    CannotForward = 160_014 "it cannot be forwarded unread",
    BlockedByAutoMod = 200_000 "the server's AutoMod blocked it",
    TitleBlockedByAutoMod = 200_001 "the server's AutoMod blocked the title",
    HarmfulLink = 240_000 "a link in it is blocked",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())?;
        self.words().map_or(Ok(()), |words| write!(f, ": {words}"))
    }
}

/// How long new private conversations rest after Discord found them too many. It does not say; some bots were locked out
/// of them for a day.
pub(crate) const DIRECTS_PAUSE: Duration = Duration::from_secs(10 * 60);
/// How long bans of those who left rest after Discord found them too many. It does not say either.
const BANS_PAUSE: Duration = Duration::from_secs(60 * 60);
/// How long is waited where Discord does not say.
const PATIENCE: Duration = Duration::from_secs(5);

impl RestError {
    /// The refusal, if it was one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Discord's number for what is wrong, if it gave one.
    pub fn code(&self) -> Option<Code> {
        self.refusal()?.code
    }

    /// Whether it may be otherwise the next time, without anybody mending anything.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited(_) | Self::NotYet(_) | Self::Unreachable(_) | Self::Unanswered(_) => true,
            Self::Setup(_) | Self::Unauthorised | Self::Refused(_) => false,
        }
    }

    /// How long Discord asks not to be asked.
    pub(crate) fn patience(&self) -> Duration {
        match self {
            Self::RateLimited(wait) | Self::NotYet(wait) => *wait,
            Self::Setup(_)
            | Self::Unauthorised
            | Self::Refused(_)
            | Self::Unreachable(_)
            | Self::Unanswered(_) => Duration::ZERO,
        }
    }

    /// Whether an answer came that cannot be read.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self, Self::Unanswered(source) if source.is::<NotJson>())
    }

    /// Whether the server's own filter keeps a message from being sent for its words.
    pub(crate) fn is_held_up(&self) -> bool {
        matches!(self.code(), Some(Code::BlockedByAutoMod | Code::HarmfulLink))
    }

    /// What follows for whoever asked.
    pub fn delivery(self) -> DeliveryError {
        match self {
            Self::RateLimited(wait) => DeliveryError::RateLimited(wait),
            Self::NotYet(wait) => DeliveryError::NotYet(wait),
            // A new token may come, and until then nothing can be done.
            error @ (Self::Setup(_) | Self::Unauthorised) => DeliveryError::Unreachable(Box::new(error)),
            Self::Refused(refusal) => refusal.delivery(),
            Self::Unreachable(source) => DeliveryError::Unreachable(source),
            Self::Unanswered(source) => DeliveryError::Unanswered(source),
        }
    }
}

impl Refusal {
    fn delivery(self) -> DeliveryError {
        match self.code {
            Some(
                Code::UnknownChannel
                | Code::UnknownGuild
                | Code::UnknownMember
                | Code::UnknownMessage
                | Code::UnknownRole
                | Code::UnknownUser
                | Code::UnknownWebhook
                | Code::UnknownBan
                | Code::UnknownInteraction
                | Code::InvalidWebhookToken,
            ) => DeliveryError::Gone,
            Some(Code::DirectsTooFast) => DeliveryError::NotYet(DIRECTS_PAUSE),
            Some(Code::ChannelWriteLimit | Code::GuildWriteLimit | Code::IndexNotReady) => {
                DeliveryError::NotYet(PATIENCE)
            }
            Some(Code::TooManyBans) => DeliveryError::NotYet(BANS_PAUSE),
            Some(Code::Overloaded) => DeliveryError::Unanswered(Box::new(self)),
            _ => match self.status {
                404 | 410 => DeliveryError::Gone,
                // Discord lost its way, and may have got there all the same.
                408 | 500.. => DeliveryError::Unanswered(Box::new(self)),
                _ => DeliveryError::Forbidden,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    fn refused(status: u16, code: Option<u32>) -> RestError {
        RestError::Refused(Refusal { status, code: code.map(Code::new), fields: Vec::new() })
    }

    #[test]
    fn every_number_is_the_one_of_its_code() {
        for code in CODES {
            assert_eq!(Code::new(code.number()), *code);
            assert_ne!(code.words(), None);
        }
        assert_eq!(Code::new(7), Code::Other(7));
    }

    #[test]
    fn what_follows_from_a_refusal() {
        let rows = [
            (404, Some(10_008), "gone"),
            (404, None, "gone"),
            (404, Some(10_026), "gone"),
            (403, Some(50_007), "forbidden"),
            (403, Some(50_278), "forbidden"),
            (403, Some(50_013), "forbidden"),
            (403, None, "forbidden"),
            (400, Some(50_035), "forbidden"),
            (400, Some(200_000), "forbidden"),
            (403, Some(40_003), "not yet 600"),
            (429, Some(20_028), "not yet 5"),
            (400, Some(30_035), "not yet 3600"),
            (503, Some(130_000), "unanswered"),
            (500, None, "unanswered"),
            (401, Some(50_027), "gone"),
        ];
        for (status, code, want) in rows {
            let name = match refused(status, code).delivery() {
                DeliveryError::Gone => "gone".to_owned(),
                DeliveryError::Forbidden => "forbidden".to_owned(),
                DeliveryError::NotYet(wait) => format!("not yet {}", wait.as_secs()),
                DeliveryError::Unanswered(_) => "unanswered".to_owned(),
                other => other.to_string(),
            };
            assert_eq!(name, want, "{status} {code:?}");
        }
    }

    #[test]
    fn an_error_says_what_to_do() {
        let form = Refusal {
            status: 400,
            code: Some(Code::InvalidForm),
            fields: vec!["content: BASE_TYPE_MAX_LENGTH".to_owned()],
        };
        let lines = [
            RestError::Refused(form).to_string(),
            refused(403, Some(50_007)).to_string(),
            refused(418, Some(7)).to_string(),
            RestError::Unauthorised.to_string(),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        Discord refused it with 400, 50035: it was not well formed (content: BASE_TYPE_MAX_LENGTH)
        Discord refused it with 403, 50007: they take no private messages from the bot
        Discord refused it with 418, 7
        Discord does not accept the bot's token; is it the newest one from the developer portal?
        ");
        assert!(refused(403, None).source().is_none());
    }
}
