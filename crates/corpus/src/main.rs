//! Writes labelled texts for `beadle evaluate`, one JSON object a line.

use std::io::{self, BufWriter, Write};

use anyhow::Context as _;
use clap::Parser;

/// Writes labelled texts for `beadle evaluate` to stdout, one JSON object a line.
#[derive(Debug, Parser)]
struct Args {
    /// Which texts: the same number gives the same ones
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many texts of each kind
    #[arg(long, value_name = "N", default_value_t = 200)]
    per_kind: usize,
    /// Only these kinds
    #[arg(long, value_name = "KIND")]
    only: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    for name in &args.only {
        if corpus::KINDS.iter().all(|kind| kind.name != name) {
            let known: Vec<&str> = corpus::KINDS.iter().map(|kind| kind.name).collect();
            anyhow::bail!("there is no kind `{name}`; there are {}", known.join(", "));
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    for item in corpus::items(args.seed, args.per_kind) {
        if args.only.is_empty() || args.only.iter().any(|name| name == item.family) {
            writeln!(out, "{}", serde_json::to_string(&item)?).context("cannot write the output")?;
        }
    }
    out.flush().context("cannot write the output")
}
