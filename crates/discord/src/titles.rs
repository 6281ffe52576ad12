//! What channels and threads are called and are about, and what the server itself is made of: judged once it is set, and
//! known from then on, so that what stays as it is is nothing new.
//!
//! Discord tells of a thread's new name first, and who gave it after that: in the thread itself, and in the audit log. A
//! post is judged once, and a strike has to be somebody's, so that such a name waits for a few seconds. Then it goes all the
//! same if it has to, and nobody answers for it.

use std::collections::{HashMap, VecDeque};

use policy::{Post, PostId, Timestamp};
use serde_json::Value;

use crate::gateway::Dealt;
use crate::hear::Stopped;
use crate::ids::{PostName, Snowflake};
use crate::json;
use crate::listener::Listener;
use crate::translate::fixtures;
use crate::translate::titles::{self, Setting};

/// For so long it is waited for who set something. Mostly that is told within one second.
const UNCLAIMED_MS: i64 = 5_000;
/// So many wait at most. The first gives way to one more, and is judged as it is.
const UNCLAIMED_MAX: usize = 100;

/// What stands so of a channel or a server until it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Title,
    Topic,
    Status,
    Fixture,
}

impl What {
    /// As what a post stands; nothing for one that stands in a history.
    fn of(post: &PostId) -> Option<Self> {
        match PostName::parse(post)? {
            PostName::Title { .. } => Some(Self::Title),
            PostName::Topic { .. } => Some(Self::Topic),
            PostName::Status { .. } => Some(Self::Status),
            PostName::Fixture { .. } => Some(Self::Fixture),
            PostName::Message(_)
            | PostName::Nick { .. }
            | PostName::Reactions { .. }
            | PostName::AutoMod(_)
            | PostName::Stopped(_) => None,
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Titles {
    taken: HashMap<(Snowflake, What), Taken>,
    /// In the order in which it was heard.
    unclaimed: VecDeque<Unclaimed>,
}

/// What was handed in last.
#[derive(Debug)]
struct Taken {
    post: PostId,
    /// Whether somebody answers for it.
    is_claimed: bool,
}

/// What was set by nobody knows whom yet.
#[derive(Debug)]
struct Unclaimed {
    of: Snowflake,
    posts: Vec<Post>,
    /// When it is waited for no longer, by the steady clock.
    until: i64,
    /// Of the event that told of it, which comes again after a restart until this is judged.
    dealt: Option<Dealt>,
}

impl Titles {
    /// Whether a post is something else than what stood last, or is claimed by now.
    fn is_news(&self, of: Snowflake, what: What, post: &PostId, is_claimed: bool) -> bool {
        let taken = self.taken.get(&(of, what));
        taken.is_none_or(|taken| taken.post != *post || (is_claimed && !taken.is_claimed))
    }

    /// The same, of what nobody has claimed, beside what waits.
    fn is_to_wait(&self, of: Snowflake, post: &Post) -> bool {
        let Some(what) = What::of(&post.id) else { return false };
        let waiting = self.unclaimed.iter().rev().filter(|unclaimed| unclaimed.of == of);
        let last = waiting.flat_map(|unclaimed| &unclaimed.posts).find(|it| What::of(&it.id) == Some(what));
        match last {
            Some(last) => last.id != post.id,
            None => self.is_news(of, what, &post.id, false),
        }
    }

    fn note(&mut self, of: Snowflake, post: PostId, is_claimed: bool) {
        if let Some(what) = What::of(&post) {
            self.taken.insert((of, what), Taken { post, is_claimed });
        }
    }

    /// Something waits for no longer, for it is known whose it is.
    fn claim(&mut self, of: Snowflake, post: &PostId) {
        for unclaimed in self.unclaimed.iter_mut().filter(|unclaimed| unclaimed.of == of) {
            unclaimed.posts.retain(|it| it.id != *post);
        }
        let (waiting, over): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.unclaimed).into_iter().partition(|it| !it.posts.is_empty());
        self.unclaimed = waiting;
        over.into_iter().filter_map(|it| it.dealt).for_each(Dealt::settle);
    }

    /// When something has waited long enough, if anything waits.
    pub(crate) fn due(&self) -> Option<i64> {
        self.unclaimed.front().map(|first| first.until)
    }

    /// An event was dealt with, but for what waits of it.
    pub(crate) fn settle(&mut self, dealt: Dealt) {
        match self.unclaimed.back_mut().filter(|last| last.dealt.is_none()) {
            Some(last) => last.dealt = Some(dealt),
            None => dealt.settle(),
        }
    }
}

impl Listener {
    /// The tag that somebody wears beside their name.
    pub(crate) async fn hear_tag(&mut self, member: &Value, at: Option<Timestamp>) -> Result<(), Stopped> {
        match fixtures::tag(member, &self.hands.place(), self.group.server.0, at) {
            Some((of, tag)) => self.take_standing(of, tag).await,
            None => Ok(()),
        }
    }

    /// What the server itself is made of.
    pub(crate) async fn hear_fixtures(&mut self, event: &str, data: &Value) -> Result<(), Stopped> {
        let now = self.shared.pace.now();
        for (of, post) in fixtures::posts(event, data, &self.hands.place(), self.group.server.0, now) {
            self.take_standing(of, post).await?;
        }
        Ok(())
    }

    /// What channels or threads are called and are about that stand so.
    pub(crate) async fn hear_channels(&mut self, channels: &[Value]) -> Result<(), Stopped> {
        for channel in channels {
            self.take_channel(channel, None).await?;
        }
        Ok(())
    }

    /// What a channel or thread is called and is about, as it is made, changed or found.
    pub(crate) async fn hear_channel(&mut self, channel: &Value) -> Result<(), Stopped> {
        self.take_channel(channel, Some(self.shared.pace.now())).await
    }

    async fn take_channel(&mut self, channel: &Value, at: Option<Timestamp>) -> Result<(), Stopped> {
        let Some(id) = json::id(channel, "id") else { return Ok(()) };
        let setting = Setting { at, ..Setting::default() };
        for post in titles::channel_posts(channel, &self.hands.place(), &setting) {
            self.take_standing(id, post).await?;
        }
        Ok(())
    }

    /// What a thread is called from now on: who called it so is still to be told.
    pub(crate) async fn hear_thread(&mut self, thread: &Value) -> Result<(), Stopped> {
        let Some(of) = json::id(thread, "id") else { return Ok(()) };
        let setting = Setting { at: Some(self.shared.pace.now()), ..Setting::default() };
        let mut posts = titles::channel_posts(thread, &self.hands.place(), &setting);
        posts.retain(|post| self.titles.is_to_wait(of, post));
        if posts.is_empty() {
            return Ok(());
        }
        if self.titles.unclaimed.len() >= UNCLAIMED_MAX {
            self.take_first_unclaimed().await?;
        }
        let until = self.shared.pace.steady_ms().saturating_add(UNCLAIMED_MS);
        self.titles.unclaimed.push_back(Unclaimed { of, posts, until, dealt: None });
        Ok(())
    }

    /// Takes what has waited long enough for somebody who answers for it.
    pub(crate) async fn take_unclaimed(&mut self) -> Result<(), Stopped> {
        while self.titles.due().is_some_and(|due| due <= self.shared.pace.steady_ms()) {
            self.take_first_unclaimed().await?;
        }
        Ok(())
    }

    async fn take_first_unclaimed(&mut self) -> Result<(), Stopped> {
        let Some(Unclaimed { of, posts, dealt, .. }) = self.titles.unclaimed.pop_front() else {
            return Ok(());
        };
        for post in posts {
            self.take_standing(of, post).await?;
        }
        if let Some(dealt) = dealt {
            dealt.settle();
        }
        Ok(())
    }

    /// Somebody gave a channel another name or topic, as the audit log or Discord's own message says.
    pub(crate) async fn hear_renamed(
        &mut self,
        channel: Snowflake,
        by: Snowflake,
        title: &str,
        at: Timestamp,
    ) -> Result<(), Stopped> {
        let set = serde_json::json!({"id": channel.to_string(), "name": title});
        self.hear_set(&set, by, at).await
    }

    /// What somebody set of a channel.
    pub(crate) async fn hear_set(
        &mut self,
        channel: &Value,
        by: Snowflake,
        at: Timestamp,
    ) -> Result<(), Stopped> {
        let Some(of) = json::id(channel, "id") else { return Ok(()) };
        let setting = Setting { by: Some(by), at: Some(at), ..Setting::default() };
        let place = self.hands.place();
        let mut posts = titles::channel_posts(channel, &place, &setting);
        posts.extend(titles::status_post(channel, &place, &setting));
        for post in posts {
            self.take_standing(of, post).await?;
        }
        // Also what the bot set itself, which is nobody's to judge.
        for post in titles::names(channel).iter().filter_map(PostName::id) {
            self.titles.claim(of, &post);
            self.titles.note(of, post, true);
        }
        Ok(())
    }

    /// Takes what stands so, unless it is what was taken last.
    async fn take_standing(&mut self, of: Snowflake, post: Post) -> Result<(), Stopped> {
        let Some(what) = What::of(&post.id) else { return self.take_beside(post).await };
        let (id, is_claimed) = (post.id.clone(), titles::is_claimed(&post));
        if self.titles.is_news(of, what, &id, is_claimed) {
            self.take_beside(post).await?;
            self.titles.note(of, id, is_claimed);
        }
        Ok(())
    }
}
