//! The real program killed while it makes a ledger, and while it takes over that of an earlier program.

use std::path::Path;

use ledger::Ledger;
use ledger::testing::as_of;
use tempfile::TempDir;

use super::matters::copy;
use crate::beadle::{beadle, dies_at, run, transcript};
use crate::cli::err;

/// The first of all migrations.
const FIRST: i64 = 1;

/// A folder with the ledger of the very first program, and with what it held.
async fn first_ledger() -> TempDir {
    let data = tempfile::tempdir().expect("a folder can be made");
    as_of(data.path(), FIRST).await.expect("there are fixtures");
    data
}

/// Every row, but for when which migration was applied.
async fn rows(data: &Path) -> Vec<String> {
    let ledger = Ledger::open(data).await.expect("it opens");
    let rows = ledger.rows().await.expect("it can be read");
    ledger.close().await;
    rows.into_iter().filter(|row| !row.starts_with("_sqlx_migrations: ")).collect()
}

/// Starts the program, and says whether it died at the so-manieth passing of a place.
fn dies(data: &Path, place: &str, nth: u32) -> bool {
    let mut command = beadle(data);
    command.env("FAILPOINTS", dies_at(place, nth));
    let output = run(command, "");
    if output.status.success() {
        return false;
    }
    assert_eq!(output.status.code(), None, "{place} {nth}: died of a signal, not of: {}", err(&output));
    true
}

#[tokio::test]
async fn killed_before_or_after_any_migration_the_next_start_ends_what_was_begun_and_loses_nothing() {
    let before = first_ledger().await;
    let unharmed = copy(before.path());
    transcript(unharmed.path(), "");
    let whole = rows(unharmed.path()).await;
    assert!(whole.iter().any(|row| row.starts_with("case: ")), "there is something to lose: {whole:?}");
    let mut passed = 0;
    for place in ["migrate::begun", "migrate::applied"] {
        for nth in 1.. {
            let data = copy(before.path());
            if !dies(data.path(), place, nth) {
                break;
            }
            passed += 1;
            transcript(data.path(), "");
            assert_eq!(rows(data.path()).await, whole, "{place}, time {nth}");
        }
    }
    assert!(passed >= 2 * 11, "places were passed {passed} times");
}

#[tokio::test]
async fn killed_at_every_migration_one_after_the_other_it_comes_to_the_end_all_the_same() {
    let data = first_ledger().await;
    let unharmed = copy(data.path());
    transcript(unharmed.path(), "");
    let mut kills = 0;
    while dies(data.path(), "migrate::applied", 1) {
        kills += 1;
        assert!(kills < 100, "each start comes further");
    }
    assert!(kills >= 11, "killed {kills} times");
    assert_eq!(rows(data.path()).await, rows(unharmed.path()).await);
}

#[test]
fn killed_while_a_ledger_is_made_the_next_start_makes_it() {
    for (place, is_there) in [("create::drafted", false), ("create::named", true)] {
        let data = tempfile::tempdir().expect("a folder can be made");
        assert!(dies(data.path(), place, 1), "{place} was not passed");
        assert_eq!(data.path().join("ledger.db").exists(), is_there, "{place}");
        let shown = transcript(data.path(), "alice: oh fuck off\nmo /case B-0001\n");
        assert!(shown.contains("oh fuck off"), "{place}: {shown}");
        assert!(!data.path().join("ledger.db.new").exists(), "{place}");
    }
}
