//! Where lines come from: a script, or a person with an editor, a history and completion.

#[cfg(unix)]
use std::io::Write as _;
use std::io::{self, BufRead, Read as _};
use std::path::{Path, PathBuf};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{FileHistory, History};
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, ExternalPrinter, Helper};

#[cfg(unix)]
use crate::ask::is_plain;
use crate::complete::Vocabulary;
use crate::handle::LineError;
use crate::line::LINE_LEN_MAX;
use crate::store::private_file;

/// How many lines of one's own input are remembered.
pub const HISTORY_LEN_MAX: usize = 1000;

const HISTORY_FILE: &str = "history";

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Line(String),
    /// Something that is no line.
    Bad(LineError),
    /// Ctrl-C.
    Interrupted,
    End,
    /// Nothing: whoever waits for a line is told to end.
    Told,
}

/// Where lines come from. Reading blocks, so it is done on a thread for blocking.
pub(crate) trait Source: Send {
    fn next(&mut self, prompt: &str) -> io::Result<Input>;

    /// The width to break lines for, if a person is looking.
    fn width(&mut self) -> Option<usize>;
}

/// Lines from a file or a pipe.
#[derive(Debug)]
pub(crate) struct Script<R>(pub(crate) R);

impl<R: BufRead + Send> Source for Script<R> {
    fn next(&mut self, _prompt: &str) -> io::Result<Input> {
        const LINE_END_LEN_MAX: u64 = 2;
        let mut bytes = Vec::new();
        // A line that never ends is not read to its end.
        let len_max = LINE_LEN_MAX as u64 + LINE_END_LEN_MAX;
        if self.0.by_ref().take(len_max).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(Input::End);
        }
        let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(match std::str::from_utf8(line) {
            _ if line.len() > LINE_LEN_MAX => Input::Bad(LineError::TooLong),
            Ok(line) => Input::Line(line.to_owned()),
            Err(_) => Input::Bad(LineError::NotUtf8),
        })
    }

    fn width(&mut self) -> Option<usize> {
        None
    }
}

/// Lines from a person.
pub(crate) struct Prompt {
    editor: Editor<Completion, FileHistory>,
    history: PathBuf,
    _listening: Listening,
}

impl Prompt {
    /// A prompt with the history kept in the data directory, readable by its owner alone.
    pub(crate) fn open(data_dir: &Path, vocabulary: Vocabulary) -> io::Result<Self> {
        let history = data_dir.join(HISTORY_FILE);
        private_file().open(&history)?;
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .max_history_size(HISTORY_LEN_MAX)
            .map_err(to_io)?
            .build();
        let mut editor = Editor::with_config(config).map_err(to_io)?;
        editor.set_helper(Some(Completion(vocabulary)));
        // A history that cannot be read is a comfort less, and no reason not to start.
        editor.load_history(&history).unwrap_or_default();
        let listening = Listening::of(&mut editor);
        Ok(Self { editor, history, _listening: listening })
    }

    fn remember(&mut self, line: &str) {
        // As above: what was typed is carried out whether or not it can be recalled later.
        if self.editor.add_history_entry(line).unwrap_or(false) {
            self.editor.append_history(&self.history).unwrap_or_default();
        }
    }
}

impl Source for Prompt {
    fn next(&mut self, prompt: &str) -> io::Result<Input> {
        match self.editor.readline(prompt) {
            Ok(line) if line.len() > LINE_LEN_MAX => Ok(Input::Bad(LineError::TooLong)),
            Ok(line) => {
                self.remember(&line);
                Ok(Input::Line(line))
            }
            Err(ReadlineError::Interrupted) => Ok(Input::Interrupted),
            // The signal that Ctrl-C sends where it is pressed beside the prompt.
            #[cfg(unix)]
            Err(ReadlineError::Signal(rustyline::error::Signal::Interrupt)) => Ok(Input::Interrupted),
            Err(ReadlineError::Eof) => Ok(Input::End),
            Err(error) => match to_io(error) {
                error if error.kind() == io::ErrorKind::InvalidData => Ok(Input::Bad(LineError::NotUtf8)),
                error => Err(error),
            },
        }
    }

    fn width(&mut self) -> Option<usize> {
        self.editor.dimensions().map(|(columns, _)| columns.into())
    }
}

/// While it is there an editor waits for keys and signals at once.
///
/// One from which nobody else prints waits for keys alone, and a signal that comes just before it begins to wait goes unheard
/// until a key is pressed.
pub(crate) struct Listening(
    #[expect(dead_code, reason = "it is there")] Option<Box<dyn ExternalPrinter + Send>>,
);

impl Listening {
    /// Has `editor` wait so, where it is one: a plain terminal has none.
    pub(crate) fn of<H: Helper, I: History>(editor: &mut Editor<H, I>) -> Self {
        let printer = editor.create_external_printer().ok();
        Self(printer.map(|printer| Box::new(printer) as Box<dyn ExternalPrinter + Send>))
    }
}

/// How a terminal was found, to leave it so also when a prompt is abandoned, which shows each key in its own way.
#[cfg(unix)]
pub(crate) struct Found(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Found {
    pub(crate) fn look() -> Self {
        Self(rustix::termios::tcgetattr(io::stdin()).ok())
    }

    pub(crate) fn leave(&self) -> io::Result<()> {
        const BRACKETED_PASTE_OFF: &[u8] = b"\x1b[?2004l";
        let Some(found) = &self.0 else { return Ok(()) };
        rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Drain, found)?;
        if is_plain() {
            return Ok(());
        }
        // The editor switches it on whether colours are wanted or not, and so it is switched off past what leaves them out.
        let mut out = io::stdout().lock();
        out.write_all(BRACKETED_PASTE_OFF)?;
        out.flush()
    }
}

/// Elsewhere a terminal has no such ways.
#[cfg(not(unix))]
pub(crate) struct Found;

#[cfg(not(unix))]
impl Found {
    pub(crate) fn look() -> Self {
        Self
    }

    pub(crate) fn leave(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether an error says that the terminal is gone, such as its window.
pub(crate) fn is_gone(error: &io::Error) -> bool {
    #[cfg(unix)]
    let gone = Some(rustix::io::Errno::IO.raw_os_error());
    #[cfg(not(unix))]
    let gone: Option<i32> = None;
    gone.is_some() && error.raw_os_error() == gone
}

pub(crate) fn to_io(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        #[cfg(unix)]
        ReadlineError::Errno(error) => error.into(),
        other => io::Error::other(other),
    }
}

struct Completion(Vocabulary);

impl Completer for Completion {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.0.complete(&line[..pos]))
    }
}

impl Helper for Completion {}
impl Highlighter for Completion {}
impl Validator for Completion {}
impl Hinter for Completion {
    type Hint = String;
}
