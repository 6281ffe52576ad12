//! A small model of how Discord's clients read a line, to hold what is written to it.

/// What is shown of a line, or the first thing in it that a client would format.
pub(crate) fn shown(line: &str) -> Result<String, String> {
    if let Some(invitation) = ["discord.gg/", "discord.com/"].iter().find(|host| line.contains(*host)) {
        return Err(format!("invitation {invitation}"));
    }
    if let Some(list) = beginning(line.trim_start()) {
        return Err(format!("line begins with {list}"));
    }
    let mut shown = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix('\\') {
            let escaped = after.chars().next().filter(|c| !c.is_ascii_alphanumeric() && !c.is_whitespace());
            let Some(escaped) = escaped else {
                return Err("a backslash that escapes nothing".to_owned());
            };
            shown.push(escaped);
            rest = &after[escaped.len_utf8()..];
            continue;
        }
        if let Some(formatted) = formatted(rest) {
            return Err(format!("{formatted} at {rest:?}"));
        }
        shown.push(c);
        rest = &rest[c.len_utf8()..];
    }
    Ok(shown)
}

/// What a line is, by how it begins.
fn beginning(line: &str) -> Option<&'static str> {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let marks = [
        ("- ", "a list"),
        ("* ", "a list"),
        ("+ ", "a list"),
        ("-# ", "small print"),
        ("> ", "a quotation"),
        (">>> ", "a quotation"),
    ];
    if (1..=3).contains(&hashes) && line[hashes..].starts_with(char::is_whitespace) {
        return Some("a heading");
    }
    if digits > 0 && (line[digits..].starts_with(". ") || line[digits..].starts_with(") ")) {
        return Some("a numbered list");
    }
    marks.iter().find(|(mark, _)| line.starts_with(mark)).map(|(_, what)| *what)
}

/// What a client makes of a text that begins so. Wider than what clients do: where a sign opens something, it counts although
/// nothing closes it.
fn formatted(text: &str) -> Option<&'static str> {
    let opens = [
        ("*", "emphasis"),
        ("_", "emphasis"),
        ("~~", "struck through"),
        ("||", "a spoiler"),
        ("`", "code"),
        ("<", "a mention"),
        ("[", "a masked link"),
        ("@everyone", "a mention"),
        ("@here", "a mention"),
        ("http://", "a link"),
        ("https://", "a link"),
    ];
    if let Some((_, what)) = opens.iter().find(|(sign, _)| text.starts_with(sign)) {
        return Some(what);
    }
    let name = text.strip_prefix(':')?.split_once(':')?.0;
    (!name.is_empty() && !name.contains(char::is_whitespace)).then_some("an emoji")
}
