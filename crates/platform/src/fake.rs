//! A platform that exists only in memory and fails on request, for tests of whatever drives [`Outbound`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use policy::{
    ChannelId, GroupId, Letter, MemberId, MessageText, Post, PostId, PostKind, SurfaceKind, Timestamp,
};

use crate::{Action, DeliveryError, EffectId, Outbound, Receipt};

/// What the bot asks of a platform, without the details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// [`Action::Remove`].
    Remove,
    /// [`Action::Repost`].
    Repost,
    /// [`Action::Direct`].
    Direct,
    /// [`Action::TellOfficers`].
    TellOfficers,
    /// [`Outbound::read`].
    Read,
}

impl From<&Action> for Call {
    fn from(action: &Action) -> Self {
        match action {
            Action::Remove { .. } => Self::Remove,
            Action::Repost { .. } => Self::Repost,
            Action::Direct { .. } => Self::Direct,
            Action::TellOfficers { .. } => Self::TellOfficers,
        }
    }
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// [`DeliveryError::RateLimited`].
    RateLimited(Duration),
    /// [`DeliveryError::Forbidden`].
    Forbidden,
    /// [`DeliveryError::Gone`].
    Gone,
    /// [`DeliveryError::Unreachable`].
    Unreachable,
    /// [`DeliveryError::Unanswered`].
    Unanswered {
        /// Whether it was done all the same.
        done: bool,
    },
}

impl Fault {
    fn error(self) -> DeliveryError {
        match self {
            Self::RateLimited(wait) => DeliveryError::RateLimited(wait),
            Self::Forbidden => DeliveryError::Forbidden,
            Self::Gone => DeliveryError::Gone,
            Self::Unreachable => DeliveryError::Unreachable("the fake was told to be down".into()),
            Self::Unanswered { .. } => DeliveryError::Unanswered("the fake was told not to answer".into()),
        }
    }
}

/// A quotation the bot put up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Where.
    pub channel: ChannelId,
    /// Whose words.
    pub author: MemberId,
    /// The name they went by, which another member may go by as well.
    pub author_name: MessageText,
    /// When they were written.
    pub written_at: Timestamp,
    /// The words.
    pub text: MessageText,
}

/// A platform in memory.
///
/// Methods that set something up take plain values; nothing waits and nothing takes time. A member who was never
/// added is unknown; posts stand where they were put until they are removed.
#[derive(Debug, Default)]
pub struct Fake {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    members: BTreeMap<MemberId, Member>,
    posts: BTreeMap<PostId, Post>,
    quotations: Vec<Quotation>,
    officers: Vec<Letter>,
    receipts: HashMap<EffectId, Receipt>,
    effects: Vec<(EffectId, Action)>,
    calls: BTreeMap<Call, u32>,
    faults: HashMap<(Call, u32), Fault>,
    closed_channels: BTreeSet<ChannelId>,
}

#[derive(Debug)]
struct Member {
    account_name: String,
    name: String,
    takes_messages: bool,
    letters: Vec<Letter>,
}

impl Fake {
    /// An empty platform.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member, who takes private messages and goes by the account's name.
    pub fn add_member(&self, id: &MemberId, account_name: &str) {
        let member = Member {
            account_name: account_name.to_owned(),
            name: account_name.to_owned(),
            takes_messages: true,
            letters: Vec::new(),
        };
        self.lock().members.insert(id.clone(), member);
    }

    /// Sets whether a member takes private messages; nothing happens for an unknown one.
    pub fn set_takes_messages(&self, id: &MemberId, takes_messages: bool) {
        if let Some(member) = self.lock().members.get_mut(id) {
            member.takes_messages = takes_messages;
        }
    }

    /// Makes every call about this channel [`DeliveryError::Forbidden`].
    pub fn close_channel(&self, channel: &ChannelId) {
        self.lock().closed_channels.insert(channel.clone());
    }

    /// Puts a post up, or a newer revision in place of an older. A nickname becomes the name of its author.
    pub fn put(&self, post: Post) {
        let mut state = self.lock();
        if post.kind == PostKind::Nickname
            && let Some(name) = post.surfaces.iter().find(|surface| surface.kind == SurfaceKind::Name)
            && let Some(member) = state.members.get_mut(&post.author)
        {
            member.name = name.text.expose().to_owned();
        }
        if state.posts.get(&post.id).is_none_or(|older| older.revision < post.revision) {
            state.posts.insert(post.id.clone(), post);
        }
    }

    /// Takes a post away, as its author does.
    pub fn delete(&self, post: &PostId) {
        self.lock().posts.remove(post);
    }

    /// Makes the `nth` call of this kind from now on fail so; 1 is the next.
    pub fn fail(&self, call: Call, nth: u32, fault: Fault) {
        let mut state = self.lock();
        let so_far = state.calls.get(&call).copied().unwrap_or(0);
        state.faults.insert((call, so_far.saturating_add(nth)), fault);
    }

    /// How often a call of this kind was made, failures included.
    pub fn calls(&self, call: Call) -> u32 {
        self.lock().calls.get(&call).copied().unwrap_or(0)
    }

    /// What was done, once for each id, in order.
    pub fn effects(&self) -> Vec<(EffectId, Action)> {
        self.lock().effects.clone()
    }

    /// The post as it stands, without counting as a call.
    pub fn post(&self, id: &PostId) -> Option<Post> {
        self.lock().posts.get(id).cloned()
    }

    /// Every post that stands, in order of id.
    pub fn posts(&self) -> Vec<Post> {
        self.lock().posts.values().cloned().collect()
    }

    /// The name a member goes by.
    pub fn name(&self, id: &MemberId) -> Option<String> {
        self.lock().members.get(id).map(|member| member.name.clone())
    }

    /// What a member was told in private, in order.
    pub fn letters(&self, to: &MemberId) -> Vec<Letter> {
        self.lock().members.get(to).map(|member| member.letters.clone()).unwrap_or_default()
    }

    /// What the officers were told, in order.
    pub fn officers_letters(&self) -> Vec<Letter> {
        self.lock().officers.clone()
    }

    /// What the bot quoted, in order.
    pub fn quotations(&self) -> Vec<Quotation> {
        self.lock().quotations.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked elsewhere is to fail there, not here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts the call and gives the fault that was ordered for it.
    fn count(&mut self, call: Call) -> Option<Fault> {
        let nth = self.calls.entry(call).or_insert(0);
        *nth = nth.saturating_add(1);
        self.faults.remove(&(call, *nth))
    }

    fn carry_out(&mut self, id: EffectId, action: &Action) -> Result<Receipt, DeliveryError> {
        if self.receipts.contains_key(&id) {
            return Ok(Receipt::AlreadyDone);
        }
        let receipt = self.act(action)?;
        self.receipts.insert(id, receipt);
        self.effects.push((id, action.clone()));
        Ok(receipt)
    }

    fn act(&mut self, action: &Action) -> Result<Receipt, DeliveryError> {
        match action {
            Action::Remove { channel, post, kind, author } => {
                self.require_open(channel)?;
                Ok(self.remove(post, *kind, author))
            }
            Action::Repost { channel, kind: PostKind::Message, author, author_name, written_at, text } => {
                self.require_open(channel)?;
                self.quotations.push(Quotation {
                    channel: channel.clone(),
                    author: author.clone(),
                    author_name: author_name.clone(),
                    written_at: *written_at,
                    text: text.clone(),
                });
                Ok(Receipt::Done)
            }
            Action::Repost { kind: PostKind::Nickname, author, text, .. } => {
                let member = self.members.get_mut(author).ok_or(DeliveryError::Gone)?;
                text.expose().clone_into(&mut member.name);
                Ok(Receipt::Done)
            }
            Action::Direct { to, letter } => {
                let member = self.members.get_mut(to).ok_or(DeliveryError::Gone)?;
                if !member.takes_messages {
                    return Err(DeliveryError::Forbidden);
                }
                member.letters.push(letter.clone());
                Ok(Receipt::Done)
            }
            Action::TellOfficers { letter } => {
                self.officers.push(letter.clone());
                Ok(Receipt::Done)
            }
        }
    }

    fn require_open(&self, channel: &ChannelId) -> Result<(), DeliveryError> {
        if self.closed_channels.contains(channel) { Err(DeliveryError::Forbidden) } else { Ok(()) }
    }

    fn remove(&mut self, post: &PostId, kind: PostKind, author: &MemberId) -> Receipt {
        let Some(removed) = self.posts.remove(post) else { return Receipt::AlreadyDone };
        if kind == PostKind::Nickname
            && let Some(member) = self.members.get_mut(author)
            && removed.surfaces.iter().any(|surface| surface.text.expose() == member.name)
        {
            member.name.clone_from(&member.account_name);
        }
        Receipt::Done
    }
}

#[async_trait]
impl Outbound for Fake {
    async fn apply(&self, id: EffectId, action: &Action) -> Result<Receipt, DeliveryError> {
        let mut state = self.lock();
        match state.count(Call::from(action)) {
            None => state.carry_out(id, action),
            Some(fault @ Fault::Unanswered { done: true }) => {
                state.carry_out(id, action)?;
                Err(fault.error())
            }
            Some(fault) => Err(fault.error()),
        }
    }

    async fn read(&self, group: &GroupId, post: &PostId) -> Result<Option<Post>, DeliveryError> {
        let mut state = self.lock();
        if let Some(fault) = state.count(Call::Read) {
            return Err(fault.error());
        }
        Ok(state.posts.get(post).filter(|post| post.group == *group).cloned())
    }
}
