//! `beadle doctor`: looks whether everything is in place, while the bot is running or not, and changes nothing.

use std::io;
use std::path::Path;

use super::{Failure, faults, say};
use crate::config::{Config, Home};
use crate::data_dir;
use crate::lists::Lists;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Good,
    #[cfg_attr(
        not(feature = "discord"),
        expect(dead_code, reason = "only of Discord is there something that may be meant so")
    )]
    Note,
    Wrong,
}

impl Mark {
    #[cfg(feature = "matrix")]
    fn of(good: bool) -> Self {
        if good { Self::Good } else { Self::Wrong }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Good => "good ",
            Self::Note => "note ",
            Self::Wrong => "WRONG",
        }
    }
}

pub(super) fn examine(config: &Config, named: Option<&Path>) -> Result<(), Failure> {
    let place = data_dir::choose(named, config.data_dir.as_deref()).map_err(|e| Failure::Input(e.into()))?;
    let mut wrong = 0;
    let mut out = io::stdout().lock();
    let mut tell = |mark: Mark, text: &str| -> io::Result<()> {
        wrong += u32::from(mark == Mark::Wrong);
        say(&mut out, format_args!("{} {text}", mark.word()))
    };
    tell(Mark::Good, &format!("the data folder is {}", place.display()))?;
    match Lists::load(&config.wordlists) {
        Ok(lists) => {
            let faults = faults(&lists);
            faults.iter().try_for_each(|fault| tell(Mark::Wrong, fault))?;
            if faults.is_empty() {
                tell(Mark::Good, "the wordlists can be used")?;
            }
        }
        Err(problems) => problems.iter().try_for_each(|problem| tell(Mark::Wrong, &problem.to_string()))?,
    }
    for group in &config.groups {
        if let Home::Terminal(_) = group.home {
            tell(
                Mark::Good,
                &format!("{}: it is in the terminal, and needs nothing", group.charter.group.as_str()),
            )?;
        }
    }
    examine_accounts(config, &place, &mut tell)?;
    examine_bots(config, &mut tell)?;
    if wrong > 0 {
        return Err(Failure::Reported);
    }
    Ok(())
}

#[cfg(feature = "matrix")]
fn examine_accounts(
    config: &Config,
    place: &Path,
    tell: &mut impl FnMut(Mark, &str) -> io::Result<()>,
) -> Result<(), Failure> {
    let runtime = super::run::runtime()?;
    for account in &config.matrix {
        let settings = super::on_matrix::settings(account, config, place);
        for finding in runtime.block_on(matrix::doctor::examine(&settings)) {
            tell(Mark::of(finding.good), &finding.text)?;
        }
    }
    Ok(())
}

#[cfg(not(feature = "matrix"))]
fn examine_accounts(
    config: &Config,
    _place: &Path,
    tell: &mut impl FnMut(Mark, &str) -> io::Result<()>,
) -> Result<(), Failure> {
    for account in &config.matrix {
        tell(Mark::Wrong, &format!("{}: this build knows nothing of Matrix", account.id))?;
    }
    Ok(())
}

#[cfg(feature = "discord")]
fn examine_bots(config: &Config, tell: &mut impl FnMut(Mark, &str) -> io::Result<()>) -> Result<(), Failure> {
    let runtime = super::run::runtime()?;
    let refusals = discord::rest::Refusals::default();
    for account in &config.discord {
        let settings = match super::on_discord::settings(account, config) {
            Ok(settings) => settings,
            Err(error) => {
                tell(Mark::Wrong, &format!("{}: {error:#}", account.id))?;
                continue;
            }
        };
        let clock = std::sync::Arc::new(crate::clock::SystemClock);
        for finding in runtime.block_on(discord::doctor::examine(&settings, clock, refusals.clone())) {
            let mark = match finding.gravity {
                discord::doctor::Gravity::Right => Mark::Good,
                discord::doctor::Gravity::Attention => Mark::Note,
                discord::doctor::Gravity::Wrong => Mark::Wrong,
            };
            tell(mark, &finding.text)?;
        }
    }
    Ok(())
}

#[cfg(not(feature = "discord"))]
fn examine_bots(config: &Config, tell: &mut impl FnMut(Mark, &str) -> io::Result<()>) -> Result<(), Failure> {
    for account in &config.discord {
        tell(Mark::Wrong, &format!("{}: this build knows nothing of Discord", account.id))?;
    }
    Ok(())
}
