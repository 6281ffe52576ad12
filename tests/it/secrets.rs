//! How the program comes to its secrets: from files, from the service manager, from the environment, never from arguments.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use beadle::cli::Cli;
use clap::CommandFactory as _;

use crate::beadle::{beadle, keep_secret, run};

const TOKEN: &str = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs";
/// Nobody listens there, so that what is said shows that the token was read, and goes nowhere.
const NOBODY: &str = "http://127.0.0.1:1/api/v10";

fn config(place: &str) -> String {
    format!(
        "[[discord]]\nid = \"bot\"\n{place}\napi = \"{NOBODY}\"\n[[groups]]\nid = \"tea\"\nname = \"Tea\"\n\
         platform = \"discord\"\ncontact = \"the Secretary\"\n\
         officers = [{{ member = \"80351110224678912\", roles = [\"admin\"] }}]\n[groups.discord]\naccount = \"bot\"\n\
         server = \"41771983423143937\"\nofficers_channel = \"41771983423143938\"\n\
         private_channel = \"41771983423143939\"\nsuspension = \"ban\"\n"
    )
}

/// What `beadle doctor` says of a bot whose token is in `place`.
fn doctor(folder: &Path, place: &str, variables: &[(&str, &str)]) -> String {
    fs::write(folder.join("beadle.toml"), config(place)).expect("the file can be written");
    let mut command = beadle(&folder.join("data"));
    command.env_remove("CREDENTIALS_DIRECTORY").envs(variables.iter().copied());
    command.arg("--config").arg(folder.join("beadle.toml")).args(["--log", "trace", "doctor"]);
    let output = run(command, "");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains(TOKEN), "it was shown: {said}");
    said
}

#[test]
fn a_token_comes_from_a_file_a_credential_or_the_environment_and_is_shown_nowhere() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path();
    keep_secret(&path.join("token"), TOKEN);
    let credentials = path.to_str().expect("the path is text");
    let ways: [(&str, &[(&str, &str)]); 3] = [
        ("token_file = \"token\"", &[]),
        ("token_credential = \"token\"", &[("CREDENTIALS_DIRECTORY", credentials)]),
        ("token_env = \"BOT_TOKEN\"", &[("BOT_TOKEN", TOKEN)]),
    ];
    for (place, variables) in ways {
        let said = doctor(path, place, variables);
        assert!(
            said.contains("✔ the token of the bot `bot` can be read")
                && said.contains("Discord could not be reached"),
            "{place}: {said}"
        );
        // Of what is handed over it is not known to whom else it is shown.
        assert_eq!(said.contains("by nobody else"), variables.is_empty(), "{place}: {said}");
        if !variables.is_empty() {
            let said = doctor(path, place, &[]);
            assert!(said.contains("! the token of the bot `bot` cannot be read"), "{place}: {said}");
        }
    }
}

#[test]
fn a_file_that_others_can_read_is_not_used() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let token = folder.path().join("token");
    keep_secret(&token, TOKEN);
    for mode in [0o644, 0o640, 0o620] {
        fs::set_permissions(&token, fs::Permissions::from_mode(mode)).expect("it can be opened up");
        let said = doctor(folder.path(), "token_file = \"token\"", &[]);
        assert!(said.contains(&format!("chmod 600 {}", token.display())), "{mode:o}: {said}");
        assert!(!said.contains("by nobody else"), "{mode:o}: {said}");
    }
    // Somebody wrote the token where its file should be named.
    let said = doctor(folder.path(), &format!("token_file = \"{TOKEN}\""), &[]);
    assert!(said.contains("the file that is named for it is not in"), "{said}");
}

/// Every argument of a command and those below it, with the word that stands for its value.
fn arguments(command: &clap::Command) -> Vec<(String, String)> {
    let value = |arg: &clap::Arg| {
        let names = arg.get_value_names().unwrap_or_default();
        names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    let own = command.get_arguments().map(|arg| (arg.get_id().to_string(), value(arg)));
    own.chain(command.get_subcommands().flat_map(arguments)).collect()
}

#[test]
fn no_argument_takes_a_secret() {
    let all = arguments(&Cli::command());
    assert!(all.iter().any(|(name, _)| name == "data_dir"), "they are looked through");
    let secret = ["password", "passphrase", "token", "secret", "credential", "key"];
    for (name, value) in all {
        let may_be = secret.iter().any(|word| name.contains(word));
        assert!(
            !may_be || matches!(&*value, "FILE" | "DIR"),
            "--{name} {value}: a command line is no place for a secret"
        );
    }
}
