//! Letters as lines that fit into a platform's messages.

use std::fmt;

use policy::{Block, Letter};

use crate::plain;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The bot.
    Own,
    /// A member.
    Quoted,
}

/// One line, or as much of a long one as goes into one message.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Whose it is.
    pub voice: Voice,
    /// The number of the block it is from.
    pub block: usize,
    /// As [`plain::lines`] gives it: without anything that would begin a new line.
    pub text: String,
}

/// Without what it says.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({:?}, block {}, {} bytes)", self.voice, self.block, self.text.len())
    }
}

/// How much of a line one message holds.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// How much all characters of a line may take together.
    pub len_max: usize,
    /// How much a character takes at most, wherever it stands.
    pub taken: fn(Voice, char) -> usize,
}

impl Room {
    /// A letter line by line.
    pub fn letter(&self, letter: &Letter) -> Vec<Line> {
        let blocks = letter.blocks.iter().enumerate();
        let lines = blocks.flat_map(|(number, block)| match block {
            Block::Text(text) => self.lines(text, Voice::Own, number),
            Block::Quote(text) => self.lines(text.expose(), Voice::Quoted, number),
        });
        lines.collect()
    }

    /// A text line by line, as the block of that number.
    pub fn lines(&self, text: &str, voice: Voice, block: usize) -> Vec<Line> {
        let lines = plain::lines(text, usize::MAX);
        let lines = lines.iter().flat_map(|line| self.pieces(line, voice));
        lines.map(|text| Line { voice, block, text: text.to_owned() }).collect()
    }

    /// A line in pieces that fit, cut behind a space if there is one.
    fn pieces<'a>(&self, line: &'a str, voice: Voice) -> impl Iterator<Item = &'a str> {
        let mut rest = Some(line);
        std::iter::from_fn(move || {
            let all = rest.take()?;
            let Some(full) = self.overflow(all, voice) else { return Some(all) };
            let end = all[..full].rfind(' ').map_or(full, |space| space + 1);
            let (piece, after) = all.split_at(end);
            rest = Some(after);
            Some(piece)
        })
    }

    /// Where a line has become too long, if it does; behind its first character at the earliest.
    fn overflow(&self, line: &str, voice: Voice) -> Option<usize> {
        let mut len = 0_usize;
        let mut too_long = |c: char| {
            len = len.saturating_add((self.taken)(voice, c));
            len > self.len_max
        };
        line.char_indices().filter(|(_, c)| too_long(*c)).map(|(at, _)| at).find(|at| *at > 0)
    }
}

/// As much of a name as is shown: so many characters, and an ellipsis for the rest.
pub fn shorten(name: &str, chars_max: usize) -> String {
    match name.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}\u{2026}", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::MessageText;

    /// Ten letters a line of ours, five of a member's.
    const TEN: Room = Room { len_max: 10, taken: |voice, _| if voice == Voice::Own { 1 } else { 2 } };

    #[test]
    fn a_letter_is_cut_between_words_where_a_line_is_full() {
        let letter = Letter::line("one two three\nfour").quote(MessageText::new("seven eight"));
        let lines: Vec<_> = TEN.letter(&letter).into_iter().map(|line| (line.block, line.text)).collect();
        let want = [(0, "one two "), (0, "three"), (0, "four"), (1, "seven"), (1, " "), (1, "eight")];
        assert_eq!(lines, want.map(|(block, text)| (block, text.to_owned())));
    }

    #[test]
    fn what_nothing_fits_into_still_ends() {
        let none = Room { len_max: 0, taken: |_, c| c.len_utf8() };
        let lines = none.lines("a \u{e9}", Voice::Own, 0);
        assert_eq!(lines.into_iter().map(|line| line.text).collect::<Vec<_>>(), ["a", " ", "\u{e9}"]);
    }

    #[test]
    fn lines_do_not_show_what_they_say() {
        assert_eq!(format!("{:?}", TEN.lines("secret", Voice::Own, 0)), "[Line(Own, block 0, 6 bytes)]");
    }

    #[test]
    fn long_names_are_shortened_between_characters() {
        assert_eq!(shorten("\u{e9}\u{e9}\u{e9}", 2), "\u{e9}\u{e9}\u{2026}");
        assert_eq!(shorten("\u{e9}\u{e9}", 2), "\u{e9}\u{e9}");
    }
}
