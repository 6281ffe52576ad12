//! Emoji: what they say where people spell with them.

use serde_json::Value;

use crate::ids::Snowflake;
use crate::json;

/// One emoji.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Emoji {
    /// A character of Unicode, which may consist of several.
    Character(Box<str>),
    /// A picture of a server's own, by its id and the name that somebody gave it.
    Picture(Snowflake, Box<str>),
}

impl Emoji {
    /// The emoji in an object as it stands in reactions, polls and buttons. A picture that is gone has no name.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let name = json::text(value, "name")?;
        Some(match json::id(value, "id") {
            Some(id) => Self::Picture(id, name.into()),
            None => Self::Character(name.into()),
        })
    }

    /// As people write it: the character, or the name between colons.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Character(character) => character.to_string(),
            Self::Picture(_, name) => format!(":{name}:"),
        }
    }

    /// The letters it shows, if it shows letters.
    pub(crate) fn letters(&self) -> Option<String> {
        match self {
            Self::Character(character) => drawn(character).map(str::to_owned).or_else(|| sign(character)),
            Self::Picture(_, name) => letter_in(name).map(String::from),
        }
    }
}

/// Signs that people take for letters, most of which are none to Unicode.
const DRAWN: [(&str, &str); 23] = [
    ("\u{1f170}", "A"),
    ("\u{1f171}", "B"),
    ("\u{1f17e}", "O"),
    ("\u{1f17f}", "P"),
    ("\u{1f18e}", "AB"),
    ("\u{1f191}", "CL"),
    ("\u{1f192}", "COOL"),
    ("\u{1f193}", "FREE"),
    ("\u{1f194}", "ID"),
    ("\u{1f195}", "NEW"),
    ("\u{1f196}", "NG"),
    ("\u{1f197}", "OK"),
    ("\u{1f198}", "SOS"),
    ("\u{1f199}", "UP"),
    ("\u{1f19a}", "VS"),
    ("\u{24c2}", "M"),
    ("\u{2139}", "I"),
    ("\u{2b55}", "O"),
    ("\u{274c}", "X"),
    ("\u{2716}", "X"),
    ("\u{a9}", "C"),
    ("\u{ae}", "R"),
    ("\u{2122}", "TM"),
];

fn drawn(character: &str) -> Option<&'static str> {
    let bare = character.trim_end_matches('\u{fe0f}');
    DRAWN.iter().find(|(sign, _)| *sign == bare).map(|(_, letters)| *letters)
}

/// The letter of a flag that stands alone, or the digit or sign on a key. Two letters of flags are a flag.
fn sign(character: &str) -> Option<String> {
    let mut chars = character.chars().filter(|c| !matches!(c, '\u{fe0f}' | '\u{20e3}'));
    let (first, None) = (chars.next()?, chars.next()) else { return None };
    let letter = match first {
        '\u{1f1e6}'..='\u{1f1ff}' => {
            let place = u32::from(first) - u32::from('\u{1f1e6}');
            char::from_u32(u32::from('A') + place)?
        }
        '0'..='9' | '*' | '#' => first,
        _ => return None,
    };
    Some(letter.to_string())
}

/// What stands in the names of pictures of letters beside the letter. Digits count as such, too.
const BESIDE_A_LETTER: [&str; 26] = [
    "abc",
    "alphabet",
    "animated",
    "big",
    "black",
    "block",
    "blue",
    "char",
    "character",
    "emoji",
    "gold",
    "green",
    "grey",
    "indicator",
    "letter",
    "letters",
    "neon",
    "orange",
    "pink",
    "purple",
    "rainbow",
    "red",
    "regional",
    "tile",
    "white",
    "yellow",
];

/// The letter that a picture of this name shows: `letter_f`, `F_`, `letterF`, `regional_indicator_f`.
pub(crate) fn letter_in(name: &str) -> Option<char> {
    let mut letter = None;
    for piece in name.split(['_', '-', '~']) {
        let piece = piece.trim_matches(|c: char| c.is_ascii_digit());
        let lower = piece.to_ascii_lowercase();
        if piece.is_empty() || BESIDE_A_LETTER.contains(&lower.as_str()) {
            continue;
        }
        let rest =
            BESIDE_A_LETTER.iter().filter_map(|word| lower.strip_prefix(word)).find(|rest| rest.len() == 1);
        let mut chars = rest.unwrap_or(&lower).chars();
        match (letter, chars.next(), chars.next()) {
            (None, Some(only), None) if only.is_ascii_alphabetic() => {
                letter = Some(only.to_ascii_uppercase())
            }
            _ => return None,
        }
    }
    letter
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn letters(emoji: &Value) -> Option<String> {
        Emoji::read(emoji).and_then(|emoji| emoji.letters())
    }

    #[test]
    fn emoji_that_show_letters_say_which() {
        let rows = [
            ("\u{1f1eb}", Some("F")),
            ("\u{1f1ff}\u{fe0f}", Some("Z")),
            ("\u{1f1ec}\u{1f1e7}", None),
            ("1\u{fe0f}\u{20e3}", Some("1")),
            ("\u{1f170}\u{fe0f}", Some("A")),
            ("\u{2139}", Some("I")),
            ("\u{1f192}", Some("COOL")),
            ("\u{1f44d}", None),
            ("ab", None),
        ];
        for (character, want) in rows {
            assert_eq!(letters(&json!({"id": null, "name": character})).as_deref(), want, "{character}");
        }
        let rows = [
            ("letter_f", Some("F")),
            ("F_", Some("F")),
            ("_f_", Some("F")),
            ("letterF", Some("F")),
            ("regional_indicator_k", Some("K")),
            ("red_c_2", Some("C")),
            ("shit_a", None),
            ("a_b", None),
            ("letters", None),
            ("ok", None),
            ("__", None),
        ];
        for (name, want) in rows {
            assert_eq!(letters(&json!({"id": "41771983429993937", "name": name})).as_deref(), want, "{name}");
        }
    }

    #[test]
    fn an_emoji_is_written_as_people_write_it() {
        let written = |emoji: Value| Emoji::read(&emoji).map(|emoji| emoji.written());
        assert_eq!(written(json!({"id": null, "name": "\u{1f525}"})).as_deref(), Some("\u{1f525}"));
        assert_eq!(written(json!({"id": "17", "name": "fire", "animated": true})).as_deref(), Some(":fire:"));
        assert_eq!(written(json!({"id": "17", "name": null})), None);
    }
}
