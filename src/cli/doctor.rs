//! `beadle doctor`: looks whether everything is in place, while the bot is running or not, and changes nothing.

use std::io;
use std::path::Path;

use platform::checkup::{Check, Finding, Of, Standing};
use policy::Clock as _;

use super::checkup::{Asker, lists, machine, record, report};
use super::{BUILT_IN, Failure};
use crate::clock::SystemClock;
use crate::config::{Config, ConfigProblem, Home};
use crate::data_dir;

/// How what was found is told.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each line begins with ✔ where something is as it should be, ! where it may be meant so, and ✘ where it is \
                        wrong, with what to do below it. It ends with 0 where nothing is wrong, and with 1 otherwise."
)]
pub(super) struct Args {
    /// Print it as JSON: {"version": 1, "standing", "findings": [{"check", "scope", "platform", "name", "subject",
    /// "standing", "says", "fix", "details"}]}. A standing is right, attention or wrong; a scope is machine, account or group
    #[arg(long)]
    json: bool,
}

pub(super) fn examine(args: &Args, file: Option<&Path>, named: Option<&Path>) -> Result<(), Failure> {
    let config = Config::load(file);
    let findings = match &config {
        Ok(config) => look(config, file, named)?,
        Err(problems) => problems.iter().map(unusable).collect(),
    };
    let mut out = io::stdout().lock();
    if args.json {
        report::for_programs(&mut out, &findings)?;
    } else {
        let name = |of: &Of| report::name(of, config.as_ref().ok());
        report::for_people(&mut out, &findings, name, report::Marks::fit())?;
    }
    if findings.iter().any(|finding| finding.standing == Standing::Wrong) {
        return Err(Failure::Amiss);
    }
    Ok(())
}

fn unusable(problem: &ConfigProblem) -> Finding {
    let found = Finding::wrong(
        Check::Configuration,
        Of::Machine,
        "the configuration cannot be used",
        problem.fix.clone(),
    );
    let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
    found.about(problem.key.clone()).detailing([format!("{}{line}: {}", problem.file, problem.what)])
}

fn look(config: &Config, file: Option<&Path>, named: Option<&Path>) -> Result<Vec<Finding>, Failure> {
    let place = data_dir::choose(named, config.data_dir.as_deref()).map_err(|e| Failure::Input(e.into()))?;
    let runtime = super::run::runtime()?;
    let now = SystemClock.now();
    // What is looked at comes first: without a configuration it is the sample group, and not the reader's.
    let said = if file.is_some() { "the configuration can be used" } else { BUILT_IN };
    let mut findings = vec![Finding::right(Check::Configuration, Of::Machine, said)];
    findings.extend(lists(config));
    let backups = config.backup.as_ref().map(|backup| &*backup.directory);
    let looked = runtime.block_on(record(&place, backups, &config.groups, now));
    findings.extend(machine(config, &place, now, &looked, Asker::Person));
    findings.extend(looked.findings);
    for group in &config.groups {
        if let Home::Terminal(_) = group.home {
            let of = Of::Group(group.charter.group.clone());
            let said = "it is in the terminal, and needs nothing";
            findings.push(Finding::right(Check::Terminal, of, said));
        }
    }
    findings.extend(on_matrix(config, &place, &runtime));
    findings.extend(on_discord(config, &runtime));
    // What is of one group stands together, whoever looked at it.
    findings.sort_by_key(|finding| match &finding.of {
        Of::Machine => (0, String::new()),
        Of::Account { on, id } => (1, format!("{on} {id}")),
        Of::Group(group) => (2, group.as_str().to_owned()),
    });
    Ok(findings)
}

#[cfg(feature = "matrix")]
fn on_matrix(config: &Config, place: &Path, runtime: &tokio::runtime::Runtime) -> Vec<Finding> {
    let mut findings = Vec::new();
    for account in &config.matrix {
        let settings = super::on_matrix::settings(account, config, place);
        findings.extend(runtime.block_on(matrix::doctor::examine(&settings)));
    }
    findings
}

#[cfg(not(feature = "matrix"))]
fn on_matrix(config: &Config, _place: &Path, _runtime: &tokio::runtime::Runtime) -> Vec<Finding> {
    config.matrix.iter().map(|account| unknown("matrix", &account.id)).collect()
}

#[cfg(feature = "discord")]
fn on_discord(config: &Config, runtime: &tokio::runtime::Runtime) -> Vec<Finding> {
    let refusals = discord::rest::Refusals::default();
    let mut findings = Vec::new();
    for account in &config.discord {
        // Whether the token can be read was looked at.
        if crate::secrets::secret(&account.token).is_err() {
            continue;
        }
        match super::on_discord::settings(account, config) {
            Ok(settings) => {
                let clock = std::sync::Arc::new(SystemClock);
                let looking = discord::doctor::examine(&settings, clock, refusals.clone());
                findings.extend(runtime.block_on(looking));
            }
            Err(error) => {
                let of = Of::Account { on: "discord", id: account.id.clone() };
                let remedy =
                    "write the token of the page “Bot” of the developer portal there, alone, on one line";
                findings.push(Finding::wrong(Check::DiscordToken, of, format!("{error:#}"), remedy));
            }
        }
    }
    findings
}

#[cfg(not(feature = "discord"))]
fn on_discord(config: &Config, _runtime: &tokio::runtime::Runtime) -> Vec<Finding> {
    config.discord.iter().map(|account| unknown("discord", &account.id)).collect()
}

#[cfg(not(all(feature = "matrix", feature = "discord")))]
fn unknown(on: &'static str, id: &str) -> Finding {
    let of = Of::Account { on, id: id.to_owned() };
    let remedy = format!("build it with the feature `{on}`");
    Finding::wrong(Check::Platforms, of, "this build does not know the platform", remedy)
}
