//! Groups beside each other: what one platform takes its time for keeps no other group waiting.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use casework::Casework;
use platform::fake::{Call, Fake, Fault};
use platform::{Action, DeliveryError, Effect, Exclusion, History, Intake, Mute, Outbound, Receipt};
use policy::{ChannelId, Charter, GroupId, MemberId, MessageText, PlatformId, Post, PostId};
use tokio::sync::Semaphore;

use crate::harness::{Harness, charter, group, post};

/// Only a failing test waits so long.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// A platform that answers one sort of request only when it is let go.
struct Held {
    fake: Arc<Fake>,
    what: Call,
    gate: Semaphore,
    held: AtomicUsize,
}

impl Held {
    fn new(it: &Harness, what: Call) -> Arc<Self> {
        let fake = Arc::clone(&it.platform);
        Arc::new(Self { fake, what, gate: Semaphore::new(0), held: AtomicUsize::new(0) })
    }

    /// How many requests wait.
    fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }

    fn let_go(&self) {
        self.gate.close();
    }

    async fn hold(&self, what: Call) {
        if what == self.what {
            let _waiting = Waiting::of(&self.held);
            assert!(self.gate.acquire().await.is_err(), "it is closed when they go on");
        }
    }
}

/// A request that waits, until it goes on or is given up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(held: &'a AtomicUsize) -> Self {
        held.fetch_add(1, Ordering::SeqCst);
        Self(held)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Outbound for Held {
    fn platform(&self) -> PlatformId {
        self.fake.platform()
    }

    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        self.hold(Call::from(action)).await;
        self.fake.apply(effect, action).await
    }

    async fn read(
        &self,
        group: &GroupId,
        channel: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        self.fake.read(group, channel, post).await
    }

    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        self.fake.after(group, channel, post, limit).await
    }

    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        self.hold(Call::History).await;
        self.fake.history(group, asker, limit).await
    }

    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        self.fake.exclusions(group, of).await
    }

    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        self.fake.mutes(group, of).await
    }

    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        self.fake.members(group).await
    }
}

/// The group `tea` on the fake, and others on a platform that holds something.
async fn beside(others: &[String], what: Call) -> (Harness, Arc<Held>) {
    let charters: Vec<Charter> = others.iter().map(String::as_str).chain(["tea"]).map(charter).collect();
    let mut it = Harness::with(charters).await;
    let held = Held::new(&it, what);
    let there: Arc<dyn Outbound> = held.clone();
    let mut platforms: HashMap<_, _> = others.iter().map(|id| (group(id), Arc::clone(&there))).collect();
    platforms.insert(group("tea"), it.platform.clone());
    let source = Box::new(it.files.clone());
    it.casework =
        Arc::new(Casework::open(it.ledger.clone(), it.clock.clone(), source, platforms).await.unwrap());
    (it, held)
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waits = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WAIT_MAX, waits).await.unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test]
async fn a_group_whose_platform_takes_its_time_holds_up_no_other() {
    let (it, held) = beside(&["pub".to_owned()], Call::Remove).await;
    for number in 100..150 {
        it.takes(post(&it, "pub", &number.to_string(), "bob", "worstlo")).await;
    }
    it.takes(post(&it, "tea", "1", "alice", "worstlo")).await;
    let others = async {
        until("what was there before", || !it.stands("1") && !it.told("alice").is_empty()).await;
        it.takes(post(&it, "tea", "2", "alice", "stronko")).await;
        until("what comes meanwhile", || !it.stands("2")).await;
        // What is tried again has its time too.
        let nth = it.platform.calls(Call::Remove) + 1;
        it.platform.fail(Call::Remove, 1, Fault::RateLimited(Duration::from_millis(5)));
        it.takes(post(&it, "tea", "3", "alice", "stronko")).await;
        until("it is tried", || it.platform.calls(Call::Remove) == nth).await;
        let passes = || {
            it.clock.advance_ms(1);
            !it.stands("3")
        };
        until("what is tried again", passes).await;
        assert_eq!(held.held(), 8, "the other group has its handful under way, and no more");
        assert!((100..150).all(|number| it.stands(&number.to_string())));
        assert!(it.told("bob").is_empty(), "nothing is said of what is not done");
        held.let_go();
    };
    let (settled, ()) = tokio::join!(it.casework.settle(), others);
    settled.unwrap();
    let standing: Vec<_> = (100..150).filter(|number| it.stands(&number.to_string())).collect();
    assert_eq!(standing, [0; 0], "{} calls", it.platform.calls(Call::Remove));
    assert!(!it.told("bob").is_empty());
    assert_eq!(it.platform.calls(Call::Remove), 54, "each once, and one again");
    assert!(it.ledger.next_attempt_at(&[]).await.unwrap().is_none(), "nothing is left");
}

/// However many groups are in trouble, so much is under way and no more; and what is only said leaves room for removals.
#[tokio::test]
async fn what_is_under_way_has_a_bound_over_all_groups() {
    let others: Vec<String> = (0..40).map(|number| format!("pub-{number}")).collect();
    for (what, most) in [(Call::Direct, 24), (Call::Remove, 32)] {
        let (it, held) = beside(&others, what).await;
        for (number, id) in (100..).zip(&others) {
            it.takes(post(&it, id, &number.to_string(), "bob", "worstlo")).await;
        }
        let meanwhile = async {
            until("all hands are full", || held.held() == most).await;
            if what == Call::Direct {
                it.takes(post(&it, "tea", "1", "alice", "worstlo")).await;
                it.takes(post(&it, "pub-0", "2", "alice", "worstlo")).await;
                until("removals go on", || !it.stands("1") && !it.stands("2")).await;
            }
            assert_eq!(held.held(), most);
            held.let_go();
        };
        let (settled, ()) = tokio::join!(it.casework.settle(), meanwhile);
        settled.unwrap();
        assert!((100..140).all(|number| !it.stands(&number.to_string())), "{what:?}");
        assert!(it.ledger.next_attempt_at(&[]).await.unwrap().is_none(), "nothing is left");
    }
}

/// Whoever ends the program waits for what is under way, and for nothing more; the rest is done by the next one.
#[tokio::test]
async fn when_it_is_to_end_nothing_more_is_taken_up() {
    let (it, held) = beside(&["pub".to_owned()], Call::Remove).await;
    it.takes(post(&it, "pub", "1", "bob", "worstlo")).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let work = it.casework.deliver_until(async move { drop(stopped.await) });
    let meanwhile = async {
        until("it is asked for", || held.held() == 1).await;
        stop.send(()).unwrap();
        tokio::task::yield_now().await;
        it.takes(post(&it, "tea", "2", "alice", "worstlo")).await;
        held.let_go();
    };
    tokio::time::timeout(WAIT_MAX, async { tokio::join!(work, meanwhile) }).await.unwrap();
    assert!(!it.stands("1"), "what was under way is done");
    assert!(it.stands("2") && it.told("bob").is_empty(), "and nothing else");
    it.settle().await;
    assert!(!it.stands("2"));
    assert_eq!((it.told("alice").len(), it.told("bob").len()), (1, 1));
}

/// A delivery that is broken off in the middle leaves nobody waiting for a turn that nobody has.
#[tokio::test]
async fn what_was_broken_off_is_asked_for_again() {
    let (it, held) = beside(&["pub".to_owned()], Call::Remove).await;
    it.takes(post(&it, "pub", "1", "bob", "worstlo")).await;
    tokio::select! {
        biased;
        _ = it.casework.settle() => panic!("it is held"),
        () = until("it is asked for", || held.held() == 1) => {}
    }
    held.let_go();
    it.takes(post(&it, "tea", "2", "alice", "worstlo")).await;
    tokio::time::timeout(WAIT_MAX, it.settle()).await.unwrap();
    assert!(!it.stands("1") && !it.stands("2"));
}

/// Posts are held in memory for it, so that they are for one at a time.
#[tokio::test]
async fn a_group_has_one_preview_at_a_time_however_that_ends() {
    let (it, held) = beside(&["pub".to_owned()], Call::History).await;
    let preview = |group| it.command_in(group, "asha", "wordlist preview zzyzx");
    let is_told = |answer: &str| answer.contains("I keep nothing of this");
    tokio::select! {
        answer = preview("pub") => panic!("nothing was read: {answer}"),
        () = until("it is under way", || held.held() == 1) => {}
    }
    assert_eq!(held.held(), 0, "whoever asked gave it up");
    let meanwhile = async {
        until("it is under way again", || held.held() == 1).await;
        let second = preview("pub").await;
        assert!(second.contains("A preview is running in this group already"), "{second}");
        assert!(is_told(&preview("tea").await), "that is another group's");
        held.let_go();
    };
    let (first, ()) = tokio::join!(preview("pub"), meanwhile);
    assert!(is_told(&first), "{first}");
    it.platform.fail(Call::History, 1, Fault::Unreachable);
    let failed = preview("pub").await;
    assert!(failed.contains("I could not read the latest posts"), "{failed}");
    let last = preview("pub").await;
    assert!(is_told(&last), "it is possible again: {last}");
}
