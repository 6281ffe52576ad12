//! `beadle doctor` as those run it who look after the program: what is broken is found, with what to do and the exit code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use beadle::clock::SystemClock;
use ledger::{Checked, Ledger};
use policy::checkup::{Check, Standing, Watched};
use policy::{Clock as _, GroupId, Timestamp};
use serde_json::Value;

use crate::beadle::{Conversation, beadle, transcript};
use crate::cli::{err, out, run_in};

/// What is found in a folder with a data directory `data`: for people or for programs.
fn doctor(folder: &Path, args: &[&str]) -> Output {
    let mut command = beadle(Path::new("data"));
    command.env("COLUMNS", "100").current_dir(folder).args(args).output().expect("the program ends")
}

/// By how many days a script's time, which begins on 5 January 2026, has to go on to be at most a day behind the machine's.
fn today() -> i64 {
    let begins = Timestamp::from_millis(1_767_603_600_000);
    (SystemClock.now().as_millis() - begins.as_millis()) / (24 * 60 * 60 * 1000)
}

/// A script is played now.
fn play(folder: &Path, script: &str) {
    transcript(&folder.join("data"), &format!("+{}d\n{script}", today()));
}

/// Each check of what is of the machine and of groups, with how it stands, and the exit code.
fn found(folder: &Path, more: &[&str]) -> (BTreeMap<String, String>, Option<i32>) {
    let output = doctor(folder, &[more, &["doctor", "--json"]].concat());
    assert_eq!(err(&output), "");
    let report: Value = serde_json::from_str(out(&output)).expect("it is JSON");
    assert_eq!(report["version"], 1);
    let mut found = BTreeMap::new();
    for finding in report["findings"].as_array().expect("a list") {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let name = match finding["subject"].as_str() {
            Some(subject) => format!("{} {subject}", text("check")),
            None => text("check"),
        };
        assert_eq!(finding["fix"].is_null(), text("standing") == "right", "what to do: {finding}");
        found.insert(name, text("standing"));
    }
    // How full the machine is on which this runs is nothing that is tested.
    found.retain(|name, _| !name.starts_with("machine.disk"));
    (found, output.status.code())
}

/// What is not right there.
fn amiss(folder: &Path, more: &[&str]) -> (Vec<String>, Option<i32>) {
    let (found, code) = found(folder, more);
    let amiss = found.into_iter().filter(|(_, standing)| standing != "right");
    (amiss.map(|(name, standing)| format!("{name}: {standing}")).collect(), code)
}

#[test]
fn before_the_first_start_and_after_it_nothing_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let none = (vec!["backup.configured: attention".to_owned()], Some(0));
    assert_eq!(amiss(folder.path(), &[]), none);
    assert!(!folder.path().join("data").exists(), "nothing is made");
    let mut running = Conversation::start(beadle(&folder.path().join("data")));
    running.say(&format!("+{}d", today()));
    running.say("alice: hello");
    assert_eq!(amiss(folder.path(), &[]), none, "while it runs");
    assert_eq!(running.end(), "");
    assert_eq!(amiss(folder.path(), &[]), none, "and when it does not");
    let (found, _) = found(folder.path(), &[]);
    for check in ["record.opens", "record.sqlite", "record.integrity", "record.key", "machine.clock"] {
        assert_eq!(found.get(check).map(String::as_str), Some("right"), "{check}: {found:?}");
    }
    let said = doctor(folder.path(), &["doctor"]);
    assert_eq!(said.status.code(), Some(0));
    let said = out(&said);
    assert!(said.contains("✔ the record is whole\n") && said.contains("! no backups are taken"), "{said}");
    assert!(said.contains("\n      make a key with `beadle key new FILE`"), "what to do is below it: {said}");
}

#[test]
fn whoever_names_no_configuration_reads_first_that_it_is_the_built_in_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = run_in(folder.path(), &["config", "check"], "");
    let line = out(&check).trim_end();
    assert!(line.starts_with("built-in configuration"), "{line}");
    let said = doctor(folder.path(), &["doctor"]);
    assert_eq!(out(&said).lines().nth(1), Some(&*format!("✔ {line}")), "below what it is of");
    let report = doctor(folder.path(), &["doctor", "--json"]);
    let report: Value = serde_json::from_str(out(&report)).expect("it is JSON");
    assert_eq!(report["findings"][0]["says"], line);
    configure(folder.path(), "");
    let said = doctor(folder.path(), &["--config", "beadle.toml", "doctor"]);
    assert!(!out(&said).contains("built-in"), "{}", out(&said));
}

/// What somebody does to a folder, what is found then, and the exit code.
type Row = (&'static str, fn(&Path), &'static [&'static str], i32);

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it can be set");
}

fn configure(folder: &Path, text: &str) {
    fs::write(folder.join("beadle.toml"), text).expect("it can be written");
}

fn told(folder: &Path, args: &[&str]) {
    let output = run_in(folder, args, "");
    assert!(output.status.success(), "{args:?}: {}", err(&output));
}

const BACKUPS: &str = "[backup]\ndirectory = \"place\"\nkey_file = \"backup.key\"\n";

/// Backups are set up, and one is taken.
fn backed_up(folder: &Path) {
    configure(folder, BACKUPS);
    told(folder, &["key", "new", "backup.key"]);
    told(folder, &["--config", "beadle.toml", "--data-dir", "data", "backup"]);
}

fn last_backup(folder: &Path) -> std::path::PathBuf {
    let files = fs::read_dir(folder.join("place")).expect("it can be read");
    let mut files = files.map(|file| file.expect("a file").path());
    files.find(|file| file.extension().is_some_and(|end| end == "backup")).expect("there is one")
}

fn spoil(file: &Path, at: usize) {
    let mut bytes = fs::read(file).expect("it can be read");
    bytes[at..at + 512].fill(0xa5);
    fs::write(file, bytes).expect("it can be written");
}

#[cfg(unix)]
#[test]
fn what_is_broken_is_found_and_only_that() {
    const NO_BACKUPS: &str = "backup.configured: attention";
    let rows: [Row; 16] = [
        (
            "a key that others can read",
            |folder| set_mode(&folder.join("data/ledger.key"), 0o644),
            &[NO_BACKUPS, "machine.files ledger.key: wrong", "record.key: wrong"],
            1,
        ),
        (
            "an open folder",
            |folder| set_mode(&folder.join("data"), 0o755),
            &[NO_BACKUPS, "machine.files data folder: wrong"],
            1,
        ),
        (
            "a folder open to a group",
            |folder| set_mode(&folder.join("data"), 0o750),
            &[NO_BACKUPS, "machine.files data folder: attention"],
            0,
        ),
        (
            "a folder in which nothing can be written",
            |folder| set_mode(&folder.join("data"), 0o500),
            &[NO_BACKUPS, "machine.files writing: wrong"],
            1,
        ),
        (
            "a record that cannot be written",
            |folder| set_mode(&folder.join("data/ledger.db"), 0o400),
            &[NO_BACKUPS, "machine.files writing: wrong"],
            1,
        ),
        (
            "a key that is gone",
            |folder| fs::remove_file(folder.join("data/ledger.key")).expect("it is there"),
            &[NO_BACKUPS, "record.key: wrong"],
            1,
        ),
        (
            "a record that is damaged",
            |folder| spoil(&folder.join("data/ledger.db"), 20 * 4096),
            &[NO_BACKUPS, "record.integrity: wrong"],
            1,
        ),
        (
            "no record any more",
            |folder| fs::write(folder.join("data/ledger.db"), "a shopping list").expect("written"),
            &[NO_BACKUPS, "record.opens: wrong"],
            1,
        ),
        ("backups", backed_up, &[], 0),
        (
            "backups without one",
            |folder| {
                backed_up(folder);
                fs::remove_file(last_backup(folder)).expect("it is there");
            },
            &["backup.age: attention"],
            0,
        ),
        (
            "a backup that is damaged",
            |folder| {
                backed_up(folder);
                spoil(&last_backup(folder), 4096);
            },
            &["backup.opens: wrong"],
            1,
        ),
        (
            "no key of backups",
            |folder| {
                backed_up(folder);
                fs::remove_file(folder.join("backup.key")).expect("it is there");
            },
            &["backup.key: wrong"],
            1,
        ),
        (
            "a key of backups that is handed over to the service alone",
            |folder| {
                backed_up(folder);
                configure(
                    folder,
                    &BACKUPS.replace("key_file = \"backup.key\"", "key_env = \"NOT_SET_HERE\""),
                );
            },
            &["backup.key: attention"],
            0,
        ),
        (
            "a wordlist with a mistake",
            |folder| {
                fs::write(folder.join("own.toml"), "[list]\nname = 7\n").expect("written");
                configure(folder, "[wordlists]\nfiles = [\"own.toml\"]\n");
            },
            &[NO_BACKUPS, "config.wordlists wordlists: wrong"],
            1,
        ),
        (
            "a configuration with a mistake",
            |folder| configure(folder, "[[groups]]\nid = \"tea\"\nnmae = \"Tea\"\n"),
            &["config.file"],
            1,
        ),
        (
            "a record that was put back",
            |folder| {
                backed_up(folder);
                let (backup, data) = (last_backup(folder), folder.join("data"));
                fs::rename(&data, folder.join("old")).expect("it is there");
                let backup = backup.to_str().expect("its name is text");
                told(folder, &["--data-dir", "data", "restore", backup, "--key", "backup.key"]);
            },
            &["record.put_back: wrong"],
            1,
        ),
    ];
    for (name, happens, want, code) in rows {
        let folder = tempfile::tempdir().expect("a folder");
        play(folder.path(), "alice: what shit\nmo /void B-0001\n");
        configure(folder.path(), "");
        happens(folder.path());
        let (amiss, is) = amiss(folder.path(), &["--config", "beadle.toml"]);
        set_mode(&folder.path().join("data"), 0o700);
        match want {
            ["config.file"] => {
                assert!(amiss.iter().all(|line| line.starts_with("config.file ")), "{name}: {amiss:?}");
            }
            // What of it can be read is a matter of where the damage is.
            [_, "record.integrity: wrong"] => {
                let is_told = |line: &String| line == want[1] || line == "record.opens: wrong";
                assert!(amiss.iter().any(is_told), "{name}: {amiss:?}")
            }
            want => assert_eq!(amiss, *want, "{name}"),
        }
        assert_eq!(is, Some(code), "{name}");
    }
}

#[test]
fn a_record_that_is_not_there_or_not_the_one_of_the_backups_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let with = ["--config", "beadle.toml"];
    let script = "alice: what shit\nmo /void B-0001\n";
    play(folder.path(), script);
    backed_up(folder.path());
    fs::rename(folder.path().join("data"), folder.path().join("away")).expect("it is there");
    assert_eq!(amiss(folder.path(), &with), (vec!["record.opens: wrong".to_owned()], Some(1)));
    let said = doctor(folder.path(), &[&with[..], &["doctor"]].concat());
    let said = out(&said);
    assert!(said.contains("✘ the record is not where it should be (data)\n"), "{said}");
    assert!(said.contains("mount what is missing") && said.contains("`beadle restore`"), "{said}");
    // Another one was begun, as by a program that knew of no backups.
    play(folder.path(), script);
    assert_eq!(amiss(folder.path(), &with), (vec!["backup.configured: wrong".to_owned()], Some(1)));
    let said = doctor(folder.path(), &[&with[..], &["doctor"]].concat());
    let said = out(&said);
    assert!(said.contains("place/erasures.log is not the log of erasures of this ledger"), "{said}");
    assert!(said.contains("name another directory for backups"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_directory_of_backups_that_the_bot_cannot_write_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let with = ["--config", "beadle.toml"];
    play(folder.path(), "alice: what shit\nmo /void B-0001\n");
    backed_up(folder.path());
    set_mode(&folder.path().join("place"), 0o500);
    let found = amiss(folder.path(), &with);
    let said = doctor(folder.path(), &[&with[..], &["doctor"]].concat());
    set_mode(&folder.path().join("place"), 0o700);
    assert_eq!(found, (vec!["backup.configured: wrong".to_owned()], Some(1)));
    let said = out(&said);
    assert!(said.contains("✘ the bot cannot write into the directory of backups (place)\n"), "{said}");
    assert!(said.contains("\n      chmod u+rwx place\n"), "{said}");
    assert!(!said.contains("a backup is taken every day"), "{said}");
}

#[test]
fn a_backup_of_an_earlier_key_is_found_until_there_is_one_of_the_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let with = ["--config", "beadle.toml"];
    play(folder.path(), "alice: what shit\nmo /void B-0001\n");
    backed_up(folder.path());
    let rotated = run_in(folder.path(), &[&with[..], &["key", "rotate", "--backup"]].concat(), "");
    assert!(out(&rotated).contains("Take one with the new key now, by `beadle backup`"), "{}", out(&rotated));
    assert_eq!(amiss(folder.path(), &with), (vec!["backup.opens: wrong".to_owned()], Some(1)));
    let said = doctor(folder.path(), &[&with[..], &["doctor"]].concat());
    let said = out(&said);
    assert!(
        said.contains("      it was taken with an earlier key: take a new one with `beadle backup`"),
        "{said}"
    );
    assert!(!said.contains("--key"), "it has no such option: {said}");
    told(folder.path(), &["--config", "beadle.toml", "--data-dir", "data", "backup"]);
    assert_eq!(amiss(folder.path(), &with), (vec![], Some(0)));
}

#[test]
fn what_should_have_been_done_by_now_is_counted_with_the_command_that_shows_it() {
    let folder = tempfile::tempdir().expect("a folder");
    // A script's time begins at the beginning of 2026, so that all of it is long past.
    transcript(
        &folder.path().join("data"),
        "alice: you utter bell3nd\nbob: oh fuck off\nbob -> beadle: appeal B-0002 It was a quotation.\n",
    );
    let (amiss, code) = amiss(folder.path(), &[]);
    assert_eq!(code, Some(1), "{amiss:?}");
    for late in ["overdue.reviews: wrong", "overdue.appeals: wrong", "overdue.deadlines: wrong"] {
        assert!(amiss.iter().any(|line| line == late), "{late}: {amiss:?}");
    }
    let said = doctor(folder.path(), &["doctor"]);
    let said = out(&said);
    assert!(said.contains("✘ posts at which somebody should have looked by now: 1\n"), "{said}");
    assert!(said.contains("a moderator sees them with `queue`"), "{said}");
    for word in ["bell3nd", "fuck", "quotation", "alice", "bob"] {
        assert!(!said.contains(word), "nobody's words or names: {said}");
    }
}

#[test]
fn removals_that_are_left_to_officers_are_found_until_an_admin_says_that_it_is_over() {
    let mistake = "asha /wordlist add strong general word teapot\n".to_owned();
    let authors = ["alice", "bob", "carol", "dev"].iter().cycle().take(40);
    let tripped = authors.fold(mistake, |script, author| format!("{script}{author}: teapot\n"));
    let folder = tempfile::tempdir().expect("a folder");
    play(folder.path(), &tripped);
    let left = "filter.breaker: wrong".to_owned();
    let (amiss_now, code) = amiss(folder.path(), &[]);
    assert_eq!((amiss_now.contains(&left), code), (true, Some(1)), "{amiss_now:?}");
    let said = doctor(folder.path(), &["doctor"]);
    let said = out(&said);
    assert!(said.contains("an admin says `breaker reset`") && !said.contains("teapot"), "{said}");

    let folder = tempfile::tempdir().expect("a folder");
    play(folder.path(), &format!("{tripped}asha /breaker reset\n"));
    let (amiss_now, code) = amiss(folder.path(), &[]);
    assert_eq!((amiss_now.contains(&left), code), (false, Some(0)), "{amiss_now:?}");
}

/// Only the program that serves a group can know it, and notes what it found.
#[tokio::test]
async fn that_it_cannot_be_tried_whether_a_group_is_heard_is_found_unless_it_is_switched_off() {
    let folder = tempfile::tempdir().expect("a folder");
    play(folder.path(), "alice: good morning\n");
    let noted = Checked {
        check: Check::Canary,
        subject: String::new(),
        watched: Watched { standing: Standing::Wrong, known: Standing::Wrong },
        said: "the bot cannot try it".to_owned(),
        remedy: Some("let it write there".to_owned()),
    };
    let ledger = Ledger::open(&folder.path().join("data")).await.expect("it opens");
    let mut transaction = ledger.begin().await.expect("it can be written");
    let group = GroupId::new("thistlebrook").expect("a name");
    transaction.keep_checked(&group, &noted, None, SystemClock.now()).await.expect("it can be written");
    transaction.commit().await.expect("it can be written");
    ledger.close().await;
    let untried = "hearing.canary: wrong".to_owned();
    let (amiss_now, code) = amiss(folder.path(), &[]);
    assert_eq!((amiss_now.contains(&untried), code), (true, Some(1)), "{amiss_now:?}");
    let said = doctor(folder.path(), &["doctor"]);
    let line = "✘ the bot cannot try it (when the bot looked last)\n      let it write there\n";
    assert!(out(&said).contains(line), "{}", out(&said));
    let group = "[[groups]]\nid = \"thistlebrook\"\nname = \"Thistlebrook\"\ncontact = \"the Secretary\"\n";
    configure(folder.path(), &format!("{group}[groups.canary]\nenabled = false\n"));
    let (amiss_now, code) = amiss(folder.path(), &["--config", "beadle.toml"]);
    assert_eq!((amiss_now.contains(&untried), code), (false, Some(0)), "{amiss_now:?}");
}

#[test]
fn a_clock_behind_the_last_entry_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let later = today() + 90;
    transcript(&folder.path().join("data"), &format!("+{later}d\nalice: what shit\n"));
    let (amiss, code) = amiss(folder.path(), &[]);
    assert_eq!((amiss.first().map(String::as_str), code), (Some("backup.configured: attention"), Some(1)));
    assert!(amiss.contains(&"machine.clock: wrong".to_owned()), "{amiss:?}");
}

#[test]
fn the_json_is_as_documented() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = doctor(folder.path(), &["doctor", "--json"]);
    let report: Value = serde_json::from_str(out(&output)).expect("it is JSON");
    let mut keys: Vec<_> = report["findings"][0].as_object().expect("an object").keys().cloned().collect();
    keys.sort_unstable();
    let mut want =
        ["check", "scope", "platform", "name", "subject", "standing", "says", "fix", "details"].to_vec();
    want.sort_unstable();
    assert_eq!(keys, want);
    let help = doctor(folder.path(), &["doctor", "--help"]);
    insta::assert_snapshot!(out(&help));
}
