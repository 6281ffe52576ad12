//! Every target on a number of inputs that are the same each time: its corpus, the corpus cut short, and changes of it.
//!
//! `BEADLE_SEEDS=0..1000000 cargo test -p beadle-fuzzing --test bounded` runs as many as wanted, for one target with its
//! name behind that. What fails is told with its number, by which `BEADLE_SEED=4711` makes it again from the same corpus,
//! and its bytes are kept in a file, which `BEADLE_INPUT` names, as it may any that libFuzzer found.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fuzzing::inputs::Inputs;
use fuzzing::{Fit, TARGETS, Target};

/// How many inputs of a corpus are cut short at every place.
const CUT_MAX: usize = 8;
/// How much of an input is shown with what it breaks.
const SHOWN_LEN: usize = 2_000;

fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).expect("there is such a target")
}

/// Runs the inputs that are wanted, or so many.
fn holds(name: &str, many: u64) {
    let (target, inputs) = (target(name), Inputs::of(target(name)));
    let mut run = Run::begin(target);
    if let Ok(file) = std::env::var("BEADLE_INPUT") {
        run.one("file", &std::fs::read(fuzzing::root().join(file)).expect("a file"));
        return;
    }
    if let Some(numbers) = wanted() {
        for number in numbers {
            run.one(&number.to_string(), &inputs.nth(number));
        }
        return;
    }
    assert!(inputs.seeds() * 3 < many, "{name}: few changes for {} seeds", inputs.seeds());
    for input in inputs.cut_short(CUT_MAX) {
        run.one("cut", input);
    }
    let mut read = 0;
    for number in 0..many {
        read += u64::from(run.one(&number.to_string(), &inputs.nth(number)) == Fit::Read);
    }
    // What does not fit is dismissed before any of our code reads it.
    assert!(read * 3 >= many, "{name}: only {read} of {many} are read");
}

/// The numbers that somebody asks for.
fn wanted() -> Option<Range<u64>> {
    let number = |text: &str| text.trim().parse().expect("a number, or two with .. between");
    if let Ok(seed) = std::env::var("BEADLE_SEED") {
        return Some(number(&seed)..number(&seed) + 1);
    }
    let seeds = std::env::var("BEADLE_SEEDS").ok()?;
    let (from, to) = seeds.split_once("..").expect("a number, or two with .. between");
    Some(number(from)..number(to))
}

struct Run {
    target: &'static Target,
    /// Holds the number of the input that is run: one that ends the process tells nothing else.
    current: File,
}

impl Run {
    fn begin(target: &'static Target) -> Self {
        let current = File::create(kept(target, "current")).expect("a file");
        Self { target, current }
    }

    fn one(&mut self, number: &str, input: &[u8]) -> Fit {
        self.current.rewind().and_then(|()| writeln!(self.current, "{number:20}")).expect("it is kept");
        match catch_unwind(AssertUnwindSafe(|| (self.target.run)(input))) {
            Ok(fit) => fit,
            Err(panic) => {
                let name = self.target.name;
                let file = kept(self.target, number);
                std::fs::write(&file, input).expect("it is kept");
                let shown = String::from_utf8_lossy(&input[..input.len().min(SHOWN_LEN)]);
                let why = panic.downcast_ref::<String>().map_or("see above", String::as_str);
                panic!(
                    "`{name}` does not hold for input {number}: {why}\n{shown:?}\nAgain, as long as it is kept: \
                     BEADLE_INPUT={} cargo test -p beadle-fuzzing --test bounded {name}",
                    file.display()
                )
            }
        }
    }
}

fn kept(target: &Target, what: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzzing-{}-{what}", target.name))
}

#[test]
fn find_holds_for_any_text() {
    holds("find", 4_000);
}

#[test]
fn fold_holds_for_any_text() {
    holds("fold", 8_000);
}

#[test]
fn screen_holds_for_any_text() {
    holds("screen", 3_000);
}

#[test]
fn wordlist_holds_for_any_file() {
    holds("wordlist", 3_000);
}

#[test]
fn foreign_holds_for_any_file() {
    holds("foreign", 2_000);
}

#[test]
fn command_holds_for_any_line() {
    holds("command", 250);
}

#[test]
fn config_holds_for_any_file() {
    holds("config", 1_500);
}

#[test]
fn discord_holds_for_any_frame() {
    holds("discord", 2_000);
}

#[test]
fn matrix_holds_for_any_event() {
    holds("matrix", 1_000);
}

#[test]
fn every_target_is_run_here_and_by_cargo_fuzz() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    let all = ["find", "fold", "screen", "wordlist", "foreign", "command", "config", "discord", "matrix"];
    assert_eq!(names, all);
    for name in names {
        let file = fuzzing::root().join(format!("fuzz/fuzz_targets/{name}.rs"));
        let binary =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(binary.contains(&format!("::{}", name.to_uppercase())), "{name} runs another");
    }
}
