//! The filter: texts, and the lists it looks for.

use std::path::PathBuf;
use std::sync::LazyLock;

use policy::matcher::{Context, FINDINGS_MAX, HEARINGS_MIN, TEXT_LEN_MAX};
use policy::normalise::fold;
use policy::wordlist::WordlistProblem;
use policy::wordlist::foreign::{self, Format, ITEMS_MAX, Meant, SHOWN_MAX};
use policy::{Category, Entry, Grade, Matcher, Matching, Usage, Wordlist};

use crate::{Fit, Shape, Target, root};

/// Findings stand on character boundaries and in order, and cost a bounded number of steps a byte.
pub const FIND: Target = Target { name: "find", run: find, shape: Shape::Text, more: &[] };
/// Folding twice changes nothing.
pub const FOLD: Target = Target { name: "fold", run: folds, shape: Shape::Text, more: &[] };
/// What is found is what reading everything in every way accepts: the quick look dismisses no finding.
pub const SCREEN: Target =
    Target { name: "screen", run: screen, shape: Shape::Text, more: &["fuzz/corpus/find"] };
/// A list is refused with problems that name their places, or read; what was read compiles or is refused.
pub const WORDLIST: Target = Target { name: "wordlist", run: wordlist, shape: Shape::Lines, more: &[] };

/// A list of another program is refused with problems that name their places, or read item by item; what was read is
/// written and read again as the same words.
pub const FOREIGN: Target =
    Target { name: "foreign", run: foreign, shape: Shape::Lines, more: &["fuzz/corpus/wordlist"] };

/// Every shipped list, compiled once for all inputs.
static MATCHER: LazyLock<Matcher> = LazyLock::new(|| {
    let listed = std::fs::read_dir(root().join("wordlists")).expect("the wordlists");
    let mut files: Vec<PathBuf> = listed.map(|file| file.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    let parse = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).expect("a readable list");
        Wordlist::parse(&file.to_string_lossy(), &text).expect("a sound list")
    };
    let lists: Vec<Wordlist> = files.iter().map(parse).collect();
    Matcher::new(&lists).expect("lists that go together")
});

/// The steps a byte may cost, as in `crates/policy/tests/it/work.rs`; short texts have their margins on top.
const STEPS_MAX: u64 = 64;

fn find(bytes: &[u8]) -> Fit {
    let Ok(text) = std::str::from_utf8(bytes) else { return Fit::Unfit };
    for directed in [false, true] {
        let found = MATCHER.find(text, Context { directed });
        assert!(found.len() <= FINDINGS_MAX);
        let mut end = 0;
        for hit in &found {
            let span = hit.finding.span.clone();
            assert!(text.get(span.clone()).is_some_and(|covered| !covered.is_empty()), "{hit:?}");
            assert!(span.start >= end && span.end <= TEXT_LEN_MAX, "{found:?}");
            assert!(hit.explanation.accepted, "{hit:?}");
            end = span.end;
        }
    }
    let steps = MATCHER.steps(text);
    assert!(steps <= STEPS_MAX * text.len() as u64 + 1_000, "{steps} steps for {} bytes", text.len());
    Fit::Read
}

/// The longest that one character becomes, in bytes of its own length: `ﷺ` is three and folds into words.
const FOLDED_MAX: usize = 12;

fn folds(bytes: &[u8]) -> Fit {
    let Ok(text) = std::str::from_utf8(bytes) else { return Fit::Unfit };
    let once = fold(text);
    assert_eq!(fold(&once), once);
    assert!(once.len() <= FOLDED_MAX * text.len(), "{} bytes become {}", text.len(), once.len());
    assert!(!once.bytes().any(|byte| byte.is_ascii_uppercase()));
    // Each character is folded by itself, so that a text can be read in parts.
    let (head, tail) = text.split_at(text.floor_char_boundary(text.len() / 2));
    assert_eq!(fold(head) + fold(tail), once);
    Fit::Read
}

/// A text up to here is read in one window, so that the two ways of reading it see the same.
const SAME_LEN_MAX: usize = 200;
/// And with so many words in doubt, all are heard: some are heard as they stand and as they are turned.
const HEARD_MAX: usize = HEARINGS_MIN / 4;

fn screen(bytes: &[u8]) -> Fit {
    let Ok(text) = std::str::from_utf8(bytes) else { return Fit::Unfit };
    if text.len() > SAME_LEN_MAX {
        return Fit::Unfit;
    }
    let found = MATCHER.find(text, Context::default());
    let mut read = MATCHER.explain(text, Context::default());
    if read.len() > HEARD_MAX {
        return Fit::Unfit;
    }
    read.retain(|hit| hit.explanation.accepted);
    assert_eq!(found, read);
    Fit::Read
}

/// As it would be called if it were a file.
const FILE: &str = "any.toml";

fn wordlist(bytes: &[u8]) -> Fit {
    let Ok(text) = std::str::from_utf8(bytes) else { return Fit::Unfit };
    let list = match Wordlist::parse(FILE, text) {
        Ok(list) => list,
        Err(problems) => {
            check(&problems, text);
            return Fit::Read;
        }
    };
    match Matcher::new(std::slice::from_ref(&list)) {
        Err(problems) => check(&problems, text),
        Ok(matcher) => {
            for entry in &list.entries {
                let context = Context { directed: true };
                for hit in matcher.find(&entry.term, context) {
                    assert!(list.has(&hit.finding.term), "{hit:?} is in no list");
                }
            }
        }
    }
    Fit::Read
}

/// Whoever mends the file is told where, and what to do, in one line each.
fn check(problems: &[WordlistProblem], text: &str) {
    assert!(!problems.is_empty(), "refused for nothing");
    let lines = text.lines().count() + 1;
    for problem in problems {
        let is_there = problem.line.is_none_or(|line| (1..=lines).contains(&line));
        assert!(problem.file == FILE && is_there, "{problem:?}");
        assert!(!problem.problem.is_empty() && !problem.fix.is_empty(), "{problem:?}");
    }
}

fn foreign(bytes: &[u8]) -> Fit {
    let Ok(text) = std::str::from_utf8(bytes) else { return Fit::Unfit };
    for &format in Format::ALL {
        let items = match foreign::read(format, FILE, text) {
            Ok(items) => items,
            Err(problems) => {
                check(&problems, text);
                continue;
            }
        };
        assert!(items.len() <= ITEMS_MAX.min(text.len() + 1), "{} of {} bytes", items.len(), text.len());
        let mut terms = Vec::new();
        for item in items {
            assert!(item.text.chars().count() <= SHOWN_MAX + 1 && !item.text.contains('\n'), "{item:?}");
            assert!(!item.place.is_empty() && !item.place.contains('\n'), "{item:?}");
            match item.meant {
                Meant::Term { term, matching, .. } => {
                    terms.push((term, matching.unwrap_or(Matching::Word)));
                }
                Meant::Nothing { why } => assert!(!why.is_empty(), "{}", item.place),
                Meant::Allow { .. } | Meant::Without { .. } => {}
            }
        }
        written_again(format, terms);
    }
    Fit::Read
}

/// The words stand in what is written of them, each once.
fn written_again(format: Format, terms: Vec<(String, Matching)>) {
    let mut list = Wordlist::default();
    for (term, matching) in terms {
        if !list.has(&term) {
            list.entries.push(entry(term, matching));
        }
    }
    if list.entries.is_empty() {
        return;
    }
    let written = foreign::write(format, &list);
    // No room for it is told, and not our concern here.
    if !written.left_out.is_empty() && format == Format::Automod {
        return;
    }
    let again = foreign::read(format, FILE, &written.text).expect("it was written by ourselves");
    let mut again: Vec<String> = again
        .into_iter()
        .map(|item| match item.meant {
            Meant::Term { term, .. } => term,
            other => panic!("{} is {other:?}", item.place),
        })
        .collect();
    let mut before: Vec<String> = list.entries.into_iter().map(|entry| entry.term).collect();
    again.sort_unstable();
    before.sort_unstable();
    assert_eq!(again, before, "{format}: {}", written.text);
}

fn entry(term: String, matching: Matching) -> Entry {
    Entry {
        term,
        grade: Grade::Mild,
        category: Category::General,
        matching,
        forms: Vec::new(),
        ambiguous: None,
        usage: Usage::default(),
        note: None,
        source: "made up".to_owned(),
        since: None,
        line: None,
    }
}
