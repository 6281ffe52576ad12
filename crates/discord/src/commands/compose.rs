//! Lines as people type them, from a slash command's options or from a message to the bot.

use clap::{Arg, Command};
use platform::typed::first_word;
use policy::MessageText;
use serde_json::Value;

use super::{BARE, options};
use crate::markdown_out::is_snowflake;

/// Why no line comes of a slash command; a text for whoever gave it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unclear {
    /// There is no such command, or not any more.
    #[error("I do not know that command any more. Please try again in a moment.")]
    Unknown,
    /// In a line, what comes later would be taken for it.
    #[error("Please fill in `{0}` as well, or leave `{1}` out. Nothing was changed.")]
    Missing(String, String),
    /// In a line, its second word would be taken for something else.
    #[error("`{0}` is one word. Nothing was changed.")]
    Words(String),
}

/// The line that a slash command is, as somebody would type it.
///
/// # Errors
/// When there is none that would be read as it was meant.
pub(crate) fn line(data: &Value, definition: &Command) -> Result<String, Unclear> {
    let (name, command, given) = find(data, definition).ok_or(Unclear::Unknown)?;
    let mut line = name;
    let mut missing: Option<String> = None;
    for argument in command.get_positionals() {
        let name = options::name(argument);
        let Some(value) = value(given, &name).filter(|value| !value.trim().is_empty()) else {
            missing.get_or_insert(name);
            continue;
        };
        if let Some(missing) = missing {
            return Err(Unclear::Missing(missing, name));
        }
        let value = value.trim();
        line.push(' ');
        if argument.is_trailing_var_arg_set() {
            line.push_str(value);
        } else if value.contains(char::is_whitespace) {
            return Err(Unclear::Words(name));
        } else {
            line.push_str(&account(value));
        }
    }
    Ok(line)
}

/// A slash command's name as it is typed, its definition, and the options that were given.
fn find<'a>(data: &'a Value, definition: &'a Command) -> Option<(String, &'a Command, &'a [Value])> {
    let name = data.get("name")?.as_str()?;
    let command = definition.get_subcommands().find(|command| command.get_name() == name)?;
    let given = given(data);
    if !command.has_subcommands() {
        return Some((name.to_owned(), command, given));
    }
    let chosen = given.iter().find(|option| option.get("type").and_then(Value::as_u64) == Some(1))?;
    let sub = chosen.get("name")?.as_str()?;
    match command.get_subcommands().find(|command| command.get_name() == sub) {
        Some(found) => Some((format!("{name} {sub}"), found, self::given(chosen))),
        None if sub == BARE && !command.is_subcommand_required_set() => Some((name.to_owned(), command, &[])),
        None => None,
    }
}

fn given(data: &Value) -> &[Value] {
    data.get("options").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn value(given: &[Value], name: &str) -> Option<String> {
    let option = given.iter().find(|option| option.get("name").and_then(Value::as_str) == Some(name))?;
    match option.get("value")? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The option somebody is typing into: the command's name, the option's, and what is there so far.
pub(crate) fn typing(data: &Value, definition: &Command) -> Option<(String, String, MessageText)> {
    let (command, _, given) = find(data, definition)?;
    let option = given.iter().find(|option| option.get("focused").and_then(Value::as_bool) == Some(true))?;
    let name = option.get("name")?.as_str()?;
    let typed = value(given, name).unwrap_or_default();
    Some((command, name.to_owned(), MessageText::new(typed)))
}

/// A line that somebody typed, with accounts they mentioned as accounts are typed. In what they say in their own words,
/// mentions stay as they are.
pub(crate) fn typed(line: &str, definition: &Command) -> String {
    let mut names = 0;
    let mut command = definition;
    let mut rest = line.trim_start();
    while command.has_subcommands() && !rest.is_empty() {
        let (word, after) = first_word(rest);
        let word = word.to_lowercase();
        let Some(found) = command.get_subcommands().find(|command| command.get_name() == word) else { break };
        (names, command, rest) = (names + 1, found, after);
    }
    if names == 0 {
        return line.to_owned();
    }
    let is_word = |argument: &&Arg| !argument.is_trailing_var_arg_set();
    let words_max = names + command.get_positionals().take_while(is_word).count();
    let mut written = String::with_capacity(line.len());
    let mut rest = line.trim_start();
    for _ in 0..words_max {
        if rest.is_empty() {
            break;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let next = after.trim_start();
        written.push_str(&account(word));
        written.push_str(&after[..after.len() - next.len()]);
        rest = next;
    }
    written.push_str(rest);
    written
}

/// A mention as the account it is of: `@` and its number. Everything else as it is.
fn account(word: &str) -> String {
    let inner = word.strip_prefix("<@").and_then(|inner| inner.strip_suffix('>'));
    let number = inner.map(|inner| inner.trim_start_matches('!')).filter(|number| is_snowflake(number));
    number.map_or_else(|| word.to_owned(), |number| format!("@{number}"))
}
