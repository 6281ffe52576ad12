//! What members settled, how notices reach them, and in which words.

use ledger::{EffectKind, LedgerError, NoticeDelivery, Settled, Way};
use policy::notice::TemplateText;
use policy::{DrawnBy, Language, Likeness, Wording};

use crate::support::{Scratch, at, group, member, new_case, notice, open_case, snapshot, with_case};

#[tokio::test]
async fn a_language_is_kept_for_one_member_of_one_group() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, chess, alice) = (group("tea"), group("chess"), member("alice"));
    let mut transaction = ledger.begin().await.unwrap();
    transaction.set_language(&tea, &alice, Language::Welsh).await.unwrap();
    assert_eq!(transaction.language(&tea, &alice).await.unwrap(), Language::Welsh);
    transaction.commit().await.unwrap();
    assert_eq!(ledger.language(&tea, &alice).await.unwrap(), Language::Welsh);
    assert_eq!(ledger.language(&chess, &alice).await.unwrap(), Language::English);
    assert_eq!(ledger.language(&tea, &member("bob")).await.unwrap(), Language::English);
}

#[tokio::test]
async fn a_members_file_is_found_without_being_opened() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, alice) = (group("tea"), member("alice"));
    assert_eq!(ledger.member_file(&tea, &alice).await.unwrap(), None);
    let mut transaction = ledger.begin().await.unwrap();
    let file = transaction.member_file(&tea, &alice, at(1)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(ledger.member_file(&tea, &alice).await.unwrap(), Some(file));
    assert_eq!(ledger.member_file(&group("chess"), &alice).await.unwrap(), None);
}

#[tokio::test]
async fn a_notice_goes_from_way_to_way_and_is_served_by_hand_once() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let (tea, alice) = (group("tea"), member("alice"));
    let mut transaction = ledger.begin().await.unwrap();
    let id = transaction.write_notice(&tea, &alice, &notice(case), None).await.unwrap();
    transaction.commit().await.unwrap();
    let direct = ledger.next_due(at(9), &[]).await.unwrap().unwrap();
    assert_eq!((direct.way, &direct.kind), (Way::Direct, &EffectKind::Notify(id)));

    let mut transaction = ledger.begin().await.unwrap();
    transaction.attempt(direct.id, at(9)).await.unwrap();
    transaction.settle(direct.id, &Settled::WithOfficers, at(9)).await.unwrap();
    transaction.commit().await.unwrap();
    let shared = ledger.next_due(at(9), &[]).await.unwrap().unwrap();
    assert_eq!((shared.way, shared.id), (Way::WithOfficers, direct.id));
    assert_ne!(shared.name, direct.name, "another way is another deed");

    let mut transaction = ledger.begin().await.unwrap();
    transaction.attempt(shared.id, at(10)).await.unwrap();
    let further = transaction.settle(shared.id, &Settled::WithOfficers, at(10)).await;
    assert!(matches!(further, Err(LedgerError::Inconsistent(_))), "there is no third way");
    let early = transaction.serve_by_hand(id, at(10)).await;
    assert!(matches!(early, Err(LedgerError::Inconsistent(_))), "it is on its way");
    transaction.settle(shared.id, &Settled::Refused, at(10)).await.unwrap();
    assert_eq!(transaction.undelivered_of(&group("chess"), case).await.unwrap(), None);
    assert_eq!(transaction.undelivered_of(&tea, case).await.unwrap().unwrap().id, id);
    // Whoever writes is tried again in private.
    transaction.retry_notices(&tea, &alice, at(11)).await.unwrap();
    transaction.commit().await.unwrap();
    let again = ledger.next_due(at(11), &[]).await.unwrap().unwrap();
    assert_eq!(again.way, Way::Direct);
    assert_ne!(again.name, shared.name);

    let mut transaction = ledger.begin().await.unwrap();
    transaction.attempt(again.id, at(12)).await.unwrap();
    transaction.settle(again.id, &Settled::Refused, at(12)).await.unwrap();
    transaction.serve_by_hand(id, at(8)).await.unwrap();
    assert_eq!(transaction.undelivered_of(&tea, case).await.unwrap(), None);
    assert_eq!(transaction.retry_notices(&tea, &alice, at(13)).await.unwrap(), 0);
    transaction.commit().await.unwrap();
    let record = &ledger.notices_to(&tea, &alice, 9).await.unwrap()[0];
    assert_eq!(record.delivery, NoticeDelivery::ByHand { at: at(8) });
}

fn wording(version: u32, text: &str) -> Wording {
    let text = TemplateText { file: "ours.ftl".to_owned(), language: Language::Welsh, text: text.to_owned() };
    Wording { version, texts: vec![text] }
}

#[tokio::test]
async fn the_words_of_a_version_are_kept_as_they_were_first_used() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.keep_templates(&tea, &wording(3, "closing = Hwyl"), at(1)).await.unwrap();
    transaction.keep_templates(&tea, &wording(3, "closing = Ta-ra"), at(2)).await.unwrap();
    transaction.keep_templates(&tea, &wording(4, "closing = Ta-ra"), at(3)).await.unwrap();
    transaction.commit().await.unwrap();
    let kept = ledger.templates(&tea).await.unwrap();
    let told: Vec<_> = kept
        .iter()
        .map(|kept| (kept.wording.version, kept.wording.text(Language::Welsh), kept.first_used_at))
        .collect();
    assert_eq!(told, [(3, "closing = Hwyl", at(1)), (4, "closing = Ta-ra", at(3))]);
    assert!(kept.iter().all(|kept| kept.wording.text(Language::English).is_empty()));
    assert_eq!(ledger.templates(&group("chess")).await.unwrap(), []);
    ledger.close().await;
    let mut raw = scratch.raw().await;
    let error = sqlx::raw_sql("update template set text = 'x'").execute(&mut raw).await.unwrap_err();
    assert!(error.to_string().contains("never changed"), "{error}");
}

#[tokio::test]
async fn what_a_case_drew_along_is_found_in_its_group_only() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    let (tea, chess) = (group("tea"), group("chess"));
    let mut transaction = ledger.begin().await.unwrap();
    let source = open_case(&mut transaction, "tea", "1").await;
    open_case(&mut transaction, "chess", "1").await;
    let by = DrawnBy { source, likeness: Likeness { percent: 64, run: 9 } };
    let drawn = ledger::NewCase { drawn: Some(by), ..new_case("2") };
    let drawn = transaction.open_case(&tea, &drawn, &snapshot("spoilt")).await.unwrap();
    transaction.commit().await.unwrap();
    let found = ledger.drawn_by(&tea, source).await.unwrap();
    assert_eq!(
        found.iter().map(|case| (case.reference, case.drawn)).collect::<Vec<_>>(),
        [(drawn, Some(by))]
    );
    assert_eq!(ledger.drawn_by(&chess, source).await.unwrap(), []);
    let since = ledger.removed_since(&tea, at(0), 9).await.unwrap();
    assert_eq!(
        since.iter().map(|case| case.reference).collect::<Vec<_>>(),
        [source],
        "not what was drawn itself"
    );
    assert_eq!(ledger.removed_since(&tea, at(2), 9).await.unwrap(), []);
    let post = policy::PostId::new("2").unwrap();
    assert_eq!(ledger.case_of_post(&chess, &post).await.unwrap(), None);
    assert!(ledger.case_of_post(&tea, &post).await.unwrap().is_some());
}
