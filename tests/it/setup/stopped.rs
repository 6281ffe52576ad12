//! A set-up that is stopped on the way, at any place, leaves nothing half and can be begun anew.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{ON_DISCORD, ON_MATRIX, init, is_valid, names_in, refused, written};
use crate::beadle::dies_at;

/// Runs `beadle init`, which dies at a place.
fn dies(folder: &Path, place: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
    command.current_dir(folder).env("FAILPOINTS", dies_at(place, 1)).arg("init").args(args);
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), None, "it did not come to {place}");
    output
}

/// Removes what a program that was killed could not.
fn drafts(folder: &Path) -> usize {
    names_in(folder).iter().filter(|name| name.starts_with(".beadle-init-")).count()
}

#[test]
fn a_set_up_that_is_killed_is_begun_anew_with_the_same_answers() {
    for place in ["init::record_made", "init::secrets_written"] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let flags = [&ON_DISCORD[..], &["--backups", "copies"]].concat();
        dies(folder.path(), place, &flags);
        assert!(!folder.path().join("beadle.toml").exists(), "{place}: the configuration comes last");
        written(&init(folder.path(), &flags));
        is_valid(folder.path());
        let record = names_in(&folder.path().join("beadle-data"));
        assert!(!record.contains(&"init.unfinished".to_owned()), "{place}: {record:?}");
        assert!(drafts(folder.path()) <= 1);
    }
}

#[test]
fn a_set_up_that_is_killed_at_its_very_end_is_whole() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    dies(folder.path(), "init::configuration_written", &ON_DISCORD);
    is_valid(folder.path());
    assert!(refused(&init(folder.path(), &ON_DISCORD)).contains("beadle.toml is there already"));
    // Whoever uses the record by now keeps it, whatever mark was left there.
    fs::rename(folder.path().join("beadle.toml"), folder.path().join("old.toml")).expect("it can be moved");
    let told = crate::cli::run_in(folder.path(), &["--data-dir", "beadle-data"], "alice: oh fuck off\n");
    assert!(told.status.success());
    let output = init(folder.path(), &ON_DISCORD);
    assert_eq!(output.status.code(), Some(1));
    assert!(crate::cli::err(&output).contains("in which something stands"), "{}", crate::cli::err(&output));
    assert_eq!(drafts(folder.path()), 0);
}

#[test]
fn an_addition_that_is_killed_leaves_the_configuration_as_it_was() {
    for place in ["init::secrets_written", "init::copy_kept"] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        written(&init(folder.path(), &ON_DISCORD));
        let config = folder.path().join("beadle.toml");
        let before = fs::read(&config).expect("it is there");
        let answers = ON_MATRIX.replace("data_dir = \"record\"\nbackups = \"copies\"\n", "");
        fs::write(folder.path().join("answers.toml"), answers).expect("the file can be written");
        let add = ["--add-group", "--answers", "answers.toml"];
        dies(folder.path(), place, &add);
        assert_eq!(fs::read(&config).expect("it is there"), before, "{place}");
        written(&init(folder.path(), &add));
        is_valid(folder.path());
    }
}
