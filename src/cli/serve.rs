//! Groups on chat platforms, served until the program is told to stop.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use casework::{Casework, LoadError, Loaded, Source};
use ledger::Ledger;
use platform::{Officers, Outbound};
use policy::{Charter, Clock, GroupId, Timestamp};
use tokio_util::sync::CancellationToken;

use super::Failure;
use super::checkup::regular::{Looking, look_regularly};
use super::ended::Ended;
use super::keeping::look_after;
use super::run::{Hangups, reload_on_hangup, runtime};
use super::tasks::{Heard, Hurry, Stopped, Tasks};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::data_dir;
use crate::sources::ConfigFiles;
use crate::watch::{Watch, Watched};

/// How long what is under way may take once the program is to end. Service managers and container engines kill what is not
/// over after ten seconds.
const STOP_MAX: Duration = Duration::from_secs(5);
/// How long closing the ledger may take after that.
const CLOSE_MAX: Duration = Duration::from_secs(3);

/// What hears the groups of one account, until it is told to stop.
pub(super) type Listener =
    Box<dyn FnOnce(Arc<Casework>, CancellationToken) -> Pin<Box<dyn Future<Output = Heard> + Send>> + Send>;

/// The accounts that could be opened, on any platform.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) listeners: Vec<Listener>,
    pub(super) platforms: HashMap<GroupId, Arc<dyn Outbound>>,
    /// Who holds an office in each group, which its account is told again whenever it changes.
    pub(super) officers: HashMap<GroupId, Officers>,
    /// How many requests Discord turned away within ten minutes, where there is a bot.
    pub(super) turned_away: Option<Box<dyn Fn() -> u32 + Send + Sync>>,
    /// Why an account is over that nobody can use any more.
    pub(super) over: Option<Failure>,
}

impl Opened {
    /// Has the groups of an account served, each by what is done there for it.
    pub(super) fn serve(
        &mut self,
        groups: impl IntoIterator<Item = (GroupId, Officers)>,
        outbound: impl Fn(&GroupId) -> Option<Arc<dyn Outbound>>,
    ) {
        for (group, officers) in groups {
            if let Some(outbound) = outbound(&group) {
                self.platforms.insert(group.clone(), outbound);
            }
            self.officers.insert(group, officers);
        }
    }
}

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
    let mut ended = Ended::listen()?;
    let watch = Watch::open(config.watch).await?;
    #[cfg(feature = "matrix")]
    let on_matrix = super::on_matrix::accounts(config, place)?;
    #[cfg(feature = "discord")]
    let on_discord = super::on_discord::accounts(config)?;
    let ledger = Ledger::open(place).await.context("the ledger cannot be opened")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut opened = Opened::default();
    #[cfg(feature = "matrix")]
    super::on_matrix::open(on_matrix, &clock, &mut opened).await?;
    #[cfg(feature = "discord")]
    super::on_discord::open(on_discord, &clock, &mut opened).await?;
    let Opened { listeners, platforms, officers, turned_away, over } = opened;
    let groups = platforms.keys().cloned().collect();
    if let Some(failure) = over.filter(|_| listeners.is_empty()) {
        return Err(failure);
    }
    let source = Box::new(Shared { files, officers });
    let casework = Casework::open(ledger.clone(), Arc::clone(&clock), source, platforms)
        .await
        .map_err(|error| Failure::Input(error.into()))?;
    let casework = Arc::new(casework);
    let mut tasks = Tasks::default();
    tasks.work("the delivery", |stop| {
        let casework = Arc::clone(&casework);
        async move { casework.deliver_until(stop.cancelled()).await }
    });
    tasks.work("the reload", |stop| reload_on_hangup(hangups, Arc::clone(&casework), stop));
    let looking = Looking {
        casework: Arc::clone(&casework),
        ledger: ledger.clone(),
        clock: Arc::clone(&clock),
        config: Arc::new(config.clone()),
        place: place.to_owned(),
        groups,
    };
    tasks.work("the check-up", |stop| look_regularly(looking, stop));
    let (told, last_backup) = tokio::sync::watch::channel(Timestamp::EPOCH);
    let backup = config.backup.clone();
    let last_backup = backup.is_some().then_some(last_backup);
    tasks.watch("the look after the ledger", |stop| look_after(ledger.clone(), clock, backup, told, stop));
    if let Some(watch) = watch {
        let watched = Watched::new(Arc::clone(&casework), ledger.clone());
        let watched = watched.with_backup(last_backup).with_turned_away(turned_away);
        tasks.work("the watch", |stop| watch.serve(watched, stop));
    }
    for listener in listeners {
        let casework = Arc::clone(&casework);
        tasks.listen(|stop| listener(casework, stop));
    }
    let result = tasks.run(ended.next(), hurry()).await;
    drop(casework);
    match result {
        Ok(()) | Err(Stopped::Failed(_)) => {
            if tokio::time::timeout(CLOSE_MAX, ledger.close()).await.is_err() {
                tracing::warn!("the ledger was not closed in time; nothing recorded is lost");
            }
        }
        Err(Stopped::AtOnce) => {}
    }
    result.map_err(|stopped| match stopped {
        Stopped::Failed(failure) => failure,
        Stopped::AtOnce => Failure::Fault(anyhow!(
            "stopped at once, as it was told to twice: what was under way is asked for again at the next start"
        )),
    })
}

/// What ends a stop that takes too long: its time is over, or somebody wants it at once.
async fn hurry() -> Hurry {
    // Signals from now on: the one that has it stop was taken.
    let Ok(mut again) = Ended::listen() else { return Hurry::TimeOver };
    tracing::info!("ending: what is under way is finished first, unless it takes long");
    match tokio::time::timeout(STOP_MAX, again.next()).await {
        Ok(()) => Hurry::AtOnce,
        Err(_) => Hurry::TimeOver,
    }
}

/// Who holds an office in a group, to be told again.
pub(super) fn officers_of(charter: &Charter) -> Officers {
    let officers = Officers::default();
    tell_officers(&officers, charter);
    officers
}

fn tell_officers(officers: &Officers, charter: &Charter) {
    officers.set(charter.roster.officers().cloned());
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
