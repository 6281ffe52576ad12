//! The data-protection sheet: what the program keeps and does, put as the law asks for it, for people to check.
//!
//! A group has to be able to say what is kept of whom, why, for how long and who sees it. Everything here is what the program
//! acts on: the configuration, the constant itself, or what officers settled while it ran; and `tests/it/sheet.rs` holds
//! [`stored`] to the tables of the ledger. A sheet that says something else than the program does is worse than none.

mod assessment;
mod facts;
mod html;
mod markdown;
mod privacy;
mod records;
pub mod stored;

use std::fmt;

use ledger::Settings;

use crate::config::{Config, GroupConfig};
use facts::Facts;

/// A part of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The records of processing that Article 30 of the UK GDPR asks for
    Records,
    /// A draft of the data-protection impact assessment
    Assessment,
    /// The privacy notice for members
    Notice,
}

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Text with a little markup, to be worked on
    Markdown,
    /// A page to read and print
    Html,
}

/// What is said where there is no record of a group, whichever part of its sheet is asked for.
pub const NO_RECORD: &str = "Beadle found no record of the group, so `mode` and `policy` are as the configuration has them: \
                             where officers settled something else, name the folder of the record with `--data-dir`.";

/// Where a person has something to fill in.
const GAP: &str = "……………";

/// What is to be read, however it is written. In its texts, what stands between backticks is typed as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sheet {
    title: String,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    /// A part begins.
    Part(String),
    /// Something within a part.
    Heading(String),
    Words(String),
    List(Vec<String>),
    Table {
        columns: &'static [&'static str],
        rows: Vec<Vec<String>>,
    },
}

/// The sheet of one group, whole or one part of it. `settled` is what its officers settled while the program ran; nothing
/// where there is no record of the group.
pub fn of(
    config: &Config,
    group: &GroupConfig,
    settled: Option<&Settings>,
    part: Option<Part>,
    form: Form,
) -> String {
    let sheet = compose(&Facts::new(config, group, settled), part);
    match form {
        Form::Markdown => markdown::write(&sheet),
        Form::Html => html::write(&sheet),
    }
}

fn compose(facts: &Facts<'_>, part: Option<Part>) -> Sheet {
    let wanted = |one| part.is_none_or(|part| part == one);
    let mut blocks = Vec::new();
    if part != Some(Part::Notice) {
        blocks.extend(preamble(facts));
    }
    if wanted(Part::Records) {
        blocks.extend(records::records(facts));
    }
    if wanted(Part::Assessment) {
        blocks.extend(assessment::assessment(facts));
    }
    if wanted(Part::Notice) {
        blocks.extend(privacy::notice(facts));
    }
    let title = match part {
        Some(Part::Notice) => format!("How {} is moderated, and what is kept about you", facts.name()),
        _ => format!("Data-protection sheet of {}", facts.name()),
    };
    Sheet { title, blocks }
}

fn preamble(facts: &Facts<'_>) -> [Block; 2] {
    let settled = if facts.is_on_record() {
        "`mode` and `policy` are as officers last settled them."
    } else {
        NO_RECORD
    };
    [
        words(
            "This is a draft, and no legal advice. Beadle made it from what it is set up with, so it says what the program \
             does. It cannot know what people do. Somebody who answers for data protection in the group reads it, fills \
             each gap, and agrees to it or changes how the program is set up.",
        ),
        words(format!(
            "A gap looks like this: {GAP}. Some are filled by `[groups.data_protection]` in the configuration. Make the \
             sheet again with `beadle sheet` after each change of the configuration or the program (this is version \
             {}), and when officers change `mode` or `policy`. {settled}",
            env!("CARGO_PKG_VERSION")
        )),
    ]
}

fn part(heading: impl Into<String>) -> Block {
    Block::Part(heading.into())
}

fn heading(text: impl Into<String>) -> Block {
    Block::Heading(text.into())
}

fn words(text: impl Into<String>) -> Block {
    Block::Words(text.into())
}

fn list<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Block {
    Block::List(items.into_iter().map(Into::into).collect())
}

/// The pieces of a text, and which of them are typed as they stand.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split('`').enumerate().map(|(place, piece)| (place % 2 == 1, piece))
}

/// So many of something: `1 day`, `3 days`.
struct Count<'a>(i64, &'a str);

impl fmt::Display for Count<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number, of) = self;
        write!(f, "{number} {of}{}", if *number == 1 { "" } else { "s" })
    }
}

fn months(number: u32) -> String {
    Count(number.into(), "month").to_string()
}

fn days(number: u32) -> String {
    Count(number.into(), "day").to_string()
}
