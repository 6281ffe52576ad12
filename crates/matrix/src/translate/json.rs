//! JSON from strangers, read one level at a time.
//!
//! What is not asked for is only skipped over, without recursion. So a field nested without end, a number that fits
//! nowhere or a broken character spoils nothing beside it; to read the whole into a tree would fail as a whole.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// One value, not read yet.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a>(&'a RawValue);

/// One value, read; what it consists of is not.
pub(crate) enum Read<'a> {
    /// A text. Halves of characters stand as U+FFFD, as clients show them.
    Text(String),
    /// A list.
    List(Vec<Field<'a>>),
    /// An object, in the order in which it is written. A name can come twice.
    Object(Vec<(String, Field<'a>)>),
    /// A number, a truth value or nothing.
    Other,
}

impl<'a> Field<'a> {
    /// The only value in `json`; nothing when it is not JSON.
    pub(crate) fn parse(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// A value that was kept.
    pub(crate) fn of(kept: &'a RawValue) -> Self {
        Self(kept)
    }

    /// The value as one to keep.
    pub(crate) fn to_owned(self) -> Box<RawValue> {
        self.0.to_owned()
    }

    /// Reads it, one level deep.
    pub(crate) fn read(self) -> Read<'a> {
        let json = self.0.get();
        let read = match json.bytes().next() {
            Some(b'"') => from(json).map(|Text(text)| Read::Text(text)),
            Some(b'[') => from(json).map(|Elements(elements)| Read::List(elements)),
            Some(b'{') => from(json).map(|Members(members)| Read::Object(members)),
            _ => None,
        };
        read.unwrap_or(Read::Other)
    }

    /// The member of that name, as most clients read it: the last one.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        self.members().into_iter().rev().find(|(other, _)| other == name).map(|(_, field)| field)
    }

    /// The text, if it is one.
    pub(crate) fn text(self) -> Option<String> {
        match self.read() {
            Read::Text(text) => Some(text),
            Read::List(_) | Read::Object(_) | Read::Other => None,
        }
    }

    /// The elements of a list; none of anything else.
    pub(crate) fn elements(self) -> Vec<Self> {
        match self.read() {
            Read::List(elements) => elements,
            Read::Text(_) | Read::Object(_) | Read::Other => Vec::new(),
        }
    }

    /// The members of an object; none of anything else.
    pub(crate) fn members(self) -> Vec<(String, Self)> {
        match self.read() {
            Read::Object(members) => members,
            Read::Text(_) | Read::List(_) | Read::Other => Vec::new(),
        }
    }

    /// Whether it is an object.
    pub(crate) fn is_object(self) -> bool {
        self.0.get().starts_with('{')
    }

    /// Whether it is `true`.
    pub(crate) fn is_true(self) -> bool {
        self.0.get() == "true"
    }

    /// The whole number; one too large as the largest. Nothing for anything else.
    pub(crate) fn whole_number(self) -> Option<i64> {
        let json = self.0.get();
        let digits = json.strip_prefix('-').unwrap_or(json);
        let too_large = if digits == json { i64::MAX } else { i64::MIN };
        let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        is_whole.then(|| json.parse().unwrap_or(too_large))
    }

    /// How many levels of lists and objects it has; 0 for anything else.
    pub(crate) fn depth(self) -> usize {
        let (mut depth, mut deepest) = (0_usize, 0);
        let (mut in_text, mut escaped) = (false, false);
        for byte in self.0.get().bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = in_text,
                b'"' => in_text = !in_text,
                b'[' | b'{' if !in_text => depth += 1,
                b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        deepest
    }
}

fn from<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    serde_json::from_str(json).ok()
}

struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsBytes;
        impl Visitor<'_> for AsBytes {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
                Ok(Text(lossy(bytes)))
            }
        }
        // As a string it would be refused for half a character.
        deserializer.deserialize_bytes(AsBytes)
    }
}

/// Halves of characters come as the three bytes that a whole one would have, so that the text gets no longer.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().first() == Some(&0xed) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

struct Elements<'a>(Vec<Field<'a>>);

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Elements<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    elements.push(Field(element));
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(Each)
    }
}

struct Members<'a>(Vec<(String, Field<'a>)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Text(name), value)) = object.next_entry()? {
                    members.push((name, Field(value)));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(json: &str, name: &str) -> Option<String> {
        Field::parse(json).and_then(|field| field.get(name)).and_then(Field::text)
    }

    #[test]
    fn what_is_odd_in_one_place_spoils_no_other() {
        let deep = format!("{}{}", "[".repeat(60_000), "]".repeat(60_000));
        let huge = "9".repeat(5_000);
        for odd in [deep.as_str(), &huge, "1e999999", "\"\\ud800\"", "\"\\u0000\"", "null", "{\"\\udfff\":0}"]
        {
            let json = format!(r#"{{"a":{odd},"body":"seen","\ud800":{odd},"z":{odd}}}"#);
            assert_eq!(get(&json, "body").as_deref(), Some("seen"));
        }
        for not_json in ["", "{", "{\"a\":}", "[1,]", "{\"a\":1}x", "\"\n\""] {
            assert!(Field::parse(not_json).is_none(), "{not_json:?}");
        }
    }

    #[test]
    fn texts_are_read_as_clients_show_them() {
        let rows = [
            (r#"{"a":"plain"}"#, Some("plain")),
            (r#"{"a":"\u00e9\n\ud83d\udea9"}"#, Some("\u{e9}\n\u{1f6a9}")),
            (r#"{"a":"x\ud800y\udfff\ud800"}"#, Some("x\u{fffd}y\u{fffd}\u{fffd}")),
            (r#"{"a":"first","a":"last"}"#, Some("last")),
            (r#"{"a":1}"#, None),
            (r#"{"a":["x"]}"#, None),
            (r#"{"\u0061":"escaped name"}"#, Some("escaped name")),
            (r#"["a"]"#, None),
        ];
        for (json, want) in rows {
            assert_eq!(get(json, "a").as_deref(), want, "{json}");
        }
    }

    #[test]
    fn numbers_and_depths_have_an_end() {
        let number = |json| Field::parse(json).and_then(Field::whole_number);
        assert_eq!(number("17"), Some(17));
        assert_eq!(number("-17"), Some(-17));
        assert_eq!(number("99999999999999999999"), Some(i64::MAX));
        assert_eq!(number("-99999999999999999999"), Some(i64::MIN));
        for odd in ["1.5", "1e3", "\"1\"", "null", "[]"] {
            assert_eq!(number(odd), None, "{odd}");
        }
        let depth = |json| Field::parse(json).map(Field::depth);
        assert_eq!(depth("1"), Some(0));
        assert_eq!(depth(r#"{"a":["[[[",{"b":"\"{{"}]}"#), Some(3));
        assert_eq!(depth(r#"["\\",[]]"#), Some(2));
    }
}
