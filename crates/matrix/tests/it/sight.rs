//! What a client shows of a message of the bot's.

use platform::contract::{Sight, SightLine};
use serde_json::Value;

/// A message as its reader sees it, in a client that shows formatting. One that does not shows the same.
///
/// # Panics
/// If the two forms differ in what they say, or in whose words it is.
pub(crate) fn sight(content: &Value) -> Sight {
    let text = |key: &str| content[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(text("format"), "org.matrix.custom.html");
    let formatted = Sight { lines: formatted_lines(&text("formatted_body")), pings: pings(content) };
    let plain = Sight { lines: plain_lines(&text("body")), pings: Vec::new() };
    let said = |sight: &Sight| (sight.own(), sight.quoted());
    assert_eq!(said(&formatted), said(&plain), "both forms of a message say the same");
    formatted
}

/// Who is alerted, by the rules of a client of today; one that knows no `m.mentions` alerts by the text.
fn pings(content: &Value) -> Vec<String> {
    let mentions = &content["m.mentions"];
    if !mentions.is_object() {
        return vec!["whoever is named in the text".to_owned()];
    }
    let users = mentions["user_ids"].as_array().into_iter().flatten().map(Value::to_string);
    users.chain((mentions["room"] == true).then(|| "@room".to_owned())).collect()
}

/// Blocks are set apart by an empty line, and somebody else's words by a sign before them.
fn plain_lines(body: &str) -> Vec<SightLine> {
    let lines = body.split('\n').filter(|line| !line.is_empty());
    let line = |line: &str| match line.strip_prefix("> ") {
        Some(text) => SightLine { quoted: true, text: text.to_owned() },
        None => SightLine { quoted: false, text: line.to_owned() },
    };
    lines.map(line).collect()
}

/// Knows the tags that the bot uses, and shows any other as what it would do: nothing that is expected.
fn formatted_lines(html: &str) -> Vec<SightLine> {
    let (mut lines, mut quoted, mut text) = (Vec::new(), false, String::new());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        text.push_str(&decoded(before));
        let end = tag.find('>').expect("a tag has an end");
        let (name, after) = (&tag[1..end], &tag[end + 1..]);
        rest = after;
        match name {
            "p" | "/a" => {}
            "blockquote" => quoted = true,
            "br" | "/p" | "/blockquote" => {
                if !text.is_empty() {
                    lines.push(SightLine { quoted, text: std::mem::take(&mut text) });
                }
                quoted &= name == "br";
            }
            link if link.starts_with("a href=\"https://matrix.to/") => {}
            other => panic!("<{other}> is none of the bot's tags"),
        }
    }
    assert!(rest.is_empty() && text.is_empty(), "all words stand in a block");
    lines
}

fn decoded(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, shown)| text.replace(entity, shown))
}
