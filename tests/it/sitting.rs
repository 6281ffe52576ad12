//! A group in the terminal is looked after like any other, and ends well however it is told to.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::beadle::{Conversation, beadle, transcript};
use crate::cli::{err, run_in};
use crate::typist::{PATIENCE, Typist, terminal};
use crate::watch::{address_in, ask};

/// How often somebody at the prompt looks whether there is news.
const LOOKS_MAX: usize = 10_000;

/// Whether the record in a folder was closed, so that the next start has nothing to look at first.
fn is_closed(data: &Path) -> bool {
    data.join("ledger.clean").exists() && !data.join("ledger.db-wal").exists()
}

fn sits_down(folder: &Path, config: &str) -> Typist {
    fs::write(folder.join("beadle.toml"), config).expect("it can be written");
    Typist::sits_down(folder, &["--log", "info", "--config", "beadle.toml", "--data-dir", "data"])
}

#[test]
fn while_somebody_sits_there_a_backup_is_taken_and_can_be_watched() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let made = run_in(folder.path(), &["key", "new", "backup.key"], "");
    assert!(made.status.success(), "{}", err(&made));
    let config =
        "[watch]\naddress = \"127.0.0.1:0\"\n[backup]\ndirectory = \"place\"\nkey_file = \"backup.key\"\n";
    let mut typist = sits_down(folder.path(), config);
    typist.sees("a backup was taken and read back");
    let screen = typist.screen();
    let line = screen.lines().find(|line| line.contains("watched at")).expect("it says where");
    let page = ask(address_in(line.trim_end()), "GET", "/metrics").body;
    let taken = page.lines().find_map(|line| line.strip_prefix("beadle_backup_last_timestamp_seconds "));
    let taken = taken.and_then(|taken| taken.parse::<f64>().ok());
    assert!(taken.is_some_and(|taken| taken > 1.0e9), "{page}");
    typist.types(&["exit"]);
    let (status, screen) = typist.ends();
    assert!(status.success(), "{screen}");
    let place = folder.path().join("place");
    assert_eq!(ledger::backups(&place).expect("it can be read").len(), 1);
    assert!(place.join("erasures.log").exists() && is_closed(&folder.path().join("data")));
}

#[test]
fn officers_read_at_the_prompt_what_is_not_in_place() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let data = folder.path().join("data");
    transcript(&data, "alice: hello\n");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).expect("it can be opened up");
    let mut typist = sits_down(folder.path(), "");
    let told = (0..LOOKS_MAX).find(|_| {
        // What was said meanwhile is shown once a line was dealt with.
        typist.types(&["# any news?"]);
        typist.is_asked();
        typist.presses(b"# no\r");
        typist.screen().contains("verybody on the machine can look into the data folder")
    });
    assert!(told.is_some(), "{}", typist.screen());
    typist.types(&["exit"]);
    assert!(typist.ends().0.success());
}

#[test]
fn a_session_that_is_told_to_end_leaves_record_and_terminal_in_order() {
    for has_colours in [true, false] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let data = folder.path().join("data");
        let mut command = beadle(&data);
        if !has_colours {
            command.env("NO_COLOR", "1");
        }
        let mut typist = Typist::runs(command);
        typist.types(&["alice: what shit"]);
        typist.is_asked();
        typist.is_sent("TERM");
        let (status, screen) = typist.ends();
        assert_eq!(status.code(), Some(0), "{screen}");
        assert!(is_closed(&data), "{screen}");
        let after = transcript(&data, "mo /case B-0001\n");
        assert!(after.contains("what shit"), "{after}");
    }
}

#[test]
fn whoever_interrupts_at_the_prompt_is_told_what_leaves_and_leaves_in_order_the_second_time() {
    for way in ["a signal", "Ctrl-C"] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut typist = sits_down(folder.path(), "");
        typist.types(&["alice: what shit"]);
        let interrupt = |typist: &mut Typist| match way {
            "Ctrl-C" => typist.presses(b"\x03"),
            _ => typist.is_sent("INT"),
        };
        typist.is_asked();
        interrupt(&mut typist);
        typist.sees("Ctrl-C again, Ctrl-D or exit leaves");
        typist.is_asked();
        interrupt(&mut typist);
        let (status, screen) = typist.ends();
        assert_eq!(status.code(), Some(0), "{way}: {screen}");
        assert!(is_closed(&folder.path().join("data")), "{way}: {screen}");
    }
}

#[test]
fn a_script_that_is_told_to_end_between_lines_ends_well() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let data = folder.path().join("data");
        let mut group = Conversation::start(beadle(&data));
        group.say("alice: what shit");
        let told = Command::new("kill").args([signal, &group.id().to_string()]).status();
        assert!(told.expect("kill is there").success());
        assert_eq!(group.ends_by_itself(), "", "{signal}");
        assert!(is_closed(&data), "{signal}");
    }
}

#[test]
fn a_window_that_is_closed_ends_the_session_well() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (mut window, theirs) = terminal();
    let mut command = beadle(&folder.path().join("data"));
    command.env("TERM", "xterm").stderr(Stdio::piped());
    command.stdin(theirs.try_clone().expect("it can be used twice")).stdout(theirs);
    let mut child = command.spawn().expect("the program starts");
    drop(command);
    let (mut screen, mut some) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&screen).contains("mo> ") {
        let len = window.read(&mut some).expect("it shows a prompt");
        screen.extend_from_slice(&some[..len]);
    }
    drop(window);
    // What the system sends then to those in front of it.
    let told = Command::new("kill").args(["-HUP", &child.id().to_string()]).status();
    assert!(told.expect("kill is there").success());
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        let mut said = String::new();
        let read = child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut said));
        let status = child.wait();
        sender.send((read.is_some_and(|read| read.is_ok()), said, status))
    });
    let (was_read, said, status) = ended.recv_timeout(PATIENCE).expect("it ends by itself");
    assert_eq!((was_read, said.as_str()), (true, ""));
    assert_eq!(status.expect("it was started").code(), Some(0));
    assert!(is_closed(&folder.path().join("data")));
}
