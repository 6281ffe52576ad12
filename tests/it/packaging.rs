//! The files by which Beadle is installed: what they promise, and that they agree with each other and with the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use beadle::cli::{Cli, Failure};
use clap::CommandFactory as _;

use crate::beadle::{beadle, files_below, repository, run};

/// Where an installation keeps everything, and where it is told what to do.
const DATA: &str = "/var/lib/beadle";
const CONFIG: &str = "/etc/beadle/beadle.toml";
const PROGRAM: &str = "/usr/local/bin/beadle";

fn read(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The instructions of a Dockerfile, each with the rest of its line.
fn dockerfile() -> Vec<(String, String)> {
    let text = read("Dockerfile").replace("\\\n", " ");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(' ').expect("an instruction says something"))
        .map(|(instruction, rest)| (instruction.to_owned(), rest.trim().to_owned()))
        .collect()
}

/// Those of the image that is run, by instruction.
fn image() -> BTreeMap<String, Vec<String>> {
    let all = dockerfile();
    let last = all.iter().rposition(|(instruction, _)| instruction == "FROM").expect("there is an image");
    let mut image: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (instruction, rest) in all.into_iter().skip(last) {
        image.entry(instruction).or_default().push(rest);
    }
    image
}

fn only<'m>(map: &'m BTreeMap<String, Vec<String>>, key: &str) -> &'m str {
    match map.get(key).map(Vec::as_slice) {
        Some([one]) => one,
        other => panic!("{key}: {other:?}"),
    }
}

/// The words of an instruction that is run without a shell.
fn exec(rest: &str) -> Vec<String> {
    serde_json::from_str(rest).unwrap_or_else(|error| panic!("{rest} needs a shell: {error}"))
}

/// What a command line asks of the program: its subcommand, and where it keeps its data and finds its configuration.
fn asked(line: &[String]) -> (Option<String>, Option<String>, Option<String>) {
    assert_eq!(line.first().map(String::as_str), Some(PROGRAM));
    let matches =
        Cli::command().try_get_matches_from(line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
    let path = |name: &str| {
        matches.get_one::<PathBuf>(name).map(|path| path.to_str().expect("it is text").to_owned())
    };
    (matches.subcommand_name().map(str::to_owned), path("data_dir"), path("config"))
}

/// A file of `compose`, of which maps and lists of texts are read: each text by its path, lists by number.
fn compose() -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    // The keys above a line, with their indentation.
    let mut above: Vec<(usize, String)> = Vec::new();
    let text = read("packaging/compose.yaml");
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        let indent = line.len() - line.trim_start().len();
        above.retain(|(of, _)| *of < indent);
        let path =
            |key: &str| above.iter().map(|(_, key)| key.as_str()).chain([key]).collect::<Vec<_>>().join(".");
        if let Some(item) = line.trim().strip_prefix("- ") {
            let number = values.keys().filter(|key: &&String| key.starts_with(&path(""))).count();
            values.insert(path(&number.to_string()), item.to_owned());
            continue;
        }
        let (key, value) = line.trim().split_once(':').unwrap_or_else(|| panic!("{line:?} is no key"));
        match value.trim() {
            "" => above.push((indent, key.to_owned())),
            list if list.starts_with('[') => {
                for (number, item) in exec(list).into_iter().enumerate() {
                    values.insert(path(&format!("{key}.{number}")), item);
                }
            }
            text => {
                values.insert(path(key), text.trim_matches('"').to_owned());
            }
        }
    }
    values
}

/// The keys of a unit of systemd, each with its values.
fn unit() -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in read("packaging/systemd/beadle.service").lines() {
        if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            keys.entry(key.to_owned()).or_default().push(value.replace("%S", "/var/lib"));
        }
    }
    keys
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn the_image_runs_as_nobody_special_and_writes_to_its_volume_alone() {
    let image = image();
    let (user, group) = only(&image, "USER").split_once(':').expect("an account and a group");
    assert!([user, group].iter().all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)), "{user}:{group}");
    // The account that is made is the one it runs as, and what it may write to is its own and nobody else's to read.
    let made = only(&image, "RUN");
    for needed in [
        format!("groupadd --gid {group} "),
        format!("useradd --uid {user} --gid {group} "),
        format!("install --directory --owner {user} --group {group} --mode 0700 {DATA}"),
    ] {
        assert!(made.contains(&needed), "{needed}: {made}");
    }
    assert_eq!(exec(only(&image, "VOLUME")), [DATA]);
    assert_eq!(only(&image, "WORKDIR"), DATA);
    assert_eq!(only(&image, "ENV"), format!("SQLITE_TMPDIR={DATA}"));
    let entrypoint = asked(&exec(only(&image, "ENTRYPOINT")));
    assert_eq!(entrypoint, (None, Some(DATA.to_owned()), None));
    // It is looked after where nothing is configured, too.
    let (_, looked) = only(&image, "HEALTHCHECK").split_once("CMD ").expect("a command");
    assert_eq!(asked(&exec(looked)), (Some("healthcheck".to_owned()), Some(DATA.to_owned()), None));
}

#[test]
fn the_image_is_built_by_the_toolchain_of_the_workspace_on_the_system_it_runs_on() {
    let from: Vec<String> = dockerfile()
        .into_iter()
        .filter(|(instruction, _)| instruction == "FROM")
        .map(|(_, rest)| rest)
        .collect();
    let [build, run] = from.as_slice() else { panic!("there are two stages: {from:?}") };
    let manifest: toml::Table = read("Cargo.toml").parse().expect("the manifest is TOML");
    let version = manifest["workspace"]["package"]["rust-version"].as_str().expect("it is a text");
    // The C library of the one is that of the other.
    assert_eq!(build, &format!("rust:{version}-slim-trixie AS build"));
    assert_eq!(run, "debian:trixie-slim");
}

#[test]
fn the_image_carries_the_licences_of_what_is_in_it() {
    let image = image();
    let of_data: Vec<&str> = image["COPY"]
        .iter()
        .flat_map(|copy| copy.split(' '))
        .filter_map(|word| word.strip_prefix("/src/"))
        .collect();
    for needed in ["LICENSE", "NOTICE", "wordlists/dictionary/LICENCE-SCOWL", "config.example.toml"] {
        assert!(of_data.contains(&needed), "{needed}");
    }
    for copied in of_data.into_iter().filter(|path| !path.starts_with("target/")) {
        assert!(repository(copied).exists(), "{copied}");
    }
}

#[test]
fn the_container_has_no_rights_and_nothing_to_write_to_but_the_volume() {
    let compose = compose();
    let is = |key: &str, want: &str| assert_eq!(compose.get(key).map(String::as_str), Some(want), "{key}");
    is("services.beadle.read_only", "true");
    is("services.beadle.cap_drop.0", "ALL");
    is("services.beadle.security_opt.0", "no-new-privileges:true");
    is("services.beadle.restart", "unless-stopped");
    is("services.beadle.ulimits.core", "0");
    is("services.beadle.volumes.0", &format!("data:{DATA}"));
    is("services.beadle.volumes.1", "./config:/etc/beadle:ro");
    is("volumes.data", "{}");
    for key in
        ["privileged", "cap_add.0", "user", "network_mode", "volumes.2", "ports.0", "healthcheck.disable"]
    {
        assert_eq!(compose.get(&format!("services.beadle.{key}")), None, "{key}");
    }
    is("services.beadle.healthcheck.test.0", "CMD");
    let test = |number: usize| compose.get(&format!("services.beadle.healthcheck.test.{number}")).cloned();
    assert_eq!(
        asked(&(1..).map_while(test).collect::<Vec<_>>()),
        (Some("healthcheck".to_owned()), Some(DATA.to_owned()), Some(CONFIG.to_owned()))
    );
    // The secret is a file, and the one that the text above names.
    let secret = &compose["services.beadle.secrets.0"];
    assert!(compose.contains_key(&format!("secrets.{secret}.file")), "{secret}");
    assert!(read("packaging/compose.yaml").contains(&format!("token_file = \"/run/secrets/{secret}\"")));
    let line: Vec<String> = exec(only(&image(), "ENTRYPOINT"))
        .into_iter()
        .chain((0..).map_while(|number| compose.get(&format!("services.beadle.command.{number}")).cloned()))
        .collect();
    assert_eq!(asked(&line), (None, Some(DATA.to_owned()), Some(CONFIG.to_owned())));
}

#[test]
fn the_service_runs_the_program_on_its_state_directory_under_its_own_account() {
    let unit = unit();
    assert_eq!(
        asked(&words(only(&unit, "ExecStart"))),
        (None, Some(DATA.to_owned()), Some(CONFIG.to_owned()))
    );
    assert_eq!(format!("/var/lib/{}", only(&unit, "StateDirectory")), DATA);
    assert_eq!(only(&unit, "WorkingDirectory"), DATA);
    assert_eq!(only(&unit, "Environment"), format!("SQLITE_TMPDIR={DATA}"));
    let user = only(&unit, "User");
    assert!(read("packaging/systemd/beadle.sysusers").contains(&format!("\nu {user} - ")));
    assert!(
        read("packaging/systemd/beadle.tmpfiles").contains(&format!("\nd /etc/beadle 0750 root {user} -"))
    );
    // A program that is told nothing must not be waited for.
    let sources = files_below(&repository("src"));
    assert!(sources.contains(&repository("src/cli/serve.rs")), "{sources:?}");
    let tells = sources.iter().any(|file| {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        text.contains("NOTIFY_SOCKET") || text.contains("sd_notify")
    });
    assert_eq!(only(&unit, "Type"), if tells { "notify" } else { "exec" });
    // What was given is wrong: to start again is no help.
    assert_eq!(only(&unit, "RestartPreventExitStatus"), Failure::Reported.exit_code().to_string());
    // Whoever stops it waits equally long.
    let grace = format!("{}s", only(&unit, "TimeoutStopSec"));
    assert_eq!(compose()["services.beadle.stop_grace_period"], grace);
}

/// What a person types to install the service, in order.
fn typed() -> Vec<String> {
    let text = read("packaging/systemd/beadle.service");
    let header = text.lines().take_while(|line| line.starts_with('#'));
    let typed = header.filter_map(|line| line.strip_prefix("#   "));
    typed.map(|line| line.split("    #").next().unwrap_or(line).trim().to_owned()).collect()
}

#[test]
fn whoever_installs_the_service_makes_its_folder_first_and_keeps_what_init_wrote() {
    let typed = typed();
    let at = |part: &str| {
        let found = typed.iter().position(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("{part} is not typed: {typed:?}"))
    };
    let order = [
        "/usr/local/bin/",
        "systemd-tmpfiles --create",
        " init ",
        "chgrp beadle /etc/beadle/beadle.toml",
        "systemctl enable",
    ];
    let order = order.map(at);
    assert!(order.is_sorted(), "{typed:?}");
    let line: Vec<String> =
        typed[at(" init ")].replacen("beadle", PROGRAM, 1).split(' ').map(str::to_owned).collect();
    assert_eq!(asked(&line), (Some("init".to_owned()), Some(DATA.to_owned()), Some(CONFIG.to_owned())));
    // Nothing else is put where that writes.
    let writes = typed.iter().filter(|line| line.starts_with("install ") && line.ends_with(CONFIG));
    assert_eq!(writes.count(), 0, "{typed:?}");
    for file in ["packaging/systemd/beadle.service", "packaging/compose.yaml"] {
        assert!(!read(file).contains("config.example.toml"), "{file}: the sample goes over what init wrote");
    }
    let readme = read("packaging/README.md");
    let (made, written) = (readme.find("systemd-tmpfiles`"), readme.find(&typed[at(" init ")]));
    assert!(made.is_some() && made < written, "the same order, and the same words");
}

#[test]
fn the_doctor_is_given_what_the_service_is() {
    let (unit, readme) = (unit(), read("packaging/README.md"));
    let line = readme.lines().find(|line| line.starts_with("systemd-run ")).expect("it says how");
    let (handed, command) = line.split_at(line.find(PROGRAM).expect("it runs the program"));
    for key in ["User", "LoadCredential"] {
        let needed = format!(" -p {key}={} ", only(&unit, key));
        assert!(handed.contains(&needed), "{needed}: {handed}");
    }
    let want = (Some("doctor".to_owned()), Some(DATA.to_owned()), Some(CONFIG.to_owned()));
    assert_eq!(asked(&words(command)), want);
}

#[test]
fn whoever_wants_backups_of_the_service_is_told_the_same_everywhere() {
    let (unit, readme) = (read("packaging/systemd/beadle.service"), read("packaging/README.md"));
    let left_out = |key: &str| {
        let mut lines = unit.lines().filter_map(|line| line.strip_prefix('#'));
        lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).expect("the unit shows it")
    };
    let (credential, place) = (left_out("LoadCredential"), left_out("ReadWritePaths"));
    let (name, key) = credential.split_once(':').expect("a name and a file");
    // Where `init` makes it, beside the configuration, and where nothing keeps the service from seeing what it may write.
    assert_eq!(key, "/etc/beadle/backup.key");
    assert!(
        !["/etc", "/home", "/root", "/run", "/tmp"].iter().any(|hidden| place.starts_with(hidden)),
        "{place}"
    );
    for needed in [
        "key_file = \"\"".to_owned(),
        format!("key_credential = \"{name}\""),
        format!("directory = \"{place}\""),
        format!("install -d -o beadle -g beadle -m 700 {place}"),
        format!("LoadCredential={credential}"),
        format!("ReadWritePaths={place}"),
        "systemctl edit beadle".to_owned(),
    ] {
        assert!(unit.contains(&needed) && readme.contains(&needed), "{needed}");
    }
}

#[test]
fn the_service_is_shut_off_from_the_rest_of_the_machine() {
    let unit = unit();
    let yes = [
        "LockPersonality",
        "MemoryDenyWriteExecute",
        "NoNewPrivileges",
        "PrivateDevices",
        "PrivateTmp",
        "PrivateUsers",
        "ProtectClock",
        "ProtectControlGroups",
        "ProtectHome",
        "ProtectHostname",
        "ProtectKernelLogs",
        "ProtectKernelModules",
        "ProtectKernelTunables",
        "RestrictNamespaces",
        "RestrictRealtime",
        "RestrictSUIDSGID",
    ];
    for key in yes {
        assert_eq!(only(&unit, key), "yes", "{key}");
    }
    for (key, want) in [
        ("ProtectSystem", "strict"),
        ("CapabilityBoundingSet", ""),
        ("AmbientCapabilities", ""),
        ("SystemCallArchitectures", "native"),
        ("UMask", "0077"),
        ("StateDirectoryMode", "0700"),
        ("LimitCORE", "0"),
    ] {
        assert_eq!(only(&unit, key), want, "{key}");
    }
    assert_eq!(unit["SystemCallFilter"], ["@system-service", "~@privileged @resources"]);
    assert!(!unit.contains_key("ReadWritePaths") && !unit.contains_key("BindPaths"));
}

/// The name of a credential that the service is given is one that the configuration takes.
#[cfg(feature = "discord")]
#[test]
fn the_service_is_given_its_secret_as_a_credential() {
    use beadle::config::{Config, RawConfig, SecretPlace};

    let unit = unit();
    let (name, file) = only(&unit, "LoadCredential").split_once(':').expect("a name and a file");
    assert!(file.starts_with("/etc/beadle/"), "{file}");
    let text = read("packaging/systemd/beadle.service");
    assert!(
        text.contains(&format!("token_credential = \"{name}\""))
            && text.contains(&format!("/dev/stdin {file}"))
    );
    let config = format!(
        "[[discord]]\nid = \"bot\"\ntoken_credential = \"{name}\"\n[[groups]]\nid = \"tea\"\nname = \"Tea\"\n\
         platform = \"discord\"\ncontact = \"the Secretary\"\nofficers = [{{ member = \"7\", roles = [\"admin\"] }}]\n\
         [groups.discord]\naccount = \"bot\"\nserver = \"1\"\nofficers_channel = \"2\"\nprivate_channel = \"3\"\n\
         suspension = \"ban\"\n"
    );
    let config = Config::resolve(RawConfig::parse(CONFIG.as_ref(), &config)).expect("it is valid");
    assert_eq!(config.discord[0].token, SecretPlace::Credential(name.to_owned()));
}

#[test]
fn the_program_writes_to_its_data_folder_alone() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let place = |name: &str| folder.path().join(name);
    fs::create_dir(place("here")).expect("a folder can be made");
    let mut command = beadle(&place("data"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).current_dir(place("here"));
    for variable in ["HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
        command.env(variable, place("nowhere"));
    }
    let output = run(command, "bob: oh fuck off\n+900d\nsam /export register csv\nbob: fine\n");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut there: Vec<_> = fs::read_dir(folder.path())
        .expect("the folder can be read")
        .map(|entry| entry.expect("it can be read").file_name().into_string().expect("it is text"))
        .collect();
    there.sort();
    assert_eq!(there, ["data", "here"]);
    assert_eq!(fs::read_dir(place("here")).expect("the folder can be read").count(), 0);
    assert!(place("data/ledger.db").exists() && place("data/exports").exists());
}
