//! What a group needs, looked at regularly: told when it stops being right and when it is right again, once each.

use platform::checkup::{Check, Finding, Of};
use platform::fake::{Call, Fault};

use crate::harness::{Harness, charter, group, read};

const HOUR: i64 = 60 * 60;

fn tea() -> Of {
    Of::Group(group("tea"))
}

fn officers_there() -> Finding {
    Finding::right(Check::DiscordOfficers, tea(), "all officers are in the server")
}

fn officers_gone() -> Finding {
    let remedy = "correct their accounts in the configuration, or invite them";
    let gone = Finding::wrong(Check::DiscordOfficers, tea(), "1 officer is not in the server", remedy);
    gone.detailing(["canary-account"])
}

fn no_room() -> Finding {
    let found =
        Finding::wrong(Check::Disk, Of::Machine, "50 MiB are free where the record is kept", "make room");
    found.about("data folder").detailing(["/srv/canary"])
}

fn room() -> Finding {
    let said = "50.0 GiB are free where the record is kept";
    Finding::right(Check::Disk, Of::Machine, said).about("data folder")
}

fn scarce() -> Finding {
    let said = "900 MiB are free where the record is kept";
    Finding::attention(Check::Disk, Of::Machine, said, "make room").about("data folder")
}

fn no_backups() -> Finding {
    Finding::attention(Check::Backups, Of::Machine, "no backups are taken", "make a key")
}

impl Harness {
    /// An hour later it is looked again, and found so: on the platform, and besides.
    async fn looks(&self, on_platform: Vec<Finding>, besides: Vec<Finding>) -> bool {
        self.clock.advance(HOUR);
        self.platform.set_findings(on_platform);
        let is_asked = self.casework.check_up(&group("tea"), besides).await.unwrap();
        self.settle().await;
        is_asked
    }

    fn officers_were_told(&self) -> Vec<String> {
        self.platform.officers_letters().iter().map(read).collect()
    }
}

#[tokio::test]
async fn officers_are_told_at_once_of_all_that_is_wrong_and_of_each_change_once() {
    let it = Harness::new().await;
    assert!(it.looks(vec![officers_gone()], vec![no_room(), no_backups()]).await);
    assert!(it.looks(vec![officers_gone()], vec![no_room(), no_backups()]).await);
    assert_eq!(it.officers_were_told().len(), 1, "once");
    let it = it.restart().await;
    it.looks(vec![officers_gone()], vec![no_room(), no_backups()]).await;
    assert_eq!(it.officers_were_told().len(), 1, "also after a restart");
    it.looks(vec![officers_there()], vec![no_room(), no_backups()]).await;
    it.looks(vec![officers_there()], vec![room(), no_backups()]).await;
    it.looks(vec![officers_there()], vec![room(), no_backups()]).await;
    it.looks(vec![officers_there()], vec![scarce(), no_backups()]).await;
    let it = it.restart().await;
    it.looks(vec![officers_gone()], vec![no_room(), no_backups()]).await;
    it.looks(vec![officers_there()], vec![room(), no_backups()]).await;
    insta::assert_snapshot!(it.officers_were_told().join("\n--\n"));
}

#[tokio::test]
async fn what_may_be_meant_so_from_the_beginning_is_told_only_when_it_was_otherwise() {
    let it = Harness::new().await;
    it.looks(vec![], vec![no_backups(), scarce()]).await;
    assert_eq!(it.officers_were_told(), [""; 0]);
    let backups = Finding::right(Check::Backups, Of::Machine, "a backup is taken every day");
    it.looks(vec![], vec![backups, scarce()]).await;
    assert_eq!(it.officers_were_told(), [""; 0], "nobody knew that it was otherwise");
    it.looks(vec![], vec![no_backups(), scarce()]).await;
    insta::assert_snapshot!(it.officers_were_told().join("\n--\n"), @r"
    B-0001 Not everything is as I need it to be:
    No backups are taken.
    Whoever runs me finds what there is to do with beadle doctor.
    ");
}

#[tokio::test]
async fn nothing_is_told_twice_that_is_told_in_another_way() {
    let it = Harness::new().await;
    let elsewhere = Check::ALL.iter().filter(|check| check.is_told_elsewhere());
    let wrong: Vec<_> =
        elsewhere.map(|check| Finding::wrong(*check, tea(), "it is wrong", "mend it")).collect();
    it.looks(wrong.clone(), wrong).await;
    assert_eq!(it.officers_were_told(), [""; 0]);
    assert_eq!(it.ledger.checked(&group("tea")).await.unwrap(), []);
}

#[tokio::test]
async fn a_platform_that_cannot_be_asked_is_nothing_that_is_wrong() {
    let it = Harness::new().await;
    for fault in
        [Fault::Unreachable, Fault::Unanswered { done: false }, Fault::NotYet(std::time::Duration::ZERO)]
    {
        it.platform.fail(Call::CheckUp, 1, fault);
        assert!(!it.looks(vec![officers_gone()], vec![no_room()]).await, "{fault:?}");
        assert_eq!(it.officers_were_told(), [""; 0], "{fault:?}");
    }
    assert!(it.looks(vec![officers_gone()], vec![no_room()]).await);
    assert_eq!(it.officers_were_told().len(), 1, "then all at once");
}

#[tokio::test]
async fn what_was_taken_out_is_no_longer_waited_for_and_what_was_not_looked_at_is() {
    let it = Harness::new().await;
    let channel = |option: &str, is_there: bool| {
        let (check, said) = (Check::DiscordChannels, format!("`{option}` is there: {is_there}"));
        let found = if is_there {
            Finding::right(check, tea(), said)
        } else {
            Finding::wrong(check, tea(), said, "copy its id")
        };
        found.about(option)
    };
    it.looks(vec![channel("private_channel", true), channel("welcome_channel", false)], vec![no_room()])
        .await;
    // The option is gone from the configuration, and the disk did not answer.
    it.looks(vec![channel("private_channel", true)], vec![]).await;
    let known = it.ledger.checked(&group("tea")).await.unwrap();
    let names: Vec<_> = known.iter().map(|checked| (checked.check.word(), &*checked.subject)).collect();
    assert_eq!(names, [("machine.disk", "data folder"), ("discord.channels", "private_channel")]);
    assert_eq!(it.officers_were_told().len(), 1);
    it.looks(vec![channel("private_channel", true), channel("welcome_channel", false)], vec![room()]).await;
    insta::assert_snapshot!(it.officers_were_told()[1], @r"
    B-0001 Not everything is as I need it to be:
    `welcome_channel` is there: false. What to do: copy its id.
    B-0001 This is as I need it to be again:
    50.0 GiB are free where the record is kept.
    ");
}

#[tokio::test]
async fn what_is_over_before_officers_could_be_told_is_told_as_it_is_by_then() {
    let it = Harness::new().await;
    (1..=30).for_each(|nth| it.platform.fail(Call::TellOfficers, nth, Fault::Unreachable));
    it.looks(vec![officers_gone()], vec![no_room()]).await;
    it.looks(vec![officers_gone()], vec![room()]).await;
    assert_eq!(it.officers_were_told(), [""; 0]);
    for _ in 0..40 {
        it.clock.advance(15 * 60);
        it.settle().await;
    }
    insta::assert_snapshot!(it.officers_were_told().join("\n--\n"));
}

#[tokio::test]
async fn one_group_is_not_told_of_another_and_nobody_is_named_in_the_record() {
    let it = Harness::with(vec![charter("tea"), charter("pub")]).await;
    it.looks(vec![officers_gone()], vec![no_room()]).await;
    assert_eq!(it.officers_were_told().len(), 1);
    assert_eq!(it.ledger.checked(&group("pub")).await.unwrap(), []);
    let rows = it.ledger.rows().await.unwrap().join("\n");
    assert!(rows.contains("not in the server") && !rows.contains("canary"), "{rows}");
    assert!(!it.officers_were_told()[0].contains("canary"));
}
