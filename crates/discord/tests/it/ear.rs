//! What the adapter hands in, and what it notes, for whoever waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use platform::{Board, Choice, Inbound, Intake, IntakeError, Memo, Memos, Position, Sought, Suggest};
use policy::{ChannelId, Clock, GroupId, Letter, MemberId, Post, PostId};
use tokio::sync::watch;

/// Only a failing test waits so long.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// What outlives a restart.
#[derive(Debug)]
pub(crate) struct Kept {
    clock: Arc<dyn Clock>,
    memos: Mutex<HashMap<(String, String), Memo>>,
    positions: Mutex<HashMap<ChannelId, Position>>,
    /// What the names of memos begin with that cannot be read, and how often.
    unreadable: Mutex<Option<(&'static str, u32)>>,
}

impl Kept {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            memos: Mutex::default(),
            positions: Mutex::default(),
            unreadable: Mutex::default(),
        })
    }

    /// Forgets a memo, as the copy of a record does that is older.
    pub(crate) fn forget(&self, name: &str) {
        self.memos.lock().expect("no test failed meanwhile").retain(|(_, memo), _| memo != name);
    }

    /// So many times, a memo of that sort cannot be read.
    pub(crate) fn make_unreadable(&self, sort: &'static str, times: u32) {
        *self.unreadable.lock().expect("no test failed meanwhile") = Some((sort, times));
    }

    /// How often that is still to come.
    pub(crate) fn unreadable_times(&self) -> u32 {
        self.unreadable.lock().expect("no test failed meanwhile").map_or(0, |(_, times)| times)
    }

    /// All that is noted of a sort.
    pub(crate) fn noted(&self, sort: &str) -> HashMap<(String, String), Memo> {
        let mut noted = self.memos.lock().expect("no test failed meanwhile").clone();
        noted.retain(|(_, name), _| name.starts_with(sort));
        noted
    }

    /// Notes that again, as if what was noted since was not written in time.
    pub(crate) fn put_back(&self, noted: HashMap<(String, String), Memo>) {
        self.memos.lock().expect("no test failed meanwhile").extend(noted);
    }

    /// Forgets how far a channel was read, as if that was not written in time.
    pub(crate) fn forget_position(&self, channel: &ChannelId) {
        self.positions.lock().expect("no test failed meanwhile").remove(channel);
    }

    fn check_readable(&self, name: &str) -> Result<(), IntakeError> {
        let mut unreadable = self.unreadable.lock().expect("no test failed meanwhile");
        match unreadable.as_mut().filter(|(sort, times)| name.starts_with(*sort) && *times > 0) {
            Some((_, times)) => {
                *times -= 1;
                Err(IntakeError("the disk is slow".into()))
            }
            None => Ok(()),
        }
    }

    /// How far a channel was read.
    pub(crate) fn position(&self, channel: &ChannelId) -> Option<String> {
        let positions = self.positions.lock().expect("no test failed meanwhile");
        positions.get(channel).map(|position| position.0.clone())
    }
}

/// A desk at which nobody works: it keeps what it is handed.
#[derive(Debug)]
pub(crate) struct Ear {
    heard: watch::Sender<Vec<Inbound>>,
    /// Whether posts are taken.
    is_open: watch::Sender<bool>,
    /// How many things had been handed in when it was asked last to deliver what is due.
    settled: Mutex<Option<usize>>,
    kept: Arc<Kept>,
}

impl Ear {
    pub(crate) fn new(kept: Arc<Kept>) -> Arc<Self> {
        let (heard, is_open) = (watch::Sender::new(Vec::new()), watch::Sender::new(true));
        Arc::new(Self { heard, is_open, settled: Mutex::default(), kept })
    }

    /// Takes no posts any more, or all that are there: whoever hands one in waits.
    pub(crate) fn take_posts(&self, does: bool) {
        self.is_open.send_replace(does);
    }

    /// Waits for something that was handed in, or will be.
    pub(crate) async fn until<T>(&self, what: &str, wanted: impl Fn(&[Inbound]) -> Option<T>) -> T {
        let mut heard = self.heard.subscribe();
        let found = async {
            loop {
                if let Some(found) = wanted(&heard.borrow_and_update()) {
                    return found;
                }
                heard.changed().await.expect("the ear outlives whoever waits");
            }
        };
        match tokio::time::timeout(WAIT_MAX, found).await {
            Ok(found) => found,
            Err(_) => panic!("{what} was to be handed in; there is {:#?}", self.heard.borrow()),
        }
    }

    pub(crate) async fn until_post(&self, what: &str, wanted: impl Fn(&Post) -> bool) -> Post {
        let wanted = |heard: &[Inbound]| {
            heard.iter().rev().find_map(|inbound| match inbound {
                Inbound::Post { post, .. } if wanted(post) => Some(post.clone()),
                _ => None,
            })
        };
        self.until(what, wanted).await
    }

    /// What was handed in of posts, by what they say, oldest first.
    pub(crate) fn said(&self) -> Vec<String> {
        self.posts(|post| {
            let texts = post.surfaces.iter().map(|surface| surface.text.expose().to_owned());
            Some(texts.collect::<Vec<_>>().join(" | "))
        })
    }

    /// What there is to say of posts that were handed in, oldest first.
    pub(crate) fn posts<T>(&self, wanted: impl Fn(&Post) -> Option<T>) -> Vec<T> {
        let of = |inbound: &Inbound| match inbound {
            Inbound::Post { post, .. } => wanted(post),
            _ => None,
        };
        self.heard.borrow().iter().filter_map(of).collect()
    }

    /// All that was handed in before it was asked last to deliver what is due.
    pub(crate) fn settled(&self) -> Vec<Inbound> {
        let settled = self.settled.lock().expect("no test failed meanwhile").unwrap_or(0);
        self.heard.borrow().iter().take(settled).cloned().collect()
    }

    /// How many things of a sort were handed in.
    pub(crate) fn count(&self, wanted: impl Fn(&Inbound) -> bool) -> usize {
        self.heard.borrow().iter().filter(|inbound| wanted(inbound)).count()
    }

    /// Waits until there are more of them than there were.
    pub(crate) async fn until_more(&self, what: &str, than: usize, wanted: impl Fn(&Inbound) -> bool) {
        let more =
            |heard: &[Inbound]| (heard.iter().filter(|inbound| wanted(inbound)).count() > than).then_some(());
        self.until(what, more).await;
    }
}

#[async_trait]
impl Intake for Ear {
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
        if matches!(inbound, Inbound::Post { .. }) {
            let opened = self.is_open.subscribe().wait_for(|is_open| *is_open).await.map(|_| ());
            opened.expect("it outlives whoever waits");
        }
        let read = match &inbound {
            Inbound::Post { post, position } => {
                position.clone().map(|position| (post.channel.clone(), position))
            }
            Inbound::Read { channel, position, .. } => Some((channel.clone(), position.clone())),
            _ => None,
        };
        self.kept.positions.lock().expect("no test failed meanwhile").extend(read);
        if let Some(noted) = inbound.noted() {
            self.remember(&noted.account, &noted.name, Some(noted.memo.clone())).await?;
        }
        self.heard.send_modify(|heard| heard.push(inbound));
        Ok(None)
    }
    async fn settle(&self) -> Result<(), IntakeError> {
        *self.settled.lock().expect("no test failed meanwhile") = Some(self.heard.borrow().len());
        Ok(())
    }
    async fn positions(&self, _: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
        Ok(self.kept.positions.lock().expect("no test failed meanwhile").clone().into_iter().collect())
    }
    async fn unread(&self, _: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Memos for Ear {
    async fn recall(&self, account: &str, name: &str) -> Result<Option<String>, IntakeError> {
        self.kept.check_readable(name)?;
        let (key, now) = ((account.to_owned(), name.to_owned()), self.kept.clock.now());
        let memos = self.kept.memos.lock().expect("no test failed meanwhile");
        Ok(memos.get(&key).filter(|memo| memo.until > now).map(|memo| memo.text.clone()))
    }
    async fn remember(&self, account: &str, name: &str, memo: Option<Memo>) -> Result<(), IntakeError> {
        let key = (account.to_owned(), name.to_owned());
        let mut memos = self.kept.memos.lock().expect("no test failed meanwhile");
        match memo {
            Some(memo) => memos.insert(key, memo),
            None => memos.remove(&key),
        };
        Ok(())
    }
}

#[async_trait]
impl Suggest for Ear {
    async fn suggest(
        &self,
        _: &GroupId,
        _: &MemberId,
        _: Sought,
        _: &str,
    ) -> Result<Vec<Choice>, IntakeError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Board for Ear {
    async fn board(&self, _: &GroupId) -> Result<Letter, IntakeError> {
        // Of nothing there is no board: what the bot writes is what it is asked to.
        Ok(Letter::default())
    }
}
