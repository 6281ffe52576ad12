//! Looks at an answer as soon as it is there, so that whoever gave it still knows why.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::papers;
use super::question::{Context, Kind, Preset};
use super::secrets::Secret;
use super::setup::{Setup, Step};
use super::text;
use crate::config::{Config, Platform, RawConfig, SecretPlace, choose, is_discord_id};
use crate::secrets;

/// Whether an answer can be one: by itself, and together with those before it.
///
/// # Errors
/// What is wrong, and what to answer instead.
pub(super) fn look(setup: &Setup, step: Step, values: &[String]) -> Result<(), String> {
    let together = look_together(setup, step, values);
    if together.is_err() && step.question.kind == Kind::List {
        // Whichever of them is wrong by itself is told first.
        for (before, value) in values.iter().enumerate() {
            look_at_one(setup, step, &values[..before], value)?;
        }
    }
    together
}

/// Writes the configuration as it would be, with something valid in the place of what was not answered yet, and reads it.
fn look_together(setup: &Setup, step: Step, values: &[String]) -> Result<(), String> {
    let question = step.question;
    if let Kind::Words(words) = question.kind {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        if let Some(other) = values.iter().find(|value| !words.contains(&value.as_str())) {
            return Err(format!("there is no such choice; {}", choose(other, &words)));
        }
    }
    let context = setup.context(step);
    if values.is_empty() && (question.preset)(&context) == Preset::None {
        return Err("it has to be answered".to_owned());
    }
    (question.check)(&context, values)?;
    let mut answered = setup.clone();
    answered.put(step, values.to_vec());
    let text = text::of(&filled_in(answered));
    match Config::resolve(RawConfig::parse(setup.file(), &text)) {
        Ok(_) => Ok(()),
        Err(problems) => {
            // What is wrong in a line comes before what does not fit together because of it.
            let first = problems.iter().find(|problem| problem.line.is_some()).or(problems.first());
            let told = first.map(|problem| format!("{}; {}", problem.what, problem.fix));
            Err(told.unwrap_or_else(|| "it cannot be used".to_owned()))
        }
    }
}

/// Whether one more can be among several, of which not all were told yet.
///
/// # Errors
/// What is wrong with it, and what to answer instead.
pub(super) fn look_at_one(setup: &Setup, step: Step, before: &[String], one: &str) -> Result<(), String> {
    let mut values = before.to_vec();
    values.push(one.to_owned());
    if look_together(setup, step, &values).is_ok() {
        return Ok(());
    }
    // It may be that only another one is missing, such as an officer who looks after the bot.
    values.extend((step.question.stand_in)(&setup.context(step)));
    look_together(setup, step, &values)
}

/// Whether groups can be added at the end of a configuration.
///
/// # Errors
/// What is in the way, and what to do about it.
pub(crate) fn takes_groups(setup: &Setup) -> Result<(), String> {
    if setup.is_in_terminal() {
        return Err("its group is in the terminal, and nothing else can be served beside it; set up another configuration".to_owned());
    }
    let text = text::of(&filled_in(setup.clone()));
    Config::resolve(RawConfig::parse(setup.file(), &text)).map(|_| ()).map_err(|problems| {
        let told = problems.first().map_or(String::new(), |problem| problem.what.clone());
        format!("a group cannot be added at its end ({told}); write each of its groups as a [[groups]] table")
    })
}

/// Whether what was typed can be a secret. It is never shown.
///
/// # Errors
/// What is wrong, and what to do instead.
pub(super) fn look_at_secret(setup: &Setup, step: Step, typed: &str) -> Result<Secret, String> {
    let secret = Secret::new(typed).ok_or("it cannot be one; copy it again, alone and whole")?;
    (step.question.check)(&setup.context(step), &[secret.expose().to_owned()])?;
    Ok(secret)
}

/// Everything that was not answered is answered with something valid.
fn filled_in(mut setup: Setup) -> Setup {
    while let Some(step) = setup.next(&BTreeSet::new()) {
        let values = (step.question.stand_in)(&setup.context(step));
        setup.put(step, values);
    }
    setup
}

pub(super) fn platform(context: &Context<'_>, values: &[String]) -> Result<(), String> {
    let Some(platform) = values.first().and_then(|value| value.parse::<Platform>().ok()) else {
        return Ok(());
    };
    if !platform.is_built() {
        return Err(format!("this program was built without it; build it with the feature `{platform}`"));
    }
    let is_alone = context.group == 0 && context.setup.existing().is_none();
    if platform == Platform::Terminal && !is_alone {
        return Err(
            "a terminal has one group, and nothing else can be served beside it; choose another".to_owned()
        );
    }
    Ok(())
}

/// Who an officer is, and what they hold; nothing when it does not say both.
pub(super) fn officer(entry: &str) -> Option<(&str, Vec<&str>)> {
    // Accounts on Matrix have colons of their own.
    let (account, roles) = entry.rsplit_once(':')?;
    let roles: Vec<&str> = roles.split([',', ' ']).filter(|role| !role.is_empty()).collect();
    Some((account.trim(), roles)).filter(|(account, roles)| !account.is_empty() && !roles.is_empty())
}

/// An officer, as one is written.
pub(super) fn an_officer(platform: Platform) -> &'static str {
    match platform {
        Platform::Discord => "80351110224678912: moderator",
        Platform::Matrix => "@mo:example.org: moderator",
        Platform::Terminal => "mo: moderator",
    }
}

pub(super) fn officers(context: &Context<'_>, values: &[String]) -> Result<(), String> {
    let Some(other) = values.iter().find(|entry| officer(entry).is_none()) else { return Ok(()) };
    let such_as = context.platform().map_or("", an_officer);
    Err(format!(
        "`{other}` does not say who holds which office; write the account, a colon and the roles: {such_as}"
    ))
}

/// Somebody in the terminal: what names them in commands, and their name.
pub(super) fn member(entry: &str) -> Option<(&str, &str)> {
    let (id, name) = entry.split_once(':')?;
    Some((id.trim(), name.trim())).filter(|(id, name)| !id.is_empty() && !name.is_empty())
}

pub(super) fn members(_: &Context<'_>, values: &[String]) -> Result<(), String> {
    match values.iter().find(|entry| member(entry).is_none()) {
        Some(other) => {
            Err(format!("`{other}` has no name; write what names them, a colon and the name: alice: Alice"))
        }
        None => Ok(()),
    }
}

/// A path as it is meant in the configuration.
fn path(context: &Context<'_>, value: &str) -> Result<PathBuf, String> {
    if value.starts_with('~') {
        return Err("`~` is known to your shell alone; write the path from the beginning".to_owned());
    }
    Ok(context.folder().join(value))
}

/// The folder that something is in, of which there is always one.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn secret_file(context: &Context<'_>, values: &[String]) -> Result<(), String> {
    let Some(value) = values.first().filter(|value| !value.is_empty()) else {
        return Err("a file has no name; write its path".to_owned());
    };
    if is_like_a_secret(value) {
        return Err("it looks like the secret itself, which is shown and written nowhere but in its file; name that file".to_owned());
    }
    let file = path(context, value)?;
    let is_taken = file == context.setup.file() || file == papers::backup_key_beside(context.setup);
    if is_taken || context.setup.secret_files_before(context.group).contains(&file) {
        return Err(format!("{} is for something else; name another file", file.display()));
    }
    if !folder_of(&file).is_dir() {
        return Err(format!(
            "there is no folder {}; make it, or name a file elsewhere",
            folder_of(&file).display()
        ));
    }
    if file.symlink_metadata().is_ok() {
        secrets::secret(&SecretPlace::File(file)).map_err(|error| format!("{error:#}"))?;
    }
    Ok(())
}

/// Whether somebody named a token where its file is asked for.
fn is_like_a_secret(value: &str) -> bool {
    #[cfg(feature = "discord")]
    if discord::rest::Token::new(value).is_some_and(|token| token.application().is_some()) {
        return true;
    }
    // As a Synapse and the server of accounts that goes with it begin theirs.
    ["syt_", "mat_", "mct_"].iter().any(|begins| value.starts_with(begins))
}

pub(super) fn token(_: &Context<'_>, values: &[String]) -> Result<(), String> {
    let parts = |token: &String| token.split('.').filter(|part| !part.is_empty()).count();
    match values.first().map(parts) {
        Some(3) => Ok(()),
        _ => Err("it is no bot's token, which has three parts with dots between them; “Reset Token” on the page “Bot” shows it, \
                  and the client secret is something else"
            .to_owned()),
    }
}

pub(super) fn application(_: &Context<'_>, values: &[String]) -> Result<(), String> {
    match values.first() {
        Some(id) if !id.is_empty() && !is_discord_id(id) => {
            Err(format!("`{id}` is no application's id; it is a number, on the page “General Information”"))
        }
        _ => Ok(()),
    }
}

/// The application that the bot's token tells of, if there is a token.
pub(super) fn application_of(context: &Context<'_>) -> Option<String> {
    let typed = context.setup.group(context.group).secret("token").map(|secret| secret.expose().to_owned());
    let in_file = || {
        let file = context.folder().join(context.answer("token_file")?);
        secrets::secret(&SecretPlace::File(file)).ok()
    };
    application_in(&typed.or_else(in_file)?)
}

/// The application that a token tells of.
#[cfg(feature = "discord")]
pub(super) fn application_in(token: &str) -> Option<String> {
    discord::rest::Token::new(token)?.application()
}

#[cfg(not(feature = "discord"))]
pub(super) fn application_in(_token: &str) -> Option<String> {
    None
}

pub(super) fn data_dir(context: &Context<'_>, values: &[String]) -> Result<(), String> {
    let Some(value) = values.first().filter(|value| !value.is_empty()) else {
        return Err("a folder has no name; write its path".to_owned());
    };
    let place = path(context, value)?;
    if place.exists() && !place.is_dir() {
        return Err(format!("{} is a file; name a folder", place.display()));
    }
    if ledger::exists(&place) && !papers::was_interrupted(&place) {
        return Err(format!(
            "there is a record in {} already; name another folder, or add the group to the configuration that the record belongs \
             to: beadle --config FILE init --add-group",
            place.display()
        ));
    }
    Ok(())
}

pub(super) fn backups(context: &Context<'_>, values: &[String]) -> Result<(), String> {
    let Some(value) = values.first().filter(|value| !value.is_empty()) else { return Ok(()) };
    let place = path(context, value)?;
    if place.exists() && !place.is_dir() {
        return Err(format!("{} is a file; name a folder", place.display()));
    }
    if ledger::is_kept_in(&place) {
        return Err(format!(
            "there are backups of another record in {} already; name another folder, or move them away",
            place.display()
        ));
    }
    let key = papers::backup_key_beside(context.setup);
    if key.symlink_metadata().is_ok() {
        ledger::BackupKey::read(&key).map_err(|error| format!("{error}; move it away"))?;
    }
    Ok(())
}
