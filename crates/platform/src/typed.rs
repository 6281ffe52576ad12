//! What people type to the bot, as far as it is the same wherever they type it.
//!
//! Which commands there are is not known here: a line is handed on as it was typed. Only reports and posts that are pointed
//! at in a platform's own way are put into words that can be typed anywhere.

use policy::{Complaint, MessageText, PostId};

/// What officers read of a report for which nobody said why.
pub const NO_REASON: &str = "No reason was given.";

/// What follows a word at the beginning of a text, in small letters or capitals; nothing for another word.
pub fn after<'a>(word: &str, text: &'a str) -> Option<&'a str> {
    let (first, rest) = text.split_at_checked(word.len())?;
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (ends && first.eq_ignore_ascii_case(word)).then(|| rest.trim())
}

/// The first word of a text, and the rest.
pub fn first_word(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim_start())
}

/// A text, or another when it is empty.
pub fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// The kind of complaint that a text begins with, if it does, and the rest.
pub fn complaint(text: &str) -> (Option<Complaint>, &str) {
    let (first, rest) = first_word(text);
    match first.to_lowercase().parse() {
        Ok(complaint) => (Some(complaint), rest),
        Err(_) => (None, text),
    }
}

/// A report of a post as it is typed. Without a kind of complaint, the post is inappropriate.
pub fn report_line(complaint: Option<Complaint>, post: &PostId, why: &str) -> String {
    format!("report {} #{} {why}", complaint.unwrap_or(Complaint::Inappropriate), post.as_str())
}

/// A line in which a post is named by its id where it was linked to; `linked` reads a link. A link alone, or behind
/// `report`, is a report.
pub fn named(line: &str, mut linked: impl FnMut(&str) -> Option<PostId>) -> MessageText {
    let (first, rest) = first_word(line);
    let reported = if first.eq_ignore_ascii_case("report") { rest } else { line };
    let (kind, about) = complaint(reported);
    let (link, why) = first_word(about);
    if let Some(post) = linked(link) {
        return MessageText::new(report_line(kind, &post, or(why, NO_REASON)));
    }
    // Commands name a post in their first argument; further on, it is what somebody wants to say.
    let (argument, after) = first_word(rest);
    match linked(argument) {
        Some(post) => MessageText::new(format!("{first} #{} {after}", post.as_str()).trim_end()),
        None => MessageText::new(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_whole_and_in_any_case() {
        let rows = [
            ("!report", Some("")),
            ("!Report  it is\nrude ", Some("it is\nrude")),
            ("!reported", None),
            ("report", None),
            ("\u{e9}\u{e9}\u{e9}\u{e9}", None),
        ];
        for (text, want) in rows {
            assert_eq!(after("!report", text), want, "{text}");
        }
    }

    #[test]
    fn links_become_names_in_first_arguments_and_reports_elsewhere() {
        let linked = |word: &str| word.strip_prefix("link:").and_then(PostId::new);
        let rows = [
            ("link:7", "report inappropriate #7 No reason was given."),
            ("link:7 it is  rude", "report inappropriate #7 it is  rude"),
            ("report spam link:7 again", "report spam #7 again"),
            ("Data-Protection link:7", "report data-protection #7 No reason was given."),
            ("remove link:7 abuse", "remove #7 abuse"),
            ("remove link:7", "remove #7"),
            ("case B-1 link:7", "case B-1 link:7"),
            ("report spam @bob again", "report spam @bob again"),
            ("", ""),
        ];
        for (line, want) in rows {
            assert_eq!(named(line, linked).expose(), want, "{line}");
        }
    }
}
