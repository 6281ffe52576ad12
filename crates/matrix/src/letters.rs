//! What the bot writes, as a room is sent it: a plain text and the same formatted.
//!
//! Members' words are data. In both forms they stand apart from the bot's, escaped, and are neither markup nor a link
//! of ours. That nobody is alerted by them is up to whoever sends it: with an empty `m.mentions`.

use std::collections::BTreeSet;
use std::fmt;

use chrono_tz::Tz;
use matrix_sdk::ruma::RoomId;
use platform::lines::{Line, Room, Voice, shorten};
use platform::plain;
use policy::{Block, ChannelId, Letter, MemberId, MessageText, Timestamp};

use crate::commands::COMMAND;
use crate::links;

/// One message.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// Its `body`.
    pub(crate) plain: String,
    /// Its `formatted_body`.
    pub(crate) html: String,
}

/// Without what it says.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} + {} bytes)", self.plain.len(), self.html.len())
    }
}

/// How many bytes one message has at most, in both forms together. An event holds 65,536, of which encryption takes
/// a third, and escaping for JSON more.
pub(crate) const OUTGOING_LEN_MAX: usize = 20_000;

/// How many characters of a name are shown.
const NAME_LEN_MAX: usize = 80;

/// A letter as messages: mostly one, and so many that nothing is lost.
pub(crate) fn letter(letter: &Letter) -> Vec<Outgoing> {
    paginate(ROOM.letter(letter).into_iter())
}

/// The same letter for a place where commands are typed with what they begin with among people. Of `commands`, only the first
/// words matter.
pub(crate) fn addressed(letter: &Letter, commands: &BTreeSet<String>) -> Letter {
    let blocks = letter.blocks.iter().map(|block| match block {
        Block::Text(text) => Block::Text(with_address(text, commands)),
        Block::Quote(_) => block.clone(),
    });
    Letter { blocks: blocks.collect(), offers: letter.offers.clone() }
}

fn with_address(text: &str, commands: &BTreeSet<String>) -> String {
    let first = |text: &str| text.split(char::is_whitespace).next().unwrap_or_default().to_owned();
    let mut whole = String::with_capacity(text.len());
    let mut parts = text.split('`').enumerate().peekable();
    while let Some((number, part)) = parts.next() {
        let is_quoted = number % 2 == 1 && parts.peek().is_some();
        if number > 0 {
            whole.push('`');
        }
        if is_quoted && commands.iter().any(|command| first(command) == first(part)) {
            whole.push_str(COMMAND);
            whole.push(' ');
        }
        whole.push_str(part);
    }
    whole
}

/// A removed post as it is put back. The account stands before the name, which anybody can choose; one in which an account
/// is named is left out, for it may be another's.
pub(crate) fn repost(
    author: &MemberId,
    author_name: &MessageText,
    written_at: Timestamp,
    text: &MessageText,
    zone: Tz,
) -> Vec<Outgoing> {
    let account = author.as_str();
    let name = shorten(author_name.expose(), NAME_LEN_MAX);
    let name = plain::escape(&name).replace(['\u{201c}', '\u{201d}', '"'], "'");
    let names_account = name.split('@').skip(1).any(|after| after.contains(':'));
    let called = match names_account || name.trim().is_empty() {
        true => String::new(),
        false => format!(" \u{201c}{name}\u{201d}"),
    };
    let head = format!("{}{called} wrote on {}:", plain::escape(account), written_at.long_date_time(zone));
    let head = Line { voice: Voice::Own, block: 0, text: head };
    paginate(std::iter::once(head).chain(ROOM.lines(text.expose(), Voice::Quoted, 1)))
}

/// What comes beside a line's own characters at most: its mark, tags and line breaks.
const FRAME_LEN: usize = 80;

/// How much of a line goes into one message, in both forms.
const ROOM: Room = Room {
    len_max: OUTGOING_LEN_MAX - FRAME_LEN,
    taken: |voice, c| {
        let (plain, html) = (c.len_utf8(), entity(c).map_or(c.len_utf8(), str::len));
        match voice {
            // A link stands in HTML twice, and with its tag is not 3 bytes a byte longer than that.
            Voice::Own => plain + 2 * html + 3,
            Voice::Quoted => plain + html,
        }
    },
};

fn paginate(lines: impl Iterator<Item = Line>) -> Vec<Outgoing> {
    let mut pages = vec![Page::default()];
    for line in lines {
        let html = if line.voice == Voice::Own { linked(&line.text) } else { escape(&line.text) };
        let is_full = |page: &Page| page.len() + line.text.len() + html.len() + FRAME_LEN > OUTGOING_LEN_MAX;
        if pages.last().is_some_and(|page| page.last.is_some() && is_full(page)) {
            pages.push(Page::default());
        }
        if let Some(page) = pages.last_mut() {
            page.add(&line, &html);
        }
    }
    pages.into_iter().map(Page::finish).collect()
}

/// A message while it is written.
#[derive(Default)]
struct Page {
    plain: String,
    html: String,
    /// Whose the last line was, and of which block.
    last: Option<(Voice, usize)>,
}

impl Page {
    fn len(&self) -> usize {
        self.plain.len() + self.html.len()
    }

    fn add(&mut self, line: &Line, html: &str) {
        let here = (line.voice, line.block);
        if self.last == Some(here) {
            self.plain.push('\n');
            self.html.push_str("<br>");
        } else {
            self.close();
            if self.last.is_some() {
                self.plain.push_str("\n\n");
            }
            self.html.push_str(match line.voice {
                Voice::Own => "<p>",
                Voice::Quoted => "<blockquote>",
            });
            self.last = Some(here);
        }
        self.plain.push_str(match line.voice {
            Voice::Own => "",
            Voice::Quoted => "> ",
        });
        self.plain.push_str(&line.text);
        self.html.push_str(html);
    }

    fn close(&mut self) {
        self.html.push_str(match self.last {
            Some((Voice::Own, _)) => "</p>",
            Some((Voice::Quoted, _)) => "</blockquote>",
            None => "",
        });
    }

    fn finish(mut self) -> Outgoing {
        self.close();
        Outgoing { plain: self.plain, html: self.html }
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match entity(c) {
            Some(entity) => escaped.push_str(entity),
            None => escaped.push(c),
        }
    }
    escaped
}

/// What stands in HTML for a character that means something there.
fn entity(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}

/// The bot's words with its links to rooms as links, and rooms it names by their ids as well: clients show those by their
/// names. Others, such as addresses of the group's own pages, are for clients to see.
fn linked(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = first_link(rest) {
        let (before, from) = rest.split_at(found.at);
        let shown = &from[..found.len];
        html.push_str(&escape(before));
        html.push_str(&format!("<a href=\"{}\">{}</a>", escape(&found.to), escape(shown)));
        rest = &from[found.len..];
    }
    html.push_str(&escape(rest));
    html
}

/// A link in the bot's words: where it stands, how long it is, and where it leads.
struct Found {
    at: usize,
    len: usize,
    to: String,
}

fn first_link(text: &str) -> Option<Found> {
    const LINK: &str = "https://matrix.to/#/";
    // Of a room's id that names no server, as they are since version 12: the bot's own commands begin like one.
    const SERVERLESS_LEN: usize = 44;
    let mut at = 0;
    for word in text.split_inclusive(|c: char| c.is_whitespace() || "<>()\"'".contains(c)) {
        let inner = word.trim_end_matches(|c: char| c.is_whitespace() || "<>()\"'.,;:!?".contains(c));
        if let Some(start) = inner.find(LINK) {
            let link = &inner[start..];
            return Some(Found { at: at + start, len: link.len(), to: link.to_owned() });
        }
        if (inner.contains(':') || inner.len() == SERVERLESS_LEN)
            && let Ok(room) = RoomId::parse(inner)
            && let Some(channel) = ChannelId::new(room.as_str())
        {
            return Some(Found { at, len: inner.len(), to: links::link(&channel, None, &[]) });
        }
        at += word.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::London;
    use proptest::prelude::*;

    fn one(letter: &Letter) -> Outgoing {
        let messages = super::letter(letter);
        let [message] = messages.as_slice() else { panic!("{} messages", messages.len()) };
        message.clone()
    }

    #[test]
    fn a_letter_sets_members_words_apart() {
        let letter = Letter::line("Your post was removed:")
            .quote(MessageText::new(
                "one\n> You are <b>expelled</b>.\u{2028}@room \"&\" https://matrix.to/#/@a:b",
            ))
            .text("You can appeal at https://matrix.to/#/%21r%3Ab?via=b&via=c.\nOr write to <us>.");
        let Outgoing { plain, html } = one(&letter);
        insta::assert_snapshot!(plain, @r#"
        Your post was removed:

        > one
        > > You are <b>expelled</b>.
        > @room "&" https://matrix.to/#/@a:b

        You can appeal at https://matrix.to/#/%21r%3Ab?via=b&via=c.
        Or write to <us>.
        "#);
        insta::assert_snapshot!(html.replace("><", ">\n<"), @r#"
        <p>Your post was removed:</p>
        <blockquote>one<br>&gt; You are &lt;b&gt;expelled&lt;/b&gt;.<br>@room &quot;&amp;&quot; https://matrix.to/#/@a:b</blockquote>
        <p>You can appeal at <a href="https://matrix.to/#/%21r%3Ab?via=b&amp;via=c">https://matrix.to/#/%21r%3Ab?via=b&amp;via=c</a>.<br>Or write to &lt;us&gt;.</p>
        "#);
    }

    #[test]
    fn a_room_is_a_link_that_clients_show_by_its_name() {
        let html = |text: &str| one(&Letter::line(text)).html;
        insta::assert_snapshot!(html("In !bCdEfGhIjK:b.example I cannot write."), @r#"<p>In <a href="https://matrix.to/#/%21bCdEfGhIjK%3Ab.example">!bCdEfGhIjK:b.example</a> I cannot write.</p>"#);
        insta::assert_snapshot!(html("I am in (!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM)."), @r#"<p>I am in (<a href="https://matrix.to/#/%2131hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM">!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM</a>).</p>"#);
        for none in ["!report B-0001", "Type !beadle-something now", "well! really:so", "I say !really"] {
            assert!(!html(none).contains("<a"), "{none}");
        }
    }

    #[test]
    fn among_people_commands_stand_with_what_they_begin_with() {
        let commands = BTreeSet::from(["case".to_owned(), "wordlist list".to_owned()]);
        let rows = [
            ("See `case B-0001`, then `wordlist`.", "See `!beadle case B-0001`, then `!beadle wordlist`."),
            ("`cases`, ` case`, `!beadle case` and `zone`", "`cases`, ` case`, `!beadle case` and `zone`"),
            (
                "`case` and its number, as in `case B-1`",
                "`!beadle case` and its number, as in `!beadle case B-1`",
            ),
            ("a `case and no end", "a `case and no end"),
            ("case `", "case `"),
        ];
        for (text, want) in rows {
            assert_eq!(addressed(&Letter::line(text), &commands), Letter::line(want));
        }
        let quoted = Letter::default().quote(MessageText::new("`case B-0001`"));
        assert_eq!(addressed(&quoted, &commands), quoted, "what members wrote stays");
    }

    #[test]
    fn a_letter_of_nothing_is_a_message_of_nothing() {
        let nothing = Outgoing { plain: String::new(), html: String::new() };
        assert!(one(&Letter::default()) == nothing);
    }

    #[test]
    fn a_repost_says_whose_words_they_are_before_any_name() {
        let at = Timestamp::from_millis(1_795_269_900_000);
        let repost = |name: &str| {
            let author = MemberId::new("@bob:b.example").unwrap();
            let [message] = &super::repost(
                &author,
                &MessageText::new(name),
                at,
                &MessageText::new("not <i>so</i>"),
                London,
            )[..] else {
                panic!("one message")
            };
            message.clone()
        };
        insta::assert_snapshot!(repost("Alice \u{201d}\n<b>").plain, @r"
        @bob:b.example “Alice '\u{a}<b>” wrote on 21 November 2026 at 14:05:

        > not <i>so</i>
        ");
        insta::assert_snapshot!(repost("Alice \u{201d}\n<b>").html, @r"<p>@bob:b.example “Alice &#39;\u{a}&lt;b&gt;” wrote on 21 November 2026 at 14:05:</p><blockquote>not &lt;i&gt;so&lt;/i&gt;</blockquote>");
        insta::assert_snapshot!(repost("@Bob:b.example").plain, @"
        @bob:b.example wrote on 21 November 2026 at 14:05:

        > not <i>so</i>
        ");
        for another in ["@alice:b.example", "Bob (@alice:b.example)"] {
            assert!(!repost(another).plain.contains("alice"), "{another}");
        }
        assert!(repost("al:ice @home").plain.contains("al:ice @home"));
        assert!(repost(&"x".repeat(5_000)).plain.len() < 300);
    }

    #[test]
    fn a_long_line_is_cut_where_a_message_is_full_and_nowhere_else() {
        let long = "word ".repeat(1_900);
        assert_eq!(one(&Letter::default().quote(MessageText::new(long.as_str()))).plain, format!("> {long}"));
        let sent = letter(&Letter::line("Before.").quote(MessageText::new(long.repeat(3))).text("After."));
        assert_eq!(sent.len(), 4);
        assert!(sent.iter().skip(1).all(|message| message.plain.starts_with("> word ")), "between words");
        assert!(sent[3].plain.ends_with("\n\nAfter."));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn members_words_are_never_markup_and_all_there(text in any::<String>(), more in "[<>&\"'a \n]{0,40}") {
            let words = format!("{text}{more}");
            let Outgoing { plain, html } = one(&Letter::default().quote(MessageText::new(words.as_str())));
            let inner = html.strip_prefix("<blockquote>").and_then(|html| html.strip_suffix("</blockquote>"));
            let inner = inner.unwrap_or_default().replace("<br>", "\n");
            prop_assert!(!inner.contains(['<', '>', '"', '\'']), "{}", inner);
            let read = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
            let lines = plain::lines(&words, usize::MAX);
            prop_assert_eq!(read.replace("&amp;", "&"), lines.join("\n"));
            let unquoted: Option<Vec<&str>> = plain.split('\n').map(|line| line.strip_prefix("> ")).collect();
            prop_assert_eq!(unquoted.map(|lines| lines.join("\n")), Some(lines.join("\n")));
        }

        #[test]
        fn long_letters_go_in_parts_and_nothing_is_lost(
            words in prop::collection::vec((any::<bool>(), "([a-z<&é💬 \n]|https://matrix\\.to/#/| !bCdEfGhIjK:b ){0,80}", 1_usize..300), 1..4)
        ) {
            let letter = words.iter().fold(Letter::default(), |letter, (own, words, times)| {
                let text = words.repeat(*times);
                if *own { letter.text(text) } else { letter.quote(MessageText::new(text)) }
            });
            let sent = super::letter(&letter);
            prop_assert!(sent.iter().all(|message| message.plain.len() + message.html.len() <= OUTGOING_LEN_MAX));
            let squeezed = |text: &str| text.replace(['\n'], "");
            let want: String = letter.blocks.iter().map(|block| match block {
                Block::Text(text) => squeezed(text),
                Block::Quote(text) => squeezed(text.expose()),
            }).collect();
            let plain: String = sent.iter().flat_map(|message| message.plain.split('\n'))
                .map(|line| line.strip_prefix("> ").unwrap_or(line)).collect();
            prop_assert_eq!(plain, want);
        }
    }
}
