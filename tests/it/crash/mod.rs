//! The real program killed at each step between judging a post and settling its last effect.

mod keeping;
mod matters;
mod upgrade;

use std::fs;
use std::path::Path;

use crate::beadle::{beadle, dies_at, run, transcript};

/// Each place at which the program can be told to die, and how often it is passed at least for one thing: something is
/// done to the post, notices go to the member, and word to the officers.
const STEPS: &[(&str, u32)] = &[
    ("record::written", 1),
    ("record::committed", 1),
    ("deliver::attempted", 4),
    ("deliver::answered", 4),
    ("deliver::settled", 4),
];

/// Where it dies on a platform, and when it comes there for how many-th time: what is done goes first, then the notice, then
/// word to the officers.
#[cfg(any(feature = "discord", feature = "matrix"))]
pub(crate) const PLACES: [(&str, u32); 9] = [
    ("record::written", 1),
    ("record::committed", 1),
    ("deliver::attempted", 1),
    ("deliver::answered", 1),
    ("deliver::settled", 1),
    ("deliver::attempted", 2),
    ("deliver::answered", 2),
    ("deliver::attempted", 3),
    ("deliver::answered", 3),
];

/// What the program is killed in, after what, and what must be there exactly once in the end.
struct Story {
    before: &'static str,
    killed_in: &'static str,
    /// What must be shown exactly once, before the kill or after it.
    once: &'static [&'static str],
    /// What the author's record says in the end.
    record: &'static str,
}

const REMOVAL: Story = Story {
    before: "alice: hello\n",
    killed_in: "alice: oh fuck off\n",
    once: &[
        "#general  [2] (removed by beadle)",
        "Your post was removed. Case B-0001",
        "We want to hear your side. Reference B-0002",
        "B-0001 deleted alice's post",
    ],
    record: "1 strike counts, of 1 in all",
};

const REPOST: Story = Story {
    before: "alice: oh fuck off\nalice -> beadle: appeal B-0001 it was a joke\n",
    killed_in: "mo /decide B-0001 accept Fine.\n",
    once: &[
        "wrote on 5 January 2026",
        "Your appeal was accepted. Case B-0001",
        "Nothing more follows. Reference B-0002",
        "B-0001 the appeal was accepted.",
    ],
    record: "0 strikes count, of 1 in all",
};

const CONFIRMATION: Story = Story {
    before: "alice: you wanker\n",
    killed_in: "mo /confirm B-0001 Rude.\n",
    once: &[
        "Your hidden post stays away. Case B-0001",
        "We want to hear your side. Reference B-0002",
        "B-0001 alice's post in general: confirm by mo",
    ],
    record: "1 strike counts, of 1 in all",
};

#[test]
fn killed_at_any_step_of_a_removal_everything_is_done_once_after_the_restart() {
    kill_at_each(&[STEPS, &[("moderate::judged", 1)]].concat(), &REMOVAL);
}

#[test]
fn killed_at_any_step_of_an_accepted_appeal_everything_is_done_once_after_the_restart() {
    kill_at_each(STEPS, &REPOST);
}

#[test]
fn killed_at_any_step_of_a_confirmation_everything_is_done_once_after_the_restart() {
    kill_at_each(STEPS, &CONFIRMATION);
}

/// Kills the program at each of these places, as often as it is passed.
fn kill_at_each(steps: &[(&str, u32)], story: &Story) {
    let before = tempfile::tempdir().expect("a directory can be made");
    transcript(before.path(), story.before);
    for (step, passed) in steps {
        for nth in 1..=*passed {
            kill_at(step, nth, story, before.path());
        }
    }
}

fn kill_at(step: &str, nth: u32, story: &Story, before: &Path) {
    let data = matters::copy(before);
    let killed = die(data.path(), step, nth, story.killed_in);
    // A command that died before it was recorded has no answer, and its officer gives it again; a post is there.
    let again = if story.killed_in.starts_with("alice:") { "" } else { story.killed_in };
    let after = transcript(data.path(), &format!("{again}mo /history alice\nalice -> beadle: my-record\n"));
    let whole = format!("{step} {nth}\n{killed}--- restart ---\n{after}");
    for once in story.once {
        assert_eq!(whole.matches(once).count(), 1, "{once:?} in {whole}");
    }
    assert!(after.contains(story.record), "{whole}");
    assert!(!after.contains("B-0003") && !after.contains("NOT "), "{whole}");
    let group = fs::read_to_string(data.path().join("group.json")).expect("the group is kept");
    let stands = story.once.iter().any(|once| once.starts_with("wrote on"));
    assert_eq!(group.contains("oh fuck off"), stands, "the post stands only where it was put back: {whole}");
}

/// Runs the program until it dies at a step, and gives what it showed.
fn die(data: &Path, step: &str, nth: u32, script: &str) -> String {
    let mut command = beadle(data);
    command.env("FAILPOINTS", dies_at(step, nth));
    let output = run(command, script);
    assert!(!output.status.success(), "{step} {nth} was not passed");
    assert_eq!(output.status.code(), None, "{step} {nth}: died of a signal, not of an error");
    String::from_utf8(output.stdout).expect("the transcript is UTF-8")
}

#[test]
fn killed_at_any_step_of_a_cascade_what_goes_along_goes_once() {
    let script = "bob: his van was outside number twelve again last night\ncarol quotes 1: look at this\n";
    let before = tempfile::tempdir().expect("a directory can be made");
    transcript(before.path(), script);
    let steps = ["cascade::looked", "record::written", "record::committed", "deliver::attempted"];
    let late = ["deliver::answered", "deliver::settled"];
    let places = steps.iter().chain(&late).flat_map(|step| (1..=6).map(move |nth| (*step, nth)));
    for (step, nth) in places {
        let passed = match step {
            "cascade::looked" => 1,
            "record::written" | "record::committed" => 2,
            _ => 6,
        };
        // Before that, the command itself is not recorded.
        if nth > passed || (step, nth) == ("record::written", 1) {
            continue;
        }
        let data = matters::copy(before.path());
        let killed = die(data.path(), step, nth, "mo /remove 1 privacy\n");
        let after = transcript(data.path(), "carol -> beadle: my-record\n");
        let whole = format!("{step} {nth}\n{killed}--- restart ---\n{after}");
        for once in [
            "#general  [2] (removed by beadle)",
            "Your post was removed. Case B-0003",
            "B-0003 removed carol's post in general",
        ] {
            assert_eq!(whole.matches(once).count(), 1, "{once:?} in {whole}");
        }
        assert!(after.contains("0 strikes count, of 0 in all") && !after.contains("B-0004"), "{whole}");
    }
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
