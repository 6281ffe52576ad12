//! What outlives a restart beside the record: kept with the ledger through [`Memos`], each for as long as it is of use.

use std::sync::Arc;

use async_trait::async_trait;
use platform::{EffectId, IntakeError, Memo, Memos, Noted, Source};
use policy::{Clock, GroupId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::gateway::{Identifies, Session, Sessions};
use crate::ids::Snowflake;

const HOUR_S: i64 = 60 * 60;
const DAY_S: i64 = 24 * HOUR_S;
/// Discord keeps a session for minutes. What is older is asked for in vain, and costs nothing.
const SESSION_S: i64 = DAY_S;
/// The time over which Discord counts sessions, and some.
const IDENTIFIES_S: i64 = 2 * DAY_S;
/// A letter is looked for or corrected for as long as a suspension takes, and some.
const LETTER_S: i64 = 90 * DAY_S;
/// How long nobody is asked again who refused a private message, unless they turn to the bot.
const REFUSED_S: i64 = 7 * DAY_S;
/// Roles that were taken are given back at the end of a suspension, and what is noted of a group as a whole is noted anew
/// at every start.
const ROLES_S: i64 = 2 * 366 * DAY_S;
/// Bans and rules stand for as long as nobody lifts them. What is noted for them names nobody.
const BANS_S: i64 = 50 * 366 * DAY_S;
/// What is found again if it is forgotten.
const FOUND_AGAIN_S: i64 = 366 * DAY_S;

/// What the bot notes for itself of people, and for how many days at most: for whoever has to say what is kept. No words of
/// theirs are among it; names are there as digests.
pub const NOTES: [(&str, i64); 4] = [
    ("who takes no private messages", REFUSED_S / DAY_S),
    ("what the bot wrote, removed and muted lately, and which deeds of humans it told of", LETTER_S / DAY_S),
    ("which private conversations and threads the bot has", FOUND_AGAIN_S / DAY_S),
    (
        "who is suspended by a role and which roles they had; digests of the names that members go by",
        ROLES_S / DAY_S,
    ),
];

/// Where a message of the bot's stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stands {
    pub(crate) channel: Snowflake,
    pub(crate) message: Snowflake,
}

/// What is noted of many is noted in so many parts, so that little is written when little changes.
pub(crate) const PARTS: u64 = 16;

/// The part that something belongs to.
pub(crate) fn part_of(id: Snowflake) -> u64 {
    // By when it was made, which spreads them.
    (id.number() >> 22) % PARTS
}

/// For how long a group is looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watch {
    /// The newest message or channel that was there when the bot came. What is older nobody asked it to judge.
    pub(crate) came: Snowflake,
    /// The newest message it had heard when it was away last, until it has caught up with that.
    pub(crate) away: Option<Snowflake>,
    /// Whether the names that stood when the bot came are still to be noted.
    #[serde(default)]
    pub(crate) is_new: bool,
}

/// A memo, by what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About<'a> {
    /// The session of a shard.
    Session(u32),
    /// The sessions that were begun of late.
    Identifies,
    /// What the bot wrote in a channel of late.
    Written(Snowflake),
    /// That a deed was done, which nobody may do again under its name.
    Done(EffectId),
    /// That a ban is being lifted, so that somebody is to be invited.
    Lifting(EffectId),
    /// That somebody takes no private messages from the bot.
    Refused(Snowflake),
    /// The private channel of the bot and somebody.
    DirectChannel(Snowflake),
    /// Who is suspended by a role, and what they had before.
    Suspended(&'a GroupId),
    /// What the bot's own bans are known by again.
    Signet(&'a GroupId),
    /// Until when somebody is kept from posting, by the bot.
    Muted(&'a GroupId, Snowflake),
    /// The thread that somebody shares with the officers.
    Door(&'a GroupId, Snowflake),
    /// The last message that was dealt with where somebody speaks with the bot: in private, or in such a thread.
    Heard(Snowflake),
    /// When the last of those came in that were told of.
    Joined(&'a GroupId),
    /// How many posts humans took down were told of, by entry of the audit log.
    TakenDown(&'a GroupId),
    /// How far the audit log of a server was read.
    Audit(&'a GroupId),
    /// What humans did that was told of, by entry of the audit log; a part of them.
    Deeds(&'a GroupId, u64),
    /// Since when a group is looked after, and since when nobody did.
    Watch(&'a GroupId),
    /// The names that members of a group go by; a part of them.
    Names(&'a GroupId, u64),
    /// How far the bot's private conversations were read; a part of them.
    Conversations(u64),
    /// Which commands Discord was told of.
    Commands,
    /// Where the queue hangs.
    Board(&'a GroupId),
    /// Where the line stands by which the bot sees that it hears a group.
    Canary(&'a GroupId),
    /// Which rules of the server's own filter are the bot's.
    Rules(&'a GroupId),
}

impl About<'_> {
    fn name(self) -> String {
        match self {
            Self::Session(shard) => format!("session/{shard}"),
            Self::Identifies => "identifies".to_owned(),
            Self::Written(channel) => format!("written/{channel}"),
            Self::Done(effect) => format!("done/{effect}"),
            Self::Lifting(effect) => format!("lifting/{effect}"),
            Self::Refused(user) => format!("refused/{user}"),
            Self::DirectChannel(user) => format!("direct-channel/{user}"),
            Self::Suspended(group) => format!("suspended/{}", group.as_str()),
            Self::Signet(group) => format!("signet/{}", group.as_str()),
            Self::Muted(group, user) => format!("muted/{}/{user}", group.as_str()),
            Self::Door(group, user) => format!("door/{}/{user}", group.as_str()),
            Self::Heard(channel) => format!("heard/{channel}"),
            Self::Joined(group) => format!("joined/{}", group.as_str()),
            Self::TakenDown(group) => format!("taken-down/{}", group.as_str()),
            Self::Audit(group) => format!("audit/{}", group.as_str()),
            Self::Deeds(group, part) => format!("deeds/{}/{part}", group.as_str()),
            Self::Watch(group) => format!("watch/{}", group.as_str()),
            Self::Names(group, part) => format!("names/{}/{part}", group.as_str()),
            Self::Conversations(part) => format!("conversations/{part}"),
            Self::Commands => "commands".to_owned(),
            Self::Board(group) => format!("board/{}", group.as_str()),
            Self::Canary(group) => format!("canary/{}", group.as_str()),
            Self::Rules(group) => format!("rules/{}", group.as_str()),
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Session(_) => SESSION_S,
            Self::Identifies => IDENTIFIES_S,
            Self::Written(_)
            | Self::Done(_)
            | Self::Lifting(_)
            | Self::Muted(..)
            | Self::Heard(_)
            | Self::TakenDown(_)
            | Self::Deeds(..) => LETTER_S,
            Self::Refused(_) => REFUSED_S,
            Self::Signet(_) | Self::Rules(_) => BANS_S,
            Self::Suspended(_) | Self::Watch(_) | Self::Names(..) | Self::Joined(_) | Self::Audit(_) => {
                ROLES_S
            }
            Self::DirectChannel(_)
            | Self::Conversations(_)
            | Self::Door(..)
            | Self::Commands
            | Self::Board(_)
            | Self::Canary(_) => FOUND_AGAIN_S,
        }
    }
}

/// What an account notes for itself. It can once the record is open, which comes after the account.
pub(crate) struct Memory {
    account: String,
    clock: Arc<dyn Clock>,
    memos: OnceCell<Arc<dyn Memos>>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("account", &self.account).finish_non_exhaustive()
    }
}

/// There is no record yet, or none any more.
#[derive(Debug, thiserror::Error)]
#[error("the record is not open yet")]
struct NotOpen;

impl Memory {
    /// Of an account that goes by this name.
    pub(crate) fn new(account: &str, clock: Arc<dyn Clock>) -> Self {
        Self { account: format!("discord/{account}"), clock, memos: OnceCell::new() }
    }

    /// From now on there is a record. The first one stays.
    pub(crate) fn open(&self, memos: Arc<dyn Memos>) {
        if self.memos.set(memos).is_err() {
            tracing::error!("an account was given a second record, which it does not use");
        }
    }

    fn memos(&self) -> Result<&Arc<dyn Memos>, IntakeError> {
        self.memos.get().ok_or_else(|| IntakeError(Box::new(NotOpen)))
    }

    /// What is noted; nothing as well when it is not what it should be.
    pub(crate) async fn get<T: DeserializeOwned>(&self, about: About<'_>) -> Result<Option<T>, IntakeError> {
        let text = self.memos()?.recall(&self.account, &about.name()).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Notes something.
    pub(crate) async fn put<T: Serialize>(&self, about: About<'_>, what: &T) -> Result<(), IntakeError> {
        let Noted { account, name, memo } = self.to_keep(about, what)?;
        self.memos()?.remember(&account, &name, Some(memo)).await
    }

    /// The same as a memo that is kept along with what is handed in.
    pub(crate) fn to_keep<T: Serialize>(&self, about: About<'_>, what: &T) -> Result<Noted, IntakeError> {
        let text = serde_json::to_string(what).map_err(|error| IntakeError(Box::new(error)))?;
        let memo = Memo { text, until: self.clock.now().plus_seconds(about.seconds()) };
        Ok(Noted { account: self.account.clone(), name: about.name(), memo })
    }

    /// Forgets something. Where there is nothing to forget, which is nearly always, nothing is written.
    pub(crate) async fn forget(&self, about: About<'_>) -> Result<(), IntakeError> {
        let (memos, name) = (self.memos()?, about.name());
        match memos.recall(&self.account, &name).await? {
            Some(_) => memos.remember(&self.account, &name, None).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Sessions for Memory {
    async fn load(&self, shard: u32) -> Result<Option<Session>, Source> {
        Ok(self.get(About::Session(shard)).await?)
    }

    async fn save(&self, shard: u32, session: Option<&Session>) -> Result<(), Source> {
        match session {
            Some(session) => self.put(About::Session(shard), session).await?,
            None => self.forget(About::Session(shard)).await?,
        }
        Ok(())
    }

    async fn identifies(&self) -> Result<Identifies, Source> {
        Ok(self.get(About::Identifies).await?.unwrap_or_default())
    }

    async fn save_identifies(&self, identifies: &Identifies) -> Result<(), Source> {
        Ok(self.put(About::Identifies, identifies).await?)
    }
}
