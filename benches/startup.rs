//! How long the program takes to its first line, and what it keeps in memory while it waits.
//!
//! Run with `cargo bench --bench startup`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};

struct Started {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Started {
    /// Starts the program on a data directory and waits until it answers.
    fn new(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_beadle"))
            .arg("--data-dir")
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdin = child.stdin.take().expect("stdin is a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let mut started = Self { child, stdin, stdout };
        started.says("# ready");
        started
    }

    fn says(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").expect("the program reads");
        let mut answer = String::new();
        self.stdout.read_line(&mut answer).expect("the program writes");
        assert_eq!(answer, format!("> {line}\n"));
    }

    fn end(mut self) {
        drop(self.stdin);
        assert!(self.child.wait().expect("the program ends").success());
    }
}

fn startup(criterion: &mut Criterion) {
    let data = tempfile::tempdir().expect("a directory");
    Started::new(data.path()).end();
    criterion.bench_function("start on an existing ledger, to the first line", |bencher| {
        bencher.iter_batched(
            || (),
            |()| Ended(Some(Started::new(data.path()))),
            criterion::BatchSize::PerIteration,
        );
    });
    let idle = Started::new(data.path());
    let status = fs::read_to_string(format!("/proc/{}/status", idle.child.id())).unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM")) {
        writeln!(std::io::stdout(), "idle {line}").expect("stdout is open");
    }
    idle.end();
}

/// Ends the program outside the measurement, before the next one starts on the same ledger.
struct Ended(Option<Started>);

impl Drop for Ended {
    fn drop(&mut self) {
        if let Some(started) = self.0.take() {
            started.end();
        }
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = startup }
criterion_main!(benches);
