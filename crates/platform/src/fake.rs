//! A platform that exists only in memory and fails on request, for tests of whatever drives [`Outbound`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use policy::{
    ChannelId, GroupId, Letter, MemberId, MessageText, PlatformId, Post, PostId, PostKind, Reference,
    SurfaceKind, Timestamp,
};

use crate::checkup::Finding;
use crate::{
    Account, Action, Asked, CanaryId, Change, DeliveryError, Echo, Effect, EffectId, Exclusion, Gathering,
    History, Mute, Outbound, Outright, Page, Receipt,
};

/// An effect of that name and a file of its own, which may have been asked for before: suites ask for some twice.
///
/// # Panics
/// Never: every number from 1 names a file.
pub fn effect(id: i64) -> Effect {
    let number = u32::try_from(id & 0xffff).unwrap_or_default().max(1);
    let file = Reference::new(number).expect("a number from 1");
    Effect { id: EffectId(id), file, asked: Asked::Perhaps }
}

/// What the bot asks of a platform, without the details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// [`Action::Remove`].
    Remove,
    /// [`Action::Repost`].
    Repost,
    /// [`Action::Direct`].
    Direct,
    /// [`Action::Rewrite`].
    Rewrite,
    /// [`Action::TellOfficers`].
    TellOfficers,
    /// [`Action::DirectWithOfficers`].
    DirectWithOfficers,
    /// [`Action::Announce`].
    Announce,
    /// [`Action::Exclude`].
    Exclude,
    /// [`Action::Admit`].
    Admit,
    /// [`Action::Mute`].
    Mute,
    /// [`Action::Unmute`].
    Unmute,
    /// [`Outbound::read`].
    Read,
    /// [`Outbound::after`].
    After,
    /// [`Outbound::history`].
    History,
    /// [`Outbound::stop`].
    Stop,
    /// [`Outbound::exclusions`].
    Exclusions,
    /// [`Outbound::mutes`].
    Mutes,
    /// [`Outbound::mend`].
    Mend,
    /// [`Outbound::canary`].
    Canary,
    /// [`Outbound::members`].
    Members,
    /// [`Outbound::check_up`].
    CheckUp,
}

impl From<&Action> for Call {
    fn from(action: &Action) -> Self {
        match action {
            Action::Remove { .. } => Self::Remove,
            Action::Repost { .. } => Self::Repost,
            Action::Direct { .. } => Self::Direct,
            Action::Rewrite { .. } => Self::Rewrite,
            Action::TellOfficers { .. } => Self::TellOfficers,
            Action::DirectWithOfficers { .. } => Self::DirectWithOfficers,
            Action::Announce { .. } => Self::Announce,
            Action::Exclude { .. } => Self::Exclude,
            Action::Admit { .. } => Self::Admit,
            Action::Mute { .. } => Self::Mute,
            Action::Unmute { .. } => Self::Unmute,
        }
    }
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// [`DeliveryError::RateLimited`].
    RateLimited(Duration),
    /// [`DeliveryError::NotYet`].
    NotYet(Duration),
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
            Self::NotYet(wait) => DeliveryError::NotYet(wait),
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

/// That a member is kept from posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Muting {
    /// Whether the bot did it; otherwise a human did.
    pub ours: bool,
    /// When it is meant to end.
    pub until: Option<Timestamp>,
}

/// A platform in memory.
///
/// Methods that set something up take plain values; nothing waits and nothing takes time, so that a mute stands until
/// it is lifted. A member who was never added is unknown; posts stand where they were put until they are removed. Posts
/// may be of several groups; members, and whoever is kept out, are the same for all of them.
#[derive(Debug, Default)]
pub struct Fake {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    members: BTreeMap<MemberId, Member>,
    posts: BTreeMap<PostId, Post>,
    /// Every post that was ever put up, in order.
    put_up: Vec<PostId>,
    announcements: Vec<(ChannelId, Letter)>,
    quotations: Vec<Quotation>,
    officers: Vec<Letter>,
    receipts: HashMap<EffectId, Receipt>,
    effects: Vec<(EffectId, Action)>,
    /// What was asked for, as often as it was.
    asked: Vec<Action>,
    calls: BTreeMap<Call, u32>,
    faults: HashMap<(Call, u32), Fault>,
    closed_channels: BTreeSet<ChannelId>,
    /// What somebody does not see who is there.
    hidden: BTreeSet<(ChannelId, MemberId)>,
    lull: Duration,
    findings: Vec<Finding>,
    has_echo: bool,
    canaries: Vec<(GroupId, CanaryId)>,
    stops: bool,
    /// What is stopped, each time that was said.
    stopped: Vec<Vec<Outright>>,
}

#[derive(Debug)]
struct Member {
    account_name: String,
    name: String,
    takes_messages: bool,
    /// What the member was told in private, and as what.
    letters: Vec<(EffectId, Letter)>,
    /// What the member was told in the place shared with the officers.
    letters_with_officers: Vec<(EffectId, Letter)>,
    is_present: bool,
    exclusion: Option<Exclusion>,
    muting: Option<Muting>,
}

impl Member {
    fn is_there(&self) -> bool {
        self.is_present && self.exclusion.is_none()
    }

    fn may_post(&self) -> bool {
        self.is_there() && self.muting.is_none()
    }
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
            letters_with_officers: Vec::new(),
            is_present: true,
            exclusion: None,
            muting: None,
        };
        self.lock().members.insert(id.clone(), member);
    }

    /// Sets whether a member takes private messages; nothing happens for an unknown one.
    pub fn set_takes_messages(&self, id: &MemberId, takes_messages: bool) {
        if let Some(member) = self.lock().members.get_mut(id) {
            member.takes_messages = takes_messages;
        }
    }

    /// Lets a member leave the group; nothing happens for an unknown one.
    pub fn leave(&self, id: &MemberId) {
        if let Some(member) = self.lock().members.get_mut(id) {
            member.is_present = false;
        }
    }

    /// Lets a member come back, unless they are excluded or unknown; `true` when they are there.
    pub fn join(&self, id: &MemberId) -> bool {
        let mut state = self.lock();
        let Some(member) = state.members.get_mut(id).filter(|member| member.exclusion.is_none()) else {
            return false;
        };
        member.is_present = true;
        true
    }

    /// Does to a member what a human does past the bot; nothing happens for an unknown one.
    pub fn change_by_hand(&self, id: &MemberId, change: Change) {
        let mut state = self.lock();
        let Some(member) = state.members.get_mut(id) else { return };
        match change {
            Change::Excluded => {
                member.exclusion = Some(Exclusion { member: id.clone(), ours: false, until: None });
            }
            Change::Admitted => member.exclusion = None,
            Change::Muted => member.muting = Some(Muting { ours: false, until: None }),
            Change::Unmuted => member.muting = None,
            Change::Removed => member.is_present = false,
        }
    }

    /// Makes every call about this channel [`DeliveryError::Forbidden`].
    pub fn close_channel(&self, channel: &ChannelId) {
        self.lock().closed_channels.insert(channel.clone());
    }

    /// Has a member see nothing of this channel.
    pub fn hide_channel(&self, channel: &ChannelId, from: &MemberId) {
        self.lock().hidden.insert((channel.clone(), from.clone()));
    }

    /// Puts a post up, or a newer revision in place of an older. A nickname becomes the name of its author. Gives
    /// `false`, and puts nothing up, when the author left, is excluded or muted; an unknown author may post.
    pub fn put(&self, post: Post) -> bool {
        let mut state = self.lock();
        if state.members.get(&post.author).is_some_and(|author| !author.may_post()) {
            return false;
        }
        if !state.put_up.contains(&post.id) {
            state.put_up.push(post.id.clone());
        }
        if post.kind == PostKind::Nickname
            && let Some(name) = post.surfaces.iter().find(|surface| surface.kind == SurfaceKind::Name)
            && let Some(member) = state.members.get_mut(&post.author)
        {
            member.name = name.text.expose().to_owned();
        }
        if state.posts.get(&post.id).is_none_or(|older| older.revision < post.revision) {
            state.posts.insert(post.id.clone(), post);
        }
        true
    }

    /// Takes a post away, as its author does.
    pub fn delete(&self, post: &PostId) {
        self.lock().posts.remove(post);
    }

    /// Sets how long it is left in peace after a removal: [`Outbound::lull`].
    pub fn set_lull(&self, lull: Duration) {
        self.lock().lull = lull;
    }

    /// Sets what is found when it is looked whether everything is in place: [`Outbound::check_up`].
    pub fn set_findings(&self, findings: Vec<Finding>) {
        self.lock().findings = findings;
    }

    /// Sets whether the bot has to hear of its canaries: the test hands them in. Otherwise nothing gets lost, and there is
    /// none.
    pub fn set_echo(&self, has_echo: bool) {
        self.lock().has_echo = has_echo;
    }

    /// The canaries that were sent, in order.
    pub fn canaries(&self) -> Vec<(GroupId, CanaryId)> {
        self.lock().canaries.clone()
    }

    /// Sets whether it stops words itself: [`Outbound::stops`].
    pub fn set_stops(&self, stops: bool) {
        self.lock().stops = stops;
    }

    /// The words it was told to stop, each time it was told.
    pub fn stopped(&self) -> Vec<Vec<Outright>> {
        self.lock().stopped.clone()
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

    /// What was asked for, whatever came of it, in order.
    pub fn asked(&self) -> Vec<Action> {
        self.lock().asked.clone()
    }

    /// What was done, but for so many at the beginning.
    pub fn effects_after(&self, first: usize) -> Vec<(EffectId, Action)> {
        self.lock().effects.get(first..).unwrap_or_default().to_vec()
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

    /// What a member was told in private and can read now, in order.
    pub fn letters(&self, to: &MemberId) -> Vec<Letter> {
        self.lock().members.get(to).map(|member| read(&member.letters)).unwrap_or_default()
    }

    /// What a member was told in the place they share with the officers and can read now, in order.
    pub fn letters_with_officers(&self, to: &MemberId) -> Vec<Letter> {
        self.lock().members.get(to).map(|member| read(&member.letters_with_officers)).unwrap_or_default()
    }

    /// What was announced, where, in order.
    pub fn announcements(&self) -> Vec<(ChannelId, Letter)> {
        self.lock().announcements.clone()
    }

    /// The exclusion of a member, if there is one, without counting as a call.
    pub fn exclusion(&self, id: &MemberId) -> Option<Exclusion> {
        self.lock().members.get(id).and_then(|member| member.exclusion.clone())
    }

    /// The mute of a member, if there is one.
    pub fn muting(&self, id: &MemberId) -> Option<Muting> {
        self.lock().members.get(id).and_then(|member| member.muting)
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
        let receipt = self.act(id, action)?;
        self.receipts.insert(id, receipt);
        self.effects.push((id, action.clone()));
        Ok(receipt)
    }

    fn act(&mut self, id: EffectId, action: &Action) -> Result<Receipt, DeliveryError> {
        match action {
            Action::Remove { channel, post, kind, author } => {
                self.require_open(channel)?;
                Ok(self.remove(post, *kind, author))
            }
            Action::Repost {
                channel,
                kind: PostKind::Message | PostKind::Title | PostKind::Topic | PostKind::Fixture,
                author,
                author_name,
                written_at,
                text,
            } => {
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
                let member = self.member(author)?;
                text.expose().clone_into(&mut member.name);
                Ok(Receipt::Done)
            }
            Action::Direct { to, letter, or_shown_since: _ } => {
                let member = self.member(to)?;
                if !member.takes_messages {
                    return Err(DeliveryError::Forbidden);
                }
                member.letters.push((id, letter.clone()));
                Ok(Receipt::Done)
            }
            Action::Rewrite { to, earlier, letter } => {
                let member = self.member(to)?;
                let mut letters = member.letters.iter_mut().chain(&mut member.letters_with_officers);
                let standing = letters.find(|(sent_as, _)| sent_as == earlier);
                *standing.ok_or(DeliveryError::Gone)? = (id, letter.clone());
                Ok(Receipt::Done)
            }
            Action::TellOfficers { letter } => {
                self.officers.push(letter.clone());
                Ok(Receipt::Done)
            }
            Action::DirectWithOfficers { to, officers: _, letter } => {
                let member = self.member(to)?;
                if !member.is_present || member.exclusion.is_some() {
                    return Err(DeliveryError::Forbidden);
                }
                member.letters_with_officers.push((id, letter.clone()));
                Ok(Receipt::Done)
            }
            Action::Announce { channel, letter } => {
                self.require_open(channel)?;
                self.announcements.push((channel.clone(), letter.clone()));
                Ok(Receipt::Done)
            }
            Action::Exclude { member, until } => {
                let wanted = Exclusion { member: member.clone(), ours: true, until: *until };
                let exclusion = &mut self.member(member)?.exclusion;
                let stands = exclusion.as_ref().is_some_and(|standing| !standing.ours || *standing == wanted);
                Ok(unless(stands, || *exclusion = Some(wanted)))
            }
            Action::Admit { member } => {
                let exclusion = &mut self.member(member)?.exclusion;
                Ok(unless(exclusion.is_none(), || *exclusion = None))
            }
            Action::Mute { member, until } => {
                let wanted = Muting { ours: true, until: Some(*until) };
                let muting = &mut self.member(member)?.muting;
                let stands = muting.is_some_and(|standing| !standing.ours || standing == wanted);
                Ok(unless(stands, || *muting = Some(wanted)))
            }
            Action::Unmute { member } => {
                let muting = &mut self.member(member)?.muting;
                Ok(unless(muting.is_none(), || *muting = None))
            }
        }
    }

    fn member(&mut self, id: &MemberId) -> Result<&mut Member, DeliveryError> {
        self.members.get_mut(id).ok_or(DeliveryError::Gone)
    }

    fn require_open(&self, channel: &ChannelId) -> Result<(), DeliveryError> {
        if self.closed_channels.contains(channel) { Err(DeliveryError::Forbidden) } else { Ok(()) }
    }

    fn sees(&self, member: &MemberId, channel: &ChannelId) -> bool {
        self.members.get(member).is_some_and(Member::is_there)
            && !self.hidden.contains(&(channel.clone(), member.clone()))
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

/// Letters as they are read now.
fn read(letters: &[(EffectId, Letter)]) -> Vec<Letter> {
    letters.iter().map(|(_, letter)| letter.clone()).collect()
}

/// Does it, unless things stand so already.
fn unless(stands: bool, act: impl FnOnce()) -> Receipt {
    if stands {
        return Receipt::AlreadyDone;
    }
    act();
    Receipt::Done
}

#[async_trait]
impl Outbound for Fake {
    #[expect(clippy::unwrap_used, reason = "the id is a literal and valid")]
    fn platform(&self) -> PlatformId {
        PlatformId::new("fake").unwrap()
    }

    fn lull(&self) -> Duration {
        self.lock().lull
    }

    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        let id = effect.id;
        let mut state = self.lock();
        state.asked.push(action.clone());
        match state.count(Call::from(action)) {
            None => state.carry_out(id, action),
            Some(fault @ Fault::Unanswered { done: true }) => {
                state.carry_out(id, action)?;
                Err(fault.error())
            }
            Some(fault) => Err(fault.error()),
        }
    }

    async fn read(
        &self,
        group: &GroupId,
        _: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        let mut state = self.lock();
        if let Some(fault) = state.count(Call::Read) {
            return Err(fault.error());
        }
        Ok(state.posts.get(post).filter(|post| post.group == *group).cloned())
    }

    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        let mut state = self.lock();
        if let Some(fault) = state.count(Call::After) {
            return Err(fault.error());
        }
        state.require_open(channel)?;
        let behind = state.put_up.iter().skip_while(|id| *id != post).skip(1);
        let posts = behind.filter_map(|id| state.posts.get(id));
        let there = posts.filter(|post| post.group == *group && post.channel == *channel);
        Ok(there.take(limit).cloned().collect())
    }

    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        let mut state = self.lock();
        if let Some(fault) = state.count(Call::History) {
            return Err(fault.error());
        }
        let standing = state.put_up.iter().enumerate().rev();
        let standing = standing.filter_map(|(place, id)| Some((place, state.posts.get(id)?)));
        let theirs = standing.filter(|(_, post)| {
            post.group == *group && post.author.is_person() && post.kind != PostKind::Nickname
        });
        let posts: Vec<_> = theirs.map(|(place, post)| (place, post.clone())).collect();
        let channels: BTreeSet<_> = posts.iter().map(|(_, post)| post.channel.clone()).collect();
        let mut gathering = Gathering::new(limit, channels.into_iter().map(|channel| (channel, None)));
        while let Some((channel, _)) = gathering.next() {
            if state.closed_channels.contains(&channel) {
                gathering.close(&channel);
                continue;
            }
            if !state.sees(asker, &channel) {
                gathering.hide(&channel);
                continue;
            }
            let here = posts.iter().filter(|(_, post)| post.channel == channel);
            let page = Page { posts: here.cloned().collect(), unreadable: Vec::new(), reached: None };
            gathering.take(&channel, page);
        }
        Ok(gathering.end(false))
    }

    fn stops(&self, _group: &GroupId) -> bool {
        self.lock().stops
    }

    async fn stop(&self, _group: &GroupId, words: &[Outright]) -> Result<(), DeliveryError> {
        let mut state = self.lock();
        if let Some(fault) = state.count(Call::Stop) {
            return Err(fault.error());
        }
        state.stopped.push(words.to_vec());
        Ok(())
    }

    async fn account(&self, _group: &GroupId, member: &MemberId) -> Result<Account, DeliveryError> {
        let known = self.lock().members.contains_key(member);
        Ok(if known { Account::Known } else { Account::Nobody })
    }

    async fn exclusions(&self, _group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        let mut state = self.lock();
        if let Some(fault) = state.count(Call::Exclusions) {
            return Err(fault.error());
        }
        let asked = of.iter().filter_map(|member| state.members.get(member));
        Ok(asked.filter_map(|member| member.exclusion.clone()).collect())
    }

    async fn mutes(&self, _group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        let mut state = self.lock();
        if let Some(fault) = state.count(Call::Mutes) {
            return Err(fault.error());
        }
        let muted = of.iter().filter_map(|member| Some((member, state.members.get(member)?.muting?)));
        let told = |(member, muting): (&MemberId, Muting)| Mute {
            member: member.clone(),
            ours: muting.ours,
            until: muting.until,
        };
        Ok(muted.map(told).collect())
    }

    async fn mend(&self, _group: &GroupId) -> Result<(), DeliveryError> {
        match self.lock().count(Call::Mend) {
            Some(fault) => Err(fault.error()),
            None => Ok(()),
        }
    }

    async fn check_up(&self, _group: &GroupId) -> Result<Vec<Finding>, DeliveryError> {
        let mut state = self.lock();
        match state.count(Call::CheckUp) {
            Some(fault) => Err(fault.error()),
            None => Ok(state.findings.clone()),
        }
    }

    async fn canary(&self, group: &GroupId, id: CanaryId) -> Result<Echo, DeliveryError> {
        let mut state = self.lock();
        if !state.has_echo {
            return Ok(Echo::None);
        }
        if let Some(fault) = state.count(Call::Canary) {
            return Err(fault.error());
        }
        state.canaries.push((group.clone(), id));
        Ok(Echo::Coming)
    }

    async fn members(&self, _group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        let mut state = self.lock();
        if let Some(fault) = state.count(Call::Members) {
            return Err(fault.error());
        }
        let present = state.members.iter().filter(|(_, member)| member.is_present);
        let named = present.flat_map(|(id, member)| {
            [&member.account_name, &member.name].map(|name| (id.clone(), MessageText::new(name.as_str())))
        });
        Ok(named.collect())
    }
}
