//! The group as the session and the bot share it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use platform::{Change, Inbound};
use policy::{ChannelId, GroupId, MemberId, MessageText, Post, Timestamp};

use crate::group::{Aim, Bar, Content, Draft, Hold, StoredPost, Words};
use crate::layout::{Entry, Layout};
use crate::line::{Deed, GrammarError, brief};
use crate::seed::{NAMES_CHANNEL, Seed};
use crate::store::{OpenError, Store, StoreError};
use crate::translate;
use crate::view;

/// The longest name a member can take, in characters.
pub const NAME_LEN_MAX: usize = 64;

/// A group in the terminal. Copies share it.
#[derive(Debug, Clone)]
pub struct Terminal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    seed: Seed,
    names: ChannelId,
    dir: PathBuf,
    store: Mutex<Store>,
}

/// A line that means nothing in this group, and what to type instead. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It cannot be read.
    #[error(transparent)]
    Grammar(#[from] GrammarError),
    /// It is no text.
    #[error("this is not valid UTF-8; save the script as UTF-8")]
    NotUtf8,
    /// It is too long.
    #[error("the line is longer than {} bytes; split it", crate::line::LINE_LEN_MAX)]
    TooLong,
    /// A speaker there is not.
    #[error("there is no member `{who}`; the members are {members}")]
    UnknownMember {
        /// What was typed.
        who: String,
        /// Who there is.
        members: String,
    },
    /// A channel there is not.
    #[error("there is no channel #{channel}; the channels are {channels}")]
    UnknownChannel {
        /// What was typed.
        channel: String,
        /// Which there are.
        channels: String,
    },
    /// A post there never was, or that is forgotten.
    #[error("there is no post {0}; use a number shown in brackets")]
    UnknownPost(u64),
    /// A post that no longer stands.
    #[error("post {post} was {how}; use the number of one that stands")]
    PostGone {
        /// Which.
        post: u64,
        /// What became of it.
        how: &'static str,
    },
    /// A post of somebody else's.
    #[error("post {post} is not {who}'s; only its author can do that")]
    NotTheAuthor {
        /// Which.
        post: u64,
        /// Who tried.
        who: String,
    },
    /// A new name, which is no message.
    #[error("post {post} is a name, not a message; type `{who} renames: New Name` for another")]
    IsAName {
        /// Which.
        post: u64,
        /// Who tried.
        who: String,
    },
    /// Other people's words, which cannot be edited.
    #[error(
        "post {post} is a forward, whose words cannot be edited; type `{who} deletes {post}` to take it back"
    )]
    IsAForward {
        /// Which.
        post: u64,
        /// Who tried.
        who: String,
    },
    /// A name that is too long.
    #[error("a name has at most {NAME_LEN_MAX} characters")]
    NameTooLong,
    /// Only officers have the platform's own means.
    #[error("{who} is no officer; the officers are {officers}")]
    NotAnOfficer {
        /// Who tried.
        who: String,
        /// Who could.
        officers: String,
    },
    /// There is nothing to change.
    #[error("{who} {how}; there is nothing to change")]
    AlreadySo {
        /// Who.
        who: String,
        /// How it stands.
        how: &'static str,
    },
    /// The clock of a person's terminal is the system's.
    #[error("only a script moves the clock; write the lines to a file and type `beadle < file`")]
    ClockIsReal,
}

/// Why a line was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// It means nothing in this group.
    #[error(transparent)]
    Line(#[from] LineError),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a member needs for what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    Nothing,
    /// A way to be reached.
    Reach,
    /// To be in the group.
    Membership,
    /// To be in the group and not muted.
    Voice,
}

/// What a line came to.
#[derive(Debug)]
pub struct Acted {
    /// What the bot is to be handed, if it concerns the bot. Nothing of what an excluded or muted member may not do.
    pub inbound: Option<Inbound>,
    /// What everybody sees.
    pub(crate) entry: Option<Entry>,
}

impl Terminal {
    /// Opens the group kept in `dir`, or starts an empty one there.
    ///
    /// # Errors
    /// When the group is not configured well, another process has it open, or its file cannot be read; the file is
    /// left as it is.
    pub fn open(dir: &Path, seed: Seed) -> Result<Self, OpenError> {
        let store = Store::open(dir, &seed)?;
        let names = names_channel();
        let shared = Shared { seed, names, dir: store.dir().to_owned(), store: Mutex::new(store) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The group's key in the configuration.
    pub fn group(&self) -> &GroupId {
        &self.seed().group
    }

    /// Where its file is kept.
    pub fn data_dir(&self) -> &Path {
        &self.shared.dir
    }

    /// The latest instant anything happened at.
    pub fn latest(&self) -> Timestamp {
        self.store().group().now
    }

    /// Members' posts that stand, as the bot is handed them, in order of number.
    pub fn posts(&self) -> Vec<Post> {
        let store = self.store();
        let group = store.group();
        group.posts().filter_map(|(number, _)| translate::post(group, self.seed(), number)).collect()
    }

    /// The name a member goes by; nothing for somebody unknown.
    pub fn name(&self, member: &MemberId) -> Option<MessageText> {
        self.seed().account_name(member)?;
        Some(translate::name(self.store().group(), self.seed(), member))
    }

    /// What the bot did and was not shown yet: channel, private messages and officers, without colours or wrapping.
    pub fn unseen(&self) -> String {
        let entries = view::unseen(self.store().group(), self.seed());
        entries.iter().map(|entry| Layout::PLAIN.render(entry)).collect()
    }

    /// Does what a member does, and keeps it. What an excluded or muted member may not do is not done; they are told.
    ///
    /// # Errors
    /// When it means nothing in this group, or cannot be kept. Nothing was changed.
    pub fn act(&self, who: &str, deed: &Deed, now: Timestamp) -> Result<Acted, ActError> {
        let who = self.find_member(who)?.clone();
        if let Some(entry) = self.refusal(&who, needs(deed), now) {
            return Ok(Acted { inbound: None, entry: Some(entry) });
        }
        match deed {
            Deed::Say { channel, text } => {
                let channel = self.find_channel(channel.as_deref())?;
                self.put(&who, now, |_| Ok((channel.clone(), None, message(text, None))))
            }
            Deed::Reply { post, text } => self.put(&who, now, |store| {
                let answered = require_words(store, &who, *post)?;
                Ok((answered.channel.clone(), Some(*post), message(text, None)))
            }),
            Deed::Quote { post, text } => self.put(&who, now, |store| {
                let quoted = require_words(store, &who, *post)?;
                let words = quoted.words();
                Ok((quoted.channel.clone(), None, message(text, words)))
            }),
            Deed::Forward { post, channel } => {
                let channel =
                    channel.as_deref().map(|channel| self.find_channel(Some(channel))).transpose()?;
                self.put(&who, now, |store| {
                    let passed_on = require_words(store, &who, *post)?;
                    let text = passed_on.words().unwrap_or_else(|| Words::new(""));
                    let channel = channel.unwrap_or(&passed_on.channel).clone();
                    Ok((channel, None, Content::Forward { post: *post, text }))
                })
            }
            Deed::Edit { post, text } => self.edit(&who, *post, text, now),
            Deed::Delete { post } => self.delete(&who, *post),
            Deed::Rename { name } => self.rename(&who, name, now),
            Deed::TakeMessages { open } => self.set_takes_messages(&who, *open),
            Deed::Join => self.join(&who, now),
            Deed::Leave => self.leave(&who),
            Deed::ByHand { change, member } => {
                let member = self.find_member(member)?.clone();
                self.by_hand(&who, *change, &member, now)
            }
            Deed::Confide { text } => {
                let text = MessageText::new(text.as_str());
                let inbound = Inbound::Direct {
                    group: self.group().clone(),
                    from: who,
                    text,
                    with_officers: false,
                    noted: None,
                };
                Ok(Acted { inbound: Some(inbound), entry: None })
            }
        }
    }

    pub(crate) fn seed(&self) -> &Seed {
        &self.shared.seed
    }

    /// What a member is told instead, if they may not do what needs this.
    pub(crate) fn refusal(&self, who: &MemberId, needs: Needs, now: Timestamp) -> Option<Entry> {
        let store = self.store();
        let bar = store.group().bar(who, now)?;
        match (needs, bar) {
            (Needs::Nothing, _) | (Needs::Membership | Needs::Reach, Bar::Muted(_)) => None,
            (Needs::Reach, Bar::Excluded(_) | Bar::Left) => {
                let reached = store.group().takes_messages(who) == Some(true);
                (!reached).then(|| view::unheard(who))
            }
            (Needs::Membership | Needs::Voice, _) => Some(view::refused(who, bar, self.seed().zone)),
        }
    }

    /// The state between two changes. A panic in the middle of one leaves the state from before it.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.shared.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn find_member(&self, typed: &str) -> Result<&MemberId, LineError> {
        self.seed().find_member(typed).ok_or_else(|| LineError::UnknownMember {
            who: brief(typed),
            members: self.seed().members_listed(),
        })
    }

    fn find_channel(&self, typed: Option<&str>) -> Result<&ChannelId, LineError> {
        let Some(typed) = typed else { return Ok(&self.seed().channels[0]) };
        self.seed().find_channel(typed).ok_or_else(|| LineError::UnknownChannel {
            channel: brief(typed),
            channels: self.seed().channels_listed(),
        })
    }

    /// Puts up a message: where, what it answers, and what it says.
    fn put(
        &self,
        who: &MemberId,
        now: Timestamp,
        draft: impl FnOnce(&Store) -> Result<(ChannelId, Option<u64>, Content), LineError>,
    ) -> Result<Acted, ActError> {
        let mut store = self.store();
        let (channel, answers, content) = draft(&store)?;
        let answered = answers.and_then(|number| store.group().post(number));
        let aim = self.aim(who, answered, own_words(&content));
        let draft = Draft { channel: &channel, author: who, answers, aim, content, now };
        let number = store.change::<_, ActError>(|group| Ok(group.put(draft)))?;
        Ok(self.acted(&store, number))
    }

    fn edit(&self, who: &MemberId, number: u64, text: &str, now: Timestamp) -> Result<Acted, ActError> {
        let mut store = self.store();
        let post = require_own(&store, who, number)?;
        if matches!(post.content, Content::Forward { .. }) {
            return Err(LineError::IsAForward { post: number, who: who.as_str().to_owned() }.into());
        }
        let answered = post.answers.and_then(|answered| store.group().post(answered));
        let aim = self.aim(who, answered, text);
        store.change::<_, ActError>(|group| {
            group.edit(number, text, aim, now);
            Ok(())
        })?;
        Ok(self.acted(&store, number))
    }

    fn delete(&self, who: &MemberId, number: u64) -> Result<Acted, ActError> {
        let mut store = self.store();
        let channel = require_own(&store, who, number)?.channel.clone();
        store.change::<_, ActError>(|group| {
            group.delete(number);
            Ok(())
        })?;
        Ok(Acted { inbound: None, entry: Some(view::deleted(&channel, number, who)) })
    }

    fn rename(&self, who: &MemberId, name: &str, now: Timestamp) -> Result<Acted, ActError> {
        if name.chars().count() > NAME_LEN_MAX {
            return Err(LineError::NameTooLong.into());
        }
        let mut store = self.store();
        let name = Words::new(name);
        let content = Content::Name(name.clone());
        let channel = &self.shared.names;
        let draft = Draft { channel, author: who, answers: None, aim: Aim::default(), content, now };
        let number = store.change::<_, ActError>(|group| Ok(group.rename(draft, name)))?;
        Ok(self.acted(&store, number))
    }

    fn set_takes_messages(&self, who: &MemberId, open: bool) -> Result<Acted, ActError> {
        self.store().change::<_, ActError>(|group| {
            group.set_takes_messages(who, open);
            Ok(())
        })?;
        Ok(Acted { inbound: None, entry: Some(view::takes_messages(who, open)) })
    }

    /// Somebody comes, unless they are kept out.
    fn join(&self, who: &MemberId, now: Timestamp) -> Result<Acted, ActError> {
        let mut store = self.store();
        if let Some(bar @ Bar::Excluded(_)) = store.group().bar(who, now) {
            let entry = view::refused(who, bar, self.seed().zone);
            return Ok(Acted { inbound: None, entry: Some(entry) });
        }
        if store.group().is_present(who) {
            return Err(already(who, "is in the group").into());
        }
        store.change::<_, ActError>(|group| {
            group.set_present(who, true);
            Ok(())
        })?;
        let inbound = Inbound::Joined { group: self.group().clone(), member: who.clone() };
        Ok(Acted { inbound: Some(inbound), entry: Some(view::member(who, "joins")) })
    }

    fn leave(&self, who: &MemberId) -> Result<Acted, ActError> {
        let mut store = self.store();
        if !store.group().is_present(who) {
            return Err(already(who, "has left").into());
        }
        store.change::<_, ActError>(|group| {
            group.set_present(who, false);
            Ok(())
        })?;
        Ok(Acted { inbound: None, entry: Some(view::member(who, "leaves")) })
    }

    /// What an officer does past the bot.
    fn by_hand(
        &self,
        officer: &MemberId,
        change: Change,
        member: &MemberId,
        now: Timestamp,
    ) -> Result<Acted, ActError> {
        if !self.seed().officers.contains(officer) {
            let (who, officers) = (officer.as_str().to_owned(), self.seed().officers_listed());
            return Err(LineError::NotAnOfficer { who, officers }.into());
        }
        let mut store = self.store();
        let is_excluded = store.group().exclusions().any(|(excluded, _)| excluded == member);
        let is_muted = store.group().is_muted(member, now);
        let (stands, how, done) = match change {
            Change::Excluded => (is_excluded, "is excluded", "is excluded by"),
            Change::Admitted => (!is_excluded, "is not excluded", "is let in again by"),
            Change::Muted => (is_muted, "is muted", "is muted by"),
            Change::Unmuted => (!is_muted, "is not muted", "is allowed to post again by"),
            Change::Removed => (!store.group().is_present(member), "is not here", "is made to leave by"),
        };
        if stands {
            return Err(already(member, how).into());
        }
        store.change::<_, ActError>(|group| {
            match change {
                Change::Excluded => group.set_exclusion(member, Some(Hold::by_hand())),
                Change::Admitted => group.set_exclusion(member, None),
                Change::Muted => group.set_muting(member, Some(Hold::by_hand())),
                Change::Unmuted => group.set_muting(member, None),
                Change::Removed => group.set_present(member, false),
            }
            Ok(())
        })?;
        let inbound = Inbound::ByHand {
            group: self.group().clone(),
            member: member.clone(),
            change,
            by: Some(officer.clone()),
            noted: None,
        };
        let entry = view::member(member, &format!("{done} {}", officer.as_str()));
        Ok(Acted { inbound: Some(inbound), entry: Some(entry) })
    }

    fn acted(&self, store: &Store, number: u64) -> Acted {
        let group = store.group();
        let post = translate::post(group, self.seed(), number);
        let inbound = group.post(number).zip(post).map(|(stored, post)| translate::inbound(stored, post));
        Acted { inbound, entry: view::post(group, self.seed(), number) }
    }

    /// At whom a post is aimed that says this in answer to that. To speak to oneself is to speak to nobody.
    fn aim(&self, who: &MemberId, answered: Option<&StoredPost>, text: &str) -> Aim {
        let to_another = answered.is_some_and(|answered| answered.author.as_ref() != Some(who));
        let mut addressed: Vec<MemberId> = Vec::new();
        let mentioned = translate::mentioned(self.seed(), text);
        for member in answered.and_then(StoredPost::whose).into_iter().chain(mentioned) {
            if member != who && !addressed.contains(member) {
                addressed.push(member.clone());
            }
        }
        Aim { directed: to_another || !addressed.is_empty(), addressed }
    }
}

fn needs(deed: &Deed) -> Needs {
    match deed {
        Deed::Say { .. }
        | Deed::Reply { .. }
        | Deed::Quote { .. }
        | Deed::Forward { .. }
        | Deed::Edit { .. }
        | Deed::Rename { .. } => Needs::Voice,
        Deed::Delete { .. } | Deed::ByHand { .. } => Needs::Membership,
        Deed::Confide { .. } => Needs::Reach,
        Deed::TakeMessages { .. } | Deed::Join | Deed::Leave => Needs::Nothing,
    }
}

fn already(who: &MemberId, how: &'static str) -> LineError {
    LineError::AlreadySo { who: who.as_str().to_owned(), how }
}

/// What the author of a message says in it.
fn own_words(content: &Content) -> &str {
    match content {
        Content::Message { body, .. } => body.expose(),
        Content::Forward { .. }
        | Content::Name(_)
        | Content::Repost { .. }
        | Content::Announcement(_)
        | Content::Removed
        | Content::Deleted => "",
    }
}

#[expect(clippy::unwrap_used, reason = "the id is a literal and valid")]
fn names_channel() -> ChannelId {
    ChannelId::new(NAMES_CHANNEL).unwrap()
}

fn message(text: &str, quotation: Option<Words>) -> Content {
    Content::Message { body: Words::new(text), quotation }
}

/// The post under this number, if it still stands.
fn require_standing(store: &Store, number: u64) -> Result<&StoredPost, LineError> {
    let post = store.group().post(number).ok_or(LineError::UnknownPost(number))?;
    match post.content {
        Content::Message { .. }
        | Content::Forward { .. }
        | Content::Name(_)
        | Content::Repost { .. }
        | Content::Announcement(_) => Ok(post),
        Content::Removed => Err(LineError::PostGone { post: number, how: "removed by beadle" }),
        Content::Deleted => {
            Err(LineError::PostGone { post: number, how: "deleted or replaced by its author" })
        }
    }
}

/// A post that can be answered and quoted.
fn require_words<'a>(store: &'a Store, who: &MemberId, number: u64) -> Result<&'a StoredPost, LineError> {
    let post = require_standing(store, number)?;
    let is_a_name = || LineError::IsAName { post: number, who: who.as_str().to_owned() };
    post.words().map(|_| post).ok_or_else(is_a_name)
}

/// A message of the member's own.
fn require_own<'a>(store: &'a Store, who: &MemberId, number: u64) -> Result<&'a StoredPost, LineError> {
    let post = require_words(store, who, number)?;
    if post.author.as_ref() == Some(who) {
        return Ok(post);
    }
    Err(LineError::NotTheAuthor { post: number, who: who.as_str().to_owned() })
}
