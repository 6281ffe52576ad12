//! A ledger looked at from outside, in any state, while it is in use or not.

use std::fs;

use ledger::{BackupError, Checked, EffectKind, Glance, LogError, Pile, Tables, back_up, rotate};
use policy::checkup::{Check, Standing, Watched};
use policy::{Appeal, AppealState, Deadline, DeadlineKind};

use crate::support::{Scratch, at, group, member, notice, open_case, with_case, words};

async fn glance(scratch: &Scratch) -> Glance {
    Glance::at(scratch.path()).await.unwrap().expect("there is a ledger")
}

/// What is said when it cannot be looked at, without the directory.
async fn refusal(scratch: &Scratch) -> String {
    let Err(error) = Glance::at(scratch.path()).await else { panic!("it is refused") };
    error.to_string().replace(&format!("{}/", scratch.path().display()), "")
}

#[tokio::test]
async fn a_ledger_is_looked_at_while_it_is_in_use_and_when_it_is_not() {
    let scratch = Scratch::new();
    assert!(Glance::at(scratch.path()).await.unwrap().is_none());
    assert!(scratch.path().read_dir().unwrap().next().is_none(), "nothing is made");
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    let mut in_use = glance(&scratch).await;
    assert!(in_use.engine().await.unwrap().1);
    assert_eq!(in_use.tables().await.unwrap(), Tables::Current);
    assert!(in_use.soundness().await.unwrap());
    in_use.key().await.unwrap();
    assert_eq!(in_use.backlog(&group("tea"), at(10)).await.unwrap().unwrap().deadlines, Pile::default());
    assert_eq!(in_use.backlog(&group("nowhere"), at(10)).await.unwrap(), None);
    // It keeps nobody from writing, and sees what is written.
    let mut transaction = ledger.begin().await.unwrap();
    open_case(&mut transaction, "tea", "2").await;
    transaction.commit().await.unwrap();
    assert!(!in_use.is_older_than(at(-9)).await.unwrap());
    drop(in_use);
    ledger.close().await;
    let mut alone = glance(&scratch).await;
    assert!(alone.soundness().await.unwrap());
    drop(alone);
    // Nor is anything in the way of the next start.
    scratch.open().await.close().await;
}

#[tokio::test]
async fn a_ledger_that_is_being_copied_is_looked_at_later() {
    let scratch = Scratch::new();
    with_case(&scratch, "tea", "spoilt").await.0.close().await;
    let reading = fs::File::open(scratch.file("ledger.reading")).unwrap();
    reading.lock().unwrap();
    assert!(!glance(&scratch).await.soundness().await.unwrap());
    drop(reading);
    assert!(glance(&scratch).await.soundness().await.unwrap());
}

#[tokio::test]
async fn whose_log_of_erasures_stands_beside_backups_is_seen() {
    let (scratch, other) = (Scratch::new(), Scratch::new());
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    let (place, theirs) = (scratch.file("place"), scratch.file("theirs"));
    let mut looked = glance(&scratch).await;
    looked.log_in(&place).await.expect("there is none");
    ledger.log_what_is_gone(&place).await.unwrap();
    looked.log_in(&place).await.expect("it is its own");
    with_case(&other, "tea", "spoilt").await.0.log_what_is_gone(&theirs).await.unwrap();
    let refused = looked.log_in(&theirs).await;
    assert!(matches!(refused, Err(BackupError::Log(LogError::Foreign { .. }))), "{refused:?}");
    drop(looked);
    ledger.close().await;
    // Also under another key, and not without one.
    rotate(scratch.path()).await.unwrap();
    glance(&scratch).await.log_in(&place).await.expect("it is still its own");
    fs::remove_file(scratch.file("ledger.key")).unwrap();
    glance(&scratch).await.log_in(&theirs).await.expect("nobody knows");
}

#[tokio::test]
async fn what_is_no_ledger_or_is_gone_is_named_with_what_to_do() {
    let scratch = Scratch::new();
    with_case(&scratch, "tea", "spoilt").await.0.close().await;
    let whole = fs::read(scratch.file("ledger.db")).unwrap();
    fs::write(scratch.file("ledger.db"), "a shopping list").unwrap();
    let mut said = vec![refusal(&scratch).await];
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    fs::write(scratch.file("ledger.db"), &newer).unwrap();
    said.push(refusal(&scratch).await.replace(&format!("{}", crate::schema::newest()), "NEWEST"));
    fs::write(scratch.file("erasures.log"), "").unwrap();
    fs::remove_file(scratch.file("ledger.db")).unwrap();
    for beside in ["ledger.db-wal", "ledger.db-shm"] {
        drop(fs::remove_file(scratch.file(beside)));
    }
    said.push(refusal(&scratch).await);
    insta::assert_snapshot!(said.join("\n"), @r"
    ledger.db is not a ledger of Beadle: move it away, or choose another data directory
    ledger.db was written by a newer Beadle (schema 9999, this one knows NEWEST): run that version, or restore a backup from before the upgrade
    ledger.db is gone or empty, and erasures.log beside it says that there was one: put it back from where it went, or run `beadle restore` into an empty directory; to begin anew, move erasures.log away
    ");
}

#[tokio::test]
async fn damage_and_a_wrong_key_are_found() {
    let scratch = Scratch::new();
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    ledger.close().await;
    let key = fs::read(scratch.file("ledger.key")).unwrap();
    fs::write(scratch.file("ledger.key"), "0".repeat(64)).unwrap();
    let wrong = glance(&scratch).await.key().await.unwrap_err().to_string();
    assert!(wrong.contains("is not the key this ledger's texts are sealed with"), "{wrong}");
    fs::remove_file(scratch.file("ledger.key")).unwrap();
    let missing = glance(&scratch).await.key().await.unwrap_err().to_string();
    assert!(missing.contains("is missing"), "{missing}");
    // A change of keys that was cut short is made up for.
    fs::write(scratch.file("ledger.key.next"), &key).unwrap();
    #[cfg(unix)]
    fs::set_permissions(scratch.file("ledger.key.next"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    glance(&scratch).await.key().await.unwrap();

    let mut bytes = fs::read(scratch.file("ledger.db")).unwrap();
    let page = bytes.len() / 4096 / 2 * 4096;
    bytes[page..page + 4096].fill(0xa5);
    fs::write(scratch.file("ledger.db"), bytes).unwrap();
    let damaged = glance(&scratch).await.soundness().await.unwrap_err().to_string();
    assert!(damaged.contains("is damaged"), "{damaged}");
}

#[tokio::test]
async fn what_lies_about_in_a_group_is_counted() {
    let scratch = Scratch::new();
    let (ledger, tea, late) = (scratch.open().await, group("tea"), at(10_000_000));
    let mut transaction = ledger.begin().await.unwrap();
    let case = open_case(&mut transaction, "tea", "1").await;
    open_case(&mut transaction, "chess", "1").await;
    transaction.write_notice(&tea, &member("alice"), &notice(case), None).await.unwrap();
    transaction.write_notice(&tea, &member("bob"), &notice(case), None).await.unwrap();
    transaction.queue(&tea, case, &EffectKind::Remove, at(5)).await.unwrap();
    let appeal = Appeal { lodged_at: at(4), state: AppealState::Lodged { due: at(9) } };
    transaction.lodge_appeal(&tea, case, &appeal, &words("it was a joke")).await.unwrap();
    let review = Deadline { kind: DeadlineKind::ReviewDue, due: at(9) };
    transaction.set_deadlines(&tea, case, &[], &[review], at(4)).await.unwrap();
    transaction.commit().await.unwrap();

    let mut seen = glance(&scratch).await;
    let early = seen.backlog(&tea, at(8)).await.unwrap().unwrap();
    assert_eq!((early.appeals, early.deadlines.count, early.stuck.count), (0, 0, 0));
    let backlog = seen.backlog(&tea, late).await.unwrap().unwrap();
    assert_eq!((backlog.undelivered.count, backlog.unserved.count), (2, 0));
    assert_eq!((backlog.appeals, backlog.deadlines), (1, Pile { count: 1, since: Some(at(9)) }));
    assert_eq!((backlog.stuck.count, backlog.reviews, backlog.reports), (0, 0, 0), "nothing was tried");
    assert_eq!(ledger.letters_on_their_way(&tea).await.unwrap(), backlog.undelivered);
    let tried = sqlx::raw_sql(
        "update effect set attempts = 3, attempted_at_ms = queued_at_ms where kind = 'remove'; \
         update effect set state = 'refused', attempts = 1, attempted_at_ms = queued_at_ms, settled_at_ms = queued_at_ms \
         where kind = 'notify' and effect_id = (select min(effect_id) from effect where kind = 'notify')",
    );
    tried.execute(&mut scratch.raw().await).await.unwrap();
    let backlog = seen.backlog(&tea, late).await.unwrap().unwrap();
    assert_eq!((backlog.undelivered.count, backlog.unserved.count, backlog.stuck.count), (1, 1, 1));
    assert_eq!(backlog.stuck.since, Some(at(5)));
    let other = seen.backlog(&group("chess"), late).await.unwrap().unwrap();
    assert_eq!((other.appeals, other.undelivered.count), (0, 0), "groups are walls");
    drop(seen);
    ledger.close().await;
}

#[tokio::test]
async fn a_ledger_that_was_put_back_waits_for_a_person() {
    let scratch = Scratch::new();
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    let key = ledger::BackupKey::create(&scratch.file("backup.key")).unwrap();
    let place = scratch.file("place");
    let backup = back_up(scratch.path(), &place, &key, at(20)).await.unwrap();
    ledger.close().await;
    let other = Scratch::new();
    let into = other.file("data");
    ledger::restore(&backup.path, &key, &into, &ledger::Erasures::Unknown, at(30)).await.unwrap();
    let mut seen = Glance::at(&into).await.unwrap().expect("there is a ledger");
    let backlog = seen.backlog(&group("tea"), at(1_000_000)).await.unwrap().unwrap();
    assert!(backlog.waits);
    assert_eq!(backlog.undelivered, Pile::default(), "what waits for that person is not late");
}

#[tokio::test]
async fn how_things_stood_is_known_after_a_restart_and_by_its_look() {
    let scratch = Scratch::new();
    let (ledger, tea) = (scratch.open().await, group("tea"));
    let checked = |check, standing, known, said: &str| Checked {
        check,
        subject: "one".to_owned(),
        watched: Watched { standing, known },
        said: said.to_owned(),
        remedy: None,
    };
    let wrong = checked(Check::Disk, Standing::Wrong, Standing::Wrong, "no room");
    let right = checked(Check::Backups, Standing::Right, Standing::Right, "daily");
    let mut transaction = ledger.begin().await.unwrap();
    let look = transaction.next_look(&tea).await.unwrap();
    transaction.keep_checked(&tea, &wrong, Some(look), at(1)).await.unwrap();
    transaction.keep_checked(&tea, &right, None, at(1)).await.unwrap();
    transaction.commit().await.unwrap();
    ledger.close().await;
    let ledger = scratch.open().await;
    assert_eq!(ledger.checked(&tea).await.unwrap(), [wrong.clone(), right.clone()]);
    assert_eq!(glance(&scratch).await.checked(&tea).await.unwrap(), [wrong.clone(), right.clone()]);
    assert_eq!(ledger.told_with(&tea, look).await.unwrap(), [wrong]);
    assert_eq!(ledger.checked(&group("chess")).await.unwrap(), []);
    let better = checked(Check::Disk, Standing::Attention, Standing::Wrong, "some room");
    let mut transaction = ledger.begin().await.unwrap();
    assert_eq!(transaction.next_look(&tea).await.unwrap(), look + 1);
    transaction.keep_checked(&tea, &better, None, at(2)).await.unwrap();
    transaction.forget_checked(&tea, Check::Backups, "one").await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        ledger.told_with(&tea, look).await.unwrap(),
        std::slice::from_ref(&better),
        "it is told as it stands"
    );
    assert_eq!(ledger.checked(&tea).await.unwrap(), [better]);
    // What another version looked at is passed over.
    let other = sqlx::raw_sql("update checkup set what = 'other.thing'");
    other.execute(&mut scratch.raw().await).await.unwrap();
    assert_eq!(ledger.checked(&tea).await.unwrap(), []);
    ledger.close().await;
}
