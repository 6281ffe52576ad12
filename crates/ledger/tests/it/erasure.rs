//! People's words: sealed while they are kept, and nowhere once they are erased.

use ledger::{LedgerError, WordsKind};
use policy::{Actor, Appeal, AppealState, Event, Reference};
use sqlx::Connection;

use crate::support::{Scratch, at, group, member, notice, snapshot, with_case, words};

const CANARY: &str = "canary-b6f1e0d2-sings";

#[tokio::test]
async fn erased_words_are_nowhere_and_sealed_ones_cannot_be_read() {
    let scratch = Scratch::new();
    // More than a page, so that it spills into pages of its own.
    let text = CANARY.repeat(1000);
    let (ledger, case) = with_case(&scratch, "tea", &text).await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.replace_snapshot(&tea, case, &snapshot(&text)).await.unwrap();
    transaction.keep_words(&tea, case, WordsKind::Reason, &words(CANARY), at(2)).await.unwrap();
    let appeal = Appeal { lodged_at: at(3), state: AppealState::Lodged { due: at(9) } };
    transaction.lodge_appeal(&tea, case, &appeal, &words(CANARY)).await.unwrap();
    let id =
        transaction.write_notice(&tea, &member("alice"), &notice(case), Some(&words(CANARY))).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(ledger.snapshot(&tea, case).await.unwrap().is_some());
    assert!(!scratch.holds(CANARY.as_bytes()), "words stand in the open");

    // What must go with them: the wrapped key, and every sealed byte.
    let mut raw = scratch.raw().await;
    let mut secrets: Vec<Vec<u8>> =
        sqlx::query_scalar("select substr(sealed, -48) from sealed union all select wrapped from file_key")
            .fetch_all(&mut raw)
            .await
            .unwrap();
    let middle: Vec<u8> =
        sqlx::query_scalar("select substr(sealed, 9000, 64) from sealed where kind = 'snapshot'")
            .fetch_one(&mut raw)
            .await
            .unwrap();
    raw.close().await.unwrap();
    secrets.push(middle);
    assert_eq!(secrets.len(), 6);
    assert!(secrets.iter().all(|secret| scratch.holds(secret)));

    ledger.erase(&tea, case, |_| false, at(8)).await.unwrap();
    assert!(ledger.snapshot(&tea, case).await.unwrap().is_some(), "not in this state");
    ledger.erase(&tea, case, |_| true, at(9)).await.unwrap();
    assert!(!scratch.holds(CANARY.as_bytes()));
    assert!(!secrets.iter().any(|secret| scratch.holds(secret)), "something sealed was left behind");

    assert_eq!(ledger.snapshot(&tea, case).await.unwrap(), None);
    assert_eq!(ledger.words(&tea, case, WordsKind::Reason).await.unwrap(), []);
    assert_eq!(ledger.words(&tea, case, WordsKind::Appeal).await.unwrap(), []);
    assert_eq!(ledger.notice(id).await.unwrap().unwrap().1.reason, None);
    assert!(ledger.case(&tea, case).await.unwrap().is_some());
    let last = ledger.events(&tea, case).await.unwrap().pop().unwrap();
    assert_eq!((last.event, last.actor, last.at), (Event::TextErased, Actor::Bot, at(9)));

    // Once more does nothing; and the case can go on.
    ledger.erase(&tea, case, |_| true, at(10)).await.unwrap();
    assert_eq!(ledger.events(&tea, case).await.unwrap().len(), 1);
    let mut transaction = ledger.begin().await.unwrap();
    transaction.replace_snapshot(&tea, case, &snapshot("later")).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.snapshot(&tea, case).await.unwrap(), Some(snapshot("later")));
    let missing = ledger.erase(&tea, Reference::new(7).unwrap(), |_| true, at(11)).await;
    assert!(matches!(missing, Err(LedgerError::NoSuchFile(_))), "{missing:?}");
}

#[tokio::test]
async fn sealed_words_moved_to_another_place_do_not_open() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.keep_words(&tea, case, WordsKind::Reason, &words("a reason"), at(2)).await.unwrap();
    transaction.commit().await.unwrap();
    ledger.close().await;
    let mut raw = scratch.raw().await;
    sqlx::raw_sql("update sealed set kind = 'appeal' where kind = 'reason'").execute(&mut raw).await.unwrap();
    sqlx::raw_sql("update sealed set sealed = zeroblob(80) where kind = 'snapshot'")
        .execute(&mut raw)
        .await
        .unwrap();
    raw.close().await.unwrap();

    let ledger = scratch.open().await;
    let moved = ledger.words(&tea, case, WordsKind::Appeal).await;
    assert!(matches!(moved, Err(LedgerError::Unreadable(at)) if at == case), "{moved:?}");
    let damaged = ledger.snapshot(&tea, case).await;
    assert!(matches!(damaged, Err(LedgerError::Unreadable(_))), "{damaged:?}");
}

/// Takes as long as SQLite waits for a reader.
#[tokio::test]
async fn an_erasure_that_a_reader_holds_up_says_so_and_can_be_finished() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let mut raw = scratch.raw().await;
    let mut view = raw.begin().await.unwrap();
    let wrapped: Vec<u8> =
        sqlx::query_scalar("select wrapped from file_key").fetch_one(&mut *view).await.unwrap();
    let held = ledger.erase(&tea, case, |_| true, at(2)).await;
    assert!(matches!(held, Err(LedgerError::Lingering)), "{held:?}");
    assert_eq!(ledger.snapshot(&tea, case).await.unwrap(), None);
    assert!(scratch.holds(&wrapped));
    view.rollback().await.unwrap();
    ledger.erase(&tea, case, |_| true, at(3)).await.unwrap();
    assert!(!scratch.holds(&wrapped));
}
