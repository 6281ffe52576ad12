//! `beadle completions SHELL`

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Failure};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell to complete in
    shell: Shell,
}

pub(super) fn print(args: &Args) -> Result<(), Failure> {
    // Into memory first: clap_complete panics when its writer fails, as a closed pipe does.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "beadle", &mut script);
    Ok(io::stdout().lock().write_all(&script)?)
}
