//! Without a terminal: from flags and from a file, and with nobody asked.

use std::fs;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{ON_DISCORD, ON_MATRIX, TERMINAL, init, is_valid, names_in, refused, written};
use crate::beadle::{beadle, keep_secret, repository};
use crate::cli::{err, out, run_in};

/// Only a failing test waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

const TOKEN: &str = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs";

#[test]
fn help_says_which_flag_answers_what() {
    let help = run_in(&repository(""), &["init", "--help"], "");
    insta::assert_snapshot!("help_init", out(&help));
}

#[test]
fn where_it_is_written_can_be_said_before_the_command_and_after_it() {
    let places: &[&str] = &["--config", "ours.toml", "--data-dir", "record"];
    for (before, after) in [(places, &[] as &[&str]), (&[], places)] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let args = [before, &["init"][..], after, &TERMINAL[..]].concat();
        written(&run_in(folder.path(), &args, ""));
        assert_eq!(names_in(folder.path()), ["ours.toml", "record"], "{args:?}");
    }
}

#[test]
fn a_group_on_discord_is_set_up_by_flags() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let output = init(folder.path(), &ON_DISCORD);
    insta::assert_snapshot!("by_flags", written(&output));
    assert_eq!(names_in(folder.path()), ["beadle-data", "beadle.toml"]);
    let record = names_in(&folder.path().join("beadle-data"));
    assert!(
        record.contains(&"ledger.db".to_owned()) && record.contains(&"ledger.key".to_owned()),
        "{record:?}"
    );
    assert!(!record.contains(&"init.unfinished".to_owned()), "{record:?}");
    is_valid(folder.path());
    let config = fs::read_to_string(folder.path().join("beadle.toml")).expect("it is there");
    insta::assert_snapshot!("by_flags_configuration", config);
}

#[test]
fn a_group_on_matrix_is_set_up_from_a_file_of_answers() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("answers.toml"), ON_MATRIX).expect("the file can be written");
    // What a flag says counts more.
    let output = init(folder.path(), &["--answers", "answers.toml", "--name", "Workshop 8"]);
    insta::assert_snapshot!("from_a_file", written(&output));
    assert_eq!(names_in(folder.path()), ["answers.toml", "backup.key", "beadle.toml", "record"]);
    is_valid(folder.path());
    let config = fs::read_to_string(folder.path().join("beadle.toml")).expect("it is there");
    insta::assert_snapshot!("from_a_file_configuration", config);
    let taken = run_in(folder.path(), &["--config", "beadle.toml", "backup"], "");
    assert_eq!((taken.status.code(), err(&taken)), (Some(0), ""), "the key that was made seals backups");
}

#[cfg(unix)]
#[test]
fn what_is_written_only_its_owner_can_read() {
    use super::mode;
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("answers.toml"), ON_MATRIX).expect("the file can be written");
    written(&init(folder.path(), &["--answers", "answers.toml"]));
    let rows = [
        ("record", 0o700),
        ("record/ledger.db", 0o600),
        ("record/ledger.key", 0o600),
        ("backup.key", 0o600),
        ("beadle.toml", 0o600),
    ];
    for (name, want) in rows {
        assert_eq!(mode(&folder.path().join(name)), want, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_was_there_is_left_as_open_as_it_was_and_it_is_said_how_to_shut_it() {
    use super::mode;
    use std::os::unix::fs::PermissionsExt as _;
    for (was, is_told) in [(0o755, true), (0o750, true), (0o700, false)] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let data = folder.path().join("beadle-data");
        fs::create_dir(&data).expect("a folder can be made");
        fs::set_permissions(&data, fs::Permissions::from_mode(was)).expect("it can be opened up");
        let output = init(folder.path(), &TERMINAL);
        assert_eq!(
            written(&output).contains("      chmod 700 beadle-data\n"),
            is_told,
            "{was:o}: {}",
            out(&output)
        );
        assert_eq!(mode(&data), was);
    }
}

#[test]
fn a_group_in_the_terminal_is_there_after_it() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let output = init(folder.path(), &TERMINAL);
    insta::assert_snapshot!("terminal", written(&output));
    is_valid(folder.path());
    let story = "alice: oh fuck off\nasha /mode live\nalice: oh fuck off\nalice -> beadle: my-record\n";
    let told = run_in(folder.path(), &["--config", "beadle.toml"], story);
    assert_eq!((told.status.code(), err(&told)), (Some(0), ""));
    insta::assert_snapshot!("terminal_story", out(&told));
}

#[test]
fn everything_that_is_missing_or_wrong_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let answers = format!(
        "{ON_MATRIX}\nservr = \"x\"\ntoken = \"{TOKEN}\"\npassword = \"{TOKEN}\"\ntime_zone = 7\nserver = \"1\"\n"
    );
    fs::write(folder.path().join("answers.toml"), answers).expect("the file can be written");
    fs::write(folder.path().join("broken.toml"), format!("token = \"{TOKEN}\nname = Tea\n"))
        .expect("the file can be written");
    let rows: [&[&str]; 7] = [
        &[],
        &["--platform", "discord"],
        &["--platform", "irc", "--name", "Tea\tClub"],
        &[
            "--platform",
            "discord",
            "--name",
            "Tea",
            "--id",
            "Tea Room",
            "--contact",
            "",
            "--time-zone",
            "Europe/Lundon",
            "--preset",
            "harsh",
            "--account",
            "Bot",
            "--token-file",
            TOKEN,
            "--application",
            "me",
            "--api",
            "http://example.org",
            "--server",
            "#general",
            "--officers-channel",
            "2",
            "--private-channel",
            "2",
            "--suspension",
            "timeout",
            "--welcome-channel",
            "here",
            "--automod",
            "all",
            "--officer",
            "mo: moderator",
            "--backups",
            "~/copies",
            "--room",
            "#tea:example.org",
        ],
        &["--answers", "answers.toml"],
        &[
            "--answers",
            "answers.toml",
            "--homeserver",
            "http://example.org",
            "--user",
            "@beadle",
            "--room",
            "tea",
            "--management-room",
            "tea",
            "--password-file",
            "gone/password",
            "--officer",
            "@sam:example.org: executive",
        ],
        &["--answers", "broken.toml"],
    ];
    let told: Vec<String> = rows
        .iter()
        .map(|args| {
            let told = refused(&init(folder.path(), args)).to_owned();
            assert!(!told.contains(TOKEN), "{args:?}");
            told
        })
        .collect();
    insta::assert_snapshot!("wrong", told.join("\n"));
    assert_eq!(names_in(folder.path()), ["answers.toml", "broken.toml"], "nothing was written");
}

#[test]
fn nothing_is_waited_for_on_a_pipe() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut command = beadle(&folder.path().join("data"));
    command
        .current_dir(folder.path())
        .arg("init")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // Open all the while, with nothing in it.
    let stdin = child.stdin.take();
    let (sender, ended) = mpsc::channel();
    let waiting = thread::spawn(move || sender.send(child.wait_with_output()));
    let output = ended.recv_timeout(PATIENCE).expect("it ends by itself").expect("it was started");
    assert!(refused(&output).contains("--platform: it is missing"), "{}", err(&output));
    waiting.join().expect("the thread ends").expect("it was heard");
    drop(stdin);
    assert_eq!(names_in(folder.path()), [] as [String; 0]);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let config = folder.path().join("beadle.toml");
    fs::write(&config, "# mine\n").expect("the file can be written");
    let told = init(folder.path(), &ON_DISCORD);
    insta::assert_snapshot!(refused(&told), @"beadle: beadle.toml is there already, and stays as it is: add a group to it with --add-group, or name another file with --config");
    assert_eq!(fs::read_to_string(&config).expect("it is there"), "# mine\n");
    let nowhere =
        run_in(folder.path(), &[&["--config", "gone/beadle.toml", "init"], &ON_DISCORD[..]].concat(), "");
    insta::assert_snapshot!(refused(&nowhere), @"beadle: there is no folder gone to write gone/beadle.toml into: make it, or name a file elsewhere with --config");
    fs::remove_file(&config).expect("it can be removed");

    // A record in which something stands is another group's.
    let told = run_in(folder.path(), &["--data-dir", "beadle-data"], "alice: oh fuck off\n");
    assert!(told.status.success());
    let told = init(folder.path(), &ON_DISCORD);
    insta::assert_snapshot!(refused(&told), @"
    beadle: nothing was written, for this is missing or wrong:
    --data-dir: there is a record in beadle-data already; name another folder, or add the group to the configuration that the record belongs to: beadle --config FILE init --add-group
    ");
    assert_eq!(names_in(folder.path()), ["beadle-data"]);

    // So are backups, beside which none of this one could be taken.
    let copies = folder.path().join("copies");
    fs::create_dir(&copies).expect("it can be made");
    fs::write(copies.join("erasures.log"), "").expect("it can be written");
    let flags = [&["--data-dir", "record", "--backups", "copies"][..], &ON_DISCORD[..]].concat();
    let told = init(folder.path(), &flags);
    insta::assert_snapshot!(refused(&told), @"
    beadle: nothing was written, for this is missing or wrong:
    --backups: there are backups of another record in copies already; name another folder, or move them away
    ");
    assert_eq!(names_in(folder.path()), ["beadle-data", "copies"]);
}

#[cfg(unix)]
#[test]
fn secrets_and_keys_that_are_there_are_used_as_they_are() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder can be made");
    let token = folder.path().join("bot.token");
    keep_secret(&token, TOKEN);
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).expect("it can be opened up");
    let flags: Vec<&str> = ON_DISCORD
        .iter()
        .filter(|flag| !flag.contains("198622") && **flag != "--application")
        .copied()
        .collect();
    let flags = [&flags[..], &["--backups", "copies"]].concat();
    let told = init(folder.path(), &flags);
    assert!(
        refused(&told).contains("--token-file: others can read or change bot.token: chmod 600 bot.token"),
        "{}",
        err(&told)
    );

    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("it can be closed again");
    let made = run_in(folder.path(), &["key", "new", "backup.key"], "");
    assert!(made.status.success());
    let key = fs::read(folder.path().join("backup.key")).expect("it is there");
    let output = init(folder.path(), &flags);
    // The token tells of its application, and is told to nobody.
    let said = written(&output);
    assert!(said.contains("client_id=198622483471925248&"), "{said}");
    assert!(!said.contains("install -m 600") && !said.contains(TOKEN), "{said}");
    assert_eq!(fs::read(folder.path().join("backup.key")).expect("it is there"), key);
    assert_eq!(fs::read_to_string(&token).expect("it is there"), TOKEN);
    let config = fs::read_to_string(folder.path().join("beadle.toml")).expect("it is there");
    assert!(!config.contains(TOKEN));
}
