//! Starts Beadle and says how it ended.

use std::io::Write;
use std::process::ExitCode;

use beadle::cli::{Cli, Failure};
use clap::Parser;

fn main() -> ExitCode {
    let _armed = ledger::arm_failpoints();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => {
            // Help, the version or what is wrong with the command line. Nobody is left to tell if it cannot be
            // printed.
            drop(refusal.print());
            return ExitCode::from(Cli::refused(&refusal, std::env::args_os()));
        }
    };
    match cli.execute() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            if let Failure::Input(error) | Failure::Fault(error) = &failure {
                // Nobody is left to tell if stderr is closed.
                drop(writeln!(std::io::stderr(), "beadle: {error:#}"));
            }
            ExitCode::from(failure.exit_code())
        }
    }
}
