//! What is opened, and what is refused before anything in it is touched.

use std::fs;

use ledger::{Ledger, OpenError};
use sqlx::Connection;

use crate::support::{Scratch, group, raw, with_case};

#[tokio::test]
async fn a_ledger_is_made_where_there_is_none_and_found_again() {
    let scratch = Scratch::new();
    let nested = scratch.file("data/beadle");
    Ledger::open(&nested).await.unwrap().close().await;
    Ledger::open(&nested).await.unwrap().close().await;
    let mut files: Vec<_> =
        fs::read_dir(&nested).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(
        files,
        ["erasures.log", "ledger.clean", "ledger.db", "ledger.key", "ledger.lock", "ledger.reading"]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |file: &str| fs::metadata(nested.join(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(""), mode("ledger.key"), mode("ledger.db")], [0o700, 0o600, 0o600]);
    }
}

#[tokio::test]
async fn whoever_looks_from_outside_knows_each_of_its_files() {
    let scratch = Scratch::new();
    let nowhere = scratch.file("nowhere");
    assert!(!ledger::exists(&nowhere) && ledger::size(&nowhere).is_err());
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    let known = ledger::FILES.map(|file| file.name);
    let names = || -> Vec<String> {
        let files = fs::read_dir(scratch.path()).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    let unknown = |names: Vec<String>| names.into_iter().find(|name| !known.contains(&name.as_str()));
    assert_eq!(unknown(names()), None, "while it is open");
    let len = |file: &str| fs::metadata(scratch.file(file)).unwrap().len();
    assert!(len("ledger.db-wal") > 0);
    assert_eq!(ledger::size(scratch.path()).unwrap(), len("ledger.db") + len("ledger.db-wal"));
    ledger.close().await;
    assert!(ledger::exists(scratch.path()));
    assert_eq!(unknown(names()), None, "when it is closed");
    let there: Vec<_> = known.into_iter().filter(|name| scratch.file(name).exists()).collect();
    let beside = ["ledger.db-wal", "ledger.db-shm"];
    assert_eq!(there.len() + beside.len(), known.len(), "{there:?}");
}

#[tokio::test]
async fn a_start_that_was_cut_short_is_made_again() {
    let scratch = Scratch::new();
    fs::write(scratch.file("ledger.db.new"), "half a database").unwrap();
    fs::write(scratch.file("ledger.key.new"), "half a key").unwrap();
    fs::write(scratch.file("ledger.db"), "").unwrap();
    scratch.open().await.close().await;
    assert!(!scratch.file("ledger.db.new").exists() && !scratch.file("ledger.key.new").exists());
}

#[tokio::test]
async fn a_second_instance_is_refused() {
    let scratch = Scratch::new();
    let ledger = scratch.open().await;
    insta::assert_snapshot!(
        scratch.refusal().await,
        @"ledger.lock is held by another running Beadle: stop that one first, or choose another data directory"
    );
    ledger.close().await;
    scratch.open().await.close().await;
}

#[tokio::test]
async fn a_dropped_ledger_can_be_opened_again_at_once() {
    let scratch = Scratch::new();
    for _ in 0..3 {
        let ledger = scratch.open().await;
        let transaction = ledger.begin().await.unwrap();
        drop((ledger, transaction));
    }
}

/// What a kill leaves behind: everything committed, some of it only in the write-ahead log, with its index or without.
#[tokio::test]
async fn a_killed_ledger_opens_with_all_that_was_committed() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    for index in [None, Some(&"ledger.db-shm")] {
        let left = Scratch::new();
        for file in ["ledger.db", "ledger.db-wal", "ledger.key"].iter().chain(index) {
            fs::copy(scratch.file(file), left.file(file)).unwrap();
        }
        assert!(fs::metadata(left.file("ledger.db-wal")).unwrap().len() > 0);
        let ledger = left.open().await;
        assert!(ledger.case(&group("tea"), case).await.unwrap().is_some());
        assert_eq!(
            fs::metadata(left.file("ledger.db-wal")).unwrap().len(),
            0,
            "an erasure would not be finished"
        );
    }
    ledger.close().await;
}

#[tokio::test]
async fn foreign_files_are_refused_untouched() {
    let scratch = Scratch::new();
    let db = scratch.file("ledger.db");

    let mut other = raw(&db).await;
    sqlx::raw_sql("create table theirs (x)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    let bytes = fs::read(&db).unwrap();
    insta::assert_snapshot!(
        scratch.refusal().await,
        @"ledger.db is not a ledger of Beadle: move it away, or choose another data directory"
    );
    assert_eq!(fs::read(&db).unwrap(), bytes);
    assert!(!scratch.file("ledger.key").exists());

    fs::write(&db, "a shopping list").unwrap();
    assert!(matches!(Ledger::open(scratch.path()).await, Err(OpenError::Foreign { .. })));
    assert_eq!(fs::read(&db).unwrap(), b"a shopping list");
}

#[tokio::test]
async fn a_newer_ledger_is_refused_untouched() {
    let scratch = Scratch::new();
    scratch.open().await.close().await;
    let mut raw = scratch.raw().await;
    sqlx::raw_sql("pragma user_version = 900").execute(&mut raw).await.unwrap();
    // First while the number stands only in the write-ahead log, then in the file.
    let newer = format!(
        "ledger.db was written by a newer Beadle (schema 900, this one knows {}): run that version, or restore a \
         backup from before the upgrade",
        crate::schema::newest()
    );
    assert_eq!(scratch.refusal().await, newer);
    raw.close().await.unwrap();
    let bytes = fs::read(scratch.file("ledger.db")).unwrap();
    assert_eq!(scratch.refusal().await, newer);
    assert_eq!(fs::read(scratch.file("ledger.db")).unwrap(), bytes);
}

#[tokio::test]
async fn a_damaged_ledger_is_refused_untouched() {
    let scratch = Scratch::new();
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    ledger.close().await;
    let db = scratch.file("ledger.db");
    let mut bytes = fs::read(&db).unwrap();
    for byte in bytes.iter_mut().skip(2 * 4096).step_by(7) {
        *byte ^= 0x5a;
    }
    fs::write(&db, &bytes).unwrap();
    assert_eq!(scratch.refusal().await, "ledger.db is damaged: keep a copy of it, and restore a backup");
    assert_eq!(fs::read(&db).unwrap(), bytes);
}

#[tokio::test]
async fn a_log_without_its_database_is_refused() {
    let scratch = Scratch::new();
    fs::write(scratch.file("ledger.db-wal"), "frames").unwrap();
    insta::assert_snapshot!(
        scratch.refusal().await,
        @"ledger.db-wal is there, but the ledger.db it belongs to is not: restore ledger.db from where it went or from a backup, or move this file away to begin anew"
    );
    assert!(!scratch.file("ledger.db").exists());
}

#[tokio::test]
async fn the_key_file_is_guarded() {
    let scratch = Scratch::new();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    ledger.close().await;
    let path = scratch.file("ledger.key");
    let key = fs::read_to_string(&path).unwrap();
    assert_eq!(key.trim_end().len(), 64);

    for bad in ["", "secret", &key[1..], &format!("{key}00"), &key.replace(|c: char| c.is_ascii(), "g")] {
        fs::write(&path, bad).unwrap();
        assert_eq!(
            scratch.refusal().await,
            "ledger.key does not hold a key, which is 64 hexadecimal digits: put it back from its backup",
        );
    }
    fs::write(&path, "0".repeat(64)).unwrap();
    insta::assert_snapshot!(
        scratch.refusal().await,
        @"ledger.key is not the key this ledger's texts are sealed with: put the right one back from its backup"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(
                scratch.refusal().await,
                "ledger.key can be read by others: run `chmod 600 ledger.key`"
            );
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::remove_file(&path).unwrap();
    insta::assert_snapshot!(
        scratch.refusal().await,
        @"ledger.key is missing, and the ledger has texts sealed with it: put it back from its backup"
    );
    assert!(!path.exists());

    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(&path).unwrap(), key.to_uppercase().as_bytes()).unwrap();
    let ledger = scratch.open().await;
    assert!(ledger.snapshot(&group("tea"), case).await.unwrap().is_some());
}

#[tokio::test]
async fn a_key_may_be_lost_while_nothing_is_sealed() {
    let scratch = Scratch::new();
    scratch.open().await.close().await;
    fs::remove_file(scratch.file("ledger.key")).unwrap();
    let (ledger, case) = with_case(&scratch, "tea", "spoilt").await;
    ledger.close().await;
    assert!(scratch.open().await.snapshot(&group("tea"), case).await.unwrap().is_some());
}

#[tokio::test]
async fn a_migration_that_was_edited_is_refused() {
    let scratch = Scratch::new();
    scratch.open().await.close().await;
    let mut raw = scratch.raw().await;
    sqlx::raw_sql("update _sqlx_migrations set checksum = x'00'").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    assert!(matches!(Ledger::open(scratch.path()).await, Err(OpenError::Migration { .. })));
}

/// What a file holds, if it is there.
type Bytes<'a> = Option<&'a [u8]>;

/// What can be wrong with a directory, and what is said to do about it. Nothing in it is touched.
#[tokio::test]
async fn whatever_is_wrong_is_refused_with_what_to_do_and_untouched() {
    let whole = Scratch::new();
    let (ledger, _) = with_case(&whole, "tea", "spoilt").await;
    ledger.close().await;
    let (db, key) = (fs::read(whole.file("ledger.db")).unwrap(), fs::read(whole.file("ledger.key")).unwrap());
    let log = fs::read(whole.file("erasures.log")).unwrap();
    let other = Scratch::new();
    let mut raw = raw(&other.file("theirs.db")).await;
    sqlx::raw_sql("create table theirs (x)").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let theirs = fs::read(other.file("theirs.db")).unwrap();
    let changed = |at: usize, to: &[u8]| {
        let mut bytes = db.clone();
        bytes[at..at + to.len()].copy_from_slice(to);
        bytes
    };
    let half = changed(db.len() / 2, &[0x5a; 4096]);
    let wrong_key = "0".repeat(64).into_bytes();
    let newer = changed(60, &900_u32.to_be_bytes());
    let said_newer = format!(
        "ledger.db was written by a newer Beadle (schema 900, this one knows {})",
        crate::schema::newest()
    );
    const DAMAGED: &str = "ledger.db is damaged: keep a copy of it, and restore a backup";
    const FOREIGN: &str = "ledger.db is not a ledger of Beadle: move it away";
    const LOST: &str = "ledger.db is gone or empty, and erasures.log beside it says that there was one";
    let key = Some(key.as_slice());
    let rows: [(&str, Bytes<'_>, Bytes<'_>, &str); 12] = [
        ("cut in the middle", Some(&db[..db.len() / 2]), key, DAMAGED),
        ("cut within the header", Some(&db[..60]), key, FOREIGN),
        ("a page overwritten", Some(&half), key, DAMAGED),
        ("a bit of the magic", Some(&changed(3, b"X")), key, FOREIGN),
        ("a bit of the application", Some(&changed(68, b"X")), key, FOREIGN),
        ("the size of pages", Some(&changed(16, &[0, 7])), key, DAMAGED),
        ("empty", Some(b""), key, LOST),
        ("gone", None, key, LOST),
        ("another program's", Some(&theirs), key, FOREIGN),
        ("a newer one", Some(&newer), key, &said_newer),
        ("another key", Some(&db), Some(&wrong_key), "ledger.key is not the key"),
        ("no key", Some(&db), None, "ledger.key is missing"),
    ];
    for (what, db, key, want) in rows {
        let scratch = Scratch::new();
        for (name, bytes) in [("ledger.db", db), ("ledger.key", key), ("erasures.log", Some(&log))] {
            if let Some(bytes) = bytes {
                fs::write(scratch.file(name), bytes).unwrap();
                #[cfg(unix)]
                fs::set_permissions(scratch.file(name), std::os::unix::fs::PermissionsExt::from_mode(0o600))
                    .unwrap();
            }
        }
        let refusal = scratch.refusal().await;
        assert!(refusal.starts_with(want), "{what}: {refusal}");
        assert_eq!(fs::read(scratch.file("ledger.db")).ok().as_deref(), db, "{what}");
        assert_eq!(fs::read(scratch.file("ledger.key")).ok().as_deref(), key, "{what}");
    }
    // A directory that is none, and so can hold nothing.
    let scratch = Scratch::new();
    fs::write(scratch.file("data"), "in the way").unwrap();
    assert!(matches!(Ledger::open(&scratch.file("data")).await, Err(OpenError::Io { .. })));
}

/// A start after a run that ended well looks at nothing as a whole before it goes on; it is looked at beside everything else.
#[tokio::test]
async fn a_run_that_ended_well_lets_the_next_start_at_once() {
    let scratch = Scratch::new();
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    assert!(ledger.was_checked());
    ledger.close().await;
    let ledger = scratch.open().await;
    assert!(!ledger.was_checked());
    assert!(!scratch.file("ledger.clean").exists(), "a stop that is not well leaves none");
    assert!(ledger.check().await.unwrap());
    assert!(ledger.was_checked());
    // Not one that is merely dropped, as when the process is killed.
    drop(ledger);
    let ledger = scratch.open().await;
    assert!(ledger.was_checked());
    ledger.close().await;
    // Nor what another program wrote, or put there.
    let db = scratch.file("ledger.db");
    let at = fs::metadata(&db).unwrap().modified().unwrap();
    let file = fs::File::options().write(true).open(&db).unwrap();
    file.set_modified(at + std::time::Duration::from_secs(1)).unwrap();
    let ledger = scratch.open().await;
    assert!(ledger.was_checked());
    ledger.close().await;
    // Whoever only has a look, again and again, does not put it off for ever.
    let mut unchecked = 0;
    loop {
        let ledger = scratch.open().await;
        let was_checked = ledger.was_checked();
        ledger.close().await;
        if was_checked {
            break;
        }
        unchecked += 1;
        assert!(unchecked < 20);
    }
    assert_eq!(unchecked, 5);
}

#[tokio::test]
async fn what_a_disk_changed_while_nobody_ran_is_found_beside_everything_else() {
    let scratch = Scratch::new();
    let (ledger, _) = with_case(&scratch, "tea", "spoilt").await;
    ledger.close().await;
    let db = scratch.file("ledger.db");
    let at = fs::metadata(&db).unwrap().modified().unwrap();
    let mut bytes = fs::read(&db).unwrap();
    // The last page, which no start reads.
    let last = bytes.len() - 4096;
    bytes[last..].fill(0x5a);
    fs::write(&db, &bytes).unwrap();
    fs::File::options().write(true).open(&db).unwrap().set_modified(at).unwrap();
    let ledger = scratch.open().await;
    let found = ledger.check().await;
    assert!(matches!(found, Err(OpenError::Corrupt { .. })), "{found:?}");
    assert!(!ledger.was_checked());
}
