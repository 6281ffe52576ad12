//! Appeals at the first tier.

use crate::harness::{Harness, charter};
use policy::{Role, Roster};

#[tokio::test]
async fn an_accepted_appeal_puts_the_post_back_and_voids_the_strike() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    it.direct("alice", "appeal B-0001 I was naming a village").await;
    assert!(it.command("mo", "appeals").await.contains("> I was naming a village"));
    assert!(it.command("mo", "decide B-1 accept There is such a village.").await.contains("accepted"));
    let letters = it.platform.letters(&crate::harness::member("alice"));
    assert!(crate::harness::read(letters.last().unwrap()).contains("> There is such a village."));
    assert_eq!(it.strikes("alice").await, (1, 0));
    assert_eq!(it.state(1).await, "restored");
    assert_eq!(it.platform.quotations().len(), 1);
    assert_eq!(
        it.told("alice"),
        ["Your post was removed", "We have your appeal", "Your appeal was accepted"]
    );
    assert_eq!(it.command("mo", "appeals").await, "No appeal waits.");
}

#[tokio::test]
async fn a_dismissed_appeal_gives_reasons_and_leads_to_the_executive() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    assert!(it.direct("alice", "appeal B-0001 It was a joke").await.contains("on record"));
    assert!(it.direct("alice", "appeal B-0001 Really").await.contains("with the moderators already"));
    assert!(it.command("mo", "decide B-1 dismiss").await.contains("needs a reason"));
    it.command("mo", "decide B-1 dismiss Jokes need care too.").await;
    let last = crate::harness::read(it.platform.letters(&crate::harness::member("alice")).last().unwrap());
    assert!(last.contains("> Jokes need care too.") && last.contains("Executive Committee"), "{last}");
    it.direct("alice", "appeal B-0001 I disagree").await;
    assert_eq!(it.told("alice").last().unwrap(), "Your appeal goes to the Executive");
    assert!(it.command("nia", "decide B-1 accept").await.contains("before the Executive"));
    assert!(it.direct("alice", "appeal B-0001 Please").await.contains("with the Executive already"));
    assert_eq!(it.strikes("alice").await, (1, 1));
}

#[tokio::test]
async fn the_first_decider_does_not_hear_the_appeal_while_another_can() {
    let it = Harness::new().await;
    it.post("1", "alice", "stronko").await;
    it.command("mo", "confirm B-1").await;
    it.direct("alice", "appeal B-1 Please look again").await;
    assert!(it.command("mo", "decide B-1 dismiss No.").await.contains("another moderator decides"));
    assert!(it.command("nia", "decide B-1 dismiss No.").await.contains("dismissed"));
}

#[tokio::test]
async fn nor_does_the_first_decider_grant_it_by_putting_the_post_back() {
    let it = Harness::new().await;
    it.post("1", "alice", "stronko").await;
    it.command("mo", "confirm B-1").await;
    it.direct("alice", "appeal B-1 Please look again").await;
    assert!(it.command("mo", "restore B-1").await.contains("another moderator decides"));
    assert_eq!(it.state(1).await, "removed");
    assert!(it.command("nia", "restore B-1").await.contains("The member is told"));
    assert_eq!(it.told("alice").last().unwrap(), "Your appeal was accepted");
}

#[tokio::test]
async fn whoever_had_any_part_in_the_decision_does_not_hear_the_appeal() {
    let it = Harness::new().await;
    it.post("1", "alice", "medlo").await;
    it.command("mo", "hide B-1").await;
    it.command("nia", "confirm B-1").await;
    it.direct("alice", "appeal B-0001: please look again").await;
    for decider in ["mo", "nia"] {
        let answer = it.command(decider, "decide B-1 dismiss No.").await;
        assert!(answer.contains("another moderator decides"), "{decider}: {answer}");
    }
    assert!(it.command("sam", "decide B-1 dismiss No.").await.contains("dismissed"));
}

#[tokio::test]
async fn what_was_only_watched_cannot_be_found_by_appealing() {
    let it = Harness::with(vec![policy::Charter { mode: policy::Mode::Shadow, ..charter("tea") }]).await;
    it.post("1", "alice", "worstlo").await;
    let watched = it.direct("alice", "appeal B-1 why").await;
    let none = it.direct("alice", "appeal B-2 why").await;
    assert_eq!(watched.replace("B-0001", "B"), none.replace("B-0002", "B"));
}

#[tokio::test]
async fn a_sole_moderator_hears_it_and_the_member_is_told_so() {
    let mut roster = Roster::default();
    roster.appoint(crate::harness::member("mo"), Role::Moderator);
    let it = Harness::with(vec![policy::Charter { roster, ..charter("tea") }]).await;
    it.post("1", "alice", "stronko").await;
    it.command("mo", "confirm B-1").await;
    it.direct("alice", "appeal B-1 Please look again").await;
    it.command("mo", "decide B-1 dismiss No.").await;
    let last = crate::harness::read(it.platform.letters(&crate::harness::member("alice")).last().unwrap());
    assert!(last.contains("It was the same moderator"), "{last}");
}

#[tokio::test]
async fn somebody_elses_case_is_nobodys_business() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    let theirs = it.direct("bob", "appeal B-1 let me").await;
    let none = it.direct("bob", "appeal B-7 let me").await;
    assert_eq!(theirs.replace("B-0001", "B"), none.replace("B-0007", "B"));
    assert_eq!(it.command("mo", "appeals").await, "No appeal waits.");
}

#[tokio::test]
async fn an_appeal_after_its_window_is_for_the_executive_to_admit() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    it.clock.advance(400 * 24 * 3600);
    assert!(it.direct("alice", "appeal B-1 hello").await.contains("on record"));
    assert!(it.command("mo", "appeals").await.contains("before the Executive"));
}

#[tokio::test]
async fn the_time_to_appeal_counts_from_the_removal_and_not_from_the_flag() {
    let it = Harness::new().await;
    it.post("1", "alice", "well mildo").await;
    it.clock.advance(360 * 24 * 3600);
    it.command("mo", "confirm B-1").await;
    it.clock.advance(100 * 24 * 3600);
    it.direct("alice", "appeal B-1 hello").await;
    assert!(!it.command("mo", "appeals").await.contains("before the Executive"));
}

#[tokio::test]
async fn restoring_the_post_settles_its_open_appeal() {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    it.direct("alice", "appeal B-1 hello").await;
    it.command("mo", "restore B-1").await;
    assert_eq!(it.command("mo", "appeals").await, "No appeal waits.");
    assert_eq!(it.told("alice").last().unwrap(), "Your appeal was accepted");
    assert_eq!(it.strikes("alice").await, (1, 0));
}
