//! The program as its operator runs it: started, told to end, killed.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::watch;

/// Only a failing test waits so long.
pub(crate) const WAIT_MAX: Duration = Duration::from_secs(120);

/// What members say in these stories that nobody should find in a log.
const WORDS: [&str; 4] = ["fuck", "wanker", "bollocks", "my nan"];

/// What it says when it was to connect to somebody who is not on this machine, while Discord is.
const STRAYED: &str = "nobody elsewhere is connected to";

/// The program while it runs. It is killed when this is dropped; a test that fails then shows what was logged.
pub(crate) struct Program {
    child: Option<Child>,
    said: watch::Receiver<Vec<String>>,
}

impl Program {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (saying, said) = watch::channel(Vec::new());
        listen(child.stdout.take().expect("stdout is a pipe"), saying.clone());
        listen(child.stderr.take().expect("stderr is a pipe"), saying);
        Self { child: Some(child), said }
    }

    /// Waits until the program writes a line with `part`, which it may have done already.
    pub(crate) async fn says(&self, part: &str) -> String {
        let mut said = self.said.clone();
        let heard = said.wait_for(|lines| lines.iter().any(|line| line.contains(part)));
        let lines = within(part, heard).await.expect("the program still runs");
        lines.iter().find(|line| line.contains(part)).cloned().unwrap_or_default()
    }

    /// Everything it wrote so far.
    pub(crate) fn said(&self) -> String {
        self.said.borrow().join("\n")
    }

    /// Tells the program to end, as a service manager does, and gives what it wrote: no error, and nobody's words.
    pub(crate) async fn end(mut self) -> String {
        self.is_told_to_end();
        let status = self.ended().await;
        let said = self.said();
        assert!(status.success() && !said.contains("ERROR"), "{status}");
        for word in WORDS {
            assert!(!said.contains(word), "{word:?} was logged");
        }
        said
    }

    /// Tells the program to end, and waits for nothing.
    pub(crate) fn is_told_to_end(&self) {
        let child = self.child.as_ref().expect("it runs until it ends");
        let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(told.expect("kill is there").success());
    }

    /// There is room on its disk again: its files may grow.
    #[cfg(feature = "discord")]
    pub(crate) fn has_room(&self) {
        let child = self.child.as_ref().expect("it runs until it ends");
        let given =
            Command::new("prlimit").args(["--fsize=unlimited:", "--pid", &child.id().to_string()]).status();
        assert!(given.expect("prlimit is there").success());
    }

    /// Kills the program, which is not told before.
    #[cfg(feature = "discord")]
    pub(crate) async fn kill(mut self) {
        self.child.as_mut().expect("it runs until it ends").kill().expect("it can be killed");
        self.died().await;
    }

    /// Waits until the program has died, of a signal and not of an error.
    pub(crate) async fn died(mut self) {
        assert_eq!(self.ended().await.code(), None);
    }

    /// Waits until the program gives up, and gives its exit code with what it wrote.
    pub(crate) async fn fails(mut self) -> (Option<i32>, String) {
        let status = self.ended().await;
        (status.code(), self.said())
    }

    async fn ended(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it ends once");
        let ended = tokio::task::spawn_blocking(move || child.wait());
        let status = within("the program ends", ended).await;
        let status = status.expect("waiting does not panic").expect("a child can be waited for");
        // Its pipes are closed; what is still in them comes.
        while self.said.changed().await.is_ok() {}
        status
    }
}

#[expect(clippy::print_stdout, reason = "the test harness shows it with the test that failed")]
impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // An error says that it has ended, which is what is wanted.
            drop(child.kill());
            drop(child.wait());
        }
        if std::thread::panicking() {
            for line in self.said.borrow().iter() {
                println!("beadle: {line}");
            }
            return;
        }
        let strayed = self.said.borrow().iter().find(|line| line.contains(STRAYED)).cloned();
        assert_eq!(strayed, None, "a connection to nobody on this machine");
    }
}

/// Waits for what must come.
///
/// # Panics
/// If it did not.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let come = tokio::time::timeout(WAIT_MAX, future).await;
    come.unwrap_or_else(|_| panic!("it never came: {what}"))
}

fn listen(from: impl Read + Send + 'static, saying: watch::Sender<Vec<String>>) {
    // It ends with the program.
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            saying.send_modify(|lines| lines.push(line));
        }
    });
}
