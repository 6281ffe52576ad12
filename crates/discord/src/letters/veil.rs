//! Letters that a server's own filter lets through: it stops what it looks for in our messages too, quotations included.

use policy::{Block, Letter, Reference};

use crate::markdown_out::{Span, spans};

/// For whom a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reader {
    /// A member, about themselves.
    Member,
    /// Officers.
    Officers,
}

const LEFT_OUT: &str = "(The words are left out here, because this server's own filter stops them.";

/// The letter without anybody's words, each time with how to see them.
pub(crate) fn veiled(letter: &Letter, reader: Reader) -> Letter {
    let mut about = None;
    let blocks = letter.blocks.iter().map(|block| match block {
        Block::Text(text) => {
            about = references(text).into_iter().next().or(about);
            block.clone()
        }
        Block::Quote(_) => Block::Text(match (reader, about) {
            (Reader::Member, _) => {
                format!("{LEFT_OUT} In a private message, `my-record` shows them to you.)")
            }
            (Reader::Officers, Some(file)) => format!("{LEFT_OUT} See `case {file}`.)"),
            (Reader::Officers, None) => format!("{LEFT_OUT})"),
        }),
    });
    Letter { blocks: blocks.collect(), offers: letter.offers.clone() }
}

/// What remains where even the bot's own words are stopped, since officers read there which words were found: what it is
/// about, and how to see it.
pub(crate) fn bare(letter: &Letter, reader: Reader) -> Letter {
    let mut about: Vec<Reference> = Vec::new();
    for block in &letter.blocks {
        if let Block::Text(text) = block {
            for file in references(text) {
                if !about.contains(&file) {
                    about.push(file);
                }
            }
        }
    }
    let named = match about.is_empty() {
        true => String::new(),
        false => {
            let named: Vec<String> = about.iter().map(ToString::to_string).collect();
            format!(" about {}", named.join(", "))
        }
    };
    let line = format!("I have something to tell you{named}, and this server's own filter stops the words.");
    let letter = Letter::line(line);
    match reader {
        Reader::Member => letter.text("In a private message, `my-record` shows it to you."),
        Reader::Officers => {
            let ways = about.iter().map(|file| format!("See `case {file}`."));
            ways.fold(letter, Letter::text)
        }
    }
}

/// The references in the bot's own words, as it writes them, in order.
pub(crate) fn references(text: &str) -> Vec<Reference> {
    let words = spans(text).into_iter().flat_map(|span| match span {
        Span::Code(words) | Span::Words(words) => {
            words.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        }
    });
    words.filter_map(reference).collect()
}

/// A reference as the bot writes it, and in no other way.
pub(crate) fn reference(word: &str) -> Option<Reference> {
    let reference: Reference = word.starts_with("B-").then(|| word.parse().ok()).flatten()?;
    (reference.to_string() == word).then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::MessageText;

    fn shown(letter: &Letter) -> String {
        let blocks = letter.blocks.iter().map(|block| match block {
            Block::Text(text) => text.clone(),
            Block::Quote(text) => format!("> {}", text.expose()),
        });
        blocks.collect::<Vec<_>>().join("\n")
    }

    fn letter() -> Letter {
        let letter = Letter::line("B-0042 deleted a post. See `case B-0042`.");
        letter.quote(MessageText::new("bad")).text("Found: bad (B-42)")
    }

    #[test]
    fn what_is_left_out_says_how_to_see_it() {
        insta::assert_snapshot!(shown(&veiled(&letter(), Reader::Officers)), @"
        B-0042 deleted a post. See `case B-0042`.
        (The words are left out here, because this server's own filter stops them. See `case B-0042`.)
        Found: bad (B-42)
        ");
        insta::assert_snapshot!(shown(&veiled(&letter(), Reader::Member)), @"
        B-0042 deleted a post. See `case B-0042`.
        (The words are left out here, because this server's own filter stops them. In a private message, `my-record` shows them to you.)
        Found: bad (B-42)
        ");
        let nameless = Letter::default().quote(MessageText::new("bad"));
        insta::assert_snapshot!(shown(&veiled(&nameless, Reader::Officers)), @"(The words are left out here, because this server's own filter stops them.)");
    }

    #[test]
    fn of_a_bare_letter_nothing_is_left_that_could_be_stopped() {
        insta::assert_snapshot!(shown(&bare(&letter(), Reader::Officers)), @"
        I have something to tell you about B-0042, and this server's own filter stops the words.
        See `case B-0042`.
        ");
        insta::assert_snapshot!(shown(&bare(&letter(), Reader::Member)), @"
        I have something to tell you about B-0042, and this server's own filter stops the words.
        In a private message, `my-record` shows it to you.
        ");
        insta::assert_snapshot!(shown(&bare(&Letter::line("bad"), Reader::Officers)), @"I have something to tell you, and this server's own filter stops the words.");
    }

    #[test]
    fn only_what_the_bot_writes_as_a_reference_is_one() {
        let read = |text: &str| references(text).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(read("B-0001: see `case B-0002`, (B-12345)."), ["B-0001", "B-0002", "B-12345"]);
        assert_eq!(read("B-1 b-0001 B0001 AB-0001 B-0001-2 B-99999999999"), [""; 0]);
    }
}
