//! What a person sees of a message of the bot's, in a client that shows Discord's markdown.

use fake_discord::Message;
use platform::contract::{Sight, SightLine};

/// A message as its readers see it.
///
/// # Panics
/// If a client would format any of it, but for quotations, commands in backticks, links, and accounts and channels by
/// their names: the bot formats nothing else.
pub(crate) fn sight(message: &Message) -> Sight {
    let lines = message.content.split('\n').filter(|line| !line.trim().is_empty());
    let line = |line: &str| match line.strip_prefix("> ") {
        Some(quoted) => SightLine { quoted: true, text: shown(quoted, &[]) },
        None => SightLine { quoted: false, text: shown(line, &["`", "<@", "<#", "https://"]) },
    };
    let pings = message.pings();
    let mut called: Vec<String> = pings.users.iter().map(|user| format!("<@{user}>")).collect();
    called.extend(pings.roles.iter().map(|role| format!("<@&{role}>")));
    called.extend(pings.everyone.then(|| "@everyone".to_owned()));
    Sight { lines: lines.map(line).collect(), pings: called }
}

/// What is shown of a line in which only `may` is formatted.
fn shown(line: &str, may: &[&str]) -> String {
    let begins = ["# ", "## ", "### ", "- ", "* ", "+ ", "-# ", "> ", ">>> "];
    assert!(
        !begins.iter().any(|mark| line.trim_start().starts_with(mark)),
        "a line of its own sort: {line:?}"
    );
    let (mut shown, mut rest) = (String::new(), line);
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix('\\') {
            let escaped = after.chars().next().filter(char::is_ascii_punctuation);
            let escaped = escaped.unwrap_or_else(|| panic!("a backslash that is shown: {line:?}"));
            shown.push(escaped);
            rest = &after[1..];
            continue;
        }
        let whole = match may.iter().find(|sign| rest.starts_with(**sign)) {
            Some(&"`") => rest[1..].find('`').map(|end| end + 2),
            Some(&"https://") => Some(rest.find(char::is_whitespace).unwrap_or(rest.len())),
            Some(_) => rest.find('>').map(|end| end + 1),
            None => None,
        };
        if let Some(end) = whole {
            shown.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let signs = ["*", "_", "~~", "||", "`", "<", "[", "@everyone", "@here", "http://", "https://"];
        assert!(!signs.iter().any(|sign| rest.starts_with(sign)), "it is formatted at {rest:?}");
        shown.push(c);
        rest = &rest[c.len_utf8()..];
    }
    shown
}
