//! Lines that people type to the bot.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use casework::commands::{names, parse};
#[cfg(any(feature = "discord", feature = "matrix"))]
use policy::MessageText;
use policy::Reference;
use policy::matcher::TEXT_LEN_MAX;

use crate::{Fit, Shape, Target};

/// A line is one of the commands there are, or what is wrong with it is told.
pub const COMMAND: Target = Target { name: "command", run: command, shape: Shape::Text, more: &[] };

fn command(bytes: &[u8]) -> Fit {
    match std::str::from_utf8(bytes) {
        Ok(line) if line.len() <= TEXT_LEN_MAX => {
            reads(line);
            assert_eq!(parse(&format!("\t {line} \n")), parse(line), "space round it says nothing");
            Fit::Read
        }
        Ok(_) | Err(_) => Fit::Unfit,
    }
}

static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| names().into_iter().collect());

/// How much longer than a line what is said of it may be, in bytes: its words, three times at most, and how it goes.
const TOLD_MAX: usize = 2_000;

/// Longer lines of adapters are left to [`COMMAND`].
#[cfg(any(feature = "discord", feature = "matrix"))]
const ADAPTED_LEN_MAX: usize = 1_000;

/// What holds for lines that an adapter makes, of which many are alike.
#[cfg(any(feature = "discord", feature = "matrix"))]
pub(crate) fn read(lines: &[MessageText]) {
    let lines: BTreeSet<&str> = lines.iter().map(MessageText::expose).collect();
    lines.into_iter().filter(|line| line.len() <= ADAPTED_LEN_MAX).for_each(reads);
}

/// What holds for every line, wherever it comes from.
fn reads(line: &str) {
    match parse(line) {
        Ok(command) => {
            let name = command.name();
            assert!(NAMES.contains(name), "{name} is no command");
            let first = line.split_whitespace().next().unwrap_or_default().to_lowercase();
            assert_eq!(name.split(' ').next(), Some(first.as_str()), "another command than was typed");
        }
        Err(unread) => {
            assert!(!unread.problem.is_empty());
            let told = unread.to_string().len();
            assert!(told <= 3 * line.len() + TOLD_MAX, "{told} bytes for {}", line.len());
        }
    }
    for word in line.split_whitespace() {
        if let Ok(reference) = word.parse::<Reference>() {
            assert_eq!(reference.to_string().parse(), Ok(reference));
        }
    }
}
