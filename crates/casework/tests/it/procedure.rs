//! What happens where the procedure has nobody left to go on, or comes late to it.

use crate::harness::{Harness, member, read};

const DAY: i64 = 24 * 60 * 60;

async fn days(it: &Harness, days: i64) {
    for _ in 0..days {
        it.clock.advance(DAY);
        it.settle().await;
    }
}

/// Alice's appeal, dismissed by a moderator and taken to the Executive, who is only ed.
async fn before_the_executive(conflicted: bool) -> Harness {
    let it = Harness::new().await;
    it.post("1", "alice", "worstlo").await;
    if conflicted {
        it.command("ed", "conflict B-1").await;
    }
    it.direct("alice", "appeal B-1 It was a joke").await;
    it.command("mo", "decide B-1 dismiss Jokes need care too.").await;
    it.direct("alice", "appeal B-1 I disagree").await;
    it
}

#[tokio::test]
async fn where_nobody_of_the_executive_may_hear_an_appeal_somebody_is_told_to_hand_it_on() {
    let it = before_the_executive(true).await;
    let asked = || it.letters_from("sam", 0).matches("with `outside B-0001`").count();
    assert_eq!(asked(), 1, "{}", it.letters_from("sam", 0));
    assert!(!it.letters_from("ed", 0).contains("B-0001"));
    let told = it.told("alice");
    assert_eq!(told.last().unwrap(), "Your appeal goes outside the group");
    let letter = it.letters_from("alice", told.len() - 1);
    assert!(letter.contains("It is for the national office") && !letter.contains("answer by"), "{letter}");

    days(&it, 16).await;
    let letters = it.letters_from("alice", told.len());
    assert!(letters.contains("goes outside") && !letters.contains("should answer by"), "{letters}");
    assert_eq!(asked(), 2);

    assert!(it.command("sam", "outside B-1").await.contains("with a body outside the group"));
    days(&it, 40).await;
    assert_eq!(asked(), 2, "it is there now");
}

#[tokio::test]
async fn an_appeal_that_is_late_before_the_executive_speaks_up() {
    let it = before_the_executive(false).await;
    assert!(
        it.command("sam", "queue")
            .await
            .contains("B-0001 before the Executive since 11 May 2026, due 8 June")
    );
    days(&it, 28).await;
    assert!(!it.letters_from("sam", 0).contains("LATE"));
    days(&it, 2).await;
    for officer in ["sam", "ed"] {
        let letters = it.letters_from(officer, 0);
        assert_eq!(
            letters.matches("should have decided alice's appeal by now, and it is LATE").count(),
            1,
            "{letters}"
        );
    }
    assert!(it.command("sam", "queue").await.contains("OVERDUE since 8 June 2026"));
    days(&it, 14).await;
    assert!(it.letters_from("sam", 0).matches("is LATE").count() >= 2, "again until it is decided");
    let letters = it.letters_from("alice", it.told("alice").len() - 1);
    assert!(letters.contains("should have answered by 8 June 2026"), "{letters}");
    it.command("ed", "minute B-1 dismiss EC/4 It stands.").await;
    let late = it.letters_from("sam", 0).matches("is LATE").count();
    days(&it, 20).await;
    assert_eq!(it.letters_from("sam", 0).matches("is LATE").count(), late);
}

#[tokio::test]
async fn of_what_fell_due_in_an_outage_only_the_last_of_a_chain_is_told() {
    let officers = |it: &Harness, part: &str| {
        let letters = it.platform.officers_letters();
        letters.iter().filter(|letter| read(letter).contains(part)).count()
    };
    let waits = "still waits for a moderator";
    for (gap, reminders, overdue) in [(3, 1, 0), (4, 1, 0), (9, 0, 1)] {
        let it = Harness::new().await;
        it.post("1", "alice", "worstlo").await;
        it.direct("alice", "appeal B-1 It was a joke").await;
        it.direct("bob", "report abuse @alice rude").await;
        it.clock.advance(gap * DAY + 3 * 60 * 60);
        it.settle().await;
        let told = it.letters_from("ed", 0).matches("nobody decided the appeal in time").count();
        assert_eq!((officers(&it, waits), told), (reminders, overdue), "{gap}");
        let admins = it.letters_from("asha", 0);
        let report = admins.matches("still waits for an answer").count();
        assert_eq!(report, usize::from(gap < 5), "{gap}: {admins}");
    }
}

#[tokio::test]
async fn nothing_is_put_on_record_about_an_account_that_nobody_has() {
    let it = Harness::new().await;
    for (who, line) in
        [("mo", "mute nobdy 2 calm down"), ("asha", "link alice nobdy"), ("asha", "link nobdy alice")]
    {
        let answer = it.command(who, line).await;
        assert!(
            answer.contains("has the account nobdy") && answer.contains("Nothing was changed"),
            "{line}: {answer}"
        );
    }
    let answer = it.direct("alice", "report abuse @nobdy rude").await;
    assert!(answer.contains("has the account nobdy"), "{answer}");
    assert!(it.letters_from("asha", 0).is_empty());

    // Somebody who has left is somebody, and so is an officer the platform has not seen.
    it.platform.leave(&member("bob"));
    let answer = it.command("mo", "mute @bob 2 calm down").await;
    assert!(answer.contains("cannot post") && !answer.contains("cannot tell"), "{answer}");
}
