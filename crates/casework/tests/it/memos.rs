//! What adapters note: kept for its time, and together with what it is noted of.

use ledger::testing::{Break, break_after, mend};
use platform::{Change, Inbound, Intake, Memo, Memos, Noted};
use policy::MessageText;

use crate::harness::{Harness, group, member};

/// What opens a file each time it is said.
const REPORT: &str = "report moderation moderation they were unfair";

fn memo(it: &Harness, text: &str) -> Memo {
    Memo { text: text.to_owned(), until: policy::Clock::now(&*it.clock).plus_seconds(60) }
}

fn noted(it: &Harness, text: &str) -> Option<Noted> {
    Some(Noted { account: "one".to_owned(), name: "heard".to_owned(), memo: memo(it, text) })
}

fn wrote(it: &Harness, text: &str, heard: &str) -> Inbound {
    Inbound::Direct {
        group: group("tea"),
        from: member("bob"),
        text: MessageText::new(text),
        with_officers: false,
        noted: noted(it, heard),
    }
}

#[tokio::test]
async fn memos_outlive_a_restart_until_their_time() {
    let it = Harness::new().await;
    it.casework.remember("one", "name", Some(memo(&it, "what it says"))).await.unwrap();
    let it = it.restart().await;
    assert_eq!(it.casework.recall("one", "name").await.unwrap().as_deref(), Some("what it says"));
    assert_eq!(it.casework.recall("two", "name").await.unwrap(), None);
    it.clock.advance(61);
    assert_eq!(it.casework.recall("one", "name").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_told_again_has_no_further_consequences() {
    let it = Harness::new().await;
    let report = |heard: &str| wrote(&it, REPORT, heard);
    let answer = it.casework.take(report("first")).await.unwrap();
    assert!(answer.is_some());
    assert_eq!(it.casework.take(report("first")).await.unwrap(), None);
    let it = it.restart().await;
    assert_eq!(it.casework.take(wrote(&it, REPORT, "first")).await.unwrap(), None);
    // Whoever says the same once more means it.
    let answer = it.casework.take(wrote(&it, REPORT, "second")).await.unwrap();
    assert!(crate::harness::read(&answer.unwrap()).contains("B-0002"));
}

#[tokio::test]
async fn what_nothing_follows_from_is_noted_all_the_same() {
    let it = Harness::new().await;
    assert!(it.casework.take(wrote(&it, "help", "first")).await.unwrap().is_some());
    assert_eq!(it.casework.recall("one", "heard").await.unwrap().as_deref(), Some("first"));
    assert_eq!(it.casework.take(wrote(&it, "help", "first")).await.unwrap(), None);
}

#[tokio::test]
async fn what_could_not_be_recorded_is_dealt_with_when_it_comes_again() {
    for how in Break::ALL {
        let rows = rows_broken(how).await;
        assert!(rows > 5, "{how:?}: {rows}");
    }
}

/// One row after the other cannot be changed; gives how many there are.
async fn rows_broken(how: Break) -> u32 {
    let mut is_broken = true;
    let mut rows = 0;
    while is_broken {
        let it = Harness::new().await;
        it.casework.take(wrote(&it, "help", "before")).await.unwrap();
        break_after(&it.ledger, rows, how).await.unwrap();
        let first = it.casework.take(wrote(&it, REPORT, "first")).await;
        mend(&it.ledger).await.unwrap();
        is_broken = first.is_err();
        let memo = it.casework.recall("one", "heard").await.unwrap();
        assert_eq!(memo.as_deref(), Some(if is_broken { "before" } else { "first" }), "{rows}");
        let again = it.casework.take(wrote(&it, REPORT, "first")).await.unwrap();
        assert_eq!(again.is_some(), is_broken, "{rows}");
        let next = it.direct("bob", REPORT).await;
        assert!(next.contains("B-0002"), "one came of it, {rows}: {next}");
        rows += 1;
    }
    rows
}

#[tokio::test]
async fn what_humans_did_is_on_record_once() {
    let it = Harness::new().await;
    let by_hand = || Inbound::ByHand {
        group: group("tea"),
        member: member("bob"),
        change: Change::Removed,
        by: Some(member("mo")),
        noted: noted(&it, "first"),
    };
    it.casework.take(by_hand()).await.unwrap();
    let before = it.ledger.rows().await.unwrap();
    it.casework.take(by_hand()).await.unwrap();
    assert_eq!(it.ledger.rows().await.unwrap(), before);
}
