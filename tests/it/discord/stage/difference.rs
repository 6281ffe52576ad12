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

/// What is different within entries that stand for each other, line by line, under the first line of the entry. Of an
/// entry that only one of the two has, every line.
pub(super) fn in_lines(found: &[Only]) -> Vec<Only> {
    let mut lines = Vec::new();
    for place in found.chunk_by(|one, next| one.under == next.under && (one.sign == '-' || next.sign == '+'))
    {
        // All of the first come before all of the second.
        let (second, first): (Vec<_>, Vec<_>) = place.iter().partition(|only| only.sign == '+');
        for at in 0..first.len().max(second.len()) {
            let of = |entries: &[&Only]| {
                let entry = entries.get(at).map(|only| only.entry.lines().map(str::to_owned).collect());
                entry.unwrap_or_default()
            };
            let (one, other): (Vec<_>, Vec<_>) = (of(&first), of(&second));
            let heading = one.first().or(other.first()).map_or("", String::as_str);
            let under = format!("{} | {heading}", place[0].under);
            let within = difference(&one, &other).into_iter();
            lines.extend(within.map(|only| Only { under: under.clone(), ..only }));
        }
    }
    lines
}

/// The same to read.
pub(super) fn told(found: &[Only]) -> String {
    let mut told = String::new();
    let mut under = "";
    for only in found {
        if only.under != under {
            under = &only.under;
            writeln!(told, "{under}").expect("it is a string");
        }
        writeln!(told, "  {} {}", only.sign, only.entry).expect("it is a string");
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
    insta::assert_snapshot!(told(&in_lines(&found)), @"
    == heading | one
      - two
      + too
    ");
}
