//! Bots on Discord: set up as the configuration has it, opened, heard.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use discord::error::RestError;
use discord::gateway::GatewayError;
use discord::rest::{DISCORD, Refusals, Token};
use discord::{Account, AccountSettings, Awaited, ChannelId, GroupSettings, ServerId};
use policy::Clock;

use super::Failure;
use super::serve::{Opened, officers_of};
use super::tasks::Heard;
use crate::config::{Config, DiscordAccount, DiscordGroup, GroupConfig, Home};
use crate::secrets::secret;

/// Every bot that is configured, with its token.
///
/// # Errors
/// When a token cannot be read, or is none.
pub(super) fn accounts(config: &Config) -> Result<Vec<AccountSettings>, Failure> {
    let accounts = config.discord.iter().map(|account| settings(account, config));
    accounts.collect::<anyhow::Result<_>>().map_err(Failure::Input)
}

/// Opens the bots. One whose token is over, or that cannot be opened yet because Discord cannot be reached, keeps the
/// groups of the others from nothing.
///
/// # Errors
/// When one of them cannot be used for any other reason.
pub(super) async fn open(
    accounts: Vec<AccountSettings>,
    clock: &Arc<dyn Clock>,
    opened: &mut Opened,
) -> Result<(), Failure> {
    // All of them ask from one address.
    let refusals = Refusals::default();
    if !accounts.is_empty() {
        let (refusals, clock) = (refusals.clone(), Arc::clone(clock));
        opened.turned_away = Some(Box::new(move || refusals.of_late(clock.steady_ms())));
    }
    for settings in accounts {
        let id = settings.id.clone();
        let groups: Vec<_> =
            settings.groups.iter().map(|group| (group.group.clone(), group.officers.clone())).collect();
        match Account::open(settings.clone(), Arc::clone(clock), refusals.clone()).await {
            Ok(account) => {
                opened.serve(groups, |group| account.outbound(group));
                opened.listeners.push(Box::new(move |desk, stop| {
                    Box::pin(async move { heard(&id, account.run(desk, stop).await) })
                }));
            }
            Err(error @ RestError::Unauthorised) => {
                let error = anyhow!(error).context(format!("the bot `{id}` on Discord cannot be used"));
                say_over(&error);
                opened.over = Some(Failure::Input(error));
            }
            Err(error) if error.is_passing() => {
                tracing::error!(
                    bot = id,
                    error = &error as &dyn std::error::Error,
                    "Discord cannot be reached; the bot's groups are NOT moderated; it is tried again"
                );
                let awaited = Awaited::new(settings, Arc::clone(clock), refusals.clone()).after(&error);
                opened.serve(groups, |group| awaited.outbound(group));
                opened.listeners.push(Box::new(move |desk, stop| {
                    Box::pin(async move { heard(&id, awaited.run(desk, stop).await) })
                }));
            }
            Err(error) => return Err(failure(&id, error)),
        }
    }
    Ok(())
}

/// How a bot came to hear nothing any more.
fn heard(id: &str, result: Result<(), GatewayError>) -> Heard {
    match result {
        Ok(()) => Heard::Stopped,
        Err(error @ (GatewayError::Sessions(_) | GatewayError::Broken)) => {
            let error = anyhow!(error).context(format!("the bot `{id}` on Discord broke off"));
            Heard::Broke(Failure::Fault(error))
        }
        Err(error) => {
            let error = anyhow!(error).context(format!("the bot `{id}` on Discord hears nothing any more"));
            say_over(&error);
            Heard::Over(Failure::Input(error))
        }
    }
}

fn say_over(error: &anyhow::Error) {
    tracing::error!("{error:#}; its groups are NOT moderated, and those of others are");
}

/// What a bot is set up with.
///
/// # Errors
/// When its token cannot be read, or is none.
pub(super) fn settings(account: &DiscordAccount, config: &Config) -> anyhow::Result<AccountSettings> {
    let token = secret(&account.token).with_context(|| format!("the token of the bot `{}`", account.id))?;
    let token = Token::new(&token);
    let token =
        token.with_context(|| format!("what is given as the token of `{}` cannot be one", account.id))?;
    let groups = config.groups.iter().filter_map(|group| match &group.home {
        Home::Discord(home) if home.account == account.id => group_settings(group, home),
        Home::Discord(_) | Home::Matrix(_) | Home::Terminal(_) => None,
    });
    Ok(AccountSettings {
        id: account.id.clone(),
        token,
        base: account.api.clone().unwrap_or_else(|| DISCORD.to_owned()),
        commands: casework::commands::definition(),
        for_members: casework::commands::for_members().into_iter().collect(),
        groups: groups.collect(),
    })
}

/// The ids were looked at when the configuration was read.
fn group_settings(group: &GroupConfig, home: &DiscordGroup) -> Option<GroupSettings> {
    let charter = &group.charter;
    Some(GroupSettings {
        group: charter.group.clone(),
        name: charter.name.clone(),
        zone: charter.zone,
        server: ServerId::new(&home.server)?,
        officers_channel: ChannelId::new(&home.officers_channel)?,
        private_channel: ChannelId::new(&home.private_channel)?,
        suspension: home.suspension()?,
        welcome_channel: home.welcome_channel.as_deref().and_then(ChannelId::new),
        automod: home.automod.into(),
        officers: officers_of(charter),
    })
}

fn failure(id: &str, error: RestError) -> Failure {
    let is_input = matches!(error, RestError::Setup(_));
    let error = anyhow!(error).context(format!("the bot `{id}` on Discord cannot be used"));
    if is_input { Failure::Input(error) } else { Failure::Fault(error) }
}
