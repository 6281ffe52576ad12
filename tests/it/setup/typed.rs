//! At a terminal: asked by the real program, with real keys.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use super::{is_valid, mode, names_in};
use crate::typist::{PATIENCE, Typist, terminal};

const TOKEN: &str = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs";

const ANSWERS: [&str; 24] = [
    "",
    "Leafield Branch",
    "",
    "secretary@leafield.example",
    "",
    "",
    "",
    "",
    "",
    TOKEN,
    "",
    "41771983423143937",
    "41771983423143938",
    "41771983423143939",
    "",
    "41771983423143940",
    "",
    "80351110224678912: moderator",
    "80351110224678913: secretary",
    "",
    "",
    "",
    "copies",
    "yes",
];

#[test]
fn somebody_who_answers_has_an_installation_and_saw_their_token_nowhere() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut typist = Typist::sits_down(folder.path(), &["--log", "trace", "init"]);
    typist.types(&ANSWERS);
    let (status, screen) = typist.ends();
    assert!(status.success(), "{screen}");
    assert!(!screen.contains(TOKEN) && !screen.contains("Cl2FMQ"), "the token was shown");
    assert!(screen.contains(&"*".repeat(TOKEN.len())), "it was seen that something was typed: {screen}");
    assert!(screen.contains("client_id=198622483471925248&"), "{screen}");
    assert!(!screen.contains("install -m 600"), "nothing is left to put anywhere: {screen}");
    assert_eq!(names_in(folder.path()), ["backup.key", "beadle-data", "beadle.toml", "bot.token"]);
    is_valid(folder.path());
    let token = folder.path().join("bot.token");
    assert_eq!(
        (fs::read_to_string(&token).expect("it is there"), mode(&token)),
        (format!("{TOKEN}\n"), 0o600)
    );
    for name in ["beadle.toml", "beadle-data/ledger.db"] {
        let content = fs::read(folder.path().join(name)).expect("it is there");
        assert!(!content.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()), "{name}");
    }
}

#[test]
fn a_letter_that_is_no_utf_8_is_asked_for_again_and_loses_no_answer() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut typist = Typist::sits_down(folder.path(), &["init"]);
    typist.types(&ANSWERS[..1]);
    typist.is_asked();
    // As a terminal sends “Café ” that is set to Latin-1.
    typist.presses(b"Caf\xe9 ");
    typist.types(&ANSWERS[1..]);
    let (status, screen) = typist.ends();
    assert!(status.success(), "{screen}");
    assert!(screen.contains("is no UTF-8"), "{screen}");
    let config = fs::read_to_string(folder.path().join("beadle.toml")).expect("it is there");
    assert!(config.contains("name = \"Leafield Branch\""), "{config}");
}

#[test]
fn whoever_stops_has_written_nothing_however_they_do_it() {
    for way in ["Ctrl-C", "Ctrl-D", "a signal"] {
        // Where a secret is typed, and at the very end.
        for answered in [9, 23] {
            let folder = tempfile::tempdir().expect("a folder can be made");
            let mut typist = Typist::sits_down(folder.path(), &["init"]);
            typist.types(&ANSWERS[..answered]);
            typist.is_asked();
            match way {
                "Ctrl-C" => typist.presses(b"\x03"),
                "Ctrl-D" => typist.presses(b"\x04"),
                _ => typist.is_sent("INT"),
            }
            has_written_nothing(typist, folder.path(), &format!("{way} after {answered} answers"));
        }
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut typist = Typist::sits_down(folder.path(), &["init"]);
    typist.types(&ANSWERS[..23]);
    typist.types(&["no"]);
    has_written_nothing(typist, folder.path(), "second thoughts");
}

fn has_written_nothing(typist: Typist, folder: &Path, why: &str) {
    let (status, screen) = typist.ends();
    assert_eq!(status.code(), Some(2), "{why}: {screen}");
    assert!(screen.contains("beadle: stopped: nothing was written"), "{why}: {screen}");
    assert_eq!(names_in(folder), [] as [String; 0], "{why}");
}

#[test]
fn a_terminal_without_an_editor_shows_no_secret_for_it_asks_for_none() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    // A plain terminal has no sign of waiting, and takes lines whenever they come.
    let (mut keyboard, theirs) = terminal();
    let clone = || theirs.try_clone().expect("it can be used thrice");
    let mut command = Command::new(env!("CARGO_BIN_EXE_beadle"));
    command.current_dir(folder.path()).env("TERM", "dumb").arg("init");
    command.stdin(clone()).stdout(clone()).stderr(clone());
    let mut child = command.spawn().expect("the program starts");
    drop((command, theirs));
    let lines: Vec<&str> = ANSWERS.iter().copied().filter(|line| *line != TOKEN).collect();
    // Its own echo of what is typed fills what it can hold, so that it has to be read meanwhile.
    let mut eyes = keyboard.try_clone().expect("it can be looked at");
    let (showing, shown) = mpsc::channel();
    thread::spawn(move || {
        let (mut screen, mut some) = (Vec::new(), [0; 4096]);
        while let Ok(len @ 1..) = eyes.read(&mut some) {
            screen.extend_from_slice(&some[..len]);
        }
        showing.send(String::from_utf8_lossy(&screen).into_owned())
    });
    keyboard.write_all(format!("{}\n", lines.join("\n")).as_bytes()).expect("it can be typed");
    let Ok(screen) = shown.recv_timeout(PATIENCE) else {
        child.kill().expect("it waits for more");
        panic!("it asks for more: {:?}", shown.recv());
    };
    let status = child.wait().expect("it was started");
    assert!(status.success(), "{screen}");
    assert!(
        screen.contains("This terminal would show a secret") && screen.contains("install -m 600"),
        "{screen}"
    );
    is_valid(folder.path());
}
