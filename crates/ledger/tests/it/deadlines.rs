//! Deadlines: each fires once, in its own group, or is moot because the file moved on.

use ledger::LedgerError;
use policy::{Deadline, DeadlineKind};

use crate::support::{Scratch, at, group, open_case};

fn due(kind: DeadlineKind, second: i64) -> Deadline {
    Deadline { kind, due: at(second) }
}

#[tokio::test]
async fn a_deadline_fires_once_and_survives_a_restart() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let case = open_case(&mut transaction, "tea", "1").await;
    let all = [due(DeadlineKind::ReviewDue, 20), due(DeadlineKind::AppealReminder, 10)];
    transaction.set_deadlines(&tea, case, &[], &all, at(1)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.next_deadline_after(at(1)).await.unwrap(), Some(at(10)));
    assert_eq!(
        ledger.next_deadline_after(at(11)).await.unwrap(),
        Some(at(20)),
        "what has come is not waited for"
    );
    assert_eq!(
        ledger.next_deadline(&tea, at(10)).await.unwrap(),
        None,
        "its last moment belongs to its time"
    );
    assert_eq!(ledger.groups_due(at(9)).await.unwrap(), []);
    assert_eq!(ledger.groups_due(at(99)).await.unwrap(), [group("tea")]);
    assert_eq!(ledger.next_deadline(&tea, at(9)).await.unwrap(), None, "not before its time");
    assert_eq!(ledger.next_deadline(&group("chess"), at(99)).await.unwrap(), None, "groups are walls");
    ledger.close().await;

    let ledger = scratch.open().await;
    let first = ledger.next_deadline(&tea, at(99)).await.unwrap().expect("it outlived the program");
    assert_eq!((first.file, first.deadline), (case, all[1]), "the earlier one first");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.fire(first.id, at(99)).await.unwrap();
    let twice = transaction.fire(first.id, at(99)).await;
    assert!(matches!(twice, Err(LedgerError::Inconsistent(_))), "{twice:?}");
    // Setting it again does not let it fire again.
    transaction.set_deadlines(&tea, case, &[], &all, at(99)).await.unwrap();
    transaction.commit().await.unwrap();
    let second = ledger.next_deadline(&tea, at(99)).await.unwrap().expect("the other one");
    assert_eq!(second.deadline, all[0]);
}

#[tokio::test]
async fn what_a_file_left_behind_is_moot() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let case = open_case(&mut transaction, "tea", "1").await;
    let kinds = [DeadlineKind::AppealReminder, DeadlineKind::AppealDue];
    let all = [due(kinds[0], 10), due(kinds[1], 20), due(DeadlineKind::ReviewDue, 30)];
    transaction.set_deadlines(&tea, case, &[], &all, at(1)).await.unwrap();
    transaction.set_deadlines(&tea, case, &kinds, &[], at(2)).await.unwrap();
    transaction.commit().await.unwrap();
    let left = ledger.next_deadline(&tea, at(99)).await.unwrap().expect("the review still comes");
    assert_eq!(left.deadline, all[2]);
    // What was moot and is wanted again comes back.
    let mut transaction = ledger.begin().await.unwrap();
    transaction.set_deadlines(&tea, case, &[], &all[..1], at(3)).await.unwrap();
    transaction.commit().await.unwrap();
    let back = ledger.next_deadline(&tea, at(99)).await.unwrap().expect("it is back");
    assert_eq!(back.deadline, all[0]);
}
