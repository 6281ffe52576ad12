//! The real program killed at every step of a backup, of a restore and of a new key. What there was is whole, or what was
//! to be is; and doing it again comes to the end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

use crate::beadle::{beadle, days_ahead, dies_at, run, transcript};
use crate::cli::{err, out};
use crate::typist::Typist;

const POST: &str = "what shit";
/// Only the newest backup is kept.
const CONFIG: &str = "[backup]\ndirectory = \"place\"\nkey_file = \"backup.key\"\ndaily = 1\nweekly = 0\n";

/// A folder with a record of which a text is kept, and with a backup of it.
struct Kept {
    folder: TempDir,
    /// How many days it is after the beginning.
    day: u32,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::write(folder.path().join("beadle.toml"), CONFIG).expect("it can be written");
        let kept = Self { folder, day: 0 };
        transcript(&kept.path("data"), &format!("alice: {POST}\n"));
        kept.ends("data", &["key", "new", "backup.key"]);
        kept.ends("data", &["backup"]);
        kept
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command with the data directory of that name, and with places at which it dies.
    fn ask(&self, data: &str, args: &[&str], places: &str) -> Output {
        let mut command = beadle(Path::new(data));
        command.current_dir(self.folder.path()).args(["--config", "beadle.toml"]).args(args);
        // Each backup is of another day, of which it is the newest.
        command.env("FAILPOINTS", [&days_ahead(self.day), places].join(";"));
        run(command, "")
    }

    /// Somebody sits down in the group, whose backup is due, with places at which the program dies.
    fn sits_down(&self, places: &str) -> Typist {
        let mut command = beadle(&self.path("data"));
        command.current_dir(self.folder.path()).args(["--config", "beadle.toml", "--log", "info"]);
        command.env("FAILPOINTS", [&days_ahead(self.day), places].join(";"));
        Typist::runs(command)
    }

    /// Runs a command to its end, and gives what it says.
    fn ends(&self, data: &str, args: &[&str]) -> String {
        let output = self.ask(data, args, "");
        assert!(output.status.success(), "{args:?}: {}", err(&output));
        out(&output).trim().to_owned()
    }

    /// Runs a command that is to die at the so-manieth passing of a place, and says whether it came there.
    fn dies(&self, data: &str, args: &[&str], place: &str, nth: u32) -> bool {
        let output = self.ask(data, args, &dies_at(place, nth));
        if output.status.success() {
            return false;
        }
        assert_eq!(output.status.code(), None, "{place} {nth}: died of a signal, not of: {}", err(&output));
        true
    }

    /// What there is of a case, as a moderator sees it.
    fn case(&self, data: &str) -> String {
        transcript(&self.path(data), "mo /case B-0001\n")
    }

    /// Every backup, each of which is read from beginning to end.
    fn backups(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.path("place")).expect("it can be read");
        let files = files.map(|file| file.expect("it can be read").path());
        let all: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "backup")).collect();
        for backup in &all {
            self.ends("data", &["backup", "--check", backup.to_str().expect("it is text")]);
        }
        all
    }

    /// The names of files in a directory that have such a part.
    fn left(&self, directory: &str, part: &str) -> Vec<String> {
        let files = fs::read_dir(self.path(directory)).expect("it can be read");
        let names =
            files.map(|file| file.expect("it can be read").file_name().to_string_lossy().into_owned());
        names.filter(|name| name.contains(part)).collect()
    }
}

/// Where a backup dies: at a place, when it comes there for the so-manieth time.
const STEPS: [(&str, u32); 8] = [
    ("backup::copied", 1),
    ("backup::log_carried", 1),
    ("backup::poured", 1),
    ("backup::poured", 2),
    ("backup::written", 1),
    ("backup::read_back", 1),
    ("backup::named", 1),
    ("backup::pruned", 1),
];

#[test]
fn killed_at_any_step_of_a_backup_the_record_and_older_backups_are_whole() {
    let mut kept = Kept::new();
    for (place, nth) in STEPS {
        kept.day += 1;
        let before = kept.backups();
        assert_eq!(before.len(), 1);
        assert!(kept.dies("data", &["backup"], place, nth), "{place} {nth} was not passed");
        let after = kept.backups();
        assert_eq!(after != before, ["backup::named", "backup::pruned"].contains(&place), "{place} {nth}");
        assert!(kept.case("data").contains(POST), "{place} {nth}");
        assert_eq!(kept.left("data", "copy"), [""; 0], "{place} {nth}: the next start has cleared up");

        kept.day += 1;
        kept.ends("data", &["backup"]);
        assert_eq!(kept.backups().len(), 1, "{place} {nth}");
        assert_eq!(kept.left("place", ".new"), [""; 0], "{place} {nth}");
    }
}

/// Whatever serves a group takes it beside all else.
#[test]
fn killed_at_any_step_of_a_backup_of_each_day_the_record_is_whole_and_the_next_is_taken() {
    let mut kept = Kept::new();
    for (place, nth) in STEPS {
        kept.day += 1;
        let before = kept.backups();
        kept.sits_down(&dies_at(place, nth)).dies();
        let is_new = ["backup::named", "backup::pruned"].contains(&place);
        assert_eq!(kept.backups() != before, is_new, "{place} {nth}");

        kept.day += 1;
        let mut typist = kept.sits_down("");
        typist.sees("a backup was taken and read back");
        typist.types(&["exit"]);
        let (status, screen) = typist.ends();
        assert!(status.success(), "{place} {nth}: {screen}");
        assert_eq!(kept.backups().len(), 1, "{place} {nth}");
        assert_eq!(kept.left("data", "copy"), [""; 0], "{place} {nth}");
        assert_eq!(kept.left("place", ".new"), [""; 0], "{place} {nth}");
        assert!(kept.case("data").contains(POST), "{place} {nth}");
    }
}

#[test]
fn killed_at_any_step_of_a_restore_nothing_begins_without_its_past_and_nothing_erased_is_back() {
    let kept = Kept::new();
    transcript(&kept.path("data"), "mo /void B-0001\n");
    let backup = kept.backups().remove(0);
    let whole = fs::read(&backup).expect("it can be read");
    let backup = backup.to_str().expect("it is text");
    let restore = ["restore", backup, "--erasures", "data/erasures.log"];
    for (place, passed) in [
        ("restore::laid_out", 1),
        ("restore::erased_again", 1),
        ("restore::ready", 1),
        ("restore::placed", 3),
    ] {
        for nth in 1..=passed {
            assert!(kept.dies("new", &restore, place, nth), "{place} {nth} was not passed");
            if (place, nth) != ("restore::placed", 3) {
                let refused = run(beadle(&kept.path("new")), "mo /case B-0001\n");
                assert_eq!(refused.status.code(), Some(1), "{place} {nth}");
                assert!(err(&refused).contains("run `beadle restore` again"), "{}", err(&refused));
                kept.ends("new", &restore);
            }
            let shown = kept.case("new");
            assert!(shown.contains("The record was put back from a backup"), "{place} {nth}: {shown}");
            assert!(!shown.contains(POST), "{place} {nth}: {shown}");
            assert_eq!(kept.left("new", "restore"), [""; 0], "{place} {nth}");
            fs::remove_dir_all(kept.path("new")).expect("it can be removed");
        }
    }
    assert_eq!(fs::read(backup).expect("it can be read"), whole);
}

#[test]
fn killed_at_any_step_of_a_new_key_one_key_opens_everything() {
    let kept = Kept::new();
    let key = || fs::read(kept.path("data/ledger.key")).expect("there is a key");
    for place in [
        "rotate::key_made",
        "rotate::sealed",
        "rotate::committed",
        "rotate::key_placed",
        "rotate::old_destroyed",
    ] {
        let before = key();
        assert!(kept.dies("data", &["key", "rotate"], place, 1), "{place} was not passed");
        assert!(kept.case("data").contains(POST), "{place}");
        let is_old = key() == before;
        assert_eq!(is_old, ["rotate::key_made", "rotate::sealed"].contains(&place), "{place}");
        assert_eq!(kept.left("data", ".next"), [""; 0], "{place}");
        // And once more, from there.
        kept.ends("data", &["key", "rotate"]);
        assert!(kept.case("data").contains(POST), "{place}");
    }
}
