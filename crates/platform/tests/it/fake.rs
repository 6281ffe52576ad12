use std::time::Duration;

use platform::contract::{Harness, Sight, SightLine, outbound_contract};
use platform::fake::{Call, Fake, Fault, Muting, effect};
use platform::{Action, Change, DeliveryError, Exclusion, Outbound, Receipt, plain};
use policy::{
    Block, ChannelId, GroupId, Letter, MemberId, MessageText, Post, PostId, PostKind, Surface, SurfaceKind,
    Timestamp,
};

/// When every post is written; nothing takes time here.
const WRITTEN_AT_MS: i64 = 1_795_269_000_000;

struct FakeHarness {
    fake: Fake,
    next: u32,
}

impl FakeHarness {
    fn start() -> Self {
        let harness = Self { fake: Fake::new(), next: 0 };
        harness.fake.add_member(&harness.alice(), "Alice");
        harness.fake.add_member(&harness.bob(), "Bob");
        harness
    }

    fn put(&mut self, author: &MemberId, kind: PostKind, text: &str) -> Option<Post> {
        self.next += 1;
        let surface = match kind {
            PostKind::Message | PostKind::Title | PostKind::Topic | PostKind::Fixture => SurfaceKind::Body,
            PostKind::Nickname => SurfaceKind::Name,
        };
        let post = Post {
            group: self.group(),
            channel: self.channel(),
            id: PostId::new(self.next.to_string()).unwrap(),
            revision: 0,
            author: author.clone(),
            author_name: MessageText::new(self.fake.name(author).unwrap()),
            kind,
            written_at: Timestamp::from_millis(WRITTEN_AT_MS),
            surfaces: vec![Surface { kind: surface, text: MessageText::new(text) }],
            answers: None,
            directed: false,
            addressed: Vec::new(),
            forwards: None,
            promised: false,
        };
        self.fake.put(post.clone()).then_some(post)
    }
}

fn seen(letter: &Letter) -> Sight {
    let lines = letter.blocks.iter().flat_map(|block| match block {
        Block::Text(text) => vec![SightLine { quoted: false, text: text.clone() }],
        Block::Quote(text) => quoted(text),
    });
    Sight { lines: lines.collect(), pings: Vec::new() }
}

fn quoted(text: &MessageText) -> Vec<SightLine> {
    plain::lines(text.expose(), 100).into_iter().map(|text| SightLine { quoted: true, text }).collect()
}

impl Harness for FakeHarness {
    fn outbound(&self) -> &dyn Outbound {
        &self.fake
    }
    fn group(&self) -> GroupId {
        GroupId::new("group").unwrap()
    }
    fn channel(&self) -> ChannelId {
        ChannelId::new("general").unwrap()
    }
    fn alice(&self) -> MemberId {
        MemberId::new("alice").unwrap()
    }
    fn bob(&self) -> MemberId {
        MemberId::new("bob").unwrap()
    }
    fn alice_account_name(&self) -> String {
        "Alice".to_owned()
    }
    fn account_shown(&self, member: &MemberId) -> String {
        member.as_str().to_owned()
    }
    fn date_shown(&self, post: &Post) -> String {
        post.written_at.long_date(chrono_tz::Europe::London)
    }
    fn later(&self) -> Timestamp {
        Timestamp::from_millis(WRITTEN_AT_MS).plus_seconds(3 * 24 * 60 * 60)
    }
    async fn try_post(&mut self, author: &MemberId, text: &str) -> Option<Post> {
        self.put(author, PostKind::Message, text)
    }
    async fn edit(&mut self, post: &Post, text: &str) -> Post {
        let mut edited = self.fake.post(&post.id).unwrap();
        edited.revision += 1;
        edited.surfaces = vec![Surface { kind: SurfaceKind::Body, text: MessageText::new(text) }];
        self.fake.put(edited.clone());
        edited
    }
    async fn delete(&mut self, post: &Post) {
        self.fake.delete(&post.id);
    }
    async fn rename(&mut self, member: &MemberId, name: &str) -> Post {
        self.put(member, PostKind::Nickname, name).unwrap()
    }
    async fn close_messages(&mut self, member: &MemberId) {
        self.fake.set_takes_messages(member, false);
    }
    async fn leave(&mut self, member: &MemberId) {
        self.fake.leave(member);
    }
    async fn join(&mut self, member: &MemberId) {
        self.fake.join(member);
    }
    async fn by_hand(&mut self, member: &MemberId, change: Change) {
        self.fake.change_by_hand(member, change);
    }
    async fn fail_next(&mut self, action: &Action, fault: Fault) -> bool {
        self.fake.fail(Call::from(action), 1, fault);
        true
    }
    async fn restart(&mut self) -> bool {
        false
    }
    async fn name(&self, member: &MemberId) -> String {
        self.fake.name(member).unwrap()
    }
    async fn standing(&self) -> Vec<String> {
        let posts = self.fake.posts().into_iter().filter(|post| post.kind == PostKind::Message);
        posts.map(|post| post.surfaces[0].text.expose().to_owned()).collect()
    }
    async fn reposts(&self) -> Vec<Sight> {
        let quotations = self.fake.quotations().into_iter().map(|quotation| {
            let date = quotation.written_at.long_date(chrono_tz::Europe::London);
            let (author, name) = (quotation.author.as_str(), quotation.author_name.expose());
            let own = format!("{author} “{name}” wrote on {date}:");
            let mut lines = vec![SightLine { quoted: false, text: own }];
            lines.extend(quoted(&quotation.text));
            Sight { lines, pings: Vec::new() }
        });
        quotations.collect()
    }
    async fn private(&self, member: &MemberId) -> Vec<Sight> {
        self.fake.letters(member).iter().map(seen).collect()
    }
    async fn with_officers(&self, member: &MemberId) -> Vec<Sight> {
        self.fake.letters_with_officers(member).iter().map(seen).collect()
    }
    async fn announcements(&self) -> Vec<Sight> {
        self.fake.announcements().iter().map(|(_, letter)| seen(letter)).collect()
    }
    async fn officers(&self) -> Vec<Sight> {
        self.fake.officers_letters().iter().map(seen).collect()
    }
}

#[tokio::test]
async fn the_fake_keeps_the_contract() {
    outbound_contract(async || FakeHarness::start()).await;
}

#[tokio::test]
async fn faults_come_at_the_call_they_were_ordered_for() {
    let fake = Fake::new();
    let alice = MemberId::new("alice").unwrap();
    fake.add_member(&alice, "Alice");
    fake.fail(Call::Direct, 2, Fault::RateLimited(Duration::from_secs(5)));
    fake.fail(Call::Direct, 3, Fault::Unanswered { done: true });
    fake.fail(Call::Read, 1, Fault::Unreachable);
    let action = Action::Direct { to: alice.clone(), letter: Letter::line("hello"), or_shown_since: None };

    assert_eq!(fake.apply(effect(1), &action).await.unwrap(), Receipt::Done);
    let limited = fake.apply(effect(2), &action).await;
    assert!(matches!(limited, Err(DeliveryError::RateLimited(wait)) if wait == Duration::from_secs(5)));
    assert_eq!(fake.letters(&alice).len(), 1);
    assert!(matches!(fake.apply(effect(2), &action).await, Err(DeliveryError::Unanswered(_))));
    assert_eq!(fake.letters(&alice).len(), 2);
    assert_eq!(fake.apply(effect(2), &action).await.unwrap(), Receipt::AlreadyDone);

    assert_eq!(fake.calls(Call::Direct), 4);
    assert_eq!(fake.effects().iter().map(|(id, _)| id.0).collect::<Vec<_>>(), [1, 2]);
    let group = GroupId::new("group").unwrap();
    let post = PostId::new("1").unwrap();
    assert!(matches!(fake.read(&group, None, &post).await, Err(DeliveryError::Unreachable(_))));
    assert_eq!(fake.read(&group, None, &post).await.unwrap(), None);
}

#[tokio::test]
async fn a_closed_channel_refuses_removals_and_reposts() {
    let mut harness = FakeHarness::start();
    let alice = harness.alice();
    let post = harness.post(&alice, "hello").await;
    harness.fake.close_channel(&harness.channel());
    let action = Action::Remove {
        channel: post.channel.clone(),
        post: post.id.clone(),
        kind: post.kind,
        author: post.author.clone(),
    };
    assert!(matches!(harness.fake.apply(effect(1), &action).await, Err(DeliveryError::Forbidden)));
    assert_eq!(harness.fake.posts(), [post]);
}

#[tokio::test]
async fn what_stands_and_what_was_asked_can_be_looked_at() {
    let harness = FakeHarness::start();
    let (fake, alice, bob) = (&harness.fake, harness.alice(), harness.bob());
    let until = harness.later();
    let exclude = Action::Exclude { member: alice.clone(), until: Some(until) };
    let mute = Action::Mute { member: bob.clone(), until };
    fake.apply(effect(1), &exclude).await.unwrap();
    fake.apply(effect(2), &mute).await.unwrap();
    let excluded = Exclusion { member: alice.clone(), ours: true, until: Some(until) };
    assert_eq!(fake.exclusion(&alice), Some(excluded.clone()));
    assert_eq!(fake.muting(&bob), Some(Muting { ours: true, until: Some(until) }));
    fake.change_by_hand(&bob, Change::Excluded);
    assert_eq!(fake.exclusion(&bob).map(|exclusion| exclusion.ours), Some(false));

    fake.fail(Call::Exclusions, 1, Fault::Unreachable);
    fake.fail(Call::After, 1, Fault::Forbidden);
    let (group, channel) = (harness.group(), harness.channel());
    let post = PostId::new("1").unwrap();
    assert!(matches!(
        fake.exclusions(&group, std::slice::from_ref(&alice)).await,
        Err(DeliveryError::Unreachable(_))
    ));
    assert!(matches!(fake.after(&group, &channel, &post, 5).await, Err(DeliveryError::Forbidden)));
    assert_eq!(fake.exclusions(&group, &[alice, bob]).await.unwrap().len(), 2);
    assert_eq!((fake.calls(Call::Exclude), fake.calls(Call::Exclusions)), (1, 2));
}
