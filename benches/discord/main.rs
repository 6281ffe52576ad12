//! How soon a listed word is gone on Discord, and its author told: the real program on a fake Discord, with its ledger on
//! disk in between, beside a minimal bot that records nothing and tells nobody.
//!
//! ```text
//! cargo bench --no-default-features --features discord --bench discord
//! cargo bench --no-default-features --features discord --bench discord -- --guilds 1 --bot target/dist/beadle
//! ```
//!
//! Half an hour or so: first with one guild of 1,000 members, then with 1,000 guilds of 100. The fake holds nothing
//! to Discord's description here and limits nothing, so what is measured is the program and not what Discord allows.
//! Look at the ratios: other work on the machine slows both.
//!
//! Everybody who is told something has written to the bot before, which begins conversations itself only so fast.
//!
//! What is measured, with each number of guilds:
//!   start             from starting the process until the board hangs in every guild
//!   all read          until all that is read at a first start was, for which a bot may ask 50 times a second; what is measured
//!                     after that is measured with nothing of it left
//!   one at a time     from just before the gateway is handed a message until its DELETE has come, and until the notice
//!                     to its author has; one message a second
//!   in the stream     the same, amid 500 messages a second, of which one in a hundred holds a listed word
//!   resumed           from the loss of the connection, with a message right after it, until the DELETE of that message
//!   anew              the same where the session is lost too: once, for whoever loses another soon after is made to wait
//!   memory            resident, after the start and after all that

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

mod figures;
mod minimal;
mod program;
mod server;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;

use crate::figures::{Figures, Sent};
use crate::minimal::Minimal;
use crate::program::Program;
use crate::server::Servers;

/// Measures Beadle on Discord.
#[derive(Debug, Parser)]
struct Options {
    /// How many guilds, instead of one and then 1,000.
    #[arg(long)]
    guilds: Option<usize>,
    /// The program to measure, instead of the one built for this.
    #[arg(long, default_value = env!("CARGO_BIN_EXE_beadle"))]
    bot: PathBuf,
    /// How many messages are sent one at a time.
    #[arg(long, default_value_t = 100)]
    singles: usize,
    /// How many seconds the stream lasts.
    #[arg(long, default_value_t = 60)]
    stream: usize,
    /// How often the connection is lost, with the session left.
    #[arg(long, default_value_t = 10)]
    losses: usize,
    /// What `cargo bench` says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Messages of the stream in a second, and how many go out together.
const RATE: usize = 500;
const TOGETHER: usize = 10;
/// Of so many messages of the stream, one holds a listed word.
const ONE_IN: usize = 100;

#[tokio::main]
async fn main() {
    let options = Options::parse();
    match options.guilds {
        Some(guilds) => measure(&options, guilds, members(guilds)).await,
        None => {
            measure(&options, 1, members(1)).await;
            measure(&options, 1000, members(1000)).await;
        }
    }
}

/// Members of each guild: nobody is told twice in one measure, so that each notice is known by whom it goes to.
fn members(guilds: usize) -> usize {
    if guilds < 10 { 1000 / guilds } else { 100 }
}

async fn measure(options: &Options, guilds: usize, members: usize) {
    println!("\n{guilds} guild(s) of {members} members");
    let servers = Servers::found(guilds, members).await;
    let minimal = Minimal::start(&servers).await;
    let singles = run_singles(options, &servers, Whose::Minimal).await;
    let floor = servers.figures(&singles, Whose::Minimal).await;
    let stream = run_stream(options, &servers, Whose::Minimal).await;
    let floor_in_stream = servers.figures(&stream, Whose::Minimal).await;
    drop(minimal);

    let started = now();
    let program = Program::start(&options.bot, &servers);
    servers.wait_for_boards().await;
    println!("  {:<28} {:>9.2} s", "start", started.elapsed().as_secs_f64());
    let memory = program.resident_mb();
    let told = options.singles + options.stream * RATE / ONE_IN;
    servers.get_to_know(told).await;
    servers.wait_until_nothing_is_asked().await;
    println!("  {:<28} {:>9.2} s", "all read", started.elapsed().as_secs_f64());

    let singles = run_singles(options, &servers, Whose::Beadle).await;
    print("one at a time", singles.len(), &servers.figures(&singles, Whose::Beadle).await, &floor);
    let stream = run_stream(options, &servers, Whose::Beadle).await;
    print("in the stream", stream.len(), &servers.figures(&stream, Whose::Beadle).await, &floor_in_stream);

    for (name, is_session_lost, losses) in [("resumed", false, options.losses), ("anew", true, 1)] {
        let mut sent = Vec::new();
        for _ in 0..losses {
            servers.lose(is_session_lost);
            let one = servers.swear(Whose::Beadle);
            servers.wait_until_gone(&one).await;
            sent.push(one);
        }
        print_times(name, &servers.figures(&sent, Whose::Beadle).await.gone);
    }
    println!("  {:<28} {:>9.1} MB, then {:.1} MB", "memory", memory, program.resident_mb());
    program.end();
}

/// For whose eyes a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Beadle,
    Minimal,
}

async fn run_singles(options: &Options, servers: &Servers, whose: Whose) -> Vec<Sent> {
    let mut every = tokio::time::interval(Duration::from_secs(1));
    let mut sent = Vec::new();
    for _ in 0..options.singles {
        every.tick().await;
        sent.push(servers.swear(whose));
    }
    sent
}

async fn run_stream(options: &Options, servers: &Servers, whose: Whose) -> Vec<Sent> {
    let pause = Duration::from_millis(u64::try_from(1000 * TOGETHER / RATE).unwrap_or(1));
    let mut every = tokio::time::interval(pause);
    let mut sent = Vec::new();
    for number in 0..options.stream * RATE {
        if number.is_multiple_of(TOGETHER) {
            every.tick().await;
        }
        // Never the first of those that go out together, nor the last.
        if number % ONE_IN == ONE_IN / 2 + TOGETHER / 2 {
            sent.push(servers.swear(whose));
        } else {
            servers.chat(whose, number);
        }
    }
    sent
}

fn print(name: &str, sent: usize, figures: &Figures, floor: &Figures) {
    // What never came would be missing from the slow ones.
    assert_eq!(figures.gone.len().min(figures.told.len()), sent, "{name}: not all of it was done");
    print_times(&format!("{name}, DELETE"), &figures.gone);
    print_times(&format!("{name}, minimal bot"), &floor.gone);
    let ratio = |percent| figures::at(&figures.gone, percent) / figures::at(&floor.gone, percent);
    println!("  {:<28} {:>9.2}    {:>9.2}", format!("{name}, ratio"), ratio(50), ratio(99));
    print_times(&format!("{name}, notice"), &figures.told);
}

fn print_times(name: &str, times: &[f64]) {
    let (half, most) = (figures::at(times, 50), figures::at(times, 99));
    println!("  {name:<28} {half:>9.2} ms {most:>9.2} ms   (p50, p99 of {})", times.len());
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
}
