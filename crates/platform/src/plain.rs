//! Members' words as plain lines, in which nothing can pass for the bot's own words.
//!
//! A platform without markup shows them so; a platform with markup escapes that as well.

use std::fmt::Write as _;

/// One line of a member's words with everything unseen made visible: control characters, direction marks and
/// characters of no width stand as `\u{200b}`. Joiners and selectors that belong to an emoji stay.
///
/// ```
/// assert_eq!(platform::plain::escape("a\u{200b}b\u{1b}[2J"), r"a\u{200b}b\u{1b}[2J");
/// assert_eq!(platform::plain::escape("❤\u{fe0f}"), "❤\u{fe0f}");
/// ```
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut previous = None;
    for c in text.chars() {
        if is_unseen(c) && !belongs_to_emoji(c, previous) {
            previous = None;
            write_escape(&mut shown, c);
        } else {
            previous = Some(c);
            shown.push(c);
        }
    }
    shown
}

/// A member's words line by line, each as [`escape`] gives it; at least one line, and so many at most.
pub fn lines(text: &str, lines_max: usize) -> Vec<String> {
    let unified = text.replace("\r\n", "\n");
    let mut rest = unified.split(is_line_break);
    let mut shown: Vec<String> = rest.by_ref().take(lines_max).map(escape).collect();
    let left = rest.count();
    if left > 0 {
        shown.push(format!("… ({left} more {})", if left == 1 { "line" } else { "lines" }));
    }
    shown
}

/// Whether a terminal or a chat client would begin a new line here.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether nobody could see that the character is there, or it does something other than stand there.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{70f}' | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn belongs_to_emoji(c: char, previous: Option<char>) -> bool {
    const BLACK_FLAG: char = '\u{1f3f4}';
    let Some(previous) = previous else { return false };
    match c {
        '\u{fe0e}' | '\u{fe0f}' => is_symbol(previous) || matches!(previous, '0'..='9' | '#' | '*'),
        '\u{200d}' => is_symbol(previous) || previous == '\u{fe0f}',
        '\u{e0020}'..='\u{e007f}' => previous == BLACK_FLAG || matches!(previous, '\u{e0020}'..='\u{e007e}'),
        _ => false,
    }
}

fn is_symbol(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}') && !is_unseen(c)
}

fn write_escape(shown: &mut String, c: char) {
    // Writing to a `String` cannot fail.
    write!(shown, "\\u{{{:x}}}", u32::from(c)).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_shown_or_escaped_and_none_controls() {
        for c in '\0'..=char::MAX {
            let shown = escape(&format!("a{c}b"));
            assert!(!shown.chars().any(|c| c.is_control() || is_line_break(c)), "{c:?}");
        }
        for c in
            ['\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{ad}', '\u{200d}', '\u{fe0f}', '\u{e0061}']
        {
            assert_eq!(escape(&format!("a{c}b")), format!("a\\u{{{:x}}}b", u32::from(c)));
        }
    }

    #[test]
    fn emoji_keep_what_belongs_to_them() {
        for emoji in [
            "❤\u{fe0f}",
            "👩\u{200d}🚀",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
        ] {
            assert_eq!(escape(emoji), emoji);
        }
    }

    #[test]
    fn lines_break_wherever_a_client_would_break_and_have_an_end() {
        assert_eq!(lines("a\r\nb\u{2028}c\rd", 10), ["a", "b", "c", "d"]);
        assert_eq!(lines("", 10), [""]);
        assert_eq!(lines("a\nb\nc\nd", 2), ["a", "b", "… (2 more lines)"]);
        assert_eq!(lines("a\nb\nc", 2), ["a", "b", "… (1 more line)"]);
    }
}
