//! The real program killed at each step between judging a post and settling its last effect.

use std::fs;
use std::path::Path;

use crate::beadle::{beadle, run, transcript};

/// Each place at which the program can be told to die, and how often it is passed for one removed post: the removal,
/// the notice and the officers' line.
const STEPS: &[(&str, u32)] = &[
    ("moderate::judged", 1),
    ("moderate::recording", 1),
    ("moderate::recorded", 1),
    ("deliver::attempted", 3),
    ("deliver::answered", 3),
    ("deliver::settled", 3),
];

#[test]
fn killed_at_any_step_everything_is_done_once_after_the_restart() {
    for (step, passed) in STEPS {
        for nth in 1..=*passed {
            let data = tempfile::tempdir().expect("a directory can be made");
            let before = die(data.path(), step, nth);
            let after = transcript(data.path(), "mo /history alice\nalice -> beadle: my-record\n");
            let name = format!("{step} {nth}\n{before}\n--- restart ---\n{after}");
            let whole = format!("{before}{after}");
            // Shown when it happened, or on the first screen after the restart if it died before showing it.
            assert_eq!(whole.matches("Your post was removed. Case B-0001").count(), 1, "{name}");
            assert_eq!(whole.matches("B-0001 deleted alice's post").count(), 1, "{name}");
            assert!(after.contains("1 strike counts, of 1 in all"), "{name}");
            assert!(!after.contains("B-0002"), "{name}");
            assert!(after.contains("\u{201c}Your post was removed\u{201d}: delivered"), "{name}");
            let group = fs::read_to_string(data.path().join("group.json")).expect("the group is kept");
            assert!(!group.contains("oh fuck off"), "the post is gone: {name}");
        }
    }
}

/// Runs the program until it dies at a step, and gives what it showed.
fn die(data: &Path, step: &str, nth: u32) -> String {
    let mut command = beadle(data);
    command.env("FAILPOINTS", format!("{step}={}*off->return", nth - 1));
    let output = run(command, "alice: oh fuck off\nalice: hello\n");
    assert!(!output.status.success(), "{step} {nth} was not passed");
    assert_eq!(output.status.code(), None, "{step} {nth}: died of a signal, not of an error");
    String::from_utf8(output.stdout).expect("the transcript is UTF-8")
}

#[test]
fn a_second_program_on_the_same_ledger_is_refused() {
    let data = tempfile::tempdir().expect("a directory can be made");
    let mut first = crate::beadle::Conversation::start(beadle(data.path()));
    first.say("alice: hello");
    let second = run(beadle(data.path()), "alice: hello\n");
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(told.contains("another"), "{told}");
    assert!(second.stdout.is_empty());
    first.say("alice: still here");
    assert_eq!(first.end(), "");
}

#[test]
fn a_malformed_line_names_its_number_and_leaves_nothing_half_done() {
    let data = tempfile::tempdir().expect("a directory can be made");
    for bad in ["hello there", "zelda: hello", "alice edits 99: x", "bob deletes 1", "alice -> bob: psst"] {
        let output = run(beadle(data.path()), &format!("alice: oh fuck off\n{bad}\nalice: never said\n"));
        assert_eq!(output.status.code(), Some(2), "{bad}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("line 2"), "{bad}: {told}");
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(shown.contains("(removed by beadle)") && !shown.contains("never said"), "{bad}: {shown}");
    }
}
