//! What was answered before anybody is asked: by flags, or in a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::check;
use super::question::{By, Kind, Preset, Question, Scope};
use super::questions;
use super::setup::{Setup, Step};
use crate::config::Platform;
use crate::config::section::{Located, Section, Source};

/// The flags that answer questions, with what they were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags(BTreeMap<&'static str, Vec<String>>);

impl Flags {
    /// Those that can be there. Where the record is kept is said by a flag of the whole program.
    fn questions() -> impl Iterator<Item = &'static Question> {
        questions::all().filter(|question| question.can_be_given() && question.name != "data_dir")
    }

    fn argument(question: &'static Question) -> Arg {
        let mut letters = question.about.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        let heading = match (question.scope, question.on) {
            (Scope::Whole, _) => "The installation",
            (Scope::Group, [Platform::Discord]) => "A group on Discord",
            (Scope::Group, [Platform::Matrix]) => "A group on Matrix",
            (Scope::Group, [Platform::Terminal]) => "A group in the terminal",
            (Scope::Group, _) => "The group",
        };
        let action = if question.kind == Kind::List { ArgAction::Append } else { ArgAction::Set };
        Arg::new(question.name)
            .long(question.flag)
            .value_name(question.value)
            .help(first + letters.as_str())
            .help_heading(heading)
            .action(action)
    }
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let of = |question: &'static Question| {
            let values = matches.get_many::<String>(question.name)?;
            Some((question.name, values.cloned().collect()))
        };
        Ok(Self(Self::questions().filter_map(of).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        Self::questions().map(Self::argument).fold(command, |command, argument| command.arg(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// One answer, and where it was given.
#[derive(Debug)]
pub(super) struct One {
    pub(super) values: Vec<String>,
    pub(super) origin: String,
}

/// All of them, about the first group and the installation.
#[derive(Debug, Default)]
pub(crate) struct Given {
    all: BTreeMap<&'static str, One>,
    problems: Vec<String>,
    /// Whether the file could not be read at all, so that what stands in it is not missing.
    is_broken: bool,
}

impl Given {
    /// What `flags` say, and `data_dir` of the whole program.
    pub(crate) fn by_flags(flags: &Flags, data_dir: Option<&str>) -> Self {
        let data_dir = data_dir.map(|place| ("data_dir", vec![place.to_owned()]));
        let all = flags.0.clone().into_iter().chain(data_dir);
        let one = |(name, values): (&'static str, Vec<String>)| {
            let origin = format!("--{}", name.replace('_', "-"));
            (name, One { values: given(values), origin })
        };
        Self { all: all.map(one).collect(), ..Self::default() }
    }

    /// The same, and what stands in a file of answers where no flag says otherwise.
    pub(crate) fn and_in(mut self, file: &Path, text: &str) -> Self {
        let name = file.display().to_string();
        let (found, left) = Source::new(&name, text).read(|top| read(&name, top));
        self.problems.extend(left.problems.iter().map(ToString::to_string));
        self.is_broken = found.is_none();
        let (answers, secrets) = found.unwrap_or_default();
        self.problems.extend(secrets);
        for (name, one) in answers {
            self.all.entry(name).or_insert(one);
        }
        self
    }

    /// What answers a question, which it does once.
    pub(super) fn take(&mut self, step: Step) -> Option<One> {
        if step.group > 0 {
            return None;
        }
        self.all.remove(step.question.name)
    }

    /// What answered nothing, with why.
    pub(super) fn left(&self, setup: &Setup) -> Vec<String> {
        let Some(platform) = setup.group(0).platform() else { return Vec::new() };
        let told = self.all.iter().map(|(name, one)| {
            let question = questions::all().find(|question| question.name == *name);
            let why = match question {
                Some(question) if !question.on.contains(&platform) => {
                    format!("nobody asks for that of a group {}", platform.called())
                }
                _ => "nobody asks for that, as everything else was answered".to_owned(),
            };
            format!("{}: {why}; leave it out", one.origin)
        });
        told.collect()
    }
}

/// Nothing is what an empty text says.
fn given(values: Vec<String>) -> Vec<String> {
    values.into_iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
}

type Read = (Vec<(&'static str, One)>, Vec<String>);

fn read(file: &str, mut top: Section<'_>) -> Read {
    let (mut answers, mut secrets) = (Vec::new(), Vec::new());
    for question in questions::all() {
        let name = question.name;
        let place = |line: Option<usize>| match line {
            Some(line) => format!("{file}:{line}: {name}"),
            None => format!("{file}: {name}"),
        };
        let written: Option<Vec<Located<String>>> = match (question.by, question.kind) {
            (By::Asking, Kind::Secret) => {
                if let Some(secret) = top.text(name) {
                    let fix = "write it into a file of its own, and name that here";
                    secrets.push(format!(
                        "{}: a secret does not stand among other answers; {fix}",
                        place(secret.line)
                    ));
                }
                None
            }
            (By::Asking, _) => None,
            (By::Any | By::Giving, Kind::List) => top.texts(name),
            (By::Any | By::Giving, Kind::Line | Kind::Words(_) | Kind::Secret) => {
                top.text(name).map(|text| vec![text])
            }
        };
        if let Some(written) = written {
            let origin = place(written.first().and_then(|first| first.line));
            let values = written.into_iter().map(|located| located.value).collect();
            answers.push((name, One { values: given(values), origin }));
        }
    }
    top.finish();
    (answers, secrets)
}

/// Answers everything from what was given, where nobody can be asked.
///
/// # Errors
/// All that is wrong or missing, a line each.
pub(crate) fn fill_in(setup: &mut Setup, mut given: Given) -> Result<(), Vec<String>> {
    let mut problems = std::mem::take(&mut given.problems);
    if given.is_broken {
        return Err(problems);
    }
    let mut aside = BTreeSet::new();
    while let Some(step) = setup.next(&aside) {
        let question = step.question;
        let preset = (question.preset)(&setup.context(step));
        let (values, origin) = match (given.take(step), preset) {
            (Some(one), _) => (one.values, one.origin),
            (None, Preset::Taken(values)) => (values, format!("--{}", question.flag)),
            (None, Preset::None | Preset::Offered(_)) => {
                problems.push(format!("--{}: it is missing: {}", question.flag, question.about));
                aside.insert(question.name);
                continue;
            }
        };
        if question.kind == Kind::Secret {
            setup.put_secret(step, None);
            continue;
        }
        match check::look(setup, step, &values) {
            Ok(()) => setup.put(step, values),
            Err(problem) => {
                problems.push(format!("{origin}: {problem}"));
                aside.insert(question.name);
            }
        }
    }
    problems.extend(given.left(setup));
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
