//! Files: one sequence of numbers for all kinds, found in their own group and no other, and taken for what they are.

use ledger::{EffectKind, File, FileKind, LedgerError, SealedWords, WordsKind};
use policy::{Actor, Appeal, AppealState, Event, Reference, Strike, Voided};
use sqlx::Connection;

use crate::support::{Scratch, at, group, member, notice, open_case, snapshot, with_case, words};

fn number(number: u32) -> Reference {
    Reference::new(number).unwrap()
}

/// A ledger with the case `B-0001` in `tea`, and a sanction `B-0002` that nothing but its file is known of.
async fn with_sanction(scratch: &Scratch) -> (ledger::Ledger, Reference, Reference) {
    let (ledger, case) = with_case(scratch, "tea", "spoilt").await;
    ledger.close().await;
    let mut raw = scratch.raw().await;
    sqlx::raw_sql(
        "insert into file (group_id, number, kind, opened_at_ms) values (1, 2, 'sanction', 0);
         update \"group\" set file_number = 2",
    )
    .execute(&mut raw)
    .await
    .unwrap();
    raw.close().await.unwrap();
    (scratch.open().await, case, number(2))
}

#[tokio::test]
async fn all_kinds_are_numbered_in_one_sequence() {
    let scratch = Scratch::new();
    let (ledger, case, _) = with_sanction(&scratch).await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    let next = open_case(&mut transaction, "tea", "2").await;
    assert_eq!((case, next), (number(1), number(3)));
    let file = transaction.file(&tea, next).await.unwrap().unwrap();
    assert_eq!(file.reference(), next);
    let same = transaction.case(&tea, next).await.unwrap().unwrap();
    assert_eq!(file, File::Case(Box::new(same)));
    transaction.commit().await.unwrap();
    assert_eq!(ledger.file(&tea, next).await.unwrap(), Some(file));
    assert_eq!(ledger.file(&tea, number(4)).await.unwrap(), None);
    assert_eq!(ledger.file(&group("chess"), next).await.unwrap(), None);
}

#[tokio::test]
async fn what_belongs_to_a_file_belongs_to_one_of_any_kind() {
    let scratch = Scratch::new();
    let (ledger, _, sanction) = with_sanction(&scratch).await;
    let (tea, alice) = (group("tea"), member("alice"));
    let appeal = Appeal { lodged_at: at(3), state: AppealState::Lodged { due: at(9) } };
    let reason = words("because of this");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.note(&tea, sanction, &Actor::Bot, Event::NoticeRefused, at(1)).await.unwrap();
    transaction.keep_words(&tea, sanction, WordsKind::Reason, &reason, at(2)).await.unwrap();
    transaction.write_notice(&tea, &alice, &notice(sanction), Some(&reason)).await.unwrap();
    transaction.lodge_appeal(&tea, sanction, &appeal, &words("it is unfair")).await.unwrap();
    let told = EffectKind::TellOfficers(Event::AppealLodged);
    transaction.queue(&tea, sanction, &told, at(3)).await.unwrap();
    transaction.commit().await.unwrap();

    let events = ledger.events(&tea, sanction).await.unwrap();
    assert_eq!(events.iter().map(|noted| noted.event).collect::<Vec<_>>(), [Event::NoticeRefused]);
    let kept = ledger.words(&tea, sanction, WordsKind::Reason).await.unwrap();
    assert_eq!(kept, [SealedWords { at: at(2), words: reason.clone() }]);
    let notices = ledger.notices_to(&tea, &alice, 10).await.unwrap();
    assert_eq!((notices[0].notice.reference, notices[0].reason.as_ref()), (sanction, Some(&reason)));
    assert_eq!(ledger.appeal(&tea, sanction).await.unwrap(), Some(appeal));
    assert_eq!(ledger.register(&tea, 10).await.unwrap()[0].file, Some(sanction));
    let due = ledger.next_due(at(3), &[]).await.unwrap().unwrap();
    assert_eq!((due.file, &due.group), (sanction, &tea));
}

#[tokio::test]
async fn a_file_of_another_kind_is_not_taken_for_a_case() {
    let scratch = Scratch::new();
    let (ledger, case, sanction) = with_sanction(&scratch).await;
    let tea = group("tea");
    assert_eq!(ledger.case(&tea, sanction).await.unwrap(), None);
    assert_eq!(ledger.snapshot(&tea, sanction).await.unwrap(), None);
    assert_eq!(ledger.cases_of(&tea, &member("alice"), 10).await.unwrap().len(), 1);

    let mut transaction = ledger.begin().await.unwrap();
    let mut mistaken = transaction.case(&tea, case).await.unwrap().unwrap();
    mistaken.reference = sanction;
    let strike = Strike { conduct_at: at(0), voided: None };
    let voided = Voided { at: at(1), by: Actor::Bot };
    for answer in [
        transaction.update_case(&tea, &mistaken).await,
        transaction.give_strike(&tea, sanction, &strike).await,
        transaction.void_strike(&tea, sanction, &voided).await,
        transaction.replace_snapshot(&tea, sanction, &snapshot("other")).await,
    ] {
        let error = answer.unwrap_err();
        assert!(
            matches!(
                error,
                LedgerError::WrongKind { file, is: FileKind::Sanction, wanted: FileKind::Case } if file == sanction
            ),
            "{error:?}"
        );
        assert_eq!(error.to_string(), "B-0002 is a sanction, not a case");
    }
}

/// Whatever is asked of a file, the group that has none of that reference does not get another group's.
#[tokio::test]
async fn a_file_is_not_reached_from_another_group() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let (tea, chess, alice) = (group("tea"), group("chess"), member("alice"));
    let appeal = Appeal { lodged_at: at(3), state: AppealState::Lodged { due: at(9) } };
    let strike = Strike { conduct_at: at(0), voided: None };
    let reason = words("because of this");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.note(&tea, case, &Actor::Bot, Event::NoticeRefused, at(1)).await.unwrap();
    transaction.keep_words(&tea, case, WordsKind::Reason, &reason, at(2)).await.unwrap();
    transaction.write_notice(&tea, &alice, &notice(case), Some(&reason)).await.unwrap();
    transaction.lodge_appeal(&tea, case, &appeal, &reason).await.unwrap();
    transaction.give_strike(&tea, case, &strike).await.unwrap();
    // The other group is known, and has nothing of that number.
    transaction.set_mode(&chess, policy::Mode::Shadow, &alice, at(4)).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!(ledger.file(&chess, case).await.unwrap(), None);
    assert_eq!(ledger.case(&chess, case).await.unwrap(), None);
    assert_eq!(ledger.snapshot(&chess, case).await.unwrap(), None);
    assert_eq!(ledger.events(&chess, case).await.unwrap(), []);
    assert_eq!(ledger.words(&chess, case, WordsKind::Reason).await.unwrap(), []);
    assert_eq!(ledger.appeal(&chess, case).await.unwrap(), None);

    let mut transaction = ledger.begin().await.unwrap();
    let theirs = transaction.case(&tea, case).await.unwrap().unwrap();
    let voided = Voided { at: at(5), by: Actor::Bot };
    let told = EffectKind::TellOfficers(Event::AppealLodged);
    for answer in [
        transaction.note(&chess, case, &Actor::Bot, Event::NoticeRefused, at(5)).await,
        transaction.keep_words(&chess, case, WordsKind::Reason, &reason, at(5)).await,
        transaction.write_notice(&chess, &alice, &notice(case), None).await.map(drop),
        transaction.queue(&chess, case, &told, at(5)).await.map(drop),
        transaction.lodge_appeal(&chess, case, &appeal, &reason).await,
        transaction
            .set_appeal(&chess, case, &AppealState::Executive { since: at(5), came: policy::Came::Asked })
            .await,
        transaction.update_case(&chess, &theirs).await,
        transaction.give_strike(&chess, case, &strike).await,
        transaction.void_strike(&chess, case, &voided).await,
        transaction.replace_snapshot(&chess, case, &snapshot("other")).await,
    ] {
        assert!(matches!(answer, Err(LedgerError::NoSuchFile(file)) if file == case), "{answer:?}");
    }
    drop(transaction);
    let erased = ledger.erase(&chess, case, |_| true, at(5)).await;
    assert!(matches!(erased, Err(LedgerError::NoSuchFile(file)) if file == case), "{erased:?}");
    assert!(ledger.snapshot(&tea, case).await.unwrap().is_some());
}
