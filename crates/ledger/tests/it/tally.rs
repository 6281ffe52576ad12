//! What whoever watches is told of a ledger: counts of what is open, and whether something can be recorded.

use ledger::{
    EffectId, EffectKind, Glance, Ledger, NewCase, NewReport, Outstanding, Progress, Settled, Tally,
};
use policy::{
    About, Appeal, AppealState, Complaint, Deadline, DeadlineKind, Reference, ReportState, State, Tier,
    Timestamp,
};

use crate::support::{Scratch, at, group, member, new_case, notice, open_case, snapshot, with_case, words};

async fn tally(ledger: &Ledger, key: &str, now: Timestamp) -> Tally {
    ledger.tally(now).await.unwrap().remove(&group(key)).unwrap()
}

/// Tries an effect once, with that result.
async fn tries(ledger: &Ledger, effect: EffectId, settled: Settled) {
    let mut transaction = ledger.begin().await.unwrap();
    transaction.attempt(effect, at(3)).await.unwrap();
    transaction.settle(effect, &settled, at(3)).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn removal(ledger: &Ledger, case: Reference) -> EffectId {
    let mut transaction = ledger.begin().await.unwrap();
    let id = transaction.queue(&group("tea"), case, &EffectKind::Remove, at(2)).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

fn one(kind: &'static str, how: Progress, second: i64) -> Outstanding {
    Outstanding { kind, how, effects: 1, oldest: at(second) }
}

#[tokio::test]
async fn what_waits_for_people_is_counted_in_its_group() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    for (post, state) in [("2", State::Hidden { review_due: at(10) }), ("3", State::Flagged)] {
        let new = NewCase { state, ..new_case(post) };
        transaction.open_case(&tea, &new, &snapshot("spoilt")).await.unwrap();
    }
    let appeal = Appeal { lodged_at: at(2), state: AppealState::Lodged { due: at(9) } };
    transaction.lodge_appeal(&tea, case, &appeal, &words("it was a joke")).await.unwrap();
    let report = NewReport {
        complaint: Complaint::Abuse,
        about: About::Member { member: member("bob") },
        received_at: at(1),
        state: ReportState::Open { tier: Tier::Admins, due: at(500) },
        reporter: member("carol"),
        words: words("it hurt me"),
        snapshot: None,
    };
    transaction.open_report(&tea, &report).await.unwrap();
    open_case(&mut transaction, "chess", "1").await;
    transaction.commit().await.unwrap();
    let want = Tally { cases: 2, appeals: 1, reports: 1, ..Tally::default() };
    assert_eq!(tally(&ledger, "tea", at(5)).await, want);
    assert_eq!(tally(&ledger, "chess", at(5)).await, Tally::default());
}

#[tokio::test]
async fn what_fell_due_counts_until_it_fires() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let due = [
        Deadline { kind: DeadlineKind::ReviewDue, due: at(10) },
        Deadline { kind: DeadlineKind::AppealDue, due: at(20) },
    ];
    let mut transaction = ledger.begin().await.unwrap();
    transaction.set_deadlines(&group("tea"), case, &[], &due, at(1)).await.unwrap();
    transaction.commit().await.unwrap();
    let overdue = async |second| tally(&ledger, "tea", at(second)).await.overdue;
    assert_eq!(overdue(10).await, []);
    assert_eq!(overdue(11).await, [(DeadlineKind::ReviewDue, 1)]);
    assert_eq!(overdue(21).await, [(DeadlineKind::AppealDue, 1), (DeadlineKind::ReviewDue, 1)]);
    let first = ledger.next_deadline(&group("tea"), at(21)).await.unwrap().unwrap();
    let mut transaction = ledger.begin().await.unwrap();
    transaction.fire(first.id, at(21)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(overdue(21).await, [(DeadlineKind::AppealDue, 1)]);
}

#[tokio::test]
async fn an_effect_counts_by_how_it_stands_until_it_is_done() {
    let later = at(60);
    for (settled, want) in [
        (None, Some(Progress::Waiting)),
        (Some(Settled::PutOff { not_before: later }), Some(Progress::Waiting)),
        (Some(Settled::Retry { not_before: later }), Some(Progress::Failing)),
        (Some(Settled::Denied { not_before: later }), Some(Progress::Failing)),
        (Some(Settled::Unknown { not_before: later }), Some(Progress::Unknown)),
        (Some(Settled::Refused), Some(Progress::Refused)),
        (Some(Settled::Done), None),
    ] {
        let scratch = Scratch::new();
        let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
        let id = removal(&ledger, case).await;
        if let Some(settled) = settled {
            tries(&ledger, id, settled).await;
        }
        let want: Vec<_> = want.map(|how| one("remove", how, 2)).into_iter().collect();
        assert_eq!(tally(&ledger, "tea", at(5)).await.effects, want, "{settled:?}");
        // A try that is under way says nothing yet.
        let is_open = !matches!(settled, Some(Settled::Refused | Settled::Done));
        if is_open {
            let mut transaction = ledger.begin().await.unwrap();
            transaction.attempt(id, at(61)).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(tally(&ledger, "tea", at(61)).await.effects, want, "{settled:?}, and again");
        }
    }
}

#[tokio::test]
async fn a_notice_is_undelivered_once_it_is_refused_or_held_back() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    let undelivered = async || tally(&ledger, "tea", at(5)).await.undelivered;
    let deed = removal(&ledger, case).await;
    let mut transaction = ledger.begin().await.unwrap();
    transaction.write_notice(&group("tea"), &member("alice"), &notice(case), None).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(undelivered().await, 0, "it is on its way");
    tries(&ledger, deed, Settled::Denied { not_before: at(4) }).await;
    assert_eq!(undelivered().await, 1, "it waits for what the platform refuses");
    tries(&ledger, deed, Settled::Done).await;
    assert_eq!(undelivered().await, 0);
    let telling = ledger.next_due(at(6), &[]).await.unwrap().unwrap();
    tries(&ledger, telling.id, Settled::Refused).await;
    assert_eq!(undelivered().await, 1, "somebody has to serve it");
}

#[tokio::test]
async fn a_breaker_that_has_tripped_is_told_until_it_is_reset() {
    let scratch = Scratch::new();
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    open_case(&mut transaction, "chess", "1").await;
    transaction.trip(&tea, at(3)).await.unwrap();
    transaction.commit().await.unwrap();
    let has_tripped = async |key| tally(&ledger, key, at(5)).await.has_tripped;
    assert!(has_tripped("tea").await && !has_tripped("chess").await);
    let mut seen = Glance::at(scratch.path()).await.unwrap().unwrap();
    assert_eq!(seen.backlog(&tea, at(5)).await.unwrap().unwrap().tripped_since, Some(at(3)));
    assert_eq!(seen.backlog(&group("chess"), at(5)).await.unwrap().unwrap().tripped_since, None);
    let mut transaction = ledger.begin().await.unwrap();
    assert!(transaction.reset_breaker(&tea, at(4)).await.unwrap());
    transaction.commit().await.unwrap();
    assert!(!has_tripped("tea").await);
    assert_eq!(seen.backlog(&tea, at(5)).await.unwrap().unwrap().tripped_since, None);
}

#[tokio::test]
async fn a_ledger_has_a_size_and_can_be_written() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    assert!(ledger.size().unwrap() > 0);
    assert!(ledger.is_writable().await);
    // Whoever asks while something is being recorded waits for it.
    let transaction = ledger.begin().await.unwrap();
    let (asked, committed) = tokio::join!(ledger.is_writable(), transaction.commit());
    committed.unwrap();
    assert!(asked);
}
