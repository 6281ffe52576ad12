//! The newest entry by a clock that was believed.

use ledger::{Belief, ClockDoubt, LedgerError};
use policy::{Actor, Event, Implausible, Reference, Timestamp};

use crate::support::{Scratch, at, group, with_case};

async fn note(ledger: &ledger::Ledger, case: Reference, now: Timestamp) {
    let mut transaction = ledger.begin().await.unwrap();
    transaction.note(&group("tea"), case, &Actor::Bot, Event::ReviewDue, now).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn doubt(ledger: &ledger::Ledger, why: Implausible, shown: Timestamp, expected: Timestamp) {
    let mut transaction = ledger.begin().await.unwrap();
    transaction.doubt_clock(&ClockDoubt { why, shown, expected }).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn believe(ledger: &ledger::Ledger, belief: Belief, now: Timestamp) {
    let mut transaction = ledger.begin().await.unwrap();
    transaction.believe_clock(belief, now).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn what_a_clock_dated_that_was_set_forward_does_not_count() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    note(&ledger, case, at(10)).await;
    doubt(&ledger, Implausible::Jumped, at(9000), at(11)).await;
    note(&ledger, case, at(9001)).await;
    assert_eq!(ledger.latest().await.unwrap(), Some(at(10)));
    ledger.close().await;
    let ledger = scratch.open().await;
    let standing = ClockDoubt { why: Implausible::Jumped, shown: at(9000), expected: at(11) };
    assert_eq!(ledger.clock_doubt().await.unwrap(), Some(standing));
    let twice = ledger.begin().await.unwrap().doubt_clock(&standing).await;
    assert!(matches!(twice, Err(LedgerError::Duplicate(_))), "{twice:?}");
    believe(&ledger, Belief::Returned, at(20)).await;
    assert_eq!(ledger.clock_doubt().await.unwrap(), None);
    note(&ledger, case, at(21)).await;
    assert_eq!(ledger.latest().await.unwrap(), Some(at(21)));
    assert!(ledger.begin().await.unwrap().believe_clock(Belief::Returned, at(22)).await.is_err());
}

#[tokio::test]
async fn what_a_person_confirmed_counts() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    doubt(&ledger, Implausible::Jumped, at(9000), at(11)).await;
    note(&ledger, case, at(9001)).await;
    believe(&ledger, Belief::Confirmed, at(9002)).await;
    assert_eq!(ledger.latest().await.unwrap(), Some(at(9001)));
    // The clock had been wrong for long; now it is right, and somebody says so.
    doubt(&ledger, Implausible::Behind, at(50), at(9001)).await;
    note(&ledger, case, at(51)).await;
    assert_eq!(ledger.latest().await.unwrap(), Some(at(9001)));
    believe(&ledger, Belief::Confirmed, at(60)).await;
    note(&ledger, case, at(61)).await;
    assert_eq!(ledger.latest().await.unwrap(), Some(at(61)));
}
