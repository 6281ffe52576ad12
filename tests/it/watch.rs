//! The program as it can be watched from its own machine: whether it lives, whether it is ready, and figures.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::beadle::{Conversation, beadle, repository, run};

/// Only a failing test waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// What each name of a figure ends with that stands for several.
const PARTS: [&str; 3] = ["_bucket", "_count", "_sum"];

/// What a script has none of: backups, for nothing of a rehearsal is copied; canaries; Discord; things that wait once a line
/// was answered.
const NOT_IN_A_SCRIPT: [&str; 4] = [
    "beadle_backup_last_timestamp_seconds",
    "beadle_canary_last_timestamp_seconds",
    "beadle_discord_requests_turned_away",
    "beadle_effects_oldest_timestamp_seconds",
];

/// What is answered to a question.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Asks the program.
pub(crate) fn ask(address: SocketAddr, method: &str, path: &str) -> Answer {
    say(address, &format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n\r\n"))
}

/// Says something to the program, and gives what it answers.
fn say(address: SocketAddr, words: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("it can be set");
    stream.write_all(words.as_bytes()).expect("it listens");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("it answers in UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?} is no answer"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("{head:?} has no status"));
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// Where a program can be asked, from the line in which it says so.
pub(crate) fn address_in(line: &str) -> SocketAddr {
    let (_, rest) = line.split_once("watched at http://").expect("it says where");
    let address = rest.split(['"', ' ', '\n']).next().unwrap_or_default();
    address.parse().unwrap_or_else(|_| panic!("{line:?} names no address"))
}

/// The names of the figures on a page, each with a number at least.
fn names(page: &str) -> BTreeSet<String> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| name(line.split(['{', ' ']).next().unwrap_or_default())).collect()
}

/// A figure without what stands for one of its parts.
fn name(figure: &str) -> String {
    let part = PARTS.iter().find_map(|part| figure.strip_suffix(part));
    part.unwrap_or(figure).to_owned()
}

/// The figures that a text asks for.
fn asked_for(text: &str) -> BTreeSet<String> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !is_of_name(c));
    words.filter(|word| word.starts_with("beadle_")).map(name).collect()
}

/// What Grafana is asked to draw.
fn drawn() -> BTreeSet<String> {
    let text = fs::read_to_string(repository("packaging/grafana/beadle.json")).expect("it is there");
    let dashboard: Value = serde_json::from_str(&text).expect("it is JSON");
    let mut queries = Vec::new();
    gather(&dashboard, &mut queries);
    assert!(!queries.is_empty());
    asked_for(&queries.join("\n"))
}

/// Every text under a name that Grafana reads a query from.
fn gather(value: &Value, queries: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if ["expr", "query", "definition"].contains(&name.as_str()) => {
                        queries.push(text.clone());
                    }
                    _ => gather(value, queries),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, queries)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What somebody is woken for.
fn alerts() -> String {
    fs::read_to_string(repository("packaging/prometheus/beadle.rules.yml")).expect("it is there")
}

/// Whatever is drawn or wakes somebody is there, but for these, and whatever is there is drawn.
pub(crate) fn every_figure_is_drawn(page: &str, but: &[&str]) {
    let (there, drawn) = (names(page), drawn());
    let asked_for: BTreeSet<_> = asked_for(&alerts()).union(&drawn).cloned().collect();
    let missing: Vec<_> = asked_for.difference(&there).collect();
    assert_eq!(missing, but, "asked for, and not in\n{page}");
    let idle: Vec<_> = there.difference(&drawn).collect();
    assert_eq!(idle, [""; 0], "they are not on the dashboard");
}

/// A group in the terminal that can be watched at a free port.
fn watched(folder: &TempDir) -> Command {
    let config = folder.path().join("beadle.toml");
    fs::write(&config, "[watch]\naddress = \"127.0.0.1:0\"\n").expect("it can be written");
    let mut command = beadle(&folder.path().join("data"));
    command.args(["--log", "info", "--config"]).arg(config);
    command
}

#[test]
fn a_group_in_the_terminal_is_ready_and_its_figures_name_nobody() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut group = Conversation::start(watched(&folder));
    let address = address_in(&group.logs("watched at"));
    for path in ["/healthz", "/readyz"] {
        let answer = ask(address, "GET", path);
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"), "{path}");
    }
    group.say("alice: a lovely morning");
    group.say("bob: oh fuck off, alice");
    group.say("carol: what a wanker");
    let answer = ask(address, "GET", "/metrics");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        answer.head.contains("content-type: application/openmetrics-text; version=1.0.0"),
        "{}",
        answer.head
    );
    assert!(answer.body.ends_with("# EOF\n"), "{}", answer.body);
    every_figure_is_drawn(&answer.body, &NOT_IN_A_SCRIPT);
    for line in [
        r#"beadle_posts_judged_total{group="thistlebrook",verdict="allow"} 1"#,
        r#"beadle_posts_judged_total{group="thistlebrook",verdict="delete"} 1"#,
        r#"beadle_cases_waiting{group="thistlebrook"} 1"#,
        r#"beadle_group_heard{group="thistlebrook"} 1"#,
        r#"beadle_breaker_tripped{group="thistlebrook"} 0"#,
        r#"beadle_effects{group="thistlebrook",kind="remove",state="waiting"} 0"#,
        concat!(r#"beadle_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""} 1"#),
    ] {
        assert!(answer.body.lines().any(|one| one == line), "{line} is not in\n{}", answer.body);
    }
    let page = answer.body.to_lowercase();
    for word in ["alice", "bob", "carol", "fuck", "wanker", "lovely", "tearoom"] {
        assert!(!page.contains(word), "{word} is in the figures");
    }
    group.end();
}

#[test]
fn nothing_can_be_changed_there_and_only_this_machine_is_answered() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut group = Conversation::start(watched(&folder));
    let address = address_in(&group.logs("watched at"));
    for (method, path, want) in [
        ("GET", "/", 404),
        ("GET", "/metrics/", 404),
        ("POST", "/metrics", 405),
        ("DELETE", "/healthz", 405),
        ("HEAD", "/metrics", 200),
        ("GET", "/healthz?x=y", 200),
    ] {
        let answer = ask(address, method, path);
        assert_eq!(answer.status, want, "{method} {path}");
        assert_eq!(answer.body.is_empty(), method == "HEAD", "{method} {path}");
    }
    let from_a_page = say(address, "GET /metrics HTTP/1.1\r\nHost: beadle.example.org\r\n\r\n");
    assert_eq!(from_a_page.status, 403);
    let endless = format!("GET /{} HTTP/1.1\r\nHost: {address}\r\n\r\n", "a".repeat(64 * 1024));
    let mut stream = TcpStream::connect(address).expect("it listens");
    // It is not read to its end.
    drop(stream.write_all(endless.as_bytes()));
    // Whoever says nothing keeps nobody waiting.
    let _silent: Vec<_> = (0..4).map(|_| TcpStream::connect(address).expect("it listens")).collect();
    assert_eq!(ask(address, "GET", "/healthz").status, 200);
    group.end();
}

#[test]
fn a_port_that_another_program_has_is_said_at_the_start() {
    let other = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = other.local_addr().expect("it is bound");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let config = folder.path().join("beadle.toml");
    fs::write(&config, format!("[watch]\naddress = \"{address}\"\n")).expect("it can be written");
    let mut command = beadle(&folder.path().join("data"));
    command.arg("--config").arg(config);
    let output = run(command, "alice: good morning\n");
    let told = String::from_utf8_lossy(&output.stderr);
    // To try again may help.
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(&address.to_string()) && told.contains("[watch]"), "{told}");
    assert!(folder.path().join("data/ledger.clean").exists(), "the record is closed all the same");
}

#[test]
fn a_second_program_is_told_that_the_record_is_in_use_and_not_that_the_port_is() {
    let other = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut first = Conversation::start(beadle(&folder.path().join("data")));
    first.say("alice: good morning");
    let config = folder.path().join("beadle.toml");
    let address = other.local_addr().expect("it is bound");
    fs::write(&config, format!("[watch]\naddress = \"{address}\"\n")).expect("it can be written");
    let mut command = beadle(&folder.path().join("data"));
    command.arg("--config").arg(config);
    let output = run(command, "alice: good morning\n");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("is held by another running Beadle") && !told.contains("[watch]"), "{told}");
    assert_eq!(first.end(), "");
}

#[test]
fn the_dashboard_asks_the_source_and_the_groups_that_are_chosen() {
    let text = fs::read_to_string(repository("packaging/grafana/beadle.json")).expect("it is there");
    let dashboard: Value = serde_json::from_str(&text).expect("it is JSON");
    let variables = dashboard["templating"]["list"].as_array().expect("there are variables");
    let of = |name: &str| variables.iter().find(|variable| variable["name"] == name);
    assert_eq!(of("datasource").expect("it is chosen")["type"], "datasource");
    assert_eq!(of("group").expect("they are chosen")["type"], "query");
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().expect("there are panels") {
        assert!(ids.insert(panel["id"].as_u64().expect("it has a number")), "{panel}");
        let title = panel["title"].as_str().expect("it has a title");
        for target in panel["targets"].as_array().into_iter().flatten() {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
            let query = target["expr"].as_str().expect("it asks something");
            let of_group = !asked_for(query).iter().any(|name| {
                ["beadle_build_info", "beadle_ledger_", "beadle_backup_", "beadle_discord_", "beadle_rules_"]
                    .iter()
                    .any(|whole| name.starts_with(whole))
            });
            assert_eq!(query.contains("group=~\"$group\""), of_group, "{title}: {query}");
        }
    }
}

#[test]
fn every_alert_says_what_is_wrong_and_what_to_do() {
    let text = alerts();
    let each: Vec<_> = text.split("- alert: ").skip(1).collect();
    assert!(each.len() > 5, "{text}");
    for alert in each {
        for key in ["expr:", "for:", "severity:", "summary:", "description:"] {
            assert_eq!(alert.matches(key).count(), 1, "{key} in {alert}");
        }
    }
}
