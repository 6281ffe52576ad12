//! All letters as members read them.

use super::*;

fn of(words: &[&str], language: Language, said: bool) -> String {
    let kinds = samples().into_iter().filter(|kind| words.contains(&kind.word()));
    let letters = kinds.map(|kind| written(&kind, language, &Templates::default(), said));
    letters.collect::<Vec<_>>().join("\n\n")
}

const POSTS: [&str; 8] = [
    "removed",
    "hidden",
    "quoted",
    "cascade_removed",
    "confirmed",
    "strike_voided",
    "restored",
    "restored_along",
];
const APPEALS: [&str; 10] = [
    "appeal_received",
    "appeal_accepted",
    "appeal_dismissed",
    "executive_asked",
    "appeal_escalated",
    "appeal_progress",
    "appeal_beyond",
    "appeal_allowed",
    "appeal_varied",
    "appeal_dismissed_final",
];
const SANCTIONS: [&str; 10] = [
    "side_invited",
    "warning_issued",
    "suspended",
    "expelled",
    "not_carried_out",
    "sanction_declined",
    "suspension_ended",
    "interim_muted",
    "interim_ended",
    "corrected",
];
const REPORTS: [&str; 3] = ["report_received", "report_answered", "report_escalated"];
const RECORDS: [&str; 6] = [
    "rules_welcome",
    "erasure_answered",
    "record_purged",
    "accounts_linked",
    "accounts_unlinked",
    "readmitted",
];

#[test]
fn the_letters_are_all_here() {
    let all: Vec<_> = [&POSTS[..], &APPEALS, &SANCTIONS, &REPORTS, &RECORDS].concat();
    assert_eq!(all, NoticeKind::WORDS);
}

#[test]
fn letters_about_posts_read_plainly() {
    insta::assert_snapshot!(of(&POSTS, Language::English, false));
}

#[test]
fn letters_about_appeals_read_plainly() {
    insta::assert_snapshot!(of(&APPEALS, Language::English, false));
}

#[test]
fn letters_about_sanctions_read_plainly() {
    insta::assert_snapshot!(of(&SANCTIONS, Language::English, false));
}

#[test]
fn letters_about_reports_read_plainly() {
    insta::assert_snapshot!(of(&REPORTS, Language::English, true));
}

#[test]
fn letters_about_rules_and_records_read_plainly() {
    insta::assert_snapshot!(of(&RECORDS, Language::English, false));
}

#[test]
fn the_main_letters_are_there_in_welsh_with_the_english_beside_it() {
    let main =
        ["removed", "appeal_dismissed", "side_invited", "warning_issued", "suspended", "report_received"];
    insta::assert_snapshot!(of(&main, Language::Welsh, true));
}
