//! Groups that are added to a configuration that is there.

use std::fs;

use super::{ON_DISCORD, ON_MATRIX, TERMINAL, init, is_valid, names_in, refused, written};
use crate::cli::{out, run_in};

#[test]
fn a_group_on_matrix_is_added_to_one_on_discord_and_the_rest_stays_to_the_byte() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    written(&init(folder.path(), &ON_DISCORD));
    let config = folder.path().join("beadle.toml");
    // As its owner wrote on in it.
    let before = fs::read_to_string(&config)
        .expect("it is there")
        .replace("\n[groups.policy]", "\r\n# strict enough?\r\n[groups.policy]");
    fs::write(&config, &before).expect("it can be written");
    let answers = ON_MATRIX.replace("data_dir = \"record\"\nbackups = \"copies\"\n", "");
    fs::write(folder.path().join("answers.toml"), answers).expect("the file can be written");

    let output = init(folder.path(), &["--add-group", "--answers", "answers.toml"]);
    let said = written(&output)
        .replace(&fs::canonicalize(folder.path()).expect("it is there").display().to_string(), "FOLDER");
    insta::assert_snapshot!("added", said);
    is_valid(folder.path());
    let after = fs::read_to_string(&config).expect("it is there");
    let added = after.strip_prefix(&before).expect("what was there stays");
    insta::assert_snapshot!("added_configuration", added);
    assert_eq!(fs::read_to_string(folder.path().join("beadle.toml.old-1")).expect("a copy is there"), before);
    let sheet = run_in(
        folder.path(),
        &["--config", "beadle.toml", "sheet", "--group", "workshop-7", "--part", "notice"],
        "",
    );
    assert!(out(&sheet).contains("Workshop 7"));
}

#[test]
fn each_addition_keeps_a_copy_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    written(&init(folder.path(), &ON_DISCORD));
    for number in 1..=2 {
        let server = format!("5{number}");
        let mut flags = ON_DISCORD.to_vec();
        // The bot that is there is asked for nothing.
        flags.drain(6..8);
        let at = flags.iter().position(|flag| *flag == "--server").expect("it is there");
        flags[at + 1] = &server;
        written(&init(folder.path(), &[&["--add-group"], &flags[..]].concat()));
    }
    is_valid(folder.path());
    let names = ["beadle-data", "beadle.toml", "beadle.toml.old-1", "beadle.toml.old-2"];
    assert_eq!(names_in(folder.path()), names);
    let config = fs::read_to_string(folder.path().join("beadle.toml")).expect("it is there");
    let ids: Vec<&str> = config.lines().filter(|line| line.starts_with("id = \"leafield")).collect();
    assert_eq!(ids, ["id = \"leafield-branch\"", "id = \"leafield-branch-2\"", "id = \"leafield-branch-3\""]);
}

#[test]
fn what_takes_no_group_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let config = folder.path().join("beadle.toml");
    let add = || init(folder.path(), &[&["--add-group"], &ON_DISCORD[..]].concat());
    let none = refused(&add()).to_owned();
    written(&init(folder.path(), &TERMINAL));
    let terminal = refused(&add()).to_owned();
    let mut told = vec![none, terminal];
    let inline = "groups = [{ id = 'tea', name = 'Tea', contact = 'S', platform = 'matrix', officers = [{ member = '@mo:example.org', \
                  roles = ['admin'] }], matrix = { account = 'a', rooms = ['!a:b'], management_room = '!c:d' } }]\n\
                  [[matrix]]\nid = 'a'\nhomeserver = 'example.org'\nuser = 'b'\npassword_file = 'p'\n";
    for text in [inline, "mod = 1\n[[groups]]\nid = \"tea\"\n"] {
        fs::write(&config, text).expect("it can be written");
        told.push(refused(&add()).to_owned());
        assert_eq!(fs::read_to_string(&config).expect("it is there"), text);
    }
    insta::assert_snapshot!("takes_no_group", told.concat());
    assert_eq!(names_in(folder.path()), ["beadle-data", "beadle.toml"]);
}

#[test]
fn what_was_settled_with_the_first_group_is_refused_with_another() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let config = folder.path().join("beadle.toml");
    written(&init(folder.path(), &ON_DISCORD));
    let before = fs::read_to_string(&config).expect("it is there");
    let answers = ON_MATRIX.replace("data_dir = \"record\"\nbackups = \"copies\"\n", "");
    fs::write(folder.path().join("answers.toml"), answers).expect("the file can be written");
    for [flag, place] in [["--data-dir", "elsewhere"], ["--backups", "copies"]] {
        let output = init(folder.path(), &["--add-group", "--answers", "answers.toml", flag, place]);
        let told = refused(&output);
        assert!(told.contains(&format!("{flag}: nobody asks for that")), "{told}");
        assert_eq!(fs::read_to_string(&config).expect("it is there"), before, "{flag}");
        assert!(!folder.path().join(place).exists(), "{flag}");
    }
}

#[cfg(unix)]
#[test]
fn who_may_read_the_configuration_may_read_the_new_one_and_a_link_stays_a_link() {
    use super::mode;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().expect("a folder can be made");
    written(&init(folder.path(), &ON_DISCORD));
    let (real, link) = (folder.path().join("real.toml"), folder.path().join("beadle.toml"));
    fs::rename(&link, &real).expect("it can be moved");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("it can be opened up");
    symlink(&real, &link).expect("a link can be made");
    let answers = ON_MATRIX.replace("data_dir = \"record\"\nbackups = \"copies\"\n", "");
    fs::write(folder.path().join("answers.toml"), answers).expect("the file can be written");
    written(&init(folder.path(), &["--add-group", "--answers", "answers.toml"]));
    assert!(link.symlink_metadata().expect("it is there").is_symlink());
    assert_eq!((mode(&real), mode(&folder.path().join("real.toml.old-1"))), (0o640, 0o640));
    is_valid(folder.path());
}
