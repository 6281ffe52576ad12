//! A clock that cannot be believed: an alarm, and nothing that cannot be taken back, until it can.

use policy::Event;

use crate::harness::{Harness, case_ref, group};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// How often the officers were told of a doubt, and of its end.
async fn alarms(it: &Harness) -> (usize, usize) {
    let mut told = (0, 0);
    for number in 1..20 {
        for noted in it.ledger.events(&group("tea"), case_ref(number)).await.unwrap() {
            match noted.event {
                Event::ClockDoubted { .. } => told.0 += 1,
                Event::ClockBelieved => told.1 += 1,
                _ => {}
            }
        }
    }
    told
}

async fn with_a_case() -> Harness {
    let it = Harness::new().await;
    it.post("1", "bob", "worstlo").await;
    it.declines_all().await;
    it
}

#[tokio::test]
async fn a_long_outage_is_no_jump() {
    let it = with_a_case().await;
    it.clock.set(400 * DAY);
    let it = it.restart().await;
    it.settle().await;
    assert_eq!(alarms(&it).await, (0, 0));
}

#[tokio::test]
async fn a_nudge_is_no_jump_and_a_jump_is_told_once() {
    let it = with_a_case().await;
    it.clock.set(60);
    it.settle().await;
    it.clock.set(-90);
    it.settle().await;
    assert_eq!(alarms(&it).await, (0, 0));
    it.clock.set(DAY);
    for _ in 0..3 {
        it.settle().await;
        it.clock.advance(HOUR);
    }
    assert_eq!(alarms(&it).await, (1, 0));
    // Back where it belongs, and what was dated in between does not hold it up.
    it.post("2", "bob", "medlo").await;
    it.clock.set(-DAY);
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 1));
    it.clock.advance(HOUR);
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 1));
}

#[tokio::test]
async fn a_restart_does_not_wash_a_jump_away() {
    let it = with_a_case().await;
    it.clock.set(400 * DAY);
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 0));
    let it = it.restart().await;
    it.clock.advance(DAY);
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 0), "still in doubt");
    assert!(it.command("asha", "erase bob please").await.contains("The clock cannot be believed"));
    assert!(it.command("mo", "clock confirm").await.contains("you do not hold"));
    assert!(it.command("asha", "clock confirm").await.contains("The clock is right, then"));
    assert_eq!(alarms(&it).await, (1, 1));
    assert!(it.command("asha", "clock confirm").await.contains("Nothing was changed."));
    // Now the entries of that time count: whoever sets the clock back is behind.
    it.clock.set(-300 * DAY);
    it.settle().await;
    assert_eq!(alarms(&it).await, (2, 1));
}

#[tokio::test]
async fn a_jump_that_was_put_right_while_nobody_ran_is_over() {
    let it = with_a_case().await;
    it.clock.set(400 * DAY);
    it.settle().await;
    it.clock.set(-400 * DAY);
    it.clock.advance(HOUR);
    let it = it.restart().await;
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 1));
}

#[tokio::test]
async fn a_clock_behind_the_last_entry_is_believed_once_it_has_passed_it() {
    let it = with_a_case().await;
    it.clock.set(-10 * DAY);
    let it = it.restart().await;
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 0));
    it.clock.advance(9 * DAY);
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 0));
    it.clock.advance(DAY + 1);
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 1));
}

#[tokio::test]
async fn a_clock_that_had_been_ahead_for_long_is_confirmed() {
    let it = with_a_case().await;
    it.clock.set(-300 * DAY);
    let it = it.restart().await;
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 0));
    it.command("asha", "clock confirm").await;
    it.clock.advance(HOUR);
    it.settle().await;
    assert_eq!(alarms(&it).await, (1, 1));
}

#[tokio::test]
async fn nothing_is_purged_while_the_clock_is_in_doubt() {
    let it = with_a_case().await;
    it.settle().await;
    it.clock.advance(730 * DAY);
    it.settle().await;
    let list = it.ledger.purge_list(&group("tea")).await.unwrap();
    assert!(list.iter().any(|listed| listed.file.number() == 1), "{list:?}");
    it.clock.set(100 * DAY);
    it.settle().await;
    it.clock.advance(2 * DAY);
    it.settle().await;
    assert!(it.case(1).await.is_some());
    it.clock.set(-100 * DAY);
    it.settle().await;
    assert!(it.case(1).await.is_some(), "its thirty days are not over");
    it.clock.advance(30 * DAY);
    it.settle().await;
    assert!(it.case(1).await.is_none());
}
