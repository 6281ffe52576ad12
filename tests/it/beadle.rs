//! The real program, run with scripts and in conversation.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Output, Stdio};

/// The program, without anything of the caller's environment that could change what it does.
pub(crate) fn beadle(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
    command.arg("--data-dir").arg(data_dir);
    for variable in ["BEADLE_LOG", "FAILPOINTS", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// Where the program dies: at a place, when it comes there for the so-manieth time.
pub(crate) fn dies_at(place: &str, nth: u32) -> String {
    format!("{place}={}*off->return", nth - 1)
}

/// By how many days the program's clock is ahead of the machine's.
pub(crate) fn days_ahead(days: u32) -> String {
    format!("clock::ahead=return({days})")
}

/// Starts the program with pipes for all it reads and writes.
fn start(mut command: Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// Runs a script to its end.
pub(crate) fn run(command: Command, script: &str) -> Output {
    let mut child = start(command);
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    // A program that ended early no longer reads; its exit code says so.
    drop(stdin.write_all(script.as_bytes()));
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

/// Runs a script and gives its transcript; it must end well and log no error.
pub(crate) fn transcript(data_dir: &Path, script: &str) -> String {
    let mut command = beadle(data_dir);
    command.args(["--log", "error"]);
    let output = run(command, script);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.is_empty(), "{}\n{stderr}", output.status);
    String::from_utf8(output.stdout).expect("the transcript is UTF-8")
}

/// A conversation: a line is said, and all that comes of it is read before the next.
pub(crate) struct Conversation {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
    said: u32,
}

impl Conversation {
    pub(crate) fn start(command: Command) -> Self {
        let mut child = start(command);
        let stdin = child.stdin.take().expect("stdin is a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
        Self { child, stdin, stdout, stderr, said: 0 }
    }

    /// Says a line and gives what came of it.
    pub(crate) fn say(&mut self, line: &str) -> String {
        self.said += 1;
        // A comment is echoed once everything before it has been dealt with.
        let end = format!("# said {}", self.said);
        writeln!(self.stdin, "{line}\n{end}").expect("the program reads");
        let mut heard = String::new();
        loop {
            let mut next = String::new();
            let read = self.stdout.read_line(&mut next).expect("the program writes");
            assert!(read > 0, "the program ended after {line:?}; heard: {heard}");
            if next.trim_end() == format!("> {end}") {
                return heard;
            }
            heard.push_str(&next);
        }
    }

    /// Reads what is logged up to a line that has this, and gives that.
    pub(crate) fn logs(&mut self, part: &str) -> String {
        let mut line = String::new();
        while !line.contains(part) {
            line.clear();
            let read = self.stderr.read_line(&mut line).expect("the program logs");
            assert!(read > 0, "the program ended before it logged {part:?}");
        }
        line
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the conversation and gives what the program logged and was not read.
    pub(crate) fn end(self) -> String {
        let Self { child, stdin, stdout, stderr, .. } = self;
        drop(stdin);
        rest(child, stdout, stderr)
    }

    /// The same of a program that was told to end in another way, and could still be spoken to.
    #[cfg(all(unix, feature = "terminal"))]
    pub(crate) fn ends_by_itself(self) -> String {
        let Self { child, stdin, stdout, stderr, .. } = self;
        let said = rest(child, stdout, stderr);
        drop(stdin);
        said
    }
}

/// Waits for the end of a program, and gives what it logged and was not read.
fn rest(mut child: Child, mut stdout: BufReader<ChildStdout>, mut stderr: BufReader<ChildStderr>) -> String {
    let mut shown = String::new();
    stdout.read_to_string(&mut shown).expect("the program writes");
    let mut log = String::new();
    stderr.read_to_string(&mut log).expect("the log is UTF-8");
    let status = child.wait().expect("the program ends");
    assert!(status.success(), "{status}");
    log
}

/// Writes a file that only its owner can read, as one with a secret has to be.
#[cfg(any(feature = "matrix", feature = "discord"))]
pub(crate) fn keep_secret(file: &Path, secret: &str) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file).expect("the file can be written");
    file.write_all(secret.as_bytes()).expect("the file can be written");
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The files in a folder and in those below it.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let entries = entries.map(|entry| entry.expect("it can be read").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
