//! What outlives its file or comes by itself: expulsions without a file, reports that led to nothing, monthly counts,
//! records of accounts linked later, and the daily comparison with the platform.

use platform::Change;
use platform::fake::Call;
use policy::{Charter, Role};

use crate::harness::{Harness, case_ref, charter, group, member};
use crate::months::holds;

const DAY: i64 = 24 * 60 * 60;
const ACCOUNT: &str = "canary-account-qx";
const WHY: &str = "has been asked three times to stop it";

async fn with_three_admins() -> Harness {
    let mut tea = charter("tea");
    tea.roster.appoint(member("kit"), Role::Admin);
    let it = Harness::with(vec![Charter { ..tea }]).await;
    for name in ["kit", ACCOUNT] {
        it.platform.add_member(&member(name), name);
    }
    it
}

async fn days(it: &Harness, days: i64) {
    for _ in 0..days {
        it.clock.advance(DAY);
        it.settle().await;
    }
}

/// The newest sanction of an account, once officers agreed to its step.
async fn signed(it: &Harness, account: &str, step: &str, officers: &[&str]) -> String {
    let sanctions = it.ledger.sanctions_of(&group("tea"), &member(account)).await.unwrap();
    let reference = sanctions.last().unwrap().reference.to_string();
    it.direct(account, &format!("reply {reference} I have nothing to say")).await;
    let mut answer = String::new();
    for officer in officers {
        it.command(officer, &format!("case {reference}")).await;
        answer = it.command(officer, &format!("sign {reference} {step} {WHY}")).await;
    }
    assert!(answer.contains("is decided"), "{step}: {answer}");
    reference
}

/// From nothing to shut out for good; gives the file of the expulsion.
async fn expelled(it: &Harness) -> String {
    let mut last = String::new();
    for (post, step, officers) in [
        ("1", "warning", &["asha"][..]),
        ("2", "suspension", &["asha", "sam"]),
        ("3", "expulsion", &["asha", "sam", "kit"]),
    ] {
        it.post(post, ACCOUNT, "worstlo").await;
        last = signed(it, ACCOUNT, step, officers).await;
        if step != "expulsion" {
            days(it, 32).await;
        }
    }
    assert!(it.platform.exclusion(&member(ACCOUNT)).is_some());
    last
}

/// A human lets the account in, past the bot, and it comes back.
async fn comes_back(it: &Harness) -> bool {
    it.platform.change_by_hand(&member(ACCOUNT), Change::Admitted);
    it.platform.join(&member(ACCOUNT));
    it.joins(ACCOUNT).await;
    it.platform.exclusion(&member(ACCOUNT)).is_none()
}

#[tokio::test]
async fn an_expulsion_outlives_its_file_without_a_name_until_the_executive_lifts_it() {
    let it = with_three_admins().await;
    let file = expelled(&it).await;
    let elsewhere = format!("readmit {ACCOUNT} too early");
    assert!(it.command("ed", &elsewhere).await.contains("has outlived its file"), "its file is kept");
    it.clock.advance(695 * DAY);
    it.settle().await;
    assert_eq!(it.letters_from("ed", 0).matches("outlives it").count(), 0);
    days(&it, 20).await;
    for officer in ["ed", "sam"] {
        let letters = it.letters_from(officer, 0);
        assert_eq!(letters.matches("outlives it").count(), 1, "{officer}: {letters}");
        assert!(letters.contains(&format!("{file} the file of this expulsion")), "{letters}");
    }
    days(&it, 60).await;
    assert!(it.command("asha", &format!("case {file}")).await.contains("There is no file"));
    assert!(!holds(it.directory.path(), ACCOUNT.as_bytes()), "nothing names the account");
    assert!(it.ledger.tombstone(&group("tea"), &member(ACCOUNT)).await.unwrap().is_some());
    assert!(it.ledger.tombstone(&group("tea"), &member("alice")).await.unwrap().is_none());
    assert!(it.ledger.tombstone(&group("other"), &member(ACCOUNT)).await.unwrap().is_none());

    let it = it.restart().await;
    assert!(!comes_back(&it).await, "it is put out again");
    let channel = it.platform.officers_letters();
    let last = crate::harness::read(channel.last().unwrap());
    assert!(last.contains("came back in") && !last.contains(ACCOUNT), "{last}");

    let record = it.direct(ACCOUNT, "my-record").await;
    assert!(record.contains("Shut out for good since"), "{record}");
    assert!(!it.direct("bob", "my-record").await.contains("Shut out"));

    let asked =
        |who| it.letters_from(who, 0).matches("whose files are gone: 1 to be looked at again").count();
    assert_eq!(asked("ed"), 0);
    it.clock.advance(185 * DAY);
    days(&it, 2).await;
    assert_eq!((asked("ed"), asked("sam")), (1, 1));
    it.clock.advance(185 * DAY);
    days(&it, 2).await;
    assert_eq!((asked("ed"), asked("sam")), (2, 2));

    assert!(it.command("asha", &format!("readmit {ACCOUNT} {WHY}")).await.contains("you do not hold"));
    assert!(it.command("ed", "readmit alice so").await.contains("Nothing was changed"));
    let answer = it.command("ed", &format!("readmit @{ACCOUNT} It has been long.")).await;
    assert!(answer.contains("may come back in"), "{answer}");
    let letter = it.letters_from(ACCOUNT, 0);
    assert!(
        letter.contains("That is over now. You can come back.\nThe officers say:\n> It has been long."),
        "{letter}"
    );
    assert!(it.platform.exclusion(&member(ACCOUNT)).is_none(), "the door is open");
    assert!(comes_back(&it).await);
    it.clock.advance(370 * DAY);
    days(&it, 2).await;
    assert_eq!(asked("ed"), 2, "nobody is asked any more");
}

#[tokio::test]
async fn an_expulsion_taken_back_before_its_file_goes_leaves_nothing() {
    let it = with_three_admins().await;
    let file = expelled(&it).await;
    let answer = it.command("asha", &format!("void {file} we were wrong")).await;
    assert!(answer.contains("3 officers signed it"), "{answer}");
    it.command("ed", &format!("minute {file} allow 2027-03/2 we were wrong")).await;
    it.clock.advance(720 * DAY);
    days(&it, 60).await;
    assert!(it.command("asha", &format!("case {file}")).await.contains("There is no file"));
    assert!(it.ledger.tombstone(&group("tea"), &member(ACCOUNT)).await.unwrap().is_none());
    assert!(!it.letters_from("ed", 0).contains("outlives it"));
}

#[tokio::test]
async fn a_report_that_led_to_nothing_is_kept_for_a_shorter_time() {
    let it = Harness::new().await;
    it.post("1", "bob", "hello").await;
    it.direct("alice", "report abuse #1 rude").await;
    it.direct("alice", "report abuse @mo rude too").await;
    it.direct("alice", "report abuse @nia rude too").await;
    it.command("asha", "answer B-1 no-breach Rude, and allowed.").await;
    it.command("asha", "answer B-2 no-breach Rude, and allowed.").await;
    it.command("asha", "answer B-3 advice They were talked to.").await;
    it.direct("alice", "appeal B-2 not content").await;
    let idle = async |number| {
        let keeping = it.ledger.keeping(&group("tea"), case_ref(number)).await.unwrap();
        keeping.map(|keeping| keeping.idle)
    };
    assert_eq!((idle(1).await, idle(2).await, idle(3).await), (Some(true), Some(false), Some(false)));
    it.clock.advance(185 * DAY);
    days(&it, 35).await;
    assert_eq!((idle(1).await, idle(3).await), (None, Some(false)));
    assert!(idle(2).await.is_some());
}

#[tokio::test]
async fn the_secretary_is_sent_the_counts_of_each_month_on_its_first_noon() {
    let it = Harness::new().await;
    let sent = |who: &str| -> Vec<String> {
        let letters = it.platform.letters(&member(who));
        let letters = letters.iter().map(crate::harness::read);
        letters.filter(|letter| letter.contains("Removed or hidden")).collect()
    };
    days(&it, 40).await;
    assert!(sent("sam").is_empty(), "nothing is kept of a group in which nothing happened");
    it.command("asha", "rules post general").await;
    it.post("1", "alice", "worstlo").await;
    it.command("mo", "mute bob 2 to calm things down").await;
    it.direct("bob", "report spam @alice much").await;
    days(&it, 9).await;
    assert!(sent("sam").is_empty(), "until the end of June");
    // From eleven o'clock on the last day of June to half past twelve on the first of July.
    days(&it, 1).await;
    it.clock.advance(DAY);
    it.settle().await;
    it.clock.advance(2 * 60 * 60);
    it.settle().await;
    let letters = sent("sam");
    assert_eq!(letters.len(), 1, "{letters:?}");
    for part in
        ["June 2026", "Mutes: fewer than 5", "about: spam fewer than 5", "decided: 0", "reports overdue 0"]
    {
        assert!(letters[0].contains(part), "{part}: {}", letters[0]);
    }
    assert!(!letters[0].contains("alice") && !letters[0].contains("B-0"), "{}", letters[0]);
    days(&it, 31).await;
    assert_eq!(sent("sam").len(), 2);
    assert!(sent("sam")[1].contains("July 2026") && sent("asha").is_empty() && sent("ed").is_empty());
    it.clock.advance(100 * DAY);
    days(&it, 2).await;
    assert_eq!(sent("sam").len(), 3, "of months in which the bot was away, one is told");
}

#[tokio::test]
async fn what_was_earned_before_a_link_stays_as_it_was_and_what_comes_after_climbs() {
    let it = with_three_admins().await;
    it.post("1", "alice", "worstlo").await;
    signed(&it, "alice", "warning", &["asha"]).await;
    days(&it, 2).await;
    it.post("2", "bob", "worstlo").await;
    days(&it, 1).await;
    it.command("asha", "link alice bob").await;
    assert!(it.command("kit", "link alice bob").await.contains("one person's"));
    let step = async || {
        let sanctions = it.ledger.sanctions_of(&group("tea"), &member("bob")).await.unwrap();
        sanctions.last().map(|sanction| (sanction.proposed, sanction.state.word()))
    };
    assert_eq!(step().await, Some((policy::Step::Warning, "signing")));
    signed(&it, "bob", "warning", &["asha"]).await;
    assert_eq!(step().await, Some((policy::Step::Warning, "live")));
    days(&it, 2).await;
    it.post("3", "bob", "worstlo").await;
    assert_eq!(step().await, Some((policy::Step::Suspension, "hearing")));

    // With the other's warning alone it climbs as well, after the link.
    let it = with_three_admins().await;
    it.post("1", "alice", "worstlo").await;
    signed(&it, "alice", "warning", &["asha"]).await;
    it.command("asha", "link alice bob").await;
    it.command("kit", "link alice bob").await;
    days(&it, 2).await;
    it.post("2", "bob", "worstlo").await;
    let sanctions = it.ledger.sanctions_of(&group("tea"), &member("bob")).await.unwrap();
    assert_eq!(sanctions.last().map(|sanction| sanction.proposed), Some(policy::Step::Suspension));
}

#[tokio::test]
async fn what_a_human_did_unseen_is_found_within_a_day() {
    let it = with_three_admins().await;
    expelled(&it).await;
    days(&it, 2).await;
    it.platform.change_by_hand(&member(ACCOUNT), Change::Admitted);
    let told = || {
        let letters = it.platform.officers_letters();
        letters.iter().filter(|letter| crate::harness::read(letter).contains("a human let them in")).count()
    };
    assert_eq!(told(), 0);
    days(&it, 1).await;
    assert_eq!(told(), 1);
    days(&it, 3).await;
    assert_eq!(told(), 1, "said once");
    assert_eq!(
        it.platform.calls(Call::Exclude),
        2,
        "one for the suspension, one for the expulsion, and none by itself"
    );
}
