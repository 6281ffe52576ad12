//! `beadle`: opens the group in the terminal, or serves groups elsewhere until it is told to stop.

use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use casework::Casework;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::Failure;
use crate::config::{Config, Home};

pub(super) fn run(config_file: Option<&Path>, config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    match config.groups.first().map(|group| &group.home) {
        Some(Home::Terminal(seed)) => in_terminal(config_file, config, named, seed),
        Some(Home::Matrix(_) | Home::Discord(_)) => elsewhere(config_file, config, named),
        None => Err(Failure::Input(anyhow!("the configuration has no group"))),
    }
}

#[cfg(feature = "terminal")]
fn in_terminal(
    config_file: Option<&Path>,
    config: &Config,
    named: Option<&Path>,
    seed: &crate::config::TerminalSeed,
) -> Result<(), Failure> {
    super::sit::run(config_file, config, named, seed)
}

#[cfg(not(feature = "terminal"))]
fn in_terminal(
    _config_file: Option<&Path>,
    _config: &Config,
    _named: Option<&Path>,
    _seed: &crate::config::TerminalSeed,
) -> Result<(), Failure> {
    Err(missing("terminal"))
}

#[cfg(any(feature = "matrix", feature = "discord"))]
fn elsewhere(config_file: Option<&Path>, config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let lacks = |feature: &str, is_needed: bool| if is_needed { Err(missing(feature)) } else { Ok(()) };
    lacks("matrix", cfg!(not(feature = "matrix")) && !config.matrix.is_empty())?;
    lacks("discord", cfg!(not(feature = "discord")) && !config.discord.is_empty())?;
    super::serve::run(config_file, config, named)
}

#[cfg(not(any(feature = "matrix", feature = "discord")))]
fn elsewhere(_config_file: Option<&Path>, config: &Config, _named: Option<&Path>) -> Result<(), Failure> {
    Err(missing(if config.matrix.is_empty() { "discord" } else { "matrix" }))
}

fn missing(feature: &str) -> Failure {
    Failure::Input(anyhow!("this build knows no such platform: build it with the feature `{feature}`"))
}

pub(super) fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// The system's requests to read everything again: SIGHUP, where there is such a signal.
pub(super) struct Hangups {
    #[cfg(unix)]
    received: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    /// From now on, none is lost.
    pub(super) fn listen() -> Self {
        #[cfg(unix)]
        let received = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
            .inspect_err(|error| {
                tracing::error!(error = error as &dyn std::error::Error, "SIGHUP cannot be received");
            })
            .ok();
        Self {
            #[cfg(unix)]
            received,
        }
    }

    /// Waits for the next; for ever when there can be none.
    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(received) = &mut self.received
            && received.recv().await.is_some()
        {
            return;
        }
        std::future::pending().await
    }
}

/// Reads configuration and wordlists again when asked to; a broken file leaves the old rules in force.
pub(super) async fn reload_on_hangup(mut hangups: Hangups, casework: Arc<Casework>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = hangups.next() => {}
        }
        if let Err(error) = casework.reload().await {
            tracing::error!("not reloaded, the old rules stay in force:\n{:#}", anyhow!(error));
        }
    }
}
