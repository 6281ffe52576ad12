//! A record that was put back from a backup: nothing erased is back, nothing is said or done twice, and what time is missing
//! is told.

use std::path::PathBuf;

use ledger::{BackupKey, Erasures, back_up, restore};
use policy::Clock;

use crate::harness::{Harness, group, member, read};
use crate::sanctions::{WHY, hearing_group};

const DAY: i64 = 24 * 60 * 60;

/// Takes a backup of the record as it is now.
async fn backed_up(it: &Harness) -> (PathBuf, BackupKey) {
    let place = it.directory.path().join("place");
    let key = BackupKey::create(&it.directory.path().join("backup.key")).unwrap();
    let data = it.ledger.directory();
    let taken = back_up(data, &place, &key, it.clock.now()).await.unwrap();
    (taken.path, key)
}

/// The old machine is gone; the backup is put back on another, to which the platform is the same.
async fn put_back(it: Harness, (backup, key): (PathBuf, BackupKey)) -> Harness {
    it.ledger.log_what_is_gone(backup.parent().unwrap()).await.unwrap();
    let log = Erasures::In(vec![backup.with_file_name("erasures.log")]);
    let new = it.directory.path().join("new");
    restore(&backup, &key, &new, &log, it.clock.now()).await.unwrap();
    it.moves_to(new).await
}

/// How often the officers were told of it.
fn alarms(it: &Harness) -> usize {
    let letters = it.platform.officers_letters();
    letters.iter().map(|letter| read(letter).matches("The record was put back from a backup").count()).sum()
}

/// How many letters each of these got.
fn letters(it: &Harness) -> [usize; 3] {
    ["alice", "bob", "nia"].map(|name| it.platform.letters(&member(name)).len())
}

#[tokio::test]
async fn what_happened_since_the_backup_is_neither_back_nor_done_twice() {
    let it = Harness::new().await;
    let tea = group("tea");
    // Bob's strike leads to a proposal; alice's post is flagged, and its text kept.
    it.post("1", "bob", "worstlo").await;
    it.post("2", "alice", "medlo").await;
    let proposed = it.ledger.sanctions_waiting(&tea, 10).await.unwrap()[0].reference;
    let flagged = it.ledger.queue(&tea, 10).await.unwrap()[0].reference;
    let backup = backed_up(&it).await;

    // Since: the flagged post is left standing and its text erased, the warning is signed and served, another post goes.
    it.clock.advance(60);
    it.command("mo", &format!("void {flagged}")).await;
    assert_eq!(it.ledger.snapshot(&tea, flagged).await.unwrap(), None);
    let signed = it.signs("asha", &format!("{proposed} warning {WHY}")).await;
    assert!(signed.contains("is decided"), "{signed}");
    it.post("3", "nia", "worstlo").await;
    let (written, done) = (letters(&it), it.platform.effects().len());

    it.clock.advance(DAY);
    let it = put_back(it, backup).await;
    it.settle().await;
    it.settle().await;
    assert_eq!(it.ledger.snapshot(&tea, flagged).await.unwrap(), None, "what was erased is erased");
    assert_eq!(letters(&it), written, "nobody is written to twice");
    assert_eq!(alarms(&it), 1);
    assert_eq!(it.platform.effects().len(), done + 1, "and nothing else is done");
    // Whoever signs now would sign what was signed: first somebody has to know.
    let refused = it.signs("asha", &format!("{proposed} warning {WHY}")).await;
    assert!(refused.contains("put back from a backup"), "{refused}");

    // What is posted now is judged and goes, under a number that was given to nothing.
    it.post("4", "nia", "worstlo").await;
    assert!(!it.stands("4"));
    assert!(it.ledger.register(&tea, 1).await.unwrap()[0].number > 2000, "so are lines of the register");
    assert!(it.command("mo", "resume").await.contains("you do not hold"));
    assert!(it.command("asha", "resume").await.contains("What waited goes on"));
    assert!(it.command("asha", "resume").await.contains("Nothing waits"));
    let it = it.restart().await;
    it.settle().await;
    assert_eq!(alarms(&it), 1, "told once");
    assert_eq!(letters(&it)[..2], written[..2]);
}

/// Somebody was suspended when the backup was taken. Their time is over when it is put back; they may have been expelled.
#[tokio::test]
async fn nobody_is_let_in_by_a_record_that_was_put_back_before_a_person_says_so() {
    let it = hearing_group().await;
    it.suspended().await;
    let backup = backed_up(&it).await;
    it.clock.advance(40 * DAY);
    let it = put_back(it, backup).await;
    it.settle().await;
    assert!(it.is_shut_out("alice"), "she stays out");
    let told = it.platform.officers_letters().iter().map(read).collect::<String>();
    assert!(told.contains("suspensions that are over by now, 1"), "{told}");
    it.command("asha", "resume").await;
    it.settle().await;
    assert!(!it.is_shut_out("alice"), "and comes in when a person says so");
}
