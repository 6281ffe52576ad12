//! A word nobody else writes passes through every path, and is looked for wherever it must not be.

use std::fs;
use std::path::Path;

use crate::beadle::{beadle, run};

/// Stands in posts, edits, quotations, names, appeals and officers' reasons.
const CANARY: &str = "Kanarienvogel";

#[test]
fn peoples_words_are_in_no_log_and_in_no_file_of_the_ledger() {
    let data = tempfile::tempdir().expect("a directory can be made");
    let script = format!(
        "alice: oh fuck off {CANARY}\n\
         bob: {CANARY} you wanker\n\
         carol: a clean {CANARY}\n\
         dev quotes 3: fuck {CANARY}\n\
         carol edits 3: a fucking {CANARY}\n\
         dev: bastards, {CANARY}\n\
         dev renames: Fucking {CANARY}\n\
         alice -> beadle: appeal B-0001 {CANARY} is my middle name\n\
         alice -> beadle: {CANARY}\n\
         mo /decide B-0001 dismiss {CANARY} or not\n\
         mo /confirm B-0002 {CANARY}\n\
         mo /remove {CANARY} abuse {CANARY}\n\
         mo /{CANARY}\n\
         asha /wordlist test {CANARY}\n\
         mo /case B-0001\n"
    );
    let mut command = beadle(data.path());
    command.args(["--log", "trace"]);
    let output = run(command, &script);
    let log = String::from_utf8(output.stderr).expect("the log is UTF-8");
    assert!(output.status.success(), "{log}");
    assert!(String::from_utf8_lossy(&output.stdout).contains(CANARY), "the transcript has it");
    assert!(log.contains("case moved on"), "the log is there at all");
    assert_absent(&log, "the log");
    for word in ["fuck", "wanker", "alice", "bob"] {
        assert!(!log.to_lowercase().contains(word), "{word} is in the log");
    }
    look_through(data.path());
}

#[test]
fn what_was_left_standing_is_erased_from_the_ledger() {
    let data = tempfile::tempdir().expect("a directory can be made");
    let script = format!("alice: what shit {CANARY}\nmo /void B-0001\nmo /case B-0001\n");
    let output = run(beadle(data.path()), &script);
    assert!(String::from_utf8_lossy(&output.stdout).contains("The text has been erased."));
    look_through(data.path());
}

#[test]
fn an_error_names_the_line_and_not_its_words() {
    let data = tempfile::tempdir().expect("a directory can be made");
    let output = run(beadle(data.path()), &format!("alice says {CANARY}\n"));
    assert_eq!(output.status.code(), Some(2));
    assert_absent(&String::from_utf8_lossy(&output.stderr), "the error");
}

/// Every file but the terminal's own group, which is the platform and not the ledger.
fn look_through(data: &Path) {
    let mut seen = 0;
    for entry in fs::read_dir(data).expect("the directory is there") {
        let entry = entry.expect("the directory can be read");
        let name = entry.file_name().into_string().expect("a name");
        if name == "group.json" {
            continue;
        }
        seen += 1;
        let bytes = fs::read(entry.path()).expect("the file can be read");
        assert_absent(&String::from_utf8_lossy(&bytes), &name);
    }
    assert!(seen >= 2, "the ledger and its key are there");
}

fn assert_absent(text: &str, place: &str) {
    assert!(!text.to_lowercase().contains(&CANARY.to_lowercase()), "the canary is in {place}");
}
