//! The shipped lists against the corpora of innocent lines, and what a new entry would reach.

use std::path::Path;

use policy::guard::is_offensive;
use policy::{Category, Entry, Grade, Guard, Matcher, Matching, Usage, Wordlist};

use crate::support::{MATCHER, is_flagged, shipped};

fn shipped_guard() -> Guard {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wordlists/guard");
    let files = std::fs::read_dir(folder).expect("the guard folder").map(|entry| {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).expect("a readable corpus"))
    });
    Guard::new(files)
}

fn entry(term: &str, matching: Matching) -> Entry {
    Entry {
        term: term.to_owned(),
        grade: Grade::Strong,
        category: Category::Insult,
        matching,
        forms: Vec::new(),
        ambiguous: None,
        usage: Usage::default(),
        note: None,
        source: "added by an admin".to_owned(),
        since: None,
        line: None,
    }
}

#[test]
fn the_shipped_lists_flag_no_innocent_line() {
    let guard = shipped_guard();
    assert!(!guard.is_empty());
    let hits: Vec<_> = guard.hits(&MATCHER, is_flagged).map(|hit| hit.to_string()).collect();
    assert!(hits.is_empty(), "{} of {} lines\n{}", hits.len(), guard.len(), hits.join("\n"));
}

#[test]
fn a_list_that_flags_an_innocent_line_is_refused_with_the_line() {
    let guard = Guard::new([("words.txt".to_owned(), "# words\nwool\n\nballs of wool\n".to_owned())]);
    let list =
        Wordlist::runtime("mine", vec![entry("balls", Matching::Word)], Vec::new()).expect("a sound list");
    let matcher = Matcher::new(&[list]).expect("compiles");
    let hit = guard.check(&matcher, is_offensive).expect_err("flagged");
    insta::assert_snapshot!(hit, @"“balls” would flag the innocent line words.txt:4: “balls of wool”; allow that word, or make the entry narrower");
}

#[test]
fn a_new_entry_shows_what_it_reaches() {
    let guard = Guard::new([("words.txt".to_owned(), "a numptyish remark\nplumb line\n".to_owned())]);
    let reach = guard.reach(&entry("plum", Matching::Anywhere), &[]).expect("a sound entry");
    assert_eq!(reach.forms[0], "plum");
    assert!(reach.forms.contains(&"plums".to_owned()), "{reach:?}");
    assert_eq!(reach.collisions.len(), 1, "{reach:?}");
    assert_eq!((reach.collisions[0].line, reach.collisions[0].term.as_str()), (2, "plum"));
    let reach = guard.reach(&entry("plum", Matching::Stem), &shipped()).expect("a sound entry");
    assert_eq!(reach.collisions, []);
}
