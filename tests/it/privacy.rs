//! A word nobody else writes passes through every path, and is looked for wherever it must not be.

use std::fs;
use std::path::Path;

use crate::beadle::{beadle, run};

/// Stands in posts, edits, quotations, names, appeals and officers' reasons.
const CANARY: &str = "Kanarienvogel";

/// Leads through every path.
fn everything() -> String {
    format!(
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
         asha /wordlist preview {CANARY}\n\
         asha /wordlist preview 500\n\
         mo /case B-0001\n"
    )
}

#[test]
fn peoples_words_are_in_no_log_and_in_no_file_of_the_ledger() {
    let data = tempfile::tempdir().expect("a directory can be made");
    let mut command = beadle(data.path());
    command.args(["--log", "trace"]);
    let output = run(command, &everything());
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
fn a_log_for_programs_is_an_object_a_line_without_peoples_words() {
    let folder = tempfile::tempdir().expect("a directory can be made");
    let config = folder.path().join("beadle.toml");
    let words = "[log]\nlevel = \"trace\"\nformat = \"json\"\n\n[watch]\naddress = \"127.0.0.1:0\"\n";
    fs::write(&config, words).expect("it can be written");
    let mut command = beadle(&folder.path().join("data"));
    command.arg("--config").arg(config);
    let output = run(command, &everything());
    let log = String::from_utf8(output.stderr).expect("the log is UTF-8");
    assert!(output.status.success(), "{log}");
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for line in &lines {
        for key in ["timestamp", "level", "target", "message"] {
            assert!(line[key].is_string(), "{key} is not in {line}");
        }
    }
    let moved = lines.iter().find(|line| line["message"] == "case moved on").expect("it is logged");
    assert_eq!(moved["level"], "INFO");
    assert_eq!(moved["case.reference"], "B-0001");
    assert_absent(&log, "the log");
    for word in ["fuck", "wanker", "alice", "bob"] {
        assert!(!log.to_lowercase().contains(word), "{word} is in the log");
    }
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
