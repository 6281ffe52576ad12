//! What somebody quotes of the message that they answer.
//!
//! Discord has no quotations: people put `> ` before a line, and can put it before anything. Only lines that stand so in the
//! message that is answered are taken for somebody else's words; all others are the author's own, whatever stands before
//! them.

use policy::SurfaceKind;

/// What stands before a quoted line.
const MARK: &str = "> ";

/// A text in parts, each with whose words it is: lines one after the other of one kind are one part. Nothing where it
/// quotes nothing of what is answered.
pub(super) fn parts(text: &str, answered: &str) -> Option<Vec<(SurfaceKind, String)>> {
    let mut parts: Vec<(SurfaceKind, String)> = Vec::new();
    let mut add = |kind: SurfaceKind, text: &str| match parts.last_mut() {
        Some((last, before)) if *last == kind => {
            before.push('\n');
            before.push_str(text);
        }
        Some(_) | None => parts.push((kind, text.to_owned())),
    };
    let mut rest = text;
    while !rest.is_empty() {
        let (run, after) = run(rest);
        rest = after;
        let words = run.lines().map(|line| line.strip_prefix(MARK).unwrap_or(line).trim());
        let words = words.collect::<Vec<_>>().join("\n");
        if run.starts_with(MARK) && stands_in(words.trim(), answered) {
            add(SurfaceKind::Quotation, words.trim());
        } else if !run.trim().is_empty() {
            add(SurfaceKind::Body, run.trim());
        }
    }
    parts.iter().any(|(kind, _)| *kind == SurfaceKind::Quotation).then_some(parts)
}

/// The lines at the beginning of a text that are all quoted or all not, and what follows.
fn run(text: &str) -> (&str, &str) {
    let is_quoted = text.starts_with(MARK);
    let mut len = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(MARK) != is_quoted {
            break;
        }
        len += line.len();
    }
    text.split_at(len)
}

/// Whether these words stand in a text, with no part of a word cut off: of others' letters anybody can make words.
fn stands_in(words: &str, text: &str) -> bool {
    let is_end = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let lines = text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    !words.is_empty()
        && lines.match_indices(words).any(|(at, _)| {
            is_end(lines[..at].chars().next_back()) && is_end(lines[at + words.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANSWERED: &str = "what a load of nonsense\nand who says so?";

    #[test]
    fn only_what_stands_in_the_answered_message_is_another_s() {
        let body = |text: &str| (SurfaceKind::Body, text.to_owned());
        let quotation = |text: &str| (SurfaceKind::Quotation, text.to_owned());
        let both = "what a load of nonsense\nand who says so?";
        let rows = [
            (
                "> what a load of nonsense\nindeed",
                Some(vec![quotation("what a load of nonsense"), body("indeed")]),
            ),
            ("> what a load of nonsense\n> and who says so?", Some(vec![quotation(both)])),
            ("> load of\nhm\n> who", Some(vec![quotation("load of"), body("hm"), quotation("who")])),
            ("so:\n\n> who says so?\n\nme", Some(vec![body("so:"), quotation("who says so?"), body("me")])),
            // Their own, and what only looks like a quotation.
            ("> you fool\nindeed", None),
            ("> what a load of you fool", None),
            ("> what a load of nonsense\n> you fool", None),
            ("> sense", None),
            ("> on", None),
            (">what a load of nonsense", None),
            ("what a load of nonsense", None),
            ("> ", None),
            ("", None),
        ];
        for (text, want) in rows {
            assert_eq!(parts(text, ANSWERED), want, "{text:?}");
        }
        assert_eq!(parts("> who", ""), None);
    }

    proptest! {
        #[test]
        fn every_word_is_still_there(text in "(> )?[a-c \n]{0,12}(\n> [a-c \n]{0,12}){0,3}", answered in "[a-c \n]{0,12}") {
            let words = |text: &str| text.replace('>', " ").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            if let Some(parts) = parts(&text, &answered) {
                let told: Vec<_> = parts.iter().flat_map(|(_, part)| words(part)).collect();
                prop_assert_eq!(told, words(&text));
            }
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,40}", answered in "\\PC{0,40}") {
            parts(&format!("> {text}"), &answered);
            parts(&text, &text);
        }
    }
}
