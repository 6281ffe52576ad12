//! The terminal's scripts, played on Discord as well: each on a fake Discord through the real adapter, and in the terminal,
//! both with the real casework and a ledger on disk. What came of it has to be the same.

mod difference;
mod discord;
mod ledger_view;
mod names;
mod pace;
mod people;
mod record;
mod scripts;
mod terminal;
mod world;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use beadle::sources::ConfigFiles;
use casework::Casework;
use ledger::Ledger;
use platform::Outbound;
use policy::{Clock, GroupId};

use record::{Hands, Record};

/// Ends one run of the program and begins another on the same data.
const RESTART: &str = "# --- restart ---\n";

/// When scripts begin, as in the terminal: 5 January 2026 at 09:00 in London, in milliseconds since 1970.
const START_MS: i64 = 1_767_603_600_000;

/// The casework as the program opens it, with everything noted that it does on the platform.
struct Office {
    ledger: Ledger,
    casework: Arc<Casework>,
    hands: Arc<dyn Outbound>,
}

impl Office {
    async fn open(
        place: &Path,
        files: ConfigFiles,
        hands: Arc<dyn Outbound>,
        clock: Arc<dyn Clock>,
        record: &Arc<Record>,
    ) -> Self {
        let ledger = Ledger::open(place).await.expect("the ledger is opened");
        let hands: Arc<dyn Outbound> = Arc::new(Hands { inner: hands, record: Arc::clone(record) });
        let platforms = HashMap::from([(group(), Arc::clone(&hands))]);
        let casework = Casework::open(ledger.clone(), clock, Box::new(files), platforms).await;
        let casework = Arc::new(casework.expect("the casework is taken up"));
        Self { ledger, casework, hands }
    }

    async fn close(self) {
        let Self { ledger, casework, hands } = self;
        drop((casework, hands));
        ledger.close().await;
    }
}

/// The group of the built-in sample, which all scripts are about.
fn group() -> GroupId {
    GroupId::new("thistlebrook").expect("a valid id")
}
