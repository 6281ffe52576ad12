//! The contract of every platform, kept on the fake over the real wire.

use std::time::Duration;

use async_trait::async_trait;
use fake_discord::{Fault as Wrong, Matcher, Person, Snowflake};
use platform::contract::{Harness, Sight, outbound_contract};
use platform::fake::Fault;
use platform::{
    Account, Action, Change, DeliveryError, Effect, Exclusion, History, Inbound, Mute, Outbound, Outright,
    Receipt,
};
use policy::{ChannelId, GroupId, MemberId, MessageText, PlatformId, Post, PostId, PostKind, Timestamp};
use serde_json::json;

use crate::bed::{Bed, How, channel_id, group, member};
use crate::sight::sight;

/// How often one call is tried at most.
const TRIES: u32 = 4;

struct DiscordHarness {
    bed: Bed,
    how: How,
}

impl DiscordHarness {
    async fn start(how: How) -> Self {
        Self { bed: Bed::new(how).await, how }
    }

    fn person(&self, member: &MemberId) -> &Person {
        let people = [&self.bed.alice, &self.bed.bob];
        people.into_iter().find(|person| person.id.to_string() == member.as_str()).expect("a member")
    }

    fn bot(&self) -> Snowflake {
        self.bed.app.bot
    }

    fn put_up(&self, is_repost: bool) -> Vec<Sight> {
        let all = self.bed.written_in(self.bed.general).iter().map(sight).collect::<Vec<_>>();
        all.into_iter().filter(|sight| sight.own().contains(" wrote on ") == is_repost).collect()
    }

    /// The request by which an action is done, and one that only reads before it.
    fn requests(&self, action: &Action) -> (Matcher, Matcher) {
        let bans = |method| (Matcher::of(method, "/bans/"), Matcher::of("GET", "/bans/"));
        match action {
            Action::Mute { .. } | Action::Unmute { .. } => members(),
            Action::Exclude { until: Some(_), .. } if self.how == How::Role => members(),
            Action::Exclude { .. } => bans("PUT"),
            Action::Admit { .. } if self.how == How::Role => members(),
            Action::Admit { .. } => bans("DELETE"),
            Action::Rewrite { .. } => {
                (Matcher::of("PATCH", "/messages/"), Matcher::of("POST", "/users/@me/channels"))
            }
            Action::Direct { .. }
            | Action::DirectWithOfficers { .. }
            | Action::TellOfficers { .. }
            | Action::Announce { .. }
            | Action::Repost { .. }
            | Action::Remove { .. } => (Matcher::of("POST", "/messages"), Matcher::of("GET", "/messages")),
        }
    }
}

fn members() -> (Matcher, Matcher) {
    (Matcher::of("PATCH", "/members/"), Matcher::of("GET", "/members/"))
}

/// The adapter, driven by somebody who waits as long as they are told.
#[async_trait]
impl Outbound for Bed {
    fn platform(&self) -> PlatformId {
        self.hands().platform()
    }
    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        let answer = self.hands().apply(effect, action).await;
        // What went wrong is over.
        self.discord.stop_failing();
        if let Err(DeliveryError::RateLimited(wait) | DeliveryError::NotYet(wait)) = &answer {
            self.advance(*wait);
        }
        answer
    }
    async fn read(
        &self,
        group: &GroupId,
        channel: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        self.hands().read(group, channel, post).await
    }
    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        self.hands().after(group, channel, post, limit).await
    }
    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        self.hands().history(group, asker, limit).await
    }
    fn stops(&self, group: &GroupId) -> bool {
        self.hands().stops(group)
    }
    async fn stop(&self, group: &GroupId, words: &[Outright]) -> Result<(), DeliveryError> {
        self.hands().stop(group, words).await
    }
    async fn account(&self, group: &GroupId, member: &MemberId) -> Result<Account, DeliveryError> {
        self.hands().account(group, member).await
    }
    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        self.hands().exclusions(group, of).await
    }
    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        self.hands().mutes(group, of).await
    }
    async fn mend(&self, group: &GroupId) -> Result<(), DeliveryError> {
        self.hands().mend(group).await
    }
    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        self.hands().members(group).await
    }
}

fn snowflake(id: &str) -> Snowflake {
    id.parse().expect("an id of Discord's")
}

fn says(post: &Post, text: &str) -> bool {
    post.surfaces.iter().any(|surface| surface.text.expose() == text)
}

impl Harness for DiscordHarness {
    fn outbound(&self) -> &dyn Outbound {
        &self.bed
    }
    fn group(&self) -> GroupId {
        group()
    }
    fn channel(&self) -> ChannelId {
        channel_id(self.bed.general)
    }
    fn alice(&self) -> MemberId {
        member(self.bed.alice.id)
    }
    fn bob(&self) -> MemberId {
        member(self.bed.bob.id)
    }
    fn alice_account_name(&self) -> String {
        "alice".to_owned()
    }
    /// As nobody can write it who is not the bot: in members' words it stands as text.
    fn account_shown(&self, member: &MemberId) -> String {
        format!("<@{}>", member.as_str())
    }
    fn date_shown(&self, post: &Post) -> String {
        post.written_at.long_date(chrono_tz::Europe::London)
    }
    fn later(&self) -> Timestamp {
        self.bed.now().plus_seconds(3 * 24 * 60 * 60)
    }
    async fn try_post(&mut self, author: &MemberId, text: &str) -> Option<Post> {
        let id = self.person(author).say(self.bed.general, text).ok()?;
        Some(self.bed.ear().until_post("a post", |post| post.id.as_str() == id.to_string()).await)
    }
    async fn edit(&mut self, post: &Post, text: &str) -> Post {
        let id = snowflake(post.id.as_str());
        self.person(&post.author).edit(self.bed.general, id, text).expect("one's own");
        let is_it = |heard: &Post| heard.id == post.id && heard.revision > post.revision && says(heard, text);
        self.bed.ear().until_post("an edit", is_it).await
    }
    async fn delete(&mut self, post: &Post) {
        let id = snowflake(post.id.as_str());
        self.person(&post.author).delete(self.bed.general, id).expect("one's own");
    }
    async fn rename(&mut self, member: &MemberId, name: &str) -> Post {
        self.person(member).nick(&self.bed.guild, Some(name)).expect("one's own");
        let is_it =
            |post: &Post| post.kind == PostKind::Nickname && post.author == *member && says(post, name);
        self.bed.ear().until_post("a nickname", is_it).await
    }
    async fn close_messages(&mut self, member: &MemberId) {
        self.person(member).set_dms(fake_discord::DmPolicy::Closed);
    }
    async fn leave(&mut self, member: &MemberId) {
        self.person(member).leave(&self.bed.guild);
    }
    async fn join(&mut self, member: &MemberId) {
        self.bed.join(self.person(member)).await;
    }
    async fn by_hand(&mut self, member: &MemberId, change: Change) {
        let (person, owner, guild) = (self.person(member), &self.bed.guild.owner, &self.bed.guild);
        let is_it = |inbound: &Inbound| matches!(inbound, Inbound::ByHand { member: of, change: told, .. } if of == member && *told == change);
        let before = self.bed.ear().count(is_it);
        let day = Duration::from_secs(24 * 60 * 60);
        let done = match change {
            Change::Excluded => owner.ban(guild, person.id, Some("spam")),
            Change::Admitted if self.bed.is_banned(person) => owner.unban(guild, person.id),
            Change::Admitted => owner.take_role(guild, person.id, self.bed.suspended),
            Change::Muted => {
                // Nobody who is gone can be.
                self.bed.join(person).await;
                owner.time_out(guild, person.id, day)
            }
            Change::Unmuted => owner.time_out(guild, person.id, Duration::ZERO),
            Change::Removed => owner.kick(guild, person.id),
        };
        done.expect("an owner may");
        self.bed.ear().until_more("what was done by hand", before, is_it).await;
    }
    async fn fail_next(&mut self, action: &Action, fault: Fault) -> bool {
        assert!(self.bed.discord.has_failed(), "what was to fail before did");
        if matches!((action, fault), (Action::Rewrite { .. }, Fault::Unreachable)) {
            // Nothing is asked for before it.
            return false;
        }
        let (does, reads) = self.requests(action);
        let too_many = |retry_after, scope| Wrong::RateLimit { retry_after, scope };
        let refused = |status, code: u32| Wrong::Status(status, json!({ "message": "no", "code": code }));
        let is_letter = matches!(
            action,
            Action::Direct { .. }
                | Action::Rewrite { .. }
                | Action::DirectWithOfficers { .. }
                | Action::Announce { .. }
        );
        let (matcher, wrong, times) = match fault {
            // A few seconds are waited for once.
            Fault::RateLimited(wait) => (does, too_many(wait, "global"), 2),
            Fault::NotYet(wait) => (does, too_many(wait, "user"), 1),
            Fault::Forbidden => (does, refused(403, 50_013), 1),
            Fault::Gone if is_letter => (does, refused(404, 10_003), 1),
            Fault::Gone => (does, refused(404, 10_013), 1),
            Fault::Unreachable => (reads, Wrong::CloseBeforeAnswer, TRIES),
            Fault::Unanswered { done: false } => (does, Wrong::CloseBeforeAnswer, TRIES),
            Fault::Unanswered { done: true } => (does, Wrong::DoneButNoAnswer, TRIES),
        };
        self.bed.discord.fail_times(matcher, wrong, times);
        true
    }
    async fn restart(&mut self) -> bool {
        self.bed.restart().await;
        true
    }
    async fn name(&self, member: &MemberId) -> String {
        let person = self.person(member).id;
        self.bed.discord.see(|world| {
            let nick = world.member(self.bed.guild.id, person).and_then(|member| member.nick.clone());
            let user = world.user(person).expect("an account");
            nick.or_else(|| user.global_name.clone()).unwrap_or_else(|| user.username.clone())
        })
    }
    async fn standing(&self) -> Vec<String> {
        let all = self.bed.discord.messages(self.bed.general).into_iter();
        all.filter(|message| message.author != self.bot()).map(|message| message.content).collect()
    }
    async fn reposts(&self) -> Vec<Sight> {
        self.put_up(true)
    }
    async fn private(&self, member: &MemberId) -> Vec<Sight> {
        self.bed.written_to(self.person(member)).iter().map(sight).collect()
    }
    async fn with_officers(&self, member: &MemberId) -> Vec<Sight> {
        let threads = self.bed.threads_of(self.person(member));
        let allowed = [self.person(member).id, self.bed.mo.id, self.bot()];
        for thread in &threads {
            let members = self.bed.discord.see(|world| {
                let thread = world.channel(*thread).and_then(|channel| channel.thread.as_ref());
                thread.map(|thread| thread.members.keys().copied().collect::<Vec<_>>()).unwrap_or_default()
            });
            assert!(members.iter().all(|one| allowed.contains(one)), "nobody else is there");
        }
        threads.into_iter().flat_map(|thread| self.bed.written_in(thread)).map(|it| sight(&it)).collect()
    }
    async fn announcements(&self) -> Vec<Sight> {
        self.put_up(false)
    }
    async fn officers(&self) -> Vec<Sight> {
        self.bed.written_in(self.bed.officers).iter().map(sight).collect()
    }
}

#[tokio::test]
async fn discord_keeps_the_contract_where_a_role_suspends() {
    outbound_contract(async || DiscordHarness::start(How::Role).await).await;
}

#[tokio::test]
async fn discord_keeps_the_contract_where_a_ban_suspends() {
    outbound_contract(async || DiscordHarness::start(How::Ban).await).await;
}
