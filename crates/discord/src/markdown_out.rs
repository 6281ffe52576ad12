//! Texts as Discord shows them: every character stands there as it was written, and nothing is formatted by it.
//!
//! A backslash before a sign makes it that sign and nothing else. Signs that mean something only at the beginning of a
//! line, or before a word, have one only there, for previews of messages show the backslashes.

use platform::lines::Voice;

/// What a name of somebody or something in the bot's own words is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Mentioned {
    /// An account.
    Member,
    /// A channel or thread.
    Channel,
}

/// What the number in a word is of, as far as anybody knows.
pub(crate) type Mentions<'a> = &'a dyn Fn(&str) -> Option<Mentioned>;

/// Nobody and nothing is known.
pub(crate) const NO_MENTIONS: Mentions<'static> = &|_| None;

/// How many UTF-16 units a character takes at most, wherever it stands.
pub(crate) fn taken(voice: Voice, c: char) -> usize {
    let alone = c.len_utf16();
    match voice {
        Voice::Quoted => alone + usize::from(c.is_ascii_punctuation()),
        // The number of an account stands with three signs round it, and is longer than those.
        Voice::Own => alone + usize::from(c.is_ascii_punctuation() || c.is_ascii_digit()),
    }
}

/// A line of somebody's words, as [`platform::plain`] gives it.
pub(crate) fn quoted(line: &str) -> String {
    let mut shown = Shown::new(line.len());
    shown.escape(line, None);
    shown.text
}

/// A line of the bot's own words: commands in backticks stay so, links stay links, and accounts and channels of which
/// `mentions` knows are shown by their names.
pub(crate) fn own(line: &str, mentions: Mentions<'_>) -> String {
    let mut shown = Shown::new(line.len());
    let mut spans = spans(line).into_iter().peekable();
    while let Some(span) = spans.next() {
        let next = spans.peek().map(|_| '`');
        match span {
            Span::Code(code) => {
                shown.text.push('`');
                shown.text.push_str(code);
                shown.text.push('`');
                shown.leading = false;
            }
            Span::Words(words) => {
                for (word, is_last) in with_last(words.split_inclusive(char::is_whitespace)) {
                    shown.word(word, if is_last { next } else { None }, mentions);
                }
            }
        }
    }
    shown.text
}

/// A part of the bot's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span<'a> {
    /// What stands in backticks, without them.
    Code(&'a str),
    /// Other words.
    Words(&'a str),
}

/// A line in what stands in backticks and what does not. A backtick that nothing closes is a sign like others.
pub(crate) fn spans(line: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let (mut words, mut rest) = (0, 0);
    while let Some(open) = line[rest..].find('`').map(|at| rest + at) {
        let inner = open + 1;
        let Some(close) = line[inner..].find('`').map(|at| inner + at) else { break };
        rest = close + 1;
        // Two backticks together begin another sort of code.
        let is_apart = close > inner && !line[rest..].starts_with('`') && !line[..open].ends_with('`');
        if is_apart {
            if open > words {
                spans.push(Span::Words(&line[words..open]));
            }
            spans.push(Span::Code(&line[inner..close]));
            words = rest;
        }
    }
    if words < line.len() {
        spans.push(Span::Words(&line[words..]));
    }
    spans
}

fn with_last<'a>(words: impl Iterator<Item = &'a str>) -> impl Iterator<Item = (&'a str, bool)> {
    let mut words = words.peekable();
    std::iter::from_fn(move || words.next().map(|word| (word, words.peek().is_none())))
}

/// A line while it is written.
struct Shown {
    text: String,
    /// Nothing but space so far.
    leading: bool,
    /// Nothing but space and a number so far.
    numbering: bool,
}

impl Shown {
    fn new(len: usize) -> Self {
        Self { text: String::with_capacity(len + len / 4), leading: true, numbering: false }
    }

    /// Adds a text, behind which `next` follows.
    fn escape(&mut self, text: &str, next: Option<char>) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied().or(next);
            if self.is_sign(c, next) {
                self.text.push('\\');
            }
            self.text.push(c);
            if !c.is_whitespace() {
                self.numbering = c.is_ascii_digit() && (self.leading || self.numbering);
                self.leading = false;
            }
        }
    }

    /// Whether a character would do something other than stand there.
    fn is_sign(&self, c: char, next: Option<char>) -> bool {
        let is_before_word = next.is_some_and(|next| !next.is_whitespace());
        match c {
            // Escapes, emphasis, spoilers, code, quotations, links, mentions, times and emoji of the server.
            '\\' | '*' | '_' | '~' | '|' | '`' | '<' | '>' | '[' | ']' | '@' => true,
            // Headings, small print, lists.
            '#' | '-' | '+' => self.leading,
            ')' => self.numbering,
            // Numbered lists, and with the others, links and invitations.
            '.' => self.numbering || is_before_word,
            // Emoji by their names.
            ':' | '/' => is_before_word,
            _ => false,
        }
    }

    /// Adds a word of the bot's own.
    fn word(&mut self, word: &str, next: Option<char>, mentions: Mentions<'_>) {
        let Some(at) = word.find(|c: char| !c.is_whitespace() && !OPENING.contains(c)) else {
            return self.escape(word, next);
        };
        let from = &word[at..];
        let number = numbered(from).and_then(|number| Some((number, mentions(number)?)));
        let (core, instead) = match number {
            Some((number, Mentioned::Member)) => (number, format!("<@{number}>")),
            Some((number, Mentioned::Channel)) => (number, format!("<#{number}>")),
            None => {
                let link = from.trim_end_matches(|c: char| c.is_whitespace() || CLOSING.contains(c));
                if !is_link(link) {
                    return self.escape(word, next);
                }
                (link, link.to_owned())
            }
        };
        self.escape(&word[..at], Some('<'));
        self.text.push_str(&instead);
        (self.leading, self.numbering) = (false, false);
        self.escape(&word[at + core.len()..], next);
    }
}

/// What stands before a word, and behind it.
const OPENING: &str = "(\"'\u{201c}\u{2018}";
const CLOSING: &str = ")\"'\u{201d}\u{2019}.,;:!?";

/// The number that a word begins with, if it is one of something and nothing but punctuation or `'s` follows.
fn numbered(word: &str) -> Option<&str> {
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (number, rest) = word.split_at(end);
    let ends = rest.chars().next().is_none_or(|c| c.is_whitespace() || CLOSING.contains(c));
    (ends && is_snowflake(number)).then_some(number)
}

/// Whether a word is a number as Discord gives them to accounts, channels and messages.
pub(crate) fn is_snowflake(word: &str) -> bool {
    (15..=20).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_link(word: &str) -> bool {
    let rest = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic() && !r"<>()[]|*`\".contains(c))
    })
}

#[cfg(test)]
pub(crate) mod model;

#[cfg(test)]
mod tests {
    use super::*;
    use platform::plain;
    use proptest::prelude::*;

    #[test]
    fn signs_stand_as_they_were_written() {
        let rows = [
            ("**b** __u__ ~~s~~ ||h|| `c`", r"\*\*b\*\* \_\_u\_\_ \~\~s\~\~ \|\|h\|\| \`c\`"),
            ("# big", r"\# big"),
            ("-# small", r"\-# small"),
            (" - one - two", r" \- one - two"),
            ("12. one. two", r"12\. one. two"),
            ("> me", r"\> me"),
            (
                "@everyone <@1> <@&2> <#3> <t:4:R> </a:5>",
                r"\@everyone \<\@1\> \<\@&2\> \<#3\> \<t\:4\:R\> \<\/a\:5\>",
            ),
            ("<:e:1> :smile: note: so", r"\<\:e\:1\> \:smile: note: so"),
            ("[a](https://b.example/c)", r"\[a\](https\:\/\/b\.example\/c)"),
            ("discord.gg/abc", r"discord\.gg\/abc"),
            ("\u{af}\\_(\u{30c4})_/\u{af}", "\u{af}\\\\\\_(\u{30c4})\\_\\/\u{af}"),
            ("Why? 1-2, #3 and so on.", "Why? 1-2, #3 and so on."),
            ("", ""),
        ];
        for (text, want) in rows {
            assert_eq!(quoted(text), want, "{text}");
            assert_eq!(model::shown(want), Ok(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_bots_words_keep_commands_links_and_names() {
        let known = |word: &str| match word {
            "111111111111111111" => Some(Mentioned::Member),
            "222222222222222222" => Some(Mentioned::Channel),
            _ => None,
        };
        let rows = [
            ("See `case B-0042`, *then* `sign`.", r"See `case B-0042`, \*then\* `sign`."),
            ("`a_b*` at the beginning", "`a_b*` at the beginning"),
            ("a ` alone", r"a \` alone"),
            ("a `` b `c`", r"a \`\` b `c`"),
            ("`a``b`", r"\`a\`\`b\`"),
            ("At https://a.example/code_of_conduct.", "At https://a.example/code_of_conduct."),
            ("(https://a.example/x_y) and a_b", r"(https://a.example/x_y) and a\_b"),
            ("https://a.example/*x* is none", r"https\:\/\/a\.example\/\*x\* is none"),
            (
                "111111111111111111's post in 222222222222222222: so",
                "<@111111111111111111>'s post in <#222222222222222222>: so",
            ),
            (
                "of 111111111111111111, (111111111111111111)",
                "of <@111111111111111111>, (<@111111111111111111>)",
            ),
            ("333333333333333333 and 111", "333333333333333333 and 111"),
            ("`history 111111111111111111`", "`history 111111111111111111`"),
            ("It goes: case <CASE>", r"It goes: case \<CASE\>"),
        ];
        for (text, want) in rows {
            assert_eq!(own(text, &known), want, "{text}");
        }
    }

    /// What people try, and what Discord reads.
    const PIECES: &str = "(\\*|_|~|\\||`|<|>|\\[|\\]|\\(|\\)|@|#|-|\\+|\\.|:|/|\\\\|everyone|here|https|discord\\.gg|t:|1| |a|\u{e9}|\u{1f600}|!|&){0,30}";

    /// A line with something harmless for what stands in backticks.
    fn without_code(line: &str) -> String {
        let mut without = String::new();
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match c {
                '`' => {
                    assert!(chars.by_ref().any(|c| c == '`'), "each is closed");
                    without.push('x');
                }
                '\\' => without.extend([c].into_iter().chain(chars.next())),
                _ => without.push(c),
            }
        }
        without
    }

    proptest! {
        #[test]
        fn nothing_anybody_writes_is_formatted(text in prop_oneof!["\\PC{0,80}", PIECES]) {
            let line = plain::escape(&text);
            let shown = quoted(&line);
            let units = |text: &str| text.encode_utf16().count();
            prop_assert!(units(&shown) <= line.chars().map(|c| taken(Voice::Quoted, c)).sum());
            prop_assert_eq!(model::shown(&shown), Ok(line));
        }

        #[test]
        fn the_bots_words_are_formatted_by_nothing_but_backticks(text in prop_oneof!["\\PC{0,80}", PIECES]) {
            let line = plain::escape(&text);
            let shown = own(&line, NO_MENTIONS);
            let units = |text: &str| text.encode_utf16().count();
            prop_assert!(units(&shown) <= line.chars().map(|c| taken(Voice::Own, c)).sum());
            let escaped = without_code(&shown);
            // A link is meant to be one.
            if !line.contains("http") {
                prop_assert!(model::shown(&escaped).is_ok(), "{}", shown);
            }
        }
    }
}
