//! What adapters note for themselves.

use policy::Timestamp;

use crate::support::{Scratch, at};

async fn keep(
    ledger: &ledger::Ledger,
    account: &str,
    name: &str,
    text: &str,
    until: Timestamp,
    now: Timestamp,
) {
    let mut transaction = ledger.begin().await.unwrap();
    transaction.keep_memo(account, name, text, until, now).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn a_memo_is_found_by_account_and_name_until_its_time() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    keep(&ledger, "one", "session", "first", at(10), at(1)).await;
    keep(&ledger, "one", "session", "second", at(20), at(2)).await;
    keep(&ledger, "other", "session", "another", at(30), at(2)).await;
    // Account and name run into each other nowhere.
    keep(&ledger, "ones", "ession", "third", at(30), at(2)).await;
    let rows = [
        ("one", "session", 19, Some("second")),
        ("one", "session", 20, None),
        ("other", "session", 20, Some("another")),
        ("ones", "ession", 20, Some("third")),
        ("one", "sessions", 3, None),
    ];
    for (account, name, now, want) in rows {
        let memo = ledger.memo(account, name, at(now)).await.unwrap();
        assert_eq!(memo.as_deref(), want, "{account} {name} {now}");
    }
    let mut transaction = ledger.begin().await.unwrap();
    transaction.forget_memo("other", "session").await.unwrap();
    transaction.forget_memo("nobody", "session").await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.memo("other", "session", at(3)).await.unwrap(), None);
}

#[tokio::test]
async fn a_memo_cannot_be_read_in_the_file_and_goes_when_its_time_is_over() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    keep(&ledger, "one", "refused-alice-7711", "canary-5e1fd7aa", at(10), at(1)).await;
    ledger.close().await;
    let file = std::fs::read(scratch.file("ledger.db")).unwrap();
    for needle in ["canary-5e1fd7aa", "refused-alice-7711"] {
        assert!(!file.windows(needle.len()).any(|part| part == needle.as_bytes()), "{needle}");
    }
    let ledger = scratch.open().await;
    assert_eq!(
        ledger.memo("one", "refused-alice-7711", at(2)).await.unwrap().as_deref(),
        Some("canary-5e1fd7aa")
    );
    keep(&ledger, "one", "later", "x", at(30), at(11)).await;
    ledger.close().await;
    let count: i64 =
        sqlx::query_scalar("select count(*) from memo").fetch_one(&mut scratch.raw().await).await.unwrap();
    assert_eq!(count, 1);
}
