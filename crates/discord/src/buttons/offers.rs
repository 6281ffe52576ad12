//! Which commands a letter names, so that they can be pressed below it.
//!
//! Only the bot's own words are read, never what it quotes.

use policy::{Block, GroupId, Letter, Reference, Step};
use serde_json::{Value, json};

use super::{Press, Tag, Verb};
use crate::letters::veil::{Reader, reference, references};
use crate::markdown_out::{Span, spans};

/// From how many files on one chooses from a list.
const LISTED_MIN: usize = 5;
/// How many entries a list has at most.
const LISTED_MAX: usize = 25;
const ROW_LEN_MAX: usize = 5;
const ROWS_MAX: usize = 5;

/// What a letter says its reader can do, each once and in its order.
pub(crate) fn offered(letter: &Letter, reader: Reader) -> Vec<Press> {
    let texts: Vec<&str> = letter
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Text(text) => Some(text.as_str()),
            Block::Quote(_) => None,
        })
        .collect();
    let mut presses: Vec<Press> = Vec::new();
    let mut offer = |press: Press| {
        if !presses.contains(&press) {
            presses.push(press);
        }
    };
    for text in &texts {
        let about = looked_at(text).or_else(|| leading(text));
        for span in spans(text) {
            match span {
                Span::Code(command) => match quoted(command, about) {
                    Some(press) if press == Press::alone(Verb::Case) => {
                        let files = texts.iter().filter_map(|text| leading(text));
                        files.for_each(|file| offer(Press::of(Verb::Case, file)));
                    }
                    Some(press) => offer(press),
                    None => {}
                },
                Span::Words(words) if reader == Reader::Member => {
                    plain(words).into_iter().for_each(&mut offer);
                }
                Span::Words(_) => {}
            }
        }
    }
    if reader == Reader::Officers {
        let mut waiting = texts.iter().map(|text| waiting(text)).filter(|presses| !presses.is_empty());
        // Of several, each is looked at first.
        if let (Some(these), None) = (waiting.next(), waiting.next()) {
            these.into_iter().for_each(offer);
        }
    }
    presses
}

/// What a file waits for, by the line that says how it stands: `B-0042 hidden, …`, `B-0042 warning proposed for …, 0 of 1
/// signed`.
fn waiting(text: &str) -> Vec<Press> {
    let mut words = text.split([' ', ',', ':']);
    let Some(file) = words.next().and_then(reference) else { return Vec::new() };
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match first.parse::<Step>() {
        Ok(step) if second == "proposed" && text.contains(" signed, ") => {
            let sign = Press { verb: Verb::Sign, file: Some(file), step: Some(step) };
            vec![sign, Press::of(Verb::Decline, file)]
        }
        Err(_) if first == "hidden" => {
            vec![Press::of(Verb::Confirm, file), Press::of(Verb::Restore, file)]
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// A command as officers read it, in backticks: `case B-0042`, `sign`. `case` alone is how to see each file that the letter
/// names; what is signed or declined without its name is the file that the same paragraph is about.
fn quoted(command: &str, about: Option<Reference>) -> Option<Press> {
    let mut words = command.split_whitespace();
    let verb = Verb::read(words.next()?)?;
    if !verb.has_file() {
        return words.next().is_none().then(|| Press::alone(verb));
    }
    match (verb, words.next()) {
        (verb, Some(word)) if reference(word).is_some() => {
            let step = words.next().and_then(|step| step.parse().ok()).filter(|_| verb == Verb::Sign);
            Some(Press { verb, file: reference(word), step })
        }
        (Verb::Case, _) => Some(Press::alone(Verb::Case)),
        (Verb::Sign | Verb::Decline, None) => Some(Press::of(verb, about?)),
        _ => None,
    }
}

/// Commands as members read them, in a sentence: `Reply here with: appeal B-0042 and why.`
fn plain(words: &str) -> Vec<Press> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let pairs = words.windows(2).filter_map(|pair| {
        let [before, after] = pair else { return None };
        match Verb::read(before) {
            Some(verb @ (Verb::Appeal | Verb::Reply)) => {
                reference(trimmed(after)).map(|file| Press::of(verb, file))
            }
            _ if before.ends_with(':') && trimmed(after) == Verb::Acknowledge.word() => {
                Some(Press::alone(Verb::Acknowledge))
            }
            _ => None,
        }
    });
    pairs.collect()
}

fn trimmed(word: &str) -> &str {
    word.trim_end_matches(['.', ',', ':', ';', ')'])
}

/// The file that a paragraph says how to see.
fn looked_at(text: &str) -> Option<Reference> {
    spans(text).into_iter().find_map(|span| match span {
        Span::Code(code) if code.starts_with("case ") => references(code).into_iter().next(),
        Span::Code(_) | Span::Words(_) => None,
    })
}

/// The file that a paragraph begins with.
fn leading(text: &str) -> Option<Reference> {
    text.split_whitespace().next().and_then(|word| reference(trimmed(word)))
}

/// What can be pressed, in rows as Discord shows them. So many files are a list to choose from; what does not fit any more
/// can be typed.
pub(crate) fn rows(presses: &[Press], group: &GroupId) -> Vec<Value> {
    let (files, others): (Vec<Press>, Vec<Press>) =
        presses.iter().copied().partition(|press| press.verb == Verb::Case && press.file.is_some());
    let (buttons, listed) = match files.len() {
        0..LISTED_MIN => (presses.to_vec(), Vec::new()),
        _ => (others, files),
    };
    let rows_max = ROWS_MAX - usize::from(!listed.is_empty());
    let rows = buttons.chunks(ROW_LEN_MAX).take(rows_max);
    let mut rows: Vec<Value> =
        rows.map(|row| in_row(&row.iter().map(|press| press.button(group)).collect::<Vec<_>>())).collect();
    if !listed.is_empty() {
        rows.push(in_row(&[list(&listed, group)]));
    }
    rows
}

fn in_row(components: &[Value]) -> Value {
    json!({ "type": 1, "components": components })
}

fn list(files: &[Press], group: &GroupId) -> Value {
    let names = files.iter().filter_map(|press| press.file).map(|file| file.to_string());
    let options: Vec<Value> =
        names.take(LISTED_MAX).map(|name| json!({ "label": name, "value": name })).collect();
    json!({
        "type": 3,
        "custom_id": Press::alone(Verb::Case).custom_id(&Tag::of(group)),
        "placeholder": "Look at one of them",
        "options": options,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::MessageText;
    use proptest::prelude::*;

    fn group() -> GroupId {
        GroupId::new("branch").unwrap()
    }

    fn lines(presses: &[Press]) -> String {
        presses.iter().map(Press::line).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_letter_offers_what_it_says_can_be_done() {
        let rows = [
            // text, for a member, for officers
            ("Reply here with: appeal B-0042 and why. A moderator", "appeal B-0042", ""),
            ("Reply here with: reply B-0042, and your words.", "reply B-0042", ""),
            ("Reply here with: acknowledge. Then", "acknowledge", ""),
            ("We have your appeal. You can appeal.", "", ""),
            ("I say acknowledge.", "", ""),
            ("`my-record` shows it to you.", "my-record", "my-record"),
            ("B-0042 hid a post: see `case B-0042`.", "case B-0042", "case B-0042"),
            (
                "`confirm B-0042` or `restore B-0042`",
                "confirm B-0042, restore B-0042",
                "confirm B-0042, restore B-0042",
            ),
            (
                "B-0001 it waits. See `case B-0042`, then `sign` or `decline`.",
                "case B-0042, sign B-0042, decline B-0042",
                "case B-0042, sign B-0042, decline B-0042",
            ),
            (
                "`sign B-0042 warning WHY` or `sign B-0042`",
                "sign B-0042 warning, sign B-0042",
                "sign B-0042 warning, sign B-0042",
            ),
            ("`sign`, `mode live`, `case", "", ""),
            ("`restore` each that should come back", "", ""),
            (
                "B-0042 hidden, review due 8 January 2026: insult by 1 in 2",
                "",
                "confirm B-0042, restore B-0042",
            ),
            (
                "B-0042 warning proposed for 1, 0 of 1 signed, due 8 January 2026",
                "",
                "sign B-0042 warning, decline B-0042",
            ),
            ("B-0042 warning proposed for 1, who may give their side until 8 January 2026", "", ""),
            ("B-0042 removed, strike: insult by 1 in 2", "", ""),
            ("B-0042 hid 1's post. It is hidden.", "", ""),
            ("`appeal B-0042` and `appeal B-0042`", "appeal B-0042", "appeal B-0042"),
        ];
        for (text, member, officers) in rows {
            let letter = Letter::line(text);
            assert_eq!(lines(&offered(&letter, Reader::Member)), member, "{text}");
            assert_eq!(lines(&offered(&letter, Reader::Officers)), officers, "{text}");
        }
        let listed = Letter::line("B-0001 hidden: a").text("B-0002 hidden: b");
        assert_eq!(offered(&listed, Reader::Officers), [], "of several, each is looked at first");
        let quoted = Letter::default().quote(MessageText::new("`confirm B-0042`, appeal B-0042"));
        assert_eq!(offered(&quoted, Reader::Member), [], "what members wrote offers nothing");
    }

    #[test]
    fn a_letter_about_many_files_offers_each() {
        let letter =
            (1..=6).fold(Letter::default(), |letter, number| letter.text(format!("B-000{number} deleted.")));
        let letter = letter
            .text("To see one of them: `case` and its number, as in `case B-0001`.")
            .text("`my-record`");
        let presses = offered(&letter, Reader::Officers);
        assert_eq!(presses.len(), 7);
        insta::assert_snapshot!(serde_json::to_string(&rows(&presses, &group())).unwrap(), @r#"[{"components":[{"custom_id":"1:my-record:::branch","label":"My record","style":2,"type":2}],"type":1},{"components":[{"custom_id":"1:case:::branch","options":[{"label":"B-0001","value":"B-0001"},{"label":"B-0002","value":"B-0002"},{"label":"B-0003","value":"B-0003"},{"label":"B-0004","value":"B-0004"},{"label":"B-0005","value":"B-0005"},{"label":"B-0006","value":"B-0006"}],"placeholder":"Look at one of them","type":3}],"type":1}]"#);
    }

    #[test]
    fn a_few_are_buttons_in_one_row() {
        let letter =
            Letter::line("B-0042 hid a post. See `case B-0042`, then `confirm B-0042` or `restore B-0042`.");
        let rows = rows(&offered(&letter, Reader::Officers), &group());
        insta::assert_snapshot!(serde_json::to_string_pretty(&rows).unwrap(), @r#"
        [
          {
            "components": [
              {
                "custom_id": "1:case:B-0042::branch",
                "label": "Look at B-0042",
                "style": 2,
                "type": 2
              },
              {
                "custom_id": "1:confirm:B-0042::branch",
                "label": "Confirm B-0042",
                "style": 4,
                "type": 2
              },
              {
                "custom_id": "1:restore:B-0042::branch",
                "label": "Restore B-0042",
                "style": 3,
                "type": 2
              }
            ],
            "type": 1
          }
        ]
        "#);
    }

    proptest! {
        #[test]
        fn rows_are_never_too_many_nor_too_long(files in prop::collection::vec((0_usize..9, 1_u32..60), 0..80)) {
            let mut presses: Vec<Press> = Vec::new();
            for (verb, number) in files {
                let verb = Verb::ALL[verb];
                let file = Reference::new(number).filter(|_| verb.has_file());
                let press = Press { verb, file, step: None };
                if !presses.contains(&press) {
                    presses.push(press);
                }
            }
            let rows = rows(&presses, &group());
            prop_assert!(rows.len() <= 5);
            let mut ids = Vec::new();
            for row in &rows {
                let components = row["components"].as_array().unwrap();
                prop_assert!((1..=5).contains(&components.len()));
                for component in components {
                    ids.push(component["custom_id"].as_str().unwrap().to_owned());
                    let options = component["options"].as_array().map_or(1, Vec::len);
                    prop_assert!((1..=25).contains(&options));
                }
            }
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), all, "each is the only one of its name");
        }

        #[test]
        fn any_letter_can_be_read(text in "(`|case|sign|appeal|B-0001|B-1|:|\\.| |acknowledge|\\PC){0,40}") {
            for reader in [Reader::Member, Reader::Officers] {
                let presses = offered(&Letter::line(text.as_str()), reader);
                prop_assert!(presses.iter().all(|press| Press::read(&press.custom_id(&Tag::of(&group()))).is_some()));
            }
        }
    }
}
