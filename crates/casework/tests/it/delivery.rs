//! Effects on a platform that refuses, stalls and lies low.

use std::time::Duration;

use platform::fake::{Call, Fault};

use crate::harness::{Harness, member};

#[tokio::test]
async fn removal_goes_out_first() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    let kinds: Vec<_> = it.platform.effects().iter().map(|(_, action)| Call::from(action)).collect();
    // The last two go to those who may sign what the ladder proposes.
    let want = [Call::Remove, Call::Direct, Call::TellOfficers, Call::Direct, Call::Direct];
    assert_eq!(kinds, want);
}

#[tokio::test]
async fn a_closed_inbox_is_told_to_the_officers_and_shown_in_the_members_record() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.post("1", "alice", "worstlo").await;
    assert!(it.told("alice").is_empty());
    assert!(it.command("mo", "queue").await.contains("NOT delivered: serve it by hand"));
    let officers = it.platform.officers_letters();
    assert!(officers.iter().any(|letter| crate::harness::read(letter).contains("serve it by hand")));
    assert!(it.direct("alice", "my-record").await.contains("We removed your post"));
}

#[tokio::test]
async fn a_rate_limit_is_waited_for() {
    let it = Harness::new().await;
    it.platform.fail(Call::Remove, 1, Fault::RateLimited(Duration::from_secs(30)));
    it.post("1", "alice", "worstlo").await;
    assert!(it.stands("1"));
    assert!(it.told("alice").is_empty(), "nobody is told of what has not happened");
    it.takes(crate::harness::post(&it, "tea", "2", "bob", "worstlo")).await;
    it.settle().await;
    assert!(!it.stands("2"), "other cases do not wait behind it");
    assert!(
        it.command("mo", "queue")
            .await
            .contains("B-0001 removing the post is NOT done (1 attempts; tried again)")
    );
    it.clock.advance(29);
    it.settle().await;
    assert!(it.stands("1"));
    it.clock.advance(3);
    it.settle().await;
    assert!(!it.stands("1"));
    assert_eq!(it.platform.calls(Call::Remove), 3);
    assert_eq!(it.told("alice").len(), 1);
}

#[tokio::test]
async fn a_permission_lost_between_two_attempts_is_said_too() {
    let it = Harness::new().await;
    it.platform.fail(Call::Remove, 1, Fault::Unreachable);
    for nth in 2..=9 {
        it.platform.fail(Call::Remove, nth, Fault::Forbidden);
    }
    it.post("1", "alice", "worstlo").await;
    it.clock.advance(3600);
    it.settle().await;
    let officers = it.platform.officers_letters();
    assert_eq!(officers.len(), 1);
    assert!(crate::harness::read(&officers[0]).contains("NOT done"));
    assert!(it.told("alice").is_empty());
}

#[tokio::test]
async fn a_refused_notice_is_sent_again_when_the_member_writes() {
    let it = Harness::new().await;
    it.platform.set_takes_messages(&member("alice"), false);
    it.post("1", "alice", "worstlo").await;
    it.direct("alice", "my-record").await;
    let told_officers = it.platform.officers_letters().len();
    assert!(it.command("mo", "queue").await.contains("NOT delivered"));
    it.platform.set_takes_messages(&member("alice"), true);
    it.direct("alice", "rules").await;
    assert_eq!(it.told("alice"), ["Your post was removed"]);
    assert_eq!(it.command("mo", "queue").await, "Nothing waits for a moderator.");
    assert_eq!(it.platform.officers_letters().len(), told_officers, "officers are told once");
}

#[tokio::test]
async fn an_unreachable_platform_is_tried_again_at_growing_distances() {
    let it = Harness::new().await;
    for nth in 1..=6 {
        it.platform.fail(Call::Remove, nth, Fault::Unreachable);
    }
    it.post("1", "alice", "worstlo").await;
    let mut tried_at = vec![0];
    for second in 1..=63 {
        it.clock.advance(1);
        let before = it.platform.calls(Call::Remove);
        it.settle().await;
        if it.platform.calls(Call::Remove) > before {
            tried_at.push(second);
        }
    }
    assert_eq!(tried_at, [0, 1, 3, 7, 15, 31, 63]);
    assert!(!it.stands("1"));
}

#[tokio::test]
async fn an_answer_that_never_came_is_asked_for_again_and_acts_once() {
    for done in [false, true] {
        let it = Harness::new().await;
        it.platform.fail(Call::Direct, 1, Fault::Unanswered { done });
        it.post("1", "alice", "stronko").await;
        assert_eq!(it.told("alice").len(), usize::from(done));
        it.clock.advance(5);
        it.settle().await;
        assert_eq!(it.told("alice").len(), 1, "done: {done}");
        assert_eq!(it.platform.calls(Call::Direct), 2);
    }
}

#[tokio::test]
async fn a_missing_permission_is_said_once_and_never_shown_as_done() {
    let it = Harness::new().await;
    for nth in 1..=3 {
        it.platform.fail(Call::Remove, nth, Fault::Forbidden);
    }
    it.post("1", "alice", "worstlo").await;
    it.clock.advance(3600);
    it.settle().await;
    it.clock.advance(3600);
    it.settle().await;
    let officers = it.platform.officers_letters();
    let refusals = officers.iter().filter(|letter| crate::harness::read(letter).contains("NOT done")).count();
    assert_eq!(refusals, 1);
    assert!(it.stands("1"));
    it.clock.advance(3600);
    it.settle().await;
    assert!(!it.stands("1"), "once the permission is back, it is done");
}

#[tokio::test]
async fn what_is_gone_already_counts_as_removed() {
    let it = Harness::new().await;
    it.platform.fail(Call::Remove, 1, Fault::Gone);
    it.post("1", "alice", "worstlo").await;
    assert!(it.ledger.next_attempt_at().await.unwrap().is_none(), "nothing is left to do");
}

#[tokio::test]
async fn what_was_recorded_before_a_crash_is_done_after_it() {
    let it = Harness::new().await;
    it.takes(crate::harness::post(&it, "tea", "1", "alice", "worstlo")).await;
    assert!(it.stands("1"), "recorded, not yet delivered");
    let effect = it.ledger.next_due(policy::Clock::now(&*it.clock)).await.unwrap().unwrap();
    let mut tx = it.ledger.begin().await.unwrap();
    tx.attempt(effect.id, policy::Clock::now(&*it.clock)).await.unwrap();
    tx.commit().await.unwrap();
    // Here the process dies: the effect is marked as being sent, and nobody knows whether it was.
    let it = it.restart().await;
    it.settle().await;
    assert!(!it.stands("1"));
    assert_eq!(it.told("alice").len(), 1);
}

#[tokio::test]
async fn the_worker_delivers_what_is_recorded_and_stops_when_asked() {
    let it = Harness::new().await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let work = it.casework.deliver_until(async move {
        // A closed channel means the same.
        drop(stopped.await);
    });
    let feed = async {
        it.takes(crate::harness::post(&it, "tea", "1", "alice", "worstlo")).await;
        while it.ledger.next_attempt_at().await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
        stop.send(()).unwrap();
    };
    tokio::join!(work, feed);
    assert!(!it.stands("1"));
}
