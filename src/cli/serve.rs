//! Groups on chat platforms, served until the program is told to stop.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::Arc;

use anyhow::Context;
use casework::{Casework, LoadError, Loaded, Source};
use ledger::Ledger;
use platform::{Officers, Outbound};
use policy::{Charter, Clock, GroupId};
use tokio_util::sync::CancellationToken;

use super::Failure;
use super::beside::{Beside, CLOSE_MAX, close, hurry, place_of_record};
use super::ended::Ended;
use super::run::{Hangups, reload_on_hangup, runtime};
use super::tasks::{Heard, Hurry, Stopped, Tasks};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::sources::ConfigFiles;
use crate::watch::{Watch, Watched};

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
    let place = place_of_record(config, named)?;
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
    // Whoever asks from now on waits. That the record is in use is told before that this is.
    let watch = Watch::open(config.watch).await;
    let accounts = Accounts {
        #[cfg(feature = "matrix")]
        on_matrix: super::on_matrix::accounts(config, place)?,
        #[cfg(feature = "discord")]
        on_discord: super::on_discord::accounts(config)?,
    };
    let ledger = tokio::select! {
        ledger = Ledger::open(place) => ledger.context("the ledger cannot be opened")?,
        // After a bad end it is looked at as a whole, which takes long where it is large.
        () = ended.next() => return Ok(()),
    };
    let serving = Serving { place, files, config, hangups, ended, watch, accounts };
    let result = serving.run(ledger.clone()).await;
    close(ledger, Some(CLOSE_MAX), result).await
}

/// What is set up of the accounts, and what each logs in with.
struct Accounts {
    #[cfg(feature = "matrix")]
    on_matrix: Vec<(matrix::AccountSettings, matrix::Credentials)>,
    #[cfg(feature = "discord")]
    on_discord: Vec<discord::AccountSettings>,
}

impl Accounts {
    async fn open(self, clock: &Arc<dyn Clock>) -> Result<Opened, Failure> {
        let mut opened = Opened::default();
        #[cfg(feature = "matrix")]
        super::on_matrix::open(self.on_matrix, clock, &mut opened).await?;
        #[cfg(feature = "discord")]
        super::on_discord::open(self.on_discord, clock, &mut opened).await?;
        Ok(opened)
    }

    /// Opens them, unless the program is told to end meanwhile. What is under way then has its time all the same: an account
    /// may have a key to show that is shown once.
    async fn open_unless(self, ended: &mut Ended, clock: &Arc<dyn Clock>) -> Result<Option<Opened>, Stopped> {
        let mut opening = pin!(self.open(clock));
        tokio::select! {
            opened = &mut opening => return Ok(Some(opened?)),
            () = ended.next() => {}
        }
        tokio::select! {
            biased;
            opened = &mut opening => opened.map(|_| None).map_err(Stopped::Failed),
            hurried = hurry() => match hurried {
                Hurry::TimeOver => Ok(None),
                Hurry::AtOnce => Err(Stopped::AtOnce),
            },
        }
    }
}

/// Everything that is there once the record is open.
struct Serving<'c> {
    place: &'c Path,
    files: ConfigFiles,
    config: &'c Config,
    hangups: Hangups,
    ended: Ended,
    watch: anyhow::Result<Option<Watch>>,
    accounts: Accounts,
}

impl Serving<'_> {
    /// Serves the groups until the program is told to end. Whoever called closes the ledger.
    async fn run(mut self, ledger: Ledger) -> Result<(), Stopped> {
        let watch = self.watch.map_err(Failure::Fault)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let Some(opened) = self.accounts.open_unless(&mut self.ended, &clock).await? else { return Ok(()) };
        let Opened { listeners, platforms, officers, turned_away, over } = opened;
        let groups = platforms.keys().cloned().collect();
        if let Some(failure) = over.filter(|_| listeners.is_empty()) {
            return Err(Stopped::Failed(failure));
        }
        let source = Box::new(Shared { files: self.files, officers });
        let casework = Casework::open(ledger.clone(), Arc::clone(&clock), source, platforms)
            .await
            .map_err(|error| Failure::Input(error.into()))?;
        let casework = Arc::new(casework);
        let mut tasks = Tasks::default();
        let (place, config) = (self.place.to_owned(), self.config);
        let beside =
            Beside { casework: Arc::clone(&casework), ledger: ledger.clone(), clock, config, place, groups };
        let last_backup = beside.begin(&mut tasks);
        tasks.work("the reload", |stop| reload_on_hangup(self.hangups, Arc::clone(&casework), stop));
        if let Some(watch) = watch {
            let watched = Watched::new(Arc::clone(&casework), ledger);
            let watched = watched.with_backup(last_backup).with_turned_away(turned_away);
            tasks.work("the watch", |stop| watch.serve(watched, stop));
        }
        for listener in listeners {
            let casework = Arc::clone(&casework);
            tasks.listen(|stop| listener(casework, stop));
        }
        tasks.run(self.ended.next(), hurry()).await
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
