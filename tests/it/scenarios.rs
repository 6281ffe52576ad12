//! Whole stories: each script in `tests/scenarios` is run by the real program, and its transcript is a snapshot
//! beside it.

use std::collections::BTreeSet;
use std::fs;

use crate::beadle::{repository, transcript};

/// Ends one run of the program and begins another on the same data.
const RESTART: &str = "# --- restart ---\n";

macro_rules! stories {
    ($($name:ident = $file:literal),+ $(,)?) => {
        const STORIES: &[&str] = &[$($file),+];
        $(#[test] fn $name() { tell($file); })+
    };
}

stories! {
    a_member_who_swears_is_told_and_it_counts = "01-swears",
    a_disguise_changes_nothing = "02-disguised",
    an_edit_is_judged_like_a_post = "03-edited-in",
    quoting_goes_without_a_strike = "04-quoted",
    a_hidden_post_is_confirmed = "05-hide-confirm",
    a_hidden_post_is_restored = "06-hide-restore",
    an_appeal_is_accepted = "07-appeal-accepted",
    an_appeal_is_dismissed = "08-appeal-dismissed",
    whoever_lacks_the_right_is_refused = "09-refused",
    shadow_mode_only_watches = "10-shadow",
    state_survives_a_restart = "11-restart",
    a_closed_inbox_is_served_by_hand = "12-closed-inbox",
    a_moderator_removes_and_thinks_again = "13-moderator-removes",
    a_name_is_a_post_too = "14-names",
    time_passes = "15-time",
    the_bot_answers_questions = "16-talking-to-the-bot",
    what_nobody_decides_goes_up_by_itself = "17-silence",
    the_executive_decides = "18-executive",
    records_are_looked_at_held_and_go = "20-records",
    a_report_is_answered_or_goes_up = "19-reports",
    a_year_and_a_half_of_one_member = "22-ladder",
    a_conflicted_secretary = "23-conflicted-secretary",
    two_moderators_at_once = "24-two-moderators",
    mistaken_identity = "25-mistaken-identity",
    what_carries_a_removed_post_on_goes_with_it = "21-cascade",
    rules_are_read_and_notices_are_in_welsh = "26-rules-and-language",
    a_word_that_was_added_by_mistake_trips_the_breaker = "27-breaker",
    an_admin_works_on_the_words = "28-words",
    a_word_is_tried_before_it_is_added = "29-tried-first",
}

fn tell(story: &str) {
    let script = fs::read_to_string(repository(&format!("tests/scenarios/{story}.script")))
        .expect("the script is there");
    let data = tempfile::tempdir().expect("a directory can be made");
    let acts: Vec<String> = script.split(RESTART).map(|act| transcript(data.path(), act)).collect();
    let told = without_versions(&acts.join(&format!("> {RESTART}")));
    insta::with_settings!({ snapshot_path => "../scenarios", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(story, told);
    });
}

/// A transcript without what tells one wording of a shipped list from another, which changes with every word in it.
fn without_versions(told: &str) -> String {
    let is_one = |word: &str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut parts = told.split(", version ");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str(", version ");
        match part.split_at_checked(8) {
            Some((version, rest)) if is_one(version) => masked.extend(["LISTED", rest]),
            _ => masked.push_str(part),
        }
    }
    masked
}

#[test]
fn every_script_is_told() {
    let entries = fs::read_dir(repository("tests/scenarios")).expect("the folder is there");
    let names = entries
        .map(|entry| entry.expect("the folder can be read").file_name().into_string().expect("a name"));
    let scripts: BTreeSet<String> =
        names.filter_map(|name| name.strip_suffix(".script").map(str::to_owned)).collect();
    assert_eq!(scripts, STORIES.iter().map(|story| (*story).to_owned()).collect());
}

#[test]
fn the_same_script_gives_the_same_transcript() {
    let script = fs::read_to_string(repository("tests/scenarios/08-appeal-dismissed.script"))
        .expect("the script is there");
    let runs = [(); 2].map(|()| {
        let data = tempfile::tempdir().expect("a directory can be made");
        transcript(data.path(), &script)
    });
    assert_eq!(runs[0], runs[1]);
}

#[test]
fn the_transcript_in_the_readme_is_a_real_one() {
    let readme = fs::read_to_string(repository("README.md")).expect("the README is there");
    let told = block(&readme, "```text\n");
    let script: String =
        told.lines().filter_map(|line| line.strip_prefix("> ")).flat_map(|line| [line, "\n"]).collect();
    assert!(!script.is_empty(), "the README has a transcript");
    let data = tempfile::tempdir().expect("a directory can be made");
    assert_eq!(transcript(data.path(), &script), told);
}

/// What stands between this opening of a code block and its end.
fn block<'t>(text: &'t str, opening: &str) -> &'t str {
    let (_, after) = text.split_once(opening).expect("the block opens");
    after.split_once("```").expect("the block ends").0
}
