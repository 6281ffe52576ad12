//! Prints the ratios of the filters as tables: the least of many runs each, for a machine is never quiet for long.
//!
//! `cargo run --release --manifest-path benches/filters/Cargo.toml`; with `load FILTER`, loads one and tells what that
//! took: the tables ask a process of its own for each.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use filters::{Filter, HOSTILE_LEN, chat, dirty};

/// How long a measure is repeated at least, and how often.
const TIME_MIN: Duration = Duration::from_millis(800);
const RUNS_MIN: usize = 5;

/// The least time that a call takes, in seconds. `time` bounds the repetition.
fn least(time: Duration, mut call: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut least = f64::INFINITY;
    let mut runs = 0;
    while runs < RUNS_MIN || begin.elapsed() < time {
        let start = Instant::now();
        call();
        least = least.min(start.elapsed().as_secs_f64());
        runs += 1;
    }
    least
}

fn read(filter: &Filter, texts: &[String], time: Duration) -> f64 {
    least(time, || {
        black_box(texts.iter().filter(|text| filter.sees(black_box(text))).count());
    })
}

fn bytes(texts: &[String]) -> f64 {
    texts.iter().map(|text| text.len() as f64).sum()
}

/// Memory of this process, from a line of `/proc/self/status`, in MB.
fn memory(line: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':'))?;
    value.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kb| kb / 1024.0)
}

/// Loads one filter in this process: milliseconds, memory before, after, and at most.
fn load(name: &str) {
    let before = memory("VmRSS").unwrap_or(f64::NAN);
    let start = Instant::now();
    let filter = Filter::load(name);
    let first = start.elapsed().as_secs_f64() * 1e3;
    black_box(filter.sees("The garden party is on Saturday, bring a f*cking chair."));
    let (after, most) = (memory("VmRSS").unwrap_or(f64::NAN), memory("VmHWM").unwrap_or(f64::NAN));
    println!("{first} {before} {after} {most}");
}

/// The least of several processes, figure by figure.
fn loaded(name: &str) -> [f64; 4] {
    let program = std::env::current_exe().expect("this program");
    (0..10).fold([f64::INFINITY; 4], |least, _| {
        let output = Command::new(&program).args(["load", name]).output().expect("the program runs");
        let text = String::from_utf8(output.stdout).expect("figures");
        let mut figures = text.split_whitespace().map(|figure| figure.parse::<f64>().expect("a figure"));
        least.map(|least| figures.next().expect("four figures").min(least))
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, name] = &arguments[..]
        && command == "load"
    {
        return load(name);
    }

    let filters = Filter::NAMES.map(|name| (name, Filter::load(name)));
    let mut clean = [0.0; Filter::NAMES.len()];
    for (kind, texts) in [("ordinary chat", chat()), ("dirty", dirty())] {
        let size = bytes(&texts);
        println!("\n{kind}: {} messages, {size} bytes", texts.len());
        println!("{:<14} {:>9} {:>12} {:>17} {:>7}", "", "MB/s", "messages/s", "× aho-corasick", "seen");
        // Each takes its turn, so that a busy moment of the machine is nobody's alone.
        let mut times = [f64::INFINITY; Filter::NAMES.len()];
        for _ in 0..4 {
            for (time, (_, filter)) in times.iter_mut().zip(&filters) {
                *time = time.min(read(filter, &texts, TIME_MIN));
            }
        }
        for (at, (name, filter)) in filters.iter().enumerate() {
            let time = times[at];
            if kind == "ordinary chat" {
                clean[at] = time / size;
            }
            let seen = texts.iter().filter(|text| filter.sees(text)).count();
            println!(
                "{name:<14} {:>9.1} {:>12.0} {:>17.3} {:>6.1}%",
                size / time / 1e6,
                texts.len() as f64 / time,
                times[1] / time,
                100.0 * seen as f64 / texts.len() as f64,
            );
        }
    }

    for len in HOSTILE_LEN {
        println!("\nhostile, {len} characters: time a byte, as a multiple of that filter's on ordinary chat");
        print!("{:<26}", "");
        Filter::NAMES.iter().for_each(|name| print!(" {name:>13}"));
        println!();
        for (shape, text) in corpus::hostile(len) {
            print!("{shape:<26}");
            let texts = [text];
            for ((name, filter), clean) in filters.iter().zip(clean) {
                // What is not linear would take minutes: one size is enough to see it.
                if *name == "censor" && len > HOSTILE_LEN[0] {
                    print!(" {:>13}", "-");
                    continue;
                }
                let time = read(filter, &texts, TIME_MIN / 16);
                print!(" {:>13.2}", time / bytes(&texts) / clean);
            }
            println!();
        }
    }

    println!("\nload, in a process of its own");
    println!("{:<14} {:>9} {:>13} {:>13}", "", "ms", "resident MB", "at most MB");
    for name in Filter::NAMES {
        let [time, before, after, most] = loaded(name);
        println!("{name:<14} {time:>9.1} {:>13.1} {most:>13.1}", after - before);
    }
}
