//! A script in the terminal, inside the test.

use std::io::{self, Cursor};
use std::sync::Arc;

use beadle::config::{Config, Home};
use beadle::sources::ConfigFiles;
use policy::{Clock, MemberId, PostId, Timestamp};
use terminal::{ScriptClock, Seed, SeedMember, Session, Terminal};

use super::ledger_view::View;
use super::names::Names;
use super::record::{Desk, Record};
use super::{Office, RESTART, START_MS, group};

/// No script has as many posts.
const POSTS_MAX: u32 = 60;

/// Plays a script, and gives what came of it.
pub(super) async fn play(script: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a directory can be made");
    let clock = Arc::new(ScriptClock::new(Timestamp::from_millis(START_MS)));
    let record = Record::new(clock.clone());
    let seed = seed();
    let mut lines = Vec::new();
    for act in script.split(RESTART) {
        let terminal = Terminal::open(folder.path(), seed.clone()).expect("the group is opened");
        let files = ConfigFiles { config: None };
        let steady: Arc<dyn Clock> = clock.clone();
        let office = Office::open(folder.path(), files, Arc::new(terminal.clone()), steady, &record).await;
        let desk = Desk { casework: Arc::clone(&office.casework), record: Arc::clone(&record) };
        let input = Cursor::new(act.to_owned());
        let session = Session::script(terminal, clock.clone(), input, io::sink());
        terminal::run(session, Arc::new(desk)).await.expect("the script is read");
        let posts = (1..=POSTS_MAX).filter_map(|number| PostId::new(number.to_string()));
        let view = View {
            ledger: &office.ledger,
            hands: office.hands.as_ref(),
            record: &record,
            group: group(),
            members: members(),
            posts: posts.collect(),
            names: Names::default(),
        };
        lines = view.lines().await;
        office.close().await;
    }
    lines
}

/// Everybody in the group, in order.
pub(super) fn members() -> Vec<MemberId> {
    seed().members.into_iter().map(|member| member.id).collect()
}

/// The built-in sample, as the program seats it.
pub(super) fn seed() -> Seed {
    let config = Config::load(None).expect("the sample is valid");
    let sample = config.groups.into_iter().next().expect("there is one");
    let Home::Terminal(seed) = sample.home else { panic!("the sample is in the terminal") };
    let offices = |id: &&MemberId| sample.charter.roster.offices(id).next().is_some();
    let officers = seed.members.iter().map(|member| &member.id).filter(offices).cloned().collect();
    let member = |member: beadle::config::Member| SeedMember { id: member.id, account_name: member.name };
    Seed {
        group: sample.charter.group,
        name: sample.charter.name,
        zone: sample.charter.zone,
        channels: seed.channels,
        officers,
        members: seed.members.into_iter().map(member).collect(),
    }
}
