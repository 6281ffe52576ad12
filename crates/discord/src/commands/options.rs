//! The arguments of a command as Discord's options.

use std::any::TypeId;

use clap::{Arg, Command};
use policy::Reference;
use serde_json::{Value, json};

use super::{described, end_of, is_name, shortened};

/// How many options a command has at most, and choices an option.
const OPTIONS_MAX: usize = 25;
/// How long a choice is at most, in UTF-16 units.
const CHOICE_LEN_MAX: usize = 100;
/// How long what is typed into an option may be.
const WORDS_LEN_MAX: u16 = 4_000;

const STRING: u8 = 3;
const INTEGER: u8 = 4;
const CHANNEL: u8 = 7;

/// What is suggested while somebody types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Suggested {
    /// Files that wait, by their references.
    Files,
    /// Members, as `@` and the number of their account.
    Members,
    /// Both.
    FilesAndMembers,
    /// Rules, by their codes.
    Rules,
}

/// What sort of thing an argument is.
enum Kind {
    /// The rest of the line.
    Words,
    /// One of these.
    Choice(Vec<String>),
    /// A whole number.
    Number,
    /// A channel of the server.
    Channel,
    /// Something that there are suggestions for. Officers also name accounts that have left, so it is never Discord's own
    /// choice among those who are there.
    Suggested(Suggested),
    /// A word.
    Word,
}

fn kind(argument: &Arg) -> Kind {
    if argument.is_trailing_var_arg_set() {
        return Kind::Words;
    }
    let words: Vec<String> =
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if (1..=OPTIONS_MAX).contains(&words.len()) {
        return Kind::Choice(words);
    }
    let read_as = argument.get_value_parser().type_id();
    if read_as == TypeId::of::<u32>() || read_as == TypeId::of::<u64>() {
        return Kind::Number;
    }
    if read_as == TypeId::of::<Reference>() {
        return Kind::Suggested(Suggested::Files);
    }
    match argument.get_id().as_str() {
        "channel" => Kind::Channel,
        "rule" => Kind::Suggested(Suggested::Rules),
        "source" => Kind::Suggested(Suggested::Files),
        "target" | "about" => Kind::Suggested(Suggested::FilesAndMembers),
        "member" | "account" | "one" | "other" => Kind::Suggested(Suggested::Members),
        _ => Kind::Word,
    }
}

/// What an argument is called on Discord.
pub(super) fn name(argument: &Arg) -> String {
    argument.get_id().as_str().to_lowercase().replace('_', "-")
}

/// The options of a command, those that have to be there first, as Discord wants it.
pub(super) fn of(command: &Command) -> Vec<Value> {
    let mut arguments: Vec<&Arg> = command.get_positionals().filter(|arg| is_name(&name(arg))).collect();
    arguments.sort_by_key(|argument| !argument.is_required_set());
    arguments.into_iter().take(OPTIONS_MAX).map(option).collect()
}

fn option(argument: &Arg) -> Value {
    let name = name(argument);
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let mut body = described(&name, &shortened(&help, &name));
    body["required"] = json!(argument.is_required_set());
    let kind = match kind(argument) {
        Kind::Words => {
            body["max_length"] = json!(WORDS_LEN_MAX);
            STRING
        }
        Kind::Choice(words) => {
            let choices = words.iter().map(|word| json!({ "name": word, "value": word }));
            body["choices"] = choices.collect();
            STRING
        }
        Kind::Number => {
            body["min_value"] = json!(0);
            INTEGER
        }
        Kind::Channel => {
            // What members post in: text, announcements, threads of three sorts.
            body["channel_types"] = json!([0, 5, 10, 11, 12]);
            CHANNEL
        }
        Kind::Suggested(_) => {
            body["autocomplete"] = json!(true);
            STRING
        }
        Kind::Word => STRING,
    };
    body["type"] = json!(kind);
    body
}

/// What is suggested for an option of a command, `wordlist add` as one name.
pub(crate) fn suggested(definition: &Command, command: &str, option: &str) -> Option<Suggested> {
    let mut words = command.split(' ');
    let found = definition.find_subcommand(words.next()?)?;
    let found = match words.next() {
        Some(sub) => found.find_subcommand(sub)?,
        None => found,
    };
    let argument = found.get_positionals().find(|argument| name(argument) == option)?;
    match kind(argument) {
        Kind::Suggested(suggested) => Some(suggested),
        Kind::Words | Kind::Choice(_) | Kind::Number | Kind::Channel | Kind::Word => None,
    }
}

/// Suggestions as Discord takes them, each with what is shown and what is typed for it. What is too long to be typed is left
/// out.
pub(crate) fn choices(found: impl IntoIterator<Item = (String, String)>) -> Value {
    let found = found.into_iter().filter(|(shown, value)| {
        !shown.is_empty() && !value.is_empty() && end_of(value, CHOICE_LEN_MAX).is_none()
    });
    let choices: Vec<Value> = found
        .take(OPTIONS_MAX)
        .map(|(shown, value)| {
            let shown = match end_of(&shown, CHOICE_LEN_MAX) {
                None => shown,
                Some(_) => {
                    let end = end_of(&shown, CHOICE_LEN_MAX - 1).unwrap_or(shown.len());
                    format!("{}\u{2026}", &shown[..end])
                }
            };
            json!({ "name": shown, "value": value })
        })
        .collect();
    json!({ "choices": choices })
}
