//! A text with Discord's marks in it, as the words that readers see.
//!
//! Only what would keep a word from being read is undone: links that hide behind other words, pictures that stand for
//! letters, addresses in percent signs, and the ids that Discord shows as something else. Stars, bars, backticks and
//! escapes stay: the filter reads through them, and members get back what they wrote. What stands in code is read like
//! everything else, so that no mark before it decides what is looked at.

use crate::ids::Snowflake;
use crate::translate::emoji::letter_in;

/// How many bytes an id in angle brackets, or the address of a link, has at most.
const BRACKETS_MAX: usize = 256;
/// How many bytes the address of a link with its title has at most.
const TARGET_MAX: usize = 4_096;

/// Stands for a picture in the midst of a word.
const PICTURE: char = '\u{1f5bc}';

/// What readers see of a text.
#[derive(Clone, Default)]
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(crate) struct Shown {
    /// The words, and below them what is seen when something is pointed at.
    pub(crate) text: String,
    /// Whom it mentions, in order. Somebody can be among them twice.
    pub(crate) mentioned: Vec<Snowflake>,
}

/// What readers see of a text. Takes time in proportion to its length.
pub(crate) fn shown(text: &str) -> Shown {
    let mut reader = Reader { text, labels: labels(text), ..Reader::default() };
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        at = reader.step(at, rest);
    }
    let Reader { mut out, beside, mentioned, .. } = reader;
    for line in beside.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
        out.push('\n');
        out.push_str(line);
    }
    Shown { text: out, mentioned }
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    /// Where each bracket that opens is closed, by where it stands, in order.
    labels: Vec<(usize, usize)>,
    /// Where the next angle bracket closes, as it was looked for last.
    close: Option<usize>,
    /// The links whose label is being read: where it is closed, and where the link ends.
    links: Vec<(usize, usize)>,
    out: String,
    /// What readers see beside the text: where links go, the names of pictures.
    beside: Vec<String>,
    /// Where pictures end that stand at the beginning of a word, if they are the last of `out`.
    pills_until: usize,
    /// Up to where what looks like a tag is in `beside`.
    tags_until: usize,
    mentioned: Vec<Snowflake>,
}

impl<'t> Reader<'t> {
    /// Reads what stands first in `rest`, which begins at `at`, and tells where the next thing begins.
    fn step(&mut self, at: usize, rest: &'t str) -> usize {
        let len = match rest.as_bytes().first() {
            Some(b'[') => self.label(at),
            Some(b']') => self.label_end(at),
            Some(b'<') => self.brackets(at, rest),
            Some(b'h' | b'H') => self.address(rest),
            _ => None,
        };
        if let Some(len) = len {
            return at + len;
        }
        let len = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| "[]<hH".contains(*c))
            .map_or(rest.len(), |(len, _)| len);
        self.out.push_str(&rest[..len]);
        at + len
    }

    /// The bracket before the words of a link.
    fn label(&mut self, at: usize) -> Option<usize> {
        let place = self.labels.binary_search_by_key(&at, |(open, _)| *open).ok()?;
        let close = self.labels.get(place)?.1;
        let target = target(self.text.get(close + 1..)?)?;
        self.beside.push(decoded(target.address));
        self.beside.extend(target.title.map(str::to_owned));
        self.links.push((close, close + 1 + target.len));
        Some(1)
    }

    /// The bracket behind them: on behind the address.
    fn label_end(&mut self, at: usize) -> Option<usize> {
        while self.links.pop_if(|(close, _)| *close < at).is_some() {}
        let (_, end) = self.links.pop_if(|(close, _)| *close == at)?;
        Some(end - at)
    }

    fn brackets(&mut self, at: usize, rest: &str) -> Option<usize> {
        if self.close.is_none_or(|close| close < at) {
            self.close = Some(rest.find('>').map_or(usize::MAX, |len| at + len));
        }
        let len = self.close.map(|close| close - at).filter(|len| *len < BRACKETS_MAX);
        let (inside, after) = len.and_then(|len| Some((rest.get(1..len)?, rest.get(len + 1..)?)))?;
        let id = |digits: &str| Snowflake::parse(digits);
        let user = inside.strip_prefix('@').map(|id| id.strip_prefix('!').unwrap_or(id));
        let command = inside.rsplit_once(':').filter(|(name, of)| name.starts_with('/') && id(of).is_some());
        if let Some(user) = user.and_then(id) {
            self.mentioned.push(user);
            self.pill("@someone", after);
        } else if inside.strip_prefix("@&").and_then(id).is_some() {
            self.pill("@role", after);
        } else if inside.strip_prefix('#').and_then(id).is_some() {
            self.pill("#channel", after);
        } else if is_time(inside) {
            self.pill("(time)", after);
        } else if let Some(name) = picture(inside) {
            let written = format!(":{name}:");
            match letter_in(name) {
                Some(letter) => {
                    self.out.push(letter);
                    self.beside.push(written);
                }
                None => self.pill(&written, after),
            }
        } else if let Some((command, _)) = command {
            self.pill(command, after);
        } else if is_address(inside) && !inside.contains(char::is_whitespace) {
            self.out.push_str(&decoded(inside));
        } else {
            self.tag(at, rest);
            return None;
        }
        len.map(|len| len + 1)
    }

    /// What Discord shows as one small picture. In the midst of a word it is a sign like any other, through which people
    /// read the word, and what it says stands beside.
    fn pill(&mut self, says: &str, after: &str) {
        let is_first = self.out.len() == self.pills_until || self.out.ends_with(char::is_whitespace);
        if is_first || after.is_empty() || after.starts_with(char::is_whitespace) {
            self.out.push_str(says);
            self.pills_until = self.out.len();
        } else {
            self.out.push(PICTURE);
            self.beside.push(says.to_owned());
        }
    }

    /// What looks like a tag of HTML. Discord shows it as it stands, where others would show nothing of what is in it.
    fn tag(&mut self, at: usize, rest: &str) {
        let name_len =
            rest.bytes().skip(1).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'/').count();
        let has_more = rest[1 + name_len..].starts_with(|c: char| c.is_ascii_whitespace());
        let is_tag = rest.starts_with("<!--") || name_len > 0 && has_more;
        if !is_tag {
            return;
        }
        let end = self.text.floor_char_boundary(at + BRACKETS_MAX + 1);
        let from = self.tags_until.max(at + 1);
        if let Some(inside) = self.text.get(from..end) {
            self.beside.push(inside.replace(['<', '>'], " "));
            self.tags_until = end;
        }
    }

    /// An address, which clients show without percent signs.
    fn address(&mut self, rest: &str) -> Option<usize> {
        if !is_address(rest) {
            return None;
        }
        let ends = |c: char| c.is_whitespace() || "<>\"')]|`*".contains(c);
        let len = rest.find(ends).unwrap_or(rest.len());
        self.out.push_str(&decoded(rest.get(..len)?));
        Some(len)
    }
}

/// Where each bracket that opens is closed, by where it stands.
fn labels(text: &str) -> Vec<(usize, usize)> {
    let (mut open, mut labels) = (Vec::new(), Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => open.push(at),
            b']' => labels.extend(open.pop().map(|open| (open, at))),
            _ => {}
        }
    }
    labels.sort_unstable();
    labels
}

/// Where a link goes, and what is said of it.
struct Target<'t> {
    address: &'t str,
    title: Option<&'t str>,
    /// With both parentheses.
    len: usize,
}

/// The target with which a text begins: `(https://example.org "title")`.
fn target(text: &str) -> Option<Target<'_>> {
    let inside = text.strip_prefix('(')?;
    let trimmed = inside.trim_start();
    if !is_address(trimmed.strip_prefix('<').unwrap_or(trimmed)) {
        return None;
    }
    let mut depth = 1_u32;
    let len = inside.bytes().take(TARGET_MAX).position(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    let all = inside[..len].trim();
    let (address, title) = match all.split_once(char::is_whitespace) {
        Some((address, title)) => {
            (address, Some(title.trim_matches(|c: char| c.is_whitespace() || "\"'()".contains(c))))
        }
        None => (all, None),
    };
    Some(Target { address: address.trim_matches(['<', '>']), title, len: len + 2 })
}

fn is_address(text: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))
}

/// A moment, shown to each in their own zone: `t:1786017600:R`.
fn is_time(inside: &str) -> bool {
    let Some(time) = inside.strip_prefix("t:") else { return false };
    let (seconds, style) = time.split_once(':').unwrap_or((time, "f"));
    let digits = seconds.strip_prefix('-').unwrap_or(seconds);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number && style.len() == 1 && style.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The name of a picture: `:name:17`, or `a:name:17` for one that moves.
fn picture(inside: &str) -> Option<&str> {
    let (name, id) = inside.strip_prefix('a').unwrap_or(inside).strip_prefix(':')?.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-~".contains(c));
    (is_name && Snowflake::parse(id).is_some()).then_some(name)
}

/// An address without percent signs, as clients show it.
fn decoded(address: &str) -> String {
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_read_as_it_is_shown() {
        let rows = [
            ("plain **bold** ||spoiler|| `code`", "plain **bold** ||spoiler|| `code`"),
            ("hm <:thinking_hard:41771983429993937>", "hm :thinking_hard:"),
            ("<a:wave:41771983429993937> all", ":wave: all"),
            ("<:letter_f:17><:letter_u:18><:letter_n:19>", "FUN\n:letter_f:\n:letter_u:\n:letter_n:"),
            (
                "ask <@80351110224678912>, <@!17> or <@&18> in <#19>",
                "ask @someone, @someone or @role in #channel",
            ),
            ("fu<:blank:17>n <:a_b:1><:c_d:2><:e_f:3>fun", "fu\u{1f5bc}n :a_b::c_d::e_f:fun\n:blank:"),
            ("f<@17>u<t:1><#2>n!", "f\u{1f5bc}u\u{1f5bc}\u{1f5bc}n!\n@someone\n(time)\n#channel"),
            ("at <t:1786017600:R> or <t:-1>", "at (time) or (time)"),
            ("use </my-record show:17>", "use /my-record show"),
            ("bol[lo](https://example.org \"hm\")cks", "bollocks\nhttps://example.org\nhm"),
            ("[a [b] c](<https://example.org/(x)>)!", "a [b] c!\nhttps://example.org/(x)"),
            ("`[bol](https://a.example)`locks", "`bol`locks\nhttps://a.example"),
            ("f[u](n) [x] [y] (z)", "f[u](n) [x] [y] (z)"),
            ("see https://a.example/%66un%20%C3%A9?", "see https://a.example/fun \u{e9}?"),
            ("<https://a.example/%66un>", "https://a.example/fun"),
            ("[l](HTTPS://a.example/%0a%zz%ff)", "l\nHTTPS://a.example/ %zz\u{fffd}"),
            ("f<u>n and <b>fun</b>", "f<u>n and <b>fun</b>"),
            ("<i title='fun'>x", "<i title='fun'>x\ni title='fun' x"),
            ("<!-- a < b fun -->x", "<!-- a < b fun -->x\n!-- a   b fun -- x"),
            ("<:a:b> <@x> <t:x> <t:1:fun> <#> <>", "<:a:b> <@x> <t:x> <t:1:fun> <#> <>"),
            ("a < b > c, 1<2", "a < b > c, 1<2"),
            ("]][[](http://x", "]][[](http://x"),
            ("hHh", "hHh"),
            ("", ""),
        ];
        for (text, want) in rows {
            assert_eq!(shown(text).text, want, "{text}");
        }
    }

    #[test]
    fn mentions_are_told() {
        let mentioned = shown("<@3> <@!2> <@&1> [<@4>](https://a.example) <@3> <@03> @5").mentioned;
        assert_eq!(mentioned.iter().map(|user| user.number()).collect::<Vec<_>>(), [3, 2, 4, 3]);
    }

    #[test]
    fn a_text_full_of_marks_is_read_to_its_end() {
        for part in [
            "[",
            "]",
            "[](http://",
            "<",
            "<!-- ",
            "<a ",
            "<@1",
            "<t:",
            "http://%",
            "[a](http://a(",
            "[[]](http://x)",
        ] {
            let text = part.repeat(60_000 / part.len());
            let shown = shown(&format!("{text} the end"));
            assert!(shown.text.contains("the end"), "{part}");
            assert!(shown.text.len() < 4 * text.len(), "{part}");
        }
    }

    proptest! {
        /// Letters and digits outside links, ids and escapes are all there, in their order.
        #[test]
        fn no_word_is_lost(text in "[a-g \\[\\]()<>*|`~_!-]{0,60}") {
            let words = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
            prop_assert!(words(&shown(&text).text).starts_with(&words(&text)));
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,80}|[<>@#:/t!&a0-9\\[\\]()hps%\u{e9}]{0,80}") {
            let shown = shown(&text);
            prop_assert!(shown.text.len() <= 4 * text.len() + 16);
        }
    }
}
