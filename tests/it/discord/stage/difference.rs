//! Where two lists of texts differ, for whoever reads the failing test.

use std::fmt::Write as _;

/// Something that only one of the two has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Only {
    /// The heading under which it stands.
    pub(super) under: String,
    /// `-` for the first, `+` for the second.
    pub(super) sign: char,
    /// What it has.
    pub(super) entry: String,
}

/// What only one of the two has, in order.
pub(super) fn difference(first: &[String], second: &[String]) -> Vec<Only> {
    let (mut at_first, mut at_second, mut found) = (0, 0, Vec::new());
    let mut under = "";
    for (next_first, next_second) in common(first, second).into_iter().chain([(first.len(), second.len())]) {
        let only = |sign, entries: &[String]| {
            let only = |entry: &String| Only { under: under.to_owned(), sign, entry: entry.clone() };
            entries.iter().map(only).collect::<Vec<_>>()
        };
        found.extend(only('-', &first[at_first..next_first]));
        found.extend(only('+', &second[at_second..next_second]));
        under = first.get(next_first).filter(|entry| entry.starts_with("== ")).map_or(under, String::as_str);
        (at_first, at_second) = (next_first + 1, next_second + 1);
    }
    found
}

/// The same to read. Of two entries that stand for each other, only the lines in which they differ.
pub(super) fn told(found: &[Only]) -> String {
    let mut told = String::new();
    let mut rest = found;
    while let [one, after @ ..] = rest {
        rest = after;
        let lines = |only: &Only| only.entry.lines().map(str::to_owned).collect::<Vec<_>>();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        match (one.sign, after.first()) {
            ('-', Some(other)) if other.sign == '+' && other.under == one.under => {
                (first, second) = (lines(one), lines(other));
                rest = &after[1..];
            }
            ('-', _) => first = lines(one),
            _ => second = lines(one),
        }
        let heading = one.entry.lines().next().unwrap_or_default();
        writeln!(told, "{} | {heading}", one.under).expect("it is a string");
        for only in difference(&first, &second) {
            writeln!(told, "  {} {}", only.sign, only.entry).expect("it is a string");
        }
    }
    told
}

/// The places of the longest run of entries that both have in the same order.
fn common(first: &[String], second: &[String]) -> Vec<(usize, usize)> {
    let width = second.len() + 1;
    let mut lengths = vec![0_u32; (first.len() + 1) * width];
    for (i, one) in first.iter().enumerate().rev() {
        for (j, other) in second.iter().enumerate().rev() {
            lengths[i * width + j] = if one == other {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < first.len() && j < second.len() {
        if first[i] == second[j] {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

#[test]
fn differences_are_told_in_their_place() {
    let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let found = difference(&lines("a b c d"), &lines("a x c d e"));
    let shown: Vec<_> = found.iter().map(|only| format!("{}{}", only.sign, only.entry)).collect();
    assert_eq!(shown, ["-b", "+x", "+e"]);
    assert_eq!(difference(&lines("a b"), &lines("a b")), []);
    let texts = |text: &str| vec!["== heading".to_owned(), text.to_owned()];
    let found = difference(&texts("one\ntwo\nthree"), &texts("one\ntoo\nthree"));
    insta::assert_snapshot!(told(&found), @"
    == heading | one
      - two
      + too
    ");
}
