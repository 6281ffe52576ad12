//! Lines as people type them: the last words of a command are taken as they stand, and what is wrong is said for people.

use std::error::Error;
use std::sync::LazyLock;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser};
use policy::Role;

use super::Command;
use crate::rights::Audience;

#[derive(Parser)]
#[command(name = "", no_binary_name = true, disable_help_flag = true, disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

/// Made once: every line that is read walks it, and it is large.
static DEFINITION: LazyLock<clap::Command> = LazyLock::new(Line::command);

/// The definition of all commands, for front ends that build menus and completions from it.
pub fn definition() -> clap::Command {
    DEFINITION.clone()
}

/// Commands that cannot be taken back, by name. Where a line is easily sent by mistake, a front end asks before it hands
/// one of them in.
pub const CONFIRMED: [&str; 1] = ["sign"];

/// Commands whose answer takes its time, for they ask much of the platform, by name. They change nothing. A front end that
/// deals with one thing after the other deals with everything else meanwhile.
pub const LENGTHY: [&str; 1] = ["wordlist preview"];

/// The names of all commands, subcommands after their parent: `queue`, `wordlist add`.
pub fn names() -> Vec<String> {
    let mut names = Vec::new();
    for command in definition().get_subcommands() {
        let name = command.get_name();
        if command.has_subcommands() {
            // One that means something by itself as well.
            names.extend((!command.is_subcommand_required_set()).then(|| name.to_owned()));
            names.extend(command.get_subcommands().map(|sub| format!("{name} {}", sub.get_name())));
        } else {
            names.push(name.to_owned());
        }
    }
    names
}

/// The names of the commands that members give about themselves, without those of subcommands. For front ends that show
/// whom what is offered; whether somebody may run a command is asked when they do.
pub fn for_members() -> Vec<String> {
    let commands = definition();
    let names = commands.get_subcommands().map(clap::Command::get_name);
    names.filter(|name| Command::audience_of(name) == Audience::Member).map(str::to_owned).collect()
}

/// The offices whose holders may give a command, by its name; none for what members ask about themselves.
pub fn offices(name: &str) -> Vec<Role> {
    match Command::audience_of(name) {
        Audience::Member => Vec::new(),
        Audience::Officers(roles) => {
            let may = |office: &&Role| roles.iter().any(|role| office.includes(*role));
            Role::ALL.iter().filter(may).copied().collect()
        }
    }
}

/// What was typed is no command, or lacks something; a text for whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}{hint}")]
pub struct NotACommand {
    /// What is wrong.
    pub problem: String,
    /// The command that may have been meant, and how it goes; empty when there is none.
    pub hint: String,
}

/// Reads a line as a command. The last argument of a command that takes words is the rest of the line as typed.
///
/// # Errors
/// When there is no such command or an argument is missing or wrong; says how the command goes.
pub fn parse(line: &str) -> Result<Command, NotACommand> {
    let read = |words| Line::from_arg_matches(&definition().try_get_matches_from(words)?);
    read(split(line)).map(|line| line.command).map_err(|error| explain(&error.format(&mut definition())))
}

fn split(line: &str) -> Vec<String> {
    static BUILT: LazyLock<clap::Command> = LazyLock::new(|| {
        let mut built = definition();
        built.build();
        built
    });
    let mut words = Vec::new();
    let mut command = &*BUILT;
    let mut rest = line.trim();
    while command.has_subcommands() && !rest.is_empty() {
        let (word, tail) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        rest = tail.trim_start();
        let word = word.to_lowercase();
        let found = command.find_subcommand(&word);
        words.push(word);
        let Some(found) = found else { break };
        command = found;
    }
    for argument in command.get_positionals() {
        if rest.is_empty() {
            return words;
        }
        if argument.is_trailing_var_arg_set() {
            words.push(rest.to_owned());
            return words;
        }
        let (word, tail) = unlabelled(command, rest);
        words.extend((!word.is_empty()).then(|| word.to_owned()));
        rest = tail;
    }
    words.extend((!rest.is_empty()).then(|| rest.to_owned()));
    words
}

/// The next word of a line, and what comes after it. Whoever is used to other programs may say first what it is, as in
/// `--messages 500`; where the rest of the line is somebody's own words, everything is one of them.
fn unlabelled<'l>(command: &clap::Command, line: &'l str) -> (&'l str, &'l str) {
    let next = |line: &'l str| {
        let (word, tail) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        (word, tail.trim_start())
    };
    let (word, tail) = next(line);
    if command.get_positionals().any(clap::Arg::is_trailing_var_arg_set) {
        return (word, tail);
    }
    let mut labels = command.get_positionals().map(|argument| argument.get_id().as_str());
    let labelled = word.strip_prefix("--").and_then(|said| {
        labels.find_map(|label| {
            said.strip_prefix(label).filter(|value| value.is_empty() || value.starts_with('='))
        })
    });
    match labelled {
        Some("") => next(tail),
        Some(value) => (value.trim_start_matches('='), tail),
        None => (word, tail),
    }
}

/// What is wrong with a line, for people: clap knows what, and says it for programmers.
fn explain(error: &clap::Error) -> NotACommand {
    let part = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let usage = part(ContextKind::Usage);
    let usage = usage.trim_start_matches("Usage:").trim();
    let goes = if usage.is_empty() { String::new() } else { format!(" It goes: {usage}") };
    let (problem, hint) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let near = part(ContextKind::SuggestedSubcommand);
            let hint = if near.is_empty() { String::new() } else { format!(" Did you mean `{near}`?") };
            (format!("I do not know `{}`.", part(ContextKind::InvalidSubcommand)), hint)
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("Say what to do.".to_owned(), String::new())
        }
        ErrorKind::MissingRequiredArgument => {
            (format!("Something is missing: {}.", part(ContextKind::InvalidArg).trim_end_matches('.')), goes)
        }
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => {
            (format!("I do not know what `{}` means here.", part(ContextKind::InvalidArg)), goes)
        }
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            let why = error.source().map(|why| format!(": {why}")).unwrap_or_default();
            let (value, argument) = (part(ContextKind::InvalidValue), part(ContextKind::InvalidArg));
            (format!("`{value}` will not do for {argument}{why}."), goes)
        }
        _ => (error.kind().to_string(), goes),
    };
    NotACommand { problem, hint }
}
