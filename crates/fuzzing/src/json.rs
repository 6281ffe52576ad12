//! Changes of JSON that leave it JSON, more or less: made in the text, so that what no library would write is among them.

use std::ops::Range;

use corpus::Chance;

/// What may stand where something else did: at and beyond the edges of what fields hold.
const EXTREMES: [&str; 26] = [
    "null",
    "true",
    "false",
    "0",
    "-0.0",
    "-1",
    "1.5",
    "4294967296",
    "9007199254740993",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e308",
    r#""\ud83d\ude00\u0000\ufeff\u202e\n""#,
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"-1\"",
    "\"18446744073709551615\"",
    "\"99999999999999999999\"",
    "\"9999-12-31T23:59:59.999999+00:00\"",
    "\"-271821-04-20T00:00:00Z\"",
    "[]",
    "{}",
    r#"[{},[],"",null,0]"#,
    r#"{"id":"3","user":{"id":"4"},"0":"5"}"#,
];

/// The same, as far as some readers refuse all of the JSON for it: numbers that are none, and halves of characters.
const UNREADABLE: [&str; 4] = ["1e999", "-1e-999", r#""\ud800""#, r#""t\udfff\ud800a""#];

/// How deep something is put into lists and objects. Readers of JSON count levels, most up to 128.
const DEPTHS: [usize; 6] = [1, 3, 17, 33, 100, 5_000];
/// How often something is repeated in a list.
const MANY: usize = 2_000;
/// How long a text of one part repeated is.
const LONG: usize = 70_000;

/// A change of one value, or of the name of a field.
pub(crate) fn changed(input: &[u8], other: &[u8], words: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let (values, theirs) = (values(input), self::values(other));
    let Some(at) = values.get(chance.below(values.len())) else { return input.to_vec() };
    let old = &input[at.place.clone()];
    let new = if at.is_name {
        let names: Vec<_> = theirs.iter().filter(|part| part.is_name).collect();
        names
            .get(chance.below(names.len()))
            .map_or(b"\"\"".as_slice(), |name| &other[name.place.clone()])
            .to_vec()
    } else {
        let values: Vec<_> = theirs.iter().filter(|part| !part.is_name).collect();
        let their =
            values.get(chance.below(values.len())).map_or(b"0".as_slice(), |one| &other[one.place.clone()]);
        replaced(old, their, words, chance)
    };
    [&input[..at.place.start], &new, &input[at.place.end..]].concat()
}

fn replaced(old: &[u8], their: &[u8], words: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    match chance.below(24) {
        0 => chance.pick(&UNREADABLE).as_bytes().to_vec(),
        1..=9 => chance.pick(&EXTREMES).as_bytes().to_vec(),
        10..=15 => their.to_vec(),
        16 | 17 => nested(old, DEPTHS[chance.below(DEPTHS.len())], chance),
        18 | 19 => {
            let times = MANY / (1 + old.len() / 100);
            [b"[".as_slice(), &[old, b","].concat().repeat(times), old, b"]"].concat()
        }
        20 | 21 => {
            let part = words.get(chance.below(words.len())).map_or(b"a".as_slice(), Vec::as_slice);
            let part: Vec<u8> = part.iter().copied().filter(|byte| !b"\"\\".contains(byte)).collect();
            [b"\"".as_slice(), &part.repeat(LONG / part.len().max(1)), b"\""].concat()
        }
        22 => [b"\"".as_slice(), their, b"\""].concat(),
        // The same field once more, with something else in it: readers differ in which they take.
        _ => [old, b",\"content\":", their].concat(),
    }
}

fn nested(value: &[u8], depth: usize, chance: &mut Chance) -> Vec<u8> {
    let (open, close): (&[u8], &[u8]) = match chance.below(3) {
        0 => (b"[", b"]"),
        1 => (b"{\"message\":", b"}"),
        _ => (b"{\"components\":[{},", b"]}"),
    };
    [&open.repeat(depth), value, &close.repeat(depth)].concat()
}

/// A part of a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    place: Range<usize>,
    /// Whether it is the name of a field, and no value.
    is_name: bool,
}

/// Where the values of a JSON text stand, and the names of fields, as far as it is one.
fn values(json: &[u8]) -> Vec<Part> {
    let mut values = Vec::new();
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' | b'[' => open.push(start),
            b'}' | b']' => values.extend(open.pop().map(|start| Part { place: start..at, is_name: false })),
            b'"' => {
                let mut escaped = false;
                while let Some(byte) = json.get(at) {
                    at += 1;
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => break,
                        _ => {}
                    }
                }
                let next = json[at..].iter().find(|byte| !byte.is_ascii_whitespace());
                values.push(Part { place: start..at, is_name: next == Some(&b':') });
            }
            b',' | b':' => {}
            _ if byte.is_ascii_whitespace() => {}
            _ => {
                let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(*byte);
                at += json[at..].iter().take_while(is_part).count();
                values.push(Part { place: start..at, is_name: false });
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_names_are_found_where_they_stand() {
        let json = br#"{"a": [1, -2.5e+3, true], "b\"]": {"c": "x, \\"}} "#;
        let shown = |part: Part| {
            let colon = if part.is_name { ":" } else { "" };
            format!("{}{colon}", String::from_utf8_lossy(&json[part.place]))
        };
        let found: Vec<_> = values(json).into_iter().map(shown).collect();
        let whole = String::from_utf8_lossy(json.trim_ascii());
        let want = [
            r#""a":"#,
            "1",
            "-2.5e+3",
            "true",
            "[1, -2.5e+3, true]",
            r#""b\"]":"#,
            r#""c":"#,
            r#""x, \\""#,
            r#"{"c": "x, \\"}"#,
            &whole,
        ];
        assert_eq!(found, want);
        for odd in ["", "}", "[[", "\"", "\"\\", "nul\u{e9}", "]{"] {
            assert!(
                values(odd.as_bytes()).iter().all(|at| odd.as_bytes().get(at.place.clone()).is_some()),
                "{odd}"
            );
        }
    }
}
