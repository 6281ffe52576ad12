//! Rules about the repository that a reviewer should not have to remember.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::beadle::files_below;

/// Which of our crates each may use, whether it is built or tested. A crate uses only what is below it.
const EDGES: [(&str, &[&str]); 11] = [
    ("beadle-policy", &[]),
    ("beadle-corpus", &["beadle-policy"]),
    ("beadle-platform", &["beadle-policy"]),
    ("beadle-ledger", &["beadle-policy"]),
    ("beadle-casework", &["beadle-policy", "beadle-ledger", "beadle-platform"]),
    ("beadle-terminal", &["beadle-policy", "beadle-platform"]),
    ("beadle-matrix", &["beadle-policy", "beadle-platform"]),
    ("beadle-fake-discord", &[]),
    ("beadle-discord", &["beadle-policy", "beadle-platform", "beadle-fake-discord"]),
    (
        "beadle",
        &[
            "beadle-policy",
            "beadle-ledger",
            "beadle-platform",
            "beadle-casework",
            "beadle-terminal",
            "beadle-matrix",
            "beadle-discord",
            "beadle-fake-discord",
        ],
    ),
    (
        "beadle-fuzzing",
        &["beadle-policy", "beadle-corpus", "beadle-casework", "beadle-matrix", "beadle-discord", "beadle"],
    ),
];

/// The one use that goes up, for a benchmark only.
const READ_BY_A_BENCHMARK: (&str, &str) = ("beadle-policy", "beadle-corpus");

/// Workspaces of their own beside this one, which no build of Beadle touches.
const APART: [&str; 2] = ["benches/filters", "fuzz"];

/// What the pure crate may be built with. None of these reads a clock, a file, a socket or a random number.
const POLICY_USES: [&str; 14] = [
    "aho-corasick",
    "chrono",
    "chrono-tz",
    "fluent-bundle",
    "fluent-syntax",
    "fst",
    "rustc-hash",
    "saphyr-parser",
    "serde",
    "serde_json",
    "strsim",
    "thiserror",
    "toml",
    "unicode-normalization",
];

/// Crates that are named by one of ours only.
const NAMED_ONCE: [(&str, &str); 5] = [
    ("sqlx", "beadle-ledger"),
    ("chacha20poly1305", "beadle-ledger"),
    ("rustyline", "beadle-terminal"),
    ("matrix-sdk", "beadle-matrix"),
    ("serenity", "beadle-discord"),
];

const TOP_LEVEL: [&str; 18] = [
    ".ci/run",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "LICENSE",
    "NOTICE",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "config.example.toml",
    "deny.toml",
    "migrations",
    "src",
    "tests",
    "wordlists",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn metadata() -> Metadata {
    // Offline: the packages are there, or this test would not have been built.
    let options = vec!["--offline".to_owned(), "--locked".to_owned()];
    let command = MetadataCommand::new().current_dir(root()).no_deps().other_options(options).exec();
    command.expect("cargo tells about the workspace")
}

fn uses<'p>(package: &'p Package, kinds: &[DependencyKind]) -> BTreeSet<&'p str> {
    let wanted = package.dependencies.iter().filter(|dependency| kinds.contains(&dependency.kind));
    wanted.map(|dependency| dependency.name.as_str()).collect()
}

#[test]
fn our_crates_use_only_what_is_below_them() {
    let metadata = metadata();
    let ours: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (package.name.as_str(), package)).collect();
    let drawn: BTreeSet<&str> = EDGES.iter().map(|(name, _)| *name).collect();
    assert_eq!(ours.keys().copied().collect::<BTreeSet<_>>(), drawn, "a crate is not in the drawing");
    for (name, allowed) in EDGES {
        let kinds = [DependencyKind::Normal, DependencyKind::Development, DependencyKind::Build];
        let used: BTreeSet<&str> = uses(ours[name], &kinds)
            .into_iter()
            .filter(|other| drawn.contains(other) && *other != name && (name, *other) != READ_BY_A_BENCHMARK)
            .collect();
        assert_eq!(used, allowed.iter().copied().collect(), "what {name} uses of ours");
    }
}

#[test]
fn what_is_apart_is_never_part_of_a_build() {
    let metadata = metadata();
    for folder in APART {
        let folder = root().join(folder);
        assert!(folder.join("Cargo.lock").exists(), "{}", folder.display());
        let member = metadata.packages.iter().find(|package| package.manifest_path.starts_with(&folder));
        assert_eq!(member.map(|package| package.name.as_str()), None);
    }
}

#[test]
fn policy_is_built_with_nothing_that_does_input_or_output() {
    let metadata = metadata();
    let policy =
        metadata.packages.iter().find(|package| package.name == "beadle-policy").expect("it is there");
    let allowed: BTreeSet<&str> = POLICY_USES.into_iter().collect();
    let used = uses(policy, &[DependencyKind::Normal, DependencyKind::Build]);
    assert_eq!(used.difference(&allowed).collect::<Vec<_>>(), [] as [&&str; 0]);
}

#[test]
fn what_one_crate_hides_no_other_names() {
    for package in metadata().packages {
        let kinds = [DependencyKind::Normal, DependencyKind::Development, DependencyKind::Build];
        for (dependency, owner) in NAMED_ONCE {
            let names = uses(&package, &kinds).contains(dependency);
            assert_eq!(names, package.name == owner, "{} and {dependency}", package.name);
        }
    }
}

#[test]
fn every_crate_forbids_unsafe_code_through_the_workspace() {
    let manifest = |path: &Path| -> toml::Table {
        let text = std::fs::read_to_string(path).expect("the manifest can be read");
        text.parse().expect("the manifest is TOML")
    };
    let workspace = manifest(&root().join("Cargo.toml"));
    assert_eq!(workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for package in metadata().packages {
        let inherits = manifest(package.manifest_path.as_std_path())["lints"]["workspace"].as_bool();
        assert_eq!(inherits, Some(true), "{}", package.name);
    }
}

/// What two rooms need has a place of its own beside them.
#[test]
fn only_the_command_line_names_the_command_line() {
    let cli = root().join("src/cli");
    let others = files_below(&root().join("src")).into_iter().filter(|file| !file.starts_with(&cli));
    for file in others.filter(|file| file.extension().is_some_and(|end| end == "rs")) {
        let text = std::fs::read_to_string(&file).expect("the source can be read");
        assert!(!text.contains("crate::cli"), "{}", file.display());
    }
}

#[test]
fn the_readme_names_every_command_that_members_may_give() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("it can be read");
    let (_, list) = readme.split_once("Members write to the bot: ").expect("it lists them");
    let list = list.lines().next().unwrap_or_default();
    let named: BTreeSet<String> = list.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(named, casework::commands::for_members().into_iter().collect());
}

#[test]
fn every_source_beside_the_rooms_is_in_the_code_map() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("it can be read");
    let rows: Vec<&str> = map.lines().filter(|line| line.starts_with("| `src/")).collect();
    for entry in std::fs::read_dir(root().join("src")).expect("the folder can be read") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("it is text");
        // Of these two there is nothing to say but what the others are; a folder may be that of a file.
        let is_of_others = ["lib.rs", "main.rs"].contains(&name);
        let ends = [format!("/{name}`"), format!("`{name}`"), format!("/{name}.rs`")];
        let is_there = rows.iter().any(|row| ends.iter().any(|end| row.contains(end)));
        assert!(is_there || is_of_others, "{name}");
    }
}

#[test]
fn the_files_people_look_for_are_there() {
    for name in TOP_LEVEL {
        assert!(root().join(name).exists(), "{name}");
    }
}
