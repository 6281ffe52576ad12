//! `beadle healthcheck`, as a supervisor runs it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use crate::beadle::{Conversation, beadle, repository, run};
use crate::watch::address_in;

/// Its exit code, and what it prints.
fn checked(data: &Path, config: Option<&Path>) -> (Option<i32>, String) {
    let mut command = beadle(data);
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    command.arg("healthcheck");
    let output = run(command, "");
    (output.status.code(), String::from_utf8(output.stdout).expect("it is text"))
}

#[test]
fn without_a_place_to_ask_at_it_is_seen_whether_a_program_runs() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let data = folder.path().join("data");
    let none = (Some(1), format!("no program runs that keeps its record in {}\n", data.display()));
    assert_eq!(checked(&data, None), none, "there is no record");
    let mut group = Conversation::start(beadle(&data));
    group.say("# it has begun");
    assert_eq!(checked(&data, None), (Some(0), "ok\n".to_owned()));
    group.end();
    assert_eq!(checked(&data, None), none, "it has ended");
    // Nothing of it keeps the next from starting.
    let mut group = Conversation::start(beadle(&data));
    group.say("# it has begun again");
    group.end();
}

#[test]
fn where_it_can_be_asked_it_says_itself_how_it_is() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (data, config) = (folder.path().join("data"), folder.path().join("beadle.toml"));
    let watched_at = |address: &str| {
        fs::write(&config, format!("[watch]\naddress = \"{address}\"\n")).expect("it can be written");
    };
    watched_at("127.0.0.1:0");
    let mut command = beadle(&data);
    command.args(["--log", "info", "--config"]).arg(&config);
    let mut group = Conversation::start(command);
    let address = address_in(&group.logs("watched at"));
    watched_at(&address.to_string());
    assert_eq!(checked(&data, Some(&config)), (Some(0), "ok\n".to_owned()));
    group.end();
    let (code, said) = checked(&data, Some(&config));
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with(&format!("the program does not answer at {address}, as [watch] has it: ")),
        "{said}"
    );
}

#[test]
fn what_it_was_given_wrong_ends_with_1_too_and_is_said() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (data, config) = (folder.path().join("data"), folder.path().join("beadle.toml"));
    fs::write(&config, "[watch]\nadress = \"127.0.0.1:9464\"\n").expect("it can be written");
    let rows = [
        ("the configuration", config.display().to_string(), "info", "did you mean `address`?"),
        ("no configuration", folder.path().join("none.toml").display().to_string(), "info", "cannot be read"),
        ("the log", "config.example.toml".to_owned(), "loud", "off, error, warn"),
    ];
    for (what, file, level, want) in rows {
        let mut command = beadle(&data);
        command.current_dir(repository("")).env("BEADLE_LOG", level).args(["--config", &file, "healthcheck"]);
        let output = run(command, "");
        let said = String::from_utf8(output.stderr).expect("it is text");
        assert_eq!(output.status.code(), Some(1), "{what}: {said}");
        assert!(said.starts_with("beadle: ") && said.contains(want), "{what}: {said}");
    }
}

#[test]
fn another_program_is_not_taken_for_it_and_what_that_says_is_not_printed() {
    const TEXT: &str = "Content-Type: text/plain; charset=utf-8";
    let folder = tempfile::tempdir().expect("a folder can be made");
    let config = folder.path().join("beadle.toml");
    for (status, kind, body) in [
        ("200 OK", "Content-Type: text/html", "<h1>Welcome</h1>"),
        ("200 OK", "Content-Type: text/html", "ok\n"),
        ("200 OK", TEXT, "Welcome"),
        ("200 OK", TEXT, ""),
        ("404 Not Found", TEXT, "Welcome is elsewhere"),
        ("503 Service Unavailable", "Content-Type: text/html", "<h1>Welcome back later</h1>"),
        ("503 Service Unavailable", TEXT, ""),
        ("503 Service Unavailable", "Retry-After: 9", "Welcome back later"),
    ] {
        let answer = format!("HTTP/1.1 {status}\r\n{kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let (address, asked) = answers(answer.clone());
        fs::write(&config, format!("[watch]\naddress = \"{address}\"\n")).expect("it can be written");
        let (code, said) = checked(&folder.path().join("data"), Some(&config));
        asked.join().expect("it was asked");
        let want = format!("something else answers at {address}, as [watch] has it: ");
        assert!(code == Some(1) && said.starts_with(&want), "{answer:?}: {said}");
        assert!(!said.contains("Welcome"), "{answer:?}: {said}");
    }
}

#[test]
fn a_command_line_that_is_refused_ends_with_1_where_a_supervisor_gave_it() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let rows: [(&[&str], i32); 5] = [
        (&["healthcheck", "--bogus"], 1),
        (&["--bogus", "healthcheck"], 1),
        (&["healthcheck", "now"], 1),
        (&["healthcheck", "--help"], 0),
        (&["doctor", "--bogus"], 2),
    ];
    for (args, want) in rows {
        let mut command = beadle(&folder.path().join("data"));
        command.args(args);
        assert_eq!(run(command, "").status.code(), Some(want), "{args:?}");
    }
}

/// Answers whoever asks first, and gives where.
fn answers(with: impl Into<String>) -> (SocketAddr, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let with = with.into();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        let mut question = [0; 512];
        let read = stream.read(&mut question).expect("it is asked");
        stream.write_all(with.as_bytes()).expect("it is heard");
        String::from_utf8_lossy(&question[..read]).into_owned()
    });
    (address, asked)
}

#[test]
fn what_ails_it_is_printed_and_so_is_an_answer_that_is_none() {
    let rows = [
        (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 31\r\n\r\n\
             the record cannot be read\nso on",
            "the record cannot be read\nso on\n",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nok", "its answer breaks off"),
        ("220 mail.example ESMTP\r\n", "does not answer at"),
    ];
    let folder = tempfile::tempdir().expect("a folder can be made");
    let config = folder.path().join("beadle.toml");
    for (answer, want) in rows {
        let (address, asked) = answers(answer);
        fs::write(&config, format!("[watch]\naddress = \"{address}\"\n")).expect("it can be written");
        let (code, said) = checked(&folder.path().join("data"), Some(&config));
        assert!(code == Some(1) && said.contains(want), "{answer:?}: {said}");
        let question = asked.join().expect("it was asked");
        assert!(question.starts_with("GET /healthz HTTP/1.1\r\n"), "{question}");
    }
}
