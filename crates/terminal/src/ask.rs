//! One question to whoever sits at the terminal, and the line with which they answer.
//!
//! Each is an editor of its own, so that nothing of one answer, which may be a secret, can be recalled in the next.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{ColorMode, Config, Editor, Helper};
use unicode_width::UnicodeWidthStr as _;

use crate::source::{Listening, to_io};

/// Terminals on which lines are typed without an editor, and so are always shown.
const PLAIN_TERMINALS: [&str; 3] = ["dumb", "cons25", "emacs"];

/// Whether somebody sits in front of standard input and output.
pub fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether what is typed can be kept from being shown.
pub fn can_hide() -> bool {
    somebody_is_there() && !is_plain()
}

/// Whether lines are typed there without an editor.
pub(crate) fn is_plain() -> bool {
    let kind = std::env::var("TERM").unwrap_or_default();
    PLAIN_TERMINALS.iter().any(|plain| plain.eq_ignore_ascii_case(&kind))
}

/// Asks for a line. Nothing when whoever is asked stops: with Ctrl-C, or Ctrl-D on an empty line.
///
/// # Errors
/// When the terminal cannot be used; [`io::ErrorKind::InvalidData`] when what is typed is no UTF-8, of which nothing is left
/// to be read then.
pub fn ask(prompt: &str) -> io::Result<Option<String>> {
    read(prompt, Echo::Shown)
}

/// The same for what is to be seen by nobody: each character is shown as a star.
///
/// # Errors
/// When the terminal cannot be used, or would show what is typed.
pub fn ask_hidden(prompt: &str) -> io::Result<Option<String>> {
    if !can_hide() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "this terminal would show what is typed"));
    }
    read(prompt, Echo::Hidden)
}

fn read(prompt: &str, echo: Echo) -> io::Result<Option<String>> {
    let colours = match echo {
        Echo::Shown => ColorMode::Disabled,
        // It is by colouring that a line is shown as another.
        Echo::Hidden => ColorMode::Forced,
    };
    let config = Config::builder().color_mode(colours).auto_add_history(false).build();
    let mut editor = Editor::with_history(config, MemHistory::new()).map_err(to_io)?;
    editor.set_helper(Some(echo));
    let _listening = Listening::of(&mut editor);
    match editor.readline(prompt) {
        Ok(line) => Ok(Some(line)),
        Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
        #[cfg(unix)]
        Err(ReadlineError::Signal(rustyline::error::Signal::Interrupt)) => Ok(None),
        Err(error) => {
            let error = to_io(error);
            if error.kind() == io::ErrorKind::InvalidData {
                forget_what_was_typed();
            }
            Err(error)
        }
    }
}

/// Lets nothing that was typed before be read as an answer to what is asked next.
fn forget_what_was_typed() {
    // Where it cannot be, they see it.
    #[cfg(unix)]
    rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush).unwrap_or_default();
}

/// How a line is shown while it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Echo {
    Shown,
    Hidden,
}

impl Highlighter for Echo {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        match self {
            Self::Shown => Cow::Borrowed(line),
            Self::Hidden => Cow::Owned("*".repeat(line.width())),
        }
    }

    /// Whether the line is drawn anew and not only what was typed.
    fn highlight_char(&self, _line: &str, _pos: usize, _kind: CmdKind) -> bool {
        *self == Self::Hidden
    }
}

impl Helper for Echo {}
impl Validator for Echo {}
impl Hinter for Echo {
    type Hint = String;
}
impl Completer for Echo {
    type Candidate = String;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_line_is_drawn_as_stars_whatever_is_done_to_it() {
        for line in ["", "s3cret", "grün", "秘密"] {
            let drawn = Echo::Hidden.highlight(line, 0);
            assert_eq!(drawn.width(), line.width(), "the cursor stands where it should");
            assert!(drawn.chars().all(|c| c == '*'), "{drawn}");
            for kind in [CmdKind::MoveCursor, CmdKind::Other, CmdKind::ForcedRefresh] {
                assert!(Echo::Hidden.highlight_char(line, 0, kind));
            }
            assert_eq!(Echo::Shown.highlight(line, 0), line);
        }
    }

    #[test]
    fn nothing_hidden_is_asked_for_where_it_would_be_shown() {
        // The tests' input is no terminal.
        if !somebody_is_there() {
            assert!(!can_hide());
            assert_eq!(ask_hidden("> ").unwrap_err().kind(), io::ErrorKind::Unsupported);
        }
    }
}
