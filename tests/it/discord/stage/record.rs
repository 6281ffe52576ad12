//! Everything that passes between a platform and the casework, noted as it passes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use casework::Casework;
use platform::{
    Account, Action, Board, Choice, DeliveryError, Effect, Exclusion, History, Inbound, Intake, IntakeError,
    Memo, Memos, Mute, Outbound, Outright, Position, Receipt, Sought, Suggest,
};
use policy::{
    Block, ChannelId, Clock, GroupId, Letter, MemberId, MessageText, PlatformId, Post, PostId, PostKind,
    Timestamp,
};
use tokio::sync::watch;

/// Only a failing test waits so long.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// Where something was put that is to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// What the bot wrote to somebody.
    Private(MemberId),
    /// Where somebody shares a place with the officers.
    WithOfficers,
    /// Where the officers are.
    Officers,
    /// A channel.
    Channel(ChannelId),
}

/// What was done and said so far.
pub(super) struct Record {
    clock: Arc<dyn Clock>,
    lines: Mutex<Vec<(Timestamp, String)>>,
    /// What the platform says that it shows, by a line of it.
    shown: Mutex<Vec<(Place, String)>>,
    heard: watch::Sender<Vec<Inbound>>,
}

impl Record {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            lines: Mutex::default(),
            shown: Mutex::default(),
            heard: watch::Sender::default(),
        })
    }

    pub(super) fn note(&self, line: String) {
        let now = self.clock.now();
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push((now, line));
    }

    /// What was noted, in order, with when it was.
    pub(super) fn lines(&self) -> Vec<(Timestamp, String)> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the platform says that it shows: where, and a line of it.
    pub(super) fn shown(&self) -> Vec<(Place, String)> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many things of a sort were dealt with.
    pub(super) fn count(&self, wanted: impl Fn(&Inbound) -> bool) -> usize {
        self.heard.borrow().iter().filter(|inbound| wanted(inbound)).count()
    }

    /// Waits until more of them were dealt with than that.
    pub(super) async fn until_more(&self, what: &str, than: usize, wanted: impl Fn(&Inbound) -> bool) {
        let mut heard = self.heard.subscribe();
        let more = heard.wait_for(|all| all.iter().filter(|inbound| wanted(inbound)).count() > than);
        match tokio::time::timeout(WAIT_MAX, more).await {
            Ok(found) => drop(found.expect("the record outlives whoever waits")),
            Err(_) => {
                let heard = self.heard.borrow();
                let last = &heard[heard.len().saturating_sub(5)..];
                panic!("{what} was to be handed in; what came last: {last:#?}");
            }
        }
    }

    /// The post that was dealt with last of a sort.
    pub(super) fn last_post(&self, wanted: impl Fn(&Post) -> bool) -> Option<Post> {
        self.heard.borrow().iter().rev().find_map(|inbound| match inbound {
            Inbound::Post { post, .. } if wanted(post) => Some(post.clone()),
            _ => None,
        })
    }

    /// Forgets what was handed in: after a restart, everything is told anew.
    pub(super) fn forget_heard(&self) {
        self.heard.send_modify(Vec::clear);
    }
}

/// The casework's entrance.
pub(super) struct Desk {
    pub(super) casework: Arc<Casework>,
    pub(super) record: Arc<Record>,
}

#[async_trait]
impl Intake for Desk {
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
        let asked_by = match &inbound {
            Inbound::Command { from, .. } | Inbound::Direct { from, .. } => Some(from.clone()),
            _ => None,
        };
        let answer = self.casework.take(inbound.clone()).await?;
        if let (Some(who), Some(letter)) = (asked_by, &answer) {
            self.record.note(format!("answer to {}: {}", who.as_str(), words(letter)));
        }
        self.record.heard.send_modify(|heard| heard.push(inbound));
        Ok(answer)
    }
    async fn settle(&self) -> Result<(), IntakeError> {
        self.casework.settle().await
    }
    async fn positions(&self, group: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
        self.casework.positions(group).await
    }
    async fn unread(&self, group: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
        self.casework.unread(group).await
    }
}

#[async_trait]
impl Memos for Desk {
    async fn recall(&self, account: &str, name: &str) -> Result<Option<String>, IntakeError> {
        self.casework.recall(account, name).await
    }
    async fn remember(&self, account: &str, name: &str, memo: Option<Memo>) -> Result<(), IntakeError> {
        self.casework.remember(account, name, memo).await
    }
}

#[async_trait]
impl Suggest for Desk {
    async fn suggest(
        &self,
        group: &GroupId,
        to: &MemberId,
        sought: Sought,
        typed: &str,
    ) -> Result<Vec<Choice>, IntakeError> {
        self.casework.suggest(group, to, sought, typed).await
    }
}

#[async_trait]
impl Board for Desk {
    async fn board(&self, group: &GroupId) -> Result<Letter, IntakeError> {
        self.casework.board(group).await
    }
}

/// What the bot does on the platform.
pub(super) struct Hands {
    pub(super) inner: Arc<dyn Outbound>,
    pub(super) record: Arc<Record>,
}

#[async_trait]
impl Outbound for Hands {
    fn platform(&self) -> PlatformId {
        self.inner.platform()
    }
    fn lull(&self) -> Duration {
        self.inner.lull()
    }
    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        let done = self.inner.apply(effect, action).await;
        self.record.note(format!("{} {}: {done:?}", effect.file, said(action)));
        if let (Ok(Receipt::Done), Some(shown)) = (&done, shown(action)) {
            self.record.shown.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
        }
        done
    }
    async fn read(
        &self,
        group: &GroupId,
        channel: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        self.inner.read(group, channel, post).await
    }
    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        self.inner.after(group, channel, post, limit).await
    }
    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        self.inner.history(group, asker, limit).await
    }
    fn stops(&self, group: &GroupId) -> bool {
        self.inner.stops(group)
    }
    async fn stop(&self, group: &GroupId, words: &[Outright]) -> Result<(), DeliveryError> {
        self.inner.stop(group, words).await
    }
    async fn account(&self, group: &GroupId, member: &MemberId) -> Result<Account, DeliveryError> {
        self.inner.account(group, member).await
    }
    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        self.inner.exclusions(group, of).await
    }
    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        self.inner.mutes(group, of).await
    }
    async fn mend(&self, group: &GroupId) -> Result<(), DeliveryError> {
        self.inner.mend(group).await
    }
    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        self.inner.members(group).await
    }
}

/// Where an action can be seen, and a line that stands there.
fn shown(action: &Action) -> Option<(Place, String)> {
    let (place, words) = match action {
        Action::Direct { to, letter, .. } | Action::Rewrite { to, letter, .. } => {
            (Place::Private(to.clone()), words(letter))
        }
        Action::DirectWithOfficers { letter, .. } => (Place::WithOfficers, words(letter)),
        Action::TellOfficers { letter } => (Place::Officers, words(letter)),
        Action::Announce { channel, letter } => (Place::Channel(channel.clone()), words(letter)),
        Action::Repost { channel, kind: PostKind::Message, text, .. } => {
            (Place::Channel(channel.clone()), text.expose().to_owned())
        }
        Action::Repost { .. }
        | Action::Remove { .. }
        | Action::Exclude { .. }
        | Action::Admit { .. }
        | Action::Mute { .. }
        | Action::Unmute { .. } => return None,
    };
    Some((place, words.lines().next().unwrap_or_default().to_owned()))
}

/// An action with all its words, which are made up here.
fn said(action: &Action) -> String {
    match action {
        Action::Direct { to, letter, .. } => format!("to {}: {}", to.as_str(), words(letter)),
        Action::DirectWithOfficers { to, letter, .. } => {
            format!("to {} and the officers: {}", to.as_str(), words(letter))
        }
        Action::Rewrite { to, letter, .. } => {
            format!("to {} in the place of an earlier one: {}", to.as_str(), words(letter))
        }
        Action::TellOfficers { letter } => format!("to the officers: {}", words(letter)),
        Action::Announce { channel, letter } => format!("in {}: {}", channel.as_str(), words(letter)),
        Action::Repost { channel, kind, author, author_name, written_at, text } => format!(
            "repost {kind:?} in {} by {} ({}) of {}: {}",
            channel.as_str(),
            author.as_str(),
            author_name.expose(),
            written_at.as_millis(),
            text.expose()
        ),
        Action::Remove { .. }
        | Action::Exclude { .. }
        | Action::Admit { .. }
        | Action::Mute { .. }
        | Action::Unmute { .. } => format!("{action:?}"),
    }
}

/// A letter as text. A quotation that is too long for one block is cut where the words of the platform have it.
fn words(letter: &Letter) -> String {
    let mut words = String::new();
    let mut was_quotation = false;
    for block in &letter.blocks {
        let (text, is_quotation) = match block {
            Block::Text(text) => (text.as_str(), false),
            Block::Quote(text) => (text.expose(), true),
        };
        words.push_str(if words.is_empty() { "" } else { "\n" });
        words.push_str(if is_quotation && !was_quotation { "> " } else { "" });
        words.push_str(text);
        was_quotation = is_quotation;
    }
    words
}
