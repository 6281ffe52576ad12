//! Links to rooms, events and members, as clients write and read them: `https://matrix.to/#/…` and `matrix:…`.

use std::fmt::Write as _;

use policy::{ChannelId, MemberId, PostId};

use crate::translate::event::event_id;

const MATRIX_TO: &str = "https://matrix.to/#/";

/// How many servers a link names at most, by which somebody who is not in the room could find it.
const VIA_MAX: usize = 3;

/// An event that a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Linked {
    /// The room, by its id or one of its aliases.
    pub(crate) room: String,
    /// The event.
    pub(crate) event: PostId,
}

/// The link to an event in a room, or to the room itself; `via` are servers that know the room.
pub(crate) fn link(room: &ChannelId, event: Option<&PostId>, via: &[String]) -> String {
    let mut link = format!("{MATRIX_TO}{}", encode(room.as_str()));
    if let Some(event) = event {
        link.push('/');
        link.push_str(&encode(event.as_str()));
    }
    for (at, server) in via.iter().take(VIA_MAX).enumerate() {
        link.push_str(if at == 0 { "?via=" } else { "&via=" });
        link.push_str(&encode(server));
    }
    link
}

/// The event that a link leads to; nothing for any other link, and for what is none.
pub(crate) fn parse_link(link: &str) -> Option<Linked> {
    let path = path(link)?;
    let (room, event) = path.split_once('/')?;
    let room = decode(room)?;
    let is_room = room.starts_with(['!', '#']) && !room.contains(char::is_whitespace);
    let event = decode(event).and_then(event_id)?;
    is_room.then_some(Linked { room, event })
}

/// The first event that a word links to. People put links in brackets, behind a full stop, or hang them on a text.
pub(crate) fn linked_in(word: &str) -> Option<Linked> {
    let start = ["https://", "http://", "matrix:"].iter().filter_map(|scheme| word.find(scheme)).min()?;
    let link = &word[start..];
    let link = link.split([')', '>', ']', '"', '\'']).next().unwrap_or(link);
    parse_link(link.trim_end_matches(['.', ',', ';', ':', '!', '?']))
}

/// The member whom a link names: a client shows it as a mention.
pub(crate) fn mentioned(link: &str) -> Option<MemberId> {
    let path = path(link)?;
    let id = decode(path.split('/').next().unwrap_or_default())?;
    member_id(id)
}

/// Accounts look like `@name:server`.
pub(crate) fn member_id(id: String) -> Option<MemberId> {
    let valid = id.starts_with('@') && id.contains(':') && !id.contains(char::is_whitespace);
    MemberId::new(id).filter(|_| valid)
}

/// What stands behind the address of whatever shows it, with the signs that tell a room from an event; not decoded.
fn path(link: &str) -> Option<String> {
    let link = link.split('?').next().unwrap_or_default();
    if let Some(path) = link.strip_prefix("matrix:") {
        return from_uri(path);
    }
    let address = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"))?;
    let (_, path) = address.split_once("/#/")?;
    // Clients on the web have the same behind their own address.
    let path = path.strip_prefix("room/").or_else(|| path.strip_prefix("user/")).unwrap_or(path);
    Some(path.to_owned())
}

/// `roomid/…/e/…` as `!…/$…`.
fn from_uri(path: &str) -> Option<String> {
    let mut parts = path.split('/');
    let mut signed = String::new();
    while let Some(kind) = parts.next() {
        let sign = match kind {
            "roomid" => '!',
            "r" | "room" => '#',
            "u" | "user" => '@',
            "e" | "event" => '$',
            _ => return None,
        };
        if !signed.is_empty() {
            signed.push('/');
        }
        signed.push(sign);
        signed.push_str(parts.next()?);
    }
    Some(signed)
}

/// Everything but what a link holds anywhere is percent-encoded, also the signs `!`, `#` and `$` before ids.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            write!(encoded, "%{byte:02X}").unwrap_or_default();
        }
    }
    encoded
}

/// Nothing for what is not UTF-8. A `%` that begins nothing stands for itself.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits =
            after.get(..2).filter(|digits| first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn linked(room: &str, event: &str) -> Option<Linked> {
        Some(Linked { room: room.to_owned(), event: PostId::new(event).unwrap() })
    }

    #[test]
    fn links_are_encoded_as_the_specification_asks() {
        let room = ChannelId::new("!abc/d:example.org:8448").unwrap();
        let event = PostId::new("$e+f/g").unwrap();
        let via = ["example.org:8448", "b.example", "c", "d"].map(str::to_owned);
        assert_eq!(
            link(&room, Some(&event), &via),
            "https://matrix.to/#/%21abc%2Fd%3Aexample.org%3A8448/%24e%2Bf%2Fg?via=example.org%3A8448&via=b.example&via=c"
        );
        assert_eq!(link(&room, None, &[]), "https://matrix.to/#/%21abc%2Fd%3Aexample.org%3A8448");
    }

    #[test]
    fn links_are_read_in_all_their_forms() {
        let rows = [
            ("https://matrix.to/#/!r:b.example/$e?via=b.example", linked("!r:b.example", "$e")),
            ("https://matrix.to/#/%21r%3Ab.example/%24e?via=x&via=y", linked("!r:b.example", "$e")),
            ("https://matrix.to/#/!newroom/$e", linked("!newroom", "$e")),
            (
                "https://matrix.to/#/#alias:b.example/$old:b.example",
                linked("#alias:b.example", "$old:b.example"),
            ),
            ("https://matrix.to/#/%23alias:b.example/$e", linked("#alias:b.example", "$e")),
            ("https://matrix.to/#/!r:b/$with/slash", linked("!r:b", "$with/slash")),
            ("https://app.element.io/#/room/!r:b.example/$e", linked("!r:b.example", "$e")),
            ("matrix:roomid/r:b.example/e/abc?via=b.example", linked("!r:b.example", "$abc")),
            ("matrix:r/alias:b.example/e/abc", linked("#alias:b.example", "$abc")),
            ("https://matrix.to/#/!r:b.example", None),
            ("https://matrix.to/#/@alice:b.example", None),
            ("https://matrix.to/#/@alice:b.example/$e", None),
            ("https://matrix.to/#/!r:b.example/e", None),
            ("https://matrix.to/#/!r:b.example/%24%ff", None),
            ("https://matrix.to/#/!r:b.example/%24a%20b", None),
            ("https://example.org/!r:b/$e", None),
            ("matrix:roomid", None),
            ("matrix:", None),
            ("", None),
        ];
        for (link, want) in rows {
            assert_eq!(parse_link(link), want, "{link}");
        }
    }

    #[test]
    fn links_are_found_as_people_type_them() {
        let want = linked("!r:b.example", "$e");
        for word in [
            "https://matrix.to/#/!r:b.example/$e",
            "(https://matrix.to/#/!r:b.example/$e).",
            "<https://matrix.to/#/!r:b.example/$e?via=b.example>",
            "[here](https://matrix.to/#/!r:b.example/$e)",
            "https://matrix.to/#/!r:b.example/$e?via=b.example,",
            "see:matrix:roomid/r:b.example/e/e",
        ] {
            assert_eq!(linked_in(word), want, "{word}");
        }
        assert_eq!(linked_in("word"), None);
    }

    #[test]
    fn mentions_are_read_encoded_or_not() {
        let alice = MemberId::new("@alice:b.example");
        for link in [
            "https://matrix.to/#/@alice:b.example",
            "https://matrix.to/#/%40alice%3Ab.example",
            "https://matrix.to/#/@alice:b.example?via=b.example",
            "https://app.element.io/#/user/@alice:b.example",
            "matrix:u/alice:b.example?action=chat",
        ] {
            assert_eq!(mentioned(link), alice, "{link}");
        }
        for link in
            ["https://matrix.to/#/!r:b", "https://matrix.to/#/@alice", "https://example.org/@a:b", "@a:b"]
        {
            assert_eq!(mentioned(link), None, "{link}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(room in "![^\\s\\p{Cc}]{0,60}", event in "\\$[!-\\-0-~]{1,60}", via in "[a-z.:0-9]{1,20}") {
            let (Some(channel), Some(post)) = (ChannelId::new(room.clone()), PostId::new(event)) else {
                return Ok(());
            };
            let link = link(&channel, Some(&post), &[via]);
            prop_assert!(!link.contains(char::is_whitespace));
            prop_assert_eq!(linked_in(&link), Some(Linked { room, event: post }));
        }

        #[test]
        fn anything_can_be_asked_for_a_link(text in any::<String>()) {
            for scheme in ["", "https://matrix.to/#/", "matrix:roomid/", "matrix:u/"] {
                let word = format!("{scheme}{text}");
                linked_in(&word);
                mentioned(&word);
            }
        }
    }
}
