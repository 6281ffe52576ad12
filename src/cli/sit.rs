//! The group in the terminal, for a person or for a script.

use std::collections::HashMap;
use std::io::{self, BufReader, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use casework::Casework;
use ledger::Ledger;
use platform::{Intake, Outbound};
use policy::{Clock, Role, Timestamp};
use terminal::{ScriptClock, Seed, SeedMember, Session, Terminal, TerminalError};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::Failure;
use super::beside::{Beside, CLOSE_MAX, close, hurry, place_of_record};
use super::ended::Ended;
use super::run::{Hangups, reload_on_hangup, runtime};
use super::tasks::{Stopped, Tasks};
use crate::clock::SystemClock;
use crate::config::{Config, GroupConfig, TerminalSeed};
use crate::sources::ConfigFiles;
use crate::watch::{Watch, Watched};

/// When a script's time begins in a group without a past: 5 January 2026 at 09:00 in London.
const SCRIPT_START: i64 = 1_767_603_600_000;

pub(super) fn run(
    config_file: Option<&Path>,
    config: &Config,
    named: Option<&Path>,
    seed: &TerminalSeed,
) -> Result<(), Failure> {
    let script = !io::stdin().is_terminal();
    // A script without a place of its own gets a fresh group, so that its transcript is the same each time.
    let fresh = match (script, named, &config.data_dir) {
        (true, None, None) => Some(tempfile::tempdir().context("no temporary directory can be made")?),
        _ => None,
    };
    let place = match &fresh {
        Some(fresh) => fresh.path().to_owned(),
        None => place_of_record(config, named)?,
    };
    let runtime = runtime()?;
    let files = ConfigFiles { config: config_file.map(Path::to_owned) };
    let ended = runtime.block_on(sit(&place, files, config, seed, script));
    stop(runtime);
    ended
}

/// An abandoned prompt still reads on its thread; nothing waits for it.
fn stop(runtime: Runtime) {
    runtime.shutdown_background();
}

async fn sit(
    place: &Path,
    files: ConfigFiles,
    config: &Config,
    seed: &TerminalSeed,
    script: bool,
) -> Result<(), Failure> {
    // From here on, a SIGHUP reloads once everything is open, and no longer ends the program.
    let hangups = Hangups::listen();
    let mut ended = Ended::listen()?;
    let group = config.groups.first().ok_or_else(|| anyhow!("the configuration has no group"))?;
    let seed = seed_of(group, seed);
    // Nothing is made on disk for a group that cannot be opened.
    seed.check().map_err(|error| Failure::Input(error.into()))?;
    // Whoever asks from now on waits. That the record is in use is told before that this is.
    let watch = Watch::open(config.watch).await;
    let ledger = tokio::select! {
        ledger = Ledger::open(place) => ledger.context("the ledger cannot be opened")?,
        // After a bad end it is looked at as a whole, which takes long where it is large.
        () = ended.next() => return Ok(()),
    };
    let mut told = false;
    let sitting = Sitting { place, files, config, group, seed, script, hangups, ended, watch };
    let result = sitting.run(ledger.clone(), &mut told).await;
    close(ledger, told.then_some(CLOSE_MAX), result).await
}

/// Everything that is there once the record is open.
struct Sitting<'c> {
    place: &'c Path,
    files: ConfigFiles,
    config: &'c Config,
    group: &'c GroupConfig,
    seed: Seed,
    script: bool,
    hangups: Hangups,
    ended: Ended,
    watch: anyhow::Result<Option<Watch>>,
}

impl Sitting<'_> {
    /// Holds a session until it ends, or until the program is `told` to. Whoever called closes the ledger.
    async fn run(mut self, ledger: Ledger, told: &mut bool) -> Result<(), Stopped> {
        let watch = self.watch.map_err(Failure::Fault)?;
        let fault = |error: anyhow::Error| Failure::Fault(error);
        let terminal = Terminal::open(self.place, self.seed).context("the group cannot be opened");
        let terminal = terminal.map_err(fault)?;
        let latest = ledger.latest().await.context("the ledger cannot be read").map_err(fault)?;
        let start = Timestamp::from_millis(SCRIPT_START).max(latest.unwrap_or(Timestamp::EPOCH));
        let script_clock = Arc::new(ScriptClock::new(start));
        let clock: Arc<dyn Clock> = if self.script { script_clock.clone() } else { Arc::new(SystemClock) };
        if latest.is_some_and(|latest| latest > clock.now()) {
            // Nobody is left to tell if stderr is closed.
            drop(writeln!(
                io::stderr(),
                "beadle: the newest entry in the ledger is dated later than now; is the system's clock right?"
            ));
        }
        let outbound: Arc<dyn Outbound> = Arc::new(terminal.clone());
        let served = self.group.charter.group.clone();
        let platforms = HashMap::from([(served.clone(), outbound)]);
        let casework = Casework::open(ledger.clone(), Arc::clone(&clock), Box::new(self.files), platforms)
            .await
            .map_err(|error| Failure::Input(error.into()))?;
        let casework = Arc::new(casework);
        let session = if self.script {
            Session::script(terminal, script_clock, BufReader::new(io::stdin()), io::stdout())
        } else {
            Session::interactive(terminal, Arc::clone(&clock), casework::commands::names())
                .map_err(failure)?
        };
        let mut tasks = Tasks::default();
        let mut last_backup = None;
        if !self.script {
            // A script settles after each line, and its time stands still in between: there is nothing to wait for. It is a
            // rehearsal, in a time of its own, and nothing of it is told or copied beside it.
            let (place, config) = (self.place.to_owned(), self.config);
            let (casework, ledger, groups) = (Arc::clone(&casework), ledger.clone(), vec![served]);
            last_backup = Beside { casework, ledger, clock, config, place, groups }.begin(&mut tasks);
        }
        tasks.work("the reload", |stop| reload_on_hangup(self.hangups, Arc::clone(&casework), stop));
        if let Some(watch) = watch {
            let watched = Watched::new(Arc::clone(&casework), ledger).with_backup(last_backup);
            tasks.work("the watch", |stop| watch.serve(watched, stop));
        }
        let over = CancellationToken::new();
        tasks.watch("the session", |stop| hold(session, casework, over.clone(), stop));
        let asked = async {
            tokio::select! {
                () = self.ended.next() => *told = true,
                () = over.cancelled() => {}
            }
        };
        tasks.run(asked, hurry()).await
    }
}

/// Holds a session to its end. Then it is `over`, and this waits until everything else is told to end as well.
async fn hold(
    session: Session,
    intake: Arc<dyn Intake>,
    over: CancellationToken,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let ended = terminal::run_until(session, intake, stop.clone().cancelled_owned()).await;
    over.cancel();
    stop.cancelled().await;
    ended.map(|_exit| ()).map_err(failure)
}

fn seed_of(group: &GroupConfig, seed: &TerminalSeed) -> Seed {
    let charter = &group.charter;
    let member = |member: &crate::config::Member| SeedMember {
        id: member.id.clone(),
        account_name: member.name.clone(),
    };
    // Everybody with an office can sit at the prompt; moderators come first, because the queue is theirs.
    let officers = seed.members.iter().map(|member| &member.id);
    let rank = |id: &&policy::MemberId| {
        (!charter.roster.holds(id, Role::Moderator), charter.roster.holds(id, Role::Admin))
    };
    let mut officers: Vec<_> = officers.filter(|id| charter.roster.offices(id).next().is_some()).collect();
    officers.sort_by_key(rank);
    Seed {
        group: charter.group.clone(),
        name: charter.name.clone(),
        zone: charter.zone,
        channels: seed.channels.clone(),
        members: seed.members.iter().map(member).collect(),
        officers: officers.into_iter().cloned().collect(),
    }
}

fn failure(error: TerminalError) -> Failure {
    match error {
        TerminalError::Malformed { .. } => Failure::Input(error.into()),
        other => Failure::Fault(other.into()),
    }
}
