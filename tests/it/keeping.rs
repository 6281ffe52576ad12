//! Backups, restores and keys as those type them who run the program.

#[cfg(unix)]
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;
use std::process::Output;

use crate::beadle::{Conversation, beadle, run, transcript};
use crate::cli::{err, out, run_in};

/// Runs the program in a folder, with the data directory of that name.
fn asked(folder: &Path, data: &str, args: &[&str]) -> Output {
    run_in(folder, &[&["--data-dir", data], args].concat(), "")
}

fn told(folder: &Path, data: &str, args: &[&str]) -> String {
    let output = asked(folder, data, args);
    assert!(output.status.success(), "{args:?}: {}", err(&output));
    out(&output).to_owned()
}

/// What is said when it is refused, without what differs from run to run.
fn refused(folder: &Path, data: &str, args: &[&str]) -> String {
    let output = asked(folder, data, args);
    assert_eq!((output.status.code(), out(&output)), (Some(2), ""), "{args:?}");
    err(&output).to_owned()
}

#[test]
fn a_record_is_backed_up_while_it_is_in_use_and_put_back_without_what_was_erased_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let said = told(folder, "data", &["key", "new", "backup.key"]);
    assert!(said.starts_with("backup.key: the key ") && said.contains("keep a copy"), "{said}");

    let mut running = Conversation::start(beadle(&folder.join("data")));
    running.say("alice: what shit");
    let seal = ["backup", "--to", "place", "--key", "backup.key"];
    let backup = told(folder, "data", &seal).trim().to_owned();
    assert!(backup.starts_with("place/beadle-") && backup.ends_with(".backup"), "{backup}");
    let checked = told(folder, "data", &["backup", "--check", &backup, "--key", "backup.key"]);
    assert!(checked.contains("is whole, taken on "), "{checked}");
    let erased = running.say("mo /void B-0001");
    assert!(!erased.is_empty());
    running.say("bob: oh fuck off");
    assert_eq!(running.end(), "");

    let restore = ["restore", &backup, "--key", "backup.key", "--erasures", "data/erasures.log"];
    let said = told(folder, "new", &restore);
    assert!(said.contains("erased again, of what went since: 1"), "{said}");
    assert!(said.contains("says `resume`"), "{said}");
    let after =
        transcript(&folder.join("new"), "mo /case B-0001\nasha /resume\nasha /resume\nbob: oh fuck off\n");
    assert!(after.contains("The record was put back from a backup"), "{after}");
    assert!(after.contains("What waited goes on") && after.contains("Nothing waits"), "{after}");
    assert!(!after.contains("what shit"), "what was erased is not back: {after}");
    assert!(after.contains("B-2001"), "no number is given twice: {after}");
}

#[test]
fn a_record_that_is_not_there_any_more_is_not_begun_anew_beside_its_backups() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let with = ["--config", "beadle.toml"];
    let config = "[backup]\ndirectory = \"place\"\nkey_file = \"backup.key\"\n";
    fs::write(folder.join("beadle.toml"), config).expect("written");
    told(folder, "data", &["key", "new", "backup.key"]);
    told(folder, "data", &with);
    let backup = told(folder, "data", &[&with[..], &["backup"]].concat());
    fs::rename(folder.join("data"), folder.join("elsewhere")).expect("it is there");
    let said = refused(folder, "data", &with);
    assert!(said.contains("there is no ledger in data, and in place there are backups of one"), "{said}");
    assert!(said.contains("--data-dir") && said.contains("`beadle restore`"), "{said}");
    assert!(!folder.join("data").exists(), "nothing is made");
    // Where it is, it is found; a rehearsal has a place of its own; and the last backup can be put back.
    told(folder, "elsewhere", &with);
    let rehearsal = run_in(folder, &with, "alice: hello\n");
    assert!(rehearsal.status.success(), "{}", err(&rehearsal));
    told(folder, "data", &[&with[..], &["restore", backup.trim()]].concat());
    told(folder, "data", &with);
    // Whoever moves the backups away begins anew.
    fs::rename(folder.join("place"), folder.join("old")).expect("it is there");
    told(folder, "new", &with);
}

#[cfg(unix)]
#[test]
fn whoever_names_no_configuration_is_told_to_where_there_is_no_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    told(folder, "data", &["key", "new", "backup.key"]);
    fs::write(folder.join("beadle.toml"), "").expect("written");
    let said = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
        command.env("HOME", folder).env("XDG_DATA_HOME", folder.join("usual")).current_dir(folder);
        let output = command.args(args).output().expect("the program ends");
        assert_eq!((output.status.code(), out(&output)), (Some(2), ""), "{args:?}");
        let said = err(&output).to_owned();
        assert!(said.starts_with("beadle: there is no ledger in "), "{args:?}: {said}");
        said
    };
    let (of_group, rotate) = (["--group", "thistlebrook"], ["key", "rotate"]);
    let register = ["export", "register", "--by", "sam", "--format", "csv", "--out", "copy"];
    for args in [
        &["backup", "--to", "place", "--key", "backup.key"][..],
        &rotate[..],
        &[&register[..], &of_group[..]].concat()[..],
        &[&["wordlist", "export", "--as", "toml"][..], &of_group[..]].concat()[..],
    ] {
        let said = said(args);
        assert!(said.ends_with(": name the configuration with --config\n"), "{args:?}: {said}");
    }
    let configured = said(&[&["--config", "beadle.toml"], &rotate[..]].concat());
    assert!(configured.ends_with(": name the data folder of the bot with --data-dir\n"), "{configured}");
    // Whoever named the place knows of both.
    assert_eq!(
        said(&[&["--data-dir", "none"], &rotate[..]].concat()),
        "beadle: there is no ledger in none\n"
    );
}

#[test]
fn what_cannot_be_backed_up_or_put_back_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    transcript(&folder.join("data"), "alice: what shit\n");
    for key in ["backup.key", "other.key"] {
        told(folder, "data", &["key", "new", key]);
    }
    let backup = told(folder, "data", &["backup", "--to", "place", "--key", "backup.key"]);
    let backup = backup.trim();
    fs::write(folder.join("notes"), "a shopping list").expect("written");
    let said = [
        refused(folder, "data", &["backup", "--to", "place", "--key", "none.key"]),
        refused(folder, "data", &["backup", "--to", "place"]),
        refused(folder, "data", &["backup", "--key", "backup.key"]),
        refused(folder, "nowhere", &["backup", "--to", "place", "--key", "backup.key"]),
        refused(folder, "data", &["key", "new", "backup.key"]),
        refused(folder, "data", &["restore", backup, "--key", "backup.key"]),
        refused(folder, "new", &["restore", "notes", "--key", "backup.key"]),
        refused(folder, "new", &["restore", "nothing", "--key", "backup.key"]),
    ];
    insta::assert_snapshot!(said.concat(), @"
    beadle: there is no backup key at none.key: make one with `beadle key new none.key`, and keep a copy of it elsewhere; a backup that was taken before is read with the key of then
    beadle: nothing says which key: name its file with --key
    beadle: nothing says where to: name a directory with --to
    beadle: there is no ledger in nowhere
    beadle: backup.key is there already: a new key is written over nothing
    beadle: data is not empty: a backup is restored into an empty directory; move what is there away, and keep it
    beadle: notes is not a backup of Beadle
    beadle: nothing cannot be used: No such file or directory (os error 2)
    ");
    let wrong = refused(folder, "new", &["restore", backup, "--key", "other.key"]);
    assert!(wrong.contains("was taken with the key ") && wrong.contains("--key"), "{wrong}");
    fs::remove_file(folder.join("place/erasures.log")).expect("it is there");
    let unknown = refused(folder, "new", &["restore", backup, "--key", "backup.key"]);
    assert!(unknown.contains("--erasures") && unknown.contains("--without-erasures"), "{unknown}");
    let said = told(folder, "new", &["restore", backup, "--key", "backup.key", "--without-erasures"]);
    assert!(said.contains("what was erased since is back"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_key_of_backups_that_cannot_be_used_is_wrong_input() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    transcript(&folder.join("data"), "alice: what shit\n");
    told(folder, "data", &["key", "new", "backup.key"]);
    let seal = ["backup", "--to", "place", "--key", "backup.key"];
    let set = |mode| {
        let rights = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.join("backup.key"), rights).expect("they can be set");
    };
    set(0o640);
    let exposed = refused(folder, "data", &seal);
    assert!(exposed.contains("can be read by others: run `chmod 600 backup.key`"), "{exposed}");
    set(0o600);
    fs::write(folder.join("backup.key"), "a shopping list").expect("written");
    let malformed = refused(folder, "data", &seal);
    assert!(malformed.contains("does not hold a key"), "{malformed}");
}

/// Where a file has no room, whether the copy or the backup that is made of it, nothing is left of either.
#[cfg(unix)]
#[test]
fn a_backup_for_which_there_is_no_room_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    transcript(&folder.join("data"), "alice: what shit\n");
    told(folder, "data", &["key", "new", "backup.key"]);
    let first = told(folder, "data", &["backup", "--to", "place", "--key", "backup.key"]);
    let first = folder.join(first.trim());
    let whole = fs::read(&first).expect("it can be read");
    let names = |name: &str| -> BTreeSet<_> {
        let files = fs::read_dir(folder.join(name)).expect("it can be read");
        files.map(|file| file.expect("it can be read").file_name()).collect()
    };
    let before = [names("data"), names("place")];
    // What is sealed is a little larger than the copy, which is of whole pages.
    let largest = whole.len() / 4096 * 4096;
    for (bytes, want) in [(65536, "ledger.db"), (largest, "there is no room for place/")] {
        let asked = beadle(Path::new("data"));
        let mut limited = Command::new("sh");
        limited.current_dir(folder).args(["-c", "trap '' XFSZ; ulimit -f $1; shift; exec \"$@\"", "sh"]);
        limited.arg((bytes / 512).to_string()).arg(asked.get_program()).args(asked.get_args());
        limited.args(["backup", "--to", "place", "--key", "backup.key"]).env_remove("FAILPOINTS");
        let refused = run(limited, "");
        assert_eq!(refused.status.code(), Some(1), "{bytes}: {}", err(&refused));
        assert!(err(&refused).contains(want), "{bytes}: {}", err(&refused));
        assert_eq!([names("data"), names("place")], before, "{bytes}");
        assert_eq!(fs::read(&first).expect("it can be read"), whole, "{bytes}");
    }
    assert!(transcript(&folder.join("data"), "mo /case B-0001\n").contains("what shit"));
}

#[test]
fn a_ledger_gets_a_new_key_and_reads_as_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    transcript(&folder.join("data"), "alice: what shit\n");
    let before = fs::read(folder.join("data/ledger.key")).expect("there is a key");
    let said = told(folder, "data", &["key", "rotate"]);
    assert!(said.contains("has a new key; sealed anew with it: 1."), "{said}");
    assert_ne!(fs::read(folder.join("data/ledger.key")).expect("there is a key"), before);
    let after = transcript(&folder.join("data"), "mo /case B-0001\n");
    assert!(after.contains("what shit"), "{after}");

    let config = "[backup]\ndirectory = \"place\"\nkey_file = \"backup.key\"\n";
    fs::write(folder.join("beadle.toml"), config).expect("written");
    told(folder, "data", &["key", "new", "backup.key"]);
    let with = ["--config", "beadle.toml"];
    let first = told(folder, "data", &[&with[..], &["backup"]].concat());
    let said = told(folder, "data", &[&with[..], &["key", "rotate", "--backup"]].concat());
    let old = said.split("opened with ").nth(1).and_then(|rest| rest.split(':').next()).expect("it is named");
    let check = [&with[..], &["backup", "--check", first.trim()]].concat();
    assert_eq!(asked(folder, "data", &check).status.code(), Some(2), "with the new key");
    told(folder, "data", &[&check[..], &["--key", old]].concat());
}

#[test]
fn the_key_of_backups_is_handed_over_like_any_other_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    transcript(&folder.join("data"), "alice: what shit\n");
    told(folder, "data", &["key", "new", "backup.key"]);
    let key = fs::read_to_string(folder.join("backup.key")).expect("it is there");
    let asked = |place: &str, variables: &[(&str, &str)], args: &[&str]| {
        let config = folder.join("beadle.toml");
        fs::write(&config, format!("[backup]\ndirectory = \"place\"\n{place}\n")).expect("written");
        let mut command = beadle(&folder.join("data"));
        command.env_remove("CREDENTIALS_DIRECTORY").envs(variables.iter().copied());
        command.arg("--config").arg(config).args(args);
        let output = run(command, "");
        let said = format!("{}{}", out(&output), err(&output));
        assert!(!said.contains(key.trim()), "it was shown: {said}");
        (output.status.code(), said)
    };
    let credentials = folder.to_str().expect("the path is text");
    let ways: [(&str, (&str, &str)); 2] = [
        ("key_credential = \"backup.key\"", ("CREDENTIALS_DIRECTORY", credentials)),
        ("key_env = \"BACKUP_KEY\"", ("BACKUP_KEY", &key)),
    ];
    let taken = told(folder, "data", &["backup", "--to", "place", "--key", "backup.key"]);
    let backup = folder.join(taken.trim());
    let backup = backup.to_str().expect("the path is text");
    for (place, variable) in ways {
        let (code, said) = asked(place, &[variable], &["backup", "--check", backup]);
        assert!(code == Some(0) && said.contains("is whole"), "{place}: {said}");
        let (code, said) = asked(place, &[], &["backup"]);
        assert!(code == Some(2) && said.contains("the key of backups"), "{place}: {said}");
        let (code, said) = asked(place, &[variable], &["key", "rotate", "--backup"]);
        assert!(code == Some(2) && said.contains("beadle key new"), "{place}: {said}");
    }
    let (code, said) = asked("key_env = \"BACKUP_KEY\"", &[("BACKUP_KEY", "hunter2")], &["backup"]);
    assert!(code == Some(2) && said.contains("beadle key new") && !said.contains("hunter2"), "{said}");
}
