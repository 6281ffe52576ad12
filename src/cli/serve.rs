//! Groups on chat platforms, served until the program is told to stop.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use casework::{Casework, LoadError, Loaded, Source};
use ledger::Ledger;
use matrix::{Account, AccountSettings, Credentials, GroupSettings, Hidden, MatrixError, Officers, Secret};
use platform::{Intake, Outbound};
use policy::{Charter, Clock, GroupId, Role};

use super::Failure;
use super::run::{Hangups, reload_on_hangup, runtime};
use super::tasks::{Heard, Tasks};
use crate::clock::SystemClock;
use crate::config::{Config, GroupConfig, Home, MatrixAccount, MatrixGroup, SecretSource};
use crate::data_dir;
use crate::sources::ConfigFiles;

/// The longest password, token or key that is read from a file, in bytes.
const SECRET_LEN_MAX: usize = 4096;

pub(super) fn run(config_file: Option<&Path>, config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let place = data_dir::choose(named, config.data_dir.as_deref()).map_err(|e| Failure::Input(e.into()))?;
    let files = ConfigFiles { config: config_file.map(Path::to_owned) };
    let runtime = runtime()?;
    let ended = runtime.block_on(serve(&place, files, config));
    // Whatever the library still does in the background is nothing that we wait for.
    runtime.shutdown_background();
    ended
}

async fn serve(place: &Path, files: ConfigFiles, config: &Config) -> Result<(), Failure> {
    let hangups = Hangups::listen();
    let ended = Ended::listen()?;
    let accounts =
        config.matrix.iter().map(|account| Ok((settings(account, config, place), credentials(account)?)));
    let accounts = accounts.collect::<anyhow::Result<Vec<_>>>().map_err(Failure::Input)?;
    let ledger = Ledger::open(place).await.context("the ledger cannot be opened")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let Opened { accounts, platforms, officers } = open(accounts, &clock).await?;
    let source = Box::new(Shared { files, officers });
    let casework = Casework::open(ledger.clone(), clock, source, platforms)
        .await
        .map_err(|error| Failure::Input(error.into()))?;
    let casework = Arc::new(casework);
    let mut tasks = Tasks::default();
    tasks.work("the delivery", |stop| {
        let casework = Arc::clone(&casework);
        async move { casework.deliver_until(stop.cancelled()).await }
    });
    tasks.work("the reload", |stop| reload_on_hangup(hangups, Arc::clone(&casework), stop));
    for account in accounts {
        let intake: Arc<dyn Intake> = casework.clone();
        tasks.listen(|stop| async move { heard(account.run(intake, stop).await) });
    }
    let result = tasks.run(ended.wait()).await;
    drop(casework);
    ledger.close().await;
    result
}

/// What could be opened.
#[derive(Default)]
struct Opened {
    accounts: Vec<Account>,
    platforms: HashMap<GroupId, Arc<dyn Outbound>>,
    officers: HashMap<GroupId, Officers>,
}

/// Opens the accounts. One whose session is over keeps the groups of the others from nothing.
async fn open(
    accounts: Vec<(AccountSettings, Credentials)>,
    clock: &Arc<dyn Clock>,
) -> Result<Opened, Failure> {
    let (mut opened, mut over) = (Opened::default(), None);
    for (settings, credentials) in accounts {
        let groups: Vec<_> =
            settings.groups.iter().map(|group| (group.group.clone(), group.officers.clone())).collect();
        let user = settings.user.clone();
        let (account, recovery_key) = match Account::open(settings, &credentials, Arc::clone(clock)).await {
            Ok(opened) => opened,
            Err(error @ MatrixError::LoggedOut { .. }) => {
                say_over(&error);
                over = Some(error);
                continue;
            }
            Err(error) => return Err(failure(error)),
        };
        if let Some(key) = recovery_key {
            tell_key(&user, &key)?;
        }
        for (group, officers) in groups {
            if let Some(outbound) = account.outbound(&group) {
                opened.platforms.insert(group.clone(), outbound);
            }
            opened.officers.insert(group, officers);
        }
        opened.accounts.push(account);
    }
    match over {
        Some(error) if opened.accounts.is_empty() => Err(failure(error)),
        Some(_) | None => Ok(opened),
    }
}

/// How an account came to hear nothing any more.
fn heard(result: Result<(), MatrixError>) -> Heard {
    match result {
        Ok(()) => Heard::Stopped,
        Err(error @ MatrixError::LoggedOut { .. }) => {
            say_over(&error);
            Heard::Over(failure(error))
        }
        Err(error) => Heard::Broke(failure(error)),
    }
}

fn say_over(error: &MatrixError) {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "an account's session is over, and its groups are NOT moderated; those of other accounts are"
    );
}

/// The system's wish that the program ends: Ctrl-C, or SIGTERM where there is such a signal.
struct Ended {
    #[cfg(unix)]
    terminated: tokio::signal::unix::Signal,
}

impl Ended {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminated: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    async fn wait(mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminated.recv() => {}
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    }
}

/// What an account is set up with.
pub(super) fn settings(account: &MatrixAccount, config: &Config, place: &Path) -> AccountSettings {
    let groups = config.groups.iter().filter_map(|group| match &group.home {
        Home::Matrix(home) if home.account == account.id => Some(group_settings(group, home)),
        Home::Matrix(_) | Home::Terminal(_) => None,
    });
    AccountSettings {
        homeserver: account.homeserver.clone(),
        user: account.user.clone(),
        store: place.join("matrix").join(&account.id),
        commands: casework::commands::names().into_iter().collect(),
        confirmed: casework::commands::CONFIRMED.iter().map(|name| (*name).to_owned()).collect(),
        groups: groups.collect(),
    }
}

fn credentials(account: &MatrixAccount) -> anyhow::Result<Credentials> {
    let recovery_key = account.recovery_key.as_deref().map(secret_in).transpose()?;
    Ok(Credentials { secret: secret(&account.secret)?, recovery_key: recovery_key.map(Hidden::new) })
}

fn group_settings(group: &GroupConfig, home: &MatrixGroup) -> GroupSettings {
    let charter = &group.charter;
    GroupSettings {
        group: charter.group.clone(),
        name: charter.name.clone(),
        zone: charter.zone,
        rooms: home.rooms.clone(),
        space: home.space.clone(),
        management_room: home.management_room.clone(),
        direct_on_join: home.direct_on_join,
        officers: officers_of(charter),
    }
}

fn officers_of(charter: &Charter) -> Officers {
    let officers = Officers::default();
    tell_officers(&officers, charter);
    officers
}

fn tell_officers(officers: &Officers, charter: &Charter) {
    let roster = &charter.roster;
    officers.set(roster.officers().cloned(), roster.holders(Role::Moderator).cloned());
}

/// The configuration, of which the accounts have the officers as they are in force.
struct Shared {
    files: ConfigFiles,
    officers: HashMap<GroupId, Officers>,
}

impl Source for Shared {
    fn load(&self) -> Result<Loaded, LoadError> {
        self.files.load()
    }

    fn in_force(&self, charters: &[Charter]) {
        for charter in charters {
            if let Some(officers) = self.officers.get(&charter.group) {
                tell_officers(officers, charter);
            }
        }
    }
}

fn secret(source: &SecretSource) -> anyhow::Result<Secret> {
    Ok(match source {
        SecretSource::PasswordFile(file) => Secret::Password(Hidden::new(secret_in(file)?)),
        SecretSource::PasswordEnv(name) => Secret::Password(Hidden::new(secret_named(name)?)),
        SecretSource::TokenFile(file) => Secret::AccessToken(Hidden::new(secret_in(file)?)),
        SecretSource::TokenEnv(name) => Secret::AccessToken(Hidden::new(secret_named(name)?)),
    })
}

fn secret_in(file: &Path) -> anyhow::Result<String> {
    let content = fs::read_to_string(file);
    let content = content.with_context(|| format!("the secret in {} cannot be read", file.display()))?;
    let secret = content.trim();
    if secret.is_empty() || secret.len() > SECRET_LEN_MAX {
        bail!("{} holds no secret: write it there, alone, on one line", file.display());
    }
    Ok(secret.to_owned())
}

fn secret_named(name: &str) -> anyhow::Result<String> {
    match std::env::var(name) {
        Ok(secret) if !secret.trim().is_empty() => Ok(secret.trim().to_owned()),
        // What is not text is told without showing it.
        Ok(_) | Err(_) => bail!("the environment has no secret in `{name}`: set it before starting"),
    }
}

/// Shows the operator the key that is told once.
fn tell_key(user: &str, key: &Hidden) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "The recovery key of {user} is\n\n    {}\n\nIt is shown this once and kept nowhere here. Keep it in a safe \
         place: if the bot's data is ever lost, it gives the bot's keys back.",
        key.reveal()
    )?;
    out.flush()
}

fn failure(error: MatrixError) -> Failure {
    match error {
        error @ (MatrixError::Homeserver(..)
        | MatrixError::Login(..)
        | MatrixError::OtherUser { .. }
        | MatrixError::OtherStore { .. }
        | MatrixError::Unsigned(_)
        | MatrixError::RecoveryKey(..)) => Failure::Input(error.into()),
        other => Failure::Fault(other.into()),
    }
}
