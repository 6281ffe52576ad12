//! The real program killed at every step of what takes months: hearing, signing, putting out, letting back in, an appeal
//! that unwinds it, and files that have had their time. It is killed each time one of the places is passed, and comes to
//! what it comes to when nobody kills it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::beadle::{beadle, dies_at, repository, run, transcript};

/// Every place at which the program can be told to die.
const PLACES: [&str; 8] = [
    "moderate::judged",
    "cascade::looked",
    "deadline::written",
    "record::written",
    "record::committed",
    "deliver::attempted",
    "deliver::answered",
    "deliver::settled",
];

/// What everybody concerned can see in the end.
const LOOK: &str = "# --- look ---\nsam /history dev\nsam /queue\ned /appeals\nasha /proposals\ndev -> beadle: my-record\n\
                    sam /export register csv\n";
const LOOKS: &str = "> # --- look ---\n";

/// A line of a script in which the program is killed, and how often places are passed in it at least.
struct Matter {
    script: &'static str,
    line: &'static str,
    passed: usize,
}

const LADDER: &str = "22-ladder";
const RECORDS: &str = "20-records";

const MATTERS: [(&str, &[Matter]); 5] = [
    ("hearing", &[Matter { script: LADDER, line: "dev -> beadle: reply B-0002", passed: 8 }]),
    (
        "sanction",
        &[
            Matter { script: LADDER, line: "asha /sign B-0002 warning", passed: 8 },
            Matter { script: LADDER, line: "sam /sign B-0004 suspension", passed: 11 },
            Matter { script: LADDER, line: "sam /sign B-0006 expulsion", passed: 11 },
        ],
    ),
    ("release", &[Matter { script: LADDER, line: "+31d", passed: 11 }]),
    (
        "appeal",
        &[
            Matter { script: LADDER, line: "dev -> beadle: appeal B-0002", passed: 8 },
            Matter { script: LADDER, line: "ed /minute B-0002 allow", passed: 20 },
        ],
    ),
    (
        "purge",
        &[
            Matter { script: RECORDS, line: "+330d", passed: 2 },
            Matter { script: RECORDS, line: "+32d", passed: 5 },
        ],
    ),
];

macro_rules! killed_in {
    ($($name:ident = $matter:literal),+ $(,)?) => { $(#[test] fn $name() { kill_in($matter); })+ };
}

killed_in! {
    killed_at_any_step_of_a_hearing_it_is_held_once = "hearing",
    killed_at_any_step_of_a_sanction_it_is_decided_and_told_once = "sanction",
    killed_at_any_step_of_a_release_it_comes_once_and_never_early = "release",
    killed_at_any_step_of_an_appeal_all_of_it_is_unwound_once = "appeal",
    killed_at_any_step_of_a_purge_nothing_of_it_is_left = "purge",
}

fn kill_in(name: &str) {
    let (_, matters) = MATTERS.iter().find(|(matter, _)| *matter == name).expect("it is in the table");
    for matter in *matters {
        let (before, line) = told_upto(matter);
        let whole = Ending::of(&copy(before.path()), &format!("{line}\n"));
        let mut passed = 0;
        for place in PLACES {
            for nth in 1.. {
                let data = copy(before.path());
                let Some(killed) = killed_at(data.path(), place, nth, &line) else { break };
                passed += 1;
                let again = again(before.path(), data.path(), (place, nth), &line);
                let ending = Ending::of(&data, &again).after(&killed);
                ending.is_as(&whole, &format!("{place}, time {nth}, in {line:?}"));
            }
        }
        assert!(passed >= matter.passed, "places were passed {passed} times in {line:?}");
    }
}

/// A group to which everything before a line of a script has happened, and that line.
fn told_upto(matter: &Matter) -> (TempDir, String) {
    let script = repository(&format!("tests/scenarios/{}.script", matter.script));
    let script = fs::read_to_string(script).expect("the script is there");
    let at = script.find(&format!("\n{}", matter.line)).expect("the line is in the script") + 1;
    let data = tempfile::tempdir().expect("a directory can be made");
    transcript(data.path(), &script[..at]);
    (data, script[at..].lines().next().unwrap_or_default().to_owned())
}

/// A group of its own that is as that one.
pub(super) fn copy(data: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a directory can be made");
    for file in fs::read_dir(data).expect("it can be read") {
        let file = file.expect("it can be read");
        // What was exported goes elsewhere.
        if file.path().is_dir() {
            continue;
        }
        fs::copy(file.path(), copy.path().join(file.file_name())).expect("it can be copied");
    }
    copy
}

/// Says a line and has the program die at the so-manieth passing of a place. Gives what it showed, unless it never came
/// there.
fn killed_at(data: &Path, place: &str, nth: u32, line: &str) -> Option<String> {
    let mut command = beadle(data);
    command.env("FAILPOINTS", dies_at(place, nth));
    let output = run(command, &format!("{line}\n"));
    if output.status.success() {
        return None;
    }
    assert_eq!(output.status.code(), None, "{place} {nth}: died of a signal, not of an error");
    Some(String::from_utf8(output.stdout).expect("the transcript is UTF-8"))
}

/// What has to be said again: what was not recorded, and as much time as has not passed.
fn again(before: &Path, killed: &Path, (place, nth): (&str, u32), line: &str) -> String {
    let Some(days) = line.strip_prefix('+').and_then(|passes| passes.strip_suffix('d')) else {
        let is_unrecorded = place == "moderate::judged" || (place, nth) == ("record::written", 1);
        return if is_unrecorded { format!("{line}\n") } else { String::new() };
    };
    let seconds = 24 * 60 * 60 * days.parse::<i64>().expect("it is a number of days");
    let passed = (now(killed) - now(before)) / 1000;
    if passed < seconds { format!("+{}s\n", seconds - passed) } else { String::new() }
}

/// The time of a group, in milliseconds.
fn now(data: &Path) -> i64 {
    group(data)["now"].as_i64().expect("there is a time")
}

/// What the terminal keeps of a group.
fn group(data: &Path) -> Value {
    let group = fs::read_to_string(data.join("group.json")).expect("the group is kept");
    serde_json::from_str(&group).expect("the group is JSON")
}

/// What there is in the end, and how often who was told what.
struct Ending {
    looks: String,
    letters: BTreeMap<String, usize>,
    stands: Value,
    whole: String,
}

impl Ending {
    /// Says it, and looks.
    fn of(data: &TempDir, script: &str) -> Self {
        let whole = transcript(data.path(), &format!("{script}{LOOK}"));
        let (said, looks) = whole.split_once(LOOKS).expect("it was looked");
        let mut stands = group(data.path());
        // How much was said is another matter than what stands.
        if let Some(stands) = stands.as_object_mut() {
            stands.retain(|name, _| ["members", "posts"].contains(&name.as_str()));
        }
        // The name of a copy says when it was made; what is in it counts.
        let looks = looks.lines().filter(|line| !line.contains("exports/")).collect::<Vec<_>>().join("\n");
        let looks = format!("{looks}\n{}", exported(data.path()));
        Self { looks, letters: letters(said), stands, whole: whole.clone() }
    }

    /// The same, when this was shown before.
    fn after(mut self, killed: &str) -> Self {
        for (letter, times) in letters(killed) {
            *self.letters.entry(letter).or_default() += times;
        }
        self.whole = format!("{killed}--- killed ---\n{}", self.whole);
        self
    }

    fn is_as(&self, other: &Self, when: &str) {
        assert_eq!(self.letters, other.letters, "letters, {when}:\n{}", self.whole);
        assert_eq!(self.looks, other.looks, "{when}:\n{}", self.whole);
        assert_eq!(self.stands, other.stands, "{when}:\n{}", self.whole);
    }
}

/// What was exported.
fn exported(data: &Path) -> String {
    let copies = fs::read_dir(data.join("exports")).expect("something was exported");
    let copies =
        copies.map(|copy| fs::read_to_string(copy.expect("it can be read").path()).expect("it is text"));
    copies.collect()
}

/// The first lines of letters, and how often they came.
fn letters(transcript: &str) -> BTreeMap<String, usize> {
    let mut letters = BTreeMap::new();
    let is_letter = |line: &&str| line.contains("✉ beadle →") || line.contains("⚑ officers");
    // Thanks are an answer, and no letter: whoever lives to hear it has it.
    let is_answer = |line: &&str| line.contains("│ Thank you.");
    for line in transcript.lines().filter(is_letter).filter(|line| !is_answer(line)) {
        *letters.entry(line.trim().to_owned()).or_default() += 1;
    }
    letters
}
