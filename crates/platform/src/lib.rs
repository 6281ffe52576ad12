//! The port to a chat platform: what comes in, what goes out, and what may go wrong on the way.
//!
//! An adapter is two translations, platform event to [`Inbound`] and [`Action`] to platform call. It decides
//! nothing. What it has to know after a restart it notes as [`Memos`].

pub mod checkup;
#[cfg(feature = "testing")]
pub mod contract;
#[cfg(feature = "testing")]
pub mod fake;
mod history;
pub mod lines;
mod officers;
pub mod plain;
pub mod typed;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use checkup::Finding;
pub use history::{Gathering, History, Page};
pub use officers::Officers;
pub use policy::{CanaryId, Deafness, Limit, Outright};
use policy::{
    ChannelId, GroupId, Letter, MemberId, MessageText, PlatformId, Post, PostId, PostKind, Reference,
    Timestamp,
};

/// Something that happened in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// A member wrote or edited something.
    Post {
        /// What stands there now.
        post: Post,
        /// How far the channel has been read once this is dealt with; nothing where that stays as it is: for what stands
        /// in no history, such as a name, and for what was heard before something that is still to be read.
        position: Option<Position>,
    },
    /// Somebody typed a command.
    Command {
        /// The group it is about.
        group: GroupId,
        /// Who typed it.
        from: MemberId,
        /// What was typed, without the platform's own sign for commands.
        line: MessageText,
        /// Whether nobody else sees it: what may be asked in private only may be asked so.
        is_private: bool,
        /// What the adapter notes of it, where the platform may tell of it again.
        noted: Option<Noted>,
    },
    /// A member wrote to the bot in private, or in the place that they share with the officers.
    Direct {
        /// The group it is about.
        group: GroupId,
        /// Who wrote.
        from: MemberId,
        /// What they wrote.
        text: MessageText,
        /// Whether officers read the answer as well, so that it is to hold nothing that is the member's alone.
        with_officers: bool,
        /// What the adapter notes of it, where the platform may tell of it again.
        noted: Option<Noted>,
    },
    /// Somebody came into the group, for the first time or again.
    Joined {
        /// The group.
        group: GroupId,
        /// Who.
        member: MemberId,
    },
    /// A human did something to a member with the platform's own means, past the bot. What the bot did itself does
    /// not come back so. May be missed while the bot is away: [`Outbound::exclusions`] tells what stands.
    ByHand {
        /// The group.
        group: GroupId,
        /// To whom.
        member: MemberId,
        /// What.
        change: Change,
        /// Who did it, where the platform tells.
        by: Option<MemberId>,
        /// What the adapter notes of it.
        noted: Option<Noted>,
    },
    /// A human took posts of a member away with the platform's own means, past the bot; as above.
    TakenDown {
        /// The group.
        group: GroupId,
        /// Whose.
        author: MemberId,
        /// How many, more than were told before.
        posts: u32,
        /// Who did it, where the platform tells.
        by: Option<MemberId>,
        /// What the adapter notes of it.
        noted: Option<Noted>,
    },
    /// Somebody wrote or edited something that the bot cannot decrypt. Once it can, it is handed in as
    /// [`Inbound::Post`] or, when it is nothing to judge under this name, as [`Inbound::Readable`]; until then it is
    /// among [`Intake::unread`].
    Unreadable {
        /// The group.
        group: GroupId,
        /// Where it stands.
        channel: ChannelId,
        /// Who wrote it.
        from: MemberId,
        /// What it is called.
        post: PostId,
        /// When it was written, by the platform's clock.
        written_at: Timestamp,
        /// How far the channel has been read once this is dealt with.
        position: Position,
    },
    /// What was [`Inbound::Unreadable`] can be read and needs no more of it: it was no post, or is handed in as a revision
    /// of another one.
    Readable {
        /// The group.
        group: GroupId,
        /// Where it stands.
        channel: ChannelId,
        /// What it was called.
        post: PostId,
    },
    /// A channel was read up to there, and there is nothing more to deal with before that place.
    Read {
        /// The group.
        group: GroupId,
        /// Which.
        channel: ChannelId,
        /// How far.
        position: Position,
    },
    /// The platform is not heard: nothing that happens in the group reaches the bot. Told within a minute, and
    /// again when the reason is another one; whoever hears of it waits to see whether it lasts.
    Deaf {
        /// The group.
        group: GroupId,
        /// Since when.
        since: Timestamp,
        /// Why.
        why: Deafness,
        /// Until when at least, where that is known.
        until: Option<Timestamp>,
    },
    /// The platform is heard, for the first time since the start or after it was not, or not for sure: what was written
    /// meanwhile has been handed in, and what stands there may be otherwise than was told.
    Back {
        /// The group.
        group: GroupId,
    },
    /// The bot heard of what it did itself by [`Outbound::canary`], the way in which it hears what members write.
    Canary {
        /// The group.
        group: GroupId,
        /// Which.
        id: CanaryId,
    },
    /// All that the bot cannot do in a channel as things stand now; empty when nothing is in its way. Told at every start
    /// and at every change.
    Limits {
        /// The group.
        group: GroupId,
        /// Where.
        channel: ChannelId,
        /// What it cannot do, in any order.
        limits: Vec<Limit>,
    },
}

impl Inbound {
    /// What the adapter notes of it.
    pub fn noted(&self) -> Option<&Noted> {
        match self {
            Self::Command { noted, .. }
            | Self::Direct { noted, .. }
            | Self::ByHand { noted, .. }
            | Self::TakenDown { noted, .. } => noted.as_ref(),
            Self::Post { .. }
            | Self::Joined { .. }
            | Self::Unreadable { .. }
            | Self::Readable { .. }
            | Self::Read { .. }
            | Self::Deaf { .. }
            | Self::Back { .. }
            | Self::Canary { .. }
            | Self::Limits { .. } => None,
        }
    }
}

/// What is done to a member by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Put out of the group.
    Excluded,
    /// Let in again.
    Admitted,
    /// Kept from posting.
    Muted,
    /// Allowed to post again.
    Unmuted,
    /// Made to leave, and free to come back.
    Removed,
}

/// How far a channel has been read, in the platform's own words (a snowflake, a token, a number).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position(pub String);

/// Where an adapter hands in what happened.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Deals with `inbound`: once it returns, all consequences are recorded. Gives the answer for whoever asked,
    /// to be shown to them alone.
    ///
    /// Handing in the same thing again has no further consequences. The posts of one channel are handed in one after
    /// the other, in order; after an error, the same one comes again before any later one.
    ///
    /// # Errors
    /// When nothing could be recorded; the adapter hands it in again later.
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError>;

    /// Delivers what is due now, for front ends that show the results of a line before the next is read.
    ///
    /// # Errors
    /// When the ledger cannot be read or written; refusals of the platform are not errors, they are recorded.
    async fn settle(&self) -> Result<(), IntakeError>;

    /// How far each channel of the group has been read.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn positions(&self, group: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError>;

    /// What was handed in as [`Inbound::Unreadable`] and as neither [`Inbound::Post`] nor [`Inbound::Readable`] since,
    /// oldest first. What is older than files are kept is no longer among it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn unread(&self, group: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError>;
}

/// Where an adapter notes what it has to know after a restart, beside what is on record: kept with the ledger, forgotten by
/// itself when it has had its time, and never words of a member.
#[async_trait]
pub trait Memos: Send + Sync {
    /// What was noted for this account under that name, unless it has had its time.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn recall(&self, account: &str, name: &str) -> Result<Option<String>, IntakeError>;

    /// Notes something in place of what was noted under that name, or forgets that.
    ///
    /// # Errors
    /// When it could not be recorded.
    async fn remember(&self, account: &str, name: &str, memo: Option<Memo>) -> Result<(), IntakeError>;
}

/// Where a front end asks what somebody may mean who is typing.
#[async_trait]
pub trait Suggest: Send + Sync {
    /// What it may be, of what they may see, likeliest first, [`CHOICES_MAX`] at most. Nothing for whoever holds no office.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn suggest(
        &self,
        group: &GroupId,
        to: &MemberId,
        sought: Sought,
        typed: &str,
    ) -> Result<Vec<Choice>, IntakeError>;
}

/// Where a front end asks what stands on the board that hangs where the officers talk.
#[async_trait]
pub trait Board: Send + Sync {
    /// What waits for the officers as of now, less what one of them has a part in: all of them read it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    async fn board(&self, group: &GroupId) -> Result<Letter, IntakeError>;
}

/// All that a front end with menus asks of the casework.
pub trait Desk: Intake + Memos + Suggest + Board {}

impl<T: Intake + Memos + Suggest + Board> Desk for T {}

/// Something an adapter notes for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memo {
    /// What.
    pub text: String,
    /// When it has had its time and is forgotten by itself.
    pub until: Timestamp,
}

/// A memo that is kept together with what follows from what is handed in, so that neither is ever on record alone: where a
/// platform tells of something twice, it says what was told. Of what is handed in with a memo that is on record already,
/// nothing follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The account that notes it.
    pub account: String,
    /// Under which name.
    pub name: String,
    /// What.
    pub memo: Memo,
}

/// What somebody is typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sought {
    /// The reference of a file that waits for them.
    Reference,
    /// The code of a rule.
    Rule,
}

/// Something that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is typed for it.
    pub value: String,
    /// What is shown for it; no words of a member.
    pub label: String,
}

/// How many choices are offered at once, as the smallest menu of a platform holds them.
pub const CHOICES_MAX: usize = 25;

/// What happened could not be dealt with.
#[derive(Debug, thiserror::Error)]
#[error("what happened could not be recorded")]
pub struct IntakeError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Names one recorded effect for ever: the platform is asked to do nothing twice under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EffectId(pub i64);

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "beadle-{}", self.0)
    }
}

/// Whether a platform may have been asked for an effect already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// It was not, or it answered that nothing was done.
    Never,
    /// It was, and what it answered is not on record: it may have been done.
    Perhaps,
}

/// One recorded effect, of which an [`Action`] says what is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Effect {
    /// Its name.
    pub id: EffectId,
    /// The file it comes of, for those who look up on the platform why something was done.
    pub file: Reference,
    /// Whether it may have been asked for before.
    pub asked: Asked,
}

/// What the bot does on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Takes a post away, in all its revisions.
    Remove {
        /// Where it stands.
        channel: ChannelId,
        /// Which.
        post: PostId,
        /// What sort of thing it is.
        kind: PostKind,
        /// Who wrote it.
        author: MemberId,
    },
    /// Puts a removed post back as a quotation, pinging nobody. A name is worn again where the platform lets the bot do
    /// that; the title or topic of a channel is quoted in it.
    Repost {
        /// Where it stood.
        channel: ChannelId,
        /// What sort of thing it was.
        kind: PostKind,
        /// Who wrote it.
        author: MemberId,
        /// The name the author goes by.
        author_name: MessageText,
        /// When it was written.
        written_at: Timestamp,
        /// What it said.
        text: MessageText,
    },
    /// Writes to a member in private.
    Direct {
        /// To whom.
        to: MemberId,
        /// What.
        letter: Letter,
        /// Where they take no private messages and every other way is closed: since when they have to have asked something of
        /// the bot, so that it may be said with the answer, which only they see. Nothing while there is another way, for what
        /// passes is easily overlooked.
        or_shown_since: Option<Timestamp>,
    },
    /// Puts a letter in the place of one that a member was sent before, wherever that stands, so that the earlier one is
    /// no longer to be read. Nothing is done, and it is [`DeliveryError::Gone`], where the earlier one is not known or
    /// cannot be changed.
    Rewrite {
        /// To whom.
        to: MemberId,
        /// What the earlier one was sent as, or was last rewritten as.
        earlier: EffectId,
        /// What is to be read there from now on.
        letter: Letter,
    },
    /// Writes to the officers of the group, and nobody else.
    TellOfficers {
        /// What.
        letter: Letter,
    },
    /// Writes to a member and some officers in a place that is theirs alone. What remains when a member takes no
    /// private messages; [`DeliveryError::Forbidden`] for somebody who is not in the group.
    DirectWithOfficers {
        /// To whom.
        to: MemberId,
        /// Who reads along, if they can be reached. Whoever else is there is put out before anything is written.
        officers: Vec<MemberId>,
        /// What.
        letter: Letter,
    },
    /// Writes in a channel for all to read, pinging nobody.
    Announce {
        /// Where.
        channel: ChannelId,
        /// What.
        letter: Letter,
    },
    /// Puts a member out of the group and keeps them out. Done also for somebody who has left: it holds when they
    /// come back.
    ///
    /// It stands until [`Action::Admit`], whatever any clock says; but whoever comes in after `until` is told of, and put out
    /// again only when that is asked for. For somebody whom the bot has excluded already, `until` is replaced. An exclusion by hand stays one, for a human made it: [`Receipt::AlreadyDone`].
    Exclude {
        /// Whom.
        member: MemberId,
        /// When it is meant to end, for the platform to show; nothing for good.
        until: Option<Timestamp>,
    },
    /// Lets an excluded member in again, whoever excluded them, with the platform's own way of inviting. Asked for also when
    /// nothing stands: what was taken from them for the time is given back all the same, and nobody is invited.
    Admit {
        /// Whom.
        member: MemberId,
    },
    /// Keeps a member from posting. A platform that can ends it by itself at `until`; on others it stands until
    /// [`Action::Unmute`]. For somebody whom the bot has muted already, `until` is replaced; a mute by hand stays one.
    Mute {
        /// Whom.
        member: MemberId,
        /// When it ends.
        until: Timestamp,
    },
    /// Lets a muted member post again, whoever muted them.
    Unmute {
        /// Whom.
        member: MemberId,
    },
}

/// Somebody who is kept out of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// Who.
    pub member: MemberId,
    /// Whether the bot did it; otherwise a human did.
    pub ours: bool,
    /// When it is meant to end, where the platform keeps that.
    pub until: Option<Timestamp>,
}

/// Somebody who is kept from posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// Who.
    pub member: MemberId,
    /// Whether the bot did it; otherwise a human did.
    pub ours: bool,
    /// When it is meant to end, where the platform keeps that.
    pub until: Option<Timestamp>,
}

/// What a platform knows of an account that somebody named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Account {
    /// Somebody who is in the group, or was.
    Known,
    /// There is nobody of that name.
    Nobody,
    /// The platform cannot tell.
    Untold,
}

/// The platform did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receipt {
    /// Now.
    Done,
    /// There was nothing left to do: it had been done before, or things stood so already.
    AlreadyDone,
}

/// What comes of a canary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Echo {
    /// It is on its way: if the bot hears what happens in the group, it hears of it, as [`Inbound::Canary`].
    Coming,
    /// None: what happens in the group cannot get lost on its way to the bot.
    None,
}

/// Does what was recorded.
#[async_trait]
pub trait Outbound: Send + Sync {
    /// The platform's name, the same in every run.
    fn platform(&self) -> PlatformId;

    /// Whether the platform is in this program, so that its groups are heard as long as the program runs.
    fn is_at_hand(&self) -> bool {
        false
    }

    /// How long the platform is left in peace after a removal before anything is said, unless somebody waits for it to be
    /// said. For servers that do one thing after the other: there, a letter about one post keeps the next post standing.
    fn lull(&self) -> Duration {
        Duration::ZERO
    }

    /// How many removals in one group it is asked for at once. A removal is a round trip, most of it waiting: a handful hide
    /// that, and more would only stand in line at the server, behind the members' own messages; unless it takes many in
    /// one request.
    fn abreast(&self) -> u32 {
        8
    }

    /// Applies `action`. Applying it again under the same name has the effect of applying it once, as long as it is said
    /// truly whether it may be the second time.
    ///
    /// # Errors
    /// Named for what the caller does next: wait, try again, find out, or tell a person.
    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError>;

    /// A post as it stands now, or nothing when there is none of that name in the group, or none that is found: without the
    /// channel in which it stands, a platform looks through some only.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn read(
        &self,
        group: &GroupId,
        channel: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError>;

    /// Members' posts that stand in a channel and were first written after that one, as they stand now, oldest first;
    /// so many at most. That one itself may be gone.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError>;

    /// Members' posts that stand in the group's channels, of all of them together the latest, as they stand now; so many at
    /// most. Nobody waits for anything else while it is asked for, and nothing of it is kept.
    ///
    /// Names are none of them, nor is what stands where members are with the officers or the bot alone, nor anything that
    /// the `asker` does not see on the platform by themselves: somebody who is not in the group sees nothing. What is left out
    /// is counted, and keeps nothing else from being read.
    ///
    /// # Errors
    /// As for [`Outbound::apply`], when nothing could be read at all.
    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError>;

    /// Whether the platform itself stops posts in the group, and the group wants that: only then is there any use in saying
    /// which words.
    fn stops(&self, _group: &GroupId) -> bool {
        false
    }

    /// Has the platform stop whatever holds one of these words before anybody sees it, and nothing for any other word it was
    /// ever given. Asked for at every start, at every change of the words, and every hour; where things stand so already,
    /// nothing is done.
    ///
    /// What it stops comes as [`Inbound::Post`] under a name that says so ([`PostId::stopped`]), as promised
    /// ([`Post::promised`]). Where it stops the same by what people told it as well, that is one post, under one name.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn stop(&self, _group: &GroupId, _words: &[Outright]) -> Result<(), DeliveryError> {
        Ok(())
    }

    /// What the platform can say of an account that somebody named. One that cannot tell says so.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn account(&self, _group: &GroupId, _member: &MemberId) -> Result<Account, DeliveryError> {
        Ok(Account::Untold)
    }

    /// Who of these is kept out of the group, by the bot or by hand. Whoever was put out and is given the same again when
    /// they come back is kept out.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError>;

    /// Who of these is kept from posting in the group, by the bot or by hand; as above.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError>;

    /// Closes what somebody left open through which members who are kept out see the group all the same. Asked for
    /// whenever the ledger is compared with the platform.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn mend(&self, _group: &GroupId) -> Result<(), DeliveryError> {
        Ok(())
    }

    /// Looks whether everything is in place here that the group needs, and changes nothing. What the adapter tells of by itself
    /// when it changes may be left out. A platform that cannot be asked now is no finding.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn check_up(&self, _group: &GroupId) -> Result<Vec<Finding>, DeliveryError> {
        Ok(Vec::new())
    }

    /// Does something harmless of which the bot has to hear itself, and hands that in as [`Inbound::Canary`] the way it hands
    /// in what members write: so that it is noticed when nothing comes any more although the connection stands. Members see
    /// nothing of it, nobody is disturbed, and the traces it leaves do not pile up where people read. It is not recorded: done
    /// twice, or not at all, it changes nothing.
    ///
    /// # Errors
    /// As for [`Outbound::apply`]. That it could not be done says nothing of what is heard.
    async fn canary(&self, _group: &GroupId, _id: CanaryId) -> Result<Echo, DeliveryError> {
        Ok(Echo::None)
    }

    /// Everybody who is in the group, each with the names they go by: that of the account, and another they took. They
    /// are asked for to be covered in copies, and kept nowhere.
    ///
    /// # Errors
    /// As for [`Outbound::apply`].
    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError>;
}

/// Why something was not done, or may not have been.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The platform asked for patience. Nothing was done, and nothing as urgent or less is asked for before that time.
    #[error("the platform asked us to wait {} s", .0.as_secs())]
    RateLimited(Duration),
    /// This one thing cannot be done yet: there is a limit on its sort alone. Nothing was done, and nothing else waits.
    #[error("it cannot be done for another {} s", .0.as_secs())]
    NotYet(Duration),
    /// The bot lacks a permission, or the member takes no private messages. Nothing was done, nor will be.
    #[error("the platform refused it")]
    Forbidden,
    /// There is nobody and nothing there to do it to. Nothing was done, nor will be.
    #[error("the target no longer exists")]
    Gone,
    /// The platform could not be reached. Nothing was done.
    #[error("the platform could not be reached")]
    Unreachable(#[source] Source),
    /// The answer never came: it may have been done.
    #[error("the platform did not answer, so it may have been done")]
    Unanswered(#[source] Source),
}

/// The platform library's own error.
pub type Source = Box<dyn std::error::Error + Send + Sync>;
