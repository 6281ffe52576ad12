//! Accounts on Matrix: set up as the configuration has it, opened, heard.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use matrix::{Account, AccountSettings, Credentials, GroupSettings, Hidden, MatrixError, Secret};
use policy::Clock;

use super::Failure;
use super::serve::{Opened, officers_of};
use super::tasks::Heard;
use crate::config::{Config, GroupConfig, Home, MatrixAccount, MatrixGroup, MatrixSecret, SecretPlace};
use crate::secrets;

/// Every account that is configured, with what it logs in with.
///
/// # Errors
/// When a secret cannot be read.
pub(super) fn accounts(
    config: &Config,
    place: &Path,
) -> Result<Vec<(AccountSettings, Credentials)>, Failure> {
    let accounts =
        config.matrix.iter().map(|account| Ok((settings(account, config, place), credentials(account)?)));
    accounts.collect::<anyhow::Result<_>>().map_err(Failure::Input)
}

/// Opens the accounts. One whose session is over keeps the groups of the others from nothing.
///
/// # Errors
/// When one of them cannot be used for any other reason.
pub(super) async fn open(
    accounts: Vec<(AccountSettings, Credentials)>,
    clock: &Arc<dyn Clock>,
    opened: &mut Opened,
) -> Result<(), Failure> {
    for (settings, credentials) in accounts {
        let groups: Vec<_> =
            settings.groups.iter().map(|group| (group.group.clone(), group.officers.clone())).collect();
        let user = settings.user.clone();
        let (account, recovery_key) = match Account::open(settings, &credentials, Arc::clone(clock)).await {
            Ok(opened) => opened,
            Err(error @ MatrixError::LoggedOut { .. }) => {
                say_over(&error);
                opened.over = Some(failure(error));
                continue;
            }
            Err(error) => return Err(failure(error)),
        };
        if let Some(key) = recovery_key {
            tell_key(&user, &key)?;
        }
        opened.serve(groups, |group| account.outbound(group));
        opened
            .listeners
            .push(Box::new(|desk, stop| Box::pin(async move { heard(account.run(desk, stop).await) })));
    }
    Ok(())
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

/// What an account is set up with.
pub(super) fn settings(account: &MatrixAccount, config: &Config, place: &Path) -> AccountSettings {
    let groups = config.groups.iter().filter_map(|group| match &group.home {
        Home::Matrix(home) if home.account == account.id => Some(group_settings(group, home)),
        Home::Matrix(_) | Home::Terminal(_) | Home::Discord(_) => None,
    });
    AccountSettings {
        id: account.id.clone(),
        homeserver: account.homeserver.clone(),
        user: account.user.clone(),
        store: place.join("matrix").join(&account.id),
        commands: casework::commands::names().into_iter().collect(),
        confirmed: casework::commands::CONFIRMED.iter().map(|name| (*name).to_owned()).collect(),
        lengthy: casework::commands::LENGTHY.iter().map(|name| (*name).to_owned()).collect(),
        groups: groups.collect(),
    }
}

fn credentials(account: &MatrixAccount) -> anyhow::Result<Credentials> {
    let read = |what: &str, place: &SecretPlace| {
        let secret = secrets::secret(place).with_context(|| format!("the {what} of `{}`", account.id))?;
        anyhow::Ok(Hidden::new(secret))
    };
    let secret = match &account.secret {
        MatrixSecret::Password(place) => Secret::Password(read("password", place)?),
        MatrixSecret::AccessToken(place) => Secret::AccessToken(read("access token", place)?),
    };
    let recovery_key = account.recovery_key.as_ref().map(|place| read("recovery key", place)).transpose()?;
    Ok(Credentials { secret, recovery_key })
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
