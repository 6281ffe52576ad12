//! Backups: taken while the ledger is in use, whole or not there at all, and put back without what went since.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use ledger::{
    Backup, BackupError, BackupKey, EffectState, Erasures, Kept, Ledger, LogError, OpenError, back_up,
    backups, last_backup, may_begin, prune, read_back, restore, rotate,
};
use policy::{Reference, Timestamp};

use crate::support::{Scratch, at, group, member, new_case, notice, open_case, snapshot, with_case};

const CANARY: &str = "canary-2c1f5b77-sings";
const DAY: i64 = 24 * 60 * 60;

fn key(scratch: &Scratch) -> BackupKey {
    let path = scratch.file("backup.key");
    BackupKey::read(&path).or_else(|_| BackupKey::create(&path)).unwrap()
}

fn place(scratch: &Scratch) -> PathBuf {
    scratch.file("place")
}

/// A ledger in a directory of `scratch`, with one case.
async fn kept(scratch: &Scratch) -> (Ledger, Reference, PathBuf) {
    let data = scratch.file("data");
    let ledger = Ledger::open(&data).await.unwrap();
    let case = add_case(&ledger, "1").await;
    (ledger, case, data)
}

async fn add_case(ledger: &Ledger, post: &str) -> Reference {
    let mut transaction = ledger.begin().await.unwrap();
    let case = transaction.open_case(&group("tea"), &new_case(post), &snapshot(CANARY)).await.unwrap();
    transaction.commit().await.unwrap();
    case
}

async fn purge(ledger: &Ledger, files: &[Reference], now: Timestamp) {
    let mut transaction = ledger.begin().await.unwrap();
    let gone = transaction.purge(&group("tea"), files, now.plus_seconds(DAY), now).await.unwrap();
    assert_eq!(gone, files);
    transaction.commit().await.unwrap();
}

fn beside(scratch: &Scratch) -> Erasures {
    Erasures::In(vec![place(scratch).join("erasures.log")])
}

async fn put_back(scratch: &Scratch, backup: &Backup, to: &str) -> Result<Ledger, BackupError> {
    let to = scratch.file(to);
    restore(&backup.path, &key(scratch), &to, &beside(scratch), at(900)).await?;
    Ok(Ledger::open(&to).await?)
}

/// Whether that is what is told.
type Told = fn(&BackupError) -> bool;

fn names_in(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_of_a_ledger_in_use_has_all_of_it_and_nothing_stands_in_the_open() {
    let scratch = Scratch::new();
    let (ledger, case, data) = kept(&scratch).await;
    let backup = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    assert_eq!(
        names_in(&place(&scratch)),
        [backup.path.file_name().unwrap().to_str().unwrap(), "erasures.log"]
    );
    assert_eq!(read_back(&backup.path, &key(&scratch)).unwrap(), backup);
    assert_eq!(last_backup(&place(&scratch)).unwrap(), Some(at(10)));
    let sealed = fs::read(&backup.path).unwrap();
    for plain in [CANARY.as_bytes(), b"alice", b"SQLite format 3", b"create table"] {
        assert!(!sealed.windows(plain.len()).any(|window| window == plain));
    }
    assert!(!names_in(&data).iter().any(|name| name.contains("copy")), "the copy is gone");

    // It goes on, and what comes later is not in the backup.
    let later = add_case(&ledger, "2").await;
    let restored = put_back(&scratch, &backup, "new").await.unwrap();
    assert_eq!(restored.snapshot(&group("tea"), case).await.unwrap(), Some(snapshot(CANARY)));
    assert!(restored.case(&group("tea"), later).await.unwrap().is_none());
    assert!(ledger.case(&group("tea"), later).await.unwrap().is_some());
    assert_eq!(
        names_in(&scratch.file("new")),
        [
            "erasures.log",
            "ledger.db",
            "ledger.db-shm",
            "ledger.db-wal",
            "ledger.key",
            "ledger.lock",
            "ledger.reading"
        ]
    );
}

/// What is gone from the ledger after a backup was taken is gone from what is put back; what was let in stays in.
#[tokio::test]
async fn what_was_erased_and_purged_since_does_not_come_back() {
    let scratch = Scratch::new();
    let (ledger, erased, data) = kept(&scratch).await;
    let purged = add_case(&ledger, "2").await;
    let stays = add_case(&ledger, "3").await;
    let backup = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    ledger.erase(&group("tea"), erased, |_| true, at(20)).await.unwrap();
    purge(&ledger, &[purged], at(30)).await;
    ledger.log_what_is_gone(&place(&scratch)).await.unwrap();

    let to = scratch.file("new");
    let done = restore(&backup.path, &key(&scratch), &to, &beside(&scratch), at(900)).await.unwrap();
    assert_eq!((done.taken_at, done.erased_again, done.last_erased_at), (at(10), 2, Some(at(30))));
    let restored = Ledger::open(&to).await.unwrap();
    let tea = group("tea");
    assert_eq!(restored.snapshot(&tea, erased).await.unwrap(), None);
    assert!(restored.case(&tea, erased).await.unwrap().is_some(), "its words went, and not its file");
    assert!(restored.case(&tea, purged).await.unwrap().is_none());
    assert_eq!(restored.snapshot(&tea, stays).await.unwrap(), Some(snapshot(CANARY)));
    // Neither is a number given twice, nor does the log begin anew.
    assert!(add_case(&restored, "4").await.number() > 1000);
    purge(&restored, &[stays], at(40)).await;
    restored.log_what_is_gone(&place(&scratch)).await.unwrap();
    restored.close().await;
    let again = put_back(&scratch, &backup, "again").await.unwrap();
    assert!(again.case(&tea, stays).await.unwrap().is_none(), "both logs in one");
}

#[tokio::test]
async fn without_knowing_what_was_erased_nothing_is_put_back_unless_that_is_wanted() {
    let scratch = Scratch::new();
    let (ledger, case, data) = kept(&scratch).await;
    add_case(&ledger, "2").await;
    ledger.erase(&group("tea"), case, |_| true, at(5)).await.unwrap();
    let backup = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    let new = scratch.file("new");
    let other = Scratch::new();
    let (_, _, other_data) = kept(&other).await;
    let old = scratch.file("old.log");
    ledger.close().await;
    let rows: [(_, Told); 2] = [
        (vec![], |error| matches!(error, BackupError::ErasuresUnknown { .. })),
        // Whoever names one knows of more than what stands elsewhere.
        (vec![place(&scratch).join("erasures.log"), scratch.file("nowhere.log")], |error| {
            matches!(error, BackupError::Log(LogError::Missing { .. }))
        }),
    ];
    for (logs, told) in rows {
        let refused = restore(&backup.path, &key(&scratch), &new, &Erasures::In(logs), at(900)).await;
        assert!(refused.as_ref().is_err_and(told), "{refused:?}");
        assert_eq!(names_in(&new), ["ledger.lock"]);
    }
    let foreign = Erasures::In(vec![other_data.join("erasures.log")]);
    let refused = restore(&backup.path, &key(&scratch), &new, &foreign, at(900)).await;
    assert!(matches!(refused, Err(BackupError::Log(_))), "{refused:?}");
    // One that ends before the backup was taken tells nothing of what came after.
    fs::write(&old, &fs::read(data.join("erasures.log")).unwrap()[..16 + 20 + 40]).unwrap();
    let refused = restore(&backup.path, &key(&scratch), &new, &Erasures::In(vec![old]), at(900)).await;
    assert!(matches!(refused, Err(BackupError::ErasuresUnknown { .. })), "{refused:?}");

    restore(&backup.path, &key(&scratch), &new, &Erasures::Unknown, at(900)).await.unwrap();
    let restored = Ledger::open(&new).await.unwrap();
    restored.erase(&group("tea"), Reference::new(2).unwrap(), |_| true, at(901)).await.unwrap();
    restored.log_what_is_gone(&place(&scratch)).await.unwrap();
    // Of an earlier backup, nobody knows what went between the two.
    let refused = put_back(&scratch, &backup, "again").await;
    assert!(matches!(refused, Err(BackupError::ErasuresUnknown { .. })));
}

/// The bot writes such an entry again; nobody else can say what went.
#[tokio::test]
async fn a_log_that_ends_in_the_middle_of_an_entry_does_not_say_that_nothing_went() {
    let scratch = Scratch::new();
    let (ledger, case, data) = kept(&scratch).await;
    let backup = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    ledger.erase(&group("tea"), case, |_| true, at(20)).await.unwrap();
    ledger.log_what_is_gone(&place(&scratch)).await.unwrap();
    ledger.close().await;
    let [torn, whole] = [place(&scratch), data].map(|directory| directory.join("erasures.log"));
    let bytes = fs::read(&torn).unwrap();
    let (new, begins) = (scratch.file("new"), 16 + 20 + 40);
    for left in [begins + 1, begins + 21, bytes.len() - 5] {
        fs::write(&torn, &bytes[..left]).unwrap();
        // One that goes no further than it can be read tells nothing more.
        let short = scratch.file("short.log");
        fs::write(&short, &bytes[..begins]).unwrap();
        for logs in [vec![torn.clone()], vec![short.clone(), torn.clone()], vec![torn.clone(), short]] {
            let refused = restore(&backup.path, &key(&scratch), &new, &Erasures::In(logs), at(900)).await;
            let Err(BackupError::Log(error @ LogError::Torn { .. })) = &refused else {
                panic!("{left}: {refused:?}")
            };
            let told = error.to_string();
            assert!(told.contains("--erasures") && told.contains("--without-erasures"), "{told}");
            assert_eq!(names_in(&new), ["ledger.lock"]);
        }
    }
    let logs = Erasures::In(vec![whole, torn]);
    let done = restore(&backup.path, &key(&scratch), &new, &logs, at(900)).await.unwrap();
    assert_eq!((done.erased_again, done.last_erased_at), (1, Some(at(20))));
    let restored = Ledger::open(&new).await.unwrap();
    assert_eq!(restored.snapshot(&group("tea"), case).await.unwrap(), None);
}

#[tokio::test]
async fn what_went_long_ago_is_forgotten_and_no_backup_from_before_it_is_put_back() {
    let scratch = Scratch::new();
    let (ledger, first, data) = kept(&scratch).await;
    let second = add_case(&ledger, "2").await;
    let place = place(&scratch);
    let before = back_up(&data, &place, &key(&scratch), at(10)).await.unwrap();
    purge(&ledger, &[first], at(20)).await;
    let between = back_up(&data, &place, &key(&scratch), at(30)).await.unwrap();
    purge(&ledger, &[second], at(200 * DAY)).await;
    ledger.log_what_is_gone(&place).await.unwrap();
    ledger.forget_what_went(at(100 * DAY), Some(&place)).await.unwrap();

    let refused = put_back(&scratch, &before, "one").await;
    assert!(matches!(refused, Err(BackupError::ErasuresUnknown { .. })));
    for (log, to) in [(&place, "two"), (&data, "three")] {
        let logs = Erasures::In(vec![log.join("erasures.log")]);
        let done =
            restore(&between.path, &key(&scratch), &scratch.file(to), &logs, at(201 * DAY)).await.unwrap();
        assert_eq!((done.erased_again, done.last_erased_at), (1, Some(at(200 * DAY))), "{to}");
    }
}

/// A letter that waited may have been sent since, and somebody may have been let in: all of it waits for a person.
#[tokio::test]
async fn what_waited_in_a_backup_waits_for_a_person() {
    let scratch = Scratch::new();
    let (ledger, case, data) = kept(&scratch).await;
    let tea = group("tea");
    let mut transaction = ledger.begin().await.unwrap();
    transaction.write_notice(&tea, &member("alice"), &notice(case), None).await.unwrap();
    transaction.commit().await.unwrap();
    let backup = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    let restored = put_back(&scratch, &backup, "new").await.unwrap();
    assert_eq!(restored.next_due(at(1_000_000), &[]).await.unwrap(), None);
    assert_eq!(restored.groups_put_back().await.unwrap(), std::slice::from_ref(&tea));
    let waiting = restored.waiting(&tea, at(1000)).await.unwrap();
    assert_eq!((waiting.letters, waiting.deeds), (1, 0));
    // What is new is done at once.
    let mut transaction = restored.begin().await.unwrap();
    let second = open_case(&mut transaction, "tea", "2").await;
    transaction.queue(&tea, second, &ledger::EffectKind::Remove, at(1000)).await.unwrap();
    transaction.commit().await.unwrap();
    let due = restored.next_due(at(1000), &[]).await.unwrap().unwrap();
    assert_eq!((due.file, due.state), (second, EffectState::Pending));

    let mut transaction = restored.begin().await.unwrap();
    assert!(transaction.put_back(&tea).await.unwrap().is_some_and(|it| it.taken_at == at(10) && !it.told));
    assert!(transaction.resume(&tea, at(1000)).await.unwrap());
    assert!(!transaction.resume(&tea, at(1000)).await.unwrap());
    transaction.commit().await.unwrap();
    assert_eq!(restored.groups_put_back().await.unwrap(), []);
    let mut states = Vec::new();
    while let Some(due) = restored.next_due(at(1001), &[]).await.unwrap() {
        states.push((due.file, due.state));
        let mut transaction = restored.begin().await.unwrap();
        transaction.attempt(due.id, at(1001)).await.unwrap();
        transaction.settle(due.id, &ledger::Settled::Done, at(1001)).await.unwrap();
        transaction.commit().await.unwrap();
    }
    assert_eq!(
        states,
        [(second, EffectState::Pending), (case, EffectState::Unknown)],
        "it is looked for first"
    );
}

#[tokio::test]
async fn whatever_is_wrong_with_a_backup_nothing_is_put_in_place() {
    let scratch = Scratch::new();
    let (ledger, _, data) = kept(&scratch).await;
    let backup = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    ledger.close().await;
    let whole = fs::read(&backup.path).unwrap();
    let new = scratch.file("new");
    // Anywhere: in the header, at the ends of chunks, in the middle of them.
    let step = whole.len() / 40;
    let edges = (0..70).chain((1..40).map(|part| part * step)).chain(whole.len() - 20..whole.len());
    for place_of in edges.clone() {
        let mut bytes = whole.clone();
        bytes[place_of] ^= 0x10;
        fs::write(&backup.path, &bytes).unwrap();
        assert!(read_back(&backup.path, &key(&scratch)).is_err(), "byte {place_of} was changed");
    }
    for length in edges {
        fs::write(&backup.path, &whole[..length]).unwrap();
        assert!(read_back(&backup.path, &key(&scratch)).is_err(), "cut to {length}");
    }
    let other = BackupKey::create(&scratch.file("other.key")).unwrap();
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    let rows: [(&[u8], &BackupKey, Told); 5] = [
        (&damaged, &key(&scratch), |error| matches!(error, BackupError::Damaged { .. })),
        (&whole[..whole.len() - 1], &key(&scratch), |error| matches!(error, BackupError::Damaged { .. })),
        (b"", &key(&scratch), |error| matches!(error, BackupError::Foreign { .. })),
        (
            b"SQLite format 3\0 and so on, for longer than any header of ours could be; and some more of it",
            &key(&scratch),
            |error| matches!(error, BackupError::Foreign { .. }),
        ),
        (&whole, &other, |error| matches!(error, BackupError::KeyWrong { .. })),
    ];
    for (bytes, key, is_right) in rows {
        fs::write(&backup.path, bytes).unwrap();
        let refused = restore(&backup.path, key, &new, &beside(&scratch), at(900)).await.unwrap_err();
        assert!(is_right(&refused), "{refused:?}");
        assert_eq!(names_in(&new), ["ledger.lock"], "{refused}");
    }
    fs::write(&backup.path, &whole).unwrap();
    fs::write(new.join("ledger.db"), "mine").unwrap();
    let refused = restore(&backup.path, &key(&scratch), &new, &beside(&scratch), at(900)).await;
    assert!(matches!(refused, Err(BackupError::NotEmpty { .. })), "{refused:?}");
    assert_eq!(fs::read(new.join("ledger.db")).unwrap(), b"mine");
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_done_again() {
    let scratch = Scratch::new();
    let (ledger, case, data) = kept(&scratch).await;
    let backup = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    ledger.close().await;
    let new = scratch.file("new");
    fs::create_dir_all(new.join("ledger.restore")).unwrap();
    fs::write(new.join("ledger.restore/ledger.db"), "half of it").unwrap();
    fs::write(new.join("ledger.key"), "put there before the database").unwrap();
    let refused = Ledger::open(&new).await.unwrap_err();
    assert!(
        matches!(refused, OpenError::HalfRestored { .. }),
        "a record is not begun anew beside it: {refused}"
    );
    let restored = put_back(&scratch, &backup, "new").await.unwrap();
    assert!(restored.snapshot(&group("tea"), case).await.unwrap().is_some());
    assert!(!new.join("ledger.restore").exists());
}

#[tokio::test]
async fn what_a_first_start_without_room_left_behind_is_in_the_way_of_no_restore() {
    let scratch = Scratch::new();
    let (ledger, case, data) = kept(&scratch).await;
    let backup = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    ledger.close().await;
    let new = scratch.file("new");
    fs::create_dir_all(&new).unwrap();
    for left in ["ledger.lock", "ledger.reading", "ledger.db.new", "ledger.db.new-wal", "ledger.db.new-shm"] {
        fs::write(new.join(left), "").unwrap();
    }
    let restored = put_back(&scratch, &backup, "new").await.unwrap();
    assert!(restored.snapshot(&group("tea"), case).await.unwrap().is_some());
    let left: Vec<_> = names_in(&new).into_iter().filter(|name| name.contains("new")).collect();
    assert_eq!(left, [""; 0], "nothing of it stays");
}

#[tokio::test]
async fn a_ledger_is_not_begun_where_backups_tell_of_one_that_is_not_there() {
    let scratch = Scratch::new();
    let (data, place) = (scratch.file("data"), place(&scratch));
    assert_eq!(may_begin(&data, &place), Ok(()), "nothing is there yet");
    let (ledger, _, _) = kept(&scratch).await;
    let backup = back_up(&data, &place, &key(&scratch), at(10)).await.unwrap();
    assert_eq!(may_begin(&data, &place), Ok(()), "it is there");
    ledger.close().await;
    let gone = scratch.file("gone");
    for left in [backup.path, place.join("erasures.log")] {
        let told = may_begin(&gone, &place).unwrap_err().to_string();
        assert!(told.contains("--data-dir") && told.contains("`beadle restore`"), "{told}");
        assert!(!gone.exists(), "nothing is made");
        fs::remove_file(left).unwrap();
    }
    assert_eq!(may_begin(&gone, &place), Ok(()), "nothing is left of another");
}

#[tokio::test]
async fn nothing_half_written_is_left_of_a_backup_that_cannot_be_taken() {
    let scratch = Scratch::new();
    let nothing = back_up(&scratch.file("nowhere"), &place(&scratch), &key(&scratch), at(10)).await;
    assert!(matches!(nothing, Err(BackupError::NoLedger { .. })), "{nothing:?}");
    let (ledger, _, data) = kept(&scratch).await;
    // The place is a file, and so nothing can be put there.
    fs::write(place(&scratch), "in the way").unwrap();
    assert!(back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.is_err());
    fs::remove_file(place(&scratch)).unwrap();
    // A stop left halves of both.
    fs::create_dir(place(&scratch)).unwrap();
    fs::write(data.join("ledger.db.copy"), "half").unwrap();
    fs::write(place(&scratch).join("beadle.backup.new"), "half").unwrap();
    assert_eq!(backups(&place(&scratch)).unwrap(), []);
    let taken = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    assert!(!data.join("ledger.db.copy").exists());
    assert_eq!(backups(&place(&scratch)).unwrap(), [taken]);
    // Twice in one second is once too often, and the first stays.
    let again = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await;
    assert!(matches!(again, Err(BackupError::Io { .. })), "{again:?}");
    assert_eq!(backups(&place(&scratch)).unwrap().len(), 1);
    // Damage is found before anything is sealed.
    ledger.close().await;
    let db = data.join("ledger.db");
    let mut bytes = fs::read(&db).unwrap();
    bytes.iter_mut().skip(3 * 4096).step_by(5).for_each(|byte| *byte ^= 0x5a);
    fs::write(&db, bytes).unwrap();
    let damaged = back_up(&data, &place(&scratch), &key(&scratch), at(20)).await;
    assert!(matches!(damaged, Err(BackupError::Open(OpenError::Corrupt { .. }))), "{damaged:?}");
    assert_eq!(backups(&place(&scratch)).unwrap().len(), 1);
    assert!(!data.join("ledger.db.copy").exists());
}

#[tokio::test]
async fn backups_are_rotated_and_other_files_are_left_alone() {
    let scratch = Scratch::new();
    let (_ledger, _, data) = kept(&scratch).await;
    for day in 0..4 {
        back_up(&data, &place(&scratch), &key(&scratch), at(day * DAY)).await.unwrap();
    }
    fs::write(place(&scratch).join("beadle-notes.backup"), "not one of ours").unwrap();
    let gone = prune(&place(&scratch), Kept { days: 2, weeks: 0 }, at(4 * DAY)).unwrap();
    assert_eq!(gone.len(), 2);
    let left: Vec<_> = backups(&place(&scratch)).unwrap().iter().map(|backup| backup.taken_at).collect();
    assert_eq!(left, [at(3 * DAY), at(2 * DAY)]);
    assert!(place(&scratch).join("beadle-notes.backup").exists());
}

#[tokio::test]
async fn a_backup_from_before_a_new_key_is_put_back_and_knows_what_went_since() {
    let scratch = Scratch::new();
    let (ledger, case, data) = kept(&scratch).await;
    let second = add_case(&ledger, "2").await;
    let before = back_up(&data, &place(&scratch), &key(&scratch), at(10)).await.unwrap();
    ledger.close().await;
    rotate(&data).await.unwrap();
    let ledger = Ledger::open(&data).await.unwrap();
    assert!(ledger.snapshot(&group("tea"), case).await.unwrap().is_some());
    purge(&ledger, &[case], at(20)).await;
    ledger.log_what_is_gone(&place(&scratch)).await.unwrap();
    let after = back_up(&data, &place(&scratch), &key(&scratch), at(30)).await.unwrap();
    // And the key of backups is another from now on.
    let old = BackupKey::replace(&scratch.file("backup.key")).unwrap();
    let old = BackupKey::read(&old).unwrap();
    assert_ne!(old.name(), key(&scratch).name());
    for (backup, to) in [(before, "one"), (after, "two")] {
        restore(&backup.path, &old, &scratch.file(to), &beside(&scratch), at(900)).await.unwrap();
        let restored = Ledger::open(&scratch.file(to)).await.unwrap();
        assert!(restored.case(&group("tea"), case).await.unwrap().is_none(), "{to}");
        assert_eq!(restored.snapshot(&group("tea"), second).await.unwrap(), Some(snapshot(CANARY)), "{to}");
    }
}

/// While the whole database is read, the log cannot be emptied: nothing waits for that, and it is made up for.
#[tokio::test]
async fn an_erasure_during_a_backup_is_finished_after_it() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", CANARY).await;
    let mut raw = scratch.raw().await;
    let wrapped: Vec<u8> =
        sqlx::query_scalar("select wrapped from file_key").fetch_one(&mut raw).await.unwrap();
    sqlx::Connection::close(raw).await.unwrap();
    let reading = File::options().write(true).open(scratch.file("ledger.reading")).unwrap();
    reading.lock().unwrap();
    ledger.erase(&group("tea"), case, |_| true, at(2)).await.unwrap();
    ledger.scrub().await.unwrap();
    assert!(scratch.holds(&wrapped), "it stands in the log as long as somebody reads");
    let busy = back_up(scratch.path(), &place(&scratch), &key(&scratch), at(3)).await;
    assert!(matches!(busy, Err(BackupError::Busy { .. })), "{busy:?}");
    reading.unlock().unwrap();
    ledger.make_up().await.unwrap();
    assert!(!scratch.holds(&wrapped));
}

#[tokio::test]
async fn a_key_is_made_once_and_read_by_its_owner_only() {
    let scratch = Scratch::new();
    let path = scratch.file("some.key");
    assert!(matches!(BackupKey::read(&path), Err(BackupError::KeyMissing { .. })));
    let made = BackupKey::create(&path).unwrap();
    assert!(matches!(BackupKey::create(&path), Err(BackupError::KeyExists { .. })));
    assert_eq!(BackupKey::read(&path).unwrap().name(), made.name());
    assert!(!format!("{made:?}").contains(fs::read_to_string(&path).unwrap().trim()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(BackupKey::read(&path), Err(BackupError::Open(_))));
    }
}
