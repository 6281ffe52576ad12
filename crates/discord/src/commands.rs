//! Slash commands and menus, made from the one definition of all commands.
//!
//! Who sees a command on Discord is a convenience, which administrators of the server may change: whether somebody may run it
//! is asked where lines are answered.

mod compose;
pub(crate) mod options;

use std::collections::BTreeSet;

use clap::Command;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) use compose::{Unclear, line, typed, typing};

/// What is called up at a message, by members and by officers, and at a person.
pub(crate) const REPORT_MENU: &str = "Report to moderators";
pub(crate) const ENFORCE_MENU: &str = "Remove under a rule…";
pub(crate) const RECORD_MENU: &str = "Record";

/// The subcommand that stands for a command which means something without one: Discord has no such thing.
pub(crate) const BARE: &str = "show";

/// How long a description is at most, in UTF-16 units.
const DESCRIPTION_LEN_MAX: usize = 100;

const CHAT_INPUT: u8 = 1;
const USER_MENU: u8 = 2;
const MESSAGE_MENU: u8 = 3;

/// In a server, in private with the bot, or both.
const IN_SERVER: &[u8] = &[0];
const ANYWHERE: &[u8] = &[0, 1];

/// All commands as they are registered, members' by these names. Who is to see officers' commands beside administrators,
/// a server says itself.
pub(crate) fn registration(definition: &Command, for_members: &BTreeSet<String>) -> Vec<Value> {
    let mut commands: Vec<Value> = definition
        .get_subcommands()
        .filter(|command| is_name(command.get_name()))
        .map(|command| {
            let is_members = for_members.contains(command.get_name());
            let mut body = described(command.get_name(), &about(command));
            body["options"] = json!(content(command));
            offered(body, CHAT_INPUT, if is_members { ANYWHERE } else { IN_SERVER }, is_members)
        })
        .collect();
    for (name, kind, is_members) in [
        (REPORT_MENU, MESSAGE_MENU, true),
        (ENFORCE_MENU, MESSAGE_MENU, false),
        (RECORD_MENU, USER_MENU, false),
    ] {
        commands.push(offered(json!({ "name": name }), kind, IN_SERVER, is_members));
    }
    commands
}

/// What a command takes: its subcommands, or what it is about.
fn content(command: &Command) -> Vec<Value> {
    if !command.has_subcommands() {
        return options::of(command);
    }
    let bare = (!command.is_subcommand_required_set()).then(|| {
        let mut body = described(BARE, &about(command));
        body["type"] = json!(1);
        body
    });
    let subcommands = command.get_subcommands().filter(|sub| is_name(sub.get_name())).map(|sub| {
        let mut body = described(sub.get_name(), &about(sub));
        body["type"] = json!(1);
        body["options"] = json!(options::of(sub));
        body
    });
    bare.into_iter().chain(subcommands).collect()
}

/// Something with a name and a description, which is British English as it is.
fn described(name: &str, description: &str) -> Value {
    json!({
        "name": name,
        "description": description,
        "description_localizations": { "en-GB": description },
    })
}

/// Who sees officers' commands unless a server says otherwise: whoever may remove posts there by hand. It is no right: who
/// may run a command is looked up when they do.
pub(crate) const MANAGE_MESSAGES: u64 = 1 << 13;

fn offered(mut body: Value, kind: u8, contexts: &[u8], is_members: bool) -> Value {
    body["type"] = json!(kind);
    body["contexts"] = json!(contexts);
    // Installed in a server, never by one person for themselves.
    body["integration_types"] = json!([0]);
    body["default_member_permissions"] = if is_members { Value::Null } else { json!(MANAGE_MESSAGES) };
    body
}

fn about(command: &Command) -> String {
    shortened(&command.get_about().map(ToString::to_string).unwrap_or_default(), command.get_name())
}

/// A help text as a description: without backticks, which would be shown, and its first sentences if not all of it fits.
/// Where there is none, `otherwise`.
fn shortened(help: &str, otherwise: &str) -> String {
    let help = help.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let help = if help.is_empty() { otherwise.to_owned() } else { help };
    let Some(full) = end_of(&help, DESCRIPTION_LEN_MAX) else { return help };
    let fitting = &help[..full];
    if let Some(end) = fitting.rfind(['.', ';']).filter(|end| *end > full / 4) {
        return fitting[..end].to_owned();
    }
    let fitting = &help[..end_of(&help, DESCRIPTION_LEN_MAX - 1).unwrap_or(full)];
    let end = fitting.rfind(' ').filter(|end| *end > full / 4).unwrap_or(fitting.len());
    format!("{}\u{2026}", fitting[..end].trim_end_matches([',', ':']))
}

/// Where a text has more than so many UTF-16 units, if it does.
fn end_of(text: &str, units_max: usize) -> Option<usize> {
    let mut units = 0;
    text.char_indices()
        .find(|(_, c)| {
            units += c.len_utf16();
            units > units_max
        })
        .map(|(at, _)| at)
}

/// Whether Discord takes this as the name of a command or option.
fn is_name(name: &str) -> bool {
    let fits = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || "-_'".contains(c);
    (1..=32).contains(&name.chars().count()) && name.chars().all(fits)
}

/// Told by it whether what is registered is what is to be registered.
pub(crate) fn digest(commands: &[Value]) -> String {
    let mut digest = Sha256::new();
    for command in commands {
        digest.update(command.to_string().as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().fold(String::new(), |digest, byte| format!("{digest}{byte:02x}"))
}

#[cfg(test)]
pub(crate) mod tests;
