//! The simulated platform: who is there, what stands where, and what the bot has done.
//!
//! Functions from state to state, without files or clocks; [`crate::store`] keeps the state, and a change that fails
//! half-way is never kept.

use std::collections::{BTreeMap, VecDeque};

use platform::EffectId;
use policy::{Block, ChannelId, GroupId, Letter, MemberId, MessageText, PostKind, Timestamp};
use serde::{Deserialize, Serialize};

use crate::seed::Seed;

/// How many posts are kept, the newest; older ones are forgotten.
pub const POSTS_KEPT_MAX: usize = 500;

/// How many ids of effects are remembered; a repeat comes soon after the first attempt.
pub const EFFECTS_KEPT_MAX: usize = 4096;

/// How many letters are remembered as what they were sent; those of long ago are not corrected.
const LETTERS_KEPT_MAX: usize = 500;

/// How many things the bot did wait to be shown; beyond, the oldest are forgotten.
pub const UNSEEN_KEPT_MAX: usize = 500;

/// The version of the file's format.
pub(crate) const FORMAT: u32 = 1;

/// Members' words as they are kept in the file; still without a `Debug` that shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) struct Words(pub(crate) MessageText);

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self(MessageText::new(text))
    }
}

impl From<Words> for String {
    fn from(words: Words) -> String {
        words.0.expose().to_owned()
    }
}

impl Words {
    pub(crate) fn new(text: &str) -> Self {
        Self(MessageText::new(text))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Everything there is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) format: u32,
    pub(crate) id: GroupId,
    /// The latest instant anything happened at.
    pub(crate) now: Timestamp,
    /// The number of the newest post.
    last_post: u64,
    /// The number of the newest event; each post, edit and new name is one.
    last_event: u64,
    members: BTreeMap<MemberId, Member>,
    posts: BTreeMap<u64, StoredPost>,
    /// What the bot did and nobody was shown yet.
    unseen: VecDeque<Happening>,
    /// Effects that were carried out, in order.
    applied: VecDeque<i64>,
    /// Letters to members, in order.
    #[serde(default)]
    letters: VecDeque<Sent>,
}

/// A letter that a member has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    /// The effect as which it was sent, or changed last.
    effect: i64,
    member: MemberId,
    with_officers: bool,
}

/// What can change about a member.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    /// The name taken instead of the account's.
    name: Option<Words>,
    takes_messages: bool,
    /// Whether they are in the group, or would be if they were not excluded.
    is_present: bool,
    exclusion: Option<Hold>,
    muting: Option<Hold>,
}

/// Something that keeps a member out or from posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// Whether the bot did it; otherwise an officer did.
    pub(crate) ours: bool,
    /// When it ends, if it does.
    pub(crate) until: Option<Timestamp>,
}

impl Hold {
    pub(crate) fn by_hand() -> Self {
        Self { ours: false, until: None }
    }

    fn by_us(until: Option<Timestamp>) -> Self {
        Self { ours: true, until }
    }

    /// Whether a mute still stands; it ends by itself. An exclusion does not.
    fn stands_at(self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// What keeps a member from something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bar {
    Excluded(Hold),
    Left,
    Muted(Hold),
}

/// One thing somebody put up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredPost {
    pub(crate) channel: ChannelId,
    /// Nobody for what the bot put up.
    pub(crate) author: Option<MemberId>,
    /// When this revision was written.
    pub(crate) written_at: Timestamp,
    pub(crate) revision: u32,
    /// The event of this revision.
    pub(crate) event: u64,
    pub(crate) answers: Option<u64>,
    pub(crate) directed: bool,
    pub(crate) addressed: Vec<MemberId>,
    pub(crate) content: Content,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Content {
    Message {
        body: Words,
        quotation: Option<Words>,
    },
    /// Another post's words, passed on as they were.
    Forward {
        post: u64,
        text: Words,
    },
    /// The name the author goes by.
    Name(Words),
    /// The bot's quotation of a removed post.
    Repost {
        author: MemberId,
        author_name: Words,
        written_at: Timestamp,
        text: Words,
    },
    /// What the bot told all.
    Announcement(StoredLetter),
    /// Nothing: the bot removed it.
    Removed,
    /// Nothing: its author deleted it, or took another name.
    Deleted,
}

impl StoredPost {
    /// Whose words stand there: the author's, or those of the one whom the bot quotes.
    pub(crate) fn whose(&self) -> Option<&MemberId> {
        match &self.content {
            Content::Repost { author, .. } => Some(author),
            Content::Message { .. }
            | Content::Forward { .. }
            | Content::Name(_)
            | Content::Announcement(_)
            | Content::Removed
            | Content::Deleted => self.author.as_ref(),
        }
    }

    /// The words of a message or of the bot's, for those who quote it.
    pub(crate) fn words(&self) -> Option<Words> {
        match &self.content {
            Content::Message { body, .. } => Some(body.clone()),
            Content::Forward { text, .. } | Content::Repost { text, .. } => Some(text.clone()),
            Content::Announcement(letter) => Some(letter.words()),
            Content::Name(_) | Content::Removed | Content::Deleted => None,
        }
    }
}

/// Something the bot did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Happening {
    Removed {
        channel: ChannelId,
        post: u64,
    },
    NameRemoved {
        post: u64,
        member: MemberId,
    },
    NameRestored {
        member: MemberId,
    },
    PutUp {
        post: u64,
    },
    Told {
        member: MemberId,
        letter: StoredLetter,
        #[serde(default)]
        effect: i64,
    },
    ToldWithOfficers {
        member: MemberId,
        letter: StoredLetter,
        #[serde(default)]
        effect: i64,
    },
    Rewritten {
        member: MemberId,
        letter: StoredLetter,
        effect: i64,
        with_officers: bool,
    },
    Excluded {
        member: MemberId,
        until: Option<Timestamp>,
    },
    Admitted {
        member: MemberId,
    },
    Muted {
        member: MemberId,
        until: Timestamp,
    },
    Unmuted {
        member: MemberId,
    },
    OfficersTold {
        letter: StoredLetter,
    },
}

/// A letter until it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredLetter(Vec<StoredBlock>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredBlock {
    Text(String),
    Quote(Words),
}

impl StoredLetter {
    /// All of it as one text.
    fn words(&self) -> Words {
        let blocks = self.0.iter().map(|block| match block {
            StoredBlock::Text(text) => text.as_str(),
            StoredBlock::Quote(words) => words.expose(),
        });
        Words::new(&blocks.collect::<Vec<_>>().join("\n"))
    }
}

impl From<&Letter> for StoredLetter {
    fn from(letter: &Letter) -> Self {
        let stored = letter.blocks.iter().map(|block| match block {
            Block::Text(text) => StoredBlock::Text(text.clone()),
            Block::Quote(text) => StoredBlock::Quote(Words(text.clone())),
        });
        Self(stored.collect())
    }
}

impl From<&StoredLetter> for Letter {
    fn from(stored: &StoredLetter) -> Self {
        let blocks = stored.0.iter().map(|block| match block {
            StoredBlock::Text(text) => Block::Text(text.clone()),
            StoredBlock::Quote(text) => Block::Quote(text.0.clone()),
        });
        // It is only shown; what can be done stands in its words.
        Self { blocks: blocks.collect(), ..Self::default() }
    }
}

/// What a member puts up.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) channel: &'a ChannelId,
    pub(crate) author: &'a MemberId,
    pub(crate) answers: Option<u64>,
    pub(crate) aim: Aim,
    pub(crate) content: Content,
    pub(crate) now: Timestamp,
}

/// At whom a post is aimed.
#[derive(Debug, Default)]
pub(crate) struct Aim {
    /// At somebody, be it the bot.
    pub(crate) directed: bool,
    /// At these members.
    pub(crate) addressed: Vec<MemberId>,
}

impl Group {
    pub(crate) fn new(seed: &Seed) -> Self {
        let mut group = Self {
            format: FORMAT,
            id: seed.group.clone(),
            now: Timestamp::EPOCH,
            last_post: 0,
            last_event: 0,
            members: BTreeMap::new(),
            posts: BTreeMap::new(),
            unseen: VecDeque::new(),
            applied: VecDeque::new(),
            letters: VecDeque::new(),
        };
        group.enrol(seed);
        group
    }

    /// Members are those of the configuration; what they chose for themselves stays.
    pub(crate) fn enrol(&mut self, seed: &Seed) {
        self.members.retain(|id, _| seed.account_name(id).is_some());
        for member in &seed.members {
            self.members.entry(member.id.clone()).or_insert(Member {
                name: None,
                takes_messages: true,
                is_present: true,
                exclusion: None,
                muting: None,
            });
        }
    }

    /// Whether what was read from a file hangs together.
    pub(crate) fn is_consistent(&self) -> bool {
        self.posts.iter().all(|(&number, post)| number <= self.last_post && post.event <= self.last_event)
            && self.posts.len() <= POSTS_KEPT_MAX
    }

    pub(crate) fn post(&self, number: u64) -> Option<&StoredPost> {
        self.posts.get(&number)
    }

    pub(crate) fn posts(&self) -> impl DoubleEndedIterator<Item = (u64, &StoredPost)> {
        self.posts.iter().map(|(&number, post)| (number, post))
    }

    /// The name a member took, if it is not the account's.
    pub(crate) fn chosen_name(&self, id: &MemberId) -> Option<&Words> {
        self.members.get(id).and_then(|member| member.name.as_ref())
    }

    pub(crate) fn unseen(&self) -> impl Iterator<Item = &Happening> {
        self.unseen.iter()
    }

    /// Forgets what was shown; the file follows with the next change.
    pub(crate) fn mark_seen(&mut self) {
        self.unseen.clear();
    }

    pub(crate) fn put(&mut self, draft: Draft<'_>) -> u64 {
        self.now = self.now.max(draft.now);
        let post = StoredPost {
            channel: draft.channel.clone(),
            author: Some(draft.author.clone()),
            written_at: draft.now,
            revision: 0,
            event: self.next_event(),
            answers: draft.answers,
            directed: draft.aim.directed,
            addressed: draft.aim.addressed,
            content: draft.content,
        };
        self.keep(post)
    }

    /// Puts up a member's new name in place of an earlier one.
    pub(crate) fn rename(&mut self, draft: Draft<'_>, name: Words) -> u64 {
        for post in self.posts.values_mut() {
            if post.author.as_ref() == Some(draft.author) && matches!(post.content, Content::Name(_)) {
                post.content = Content::Deleted;
            }
        }
        if let Some(member) = self.members.get_mut(draft.author) {
            member.name = Some(name);
        }
        self.put(draft)
    }

    pub(crate) fn edit(&mut self, number: u64, text: &str, aim: Aim, now: Timestamp) {
        self.now = self.now.max(now);
        let event = self.next_event();
        if let Some(post) = self.posts.get_mut(&number)
            && let Content::Message { body, .. } = &mut post.content
        {
            *body = Words::new(text);
            post.revision = post.revision.saturating_add(1);
            post.written_at = now;
            post.event = event;
            post.directed = aim.directed;
            post.addressed = aim.addressed;
        }
    }

    pub(crate) fn delete(&mut self, number: u64) {
        if let Some(post) = self.posts.get_mut(&number) {
            post.content = Content::Deleted;
        }
    }

    pub(crate) fn set_takes_messages(&mut self, id: &MemberId, takes_messages: bool) {
        if let Some(member) = self.members.get_mut(id) {
            member.takes_messages = takes_messages;
        }
    }

    /// Whether a member takes private messages; nothing for an unknown one.
    pub(crate) fn takes_messages(&self, id: &MemberId) -> Option<bool> {
        self.members.get(id).map(|member| member.takes_messages)
    }

    /// What keeps a member from posting at this moment, the weightiest first.
    pub(crate) fn bar(&self, id: &MemberId, now: Timestamp) -> Option<Bar> {
        let member = self.members.get(id)?;
        let muting = member.muting.filter(|hold| hold.stands_at(now));
        match (member.exclusion, member.is_present) {
            (Some(hold), _) => Some(Bar::Excluded(hold)),
            (None, false) => Some(Bar::Left),
            (None, true) => muting.map(Bar::Muted),
        }
    }

    /// Whether a member is muted at this moment.
    pub(crate) fn is_muted(&self, id: &MemberId, now: Timestamp) -> bool {
        let muting = self.members.get(id).and_then(|member| member.muting);
        muting.is_some_and(|hold| hold.stands_at(now))
    }

    /// The mute of a member that stands as of the group's last moment.
    pub(crate) fn muting(&self, id: &MemberId) -> Option<Hold> {
        self.members.get(id)?.muting.filter(|hold| hold.stands_at(self.now))
    }

    /// Whether a member is in the group, or would be if they were not excluded.
    pub(crate) fn is_present(&self, id: &MemberId) -> bool {
        self.members.get(id).is_some_and(|member| member.is_present)
    }

    /// Whether a member is in the group.
    pub(crate) fn is_there(&self, id: &MemberId) -> bool {
        self.members.get(id).is_some_and(|member| member.is_present && member.exclusion.is_none())
    }

    pub(crate) fn set_present(&mut self, id: &MemberId, is_present: bool) {
        if let Some(member) = self.members.get_mut(id) {
            member.is_present = is_present;
        }
    }

    /// Everybody who is kept out.
    pub(crate) fn exclusions(&self) -> impl Iterator<Item = (&MemberId, Hold)> {
        self.members.iter().filter_map(|(id, member)| Some((id, member.exclusion?)))
    }

    /// Puts an exclusion in place of the one there may be, or lifts it.
    pub(crate) fn set_exclusion(&mut self, id: &MemberId, hold: Option<Hold>) {
        if let Some(member) = self.members.get_mut(id) {
            member.exclusion = hold;
        }
    }

    /// Puts a mute in place of the one there may be, or lifts it.
    pub(crate) fn set_muting(&mut self, id: &MemberId, hold: Option<Hold>) {
        if let Some(member) = self.members.get_mut(id) {
            member.muting = hold;
        }
    }

    /// Excludes a member for the bot; `false` when they are excluded so already, or by an officer. Nothing for an
    /// unknown one, as below.
    pub(crate) fn exclude(&mut self, id: &MemberId, until: Option<Timestamp>) -> Option<bool> {
        let exclusion = &mut self.members.get_mut(id)?.exclusion;
        let wanted = Hold::by_us(until);
        if exclusion.is_some_and(|hold| !hold.ours || hold == wanted) {
            return Some(false);
        }
        *exclusion = Some(wanted);
        self.happened(Happening::Excluded { member: id.clone(), until });
        Some(true)
    }

    /// Lifts an exclusion for the bot; `false` when there is none.
    pub(crate) fn admit(&mut self, id: &MemberId) -> Option<bool> {
        let lifted = self.members.get_mut(id)?.exclusion.take().is_some();
        if lifted {
            self.happened(Happening::Admitted { member: id.clone() });
        }
        Some(lifted)
    }

    /// Mutes a member for the bot; `false` when they are muted so already, or by an officer.
    pub(crate) fn mute(&mut self, id: &MemberId, until: Timestamp) -> Option<bool> {
        let muting = &mut self.members.get_mut(id)?.muting;
        let wanted = Hold::by_us(Some(until));
        if muting.is_some_and(|hold| !hold.ours || hold == wanted) {
            return Some(false);
        }
        *muting = Some(wanted);
        self.happened(Happening::Muted { member: id.clone(), until });
        Some(true)
    }

    /// Lifts a mute for the bot; `false` when there is none, or it ended by itself.
    pub(crate) fn unmute(&mut self, id: &MemberId) -> Option<bool> {
        let now = self.now;
        let lifted = self.members.get_mut(id)?.muting.take();
        let stood = lifted.is_some_and(|hold| hold.stands_at(now));
        if stood {
            self.happened(Happening::Unmuted { member: id.clone() });
        }
        Some(stood)
    }

    pub(crate) fn was_applied(&self, id: EffectId) -> bool {
        self.applied.contains(&id.0)
    }

    pub(crate) fn remember(&mut self, id: EffectId) {
        self.applied.push_back(id.0);
        if self.applied.len() > EFFECTS_KEPT_MAX {
            self.applied.pop_front();
        }
    }

    /// Takes away what stands under this number in this channel; `false` when nothing does.
    pub(crate) fn remove(&mut self, channel: &ChannelId, number: u64) -> bool {
        let Some(post) = self.posts.get_mut(&number).filter(|post| post.channel == *channel) else {
            return false;
        };
        let happening = match &post.content {
            Content::Removed | Content::Deleted => return false,
            Content::Message { .. }
            | Content::Forward { .. }
            | Content::Repost { .. }
            | Content::Announcement(_) => Happening::Removed { channel: channel.clone(), post: number },
            Content::Name(_) => match post.author.clone() {
                Some(member) => Happening::NameRemoved { post: number, member },
                None => return false,
            },
        };
        post.content = Content::Removed;
        if let Happening::NameRemoved { member, .. } = &happening
            && let Some(member) = self.members.get_mut(member)
        {
            member.name = None;
        }
        self.happened(happening);
        true
    }

    /// Skips numbers that the ledger has seen already, because the file was lost and the ledger was not.
    pub(crate) fn skip_to(&mut self, event: u64) {
        if event > self.last_event {
            self.last_event = event;
            self.last_post = self.last_post.max(event);
        }
    }

    /// Forgets which effects were carried out, because the ledger that named them is gone.
    pub(crate) fn forget_effects(&mut self) {
        self.applied.clear();
        self.letters.clear();
    }

    /// Writes to a member.
    pub(crate) fn tell(&mut self, id: EffectId, to: &MemberId, letter: &Letter, with_officers: bool) {
        let (member, letter, effect) = (to.clone(), StoredLetter::from(letter), id.0);
        self.letters.push_back(Sent { effect, member: member.clone(), with_officers });
        if self.letters.len() > LETTERS_KEPT_MAX {
            self.letters.pop_front();
        }
        self.happened(match with_officers {
            false => Happening::Told { member, letter, effect },
            true => Happening::ToldWithOfficers { member, letter, effect },
        });
    }

    /// Puts a letter in the place of an earlier one to the same member; `false` when there is none. What nobody was shown
    /// yet is never shown; otherwise it is said that this holds instead.
    pub(crate) fn rewrite(
        &mut self,
        id: EffectId,
        to: &MemberId,
        earlier: EffectId,
        letter: &Letter,
    ) -> bool {
        let sent = self.letters.iter_mut().find(|sent| sent.effect == earlier.0 && sent.member == *to);
        let Some(sent) = sent else { return false };
        sent.effect = id.0;
        let with_officers = sent.with_officers;
        let stored = StoredLetter::from(letter);
        let unseen = self.unseen.iter_mut().find_map(|happening| match happening {
            Happening::Told { letter, effect, .. }
            | Happening::ToldWithOfficers { letter, effect, .. }
            | Happening::Rewritten { letter, effect, .. } => {
                (*effect == earlier.0).then_some((letter, effect))
            }
            _ => None,
        });
        match unseen {
            Some((letter, effect)) => (*letter, *effect) = (stored, id.0),
            None => {
                let (member, letter) = (to.clone(), stored);
                self.happened(Happening::Rewritten { member, letter, effect: id.0, with_officers });
            }
        }
        true
    }

    /// Puts up something of the bot's.
    pub(crate) fn put_up(&mut self, channel: &ChannelId, content: Content) {
        let post = StoredPost {
            channel: channel.clone(),
            author: None,
            written_at: self.now,
            revision: 0,
            // Never handed in, as it has no author; but numbers of events keep ahead of numbers of posts.
            event: self.next_event(),
            answers: None,
            directed: false,
            addressed: Vec::new(),
            content,
        };
        let number = self.keep(post);
        self.happened(Happening::PutUp { post: number });
    }

    /// Gives a member a removed name back, unless they took another since.
    pub(crate) fn restore_name(&mut self, id: &MemberId, name: &Words) -> bool {
        match self.members.get_mut(id) {
            Some(member) if member.name.is_none() => member.name = Some(name.clone()),
            Some(_) | None => return false,
        }
        self.happened(Happening::NameRestored { member: id.clone() });
        true
    }

    pub(crate) fn happened(&mut self, happening: Happening) {
        self.unseen.push_back(happening);
        if self.unseen.len() > UNSEEN_KEPT_MAX {
            self.unseen.pop_front();
        }
    }

    fn keep(&mut self, post: StoredPost) -> u64 {
        self.last_post = self.last_post.saturating_add(1);
        self.posts.insert(self.last_post, post);
        if self.posts.len() > POSTS_KEPT_MAX {
            self.posts.pop_first();
        }
        self.last_post
    }

    fn next_event(&mut self) -> u64 {
        self.last_event = self.last_event.saturating_add(1);
        self.last_event
    }
}

/// What sort of thing a content is; nothing for what no member put up or nobody sees any more.
pub(crate) fn kind(content: &Content) -> Option<PostKind> {
    match content {
        Content::Message { .. } | Content::Forward { .. } => Some(PostKind::Message),
        Content::Name(_) => Some(PostKind::Nickname),
        Content::Repost { .. } | Content::Announcement(_) | Content::Removed | Content::Deleted => None,
    }
}
