//! Formatted bodies as the text that a client shows.
//!
//! Read as a stream of tags and characters and never built into a tree: nesting without end costs nothing, and there is
//! nothing to overflow. Whatever a client might show is read, tags that it should have dropped included; a comment is
//! shown by none.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// What a formatted body says.
#[derive(Clone, PartialEq, Eq, Default)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Shown {
    /// The text, with a line break where a client begins a new line.
    pub(crate) text: String,
    /// What an old client put before it for others that show no replies: the words it answers.
    pub(crate) fallback: Option<String>,
    /// Where its links go, those in the fallback left out.
    pub(crate) links: Vec<String>,
}

/// What a client shows of a formatted body.
pub(crate) fn shown(formatted: &str) -> Shown {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(formatted));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // Scripts are not run, so that nothing ever pauses it.
    let _paused_for_script = tokenizer.feed(&input);
    tokenizer.end();
    let Seen { own, answered, links, replies: _ } = tokenizer.sink.0.into_inner();
    let fallback = Some(answered.tidy()).filter(|fallback| !fallback.is_empty());
    Shown { text: own.tidy(), fallback, links }
}

#[derive(Default)]
struct Sink(RefCell<Seen>);

#[derive(Default)]
struct Seen {
    own: Words,
    /// What stands within `mx-reply`.
    answered: Words,
    links: Vec<String>,
    /// How many `mx-reply` are open.
    replies: u32,
}

#[derive(Default)]
struct Words {
    text: String,
    /// What stands beside the text, a line each.
    beside: String,
}

impl Words {
    /// All of it, without empty lines and spaces at the ends of lines.
    fn tidy(&self) -> String {
        let lines = self.text.lines().chain(self.beside.lines()).map(str::trim);
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line_number: u64) -> TokenSinkResult<()> {
        let mut seen = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(characters) => seen.out().text.push_str(&characters),
            Token::TagToken(tag) => seen.tag(&tag),
            Token::NullCharacterToken
            | Token::CommentToken(_)
            | Token::DoctypeToken(_)
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// Tags that begin a new line; all others, unknown ones included, stand within it.
const BLOCKS: [&str; 31] = [
    "address",
    "article",
    "blockquote",
    "br",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "td",
    "th",
    "tr",
    "ul",
    "main",
];

/// Attributes whose value a client shows beside the text: of a link, of a spoiler, of a formula.
const BESIDE: [&str; 3] = ["title", "data-mx-spoiler", "data-mx-maths"];

/// A picture described in so few characters may stand for letters in the midst of a word.
const LETTERS_MAX: usize = 2;

impl Seen {
    fn out(&mut self) -> &mut Words {
        if self.replies > 0 { &mut self.answered } else { &mut self.own }
    }

    fn tag(&mut self, tag: &Tag) {
        if *tag.name == *"mx-reply" {
            self.replies = match tag.kind {
                TagKind::StartTag => self.replies.saturating_add(1),
                TagKind::EndTag => self.replies.saturating_sub(1),
            };
            return;
        }
        if BLOCKS.contains(&&*tag.name) {
            self.out().text.push('\n');
        }
        for attribute in &tag.attrs {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            if name == "alt" && value.chars().count() <= LETTERS_MAX {
                self.out().text.push_str(value);
            } else if name == "alt" || BESIDE.contains(&name) {
                let beside = &mut self.out().beside;
                beside.push_str(value);
                beside.push('\n');
            } else if name == "href" && self.replies == 0 {
                self.links.push(value.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatted_bodies_are_read_as_they_are_shown() {
        let rows = [
            ("plain", "plain"),
            ("bol<i></i>lo<b>cks</b>", "bollocks"),
            ("bol<!-- x -->locks", "bollocks"),
            ("b&#111;l&#x6c;ocks &amp; more", "bollocks & more"),
            ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree"),
            ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
            ("x<script>shown by mistake</script>y", "xshown by mistakey"),
            ("<custom-tag>seen</custom-tag>", "seen"),
            (r#"f<img alt="u" src="mxc://a/b">n"#, "fun"),
            (r#"see <img alt="a long picture" title="hover">"#, "see\na long picture\nhover"),
            (r#"<span data-mx-spoiler="why">what</span>"#, "what\nwhy"),
            (r#"<span data-mx-maths="\frac">f</span>"#, "f\n\\frac"),
            ("unclosed <b", "unclosed"),
            ("", ""),
        ];
        for (formatted, text) in rows {
            let plain = Shown { text: text.to_owned(), ..Shown::default() };
            assert_eq!(shown(formatted), plain, "{formatted}");
        }
    }

    #[test]
    fn what_a_reply_quotes_is_told_apart() {
        let formatted = "<mx-reply><blockquote><a href='x'>In reply to</a> <a href='y'>@a:b</a><br>quoted</blockquote></mx-reply>own";
        let formatted = formatted.replace("own", "own <a href='z'>link</a><i title='mine'></i>");
        let formatted = formatted.replace("quoted", "quoted<i title='theirs'></i>");
        let Shown { text, fallback, links } = shown(&formatted);
        assert_eq!(text, "own link\nmine");
        assert_eq!(fallback.as_deref(), Some("In reply to @a:b\nquoted\ntheirs"));
        assert_eq!(links, ["z"]);
        assert_eq!(shown("</mx-reply>own").text, "own");
        assert_eq!(shown("<mx-reply>never closed").fallback.as_deref(), Some("never closed"));
    }

    #[test]
    fn nesting_without_end_is_read_to_the_end() {
        for tag in ["<b>", "<div>", "<mx-reply>", "<blockquote><p>", "<a title='x'>"] {
            let formatted = tag.repeat(64_000 / tag.len()) + "</mx-reply>".repeat(6_400).as_str() + "seen";
            assert!(shown(&formatted).text.contains("seen"), "{tag}");
        }
    }
}
