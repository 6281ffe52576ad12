//! How things are laid out in the terminal.
//!
//! Every line of the output is begun by us. Members' words stand behind a head or a bar, with everything unseen made
//! visible, so that no post can pass for the bot's words or for another member's.

use anstyle::{AnsiColor, Style};
use platform::plain;
use policy::{Block, Letter};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many lines of one text are shown.
pub const LINES_SHOWN_MAX: usize = 60;

/// The narrowest terminal that lines are broken for, in columns.
const WIDTH_MIN: usize = 40;

/// Where something is shown, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pane {
    Channel,
    /// Who is in the group and may post.
    Members,
    Private,
    Officers,
    Answer,
    Note,
}

/// One thing that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) pane: Pane,
    head: String,
    lines: Vec<EntryLine>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct EntryLine {
    quoted: bool,
    text: String,
}

impl Pane {
    /// What stands between the head, or the space under it, and the text.
    fn bars(self) -> (&'static str, &'static str) {
        match self {
            Self::Channel => ("", "┆ "),
            Self::Members | Self::Private | Self::Officers | Self::Answer | Self::Note => ("│ ", "│ "),
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Channel => AnsiColor::Cyan.on_default(),
            Self::Members => AnsiColor::Blue.on_default(),
            Self::Private => AnsiColor::Magenta.on_default(),
            Self::Officers => AnsiColor::Yellow.on_default(),
            Self::Answer => AnsiColor::Green.on_default(),
            Self::Note => AnsiColor::Red.on_default(),
        }
    }
}

impl Entry {
    pub(crate) fn new(pane: Pane, head: String) -> Self {
        Self { pane, head, lines: Vec::new() }
    }

    /// One line in our own words.
    pub(crate) fn own(mut self, text: &str) -> Self {
        self.lines.push(EntryLine { quoted: false, text: plain::escape(text) });
        self
    }

    /// Somebody's words as they speak, after `before`.
    pub(crate) fn spoken(mut self, before: &str, text: &str) -> Self {
        let mut lines = plain::lines(text, LINES_SHOWN_MAX).into_iter();
        let first = format!("{before}{}", lines.next().unwrap_or_default());
        self.lines.extend([first].into_iter().chain(lines).map(|text| EntryLine { quoted: false, text }));
        self
    }

    /// Somebody's words set apart.
    pub(crate) fn quoted(mut self, text: &str) -> Self {
        let lines = plain::lines(text, LINES_SHOWN_MAX).into_iter();
        self.lines.extend(lines.map(|text| EntryLine { quoted: true, text }));
        self
    }

    pub(crate) fn letter(self, letter: &Letter) -> Self {
        let entry = letter.blocks.iter().fold(self, |entry, block| match block {
            Block::Text(text) => entry.spoken("", text),
            Block::Quote(text) => entry.quoted(text.expose()),
        });
        if entry.lines.is_empty() { entry.own("") } else { entry }
    }
}

/// How entries are laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) colours: bool,
    /// The width of the terminal, if there is one.
    pub(crate) width: Option<usize>,
}

impl Layout {
    pub(crate) const PLAIN: Self = Self { colours: false, width: None };

    /// The entry as text, each line ended.
    pub(crate) fn render(self, entry: &Entry) -> String {
        const QUOTE: &str = "> ";
        let (bar_first, bar_more) = entry.pane.bars();
        let indent = " ".repeat(entry.head.width());
        let mut shown = String::new();
        let mut at_head = true;
        for line in &entry.lines {
            let mark = if line.quoted { QUOTE } else { "" };
            let used = entry.head.width() + bar_more.width() + mark.width();
            for text in self.wrap(&line.text, used) {
                let (head, bar) =
                    if at_head { (entry.head.as_str(), bar_first) } else { (indent.as_str(), bar_more) };
                at_head = false;
                let text = format!("{mark}{text}");
                self.line(&mut shown, entry.pane.style(), &format!("{head}{bar}"), text.trim_end());
            }
        }
        shown
    }

    fn line(self, shown: &mut String, style: Style, head: &str, text: &str) {
        if self.colours {
            shown.push_str(&format!("{style}{head}{style:#}{text}\n"));
        } else {
            shown.push_str(head);
            shown.push_str(text);
            shown.push('\n');
        }
    }

    /// Breaks a line at spaces, or inside a word that is too long for any line.
    fn wrap(self, text: &str, used: usize) -> Vec<String> {
        let Some(width) = self.width else { return vec![text.to_owned()] };
        let room = width.max(WIDTH_MIN).saturating_sub(used).max(WIDTH_MIN / 2);
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_inclusive(' ') {
            if line.width() + word.trim_end().width() > room && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                if line.width() + c.width().unwrap_or(0) > room && c != ' ' {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(c);
            }
        }
        lines.push(line);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_channel() -> Entry {
        Entry::new(Pane::Channel, "#general  [3] ".to_owned())
    }

    proptest! {
        #[test]
        fn every_line_is_begun_by_us_and_controls_nothing(
            text in "(?s)(.|[\\x00-\\x1f\\x7f-\\x9f\\u{2028}-\\u{202e}\\u{2066}-\\u{2069}\\u{200b}]|\n#general  \\[1\\] ){0,60}",
            width in proptest::option::of(0usize..120),
        ) {
            let letter = Letter::line("Yours.").quote(policy::MessageText::new(text.as_str()));
            let layout = Layout { colours: false, width };
            for entry in [
                Entry::new(Pane::Private, "  ✉ beadle → alice ".to_owned()).letter(&letter),
                Entry::new(Pane::Officers, "  ⚑ officers ".to_owned()).letter(&letter),
                in_channel().spoken("alice: ", &text),
                in_channel().own("alice quotes:").quoted(&text),
            ] {
                let shown = layout.render(&entry);
                prop_assert!(!shown.chars().any(acts), "{shown:?}");
                let mut lines = shown.lines();
                prop_assert!(lines.next().is_some_and(|line| line.starts_with(entry.head.trim_end())));
                let indent = " ".repeat(entry.head.width());
                let bar = entry.pane.bars().1.trim_end();
                for line in lines {
                    prop_assert!(line.strip_prefix(&indent).is_some_and(|rest| rest.starts_with(bar)), "{line:?}");
                }
            }
        }
    }

    /// Whether a terminal would do something instead of showing it.
    fn acts(c: char) -> bool {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    }

    #[test]
    fn lines_are_broken_for_a_terminal_only() {
        let entry = in_channel().spoken("alice: ", "one two three four five six seven eight nine");
        assert_eq!(Layout::PLAIN.render(&entry).lines().count(), 1);
        insta::assert_snapshot!(Layout { colours: false, width: Some(40) }.render(&entry), @"
        #general  [3] alice: one two three
                      ┆ four five six seven
                      ┆ eight nine
        ");
    }

    #[test]
    fn colours_are_on_the_head_only() {
        let entry = in_channel().own("Hello.");
        let shown = Layout { colours: true, width: None }.render(&entry);
        assert!(shown.starts_with("\u{1b}[") && shown.ends_with("Hello.\n"), "{shown:?}");
    }
}
