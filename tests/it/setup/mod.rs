//! An installation set up by somebody who has never seen Beadle: by flags, from a file of answers, at a terminal.

mod added;
mod given;
#[cfg(unix)]
mod stopped;
#[cfg(unix)]
mod typed;

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::cli::{err, out, run_in};

/// What answers everything that has to be known of a group on Discord.
const ON_DISCORD: [&str; 20] = [
    "--platform",
    "discord",
    "--name",
    "Leafield Branch",
    "--contact",
    "secretary@leafield.example",
    "--application",
    "198622483471925248",
    "--server",
    "41771983423143937",
    "--officers-channel",
    "41771983423143938",
    "--private-channel",
    "41771983423143939",
    "--suspension-role",
    "41771983423143940",
    "--officer",
    "80351110224678912: moderator",
    "--officer",
    "80351110224678913: secretary",
];

const ON_MATRIX: &str = r##"
platform = "matrix"
name = "Workshop 7"
contact = "the Secretary"
homeserver = "https://matrix.example.org"
user = "@beadle:example.org"
room = ["#shop:example.org", "!yYLMGyOBDgcXNZriK8iz"]
management_room = "#shop-officers:example.org"
officer = ["@mo:example.org: moderator", "@sam:example.org: secretary"]
data_dir = "record"
backups = "copies"
"##;

const TERMINAL: [&str; 6] = ["--platform", "terminal", "--name", "Tea Club", "--contact", "the Secretary"];

/// Runs `beadle init` in a folder, without a terminal.
fn init(folder: &Path, args: &[&str]) -> Output {
    run_in(folder, &[&["init"], args].concat(), "")
}

/// What it says when everything is written.
fn written(output: &Output) -> &str {
    assert_eq!((output.status.code(), err(output)), (Some(0), ""), "{}", out(output));
    out(output)
}

/// What it says when nothing is.
fn refused(output: &Output) -> &str {
    assert_eq!((output.status.code(), out(output)), (Some(2), ""), "{}", err(output));
    err(output)
}

/// The names of everything in a folder.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it can be read");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.expect("it can be read").file_name().into_string().expect("the name is text")
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

/// The configuration is one that the program takes.
fn is_valid(folder: &Path) {
    let checked = run_in(folder, &["--config", "beadle.toml", "config", "check"], "");
    assert_eq!(out(&checked), "beadle.toml: valid\n");
}

/// Its mode, without what kind of thing it is.
#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}
